"""How a grid looks: cells by kind of column, rows by state, and the header."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QHelpEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolTip,
    QWidget,
)

from caseload.gui import icons, paint
from caseload.gui.components.bars import score_colour
from caseload.gui.components.classmark import paint_class_mark
from caseload.gui.components.gridmodel import Column, GridModel
from caseload.gui.components.pill import paint_pill, pill_width
from caseload.gui.theme import Theme, current
from caseload.gui.words import tip

if TYPE_CHECKING:
    from caseload.gui.components.grid import GridView

_KINDS = ("ok", "info", "warn", "error", "neutral")
_SCORE_BAR = 24


def tone_colour(theme: Theme, tone: str) -> QColor:
    """The colour of words: a token, or a kind such as "error"."""
    return theme.kind(tone).text if tone in _KINDS else theme.colour(tone)


class GridDelegate(QStyledItemDelegate):
    """Paints cells straight from the model's rows."""

    def __init__(self, grid: GridView) -> None:
        super().__init__(grid)
        self._grid = grid

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Paint one cell."""
        model: GridModel[Any] = self._grid.grid_model
        theme = current()
        rect: QRect = option.rect
        row = model.row_at(index.row())
        self._paint_ground(painter, theme, rect, index.row(), index.column(), row)
        column = model.columns[index.column()]
        pad = theme.metric("pad_x")
        area = QRectF(rect).adjusted(pad, 0, -pad if column.right else -6, -1)
        if index.column() == 0:
            area.setLeft(area.left() + self._grid.lead - pad)
        if column.right and index.column() == self._grid.last_column:
            area.setRight(area.right() - self._grid.lead + pad)
        if row is None:
            if column.kind != "tick":
                bar = QRectF(area.left(), area.center().y() - 4, min(80.0, area.width() * 0.6), 8)
                paint.box(painter, bar, 4, theme.colour("chart.track"))
            return
        if column.kind == "tick":
            on = model.ticks is not None and model.ticks.has(model.row_id(row))
            state = Qt.CheckState.Checked if on else Qt.CheckState.Unchecked
            paint.tick_box(painter, rect.left() + 11, area.center().y() - 7, state)
            return
        self._paint_cell(painter, theme, column, row, area)

    def _paint_ground(
        self, painter: QPainter, theme: Theme, rect: QRect, row: int, column: int, data: Any
    ) -> None:
        grid = self._grid
        model = grid.grid_model
        is_current = row == grid.current_row
        ticked = (
            data is not None and model.ticks is not None and model.ticks.has(model.row_id(data))
        )
        fill = "surface"
        if is_current or ticked:
            fill = "selection" if grid.isActiveWindow() else "selection_inactive"
        elif row == grid.hover_row:
            fill = "hover"
        soft = grid.row_tone(data) if data is not None and fill == "surface" else ""
        painter.fillRect(rect, theme.kind(soft).soft if soft else theme.colour(fill))
        line = rect.bottom()
        paint.hline(painter, rect.left(), rect.right() + 1, line, theme.colour("border"))
        if is_current and column == 0:
            bar = QRectF(rect.left(), rect.top(), theme.size("selection_bar"), rect.height())
            painter.fillRect(bar, theme.colour("accent_text"))

    def _paint_cell(
        self, painter: QPainter, theme: Theme, column: Column[Any], row: Any, area: QRectF
    ) -> None:
        kind = column.kind
        value = column.value(row) if column.value is not None else None
        if kind == "pill":
            if value is not None:
                left = area.right() - pill_width(value) if column.right else area.left()
                paint_pill(painter, left, area.center().y(), value)
        elif kind == "class":
            if value is not None:
                paint_class_mark(painter, area, value)
        elif kind == "score":
            self._paint_score(painter, theme, column.text(row), value, area)
        elif kind == "bar":
            share, tone = value if isinstance(value, tuple) else (value, "ok")
            bar = QRectF(area.left(), area.center().y() - 3, area.width(), 6)
            colour = theme.kind(tone).solid if tone in _KINDS else theme.colour(tone)
            paint.track(painter, bar, share or 0.0, colour)
        elif kind == "icon":
            if value:
                name, tone = value
                middle = area.center().y() - 7
                icons.paint(painter, name, area.left(), middle, 14, tone_colour(theme, tone))
        else:
            self._paint_words(painter, theme, column, row, area)

    def _paint_words(
        self, painter: QPainter, theme: Theme, column: Column[Any], row: Any, area: QRectF
    ) -> None:
        style, weight, tone, mode = _WORDS.get(column.kind, _WORDS["text"])
        if column.tone is not None:
            tone = column.tone(row) or tone
        align = paint.RIGHT if column.right else paint.LEFT
        font = theme.font(style, weight)
        paint.text(painter, area, column.text(row), font, tone_colour(theme, tone), align, mode)

    def _paint_score(
        self,
        painter: QPainter,
        theme: Theme,
        words: str,
        score: float | tuple[float, str] | None,
        area: QRectF,
    ) -> None:
        font = theme.font("body")
        if score is None:
            paint.text(painter, area, words, font, theme.colour("text_3"), paint.RIGHT)
            return
        if isinstance(score, tuple):
            score, kind = score
            colour, low = theme.kind(kind).solid, kind == "warn"
        else:
            colour = score_colour(score)
            low = colour == theme.kind("warn").solid and self._grid.warn_scores
        tone = theme.kind("warn").text if low else theme.colour("text_1")
        paint.text(painter, area, words, font, tone, paint.RIGHT)
        left = area.right() - 31 - 7 - _SCORE_BAR
        bar = QRectF(left, round(area.center().y()) - 2, _SCORE_BAR, 4)
        paint.track(painter, bar, score, colour)

    def sizeHint(
        self, _option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """The width of the column's words, for fitting a column to its content."""
        words = str(index.data() or "")
        wide = paint.width_of(words, current().font("body")) + 2 * current().metric("pad_x")
        return QSize(round(wide) + 4, current().metric("row"))

    def helpEvent(
        self,
        event: QHelpEvent,
        view: QAbstractItemView,
        _option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> bool:
        """Show the whole of what is cut."""
        words = str(index.data() or "")
        room = view.visualRect(index).width() - 2 * current().metric("pad_x")
        if event.type() == QEvent.Type.ToolTip and words:
            column = self._grid.grid_model.columns[index.column()]
            style, weight, *_ = _WORDS.get(column.kind, _WORDS["text"])
            cut = paint.width_of(words, current().font(style, weight)) > room
            if cut or column.kind in ("icon", "bar"):
                QToolTip.showText(event.globalPos(), tip(words), view)
                return True
        QToolTip.hideText()
        return True


_WORDS: dict[str, tuple[str, int, str, Qt.TextElideMode]] = {
    "name": ("body", 500, "text_1", paint.MIDDLE),
    "text": ("body", 400, "text_1", paint.END),
    "quiet": ("body", 400, "text_2", paint.END),
    "path": ("body", 400, "text_2", paint.MIDDLE),
    "faint": ("body", 400, "text_3", paint.END),
    "number": ("body", 400, "text_1", paint.END),
    "mono": ("code", 400, "text_1", paint.MIDDLE),
    "link": ("body", 500, "accent_text", paint.MIDDLE),
}


class GridHeader(QHeaderView):
    """A sunken header with a tick box, titles and the arrow of the sort."""

    def __init__(self, grid: GridView, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._grid = grid
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setMinimumSectionSize(28)
        self.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
        self.setFixedHeight(current().metric("header_row"))

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        """Paint one title."""
        theme = current()
        grid = self._grid
        column = grid.grid_model.columns[section]
        painter.fillRect(rect, theme.colour("sunken"))
        paint.hline(
            painter, rect.left(), rect.right() + 1, rect.bottom(), theme.colour("border_mid")
        )
        if column.kind == "tick":
            state = grid.grid_model.tick_state()
            paint.tick_box(painter, rect.left() + 11, rect.center().y() - 7, state)
            return
        pad = theme.metric("pad_x")
        area = QRectF(rect).adjusted(pad, 0, -pad, -1)
        if section == 0:
            area.setLeft(area.left() + grid.lead - pad)
        if column.right and section == grid.last_column:
            area.setRight(area.right() - grid.lead + pad)
        font = theme.font("caption", 500)
        sorted_by = grid.sort_key == column.key and bool(column.key)
        colour = theme.colour("text_1" if sorted_by else "text_2")
        room = area.width() - (16 if sorted_by else 0)
        words = paint.elided(column.title, font, room)
        wide = paint.width_of(words, font)
        left = area.right() - wide - (16 if sorted_by else 0) if column.right else area.left()
        title = QRectF(left, area.top(), wide + 2, area.height())
        paint.text(painter, title, words, font, colour)
        if sorted_by:
            arrow = "arrow-down" if grid.sort_descending else "arrow-up"
            icons.paint(painter, arrow, left + wide + 4, area.center().y() - 6, 12, colour)

    def sizeHint(self) -> QSize:
        """The height of the density."""
        return QSize(super().sizeHint().width(), current().metric("header_row"))

    def paintEvent(self, event: Any) -> None:
        """Paint the sections, and the ground behind the last."""
        painter = QPainter(self.viewport())
        theme = current()
        area = self.viewport().rect()
        painter.fillRect(area, theme.colour("sunken"))
        paint.hline(painter, 0, area.width(), area.bottom(), theme.colour("border_mid"))
        painter.end()
        super().paintEvent(event)
