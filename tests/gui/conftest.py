"""A themed application, and a check that no test leaves widgets or threads behind."""

from __future__ import annotations

import gc
import os
import threading
from collections.abc import Iterator

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_QUICK_BACKEND", "software")

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication

from caseload.gui.theme import Mode, themes
from caseload.gui.work import JobCentre


@pytest.fixture(scope="session")
def qapp_args() -> list[str]:
    return ["caseload-tests"]


@pytest.fixture(autouse=True)
def themed(qapp: QApplication) -> None:
    switch = themes()
    if not switch.installed:
        switch.install(qapp, Mode.LIGHT)
    switch.reduced_motion = True
    if switch.mode is not Mode.LIGHT:
        switch.show(Mode.LIGHT)


@pytest.fixture(autouse=True)
def nothing_left(themed: None, qapp: QApplication) -> Iterator[None]:
    before = set(map(id, qapp.topLevelWidgets()))
    threads = threading.active_count()
    yield
    gc.collect()
    for _ in range(3):
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        QCoreApplication.processEvents()
    left = [w for w in qapp.topLevelWidgets() if id(w) not in before and w.isVisible()]
    assert not left, f"widgets left open: {left}"
    assert threading.active_count() <= threads


@pytest.fixture
def jobs(qapp: QApplication) -> Iterator[JobCentre]:
    centre = JobCentre()
    yield centre
    centre.close()
    centre.deleteLater()
