"""How lines run: from the row of one table to the row of another, and between domains."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainterPath

from caseload.model.erd import HEAD, ROW, Box, Density, Diagram, ErdTable, PlacedTable
from caseload.model.relationship import Cardinality, LinkKind, LinkState, RelationshipRow

FOOT = 14.0
WEAK_BELOW = 0.75
_BEND = 36.0
_SAMPLES = 24


@dataclass(slots=True)
class Edge:
    """A relationship as it is drawn, from its child's side to its parent's.

    Where it lies is known at once; its path is made when it is first in sight.
    """

    row: RelationshipRow
    start: QPointF
    end: QPointF
    out: float
    into: float
    rect: QRectF = field(init=False)
    _path: QPainterPath | None = None
    _line: list[QPointF] | None = None

    def __post_init__(self) -> None:
        one, other, bend = self._ends()
        xs = (self.start.x(), self.end.x(), one.x() + self.out * bend, other.x() + self.into * bend)
        top, low = sorted((self.start.y(), self.end.y()))
        self.rect = QRectF(min(xs), top - 8, max(xs) - min(xs), low - top + 16)

    def _ends(self) -> tuple[QPointF, QPointF, float]:
        """Where the curve begins and ends, between both feet, and how far it bends."""
        one = QPointF(self.start.x() + self.out * FOOT, self.start.y())
        other = QPointF(self.end.x() + self.into * FOOT, self.end.y())
        return one, other, max(_BEND, min(220.0, abs(one.x() - other.x()) * 0.5))

    def _curve(self) -> QPainterPath:
        one, other, bend = self._ends()
        curve = QPainterPath(one)
        curve.cubicTo(
            QPointF(one.x() + self.out * bend, one.y()),
            QPointF(other.x() + self.into * bend, other.y()),
            other,
        )
        return curve

    @property
    def path(self) -> QPainterPath:
        """The curve with both feet."""
        if self._path is None:
            path = QPainterPath(self.start)
            curve = self._curve()
            path.lineTo(curve.elementAt(0).x, curve.elementAt(0).y)
            path.connectPath(curve)
            path.lineTo(self.end)
            _child_foot(path, self.start, self.out, self.row.cardinality)
            _parent_foot(path, self.end, self.into, self.row.cardinality)
            self._path = path
        return self._path

    @property
    def weak(self) -> bool:
        """True for a guess that nobody has confirmed: it is dashed."""
        row = self.row
        guessed = row.kind is LinkKind.INFERRED and row.state is not LinkState.CONFIRMED
        return guessed and row.confidence < WEAK_BELOW

    def distance(self, at: QPointF) -> float:
        """How far a point is from the line."""
        if self._line is None:
            curve = self._curve()
            points = [curve.pointAtPercent(i / _SAMPLES) for i in range(_SAMPLES + 1)]
            self._line = [self.start, *points, self.end]
        pairs = pairwise(self._line)
        return min(_from_segment(at, one, other) for one, other in pairs)


def _from_segment(at: QPointF, one: QPointF, other: QPointF) -> float:
    dx, dy = other.x() - one.x(), other.y() - one.y()
    length = dx * dx + dy * dy
    share = ((at.x() - one.x()) * dx + (at.y() - one.y()) * dy) / length if length else 0.0
    share = min(1.0, max(0.0, share))
    return math.hypot(at.x() - one.x() - share * dx, at.y() - one.y() - share * dy)


def row_height(
    table: ErdTable, placed: PlacedTable, box: Box, fields: Sequence[str], *, rows: bool
) -> float:
    """The height at which a line meets a table: its key's row, else the head."""
    if rows and placed.density is not Density.NAMES:
        for place, column in enumerate(table.shown(placed.density)):
            if column.name in fields:
                return box.y + HEAD + (place + 0.5) * ROW
    return box.y + min(box.h, HEAD) / 2


def edge(row: RelationshipRow, child: Box, child_y: float, parent: Box, parent_y: float) -> Edge:
    """The line of a relationship between two boxes, by their nearest sides."""
    from_right, to_right = _sides(child, parent)
    start = QPointF(child.right if from_right else child.x, child_y)
    end = QPointF(parent.right if to_right else parent.x, parent_y)
    return Edge(row, start, end, 1.0 if from_right else -1.0, 1.0 if to_right else -1.0)


def _sides(child: Box, parent: Box) -> tuple[bool, bool]:
    """Whether the line leaves and arrives at the right; the same side where boxes overlap."""
    gap = 2 * FOOT
    if parent.x >= child.right + gap:
        return True, False
    if child.x >= parent.right + gap:
        return False, True
    right = abs(child.right - parent.right) <= abs(child.x - parent.x)
    return right, right


def _child_foot(path: QPainterPath, at: QPointF, out: float, cardinality: Cardinality) -> None:
    """Many: a crow's foot; one: a bar."""
    x, y = at.x(), at.y()
    if cardinality in (Cardinality.ONE_TO_ONE, Cardinality.OPTIONAL_TO_ONE):
        path.moveTo(x + out * 7, y - 5)
        path.lineTo(x + out * 7, y + 5)
        return
    path.moveTo(x, y - 5.5)
    path.lineTo(x + out * FOOT, y)
    path.lineTo(x, y + 5.5)


def _parent_foot(path: QPainterPath, at: QPointF, out: float, cardinality: Cardinality) -> None:
    """One: two bars; one or none: a bar and a ring."""
    x, y = at.x(), at.y()
    path.moveTo(x + out * 6, y - 5)
    path.lineTo(x + out * 6, y + 5)
    if cardinality in (Cardinality.OPTIONAL_TO_ONE, Cardinality.OPTIONAL_TO_MANY):
        path.addEllipse(QPointF(x + out * 11.5, y), 3.5, 3.5)
    else:
        path.moveTo(x + out * 10, y - 5)
        path.lineTo(x + out * 10, y + 5)


@dataclass(slots=True)
class DomainEdge:
    """The line between two domains, where its count stands, and whether it has a clear way."""

    one: str
    other: str
    count: int
    path: QPainterPath
    middle: QPointF
    clear: bool


def domain_edges(diagram: Diagram, regions: Mapping[str, Box]) -> list[DomainEdge]:
    """A line for every two linked domains; clear where it crosses no third one or other count."""
    found: list[DomainEdge] = []
    taken: list[QPointF] = []
    ways: list[QRectF] = []
    links = sorted(diagram.domain_links, key=lambda link: (-link.count, link.one, link.other))
    least = max(2, links[0].count // 20) if links else 0
    for link in links:
        a, b = regions.get(link.one), regions.get(link.other)
        if a is None or b is None:
            continue
        path, middle = _between(a, b, taken)
        way = path.boundingRect().adjusted(-30, -30, 30, 30)
        clear = (
            link.count >= least
            and not any(way.intersects(other) for other in ways)
            and not any(
                abs(middle.x() - t.x()) < 170 and abs(middle.y() - t.y()) < 130 for t in taken
            )
            and not _crosses(path, [regions[n] for n in regions.keys() - {link.one, link.other}])
        )
        if clear:
            taken.append(middle)
            ways.append(way)
        found.append(DomainEdge(link.one, link.other, link.count, path, middle, clear))
    return found


def _crosses(path: QPainterPath, boxes: Sequence[Box]) -> bool:
    """True where a line runs through one of the boxes."""
    around = path.boundingRect()
    near = [
        b
        for b in boxes
        if b.x < around.right()
        and around.left() < b.right
        and b.y < around.bottom()
        and around.top() < b.bottom
    ]
    if not near:
        return False
    points = [path.pointAtPercent(i / _SAMPLES) for i in range(_SAMPLES + 1)]
    return any(b.x < p.x() < b.right and b.y < p.y() < b.bottom for b in near for p in points)


def _between(a: Box, b: Box, taken: Sequence[QPointF]) -> tuple[QPainterPath, QPointF]:
    """A straight line through the gap where two regions face one another, else a curve."""
    top, foot = max(a.y, b.y), min(a.bottom, b.bottom)
    left, right = max(a.x, b.x), min(a.right, b.right)
    apart_x, apart_y = left >= right, top >= foot
    if apart_x and not apart_y and foot - top > 60:
        one, other = (a, b) if a.x < b.x else (b, a)
        choices = [QPointF((one.right + other.x) / 2, top + (foot - top) * s) for s in _SHARES]
        middle = _freest(choices, taken)
        start, end = QPointF(one.right, middle.y()), QPointF(other.x, middle.y())
    elif apart_y and not apart_x and right - left > 60:
        one, other = (a, b) if a.y < b.y else (b, a)
        choices = [QPointF(left + (right - left) * s, (one.bottom + other.y) / 2) for s in _SHARES]
        middle = _freest(choices, taken)
        start, end = QPointF(middle.x(), one.bottom), QPointF(middle.x(), other.y)
    else:
        return _curve(a, b)
    path = QPainterPath(start)
    path.lineTo(end)
    return path, middle


_SHARES = (0.5, 0.3, 0.7, 0.15, 0.85)


def _freest(choices: Sequence[QPointF], taken: Sequence[QPointF]) -> QPointF:
    def clear(point: QPointF) -> float:
        return min(
            (math.hypot(point.x() - t.x(), point.y() - t.y()) for t in taken), default=math.inf
        )

    return next((c for c in choices if clear(c) > 200), max(choices, key=clear))


def _curve(a: Box, b: Box) -> tuple[QPainterPath, QPointF]:
    one, other = (a, b) if a.x < b.x else (b, a)
    side = one.right <= other.x
    start = QPointF(one.right if side else one.x + one.w / 2, _inner(one, other))
    end = QPointF(other.x if side else other.x + other.w / 2, _inner(other, one))
    bend = max(60.0, abs(end.x() - start.x()) / 2)
    path = QPainterPath(start)
    path.cubicTo(QPointF(start.x() + bend, start.y()), QPointF(end.x() - bend, end.y()), end)
    return path, path.pointAtPercent(0.5)


def _inner(box: Box, other: Box) -> float:
    """A height on a box's side towards another one."""
    if other.y >= box.bottom:
        return box.bottom - min(90.0, box.h / 2)
    if other.bottom <= box.y:
        return box.y + min(90.0, box.h / 2)
    return box.y + box.h / 2
