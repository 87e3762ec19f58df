"""A themed application, projects to show, and a check that no test leaves anything behind."""

from __future__ import annotations

import gc
import os
import shutil
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

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


@pytest.fixture(scope="module", autouse=True)
def only_this_modules_objects_are_searched() -> None:
    """Collecting after every test would else walk all that earlier modules keep alive."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def nothing_left(themed: None, qapp: QApplication) -> Iterator[None]:
    before = set(map(id, qapp.topLevelWidgets()))
    threads = _own_threads()
    yield
    gc.collect()
    for _ in range(3):
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        QCoreApplication.processEvents()
    left = [w for w in qapp.topLevelWidgets() if id(w) not in before and w.isVisible()]
    assert not left, f"widgets left open: {left}"
    assert _own_threads() <= threads


def _own_threads() -> int:
    """Python's threads; of a QThread that ended, Python keeps a stand-in, which is none."""
    stand_in = threading._DummyThread  # type: ignore[attr-defined]
    return sum(not isinstance(thread, stand_in) for thread in threading.enumerate())


@pytest.fixture
def jobs(qapp: QApplication) -> Iterator[JobCentre]:
    centre = JobCentre()
    yield centre
    centre.close()
    centre.deleteLater()


@pytest.fixture(scope="session", autouse=True)
def own_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep anchors and logs of the tests out of the person's profile."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CASELOAD_HOME", str(tmp_path_factory.mktemp("home")))
        patch.delenv("CASELOAD_PROJECT", raising=False)
        patch.delenv("SOURCE_DATE_EPOCH", raising=False)
        yield


@pytest.fixture(scope="session")
def new_template(tmp_path_factory: pytest.TempPathFactory, own_folder: None) -> Path:
    """A demo project that never ran; copy it."""
    from caseload.services.session import create_demo

    folder = tmp_path_factory.mktemp("new") / "qvh"
    create_demo(folder, actor="anna").close()
    return folder


@pytest.fixture(scope="session")
def demo_template(tmp_path_factory: pytest.TempPathFactory, new_template: Path) -> Path:
    """A demo project with faults that ran twice, the second time from the migration; copy it."""
    from caseload.model.progress import CancelToken
    from caseload.model.stage import Stage, StageOptions
    from caseload.services.session import open_project
    from caseload.services.stages import run_lifecycle

    folder = tmp_path_factory.mktemp("demo") / "qvh"
    shutil.copytree(new_template, folder)
    options = StageOptions(rows=20, seed=42, faults=3.0)
    with open_project(folder, actor="anna") as session:
        for first, mode in ((None, "strict"), (Stage.RUN_CONTRACT_MIGRATION, "pre_production")):
            run_lifecycle(
                session,
                replace(options, impute_mode=mode),
                first=first,
                progress=NoProgress(),
                cancel=CancelToken(),
                in_child=True,
            )
    return folder


class NoProgress:
    """Takes a run's progress and keeps none of it."""

    def report(self, fraction: float, message: str = "", table: str = "") -> None: ...

    def log(self, message: str, *, level: str = "info", table: str = "") -> None: ...

    def stage_started(self, stage: object) -> None: ...

    def stage_finished(self, stage: object, result: object) -> None: ...


class Desk:
    """The real window on a project; `open` shows a page and waits until it is filled."""

    def __init__(self, folder: Path, jobs: JobCentre, *, read_only: bool = False) -> None:
        from caseload.gui.garbage import IdleCollector
        from caseload.gui.pages.base import Context
        from caseload.gui.project_source import ProjectSource
        from caseload.gui.shell.window import MainWindow
        from caseload.services.session import open_project

        self.jobs = jobs
        self._garbage = IdleCollector(jobs)
        self.session = open_project(folder, read_only=read_only, actor="anna")
        self.window = MainWindow(jobs)
        self.window.resize(1440, 900)
        context = Context(self.session, jobs, self.window)
        self.window.show_project(ProjectSource(self.session), context, self._run)
        self.window.show()
        self.settle()

    def _run(self, name: str, _filters: Mapping[str, str]) -> None:
        self.window.open_page("lifecycle", {"run": name})

    def open(self, page_id: str, **filters: str) -> Any:
        self.window.open_page(page_id, filters or None)
        self.settle()
        return self.window.pages.page

    def settle(self) -> None:
        """Wait until nothing is asked any more."""
        for _ in range(3):
            assert self.jobs.wait_idle(60_000)
            QCoreApplication.processEvents()

    def close(self) -> None:
        self.window.close()
        self.window.deleteLater()
        self._garbage.close()
        self.session.close()


@pytest.fixture
def desk(
    jobs: JobCentre, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Callable[..., Desk]]:
    """Makes the window on a copy of a template ("demo" ran twice, "new" never ran)."""
    made: list[Desk] = []

    def make(template: str = "demo", *, read_only: bool = False) -> Desk:
        folder = tmp_path / f"{template}{len(made)}"
        shutil.copytree(request.getfixturevalue(f"{template}_template"), folder)
        made.append(Desk(folder, jobs, read_only=read_only))
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.fixture
def project(demo_template: Path, tmp_path: Path) -> Path:
    """A folder with the project that ran twice, for the test to change."""
    return Path(shutil.copytree(demo_template, tmp_path / "qvh"))
