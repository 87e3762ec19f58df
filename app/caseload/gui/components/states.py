"""The states of a page that has nothing to show: loading, empty, error, not permitted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt, QTimer
from PySide6.QtGui import QColor, QGuiApplication, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from caseload.gui import icons, paint
from caseload.gui.components.button import Button
from caseload.gui.components.card import Card
from caseload.gui.components.code import CodeWell
from caseload.gui.components.label import Label, Link
from caseload.gui.components.notice import InlineBar
from caseload.gui.theme import current, themes

SKELETON_AFTER_MS = 150
_REGION_SHARES = ((0.2, 0.3, 0.42), (0.3, 0.64), (0.16, 0.48, 0.28), (0.5, 0.2, 0.22))


@dataclass(frozen=True, slots=True)
class Offer:
    """A small card of an empty page: another way in.  `action` is called when pressed."""

    icon: str
    title: str
    words: str
    link: str
    action: Callable[[], None]


class Skeleton(QWidget):
    """Bars where the page will be, at true heights, without shimmer; shown after 150 ms.

    `shape` is "grid" (rows of a table), "cards" (tiles over cards), "stages" or "regions" (of a
    diagram).
    """

    def __init__(self, shape: str = "grid", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shape = shape
        self._shown = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._reveal)
        self.setAccessibleName("Loading")

    def start(self) -> None:
        """Begin waiting; bars show only if the page takes longer than 150 ms."""
        self._shown = themes().reduced_motion
        if not self._shown:
            self._timer.start(SKELETON_AFTER_MS)
        self.update()

    def stop(self) -> None:
        """Stop waiting."""
        self._timer.stop()
        self._shown = False

    def _reveal(self) -> None:
        self._shown = True
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the bars."""
        if not self._shown:
            return
        painter = QPainter(self)
        fill = current().colour("chart.track")
        if self._shape == "grid":
            self._paint_grid(painter, fill)
        elif self._shape == "regions":
            self._paint_regions(painter, fill)
        else:
            self._paint_cards(painter, fill)

    def _paint_grid(self, painter: QPainter, fill: QColor) -> None:
        theme = current()
        for x, wide in ((16, 140), (164, 90), (262, 90)):
            paint.box(painter, QRectF(x, 9, wide, 26), 6, fill)
        row = theme.metric("row")
        top = float(theme.size("toolbar"))
        painter.fillRect(QRectF(0, top, self.width(), self.height()), theme.colour("surface"))
        head = QRectF(0, top, self.width(), row)
        painter.fillRect(head, theme.colour("sunken"))
        starts = (0.045, 0.30, 0.47, 0.66, 0.84)
        index = 0
        while top < self.height():
            paint.hline(painter, 0, self.width(), top, theme.colour("border"))
            middle = top + row / 2
            paint.box(painter, QRectF(16, middle - 7, 15, 15), 4, fill)
            for column, share in enumerate(starts):
                length = self.width() * (0.07 + 0.011 * ((index * 5 + column * 3) % 7))
                thick = 8 if column < len(starts) - 1 else 18
                bar = QRectF(self.width() * share, middle - thick / 2, length, thick)
                paint.box(painter, bar, min(6, thick / 2), fill)
            top += row
            index += 1

    def _paint_regions(self, painter: QPainter, fill: QColor) -> None:
        for x, length in ((16, 180), (204, 160), (372, 280)):
            paint.box(painter, QRectF(x, 9, length, 26), 6, fill)
        top = float(current().size("toolbar"))
        paint.hline(painter, 0, self.width(), top - 1, current().colour("border"))
        columns = 5
        wide = (self.width() - 32 - 40 * (columns - 1)) / columns
        high = self.height() - top - 84
        edge = current().colour("border_mid")
        for column in range(columns):
            y = top + 16.0
            for share in _REGION_SHARES[column % len(_REGION_SHARES)]:
                area = QRectF(16 + column * (wide + 40), y, wide, high * share)
                paint.box(painter, area, 8, current().colour("erd.region"), edge)
                paint.box(painter, QRectF(area.left() + 10, y + 10, wide * 0.4, 8), 4, fill)
                y += high * share + 24

    def _paint_cards(self, painter: QPainter, fill: QColor) -> None:
        pad = current().size("page_pad")
        gutter = current().size("gutter")
        count = 7 if self._shape == "stages" else 6
        wide = (self.width() - 2 * pad - gutter * (count - 1)) / count
        for index in range(count):
            paint.box(painter, QRectF(pad + index * (wide + gutter), 0, wide, 112), 8, fill)
        left = (self.width() - 2 * pad - gutter) * 0.66
        right = self.width() - 2 * pad - gutter - left
        for top, high in ((128, 290), (434, 210)):
            paint.box(painter, QRectF(pad, top, left, high), 8, fill)
            paint.box(painter, QRectF(pad + left + gutter, top, right, high), 8, fill)


class EmptyState(QWidget):
    """What this is, the one next action, and other ways in.

    `picture` paints over the 240×100 above the title; without one a large icon stands there.
    """

    def __init__(
        self,
        title: str,
        words: str,
        *,
        icon: str = "folder-open",
        button: str = "",
        button_icon: str = "",
        on_button: Callable[[], None] | None = None,
        second: str = "",
        second_icon: str = "",
        on_second: Callable[[], None] | None = None,
        offers: Sequence[Offer] = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 0, 24, 24)
        column.setSpacing(0)
        column.addStretch(2)
        centre = Qt.AlignmentFlag.AlignHCenter
        column.addWidget(IconDisc(icon, 56), 0, centre)
        column.addSpacing(20)
        head = Label(title, "page")
        head.setAlignment(centre)
        column.addWidget(head)
        column.addSpacing(8)
        column.addWidget(_paragraph(words, 560), 0, centre)
        column.addSpacing(20)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch(1)
        self.primary: Button | None = None
        if button and on_button is not None:
            self.primary = Button(button, "primary", icon=button_icon)
            self.primary.clicked.connect(on_button)
            row.addWidget(self.primary)
        if second and on_second is not None:
            other = Button(second, icon=second_icon)
            other.clicked.connect(on_second)
            row.addWidget(other)
        row.addStretch(1)
        column.addLayout(row)
        if offers:
            column.addSpacing(28)
            column.addLayout(offer_row(offers))
        column.addStretch(3)
        self.setAccessibleName(title)


def _paragraph(words: str, width: int) -> Label:
    label = Label(words, tone="text_2", wrap=True)
    label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
    label.setFixedWidth(width)
    label.setMinimumHeight(label.heightForWidth(width))
    return label


def offer_row(offers: Sequence[Offer]) -> QHBoxLayout:
    """Small cards side by side: other ways in."""
    row = QHBoxLayout()
    row.setSpacing(12)
    row.addStretch(1)
    for offer in offers:
        card = Card()
        card.setFixedWidth(246)
        inner = QVBoxLayout()
        inner.setContentsMargins(14, 12, 14, 12)
        inner.setSpacing(4)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(Icon(offer.icon, 16))
        head.addWidget(Label(offer.title, weight=600), 1)
        inner.addLayout(head)
        said = Label(offer.words, "caption", "text_2", wrap=True)
        said.setAlignment(Qt.AlignmentFlag.AlignTop)
        inner.addWidget(said, 1)
        inner.addSpacing(6)
        link = Link(offer.link)
        link.clicked.connect(offer.action)
        inner.addWidget(link)
        card.body.addLayout(inner)
        row.addWidget(card)
    row.addStretch(1)
    return row


class Icon(QWidget):
    """An icon alone, tinted from a token."""

    def __init__(
        self, name: str, size: int = 16, tone: str = "text_2", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._name = name
        self._size = size
        self._tone = tone
        self.setFixedSize(size, size)

    def set_icon(self, name: str, tone: str = "") -> None:
        """Show another icon or tone (a token, or a kind such as "ok")."""
        self._name = name
        self._tone = tone or self._tone
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the icon."""
        theme = current()
        kinds = ("ok", "info", "warn", "error", "neutral")
        colour = theme.kind(self._tone).text if self._tone in kinds else theme.colour(self._tone)
        icons.paint(QPainter(self), self._name, 0, 0, self._size, colour)


class IconDisc(QWidget):
    """An icon in a soft disc."""

    def __init__(self, icon: str, size: int = 48, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = icon
        self.setFixedSize(size, size)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint disc and icon."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = current()
        painter.setPen(QPen(theme.kind("neutral").border, 1))
        painter.setBrush(theme.kind("neutral").soft)
        painter.drawEllipse(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))
        middle = (self.width() - 20) / 2
        icons.paint(painter, self._icon, middle, middle, 20, theme.colour("text_2"))


class ErrorState(QWidget):
    """What went wrong, why, what to do, and details to copy."""

    def __init__(
        self,
        what: str,
        why: str = "",
        *,
        details: str = "",
        retry: Callable[[], None] | None = None,
        retry_words: str = "Try again",
        flush: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        pad = 16 if flush else int(current().size("page_pad"))
        column = QVBoxLayout(self)
        column.setContentsMargins(pad, 0, pad, pad)
        column.setSpacing(12)
        self._details = details or f"{what}\n{why}".strip()
        bar = InlineBar(what, why, "error")
        if retry is not None:
            bar.add_button(retry_words, icon="refresh-cw").clicked.connect(retry)
        bar.add_button("Copy details", icon="copy").clicked.connect(self._copy)
        column.addWidget(bar)
        if details:
            card = Card("Details", style="body")
            well = CodeWell(read_only=True)
            well.set_code(details)
            well.setMinimumHeight(min(320, 36 + 18 * (details.count("\n") + 1)))
            well.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
            inner = QVBoxLayout()
            inner.setContentsMargins(12, 0, 12, 12)
            inner.addWidget(well)
            card.body.addLayout(inner)
            column.addWidget(card)
        column.addStretch(1)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._details)


class NotPermitted(QWidget):
    """Who may see this and how to ask; no data behind it."""

    def __init__(
        self,
        title: str,
        words: str,
        *,
        on_back: Callable[[], None] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 0, 24, 24)
        column.setSpacing(0)
        column.addStretch(2)
        centre = Qt.AlignmentFlag.AlignHCenter
        column.addWidget(IconDisc("lock", 48), 0, centre)
        column.addSpacing(16)
        head = Label(title, "title")
        head.setAlignment(centre)
        column.addWidget(head)
        column.addSpacing(6)
        column.addWidget(_paragraph(words, 380), 0, centre)
        column.addSpacing(16)
        if on_back is not None:
            back = Button("Go back", icon="arrow-left")
            back.clicked.connect(on_back)
            column.addWidget(back, 0, centre)
        column.addStretch(3)
        self.setAccessibleName(title)
