"""One choice of a few, side by side; arrow keys move it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from caseload.gui import icons, paint
from caseload.gui.theme import current


class Segmented(QWidget):
    """A row of choices as (key, words) or (key, words, icon); `small` 26 high, else 30.

    `chosen` gives the key when the person chooses; `set_choice` does not signal.
    """

    chosen = Signal(str)

    def __init__(
        self,
        choices: Sequence[tuple[str, ...]],
        *,
        name: str = "",
        small: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._choices = [tuple(choice) for choice in choices]
        self._at = 0
        self._small = small
        self._name = name
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._say()

    @property
    def choice(self) -> str:
        """The key of the chosen part."""
        return self._choices[self._at][0]

    def set_choice(self, key: str) -> None:
        """Choose without telling anyone."""
        self._at = next((i for i, c in enumerate(self._choices) if c[0] == key), self._at)
        self._say()
        self.update()

    def set_words(self, key: str, words: str) -> None:
        """Change what one part says, for instance its count."""
        for index, choice in enumerate(self._choices):
            if choice[0] == key:
                self._choices[index] = (key, words, *choice[2:])
        self.updateGeometry()
        self.update()

    def _say(self) -> None:
        self.setAccessibleName(f"{self._name}: {self._choices[self._at][1]}".strip(": "))

    def _widths(self) -> list[int]:
        font = current().font("body", 500)
        out = []
        for choice in self._choices:
            width = paint.width_of(choice[1], font) if choice[1] else 0.0
            icon = (16 + (6 if choice[1] else 0)) if len(choice) > 2 and choice[2] else 0
            out.append(round(width + icon) + 23)
        return out

    def sizeHint(self) -> QSize:
        """The parts and the frame."""
        height = current().metric("control_small" if self._small else "control")
        return QSize(sum(self._widths()) + 1, height)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the parts; the chosen one soft."""
        painter = QPainter(self)
        theme = current()
        area = QRectF(self.rect())
        radius = theme.radius("medium")
        off = not self.isEnabled()
        fill = theme.colour("sunken" if off else "surface")
        paint.box(painter, area, radius, fill, theme.colour("border_mid"))
        left = 0.0
        last = len(self._choices) - 1
        for index, (choice, width) in enumerate(zip(self._choices, self._widths(), strict=True)):
            wide = width + (1 if index == last else 0)
            part = QRectF(left, 0, wide, self.height())
            if index == self._at:
                ends = (radius if index == 0 else 0.0, radius if index == last else 0.0)
                path = paint.rounded(
                    part.adjusted(0.5, 0.5, 0.5 if index < last else -0.5, -0.5),
                    (ends[0], ends[1], ends[1], ends[0]),
                )
                painter.setPen(theme.colour("accent_border"))
                painter.setBrush(theme.colour("accent_soft"))
                painter.drawPath(path)
            elif index not in (0, self._at + 1):
                paint.vline(painter, left, 1, self.height() - 1, theme.colour("border"))
            self._paint_words(painter, part, choice, chosen=index == self._at)
            left += width

    def _paint_words(
        self, painter: QPainter, part: QRectF, choice: tuple[str, ...], *, chosen: bool
    ) -> None:
        theme = current()
        tone = "accent_text" if chosen else "text_2"
        colour = theme.colour(tone if self.isEnabled() else "text_disabled")
        font = theme.font("body", 500)
        words = paint.width_of(choice[1], font) if choice[1] else 0.0
        icon = choice[2] if len(choice) > 2 else ""
        lead = (16 + (6 if choice[1] else 0)) if icon else 0
        left = part.left() + (part.width() - words - lead) / 2
        if icon:
            icons.paint(painter, icon, left, (self.height() - 16) / 2, 16, colour)
        if choice[1]:
            area = QRectF(left + lead, 0, words + 2, self.height())
            paint.text(painter, area, choice[1], font, colour)

    def _choose(self, index: int) -> None:
        if 0 <= index < len(self._choices) and index != self._at:
            self._at = index
            self._say()
            self.update()
            self.chosen.emit(self.choice)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the part under the pointer."""
        left = 0
        for index, width in enumerate(self._widths()):
            left += width
            if event.position().x() < left:
                self._choose(index)
                break

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the choice with the arrow keys."""
        if event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Up):
            self._choose(self._at - 1)
        elif event.key() in (Qt.Key.Key_Right, Qt.Key.Key_Down):
            self._choose(self._at + 1)
        else:
            super().keyPressEvent(event)
