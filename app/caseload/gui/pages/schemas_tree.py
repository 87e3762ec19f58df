"""The tree of the Schemas page: tables with their fields, doubts and coverage, and what failed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import (
    QEvent,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QStandardItem,
    QStandardItemModel,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
    QWidget,
)

from caseload.gui import icons, paint, words
from caseload.gui.components.scroll import thin
from caseload.gui.pages.schemas_presenter import PROBLEMS
from caseload.gui.pages.schemas_words import coverage_words
from caseload.gui.theme import Theme, current
from caseload.model.views import TableSummary

_KEY = int(Qt.ItemDataRole.UserRole)
_TABLE = _KEY + 1
_COUNT = _KEY + 2
_GAUGE = 14
_INDENT = 26


class _Delegate(QStyledItemDelegate):
    """Paints groups with their chevron, tables with gauge, doubt and count."""

    def __init__(self, tree: TableTree) -> None:
        super().__init__(tree)
        self._tree = tree

    def sizeHint(
        self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """The row height of trees."""
        return QSize(100, current().metric("tree_row"))

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Paint one row over the whole width."""
        theme = current()
        rect: QRect = QRect(option.rect)
        rect.setLeft(0)
        is_current = self._tree.currentIndex() == index
        if is_current:
            active = self._tree.isActiveWindow()
            fill = theme.colour("selection" if active else "selection_inactive")
            painter.fillRect(rect, fill)
            bar = QRectF(0, rect.top(), theme.size("selection_bar"), rect.height())
            painter.fillRect(bar, theme.colour("accent_text"))
        elif index == self._tree.hovered:
            painter.fillRect(rect, theme.colour("hover"))
        area = QRectF(rect).adjusted(0, 0, -11, 0)
        table = index.data(_TABLE)
        count = words.number(index.data(_COUNT))
        font = theme.font("body")
        quiet = theme.colour("text_2" if is_current or table is None else "text_3")
        paint.text(painter, area, count, font, quiet, paint.RIGHT)
        area.setRight(area.right() - max(24.0, paint.width_of(count, font)) - 6)
        if table is None:
            self._paint_group(painter, theme, index, area)
            return
        if table.doubtful:
            area.setRight(self._paint_doubt(painter, theme, table.doubtful, area))
        self._paint_gauge(painter, theme, table, rect)
        area.setLeft(_INDENT)
        tone = theme.colour("text_1" if is_current else "text_2")
        name = theme.font("body", 500) if is_current else font
        paint.text(painter, area, table.name, name, tone, mode=paint.MIDDLE)

    def _paint_group(
        self,
        painter: QPainter,
        theme: Theme,
        index: QModelIndex | QPersistentModelIndex,
        area: QRectF,
    ) -> None:
        open_ = self._tree.isExpanded(QModelIndex(index))  # type: ignore[arg-type]
        if self._tree.has_rows(index):
            sign = "chevron-down" if open_ else "chevron-right"
            icons.paint(painter, sign, 10, area.center().y() - 7, 14, "text_2")
        area.setLeft(29)
        bold = theme.font("body", 500)
        paint.text(painter, area, str(index.data()), bold, theme.colour("text_1"))

    def _paint_doubt(self, painter: QPainter, theme: Theme, doubtful: int, area: QRectF) -> float:
        said = words.number(doubtful)
        font = theme.font("body", 500)
        colour = theme.kind("warn").text
        paint.text(painter, area, said, font, colour, paint.RIGHT)
        left = area.right() - paint.width_of(said, font) - 16
        icons.paint(painter, "triangle-alert", left, area.center().y() - 7, 14, colour)
        return left - 6

    def _paint_gauge(
        self, painter: QPainter, theme: Theme, table: TableSummary, rect: QRect
    ) -> None:
        """How much of the table is mapped, as a little upright gauge in the indent."""
        if not self._tree.shows_coverage or not table.fields:
            return
        top = rect.center().y() - _GAUGE / 2 + 1
        whole = QRectF(14, top, 3, _GAUGE)
        paint.box(painter, whole, 1.5, theme.colour("chart.track"))
        high = _GAUGE * min(1.0, table.mapped / table.fields)
        if high:
            part = QRectF(14, top + _GAUGE - high, 3, high)
            paint.box(painter, part, 1.5, theme.colour("chart.coverage.approved"))


class TableTree(QTreeView):
    """Groups of tables; `chosen` gives a table's name, "" for all of them, or PROBLEMS."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        thin(self, ground="surface")
        self.setHeaderHidden(True)
        self.setRootIsDecorated(False)
        self.setIndentation(0)
        self.setUniformRowHeights(True)
        self.setItemsExpandable(True)
        self.setExpandsOnDoubleClick(False)
        self.setMouseTracking(True)
        self.setTabKeyNavigation(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setAccessibleName("Tables")
        self.setItemDelegate(_Delegate(self))
        self._model = QStandardItemModel(self)
        self.setModel(self._model)
        self.hovered = QModelIndex()
        self.shows_coverage = False
        self._telling = True
        self._items: dict[str, QStandardItem] = {}
        self._shape: tuple[object, ...] = ()
        self.selectionModel().currentChanged.connect(self._current_changed)

    def show_tables(
        self,
        title: str,
        tables: Sequence[TableSummary],
        problems: int,
        chosen: str,
        counts: Mapping[str, int] | None = None,
    ) -> None:
        """Show tables under a group, and how much could not be read.

        `counts` shows for each table how many fields match instead of how many it has.
        """
        self.shows_coverage = any(table.mapped for table in tables)
        shape = (title, tuple(tables), problems, tuple((counts or {}).items()))
        if shape != self._shape:
            self._shape = shape
            self._fill(title, tables, problems, counts)
        self.choose(chosen)

    def _fill(
        self,
        title: str,
        tables: Sequence[TableSummary],
        problems: int,
        counts: Mapping[str, int] | None,
    ) -> None:
        self._telling = False
        self.hovered = QModelIndex()
        self._model.clear()
        sizes = [counts.get(t.name, 0) if counts is not None else t.fields for t in tables]
        root = self._item(title, "", sum(sizes))
        for table, size in zip(tables, sizes, strict=True):
            item = self._item(table.name, table.name, size)
            item.setData(table, _TABLE)
            said = coverage_words(table)
            item.setData(said, Qt.ItemDataRole.AccessibleTextRole)
            item.setToolTip(said)
            root.appendRow(item)
        self._items = {str(root.child(i).data(_KEY)): root.child(i) for i in range(root.rowCount())}
        self._items[""] = root
        self._model.appendRow(root)
        if problems:
            failed = self._item("Could not be read", PROBLEMS, problems)
            self._items[PROBLEMS] = failed
            self._model.appendRow(failed)
        self.expand(self._model.index(0, 0))
        self._telling = True

    def _item(self, title: str, key: str, count: int) -> QStandardItem:
        item = QStandardItem(title)
        item.setData(key, _KEY)
        item.setData(count, _COUNT)
        item.setData(f"{title}, {words.number(count)}", Qt.ItemDataRole.AccessibleTextRole)
        return item

    def has_rows(self, index: QModelIndex | QPersistentModelIndex) -> bool:
        """True for a group with rows."""
        return self._model.rowCount(index) > 0

    def choose(self, key: str) -> None:
        """Make a row the current one without telling anyone."""
        item = self._items.get(key)
        if item is None:
            return
        self._telling = False
        flags = QItemSelectionModel.SelectionFlag.ClearAndSelect
        self.selectionModel().setCurrentIndex(item.index(), flags)
        self.scrollTo(item.index())
        self._telling = True
        self.viewport().update()

    def _current_changed(self, index: QModelIndex, _before: QModelIndex) -> None:
        self.viewport().update()
        if self._telling and index.isValid():
            self.chosen.emit(str(index.data(_KEY)))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose a row; the chevron of a group opens or closes it."""
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and event.position().x() < _INDENT and self.has_rows(index):
            self.setExpanded(index, not self.isExpanded(index))
            return
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Light the row under the pointer."""
        index = self.indexAt(event.position().toPoint())
        if index != self.hovered:
            self.hovered = index
            self.viewport().update()

    def viewportEvent(self, event: QEvent) -> bool:
        """Back to rest when the pointer leaves."""
        if event.type() == QEvent.Type.Leave:
            self.hovered = QModelIndex()
            self.viewport().update()
        return super().viewportEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and right close and open a group; left on a table goes to its group."""
        index = self.currentIndex()
        if event.key() == Qt.Key.Key_Left and index.parent().isValid():
            self.setCurrentIndex(index.parent())
            return
        super().keyPressEvent(event)

    def drawBranches(
        self, _painter: QPainter, _rect: QRect, _index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Rows are painted over their whole width."""

    def drawRow(
        self,
        painter: QPainter,
        options: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Paint a row by its delegate alone."""
        options.rect = QRect(0, options.rect.top(), self.viewport().width(), options.rect.height())
        self.itemDelegate().paint(painter, options, index)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground, the rows, and the edge towards the fields."""
        painter = QPainter(self.viewport())
        painter.fillRect(self.viewport().rect(), current().colour("surface"))
        painter.end()
        super().paintEvent(event)
