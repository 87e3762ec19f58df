"""Buttons: one primary a page, plain ones beside it, quiet ones in rows, warnings in outline."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QMenu, QPushButton, QSizePolicy, QWidget

from caseload.gui import icons, paint
from caseload.gui.theme import Theme, current
from caseload.gui.words import tip

_PAD = 12
_GAP = 7
_CHEVRON = 20


class Button(QPushButton):
    """A button: `kind` is primary, plain, quiet or warning; `small` for rows and bars.

    Enter presses it as Space does.  With a `menu` it shows a chevron at its end.
    """

    def __init__(
        self,
        words: str = "",
        kind: str = "plain",
        *,
        icon: str = "",
        small: bool = False,
        name: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(words, parent)
        self.kind = kind
        self._icon = icon
        self._small = small
        self.setAutoDefault(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(name or words)
        if name and not words:
            self.setToolTip(tip(name))

    def set_icon_name(self, icon: str) -> None:
        """Show another icon."""
        self._icon = icon
        self.updateGeometry()
        self.update()

    def set_words(self, words: str) -> None:
        """Say something else, to the eye and to a screen reader."""
        self.setText(words)
        self.setAccessibleName(words)
        self.updateGeometry()

    def setMenu(self, menu: QMenu | None) -> None:
        """Open a menu when pressed."""
        super().setMenu(menu)  # type: ignore[arg-type]
        self.updateGeometry()

    def _height(self) -> int:
        return current().metric("control_small" if self._small else "control")

    def sizeHint(self) -> QSize:
        """Words, icon and paddings; square with an icon alone."""
        height = self._height()
        if not self.text():
            return QSize(height, height)
        pad = 9 if self._small else _PAD
        width = paint.width_of(self.text(), current().font("body", 500)) + 2 * pad
        width += 16 + _GAP if self._icon else 0
        width += _CHEVRON if self.menu() is not None else 0
        return QSize(round(width), height)

    def minimumSizeHint(self) -> QSize:
        """Buttons do not shrink."""
        return self.sizeHint()

    def _colours(self, theme: Theme) -> tuple[QColor | None, QColor | None, QColor, QColor]:
        """Fill, border, words and icon for the state it is in."""
        over = self.underMouse() and self.isEnabled()
        down = self.isDown() or self.isChecked()
        if not self.isEnabled():
            off = theme.colour("text_disabled")
            edge = None if self.kind == "quiet" else theme.colour("border")
            fill = None if self.kind == "quiet" else theme.colour("sunken")
            return fill, edge, off, off
        if self.kind == "primary":
            name = "accent_pressed" if down else "accent_hover" if over else "accent"
            words = theme.colour("on_accent")
            return theme.colour(name), None, words, words
        if self.isCheckable() and self.isChecked():
            words = theme.colour("accent_text")
            return theme.colour("accent_soft"), theme.colour("accent_border"), words, words
        fill = theme.colour("pressed" if down else "hover") if over or down else None
        if self.kind == "quiet":
            return fill, None, theme.colour("text_2"), theme.colour("text_2")
        base = fill or theme.colour("surface")
        if self.kind == "warning":
            colours = theme.kind("error")
            return base, colours.border, colours.text, colours.text
        return base, theme.colour("border_mid"), theme.colour("text_1"), theme.colour("text_2")

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the button in the state it is in."""
        painter = QPainter(self)
        theme = current()
        fill, edge, words, tint = self._colours(theme)
        area = QRectF(self.rect())
        if fill is not None or edge is not None:
            paint.box(painter, area, theme.radius("medium"), fill, edge)
        middle = (self.height() - 16) / 2
        if not self.text():
            icons.paint(painter, self._icon, (self.width() - 16) / 2, middle, 16, tint)
            return
        font = theme.font("body", 500)
        chevron = _CHEVRON if self.menu() is not None else 0
        content = paint.width_of(self.text(), font) + (16 + _GAP if self._icon else 0) + chevron
        left = max(6.0, (self.width() - content) / 2)
        if self._icon:
            icons.paint(painter, self._icon, left, middle, 16, tint)
            left += 16 + _GAP
        room = QRectF(left, 0, self.width() - left - chevron - 4, self.height())
        paint.text(painter, room, self.text(), font, words)
        if chevron:
            icons.paint(
                painter, "chevron-down", self.width() - 23, (self.height() - 14) / 2, 14, tint
            )


class IconButton(Button):
    """A quiet button of an icon alone; `name` is what it does, for the tool tip and readers."""

    def __init__(
        self, icon: str, name: str, *, small: bool = True, parent: QWidget | None = None
    ) -> None:
        super().__init__("", "quiet", icon=icon, small=small, name=name, parent=parent)


def press_on_enter(button: QAbstractButton) -> None:
    """Let Enter press a button that is no QPushButton, as Space already does."""
    from PySide6.QtGui import QKeySequence, QShortcut

    for key in ("Return", "Enter"):
        shortcut = QShortcut(QKeySequence(key), button, context=Qt.ShortcutContext.WidgetShortcut)
        shortcut.activated.connect(button.click)
