"""The frame around the pages: palette, keys, rail, header, banner, tray, toasts, focus."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import gallery
import pytest
from pictures import gallery_entries
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QWidget

from caseload.gui import fuzzy
from caseload.gui.components.button import Button
from caseload.gui.components.label import ElidedLabel, Label
from caseload.gui.memory import Memory
from caseload.gui.pages.base import Context
from caseload.gui.shell.header import state_pills
from caseload.gui.shell.overlay import KeyList
from caseload.gui.shell.palette import Entry, rank
from caseload.gui.shell.rail import RailItem
from caseload.gui.shell.tray import JobRow, ProblemRow
from caseload.gui.shell.window import MainWindow
from caseload.gui.theme import themes
from caseload.gui.work import JobCentre
from caseload.model.progress import CancelToken, Progress
from caseload.model.stage import RunState

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


class Frame:
    """A window over a project of few facts, as a person finds it."""

    def __init__(self, jobs: JobCentre, memory: Memory | None = None) -> None:
        self.jobs = jobs
        self.source = gallery.Memory()
        self.ran: list[str] = []
        self.window = MainWindow(jobs, memory, gallery_entries())
        self.window.resize(1440, 900)
        context = Context(self.source, jobs, self.window)
        self.window.show_project(self.source, context, lambda name, _filters: self.ran.append(name))
        self.window.show()
        self.window.activateWindow()
        self.settle()

    def settle(self) -> None:
        for _ in range(3):
            assert self.jobs.wait_idle()
            QApplication.processEvents()

    def key(self, key: Qt.Key, keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """Press a key as the system hands it to the window."""
        QTest.keyClick(self.window.windowHandle(), key, keys)
        self.settle()

    def type(self, words: str) -> None:
        QTest.keyClicks(QApplication.focusWidget(), words)
        time.sleep(0.07)
        self.settle()

    def reload(self) -> None:
        self.window.refresh_header()
        self.settle()

    @property
    def results(self) -> list[str]:
        rows = self.window.palette_overlay._results._rows
        return [row if isinstance(row, str) else row.entry.title for row in rows]

    @property
    def ring(self) -> QWidget:
        return self.window._ring

    @property
    def page(self) -> str:
        shown = self.window.pages.page
        return shown.page_id if shown is not None else ""

    def toasts(self) -> list[str]:
        return [toast.accessibleName() for toast in self.window._toasts.toasts]


@pytest.fixture
def frame(jobs: JobCentre) -> Iterator[Frame]:
    made = Frame(jobs)
    yield made
    made.window.close()
    made.window.deleteLater()


def said(widget: QWidget) -> str:
    labels = [*widget.findChildren(Label), *widget.findChildren(ElidedLabel)]
    return " ".join(label.text() for label in labels if not label.isHidden() and label.text())


# -- palette ------------------------------------------------------------------------------


def test_ctrl_k_finds_a_field_by_a_few_letters_and_enter_opens_its_page(frame: Frame) -> None:
    frame.key(Qt.Key.Key_K, CTRL)
    assert isinstance(QApplication.focusWidget(), QLineEdit)
    assert frame.results[:2] == ["Pages", "Overview"]
    frame.type("discharge_m")
    assert frame.results == ["Fields", "DISCHARGE_METHOD", "Tables", "LOAD_ADT_ADMISSIONS"]
    frame.key(Qt.Key.Key_Return)
    assert frame.page == "grid"
    assert frame.window.palette_overlay.isHidden()


def test_arrows_move_over_the_headings_of_groups(frame: Frame) -> None:
    frame.key(Qt.Key.Key_K, CTRL)
    frame.type("discharge_m")
    frame.key(Qt.Key.Key_Down)
    chosen = frame.window.palette_overlay._results.current()
    assert chosen is not None
    assert chosen.title == "LOAD_ADT_ADMISSIONS"
    spoken = frame.window.palette_overlay._results.accessibleDescription()
    assert spoken.startswith("LOAD_ADT_ADMISSIONS")


def test_esc_and_ctrl_k_close_the_palette_and_give_the_focus_back(frame: Frame) -> None:
    frame.window.open_page("grid")
    frame.settle()
    frame.key(Qt.Key.Key_F, CTRL)
    field = QApplication.focusWidget()
    for closing in ((Qt.Key.Key_Escape,), (Qt.Key.Key_K, CTRL)):
        frame.key(Qt.Key.Key_K, CTRL)
        assert frame.window.palette_overlay.isVisible()
        frame.key(*closing)
        assert frame.window.palette_overlay.isHidden()
        assert QApplication.focusWidget() is field


def test_an_action_of_the_palette_is_done(frame: Frame) -> None:
    frame.key(Qt.Key.Key_K, CTRL)
    frame.type(">dark")
    assert frame.results == ["Actions", "Dark theme"]
    frame.key(Qt.Key.Key_Return)
    assert themes().current.dark


def test_what_answers_the_words_stays_though_its_name_does_not_match() -> None:
    def nothing() -> None: ...

    pages = [Entry("Pages", "house", "Overview", nothing)]
    answers = [
        Entry("Source fields", "table-2", "OldNhsNo", nothing),
        Entry("Mappings", "table-2", "NHS_NUMBER", nothing),
    ]
    found = rank(pages, "nhs number", answers)
    assert [(kind, count) for kind, count, _ in found] == [("Mappings", 1), ("Source fields", 1)]
    assert [kind for kind, _, _ in rank(pages, "#nhs number", answers)] == [
        "Mappings",
        "Source fields",
    ]
    assert rank([*pages, *answers], "zzz") == []


@pytest.mark.parametrize(
    ("wanted", "better", "worse"),
    [
        ("adm", "ADMITDISCH", "PREADMIT"),
        ("date", "AdmDate", "UPDATED"),
        ("ward", "WARD", "WARDSTAY"),
        ("admdt", "AdmDate", "ADMITDISCHDATETIME"),
    ],
)
def test_names_that_begin_with_the_words_come_first(wanted: str, better: str, worse: str) -> None:
    first, second = fuzzy.match(wanted, better), fuzzy.match(wanted, worse)
    assert first is not None
    assert second is None or first[0] > second[0]


def test_under_the_palette_the_keys_of_the_window_rest(frame: Frame) -> None:
    frame.key(Qt.Key.Key_K, CTRL)
    frame.key(Qt.Key.Key_2, CTRL)
    assert frame.page == "cards"
    frame.key(Qt.Key.Key_Escape)
    frame.key(Qt.Key.Key_2, CTRL)
    assert frame.page != "cards"


# -- keys ---------------------------------------------------------------------------------


def test_f1_lists_the_keys_of_the_page_and_of_the_window(frame: Frame) -> None:
    frame.window.open_page("grid")
    frame.settle()
    frame.key(Qt.Key.Key_F1)
    keys = frame.window.findChild(KeyList)
    assert keys is not None
    words = said(keys)
    for wanted in ("Approve the selected mappings", "Filter this page", "Search everything"):
        assert wanted in words
    frame.key(Qt.Key.Key_F1)
    assert frame.window.findChild(KeyList) is None


def test_ctrl_f_goes_to_the_filter_of_the_page(frame: Frame) -> None:
    frame.window.open_page("grid")
    frame.settle()
    page = frame.window.pages.page
    assert isinstance(page, gallery.GridPage)
    frame.key(Qt.Key.Key_F, CTRL)
    assert page.search.hasFocus()
    frame.type("ward")
    frame.settle()
    assert page.model.rowCount() == 25
    assert all("WARD" in row.field for row in page.model.rows)


def test_ctrl_z_undoes_and_says_so(frame: Frame) -> None:
    frame.key(Qt.Key.Key_Z, CTRL)
    assert frame.source.undone == 1
    assert frame.toasts() == ["Approval taken back"]


def test_undo_in_a_toast_undoes(frame: Frame) -> None:
    toast = frame.window._toasts.say("12 approved", action="Undo", on_action=frame.window.undo)
    toast._act()
    frame.settle()
    assert frame.source.undone == 1


# -- focus --------------------------------------------------------------------------------


def test_the_focus_ring_shows_after_tab_and_goes_with_the_mouse(frame: Frame) -> None:
    assert frame.ring.isHidden()
    frame.key(Qt.Key.Key_Tab)
    frame.key(Qt.Key.Key_Tab)
    assert frame.ring.isVisible()
    focus = QApplication.focusWidget()
    at = focus.mapTo(frame.window, QPoint(0, 0))
    assert frame.ring.geometry().contains(at)
    handle = frame.window.windowHandle()
    QTest.mouseClick(handle, Qt.MouseButton.LeftButton, pos=QPoint(700, 880))
    assert frame.ring.isHidden()


def test_no_ring_shows_when_the_palette_is_left_by_the_mouse_or_a_page_opened(
    frame: Frame,
) -> None:
    frame.key(Qt.Key.Key_K, CTRL)
    handle = frame.window.windowHandle()
    QTest.mouseClick(handle, Qt.MouseButton.LeftButton, pos=QPoint(60, 700))
    frame.settle()
    assert frame.window.palette_overlay.isHidden()
    assert frame.ring.isHidden()
    frame.key(Qt.Key.Key_2, CTRL)
    assert frame.ring.isHidden()


def test_tab_reaches_every_part_of_the_window_and_comes_round(frame: Frame) -> None:
    seen: list[QWidget] = []
    for _ in range(80):
        frame.window.focusNextPrevChild(True)
        focus = QApplication.focusWidget()
        if focus in seen:
            break
        seen.append(focus)
    names = [widget.accessibleName() for widget in seen]
    assert "Search everything, Ctrl K" in names
    assert "Overview" in names
    assert "No jobs running" in names


def test_whatever_takes_the_focus_has_a_name_to_read_out(frame: Frame) -> None:
    frame.window.tray.show_problems()
    for page_id in ("cards", "grid"):
        frame.window.open_page(page_id)
        frame.settle()
        nameless = [
            widget
            for widget in frame.window.findChildren(QWidget)
            if widget.isVisible()
            and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
            and not (widget.accessibleName() or getattr(widget, "text", str)())
        ]
        assert nameless == []


# -- rail, header, banner -----------------------------------------------------------------


def rail_items(frame: Frame) -> dict[str, RailItem]:
    return {item.key: item for item in frame.window.rail.findChildren(RailItem) if item.key}


def test_the_rail_folds_by_hand_is_remembered_and_says_names_when_folded(jobs: JobCentre) -> None:
    memory = Memory()
    first = Frame(jobs, memory)
    first.key(Qt.Key.Key_B, CTRL)
    assert first.window.rail.folded
    assert rail_items(first)["grid"].toolTip() == "Mappings"
    again = Frame(jobs, memory)
    assert again.window.rail.folded
    for each in (first, again):
        each.window.close()
        each.window.deleteLater()


def test_the_rail_folds_where_there_is_no_room(frame: Frame) -> None:
    frame.window.resize(1000, 700)
    assert frame.window.rail.folded
    frame.window.resize(1440, 900)
    assert not frame.window.rail.folded
    frame.window.open_page("grid")
    assert frame.window.rail.folded, "grid pages need the room"


def test_counts_on_the_rail_are_said_in_words(frame: Frame) -> None:
    frame.source.badges = lambda: {"grid": gallery.Badge(14, "warn", "to review")}
    frame.reload()
    assert rail_items(frame)["grid"].accessibleName() == "Mappings, 14 to review"
    frame.source.badges = dict
    frame.reload()
    assert rail_items(frame)["grid"].accessibleName() == "Mappings"


def test_the_header_says_where_and_who_one_is(frame: Frame) -> None:
    names = [widget.accessibleName() for widget in frame.window.header.findChildren(QWidget)]
    assert "Quarry Vale Hospitals, PAS replacement, Trial load 3" in names
    assert "Amara Osei, Data Architect" in names
    assert frame.window.windowTitle() == "Trial load 3 – Caseload"


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({}, ["Contract v14", "Run 31 · ledger ties", "Gate: 7 of 9"]),
        ({"contract_version": None, "last_run": None}, ["No contract", "No runs"]),
        ({"last_run_state": RunState.INTERRUPTED}, "Run 31 · interrupted"),
        ({"last_run_state": RunState.RUNNING}, "Run 31 · running"),
        ({"ledger_ties": False}, "Run 31 · ledger open"),
        ({"last_run_state": RunState.FAILED, "ledger_ties": None}, "Run 31 · failed"),
        ({"gates_passed": 9}, "Gate: 9 of 9"),
    ],
)
def test_the_state_of_the_project_in_pills(changes: dict[str, object], wanted: object) -> None:
    from dataclasses import replace

    header = replace(gallery.Memory().header(), **changes)  # type: ignore[arg-type]
    shown = [pill.words for pill in state_pills(header)]
    assert shown == wanted if isinstance(wanted, list) else wanted in shown


def test_a_read_only_project_says_who_has_it_and_lets_one_try_again(frame: Frame) -> None:
    asked: list[int] = []
    frame.window.again_wanted.connect(lambda: asked.append(1))
    frame.source.read_only = True
    frame.reload()
    assert frame.window.banner.isVisible()
    assert "Read only. Jonas Mbeki has it open." in said(frame.window.banner)
    (again,) = frame.window.banner.findChildren(Button)
    again.click()
    assert asked == [1]
    frame.source.read_only = False
    frame.reload()
    assert frame.window.banner.isHidden()


def test_an_interrupted_run_offers_to_resume(frame: Frame) -> None:
    frame.source.interrupted = 32
    frame.reload()
    assert "Run 32 was interrupted." in said(frame.window.banner)
    (resume,) = frame.window.banner.findChildren(Button)
    assert resume.text() == "Resume"
    resume.click()
    assert frame.ran == ["resume"]


# -- tray ---------------------------------------------------------------------------------


def patient(progress: Progress, cancel: CancelToken) -> None:
    progress.report(0.25, "3 of 12 documents", "PATDATA")
    while True:
        cancel.raise_if_cancelled()
        time.sleep(0.002)


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not true():
        assert time.monotonic() < deadline
        QApplication.processEvents()
        time.sleep(0.005)


def test_a_job_shows_in_the_tray_and_can_be_cancelled_there(frame: Frame) -> None:
    frame.window.tray.show_jobs()
    job = frame.jobs.start("Extract specs", patient)
    until(lambda: "25%" in said(frame.window.tray))
    (row,) = frame.window.tray.findChildren(JobRow)
    assert "PATDATA, 3 of 12 documents" in said(row)
    assert rail_items(frame)["lifecycle"].accessibleName() == "Lifecycle, Running"
    (cancel,) = row.findChildren(Button)
    assert cancel.text() == "Cancel"
    cancel.click()
    frame.settle()
    assert "cancelled after" in said(row)
    assert rail_items(frame)["lifecycle"].accessibleName() == "Lifecycle"
    assert cancel.text() == "Remove"
    cancel.click()
    frame.settle()
    assert job not in frame.jobs.jobs


def test_a_job_that_fails_says_why_in_a_toast(frame: Frame) -> None:
    from caseload.model.errors import BadInput

    def work(_progress: Progress, _cancel: CancelToken) -> None:
        raise BadInput("The guide has no tables", remedy="Choose another document")

    frame.jobs.start("Extract specs", work)
    frame.settle()
    assert frame.toasts() == [
        "Extract specs failed: The guide has no tables. Choose another document."
    ]


def test_problems_are_counted_and_listed(frame: Frame) -> None:
    buttons = {b.accessibleName(): b for b in frame.window.tray.findChildren(QAbstractButton)}
    buttons["Problems 2"].click()
    rows = [row.accessibleName() for row in frame.window.tray.findChildren(ProblemRow)]
    assert rows == [
        "3 errors in the last run LOAD_ADT_ADMISSIONS, LOAD_PMI",
        "12 fields unresolved The gate allows 10",
    ]
    buttons["Problems 2"].click()
    assert not frame.window.tray.is_open


# -- inspector, dialogs, memory -------------------------------------------------------------


def test_the_inspector_stands_beside_the_page_and_over_it_where_it_is_narrow(frame: Frame) -> None:
    frame.window.open_page("grid")
    frame.settle()
    page = frame.window.pages.page
    assert isinstance(page, gallery.GridPage)
    wide = frame.window.pages.width()
    page.grid.choose(2)
    assert frame.window.pages.width() == wide - 400
    frame.window.resize(1200, 800)
    assert frame.window.pages.width() == frame.window._stage.width()
    frame.window.open_page("cards")
    assert frame.window._stage._inspector.isHidden(), "another page, another thing selected"


def test_a_question_names_what_will_happen_and_the_safe_answer_has_the_focus(frame: Frame) -> None:
    done: list[int] = []
    frame.window.confirm("Delete run 31?", "Its 38 files go.", "Delete", lambda: done.append(1))
    focus = QApplication.focusWidget()
    assert isinstance(focus, Button)
    assert focus.text() == "Cancel"
    frame.key(Qt.Key.Key_Escape)
    assert done == []
    frame.window.confirm("Delete run 31?", "Its 38 files go.", "Delete", lambda: done.append(1))
    frame.key(Qt.Key.Key_Tab)
    frame.key(Qt.Key.Key_Return)
    assert done == [1]


def test_what_the_window_remembers_survives_and_a_broken_file_does_not_hurt(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    path = tmp_path_factory.mktemp("memory") / "window.json"
    Memory(path).put("inspector", 420)
    assert Memory(path).get("inspector") == 420
    path.write_text("{")
    assert Memory(path).get("inspector", 400) == 400
