"""What is known of one kind of thing: named facts, one array each, and links to other things.

Facts keep their own kind (a moment, a code, a reference …); how a field writes them down is
decided when a table is filled.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Bytes = NDArray[np.bytes_]
Mask = NDArray[np.bool_]
Values = NDArray[Any]

EMPTY = int(np.iinfo(np.int64).min)
DAY = 1440


class FactKind(StrEnum):
    """How a fact's values are held."""

    MOMENT = "moment"  # minutes since 1970-01-01
    INTEGER = "integer"
    HUNDREDTHS = "hundredths"
    FLAG = "flag"  # 1 yes, 0 no
    CODE = "code"  # place in a code list's meanings; `domain` names the list
    REFERENCE = "reference"  # row of another frame; `domain` names it
    TEXT = "text"  # UTF-8 bytes


@dataclass(frozen=True, slots=True)
class Fact:
    """The values of one fact, shape (rows,); EMPTY (b"" for text) where there is none."""

    kind: FactKind
    values: Values
    domain: str = ""

    def take(self, rows: Ints) -> Fact:
        """The fact for other rows; a row below 0 has none."""
        if not len(self.values):
            blank: Values = (
                np.full(len(rows), b"", "S1")
                if self.kind is FactKind.TEXT
                else np.full(len(rows), EMPTY, np.int64)
            )
            return Fact(self.kind, blank, self.domain)
        taken = self.values[np.maximum(rows, 0)]
        if len(rows) and rows.min() < 0:
            nothing = b"" if self.kind is FactKind.TEXT else EMPTY
            taken = np.where(rows < 0, np.array(nothing, dtype=taken.dtype), taken)
        return Fact(self.kind, taken, self.domain)

    def empty(self) -> Mask:
        """Where there is no value."""
        nothing: Any = b"" if self.kind is FactKind.TEXT else EMPTY
        found: Mask = self.values == nothing
        return found


@dataclass(slots=True)
class Frame:
    """Rows of one kind of thing.  `links` give for each row its row in another frame, or -1.

    `keys` are the concepts that identify a row.  The facts "start" and "end" say when a row
    happened, for facts that no one thought of.
    """

    name: str
    rows: int
    facts: dict[str, Fact] = field(default_factory=dict)
    links: dict[str, Ints] = field(default_factory=dict)
    keys: tuple[str, ...] = ()

    def moment(self, name: str, values: Ints) -> Ints:
        """Add a moment; returns it."""
        self.facts[name] = Fact(FactKind.MOMENT, values.astype(np.int64))
        return values

    def integer(self, name: str, values: Values) -> None:
        """Add a whole number."""
        self.facts[name] = Fact(FactKind.INTEGER, values.astype(np.int64))

    def hundredths(self, name: str, values: Values) -> None:
        """Add an amount in hundredths."""
        self.facts[name] = Fact(FactKind.HUNDREDTHS, values.astype(np.int64))

    def flag(self, name: str, values: Values) -> None:
        """Add a yes or no."""
        self.facts[name] = Fact(FactKind.FLAG, values.astype(np.int64))

    def code(self, name: str, code_list: str, values: Ints) -> Ints:
        """Add a code: places in the meanings of `code_list`; returns them."""
        self.facts[name] = Fact(FactKind.CODE, values.astype(np.int64), code_list)
        return values

    def refer(self, name: str, frame: str, values: Ints) -> Ints:
        """Add a reference to rows of `frame`; returns it."""
        held = np.where(values < 0, EMPTY, values).astype(np.int64)
        self.facts[name] = Fact(FactKind.REFERENCE, held, frame)
        return values

    def text(self, name: str, values: Values) -> None:
        """Add a text (UTF-8 bytes)."""
        self.facts[name] = Fact(FactKind.TEXT, values)

    def values(self, name: str) -> Values:
        """The raw values of a fact."""
        return self.facts[name].values

    def take_facts(self, rows: Ints) -> dict[str, Fact]:
        """All facts for other rows."""
        return {name: fact.take(rows) for name, fact in self.facts.items()}


def children(counts: Ints) -> tuple[Ints, Ints]:
    """Parent row and sequence (from 1) of every child; at least one child if any parent."""
    if len(counts) and counts.sum() == 0:
        counts = counts.copy()
        counts[0] = 1
    parent = np.repeat(np.arange(len(counts), dtype=np.int64), counts)
    first = np.cumsum(counts) - counts
    sequence = np.arange(len(parent), dtype=np.int64) - first[parent] + 1
    return parent, sequence


def where(mask: Mask, values: Values | int) -> Ints:
    """Values where `mask`, else EMPTY."""
    chosen: Ints = np.where(mask, values, EMPTY).astype(np.int64)
    return chosen


def format_numbers(pattern: str, numbers: Values) -> Bytes:
    """Numbers through a %-pattern such as "QV%06d", as bytes."""
    made: Bytes = np.char.mod(pattern, numbers).astype("S")
    return made if len(numbers) else np.empty(0, "S1")


def joined(*parts: Values | bytes) -> Bytes:
    """Byte strings joined row by row."""
    result: Values = np.asarray(parts[0])
    for part in parts[1:]:
        result = np.char.add(result, np.asarray(part))
    return result
