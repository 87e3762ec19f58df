"""The pack in memory: what the description says, without any layout."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

SOURCE_TYPES = frozenset(
    {
        "text",
        "int",
        "num",
        "date",
        "dateint",
        "datetime",
        "datetimeint",
        "time",
        "flag",
        "code",
        "free",
    }
)
MAPPING_CLASSES = (
    "DIRECT_SOURCE",
    "LOOKUP_TRANSLATION",
    "DERIVED",
    "SURROGATE_ETL",
    "REFERENCE_MASTER_FEED",
    "OUT_OF_SCOPE",
)
MASTER_FEEDS: dict[str, tuple[str, ...]] = {
    "MASTER_STAFF": (
        "StaffCode",
        "Surname",
        "Forename",
        "Title",
        "StaffType",
        "NationalCode",
        "SpecCode",
        "StartDate",
        "EndDate",
        "Email",
        "JobTitle",
        "Active",
    ),
    "MASTER_USERS": (
        "UserId",
        "StaffCode",
        "Surname",
        "Forename",
        "RoleCode",
        "Email",
        "StartDate",
        "EndDate",
        "Active",
    ),
    "MASTER_SITES": (
        "SiteCode",
        "SiteName",
        "OdsCode",
        "AddressLine1",
        "AddressLine2",
        "Town",
        "County",
        "Postcode",
        "Phone",
        "SiteType",
        "OpenDate",
        "CloseDate",
    ),
    "MASTER_PRACTICES": (
        "PracticeCode",
        "PracticeName",
        "AddressLine1",
        "AddressLine2",
        "Town",
        "County",
        "Postcode",
        "Phone",
        "OpenDate",
        "CloseDate",
        "CommissionerCode",
    ),
}


class Ref(NamedTuple):
    """A field of a table, written TABLE.Field in the description."""

    table: str
    field: str

    def __str__(self) -> str:
        return f"{self.table}.{self.field}"


@dataclass
class SourceField:
    """One column of the source system; ``type`` and ``concept`` are truths not printed."""

    table: str
    name: str
    size: int
    element: str
    description: str
    where: str
    type: str = ""
    concept: str = ""
    key: bool = False
    foreign: list[Ref] = field(default_factory=list)
    code: str = ""
    deleted: bool = False
    release: str = ""


@dataclass
class SourceTable:
    """One source table with its fields in printed order."""

    name: str
    purpose: str
    entity: str
    family: str
    where: str
    fields: list[SourceField] = field(default_factory=list)

    def get(self, name: str) -> SourceField | None:
        """The field called *name*, or None."""
        return next((one for one in self.fields if one.name == name), None)


@dataclass
class CodeRow:
    """One target code, with every source code that means it."""

    sources: list[str]
    target: str
    description: str


@dataclass
class CodeType:
    """A numbered code type of the target and its crosswalk from the source."""

    number: int
    name: str
    title: str
    standard: str
    where: str
    rows: list[CodeRow] = field(default_factory=list)


@dataclass
class Mapping:
    """Where a target field's value truly comes from."""

    kind: str
    sources: list[Ref] = field(default_factory=list)
    alternatives: list[Ref] = field(default_factory=list)
    crosswalk: str = ""
    expression: str = ""
    notes: list[str] = field(default_factory=list)


@dataclass
class TargetField:
    """One column of a load table; the traits become prose in the guide."""

    table: str
    name: str
    data_type: str
    length: str
    presence: str
    comment: str
    where: str
    mapping: Mapping
    unique: bool = False
    upper: bool = False
    foreign: Ref | None = None
    code: int | None = None
    format: str = ""
    values: list[str] = field(default_factory=list)
    condition: str = ""

    @property
    def mandatory(self) -> bool:
        """Whether every row must hold a value (a grey row of the guide)."""
        return self.presence == "M"


@dataclass
class TargetTable:
    """One load table of the guide."""

    name: str
    purpose: str
    loading: str
    creates: str
    base: str
    entity: str
    chapter: str
    where: str
    fields: list[TargetField] = field(default_factory=list)

    def get(self, name: str) -> TargetField | None:
        """The field called *name*, or None."""
        return next((one for one in self.fields if one.name == name), None)


@dataclass
class Chapter:
    """A chapter of the guide: narrative, then its load tables."""

    title: str
    order: float
    where: str
    prose: list[str] = field(default_factory=list)
    tables: list[TargetTable] = field(default_factory=list)


@dataclass
class Pack:
    """Everything the description says."""

    source: list[SourceTable] = field(default_factory=list)
    codes: list[CodeType] = field(default_factory=list)
    chapters: list[Chapter] = field(default_factory=list)

    @property
    def target(self) -> list[TargetTable]:
        """The load tables in the order of the guide."""
        return [table for chapter in self.chapters for table in chapter.tables]
