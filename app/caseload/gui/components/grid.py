"""The grid: rows of 28 pixels, a header that stays, first columns that stay, ticks, keys."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QWidget

from caseload.gui.components.gridmodel import GridModel, RowsModel
from caseload.gui.components.gridpaint import GridDelegate
from caseload.gui.components.gridtable import FrozenColumns, GridTable, shared_widths
from caseload.gui.theme import current


class GridView(GridTable):
    """A grid over a `GridModel`.

    `row_chosen` gives the current row when it changes or is pressed again, `row_opened` on Enter
    or double click, `link_pressed` row and column key of a pressed link, `ticks_changed` after
    any tick, `sort_wanted` column key and descending.  `frozen` columns stay when scrolled
    sideways.  `lead` is the space before the first words (16 on cards and flush pages without
    ticks).
    """

    row_chosen = Signal(object)
    row_opened = Signal(object)
    link_pressed = Signal(object, str)
    ticks_changed = Signal()
    sort_wanted = Signal(str, bool)
    menu_wanted = Signal(object, object)

    def __init__(
        self,
        model: GridModel[Any],
        *,
        name: str,
        frozen: int = 1,
        lead: int = 16,
        warn_scores: bool = False,
        row_height: int = 0,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.grid_model = model
        self.lead = 10 if model.ticks is not None else lead
        self.warn_scores = warn_scores
        self.sort_key = ""
        self.sort_descending = False
        self.hover_row = -1
        self._tones: Any = None
        self._anchor = -1
        self._widths = [column.width for column in model.columns]
        self._by_hand: set[int] = set()
        self._fitting = False
        self.delegate = GridDelegate(self)
        self.dress(self, row_height or current().metric("row"))
        self.setModel(model)
        self.setAccessibleName(name)
        self._frozen_count = frozen + (1 if model.ticks is not None else 0)
        self._frozen = FrozenColumns(self, row_height or current().metric("row"))
        header = self.horizontalHeader()
        header.sectionClicked.connect(self._header_clicked)
        header.sectionResized.connect(self._section_resized)
        self.selectionModel().currentRowChanged.connect(self._current_changed)
        model.modelReset.connect(self._model_reset)
        model.dataChanged.connect(self._repaint)
        self._last_current: Any = None
        self._fit()

    @property
    def current_row(self) -> int:
        """The index of the current row, or -1."""
        return self.currentIndex().row()

    @property
    def last_column(self) -> int:
        """The last column that is shown; its figures keep as far from the edge as the first."""
        shown = range(len(self.grid_model.columns))
        return max((i for i in shown if not self.isColumnHidden(i)), default=-1)

    def set_row_tones(self, tone: Any) -> None:
        """Fill rows softly: `tone` gives "error", "warn" … or "" for a row."""
        self._tones = tone

    def row_tone(self, row: Any) -> str:
        """The kind of a row's soft fill, or ""."""
        return self._tones(row) if self._tones is not None else ""

    def set_sort(self, key: str, *, descending: bool = False) -> None:
        """Show by which column the rows are sorted."""
        self.sort_key = key
        self.sort_descending = descending
        self._repaint()

    def choose(self, index: int) -> None:
        """Make a row the current one and bring it into sight."""
        if 0 <= index < self.grid_model.rowCount():
            flags = QItemSelectionModel.SelectionFlag.ClearAndSelect
            flags |= QItemSelectionModel.SelectionFlag.Rows
            at = self.grid_model.index(index, 0)
            self.selectionModel().setCurrentIndex(at, flags)
            self.scrollTo(at)

    def show_column(self, key: str, *, on: bool) -> None:
        """Show or hide a column; the stretching ones share its room."""
        section = next(i for i, c in enumerate(self.grid_model.columns) if c.key == key)
        if self.isColumnHidden(section) is on:
            self._fitting = True
            self.setColumnHidden(section, not on)
            self._fitting = False
            self._fit()

    def fit_height(self) -> None:
        """Take the height of all rows; for lists on cards that do not scroll."""
        rows = self.grid_model.rowCount()
        height = self.horizontalHeader().height() if not self.horizontalHeader().isHidden() else 0
        last_line = 1 if rows else 0
        rows_high = rows * self.verticalHeader().defaultSectionSize()
        self.setFixedHeight(height + rows_high - last_line)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def tick_all_matching(self) -> None:
        """Tick all that match, on every page."""
        if self.grid_model.ticks is not None:
            self.grid_model.ticks.tick_all_matching()
            self._ticked()

    def clear_ticks(self) -> None:
        """Untick all."""
        if self.grid_model.ticks is not None:
            self.grid_model.ticks.clear()
            self._ticked()

    def _ticked(self) -> None:
        self._repaint()
        self.ticks_changed.emit()

    def _repaint(self) -> None:
        self.viewport().update()
        self.horizontalHeader().viewport().update()
        self._frozen.viewport().update()
        self._frozen.horizontalHeader().viewport().update()

    def _model_reset(self) -> None:
        self._anchor = -1
        self.hover_row = -1
        self._frozen.show_columns(self._frozen_count)

    def _current_changed(self, index: QModelIndex, _before: QModelIndex) -> None:
        self._repaint()
        row = self.grid_model.row_at(index.row()) if index.isValid() else None
        if row is not None:
            self.row_chosen.emit(row)

    def set_ticked(self, first: int, last: int, *, on: bool) -> None:
        """Tick or untick the rows from `first` to `last`."""
        model = self.grid_model
        if model.ticks is None:
            return
        low, high = sorted((first, last))
        rows = [model.row_at(i) for i in range(low, high + 1)]
        model.ticks.set([model.row_id(row) for row in rows if row is not None], on=on)
        self._ticked()

    def _is_ticked(self, index: int) -> bool:
        row = self.grid_model.row_at(index)
        ticks = self.grid_model.ticks
        return row is not None and ticks is not None and ticks.has(self.grid_model.row_id(row))

    def _header_clicked(self, section: int) -> None:
        model = self.grid_model
        column = model.columns[section]
        if column.kind == "tick" and model.ticks is not None:
            on = model.tick_state() is not Qt.CheckState.Checked
            if not on and model.ticks.every:
                model.ticks.clear()
            model.ticks.set(model.shown_ids(), on=on)
            self._ticked()
        elif column.sortable and column.key:
            down = not self.sort_descending if self.sort_key == column.key else False
            self.set_sort(column.key, descending=down)
            self.sort_wanted.emit(column.key, down)

    def press(self, index: QModelIndex, event: QMouseEvent) -> bool:
        """What a press on a row does beside making it current; True when that is all."""
        if event.button() is not Qt.MouseButton.LeftButton or not index.isValid():
            return False
        column = self.grid_model.columns[index.column()]
        keys = event.modifiers()
        row = index.row()
        if self.grid_model.ticks is not None:
            if keys & Qt.KeyboardModifier.ShiftModifier:
                start = self._anchor if self._anchor >= 0 else max(0, self.current_row)
                self.set_ticked(start, row, on=True)
                self.choose(row)
                return True
            if column.kind == "tick" or keys & Qt.KeyboardModifier.ControlModifier:
                self.set_ticked(row, row, on=not self._is_ticked(row))
                self._anchor = row
                return True
        self._anchor = row
        if column.kind == "link":
            self.choose(row)
            self.link_pressed.emit(self.grid_model.row_at(row), column.key)
            return True
        if row == self.current_row:
            self.row_chosen.emit(self.grid_model.row_at(row))
        return False

    def hover(self, row: int) -> None:
        """Light the row under the pointer."""
        if row != self.hover_row:
            self.hover_row = row
            self._repaint()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose, tick or follow."""
        if not self.press(self.indexAt(event.position().toPoint()), event):
            super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Open the row."""
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and self.grid_model.columns[index.column()].kind != "tick":
            self.row_opened.emit(self.grid_model.row_at(index.row()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Light the row under the pointer; dragging does not select."""
        self.hover(self.rowAt(round(event.position().y())))

    def leaveEvent(self, _event: object) -> None:
        """Back to rest."""
        self.hover(-1)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Let the page offer its menu for the row."""
        index = self.indexAt(event.pos())
        if index.isValid():
            self.menu_wanted.emit(self.grid_model.row_at(index.row()), event.globalPos())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space ticks, Shift and arrows extend, Enter opens, Ctrl+A ticks the page, Esc clears."""
        key = event.key()
        row = self.current_row
        ticks = self.grid_model.ticks
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif ticks is not None and event.matches(QKeySequence.StandardKey.SelectAll):
            ticks.set(self.grid_model.shown_ids(), on=True)
            self._ticked()
        elif ticks is not None and key == Qt.Key.Key_Space and row >= 0:
            self.set_ticked(row, row, on=not self._is_ticked(row))
            self._anchor = row
        elif ticks is not None and key == Qt.Key.Key_Escape and ticks.some:
            self.clear_ticks()
        elif ticks is not None and shift and key in (Qt.Key.Key_Up, Qt.Key.Key_Down) and row >= 0:
            step = 1 if key == Qt.Key.Key_Down else -1
            to = min(self.grid_model.rowCount() - 1, max(0, row + step))
            self.set_ticked(row, to, on=True)
            self.choose(to)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and row >= 0:
            self.row_opened.emit(self.grid_model.row_at(row))
        else:
            super().keyPressEvent(event)

    def copy(self) -> None:
        """Copy the ticked rows, or the current one, as a block that Excel takes."""
        model = self.grid_model
        rows = [i for i in range(model.rowCount()) if self._is_ticked(i)] or [self.current_row]
        lines = []
        for index in rows:
            row = model.row_at(index)
            if row is not None:
                lines.append("\t".join(c.text(row) for c in model.columns if c.kind != "tick"))
        QGuiApplication.clipboard().setText("\n".join(lines))

    def _section_resized(self, section: int, _old: int, new: int) -> None:
        if not self._fitting:
            self._widths[section] = new
            self._by_hand.add(section)
        self._frozen.show_columns(self._frozen_count)

    def _fit(self) -> None:
        """Give the stretching columns what room is left, or take from them what is wanting."""
        columns = self.grid_model.columns
        shown = [i for i in range(len(columns)) if not self.isColumnHidden(i)]
        widths = shared_widths(
            [self._widths[i] for i in shown],
            [0 if i in self._by_hand else columns[i].stretch for i in shown],
            self.viewport().width(),
        )
        self._fitting = True
        for index, width in zip(shown, widths, strict=True):
            self.setColumnWidth(index, width)
        self._fitting = False
        self._frozen.place()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the columns to the new width."""
        super().resizeEvent(event)
        self._fit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground behind the rows, then the rows."""
        painter = QPainter(self.viewport())
        painter.fillRect(self.viewport().rect(), current().colour("surface"))
        painter.end()
        super().paintEvent(event)


def card_list(
    columns: Any, rows: Any = (), *, name: str, header: bool = True, lead: int = 15
) -> tuple[GridView, RowsModel[Any]]:
    """A small list for a card: a grid that is as high as its rows, and its model."""
    model: RowsModel[Any] = RowsModel(columns, rows)
    view = GridView(model, name=name, frozen=0, lead=lead)
    view.horizontalHeader().setVisible(header)
    view.fit_height()
    model.modelReset.connect(view.fit_height)
    return view, model
