"""How a table is painted at each level of detail: a block, its name, its keys, its columns."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPaintEngine, QPainter, QPixmap

from caseload.gui import icons, paint
from caseload.gui.erd.look import NAMES_BELOW, Look, label, pen, text_px, width_of
from caseload.gui.erd.look import look as current_look
from caseload.model.erd import HEAD, ROW, Density, ErdColumn, ErdTable, Part, Standing

_RADIUS = 4.0
_TALL, _LEAST_ROW = 84.0, 14.0
_COPIED = 120_000


@dataclass(frozen=True, slots=True)
class TableState:
    """How a table stands out: chosen, focused by the keyboard, found, lit column, dimmed."""

    chosen: bool = False
    current: bool = False
    found: bool = False
    dimmed: bool = False
    lit: frozenset[str] = frozenset()


def paint_table(
    painter: QPainter,
    area: QRectF,
    table: ErdTable,
    density: Density,
    zoom: float,
    state: TableState,
    look: Look,
) -> None:
    """Paint a table into `area`, in pixels of the screen."""
    _frame(painter, area, state, look)
    small = zoom < NAMES_BELOW and area.height() < _TALL
    if small or density is Density.NAMES:
        _name_only(painter, area, table, zoom, look)
        return
    head = max(HEAD * zoom, 26.0)
    _head(painter, QRectF(area.left(), area.top(), area.width(), head), table, zoom, look)
    shown = table.shown(density)
    high = max(ROW * zoom, _LEAST_ROW)
    room = int((area.height() - head - 2) / high)
    if len(shown) + (len(shown) < len(table.columns)) > room:
        shown = shown[: max(0, room - 1)]
    top = area.top() + head
    for column in shown:
        row = QRectF(area.left(), top, area.width(), high)
        if column.name in state.lit:
            painter.fillRect(row.adjusted(1, 0, -1, 0), look.selection)
        _row(painter, row, column, zoom, look)
        top += high
    left_out = len(table.columns) - len(shown)
    if left_out and room:
        words = f"{left_out:,} more"
        indent = 16 + 16 * zoom
        row = QRectF(area.left() + indent, top, area.width() - indent - 8, high)
        label(painter, row, words, look.font(text_px(12.5, zoom)), look.text_3)


def _frame(painter: QPainter, area: QRectF, state: TableState, look: Look) -> None:
    """The box; a plain small one is copied, for its corners are slow to draw by hundreds."""
    plain = not (state.chosen or state.found or state.current)
    paper = painter.paintEngine().type() is not QPaintEngine.Type.SVG
    if plain and paper and area.width() * area.height() < _COPIED:
        ratio = painter.device().devicePixelRatio()
        size = (round(area.width()), round(area.height()))
        painter.drawPixmap(area.topLeft(), _plain_box(*size, look.theme.name, ratio))
    else:
        _draw_frame(painter, area, state, look)


@lru_cache(maxsize=512)
def _plain_box(wide: int, high: int, _theme: str, ratio: float) -> QPixmap:
    kept = QPixmap(round(wide * ratio), round(high * ratio))
    kept.setDevicePixelRatio(ratio)
    kept.fill(Qt.GlobalColor.transparent)
    painter = QPainter(kept)
    _draw_frame(painter, QRectF(0, 0, wide, high), TableState(), current_look())
    painter.end()
    return kept


def _draw_frame(painter: QPainter, area: QRectF, state: TableState, look: Look) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=True)
    edge, width = look.border_strong, 1.0
    if state.chosen:
        edge, width = look.edge_focus, 2.0
    elif state.found:
        edge, width = look.warn, 2.0
    half = width / 2
    painter.setBrush(look.surface)
    painter.setPen(pen(edge, width))
    painter.drawRoundedRect(area.adjusted(half, half, -half, -half), _RADIUS, _RADIUS)
    if state.current:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(pen(look.focus, 2.0))
        painter.drawRoundedRect(area.adjusted(-2, -2, 2, 2), _RADIUS + 2, _RADIUS + 2)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)


def bar(painter: QPainter, area: QRectF, table_like: tuple[int, int, int], look: Look) -> None:
    """Paint a coverage bar: (approved, decided, columns); sharp, for it is drawn by hundreds."""
    approved, decided, columns = table_like
    painter.fillRect(area, look.track)
    if not columns or not approved + decided:
        return
    first = area.width() * approved / columns
    second = area.width() * decided / columns
    if second:
        at = QRectF(area.left() + first, area.top(), max(1.0, second), area.height())
        painter.fillRect(at, look.decided)
    if first:
        at = QRectF(area.left(), area.top(), max(1.0, first), area.height())
        painter.fillRect(at, look.approved)


def _counts(table: ErdTable) -> tuple[int, int, int]:
    return table.approved, table.decided, len(table.columns)


def _name_only(painter: QPainter, area: QRectF, table: ErdTable, zoom: float, look: Look) -> None:
    """The name and the coverage, in the middle of the box."""
    pad = max(5.0, 10 * zoom)
    px = text_px(14 if zoom >= NAMES_BELOW else 12, max(zoom, 0.5) if zoom >= NAMES_BELOW else 1.0)
    high = px + 4.0
    thick = 3.0 if zoom < NAMES_BELOW else 4.0
    top = area.top() + max(2.0, (area.height() - high - thick - 3) / 2)
    line = QRectF(area.left() + pad, top, area.width() - 2 * pad, high)
    if zoom >= NAMES_BELOW or area.width() > 120:
        count = f"{len(table.columns)}"
        font = look.font(max(12, px - 1))
        wide = width_of(count, font) + 6
        label(painter, line, count, font, look.text_3, paint.RIGHT)
        line = QRectF(line.left(), line.top(), line.width() - wide, line.height())
    label(painter, line, table.name, look.font(px, 600, tight=zoom < NAMES_BELOW), look.text_1)
    under = QRectF(area.left() + pad, top + high + 2, area.width() - 2 * pad, thick)
    bar(painter, under, _counts(table), look)


def _head(painter: QPainter, area: QRectF, table: ErdTable, zoom: float, look: Look) -> None:
    pad = 10 * zoom
    px = text_px(14, zoom)
    line = QRectF(
        area.left() + pad,
        area.top() + max(1.0, 3 * zoom),
        area.width() - 2 * pad,
        max(17.0, 24 * zoom),
    )
    count = f"{len(table.columns)}"
    font = look.font(max(12, px - 1))
    wide = width_of(count, font) + 8
    label(painter, line, count, font, look.text_3, paint.RIGHT)
    name = QRectF(line.left(), line.top(), line.width() - wide, line.height())
    label(painter, name, table.name, look.font(px, 600), look.text_1)
    under = QRectF(
        area.left() + pad,
        area.top() + max(19.0, 28 * zoom),
        area.width() - 2 * pad,
        max(2.0, 3.5 * zoom),
    )
    bar(painter, under, _counts(table), look)


def _row(painter: QPainter, area: QRectF, column: ErdColumn, zoom: float, look: Look) -> None:
    px = text_px(13, zoom)
    size = 14 if zoom < 1.2 else 16
    middle = area.center().y()
    if column.part is not Part.FACT:
        name = "key-round" if column.part is Part.KEY else "link"
        x = area.left() + 10 * zoom
        if painter.paintEngine().type() is QPaintEngine.Type.SVG:
            icons.draw(painter, name, QRectF(x, middle - size / 2, size, size), look.text_2)
        else:
            icons.paint(painter, name, x, middle - size / 2, size, look.text_2)
    left = area.left() + 16 * zoom + 14
    right = area.right() - 10 * zoom
    weight = 500 if column.part is Part.KEY else 400
    bold = look.font(px, weight)
    form = _form(column, right - left - width_of(column.name, bold) - 8, px, look)
    if form:
        font = look.font(max(12, px - 1))
        wide = width_of(form, font)
        at = QRectF(right - wide - 1, area.top(), wide + 1, area.height())
        label(painter, at, form, font, look.text_3, paint.RIGHT)
        right -= wide + 6
    if column.standing is not Standing.UNUSED:
        tone = look.approved if column.standing is Standing.APPROVED else look.decided
        tick = QRectF(area.left() + 1, area.top() + 2, 2.0, area.height() - 4)
        painter.fillRect(tick, tone)
    at = QRectF(left, area.top(), max(1.0, right - left), area.height())
    label(painter, at, column.name, bold, look.text_1)


def _form(column: ErdColumn, room: float, px: int, look: Look) -> str:
    """Type and length where there is room beside the name, else the length, else nothing."""
    font = look.font(max(12, px - 1))
    for words in (column.form, column.form.rpartition(" ")[2]):
        if words and width_of(words, font) <= room:
            return words
    return ""
