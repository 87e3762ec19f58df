"""A schema as SQL: the tables, keys and comments of a script of CREATE and ALTER statements."""

from __future__ import annotations

import logging
import re
from collections import Counter
from pathlib import Path

from caseload.model.catalog import Provenance, ReadProblem
from caseload.model.errors import BadInput
from caseload.specs.readers.csv_text import decoded
from caseload.specs.readers.grid import Extracted, Grid, Row, Tell
from caseload.specs.readers.names import clean_cell
from caseload.specs.readers.plain_rows import canonical_cells, every_column
from caseload.specs.readers.sql_statements import (
    NAME,
    Statement,
    dialect_of,
    is_boundless,
    items,
    statements,
    unquoted,
)
from caseload.specs.readers.sql_tables import Column, Parser, Table
from caseload.specs.readers.vocabulary import Role

_MOST_PROBLEMS = 100
_CREATE = re.compile(
    rf"CREATE\s+(?:OR\s+REPLACE\s+)?(?:\w+\s+){{0,3}}?TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?({NAME})",
    re.IGNORECASE,
)
_ALTER = re.compile(
    rf"ALTER\s+TABLE\s+(?:IF\s+EXISTS\s+)?(?:ONLY\s+)?({NAME})\s+(?:WITH\s+(?:NO)?CHECK\s+)?(.*)",
    re.IGNORECASE | re.DOTALL,
)
_ADD = re.compile(r"ADD\s+(?:COLUMN\s+)?(?:IF\s+NOT\s+EXISTS\s+)?", re.IGNORECASE)
_SET_NOT_NULL = re.compile(
    rf"(?:MODIFY|ALTER)\s+(?:COLUMN\s+)?\(?\s*({NAME})\b.*?\bNOT\s+NULL\b",
    re.IGNORECASE | re.DOTALL,
)
_NO_ADDITION = re.compile(r"(?:ALTER|DROP|MODIFY)\b", re.IGNORECASE)
_STRING = r"[NE]?'((?:[^']|'')*)'"
_GUARDED = r"[NE]?'((?:[^'\\]|''|\\.)*)'"
_COMMENT = re.compile(
    rf"COMMENT\s+ON\s+(TABLE|COLUMN)\s+({NAME})\s+IS\s+{_STRING}", re.IGNORECASE | re.DOTALL
)
_TABLE_COMMENT = re.compile(rf"\bCOMMENT\s*=?\s*{_GUARDED}", re.IGNORECASE | re.DOTALL)
_PROPERTY = re.compile(r"EXEC(?:UTE)?\s+\S*sp_addextendedproperty\b(.*)", re.IGNORECASE | re.DOTALL)


def extract(path: Path, name: str, tell: Tell) -> Extracted:
    """Read every CREATE TABLE of a script with what later statements add to it.

    Raises:
        BadInput: the file is no text, or creates no table.
    """
    tell(0.0, "SQL")
    logging.getLogger("sqlglot").setLevel(logging.CRITICAL)
    script = decoded(path.read_bytes(), name)
    dialect = dialect_of(script)
    reader = _Script(name, dialect)
    lines = script.count("\n") + 1
    for statement in statements(script, dialect):
        tell(0.99 * statement.line / lines, "statements")
        reader.take(statement)
    if not reader.tables:
        raise BadInput(
            "The script has no CREATE TABLE that could be read",
            where=name,
            remedy="Give the script that creates the schema",
        )
    return Extracted(reader.grids(), reader.problems)


class _Script:
    """What the statements taken so far have declared."""

    def __init__(self, name: str, dialect: str) -> None:
        self._name = name
        self._parser = Parser(dialect)
        self.tables: dict[tuple[str, str], Table] = {}
        self.problems: list[ReadProblem] = []

    def take(self, statement: Statement) -> None:
        """Add what a statement declares; most declare nothing of a schema."""
        text = statement.text
        head = text[:20].upper()
        if is_boundless(text):
            self._problem("The statement is far too long or nested to be read", statement.line)
        elif head.startswith("CREATE"):
            create = _CREATE.match(text)
            if create:
                self._create(statement, create)
        elif head.startswith("ALTER"):
            alter = _ALTER.match(text)
            if alter:
                self._alter(statement, alter)
        elif head.startswith("COMMENT"):
            comment = _COMMENT.match(text)
            if comment:
                self._comment(comment)
        elif head.startswith("EXEC"):
            added = _PROPERTY.match(text)
            if added:
                self._property(added.group(1))

    def grids(self) -> list[Grid]:
        """Each table as a grid whose columns are settled."""
        twins = Counter(table.name.casefold() for table in self.tables.values())
        shown = {
            key: f"{t.schema}.{t.name}" if t.schema and twins[t.name.casefold()] > 1 else t.name
            for key, t in self.tables.items()
        }
        grids = []
        for key, table in self.tables.items():
            if not table.columns:
                self._problem(f"Table {shown[key]} has no columns", table.line)
            rows = [
                Row(self._cells(column, shown[key], shown), Provenance(self._name, row=column.line))
                for column in table.columns.values()
            ]
            about = clean_cell(table.comment)
            grids.append(Grid(rows, settled=every_column(), table=shown[key], described=about))
        return grids

    def _cells(self, column: Column, table: str, shown: dict[tuple[str, str], str]) -> list[str]:
        foreign = column.foreign or ("", "")
        known = self._known(*_parted(foreign[0])) if foreign[0] else None
        target = shown[known] if known else foreign[0].rpartition(".")[2]
        values = "".join(f"{clean_cell(value)}\n" for value in column.values)
        return canonical_cells(
            {
                Role.TABLE: table,
                Role.FIELD: clean_cell(column.name),
                Role.TYPE: column.data_type,
                Role.LENGTH: column.length,
                Role.MANDATORY: "Y" if column.needed else "N",
                Role.DESCRIPTION: clean_cell(column.comment),
                Role.KEY: "Y" if column.key else "",
                Role.UNIQUE: "Y" if column.unique else "",
                Role.FOREIGN_TABLE: target,
                Role.FOREIGN_FIELD: foreign[1],
                Role.VALUES: values,
            }
        )

    def _known(self, schema: str, name: str) -> tuple[str, str] | None:
        """The key of a table by its name, in its schema or in the only one that has it."""
        own = (schema.casefold(), name.casefold())
        if own in self.tables:
            return own
        alike = [key for key in self.tables if key[1] == own[1]]
        return alike[0] if len(alike) == 1 else None

    def _create(self, statement: Statement, match: re.Match[str]) -> None:
        text = statement.text
        schema, name = _parted(match.group(1))
        key = (schema.casefold(), name.casefold())
        opening = text.find("(", match.end())
        between = text[match.end() : opening].strip() if opening >= 0 else "none"
        if between:
            self._problem(f"CREATE TABLE {name} lists no columns; it was not read", statement.line)
            return
        if key in self.tables:
            self._problem(f"Table {name} is created a second time; the first is kept",
                          statement.line)  # fmt: skip
            return
        table = self.tables[key] = Table(schema, name, statement.line)
        parts, end = items(text, opening)
        self._add(statement, table, parts)
        said = _TABLE_COMMENT.search(text, end)
        table.comment = _unescaped(said.group(1)) if said else ""
        for column in table.columns.values():
            column.comment = column.comment or statement.notes.get(column.line, "")

    def _add(self, statement: Statement, table: Table, parts: list[tuple[int, str]]) -> None:
        lines = [(statement.line_at(at), text) for at, text in parts]
        for line, text in self._parser.add(table, lines):
            said = " ".join(text.split())[:60]
            self._problem(f"A part of table {table.name} cannot be understood: {said}", line)

    def _alter(self, statement: Statement, match: re.Match[str]) -> None:
        schema, name = _parted(match.group(1))
        key = self._known(schema, name)
        rest, at = match.group(2), match.start(2)
        adds = _ADD.match(rest)
        if key is None:
            if adds:
                self._problem(f"ALTER TABLE {name}: no such table was created", statement.line)
            return
        table = self.tables[key]
        if not adds:
            needed = _SET_NOT_NULL.match(rest)
            column = table.column(unquoted(needed.group(1))[-1]) if needed else None
            if column is not None:
                column.needed = True
            return
        parts, _ = items(f"({rest})", 0)
        if len(parts) == 1 and rest[adds.end() :].startswith("("):
            parts, _ = items(rest, adds.end())
            at += 1
        cleaned = [(at + place - 1, _ADD.sub("", text, count=1)) for place, text in parts]
        wanted = [part for part in cleaned if not _NO_ADDITION.match(part[1])]
        self._add(statement, table, wanted)

    def _comment(self, match: re.Match[str]) -> None:
        parts = unquoted(match.group(2))
        text = _unescaped(match.group(3))
        column = parts.pop() if match.group(1).upper() == "COLUMN" else ""
        key = self._known(parts[-2] if len(parts) > 1 else "", parts[-1]) if parts else None
        self._describe(key, column, text)

    def _property(self, arguments: str) -> None:
        """A description given as SQL Server's extended property."""
        named = dict(re.findall(rf"@(\w+)\s*=\s*{_STRING}", arguments))
        if not named:
            given = [_unescaped(text) for text in re.findall(_STRING, arguments)]
            keys = ("name", "value", "level0type", "level0name", "level1type", "level1name",
                    "level2type", "level2name")  # fmt: skip
            named = dict(zip(keys, given, strict=False))
        if named.get("name", "").casefold() == "ms_description":
            key = self._known(named.get("level0name", ""), named.get("level1name", ""))
            self._describe(key, named.get("level2name", ""), _unescaped(named.get("value", "")))

    def _describe(self, key: tuple[str, str] | None, column: str, text: str) -> None:
        if key is None:
            return
        table = self.tables[key]
        found = table.column(column) if column else None
        if found is not None:
            found.comment = text
        elif not column:
            table.comment = text

    def _problem(self, message: str, line: int) -> None:
        if len(self.problems) < _MOST_PROBLEMS:
            self.problems.append(ReadProblem(message, Provenance(self._name, row=line)))


def _parted(name: str) -> tuple[str, str]:
    """Schema and name of a table."""
    parts = unquoted(name)
    return (parts[-2] if len(parts) > 1 else "", parts[-1])


def _unescaped(text: str) -> str:
    return text.replace("''", "'").replace("\\'", "'")
