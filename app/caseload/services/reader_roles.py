"""What a person says of columns, in words, and how it is held against the document.

    dictionary.xlsx:table=TableName,field=C,length=4,sheet=Columns,header=3

A column is named by its header, its letter or its number from 1; a text with a comma stands in
double quotes.  `table=@sheet` takes the sheets' names for the tables', `table=@title` the lines
above, and `table-name=WARD` says that all is one table.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from caseload.model.document_preview import DocumentGrid, DocumentPreview
from caseload.model.errors import BadInput
from caseload.model.reader_profile import FROM_SHEET, FROM_TITLE, NO_HEADER, Assignment
from caseload.specs.readers.header_words import words_say
from caseload.specs.readers.likely import letter as letter  # noqa: PLC0414 - doors ask here
from caseload.specs.readers.profile_match import plain
from caseload.specs.readers.vocabulary import Role

_PAIR = re.compile(r'\s*([^=,"]+?)\s*=\s*(?:"((?:[^"]|"")*)"|([^,]*?))\s*(?:,|$)')
_EXAMPLE = "--roles 'dictionary.xlsx:table=TableName,field=Column,length=Size'"
_SOURCES = (FROM_SHEET, FROM_TITLE)
ROLES = tuple(role.value for role in Role)


@dataclass(frozen=True, slots=True)
class Said:
    """What was said of a document's columns; `document` is empty where there is only one."""

    document: str
    assignment: Assignment


def said_in(text: str) -> Said:
    """Take `FILE:role=column,…` apart; columns stay as they were written.

    Raises:
        BadInput: it cannot be understood.
    """
    head, equals, _ = text.partition("=")
    document, colon, _ = head.rpartition(":")
    rest = text[len(document) + len(colon) :]
    if not equals:
        raise _not_understood(text)
    roles: dict[str, str | int] = {}
    ignored: list[str | int] = []
    more: dict[str, str] = {}
    at = 0
    while at < len(rest):
        match = _PAIR.match(rest, at)
        if match is None:
            raise _not_understood(text)
        at = match.end()
        key = match.group(1).strip().casefold()
        value = (match.group(2) or match.group(3) or "").replace('""', '"').strip()
        if not value:
            raise BadInput(f"{key} is given no column", where="--roles", remedy=f"As {_EXAMPLE}")
        if key in ("sheet", "header", "table-name"):
            more[key] = value
        elif key == "ignore":
            ignored.append(value)
        elif key == "table" and value.casefold() in _SOURCES:
            more["table-name"] = value.casefold()
        else:
            roles[_role(key)] = value
    assignment = Assignment(
        roles, more.get("sheet", ""), _header(more), more.get("table-name", ""), tuple(ignored)
    )
    return Said(document.strip(), assignment)


def _header(more: dict[str, str]) -> int | None:
    value = more.get("header", "").casefold()
    if not value:
        return None
    if value in ("none", "no"):
        return NO_HEADER
    if not value.isdigit():
        raise BadInput(
            f"{value!r} is no row number",
            where="--roles, header",
            remedy="Give the number of the header row, or header=none",
        )
    return int(value)


def _role(key: str) -> str:
    """The role of that name, or the one that a header of that name would be given.

    Raises:
        BadInput: there is none.
    """
    name = " ".join(re.split(r"[\s_-]+", key))
    if name in ROLES:
        return name
    said = words_say(name)
    if not said:
        raise BadInput(
            f"No column can be {key!r}", where="--roles", remedy=f"Roles are {', '.join(ROLES)}"
        )
    return max(said, key=lambda role: said[role]).value


def _not_understood(text: str) -> BadInput:
    return BadInput(
        f"The roles cannot be understood: {text[:120]}",
        where="--roles",
        remedy=f"Write role=column, parted by commas: {_EXAMPLE}",
    )


def settled(
    assignment: Assignment, preview: DocumentPreview, meant: DocumentGrid | None = None
) -> tuple[Assignment, DocumentGrid]:
    """The assignment with every column as the reader looks for it, and the grid it was found in.

    A column is kept by its header where that is there and stands once, else by its index.
    `meant` is the grid that was looked at; without it the likeliest is taken.

    Raises:
        BadInput: no grid, sheet or column is called so, or the roles are not enough to read by.
    """
    check(assignment)
    grid = meant or _grid(assignment, preview)
    header = _header_row(assignment, grid)
    headers = grid.headers(header)
    roles = {role: _column(said, headers) for role, said in assignment.roles.items()}
    ignored = [_column(said, headers) for said in assignment.ignored]
    taken: dict[str | int, str] = {}
    for role, column in roles.items():
        if column in taken:
            raise BadInput(
                f"Column {_named(column, headers)} cannot be both {taken[column]} and {role}",
                where=preview.name,
            )
        taken[column] = role
    by_header = all(isinstance(column, str) for column in (*roles.values(), *ignored))
    return (
        replace(
            assignment,
            roles=roles,
            ignored=tuple(column for column in ignored if column not in taken),
            header_row=None if by_header else (NO_HEADER if header is None else header),
            sheet=_sheet(assignment, preview, grid, by_header=by_header),
        ),
        grid,
    )


@dataclass(frozen=True, slots=True)
class Placed:
    """An assignment as it lies on a document: roles and ignored columns by index."""

    grid: DocumentGrid
    header_row: int | None
    roles: dict[int, str]
    ignored: frozenset[int]


def placed(assignment: Assignment, preview: DocumentPreview) -> Placed | None:
    """Where an assignment's columns are in a document; None when it does not hold for it."""
    try:
        grid = _grid(assignment, preview)
        header = _header_row(assignment, grid)
        headers = grid.headers(header)
        columns = {role: _at(said, headers) for role, said in assignment.roles.items()}
        ignored = frozenset(_at(said, headers) for said in assignment.ignored) - {-1}
    except BadInput:
        return None
    roles = {column: role for role, column in columns.items() if column >= 0}
    return Placed(grid, header, roles, ignored) if Role.FIELD in roles.values() else None


def _at(said: str | int, headers: Sequence[str]) -> int:
    """A column's index; -1 where the document lacks it."""
    if isinstance(said, int):
        return said if said < len(headers) else -1
    texts = [plain(header) for header in headers]
    return texts.index(plain(said)) if plain(said) in texts else -1


def _sheet(
    assignment: Assignment, preview: DocumentPreview, grid: DocumentGrid, *, by_header: bool
) -> str:
    """The sheet to hold to; none where the headers tell it, as a new version may rename it."""
    if preview.kind == "csv" or (by_header and not grid.alike):
        return ""
    if by_header or grid.alike:
        return assignment.sheet
    return grid.sheet if len(preview.grids) > 1 else ""


def check(assignment: Assignment) -> None:
    """See that there is a field column, and something that names the table.

    Raises:
        BadInput: one of them is not said, or a role is none.
    """
    unknown = [role for role in assignment.roles if role not in ROLES]
    if unknown:
        raise BadInput(f"No column can be {unknown[0]!r}", remedy=f"Roles are {', '.join(ROLES)}")
    if Role.FIELD not in assignment.roles:
        raise BadInput(
            "No column is said to hold the field names",
            where="roles",
            remedy="Add field=COLUMN",
        )
    if Role.TABLE not in assignment.roles and not assignment.table:
        raise BadInput(
            "Nothing is said of where the tables' names stand",
            where="roles",
            remedy="Add table=COLUMN, table=@sheet, table=@title or table-name=NAME",
        )


def _grid(assignment: Assignment, preview: DocumentPreview) -> DocumentGrid:
    """The grid that is meant: of that sheet, with those headers, or the likeliest one."""
    if not preview.grids:
        raise BadInput("The document has no columns that could be given roles", where=preview.name)
    grids = list(preview.grids)
    if assignment.sheet:
        wanted = plain(assignment.sheet)
        grids = [
            grid
            for grid in grids
            if wanted == plain(grid.sheet)
            or any(wanted == plain(place.removeprefix("sheet ")) for place in grid.alike_places)
        ]
        if not grids:
            sheets = ", ".join(grid.sheet for grid in preview.grids if grid.sheet)
            raise BadInput(
                f"There is no sheet {assignment.sheet}",
                where=preview.name,
                remedy=f"The sheets are {sheets}" if sheets else "Leave sheet= out",
            )
    return next((grid for grid in grids if _row_with(assignment, grid) is not None), grids[0])


def _header_row(assignment: Assignment, grid: DocumentGrid) -> int | None:
    if assignment.header_row == NO_HEADER:
        return None
    if assignment.header_row is not None:
        return assignment.header_row
    found = _row_with(assignment, grid)
    return found if found is not None else grid.header_row


def _row_with(assignment: Assignment, grid: DocumentGrid) -> int | None:
    """The number of the first row that has the texts of field and table, or of all columns."""
    texts = {role: plain(c) for role, c in assignment.roles.items() if isinstance(c, str)}
    wanted = {text for role, text in texts.items() if role in (Role.FIELD, Role.TABLE)}
    wanted = wanted or set(texts.values())
    for row in grid.rows:
        if wanted and wanted <= {plain(cell) for cell in row.cells}:
            return row.number
    return None


def _column(said: str | int, headers: Sequence[str]) -> str | int:
    """A column by its header's text where that stands once, else by its index from 0."""
    index = said if isinstance(said, int) else _index(said, headers)
    if not 0 <= index < len(headers):
        raise _no_column(str(index + 1), headers)
    text = headers[index]
    once = [plain(header) for header in headers].count(plain(text)) == 1
    return text if text and once else index


def _index(said: str, headers: Sequence[str]) -> int:
    texts = [plain(header) for header in headers]
    if plain(said) in texts:
        return texts.index(plain(said))
    if re.fullmatch(r"[A-Za-z]{1,2}", said):
        index = 0
        for letter in said.upper():
            index = index * 26 + ord(letter) - ord("A") + 1
        if index <= len(headers):
            return index - 1
    if said.isdigit() and 1 <= int(said) <= len(headers):
        return int(said) - 1
    raise _no_column(said, headers)


def _no_column(said: str, headers: Sequence[str]) -> BadInput:
    return BadInput(
        f"There is no column {said}", where="roles", remedy=f"The columns are {listed(headers)}"
    )


def _named(column: str | int, headers: Iterable[str]) -> str:
    if isinstance(column, str):
        return column
    return next((h for i, h in enumerate(headers) if i == column and h), letter(column))


def listed(headers: Sequence[str]) -> str:
    """Columns with their letters: A TableName, B Column, C."""
    return ", ".join(f"{letter(i)} {h[:40]}".strip() for i, h in enumerate(headers[:40]))


def as_option(name: str, assignment: Assignment) -> str:
    """An assignment as `--roles` would say it."""
    roles = sorted(assignment.roles.items(), key=lambda one: ROLES.index(one[0]))
    parts = [f"{role}={_quoted(column)}" for role, column in roles]
    if assignment.table in _SOURCES:
        parts.insert(0, f"table={assignment.table}")
    elif assignment.table:
        parts.insert(0, f"table-name={_quoted(assignment.table)}")
    if assignment.sheet:
        parts.append(f"sheet={_quoted(assignment.sheet)}")
    if assignment.header_row is not None:
        parts.append(f"header={assignment.header_row or 'none'}")
    parts += [f"ignore={_quoted(column)}" for column in assignment.ignored]
    return f"{name}:{','.join(parts)}"


def _quoted(column: str | int) -> str:
    text = letter(column) if isinstance(column, int) else column
    return '"' + text.replace('"', '""') + '"' if re.search(r'[,"]', text) else text
