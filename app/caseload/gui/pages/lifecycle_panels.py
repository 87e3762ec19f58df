"""Beside the stage cards: the run's parameters, and what the chosen stage did or is doing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QSizePolicy,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from caseload.gui import paint
from caseload.gui.components.bars import Bar
from caseload.gui.components.card import Card
from caseload.gui.components.fields import Select, TextField
from caseload.gui.components.grid import GridView
from caseload.gui.components.gridmodel import Column, RowsModel
from caseload.gui.components.label import ElidedLabel, Label, Link
from caseload.gui.components.pill import Pill, PillSpec
from caseload.gui.components.segmented import Segmented
from caseload.gui.components.states import Icon
from caseload.gui.pages.lifecycle_presenter import Fields
from caseload.gui.pages.lifecycle_run import TableLine
from caseload.gui.theme import current

_PANEL_HEIGHT = 242
_NUMBERS = ("rows", "seed", "faults", "min_patients")
_DONE = PillSpec("Done", "ok", "circle-check")
_WORKING = PillSpec("Working", "accent", "loader-circle")


class Fact(QWidget):
    """A value that is shown and not asked for, in a sunken box."""

    def __init__(self, icon: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(current().metric("control") - 4)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._icon = icon
        self._words = ""

    def set_words(self, words: str) -> None:
        """Show other words."""
        self._words = words
        self.setAccessibleName(words)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the box."""
        painter = QPainter(self)
        theme = current()
        area = QRectF(self.rect())
        edge = theme.colour("border")
        paint.box(painter, area, theme.radius("medium"), theme.colour("sunken"), edge)
        inner = area.adjusted(10, 0, -8, 0)
        paint.text(painter, inner, self._words, theme.font("body"), theme.colour("text_2"))


class Parameters(Card):
    """What a run is asked for.  `changed` after any edit."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Parameters", "of the next run", parent=parent)
        self.setFixedSize(340, _PANEL_HEIGHT)
        self._lock = Icon("lock", 16, "text_2")
        self.add_action(self._lock)
        self._lock.hide()
        self.numbers: dict[str, TextField] = {}
        grid = QGridLayout()
        grid.setContentsMargins(15, 0, 15, 14)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(5)
        grid.setColumnMinimumWidth(0, 94)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(3, 1)
        for name, label, tip, row, column in (
            ("rows", "Patients", "Patients in the mock data", 0, 0),
            ("seed", "Seed", "The same seed gives the same bytes", 0, 2),
            ("faults", "Faults, %", "Share of source rows that get a named fault", 1, 0),
            ("min_patients", "At least", "Patients that a load must have", 1, 2),
        ):
            field = TextField(name=f"{label}: {tip}", small=False)
            field.setMinimumWidth(40)
            field.setToolTip(tip)
            field.textEdited.connect(self._edited)
            self.numbers[name] = field
            said = Label(label, tone="text_2")
            said.setContentsMargins(4 if column else 0, 0, 0, 0)
            grid.addWidget(said, row, column)
            grid.addWidget(field, row, column + 1)
        modes = (("strict", "strict"), ("pre_production", "pre_production"))
        self.impute = Segmented(modes, name="Impute mode")
        self.impute.setToolTip("Whether declared defaults fill mandatory gaps")
        self.profile = Select([("pre_production", "pre_production")], name="Gate profile")
        self.engine = Fact()
        rows: tuple[tuple[str, QWidget], ...] = (
            ("Impute mode", self.impute),
            ("Gate profile", self.profile),
            ("Engine", self.engine),
        )
        for row, (label, widget) in enumerate(rows, 2):
            grid.addWidget(Label(label, tone="text_2"), row, 0)
            grid.addWidget(widget, row, 1, 1, 3)
        self.impute.chosen.connect(self._edited)
        self.profile.chosen.connect(self._edited)
        self.body.addLayout(grid)
        self.body.addStretch(1)

    def set_fields(self, fields: Fields, profiles: Sequence[str], engine: str) -> None:
        """Show other parameters."""
        for name, field in self.numbers.items():
            field.setText(str(getattr(fields, name)))
            field.set_problem("")
        self.impute.set_choice(fields.impute_mode)
        self.profile.set_choices([(name, name) for name in profiles])
        self.profile.set_choice(fields.profile)
        self.engine.set_words(engine)

    def fields(self) -> Fields:
        """What is typed and chosen."""
        rows, seed, faults, least = (self.numbers[name].text() for name in _NUMBERS)
        return Fields(rows, seed, faults, least, self.impute.choice, self.profile.choice)

    def show_problems(self, problems: Mapping[str, str]) -> None:
        """Mark what cannot be, with its reason; the first one takes the focus."""
        for name, field in self.numbers.items():
            field.set_problem(problems.get(name, ""))
        first = next((self.numbers[n] for n in _NUMBERS if n in problems), None)
        if first is not None:
            first.setFocus(Qt.FocusReason.OtherFocusReason)
            first.selectAll()

    def set_locked(self, *, locked: bool) -> None:
        """Fix everything while a run is at work."""
        for widget in (*self.numbers.values(), self.impute, self.profile):
            widget.setEnabled(not locked)
        self.sub.setText("fixed while it runs" if locked else "of the next run")
        self._lock.setVisible(locked)

    def _edited(self, _said: str = "") -> None:
        self.show_problems({})
        self.changed.emit()


class FigureGrid(QWidget):
    """Names with their numbers, in two columns, ruled; painted."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._figures: list[tuple[str, str]] = []

    def set_figures(self, figures: Sequence[tuple[str, str]]) -> None:
        """Show other figures."""
        self._figures = list(figures)
        self.setAccessibleName(", ".join(f"{name} {value}" for name, value in figures))
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the figures column by column."""
        painter = QPainter(self)
        theme = current()
        row = theme.metric("row")
        fit = max(1, self.height() // row)
        wide = self.width() / 2
        body, strong = theme.font("body"), theme.font("body", 500)
        for index, (name, value) in enumerate(self._figures[: 2 * fit]):
            column, line = divmod(index, fit)
            left = column * wide + 16
            right = (column + 1) * wide - (24 if column == 0 else 16)
            top = float(line * row)
            paint.hline(painter, left, right, top, theme.colour("border"))
            number = paint.width_of(value, strong)
            area = QRectF(left, top, right - left, row + 1)
            tone = theme.colour("text_1")
            paint.text(painter, area, value, strong, tone, paint.RIGHT)
            room = QRectF(left, top, right - left - number - 10, row + 1)
            paint.text(painter, room, name, body, theme.colour("text_2"))


def _table_words(table: TableLine) -> str:
    return "" if table.done else table.message


_TABLE_COLUMNS: tuple[Column[TableLine], ...] = (
    Column("name", "Table", lambda t: t.name, 240, "name", sortable=False, stretch=1),
    Column("message", "What", _table_words, 200, "quiet", sortable=False, stretch=2),
    Column(
        "state",
        "State",
        lambda t: "Done" if t.done else "Working",
        110,
        "pill",
        lambda t: _DONE if t.done else _WORKING,
        sortable=False,
    ),
)


class StageDetail(Card):
    """The chosen stage: its figures, or while it runs the tables it goes through.

    `run_wanted` gives the number of the run that is to be opened.
    """

    run_wanted = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Stage", parent=parent)
        self.setFixedHeight(_PANEL_HEIGHT)
        self._run = 0
        self.pill = Pill(PillSpec(""))
        self.add_beside_title(self.pill)
        self.sub.hide()
        self._link = Link("")
        self._link.clicked.connect(self._open)
        self.add_action(self._link)
        holder = QWidget()
        self._stack = QStackedLayout(holder)
        self._stack.setContentsMargins(0, 0, 0, 0)
        self._rest = QWidget()
        rest = QVBoxLayout(self._rest)
        rest.setContentsMargins(0, 0, 0, 6)
        rest.setSpacing(10)
        self._summary = Label("", tone="text_2", wrap=True)
        self._summary.setContentsMargins(15, 0, 15, 0)
        rest.addWidget(self._summary)
        self.figures = FigureGrid()
        rest.addWidget(self.figures, 1)
        self._stack.addWidget(self._rest)
        self._stack.addWidget(self._work_page())
        self.body.addWidget(holder, 1)

    def _work_page(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 1)
        column.setSpacing(0)
        line = QHBoxLayout()
        line.setContentsMargins(15, 0, 15, 10)
        line.setSpacing(12)
        self._message = ElidedLabel("", "caption", "text_2")
        self._message.setFixedWidth(300)
        self._bar = Bar(0.0, name="Stage")
        line.addWidget(self._bar, 1)
        line.addWidget(self._message)
        column.addLayout(line)
        self.tables_model: RowsModel[TableLine] = RowsModel(
            _TABLE_COLUMNS, row_id=lambda line: line.name
        )
        self.tables = GridView(self.tables_model, name="Tables of the stage", frozen=0, lead=15)
        self.tables.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        column.addWidget(self.tables, 1)
        return page

    def show_rest(
        self,
        title: str,
        pill: PillSpec,
        summary: str,
        figures: Sequence[tuple[str, str]],
        run: int | None,
    ) -> None:
        """Show what a stage did when it last ran."""
        self.title.setText(title)
        self.pill.set_spec(pill)
        self.pill.show()
        self._summary.setText(summary)
        self.figures.set_figures(figures)
        self._run = run or 0
        self._link.setVisible(run is not None)
        self._link.setText(f"Open run {run}")
        self._link.updateGeometry()
        self._stack.setCurrentIndex(0)

    def show_work(
        self, title: str, share: float, message: str, tables: Sequence[TableLine]
    ) -> None:
        """Show a stage at work; the newest table is the last."""
        self.title.setText(title)
        self.pill.hide()
        self._link.hide()
        self._bar.set_share(share)
        self._message.setText(message)
        shown = list(tables[-40:])
        if shown != self.tables_model.rows:
            self.tables_model.set_rows(shown)
            self.tables.scrollToBottom()
        self._stack.setCurrentIndex(1)

    def _open(self) -> None:
        self.run_wanted.emit(self._run)
