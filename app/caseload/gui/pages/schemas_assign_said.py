"""What was said of one grid, and the tags that its columns wear."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from caseload.gui.pages.schemas_assign_words import name_of
from caseload.model.document_preview import DocumentGrid, DocumentPreview
from caseload.model.reader_profile import FROM_SHEET, FROM_TITLE
from caseload.specs.readers.vocabulary import Role

COLUMN, SHEET, TITLE, ONE = "column", "sheet", "title", "one"
"""Where a table's name can come from."""


@dataclass(slots=True)
class Tag:
    """The role of a column: said by a person, or (`guessed`) what the reader would take it for."""

    role: str
    guessed: bool
    confidence: float = 1.0
    why: str = ""

    @property
    def words(self) -> str:
        """The role's name, with a question mark while it is a guess."""
        return f"{name_of(self.role)}?" if self.guessed else name_of(self.role)


@dataclass(slots=True)
class GridSaid:
    """What was said of one grid."""

    grid: DocumentGrid
    roles: dict[int, str] = field(default_factory=dict)
    refused: set[int] = field(default_factory=set)
    source: str = COLUMN
    one_name: str = ""
    touched: bool = False

    def begin(self, roles: Mapping[int, str], refused: Iterable[int], table: str) -> None:
        """Begin with what was said earlier; `table` is as in an `Assignment`."""
        self.roles, self.refused, self.touched = dict(roles), set(refused), True
        if Role.TABLE in self.roles.values():
            self.source = COLUMN
        elif table:
            self.source = {FROM_SHEET: SHEET, FROM_TITLE: TITLE}.get(table, ONE)
            self.one_name = table if self.source == ONE else ""

    @property
    def left_alone(self) -> bool:
        """Whether the reader finds its fields by itself and nobody said otherwise."""
        return self.grid.settled and not self.touched


def likely_source(grid: DocumentGrid, preview: DocumentPreview) -> str:
    """Where the table's name most likely comes from."""
    if any(guess.role == Role.TABLE for guess in grid.guesses):
        return COLUMN
    if grid.page is not None or (not grid.sheet and grid.titles):
        return TITLE
    if grid.sheet and grid.alike:
        return SHEET
    return TITLE if grid.titles and preview.kind == "docx" else COLUMN


def letter(column: int) -> str:
    """A column's letter, as spreadsheets have it."""
    from caseload.services.reader_roles import letter as of

    return of(column)


def listed(missing: tuple[str, ...]) -> str:
    """What is missing, as the object of one sentence."""
    lead = "which column holds "
    if len(missing) > 1 and all(one.startswith(lead) for one in missing):
        return "which columns hold " + " and ".join(one.removeprefix(lead) for one in missing)
    return " and ".join(missing)
