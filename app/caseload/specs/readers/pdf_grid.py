"""Ruled grids of a page: drawn lines to rows and columns, characters to cells."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from caseload.specs.readers.grid import Colour
from caseload.specs.readers.pdf_page import Floats, Page

_TOLERANCE = 2.5
_JOIN = 3.0
_WITHIN_WORD = 0.12
_MANY_COLUMNS = 5
_HEIGHTS = (0.3, 0.5, 0.68)


@dataclass(slots=True)
class Ruled:
    """A grid's geometry: `xs` and `ys` are all its borders.

    `merged[r][c]` is the first column of the cell that column c belongs to in row r, `shades`
    the colour of most of each row; `fills` are all filled areas of the page.
    """

    xs: Floats
    ys: Floats
    merged: NDArray[np.int64]
    shades: list[Colour | None] = field(default_factory=list)
    fills: Floats = field(default_factory=lambda: np.zeros((0, 7)))

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom."""
        return (float(self.xs[0]), float(self.ys[0]), float(self.xs[-1]), float(self.ys[-1]))


def ruled_grids(page: Page) -> list[Ruled]:
    """The grids drawn on a page, from top to bottom."""
    across = _merged_lines(page.across)
    down = _merged_lines(page.down)
    if len(across) < 1 or len(down) < 2:
        return []
    grids = []
    for rows, columns in _components(across, down):
        grid = _grid(across[rows], down[columns])
        for part in _parts(grid, down[columns]) if grid is not None else []:
            part.shades, part.fills = _shades(part, page.fills), page.fills
            grids.append(part)
    return _outermost(sorted(grids, key=lambda g: (g.ys[0], g.xs[0])))


def _merged_lines(lines: Floats) -> Floats:
    """Lines (position, start, end) with pieces of one line put together, sorted."""
    if not len(lines):
        return lines
    lines = lines[np.lexsort((lines[:, 1], lines[:, 0]))]
    bands = np.cumsum(np.r_[0, np.diff(lines[:, 0]) > 1.2])
    out: list[list[float]] = []
    for band in range(int(bands[-1]) + 1):
        members = lines[bands == band]
        members = members[np.argsort(members[:, 1], kind="stable")]
        position = float(np.median(members[:, 0]))
        start, end = float(members[0, 1]), float(members[0, 2])
        for _, begin, finish in members[1:].tolist():
            if begin <= end + _JOIN:
                end = max(end, finish)
            else:
                out.append([position, start, end])
                start, end = begin, finish
        out.append([position, start, end])
    merged: Floats = np.array(out)
    long: Floats = merged[merged[:, 2] - merged[:, 1] > 4]
    return long


def _components(across: Floats, down: Floats) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Sets of level and upright lines that cross or touch one another."""
    t = _TOLERANCE
    touch = (
        (across[:, None, 1] - t <= down[None, :, 0])
        & (down[None, :, 0] <= across[:, None, 2] + t)
        & (down[None, :, 1] - t <= across[:, None, 0])
        & (across[:, None, 0] <= down[None, :, 2] + t)
    )
    left_over = set(range(len(across)))
    found = []
    while left_over:
        rows = np.zeros(len(across), dtype=bool)
        rows[min(left_over)] = True
        while True:
            columns = touch[rows].any(axis=0)
            wider = rows | touch[:, columns].any(axis=1)
            if (wider == rows).all():
                break
            rows = wider
        left_over -= set(np.flatnonzero(rows).tolist())
        if columns.sum() >= 2:
            found.append((np.flatnonzero(rows), np.flatnonzero(columns)))
    return found


def _positions(values: Floats) -> Floats:
    values = np.sort(values)
    groups = np.cumsum(np.r_[0, np.diff(values) > _TOLERANCE])
    return np.array([values[groups == g].mean() for g in range(int(groups[-1]) + 1)])


def _grid(across: Floats, down: Floats) -> Ruled | None:
    """Rows lie between lines that run over most of the width; ends left open are closed."""
    xs = _positions(down[:, 0])
    reach = (float(across[:, 1].min()), float(across[:, 2].max()))
    xs = np.array(
        [x for x in (reach[0],) if x < xs[0] - 8]
        + xs.tolist()
        + [x for x in (reach[1],) if x > xs[-1] + 8]
    )
    width = xs[-1] - xs[0]
    if len(xs) < 2 or width < 20:
        return None
    bands = _positions(across[:, 0])
    covered = [sum(e - s for p, s, e in across.tolist() if abs(p - y) <= _TOLERANCE) for y in bands]
    ys = [y for y, length in zip(bands.tolist(), covered, strict=True) if length > 0.55 * width]
    top, bottom = float(down[:, 1].min()), float(down[:, 2].max())
    ys = (
        [y for y in (top,) if not ys or y < ys[0] - 8]
        + ys
        + [y for y in (bottom,) if not ys or y > ys[-1] + 8]
    )
    if len(ys) < 2:
        return None
    rows = np.array(ys)
    return Ruled(xs, rows, _merges(xs, rows, down))


def _parts(grid: Ruled, down: Floats) -> list[Ruled]:
    """A grid cut where its columns end and others begin, as where two tables touch.

    Hardly any upright line goes on there, while there are some above and below.
    """
    inner = grid.merged[:, 1:] == np.arange(1, len(grid.xs) - 1)
    cuts = [0]
    parted = [row for row in range(len(inner)) if inner[row].any()]
    for before, row in pairwise(parted):
        above, below = inner[before], inner[row]
        shared, either = int((above & below).sum()), int((above | below).sum())
        if shared == 0 or (shared == 1 and either >= _MANY_COLUMNS):
            cuts.append(row)
    if len(cuts) == 1:
        return [grid]
    parts = []
    for first, last in pairwise([*cuts, len(inner)]):
        used = inner[first:last].any(axis=0)
        xs, ys = grid.xs[np.r_[True, used, True]], grid.ys[first : last + 1]
        parts.append(Ruled(xs, ys, _merges(xs, ys, down)))
    return parts


def _merges(xs: Floats, ys: Floats, down: Floats) -> NDArray[np.int64]:
    """Where no upright line parts two columns in a row, they are one cell."""
    middles = (ys[1:] + ys[:-1]) / 2
    merged = np.zeros((len(middles), len(xs) - 1), dtype=np.int64)
    for column in range(1, len(xs) - 1):
        near = down[np.abs(down[:, 0] - xs[column]) <= _TOLERANCE]
        parted = (
            (near[None, :, 1] <= middles[:, None]) & (middles[:, None] <= near[None, :, 2])
        ).any(axis=1)
        merged[:, column] = np.where(parted, column, merged[:, column - 1])
    return merged


def _shades(grid: Ruled, fills: Floats) -> list[Colour | None]:
    return [
        shade_at(fills, float(grid.xs[0]), float(top), float(grid.xs[-1]), float(bottom))
        for top, bottom in zip(grid.ys[:-1], grid.ys[1:], strict=True)
    ]


def shade_at(fills: Floats, left: float, top: float, right: float, bottom: float) -> Colour | None:
    """The colour under most of what is coloured of a stretch; None for white or nothing.

    A cell alone may be shaded, so a sixth of the stretch is enough; and it may be shaded line by
    line with white between, so it is looked at on several heights.
    """
    if not len(fills) or not len(fills[(fills[:, 1] <= bottom) & (fills[:, 3] >= top)]):
        return None
    seen: Counter[Colour] = Counter()
    for part in _HEIGHTS:
        found = _shade_on(fills, left, right, top + part * (bottom - top))
        if found is not None:
            seen[found] += 1
    best = max(sorted(seen), key=lambda colour: seen[colour], default=None)
    return best if best is not None and seen[best] >= 2 else None


def _shade_on(fills: Floats, left: float, right: float, height: float) -> Colour | None:
    hit = fills[(fills[:, 1] <= height) & (fills[:, 3] >= height)]
    if not len(hit):
        return None
    columns = np.linspace(left, right, 23)[1:-1]
    on_top: list[Colour | None] = []
    for x in columns:
        at = np.flatnonzero((hit[:, 0] <= x) & (hit[:, 2] >= x))
        rgb = tuple(int(v) for v in hit[at[-1], 4:]) if len(at) else (255, 255, 255)
        on_top.append((rgb[0], rgb[1], rgb[2]) if min(rgb) < 250 else None)
    colours = {colour for colour in on_top if colour is not None}
    best = max(sorted(colours), key=on_top.count, default=None)
    return best if on_top.count(best) > 0.15 * len(on_top) else None


def _outermost(grids: list[Ruled]) -> list[Ruled]:
    """Without frames that hold another grid, such as a border around the page."""

    def holds(one: Ruled, other: Ruled) -> bool:
        a, b = one.box, other.box
        inside = a[0] - 2 <= b[0] and a[1] - 2 <= b[1] and b[2] <= a[2] + 2 and b[3] <= a[3] + 2
        return inside and one is not other and len(one.xs) < len(other.xs)

    return [g for g in grids if not any(holds(g, other) for other in grids)]


def cells_of(grids: list[Ruled], page: Page) -> NDArray[np.int64]:
    """The cell of each character: grid * 10**6 + row * 100 + column; -1 outside all grids.

    Letters printed on from one another are in the cell where the first of them is, however far
    they run over its border.
    """
    cells = np.full(len(page.codes), -1, dtype=np.int64)
    if not len(page.codes):
        return cells
    x = (page.boxes[:, 0] + page.boxes[:, 2]) / 2
    y = (page.boxes[:, 1] + page.boxes[:, 3]) / 2
    for number, grid in enumerate(grids):
        column = np.searchsorted(grid.xs, x) - 1
        row = np.searchsorted(grid.ys, y) - 1
        inside = (column >= 0) & (column < len(grid.xs) - 1) & (row >= 0) & (row < len(grid.ys) - 1)
        column, row = column[inside], row[inside]
        cells[inside] = number * 1_000_000 + row * 100 + grid.merged[row, column]
    return cells[_word_starts(page)]


def _word_starts(page: Page) -> NDArray[np.int64]:
    """For each character the first of the word that it was printed with."""
    boxes = page.boxes
    height = boxes[:, 3] - boxes[:, 1]
    gap = np.abs(boxes[1:, 0] - boxes[:-1, 2]) / height[1:]
    drop = np.abs(boxes[1:, 3] - boxes[:-1, 3]) / height[1:]
    blank = page.codes == ord(" ")
    goes_on = (gap < _WITHIN_WORD) & (drop < 0.2) & ~blank[1:] & ~blank[:-1]
    starts = np.where(np.r_[False, goes_on], 0, np.arange(len(boxes)))
    return np.maximum.accumulate(starts)
