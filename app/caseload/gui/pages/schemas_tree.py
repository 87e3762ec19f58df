"""The tree of the Schemas page: tables with their fields, doubts, problems and coverage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

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
from caseload.gui.pages.schemas_words import coverage_words
from caseload.gui.theme import Theme, current
from caseload.gui.words import tip
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
        if table.doubtful or table.problems:
            area.setRight(self._paint_doubt(painter, theme, table, area))
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

    def _paint_doubt(
        self, painter: QPainter, theme: Theme, table: TableSummary, area: QRectF
    ) -> float:
        """What wants a look: doubts, and left of them what could not be read."""
        right = area.right()
        for kind, sign, count in (
            ("warn", "triangle-alert", table.doubtful),
            ("error", "circle-x", table.problems),
        ):
            if count:
                right = _paint_count(painter, theme, (kind, sign, count), QRectF(area), right)
        return right

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


def _names(shape: Any) -> Any:
    """Groups and the names of their tables, in order: what makes a tree another one."""
    return [(title, [t.name for t in tables]) for title, tables in shape[0]] if shape else None


def _say_count(item: QStandardItem, title: str, count: int) -> None:
    item.setData(count, _COUNT)
    item.setData(f"{title}, {words.number(count)}", Qt.ItemDataRole.AccessibleTextRole)


def _say_table(item: QStandardItem, table: TableSummary, count: int) -> None:
    item.setData(count, _COUNT)
    item.setData(table, _TABLE)
    said = coverage_words(table)
    item.setData(said, Qt.ItemDataRole.AccessibleTextRole)
    item.setToolTip(tip(said))


def _sum(tables: Sequence[TableSummary], counts: Mapping[str, int] | None) -> int:
    return sum(counts.get(t.name, 0) if counts is not None else t.fields for t in tables)


def _paint_count(
    painter: QPainter, theme: Theme, what: tuple[str, str, int], area: QRectF, right: float
) -> float:
    kind, sign, count = what
    said, font, colour = words.number(count), theme.font("body", 500), theme.kind(kind).text
    area.setRight(right)
    paint.text(painter, area, said, font, colour, paint.RIGHT)
    left = right - paint.width_of(said, font) - 16
    icons.paint(painter, sign, left, area.center().y() - 7, 14, colour)
    return left - 6


class TableTree(QTreeView):
    """Groups of tables; `chosen` gives a table's name, or "" for all of them."""

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

    def show_groups(
        self,
        groups: Sequence[tuple[str, Sequence[TableSummary]]],
        chosen: str,
        counts: Mapping[str, int] | None = None,
    ) -> None:
        """Show tables under groups; the first group stands for all tables.

        `counts` shows for each table how many fields match instead of how many it has.
        """
        self.shows_coverage = any(table.mapped for _, tables in groups for table in tables)
        shape = (
            tuple((title, tuple(tables)) for title, tables in groups),
            tuple((counts or {}).items()) if counts is not None else None,
        )
        if shape != self._shape:
            same = _names(self._shape) == _names(shape)
            self._shape = shape
            if same:
                self._update(groups, counts)
            else:
                self._fill(groups, counts)
        self.choose(chosen)

    def _update(
        self,
        groups: Sequence[tuple[str, Sequence[TableSummary]]],
        counts: Mapping[str, int] | None,
    ) -> None:
        """Change only what is said of tables that stay where they are."""
        for title, tables in groups:
            root = self._items["" if len(groups) == 1 else f"\0{title}"]
            _say_count(root, title, _sum(tables, counts))
            for table in tables:
                item = self._items[table.name]
                size = counts.get(table.name, 0) if counts is not None else table.fields
                if item.data(_TABLE) != table or item.data(_COUNT) != size:
                    _say_table(item, table, size)
        if len(groups) > 1:
            every = [table for _, tables in groups for table in tables]
            _say_count(self._items[""], "All tables", _sum(every, counts))

    def _fill(
        self,
        groups: Sequence[tuple[str, Sequence[TableSummary]]],
        counts: Mapping[str, int] | None,
    ) -> None:
        self._telling = False
        self.hovered = QModelIndex()
        self._model.clear()
        self._items = {}
        if len(groups) > 1:
            every = [table for _, tables in groups for table in tables]
            self._items[""] = self._item("All tables", "", _sum(every, counts))
            self._model.appendRow(self._items[""])
        for title, tables in groups:
            root = self._item(title, "" if len(groups) == 1 else f"\0{title}", _sum(tables, counts))
            self._items.setdefault(str(root.data(_KEY)), root)
            for table in tables:
                size = counts.get(table.name, 0) if counts is not None else table.fields
                item = self._item(table.name, table.name, size)
                _say_table(item, table, size)
                root.appendRow(item)
                self._items[table.name] = item
            self._model.appendRow(root)
        self.expandAll()
        self._telling = True

    def _item(self, title: str, key: str, count: int) -> QStandardItem:
        item = QStandardItem(title)
        item.setData(key, _KEY)
        _say_count(item, title, count)
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
        key = str(index.data(_KEY)) if index.isValid() else "\0"
        if self._telling and not key.startswith("\0"):
            self.chosen.emit(key)

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
