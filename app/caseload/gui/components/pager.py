"""The foot of a grid: which rows are shown, how many a page, and the way to the others."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from caseload.gui import paint, words
from caseload.gui.components.button import IconButton
from caseload.gui.components.label import Label
from caseload.gui.components.segmented import Segmented
from caseload.gui.theme import current

PAGE_SIZES = (10, 25, 50, 100, 250)


class Pager(QWidget):
    """`changed` gives offset and rows a page; `set_total` says what there is."""

    changed = Signal(int, int)

    def __init__(self, size: int = 25, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._size = size
        self._offset = 0
        self._total = 0
        self._all = 0
        self.setFixedHeight(int(current().size("pager")))
        self.setProperty("foot", 1)
        self._span = Label("", weight=600)
        self._of = Label("", tone="text_2")
        self._hint = Label("Rows a page", tone="text_2")
        sizes = [(str(count), str(count)) for count in PAGE_SIZES]
        self._sizes = Segmented(sizes, name="Rows a page", small=True)
        self._sizes.set_choice(str(size))
        self._first = IconButton("chevron-left", "Page before")
        self._next = IconButton("chevron-right", "Next page")
        self._page = Label("", tone="text_2")
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 0, 16, 0)
        row.setSpacing(4)
        row.addWidget(self._span)
        row.addWidget(self._of)
        row.addStretch(1)
        row.addWidget(self._hint)
        row.addSpacing(4)
        row.addWidget(self._sizes)
        row.addSpacing(6)
        row.addWidget(self._first)
        row.addWidget(self._next)
        row.addSpacing(2)
        row.addWidget(self._page)
        self._sizes.chosen.connect(self._resize)
        self._first.clicked.connect(self.back)
        self._next.clicked.connect(self.forward)
        self.setAccessibleName("Pages")
        self._say()

    @property
    def offset(self) -> int:
        """The index of the first row shown, from 0."""
        return self._offset

    @property
    def size(self) -> int:  # type: ignore[override]
        """Rows a page."""
        return self._size

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self._total // self._size))

    def set_total(self, total: int, all_rows: int) -> None:
        """Say how many rows match and how many exist; steps back from a page that is gone."""
        self._total = total
        self._all = all_rows
        last = (self.pages - 1) * self._size
        if self._offset > last:
            self._go(last)
        self._say()

    def show_page(self, offset: int, total: int, all_rows: int) -> None:
        """Show that a page begins at `offset`, without telling anyone."""
        self._offset = offset // self._size * self._size
        self._total = total
        self._all = all_rows
        self._say()

    def start(self) -> None:
        """Go to the first page without telling anyone; for a new filter."""
        self._offset = 0
        self._say()

    def back(self) -> None:
        """Go to the page before."""
        self._go(self._offset - self._size)

    def forward(self) -> None:
        """Go to the next page."""
        self._go(self._offset + self._size)

    def _go(self, offset: int) -> None:
        offset = max(0, offset)
        if offset != self._offset and offset < max(1, self._total):
            self._offset = offset
            self._say()
            self.changed.emit(self._offset, self._size)

    def _resize(self, key: str) -> None:
        self._size = int(key)
        self._offset = self._offset // self._size * self._size
        self._say()
        self.changed.emit(self._offset, self._size)

    def _say(self) -> None:
        number = words.number
        if self._total == 0:
            self._span.setText("No rows")
        else:
            last = min(self._total, self._offset + self._size)
            self._span.setText(f"{number(self._offset + 1)}-{number(last)}")
        if not self._total and self._all:
            self._span.setText("No rows match")
            self._of.setText(f"of {number(self._all)}")
        elif self._total != self._all:
            self._of.setText(f"of {number(self._total)} that match, {number(self._all)} in all")
        else:
            self._of.setText(f"of {number(self._total)}" if self._total else "")
        here = self._offset // self._size + 1
        self._page.setText(f"Page {number(here)} of {number(self.pages)}")
        self._first.setEnabled(here > 1)
        self._next.setEnabled(here < self.pages)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the foot with a line over it."""
        painter = QPainter(self)
        theme = current()
        painter.fillRect(QRectF(self.rect()), theme.colour("surface"))
        paint.hline(painter, 0, self.width(), 0, theme.colour("border"))
