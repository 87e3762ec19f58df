"""Status as icon and word in a soft pill; one painter for the widget and for grids."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from caseload.gui import icons, paint
from caseload.gui.theme import current
from caseload.model.contract import MappingStatus
from caseload.model.issue import Severity
from caseload.model.stage import RunState, Verdict

_ICON = 14
_PAD = 7
_GAP = 5


@dataclass(frozen=True, slots=True)
class PillSpec:
    """What a pill says: its words, its kind (ok, info, warn, error, neutral, accent), its icon."""

    words: str
    kind: str = "neutral"
    icon: str = ""


STATUS_PILLS: dict[MappingStatus, PillSpec] = {
    MappingStatus.DRAFT: PillSpec("Draft", "neutral", "circle-dashed"),
    MappingStatus.IN_REVIEW: PillSpec("In review", "info", "circle-dot"),
    MappingStatus.APPROVED: PillSpec("Approved", "ok", "circle-check"),
    MappingStatus.REJECTED: PillSpec("Rejected", "error", "circle-x"),
    MappingStatus.RE_REVIEW: PillSpec("Re-review", "warn", "rotate-ccw"),
}

SEVERITY_PILLS: dict[Severity, PillSpec] = {
    Severity.ERROR: PillSpec("Error", "error", "circle-x"),
    Severity.WARN: PillSpec("Warning", "warn", "triangle-alert"),
    Severity.INFO: PillSpec("Info", "info", "info"),
}

STATE_PILLS: dict[RunState, PillSpec] = {
    RunState.PENDING: PillSpec("Waiting", "neutral", "clock"),
    RunState.RUNNING: PillSpec("Running", "accent", "loader-circle"),
    RunState.PUBLISHING: PillSpec("Writing", "accent", "loader-circle"),
    RunState.DONE: PillSpec("Done", "ok", "circle-check"),
    RunState.FAILED: PillSpec("Failed", "error", "circle-x"),
    RunState.CANCELLED: PillSpec("Cancelled", "neutral", "ban"),
    RunState.INTERRUPTED: PillSpec("Interrupted", "warn", "triangle-alert"),
}

VERDICT_PILLS: dict[Verdict, PillSpec] = {
    Verdict.PASS: PillSpec("Pass", "ok", "circle-check"),
    Verdict.FAIL: PillSpec("Fail", "error", "circle-x"),
}


def pill_width(spec: PillSpec) -> int:
    """The width in pixels that a pill needs."""
    words = paint.width_of(spec.words, current().font("caption", 500))
    lead = _PAD + _ICON + _GAP if spec.icon else _PAD + 2
    return round(lead + words + _PAD + 2)


def paint_pill(painter: QPainter, x: float, middle: float, spec: PillSpec) -> int:
    """Paint a pill that starts at `x` and is centred on `middle`; answers its width."""
    theme = current()
    colours = theme.kind(spec.kind)
    height = int(theme.size("pill"))
    width = pill_width(spec)
    area = QRectF(round(x), round(middle - height / 2), width, height)
    paint.box(painter, area, height / 2, colours.soft, colours.border)
    left = area.left() + _PAD + (0 if spec.icon else 2)
    if spec.icon:
        icons.paint(
            painter, spec.icon, left, area.top() + (height - _ICON) / 2, _ICON, colours.text
        )
        left += _ICON + _GAP
    words = QRectF(left, area.top() - 0.5, area.right() - left, height)
    painter.setFont(theme.font("caption", 500))
    painter.setPen(colours.text)
    painter.drawText(words, int(paint.LEFT), spec.words)
    return width


class Pill(QWidget):
    """A pill as a widget."""

    def __init__(self, spec: PillSpec, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._spec = spec
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(spec.words)

    @property
    def spec(self) -> PillSpec:
        """What it says."""
        return self._spec

    def set_spec(self, spec: PillSpec) -> None:
        """Say something else."""
        self._spec = spec
        self.setAccessibleName(spec.words)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as its words."""
        return QSize(pill_width(self._spec), int(current().size("pill")))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the pill."""
        paint_pill(QPainter(self), 0, self.height() / 2, self._spec)


def paint_count(painter: QPainter, right: float, middle: float, words: str, kind: str) -> None:
    """A soft round count, as the rail has it, that ends at `right`."""
    theme = current()
    colours = theme.kind(kind)
    font = theme.font("caption", 600)
    height = int(theme.size("badge"))
    width = max(height, round(paint.width_of(words, font)) + 12)
    area = QRect(round(right) - width, round(middle - height / 2), width, height)
    paint.box(painter, area, height / 2, colours.soft)
    paint.text(painter, area, words, font, colours.text, Qt.AlignmentFlag.AlignCenter)
