"""Mappings: one decision for every target field, filtered, judged alone or many at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QLineEdit, QStackedWidget, QVBoxLayout, QWidget

from caseload.gui.components.bulk import BulkBar
from caseload.gui.components.gridmodel import Ticks
from caseload.gui.components.pager import Pager
from caseload.gui.components.states import EmptyState
from caseload.gui.pages.base import Action, Page, Shortcut
from caseload.gui.pages.mappings_decisions import Decisions
from caseload.gui.pages.mappings_grid import MappingGrid, MappingsToolbar
from caseload.gui.pages.mappings_inspector import RuleInspector
from caseload.gui.pages.mappings_parts import ClassMenu, ReasonBar, UndoRedo
from caseload.gui.pages.mappings_presenter import Ids, MappingsPresenter, MappingsReading
from caseload.model.catalog import FieldSpec, Side
from caseload.model.contract import MappingClass
from caseload.model.views import ChangeKind, ChangeSet, MappingRow

_NARROW = 930
_CANDIDATES = 5


class MappingsPage(Page):
    """The grid, its filters and bulk actions, and the inspector of the current row."""

    page_id = "mappings"
    title = "Mappings"
    interests = frozenset({ChangeKind.MAPPING, ChangeKind.RUN, ChangeKind.CATALOG})
    flush = True
    skeleton = "grid"

    def build(self) -> QWidget:
        """Lay out filters, grid, bulk bar and pager."""
        self.presenter = MappingsPresenter(self.context.session)
        self.history = UndoRedo()
        self.header.add_action(self.history)
        self.filters = MappingsToolbar()
        self.grid = MappingGrid()
        self.model = self.grid.mappings
        nothing = EmptyState(
            "No mapping matches",
            "Nothing in the contract answers to these filters together.",
            icon="filter",
            button="Take the filters off",
            on_button=self.clear_filters,
        )
        self._middle = QStackedWidget()
        self._middle.addWidget(self.grid)
        self._middle.addWidget(nothing)
        self.bulk = BulkBar()
        self._approve = self.bulk.add_button("Approve", "primary", icon="circle-check")
        self._reject = self.bulk.add_button("Reject", icon="circle-x")
        self._reclassify = self.bulk.add_button("Reclassify", icon="arrow-left-right")
        self.reason = ReasonBar()
        self.decisions = Decisions(self.context, self.presenter, self.reason, self)
        self.pager = Pager()
        self.inspector: RuleInspector | None = None
        self._current: int | None = None
        self._land: int | None = None
        self._find = ""
        self._deciding_ticked = False
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.filters)
        column.addWidget(self._middle, 1)
        for foot in (self.reason, self.bulk, self.pager):
            column.addWidget(foot)
        self._connect()
        for button in (self._approve, self._reject, self._reclassify):
            button.setEnabled(self.presenter.writable)
        return page

    def _connect(self) -> None:
        menu = ClassMenu(self._reclassify)
        menu.picked.connect(self.reclassify)
        self._reclassify.setMenu(menu)
        self.history.undo.clicked.connect(self.decisions.undo)
        self.history.redo.clicked.connect(self.decisions.redo)
        self._approve.clicked.connect(self.approve)
        self._reject.clicked.connect(self.reject)
        self.filters.narrowed.connect(self._narrow)
        self.filters.clear.clicked.connect(self.clear_filters)
        self.grid.sort_wanted.connect(self._sort)
        self.grid.ticks_changed.connect(self._count)
        self.grid.row_chosen.connect(self._chosen)
        self.grid.row_opened.connect(self._open)
        self.grid.clicked.connect(self._clicked)
        self.bulk.all_wanted.connect(self.grid.tick_all_matching)
        self.bulk.cleared.connect(self.grid.clear_ticks)
        self.decisions.made.connect(self._decided)
        self.pager.changed.connect(self._turned)

    # What is there

    def refresh(self, changes: ChangeSet | None) -> None:  # noqa: ARG002
        """Read the page of rows again, and what the inspector shows."""
        _ = self.content
        self.ask(self.presenter.loader(self._find), self._take)
        self._read_detail()

    def _take(self, reading: MappingsReading) -> None:
        presenter, page = self.presenter, reading.page
        presenter.take(reading)
        self.header.set_sub(presenter.sub())
        self.history.say(reading.undo_label, reading.redo_label)
        if not page.all_rows:
            self.context.shell.inspect(None)
            self.show_empty()
            return
        self.filters.show_view(presenter)
        self.pager.show_page(page.offset, page.total, page.all_rows)
        self.grid.show_tables(on=len(presenter.query.tables) != 1)
        index = self.grid.current_row
        self.model.set_rows(page.rows)
        self._middle.setCurrentIndex(0 if page.total else 1)
        if not page.total and self._inspecting():
            self.context.shell.inspect(None)
        self._count()
        self.show_full()
        self._return_to(index)

    def _return_to(self, index: int) -> None:
        """Stand where the person stood: at the same rule, or where it was."""
        ids = [row.rule_id for row in self.model.rows]
        (find, self._find), (land, self._land) = (self._find, ""), (self._land, None)
        sought = [r for r in self.model.rows if find and r.rule.target_field == find]
        if sought:
            self.grid.choose(ids.index(sought[0].rule_id))
            self.grid.setFocus()
            self._open(sought[0])
        elif land is not None and ids:
            self.grid.choose(land % len(ids))
        elif self._current in ids:
            self.grid.choose(ids.index(self._current))
        elif self._current is not None and ids:
            self.grid.choose(min(max(index, 0), len(ids) - 1))
        elif not ids:
            self._current = None

    # Narrowing, sorting, turning pages

    def _narrow(self, what: str) -> None:
        self.filters.narrow(self.presenter, what)
        self._start_over()

    def clear_filters(self) -> None:
        """Take all filters off."""
        self.presenter.clear()
        self._start_over()

    def _sort(self, key: str, descending: bool) -> None:
        self.presenter.sort_by(key, descending=descending)
        self.refresh(None)

    def _start_over(self) -> None:
        """Show another set of rows, from its beginning; ticks were for the one before."""
        self.filters.show_view(self.presenter)
        self.grid.clear_ticks()
        self.reason.hide()
        self._land = 0 if self._inspecting() else None
        self.refresh(None)

    def _turned(self, offset: int, size: int) -> None:
        self.presenter.go_to_page(offset, size)
        if self._land is None and self._current is not None:
            self._land = 0
        self.refresh(None)

    def open_with(self, filters: Mapping[str, str]) -> None:
        """Narrow as the presenter's `open_with` says; a "field" is gone to and inspected."""
        _ = self.content
        self.presenter.open_with(filters)
        self._find = filters.get("field", "")
        if self._find and "table" not in filters:
            self.presenter.narrow(text=self._find)
        self._start_over()

    # Ticks

    @property
    def ticks(self) -> Ticks:
        """Which rows are ticked."""
        ticks = self.model.ticks
        if ticks is None:
            raise TypeError("the mapping grid has ticks")
        return ticks

    def _count(self) -> None:
        matching = self.presenter.matching
        self.bulk.set_count(self.ticks.count(matching), self.model.rowCount(), matching)

    def _chosen_rows(self) -> Ids | None:
        """What a command is for: the ticked rows, or else the current one."""
        ticks = self.ticks
        if not ticks.count(self.presenter.matching):
            return self._current_alone()
        self._deciding_ticked = True
        ids = [number for number in ticks.ids if isinstance(number, int)]
        return self.presenter.chosen(every=ticks.every, ids=ids)

    def _current_alone(self) -> Ids | None:
        self._deciding_ticked = False
        if self._current is None:
            return None
        return self.presenter.chosen(every=False, ids=(self._current,))

    # Decisions

    def approve(self) -> None:
        """Approve what is ticked, or the current row."""
        self.decisions.approve(self._chosen_rows())

    def reject(self) -> None:
        """Reject what is ticked, or the current row."""
        self.decisions.reject(self._chosen_rows())

    def reclassify(self, kind: MappingClass) -> None:
        """Give another class to what is ticked, or the current row."""
        count = self.ticks.count(self.presenter.matching) or 1
        self.decisions.reclassify(kind, self._chosen_rows(), count)

    def accept(self, rank: int) -> None:
        """Take a candidate of the current row as its source."""
        inspector = self.inspector
        if inspector is None or not self._inspecting() or inspector.detail is None:
            return
        detail = inspector.detail
        if rank <= len(detail.candidates) and detail.row.rule_id == self._current:
            self.grid.setFocus()
            self.decisions.accept(inspector, detail.row.rule_id, rank)

    def _decided(self) -> None:
        """What was ticked has been dealt with; the keys go on in the grid."""
        if self._deciding_ticked:
            self.grid.clear_ticks()
        self._deciding_ticked = False
        self.reason.hide()
        self.grid.setFocus()

    # The inspector

    def _inspecting(self) -> bool:
        return self.inspector is not None and self.inspector.isVisible()

    def _chosen(self, row: MappingRow) -> None:
        self._current = row.rule_id
        if self._inspecting():
            self._open(row)

    def _clicked(self, index: QModelIndex) -> None:
        kind = self.model.columns[index.column()].kind
        held = QGuiApplication.keyboardModifiers()
        row = self.model.row_at(index.row())
        if row is not None and kind != "tick" and held == Qt.KeyboardModifier.NoModifier:
            self._open(row)

    def _open(self, row: MappingRow) -> None:
        if self.inspector is None:
            self.inspector = self._make_inspector()
        self._current = row.rule_id
        self.inspector.show_row(row)
        self.context.shell.inspect(self.inspector)
        self._read_detail()

    def _make_inspector(self) -> RuleInspector:
        made, decide = RuleInspector(writable=self.presenter.writable), self.decisions
        made.closed.connect(self.close_inspector)
        made.approved.connect(lambda: decide.approve(self._current_alone()))
        made.rejected.connect(lambda: decide.reject(self._current_alone()))
        made.class_picked.connect(lambda k: decide.reclassify(k, self._current_alone(), 1))
        made.accepted.connect(self.accept)
        made.expression.saved.connect(partial(decide.set_expression, made))
        made.place_wanted.connect(self._show_place)
        return made

    def _read_detail(self) -> None:
        if self.inspector is not None and self._current is not None and self._inspecting():
            work = self.presenter.detail(self._current)
            self.context.jobs.query(
                work, self.inspector.show_detail, self.refused, key="mappings.detail"
            )

    def close_inspector(self) -> None:
        """Give the grid the room."""
        self.context.shell.inspect(None)
        self.grid.setFocus()

    def open_current(self) -> None:
        """Inspect the current row, or the first."""
        row = self.model.row_at(max(0, self.grid.current_row))
        if row is not None:
            self.grid.choose(max(0, self.grid.current_row))
            self._open(row)

    def edit_expression(self) -> None:
        """Write the current row's expression."""
        if not self._inspecting():
            self.open_current()
        if self.inspector is not None:
            self.inspector.write()

    def _show_place(self, spec: FieldSpec) -> None:
        filters = {"side": Side.TARGET.value, "table": spec.table_name, "field": spec.field_name}
        self.context.shell.open_page("schemas", filters)

    # Keys

    def step(self, by: int) -> None:
        """Go to the next or the last row, over the edge of the page too."""
        row = self.grid.current_row + by
        self.grid.setFocus()
        if 0 <= row < self.model.rowCount():
            self.grid.choose(row)
        elif row >= self.model.rowCount() > 0 and self.pager.offset + row < self.presenter.matching:
            self._land = 0
            self.pager.forward()
        elif row < 0 < self.pager.offset:
            self._land = -1
            self.pager.back()

    def shortcuts(self) -> Sequence[Shortcut]:
        """Letters for what is done most."""
        return (
            Shortcut("J", "Next mapping", partial(self.step, 1)),
            Shortcut("K", "Mapping before", partial(self.step, -1)),
            Shortcut("A", "Approve what is selected", self.approve),
            Shortcut("R", "Reject what is selected", self.reject),
            Shortcut("E", "Edit the expression", self.edit_expression),
            *(
                Shortcut(str(rank), f"Choose candidate {rank}",
                         partial(self.accept, rank))
                for rank in range(1, _CANDIDATES + 1)
            ),
            Shortcut("Alt+Right", "Next page", self.pager.forward),
            Shortcut("Alt+Left", "Page before", self.pager.back),
            Shortcut("Alt+0", "Take the filters off", self.clear_filters),
            Shortcut("Ctrl+Shift+Z", "Redo", self.decisions.redo),
        )  # fmt: skip

    def palette_actions(self) -> Sequence[Action]:
        """What the palette offers here."""
        return (
            Action("Approve the selected mappings", "circle-check", self.approve, "A"),
            Action("Reject the selected mappings", "circle-x", self.reject, "R"),
            Action("Select all mappings that match", "list-checks", self.grid.tick_all_matching),
            Action("Take the filters off", "filter", self.clear_filters, "Alt+0"),
            Action("Redo", "redo-2", self.decisions.redo, "Ctrl+Shift+Z"),
        )

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc closes the inspector."""
        if event.key() == Qt.Key.Key_Escape and self._inspecting():
            self.close_inspector()
        else:
            super().keyPressEvent(event)

    def filter_field(self) -> QLineEdit | None:
        """The search over the grid."""
        return self.filters.search if self.state == "full" else None

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is no room, the inspector says the rule."""
        super().resizeEvent(event)
        if self.state == "full":
            self.grid.show_column("mapping_rule", on=self.width() >= _NARROW)

    # States

    def empty_state(self) -> QWidget:
        """How to get a contract."""
        return EmptyState(
            "No mappings yet",
            "Build the mapping contract: one decision for every field of the target, proposed "
            "from both catalogs and the data, for you to approve, change or reject.",
            icon="arrow-left-right",
            button="Open lifecycle",
            button_icon="workflow",
            on_button=self._open_lifecycle,
        )

    def _open_lifecycle(self) -> None:
        self.context.shell.open_page("lifecycle")

    def states_for_screenshots(self) -> Sequence[tuple[str, Callable[[], None]]]:
        """The usual states, and the inspector, a selection and filters over one table."""
        return (
            *super().states_for_screenshots(),
            ("inspector", self._picture_inspector),
            ("selection", self._picture_selection),
            ("filtered", self._picture_filtered),
        )

    def _picture_full(self) -> None:
        self.presenter.clear()
        self._start_over()

    def _picture_inspector(self) -> None:
        self.presenter.clear()
        self.presenter.narrow(tables=(self.presenter.busiest_table,))
        self._start_over()
        self.context.jobs.wait_idle()
        self.grid.choose(min(7, self.model.rowCount() - 1))
        self.open_current()

    def _picture_selection(self) -> None:
        self._picture_inspector()
        self.grid.set_ticked(2, 5, on=True)
        self.grid.set_ticked(9, 9, on=True)

    def _picture_filtered(self) -> None:
        tables = (self.presenter.busiest_table,)
        self.presenter.clear()
        self.presenter.narrow(tables=tables, classes=(MappingClass.DERIVED,))
        self._start_over()
        self.context.jobs.wait_idle()
        self.grid.tick_all_matching()


PAGE = MappingsPage
