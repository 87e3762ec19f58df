"""What people decided about a field goes along when they confirm that it has another name.

Every place that names the field names it anew: rules with their expressions, routes, matches
said yes or no to, corrections, links and, for tables, diagrams.  Where something was already
decided about the new name that stands, and the old decision stays where it was.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from caseload.contract.uses import parents_renamed_in, renamed_in
from caseload.lifecycle.decisions import changed
from caseload.lifecycle.paths import CONTRACT, CONTRACT_SUMMARY, ROUTES
from caseload.model.catalog import Side
from caseload.model.contract import Join, MappingStatus, Route, Rule, SplitCase
from caseload.model.relationship import link_id
from caseload.model.schema_diff import FieldPlace, Rename, RenameState
from caseload.store.contracts import rule_id_of
from caseload.store.project_file import ProjectFile
from caseload.store.records import RuleRecord


@dataclass(frozen=True, slots=True)
class Carried:
    """What went along: rule ids (new by old), and counts; `stayed` are rules that could not."""

    rules: Mapping[str, str]
    routes: int = 0
    decisions: int = 0
    corrections: int = 0
    links: int = 0
    diagrams: int = 0
    stayed: tuple[str, ...] = ()


class NewNames:
    """Renames of one side as a map of names, whatever their case.

    `known` are tables confirmed under another name before: what was decided about their fields
    goes by that name already.
    """

    def __init__(self, renames: Sequence[Rename], known: Mapping[str, str]) -> None:
        self.side = renames[0].side
        self._fields = {_key(r.old): r.new for r in renames if r.old.field}
        for rename in renames:
            if rename.old.field and known.get(rename.old.table) == rename.new.table:
                carried = FieldPlace(rename.new.table, rename.old.field)
                self._fields.setdefault(_key(carried), rename.new)
        self._tables = {r.old.table.casefold(): r.new.table for r in renames if not r.old.field}

    def place(self, place: FieldPlace) -> FieldPlace | None:
        """The new place of a field or table; None when it is not one that is renamed."""
        found = self._fields.get(_key(place))
        if found is None and place.table.casefold() in self._tables:
            found = FieldPlace(self._tables[place.table.casefold()], place.field)
        return found

    def pair(self, table: str, field: str) -> tuple[str, str]:
        """Table and field as they are called now."""
        found = self.place(FieldPlace(table, field))
        return (found.table, found.field) if found else (table, field)

    def table(self, table: str) -> str:
        """A table as it is called now; a field's rename leaves it."""
        return self._tables.get(table.casefold(), table)

    def expression(self, text: str) -> str:
        """A source expression with the new names."""
        return renamed_in(text, self.place) if text and self.side is Side.SOURCE else text

    def words(self, text: str) -> str:
        """Prose with the new names where it names a field in full."""

        def renamed(match: re.Match[str]) -> str:
            found = self.place(FieldPlace(match[1], match[2]))
            return found.words() if found else match[0]

        return _NAMED.sub(renamed, text)


_NAMED = re.compile(r"\b([A-Za-z_]\w*)\.([A-Za-z_]\w*)")


def _key(place: FieldPlace) -> tuple[str, str]:
    return place.table.casefold(), place.field.casefold()


def confirmed_tables(project: ProjectFile, side: Side) -> dict[str, str]:
    """The tables of a side that people said have another name, with that name."""
    return {
        d.rename.old.table: d.rename.new.table
        for d in project.spec_versions.renames(side)
        if d.rename.state is RenameState.CONFIRMED and not d.rename.old.field
    }


def carry(project: ProjectFile, renames: Sequence[Rename], *, corrections: bool = True) -> Carried:
    """Carry everything decided over, within the open transaction; all renames are of one side.

    Without `corrections` these stay: they go by the name that the documents have.
    """
    names = NewNames(renames, confirmed_tables(project, renames[0].side))
    rules, stayed = _carry_rules(project, names)
    return Carried(
        rules,
        _carry_routes(project, names),
        _carry_matches(project, names),
        _carry_corrections(project, names) if corrections else 0,
        _carry_links(project, names),
        sum(_carry_diagrams(project, r) for r in renames if not r.old.field),
        stayed,
    )


def rule_renamed(rule: Rule, names: NewNames) -> Rule:
    """A rule with the new name wherever it stands."""
    words = names.words(rule.mapping_rule)
    if names.side is Side.SOURCE:
        table, field = names.pair(rule.source_table, rule.source_field)
        text = names.expression(rule.expression)
        return replace(
            rule, source_table=table, source_field=field, expression=text, mapping_rule=words
        )
    table, field = names.pair(rule.target_table, rule.target_field)
    text = parents_renamed_in(rule.expression, names.table)
    return replace(
        rule, target_table=table, target_field=field, expression=text, mapping_rule=words
    )


def route_renamed(route: Route, names: NewNames) -> Route:
    """A route with the new name wherever it stands."""
    if names.side is Side.TARGET:
        splits = tuple(
            replace(
                split,
                values=tuple(
                    (names.pair(route.target_table, field)[1], text) for field, text in split.values
                ),
            )
            for split in route.splits
        )
        return replace(route, target_table=names.table(route.target_table), splits=splits)
    return replace(
        route,
        base_table=names.table(route.base_table),
        natural_key=tuple(map(names.expression, route.natural_key)),
        joins=tuple(_join_renamed(join, names) for join in route.joins),
        row_filter=names.expression(route.row_filter),
        splits=tuple(
            SplitCase(
                split.name,
                names.expression(split.where),
                tuple((field, names.expression(text)) for field, text in split.values),
            )
            for split in route.splits
        ),
    )


def _join_renamed(join: Join, names: NewNames) -> Join:
    on = tuple((names.expression(text), names.pair(join.table, f)[1]) for text, f in join.on)
    return replace(
        join, table=names.table(join.table), on=on, order_by=names.expression(join.order_by)
    )


def _carry_rules(project: ProjectFile, names: NewNames) -> tuple[dict[str, str], tuple[str, ...]]:
    records = project.contract.rules()
    renamed = {r.rule_id: rule_renamed(r.rule, names) for r in records}
    moving = [r for r in records if renamed[r.rule_id] != r.rule]
    standing = {r.rule_id: r for r in records if renamed[r.rule_id] == r.rule}
    moved: dict[str, str] = {}
    stayed = []
    for record in moving:
        rule = renamed[record.rule_id]
        new_id = rule_id_of(rule)
        there = standing.get(new_id)
        if there is not None:
            if _is_decided(there):
                stayed.append(record.rule_id)
                standing[record.rule_id] = record
                continue
            record = replace(record, position=there.position)
        standing[new_id] = changed(
            record, rule, rule_id=new_id, orphan=record.orphan and new_id == record.rule_id
        )
        moved[record.rule_id] = new_id
    if moved:
        routes = project.contract.routes()
        after = sorted(standing.values(), key=lambda r: r.position)
        project.contract.replace(after, routes)
        project.published.mark_stale([CONTRACT, ROUTES, CONTRACT_SUMMARY])
    return moved, tuple(stayed)


def _is_decided(record: RuleRecord) -> bool:
    return bool(record.rule.edited_by) or record.rule.status is not MappingStatus.DRAFT


def _carry_routes(project: ProjectFile, names: NewNames) -> int:
    routes = project.contract.routes()
    after: dict[tuple[str, str], Route] = {}
    count = 0
    for route in routes:
        new = route_renamed(route, names)
        count += new != route
        known = after.get((new.target_table, new.name))
        if known is None or new == route:
            after[new.target_table, new.name] = new
    if count:
        project.contract.replace(project.contract.rules(), list(after.values()))
        project.published.mark_stale([CONTRACT, ROUTES, CONTRACT_SUMMARY])
    return count


def _carry_matches(project: ProjectFile, names: NewNames) -> int:
    decisions = project.suggestions.decisions()
    known = {dataclasses.astuple(d)[:4] for d in decisions}
    count = 0
    for decision in decisions:
        if names.side is Side.SOURCE:
            table, field = names.pair(decision.source_table, decision.source_field)
            new = replace(decision, source_table=table, source_field=field)
        else:
            table, field = names.pair(decision.target_table, decision.target_field)
            new = replace(decision, target_table=table, target_field=field)
        if new != decision and dataclasses.astuple(new)[:4] not in known:
            project.suggestions.forget([decision])
            project.suggestions.decide([new])
            count += 1
    return count


def _carry_corrections(project: ProjectFile, names: NewNames) -> int:
    catalogs, count = project.catalogs, 0
    corrections = catalogs.corrections(names.side)
    known = {(c.table_name, c.field_name) for c in corrections}
    for correction in corrections:
        table, field = names.pair(correction.table_name, correction.field_name)
        new = replace(
            correction,
            table_name=table,
            field_name=field,
            changes=_pointed(correction.changes, names),
        )
        moved = (table, field) != (correction.table_name, correction.field_name)
        if new == correction or (moved and (table, field) in known):
            continue
        if moved:
            catalogs.withdraw(names.side, correction.table_name, correction.field_name)
        catalogs.correct(new)
        count += 1
    return count


def _pointed(changes: Mapping[str, Any], names: NewNames) -> dict[str, Any]:
    """A correction's changes with a foreign key that leads to the new name."""
    values = dict(changes)
    if "foreign_table" in values:
        table, field = names.pair(
            str(values["foreign_table"]), str(values.get("foreign_field", ""))
        )
        values["foreign_table"] = table
        if "foreign_field" in values:
            values["foreign_field"] = field
    return values


def _carry_links(project: ProjectFile, names: NewNames) -> int:
    links, count = project.relationships, 0
    decisions = links.decisions(names.side)
    known = {decision.id for decision in decisions}
    for decision in decisions:
        ends: dict[str, Any] = {}
        for end in ("child", "parent"):
            table = getattr(decision, end)
            fields = getattr(decision, f"{end}_fields")
            pairs = [names.pair(table, field) for field in fields]
            ends[f"{end}_fields"] = tuple(field for _, field in pairs)
            homes = {home for home, _ in pairs}
            ends[end] = homes.pop() if len(homes) == 1 else names.table(table)
        new = replace(decision, **ends)
        if new == decision:
            continue
        name = link_id(names.side, new.child, new.child_fields, new.parent, new.parent_fields)
        if name not in known:
            links.forget([decision.id])
            links.decide(replace(new, id=name))
            count += 1
    return count


def _carry_diagrams(project: ProjectFile, rename: Rename) -> int:
    diagrams, side, count = project.diagrams, rename.side, 0
    old, new = rename.old.table, rename.new.table
    domains = diagrams.domains(side)
    if old in domains and not domains.get(new, ("", ""))[1]:
        (domain, by), at = domains[old], _chosen_at(project, side, old)
        diagrams.forget_domains(side, [old])
        diagrams.set_domains(side, {new: domain}, by=by, at=at)
        count += 1
    for layout in diagrams.layouts(side):
        pins = {density: _placed(own, old, new) for density, own in layout.pins.items()}
        base = {density: _placed(own, old, new) for density, own in layout.base.items()}
        if pins != layout.pins or base != layout.base:
            diagrams.keep(replace(layout, pins=pins, base=base))
            count += 1
    return count


def _chosen_at(project: ProjectFile, side: Side, table: str) -> str:
    kept = project.diagrams.kept().get(f"domain/{side.value}/{table}")
    return str(kept["at"]) if kept else ""


def _placed(
    places: Mapping[str, tuple[float, float]], old: str, new: str
) -> dict[str, tuple[float, float]]:
    if old not in places:
        return dict(places)
    return {(new if table == old else table): at for table, at in places.items() if table != new}
