"""What a person decides on the Schemas page: the commands, and where one goes after each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from functools import partial
from typing import Any

from caseload.gui.pages.schemas_commands import Edits
from caseload.gui.pages.schemas_inspector import SchemaInspector
from caseload.gui.pages.schemas_problems import ProblemsView
from caseload.gui.pages.schemas_reading import ReadingPage
from caseload.gui.pages.schemas_view import FieldsView
from caseload.gui.work import explain
from caseload.model.catalog import FieldSpec, Side
from caseload.model.schema_views import ProblemRow
from caseload.model.views import ChangeSet, FieldRow


class DecidingPage(ReadingPage):
    """The part of the Schemas page that corrects, confirms, adds, removes and dismisses."""

    view: FieldsView
    problems_view: ProblemsView
    inspector: SchemaInspector
    _row: FieldRow | None = None
    _problem: ProblemRow | None = None

    def focus_table(self) -> None:
        """Let the keys work in the table of the view."""
        raise NotImplementedError

    def _open_inspector(self, _row: object) -> None:
        raise NotImplementedError

    # Moving

    def go(self, step: int) -> None:
        """Go to the row after or before."""
        if self.views.currentWidget() is self.problems_view:
            self.problems_view.go(step)
        else:
            self.view.go(step)

    def next_doubtful(self) -> None:
        """Go to the next field below 0.90, or say that there is none."""
        if self.views.currentWidget() is not self.view:
            self.show_view("fields")
        if not self.view.next_doubtful():
            self.context.shell.toast("No other field is below 0.90 here", "info")

    def edit_cell(self) -> None:
        """Edit the cell in focus, or the first that can be."""
        grid = self.view.grid
        if self.presenter.writable and grid.current_row >= 0:
            index = grid.currentIndex()
            if not grid.trait_at(index):
                first = grid.editable_cell(grid.fields.index(grid.current_row, 0), 1)
                if first is None:
                    return
                index = first
            grid.go_to(index.row(), index.column())
            self.view.editing.open(grid.currentIndex())

    # Fields

    def set_why(self, why: str) -> None:
        """The reason that is kept with each correction from now on."""
        self.presenter.why = why
        self.inspector.why = why

    def correct(self, edits: Edits) -> None:
        """Keep what was typed into cells."""
        if not self.presenter.writable:
            return
        why = self.view.why.why
        work = self.commands.correct(edits, why)
        renamed = [e[2]["field_name"] for e in edits if "field_name" in e[2]]
        if len(edits) == 1 and renamed:
            self.view.remember(f"{edits[0][0]}.{renamed[0]}")
        names = [f"{table}.{field}" for table, field, _ in edits]
        self.context.jobs.command(
            work, partial(self._corrected, len(edits)), partial(self._refused_cells, names)
        )

    def _corrected(self, count: int, changes: ChangeSet) -> None:
        self.view.why.counted(count, self.presenter.actor)
        self.context.shell.changed(changes)

    def _refused_cells(self, names: Sequence[str], error: BaseException) -> None:
        what, why, _details = explain(error)
        self.view.editing.refuse(names[0], f"{what} {why}".strip())

    def correct_in_form(self, changes: dict[str, Any], why: str) -> None:
        """Keep what the form says of the field."""
        if self._row is None:
            return
        spec = self._row.spec
        if "field_name" in changes:
            self.view.remember(f"{spec.table_name}.{changes['field_name']}")
        edits = [(spec.table_name, spec.field_name, changes)]
        self._in_form(self.commands.correct(edits, why))

    def add_in_form(self, table: str, name: str, changes: dict[str, Any], why: str) -> None:
        """Keep a field, or a table, that was missed."""
        self.view.remember(f"{table}.{name}")
        self._in_form(self.commands.add(table, name, changes, why), partial(self._added, table))

    def _added(self, table: str) -> None:
        if self.views.currentWidget() is self.view and not self.presenter.filter.narrow:
            self.presenter.choose_table(table)

    def _in_form(
        self, work: Callable[[], ChangeSet], then: Callable[[], None] | None = None
    ) -> None:
        self.context.jobs.command(work, partial(self._form_done, then), self._form_refused)

    def _form_done(self, then: Callable[[], None] | None, changes: ChangeSet) -> None:
        self.inspector.stop_correcting()
        if then is not None:
            then()
        self.focus_table()
        self.context.shell.changed(changes)

    def _form_refused(self, error: BaseException) -> None:
        what, why, _details = explain(error)
        self.inspector.refuse_correction(f"{what} {why}".strip())

    def accept_field(self) -> None:
        """Confirm the field as read and go on: to the next doubtful one, else to the next."""
        if self._row is None or not self.presenter.writable:
            return
        spec = self._row.spec
        self.do(self.commands.accept([(spec.table_name, spec.field_name)]))
        grid = self.view.grid
        following = grid.fields.next_where(grid.current_row, self.presenter.is_doubtful)
        grid.choose(following if following >= 0 else self._next_row())

    def _next_row(self) -> int:
        grid = self.view.grid
        return min(grid.fields.rowCount() - 1, grid.current_row + 1)

    def accept_ticked(self, _names: object) -> None:
        """Confirm every field that is ticked."""
        grid = self.view.grid
        ticks = grid.fields.ticks
        if ticks is None or not self.presenter.writable:
            return
        if ticks.every:
            but = frozenset(str(name) for name in ticks.ids)
            self.do(self.commands.accept_matching(self._all_matching(), but))
        else:
            self.do(self.commands.accept(self._ticked_names()))
        grid.clear_ticks()

    def _all_matching(self) -> Any:
        return replace(self.presenter.query(), offset=0, limit=1_000_000)

    def _ticked_names(self) -> list[tuple[str, str]]:
        ticks = self.view.grid.fields.ticks
        named = (str(name).partition(".") for name in (ticks.ids if ticks else ()))
        return sorted((table, field) for table, _, field in named)

    def act(self, what: str) -> None:
        """Do something with the field in focus; see `FieldsView.act`."""
        row = self._row
        if what == "remove ticked":
            names = self._ticked_names()
            if names:
                self.do(self.commands.remove(names, self.view.why.why))
                self.view.grid.clear_ticks()
            return
        if what == "add":
            self.start_adding()
            return
        if row is None:
            return
        name = (row.spec.table_name, row.spec.field_name)
        if what == "accept":
            self.accept_field()
        elif what == "correct":
            self._open_inspector(None)
            self.inspector.start_correcting()
        elif what == "withdraw":
            self.do(self.commands.withdraw([name]))
        elif what == "remove":
            self.do(self.commands.remove([name], self.view.why.why))
        elif what == "mapping":
            self.open_mappings()

    def start_adding(
        self, spec: FieldSpec | None = None, place: dict[str, Any] | None = None
    ) -> None:
        """Open the form for a field that was missed, after the one in focus."""
        if not self.presenter.writable:
            return
        if spec is None:
            row = self._row
            table = row.spec.table_name if row else self.presenter.table
            spec = FieldSpec(
                table, "", row.spec.position + 1 if row and self.presenter.table else 0
            )
        self._open_inspector(None)
        self.inspector.start_adding(spec, self.presenter.side, place)

    def open_mappings(self) -> None:
        """Show the mappings that use the field."""
        if self._row is None:
            return
        spec = self._row.spec
        if self.presenter.side is Side.TARGET:
            filters = {"table": spec.table_name, "field": spec.field_name}
        else:
            filters = {"text": spec.qualified}
        self.context.shell.open_page("mappings", filters)

    def redo(self) -> None:
        """Do again what was taken back last."""
        if self.presenter.reading.redo:
            self.do(self.commands.redo())

    # Problems

    def act_on_problem(self, what: str) -> None:
        """Do something with the problem in focus; see `ProblemsView.act`."""
        row = self._problem
        self.problems_view.reason.hide()
        if row is None:
            return
        if what == "go":
            self._go_to_table(row)
        elif what == "add":
            self._add_from(row)
        elif what == "assign":
            name = row.problem.provenance.document
            self._reading = {}
            self.assign_columns(name, self.presenter.side)
        elif what == "dismiss":
            self.problems_view.ask_why([row.key])
        elif what == "reopen":
            self.do(self.commands.reopen([row.key]))

    def dismiss(self, keys: Sequence[str], why: str) -> None:
        """Say that problems are none."""
        self.do(self.commands.dismiss(keys, why))

    def _go_to_table(self, row: ProblemRow) -> None:
        filters = {"side": self.presenter.side.value, "table": row.table}
        if row.field:
            filters["field"] = row.field
        self.open_with(filters)

    def _add_from(self, row: ProblemRow) -> None:
        """Offer the field that a row which was not read seems to describe."""
        place = {k: v for k, v in asdict(row.problem.provenance).items() if v not in (None, "")}
        self.ask(
            partial(self._suggested, row), partial(self._start_adding_from, place), key="suggest"
        )

    def _suggested(self, row: ProblemRow) -> FieldSpec:
        from caseload.services import schema_suggest

        return schema_suggest.field_at(self.context.session, self.presenter.side, row)

    def _start_adding_from(self, place: dict[str, Any], spec: FieldSpec) -> None:
        self.start_adding(spec, place)
