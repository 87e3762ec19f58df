"""The scene: items for a diagram at its places, and what stands out in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum

from PySide6.QtCore import QObject, QPointF, QRect, QRectF, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QGraphicsScene

from caseload.gui.erd import routing
from caseload.gui.erd.items import RegionItem, TableItem, rect_of
from caseload.gui.erd.layers import DomainEdgeLayer, EdgeLayer
from caseload.gui.erd.look import BLOCKS_BELOW, NAMES_BELOW, look
from caseload.gui.erd.routing import DomainEdge, Edge
from caseload.gui.erd.table_paint import TableState
from caseload.gui.erd.walk import ways
from caseload.model.erd import HEAD, ROW, Box, Density, Diagram, Placement
from caseload.model.relationship import RelationshipRow

_HUB_FROM = 72
_LIT_FAR = 60
_MARGIN = 400.0


class EdgeMode(StrEnum):
    """Which relationships are drawn."""

    AUTO = "auto"
    ALL = "all"
    CHOSEN = "chosen"
    NONE = "none"


class DiagramScene(QGraphicsScene):
    """Everything drawn.  `chosen_changed` when other tables or another domain are chosen."""

    chosen_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setItemIndexMethod(QGraphicsScene.ItemIndexMethod.NoIndex)
        self.diagram: Diagram | None = None
        self.placement: Placement | None = None
        self.tables: dict[str, TableItem] = {}
        self.regions: dict[str, RegionItem] = {}
        self.members: dict[str, tuple[TableItem, ...]] = {}
        self.edge_mode = EdgeMode.AUTO
        self.moving = False
        self.hovered_edge: Edge | None = None
        self.chosen: tuple[str, ...] = ()
        self.chosen_domain = ""
        self.current = ""
        self._found: frozenset[str] = frozenset()
        self._lit_link = ""
        self._far = self._near = False
        self._edges: dict[bool, dict[str, Edge]] = {}
        self._domain_edges: list[DomainEdge] | None = None
        self._links_at: dict[str, list[RelationshipRow]] = {}
        self._way_links: frozenset[str] | None = None
        self._quiet: dict[bool, list[Edge]] = {}
        self.edges = EdgeLayer(self)
        self.domain_lines = DomainEdgeLayer(self)
        self.addItem(self.edges)
        self.addItem(self.domain_lines)

    def show_diagram(self, diagram: Diagram, placement: Placement) -> None:
        """Show a diagram at its places; what is chosen stays so if it is still there."""
        for item in (*self.tables.values(), *self.regions.values()):
            self.removeItem(item)
        self.diagram, self.placement = diagram, placement
        self.tables = {
            name: TableItem(diagram.tables[name], placed)
            for name, placed in placement.tables.items()
            if name in diagram.tables
        }
        domains = {domain.name: domain for domain in diagram.domains}
        self.regions = {
            placed.name: RegionItem(self, domains[placed.name], placed)
            for placed in placement.domains
            if placed.name in domains
        }
        self.members = {
            placed.name: tuple(self.tables[n] for n in placed.tables if n in self.tables)
            for placed in placement.domains
        }
        for region in self.regions.values():
            self.addItem(region)
        for item in self.tables.values():
            item.setVisible(not self._far)
            self.addItem(item)
        bounds = rect_of(placement.bounds)
        self.setSceneRect(bounds.adjusted(-_MARGIN, -_MARGIN, _MARGIN, _MARGIN))
        self._forget_lines()
        self.chosen = tuple(n for n in self.chosen if n in self.tables)
        self.current = self.current if self.current in self.tables else ""
        self.chosen_domain = self.chosen_domain if self.chosen_domain in self.regions else ""
        self._links()
        self._dress()

    def show_links(self, diagram: Diagram) -> None:
        """Take the same tables with their relationships; nothing moves."""
        self.diagram = diagram
        for name, item in self.tables.items():
            if item.table is not diagram.tables[name]:
                item.set_table(diagram.tables[name])
        self._links()
        self._forget_lines()
        self._dress()

    def _links(self) -> None:
        self._links_at = {}
        for row in self.diagram.relationships if self.diagram else ():
            self._links_at.setdefault(row.child, []).append(row)
            if row.parent != row.child:
                self._links_at.setdefault(row.parent, []).append(row)

    def _forget_lines(self) -> None:
        self._edges = {}
        self._quiet = {}
        self._domain_edges = None
        self._way_links = None
        self.hovered_edge = None
        for layer in (self.edges, self.domain_lines):
            layer.set_area(self.sceneRect())
            layer.update()

    # What is where

    def table_at(self, at: QPointF) -> str:
        """The table under a point, or ""."""
        x, y, found = at.x(), at.y(), ""
        for name, item in self.tables.items():
            box = item.box
            if box.x <= x <= box.right and box.y <= y <= box.bottom:
                found = name
        return found

    def region_at(self, at: QPointF) -> str:
        """The domain under a point, or ""."""
        for name, item in self.regions.items():
            if rect_of(item.placed.box).contains(at):
                return name
        return ""

    def column_at(self, at: QPointF) -> tuple[str, str]:
        """The table and the column whose row is under a point; the column may be ""."""
        name = self.table_at(at)
        if not name:
            return "", ""
        item = self.tables[name]
        place = int((at.y() - item.box.y - HEAD) // ROW)
        shown = item.table.shown(item.placed.density)
        inside = at.y() >= item.box.y + HEAD and 0 <= place < len(shown)
        return name, shown[place].name if inside else ""

    def edge_at(self, at: QPointF, zoom: float, reach: float) -> Edge | None:
        """The shown relationship that passes nearest, within `reach`."""
        rows = zoom >= NAMES_BELOW
        best, found = reach, None
        area = QRectF(at.x() - reach, at.y() - reach, 2 * reach, 2 * reach)
        for each in (*self.lit_edges(zoom, rows=rows), *self.quiet_edges(zoom, rows=rows)):
            if each.rect.intersects(area):
                far = each.distance(at)
                if far < best:
                    best, found = far, each
        return found

    # Lines

    def _edge(self, row: RelationshipRow, *, rows: bool) -> Edge | None:
        made = self._edges.setdefault(rows, {})
        found = made.get(row.id)
        if found is None:
            child, parent = self.tables.get(row.child), self.tables.get(row.parent)
            if child is None or parent is None or child is parent:
                return None
            heights = [
                routing.row_height(item.table, item.placed, item.box, fields, rows=rows)
                for item, fields in ((child, row.child_fields), (parent, row.parent_fields))
            ]
            found = routing.edge(row, child.box, heights[0], parent.box, heights[1])
            made[row.id] = found
        return found

    def _made(self, links: Iterable[RelationshipRow], *, rows: bool) -> list[Edge]:
        found = (self._edge(row, rows=rows) for row in links)
        return [each for each in found if each is not None]

    def quiet_edges(self, zoom: float, *, rows: bool) -> Sequence[Edge]:
        """What is drawn in grey: within domains, but for the tables that all point at."""
        if zoom < BLOCKS_BELOW and self.edge_mode is not EdgeMode.ALL:
            return ()
        if self.edge_mode in (EdgeMode.NONE, EdgeMode.CHOSEN) or self.diagram is None:
            return ()
        if rows not in self._quiet:
            shown = self.diagram.relationships
            if self.edge_mode is EdgeMode.AUTO:
                shown = tuple(row for row in shown if self._is_near(row))
            self._quiet[rows] = self._made(shown, rows=rows)
        return self._quiet[rows]

    def _is_near(self, row: RelationshipRow) -> bool:
        if self.placement is not None and self.placement.focus:
            if self._way_links is None:
                near = {n for n, item in self.tables.items() if not item.state.dimmed}
                self._way_links = ways(self.placement.focus, self._links_at, near)
            return row.id in self._way_links and (
                self.placement.focus in (row.child, row.parent) or self._same_domain(row)
            )
        return self._same_domain(row) and len(self._links_at.get(row.parent, ())) <= _HUB_FROM

    def _same_domain(self, row: RelationshipRow) -> bool:
        child, parent = self.tables.get(row.child), self.tables.get(row.parent)
        both = child is not None and parent is not None
        return both and child.table.domain == parent.table.domain  # type: ignore[union-attr]

    def lit_edges(self, zoom: float, *, rows: bool) -> Sequence[Edge]:
        """What is drawn in the accent: all at the chosen table."""
        about = self.placement.focus if self.placement else ""
        if self.edge_mode is EdgeMode.NONE or len(self.chosen) != 1 or self.chosen[0] == about:
            return ()
        links = self._links_at.get(self.chosen[0], [])
        if zoom < BLOCKS_BELOW and len(links) > _LIT_FAR:
            return ()
        return self._made(links, rows=rows)

    def shown_domain_edges(self, zoom: float) -> list[tuple[DomainEdge, bool]]:
        """Lines between domains at this zoom, and whether each stands out."""
        if self.placement is None or self.placement.focus or zoom >= BLOCKS_BELOW:
            return []
        if self.edge_mode is not EdgeMode.AUTO or self.diagram is None:
            return []
        if self._domain_edges is None:
            boxes = {name: item.placed.box for name, item in self.regions.items()}
            self._domain_edges = routing.domain_edges(self.diagram, boxes)
        chosen = self.chosen_domain
        if not chosen:
            return [(e, False) for e in self._domain_edges if e.clear]
        return [(e, True) for e in self._domain_edges if chosen in (e.one, e.other)]

    def badge_place(self, edge: DomainEdge) -> QPointF:
        """Where the count of a line without a clear way stands: on the other domain's edge."""
        name = edge.other if edge.one == self.chosen_domain else edge.one
        box = self.regions[name].placed.box
        return QPointF(box.x + box.w * 0.62, box.y)

    def related(self, table: str) -> frozenset[str]:
        """The tables that one has relationships with."""
        links = self._links_at.get(table, ())
        return frozenset(n for row in links for n in (row.child, row.parent) if n != table)

    def set_edge_mode(self, mode: EdgeMode) -> None:
        """Draw other relationships."""
        self.edge_mode = mode
        self._quiet = {}
        self.edges.update()
        self.domain_lines.update()

    def hover_edge(self, found: Edge | None) -> None:
        """Light one relationship."""
        if found is not self.hovered_edge:
            for each in (self.hovered_edge, found):
                if each is not None:
                    self.edges.update(each.rect.adjusted(-4, -4, 4, 4))
            self.hovered_edge = found
            self._dress()

    # What stands out

    def choose(self, names: Sequence[str], *, current: str = "") -> None:
        """Choose tables; `current` is where the keyboard stands."""
        wanted = tuple(n for n in names if n in self.tables)
        current = current if current in self.tables else wanted[-1] if wanted else ""
        if (wanted, current) == (self.chosen, self.current) and not self.chosen_domain:
            return
        self.chosen, self.current, self.chosen_domain = wanted, current, ""
        self._dress()
        self.edges.update()
        self.domain_lines.update()
        self.chosen_changed.emit()

    def choose_domain(self, name: str) -> None:
        """Choose a domain, and no table."""
        self.chosen, self.current = (), ""
        self.chosen_domain = name if name in self.regions else ""
        self._dress()
        self.edges.update()
        self.domain_lines.update()
        self.chosen_changed.emit()

    def show_found(self, names: Iterable[str]) -> None:
        """Mark what a search found."""
        self._found = frozenset(names)
        self._dress()

    def light_link(self, link: str) -> None:
        """Light the rows at both ends of a relationship, as the inspector shows it."""
        self._lit_link = link
        row = self._row(link)
        self.hovered_edge = self._edge(row, rows=self._near) if row else None
        self._dress()
        self.edges.update()

    def _row(self, link: str) -> RelationshipRow | None:
        for name in self.chosen:
            for row in self._links_at.get(name, ()):
                if row.id == link:
                    return row
        return None

    def _dress(self) -> None:
        lit: dict[str, set[str]] = {}
        hovered = self.hovered_edge.row if self.hovered_edge else None
        for row in filter(None, (hovered, self._row(self._lit_link))):
            lit.setdefault(row.child, set()).update(row.child_fields)
            lit.setdefault(row.parent, set()).update(row.parent_fields)
        touched = set()
        for name, item in self.tables.items():
            state = TableState(
                name in self.chosen
                or (self.placement is not None and name == self.placement.focus),
                name == self.current and self._keyboard,
                name in self._found,
                item.placed.dimmed,
                frozenset(lit.get(name, ())),
            )
            if state != item.state:
                item.set_state(state)
                touched.add(item.table.domain)
        for name, region in self.regions.items():
            region.set_chosen(on=name == self.chosen_domain)
            if self._far and name in touched:
                region.update()

    _keyboard = False

    def show_keyboard(self, *, on: bool) -> None:
        """Draw the focus ring of the current table, or not."""
        if on != self._keyboard:
            self._keyboard = on
            self._dress()

    @property
    def is_far(self) -> bool:
        """True while regions paint their tables as blocks."""
        return self._far

    def zoomed(self, zoom: float) -> None:
        """Hand the tables to their regions at a far zoom, and back."""
        self._near = zoom >= NAMES_BELOW
        self.set_far(on=zoom < BLOCKS_BELOW)

    def set_far(self, *, on: bool) -> None:
        """Let regions paint their tables, or each table itself."""
        if on != self._far:
            self._far = on
            for item in self.tables.values():
                item.setVisible(not on)

    # Moving

    def drag(self, names: Iterable[str], by: QPointF) -> None:
        """Show tables elsewhere while they are dragged."""
        for name in names:
            item = self.tables[name]
            item.setPos(item.placed.box.x + by.x(), item.placed.box.y + by.y())
            if self._far:
                self.regions[item.table.domain].update()
        own = set(names)
        for made in self._edges.values():
            for link in [k for k, e in made.items() if own & {e.row.child, e.row.parent}]:
                del made[link]
        self._quiet = {}
        self.edges.update()

    def boxes(self) -> Mapping[str, Box]:
        """Where all tables stand."""
        return {name: item.box for name, item in self.tables.items()}

    @property
    def density(self) -> Density:
        """How much the placement shows of a table."""
        return self.placement.density if self.placement else Density.KEYS

    def drawBackground(self, painter: QPainter, rect: QRectF | QRect) -> None:
        """Fill with the page's ground."""
        painter.fillRect(rect, look().canvas)
