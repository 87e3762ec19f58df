"""Renders the typed tree as DuckDB SQL.

An expression that can fail (a date that is none, a code not in its crosswalk, a parent that
is not there) gives NULL and a `Fault` beside it: the condition under which it failed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from caseload.contract.crosswalks import Crosswalk
from caseload.contract.duckdb.functions import PLAIN, decimal_number, time_of_day, whole_number
from caseload.contract.duckdb.layers import Layers, Sql
from caseload.contract.expression import Call, Case, Column, Literal, Node, Type
from caseload.engine.dates import DateFormat, date_format, parse, parse_any, show
from caseload.engine.sql import text

SEPARATOR = "chr(31)"
ROW_KEY = "k.key"
TRIMMED = frozenset(
    ("trim", "crosswalk", "nhs_number", "postcode", "clean_text", "name_part", "format_date")
)


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that failed when the SQL `when` is true.

    `kind` is unreadable, crosswalk or parent; `source` is SQL for the value to blame (for a
    parent: its natural key); `name` the crosswalk or the parent's target table; `depth` the
    layer from which `when` can be asked.
    """

    kind: str
    when: str
    source: str
    depth: int
    name: str = ""


@dataclass(slots=True)
class Renderer:
    """Renders the expressions of one rule; collects their faults.

    `key_tables` maps a target table to the engine table (k, key) of its allocated keys;
    `crosswalks` has every crosswalk by name.
    """

    layers: Layers
    crosswalks: Mapping[str, Crosswalk]
    key_tables: Mapping[str, str]
    faults: list[Fault] = field(default_factory=list)

    def render(self, node: Node) -> Sql:
        """SQL for the node's value."""
        if isinstance(node, Column):
            return self.layers.column(node)
        if isinstance(node, Literal):
            return Sql(_constant(node))
        if isinstance(node, Case):
            return self._case(node)
        return self._call(node)

    def _call(self, node: Call) -> Sql:
        match node.name:
            case "coalesce" | "first_non_empty":
                return self._first(node)
            case "to_date" | "to_datetime":
                return self._dated(node)
            case "cast_integer" | "cast_decimal" | "cast_text" | "cast_date":
                return self._cast(node)
            case "+" | "-" | "*" | "/" | "negate":
                return self._arithmetic(node)
            case "combine_date_time":
                return self._combine(node)
            case "crosswalk":
                return self._crosswalk(node)
            case "parent_key":
                return self._parent_key(node)
            case "record_key":
                return Sql(ROW_KEY)
            case "concat" | "||":
                args = [self.as_text(a) for a in node.args]
                joined = ", ".join(a.text for a in args)
                whole = f"nullif(concat({joined}), '')"
                if node.name == "||":
                    whole = f"({' || '.join(a.text for a in args)})"
                return Sql(whole, _depth(args))
            case "format_date":
                day = self.render(node.args[0])
                return Sql(show(day.text, _mask(node)), day.depth)
            case "replace":
                value, old = (self.render(a) for a in node.args[:2])
                new = node.args[2].value if isinstance(node.args[2], Literal) else ""
                return Sql(PLAIN["replace"](value.text, old.text, text(new)), value.depth)
        args = [self.render(a) for a in node.args]
        return Sql(PLAIN[node.name](*(a.text for a in args)), _depth(args))

    def as_text(self, node: Node) -> Sql:
        """SQL for the node's value as text, with empty texts made NULL."""
        return shown(self.render(node), node.type)

    def key(self, parts: Sequence[Node]) -> Sql:
        """SQL for a natural key: its parts as text; NULL when one is empty."""
        sqls = [self.as_text(part) for part in parts]
        return Sql(f" || {SEPARATOR} || ".join(s.text for s in sqls), _depth(sqls))

    def _case(self, node: Case) -> Sql:
        pieces: list[str] = []
        before: list[str] = []
        depth = 0
        for condition, value in node.whens:
            test = self.layers.share(self.render(condition))
            guard = " AND ".join([*(f"{b} IS NOT TRUE" for b in before), test.text])
            depth = max(depth, test.depth)
            chosen = self._guarded(value, guard, depth)
            pieces.append(f"WHEN {test.text} THEN {chosen.text}")
            before.append(test.text)
            depth = max(depth, chosen.depth)
        guard = " AND ".join(f"{b} IS NOT TRUE" for b in before)
        last = self._guarded(node.otherwise, guard, depth)
        return Sql(f"CASE {' '.join(pieces)} ELSE {last.text} END", max(depth, last.depth))

    def _guarded(self, node: Node, guard: str, depth: int) -> Sql:
        """Render a value whose faults count only while `guard` holds."""
        start = len(self.faults)
        sql = self.render(node)
        self.faults[start:] = [
            replace(f, when=f"({guard}) AND ({f.when})", depth=max(depth, f.depth))
            for f in self.faults[start:]
        ]
        return sql

    def _first(self, node: Call) -> Sql:
        blank = node.name == "first_non_empty" and node.type is Type.TEXT
        parts: list[Sql] = []
        for arg in node.args:
            guard = " AND ".join(f"{p.text} IS NULL" for p in parts) or "true"
            part = self._guarded(arg, guard, _depth(parts)) if parts else self.render(arg)
            if blank and not isinstance(arg, Column | Literal):
                part = Sql(f"nullif(trim({part.text}), '')", part.depth)
            if blank and isinstance(arg, Literal):
                part = Sql(_constant(replace(arg, value=arg.value.strip())))
            parts.append(self.layers.share(part) if len(node.args) > 1 else part)
        return Sql(f"coalesce({', '.join(p.text for p in parts)})", _depth(parts))

    def _failing(self, node: Call, build: Callable[..., str]) -> Sql:
        """A value that is a fault when it comes out empty from arguments that are not."""
        args = [
            self.render(a) if isinstance(a, Literal) else self.layers.share(self.render(a))
            for a in node.args
        ]
        value = self.layers.share(Sql(build(*(a.text for a in args)), _depth(args)))
        filled = [
            a.text for a, n in zip(args, node.args, strict=True) if not isinstance(n, Literal)
        ]
        if filled:
            given = " AND ".join(f"{a} IS NOT NULL" for a in filled)
            when = f"{value.text} IS NULL AND {given}"
            self.faults.append(Fault("unreadable", when, filled[0], value.depth))
        return value

    def _dated(self, node: Call) -> Sql:
        form = _mask(node)
        kind = "TIMESTAMP" if node.type is Type.DATETIME else "DATE"

        def build(value: str, _: str) -> str:
            return f"CAST({parse(value, form)} AS {kind})"

        return self._failing(node, build)

    def _cast(self, node: Call) -> Sql:
        given = node.args[0].type
        if node.name == "cast_text":
            return self.as_text(node.args[0])
        if node.name == "cast_date":
            if given is not Type.TEXT:
                return Sql(*_wrap("CAST({} AS DATE)", self.render(node.args[0])))
            return self._failing(node, lambda v: f"CAST({parse_any(v)} AS DATE)")
        if node.name == "cast_integer" and given in (Type.TEXT, Type.DECIMAL):
            return self._failing(node, whole_number)
        if node.name == "cast_decimal" and given is Type.TEXT:
            return self._failing(node, decimal_number)
        kind = "BIGINT" if node.name == "cast_integer" else "DECIMAL(18,6)"
        return Sql(*_wrap(f"TRY_CAST({{}} AS {kind})", self.render(node.args[0])))

    def _arithmetic(self, node: Call) -> Sql:
        sign = "-" if node.name == "negate" else node.name
        integer = node.type is Type.INTEGER

        def number(value: str) -> str:
            return f"CAST({value} AS {'HUGEINT' if integer else 'DECIMAL(18,6)'})"

        def build(*values: str) -> str:
            if node.name == "/":
                a, b = (f"CAST({v} AS DECIMAL(18,6))" for v in values)
                return f"TRY_CAST(round({a}::DOUBLE / nullif({b}, 0)::DOUBLE, 6) AS DECIMAL(18,6))"
            numbers = [number(v) for v in values]
            whole = f"{numbers[0]} {sign} {numbers[1]}" if len(numbers) == 2 else f"-{numbers[0]}"
            return f"TRY_CAST(({whole}) AS {'BIGINT' if integer else 'DECIMAL(18,6)'})"

        if node.name == "/":
            args = [self.render(a) for a in node.args]
            return Sql(build(*(a.text for a in args)), _depth(args))
        return self._failing(node, build)

    def _combine(self, node: Call) -> Sql:
        day, time = (self.layers.share(self.render(a)) for a in node.args)
        moment = (
            f"CASE WHEN {time.text} IS NULL THEN CAST({day.text} AS TIMESTAMP) "
            f"ELSE {day.text} + {time_of_day(time.text)} END"
        )
        value = self.layers.share(Sql(moment, max(day.depth, time.depth)))
        when = f"{value.text} IS NULL AND {day.text} IS NOT NULL AND {time.text} IS NOT NULL"
        self.faults.append(Fault("unreadable", when, time.text, value.depth))
        return value

    def _crosswalk(self, node: Call) -> Sql:
        name = node.args[1].value if isinstance(node.args[1], Literal) else ""
        crosswalk = self.crosswalks[name]
        key = self.layers.share(self.render(node.args[0]))
        target, found = self.layers.lookup(crosswalk.engine_table, key, "t.target")
        value, known = target.text, found.text
        if crosswalk.prefixes:
            cases = " ".join(
                f"WHEN starts_with({key.text}, {text(start)}) THEN {_text_or_null(gives)}"
                for start, gives in crosswalk.prefixes
            )
            starts = " OR ".join(
                f"starts_with({key.text}, {text(start)})" for start, _ in crosswalk.prefixes
            )
            value = f"CASE WHEN {known} THEN {value} {cases} END"
            known = f"({known} OR {starts})"
        missed = f"{key.text} IS NOT NULL AND NOT {known}"
        self.faults.append(Fault("crosswalk", missed, key.text, found.depth, name))
        return Sql(value, found.depth)

    def _parent_key(self, node: Call) -> Sql:
        table = node.args[0].value if isinstance(node.args[0], Literal) else ""
        key = self.layers.share(self.key(node.args[1:]))
        value, found = self.layers.lookup(self.key_tables[table], key, "t.key")
        missed = f"{key.text} IS NOT NULL AND NOT {found.text}"
        self.faults.append(Fault("parent", missed, key.text, found.depth, table))
        return value


def shown(sql: Sql, kind: Type) -> Sql:
    """A value of that type as text."""
    if kind in (Type.TEXT, Type.NULL):
        return sql
    if kind is Type.BOOLEAN:
        return Sql(*_wrap("CASE {} WHEN true THEN 'Y' WHEN false THEN 'N' END", sql))
    if kind is Type.DECIMAL:
        return Sql(*_wrap("rtrim(rtrim(CAST({} AS VARCHAR), '0'), '.')", sql))
    if kind in (Type.DATE, Type.DATETIME):
        mask = "YYYY-MM-DD" if kind is Type.DATE else "YYYY-MM-DD HH24:MI:SS"
        return Sql(show(sql.text, _known(mask)), sql.depth)
    return Sql(*_wrap("CAST({} AS VARCHAR)", sql))


def trimmed(node: Node) -> bool:
    """True when the text that the node gives has no blanks at its ends, nor is empty."""
    if isinstance(node, Column):
        return True
    if isinstance(node, Literal):
        return node.value == node.value.strip(" ")
    if isinstance(node, Case):
        return trimmed(node.otherwise) and all(trimmed(value) for _, value in node.whens)
    if node.name in ("upper", "lower", "nullif"):
        return trimmed(node.args[0])
    if node.name in ("coalesce", "first_non_empty"):
        return all(trimmed(arg) for arg in node.args)
    return node.name in TRIMMED


def _depth(sqls: Sequence[Sql]) -> int:
    return max((s.depth for s in sqls), default=0)


def _wrap(pattern: str, sql: Sql) -> tuple[str, int]:
    return pattern.replace("{}", sql.text), sql.depth


def _constant(node: Literal) -> str:
    if node.type is Type.INTEGER:
        return f"CAST({node.value} AS BIGINT)"
    if node.type is Type.DECIMAL:
        return f"CAST({node.value} AS DECIMAL(18,6))"
    return _text_or_null(node.value) if node.type is Type.TEXT else "NULL"


def _text_or_null(value: str) -> str:
    return text(value) if value else "NULL"


def _known(mask: str) -> DateFormat:
    form = date_format(mask)
    if form is None:
        raise ValueError(mask)
    return form


def _mask(node: Call) -> DateFormat:
    return _known(node.args[1].value if isinstance(node.args[1], Literal) else "")
