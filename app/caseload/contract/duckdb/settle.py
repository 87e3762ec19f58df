"""What becomes of every converted row: rejected, held with its parent, merged, or loaded.

Tables that link to one another in a loop are settled together, round after round, until no
further row falls.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from caseload.contract.duckdb.conform import Flag, Reason, Test
from caseload.contract.duckdb.route import LABEL_END, MARK, pending_column
from caseload.contract.duckdb.tables import Run, State, TableLoad, survey
from caseload.contract.plan import FieldPlan, links_of
from caseload.engine.sql import ident, text
from caseload.model.contract import OnFailure


def settle(run: Run, group: Sequence[TableLoad]) -> None:
    """Decide the fate of every row of a group of tables (one, or a loop of several)."""
    for load in group:
        if load.blocked:
            continue
        failed, merged, doubled = survey(run, load, keys=True)
        if failed:
            _fail(run, load)
        if merged:
            _merge(run, load)
        for name in doubled:
            _only_one(run, load, name)
    falling = bool(loops_of(group))
    while falling:
        falling = False
        for load in group:
            falling = (not load.blocked and _links(run, group, load)) or falling
    for load in group:
        if not load.blocked and load.changed:
            survey(run, load, keys=False)


def loops_of(group: Sequence[TableLoad]) -> frozenset[str]:
    """The tables of the group that link to one another (or to themselves)."""
    if len(group) > 1:
        return frozenset(load.name for load in group)
    return frozenset(load.name for load in group if load.name in links_of(load.plan))


def remember_lost(run: Run, load: TableLoad) -> None:
    """Keep the natural keys (and linked values) of rows that were not loaded, for children."""
    engine = run.engine
    parts = []
    if load.dropped:
        parts.append(
            f"SELECT {key_without_label(load, 'c')} AS k, {reference(run, load, 'c')} AS ref, "
            f"d.state AS state FROM {ident(load.rows)} c JOIN {ident(load.drops)} d "
            f"ON d.crow = c.rowid WHERE d.state <> {text(State.MERGED)}"
        )
    if load.filtered_keys:
        parts.append(
            f"SELECT {_bare(load, 'nk')} AS k, '' AS ref, {text(State.FILTERED)} AS state "
            f"FROM {ident(f'{load.lost}#filtered')} WHERE nk IS NOT NULL"
        )
    select = " UNION ALL ".join(parts) or "SELECT '' AS k, '' AS ref, '' AS state WHERE false"
    if load.name in run.key_parents:
        engine.run(f"CREATE TABLE {ident(load.lost)} AS {select}")
    if not load.dropped:
        return
    for table, name in sorted(run.value_links):
        made = next((f for f in load.fields if f.spec.field_name == name), None)
        if table != load.name or made is None or made.late or made.pending:
            continue
        load.lost_values.add(name)
        engine.run(
            f"CREATE TABLE {ident(f'{load.lost}#{name}')} AS SELECT c.{ident(name)} AS k, "
            f"{reference(run, load, 'c')} AS ref, d.state AS state FROM {ident(load.rows)} c "
            f"JOIN {ident(load.drops)} d ON d.crow = c.rowid "
            f"WHERE d.state <> {text(State.MERGED)} AND c.{ident(name)} IS NOT NULL"
        )


def key_without_label(load: TableLoad, alias: str) -> str:
    """SQL for a row's natural key as its children know it."""
    return _bare(load, f'{alias}."#nk"')


def reference(run: Run, load: TableLoad, alias: str) -> str:
    """SQL for TARGET:SOURCE:line of a converted row."""
    cases = []
    for unit in load.units:
        source = unit.route.route.base_table
        line = run.staged[source].line_of(f'{alias}."#rid"')
        words = f"concat({text(f'{load.name}:{source}:')}, {line})"
        cases.append(f"WHEN {alias}.rowid < {unit.end} THEN {words}")
    return f"CASE {' '.join(cases)} END"


def _bare(load: TableLoad, key: str) -> str:
    return f"substr({key}, instr({key}, {LABEL_END}) + 1)" if load.multiple else key


def _fail(run: Run, load: TableLoad) -> None:
    """Write down each failed test of each row and what it does to the row."""
    engine = run.engine
    engine.run(
        f"CREATE TABLE {ident(load.fates)} (crow BIGINT, test INTEGER, source VARCHAR, "
        "state VARCHAR, held_with VARCHAR)"
    )
    parents: dict[tuple[str, str], list[int]] = {}
    for number, test in enumerate(load.notes.tests):
        if test.parent:
            parents.setdefault((test.parent, test.by_value), []).append(number)
    failed = f"(SELECT * FROM {ident(_reasons(run, load))})"
    linked = [n for numbers in parents.values() for n in numbers]
    others = f"WHERE f.test NOT IN ({_numbers(linked)})" if linked else ""
    engine.run(
        f"INSERT INTO {ident(load.fates)} SELECT f.crow, f.test, f.source, "
        f"{text(State.REJECTED)}, NULL FROM {failed} f {others}"
    )
    for (parent, by_value), numbers in parents.items():
        _fail_orphans(run, load, f"{failed} f", run.loads.get(parent), by_value, numbers)
    engine.run(f"CREATE TABLE {ident(load.drops)} AS {_verdicts(load)}")
    load.dropped = True


def _bury(run: Run, load: TableLoad, fallen: str) -> int:
    """Drop the rows of `fallen` (crow, state), a table; says how many."""
    head = f"INSERT INTO {ident(load.drops)}" if load.dropped else (
        f"CREATE TABLE {ident(load.drops)} AS"
    )  # fmt: skip
    count = run.engine.changed(f"{head} SELECT crow, state FROM {fallen}")
    load.dropped = True
    if count:
        load.changed = True
        run.engine.run(
            f'UPDATE {ident(load.rows)} SET "#bad" = true '
            f"WHERE rowid IN (SELECT crow FROM {fallen})"
        )
    return count


def _reasons(run: Run, load: TableLoad) -> str:
    """The table (crow, test, source) of every failed test, asked again of the bad rows alone."""
    table = f"reasons#{load.name}"
    parts = []
    for unit in load.units:
        within = f'c.rowid >= {unit.start} AND c.rowid < {unit.end} AND c."#bad"'
        only = f'SELECT c."#rid" FROM {ident(load.rows)} c WHERE {within}'
        why = unit.sql.reasons(unit.work, only, identified=load.identified)
        same = ' AND w.id = c."#id"' if load.identified else ""
        parts.append(
            f"SELECT c.rowid AS crow, unnest(w.why) AS e FROM {ident(load.rows)} c "
            f'JOIN ({why}) w ON w.rid = c."#rid"{same} WHERE {within}'
        )
    run.engine.run(
        f"CREATE TABLE {ident(table)} AS SELECT crow, CAST(e[1:{MARK}] AS INTEGER) AS test, "
        f"nullif(e[{MARK + 1}:], '') AS source FROM ({' UNION ALL '.join(parts)})"
    )
    return table


def _fail_orphans(
    run: Run,
    load: TableLoad,
    failed: str,
    parent: TableLoad | None,
    by_value: str,
    numbers: Sequence[int],
) -> None:
    """Rows without their parent: held with it, left out with it, or rejected as orphans."""
    state, ref = text(State.REJECTED), "NULL"
    join = ""
    if parent is not None and parent.blocked:
        state, ref = text(State.HELD), text(parent.name)
    elif parent is not None and (
        by_value in parent.lost_values if by_value else parent.dropped or parent.filtered_keys
    ):
        lost = f"{parent.lost}#{by_value}" if by_value else parent.lost
        join = (
            f"LEFT JOIN (SELECT k, min(ref) AS ref, CASE WHEN bool_or(state <> 'filtered') "
            f"THEN 'held' ELSE 'filtered' END AS state FROM {ident(lost)} GROUP BY k) l "
            f"ON l.k = f.source"
        )
        state, ref = f"coalesce(l.state, {state})", "nullif(l.ref, '')"
    run.engine.run(
        f"INSERT INTO {ident(load.fates)} SELECT f.crow, f.test, f.source, {state}, {ref} "
        f"FROM {failed} {join} WHERE f.test IN ({_numbers(numbers)})"
    )


def _verdicts(load: TableLoad) -> str:
    """One state a row: left out with its parent, else rejected, else held."""
    return (
        "SELECT crow, CASE WHEN bool_or(state = 'filtered') THEN 'filtered' "
        "WHEN bool_or(state = 'rejected') THEN 'rejected' ELSE 'held' END AS state "
        f"FROM {ident(load.fates)} GROUP BY crow"
    )


def _merge(run: Run, load: TableLoad) -> None:
    """Of the sound rows with one natural key the first stays; the others are merged into it."""
    run.engine.run(
        f"CREATE OR REPLACE TEMP TABLE fallen AS SELECT c.rowid AS crow, "
        f"{text(State.MERGED)} AS state FROM {ident(load.rows)} c WHERE {load.alive()} "
        'QUALIFY row_number() OVER (PARTITION BY c."#nk" ORDER BY c.rowid) > 1'
    )
    _bury(run, load, "fallen")


def _only_one(run: Run, load: TableLoad, name: str) -> None:
    """A unique field's value stays with the first row that has it."""
    planned = _planned(load, name)
    column = ident(name)
    later = (
        f"SELECT c.rowid AS crow, c.{column} AS source FROM {ident(load.rows)} c "
        f"WHERE {load.alive()} AND c.{column} IS NOT NULL "
        f"QUALIFY row_number() OVER (PARTITION BY c.{column} ORDER BY c.rowid) > 1"
    )
    if planned.policy is OnFailure.NULL and not planned.spec.mandatory:
        count = run.engine.changed(
            f"UPDATE {ident(load.rows)} SET {column} = NULL "
            f"WHERE rowid IN (SELECT crow FROM ({later}))"
        )
        _note(load, Flag("", Reason.NOT_UNIQUE, name, "A value used twice was left empty"), count)
        return
    test = Test("", Reason.NOT_UNIQUE, name, f"{name} has this value already", "")
    _reject(run, load, later, test, text(State.REJECTED), "NULL")


@dataclass(frozen=True, slots=True)
class _Link:
    """A link between rows of a loop: `column` (alias c) holds what `parent` must have.

    `own` is SQL (alias p) for what the parent's rows are known by.
    """

    planned: FieldPlan
    column: str
    parent: TableLoad
    own: str
    by_key: bool


def _links(run: Run, group: Sequence[TableLoad], load: TableLoad) -> bool:
    """One round of links within the loop; True when a row fell or a link was emptied."""
    names = {other.name for other in group}
    fell = False
    for made in load.fields:
        planned = _planned(load, made.spec.field_name)
        spec = made.spec
        if made.pending:
            parent = run.loads[planned.parent]
            own = key_without_label(parent, "p")
            link = _Link(planned, f"c.{pending_column(made)}", parent, own, by_key=True)
        elif spec.foreign_table in names and planned.node is not None and not made.late:
            parent = run.loads[spec.foreign_table]
            column = f"c.{ident(spec.field_name)}"
            link = _Link(planned, column, parent, f"p.{ident(spec.foreign_field)}", by_key=False)
        else:
            continue
        fell = _follow(run, load, link) or fell
    return fell


def _follow(run: Run, load: TableLoad, link: _Link) -> bool:
    """Rows whose parent is not (or no longer) to be loaded fall, or lose the link."""
    spec, parent, column = link.planned.spec, link.parent, link.column
    fell = False
    if spec.mandatory and link.by_key:
        empty = (
            f"SELECT c.rowid AS crow, NULL AS source FROM {ident(load.rows)} c "
            f"WHERE {load.alive()} AND {column} IS NULL"
        )
        message = f"{spec.field_name} is mandatory and empty"
        test = Test("", Reason.MANDATORY_EMPTY, spec.field_name, message, "")
        fell = _reject(run, load, empty, test, text(State.REJECTED), "NULL")
    known = "SELECT '' WHERE false"
    if not parent.blocked:
        known = (
            f"SELECT {link.own} FROM {ident(parent.rows)} p "
            f"WHERE {parent.alive('p')} AND {link.own} IS NOT NULL"
        )
    missing = (
        f"SELECT c.rowid AS crow, {column} AS source FROM {ident(load.rows)} c "
        f"WHERE {load.alive()} AND {column} IS NOT NULL AND {column} NOT IN ({known})"
    )
    if link.planned.parent_policy is OnFailure.NULL:
        count = run.engine.changed(
            f"UPDATE {ident(load.rows)} SET {column.removeprefix('c.')} = NULL "
            f"WHERE rowid IN (SELECT crow FROM ({missing}))"
        )
        message = f"A link to {parent.name} without a parent was left empty"
        _note(load, Flag("", Reason.PARENT_MISSING, spec.field_name, message), count)
        return count > 0 or fell
    message = f"Its parent in {parent.name} is not there"
    test = Test("", Reason.PARENT_MISSING, spec.field_name, message, "", parent=parent.name)
    state, ref = text(State.HELD), text(parent.name)
    if not parent.blocked:
        gone = _gone(run, link)
        found = f"(SELECT {{}} FROM ({gone}) g WHERE g.k = m.source)"
        held = found.format("CASE WHEN bool_or(g.state <> 'filtered') THEN 'held' "
                            "WHEN bool_or(g.state = 'filtered') THEN 'filtered' END")  # fmt: skip
        state, ref = f"coalesce({held}, {text(State.REJECTED)})", found.format("min(g.ref)")
    return _reject(run, load, missing, test, state, ref) or fell


def _gone(run: Run, link: _Link) -> str:
    """SQL for (k, ref, state) of the parent's rows that are not to be loaded."""
    parent = link.parent
    parts = ["SELECT '' AS k, '' AS ref, '' AS state WHERE false"]
    if parent.dropped:
        parts.append(
            f"SELECT {link.own} AS k, {reference(run, parent, 'p')} AS ref, d.state AS state "
            f"FROM {ident(parent.rows)} p JOIN {ident(parent.drops)} d ON d.crow = p.rowid "
            f"WHERE d.state <> {text(State.MERGED)}"
        )
    if parent.filtered_keys and link.by_key:
        parts.append(
            f"SELECT {_bare(parent, 'nk')}, NULL, {text(State.FILTERED)} "
            f"FROM {ident(f'{parent.lost}#filtered')} WHERE nk IS NOT NULL"
        )
    return " UNION ALL ".join(parts)


def _reject(run: Run, load: TableLoad, rows: str, test: Test, state: str, held_with: str) -> bool:
    """Drop `rows` (crow, source; alias m) for a test that was made across rows."""
    engine = run.engine
    known = [n for n, t in enumerate(load.notes.tests)
             if (t.reason, t.field, t.message) == (test.reason, test.field, test.message)
             and t.when == ""]  # fmt: skip
    number = known[0] if known else len(load.notes.tests)
    if not known:
        load.notes.tests.append(test)
    engine.run(
        f"CREATE TABLE IF NOT EXISTS {ident(load.fates)} (crow BIGINT, test INTEGER, "
        "source VARCHAR, state VARCHAR, held_with VARCHAR)"
    )
    engine.run(
        f"CREATE OR REPLACE TEMP TABLE fallen AS SELECT m.crow, {number} AS test, m.source, "
        f"{state} AS state, {held_with} AS held_with FROM ({rows}) m"
    )
    engine.run(f"INSERT INTO {ident(load.fates)} SELECT * FROM fallen")
    return _bury(run, load, "fallen") > 0


def _note(load: TableLoad, flag: Flag, count: int) -> None:
    """Count a flag that was raised after conversion."""
    if count:
        load.changed = True
        load.late_flags.append((flag, count))


def _planned(load: TableLoad, name: str) -> FieldPlan:
    fields = load.plan.routes[0].units[0].fields
    return next(f for f in fields if f.spec.field_name == name)


def _numbers(values: Sequence[int]) -> str:
    return ", ".join(str(value) for value in values)
