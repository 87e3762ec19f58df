"""A painted list for the inspector: rows of one or two lines, hundreds of them, one widget."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from caseload.gui import icons, paint
from caseload.gui.components.bars import paint_coverage
from caseload.gui.components.pill import PillSpec, paint_pill, pill_width
from caseload.gui.theme import current
from caseload.gui.words import tip

_PAD = 16.0


@dataclass(frozen=True, slots=True)
class Row:
    """One row: a key, words, words beneath, a pill, or a number with a coverage bar."""

    key: str
    words: str
    under: str = ""
    pill: PillSpec | None = None
    number: str = ""
    coverage: tuple[float, float] | None = None
    icon: str = ""
    quiet: bool = False

    def spoken(self) -> str:
        """The row as a screen reader says it."""
        said = [self.words, self.under, self.pill.words if self.pill else "", self.number]
        if self.coverage is not None:
            said.append(f"{self.coverage[0]:.0%} approved, {self.coverage[1]:.0%} decided")
        return ", ".join(part for part in said if part)


class RowList(QWidget):
    """Rows with rules between.  `chosen` gives a key when it is chosen, `opened` on Enter."""

    chosen = Signal(str)
    opened = Signal(str)

    def __init__(self, name: str, *, high: int = 28, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._high = high
        self._rows: list[Row] = []
        self._at = -1
        self._over = -1
        self.setAccessibleName(name)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def rows(self) -> Sequence[Row]:
        """What is shown."""
        return self._rows

    @property
    def key(self) -> str:
        """The chosen row's key, or ""."""
        return self._rows[self._at].key if 0 <= self._at < len(self._rows) else ""

    def set_rows(self, rows: Sequence[Row], key: str = "") -> None:
        """Show other rows; the one with `key` is chosen."""
        self._rows = list(rows)
        self._over = -1
        self.set_key(key)
        self.setFixedHeight(max(1, len(self._rows) * self._high))
        self.update()

    def set_key(self, key: str) -> None:
        """Choose without telling anyone."""
        self._at = next((i for i, row in enumerate(self._rows) if row.key == key), -1)
        self._say()
        self.update()

    def _say(self) -> None:
        row = self._rows[self._at].spoken() if 0 <= self._at < len(self._rows) else ""
        place = f"{self._at + 1} of {len(self._rows)}" if row else f"{len(self._rows)} rows"
        self.setAccessibleName(", ".join(part for part in (self._name, row, place) if part))
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.NameChanged))

    def sizeHint(self) -> QSize:
        """All rows."""
        return QSize(240, max(1, len(self._rows) * self._high))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the rows in sight."""
        painter, theme = QPainter(self), current()
        first = max(0, event.rect().top() // self._high)
        last = min(len(self._rows), event.rect().bottom() // self._high + 1)
        for index in range(first, last):
            area = QRectF(0, index * self._high, self.width(), self._high)
            if index == self._at:
                fill = (
                    "selection"
                    if self.hasFocus() or self.isActiveWindow()
                    else "selection_inactive"
                )
                painter.fillRect(area, theme.colour(fill))
                bar = QRectF(0, area.top(), theme.size("selection_bar"), area.height())
                painter.fillRect(bar, theme.colour("accent_text"))
            elif index == self._over:
                painter.fillRect(area, theme.colour("hover"))
            self._paint_row(painter, area, self._rows[index])
            paint.hline(painter, 0, self.width(), area.bottom() - 1, theme.colour("border"))
        if self.hasFocus() and 0 <= self._at < len(self._rows):
            ring = QRectF(1, self._at * self._high + 1, self.width() - 2, self._high - 3)
            paint.box(painter, ring, 3, None, theme.colour("focus_ring"), 2)

    def _paint_row(self, painter: QPainter, area: QRectF, row: Row) -> None:
        theme = current()
        right = area.right() - _PAD
        first = area if not row.under else QRectF(area.left(), area.top() + 5, area.width(), 20)
        if row.pill is not None:
            wide = pill_width(row.pill)
            paint_pill(painter, right - wide, first.center().y(), row.pill)
            right -= wide + 8
        if row.coverage is not None:
            bar = QRectF(right - 80, first.center().y() - 2.5, 80, 5)
            paint_coverage(painter, bar, *row.coverage)
            right -= 90
        if row.number:
            at = QRectF(right - 56, first.top(), 56, first.height())
            tone = theme.colour("text_2")
            paint.text(painter, at, row.number, theme.font("body"), tone, paint.RIGHT)
            right -= 62
        left = area.left() + _PAD
        if row.icon:
            icons.paint(painter, row.icon, left, first.center().y() - 7, 14, "text_2")
            left += 20
        font = theme.font("body", 400 if row.quiet else 500)
        words = QRectF(left, first.top(), right - left, first.height())
        tone = theme.colour("text_2" if row.quiet else "text_1")
        paint.text(painter, words, row.words, font, tone, mode=paint.MIDDLE)
        if row.under:
            under = QRectF(left, first.bottom() - 1, area.right() - _PAD - left, 16)
            quiet = theme.colour("text_3")
            paint.text(painter, under, row.under, theme.font("caption"), quiet)

    def _choose(self, index: int) -> None:
        if 0 <= index < len(self._rows):
            self._at = index
            self._say()
            self.update()
            self.chosen.emit(self.key)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the row under the pointer."""
        self._choose(int(event.position().y() // self._high))

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:
        """Open it."""
        if self.key:
            self.opened.emit(self.key)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Light the row under the pointer."""
        over = int(event.position().y() // self._high)
        if over != self._over:
            self._over = over
            row = self._rows[over] if 0 <= over < len(self._rows) else None
            self.setToolTip(tip(row.under or row.words if row else ""))
            self.update()

    def leaveEvent(self, _event: object) -> None:
        """Back to rest."""
        self._over = -1
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows, Home and End move, Enter opens."""
        key = event.key()
        last = len(self._rows) - 1
        steps = {
            Qt.Key.Key_Down: min(last, self._at + 1),
            Qt.Key.Key_Up: max(0, self._at - 1),
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }
        if key in steps:
            self._choose(steps[Qt.Key(key)])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.key:
            self.opened.emit(self.key)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: object) -> None:
        """Show where the keyboard stands."""
        if self._at < 0 and self._rows:
            self._at = 0
            self._say()
        super().focusInEvent(event)  # type: ignore[arg-type]
