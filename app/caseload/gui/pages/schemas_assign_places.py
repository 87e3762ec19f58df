"""The grids of a document: its sheets, or the pages and tables that have columns of their own."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from caseload.gui import paint
from caseload.gui.components.card import Surface
from caseload.gui.components.label import Label
from caseload.gui.components.scroll import thin
from caseload.gui.pages.schemas_assign_presenter import AssignPresenter
from caseload.gui.theme import current
from caseload.gui.words import tip

_ROW = 48
_ABOUT = int(Qt.ItemDataRole.UserRole)
_Index = QModelIndex | QPersistentModelIndex


class _Rows(QStyledItemDelegate):
    """Paints where a grid is, and its size below."""

    def __init__(self, view: QListView) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self, _option: QStyleOptionViewItem, _index: _Index) -> QSize:
        """Two lines."""
        return QSize(100, _ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Paint one grid."""
        theme = current()
        area = QRectF(option.rect)
        chosen = index == self._view.currentIndex()
        if chosen:
            active = self._view.isActiveWindow()
            painter.fillRect(area, theme.colour("selection" if active else "selection_inactive"))
            bar = QRectF(0, area.top(), theme.size("selection_bar"), area.height())
            painter.fillRect(bar, theme.colour("accent_text"))
        elif index.row() == self._view.property("over"):
            painter.fillRect(area, theme.colour("hover"))
        top = QRectF(area.left() + 16, area.top() + 5, area.width() - 26, 20)
        font = theme.font("body", 500)
        paint.text(painter, top, str(index.data()), font, theme.colour("text_1"), mode=paint.MIDDLE)
        below = QRectF(area.left() + 16, area.top() + 24, area.width() - 26, 18)
        said = str(index.data(_ABOUT))
        quiet = theme.colour("text_2" if chosen else "text_3")
        paint.text(painter, below, said, theme.font("caption"), quiet, mode=paint.END)


class _View(QListView):
    """The list on its surface."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        thin(self, ground="surface")
        self.setMouseTracking(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setAccessibleName("Where the document has columns")
        self.setItemDelegate(_Rows(self))
        self.entered.connect(self._hover)

    def _hover(self, index: QModelIndex) -> None:
        self.setProperty("over", index.row())
        self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground and the rows."""
        painter = QPainter(self.viewport())
        painter.fillRect(self.viewport().rect(), current().colour("surface"))
        painter.end()
        super().paintEvent(event)


class PlaceList(Surface):
    """The list of grids; `chosen` gives the index of the one a person looks at."""

    chosen = Signal(int)

    def __init__(self, presenter: AssignPresenter, parent: QWidget | None = None) -> None:
        super().__init__("surface", parent=parent)
        self._presenter = presenter
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 12, 0, 0)
        column.setSpacing(8)
        self.title = Label("", "caption", "text_3", weight=500)
        self.title.setContentsMargins(16, 0, 8, 0)
        column.addWidget(self.title)
        self.view = _View(self)
        self.model = QStandardItemModel(self)
        self.view.setModel(self.model)
        column.addWidget(self.view, 1)
        self.view.selectionModel().currentChanged.connect(self._moved)

    def renew(self) -> None:
        """Show the presenter's grids."""
        self.view.selectionModel().blockSignals(True)
        self.model.clear()
        for grid in self._presenter.grids:
            place, about = self._presenter.place(grid), self._presenter.about(grid)
            item = QStandardItem(place)
            item.setData(about, _ABOUT)
            item.setData(f"{place}, {about}", int(Qt.ItemDataRole.AccessibleTextRole))
            others = ", ".join(grid.alike_places)
            item.setToolTip(tip(f"{place}\n{about}" + (f": {others}" if others else "")))
            self.model.appendRow(item)
        self.view.setCurrentIndex(self.model.index(self._presenter.at, 0))
        self.view.selectionModel().blockSignals(False)
        self.title.setText(self._presenter.places_title())

    def _moved(self, index: QModelIndex, _before: QModelIndex) -> None:
        if index.isValid():
            self.chosen.emit(index.row())
