"""What the inspector says of a field: checks, what was read, who put it right, what uses it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from caseload.gui.components.card import Rule
from caseload.gui.components.label import ElidedLabel, Label, Link
from caseload.gui.components.pill import Pill, PillSpec
from caseload.gui.components.states import Icon
from caseload.gui.pages.schemas_presenter import Around
from caseload.gui.pages.schemas_words import (
    CheckLine,
    FieldCard,
    breakable,
    event_words,
    field_card,
)
from caseload.gui.words import tip
from caseload.model.schema_views import ProblemRow
from caseload.model.views import FieldRow

_PAD = 16
_EVENTS = 5
_RELATIONS = 4


class FieldFacts(QWidget):
    """Name and certainty, the checks, then what was read, what uses it and who corrected it.

    `withdraw_wanted` takes the correction back, `used_by_wanted` shows the mappings; `resized`
    after its content changed.
    """

    withdraw_wanted = Signal()
    used_by_wanted = Signal()
    resized = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 12, 0, 12)
        self._column.setSpacing(10)
        head = QHBoxLayout()
        head.setContentsMargins(_PAD, 0, _PAD, 0)
        self._title = ElidedLabel("", "title")
        self._pill = Pill(PillSpec("1.00", "ok", "circle-check"))
        head.addWidget(self._title, 1)
        head.addWidget(self._pill)
        self._column.addLayout(head)
        self._checks = QVBoxLayout()
        self._checks.setContentsMargins(_PAD, 0, _PAD, 0)
        self._checks.setSpacing(5)
        self._column.addLayout(self._checks)
        self._rest: tuple[CheckLine, ...] = ()
        self._shown: tuple[CheckLine, ...] = ()
        self.used_by = Link("", style="body")
        self.take_back = Link("Take back", style="caption", weight=500)
        self.take_back.clicked.connect(self.withdraw_wanted)
        self._lower = QWidget()
        self._column.addWidget(self._lower)
        self._column.addStretch(1)
        self._card: FieldCard | None = None
        self._row: FieldRow | None = None

    def show_field(self, row: FieldRow) -> None:
        """Show a field; what else there is to tell of it comes by `show_around`."""
        card = field_card(row)
        self._row, self._card = row, card
        self._title.setText(card.title)
        sign = "triangle-alert" if card.doubtful else "circle-check"
        self._pill.set_spec(PillSpec(card.certain, "warn" if card.doubtful else "ok", sign))
        self._pill.show()
        self._rest = card.more_passed
        self._show_checks(card.checks)
        self._show_lower(Around())

    def show_around(self, around: Around) -> None:
        """Show history, problems and relations of the field."""
        if self._row is not None:
            self._show_lower(around)

    def show_problem(self, problem: ProblemRow) -> None:
        """Show what could not be read, and who said that it is none."""
        self._row = None
        self._title.setText(problem.kind)
        self._pill.hide()
        self._rest = ()
        self._show_checks([CheckLine(passed=False, words=problem.problem.message)])
        lines = []
        if problem.table:
            lines.append(("Belongs to", f"{problem.table}.{problem.field}".strip(".")))
        if problem.settled_at:
            lines.append(("Dismissed", f"{problem.settled_by}: {problem.settled_why}"))
        lower = self._fresh_lower()
        for line in lines:
            lower.add(*line)
        self._lower.setVisible(bool(lines))
        self.resized.emit()

    def _show_lower(self, around: Around) -> None:
        row, card = self._row, self._card
        if row is None or card is None:
            return
        lower = self._fresh_lower()
        lower.add("As read", card.as_read, style="code")
        for title, before, after in card.changes:
            lower.add(title, breakable(f"{before or 'empty'} \u2192 {after or 'empty'}"))
        self._correction(lower, row, card)
        if card.used_by:
            self.used_by = Link(card.used_by, style="body")
            self.used_by.clicked.connect(self.used_by_wanted)
            self.used_by.setAccessibleName(f"Used by {card.used_by}")
            self.used_by.setToolTip(tip("\n".join(row.used_by)))
            lower.add_widget("Used by", self.used_by)
        else:
            lower.add("Used by", "Filled by a rule" if row.mapped else "No mapping yet")
        for title, lines in (
            ("Problems", [p.problem.message for p in around.problems]),
            ("Relations", list(around.relations[:_RELATIONS])),
        ):
            if len(around.relations) > _RELATIONS and title == "Relations":
                lines.append(f"and {len(around.relations) - _RELATIONS} more")
            if lines:
                lower.add(title, breakable("\n".join(lines)))
        if around.events:
            said = [event_words(event) for event in around.events[:_EVENTS]]
            lower.add("History", breakable("\n".join(said)))
        self._lower.show()
        self.resized.emit()

    def _correction(self, lower: _Lines, row: FieldRow, card: FieldCard) -> None:
        if not row.corrected_by:
            lower.add("Correction", card.correction)
            return
        holder = QWidget()
        line = QHBoxLayout(holder)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        line.addWidget(Label(card.correction, tone="text_2", wrap=True), 1)
        self.take_back = Link("Take back", style="caption", weight=500)
        self.take_back.clicked.connect(self.withdraw_wanted)
        line.addWidget(self.take_back, 0, Qt.AlignmentFlag.AlignTop)
        lower.add_widget("Correction", holder)
        if card.standing:
            lower.add("", card.standing, tone="warn" if card.aside else "text_2")

    def _fresh_lower(self) -> _Lines:
        fresh = _Lines()
        self._column.replaceWidget(self._lower, fresh)
        self._lower.hide()
        self._lower.deleteLater()
        self._lower = fresh
        return fresh

    def _show_checks(self, lines: Sequence[CheckLine]) -> None:
        while (item := self._checks.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for line in lines:
            self._checks.addWidget(_check_row(line))
        self._shown = tuple(lines)
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

    def _show_all(self) -> None:
        lines = (*self._shown, *self._rest)
        self._rest = ()
        self._show_checks(sorted(lines, key=lambda line: not line.passed))
        self.resized.emit()


class _Lines(QWidget):
    """A rule, then lines of a title and what it says."""

    def __init__(self) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 2, 0, 0)
        column.setSpacing(10)
        column.addWidget(Rule())
        self._grid = QGridLayout()
        self._grid.setContentsMargins(_PAD, 0, _PAD, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnMinimumWidth(0, 92)
        self._grid.setColumnStretch(1, 1)
        column.addLayout(self._grid)

    def add(self, title: str, words: str, *, style: str = "body", tone: str = "text_2") -> None:
        """A line of words; a long one is wrapped."""
        label: Label = (
            ElidedLabel(words, style) if style == "code" else Label(words, style, tone, wrap=True)
        )
        if style == "code":
            label.setToolTip(tip(words))
        self.add_widget(title, label)

    def add_widget(self, title: str, widget: QWidget) -> None:
        """A line with a widget."""
        line = self._grid.rowCount()
        top = Qt.AlignmentFlag.AlignTop
        self._grid.addWidget(Label(title, tone="text_3"), line, 0, top)
        if isinstance(widget, Link):
            self._grid.addWidget(widget, line, 1, top | Qt.AlignmentFlag.AlignLeft)
        else:
            self._grid.addWidget(widget, line, 1)


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
