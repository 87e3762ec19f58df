"""What the diagram's painters need of the theme, at hand: a frame has no time to look it up.

Words keep a legible size at every zoom, so painters work in pixels of the screen; fonts come in
whole pixel sizes, for each of which the letters are drawn once.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QPen

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
