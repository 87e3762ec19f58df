"""The mapping grid: what it shows, and what a person decides in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from caseload.lifecycle import decisions
from caseload.model.catalog import Side
from caseload.model.contract import MappingClass
from caseload.model.errors import BadInput
from caseload.model.views import (
    ChangeKind,
    ChangeSet,
    HistoryLine,
    MappingDetail,
    MappingQuery,
    MappingRow,
    Page,
)
from caseload.services import audit, mapping_view, rule_check, spec_versions
from caseload.services.permission import Permission
from caseload.services.undo import redo, redo_label, undo, undo_label, undoable

if TYPE_CHECKING:
    from caseload.services.session import ProjectSession

__all__ = [
    "accept_candidate",
    "approve",
    "detail",
    "filters",
    "numbers_of",
    "reclassify",
    "redo",
    "redo_label",
    "reject",
    "rows",
    "rule_ids",
    "set_rule",
    "undo",
    "undo_label",
]

HISTORY_SOUGHT = 2000
"""How many of the newest audit lines a rule's history is sought in."""


def rows(session: ProjectSession, query: MappingQuery) -> Page[MappingRow]:
    """One page of the grid."""
    found = mapping_view.selected(session, query)
    page = found[query.offset : query.offset + query.limit]
    return Page(tuple(page), query.offset, len(found), len(mapping_view.rows(session)))


def rule_ids(session: ProjectSession, query: MappingQuery) -> tuple[int, ...]:
    """All rules that match, in the grid's order, whatever the page."""
    return tuple(row.rule_id for row in mapping_view.selected(session, query))


def filters(session: ProjectSession) -> dict[str, dict[str, int]]:
    """How many rules there are of each table, class, status and confidence."""
    rules = [record.rule for record in mapping_view.records(session)]
    return {
        "table": dict(Counter(rule.target_table for rule in rules)),
        "class": dict(Counter(rule.mapping_class.value for rule in rules)),
        "status": dict(Counter(rule.status.value for rule in rules)),
        "confidence": dict(Counter(rule.confidence.value for rule in rules)),
    }


def numbers_of(session: ProjectSession, names: Sequence[str]) -> tuple[int, ...]:
    """The numbers of rules named as TABLE.FIELD (all its routes) or TABLE.FIELD@route.

    Raises:
        BadInput: there is no rule of one of these names.
    """
    found: list[int] = []
    records = mapping_view.records(session)
    for name in names:
        wanted = name.strip().casefold()
        matching = [
            record.rule_id
            for record in records
            if wanted in (record.rule_id.casefold(), record.rule_id.split("@")[0].casefold())
        ]
        if not matching:
            raise BadInput(
                f"There is no mapping rule for {name}",
                remedy="Name target fields as TABLE.FIELD, as `caseload mappings list` shows them",
            )
        found += [session.number_of(rule_id) for rule_id in matching]
    return tuple(dict.fromkeys(found))


def detail(session: ProjectSession, rule_id: int) -> MappingDetail:
    """What the inspector shows for one rule.

    Raises:
        BadInput: there is no such rule.
    """
    name = session.rule_of(rule_id)
    row = next((r for r in mapping_view.rows(session) if r.rule_id == rule_id), None)
    rule = row.rule if row else None
    target = (
        mapping_view.catalog(session, Side.TARGET).find(rule.target_table, rule.target_field)
        if rule
        else None
    )
    if row is None or rule is None or target is None:
        raise BadInput(
            f"The target field of {name} is no longer in the catalog", remedy="Refresh the list"
        )
    source = mapping_view.catalog(session, Side.SOURCE).find(rule.source_table, rule.source_field)
    suggestion = mapping_view.suggestions(session).get((rule.target_table, rule.target_field))
    return MappingDetail(
        row=row,
        target=target,
        source=source,
        candidates=suggestion.candidates if suggestion else (),
        history=_history(session, name),
        guide_words=target.description,
        doubts=spec_versions.doubts(session, name, rule),
    )


def _history(session: ProjectSession, rule_id: str) -> tuple[HistoryLine, ...]:
    lines = session.project.audit.lines(action="mappings.", limit=HISTORY_SOUGHT)
    return tuple(
        audit.history_line(line) for line in lines if rule_id in line.detail.get("rules", ())
    )


def approve(session: ProjectSession, ids: Sequence[int]) -> ChangeSet:
    """Approve rules as they stand; each approval names the hash of what it approves.

    Raises:
        BadInput: there is no such rule, or one that nobody has decided.
    """
    names = _names(session, ids)
    undecided = [
        record.rule_id
        for record in session.project.contract.rules(names)
        if mapping_view.is_undecided(record.rule)
    ]
    if undecided:
        raise BadInput(
            f"{undecided[0]} has no source and no expression yet, so it cannot be approved",
            where=", ".join(undecided[:3]),
            remedy="Decide what fills it, or put it out of scope with a reason",
        )
    label = f"approve {_count(names)}"
    with undoable(
        session, Permission.APPROVE_MAPPINGS, "mappings.approve", label, subject=_subject(names)
    ) as command:
        decisions.approve_rules(session.project, names, by=command.actor, at=command.at)
    return _changed(session, names, label, f"{_count(names)} approved")


def reject(session: ProjectSession, ids: Sequence[int], why: str = "") -> ChangeSet:
    """Reject rules as they stand; the reason goes into their notes.

    Raises:
        BadInput: there is no such rule.
    """
    names, label = _names(session, ids), f"reject {_count(ids)}"
    with undoable(
        session, Permission.APPROVE_MAPPINGS, "mappings.reject", label, subject=_subject(names)
    ) as command:
        decisions.reject_rules(session.project, names, by=command.actor, at=command.at, why=why)
        command.detail["why"] = why
    return _changed(session, names, label, f"{_count(names)} rejected")


def reclassify(
    session: ProjectSession, ids: Sequence[int], mapping_class: MappingClass, reason: str = ""
) -> ChangeSet:
    """Give rules another class; OUT_OF_SCOPE needs a reason, and forgets what filled the field.

    Raises:
        BadInput: a rule lacks what the class needs, or no reason was given.
    """
    names = _names(session, ids)
    if mapping_class is MappingClass.OUT_OF_SCOPE and not reason.strip():
        raise BadInput(
            "A field goes out of scope only with a reason",
            where=_subject(names),
            remedy="Say why nothing is loaded into it",
        )
    planned = {
        record.rule_id: rule_check.reclassified(record.rule, mapping_class, reason.strip())
        for record in session.project.contract.rules(names)
    }
    return _edit(
        session, planned, "mappings.reclassify", f"make {_count(names)} {mapping_class.value}"
    )


def set_rule(session: ProjectSession, rule_id: int, changes: Mapping[str, Any]) -> ChangeSet:
    """Edit one rule; keys are those of `model.contract.Rule`.

    Raises:
        BadInput: an unknown class, source field, crosswalk or function, with its position.
    """
    name = session.rule_of(rule_id)
    (record,) = session.project.contract.rules([name])
    planned = rule_check.completed(record.rule, changes)
    return _edit(session, {name: planned}, "mappings.set", f"edit {name}")


def accept_candidate(session: ProjectSession, rule_id: int, rank: int) -> ChangeSet:
    """Take the suggestion of that rank (from 1) as the rule's source.

    Raises:
        BadInput: there is no suggestion of that rank.
    """
    name = session.rule_of(rule_id)
    (record,) = session.project.contract.rules([name])
    rule = record.rule
    suggestion = mapping_view.suggestions(session).get((rule.target_table, rule.target_field))
    candidates = suggestion.candidates if suggestion else ()
    if not 1 <= rank <= len(candidates):
        raise BadInput(
            f"There is no suggestion {rank} for {name}",
            remedy=f"Choose 1 to {len(candidates)}" if candidates else "Edit the rule instead",
        )
    planned = rule_check.with_candidate(rule, candidates[rank - 1])
    return _edit(session, {name: planned}, "mappings.accept_candidate", f"choose {name}'s source")


def _edit(
    session: ProjectSession, planned: Mapping[str, Mapping[str, Any]], action: str, label: str
) -> ChangeSet:
    rule_check.Checker(session).check(planned)
    with undoable(
        session, Permission.EDIT_MAPPINGS, action, label, subject=_subject(list(planned))
    ) as command:
        for rule_id, values in planned.items():
            decisions.edit_rules(
                session.project, [rule_id], values, by=command.actor, at=command.at
            )
    return _changed(session, list(planned), label, label[:1].upper() + label[1:])


def _names(session: ProjectSession, ids: Sequence[int]) -> list[str]:
    if not ids:
        raise BadInput("No mapping was chosen", remedy="Choose at least one")
    return [session.rule_of(number) for number in dict.fromkeys(ids)]


def _changed(session: ProjectSession, names: Sequence[str], label: str, message: str) -> ChangeSet:
    ids = tuple(str(session.number_of(name)) for name in names)
    return ChangeSet(((ChangeKind.MAPPING, ids), (ChangeKind.AUDIT, ())), label, message)


def _subject(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1:,} more"


def _count(items: Sequence[object]) -> str:
    return "1 mapping" if len(items) == 1 else f"{len(items):,} mappings"
