"""A dictionary's grids made plain: one header, one row a field, every cell said one way.

Whatever the layout (several sheets, one sheet a table, tables below or beside each other, the
table's name only in the first of its rows or in a row of its own), what comes out is grids
with settled columns that `assemble` takes row by row.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from caseload.model.catalog import ReadProblem
from caseload.model.reader_profile import FROM_SHEET, FROM_TITLE, Assignment
from caseload.specs.readers.by_person import assigned_header
from caseload.specs.readers.code_lists import fill_values
from caseload.specs.readers.grid import Extracted, Grid, Row
from caseload.specs.readers.headers import Section, sections_of, squeezed, worth
from caseload.specs.readers.likely import letter, likely_header, spoken
from caseload.specs.readers.names import is_identifier, labelled_table
from caseload.specs.readers.plain_rows import FLAGS, PlainRows, header_of, plain_roles
from caseload.specs.readers.roles import Roles
from caseload.specs.readers.table_titles import (
    is_generic,
    labelled_name,
    sheet_table,
    title_table,
    titled,
)
from caseload.specs.readers.vocabulary import Role
from caseload.specs.readers.without_header import headerless, unsaid

_CODE_LIST_REPEATS = 0.5
_LISTED_REPEATS = 0.8
_SAME_FIELDS = 0.8
_LOOKED_AT = 30
_BOX_ROWS = 12
_BOX_COLUMNS = 4


@dataclass(frozen=True, slots=True)
class Unsettled:
    """A grid whose table or field cannot be told: its header cells, and what could be told.

    `likely` is what its columns look like, which only a person can confirm.
    """

    rows: int
    sheet: str
    columns: tuple[str, ...]
    guessed: dict[str, str] = field(default_factory=dict)
    likely: dict[str, str] = field(default_factory=dict)


def prepared(extracted: Extracted, kind: str) -> tuple[Extracted, list[Unsettled]]:
    """The document with every grid settled that can be, and what of sheets could not.

    Grids of other documents that cannot be settled are left as they are; in a PDF those are
    settled that a person's assignment holds for.
    """
    said = extracted.assignment
    parted = list(_parted(extracted.grids, said, kind))
    every = [section for _, sections in parted for section in sections or ()]
    alike = _flag_values(every)
    grids: list[Grid] = []
    unsettled: list[tuple[Grid, Unsettled]] = []
    apart: list[Grid] = []
    lone: list[tuple[Grid, str]] = []
    problems = list(extracted.problems)
    for grid, sections in parted:
        if sections is None:
            grids.append(grid)
            continue
        before = len(grids)
        if sections and sections[0].goes_on and grids:
            grid.table = grids[-1].table or _last_table(grids[-1])
        if not sections:
            unsettled.append((grid, _unsettled(grid)))
            grids += [] if grid.sheet else [grid]
        weak = _named_apart(grid, sections)
        for section in sections:
            if section.log or _is_code_list(section, every) or _is_legend(section, every):
                continue
            made = _plain(grid, section, said, problems, alike, weak=weak)
            grids += made
            lone += [(one, _line_above(grid, section)) for one in made if not one.described]
            if not made and section.body:
                unsettled.append((grid, _without_table(grid, section)))
        apart += [grid] if len(grids) == before or not sections else []
    said_once = Counter(line for _, line in lone)
    for one, line in lone:
        one.described = line if said_once[line] == 1 and len(lone) > 1 else ""
    united = _united(grids)
    lists = {id(grid) for grid in apart} - {id(grid) for grid in fill_values(united, apart)}
    kept = [grid for grid in united if id(grid) not in lists]
    left = [one for grid, one in unsettled if id(grid) not in lists]
    return replace(extracted, grids=kept, problems=problems), left


def _parted(
    grids: Sequence[Grid], said: Assignment | None, kind: str
) -> Iterator[tuple[Grid, list[Section] | None]]:
    """Each grid with its sections; None for one that is left as it is."""
    last: tuple[Roles, int] | None = None
    above: list[str] = []
    for grid in grids:
        grid.titles, above = [*above, *grid.titles], []
        if grid.settled or not grid.rows or (kind == "pdf" and not assigned_header(grid, said)):
            yield grid, None
            continue
        sections = sections_of(grid, said)
        if not sections and last is not None and _goes_on(grid, last):
            sections = [Section(last[0], grid.rows, goes_on=True)]
        sections = sections or headerless(grid)
        if not sections and not grid.sheet and (box := _box(grid)):
            above = [*grid.titles, *box]
            continue
        if sections:
            width = len(grid.rows[0].cells)
            last = (sections[-1].roles, width) if not grid.sheet else None
        yield grid, sections


def _box(grid: Grid) -> list[str]:
    """The lines of a grid that is no list, but a box above the next one with its table's name."""
    if len(grid.rows) > _BOX_ROWS or len(grid.rows[0].cells) > _BOX_COLUMNS:
        return []
    lines = [line for row in grid.rows for line in titled(row).split("\n") if line]
    return lines if any(labelled_name(line)[0] for line in lines) else []


def _is_legend(section: Section, sections: Sequence[Section]) -> bool:
    """Whether rows explain what the columns of the document's other grids mean."""
    roles = section.roles
    if Role.FIELD not in roles.columns or roles.has(Role.TYPE, Role.LENGTH, Role.TABLE):
        return False
    others = (one for one in sections if one.roles.headers != roles.headers)
    headers = {squeezed(text) for one in others for text in one.roles.headers if text}
    column = roles.columns[Role.FIELD]
    names = [squeezed(row.cells[column]) for row in section.body if column < len(row.cells)]
    return bool(names) and sum(name in headers for name in names) > 0.6 * len(names)


def _flag_values(sections: Sequence[Section]) -> dict[str, set[str]]:
    """What columns of flags hold in the whole document, by their headers."""
    found: dict[str, set[str]] = {}
    for section in sections:
        for role in FLAGS:
            header, column = header_of(section.roles, role), section.roles.columns.get(role)
            if header and column is not None:
                cells = (row.cells[column] for row in section.body if column < len(row.cells))
                found.setdefault(header, set()).update(cell for cell in cells if cell)
    return found


def _unsettled(grid: Grid) -> Unsettled:
    header = likely_header(grid)
    best = max(grid.rows[:_LOOKED_AT], key=lambda row: (worth(row.cells), _filled(row)))
    best = grid.rows[header] if header is not None else best
    texts = tuple(" ".join(cell.split()) for cell in best.cells)
    return Unsettled(len(grid.rows), _tab(grid), texts, likely=spoken(grid))


def _without_table(grid: Grid, section: Section) -> Unsettled:
    headers = section.roles.headers
    guessed = {role.value: headers[c] for role, c in section.roles.columns.items()
               if c < len(headers) and headers[c]}  # fmt: skip
    return Unsettled(len(section.body), _tab(grid), headers, guessed)


def _tab(grid: Grid) -> str:
    """The sheet a grid stands on; "" in a document that has none."""
    return grid.sheet if grid.rows and grid.rows[0].place.sheet else ""


def _filled(row: Row) -> int:
    return sum(1 for cell in row.cells if cell)


def _goes_on(grid: Grid, last: tuple[Roles, int]) -> bool:
    """Whether a grid of a document goes on with the one before it, without a title between."""
    return not grid.sheet and not grid.titles and len(grid.rows[0].cells) == last[1]


def _last_table(grid: Grid) -> str:
    at = grid.settled.columns.get(Role.TABLE) if grid.settled else None
    return grid.rows[-1].cells[at] if at is not None and grid.rows else ""


def _united(grids: list[Grid]) -> list[Grid]:
    """Grids with those left out whose fields a fuller one lists too, completed by what they add."""
    pairs = [_pairs(grid) for grid in grids]
    best: dict[tuple[str, str], int] = {}
    for number in sorted(range(len(grids)), key=lambda n: -_fullness(grids[n])):
        for pair in pairs[number]:
            best.setdefault(pair, number)
    kept = []
    for number, grid in enumerate(grids):
        own = pairs[number]
        lost = {pair: row for pair, row in own.items() if best[pair] != number}
        if not own or len(lost) < _SAME_FIELDS * len(own):
            kept.append(grid)
            continue
        for pair, row in lost.items():
            _complete(grids[best[pair]], pairs[best[pair]][pair], grid, row)
    return kept


def _complete(grid: Grid, row: Row, other: Grid, twin: Row) -> None:
    """Fill a row's blank cells from its twin in another grid."""
    assert grid.settled is not None  # noqa: S101 - it has pairs
    assert other.settled is not None  # noqa: S101 - it has pairs
    for role, column in other.settled.columns.items():
        if twin.cells[column] and not row.cells[column]:
            row.cells[column] = twin.cells[column]
            grid.settled.columns.setdefault(role, column)


def _fullness(grid: Grid) -> int:
    """How much a grid says of its fields; types and lengths outweigh the rest."""
    said = grid.settled.columns if grid.settled else {}
    return len(said) + 10 * sum(role in said for role in (Role.TYPE, Role.LENGTH))


def _pairs(grid: Grid) -> dict[tuple[str, str], Row]:
    """The rows of a settled grid of fields by table and field."""
    if grid.settled is None or Role.FIELD not in grid.settled.columns:
        return {}
    table, name = grid.settled.columns[Role.TABLE], grid.settled.columns[Role.FIELD]
    return {(row.cells[table].casefold(), row.cells[name].casefold()): row for row in grid.rows}


def _is_code_list(section: Section, every: Sequence[Section]) -> bool:
    """Whether rows list the values of fields, so that each field stands there several times.

    Few times are enough where another section says the types of these fields.
    """
    roles = section.roles
    if roles.has(Role.TYPE, Role.LENGTH) or not roles.has(Role.FIELD):
        return False
    pairs = Counter(_pair(section, row) for row in section.body)
    pairs = Counter({pair: count for pair, count in pairs.items() if pair[1]})
    if bool(pairs) and len(pairs) < _CODE_LIST_REPEATS * sum(pairs.values()):
        return True
    typed = [one for one in every if one.roles.has(Role.TYPE, Role.LENGTH)]
    told = {_pair(one, row)[1] for one in typed for row in one.body}
    known = sum(name in told for _, name in pairs)
    return len(pairs) < _LISTED_REPEATS * len(section.body) and known > _SAME_FIELDS * len(pairs)


def _pair(section: Section, row: Row) -> tuple[str, str]:
    """The table and field of a row, letters and digits alone; "" where a cell is blank."""
    at = [section.roles.columns.get(role) for role in (Role.TABLE, Role.FIELD)]
    cells = [row.cells[c] if c is not None and c < len(row.cells) else "" for c in at]
    table, name = ("".join(c for c in cell.casefold() if c.isalnum()) for cell in cells)
    return table, name


def _plain(
    grid: Grid,
    section: Section,
    assignment: Assignment | None,
    problems: list[ReadProblem],
    alike: Mapping[str, Collection[str]],
    *,
    weak: bool,
) -> list[Grid]:
    """A section as settled grids, one for each table where rows of their own name them."""
    if Role.FIELD not in section.roles.columns:
        return [_table_list(grid, section)]
    table, described = _table_of(grid, section, assignment, weak=weak)
    reader = PlainRows(section.roles, section.body, table, wraps=grid.wraps, alike=alike)
    told: list[ReadProblem] = []
    stretches = reader.stretches(told)
    if not stretches and not reader.described:
        return []
    problems += told
    if section.body:
        problems += _unsaid(section)
        if stretches and stretches[0][2][0].cells[0] == table:
            problems += _after_file(grid, section, table)
    settled = plain_roles(section.roles, [row for _, _, rows in stretches for row in rows])
    out = []
    for number, (name, about, rows) in enumerate(stretches):
        about = about or (described if number == 0 or name == table else "")
        made = replace(grid, rows=rows, titles=[], heading="", settled=settled)
        out.append(replace(made, table=name, described=about))
    if reader.described:
        out.append(_descriptions(grid, reader.described))
    return out


def _after_file(grid: Grid, section: Section, table: str) -> list[ReadProblem]:
    """That the table has its name from the file's alone, which a person should confirm."""
    place = section.body[0].place
    told = place.sheet or section.titles or section.roles.has(Role.TABLE)
    if told or not any(section.roles.headers) or table != sheet_table(grid.sheet):
        return []
    field_name = section.roles.headers[section.roles.columns[Role.FIELD]]
    message = (
        f"Nothing names the table but the file: its fields count as those of {table}."
        f" To name it: --roles '{place.document}:field={field_name},table-name={table}'"
    )
    return [ReadProblem(message, place)]


def _line_above(grid: Grid, section: Section) -> str:
    """The only line above a header whose sheet names the table: it says what that is for.

    Unless other sheets have it too: then it is the document's title.
    """
    lines = [*grid.titles, *(titled(row) for row in section.titles)]
    named = bool(grid.sheet) and not is_generic(grid.sheet) and not section.roles.has(Role.TABLE)
    alone = named and len(lines) == 1 and lines[0].count(" ") > 1 and not is_generic(lines[0])
    return lines[0] if alone else ""


def _unsaid(section: Section) -> list[ReadProblem]:
    """What a list without a header leaves open, and how a person says it."""
    message = (
        "Column {0} says yes or no, but no header says of what; it was not read."
        " If it means mandatory: --roles '{1}:{2},mandatory={0}{3}'"
    )
    place = section.body[0].place
    roles = ",".join(f"{role.value}={letter(c)}" for role, c in section.roles.columns.items())
    headed = "" if any(section.roles.headers) else ",header=none"
    letters = map(letter, unsaid(section))
    return [
        ReadProblem(message.format(one, place.document, roles, headed), place) for one in letters
    ]


def _named_apart(grid: Grid, sections: Sequence[Section]) -> bool:
    """Whether sections of one sheet each have a table's name above, which the tab has not."""
    lists = [one for one in sections if one.roles.has(Role.FIELD) and not one.roles.has(Role.TABLE)]
    if len(lists) < 2:
        return False
    lines = ([titled(row) for row in one.titles] for one in lists)
    names = [title_table(some, "", grid.sheet, weak=True)[0].casefold() for some in lines]
    return len(set(names)) == len(names) and all(names)


def _table_of(
    grid: Grid, section: Section, assignment: Assignment | None, *, weak: bool
) -> tuple[str, str]:
    """The table that a section without a column for it is of, and its description; or ""."""
    said = assignment.table if assignment is not None else ""
    if said and said not in (FROM_SHEET, FROM_TITLE):
        return said, ""
    if grid.table:
        return grid.table, ""
    lines = [*grid.titles, *(titled(row) for row in section.titles)]
    label, at = labelled_table(lines) if grid.wraps else ("", -1)
    if label and said != FROM_SHEET:
        return label, " ".join(lines[at + 1 :])
    in_sheet = bool(section.body and section.body[0].place.sheet)
    weak = weak or said == FROM_TITLE or is_generic(grid.sheet) or not in_sheet
    name, described = title_table(lines, grid.heading, grid.sheet, weak=weak)
    from_sheet = "" if grid.sheet and is_generic(grid.sheet) else sheet_table(grid.sheet)
    if said == FROM_SHEET:
        return sheet_table(grid.sheet), described
    if said == FROM_TITLE:
        return name, described
    return name or from_sheet, described


def _table_list(grid: Grid, section: Section) -> Grid:
    """A list of tables, as a settled grid without fields."""
    at = section.roles.columns
    about = at.get(Role.TABLE_DESCRIPTION, at.get(Role.DESCRIPTION))
    order = at.get(Role.POSITION)
    rows = []
    for row in section.body:
        cells = [
            row.cells[column] if column is not None and column < len(row.cells) else ""
            for column in (at[Role.TABLE], about, order)
        ]
        cells[0] = sheet_table(cells[0]) if not is_identifier(cells[0]) else cells[0]
        rows.append(replace(row, cells=cells))
    columns = {Role.TABLE: 0, Role.DESCRIPTION: 1, Role.POSITION: 2}
    return Grid(rows, sheet=grid.sheet, settled=Roles(columns, ()))


def _descriptions(grid: Grid, described: dict[str, str]) -> Grid:
    place = grid.rows[0].place
    rows = [Row([table, text, ""], place) for table, text in described.items()]
    columns = {Role.TABLE: 0, Role.DESCRIPTION: 1, Role.POSITION: 2}
    return Grid(rows, sheet=grid.sheet, settled=Roles(columns, ()))
