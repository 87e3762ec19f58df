"""A field of a catalog in words: type, format and place, why it is believed, who mended it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from caseload.gui import words
from caseload.model.catalog import Check, FieldSpec, Provenance, Side
from caseload.model.schema_views import CorrectionEvent
from caseload.model.views import FieldRow, TableSummary

_SHOWN_PASSED = 2

DOUBTFUL = 0.90
"""Below this a field is worth a look; the same limit as `TableSummary.doubtful`."""

EDITABLE: dict[Side, tuple[tuple[str, str], ...]] = {
    Side.SOURCE: (
        ("field_name", "Field"),
        ("data_type", "Type"),
        ("length", "Size"),
        ("data_element", "Data element"),
        ("foreign_key", "Foreign key"),
        ("description", "Description"),
    ),
    Side.TARGET: (
        ("field_name", "Field"),
        ("data_type", "Type"),
        ("length", "Length"),
        ("format", "Format"),
        ("code_type", "Code type"),
        ("foreign_key", "Foreign key"),
        ("allowed_values", "Values"),
        ("condition", "Condition"),
        ("description", "Description"),
    ),
}
"""What the form corrects beside the flags: a trait and its words."""

FLAGS = (("mandatory", "Mandatory"), ("key", "Key"), ("unique", "Unique"))
"""What is so of a field or not."""


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
    changes: tuple[tuple[str, str, str], ...] = ()
    standing: str = ""
    aside: bool = False


def coverage_words(table: TableSummary) -> str:
    """A table in a sentence, for the tool tip and a screen reader."""
    said = [f"{table.name}: {words.plural(table.fields, 'field')}"]
    if table.doubtful:
        said.append(f"{words.number(table.doubtful)} doubtful")
    if table.problems:
        said.append(words.plural(table.problems, "problem"))
    if table.corrected:
        said.append(f"{words.number(table.corrected)} corrected")
    said.append(f"{words.number(table.mapped)} mapped")
    return ", ".join(said)


def type_words(spec: FieldSpec) -> str:
    """VARCHAR2(4)."""
    return f"{spec.data_type}({spec.length})" if spec.length else spec.data_type


def foreign_words(spec: FieldSpec) -> str:
    """The parent that a field leads to: TABLE.FIELD."""
    return f"{spec.foreign_table}.{spec.foreign_field}".strip(".")


def format_trait(spec: FieldSpec) -> str:
    """Which trait says most of the values: the one that `format_words` shows."""
    if spec.foreign_table:
        return "foreign_key"
    if spec.code_type:
        return "code_type"
    if spec.format or not spec.allowed_values:
        return "format"
    return "allowed_values"


def format_words(spec: FieldSpec) -> str:
    """What is known of the values: the parent, the code list, the mask, the values, unique."""
    if spec.foreign_table:
        return foreign_words(spec)
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


def one_line(text: str) -> str:
    """Words of several lines in one."""
    return " ".join(text.split())


def used_words(row: FieldRow) -> str:
    """What the contract joins a field to."""
    if row.used_by:
        return row.used_by[0] if len(row.used_by) == 1 else words.plural(len(row.used_by), "field")
    return "by rule" if row.mapped else ""


def corrected_words(row: FieldRow) -> str:
    """Who corrected a field, and whether that still needs to stand."""
    if not row.corrected_by:
        return ""
    aside = {"no longer needed": " (not needed)", "the document says something else now": " (look)"}
    return f"{row.corrected_by}{aside.get(row.standing, '')}"


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
        correction = who_words(row.corrected_by, row.corrected_at, row.correction_reason)
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
        changes=change_lines(row),
        standing=STANDINGS.get(row.standing, "") if row.corrected_by else "",
        aside=row.standing == "the document says something else now",
    )


def as_read_words(spec: FieldSpec) -> str:
    """A name as it stands in the document; pieces of a broken one parted by strokes."""
    raw = spec.raw_field_name or spec.field_name
    pieces = raw.split()
    return " / ".join(pieces) if "".join(pieces) == spec.field_name else raw


def where_words(spec: FieldSpec, pages: int = 0) -> str:
    """Where in its document a field stands."""
    return place_of(spec.provenance, pages)


def place_of(place: Provenance, pages: int = 0) -> str:
    """A place in words, without its document."""
    if place.page is not None:
        return f"page {place.page} of {pages}" if pages else f"page {place.page}"
    sheet = f"sheet {place.sheet}, " if place.sheet else ""
    return f"{sheet}row {words.number(place.row)}" if place.row else place.sheet


STANDINGS = {
    "no longer needed": "The document now says the same: the correction is no longer needed.",
    "the document says something else now": "The document has changed here since; look again.",
}
"""What is to be said of a correction that does not simply hold."""


def change_lines(row: FieldRow) -> tuple[tuple[str, str, str], ...]:
    """What a correction changed: the column, what was read, what it should be."""
    from caseload.services.correction_values import TITLES, text_of

    if row.corrected_by and row.read is None:
        return (("Added", "", "by a person"),)
    if row.read is None:
        return ()
    read, spec = row.read, row.spec
    return tuple(
        (TITLES.get(name, name), one_line(text_of(read, name)), one_line(text_of(spec, name)))
        for name in sorted(row.changed)
    )


def who_words(by: str, at: str, why: str) -> str:
    """Anna, 24 Nov 2026 09:12: errata of May."""
    when = ""
    if at:
        when = f", {words.moment(datetime.fromisoformat(at))}"
    return f"{by}{when}: {why}" if why else f"{by}{when}"


_DID = {
    "correct": "corrected",
    "confirm": "confirmed as read",
    "add": "added",
    "remove": "removed",
    "take": "took the correction back",
    "describe": "described",
}


def event_words(event: CorrectionEvent) -> str:
    """One thing done to a field."""
    when = words.moment(datetime.fromisoformat(event.at))
    head = event.what.split(maxsplit=1)[0] if event.what else ""
    did = _DID.get(head, event.what)
    if head == "correct":
        did = f"corrected {event.changed.replace('_', ' ')}".strip()
    why = f": {event.why}" if event.why and event.why != "confirmed as read" else ""
    return f"{when}  {event.by} {did}{why}"


def breakable(text: str) -> str:
    """Words with places where a long name may be broken over lines."""
    return text.replace("_", "_\u200b").replace(".", ".\u200b")


TreeOrder = tuple[str, Callable[[TableSummary], Any] | None]

TREE_ORDERS: dict[str, TreeOrder] = {
    "document": ("As in the document", None),
    "name": ("By name", lambda t: t.name.casefold()),
    "fields": ("Most fields first", lambda t: -t.fields),
    "doubtful": ("Most doubtful first", lambda t: (-t.doubtful, t.mean_confidence)),
    "problems": ("Most problems first", lambda t: -t.problems),
    "mapped": ("Least mapped first", lambda t: t.mapped / t.fields if t.fields else 0.0),
    "corrected": ("Most corrected first", lambda t: -t.corrected),
}
"""How the tree may be sorted: in words, and by what."""
