"""The view: zoom at the pointer, pan, choose, drag tables and lines, walk with the keyboard."""

from __future__ import annotations

import math

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QContextMenuEvent,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QGraphicsView, QWidget

from caseload.gui.erd.gestures import Gestures
from caseload.gui.erd.look import BLOCKS_BELOW, look
from caseload.gui.erd.scene import DiagramScene
from caseload.gui.erd.walk import next_table
from caseload.model.erd import Box

LEAST, MOST = 0.04, 2.5
READABLE = 0.82
FOOT_FREE, EDGE_FREE = 52.0, 16.0
_STEP = 1.25
_SETTLE_MS = 120
_REACH = 7.0


class DiagramView(QGraphicsView):
    """The diagram as a person moves about in it.

    `zoomed` gives the zoom, `seen_changed` when another part is in sight, `opened` a table that
    was double-clicked or entered, `left` on Esc, `edge_hovered` the relationship's id under the
    pointer ("" for none) with the place, `dropped` tables with how far they were dragged,
    `drawn` (table, column, table, column) for a line that was drawn, `menu_wanted` a place.
    """

    zoomed = Signal(float)
    seen_changed = Signal()
    opened = Signal(str)
    left = Signal()
    edge_hovered = Signal(str, QPoint)
    edge_pressed = Signal(str)
    dropped = Signal(tuple, QPointF)
    drawn = Signal(str, str, str, str)
    menu_wanted = Signal(QPoint)

    def __init__(self, scene: DiagramScene, parent: QWidget | None = None) -> None:
        super().__init__(scene, parent)
        self.diagram = scene
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName("Diagram")
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setResizeAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.MinimalViewportUpdate)
        self.setOptimizationFlags(
            QGraphicsView.OptimizationFlag.DontSavePainterState
            | QGraphicsView.OptimizationFlag.DontAdjustForAntialiasing
        )
        self.setMouseTracking(True)
        self.viewport().setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.gestures = Gestures(self)
        self._fitted = True
        self._edge = ""
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_SETTLE_MS)
        self._rest.timeout.connect(self._settled)

    # Zoom

    @property
    def zoom(self) -> float:
        """1 is 100 %."""
        return float(self.transform().m11())

    def zoom_at(self, at: QPointF, factor: float) -> None:
        """Zoom so that what is under `at` (in the viewport) stays there."""
        wanted = min(MOST, max(LEAST, self.zoom * factor))
        if math.isclose(wanted, self.zoom, rel_tol=1e-6):
            return
        before = self.to_scene(at)
        self._set(wanted, before, at)
        self._fitted = False

    def zoom_in(self) -> None:
        """One step closer to the middle."""
        self.zoom_at(QPointF(self.viewport().rect().center()), _STEP)

    def zoom_out(self) -> None:
        """One step away from the middle."""
        self.zoom_at(QPointF(self.viewport().rect().center()), 1 / _STEP)

    def fit(self, area: QRectF | None = None, *, most: float = 1.0) -> None:
        """Show all, or one area, with the foot left free."""
        bounds = self.diagram.placement.bounds if self.diagram.placement else Box(0, 0, 1, 1)
        wanted = area if area is not None else QRectF(bounds.x, bounds.y, bounds.w, bounds.h)
        if wanted.isEmpty():
            return
        room_x = max(50.0, self.viewport().width() - 2 * EDGE_FREE)
        room_y = max(50.0, self.viewport().height() - EDGE_FREE - FOOT_FREE)
        zoom = min(most, room_x / wanted.width(), room_y / wanted.height())
        middle = QPointF(EDGE_FREE + room_x / 2, EDGE_FREE + room_y / 2)
        self._set(min(MOST, max(LEAST, zoom)), wanted.center(), middle)
        self._fitted = area is None

    def go_to(self, name: str, *, zoom: float = READABLE) -> None:
        """Bring a table into the middle, close enough to be read."""
        item = self.diagram.tables.get(name)
        if item is None:
            return
        box = item.box
        high = min(box.h, self.viewport().height() / max(self.zoom, zoom) * 0.8)
        aim = QPointF(box.x + box.w / 2, box.y + high / 2)
        self._set(max(self.zoom, zoom), aim, QPointF(self.viewport().rect().center()))
        self._fitted = False

    def show_table(self, name: str) -> None:
        """Bring a table into sight without changing the zoom, if it is not."""
        item = self.diagram.tables.get(name)
        if item is None:
            return
        box = item.box
        seen = self.seen()
        pad = 24 / self.zoom
        if seen.contains(QRectF(box.x, box.y, box.w, min(box.h, seen.height() * 0.8))):
            return
        dx = min(0.0, box.x - pad - seen.left()) or max(0.0, box.right + pad - seen.right())
        top = min(0.0, box.y - pad - seen.top())
        dy = top or max(0.0, min(box.bottom + pad - seen.bottom(), box.y - pad - seen.top()))
        self.pan(QPointF(-dx * self.zoom, -dy * self.zoom))

    def keep_within(self, bounds: Box) -> None:
        """Go back from where nothing is, as far as there is anything to show."""
        seen, pad = self.seen(), EDGE_FREE / self.zoom
        foot = FOOT_FREE / self.zoom
        left = min(max(seen.left(), bounds.x - pad), bounds.right + pad - seen.width())
        top = min(max(seen.top(), bounds.y - pad), bounds.bottom + foot - seen.height())
        self._set(
            self.zoom, QPointF(max(left, bounds.x - pad), max(top, bounds.y - pad)), QPointF()
        )

    def pan(self, by: QPointF) -> None:
        """Move what is seen by so many pixels."""
        at = QPointF(0, 0)
        self._set(self.zoom, self.to_scene(at), at + by)
        self._fitted = False

    def centre_on(self, at: QPointF) -> None:
        """Bring a place of the scene into the middle."""
        self._set(self.zoom, at, QPointF(self.viewport().rect().center()))
        self._fitted = False

    def to_scene(self, at: QPointF) -> QPointF:
        """A place of the viewport in the scene, to the fraction of a pixel."""
        inverse, _ok = self.viewportTransform().inverted()
        return inverse.map(at)

    def seen(self) -> QRectF:
        """The part of the scene in sight."""
        inverse, _ok = self.viewportTransform().inverted()
        return inverse.mapRect(QRectF(self.viewport().rect()))

    def _set(self, zoom: float, scene: QPointF, at: QPointF) -> None:
        """Show the scene's point at a place of the viewport, in a zoom."""
        self.diagram.moving = True
        self._rest.start()
        if zoom != self.zoom:
            self.diagram.zoomed(zoom)
            turn = self.transform()
            turn.reset()
            turn.scale(zoom, zoom)
            wide, high = self.viewport().width() / zoom, self.viewport().height() / zoom
            self.setSceneRect(self.diagram.sceneRect().adjusted(-wide, -high, wide, high))
            self.setTransform(turn)
        across, down = self.horizontalScrollBar(), self.verticalScrollBar()
        now = self.viewportTransform().map(scene)
        across.setValue(across.value() + round(now.x() - at.x()))
        down.setValue(down.value() + round(now.y() - at.y()))
        self.zoomed.emit(zoom)
        self.seen_changed.emit()

    def _settled(self) -> None:
        self.diagram.moving = False
        if self.zoom >= BLOCKS_BELOW:
            self.viewport().update()

    # Pointer

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Ctrl zooms at the pointer; else the wheel pans, sideways with Shift."""
        pixels, angle = event.pixelDelta(), event.angleDelta()
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom_at(event.position(), 2 ** (angle.y() / 480))
        else:
            step = QPointF(pixels) if not pixels.isNull() else QPointF(angle) / 1.5
            if event.modifiers() & Qt.KeyboardModifier.ShiftModifier and not step.x():
                step = QPointF(step.y(), 0)
            self.pan(step)
        event.accept()

    def viewportEvent(self, event: QEvent) -> bool:
        """Zoom by a pinch; forget the line under the pointer when it leaves."""
        if isinstance(event, QNativeGestureEvent):
            if event.gestureType() is Qt.NativeGestureType.ZoomNativeGesture:
                self.zoom_at(event.position(), 1 + event.value())
                return True
        elif event.type() is QEvent.Type.Leave:
            self.set_hovered("", QPoint())
        return super().viewportEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin what the button and the place mean."""
        self.diagram.show_keyboard(on=False)
        self.gestures.press(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go on with it, or light the line under the pointer."""
        if not self.gestures.move(event):
            self._hover(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End it."""
        self.gestures.release(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Open the table, or come closer to the domain."""
        at = self.to_scene(event.position())
        name = self.diagram.table_at(at)
        if name:
            self.opened.emit(name)
            return
        region = self.diagram.regions.get(self.diagram.region_at(at))
        if region is not None:
            box = region.placed.box
            self.fit(QRectF(box.x, box.y, box.w, box.h))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer what can be done with what is under the pointer."""
        at = self.to_scene(QPointF(event.pos()))
        name = self.diagram.table_at(at)
        if name and name not in self.diagram.chosen:
            self.diagram.choose([name])
        elif not name and self.diagram.region_at(at):
            self.diagram.choose_domain(self.diagram.region_at(at))
        self.menu_wanted.emit(event.globalPos())

    def _hover(self, at: QPointF) -> None:
        scene = self.to_scene(at)
        if self.zoom < BLOCKS_BELOW or self.diagram.table_at(scene):
            self.set_hovered("", QPoint())
            return
        found = self.diagram.edge_at(scene, self.zoom, _REACH / self.zoom)
        self.diagram.hover_edge(found)
        self.set_hovered(found.row.id if found else "", at.toPoint())

    def set_hovered(self, link: str, at: QPoint) -> None:
        """Say which relationship is under the pointer."""
        if not link:
            self.diagram.hover_edge(None)
        if link != self._edge:
            self._edge = link
            self.edge_hovered.emit(link, at)

    @property
    def hovered(self) -> str:
        """The relationship under the pointer, or ""."""
        return self._edge

    # Keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows walk from table to table, Enter opens, Esc leaves, + - 0 zoom, Space pans."""
        key = event.key()
        arrows = {
            Qt.Key.Key_Left: (-1, 0),
            Qt.Key.Key_Right: (1, 0),
            Qt.Key.Key_Up: (0, -1),
            Qt.Key.Key_Down: (0, 1),
        }
        if key in arrows:
            self.walk(*arrows[Qt.Key(key)])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.diagram.current:
            self.opened.emit(self.diagram.current)
        elif key == Qt.Key.Key_Escape:
            self.gestures.cancel()
            self.left.emit()
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom_in()
        elif key == Qt.Key.Key_Minus:
            self.zoom_out()
        elif key == Qt.Key.Key_0:
            self.fit()
        elif key == Qt.Key.Key_Space and not event.isAutoRepeat():
            self.gestures.hold(on=True)
        elif key == Qt.Key.Key_Menu:
            self.menu_wanted.emit(self.mapToGlobal(self.viewport().rect().center()))
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Let go of the hand."""
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self.gestures.hold(on=False)
        else:
            super().keyReleaseEvent(event)

    def walk(self, dx: int, dy: int) -> None:
        """Go to the next table in a direction, the related before the merely near."""
        scene = self.diagram
        near = scene.related(scene.current)
        name = next_table(scene.boxes(), scene.current, (dx, dy), near, self.seen().center())
        if name:
            scene.show_keyboard(on=True)
            scene.choose([name], current=name)
            self.show_table(name)
            self.announce()

    def announce(self) -> None:
        """Say where the keyboard stands to a screen reader."""
        item = self.diagram.tables.get(self.diagram.current)
        if item is None:
            self.setAccessibleName("Diagram")
            return
        table = item.table
        links = len(self.diagram.related(table.name))
        self.setAccessibleName(
            f"{table.name}, {table.domain}, {len(table.columns)} fields, {table.approved} approved,"
            f" {table.decided} decided, {links} related tables"
        )
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.NameChanged))

    def focusInEvent(self, event: object) -> None:
        """Show where the keyboard stands."""
        super().focusInEvent(event)  # type: ignore[arg-type]
        reason = event.reason()  # type: ignore[attr-defined]
        if reason in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason):
            self.diagram.show_keyboard(on=True)
            if not self.diagram.current:
                self.walk(0, 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Go on showing all, if all was shown."""
        super().resizeEvent(event)
        if self._fitted:
            self.fit()

    def drawForeground(self, painter: QPainter, _rect: QRectF | QRect) -> None:
        """Paint what is being dragged: a frame, or a line to be."""
        self.gestures.paint(painter, look())
