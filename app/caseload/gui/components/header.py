"""The head of a page: title, secondary words, tabs, and actions at the right."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from caseload.gui import paint
from caseload.gui.components.label import ElidedLabel, Label
from caseload.gui.theme import current

_TAB_PAD = 10


class Tabs(QWidget):
    """Tabs as words with a line under the open one; arrow keys move."""

    opened = Signal(str)

    def __init__(
        self, tabs: Sequence[tuple[str, str]], *, height: int = 52, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._tabs = [(key, words) for key, words in tabs]
        self._at = 0
        self._over = -1
        self.setFixedHeight(height)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._say()

    @property
    def tab(self) -> str:
        """The key of the open tab."""
        return self._tabs[self._at][0]

    def set_tab(self, key: str) -> None:
        """Open a tab without telling anyone."""
        self._at = next((i for i, tab in enumerate(self._tabs) if tab[0] == key), self._at)
        self._say()
        self.update()

    def set_words(self, key: str, words: str) -> None:
        """Change what a tab says, for instance its count."""
        self._tabs = [(k, words if k == key else w) for k, w in self._tabs]
        self.updateGeometry()
        self.update()

    def _say(self) -> None:
        self.setAccessibleName(
            f"Tab {self._tabs[self._at][1]}, {self._at + 1} of {len(self._tabs)}"
        )

    def _widths(self) -> list[int]:
        font = current().font("body", 500)
        return [round(paint.width_of(words, font)) + 2 * _TAB_PAD for _, words in self._tabs]

    def sizeHint(self) -> QSize:
        """All the tabs."""
        return QSize(sum(self._widths()) + 4 * (len(self._tabs) - 1), self.height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the tabs."""
        painter = QPainter(self)
        theme = current()
        font = theme.font("body", 500)
        left = 0.0
        for index, ((_, words), width) in enumerate(zip(self._tabs, self._widths(), strict=True)):
            chosen = index == self._at
            tone = "accent_text" if chosen else "text_1" if index == self._over else "text_2"
            area = QRectF(left, 0, width, self.height())
            paint.text(painter, area, words, font, theme.colour(tone), paint.CENTRE)
            if chosen:
                line = QRectF(left, self.height() - 2, width, 2)
                painter.fillRect(line, theme.colour("accent_text"))
            left += width + 4

    def _index_at(self, x: float) -> int:
        left = 0.0
        for index, width in enumerate(self._widths()):
            if left <= x < left + width:
                return index
            left += width + 4
        return -1

    def _open(self, index: int) -> None:
        if 0 <= index < len(self._tabs) and index != self._at:
            self._at = index
            self._say()
            self.update()
            self.opened.emit(self.tab)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Open the tab under the pointer."""
        self._open(self._index_at(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Light the tab under the pointer."""
        over = self._index_at(event.position().x())
        if over != self._over:
            self._over = over
            self.update()

    def leaveEvent(self, _event: object) -> None:
        """Back to rest."""
        self._over = -1
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move with the arrow keys."""
        if event.key() == Qt.Key.Key_Left:
            self._open(self._at - 1)
        elif event.key() == Qt.Key.Key_Right:
            self._open(self._at + 1)
        else:
            super().keyPressEvent(event)


class PageHeader(QWidget):
    """Title and secondary words at the left, actions at the right, tabs between.

    `add_action` puts buttons at the right in the order they come.
    """

    def __init__(
        self,
        title: str,
        *,
        tabs: Sequence[tuple[str, str]] = (),
        flush: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        theme = current()
        self._ruled = bool(tabs)
        height = int(theme.size("page_header_tabs" if tabs else "page_header"))
        self.setFixedHeight(height)
        pad = 16 if flush else int(theme.size("page_pad"))
        row = QHBoxLayout(self)
        row.setContentsMargins(pad, 0, pad, 0)
        row.setSpacing(12)
        self.title = Label(title, "page")
        row.addWidget(self.title)
        self.tabs: Tabs | None = None
        if tabs:
            row.addSpacing(4)
            self.tabs = Tabs(tabs, height=height)
            row.addWidget(self.tabs)
        self.sub = ElidedLabel("", tone="text_3", mode=paint.END)
        self.sub.setContentsMargins(0, 4, 0, 0)
        row.addWidget(self.sub, 1, Qt.AlignmentFlag.AlignVCenter)
        self._actions = QHBoxLayout()
        self._actions.setSpacing(8)
        row.addLayout(self._actions)

    def set_sub(self, words: str) -> None:
        """Say the secondary words."""
        self.sub.setText(words)
        self.sub.updateGeometry()

    def add_action(self, widget: QWidget) -> None:
        """Put a button (or anything) at the right."""
        self._actions.addWidget(widget)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the rule under tabs."""
        if self._ruled:
            line = current().colour("border")
            paint.hline(QPainter(self), 0, self.width(), self.height() - 1, line)
