"""The form that puts a field right, or adds one that was missed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from caseload.gui.components.fields import TextField, TickBox
from caseload.gui.components.label import ElidedLabel, Label
from caseload.gui.pages.schemas_words import EDITABLE, FLAGS
from caseload.model.catalog import FieldSpec, Side
from caseload.model.errors import BadInput

_PAD = 16


class FieldForm(QWidget):
    """One line a trait.  `ready` says whether there is something to keep."""

    ready = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._spec = FieldSpec("", "", 0)
        self._place: dict[str, Any] = {}
        self.adding = False
        self._fields: dict[str, TextField] = {}
        self._flags: dict[str, TickBox] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(_PAD, 12, _PAD, 12)
        self._column.setSpacing(10)
        self._title = ElidedLabel("", "title")
        self._column.addWidget(self._title)
        self._holder = QWidget()
        self._column.addWidget(self._holder)
        self._problem = Label("", "caption", "error", wrap=True)
        self._problem.hide()
        self._column.addWidget(self._problem)
        self._column.addStretch(1)
        self._why = TextField("", name="Reason for the correction")

    def show_field(self, spec: FieldSpec, side: Side, why: str) -> None:
        """Begin with a field as it stands."""
        self._title.setText(f"Correct {spec.field_name}")
        self._fill(spec, side, why, adding=False)

    def show_new(
        self, spec: FieldSpec, side: Side, why: str, place: Mapping[str, Any] | None = None
    ) -> None:
        """Begin with what is known of a field that was missed, and where it stands."""
        self._title.setText("Add a field that was missed")
        self._place = dict(place or {})
        self._fill(spec, side, why, adding=True)

    def _fill(self, spec: FieldSpec, side: Side, why: str, *, adding: bool) -> None:
        from caseload.services.correction_values import text_of

        self._spec, self.adding = spec, adding
        self._problem.hide()
        holder = QWidget()
        grid = QGridLayout(holder)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(6)
        grid.setColumnMinimumWidth(0, 92)
        grid.setColumnStretch(1, 1)
        self._fields, self._flags = {}, {}
        traits = (("table_name", "Table"), *EDITABLE[side]) if adding else EDITABLE[side]
        for line, (name, words) in enumerate(traits):
            field = TextField(name=words, small=True)
            field.setText(" ".join(text_of(spec, name).split()))
            field.setCursorPosition(0)
            field.textChanged.connect(self._look)
            self._fields[name] = field
            grid.addWidget(Label(words, tone="text_3"), line, 0)
            grid.addWidget(field, line, 1)
        if adding:
            self._fields["field_name"].setPlaceholderText("Empty to add the table alone")
        flags = QHBoxLayout()
        flags.setSpacing(14)
        for name, words in FLAGS:
            box = TickBox(words)
            box.setChecked(getattr(spec, name))
            box.toggled.connect(self._look)
            self._flags[name] = box
            flags.addWidget(box)
        flags.addStretch(1)
        grid.addLayout(flags, len(traits), 1)
        self._why = TextField("In a few words", name="Reason for the correction", small=True)
        self._why.setText(why)
        grid.addWidget(Label("Why", tone="text_3"), len(traits) + 1, 0)
        grid.addWidget(self._why, len(traits) + 1, 1)
        self._column.replaceWidget(self._holder, holder)
        self._holder.hide()
        self._holder.deleteLater()
        self._holder = holder
        self._look()

    def take_focus(self) -> None:
        """Begin with the first line that is to be filled."""
        for name, field in self._fields.items():
            if name != "table_name" or not field.text():
                field.setFocus(Qt.FocusReason.OtherFocusReason)
                field.selectAll()
                return

    def changes(self) -> dict[str, Any]:
        """What differs from the field as it stands.

        Raises:
            BadInput: a line holds no such value.
        """
        from caseload.services.correction_values import changes_for, text_of

        found: dict[str, Any] = {}
        for name, field in self._fields.items():
            before = " ".join(text_of(self._spec, name).split())
            names_it = self.adding and name in ("table_name", "field_name")
            if names_it or field.text().strip() == before:
                continue
            found.update(changes_for(name, field.text()))
        for name, box in self._flags.items():
            if box.isChecked() != getattr(self._spec, name):
                found[name] = box.isChecked()
        if self.adding:
            known = {"description", "data_type", "length", "format", "code_type"}
            found.update(
                {n: getattr(self._spec, n) for n in known if getattr(self._spec, n)} | found
            )
            if self._place:
                found["place"] = self._place
            if self._spec.position:
                found["position"] = self._spec.position
        return found

    def named(self) -> tuple[str, str]:
        """Table and name of the field that is to be added."""
        return self._fields["table_name"].text().strip(), self._fields["field_name"].text().strip()

    def why(self) -> str:
        """The reason."""
        return self._why.text().strip()

    def field(self, name: str) -> TextField:
        """The line of a trait."""
        return self._why if name == "why" else self._fields[name]

    def flag(self, name: str) -> TickBox:
        """The box of a flag."""
        return self._flags[name]

    def show_problem(self, why: str) -> None:
        """Say why it was not taken."""
        self._problem.setText(why)
        self._problem.setVisible(bool(why))

    def _look(self) -> None:
        self._problem.hide()
        for name, field in self._fields.items():
            field.set_problem(_wrong(name, field.text()))
        try:
            something = bool(self.changes())
        except BadInput as error:
            self.show_problem(error.what)
            something = False
        if self.adding:
            something = bool(self.named()[0]) and self._problem.isHidden()
        self.ready.emit(something)


def _wrong(name: str, text: str) -> str:
    from caseload.services.correction_values import changes_for

    if name == "table_name" or not text.strip():
        return ""
    try:
        changes_for(name, text)
    except BadInput as error:
        return error.what
    return ""
