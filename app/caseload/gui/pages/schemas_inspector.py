"""The inspector of the Schemas page: the document, what was checked, and the decision."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from caseload.gui.components.button import Button, IconButton
from caseload.gui.components.card import Rule, Surface
from caseload.gui.components.label import ElidedLabel, Label
from caseload.gui.components.scroll import thin
from caseload.gui.pages.schemas_document import PageView, SheetView
from caseload.gui.pages.schemas_facts import FieldFacts
from caseload.gui.pages.schemas_form import FieldForm
from caseload.gui.pages.schemas_words import place_of, where_words
from caseload.gui.words import tip
from caseload.model.catalog import FieldSpec, Provenance, Side
from caseload.model.errors import BadInput
from caseload.model.schema_views import ProblemRow, SheetRows
from caseload.model.views import FieldRow, PagePicture

_PAD = 16
_FOOT = 50
_LEAST_PAPER = 150
_MISSING = ("Rows that are no field", "Parts that were not read", "Worth a look")
"""Kinds of problem behind which there may be a field that was missed."""


class _Texts(Surface):
    """Words that wrap: as high as they need at the width they have, which a scroll area asks."""

    def minimumSizeHint(self) -> QSize:
        """The height at the present width."""
        layout = self.layout()
        high = layout.heightForWidth(self.width()) if layout and layout.hasHeightForWidth() else -1
        return QSize(0, high if high >= 0 else super().minimumSizeHint().height())


class SchemaInspector(QWidget):
    """A field or a problem with its page.

    `picture_wanted` asks for the page in another width; `accepted`, `corrected` and `added`
    (table, name, changes, why) are decisions; `moved` gives -1 or 1; `used_by_wanted` opens the
    mappings that use the field; `withdraw_wanted` takes a correction back; `problem_act` says
    what to do with a problem: "go", "add", "assign", "dismiss", "reopen".
    """

    picture_wanted = Signal()
    accepted = Signal()
    corrected = Signal(dict, str)
    added = Signal(str, str, dict, str)
    moved = Signal(int)
    closed = Signal()
    used_by_wanted = Signal()
    withdraw_wanted = Signal()
    problem_act = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Field")
        self._row: FieldRow | None = None
        self._problem: ProblemRow | None = None
        self._side = Side.TARGET
        self._writable = True
        self.why = ""
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._make_head())
        column.addWidget(Rule())
        self._paper = QStackedWidget()
        self.page = PageView()
        self.sheet = SheetView()
        self._waiting = Surface("canvas")
        for widget in (self.page, self.sheet, self._waiting):
            self._paper.addWidget(widget)
        self._paper.setMinimumHeight(_LEAST_PAPER)
        column.addWidget(self._paper, 1)
        column.addWidget(Rule())
        self.facts = FieldFacts()
        self.form = FieldForm()
        self._texts = QScrollArea()
        thin(self._texts, ground="surface")
        self._texts.setFrameShape(QFrame.Shape.NoFrame)
        self._texts.setWidgetResizable(True)
        self._texts.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._texts.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._inner = _Texts("surface")
        inner = QVBoxLayout(self._inner)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.addWidget(self.facts)
        inner.addWidget(self.form)
        self._texts.setWidget(self._inner)
        self.form.hide()
        column.addWidget(self._texts)
        column.addWidget(self._make_foot())
        self._connect()

    def _connect(self) -> None:
        self.page.width_wanted.connect(self.picture_wanted)
        self.facts.used_by_wanted.connect(self.used_by_wanted)
        self.facts.withdraw_wanted.connect(self.withdraw_wanted)
        self.facts.resized.connect(self._fit_soon)
        self.form.ready.connect(self._save_button.setEnabled)
        self._inner.installEventFilter(self)

    def _make_head(self) -> QWidget:
        head = Surface("surface")
        head.setFixedHeight(47)
        row = QHBoxLayout(head)
        row.setContentsMargins(_PAD, 0, 10, 0)
        row.setSpacing(8)
        self._document = ElidedLabel("", weight=600)
        self._place = Label("", tone="text_3")
        self._smaller = IconButton("zoom-out", "Smaller")
        self._larger = IconButton("zoom-in", "Larger")
        close = IconButton("x", "Close inspector")
        row.addWidget(self._document)
        row.addWidget(self._place)
        row.addStretch(1)
        for button in (self._smaller, self._larger, close):
            row.addWidget(button)
        self._smaller.clicked.connect(lambda: self.page.step(-1))
        self._larger.clicked.connect(lambda: self.page.step(1))
        close.clicked.connect(self.closed)
        return head

    def _make_foot(self) -> QWidget:
        foot = Surface("surface", edges="t")
        foot.setFixedHeight(_FOOT)
        row = QHBoxLayout(foot)
        row.setContentsMargins(_PAD, 0, _PAD, 0)
        row.setSpacing(8)
        self.accept_button = Button("Looks right", "primary", icon="check")
        self.correct_button = Button("Correct", icon="pen-line")
        self._save_button = Button("Save correction", "primary", icon="check")
        self._cancel_button = Button("Cancel")
        self.before_button = Button("", icon="arrow-up", name="Previous field")
        self.next_button = Button("Next", icon="arrow-down")
        self.go_button = Button("Go to table")
        self.add_button = Button("Add field\u2026", "primary", icon="plus")
        self.dismiss_button = Button("Dismiss\u2026")
        self._of_field = (self.accept_button, self.correct_button)
        self._of_problem = (self.add_button, self.go_button, self.dismiss_button)
        self._of_form = (self._save_button, self._cancel_button)
        for button in (*self._of_field, *self._of_problem, *self._of_form):
            row.addWidget(button)
        for button in (*self._of_form, *self._of_problem):
            button.hide()
        row.addStretch(1)
        row.addWidget(self.before_button)
        row.addWidget(self.next_button)
        self.accept_button.clicked.connect(self.accepted)
        self.correct_button.clicked.connect(self.start_correcting)
        self._save_button.clicked.connect(self._save)
        self._cancel_button.clicked.connect(self.stop_correcting)
        self.before_button.clicked.connect(lambda: self.moved.emit(-1))
        self.next_button.clicked.connect(lambda: self.moved.emit(1))
        self.go_button.clicked.connect(lambda: self.problem_act.emit("go"))
        self.add_button.clicked.connect(lambda: self.problem_act.emit("add"))
        self.dismiss_button.clicked.connect(self._dismiss)
        return foot

    def _dismiss(self) -> None:
        settled = self._problem is not None and self._problem.settled_at
        self.problem_act.emit("reopen" if settled else "dismiss")

    def set_writable(self, *, on: bool) -> None:
        """Offer the decisions, or not where nothing can be written."""
        self._writable = on
        why = "" if on else "The project is open for reading only"
        for button in (*self._of_field, self.add_button, self.dismiss_button):
            button.setEnabled(on)
            button.setToolTip(tip(why))

    # Showing

    def show_field(self, row: FieldRow, side: Side) -> None:
        """Show a field; its page comes later by `show_picture` or `show_sheet`."""
        moved = self._row is None or self._row.spec.provenance != row.spec.provenance
        self._row, self._problem, self._side = row, None, side
        self.setAccessibleName("Field")
        self.stop_correcting()
        place = row.spec.provenance
        self._show_place(place.document, where_words(row.spec))
        self.facts.show_field(row)
        if moved and place.page is None:
            self._paper.setCurrentWidget(self.sheet if place.row else self._waiting)

    def show_problem(self, problem: ProblemRow, side: Side) -> None:
        """Show what could not be read, and what can be done about it."""
        self._row, self._problem, self._side = None, problem, side
        self.setAccessibleName("Problem")
        self.stop_correcting()
        place = problem.problem.provenance
        self._show_place(place.document, place_of(place))
        self.facts.show_problem(problem)
        self.go_button.setVisible(bool(problem.table))
        self.add_button.setVisible(problem.kind in _MISSING)
        self.dismiss_button.set_words("Reopen" if problem.settled_at else "Dismiss\u2026")
        if place.page is None:
            self._paper.setCurrentWidget(self.sheet if place.row else self._waiting)

    def show_nothing(self) -> None:
        """There is no field to tell of."""
        self._row = self._problem = None

    def _show_place(self, document: str, place: str) -> None:
        self._document.setText(document or "No place in a document")
        self._document.setToolTip(tip(document))
        self._document.updateGeometry()
        self._place.setText(place)

    def show_picture(self, picture: PagePicture | None, place: Provenance, name: str) -> None:
        """Show the page as drawn with `name` outlined; None shows no paper."""
        paged = picture is not None
        self._smaller.setVisible(paged)
        self._larger.setVisible(paged)
        if picture is None:
            self.page.clear_picture()
            self._paper.setCurrentWidget(self._waiting)
            return
        self._place.setText(place_of(place, picture.pages))
        said = f"Page {picture.page} of {place.document}, with {name} outlined"
        self.page.show_picture(picture.png, picture.box_fraction, said)
        self._paper.setCurrentWidget(self.page)

    def show_sheet(self, rows: SheetRows | None, row: int) -> None:
        """Show the rows of the sheet around a place."""
        self._smaller.hide()
        self._larger.hide()
        if rows is None:
            self._paper.setCurrentWidget(self._waiting)
            return
        self._paper.setCurrentWidget(self.sheet)
        self.sheet.show_rows(rows, row)

    # The form

    @property
    def correcting(self) -> bool:
        """True while the form is open."""
        return not self.form.isHidden()

    def start_correcting(self) -> None:
        """Open the form in the place of the facts."""
        if self._row is None or not self._writable:
            return
        self.form.show_field(self._row.spec, self._side, self.why)
        self._save_button.set_words("Save correction")
        self._show_form(on=True)
        self.form.take_focus()

    def start_adding(self, spec: FieldSpec, side: Side, place: dict[str, object] | None) -> None:
        """Open the form for a field that was missed, with what is known of it."""
        if not self._writable:
            return
        self._side = side
        self.form.show_new(spec, side, self.why, place)
        self._save_button.set_words("Add")
        self._show_form(on=True)
        self.form.take_focus()

    def stop_correcting(self) -> None:
        """Close the form and keep what is."""
        self._show_form(on=False)

    def _show_form(self, *, on: bool) -> None:
        self.form.setVisible(on)
        self.facts.setVisible(not on)
        for button in self._of_form:
            button.setVisible(on)
        for button in self._of_field:
            button.setVisible(not on and self._row is not None)
        for button in self._of_problem:
            button.setVisible(not on and self._problem is not None)
        for button in (self.before_button, self.next_button):
            button.setVisible(not on)
        self.next_button.set_words("" if self._problem is not None else "Next")
        self._fit_soon()

    def _save(self) -> None:
        try:
            changes = self.form.changes()
        except BadInput as error:
            self.form.show_problem(error.what)
            return
        self.why = self.form.why()
        if self.form.adding:
            self.added.emit(*self.form.named(), changes, self.form.why())
        else:
            self.corrected.emit(changes, self.form.why())

    def refuse_correction(self, why: str) -> None:
        """Say in the form why it was not taken."""
        self.form.show_problem(why)
        self._fit_soon()

    # Room

    def _fit_soon(self) -> None:
        QTimer.singleShot(0, self, self._fit)

    def _fit(self) -> None:
        """Give the words what they need, at most a good half; the paper has the rest."""
        shown = self.form if self.correcting else self.facts
        wide = self._texts.viewport().width()
        wanted = shown.heightForWidth(wide) if shown.hasHeightForWidth() else -1
        wanted = max(wanted, shown.sizeHint().height())
        share = 0.66 if self.correcting else 0.5
        high = min(wanted, round((self.height() - 97) * share))
        self._texts.setFixedHeight(max(80, high))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the height anew."""
        super().resizeEvent(event)
        self._fit_soon()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Fit when the words asked for another height."""
        if event.type() == QEvent.Type.LayoutRequest:
            self._fit_soon()
        return False
