"""One PDF page as arrays: characters with their boxes, drawn lines, filled areas.

A guide has hundreds of thousands of characters, so each costs one C call for its box and one
for its code, made through function pointers that keep the interpreter's lock; everything
after that is numpy.  Coordinates are points from the top left corner of the page as shown.
"""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from typing import Any

import numpy as np
import pypdfium2.raw as pdfium
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Codes = NDArray[np.uint32]

_POINTER, _INT, _FLOAT = ctypes.c_void_p, ctypes.c_int, ctypes.c_float
_HYPHENS = (0x02, 0xFFFE, 0xAD, 0x2010, 0x2011)
_THIN = 3.0
_DOT = 1.6
_DOT_GAP = 5.0
_FEWEST_DOTS = 5
_MAX_FORM_DEPTH = 4
_UNPAINTED = (pdfium.FPDF_TEXTRENDERMODE_INVISIBLE, pdfium.FPDF_TEXTRENDERMODE_CLIP)
_MINUS = 0x2212
_SMALL = np.array([ord(c) for c in "aceimnorsuvwxz,._-"])
_TALL = np.array([ord(c) for c in "ABCDEFGHIKLMNOPRSTUVWXYZ0123456789"])
_CAPITAL = 0.72


def _direct(function: Any, *types: Any) -> Any:
    """A function of the library, called without releasing and taking the lock again."""
    address = ctypes.cast(function, _POINTER).value
    return ctypes.PYFUNCTYPE(_INT, *types)(address or 0)


_char_box = _direct(pdfium.FPDFText_GetLooseCharBox, _POINTER, _INT, _POINTER)
_char_code = _direct(pdfium.FPDFText_GetUnicode, _POINTER, _INT)
_char_origin = _direct(pdfium.FPDFText_GetCharOrigin, _POINTER, _INT, _POINTER, _POINTER)


@dataclass(slots=True)
class Page:
    """What is on a page.

    `codes` (n) are code points without spaces that were not printed; `boxes` (n, 4) are left,
    top, right, bottom.  `across` (m, 3) are y, left, right of horizontal lines, `down` (m, 3)
    x, top, bottom of vertical ones.  `fills` (k, 7) are left, top, right, bottom, r, g, b of
    filled areas in drawing order.  `images` counts pictures that cover most of the page.
    """

    number: int
    width: float
    height: float
    codes: Codes
    boxes: Floats
    across: Floats
    down: Floats
    fills: Floats
    images: int = 0


class _Drawn:
    """Collects lines and fills of a page while its objects are walked.

    `shown` and `unseen` count texts that are printed and those that are there but invisible.
    """

    def __init__(self, page_area: float) -> None:
        self.across: list[tuple[float, float, float]] = []
        self.down: list[tuple[float, float, float]] = []
        self.fills: list[tuple[float, ...]] = []
        self.dots: list[tuple[float, float]] = []
        self.images = self.shown = self.unseen = 0
        self._page_area = page_area

    def rectangle(self, box: tuple[float, float, float, float], rgb: tuple[int, int, int]) -> None:
        """A filled or stroked shape: a line when thin, else an area."""
        left, bottom, right, top = box
        width, height = right - left, top - bottom
        dark = sum(rgb) < 3 * 240
        if height <= _DOT and width <= _DOT and dark:
            self.dots.append(((left + right) / 2, (bottom + top) / 2))
        elif height <= _THIN and width > height and dark:
            self.across.append(((top + bottom) / 2, left, right))
        elif width <= _THIN and height > width and dark:
            self.down.append(((left + right) / 2, bottom, top))
        elif width > _THIN and height > _THIN:
            self.fills.append((left, bottom, right, top, *rgb))

    def outline(self, box: tuple[float, float, float, float]) -> None:
        """A stroked rectangle: four lines."""
        left, bottom, right, top = box
        self.across += [(bottom, left, right), (top, left, right)]
        self.down += [(left, bottom, top), (right, bottom, top)]

    def stroke(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        """A stroked straight line, kept when it is upright or level."""
        (x0, y0), (x1, y1) = start, end
        if abs(y0 - y1) < 1 and abs(x0 - x1) > 1:
            self.across.append(((y0 + y1) / 2, min(x0, x1), max(x0, x1)))
        elif abs(x0 - x1) < 1 and abs(y0 - y1) > 1:
            self.down.append(((x0 + x1) / 2, min(y0, y1), max(y0, y1)))

    def join_dots(self) -> None:
        """Make lines of the dots that stand in rows and columns."""
        dots = np.array(self.dots).reshape(-1, 2)
        self.across += [(y, start, end) for y, start, end in _dotted(dots[:, [1, 0]])]
        self.down += [(x, start, end) for x, start, end in _dotted(dots)]

    def text(self, mode: int) -> None:
        """Count a text by how it is painted."""
        if mode in _UNPAINTED:
            self.unseen += 1
        else:
            self.shown += 1

    def image(self, box: tuple[float, float, float, float]) -> None:
        """Count a picture that could be a scanned page."""
        left, bottom, right, top = box
        if (right - left) * (top - bottom) > 0.5 * self._page_area:
            self.images += 1


def read_page(document: Any, index: int) -> Page:
    """Read a page (from 0) of an open pdfium document handle.

    Raises:
        ValueError: the page cannot be loaded.
    """
    page = pdfium.FPDF_LoadPage(document, index)
    if not page:
        raise ValueError(f"page {index + 1} cannot be loaded")
    try:
        left, bottom, right, top = _crop(page)
        drawn = _Drawn((right - left) * (top - bottom))
        _walk(page, pdfium.FPDFPage_CountObjects(page), pdfium.FPDFPage_GetObject, drawn, None, 0)
        drawn.join_dots()
        covered = 0 < drawn.unseen < drawn.shown and not drawn.images
        codes, boxes, origins = _characters(page, only_shown=covered)
        turn = pdfium.FPDFPage_GetRotation(page)
    finally:
        pdfium.FPDF_ClosePage(page)
    place = _Placing(left, bottom, right, top, turn)
    across, down = place.lines(_array(drawn.across, 3), _array(drawn.down, 3))
    fills = _array(drawn.fills, 7)
    fills[:, :4] = place.boxes(fills[:, :4])
    shown = place.boxes(boxes)
    inside = _inside(shown, *place.size)
    codes, shown, origins = codes[inside], shown[inside], origins[inside]
    across = across[(across[:, 0] > -_THIN) & (across[:, 0] < place.size[1] + _THIN)]
    if len(codes):
        baselines = place.boxes(np.column_stack([origins, origins]))[:, 1]
        shown = _evened(codes, shown, baselines)
    return Page(index + 1, *place.size, codes, shown, across, down, fills, drawn.images)


def _inside(boxes: Floats, width: float, height: float) -> NDArray[np.bool_]:
    """Which boxes have their middle on the page: what lies off it is not seen in print."""
    x, y = (boxes[:, 0] + boxes[:, 2]) / 2, (boxes[:, 1] + boxes[:, 3]) / 2
    return np.asarray((x > 0) & (x < width) & (y > 0) & (y < height))


def _evened(codes: Codes, boxes: Floats, baselines: Floats) -> Floats:
    """Boxes as high as their line where the file gives each character its own ink's height.

    Otherwise a comma or an underscore would lie below its line, and a line of small letters
    would be lower than one of capitals.
    """
    heights = boxes[:, 3] - boxes[:, 1]
    small, tall = np.isin(codes, _SMALL), np.isin(codes, _TALL)
    if small.sum() < 5 or tall.sum() < 5:
        return boxes
    order = np.argsort(baselines, kind="stable")
    line = np.empty(len(codes), dtype=np.int64)
    line[order] = np.cumsum(np.r_[0, np.diff(baselines[order]) > 0.5])
    highest = np.zeros(int(line.max()) + 1)
    np.maximum.at(highest, line, heights)
    if np.median((heights / highest[line])[small]) > 0.88:
        return boxes
    em = float(np.median(heights[tall])) / _CAPITAL
    rise = np.zeros(int(line.max()) + 1)
    np.maximum.at(rise, line, baselines - boxes[:, 1])
    size = np.clip(rise / _CAPITAL, 0.7 * em, 3 * em)[line]
    even = boxes.copy()
    even[:, 1], even[:, 3] = baselines - 0.9 * size, baselines + 0.22 * size
    return even


def _dotted(dots: Floats) -> list[tuple[float, float, float]]:
    """Rows of dots (position, along) as lines (position, start, end)."""
    if len(dots) < _FEWEST_DOTS:
        return []
    dots = dots[np.argsort(dots[:, 0], kind="stable")]
    bands = np.cumsum(np.r_[0, np.diff(dots[:, 0]) > 0.6])
    order = np.lexsort((dots[:, 1], bands))
    dots, bands = dots[order], bands[order]
    far = (np.diff(bands) > 0) | (np.diff(dots[:, 1]) > _DOT_GAP)
    starts = np.r_[0, np.flatnonzero(far) + 1]
    ends = np.r_[starts[1:], len(dots)]
    return [
        (float(np.median(dots[a:b, 0])), float(dots[a, 1]), float(dots[b - 1, 1]))
        for a, b in zip(starts.tolist(), ends.tolist(), strict=True)
        if b - a >= _FEWEST_DOTS
    ]


def _array(rows: list[Any], width: int) -> Floats:
    return np.array(rows, dtype=np.float64).reshape(-1, width)


def _crop(page: Any) -> tuple[float, float, float, float]:
    box = [_FLOAT() for _ in range(4)]
    for get in (pdfium.FPDFPage_GetCropBox, pdfium.FPDFPage_GetMediaBox):
        if get(page, *box):
            left, bottom, right, top = (side.value for side in box)
            return min(left, right), min(bottom, top), max(left, right), max(bottom, top)
    turned = pdfium.FPDFPage_GetRotation(page) % 2
    width, height = pdfium.FPDF_GetPageWidthF(page), pdfium.FPDF_GetPageHeightF(page)
    return (0.0, 0.0, height, width) if turned else (0.0, 0.0, width, height)


class _Placing:
    """Turns the page's own coordinates into points from the top left corner as shown."""

    def __init__(self, left: float, bottom: float, right: float, top: float, turn: int) -> None:
        self._origin = (left, bottom)
        self._width, self._height = right - left, top - bottom
        self._turn = turn % 4
        sides = (self._width, self._height)
        self.size = sides if self._turn % 2 == 0 else sides[::-1]

    def _point(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        x, y = x - self._origin[0], y - self._origin[1]
        match self._turn:
            case 1:
                return y, x
            case 2:
                return self._width - x, y
            case 3:
                return self._height - y, self._width - x
            case _:
                return x, self._height - y

    def boxes(self, boxes: Floats) -> Floats:
        """Left, bottom, right, top of the page to left, top, right, bottom as shown."""
        x0, y0 = self._point(boxes[:, 0], boxes[:, 1])
        x1, y1 = self._point(boxes[:, 2], boxes[:, 3])
        return np.column_stack(
            [np.minimum(x0, x1), np.minimum(y0, y1), np.maximum(x0, x1), np.maximum(y0, y1)]
        )

    def lines(self, across: Floats, down: Floats) -> tuple[Floats, Floats]:
        """Level and upright lines, exchanged when the page is turned by a quarter."""
        level = self.boxes(across[:, [1, 0, 2, 0]])
        upright = self.boxes(down[:, [0, 1, 0, 2]])
        if self._turn % 2:
            level, upright = upright, level
        return level[:, [1, 0, 2]], upright[:, [0, 1, 3]]


def _characters(page: Any, *, only_shown: bool) -> tuple[Codes, Floats, Floats]:
    """Printed characters, their boxes and the points (n, 2) on their baselines.

    Made-up spaces and line ends have no box and are dropped; so are characters that are not
    painted, where `only_shown` asks for it.
    """
    text = pdfium.FPDFText_LoadPage(page)
    try:
        count = max(0, pdfium.FPDFText_CountChars(text))
        boxes = np.zeros((count, 4), dtype=np.float32)
        origins = np.zeros((count, 2), dtype=np.float64)
        start, points = boxes.ctypes.data, origins.ctypes.data
        handle = ctypes.cast(text, _POINTER).value
        for index in range(count):
            _char_box(handle, index, start + 16 * index)
            _char_origin(handle, index, points + 16 * index, points + 16 * index + 8)
        codes = np.array([_char_code(handle, index) for index in range(count)], dtype=np.int64)
        painted = _painted(text, count) if only_shown else np.ones(count, dtype=np.bool_)
    finally:
        pdfium.FPDFText_ClosePage(text)
    boxes64 = boxes.astype(np.float64)[:, [0, 3, 2, 1]]
    codes[np.isin(codes, (*_HYPHENS, _MINUS))] = ord("-")
    codes[codes == 0xA0] = ord(" ")
    height = boxes64[:, 3] - boxes64[:, 1]
    printed = (codes >= 0x20) & (codes < 0x110000) & (boxes64[:, 2] > boxes64[:, 0]) & (height > 0)
    printed &= painted & ~((codes >= 0xD800) & (codes < 0xE000))
    if printed.any():
        printed &= height < 4 * np.median(height[printed])
    return codes[printed].astype(np.uint32), boxes64[printed], origins[printed]


def _painted(text: Any, count: int) -> NDArray[np.bool_]:
    """Which characters are painted, and not only there to be found and copied."""
    modes = (
        pdfium.FPDFTextObj_GetTextRenderMode(pdfium.FPDFText_GetTextObject(text, index))
        for index in range(count)
    )
    return np.array([mode not in _UNPAINTED for mode in modes], dtype=np.bool_)


def _walk(holder: Any, count: int, get: Any, drawn: _Drawn, matrix: Any, depth: int) -> None:
    """Collect paths and pictures; forms are walked with their matrix applied."""
    for index in range(count):
        item = get(holder, index)
        kind = pdfium.FPDFPageObj_GetType(item)
        if kind == pdfium.FPDF_PAGEOBJ_PATH:
            _path(item, drawn, matrix)
        elif kind == pdfium.FPDF_PAGEOBJ_IMAGE:
            drawn.image(_bounds(item, matrix))
        elif kind == pdfium.FPDF_PAGEOBJ_TEXT:
            drawn.text(pdfium.FPDFTextObj_GetTextRenderMode(item))
        elif kind == pdfium.FPDF_PAGEOBJ_FORM and depth < _MAX_FORM_DEPTH:
            inner = _times(_matrix(item), matrix)
            parts = pdfium.FPDFFormObj_CountObjects(item)
            _walk(item, max(0, parts), pdfium.FPDFFormObj_GetObject, drawn, inner, depth + 1)


def _matrix(item: Any) -> tuple[float, ...]:
    found = pdfium.FS_MATRIX()
    if not pdfium.FPDFPageObj_GetMatrix(item, found):
        return (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
    return (found.a, found.b, found.c, found.d, found.e, found.f)


def _times(one: tuple[float, ...], other: tuple[float, ...] | None) -> tuple[float, ...]:
    if other is None:
        return one
    a, b, c, d, e, f = one
    p, q, r, s, t, u = other
    return (
        a * p + b * r,
        a * q + b * s,
        c * p + d * r,
        c * q + d * s,
        e * p + f * r + t,
        e * q + f * s + u,
    )


def _moved(x: float, y: float, matrix: tuple[float, ...] | None) -> tuple[float, float]:
    if matrix is None:
        return x, y
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f


def _bounds(item: Any, matrix: tuple[float, ...] | None) -> tuple[float, float, float, float]:
    left, bottom, right, top = _FLOAT(), _FLOAT(), _FLOAT(), _FLOAT()
    if not pdfium.FPDFPageObj_GetBounds(item, left, bottom, right, top):
        return (0.0, 0.0, 0.0, 0.0)
    (x0, y0), (x1, y1) = (
        _moved(left.value, bottom.value, matrix),
        _moved(right.value, top.value, matrix),
    )
    return (min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))


def _path(item: Any, drawn: _Drawn, matrix: tuple[float, ...] | None) -> None:
    fill, stroke = _INT(), _INT()
    if not pdfium.FPDFPath_GetDrawMode(item, fill, stroke):
        return
    if not fill.value and not stroke.value:
        return
    segments = pdfium.FPDFPath_CountSegments(item)
    filled_colour = _colour(item) if fill.value else None
    if segments <= 5:
        box = _bounds(item, matrix)
        if filled_colour is not None:
            drawn.rectangle(box, filled_colour)
        if stroke.value and (segments >= 4 or filled_colour is None):
            thin = min(box[2] - box[0], box[3] - box[1]) <= _THIN
            if thin:
                drawn.rectangle(box, (0, 0, 0))
            elif segments >= 4:
                drawn.outline(box)
            else:
                _segments(item, segments, drawn, _path_matrix(item, matrix), None)
        return
    colour = None if stroke.value else filled_colour
    _segments(item, segments, drawn, _path_matrix(item, matrix), colour)


def _path_matrix(item: Any, matrix: tuple[float, ...] | None) -> tuple[float, ...]:
    return _times(_matrix(item), matrix)


def _segments(item: Any, count: int, drawn: _Drawn, matrix: tuple[float, ...], colour: Any) -> None:
    """The parts of one path of many: its lines, or its boxes when it is filled."""
    x, y = _FLOAT(), _FLOAT()
    first = last = (0.0, 0.0)
    points: list[tuple[float, float]] = []
    for index in range(count):
        segment = pdfium.FPDFPath_GetPathSegment(item, index)
        pdfium.FPDFPathSegment_GetPoint(segment, x, y)
        point = _moved(x.value, y.value, matrix)
        kind = pdfium.FPDFPathSegment_GetType(segment)
        if kind == pdfium.FPDF_SEGMENT_MOVETO:
            _close(points, drawn, colour)
            first, points = point, [point]
        else:
            if colour is None and kind == pdfium.FPDF_SEGMENT_LINETO:
                drawn.stroke(last, point)
            points.append(point)
        if colour is None and pdfium.FPDFPathSegment_GetClose(segment):
            drawn.stroke(point, first)
        last = point
    _close(points, drawn, colour)


def _close(points: list[tuple[float, float]], drawn: _Drawn, colour: Any) -> None:
    if colour is None or len(points) < 3:
        return
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    drawn.rectangle((min(xs), min(ys), max(xs), max(ys)), colour)


def _colour(item: Any) -> tuple[int, int, int]:
    r, g, b, a = (ctypes.c_uint() for _ in range(4))
    if not pdfium.FPDFPageObj_GetFillColor(item, r, g, b, a) or a.value < 10:
        return (255, 255, 255)
    return (r.value, g.value, b.value)
