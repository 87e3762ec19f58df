"""The Lucide icons, tinted from tokens and sharp at every size and device ratio."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QByteArray, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from caseload.gui.theme import current
from caseload.model.shipped import shipped_root

_STROKE_AT_ONE = 36.0


@lru_cache(maxsize=256)
def _source(name: str) -> str:
    path = shipped_root() / "resources" / "icons" / f"{name}.svg"
    return path.read_text(encoding="utf-8")


@lru_cache(maxsize=2048)
def _pixmap(name: str, size: int, rgba: int, ratio: float) -> QPixmap:
    colour = QColor.fromRgba(rgba)
    svg = _source(name).replace("currentColor", colour.name())
    svg = svg.replace('stroke-width="2"', f'stroke-width="{_STROKE_AT_ONE / size:.3f}"')
    pixels = round(size * ratio)
    pixmap = QPixmap(pixels, pixels)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setOpacity(colour.alphaF())
    QSvgRenderer(QByteArray(svg.encode())).render(painter, QRectF(0, 0, pixels, pixels))
    painter.end()
    pixmap.setDevicePixelRatio(ratio)
    return pixmap


def pixmap(name: str, size: int, colour: QColor | str, ratio: float = 1.0) -> QPixmap:
    """An icon as a pixmap: `size` in logical pixels, `colour` a colour or a token's name.

    Raises FileNotFoundError for an icon that is not bundled.
    """
    tint = current().colour(colour) if isinstance(colour, str) else colour
    return _pixmap(name, size, tint.rgba(), ratio)


def paint(
    painter: QPainter, name: str, x: float, y: float, size: int, colour: QColor | str
) -> None:
    """Paint an icon with its top left corner at x, y."""
    ratio = painter.device().devicePixelRatio()
    painter.drawPixmap(QPointF(round(x), round(y)), pixmap(name, size, colour, ratio))


def draw(painter: QPainter, name: str, area: QRectF, colour: QColor | str) -> None:
    """Draw an icon's strokes, for paper that has no pixels such as SVG."""
    tint = current().colour(colour) if isinstance(colour, str) else colour
    svg = _source(name).replace("currentColor", tint.name())
    svg = svg.replace('stroke-width="2"', f'stroke-width="{_STROKE_AT_ONE / area.width():.3f}"')
    QSvgRenderer(QByteArray(svg.encode())).render(painter, area)


def icon(name: str, size: int = 16, colour: QColor | str = "text_2") -> QIcon:
    """An icon for what Qt paints itself, such as a menu; it keeps the colour of now."""
    made = QIcon()
    for ratio in (1.0, 2.0):
        made.addPixmap(pixmap(name, size, colour, ratio))
    made.addPixmap(pixmap(name, size, "text_disabled"), QIcon.Mode.Disabled)
    return made
