"""The few strokes that every painter needs: sharp boxes, elided words, checks and rings."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen

from caseload.gui import icons
from caseload.gui.theme import current

LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
CENTRE = Qt.AlignmentFlag.AlignCenter
MIDDLE = Qt.TextElideMode.ElideMiddle
END = Qt.TextElideMode.ElideRight


def box(
    painter: QPainter,
    rect: QRect | QRectF,
    radius: float,
    fill: QColor | None,
    border: QColor | None = None,
    width: float = 1.0,
) -> None:
    """A rounded box with a sharp border wholly inside `rect`."""
    area = QRectF(rect)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(fill if fill is not None else Qt.BrushStyle.NoBrush)
    if border is None:
        painter.setPen(Qt.PenStyle.NoPen)
    else:
        painter.setPen(QPen(border, width))
        half = width / 2
        area = area.adjusted(half, half, -half, -half)
        radius = max(0.0, radius - half)
    painter.drawRoundedRect(area, radius, radius)


def rounded(rect: QRectF, radii: tuple[float, float, float, float]) -> QPainterPath:
    """A path with its own radius at top left, top right, bottom right and bottom left."""
    tl, tr, br, bl = radii
    path = QPainterPath(QPointF(rect.left() + tl, rect.top()))
    path.lineTo(rect.right() - tr, rect.top())
    path.arcTo(rect.right() - 2 * tr, rect.top(), 2 * tr, 2 * tr, 90, -90)
    path.lineTo(rect.right(), rect.bottom() - br)
    path.arcTo(rect.right() - 2 * br, rect.bottom() - 2 * br, 2 * br, 2 * br, 0, -90)
    path.lineTo(rect.left() + bl, rect.bottom())
    path.arcTo(rect.left(), rect.bottom() - 2 * bl, 2 * bl, 2 * bl, 270, -90)
    path.lineTo(rect.left(), rect.top() + tl)
    path.arcTo(rect.left(), rect.top(), 2 * tl, 2 * tl, 180, -90)
    path.closeSubpath()
    return path


def hline(painter: QPainter, x1: float, x2: float, y: float, colour: QColor) -> None:
    """A one pixel line along the top of row `y`."""
    painter.fillRect(QRectF(x1, y, x2 - x1, 1), colour)


def vline(painter: QPainter, x: float, y1: float, y2: float, colour: QColor) -> None:
    """A one pixel line along the left of column `x`."""
    painter.fillRect(QRectF(x, y1, 1, y2 - y1), colour)


_fonts: dict[str, QFont] = {}


@lru_cache(maxsize=8192)
def _measure(words: str, key: str) -> float:
    return QFontMetricsF(_fonts[key]).horizontalAdvance(words)


def width_of(words: str, font: QFont) -> float:
    """The width of words in pixels; remembered."""
    key = font.key()
    _fonts.setdefault(key, font)
    return _measure(words, key)


@lru_cache(maxsize=8192)
def _elide(words: str, key: str, room: int, mode: Qt.TextElideMode) -> str:
    return QFontMetricsF(_fonts[key]).elidedText(words, mode, room)


def elided(words: str, font: QFont, room: float, mode: Qt.TextElideMode = END) -> str:
    """Words cut to `room` pixels: names in the middle, prose at the end."""
    if width_of(words, font) <= room:
        return words
    return _elide(words, font.key(), int(room), mode)


def text(
    painter: QPainter,
    rect: QRect | QRectF,
    words: str,
    font: QFont,
    colour: QColor,
    align: Qt.AlignmentFlag = LEFT,
    mode: Qt.TextElideMode = END,
) -> None:
    """One line of words in a box, elided where there is no room."""
    area = QRectF(rect)
    painter.setFont(font)
    painter.setPen(colour)
    painter.drawText(area, int(align), elided(words, font, area.width() + 0.5, mode))


def track(
    painter: QPainter, rect: QRectF, share: float, fill: QColor, back: QColor | None = None
) -> None:
    """A bar: the filled share of a rounded track, `share` in 0..1."""
    radius = rect.height() / 2
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(back or current().colour("chart.track"))
    painter.drawRoundedRect(rect, radius, radius)
    share = min(1.0, max(0.0, share))
    if share > 0:
        painter.setBrush(fill)
        right = rect.width() * share
        if share >= 0.995:
            painter.drawRoundedRect(rect, radius, radius)
        else:
            filled = QRectF(rect.left(), rect.top(), max(right, radius), rect.height())
            painter.drawPath(rounded(filled, (radius, 0.5, 0.5, radius)))


def tick_box(
    painter: QPainter, x: float, y: float, state: Qt.CheckState, *, on: bool = True
) -> None:
    """A tick box of 15 pixels with its top left corner at x, y."""
    theme = current()
    side = int(theme.size("checkbox"))
    area = QRectF(round(x), round(y), side, side)
    if state is Qt.CheckState.Unchecked:
        edge = theme.colour("border_strong" if on else "border_mid")
        box(painter, area, theme.radius("small"), theme.colour("surface"), edge)
        return
    box(painter, area, theme.radius("small"), theme.colour("accent" if on else "border_mid"))
    sign = "check" if state is Qt.CheckState.Checked else "minus"
    icons.paint(painter, sign, area.left() + 1, area.top() + 1, side - 2, "on_accent")


def key_cap(painter: QPainter, right: float, middle: float, words: str) -> float:
    """A key cap that ends at `right`; answers its left edge."""
    theme = current()
    font = theme.font("caption", 500)
    width = width_of(words, font) + 12
    area = QRectF(round(right - width), round(middle - 10), round(width), 20)
    box(painter, area, theme.radius("small"), theme.colour("sunken"), theme.colour("border"))
    text(painter, area, words, font, theme.colour("text_2"), CENTRE)
    return area.left()
