"""What a person has said of a document's columns so far, without a window."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from caseload.gui import words
from caseload.gui.pages import schemas_assign_work as work
from caseload.gui.pages.schemas_assign_said import (
    COLUMN,
    ONE,
    SHEET,
    TITLE,
    GridSaid,
    Tag,
    letter,
    likely_source,
    listed,
)
from caseload.gui.pages.schemas_assign_words import GROUPS
from caseload.gui.pages.schemas_assign_work import Seen
from caseload.model.document_preview import DocumentGrid, DocumentPreview, GuessedRole, Trial
from caseload.model.reader_profile import (
    FROM_SHEET,
    FROM_TITLE,
    NO_HEADER,
    Assignment,
    ReaderProfile,
)
from caseload.specs.readers.profile_match import in_words
from caseload.specs.readers.vocabulary import Role

if TYPE_CHECKING:
    from caseload.model.errors import BadInput
    from caseload.model.progress import CancelToken, Progress
    from caseload.model.views import ChangeSet

SHEETS = "Sheets"


class AssignPresenter:
    """State and words of the assignment step of one document."""

    def __init__(self, session: Any) -> None:
        self._session = session
        self.document = ""
        self.preview: DocumentPreview | None = None
        self._grids: list[GridSaid] = []
        self._at = 0
        self.found: tuple[str, ...] = ()
        self.profile: ReaderProfile | None = None

    @property
    def writable(self) -> bool:
        """Whether what is said can be kept."""
        return not self._session.read_only

    # The document

    def take(
        self, document: str, preview: DocumentPreview, profile: ReaderProfile | None = None
    ) -> None:
        """Begin with a document as it was found, and with what was said of it before."""
        self.document, self.preview, self.profile = document, preview, None
        self._grids = [
            GridSaid(grid, source=likely_source(grid, preview)) for grid in preview.grids
        ]
        self._at = 0
        self.found = ()
        if profile is not None and self._grids:
            self._take_profile(profile, preview)

    def _take_profile(self, profile: ReaderProfile, preview: DocumentPreview) -> None:
        from caseload.services import reader_roles, readers

        placed = reader_roles.placed(profile.assignment, preview)
        if placed is None:
            return
        self.profile = profile
        self._at = next(i for i, one in enumerate(self._grids) if one.grid is placed.grid)
        if placed.header_row != self.grid.header_row:
            self._one.grid = readers.under(self.grid, placed.header_row)
        self._one.begin(placed.roles, placed.ignored, profile.assignment.table)

    @property
    def empty(self) -> bool:
        """Whether the document has no columns at all."""
        return not self._grids

    @property
    def grids(self) -> tuple[DocumentGrid, ...]:
        """The grids, the likeliest first."""
        return tuple(one.grid for one in self._grids)

    @property
    def at(self) -> int:
        """The index of the grid on show."""
        return self._at

    def choose_grid(self, index: int) -> None:
        """Show another grid."""
        self._at = index

    @property
    def grid(self) -> DocumentGrid:
        """The grid on show."""
        return self._grids[self._at].grid

    @property
    def _one(self) -> GridSaid:
        return self._grids[self._at]

    def places_title(self) -> str:
        """What the grids are called together."""
        if all(grid.page is not None for grid in self.grids):
            return "Pages with columns"
        return SHEETS if all(grid.sheet for grid in self.grids) else "Tables"

    def sub(self, side: str) -> str:
        """The words beside the title: which document, and where in it when there is one place."""
        said = f"{PurePath(self.document).name}, {side} document"
        if len(self._grids) != 1:
            return said
        place = "" if self.grid.place == "all rows" else f"{self.grid.place}, "
        return f"{said}: {place}{self.about(self.grid)}"

    def place(self, grid: DocumentGrid) -> str:
        """Where a grid is: Columns (among sheets), Page 12, Table 3."""
        if grid.sheet and self.places_title() == SHEETS:
            return grid.sheet
        return f"{grid.place[:1].upper()}{grid.place[1:]}"

    def about(self, grid: DocumentGrid) -> str:
        """Its size, and how many are like it."""
        size = f"{words.plural(grid.total_rows, 'row')}, {words.plural(grid.columns, 'column')}"
        return f"{size}, {words.number(grid.alike)} more alike" if grid.alike else size

    # Roles

    def tag(self, column: int) -> Tag | None:
        """The role of a column, said or guessed; None where there is none."""
        one = self._one
        if column in one.roles:
            return Tag(one.roles[column], guessed=False)
        guess = self.guess(column)
        if guess is None or column in one.refused or guess.role in one.roles.values():
            return None
        if guess.role == Role.TABLE and one.source != COLUMN:
            return None
        return Tag(guess.role, guessed=True, confidence=guess.confidence, why=guess.why)

    def guess(self, column: int) -> GuessedRole | None:
        """What the reader would take a column for."""
        return next((g for g in self.grid.guesses if g.column == column), None)

    def refused(self, column: int) -> bool:
        """Whether a person said that the column has no role."""
        return column in self._one.refused

    def give(self, column: int, role: str) -> None:
        """Give a column a role; the column that had it has none then."""
        one = self._one
        one.touched = True
        one.roles = {c: r for c, r in one.roles.items() if r != role}
        one.roles[column] = role
        one.refused.discard(column)
        if role == Role.TABLE:
            one.source = COLUMN

    def take_guess(self, column: int) -> bool:
        """Say that a guess is right; whether there was one."""
        tag = self.tag(column)
        if tag is None or not tag.guessed:
            return False
        self.give(column, tag.role)
        return True

    def refuse(self, column: int) -> None:
        """Say that a column has no role."""
        self._one.touched = True
        self._one.roles.pop(column, None)
        self._one.refused.add(column)

    def likeliest_role(self, column: int) -> str:
        """The role that a person most likely wants to give: its own, or the first that is open."""
        tag = self.tag(column)
        if tag is not None:
            return tag.role
        taken = self.in_effect().values()
        every = (words.role for group in GROUPS for words in group)
        open_ = (r for r in every if r not in taken and (r != Role.TABLE or self.source == COLUMN))
        return next(open_, Role.FIELD)

    def column_name(self, column: int) -> str:
        """A column as it is spoken of: B, Frotz."""
        header = self.grid.headers(self.grid.header_row)[column]
        return f"{letter(column)}, {header}" if header else letter(column)

    def explanation(self, column: int) -> str:
        """Why a column has the role it has, or what to do about it."""
        tag = self.tag(column)
        if tag is None:
            if column in self._one.refused:
                return "You said that nothing is read from it."
            return "It has no role, so nothing is read from it."
        if not tag.guessed:
            return "You said so."
        sure = words.percent(tag.confidence, 0)
        return f"A guess, {sure} sure: {tag.why}. Enter takes it, Delete refuses it."

    # Header row and table names

    @property
    def header_row(self) -> int | None:
        """The number of the row that heads the columns."""
        return self.grid.header_row

    def take_grid(self, grid: DocumentGrid) -> None:
        """The grid on show, guessed anew under another header row; what was said stays."""
        self._one.touched = True
        self._one.grid = replace(grid, settled=self._one.grid.settled)

    @property
    def source(self) -> str:
        """Where the table's name comes from: one of COLUMN, SHEET, TITLE, ONE."""
        return self._one.source

    @property
    def one_name(self) -> str:
        """The name of the only table."""
        return self._one.one_name

    def name_tables_by(self, source: str, one_name: str = "") -> None:
        """Say where the table's name comes from."""
        one = self._one
        one.touched = True
        one.source, one.one_name = source, " ".join(one_name.split())
        if source != COLUMN:
            one.roles = {c: r for c, r in one.roles.items() if r != Role.TABLE}

    def sources(self) -> tuple[tuple[str, str], ...]:
        """The places a table's name can come from in this document."""
        grid = self.grid
        found = [(COLUMN, "A column")]
        if grid.sheet and grid.page is None:
            csv = self.preview is not None and self.preview.kind == "csv"
            found.append((SHEET, "File name" if csv else "Sheet name"))
        if grid.titles or grid.page is not None or not grid.sheet:
            found.append((TITLE, "Title above"))
        return (*found, (ONE, "One name for all"))

    def source_example(self) -> str:
        """What the name of the first table would be; empty where a column says it."""
        grid = self.grid
        if self.source not in (SHEET, TITLE):
            return ""
        name = self.found[0] if self.found else grid.sheet
        return f"such as {name}" if name else ""

    # What it comes to

    @property
    def ready(self) -> bool:
        """Whether there is something to try on the document."""
        return not self.empty and (self._one.left_alone or not self.missing())

    def in_effect(self) -> dict[int, str]:
        """Every column's role, said or guessed; of two guesses for one role the surer."""
        roles: dict[int, str] = {}
        for column in range(self.grid.columns):
            tag = self.tag(column)
            if tag is not None and tag.role not in roles.values():
                roles[column] = tag.role
        return roles

    def missing(self) -> tuple[str, ...]:
        """What must still be said, as sentences' objects; empty when it can be read."""
        roles = self.in_effect().values()
        found = []
        if self.source == COLUMN and Role.TABLE not in roles:
            found.append("which column holds the table names")
        if self.source == ONE and not self.one_name:
            found.append("what the table is called")
        if Role.FIELD not in roles:
            found.append("which column holds the field names")
        return tuple(found)

    def prompt(self) -> tuple[str, str, str]:
        """Kind, lead and words of the line above the grid."""
        missing = self.missing()
        if self.left_alone:
            said = "Change a column only where it is not right; what is dashed was told by itself."
            return "info", "The document is read so by itself.", said
        if missing:
            return (
                "warn",
                f"Say {listed(missing)}.",
                "Choose a column and press Enter, or click its tag.",
            )
        guesses = sum(1 for c in range(self.grid.columns) if (t := self.tag(c)) and t.guessed)
        them = "it" if guesses == 1 else "them"
        dashed = f"What is dashed is read as shown unless you refuse {them}."
        if self.profile is not None:
            said = dashed if guesses else "Change what is not right."
            return "ok", f"Read with {in_words(self.profile)}.", said
        if guesses:
            return "info", "All that is needed is there.", dashed
        return "ok", "All that is needed is there.", "The result is at the right."

    @property
    def left_alone(self) -> bool:
        """Whether the document is read without anything that was said here."""
        return not self.empty and self._one.left_alone

    def assignment(self) -> Assignment | None:
        """What was said, with columns as indexes; None while something is missing.

        Where the reader finds fields by itself, only what was said goes along, and where the
        names stand; else every guess that was not refused does too.
        """
        if self.empty or self.missing() or self._one.left_alone:
            return None
        one = self._one
        table = {COLUMN: "", SHEET: FROM_SHEET, TITLE: FROM_TITLE, ONE: one.one_name}[one.source]
        guessed = {guess.column for guess in one.grid.guesses}
        roles = self.in_effect()
        if one.grid.settled:
            names = (Role.TABLE, Role.FIELD)
            roles = {c: r for c, r in roles.items() if c in one.roles or r in names}
        return Assignment(
            roles={role: column for column, role in roles.items()},
            header_row=NO_HEADER if one.grid.header_row is None else one.grid.header_row,
            table=table,
            ignored=tuple(sorted((one.refused & guessed) - set(roles))),
        )

    def result_words(self, trial: Trial) -> tuple[str, str, str]:
        """Kind, lead and words of the result."""
        if trial.refused or not trial.fields:
            return "error", "Nothing can be read so", trial.refused or "No row gives a field."
        unread = self._columns_left_out()
        if trial.unread:
            lead = f"{words.plural(trial.unread, 'problem')} in reading"
            return "warn", lead, unread
        return "ok", "Every row was read", unread

    def _columns_left_out(self) -> str:
        """The columns that hold something and have no role."""
        roles = self.in_effect()
        body = [row.cells for row in self.grid.rows if row.number > (self.header_row or 0)]
        left = [
            self.column_name(column)
            for column in range(self.grid.columns)
            if column not in roles
            and not self.refused(column)
            and any(column < len(cells) and cells[column] for cells in body)
        ]
        if not left:
            return ""
        named = "; ".join(left[:4]) + (f" and {len(left) - 4} more" if len(left) > 4 else "")
        return f"Without a role, and so not read: {named}."

    def blocked(self, trial: Trial | None, *, counting: bool) -> str:
        """Why it cannot be saved; empty when it can."""
        if not self.writable:
            return "The project is open for reading only."
        missing = self.missing()
        if missing and not self.left_alone:
            return f"Say {listed(missing)} first."
        if self.left_alone:
            return "The document is read so by itself; there is nothing to save."
        if counting or trial is None:
            return "Trying it on the document."
        return "" if trial.fields else "With these columns nothing can be read."

    # Work, for another thread

    def looker(self, document: str) -> Callable[[Progress, CancelToken], Seen | BadInput]:
        """Look at a document, and at what was said of it before."""
        return partial(work.look, self._session, document)

    def trier(self, cancel: CancelToken) -> Callable[[], tuple[CancelToken, Trial]]:
        """Try what was said on the document; answers with the token that it was tried under."""
        said, preview = self.assignment(), self.preview
        assert preview is not None  # noqa: S101
        return partial(work.attempt, self._session, self.document, said, preview, self.grid, cancel)

    def header_taker(self, row: int | None) -> Callable[[], DocumentGrid]:
        """Guess the columns anew, another row heading them."""
        return partial(work.under, self.grid, row)

    def forgetter(self) -> Callable[[], ChangeSet]:
        """Forget what was said of the document before."""
        assert self.profile is not None  # noqa: S101 - forgotten only when there is one
        return partial(work.forget, self._session, self.profile)

    def save(self) -> Callable[[], ChangeSet]:
        """Keep what was said as a reader profile."""
        said, preview = self.assignment(), self.preview
        assert said is not None  # noqa: S101 - saved only when it is
        assert preview is not None  # noqa: S101
        return partial(work.save, self._session, self.document, said, preview, self.grid)
