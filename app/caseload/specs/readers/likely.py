"""Which row heads a grid's columns and what they hold, by their look alone.

For a person to confirm: what the reader does not take by itself is only offered.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from caseload.model.reader_profile import FROM_SHEET, FROM_TITLE
from caseload.specs.readers.grid import Grid, Row
from caseload.specs.readers.profile_match import plain
from caseload.specs.readers.roles import Roles, settle
from caseload.specs.readers.vocabulary import Role

_LOOKED_AT = 60
_SAMPLE = 400
_FEW_WORDS = 4.5


def likely_roles(headers: Sequence[str], body: Sequence[Sequence[str]]) -> Roles:
    """Roles by words and content; table and field also by how values come again, or do not."""
    roles = settle(headers, body)
    columns = dict(roles.columns)
    values = {
        column: [cells[column] if column < len(cells) else "" for cells in body[:_SAMPLE]]
        for column in range(len(headers))
    }
    table = columns.get(Role.TABLE)
    if table is not None and Role.TABLE in roles.by_content and not _in_runs(values[table]):
        del columns[Role.TABLE]
    free = [c for c in values if c not in columns.values() and c not in roles.more]
    if Role.TABLE not in columns:
        runs = [column for column in free if _in_runs(values[column])]
        if len(runs) == 1:
            columns[Role.TABLE] = runs[0]
    if Role.FIELD not in columns:
        tables = values.get(columns.get(Role.TABLE, -1), [""] * len(body[:_SAMPLE]))
        names = [c for c in free if c not in columns.values() and _names(values[c], tables)]
        if names:
            columns[Role.FIELD] = max(names, key=lambda c: (*_like_names(values[c]), -c))
    return replace(roles, columns=columns)


def _in_runs(values: Sequence[str]) -> bool:
    """Whether equal values stand together and come again, as tables' names do."""
    filled = [value for value in values if value]
    runs = 1 + sum(one != other for one, other in pairwise(filled))
    distinct = len(set(filled))
    return (
        len(filled) >= 0.95 * len(values)
        and 2 <= distinct <= 0.5 * len(filled)
        and runs <= 1.1 * distinct
    )


def _like_names(values: Sequence[str]) -> tuple[bool, float, float]:
    """Whether values have few words, and the share that differ without digits and with them."""
    words = sum(len(value.split()) for value in values)
    letters = {"".join(c for c in value if not c.isdigit()) for value in values}
    shares = (round(len(kinds) / max(1, len(values)), 1) for kinds in (letters, set(values)))
    return words <= _FEW_WORDS * len(values), next(shares), next(shares)


def _names(values: Sequence[str], tables: Sequence[str]) -> bool:
    """Whether values are short, no numbers, and differ within each table, as fields' names do."""
    filled = [pair for pair in zip(tables, values, strict=False) if pair[1]]
    texts = [value for _, value in filled if any(c.isalpha() for c in value) and len(value) <= 60]
    return (
        len(filled) >= max(2, 0.95 * len(values))
        and len(texts) >= 0.95 * len(filled)
        and len(set(filled)) >= 0.98 * len(filled)
    )


def likely_header(grid: Grid) -> int | None:
    """The index of the row that heads a grid's columns by its look alone.

    It is the first that fills most of them, each with a different short text that is no number,
    while no row below (but the header itself, said again) has one of them in its column.
    """
    rows = grid.rows[:_LOOKED_AT]
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
    said = [plain(cell) for cell in row.cells]
    others = [[plain(cell) for cell in other.cells] for other in below]
    repeated = any(
        cell and cell in other[column : column + 1]
        for other in others
        if other != said
        for column, cell in enumerate(said)
    )
    return distinct and wordy and bool(below) and not repeated


def likely(grid: Grid) -> tuple[int | None, Sequence[str], Roles]:
    """The index of the header row, the headers as many as there are columns, and the roles."""
    header = likely_header(grid)
    cells = grid.rows[header].cells if header is not None else []
    width = max(len(row.cells) for row in grid.rows)
    headers = [*cells, *[""] * (width - len(cells))]
    body = [row.cells for row in grid.rows[(-1 if header is None else header) + 1 :]]
    return header, headers, likely_roles(headers, body)


def spoken(grid: Grid) -> dict[str, str]:
    """The likely roles as `--roles` would say them: by header, or by letter where it is blank."""
    _, headers, roles = likely(grid)
    said = {
        role.value: " ".join(headers[column].split()) or letter(column)
        for role, column in roles.columns.items()
    }
    if Role.TABLE not in roles.columns:
        if grid.titles or grid.heading:
            said[Role.TABLE.value] = FROM_TITLE
        elif any(row.place.sheet for row in grid.rows[:1]):
            said[Role.TABLE.value] = FROM_SHEET
    return said


def letter(index: int) -> str:
    """A column's letter as spreadsheets have it: 0 is A, 26 is AA."""
    text = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        text = chr(ord("A") + rest) + text
    return text
