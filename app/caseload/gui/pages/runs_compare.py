"""Two runs beside each other: what is new, fixed and persisting, and the figures that changed."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QAction, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from caseload.gui import icons, paint, words
from caseload.gui.components.bars import paint_stack
from caseload.gui.components.button import press_on_enter
from caseload.gui.components.card import Card
from caseload.gui.components.grid import GridView, card_list
from caseload.gui.components.gridmodel import Column
from caseload.gui.components.inspector import Facts
from caseload.gui.components.label import Label, Link
from caseload.gui.components.menu import Menu
from caseload.gui.components.pill import SEVERITY_PILLS, paint_pill, pill_width
from caseload.gui.components.segmented import Segmented
from caseload.gui.components.states import Icon
from caseload.gui.pages.lifecycle_words import run_pill
from caseload.gui.pages.runs_presenter import (
    GROUP_PILLS,
    GROUPS,
    Comparison,
    FigureRow,
    IssueRow,
    errors_words,
    run_facts,
    run_words,
    severity_words,
)
from caseload.gui.theme import current
from caseload.model.stage import STAGE_TITLES
from caseload.model.views import RunSummary

_FIRST = 5
"""So many issues of a group are shown until all are asked for."""


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


def _figure_columns(a: int, b: int) -> tuple[Column[FigureRow], ...]:
    return (
        Column("title", "Figure", lambda r: r.title, 150, "text", sortable=False, stretch=1),
        Column("a", f"Run {a}", lambda r: r.before, 94, "quiet", sortable=False, align="right"),
        Column("b", f"Run {b}", lambda r: r.after, 88, "name", sortable=False, align="right"),
        Column("change", "Change", lambda r: r.change, 98, "text", sortable=False,
               align="right", tone=lambda r: r.tone),
    )  # fmt: skip


def _rows_words(count: int) -> str:
    return words.number(count) if count else words.NONE


def _issue_columns(a: int, b: int) -> tuple[Column[IssueRow], ...]:
    return (
        Column("severity", "Severity", lambda r: SEVERITY_PILLS[r.severity].words, 106, "pill",
               lambda r: SEVERITY_PILLS[r.severity], sortable=False),
        Column("place", "Field", lambda r: r.place, 210, "name", sortable=False, stretch=1),
        Column("message", "What is wrong", lambda r: r.message, 160, "quiet", sortable=False,
               stretch=1),
        Column("a", f"Run {a}", lambda r: _rows_words(r.before), 70, "quiet", sortable=False,
               align="right"),
        Column("b", f"Run {b}", lambda r: words.number(r.after), 66, "number", sortable=False),
        Column("change", "Change", lambda r: words.change(r.change), 78, "number",
               sortable=False, tone=lambda r: r.tone),
    )  # fmt: skip


class IssueGroup(QWidget):
    """A group of issues under its head, the first five or all."""

    def __init__(
        self, group: str, rows: Sequence[IssueRow], columns: Sequence[Column[IssueRow]],
        parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._rows = list(rows)
        self._all = len(rows) <= _FIRST
        self._shut = False
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.head = _GroupHead(group, rows)
        self.head.clicked.connect(self._fold)
        row = QHBoxLayout(self.head)
        row.setContentsMargins(0, 0, 15, 1)
        row.addStretch(1)
        self.link = Link("Show all")
        self.link.setVisible(not self._all)
        self.link.clicked.connect(self.show_all)
        row.addWidget(self.link)
        column.addWidget(self.head)
        self.list, self.model = card_list(columns, name=GROUP_PILLS[group].words, header=False)
        column.addWidget(self.list)
        self._fill()

    def show_all(self) -> None:
        """Show every issue of the group."""
        self._all = True
        self.link.hide()
        self._fill()

    def _fold(self) -> None:
        self._shut = not self._shut
        self.head.set_open(open_=not self._shut)
        self.list.setVisible(not self._shut and bool(self._rows))

    def _fill(self) -> None:
        self.model.set_rows(self._rows if self._all else self._rows[:_FIRST])
        self.list.fit_height()
        self.list.setVisible(bool(self._rows) and not self._shut)


class _GroupHead(QAbstractButton):
    """The head of a group: chevron, pill, count, severities."""

    def __init__(self, group: str, rows: Sequence[IssueRow]) -> None:
        super().__init__()
        self._group = group
        self._count = len(rows)
        self._words = severity_words(rows) if rows else ""
        self._open = True
        self.setFixedHeight(32)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        press_on_enter(self)
        pill = GROUP_PILLS[group].words
        self.setAccessibleName(f"{pill}: {words.plural(len(rows), 'issue')}, {self._words}")

    def set_open(self, *, open_: bool) -> None:
        """Turn the chevron."""
        self._open = open_
        self.update()

    def sizeHint(self) -> QSize:
        """A row and a little."""
        return QSize(300, 32)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the head."""
        painter = QPainter(self)
        theme = current()
        painter.fillRect(self.rect(), theme.colour("sunken"))
        paint.hline(painter, 0, self.width(), self.height() - 1, theme.colour("border"))
        middle = (self.height() - 1) / 2
        sign = "chevron-down" if self._open else "chevron-right"
        icons.paint(painter, sign, 15, middle - 7, 14, "text_2")
        left = 37.0 + paint_pill(painter, 37, middle, GROUP_PILLS[self._group]) + 10
        strong = theme.font("body", 600)
        count = words.number(self._count)
        area = QRectF(left, 0, 60, self.height() - 1)
        paint.text(painter, area, count, strong, theme.colour("text_1"))
        left += paint.width_of(count, strong) + 9
        rest = QRectF(left, 0, self.width() - left - 90, self.height() - 1)
        paint.text(painter, rest, self._words, theme.font("caption"), theme.colour("text_2"))


class CompareView(QWidget):
    """The comparison; `picked` gives "a" or "b" and the number of the run wanted there."""

    picked = Signal(str, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        gutter = int(current().size("gutter"))
        pad = int(current().size("page_pad"))
        column = QVBoxLayout(self)
        column.setContentsMargins(pad, gutter, pad, pad)
        column.setSpacing(14)
        self.left, self.right = RunPick("First run"), RunPick("Second run")
        self.left.picked.connect(self._pick_left)
        self.right.picked.connect(self._pick_right)
        picks = QHBoxLayout()
        picks.setSpacing(10)
        picks.addWidget(self.left, 1)
        picks.addWidget(Icon("arrow-right", 16, "text_2"))
        picks.addWidget(self.right, 1)
        column.addLayout(picks)
        self.tiles = {group: GroupTile(group) for group in GROUPS}
        self.totals = TotalsTile()
        tiles = QHBoxLayout()
        tiles.setSpacing(gutter)
        for tile in (*self.tiles.values(), self.totals):
            tiles.addWidget(tile, 1)
        column.addLayout(tiles)
        split = QHBoxLayout()
        split.setSpacing(gutter)
        side = QVBoxLayout()
        side.setSpacing(gutter)
        self.figures_card = Card("Changed figures")
        self.inputs_card = Card("What went in")
        self.inputs = Facts()
        inset = QVBoxLayout()
        inset.setContentsMargins(15, 0, 15, 14)
        inset.addWidget(self.inputs)
        self.inputs_card.body.addLayout(inset)
        for card in (self.figures_card, self.inputs_card):
            card.setFixedWidth(440)
            side.addWidget(card)
        side.addStretch(1)
        split.addLayout(side)
        self.issues_card = Card("Issues")
        self.filter = Segmented(
            (("all", "All"), *((g, GROUP_PILLS[g].words) for g in GROUPS)),
            name="Issues", small=True,
        )  # fmt: skip
        self.filter.chosen.connect(self._filter)
        self.issues_card.add_action(self.filter)
        right = QVBoxLayout()
        right.addWidget(self.issues_card)
        right.addStretch(1)
        split.addLayout(right, 1)
        column.addLayout(split, 1)
        self.groups: dict[str, IssueGroup] = {}
        self.figures: GridView | None = None
        self._made: list[QWidget] = []

    def show_comparison(self, found: Comparison, runs: Sequence[RunSummary]) -> None:
        """Show two runs."""
        self.left.set_run(found.a, runs)
        self.right.set_run(found.b, runs)
        for group, tile in self.tiles.items():
            tile.set_rows(found.groups[group], known=found.issues_known)
        self.totals.set_comparison(found)
        for widget in self._made:
            widget.setParent(None)
            widget.deleteLater()
        self._made = []
        self._show_figures(found)
        self._show_issues(found)
        self.inputs.set_facts(list(found.inputs))

    def _add(self, card: Card, widget: QWidget) -> None:
        card.body.addWidget(widget)
        self._made.append(widget)

    def _show_figures(self, found: Comparison) -> None:
        total = len(found.figures) + found.same
        self.figures_card.sub.setText(f"{len(found.figures)} of {total}")
        columns = _figure_columns(found.a.number, found.b.number)
        self.figures, _model = card_list(columns, found.figures, name="Changed figures")
        if found.figures:
            self._add(self.figures_card, self.figures)
        foot = QWidget()
        row = QHBoxLayout(foot)
        row.setContentsMargins(15, 8, 15, 9)
        row.setSpacing(9)
        row.addWidget(Icon("info", 16, "info"), 0, Qt.AlignmentFlag.AlignTop)
        same = f"{words.plural(found.same, 'figure is', 'figures are')} the same in both runs."
        if found.apart:
            names = ", ".join(STAGE_TITLES[stage] for stage in found.apart)
            same = f"{same} Only one of them ran: {names}."
        row.addWidget(Label(same, "caption", "text_2", wrap=True), 1)
        self._add(self.figures_card, foot)

    def _show_issues(self, found: Comparison) -> None:
        self.filter.setVisible(found.issues_known)
        self.groups = {}
        if not found.issues_known:
            said = Label(
                "The issues of one of these runs were not kept: it ended before the quality rules.",
                tone="text_2", wrap=True,
            )  # fmt: skip
            said.setContentsMargins(15, 0, 15, 14)
            self._add(self.issues_card, said)
            return
        for group in GROUPS:
            label = f"{GROUP_PILLS[group].words} {words.number(found.count(group))}"
            self.filter.set_words(group, label)
        columns = _issue_columns(found.a.number, found.b.number)
        head, _model = card_list(columns, name="Issues of both runs")
        head.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._add(self.issues_card, head)
        for group in GROUPS:
            self.groups[group] = IssueGroup(group, found.groups[group], columns)
            self._add(self.issues_card, self.groups[group])
        self._filter(self.filter.choice)

    def _filter(self, key: str) -> None:
        for group, box in self.groups.items():
            box.setVisible(key in ("all", group))
            if key == group:
                box.show_all()

    def _pick_left(self, number: int) -> None:
        self.picked.emit("a", number)

    def _pick_right(self, number: int) -> None:
        self.picked.emit("b", number)
