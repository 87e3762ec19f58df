"""Counts what became of a table's rows and writes down why, row by row for rejects."""

from __future__ import annotations

from caseload.contract.duckdb.conform import Reason
from caseload.contract.duckdb.route import flag_column
from caseload.contract.duckdb.tables import Run, State, TableLoad, UnitRange
from caseload.contract.plan import RoutePlan
from caseload.contract.results import REJECT_COLUMNS, LedgerLine, Results, TableStats
from caseload.engine.csv_out import guarded
from caseload.engine.sql import ident, text
from caseload.model.contract import MappingClass, OnMiss
from caseload.model.issue import Severity

REJECTS = "rejects"
SAMPLES = 3
QUARANTINE = "QUARANTINE"
HELD = "HELD"


def start_rejects(run: Run) -> None:
    """Create the table of reject lines."""
    columns = ", ".join(f"{ident(name)} VARCHAR" for name in REJECT_COLUMNS)
    run.engine.run(f"CREATE TABLE {ident(REJECTS)} ({columns})")


def account(run: Run, load: TableLoad, written: int, results: Results) -> None:
    """Ledger lines, statistics, issues and reject lines of a table that was loaded."""
    for route in load.plan.routes:
        ranges = [u for u in load.units if u.route is route]
        line = _ledger(run, load, route, ranges)
        results.ledger.append(line)
        if line.difference:
            results.add(
                Severity.ERROR,
                "LEDGER",
                f"{line.difference} rows of the route {line.route} are not accounted for",
                table=load.name,
                rows=abs(line.difference),
            )
        _quarantined(run, load, route, results)
    if load.dropped:
        _rejects(run, load)
        _failed_tests(run, load, results)
        _merged(run, load, results)
    _flags(run, load, results)
    results.stats.append(_stats(load, written))
    lines = [line for line in results.ledger if line.target_table == load.name]
    _whole(load, lines, written, results)


def account_blocked(run: Run, load: TableLoad, results: Results) -> None:
    """Ledger lines of a table that could not be loaded: what could be read is held."""
    for route in load.plan.routes:
        base = route.route.base_table
        staged = run.staged.get(base)
        held = staged.records if staged else 0
        results.ledger.append(
            LedgerLine(load.name, route.route.name, base, rows_in=held, rows_held=held)
        )


def _ledger(run: Run, load: TableLoad, route: RoutePlan, ranges: list[UnitRange]) -> LedgerLine:
    engine = run.engine
    staged = run.staged[route.route.base_table]
    within = " OR ".join(f"(c.rowid >= {u.start} AND c.rowid < {u.end})" for u in ranges)
    made = sum(u.end - u.start for u in ranges)
    states: dict[str, int] = {}
    loaded = made
    if load.dropped:
        inside = within.replace("c.rowid", "d.crow")
        states = dict(
            engine.rows(
                f"SELECT state, count(*) FROM {ident(load.drops)} d WHERE {inside} GROUP BY state"
            )
        )
        loaded = engine.number(
            f"SELECT count(*) FROM {ident(load.rows)} c WHERE {load.alive()} AND ({within})"
        )
    further = 0
    if len(ranges) > 1 or any(j.pick == "all" for j in route.joins):
        further = engine.number(
            f'SELECT count(*) - count(DISTINCT c."#rid") FROM {ident(load.rows)} c WHERE {within}'
        )
    return LedgerLine(
        load.name,
        route.route.name,
        route.route.base_table,
        rows_in=staged.records,
        rows_loaded=loaded,
        rows_split=further,
        rows_merged=states.get(State.MERGED, 0),
        rows_rejected=states.get(State.REJECTED, 0) + len(staged.quarantined),
        rows_held=states.get(State.HELD, 0),
        rows_filtered=states.get(State.FILTERED, 0) + load.left_out[route.route.name],
    )


def _line(run: Run, load: TableLoad, alias: str) -> tuple[str, str, str]:
    """SQL for the source table and line of a converted row, and the joins that they need."""
    tables, lines, joins = [], [], []
    for number, unit in enumerate(load.units):
        base = unit.route.route.base_table
        staged = run.staged[base]
        line = f'{alias}."#rid" + 2'
        if staged.lines:
            joins.append(
                f'LEFT JOIN {ident(staged.lines)} l{number} ON l{number}.rid = {alias}."#rid"'
            )
            line = f"l{number}.line"
        tables.append(f"WHEN {alias}.rowid < {unit.end} THEN {text(base)}")
        lines.append(f"WHEN {alias}.rowid < {unit.end} THEN {line}")
    return f"CASE {' '.join(tables)} END", f"CASE {' '.join(lines)} END", " ".join(joins)


def _rejects(run: Run, load: TableLoad) -> None:
    """One reject line for each failed test of each rejected or held row."""
    tests = load.notes.tests
    if not tests or not _has_fates(run, load):
        return
    table, line, joins = _line(run, load, "c")

    def by_test(values: list[str]) -> str:
        cases = " ".join(f"WHEN {n} THEN {text(v)}" for n, v in enumerate(values) if v)
        return f"CASE f.test {cases} END" if cases else "NULL"

    held = "f.state = 'held'"
    severity = by_test([_severity(t.reason).value for t in tests])
    values = {
        "severity": f"CASE WHEN {held} THEN 'WARN' ELSE {severity} END",
        "category": f"CASE WHEN {held} THEN 'HELD' ELSE {by_test([t.reason for t in tests])} END",
        "table_name": text(load.name),
        "field_name": by_test([t.field for t in tests]),
        "record_id": f"concat({table}, ':', {line})",
        "source_value": guarded("translate(f.source, chr(31), '|')"),
        "crosswalk_name": by_test([t.crosswalk for t in tests]),
        "message": f"CASE WHEN {held} THEN 'Held until its parent loads' "
        f"ELSE {by_test([t.message for t in tests])} END",
        "source_table": table,
        "source_record": f"CAST({line} AS VARCHAR)",
        "held_with": f"CASE WHEN {held} THEN f.held_with END",
    }
    columns = ", ".join(values[name] for name in REJECT_COLUMNS)
    run.engine.run(
        f"INSERT INTO {ident(REJECTS)} SELECT {columns} FROM {ident(load.fates)} f "
        f"JOIN {ident(load.rows)} c ON c.rowid = f.crow JOIN {ident(load.drops)} d "
        f"ON d.crow = f.crow {joins} WHERE d.state IN ('rejected', 'held') "
        f"AND f.state <> 'filtered' ORDER BY f.crow, f.test"
    )


def _has_fates(run: Run, load: TableLoad) -> bool:
    return bool(
        run.engine.number(
            f"SELECT count(*) FROM duckdb_tables() WHERE table_name = {text(load.fates)}"
        )
    )


def _failed_tests(run: Run, load: TableLoad, results: Results) -> None:
    """One issue for each test (and state) that rows failed, with a few of them."""
    if not _has_fates(run, load):
        return
    table, line, joins = _line(run, load, "c")
    groups: dict[tuple[str, str, str], list[tuple[int, str]]] = {}
    for number, state, rows, sample in run.engine.rows(
        "SELECT f.test, f.state AS st, count(*), array_to_string(list("
        f"concat({table}, ':', {line}) ORDER BY f.crow)[1:{SAMPLES}], ' ') "
        f"FROM {ident(load.fates)} f JOIN {ident(load.rows)} c ON c.rowid = f.crow "
        f"JOIN {ident(load.drops)} d ON d.crow = f.crow {joins} "
        "WHERE (d.state = 'filtered') = (f.state = 'filtered') "
        "GROUP BY ALL ORDER BY f.test, st"
    ):
        test = load.notes.tests[number]
        if test.reason is Reason.CROSSWALK_MISS and state == State.REJECTED:
            results.crosswalk_rejects += rows
        groups.setdefault((test.field, _title(test.reason, state), _words(test, state)), []).append(
            (int(rows), str(sample))
        )
    for (name, category, message), found in groups.items():
        severity = {HELD: Severity.WARN, "FILTERED": Severity.INFO}.get(category)
        samples = " ".join(s for _, s in found).split()[:SAMPLES]
        results.add(
            severity or _severity(Reason(category)),
            category,
            message,
            table=load.name,
            field_name=name,
            records=" ".join(samples),
            rows=sum(rows for rows, _ in found),
        )


def _title(reason: Reason, state: str) -> str:
    return {"held": HELD, "filtered": "FILTERED"}.get(state, reason.value)


def _words(test: object, state: str) -> str:
    parent = getattr(test, "parent", "")
    if state == State.HELD:
        return f"Rows are held because their parent in {parent} was not loaded"
    if state == State.FILTERED:
        return f"Rows are left out with their parent in {parent}" if parent else "Left out"
    return f"Rows rejected: {getattr(test, 'message', '')}"


def _merged(run: Run, load: TableLoad, results: Results) -> None:
    rows, samples = _some(run, load, "d.state = 'merged'")
    if rows:
        results.add(
            Severity.WARN,
            "MERGED",
            "Rows with the natural key of an earlier row were merged into it",
            table=load.name,
            records=samples,
            rows=rows,
        )


def _some(run: Run, load: TableLoad, condition: str) -> tuple[int, str]:
    """How many dropped rows meet a condition, and the records of a few."""
    table, line, joins = _line(run, load, "c")
    rows, samples = run.engine.row(
        f"SELECT count(*), array_to_string(list(concat({table}, ':', {line}) ORDER BY c.rowid)"
        f"[1:{SAMPLES}], ' ') FROM {ident(load.rows)} c JOIN {ident(load.drops)} d "
        f"ON d.crow = c.rowid {joins} WHERE {condition}"
    )
    return int(rows), str(samples or "")


def _flags(run: Run, load: TableLoad, results: Results) -> None:
    """One issue for each kind of value that was put right."""
    table, line, joins = _line(run, load, "c")
    found = [(flag, n) for flag, n in zip(load.notes.flags, load.survey.flags, strict=True) if n]
    for flag, rows in found:
        number = load.notes.flags.index(flag)
        samples = run.engine.row(
            f"SELECT array_to_string(list(r ORDER BY o), ' ') FROM (SELECT "
            f"concat({table}, ':', {line}) AS r, c.rowid AS o FROM {ident(load.rows)} c {joins} "
            f"WHERE c.{flag_column(number)} AND {load.alive()} ORDER BY c.rowid LIMIT {SAMPLES})"
        )[0]
        results.add(
            _flag_severity(load, flag.field, flag.reason),
            flag.reason.value,
            flag.message,
            table=load.name,
            field_name=flag.field,
            records=str(samples or ""),
            rows=rows,
        )
    for flag, rows in load.late_flags:
        results.add(
            Severity.WARN,
            flag.reason.value,
            flag.message,
            table=load.name,
            field_name=flag.field,
            rows=rows,
        )


def _flag_severity(load: TableLoad, name: str, reason: Reason) -> Severity:
    """Filling in as declared is information; emptying, cutting or passing on is a warning."""
    if reason is Reason.IMPUTED:
        return Severity.INFO
    if reason is Reason.CROSSWALK_MISS:
        for planned in load.plan.routes[0].units[0].fields:
            if planned.spec.field_name == name and planned.on_miss[0] is OnMiss.DEFAULT:
                return Severity.INFO
    return Severity.WARN


def _severity(reason: Reason) -> Severity:
    """A code missing from its crosswalk has a threshold of its own; the rest are errors."""
    return Severity.WARN if reason is Reason.CROSSWALK_MISS else Severity.ERROR


def _quarantined(run: Run, load: TableLoad, route: RoutePlan, results: Results) -> None:
    base = route.route.base_table
    staged = run.staged[base]
    if not staged.quarantined:
        return
    results.add(
        Severity.ERROR,
        QUARANTINE,
        f"Records of {base}.csv could not be read: {staged.quarantined[0].reason}",
        table=load.name,
        records=" ".join(f"{base}:{q.line}" for q in staged.quarantined[:SAMPLES]),
        rows=len(staged.quarantined),
    )
    for start in range(0, len(staged.quarantined), 500):
        values = ", ".join(
            f"('ERROR', '{QUARANTINE}', {text(load.name)}, NULL, {text(f'{base}:{q.line}')}, "
            f"NULL, NULL, {text(q.reason)}, {text(base)}, '{q.line}', NULL)"
            for q in staged.quarantined[start : start + 500]
        )
        run.engine.run(f"INSERT INTO {ident(REJECTS)} VALUES {values}")


def _stats(load: TableLoad, written: int) -> TableStats:
    filled = load.survey.filled
    imputed: dict[str, int] = {}
    for flag, rows in zip(load.notes.flags, load.survey.flags, strict=True):
        if flag.reason is Reason.IMPUTED and rows:
            imputed[flag.field] = imputed.get(flag.field, 0) + rows
    first = load.plan.routes[0].units[0].fields
    out = MappingClass.OUT_OF_SCOPE
    bases = dict.fromkeys(r.route.base_table for r in load.plan.routes)
    return TableStats(
        load.name,
        ";".join(bases),
        written,
        len(load.plan.spec.fields),
        sum(1 for count in filled.values() if count),
        sum(1 for f in first if f.rule.mapping_class is not out),
        len(imputed),
        sum(1 for name, rows in imputed.items() if filled.get(name, 0) <= rows),
    )


def _whole(load: TableLoad, lines: list[LedgerLine], written: int, results: Results) -> None:
    """A table that should load must load something, and what was counted must be written."""
    loaded = sum(line.rows_loaded for line in lines)
    if loaded != written:
        results.add(
            Severity.ERROR,
            "LEDGER",
            f"{loaded} rows should be written and {written} were",
            table=load.name,
        )
    wanted = sum(line.rows_in - line.rows_filtered for line in lines)
    if not written and wanted > 0:
        results.add(
            Severity.ERROR, "EMPTY_TABLE", f"None of {wanted} rows was loaded", table=load.name
        )
    elif not written:
        results.add(Severity.WARN, "EMPTY_TABLE", "Its source has no rows to load", table=load.name)
