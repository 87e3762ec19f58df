"""A target table while it is being loaded: its converted rows and what became of them.

Converted rows stand in one engine table in the order of routes, split cases and source
lines; `crow` is a row's place there.  Rows that will not be loaded are marked #bad, and named
with their state in a small table beside it, so that a clean load copies nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from caseload.contract.crosswalks import Crosswalk
from caseload.contract.duckdb.conform import FieldSql, Flag, Surroundings
from caseload.contract.duckdb.route import (
    RouteSql,
    Sources,
    TableNotes,
    UnitWork,
    flag_column,
    pick_statement,
)
from caseload.contract.plan import JoinPlan, RoutePlan, TablePlan
from caseload.engine.connection import Engine
from caseload.engine.sql import ident
from caseload.engine.staging import Staged


class State(StrEnum):
    """What became of a row that was not loaded."""

    REJECTED = "rejected"
    HELD = "held"
    FILTERED = "filtered"
    MERGED = "merged"


@dataclass(slots=True)
class UnitRange:
    """Where the rows of a unit stand in the converted table: crow from `start` to `end`."""

    sql: RouteSql
    work: UnitWork
    start: int
    end: int

    @property
    def route(self) -> RoutePlan:
        """The unit's route."""
        return self.sql.route


@dataclass(slots=True)
class Survey:
    """Counts over the rows that are loaded: filled cells by field, flags by number."""

    rows: int = 0
    filled: dict[str, int] = field(default_factory=dict)
    flags: list[int] = field(default_factory=list)


@dataclass(slots=True)
class TableLoad:
    """The state of one target table's load.

    `blocked` says why it cannot be loaded; `left_out` counts base rows that no unit took, by
    route name; `dropped` is True once the table (crow, state) exists; `late_flags` are those
    counted after conversion; `registered` once earlier runs gave it keys;
    `identified` when a base row can become several in one unit; `changed` when rows or values
    fell after they were counted.
    """

    plan: TablePlan
    notes: TableNotes = field(default_factory=TableNotes)
    fields: list[FieldSql] = field(default_factory=list)
    units: list[UnitRange] = field(default_factory=list)
    left_out: dict[str, int] = field(default_factory=dict)
    filtered_keys: bool = False
    dropped: bool = False
    blocked: str = ""
    survey: Survey = field(default_factory=Survey)
    registered: bool = False
    identified: bool = False
    changed: bool = False
    lost_values: set[str] = field(default_factory=set)
    late_flags: list[tuple[Flag, int]] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The target table's name."""
        return self.plan.spec.name

    @property
    def rows(self) -> str:
        """The engine table of converted rows."""
        return f"load#{self.name}"

    @property
    def drops(self) -> str:
        """The engine table (crow, state) of rows that are not loaded."""
        return f"drops#{self.name}"

    @property
    def fates(self) -> str:
        """The engine table (crow, test, source, state, held_with) of failed tests."""
        return f"fates#{self.name}"

    @property
    def keys(self) -> str:
        """The engine table (k, key, crow) of allocated keys."""
        return f"keys#{self.name}"

    @property
    def lookup(self) -> str:
        """The engine table (k, key) in which children find a key by the natural key."""
        return f"lookup#{self.name}" if self.multiple else self.keys

    @property
    def lost(self) -> str:
        """The engine table (k, ref, state) of natural keys that were not loaded."""
        return f"lost#{self.name}"

    @property
    def multiple(self) -> bool:
        """True when routes with different key labels feed it, so that keys carry the label."""
        return len(self.plan.labels) > 1

    def alive(self, alias: str = "c") -> str:
        """The condition that a converted row is (still) to be loaded."""
        return f'NOT {alias}."#bad"'


@dataclass(slots=True)
class Run:
    """What all tables of a run share."""

    engine: Engine
    crosswalks: Mapping[str, Crosswalk]
    staged: dict[str, Staged]
    loads: dict[str, TableLoad]
    impute: bool
    value_links: frozenset[tuple[str, str]]
    key_parents: frozenset[str]
    registry: bool = False
    picks: dict[tuple[object, ...], str] = field(default_factory=dict)

    def value_table(self, table: str, name: str) -> str:
        """The engine table (k) of the loaded values of a field that others link to."""
        return f"values#{table}#{name}"


def convert(run: Run, load: TableLoad, looped: frozenset[str]) -> None:
    """Fill the table of converted rows from every route and split case, and survey it."""
    around = Surroundings(
        {
            link: run.value_table(*link)
            for link in run.value_links
            if link[0] in run.loads and link[0] not in looped
        },
        looped,
        run.impute,
    )
    key_tables = {name: run.loads[name].lookup for name in run.loads}
    units: list[tuple[RouteSql, UnitWork]] = []
    for route in load.plan.routes:
        label = route.key_label if load.multiple else ""
        sources = _sources(run, route)
        sql = RouteSql(route, sources, run.crosswalks, key_tables, around, label)
        units += [(sql, sql.work(unit, load.notes)) for unit in route.units]
        _leave_out(run, load, sql)
    load.identified = any(j.pick == "all" for r in load.plan.routes for j in r.joins)
    total = 0
    for number, (sql, work) in enumerate(units):
        select = sql.select(work, load.notes, identified=load.identified)
        head = "INSERT INTO {} {}" if number else "CREATE TABLE {} AS {}"
        rows = run.engine.changed(head.format(ident(load.rows), select))
        load.units.append(UnitRange(sql, work, total, total + rows))
        load.fields = load.fields or work.fields
        total += rows


def survey(run: Run, load: TableLoad, *, keys: bool) -> tuple[int, bool, list[str]]:
    """Count the rows still alive: filled cells and flags into `load.survey`.

    With `keys`, also how many rows are not alive, whether a natural key occurs twice, and
    which unique fields hold a value twice.
    """
    unique = [f for f in load.fields if keys and f.spec.unique and not f.late and not f.pending]
    plain = [f for f in load.fields if not f.late]
    columns = ["count(*)"]
    columns += [f"count({_column(f)})" for f in plain]
    columns += [f"count_if({flag_column(n)})" for n in range(len(load.notes.flags))]
    if keys:
        columns.append('count(DISTINCT "#nk")')
        columns += [f"count(DISTINCT {ident(f.spec.field_name)})" for f in unique]
    row = run.engine.row(
        f"SELECT {', '.join(columns)} FROM {ident(load.rows)} c WHERE {load.alive()}"
    )
    counts = [int(value or 0) for value in row]
    found = Survey(counts[0])
    found.filled = {f.spec.field_name: n for f, n in zip(plain, counts[1:], strict=False)}
    found.filled |= {f.spec.field_name: counts[0] for f in load.fields if f.late}
    at = 1 + len(plain)
    found.flags = counts[at : at + len(load.notes.flags)]
    load.survey = found
    if not keys:
        return 0, False, []
    distinct, *distincts = counts[at + len(load.notes.flags) :]
    doubled = [
        f.spec.field_name
        for f, n in zip(unique, distincts, strict=True)
        if n < found.filled[f.spec.field_name]
    ]
    made = load.units[-1].end if load.units else 0
    return made - found.rows, distinct < found.rows, doubled


def _column(made: FieldSql) -> str:
    return ident(f"#p:{made.spec.field_name}" if made.pending else made.spec.field_name)


def _sources(run: Run, route: RoutePlan) -> Sources:
    tables = {name: run.staged[name] for name in route.tables}
    picks = {}
    for join in route.joins:
        pick = _pick(run, join, tables[join.table])
        if pick:
            picks[join.table] = pick
    return Sources(tables, picks)


def _pick(run: Run, join: JoinPlan, staged: Staged) -> str:
    """The table of the one row taken for each key; "" when every match is to be taken."""
    if join.pick == "all":
        return ""
    own = [name for _, name in join.on]
    which = (join.table, tuple(own), join.pick, join.order)
    if which not in run.picks:
        names = [ident(staged.column_in(name)) for name in own]
        keys = ", ".join(names)
        filled = " AND ".join(f"{name} IS NOT NULL" for name in names)
        unique = run.engine.row(
            f"SELECT count(*) = count(DISTINCT ({keys})) FROM {ident(staged.table)} WHERE {filled}"
        )[0]
        pick = "" if unique else f"pick#{len(run.picks)}"
        if pick:
            run.engine.run(f"CREATE TABLE {ident(pick)} AS {pick_statement(join, staged)}")
        run.picks[which] = pick
    return run.picks[which]


def _leave_out(run: Run, load: TableLoad, sql: RouteSql) -> None:
    """Count the base rows that no unit took, and keep their natural keys for the children."""
    route = sql.route
    statement = sql.left_out()
    load.left_out[route.route.name] = 0
    if not statement:
        return
    table = ident(f"{load.lost}#filtered")
    head = f"INSERT INTO {table}" if load.filtered_keys else f"CREATE TABLE {table} AS"
    load.left_out[route.route.name] = run.engine.changed(f"{head} {statement}")
    load.filtered_keys = True
