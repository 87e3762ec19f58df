"""Draws every page and its states in both themes as PNG, always the same way."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from caseload.gui.app import Caseload
    from caseload.services.session import ProjectSession

SIZE = (1440, 900)
LARGE = (1920, 1080)
IDLE_MS = 60_000
QUIET_MS = 100


def main(project: Path, folder: Path) -> int:
    """Write PAGE-STATE-THEME.png files of a project into `folder`; returns the exit code.

    The pictures are taken of a real window over the real project, without a display and
    without motion.  Nothing in the project is changed.
    """
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from caseload.gui.app import Caseload, make_application
    from caseload.gui.memory import Memory
    from caseload.gui.opener import Opener
    from caseload.gui.theme import Mode, themes

    folder.mkdir(parents=True, exist_ok=True)
    themes().reduced_motion = True
    make_application(Mode.LIGHT)
    session = Opener(project).open()
    caseload = Caseload(Memory())
    caseload.window.resize(*SIZE)
    caseload.window.show()
    modes = (Mode.LIGHT, Mode.DARK)
    try:
        caseload.show_welcome()
        for mode in modes:
            themes().show(mode)
            _settle(caseload)
            _save(caseload, folder / f"welcome-{mode.value}.png")
        for mode in modes:
            themes().show(mode)
            for name in _pictures(caseload, session):
                _save(caseload, folder / f"{name}-{mode.value}.png")
    finally:
        caseload.window.close()
        caseload.close()
    return 0


def _pictures(caseload: Caseload, session: ProjectSession) -> Iterator[str]:
    """Bring about one state after the other; yields its name when it stands.

    Pages are made anew for each theme, so that both are drawn of the same.
    """
    window = caseload.window
    window.resize(*SIZE)
    if caseload.session is None:
        caseload.show_session(session)
    else:
        window.inspect(None)
        window.pages.clear()
    for entry in window.shown_entries:
        page = window.pages.open_page(entry.page_id)
        if page is None:
            continue
        _settle(caseload)
        for state, bring_about in page.states_for_screenshots():
            window.inspect(None)
            bring_about()
            if state != "loading":
                _settle(caseload)
            yield f"{entry.page_id}-{state}"
        page.show_full()
        page.refresh(None)
        _settle(caseload)
    window.inspect(None)
    window.open_page(window.shown_entries[0].page_id)
    _settle(caseload)
    window.open_palette()
    window.palette_overlay.line.setText("adm")
    _settle(caseload)
    yield "palette"
    window.palette_overlay.close_overlay()
    window.resize(*LARGE)
    _settle(caseload)
    yield "overview-1920"
    page = window.pages.open_page("erd")
    if page is not None:
        _settle(caseload)
        page.states_for_screenshots()[0][1]()
        _settle(caseload)
        yield "erd-1920"


def _settle(caseload: Caseload) -> None:
    """Let timers and workers run until nothing waits."""
    from PySide6.QtCore import QDeadlineTimer, QEventLoop
    from PySide6.QtWidgets import QApplication

    deadline = QDeadlineTimer(IDLE_MS)
    quiet = QDeadlineTimer(QUIET_MS)
    while not (quiet.hasExpired() or deadline.hasExpired()):
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 20)
        if caseload.jobs.busy:
            quiet.setRemainingTime(QUIET_MS)


def _save(caseload: Caseload, path: Path) -> None:
    from PySide6.QtWidgets import QApplication

    from caseload.model.errors import EnvironmentTrouble

    QApplication.sendPostedEvents()
    QApplication.processEvents()
    if not caseload.window.grab().save(str(path)):
        raise EnvironmentTrouble(
            "A picture could not be written", where=str(path), remedy="Check the folder"
        )
