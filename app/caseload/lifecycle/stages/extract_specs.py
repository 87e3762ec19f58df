"""Stage 1 and the project file: documents in, catalogs into the tables, corrections kept."""

from __future__ import annotations

import dataclasses
from typing import Any

from caseload.lifecycle.decisions import lapse_approvals
from caseload.lifecycle.documents import copy_specs, kept_earlier
from caseload.lifecycle.exports import export_contract
from caseload.lifecycle.refresh import archive_version, settle
from caseload.lifecycle.registry import StageAdapter, StageContext
from caseload.model.catalog import Catalog, Side
from caseload.model.errors import BadInput
from caseload.model.stage import Stage, StageResult
from caseload.specs import archive
from caseload.specs.catalog_files import from_json
from caseload.store.records import Correction, Document, utc_text


def _gather(context: StageContext) -> dict[str, Any]:
    inputs: dict[str, Any] = {}
    for side, given in (
        (Side.SOURCE, context.options.source_specs),
        (Side.TARGET, context.options.target_specs),
    ):
        if given:
            taken = copy_specs(
                context.project,
                side,
                given,
                context.out_dir,
                by=context.actor,
                at=context.now,
            )
            context.scratch[side] = [document for document, _ in taken]
            places = [p.relative_to(context.project.folder).as_posix() for _, p in taken]
        else:
            places = [d.stored_path for d in context.project.documents.specs(side)]
        if not places:
            raise BadInput(
                f"The project has no {side.value} spec document yet",
                remedy=f"Name one with --{side.value}-spec FILE",
            )
        inputs[f"{side.value}_documents"] = places
    inputs["profiles"] = [p.as_dict() for p in context.project.reader_profiles.all()]
    inputs["corrections"] = [_correction(c) for c in context.project.catalogs.corrections()]
    return inputs


def _correction(correction: Correction) -> dict[str, Any]:
    return {
        "side": correction.side.value,
        "table": correction.table_name,
        "field": correction.field_name,
        "changes": dict(correction.changes),
        "by": correction.by,
        "why": correction.why,
    }


def _take_in(context: StageContext, result: StageResult) -> None:
    at = utc_text(context.now)
    text = (context.work_dir / result.payload).read_text(encoding="utf-8")
    before: dict[Side, Catalog] = {}
    for catalog in from_json(text):
        packed = archive.read(context.work_dir, catalog.side) or archive.pack(catalog)
        if archive_version(context.project, packed, by=context.actor, at=at):
            before[catalog.side] = context.project.catalogs.load(catalog.side)
        context.project.catalogs.replace(catalog)
    for side, earlier in before.items():
        settle(context.project, earlier, context.project.catalogs.load(side))
    for side, documents in context.scratch.items():
        _record(context, side, documents)
    lapse_approvals(context.project)


def _record(context: StageContext, side: Side, documents: list[Document]) -> None:
    entries = [dataclasses.replace(d, added_by=context.actor) for d in documents]
    earlier = kept_earlier(context.project, entries)
    context.project.documents.replace_specs(side, entries)
    context.project.documents.put(earlier)


def _after(context: StageContext) -> None:
    export_contract(context.project, by=context.actor, at=context.now)


ADAPTER = StageAdapter(
    stage=Stage.EXTRACT_SPECS,
    function="caseload.specs.extract:run",
    gather=_gather,
    take_in=_take_in,
    after=_after,
    told_files=("source_documents", "target_documents"),
)
