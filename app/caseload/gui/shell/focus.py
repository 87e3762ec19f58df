"""The focus ring: two pixels, one off the edge, around whatever the keyboard is on."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QPainter, QPaintEvent, QWindow
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
_KEYS = {
    Qt.Key.Key_Tab,
    Qt.Key.Key_Backtab,
    Qt.Key.Key_Up,
    Qt.Key.Key_Down,
    Qt.Key.Key_Left,
    Qt.Key.Key_Right,
}
_MOVES = {
    QEvent.Type.Move,
    QEvent.Type.Resize,
    QEvent.Type.Hide,
    QEvent.Type.Show,
}


class FocusRing(QWidget):
    """A ring over the window that follows keyboard focus; fields draw their own.

    Qt moves the focus by itself too, when what has it is hidden; so the ring shows only after
    a key that moves the focus, and until the mouse is used.
    """

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

    def watch(self, handle: QWindow) -> None:
        """See the keys and presses of the window before its widgets do."""
        handle.installEventFilter(self)

    def _used(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            self._keyboard = self._keyboard or event.key() in _KEYS
        elif event.type() == QEvent.Type.MouseButtonPress:
            self._keyboard = False
            self.hide()

    def _moved(self, _old: QWidget | None, new: QWidget | None) -> None:
        self._let_go()
        if QGuiApplication.mouseButtons() != Qt.MouseButton.NoButton:
            self._keyboard = False
        own = isinstance(new, QLineEdit | QTextEdit | QAbstractItemView | Panel)
        plain = new is not None and new.focusPolicy() is Qt.FocusPolicy.NoFocus
        if new is None or not self._keyboard or own or plain:
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
        if isinstance(watched, QWindow):
            self._used(event)
        elif event.type() in _MOVES:
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
