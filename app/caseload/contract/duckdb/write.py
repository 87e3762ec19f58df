"""Keys for the rows that load, and the load file itself in the order of the keys."""

from __future__ import annotations

from pathlib import Path

from caseload.contract.duckdb.conform import FieldSql
from caseload.contract.duckdb.render import SEPARATOR
from caseload.contract.duckdb.route import LABEL_END, pending_column
from caseload.contract.duckdb.settle import key_without_label
from caseload.contract.duckdb.tables import Run, TableLoad
from caseload.contract.plan import FieldPlan
from caseload.engine.csv_out import write_csv
from caseload.engine.sql import ident, text
from caseload.engine.staging import stage_csv

REGISTRY_COLUMNS = ("target_table", "key_fields", "natural_key", "record_number")
REGISTRY = "registry"
SHOWN_KEY = "replace(replace(replace(nk, '\\', '\\\\'), '|', '\\|'), " + f"{SEPARATOR}, '|')"


def read_registry(run: Run, path: Path) -> str:
    """Load the key registry of earlier runs; gives its SHA-256.

    Raises BadInput when a column is missing.
    """
    staged = stage_csv(run.engine, path, "registry#file", columns=REGISTRY_COLUMNS)
    plain = (
        "replace(replace(replace(replace(replace(natural_key, '\\\\', chr(1)), '\\|', chr(2)), "
        f"'|', {SEPARATOR}), chr(2), '|'), chr(1), '\\')"
    )
    run.engine.run(
        f"CREATE TABLE {ident(REGISTRY)} AS SELECT target_table, key_fields, "
        f"{plain} AS nk, TRY_CAST(record_number AS BIGINT) AS key FROM {ident(staged.table)} "
        "WHERE TRY_CAST(record_number AS BIGINT) IS NOT NULL"
    )
    run.engine.run(f"DROP TABLE {ident(staged.table)}")
    run.registry = True
    return staged.sha256


def allocate(run: Run, load: TableLoad) -> None:
    """Give every row that loads its key.

    A natural key that has one keeps it; new ones follow the highest ever given, in the order
    of the rows.  In a first run a key is the row's place, so a rejected row leaves a gap.
    """
    _allocate(run, load)
    if load.multiple and load.name in run.key_parents:
        run.engine.run(
            f"CREATE TABLE {ident(load.lookup)} AS SELECT k, min(key) AS key "
            f"FROM {ident(load.keys)} GROUP BY k"
        )


def _allocate(run: Run, load: TableLoad) -> None:
    label = _label(load, "c")
    known, highest = "false", 0
    if run.registry:
        known = f"r.target_table = {text(load.name)}"
        highest = run.engine.number(f"SELECT max(key) FROM {ident(REGISTRY)} r WHERE {known}")
    load.registered = highest > 0
    if not load.registered:
        if load.name in run.key_parents:
            run.engine.run(
                f"CREATE TABLE {ident(load.keys)} AS SELECT {key_without_label(load, 'c')} AS k, "
                f"c.rowid + 1 AS key FROM {ident(load.rows)} c WHERE {load.alive()}"
            )
        return
    match = f"{known} AND r.key_fields = {label} AND r.nk = {key_without_label(load, 'c')}"
    run.engine.run(
        f"CREATE TABLE {ident('matched')} AS SELECT c.rowid AS crow, "
        f"{key_without_label(load, 'c')} AS k, r.key AS key FROM {ident(load.rows)} c "
        f"LEFT JOIN {ident(REGISTRY)} r ON {match} WHERE {load.alive()}"
    )
    run.engine.run(
        f"CREATE TABLE {ident('fresh')} AS SELECT crow, k FROM {ident('matched')} "
        "WHERE key IS NULL ORDER BY crow"
    )
    run.engine.run(
        f"CREATE TABLE {ident(load.keys)} AS SELECT k, key, crow FROM {ident('matched')} "
        f"WHERE key IS NOT NULL UNION ALL "
        f"SELECT k, rowid + {highest + 1}, crow FROM {ident('fresh')}"
    )
    run.engine.run("DROP TABLE matched")
    run.engine.run("DROP TABLE fresh")


def no_keys(run: Run, load: TableLoad) -> None:
    """Empty tables of keys, for the children of a table that cannot be loaded."""
    run.engine.run(f"CREATE TABLE {ident(load.lookup)} (k VARCHAR, key BIGINT)")
    for table, name in run.value_links:
        if table == load.name:
            run.engine.run(f"CREATE TABLE {ident(run.value_table(table, name))} (k VARCHAR)")


def keep_values(run: Run, load: TableLoad) -> None:
    """Keep the loaded values of the fields that others link to."""
    for table, name in sorted(run.value_links):
        made = next((f for f in load.fields if f.spec.field_name == name), None)
        if table == load.name and made is not None:
            run.engine.run(
                f"CREATE TABLE {ident(run.value_table(table, name))} AS SELECT DISTINCT "
                f"{_output(load, made)} AS k FROM {_keyed(run, load)} "
                f"WHERE {_output(load, made)} IS NOT NULL"
            )


def write_table(run: Run, load: TableLoad, path: Path) -> int:
    """Write the load file, its columns as the target catalog has them; gives its rows."""
    columns = ", ".join(f"{_output(load, f)} AS {ident(f.spec.field_name)}" for f in load.fields)
    joined = load.registered or any(f.pending for f in load.fields)
    order = " ORDER BY k.key" if joined else ""
    return write_csv(run.engine, f"SELECT {columns} FROM {_keyed(run, load)}{order}", path)


def write_registry(run: Run, load: TableLoad, path: Path) -> None:
    """Write the table's part of the key registry: keys of this run and of earlier ones."""
    parts = []
    if not load.blocked:
        named = f"{_label(load, 'k')} AS f, {key_without_label(load, 'k')} AS nk, k.key AS key"
        parts.append(f"SELECT {named} FROM {_keyed(run, load, links=False)}")
    if run.registry:
        seen = ""
        if load.registered:
            seen = f" AND r.key NOT IN (SELECT key FROM {ident(load.keys)})"
        parts.append(
            f"SELECT r.key_fields AS f, r.nk AS nk, r.key AS key FROM {ident(REGISTRY)} r "
            f"WHERE r.target_table = {text(load.name)}{seen}"
        )
    if not parts:
        return
    order = " ORDER BY key" if run.registry else ""
    names = dict(zip(REGISTRY_COLUMNS, (text(load.name), "f", SHOWN_KEY, "key"), strict=True))
    columns = ", ".join(f"{sql} AS {name}" for name, sql in names.items())
    write_csv(run.engine, f"SELECT {columns} FROM ({' UNION ALL '.join(parts)}){order}", path)


def write_other_registry(run: Run, path: Path) -> None:
    """Write what the registry holds of tables that this run does not know."""
    names = ", ".join(text(name) for name in run.loads) or "''"
    write_csv(
        run.engine,
        f"SELECT target_table, key_fields, {SHOWN_KEY} AS natural_key, key AS record_number "
        f"FROM {ident(REGISTRY)} WHERE target_table NOT IN ({names}) ORDER BY target_table, key",
        path,
    )


def _keyed(run: Run, load: TableLoad, *, links: bool = True) -> str:
    """The rows that load with their key, as alias k, and the keys of their pending parents."""
    rows = ident(load.rows)
    if load.registered:
        keys = ident(load.keys)
        keyed = f"(SELECT c.*, y.key AS key FROM {rows} c JOIN {keys} y ON y.crow = c.rowid) k"
    else:
        keyed = f"(SELECT *, rowid + 1 AS key FROM {rows} c WHERE {load.alive()}) k"
    for made in (f for f in load.fields if f.pending and links):
        parent = _parent(load, made).parent
        keyed += (
            f" LEFT JOIN {ident(run.loads[parent].lookup)} {_alias(load, made)} "
            f"ON {_alias(load, made)}.k = k.{pending_column(made)}"
        )
    return keyed


def _alias(load: TableLoad, made: FieldSql) -> str:
    return f"p{load.fields.index(made)}"


def _parent(load: TableLoad, made: FieldSql) -> FieldPlan:
    fields = load.plan.routes[0].units[0].fields
    return next(f for f in fields if f.spec is made.spec)


def _output(load: TableLoad, made: FieldSql) -> str:
    if made.late:
        return f"CAST({made.late} AS VARCHAR)"
    if made.pending:
        return f"CAST({_alias(load, made)}.key AS VARCHAR)"
    return f"k.{ident(made.spec.field_name)}"


def _label(load: TableLoad, alias: str) -> str:
    if load.multiple:
        return f'split_part({alias}."#nk", {LABEL_END}, 1)'
    return text(load.plan.labels[0])


def _bare(load: TableLoad, key: str) -> str:
    return f"substr({key}, instr({key}, {LABEL_END}) + 1)" if load.multiple else key
