"""A candidate for a target field: the source, its score, and the evidence when chosen."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from caseload.gui import icons, paint
from caseload.gui.components.bars import paint_evidence
from caseload.gui.theme import current
from caseload.gui.words import tip
from caseload.model.mapping import Candidate

_HEAD = 36
_LINE = 18
_NOTE = 64
"""What a note keeps of the line when the source is long."""


class CandidateCard(QAbstractButton):
    """One candidate; the chosen one opens and shows its evidence in two columns."""

    def __init__(self, candidate: Candidate, note: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.candidate = candidate
        self._note = note
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(f"{self._source()}, score {candidate.score:.2f}. {note}".strip())
        evidence = [f"{e.kind} {e.score:.2f}: {e.note}".rstrip(": ") for e in candidate.evidence]
        self.setAccessibleDescription("; ".join(evidence))
        self.setToolTip(tip("\n".join(evidence)))
        self.toggled.connect(self._grow)

    def _source(self) -> str:
        return f"{self.candidate.source_table}.{self.candidate.source_field}"

    def _grow(self) -> None:
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """One line, or with the evidence."""
        lines = -(-len(self.candidate.evidence) // 2) if self.isChecked() else 0
        return QSize(280, _HEAD + (lines * _LINE + 6 if lines else 0))

    def minimumSizeHint(self) -> QSize:
        """As high as it is."""
        return QSize(160, self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the card."""
        painter = QPainter(self)
        theme = current()
        on = self.isChecked()
        fill = "accent_soft" if on else "hover" if self.underMouse() else "surface"
        edge = theme.colour("accent_text" if on else "border_mid")
        area = QRectF(self.rect())
        paint.box(painter, area, theme.radius("medium"), theme.colour(fill), edge)
        mark = "circle-dot" if on else "circle"
        icons.paint(painter, mark, 11, 10, 16, "accent_text" if on else "text_2")
        score = QRectF(area.right() - 46, 0, 34, _HEAD)
        strong = theme.colour("text_1")
        shown = f"{self.candidate.score:.2f}"
        paint.text(painter, score, shown, theme.font("body", 600), strong, paint.RIGHT)
        end = score.left() - 4
        bold = theme.font("body", 600 if on else 500)
        if self._note and not on:
            caption = theme.font("caption")
            wanted = paint.width_of(self._source(), bold)
            room = min(paint.width_of(self._note, caption), max(_NOTE, end - 35 - wanted - 10))
            note = QRectF(end - room, 0, room, _HEAD)
            paint.text(painter, note, self._note, caption, theme.colour("text_3"), paint.RIGHT)
            end = note.left() - 10
        name = QRectF(35, 0, end - 35, _HEAD)
        paint.text(painter, name, self._source(), bold, strong, mode=paint.MIDDLE)
        if on:
            self._paint_evidence(painter, area)

    def _paint_evidence(self, painter: QPainter, area: QRectF) -> None:
        gap = 10
        wide = (area.width() - 22 - gap) / 2
        evidence = self.candidate.evidence
        rows = -(-len(evidence) // 2)
        for index, item in enumerate(evidence):
            column, row = divmod(index, rows)
            line = QRectF(11 + column * (wide + gap), _HEAD - 4 + row * _LINE, wide, _LINE)
            paint_evidence(painter, line, item.kind.capitalize(), item.score)


class CandidateList(QWidget):
    """Candidates of which one is chosen; `chosen` gives it when the person chooses."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(6)
        self._group = QButtonGroup(self)
        self._group.idClicked.connect(self._picked)
        self._cards: list[CandidateCard] = []
        self.setAccessibleName("Candidates")

    def set_candidates(
        self, candidates: Sequence[Candidate], chosen: int = 0, notes: Sequence[str] = ()
    ) -> None:
        """Show candidates; `chosen` is the index of the one in the rule, or -1."""
        for card in self._cards:
            self._group.removeButton(card)
            self._box.removeWidget(card)
            card.deleteLater()
        self._cards = []
        for index, candidate in enumerate(candidates):
            card = CandidateCard(candidate, notes[index] if index < len(notes) else "")
            self._group.addButton(card, index)
            card.setChecked(index == chosen)
            self._box.addWidget(card)
            self._cards.append(card)

    def _picked(self, index: int) -> None:
        self.chosen.emit(self._cards[index].candidate)
