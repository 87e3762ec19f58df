"""What rows say about links: the values they share, the keys that are unique, the orphans.

The figures come from the layers above; here they become evidence, and move confidence and
cardinality.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from caseload.model.catalog import Catalog
from caseload.model.relationship import Cardinality, Evidence, LinkKind, Relationship
from caseload.specs.meaning.relationships_items import Items, singular
from caseload.specs.meaning.relationships_told import Candidate, Found
from caseload.specs.meaning.relationships_weights import Weights
from caseload.specs.meaning.types import DATES, CatalogMeaning, FieldRole, Kind

INCLUDED_FROM = 0.98
ENOUGH_VALUES = 20
"""Fewer distinct values may be a small code list, which any other list of codes includes."""

ENOUGH_ROWS = 50
_SHORTEST = 3
_UNTOLD = frozenset((Kind.FLAG, Kind.NAME, Kind.DATE, Kind.TIME))

Fields = tuple[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Measured:
    """Figures of one link: the child's rows, filled and distinct values, included ones, orphans.

    `parent_filled` and `parent_distinct` are equal where the parent's fields are unique;
    `sampled`: of a very long child table only some rows were looked at.
    """

    rows: int
    filled: int
    distinct: int
    included: int
    orphans: int
    parent_filled: int
    parent_distinct: int
    sampled: bool = False

    @property
    def share(self) -> float:
        """Included values over all distinct ones; 0 without any."""
        return self.included / self.distinct if self.distinct else 0.0

    @property
    def parent_unique(self) -> bool:
        """True when no value occurs twice among the parent's."""
        return 0 < self.parent_filled == self.parent_distinct

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> Measured:
        """From what `dataclasses.asdict` made, whatever else is there."""
        return cls(**{name: body[name] for name in cls.__slots__})


def with_measure(link: Relationship, figures: Measured) -> Relationship:
    """The link with what rows say for and against it."""
    if not figures.filled or not figures.parent_filled:
        empty = link.child if not figures.filled else link.parent
        note = f"{empty} holds no value to compare"
        return replace(link, evidence=(*link.evidence, Evidence("values included", False, note)))
    evidence, points = [], 0.0
    sample = " of a sample" if figures.sampled else ""
    included = figures.share >= INCLUDED_FROM
    note = f"{figures.share:.1%} of {figures.distinct:,} values{sample}"
    evidence.append(Evidence("values included", included, f"{note} are in {link.parent}"))
    weight = min(1.0, figures.distinct / ENOUGH_VALUES)
    if included:
        points += weight * (2.0 if figures.orphans == 0 else 1.2)
    elif figures.share < 0.8:
        points -= 2.0 + 3.0 * (0.8 - figures.share)
    unique = figures.parent_unique
    twice = figures.parent_filled - figures.parent_distinct
    told = "no value occurs twice" if unique else f"{twice:,} rows repeat a value"
    evidence.append(Evidence("parent unique", unique, f"{link.parent}: {told}"))
    points += 0.0 if unique else -2.5
    lost = f"{figures.orphans:,} of {figures.filled:,} rows{sample} without a parent"
    evidence.append(Evidence("orphans", figures.orphans == 0, lost))
    return replace(
        link,
        confidence=_moved(link, points),
        cardinality=_cardinality(link, figures),
        evidence=(*link.evidence, *evidence),
    )


def _moved(link: Relationship, points: float) -> float:
    if link.declared and points >= 0:
        return link.confidence
    sure = min(0.98, max(0.02, link.confidence))
    odds = math.log(sure / (1 - sure)) + points
    return round(min(0.99, 1 / (1 + math.exp(-odds))), 2)


def _cardinality(link: Relationship, figures: Measured) -> Cardinality:
    """The link's cardinality where enough rows were seen to know it better."""
    optional, single = link.cardinality.value.split(":")
    if figures.filled < figures.rows:
        optional = "0..1"
    elif figures.rows >= ENOUGH_ROWS:
        optional = "1"
    if figures.distinct < figures.filled:
        single = "n"
    elif figures.filled >= ENOUGH_ROWS and not figures.sampled:
        single = "1"
    return Cardinality(f"{optional}:{single}")


def seekers(catalog: Catalog, whole: CatalogMeaning) -> list[Fields]:
    """Fields that nothing names a parent of and that may yet hold another table's key."""
    linked = {(r.child, f) for r in whole.relationships for f in r.child_fields}
    found: list[Fields] = []
    for spec in catalog.all_fields():
        meaning = whole.fields[spec.table_name, spec.field_name]
        own = whole.keys.get(spec.table_name)
        if (spec.table_name, spec.field_name) in linked or spec.foreign_table:
            continue
        if own is not None and own.fields == (spec.field_name,):
            continue
        if meaning.kind in _UNTOLD or meaning.representation in DATES:
            continue
        if meaning.role is not FieldRole.FACT or (spec.size or _SHORTEST) < _SHORTEST:
            continue
        found.append((spec.table_name, (spec.field_name,)))
    return found


def likely(figures: Measured) -> bool:
    """Whether shared values can be more than chance: a unique parent has enough of them."""
    enough = figures.share >= INCLUDED_FROM and figures.distinct >= ENOUGH_VALUES
    return enough and figures.parent_unique


def from_data(
    catalog: Catalog, whole: CatalogMeaning, found: Iterable[tuple[Fields, Fields]]
) -> list[Relationship]:
    """Links that rows alone speak for, weighed as the others are, before their figures."""
    items = Items(catalog, whole)
    weights = Weights(items, whole.keys)
    links = []
    for (child, own), (parent, other) in found:
        said = f"its values are found in {parent}"
        candidate = Candidate(child, own, parent, other, LinkKind.INFERRED, Found.DATA, said)
        links.append(weights.weigh(candidate))
    return links


def speaks_of(whole: CatalogMeaning, child: Fields, parent: Fields) -> bool:
    """Whether a field's name has a word of the parent's name or key.

    Numbers lie within any longer count of numbers: for them the name must say so, too.
    """
    own = set(whole.fields[child[0], child[1][0]].words)
    of_table = {singular(word) for word in whole.tables[parent[0]].words}
    return bool(own & (of_table | set(whole.fields[parent[0], parent[1][0]].words)) - _ENDS)


_ENDS = frozenset(("number", "identifier", "code", "date", "time", "type", "master", "table"))
