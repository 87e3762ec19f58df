"""The tables in the middle of the Schemas page: the fields of either side, and what failed."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from caseload.gui import words
from caseload.gui.components.grid import GridView
from caseload.gui.components.gridmodel import Column, RowsModel, WindowModel
from caseload.gui.components.states import EmptyState
from caseload.gui.pages.schemas_presenter import PROBLEMS, SchemasPresenter
from caseload.gui.pages.schemas_words import (
    DOUBTFUL,
    format_words,
    place_words,
    type_words,
)
from caseload.gui.work import JobCentre
from caseload.model.catalog import ReadProblem, Side
from caseload.model.views import FieldRow


def _certain_tone(row: FieldRow) -> str:
    return "warn" if row.spec.confidence < DOUBTFUL else "ok"


def _certain(row: FieldRow) -> tuple[float, str]:
    return row.spec.confidence, _certain_tone(row)


_NUMBER: Column[FieldRow] = Column(
    "position",
    "#",
    lambda r: words.number(r.spec.position),
    41,
    "quiet",
    tone=lambda _r: "text_3",
    align="right",
)
_TABLE: Column[FieldRow] = Column(
    "table_name", "Table", lambda r: r.spec.table_name, 136, "path", stretch=2
)
_CERTAIN: Column[FieldRow] = Column(
    "confidence", "Certain", lambda r: f"{r.spec.confidence:.2f}", 86, "score", _certain
)


def _columns(side: Side, *, paged: bool) -> tuple[Column[FieldRow], ...]:
    place: Column[FieldRow] = Column(
        "place",
        "Page" if paged else "Row",
        lambda r: place_words(r.spec),
        50,
        "quiet",
        sortable=False,
        align="right",
    )
    if side is Side.TARGET:
        middle: tuple[Column[FieldRow], ...] = (
            Column("field_name", "Field", lambda r: r.spec.field_name, 176, "name", stretch=5),
            Column("data_type", "Type", lambda r: type_words(r.spec), 118, "path"),
            Column(
                "mandatory",
                "M",
                lambda r: "Mandatory" if r.spec.mandatory else "",
                30,
                "icon",
                lambda r: ("check", "text_1") if r.spec.mandatory else None,
            ),
            Column(
                "format", "Format or key", lambda r: format_words(r.spec), 98, "path", stretch=3
            ),
        )
        return (_NUMBER, _TABLE, *middle, _CERTAIN, place)
    middle = (
        Column("field_name", "Field", lambda r: r.spec.field_name, 112, "name", stretch=3),
        Column("length", "Size", lambda r: r.spec.length, 46, "quiet", align="right"),
        Column("data_element", "Data element", lambda r: r.spec.data_element, 104, "path"),
        Column(
            "description", "Description", lambda r: one_line(r.spec.description), 96, "quiet",
            stretch=4,
        ),
        Column("released_at", "Release", lambda r: r.spec.released_at, 66, "quiet"),
        Column(
            "deleted", "Delete flag", lambda r: r.spec.logical_delete_flag, 82, "quiet",
            sortable=False,
        ),
    )  # fmt: skip
    return (_NUMBER, _TABLE, *middle, _CERTAIN, place)


def one_line(text: str) -> str:
    """Words of several lines in one."""
    return " ".join(text.split())


class FieldGrid(GridView):
    """The fields of one side; the column of tables shows only where there are several."""

    def __init__(self, side: Side, jobs: JobCentre, *, paged: bool) -> None:
        self.fields: WindowModel[FieldRow] = WindowModel(
            _columns(side, paged=paged), jobs, row_id=lambda row: row.spec.qualified
        )
        super().__init__(self.fields, name="Fields", frozen=2, lead=10)
        self.paged = paged
        self.show_column("table_name", on=False)


def _problem_place(problem: ReadProblem) -> str:
    return problem.provenance.words()


class ProblemGrid(GridView):
    """What could not be read, and where."""

    def __init__(self) -> None:
        columns: tuple[Column[ReadProblem], ...] = (
            Column(
                "sign", "", lambda _p: "", 36, "icon", lambda _p: ("triangle-alert", "warn"),
                sortable=False,
            ),
            Column(
                "message", "What could not be read", lambda p: one_line(p.message), 260,
                sortable=False, stretch=2,
            ),
            Column("where", "Where", _problem_place, 200, "path", sortable=False, stretch=1),
        )  # fmt: skip
        self.problems: RowsModel[ReadProblem] = RowsModel(columns)
        super().__init__(self.problems, name="What could not be read", frozen=0)


class FieldStack(QStackedWidget):
    """One grid a side, the grid of problems, and what stands there when nothing matches.

    `counted` gives the grid and how many fields it now shows.
    """

    counted = Signal(object, int)
    clear_wanted = Signal()

    def __init__(self, jobs: JobCentre, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._grids: dict[Side, FieldGrid] = {}
        self.grid: GridView
        self.problems = ProblemGrid()
        self.grid = self.problems
        self.nothing = EmptyState(
            "No field matches",
            "Try fewer words, or take a filter off.",
            icon="search",
            button="Show all fields",
            on_button=self.clear_wanted.emit,
        )
        self.addWidget(self.problems)
        self.addWidget(self.nothing)

    def show_view(self, presenter: SchemasPresenter, prepare: Callable[[FieldGrid], None]) -> None:
        """Show what the presenter says; `prepare` is called once for each new grid."""
        if presenter.table == PROBLEMS:
            self.grid = self.problems
            self.problems.problems.set_rows(presenter.problems())
            self.setCurrentWidget(self.problems)
            self.problems.choose(max(0, self.problems.current_row))
            return
        grid = self._grid(presenter, prepare)
        self.grid = grid
        grid.show_column("table_name", on=presenter.table == "")
        grid.set_sort(presenter.sort, descending=presenter.descending)
        grid.fields.show_rows(presenter.fetcher())

    def _grid(self, presenter: SchemasPresenter, prepare: Callable[[FieldGrid], None]) -> FieldGrid:
        side = presenter.side
        grid = self._grids.get(side)
        if grid is None:
            paged = presenter.reading.paged.get(side, side is Side.TARGET)
            grid = FieldGrid(side, self._jobs, paged=paged)
            grid.fields.counted.connect(partial(self._tell, grid))
            prepare(grid)
            self.addWidget(grid)
            self._grids[side] = grid
        return grid

    def _tell(self, grid: FieldGrid, total: int, _all: int) -> None:
        if grid is not self.grid:
            return
        self.setCurrentWidget(grid if total else self.nothing)
        self.counted.emit(grid, total)
