"""Holds a reading of a made guide against its truth, trait by trait and field by field."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from caseload.model.catalog import FieldSpec
from caseload.specs.readers.grid import Reading

from .guides_truth import Fact, Load

TRAITS = (
    "name",
    "type",
    "length",
    "mandatory",
    "format",
    "values",
    "case",
    "code type",
    "foreign key",
    "key",
    "condition",
    "description",
    "load order",
)


@dataclass
class Score:
    """Counts a trait: right, said and true; each field's confidence with whether all is right.

    `wrong` are sentences on what is not as it should be; `checks` the failed checks of each
    field beside its confidence.
    """

    right: Counter[str] = field(default_factory=Counter)
    said: Counter[str] = field(default_factory=Counter)
    true: Counter[str] = field(default_factory=Counter)
    fields: list[tuple[float, bool, tuple[str, ...]]] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def add(self, other: Score) -> None:
        """Count another score in."""
        self.right += other.right
        self.said += other.said
        self.true += other.true
        self.fields += other.fields
        self.wrong += other.wrong

    def precision(self, trait: str) -> float:
        """The share of what was said that is right."""
        return self.right[trait] / self.said[trait] if self.said[trait] else 1.0

    def recall(self, trait: str) -> float:
        """The share of what is true that was said."""
        return self.right[trait] / self.true[trait] if self.true[trait] else 1.0

    def one(self, trait: str, place: str, said: object, true: object) -> bool:
        """Count one trait of one thing; empty is nothing said."""
        self.said[trait] += bool(said)
        self.true[trait] += bool(true)
        self.right[trait] += bool(said) and said == true
        if said != true:
            self.wrong.append(f"{place} {trait}: {said!r} for {true!r}")
        return said == true


def score(reading: Reading, loads: Iterable[Load]) -> Score:
    """How a reading agrees with the truth."""
    out = Score()
    due = {(load.name, fact.name): fact for load in loads for fact in load.facts}
    found = {(t.name, spec.field_name): spec for t in reading.tables for spec in t.fields}
    for place, spec in found.items():
        if place in due:
            right = field_right(spec, due[place], out)
        else:
            out.said["name"] += 1
            out.wrong.append(f"{spec.qualified} is not there: {spec.raw_field_name!r}")
            right = False
        failed = tuple(sorted(check.name for check in spec.checks if not check.passed))
        out.fields.append((spec.confidence, right, failed))
    for place in due.keys() - found.keys():
        missed = due[place]
        out.wrong.append(f"{place[0]}.{place[1]} is missed")
        for trait, true in _truth(missed).items():
            out.true[trait] += bool(true)
    _tables(reading, list(loads), out)
    return out


def field_right(spec: FieldSpec, fact: Fact, out: Score) -> bool:
    """Count every trait of a field that is there; whether all are right."""
    said = {
        "name": spec.field_name,
        "type": spec.data_type,
        "length": spec.length,
        "mandatory": spec.mandatory,
        "format": spec.format,
        "values": spec.allowed_values,
        "case": spec.upper,
        "code type": spec.code_type.partition(" ")[0],
        "foreign key": (spec.foreign_table, spec.foreign_field) if spec.foreign_table else (),
        "key": spec.unique or spec.key,
        "condition": " ".join(spec.condition.rstrip(".").split()),
    }
    true = _truth(fact)
    verdicts = [out.one(trait, spec.qualified, said[trait], true[trait]) for trait in true]
    return all(verdicts)


def _truth(fact: Fact) -> dict[str, object]:
    return {
        "name": fact.name,
        "type": fact.data_type,
        "length": fact.length,
        "mandatory": fact.mandatory,
        "format": fact.format,
        "values": fact.values,
        "case": fact.upper,
        "code type": fact.code,
        "foreign key": fact.fk if fact.fk[0] else (),
        "key": fact.unique or fact.key,
        "condition": fact.condition,
    }


def _tables(reading: Reading, loads: list[Load], out: Score) -> None:
    found = {table.name: table for table in reading.tables}
    for load in loads:
        table = found.get(load.name)
        if table is None:
            out.true["description"] += 1
            out.true["load order"] += 1
            continue
        said, true = " ".join(table.description.split()), " ".join(load.about)
        fits = all(line in said for line in load.about) and len(said) <= len(true) + 40
        out.one("description", load.name, true if fits else said, true)
        out.one("load order", load.name, table.load_order, load.order)
