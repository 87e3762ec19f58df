"""Values for what no one thought of: typed, fitting the size, and plausible by its words."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from caseload.mockdata import lists
from caseload.mockdata.frames import (
    DAY,
    EMPTY,
    Bytes,
    Fact,
    FactKind,
    Ints,
    Mask,
    format_numbers,
    joined,
)
from caseload.mockdata.lists import CodeBook
from caseload.mockdata.streams import Streams
from caseload.model.catalog import FieldSpec
from caseload.specs.meaning import FieldMeaning, Kind, Representation

FILLED = 0.85
_LATER = frozenset(["due", "next", "expected", "planned", "expiry", "target", "until", "review"])
_ENDS = frozenset(
    [
        "end",
        "close",
        "closed",
        "return",
        "finish",
        "stop",
        "complete",
        "to",
        "discharge",
        "resolved",
    ]
)
_SELDOM = {
    "cancel": ("cancelled", "cancellation", "cancel"),
    "death": ("death", "died", "deceased", "dead", "mortem", "coroner"),
    "merge": ("merge", "merged"),
    "delete": ("deleted", "delete"),
    "destroy": ("destroyed", "destroy"),
    "reject": ("reject", "rejected", "error", "breach"),
}
_TOPICS = (
    ("telephone", ("telephone", "phone", "mobile", "fax", "bleep", "extension")),
    ("reason", ("reason",)),
    ("note", ("note", "notes", "comment", "comments", "text", "remark", "remarks", "message")),
    ("drug", ("drug", "medication", "dose")),
    ("test", ("test", "investigation", "result", "specimen")),
    ("equipment", ("equipment", "device", "appliance")),
    (
        "organisation",
        ("organisation", "provider", "trust", "council", "agency", "home", "pharmacy"),
    ),
    ("building", ("building", "block")),
    ("place", ("town", "place", "destination", "city")),
    ("printer", ("printer", "queue")),
    ("terminal", ("terminal", "workstation", "device")),
    ("error", ("error",)),
)


@dataclass(frozen=True, slots=True)
class Row:
    """When the rows of a table happened, and whether they are over or their patient died."""

    start: Ints
    until: Ints
    ended: Mask
    died: Mask


class Generic:
    """Makes values from a field's meaning alone."""

    def __init__(self, streams: Streams, codes: CodeBook, today: int) -> None:
        self._streams = streams
        self._codes = codes
        self._today = today

    def fact(self, spec: FieldSpec, meaning: FieldMeaning, count: int, rows: Row) -> Fact:
        """A fact of the field's own kind; twins get the same."""
        name = meaning.twin_of or spec.field_name
        rng = self._streams.rng("generic", spec.table_name, name)
        made = self._made(spec, meaning, count, rows, rng)
        keep = self.kept(spec, meaning, count, rows)
        nothing: object = b"" if made.kind is FactKind.TEXT else EMPTY
        values = np.where(keep, made.values, np.array(nothing, dtype=made.values.dtype))
        return Fact(made.kind, values, made.domain)

    def full(self, spec: FieldSpec, meaning: FieldMeaning, count: int, rows: Row) -> Fact:
        """The same with a value in every row."""
        rng = self._streams.rng("generic", spec.table_name, meaning.twin_of or spec.field_name)
        return self._made(spec, meaning, count, rows, rng)

    def kept(
        self,
        spec: FieldSpec,
        meaning: FieldMeaning,
        count: int,
        rows: Row,
        *,
        parent: bool = False,
    ) -> Mask:
        """Which rows have a value, telling from the field's words; a parent is always named."""
        words = set(meaning.words)
        every = np.ones(count, dtype=bool)
        for group, marks in _SELDOM.items():
            if not words.isdisjoint(marks):
                if group == "death":
                    return rows.died
                return self._streams.rng("seldom", spec.table_name, group).random(count) < 0.1
        if meaning.kind in (Kind.DATE, Kind.TIME) and _ENDS & words and not _LATER & words:
            return rows.ended
        if (
            parent
            or meaning.kind is Kind.CODE
            or (meaning.known and meaning.kind in (Kind.IDENTIFIER, Kind.DATE))
        ):
            return every
        name = meaning.twin_of or spec.field_name
        return self._streams.rng("kept", spec.table_name, name).random(count) < FILLED

    def _made(
        self,
        spec: FieldSpec,
        meaning: FieldMeaning,
        count: int,
        rows: Row,
        rng: np.random.Generator,
    ) -> Fact:
        form, words = meaning.representation, set(meaning.words)
        dated = form in (
            Representation.DATE,
            Representation.DATE_INT,
            Representation.DATETIME,
            Representation.DATETIME_INT,
        )
        if dated or meaning.kind is Kind.DATE:
            return Fact(FactKind.MOMENT, self._date(words, rows, rng))
        if form is Representation.TIME or meaning.kind is Kind.TIME:
            return Fact(FactKind.MOMENT, rows.start // DAY * DAY + rng.integers(480, 1080, count))
        if form is Representation.FLAG:
            return Fact(FactKind.FLAG, (rng.random(count) < 0.25).astype(np.int64))
        held = self._codes.get(meaning.code_list) if meaning.code_list else None
        if held is not None:
            begin = Streams.number(spec.table_name, spec.field_name)
            place = held.meaning_of[(begin + np.arange(count)) % len(held.sources)]
            return Fact(FactKind.CODE, place, held.name)
        size = spec.size or 10
        if form is Representation.DECIMAL:
            most = 10 ** max(1, min(6, size - 1 - max(2, spec.scale)))
            return Fact(FactKind.HUNDREDTHS, rng.integers(0, most * 100, count))
        if form is Representation.INTEGER:
            return Fact(
                FactKind.INTEGER, rng.integers(0, min(10**size, 40) if size < 10 else 40, count)
            )
        return Fact(FactKind.TEXT, self._text(spec, meaning, count, rng))

    def _date(self, words: set[str], rows: Row, rng: np.random.Generator) -> Ints:
        count = len(rows.start)
        share = rng.random(count)
        reach = np.minimum(rows.until, rows.start + 60 * DAY) - rows.start
        if "birth" in words:
            return self._today - rng.integers(18 * 365, 70 * 365, count) * DAY
        if _LATER & words:
            return rows.start + rng.integers(14, 90, count) * DAY
        part = 0.5 + 0.5 * share if _ENDS & words else 0.5 * share
        made: Ints = rows.start + (np.maximum(reach, 0) * part).astype(np.int64)
        return made

    def _text(
        self, spec: FieldSpec, meaning: FieldMeaning, count: int, rng: np.random.Generator
    ) -> Bytes:
        size = spec.size or 20
        words = set(meaning.words)
        said = spec.allowed_values or told_codes(spec.description, size)
        if said:
            pool = np.array([v.encode() for v in said], dtype="S")
            return pool[(int(rng.integers(len(pool))) + np.arange(count)) % len(pool)]
        if meaning.representation is Representation.CODE or size <= 4:
            return invented_codes(meaning.concept, size)[rng.integers(0, 6, count)]
        if "email" in words and size >= 20:
            return joined(
                b"user", np.char.mod("%d", rng.integers(1, 999, count)).astype("S"), b"@example.org"
            )
        for topic, marks in _TOPICS:
            if not words.isdisjoint(marks) and size >= 10:
                if topic == "telephone":
                    return format_numbers("01632 960%03d", rng.integers(0, 1000, count))
                pool = lists.phrases(topic)
                return pool[rng.integers(0, len(pool), count)]
        if meaning.kind is Kind.NAME or words & {"name", "surname", "forename"}:
            return _names(count, rng, size)
        if meaning.kind is Kind.TEXT and size >= 25:
            pool = lists.phrases("description")
            return pool[rng.integers(0, len(pool), count)]
        letters = "".join(w[:1] for w in meaning.words[:2] if w.isalpha()).upper() or "X"
        digits = min(8, size - len(letters))
        if digits < 1:
            return invented_codes(meaning.concept, size)[rng.integers(0, 6, count)]
        if (
            meaning.kind is Kind.IDENTIFIER
            and not spec.data_type.startswith("VARCHAR")
            and size <= 9
        ):
            letters, digits = "", min(8, size)
        top = 10**digits
        return format_numbers(
            f"{letters}%0{digits}d", (rng.integers(top) + np.arange(count) * 7) % top
        )


def _names(count: int, rng: np.random.Generator, size: int) -> Bytes:
    surnames, fore = lists.column("surnames", "surname"), lists.column("forenames", "forename")
    family = surnames[rng.integers(0, len(surnames), count)]
    given = fore[rng.integers(0, len(fore), count)]
    return family if size < 25 else joined(given, b" ", family)


def invented_codes(concept: str, size: int) -> Bytes:
    """Six codes for a concept: the same wherever it occurs, cut to the size."""
    number = Streams.number("codes", concept)
    if size == 1:
        return np.array([chr(65 + (number + i) % 26).encode() for i in range(6)], dtype="S")
    if size == 2:
        return np.array([b"%02d" % ((number + i) % 90 + 1) for i in range(6)], dtype="S")
    letters = "".join(word[:1] for word in concept.split("_")).upper()[:2] or "X"
    digits = min(size - len(letters), 3)
    return np.array([f"{letters}{i + 1:0{digits}d}".encode() for i in range(6)], dtype="S")


_PAIRS = re.compile(r"\b([A-Z0-9]{1,4})\s*=\s*[A-Za-z]")
_SLASHED = re.compile(r"^[A-Z0-9]{1,3}(?:/[A-Z0-9]{1,3})+$")
_LISTED = re.compile(r"^((?:[A-Z0-9]{1,4}, ?)+)?([A-Z0-9]{1,4}) or ([A-Z0-9]{1,4})$")
_WORDED = re.compile(r"(?:^|, )([A-Z0-9]{1,2}) [a-z]")


def told_codes(description: str, size: int) -> tuple[str, ...]:
    """The codes that a field's own description names: "F=fit U=unfit", "D/N", "I in, O out"."""
    text = description.strip()
    found: list[str] = _PAIRS.findall(text)
    if len(found) < 2 and _SLASHED.match(text):
        found = text.split("/")
    if len(found) < 2 and (match := _LISTED.match(text)):
        found = [v.strip() for v in (match[1] or "").split(",") if v.strip()] + [match[2], match[3]]
    if len(found) < 2:
        found = _WORDED.findall(text)
    return tuple(v for v in dict.fromkeys(found) if len(v) <= size) if len(found) >= 2 else ()
