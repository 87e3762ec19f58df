"""What a pressed button is doing: panning, framing, dragging tables, drawing a relationship."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QMouseEvent, QPainter

from caseload.gui.erd.look import NAMES_BELOW, Look, pen

if TYPE_CHECKING:
    from caseload.gui.erd.view import DiagramView

_SLACK = 4.0
_SNAP = 8.0


class Doing(Enum):
    """What is going on between press and release."""

    NOTHING = 0
    PAN = 1
    FRAME = 2
    DRAG = 3
    DRAW = 4


class Gestures:
    """The state between press and release.  `writable` allows dragging and drawing."""

    def __init__(self, view: DiagramView) -> None:
        self._view = view
        self.doing = Doing.NOTHING
        self.writable = True
        self._held = False
        self._pressed = QPointF()
        self._last = QPointF()
        self._table = ""
        self._column = ""
        self._moved = False
        self._snap = QPointF()

    def hold(self, *, on: bool) -> None:
        """Space takes the hand to pan with."""
        self._held = on
        shape = Qt.CursorShape.OpenHandCursor if on else Qt.CursorShape.ArrowCursor
        self._view.viewport().setCursor(shape)

    def press(self, event: QMouseEvent) -> None:
        """Find out what a press means; it begins once the pointer has moved a little."""
        scene, view = self._view.diagram, self._view
        at = event.position()
        self._pressed = self._last = at
        self._moved = False
        button = event.button()
        self._table, self._column = scene.column_at(view.to_scene(at))
        if button is Qt.MouseButton.MiddleButton or (
            button is Qt.MouseButton.LeftButton and self._held
        ):
            self.doing = Doing.PAN
            view.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)
        elif button is not Qt.MouseButton.LeftButton:
            self.doing = Doing.NOTHING
        elif self._table:
            self.doing = Doing.DRAG
            self._choose(event)
            if self._column and view.zoom >= NAMES_BELOW and self.writable:
                self.doing = Doing.DRAW
        elif event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.doing = Doing.FRAME
        else:
            self.doing = Doing.PAN

    def _choose(self, event: QMouseEvent) -> None:
        scene = self._view.diagram
        several = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
        if event.modifiers() & several:
            chosen = list(scene.chosen)
            if self._table in chosen:
                chosen.remove(self._table)
            else:
                chosen.append(self._table)
            scene.choose(chosen)
        elif self._table not in scene.chosen:
            scene.choose([self._table])

    def move(self, event: QMouseEvent) -> bool:
        """Go on; False when nothing is going on."""
        if self.doing is Doing.NOTHING:
            return False
        at = event.position()
        if not self._moved and (at - self._pressed).manhattanLength() < _SLACK:
            return True
        self._moved = True
        view = self._view
        if self.doing is Doing.PAN:
            view.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)
            view.pan(at - self._last)
        elif self.doing is Doing.DRAG and self.can_move:
            by = (at - self._pressed) / view.zoom
            self._snap = QPointF(round(by.x() / _SNAP) * _SNAP, round(by.y() / _SNAP) * _SNAP)
            view.diagram.drag(view.diagram.chosen, self._snap)
        self._last = at
        if self.doing in (Doing.FRAME, Doing.DRAW):
            view.viewport().update()
        return True

    @property
    def can_move(self) -> bool:
        """Tables move in the whole system of a project that can be written."""
        placement = self._view.diagram.placement
        return self.writable and placement is not None and not placement.focus

    def release(self, event: QMouseEvent) -> None:
        """End it."""
        doing, moved, view = self.doing, self._moved, self._view
        self.doing = Doing.NOTHING
        shape = Qt.CursorShape.OpenHandCursor if self._held else Qt.CursorShape.ArrowCursor
        view.viewport().setCursor(shape)
        scene = view.diagram
        at = view.to_scene(event.position())
        if not moved:
            self._click(event, at, doing)
        elif doing is Doing.DRAG and self.can_move and not self._snap.isNull():
            view.dropped.emit(scene.chosen, self._snap)
        elif doing is Doing.FRAME:
            frame = QRectF(view.to_scene(self._pressed), at).normalized()
            inside = [n for n, i in scene.tables.items() if frame.contains(i.frame().center())]
            scene.choose(inside)
        elif doing is Doing.DRAW:
            table, column = scene.column_at(at)
            if table and column and table != self._table:
                view.drawn.emit(self._table, self._column, table, column)
        view.viewport().update()

    def _click(self, event: QMouseEvent, at: QPointF, doing: Doing) -> None:
        scene, view = self._view.diagram, self._view
        plain = not event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if event.button() is not Qt.MouseButton.LeftButton or doing is Doing.NOTHING:
            return
        if self._table:
            if plain and len(scene.chosen) > 1:
                scene.choose([self._table])
        elif view.hovered:
            view.edge_pressed.emit(view.hovered)
        else:
            scene.choose_domain(scene.region_at(at))

    def cancel(self) -> None:
        """Leave things as they were."""
        if self.doing is Doing.DRAG and self._moved:
            self._view.diagram.drag(self._view.diagram.chosen, QPointF())
        self.doing = Doing.NOTHING
        self._view.viewport().update()

    def paint(self, painter: QPainter, look: Look) -> None:
        """Paint the frame or the line that is being drawn."""
        if not self._moved or self.doing not in (Doing.FRAME, Doing.DRAW):
            return
        view = self._view
        start, end = view.to_scene(self._pressed), view.to_scene(self._last)
        painter.setPen(pen(look.edge_focus, 1.5, dashed=self.doing is Doing.DRAW))
        if self.doing is Doing.DRAW:
            painter.drawLine(start, end)
        else:
            painter.drawRect(QRectF(start, end).normalized())
