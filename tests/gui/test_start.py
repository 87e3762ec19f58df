"""Starting and stopping the whole program: project, lock, welcome, pictures, signals."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QTimer
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QApplication, QFileDialog

from caseload.gui import screenshots
from caseload.gui.app import Caseload
from caseload.gui.components.button import Button
from caseload.gui.components.label import ElidedLabel, Label, Link
from caseload.gui.memory import Memory
from caseload.gui.opener import Opener
from caseload.gui.project_source import ProjectSource
from caseload.gui.shell.welcome import Welcome
from caseload.gui.stopping import StopSignals
from caseload.model.errors import BadInput
from caseload.services.session import create_project, open_project

HOLD = """
import sys
from pathlib import Path
from caseload.services.session import open_project
with open_project(Path(sys.argv[1]), actor="jonas"):
    print("held", flush=True)
    sys.stdin.readline()
"""


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A project without any document."""
    folder = tmp_path / "small"
    create_project(folder, name="Trial load 1", actor="anna").close()
    return folder


@pytest.fixture
def held(small: Path) -> Iterator[Callable[[], None]]:
    """The small project is open in another process, until called."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(small)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"

    def release() -> None:
        process.communicate("\n", timeout=30)

    yield release
    if process.poll() is None:
        release()


@pytest.fixture
def program(qapp: QApplication) -> Iterator[Caseload]:
    made = Caseload(Memory())
    made.window.show()
    yield made
    made.window.close()
    made.close()
    made.window.deleteLater()


def settle(program: Caseload) -> None:
    for _ in range(4):
        QApplication.processEvents()
        assert program.jobs.wait_idle(60_000)


def said(program: Caseload) -> str:
    window = program.window
    labels = [*window.findChildren(Label), *window.findChildren(ElidedLabel)]
    return " ".join(label.text() for label in labels if label.isVisible() and label.text())


def test_a_project_opens_on_its_first_page(program: Caseload, small: Path) -> None:
    program.open_later(small)
    settle(program)
    assert program.session is not None
    assert not program.session.read_only
    assert program.window.windowTitle() == "Trial load 1 – Caseload"
    page = program.window.pages.page
    assert page is not None
    assert page.page_id == "overview"
    assert page.state != "loading"


def test_a_project_held_by_another_process_opens_to_read_and_says_who_has_it(
    program: Caseload, small: Path, held: Callable[[], None]
) -> None:
    program.open_later(small)
    settle(program)
    assert program.session is not None
    assert program.session.read_only
    assert "Read only." in said(program)
    assert "jonas has it open." in said(program)
    (again,) = [b for b in program.window.banner.findChildren(Button) if b.text() == "Try again"]
    again.click()
    settle(program)
    assert program.session.read_only
    assert "Still open elsewhere" in said(program)
    held()
    again.click()
    settle(program)
    assert not program.session.read_only
    assert program.window.banner.isHidden()


def test_a_folder_that_cannot_be_written_to_opens_to_read(
    small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from caseload.model.errors import EnvironmentTrouble
    from caseload.services import session

    whole = session.open_project

    def refusing(folder: Path, *, read_only: bool = False) -> object:
        if not read_only:
            raise EnvironmentTrouble("The project folder cannot be written to")
        return whole(folder, read_only=True)

    monkeypatch.setattr(session, "open_project", refusing)
    with Opener(small).open() as opened:
        assert opened.read_only


def test_a_folder_without_a_project_is_refused_with_its_reason(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no Caseload project"):
        Opener(tmp_path).open()


def test_without_a_project_the_window_offers_three_ways_to_one(program: Caseload) -> None:
    program.open_later(None)
    settle(program)
    assert "Open a project" in said(program)
    links = [link.text() for link in program.window.findChildren(Link) if link.isVisible()]
    assert links == ["Make the example project", "Choose a folder"]
    assert program.window.rail.isHidden()
    assert "Offline project" not in said(program)


def test_a_folder_that_does_not_open_leaves_the_welcome_and_says_why(
    program: Caseload, tmp_path: Path
) -> None:
    program.open_later(tmp_path)
    settle(program)
    assert "Open a project" in said(program)
    assert "There is no Caseload project here" in said(program)


def test_the_welcome_makes_a_new_project_and_shows_it(
    program: Caseload, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "new"
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(folder))
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: ([], ""))
    program.open_later(None)
    settle(program)
    (welcome,) = program.window.findChildren(Welcome)
    welcome._new()
    assert not welcome.isEnabled(), "once is enough"
    settle(program)
    assert program.session is not None
    assert program.session.folder == folder
    assert program.window.rail.isVisible()


def test_a_project_opened_after_another_lets_the_first_go(
    program: Caseload, small: Path, project: Path
) -> None:
    program.show_session(open_project(small, actor="anna"))
    settle(program)
    program.show_session(open_project(project, actor="anna"))
    settle(program)
    open_project(small, actor="anna").close()
    page = program.window.pages.page
    assert page is not None
    assert page.state == "full"


def test_closing_while_a_stage_runs_stops_it_lets_the_lock_go_and_leaves_no_thread(
    program: Caseload, project: Path
) -> None:
    before = threading.active_count()
    program.show_session(open_project(project, actor="anna"))
    settle_page = program.window.pages
    settle(program)
    program.window.open_page("lifecycle", {"run": "all"})
    deadline = time.monotonic() + 30
    while not any(job.fraction > 0 for job in program.jobs.jobs):
        assert time.monotonic() < deadline
        QApplication.processEvents()
    assert settle_page.page is not None
    program.window.close()
    program.close()
    assert not any(lane.isRunning() for lane in program.jobs._lanes.values())
    assert threading.active_count() <= before + 3, "only stand-ins of ended threads"
    with open_project(project, actor="anna") as again:
        assert not again.read_only


def test_a_defect_is_told_with_details_to_copy_and_the_window_lives_on(
    program: Caseload, capsys: pytest.CaptureFixture[str]
) -> None:
    program.open_later(None)
    settle(program)
    try:
        {}["missing"]
    except KeyError as error:
        program.defect(KeyError, error, error.__traceback__)
    assert "Something went wrong inside Caseload" in said(program)
    (copy,) = [x for x in program.window.findChildren(Link) if x.text() == "Copy details"]
    copy.click()
    assert "KeyError" in QGuiApplication.clipboard().text()
    assert "KeyError" in capsys.readouterr().err
    assert program.window.isVisible()


def test_a_signal_closes_the_window_in_order(program: Caseload) -> None:
    stops = StopSignals(program.window)
    try:
        QTimer.singleShot(20, lambda: os.kill(os.getpid(), signal.SIGTERM))
        deadline = time.monotonic() + 10
        while program.window.isVisible():
            assert time.monotonic() < deadline
            QApplication.processEvents()
    finally:
        stops.close()


@pytest.mark.slow
def test_pictures_of_a_project_are_written_in_both_themes_and_it_stays_as_it_is(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {path: path.read_bytes() for path in small.rglob("*.caseload")}
    assert screenshots.main(small, tmp_path / "shots") == 0
    pictures = sorted((tmp_path / "shots").glob("*.png"))
    names = {path.stem for path in pictures}
    for name in ("welcome", "overview-full", "schemas-empty", "palette", "overview-1920"):
        assert {f"{name}-light", f"{name}-dark"} <= names
    sizes = {(QImage(str(path)).width(), QImage(str(path)).height()) for path in pictures}
    assert sizes == {(1440, 900), (1920, 1080)}
    light, dark = (QImage(str(tmp_path / "shots" / f"welcome-{m}.png")) for m in ("light", "dark"))
    assert light.pixelColor(700, 800).lightness() > 200
    assert dark.pixelColor(700, 800).lightness() < 50
    assert {path: path.read_bytes() for path in small.rglob("*.caseload")} == before


def test_the_palette_searches_the_real_project_by_group_and_fast(project: Path) -> None:
    with open_project(project, read_only=True) as session:
        source = ProjectSource(session)
        source.search("warm up", 60)
        started = time.perf_counter()
        hits = source.search("adm", 60)
        took = time.perf_counter() - started
        kinds = list(dict.fromkeys(hit.kind for hit in hits))
        assert kinds == ["Tables", "Mappings", "Source fields"]
        tables = [hit for hit in hits if hit.kind == "Tables"]
        assert {hit.where for hit in tables} == {"Source", "Target"}
        assert all(hit.filters for hit in hits)
        assert took < 0.5
        assert source.search("   ", 60) == []


def test_nothing_heavy_is_loaded_to_show_the_window() -> None:
    """Pages, engine, store and numbers come after the window is on screen."""
    code = (
        "import sys, caseload.gui.app;"
        "print(*sorted({'duckdb','numpy','sqlalchemy','pysqlite3','scipy','PySide6.QtCharts',"
        "'rapidfuzz','sqlglot','caseload.gui.pages.schemas'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


@pytest.fixture(autouse=True)
def flushed() -> Iterator[None]:
    yield
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
