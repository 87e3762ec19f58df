"""A page's text and grids as blocks from top to bottom, without what runs on every page."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from caseload.model.catalog import Provenance
from caseload.specs.readers.grid import Row
from caseload.specs.readers.names import clean, labelled_table
from caseload.specs.readers.pdf_grid import Ruled, cells_of, ruled_grids, shade_at
from caseload.specs.readers.pdf_headers import in_columns
from caseload.specs.readers.pdf_page import Floats, Page
from caseload.specs.readers.pdf_rows import Alignment, unparted_rows
from caseload.specs.readers.pdf_text import Line, lines_of
from caseload.specs.readers.roles import header_strength

_TOP, _BOTTOM = 0.14, 0.88
_VERY_TOP, _VERY_BOTTOM = 0.075, 0.94
_SHARE = 0.04
_PAGE_NUMBER = re.compile(r"^(?:page\s*)?#+(?:\s*(?:of|/)\s*#+)?$", re.IGNORECASE)
_LEADERS = re.compile(r"(?:\.\s?){4,}\s*\d*\s*$")


@dataclass(slots=True)
class Fragment:
    """The part of a grid that one page holds; `edges` are its columns' borders."""

    rows: list[Row]
    edges: tuple[float, ...]
    top: float
    bottom: float


@dataclass(slots=True)
class Blocks:
    """A page in reading order: lines outside grids, and fragments of grids."""

    number: int
    width: float
    height: float
    items: list[Line | Fragment]
    fills: Floats
    across: Floats


def blocks_of(page: Page, document: str, alignment: Alignment) -> Blocks:
    """Sort a page's characters into grids and the lines between them.

    `alignment` learns over the pages how cells stand in rows that no line parts.
    """
    grids = ruled_grids(page)
    lines = lines_of(page.codes, page.boxes, cells_of(grids, page))
    frames = {number for number, grid in enumerate(grids) if _is_frame(grid, number, lines)}
    if frames:
        grids = [grid for number, grid in enumerate(grids) if number not in frames]
        lines = lines_of(page.codes, page.boxes, cells_of(grids, page))
    cells: dict[int, list[Line]] = defaultdict(list)
    items: list[Line | Fragment] = []
    for line in lines:
        if line.cell < 0:
            if not _LEADERS.search(line.text):
                items.append(line)
        else:
            cells[line.cell].append(line)
    for number, grid in enumerate(grids):
        items.append(_fragment(grid, number, cells, Provenance(document, page.number), alignment))
    items.sort(key=lambda item: item.top)
    return Blocks(page.number, page.width, page.height, items, page.fills, page.across)


def _is_frame(grid: Ruled, number: int, lines: Sequence[Line]) -> bool:
    """Whether a grid of one column is a frame around a table that has no columns drawn."""
    if len(grid.xs) != 2:
        return False
    return in_columns([line for line in lines if line.cell // 1_000_000 == number])


def _fragment(
    grid: Ruled,
    number: int,
    cells: dict[int, list[Line]],
    place: Provenance,
    alignment: Alignment,
) -> Fragment:
    columns, count = len(grid.xs) - 1, len(grid.ys) - 1
    found = [
        [cells.get(number * 1_000_000 + row * 100 + column, []) for column in range(columns)]
        for row in range(count)
    ]
    reach = [
        max((line.right for row in found for line in row[column]), default=0.0)
        for column in range(columns)
    ]
    rows = []
    for index, row in enumerate(found):
        parts = unparted_rows(row, alignment)
        for part in parts:
            top, bottom = float(grid.ys[index]), float(grid.ys[index + 1])
            shade = grid.shades[index]
            if len(parts) > 1:
                top = min(line.top for lines in part for line in lines)
                bottom = max(line.bottom for lines in part for line in lines)
                shade = shade_at(grid.fills, float(grid.xs[0]), top, float(grid.xs[-1]), bottom)
            sides = (float(grid.xs[0]), top, float(grid.xs[-1]), bottom)
            left, top, right, bottom = (round(side, 1) for side in sides)
            texts = [cell_text(lines, reach[column]) for column, lines in enumerate(part)]
            where = replace(place, box=(left, top, right, bottom))
            rows.append(Row(texts, where, shade, guessed=len(parts) > 1))
    edges = tuple(round(float(x), 1) for x in grid.xs)
    return Fragment(rows, edges, float(grid.ys[0]), float(grid.ys[-1]))


def cell_text(lines: Sequence[Line], reach: float) -> str:
    """A cell's lines parted by newlines; by two where the next word would still have fitted.

    `reach` is how far right text goes in that column.
    """
    text = ""
    for index, line in enumerate(lines):
        if index:
            before = lines[index - 1]
            space = 0.22 * (before.bottom - before.top)
            fits = before.right + space + line.head < reach - 0.5
            text += "\n\n" if fits else "\n"
        text += clean(line.text)
    return text


def without_running(pages: list[Blocks]) -> None:
    """Drop headers, footers and page numbers: what stands at one height on several pages."""
    seen: Counter[tuple[str, int]] = Counter()
    for page in pages:
        seen.update({_mark(item) for item in page.items if _in_margin(item, page)})
    _drop_rows(pages, seen)
    needed = 3 if len(pages) > 3 else 2
    for page in pages:
        running = [
            _in_margin(item, page)
            and _runs(_mark(item), seen, needed, len(pages))
            and not _tells_of_fields(item)
            for item in page.items
        ]
        edge = _at_edge(page, running)
        kept: list[Line | Fragment] = []
        for index, item in enumerate(page.items):
            if not (running[index] and index in edge) or _belongs(item, kept):
                kept.append(item)
        page.items = kept


def _drop_rows(pages: list[Blocks], seen: Counter[tuple[str, int]]) -> None:
    """Drop a running header in a box where it touches a table and looks like its first row."""
    for page in pages:
        for item in page.items:
            if not isinstance(item, Fragment) or len(item.rows) < 2:
                continue
            box = item.rows[0].place.box
            first = Fragment(item.rows[:1], item.edges, item.top, box[3] if box else item.top)
            if _in_margin(first, page) and seen[_mark(first)] >= 2:
                del item.rows[0]
                item.top = first.bottom


def _runs(mark: tuple[str, int], seen: Counter[tuple[str, int]], needed: int, pages: int) -> bool:
    numbered = _PAGE_NUMBER.match(mark[0]) is not None
    return seen[mark] >= (min(2, pages) if numbered else max(needed, _SHARE * pages))


def _at_edge(page: Blocks, running: Sequence[bool]) -> set[int]:
    """What lies at a page's very edge, or has nothing between it and the edge but what runs.

    Inside the body two pages may well have one line at one height by chance.
    """
    count = len(page.items)
    found = {
        index
        for index, item in enumerate(page.items)
        if item.bottom < _VERY_TOP * page.height or item.top > _VERY_BOTTOM * page.height
    }
    for order in (range(count), range(count - 1, -1, -1)):
        for index in order:
            if not running[index]:
                break
            found.add(index)
    return found


def _belongs(item: Line | Fragment, above: Sequence[Line | Fragment]) -> bool:
    """Whether what recurs is a table's header, or the second line of one."""
    if _tells_of_fields(item):
        return True
    last = above[-1] if above else None
    if not isinstance(last, Line) or not isinstance(item, Line):
        return False
    close = item.top - last.bottom < 0.5 * (last.bottom - last.top)
    return close and _tells_of_fields(last)


def _in_margin(item: Line | Fragment, page: Blocks) -> bool:
    return item.bottom < _TOP * page.height or item.top > _BOTTOM * page.height


def _mark(item: Line | Fragment) -> tuple[str, int]:
    text = item.text if isinstance(item, Line) else " ".join(c for r in item.rows for c in r.cells)
    return (" ".join(re.sub(r"\d+", "#", text).split()), round(item.top / 3))


def _tells_of_fields(item: Line | Fragment) -> bool:
    if isinstance(item, Line):
        words = [word for _, _, word in item.parts]
        return header_strength(words) >= 3 or labelled_table([item.text])[1] >= 0
    if (
        labelled_table([line for row in item.rows for c in row.cells for line in c.split("\n")])[1]
        >= 0
    ):
        return True
    return any(header_strength(row.cells) >= 2 for row in item.rows)
