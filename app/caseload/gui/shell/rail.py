"""The rail: the pages with words, or folded to icons with a dot for a count."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QVBoxLayout, QWidget

from caseload.gui import icons, paint
from caseload.gui.components.pill import paint_count
from caseload.gui.pages.registry import Entry
from caseload.gui.source import Badge
from caseload.gui.theme import current
from caseload.gui.words import tip

_FOOT = 9


class RailItem(QAbstractButton):
    """One page in the rail."""

    def __init__(self, key: str, title: str, icon: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.key = key
        self._icon = icon
        self._badge: Badge | None = None
        self._live = ""
        self._folded = False
        self.setText(title)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._say()

    def set_folded(self, *, folded: bool) -> None:
        """Show the icon alone, with the name in a tool tip."""
        self._folded = folded
        self._say()
        self.update()

    def set_badge(self, badge: Badge | None) -> None:
        """Show a count."""
        self._badge = badge
        self._say()
        self.update()

    def set_live(self, words: str) -> None:
        """Show a word such as "Running" at the right."""
        self._live = words
        self._say()
        self.update()

    def _say(self) -> None:
        count = f", {self._badge.count} {self._badge.words}".rstrip() if self._badge else ""
        name = f"{self.text()}{count}{', ' + self._live if self._live else ''}"
        self.setAccessibleName(name)
        self.setToolTip(tip(name if self._folded else ""))

    def sizeHint(self) -> QSize:
        """The density's height."""
        return QSize(40, current().metric("rail_item") + 1)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the item."""
        painter = QPainter(self)
        theme = current()
        area = QRectF(self.rect()).adjusted(0, 0, 0, -1)
        on = self.isChecked()
        if on or self.underMouse():
            fill = theme.colour("accent_soft" if on else "hover")
            paint.box(painter, area, theme.radius("medium"), fill)
        if on:
            bar = QRectF(0, area.top() + 7, 3, area.height() - 14)
            paint.box(painter, bar, 1.5, theme.colour("accent_text"))
        tone = theme.colour("accent_text" if on else "text_2")
        middle = area.center().y()
        if self._folded:
            icons.paint(painter, self._icon, (self.width() - 18) / 2, middle - 9, 18, tone)
            if self._badge is not None and self._badge.count:
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(theme.kind(self._badge.kind).solid)
                painter.drawEllipse(QRectF(self.width() - 12, area.top() + 4, 8, 8))
            return
        icons.paint(painter, self._icon, 10, middle - 9, 18, tone)
        weight = 600 if on else 500
        words = QRectF(38, area.top(), self.width() - 46, area.height())
        paint.text(painter, words, self.text(), theme.font("body", weight), tone)
        if self._live:
            caption = theme.font("caption", 500)
            live = theme.kind("info").text
            paint.text(painter, words.adjusted(0, 0, -2, 0), self._live, caption, live, paint.RIGHT)
        elif self._badge is not None and self._badge.count:
            count = f"{self._badge.count:,}"
            paint_count(painter, self.width() - 10, middle, count, self._badge.kind)


class _Line(QWidget):
    """The line between two groups."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(17)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the line."""
        inset = 10 if self.width() > 60 else 6
        line = current().colour("border")
        paint.hline(QPainter(self), inset, self.width() - inset, 8, line)


class Rail(QWidget):
    """`chosen` gives the page id; `fold_wanted` asks the window to fold or unfold."""

    chosen = Signal(str)
    fold_wanted = Signal()

    def __init__(self, entries: Sequence[Entry], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._items: dict[str, RailItem] = {}
        self.folded = False
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 10, 9, 8)
        column.setSpacing(0)
        group = entries[0].group if entries else 0
        footed = False
        for entry in entries:
            if entry.group == _FOOT and not footed:
                column.addStretch(1)
                footed = True
            elif entry.group != group:
                column.addWidget(_Line())
            group = entry.group
            item = RailItem(entry.page_id, entry.title, entry.icon)
            item.clicked.connect(self._clicked)
            self._items[entry.page_id] = item
            column.addWidget(item)
        if not footed:
            column.addStretch(1)
        column.addSpacing(6)
        self._fold = RailItem("", "Collapse", "panel-left")
        self._fold.setCheckable(False)
        self._fold.clicked.connect(self.fold_wanted)
        column.addWidget(self._fold)
        self.setAccessibleName("Pages")
        self.set_folded(folded=False)

    def set_folded(self, *, folded: bool) -> None:
        """Fold to icons or open to words."""
        self.folded = folded
        self.setFixedWidth(int(current().size("rail_collapsed" if folded else "rail")))
        self._fold.setText("Expand" if folded else "Collapse")
        for item in (*self._items.values(), self._fold):
            item.set_folded(folded=folded)

    def set_page(self, page_id: str) -> None:
        """Mark the open page."""
        for key, item in self._items.items():
            item.setChecked(key == page_id)

    def set_badge(self, page_id: str, badge: Badge | None) -> None:
        """Show a count beside a page."""
        if page_id in self._items:
            self._items[page_id].set_badge(badge)

    def set_live(self, page_id: str, words: str) -> None:
        """Show a word such as "Running" beside a page."""
        if page_id in self._items:
            self._items[page_id].set_live(words)

    def _clicked(self) -> None:
        item = self.sender()
        if isinstance(item, RailItem):
            self.chosen.emit(item.key)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and Down move between the items."""
        if event.key() == Qt.Key.Key_Up:
            self.focusPreviousChild()
        elif event.key() == Qt.Key.Key_Down:
            self.focusNextChild()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the line at the right."""
        line = current().colour("border")
        paint.vline(QPainter(self), self.width() - 1, 0, self.height(), line)
