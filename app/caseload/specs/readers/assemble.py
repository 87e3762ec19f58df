"""Grids to tables and fields: whose fields they are, which column says what, row by row."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from caseload.model.catalog import FieldSpec, ReadProblem
from caseload.specs.readers.assembled import Assembled, ReadField
from caseload.specs.readers.cells import condition_in, flags_of, reference
from caseload.specs.readers.confidence import RowFacts
from caseload.specs.readers.grid import Extracted, Grid, Row
from caseload.specs.readers.mended import mend
from caseload.specs.readers.names import (
    CONTINUED,
    heading_table,
    is_identifier,
    labelled_table,
    mark_of,
    unwrapped_name,
)
from caseload.specs.readers.prose import Traits, flow, overlooked, traits_of
from caseload.specs.readers.prose_values import listed_values
from caseload.specs.readers.roles import (
    NOTHING,
    Roles,
    header_strength,
    looks_like_type,
    settle,
)
from caseload.specs.readers.titles import described_above, description, stated_orders, table_above
from caseload.specs.readers.vocabulary import Role

_TRUE = {"y", "yes", "true", "1", "x", "t", "\u2713", "\u2714", "pk", "p"}
_NEEDED = {"m", "mandatory", "required"}
_HEADER_WITHIN = 12
_IN_TITLE = 2
_TYPE_PARTS = re.compile(r"^([A-Za-z][A-Za-z0-9_ ]*?)\s*(?:\(\s*([^)]*)\s*\))?\s*$")


@dataclass(slots=True)
class _State:
    """Where the walk over the grids stands."""

    roles: Roles | None = None
    table: str = ""
    described: str = ""
    edges: tuple[float, ...] = ()
    flags: dict[Role, Callable[[str], bool | None]] = field(default_factory=dict)

    def take(self, roles: Roles, grid: Grid) -> None:
        """Go on with these columns; how those of yes and no are written is told from the grid.

        A header such as M/O/R says so itself.
        """
        self.roles, self.edges = roles, grid.edges
        self.flags = {
            role: flags_of(_flag_words(roles, column, grid))
            for role in (Role.MANDATORY, Role.NULLABLE)
            if (column := roles.columns.get(role)) is not None
        }


def _flag_words(roles: Roles, column: int, grid: Grid) -> list[str]:
    header = roles.headers[column] if column < len(roles.headers) else ""
    said = [row.cells[column] for row in grid.rows if column < len(row.cells)]
    return [*said, *(re.split(r"\s*/\s*", header) if "/" in header else ())]


def assemble(extracted: Extracted, tell: Callable[[float], None]) -> Assembled:
    """Walk the grids in document order and collect tables, fields and what could not be read.

    It walks again when the names then known show where the width of a cell broke one.
    """
    out = _walked(extracted, lambda share: tell(share * 0.5))
    names = {one.spec.field_name for table in out.tables.values() for one in table.fields}
    if mend(extracted.grids, names | set(out.tables)):
        out = _walked(extracted, lambda share: tell(0.5 + share * 0.5))
    for name, order in stated_orders(extracted.prose, out.tables).items():
        out.orders.setdefault(name, order)
    return out


def _walked(extracted: Extracted, tell: Callable[[float], None]) -> Assembled:
    out = Assembled(problems=list(extracted.problems))
    hyphens = _names_hold_hyphens(extracted.grids)
    state = _State()
    for number, grid in enumerate(extracted.grids):
        tell(number / len(extracted.grids))
        _enter(grid, state)
        walk = _walk_settled if grid.settled else _walk
        walk(grid, state, out, hyphens=hyphens)
    out.tell_repeats()
    return out


def _names_hold_hyphens(grids: Sequence[Grid]) -> bool:
    """Whether names of one line have hyphens, so that one at a line's end may be real."""
    cells = [cell for grid in grids for row in grid.rows for cell in row.cells[:4]]
    hyphened = sum("\n" not in c and "-" in c and is_identifier(c) and "_" in c for c in cells)
    return hyphened >= 2


def _enter(grid: Grid, state: _State) -> None:
    """Find the table a grid is of from the lines above it; without any, it goes on."""
    titles = [line for line in grid.titles if line.strip()]
    carried = _is_carried(grid, titles, state)
    label, at = labelled_table(titles)
    if label:
        state.table, state.described = label, description(titles[at:])
    elif grid.heading and heading_table(grid.heading):
        state.table = heading_table(grid.heading)
        at = max((i for i, line in enumerate(titles) if line == grid.heading), default=-1)
        state.described = " ".join(titles[at + 1 :])
    elif titles and not grid.sheet:
        found = table_above(titles)
        if found or not carried:
            state.table, state.described = found or ("", "")
    elif grid.sheet:
        state.table, state.described = heading_table(grid.sheet) or grid.sheet, ""
    if not carried:
        state.roles = None


def _is_carried(grid: Grid, titles: Sequence[str], state: _State) -> bool:
    """Whether a grid without a header of its own has the columns of the one before it.

    Below other words it must also begin with a field, as a grid of something else does not.
    """
    if state.roles is None or not grid.edges or not _same_edges(grid.edges, state.edges):
        return False
    column = state.roles.columns.get(Role.TYPE)
    if not titles or column is None:
        return True
    return any(looks_like_type(row.cells[column]) for row in grid.rows[:2])


def _same_edges(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return len(one) == len(other) and all(abs(a - b) < 4 for a, b in zip(one, other, strict=True))


def _walk(grid: Grid, state: _State, out: Assembled, *, hyphens: bool) -> None:
    named = 0
    titling = _header_at(grid) > 0
    for index, row in enumerate(grid.rows):
        filled = [cell for cell in row.cells if cell]
        if not filled:
            continue
        if state.roles and _is_header_again(row, state.roles):
            named += 1
            continue
        roles = None if _is_body(row, index, state.roles) else _header(grid, index)
        if roles:
            state.take(roles, grid)
            named += 1
            titling = False
        elif (len(filled) == 1 and _title_row(filled[0], state, grid)) or (
            (titling or not state.roles)
            and len(filled) == 2
            and _title_row(": ".join(filled), state, grid)
        ):
            titling = True
        elif titling and _is_beside_title(row, state.roles):
            said = ": ".join(flow(cell) for cell in filled)
            state.described = f"{state.described} {said}".strip()
        elif state.roles:
            _field_row(row, grid, state, out, hyphens=hyphens)
    if not named and not state.roles and grid.rows:
        best = max(grid.rows[:30], key=lambda row: header_strength(row.cells))
        seen = tuple(" ".join(cell.split()) for cell in best.cells if cell)
        out.unsettled.append((len(grid.rows), seen))


def _walk_settled(grid: Grid, state: _State, out: Assembled, *, hyphens: bool) -> None:
    """Take every row of a grid whose columns are known as a field (see `headers`)."""
    if grid.table:
        state.table, state.described = grid.table, grid.described
    assert grid.settled is not None  # noqa: S101 - the caller has looked
    state.take(grid.settled, grid)
    for row in grid.rows:
        _field_row(row, grid, state, out, hyphens=hyphens)


def _header_at(grid: Grid) -> int:
    """The row of a grid's first header below rows of a title, of one cell or two; 0 if none."""
    for index, row in enumerate(grid.rows[:_HEADER_WITHIN]):
        if _header(grid, index):
            return index
        if sum(1 for cell in row.cells if cell) > _IN_TITLE:
            break
    return 0


def _is_beside_title(row: Row, roles: Roles | None) -> bool:
    """Whether a row between a table's name and its header says something of the table."""
    if sum(1 for cell in row.cells if cell) > _IN_TITLE:
        return False
    column = roles.columns.get(Role.TYPE) if roles else None
    return column is None or column >= len(row.cells) or not looks_like_type(row.cells[column])


def _is_header_again(row: Row, roles: Roles) -> bool:
    return [c.casefold().replace("\n", "") for c in row.cells] == [
        h.casefold().replace("\n", "") for h in roles.headers
    ]


def _is_body(row: Row, index: int, roles: Roles | None) -> bool:
    """Whether a row is no further header.

    It has a type, or it stands deep in the grid and shares no header cell.
    """
    if roles is None:
        return False
    column = roles.columns.get(Role.TYPE)
    if column is not None and column < len(row.cells) and looks_like_type(row.cells[column]):
        return True
    headers = {h.casefold() for h in roles.headers if h}
    return index > 2 and not headers & {cell.casefold() for cell in row.cells}


def _header(grid: Grid, index: int) -> Roles | None:
    """The roles a row gives if it is a header that tells of fields or of tables."""
    row = grid.rows[index]
    if header_strength(row.cells) < 2:
        return None
    body = [later.cells for later in grid.rows[index + 1 : index + 400]]
    roles = settle(row.cells, body)
    tells = roles.has(Role.TYPE, Role.LENGTH, Role.TABLE, Role.MANDATORY, Role.NULLABLE)
    of_fields = roles.has(Role.FIELD) and (tells or roles.has(Role.ELEMENT))
    of_tables = roles.has(Role.TABLE) and roles.has(Role.DESCRIPTION, Role.POSITION)
    return roles if of_fields or of_tables else None


def _title_row(text: str, state: _State, grid: Grid) -> bool:
    """Take a row of one cell as the name of the table that follows; whether it was one."""
    lines = text.split("\n")
    label, at = labelled_table(lines)
    if label:
        state.table, state.described = (
            label,
            description(lines[at:]) or described_above(grid.titles),
        )
        return True
    of_fields = state.roles is not None and Role.TABLE not in state.roles.columns
    name = heading_table(CONTINUED.sub("", text).strip())
    if name and of_fields and grid.rows and len(grid.rows[0].cells) > 2 and not grid.wraps:
        state.table, state.described = name, ""
        return True
    return False


def _field_row(row: Row, grid: Grid, state: _State, out: Assembled, *, hyphens: bool) -> None:
    roles = state.roles
    assert roles is not None  # noqa: S101 - the caller has looked
    cell = _cells(row, roles)
    name_cell = cell(Role.FIELD)
    table = _one_word(cell(Role.TABLE), grid) if Role.TABLE in roles.columns else state.table
    if Role.TABLE in roles.columns:
        table = table or state.table
        state.table = table
    if Role.FIELD not in roles.columns:
        _table_row(table, cell, out)
        return
    name = unwrapped_name(name_cell, wraps=grid.wraps, hyphens=hyphens)
    lone = Role.TYPE in roles.columns and sum(1 for text in row.cells if text) == 1
    if not name or not table or lone:
        _unread(row, name, table, out)
        return
    spec, traits = _spec(row, grid, state, table, name)
    mark = mark_of(name_cell)
    if traits.mandatory is None and mark in _NEEDED:
        traits.mandatory = True
    facts = RowFacts(
        ruled=row.ruled,
        pages=row.pages,
        lines=len([line for line in name_cell.split("\n") if line]),
        by_content=tuple(sorted(role.value for role in roles.by_content)),
        has_type_column=Role.TYPE in roles.columns,
        has_length_column=Role.LENGTH in roles.columns,
        guessed_rows=row.guessed,
        overlooked=overlooked(spec.description, traits) if grid.wraps else (),
        said_mandatory=traits.mandatory,
        starred=bool(mark) and not mark.isalpha(),
    )
    described = state.described if state.table == table else ""
    out.add(ReadField(spec, facts, traits, row.shade), described)


def _unread(row: Row, name: str, table: str, out: Assembled) -> None:
    if sum(1 for cell in row.cells if cell) < 2:
        said = " ".join(" ".join(row.cells).split())[:60]
        message = f"A row among the fields of {table or 'a table'} is none: {said}"
    elif not name:
        message = f"A row of {table or 'a table'} has no field name"
    else:
        message = f"Field {name} belongs to no table that the document names"
    out.problems.append(ReadProblem(message, row.place))


def _table_row(table: str, cell: Callable[[Role], str], out: Assembled) -> None:
    """A row of a list of tables: its description, its place in the load order."""
    if not is_identifier(table):
        return
    if cell(Role.DESCRIPTION):
        out.descriptions.setdefault(table, flow(cell(Role.DESCRIPTION)))
    order = cell(Role.POSITION)[:10].rstrip(".")
    if order.isdecimal():
        out.orders.setdefault(table, int(order))


def _cells(row: Row, roles: Roles) -> Callable[[Role], str]:
    def cell(role: Role) -> str:
        column = roles.columns.get(role)
        text = row.cells[column] if column is not None and column < len(row.cells) else ""
        keeps = role in (Role.DESCRIPTION, Role.FIELD)
        return text if keeps or text.casefold() not in NOTHING else ""

    return cell


def _one_word(text: str, grid: Grid) -> str:
    return text.replace("\n", "" if grid.wraps else " ")


def _spec(row: Row, grid: Grid, state: _State, table: str, name: str) -> tuple[FieldSpec, Traits]:
    roles = state.roles
    assert roles is not None  # noqa: S101 - the caller has looked
    cell = _cells(row, roles)
    texts = [cell(Role.DESCRIPTION), *(row.cells[c] for c in roles.more if c < len(row.cells))]
    comments = [flow(text) if grid.wraps else text for text in texts if text]
    extra = [_one_line(cell(role)) for role in (Role.CONDITION, Role.CODE_TYPE) if cell(role)]
    traits = traits_of("\n\n".join([*comments, *extra]))
    data_type, length = _type_and_length(cell, grid)
    foreign = _foreign_columns(cell)
    if foreign or roles.has(Role.FOREIGN_TABLE):
        traits.foreign = [foreign] if foreign else []
        traits.sure = bool(foreign and foreign[1]) or roles.has(Role.FOREIGN_TABLE)
    _flags(cell, state, traits)
    said = "\n".join(comments).replace("\n\n", "\n")
    spec = FieldSpec(
        table_name=table,
        field_name=name,
        position=0,
        data_type=data_type,
        length=length,
        raw_field_name=" ".join(cell(Role.FIELD).split()),
        description=said,
        data_element=_one_line(cell(Role.ELEMENT)),
        logical_delete_flag=_one_line(cell(Role.DELETED)),
        released_at=_one_line(cell(Role.RELEASED)),
        format=_one_line(cell(Role.FORMAT)) or traits.format,
        allowed_values=_listed(cell(Role.VALUES), grid) or traits.values,
        code_type=traits.code_type or _one_line(cell(Role.CODE_TYPE)),
        key=traits.key,
        unique=traits.unique,
        upper=traits.upper,
        condition=(
            _one_line(cell(Role.CONDITION))
            or traits.condition
            or condition_in(cell(Role.MANDATORY))
        ),
        loaded_to=_one_word(cell(Role.LOADED_TO), grid) or traits.loaded_to,
        provenance=row.place,
    )
    return spec, traits


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _type_and_length(cell: Callable[[Role], str], grid: Grid) -> tuple[str, str]:
    """Type and length, each from its own column, or the length out of the type's brackets."""
    text = _one_word(cell(Role.TYPE), grid)
    length = _one_line(cell(Role.LENGTH)).replace(" ", "").strip("()")
    scale = _one_line(cell(Role.SCALE))
    match = _TYPE_PARTS.match(text)
    if match and looks_like_type(text):
        text = match.group(1)
        inner = (match.group(2) or "").replace(" ", "")
        length = length or re.sub(r"(?i)(?:bytes?|chars?)$", "", inner)
    if scale.isdigit() and scale != "0" and length.isdigit():
        length = f"{length},{scale}"
    length = re.sub(r"(?i)(?:bytes?|chars?|characters|digits)$", "", length)
    return " ".join(text.upper().split()), length.replace(".", ",") if "," not in length else length


def _foreign_columns(cell: Callable[[Role], str]) -> tuple[str, str] | None:
    table, name = _one_line(cell(Role.FOREIGN_TABLE)), _one_line(cell(Role.FOREIGN_FIELD))
    if table:
        return table, name
    text = cell(Role.FOREIGN).replace("\n", "")
    return reference(text) if text else None


def _flags(cell: Callable[[Role], str], state: _State, traits: Traits) -> None:
    """Columns of yes and no outweigh prose."""
    mandatory, nullable = _one_line(cell(Role.MANDATORY)), _one_line(cell(Role.NULLABLE))
    if mandatory:
        traits.mandatory = state.flags[Role.MANDATORY](mandatory) is True
    elif nullable:
        written_out = "not null" in nullable.casefold() or nullable.casefold() == "nn"
        traits.mandatory = written_out or state.flags[Role.NULLABLE](nullable) is False
        if nullable.casefold() in ("null", "o", "optional"):
            traits.mandatory = False
    for role, name in ((Role.KEY, "key"), (Role.UNIQUE, "unique")):
        if state.roles is not None and state.roles.has(role):
            setattr(traits, name, _one_line(cell(role)).casefold() in _TRUE)


def _listed(text: str, grid: Grid) -> tuple[str, ...]:
    text = flow(text) if grid.wraps else text
    exact = text.endswith("\n")
    values = () if exact else listed_values(text)
    if values:
        return values
    parts = re.split(r"\s*\n\s*" if "\n" in text else r"\s*[,;|/]\s*", text)
    return tuple(dict.fromkeys(part for part in parts if part))
