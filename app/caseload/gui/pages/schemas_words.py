"""A field of a catalog in words: type, format and place, why it is believed, who mended it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from caseload.gui import words
from caseload.model.catalog import Check, FieldSpec, Side
from caseload.model.views import FieldRow, TableSummary

_SHOWN_PASSED = 2

DOUBTFUL = 0.90
"""Below this a field is worth a look; the same limit as `TableSummary.doubtful`."""

EDITABLE: dict[Side, tuple[tuple[str, str], ...]] = {
    Side.SOURCE: (
        ("field_name", "Field"),
        ("length", "Size"),
        ("data_element", "Data element"),
        ("description", "Description"),
    ),
    Side.TARGET: (
        ("field_name", "Field"),
        ("data_type", "Type"),
        ("length", "Length"),
        ("format", "Format"),
        ("code_type", "Code type"),
    ),
}
"""What a person may correct in place: FieldSpec attribute and its words."""


@dataclass(frozen=True, slots=True)
class CheckLine:
    """A check as a line: passed or not, and its words."""

    passed: bool
    words: str


@dataclass(frozen=True, slots=True)
class FieldCard:
    """A field as the inspector shows it."""

    title: str
    certain: str
    doubtful: bool
    checks: tuple[CheckLine, ...]
    more_passed: tuple[CheckLine, ...]
    as_read: str
    used_by: str
    correction: str
    place: str
    document: str


def coverage_words(table: TableSummary) -> str:
    """A table in a sentence, for the tool tip and a screen reader."""
    said = [f"{table.name}: {words.plural(table.fields, 'field')}"]
    if table.doubtful:
        said.append(f"{words.number(table.doubtful)} doubtful")
    said.append(f"{words.number(table.mapped)} mapped")
    return ", ".join(said)


def type_words(spec: FieldSpec) -> str:
    """VARCHAR2(4)."""
    return f"{spec.data_type}({spec.length})" if spec.length else spec.data_type


def format_words(spec: FieldSpec) -> str:
    """What is known of the values: the parent, the code list, the mask, the values, unique."""
    if spec.foreign_table:
        parent = f"{spec.foreign_table}.{spec.foreign_field}"
        return parent.rstrip(".")
    if spec.code_type:
        return f"code type {spec.code_type.split(maxsplit=1)[0]}"
    if spec.format:
        return spec.format
    if spec.allowed_values:
        *head, last = spec.allowed_values
        return f"{', '.join(head)} or {last}" if head else last
    if spec.unique or spec.key:
        return "unique"
    return "capitals" if spec.upper else ""


def place_words(spec: FieldSpec) -> str:
    """The number of the page, or of the row in its sheet."""
    place = spec.provenance.page or spec.provenance.row
    return words.number(place) if place else ""


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def check_line(check: Check) -> CheckLine:
    """A check in words; what failed says how."""
    if check.passed:
        note = f" ({check.note})" if check.note else ""
        return CheckLine(passed=True, words=f"{_sentence(check.name)}{note}")
    return CheckLine(passed=False, words=f"{_sentence(check.name)}: {check.note or 'not so'}")


def field_card(row: FieldRow) -> FieldCard:
    """A field for the inspector: what failed first, of what passed the first two."""
    spec = row.spec
    lines = [check_line(check) for check in spec.checks]
    failed = tuple(line for line in lines if not line.passed)
    passed = tuple(line for line in lines if line.passed)
    shown = passed[:_SHOWN_PASSED]
    correction = "None. Yours would survive a new issue."
    if row.corrected_by:
        why = f": {row.correction_reason}" if row.correction_reason else ""
        correction = f"{row.corrected_by}{why}"
    used = len(row.used_by)
    return FieldCard(
        title=spec.field_name,
        certain=f"{spec.confidence:.2f}",
        doubtful=spec.confidence < DOUBTFUL,
        checks=(*shown, *failed),
        more_passed=passed[_SHOWN_PASSED:],
        as_read=as_read_words(spec),
        used_by=words.plural(used, "mapping") if used else "",
        correction=correction,
        place=where_words(spec),
        document=spec.provenance.document,
    )


def as_read_words(spec: FieldSpec) -> str:
    """A name as it stands in the document; pieces of a broken one parted by strokes."""
    raw = spec.raw_field_name or spec.field_name
    pieces = raw.split()
    return " / ".join(pieces) if "".join(pieces) == spec.field_name else raw


def where_words(spec: FieldSpec, pages: int = 0) -> str:
    """Where in its document a field stands."""
    found = spec.provenance
    if found.page is not None:
        return f"page {found.page} of {pages}" if pages else f"page {found.page}"
    sheet = f"sheet {found.sheet}, " if found.sheet else ""
    return f"{sheet}row {words.number(found.row)}" if found.row else found.sheet


def changes_of(spec: FieldSpec, values: Mapping[str, Any]) -> dict[str, Any]:
    """Those of the values that differ from the field as it stands."""
    return {name: value for name, value in values.items() if getattr(spec, name) != value}
