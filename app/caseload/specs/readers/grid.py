"""What every reader hands on: grids of text cells with the words that stood above them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from caseload.model.catalog import DocumentRead, Provenance, ReadProblem, TableSpec
from caseload.model.reader_profile import Assignment
from caseload.specs.readers.roles import Roles

Colour = tuple[int, int, int]
Tell = Callable[[float, str], None]
"""Receives the fraction done (0..1) and a few words; raises to stop the reading."""


@dataclass(slots=True)
class Row:
    """One row of a grid; a cell's lines, where the document wraps them, are parted by newlines.

    `shade` is the background of most of the row (PDF only), `pages` how many pages it was
    cut over, `ruled` whether lines parted its cells, `guessed` that no line parted it from its
    neighbours either, so that how cells stand had to tell them apart.
    """

    cells: list[str]
    place: Provenance
    shade: Colour | None = None
    pages: int = 1
    ruled: bool = True
    guessed: bool = False


@dataclass(slots=True)
class Grid:
    """A grid in document order.

    `heading` is the nearest line that the document itself marks as a heading, `titles` are the
    lines between the grid before and this one, nearest last, `sheet` the name of the sheet
    that holds it.  `wraps` says that cells are broken at their width, so that a newline is no
    part of the text; `edges` are the columns' borders in points.  A grid whose columns are
    `settled` has no header row, and all its rows are of `table` where that is not empty.
    """

    rows: list[Row]
    titles: list[str] = field(default_factory=list)
    sheet: str = ""
    heading: str = ""
    wraps: bool = False
    edges: tuple[float, ...] = ()
    settled: Roles | None = None
    table: str = ""
    described: str = ""


@dataclass(slots=True)
class Extracted:
    """What a reader found in a document before anything is made of it.

    `prose` is the narrative outside grids, line by line, with the page of each; `assignment`
    is what a person said of the columns, which counts before any guess.
    """

    grids: list[Grid]
    problems: list[ReadProblem] = field(default_factory=list)
    prose: list[tuple[int, str]] = field(default_factory=list)
    assignment: Assignment | None = None


@dataclass(slots=True)
class Reading:
    """One document, read: `descriptions` are of tables that it names without fields."""

    document: DocumentRead
    tables: list[TableSpec]
    problems: list[ReadProblem] = field(default_factory=list)
    descriptions: dict[str, str] = field(default_factory=dict)
