"""What differs between two versions of a catalog, and what that does to people's decisions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from caseload.model.catalog import Check, DocumentRead, Side


class DiffKind(StrEnum):
    """One way in which a table or field can differ."""

    TABLE_ADDED = "table added"
    TABLE_REMOVED = "table removed"
    TABLE_RENAMED = "table renamed"
    FIELD_ADDED = "field added"
    FIELD_REMOVED = "field removed"
    FIELD_RENAMED = "field renamed"
    FIELD_MOVED = "field moved"
    TYPE = "type"
    LONGER = "longer"
    SHORTER = "shorter"
    LENGTH = "length"
    MANDATORY = "newly mandatory"
    OPTIONAL = "no longer mandatory"
    CONDITION = "condition"
    KEY = "key"
    UNIQUE = "unique"
    FOREIGN_KEY = "foreign key"
    FORMAT = "format"
    ALLOWED_VALUES = "allowed values"
    CODE_LIST = "code list"
    CASE = "case"
    DELETED = "deletion mark"
    RELEASE = "release"
    DATA_ELEMENT = "data element"
    DESCRIPTION = "description"
    ORDER = "order"
    LOAD_ORDER = "load order"


class Weight(StrEnum):
    """How much a difference can hurt what was decided before it."""

    BREAKING = "breaking"
    REVIEW = "review"
    EASING = "easing"
    MINOR = "minor"


_WEIGHTS: Mapping[DiffKind, Weight] = {
    DiffKind.TABLE_REMOVED: Weight.BREAKING,
    DiffKind.FIELD_REMOVED: Weight.BREAKING,
    DiffKind.TABLE_RENAMED: Weight.REVIEW,
    DiffKind.FIELD_RENAMED: Weight.REVIEW,
    DiffKind.FIELD_MOVED: Weight.REVIEW,
    DiffKind.TYPE: Weight.BREAKING,
    DiffKind.SHORTER: Weight.BREAKING,
    DiffKind.MANDATORY: Weight.BREAKING,
    DiffKind.LONGER: Weight.REVIEW,
    DiffKind.LENGTH: Weight.REVIEW,
    DiffKind.CONDITION: Weight.REVIEW,
    DiffKind.KEY: Weight.REVIEW,
    DiffKind.UNIQUE: Weight.REVIEW,
    DiffKind.FOREIGN_KEY: Weight.REVIEW,
    DiffKind.FORMAT: Weight.REVIEW,
    DiffKind.ALLOWED_VALUES: Weight.REVIEW,
    DiffKind.CODE_LIST: Weight.REVIEW,
    DiffKind.CASE: Weight.REVIEW,
    DiffKind.DELETED: Weight.REVIEW,
    DiffKind.LOAD_ORDER: Weight.REVIEW,
    DiffKind.OPTIONAL: Weight.EASING,
    DiffKind.TABLE_ADDED: Weight.REVIEW,
    DiffKind.FIELD_ADDED: Weight.REVIEW,
}


class RenameState(StrEnum):
    """What a person said of a rename; PROPOSED is the machine's word alone."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class FieldPlace:
    """A field, or with an empty `field` a table, by name."""

    table: str
    field: str = ""

    def words(self) -> str:
        """TABLE.Field, or TABLE."""
        return f"{self.table}.{self.field}" if self.field else self.table


@dataclass(frozen=True, slots=True)
class SchemaChange:
    """One difference.

    `table` and `field` name it as the newer version does, or the older one where the newer
    has it no more; `old` is its place in the older version, None where that has none.
    `was` and `now` are the differing values in words, "" where there is none; `gained` and
    `lost` are the values that a list of allowed values won and lost.
    """

    kind: DiffKind
    table: str
    field: str = ""
    was: str = ""
    now: str = ""
    old: FieldPlace | None = None
    gained: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()

    @property
    def weight(self) -> Weight:
        """How much it can hurt; what is not listed is minor."""
        return _WEIGHTS.get(self.kind, Weight.MINOR)

    @property
    def place(self) -> FieldPlace:
        """Where it is, by the newer name."""
        return FieldPlace(self.table, self.field)


@dataclass(frozen=True, slots=True)
class Rename:
    """One table or field under another name, or in another table.

    `confidence` is 0..1; `evidence` lists what speaks for it (passed) and against it.
    """

    side: Side
    old: FieldPlace
    new: FieldPlace
    confidence: float
    evidence: tuple[Check, ...] = ()
    state: RenameState = RenameState.PROPOSED
    why: str = ""
    by: str = ""
    at: str = ""

    @property
    def moved(self) -> bool:
        """True when a field went to a table that is not its own table's new name."""
        return bool(self.old.field) and self.old.field == self.new.field


@dataclass(frozen=True, slots=True)
class RenameDecision:
    """What a person said of an old name; `refused` are all the new names said not to be it."""

    rename: Rename
    refused: tuple[FieldPlace, ...] = ()


@dataclass(frozen=True, slots=True)
class SpecVersion:
    """One version of a side's specs: the catalog as it was read then, and from what.

    `number` counts from 1 a side; `id` is the record's; `taken_at` is an ISO text in UTC.
    `kept` is false for a version read from a file only to be compared.
    """

    id: int
    side: Side
    number: int
    label: str
    fingerprint: str
    documents: tuple[DocumentRead, ...]
    tables: int
    fields: int
    taken_by: str = ""
    taken_at: str = ""
    kept: bool = True


@dataclass(frozen=True, slots=True)
class SchemaComparison:
    """All differences from `old` to `new`, by the newer catalog's order.

    `renames` are those the differences speak of (FIELD_RENAMED, FIELD_MOVED, TABLE_RENAMED),
    surest first; what was refused stands in the differences as removed and added.
    """

    side: Side
    old: SpecVersion
    new: SpecVersion
    changes: tuple[SchemaChange, ...]
    renames: tuple[Rename, ...] = ()
    refused: tuple[Rename, ...] = ()

    def counts(self) -> dict[DiffKind, int]:
        """How many differences of each kind there are, in the kinds' order."""
        counted = Counter(change.kind for change in self.changes)
        return {kind: counted[kind] for kind in DiffKind if counted[kind]}


class Outcome(StrEnum):
    """What a new version does to a decision."""

    ORPHAN = "orphan"
    RE_REVIEW = "re-review"
    KEEP = "keep"


class Touched(StrEnum):
    """What kind of decision a new version touches."""

    MAPPING = "mapping"
    ROUTE = "route"
    CORRECTION = "correction"


@dataclass(frozen=True, slots=True)
class Impact:
    """What a comparison does to one decision, and why.

    `id` is the mapping rule's id, the route's TABLE@route, or the corrected TABLE.Field;
    `uses` are the fields of the compared side that it rests on, by the older names.
    """

    on: Touched
    id: str
    outcome: Outcome
    reasons: tuple[str, ...] = ()
    uses: tuple[FieldPlace, ...] = ()
    status: str = ""
    decided: bool = False
