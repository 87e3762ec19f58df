"""Ruled grids: of the load tables, and the small ones of narrative and appendix."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from builder.guide_page import BODY, BOLD, BOTTOM, LEFT, RIGHT, RULE, Sheet, cut, wrap
from builder.guide_prose import comment_paragraphs
from builder.model import Pack, TargetField, TargetTable
from builder.release import pick

SIZE, LEADING, PAD = 9.0, 11.0, 3.0
GREY = (0.851, 0.851, 0.851)
BLUE = (0.776, 0.851, 0.945)
COLUMNS = (68.0, 51.0, 110.0, RIGHT - LEFT - 229.0)
HEADERS = ("DATATYPE", "LENGTH", "NAME", "COMMENTS")


@dataclass
class Row:
    """The lines of each cell, and how the row is set."""

    cells: list[list[str]]
    colour: tuple[float, float, float] | None = None
    font: str = BODY

    @property
    def depth(self) -> int:
        """Lines of the tallest cell."""
        return max(1, *(len(cell) for cell in self.cells))


def load_table(sheet: Sheet, pack: Pack, table: TargetTable) -> None:
    """The box that names a load table, then its grid."""
    _box(sheet, table)
    repeat = pick(f"{table.name} header", (True, False))
    again = repeat and pick(f"{table.name} continued", (True, False, False))
    title = f"TABLE NAME: {table.name} (continued)" if again else ""
    rows = [_field_row(pack, one) for one in table.fields]
    cuts = pick(f"{table.name} cuts", (True, True, True, False))
    grid(sheet, COLUMNS, Row([[text] for text in HEADERS], BLUE, BOLD), rows,
         repeat=repeat, cuts=cuts, continued=title)  # fmt: skip
    sheet.y -= 12


def _box(sheet: Sheet, table: TargetTable) -> None:
    width = RIGHT - LEFT - 12
    parts = [(f"TABLE NAME: {table.name}", BOLD, 11.0)]
    said = (("Purpose", table.purpose), ("How loaded", table.loading),
            ("Records created", table.creates))  # fmt: skip
    for label, text in said:
        parts += [(line, BODY, 9.0) for line in wrap(f"{label}: {text}", BODY, 9.0, width)]
    height = sum(size * 1.3 for _, _, size in parts) + 12
    sheet.room(height + 110)
    sheet.y -= 4
    top = sheet.y
    for line, font, size in parts:
        sheet.y -= size * 1.3
        sheet.text(LEFT + 6, sheet.y, line, font, size)
    sheet.y = top - height
    _frame(sheet, LEFT, sheet.y, RIGHT - LEFT, height)
    sheet.y -= 8


def _frame(sheet: Sheet, x: float, y: float, width: float, height: float) -> None:
    sheet.rule(x, y, width + RULE)
    sheet.rule(x, y + height, width + RULE)
    sheet.bar(x, y, height)
    sheet.bar(x + width, y, height)


def _field_row(pack: Pack, one: TargetField) -> Row:
    comments = [
        line
        for paragraph in comment_paragraphs(pack, one)
        for line in wrap(paragraph, BODY, SIZE, COLUMNS[3] - 2 * PAD)
    ]
    name = _name_lines(one)
    colour = GREY if one.mandatory else None
    return Row([[one.data_type], [one.length] if one.length else [], name, comments], colour)


def _name_lines(one: TargetField) -> list[str]:
    """A name too long for its column breaks where it ends, or after an underscore."""
    width = COLUMNS[2] - 2 * PAD
    pieces = cut(one.name, BODY, SIZE, width)
    if len(pieces) > 1 and pick(f"{one.table}.{one.name} break", (False, False, False, True)):
        head, mark, tail = pieces[0].rpartition("_")
        if mark and head:
            return [head + mark, *cut(tail + "".join(pieces[1:]), BODY, SIZE, width)]
    return pieces


def small_grid(sheet: Sheet, widths: Sequence[float], rows: Sequence[Sequence[str]]) -> None:
    """A grid of the narrative or appendix: the first row is its header."""
    share = (RIGHT - LEFT) / sum(widths)
    columns = [width * share for width in widths]

    def fit(texts: Sequence[str], font: str) -> list[list[str]]:
        return [
            wrap(text, font, SIZE, column - 2 * PAD) if text else []
            for text, column in zip(texts, columns, strict=True)
        ]

    header = Row(fit(rows[0], BOLD), BLUE, BOLD)
    body = [Row(fit(texts, BODY)) for texts in rows[1:]]
    grid(sheet, columns, header, body, repeat=True, cuts=False, continued="")
    sheet.y -= 10


def grid(
    sheet: Sheet,
    columns: Sequence[float],
    header: Row,
    rows: Sequence[Row],
    *,
    repeat: bool,
    cuts: bool,
    continued: str,
) -> None:
    """Draw a grid over as many pages as it takes.

    With *repeat* each page begins with the header again; with *cuts* a row that
    does not fit is cut by the page; *continued* is a title for the later pages.
    """

    def turn() -> None:
        sheet.new_page()
        if continued:
            sheet.y -= 17
            _frame(sheet, LEFT, sheet.y, RIGHT - LEFT, 17)
            sheet.text(LEFT + 6, sheet.y + 5, continued, BOLD, 9.5)
            sheet.y -= 6
        if repeat:
            _draw(sheet, columns, header)

    sheet.room(_height(header) + 2 * LEADING + 2 * PAD)
    _draw(sheet, columns, header)
    for row in rows:
        rest = row
        while _height(rest) > sheet.y - BOTTOM:
            fitting = int((sheet.y - BOTTOM - 2 * PAD) / LEADING)
            if cuts and fitting >= 1 and rest.depth > 1:
                _draw(sheet, columns, Row([c[:fitting] for c in rest.cells], rest.colour))
                rest = Row([c[fitting:] for c in rest.cells], rest.colour)
            turn()
        _draw(sheet, columns, rest)


def _height(row: Row) -> float:
    return row.depth * LEADING + 2 * PAD


def _draw(sheet: Sheet, columns: Sequence[float], row: Row) -> None:
    """One row, or the part of it that this page holds, with all its rules."""
    height = _height(row)
    bottom, x = sheet.y - height, LEFT
    for width, cell in zip(columns, row.cells, strict=True):
        if row.colour is not None:
            sheet.shade(x, bottom, width, height, row.colour)
        for number, line in enumerate(cell):
            y = sheet.y - PAD - (number + 1) * LEADING + 2.6
            sheet.text(x + PAD, y, line, row.font, SIZE)
        x += width
    x = LEFT
    for width in (*columns, 0.0):
        sheet.bar(x, bottom, height + RULE)
        x += width
    sheet.rule(LEFT, sheet.y, sum(columns) + RULE)
    sheet.rule(LEFT, bottom, sum(columns) + RULE)
    sheet.y = bottom
