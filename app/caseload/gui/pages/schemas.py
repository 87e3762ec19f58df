"""Schemas: both catalogs as tree and table, least certain first, each field beside its page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from caseload.gui.components.button import Button
from caseload.gui.components.card import Rule
from caseload.gui.components.grid import GridView
from caseload.gui.pages.base import Action, Shortcut
from caseload.gui.pages.schemas_fields import FieldGrid, FieldStack
from caseload.gui.pages.schemas_inspector import SchemaInspector
from caseload.gui.pages.schemas_presenter import Reading, SchemasPresenter
from caseload.gui.pages.schemas_reading import ReadingPage
from caseload.gui.pages.schemas_toolbar import SchemasToolbar
from caseload.gui.pages.schemas_tree import TableTree
from caseload.gui.work import explain
from caseload.model.catalog import FieldSpec, ReadProblem, Side
from caseload.model.views import ChangeKind, ChangeSet, FieldRow, PagePicture

_TREE = 248


class SchemasPage(ReadingPage):
    """The catalogs that were read from both documents, and their correction."""

    page_id = "schemas"
    title = "Schemas"
    interests = frozenset({ChangeKind.CATALOG, ChangeKind.RUN, ChangeKind.MAPPING})
    flush = True
    skeleton = "grid"

    def build(self) -> QWidget:
        """Lay out toolbar, tree and fields."""
        self.presenter = SchemasPresenter(self.context.session)
        self._row: FieldRow | None = None
        self._problem: ReadProblem | None = None
        self._inspecting = True
        self._go_to = ""
        self.read_button = Button("Read documents", icon="file-plus-2")
        self.read_button.clicked.connect(self._read_again)
        self.header.add_action(self.read_button)
        self.tree = TableTree()
        self.tree.setFixedWidth(_TREE)
        self.fields = FieldStack(self.context.jobs)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.toolbar = SchemasToolbar()
        self.search = self.toolbar.search
        column.addWidget(self.toolbar)
        row = QHBoxLayout()
        row.setSpacing(0)
        row.addWidget(self.tree)
        row.addWidget(Rule(upright=True))
        row.addWidget(self.fields, 1)
        column.addLayout(row, 1)
        self.inspector = SchemaInspector()
        self.inspector.set_writable(on=self.presenter.writable)
        self.inspector.hide()
        self._connect()
        return page

    def _connect(self) -> None:
        bar = self.toolbar
        bar.sides.chosen.connect(self._side_chosen)
        bar.search.searched.connect(self._searched)
        bar.least.changed.connect(self._least_changed)
        bar.mandatory.changed.connect(self._mandatory_changed)
        bar.doubtful.clicked.connect(self._toggle_doubtful)
        self.tree.chosen.connect(self._table_chosen)
        self.fields.counted.connect(self._counted)
        self.fields.clear_wanted.connect(self._clear_filters)
        self.fields.problems.row_chosen.connect(self._problem_chosen)
        self.fields.problems.row_opened.connect(self._open_inspector)
        self.fields.problems.installEventFilter(self)
        self.inspector.picture_wanted.connect(self._ask_page)
        self.inspector.accepted.connect(self.accept_field)
        self.inspector.corrected.connect(self._correct)
        self.inspector.moved.connect(self.go)
        self.inspector.closed.connect(self.close_inspector)
        self.inspector.used_by_wanted.connect(self._open_mappings)
        self.inspector.installEventFilter(self)

    # Reading

    def refresh(self, changes: ChangeSet | None) -> None:  # noqa: ARG002
        """Read both catalogs in outline, then the fields on show."""
        _ = self.content
        self.ask(self.presenter.loader(), self._take)

    def _take(self, reading: Reading) -> None:
        self.presenter.take(reading)
        self.header.set_sub(self.presenter.sub())
        self.read_button.setVisible(not reading.empty)
        self.read_button.setEnabled(self.presenter.writable and not self.reading_job)
        if reading.empty:
            self.context.shell.inspect(None)
            self.show_empty()
            return
        fresh = self.state != "full"
        self.show_full()
        self._display()
        if fresh and not isinstance(self.window().focusWidget(), QLineEdit):
            self.grid.setFocus(Qt.FocusReason.OtherFocusReason)

    def _display(self) -> None:
        """Bring toolbar, tree and fields to what the presenter says."""
        presenter = self.presenter
        self.header.set_sub(presenter.sub())
        self.toolbar.show_view(presenter)
        self._show_tree()
        if presenter.text:
            self.ask(presenter.match_counter(), self._take_matches, key="matches")
        self._show_fields()

    def _show_tree(self) -> None:
        presenter = self.presenter
        counts = presenter.matches if presenter.text else None
        self.tree.show_tables(
            presenter.group_title(),
            presenter.tables(),
            len(presenter.problems()),
            presenter.table,
            counts,
        )

    def _take_matches(self, counts: Mapping[str, int]) -> None:
        self.presenter.matches = counts
        self._show_tree()

    def _show_fields(self) -> None:
        self.fields.show_view(self.presenter, self._prepare)

    def _prepare(self, grid: FieldGrid) -> None:
        grid.sort_wanted.connect(self._sort)
        grid.fields.failed.connect(self.show_error)
        grid.row_chosen.connect(self._field_chosen)
        grid.row_opened.connect(self._open_inspector)
        grid.installEventFilter(self)

    def _counted(self, grid: FieldGrid, total: int) -> None:
        """Keep to the field that was chosen, wherever it now stands among the first hundred."""
        self.toolbar.show_found(total)
        if not total:
            return
        wanted = self._go_to or (self._row.spec.qualified if self._row else "")
        self._go_to = ""
        rows = (grid.fields.row_at(i) for i in range(min(total, 100)))
        places = (i for i, row in enumerate(rows) if row and row.spec.qualified == wanted)
        found = next(places, 0)
        grid.choose(found)
        row = grid.fields.row_at(found)
        if row is not None:
            self._field_chosen(row)

    @property
    def grid(self) -> GridView:
        """The table on show."""
        return self.fields.grid

    # Filters

    def _side_chosen(self, key: str) -> None:
        self.presenter.choose_side(Side(key))
        self._display()

    def _searched(self, text: str) -> None:
        self.presenter.search(text.strip())
        self._display()

    def _least_changed(self, keys: tuple[str, ...]) -> None:
        self.presenter.least_certain(on=bool(keys))
        self._show_fields()

    def _mandatory_changed(self, keys: tuple[str, ...]) -> None:
        self.presenter.mandatory = None if not keys else keys[0] == "yes"
        self._display()

    def _toggle_doubtful(self) -> None:
        presenter = self.presenter
        presenter.doubtful_only = not presenter.doubtful_only
        if presenter.doubtful_only:
            presenter.choose_table("")
        self._display()

    def _clear_filters(self) -> None:
        self.search.clear()
        self.presenter.clear()
        self._display()

    def _table_chosen(self, name: str) -> None:
        self.presenter.choose_table(name)
        self._show_fields()

    def _sort(self, key: str, descending: bool) -> None:
        self.presenter.sort, self.presenter.descending = key, descending
        self.toolbar.show_view(self.presenter)
        self._show_fields()

    def open_with(self, filters: Mapping[str, str]) -> None:
        """Show a side ("side"), a table ("table"), a field ("field") or a search ("text")."""
        _ = self.content
        presenter = self.presenter
        if "side" in filters:
            presenter.choose_side(Side(filters["side"]))
        presenter.clear()
        self.search.setText(filters.get("text", ""))
        presenter.search(filters.get("text", ""))
        if "table" in filters:
            presenter.choose_table(filters["table"])
            if "field" in filters:
                self._go_to = f"{filters['table']}.{filters['field']}"
                presenter.least_certain(on=False)
        if filters.get("confidence") == "low":
            presenter.least_certain(on=True)
        if self.state == "full":
            self._display()

    # Inspector

    def _field_chosen(self, row: FieldRow) -> None:
        self._row, self._problem = row, None
        self.inspector.show_field(row, self.presenter.side)
        self._inspect()
        self._ask_page()

    def _problem_chosen(self, problem: ReadProblem) -> None:
        self._row, self._problem = None, problem
        self.inspector.show_problem(problem)
        self._inspect()
        self._ask_page()

    def _inspect(self) -> None:
        if self._inspecting and self.isVisible() and self.state == "full":
            self.context.shell.inspect(self.inspector)

    def _ask_page(self) -> None:
        """Ask for the page of the document, or the rows of the sheet."""
        spec = self._spec()
        if spec is None:
            return
        if spec.provenance.page is not None:
            width = self.inspector.page.wanted_width()
            self.ask(
                self.presenter.picture(spec, width), partial(self._take_page, spec), key="place"
            )
        elif self._row is not None:
            self.ask(self.presenter.neighbours(spec), partial(self._take_rows, spec), key="place")
        else:
            self.inspector.show_picture(None, spec)

    def _spec(self) -> FieldSpec | None:
        if self._row is not None:
            return self._row.spec
        if self._problem is not None:
            return FieldSpec("", "what could not be read", 0, provenance=self._problem.provenance)
        return None

    def _take_page(self, spec: FieldSpec, picture: PagePicture | None) -> None:
        if spec == self._spec():
            self.inspector.show_picture(picture, spec)

    def _take_rows(self, spec: FieldSpec, rows: tuple[FieldSpec, ...]) -> None:
        if spec == self._spec():
            self.inspector.show_sheet(rows, spec)

    def _open_inspector(self, _row: object) -> None:
        self._inspecting = True
        self._inspect()

    def close_inspector(self) -> None:
        """Give the table the whole width."""
        self._inspecting = False
        self.context.shell.inspect(None)
        self.grid.setFocus(Qt.FocusReason.OtherFocusReason)

    def showEvent(self, event: QShowEvent) -> None:
        """Bring the inspector back with the page."""
        super().showEvent(event)
        QTimer.singleShot(0, self, self._come_back)

    def _come_back(self) -> None:
        if self._content is not None and (self._row or self._problem):
            self._inspect()

    # Decisions

    def go(self, step: int) -> None:
        """Go to the field after or before."""
        grid = self.grid
        grid.choose(min(grid.grid_model.rowCount() - 1, max(0, grid.current_row + step)))

    def accept_field(self) -> None:
        """Confirm the field as read and go to the next."""
        if self._row is None or not self.presenter.writable:
            return
        spec = self._row.spec
        following = self.grid.grid_model.row_at(self.grid.current_row + 1)
        if isinstance(following, FieldRow):
            self._go_to = following.spec.qualified
        self.do(self.presenter.accept(spec))

    def _correct(self, changes: dict[str, object], why: str) -> None:
        if self._row is None:
            return
        name = str(changes.get("field_name", self._row.spec.field_name))
        self._go_to = f"{self._row.spec.table_name}.{name}"
        work = self.presenter.correct(self._row.spec, changes, why)
        self.context.jobs.command(work, self.context.shell.changed, self._not_corrected)

    def _not_corrected(self, error: BaseException) -> None:
        what, why, _details = explain(error)
        self.inspector.refuse_correction(f"{what} {why}".strip())

    def _open_mappings(self) -> None:
        if self._row is not None:
            spec = self._row.spec
            if self.presenter.side is Side.TARGET:
                filters = {"table": spec.table_name, "field": spec.field_name}
            else:
                filters = {"text": spec.qualified}
            self.context.shell.open_page("mappings", filters)

    # Keys

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Esc stops a correction, then closes the inspector."""
        escape = isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape
        if escape and event.type() == QEvent.Type.KeyPress:
            if self.inspector.correcting:
                self.inspector.stop_correcting()
                self.grid.setFocus(Qt.FocusReason.OtherFocusReason)
            else:
                self.close_inspector()
            return True
        return super().eventFilter(watched, event)

    def shortcuts(self) -> Sequence[Shortcut]:
        """Moving and deciding without the mouse."""
        return (
            Shortcut("J", "Next field", self._next),
            Shortcut("K", "Previous field", self._before),
            Shortcut("Ctrl+Return", "Looks right, and next", self.accept_field),
            Shortcut("Ctrl+E", "Correct the field", self._start_correcting),
            Shortcut("Ctrl+L", "Least certain first", self._toggle_least),
            Shortcut("Ctrl+Shift+S", "Source or target", self._other_side),
        )

    def _next(self) -> None:
        self.go(1)

    def _before(self) -> None:
        self.go(-1)

    def _start_correcting(self) -> None:
        if self._row is not None:
            self._open_inspector(None)
            self.inspector.start_correcting()

    def _toggle_least(self) -> None:
        self.toolbar.least.click()

    def _other_side(self) -> None:
        self._side_chosen(self.presenter.other_side.value)

    def palette_actions(self) -> Sequence[Action]:
        """Reading, and what the keys do."""
        return (
            Action("Read the documents again", "book-open-text", self._read_again),
            Action("Source or target", "arrow-left-right", self._other_side, "Ctrl+Shift+S"),
        )

    def filter_field(self) -> QLineEdit | None:
        """The filter of the toolbar."""
        return self.search if self._content is not None else None

    def states_for_screenshots(self) -> Sequence[tuple[str, Callable[[], None]]]:
        """Both sides and the form beside the five states."""
        return (
            ("full", self._picture_target),
            ("source", self._picture_source),
            ("correcting", self._picture_correcting),
            *super().states_for_screenshots()[1:],
        )

    def _picture_target(self) -> None:
        self._picture_side(Side.TARGET)

    def _picture_source(self) -> None:
        self._picture_side(Side.SOURCE)

    def _picture_side(self, side: Side) -> None:
        _ = self.content
        self.presenter.choose_side(side)
        self._inspecting = True
        self.refresh(None)

    def _picture_correcting(self) -> None:
        self._picture_side(Side.TARGET)
        self.context.jobs.wait_idle()
        self._start_correcting()


PAGE = SchemasPage
