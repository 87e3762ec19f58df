"""A schema catalog: what a vendor's document says the tables and fields are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum


class Side(StrEnum):
    """Which of the two systems a catalog describes."""

    SOURCE = "source"
    TARGET = "target"


@dataclass(frozen=True, slots=True)
class Check:
    """One reason for a confidence: a check on what was read, passed or not."""

    name: str
    passed: bool
    note: str = ""


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where in which document something was read.

    `page` counts from 1 (PDF); `sheet` and `row` (from 1) for spreadsheets, CSV and docx
    tables; `box` is left, top, right, bottom in PDF points from the page's top left corner.
    """

    document: str = ""
    page: int | None = None
    sheet: str = ""
    row: int | None = None
    box: tuple[float, float, float, float] | None = None

    def words(self) -> str:
        """The place as a person would say it."""
        if self.page is not None:
            return f"{self.document}, page {self.page}"
        place = f"sheet {self.sheet}, " if self.sheet else ""
        return f"{self.document}, {place}row {self.row}" if self.row else self.document


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One field of one table, as read.

    `data_type` and `length` are as printed in capitals (VARCHAR2 / NUMBER / DATE; length
    "10" or "10,2" or ""); a source dictionary often has only a size, which is `length`.
    `format` is a date mask such as DD/MM/YYYY HH24:MI.  `code_type` is "12 Sex": number and
    name.  `loaded_to` is the new system's own column that the value ends in, where the document
    says so.  `key` marks a member of the table's primary key.  `confidence` is 0..1 from
    `checks`, two decimals.
    """

    table_name: str
    field_name: str
    position: int
    data_type: str = ""
    length: str = ""
    raw_field_name: str = ""
    description: str = ""
    mandatory: bool = False
    data_element: str = ""
    logical_delete_flag: str = ""
    released_at: str = ""
    format: str = ""
    allowed_values: tuple[str, ...] = ()
    code_type: str = ""
    foreign_table: str = ""
    foreign_field: str = ""
    key: bool = False
    unique: bool = False
    upper: bool = False
    condition: str = ""
    loaded_to: str = ""
    provenance: Provenance = Provenance()
    confidence: float = 1.0
    checks: tuple[Check, ...] = ()

    @property
    def size(self) -> int | None:
        """The first number of `length`: characters, or digits for a number."""
        head = self.length.split(",")[0].strip()
        return int(head) if head.isdecimal() and len(head) < 10 else None

    @property
    def scale(self) -> int:
        """Digits after the decimal point; 0 when none is given."""
        parts = self.length.split(",")
        return int(parts[1]) if len(parts) == 2 and parts[1].strip().isdecimal() else 0

    @property
    def qualified(self) -> str:
        """TABLE.Field."""
        return f"{self.table_name}.{self.field_name}"


@dataclass(frozen=True, slots=True)
class TableSpec:
    """One table: its fields in the document's order.  `load_order` counts from 1."""

    name: str
    fields: tuple[FieldSpec, ...]
    description: str = ""
    load_order: int | None = None
    provenance: Provenance = Provenance()

    def field_named(self, name: str) -> FieldSpec | None:
        """The field of that name, compared without case; None if there is none."""
        wanted = name.casefold()
        return next((f for f in self.fields if f.field_name.casefold() == wanted), None)


@dataclass(frozen=True, slots=True)
class ReadProblem:
    """Something in a document that could not be read, for a person to settle."""

    message: str
    provenance: Provenance = Provenance()


@dataclass(frozen=True, slots=True)
class DocumentRead:
    """A document that a catalog was read from; `sha256` is lower-case hex.

    `profile` says in words which reader profile gave its columns their roles, and whose.
    """

    name: str
    sha256: str
    reader: str
    profile: str = ""


@dataclass(slots=True)
class Catalog:
    """All tables of one side, in load or document order."""

    side: Side
    tables: dict[str, TableSpec] = field(default_factory=dict)
    documents: tuple[DocumentRead, ...] = ()
    problems: tuple[ReadProblem, ...] = ()

    def all_fields(self) -> Iterator[FieldSpec]:
        """Every field, table by table."""
        for table in self.tables.values():
            yield from table.fields

    def find(self, table: str, field_name: str) -> FieldSpec | None:
        """The field TABLE.Field, or None."""
        found = self.tables.get(table)
        return found.field_named(field_name) if found else None

    @property
    def field_count(self) -> int:
        """How many fields all tables have together."""
        return sum(len(t.fields) for t in self.tables.values())
