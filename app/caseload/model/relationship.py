"""Keys and links between tables: declared, stated, inferred or drawn, with their evidence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from caseload.model.catalog import Catalog, Side


class LinkKind(StrEnum):
    """Where a link comes from."""

    DECLARED = "declared"  # a foreign key column or constraint of the document
    STATED = "stated"  # the prose of a description
    INFERRED = "inferred"  # names, types, code lists or data
    DRAWN = "drawn"  # a person


class LinkState(StrEnum):
    """What a person has said about a link."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"


class Cardinality(StrEnum):
    """How many parents a child row has, and how many child rows a parent row.

    "0..1:n" is an optional link: a child has one parent or none, a parent any number of children.
    """

    ONE_TO_ONE = "1:1"
    ONE_TO_MANY = "1:n"
    OPTIONAL_TO_ONE = "0..1:1"
    OPTIONAL_TO_MANY = "0..1:n"


@dataclass(frozen=True, slots=True)
class Key:
    """A table's primary key: its fields in order."""

    table: str
    fields: tuple[str, ...]
    confidence: float = 1.0
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing that speaks for a link (`passed`) or against it, with figures in `note`."""

    name: str
    passed: bool
    note: str = ""


Joined = tuple[str, frozenset[tuple[str, str]], str]
"""What a link joins, whatever the order of its fields: child, pairs of fields, parent."""


def joined(
    child: str, child_fields: tuple[str, ...], parent: str, parent_fields: tuple[str, ...]
) -> Joined:
    """What a link joins; fields beyond the shorter list are left out."""
    return child, frozenset(zip(child_fields, parent_fields, strict=False)), parent


@dataclass(frozen=True, slots=True)
class Relationship:
    """`child_fields` of `child` point at `parent_fields` of `parent`, pair by pair.

    `declared`: it holds, as a document, its prose or a person says so; the others are inferred.
    """

    child: str
    child_fields: tuple[str, ...]
    parent: str
    parent_fields: tuple[str, ...]
    confidence: float = 1.0
    declared: bool = False
    kind: LinkKind = LinkKind.INFERRED
    cardinality: Cardinality = Cardinality.OPTIONAL_TO_MANY
    evidence: tuple[Evidence, ...] = ()

    @property
    def at(self) -> Joined:
        """What it joins."""
        return joined(self.child, self.child_fields, self.parent, self.parent_fields)


@dataclass(frozen=True, slots=True)
class LinkDecision:
    """What a person said about a link between tables; `state` is a LinkState or drawn.

    `id` is `link_id` of the rest; `cardinality` is empty where only the link was judged.
    """

    id: str
    side: Side
    child: str
    child_fields: tuple[str, ...]
    parent: str
    parent_fields: tuple[str, ...]
    state: str
    cardinality: str = ""
    why: str = ""
    by: str = ""
    at_utc: str = ""

    @property
    def at(self) -> Joined:
        """What the link joins."""
        return joined(self.child, self.child_fields, self.parent, self.parent_fields)


@dataclass(frozen=True, slots=True)
class RelationshipRow:
    """A link as the doors show it, with what a person said about it.

    `id` is the same as long as the fields are (see `link_id`); `confidence` is 0..1; `by`,
    `at` (ISO 8601, UTC) and `why` are of the person's decision, empty without one.
    """

    id: str
    side: Side
    child: str
    child_fields: tuple[str, ...]
    parent: str
    parent_fields: tuple[str, ...]
    cardinality: Cardinality
    kind: LinkKind
    state: LinkState
    confidence: float
    evidence: tuple[Evidence, ...] = ()
    by: str = ""
    at: str = ""
    why: str = ""

    @property
    def joins(self) -> Joined:
        """What the link joins, whatever the order of its fields."""
        return joined(self.child, self.child_fields, self.parent, self.parent_fields)


def link_id(
    side: Side,
    child: str,
    child_fields: tuple[str, ...],
    parent: str,
    parent_fields: tuple[str, ...],
) -> str:
    """A link's name: "source:OPA.ClinicCode>CLINIC.ClinicCode"; several fields with + between."""
    ends = (
        f"{_plain(table)}.{'+'.join(_plain(name) for name in fields)}"
        for table, fields in ((child, child_fields), (parent, parent_fields))
    )
    return f"{side.value}:{'>'.join(ends)}"


def _plain(name: str) -> str:
    """A name without the characters that part a link's name."""
    for character in "%+>.":
        name = name.replace(character, f"%{ord(character):02X}")
    return name


def told(decisions: Iterable[LinkDecision]) -> list[dict[str, Any]]:
    """Decisions as JSON for a stage: what holds, without who said so when and why."""
    return [
        {
            "side": d.side.value,
            "child": d.child,
            "child_fields": list(d.child_fields),
            "parent": d.parent,
            "parent_fields": list(d.parent_fields),
            "state": d.state,
            "cardinality": d.cardinality,
        }
        for d in decisions
    ]


def heard(values: Iterable[Mapping[str, Any]], side: Side) -> tuple[LinkDecision, ...]:
    """The decisions about one side of what `told` wrote."""
    found = []
    for value in values:
        if value["side"] == side.value:
            own, other = tuple(value["child_fields"]), tuple(value["parent_fields"])
            ends = (value["child"], own, value["parent"], other)
            name = link_id(side, *ends)
            found.append(LinkDecision(name, side, *ends, value["state"], value["cardinality"]))
    return tuple(found)


def ruled(catalog: Catalog, decisions: Iterable[LinkDecision]) -> Catalog:
    """The catalog with foreign keys as people decided: refused ones gone, drawn ones there.

    Only links of one field stand in a catalog; an existing other foreign key is left.
    """
    told = {(d.child, d.child_fields[0]): d for d in decisions if len(d.child_fields) == 1}
    if not told:
        return catalog
    tables = dict(catalog.tables)
    for (name, field), decision in told.items():
        table = tables.get(name)
        spec = table.field_named(field) if table else None
        if table is None or spec is None:
            continue
        same = spec.foreign_table == decision.parent
        if decision.state == LinkState.REJECTED and same:
            new = replace(spec, foreign_table="", foreign_field="")
        elif decision.state != LinkState.REJECTED and (same or not spec.foreign_table):
            field = decision.parent_fields[0]
            new = replace(spec, foreign_table=decision.parent, foreign_field=field)
        else:
            continue
        fields = tuple(new if f is spec else f for f in table.fields)
        tables[name] = replace(table, fields=fields)
    return replace(catalog, tables=tables)
