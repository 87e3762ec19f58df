"""Metadata of a MariaDB or MySQL database, from information_schema.

Keys come from key_column_usage: table_constraints shows nothing to a login that has only SELECT.
"""

from __future__ import annotations

import re
import ssl
from collections import defaultdict
from typing import Any

import pymysql
from pymysql.constants import CR, ER

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

_TABLES = """
SELECT TABLE_SCHEMA, TABLE_NAME, TABLE_COMMENT FROM information_schema.TABLES
WHERE TABLE_SCHEMA IN %s AND TABLE_TYPE LIKE '%%TABLE%%' ORDER BY 1, 2
"""
_VIEWS = "SELECT count(*) FROM information_schema.VIEWS WHERE TABLE_SCHEMA IN %s"
_SCHEMAS = "SELECT SCHEMA_NAME FROM information_schema.SCHEMATA ORDER BY 1"
_COLUMNS = """
SELECT TABLE_SCHEMA, TABLE_NAME, COLUMN_NAME, COLUMN_TYPE, IS_NULLABLE, COLUMN_DEFAULT,
       COLUMN_COMMENT
FROM information_schema.COLUMNS WHERE TABLE_SCHEMA IN %s
ORDER BY TABLE_SCHEMA, TABLE_NAME, ORDINAL_POSITION
"""
_KEYS = """
SELECT TABLE_SCHEMA, TABLE_NAME, CONSTRAINT_NAME, COLUMN_NAME, REFERENCED_TABLE_SCHEMA,
       REFERENCED_TABLE_NAME, REFERENCED_COLUMN_NAME
FROM information_schema.KEY_COLUMN_USAGE WHERE TABLE_SCHEMA IN %s
ORDER BY TABLE_SCHEMA, TABLE_NAME, CONSTRAINT_NAME, ORDINAL_POSITION
"""
_CHECKS = """
SELECT CONSTRAINT_SCHEMA, TABLE_NAME, CHECK_CLAUSE FROM information_schema.CHECK_CONSTRAINTS
WHERE CONSTRAINT_SCHEMA IN %s ORDER BY 1, 2, CONSTRAINT_NAME
"""
_CHECKS_OF_MYSQL = """
SELECT t.TABLE_SCHEMA, t.TABLE_NAME, c.CHECK_CLAUSE
FROM information_schema.CHECK_CONSTRAINTS c
JOIN information_schema.TABLE_CONSTRAINTS t USING (CONSTRAINT_SCHEMA, CONSTRAINT_NAME)
WHERE t.CONSTRAINT_TYPE = 'CHECK' AND c.CONSTRAINT_SCHEMA IN %s ORDER BY 1, 2, CONSTRAINT_NAME
"""
_SYSTEM = ("information_schema", "mysql", "performance_schema", "sys")
_LISTED = re.compile(r"^(?:enum|set)\((.*)\)$", re.IGNORECASE | re.DOTALL)
_VALUE = re.compile(r"'((?:[^']|'')*)'")
_HOST_REFUSED, _NO_PASSWORD = 1130, 1698
_REFUSED = (ER.ACCESS_DENIED_ERROR, _HOST_REFUSED, _NO_PASSWORD)
_STATEMENT_TIMED_OUT_MARIADB, _STATEMENT_TIMED_OUT_MYSQL = 1969, 3024
_CANCELLED = (
    _STATEMENT_TIMED_OUT_MARIADB,
    _STATEMENT_TIMED_OUT_MYSQL,
    ER.QUERY_INTERRUPTED,
    ER.LOCK_WAIT_TIMEOUT,
)
_DENIED = (ER.DBACCESS_DENIED_ERROR, ER.TABLEACCESS_DENIED_ERROR, ER.SPECIFIC_ACCESS_DENIED_ERROR)

_Table = tuple[str, str]


def read(address: Address, password: str | None, tell: Tell) -> DatabaseMetadata:
    """Read the metadata of the database in the address, and of those that `schema` names.

    Raises:
        BadInput, EnvironmentTrouble: see `metadata.read_metadata`.
    """
    try:
        connection = pymysql.connect(**_settings(address, password))
        try:
            with connection.cursor() as cursor:
                return _read(cursor, address, tell)
        finally:
            connection.close()
    except (pymysql.Error, ssl.SSLError, OSError) as error:
        raise _trouble(address, error) from None


def _settings(address: Address, password: str | None) -> dict[str, Any]:
    settings: dict[str, Any] = {
        "host": address.host,
        "port": address.port,
        "user": address.user,
        # As text the driver would send it in Latin-1, and other letters would not survive it.
        "password": (password or "").encode(),
        "database": address.database,
        "charset": "utf8mb4",
        "connect_timeout": address.seconds,
        "read_timeout": address.seconds,
        "write_timeout": address.seconds,
        "init_command": "SET SESSION TRANSACTION READ ONLY",
        "local_infile": False,
        "program_name": "caseload",
    }
    if address.sslmode == "disable":
        settings["ssl_disabled"] = True
    elif address.sslmode == "require":
        settings["ssl"] = {"check_hostname": False, "verify_mode": "none"}
    elif address.sslmode == "verify-full":
        settings["ssl"] = {"ca": address.sslrootcert or None, "verify_mode": "required"}
    return settings


def _trouble(address: Address, error: Exception) -> CaseloadError:
    number = error.args[0] if error.args and isinstance(error.args[0], int) else 0
    text = str(error).lower()
    if number in _CANCELLED or "timed out" in text:
        return failure.too_slow(address)
    if isinstance(error, ssl.SSLError) or "ssl" in text or "certificate" in text:
        return failure.not_secure(address)
    if number in _REFUSED:
        return failure.login_refused(address)
    if number in (ER.BAD_DB_ERROR, ER.DBACCESS_DENIED_ERROR):
        return failure.no_such_database(address)
    if number in _DENIED:
        return failure.not_allowed(address)
    if number in (CR.CR_CONN_HOST_ERROR, CR.CR_SERVER_LOST, CR.CR_SERVER_GONE_ERROR):
        return failure.unreachable(address)
    return failure.failed(address, str(number or type(error).__name__))


def _read(cursor: Any, address: Address, tell: Tell) -> DatabaseMetadata:
    cursor.execute("SELECT VERSION()")
    version = str(cursor.fetchone()[0])
    maria = "mariadb" in version.lower()
    bound = f"max_statement_time={address.seconds}"
    cursor.execute(f"SET SESSION {bound if maria else f'max_execution_time={address.seconds}000'}")
    cursor.execute(_SCHEMAS)
    there = [str(row[0]) for row in cursor.fetchall() if row[0].lower() not in _SYSTEM]
    schemas = list(address.schemas or (address.database,))
    for name in schemas:
        if name not in there:
            raise failure.no_such_schema(address, name, there)

    def ask(share: float, words: str, question: str) -> list[tuple[Any, ...]]:
        tell(share, words)
        cursor.execute(question, (schemas,))
        return list(cursor.fetchall())

    tables = ask(0.1, "tables", _TABLES)
    columns: dict[_Table, list[ColumnMetadata]] = defaultdict(list)
    for schema, table, *about in ask(0.2, "columns", _COLUMNS):
        columns[schema, table].append(_column(*about))
    keys: dict[_Table, dict[str, list[tuple[Any, ...]]]] = defaultdict(lambda: defaultdict(list))
    for schema, table, name, *about in ask(0.6, "keys", _KEYS):
        keys[schema, table][str(name)].append(tuple(about))
    checks: dict[_Table, list[str]] = defaultdict(list)
    for schema, table, clause in ask(0.8, "checks", _CHECKS if maria else _CHECKS_OF_MYSQL):
        checks[schema, table].append(shortened(clause))
    hidden = int(ask(0.9, "views", _VIEWS)[0][0])
    return DatabaseMetadata(
        "mariadb" if maria else "mysql",
        version.split("-", maxsplit=1)[0],
        address.database,
        tuple(
            _table(
                schema,
                name,
                comment,
                columns[schema, name],
                keys[schema, name],
                checks[schema, name],
            )
            for schema, name, comment in tables
        ),
        (f"{hidden} views were left out",) if hidden else (),
    )


def _table(
    schema: str,
    name: str,
    comment: object,
    columns: list[ColumnMetadata],
    keys: dict[str, list[tuple[Any, ...]]],
    checks: list[str],
) -> TableMetadata:
    unique, foreign = [], []
    for key, parts in keys.items():
        own = tuple(str(part[0]) for part in parts)
        if parts[0][2] is not None:
            to = tuple(str(part[3]) for part in parts)
            foreign.append(ForeignKeyMetadata(own, str(parts[0][1]), str(parts[0][2]), to))
        elif key != "PRIMARY":
            unique.append(own)
    return TableMetadata(
        schema,
        name,
        tuple(columns),
        shortened(comment),
        tuple(str(part[0]) for part in keys.get("PRIMARY", ())),
        tuple(sorted(unique)),
        tuple(foreign),
        tuple(checks),
    )


def _column(
    name: str, declared: object, nullable: str, default: object, comment: object
) -> ColumnMetadata:
    text = declared.decode() if isinstance(declared, bytes) else str(declared)
    listed = _LISTED.match(text)
    values = tuple(v.replace("''", "'") for v in _VALUE.findall(listed.group(1))) if listed else ()
    data_type, length = parted_type(text.partition("(")[0] if listed else text)
    said = shortened(default)
    return ColumnMetadata(
        str(name), data_type, length, nullable == "YES", "" if said == "NULL" else said,
        shortened(comment), values,
    )  # fmt: skip
