"""A document's grids as they stand, each column with the role it seems to play and why.

Runs in the child process that opens foreign documents (see `sandbox_child`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from caseload.model.document_preview import (
    DocumentGrid,
    DocumentPreview,
    GridRow,
    GuessedRole,
    Trial,
    TriedField,
)
from caseload.model.errors import UnsettledColumns
from caseload.model.reader_profile import Assignment, ReaderProfile
from caseload.specs.readers.document import extract_document, read_document
from caseload.specs.readers.grid import Grid, Row, Tell
from caseload.specs.readers.profile_match import fitting, plain
from caseload.specs.readers.roles import content_fit, header_strength, settle, words_say
from caseload.specs.readers.vocabulary import Role

_MOST_ROWS = 200
_MOST_GRIDS = 60
_MOST_CELL = 400
_MOST_TITLES = 4
_MOST_PLACES = 12
_LOOKED_AT = 60
_MOST_PROBLEMS = 50
_MOST_SAMPLE = 40
_MOST_NAMES = 12


def preview(
    path: Path, name: str, tell: Tell, profiles: Sequence[ReaderProfile] = ()
) -> DocumentPreview:
    """What the document holds; grids with the same columns are shown once.

    Raises:
        BadInput: it cannot be read at all (see `readers.document.read_document`).
    """
    kind, extracted = extract_document(path, name, tell)
    profile = fitting(profiles, kind, name, extracted.grids)
    groups: dict[tuple[object, ...], list[Grid]] = {}
    for grid in extracted.grids:
        if grid.rows:
            groups.setdefault(_shape(grid), []).append(grid)
    shown = [_shown(group) for group in groups.values()]
    shown.sort(key=lambda grid: -_weight(grid))
    return DocumentPreview(name, kind, tuple(shown[:_MOST_GRIDS]), profile.id if profile else "")


def attempt(path: Path, name: str, tell: Tell, assignment: Assignment | None) -> Trial:
    """What an assignment makes of the document; without one, what the reader makes of it alone.

    Raises:
        BadInput: it cannot be read at all.
    """
    try:
        reading = read_document(path, name, tell, assignment)
    except UnsettledColumns as error:
        return Trial(refused=error.what)
    fields = [spec for table in reading.tables for spec in table.fields]
    return Trial(
        tables=len(reading.tables),
        fields=len(fields),
        unread=len(reading.problems),
        problems=tuple(
            f"{problem.provenance.words()}: {problem.message}"
            for problem in reading.problems[:_MOST_PROBLEMS]
        ),
        sample=tuple(
            TriedField(
                spec.table_name,
                spec.field_name,
                spec.data_type,
                spec.length,
                spec.mandatory,
                " ".join(spec.description.split())[:_MOST_CELL],
            )
            for spec in fields[:_MOST_SAMPLE]
        ),
        table_names=tuple(table.name for table in reading.tables[:_MOST_NAMES]),
    )


def likely_header(grid: Grid) -> int | None:
    """The index of the row that heads a grid's columns: by its words, else by its look.

    A row without known words heads the columns when it is the first that fills most of them,
    each with a different short text that is no number, while the rows below repeat themselves.
    """
    rows = grid.rows[:_LOOKED_AT]
    strengths = [header_strength(row.cells) for row in rows]
    if max(strengths, default=0) >= 2:
        return strengths.index(max(strengths))
    filled = sorted(sum(1 for cell in row.cells if cell) for row in rows)
    usual = filled[len(filled) // 2] if filled else 0
    for index, row in enumerate(rows):
        cells = [cell for cell in row.cells if cell]
        if len(cells) >= max(2, 0.6 * usual):
            return index if _heads(cells, rows[index + 1 :], row) else None
    return None


def _heads(cells: Sequence[str], below: Sequence[Row], row: Row) -> bool:
    distinct = len({plain(cell) for cell in cells}) == len(cells)
    wordy = all(len(cell) <= 60 and any(c.isalpha() for c in cell) for cell in cells)
    repeated = any(
        cell and plain(cell) == plain(other.cells[column])
        for column, cell in enumerate(row.cells)
        for other in below
        if column < len(other.cells)
    )
    return distinct and wordy and bool(below) and not repeated


def _shape(grid: Grid) -> tuple[object, ...]:
    """What grids have in common that one assignment can hold for."""
    header = likely_header(grid)
    width = max(len(row.cells) for row in grid.rows)
    if header is None:
        return (width, grid.sheet)
    return (width, *(plain(cell) for cell in grid.rows[header].cells))


def _shown(group: Sequence[Grid]) -> DocumentGrid:
    grid = max(group[:_LOOKED_AT], key=lambda one: min(len(one.rows), _MOST_ROWS))
    others = [one for one in group if one is not grid]
    header = likely_header(grid)
    width = max(len(row.cells) for row in grid.rows)
    cells = grid.rows[header].cells if header is not None else []
    body = [row.cells for row in grid.rows[(-1 if header is None else header) + 1 :]]
    guesses, missing = _guessed(
        [*cells, *[""] * (width - len(cells))], body, titled=bool(grid.titles or grid.heading)
    )
    return DocumentGrid(
        place=_place(grid),
        sheet=grid.sheet,
        page=grid.rows[0].place.page,
        alike=len(others),
        alike_places=tuple(_place(one) for one in others[:_MOST_PLACES]),
        titles=tuple(line[:_MOST_CELL] for line in grid.titles[-_MOST_TITLES:]),
        rows=tuple(
            GridRow(_number(row, index), tuple(cell[:_MOST_CELL] for cell in row.cells))
            for index, row in enumerate(grid.rows[:_MOST_ROWS])
        ),
        total_rows=len(grid.rows),
        columns=width,
        header_row=None if header is None else _number(grid.rows[header], header),
        guesses=guesses,
        missing=missing,
    )


def _number(row: Row, index: int) -> int:
    """The row's number as the document counts; within its grid where the document counts none."""
    return row.place.row if row.place.row is not None else index + 1


def _place(grid: Grid) -> str:
    place = grid.rows[0].place
    if place.page is not None:
        return f"page {place.page}"
    if not place.sheet:
        return "all rows"
    return place.sheet if not grid.sheet else f"sheet {grid.sheet}"


def _weight(grid: DocumentGrid) -> float:
    """How likely a grid is the one that lists fields: known roles first, then size."""
    known = {guess.role for guess in grid.guesses}
    size = grid.total_rows * (1 + grid.alike)
    return 10 * len(known & {Role.FIELD, Role.TYPE, Role.LENGTH}) + min(size, 1000) / 200


def under(grid: DocumentGrid, header_row: int | None) -> DocumentGrid:
    """The grid with its columns guessed anew, another row heading them; None: no row does."""
    body = [row.cells for row in grid.rows if row.number > (header_row or 0)]
    guesses, missing = _guessed(grid.headers(header_row), body, titled=bool(grid.titles))
    return replace(grid, header_row=header_row, guesses=guesses, missing=missing)


def _guessed(
    headers: Sequence[str], body: Sequence[Sequence[str]], *, titled: bool
) -> tuple[tuple[GuessedRole, ...], tuple[str, ...]]:
    """The roles that columns would be given, and those that no field can be read without."""
    roles = settle(headers, body)
    guesses = [
        _guess(role, column, headers[column], body) for role, column in roles.columns.items()
    ]
    guesses += [_guess(Role.DESCRIPTION, column, headers[column], body) for column in roles.more]
    guesses.sort(key=lambda guess: (-guess.confidence, guess.column))
    missing = [] if roles.has(Role.FIELD) else [Role.FIELD.value]
    if not roles.has(Role.TABLE) and not titled:
        missing.insert(0, Role.TABLE.value)
    return tuple(guesses), tuple(missing)


def _guess(role: Role, column: int, header: str, body: Sequence[Sequence[str]]) -> GuessedRole:
    values = [row[column] for row in body[:400] if column < len(row) and row[column]]
    fit = content_fit(role, values)
    said = words_say(header).get(role, 0.0)
    if said:
        why = f"its header says \u201c{' '.join(header.split())[:40]}\u201d"
        if values and fit >= 0.9:
            why += " and what is below suits it"
        elif values and fit < 0.6:
            why += ", though what is below hardly suits it"
        return GuessedRole(column, role.value, round(said * (0.5 + 0.5 * fit), 2), why)
    return GuessedRole(
        column, role.value, round(0.8 * fit, 2), f"{fit:.0%} of what is below suits it"
    )
