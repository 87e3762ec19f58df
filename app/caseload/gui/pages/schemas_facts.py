"""What the inspector says of a field, and the form that puts it right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from caseload.gui.components.card import Rule
from caseload.gui.components.fields import TextField, TickBox
from caseload.gui.components.label import ElidedLabel, Label, Link
from caseload.gui.components.pill import Pill, PillSpec
from caseload.gui.components.states import Icon
from caseload.gui.pages.schemas_words import EDITABLE, CheckLine, changes_of, field_card
from caseload.gui.theme import current
from caseload.model.catalog import FieldSpec, ReadProblem, Side
from caseload.model.views import FieldRow

_PAD = 16


class FieldFacts(QWidget):
    """Name and certainty, the checks, then what was read, what uses it and who corrected it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 12, 0, 12)
        column.setSpacing(10)
        head = QHBoxLayout()
        head.setContentsMargins(_PAD, 0, _PAD, 0)
        self._title = ElidedLabel("", "title")
        self._pill = Pill(PillSpec("1.00", "ok", "circle-check"))
        head.addWidget(self._title, 1)
        head.addWidget(self._pill)
        column.addLayout(head)
        self._checks = QVBoxLayout()
        self._checks.setContentsMargins(_PAD, 0, _PAD, 0)
        self._checks.setSpacing(5)
        column.addLayout(self._checks)
        self._rest: tuple[CheckLine, ...] = ()
        self._lower = QWidget()
        lower = QVBoxLayout(self._lower)
        lower.setContentsMargins(0, 2, 0, 0)
        lower.setSpacing(10)
        lower.addWidget(Rule())
        grid = QGridLayout()
        grid.setContentsMargins(_PAD, 0, _PAD, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(6)
        grid.setColumnMinimumWidth(0, 92)
        grid.setColumnStretch(1, 1)
        self._as_read = ElidedLabel("", "code")
        self.used_by = Link("", style="body")
        self._unused = Label("No mapping yet", tone="text_2")
        self._correction = Label("", tone="text_2", wrap=True)
        used = QHBoxLayout()
        used.addWidget(self.used_by)
        used.addWidget(self._unused)
        used.addStretch(1)
        for line, words in enumerate(("As read", "Used by", "Correction")):
            label = Label(words, tone="text_3")
            grid.addWidget(label, line, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(self._as_read, 0, 1)
        grid.addLayout(used, 1, 1)
        grid.addWidget(self._correction, 2, 1)
        lower.addLayout(grid)
        column.addWidget(self._lower)

    def show_field(self, row: FieldRow) -> None:
        """Show a field."""
        card = field_card(row)
        self._title.setText(card.title)
        sign = "triangle-alert" if card.doubtful else "circle-check"
        self._pill.set_spec(PillSpec(card.certain, "warn" if card.doubtful else "ok", sign))
        self._pill.show()
        self._rest = card.more_passed
        self._show_checks(card.checks)
        self._as_read.setText(card.as_read)
        self._as_read.setToolTip(card.as_read)
        self.used_by.setText(card.used_by)
        self.used_by.setAccessibleName(f"Used by {card.used_by}")
        self.used_by.setToolTip("\n".join(row.used_by))
        self.used_by.setVisible(bool(card.used_by))
        self.used_by.updateGeometry()
        self._unused.setVisible(not card.used_by)
        self._correction.setText(card.correction)
        self._lower.show()

    def show_problem(self, problem: ReadProblem) -> None:
        """Show what could not be read."""
        self._title.setText("Could not be read")
        self._pill.hide()
        self._rest = ()
        self._show_checks([CheckLine(passed=False, words=problem.message)])
        self._lower.hide()

    def _show_checks(self, lines: Sequence[CheckLine]) -> None:
        while (item := self._checks.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for line in lines:
            self._checks.addWidget(_check_row(line))
        if self._rest:
            count = len(self._rest)
            words = f"{count} more check{'s' if count > 1 else ''} passed"
            more = Link(words, style="caption", weight=500)
            more.clicked.connect(self._show_all)
            holder = QWidget()
            row = QHBoxLayout(holder)
            row.setContentsMargins(24, 0, 0, 0)
            row.addWidget(more)
            row.addStretch(1)
            self._checks.addWidget(holder)
            self._shown = tuple(lines)

    def _show_all(self) -> None:
        lines = (*self._shown, *self._rest)
        self._rest = ()
        self._show_checks(sorted(lines, key=lambda line: not line.passed))


def _check_row(line: CheckLine) -> QWidget:
    row = QWidget()
    layout = QHBoxLayout(row)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(8)
    sign, tone = ("check", "ok") if line.passed else ("triangle-alert", "warn")
    layout.addWidget(Icon(sign, 16, tone), 0, Qt.AlignmentFlag.AlignTop)
    label = Label(line.words, "caption", "text_2" if line.passed else "text_1", wrap=True)
    layout.addWidget(label, 1)
    row.setAccessibleName(f"{'Passed' if line.passed else 'Not passed'}: {line.words}")
    return row


class CorrectionForm(QWidget):
    """Edits what was read wrong; saves only with a change and a reason."""

    ready = Signal(bool)
    cancelled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._spec: FieldSpec | None = None
        self._fields: dict[str, TextField] = {}
        self._mandatory: TickBox | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(_PAD, 12, _PAD, 12)
        self._column.setSpacing(10)
        self._title = ElidedLabel("", "title")
        self._column.addWidget(self._title)
        self._grid_holder = QWidget()
        self._column.addWidget(self._grid_holder)
        self._problem = Label("", "caption", "error", wrap=True)
        self._problem.hide()
        self._column.addWidget(self._problem)
        self._why = TextField("Why, in a few words", name="Reason for the correction")

    def show_field(self, spec: FieldSpec, side: Side) -> None:
        """Begin with the field as it stands."""
        self._spec = spec
        self._title.setText(f"Correct {spec.field_name}")
        self._problem.hide()
        self._why = TextField("Why, in a few words", name="Reason for the correction")
        holder = QWidget()
        grid = QGridLayout(holder)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(6)
        grid.setColumnMinimumWidth(0, 92)
        grid.setColumnStretch(1, 1)
        self._fields = {}
        line = 0
        for line, (name, words) in enumerate(EDITABLE[side]):
            field = TextField(name=words, small=True)
            field.setText(str(getattr(spec, name)))
            field.setCursorPosition(0)
            field.textChanged.connect(self._look)
            self._fields[name] = field
            grid.addWidget(Label(words, tone="text_3"), line, 0)
            grid.addWidget(field, line, 1)
        self._mandatory = None
        if side is Side.TARGET:
            line += 1
            self._mandatory = TickBox("Mandatory")
            self._mandatory.setChecked(spec.mandatory)
            self._mandatory.toggled.connect(self._look)
            grid.addWidget(self._mandatory, line, 1, Qt.AlignmentFlag.AlignLeft)
        grid.addWidget(Label("Reason", tone="text_3"), line + 1, 0)
        grid.addWidget(self._why, line + 1, 1)
        self._why.textChanged.connect(self._look)
        self._column.replaceWidget(self._grid_holder, holder)
        self._grid_holder.hide()
        self._grid_holder.deleteLater()
        self._grid_holder = holder
        self._look()

    def take_focus(self) -> None:
        """Begin with the first field."""
        first = next(iter(self._fields.values()), None)
        if first is not None:
            first.setFocus(Qt.FocusReason.OtherFocusReason)
            first.selectAll()

    def changes(self) -> dict[str, Any]:
        """What differs from what was read."""
        if self._spec is None:
            return {}
        values: Mapping[str, Any] = {n: f.text().strip() for n, f in self._fields.items()}
        if self._mandatory is not None:
            values = {**values, "mandatory": self._mandatory.isChecked()}
        return changes_of(self._spec, values)

    def why(self) -> str:
        """The reason."""
        return self._why.text().strip()

    def field(self, name: str) -> TextField:
        """The field of an attribute."""
        return self._why if name == "why" else self._fields[name]

    def show_problem(self, why: str) -> None:
        """Say why it was not taken."""
        self._problem.setText(why)
        self._problem.setVisible(bool(why))

    def _look(self) -> None:
        self._problem.hide()
        self.ready.emit(bool(self.changes()) and bool(self.why()))
        height = current().metric("control_small")
        for field in self._fields.values():
            field.setMinimumHeight(height)
