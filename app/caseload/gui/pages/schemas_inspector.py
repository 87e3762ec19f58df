"""The inspector of the Schemas page: the document, what was checked, and the decision."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from caseload.gui.components.button import Button, IconButton
from caseload.gui.components.card import Rule, Surface
from caseload.gui.components.label import ElidedLabel, Label
from caseload.gui.pages.schemas_document import PageView, SheetView
from caseload.gui.pages.schemas_facts import CorrectionForm, FieldFacts
from caseload.gui.pages.schemas_words import where_words
from caseload.model.catalog import FieldSpec, ReadProblem, Side
from caseload.model.views import FieldRow, PagePicture

_PAD = 16
_FOOT = 50


class SchemaInspector(QWidget):
    """A field with its page.

    `picture_wanted` asks for the page in another width; `accepted` and `corrected` are the
    decisions; `moved` gives -1 or 1; `used_by_wanted` opens the mappings that use the field.
    """

    picture_wanted = Signal()
    accepted = Signal()
    corrected = Signal(dict, str)
    moved = Signal(int)
    closed = Signal()
    used_by_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Field")
        self._row: FieldRow | None = None
        self._side = Side.TARGET
        self._writable = True
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
        self._paper.setMinimumHeight(160)
        column.addWidget(self._paper, 1)
        column.addWidget(Rule())
        self.facts = FieldFacts()
        self.form = CorrectionForm()
        column.addWidget(self.facts)
        column.addWidget(self.form)
        self.form.hide()
        column.addWidget(self._make_foot())
        self.page.width_wanted.connect(self.picture_wanted)
        self.facts.used_by.clicked.connect(self.used_by_wanted)
        self.form.cancelled.connect(self.stop_correcting)
        self.form.ready.connect(self._save_button.setEnabled)

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
        for button in (self.accept_button, self.correct_button):
            row.addWidget(button)
        for button in (self._save_button, self._cancel_button):
            row.addWidget(button)
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
        return foot

    def set_writable(self, *, on: bool) -> None:
        """Offer the decisions, or not where nothing can be written."""
        self._writable = on
        why = "" if on else "The project is open for reading only"
        for button in (self.accept_button, self.correct_button):
            button.setEnabled(on)
            button.setToolTip(why)

    def show_field(self, row: FieldRow, side: Side) -> None:
        """Show a field; its page comes later by `show_picture` or `show_sheet`."""
        same = self._row is not None and self._row.spec == row.spec
        moved = self._row is None or self._row.spec.provenance != row.spec.provenance
        self._row, self._side = row, side
        self.stop_correcting()
        self._show_place(row.spec.provenance.document, where_words(row.spec))
        self.facts.show_field(row)
        self.facts.show()
        for button in (self.accept_button, self.correct_button):
            button.setVisible(True)
        if not same and moved and row.spec.provenance.page is None:
            self._paper.setCurrentWidget(self.sheet)

    def show_problem(self, problem: ReadProblem) -> None:
        """Show what could not be read; there is nothing to decide but to look."""
        self._row = None
        self.stop_correcting()
        self._show_place(problem.provenance.document, _problem_place(problem))
        self.facts.show_problem(problem)
        for button in (self.accept_button, self.correct_button):
            button.hide()
        self._paper.setCurrentWidget(self._waiting)

    def _show_place(self, document: str, place: str) -> None:
        self._document.setText(document)
        self._document.setToolTip(document)
        self._document.updateGeometry()
        self._place.setText(place)

    def show_picture(self, picture: PagePicture | None, spec: FieldSpec) -> None:
        """Show the page as drawn; None shows no paper."""
        paged = picture is not None
        self._smaller.setVisible(paged)
        self._larger.setVisible(paged)
        if picture is None:
            self.page.clear_picture()
            self._paper.setCurrentWidget(self._waiting)
            return
        self._place.setText(where_words(spec, picture.pages))
        name = f"Page {picture.page} of {spec.provenance.document}, with {spec.field_name} outlined"
        self.page.show_picture(picture.png, picture.box_fraction, name)
        self._paper.setCurrentWidget(self.page)

    def show_sheet(self, rows: Sequence[FieldSpec], chosen: FieldSpec) -> None:
        """Show the rows of the sheet around a field."""
        self._smaller.hide()
        self._larger.hide()
        self.sheet.show_rows(rows, chosen, self._side)
        self._paper.setCurrentWidget(self.sheet)

    @property
    def correcting(self) -> bool:
        """True while the form is open."""
        return not self.form.isHidden()

    def start_correcting(self) -> None:
        """Open the form in the place of the facts."""
        if self._row is None or not self._writable:
            return
        self.form.show_field(self._row.spec, self._side)
        self._show_form(on=True)
        self.form.take_focus()

    def stop_correcting(self) -> None:
        """Close the form and keep what is."""
        self._show_form(on=False)

    def _show_form(self, *, on: bool) -> None:
        self.form.setVisible(on)
        self.facts.setVisible(not on)
        for button in (self._save_button, self._cancel_button):
            button.setVisible(on)
        for button in (self.accept_button, self.correct_button):
            button.setVisible(not on and self._row is not None)
        for button in (self.before_button, self.next_button):
            button.setVisible(not on)

    def _save(self) -> None:
        self.corrected.emit(self.form.changes(), self.form.why())

    def refuse_correction(self, why: str) -> None:
        """Say in the form why it was not taken."""
        self.form.show_problem(why)


def _problem_place(problem: ReadProblem) -> str:
    found = problem.provenance
    if found.page is not None:
        return f"page {found.page}"
    sheet = f"sheet {found.sheet}" if found.sheet else ""
    row = f"row {found.row}" if found.row else ""
    return ", ".join(part for part in (sheet, row) if part)
