"""Over the grid: where the tables' names come from, and which row heads the columns."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from caseload.gui.components.fields import Select, TextField
from caseload.gui.components.label import ElidedLabel, Label, Link
from caseload.gui.pages.base import Toolbar
from caseload.gui.pages.schemas_assign_presenter import AssignPresenter
from caseload.gui.pages.schemas_assign_said import ONE
from caseload.model.reader_profile import NO_HEADER

_NAME = 168


class SourceBar(Toolbar):
    """The row of choices; `changed` after any, `no_header_wanted` when no row heads the columns."""

    changed = Signal()
    no_header_wanted = Signal(int)

    def __init__(self, presenter: AssignPresenter, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._presenter = presenter
        self.add(Label("Table name from", "caption", "text_2"))
        self.source = Select([("column", "A column")], name="Table name from", small=True)
        self.source.chosen.connect(self._choose)
        self.add(self.source)
        self.name = TextField("Name of the table", name="Name of the table", small=True)
        self.name.setFixedWidth(_NAME)
        self.name.textEdited.connect(self._named)
        self.add(self.name)
        self.example = ElidedLabel("", "caption", "text_3")
        self.add(self.example, 1)
        self.header = Label("", "caption", "text_2")
        self.add(self.header)
        self.none = Link("No header row", style="caption", weight=500)
        self.none.clicked.connect(self._none)
        self.add(self.none)

    def renew(self) -> None:
        """Show what the presenter has."""
        presenter = self._presenter
        self.source.set_choices(presenter.sources())
        self.source.set_choice(presenter.source)
        self.name.setVisible(presenter.source == ONE)
        if self.name.text() != presenter.one_name and not self.name.hasFocus():
            self.name.setText(presenter.one_name)
        self.example.setText(presenter.source_example())
        row = presenter.header_row
        self.header.setText("No header row" if row is None else f"Row {row:,} heads the columns")
        self.none.setVisible(row is not None)

    def _choose(self, source: str) -> None:
        self._presenter.name_tables_by(source, self.name.text())
        self.renew()
        if source == ONE:
            self.name.setFocus()
        self.changed.emit()

    def _named(self, text: str) -> None:
        self._presenter.name_tables_by(ONE, text)
        self.changed.emit()

    def _none(self) -> None:
        self.no_header_wanted.emit(NO_HEADER)
