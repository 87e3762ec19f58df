"""The focus ring: two pixels, one off the edge, around whatever the keyboard is on."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QGuiApplication, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QLineEdit,
    QTextEdit,
    QWidget,
)

from caseload.gui import paint
from caseload.gui.shell.overlay import Panel
from caseload.gui.theme import current

_REACH = 3
_MOVES = {
    QEvent.Type.Move,
    QEvent.Type.Resize,
    QEvent.Type.Hide,
    QEvent.Type.Show,
}


class FocusRing(QWidget):
    """A ring over the window that follows keyboard focus; fields draw their own."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._on: QWidget | None = None
        self._watched: list[QWidget] = []
        self._keyboard = False
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hide()
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._moved)

    def by_keyboard(self) -> None:
        """Tab was pressed: from now on the ring shows, until the mouse takes the focus."""
        self._keyboard = True

    def _moved(self, _old: QWidget | None, new: QWidget | None) -> None:
        self._let_go()
        if QGuiApplication.mouseButtons() != Qt.MouseButton.NoButton:
            self._keyboard = False
        own = isinstance(new, QLineEdit | QTextEdit | QAbstractItemView | Panel)
        if new is None or not self._keyboard or own or new is self._window:
            self.hide()
            return
        if not self._window.isAncestorOf(new):
            self.hide()
            return
        self._on = new
        widget: QWidget | None = new
        while widget is not None and widget is not self._window:
            widget.installEventFilter(self)
            self._watched.append(widget)
            widget = widget.parentWidget()
        self._place()

    def _let_go(self) -> None:
        for widget in self._watched:
            widget.removeEventFilter(self)
        self._watched = []
        self._on = None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the focused widget and what it stands on."""
        if event.type() in _MOVES:
            self._place()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        widget = self._on
        if widget is None or not widget.isVisible():
            self.hide()
            return
        shown = QRect(widget.mapTo(self._window, QPoint(0, 0)), widget.size())
        shown.adjust(-_REACH, -_REACH, _REACH, _REACH)
        for around in self._watched[1:]:
            limit = QRect(around.mapTo(self._window, QPoint(0, 0)), around.size())
            shown &= limit.adjusted(-_REACH, -_REACH, _REACH, _REACH)
        self.setVisible(not shown.isEmpty())
        self.setGeometry(shown)
        self.raise_()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the ring."""
        theme = current()
        ring = theme.colour("focus_ring")
        paint.box(QPainter(self), QRectF(self.rect()), theme.radius("medium") + 2, None, ring, 2)
