"""The scene's items: one for each table and each region, one for each layer of lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPaintEngine, QPainter, QPixmap
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from caseload.gui import paint
from caseload.gui.erd.look import BLOCKS_BELOW, LEAST_PX, Look, label, look, pen, text_px, width_of
from caseload.gui.erd.table_paint import TableState, paint_table
from caseload.model.erd import (
    Box,
    Density,
    ErdDomain,
    ErdTable,
    PlacedDomain,
    PlacedTable,
    slot_height,
)

if TYPE_CHECKING:
    from caseload.gui.erd.scene import DiagramScene

REGIONS, EDGES, TABLES, LABELS = 0.0, 1.0, 2.0, 3.0
_MARGIN = 4.0
_CORNER = 8


def rect_of(box: Box) -> QRectF:
    """A box as Qt has it."""
    return QRectF(box.x, box.y, box.w, box.h)


class TableItem(QGraphicsItem):
    """One table.  At rest its picture is kept, so that moving about only copies it."""

    def __init__(self, table: ErdTable, placed: PlacedTable) -> None:
        super().__init__()
        self.table = table
        self.placed = placed
        self.state = TableState(dimmed=placed.dimmed)
        self._high = self._height()
        self._kept: QPixmap | None = None
        self._kept_for: object = None
        self.setZValue(TABLES)
        self.setPos(placed.box.x, placed.box.y)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)

    @property
    def box(self) -> Box:
        """Where it stands now, also while it is dragged."""
        at = self.pos()
        return Box(at.x(), at.y(), self.placed.box.w, self._high)

    def _height(self) -> float:
        """As placed; of a table with keys only, as high as its keys that are known now."""
        grows = self.placed.density is Density.KEYS
        return self.table.height(Density.KEYS) if grows else self.placed.box.h

    @property
    def block(self) -> Box:
        """Its place at a far zoom: as high as that of its neighbours."""
        at = self.pos()
        whole = self.placed.density is Density.KEYS and self.placed.box.w == self.table.width(
            Density.KEYS
        )
        high = slot_height(self.table, self.placed.density) if whole else self._high
        return Box(at.x(), at.y(), self.placed.box.w, high)

    def frame(self) -> QRectF:
        """Where it stands, as Qt has it."""
        return rect_of(self.box)

    def set_table(self, table: ErdTable) -> None:
        """Show the table now that its links are known; it may have more keys to show."""
        self.prepareGeometryChange()
        self.table = table
        self._high = self._height()
        self._kept = None
        self.update()

    def set_state(self, state: TableState) -> None:
        """Stand out in another way."""
        if state != self.state:
            self.state = state
            self._kept = None
            self.setZValue(TABLES + (0.5 if state.chosen or state.current else 0.0))
            self.update()

    def boundingRect(self) -> QRectF:
        """The box with room for the focus ring at any zoom that shows it."""
        edge = _MARGIN / BLOCKS_BELOW
        return QRectF(0, 0, self.placed.box.w, self._high).adjusted(-edge, -edge, edge, edge)

    def paint(
        self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None
    ) -> None:
        """Paint it in pixels of the screen."""
        turn = painter.worldTransform()
        zoom = turn.m11()
        shown = look()
        corner = turn.map(QPointF(0, 0))
        left, top = round(corner.x()), round(corner.y())
        wide, high = round(self.placed.box.w * zoom), round(self._high * zoom)
        painter.resetTransform()
        painter.setOpacity(shown.dim if self.state.dimmed else 1.0)
        if painter.paintEngine().type() is QPaintEngine.Type.SVG:
            self._draw(painter, QRectF(left, top, wide, high), zoom, shown)
        else:
            self._copy(painter, left, top, wide, high, zoom, shown)
        painter.setOpacity(1.0)
        painter.setWorldTransform(turn)

    def _copy(
        self, painter: QPainter, left: int, top: int, wide: int, high: int, zoom: float, shown: Look
    ) -> None:
        """Copy the kept picture; keep one when the zoom is the same a second time."""
        ratio = painter.device().devicePixelRatio()
        wanted = (zoom, shown.theme.name, ratio)
        edge = int(_MARGIN)
        if self._kept is None or self._kept_for != wanted:
            if self._kept_for != wanted:
                self._kept, self._kept_for = None, wanted
                self._draw(painter, QRectF(left, top, wide, high), zoom, shown)
                return
            size = ((wide + 2 * edge) * ratio, (high + 2 * edge) * ratio)
            self._kept = QPixmap(round(size[0]), round(size[1]))
            self._kept.setDevicePixelRatio(ratio)
            self._kept.fill(Qt.GlobalColor.transparent)
            into = QPainter(self._kept)
            self._draw(into, QRectF(edge, edge, wide, high), zoom, shown)
            into.end()
        painter.drawPixmap(left - edge, top - edge, self._kept)

    def _draw(self, painter: QPainter, area: QRectF, zoom: float, shown: Look) -> None:
        paint_table(painter, area, self.table, self.placed.density, zoom, self.state, shown)


class RegionItem(QGraphicsItem):
    """One domain: its region, and at a far zoom all its tables as blocks from one list."""

    def __init__(self, scene: DiagramScene, domain: ErdDomain, placed: PlacedDomain) -> None:
        super().__init__()
        self._diagram = scene
        self.domain = domain
        self.placed = placed
        self.chosen = False
        self.setZValue(REGIONS)
        self.setPos(placed.box.x, placed.box.y)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)

    def set_chosen(self, *, on: bool) -> None:
        """Stand out, or not."""
        if on != self.chosen:
            self.chosen = on
            self.update()

    def boundingRect(self) -> QRectF:
        """The region."""
        return QRectF(-4, -4, self.placed.box.w + 8, self.placed.box.h + 8)

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, _widget: QWidget | None = None
    ) -> None:
        """Paint the region, its title and perhaps its blocks, in pixels of the screen."""
        turn = painter.worldTransform()
        zoom = turn.m11()
        shown = look()
        area = turn.mapRect(QRectF(0, 0, self.placed.box.w, self.placed.box.h)).toAlignedRect()
        painter.resetTransform()
        width = 2.0 if self.chosen else 1.0
        edge = shown.edge_focus if self.chosen else shown.region_border
        painter.fillRect(area.adjusted(3, 1, -3, -1), shown.region)
        painter.fillRect(area.adjusted(1, 3, -1, -3), shown.region)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self.chosen or self.placed.folded:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=True)
            painter.setPen(pen(edge, width, dashed=not self.chosen))
            half = width / 2
            painter.drawRoundedRect(QRectF(area).adjusted(half, half, -half, -half), 8, 8)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        else:
            _outline(painter, area, edge)
        self._title(painter, QRectF(area), zoom, shown)
        if zoom < BLOCKS_BELOW and not self.placed.folded:
            exposed = turn.mapRect(option.exposedRect)
            self._blocks(painter, QPointF(area.topLeft()), zoom, exposed, shown)
        painter.setWorldTransform(turn)

    def _title(self, painter: QPainter, area: QRectF, zoom: float, shown: Look) -> None:
        px = max(13, min(18, round(20 * zoom)))
        pad = max(10.0, 24 * zoom)
        high = max(18.0, self.placed.head * zoom)
        line = QRectF(area.left() + pad, area.top() + 1, area.width() - 2 * pad, high)
        count = f"{len(self.domain.tables):,}"
        folded = self.placed.folded
        words = f"{count} tables, folded" if folded else count if zoom < 0.5 else f"{count} tables"
        font = shown.font(max(12, px - 1))
        wide = width_of(words, font)
        if wide + 60 < line.width():
            label(painter, line, words, font, shown.text_3, paint.RIGHT)
            line.setRight(line.right() - wide - 8)
        paint.text(painter, line, self.domain.name, shown.font(px, 600), shown.text_1)
        if self.placed.more:
            foot = QRectF(
                area.left() + pad, area.bottom() - 40 * zoom, area.width() - pad, 34 * zoom
            )
            said = f"{self.placed.more:,} more"
            label(painter, foot, said, shown.font(text_px(12.5, zoom)), shown.text_3)

    def _blocks(
        self, painter: QPainter, corner: QPointF, zoom: float, exposed: QRectF, shown: Look
    ) -> None:
        """Paint the tables as blocks: box, coverage, and the names of landmarks.

        Rectangles of one colour are drawn in one call, since a frame may hold five hundred.
        """
        batch = _Batch(zoom, shown)
        named = []
        ox, oy = self.placed.box.x, self.placed.box.y
        for item in self._diagram.members.get(self.placed.name, ()):
            at = item.block
            x = round(corner.x() + (at.x - ox) * zoom)
            y = round(corner.y() + (at.y - oy) * zoom)
            box = QRectF(x + 0.5, y + 0.5, round(at.w * zoom) - 1, max(5, round(at.h * zoom) - 1))
            if not box.intersects(exposed):
                continue
            batch.add(box, item.table, item.state)
            if item.table.landmark and box.height() >= 17 and box.width() >= 56:
                named.append((box, item))
        batch.paint(painter)
        font = shown.font(LEAST_PX, 600, tight=True)
        for box, item in named:
            high = box.height() - batch.thick - 4
            line = QRectF(box.left() + 4, box.top() + 1, box.width() - 6, high)
            painter.setOpacity(shown.dim if item.state.dimmed else 1.0)
            label(painter, line, item.table.name, font, shown.text_1)
        painter.setOpacity(1.0)
        painter.setBrush(Qt.BrushStyle.NoBrush)


def _outline(painter: QPainter, area: QRect, colour: QColor) -> None:
    """A hairline with round corners; a large rounded box would take a millisecond."""
    left, top, right, low = area.left(), area.top(), area.right(), area.bottom()
    r = _CORNER
    for line in (
        QRect(left + r, top, area.width() - 2 * r, 1),
        QRect(left + r, low, area.width() - 2 * r, 1),
        QRect(left, top + r, 1, area.height() - 2 * r),
        QRect(right, top + r, 1, area.height() - 2 * r),
    ):
        painter.fillRect(line, colour)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=True)
    painter.setPen(pen(colour))
    wide = 2 * r
    for x, y, start in (
        (left + 0.5, top + 0.5, 90),
        (right + 0.5 - wide, top + 0.5, 0),
        (left + 0.5, low + 0.5 - wide, 180),
        (right + 0.5 - wide, low + 0.5 - wide, 270),
    ):
        painter.drawArc(QRectF(x, y, wide, wide), start * 16, 90 * 16)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)


class _Batch:
    """The rectangles of a region's blocks, sorted by how they are painted."""

    def __init__(self, zoom: float, shown: Look) -> None:
        self._look = shown
        self.thick = max(2.0, min(4.0, round(20 * zoom)))
        self._boxes: dict[tuple[bool, bool, bool], list[QRectF]] = {}
        self._bars: dict[bool, tuple[list[QRectF], list[QRectF], list[QRectF]]] = {}

    def add(self, box: QRectF, table: ErdTable, state: TableState) -> None:
        """Take a table's block."""
        lifted = state.chosen or state.current or state.found
        self._boxes.setdefault((state.dimmed, lifted, table.landmark), []).append(box)
        wide, thick = box.width(), self.thick
        inset = 3.0 if wide < 60 else 5.0
        high = box.height()
        down = high - thick - 3 if table.landmark and high >= 17 else (high - thick) / 2
        left, top, room = box.left() + inset, round(box.top() + down), wide - 2 * inset
        tracks, decided, approved = self._bars.setdefault(state.dimmed, ([], [], []))
        tracks.append(QRectF(left, top, room, thick))
        columns = max(1, len(table.columns))
        first = room * table.approved / columns
        if table.decided:
            second = max(1.0, room * table.decided / columns)
            decided.append(QRectF(left + first, top, second, thick))
        if table.approved:
            approved.append(QRectF(left, top, max(1.0, first), thick))

    def paint(self, painter: QPainter) -> None:
        """Paint all boxes, then all bars."""
        shown = self._look
        for (dimmed, lifted, landmark), boxes in sorted(self._boxes.items()):
            painter.setOpacity(shown.dim if dimmed else 1.0)
            edge = shown.border_strong if landmark else shown.border_mid
            painter.setPen(pen(shown.edge_focus, 2.0) if lifted else pen(edge))
            painter.setBrush(shown.accent_soft if lifted else shown.surface)
            painter.drawRects(boxes)
        painter.setPen(Qt.PenStyle.NoPen)
        for dimmed, bars in self._bars.items():
            painter.setOpacity(shown.dim if dimmed else 1.0)
            for rects, colour in zip(
                bars, (shown.track, shown.decided, shown.approved), strict=True
            ):
                if rects:
                    painter.setBrush(colour)
                    painter.drawRects(rects)
