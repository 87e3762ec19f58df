"""A catalog as an Excel file: fields, tables, problems and corrections, each on a sheet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from caseload.model.catalog import Side
from caseload.model.views import ChangeSet, FieldQuery, FieldRow
from caseload.services import schemas
from caseload.services.correction_values import TITLES, text_of
from caseload.services.excel import Sheet, write_workbook
from caseload.services.permission import Permission

if TYPE_CHECKING:
    from caseload.services.session import ProjectSession

_FIELD_COLUMNS = (
    "field_name", "raw_field_name", "data_type", "length", "mandatory", "key", "unique", "upper",
    "format", "code_type", "foreign_key", "allowed_values", "condition", "loaded_to",
    "description",
    "data_element", "logical_delete_flag", "released_at",
)  # fmt: skip
_NAMES = {Side.SOURCE: "Source", Side.TARGET: "Target"}


def export_schemas(
    session: ProjectSession,
    path: Path,
    sides: Sequence[Side],
    *,
    query: FieldQuery | None = None,
) -> ChangeSet:
    """Write the catalogs of `sides` to an .xlsx; with a `query` only the fields that match.

    Raises:
        Refused: the person may not export.
        BadInput: the file would be too long for Excel.
        EnvironmentTrouble: the file cannot be written; one that was there stays.
    """
    session.require(Permission.EXPORT)
    sheets: list[Sheet] = []
    count = 0
    for side in sides:
        wanted = query if query is not None and query.side is side else FieldQuery(side)
        rows = schemas.matching(session, wanted)
        count += len(rows)
        sheets += _sheets(session, side, rows, narrowed=query is not None, several=len(sides) > 1)
    write_workbook(path, sheets, created=session.clock())
    noun = "field" if count == 1 else "fields"
    return ChangeSet(message=f"{count:,} {noun} written to {path.name}")


def _sheets(
    session: ProjectSession,
    side: Side,
    rows: Sequence[FieldRow],
    *,
    narrowed: bool,
    several: bool,
) -> Iterator[Sheet]:
    lead = f"{_NAMES[side]} " if several else ""
    tables = schemas.tables(session, side)
    every = sum(table.fields for table in tables)
    shown = {row.spec.table_name for row in rows}
    note = f"{len(rows):,} of {every:,} fields, as filtered" if narrowed else ""
    yield Sheet(
        f"{lead}Fields".capitalize(),
        ["Table", "#", *(TITLES[name] for name in _FIELD_COLUMNS), "Confidence", "Not passed",
         "Document", "Place", "Mapped to", "Corrected by", "Corrected at", "Why", "Was read as"],
        [_field_cells(row) for row in rows],
        notes=note,
    )  # fmt: skip
    yield Sheet(
        f"{lead}Tables".capitalize(),
        ["Table", "Fields", "Mandatory", "Below 0.90", "Mean confidence", "Mapped", "Problems",
         "Corrected", "Description"],
        [
            (t.name, t.fields, t.mandatory, t.doubtful, round(t.mean_confidence, 4), t.mapped,
             t.problems, t.corrected, t.description)
            for t in tables
            if not narrowed or t.name in shown
        ],
    )  # fmt: skip
    yield Sheet(
        f"{lead}Problems".capitalize(),
        ["Kind", "Problem", "Document", "Place", "Table", "Field", "Dismissed by", "Why", "When"],
        [
            (p.kind, p.problem.message, p.problem.provenance.document,
             _place(p.problem.provenance.words(), p.problem.provenance.document), p.table, p.field,
             p.settled_by, p.settled_why, p.settled_at)
            for p in schemas.problem_rows(session, side)
        ],
    )  # fmt: skip
    yield Sheet(
        f"{lead}Corrections".capitalize(),
        ["Table", "Field as read", "What", "Read", "Corrected", "How it stands", "By", "Why",
         "When"],
        [
            (c.table, c.field, what, before, after, c.standing, c.by, c.why, c.at)
            for c in schemas.corrections(session, side)
            for what, before, after in c.changes
        ],
    )  # fmt: skip


def _field_cells(row: FieldRow) -> tuple[object, ...]:
    spec = row.spec
    failed = "; ".join(
        f"{c.name}: {c.note}" if c.note else c.name for c in spec.checks if not c.passed
    )
    place = spec.provenance
    read = "; ".join(
        f"{TITLES.get(name, name)}: {text_of(row.read, name) or 'empty'}"
        for name in sorted(row.changed)
        if row.read is not None
    )
    return (
        spec.table_name,
        spec.position,
        *(text_of(spec, name) for name in _FIELD_COLUMNS),
        spec.confidence,
        failed,
        place.document,
        _place(place.words(), place.document),
        ", ".join(row.used_by),
        row.corrected_by,
        row.corrected_at,
        row.correction_reason,
        "added by a person" if row.corrected_by and row.read is None else read,
    )


def _place(words: str, document: str) -> str:
    return words.removeprefix(document).removeprefix(", ")
