"""The field table in the middle of the Schemas page, and what stands there when nothing matches."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QMouseEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from caseload.gui.components.grid import GridView
from caseload.gui.components.gridmodel import WindowModel
from caseload.gui.components.states import EmptyState
from caseload.gui.pages.schemas_cells import FieldDelegate
from caseload.gui.pages.schemas_columns import Kind, kinds, trait_of
from caseload.gui.pages.schemas_presenter import SchemasPresenter
from caseload.gui.work import JobCentre
from caseload.model.catalog import Side
from caseload.model.views import FieldRow

_CROWDED = 1.25
"""So much wider than the room the columns are before none of them gives way any more."""

Index = QModelIndex | QPersistentModelIndex


class FieldModel(WindowModel[FieldRow]):
    """Fields by blocks; rows that a correction changed are put in the place of the old ones."""

    def row_at(self, index: int) -> FieldRow | None:
        """The row; None while it is not here, and for a place that there is not."""
        return super().row_at(index) if 0 <= index < self._total else None

    def patch(self, rows: Sequence[FieldRow]) -> None:
        """Show other rows of the same names without moving any."""
        fresh = {row.spec.qualified: row for row in rows}
        for block, old in list(self._blocks.items()):
            if any(row.spec.qualified in fresh for row in old):
                self._blocks[block] = tuple(fresh.get(row.spec.qualified, row) for row in old)
        if self._total:
            last = self.index(self._total - 1, len(self.columns) - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    def here(self, qualified: str) -> int:
        """Where a field stands among the rows that are here; -1 when it is not."""
        for block in sorted(self._blocks):
            for place, row in enumerate(self._blocks[block]):
                if row.spec.qualified == qualified:
                    return block * 100 + place
        return -1

    def next_where(self, start: int, test: Callable[[FieldRow], bool]) -> int:
        """The next row after `start` that passes, among those that are here; -1 without one."""
        for index in range(start + 1, self._total):
            row = self.row_at(index)
            if row is None:
                return -1
            if test(row):
                return index
        return -1


class FieldGrid(GridView):
    """The fields of one side; the column of tables shows only where there are several.

    `edit_wanted` asks to edit a cell, `paste_wanted` and `fill_wanted` for what their keys say,
    `filter_wanted` for the filter of a column, at a place on the screen.
    """

    edit_wanted = Signal(object)
    paste_wanted = Signal()
    fill_wanted = Signal()
    filter_wanted = Signal(str, QPoint)
    _forced: set[int] = frozenset()  # type: ignore[assignment]

    def __init__(self, side: Side, jobs: JobCentre, *, paged: bool) -> None:
        self.side = side
        self.kinds = kinds(side, paged=paged)
        self.pending: dict[tuple[str, str], str] = {}
        self.editable = True
        self.fields = FieldModel(
            [kind.column for kind in self.kinds],
            jobs,
            row_id=lambda row: row.spec.qualified,
            ticks=True,
        )
        super().__init__(self.fields, name="Fields", frozen=3)
        self.delegate = FieldDelegate(self)
        self.setItemDelegate(self.delegate)
        self._frozen.setItemDelegate(self.delegate)
        header = self.horizontalHeader()
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(self._header_menu)
        self.show_kinds({kind.column.key for kind in self.kinds if side in kind.on})
        self.show_column("table_name", on=False)

    def show_kinds(self, keys: set[str]) -> None:
        """Show these columns; that of tables is shown as the view needs it."""
        for kind in self.kinds:
            if kind.column.key != "table_name":
                self.show_column(kind.column.key, on=kind.column.key in keys)

    def shown_kinds(self) -> set[str]:
        """The keys of the columns that are shown."""
        return {
            kind.column.key
            for place, kind in enumerate(self.kinds, 1)
            if not self.isColumnHidden(place)
        }

    def _fit(self) -> None:
        """With many columns the table goes sideways; names keep their width then."""
        shown = sum(w for i, w in enumerate(self._widths) if not self.isColumnHidden(i))
        own = self._by_hand - self._forced
        crowded = shown > _CROWDED * max(1, self.viewport().width())
        self._forced = set(range(len(self._widths))) - own if crowded else set()
        self._by_hand = own | self._forced
        super()._fit()

    def kind_at(self, index: Index) -> Kind | None:
        """The column of a cell; None for that of ticks."""
        return self.kinds[index.column() - 1] if index.column() > 0 else None

    def trait_at(self, index: Index) -> str:
        """What editing a cell changes; "" where it cannot be edited."""
        kind, row = self.kind_at(index), self.fields.row_at(index.row())
        if kind is None or row is None or not self.editable:
            return ""
        return trait_of(kind, row.spec)

    def choose(self, index: int) -> None:
        """Make a row the current one, in the column that was, else in that of names."""
        column = self.currentIndex().column()
        if column <= 0:
            column = [kind.column.key for kind in self.kinds].index("field_name") + 1
        if 0 <= index < self.fields.rowCount():
            self.go_to(index, column)

    def go_to(self, row: int, column: int) -> None:
        """Put the focus on a cell."""
        flags = self.selectionModel().SelectionFlag
        self.selectionModel().setCurrentIndex(
            self.fields.index(row, column), flags.ClearAndSelect | flags.Rows
        )
        self.scrollTo(self.fields.index(row, column))
        self._repaint()

    def editable_cell(self, start: Index, step: int) -> QModelIndex | None:
        """The next cell that can be edited, to the right or left, row after row."""
        row, column = start.row(), start.column()
        wide = len(self.fields.columns)
        for _ in range(2 * wide):
            column += step
            if not 0 <= column < wide:
                row, column = row + step, 0 if step > 0 else wide - 1
            if not 0 <= row < self.fields.rowCount():
                return None
            index = self.fields.index(row, column)
            if not self.isColumnHidden(column) and self.trait_at(index):
                return index
        return None

    def set_pending(self, qualified: str, key: str, words: str | None) -> None:
        """Show what was typed until it is kept; None takes it away."""
        if words is None:
            self.pending.pop((qualified, key), None)
        else:
            self.pending[qualified, key] = words
        self._repaint()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """F2 and Enter edit, Ctrl+V pastes, Ctrl+D fills down; the rest as in every grid."""
        key = event.key()
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        plain = event.modifiers() in (
            Qt.KeyboardModifier.NoModifier,
            Qt.KeyboardModifier.KeypadModifier,
        )
        enters = key in (Qt.Key.Key_F2, Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enters and plain and self.current_row >= 0:
            self._ask_to_edit(self.currentIndex())
        elif event.matches(QKeySequence.StandardKey.Paste):
            self.paste_wanted.emit()
        elif key == Qt.Key.Key_D and control:
            self.fill_wanted.emit()
        else:
            super().keyPressEvent(event)
            if key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
                self._repaint()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Edit the cell, or open the row where there is nothing to edit."""
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and self.trait_at(index):
            self._ask_to_edit(index)
        else:
            super().mouseDoubleClickEvent(event)

    def _ask_to_edit(self, index: Index) -> None:
        if not self.editable:
            self.row_opened.emit(self.fields.row_at(index.row()))
            return
        if not self.trait_at(index):
            first = self.editable_cell(self.fields.index(index.row(), 0), 1)
            if first is None or first.row() != index.row():
                return
            index = first
        self.go_to(index.row(), index.column())
        self.edit_wanted.emit(QModelIndex(self.currentIndex()))

    def _header_menu(self, place: QPoint) -> None:
        section = self.horizontalHeader().logicalIndexAt(place)
        if section > 0:
            at = self.horizontalHeader().mapToGlobal(place)
            self.filter_wanted.emit(self.kinds[section - 1].column.key, at)


class FieldStack(QStackedWidget):
    """One grid a side, and what stands there when nothing matches.

    `counted` gives the grid and how many fields it now shows.
    """

    counted = Signal(object, int)
    clear_wanted = Signal()

    def __init__(self, jobs: JobCentre, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._grids: dict[Side, FieldGrid] = {}
        self.grid: FieldGrid
        self.nothing = EmptyState(
            "No field matches",
            "Try fewer words, or take a filter off.",
            icon="search",
            button="Show all fields",
            on_button=self.clear_wanted.emit,
        )
        self.addWidget(self.nothing)

    def show_view(self, presenter: SchemasPresenter, prepare: Callable[[FieldGrid], None]) -> None:
        """Show what the presenter says; `prepare` is called once for each new grid."""
        grid = self._grid(presenter, prepare)
        self.grid = grid
        grid.editable = presenter.writable
        grid.show_column("table_name", on=presenter.table == "")
        grid.set_sort(presenter.sort, descending=presenter.descending)
        grid.fields.show_rows(presenter.fetcher())

    def _grid(self, presenter: SchemasPresenter, prepare: Callable[[FieldGrid], None]) -> FieldGrid:
        side = presenter.side
        grid = self._grids.get(side)
        if grid is None:
            paged = presenter.reading.paged.get(side, side is Side.TARGET)
            grid = FieldGrid(side, self._jobs, paged=paged)
            grid.fields.counted.connect(partial(self._tell, grid))
            prepare(grid)
            self.addWidget(grid)
            self._grids[side] = grid
        return grid

    def _tell(self, grid: FieldGrid, total: int, _all: int) -> None:
        if grid is not self.grid:
            return
        self.setCurrentWidget(grid if total else self.nothing)
        self.counted.emit(grid, total)
