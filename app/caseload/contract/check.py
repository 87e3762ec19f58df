"""Finds every inconsistency of a contract, with its place, while turning it into a plan."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from caseload.contract.expression import (
    Column,
    ExpressionError,
    Literal,
    Names,
    Node,
    Type,
    calls_of,
    columns_of,
    meant,
    parse_condition,
    parse_expression,
)
from caseload.contract.plan import (
    FieldPlan,
    JoinPlan,
    Plan,
    Problem,
    RoutePlan,
    TablePlan,
    UnitPlan,
    crosswalks_of,
    gather_columns,
    groups_in_order,
    links_of,
    targets_of,
    with_crosswalk,
)
from caseload.engine.dates import date_format
from caseload.model.catalog import Catalog, FieldSpec
from caseload.model.contract import Contract, Join, MappingClass, OnMiss, Route, Rule
from caseload.model.errors import BadInput

SHOWN = 5


def check_contract(
    contract: Contract,
    catalog: Catalog,
    source: Mapping[str, Sequence[str]],
    crosswalks: Collection[str],
) -> list[Problem]:
    """Every inconsistency of `contract` with the target catalog, source fields, crosswalks."""
    return _Planner(contract, catalog, source, frozenset(crosswalks)).run()[1]


def plan_contract(
    contract: Contract,
    catalog: Catalog,
    source: Mapping[str, Sequence[str]],
    crosswalks: Collection[str],
) -> Plan:
    """The plan of a sound contract.  Raises BadInput that names the first problems."""
    plan, problems = _Planner(contract, catalog, source, frozenset(crosswalks)).run()
    if problems:
        first = problems[0]
        more = len(problems) - 1
        rest = "; ".join(f"{p.where}: {p.what}" for p in problems[1:SHOWN])
        what = first.what + (f" (and {more} more: {rest})" if more else "")
        raise BadInput(what, where=first.where, remedy=first.remedy)
    return plan


@dataclass
class _Planner:
    contract: Contract
    catalog: Catalog
    source: Mapping[str, Sequence[str]]
    crosswalks: frozenset[str]
    problems: list[Problem] = field(default_factory=list)

    def run(self) -> tuple[Plan, list[Problem]]:
        """Plan every table that has a route."""
        self._rules()
        by_table: dict[str, list[Route]] = {}
        for route in self.contract.routes:
            if self._known_target(route):
                by_table.setdefault(route.target_table, []).append(route)
        targets = targets_of(r for routes in by_table.values() for r in routes)
        tables = {}
        for name, spec in self.catalog.tables.items():
            if name in by_table:
                planned = [self._route(r, targets) for r in by_table[name]]
                routes = tuple(p for p in planned if p is not None)
                tables[name] = TablePlan(spec, routes)
        order = groups_in_order({name: links_of(table) for name, table in tables.items()})
        self._loops(tables, order)
        plan = Plan(tables, order, gather_columns(tables.values()), crosswalks_of(tables.values()))
        return plan, self.problems

    def _add(self, what: str, where: str, remedy: str = "") -> None:
        self.problems.append(Problem(what, where, remedy))

    def _rules(self) -> None:
        """What can be said of a rule without its route."""
        routes = {(r.target_table, r.name) for r in self.contract.routes}
        loaded = {r.target_table for r in self.contract.routes}
        for rule in self.contract.rules:
            where = f"{rule.target_table}.{rule.target_field}"
            table = self.catalog.tables.get(rule.target_table)
            if table is None:
                near = meant(rule.target_table, self.catalog.tables)
                self._add(f"There is no target table {rule.target_table}", f"rule {where}", near)
                continue
            if table.field_named(rule.target_field) is None:
                near = meant(rule.target_field, [f.field_name for f in table.fields])
                self._add(f"{table.name} has no field {rule.target_field}", f"rule {where}", near)
            if rule.route and (rule.target_table, rule.route) not in routes:
                near = meant(rule.route, [n for t, n in routes if t == rule.target_table])
                self._add(f"{table.name} has no route {rule.route}", f"rule {where}", near)
            out = rule.mapping_class is MappingClass.OUT_OF_SCOPE
            if rule.target_table not in loaded and not out:
                self._add(f"{table.name} has rules but no route", f"rule {where}", "Add a route")
                loaded |= {rule.target_table}
            self._crosswalk(rule, f"rule {where}")

    def _crosswalk(self, rule: Rule, where: str) -> None:
        if rule.crosswalk and rule.crosswalk not in self.crosswalks:
            near = meant(rule.crosswalk, self.crosswalks)
            self._add(f"There is no crosswalk {rule.crosswalk}", where, near)
        head, colon, value = rule.on_miss.partition(":")
        known = {m.value for m in OnMiss} | {""}
        if head not in known or bool(colon and value) != (head == OnMiss.DEFAULT.value):
            self._add(
                f"{rule.on_miss!r} is not an on_miss",
                where,
                "Use reject, null, pass or default:VALUE",
            )

    def _known_target(self, route: Route) -> bool:
        where = f"route {route.target_table}/{route.name}"
        if route.target_table not in self.catalog.tables:
            near = meant(route.target_table, self.catalog.tables)
            self._add(f"There is no target table {route.target_table}", where, near)
            return False
        return True

    def _route(self, route: Route, targets: Mapping[str, frozenset[int]]) -> RoutePlan | None:
        where = f"route {route.target_table}/{route.name}"
        start = len(self.problems)
        tables = [route.base_table, *(j.table for j in route.joins)]
        for table in tables:
            if table not in self.source:
                near = meant(table, self.source)
                self._add(f"There is no source table {table}", where, near)
            elif tables.count(table) > 1:
                self._add(f"{table} is in the route twice", where, "Join it once")
        if not route.natural_key:
            self._add("The route has no natural key", where, "Name the fields that identify a row")
        if len(self.problems) > start:
            return None
        names = Names(
            {t: self.source[t] for t in tables},
            self.crosswalks,
            targets,
            frozenset(self.source) - set(tables),
        )
        joins = [self._join(j, names, where) for j in route.joins]
        keep = [
            self._condition(text, names, f"scope of {table}")
            for table, text in self.contract.scope
            if table == route.base_table and text
        ]
        if route.row_filter:
            keep.append(self._condition(route.row_filter, names, f"{where}, row filter"))
        key = [self._expression(k, names, f"{where}, natural key") for k in route.natural_key]
        for node in key:
            if node is not None and node.type not in (Type.TEXT, Type.INTEGER):
                self._add(f"A natural key cannot be a {node.type}", where)
        units = self._units(route, names, where)
        if len(self.problems) > start:
            return None
        return RoutePlan(
            route,
            tuple(j for j in joins if j is not None),
            tuple(k for k in keep if k is not None),
            tuple(k for k in key if k is not None),
            units,
        )

    def _join(self, join: Join, names: Names, where: str) -> JoinPlan | None:
        place = f"{where}, join of {join.table}"
        if not join.on:
            self._add("The join has no fields to match", place)
            return None
        pairs: list[tuple[Column, str]] = []
        for there, own in join.on:
            node = self._expression(there, names, place)
            if node is not None and not isinstance(node, Column):
                self._add(f"{there} is not a column", place, "Write it as TABLE.Field")
            try:
                found = names.column(join.table, own)
            except LookupError as trouble:
                self._add(str(trouble.args[0]), place, str(trouble.args[1]))
                continue
            if isinstance(node, Column):
                pairs.append((node, found.field))
        order = None
        if join.pick == "latest":
            bare = join.order_by.rpartition(".")[2]
            try:
                order = names.column(join.table, bare)
            except LookupError as trouble:
                self._add(str(trouble.args[0]), f"{place}, order_by", str(trouble.args[1]))
        return JoinPlan(join.table, tuple(pairs), join.pick, order, join.required)

    def _units(self, route: Route, names: Names, where: str) -> tuple[UnitPlan, ...]:
        if not route.splits:
            return (UnitPlan("", None, self._fields(route, {}, names)),)
        units = []
        seen: set[str] = set()
        for case in route.splits:
            place = f"{where}, split {case.name}"
            if case.name in seen or not case.name:
                self._add("Two cases of a split have one name", place, "Name each case")
            seen.add(case.name)
            condition = self._condition(case.where, names, place) if case.where else None
            table = self.catalog.tables[route.target_table]
            for target, _ in case.values:
                if table.field_named(target) is None:
                    near = meant(target, [f.field_name for f in table.fields])
                    self._add(f"{table.name} has no field {target}", place, near)
            own = {target.casefold(): text for target, text in case.values}
            units.append(UnitPlan(case.name, condition, self._fields(route, own, names)))
        return tuple(units)

    def _fields(self, route: Route, own: Mapping[str, str], names: Names) -> tuple[FieldPlan, ...]:
        table = self.catalog.tables[route.target_table]
        rules: dict[str, Rule] = {}
        for rule in self.contract.rules:
            if rule.target_table == table.name and rule.route in ("", route.name):
                key = rule.target_field.casefold()
                if rule.route or key not in rules:
                    rules[key] = rule
        planned = []
        for spec in table.fields:
            found = rules.get(spec.field_name.casefold())
            if found is None:
                self._add(f"{spec.qualified} has no rule", f"route {table.name}/{route.name}")
                continue
            planned.append(self._field(spec, found, own.get(spec.field_name.casefold()), names))
        return tuple(planned)

    def _field(self, spec: FieldSpec, rule: Rule, own: str | None, names: Names) -> FieldPlan:
        where = f"rule {spec.qualified}"
        self._spec(spec, rule, where)
        if own is not None:
            node = self._expression(own, names, f"{where}, split") if own else None
            return FieldPlan(spec, rule, node and with_crosswalk(node, rule.crosswalk))
        if rule.mapping_class is MappingClass.OUT_OF_SCOPE:
            return FieldPlan(spec, rule, None)
        node = self._value(rule, names, where)
        if node is None:
            return FieldPlan(spec, rule, None)
        node = with_crosswalk(node, rule.crosswalk)
        looks_up = rule.mapping_class is MappingClass.LOOKUP_TRANSLATION
        if looks_up and not calls_of(node, "crosswalk"):
            self._add("The rule translates but names no crosswalk", where, "Name the crosswalk")
        if calls_of(node, "record_key") and columns_of(node):
            self._add(
                "record_key() stands beside source fields",
                where,
                "Use it alone or with constants",
            )
        return FieldPlan(spec, rule, node)

    def _spec(self, spec: FieldSpec, rule: Rule, where: str) -> None:
        dated = spec.data_type.startswith(("DATE", "TIMESTAMP"))
        if dated and spec.format and date_format(spec.format) is None:
            self._add(f"{spec.format!r} is no known date format", where, "Correct the catalog")
        value = rule.default_value
        if value is None:
            return
        if spec.allowed_values and value not in spec.allowed_values:
            self._add("The default value is not among the allowed values", where)
        if (
            spec.size is not None
            and len(value) > spec.size
            and not spec.data_type.startswith("DATE")
        ):
            self._add(f"The default value is longer than {spec.length}", where)

    def _value(self, rule: Rule, names: Names, where: str) -> Node | None:
        if rule.expression:
            return self._expression(rule.expression, names, where)
        if rule.source_table and rule.source_field:
            try:
                return names.column(rule.source_table, rule.source_field)
            except LookupError as trouble:
                self._add(str(trouble.args[0]), where, str(trouble.args[1]))
                return None
        self._add(
            "The rule says nothing",
            where,
            "Give it a source field or an expression, or make it OUT_OF_SCOPE",
        )
        return None

    def _expression(self, text: str, names: Names, where: str) -> Node | None:
        try:
            return parse_expression(text, names)
        except ExpressionError as trouble:
            self._add(trouble.what, f"{where}, {trouble.where}", trouble.remedy)
            return None

    def _condition(self, text: str, names: Names, where: str) -> Node | None:
        try:
            return parse_condition(text, names)
        except ExpressionError as trouble:
            self._add(trouble.what, f"{where}, {trouble.where}", trouble.remedy)
            return None

    def _loops(self, tables: Mapping[str, TablePlan], order: Sequence[Sequence[str]]) -> None:
        """A link within a loop of tables is followed last, so it must stand alone."""
        for group in order:
            members = {n for n in group if len(group) > 1 or n in links_of(tables[n])}
            fields = [
                f
                for name in members
                for route in tables[name].routes
                for unit in route.units
                for f in unit.fields
            ]
            keys = {(f.spec.table_name, f.spec.field_name) for f in fields if f.late or f.parent}
            for planned in fields:
                if planned.node is not None and planned.parent not in members:
                    self._loop_field(planned, members, keys)

    def _loop_field(
        self, planned: FieldPlan, members: set[str], keys: set[tuple[str, str]]
    ) -> None:
        spec, node = planned.spec, planned.node
        where = f"rule {spec.qualified}"
        inside = spec.foreign_table in members
        if inside and (planned.late or (spec.foreign_table, spec.foreign_field) in keys):
            self._add("A link to a key within a loop of tables must be parent_key()", where)
        for call in calls_of(node, "parent_key") if node is not None else ():
            if isinstance(call.args[0], Literal) and call.args[0].value in members:
                self._add("parent_key() within a loop of tables must stand alone", where)
