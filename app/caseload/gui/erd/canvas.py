"""The view with what lies over it: zoom bar and legend at the foot, map, card and prompt."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from caseload.gui.erd import telling
from caseload.gui.erd.look import BLOCKS_BELOW
from caseload.gui.erd.overlays import EdgeCard, Legend, MiniMap, ZoomBar
from caseload.gui.erd.prompt import NamePrompt
from caseload.gui.erd.scene import DiagramScene
from caseload.gui.erd.view import DiagramView
from caseload.model.erd import Diagram, Placement

_EDGE = 12
_NARROW = 640
_NAMES_ZOOM = 0.5


class Canvas(QWidget):
    """The diagram itself."""

    link_pressed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.scene = DiagramScene(self)
        self.view = DiagramView(self.scene)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.view)
        self.zoom_bar = ZoomBar(self)
        self.legend = Legend(self)
        self.map = MiniMap(self)
        self.card = EdgeCard(self)
        self.prompt = NamePrompt(self)
        self.setFocusProxy(self.view)
        self.zoom_bar.stepped.connect(self._step)
        self.view.zoomed.connect(self.zoom_bar.set_zoom)
        self.view.seen_changed.connect(self._seen)
        self.view.edge_hovered.connect(self._hovered)
        self.view.edge_pressed.connect(self.link_pressed)
        self.map.wanted.connect(self.view.centre_on)

    def show_placement(self, diagram: Diagram, placement: Placement, *, fit: bool) -> None:
        """Show a diagram at its places."""
        self.scene.show_diagram(diagram, placement)
        self.map.show_placement(diagram, placement)
        if fit:
            self.fit()
        else:
            self._seen()

    def fit(self) -> None:
        """Show all; about a table, at least so large that names are read."""
        placement = self.scene.placement
        self.view.fit()
        if placement is not None and placement.focus and self.view.zoom < BLOCKS_BELOW:
            self.view.go_to(placement.focus, zoom=_NAMES_ZOOM)
            self.view.keep_within(placement.bounds)

    def show_links(self, diagram: Diagram) -> None:
        """Take the relationships; nothing moves."""
        self.scene.show_links(diagram)

    def _step(self, key: str) -> None:
        if key == "fit":
            self.view.fit()
        elif key == "whole":
            self.view.zoom_at(QPointF(self.view.viewport().rect().center()), 1 / self.view.zoom)
        elif key == "in":
            self.view.zoom_in()
        else:
            self.view.zoom_out()

    def _seen(self) -> None:
        seen = self.view.seen()
        self.map.show_seen(seen)
        placement = self.scene.placement
        if placement is not None:
            box = placement.bounds
            whole = seen.contains(box.x, box.y) and seen.contains(box.right, box.bottom)
            wide = self.width() >= _NARROW
            self.map.setVisible(wide and not whole)
        if self.card.isVisible():
            self.card.hide()

    def _hovered(self, link: str, at: QPoint) -> None:
        edge = self.scene.hovered_edge
        if not link or edge is None:
            self.card.hide()
            return
        row = edge.row
        self.card.show_link(row, telling.link_facts(row), telling.evidence_words(row))
        x = min(at.x() + 16, self.width() - self.card.width() - _EDGE)
        y = at.y() + 16
        if y + self.card.height() > self.height() - _EDGE:
            y = at.y() - self.card.height() - 12
        self.card.move(max(_EDGE, x), max(_EDGE, y))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep what lies over it in its corners."""
        super().resizeEvent(event)
        foot = self.height() - _EDGE
        self.zoom_bar.move(16, foot - self.zoom_bar.height())
        self.legend.move(16 + self.zoom_bar.width() + 20, foot - self.legend.height())
        self.map.move(self.width() - self.map.width() - 16, foot - self.map.height())
        self._seen()
