"""What the diagram's page shows and asks, without a window."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from caseload.model.catalog import Side
from caseload.model.erd import WHOLE_SYSTEM, Box, Density, Diagram, Placement, StoredLayout
from caseload.model.relationship import RelationshipRow
from caseload.model.views import ChangeSet


@dataclass(frozen=True, slots=True)
class Loaded:
    """A side's diagram at its places, and the layouts that there are."""

    diagram: Diagram
    placement: Placement
    layouts: tuple[StoredLayout, ...]
    tables: Mapping[Side, int]


class ErdPresenter:
    """Which side, layout and density are shown, and about which table.

    `loader` and its like give calls for a worker thread, bound to what was asked at that moment.
    """

    def __init__(self, session: Any) -> None:
        self._session = session
        self.side = Side.SOURCE
        self.layout = WHOLE_SYSTEM
        self.density: Density | None = None
        self.focus = ""
        self.hops = 1
        self.text = ""
        self.linked = False
        self.loaded: Loaded | None = None

    @property
    def shown_density(self) -> Density:
        """What was chosen, else what suits the number of tables."""
        if self.density is not None:
            return self.density
        return self.loaded.placement.density if self.loaded else Density.NAMES

    @property
    def writable(self) -> bool:
        """False when the project is open for reading only."""
        return not self._session.read_only

    @property
    def diagram(self) -> Diagram | None:
        """The diagram, if one is loaded."""
        return self.loaded.diagram if self.loaded else None

    @property
    def other_side(self) -> Side:
        """The side that is not shown."""
        return Side.TARGET if self.side is Side.SOURCE else Side.SOURCE

    def choose_side(self, side: Side) -> None:
        """Show the other system."""
        if side is not self.side:
            self.side, self.layout, self.focus, self.linked = side, WHOLE_SYSTEM, "", False
            self.loaded = None

    # Asking

    def loader(self) -> Callable[[], Loaded]:
        """Read the diagram without relationships and its places."""
        return partial(_load, self._session, self.side, self.layout, self.density)

    def link_loader(self) -> Callable[[], Diagram]:
        """Read the diagram with its relationships."""
        return partial(_linked, self._session, self.side)

    def focus_loader(self) -> Callable[[], tuple[Diagram, Placement]]:
        """Arrange the diagram about the focus table."""
        return partial(_focused, self._session, self.side, self.focus, self.hops)

    # Searching

    def found(self) -> tuple[tuple[str, str], ...]:
        """Tables and fields with the words of the search: tables by name first, then fields."""
        words = self.text.casefold()
        if not words or self.diagram is None:
            return ()
        tables = [
            (not name.casefold().startswith(words), name)
            for name in self.diagram.tables
            if words in name.casefold()
        ]
        fields = [
            (not column.name.casefold().startswith(words), name, column.name)
            for name, table in self.diagram.tables.items()
            for column in table.columns
            if words in column.name.casefold()
        ]
        by_table = [(name, "") for _, name in sorted(tables)]
        return (*by_table, *((name, column) for _, name, column in sorted(fields)))

    # Changing

    def move(self, places: Mapping[str, tuple[float, float]]) -> Callable[[], ChangeSet]:
        """Keep tables at places of their own."""
        return partial(
            _move, self._session, self.side, self.layout, self.shown_density, dict(places)
        )

    def judge(self, link: str, verb: str) -> Callable[[], ChangeSet]:
        """Confirm or reject a relationship, or take that back."""
        return partial(_judge, self._session, link, verb)

    def draw(
        self, child: str, own: str, parent: str, other: str, cardinality: str
    ) -> Callable[[], ChangeSet]:
        """Draw a relationship."""
        return partial(_draw, self._session, self.side, (child, own), (parent, other), cardinality)

    def edit(self, verb: str, *values: Any) -> Callable[[], ChangeSet]:
        """Change layouts or domains: `verb` is a command of `services.erd_edits`."""
        return partial(_edit, self._session, verb, self.side, *values)

    def folder(self, folded: Sequence[str]) -> Callable[[], None]:
        """Remember which domains are folded."""
        return partial(_fold, self._session, self.side, self.layout, tuple(folded))

    def free_places(
        self, chosen: Sequence[str], boxes: Mapping[str, Box]
    ) -> dict[str, tuple[float, float]]:
        """Where dragged tables may stand: as they were dropped, but never on another."""
        from caseload.services.erd_layout import nearest_free

        taken = [box for name, box in boxes.items() if name not in chosen]
        places: dict[str, tuple[float, float]] = {}
        for name in chosen:
            places[name] = nearest_free(boxes[name], taken)
            taken.append(Box(*places[name], boxes[name].w, boxes[name].h))
        return places

    def link(self, name: str) -> RelationshipRow | None:
        """The relationship of that id."""
        rows = self.diagram.relationships if self.diagram else ()
        return next((row for row in rows if row.id == name), None)


def _load(session: Any, side: Side, layout: str, density: Density | None) -> Loaded:
    from caseload.services import erd, mapping_view

    shown = erd.diagram(session, side, linked=False)
    density = density or erd.usual_density(shown)
    return Loaded(
        shown,
        erd.placement(session, side, layout, density),
        erd.layouts(session, side),
        {each: len(mapping_view.catalog(session, each).tables) for each in Side},
    )


def _linked(session: Any, side: Side) -> Diagram:
    from caseload.services import erd

    return erd.diagram(session, side)


def _focused(session: Any, side: Side, table: str, hops: int) -> tuple[Diagram, Placement]:
    from caseload.services import erd
    from caseload.services.erd_focus import focused

    shown = erd.diagram(session, side)
    return shown, focused(shown, table, hops)


def _move(
    session: Any,
    side: Side,
    layout: str,
    density: Density,
    places: Mapping[str, tuple[float, float]],
) -> ChangeSet:
    from caseload.services import erd_edits

    return erd_edits.move_tables(session, side, layout, density, places)


def _judge(session: Any, link: str, verb: str) -> ChangeSet:
    from caseload.services import relationships

    change: Callable[[Any, list[str]], ChangeSet] = getattr(relationships, verb)
    return change(session, [link])


def _draw(
    session: Any, side: Side, child: tuple[str, str], parent: tuple[str, str], cardinality: str
) -> ChangeSet:
    from caseload.services import relationships

    ends = (child[0], [child[1]], parent[0], [parent[1]])
    return relationships.draw(session, side, *ends, cardinality)


def _edit(session: Any, verb: str, side: Side, *values: Any) -> ChangeSet:
    from caseload.services import erd_edits

    change: Callable[..., ChangeSet] = getattr(erd_edits, verb)
    return change(session, side, *values)


def _fold(session: Any, side: Side, layout: str, folded: tuple[str, ...]) -> None:
    from caseload.services import erd

    erd.fold(session, side, layout, folded)
