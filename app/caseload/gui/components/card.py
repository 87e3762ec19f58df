"""A card: a surface with a hairline round it, and a head that says what it holds."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from caseload.gui import paint
from caseload.gui.components.label import Label
from caseload.gui.theme import current


class Surface(QWidget):
    """A box filled with a token's colour; `border` and `radius` as wanted.

    `edges` names sides that get a line: any of "l", "t", "r", "b".
    """

    def __init__(
        self, fill: str = "surface", *, edges: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._ground = fill
        self._edges = edges

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Fill the box and draw its edges."""
        painter = QPainter(self)
        theme = current()
        painter.fillRect(self.rect(), theme.colour(self._ground))
        line = theme.colour("border")
        width, height = self.width(), self.height()
        if "t" in self._edges:
            paint.hline(painter, 0, width, 0, line)
        if "b" in self._edges:
            paint.hline(painter, 0, width, height - 1, line)
        if "l" in self._edges:
            paint.vline(painter, 0, 0, height, line)
        if "r" in self._edges:
            paint.vline(painter, width - 1, 0, height, line)


class Rule(QFrame):
    """A hairline across."""

    def __init__(self, *, upright: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        if upright:
            self.setFixedWidth(1)
        else:
            self.setFixedHeight(1)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the line."""
        QPainter(self).fillRect(self.rect(), current().colour("border"))


class _Corner(QWidget):
    """A lower corner of a card, laid over whatever stands in it; `right` says which."""

    def __init__(self, card: QWidget, *, right: bool) -> None:
        super().__init__(card)
        self._right = right
        side = int(current().radius("large"))
        self.setFixedSize(side, side)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the page outside the curve, and the hairline along it."""
        theme = current()
        side = float(self.width())
        left = -side if self._right else 0.0
        area = QRectF(left, -side, 2 * side, 2 * side).adjusted(0.5, 0.5, -0.5, -0.5)
        inside = QPainterPath()
        inside.addRoundedRect(area, side - 0.5, side - 0.5)
        outside = QPainterPath()
        outside.addRect(QRectF(self.rect()))
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillPath(outside - inside, theme.colour("canvas"))
        painter.setPen(theme.colour("border"))
        painter.drawPath(inside)


class Card(QFrame):
    """A card with a head (title, secondary words, something at the right) and a body.

    `body` is a vertical layout without margins: what wants to be inset brings its own 16.
    Without a title there is no head.
    """

    def __init__(
        self,
        title: str = "",
        sub: str = "",
        *,
        style: str = "title",
        ruled: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._ruled = ruled
        outer = QVBoxLayout(self)
        outer.setContentsMargins(1, 1, 1, 1)
        outer.setSpacing(0)
        self.head = QWidget(self)
        self.head.setFixedHeight(int(current().size("card_head")))
        self._row = QHBoxLayout(self.head)
        self._row.setContentsMargins(15, 0, 15, 0)
        self._row.setSpacing(10)
        self.title = Label(title, style, weight=600)
        self.sub = Label(sub, "caption", "text_3")
        base = Qt.AlignmentFlag.AlignVCenter
        self._row.addWidget(self.title, 0, base)
        self._row.addWidget(self.sub, 0, base)
        self._row.addStretch(1)
        self.head.setVisible(bool(title))
        outer.addWidget(self.head)
        holder = QWidget(self)
        self.body = QVBoxLayout(holder)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(0)
        outer.addWidget(holder, 1)
        self.setAccessibleName(title)
        self._corners = (_Corner(self, right=False), _Corner(self, right=True))

    def add_action(self, widget: QWidget) -> None:
        """Put a widget at the right of the head."""
        self._row.addWidget(widget, 0, Qt.AlignmentFlag.AlignVCenter)

    def add_beside_title(self, widget: QWidget) -> None:
        """Put a widget after the title and its secondary words."""
        self._row.insertWidget(2, widget, 0, Qt.AlignmentFlag.AlignVCenter)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the corners in place, over what stands in them."""
        super().resizeEvent(event)
        left, right = self._corners
        top = self.height() - left.height()
        left.move(0, top)
        right.move(self.width() - right.width(), top)
        left.raise_()
        right.raise_()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint surface and hairline."""
        painter = QPainter(self)
        theme = current()
        area = QRectF(self.rect())
        paint.box(
            painter, area, theme.radius("large"), theme.colour("surface"), theme.colour("border")
        )
        if self._ruled and not self.head.isHidden():
            line = self.head.geometry().bottom()
            paint.hline(painter, 1, self.width() - 1, line, theme.colour("border"))
