"""What a row that was not read as a field seems to say, to begin with when a person adds it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from caseload.model.catalog import FieldSpec, Side
from caseload.model.errors import BadInput
from caseload.model.schema_views import ProblemRow
from caseload.services import mapping_view, sheet_rows

if TYPE_CHECKING:
    from caseload.services.session import ProjectSession

_QUOTED = re.compile(r"[\"\u201c]([^\"\u201d]+)[\"\u201d]")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)+|[A-Z][a-z]+(?:[A-Z][a-z0-9]*)+")
_TYPE = re.compile(
    r"\b(N?VARCHAR2?|CHAR|NUMBER|NUMERIC|DECIMAL|INT(?:EGER)?|DATE(?:TIME)?|TIMESTAMP|CLOB)\b"
    r"(?:\s*\(\s*(\d+(?:\s*,\s*\d+)?)\s*\))?",
    re.IGNORECASE,
)


def field_at(session: ProjectSession, side: Side, row: ProblemRow) -> FieldSpec:
    """The field that a problem's place seems to describe; what is not known stays empty."""
    words = _words_at(session, row)
    catalog = mapping_view.catalog(session, side)
    name = next(
        (
            found
            for found in _NAME.findall(words)
            if found not in catalog.tables and catalog.find(row.table, found) is None
        ),
        "",
    )
    kind = _TYPE.search(words)
    length = (kind[2] or "").replace(" ", "") if kind else ""
    if kind and not length and row.problem.provenance.row is None:
        after = re.match(r"\s+(\d{1,4})\b", words[kind.end() :])
        length = after[1] if after else ""
    return FieldSpec(
        row.table,
        name,
        _position(catalog.tables[row.table].fields, row) if row.table in catalog.tables else 0,
        data_type=kind[1].upper() if kind else "",
        length=length,
    )


def _words_at(session: ProjectSession, row: ProblemRow) -> str:
    """What the document says at the place, else what the message quotes of it."""
    said = " ".join(_QUOTED.findall(row.problem.message)) or row.problem.message
    place = row.problem.provenance
    if place.row is None:
        return said
    try:
        shown = sheet_rows.around(session, place, rows=0)
    except BadInput:
        return said
    cells = next(
        (cells for number, cells in (shown.rows if shown else ()) if number == place.row), ()
    )
    return " ".join(cells) or said


def _position(fields: tuple[FieldSpec, ...], row: ProblemRow) -> int:
    """After the fields that stand before the place in the document."""
    place = row.problem.provenance
    here = (place.page or place.row or 0, place.box[1] if place.box else 0.0)
    before = [
        spec.position
        for spec in fields
        if (
            spec.provenance.page or spec.provenance.row or 0,
            spec.provenance.box[1] if spec.provenance.box else 0.0,
        )
        <= here
    ]
    return max(before, default=0) + 1
