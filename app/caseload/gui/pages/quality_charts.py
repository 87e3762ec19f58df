"""The charts of the Quality page: bars that can be pressed, and issues over real runs."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from caseload.gui import paint, words
from caseload.gui.components.bars import paint_stack
from caseload.gui.pages.quality_presenter import BarRow, TrendPoint
from caseload.gui.theme import current
from caseload.gui.words import tip
from caseload.model.issue import Severity

_PITCH = 24
_ROWS = 6
_KINDS = {Severity.ERROR: "error", Severity.WARN: "warn", Severity.INFO: "neutral"}
_NAMES = {Severity.ERROR: "error", Severity.WARN: "warning", Severity.INFO: "for information"}


class BarList(QWidget):
    """Bars under each other with their counts; `pressed` gives the key of one.

    Up and Down move, Enter and Space press.  `label` is the width of the words before a bar.
    """

    pressed = Signal(str)

    def __init__(
        self, name: str, *, label: int = 108, tone: str = "accent_text",
        parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._name = name
        self._label = label
        self._tone = tone
        self._rows: list[BarRow] = []
        self._over = -1
        self._at = 0
        self.setFixedHeight(_PITCH * _ROWS)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def rows(self) -> Sequence[BarRow]:
        """The bars."""
        return self._rows

    def set_rows(self, rows: Sequence[BarRow]) -> None:
        """Show other bars."""
        self._rows = list(rows)[:_ROWS]
        self._at = min(self._at, max(0, len(self._rows) - 1))
        said = ", ".join(f"{row.title} {words.number(row.total)}" for row in self._rows)
        self.setAccessibleName(f"{self._name}: {said or 'none'}")
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint words, bar and count of each."""
        painter = QPainter(self)
        theme = current()
        most = max((row.total for row in self._rows), default=1) or 1
        body, strong = theme.font("body"), theme.font("body", 500)
        room = self.width() - self._label - 34.0
        for index, row in enumerate(self._rows):
            top = float(index * _PITCH)
            lit = index == self._over or (self.hasFocus() and index == self._at)
            if lit:
                area = QRectF(-8, top, self.width() + 16, _PITCH)
                paint.box(painter, area.adjusted(8, 0, -8, 0), 4, theme.colour("hover"))
            words_area = QRectF(0, top, self._label - 8, _PITCH)
            tone = theme.colour("text_1" if lit else "text_2")
            paint.text(painter, words_area, row.title, body, tone, mode=paint.MIDDLE)
            bar = QRectF(self._label, top + 5, max(3.0, room * row.total / most), 14)
            other = row.key.startswith("\0")
            plain = theme.kind("neutral").solid if other else theme.colour(self._tone)
            parts = [(float(n), theme.kind(_KINDS[s]).solid if s else plain) for n, s in row.parts]
            paint_stack(painter, bar, parts, 2)
            number = QRectF(self.width() - 34, top, 34, _PITCH)
            count = words.number(row.total)
            paint.text(painter, number, count, strong, theme.colour("text_1"), paint.RIGHT)

    def _row_at(self, y: float) -> int:
        index = int(y // _PITCH)
        return index if 0 <= index < len(self._rows) else -1

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Light the bar under the pointer."""
        over = self._row_at(event.position().y())
        if over != self._over:
            self._over = over
            pointing = (
                Qt.CursorShape.PointingHandCursor if over >= 0 else Qt.CursorShape.ArrowCursor
            )
            self.setCursor(pointing)
            self.update()

    def leaveEvent(self, _event: QEvent) -> None:
        """Back to rest."""
        self._over = -1
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Press the bar under the pointer."""
        index = self._row_at(event.position().y())
        if index >= 0 and event.button() is Qt.MouseButton.LeftButton:
            self._at = index
            self.pressed.emit(self._rows[index].key)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move and press."""
        key = event.key()
        if key in (Qt.Key.Key_Up, Qt.Key.Key_Down) and self._rows:
            step = 1 if key == Qt.Key.Key_Down else -1
            self._at = min(len(self._rows) - 1, max(0, self._at + step))
            self.update()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self._rows:
            self.pressed.emit(self._rows[self._at].key)
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Say in a tool tip what a bar is made of."""
        if isinstance(event, QHelpEvent):
            index = self._row_at(event.pos().y())
            if index >= 0:
                QToolTip.showText(event.globalPos(), tip(bar_words(self._rows[index])), self)
                return True
        return super().event(event)


def bar_words(row: BarRow) -> str:
    """A bar in words, part by part."""
    said = [
        f"{words.number(n)} for information" if s is Severity.INFO
        else words.plural(n, _NAMES[s] if s else "issue")
        for n, s in row.parts
    ]  # fmt: skip
    return f"{row.title}: {', '.join(said)}"


class Legend(QWidget):
    """Small squares with words: (token or kind, words)."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._items: list[tuple[str, str]] = []
        self.setFixedHeight(18)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def set_items(self, items: Sequence[tuple[str, str]]) -> None:
        """Show other items."""
        self._items = list(items)
        self.setAccessibleName(", ".join(label for _, label in items))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """All the items."""
        font = current().font("caption")
        wide = sum(paint.width_of(label, font) + 14 + 14 for _, label in self._items)
        return QSize(max(0, round(wide) - 14), 18)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the squares and words."""
        painter = QPainter(self)
        theme = current()
        font = theme.font("caption")
        left = 0.0
        for tone, label in self._items:
            paint.box(painter, QRectF(left, 5, 8, 8), 1.5, _colour(tone))
            wide = paint.width_of(label, font)
            area = QRectF(left + 14, 0, wide + 2, 18)
            paint.text(painter, area, label, font, theme.colour("text_2"))
            left += 14 + wide + 14


def _colour(tone: str) -> QColor:
    theme = current()
    if tone.startswith("series:"):
        return theme.series(int(tone.partition(":")[2]))
    return theme.kind(tone).solid


class TrendChart(QWidget):
    """Errors and warnings over the runs that were judged, with the warnings' threshold dashed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._points: list[TrendPoint] = []
        self._threshold: float | None = None
        self.setMinimumHeight(150)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def set_points(self, points: Sequence[TrendPoint], threshold: float | None) -> None:
        """Show other runs; the newest dozen."""
        self._points = list(points)[-12:]
        self._threshold = threshold
        said = ", ".join(f"run {p.run} {p.errors} and {p.warnings}" for p in self._points)
        self.setAccessibleName(f"Errors and warnings over real runs: {said or 'no run yet'}")
        self.update()

    def _top(self) -> float:
        values = [max(p.errors, p.warnings) for p in self._points]
        if self._threshold is not None:
            values.append(int(self._threshold))
        most = max(values, default=1) or 1
        for step in (1, 2, 5, 10, 20, 25, 50, 100, 200, 250, 500, 1000, 2000, 5000, 10000):
            if most <= step * 4:
                return float(step * -(-most // step))
        return float(most)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint grid, threshold, both lines and the last values."""
        if not self._points:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = current()
        caption, top = theme.font("caption"), self._top()
        plot = QRectF(30, 10, self.width() - 64.0, self.height() - 36.0)
        quiet = theme.colour("text_2")
        for share in (0.0, 0.25, 0.5, 0.75, 1.0):
            y = round(plot.bottom() - plot.height() * share)
            paint.hline(painter, plot.left(), plot.right(), y, theme.colour("chart.grid"))
            value = top * share
            if value == int(value):
                label = QRectF(0, y - 9, 22, 18)
                paint.text(painter, label, words.number(value), caption, quiet, paint.RIGHT)
        self._paint_threshold(painter, plot, top)
        errors = self._places(plot, top, [p.errors for p in self._points])
        warnings = self._places(plot, top, [p.warnings for p in self._points])
        self._paint_line(painter, warnings, theme.series(1), square=True)
        self._paint_line(painter, errors, theme.series(0), square=False)
        self._paint_runs(painter, plot, errors)
        self._paint_last(painter, plot, warnings[-1].y(), errors[-1].y())

    def _places(self, plot: QRectF, top: float, values: Sequence[int]) -> list[QPointF]:
        count = len(values)
        step = plot.width() / max(1, count - 1)
        start = plot.left() if count > 1 else plot.center().x()
        return [
            QPointF(start + step * i, plot.bottom() - plot.height() * value / top)
            for i, value in enumerate(values)
        ]

    def _paint_threshold(self, painter: QPainter, plot: QRectF, top: float) -> None:
        if self._threshold is None:
            return
        theme = current()
        y = round(plot.bottom() - plot.height() * self._threshold / top) + 0.5
        pen = QPen(theme.colour("chart.threshold"), 1)
        pen.setDashPattern([4, 3])
        painter.setPen(pen)
        painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))

    def _paint_line(
        self, painter: QPainter, places: Sequence[QPointF], colour: QColor, *, square: bool
    ) -> None:
        path = QPainterPath(places[0])
        for place in places[1:]:
            path.lineTo(place)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(colour, 1.5))
        painter.drawPath(path)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        for place in places:
            if square:
                painter.drawRect(QRectF(place.x() - 3, place.y() - 3, 6, 6))
            else:
                painter.drawEllipse(place, 3.2, 3.2)

    def _paint_runs(self, painter: QPainter, plot: QRectF, places: Sequence[QPointF]) -> None:
        theme = current()
        last = len(places) - 1
        for index, (point, place) in enumerate(zip(self._points, places, strict=True)):
            font = theme.font("caption", 600 if index == last else 400)
            tone = theme.colour("text_1" if index == last else "text_2")
            area = QRectF(place.x() - 30, plot.bottom() + 6, 60, 18)
            paint.text(painter, area, str(point.run), font, tone, paint.CENTRE)
        pen = QPen(theme.colour("chart.axis"), 1)
        pen.setDashPattern([1, 3])
        painter.setPen(pen)
        x = round(places[last].x()) + 0.5
        painter.drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()))

    def _paint_last(self, painter: QPainter, plot: QRectF, upper: float, lower: float) -> None:
        """Label the last values, kept apart where the lines meet."""
        theme = current()
        last = self._points[-1]
        strong = theme.font("caption", 600)
        labels = sorted([(upper, last.warnings), (lower, last.errors)])
        if labels[1][0] - labels[0][0] < 15:
            middle = (labels[0][0] + labels[1][0]) / 2
            labels = [(middle - 7.5, labels[0][1]), (middle + 7.5, labels[1][1])]
        for y, value in labels:
            area = QRectF(plot.right() + 8, y - 9, 30, 18)
            paint.text(painter, area, words.number(value), strong, theme.colour("text_1"))
