"""Thin scroll bars, and areas that use them."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QScrollArea, QScrollBar, QWidget

from caseload.gui import paint
from caseload.gui.theme import current

_WIDTH = 12
_INSET = 3.0
_LEAST = 28.0


class ThinScrollBar(QScrollBar):
    """A scroll bar that is only its thumb; `ground` is the token behind it, "" for none.

    `head` pixels at its start belong to a header and are painted as one.
    """

    def __init__(
        self, orientation: Qt.Orientation, parent: QWidget | None = None, *, ground: str = ""
    ) -> None:
        super().__init__(orientation, parent)
        self._ground = ground
        self.head = 0
        self._held: float | None = None

    def sizeHint(self) -> QSize:
        """Twelve pixels across."""
        if self.orientation() is Qt.Orientation.Vertical:
            return QSize(_WIDTH, 40)
        return QSize(40, _WIDTH)

    def _length(self) -> int:
        upright = self.orientation() is Qt.Orientation.Vertical
        return (self.height() if upright else self.width()) - self.head

    def _thumb(self) -> tuple[float, float]:
        """Where the thumb begins and how long it is."""
        room = self._length()
        span = self.maximum() - self.minimum()
        long = max(_LEAST, room * self.pageStep() / max(1, span + self.pageStep()))
        share = (self.value() - self.minimum()) / span if span else 0.0
        return self.head + (room - long) * share, long

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the thumb."""
        painter = QPainter(self)
        theme = current()
        if self._ground:
            painter.fillRect(self.rect(), theme.colour(self._ground))
        if self.head:
            painter.fillRect(0, 0, self.width(), self.head, theme.colour("sunken"))
            paint.hline(painter, 0, self.width(), self.head - 1, theme.colour("border_mid"))
        if self.maximum() <= self.minimum():
            return
        start, long = self._thumb()
        thick = _WIDTH - 2 * _INSET
        area = QRectF(_INSET, start + 2, thick, long - 4)
        if self.orientation() is Qt.Orientation.Horizontal:
            area = QRectF(start + 2, _INSET, long - 4, thick)
        lit = self.underMouse() or self._held is not None
        paint.box(painter, area, thick / 2, theme.colour("border_strong" if lit else "border_mid"))

    def _along(self, event: QMouseEvent) -> float:
        upright = self.orientation() is Qt.Orientation.Vertical
        return event.position().y() if upright else event.position().x()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take the thumb, or go a page towards the pointer."""
        at = self._along(event)
        start, long = self._thumb()
        if start <= at <= start + long:
            self._held = at - start
        else:
            step = self.pageStep()
            self.setValue(self.value() + (step if at > start else -step))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the thumb."""
        if self._held is None:
            return
        _, long = self._thumb()
        room = self._length() - long
        if room > 0:
            share = (self._along(event) - self._held - self.head) / room
            span = self.maximum() - self.minimum()
            self.setValue(round(self.minimum() + share * span))

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        """Let go."""
        self._held = None
        self.update()


class _Corner(QWidget):
    """Where two scroll bars meet."""

    def __init__(self, ground: str) -> None:
        super().__init__()
        self._ground = ground

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Fill it."""
        QPainter(self).fillRect(self.rect(), current().colour(self._ground))


def thin(area: QAbstractScrollArea, *, ground: str = "") -> None:
    """Give a scroll area thin bars and no frame; `ground` is the token behind the bars."""
    area.setVerticalScrollBar(ThinScrollBar(Qt.Orientation.Vertical, area, ground=ground))
    area.setHorizontalScrollBar(ThinScrollBar(Qt.Orientation.Horizontal, area, ground=ground))
    if ground:
        area.setCornerWidget(_Corner(ground))
    area.setFrameShape(QFrame.Shape.NoFrame)


class ScrollArea(QScrollArea):
    """A page that scrolls down when it does not fit; `fill` is the token behind it."""

    def __init__(
        self, content: QWidget | None = None, *, fill: str = "canvas", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        thin(self, ground=fill)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._ground = fill
        self.viewport().setAutoFillBackground(False)
        if content is not None:
            self.setWidget(content)
            content.setAutoFillBackground(False)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Fill behind the content."""
        QPainter(self.viewport()).fillRect(self.viewport().rect(), current().colour(self._ground))
