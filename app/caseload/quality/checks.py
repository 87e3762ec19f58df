"""Checks: quality rules turned towards particular tables and fields, still as data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from caseload.engine.dates import DateFormat, parse, parses
from caseload.engine.sql import ident, texts
from caseload.quality.rules import QualityRule


@dataclass(frozen=True, slots=True)
class RowCheck:
    """Every row of the table (alias t) where the SQL `condition` is true offends."""

    rule: QualityRule
    table: str
    field: str
    condition: str
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


def value(field: str) -> str:
    """SQL for the value of a field of the row at hand."""
    return f"t.{ident(field)}"


def not_one_of(sql: str, values: Iterable[str]) -> str:
    """SQL that is true where a filled value is none of `values`."""
    known = texts(values)
    return f"({sql} IS NOT NULL AND {sql} NOT IN ({known}))" if known else f"({sql} IS NOT NULL)"


def not_a_date(field: str, form: DateFormat) -> str:
    """SQL that is true where a filled value is no real date of that format."""
    return f"({value(field)} IS NOT NULL AND NOT {parses(value(field), form)})"


def day(field: str, form: DateFormat) -> str:
    """SQL for the day of a date or date and time field; NULL where it is none."""
    return f"CAST({parse(value(field), form)} AS DATE)"
