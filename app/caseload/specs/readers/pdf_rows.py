"""Which lines of a table are one row, where no drawn line says so.

A row is known by its data type, which stands on one line.  Where the other cells stand beside
it, whether they begin, end or are centred there, is tried three ways, and the way that leaves
every cell where it should be is taken.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from caseload.specs.readers.pdf_text import Line
from caseload.specs.readers.roles import header_strength, looks_like_type

WAYS = ("top", "middle", "bottom")
_FARTHEST = 2.0
_FEWEST = 2
_BARE = re.compile(r"[A-Za-z]\w*(?: (?:varying|precision))?\s*(?:\([\w ,.]*\))?", re.IGNORECASE)
_HEADER = 3


@dataclass(slots=True)
class Piece:
    """The part of a line that lies in one column; `anchor` says that it is a data type."""

    column: int
    line: Line
    anchor: bool = False

    @property
    def middle(self) -> float:
        """The height of its middle."""
        return (self.line.top + self.line.bottom) / 2


@dataclass(slots=True)
class Alignment:
    """How cells stand in their rows, learnt over the pages of a document."""

    misfit: dict[str, float] = field(default_factory=lambda: dict.fromkeys(WAYS, 0.0))

    def settle(self, ways: dict[str, float]) -> str:
        """Add what this page says, and give the way that fits best so far."""
        for way, misfit in ways.items():
            self.misfit[way] += misfit
        return min(WAYS, key=lambda way: (round(self.misfit[way], 2), WAYS.index(way)))


def rows_of(
    pieces: Sequence[Piece],
    separators: Sequence[float],
    start: float,
    alignment: Alignment,
    *,
    headed: bool,
) -> tuple[list[list[Piece]], bool]:
    """The pieces of a table's body by row, from top to bottom, and whether that is a guess.

    `separators` are the heights of drawn lines between rows, `start` is where the body begins;
    `headed` says that a header stands there, so that no row can have begun on the page before.
    """
    anchors = sorted((p for p in pieces if p.anchor), key=lambda p: p.middle)
    inner = [y for y in separators if y > start - 2]
    if len(inner) >= max(1, 0.6 * len(anchors)):
        return _parted(pieces, inner), False
    if not anchors:
        return ([list(pieces)] if pieces else []), True
    tried = {
        "top": _parted(pieces, [p.line.top - _slack(p) for p in anchors]),
        "bottom": _parted(pieces, [p.line.bottom + _slack(p) for p in anchors]),
        "middle": _parted(pieces, _between(pieces, anchors, start)),
    }
    reach = _reach(pieces)
    way = alignment.settle(
        {
            way: _misfit(rows, way, headed) + sum(broken_lines(row, reach) for row in rows)
            for way, rows in tried.items()
        }
    )
    return tried[way], way != "top"


def is_bare_type(text: str) -> bool:
    """Whether a line is a data type with at most a length, and no more words."""
    return bool(_BARE.fullmatch(text)) and looks_like_type(text)


def unparted_rows(row: list[list[Line]], alignment: Alignment) -> list[list[list[Line]]]:
    """The rows that lie between two drawn lines: one, or as many as there are data types.

    A row is its lines by column; a header above the first type is a row of its own.
    """
    if not any(row):
        return [row]
    first = min(line.top for lines in row for line in lines)
    height = min(line.bottom - line.top for lines in row for line in lines)
    head = [[line for line in lines if line.top < first + 0.5 * height] for lines in row]
    headed = header_strength([lines[0].text if lines else "" for lines in head]) >= _HEADER
    typed = [
        sum(is_bare_type(line.text) for line in lines if not (headed and line in head[c]))
        for c, lines in enumerate(row)
    ]
    column = max(range(len(row)), key=lambda c: typed[c])
    count = len(row[column]) - (1 if headed else 0)
    if typed[column] < (1 if headed else _FEWEST) or typed[column] < 0.6 * count:
        return [row]
    start = max(line.bottom for lines in head for line in lines) if headed else first
    pieces = [
        Piece(c, line, anchor=c == column and is_bare_type(line.text))
        for c, lines in enumerate(row)
        for line in lines
        if not (headed and line in head[c])
    ]
    found, _ = rows_of(pieces, [], start, alignment, headed=headed)
    parted = [[[p.line for p in own if p.column == c] for c in range(len(row))] for own in found]
    return [head, *parted] if headed else parted


def _reach(pieces: Sequence[Piece]) -> dict[int, tuple[float, float]]:
    """How far left and right text goes in each column."""
    reach: dict[int, tuple[float, float]] = {}
    for piece in pieces:
        left, right = reach.get(piece.column, (piece.line.left, piece.line.right))
        reach[piece.column] = (min(left, piece.line.left), max(right, piece.line.right))
    return reach


def broken_lines(row: Sequence[Piece], reach: dict[int, tuple[float, float]]) -> int:
    """How many lines of a row end early though the same cell goes on below them."""
    count = 0
    below: dict[int, Line] = {}
    for piece in reversed(row):
        after = below.get(piece.column)
        left, right = reach[piece.column]
        if after is not None:
            room = right - piece.line.right
            space = 0.25 * (after.bottom - after.top)
            count += room > min(after.head + space, 0.45 * (right - left)) + 1
        below[piece.column] = piece.line
    return count


def _slack(piece: Piece) -> float:
    return 0.3 * (piece.line.bottom - piece.line.top)


def _parted(pieces: Sequence[Piece], cuts: Sequence[float]) -> list[list[Piece]]:
    rows: list[list[Piece]] = [[] for _ in range(len(cuts) + 1)]
    for piece in sorted(pieces, key=lambda p: (p.middle, p.column)):
        rows[sum(cut <= piece.middle for cut in cuts)].append(piece)
    return [row for row in rows if row]


def _between(pieces: Sequence[Piece], anchors: Sequence[Piece], start: float) -> list[float]:
    """Borders of rows whose anchors stand in their middle: those that suit all rows best.

    A border may lie between any two lines; each row costs what its cells and its borders stand
    off its anchor's height, and what of its lines breaks early.
    """
    ordered = sorted(pieces, key=lambda p: p.middle)
    reach = _reach(ordered)
    best: dict[float, tuple[float, tuple[float, ...]]] = {start: (0.0, ())}
    lasts = [*anchors[1:], None]
    for anchor, following in zip(anchors, lasts, strict=True):
        ends = _ends_after(ordered, anchor, following)
        reached: dict[float, tuple[float, tuple[float, ...]]] = {}
        for border, (cost, cuts) in best.items():
            near = [p for p in ordered if border <= p.middle]
            for end in ends:
                row = [p for p in near if p.middle < end]
                total = cost + _off_middle(row, anchor, border, end, reach)
                if end not in reached or total < reached[end][0]:
                    reached[end] = (total, (*cuts, end))
        best = reached or best
    return list(min(best.values())[1][:-1])


def _ends_after(ordered: Sequence[Piece], anchor: Piece, following: Piece | None) -> list[float]:
    """The heights between lines at which an anchor's row may end."""
    if following is None:
        return [max(p.line.bottom for p in ordered) + 1]
    heights = []
    for before, after in pairwise(ordered):
        inside = anchor.middle <= before.middle and after.middle <= following.middle
        if inside and after.middle - before.middle >= 1:
            heights.append((before.middle + after.middle) / 2)
    return heights or [(anchor.middle + following.middle) / 2]


def _off_middle(
    row: Sequence[Piece],
    anchor: Piece,
    border: float,
    end: float,
    reach: dict[int, tuple[float, float]],
) -> float:
    """What a row costs whose cells should be centred on its anchor."""
    height = anchor.line.bottom - anchor.line.top
    total = 0.3 * abs((border + end) / 2 - anchor.middle) / height
    for column in {p.column for p in row} - {anchor.column}:
        own = [p.line for p in row if p.column == column]
        middle = (min(p.top for p in own) + max(p.bottom for p in own)) / 2
        total += min(_FARTHEST, max(0.0, abs(middle - anchor.middle) / height - 0.1))
    return total + broken_lines(row, reach)


def _misfit(rows: Sequence[Sequence[Piece]], way: str, headed: bool) -> float:
    """How far cells stand from where they should, in lines, summed over the rows."""
    total = 0.0
    for number, row in enumerate(rows):
        anchor = next((p for p in row if p.anchor), None)
        if anchor is None:
            edge = number == 0 if way == "top" else number == len(rows) - 1
            total += 3.0 if edge and (headed or way == "bottom") else 0.5
            continue
        height = anchor.line.bottom - anchor.line.top
        columns = {p.column for p in row} - {anchor.column}
        for column in columns:
            own = [p.line for p in row if p.column == column]
            top, bottom = min(p.top for p in own), max(p.bottom for p in own)
            off = {
                "top": top - anchor.line.top,
                "bottom": bottom - anchor.line.bottom,
                "middle": (top + bottom) / 2 - anchor.middle,
            }[way]
            total += min(_FARTHEST, max(0.0, abs(off) / height - 0.1))
    return total
