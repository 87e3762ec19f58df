"""Taking in documents in place: each with the side it seems to describe, then they are read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from caseload.gui import paint, words
from caseload.gui.components.button import Button, IconButton
from caseload.gui.components.card import Card, Rule
from caseload.gui.components.fields import Select
from caseload.gui.components.label import ElidedLabel, Label
from caseload.gui.components.notice import InlineBar
from caseload.gui.components.segmented import Segmented
from caseload.gui.components.states import Icon
from caseload.gui.pages.schemas_empty import ENDINGS, PATTERNS
from caseload.model.catalog import Side
from caseload.model.schema_views import IntakeGuess, SpecDocument

_WIDE = 860
_ICONS = {".pdf": "file-text", ".docx": "file-text", ".sql": "database"}
_BESIDE = "\0beside"


def readable(paths: Sequence[str]) -> list[str]:
    """Those of the files that can be read as documents."""
    return [path for path in paths if path.lower().endswith(ENDINGS)]


class _FileRow(QWidget):
    """One document: its name and why it seems to be of a side; both can be changed."""

    changed = Signal()
    removed = Signal(str)

    def __init__(self, guess: IntakeGuess, others: Sequence[SpecDocument]) -> None:
        super().__init__()
        self.guess = guess
        self._others = tuple(others)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 10, 12, 10)
        row.setSpacing(12)
        sign = _ICONS.get(Path(guess.name).suffix.lower(), "file-spreadsheet")
        row.addWidget(Icon(sign, 20, "text_2"))
        column = QVBoxLayout()
        column.setSpacing(2)
        name = ElidedLabel(guess.name, weight=500, mode=paint.MIDDLE)
        said = f"{words.size(guess.size)}, {guess.why}" if guess.why else words.size(guess.size)
        column.addWidget(name)
        column.addWidget(ElidedLabel(said, "caption", "text_3"))
        row.addLayout(column, 1)
        self.sides = Segmented(
            [("source", "Source"), ("target", "Target")], name=f"Side of {guess.name}", small=True
        )
        self.sides.set_choice(guess.side.value)
        self.place = Select([("", "")], name=f"Place of {guess.name}", small=True)
        self.place.setFixedWidth(220)
        close = IconButton("x", f"Leave {guess.name} out")
        row.addWidget(self.place)
        row.addWidget(self.sides)
        row.addWidget(close)
        self.sides.chosen.connect(self._side_chosen)
        self.place.chosen.connect(self._place_chosen)
        close.clicked.connect(lambda: self.removed.emit(self.guess.path))
        self._offer_places()

    def _offer_places(self) -> None:
        """In the place of which document it comes, where the side has any."""
        there = [d for d in self._others if d.side is self.guess.side]
        choices = [(d.name, f"Replaces {d.name}") for d in there]
        choices.append((_BESIDE, "Beside the others" if len(there) > 1 else "Beside it"))
        self.place.set_choices(choices)
        known = {d.name for d in there}
        self.place.set_choice(self.guess.replaces if self.guess.replaces in known else _BESIDE)
        self.place.setVisible(bool(there))

    def _side_chosen(self, key: str) -> None:
        self.guess = replace(self.guess, side=Side(key), replaces="")
        there = [d.name for d in self._others if d.side is self.guess.side]
        if len(there) == 1:
            self.guess = replace(self.guess, replaces=there[0])
        self._offer_places()
        self.changed.emit()

    def _place_chosen(self, key: str) -> None:
        self.guess = replace(self.guess, replaces="" if key == _BESIDE else key)
        self.changed.emit()


class IntakePanel(QWidget):
    """The documents that are to be taken in.

    `more_wanted` gives further files, `read_wanted` all guesses as they stand, `left` goes back.
    """

    more_wanted = Signal(list)
    read_wanted = Signal(list)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Take in documents")
        self._rows: list[_FileRow] = []
        self._known: tuple[SpecDocument, ...] = ()
        centre = Qt.AlignmentFlag.AlignHCenter
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 36, 24, 24)
        column.setSpacing(12)
        column.addWidget(Label("Take in documents", "page"), 0, centre)
        self._lead = Label(
            "A new version takes the place of the old one. Corrections and decisions stay, "
            "and you see what changed before anything is reviewed again.",
            tone="text_2",
        )
        column.addWidget(self._lead, 0, centre)
        self._card = Card()
        self._card.setFixedWidth(_WIDE)
        self._list = QVBoxLayout()
        self._list.setSpacing(0)
        self._card.body.addLayout(self._list)
        column.addWidget(self._card, 0, centre)
        self.bar = InlineBar("", "", "warn")
        self.bar.setFixedWidth(_WIDE)
        self.bar.hide()
        column.addWidget(self.bar, 0, centre)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        self.read_button = Button("Read the documents", "primary", icon="book-open-text")
        self.more_button = Button("Choose more \u2026", icon="folder-open")
        self.cancel_button = Button("Cancel")
        foot.addStretch(1)
        for button in (self.read_button, self.more_button, self.cancel_button):
            foot.addWidget(button)
        foot.addStretch(1)
        column.addSpacing(4)
        column.addLayout(foot)
        column.addStretch(1)
        self.read_button.clicked.connect(lambda: self.read_wanted.emit(self.guesses))
        self.more_button.clicked.connect(self._choose)
        self.cancel_button.clicked.connect(self.left)

    @property
    def guesses(self) -> list[IntakeGuess]:
        """The documents as they are to be taken in."""
        return [row.guess for row in self._rows]

    def begin(self, known: Sequence[SpecDocument]) -> None:
        """Start with no document; `known` are those of the project."""
        self._known = tuple(known)
        for row in list(self._rows):
            self._remove(row.guess.path)
        self.bar.hide()

    def add(self, guess: IntakeGuess) -> None:
        """List one more document, or the same anew."""
        self._remove(guess.path)
        row = _FileRow(guess, self._known)
        row.removed.connect(self._remove)
        row.changed.connect(self._look)
        if self._rows:
            self._list.addWidget(Rule())
        self._rows.append(row)
        self._list.addWidget(row)
        self._look()

    def refuse(self, name: str, why: str) -> None:
        """Say that a file cannot be taken."""
        self.bar.say(name, why, "error")
        self.bar.show()

    def _remove(self, path: str) -> None:
        self._rows = [row for row in self._rows if row.guess.path != path]
        while (item := self._list.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None and widget not in self._rows:
                widget.hide()
                widget.deleteLater()
        for place, row in enumerate(self._rows):
            if place:
                self._list.addWidget(Rule())
            self._list.addWidget(row)
        self._look()

    def _look(self) -> None:
        sides = {row.guess.side for row in self._rows} | {d.side for d in self._known}
        missing = [side for side in Side if side not in sides]
        self.read_button.setEnabled(bool(self._rows) and not missing)
        count = words.plural(len(self._rows), "document")
        self.read_button.set_words(f"Read {count}" if self._rows else "Read the documents")
        self._card.setVisible(bool(self._rows))
        if missing and self._rows:
            what = {Side.SOURCE: "a dictionary of the old system", Side.TARGET: "a migration guide"}
            self.bar.say("One side is missing.", f"Add {what[missing[0]]} as well.", "info")
            self.bar.show()
        elif self._rows:
            self.bar.hide()

    def _choose(self) -> None:
        files, _ = QFileDialog.getOpenFileNames(self, "Choose documents", "", PATTERNS)
        if files:
            self.more_wanted.emit(files)
