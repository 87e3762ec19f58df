"""What the window shows without a project: open one, make one, or try the shipped example."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QVBoxLayout, QWidget

from caseload.gui.components.states import EmptyState, Offer
from caseload.gui.opener import Opener
from caseload.gui.work import JobCentre, told

if TYPE_CHECKING:
    from caseload.services.session import ProjectSession


class Says(Protocol):
    """Who can tell the person that something did not go through."""

    def toast(self, message: str, kind: str = "ok") -> None:
        """Say it."""


class Welcome(QWidget):
    """Three ways to a project; `opened` takes the session that comes of it."""

    def __init__(
        self,
        jobs: JobCentre,
        says: Says,
        opened: Callable[[ProjectSession], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._says = says
        self._opened = opened
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(
            EmptyState(
                "Open a project",
                "A project is a folder with one project file. It holds the spec documents, every "
                "mapping decision, every run and the audit, and it never leaves this machine.",
                button="Open project folder",
                button_icon="folder-open",
                on_button=self._open,
                offers=(
                    Offer(
                        "package",
                        "Try the example",
                        "A fictional trust's documents: a dictionary of 417 tables and a guide of "
                        "38 load tables.",
                        "Make the example project",
                        self._demo,
                    ),
                    Offer(
                        "file-plus-2",
                        "New project",
                        "Choose an empty folder, then the old system's dictionary and the new "
                        "one's migration guide.",
                        "Choose a folder",
                        self._new,
                    ),
                ),
            )
        )

    def _folder(self, title: str) -> Path | None:
        chosen = QFileDialog.getExistingDirectory(self, title)
        return Path(chosen) if chosen else None

    def _open(self) -> None:
        folder = self._folder("Open project folder")
        if folder is not None:
            self._go(Opener(folder).open)

    def _demo(self) -> None:
        from caseload.services.session import create_demo

        folder = self._folder("An empty folder for the example")
        if folder is not None:
            self._go(partial(create_demo, folder))

    def _new(self) -> None:
        from caseload.gui.pages.schemas_empty import PATTERNS
        from caseload.services.session import create_project

        folder = self._folder("An empty folder for the project")
        if folder is None:
            return
        source, _ = QFileDialog.getOpenFileNames(self, "The old system's documents", "", PATTERNS)
        target, _ = QFileDialog.getOpenFileNames(self, "The new system's documents", "", PATTERNS)
        self._go(
            partial(
                create_project,
                folder,
                source_specs=tuple(map(Path, source)),
                target_specs=tuple(map(Path, target)),
            )
        )

    def _go(self, work: Callable[[], ProjectSession]) -> None:
        self.setEnabled(False)
        self.setCursor(Qt.CursorShape.BusyCursor)
        self._jobs.command(work, self._opened, self._refused)

    def _refused(self, error: BaseException) -> None:
        self.setEnabled(True)
        self.unsetCursor()
        self._says.toast(told(error), "error")
