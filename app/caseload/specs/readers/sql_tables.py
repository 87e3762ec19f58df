"""Tables put together from the statements of a SQL script: columns, keys, checks, comments."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from caseload.specs.readers.cells import type_and_length
from caseload.specs.readers.roles import looks_like_type
from caseload.specs.readers.sql_statements import items, unquoted

_CONSTRAINT = re.compile(
    r"(?:CONSTRAINT|PRIMARY\s+KEY|FOREIGN\s+KEY|UNIQUE|CHECK|KEY|INDEX|FULLTEXT|SPATIAL|PERIOD|"
    r"EXCLUDE|LIKE|SUPPLEMENTAL)\b(?!\s*[\"`\[]?\s*(?:VARCHAR|CHAR|INT|NUMBER|TEXT|DATE))",
    re.IGNORECASE,
)
_TYPE_ENDS = re.compile(
    r"\b(?:NOT\s+NULL|NULL|DEFAULT|CONSTRAINT|PRIMARY\s+KEY|UNIQUE|REFERENCES|CHECK|COMMENT|COLLATE|"
    r"GENERATED|IDENTITY|AUTO_INCREMENT|AUTOINCREMENT|ENABLE|DISABLE|CHARACTER\s+SET|CHARSET|ENCODE|"
    r"ON\s+UPDATE|VISIBLE|INVISIBLE|SPARSE|ROWGUIDCOL|STORED|VIRTUAL|AS|KEY|FOREIGN)\b",
    re.IGNORECASE,
)
_SAYS_NOTHING = re.compile(r"(?:KEY|INDEX|FULLTEXT|SPATIAL|PERIOD|SUPPLEMENTAL)\b", re.IGNORECASE)
_COLUMN = re.compile(r"(\"[^\"]+\"|`[^`]+`|\[[^\]]+\]|[^\s\"`\[(),]+)\s*(.*)", re.DOTALL)
_NOISE = re.compile(
    r"\b(?:NOT\s+DEFERRABLE|DEFERRABLE|(?:NOT\s+)?ENFORCED|(?:NOT\s+)?TRUSTED|INITIALLY\s+\w+|ENABLE|DISABLE|(?:NO)?VALIDATE|RELY|"
    r"USING\s+INDEX\b.*|(?:NON)?CLUSTERED|NOT\s+FOR\s+REPLICATION|SPARSE|ROWGUIDCOL|"
    r"NOT\s+VALID)\b|\bWITH\s*\([^)]*\)(?:\s*ON\s+\[?\w+\]?)?",
    re.IGNORECASE | re.DOTALL,
)
_TEXT = re.compile(r"'((?:[^']|'')*)'")


@dataclass(slots=True)
class Column:
    """A column as declared; `values` are those a check or an enumeration allows."""

    name: str
    line: int
    data_type: str = ""
    length: str = ""
    needed: bool = False
    key: bool = False
    unique: bool = False
    comment: str = ""
    values: tuple[str, ...] = ()
    foreign: tuple[str, str] | None = None


@dataclass(slots=True)
class Table:
    """A table as declared; `schema` is what stood before its name, and may be empty."""

    schema: str
    name: str
    line: int
    comment: str = ""
    columns: dict[str, Column] = field(default_factory=dict)

    def column(self, name: str) -> Column | None:
        """The column of that name, compared without case."""
        return self.columns.get(name.casefold())


class Parser:
    """Reads the parts of CREATE TABLE and ALTER TABLE statements of one dialect."""

    def __init__(self, dialect: str) -> None:
        self._dialect = dialect or None

    def add(self, table: Table, parts: Sequence[tuple[int, str]]) -> list[tuple[int, str]]:
        """Add columns and constraints, given as (line, text); what cannot be read is returned."""
        parsed = self._parsed([text for _, text in parts])
        failed = []
        for (line, text), tree in zip(parts, parsed, strict=True):
            if not _CONSTRAINT.match(text):
                if not self._column(table, line, text, tree):
                    failed.append((line, text))
            elif tree is not None:
                self._constraint(table, tree)
            elif not re.match(
                r"(?:KEY|INDEX|FULLTEXT|SPATIAL|PERIOD|SUPPLEMENTAL)\b", text, re.IGNORECASE
            ):
                failed.append((line, text))
        return failed

    def _parsed(self, texts: Sequence[str]) -> list[exp.Expression | None]:
        """The syntax tree of each part, all at once where that goes, else one by one."""
        together = self._create(", ".join(map(_plainer, texts)))
        if together is not None and len(together) == len(texts):
            return list(together)
        return [next(iter(self._create(_plainer(text)) or ()), None) for text in texts]

    def _create(self, text: str) -> list[exp.Expression] | None:
        try:
            tree = sqlglot.parse_one(f"CREATE TABLE t ({text})", read=self._dialect)
        except (SqlglotError, RecursionError, ValueError, AttributeError, TypeError):
            return None
        if not isinstance(tree, exp.Create) or not isinstance(tree.this, exp.Schema):
            return None
        return list(tree.this.expressions)

    def _column(self, table: Table, line: int, text: str, tree: exp.Expression | None) -> bool:
        match = _COLUMN.match(text)
        untyped = match is None or not match.group(2).strip()
        if match is None or (untyped and self._dialect != "sqlite"):
            return False
        name = unquoted(match.group(1))[0]
        kind, length, needed = type_and_length(_type_text(match.group(2)))
        understood = isinstance(tree, exp.ColumnDef) or untyped
        kind = kind if understood or looks_like_type(kind) else kind.partition(" ")[0]
        column = Column(name, line, kind, length, needed is True)
        if kind.startswith(("ENUM", "SET")):
            column.data_type, column.length = kind.split("(")[0].strip(), ""
            column.values = _texts(match.group(2))
        table.columns.setdefault(name.casefold(), column)
        if isinstance(tree, exp.ColumnDef):
            for constraint in tree.find_all(exp.ColumnConstraint):
                self._column_constraint(column, constraint.args["kind"])
            return True
        column.needed = bool(re.search(r"\bNOT\s+NULL\b", text, re.IGNORECASE))
        column.key = bool(re.search(r"\bPRIMARY\s+KEY\b", text, re.IGNORECASE))
        return understood

    def _column_constraint(self, column: Column, kind: exp.Expression) -> None:
        if isinstance(kind, exp.NotNullColumnConstraint):
            column.needed = column.needed or not kind.args.get("allow_null")
        elif isinstance(kind, exp.PrimaryKeyColumnConstraint):
            column.key = column.unique = column.needed = True
        elif isinstance(kind, exp.UniqueColumnConstraint):
            column.unique = True
        elif isinstance(kind, exp.CommentColumnConstraint):
            column.comment = kind.this.name
        elif isinstance(kind, exp.CheckColumnConstraint):
            column.values = _allowed(kind.this).get(column.name.casefold(), column.values)
        elif isinstance(kind, exp.Reference):
            target, names = _target(kind)
            column.foreign = (target, names[0] if names else "")

    def _constraint(self, table: Table, tree: exp.Expression) -> None:
        parts = tree.expressions if isinstance(tree, exp.Constraint) else [tree]
        for part in parts:
            kind = part.kind if isinstance(part, exp.ColumnConstraint) else part
            if isinstance(kind, exp.PrimaryKey):
                self._mark(table, _names(kind.expressions), key=True)
            elif isinstance(kind, exp.UniqueColumnConstraint):
                inner = kind.this
                listed = inner.expressions if isinstance(inner, exp.Schema) else []
                self._mark(table, _names(listed), key=False)
            elif isinstance(kind, exp.ForeignKey):
                _refer(table, _names(kind.expressions), kind.args.get("reference"))
            elif isinstance(kind, exp.CheckColumnConstraint):
                for name, values in _allowed(kind.this).items():
                    column = table.column(name)
                    if column is not None:
                        column.values = values

    def _mark(self, table: Table, names: Sequence[str], *, key: bool) -> None:
        for name in names:
            column = table.column(name)
            if column is None:
                continue
            column.unique = column.unique or len(names) == 1
            if key:
                column.key = column.needed = True


def _refer(table: Table, names: Sequence[str], reference: exp.Expression | None) -> None:
    if reference is None:
        return
    target, fields = _target(reference)
    for number, name in enumerate(names):
        column = table.column(name)
        if column is not None:
            column.foreign = (target, fields[number] if number < len(fields) else "")


def _target(reference: exp.Expression) -> tuple[str, list[str]]:
    """The table and fields of a REFERENCES clause; the table with its schema."""
    schema = reference.this
    node = schema.this if isinstance(schema, exp.Schema) else schema
    fields = _names(schema.expressions) if isinstance(schema, exp.Schema) else []
    owner = node.args.get("db") if isinstance(node, exp.Table) else None
    return (f"{owner.name}.{node.name}" if owner is not None else node.name), fields


def _names(nodes: Sequence[exp.Expression]) -> list[str]:
    found = []
    for node in nodes:
        inner = node if isinstance(node, exp.Identifier) else node.find(exp.Identifier)
        if inner is not None:
            found.append(inner.name)
    return found


def _allowed(check: exp.Expression) -> dict[str, tuple[str, ...]]:
    """The values that a check allows a column, by its name without case; {} when not a list."""
    if check.find(exp.GT, exp.GTE, exp.LT, exp.LTE, exp.NEQ, exp.Between, exp.Like, exp.Not):
        return {}
    found: dict[str, list[str]] = {}
    for node in check.find_all(exp.In, exp.EQ):
        column = node.this.find(exp.Column)
        if column is None:
            continue
        values = found.setdefault(column.name.casefold(), [])
        if isinstance(node, exp.In):
            values += [one.name for one in node.expressions if isinstance(one, exp.Literal)]
        elif isinstance(node.expression, exp.Literal):
            values.append(node.expression.name)
        else:
            values += [one.name for one in node.expression.find_all(exp.Literal)]
    if len(found) != 1:
        return {}
    return {name: tuple(dict.fromkeys(values)) for name, values in found.items() if values}


def _plainer(text: str) -> str:
    """A part without the words on storage and enforcement, which say nothing of the schema."""
    return _NOISE.sub(" ", text)


def _type_text(text: str) -> str:
    """The type at the start of what follows a column's name, to its closing bracket."""
    text = re.sub(r"[\"`\[\]]", "", text) if text.startswith(("[", '"', "`")) else text
    opening = text.find("(")
    end = _TYPE_ENDS.search(text)
    if opening >= 0 and (end is None or opening < end.start()):
        _, close = items(text, opening)
        after = _TYPE_ENDS.search(text, close)
        return text[: after.start() if after else len(text)].strip()
    return text[: end.start() if end else len(text)].strip()


def _texts(text: str) -> tuple[str, ...]:
    opening = text.find("(")
    parts, _ = items(text, opening) if opening >= 0 else ([], 0)
    found = [_TEXT.match(part) for _, part in parts]
    return tuple(match.group(1).replace("''", "'") for match in found if match)
