"""Editing in the cells of the field table: keys, blocks, what is refused and where one goes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from caseload.gui.pages.schemas_cells import reason_words
from caseload.gui.pages.schemas_columns import kinds, trait_of
from caseload.gui.pages.schemas_editing import FieldEditing
from caseload.gui.pages.schemas_fields import FieldGrid
from caseload.gui.work import JobCentre
from caseload.model.catalog import Check, FieldSpec, Side
from caseload.model.views import FieldRow, Page


def spec(name: str, position: int, **more: Any) -> FieldSpec:
    base = {"data_type": "VARCHAR2", "length": "10", "mandatory": True}
    return FieldSpec("LOAD_PMI", name, position, **{**base, **more})


ROWS = (
    FieldRow(spec("RECORD_NUMBER", 1, data_type="NUMBER")),
    FieldRow(spec("SEX", 2, code_type="12 Sex", confidence=0.7)),
    FieldRow(spec("DATE_OF_BIRTH", 3, data_type="DATE", length="", format="DD/MM/YYYY")),
    FieldRow(spec("NOTES", 4, length="200", mandatory=False)),
)


class Bench:
    """A grid over four fields, its editing, and the edits it asked for."""

    def __init__(self, qtbot: QtBot, jobs: JobCentre) -> None:
        self.qtbot = qtbot
        self.grid = FieldGrid(Side.TARGET, jobs, paged=True)
        qtbot.addWidget(self.grid)
        self.grid.resize(1100, 400)
        self.grid.show()
        self.editing = FieldEditing(self.grid)
        self.asked: list[Any] = []
        self.editing.wanted.connect(self.asked.append)
        self.grid.fields.show_rows(lambda offset, _limit: Page(ROWS[offset:], offset, 4, 4))
        assert jobs.wait_idle(10_000)
        self.grid.choose(0)

    def at(self, row: int, key: str) -> None:
        place = [kind.column.key for kind in self.grid.kinds].index(key) + 1
        self.grid.go_to(row, place)

    def press(self, key: Qt.Key, widget: Any = None, **more: Any) -> None:
        self.qtbot.keyClick(widget or self.grid, key, **more)

    def type(self, text: str, then: Qt.Key) -> None:
        field = self.editing.editor.field
        field.selectAll()
        self.qtbot.keyClicks(field, text)
        self.press(then, field)

    @property
    def cell(self) -> tuple[int, str]:
        index = self.grid.currentIndex()
        return index.row(), self.grid.kinds[index.column() - 1].column.key


@pytest.fixture
def bench(qtbot: QtBot, jobs: JobCentre) -> Bench:
    return Bench(qtbot, jobs)


@pytest.mark.parametrize("key", [Qt.Key.Key_F2, Qt.Key.Key_Return])
def test_a_key_opens_the_cell_in_focus_and_enter_keeps_it_and_goes_down(
    bench: Bench, key: Qt.Key
) -> None:
    bench.at(1, "field_name")
    bench.press(key)
    assert bench.editing.editor.text == "SEX"
    bench.type("SEX_CODE", Qt.Key.Key_Return)
    assert bench.asked == [[("LOAD_PMI", "SEX", {"field_name": "SEX_CODE"})]]
    assert bench.editing.editor is None
    assert bench.cell == (2, "field_name")
    assert bench.grid.pending == {("LOAD_PMI.SEX", "field_name"): "SEX_CODE"}


def test_tab_goes_through_the_cells_that_can_be_edited_and_over_the_end_of_a_row(
    bench: Bench,
) -> None:
    bench.at(0, "field_name")
    bench.press(Qt.Key.Key_F2)
    seen = [bench.cell]
    for _ in range(2):
        bench.press(Qt.Key.Key_Tab, bench.editing.editor.field)
        seen.append(bench.cell)
    assert seen == [(0, "field_name"), (0, "data_type"), (0, "mandatory")]
    bench.at(0, "binding")
    bench.press(Qt.Key.Key_F2)
    bench.press(Qt.Key.Key_Tab, bench.editing.editor.field)
    assert bench.cell == (1, "field_name")
    assert bench.editing.editor is not None
    bench.press(Qt.Key.Key_Backtab, bench.editing.editor.field)
    assert bench.cell == (0, "binding")
    assert bench.asked == []


def test_escape_leaves_a_cell_as_it_is(bench: Bench) -> None:
    bench.at(1, "field_name")
    bench.press(Qt.Key.Key_F2)
    bench.type("NONSENSE", Qt.Key.Key_Escape)
    assert bench.asked == []
    assert bench.grid.pending == {}
    assert bench.grid.hasFocus() or not bench.grid.isActiveWindow()


def test_a_value_that_cannot_be_says_why_under_its_cell_and_stays_open(bench: Bench) -> None:
    bench.at(1, "data_type")
    bench.press(Qt.Key.Key_F2)
    bench.type("VARCHAR2(ten)", Qt.Key.Key_Return)
    assert bench.editing.reason.words.startswith("A length is a number")
    assert bench.editing.editor is not None
    bench.type("VARCHAR2(12)", Qt.Key.Key_Return)
    assert bench.editing.reason.words == ""
    assert bench.asked == [[("LOAD_PMI", "SEX", {"length": "12"})]]


def test_a_flag_is_turned_over_without_an_editor(bench: Bench) -> None:
    bench.at(3, "mandatory")
    bench.press(Qt.Key.Key_Return)
    assert bench.editing.editor is None
    assert bench.asked == [[("LOAD_PMI", "NOTES", {"mandatory": True})]]


def test_the_cell_of_what_binds_edits_the_trait_that_it_shows(bench: Bench) -> None:
    binding = next(kind for kind in bench.grid.kinds if kind.trait == "binding")
    assert [trait_of(binding, row.spec) for row in ROWS] == [
        "format", "code_type", "format", "format",
    ]  # fmt: skip
    bench.at(1, "binding")
    bench.press(Qt.Key.Key_F2)
    bench.type("13 Sex at birth", Qt.Key.Key_Return)
    assert bench.asked == [[("LOAD_PMI", "SEX", {"code_type": "13 Sex at birth"})]]


def test_a_block_is_pasted_over_rows_and_columns_as_one_command(bench: Bench) -> None:
    bench.at(1, "field_name")
    QGuiApplication.clipboard().setText("SEX_CODE\tCHAR(1)\tno\r\nBORN\tDATE\n")
    bench.press(Qt.Key.Key_V, modifier=Qt.KeyboardModifier.ControlModifier)
    changes = {"field_name": "SEX_CODE", "data_type": "CHAR", "length": "1", "mandatory": False}
    assert bench.asked == [
        [("LOAD_PMI", "SEX", changes), ("LOAD_PMI", "DATE_OF_BIRTH", {"field_name": "BORN"})]
    ]


def test_of_a_block_with_a_wrong_value_nothing_is_taken(bench: Bench) -> None:
    bench.at(1, "data_type")
    QGuiApplication.clipboard().setText("CHAR(1)\n7(x)")
    bench.press(Qt.Key.Key_V, modifier=Qt.KeyboardModifier.ControlModifier)
    assert bench.asked == []
    assert bench.grid.pending == {}
    assert bench.editing.reason.words.startswith("Nothing was taken.")
    assert bench.cell == (2, "data_type")


def test_one_value_is_filled_down_over_the_ticked_rows(bench: Bench) -> None:
    bench.grid.set_ticked(1, 3, on=True)
    bench.at(1, "data_type")
    bench.press(Qt.Key.Key_D, modifier=Qt.KeyboardModifier.ControlModifier)
    (edits,) = bench.asked
    assert [(field, changes) for _, field, changes in edits] == [
        ("DATE_OF_BIRTH", {"data_type": "VARCHAR2", "length": "10"}),
        ("NOTES", {"length": "10"}),
    ]


def test_without_the_right_to_write_no_cell_opens(bench: Bench) -> None:
    bench.grid.editable = False
    opened: list[Any] = []
    bench.grid.row_opened.connect(opened.append)
    bench.at(1, "field_name")
    bench.press(Qt.Key.Key_F2)
    assert bench.editing.editor is None
    assert opened == [ROWS[1]]


def test_a_refused_correction_says_why_under_its_field(bench: Bench) -> None:
    bench.at(1, "field_name")
    bench.press(Qt.Key.Key_F2)
    bench.type("NOTES", Qt.Key.Key_Return)
    bench.editing.refuse("LOAD_PMI.SEX", "LOAD_PMI has a field NOTES already")
    assert bench.editing.reason.words == "LOAD_PMI has a field NOTES already"
    assert bench.grid.pending == {}
    assert bench.cell[0] == 1


def test_corrected_rows_are_put_in_their_place_without_moving_any(bench: Bench) -> None:
    fresh = FieldRow(spec("SEX", 2, length="2"), corrected_by="anna", changed=frozenset({"length"}))
    bench.grid.fields.patch([fresh])
    assert bench.grid.fields.row_at(1) == fresh
    assert [bench.grid.fields.row_at(i).spec.position for i in range(4)] == [1, 2, 3, 4]
    assert bench.grid.fields.row_at(-1) is None


def test_a_tool_tip_says_what_failed_and_what_was_read(bench: Bench) -> None:
    doubted = spec("SEX", 2, checks=(Check("data type known", passed=False, note="VARCHRA"),))
    assert reason_words(FieldRow(doubted), "confidence") == "Data type known: VARCHRA"
    corrected = FieldRow(
        spec("SEX", 2, length="2"),
        corrected_by="anna",
        correction_reason="errata",
        read=spec("SEX", 2, length="1"),
        changed=frozenset({"length"}),
    )
    assert reason_words(corrected, "data_type") == "Length: read as 1\nanna: errata"
    assert reason_words(corrected, "format") == ""


def test_every_column_can_be_shown_and_sorted_by_what_the_services_know() -> None:
    from caseload.services.schema_filters import SORTS

    for side in Side:
        for kind in kinds(side, paged=True):
            assert not kind.column.sortable or kind.column.key in SORTS


Open = Callable[..., Any]


def test_what_is_typed_into_a_cell_is_kept_with_the_reason_of_the_session(
    desk: Open, qtbot: QtBot
) -> None:
    opened = desk()
    page = opened.open("schemas", table="LOAD_PMI", field="SURNAME")
    assert page.view.why.isHidden()
    qtbot.keyClick(opened.window, Qt.Key.Key_F2)
    assert page.view.why.isVisible()
    page.view.why.field.setText("errata of May")
    field = page.view.editing.editor.field
    field.selectAll()
    qtbot.keyClicks(field, "LAST_NAME")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    opened.settle()
    assert page._row.spec.field_name == "LAST_NAME"
    assert (page._row.corrected_by, page._row.correction_reason) == ("anna", "errata of May")
    assert "1 correction as anna" in page.view.why._said.text()
    opened.window.undo()
    opened.settle()
    assert page.view.grid.fields.here("LOAD_PMI.SURNAME") >= 0
