"""What the diagram's page says: counts, cardinalities, evidence, pills."""

from __future__ import annotations

from caseload.gui import words
from caseload.gui.components.pill import PillSpec
from caseload.model.catalog import Side
from caseload.model.erd import Density, Diagram, ErdTable, Part, Standing
from caseload.model.relationship import Cardinality, LinkKind, LinkState, RelationshipRow

DENSITIES = (
    (Density.NAMES.value, "Names"),
    (Density.KEYS.value, "Keys"),
    (Density.MAPPED.value, "Mapped"),
    (Density.COLUMNS.value, "All columns"),
)
WEAK_BELOW = 0.75
SIDES = {Side.SOURCE: "Source", Side.TARGET: "Target"}

_FROM_CHILD = {
    Cardinality.ONE_TO_ONE: "one to one",
    Cardinality.ONE_TO_MANY: "many to one",
    Cardinality.OPTIONAL_TO_ONE: "one to one, optional",
    Cardinality.OPTIONAL_TO_MANY: "many to one, optional",
}
_FROM_PARENT = {
    Cardinality.ONE_TO_ONE: "one to one",
    Cardinality.ONE_TO_MANY: "one to many",
    Cardinality.OPTIONAL_TO_ONE: "one to one, optional",
    Cardinality.OPTIONAL_TO_MANY: "one to many, optional",
}


def sub(diagram: Diagram, *, linked: bool) -> str:
    """417 tables in 17 domains, 1,507 relationships."""
    tables = words.plural(len(diagram.tables), "table")
    said = f"{tables} in {words.plural(len(diagram.domains), 'domain')}"
    links = words.plural(len(diagram.relationships), "relationship")
    return f"{said}, {links}" if linked else f"{said}, relationships are being found"


def cardinality(row: RelationshipRow, seen_from: str) -> str:
    """Many to one, as seen from one of both tables."""
    return (_FROM_CHILD if seen_from == row.child else _FROM_PARENT)[row.cardinality]


def other_end(row: RelationshipRow, table: str) -> str:
    """The table at the other end."""
    return row.parent if row.child == table else row.child


def by_words(row: RelationshipRow, table: str) -> str:
    """By PtIntNo, many to one."""
    return f"by {', '.join(row.child_fields)}, {cardinality(row, table)}"


def link_pill(row: RelationshipRow) -> PillSpec:
    """Confirmed, Declared, Drawn, Stated, Inferred 0.98 or Weak 0.41."""
    if row.state is LinkState.REJECTED:
        return PillSpec("Rejected", "error", "circle-x")
    if row.kind is LinkKind.DRAWN:
        return PillSpec("Drawn", "accent", "pen-line")
    if row.state is LinkState.CONFIRMED:
        return PillSpec("Confirmed", "ok", "circle-check")
    if row.kind is LinkKind.DECLARED:
        return PillSpec("Declared", "ok", "link")
    if row.kind is LinkKind.STATED:
        return PillSpec(f"Stated {row.confidence:.2f}", "ok", "book-open-text")
    if row.confidence < WEAK_BELOW:
        return PillSpec(f"Weak {row.confidence:.2f}", "warn", "triangle-alert")
    return PillSpec(f"Inferred {row.confidence:.2f}", "info", "sparkles")


def link_facts(row: RelationshipRow) -> list[tuple[str, str, str]]:
    """Name, words and tone ("" plain, "warn" where something speaks against it)."""
    to = f"{row.parent}.{', '.join(row.parent_fields)}"
    facts = [
        ("From", f"{row.child}.{', '.join(row.child_fields)}", ""),
        ("To", to, ""),
        ("Cardinality", cardinality(row, row.child), ""),
        ("Certainty", certainty(row), ""),
    ]
    if row.by:
        facts.append(("Decided by", row.by, ""))
    if row.why:
        facts.append(("Because", row.why, ""))
    return facts


def evidence_words(row: RelationshipRow) -> list[tuple[bool, str]]:
    """What speaks for a relationship and what against it, each in a sentence."""
    return [
        (e.passed, f"{e.name[:1].upper()}{e.name[1:]}: {e.note}" if e.note else e.name.capitalize())
        for e in row.evidence
    ]


def certainty(row: RelationshipRow) -> str:
    """Inferred 0.98; declared; confirmed."""
    if row.state is LinkState.CONFIRMED:
        return "drawn by hand" if row.kind is LinkKind.DRAWN else "confirmed"
    if row.kind is LinkKind.DECLARED:
        return "declared"
    return f"{row.kind.value} {row.confidence:.2f}"


def table_sub(diagram: Diagram, table: ErdTable) -> str:
    """Source, Admissions, 69 fields."""
    fields = words.plural(len(table.columns), "field")
    return f"{SIDES[diagram.side]}, {table.domain}, {fields}"


def counts(approved: int, decided: int, unused: int) -> str:
    """40 approved   17 decided   12 unused."""
    parts = ((approved, "approved"), (decided, "decided"), (unused, "unused"))
    return "    ".join(f"{words.number(count)} {name}" for count, name in parts)


def standing(value: Standing) -> str:
    """Approved, decided or unused."""
    return value.value


PART_ICONS = {Part.KEY: "key-round", Part.LINK: "link", Part.FACT: ""}
