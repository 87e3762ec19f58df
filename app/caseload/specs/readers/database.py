"""What a database declares of itself, as a reading: from a snapshot of its metadata or SQLite."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from caseload.model.catalog import (
    Check,
    DocumentRead,
    FieldSpec,
    Provenance,
    ReadProblem,
    TableSpec,
)
from caseload.model.database import (
    SNAPSHOT_MARK,
    ColumnMetadata,
    DatabaseMetadata,
    TableMetadata,
    metadata_from_dict,
)
from caseload.model.errors import BadInput
from caseload.specs.readers.confidence import score
from caseload.specs.readers.grid import Reading, Tell
from caseload.specs.readers.names import is_identifier
from caseload.specs.readers.roles import looks_like_type

_SNAPSHOT_HEAD = re.compile(rb'^\s*\{\s*"caseload"\s*:\s*"' + SNAPSHOT_MARK.encode() + rb'"')
_TEXT = r"'((?:[^']|'')*)'(?:::[\w ]+)?"
_IN_LIST = re.compile(
    r"^\(*[\"`\[]?([^\"`\]\s:]+)[\"`\]]?\)?(?:::[\w ]+)?\s*"
    rf"(?:in\s*\(|=\s*any\s*\(\(?\s*array\s*\[)\s*({_TEXT}(?:\s*,\s*{_TEXT})*)\s*[\])]",
    re.IGNORECASE,
)
_KNOWN_TYPES = re.compile(
    r"(?i)(?:tiny|small|medium|big)?(?:int|integer|serial|text|blob)|u?uid|json[b]?|xml|bytea|bit|"
    r"enum|set|year|money|inet|cidr|interval|oid|real|geometry|name|tsvector|varbinary|binary"
)
_MOST_BYTES = 100_000_000


def is_snapshot(head: bytes) -> bool:
    """Whether a file that begins so is a snapshot of a database's metadata."""
    return bool(_SNAPSHOT_HEAD.match(head))


def read_snapshot(path: Path, name: str, tell: Tell) -> Reading:
    """Read a snapshot document.

    Raises:
        BadInput: it is damaged, or holds no table with columns.
    """
    tell(0.0, "metadata")
    if path.stat().st_size > _MOST_BYTES:
        raise BadInput("The database snapshot is larger than any database's metadata", where=name)
    data = path.read_bytes()
    try:
        metadata = metadata_from_dict(json.loads(data))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise BadInput(
            "The database snapshot is damaged",
            where=name,
            remedy="Take it again from the database's address",
        ) from None
    return reading_of(metadata, name, hashlib.sha256(data).hexdigest(), tell)


def read_sqlite(path: Path, name: str, tell: Tell) -> Reading:
    """Read the tables that a SQLite file declares; its rows are not looked at.

    Raises:
        BadInput: the file is damaged or declares no table.
    """
    from caseload.connectors.address import Address
    from caseload.connectors.metadata import read_metadata

    try:
        metadata = read_metadata(Address("sqlite", path=str(path)), None, tell)
    except BadInput as error:
        raise BadInput(error.what, where=name, remedy=error.remedy) from None
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return reading_of(metadata, name, digest, tell)


def reading_of(metadata: DatabaseMetadata, name: str, sha256: str, tell: Tell) -> Reading:
    """The reading that metadata amounts to; tables in an order in which they could be loaded.

    Raises:
        BadInput: no table has a column.
    """
    names = _names(metadata.tables)
    problems = [ReadProblem(note, Provenance(name)) for note in metadata.notes]
    tables = []
    for number, table in enumerate(_in_load_order(metadata.tables), 1):
        tell(number / len(metadata.tables), f"table {number} of {len(metadata.tables)}")
        place = Provenance(name, sheet=names[table.schema, table.name])
        if not table.columns:
            message = f"Table {names[table.schema, table.name]} has no columns"
            problems.append(ReadProblem(message, place))
            continue
        fields = tuple(_fields(table, names, _primary_keys(metadata.tables), name))
        tables.append(
            TableSpec(names[table.schema, table.name], fields, table.comment, number, place)
        )
    if not tables:
        raise BadInput("The database declares no table with columns", where=name)
    return Reading(DocumentRead(name, sha256, metadata.engine), tables, problems)


_Key = tuple[str, str]


def _names(tables: Sequence[TableMetadata]) -> dict[_Key, str]:
    """What each table is called: its name, with the schema before it where two share one."""
    twins = Counter(table.name.casefold() for table in tables)
    return {
        (t.schema, t.name): f"{t.schema}.{t.name}" if twins[t.name.casefold()] > 1 else t.name
        for t in tables
    }


def _primary_keys(tables: Sequence[TableMetadata]) -> dict[_Key, tuple[str, ...]]:
    return {(table.schema, table.name.casefold()): table.primary_key for table in tables}


def _in_load_order(tables: Sequence[TableMetadata]) -> Iterator[TableMetadata]:
    """Parents before children; within a circle by name."""
    waiting = {(table.schema, table.name.casefold()): table for table in tables}
    while waiting:
        ready = [key for key, table in waiting.items() if not _parents(key, table) & waiting.keys()]
        for key in ready or [next(iter(waiting))]:
            yield waiting.pop(key)


def _parents(key: _Key, table: TableMetadata) -> set[_Key]:
    return {(k.schema, k.table.casefold()) for k in table.foreign_keys} - {key}


def _fields(
    table: TableMetadata,
    names: Mapping[_Key, str],
    keys: Mapping[_Key, tuple[str, ...]],
    document: str,
) -> Iterator[FieldSpec]:
    folded = {(schema, name.casefold()): shown for (schema, name), shown in names.items()}
    single = {columns[0].casefold() for columns in table.unique if len(columns) == 1}
    values = dict(filter(None, map(_listed, table.checks)))
    for position, column in enumerate(table.columns, 1):
        name = column.name.casefold()
        foreign = _foreign(table, column.name, folded, keys)
        listed = column.values or values.get(name, ())
        checks = _checks(column, foreign)
        yield FieldSpec(
            table_name=names[table.schema, table.name],
            field_name=column.name,
            position=position,
            data_type=column.data_type,
            length=column.length,
            raw_field_name=column.name,
            description=_described(column),
            mandatory=not column.nullable,
            allowed_values=listed,
            foreign_table=foreign[0] if foreign else "",
            foreign_field=foreign[1] if foreign else "",
            key=column.name in table.primary_key,
            unique=name in single or table.primary_key == (column.name,),
            condition="" if listed else _condition(table, column.name),
            provenance=Provenance(document, sheet=names[table.schema, table.name], row=position),
            confidence=score(checks),
            checks=checks,
        )


def _checks(column: ColumnMetadata, foreign: tuple[str, str, bool] | None) -> tuple[Check, ...]:
    known = looks_like_type(column.data_type) or bool(_KNOWN_TYPES.match(column.data_type))
    checks = [
        Check("name is one word", column.name.isidentifier() or is_identifier(column.name)),
        Check("columns named by a header", True, "declared by the database"),
        Check("data type known", known, "" if known else column.data_type or "none declared"),
    ]
    if foreign:
        note = "" if foreign[2] else f"{foreign[0]} is not here"
        checks.append(Check("foreign key leads to a field", foreign[2], note))
    return tuple(checks)


def _foreign(
    table: TableMetadata,
    column: str,
    names: Mapping[_Key, str],
    keys: Mapping[_Key, tuple[str, ...]],
) -> tuple[str, str, bool] | None:
    """The table and field that a column refers to, and whether the table is here."""
    for key in table.foreign_keys:
        if column not in key.columns:
            continue
        parent = (key.schema, key.table.casefold())
        to = key.to or keys.get(parent, ())
        place = key.columns.index(column)
        return names.get(parent, key.table), to[place] if place < len(to) else "", parent in names
    return None


def _described(column: ColumnMetadata) -> str:
    default = f"Default: {column.default}" if column.default else ""
    return "\n".join(filter(None, (column.comment, default)))


def _listed(check: str) -> tuple[str, tuple[str, ...]] | None:
    """The column and values of a check that is nothing but a closed list."""
    match = _IN_LIST.match(check)
    if not match or re.search(r"\b(?:and|or)\b", check[match.end() :], re.IGNORECASE):
        return None
    values = (value.replace("''", "'") for value in re.findall(r"'((?:[^']|'')*)'", match.group(2)))
    return match.group(1).casefold(), tuple(dict.fromkeys(values))


def _condition(table: TableMetadata, column: str) -> str:
    """The checks that speak of a column."""
    word = re.compile(rf"(?<!\w){re.escape(column)}(?!\w)", re.IGNORECASE)
    return "; ".join(check for check in table.checks if word.search(check))[:500]
