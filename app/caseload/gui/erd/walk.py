"""Ways through a diagram: where an arrow key leads, and which links lead from a table to others."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence

from PySide6.QtCore import QPointF

from caseload.model.erd import Box
from caseload.model.relationship import RelationshipRow

_ASIDE = 2.5
_RELATED = 0.55


def next_table(
    boxes: Mapping[str, Box],
    current: str,
    towards: tuple[int, int],
    related: Collection[str],
    middle: QPointF,
) -> str:
    """The table that an arrow key leads to; without a current one, that nearest to the middle."""
    start = boxes.get(current)
    if start is None:
        return min(boxes, key=lambda n: (_far(boxes[n], middle.x(), middle.y()), n), default="")
    best, found = math.inf, ""
    x, y = start.x + start.w / 2, start.y + start.h / 2
    for name, box in boxes.items():
        if name == current:
            continue
        dx, dy = box.x + box.w / 2 - x, box.y + box.h / 2 - y
        along = dx * towards[0] + dy * towards[1]
        if along <= 1:
            continue
        across = abs(dy) if towards[0] else abs(dx)
        if across > 3 * along:
            continue
        cost = (along + _ASIDE * across) * (_RELATED if name in related else 1.0)
        if cost < best:
            best, found = cost, name
    return found


def _far(box: Box, x: float, y: float) -> float:
    return math.hypot(box.x + box.w / 2 - x, box.y + box.h / 2 - y)


def ways(
    focus: str, links_at: Mapping[str, Sequence[RelationshipRow]], shown: Collection[str]
) -> frozenset[str]:
    """The links at one table, and the surest way on to each other one shown, by their ids.

    All links among a hundred tables would hide what a focus is for.
    """
    reached, edge = {focus}, [focus]
    found = [row.id for row in links_at.get(focus, ())]
    while edge:
        step: dict[str, RelationshipRow] = {}
        for near in edge:
            for row in links_at.get(near, ()):
                far = row.parent if row.child == near else row.child
                if far in reached or far not in shown:
                    continue
                if far not in step or row.confidence > step[far].confidence:
                    step[far] = row
        found += [row.id for row in step.values()]
        reached.update(step)
        edge = list(step)
    return frozenset(found)
