"""An inline bar: something on this page needs a decision, or went wrong."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QWidget

from caseload.gui import icons, paint
from caseload.gui.components.button import Button
from caseload.gui.components.label import Label
from caseload.gui.theme import current

KIND_ICONS = {
    "ok": "circle-check",
    "info": "info",
    "warn": "triangle-alert",
    "error": "circle-x",
    "neutral": "info",
}


class InlineBar(QFrame):
    """A soft bar of one of five kinds: an icon, a lead in bold, words, at most two buttons."""

    def __init__(
        self,
        lead: str = "",
        words: str = "",
        kind: str = "info",
        *,
        icon: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._kind = kind
        self._icon = icon
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(37, 9, 12, 9)
        self._row.setSpacing(8)
        self._words = Label("", wrap=True)
        self._words.setTextFormat(Qt.TextFormat.RichText)
        self._row.addWidget(self._words, 1)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        self.say(lead, words, kind, icon=icon)

    def say(self, lead: str, words: str, kind: str = "", *, icon: str = "") -> None:
        """Say something else."""
        self._kind = kind or self._kind
        self._icon = icon
        strong = f"<span style='font-weight:600'>{escape(lead)}</span>" if lead else ""
        self._words.setText(f"{strong} {escape(words)}".strip())
        self.setAccessibleName(f"{lead} {words}".strip())
        self.update()

    def add_button(self, words: str, *, icon: str = "", kind: str = "plain") -> Button:
        """Add a button and give it back to connect."""
        button = Button(words, kind, icon=icon, small=True)
        self._row.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)
        return button

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint fill, border and icon."""
        painter = QPainter(self)
        theme = current()
        colours = theme.kind(self._kind)
        area = QRectF(self.rect())
        paint.box(painter, area, theme.radius("medium"), colours.soft, colours.border)
        name = self._icon or KIND_ICONS[self._kind]
        top = 10 if self.height() > 46 else (self.height() - 16) / 2
        icons.paint(painter, name, 12, top, 16, colours.text)
