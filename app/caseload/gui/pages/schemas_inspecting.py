"""The inspector of the Schemas page follows the row in focus, with its place in the document."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QShowEvent

from caseload.gui.pages.schemas_decisions import DecidingPage
from caseload.gui.pages.schemas_presenter import Around
from caseload.model.catalog import Provenance
from caseload.model.schema_views import ProblemRow, SheetRows
from caseload.model.views import FieldRow, PagePicture


class InspectingPage(DecidingPage):
    """The part of the Schemas page that shows a field or a problem beside its page."""

    _inspecting = True

    def _field_chosen(self, row: FieldRow | None) -> None:
        if self.views.currentWidget() is not self.view:
            return
        self._row, self._problem = row, None
        if row is None:
            self.inspector.show_nothing()
            self.context.shell.inspect(None)
            return
        self.inspector.show_field(row, self.presenter.side)
        self._inspect()
        self._ask_place()
        self.ask(self.presenter.around(row), partial(self._take_around, row), key="around")

    def _problem_chosen(self, problem: ProblemRow | None) -> None:
        if self.views.currentWidget() is not self.problems_view:
            return
        self._row, self._problem = None, problem
        if problem is None:
            self.context.shell.inspect(None)
            return
        self.inspector.show_problem(problem, self.presenter.side)
        self._inspect()
        self._ask_place()

    def _take_around(self, row: FieldRow, around: Around) -> None:
        if row is self._row and not self.inspector.correcting:
            self.inspector.facts.show_around(around)

    def _inspect(self) -> None:
        if self._inspecting and self.isVisible() and self.state == "full":
            self.context.shell.inspect(self.inspector)

    def _ask_place(self) -> None:
        """Ask for the page of the document, or the rows of the sheet."""
        place = self._place()
        if place is None or not self._inspecting:
            return
        if place.page is not None:
            width = self.inspector.page.wanted_width()
            self.ask(
                self.presenter.picture(place, width), partial(self._take_page, place), key="place"
            )
        elif place.row is not None:
            work = self.presenter.rows_around(place)
            self.context.jobs.query(
                work, partial(self._take_sheet, place), self._no_place, key="schemas.place"
            )
        else:
            self.inspector.show_picture(None, place, "")

    def _place(self) -> Provenance | None:
        if self._row is not None:
            return self._row.spec.provenance
        return self._problem.problem.provenance if self._problem is not None else None

    def _take_page(self, place: Provenance, picture: PagePicture | None) -> None:
        if place == self._place():
            name = self._row.spec.field_name if self._row else "the place"
            self.inspector.show_picture(picture, place, name)

    def _take_sheet(self, place: Provenance, rows: SheetRows | None) -> None:
        if place == self._place():
            self.inspector.show_sheet(rows, place.row or 0)

    def _no_place(self, _error: BaseException) -> None:
        """A document that cannot be opened any more leaves the rest as it is."""
        self.inspector.show_sheet(None, 0)

    def _open_inspector(self, _row: object) -> None:
        self._inspecting = True
        self._inspect()
        self._ask_place()

    def close_inspector(self) -> None:
        """Give the table the whole width."""
        self._inspecting = False
        self.context.shell.inspect(None)
        self.focus_table()

    def toggle_inspector(self) -> None:
        """Show or hide the document beside the table."""
        if self._inspecting:
            self.close_inspector()
        else:
            self._open_inspector(None)

    def focus_table(self) -> None:
        """Let the keys work in the table of the view."""
        problems = self.views.currentWidget() is self.problems_view
        grid = self.problems_view.grid if problems else self.view.grid
        grid.setFocus(Qt.FocusReason.OtherFocusReason)

    def showEvent(self, event: QShowEvent) -> None:
        """Bring the inspector back with the page."""
        super().showEvent(event)
        QTimer.singleShot(0, self, self._come_back)

    def _come_back(self) -> None:
        if self._content is not None and (self._row or self._problem):
            self._inspect()
