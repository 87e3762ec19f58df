"""From an expression's value to a conforming value of a target field, and why it is not one.

Every value becomes the text that the load file will hold.  What is wrong with it is a list
of conditions, each with its reason; what was quietly put right is a list of flags.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from caseload.contract.duckdb.layers import Layers, Sql
from caseload.contract.duckdb.render import Fault, Renderer, shown, trimmed
from caseload.contract.expression import TIMES, Call, Node, Type, columns_of
from caseload.contract.plan import FieldPlan
from caseload.engine.dates import DateFormat, date_format, parse_any, show
from caseload.engine.sql import text, texts
from caseload.model.catalog import FieldSpec
from caseload.model.contract import OnFailure, OnMiss

SOURCE_SHOWN = 200
ALONE = frozenset(
    ("crosswalk", "parent_key", "to_date", "to_datetime", "combine_date_time", "cast_date")
)


class Reason(StrEnum):
    """Why a row was rejected, or what was put right in it."""

    CROSSWALK_MISS = "CROSSWALK_MISS"
    UNREADABLE = "UNREADABLE"
    TOO_LONG = "TOO_LONG"
    NOT_ALLOWED = "NOT_ALLOWED"
    MANDATORY_EMPTY = "MANDATORY_EMPTY"
    PARENT_MISSING = "PARENT_MISSING"
    KEY_EMPTY = "KEY_EMPTY"
    NOT_UNIQUE = "NOT_UNIQUE"
    DEFAULTED = "DEFAULTED"
    IMPUTED = "IMPUTED"


@dataclass(frozen=True, slots=True)
class Test:
    """A condition (SQL) under which the row must be rejected, and why.

    `source` is SQL for the value to blame; `parent` the target table of a missing parent and
    `by_value` the parent's field when the link is by value, not by key.  `broad` is a cheaper
    condition that holds for a row when this or another test of the field does.
    """

    when: str
    reason: Reason
    field: str
    message: str
    source: str
    crosswalk: str = ""
    parent: str = ""
    by_value: str = ""
    broad: str = ""


@dataclass(frozen=True, slots=True)
class Flag:
    """A condition (SQL) under which a value was put right: emptied, cut, defaulted, imputed."""

    when: str
    reason: Reason
    field: str
    message: str


@dataclass(slots=True)
class FieldSql:
    """A field said in SQL: `value` for text, or `late` over alias k (k.key is the row's key).

    `pending` is the natural key of a parent within the same loop of tables.
    """

    spec: FieldSpec
    value: str = "NULL"
    late: str = ""
    pending: str = ""
    tests: list[Test] = field(default_factory=list)
    flags: list[Flag] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a field's conversion must know of the run.

    `value_tables` maps (target table, field) to the engine table (k) of its loaded values;
    `looped` are the tables of the loop that is being converted.
    """

    value_tables: Mapping[tuple[str, str], str]
    looped: frozenset[str]
    impute: bool


def field_sql(
    planned: FieldPlan, layers: Layers, renderer: Renderer, around: Surroundings
) -> FieldSql:
    """The field's conversion, conformance and policies."""
    made = FieldSql(planned.spec)
    if planned.node is not None and planned.late:
        made.late = shown(renderer.render(planned.node), planned.node.type).text
        return made
    if planned.parent in around.looped and isinstance(planned.node, Call):
        made.pending = layers.share(renderer.key(planned.node.args[1:])).text
        return made
    return _Conforming(planned, layers, around, made).build(renderer)


@dataclass(slots=True)
class _Conforming:
    """Builds one field; `emptying` are the conditions under which its value is NULL."""

    planned: FieldPlan
    layers: Layers
    around: Surroundings
    made: FieldSql
    emptying: set[str] = field(default_factory=set)

    def build(self, renderer: Renderer) -> FieldSql:
        node = self.planned.node
        value = Sql("NULL")
        if node is not None:
            renderer.faults = []
            value = renderer.render(node)
            value, kind = self._faults(value, node, renderer.faults)
            value = self._convert(value, kind, node)
            value = self._link(value)
        self.made.value = self._fill(value).text
        return self.made

    def _faults(self, value: Sql, node: Node, faults: list[Fault]) -> tuple[Sql, Type]:
        """Faults of the expression become tests, or change the value as the policy says."""
        blame = self._blame(node)
        if isinstance(node, Call) and node.name in ALONE:
            self.emptying |= {f.when for f in faults}
        unreadable = [f for f in faults if f.kind == "unreadable"]
        if unreadable:
            when = " OR ".join(f"({f.when})" for f in unreadable)
            self.emptying |= {when} if isinstance(node, Call) and node.name in ALONE else set()
            self._fail(when, Reason.UNREADABLE, "cannot be read as the rule says", blame)
            if self.planned.policy is OnFailure.NULL:
                depth = max(value.depth, *(f.depth for f in unreadable))
                value = Sql(f"CASE WHEN ({when}) IS NOT TRUE THEN {value.text} END", depth)
        for fault in faults:
            if fault.kind == "parent":
                self._orphan(fault.when, fault.source, fault.name, "")
        misses = [f for f in faults if f.kind == "crosswalk"]
        action, default = self.planned.on_miss
        if misses and action is OnMiss.REJECT:
            for miss in misses:
                message = f"The value is not in the crosswalk {miss.name}"
                self._test(miss.when, Reason.CROSSWALK_MISS, message, miss.source, miss.name)
        elif misses:
            when = " OR ".join(f"({m.when})" for m in misses)
            names = ", ".join(sorted({m.name for m in misses}))
            done = {OnMiss.NULL: "left empty", OnMiss.PASS: "taken as it is"}.get(
                action, "defaulted"
            )
            self._flag(
                when, Reason.CROSSWALK_MISS, f"A value not in the crosswalk {names} was {done}"
            )
            instead = {OnMiss.NULL: "NULL", OnMiss.PASS: misses[0].source}.get(
                action, text(default)
            )
            as_text = shown(value, node.type)
            depth = max(value.depth, *(m.depth for m in misses))
            mended = f"CASE WHEN {when} THEN {instead} ELSE {as_text.text} END"
            return Sql(mended, depth), Type.TEXT
        return value, node.type

    def _convert(self, value: Sql, kind: Type, node: Node) -> Sql:
        spec = self.planned.spec
        if spec.data_type.startswith(("DATE", "TIMESTAMP")):
            return self._date(value, kind, node)
        if spec.data_type.startswith(("NUM", "INT", "DEC", "BIGINT", "SMALLINT", "FLOAT")):
            return self._number(value, kind, node)
        if kind in TIMES:
            value = Sql(show(value.text, self._form(timed=kind is Type.DATETIME)), value.depth)
        else:
            value = shown(value, kind)
        if kind is Type.TEXT and not trimmed(node):
            value = Sql(f"nullif(trim({value.text}), '')", value.depth)
        if spec.upper:
            value = Sql(f"upper({value.text})", value.depth)
        value = self.layers.share(value)
        return self._listed(self._limited(value, node), node)

    def _date(self, value: Sql, kind: Type, node: Node) -> Sql:
        form = self._form(timed=self.planned.spec.data_type.startswith("TIMESTAMP"))
        if kind not in TIMES:
            given = self.layers.share(shown(value, kind))
            moment = self.layers.share(Sql(parse_any(given.text), given.depth))
            when = f"{moment.text} IS NULL AND {given.text} IS NOT NULL"
            self.emptying.add(when)
            self._fail(when, Reason.UNREADABLE, "is no date", self._blame(node))
            value = moment
        return self.layers.share(Sql(show(value.text, form), value.depth))

    def _number(self, value: Sql, kind: Type, node: Node) -> Sql:
        """A number without leading zeros, signs or decimals that say nothing."""
        spec = self.planned.spec
        given = self.layers.share(shown(value, kind))
        if kind is Type.INTEGER:
            return self._listed(self._digits(given, node), node)
        whole = spec.size is not None or spec.data_type.startswith(("INT", "BIG", "SMALL"))
        scale = spec.scale if whole else 10
        decimals = f"([.][0-9]{{0,{scale}}}0*)?" if scale else "([.]0*)?"
        plain = f"regexp_full_match({given.text}, '0|-?[1-9][0-9]{{0,37}}')"
        other = f"regexp_full_match({given.text}, '[+-]?[0-9]{{1,{37 - scale}}}{decimals}')"
        exact = f"TRY_CAST(TRY_CAST({given.text} AS DECIMAL(38,{scale})) AS VARCHAR)"
        if scale:
            exact = f"rtrim(rtrim({exact}, '0'), '.')"
        number = f"CASE WHEN {plain} THEN {given.text} WHEN {other} THEN {exact} END"
        made = self.layers.share(Sql(number, given.depth))
        when = f"{made.text} IS NULL AND {given.text} IS NOT NULL"
        self.emptying.add(when)
        wanted = f"number with at most {scale} decimals" if scale else "whole number"
        self._fail(when, Reason.UNREADABLE, f"is no {wanted}", self._blame(node))
        return self._listed(self._digits(made, node), node)

    def _digits(self, value: Sql, node: Node) -> Sql:
        spec = self.planned.spec
        if spec.size is None:
            return value
        room = spec.size - spec.scale
        whole = f"length(ltrim(split_part({value.text}, '.', 1), '-0'))"
        when = f"CASE WHEN strlen({value.text}) > {room} THEN {whole} > {room} END"
        message = f"has more digits than NUMBER({spec.length})"
        return self._emptied(value, when, Reason.TOO_LONG, message, node)

    def _limited(self, value: Sql, node: Node) -> Sql:
        """A text no longer than its field, cut if the policy says so."""
        size = self.planned.spec.size
        if size is None:
            return value
        when = f"length({value.text}) > {size}"
        message = f"is longer than {size} characters"
        if self.planned.policy is OnFailure.TRUNCATE:
            self._flag(when, Reason.TOO_LONG, f"A value that {message} was cut")
            return self.layers.share(Sql(f"left({value.text}, {size})", value.depth))
        return self._emptied(value, when, Reason.TOO_LONG, message, node)

    def _listed(self, value: Sql, node: Node) -> Sql:
        allowed = self.planned.spec.allowed_values
        if not allowed:
            return value
        when = f"{value.text} NOT IN ({texts(allowed)})"
        message = "is not one of the allowed values"
        return self._emptied(value, when, Reason.NOT_ALLOWED, message, node)

    def _link(self, value: Sql) -> Sql:
        """A foreign key by value: the loaded parents must have it."""
        spec = self.planned.spec
        parent = (spec.foreign_table, spec.foreign_field)
        if self.planned.parent or parent not in self.around.value_tables:
            return value
        value = self.layers.share(value)
        _, found = self.layers.lookup(self.around.value_tables[parent], value, "t.k")
        when = f"{value.text} IS NOT NULL AND NOT {found.text}"
        self._orphan(when, value.text, *parent)
        if self.planned.parent_policy is OnFailure.NULL:
            return Sql(f"CASE WHEN {found.text} THEN {value.text} END", found.depth)
        return value

    def _orphan(self, when: str, source: str, parent: str, by_value: str) -> None:
        message = f"Its parent in {parent} is not there"
        if self.planned.parent_policy is OnFailure.NULL:
            self._flag(
                when, Reason.PARENT_MISSING, f"A link to {parent} without a parent was left empty"
            )
            return
        self.made.tests.append(
            Test(when, Reason.PARENT_MISSING, self._name, message, source, "", parent, by_value)
        )

    def _fill(self, value: Sql) -> Sql:
        """The last word on an empty mandatory field: its declared default, or a rejection."""
        spec, default = self.planned.spec, self.planned.rule.default_value
        if not spec.mandatory:
            return value
        others = [t.when for t in self.made.tests]
        value = self.layers.share(value) if value.text != "NULL" else value
        empty = f"{value.text} IS NULL"
        when = empty
        if others:
            when += f" AND ({' OR '.join(f'({w})' for w in others)}) IS NOT TRUE"
        if default is not None and self.around.impute:
            self._flag(when, Reason.IMPUTED, "An empty mandatory field took its declared default")
            return Sql(f"coalesce({value.text}, {text(default)})", value.depth)
        message = f"{self._name} is mandatory and empty"
        self.made.tests = [
            replace(t, broad=empty) if t.when in self.emptying else t for t in self.made.tests
        ]
        self.made.tests.append(
            Test(when, Reason.MANDATORY_EMPTY, self._name, message, "NULL", broad=empty)
        )
        return value

    def _emptied(self, value: Sql, when: str, reason: Reason, message: str, node: Node) -> Sql:
        """The value, or nothing where `when` holds and the policy is to empty it."""
        self._fail(when, reason, message, self._blame(node))
        if self.planned.policy is not OnFailure.NULL:
            return value
        return self.layers.share(
            Sql(f"CASE WHEN ({when}) IS NOT TRUE THEN {value.text} END", value.depth)
        )

    def _fail(self, when: str, reason: Reason, message: str, source: str) -> None:
        if self.planned.policy is OnFailure.NULL:
            self._flag(when, reason, f"A value that {message} was left empty")
        else:
            self._test(when, reason, f"The value {message}", source)

    def _test(
        self, when: str, reason: Reason, message: str, source: str, crosswalk: str = ""
    ) -> None:
        self.made.tests.append(Test(when, reason, self._name, message, source, crosswalk))

    def _flag(self, when: str, reason: Reason, message: str) -> None:
        self.made.flags.append(Flag(when, reason, self._name, message))

    def _blame(self, node: Node) -> str:
        """SQL for the source values that the field was made of."""
        values = [self.layers.column(c).text for c in columns_of(node)]
        if not values:
            return "NULL"
        joined = values[0] if len(values) == 1 else f"concat_ws(' | ', {', '.join(values)})"
        return f"left({joined}, {SOURCE_SHOWN})"

    def _form(self, *, timed: bool) -> DateFormat:
        otherwise = date_format("DD/MM/YYYY HH24:MI" if timed else "DD/MM/YYYY")
        form = date_format(self.planned.spec.format) or otherwise
        if form is None:
            raise ValueError(self.planned.spec.format)
        return form

    @property
    def _name(self) -> str:
        return self.planned.spec.field_name
