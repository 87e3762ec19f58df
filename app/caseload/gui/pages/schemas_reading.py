"""Documents on the Schemas page: taken in, read, assigned, opened, and written to Excel."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

import shiboken6
from PySide6.QtCore import QPoint, QUrl
from PySide6.QtGui import QDesktopServices, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QStackedWidget, QWidget

from caseload.gui.components.button import Button
from caseload.gui.components.menu import Menu
from caseload.gui.components.notice import InlineBar
from caseload.gui.components.states import Offer
from caseload.gui.pages.base import Page
from caseload.gui.pages.schemas_commands import SchemaCommands
from caseload.gui.pages.schemas_empty import PATTERNS, SchemasEmpty
from caseload.gui.pages.schemas_intake import IntakePanel, readable
from caseload.gui.pages.schemas_menus import documents_menu
from caseload.gui.pages.schemas_presenter import SchemasPresenter
from caseload.gui.work import explain
from caseload.model.catalog import Side
from caseload.model.errors import UnsettledColumns
from caseload.model.schema_views import IntakeGuess, SpecDocument
from caseload.model.views import ChangeSet

if TYPE_CHECKING:
    from caseload.gui.pages.schemas_assign import AssignColumns

Files = Mapping[Side, Sequence[str]]
TakeGuess = Callable[[IntakeGuess], None]
SayWhy = Callable[[str, str], None]


class ReadingPage(Page):
    """The part of the Schemas page that deals with documents; the rest shows what was read."""

    presenter: SchemasPresenter
    commands: SchemaCommands
    read_button: Button
    documents_button: Button
    views: QStackedWidget
    result: InlineBar
    reading_job = False
    _reading: Files = MappingProxyType({})
    _just_read = ""
    _intake: IntakePanel | None = None
    _assign: AssignColumns | None = None
    _to_assign = ""

    # Empty

    def empty_state(self) -> QWidget:
        """The two documents."""
        _ = self.content
        offers = (
            Offer(
                "package",
                "Try the sample",
                "A fictional old system and a fictional guide, read in a few seconds.",
                "Load the sample",
                self._read_sample,
            ),
            Offer(
                "workflow",
                "All seven stages",
                "Reading is the first; the others make data, map, load and judge.",
                "Open lifecycle",
                self._open_lifecycle,
            ),
        )
        known = self.presenter.reading.documents
        empty = SchemasEmpty(writable=self.presenter.writable, offers=offers, known=known)
        empty.read_wanted.connect(self.read_documents)
        empty.guess_wanted.connect(partial(self._guess, take=empty.take_guess, say=empty.refuse))
        self._show_actions(on=False)
        self.header.set_sub("No catalogs yet")
        return empty

    def _show_actions(self, *, on: bool) -> None:
        raise NotImplementedError

    def show_view(self, key: str) -> None:
        """Show fields, problems or versions again."""
        raise NotImplementedError

    def show_result(self, lead: str, said: str, kind: str) -> None:
        """Say over the view how a reading ended."""
        raise NotImplementedError

    # Taking in

    def take_in(self, files: Sequence[str] = ()) -> None:
        """Begin with taking documents in; more may follow."""
        if not self.presenter.writable:
            return
        if self._intake is None:
            self._intake = IntakePanel()
            self._intake.more_wanted.connect(self._guess_more)
            self._intake.read_wanted.connect(self._read_taken)
            self._intake.left.connect(partial(self.show_view, ""))
            self.views.addWidget(self._intake)
        self.context.shell.inspect(None)
        if self.views.currentWidget() is not self._intake:
            self._intake.begin(self.presenter.reading.documents)
        self.views.setCurrentWidget(self._intake)
        if files:
            self._guess_more(files)

    def _guess_more(self, files: Sequence[str]) -> None:
        if self._intake is not None:
            self._guess(files, take=self._intake.add, say=self._intake.refuse)

    def _guess(self, files: Sequence[str], *, take: TakeGuess, say: SayWhy) -> None:
        """Ask which side each file describes, one after the other."""
        for file in files:
            self.context.jobs.query(
                partial(self._guessed, Path(file)),
                take,
                partial(_say_refused, say, Path(file).name),
            )

    def _guessed(self, path: Path) -> IntakeGuess:
        from caseload.services import intake

        return intake.guess(self.context.session, path)

    def _read_taken(self, taken: Sequence[IntakeGuess]) -> None:
        from caseload.services import intake

        self.ask(
            lambda: intake.files_to_read(self.context.session, taken),
            self.read_documents,
            key="files",
        )

    def choose_documents(self) -> None:
        """Choose documents on the disk and take them in."""
        files, _ = QFileDialog.getOpenFileNames(self, "Take in documents", "", PATTERNS)
        if files:
            self.take_in(files)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take documents that can be read, dropped anywhere on the page."""
        urls = [url.toLocalFile() for url in event.mimeData().urls()]
        if self.state == "full" and self.presenter.writable and readable(urls):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """List what was dropped, with the side that each seems to describe."""
        self.take_in(readable([url.toLocalFile() for url in event.mimeData().urls()]))

    # Reading

    def _read_again(self) -> None:
        self.read_documents({})

    def read_documents(self, files: Files) -> None:
        """Read documents into the catalogs; without any, those that the project has."""
        self.reading_job = True
        self._reading = dict(files)
        self.read_button.setEnabled(False)
        if self._intake is not None and self.views.currentWidget() is self._intake:
            self.show_view("")
        work = self.commands.reader(files)
        self.context.jobs.start("Read the documents", work, self._was_read, self._not_read)

    def _read_sample(self) -> None:
        if self.presenter.writable:
            self.read_documents(self.commands.sample())

    def _open_lifecycle(self) -> None:
        self.context.shell.open_page("lifecycle")

    def _was_read(self, changes: ChangeSet) -> None:
        self.reading_job = False
        self._just_read = changes.message
        self.context.shell.changed(changes)

    def _not_read(self, error: BaseException) -> None:
        self.reading_job = False
        self.read_button.setEnabled(self.presenter.writable)
        if isinstance(error, UnsettledColumns):
            self.assign_columns(self._path_of(error.document), self._side_of(error.document))
            return
        if self.state == "full":
            what, why, _details = explain(error)
            self.show_result(what, why, "error")
        else:
            self.refused(error)

    def _path_of(self, name: str) -> str:
        """A document as it can be opened: where it lies on the disk, else its name."""
        given = [path for paths in self._reading.values() for path in paths]
        found = (path for path in given if Path(path).name == name and Path(path).is_absolute())
        return next(found, name)

    def _side_of(self, name: str) -> Side:
        for side, paths in self._reading.items():
            if any(Path(path).name == name for path in paths):
                return side
        there = (d.side for d in self.presenter.reading.documents if d.name == name)
        return next(there, self.presenter.side)

    # Columns

    def assign_columns(self, document: str, side: Side) -> None:
        """Let a person say which column of a document is what, then read it."""
        from caseload.gui.pages.schemas_assign import AssignColumns

        if self._assign is None:
            self._assign = AssignColumns(self.context)
            self._assign.done.connect(self._assigned)
            self._assign.left.connect(self._assignment_left)
            self.views.addWidget(self._assign)
        self.context.shell.inspect(None)
        if self.state != "full":
            self.show_full()
            self._show_actions(on=False)
        self.views.setCurrentWidget(self._assign)
        self._assign.open_document(document, side)

    def _assign_wanted(self) -> None:
        """Go to the columns of the document that another page asked for."""
        name, self._to_assign = self._to_assign, ""
        if name:
            self.assign_columns(self._path_of(name), self._side_of(name))

    def _assigned(self) -> None:
        self._assignment_left()
        self.read_documents(self._reading)

    def _assignment_left(self) -> None:
        if self.presenter.reading.empty:
            self.show_empty()
        else:
            self.show_view("")

    # Documents and Excel

    def open_documents(self) -> None:
        """The documents of the project, and what can be done with each."""
        menu = documents_menu(
            self,
            self.presenter.reading.documents,
            writable=self.presenter.writable and not self.reading_job,
            open_=self._open_document,
            assign=self._assign_document,
            replace=self._replace_document,
            read_again=self._read_again,
            take_in=self.choose_documents,
        )
        button = self.documents_button
        menu.popup(button.mapToGlobal(QPoint(0, button.height() + 4)))

    def _open_document(self, document: SpecDocument) -> None:
        path = self.context.session.folder / document.stored_path
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))

    def _assign_document(self, document: SpecDocument) -> None:
        self._reading = {}
        self.assign_columns(document.name, document.side)

    def _replace_document(self, document: SpecDocument) -> None:
        said = f"New version of {document.name}"
        file, _ = QFileDialog.getOpenFileName(self, said, "", PATTERNS)
        if file:
            self.take_in()
            self._replaced(document, file)

    def _replaced(self, document: SpecDocument, file: str) -> None:
        """Take a file in as the new version of a document."""
        if self._intake is not None:
            size = Path(file).stat().st_size
            why = f"is the new version of {document.name}"
            name = Path(file).name
            self._intake.add(IntakeGuess(file, name, size, document.side, why, document.name))

    def open_export(self, button: QWidget) -> None:
        """Everything, or what the filter leaves."""
        menu = Menu(parent=self)
        said = "The fields on show \u2026" if self.presenter.filter.narrow else "This side \u2026"
        menu.addAction("Both catalogs \u2026").triggered.connect(
            lambda: self._export(narrowed=False)
        )
        menu.addAction(said).triggered.connect(lambda: self._export(narrowed=True))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(button.mapToGlobal(QPoint(0, button.height() + 4)))

    def _export(self, *, narrowed: bool) -> None:
        name = f"{self.presenter.side.value}-catalog.xlsx" if narrowed else "catalogs.xlsx"
        file, _ = QFileDialog.getSaveFileName(self, "Export to Excel", name, "Excel (*.xlsx)")
        if file:
            self.export_to(Path(file), narrowed=narrowed)

    def export_to(self, path: Path, *, narrowed: bool) -> None:
        """Write the catalogs to an Excel file."""
        work = self.commands.export(path, narrowed=narrowed)
        self.context.jobs.start("Export the catalogs", work, self._exported, self.refused)

    def _exported(self, changes: ChangeSet) -> None:
        self.context.shell.toast(changes.message)


def _say_refused(say: SayWhy, name: str, error: BaseException) -> None:
    owner = getattr(say, "__self__", None)
    if isinstance(owner, QWidget) and shiboken6.isValid(owner):
        what, why, _details = explain(error)
        say(name, f"{what} {why}".strip())
