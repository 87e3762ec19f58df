"""What stands over the window on a scrim: the palette, the list of keys, a question."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import shiboken6
from PySide6.QtCore import QEvent, QObject, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from caseload.gui import paint
from caseload.gui.components.button import Button
from caseload.gui.components.label import Label
from caseload.gui.components.toast import KeyCap
from caseload.gui.theme import current


class Panel(QWidget):
    """The raised box on the scrim."""

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the box."""
        theme = current()
        edge = theme.colour("border_mid")
        area = QRectF(self.rect())
        paint.box(QPainter(self), area, theme.radius("large"), theme.colour("raised"), edge)


class Overlay(QWidget):
    """A scrim over the whole of `window` with a panel in it; Esc or a press beside closes.

    `covered` tells the window when its own keys have to rest.
    """

    covered = Signal(bool)

    def __init__(self, window: QWidget, *, top: int = 0) -> None:
        super().__init__(window)
        self._window = window
        self._top = top
        self._before: QWidget | None = None
        self.panel = Panel(self)
        window.installEventFilter(self)
        self.hide()

    def open(self) -> None:
        """Cover the window and take the focus."""
        if not self.isVisible():
            self._before = QApplication.focusWidget()
            self.covered.emit(True)
        self.setGeometry(self._window.rect())
        self._place()
        self.show()
        self.raise_()
        self.take_focus()

    def take_focus(self) -> None:
        """Focus what is to be typed in or pressed first."""
        self.panel.setFocus()

    def close_overlay(self) -> None:
        """Uncover the window and give the focus back."""
        if not self.isVisible():
            return
        before, self._before = self._before, None
        if before is None or not shiboken6.isValid(before) or not before.isVisible():
            before = self._window
        before.setFocus(Qt.FocusReason.OtherFocusReason)
        self.hide()
        self.covered.emit(False)

    def _place(self) -> None:
        self.panel.adjustSize()
        left = (self.width() - self.panel.width()) // 2
        top = self._top or (self.height() - self.panel.height()) // 2
        self.panel.move(left, max(8, min(top, self.height() - self.panel.height() - 8)))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the window's size."""
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self.setGeometry(self._window.rect())
            self._place()
        return super().eventFilter(watched, event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Close on a press beside the panel."""
        if not self.panel.geometry().contains(event.position().toPoint()):
            self.close_overlay()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close on Esc."""
        if event.key() == Qt.Key.Key_Escape:
            self.close_overlay()

    def focusNextPrevChild(self, next: bool) -> bool:  # noqa: A002
        """Keep the focus on the panel."""
        found = super().focusNextPrevChild(next)
        focus = QApplication.focusWidget()
        if focus is not None and not self.isAncestorOf(focus):
            self.take_focus()
        return found

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the scrim."""
        QPainter(self).fillRect(self.rect(), current().colour("scrim"))


class Question(Overlay):
    """Asks before what cannot be undone, naming exactly what will happen."""

    def __init__(
        self, window: QWidget, title: str, words: str, button: str, on_yes: Callable[[], None]
    ) -> None:
        super().__init__(window)
        self._on_yes = on_yes
        self.setAccessibleName(title)
        self.panel.setFixedWidth(440)
        column = QVBoxLayout(self.panel)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(8)
        column.addWidget(Label(title, "title"))
        column.addWidget(Label(words, tone="text_2", wrap=True))
        column.addSpacing(8)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch(1)
        self._no = Button("Cancel")
        self.yes = Button(button, "warning")
        row.addWidget(self._no)
        row.addWidget(self.yes)
        column.addLayout(row)
        self._no.clicked.connect(self.close_overlay)
        self.yes.clicked.connect(self._agree)

    def take_focus(self) -> None:
        """Focus the safe answer."""
        self._no.setFocus(Qt.FocusReason.OtherFocusReason)

    def close_overlay(self) -> None:
        """Close and go."""
        super().close_overlay()
        self.deleteLater()

    def _agree(self) -> None:
        self.close_overlay()
        self._on_yes()


class KeyList(Overlay):
    """The keys of the present page and of the window."""

    def __init__(
        self, window: QWidget, groups: Sequence[tuple[str, Sequence[tuple[str, str]]]]
    ) -> None:
        super().__init__(window)
        self.setAccessibleName("Keyboard shortcuts")
        self.panel.setFixedWidth(560)
        self.panel.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        column = QVBoxLayout(self.panel)
        column.setContentsMargins(20, 18, 20, 20)
        column.setSpacing(6)
        column.addWidget(Label("Keyboard shortcuts", "title"))
        for title, keys in groups:
            if not keys:
                continue
            column.addSpacing(8)
            column.addWidget(Label(title, "caption", "text_3", weight=500))
            grid = QGridLayout()
            grid.setHorizontalSpacing(16)
            grid.setVerticalSpacing(6)
            grid.setColumnStretch(0, 1)
            for row, (key, words) in enumerate(keys):
                grid.addWidget(Label(words), row, 0)
                cap = KeyCap(key.replace("+", " "))
                grid.addWidget(cap, row, 1, Qt.AlignmentFlag.AlignRight)
            column.addLayout(grid)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close on the key that opened it, too."""
        if event.key() == Qt.Key.Key_F1:
            self.close_overlay()
        else:
            super().keyPressEvent(event)

    def close_overlay(self) -> None:
        """Close and go."""
        super().close_overlay()
        self.deleteLater()
