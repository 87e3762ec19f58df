"""What a live database says of its own tables, and the address it is asked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

SNAPSHOT_MARK = "caseload database metadata 1"
"""The first value of a snapshot document: what it is, and which shape it has."""

SQLITE_MARK = b"SQLite format 3\x00"
"""How a SQLite file begins."""


@dataclass(frozen=True, slots=True)
class ColumnMetadata:
    """One column: `data_type` without its length in capitals, `values` of an enumeration."""

    name: str
    data_type: str
    length: str = ""
    nullable: bool = True
    default: str = ""
    comment: str = ""
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ForeignKeyMetadata:
    """A declared reference: columns here, and the table and columns that they lead to."""

    columns: tuple[str, ...]
    schema: str
    table: str
    to: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TableMetadata:
    """One table as the database declares it; `checks` are the texts of its CHECK clauses."""

    schema: str
    name: str
    columns: tuple[ColumnMetadata, ...]
    comment: str = ""
    primary_key: tuple[str, ...] = ()
    unique: tuple[tuple[str, ...], ...] = ()
    foreign_keys: tuple[ForeignKeyMetadata, ...] = ()
    checks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DatabaseMetadata:
    """A database's tables in order of schema and name; `notes` say what was left out."""

    engine: str
    version: str
    database: str
    tables: tuple[TableMetadata, ...]
    notes: tuple[str, ...] = field(default=())


def metadata_to_dict(metadata: DatabaseMetadata) -> dict[str, Any]:
    """The metadata as JSON values, marked as what it is."""
    return {"caseload": SNAPSHOT_MARK, **asdict(metadata)}


def metadata_from_dict(data: Mapping[str, Any]) -> DatabaseMetadata:
    """The metadata that `metadata_to_dict` described.

    Raises:
        KeyError, TypeError, ValueError: the values are no such description.
    """
    if data["caseload"] != SNAPSHOT_MARK:
        raise ValueError("no database metadata")
    return DatabaseMetadata(
        _text(data["engine"]),
        _text(data["version"]),
        _text(data["database"]),
        tuple(_table(table) for table in data["tables"]),
        _texts(data["notes"]),
    )


def _table(data: Mapping[str, Any]) -> TableMetadata:
    return TableMetadata(
        _text(data["schema"]),
        _text(data["name"]),
        tuple(_column(column) for column in data["columns"]),
        _text(data["comment"]),
        _texts(data["primary_key"]),
        tuple(_texts(columns) for columns in data["unique"]),
        tuple(
            ForeignKeyMetadata(
                _texts(key["columns"]), _text(key["schema"]), _text(key["table"]), _texts(key["to"])
            )
            for key in data["foreign_keys"]
        ),
        _texts(data["checks"]),
    )


def _column(data: Mapping[str, Any]) -> ColumnMetadata:
    return ColumnMetadata(
        _text(data["name"]),
        _text(data["data_type"]),
        _text(data["length"]),
        data["nullable"] is True,
        _text(data["default"]),
        _text(data["comment"]),
        _texts(data["values"]),
    )


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("a text is expected")
    return value


def _texts(values: Any) -> tuple[str, ...]:
    if not isinstance(values, list | tuple):
        raise TypeError("a list is expected")
    return tuple(_text(value) for value in values)
