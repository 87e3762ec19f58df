"""Starts the window: application, theme, project; heavy layers load after it is on screen."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from caseload.gui.garbage import IdleCollector
from caseload.gui.memory import Memory
from caseload.gui.opener import Opener
from caseload.gui.shell.window import MainWindow
from caseload.gui.stopping import StopSignals
from caseload.gui.theme import Mode, themes
from caseload.gui.work import JobCentre

if TYPE_CHECKING:
    from collections.abc import Mapping

    from caseload.services.session import ProjectSession

SMALLEST = (1100, 700)
USUAL = (1440, 900)
INTERPRETER_TURN_S = 0.0005
"""After so long a worker gives the interpreter to the window that waits for it.

A repaint asks for it many times; at Python's own 5 ms a busy worker makes each of them late.
"""


class Caseload(QObject):
    """The window and the project it holds open.

    `open_later` opens a project as soon as the window is on screen.
    """

    def __init__(self, memory: Memory) -> None:
        super().__init__()
        sys.setswitchinterval(INTERPRETER_TURN_S)
        self.memory = memory
        self.jobs = JobCentre()
        self.window = MainWindow(self.jobs, memory)
        self.session: ProjectSession | None = None
        self._wanted: Path | None = None
        self._garbage = IdleCollector(self.jobs, self)
        self.window.again_wanted.connect(self._open_again)
        width, height = memory.get("size", USUAL)
        self.window.resize(max(int(width), SMALLEST[0]), max(int(height), SMALLEST[1]))

    def open_later(self, folder: Path | None) -> None:
        """Show the project of `folder`, or the welcome when it is None."""
        self._wanted = folder
        QTimer.singleShot(0, self, self._begin)

    def _begin(self) -> None:
        self._garbage.watch(self.window.windowHandle())
        folder = self._wanted
        if folder is None:
            self.show_welcome()
            return
        self.jobs.query(Opener(folder).open, self.show_session, self._refused, key="app.open")

    def _open_again(self) -> None:
        """Open the project that can only be read once more, perhaps to write this time."""
        if self.session is not None:
            work = Opener(self.session.folder).open
            self.jobs.query(work, self._opened_again, self.window.refused, key="app.open")

    def _opened_again(self, session: ProjectSession) -> None:
        if session.read_only:
            session.close()
            self.window.toast("Still open elsewhere: nothing can be changed yet", "info")
        else:
            self.show_session(session)

    def show_session(self, session: ProjectSession) -> None:
        """Show an open project; the one before is closed."""
        from caseload.gui.pages.base import Context
        from caseload.gui.project_source import ProjectSource

        self._close_session()
        self.session = session
        context = Context(session, self.jobs, self.window)
        self.window.show_project(ProjectSource(session), context, self._run)

    def show_welcome(self) -> None:
        """Offer a project to begin with."""
        from caseload.gui.shell.welcome import Welcome

        self.window.show_welcome(Welcome(self.jobs, self.window, self.show_session))

    def defect(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        """Tell of an error that nobody foresaw; the window lives on."""
        sys.__excepthook__(kind, error, trace)
        self.window.refused(error)

    def close(self) -> None:
        """Let the project go; the window has stopped its work by then."""
        self.jobs.close()
        self._garbage.close()
        self._close_session()

    def _close_session(self) -> None:
        if self.session is not None:
            self.session.close()
            self.session = None

    def _run(self, name: str, _filters: Mapping[str, str]) -> None:
        self.window.open_page("lifecycle", {"run": name})

    def _refused(self, error: BaseException) -> None:
        self.show_welcome()
        self.window.refused(error)


def make_application(mode: Mode | str = Mode.SYSTEM) -> QApplication:
    """The one QApplication of the process, with fonts and theme."""
    existing = QApplication.instance()
    app = existing if isinstance(existing, QApplication) else QApplication(sys.argv[:1])
    app.setApplicationName("Caseload")
    QGuiApplication.setDesktopFileName("caseload")
    switch = themes()
    if not switch.installed:
        switch.install(app, mode)
    else:
        switch.show(mode)
    return app


def main(folder: Path | None) -> int:
    """Show the window until it is closed; returns the exit code."""
    from caseload.services.surroundings import own_folder

    if sys.platform.startswith("linux") and not _has_display():
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    memory = Memory(own_folder() / "window.json")
    app = make_application(memory.get("theme", Mode.SYSTEM.value))
    caseload = Caseload(memory)
    caseload.window.show()
    caseload.open_later(folder)
    stops = StopSignals(caseload.window)
    sys.excepthook = caseload.defect
    code = app.exec()
    sys.excepthook = sys.__excepthook__
    stops.close()
    caseload.close()
    return int(code)


def _has_display() -> bool:
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
