"""What just happened, bottom right, with Undo in it; gone after six seconds."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QRectF, QTimer, Signal
from PySide6.QtGui import QEnterEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from caseload.gui import icons, paint
from caseload.gui.components.button import IconButton
from caseload.gui.components.label import Label, Link
from caseload.gui.components.notice import KIND_ICONS
from caseload.gui.theme import current, themes

_HEIGHT = 40
_MOST = 4


class KeyCap(QWidget):
    """A key, as it is printed on one."""

    def __init__(self, keys: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._keys = keys
        wide = round(paint.width_of(keys, current().font("caption", 500))) + 14
        self.setFixedSize(wide, 22)
        self.setAccessibleName(keys)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the cap."""
        paint.key_cap(QPainter(self), self.width(), self.height() / 2, self._keys)


class Toast(QFrame):
    """One message; stays while the pointer or the focus is on it."""

    gone = Signal(object)

    def __init__(
        self,
        message: str,
        kind: str,
        action: str,
        on_action: Callable[[], None] | None,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._kind = kind
        self._on_action = on_action
        row = QHBoxLayout(self)
        row.setContentsMargins(38, 0, 8, 0)
        row.setSpacing(10)
        row.addWidget(Label(message))
        row.addSpacing(8)
        if action and on_action is not None:
            link = Link(action)
            link.clicked.connect(self._act)
            row.addWidget(link)
            if action == "Undo":
                row.addWidget(KeyCap("Ctrl Z"))
        close = IconButton("x", "Close message")
        close.clicked.connect(self.leave)
        row.addWidget(close)
        self.setFixedHeight(_HEIGHT)
        self.setAccessibleName(message)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(int(themes().tokens["motion"]["toast_ms"]))
        self._timer.timeout.connect(self._late)
        self._timer.start()

    def _act(self) -> None:
        if self._on_action is not None:
            self._on_action()
        self.leave()

    def _late(self) -> None:
        focus = self.focusWidget()
        if self.underMouse() or (focus is not None and focus.hasFocus()):
            self._timer.start()
        else:
            self.leave()

    def leave(self) -> None:
        """Go away."""
        self._timer.stop()
        self.hide()
        self.gone.emit(self)

    def enterEvent(self, event: QEnterEvent) -> None:
        """Stay while looked at."""
        self._timer.start()
        super().enterEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the raised box and its icon."""
        painter = QPainter(self)
        theme = current()
        edge = theme.colour("border_mid")
        paint.box(painter, QRectF(self.rect()), theme.radius("large"), theme.colour("raised"), edge)
        icons.paint(
            painter,
            KIND_ICONS[self._kind],
            13,
            (self.height() - 16) / 2,
            16,
            theme.kind(self._kind).text,
        )


class ToastStack(QObject):
    """The toasts of a window, newest at the foot, above whatever `anchor` shows.

    `lift` says how far they keep from its right edge and its foot.
    """

    def __init__(self, anchor: QWidget, lift: Callable[[], tuple[int, int]] | None = None) -> None:
        super().__init__(anchor)
        self._lift = lift
        self._anchor = anchor
        self._toasts: list[Toast] = []
        anchor.installEventFilter(self)

    @property
    def toasts(self) -> tuple[Toast, ...]:
        """The toasts on show, oldest first."""
        return tuple(self._toasts)

    def say(
        self,
        message: str,
        kind: str = "ok",
        *,
        action: str = "",
        on_action: Callable[[], None] | None = None,
    ) -> Toast:
        """Show a message, with one action if wanted (for instance "Undo")."""
        while len(self._toasts) >= _MOST:
            self._toasts[0].leave()
        toast = Toast(message, kind, action, on_action, self._anchor)
        toast.gone.connect(self._drop)
        self._toasts.append(toast)
        toast.show()
        self._place()
        return toast

    def clear(self) -> None:
        """Take all away."""
        for toast in list(self._toasts):
            toast.leave()

    def _drop(self, toast: Toast) -> None:
        if toast in self._toasts:
            self._toasts.remove(toast)
        toast.deleteLater()
        self._place()

    def _place(self) -> None:
        aside, up = self._lift() if self._lift is not None else (0, 0)
        bottom = self._anchor.height() - 16 - up
        right = self._anchor.width() - aside - 16
        for toast in reversed(self._toasts):
            width = min(toast.sizeHint().width(), self._anchor.width() - 32)
            toast.setFixedWidth(width)
            toast.move(right - width, bottom - _HEIGHT)
            toast.raise_()
            bottom -= _HEIGHT + 8

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the anchor, and what opens and closes at its foot."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Show, QEvent.Type.Hide):
            self._place()
        return super().eventFilter(watched, event)
