"""A KPI as a tile: value, verdict, threshold, the line of real runs and the last change."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QEnterEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QFrame, QSizePolicy, QWidget

from caseload.gui import icons, paint, words
from caseload.gui.components.pill import PillSpec, paint_pill, pill_width
from caseload.gui.theme import current
from caseload.gui.words import tip
from caseload.model.views import Kpi


def paint_sparkline(
    painter: QPainter,
    area: QRectF,
    values: Sequence[float],
    threshold: float | None,
    last_kind: str = "ok",
) -> None:
    """Paint a line of values over `area`, its threshold dashed, its last point by kind."""
    if not values:
        return
    theme = current()
    shown = [*values, threshold] if threshold is not None else list(values)
    low, high = min(shown), max(shown)
    span = (high - low) or 1.0
    inner = area.adjusted(4, 4, -4, -4)

    def y_of(value: float) -> float:
        return inner.bottom() - (value - low) / span * inner.height()

    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if threshold is not None:
        pen = QPen(theme.colour("chart.axis"), 1)
        pen.setDashPattern([3, 3])
        painter.setPen(pen)
        level = round(y_of(threshold)) + 0.5
        painter.drawLine(QPointF(area.left(), level), QPointF(area.right(), level))
    step = inner.width() / max(1, len(values) - 1)
    points = [QPointF(inner.left() + step * i, y_of(v)) for i, v in enumerate(values)]
    if len(points) == 1:
        points[0].setX(inner.right())
    path = QPainterPath(points[0])
    for point in points[1:]:
        path.lineTo(point)
    line = theme.series(0)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(line, 1.5))
    painter.drawPath(path)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(line)
    for point in points[:-1]:
        painter.drawEllipse(point, 1.5, 1.5)
    painter.setBrush(theme.kind(last_kind).solid)
    painter.drawEllipse(points[-1], 3, 3)


def kpi_value(kpi: Kpi, value: float) -> str:
    """A KPI's value in its unit: a ratio or percentage with two decimals, a count without."""
    if kpi.unit == "%":
        return f"{words.number(value, 2)}%"
    decimals = 2 if kpi.unit == "ratio" or value != int(value) else 0
    return words.number(value, decimals)


def kpi_pill(kpi: Kpi) -> PillSpec:
    """Met, over or below; "No threshold" when nobody set one."""
    if kpi.passed is None:
        return PillSpec("No threshold", "neutral", "circle-dashed")
    if kpi.passed:
        return PillSpec("Met", "ok", "circle-check")
    if kpi.better == "lower":
        return PillSpec("Over", "error", "circle-x")
    return PillSpec("Below", "warn", "triangle-alert")


class KpiTile(QFrame):
    """One KPI; pressing it (or Enter) gives its key, for the rows behind it."""

    opened = Signal(str)

    def __init__(self, kpi: Kpi, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.set_kpi(kpi)

    def set_kpi(self, kpi: Kpi) -> None:
        """Show another KPI or another run's value."""
        self._kpi = kpi
        value = kpi_value(kpi, kpi.value)
        self.setAccessibleName(f"{kpi.title}: {value}, {kpi_pill(kpi).words}. {self._threshold()}")
        self.setToolTip(tip(kpi.explanation))
        self.update()

    def sizeHint(self) -> QSize:
        """As high as six lines."""
        return QSize(184, 148)

    def minimumSizeHint(self) -> QSize:
        """Room for a short value and its pill."""
        return QSize(112, 148)

    def _threshold(self) -> str:
        kpi = self._kpi
        if kpi.threshold is None:
            return "No threshold"
        side = " or fewer" if kpi.better == "lower" else " or more"
        shown = kpi_value(kpi, kpi.threshold)
        return f"Threshold {shown}{'' if kpi.threshold == 0 and kpi.better == 'lower' else side}"

    def _change(self) -> tuple[str, str, str]:
        """The change since the run before, its kind, and what it is a change of."""
        trend = self._kpi.trend
        if len(trend) < 2:
            return "", "text_3", "first run" if trend else "no run yet"
        delta = trend[-1][1] - trend[-2][1]
        decimals = 0 if delta == int(delta) else 2
        if delta == 0:
            return "0", "text_3", f"since run {trend[-2][0]}"
        good = (delta < 0) == (self._kpi.better == "lower")
        return words.change(delta, decimals), "ok" if good else "error", f"since run {trend[-2][0]}"

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the tile."""
        painter = QPainter(self)
        theme = current()
        kpi = self._kpi
        edge = theme.colour("border_mid" if self.underMouse() else "border")
        paint.box(painter, self.rect(), theme.radius("large"), theme.colour("surface"), edge)
        left, right = 13.0, self.width() - 13.0
        body, caption = theme.font("body"), theme.font("caption")
        quiet = theme.colour("text_3")
        wide = right - left
        paint.text(painter, QRectF(left, 10, wide, 20), kpi.title, body, theme.colour("text_2"))
        pill = kpi_pill(kpi)
        value = kpi_value(kpi, kpi.value)
        free = wide - paint.width_of(value, theme.font("figure")) - 6
        fits = pill_width(pill) <= free
        room = wide - (pill_width(pill) + 6 if fits else 0)
        strong = theme.colour("text_1")
        paint.text(painter, QRectF(left, 31, room, 30), value, theme.font("figure"), strong)
        if fits and kpi.passed is not None:
            paint_pill(painter, right - pill_width(pill), 46, pill)
        elif kpi.passed is not None and free >= 16:
            icons.paint(painter, pill.icon, right - 16, 38, 16, theme.kind(pill.kind).text)
        paint.text(painter, QRectF(left, 61, wide, 18), self._threshold(), caption, quiet)
        values = [v for _, v in kpi.trend]
        spark = QRectF(left, 82, wide, 34)
        paint_sparkline(painter, spark, values, kpi.threshold, pill.kind)
        delta, tone, rest = self._change()
        x = left
        if delta:
            colour = theme.colour(tone) if tone.startswith("text") else theme.kind(tone).text
            bold = theme.font("caption", 500)
            paint.text(painter, QRectF(x, 121, wide, 18), delta, bold, colour)
            x += paint.width_of(delta, bold) + 6
        paint.text(painter, QRectF(x, 121, right - x, 18), rest, caption, quiet)

    def enterEvent(self, _event: QEnterEvent) -> None:
        """Show that it can be pressed."""
        self.update()

    def leaveEvent(self, _event: QEvent) -> None:
        """Back to rest."""
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Open the rows behind it."""
        if self.rect().contains(event.position().toPoint()):
            self.opened.emit(self._kpi.key)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open the rows behind it by Enter or Space."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.opened.emit(self._kpi.key)
        else:
            super().keyPressEvent(event)
