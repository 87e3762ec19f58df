"""The bar over the pager that says how many rows are ticked and what can be done with them."""

from __future__ import annotations

from PySide6.QtCore import QEasingCurve, QPropertyAnimation, QRectF, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from caseload.gui import paint, words
from caseload.gui.components.button import Button
from caseload.gui.components.label import Label, Link
from caseload.gui.theme import current, themes


class BulkBar(QWidget):
    """Opens with a selection and closes without one; buttons are added by the page."""

    all_wanted = Signal()
    cleared = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("foot", 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 0, 16, 0)
        row.setSpacing(8)
        self._count = Label("", weight=600)
        self._rest = Label("", tone="text_2")
        self._all = Link("")
        self._clear = Link("clear")
        for widget in (self._count, self._rest, self._all, self._clear):
            row.addWidget(widget)
        row.addStretch(1)
        self._row = row
        self._all.clicked.connect(self.all_wanted)
        self._clear.clicked.connect(self.cleared)
        self.setAccessibleName("Selected rows")
        self._slide = QPropertyAnimation(self, b"maximumHeight", self)
        self._slide.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._slide.finished.connect(self._settle)
        self._open = False
        self.setMaximumHeight(0)
        self.setMinimumHeight(0)
        self.hide()

    def add_button(self, words_: str, kind: str = "plain", *, icon: str = "") -> Button:
        """Add an action on the ticked rows and give its button back to connect."""
        button = Button(words_, kind, icon=icon, small=True)
        self._row.addWidget(button)
        return button

    def set_count(self, ticked: int, shown: int, matching: int) -> None:
        """Say how many are ticked of those on the page and of all that match the filter."""
        every = ticked == matching and ticked > shown
        if every:
            self._count.setText(f"All {words.number(ticked)} that match are selected")
            self._rest.setText("")
        else:
            self._count.setText(f"{words.number(ticked)} selected")
            self._rest.setText(f"of {words.number(shown)} shown,")
        self._rest.setVisible(not every)
        self._all.setText(f"select all {words.number(matching)} that match")
        self._all.setVisible(not every and matching > ticked)
        self._all.updateGeometry()
        self._clear.setVisible(every or matching <= ticked)
        self._reveal(open_=ticked > 0)

    def _reveal(self, *, open_: bool) -> None:
        if open_ == self._open:
            return
        self._open = open_
        height = int(current().size("bulk_bar"))
        self._slide.stop()
        if open_:
            self.show()
        if themes().reduced_motion:
            self.setMaximumHeight(height if open_ else 0)
            self._settle()
            return
        self._slide.setDuration(themes().duration("base"))
        self._slide.setStartValue(self.maximumHeight())
        self._slide.setEndValue(height if open_ else 0)
        self._slide.start()

    def _settle(self) -> None:
        self.setMinimumHeight(self.maximumHeight())
        self.setVisible(self._open)
        if not self._open:
            self.setMinimumHeight(0)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the soft bar with a line over it."""
        painter = QPainter(self)
        theme = current()
        painter.fillRect(QRectF(self.rect()), theme.colour("accent_soft"))
        paint.hline(painter, 0, self.width(), 0, theme.colour("accent_border"))
