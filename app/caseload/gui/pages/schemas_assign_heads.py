"""The heads of the document's grid: each column's letter and role, and which row is the header."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHeaderView, QTableView, QWidget

from caseload.gui import icons, paint, words
from caseload.gui.pages.schemas_assign_presenter import AssignPresenter
from caseload.gui.pages.schemas_assign_said import Tag, letter
from caseload.gui.theme import current

HEAD = 58
_TAG = 22
_GUTTER = 58


class ColumnHead(QHeaderView):
    """Over each column its letter and its role as a tag: dashed while it is a guess."""

    tag_pressed = Signal(int)

    def __init__(self, presenter: AssignPresenter, table: QTableView) -> None:
        super().__init__(Qt.Orientation.Horizontal, table)
        self._presenter = presenter
        self._over = -1
        self.setMouseTracking(True)
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setStretchLastSection(True)
        self.setMinimumSectionSize(64)
        self.setAccessibleName("Columns and their roles")

    def sizeHint(self) -> QSize:
        """Room for the letter and the tag below it."""
        return QSize(super().sizeHint().width(), HEAD)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Fill to the right edge, then paint the sections."""
        painter = QPainter(self.viewport())
        theme = current()
        painter.fillRect(self.viewport().rect(), theme.colour("sunken"))
        line = theme.colour("border_mid")
        paint.hline(painter, 0, self.viewport().width(), self.height() - 1, line)
        painter.end()
        super().paintEvent(event)

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        """Paint letter and tag."""
        theme = current()
        painter.save()
        area = QRectF(rect)
        table = self.parent()
        chosen = isinstance(table, QTableView) and table.currentIndex().column() == section
        if chosen:
            painter.fillRect(area, theme.colour("selection"))
        elif section == self._over:
            painter.fillRect(area, theme.colour("hover"))
        paint.vline(painter, rect.right(), rect.top(), rect.bottom() + 1, theme.colour("border"))
        line = theme.colour("border_mid")
        paint.hline(painter, rect.left(), rect.right() + 1, rect.bottom(), line)
        top = QRectF(area.left() + 10, area.top() + 4, area.width() - 16, 20)
        tone = theme.colour("text_1" if chosen else "text_3")
        paint.text(painter, top, letter(section), theme.font("caption", 500), tone)
        if not self._presenter.empty:
            tag_area = QRectF(area.left() + 7, area.top() + 28, area.width() - 15, _TAG)
            self._paint_tag(painter, tag_area, section)
        painter.restore()

    def _paint_tag(self, painter: QPainter, room: QRectF, section: int) -> None:
        theme = current()
        tag = self._presenter.tag(section)
        if tag is None:
            lit = section == self._over
            refused = self._presenter.refused(section)
            said = "Not read" if refused else "Choose role" if lit else "No role"
            tone = theme.colour("accent_text" if lit and not refused else "text_3")
            paint.text(
                painter,
                room.adjusted(3, 0, 0, 0),
                said,
                theme.font("caption"),
                tone,
                mode=paint.END,
            )
            return
        wide = min(room.width(), tag_width(tag))
        area = QRectF(room.left(), room.top(), wide, _TAG)
        paint_tag(painter, area, tag)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Light the column under the pointer."""
        self._light(self.logicalIndexAt(event.position().toPoint()))
        super().mouseMoveEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Back to rest."""
        self._light(-1)
        super().leaveEvent(event)

    def _light(self, section: int) -> None:
        if section != self._over:
            self._over = section
            self.viewport().update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A press on a column offers its roles, unless its border was drawn."""
        section = self.logicalIndexAt(event.position().toPoint())
        resized = self.cursor().shape() == Qt.CursorShape.SplitHCursor
        super().mouseReleaseEvent(event)
        if section >= 0 and not resized and event.button() is Qt.MouseButton.LeftButton:
            self.tag_pressed.emit(section)


def tag_width(tag: Tag) -> float:
    """The width that a tag needs."""
    return paint.width_of(tag.words, current().font("caption", 500)) + 34


def paint_tag(painter: QPainter, area: QRectF, tag: Tag) -> None:
    """A role as a tag: soft and whole when it was said, dashed when it is a guess."""
    theme = current()
    colours = theme.kind("accent")
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    pen = QPen(colours.border, 1)
    if tag.guessed:
        pen = QPen(theme.colour("accent_text"), 1, Qt.PenStyle.CustomDashLine)
        pen.setDashPattern([3, 3])
    painter.setPen(pen)
    painter.setBrush(theme.colour("surface") if tag.guessed else colours.soft)
    painter.drawRoundedRect(area.adjusted(0.5, 0.5, -0.5, -0.5), _TAG / 2, _TAG / 2)
    inner = area.adjusted(9, 0, -8, 0)
    icon = "sparkles" if tag.guessed else "check"
    icons.paint(painter, icon, inner.left() - 2, area.center().y() - 6.5, 13, colours.text)
    inner.setLeft(inner.left() + 15)
    paint.text(painter, inner, tag.words, theme.font("caption", 500), colours.text, mode=paint.END)


class RowHead(QHeaderView):
    """The rows' numbers; a press makes a row the header."""

    row_pressed = Signal(int)

    def __init__(self, presenter: AssignPresenter, table: QTableView) -> None:
        super().__init__(Qt.Orientation.Vertical, table)
        self._presenter = presenter
        self._over = -1
        self.setMouseTracking(True)
        self.setSectionsClickable(True)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setFixedWidth(_GUTTER)
        self.setAccessibleName("Rows")
        self.setToolTip("Press the number of the row that heads the columns")

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the numbers, then fill to the foot."""
        super().paintEvent(event)
        painter = QPainter(self.viewport())
        theme = current()
        below, foot = self.length() - self.offset(), self.viewport().height()
        painter.fillRect(0, below, _GUTTER, foot - below, theme.colour("sunken"))
        paint.vline(painter, _GUTTER - 1, below, foot, theme.colour("border"))

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        """A row's number, or that it is the header."""
        theme = current()
        painter.save()
        area = QRectF(rect)
        number = self._presenter.grid.rows[section].number
        heads = number == self._presenter.header_row
        if heads:
            painter.fillRect(area.adjusted(0, 0, -1, 0), theme.colour("accent_soft"))
        elif section == self._over:
            painter.fillRect(area.adjusted(0, 0, -1, 0), theme.colour("hover"))
        said = "Header" if heads else words.number(number)
        font = theme.font("caption", 500 if heads else 400)
        tone = theme.colour("accent_text" if heads else "text_3")
        paint.text(painter, area.adjusted(0, 0, -9, 0), said, font, tone, paint.RIGHT)
        line = theme.colour("border")
        paint.hline(painter, rect.left(), rect.right() + 1, rect.bottom(), line)
        paint.vline(painter, rect.right(), rect.top(), rect.bottom() + 1, line)
        painter.restore()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Light the row under the pointer."""
        section = self.logicalIndexAt(event.position().toPoint())
        if section != self._over:
            self._over = section
            self.viewport().update()
        super().mouseMoveEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Back to rest."""
        self._over = -1
        self.viewport().update()
        super().leaveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Choose the header row."""
        section = self.logicalIndexAt(event.position().toPoint())
        super().mouseReleaseEvent(event)
        if section >= 0:
            self.row_pressed.emit(section)


class Corner(QWidget):
    """Where the two heads meet."""

    def __init__(self, table: QTableView) -> None:
        super().__init__(table)
        self.setGeometry(0, 0, _GUTTER, HEAD)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint it as they are."""
        painter = QPainter(self)
        theme = current()
        painter.fillRect(self.rect(), theme.colour("sunken"))
        paint.hline(painter, 0, self.width(), self.height() - 1, theme.colour("border_mid"))
        paint.vline(painter, self.width() - 1, 0, self.height(), theme.colour("border"))
