"""The three table models of the window: small lists, windows over many rows, and their ticks.

`data` only looks up.  Rows that are not here yet are fetched by page on a worker thread, the
newest request first, while an empty row stands in.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
)

from caseload.gui.work import JobCentre
from caseload.model.views import Page

R = TypeVar("R")
Index = QModelIndex | QPersistentModelIndex
_BLOCK = 100
_KEPT_BLOCKS = 40
_WAITING = 3


@dataclass(frozen=True, slots=True)
class Column(Generic[R]):
    """A column of a grid.

    `kind` says how a cell is painted: name (bold, elided in the middle), text, quiet (text-2),
    number (right, thousands done by `text`), mono, link, pill (`value` gives a PillSpec or
    None), class (a MappingClass), score (0..1 or (0..1, kind)), bar (a share 0..1 or (share,
    tone)), icon (an icon's name and tone).  `text` is what is read, copied and searched.  A
    column with `stretch` shares what room is left over.
    """

    key: str
    title: str
    text: Callable[[R], str]
    width: int = 120
    kind: str = "text"
    value: Callable[[R], Any] | None = None
    tone: Callable[[R], str] | None = None
    sortable: bool = True
    stretch: int = 0
    align: str = ""

    @property
    def right(self) -> bool:
        """True for what stands at the right of its column."""
        return self.align == "right" or (not self.align and self.kind in ("number", "score"))


class Ticks:
    """Which rows are ticked: single ones, or all that match a filter but a few."""

    def __init__(self) -> None:
        self._every = False
        self._ids: set[Hashable] = set()

    @property
    def every(self) -> bool:
        """True when the ticks mean all that match (but `exceptions`)."""
        return self._every

    @property
    def ids(self) -> frozenset[Hashable]:
        """The ticked ids; with `every`, the exceptions."""
        return frozenset(self._ids)

    @property
    def some(self) -> bool:
        """True when anything is ticked, as far as can be said without counting the rows."""
        return self._every or bool(self._ids)

    def has(self, row_id: Hashable) -> bool:
        """True when a row is ticked."""
        return (row_id in self._ids) != self._every

    def set(self, row_ids: Iterable[Hashable], *, on: bool) -> None:
        """Tick or untick rows."""
        if on != self._every:
            self._ids.update(row_ids)
        else:
            self._ids.difference_update(row_ids)

    def tick_all_matching(self) -> None:
        """Tick every row that matches, seen or not."""
        self._every = True
        self._ids.clear()

    def clear(self) -> None:
        """Untick all."""
        self._every = False
        self._ids.clear()

    def count(self, matching: int) -> int:
        """How many rows are ticked of `matching`."""
        return matching - len(self._ids) if self._every else len(self._ids)


class GridModel(QAbstractTableModel, Generic[R]):
    """Base of the models: columns, rows by index, and ticks when wanted."""

    def __init__(
        self,
        columns: Sequence[Column[R]],
        *,
        row_id: Callable[[R], Hashable] = id,
        ticks: bool = False,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        tick: Column[R] = Column("", "", _nothing, 34, "tick", sortable=False)
        self.columns: tuple[Column[R], ...] = (tick, *columns) if ticks else tuple(columns)
        self.ticks: Ticks | None = Ticks() if ticks else None
        self.row_id = row_id

    def row_at(self, index: int) -> R | None:
        """The row, or None while it is not here."""
        raise NotImplementedError

    def text_at(self, row: R, column: int) -> str:
        """The words of a cell."""
        return self.columns[column].text(row)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """How many columns."""
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The words of a cell, to show and to read out."""
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return None
        row = self.row_at(index.row())
        if row is None:
            return None
        column = self.columns[index.column()]
        if column.kind == "tick":
            ticked = self.ticks is not None and self.ticks.has(self.row_id(row))
            return "ticked" if ticked else "not ticked"
        return column.text(row)

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        """The titles."""
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self.columns[section].title
        return None

    def shown_ids(self) -> list[Hashable]:
        """The ids of the rows that are here, in order."""
        rows = (self.row_at(i) for i in range(self.rowCount()))
        return [self.row_id(row) for row in rows if row is not None]

    def tick_state(self) -> Qt.CheckState:
        """What the box in the header shows for the rows that are here."""
        if self.ticks is None or not self.ticks.some:
            return Qt.CheckState.Unchecked
        marks = {self.ticks.has(row_id) for row_id in self.shown_ids()}
        if marks == {True}:
            return Qt.CheckState.Checked
        return Qt.CheckState.PartiallyChecked if True in marks else Qt.CheckState.Unchecked


def _nothing(_row: object) -> str:
    return ""


class RowsModel(GridModel[R]):
    """A small list, or the page of a longer one that a pager shows."""

    def __init__(
        self,
        columns: Sequence[Column[R]],
        rows: Sequence[R] = (),
        *,
        row_id: Callable[[R], Hashable] = id,
        ticks: bool = False,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(columns, row_id=row_id, ticks=ticks, parent=parent)
        self._rows: list[R] = list(rows)

    @property
    def rows(self) -> list[R]:
        """The rows."""
        return self._rows

    def set_rows(self, rows: Sequence[R]) -> None:
        """Show other rows; where ids stay in place only their cells are told of."""
        fresh = list(rows)
        same = [self.row_id(r) for r in fresh] == [self.row_id(r) for r in self._rows]
        if same and fresh:
            self._rows = fresh
            last = self.index(len(fresh) - 1, len(self.columns) - 1)
            self.dataChanged.emit(self.index(0, 0), last)
            return
        self.beginResetModel()
        self._rows = fresh
        self.endResetModel()

    def row_at(self, index: int) -> R | None:
        """The row at an index."""
        return self._rows[index] if 0 <= index < len(self._rows) else None

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """How many rows."""
        return 0 if parent.isValid() else len(self._rows)


class WindowModel(GridModel[R]):
    """Any number of rows, fetched by blocks as they come into sight.

    `fetch(offset, limit)` runs on the query lane and gives a `Page`.  `counted` tells total
    and all rows after each reload.
    """

    counted = Signal(int, int)
    failed = Signal(object)

    def __init__(
        self,
        columns: Sequence[Column[R]],
        jobs: JobCentre,
        *,
        row_id: Callable[[R], Hashable] = id,
        ticks: bool = False,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(columns, row_id=row_id, ticks=ticks, parent=parent)
        self._jobs = jobs
        self._fetch: Callable[[int, int], Page[R]] | None = None
        self._blocks: OrderedDict[int, tuple[R, ...]] = OrderedDict()
        self._total = 0
        self._wanted: list[int] = []
        self._asked: int | None = None
        self._generation = 0
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self._ask_next)

    def show_rows(self, fetch: Callable[[int, int], Page[R]]) -> None:
        """Show the rows of another query; the old ones stay until the first block is here."""
        self._fetch = fetch
        self._generation += 1
        self._wanted = []
        self._ask(0)

    def row_at(self, index: int) -> R | None:
        """The row, or None while its block is not here; then it is asked for."""
        block, place = divmod(index, _BLOCK)
        rows = self._blocks.get(block)
        if rows is None:
            self._want(block)
            return None
        return rows[place] if place < len(rows) else None

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """How many rows match."""
        return 0 if parent.isValid() else self._total

    def shown_ids(self) -> list[Hashable]:
        """The ids of the rows that are here."""
        return [self.row_id(row) for block in sorted(self._blocks) for row in self._blocks[block]]

    def _want(self, block: int) -> None:
        if block in self._wanted or block == self._asked:
            return
        self._wanted.append(block)
        del self._wanted[:-_WAITING]
        self._soon.start()

    def _ask_next(self) -> None:
        if self._asked is None and self._wanted:
            self._ask(self._wanted.pop())

    def _ask(self, block: int) -> None:
        fetch, generation = self._fetch, self._generation
        if fetch is None:
            return
        self._asked = block

        def work() -> tuple[int, int, Page[R]]:
            return generation, block, fetch(block * _BLOCK, _BLOCK)

        self._jobs.query(work, self._take, self._trouble, key=f"window.{id(self)}")

    def _trouble(self, error: BaseException) -> None:
        self._asked = None
        self.failed.emit(error)

    def _take(self, answer: tuple[int, int, Page[R]]) -> None:
        generation, block, page = answer
        if generation != self._generation:
            return
        self._asked = None
        if block == 0 or page.total != self._total:
            self.beginResetModel()
            self._blocks.clear()
            self._total = page.total
            self._blocks[block] = page.rows
            self.endResetModel()
            self.counted.emit(page.total, page.all_rows)
        else:
            self._blocks[block] = page.rows
            while len(self._blocks) > _KEPT_BLOCKS:
                self._blocks.popitem(last=False)
            first = self.index(block * _BLOCK, 0)
            last = self.index(block * _BLOCK + len(page.rows) - 1, len(self.columns) - 1)
            self.dataChanged.emit(first, last)
        self._ask_next()
