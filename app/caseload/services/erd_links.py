"""Which tables belong together, told in a moment: enough to place them, not to claim a link.

A diagram is placed before relationships are inferred, and stays as it is when a person confirms
or rejects one; so its places rest on what the documents say outright and on repeated names.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from caseload.model.catalog import Catalog, FieldSpec

_TWIN_ENDS = ("HISTORY", "HIST", "ARCHIVE", "ARC", "AUDIT", "AUD", "LOG")


@dataclass(frozen=True, slots=True)
class Tie:
    """`child` holds what begins `parent`; `weight` falls the more tables point there."""

    child: str
    parent: str
    weight: float


def ties(catalog: Catalog) -> list[Tie]:
    """Foreign keys that are stated, and fields called as another table's first field."""
    owners = _owners(catalog)
    pairs: dict[tuple[str, str], None] = {}
    for table in catalog.tables.values():
        for spec in table.fields:
            parent = spec.foreign_table or owners.get(_item(spec), "")
            if parent and parent != table.name and parent in catalog.tables:
                pairs[table.name, parent] = None
    many = Counter(parent for _, parent in pairs)
    return [Tie(child, parent, 1.0 / (1.0 + many[parent]) ** 0.5) for child, parent in pairs]


def _owners(catalog: Catalog) -> dict[str, str]:
    """Of each item that begins a table, the fullest such table that is not a copy of another."""
    begun: dict[str, list[str]] = defaultdict(list)
    for table in catalog.tables.values():
        if table.fields:
            begun[_item(table.fields[0])].append(table.name)
    found = {}
    for item, names in begun.items():
        originals = [n for n in names if not _is_twin(catalog, n)] or names
        found[item] = max(originals, key=lambda n: len(catalog.tables[n].fields))
    return found


def _is_twin(catalog: Catalog, name: str) -> bool:
    upper = name.upper()
    return any(
        upper.endswith(end) and upper[: -len(end)].rstrip("_") in catalog.tables
        for end in _TWIN_ENDS
    )


def _item(spec: FieldSpec) -> str:
    return spec.data_element or spec.field_name.casefold().replace("_", "")


def degrees(found: Sequence[Tie]) -> Counter[str]:
    """How many ties each table has."""
    count: Counter[str] = Counter()
    for tie in found:
        count[tie.child] += 1
        count[tie.parent] += 1
    return count
