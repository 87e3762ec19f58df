"""How a grid shares its room, keeps its first columns, and answers a second press."""

from __future__ import annotations

import gallery
import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from caseload.gui.components.grid import GridView
from caseload.gui.components.gridmodel import RowsModel
from caseload.gui.components.gridtable import FrozenColumns, shared_widths


@pytest.fixture
def grid(qtbot: QtBot) -> GridView:
    model = RowsModel(gallery.COLUMNS, gallery.lines(50), row_id=lambda r: r.number, ticks=True)
    view = GridView(model, name="Mappings")
    qtbot.addWidget(view)
    view.resize(1200, 500)
    view.show()
    qtbot.waitExposed(view)
    return view


def test_room_left_over_goes_to_the_columns_that_stretch() -> None:
    assert shared_widths([100, 100, 100], [0, 1, 3], 400) == [100, 125, 175]


def test_wanting_room_is_taken_from_the_columns_that_stretch_and_not_without_end() -> None:
    assert shared_widths([100, 200, 200], [0, 1, 1], 460) == [100, 180, 180]
    assert shared_widths([100, 200, 200], [0, 1, 1], 200) == [100, 120, 120]


def test_without_stretching_columns_widths_are_what_they_are() -> None:
    assert shared_widths([100, 200], [0, 0], 1000) == [100, 200]


def test_widths_fill_the_room_to_the_pixel() -> None:
    for room in range(700, 760):
        assert sum(shared_widths([222, 116, 208], [0, 1, 2], room)) == room


def test_a_grid_fills_its_width_without_a_bar_below(grid: GridView) -> None:
    shown = sum(grid.columnWidth(i) for i in range(len(grid.grid_model.columns)))
    assert shown == grid.viewport().width()
    assert grid.horizontalScrollBar().maximum() == 0


def test_first_columns_stay_when_a_narrow_grid_is_scrolled_sideways(
    grid: GridView, qtbot: QtBot
) -> None:
    frozen = grid.findChild(FrozenColumns)
    assert frozen is not None
    assert not frozen.isVisible()
    grid.resize(500, 500)
    grid.horizontalScrollBar().setValue(200)
    assert frozen.isVisible()
    assert frozen.columnWidth(1) == grid.columnWidth(1)
    grid.verticalScrollBar().setValue(150)
    assert frozen.verticalScrollBar().value() == 150
    qtbot.mouseClick(
        frozen.viewport(),
        Qt.MouseButton.LeftButton,
        pos=frozen.visualRect(frozen.indexAt(QPoint(60, 40))).center(),
    )
    assert grid.current_row == frozen.indexAt(QPoint(60, 40)).row()


def test_a_column_made_wider_by_hand_keeps_its_width(grid: GridView) -> None:
    grid.horizontalHeader().resizeSection(3, 350)
    grid.resize(1300, 500)
    assert grid.columnWidth(3) == 350


def test_pressing_the_current_row_again_gives_it_again(grid: GridView, qtbot: QtBot) -> None:
    chosen: list[object] = []
    grid.row_chosen.connect(chosen.append)
    place = grid.visualRect(grid.grid_model.index(2, 1)).center()
    qtbot.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=place)
    qtbot.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert [row.number for row in chosen] == [2, 2]  # type: ignore[attr-defined]
