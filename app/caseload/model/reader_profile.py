"""What a person said of a document's columns, kept for the next version of that document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

FROM_SHEET = "@sheet"
"""`Assignment.table`: every sheet is a table and gives it its name."""

FROM_TITLE = "@title"
"""`Assignment.table`: the line or heading above a grid names its table."""

NO_HEADER = 0
"""`Assignment.header_row` of a document whose first row is already a field."""


@dataclass(frozen=True, slots=True)
class Assignment:
    """Which column of a document plays which role.

    Attributes:
        roles: role (a value of `vocabulary.Role`) to its column: the header cell's text,
            compared without case and white space, or the column's index from 0.
        sheet: the sheet it holds for; empty for every grid that has the columns of `field` and
            (where one is named) `table`.  A grid that lacks one of the others is read without
            it; grids it does not hold for are read as if nothing had been said.
        header_row: number of the row that heads the columns, counted from 1 as the sheet or
            the text does (in a PDF: within the grid); `NO_HEADER` when no row does; None when
            it is the row that holds the texts of `roles`.
        table: where the table's name comes from when no column has it: `FROM_SHEET`,
            `FROM_TITLE`, or else the name itself; empty as the reader finds it.
        ignored: columns, as in `roles`, to which the reader must give no role.

    Roles not named are found among the other columns as they always are.
    """

    roles: Mapping[str, str | int] = field(default_factory=dict)
    sheet: str = ""
    header_row: int | None = None
    table: str = ""
    ignored: tuple[str | int, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """The assignment as JSON values; `assignment_from_dict` reads it again."""
        return {
            "roles": dict(self.roles),
            "sheet": self.sheet,
            "header_row": self.header_row,
            "table": self.table,
            "ignored": list(self.ignored),
        }


@dataclass(frozen=True, slots=True)
class ReaderProfile:
    """An assignment remembered: for documents of a kind whose columns are headed alike.

    Attributes:
        id: never changes.
        name: what people call it; the document's name at first.
        kind: what `readers.document.kind_of` says: xlsx, csv, docx, pdf and so on.
        headers: the header row's cells as the document has them; empty when it has none.
        document: the name of the document that it was made for.
        by, at: who said it and when (UTC, ISO).
    """

    id: str
    name: str
    kind: str
    assignment: Assignment
    headers: tuple[str, ...] = ()
    document: str = ""
    by: str = ""
    at: str = ""

    def as_dict(self) -> dict[str, Any]:
        """The profile as JSON values; `profile_from_dict` reads it again."""
        return {
            "id": self.id,
            "name": self.name,
            "kind": self.kind,
            "assignment": self.assignment.as_dict(),
            "headers": list(self.headers),
            "document": self.document,
            "by": self.by,
            "at": self.at,
        }


def assignment_from_dict(data: Mapping[str, Any]) -> Assignment:
    """The assignment that `Assignment.as_dict` described."""
    return Assignment(
        roles=dict(data.get("roles", {})),
        sheet=str(data.get("sheet", "")),
        header_row=data.get("header_row"),
        table=str(data.get("table", "")),
        ignored=tuple(data.get("ignored", ())),
    )


def profile_from_dict(data: Mapping[str, Any]) -> ReaderProfile:
    """The profile that `ReaderProfile.as_dict` described."""
    return ReaderProfile(
        id=str(data["id"]),
        name=str(data["name"]),
        kind=str(data["kind"]),
        assignment=assignment_from_dict(data.get("assignment", {})),
        headers=tuple(str(header) for header in data.get("headers", ())),
        document=str(data.get("document", "")),
        by=str(data.get("by", "")),
        at=str(data.get("at", "")),
    )
