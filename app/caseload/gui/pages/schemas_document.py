"""The document beside a field: the very page with the row outlined, or the rows of its sheet."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPixmap, QResizeEvent
from PySide6.QtWidgets import QGraphicsScene, QGraphicsView, QWidget

from caseload.gui import paint, words
from caseload.gui.components.scroll import thin
from caseload.gui.theme import Theme, current, themes
from caseload.model.catalog import FieldSpec, Side

_MARGIN = 14
_ZOOMS = (1.0, 1.35, 1.8, 2.4)
_ROW = 24
_HEAD = 26
_GUTTER = 44


class PageView(QGraphicsView):
    """A page as a picture, paper dimmed in dark, with the row outlined.

    `width_wanted` asks for the picture in another width (device pixels).
    """

    width_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        thin(self)
        self._scene = QGraphicsScene(self)
        self.setScene(self._scene)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignHCenter)
        self.setDragMode(QGraphicsView.DragMode.ScrollHandDrag)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._raw: QPixmap | None = None
        self._box: QRectF | None = None
        self._zoom = 0
        self.setAccessibleName("Page of the document")
        themes().changed.connect(self._draw)
        self._ground()

    @property
    def zoomed(self) -> bool:
        """True while it is larger than the width."""
        return self._zoom > 0

    def step(self, by: int) -> None:
        """Larger or smaller, never narrower than the width."""
        zoom = min(len(_ZOOMS) - 1, max(0, self._zoom + by))
        if zoom != self._zoom:
            self._zoom = zoom
            self._draw()
            self.width_wanted.emit()

    def wanted_width(self) -> int:
        """The width of picture, in device pixels, that is sharp here."""
        return max(120, round(self._page_width() * self.devicePixelRatioF()))

    def _page_width(self) -> float:
        return (self.width() - 2 * _MARGIN) * _ZOOMS[self._zoom]

    def show_picture(
        self, png: bytes, box: tuple[float, float, float, float] | None, name: str
    ) -> None:
        """Show a page; `box` is the row in shares of the page."""
        pixmap = QPixmap()
        pixmap.loadFromData(png)
        self._raw = None if pixmap.isNull() else pixmap
        self._box = QRectF(QPointF(*box[:2]), QPointF(*box[2:])) if box is not None else None
        self.setAccessibleName(name)
        self._draw()

    def clear_picture(self) -> None:
        """Show nothing while another page is on its way."""
        self._raw = None
        self._scene.clear()

    def _ground(self) -> None:
        self.setBackgroundBrush(current().colour("canvas"))

    def _draw(self) -> None:
        self._ground()
        self._scene.clear()
        if self._raw is None:
            return
        theme = current()
        page = QPixmap(self._raw)
        painter = QPainter(page)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Multiply)
        painter.fillRect(page.rect(), theme.colour("paper.page"))
        painter.end()
        wide = self._page_width()
        scale = wide / page.width()
        high = page.height() * scale
        item = self._scene.addPixmap(page)
        item.setTransformationMode(Qt.TransformationMode.SmoothTransformation)
        item.setScale(scale)
        self._scene.addRect(QRectF(-0.5, -0.5, wide + 1, high + 1), theme.colour("border_mid"))
        self._scene.setSceneRect(-_MARGIN, -_MARGIN, wide + 2 * _MARGIN, high + 2 * _MARGIN)
        if self._box is None:
            self.ensureVisible(0, 0, 1, 1)
            return
        row = QRectF(
            self._box.left() * wide,
            self._box.top() * high,
            self._box.width() * wide,
            self._box.height() * high,
        ).adjusted(-3, -2, 3, 2)
        pen = QPen(theme.colour("paper.outline"), 2)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        self._scene.addRect(row, pen, theme.colour("paper.outline_fill"))
        self.verticalScrollBar().setValue(self.verticalScrollBar().minimum())
        self.ensureVisible(row, 12, 48)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the width anew."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._draw()
            if self._raw is not None:
                self.width_wanted.emit()


class SheetView(QWidget):
    """The rows of a spreadsheet around a field, as they stand there, on paper."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[FieldSpec, ...] = ()
        self._chosen: FieldSpec | None = None
        self._side = Side.SOURCE
        self.setAccessibleName("Rows of the sheet")

    def show_rows(self, rows: Sequence[FieldSpec], chosen: FieldSpec, side: Side) -> None:
        """Show rows with the chosen one outlined."""
        self._rows = tuple(rows)
        self._chosen = chosen
        self._side = side
        found = chosen.provenance
        self.setAccessibleName(f"Sheet {found.sheet}, row {words.number(found.row)}")
        self.update()

    def _cells(self, spec: FieldSpec) -> tuple[str, ...]:
        if self._side is Side.SOURCE:
            return (spec.field_name, spec.length, spec.data_element, spec.description)
        kind = f"{spec.data_type} {spec.length}".strip()
        return (spec.field_name, kind, spec.format or spec.code_type, spec.description)

    def _titles(self) -> tuple[str, ...]:
        if self._side is Side.SOURCE:
            return ("Field", "Size", "Element", "Description")
        return ("Field", "Type", "Format", "Description")

    def _lefts(self, wide: float) -> list[float]:
        room = wide - _GUTTER
        shares = (0.34, 0.12, 0.16, 0.38) if self._side is Side.SOURCE else (0.34, 0.2, 0.16, 0.3)
        lefts, left = [], float(_GUTTER)
        for share in shares:
            lefts.append(left)
            left += room * share
        return [*lefts, left]

    def _visible(self) -> tuple[FieldSpec, ...]:
        room = max(1, int((self.height() - 2 * _MARGIN - _HEAD) // _ROW))
        at = self._rows.index(self._chosen) if self._chosen in self._rows else 0
        first = max(0, min(at - room // 2, len(self._rows) - room))
        return self._rows[first : first + room]

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the paper with its rows."""
        painter = QPainter(self)
        theme = current()
        painter.fillRect(self.rect(), theme.colour("canvas"))
        rows = self._visible()
        if not rows:
            return
        wide = self.width() - 2.0 * _MARGIN
        painter.translate(_MARGIN, _MARGIN)
        paper = QRectF(0, 0, wide, _HEAD + _ROW * len(rows))
        painter.fillRect(paper, theme.colour("paper.page"))
        lefts = self._lefts(wide)
        head = QRectF(0, 0, wide, _HEAD)
        painter.fillRect(head, theme.colour("paper.shade"))
        painter.fillRect(QRectF(0, 0, _GUTTER, paper.height()), theme.colour("paper.shade"))
        bold = theme.font("caption", 600)
        for title, left, right in zip(self._titles(), lefts, lefts[1:], strict=False):
            cell = QRectF(left + 6, 0, right - left - 8, _HEAD)
            paint.text(painter, cell, title, bold, theme.colour("paper.ink"))
        top = float(_HEAD)
        outlined: QRectF | None = None
        for spec in rows:
            self._paint_row(painter, theme, spec, top, lefts, wide)
            if spec == self._chosen:
                outlined = QRectF(-3, top - 2, wide + 6, _ROW + 4)
            top += _ROW
        for left in lefts[:-1]:
            paint.vline(painter, round(left), 0, paper.height(), theme.colour("border_mid"))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(theme.colour("border_mid"))
        painter.drawRect(paper)
        if outlined is not None:
            fill, edge = theme.colour("paper.outline_fill"), theme.colour("paper.outline")
            paint.box(painter, outlined, 2, fill, edge, 2)

    def _paint_row(
        self,
        painter: QPainter,
        theme: Theme,
        spec: FieldSpec,
        top: float,
        lefts: Sequence[float],
        wide: float,
    ) -> None:
        font, ink = theme.font("caption"), theme.colour("paper.ink")
        paint.hline(painter, 0, wide, top, theme.colour("border_mid"))
        number = words.number(spec.provenance.row) if spec.provenance.row else ""
        gutter = QRectF(0, top, _GUTTER - 7, _ROW)
        paint.text(painter, gutter, number, font, theme.colour("paper.rule"), paint.RIGHT)
        for index, value in enumerate(self._cells(spec)):
            cell = QRectF(lefts[index] + 6, top, lefts[index + 1] - lefts[index] - 10, _ROW)
            mode = paint.MIDDLE if index == 0 else paint.END
            paint.text(painter, cell, value, font, ink, mode=mode)
