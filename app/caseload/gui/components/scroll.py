"""Thin scroll bars, and areas that use them."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractScrollArea,
    QFrame,
    QScrollArea,
    QScrollBar,
    QStyle,
    QStyleOptionSlider,
    QWidget,
)

from caseload.gui import paint
from caseload.gui.theme import current

_WIDTH = 12


class ThinScrollBar(QScrollBar):
    """A scroll bar that is only its thumb."""

    def sizeHint(self) -> QSize:
        """Twelve pixels across."""
        if self.orientation() is Qt.Orientation.Vertical:
            return QSize(_WIDTH, 40)
        return QSize(40, _WIDTH)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the thumb."""
        if self.maximum() <= self.minimum():
            return
        option = QStyleOptionSlider()
        self.initStyleOption(option)
        thumb = self.style().subControlRect(
            QStyle.ComplexControl.CC_ScrollBar, option, QStyle.SubControl.SC_ScrollBarSlider, self
        )
        over = self.underMouse() or self.isSliderDown()
        inset = 3.0
        theme = current()
        colour = theme.colour("border_strong" if over else "border_mid")
        area = QRectF(thumb)
        if self.orientation() is Qt.Orientation.Vertical:
            area = QRectF(inset, area.top() + 2, _WIDTH - 2 * inset, area.height() - 4)
        else:
            area = QRectF(area.left() + 2, inset, area.width() - 4, _WIDTH - 2 * inset)
        painter = QPainter(self)
        paint.box(painter, area, 3, colour)


def thin(area: QAbstractScrollArea) -> None:
    """Give a scroll area thin bars and no frame."""
    area.setVerticalScrollBar(ThinScrollBar(Qt.Orientation.Vertical, area))
    area.setHorizontalScrollBar(ThinScrollBar(Qt.Orientation.Horizontal, area))
    area.setFrameShape(QFrame.Shape.NoFrame)


class ScrollArea(QScrollArea):
    """A page that scrolls down when it does not fit; `fill` is the token behind it."""

    def __init__(
        self, content: QWidget | None = None, *, fill: str = "canvas", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        thin(self)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._fill = fill
        self.viewport().setAutoFillBackground(False)
        if content is not None:
            self.setWidget(content)
            content.setAutoFillBackground(False)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Fill behind the content."""
        QPainter(self.viewport()).fillRect(self.viewport().rect(), current().colour(self._fill))
