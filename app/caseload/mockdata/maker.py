"""What every part of the cohort is made with: streams, code lists, dates and the usual facts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import numpy as np

from caseload.mockdata import lists
from caseload.mockdata.frames import (
    DAY,
    EMPTY,
    Bytes,
    Frame,
    Ints,
    Mask,
    Values,
    format_numbers,
    joined,
)
from caseload.mockdata.lists import CodeBook
from caseload.mockdata.streams import Streams

YEAR = 365 * DAY


@dataclass(slots=True)
class Maker:
    """The state of a cohort in the making.  `today` is as_of, in minutes since 1970."""

    streams: Streams
    codes: CodeBook
    as_of: date
    patients: int
    frames: dict[str, Frame] = field(default_factory=dict)

    @property
    def today(self) -> int:
        """as_of at midnight in minutes."""
        return (self.as_of - date(1970, 1, 1)).days * DAY

    def counts(self, name: str, rate: float, parents: int) -> Ints:
        """How many things of a kind each of `parents` has: more each while patients are few.

        A small world would else hold too few of each thing to show every code.
        """
        more = 1.0 + 30.0 / self.patients
        more = min(3.0 if parents == self.patients else 1.3, more)
        drawn: Ints = self.rng(name, "counts").poisson(rate * more, parents)
        return drawn

    def add(self, name: str, rows: int, keys: tuple[str, ...] = ()) -> Frame:
        """A new frame."""
        frame = self.frames[name] = Frame(name, rows, keys=keys)
        return frame

    def rng(self, *names: str) -> np.random.Generator:
        """The stream of that name."""
        return self.streams.rng(*names)

    def cover(self, frame: Frame, fact: str, code_list: str, mask: Mask | None = None) -> Ints:
        """Give a code fact that goes through its whole list; EMPTY outside `mask`."""
        rng = self.rng(frame.name, fact, "code")
        if mask is None:
            return frame.code(fact, code_list, self.codes.cover(rng, code_list, frame.rows))
        values = np.full(frame.rows, EMPTY, dtype=np.int64)
        values[mask] = self.codes.cover(rng, code_list, int(mask.sum()))
        return frame.code(fact, code_list, values)

    def among(
        self, frame: Frame, fact: str, code_list: str, meanings: list[int], mask: Mask
    ) -> Ints:
        """Codes of `mask` rows going round `meanings` (the whole list when there are none)."""
        known = self.codes.named(code_list)
        ring = np.array(meanings or range(len(known.targets)), dtype=np.int64)
        begin = int(self.rng(frame.name, fact, "ring").integers(len(ring)))
        held = frame.facts.get(fact)
        values = held.values if held else np.full(frame.rows, EMPTY, dtype=np.int64)
        count = int(mask.sum())
        values[mask] = ring[(begin + np.arange(count)) % len(ring)]
        return frame.code(fact, code_list, values)

    def pick(self, frame: Frame, fact: str, target: str, share: float = 1.0) -> Ints:
        """References to rows of another frame; `share` of them given."""
        rng = self.rng(frame.name, fact, "pick")
        chosen = rng.integers(0, max(1, self.frames[target].rows), frame.rows)
        if share < 1.0:
            chosen = np.where(rng.random(frame.rows) < share, chosen, -1)
        return frame.refer(fact, target, chosen)

    def flags(self, frame: Frame, *facts: str, share: float = 0.15) -> None:
        """Yes/no facts, yes for a `share` of rows."""
        for fact in facts:
            frame.flag(fact, self.rng(frame.name, fact).random(frame.rows) < share)

    def phrase(self, frame: Frame, fact: str, topic: str, share: float = 1.0) -> None:
        """A text fact from the phrases of a topic."""
        frame.text(
            fact, self.choose(lists.phrases(topic), frame.rows, frame.name, fact, share=share)
        )

    def choose(self, pool: Bytes, count: int, *names: str, share: float = 1.0) -> Bytes:
        """`count` texts out of a pool, `share` of them given."""
        rng = self.rng(*names)
        chosen = pool[rng.integers(0, len(pool), count)]
        return chosen if share >= 1.0 else np.where(rng.random(count) < share, chosen, b"")

    def between(
        self, low: Ints, high: Ints, *names: str, first: float = 0.0, last: float = 1.0
    ) -> Ints:
        """Moments in a part of each span low..high, at working hours' minutes."""
        share = first + (last - first) * self.rng(*names).random(len(low))
        span = np.maximum(high - low, 0)
        made: Ints = low + (span * share).astype(np.int64)
        return made

    def entered(self, frame: Frame, at: Ints) -> None:
        """The housekeeping facts of a row first entered at `at`."""
        later = self.rng(frame.name, "entered").integers(0, 40 * DAY, frame.rows)
        known = at != EMPTY
        begin = np.minimum(np.where(known, at, self.today - 400 * DAY), self.today - 1)
        entered = np.minimum(begin + later % 600, self.today - 1)
        updated = np.minimum(entered + later, self.today - 1)
        for fact in ("entered_at", "entered_date", "entered_time"):
            frame.moment(fact, entered)
        frame.moment("registration_date", entered)
        for fact in ("last_updated_at", "status_date", "audit_date", "validation_date"):
            frame.moment(fact, updated)
        for fact in ("entered_by", "last_updated_by", "registering_user", "user_id"):
            if fact not in frame.keys:
                self.pick(frame, fact, "user")
        self.phrase(frame, "notes", "note", share=0.7)

    def people(self, frame: Frame, female: Mask) -> None:
        """Surname, forenames and what follows from them."""
        count = frame.rows
        surnames = lists.column("surnames", "surname")
        number = self.rng(frame.name, "surname").integers(0, len(surnames), count)
        frame.text("surname", surnames[number])
        soundex = np.array([_soundex(s.decode()).encode() for s in surnames], dtype="S")
        frame.text("surname_soundex", soundex[number])
        for place, fact in enumerate(("first_forename", "second_forename", "third_forename")):
            girls = self.choose(
                lists.column("forenames", "forename", sex="F"), count, frame.name, fact
            )
            boys = self.choose(
                lists.column("forenames", "forename", sex="M"), count, frame.name, fact
            )
            given = np.where(female, girls, boys)
            if place:
                given = np.where(
                    self.rng(frame.name, fact, "has").random(count) < 0.5 / place, given, b""
                )
            frame.text(fact, given)
        first = frame.values("first_forename")
        frame.text("initials", first.astype("S1"))
        frame.text(
            "preferred_name", np.where(self.rng(frame.name, "pref").random(count) < 0.3, first, b"")
        )
        frame.text("full_name", joined(first, b" ", surnames[number]))
        frame.text("name", joined(first, b" ", surnames[number]))
        frame.text("email_address", _addresses(first, surnames[number], count))

    def premises(self, frame: Frame, prefix: str = "") -> None:
        """An address in one of the towns, with its postcode and telephones."""
        count = frame.rows
        rng = self.rng(frame.name, prefix, "address")
        place = rng.integers(0, self.frames["postcode"].rows, count)
        streets = lists.column("streets", "street")
        house = np.char.mod("%d ", rng.integers(1, 160, count)).astype("S")
        town = self.frames["postcode"].values("town")[place]
        county = self.frames["postcode"].values("county")[place]
        frame.text(
            prefix + "address_line_1", joined(house, streets[rng.integers(0, len(streets), count)])
        )
        frame.text(prefix + "address_line_2", town)
        frame.text(prefix + "address_line_3", county)
        frame.text(prefix + "address_line_4", np.full(count, b"", "S1"))
        if not prefix:
            frame.text("town", town)
            frame.text("county", county)
            frame.text("address_line_5", np.full(count, b"", "S1"))
        frame.refer(prefix + "postcode", "postcode", place)
        self.telephones(frame, prefix)

    def telephones(self, frame: Frame, prefix: str = "") -> None:
        """Numbers of the ranges kept for drama: 01632 960xxx and 07700 900xxx."""
        rng = self.rng(frame.name, prefix, "telephone")
        facts = ["home_telephone", "work_telephone", "mobile_telephone"]
        facts += [] if prefix else ["contact_telephone", "fax_number"]
        for fact in facts:
            pattern = "07700 900%03d" if fact.startswith("mobile") else "01632 960%03d"
            frame.text(prefix + fact, format_numbers(pattern, rng.integers(0, 1000, frame.rows)))


def spread(total: int, most: int, rng: np.random.Generator) -> Ints:
    """`total` different rows out of 0..most-1 in order (all of them when total is larger)."""
    if total >= most:
        return np.arange(most, dtype=np.int64)
    chosen: Ints = np.sort(rng.permutation(most)[:total]).astype(np.int64)
    return chosen


def _addresses(first: Values, surname: Values, count: int) -> Bytes:
    number = np.char.mod("%d", np.arange(1, count + 1)).astype("S")
    family: Bytes = np.char.lower(surname).astype("S")
    plain = np.char.replace(family, b"'", b"")
    initial = np.where(np.char.isalpha(first.astype("S1")), np.char.lower(first.astype("S1")), b"x")
    return joined(initial, b".", plain, number, b"@example.org")


def _soundex(name: str) -> str:
    """The four-character sound code of a surname."""
    groups = {"BFPV": "1", "CGJKQSXZ": "2", "DT": "3", "L": "4", "MN": "5", "R": "6"}
    letters = [c for c in name.upper() if c.isalpha()]
    digits = ["".join(d for g, d in groups.items() if c in g) for c in letters]
    kept = [d for place, d in enumerate(digits[1:], 1) if d and d != digits[place - 1]]
    return (letters[0] + "".join(kept) + "000")[:4]
