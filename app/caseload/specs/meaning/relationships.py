"""Primary and foreign keys of a catalog: declared, or inferred with their evidence.

A key begins a table: its first field, and as long as that only repeats another table's key,
the identifiers and sequence numbers that follow.  A link is the same data item (data element
code, or the same words) as the key of the table that owns the item.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace

from caseload.model.catalog import Catalog, FieldSpec, TableSpec
from caseload.model.relationship import Key, Relationship
from caseload.specs.meaning.concepts import context_words
from caseload.specs.meaning.lexicon import shipped_lexicon
from caseload.specs.meaning.names import CLASS_WORDS
from caseload.specs.meaning.types import (
    DATES,
    CatalogMeaning,
    FieldMeaning,
    FieldRole,
    Kind,
    Representation,
    TableMeaning,
)

_SEQUENCE_WORDS = frozenset(("sequence", "line", "order", "slot"))
_MOST_KEY_FIELDS = 5


@dataclass(slots=True)
class _Item:
    """A data item (element code or words) and the fields that hold it."""

    name: str
    fields: list[tuple[str, str, int]]


def relate(
    catalog: Catalog,
    whole: CatalogMeaning,
    uniqueness: Mapping[tuple[str, tuple[str, ...]], float] | None = None,
    inclusion: Mapping[tuple[str, str, str, str], float] | None = None,
) -> None:
    """Fill `whole.keys`, `whole.relationships` and the key roles of its fields.

    `uniqueness` gives the measured share of distinct rows of (table, fields); `inclusion`
    the share of child values found in the parent, by (child, field, parent, field).  A
    measured contradiction (below 0.95 and 0.8) takes a guess back.
    """
    finder = _Finder(catalog, whole)
    homes = finder.homes()
    for name, table in catalog.tables.items():
        key = finder.key_of(table, homes)
        if key is None:
            continue
        measured = (uniqueness or {}).get((name, key.fields))
        if measured is not None and measured < 0.95:
            key = replace(key, confidence=0.2, evidence=f"{key.evidence}; not unique in the data")
        whole.keys[name] = key
    links = finder.declared() + finder.single_links(homes) + finder.composite_links()
    whole.relationships = _best(links, inclusion or {})
    _set_roles(whole)


class _Finder:
    def __init__(self, catalog: Catalog, whole: CatalogMeaning) -> None:
        self.catalog = catalog
        self.whole = whole
        self.item_of: dict[tuple[str, str], str] = {}
        self.items: dict[str, _Item] = {}
        self._leads: Counter[tuple[str, ...]] = Counter()
        for table in catalog.tables.values():
            for spec in table.fields:
                name = self._item_name(spec)
                if name:
                    self.item_of[table.name, spec.field_name] = name
                    item = self.items.setdefault(name, _Item(name, []))
                    item.fields.append((table.name, spec.field_name, spec.position))

    def meaning(self, table: str, field: str) -> FieldMeaning:
        return self.whole.fields[table, field]

    def _item_name(self, spec: FieldSpec) -> str:
        meaning = self.whole.fields[spec.table_name, spec.field_name]
        if spec.data_element:
            return spec.data_element
        if meaning.kind is Kind.IDENTIFIER and meaning.known and meaning.role is FieldRole.FACT:
            return f"concept:{meaning.concept}"
        return ""

    def homes(self) -> dict[str, tuple[str, str]]:
        """Of each item that is a table's own key, that table and field."""
        found: dict[str, tuple[float, str, str]] = {}
        for item in self.items.values():
            for table, field, position in item.fields:
                score = self._home_score(item, table, field, position)
                if score > 3.0 and score > found.get(item.name, (0.0, "", ""))[0]:
                    found[item.name] = (score, table, field)
        return {name: (table, field) for name, (_, table, field) in found.items()}

    def _home_score(self, item: _Item, table: str, field: str, position: int) -> float:
        meaning = self.meaning(table, field)
        if position != 1 or meaning.representation in DATES or meaning.kind is Kind.FLAG:
            return 0.0
        spec = self.catalog.tables[table]
        of_table = self.whole.tables[table]
        telling = {w for w in meaning.words if w not in CLASS_WORDS}
        score = 3.0
        if of_table.standing in ("history", "audit", "archive"):
            score -= 3.0
        if of_table.standing == "master":
            score += 1.0
        if telling & set(of_table.words):
            score += 1.0
        if meaning.entity == of_table.entity and of_table.entity != "other":
            score += 1.0
        score += 0.5 * len(telling & set(of_table.words)) / max(1, len(of_table.words))
        score += 0.6 * math.log(1 + len(spec.fields))
        following = spec.fields[1] if len(spec.fields) > 1 else None
        if following is not None and self._is_own_sequence(following, spec):
            score -= 2.0
        if following is not None:
            second = self.meaning(table, following.field_name)
            other = self.item_of.get((table, following.field_name), "")
            if second.kind is Kind.NAME and other != item.name:
                score += 0.7
        return score

    def _is_own_sequence(self, spec: FieldSpec, table: TableSpec) -> bool:
        meaning = self.meaning(table.name, spec.field_name)
        words = set(meaning.words)
        if words & _SEQUENCE_WORDS or meaning.concept.endswith("sequence"):
            return True
        item = self.items.get(self.item_of.get((table.name, spec.field_name), ""))
        rare = item is None or len({t for t, _, _ in item.fields}) <= 3
        return rare and bool(words & {"number"}) and (spec.size or 9) <= 4

    def key_of(self, table: TableSpec, homes: dict[str, tuple[str, str]]) -> Key | None:
        """The table's primary key as far as it can be told."""
        declared = tuple(f.field_name for f in table.fields if f.unique)
        if declared:
            return Key(table.name, declared[:1], 1.0, "stated to be unique")
        if not table.fields:
            return None
        first = table.fields[0]
        item = self.item_of.get((table.name, first.field_name), "")
        home = homes.get(item)
        if home is not None and home[0] == table.name:
            return Key(
                table.name, (first.field_name,), 0.9, "first field, and this table's own item"
            )
        shared = item and len({t for t, _, _ in self.items[item].fields}) > 1
        if not shared and not self._looks_like_part(first, table):
            return Key(table.name, (first.field_name,), 0.6, "first field")
        return self._composite_key(table, homes)

    def _composite_key(self, table: TableSpec, homes: dict[str, tuple[str, str]]) -> Key:
        """The first field with the parents' numbers that follow, up to the table's own number."""
        chosen = [table.fields[0].field_name]
        for spec in table.fields[1:_MOST_KEY_FIELDS]:
            if self._is_own_sequence(spec, table):
                chosen.append(spec.field_name)
                if self._belongs_here(spec, table):
                    break
                continue
            item = self.item_of.get((table.name, spec.field_name), "")
            owned = homes.get(item, ("", ""))[0]
            if not self._looks_like_part(spec, table) or (owned and owned != table.name):
                break
            if not self._repeated_lead(table, [*chosen, spec.field_name]):
                break
            chosen.append(spec.field_name)
        words = "first field repeats a parent's key; with the numbers that follow it"
        return Key(table.name, tuple(chosen), 0.7 if len(chosen) > 1 else 0.5, words)

    def _belongs_here(self, spec: FieldSpec, table: TableSpec) -> bool:
        """True when a sequence number counts this table's rows, not a parent's."""
        item = self.items.get(self.item_of.get((table.name, spec.field_name), ""))
        if item is None:
            return True
        tables = {t for t, _, _ in item.fields if self.whole.tables[t].standing == "live"}
        if len(tables) <= 1:
            return True
        meaning = self.meaning(table.name, spec.field_name)
        telling = {w for w in meaning.words if w not in CLASS_WORDS and w != "sequence"}
        context = context_words(self.whole.tables[table.name], shipped_lexicon())
        return bool(telling & context)

    def _repeated_lead(self, table: TableSpec, fields: list[str]) -> bool:
        """True when other live tables begin with the same data items."""
        items = [self.item_of.get((table.name, f), "") for f in fields]
        if not all(items):
            return False
        if not self._leads:
            for other in self.catalog.tables.values():
                if self.whole.tables[other.name].standing in ("live", "master"):
                    lead = [
                        self.item_of.get((other.name, f.field_name), "")
                        for f in other.fields[:_MOST_KEY_FIELDS]
                    ]
                    for width in range(2, len(lead) + 1):
                        self._leads[tuple(lead[:width])] += 1
        return self._leads[tuple(items)] >= 3

    def _looks_like_part(self, spec: FieldSpec, table: TableSpec) -> bool:
        meaning = self.meaning(table.name, spec.field_name)
        if meaning.kind is Kind.IDENTIFIER:
            return (spec.size or 9) <= 20
        if meaning.representation is Representation.DATE_INT and spec.position <= 2:
            return True
        return meaning.kind is Kind.NUMBER and (spec.size or 9) <= 10 and "number" in meaning.words

    def declared(self) -> list[Relationship]:
        """Links that the document states, to fields that there are."""
        found = []
        for spec in self.catalog.all_fields():
            parent = self.catalog.find(spec.foreign_table, spec.foreign_field)
            if parent is not None:
                at = (spec.table_name, (spec.field_name,), parent.table_name, (parent.field_name,))
                found.append(Relationship(*at, 1.0, True, "stated in the document"))
        return found

    def single_links(self, homes: dict[str, tuple[str, str]]) -> list[Relationship]:
        """Fields that hold the same item as another table's one-field key."""
        found = []
        for name, (parent, parent_field) in homes.items():
            key = self.whole.keys.get(parent)
            if key is None or key.fields != (parent_field,):
                continue
            sizes = self.catalog.tables[parent].fields[0].size
            for table, field, _ in self.items[name].fields:
                if (table, field) == (parent, parent_field):
                    continue
                spec = self.catalog.find(table, field)
                if spec is None or (sizes and spec.size and spec.size != sizes):
                    continue
                evidence = (
                    f"data element {name} is the key of {parent}"
                    if spec.data_element
                    else f"named like the key of {parent}"
                )
                found.append(
                    Relationship(table, (field,), parent, (parent_field,), 0.85, False, evidence)
                )
        return found + self._links_by_words(homes)

    def _links_by_words(self, homes: dict[str, tuple[str, str]]) -> list[Relationship]:
        """Fields without a data element whose words end in the words of a key."""
        ends: dict[tuple[str, ...], tuple[str, str, int | None]] = {}
        for parent, parent_field in homes.values():
            words = self._telling(parent, parent_field)
            spec = self.catalog.tables[parent].fields[0]
            if words and self.whole.tables[parent].standing in ("live", "master"):
                ends.setdefault(words, (parent, parent_field, spec.size))
        found = []
        for spec in self.catalog.all_fields():
            if spec.data_element or spec.foreign_table:
                continue
            words = self._telling(spec.table_name, spec.field_name)
            for start in range(len(words)):
                hit = ends.get(words[start:])
                if hit is None or hit[0] == spec.table_name:
                    continue
                if hit[2] and spec.size and hit[2] != spec.size:
                    continue
                evidence = f"ends in the words of the key of {hit[0]}"
                found.append(
                    Relationship(
                        spec.table_name, (spec.field_name,), hit[0], (hit[1],), 0.6, False, evidence
                    )
                )
                break
        return found

    def _telling(self, table: str, field: str) -> tuple[str, ...]:
        meaning = self.meaning(table, field)
        if meaning.kind not in (Kind.IDENTIFIER, Kind.CODE):
            return ()
        return tuple(w for w in meaning.words if w not in CLASS_WORDS)

    def composite_links(self) -> list[Relationship]:
        """Children that hold all fields of a parent's several-field key."""
        by_items: dict[tuple[str, ...], list[str]] = defaultdict(list)
        for table, key in self.whole.keys.items():
            if len(key.fields) > 1 and self.whole.tables[table].standing in ("live", "master"):
                items = tuple(self.item_of.get((table, f), "") for f in key.fields)
                if all(items):
                    by_items[items].append(table)
        found = []
        for spec in self.catalog.tables.values():
            own: dict[str, str] = {}
            for field in spec.fields:
                own.setdefault(
                    self.item_of.get((spec.name, field.field_name), ""), field.field_name
                )
            for items, parents in by_items.items():
                if not all(item in own for item in items):
                    continue
                parent = self._likeliest_parent(spec.name, parents, len(items))
                if parent is None:
                    continue
                keys = self.whole.keys[parent].fields
                fields = tuple(own[item] for item in items)
                evidence = f"holds every field of the key of {parent}"
                found.append(Relationship(spec.name, fields, parent, keys, 0.7, False, evidence))
        return found

    def _likeliest_parent(self, child: str, parents: list[str], width: int) -> str | None:
        """Of the tables with one and the same key, the one that a child of it belongs to."""
        if child in parents:
            own_key = self.whole.keys[child].fields
            if len(own_key) == width:
                return None
        of_child = self.whole.tables[child]
        ancestors = self._ancestors(of_child)

        def score(name: str) -> tuple[float, str]:
            table: TableMeaning = self.whole.tables[name]
            points = 1.0 * math.log(1 + len(self.catalog.tables[name].fields))
            if table.entity in ancestors:
                points += 2.0 - 0.5 * ancestors.index(table.entity)
            points += 0.8 * len(set(table.words) & set(of_child.words))
            if table.entity != "other":
                points += 0.3
            return points, name

        return max((p for p in parents if p != child), key=score, default=None)

    def _ancestors(self, table: TableMeaning) -> list[str]:
        entities = shipped_lexicon().entities
        found = []
        at = entities.get(table.entity)
        while at is not None and at.parent and at.parent not in found:
            found.append(at.parent)
            at = entities.get(at.parent)
        return found


def _best(
    links: list[Relationship], inclusion: Mapping[tuple[str, str, str, str], float]
) -> list[Relationship]:
    """One link for each child fields and parent; those that the data contradict left out."""
    kept: dict[tuple[str, tuple[str, ...], str], Relationship] = {}
    for link in links:
        measured = [
            inclusion[link.child, c, link.parent, p]
            for c, p in zip(link.child_fields, link.parent_fields, strict=True)
            if (link.child, c, link.parent, p) in inclusion
        ]
        if measured and not link.declared:
            if min(measured) < 0.8:
                continue
            link = replace(
                link,
                confidence=min(0.98, link.confidence + 0.1),
                evidence=f"{link.evidence}; {min(measured):.0%} of values found there",
            )
        at = (link.child, link.child_fields, link.parent)
        if at not in kept or kept[at].confidence < link.confidence:
            kept[at] = link
    return list(kept.values())


def _set_roles(whole: CatalogMeaning) -> None:
    parents = {(r.child, f) for r in whole.relationships for f in r.child_fields}
    keys = {(k.table, f) for k in whole.keys.values() for f in k.fields}
    for at, meaning in whole.fields.items():
        if meaning.role is not FieldRole.FACT:
            continue
        if at in keys:
            whole.fields[at] = replace(meaning, role=FieldRole.KEY)
        elif at in parents:
            whole.fields[at] = replace(meaning, role=FieldRole.PARENT_KEY)
