"""A document as it looks before anything is made of it, and what an assignment would make of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class GuessedRole:
    """The role that a column would be given; `confidence` is 0..1, `why` the reason in words."""

    column: int
    role: str
    confidence: float
    why: str


@dataclass(frozen=True, slots=True)
class GridRow:
    """One row of a grid; `number` counts from 1 as the sheet or the text does."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DocumentGrid:
    """A grid of a document, standing for all that have the same columns.

    Attributes:
        place: where it is, as a person says it: sheet Columns, page 12, table 3.
        sheet: its sheet; empty in a PDF.
        alike: how many further grids have the same columns; an assignment holds for them too.
        alike_places: where the first of them are.
        titles: the lines above it, nearest last.
        rows: the first rows, header included; `total_rows` there are.
        columns: how many columns the widest row has.
        header_row: the row that seems to head the columns; None when none does.
        guesses: what the columns seem to hold, surest first.
        missing: roles without which no field can be read and that no column seems to have.
        settled: whether the reader finds fields in it by itself.
    """

    place: str
    sheet: str
    page: int | None
    alike: int
    alike_places: tuple[str, ...]
    titles: tuple[str, ...]
    rows: tuple[GridRow, ...]
    total_rows: int
    columns: int
    header_row: int | None
    guesses: tuple[GuessedRole, ...]
    missing: tuple[str, ...]
    settled: bool = False

    def headers(self, row: int | None) -> tuple[str, ...]:
        """The cells of the row of that number, as many as there are columns; blank without one."""
        cells = next((r.cells for r in self.rows if r.number == row), ())
        texts = [" ".join(cell.split()) for cell in cells]
        return tuple(texts + [""] * (self.columns - len(texts)))


@dataclass(frozen=True, slots=True)
class DocumentPreview:
    """A document: `profile` is the id of the reader profile it would be read by, if any."""

    name: str
    kind: str
    grids: tuple[DocumentGrid, ...]
    profile: str = ""


@dataclass(frozen=True, slots=True)
class TriedField:
    """A field as an assignment would read it."""

    table: str
    field: str
    data_type: str
    length: str
    mandatory: bool
    description: str


@dataclass(frozen=True, slots=True)
class Trial:
    """What an assignment makes of a document.

    `problems` are the first of `unread` messages about rows that were not read as fields;
    `refused` says why nothing could be read, and is empty otherwise.
    """

    tables: int = 0
    fields: int = 0
    unread: int = 0
    problems: tuple[str, ...] = ()
    sample: tuple[TriedField, ...] = ()
    table_names: tuple[str, ...] = ()
    refused: str = ""


def preview_from_dict(data: Mapping[str, Any]) -> DocumentPreview:
    """The preview that these JSON values (`dataclasses.asdict`) describe."""
    return DocumentPreview(
        data["name"], data["kind"], tuple(map(_grid, data["grids"])), data["profile"]
    )


def trial_from_dict(data: Mapping[str, Any]) -> Trial:
    """The trial that these JSON values (`dataclasses.asdict`) describe."""
    return Trial(
        **{
            **data,
            "problems": tuple(data["problems"]),
            "table_names": tuple(data["table_names"]),
            "sample": tuple(TriedField(**one) for one in data["sample"]),
        }
    )


def _grid(data: Mapping[str, Any]) -> DocumentGrid:
    return DocumentGrid(
        **{
            **data,
            "alike_places": tuple(data["alike_places"]),
            "titles": tuple(data["titles"]),
            "rows": tuple(GridRow(row["number"], tuple(row["cells"])) for row in data["rows"]),
            "guesses": tuple(GuessedRole(**guess) for guess in data["guesses"]),
            "missing": tuple(data["missing"]),
        }
    )
