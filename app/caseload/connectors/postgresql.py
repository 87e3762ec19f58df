"""Metadata of a PostgreSQL database, from its own catalogs.

pg_constraint is asked rather than information_schema, which hides keys from a login that has
nothing but SELECT.
"""

from __future__ import annotations

import os
from collections import defaultdict
from typing import Any

import psycopg

from caseload.connectors import failure
from caseload.connectors.address import Address
from caseload.connectors.metadata import Tell, parted_type, shortened
from caseload.model.database import (
    ColumnMetadata,
    DatabaseMetadata,
    ForeignKeyMetadata,
    TableMetadata,
)
from caseload.model.errors import CaseloadError

_SCHEMAS = """
SELECT nspname FROM pg_catalog.pg_namespace
WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' ORDER BY nspname
"""
_TABLES = """
SELECT c.oid::bigint, n.nspname, c.relname, pg_catalog.obj_description(c.oid, 'pg_class')
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'f') AND NOT c.relispartition AND n.nspname = ANY(%s)
ORDER BY n.nspname, c.relname
"""
_VIEWS = """
SELECT count(*) FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('v', 'm') AND n.nspname = ANY(%s)
"""
_COLUMNS = """
SELECT a.attrelid::bigint, a.attnum, a.attname,
       CASE WHEN t.typtype = 'd' THEN pg_catalog.format_type(t.typbasetype, t.typtypmod)
            ELSE pg_catalog.format_type(a.atttypid, a.atttypmod) END,
       a.attnotnull OR t.typnotnull, pg_catalog.pg_get_expr(d.adbin, d.adrelid),
       pg_catalog.col_description(a.attrelid, a.attnum),
       CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END::bigint
FROM pg_catalog.pg_attribute a
JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE c.relkind IN ('r', 'p', 'f') AND NOT c.relispartition AND n.nspname = ANY(%s)
  AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attrelid, a.attnum
"""
_VALUES = "SELECT enumtypid::bigint, enumlabel FROM pg_catalog.pg_enum ORDER BY 1, enumsortorder"
_CONSTRAINTS = """
SELECT k.conrelid::bigint, k.contype::text, k.conkey, fn.nspname, f.relname, k.confrelid::bigint,
       k.confkey,
       CASE WHEN k.contype = 'c' THEN pg_catalog.pg_get_constraintdef(k.oid, true) END
FROM pg_catalog.pg_constraint k
JOIN pg_catalog.pg_class c ON c.oid = k.conrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_class f ON f.oid = k.confrelid
LEFT JOIN pg_catalog.pg_namespace fn ON fn.oid = f.relnamespace
WHERE k.contype IN ('p', 'u', 'f', 'c') AND NOT c.relispartition AND n.nspname = ANY(%s)
ORDER BY k.conrelid, k.conname
"""
_INDEXES = """
SELECT i.indrelid::bigint, i.indkey::smallint[] FROM pg_catalog.pg_index i
JOIN pg_catalog.pg_class c ON c.oid = i.indrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE i.indisunique AND NOT i.indisprimary AND i.indpred IS NULL AND i.indexprs IS NULL
  AND NOT c.relispartition AND n.nspname = ANY(%s)
ORDER BY 1, 2
"""
_ATTRIBUTES = """
SELECT attrelid::bigint, attnum, attname FROM pg_catalog.pg_attribute WHERE attrelid = ANY(%s)
"""
_TYPE_NAMES = {
    "CHARACTER VARYING": "VARCHAR",
    "CHARACTER": "CHAR",
    "BPCHAR": "CHAR",
    "TIMESTAMP WITHOUT TIME ZONE": "TIMESTAMP",
    "TIME WITHOUT TIME ZONE": "TIME",
}


def read(address: Address, password: str | None, tell: Tell) -> DatabaseMetadata:
    """Read the metadata of the schemas that the address names, or of all that are not system's.

    Raises:
        BadInput, EnvironmentTrouble: see `metadata.read_metadata`.
    """
    try:
        connection = psycopg.connect(**_settings(address, password))
    except psycopg.Error as error:
        raise _no_connection(address, str(error)) from None
    try:
        with connection:
            return _read(connection, address, tell)
    except psycopg.Error as error:
        raise _trouble(address, error) from None


def _settings(address: Address, password: str | None) -> dict[str, Any]:
    milliseconds = address.seconds * 1000
    return {
        "host": address.host,
        "port": address.port,
        "user": address.user or None,
        "dbname": address.database,
        "password": password or "",
        "passfile": os.devnull,
        "connect_timeout": address.seconds,
        "tcp_user_timeout": milliseconds,
        "sslmode": address.sslmode,
        "sslrootcert": address.sslrootcert or None,
        "application_name": "caseload",
        "options": "-c default_transaction_read_only=on -c search_path=pg_catalog"
        f" -c statement_timeout={milliseconds} -c lock_timeout={milliseconds}",
    }


def _no_connection(address: Address, text: str) -> CaseloadError:
    """Why no connection came about; the driver tells it in words only."""
    text = text.lower()
    if "timeout expired" in text or "timed out" in text:
        return failure.too_slow(address)
    if "ssl" in text or "certificate" in text:
        return failure.not_secure(address)
    if any(word in text for word in ("authentication", "password", "role", "pg_hba", "no user")):
        return failure.login_refused(address)
    if "database" in text and "does not exist" in text:
        return failure.no_such_database(address)
    if "permission denied for database" in text:
        return failure.not_allowed(address)
    return failure.unreachable(address)


def _trouble(address: Address, error: psycopg.Error) -> CaseloadError:
    state = error.sqlstate or ""
    if state in ("57014", "55P03"):
        return failure.too_slow(address)
    if state == "42501":
        return failure.not_allowed(address)
    if isinstance(error, psycopg.OperationalError) and not state:
        return failure.unreachable(address)
    return failure.failed(address, state or type(error).__name__)


def _read(connection: psycopg.Connection[Any], address: Address, tell: Tell) -> DatabaseMetadata:
    there = [str(row[0]) for row in connection.execute(_SCHEMAS)]
    for name in address.schemas:
        if name not in there:
            raise failure.no_such_schema(address, name, there)
    schemas = list(address.schemas or there)

    def ask(share: float, words: str, question: str) -> list[tuple[Any, ...]]:
        tell(share, words)
        return connection.execute(question, (schemas,)).fetchall()

    tables = ask(0.1, "tables", _TABLES)
    columns = ask(0.2, "columns", _COLUMNS)
    constraints = ask(0.6, "keys", _CONSTRAINTS)
    indexes = ask(0.8, "indexes", _INDEXES)
    hidden = int(ask(0.9, "views", _VIEWS)[0][0])
    oids = {int(row[0]) for row in columns} | {int(row[5]) for row in constraints if row[5]}
    names = {
        (int(oid), int(number)): str(name)
        for oid, number, name in connection.execute(_ATTRIBUTES, (list(oids),))
    }
    values: dict[int, list[str]] = defaultdict(list)
    for oid, label in connection.execute(_VALUES):
        values[int(oid)].append(str(label))
    parts = _Parts(columns, constraints, indexes, names, values)
    version = str(connection.info.parameter_status("server_version") or "")
    return DatabaseMetadata(
        "postgresql",
        version.split(maxsplit=1)[0] if version else "",
        address.database,
        tuple(parts.table(int(oid), *map(shortened, about)) for oid, *about in tables),
        (f"{hidden} views were left out",) if hidden else (),
    )


class _Parts:
    """The answers, by table."""

    def __init__(
        self,
        columns: list[tuple[Any, ...]],
        constraints: list[tuple[Any, ...]],
        indexes: list[tuple[Any, ...]],
        names: dict[tuple[int, int], str],
        values: dict[int, list[str]],
    ) -> None:
        self._columns = _by_first(columns)
        self._constraints = _by_first(constraints)
        self._indexes = _by_first(indexes)
        self._names = names
        self._values = values

    def table(self, oid: int, schema: str, name: str, comment: str) -> TableMetadata:
        """One table of these parts."""
        constraints = self._constraints[oid]
        unique = {self._named(oid, row[2]) for row in constraints if row[1] == "u"}
        unique |= {self._named(oid, row[1]) for row in self._indexes[oid]}
        return TableMetadata(
            schema,
            name,
            tuple(self._column(row) for row in self._columns[oid]),
            comment,
            next((self._named(oid, row[2]) for row in constraints if row[1] == "p"), ()),
            tuple(sorted(filter(None, unique))),
            tuple(
                ForeignKeyMetadata(
                    self._named(oid, row[2]), str(row[3]), str(row[4]), self._named(row[5], row[6])
                )
                for row in constraints
                if row[1] == "f"
            ),
            tuple(_condition(shortened(row[7])) for row in constraints if row[1] == "c"),
        )

    def _column(self, row: tuple[Any, ...]) -> ColumnMetadata:
        _, _, name, declared, required, default, comment, type_oid = row
        data_type, length = parted_type(str(declared))
        return ColumnMetadata(
            str(name),
            _TYPE_NAMES.get(data_type, data_type),
            length,
            not required,
            shortened(default),
            shortened(comment),
            tuple(self._values.get(int(type_oid), ())),
        )

    def _named(self, oid: int, numbers: Any) -> tuple[str, ...]:
        names = [self._names.get((int(oid), int(number))) for number in numbers or ()]
        return tuple(name for name in names if name) if all(names) else ()


def _by_first(rows: list[tuple[Any, ...]]) -> dict[int, list[tuple[Any, ...]]]:
    grouped: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    for row in rows:
        grouped[int(row[0])].append(row)
    return grouped


def _condition(text: str) -> str:
    """The condition within `CHECK (...)`."""
    inner = text.removeprefix("CHECK ").removesuffix(" NOT VALID").strip()
    return inner[1:-1] if inner.startswith("(") and inner.endswith(")") else inner
