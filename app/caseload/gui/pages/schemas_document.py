"""The document beside a field: the very page with the row outlined, or the rows of its sheet."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPixmap, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractScrollArea,
    QFrame,
    QGraphicsScene,
    QGraphicsView,
    QWidget,
)

from caseload.gui import paint, words
from caseload.gui.components.card import Surface
from caseload.gui.components.scroll import thin
from caseload.gui.theme import Theme, current, themes
from caseload.model.schema_views import SheetRows

_MARGIN = 14
_ZOOMS = (1.0, 1.35, 1.8, 2.4)
_ROW = 24
_HEAD = 26
_GUTTER = 44
_NARROWEST, _WIDEST = 44, 190


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
        self._row: QRectF | None = None
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
        self._row = None
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
        self._row = row
        self.verticalScrollBar().setValue(self.verticalScrollBar().minimum())
        self.ensureVisible(row, 12, 48)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the width anew."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._draw()
            if self._raw is not None:
                self.width_wanted.emit()
        elif self._row is not None:
            self.ensureVisible(self._row, 12, 48)


class SheetView(QAbstractScrollArea):
    """The rows of a sheet around a place as the document has them: header kept, row outlined."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        thin(self)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._rows: tuple[tuple[int, tuple[str, ...]], ...] = ()
        self._head: tuple[int, tuple[str, ...]] | None = None
        self._chosen = 0
        self._lefts: list[float] = [0.0]
        self.setCornerWidget(Surface("canvas"))
        self.setAccessibleName("Rows of the sheet")

    def show_rows(self, rows: SheetRows, chosen: int) -> None:
        """Show rows with the chosen one outlined and in the middle."""
        self._head = next((row for row in rows.rows if row[0] == rows.header), None)
        self._rows = tuple(row for row in rows.rows if row[0] != rows.header or row[0] == chosen)
        self._chosen = chosen
        sheet = f"Sheet {rows.sheet}, row" if rows.sheet else "Row"
        self.setAccessibleName(f"{sheet} {words.number(chosen)}")
        cells = next((cells for number, cells in self._rows if number == chosen), ())
        self.setAccessibleDescription(", ".join(cell for cell in cells if cell))
        self._measure()
        self._range()
        place = next((i for i, row in enumerate(self._rows) if row[0] == chosen), 0)
        middle = place * _ROW - (self.viewport().height() - _HEAD - _ROW) // 2 + _MARGIN
        self.verticalScrollBar().setValue(max(0, middle))
        self.horizontalScrollBar().setValue(0)
        self.viewport().update()

    @property
    def shown(self) -> tuple[tuple[int, tuple[str, ...]], ...]:
        """The rows that are shown."""
        return self._rows

    def _measure(self) -> None:
        """As wide as the words, within bounds; what is left over goes to the last column."""
        font = current().font("caption")
        lines = [cells for _, cells in self._rows]
        if self._head is not None:
            lines.append(self._head[1])
        many = max((len(cells) for cells in lines), default=0)
        widths = []
        for column in range(many):
            texts = [cells[column] for cells in lines if column < len(cells)]
            widest = max((paint.width_of(text[:80], font) for text in texts), default=0.0)
            widths.append(min(_WIDEST, max(_NARROWEST, widest + 16)))
        room = self.viewport().width() - 2 * _MARGIN - _GUTTER - sum(widths)
        if widths and room > 0:
            widths[-1] += room
        self._lefts = [float(_GUTTER)]
        for width in widths:
            self._lefts.append(self._lefts[-1] + width)

    def _range(self) -> None:
        wide = round(self._lefts[-1]) + 2 * _MARGIN
        high = len(self._rows) * _ROW + _HEAD + 2 * _MARGIN
        across, down = self.horizontalScrollBar(), self.verticalScrollBar()
        across.setRange(0, max(0, wide - self.viewport().width()))
        across.setPageStep(self.viewport().width())
        across.setSingleStep(24)
        down.setRange(0, max(0, high - self.viewport().height()))
        down.setPageStep(self.viewport().height())
        down.setSingleStep(_ROW)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the columns to the new width."""
        super().resizeEvent(event)
        self._measure()
        self._range()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the paper with its rows, the header over them."""
        painter = QPainter(self.viewport())
        theme = current()
        painter.fillRect(self.viewport().rect(), theme.colour("canvas"))
        if not self._rows:
            return
        across = self.horizontalScrollBar().value()
        shift = self.verticalScrollBar().value()
        paper = QRectF(_MARGIN - across, _MARGIN, self._lefts[-1], _HEAD + _ROW * len(self._rows))
        painter.fillRect(paper.translated(0, -shift), theme.colour("paper.page"))
        top = _MARGIN + _HEAD - shift
        outlined: QRectF | None = None
        for number, cells in self._rows:
            if -_ROW < top < self.viewport().height():
                line = QRectF(_MARGIN - across, top, self._lefts[-1], _ROW)
                self._paint_row(painter, theme, line, str(number), cells, head=False)
                if number == self._chosen:
                    outlined = line
            top += _ROW
        head_top = max(0.0, float(_MARGIN - shift))
        head = QRectF(_MARGIN - across, head_top, self._lefts[-1], _HEAD)
        number, cells = self._head or (0, ())
        self._paint_row(painter, theme, head, str(number or ""), cells, head=True)
        edge = theme.colour("border_mid")
        paint.hline(painter, head.left(), head.right(), head.bottom(), edge)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(edge)
        painter.drawRect(paper.translated(0, -shift))
        if outlined is not None and outlined.top() > head_top + _HEAD - _ROW:
            fill, edge = theme.colour("paper.outline_fill"), theme.colour("paper.outline")
            paint.box(painter, outlined.adjusted(-3, -1, 3, 1), 2, fill, edge, 2)

    def _paint_row(
        self,
        painter: QPainter,
        theme: Theme,
        line: QRectF,
        number: str,
        cells: tuple[str, ...],
        *,
        head: bool,
    ) -> None:
        font = theme.font("caption", 600 if head else 400)
        ink, edge = theme.colour("paper.ink"), theme.colour("paper.shade")
        gutter = QRectF(line.left(), line.top(), _GUTTER, line.height())
        shaded = line if head else gutter
        painter.fillRect(shaded, theme.colour("paper.shade"))
        quiet = theme.colour("paper.rule")
        figures = theme.font("caption")
        paint.text(painter, gutter.adjusted(0, 0, -7, 0), number, figures, quiet, paint.RIGHT)
        for left, right, text in zip(self._lefts, self._lefts[1:], cells, strict=False):
            cell = QRectF(line.left() + left + 6, line.top(), right - left - 10, line.height())
            paint.text(painter, cell, " ".join(text.split()), font, ink)
        for left in self._lefts[:-1]:
            paint.vline(painter, round(line.left() + left), line.top(), line.bottom(), edge)
        paint.hline(painter, line.left(), line.right(), line.top(), edge)
