"""One route of a target table as statements: the rows that come out, and those left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from caseload.contract.crosswalks import Crosswalk
from caseload.contract.duckdb.conform import FieldSql, Flag, Reason, Surroundings, Test, field_sql
from caseload.contract.duckdb.layers import Layers
from caseload.contract.duckdb.render import SEPARATOR, Renderer
from caseload.contract.plan import JoinPlan, RoutePlan, UnitPlan
from caseload.engine.dates import parse_any
from caseload.engine.sql import ident, text
from caseload.engine.staging import Staged

LABEL_END = "chr(30)"
MARK = 4


@dataclass(frozen=True, slots=True)
class Sources:
    """Where a route's rows are: source table to its staged file, and how each join picks.

    `picks` maps a joined table to the engine table (rid, k1, k2 ...) of the one row taken
    for each key; without an entry every match is taken.
    """

    tables: Mapping[str, Staged]
    picks: Mapping[str, str]

    def column(self, table: str, name: str) -> str:
        """SQL for the engine's name of a source field."""
        return ident(self.tables[table].column_in(name))


@dataclass(slots=True)
class TableNotes:
    """The tests and flags of a target table, numbered across its units."""

    tests: list[Test] = field(default_factory=list)
    flags: list[Flag] = field(default_factory=list)

    def flag_number(self, flag: Flag) -> int:
        """The flag's number; the same for the same field, reason and words."""
        for number, known in enumerate(self.flags):
            same = (known.reason, known.field, known.message)
            if same == (flag.reason, flag.field, flag.message):
                return number
        self.flags.append(flag)
        return len(self.flags) - 1


@dataclass(frozen=True, slots=True)
class UnitWork:
    """A unit said in SQL: its fields, its natural key, its numbered tests, what it takes."""

    layers: Layers
    fields: list[FieldSql]
    key: str
    tests: list[tuple[int, Test]]
    keep: str


@dataclass(frozen=True, slots=True)
class RouteSql:
    """Renders the units of one route."""

    route: RoutePlan
    sources: Sources
    crosswalks: Mapping[str, Crosswalk]
    key_tables: Mapping[str, str]
    around: Surroundings
    label: str

    def work(self, unit: UnitPlan, notes: TableNotes) -> UnitWork:
        """Everything of the unit said in SQL; its tests and flags are added to `notes`."""
        layers = Layers()
        renderer = self._renderer(layers)
        fields = [field_sql(planned, layers, renderer, self.around) for planned in unit.fields]
        key = self._key(unit, renderer)
        tests: list[tuple[int, Test]] = []
        for test in self._tests(key, fields):
            notes.tests.append(test)
            tests.append((len(notes.tests) - 1, test))
        for made in fields:
            for flag in made.flags:
                notes.flag_number(flag)
        return UnitWork(layers, fields, key, tests, self._kept(renderer, [unit]))

    def select(self, work: UnitWork, notes: TableNotes, *, identified: bool) -> str:
        """The statement that gives the unit's rows, in the order of its base table.

        Its columns: #rid, #nk, the fields, the keys of pending parents, a column for every flag
        of `notes`, #bad for a failed test, and #id where `identified` rows need more than #rid.
        """
        fields, layers = work.fields, work.layers
        columns = ['s."#rid" AS "#rid"', f'{work.key} AS "#nk"']
        columns += [
            f"CAST({f.value} AS VARCHAR) AS {ident(f.spec.field_name)}"
            for f in fields
            if not f.late and not f.pending
        ]
        columns += [f"{f.pending} AS {pending_column(f)}" for f in fields if f.pending]
        own = {notes.flag_number(flag): flag.when for f in fields for flag in f.flags}
        columns += [
            f"coalesce({own.get(n, 'false')}, false) AS {flag_column(n)}"
            for n in range(len(notes.flags))
        ]
        broad = dict.fromkeys(test.broad or test.when for _, test in work.tests)
        failed = " OR ".join(f"({when})" for when in broad)
        columns.append(f'({failed}) IS TRUE AS "#bad"')
        if identified:
            columns.append('s."#id" AS "#id"')
        where = f" WHERE {work.keep}" if work.keep else ""
        if layers.joined or self.route.joins:
            # The engine gives the rows of a join in no defined order.
            joined = range(1, len(self.route.joins) + 1) if identified else ()
            order = ['s."#rid"', *(f's."#j{n}"' for n in joined)]
            where += f" ORDER BY {', '.join(order)}"
        rows = layers.wrap(self._rows(layers, identified=identified))
        return f"SELECT {', '.join(columns)} FROM ({rows}) s{where}"

    def reasons(self, work: UnitWork, only: str, *, identified: bool) -> str:
        """The statement that gives (rid, id, why) of the base rows whose rowid is in `only`.

        `why` lists the numbers of the failed tests, each with the value to blame behind it.
        """
        items = ", ".join(
            f"CASE WHEN {test.when} THEN concat('{number:0{MARK}d}', {test.source}) END"
            for number, test in work.tests
        )
        why = f"list_filter([{items}], lambda x: x IS NOT NULL)"
        own = 's."#id"' if identified else "NULL"
        where = f" WHERE {work.keep}" if work.keep else ""
        rows = work.layers.wrap(self._rows(work.layers, only, identified=identified))
        return f'SELECT s."#rid" AS rid, {own} AS id, {why} AS why FROM ({rows}) s{where}'

    def left_out(self) -> str:
        """The statement that gives (rid, nk) of the base rows that no unit takes; "" for none.

        A row of a split has no natural key of its own, so nk is then NULL.
        """
        layers = Layers()
        renderer = self._renderer(layers)
        units = self.route.units if self.route.route.splits else ()
        keep = self._kept(renderer, units)
        if not keep:
            return ""
        key = "NULL" if units else self._key(self.route.units[0], renderer)
        inner = layers.wrap(self._rows(layers))
        return (
            f'SELECT s."#rid" AS rid, any_value({key}) AS nk FROM ({inner}) s '
            f'GROUP BY s."#rid" HAVING bool_or({keep}) IS NOT TRUE'
        )

    def _renderer(self, layers: Layers) -> Renderer:
        return Renderer(layers, self.crosswalks, self.key_tables)

    def _key(self, unit: UnitPlan, renderer: Renderer) -> str:
        key = renderer.key(self.route.key).text
        if unit.split:
            key = f"{key} || {SEPARATOR} || {text(unit.split)}"
        return f"{text(self.label)} || {LABEL_END} || {key}" if self.label else key

    def _kept(self, renderer: Renderer, units: Sequence[UnitPlan]) -> str:
        """The condition under which a row is taken; "" for always."""
        parts = [renderer.render(node).text for node in self.route.keep]
        parts += [f's."#has {j.table}"' for j in self.route.joins if j.required]
        cases = [renderer.render(u.where).text if u.where is not None else "true" for u in units]
        if cases and "true" not in cases:
            parts.append(" OR ".join(f"({case})" for case in cases))
        return " AND ".join(f"({part})" for part in parts)

    def _tests(self, key: str, fields: Sequence[FieldSql]) -> list[Test]:
        message = "A field of its natural key is empty"
        empty = Test(f"({key}) IS NULL", Reason.KEY_EMPTY, "", message, "NULL")
        return [empty, *(test for f in fields for test in f.tests)]

    def _rows(self, layers: Layers, only: str = "", *, identified: bool = False) -> str:
        """Layer 0: base and joined tables, with the columns that the layers use."""
        aliases = {self.route.route.base_table: "b"}
        joins = []
        columns = ['b.rowid AS "#rid"']
        for number, join in enumerate(self.route.joins, 1):
            alias = f"j{number}"
            joins.append(self._join(join, aliases, alias))
            aliases[join.table] = alias
            if join.required:
                columns.append(f"{alias}.rowid IS NOT NULL AS {ident(f'#has {join.table}')}")
        columns += [
            f"{aliases[c.table]}.{self.sources.column(c.table, c.field)} AS {ident(name)}"
            for c, name in layers.columns.items()
        ]
        base = ident(self.sources.tables[self.route.route.base_table].table)
        if identified:
            rows = [f"{alias}.rowid" for alias in aliases.values()]
            columns.append(f"concat_ws('-', {', '.join(rows)}) AS \"#id\"")
            columns += [f'{row} AS "#j{n}"' for n, row in enumerate(rows) if n]
        if only:
            base = f"(SELECT rowid, * FROM {base} WHERE rowid IN ({only}))"
        return f"SELECT {', '.join(columns)} FROM {base} b {' '.join(joins)}"

    def _join(self, join: JoinPlan, aliases: Mapping[str, str], alias: str) -> str:
        table = ident(self.sources.tables[join.table].table)
        there = [
            f"{aliases[column.table]}.{self.sources.column(column.table, column.field)}"
            for column, _ in join.on
        ]
        pick = self.sources.picks.get(join.table)
        if pick is None:
            pairs = zip(there, join.on, strict=True)
            match = " AND ".join(
                f"{alias}.{self.sources.column(join.table, own)} = {a}" for a, (_, own) in pairs
            )
            return f"LEFT JOIN {table} {alias} ON {match}"
        match = " AND ".join(f"p{alias}.k{n} = {a}" for n, a in enumerate(there))
        return (
            f"LEFT JOIN {ident(pick)} p{alias} ON {match} "
            f"LEFT JOIN {table} {alias} ON {alias}.rowid = p{alias}.rid"
        )


def pick_statement(join: JoinPlan, staged: Staged) -> str:
    """The statement that gives (rid, k0, k1 ...): the row of `staged` taken for each key.

    The latest is by date where the values are dates, else by number, else by text; of equal
    ones, and for `first`, the first in the file.
    """
    keys = [ident(staged.column_in(own)) for _, own in join.on]
    named = ", ".join(f"{key} AS k{n}" for n, key in enumerate(keys))
    order = "rowid"
    if join.order is not None:
        by = ident(staged.column_in(join.order.field))
        order = (
            f"{parse_any(by)} DESC NULLS LAST, TRY_CAST({by} AS DOUBLE) DESC NULLS LAST, "
            f"{by} DESC NULLS LAST, rowid"
        )
    return (
        f"SELECT rowid AS rid, {named} FROM {ident(staged.table)} "
        f"QUALIFY row_number() OVER (PARTITION BY {', '.join(keys)} ORDER BY {order}) = 1"
    )


def flag_column(number: int) -> str:
    """The column of a converted table that holds a flag."""
    return ident(f"#f{number}")


def pending_column(made: FieldSql) -> str:
    """The column of a converted table that holds a pending parent's natural key."""
    return ident(f"#p:{made.spec.field_name}")
