"""Words on a page: a label with a style of the scale and a tone of the theme, and a link."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QLabel, QSizePolicy, QWidget

from caseload.gui import icons, paint
from caseload.gui.theme import current, themes
from caseload.gui.words import tip

_ROLES = {
    "text_1": QPalette.ColorRole.WindowText,
    "text_2": QPalette.ColorRole.BrightText,
    "text_3": QPalette.ColorRole.PlaceholderText,
    "accent_text": QPalette.ColorRole.Link,
}


class Label(QLabel):
    """A label: `style` caption, body, title, page, figure or code; `tone` a token's name.

    Tones beyond the three text strengths and the accent may be "ok", "warn", "error", "info".
    """

    def __init__(
        self,
        words: str = "",
        style: str = "body",
        tone: str = "text_1",
        *,
        weight: int = 0,
        wrap: bool = False,
        selectable: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(words, parent)
        self._style = style
        self._weight = weight
        self._tone = tone
        self.setFont(current().font(style, weight))
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(wrap)
        if wrap:
            policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
            policy.setHeightForWidth(True)
            self.setSizePolicy(policy)
        if selectable:
            self.setTextInteractionFlags(
                Qt.TextInteractionFlag.TextSelectableByMouse
                | Qt.TextInteractionFlag.TextSelectableByKeyboard
            )
        self.set_tone(tone)

    def set_tone(self, tone: str) -> None:
        """Show the words in another strength or kind."""
        self._tone = tone
        role = _ROLES.get(tone)
        if role is not None:
            self.setForegroundRole(role)
            return
        self.setForegroundRole(QPalette.ColorRole.WindowText)
        self._tint()
        themes().changed.connect(self._tint, Qt.ConnectionType.UniqueConnection)

    def _tint(self) -> None:
        if self._tone in _ROLES:
            return
        theme = current()
        kinds = ("ok", "info", "warn", "error", "neutral")
        colour = theme.kind(self._tone).text if self._tone in kinds else theme.colour(self._tone)
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.WindowText, colour)
        self.setPalette(palette)


class ElidedLabel(Label):
    """One line that gives way when there is no room; the whole is in its tool tip."""

    def __init__(
        self,
        words: str = "",
        style: str = "body",
        tone: str = "text_1",
        *,
        weight: int = 0,
        mode: Qt.TextElideMode = paint.MIDDLE,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(words, style, tone, weight=weight, parent=parent)
        self._mode = mode
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(24)

    def sizeHint(self) -> QSize:
        """Wide enough for all the words."""
        return QSize(
            round(paint.width_of(self.text(), self.font())) + 2, super().sizeHint().height()
        )

    def minimumSizeHint(self) -> QSize:
        """A few letters."""
        return QSize(24, super().sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Offer the whole in a tool tip only where it is cut."""
        super().resizeEvent(event)
        cut = paint.width_of(self.text(), self.font()) > self.width() + 0.5
        self.setToolTip(tip(self.text() if cut else ""))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the words, elided."""
        painter = QPainter(self)
        colour = self.palette().color(self.foregroundRole())
        align = self.alignment() | Qt.AlignmentFlag.AlignVCenter
        paint.text(painter, self.rect(), self.text(), self.font(), colour, align, self._mode)


class Link(QAbstractButton):
    """Words that do something when pressed, with an icon before them if wanted."""

    def __init__(
        self,
        words: str,
        *,
        style: str = "body",
        tone: str = "accent_text",
        weight: int = 0,
        icon: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setText(words)
        self.setAccessibleName(words)
        self._tone = tone
        self._icon = icon
        self.setFont(current().font(style, weight or 500 if style == "body" else weight))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """The words and the icon before them."""
        width = round(paint.width_of(self.text(), self.font())) + 1
        return QSize(width + (22 if self._icon else 0), self.fontMetrics().height() + 2)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the words, underlined while the pointer is on them."""
        painter = QPainter(self)
        theme = current()
        colour = theme.colour(self._tone if self.isEnabled() else "text_disabled")
        area = self.rect()
        if self._icon:
            icons.paint(painter, self._icon, 0, (self.height() - 16) / 2, 16, colour)
            area.setLeft(22)
        font = self.font()
        font.setUnderline(self.underMouse() and self.isEnabled())
        painter.setFont(font)
        painter.setPen(colour)
        painter.drawText(area, int(paint.LEFT), self.text())
