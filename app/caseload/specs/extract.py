"""The first stage: documents in, both catalogs and what could not be read out."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from caseload.model.catalog import Catalog, Side
from caseload.model.errors import BadInput
from caseload.model.progress import CancelToken, PartOfProgress, Progress
from caseload.model.reader_profile import profile_from_dict
from caseload.model.stage import Stage, StageJob, StageResult, Verdict
from caseload.specs import archive, catalog_files
from caseload.specs.merge import corrected, merged
from caseload.specs.sandbox import read_documents

PAYLOAD = "catalogs.json"


def run(job: StageJob, progress: Progress, cancel: CancelToken) -> StageResult:
    """Read the project's source and target documents into the catalogs.

    `job.inputs`: source_documents, target_documents (paths in the project folder),
    corrections, and profiles (how people said that columns are to be read).  The payload holds
    the catalogs as read; the CSV files hold them corrected.

    Raises:
        BadInput: no document is given for a side, or one cannot be read.
        Cancelled: `cancel` was set.
    """
    source_names = _named(job, Side.SOURCE)
    target_names = _named(job, Side.TARGET)
    documents = [
        (_inside(job.project_dir, name), Path(name).name) for name in (*source_names, *target_names)
    ]
    profiles = [profile_from_dict(profile) for profile in job.inputs.get("profiles", [])]
    readings = read_documents(
        documents, PartOfProgress(progress, 0.0, 0.9), cancel, profiles=profiles
    )
    for document in (reading.document for reading in readings if reading.document.profile):
        progress.log(f"{document.name} was read with {document.profile}")
    source = merged(Side.SOURCE, readings[: len(source_names)])
    target = merged(Side.TARGET, readings[len(source_names) :])
    cancel.raise_if_cancelled()
    progress.report(0.92, "Writing catalogs")
    corrections = job.inputs.get("corrections", [])
    written = [corrected(catalog, corrections) for catalog in (source, target)]
    _write(job, (source, target), (written[0], written[1]))
    for catalog in written:
        for problem in catalog.problems[:200]:
            place = problem.provenance.words()
            progress.log(f"{problem.message} ({place})" if place else problem.message,
                         level="warning")  # fmt: skip
    progress.report(1.0, "Catalogs written")
    return _result(written[0], written[1])


def _named(job: StageJob, side: Side) -> list[str]:
    names = [str(name) for name in job.inputs.get(f"{side.value}_documents", [])]
    if not names:
        raise BadInput(
            f"The project has no {side.value} document",
            remedy=f"Give one: caseload extract-specs --{side.value}-spec FILE",
        )
    return names


def _inside(project: Path, name: str) -> Path:
    """The document's path, which must lie in the project folder."""
    path = (project / name).resolve()
    if not path.is_relative_to(project.resolve()):
        raise BadInput("A document must lie in the project folder", where=name)
    return path


def _write(job: StageJob, read: tuple[Catalog, Catalog], written: tuple[Catalog, Catalog]) -> None:
    out = job.out_dir
    for catalog, name in zip(
        written, (catalog_files.SOURCE_CATALOG, catalog_files.TARGET_CATALOG), strict=True
    ):
        catalog_files.write_catalog(out / name, catalog)
    summary = json.dumps(catalog_files.summary(*written), ensure_ascii=False, indent=2)
    (out / catalog_files.CATALOG_SUMMARY).write_text(summary + "\n", encoding="utf-8", newline="")
    (job.work_dir / PAYLOAD).write_text(catalog_files.to_json(*read), encoding="utf-8", newline="")
    for catalog in read:
        archive.write(job.work_dir, catalog)


def _result(source: Catalog, target: Catalog) -> StageResult:
    figures = _figures(source, target)
    problems = figures["problems"]
    noted = f"; {problems} to look at" if problems else ""
    summary = (
        f"Source: {len(source.tables)} tables, {source.field_count} fields."
        f" Target: {len(target.tables)} tables, {target.field_count} fields{noted}"
    )
    return StageResult(Stage.EXTRACT_SPECS, Verdict.PASS, summary, figures, PAYLOAD)


def _figures(source: Catalog, target: Catalog) -> dict[str, Any]:
    confidences: Sequence[float] = [spec.confidence for spec in target.all_fields()]
    average = sum(confidences) / len(confidences) if confidences else 0.0
    return {
        "source_tables": len(source.tables),
        "source_fields": source.field_count,
        "target_tables": len(target.tables),
        "target_fields": target.field_count,
        "target_parse_confidence_avg": round(average, 4),
        "low_confidence": sum(confidence < 0.9 for confidence in confidences),
        "problems": len(source.problems) + len(target.problems),
        "documents": len(source.documents) + len(target.documents),
    }
