"""Bars: progress, share approved, coverage of a contract by class, evidence with its number."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from caseload.gui import paint, words
from caseload.gui.theme import current
from caseload.gui.words import tip

EVIDENCE_WARN = 0.50
SCORE_WARN = 0.70


def score_colour(score: float, limit: float = SCORE_WARN) -> QColor:
    """The colour of a score's bar: the accent, or warn below `limit`."""
    theme = current()
    return theme.kind("warn").solid if score < limit else theme.colour("accent_text")


class Bar(QWidget):
    """A share of a track: `share` in 0..1, `tone` a token or a kind (ok, warn, error, accent)."""

    def __init__(
        self, share: float = 0.0, tone: str = "accent", *, height: int = 4, name: str = ""
    ) -> None:
        super().__init__()
        self._share = share
        self._tone = tone
        self._thick = height
        self._name = name
        self.setMinimumWidth(40)
        self.setFixedHeight(height)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.set_share(share)

    def set_share(self, share: float, tone: str = "") -> None:
        """Show another share, perhaps in another tone."""
        self._share = share
        self._tone = tone or self._tone
        self.setAccessibleName(f"{self._name} {words.percent(share, 0)}".strip())
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint track and share."""
        theme = current()
        kinds = ("ok", "warn", "error", "info", "neutral")
        colour = (
            theme.kind(self._tone).solid if self._tone in kinds else theme.colour("accent_text")
        )
        paint.track(QPainter(self), QRectF(self.rect()), self._share, colour)


def paint_stack(
    painter: QPainter, area: QRectF, parts: Sequence[tuple[float, QColor]], radius: float = 3
) -> None:
    """Paint parts of a whole side by side with a 2 px gap; each (size, colour)."""
    total = sum(size for size, _ in parts)
    if total <= 0:
        paint.track(painter, area, 0, current().colour("accent"))
        return
    shown = [(size, colour) for size, colour in parts if size > 0]
    room = area.width() - 2 * (len(shown) - 1)
    left = area.left()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for index, (size, colour) in enumerate(shown):
        width = room * size / total
        first, last = index == 0, index == len(shown) - 1
        ends = (radius if first else 0.5, radius if last else 0.5)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        part = QRectF(left, area.top(), max(1.0, width), area.height())
        painter.drawPath(paint.rounded(part, (ends[0], ends[1], ends[1], ends[0])))
        left += width + 2


class StackedBar(QWidget):
    """Parts of a whole: set with (size, token of the colour, words); a tool tip says each."""

    def __init__(self, *, height: int = 16, name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._parts: list[tuple[float, str, str]] = []
        self._name = name
        self.setFixedHeight(height)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_parts(self, parts: Sequence[tuple[float, str, str]]) -> None:
        """Show other parts."""
        self._parts = list(parts)
        said = ", ".join(f"{label} {words.number(size)}" for size, _, label in self._parts)
        self.setAccessibleName(f"{self._name}: {said}")
        self.setToolTip(tip(said.replace(", ", "\n")))
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the parts."""
        theme = current()
        parts = [(size, theme.colour(token)) for size, token, _ in self._parts]
        paint_stack(QPainter(self), QRectF(self.rect()), parts)


def paint_coverage(painter: QPainter, area: QRectF, approved: float, decided: float) -> None:
    """Paint approved, then decided but not approved, on a track; shares of the whole in 0..1."""
    theme = current()
    paint.track(painter, area, min(1.0, approved + decided), theme.colour("chart.coverage.decided"))
    if approved > 0:
        radius = area.height() / 2
        whole = approved >= 0.995
        part = QRectF(area.left(), area.top(), area.width() * min(1.0, approved), area.height())
        painter.setBrush(theme.colour("chart.coverage.approved"))
        end = radius if whole else 0.5
        painter.drawPath(paint.rounded(part, (radius, end, end, radius)))


class CoverageBar(QWidget):
    """Approved and decided fields of a table on a track, 3 to 6 high."""

    def __init__(self, *, height: int = 6, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._approved = 0.0
        self._decided = 0.0
        self.setFixedHeight(height)
        self.setMinimumWidth(40)

    def set_counts(self, approved: int, decided: int, fields: int) -> None:
        """Show counts: `decided` are those decided but not approved."""
        whole = max(1, fields)
        self._approved = approved / whole
        self._decided = decided / whole
        self.setAccessibleName(f"{approved} approved and {decided} decided of {fields}")
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the bar."""
        paint_coverage(QPainter(self), QRectF(self.rect()), self._approved, self._decided)


def paint_evidence(
    painter: QPainter, area: QRectF, label: str, score: float, label_width: float = 68
) -> None:
    """One line of evidence: its name, a bar of 4 and the number at the right."""
    theme = current()
    font = theme.font("caption")
    middle = area.center().y()
    quiet = theme.colour("text_3")
    paint.text(
        painter, QRectF(area.left(), area.top(), label_width, area.height()), label, font, quiet
    )
    number = QRectF(area.right() - 30, area.top(), 30, area.height())
    paint.text(painter, number, f"{score:.2f}", font, theme.colour("text_2"), paint.RIGHT)
    bar = QRectF(area.left() + label_width, middle - 2, area.width() - label_width - 38, 4)
    paint.track(painter, bar, score, score_colour(score, EVIDENCE_WARN))


class EvidenceBar(QWidget):
    """One line of evidence as a widget."""

    def __init__(self, label: str, score: float, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._label = label
        self._score = score
        self.setAccessibleName(f"{label} {score:.2f}")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """A line."""
        return QSize(160, 18)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the line."""
        paint_evidence(QPainter(self), QRectF(self.rect()), self._label, self._score)
