"""Stage 4 and the project file: what people decided is kept, the rest is proposed anew."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from typing import Any

from caseload.contract.files import route_from_row, rule_as_row, rule_from_row
from caseload.lifecycle.decisions import changed, lapse_approvals, record_of
from caseload.lifecycle.exports import export_contract
from caseload.lifecycle.links import link_inputs
from caseload.lifecycle.paths import CROSSWALKS, MATRIX, SOURCE_CATALOG, TARGET_CATALOG, source_dir
from caseload.lifecycle.registry import StageAdapter, StageContext
from caseload.model.contract import MappingStatus, Route, Rule
from caseload.model.stage import Stage, StageOptions, StageResult
from caseload.store.contracts import route_from, rule_from, rule_id_of
from caseload.store.records import ContractVersion, RuleRecord, utc_text

SYSTEM_CODE = "load.system_code"
"""The setting with the sending system's code in load files."""

_DECIDED = (MappingStatus.APPROVED, MappingStatus.RE_REVIEW)


def _reads(options: StageOptions) -> tuple[str, ...]:
    return (SOURCE_CATALOG, TARGET_CATALOG, MATRIX, CROSSWALKS, source_dir(options))


def _gather(context: StageContext) -> dict[str, Any]:
    latest = context.project.contract.latest_version()
    return {
        "relationships": link_inputs(context.project),
        "kept_rules": [rule_as_row(r.rule) for r in context.project.contract.rules() if is_kept(r)],
        "previous_version": latest.version if latest else 0,
        "previous_sha256": latest.sha256 if latest else "",
        "system_code": context.project.settings.get(SYSTEM_CODE, ""),
    }


def is_kept(record: RuleRecord) -> bool:
    """Whether a person's decision holds the rule as it is, whatever is proposed anew."""
    return bool(record.rule.edited_by) or record.rule.status in _DECIDED


def merged(before: list[RuleRecord], proposed: list[Rule]) -> list[RuleRecord]:
    """The rules of a new contract with what people decided about the old one.

    Kept rules stay as they are; a refusal or review stays with what it was about; a kept rule
    whose target field is gone stays on record as an orphan.
    """
    old = {r.rule_id: r for r in before}
    records = [_merge(old.pop(rule_id_of(r), None), r, i) for i, r in enumerate(proposed)]
    orphans = [r for r in old.values() if is_kept(r)]
    return records + [
        dataclasses.replace(r, position=len(records) + i, orphan=True)
        for i, r in enumerate(orphans)
    ]


def _merge(old: RuleRecord | None, rule: Rule, position: int) -> RuleRecord:
    new = record_of(rule, position)
    if old is None:
        return new
    if is_kept(old):
        return dataclasses.replace(old, position=position, orphan=False)
    if old.rule_hash == new.rule_hash and old.rule.status is not MappingStatus.DRAFT:
        rule = dataclasses.replace(rule, status=old.rule.status, notes=old.rule.notes)
    return changed(new, rule, assigned_to=old.assigned_to)


def _take_in(context: StageContext, result: StageResult) -> None:
    data = json.loads((context.work_dir / result.payload).read_text(encoding="utf-8"))
    contract = context.project.contract
    records = merged(contract.rules(), [_rule(value) for value in data["rules"]])
    contract.replace(records, [_route(value) for value in data["routes"]])
    latest = contract.latest_version()
    if latest is None or latest.sha256 != data["sha256"]:
        number = max(int(data["version"]), latest.version + 1 if latest else 1)
        version = ContractVersion(
            number, data["sha256"], utc_text(context.now), context.actor, "built"
        )
        contract.add_version(version, [(a, b) for a, b in data.get("scope", ())])
    lapse_approvals(context.project)


def _rule(value: Mapping[str, Any]) -> Rule:
    return rule_from_row(value) if "primary_source_table" in value else rule_from(value)


def _route(value: Mapping[str, Any]) -> Route:
    return route_from_row(value) if "route" in value else route_from(value)


def _after(context: StageContext) -> None:
    export_contract(context.project, by=context.actor, at=context.now)


ADAPTER = StageAdapter(
    stage=Stage.BUILD_MAPPING_CONTRACT,
    function="caseload.mapping.build:run",
    reads=_reads,
    gather=_gather,
    take_in=_take_in,
    after=_after,
)
