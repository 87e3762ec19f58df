"""The document's grid as it stands: its rows, which of them is the header, each column's role."""

from __future__ import annotations

from PySide6.QtCore import (
    QAbstractTableModel,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from caseload.gui import paint, words
from caseload.gui.components.scroll import ThinScrollBar, thin
from caseload.gui.pages.schemas_assign_heads import HEAD, ColumnHead, Corner, RowHead, tag_width
from caseload.gui.pages.schemas_assign_presenter import AssignPresenter
from caseload.gui.pages.schemas_assign_said import letter
from caseload.gui.pages.schemas_assign_words import BY_KEY
from caseload.gui.theme import current

_NARROWEST, _WIDEST = 96, 300
_Index = QModelIndex | QPersistentModelIndex


class GridRows(QAbstractTableModel):
    """The first rows of the grid on show."""

    def __init__(self, presenter: AssignPresenter, parent: QWidget) -> None:
        super().__init__(parent)
        self._presenter = presenter

    def renew(self) -> None:
        """Show the presenter's grid."""
        self.beginResetModel()
        self.endResetModel()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        """The rows that were taken from the document."""
        return 0 if parent.isValid() or self._presenter.empty else len(self._presenter.grid.rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        """The grid's columns."""
        return 0 if parent.isValid() or self._presenter.empty else self._presenter.grid.columns

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """A cell's text on one line; the whole as a tool tip; place and text for a reader."""
        row = self._presenter.grid.rows[index.row()]
        text = row.cells[index.column()] if index.column() < len(row.cells) else ""
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return " ".join(text.split())
            case Qt.ItemDataRole.ToolTipRole:
                return text if len(text) > 24 or "\n" in text else None
            case Qt.ItemDataRole.AccessibleTextRole:
                tag = self._presenter.tag(index.column())
                said = f", {tag.words}" if tag else ""
                heads = ", header row" if row.number == self._presenter.header_row else ""
                column = letter(index.column())
                return f"{column} {words.number(row.number)}{heads}{said}: {text or 'empty'}"
        return None

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> object:
        """A column's letter and role, a row's number."""
        readable = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole)
        if role not in readable or self._presenter.empty:
            return None
        if orientation is Qt.Orientation.Vertical:
            rows = self._presenter.grid.rows
            return words.number(rows[section].number) if section < len(rows) else None
        tag = self._presenter.tag(section)
        return f"{letter(section)}, {tag.words}" if tag else letter(section)


class _Cells(QStyledItemDelegate):
    """Paints cells: what stands above the header quiet, the header strong, the column lit."""

    def __init__(self, presenter: AssignPresenter, table: QTableView) -> None:
        super().__init__(table)
        self._presenter = presenter
        self._table = table

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Paint one cell."""
        theme = current()
        area = QRectF(option.rect)
        number = self._presenter.grid.rows[index.row()].number
        header = self._presenter.header_row
        here = self._table.currentIndex()
        place = (index.row(), index.column())
        if header is not None and number == header:
            painter.fillRect(area, theme.colour("accent_soft"))
        elif index.column() == here.column() and not self._table.columnSpan(*place) > 1:
            painter.fillRect(area, theme.colour("selection"))
        above = header is not None and number < header
        read = self._presenter.tag(index.column()) is not None
        tone = "text_1" if number == header or (read and not above) else "text_3"
        font = theme.font("body", 500 if number == header else 400)
        room = area.adjusted(10, 0, -8, 0)
        paint.text(painter, room, str(index.data()), font, theme.colour(tone), mode=paint.END)
        line, rect = theme.colour("border"), option.rect
        paint.hline(painter, rect.left(), rect.right() + 1, rect.bottom(), line)
        paint.vline(painter, rect.right(), rect.top(), rect.bottom() + 1, line)
        if index == here and self._table.hasFocus():
            ring = area.adjusted(0, 0, -1, -1)
            paint.box(painter, ring, theme.radius("small"), None, theme.colour("focus_ring"), 2)


class AssignGrid(QTableView):
    """The grid.

    Arrows move; Enter takes a guess or offers roles; Delete refuses; a letter gives a role; H
    makes the row the header.
    """

    column_chosen = Signal(int)
    roles_wanted = Signal(int)
    role_given = Signal(int, str)
    refused = Signal(int)
    header_chosen = Signal(int)

    def __init__(self, presenter: AssignPresenter, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._presenter = presenter
        thin(self, ground="surface")
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        self.setTabKeyNavigation(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setAccessibleName("The document's columns")
        self.head = ColumnHead(presenter, self)
        self.setHorizontalHeader(self.head)
        self.rows_head = RowHead(presenter, self)
        self.setVerticalHeader(self.rows_head)
        self.rows_head.setDefaultSectionSize(current().metric("row"))
        Corner(self)
        self.rows = GridRows(presenter, self)
        self.setModel(self.rows)
        self.setItemDelegate(_Cells(presenter, self))
        bar = self.verticalScrollBar()
        if isinstance(bar, ThinScrollBar):
            bar.head = HEAD
        self.head.tag_pressed.connect(self._head_pressed)
        self.rows_head.row_pressed.connect(self._row_pressed)
        self.selectionModel().currentColumnChanged.connect(self._moved)
        self.doubleClicked.connect(self._opened)

    def renew(self) -> None:
        """Show the presenter's grid; a lone line above the columns takes the whole width."""
        self.clearSpans()
        self.rows.renew()
        columns = self.rows.columnCount()
        for column in range(columns):
            self.setColumnWidth(column, self._width(column))
        header = self._presenter.header_row or 0
        for place, row in enumerate(self._presenter.grid.rows):
            lone = bool(row.cells and row.cells[0]) and not any(row.cells[1:])
            if row.number < header and lone and columns > 1:
                self.setSpan(place, 0, 1, columns)

    def _width(self, column: int) -> int:
        """Room for nearly all of a column's texts and for its tag."""
        font = current().font("body")
        header = self._presenter.header_row or 0
        rows = [i for i, row in enumerate(self._presenter.grid.rows) if row.number >= header]
        cells = [str(self.rows.index(row, column).data()) for row in rows]
        widths = sorted(paint.width_of(text[:60], font) for text in cells[:60] if text)
        usual = widths[int(0.97 * len(widths))] if widths else 0
        tag = self._presenter.tag(column)
        least = max(_NARROWEST, tag_width(tag) + 16 if tag else 0)
        return round(min(_WIDEST, max(least, usual + 28)))

    def go(self, row: int, column: int) -> None:
        """Make a cell the current one."""
        index = self.rows.index(row, column)
        if index.isValid():
            self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.NoUpdate)
            self.scrollTo(index)

    def repaint_all(self) -> None:
        """Paint cells and heads again; a column makes room for its tag."""
        for column in range(self.rows.columnCount()):
            tag = self._presenter.tag(column)
            if tag is not None and self.columnWidth(column) < tag_width(tag) + 16:
                self.setColumnWidth(column, round(tag_width(tag)) + 16)
        self.viewport().update()
        self.head.viewport().update()
        self.rows_head.viewport().update()

    @property
    def column(self) -> int:
        """The current column, or -1."""
        return self.currentIndex().column()

    def place_of(self, column: int) -> QRect:
        """Where a column stands in the grid."""
        left = self.rows_head.width() + self.head.sectionViewportPosition(column)
        return QRect(left, 0, self.columnWidth(column), self.height())

    def _head_pressed(self, column: int) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self.go(max(0, self.currentIndex().row()), column)
        self.roles_wanted.emit(column)

    def _row_pressed(self, row: int) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self.header_chosen.emit(row)

    def _moved(self, index: QModelIndex, _before: QModelIndex) -> None:
        self.repaint_all()
        if index.isValid():
            self.column_chosen.emit(index.column())

    def _opened(self, index: QModelIndex) -> None:
        self.roles_wanted.emit(index.column())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Give, take and refuse by keys; move by arrows."""
        column, row = self.column, self.currentIndex().row()
        plain = event.modifiers() in (
            Qt.KeyboardModifier.NoModifier,
            Qt.KeyboardModifier.KeypadModifier,
        )
        letter_typed = event.text().upper()
        if column < 0 or not plain:
            super().keyPressEvent(event)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            tag = self._presenter.tag(column)
            if tag is not None and tag.guessed:
                self.role_given.emit(column, tag.role)
            else:
                self.roles_wanted.emit(column)
        elif event.key() in (Qt.Key.Key_Space, Qt.Key.Key_F2, Qt.Key.Key_Menu):
            self.roles_wanted.emit(column)
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.refused.emit(column)
        elif letter_typed == "H":
            self.header_chosen.emit(row)
        elif letter_typed in BY_KEY:
            self.role_given.emit(column, BY_KEY[letter_typed])
        else:
            super().keyPressEvent(event)
