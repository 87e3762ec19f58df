"""The seven stage cards on a line; the one at work breathes."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, QVariantAnimation, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from caseload.gui import paint
from caseload.gui.components.button import press_on_enter
from caseload.gui.components.pill import PillSpec, paint_pill, pill_width
from caseload.gui.pages.lifecycle_presenter import CardView
from caseload.gui.theme import current, themes
from caseload.gui.words import tip
from caseload.model.stage import STAGE_TITLES, STAGES, Stage

RING = 4
_GAP = 14
_DISC = 22


class StageCard(QAbstractButton):
    """One stage: number, pill, title, figure, time or progress.

    The widget is larger than the card by the ring that it shows while it runs.
    """

    def __init__(self, view: CardView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view = view
        self._alpha = 1.0
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        press_on_enter(self)
        self._breath = QVariantAnimation(self)
        self._breath.setDuration(int(themes().tokens["motion"]["breathe_ms"]))
        self._breath.setStartValue(1.0)
        self._breath.setKeyValueAt(0.5, 0.25)
        self._breath.setEndValue(1.0)
        self._breath.setLoopCount(-1)
        self._breath.valueChanged.connect(self._breathe)
        self.set_view(view)

    @property
    def view(self) -> CardView:
        """What it shows."""
        return self._view

    @property
    def breathing(self) -> bool:
        """True while its ring moves."""
        return self._breath.state() is QVariantAnimation.State.Running

    def set_view(self, view: CardView) -> None:
        """Show the stage as it stands now."""
        self._view = view
        said = f"Stage {view.number}, {view.title}: {view.pill.words}, {view.fact}"
        if said != self.accessibleName():
            self.setAccessibleName(said)
            self.setToolTip(tip(view.fact))
        moving = view.running and not themes().reduced_motion
        if moving and not self.breathing:
            self._breath.start()
        elif not moving and self.breathing:
            self._breath.stop()
            self._alpha = 1.0
        self.update()

    def _breathe(self, value: object) -> None:
        self._alpha = float(value) if isinstance(value, float) else 1.0
        self.update()

    def sizeHint(self) -> QSize:
        """The card and its ring."""
        return QSize(158, int(current().size("stage_card")) + 2 * RING)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint ring, card and words."""
        painter = QPainter(self)
        theme = current()
        view = self._view
        area = QRectF(self.rect()).adjusted(RING, RING, -RING, -RING)
        radius = float(theme.radius("large"))
        edge, width = theme.colour("border"), 1.0
        if view.running:
            ring = theme.colour("accent_border")
            ring.setAlphaF(0.55 * self._alpha)
            around = area.adjusted(-3, -3, 3, 3)
            paint.box(painter, around, radius + 3, None, ring, 3)
            edge, width = theme.colour("accent_text"), 2.0
        elif self.isChecked():
            edge = theme.colour("accent_text")
        elif self.underMouse():
            edge = theme.colour("border_strong")
        paint.box(painter, area, radius, theme.colour("surface"), edge, width)
        self._paint_head(painter, area)
        self._paint_words(painter, area)

    def _paint_head(self, painter: QPainter, area: QRectF) -> None:
        theme = current()
        view = self._view
        disc = QRectF(area.left() + 12, area.top() + 11, _DISC, _DISC)
        fill, edge, words = theme.colour("surface"), theme.colour("border_mid"), "text_2"
        colour = theme.colour(words)
        if view.running:
            fill, edge, colour = (
                theme.colour("accent"),
                theme.colour("accent"),
                theme.colour("on_accent"),
            )
        elif view.done:
            kind = theme.kind(view.pill.kind)
            fill, edge, colour = kind.soft, kind.border, kind.text
        paint.box(painter, disc, _DISC / 2, fill, edge)
        paint.text(
            painter, disc, str(view.number), theme.font("caption", 600), colour, paint.CENTRE
        )
        left = area.right() - 12 - pill_width(view.pill)
        paint_pill(painter, left, disc.center().y(), view.pill)

    def _paint_words(self, painter: QPainter, area: QRectF) -> None:
        theme = current()
        view = self._view
        left, wide = area.left() + 13, area.width() - 22
        caption = theme.font("caption")
        title = QRectF(left, area.top() + 38, wide, 20)
        paint.text(painter, title, view.title, theme.font("body", 600), theme.colour("text_1"))
        fact = QRectF(left, area.top() + 58, wide, 18)
        paint.text(painter, fact, view.fact, caption, theme.colour("text_2"))
        when = QRectF(left, area.top() + 81, wide, 18)
        if view.share is not None:
            bar = QRectF(left, area.top() + 80, area.width() - 26, 4)
            paint.track(painter, bar, view.share, theme.colour("accent_text"))
            when.translate(0, 6)
        paint.text(painter, when, view.when, caption, theme.colour("text_3"))


class StageTrack(QWidget):
    """The cards side by side with a line between; `chosen` gives the Stage that was picked."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(int(current().size("stage_card")) + 2 * RING)
        self.setAccessibleName("The seven stages")
        waiting = PillSpec("Not run", "neutral", "circle-dashed")
        self.cards: list[StageCard] = []
        for number, stage in enumerate(STAGES, 1):
            view = CardView(stage, number, STAGE_TITLES[stage], waiting, "", "")
            card = StageCard(view, self)
            card.clicked.connect(self._pressed)
            self.cards.append(card)

    def set_views(self, views: Sequence[CardView]) -> None:
        """Show the stages as they stand now."""
        for card, view in zip(self.cards, views, strict=False):
            if view != card.view:
                card.set_view(view)
        self.update()

    def choose(self, stage: Stage) -> None:
        """Mark a stage without telling anyone."""
        self.cards[STAGES.index(stage)].setChecked(True)

    def _pressed(self) -> None:
        card = self.sender()
        if isinstance(card, StageCard):
            self.chosen.emit(card.view.stage)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and Right go from card to card."""
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        focused = next((i for i, c in enumerate(self.cards) if c.hasFocus()), None)
        if step is None or focused is None:
            super().keyPressEvent(event)
            return
        to = self.cards[min(len(self.cards) - 1, max(0, focused + step))]
        to.setFocus(Qt.FocusReason.OtherFocusReason)
        to.click()

    def resizeEvent(self, _event: QResizeEvent) -> None:
        """Share the width; the rings stand out over the edges."""
        count = len(self.cards)
        wide = (self.width() - 2 * RING - _GAP * (count - 1)) / count
        for index, card in enumerate(self.cards):
            left = round(index * (wide + _GAP))
            right = round(index * (wide + _GAP) + wide)
            card.setGeometry(left, 0, right - left + 2 * RING, self.height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the line from card to card, in the colour of what is done."""
        painter = QPainter(self)
        theme = current()
        y = RING + 11 + _DISC / 2 - 1
        for before, after in zip(self.cards, self.cards[1:], strict=False):
            left = before.geometry().right() + 1 - RING
            right = after.geometry().left() + RING
            view = before.view
            done = view.done and not view.running
            colour = theme.kind(view.pill.kind).solid if done else theme.colour("border_mid")
            painter.fillRect(QRectF(left, y, right - left, 2), colour)
