"""A document's grids as they stand, each column with the role it seems to play and why.

Runs in the child process that opens foreign documents (see `sandbox_child`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from caseload.model.catalog import Provenance
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
from caseload.specs.readers.header_words import words_say
from caseload.specs.readers.headers import sections_of
from caseload.specs.readers.likely import likely, likely_roles
from caseload.specs.readers.profile_match import fitting, plain
from caseload.specs.readers.roles import Roles, content_fit
from caseload.specs.readers.vocabulary import Role
from caseload.specs.readers.without_header import headerless

_MOST_ROWS = 200
_MOST_GRIDS = 60
_MOST_CELL = 400
_MOST_TITLES = 4
_MOST_PLACES = 12
_LOOKED_AT = 60
_MOST_PROBLEMS = 50
_MOST_SAMPLE = 40
_MOST_NAMES = 12
_LIKELY = 0.6
_BY_COMING_AGAIN = {
    Role.TABLE: "its values come again row after row, as tables\u2019 names do",
    Role.FIELD: "its values are short and none comes twice in a table",
}


def preview(
    path: Path, name: str, tell: Tell, profiles: Sequence[ReaderProfile] = ()
) -> DocumentPreview:
    """What the document holds; grids with the same columns are shown once.

    Raises:
        BadInput: it cannot be read at all (see `readers.document.read_document`).
    """
    kind, extracted = extract_document(path, name, tell)
    profile = fitting(profiles, kind, name, extracted.grids)
    groups: dict[tuple[object, ...], list[tuple[Grid, _Told]]] = {}
    for grid in extracted.grids:
        if grid.rows and grid.settled is None:
            told = _told(grid)
            groups.setdefault(_shape(grid, told), []).append((grid, told))
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
            f"{_where(problem.provenance)}{problem.message}"
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


def _where(place: Provenance) -> str:
    """A place within its document, before what is said of it."""
    if place.page is not None:
        return f"Page {place.page}: "
    row = f"row {place.row}" if place.row else ""
    words = ", ".join(part for part in (place.sheet, row) if part)
    return f"{words[:1].upper()}{words[1:]}: " if words else ""


@dataclass(slots=True)
class _Told:
    """What the reader makes of a grid by itself: its header row's index, and the columns."""

    header: int | None
    headers: Sequence[str]
    roles: Roles
    body: Sequence[Sequence[str]]
    settled: bool


def _told(grid: Grid) -> _Told:
    """The header and columns as the reader sees them, or else as they look."""
    sections = sections_of(grid, None) or headerless(grid)
    section = next((s for s in sections if s.roles.has(Role.FIELD)), None) or next(
        iter(sections), None
    )
    if section is not None and section.body:
        first = next(i for i, row in enumerate(grid.rows) if row.place == section.body[0].place)
        body = [row.cells for row in section.body]
        headed = first > 0 and any(section.roles.headers)
        header = first - 1 if headed else None
        return _Told(header, section.roles.headers, section.roles, body, settled=True)
    header, headers, roles = likely(grid)
    body = [row.cells for row in grid.rows[(-1 if header is None else header) + 1 :]]
    return _Told(header, headers, roles, body, settled=False)


def _shape(grid: Grid, told: _Told) -> tuple[object, ...]:
    """What grids have in common that one assignment can hold for: their headers, in any order."""
    texts = sorted(plain(text) for text in told.headers if text)
    return (*texts, told.settled) if texts else (_width(grid), grid.sheet)


def _width(grid: Grid) -> int:
    return max(len(row.cells) for row in grid.rows)


def _shown(group: Sequence[tuple[Grid, _Told]]) -> DocumentGrid:
    grid, told = max(group[:_LOOKED_AT], key=lambda one: min(len(one[0].rows), _MOST_ROWS))
    others = [one for one, _ in group if one is not grid]
    titled = bool(grid.titles or grid.heading) or told.settled
    guesses, missing = _guessed(told.roles, told.headers, told.body, titled=titled)
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
        columns=_width(grid),
        header_row=None if told.header is None else _number(grid.rows[told.header], told.header),
        guesses=guesses,
        missing=missing,
        settled=told.settled and told.roles.has(Role.FIELD),
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
    """How likely a grid is the one that lists fields: known roles, then columns, then size."""
    known = {guess.role for guess in grid.guesses}
    told = len(known & {Role.FIELD, Role.TYPE, Role.LENGTH, Role.TABLE})
    size = min(grid.total_rows * (1 + grid.alike), 1000) / 200
    return 10 * told + 2 * min(grid.columns, 6) + size


def under(grid: DocumentGrid, header_row: int | None) -> DocumentGrid:
    """The grid with its columns guessed anew, another row heading them; None: no row does."""
    headers = grid.headers(header_row)
    body = [row.cells for row in grid.rows if row.number > (header_row or 0)]
    roles = likely_roles(headers, body)
    guesses, missing = _guessed(roles, headers, body, titled=bool(grid.titles))
    return replace(grid, header_row=header_row, guesses=guesses, missing=missing)


def _guessed(
    roles: Roles, headers: Sequence[str], body: Sequence[Sequence[str]], *, titled: bool
) -> tuple[tuple[GuessedRole, ...], tuple[str, ...]]:
    """The roles that columns would be given, and those that no field can be read without."""
    told = [*roles.columns.items(), *((Role.DESCRIPTION, column) for column in roles.more)]
    guesses = [
        _guess(role, column, headers[column] if column < len(headers) else "", body)
        for role, column in told
    ]
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
    if fit < 0.9 and role in _BY_COMING_AGAIN:
        return GuessedRole(column, role.value, _LIKELY, _BY_COMING_AGAIN[role])
    return GuessedRole(
        column, role.value, round(0.8 * fit, 2), f"{fit:.0%} of what is below suits it"
    )
