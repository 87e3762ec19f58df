"""Schemas: both catalogs as tree and table, least certain first, each field beside its page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QStackedWidget, QVBoxLayout, QWidget

from caseload.gui.components.button import Button, IconButton
from caseload.gui.components.notice import InlineBar
from caseload.gui.pages.base import Action, Shortcut
from caseload.gui.pages.schemas_commands import SchemaCommands
from caseload.gui.pages.schemas_filter import Filter
from caseload.gui.pages.schemas_inspecting import InspectingPage
from caseload.gui.pages.schemas_inspector import SchemaInspector
from caseload.gui.pages.schemas_pictures import states
from caseload.gui.pages.schemas_presenter import Reading, SchemasPresenter
from caseload.gui.pages.schemas_problems import ProblemsView
from caseload.gui.pages.schemas_view import FieldsView
from caseload.model.catalog import Side
from caseload.model.views import ChangeKind, ChangeSet, FieldRow

_PATCHED = 400


if TYPE_CHECKING:
    from caseload.gui.pages.schemas_versions import VersionsView


class SchemasPage(InspectingPage):
    """The catalogs that were read from both documents, and their correction."""

    page_id = "schemas"
    title = "Schemas"
    interests = frozenset({ChangeKind.CATALOG, ChangeKind.RUN, ChangeKind.MAPPING})
    flush = True
    skeleton = "grid"
    tabs = (("fields", "Fields"), ("problems", "Problems"), ("versions", "Versions"))

    def build(self) -> QWidget:
        """Lay out the views, and the inspector beside them."""
        self.presenter = SchemasPresenter(self.context.session)
        self.commands = SchemaCommands(self.context.session, self.presenter)
        self._inspecting = True
        self._patch: tuple[str, ...] = ()
        self._versions: VersionsView | None = None
        self.setAcceptDrops(True)
        self._make_actions()
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._make_result())
        self.view = FieldsView(self.presenter, self.context.jobs, self.context.values)
        self.problems_view = ProblemsView(self.presenter)
        self.views = QStackedWidget()
        self.views.addWidget(self.view)
        self.views.addWidget(self.problems_view)
        column.addWidget(self.views, 1)
        self.inspector = SchemaInspector()
        self.inspector.set_writable(on=self.presenter.writable)
        self.inspector.hide()
        self._connect()
        return page

    def _make_actions(self) -> None:
        self.documents_button = Button("Documents", icon="files")
        self.documents_button.clicked.connect(self.open_documents)
        self.export_button = IconButton("download", "Export to Excel")
        self.export_button.clicked.connect(lambda: self.open_export(self.export_button))
        self.read_button = Button("Take in documents", icon="file-plus-2")
        self.read_button.clicked.connect(self.choose_documents)
        for button in (self.export_button, self.documents_button, self.read_button):
            self.header.add_action(button)
        if self.header.tabs is not None:
            self.header.tabs.opened.connect(self.show_view)

    def _make_result(self) -> QWidget:
        """What the last reading found; it stays until it is put away."""
        holder = QWidget()
        self.result = InlineBar("", "", "ok")
        row = QVBoxLayout(holder)
        row.setContentsMargins(16, 8, 16, 4)
        row.addWidget(self.result)
        self._changed_button = self.result.add_button("What changed")
        self._changed_button.clicked.connect(partial(self.show_view, "versions"))
        close = self.result.add_button("Close")
        close.clicked.connect(holder.hide)
        holder.hide()
        self._result_holder = holder
        return holder

    def show_result(self, lead: str, said: str, kind: str) -> None:
        """Say over the view how a reading ended."""
        self.result.say(lead, said, kind)
        several = self.presenter.reading.versions.get(self.presenter.side, 0) > 1
        self._changed_button.setVisible(several and kind != "error")
        self._result_holder.show()

    def _connect(self) -> None:
        view, problems, inspector = self.view, self.problems_view, self.inspector
        view.row_chosen.connect(self._field_chosen)
        view.row_opened.connect(self._open_inspector)
        view.edits_wanted.connect(self.correct)
        view.refused.connect(lambda why: self.context.shell.toast(why, "error"))
        view.accept_wanted.connect(self.accept_ticked)
        view.act.connect(self.act)
        view.count_wanted.connect(self._count_matches)
        view.changed_wanted.connect(self._ask_changed)
        view.failed.connect(self.show_error)
        view.why_changed.connect(self.set_why)
        problems.row_chosen.connect(self._problem_chosen)
        problems.row_opened.connect(self._open_inspector)
        problems.act.connect(self.act_on_problem)
        problems.dismiss_wanted.connect(self.dismiss)
        problems.side_wanted.connect(self.choose_side)
        problems.grid.installEventFilter(self)
        inspector.picture_wanted.connect(self._ask_place)
        inspector.accepted.connect(self.accept_field)
        inspector.corrected.connect(self.correct_in_form)
        inspector.added.connect(self.add_in_form)
        inspector.moved.connect(self.go)
        inspector.closed.connect(self.close_inspector)
        inspector.used_by_wanted.connect(self.open_mappings)
        inspector.withdraw_wanted.connect(partial(self.act, "withdraw"))
        inspector.problem_act.connect(self.act_on_problem)
        inspector.installEventFilter(self)

    # Reading

    def refresh(self, changes: ChangeSet | None) -> None:
        """Read both catalogs in outline, then the fields on show or those that changed."""
        _ = self.content
        self._patch = self._patchable(changes)
        self.ask(self.presenter.loader(), self._take)

    def _patchable(self, changes: ChangeSet | None) -> tuple[str, ...]:
        """The fields that alone changed, when the table need not be filled anew."""
        if changes is None or self.state != "full" or changes.touches(ChangeKind.RUN):
            return ()
        names = [n for kind, names in changes.changes if kind is ChangeKind.CATALOG for n in names]
        return tuple(names) if 0 < len(names) <= _PATCHED else ()

    def _take(self, reading: Reading) -> None:
        self.presenter.take(reading)
        if reading.empty:
            self.context.shell.inspect(None)
            self.show_empty()
            self._assign_wanted()
            return
        self._show_actions(on=True)
        fresh = self.state != "full"
        self.show_full()
        self._say_outline()
        self.problems_view.display()
        if self._versions is not None and self.views.currentWidget() is self._versions:
            self._versions.show_side(self.presenter.side)
        if self._patch and not fresh:
            self.view.show_outline()
            self.ask(self.presenter.rows_of(self._patch), self._take_rows, key="patch")
        else:
            self.view.display(go_to=self._name())
        if self._just_read:
            self._show_result()
        elif fresh and self.header.tabs is not None and self.header.tabs.tab != "fields":
            self.show_view("")
        elif fresh and not isinstance(self.window().focusWidget(), QLineEdit):
            self.view.take_focus()
        self._assign_wanted()

    def _say_outline(self) -> None:
        self.header.set_sub(self.presenter.sub())
        if self.header.tabs is not None:
            for key, _ in self.tabs:
                self.header.tabs.set_words(key, self.presenter.tab_words(key))

    def _take_rows(self, rows: tuple[FieldRow, ...]) -> None:
        """Show corrected fields where they stand; fill anew when one is gone or came."""
        grid = self.view.grid
        grid.pending.clear()
        gone = {row.spec.qualified for row in rows} != set(self._patch)
        if gone or any(grid.fields.here(name) < 0 for name in self._patch):
            self.view.display(go_to=self._name())
            return
        grid.fields.patch(rows)
        row = self.view.row
        if row is not None and row.spec.qualified in self._patch:
            self._field_chosen(row)

    def _name(self) -> str:
        return self._row.spec.qualified if self._row else ""

    def _show_result(self) -> None:
        """What was found, problems first."""
        found, self._just_read = self._just_read, ""
        problems = len(self.presenter.problems())
        self.show_result("Read.", found, "warn" if problems else "ok")
        self.show_view("problems" if problems else "fields")

    def _show_actions(self, *, on: bool) -> None:
        self.read_button.setEnabled(self.presenter.writable and not self.reading_job)
        for widget in (self.documents_button, self.export_button, self.read_button):
            widget.setVisible(on)
        if self.header.tabs is not None:
            self.header.tabs.setVisible(on)

    def _count_matches(self) -> None:
        self.ask(self.presenter.match_counter(), self.view.take_matches, key="matches")

    def _ask_changed(self, wanted: Filter) -> None:
        take = partial(self._take_changed, wanted)
        self.ask(self.presenter.changed_names(), take, key="changed")

    def _take_changed(self, wanted: Filter, names: frozenset[tuple[str, str]]) -> None:
        self.view.narrow(replace(wanted, changed=names))

    # Views

    def show_view(self, key: str) -> None:
        """Show fields, problems or versions; "" those that were shown last."""
        tabs = self.header.tabs
        if tabs is None:
            return
        key = key or tabs.tab
        tabs.set_tab(key)
        self._show_actions(on=True)
        self.views.setCurrentWidget(self._widget_of(key))
        if key == "fields":
            self._field_chosen(self.view.row)
            self.view.take_focus()
        elif key == "problems":
            self.problems_view.display()
            self._problem_chosen(self.problems_view.row)
            self.problems_view.grid.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.context.shell.inspect(None)
            self.versions_view().show_side(self.presenter.side)

    def _widget_of(self, key: str) -> QWidget:
        if key == "versions":
            return self.versions_view()
        return self.view if key == "fields" else self.problems_view

    def versions_view(self) -> VersionsView:
        """The versions, made when they are first asked for."""
        from caseload.gui.pages.schemas_versions import VersionsView

        if self._versions is None:
            self._versions = VersionsView(self.context)
            self._versions.field_wanted.connect(self._go_to_field)
            self._versions.side_wanted.connect(self.choose_side)
            self._versions.take_in_wanted.connect(self.choose_documents)
            self.views.addWidget(self._versions)
        return self._versions

    def _go_to_field(self, side: str, table: str, field: str) -> None:
        self.open_with({"side": side, "table": table, **({"field": field} if field else {})})

    def choose_side(self, key: str) -> None:
        """Show the other system in every view."""
        self.presenter.choose_side(Side(key))
        self._row = self._problem = None
        self._say_outline()
        self.view.display()
        self.problems_view.display()
        if self._versions is not None:
            self._versions.show_side(self.presenter.side)

    def open_with(self, filters: Mapping[str, str]) -> None:
        """Show a side ("side"), a table ("table"), a field ("field") or a search ("text").

        "assign" names a document whose columns a person is to say.
        """
        _ = self.content
        presenter = self.presenter
        if "assign" in filters:
            self._to_assign = filters["assign"]
            if self.state in ("full", "empty"):
                self._assign_wanted()
            return
        if "side" in filters:
            presenter.choose_side(Side(filters["side"]))
        presenter.clear()
        presenter.search(filters.get("text", ""))
        go_to = ""
        if "table" in filters:
            presenter.choose_table(filters["table"])
            if "field" in filters:
                go_to = f"{filters['table']}.{filters['field']}"
                presenter.least_certain(on=False)
        if filters.get("confidence") == "low":
            presenter.least_certain(on=True)
        self.view.remember(go_to)
        self._row = None
        if self.state == "full":
            self.show_view(filters.get("view", "fields"))
            self._say_outline()
            self.view.display()
        elif self.header.tabs is not None:
            self.header.tabs.set_tab(filters.get("view", "fields"))

    # Keys

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Esc stops a correction, then closes the inspector."""
        escape = isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape
        if escape and event.type() == QEvent.Type.KeyPress:
            if self.inspector.correcting:
                self.inspector.stop_correcting()
                self.focus_table()
            else:
                self.close_inspector()
            return True
        return super().eventFilter(watched, event)

    def shortcuts(self) -> Sequence[Shortcut]:
        """Moving and deciding without the mouse."""
        return (
            Shortcut("J", "Next row", partial(self.go, 1)),
            Shortcut("K", "Previous row", partial(self.go, -1)),
            Shortcut("A", "Looks right, and on to the next", self.accept_field),
            Shortcut("Ctrl+Return", "Looks right, and on to the next", self.accept_field),
            Shortcut("U", "Next uncertain field, below 0.90", self.next_doubtful),
            Shortcut("F2", "Edit the cell", self.edit_cell),
            Shortcut("Ctrl+E", "Correct the field in a form", partial(self.act, "correct")),
            Shortcut("Ctrl+Shift+Z", "Do again", self.redo),
            Shortcut("Ctrl+Shift+F", "Filter by the column in focus", self._filter_column),
            Shortcut("D", "Show or hide the document", self.toggle_inspector),
            Shortcut("Ctrl+L", "Least certain first", self._toggle_least),
            Shortcut("Ctrl+Shift+S", "Source or target", self._other_side),
        )

    def _toggle_least(self) -> None:
        self.view.toolbar.least.click()

    def _filter_column(self) -> None:
        if self.views.currentWidget() is self.view:
            self.view.filter_column()

    def _other_side(self) -> None:
        self.choose_side(self.presenter.other_side.value)

    def palette_actions(self) -> Sequence[Action]:
        """Documents, and what the keys do."""
        return (
            Action("Take in documents", "file-plus-2", self.choose_documents),
            Action("Read the documents again", "book-open-text", self._read_again),
            Action(
                "Export the catalogs to Excel", "download", partial(self._export, narrowed=False)
            ),
            Action("Next field below 0.90", "triangle-alert", self.next_doubtful, "U"),
            Action("Source or target", "arrow-left-right", self._other_side, "Ctrl+Shift+S"),
        )

    def filter_field(self) -> QLineEdit | None:
        """The filter of the toolbar."""
        return self.view.toolbar.search if self._content is not None else None

    def states_for_screenshots(self) -> Sequence[tuple[str, Callable[[], None]]]:
        """What the page can show beside the five states, once there are fields."""
        if self.state != "full":
            return super().states_for_screenshots()
        pictures: Sequence[tuple[str, Callable[[], Any]]] = states(self)
        return (*pictures, *super().states_for_screenshots()[1:])


PAGE = SchemasPage
