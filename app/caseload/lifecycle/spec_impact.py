"""What a new version of the specs does to every decision: keep, re-review or orphan, and why.

A decision is an orphan when something it rests on is gone and no person has said what that is
called now; it is up for re-review when something it rests on is no longer what it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from caseload.lifecycle.spec_uses import Use, Uses, places
from caseload.lifecycle.spec_words import gone, listed, reason
from caseload.model.catalog import Catalog, FieldSpec, Side
from caseload.model.contract import MappingStatus, Route
from caseload.model.schema_diff import (
    DiffKind,
    FieldPlace,
    Impact,
    Outcome,
    Rename,
    RenameState,
    SchemaChange,
    Touched,
)
from caseload.store.records import RuleRecord

_NAMED_ANEW = (DiffKind.TABLE_RENAMED, DiffKind.FIELD_RENAMED, DiffKind.FIELD_MOVED)
_HARMLESS = {
    Side.SOURCE: frozenset(
        {
            DiffKind.MANDATORY,
            DiffKind.KEY,
            DiffKind.UNIQUE,
            DiffKind.RELEASE,
            DiffKind.DESCRIPTION,
            DiffKind.ORDER,
            DiffKind.LOAD_ORDER,
            DiffKind.FIELD_ADDED,
            DiffKind.TABLE_ADDED,
        }
    ),
    Side.TARGET: frozenset(
        {
            DiffKind.RELEASE,
            DiffKind.DESCRIPTION,
            DiffKind.ORDER,
            DiffKind.LOAD_ORDER,
            DiffKind.DATA_ELEMENT,
            DiffKind.DELETED,
            DiffKind.FIELD_ADDED,
            DiffKind.TABLE_ADDED,
        }
    ),
}
_LENGTHS = (DiffKind.SHORTER, DiffKind.LONGER, DiffKind.LENGTH, DiffKind.TYPE)
_IDENTIFYING = (DiffKind.KEY, DiffKind.UNIQUE)


@dataclass(frozen=True, slots=True)
class Grounds:
    """What impact is judged by.

    `known_codes` gives the source values that a crosswalk translates, and the target values it
    gives; None when there is no such crosswalk.
    """

    side: Side
    changes: Sequence[SchemaChange]
    renames: Sequence[Rename]
    source: Catalog
    target: Catalog
    known_codes: Callable[[str], tuple[frozenset[str], frozenset[str]] | None]
    taken_at: str = ""


class Assessment:
    """Judges decisions against one comparison."""

    def __init__(self, grounds: Grounds, routes: Iterable[Route]) -> None:
        self._grounds = grounds
        self._side = grounds.side
        self._routes = list(routes)
        self._uses = Uses(self._routes)
        self._open = {r.old: r.new for r in grounds.renames if r.state is not RenameState.CONFIRMED}
        self._confirmed = {r.old: r for r in grounds.renames if r.state is RenameState.CONFIRMED}
        self._of: dict[tuple[str, str], list[SchemaChange]] = {}
        self._by_new: dict[tuple[str, str], list[SchemaChange]] = {}
        for change in grounds.changes:
            if change.old is not None:
                self._of.setdefault(_key(change.old), []).append(change)
                if change.old != change.place:
                    self._by_new.setdefault(_key(change.place), []).append(change)

    def of_rules(self, records: Iterable[RuleRecord]) -> list[Impact]:
        """The impact on every rule, in the order given."""
        return [self.of_rule(record) for record in records]

    def of_rule(self, record: RuleRecord) -> Impact:
        """The impact on one rule."""
        rule = record.rule
        uses = self._uses.of_rule(rule, self._side)
        outcome, reasons = self._judged(uses, record)
        if record.orphan and outcome is not Outcome.ORPHAN:
            outcome = Outcome.ORPHAN
            reasons.append(
                f"{rule.target_table}.{rule.target_field} has been gone since an earlier version"
            )
        if outcome is Outcome.RE_REVIEW and self._approved_since(record):
            outcome = Outcome.KEEP
            reasons.append(f"approved as it is now by {rule.approved_by}")
        return Impact(
            Touched.MAPPING,
            record.rule_id,
            outcome,
            tuple(reasons),
            places(uses),
            rule.status.value,
            bool(rule.edited_by) or rule.status is not MappingStatus.DRAFT,
        )

    def of_routes(self) -> list[Impact]:
        """The impact on every route."""
        found = []
        for route in self._routes:
            uses = self._uses.of_route(route, self._side)
            outcome, reasons = self._judged(uses, None)
            name = f"{route.target_table}@{route.name}"
            found.append(Impact(Touched.ROUTE, name, outcome, tuple(reasons), places(uses)))
        return found

    def _approved_since(self, record: RuleRecord) -> bool:
        rule = record.rule
        return bool(
            rule.status is MappingStatus.APPROVED
            and self._grounds.taken_at
            and rule.approved_at >= self._grounds.taken_at
        )

    def _judged(self, uses: Sequence[Use], record: RuleRecord | None) -> tuple[Outcome, list[str]]:
        outcome, reasons = Outcome.KEEP, list[str]()
        for use in uses:
            place = self._older(use.place)
            lost = self._lost(place)
            if lost:
                outcome = Outcome.ORPHAN
                reasons.append(_with(lost, use.by))
                continue
            for change in self._changes(place):
                said, again = self._said(change, use, record)
                reasons.append(said)
                if again and outcome is Outcome.KEEP:
                    outcome = Outcome.RE_REVIEW
        return outcome, reasons

    def _older(self, place: FieldPlace) -> FieldPlace:
        """A field of a table that goes by its newer name already, as the older version has it."""
        tables = {r.new.table: r.old.table for r in self._confirmed.values() if not r.old.field}
        older = FieldPlace(tables.get(place.table, place.table), place.field)
        return older if older in self._open or _key(older) in self._of else place

    def _lost(self, place: FieldPlace) -> str:
        """Why a place is no longer there; "" when it is, or a person said where it went."""
        table = FieldPlace(place.table)
        if table in self._open and table != place:
            return f"the table {table.words()} is gone{_hint(self._open[table])}"
        if place in self._open:
            return f"{place.words()} is gone{_hint(self._open[place])}"
        for key in (_key(place), _key(table)):
            for change in self._of.get(key, ()):
                if change.kind in (DiffKind.FIELD_REMOVED, DiffKind.TABLE_REMOVED):
                    return gone(change)
        return ""

    def _changes(self, place: FieldPlace) -> list[SchemaChange]:
        """What changed about a place, whether it goes by its older or its newer name."""
        found = self._of.get(_key(place)) or self._by_new.get(_key(place)) or []
        if place.field:
            table = self._confirmed.get(FieldPlace(place.table))
            if table and not any(c.kind in _NAMED_ANEW for c in found):
                moved = SchemaChange(
                    DiffKind.TABLE_RENAMED,
                    table.new.table,
                    "",
                    place.table,
                    table.new.table,
                    table.old,
                )
                return [moved, *found]
        return found

    def _said(self, change: SchemaChange, use: Use, record: RuleRecord | None) -> tuple[str, bool]:
        """A change in words, and whether a person has to look again."""
        if change.kind in _NAMED_ANEW:
            rename = next((r for r in self._confirmed.values() if r.new == change.place), None)
            who = f", as {rename.by} confirmed" if rename and rename.by else ""
            old = change.old.words() if change.old else change.was
            return f"{old} is {change.place.words()} now{who}", False
        said = _with(reason(change), use.by)
        if record is None:
            identifies = change.kind in _IDENTIFYING and "key" in use.by
            return said, identifies or change.kind not in _HARMLESS[self._side]
        again = change.kind not in _HARMLESS[self._side]
        said += self._fit(change, record) if not use.by else ""
        if change.kind is DiffKind.OPTIONAL and self._side is Side.SOURCE:
            target = self._target_of(record)
            again = target is not None and target.mandatory
            said += f"; {target.field_name} is mandatory" if again and target else ""
        return said, again

    def _fit(self, change: SchemaChange, record: RuleRecord) -> str:
        """What the other side of the rule says to a change."""
        rule = record.rule
        if change.kind in _LENGTHS:
            if self._side is Side.SOURCE:
                target = self._target_of(record)
                sized = target and target.length
                return f"; {target.field_name} takes {target.length}" if target and sized else ""
            source = self._grounds.source.find(rule.source_table, rule.source_field)
            return f"; {source.qualified} has {source.length}" if source and source.length else ""
        if change.kind is DiffKind.ALLOWED_VALUES and rule.crosswalk:
            codes = self._grounds.known_codes(rule.crosswalk)
            if codes is None:
                return f"; there is no crosswalk {rule.crosswalk}"
            if self._side is Side.SOURCE:
                strange = tuple(v for v in change.gained if v not in codes[0])
                return f"; the crosswalk {rule.crosswalk} does not know {listed(strange)}" * bool(
                    strange
                )
            given = tuple(v for v in change.lost if v in codes[1])
            return f"; the crosswalk {rule.crosswalk} still gives {listed(given)}" * bool(given)
        if change.kind is DiffKind.MANDATORY and self._side is Side.TARGET:
            return "" if rule.source_field or rule.expression else "; nothing fills it"
        return ""

    def _target_of(self, record: RuleRecord) -> FieldSpec | None:
        return self._grounds.target.find(record.rule.target_table, record.rule.target_field)


def _hint(new: FieldPlace) -> str:
    return f"; it may be {new.words()} now, confirm or refuse that rename"


def _with(said: str, by: str) -> str:
    return f"{said} ({by})" if by else said


def _key(place: FieldPlace) -> tuple[str, str]:
    return place.table.casefold(), place.field.casefold()


def by_id(impacts: Iterable[Impact]) -> Mapping[str, Impact]:
    """Impacts on mappings by the rule's id."""
    return {i.id: i for i in impacts if i.on is Touched.MAPPING}
