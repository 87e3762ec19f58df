"""Reading documents into the catalogs from the Schemas page, first of all when there are none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtWidgets import QWidget

from caseload.gui.components.button import Button
from caseload.gui.components.states import Offer
from caseload.gui.pages.base import Page
from caseload.gui.pages.schemas_empty import SchemasEmpty
from caseload.gui.pages.schemas_presenter import SchemasPresenter
from caseload.model.catalog import Side
from caseload.model.views import ChangeSet


class ReadingPage(Page):
    """The part of the Schemas page that reads documents; the rest shows what was read."""

    presenter: SchemasPresenter
    read_button: Button
    reading_job = False

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
        empty = SchemasEmpty(writable=self.presenter.writable, offers=offers)
        empty.read_wanted.connect(self._read_documents)
        self.read_button.hide()
        self.header.set_sub("No catalogs yet")
        return empty

    def _read_again(self) -> None:
        self._read_documents({})

    def _read_documents(self, files: Mapping[Side, Sequence[str]]) -> None:
        self.reading_job = True
        self.read_button.setEnabled(False)
        work = self.presenter.reader(files)
        self.context.jobs.start("Read the documents", work, self._was_read, self._not_read)

    def _read_sample(self) -> None:
        if self.presenter.writable:
            self._read_documents(self.presenter.sample())

    def _open_lifecycle(self) -> None:
        self.context.shell.open_page("lifecycle")

    def _was_read(self, changes: ChangeSet) -> None:
        self.reading_job = False
        self.context.shell.changed(changes)

    def _not_read(self, error: BaseException) -> None:
        self.reading_job = False
        self.read_button.setEnabled(self.presenter.writable)
        self.refused(error)
