"""The layers of lines: relationships between tables, and counts of them between domains."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPaintEngine, QPainter, QPixmap
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from caseload.gui import paint
from caseload.gui.erd.items import EDGES, LABELS
from caseload.gui.erd.look import BLOCKS_BELOW, NAMES_BELOW, label, look, pen, width_of
from caseload.gui.erd.routing import DomainEdge

if TYPE_CHECKING:
    from caseload.gui.erd.scene import DiagramScene

_CAPSULE = 18


class EdgeLayer(QGraphicsItem):
    """All relationships that are shown: quiet ones, then those that stand out."""

    def __init__(self, scene: DiagramScene) -> None:
        super().__init__()
        self._diagram = scene
        self._area = QRectF()
        self.setZValue(EDGES)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)

    def set_area(self, area: QRectF) -> None:
        """Cover the whole diagram."""
        self.prepareGeometryChange()
        self._area = area

    def boundingRect(self) -> QRectF:
        """The whole diagram."""
        return self._area

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, _widget: QWidget | None = None
    ) -> None:
        """Paint what is in sight."""
        zoom = painter.worldTransform().m11()
        shown, seen = look(), option.exposedRect
        rows = zoom >= NAMES_BELOW
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=not self._diagram.moving)
        width = 1.25 if zoom > 0.5 else 1.0
        solid, dashed = pen(shown.edge, width), pen(shown.edge, width, dashed=True)
        for each in self._diagram.quiet_edges(zoom, rows=rows):
            if each.rect.intersects(seen):
                painter.setPen(dashed if each.weak else solid)
                painter.drawPath(each.path)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=True)
        solid = pen(shown.edge_focus, 1.5 if zoom >= BLOCKS_BELOW else 1.0)
        dashed = pen(shown.edge_focus, solid.widthF(), dashed=True)
        for each in self._diagram.lit_edges(zoom, rows=rows):
            if each.rect.intersects(seen):
                painter.setPen(dashed if each.weak else solid)
                painter.drawPath(each.path)
        lit = self._diagram.hovered_edge
        if lit is not None:
            painter.setPen(pen(shown.edge_focus, 2.5))
            painter.drawPath(lit.path)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)


class DomainEdgeLayer(QGraphicsItem):
    """Lines between domains at a far zoom, each with its count in a capsule."""

    def __init__(self, scene: DiagramScene) -> None:
        super().__init__()
        self._diagram = scene
        self._area = QRectF()
        self.setZValue(LABELS)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)

    def set_area(self, area: QRectF) -> None:
        """Cover the whole diagram."""
        self.prepareGeometryChange()
        self._area = area

    def boundingRect(self) -> QRectF:
        """The whole diagram."""
        return self._area

    def paint(
        self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None
    ) -> None:
        """Paint lines and counts, those of the chosen domain last.

        Where a line would cross other domains, its count stands on the far domain's edge.
        """
        turn = painter.worldTransform()
        zoom = turn.m11()
        edges = self._diagram.shown_domain_edges(zoom)
        if not edges:
            return
        shown = look()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=True)
        for each, lit in edges:
            if not each.clear:
                continue
            width = min(4.0, 1.0 + math.sqrt(each.count) / 5)
            painter.setPen(pen(shown.edge_focus if lit else shown.edge, width))
            painter.drawPath(each.path)
        painter.resetTransform()
        for each, lit in edges:
            at = each.middle if each.clear else self._diagram.badge_place(each)
            _capsule(painter, turn.map(at), each, lit=lit)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        painter.setWorldTransform(turn)


def _capsule(painter: QPainter, at: QPointF, edge: DomainEdge, *, lit: bool) -> None:
    """The count in a capsule, copied where one stood like it before."""
    words = f"{edge.count:,}"
    wide = max(24, round(width_of(words, look().font(12, 500))) + 12)
    x, y = round(at.x() - wide / 2), round(at.y() - _CAPSULE / 2)
    if painter.paintEngine().type() is QPaintEngine.Type.SVG:
        _draw_capsule(painter, QRectF(x, y, wide, _CAPSULE), words, lit=lit)
    else:
        ratio = painter.device().devicePixelRatio()
        painter.drawPixmap(x, y, _kept_capsule(words, wide, lit, look().theme.name, ratio))


@lru_cache(maxsize=512)
def _kept_capsule(words: str, wide: int, lit: bool, _theme: str, ratio: float) -> QPixmap:
    kept = QPixmap(round(wide * ratio), round(_CAPSULE * ratio))
    kept.setDevicePixelRatio(ratio)
    kept.fill(Qt.GlobalColor.transparent)
    painter = QPainter(kept)
    _draw_capsule(painter, QRectF(0, 0, wide, _CAPSULE), words, lit=lit)
    painter.end()
    return kept


def _draw_capsule(painter: QPainter, area: QRectF, words: str, *, lit: bool) -> None:
    shown = look()
    border = shown.edge_focus if lit else shown.border_mid
    paint.box(painter, area, _CAPSULE / 2, shown.surface, border)
    tone = shown.accent if lit else shown.text_1
    label(painter, area, words, shown.font(12, 500), tone, paint.CENTRE)
