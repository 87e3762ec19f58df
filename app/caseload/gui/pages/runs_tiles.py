"""The top of a comparison: which two runs, and how many issues are new, fixed, persisting."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QAction, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from caseload.gui import icons, paint, words
from caseload.gui.components.bars import paint_stack
from caseload.gui.components.button import press_on_enter
from caseload.gui.components.menu import Menu
from caseload.gui.components.pill import paint_pill, pill_width
from caseload.gui.pages.lifecycle_words import run_pill
from caseload.gui.pages.runs_presenter import (
    GROUP_PILLS,
    Comparison,
    IssueRow,
    errors_words,
    run_facts,
    run_words,
)
from caseload.gui.theme import current
from caseload.model.views import RunSummary


class RunPick(QAbstractButton):
    """One of the two runs; pressing it offers the others.  `picked` gives the number."""

    picked = Signal(int)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._run: RunSummary | None = None
        self._choices: tuple[RunSummary, ...] = ()
        self.setFixedHeight(70)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.clicked.connect(self._open)
        press_on_enter(self)

    def set_run(self, run: RunSummary, choices: Sequence[RunSummary]) -> None:
        """Show a run and what may be chosen instead."""
        self._run = run
        self._choices = tuple(choices)
        self.setAccessibleName(f"{self._name}: {run_words(run)}")
        self.update()

    def _open(self) -> None:
        menu = Menu(parent=self)
        for run in self._choices:
            action = menu.addAction(run_words(run))
            action.setData(run.number)
            action.setCheckable(True)
            action.setChecked(run is self._run)
        menu.triggered.connect(self._picked)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.mapToGlobal(QPoint(0, self.height() + 4)))

    def _picked(self, action: QAction) -> None:
        self.picked.emit(int(action.data()))

    def sizeHint(self) -> QSize:
        """Two lines."""
        return QSize(320, 70)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint number, result and what went in."""
        painter = QPainter(self)
        theme = current()
        edge = theme.colour("border_mid" if self.underMouse() else "border")
        paint.box(painter, self.rect(), theme.radius("large"), theme.colour("surface"), edge)
        if self._run is None:
            return
        run, right = self._run, self.width() - 16.0
        title = theme.font("title", 600)
        name = f"Run {run.number}"
        paint.text(painter, QRectF(16, 12, 120, 24), name, title, theme.colour("text_1"))
        icons.paint(painter, "chevron-down", right - 16, 16, 16, "text_2")
        pill = run_pill(run)
        paint_pill(painter, right - 28 - pill_width(pill), 24, pill)
        x = 16 + paint.width_of(name, title) + 10
        by = QRectF(x, 13, right - 40 - pill_width(pill) - x, 24)
        paint.text(painter, by, run.actor, theme.font("caption"), theme.colour("text_3"))
        x = 16.0
        for fact in run_facts(run):
            wide = paint.width_of(fact, theme.font("caption"))
            area = QRectF(x, 38, min(wide + 2, right - x), 20)
            paint.text(painter, area, fact, theme.font("caption"), theme.colour("text_2"))
            x += wide + 16


class GroupTile(QWidget):
    """New, fixed or persisting: how many, and how many of them errors."""

    def __init__(self, group: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._group = group
        self._title = f"{GROUP_PILLS[group].words} issues"
        self._count = words.NONE
        self._sub = ""
        self.setFixedHeight(64)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_rows(self, rows: Sequence[IssueRow], *, known: bool) -> None:
        """Show a group, or that it is not known."""
        self._count = words.number(len(rows)) if known else words.NONE
        self._sub = errors_words(rows) if known else "not known"
        self.setAccessibleName(f"{self._title}: {self._count}, {self._sub}")
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint icon block, count and words."""
        painter = QPainter(self)
        theme = current()
        area = QRectF(self.rect())
        edge = theme.colour("border")
        paint.box(painter, area, theme.radius("large"), theme.colour("surface"), edge)
        pill = GROUP_PILLS[self._group]
        kind = theme.kind(pill.kind)
        block = QRectF(16, 16, 32, 32)
        paint.box(painter, block, theme.radius("medium"), kind.soft, kind.border)
        icons.paint(painter, pill.icon, 24, 24, 16, kind.text)
        font = theme.font("figure")
        number = self._count
        wide = paint.width_of(number, font)
        text_1 = theme.colour("text_1")
        paint.text(painter, QRectF(61, 16, wide + 2, 32), number, font, text_1)
        left = 61 + wide + 12
        room = area.width() - left - 12
        strong = theme.font("body", 500)
        paint.text(painter, QRectF(left, 14, room, 20), self._title, strong, text_1)
        quiet = theme.colour("text_2")
        paint.text(painter, QRectF(left, 32, room, 18), self._sub, theme.font("caption"), quiet)


class TotalsTile(QWidget):
    """The issues of both runs as two bars over one scale."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._found: Comparison | None = None
        self.setFixedHeight(64)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_comparison(self, found: Comparison) -> None:
        """Show two runs."""
        self._found = found
        self.setAccessibleName(f"{self._words('a')}, {self._words('b')}")
        self.update()

    def _words(self, which: str) -> str:
        if self._found is None:
            return ""
        run = self._found.a if which == "a" else self._found.b
        if not self._found.issues_known:
            return f"Run {run.number}"
        return f"Run {run.number}: {words.plural(self._found.in_run(which), 'issue')}"

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the words and the bars."""
        painter = QPainter(self)
        theme = current()
        area = QRectF(self.rect())
        edge = theme.colour("border")
        paint.box(painter, area, theme.radius("large"), theme.colour("surface"), edge)
        found = self._found
        if found is None:
            return
        inner = area.adjusted(16, 0, -16, 0)
        caption, quiet = theme.font("caption"), theme.colour("text_2")
        line = QRectF(inner.left(), 9, inner.width(), 18)
        paint.text(painter, line, self._words("a"), caption, quiet)
        paint.text(painter, line, self._words("b"), caption, quiet, paint.RIGHT)
        stay = found.count("persisting")
        whole = max(found.in_run("a"), found.in_run("b"), 1)
        grey = theme.kind("neutral").solid
        for y, group, tone in ((32.0, "fixed", "ok"), (43.0, "new", "error")):
            parts = [(float(stay), grey), (float(found.count(group)), theme.kind(tone).solid)]
            share = (stay + found.count(group)) / whole
            if share > 0:
                bar = QRectF(inner.left(), y, inner.width() * share, 8)
                paint_stack(painter, bar, parts, 2)
