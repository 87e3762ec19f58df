"""What the diagram's painters need of the theme, at hand: a frame has no time to look it up.

Words keep a legible size at every zoom, so painters work in pixels of the screen; fonts come in
whole pixel sizes, for each of which the letters are drawn once.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from caseload.gui import paint
from caseload.gui.theme import Theme, current

BLOCKS_BELOW = 0.35
NAMES_BELOW = 0.60
LEAST_PX = 12


@dataclass(frozen=True, slots=True)
class Look:
    """Colours and pens of one theme."""

    theme: Theme
    canvas: QColor
    surface: QColor
    region: QColor
    region_border: QColor
    border: QColor
    border_mid: QColor
    border_strong: QColor
    text_1: QColor
    text_2: QColor
    text_3: QColor
    selection: QColor
    accent: QColor
    accent_soft: QColor
    focus: QColor
    track: QColor
    approved: QColor
    decided: QColor
    edge: QColor
    edge_focus: QColor
    warn: QColor
    dim: float

    def font(self, px: int, weight: int = 400, *, tight: bool = False) -> QFont:
        """The body font in a size in pixels of the screen; `tight` for names in small boxes."""
        return _font(px, weight, tight)


@lru_cache(maxsize=256)
def _font(px: int, weight: int, tight: bool) -> QFont:
    font = QFont(current().font("body", weight))
    if tight:
        font.setLetterSpacing(QFont.SpacingType.PercentageSpacing, 95)
    font.setPixelSize(px)
    return font


def text_px(size: float, zoom: float, most: int = 28) -> int:
    """A size of words in pixels of the screen: with the zoom, but never below 12."""
    return max(LEAST_PX, min(most, round(size * zoom)))


_looks: dict[str, Look] = {}


def look() -> Look:
    """The look of the theme shown now."""
    theme = current()
    found = _looks.get(theme.name)
    if found is None:
        c = theme.colour
        found = Look(
            theme,
            c("canvas"),
            c("surface"),
            c("erd.region"),
            c("erd.region_border"),
            c("border"),
            c("border_mid"),
            c("border_strong"),
            c("text_1"),
            c("text_2"),
            c("text_3"),
            c("selection"),
            c("accent_text"),
            c("accent_soft"),
            c("focus_ring"),
            c("chart.track"),
            c("chart.coverage.approved"),
            c("chart.coverage.decided"),
            c("erd.edge"),
            c("erd.edge_focus"),
            theme.kind("warn").text,
            theme.number("erd.dim_opacity"),
        )
        _looks[theme.name] = found
    return found


def pen(colour: QColor, width: float = 1.0, *, dashed: bool = False) -> QPen:
    """A pen of a width in pixels of the screen; dashed 5-4 for what was inferred weakly."""
    made = QPen(colour, width)
    made.setCosmetic(True)
    made.setCapStyle(Qt.PenCapStyle.FlatCap)
    made.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    if dashed:
        made.setDashPattern([5.0 / width, 4.0 / width])
    return made


class _Letters:
    """What is known of one font's words; QFont's own key is too slow to ask for each word."""

    def __init__(self, font: QFont) -> None:
        self._metrics = QFontMetricsF(font)
        self.rise = round((self._metrics.ascent() - self._metrics.descent()) / 2)
        self._widths: dict[str, float] = {}
        self._cut: dict[tuple[str, int], str] = {}

    def width(self, words: str) -> float:
        """The width of words in pixels."""
        found = self._widths.get(words)
        if found is None:
            found = self._widths[words] = self._metrics.horizontalAdvance(words)
        return found

    def elided(self, words: str, room: float) -> str:
        """Words cut in the middle to so much room."""
        if self.width(words) <= room:
            return words
        key = (words, int(room))
        found = self._cut.get(key)
        if found is None:
            if len(self._cut) > _MOST_CUT:
                self._cut.clear()
            middle = Qt.TextElideMode.ElideMiddle
            found = self._cut[key] = self._metrics.elidedText(words, middle, int(room))
        return found


_MOST_CUT = 20_000
_letters: dict[int, tuple[QFont, _Letters]] = {}


def _letters_of(font: QFont) -> _Letters:
    """What is known of a font that `Look.font` made; those are kept, so their ids stay."""
    found = _letters.get(id(font))
    if found is None or found[0] is not font:
        found = _letters[id(font)] = (font, _Letters(font))
    return found[1]


def width_of(words: str, font: QFont) -> float:
    """The width of words in pixels; remembered."""
    return _letters_of(font).width(words)


def label(
    painter: QPainter,
    area: QRectF,
    words: str,
    font: QFont,
    colour: QColor,
    align: Qt.AlignmentFlag = paint.LEFT,
) -> None:
    """One line of words in a box, elided in the middle; quicker than a laid out text."""
    letters = _letters_of(font)
    shown = letters.elided(words, area.width() + 0.5)
    left = area.left()
    if align is not paint.LEFT:
        spare = area.width() - letters.width(shown)
        left += spare if align is paint.RIGHT else spare / 2
    painter.setFont(font)
    painter.setPen(colour)
    painter.drawText(QPointF(round(left), round(area.center().y()) + letters.rise), shown)
