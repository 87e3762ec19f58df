"""Characters to text: which cell, which line, where words part; for a whole page at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from caseload.specs.readers.pdf_page import Codes, Floats

_SPACE_GAP = 0.14
_LETTER_SPACED = 0.08
_SAME_LINE = 0.45


@dataclass(slots=True)
class Line:
    """A line of text within one cell (or outside any, cell -1) and its box."""

    cell: int
    text: str
    left: float
    top: float
    right: float
    bottom: float
    head: float
    parts: tuple[tuple[float, float, str], ...] = ()


def lines_of(codes: Codes, boxes: Floats, cells: NDArray[np.int64]) -> list[Line]:
    """The lines of each cell, from top to bottom; `cells` names the cell of each character.

    `head` is the width of the line's first word; `parts` are its words as
    (left, right, text).
    """
    if not len(codes):
        return []
    order, line = _ordered(boxes, cells)
    over = _overprinted(codes[order], boxes[order], line)
    order, line = order[~over], line[~over]
    codes, boxes, cells = codes[order], boxes[order], cells[order]
    starts = np.flatnonzero(np.r_[True, line[1:] != line[:-1]])
    ends = np.r_[starts[1:], len(line)]
    heights = boxes[:, 3] - boxes[:, 1]
    gaps = np.r_[0.0, boxes[1:, 0] - boxes[:-1, 2]] / np.maximum(heights, 1.0)
    text = codes.astype("<u4").tobytes().decode("utf-32-le", "replace")
    out = []
    for begin, end in zip(starts.tolist(), ends.tolist(), strict=True):
        printed = np.flatnonzero(codes[begin:end] != 32) + begin
        if not len(printed):
            continue
        first, last = int(printed[0]), int(printed[-1]) + 1
        span = boxes[first:last]
        wide = _space_gap(gaps[first + 1 : last])
        out.append(
            Line(
                int(cells[begin]),
                _spaced(text, gaps, first, last, wide),
                float(span[0, 0]),
                _middle(span[:, 1]),
                float(span[-1, 2]),
                _middle(span[:, 3]),
                _head(text, boxes, first, last),
                _parts(text, gaps, boxes, first, last, wide),
            )
        )
    return out


def _ordered(
    boxes: Floats, cells: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The reading order of characters within their cells, and the line each is on."""
    middle = (boxes[:, 1] + boxes[:, 3]) / 2
    height = boxes[:, 3] - boxes[:, 1]
    order = np.lexsort((boxes[:, 0], middle, cells))
    step = np.r_[0.0, np.diff(middle[order])]
    new_cell = np.r_[True, cells[order][1:] != cells[order][:-1]]
    line = np.cumsum(new_cell | (step > _SAME_LINE * height[order]))
    again = np.lexsort((boxes[order][:, 0], line))
    return order[again], line[again]


def _overprinted(codes: Codes, boxes: Floats, line: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Spaces that the character after them stands on: they were taken back to kern a word."""
    width = boxes[:-1, 2] - boxes[:-1, 0]
    over = (codes[:-1] == ord(" ")) & (line[:-1] == line[1:])
    over &= boxes[1:, 0] < boxes[:-1, 0] + 0.4 * width
    return np.asarray(np.r_[over, False], dtype=np.bool_)


def _middle(values: Floats) -> float:
    """The median of few numbers, without numpy's cost for each call."""
    return float(sorted(values.tolist())[len(values) // 2])


def _space_gap(gaps: Floats) -> float:
    """How wide a gap parts words: wider on a line whose letters are set apart."""
    usual = sorted(gaps.tolist())[len(gaps) // 5] if len(gaps) > 4 else 0.0
    return _SPACE_GAP + (1.3 * usual if usual > _LETTER_SPACED else 0.0)


def _spaced(text: str, gaps: Floats, first: int, last: int, wide: float) -> str:
    """The characters with a space where the gap before one is wide, spaces made single."""
    cuts = np.flatnonzero(gaps[first + 1 : last] > wide) + first + 1
    pieces, start = [], first
    for cut in cuts.tolist():
        pieces.append(text[start:cut])
        start = cut
    pieces.append(text[start:last])
    return " ".join(" ".join(pieces).split())


def _head(text: str, boxes: Floats, first: int, last: int) -> float:
    end = text.find(" ", first, last)
    return float(boxes[(end if end > 0 else last) - 1, 2] - boxes[first, 0])


def _parts(
    text: str, gaps: Floats, boxes: Floats, first: int, last: int, wide: float
) -> tuple[tuple[float, float, str], ...]:
    """Words of a line with their extent, so that columns without lines can be told."""
    words, start = [], first
    for index in range(first, last + 1):
        at_end = index == last or text[index] == " "
        if at_end or (index > start and gaps[index] > wide):
            if index > start:
                words.append(
                    (float(boxes[start, 0]), float(boxes[index - 1, 2]), text[start:index])
                )
            start = index + 1 if at_end else index
    return tuple(words)
