"""What a command did to rules and decisions, so small that it can stand in the audit.

Only attributes that changed are kept, each with its value before and after; going back or
forth touches a rule only while it is as the command left it.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

from caseload.lifecycle.decisions import (
    changed,
    record_from_json,
    record_to_json,
    restore_rules,
)
from caseload.model.contract import Route
from caseload.model.fingerprint import digest
from caseload.store.contracts import route_from, rule_from
from caseload.store.project_file import ProjectFile
from caseload.store.records import MatchDecision, RuleRecord

Snapshot = dict[str, RuleRecord]
Decisions = dict[tuple[str, str, str, str], MatchDecision]

_OWN = ("edited_at", "assigned_to", "orphan")
_WHOLE = "*"
"""Stands for all of a rule in a delta, where the rule was not there before or is not after."""


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
    """Attributes that changed, by rule: {rule_id: {attribute: [before, after]}}.

    A rule that came or went is there whole: {rule_id: {"*": [None or record, record or None]}}.
    """
    found: dict[str, Any] = {}
    for rule_id in {**before, **after}:
        old, new = before.get(rule_id), after.get(rule_id)
        if old is None or new is None:
            ends = (record_to_json(r) if r else None for r in (old, new))
            found[rule_id] = {_WHOLE: list(ends)}
            continue
        if old == new:
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
    whole = {i: values[_WHOLE] for i, values in delta.items() if _WHOLE in values}
    replaced = _apply_whole(project, whole, held, wanted) if whole else []
    standing = rules_of(project)
    moved = []
    for rule_id, attributes in delta.items():
        if rule_id in whole:
            continue
        record = standing.get(rule_id)
        if record is None:
            continue
        now = _flat(record)
        if any(now[name] != values[held] for name, values in attributes.items()):
            continue
        moved.append(_with(record, {n: values[wanted] for n, values in attributes.items()}))
    if moved:
        restore_rules(project, moved)
    return replaced + [record.rule_id for record in moved]


def _apply_whole(
    project: ProjectFile, delta: Mapping[str, list[Any]], held: int, wanted: int
) -> list[str]:
    """Take away or put back whole rules, all of them while all are as the command left them."""
    standing = rules_of(project)
    now = {i: record_to_json(standing[i]) if i in standing else None for i in delta}
    if any(digest(now[i]) != digest(values[held]) for i, values in delta.items()):
        return []
    for rule_id, values in delta.items():
        standing.pop(rule_id, None)
        if values[wanted] is not None:
            standing[rule_id] = record_from_json(values[wanted])
    records = sorted(standing.values(), key=lambda record: record.position)
    project.contract.replace(records, project.contract.routes())
    return list(delta)


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


class KeptRoutes:
    """The contract's routes as undo compares and puts them back, by table and name."""

    def __init__(self, project: ProjectFile) -> None:
        self._project = project

    def kept(self) -> dict[str, dict[str, Any]]:
        """Every route as JSON with its place among them."""
        return {
            f"{route.target_table}@{route.name}": {**as_plain(route), "ordinal": ordinal}
            for ordinal, route in enumerate(self._project.contract.routes())
        }

    def put_back(self, name: str, value: Mapping[str, Any] | None) -> None:
        """Make a route what `kept` said of it; None: there was none."""
        contract = self._project.contract
        routes = [r for r in contract.routes() if f"{r.target_table}@{r.name}" != name]
        if value is not None:
            routes.insert(int(value["ordinal"]), route_from(value))
        contract.replace(contract.rules(), routes)


def as_plain(route: Route) -> dict[str, Any]:
    """A route with lists for its tuples, as JSON gives it back."""
    plain: dict[str, Any] = json.loads(json.dumps(dataclasses.asdict(route)))
    return plain


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
