"""What decisions rest on: the fields of either side that a rule or a route uses, and by what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from caseload.contract.uses import columns_in, parents_in
from caseload.model.catalog import Side
from caseload.model.contract import Join, Route, Rule
from caseload.model.schema_diff import FieldPlace


@dataclass(frozen=True, slots=True)
class Use:
    """A field (or with an empty field, a table) in use; `by` says how unless it is plain."""

    place: FieldPlace
    by: str = ""


class Uses:
    """What the rules of a contract use, with the routes they run in."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._routes: dict[str, list[Route]] = {}
        for route in routes:
            self._routes.setdefault(route.target_table, []).append(route)

    def of_rule(self, rule: Rule, side: Side) -> tuple[Use, ...]:
        """The fields of a side that a rule uses, each once."""
        found = self._target(rule) if side is Side.TARGET else self._source(rule)
        return _once(found)

    def of_route(self, route: Route, side: Side) -> tuple[Use, ...]:
        """The fields of a side that a route uses, each once."""
        return _once(_route_target(route) if side is Side.TARGET else _route_source(route))

    def _target(self, rule: Rule) -> Iterator[Use]:
        yield Use(FieldPlace(rule.target_table, rule.target_field))
        for table in parents_in(rule.expression):
            yield Use(FieldPlace(table), "its key is asked for")

    def _source(self, rule: Rule) -> Iterator[Use]:
        if rule.source_table:
            yield Use(FieldPlace(rule.source_table, rule.source_field))
        for place in columns_in(rule.expression):
            yield Use(place)
        routes = [r for r in self._routes.get(rule.target_table, ()) if rule.route in ("", r.name)]
        for route in routes:
            for split in route.splits:
                for field, expression in split.values:
                    if field == rule.target_field:
                        for place in columns_in(expression):
                            yield Use(place, f"in the split {split.name}")
        tables = {rule.source_table} | {p.table for p in columns_in(rule.expression)}
        for route in routes:
            yield from _joining(route, tables)


def _joining(route: Route, tables: set[str]) -> Iterator[Use]:
    """The fields by which tables are joined into a route, step by step to its base."""
    joins = {join.table: join for join in route.joins}
    open_ends, seen = [t for t in sorted(tables) if t in joins], set[str]()
    while open_ends:
        table = open_ends.pop()
        if table in seen:
            continue
        seen.add(table)
        for use in _join_uses(joins[table]):
            yield use
            if use.place.table in joins:
                open_ends.append(use.place.table)


def _join_uses(join: Join) -> Iterator[Use]:
    by = f"{join.table} is joined by it"
    for expression, field in join.on:
        yield Use(FieldPlace(join.table, field), by)
        for place in columns_in(expression):
            yield Use(place, by)
    for place in columns_in(join.order_by):
        yield Use(place, f"{join.table} is ordered by it")


def _route_source(route: Route) -> Iterator[Use]:
    yield Use(FieldPlace(route.base_table), "the rows come from it")
    for expression in route.natural_key:
        for place in columns_in(expression):
            yield Use(place, "it is in the natural key")
    for join in route.joins:
        yield Use(FieldPlace(join.table), "it is joined")
        yield from _join_uses(join)
    for place in columns_in(route.row_filter):
        yield Use(place, "rows are filtered by it")
    for split in route.splits:
        for place in columns_in(split.where):
            yield Use(place, f"the split {split.name} is made by it")


def _route_target(route: Route) -> Iterator[Use]:
    yield Use(FieldPlace(route.target_table))
    for split in route.splits:
        for field, _ in split.values:
            yield Use(FieldPlace(route.target_table, field), f"in the split {split.name}")


def _once(uses: Iterable[Use]) -> tuple[Use, ...]:
    found: dict[FieldPlace, Use] = {}
    for use in uses:
        if use.place.table:
            found.setdefault(use.place, use)
    return tuple(found.values())


def places(uses: Sequence[Use]) -> tuple[FieldPlace, ...]:
    """Where the uses are."""
    return tuple(use.place for use in uses)
