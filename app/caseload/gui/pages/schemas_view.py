"""The fields of both catalogs: filters, tree and table, and how one works in them.

The view changes the presenter and shows it; what is to be kept it asks of the page.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from caseload.gui.components.bulk import BulkBar
from caseload.gui.components.card import Rule
from caseload.gui.components.menu import Menu
from caseload.gui.pages.schemas_bars import ColumnFilter, TreeHead, WhyBar
from caseload.gui.pages.schemas_editing import FieldEditing
from caseload.gui.pages.schemas_fields import FieldGrid, FieldStack
from caseload.gui.pages.schemas_filter import BELOW, Filter
from caseload.gui.pages.schemas_presenter import SchemasPresenter
from caseload.gui.pages.schemas_toolbar import FilterStrip, SchemasToolbar
from caseload.gui.pages.schemas_tree import TableTree
from caseload.gui.work import JobCentre
from caseload.model.catalog import Side
from caseload.model.views import FieldRow

_TREE = 248


class FieldsView(QWidget):
    """Tree and table.

    `row_chosen` gives the row in focus, `row_opened` one to inspect, `edits_wanted` what to
    correct, `accept_wanted` the names to confirm (None for those ticked), `act` a thing to do
    with the row in focus: "remove", "withdraw", "add", "add table", "mapping".
    """

    row_chosen = Signal(object)
    row_opened = Signal(object)
    edits_wanted = Signal(list)
    refused = Signal(str)
    accept_wanted = Signal(object)
    act = Signal(str)
    count_wanted = Signal()
    changed_wanted = Signal(object)
    failed = Signal(object)
    why_changed = Signal(str)

    def __init__(
        self, presenter: SchemasPresenter, jobs: JobCentre, values: dict[str, Any]
    ) -> None:
        super().__init__()
        self.presenter = presenter
        self._values = values
        self._go_to = self._or_to = ""
        self._found = 0
        self.editings: dict[FieldGrid, FieldEditing] = {}
        self.toolbar = SchemasToolbar()
        self.strip = FilterStrip()
        self.tree_head = TreeHead()
        self.tree = TableTree()
        self.fields = FieldStack(jobs)
        self.bulk = BulkBar()
        self.bulk_accept = self.bulk.add_button("Looks right", "primary", icon="check")
        self.bulk_remove = self.bulk.add_button("Remove", icon="x")
        self.why = WhyBar()
        self.column_filter = ColumnFilter(self)
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.toolbar)
        row = QHBoxLayout()
        row.setSpacing(0)
        left, right = QVBoxLayout(), QVBoxLayout()
        for part in (left, right):
            part.setSpacing(0)
        holder = QWidget()
        holder.setFixedWidth(_TREE)
        holder.setLayout(left)
        left.setContentsMargins(0, 0, 0, 0)
        left.addWidget(self.tree_head)
        left.addWidget(self.tree, 1)
        for widget in (self.strip, self.fields, self.bulk, self.why):
            right.addWidget(widget, 1 if widget is self.fields else 0)
        row.addWidget(holder)
        row.addWidget(Rule(upright=True))
        row.addLayout(right, 1)
        column.addLayout(row, 1)

    def _connect(self) -> None:
        bar = self.toolbar
        bar.sides.chosen.connect(self._side_chosen)
        bar.search.searched.connect(self._searched)
        bar.least.changed.connect(self._least_changed)
        bar.narrowed.connect(self.narrow)
        bar.columns_wanted.connect(self._show_columns)
        self.strip.cleared.connect(self.clear_filters)
        self.strip.doubtful_wanted.connect(self.only_doubtful)
        self.tree.chosen.connect(self.choose_table)
        self.tree_head.order_chosen.connect(self._order_tree)
        self.tree_head.add_wanted.connect(partial(self.act.emit, "add"))
        self.fields.counted.connect(self._counted)
        self.fields.clear_wanted.connect(self.clear_filters)
        self.bulk.all_wanted.connect(self._tick_all)
        self.bulk.cleared.connect(self._untick)
        self.bulk_accept.clicked.connect(lambda: self.accept_wanted.emit(None))
        self.bulk_remove.clicked.connect(partial(self.act.emit, "remove ticked"))
        self.column_filter.typed.connect(self._cell_filter)
        self.why.changed.connect(self.why_changed)

    @property
    def grid(self) -> FieldGrid:
        """The table on show."""
        return self.fields.grid

    @property
    def editing(self) -> FieldEditing:
        """The editing of the table on show."""
        return self.editings[self.grid]

    @property
    def row(self) -> FieldRow | None:
        """The field in focus."""
        return self.grid.fields.row_at(self.grid.current_row)

    def titles(self) -> Mapping[str, str]:
        """What the columns of the side are called."""
        return {kind.column.key: kind.title for kind in self.grid.kinds}

    # Showing

    def display(self, *, go_to: str = "") -> None:
        """Bring toolbar, tree and fields to what the presenter says."""
        self._or_to = go_to
        self.toolbar.show_view(self.presenter)
        if self.presenter.filter.narrow:
            self.count_wanted.emit()
        self.fields.show_view(self.presenter, self._prepare)
        self._offer_columns()
        self.show_outline()

    def show_outline(self) -> None:
        """Show tree and figures anew and leave the table as it is."""
        presenter = self.presenter
        counts = presenter.matches if presenter.filter.narrow else None
        tables = presenter.tables()
        self.tree.show_groups(presenter.groups(), presenter.table, counts)
        self.tree_head.say(presenter, len(tables))
        self.toolbar.show_view(presenter)
        self._say_found()

    def take_matches(self, counts: Mapping[str, int]) -> None:
        """How many fields of each table match."""
        self.presenter.matches = counts
        self.show_outline()

    def _say_found(self) -> None:
        said = self.presenter.found_words(self._found, self.titles())
        self.strip.say(self.presenter, said)

    def _prepare(self, grid: FieldGrid) -> None:
        editing = FieldEditing(grid)
        editing.wanted.connect(self.edits_wanted)
        editing.refused.connect(self.refused)
        editing.began.connect(lambda: self.why.begin(self.presenter.actor))
        self.editings[grid] = editing
        grid.sort_wanted.connect(self._sort)
        grid.fields.failed.connect(self.failed)
        grid.row_chosen.connect(self.row_chosen)
        grid.row_opened.connect(self.row_opened)
        grid.ticks_changed.connect(self.show_ticks)
        grid.menu_wanted.connect(self._row_menu)
        grid.filter_wanted.connect(self._column_menu)
        kept = self._values.get(f"schemas.columns.{grid.side.value}")
        if kept:
            grid.show_kinds(set(kept))

    def _counted(self, grid: FieldGrid, total: int) -> None:
        """Keep to the field that was chosen, wherever it now stands."""
        self._found = total
        self._say_found()
        grid.pending.clear()
        self.show_ticks()
        if not total:
            self.row_chosen.emit(None)
            return
        places = [grid.fields.here(name) for name in (self._go_to, self._or_to) if name]
        self._go_to = self._or_to = ""
        found = next((place for place in places if place >= 0), 0)
        grid.choose(found)
        row = grid.fields.row_at(found)
        if row is not None:
            self.row_chosen.emit(row)

    def show_ticks(self) -> None:
        """Say how many fields are ticked."""
        grid = self.grid
        ticks, matching = grid.fields.ticks, grid.fields.rowCount()
        if ticks is not None:
            self.bulk.set_count(ticks.count(matching), len(grid.fields.shown_ids()), matching)
        on = self.presenter.writable
        for button in (self.bulk_accept, self.bulk_remove):
            button.setEnabled(on)

    def _tick_all(self) -> None:
        self.grid.tick_all_matching()

    def _untick(self) -> None:
        self.grid.clear_ticks()

    def remember(self, qualified: str) -> None:
        """Come back to a field when the table is filled next."""
        self._go_to = qualified

    # Filters

    def narrow(self, wanted: Filter) -> None:
        """Filter otherwise; what a new version changed has to be asked for first."""
        if "changed" in wanted.more and wanted.changed is None:
            self.changed_wanted.emit(wanted)
            return
        self.presenter.narrow(wanted)
        self.display(go_to=self._name())

    def only_doubtful(self) -> None:
        """Show what is below 0.90, in all tables."""
        self.narrow(replace(self.presenter.filter, bands=BELOW))

    def clear_filters(self) -> None:
        """Take all filters off."""
        self.toolbar.search.clear()
        self.presenter.clear()
        self.display(go_to=self._name())

    def _name(self) -> str:
        row = self.row
        return row.spec.qualified if row is not None else ""

    def _side_chosen(self, key: str) -> None:
        self.presenter.choose_side(Side(key))
        self.display()

    def _searched(self, text: str) -> None:
        if text.strip() != self.presenter.text:
            self.presenter.search(text.strip())
            self.display()

    def _least_changed(self, keys: tuple[str, ...]) -> None:
        self.presenter.least_certain(on=bool(keys))
        self.display()

    def choose_table(self, name: str) -> None:
        """Show a table, or all."""
        self.presenter.choose_table(name)
        self.display()

    def _order_tree(self, key: str) -> None:
        if key == "domain":
            self.presenter.by_domain = not self.presenter.by_domain
        else:
            self.presenter.tree_order = key
        self.show_outline()

    def _sort(self, key: str, descending: bool) -> None:
        self.presenter.sort, self.presenter.descending = key, descending
        self.display(go_to=self._name())

    def _cell_filter(self, key: str, text: str) -> None:
        self.narrow(self.presenter.filter.with_cell(key, text))

    # Columns

    def _offer_columns(self) -> None:
        shown = self.grid.shown_kinds()
        self.toolbar.offer_columns(
            [
                (kind.column.key, kind.title, kind.column.key in shown)
                for kind in self.grid.kinds
                if kind.column.key != "table_name"
            ]
        )

    def _show_columns(self, keys: set[str]) -> None:
        self.grid.show_kinds(keys)
        self._values[f"schemas.columns.{self.grid.side.value}"] = sorted(keys)
        self._offer_columns()

    def _column_menu(self, key: str, at: QPoint) -> None:
        kind = next(k for k in self.grid.kinds if k.column.key == key)
        menu = Menu(parent=self)
        if kind.column.sortable:
            menu.addAction("Sort ascending").triggered.connect(
                lambda: self._sort(key, descending=False)
            )
            menu.addAction("Sort descending").triggered.connect(
                lambda: self._sort(key, descending=True)
            )
            menu.addSeparator()
        if key not in ("binding", "position"):
            text = self.presenter.filter.cells.get(key, "")
            menu.addAction("Filter …").triggered.connect(
                lambda: self.open_column_filter(key, self.mapFromGlobal(at) + QPoint(0, 18))
            )
            menu.addAction("Only empty").triggered.connect(lambda: self._cell_filter(key, "="))
            menu.addAction("Only filled").triggered.connect(lambda: self._cell_filter(key, "!="))
            if text:
                menu.addAction("Take the filter off").triggered.connect(
                    lambda: self._cell_filter(key, "")
                )
            menu.addSeparator()
        shown = self.grid.shown_kinds()
        if key not in ("table_name", "field_name"):
            menu.addAction("Hide the column").triggered.connect(
                lambda: self._show_columns(shown - {key})
            )
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(at)

    def open_column_filter(self, key: str, place: QPoint) -> None:
        """Ask for the words of a column."""
        text = self.presenter.filter.cells.get(key, "")
        self.column_filter.open(key, self.titles().get(key, key), text, place)

    def filter_column(self) -> None:
        """Filter by the column in focus."""
        index = self.grid.currentIndex()
        kind = self.grid.kind_at(index)
        if kind is not None and kind.column.key not in ("binding", "position"):
            header = self.grid.horizontalHeader()
            left = header.sectionViewportPosition(index.column())
            place = header.viewport().mapTo(self, QPoint(left, header.height() + 4))
            self.open_column_filter(kind.column.key, place)

    # Rows

    def _row_menu(self, row: FieldRow, at: QPoint) -> None:
        menu = Menu(parent=self)
        on = self.presenter.writable
        for said, what, offered in (
            ("Looks right", "accept", on),
            ("Correct …", "correct", on),
            ("Take the correction back", "withdraw", on and bool(row.corrected_by)),
            ("Remove: this is no field", "remove", on),
            ("Add a field after this …", "add", on),
            ("Show its mapping", "mapping", bool(row.used_by)),
        ):
            action = menu.addAction(said)
            action.setEnabled(offered)
            action.triggered.connect(partial(self.act.emit, what))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(at)

    def go(self, step: int) -> None:
        """Go to the field after or before."""
        grid = self.grid
        grid.choose(min(grid.fields.rowCount() - 1, max(0, grid.current_row + step)))

    def next_doubtful(self) -> bool:
        """Go to the next field below 0.90, here or in the next table; False without any."""
        grid, doubtful = self.grid, self.presenter.is_doubtful
        for start in (grid.current_row, -1):
            found = grid.fields.next_where(start, doubtful)
            if found >= 0 and found != grid.current_row:
                grid.choose(found)
                return True
        table = self.presenter.next_doubtful_table() if self.presenter.table else ""
        if not table:
            return False
        self.choose_table(table)
        return True

    def take_focus(self) -> None:
        """Let the keys work in the table."""
        self.grid.setFocus(Qt.FocusReason.OtherFocusReason)
