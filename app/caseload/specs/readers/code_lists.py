"""Lists of codes that stand apart from the fields which use them, brought to these fields.

A dictionary often lists the codes of its fields on a sheet of its own: a row a code beside the
list's or the field's name, a column a list, or a block of rows under the list's name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from caseload.specs.readers.grid import Grid, Row
from caseload.specs.readers.header_words import concepts
from caseload.specs.readers.lexicon import Word
from caseload.specs.readers.plain_rows import CANONICAL
from caseload.specs.readers.table_titles import titled
from caseload.specs.readers.vocabulary import Role

_AT = {role: number for number, role in enumerate(CANONICAL)}
_KNOWN = 0.6
_MOST_CODES = 5_000
_LONGEST_CODE = 60
_HEAD_ROWS = 12
_CODE_WORDS = {Word.CODE, Word.VALUE, Word.CODED, Word.ENUMERATION}
_ABOUT_CODE = {Word.DESCRIPTION, Word.LABEL, Word.NOTE, Word.NAME, Word.TYPE, Word.LIST, Word.TABLE,
               Word.POSITION, Word.LOOKUP}  # fmt: skip
_SEE = ("see", "refer to", "lookup", "look up", "list", "code list", "code set", "code type")

Lists = Mapping[str, Sequence[str]]


@dataclass(slots=True)
class _Users:
    """The rows of fields by what a list may be called after: its name or number, or the field."""

    lists: dict[str, list[Row]] = field(default_factory=dict)
    fields: dict[str, list[Row]] = field(default_factory=dict)
    pairs: dict[tuple[str, str], list[Row]] = field(default_factory=dict)
    tables: set[str] = field(default_factory=set)

    def named(self, key: str) -> list[Row]:
        """The rows that a list of this name is for."""
        return self.lists.get(key) or self.fields.get(key, [])


def fill_values(grids: Sequence[Grid], apart: Sequence[Grid]) -> list[Grid]:
    """Give fields the codes of their lists; what comes back are the grids that hold none.

    `grids` are those of fields, with settled columns; `apart` the others of the document.
    """
    fields = [grid for grid in grids if grid.settled and Role.FIELD in grid.settled.columns]
    users = _users(fields)
    left = []
    for grid in apart:
        used = [_give(rows, codes) for rows, codes in _found(grid, users)]
        if not any(used):
            left.append(grid)
    for grid in fields:
        if grid.settled and any(row.cells[_AT[Role.VALUES]] for row in grid.rows):
            grid.settled.columns.setdefault(Role.VALUES, _AT[Role.VALUES])
    return left


def _squeezed(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())


def _users(grids: Sequence[Grid]) -> _Users:
    users = _Users()
    for grid in grids:
        for row in grid.rows:
            table = _squeezed(row.cells[_AT[Role.TABLE]] or grid.table)
            name = _squeezed(row.cells[_AT[Role.FIELD]])
            users.tables.add(table)
            users.fields.setdefault(name, []).append(row)
            users.pairs.setdefault((table, name), []).append(row)
            for key in _names_of_list(row):
                users.lists.setdefault(key, []).append(row)
    return users


def _names_of_list(row: Row) -> set[str]:
    """What the list of a field may be called: "12 Sex" is 12, Sex and 12 Sex."""
    said = [row.cells[_AT[Role.CODE_TYPE]], row.cells[_AT[Role.VALUES]].strip()]
    said += [row.cells[_AT[Role.FOREIGN_TABLE]]]
    found = set()
    for text in said:
        if not text or "\n" in text or len(text) > _LONGEST_CODE:
            continue
        low = " ".join(text.casefold().split()).strip("[]().: ")
        for word in _SEE:
            low = low.removeprefix(f"{word} ").strip(":. ")
        number, _, rest = low.partition(" ")
        found |= {_squeezed(low)}
        if number.isdecimal():
            found |= {number.lstrip("0"), _squeezed(rest)}
    return found - {""}


def _give(rows: Sequence[Row], codes: Sequence[str]) -> bool:
    """Set the codes of fields that do not list their own; whether the list is of use at all."""
    for row in rows:
        own = row.cells[_AT[Role.VALUES]]
        if not own or _squeezed(own) not in {_squeezed(code) for code in codes}:
            listed = "\n" in own.strip() or any(mark in own for mark in ",;|/=")
            if not listed:
                row.cells[_AT[Role.VALUES]] = "".join(f"{code}\n" for code in codes)
    return bool(rows)


def _found(grid: Grid, users: _Users) -> Iterator[tuple[list[Row], list[str]]]:
    """The lists of a grid, each with the rows of the fields that it is for."""
    for read in (_by_row, _by_column, _by_block):
        found = [(rows, codes) for rows, codes in read(grid, users) if rows and codes]
        if found:
            yield from found
            return


def _header(grid: Grid) -> int | None:
    """The first row of several texts, none a number: it may head the columns."""
    for index, row in enumerate(grid.rows[:_HEAD_ROWS]):
        cells = [cell for cell in row.cells if cell]
        if len(cells) > 1:
            return index if all(any(c.isalpha() for c in cell) for cell in cells) else None
    return None


def _by_row(grid: Grid, users: _Users) -> Iterator[tuple[list[Row], list[str]]]:
    """A row a code, its list or field named in a column, perhaps only in the first row of each."""
    head = _header(grid)
    if head is None:
        return
    headers = grid.rows[head].cells
    body = [row.cells for row in grid.rows[head + 1 :] if row.cells != headers]
    keys = [(c, _filled_down(body, c)) for c in range(len(headers))]
    table = next((c for c, texts in keys if _share(texts, users.tables) >= _KNOWN), None)
    for known in (users.lists, users.fields):
        for column, texts in keys:
            repeats = len(set(filter(None, texts))) < len(body)
            if column == table or not repeats or _share(texts, known) < _KNOWN:
                continue
            values = _codes_column(headers, body, texts, {column, table})
            if values is None:
                continue
            tables = keys[table][1] if table is not None else [""] * len(body)
            yield from _grouped(body, values, texts, tables, users)
            return


def _grouped(
    body: Sequence[Sequence[str]],
    column: int,
    keys: Sequence[str],
    tables: Sequence[str],
    users: _Users,
) -> Iterator[tuple[list[Row], list[str]]]:
    groups: dict[tuple[str, str], list[str]] = {}
    for cells, key, table in zip(body, keys, tables, strict=True):
        codes = groups.setdefault((_squeezed(table), _squeezed(key)), [])
        codes += [cells[column]] if cells[column] else []
    for (table, key), codes in groups.items():
        rows = users.pairs.get((table, key)) if table else users.named(key)
        yield rows or [], _distinct(codes)


def _filled_down(body: Sequence[Sequence[str]], column: int) -> list[str]:
    texts: list[str] = []
    for cells in body:
        texts.append(cells[column] or (texts[-1] if texts else ""))
    return texts


def _share(texts: Sequence[str], known: Mapping[str, object] | set[str]) -> float:
    """The share of different texts that are known names; 0 without any."""
    different = {_squeezed(text) for text in texts} - {""}
    return sum(text in known for text in different) / len(different) if different else 0.0


def _codes_column(
    headers: Sequence[str],
    body: Sequence[Sequence[str]],
    keys: Sequence[str],
    taken: set[int | None],
) -> int | None:
    """The column of the codes: by its header, else the first that differs within each list."""
    free = [
        c
        for c in range(len(headers))
        if c not in taken and sum(1 for cells in body if cells[c]) > 0.8 * len(body)
    ]
    said = [c for c in free if _heads_codes(headers[c])]
    for column in said or free:
        pairs = [(key, cells[column]) for key, cells in zip(keys, body, strict=True)]
        short = all(len(text) <= _LONGEST_CODE for _, text in pairs)
        if short and len(set(pairs)) >= 0.98 * len(pairs):
            return column
    return None


def _heads_codes(header: str) -> bool:
    said = set(concepts(header))
    return bool(said & _CODE_WORDS) and not said & _ABOUT_CODE


def _by_column(grid: Grid, users: _Users) -> Iterator[tuple[list[Row], list[str]]]:
    """A column a list: its name, and below it codes that differ, as many as it has.

    Columns of one height are a table of examples.
    """
    head = _header(grid)
    if head is None:
        return
    headers = grid.rows[head].cells
    named = [c for c, header in enumerate(headers) if header]
    if _share(headers, {**users.lists, **users.fields}) < _KNOWN:
        return
    columns = {c: [row.cells[c] for row in grid.rows[head + 1 :]] for c in named}
    codes = {c: [cell for cell in cells if cell] for c, cells in columns.items()}
    ragged = len({len(one) for one in codes.values()}) > 1
    from_top = all(columns[c][: len(one)] == one for c, one in codes.items())
    if ragged and from_top and all(len(set(one)) == len(one) for one in codes.values()):
        for column in named:
            yield users.named(_squeezed(headers[column])), _distinct(codes[column])


def _by_block(grid: Grid, users: _Users) -> Iterator[tuple[list[Row], list[str]]]:
    """Blocks of rows, each below a line with the list's name; or all below the sheet's name."""
    key = next((k for k in map(_list_name, reversed(grid.titles)) if users.named(k)), "")
    key = key or _list_name(grid.sheet)
    codes: list[str] = []
    column: int | None = None
    for row in grid.rows:
        filled = [c for c, cell in enumerate(row.cells) if cell]
        heads = [c for c in filled if _heads_codes(row.cells[c])]
        title = _list_name(titled(row)) if len(filled) <= 2 else ""
        if title and users.named(title):
            yield users.named(key) if column is not None else [], _distinct(codes)
            key, codes, column = title, [], None
        elif heads and (column is None or codes):
            column = heads[0]
        elif column is not None and row.cells[column]:
            codes.append(row.cells[column])
    yield users.named(key) if column is not None else [], _distinct(codes)


def _list_name(line: str) -> str:
    """A list's name in a title: of "Code list: SEX" and "Lookup - SEX" the last part."""
    tail = line.replace("\u2013", ":").replace(" - ", ":").rpartition(":")[2]
    low = " ".join(tail.casefold().split())
    for word in (*_SEE, "table"):
        low = low.removeprefix(f"{word} ").removesuffix(f" {word}")
    return _squeezed(low)


def _distinct(codes: Sequence[str]) -> list[str]:
    return [code.replace("\n", " ") for code in dict.fromkeys(codes)][:_MOST_CODES]
