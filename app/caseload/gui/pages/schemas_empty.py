"""Where a project begins: the two documents, chosen or dropped, and read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDropEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from caseload.gui import paint
from caseload.gui.components.button import Button
from caseload.gui.components.card import Rule
from caseload.gui.components.label import ElidedLabel, Label
from caseload.gui.components.states import Icon, Offer, offer_row
from caseload.gui.theme import current
from caseload.gui.words import tip
from caseload.model.catalog import Side
from caseload.model.schema_views import IntakeGuess, SpecDocument

_WIDE = 760
_KINDS = {
    Side.SOURCE: ("Source dictionary", "What the old system holds.", "file-spreadsheet"),
    Side.TARGET: ("Target migration guide", "What the new system loads.", "file-text"),
}
ENDINGS = (
    ".pdf", ".xlsx", ".xlsm", ".xls", ".ods", ".csv", ".tsv", ".txt", ".tab", ".docx", ".docm",
    ".sql", ".ddl", ".json",
)  # fmt: skip
"""How the names of documents end that can be read."""
PATTERNS = f"Documents ({' '.join(f'*{ending}' for ending in ENDINGS)})"


class TwoDocuments(QWidget):
    """The picture over the words: a row of one document becomes a row of the other."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedSize(218, 90)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint both documents and the arrow."""
        painter = QPainter(self)
        theme = current()
        strong, soft = theme.colour("border_strong"), theme.colour("border_mid")
        for left in (4.0, 146.0):
            paint.box(painter, QRectF(left, 2, 72, 84), 4, theme.colour("surface"), strong)
        for x in (28, 52):
            paint.vline(painter, x, 22, 85, soft)
        for y in (22, 42, 62):
            paint.hline(painter, 5, 75, y, soft)
        for y, wide in ((16, 44), (24, 52)):
            painter.fillRect(QRectF(156, y, wide, 1.5), strong)
        painter.setPen(soft)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(QRectF(155.5, 36.5, 53, 40))
        paint.vline(painter, 173, 37, 76, soft)
        paint.vline(painter, 191, 37, 76, soft)
        ring = theme.colour("accent_text")
        paint.box(painter, QRectF(1, 52, 78, 20), 3, theme.colour("accent_soft"), ring, 1.5)
        paint.box(painter, QRectF(152, 50, 60, 16), 3, theme.colour("accent_soft"), ring, 1.5)
        pen = QPen(ring, 1.5, Qt.PenStyle.DashLine)
        pen.setDashPattern([2.5, 2.5])
        painter.setPen(pen)
        painter.drawLine(QPointF(86, 61), QPointF(130, 61))
        tip = QPainterPath(QPointF(127, 55))
        tip.lineTo(134, 61)
        tip.lineTo(127, 67)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(ring, 1.5))
        painter.drawPath(tip)


class _Half(QWidget):
    """One side: what it is, what was chosen, and the button that chooses."""

    chosen = Signal(object, list)

    def __init__(self, side: Side, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        title, self._words, icon = _KINDS[side]
        self._side = side
        row = QHBoxLayout(self)
        row.setContentsMargins(28, 0, 20, 0)
        row.setSpacing(11)
        row.addWidget(Icon(icon, 20), 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout()
        column.setSpacing(4)
        column.addWidget(Label(title, "title"))
        column.addSpacing(2)
        self._said = ElidedLabel(self._words, tone="text_2", mode=paint.MIDDLE)
        column.addWidget(self._said)
        self._formats = Label("Excel, CSV, Word, PDF, SQL or JSON", tone="text_2")
        column.addWidget(self._formats)
        column.addSpacing(8)
        self.button = Button("Choose files", icon="folder-open")
        self.button.setAccessibleName(f"Choose files: {title}")
        self.button.clicked.connect(self._ask)
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)
        row.addLayout(column, 1)

    def show_files(self, files: Sequence[str], said: str = "chosen") -> None:
        """Say what was chosen, or is there already."""
        names = [Path(file).name for file in files]
        self._said.setText(", ".join(names) or self._words)
        self._said.setToolTip(tip("\n".join(names)))
        many = f"{len(names)} documents" if len(names) > 1 else "1 document"
        self._formats.setText(f"{many} {said}" if names else "Excel, CSV, Word, PDF, SQL or JSON")

    def _ask(self) -> None:
        title = _KINDS[self._side][0]
        files, _ = QFileDialog.getOpenFileNames(self, title, "", PATTERNS)
        if files:
            self.chosen.emit(self._side, files)


class _Zone(QWidget):
    """The dashed box that takes both."""

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint surface and dashes."""
        painter = QPainter(self)
        theme = current()
        area = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(theme.colour("border_strong"), 1, Qt.PenStyle.CustomDashLine)
        pen.setDashPattern([3, 3])
        painter.setPen(pen)
        painter.setBrush(theme.colour("surface"))
        painter.drawRoundedRect(area, theme.radius("large"), theme.radius("large"))


class SchemasEmpty(QWidget):
    """The empty page.

    `read_wanted` gives the chosen files by side, possibly none; `guess_wanted` files that were
    dropped, to be told which side each describes.
    """

    read_wanted = Signal(object)
    guess_wanted = Signal(list)

    def __init__(
        self,
        *,
        writable: bool = True,
        offers: Sequence[Offer] = (),
        known: Sequence[SpecDocument] = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._files: dict[Side, list[str]] = {side: [] for side in Side}
        self._known = {side: [d.name for d in known if d.side is side] for side in Side}
        self.setAcceptDrops(writable)
        self.setAccessibleName("Start with the two documents")
        centre = Qt.AlignmentFlag.AlignHCenter
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 0, 24, 24)
        column.setSpacing(0)
        column.addStretch(2)
        column.addWidget(TwoDocuments(), 0, centre)
        column.addSpacing(20)
        column.addWidget(Label("Start with the two documents", "page"), 0, centre)
        column.addSpacing(8)
        words = Label(
            "Caseload reads both into catalogs: every table and field, with the page or row it "
            "came from and how certain the reading is. The documents stay on this machine.",
            tone="text_2",
            wrap=True,
        )
        words.setAlignment(centre)
        words.setFixedWidth(560)
        words.setMinimumHeight(words.heightForWidth(560))
        column.addWidget(words, 0, centre)
        column.addSpacing(18)
        column.addWidget(self._make_zone(), 0, centre)
        column.addSpacing(10)
        hint = Label("or drop them anywhere on this page", "caption", "text_3")
        column.addWidget(hint, 0, centre)
        column.addSpacing(16)
        self.read_button = Button("Read the documents", "primary", icon="book-open-text")
        self.read_button.setEnabled(writable)
        self.read_button.clicked.connect(lambda: self.read_wanted.emit(self.files))
        column.addWidget(self.read_button, 0, centre)
        column.addSpacing(8)
        self._hint = Label("", "caption", "text_3")
        column.addWidget(self._hint, 0, centre)
        if offers:
            column.addSpacing(24)
            column.addLayout(offer_row(offers))
        column.addStretch(3)
        for side, half in self._halves.items():
            half.button.setEnabled(writable)
            half.show_files(self._known[side], said="in the project")
        self._say(writable=writable)

    def _make_zone(self) -> QWidget:
        zone = _Zone()
        zone.setFixedWidth(_WIDE)
        row = QHBoxLayout(zone)
        row.setContentsMargins(0, 24, 0, 24)
        row.setSpacing(0)
        self._halves = {side: _Half(side) for side in (Side.SOURCE, Side.TARGET)}
        for place, half in enumerate(self._halves.values()):
            if place:
                row.addWidget(Rule(upright=True))
            row.addWidget(half, 1)
            half.chosen.connect(self.choose)
        return zone

    @property
    def files(self) -> Mapping[Side, Sequence[str]]:
        """What was chosen."""
        return {side: tuple(files) for side, files in self._files.items()}

    def choose(self, side: Side, files: Sequence[str]) -> None:
        """Take documents of a side."""
        self._files[side] = list(files)
        self._halves[side].show_files(files)
        self._say(writable=True)

    def _say(self, *, writable: bool) -> None:
        """What reading would read, or which document is still wanting."""
        missing = [side for side in Side if not self._files[side] and not self._known[side]]
        self.read_button.setEnabled(writable and not missing)
        if not writable:
            self._hint.setText("The project is open for reading only.")
        elif len(missing) > 1:
            self._hint.setText("Choose both documents first; an example is below.")
        elif missing:
            title = _KINDS[missing[0]][0]
            self._hint.setText(f"The {title[:1].lower()}{title[1:]} is still wanting.")
        elif any(self._files.values()):
            self._hint.setText("A side without a choice keeps the documents it has.")
        else:
            self._hint.setText("These are the documents that the project was made with.")

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take documents that can be read."""
        if any(url.toLocalFile().lower().endswith(ENDINGS) for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Taken for the side it is dropped on, else for the one that it seems to describe."""
        files = [url.toLocalFile() for url in event.mimeData().urls()]
        files = [file for file in files if file.lower().endswith(ENDINGS)]
        for side, half in self._halves.items():
            place = half.mapFrom(self, event.position().toPoint())
            if half.rect().contains(place):
                self.choose(side, files)
                return
        self.guess_wanted.emit(files)

    def take_guess(self, guess: IntakeGuess) -> None:
        """Take a document for the side that it seems to describe."""
        files = [file for file in self._files[guess.side] if file != guess.path]
        self.choose(guess.side, [*files, guess.path])
        self._hint.setText(f"{guess.name} {guess.why}. Choose files to say otherwise.")

    def refuse(self, name: str, why: str) -> None:
        """Say that a file cannot be taken."""
        self._hint.setText(f"{name}: {why}")
