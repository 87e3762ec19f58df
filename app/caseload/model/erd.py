"""An entity-relationship diagram of one side: tables in domains, their links and their places.

Lengths are in diagram units: one is a pixel at 100 %.  Layout and window must agree on how large
a table is, so its measures stand here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from caseload.model.catalog import Side
from caseload.model.relationship import RelationshipRow

HEAD = 38.0
NAME_HEIGHT = 64.0
LANDMARK_HEIGHT = 96.0
ROW = 20.0
FOOT = 6.0
TABLE_WIDTH = 208.0
NAME_WIDTH = 168.0
GAP = 16.0
KEY_ROWS = 4
FOCUS_ROWS = 16
LANDMARKS = 2
REGION_PAD = 24.0
REGION_FOLDED = 150.0
WHOLE_SYSTEM = "Whole system"
"""The layout that every side has."""


class Density(StrEnum):
    """How much of a table its box has room for; `FOCUS` is the table in the middle of others."""

    NAMES = "names"
    KEYS = "keys"
    MAPPED = "mapped"
    COLUMNS = "columns"
    FOCUS = "focus"


class Part(StrEnum):
    """What a column is in its table."""

    KEY = "key"
    LINK = "link"
    FACT = ""


class Standing(StrEnum):
    """How far the contract is with a column."""

    APPROVED = "approved"
    DECIDED = "decided"
    UNUSED = "unused"


@dataclass(frozen=True, slots=True)
class ErdColumn:
    """A column as a table shows it; `form` is its type and length in short."""

    name: str
    form: str = ""
    part: Part = Part.FACT
    standing: Standing = Standing.UNUSED
    mandatory: bool = False

    @property
    def used(self) -> bool:
        """True when the contract uses or fills it."""
        return self.standing is not Standing.UNUSED


@dataclass(frozen=True, slots=True)
class ErdTable:
    """A table of the diagram, its columns in the document's order."""

    name: str
    domain: str
    columns: tuple[ErdColumn, ...]
    description: str = ""
    landmark: bool = False
    approved: int = 0
    decided: int = 0

    @property
    def unused(self) -> int:
        """Columns that the contract neither uses nor fills."""
        return len(self.columns) - self.approved - self.decided

    def keys(self) -> tuple[ErdColumn, ...]:
        """Key columns, then those that point at other tables."""
        own = tuple(c for c in self.columns if c.part is Part.KEY)
        return own + tuple(c for c in self.columns if c.part is Part.LINK)

    def shown(self, density: Density) -> tuple[ErdColumn, ...]:
        """The columns that its box has a row for; `KEYS` shows no more than four."""
        if density is Density.NAMES:
            return ()
        if density is Density.COLUMNS:
            return self.columns
        keys = self.keys()
        if density is Density.KEYS:
            room = KEY_ROWS if len(self.columns) <= KEY_ROWS else KEY_ROWS - 1
            return keys[:room]
        if density is Density.FOCUS:
            first = keys + tuple(c for c in self.columns if c.part is Part.FACT and c.used)
            rest = tuple(c for c in self.columns if c.part is Part.FACT and not c.used)
            return (first + rest)[:FOCUS_ROWS]
        own = tuple(c for c in keys if c.part is Part.KEY)
        return own + tuple(c for c in self.columns if c.part is not Part.KEY and c.used)

    def rows(self, density: Density) -> int:
        """Rows under its head: columns, and one that counts those left out."""
        shown = len(self.shown(density))
        if density is Density.NAMES or shown == len(self.columns):
            return shown
        return shown + 1

    def height(self, density: Density) -> float:
        """The height of its box."""
        if density is Density.NAMES:
            return LANDMARK_HEIGHT if self.landmark else NAME_HEIGHT
        return HEAD + self.rows(density) * ROW + FOOT

    def width(self, density: Density) -> float:
        """The width of its box: a landmark takes two places."""
        own = place_width(density)
        return 2 * own + GAP if self.landmark else own


def place_width(density: Density) -> float:
    """The width of the place of one table."""
    return NAME_WIDTH if density is Density.NAMES else TABLE_WIDTH


def region_head(density: Density) -> float:
    """The height of a region's title: legible when the whole system fits a window."""
    return {Density.NAMES: 92.0, Density.COLUMNS: 190.0}.get(density, 112.0)


def slot_height(table: ErdTable, density: Density) -> float:
    """The height of a table's place in a layout: equal where boxes are small, else its own."""
    if density is Density.KEYS:
        return HEAD + KEY_ROWS * ROW + FOOT
    return table.height(density)


@dataclass(frozen=True, slots=True)
class ErdDomain:
    """A part of the system: its name and its tables, landmarks first."""

    name: str
    tables: tuple[str, ...]
    fields: int = 0
    approved: int = 0
    decided: int = 0


@dataclass(frozen=True, slots=True)
class DomainLink:
    """How many relationships two domains have with one another."""

    one: str
    other: str
    count: int


@dataclass(frozen=True, slots=True)
class Diagram:
    """Everything that is shown of a side, without places."""

    side: Side
    tables: Mapping[str, ErdTable]
    domains: tuple[ErdDomain, ...]
    relationships: tuple[RelationshipRow, ...]
    domain_links: tuple[DomainLink, ...] = ()

    @property
    def fields(self) -> int:
        """How many columns all tables have together."""
        return sum(len(t.columns) for t in self.tables.values())

    def links_of(self, table: str) -> tuple[RelationshipRow, ...]:
        """The relationships at a table, the surest first."""
        found = [r for r in self.relationships if table in (r.child, r.parent)]
        return tuple(sorted(found, key=lambda r: (-r.confidence, r.parent, r.child, r.id)))

    def near(self, table: str, hops: int) -> dict[str, int]:
        """The tables within so many links of one, each with its distance."""
        beside: dict[str, list[str]] = {}
        for link in self.relationships:
            beside.setdefault(link.child, []).append(link.parent)
            beside.setdefault(link.parent, []).append(link.child)
        found, edge = {table: 0}, [table]
        for hop in range(1, hops + 1):
            edge = list(dict.fromkeys(o for t in edge for o in beside.get(t, ()) if o not in found))
            found.update(dict.fromkeys(edge, hop))
        return found


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle by its top left corner and size."""

    x: float
    y: float
    w: float
    h: float

    @property
    def right(self) -> float:
        """The right edge."""
        return self.x + self.w

    @property
    def bottom(self) -> float:
        """The lower edge."""
        return self.y + self.h

    def meets(self, other: Box, gap: float = 0.0) -> bool:
        """True when both share an area, or come nearer than `gap`."""
        return (
            self.x < other.right + gap
            and other.x < self.right + gap
            and self.y < other.bottom + gap
            and other.y < self.bottom + gap
        )

    def with_(self, other: Box) -> Box:
        """The rectangle around both."""
        x, y = min(self.x, other.x), min(self.y, other.y)
        return Box(x, y, max(self.right, other.right) - x, max(self.bottom, other.bottom) - y)


@dataclass(frozen=True, slots=True)
class PlacedTable:
    """A table's place: what of it is shown there at most, and whether it stands back."""

    box: Box
    density: Density
    dimmed: bool = False


@dataclass(frozen=True, slots=True)
class PlacedDomain:
    """A domain's region; `more` of its tables are not shown, none when it is folded.

    `head` is the height that its title has to itself.
    """

    name: str
    box: Box
    tables: tuple[str, ...]
    folded: bool = False
    more: int = 0
    head: float = 64.0


@dataclass(frozen=True, slots=True)
class Placement:
    """Where everything stands: tables by name, and their domains' regions.

    `focus` is the table that the diagram is arranged about, empty for the whole system.
    """

    density: Density
    tables: Mapping[str, PlacedTable]
    domains: tuple[PlacedDomain, ...]
    focus: str = ""

    @property
    def bounds(self) -> Box:
        """The rectangle around all regions."""
        boxes = [d.box for d in self.domains] + [t.box for t in self.tables.values()]
        if not boxes:
            return Box(0, 0, 0, 0)
        x, y = min(b.x for b in boxes), min(b.y for b in boxes)
        return Box(x, y, max(b.right for b in boxes) - x, max(b.bottom for b in boxes) - y)


@dataclass(frozen=True, slots=True)
class StoredLayout:
    """A layout as the project keeps it.

    `base` holds the top left corners that were computed, by density and table; `pins` those
    that a person chose; `folded` the domains that are shut.
    """

    side: Side
    name: str
    base: Mapping[str, Mapping[str, tuple[float, float]]] = field(default_factory=dict)
    pins: Mapping[str, Mapping[str, tuple[float, float]]] = field(default_factory=dict)
    folded: tuple[str, ...] = ()
    by: str = ""
    at: str = ""
