"""Where the header rows of a grid stand, what they head, and the lines above them.

A sheet can hold a title block, a header of one or two rows, its rows, and then the next table's
title and header; or several such columns of tables side by side.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from caseload.model.reader_profile import Assignment
from caseload.specs.readers import lexicon
from caseload.specs.readers.by_person import assigned_header, assigned_roles
from caseload.specs.readers.grid import Grid, Row
from caseload.specs.readers.header_words import concepts, words_say
from caseload.specs.readers.roles import Roles, looks_like_type, settle
from caseload.specs.readers.table_titles import labelled_name, titled
from caseload.specs.readers.vocabulary import Role

_LOOKED_AT = 60
_SAMPLE = 400
_MOST_TITLES = 12
_MOST_IN_VAIN = 200
_GENERIC = {Role.TABLE, Role.FIELD, Role.ELEMENT, Role.DESCRIPTION}
_DETAILS = (
    Role.TYPE, Role.LENGTH, Role.TABLE, Role.MANDATORY, Role.NULLABLE, Role.ELEMENT, Role.KEY,
)  # fmt: skip


@dataclass(slots=True)
class Section:
    """Rows below one header: `titles` are the rows between it and what was before.

    `log` says that it lists changes or indexes, not fields; `goes_on` that it continues the
    table of the grid before it.
    """

    roles: Roles
    body: list[Row]
    titles: list[Row] = field(default_factory=list)
    log: bool = False
    goes_on: bool = False


def sections_of(grid: Grid, assignment: Assignment | None) -> list[Section]:
    """The sections of a grid; [] when no row of it heads columns that tell of fields or tables."""
    found: list[Section] = []
    for part in _side_by_side(grid):
        found += _stacked(part, assignment)
    return found


def _stacked(grid: Grid, assignment: Assignment | None) -> list[Section]:
    """The sections that stand below each other."""
    rows = grid.rows
    said = assigned_header(grid, assignment)
    if said is not None and assignment is not None:
        first, body = said
        headers = rows[first].cells if first is not None else [""] * _width(grid)
        roles = assigned_roles(headers, [row.cells for row in rows[body : body + _SAMPLE]],
                               assignment)  # fmt: skip
        titles = rows[: first if first is not None else 0]
        again = _not_repeated(rows[body:], roles)
        return [Section(roles, again, titles[-_MOST_TITLES:])]
    return _found(rows, by_words=True) or _found(rows, by_words=False)


def _found(rows: list[Row], *, by_words: bool) -> list[Section]:
    """The sections whose headers name the field, or with some other header words at least."""
    sections: list[Section] = []
    start = vain = 0
    for first, body, headers in _headers(rows):
        if sections and not _likely(rows, first, sections[-1].roles):
            continue
        if vain > _MOST_IN_VAIN:
            break
        roles = _settled(headers, rows, body)
        if not _tells(roles) or (by_words and Role.FIELD in roles.by_content):
            vain += 1
            continue
        titles = rows[start:first]
        if sections:
            body_rows, titles = _parted(rows[start:first], sections[-1].roles)
            if not titles and _same_headers(headers, sections[-1].roles):
                continue
            sections[-1].body = body_rows
        log = _is_log(headers, roles)
        sections.append(Section(roles, [], titles[-_MOST_TITLES:], log))
        start = body
    if sections:
        sections[-1].body = rows[start:]
    for section in sections:
        section.body = _not_repeated(section.body, section.roles)
    return sections


def _width(grid: Grid) -> int:
    return max((len(row.cells) for row in grid.rows), default=0)


def _not_repeated(body: Sequence[Row], roles: Roles) -> list[Row]:
    """Rows that do not say the header again, nor number its columns."""
    named = {text for text in roles.headers if text}
    kept = []
    for index, row in enumerate(body):
        shared = len(named.intersection(row.cells))
        if shared >= 2 and shared >= 0.6 * len({cell for cell in row.cells if cell}):
            continue
        if index == 0 and _numbers_columns(row.cells):
            continue
        kept.append(row)
    return kept


def squeezed(text: str) -> str:
    """A header as it is compared: without case and white space."""
    return "".join(text.split()).casefold()


def _numbers_columns(cells: Sequence[str]) -> bool:
    """Whether the cells number the columns: 1 2 3, (1) (2) (3), A B C."""
    filled = [cell.strip("()[]. ").upper() for cell in cells if cell]
    counted = [str(number) for number in range(1, len(filled) + 1)]
    return len(filled) > 2 and (
        filled == counted or filled == list("ABCDEFGHIJKLMNOP"[: len(filled)])
    )


def _headers(rows: Sequence[Row]) -> Iterator[tuple[int, int, list[str]]]:
    """Candidates: index of the first header row, of the first row below, and the header texts."""
    known: set[str] = set()
    index = 0
    while index < len(rows):
        found = None
        if index < _LOOKED_AT or _may_head(rows, index, known):
            found = _header_at(rows, index)
        if found is None or _comes_again(rows, found[0]):
            index += 1
            continue
        body, headers = found
        known |= {squeezed(cell) for cell in rows[body - 1].cells if cell}
        yield index, body, headers
        index = body


def _comes_again(rows: Sequence[Row], body: int) -> bool:
    """Whether a cell above `body` stands in both rows below it too, as a table's name does."""
    above = rows[body - 1].cells
    below = [row.cells for row in rows[body : body + 2] if row.cells != above]
    return len(below) == 2 and any(
        cell and cell == below[0][column] == below[1][column] and not is_said(cell)
        for column, cell in enumerate(above)
        if column < min(map(len, below))
    )


def is_said(cell: str) -> bool:
    """Whether a cell names a role by itself, with nothing else in it."""
    return max(words_say(cell).values(), default=0.0) >= 0.9


def _may_head(rows: Sequence[Row], index: int, known: set[str]) -> bool:
    """Whether a row deep in a grid is worth a look: it repeats headers or follows a gap."""
    shared = sum(1 for cell in rows[index].cells if cell and squeezed(cell) in known)
    return shared >= 2 or _follows_gap(rows, index)


def _likely(rows: Sequence[Row], index: int, roles: Roles) -> bool:
    """Whether a row below a header can be the next: it is like it, or stands apart by a title."""
    known = {squeezed(text) for text in roles.headers if text}
    cells = [squeezed(cell) for cell in rows[index].cells if cell]
    if sum(cell in known for cell in cells) >= max(2, len(cells) // 2):
        return True
    return _follows_gap(rows, index) and worth(rows[index].cells) >= 3


def _follows_gap(rows: Sequence[Row], index: int) -> bool:
    before = rows[index - 1]
    gap = (rows[index].place.row or 0) - (before.place.row or 0) > 1
    return gap or sum(1 for cell in before.cells if cell) <= 2


def _header_at(rows: Sequence[Row], index: int) -> tuple[int, list[str]] | None:
    """The header that begins at a row, of two rows where the second completes the first."""
    top = rows[index]
    below = rows[index + 1] if index + 1 < len(rows) else None
    strong = worth(top.cells)
    grouped = below is not None and any(
        low and not up for up, low in zip(top.cells, below.cells, strict=False)
    )
    if below is not None and (grouped or strong < 3) and _completes(top.cells, below.cells):
        joined = joined_headers(top.cells, below.cells)
        lower, both = worth(below.cells), worth(joined)
        if joined == below.cells and lower > strong:
            return None
        adds = both > lower if strong < 2 else lower >= 1 or both > strong
        if both >= 2 and adds:
            return index + 2, joined
    return (index + 1, list(top.cells)) if strong >= 2 else None


def worth(cells: Sequence[str]) -> int:
    """How many different roles the cells of a row name, were it a header; 0 if it is none."""
    filled = [cell for cell in cells if cell]
    if any(_is_data(cell) for cell in filled):
        return 0
    said = [words_say(cell) for cell in filled]
    named = {max(one, key=lambda role: one[role]) for one in said if one}
    known = sum(1 for one in said if one)
    return len(named) if known >= 2 and known * 2 >= len(filled) else 0


def _is_data(cell: str) -> bool:
    """Whether a cell can stand in no header: a number, a type with its length."""
    if cell.replace(",", "").replace(".", "").isdigit():
        return True
    return cell.endswith(")") and looks_like_type(cell) and any(c.isdigit() for c in cell)


def _completes(top: Sequence[str], below: Sequence[str]) -> bool:
    """Whether a row is the lower half of a header: words under groups, nothing that is data."""
    filled = [(up, low) for up, low in zip(top, below, strict=False) if low]
    if not filled or sum(1 for cell in top if cell) < 2 or any(_is_data(low) for _, low in filled):
        return False
    if all(up == low for up, low in filled) or any(looks_like_type(low) for up, low in filled
                                                   if up != low):  # fmt: skip
        return False
    own = [low for up, low in filled if up != low]
    known = sum(1 for low in own if words_say(low) or set(concepts(low)) - {lexicon.Word.FILLER})
    under_group = any(not up for up, low in filled)
    return bool(own) and known * 3 >= len(own) * 2 and (under_group or len(own) > 1)


def joined_headers(top: Sequence[str], below: Sequence[str]) -> list[str]:
    """The header texts of two rows; a group's word goes with those below it that need it."""
    width = max(len(top), len(below))
    upper = [*top, *[""] * (width - len(top))]
    lower = [*below, *[""] * (width - len(below))]
    texts, group = [], ""
    for up, low in zip(upper, lower, strict=True):
        if up:
            group = up if low and low != up else ""
        over = up or group
        if not low or low == up:
            texts.append(up)
        else:
            texts.append(_under(over, low))
    return texts


def _under(group: str, text: str) -> str:
    """What a header below a group's word says: by itself, or only together with the group."""
    if not group:
        return text
    together, alone = words_say(f"{group} {text}"), words_say(text)
    links = {Role.FOREIGN, Role.FOREIGN_TABLE, Role.FOREIGN_FIELD}
    weak = max(alone.values(), default=0.0) < 0.9
    if (
        together
        and (weak or links & together.keys())
        and not (weak and alone and len(together) > 1)
    ):
        return f"{group} {text}"
    return text


def _settled(headers: Sequence[str], rows: Sequence[Row], body: int) -> Roles:
    return settle(headers, [row.cells for row in rows[body : body + _SAMPLE]])


def _tells(roles: Roles) -> bool:
    """Whether the columns tell of fields, or of tables."""
    if roles.has(Role.FIELD):
        named = Role.FIELD not in roles.by_content and roles.has(Role.DESCRIPTION)
        return roles.has(*_DETAILS) or named
    return (
        roles.has(Role.TABLE)
        and Role.TABLE not in roles.by_content
        and roles.has(Role.DESCRIPTION, Role.POSITION, Role.TABLE_DESCRIPTION)
    )


def _is_log(headers: Sequence[str], roles: Roles) -> bool:
    """Whether the columns are those of a list of changes or of indexes."""
    said = [set(concepts(header)) for header in headers if header]
    who = any(lexicon.Word.AUTHOR in one or lexicon.Word.CHANGE in one for one in said)
    when = any(lexicon.Word.DATE in one for one in said)
    index = any(lexicon.Word.INDEX in one for one in said)
    described = roles.has(Role.TYPE) or (roles.has(Role.LENGTH) and roles.has(Role.TABLE))
    return not described and ((who and when) or index or (who and not roles.has(Role.FIELD)))


def _parted(rows: list[Row], roles: Roles) -> tuple[list[Row], list[Row]]:
    """The rows of a section, and those after them that are the next header's titles."""
    end = len(rows)
    while end and _is_title(rows[end - 1], rows[end - 2] if end > 1 else None, roles):
        end -= 1
    return rows[:end], rows[end:]


def _is_title(row: Row, before: Row | None, roles: Roles) -> bool:
    """Whether a row below a section's rows is a title: a name alone, or set apart by a gap."""
    filled = [index for index, cell in enumerate(row.cells) if cell]
    if roles.has(Role.TABLE) and len(filled) > 1:
        return False
    details = [roles.columns.get(role) for role in (Role.TYPE, Role.LENGTH, Role.ELEMENT)]
    if len(filled) == 1 or (filled[:2] == [0, 1] and len(filled) == 2 and _names_table(row)):
        return True
    gap = before is None or (row.place.row or 0) - (before.place.row or 0) > 1
    return gap and len(filled) <= 3 and not any(column in filled for column in details)


def _names_table(row: Row) -> bool:
    return bool(labelled_name(titled(row))[0])


def _same_headers(headers: Sequence[str], roles: Roles) -> bool:
    return list(map(squeezed, headers)) == list(map(squeezed, roles.headers))


def _side_by_side(grid: Grid) -> list[Grid]:
    """The grid's parts where tables stand beside each other, each under a header of its own."""
    for row in grid.rows[:_LOOKED_AT]:
        cuts = _cuts(row.cells)
        if len(cuts) > 1:
            edges = [*cuts, _width(grid)]
            slices = [slice(a, b) for a, b in zip([0, *edges[1:-1]], edges[1:], strict=True)]
            return [_cut(grid, piece) for piece in slices]
        if worth(row.cells) >= 3:
            break
    return [grid]


def _cuts(cells: Sequence[str]) -> list[int]:
    """Where the blocks of a header row begin that repeats the same texts; one when it does not."""
    filled = [index for index, cell in enumerate(cells) if cell]
    if len(filled) < 4:
        return filled[:1]
    first = squeezed(cells[filled[0]])
    starts = [index for index in filled if squeezed(cells[index]) == first]
    ends = [*starts[1:], len(cells)]
    blocks = [
        [squeezed(cell) for cell in cells[a:b] if cell] for a, b in zip(starts, ends, strict=True)
    ]
    alike = len(blocks) > 1 and all(block == blocks[0] for block in blocks) and len(blocks[0]) > 1
    block = list(cells[starts[0] : ends[0]])
    names = any(Role.FIELD in words_say(cell) for cell in block if cell)
    return starts if alike and names else starts[:1]


def _cut(grid: Grid, columns: slice) -> Grid:
    rows = [replace(row, cells=row.cells[columns]) for row in grid.rows]
    return replace(grid, rows=[row for row in rows if any(row.cells)])
