"""Which fields of a catalog a query means, and in which order they come."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from caseload.model.catalog import FieldSpec
from caseload.model.views import FieldQuery, FieldRow

DOUBTFUL_BELOW = 0.90

BANDS: Mapping[str, tuple[float, float, str]] = {
    "low": (0.0, 0.70, "below 0.70"),
    "doubtful": (0.70, 0.90, "0.70 to 0.89"),
    "fair": (0.90, 0.98, "0.90 to 0.97"),
    "sure": (0.98, 1.01, "0.98 and above"),
}
"""Bands of confidence: from, below, and in words."""

SORTS: Mapping[str, Callable[[FieldRow], Any]] = {
    "position": lambda r: r.spec.position,
    "table_name": lambda r: r.spec.table_name,
    "field_name": lambda r: r.spec.field_name,
    "raw_field_name": lambda r: r.spec.raw_field_name,
    "data_type": lambda r: r.spec.data_type,
    "length": lambda r: (r.spec.size or 0, r.spec.scale),
    "mandatory": lambda r: r.spec.mandatory,
    "key": lambda r: r.spec.key,
    "unique": lambda r: r.spec.unique,
    "upper": lambda r: r.spec.upper,
    "data_element": lambda r: r.spec.data_element,
    "format": lambda r: r.spec.format,
    "code_type": lambda r: code_number(r.spec.code_type),
    "foreign_table": lambda r: (r.spec.foreign_table, r.spec.foreign_field),
    "allowed_values": lambda r: r.spec.allowed_values,
    "condition": lambda r: r.spec.condition,
    "loaded_to": lambda r: r.spec.loaded_to,
    "description": lambda r: r.spec.description,
    "released_at": lambda r: r.spec.released_at,
    "logical_delete_flag": lambda r: r.spec.logical_delete_flag,
    "confidence": lambda r: r.spec.confidence,
    "place": lambda r: _place(r.spec),
    "used_by": lambda r: len(r.used_by),
    "corrected_by": lambda r: (r.corrected_by, r.corrected_at),
}
"""The columns that fields may be sorted by."""

_YES = {"y": True, "yes": True, "true": True, "n": False, "no": False, "false": False}


def matches(row: FieldRow, query: FieldQuery) -> bool:
    """Whether a field is among those that a query means."""
    spec = row.spec
    return (
        (not query.table or spec.table_name == query.table)
        and query.mandatory in (None, spec.mandatory)
        and (query.below_confidence is None or spec.confidence < query.below_confidence)
        and (not query.bands or band_of(spec.confidence) in query.bands)
        and query.mapped in (None, row.mapped)
        and query.corrected in (None, bool(row.corrected_by))
        and query.key in (None, spec.key)
        and query.problems in (None, bool(row.problems))
        and (query.among is None or (spec.table_name, spec.field_name) in query.among)
        and all(_cell_says(row, column, words) for column, words in query.cells)
        and _speaks_of(spec, query.text.casefold().split())
    )


def band_of(confidence: float) -> str:
    """The band that a confidence falls into."""
    for key, (low, high, _words) in BANDS.items():
        if low <= confidence < high:
            return key
    return "low"


def code_number(code_type: str) -> tuple[int, str]:
    """A code type for sorting: its number before its words."""
    head = code_type.split(maxsplit=1)[0] if code_type.strip() else ""
    return (int(head) if head.isdecimal() else 0, code_type)


def _place(spec: FieldSpec) -> tuple[str, int, str, int, float]:
    place = spec.provenance
    top = place.box[1] if place.box else 0.0
    return (place.document, place.page or 0, place.sheet, place.row or 0, top)


def cell_text(row: FieldRow, column: str) -> str:
    """What a column says of a field, for filters and exports."""
    spec = row.spec
    if column == "foreign_table":
        return f"{spec.foreign_table}.{spec.foreign_field}".strip(".")
    if column == "used_by":
        return ", ".join(row.used_by)
    if column == "corrected_by":
        return row.corrected_by
    if column == "place":
        return spec.provenance.words()
    value = getattr(spec, column, "")
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ", ".join(value)
    return f"{value:.2f}" if isinstance(value, float) else str(value)


def _cell_says(row: FieldRow, column: str, words: str) -> bool:
    """`words` are in the cell; "=X" means exactly X, "=" alone an empty cell, "!=" any but one."""
    text = cell_text(row, column).casefold()
    wanted = words.strip().casefold()
    if wanted in _YES and text in ("yes", "no"):
        return text == ("yes" if _YES[wanted] else "no")
    if wanted.startswith("!="):
        return text != wanted[2:].strip()
    if wanted.startswith("="):
        return text == wanted[1:].strip()
    return all(word in text for word in wanted.split())


def _speaks_of(spec: FieldSpec, words: list[str]) -> bool:
    if not words:
        return True
    text = f"{spec.qualified} {spec.description} {spec.format} {spec.code_type}".casefold()
    return all(word in text for word in words)
