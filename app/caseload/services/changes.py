"""What a command did to rules and decisions, so small that it can stand in the audit.

Only attributes that changed are kept, each with its value before and after; going back or
forth touches a rule only while it is as the command left it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

from caseload.lifecycle.decisions import changed, restore_rules
from caseload.store.contracts import rule_from
from caseload.store.project_file import ProjectFile
from caseload.store.records import MatchDecision, RuleRecord

Snapshot = dict[str, RuleRecord]
Decisions = dict[tuple[str, str, str, str], MatchDecision]

_OWN = ("edited_at", "assigned_to")


def rules_of(project: ProjectFile) -> Snapshot:
    """Every rule as it stands."""
    return {record.rule_id: record for record in project.contract.rules()}


def decisions_of(project: ProjectFile) -> Decisions:
    """Every yes and no to a source field as it stands."""
    return {
        (d.target_table, d.target_field, d.source_table, d.source_field): d
        for d in project.suggestions.decisions()
    }


def rules_delta(before: Snapshot, after: Snapshot) -> dict[str, Any]:
    """Attributes that changed, by rule: {rule_id: {attribute: [before, after]}}."""
    found: dict[str, Any] = {}
    for rule_id, new in after.items():
        old = before.get(rule_id)
        if old is None or old == new:
            continue
        one, other = _flat(old), _flat(new)
        found[rule_id] = {k: [one[k], other[k]] for k in one if one[k] != other[k]}
    return {rule_id: delta for rule_id, delta in found.items() if delta}


def decisions_delta(before: Decisions, after: Decisions) -> list[dict[str, Any]]:
    """Decisions that were made, changed or taken back."""
    return [
        {"before": _decision(before.get(key)), "after": _decision(after.get(key))}
        for key in sorted({*before, *after})
        if before.get(key) != after.get(key)
    ]


def apply_rules(project: ProjectFile, delta: Mapping[str, Any], *, back: bool) -> list[str]:
    """Put rules as they were before (`back`) or after; answers with those that were put so."""
    held, wanted = (1, 0) if back else (0, 1)
    standing = rules_of(project)
    moved = []
    for rule_id, attributes in delta.items():
        record = standing.get(rule_id)
        if record is None:
            continue
        now = _flat(record)
        if any(now[name] != values[held] for name, values in attributes.items()):
            continue
        moved.append(_with(record, {n: values[wanted] for n, values in attributes.items()}))
    if moved:
        restore_rules(project, moved)
    return [record.rule_id for record in moved]


def apply_decisions(
    project: ProjectFile, delta: Iterable[Mapping[str, Any]], *, back: bool
) -> None:
    """Put decisions as they were before (`back`) or after."""
    leave, take = ("after", "before") if back else ("before", "after")
    for change in delta:
        if change[take] is None:
            project.suggestions.forget([MatchDecision(**change[leave])])
        else:
            project.suggestions.decide([MatchDecision(**change[take])])


def _flat(record: RuleRecord) -> dict[str, Any]:
    flat = {k: _plain(v) for k, v in dataclasses.asdict(record.rule).items()}
    return {**flat, **{name: getattr(record, name) for name in _OWN}}


def _plain(value: Any) -> Any:
    return value.value if isinstance(value, StrEnum) else value


def _with(record: RuleRecord, values: Mapping[str, Any]) -> RuleRecord:
    rule = rule_from({**_flat(record), **values})
    own = {name: values[name] for name in _OWN if name in values}
    return changed(record, rule, **own)


def _decision(decision: MatchDecision | None) -> dict[str, Any] | None:
    return dataclasses.asdict(decision) if decision else None
