"""Two runs beside each other: what is new, fixed and persisting, and the figures that changed."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QVBoxLayout, QWidget

from caseload.gui import icons, paint, words
from caseload.gui.components.button import press_on_enter
from caseload.gui.components.card import Card
from caseload.gui.components.grid import GridView, card_list
from caseload.gui.components.gridmodel import Column
from caseload.gui.components.inspector import Facts
from caseload.gui.components.label import Label, Link
from caseload.gui.components.pill import SEVERITY_PILLS, paint_pill
from caseload.gui.components.segmented import Segmented
from caseload.gui.components.states import Icon
from caseload.gui.pages.runs_presenter import (
    GROUP_PILLS,
    GROUPS,
    Comparison,
    FigureRow,
    IssueRow,
    severity_words,
)
from caseload.gui.pages.runs_tiles import GroupTile, RunPick, TotalsTile
from caseload.gui.theme import current
from caseload.model.stage import STAGE_TITLES
from caseload.model.views import RunSummary

_FIRST = 5
"""So many issues of a group are shown until all are asked for."""


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
        if self._group != GROUPS[0]:
            paint.hline(painter, 0, self.width(), 0, theme.colour("border"))
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
        column.setContentsMargins(pad, gutter, pad, gutter)
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
