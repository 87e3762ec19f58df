"""A diagram arranged about one table: what is one or two links away near it, the rest aside.

The whole system's places do not serve here: what a table is linked to lies all over it.  The
table's own domain stands in the middle, the others at its sides, those without a link folded
at the foot.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from caseload.model.erd import (
    GAP,
    NAME_HEIGHT,
    REGION_PAD,
    TABLE_WIDTH,
    Box,
    Density,
    Diagram,
    ErdDomain,
    PlacedDomain,
    PlacedTable,
    Placement,
)

HEAD = 56.0
_PITCH = TABLE_WIDTH + GAP
_GUTTER_X, _GUTTER_Y = 72.0, 28.0
_ASIDE = 2
_HUB_FROM = 48
_MANY = 14
_WINDOW = 1.55
_CHIP = (252.0, 48.0)


@dataclass(slots=True)
class _Block:
    """A domain's region before it has a place: tables by their corner in it."""

    domain: ErdDomain
    tables: dict[str, PlacedTable]
    w: float
    h: float
    more: int


def near(diagram: Diagram, table: str, hops: int) -> dict[str, int]:
    """Tables within so many links, each with its distance.

    A table that nearly all point at, such as the users, is shown but not gone through.
    """
    beside: dict[str, list[str]] = defaultdict(list)
    for link in diagram.relationships:
        beside[link.child].append(link.parent)
        beside[link.parent].append(link.child)
    found, edge = {table: 0}, [table]
    for hop in range(1, hops + 1):
        through = [t for t in edge if t == table or len(beside[t]) < _HUB_FROM]
        edge = list(dict.fromkeys(o for t in through for o in beside[t] if o not in found))
        found.update(dict.fromkeys(edge, hop))
    return found


def focused(diagram: Diagram, table: str, hops: int) -> Placement:
    """The placement about a table that is in the diagram."""
    hop_of = near(diagram, table, hops)
    own = diagram.tables[table].domain
    shown = [d for d in diagram.domains if any(t in hop_of for t in d.tables)]
    aside = [d for d in diagram.domains if d not in shown]
    firsts = sum(1 for hop in hop_of.values() if hop == 1)
    few = firsts <= _MANY
    detail = Density.KEYS if few else Density.NAMES
    aside_shown = _ASIDE if len(hop_of) <= _MANY else 0
    blocks = {d.name: _block(diagram, d, hop_of, table, detail, aside_shown) for d in shown}
    others = [blocks[d.name] for d in shown if d.name != own]
    columns = _columns(blocks[own], others)
    tables: dict[str, PlacedTable] = {}
    regions: list[PlacedDomain] = []
    left, foot = 0.0, 0.0
    for column in columns:
        wide = max((b.w for b in column), default=0.0)
        top = 0.0
        for block in column:
            box = Box(left, top, wide, block.h)
            regions.append(
                PlacedDomain(
                    block.domain.name, box, tuple(block.tables), more=block.more, head=HEAD
                )
            )
            for name, placed in block.tables.items():
                at = Box(left + placed.box.x, top + placed.box.y, placed.box.w, placed.box.h)
                tables[name] = PlacedTable(at, placed.density, placed.dimmed)
            top += block.h + _GUTTER_Y
        foot = max(foot, top)
        left += wide + _GUTTER_X
    regions += _chips(aside, foot, left - _GUTTER_X)
    return Placement(Density.FOCUS, tables, tuple(regions), table)


def _block(
    diagram: Diagram,
    domain: ErdDomain,
    hop_of: Mapping[str, int],
    focus: str,
    detail: Density,
    aside: int,
) -> _Block:
    linked = sorted((t for t in domain.tables if t in hop_of), key=lambda t: hop_of[t])
    rest = [t for t in domain.tables if t not in hop_of]
    dimmed = rest[:aside]
    amount = len(linked) + len(dimmed)
    cells = 1 if amount <= 3 else 2 if amount <= 12 else max(2, round(math.sqrt(amount * 0.8)))
    if focus in linked:
        cells = max(2, cells)
    depths = [0.0] * cells
    tables: dict[str, PlacedTable] = {}
    for name in (*linked, *dimmed):
        density = Density.FOCUS if name == focus else detail if hop_of.get(name) == 1 else _NAMES
        span = 2 if name == focus else 1
        column = min(range(cells - span + 1), key=lambda c: (max(depths[c : c + span]), c))
        top = max(depths[column : column + span])
        small = density is Density.NAMES
        high = NAME_HEIGHT if small else diagram.tables[name].height(density)
        box = Box(REGION_PAD + column * _PITCH, HEAD + top, span * _PITCH - GAP, high)
        tables[name] = PlacedTable(box, density, name in dimmed)
        depths[column : column + span] = [top + high + GAP] * span
    more = len(rest) - len(dimmed)
    high = HEAD + max(depths) - GAP + REGION_PAD + (26.0 if more else 0.0)
    return _Block(domain, tables, cells * _PITCH - GAP + 2 * REGION_PAD, high, more)


_NAMES = Density.NAMES


def _columns(own: _Block, others: Sequence[_Block]) -> list[list[_Block]]:
    """The own domain in the middle column, the others where there is least yet.

    Of some numbers of columns the one that fills a window best.
    """
    tries = [_in_columns(own, others, count) for count in (1, 3, 5, 7)]
    return max(tries, key=_fill)


def _in_columns(own: _Block, others: Sequence[_Block], count: int) -> list[list[_Block]]:
    middle = count // 2
    columns: list[list[_Block]] = [[] for _ in range(count)]
    columns[middle].append(own)
    for block in sorted(others, key=lambda b: (-b.h * b.w, b.domain.name)):
        heights = [sum(b.h + _GUTTER_Y for b in column) for column in columns]
        at = min(range(count), key=lambda c: (heights[c], abs(c - middle), c))
        columns[at].append(block)
    return [column for column in columns if column]


def _fill(columns: Sequence[Sequence[_Block]]) -> float:
    """How large it is shown in a window."""
    wide = sum(max(b.w for b in column) + _GUTTER_X for column in columns)
    high = max(sum(b.h + _GUTTER_Y for b in column) for column in columns)
    return min(_WINDOW / wide, 1.0 / (high + _CHIP[1]))


def _chips(domains: Sequence[ErdDomain], top: float, width: float) -> list[PlacedDomain]:
    """Domains without a link, folded, in rows under the others."""
    wide, high = _CHIP
    in_row = max(1, int((width + GAP) // (wide + GAP)))
    return [
        PlacedDomain(
            domain.name,
            Box(
                (place % in_row) * (wide + GAP), top + (place // in_row) * (high + GAP), wide, high
            ),
            (),
            folded=True,
            head=high,
        )
        for place, domain in enumerate(domains)
    ]
