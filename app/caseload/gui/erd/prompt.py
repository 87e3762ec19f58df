"""A small sheet over the diagram that asks for a name; nothing waits for it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from caseload.gui import paint
from caseload.gui.components.button import Button
from caseload.gui.components.fields import TextField
from caseload.gui.components.label import Label
from caseload.gui.theme import current


class NamePrompt(QWidget):
    """Title, a field, two buttons; Enter takes, Esc leaves."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._over = parent
        self._take: Callable[[str], None] | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 14)
        column.setSpacing(10)
        self.title = Label("", "title")
        self.field = TextField(name="Name")
        row = QHBoxLayout()
        row.setSpacing(8)
        self.button = Button("Save", "primary")
        leave = Button("Cancel")
        row.addStretch(1)
        row.addWidget(leave)
        row.addWidget(self.button)
        column.addWidget(self.title)
        column.addWidget(self.field)
        column.addLayout(row)
        self.setFixedSize(340, 136)
        self.field.returnPressed.connect(self._accept)
        self.button.clicked.connect(self._accept)
        leave.clicked.connect(self.leave)
        self.hide()

    def ask(self, title: str, button: str, text: str, take: Callable[[str], None]) -> None:
        """Ask for a name; `take` gets it."""
        self._take = take
        self.title.setText(title)
        self.setAccessibleName(title)
        self.button.set_words(button)
        self.field.setText(text)
        self.field.selectAll()
        self.move((self._over.width() - self.width()) // 2, 56)
        self.show()
        self.raise_()
        self.field.setFocus(Qt.FocusReason.PopupFocusReason)

    def _accept(self) -> None:
        text, take = self.field.text().strip(), self._take
        if not text or take is None:
            self.field.set_problem("Type a name")
            return
        self.leave()
        take(text)

    def leave(self) -> None:
        """Close without an answer."""
        self._take = None
        self.field.set_problem("")
        self.hide()
        self._over.setFocus(Qt.FocusReason.PopupFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc leaves."""
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the sheet."""
        theme = current()
        fill, edge = theme.colour("raised"), theme.colour("border_mid")
        paint.box(QPainter(self), self.rect(), theme.radius("large"), fill, edge)
