"""The vocabulary in which a field's and a table's meaning is stated."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from caseload.model.relationship import Joined, Key, Relationship


class Kind(StrEnum):
    """What sort of fact a field holds, whatever its storage."""

    DATE = "date"
    TIME = "time"
    CODE = "code"
    IDENTIFIER = "identifier"
    NAME = "name"
    TEXT = "text"
    NUMBER = "number"
    FLAG = "flag"


class Representation(StrEnum):
    """How the fact is written down."""

    DATE = "date"  # DD/MM/YYYY
    DATE_INT = "dateint"  # CCYYMMDD
    DATETIME = "datetime"  # DD/MM/YYYY HH24:MI
    DATETIME_INT = "datetimeint"  # CCYYMMDDHHMM
    TIME = "time"  # HH:MM
    FLAG = "flag"  # Y or N
    INTEGER = "integer"
    DECIMAL = "decimal"
    CODE = "code"
    TEXT = "text"


DATES = frozenset(
    (
        Representation.DATE,
        Representation.DATE_INT,
        Representation.DATETIME,
        Representation.DATETIME_INT,
    )
)
WITH_TIME = frozenset((Representation.DATETIME, Representation.DATETIME_INT))


class FieldRole(StrEnum):
    """The part a field plays in its table."""

    FACT = ""
    KEY = "key"
    PARENT_KEY = "parent_key"
    SYSTEM = "system"
    TWIN = "twin"


@dataclass(frozen=True, slots=True)
class FieldMeaning:
    """What one field means.

    `concept` is an item of schemas/concepts.csv, or words joined by underscores where none
    fits (then `known` is False).  `entity` is what the fact is about.  `words` are the
    field's name in full words, class words included.  `twin_of` names the displayed twin of
    an internal-form field; `ordinal` is the number a repeated field ends in (0: none).
    """

    table: str
    field: str
    concept: str
    kind: Kind
    entity: str
    representation: Representation
    code_list: str = ""
    role: FieldRole = FieldRole.FACT
    twin_of: str = ""
    ordinal: int = 0
    known: bool = True
    confidence: float = 0.0
    words: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TableMeaning:
    """What the rows of one table are.

    `standing` is live, history, audit, archive or master; `live_table` names the table a
    history or audit twin belongs to.  `scores` are the best entities with 0..1.
    """

    table: str
    entity: str
    standing: str = "live"
    live_table: str = ""
    confidence: float = 0.0
    words: tuple[str, ...] = ()
    scores: tuple[tuple[str, float], ...] = ()


@dataclass(slots=True)
class CatalogMeaning:
    """The meaning of a whole catalog: tables, fields by (table, field), keys and links.

    `doubtful` are links that too little speaks for; `refused` those that a person rejected.
    `vectors` scores every concept of the lexicon (columns) for every field (rows, in the
    order of `fields`); None when the catalog is empty.
    """

    tables: dict[str, TableMeaning]
    fields: dict[tuple[str, str], FieldMeaning]
    keys: dict[str, Key] = field(default_factory=dict)
    relationships: list[Relationship] = field(default_factory=list)
    doubtful: list[Relationship] = field(default_factory=list)
    refused: frozenset[Joined] = frozenset()
    vectors: NDArray[np.float32] | None = None

    def of_table(self, table: str) -> list[FieldMeaning]:
        """The meanings of one table's fields, in the catalog's order."""
        return [m for (t, _), m in self.fields.items() if t == table]
