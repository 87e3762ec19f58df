"""Where tables stand: domains as regions packed in the plane, tables within them by their ties.

Pure arithmetic, the same for the same input, and quick enough for a page that is opened: some
tens of milliseconds for 417 tables.  Regions stand in columns of equal height, so that the whole
fills a window; those that have much to do with one another stand near.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise

from caseload.model.erd import (
    GAP,
    LANDMARKS,
    REGION_PAD,
    Box,
    Density,
    ErdDomain,
    ErdTable,
    PlacedDomain,
    PlacedTable,
    Placement,
    place_width,
    region_head,
    slot_height,
)
from caseload.services.erd_links import Tie

Places = dict[str, tuple[float, float]]

ASPECT = 1.8
GUTTER_X, GUTTER_Y = 180.0, 110.0
_LEAST_CELLS = 4
_PASSES = 5
_RINGS = 40
_TRIED = 14


def arrange(
    tables: Mapping[str, ErdTable],
    domains: Sequence[ErdDomain],
    ties: Sequence[Tie],
    density: Density,
) -> Places:
    """The top left corner of every table, from nothing but the tables and their ties."""
    shown = [d for d in domains if d.tables]
    if not shown:
        return {}
    masses = [
        sum(
            (slot_height(tables[t], density) + GAP) * (2 if tables[t].landmark else 1)
            for t in d.tables
        )
        for d in shown
    ]
    frame = REGION_PAD + GUTTER_Y + region_head(density)
    tied = _domain_ties(shown, ties)
    usual = max(1, round(math.sqrt(len(shown) * 1.35)))
    tries = []
    near = (usual - 1, usual, usual + 1) if len(shown) <= _TRIED else (usual,)
    for count in sorted({min(len(shown), max(1, c)) for c in near}):
        columns = _columns(masses, tied, count)
        widths = _column_cells(columns, masses, frame, pitch(density))
        tries.append((_shown_at(columns, widths, masses, frame, pitch(density)), columns, widths))
    _, columns, widths = max(tries, key=lambda t: t[0])
    orders = {d.name: _order(d, tables, ties) for d in shown}
    places: Places = {}
    left = 0.0
    for column, cells in zip(columns, widths, strict=True):
        top = 0.0
        for index in column:
            inner = fill(orders[shown[index].name], tables, density, cells)
            x, y = left + REGION_PAD, top + region_head(density)
            places.update((t, (x + px, y + py)) for t, (px, py) in inner.items())
            bottom = max(py + slot_height(tables[t], density) for t, (_, py) in inner.items())
            top += frame + bottom
        left += 2 * REGION_PAD + cells * pitch(density) - GAP + GUTTER_X
    return places


def pitch(density: Density) -> float:
    """How far tables stand apart from left to left."""
    return place_width(density) + GAP


def fill(
    names: Sequence[str], tables: Mapping[str, ErdTable], density: Density, cells: int
) -> Places:
    """Places in so many columns, each table in the shortest; landmarks take two columns.

    The first row is as high as they are, so that the rows beneath keep in line.
    """
    depths = [0.0] * max(cells, 1)
    first = max((slot_height(tables[n], density) for n in names if tables[n].landmark), default=0.0)
    places: Places = {}
    for name in names:
        span = 2 if tables[name].landmark and len(depths) > 1 else 1
        starts = range(len(depths) - span + 1)
        column = min(starts, key=lambda c: (max(depths[c : c + span]), c))
        top = max(depths[column : column + span])
        places[name] = (column * pitch(density), top)
        for each in range(column, column + span):
            high = slot_height(tables[name], density)
            depths[each] = top + (high if top else max(high, first)) + GAP
    return places


def _domain_ties(domains: Sequence[ErdDomain], ties: Sequence[Tie]) -> dict[tuple[int, int], float]:
    place = {table: i for i, d in enumerate(domains) for table in d.tables}
    found: dict[tuple[int, int], float] = defaultdict(float)
    for tie in ties:
        one, other = place.get(tie.child), place.get(tie.parent)
        if one is not None and other is not None and one != other:
            found[min(one, other), max(one, other)] += tie.weight
    return dict(found)


def _columns(
    masses: Sequence[float], ties: Mapping[tuple[int, int], float], count: int
) -> tuple[tuple[int, ...], ...]:
    """Domains by column, top to bottom: balanced, with little distance along strong ties."""
    state: list[list[int]] = [[] for _ in range(count)]
    for index in sorted(range(len(masses)), key=lambda i: (-masses[i], i)):
        lightest = min(range(count), key=lambda c: (sum(masses[i] for i in state[c]), c))
        state[lightest].append(index)
    links = sorted(ties.items())
    strongest = max((w for _, w in links), default=1.0) or 1.0
    total = sum(masses)

    def cost(columns: Sequence[Sequence[int]]) -> float:
        at: dict[int, tuple[float, float]] = {}
        for number, column in enumerate(columns):
            own = sum(masses[i] for i in column) or 1.0
            top = 0.0
            for index in column:
                part = masses[index] / own
                at[index] = (number / count * ASPECT, top + part / 2)
                top += part
        far = sum(
            weight / strongest * math.hypot(at[a][0] - at[b][0], at[a][1] - at[b][1])
            for (a, b), weight in links
        )
        uneven = sum(abs(1 / count - sum(masses[i] for i in c) / total) for c in columns)
        return far + 25 * max(0.0, uneven - 0.12)

    return _improved(state, cost)


def _improved(
    state: list[list[int]], measure: Callable[[Sequence[Sequence[int]]], float]
) -> tuple[tuple[int, ...], ...]:
    """The state after swaps of two domains as long as one lowers the cost."""
    best = measure(state)
    spots = [(c, r) for c, column in enumerate(state) for r in range(len(column))]
    for _ in range(_PASSES):
        before = best
        for number, (c, r) in enumerate(spots):
            for d, s in spots[number + 1 :]:
                state[c][r], state[d][s] = state[d][s], state[c][r]
                now = measure(state)
                if now < best - 1e-9:
                    best = now
                else:
                    state[c][r], state[d][s] = state[d][s], state[c][r]
        if best == before:
            break
    return tuple(tuple(column) for column in state)


def _column_cells(
    columns: Sequence[Sequence[int]], masses: Sequence[float], frame: float, step: float
) -> list[int]:
    """How many tables stand side by side in each column, so that all end at about one height.

    The highest column is widened until the whole has the shape of a window.
    """
    own = [sum(masses[i] for i in c) for c in columns]
    frames = [frame * len(c) for c in columns]
    cells = [_LEAST_CELLS] * len(columns)

    def heights() -> list[float]:
        return [f + m / n for f, m, n in zip(frames, own, cells, strict=True)]

    while True:
        high = heights()
        wide = sum(cells) * step + len(cells) * (2 * REGION_PAD + GUTTER_X)
        if wide >= ASPECT * max(high):
            return cells
        cells[high.index(max(high))] += 1


def _shown_at(
    columns: Sequence[Sequence[int]],
    cells: Sequence[int],
    masses: Sequence[float],
    frame: float,
    step: float,
) -> float:
    """How large the whole is shown in a window."""
    wide = sum(cells) * step + len(cells) * (2 * REGION_PAD + GUTTER_X)
    high = max(sum(frame + masses[i] / n for i in c) for c, n in zip(columns, cells, strict=True))
    return min(ASPECT / wide, 1.0 / high)


def _order(domain: ErdDomain, tables: Mapping[str, ErdTable], ties: Sequence[Tie]) -> list[str]:
    """Landmarks, then each time the table that is tied most to those placed lately."""
    own = dict.fromkeys(domain.tables)
    beside: dict[str, list[tuple[str, float]]] = defaultdict(list)
    for tie in ties:
        if tie.child in own and tie.parent in own:
            beside[tie.child].append((tie.parent, tie.weight))
            beside[tie.parent].append((tie.child, tie.weight))
    names = list(own)
    for one, other in pairwise(names):
        near = 0.35 + 0.1 * _shared(one, other)
        beside[one].append((other, near))
        beside[other].append((one, near))
    placed = [name for name in names if tables[name].landmark]
    pull: dict[str, float] = defaultdict(float)
    rest = dict.fromkeys(name for name in names if name not in placed)
    fresh = list(placed)
    while rest:
        for name in pull:
            pull[name] *= 0.7
        for name in fresh:
            for other, weight in beside[name]:
                pull[other] += weight
        chosen = max(rest, key=lambda name: pull[name])
        placed.append(chosen)
        del rest[chosen]
        fresh = [chosen]
    return placed


def _shared(one: str, other: str) -> int:
    return next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), 4)


def landmarks(domain: Iterable[str], degree: Mapping[str, int]) -> tuple[str, ...]:
    """The tables that a domain is known by: those with most ties, in order."""
    names = list(domain)
    if len(names) < LANDMARKS + 1:
        return ()
    return tuple(sorted(names, key=lambda n: -degree.get(n, 0))[:LANDMARKS])


def complete(
    places: Mapping[str, tuple[float, float]],
    tables: Mapping[str, ErdTable],
    domains: Sequence[ErdDomain],
    ties: Sequence[Tie],
    density: Density,
) -> Places:
    """Places for tables that have none, near what they are tied to; no other one moves."""
    found = {name: place for name, place in places.items() if name in tables}
    taken = [_slot(found[n], tables[n], density) for n in found]
    for domain in domains:
        for name in (n for n in domain.tables if n not in found):
            tied = {
                t.parent if t.child == name else t.child
                for t in ties
                if name in (t.child, t.parent)
            }
            own = [n for n in domain.tables if n in found]
            aims = [found[n] for n in own if n in tied] or [found[n] for n in own]
            room = _around([_slot(found[n], tables[n], density) for n in own])
            found[name] = _free_place(tables[name], density, aims, taken, room)
            taken.append(_slot(found[name], tables[name], density))
    return found


def _slot(place: tuple[float, float], table: ErdTable, density: Density) -> Box:
    return Box(*place, table.width(density), slot_height(table, density))


def _around(boxes: Sequence[Box]) -> Box | None:
    if not boxes:
        return None
    around = boxes[0]
    for box in boxes[1:]:
        around = around.with_(box)
    return around


def _free_place(
    table: ErdTable,
    density: Density,
    aims: Sequence[tuple[float, float]],
    taken: Sequence[Box],
    room: Box | None,
) -> tuple[float, float]:
    """The free place nearest to the middle of the aims, in the columns of the table's domain."""
    high = slot_height(table, density)
    if room is None:
        head = GUTTER_Y + region_head(density)
        below = max((b.bottom for b in taken), default=-head)
        return (min((b.x for b in taken), default=0.0), below + head)
    middle = (sum(x for x, _ in aims) / len(aims), sum(y for _, y in aims) / len(aims))
    columns = max(1, int((room.w + GAP) // pitch(density)))
    rows = int(room.h // (high + GAP)) + len(taken) + 2
    spots = sorted(
        (
            (room.x + column * pitch(density), room.y + row * (high + GAP))
            for column in range(columns)
            for row in range(min(rows, 60))
        ),
        key=lambda s: (math.dist(s, middle), s),
    )
    for x, y in spots:
        box = Box(x, y, table.width(density), high)
        if not any(box.meets(other, GAP - 1) for other in taken):
            return x, y
    return nearest_free(Box(room.x, room.bottom + GAP, table.width(density), high), taken)


def nearest_free(wanted: Box, taken: Sequence[Box], step: float = GAP) -> tuple[float, float]:
    """The place nearest to the wanted one, in steps, where nothing stands."""
    reach = _RINGS * step
    near = [box for box in taken if box.meets(wanted, reach + GAP)]
    for ring in range(_RINGS):
        spots = [
            (dx, dy)
            for dx in range(-ring, ring + 1)
            for dy in range(-ring, ring + 1)
            if max(abs(dx), abs(dy)) == ring
        ]
        for dx, dy in sorted(spots, key=lambda s: (math.hypot(*s), s)):
            box = Box(wanted.x + dx * step, wanted.y + dy * step, wanted.w, wanted.h)
            if not any(box.meets(other, GAP - 1) for other in near):
                return box.x, box.y
    return wanted.x, max((b.bottom for b in taken), default=wanted.y) + GAP


def placement(
    places: Mapping[str, tuple[float, float]],
    tables: Mapping[str, ErdTable],
    domains: Sequence[ErdDomain],
    density: Density,
    folded: Iterable[str] = (),
) -> Placement:
    """Tables at their places with their domains' regions around them."""
    shut = frozenset(folded)
    shown: dict[str, PlacedTable] = {}
    regions = []
    head = region_head(density)
    for domain in domains:
        own = [n for n in domain.tables if n in places]
        around = _around([_slot(places[n], tables[n], density) for n in own])
        if around is None:
            continue
        box = Box(
            around.x - REGION_PAD,
            around.y - head,
            max(around.w, 2 * pitch(density)) + 2 * REGION_PAD,
            around.h + head + REGION_PAD,
        )
        if domain.name in shut:
            box = Box(box.x, box.y, box.w, head)
        else:
            for name in own:
                high = tables[name].height(density)
                at = Box(*places[name], tables[name].width(density), high)
                shown[name] = PlacedTable(at, density)
        regions.append(PlacedDomain(domain.name, box, tuple(own), domain.name in shut, head=head))
    return Placement(density, shown, tuple(regions))
