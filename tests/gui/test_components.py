"""The parts of pages, as the keyboard and the mouse find them."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import gallery
import pytest
from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from caseload.gui import words
from caseload.gui.components.bulk import BulkBar
from caseload.gui.components.button import Button
from caseload.gui.components.candidate import CandidateList
from caseload.gui.components.chip import Chip
from caseload.gui.components.fields import SearchField, Select
from caseload.gui.components.grid import GridView
from caseload.gui.components.gridmodel import Column, RowsModel, WindowModel
from caseload.gui.components.label import Label
from caseload.gui.components.pager import PAGE_SIZES, Pager
from caseload.gui.components.segmented import Segmented
from caseload.gui.components.states import EmptyState, ErrorState, NotPermitted, Skeleton
from caseload.gui.components.tile import KpiTile
from caseload.gui.components.toast import ToastStack
from caseload.gui.theme import themes
from caseload.gui.work import JobCentre
from caseload.model.mapping import Candidate
from caseload.model.views import Page


def said(widget: QWidget) -> str:
    """The words of all labels that are not hidden."""
    return " ".join(x.text() for x in widget.findChildren(Label) if not x.isHidden() and x.text())


class Asked:
    """Rows by number, counting what was asked of them."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.calls: list[tuple[int, int]] = []
        self.gate = threading.Event()
        self.gate.set()

    def __call__(self, offset: int, limit: int) -> Page[int]:
        self.gate.wait(10)
        self.calls.append((offset, limit))
        rows = tuple(range(offset, min(self.total, offset + limit)))
        return Page(rows, offset, self.total, self.total)


NUMBERS: Sequence[Column[int]] = (Column("n", "Number", str),)


@pytest.fixture
def window_model(jobs: JobCentre) -> WindowModel[int]:
    return WindowModel(NUMBERS, jobs, row_id=int)


def shown(model: WindowModel[int], row: int) -> object:
    return model.data(model.index(row, 0))


def test_a_grid_over_many_rows_asks_only_for_those_in_sight(
    window_model: WindowModel[int], jobs: JobCentre
) -> None:
    asked = Asked(100_000)
    window_model.show_rows(asked)
    assert jobs.wait_idle()
    assert window_model.rowCount() == 100_000
    assert shown(window_model, 5) == "5"
    assert shown(window_model, 70_123) is None, "looking never waits"
    assert asked.calls == [(0, 100)]
    QApplication.processEvents()
    assert jobs.wait_idle()
    assert shown(window_model, 70_123) == "70123"
    assert asked.calls == [(0, 100), (70_100, 100)]


def test_rows_scrolled_past_before_they_came_are_not_asked_for(
    window_model: WindowModel[int], jobs: JobCentre
) -> None:
    asked = Asked(100_000)
    window_model.show_rows(asked)
    assert jobs.wait_idle()
    for row in range(0, 90_000, 100):
        shown(window_model, row)
    while jobs.busy or len(asked.calls) < 3:
        QApplication.processEvents()
    assert jobs.wait_idle()
    assert shown(window_model, 89_900) == "89900", "the newest wish comes first"
    assert len(asked.calls) < 8


def test_of_two_queries_the_newer_fills_the_grid(
    window_model: WindowModel[int], jobs: JobCentre
) -> None:
    old, new = Asked(1000), Asked(7)
    old.gate.clear()
    window_model.show_rows(old)
    window_model.show_rows(new)
    old.gate.set()
    assert jobs.wait_idle()
    assert window_model.rowCount() == 7


def test_data_is_only_looked_up(jobs: JobCentre) -> None:
    threads: set[int] = set()

    def text(row: int) -> str:
        threads.add(threading.get_ident())
        return str(row)

    model = WindowModel((Column("n", "Number", text),), jobs, row_id=int)
    asked = Asked(300)
    model.show_rows(asked)
    assert jobs.wait_idle()
    before = list(asked.calls)
    for row in range(100):
        shown(model, row)
    assert asked.calls == before
    assert threads == {threading.get_ident()}


@pytest.fixture
def rows() -> RowsModel[gallery.Line]:
    model: RowsModel[gallery.Line] = RowsModel(
        gallery.COLUMNS, row_id=lambda r: r.number, ticks=True
    )
    model.set_rows(gallery.lines(25))
    return model


@pytest.fixture
def grid(rows: RowsModel[gallery.Line], qtbot: QtBot) -> GridView:
    made = GridView(rows, name="Mappings")
    qtbot.addWidget(made)
    made.resize(1200, 600)
    made.show()
    return made


def ticked(rows: RowsModel[gallery.Line]) -> set[object]:
    assert rows.ticks is not None
    return set(rows.ticks.ids)


def test_space_ticks_and_shift_with_arrows_ticks_on(
    grid: GridView, rows: RowsModel[gallery.Line], qtbot: QtBot
) -> None:
    grid.choose(3)
    qtbot.keyClick(grid, Qt.Key.Key_Space)
    qtbot.keyClick(grid, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClick(grid, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert ticked(rows) == {3, 4, 5}
    qtbot.keyClick(grid, Qt.Key.Key_Escape)
    assert ticked(rows) == set()


def test_a_press_with_shift_ticks_all_between(
    grid: GridView, rows: RowsModel[gallery.Line], qtbot: QtBot
) -> None:
    def at(row: int) -> QPoint:
        return grid.visualRect(rows.index(row, 2)).center()

    left = Qt.MouseButton.LeftButton
    qtbot.mouseClick(grid.viewport(), left, Qt.KeyboardModifier.ControlModifier, at(2))
    qtbot.mouseClick(grid.viewport(), left, Qt.KeyboardModifier.ShiftModifier, at(6))
    assert ticked(rows) == {2, 3, 4, 5, 6}


def test_ticks_stay_when_another_page_of_rows_is_shown(
    grid: GridView, rows: RowsModel[gallery.Line]
) -> None:
    grid.set_ticked(0, 2, on=True)
    rows.set_rows(gallery.lines(60)[25:50])
    assert ticked(rows) == {0, 1, 2}
    grid.tick_all_matching()
    grid.set_ticked(0, 0, on=False)
    assert rows.ticks is not None
    assert (rows.ticks.every, rows.ticks.count(884)) == (True, 883)


def test_enter_opens_the_row_and_copying_gives_a_block_for_a_spreadsheet(
    grid: GridView, qtbot: QtBot
) -> None:
    grid.choose(1)
    with qtbot.waitSignal(grid.row_opened) as opened:
        qtbot.keyClick(grid, Qt.Key.Key_Return)
    assert opened.args is not None
    assert opened.args[0].number == 1
    grid.copy()
    assert "\t" in QGuiApplication.clipboard().text()


def test_a_press_on_a_header_sorts_and_a_second_turns_it_round(
    grid: GridView, qtbot: QtBot
) -> None:
    wanted: list[tuple[str, bool]] = []
    grid.sort_wanted.connect(lambda key, down: wanted.append((key, down)))
    for _ in range(2):
        grid.horizontalHeader().sectionClicked.emit(1)
    assert wanted == [("field", False), ("field", True)]


def test_a_screen_reader_hears_cells_and_ticks(
    grid: GridView, rows: RowsModel[gallery.Line]
) -> None:
    spoken = Qt.ItemDataRole.AccessibleTextRole
    assert rows.data(rows.index(0, 0), spoken) == "not ticked"
    assert rows.data(rows.index(0, 1), spoken) == "RECORD_NUMBER"
    assert rows.data(QModelIndex(), Qt.ItemDataRole.EditRole) is None
    assert grid.accessibleName() == "Mappings"


@pytest.fixture
def pager(qtbot: QtBot) -> Pager:
    made = Pager()
    qtbot.addWidget(made)
    return made


def test_the_pager_says_which_rows_are_shown(pager: Pager) -> None:
    pager.set_total(884, 884)
    assert said(pager).startswith("1-25 of 884")
    assert said(pager).endswith("Page 1 of 36")
    for _ in range(35):
        pager.forward()
    assert said(pager).startswith("876-884 of 884")
    pager.forward()
    assert pager.offset == 875, "there is no page after the last"


def test_the_pager_tells_matching_rows_from_all(pager: Pager) -> None:
    pager.set_total(47, 12_884)
    assert said(pager).startswith("1-25 of 47 that match, 12,884 in all")
    pager.set_total(0, 12_884)
    assert said(pager).startswith("No rows match of 12,884")


def test_another_size_of_page_keeps_the_first_row_in_sight(pager: Pager, qtbot: QtBot) -> None:
    assert PAGE_SIZES == (10, 25, 50, 100, 250)
    pager.set_total(884, 884)
    pager.forward()
    pager.forward()
    sizes = pager.findChild(Segmented)
    assert sizes is not None
    with qtbot.waitSignal(pager.changed) as told:
        qtbot.keyClick(sizes, Qt.Key.Key_Right)
    assert told.args == [50, 50]


def test_the_pager_steps_back_from_a_page_that_is_gone(pager: Pager) -> None:
    pager.set_total(100, 100)
    for _ in range(3):
        pager.forward()
    pager.set_total(30, 100)
    assert pager.offset == 25


def test_the_bulk_bar_says_how_many_and_offers_all_that_match(qtbot: QtBot) -> None:
    page = QWidget()
    qtbot.addWidget(page)
    bar = BulkBar(page)
    bar.set_count(3, 25, 207)
    assert "3 selected" in said(bar)
    assert bar.isVisibleTo(page)
    bar.set_count(207, 25, 207)
    assert "All 207 that match are selected" in said(bar)
    bar.set_count(0, 25, 207)
    assert bar.isHidden()


def test_a_filter_waits_for_the_end_of_a_word_and_tells_once(qtbot: QtBot) -> None:
    field = SearchField("Filter fields")
    qtbot.addWidget(field)
    told: list[str] = []
    field.searched.connect(told.append)
    qtbot.keyClicks(field, "adm")
    qtbot.waitUntil(lambda: bool(told), timeout=1000)
    assert told == ["adm"]
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert told == ["adm", ""], "Esc clears at once"


def test_arrow_keys_move_a_segmented_choice_and_a_list(qtbot: QtBot) -> None:
    parts = Segmented((("all", "All"), ("open", "Open")), name="Show")
    select = Select([("a", "First"), ("b", "Second")], name="View")
    for widget in (parts, select):
        qtbot.addWidget(widget)
    qtbot.keyClick(parts, Qt.Key.Key_Right)
    qtbot.keyClick(parts, Qt.Key.Key_Right)
    assert parts.choice == "open"
    assert parts.accessibleName()
    assert "Open" in (parts.accessibleName() + parts.accessibleDescription())
    assert select.choice == "a"


def test_a_filter_chip_is_cleared_by_delete_and_says_its_value(qtbot: QtBot) -> None:
    chip = Chip("Table", [("LOAD_PMI", "LOAD_PMI")])
    qtbot.addWidget(chip)
    chip.set_keys(["LOAD_PMI"])
    assert chip.accessibleName() == "Table: LOAD_PMI"
    with qtbot.waitSignal(chip.changed):
        qtbot.keyClick(chip, Qt.Key.Key_Delete)
    assert chip.keys == ()


def test_candidates_are_chosen_by_keys(qtbot: QtBot) -> None:
    cards = CandidateList()
    qtbot.addWidget(cards)
    cards.set_candidates(
        [Candidate("ADMITDISCH", "AdmDate", 0.96, ()), Candidate("WLENTRY", "Date", 0.4, ())],
        notes=("", "refused"),
    )
    names = [card.accessibleName() for card in cards.findChildren(QWidget)]
    assert any("AdmDate" in name for name in names)


def test_a_toast_offers_undo_and_goes_when_it_was_used(qtbot: QtBot) -> None:
    page = QWidget()
    qtbot.addWidget(page)
    page.resize(800, 600)
    page.show()
    undone: list[int] = []
    stack = ToastStack(page)
    toast = stack.say("12 mappings approved", action="Undo", on_action=lambda: undone.append(1))
    assert toast.accessibleName() == "12 mappings approved"
    toast._act()
    assert undone == [1]
    assert stack.toasts == ()


def test_only_the_newest_toasts_stay(qtbot: QtBot) -> None:
    page = QWidget()
    qtbot.addWidget(page)
    page.resize(800, 600)
    stack = ToastStack(page)
    for number in range(9):
        stack.say(f"Message {number}")
    assert [t.accessibleName() for t in stack.toasts] == [f"Message {n}" for n in (5, 6, 7, 8)]


def test_an_error_says_what_and_why_offers_another_try_and_its_details(qtbot: QtBot) -> None:
    tried: list[int] = []
    state = ErrorState(
        "The file is empty.", "Choose another.", details="trace", retry=lambda: tried.append(1)
    )
    qtbot.addWidget(state)
    buttons = {button.text(): button for button in state.findChildren(Button)}
    buttons["Try again"].click()
    buttons["Copy details"].click()
    assert tried == [1]
    assert QGuiApplication.clipboard().text() == "trace"


def test_states_name_themselves(qtbot: QtBot) -> None:
    for state in (EmptyState("No runs yet", "Run"), NotPermitted("Needs another role", "Ask")):
        qtbot.addWidget(state)
        assert state.accessibleName()


def test_a_skeleton_shows_only_when_waiting_is_felt(qtbot: QtBot) -> None:
    themes().reduced_motion = False
    skeleton = Skeleton("grid")
    qtbot.addWidget(skeleton)
    skeleton.resize(400, 300)
    skeleton.start()
    assert not skeleton._shown
    qtbot.waitUntil(lambda: skeleton._shown, timeout=1000)
    skeleton.stop()
    assert not skeleton._shown


def test_a_tile_reads_out_its_figure_and_whether_it_passes(qtbot: QtBot) -> None:
    for kpi in gallery.kpis():
        tile = KpiTile(kpi)
        qtbot.addWidget(tile)
        assert kpi.title in tile.accessibleName()


@pytest.mark.parametrize(
    ("shown_words", "wanted"),
    [
        (words.number(-1234567), "−1,234,567"),
        (words.number(None), "–"),
        (words.percent(0.3971), "39.7%"),
        (words.plural(1, "field"), "1 field"),
        (words.plural(884, "field"), "884 fields"),
        (words.plural(2, "entry", "entries"), "2 entries"),
        (words.duration(0.42), "0.4 s"),
        (words.duration(291), "4 min 51 s"),
        (words.duration(7500), "2 h 5 min"),
        (words.size(812), "812 bytes"),
        (words.size(3_140_000), "3.1 MB"),
        (words.change(3), "+3"),
        (words.change(-3), "−3"),
        (words.role("DATA_ARCHITECT"), "Data architect"),
        (words.role("Data Architect"), "Data Architect"),
    ],
)
def test_figures_are_in_british_words(shown_words: str, wanted: str) -> None:
    assert shown_words == wanted
