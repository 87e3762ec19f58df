"""The table under a grid, and its first columns once more, which stay when it goes sideways."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from caseload.gui import paint
from caseload.gui.components.gridpaint import GridHeader
from caseload.gui.components.scroll import ThinScrollBar, thin
from caseload.gui.theme import current

if TYPE_CHECKING:
    from caseload.gui.components.grid import GridView


_SHRINKS_TO = 0.6


def shared_widths(widths: Sequence[int], stretches: Sequence[int], room: int) -> list[int]:
    """Widths in pixels that fill `room`.

    What is left over goes to the columns with a stretch, by their shares; what is wanting is
    taken from them down to 60 % of their width.  Beyond that the table is wider than the room.
    """
    shares = sum(stretches)
    spare = room - sum(widths)
    if not shares:
        return list(widths)
    if spare < 0:
        give = [
            w - round(w * _SHRINKS_TO) if s else 0 for w, s in zip(widths, stretches, strict=True)
        ]
        spare = max(spare, -sum(give))
        parts, shares = give, sum(give) or 1
    else:
        parts = list(stretches)
    out: list[int] = []
    before = 0
    for width, part in zip(widths, parts, strict=True):
        upto = before + part
        out.append(width + int(spare * upto / shares) - int(spare * before / shares))
        before = upto
    return out


class GridTable(QTableView):
    """A table without decoration; what the mouse does is decided by the grid it belongs to."""

    def __init__(self, parent: QWidget | None) -> None:
        super().__init__(parent)
        thin(self, ground="surface")
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        self.setMouseTracking(True)
        self.setTabKeyNavigation(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setMinimumSectionSize(20)

    def dress(self, grid: GridView, row_height: int) -> None:
        """Take the grid's header, delegate and row height."""
        self.setHorizontalHeader(GridHeader(grid, self))
        self.setItemDelegate(grid.delegate)
        self.verticalHeader().setDefaultSectionSize(row_height)
        bar = self.verticalScrollBar()
        if isinstance(bar, ThinScrollBar):
            bar.head = current().metric("header_row")


class FrozenColumns(GridTable):
    """The first columns once more, over the grid, while it is scrolled sideways."""

    def __init__(self, grid: GridView, row_height: int) -> None:
        super().__init__(grid)
        self._grid = grid
        self.dress(grid, row_height)
        self.setModel(grid.grid_model)
        self.setSelectionModel(grid.selectionModel())
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.horizontalHeader().sectionClicked.connect(grid.horizontalHeader().sectionClicked)
        grid.verticalScrollBar().valueChanged.connect(self.verticalScrollBar().setValue)
        self.verticalScrollBar().valueChanged.connect(grid.verticalScrollBar().setValue)
        grid.horizontalScrollBar().rangeChanged.connect(self.place)
        grid.horizontalScrollBar().valueChanged.connect(self.place)
        self._count = -1
        self.hide()

    def show_columns(self, count: int) -> None:
        """Show the first `count` columns, as wide as the grid has them."""
        self._count = count
        for index in range(len(self._grid.grid_model.columns)):
            hidden = index >= count or self._grid.isColumnHidden(index)
            self.setColumnHidden(index, hidden)
            if not hidden:
                self.setColumnWidth(index, self._grid.columnWidth(index))
        self.place()

    def place(self) -> None:
        """Stand over the grid's first columns while these would be scrolled away."""
        grid = self._grid
        wide = sum(grid.columnWidth(i) for i in range(max(0, self._count)))
        wanted = grid.horizontalScrollBar().value() > 0 and self._count > 0
        if wanted:
            foot = grid.horizontalScrollBar().height()
            self.setGeometry(0, 0, wide + 1, grid.height() - foot)
            self.verticalScrollBar().setValue(grid.verticalScrollBar().value())
            self.raise_()
        self.setVisible(wanted)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """As on the grid."""
        index = self.indexAt(event.position().toPoint())
        if not self._grid.press(index, event) and index.isValid():
            self._grid.choose(index.row())
        self._grid.setFocus(Qt.FocusReason.MouseFocusReason)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """As on the grid."""
        self._grid.hover(self.rowAt(round(event.position().y())))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the rows and the edge that they slide under."""
        painter = QPainter(self.viewport())
        painter.fillRect(self.viewport().rect(), current().colour("surface"))
        painter.end()
        super().paintEvent(event)
        painter = QPainter(self.viewport())
        right = self.viewport().width() - 1
        paint.vline(painter, right, 0, self.viewport().height(), current().colour("border_mid"))
