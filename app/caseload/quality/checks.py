"""Checks: quality rules turned towards particular tables and fields, still as data."""

from __future__ import annotations

from dataclasses import dataclass

from caseload.quality.rules import QualityRule


@dataclass(frozen=True, slots=True)
class RowCheck:
    """Every row where `expression` is true offends.

    `expression` is in the contract's expression language, columns written TABLE.Field.
    """

    rule: QualityRule
    table: str
    field: str
    expression: str
    other: str = ""


@dataclass(frozen=True, slots=True)
class DuplicateCheck:
    """Every row offends whose `fields`, all of them filled, are shared with another row."""

    rule: QualityRule
    table: str
    fields: tuple[str, ...]
    other: str = ""

    @property
    def field(self) -> str:
        """The field that the issue is filed under: the only one, or the last of several."""
        return self.fields[-1]


@dataclass(frozen=True, slots=True)
class OrphanCheck:
    """Every row offends whose filled `fields` are in no row of the parent."""

    rule: QualityRule
    table: str
    fields: tuple[str, ...]
    parent: str
    parent_fields: tuple[str, ...]

    @property
    def field(self) -> str:
        """The field that the issue is filed under."""
        return self.fields[-1]

    @property
    def other(self) -> str:
        """The parent as words."""
        return f"{self.parent} ({', '.join(self.parent_fields)})"


Check = RowCheck | DuplicateCheck | OrphanCheck


def message_of(check: Check) -> str:
    """The sentence of the check's rule with its field and its counterpart filled in."""
    return check.rule.sentence.format(field=check.field, other=check.other)


def literal(text: str) -> str:
    """A text literal of the expression language."""
    return "'" + text.replace("'", "''") + "'"


def one_of(column: str, values: tuple[str, ...]) -> str:
    """An expression that is true where a column holds one of some values."""
    return f"{column} IN ({', '.join(literal(value) for value in values)})"
