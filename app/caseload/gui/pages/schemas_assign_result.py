"""What the columns come to: the chosen column, and how the document would be read so."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from caseload.gui import icons, paint, words
from caseload.gui.components.button import Button
from caseload.gui.components.card import Rule, Surface
from caseload.gui.components.label import ElidedLabel, Label
from caseload.gui.components.pill import Pill, PillSpec
from caseload.gui.components.scroll import ScrollArea
from caseload.gui.pages.schemas_assign_presenter import AssignPresenter
from caseload.gui.theme import current
from caseload.model.document_preview import Trial, TriedField

_PAD = 16
_SHOWN_PROBLEMS = 4
_PILL_ICONS = {"ok": "circle-check", "warn": "triangle-alert", "error": "circle-x"}


class ColumnPart(QWidget):
    """The chosen column: its role and why, with what can be done about it."""

    taken = Signal()
    refused = Signal()
    roles_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(_PAD, 14, _PAD, 14)
        column.setSpacing(6)
        self.title = ElidedLabel("", "body", weight=600)
        column.addWidget(self.title)
        self.why = Label("", "caption", "text_2", wrap=True)
        column.addWidget(self.why)
        row = QHBoxLayout()
        row.setContentsMargins(0, 4, 0, 0)
        row.setSpacing(8)
        self.take = Button("Take it", small=True, icon="check")
        self.role = Button("Choose role", small=True)
        self.refuse = Button("Not this", "quiet", small=True, icon="x")
        for button in (self.take, self.role, self.refuse):
            row.addWidget(button)
        row.addStretch(1)
        column.addLayout(row)
        self.take.clicked.connect(self.taken)
        self.role.clicked.connect(self.roles_wanted)
        self.refuse.clicked.connect(self.refused)

    def show_column(self, presenter: AssignPresenter, column: int) -> None:
        """Show a column's role."""
        tag = presenter.tag(column)
        self.title.setText(f"Column {presenter.column_name(column)}")
        self.why.setText(presenter.explanation(column))
        self.take.setVisible(tag is not None and tag.guessed)
        self.role.set_words("Change role" if tag else "Choose role")
        self.refuse.setVisible(tag is not None)
        self.refuse.set_words("Not this" if tag and tag.guessed else "Not read")


class _Figure(QWidget):
    """A count with its unit below."""

    def __init__(self, unit: str) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._unit = unit
        self.value = Label(words.NONE, "figure")
        self.name = Label(f"{unit}s", "caption", "text_3")
        column.addWidget(self.value)
        column.addWidget(self.name)

    def set_value(self, count: int | None) -> None:
        """Show a count; None where there is none yet."""
        self.value.setText(words.NONE if count is None else words.number(count))
        self.name.setText(self._unit if count == 1 else f"{self._unit}s")
        self.setAccessibleName(f"{self.value.text()} {self.name.text()}")


class FieldLines(QWidget):
    """Fields as they would be read: a line each, under their table's name."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines: list[TriedField | str] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Fields as they would be read")

    def show_fields(self, fields: tuple[TriedField, ...]) -> None:
        """Show these fields."""
        self._lines = []
        table = ""
        for field in fields:
            if field.table != table:
                table = field.table
                self._lines.append(table)
            self._lines.append(field)
        self.setFixedHeight(len(self._lines) * self._row())
        said = "; ".join(f"{f.table}.{f.field} {_type(f)}".strip() for f in fields[:12])
        self.setAccessibleDescription(said)
        self.update()

    def _row(self) -> int:
        return current().line("body") + 4

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the lines."""
        painter = QPainter(self)
        theme = current()
        high = self._row()
        for place, line in enumerate(self._lines):
            area = QRectF(_PAD, place * high, self.width() - 2 * _PAD, high)
            if isinstance(line, str):
                icons.paint(painter, "table-2", area.left(), area.center().y() - 7, 14, "text_3")
                area.setLeft(area.left() + 21)
                bold = theme.font("body", 500)
                paint.text(painter, area, line, bold, theme.colour("text_1"), mode=paint.MIDDLE)
                continue
            area.setLeft(area.left() + 21)
            kind = _type(line)
            font = theme.font("caption")
            wide = min(area.width() * 0.45, paint.width_of(kind, font) + 1)
            right = QRectF(area.right() - wide, area.top(), wide, high)
            paint.text(
                painter, right, kind, font, theme.colour("text_3"), paint.RIGHT, mode=paint.END
            )
            area.setRight(right.left() - 8)
            body = theme.font("body")
            name = f"{line.field} *" if line.mandatory else line.field
            paint.text(painter, area, name, body, theme.colour("text_2"), mode=paint.MIDDLE)


def _type(field: TriedField) -> str:
    if field.data_type and field.length:
        return f"{field.data_type}({field.length})"
    return field.data_type or field.length


class ResultPanel(Surface):
    """The right of the page: the chosen column above, the result below."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("surface", parent=parent)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        self.column = ColumnPart()
        outer.addWidget(self.column)
        outer.addWidget(Rule())
        head = QVBoxLayout()
        head.setContentsMargins(_PAD, 14, _PAD, 12)
        head.setSpacing(10)
        self.title = Label("What would be read", "body", weight=600)
        head.addWidget(self.title)
        row = QHBoxLayout()
        row.setSpacing(28)
        self.tables, self.fields = _Figure("table"), _Figure("field")
        row.addWidget(self.tables)
        row.addWidget(self.fields)
        row.addStretch(1)
        head.addLayout(row)
        self.pill = Pill(PillSpec("Trying it", "neutral", "loader-circle"))
        head.addWidget(self.pill)
        self.words = Label("", "caption", "text_2", wrap=True)
        head.addWidget(self.words)
        self.problems = Label("", "caption", "text_3", wrap=True)
        head.addWidget(self.problems)
        outer.addLayout(head)
        outer.addWidget(Rule())
        self.lines = FieldLines()
        holder = QWidget()
        inner = QVBoxLayout(holder)
        inner.setContentsMargins(0, 10, 0, 10)
        inner.addWidget(self.lines)
        inner.addStretch(1)
        outer.addWidget(ScrollArea(holder, fill="surface"), 1)

    def show_waiting(self, why: str) -> None:
        """Say what the result waits for."""
        for figure in (self.tables, self.fields):
            figure.set_value(None)
        self._say(PillSpec("Not yet", "neutral", "circle-dashed"), why, "")
        self.lines.show_fields(())

    def show_counting(self) -> None:
        """Say that it is being tried; what was found before stays until then."""
        self._say(PillSpec("Trying it", "accent", "loader-circle"), "", "")

    def show_trial(self, presenter: AssignPresenter, trial: Trial) -> None:
        """Show what came of it."""
        self.tables.set_value(trial.tables)
        self.fields.set_value(trial.fields)
        kind, lead, said = presenter.result_words(trial)
        shown = list(trial.problems[:_SHOWN_PROBLEMS])
        if trial.unread > len(shown) and shown:
            shown.append(f"and {words.number(trial.unread - len(shown))} more")
        self._say(PillSpec(lead, kind, _PILL_ICONS[kind]), said, "\n".join(shown))
        self.lines.show_fields(trial.sample)

    def _say(self, pill: PillSpec, said: str, problems: str) -> None:
        self.pill.set_spec(pill)
        self.words.setText(said)
        self.words.setVisible(bool(said))
        self.problems.setText(problems)
        self.problems.setVisible(bool(problems))
        self.setAccessibleName(f"Result: {pill.words}. {said}".strip())
