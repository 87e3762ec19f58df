"""Metadata of a SQLite file, opened so that nothing is written, not even beside it."""

from __future__ import annotations

import os
import re
import sqlite3
from pathlib import Path
from urllib.parse import quote

from caseload.connectors import failure
from caseload.connectors.address import Address
from caseload.connectors.metadata import Tell, parted_type, shortened
from caseload.model.database import (
    SQLITE_MARK,
    ColumnMetadata,
    DatabaseMetadata,
    ForeignKeyMetadata,
    TableMetadata,
)
from caseload.model.errors import BadInput

_CHECK = re.compile(r"\bcheck\s*\(", re.IGNORECASE)
_HIDDEN = 1


def read(address: Address, tell: Tell) -> DatabaseMetadata:
    """Read the metadata of the file at `address.path`.

    Raises:
        BadInput: there is no such file, or it is no readable SQLite database.
    """
    path = Path(address.path)
    uri, notes = _uri(path, address.where)
    try:
        connection = sqlite3.connect(uri, uri=True, timeout=address.seconds)
        try:
            connection.execute("PRAGMA query_only=ON")
            connection.execute("PRAGMA trusted_schema=OFF")
            tables = _tables(connection, tell)
            views = connection.execute("SELECT count(*) FROM sqlite_schema WHERE type='view'")
            hidden = int(views.fetchone()[0])
        finally:
            connection.close()
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise failure.too_slow(address) from None
        raise _unreadable(address.where) from None
    except sqlite3.Error:
        raise _unreadable(address.where) from None
    if hidden:
        notes.append(f"{hidden} views were left out")
    return DatabaseMetadata("sqlite", sqlite3.sqlite_version, path.name, tables, tuple(notes))


def _unreadable(where: str) -> BadInput:
    return BadInput(
        "The SQLite file is damaged or encrypted and cannot be read",
        where=where,
        remedy="Copy it again, or check it with sqlite3 FILE 'PRAGMA integrity_check'",
    )


def _uri(path: Path, where: str) -> tuple[str, list[str]]:
    """How to open the file without a trace: as immutable where no writer can be at it."""
    try:
        if not path.is_file():
            raise BadInput("There is no such SQLite file", where=where)
        with path.open("rb") as file:
            head = file.read(20)
    except OSError as error:
        raise BadInput(f"The SQLite file cannot be opened: {error.strerror}", where=where) from None
    if not head.startswith(SQLITE_MARK):
        raise BadInput("The file is no SQLite database", where=where)
    uri = f"file:{quote(os.fspath(path.resolve()))}?mode=ro"
    beside = {end: path.with_name(path.name + end) for end in ("-wal", "-shm")}
    logged = beside["-wal"].is_file() and beside["-wal"].stat().st_size > 0
    if head[18:20] == b"\x02\x02" and not (logged and beside["-shm"].is_file()):
        notes = ["Changes in the log beside the file (-wal) were not read"] if logged else []
        return f"{uri}&immutable=1", notes
    return uri, []


def _tables(connection: sqlite3.Connection, tell: Tell) -> tuple[TableMetadata, ...]:
    named = connection.execute(
        "SELECT name, sql FROM sqlite_schema WHERE type='table'"
        " AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name"
    ).fetchall()
    tables = []
    for number, (name, sql) in enumerate(named):
        tell(number / len(named), f"table {number + 1} of {len(named)}")
        tables.append(_table(connection, str(name), str(sql or "")))
    return tuple(tables)


def _table(connection: sqlite3.Connection, name: str, sql: str) -> TableMetadata:
    columns: list[ColumnMetadata] = []
    keys: dict[int, str] = {}
    for _, column, declared, required, default, key, hidden in connection.execute(
        "SELECT * FROM pragma_table_xinfo(?)", (name,)
    ):
        if hidden == _HIDDEN:
            continue
        data_type, length = parted_type(str(declared or ""))
        nullable = not (required or key)
        columns.append(ColumnMetadata(str(column), data_type, length, nullable, shortened(default)))
        if key:
            keys[int(key)] = str(column)
    return TableMetadata(
        "",
        name,
        tuple(columns),
        primary_key=tuple(keys[place] for place in sorted(keys)),
        unique=_unique(connection, name),
        foreign_keys=_foreign(connection, name),
        checks=tuple(check_clauses(sql)),
    )


def _unique(connection: sqlite3.Connection, name: str) -> tuple[tuple[str, ...], ...]:
    found = []
    for _, index, unique, origin, partial in connection.execute(
        "SELECT * FROM pragma_index_list(?)", (name,)
    ):
        if unique and not partial and origin != "pk":
            columns = [
                row[2] for row in connection.execute("SELECT * FROM pragma_index_info(?)", (index,))
            ]
            if all(column is not None for column in columns):
                found.append(tuple(map(str, columns)))
    return tuple(sorted(found))


def _foreign(connection: sqlite3.Connection, name: str) -> tuple[ForeignKeyMetadata, ...]:
    grouped: dict[int, list[tuple[str, str, str]]] = {}
    for number, _, table, column, to, *_ in connection.execute(
        "SELECT * FROM pragma_foreign_key_list(?)", (name,)
    ):
        grouped.setdefault(int(number), []).append((str(table), str(column), str(to or "")))
    return tuple(
        ForeignKeyMetadata(
            tuple(column for _, column, _ in parts),
            "",
            parts[0][0],
            tuple(to for _, _, to in parts if to),
        )
        for _, parts in sorted(grouped.items(), reverse=True)
    )


def check_clauses(sql: str) -> list[str]:
    """The conditions of the CHECK clauses in a CREATE TABLE text, quotes and comments heeded."""
    blank = re.sub(
        r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|`[^`]*`|\[[^\]]*\]|--[^\n]*|/\*.*?\*/",
        lambda found: "~" * len(found.group()),
        sql,
        flags=re.DOTALL,
    )
    clauses = []
    for match in _CHECK.finditer(blank):
        depth = 1
        for at in range(match.end(), len(blank)):
            depth += (blank[at] == "(") - (blank[at] == ")")
            if not depth:
                clauses.append(shortened(" ".join(sql[match.end() : at].split())))
                break
    return clauses
