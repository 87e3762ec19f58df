"""What a person decides about mapping rules, and when an approval lapses.

The functions here change the project file within the command that is open; write the contract
out again afterwards with `exports.export_contract`.  Each answers with the rules as they were,
which `restore_rules` puts back: that is the inverse for undo.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from caseload.contract.files import rule_hash
from caseload.lifecycle.paths import CONTRACT, CONTRACT_SUMMARY, CROSSWALKS, ROUTES
from caseload.model.catalog import Catalog, Side
from caseload.model.contract import MappingStatus, Rule
from caseload.model.errors import BadInput
from caseload.store.contracts import rule_from, rule_id_of
from caseload.store.files import sha256_of
from caseload.store.project_file import ProjectFile
from caseload.store.records import MatchDecision, RuleRecord, utc_text

EDITABLE = frozenset(f.name for f in dataclasses.fields(Rule)) - {
    "target_table",
    "target_field",
    "route",
    "status",
    "edited_by",
    "approved_by",
    "approved_at",
    "approved_hash",
}
"""What of a rule a person edits; its status changes by being approved, rejected or reviewed."""

_DECIDED = (MappingStatus.APPROVED, MappingStatus.RE_REVIEW)


class ApprovalHashes:
    """What an approval names: the rule, its target field's spec and its crosswalk's content."""

    def __init__(self, target: Catalog, crosswalks: Path) -> None:
        self._target = target
        self._folder = crosswalks
        self._known: dict[str, str] = {}

    @classmethod
    def of(cls, project: ProjectFile) -> ApprovalHashes:
        """Those of a project as it stands."""
        return cls(project.catalogs.load(Side.TARGET), project.folder / CROSSWALKS)

    def hash_of(self, rule: Rule) -> str:
        """The hash to approve `rule` by."""
        return rule_hash(
            rule,
            spec=self._target.find(rule.target_table, rule.target_field),
            crosswalk_sha256=self._crosswalk(rule.crosswalk) if rule.crosswalk else "",
        )

    def _crosswalk(self, name: str) -> str:
        if name not in self._known:
            path = self._folder / f"{name}.csv"
            self._known[name] = sha256_of(path) if path.is_file() else "missing"
        return self._known[name]


def record_of(rule: Rule, position: int, **more: Any) -> RuleRecord:
    """A rule with its id and hash; `more` are RuleRecord's other attributes."""
    return RuleRecord(rule_id_of(rule), position, rule, rule_hash(rule), **more)


def changed(record: RuleRecord, rule: Rule, **more: Any) -> RuleRecord:
    """`record` with another rule in it, hashed anew."""
    return dataclasses.replace(record, rule=rule, rule_hash=rule_hash(rule), **more)


def edit_rules(
    project: ProjectFile,
    rule_ids: Sequence[str],
    changes: Mapping[str, Any],
    *,
    by: str,
    at: datetime,
) -> list[RuleRecord]:
    """Change the same attributes of several rules; an approval of what changed lapses.

    Raises:
        BadInput: there is no such rule, attribute or value.
    """
    unknown = sorted(set(changes) - EDITABLE)
    if unknown:
        raise BadInput(
            f"A mapping rule has no {', '.join(unknown)} to edit",
            remedy=f"Edit one of {', '.join(sorted(EDITABLE))}",
        )
    before = project.contract.rules(rule_ids)
    after = []
    for record in before:
        rule = _with(record.rule, {**changes, "edited_by": by})
        new = changed(record, rule, edited_at=utc_text(at))
        if new.rule_hash != record.rule_hash:
            status = MappingStatus.RE_REVIEW if rule.status in _DECIDED else MappingStatus.IN_REVIEW
            new = changed(new, dataclasses.replace(rule, status=status))
        after.append(new)
    _put(project, after)
    return before


def approve_rules(
    project: ProjectFile, rule_ids: Sequence[str], *, by: str, at: datetime
) -> list[RuleRecord]:
    """Approve rules as they stand; suggestions learn from it."""
    before = project.contract.rules(rule_ids)
    hashes = ApprovalHashes.of(project)
    after = [
        changed(
            record,
            dataclasses.replace(
                record.rule,
                status=MappingStatus.APPROVED,
                approved_by=by,
                approved_at=utc_text(at),
                approved_hash=hashes.hash_of(record.rule),
            ),
        )
        for record in before
    ]
    _put(project, after)
    project.suggestions.decide(_matches(after, approved=True, by=by, at=utc_text(at)))
    return before


def reject_rules(
    project: ProjectFile, rule_ids: Sequence[str], *, by: str, at: datetime, why: str = ""
) -> list[RuleRecord]:
    """Reject rules as they stand, with the reason in their notes; suggestions learn from it."""
    before = project.contract.rules(rule_ids)
    after = []
    for record in before:
        notes = "; ".join(part for part in (record.rule.notes, why) if part)
        rule = dataclasses.replace(
            record.rule,
            status=MappingStatus.REJECTED,
            notes=notes,
            approved_by="",
            approved_at="",
            approved_hash="",
        )
        after.append(changed(record, rule))
    _put(project, after)
    project.suggestions.decide(_matches(after, approved=False, by=by, at=utc_text(at)))
    return before


def review_rules(project: ProjectFile, rule_ids: Sequence[str]) -> list[RuleRecord]:
    """Put rules up for review; an approval they had is taken back."""
    before = project.contract.rules(rule_ids)
    _put(
        project,
        [
            changed(
                record,
                dataclasses.replace(
                    record.rule,
                    status=MappingStatus.IN_REVIEW,
                    approved_by="",
                    approved_at="",
                    approved_hash="",
                ),
            )
            for record in before
        ],
    )
    return before


def assign_rules(project: ProjectFile, rule_ids: Sequence[str], to: str) -> list[RuleRecord]:
    """Say who is to look at rules; "" for nobody."""
    before = project.contract.rules(rule_ids)
    project.contract.put([dataclasses.replace(record, assigned_to=to) for record in before])
    return before


def restore_rules(project: ProjectFile, records: Iterable[RuleRecord]) -> None:
    """Put rules back as they were: the inverse of everything above."""
    before = list(records)
    undone = project.contract.rules([r.rule_id for r in before])
    project.suggestions.forget(_matches(undone, approved=True, by="", at=""))
    _put(project, before)
    for record in before:
        rule = record.rule
        if rule.status in {MappingStatus.APPROVED, MappingStatus.REJECTED}:
            project.suggestions.decide(
                _matches(
                    [record],
                    approved=rule.status is MappingStatus.APPROVED,
                    by=rule.approved_by,
                    at=rule.approved_at,
                )
            )


def lapse_approvals(project: ProjectFile) -> list[str]:
    """Put up for re-review every approved rule that is no longer what was approved.

    Answers with the ids of those rules.
    """
    approved = [r for r in project.contract.rules() if r.rule.status is MappingStatus.APPROVED]
    if not approved:
        return []
    hashes = ApprovalHashes.of(project)
    lapsed = [
        changed(record, dataclasses.replace(record.rule, status=MappingStatus.RE_REVIEW))
        for record in approved
        if record.rule.approved_hash != hashes.hash_of(record.rule)
    ]
    if lapsed:
        _put(project, lapsed)
    return [record.rule_id for record in lapsed]


def record_to_json(record: RuleRecord) -> dict[str, Any]:
    """A rule record as JSON values, for an inverse."""
    return dataclasses.asdict(record)


def record_from_json(value: Mapping[str, Any]) -> RuleRecord:
    """The rule record that `record_to_json` described."""
    return RuleRecord(**{**value, "rule": rule_from(value["rule"])})


def _put(project: ProjectFile, records: Sequence[RuleRecord]) -> None:
    project.contract.put(records)
    project.published.mark_stale([CONTRACT, ROUTES, CONTRACT_SUMMARY])


def _matches(
    records: Iterable[RuleRecord], *, approved: bool, by: str, at: str
) -> list[MatchDecision]:
    """The yes or no to single source fields that decisions on rules amount to."""
    return [
        MatchDecision(
            r.rule.target_table,
            r.rule.target_field,
            r.rule.source_table,
            r.rule.source_field,
            approved,
            by,
            at,
        )
        for r in records
        if r.rule.source_table and r.rule.source_field
    ]


def _with(rule: Rule, changes: Mapping[str, Any]) -> Rule:
    values = {f.name: getattr(rule, f.name) for f in dataclasses.fields(rule)}
    try:
        return rule_from({**values, **changes})
    except ValueError as error:
        raise BadInput(
            f"That value is not allowed: {error}",
            where=f"{rule.target_table}.{rule.target_field}",
            remedy="Choose one of the values the column offers",
        ) from error
