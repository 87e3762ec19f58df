"""Writes a dictionary of known truth as a SQL script of any dialect, or as JSON Schema."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

from .dictionaries import Holder, Item

DIALECTS = ("oracle", "tsql", "mysql", "postgres", "sqlite")
_TYPES = {
    "oracle": {"INTEGER": "INTEGER"},
    "tsql": {"VARCHAR2": "NVARCHAR", "NUMBER": "DECIMAL", "TIMESTAMP": "DATETIME2"},
    "mysql": {"VARCHAR2": "VARCHAR", "NUMBER": "DECIMAL", "INTEGER": "INT"},
    "postgres": {"VARCHAR2": "CHARACTER VARYING", "NUMBER": "NUMERIC", "INTEGER": "BIGINT"},
    "sqlite": {"VARCHAR2": "TEXT", "NUMBER": "NUMERIC", "TIMESTAMP": "DATETIME"},
}
_QUOTES = {"oracle": '""', "tsql": "[]", "mysql": "``", "postgres": '""', "sqlite": '""'}
_SCHEMA = {"oracle": "PAS.", "tsql": "[dbo].", "mysql": "", "postgres": "public.", "sqlite": ""}
_END = {"oracle": ";\n/\n", "tsql": "\nGO\n", "mysql": ";\n", "postgres": ";\n", "sqlite": ";\n"}


def sql_type(dialect: str, item: Item) -> str:
    """The type of a field in a dialect, as a reader should give it."""
    return _TYPES[dialect].get(item.type, item.type)


def as_sql(path: Path, dialect: str, made: list[Holder], seed: int) -> Path:
    """A script that creates the tables, then adds keys and comments to them."""
    dice = random.Random(f"sql {seed} {dialect}")
    end, parts = _END[dialect], [f"-- Schema of the PAS; made for {dialect}{chr(10)}"]
    later: list[str] = []
    for holder in made:
        lines = [_column(dialect, item) for item in holder.items]
        keys = [_quoted(dialect, item.name) for item in holder.items if item.key]
        key = f"CONSTRAINT pk_{holder.name} PRIMARY KEY ({', '.join(keys)})"
        name = _SCHEMA[dialect] + _quoted(dialect, holder.name)
        if dice.random() < 0.5 or dialect in ("sqlite", "mysql"):
            lines.append(f"  {key}")
        else:
            later.append(f"ALTER TABLE {name} ADD {key}{end}")
        for item in holder.items:
            if item.foreign[0]:
                target = _SCHEMA[dialect] + _quoted(dialect, item.foreign[0])
                field = _quoted(dialect, item.foreign[1])
                text = f"FOREIGN KEY ({_quoted(dialect, item.name)}) REFERENCES {target} ({field})"
                if dialect in ("sqlite", "mysql"):
                    lines.append(f"  {text}")
                else:
                    later.append(f"ALTER TABLE {name} ADD CONSTRAINT fk{len(later)} {text}{end}")
            later += _comment(dialect, holder, item)
        tail = {"oracle": " TABLESPACE data", "mysql": " ENGINE=InnoDB"}.get(dialect, "")
        parts.append(f"CREATE TABLE {name} (\n{f',{chr(10)}'.join(lines)}\n){tail}{end}")
    path.write_text("".join([*parts, *later]), encoding="utf-8")
    return path


def _quoted(dialect: str, name: str) -> str:
    opening, closing = _QUOTES[dialect]
    return f"{opening}{name}{closing}"


def _column(dialect: str, item: Item) -> str:
    length = f"({item.length})" if item.length else ""
    needed = " NOT NULL" if item.mandatory else ""
    comment = ""
    if dialect == "mysql" and item.description:
        comment = " COMMENT '" + item.description.replace("'", "''") + "'"
    default = " DEFAULT 'a,b'" if item.type == "CHAR" and not item.mandatory else ""
    name = _quoted(dialect, item.name)
    return f"  {name} {sql_type(dialect, item)}{length}{default}{needed}{comment}"


def _comment(dialect: str, holder: Holder, item: Item) -> list[str]:
    if not item.description or dialect in ("mysql", "sqlite"):
        return []
    text = item.description.replace("'", "''")
    if dialect == "tsql":
        place = f"@level1type=N'TABLE', @level1name=N'{holder.name}'"
        column = f"@level2type=N'COLUMN', @level2name=N'{item.name}'"
        given = f"@name=N'MS_Description', @value=N'{text}', @level0type=N'SCHEMA'"
        call = f"EXEC sys.sp_addextendedproperty {given}, @level0name=N'dbo', {place}, {column}"
        return [f"{call}\nGO\n"]
    name = f"{_SCHEMA[dialect]}{_quoted(dialect, holder.name)}.{_quoted(dialect, item.name)}"
    return [f"COMMENT ON COLUMN {name} IS '{text}'{_END[dialect]}"]


JSON_TYPES = {
    "VARCHAR2": "STRING",
    "CHAR": "STRING",
    "NUMBER": "NUMBER",
    "DATE": "DATE",
    "INTEGER": "INTEGER",
    "TIMESTAMP": "DATETIME",
}


def as_json(path: Path, made: list[Holder], pool: str = "$defs") -> Path:
    """A JSON Schema that defines each table as an object."""
    defined: dict[str, Any] = {}
    for holder in made:
        defined[holder.name] = {
            "type": "object",
            "description": holder.about,
            "required": [item.name for item in holder.items if item.mandatory],
            "properties": {item.name: _property(item) for item in holder.items},
        }
    whole = {"$schema": "https://json-schema.org/draft/2020-12/schema", pool: defined}
    path.write_text(json.dumps(whole, indent=2), encoding="utf-8")
    return path


def _property(item: Item) -> dict[str, Any]:
    kind = JSON_TYPES[item.type]
    said: dict[str, Any] = {
        "type": {"DATE": "string", "DATETIME": "string"}.get(kind, kind.lower())
    }
    if kind in ("DATE", "DATETIME"):
        said["format"] = {"DATE": "date", "DATETIME": "date-time"}[kind]
    if item.length and kind == "STRING":
        said["maxLength"] = int(item.length)
    if item.key:
        said["x-primary-key"] = True
    if item.foreign[0]:
        said["x-foreign-key"] = f"{item.foreign[0]}.{item.foreign[1]}"
    if item.description:
        said["description"] = item.description
    return said | {"x-data-element": item.element, "deprecated": item.deleted == "1"}
