"""Where people type or choose: search field, text field, select, tick box, spin field."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeyEvent, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QSizePolicy, QWidget

from caseload.gui import icons, paint
from caseload.gui.components.menu import Menu
from caseload.gui.theme import current
from caseload.gui.words import tip


class TextField(QLineEdit):
    """A line to type in; `icon` before the words, `problem` makes its edge an error's."""

    def __init__(
        self,
        placeholder: str = "",
        *,
        icon: str = "",
        name: str = "",
        small: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._icon = icon
        self._small = small
        self._invalid = False
        self.setFrame(False)
        self.setPlaceholderText(placeholder)
        self.setAccessibleName(name or placeholder)
        self.setTextMargins(30 if icon else 8, 0, 8, 0)
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.Base, Qt.GlobalColor.transparent)
        self.setPalette(palette)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def set_problem(self, why: str) -> None:
        """Mark what is typed as wrong, with the reason for tool tip and readers; "" clears."""
        self._invalid = bool(why)
        self.setToolTip(tip(why))
        self.setAccessibleDescription(why)
        self.update()

    def sizeHint(self) -> QSize:
        """A control's height."""
        height = current().metric("control_small" if self._small else "control")
        return QSize(180, height)

    def minimumSizeHint(self) -> QSize:
        """A few letters wide."""
        return QSize(72, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the box and the icon under the words."""
        painter = QPainter(self)
        theme = current()
        edge = theme.colour("border_strong" if self.isEnabled() else "border")
        width = 1.0
        if self._invalid:
            edge, width = theme.kind("error").solid, 2.0
        elif self.hasFocus():
            edge, width = theme.colour("focus_ring"), 2.0
        fill = theme.colour("surface" if self.isEnabled() else "sunken")
        paint.box(painter, self.rect(), theme.radius("medium"), fill, edge, width)
        if self._icon:
            icons.paint(painter, self._icon, 9, (self.height() - 16) / 2, 16, "text_3")
        painter.end()
        super().paintEvent(event)


class SearchField(TextField):
    """A filter field: `searched` gives the words 40 ms after the last key; Esc clears it."""

    searched = Signal(str)

    def __init__(
        self,
        placeholder: str = "Filter",
        *,
        name: str = "",
        small: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(placeholder, icon="search", name=name, small=small, parent=parent)
        self._told = ""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(40)
        self._timer.timeout.connect(self._tell)
        self.textChanged.connect(self._wait)

    def _wait(self) -> None:
        self._timer.start()

    def _tell(self) -> None:
        self._timer.stop()
        if self.text() != self._told:
            self._told = self.text()
            self.searched.emit(self._told)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc clears, Enter searches at once."""
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
            self._tell()
            return
        super().keyPressEvent(event)
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._tell()


class Select(QAbstractButton):
    """One of several (key, words), shown as a field that opens a menu."""

    chosen = Signal(str)

    def __init__(
        self,
        choices: Sequence[tuple[str, str]],
        *,
        name: str = "",
        icon: str = "",
        small: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._choices = list(choices)
        self._key = self._choices[0][0] if self._choices else ""
        self._name = name
        self._icon = icon
        self._small = small
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.clicked.connect(self._open)
        self._say()

    @property
    def choice(self) -> str:
        """The chosen key, "" when there is none."""
        return self._key

    def set_choices(self, choices: Sequence[tuple[str, str]]) -> None:
        """Offer other choices; the chosen one stays if it is among them."""
        self._choices = list(choices)
        keys = [key for key, _ in self._choices]
        if self._key not in keys:
            self._key = keys[0] if keys else ""
        self._say()
        self.updateGeometry()
        self.update()

    def set_choice(self, key: str) -> None:
        """Choose without telling anyone."""
        self._key = key
        self._say()
        self.update()

    def words(self) -> str:
        """The words of the choice."""
        return dict(self._choices).get(self._key, self._key)

    def _say(self) -> None:
        self.setAccessibleName(f"{self._name}: {self.words()}".strip(": "))

    def _open(self) -> None:
        menu = Menu(parent=self)
        for key, words in self._choices:
            action = menu.addAction(words)
            action.setData(key)
            action.setCheckable(True)
            action.setChecked(key == self._key)
        menu.triggered.connect(self._picked)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.mapToGlobal(QPoint(0, self.height() + 4)))

    def _picked(self, action: QAction) -> None:
        key = str(action.data())
        if key != self._key:
            self.set_choice(key)
            self.chosen.emit(key)

    def sizeHint(self) -> QSize:
        """The widest choice."""
        font = current().font("body", 500)
        widest = max((paint.width_of(words, font) for _, words in self._choices), default=40)
        height = current().metric("control_small" if self._small else "control")
        return QSize(round(widest) + 42 + (22 if self._icon else 0), height)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the field."""
        painter = QPainter(self)
        theme = current()
        on = self.isEnabled()
        fill = theme.colour("sunken" if not on else "hover" if self.underMouse() else "surface")
        edge = theme.colour("border_mid" if on else "border")
        paint.box(painter, self.rect(), theme.radius("medium"), fill, edge)
        left = 10.0
        if self._icon:
            icons.paint(painter, self._icon, left, (self.height() - 16) / 2, 16, "text_2")
            left += 22
        area = QRectF(left, 0, self.width() - left - 28, self.height())
        tone = theme.colour("text_1" if on else "text_disabled")
        paint.text(painter, area, self.words(), theme.font("body", 500), tone, mode=paint.MIDDLE)
        icons.paint(
            painter, "chevron-down", self.width() - 24, (self.height() - 14) / 2, 14, "text_2"
        )

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and Down open it."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Down):
            self._open()
        else:
            super().keyPressEvent(event)


class TickBox(QAbstractButton):
    """A tick box with its words."""

    def __init__(self, words: str, *, name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setText(words)
        self.setAccessibleName(name or words)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Box and words."""
        words = paint.width_of(self.text(), current().font("body")) + 8 if self.text() else 0
        return QSize(round(words) + 17, 22)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint box and words."""
        painter = QPainter(self)
        theme = current()
        state = Qt.CheckState.Checked if self.isChecked() else Qt.CheckState.Unchecked
        paint.tick_box(painter, 1, (self.height() - 15) / 2, state, on=self.isEnabled())
        area = QRectF(24, 0, self.width() - 24, self.height())
        tone = theme.colour("text_1" if self.isEnabled() else "text_disabled")
        paint.text(painter, area, self.text(), theme.font("body"), tone)
