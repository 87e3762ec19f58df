"""What could not be read or settled: by kind, each beside its place, with what can be done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from caseload.gui import words
from caseload.gui.components.bulk import BulkBar
from caseload.gui.components.button import Button
from caseload.gui.components.card import Rule, Surface
from caseload.gui.components.fields import TextField
from caseload.gui.components.grid import GridView
from caseload.gui.components.gridmodel import Column, RowsModel
from caseload.gui.components.label import Label
from caseload.gui.components.menu import Menu
from caseload.gui.components.segmented import Segmented
from caseload.gui.components.states import EmptyState
from caseload.gui.pages.base import Toolbar
from caseload.gui.pages.schemas_presenter import SchemasPresenter
from caseload.gui.pages.schemas_words import one_line, place_of
from caseload.model.catalog import Side
from caseload.model.schema_views import ProblemRow

_KINDS = 248
SETTLED = "\0settled"


@dataclass(frozen=True, slots=True)
class KindRow:
    """A group of problems and how many are in it."""

    key: str
    words: str
    count: int


def _where(row: ProblemRow) -> str:
    return place_of(row.problem.provenance)


def _about(row: ProblemRow) -> str:
    return f"{row.table}.{row.field}".strip(".")


_COLUMNS: tuple[Column[ProblemRow], ...] = (
    Column(
        "sign", "", lambda r: "dismissed" if r.settled_at else "open", 34, "icon",
        lambda r: ("check", "text_3") if r.settled_at else ("triangle-alert", "warn"),
        sortable=False,
    ),
    Column(
        "message", "What could not be read or settled", lambda r: one_line(r.problem.message), 260,
        tone=lambda r: "text_3" if r.settled_at else "text_1", sortable=False, stretch=4,
    ),
    Column("about", "Table", _about, 150, "path", sortable=False, stretch=2),
    Column("document", "Document", lambda r: r.problem.provenance.document, 120, "path",
           sortable=False, stretch=1),
    Column("where", "Place", _where, 96, "quiet", sortable=False),
    Column("why", "Dismissed", lambda r: f"{r.settled_by}: {r.settled_why}" if r.settled_at else "",
           140, "quiet", sortable=False, stretch=1),
)  # fmt: skip

_KIND_COLUMNS: tuple[Column[KindRow], ...] = (
    Column("words", "Kind", lambda k: k.words, 160, "text", sortable=False, stretch=1),
    Column("count", "", lambda k: words.number(k.count), 52, "number", sortable=False),
)


class ReasonLine(Surface):
    """Asks in place why something is no problem; Enter gives it, Esc leaves."""

    given = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("surface", edges="t", parent=parent)
        self.setProperty("foot", 2)
        self.setFixedHeight(44)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 0, 16, 0)
        row.setSpacing(10)
        self._said = Label("", weight=500)
        self.field = TextField("In a few words; it is kept", name="Reason", small=True)
        self.button = Button("Dismiss", "primary", small=True)
        cancel = Button("Cancel", small=True)
        row.addWidget(self._said)
        row.addWidget(self.field, 1)
        row.addWidget(self.button)
        row.addWidget(cancel)
        self.button.clicked.connect(self._give)
        self.field.returnPressed.connect(self._give)
        self.field.textChanged.connect(lambda text: self.button.setEnabled(bool(text.strip())))
        cancel.clicked.connect(self.hide)
        self.hide()

    def ask(self, question: str) -> None:
        """Ask a question."""
        self._said.setText(question)
        self.field.clear()
        self.button.setEnabled(False)
        self.show()
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def _give(self) -> None:
        if self.field.text().strip():
            self.hide()
            self.given.emit(self.field.text().strip())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc leaves."""
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
        else:
            super().keyPressEvent(event)


class ProblemsView(QWidget):
    """Kinds at the left, the problems of one beside them.

    `row_chosen` gives the problem in focus, `act` what to do with it: "go", "add", "assign",
    "dismiss", "reopen"; `dismiss_wanted` gives keys and the reason.
    """

    row_chosen = Signal(object)
    row_opened = Signal(object)
    act = Signal(str)
    dismiss_wanted = Signal(list, str)
    side_wanted = Signal(str)

    def __init__(self, presenter: SchemasPresenter) -> None:
        super().__init__()
        self.presenter = presenter
        self._kind = ""
        self._asked: list[str] = []
        self.toolbar = Toolbar()
        self.sides = Segmented(
            [("source", "Source"), ("target", "Target")], name="Side", small=True
        )
        self._said = Label("", "caption", "text_2")
        self.toolbar.add(self.sides)
        self.toolbar.add(self._said)
        self.toolbar.gap()
        self.kinds: RowsModel[KindRow] = RowsModel(_KIND_COLUMNS, row_id=lambda k: k.key)
        self.kind_list = GridView(self.kinds, name="Kinds of problem", frozen=0, lead=16)
        self.problems: RowsModel[ProblemRow] = RowsModel(
            _COLUMNS, row_id=lambda r: r.key, ticks=True
        )
        self.grid = GridView(self.problems, name="Problems", frozen=1)
        self.bulk = BulkBar()
        self._bulk_dismiss = self.bulk.add_button("Dismiss \u2026", icon="x")
        self.reason = ReasonLine()
        self.nothing = EmptyState(
            "Nothing is left to settle",
            "Every row of this side's documents was read, and every correction has its field.",
            icon="circle-check",
        )
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.toolbar)
        full = QWidget()
        row = QHBoxLayout(full)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        self.kind_list.setFixedWidth(_KINDS)
        right = QVBoxLayout()
        right.setSpacing(0)
        right.addWidget(self.grid, 1)
        right.addWidget(self.bulk)
        right.addWidget(self.reason)
        row.addWidget(self.kind_list)
        row.addWidget(Rule(upright=True))
        row.addLayout(right, 1)
        self._stack = QStackedWidget()
        self._full = full
        self._stack.addWidget(full)
        self._stack.addWidget(self.nothing)
        column.addWidget(self._stack, 1)

    def _connect(self) -> None:
        self.sides.chosen.connect(self.side_wanted)
        self.kind_list.row_chosen.connect(self._kind_chosen)
        self.grid.row_chosen.connect(self.row_chosen)
        self.grid.row_opened.connect(self.row_opened)
        self.grid.menu_wanted.connect(self._menu)
        self.grid.ticks_changed.connect(self._ticked)
        self.bulk.cleared.connect(self.grid.clear_ticks)
        self.bulk.all_wanted.connect(self.grid.tick_all_matching)
        self._bulk_dismiss.clicked.connect(self._dismiss_ticked)
        self.reason.given.connect(self._given)

    @property
    def row(self) -> ProblemRow | None:
        """The problem in focus."""
        return self.problems.row_at(self.grid.current_row)

    def display(self) -> None:
        """Show the problems of the presenter's side."""
        presenter = self.presenter
        for side in Side:
            self.sides.set_words(side.value, presenter.side_words(side))
        self.sides.set_choice(presenter.side.value)
        rows, settled = presenter.problems(), presenter.settled()
        said = f"{words.plural(len(rows), 'problem')} to look at"
        if settled:
            said += f", {words.number(len(settled))} dismissed"
        self._said.setText(said if rows or settled else "")
        self._stack.setCurrentWidget(self._full if rows or settled else self.nothing)
        counts = Counter(row.kind for row in rows)
        kinds = [KindRow("", "Everything open", len(rows))]
        kinds += [KindRow(kind, kind, count) for kind, count in counts.items()]
        if settled:
            kinds.append(KindRow(SETTLED, "Dismissed", len(settled)))
        if self._kind not in {kind.key for kind in kinds}:
            self._kind = "" if rows else SETTLED
        self.kinds.set_rows(kinds)
        place = next((i for i, kind in enumerate(kinds) if kind.key == self._kind), 0)
        self.kind_list.choose(place)
        self._show_rows()

    def _kind_chosen(self, kind: KindRow) -> None:
        if kind.key != self._kind:
            self._kind = kind.key
            self._show_rows()

    def _show_rows(self) -> None:
        before = self.row
        rows: Sequence[ProblemRow] = self.presenter.problems()
        if self._kind == SETTLED:
            rows = self.presenter.settled()
        elif self._kind:
            rows = [row for row in rows if row.kind == self._kind]
        self.problems.set_rows(rows)
        self.grid.show_column("why", on=self._kind == SETTLED)
        several = len({row.problem.provenance.document for row in rows}) > 1
        self.grid.show_column("document", on=several)
        keys = [row.key for row in rows]
        self.grid.choose(keys.index(before.key) if before and before.key in keys else 0)
        self._ticked()
        row = self.row
        if row is not None:
            self.row_chosen.emit(row)

    def ask_why(self, keys: Sequence[str]) -> None:
        """Ask why problems are none."""
        self._asked = list(keys)
        what = "this is" if len(keys) == 1 else f"these {words.number(len(keys))} are"
        self.reason.ask(f"Why {what} no problem")

    def _given(self, why: str) -> None:
        self.grid.clear_ticks()
        self.dismiss_wanted.emit(self._asked, why)

    def _ticked_keys(self) -> list[str]:
        ticks = self.problems.ticks
        return [row.key for row in self.problems.rows if ticks is not None and ticks.has(row.key)]

    def _ticked(self) -> None:
        count, shown = len(self._ticked_keys()), len(self.problems.rows)
        self.bulk.set_count(count, shown, shown)
        self._bulk_dismiss.setEnabled(self.presenter.writable and self._kind != SETTLED)

    def _dismiss_ticked(self) -> None:
        self.ask_why(self._ticked_keys())

    def _menu(self, row: ProblemRow, at: QPoint) -> None:
        menu = Menu(parent=self)
        on = self.presenter.writable
        for said, what, offered in (
            ("Go to the table", "go", bool(row.table)),
            ("Add the missing field \u2026", "add", on),
            ("Assign columns \u2026", "assign", on and bool(row.problem.provenance.document)),
            ("Reopen" if row.settled_at else "Dismiss \u2026",
             "reopen" if row.settled_at else "dismiss", on),
        ):  # fmt: skip
            action = menu.addAction(said)
            action.setEnabled(offered)
            action.triggered.connect(lambda _on=False, what=what: self.act.emit(what))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(at)

    def go(self, step: int) -> None:
        """Go to the problem after or before."""
        last = self.problems.rowCount() - 1
        self.grid.choose(min(last, max(0, self.grid.current_row + step)))
