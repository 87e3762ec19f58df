"""The cards of the Overview that are its own: the stage line, next steps, gates, ledger."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from caseload.gui import icons, paint, words
from caseload.gui.components.button import Button, press_on_enter
from caseload.gui.components.card import Card, Rule
from caseload.gui.components.grid import GridView
from caseload.gui.components.gridmodel import Column, RowsModel
from caseload.gui.components.label import Label, Link
from caseload.gui.components.pill import Pill, PillSpec, paint_pill
from caseload.gui.components.states import Icon
from caseload.gui.pages.lifecycle_words import stage_fact, stage_number, stage_pill, stage_tone
from caseload.gui.pages.overview_presenter import GateLine, ledger_figures, ledger_pill
from caseload.gui.theme import current
from caseload.gui.words import tip
from caseload.model.stage import STAGE_TITLES, STAGES
from caseload.model.views import LedgerTotals, NextStep, StageState

_LINE_HEIGHT = 132
_ICON_TONES = {
    "circle-x": "error",
    "shield-alert": "error",
    "circle-slash": "error",
    "rotate-ccw": "warn",
    "triangle-alert": "warn",
    "refresh-cw": "warn",
    "badge-check": "accent_text",
}


class LeadList(GridView):
    """A short list on a card whose rows lead somewhere: a click or Enter opens one."""

    def __init__(self, columns: Sequence[Column[Any]], *, name: str, header: bool = True) -> None:
        self.rows_model: RowsModel[Any] = RowsModel(columns)
        super().__init__(self.rows_model, name=name, frozen=0, lead=15)
        self.horizontalHeader().setVisible(header)
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor)

    def show_rows(self, rows: Sequence[Any]) -> None:
        """Show other rows and take their height."""
        self.rows_model.set_rows(rows)
        self.fit_height()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Open the row under the pointer."""
        row = self.rows_model.row_at(self.rowAt(round(event.position().y())))
        if row is not None and event.button() is Qt.MouseButton.LeftButton:
            self.row_opened.emit(row)


class StageCell(QAbstractButton):
    """One stage of the line: number, title, state, its figure and when."""

    def __init__(self, state: StageState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        press_on_enter(self)
        self.set_state(state)

    @property
    def state(self) -> StageState:
        """What it shows."""
        return self._state

    def set_state(self, state: StageState) -> None:
        """Show a newer state of the stage."""
        self._state = state
        pill, fact = stage_pill(state).words, stage_fact(state)
        number = stage_number(state.stage)
        self.setAccessibleName(f"Stage {number}, {state.title}: {pill}, {fact}")
        self.setToolTip(tip(state.summary))
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the five lines."""
        painter = QPainter(self)
        theme = current()
        state = self._state
        if self.underMouse():
            painter.fillRect(self.rect(), theme.colour("hover"))
        left, wide = 15.0, self.width() - 21.0
        caption = theme.font("caption")
        quiet = theme.colour("text_3")
        number = f"Stage {stage_number(state.stage)}"
        paint.text(painter, QRectF(left, 11, wide, 18), number, caption, quiet)
        title = QRectF(left, 31, wide, 20)
        bold = theme.font("body", 600)
        paint.text(painter, title, state.title, bold, theme.colour("text_1"))
        paint_pill(painter, left, 66, stage_pill(state))
        fact = theme.colour("text_2" if state.state is not None else "text_3")
        paint.text(painter, QRectF(left, 85, wide, 18), stage_fact(state), caption, fact)
        when = words.moment(state.ended_at or state.started_at) if state.started_at else ""
        paint.text(painter, QRectF(left, 102, wide, 18), when, caption, quiet)


class StageLine(QWidget):
    """The seven stages side by side under a line in the colour of their state.

    `chosen` gives the Stage that was pressed.
    """

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(_LINE_HEIGHT)
        self.setAccessibleName("The seven stages")
        self.cells: list[StageCell] = []
        for stage in STAGES:
            cell = StageCell(
                StageState(stage, STAGE_TITLES[stage], None, None, "", None, None, None), self
            )
            cell.clicked.connect(self._pressed)
            self.cells.append(cell)

    def set_states(self, states: Sequence[StageState]) -> None:
        """Show where the stages stand."""
        for cell, state in zip(self.cells, states, strict=True):
            cell.set_state(state)
        self.update()

    def _edges(self) -> list[int]:
        count = len(self.cells)
        return [round(self.width() * i / count) for i in range(count + 1)]

    def resizeEvent(self, _event: QResizeEvent) -> None:
        """Share the width."""
        edges = self._edges()
        for cell, left, right in zip(self.cells, edges, edges[1:], strict=False):
            cell.setGeometry(left + 1, 3, right - left - 1, self.height() - 4)

    def _pressed(self) -> None:
        cell = self.sender()
        if isinstance(cell, StageCell):
            self.chosen.emit(cell.state.stage)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the card, the lines between, and the line above."""
        painter = QPainter(self)
        theme = current()
        area = QRectF(self.rect())
        radius = float(theme.radius("large"))
        edge = theme.colour("border")
        paint.box(painter, area, radius, theme.colour("surface"), edge)
        edges = self._edges()
        for x in edges[1:-1]:
            paint.vline(painter, x, 1, self.height() - 1, edge)
        painter.setClipPath(paint.rounded(area, (radius, radius, radius, radius)))
        for cell, left, right in zip(self.cells, edges, edges[1:], strict=False):
            tone = stage_tone(cell.state)
            if not tone:
                continue
            colour = theme.colour("accent_text") if tone == "accent" else theme.kind(tone).solid
            painter.fillRect(QRectF(left, 0, right - left, 2), colour)


class LedgerStrip(Card):
    """The ledger of the last migration in one line."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.setFixedHeight(56)
        row = QHBoxLayout()
        row.setContentsMargins(15, 0, 15, 0)
        row.setSpacing(0)
        lead = QVBoxLayout()
        lead.setSpacing(1)
        lead.addStretch(1)
        self._title = Label("", weight=600)
        self._pill = Pill(PillSpec(""))
        lead.addWidget(self._title)
        lead.addWidget(self._pill)
        lead.addStretch(1)
        row.addLayout(lead)
        self._cells: list[tuple[Label, Label]] = []
        for _ in range(8):
            row.addStretch(1)
            column = QVBoxLayout()
            column.setSpacing(0)
            column.addStretch(1)
            name, value = Label("", "caption", "text_3"), Label("", weight=500)
            column.addWidget(name)
            column.addWidget(value)
            column.addStretch(1)
            row.addLayout(column)
            self._cells.append((name, value))
        self.body.addLayout(row)

    def set_ledger(self, ledger: LedgerTotals) -> None:
        """Show a ledger."""
        self._title.setText(f"Ledger, run {ledger.run}")
        self._pill.set_spec(ledger_pill(ledger))
        said = []
        for (name, value), (title, number, tone) in zip(
            self._cells, ledger_figures(ledger), strict=True
        ):
            name.setText(title)
            value.setText(number)
            value.set_tone(tone or "text_1")
            said.append(f"{title} {number}")
        verdict = ledger_pill(ledger).words
        self.setAccessibleName(f"Ledger of run {ledger.run}: {verdict}. {', '.join(said)}")


class NextSteps(Card):
    """What to do next for this role; `wanted` gives the NextStep whose button was pressed."""

    wanted = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Next for you", parent=parent)
        self._buttons: dict[Button, NextStep] = {}
        self._rows: list[QWidget] = []

    def set_steps(self, steps: Sequence[NextStep], role: str) -> None:
        """Show other steps."""
        self.sub.setText(role.replace("_", " ").capitalize())
        self._buttons.clear()
        for row in self._rows:
            self.body.removeWidget(row)
            row.deleteLater()
        self._rows = [self._step_row(step) for step in steps] or [self._nothing()]
        for row in self._rows:
            self.body.addWidget(row)

    def _step_row(self, step: NextStep) -> QWidget:
        box = QWidget()
        outer = QVBoxLayout(box)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(Rule())
        row = QHBoxLayout()
        row.setContentsMargins(15, 11, 15, 12)
        row.setSpacing(0)
        top = Qt.AlignmentFlag.AlignTop
        mark = QVBoxLayout()
        mark.setContentsMargins(1, 2, 18, 0)
        mark.addWidget(Icon(step.icon, 16, _ICON_TONES.get(step.icon, "text_2")))
        row.addLayout(mark)
        row.setAlignment(mark, top)
        said = QVBoxLayout()
        said.setSpacing(1)
        said.addWidget(Label(step.title, weight=600, wrap=True))
        said.addWidget(Label(step.detail, tone="text_2", wrap=True))
        row.addLayout(said, 1)
        row.addSpacing(12)
        button = Button(step.button, small=True, name=f"{step.button}: {step.title}")
        button.clicked.connect(self._pressed)
        self._buttons[button] = step
        row.addWidget(button, 0, top)
        outer.addLayout(row)
        return box

    @staticmethod
    def _nothing() -> QWidget:
        box = QWidget()
        outer = QVBoxLayout(box)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(Rule())
        row = QHBoxLayout()
        row.setContentsMargins(16, 14, 16, 16)
        row.setSpacing(12)
        row.addWidget(Icon("circle-check", 16, "ok"))
        row.addWidget(Label("Nothing waits for you.", tone="text_2"), 1)
        outer.addLayout(row)
        return box

    def _pressed(self) -> None:
        step = self._buttons.get(self.sender())  # type: ignore[call-overload]
        if step is not None:
            self.wanted.emit(step)


class GateRow(QWidget):
    """A gate: icon, title, what it found of what it asks for."""

    def __init__(self, line: GateLine, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._line = line
        self.setToolTip(tip(line.message))
        passed = "passes" if line.passed else "fails"
        self.setAccessibleName(f"{line.title} {passed}: {line.actual}, wanted {line.expected}")

    def sizeHint(self) -> QSize:
        """A row and two pixels."""
        return QSize(200, current().metric("row") + 2)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the line under a hairline."""
        painter = QPainter(self)
        theme = current()
        line = self._line
        paint.hline(painter, 0, self.width(), 0, theme.colour("border"))
        height = float(self.height() + 1)
        icon, kind = ("circle-check", "ok") if line.passed else ("circle-x", "error")
        icons.paint(painter, icon, 16, (height - 16) / 2, 16, theme.kind(kind).text)
        body, strong = theme.font("body"), theme.font("body", 500)
        right = self.width() - 15.0
        quiet = theme.colour("text_2")
        wanted = f" / {line.expected}" if line.expected else ""
        wide = paint.width_of(wanted, body)
        area = QRectF(right - wide, 0, wide + 1, height)
        paint.text(painter, area, wanted, body, quiet)
        found = paint.width_of(line.actual, strong)
        tone = theme.colour("text_1") if line.passed else theme.kind("error").text
        area = QRectF(right - wide - found, 0, found + 1, height)
        paint.text(painter, area, line.actual, strong, tone)
        font = body if line.passed else strong
        room = QRectF(42, 0, right - wide - found - 50, height)
        paint.text(painter, room, line.title, font, theme.colour("text_1"))


class GatesCard(Card):
    """The release gates: failed ones first, a count of the rest, and the way to the run.

    `run_wanted` when the run that judged them is wanted.
    """

    run_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Release gates", parent=parent)
        self.pill = Pill(PillSpec(""))
        self.add_action(self.pill)
        self._lines = QVBoxLayout()
        self._lines.setSpacing(0)
        self.body.addLayout(self._lines)
        self._foot = QWidget()
        foot = QVBoxLayout(self._foot)
        foot.setContentsMargins(0, 0, 0, 0)
        foot.setSpacing(0)
        foot.addWidget(Rule())
        row = QHBoxLayout()
        row.setContentsMargins(42, 4, 15, 5)
        self._rest = Label("", tone="text_3")
        self._link = Link("Open run")
        self._link.clicked.connect(self.run_wanted)
        row.addWidget(self._rest, 1)
        row.addWidget(self._link)
        foot.addLayout(row)
        self.body.addWidget(self._foot)

    def set_gates(
        self, lines: Sequence[GateLine], pill: PillSpec, profile: str, left: str, run: int | None
    ) -> None:
        """Show what the last run judged."""
        self.sub.setText(profile)
        self.pill.set_spec(pill)
        while self._lines.count():
            item = self._lines.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.deleteLater()
        for line in lines:
            self._lines.addWidget(GateRow(line))
        self._rest.setText(left if lines else "They are judged by the last stage.")
        self._link.setVisible(bool(lines) and run is not None)
        self._link.setText(f"Open run {run}")
        self._link.setAccessibleName(f"Open run {run}")
        self._link.updateGeometry()
