"""What the Schemas page and its commands show beside fields: problems, corrections, sheet rows."""

from __future__ import annotations

from dataclasses import dataclass

from caseload.model.catalog import ReadProblem, Side


@dataclass(frozen=True, slots=True)
class ProblemRow:
    """Something that could not be read or settled, and where it belongs.

    `key` names it in commands, `kind` is the group it is shown in; `table` and `field` are ""
    where it belongs to none that is known; `settled_by`, `settled_why` and `settled_at` are of
    whoever dismissed it.
    """

    key: str
    kind: str
    problem: ReadProblem
    table: str = ""
    field: str = ""
    settled_by: str = ""
    settled_why: str = ""
    settled_at: str = ""


@dataclass(frozen=True, slots=True)
class CorrectionRow:
    """A correction as it is listed: on what, which changes, whose, and how it stands.

    `changes` pairs a column with what was read and what it should be, in words.
    """

    table: str
    field: str
    changes: tuple[tuple[str, str, str], ...]
    standing: str
    by: str
    why: str
    at: str


@dataclass(frozen=True, slots=True)
class CorrectionEvent:
    """One thing done to a field: when (UTC, ISO), who, what in words, which columns, why."""

    at: str
    by: str
    what: str
    changed: str
    why: str


@dataclass(frozen=True, slots=True)
class SheetRows:
    """Rows of a sheet around a place, as the document has them.

    `rows` pairs each row's number with its cells; `header` is the number of the row that heads
    the columns, None where none does; `more` says that the sheet goes on below.
    """

    document: str
    sheet: str
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    header: int | None = None
    more: bool = False


@dataclass(frozen=True, slots=True)
class SpecDocument:
    """A document of a side: where it lies, who took it in when, and how it was read.

    `reader` is its kind, `profile` the reader profile in words; both "" while it was not read.
    """

    side: Side
    name: str
    sha256: str
    size: int
    stored_path: str
    added_by: str
    added_at: str
    reader: str = ""
    profile: str = ""


@dataclass(frozen=True, slots=True)
class IntakeGuess:
    """A document that is to be taken in: which side it seems to describe, and why.

    `replaces` names the document of the project that it is a new version of, or "".
    """

    path: str
    name: str
    size: int
    side: Side
    why: str
    replaces: str = ""
