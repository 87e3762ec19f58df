"""The assignment step: a document's columns get their roles, and the result is seen at once."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from caseload.gui.components.label import Link
from caseload.gui.components.toast import Toast
from caseload.gui.pages.base import Context
from caseload.gui.pages.schemas_assign import AssignColumns
from caseload.gui.pages.schemas_assign_menu import RoleMenu
from caseload.gui.pages.schemas_assign_presenter import AssignPresenter
from caseload.gui.pages.schemas_assign_said import COLUMN, ONE, SHEET, TITLE
from caseload.gui.pages.schemas_assign_words import BY_KEY, BY_ROLE, GROUPS
from caseload.gui.work import JobCentre
from caseload.model.catalog import Side
from caseload.model.document_preview import (
    DocumentGrid,
    DocumentPreview,
    GridRow,
    GuessedRole,
    Trial,
)
from caseload.model.errors import UnsettledColumns
from caseload.model.reader_profile import (
    FROM_SHEET,
    FROM_TITLE,
    NO_HEADER,
    Assignment,
    ReaderProfile,
)
from caseload.model.views import ChangeSet
from caseload.specs.readers.vocabulary import Role

ROWS = (
    ("Register of Ardent", "", "", ""),
    ("Gribble", "Frotz", "Zorp", "Quux"),
    ("Ward", "Ward number", "8", "the number"),
    ("Ward", "Ward name", "40", "the name"),
    ("Bed", "Bed number", "8", "the number"),
)
GUESSES = (GuessedRole(0, "table", 0.8, "it repeats"), GuessedRole(2, "length", 0.8, "numbers"))


class Session:
    def __init__(self, *, read_only: bool = False) -> None:
        self.read_only = read_only


def grid(**more: Any) -> DocumentGrid:
    return DocumentGrid(
        **{
            "place": "sheet Columns",
            "sheet": "Columns",
            "page": None,
            "alike": 0,
            "alike_places": (),
            "titles": (),
            "rows": tuple(GridRow(number, cells) for number, cells in enumerate(ROWS, 1)),
            "total_rows": 5,
            "columns": 4,
            "header_row": 2,
            "guesses": GUESSES,
            "missing": ("field",),
            **more,
        }
    )


def presenter(*grids: DocumentGrid, kind: str = "xlsx", read_only: bool = False) -> AssignPresenter:
    made = AssignPresenter(Session(read_only=read_only))
    made.take("odd.xlsx", DocumentPreview("odd.xlsx", kind, grids or (grid(),)))
    return made


# The presenter


def test_every_role_has_words_and_no_key_means_two_things() -> None:
    assert set(BY_ROLE) == {role.value for role in Role}
    keys = [words.key for group in GROUPS for words in group if words.key]
    assert len(keys) == len(set(keys)) == len(BY_KEY)
    assert "H" not in BY_KEY


def test_what_is_missing_is_asked_for_by_name() -> None:
    made = presenter()
    assert made.missing() == ("which column holds the field names",)
    assert made.prompt()[1] == "Say which column holds the field names."
    assert made.assignment() is None
    assert made.blocked(None, counting=False).startswith("Say which column")


def test_a_guess_counts_until_it_is_refused() -> None:
    made = presenter()
    tag = made.tag(0)
    assert tag is not None
    assert (tag.words, tag.guessed) == ("Table name?", True)
    made.refuse(0)
    assert made.tag(0) is None
    assert made.refused(0)
    assert len(made.missing()) == 2


def test_a_guess_that_is_taken_is_no_guess_any_more() -> None:
    made = presenter()
    assert made.take_guess(0)
    assert not made.take_guess(1)
    tag = made.tag(0)
    assert tag is not None
    assert (tag.words, tag.guessed) == ("Table name", False)


def test_a_role_has_one_column() -> None:
    made = presenter()
    made.give(1, "field")
    made.give(3, "field")
    assert made.tag(1) is None
    assert made.in_effect() == {0: "table", 2: "length", 3: "field"}


def test_a_role_given_by_hand_is_taken_from_the_guess() -> None:
    made = presenter()
    made.give(3, "length")
    assert made.tag(2) is None


def test_the_assignment_says_what_is_shown_and_what_was_refused() -> None:
    made = presenter()
    made.give(1, "field")
    made.refuse(2)
    said = made.assignment()
    assert said is not None
    assert dict(said.roles) == {"table": 0, "field": 1}
    assert said.ignored == (2,)
    assert said.header_row == 2
    assert made.prompt()[0] == "info"
    made.take_guess(0)
    assert made.prompt()[0] == "ok"


@pytest.mark.parametrize(
    ("source", "table"), [(SHEET, FROM_SHEET), (TITLE, FROM_TITLE), (ONE, "WARD")]
)
def test_the_tables_name_can_come_from_elsewhere(source: str, table: str) -> None:
    made = presenter()
    made.give(1, "field")
    made.name_tables_by(source, " WARD ")
    said = made.assignment()
    assert said is not None
    assert said.table == table
    assert "table" not in said.roles


def test_a_name_for_the_one_table_is_asked_for() -> None:
    made = presenter()
    made.name_tables_by(ONE)
    assert made.missing()[0] == "what the table is called"


def test_giving_a_column_the_table_names_takes_them_from_it() -> None:
    made = presenter()
    made.name_tables_by(ONE, "WARD")
    made.give(3, "table")
    assert made.source == COLUMN


def test_a_sheet_for_each_table_and_titles_over_them_are_seen_by_themselves() -> None:
    alike = grid(alike=5, guesses=())
    assert presenter(alike).source == SHEET
    paged = grid(sheet="", page=3, titles=("WARD",), guesses=())
    assert presenter(paged, kind="pdf").source == TITLE


def test_a_document_without_a_header_says_so() -> None:
    made = presenter(grid(header_row=None))
    made.give(1, "field")
    said = made.assignment()
    assert said is not None
    assert said.header_row == NO_HEADER


def test_a_document_that_reads_by_itself_is_left_alone_until_something_is_said() -> None:
    guesses = (*GUESSES, GuessedRole(1, "field", 1.0, "it says so"))
    made = presenter(grid(settled=True, guesses=guesses, missing=()))
    assert made.ready
    assert made.assignment() is None
    assert made.blocked(Trial(2, 3), counting=False).startswith("The document is read so")
    made.give(3, "description")
    said = made.assignment()
    assert said is not None
    assert dict(said.roles) == {"table": 0, "field": 1, "description": 3}
    assert made.blocked(Trial(2, 3), counting=False) == ""


def test_the_result_is_told_in_words() -> None:
    made = presenter()
    made.give(1, "field")
    assert made.result_words(Trial(2, 3))[:2] == ("ok", "Every row was read")
    assert "D, Quux" in made.result_words(Trial(2, 3))[2]
    assert made.result_words(Trial(2, 3, unread=1))[1] == "1 problem in reading"
    assert made.result_words(Trial(refused="No"))[0] == "error"
    assert made.blocked(Trial(2, 3), counting=False) == ""
    assert made.blocked(Trial(), counting=False)


def test_what_was_said_before_is_where_it_begins() -> None:
    said = Assignment({"table": "gribble", "field": "Frotz"}, ignored=("Zorp",))
    profile = ReaderProfile("p", "Wards", "xlsx", said, by="anna", at="2026-11-24T09:00:00Z")
    other = grid(sheet="Other", rows=(GridRow(1, ("A", "B", "C", "D")),), header_row=1)
    made = AssignPresenter(Session())
    made.take("odd.xlsx", DocumentPreview("odd.xlsx", "xlsx", (other, grid())), profile)
    assert made.grid.sheet == "Columns"
    assert made.in_effect() == {0: "table", 1: "field"}
    assert made.refused(2)
    assert made.prompt()[1] == "Read with profile Wards of anna, 24 Nov 2026."


def test_what_was_said_of_another_document_is_not_taken() -> None:
    profile = ReaderProfile("p", "Beds", "xlsx", Assignment({"table": "V", "field": "W"}))
    made = AssignPresenter(Session())
    made.take("odd.xlsx", DocumentPreview("odd.xlsx", "xlsx", (grid(),)), profile)
    assert made.profile is None
    assert made.missing()


def test_one_who_only_reads_is_told_why_nothing_is_saved() -> None:
    made = presenter(read_only=True)
    assert made.blocked(Trial(1, 1), counting=False) == "The project is open for reading only."


# The window


class Shell:
    def __init__(self) -> None:
        self.toasts: list[str] = []
        self.changes: list[ChangeSet] = []

    def toast(self, message: str, kind: str = "ok", **_more: object) -> None:
        self.toasts.append(message)

    def changed(self, changes: ChangeSet) -> None:
        self.changes.append(changes)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "qvh"


@pytest.fixture
def step(qtbot: QtBot, jobs: JobCentre, folder: Path) -> Iterator[Callable[..., AssignColumns]]:
    """The step on a document of a new project, with what was found in it."""
    from caseload.services.session import create_project

    windows: list[QWidget] = []
    with create_project(folder, actor="anna") as session:

        def make(*grids: DocumentGrid, name: str = "odd.xlsx") -> AssignColumns:
            window = QWidget()
            windows.append(window)
            qtbot.addWidget(window)
            window.resize(1380, 800)
            shown = AssignColumns(Context(session, jobs, Shell()), window)
            shown.resize(window.size())
            window.show()
            found = (DocumentPreview(name, "csv", grids), None)
            shown.presenter.looker = lambda _document: lambda _progress, _cancel: found  # type: ignore[method-assign]
            shown.open_document(str(folder / name), Side.SOURCE)
            assert jobs.wait_idle()
            return shown

        yield make


def odd_file(folder: Path) -> Path:
    path = folder / "odd.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(ROWS)
    return path


def test_it_begins_where_something_is_to_be_said(step: Callable[..., AssignColumns]) -> None:
    shown = step(grid())
    assert shown.state == "full"
    assert shown.grid.column == 1
    assert shown.grid.hasFocus()
    assert not shown.save.isEnabled()
    assert "which column holds the field names" in shown.save.toolTip()
    assert shown.result.column.title.text() == "Column B, Frotz"
    assert not shown.places.isVisible()


def test_a_document_without_columns_says_what_it_is(step: Callable[..., AssignColumns]) -> None:
    shown = step()
    assert shown.state == "empty"
    assert not shown.save.isEnabled()


def test_keys_give_take_and_refuse(qtbot: QtBot, step: Callable[..., AssignColumns]) -> None:
    shown = step(grid())
    qtbot.keyClick(shown.grid, Qt.Key.Key_F)
    assert shown.presenter.in_effect()[1] == "field"
    qtbot.keyClick(shown.grid, Qt.Key.Key_Left)
    qtbot.keyClick(shown.grid, Qt.Key.Key_Return)
    tag = shown.presenter.tag(0)
    assert tag is not None
    assert not tag.guessed
    qtbot.keyClick(shown.grid, Qt.Key.Key_Right)
    qtbot.keyClick(shown.grid, Qt.Key.Key_Right)
    assert shown.grid.column == 2
    qtbot.keyClick(shown.grid, Qt.Key.Key_Delete)
    assert shown.presenter.refused(2)
    assert shown.result.column.why.text() == "You said that nothing is read from it."


def test_the_menu_gives_a_role_by_its_key_and_by_a_click(
    qtbot: QtBot, step: Callable[..., AssignColumns]
) -> None:
    shown = step(grid())
    shown.open_roles(1)
    menu = shown.findChild(RoleMenu)
    assert menu is not None
    assert menu.list.accessibleName() == "Role of column B, Frotz"
    qtbot.keyClick(menu.list, Qt.Key.Key_F)
    assert shown.presenter.in_effect()[1] == "field"
    shown.open_roles(3)
    menu = next(m for m in shown.findChildren(RoleMenu) if m.isVisible())
    model = menu.list.model()
    place = next(i for i in range(model.rowCount()) if model.index(i, 0).data() == "Description")
    at = menu.list.visualRect(model.index(place, 0)).center()
    qtbot.mouseClick(menu.list.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert shown.presenter.in_effect()[3] == "description"
    shown.open_roles(3)
    menu = next(m for m in shown.findChildren(RoleMenu) if m.isVisible())
    qtbot.keyClick(menu.list, Qt.Key.Key_Delete)
    assert shown.presenter.refused(3)


def test_a_press_on_a_columns_head_offers_its_roles(
    qtbot: QtBot, step: Callable[..., AssignColumns]
) -> None:
    shown = step(grid())
    head = shown.grid.head
    at = QPoint(head.sectionViewportPosition(3) + 30, 40)
    qtbot.mouseClick(head.viewport(), Qt.MouseButton.LeftButton, pos=at)
    menu = shown.findChild(RoleMenu)
    assert menu is not None
    assert shown.grid.column == 3
    qtbot.keyClick(menu.list, Qt.Key.Key_Escape)
    assert shown.grid.hasFocus()
    assert shown.state == "full"


def test_the_menu_leaves_when_something_else_is_pressed(
    qtbot: QtBot, step: Callable[..., AssignColumns]
) -> None:
    shown = step(grid())
    shown.open_roles(0)
    menu = shown.findChild(RoleMenu)
    assert menu is not None
    qtbot.mouseClick(shown.prompt, Qt.MouseButton.LeftButton)
    assert not menu.isVisible()


def test_a_press_on_a_rows_number_makes_it_the_header(
    qtbot: QtBot, jobs: JobCentre, step: Callable[..., AssignColumns]
) -> None:
    shown = step(grid())
    rows = shown.grid.rows_head
    at = QPoint(20, rows.sectionViewportPosition(2) + 10)
    qtbot.mouseClick(rows.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert jobs.wait_idle()
    assert shown.presenter.header_row == 3
    shown.source.none.click()
    assert jobs.wait_idle()
    assert shown.presenter.header_row is None
    assert shown.source.header.text() == "No header row"


def test_other_grids_are_chosen_in_the_list(step: Callable[..., AssignColumns]) -> None:
    other = grid(place="sheet Tables", sheet="Tables", guesses=(), missing=("table", "field"))
    shown = step(grid(), other)
    assert shown.places.isVisible()
    assert shown.places.title.text() == "Sheets"
    shown.places.view.setCurrentIndex(shown.places.model.index(1, 0))
    assert shown.presenter.grid.sheet == "Tables"
    assert "which columns hold the table names and the field names" in shown.prompt.accessibleName()


def test_escape_goes_back_and_nothing_is_kept(
    qtbot: QtBot, step: Callable[..., AssignColumns]
) -> None:
    shown = step(grid())
    with qtbot.waitSignal(shown.left):
        qtbot.keyClick(shown.grid, Qt.Key.Key_Escape)
    with qtbot.waitSignal(shown.left):
        shown.back.click()


def test_a_document_that_cannot_be_opened_is_an_error_with_a_way_to_try_again(
    jobs: JobCentre, step: Callable[..., AssignColumns]
) -> None:
    shown = step(grid())
    del shown.presenter.looker
    shown.open_document("nowhere.csv", Side.SOURCE)
    assert jobs.wait_idle()
    assert shown.state == "error"
    assert not shown.save.isEnabled()


def test_everything_that_takes_the_focus_has_a_name(step: Callable[..., AssignColumns]) -> None:
    shown = step(grid(), replace(grid(), sheet="Other"))
    for widget in shown.findChildren(QWidget):
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isVisible():
            assert widget.accessibleName(), widget


def test_the_whole_job_from_a_document_never_seen_to_its_profile(
    qtbot: QtBot, jobs: JobCentre, step: Callable[..., AssignColumns], folder: Path
) -> None:
    from caseload.services import readers

    shown = step(grid())
    del shown.presenter.looker
    shown.open_document(str(odd_file(folder)), Side.SOURCE)
    assert jobs.wait_idle(60_000)
    assert shown.presenter.grid.headers(shown.presenter.header_row) == ROWS[1]
    shown.give(0, "table")
    shown.give(1, "field")
    qtbot.waitUntil(shown.save.isEnabled, timeout=60_000)
    assert shown.result.fields.value.text() == "3"
    assert shown.result.tables.value.text() == "2"
    assert shown.result.pill.spec.words == "Every row was read"
    with qtbot.waitSignal(shown.done, timeout=60_000):
        qtbot.keyClick(shown.grid, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    (profile,) = readers.profiles(shown.context.session)
    assert profile.headers == ROWS[1]
    assert profile.assignment.roles["field"] == "Frotz"
    shown.open_document("odd.csv", Side.SOURCE)
    assert jobs.wait_idle(60_000)
    assert shown.presenter.in_effect() == {0: "table", 1: "field", 2: "length"}
    assert shown.prompt.accessibleName().startswith("Read with profile odd of anna")
    shown.forget.click()
    qtbot.waitUntil(lambda: not readers.profiles(shown.context.session), timeout=60_000)
    assert jobs.wait_idle(60_000)
    assert shown.forget.isHidden()


# In the window


def test_another_page_leads_to_the_columns_of_a_document(
    desk: Callable[..., Any], tmp_path: Path
) -> None:
    opened = desk("new")
    page = opened.open("schemas", assign=str(odd_file(tmp_path)))
    assert page.state == "full"
    shown = page.findChild(AssignColumns)
    assert shown is not None
    assert shown.isVisible()
    assert shown.state == "full"
    shown.back.click()
    opened.settle()
    assert page.state == "empty"


def test_a_run_that_could_not_tell_the_columns_offers_the_step(
    desk: Callable[..., Any], tmp_path: Path
) -> None:
    opened = desk("new")
    opened.open("overview")
    path = str(odd_file(tmp_path))

    def run(_progress: object, _cancel: object) -> None:
        raise UnsettledColumns("The columns cannot be told", document=path)

    opened.jobs.start("Run", run)
    opened.settle()
    (toast,) = opened.window.findChildren(Toast)
    (go,) = toast.findChildren(Link)
    assert go.text() == "Assign columns"
    go.click()
    opened.settle()
    page = opened.window.pages.page
    assert page.page_id == "schemas"
    assert page.findChild(AssignColumns).isVisible()


@pytest.mark.slow
def test_a_dictionary_never_seen_is_read_without_a_manual(
    qtbot: QtBot, desk: Callable[..., Any], tmp_path: Path
) -> None:
    opened = desk("new")
    page = opened.open("schemas")
    page.read_documents({Side.SOURCE: [str(odd_file(tmp_path))]})
    qtbot.waitUntil(lambda: page.findChild(AssignColumns) is not None, timeout=120_000)
    shown = page.findChild(AssignColumns)
    qtbot.waitUntil(lambda: shown.state == "full", timeout=120_000)
    qtbot.keyClick(shown.grid, Qt.Key.Key_F)
    shown.give(0, "table")
    qtbot.waitUntil(shown.save.isEnabled, timeout=120_000)
    shown.save.click()
    qtbot.waitUntil(lambda: page.state == "full", timeout=120_000)
    qtbot.waitUntil(lambda: not page.reading_job, timeout=120_000)
    opened.settle()
    names = [table.name for table in page.presenter.reading.tables[Side.SOURCE]]
    assert names == ["Ward", "Bed"]
