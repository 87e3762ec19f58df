"""Columns as a person assigned them, which count before anything that a reader would guess."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from caseload.model.reader_profile import NO_HEADER, Assignment
from caseload.specs.readers.grid import Grid, Row
from caseload.specs.readers.roles import Roles, settle
from caseload.specs.readers.vocabulary import Role

_LOOKED_AT = 200


def assigned_header(grid: Grid, assignment: Assignment | None) -> tuple[int | None, int] | None:
    """Where a grid that the assignment holds for has its header, and where its rows begin.

    None when it does not hold for this grid; a header of None when no row is one.
    """
    if assignment is None or not (assignment.roles or assignment.table):
        return None
    if assignment.sheet and assignment.sheet.casefold() != grid.sheet.casefold():
        return None
    named = _needed(assignment)
    numbered = [column for column in assignment.roles.values() if isinstance(column, int)]
    if any(column >= _width(grid.rows) for column in numbered):
        return None
    if assignment.header_row == NO_HEADER:
        return None if named else (None, 0)
    if assignment.header_row is not None:
        for index, row in enumerate(grid.rows):
            number = row.place.row if row.place.row is not None else index + 1
            if number == assignment.header_row and _has(row, named):
                return index, index + 1
    for index, row in enumerate(grid.rows[:_LOOKED_AT]):
        if named and _has(row, named):
            return index, index + 1
    return None


def assigned_roles(
    headers: Sequence[str], body: Sequence[Sequence[str]], assignment: Assignment
) -> Roles:
    """The roles a person gave, and those that the other columns seem to have beside them."""
    said = {
        Role(role): _column(column, headers)
        for role, column in assignment.roles.items()
        if role in set(Role)
    }
    given = {role: column for role, column in said.items() if column is not None}
    ignored = {_column(column, headers) for column in assignment.ignored}
    taken = {*given.values(), *ignored}
    free = [text if column not in taken else "" for column, text in enumerate(headers)]
    rest = settle(free, [_blanked(cells, taken) for cells in body])
    columns = {**{r: c for r, c in rest.columns.items() if c not in taken}, **given}
    if Role.MANDATORY in given:
        columns.pop(Role.NULLABLE, None)
    elif Role.NULLABLE in given:
        columns.pop(Role.MANDATORY, None)
    if assignment.table:
        columns.pop(Role.TABLE, None)
    more = tuple(column for column in rest.more if column not in taken)
    by_content = rest.by_content - given.keys()
    return replace(rest, columns=columns, headers=tuple(headers), more=more, by_content=by_content)


def _needed(assignment: Assignment) -> list[str]:
    """The headers that a grid must have: those of field and table, or of whatever was said."""
    said = {role: c for role, c in assignment.roles.items() if isinstance(c, str)}
    return [c for role, c in said.items() if role in (Role.FIELD, Role.TABLE)] or [*said.values()]


def _width(rows: Sequence[Row]) -> int:
    return max((len(row.cells) for row in rows), default=0)


def _plain(text: str) -> str:
    return "".join(text.split()).casefold()


def _has(row: Row, named: Sequence[str]) -> bool:
    cells = {_plain(cell) for cell in row.cells if cell}
    return all(_plain(column) in cells for column in named)


def _column(column: str | int, headers: Sequence[str]) -> int | None:
    if isinstance(column, int):
        return column
    wanted = _plain(column)
    return next((i for i, header in enumerate(headers) if _plain(header) == wanted), None)


def _blanked(cells: Sequence[str], taken: set[int | None]) -> list[str]:
    return ["" if column in taken else cell for column, cell in enumerate(cells)]
