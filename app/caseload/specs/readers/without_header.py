"""Columns told by what is in them, where no header does: only when nothing else is possible."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import pairwise

from caseload.specs.readers.cells import table_and_field
from caseload.specs.readers.grid import Grid, Row
from caseload.specs.readers.headers import Section
from caseload.specs.readers.names import is_identifier
from caseload.specs.readers.roles import Roles, content_fit, looks_like_type
from caseload.specs.readers.vocabulary import YES_NO_WORDS, Role

_FEWEST_ROWS = 8
_SAMPLE = 2000
_LONGEST_COUNT = 9
_NULLS = frozenset({"not null", "null"})
_OBLIGATIONS = frozenset(
    {"m", "o", "r", "c", "mandatory", "optional", "required", "conditional", "nn"}
)
_KEYS = frozenset(
    {"pk", "fk", "pk/fk", "pk,fk", "pk, fk", "fk/pk", "uk", "ak", "pri", "mul", "uni",
     "primary key", "foreign key", "primary", "foreign", "unique"}
)  # fmt: skip
_FLAGS = frozenset(
    {"y", "n", "yes", "no", "0", "1", "x", "true", "false", "j", "t", "f", "ja", "nein"}
)
_CODE = re.compile(r"[A-Z]{1,3}[-.]?\d{2,}")


def headerless(grid: Grid) -> list[Section]:
    """The grid as one section when its columns can be only one thing; else [].

    A first row that none of the columns below it would hold is taken for a header in a
    language that is not known.
    """
    rows = _even(grid.rows)
    if len(rows) < _FEWEST_ROWS:
        return []
    cells = [row.cells for row in rows[1:_SAMPLE]]
    columns = _columns(cells)
    if columns is None:
        return []
    headed = _is_header(rows[0].cells, columns, cells)
    if headed is None:
        return []
    headers = tuple(rows[0].cells) if headed else ()
    roles = Roles(columns, headers, by_content=frozenset(columns))
    before = [row for row in grid.rows if (row.place.row or 0) < (rows[0].place.row or 0)]
    return [Section(roles, rows[1:] if headed else rows, before)]


def _even(rows: Sequence[Row]) -> list[Row]:
    """The rows from the first that is filled as most are."""
    filled = sorted(sum(1 for cell in row.cells if cell) for row in rows)
    usual = filled[len(filled) // 2] if filled else 0
    start = 0
    while start < len(rows) and sum(1 for cell in rows[start].cells if cell) < max(2, 0.6 * usual):
        start += 1
    return list(rows[start:])


def _columns(rows: Sequence[Sequence[str]]) -> dict[Role, int] | None:
    """Roles by content; None when the table or the field could be more than one column."""
    width = max(len(cells) for cells in rows)
    values = [[cells[c] for cells in rows if c < len(cells) and cells[c]] for c in range(width)]
    full = [c for c in range(width) if len(values[c]) >= 0.95 * len(rows)]
    types = [c for c in full if _share(values[c], looks_like_type) > 0.95]
    both = [c for c in full if _share(values[c], lambda v: table_and_field(v) is not None) > 0.95]
    named = [
        c
        for c in full
        if c not in types
        and _share(values[c], is_identifier) > 0.95
        and _share(values[c], lambda v: v.casefold() in YES_NO_WORDS) < 0.5
        and _share(values[c], lambda v: bool(_CODE.fullmatch(v))) < 0.8
    ]
    columns: dict[Role, int] = {}
    if len(both) == 1 and not named:
        columns[Role.FIELD] = both[0]
    else:
        pair = _pair(rows, named)
        if pair is None:
            return None
        columns[Role.TABLE], columns[Role.FIELD] = pair
    if len(types) == 1:
        columns[Role.TYPE] = types[0]
    rest = [c for c in range(width) if c not in columns.values()]
    _add_length(columns, rest, values)
    _add_flags(columns, rest, values)
    prose = [c for c in rest if values[c] and _share(values[c], lambda v: v.count(" ") > 1) > 0.5]
    if len(prose) == 1:
        columns[Role.DESCRIPTION] = prose[0]
    return columns if columns.keys() - {Role.TABLE, Role.FIELD} else None


def _add_flags(columns: dict[Role, int], rest: list[int], values: list[list[str]]) -> None:
    """The columns of obligations and of keys, where their words can mean nothing else."""
    for role, words, least in (
        (Role.NULLABLE, _NULLS, 1), (Role.MANDATORY, _OBLIGATIONS, 2), (Role.KEY, _KEYS, 1),
    ):  # fmt: skip
        fits = []
        for column in rest:
            said = {" ".join(value.casefold().split()) for value in values[column]}
            if said and said <= words and len(said) >= least:
                fits.append(column)
        if len(fits) == 1 and fits[0] not in columns.values():
            columns[role] = fits[0]


def unsaid(section: Section) -> list[int]:
    """The columns of yes and no whose meaning only a header could have told."""
    if Role.FIELD not in section.roles.by_content:
        return []
    width = max((len(row.cells) for row in section.body), default=0)
    taken = section.roles.columns.values()
    found = []
    for column in (c for c in range(width) if c not in taken):
        said = {row.cells[column].casefold() for row in section.body if column < len(row.cells)}
        if len(said - {""}) > 0 and said - {""} <= _FLAGS:
            found.append(column)
    return found


def _add_length(columns: dict[Role, int], rest: list[int], values: list[list[str]]) -> None:
    """The column of lengths: numbers of many sizes that do not count the rows."""
    fits = [
        c
        for c in rest
        if len(values[c]) > 2
        and content_fit(Role.LENGTH, values[c]) > 0.95
        and len(set(values[c])) > 2
        and not _counts(values[c])
    ]
    whole = [c for c in fits if _share(values[c], str.isdecimal) > 0.9]
    if len(whole) == 1 or len(fits) == 1:
        columns[Role.LENGTH] = (whole if len(whole) == 1 else fits)[0]


def _counts(values: Sequence[str]) -> bool:
    steps = [int(b) - int(a) for a, b in pairwise(values) if _counted(a) and _counted(b)]
    return bool(steps) and sum(step == 1 for step in steps) > 0.6 * len(steps)


def _counted(text: str) -> bool:
    return text.isdecimal() and len(text) < _LONGEST_COUNT


def _pair(rows: Sequence[Sequence[str]], named: Sequence[int]) -> tuple[int, int] | None:
    """The one pair of columns where one repeats in runs and the other differs within each run."""
    found = []
    for table in named:
        for field in named:
            if field == table or not _in_runs(rows, table):
                continue
            pairs = [
                (cells[table], cells[field]) for cells in rows if max(table, field) < len(cells)
            ]
            distinct = len({cells[field] for cells in rows if field < len(cells)})
            tables = len({table for table, _ in pairs})
            if len(set(pairs)) > 0.98 * len(pairs) and distinct > tables:
                found.append((table, field))
    return found[0] if len(found) == 1 else None


def _in_runs(rows: Sequence[Sequence[str]], column: int) -> bool:
    """Whether equal values stand together, and at least some value repeats."""
    values = [cells[column] for cells in rows if column < len(cells)]
    runs = 1 + sum(a != b for a, b in pairwise(values))
    return runs <= 1.05 * len(set(values)) and len(set(values)) < 0.7 * len(values)


def _is_header(
    first: Sequence[str], columns: dict[Role, int], rows: Sequence[Sequence[str]]
) -> bool | None:
    """Whether the first row's type or length is none, so that it is no field; None if unclear."""
    cells = {role: first[c] if c < len(first) else "" for role, c in columns.items()}
    clear = [
        content_fit(role, [cells[role]]) > 0.9
        for role in (Role.TYPE, Role.LENGTH)
        if cells.get(role)
    ]
    if clear:
        return not any(clear)
    if Role.TABLE in cells:
        return False if cells[Role.TABLE] == rows[0][columns[Role.TABLE]] else None
    return None


def _share(values: Sequence[str], test: Callable[[str], bool]) -> float:
    return sum(map(test, values)) / len(values) if values else 0.0
