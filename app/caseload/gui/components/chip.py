"""A filter as a chip: its name and a chevron while open, its value and a cross once set."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from caseload.gui import icons, paint
from caseload.gui.components.menu import Menu
from caseload.gui.theme import current


class Chip(QAbstractButton):
    """A filter chip over (key, words) choices, one or (with `several`) many.

    What follows a tab in the words, for instance a count, stands at the right of the menu only.
    `changed` gives the tuple of chosen keys, empty when cleared.  Without choices it is a
    switch: pressing it sets or clears it.
    """

    changed = Signal(tuple)

    def __init__(
        self,
        title: str,
        choices: Sequence[tuple[str, str]] = (),
        *,
        several: bool = False,
        icon: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._title = title
        self._choices = list(choices)
        self._several = several
        self._icon = icon
        self._keys: tuple[str, ...] = ()
        self._menu: Menu | None = None
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.clicked.connect(self._open)
        self._say()

    @property
    def keys(self) -> tuple[str, ...]:
        """The chosen keys."""
        return self._keys

    def set_choices(self, choices: Sequence[tuple[str, str]]) -> None:
        """Offer other choices; what is chosen stays."""
        self._choices = list(choices)
        self._say()
        self.updateGeometry()
        self.update()

    def set_keys(self, keys: Sequence[str]) -> None:
        """Choose without telling anyone."""
        self._keys = tuple(keys)
        self._say()
        self.updateGeometry()
        self.update()

    def _value(self) -> str:
        if not self._choices:
            return ""
        words = dict(self._choices)
        shown = [words.get(key, key).partition("\t")[0] for key in self._keys]
        return shown[0] if len(shown) == 1 else f"{len(shown)} chosen" if shown else ""

    def _say(self) -> None:
        value = self._value() or ("on" if self._keys else "any" if self._choices else "off")
        self.setAccessibleName(f"{self._title}: {value}")

    def _set(self, keys: tuple[str, ...]) -> None:
        if keys != self._keys:
            self.set_keys(keys)
            self.changed.emit(keys)

    def _open(self) -> None:
        if not self._choices:
            self._set(() if self._keys else ("on",))
            return
        menu = Menu(parent=self)
        for key, words in self._choices:
            action = menu.addAction(words)
            action.setData(key)
            action.setCheckable(True)
            action.setChecked(key in self._keys)
        menu.triggered.connect(self._picked)
        menu.aboutToHide.connect(menu.deleteLater)
        self._menu = menu
        menu.popup(self.mapToGlobal(QPoint(0, self.height() + 4)))

    def _picked(self, action: QAction) -> None:
        key = str(action.data())
        if not self._several:
            self._set(() if self._keys == (key,) else (key,))
        elif key in self._keys:
            self._set(tuple(k for k in self._keys if k != key))
        else:
            self._set((*self._keys, key))

    def sizeHint(self) -> QSize:
        """Title, value and the sign at the end."""
        bold = 500 if self._keys and not self._value() else 400
        width = 19 + paint.width_of(self._title, current().font("body", bold))
        if self._icon:
            width += 22
        if self._value():
            width += 6 + paint.width_of(self._value(), current().font("body", 500))
        if self._choices:
            width += 20
        return QSize(min(360, round(width)), current().metric("control_small"))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the chip."""
        painter = QPainter(self)
        theme = current()
        on = bool(self._keys)
        fill = theme.colour("accent_soft" if on else "hover" if self.underMouse() else "surface")
        edge = theme.colour("accent_border" if on else "border_mid")
        paint.box(painter, self.rect(), theme.radius("medium"), fill, edge)
        tone = theme.colour("accent_text" if on else "text_2")
        left = 9.0
        middle = (self.height() - 14) / 2
        if self._icon:
            icons.paint(painter, self._icon, left, (self.height() - 16) / 2, 16, tone)
            left += 22
        end = self.width() - (27 if self._choices else 9)
        font = theme.font("body", 500 if on and not self._value() else 400)
        area = QRectF(left, 0, end - left, self.height())
        paint.text(painter, area, self._title, font, tone)
        if self._value():
            left += paint.width_of(self._title, font) + 6
            area = QRectF(left, 0, end - left, self.height())
            bold = theme.font("body", 500)
            paint.text(painter, area, self._value(), bold, tone, mode=paint.MIDDLE)
        if self._choices:
            sign = "x" if on else "chevron-down"
            icons.paint(painter, sign, self.width() - 23, middle, 14, tone)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Clear by the cross, else open."""
        if self._choices and self._keys and event.position().x() > self.width() - 28:
            self.setDown(False)
            self._set(())
            return
        super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Delete clears, Enter and Down open."""
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self._set(())
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Down):
            self._open()
        else:
            super().keyPressEvent(event)
