"""The contract as a typed plan: what a run does, before it is said in any engine's words.

Planning reads every expression once and notes every inconsistency with its place; a contract
without problems can be run.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from caseload.contract.expression import (
    Call,
    Column,
    Literal,
    Node,
    Type,
    calls_of,
    columns_of,
)
from caseload.model.catalog import FieldSpec, TableSpec
from caseload.model.contract import OnFailure, OnMiss, Route, Rule


@dataclass(frozen=True, slots=True)
class Problem:
    """An inconsistency of a contract: what, where, and what to do."""

    what: str
    where: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class FieldPlan:
    """How one field of a target table is filled in one route; no `node`: not at all."""

    spec: FieldSpec
    rule: Rule
    node: Node | None

    @property
    def late(self) -> bool:
        """True when the value needs the row's own key, which is allocated last."""
        return self.node is not None and bool(calls_of(self.node, "record_key"))

    @property
    def policy(self) -> OnFailure:
        """What a value that does not conform does, BY_FIELD resolved."""
        if self.rule.on_failure is not OnFailure.BY_FIELD:
            return self.rule.on_failure
        return OnFailure.REJECT

    @property
    def parent_policy(self) -> OnFailure:
        """What a parent that is not there does: an optional link is emptied."""
        if self.rule.on_failure is OnFailure.REJECT or self.spec.mandatory:
            return OnFailure.REJECT
        return OnFailure.NULL

    @property
    def on_miss(self) -> tuple[OnMiss, str]:
        """What a value missing from its crosswalk does, and the default it takes."""
        head, _, value = self.rule.on_miss.partition(":")
        return (OnMiss(head) if head else OnMiss.REJECT), value

    @property
    def parent(self) -> str:
        """The target table whose key this field is; "" when it is no link by key."""
        if isinstance(self.node, Call) and self.node.name == "parent_key":
            first = self.node.args[0]
            return first.value if isinstance(first, Literal) else ""
        return ""


@dataclass(frozen=True, slots=True)
class JoinPlan:
    """A joined table: pairs of a column already there and a field of the table."""

    table: str
    on: tuple[tuple[Column, str], ...]
    pick: str
    order: Column | None
    required: bool


@dataclass(frozen=True, slots=True)
class UnitPlan:
    """A route, or one of the cases its rows split into."""

    split: str
    where: Node | None
    fields: tuple[FieldPlan, ...]


@dataclass(frozen=True, slots=True)
class RoutePlan:
    """A route with its expressions read.  `key_label` says which fields its key is made of."""

    route: Route
    joins: tuple[JoinPlan, ...]
    keep: tuple[Node, ...]
    key: tuple[Node, ...]
    units: tuple[UnitPlan, ...]

    @property
    def tables(self) -> tuple[str, ...]:
        """The source tables it reads."""
        return (self.route.base_table, *(j.table for j in self.joins))

    @property
    def key_label(self) -> str:
        """The bare names of the key's fields: routes with the same label share their keys."""
        names = [n.field if isinstance(n, Column) else "value" for n in self.key]
        return ";".join([*names, "split"] if self.route.splits else names)


@dataclass(frozen=True, slots=True)
class TablePlan:
    """A target table with its routes."""

    spec: TableSpec
    routes: tuple[RoutePlan, ...]

    @property
    def labels(self) -> tuple[str, ...]:
        """The different key labels of its routes."""
        return tuple(dict.fromkeys(r.key_label for r in self.routes))


@dataclass(slots=True)
class Plan:
    """Tables by name; `order` has groups of tables, parents first, loops in one group.

    `columns` are the source fields that are read, by source table.
    """

    tables: dict[str, TablePlan]
    order: list[list[str]]
    columns: dict[str, dict[str, None]] = field(default_factory=dict)
    crosswalks: set[str] = field(default_factory=set)


def targets_of(routes: Iterable[Route]) -> dict[str, frozenset[int]]:
    """The target tables with a route and how many parts their natural keys have."""
    sizes: dict[str, set[int]] = {}
    for route in routes:
        size = len(route.natural_key) + (1 if route.splits else 0)
        sizes.setdefault(route.target_table, set()).add(size)
    return {table: frozenset(found) for table, found in sizes.items()}


def links_of(table: TablePlan) -> set[str]:
    """The target tables that must be loaded before this one (itself, if it is its own parent)."""
    found: set[str] = set()
    for route in table.routes:
        for unit in route.units:
            for planned in unit.fields:
                if planned.node is None:
                    continue
                if planned.spec.foreign_table:
                    found.add(planned.spec.foreign_table)
                for call in calls_of(planned.node, "parent_key"):
                    if isinstance(call.args[0], Literal):
                        found.add(call.args[0].value)
    return found


def groups_in_order(links: Mapping[str, set[str]]) -> list[list[str]]:
    """Strongly connected groups, parents first, in a defined order (Tarjan's algorithm)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    groups: list[list[str]] = []

    def visit(start: str) -> None:
        work = [(start, iter(sorted(links[start])))]
        index[start] = low[start] = len(index)
        stack.append(start)
        while work:
            name, rest = work[-1]
            for other in rest:
                if other not in links:
                    continue
                if other not in index:
                    index[other] = low[other] = len(index)
                    stack.append(other)
                    work.append((other, iter(sorted(links[other]))))
                    break
                if other in stack:
                    low[name] = min(low[name], index[other])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[name])
                if low[name] == index[name]:
                    at = stack.index(name)
                    groups.append([n for n in links if n in stack[at:]])
                    del stack[at:]

    for name in links:
        if name not in index:
            visit(name)
    return groups


def gather_columns(tables: Iterable[TablePlan]) -> dict[str, dict[str, None]]:
    """Every source field that the plans read, by source table."""
    found: dict[str, dict[str, None]] = {}

    def add(column: Column) -> None:
        found.setdefault(column.table, {})[column.field] = None

    for table in tables:
        for route in table.routes:
            found.setdefault(route.route.base_table, {})
            for join in route.joins:
                found.setdefault(join.table, {})
                for column, name in join.on:
                    add(column)
                    add(Column(join.table, name))
                if join.order is not None:
                    add(join.order)
            nodes: list[Node] = [*route.keep, *route.key]
            for unit in route.units:
                nodes += [unit.where] if unit.where is not None else []
                nodes += [f.node for f in unit.fields if f.node is not None]
            for node in nodes:
                for column in columns_of(node):
                    add(column)
    return found


def crosswalks_of(tables: Iterable[TablePlan]) -> set[str]:
    """The crosswalks that the plans use."""
    return {
        call.args[1].value
        for table in tables
        for route in table.routes
        for unit in route.units
        for planned in unit.fields
        if planned.node is not None
        for call in calls_of(planned.node, "crosswalk")
        if isinstance(call.args[1], Literal)
    }


def with_crosswalk(node: Node, name: str) -> Node:
    """The node translated by a crosswalk, unless it already names one."""
    if not name or calls_of(node, "crosswalk"):
        return node
    return Call("crosswalk", (node, Literal(name, Type.TEXT)), Type.TEXT)
