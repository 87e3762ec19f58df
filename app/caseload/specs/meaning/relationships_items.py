"""Which data items a catalog's fields hold, and which table each item is the own key of.

Two fields hold the same item when the document gives them one data element, or, where it
gives none, when they mean the same identifier.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from caseload.model.catalog import Catalog, FieldSpec, TableSpec
from caseload.specs.meaning.names import CLASS_WORDS
from caseload.specs.meaning.types import DATES, CatalogMeaning, FieldMeaning, FieldRole, Kind

Place = tuple[str, str]
"""A table and a field of it."""

PARENTS = ("live", "master")
"""Tables of these standings own what their key names; histories and audits repeat it."""

MOST_KEY_FIELDS = 5
_FEWEST, _MOST = 4, 0.6
_SEQUENCE_WORDS = frozenset(("sequence", "line", "order", "slot"))
_GENERIC = frozenset(
    ("id", "code", "no", "num", "nr", "number", "key", "pk", "uuid", "guid", "uid", "ref", "ident")
)
KEY_ENDS = ("", "id", "code", "no", "key", "number", "uuid", "ref", "fk")
"""What a field may be called that names a table's row: patient, patient_id, PatientNo."""

_TOKEN = re.compile(r"[A-Z]+(?![a-z])|[A-Z][a-z]+|[a-z]+|\d+|[^\W\d_a-zA-Z]+")


@dataclass(slots=True)
class Item:
    """A data item (element code or concept) and the fields that hold it, with positions."""

    name: str
    fields: list[tuple[str, str, int]]

    @property
    def tables(self) -> set[str]:
        """The tables that hold it."""
        return {table for table, _, _ in self.fields}


class Items:
    """The data items of a catalog; `homes` says of which table each is the own key."""

    def __init__(self, catalog: Catalog, whole: CatalogMeaning) -> None:
        self.catalog = catalog
        self.whole = whole
        self.item_of: dict[Place, str] = {}
        self.items: dict[str, Item] = {}
        self._leads: Counter[tuple[str, ...]] = Counter()
        self.firsts: dict[str, list[str]] = defaultdict(list)
        self._affixes = _affixes(catalog.tables)
        self._rows = {
            self.row_name(name) + end: name for name in catalog.tables for end in KEY_ENDS
        }
        self._named = Counter(bare(f.field_name) for f in catalog.all_fields())
        for table in catalog.tables.values():
            for spec in table.fields:
                name = self._name_of(spec)
                if name:
                    self.item_of[table.name, spec.field_name] = name
                    item = self.items.setdefault(name, Item(name, []))
                    item.fields.append((table.name, spec.field_name, spec.position))
            if table.fields and self.is_parent(table.name):
                self.firsts[self.of(table.name, table.fields[0].field_name)].append(table.name)
        self.homes = self._homes()
        self.by_concept = self._concepts()

    def of(self, table: str, field: str) -> str:
        """The item that a field holds; empty when it is no item."""
        return self.item_of.get((table, field), "")

    def meaning(self, table: str, field: str) -> FieldMeaning:
        """What a field means."""
        return self.whole.fields[table, field]

    def is_parent(self, table: str) -> bool:
        """True for tables that can own what they name."""
        return self.whole.tables[table].standing in PARENTS

    def row_name(self, table: str) -> str:
        """What one row of a table would be called: TBL_PATIENTS holds each a patient."""
        pieces = tokens(table)
        before, after = self._affixes
        if len(pieces) > 1 and pieces[0] == before:
            pieces = pieces[1:]
        if len(pieces) > 1 and pieces[-1] == after:
            pieces = pieces[:-1]
        return singular("".join(pieces))

    def is_own_number(self, table: str, field: str) -> bool:
        """True for a field called id, or after its own table, or as no other table's field is."""
        name = bare(field)
        if is_generic(field):
            return True
        if name in {self.row_name(table) + end for end in KEY_ENDS}:
            return True
        return tokens(field)[-1] in _GENERIC and self._named[name] == 1

    def telling(self, table: str, field: str) -> set[str]:
        """The words of a field's name that say what it names."""
        return {w for w in self.meaning(table, field).words if w not in CLASS_WORDS}

    def _name_of(self, spec: FieldSpec) -> str:
        meaning = self.whole.fields[spec.table_name, spec.field_name]
        if spec.data_element:
            return spec.data_element
        if meaning.kind is Kind.IDENTIFIER and meaning.known and meaning.role is FieldRole.FACT:
            return f"concept:{meaning.concept}"
        return ""

    def _homes(self) -> dict[str, Place]:
        found: dict[str, tuple[float, str, str]] = {}
        for item in self.items.values():
            for table, field, position in item.fields:
                score = self._home_score(item, table, field, position)
                if score > 3.0 and score > found.get(item.name, (0.0, "", ""))[0]:
                    found[item.name] = (score, table, field)
        return {name: (table, field) for name, (_, table, field) in found.items()}

    def _concepts(self) -> dict[str, Place]:
        """Of each identifier's concept the table whose own key it is, the widest first."""
        found: dict[str, Place] = {}
        for table, field in sorted(self.homes.values(), key=self._width, reverse=True):
            meaning = self.meaning(table, field)
            if meaning.kind is Kind.IDENTIFIER and meaning.known and self.is_parent(table):
                found.setdefault(meaning.concept, (table, field))
        return found

    def _width(self, place: Place) -> int:
        return len(self.catalog.tables[place[0]].fields)

    def _home_score(self, item: Item, table: str, field: str, position: int) -> float:
        meaning = self.meaning(table, field)
        if position != 1 or meaning.representation in DATES or meaning.kind is Kind.FLAG:
            return 0.0
        if self._rows.get(bare(field), table) != table:
            return 0.0
        spec = self.catalog.tables[table]
        of_table = self.whole.tables[table]
        telling = self.telling(table, field)
        score = 3.0
        if of_table.standing not in PARENTS:
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
        if following is None:
            return score
        if self.is_sequence(following, spec):
            score -= 2.0
        second = self.meaning(table, following.field_name)
        if second.kind is Kind.NAME and self.of(table, following.field_name) != item.name:
            score += 0.7
        return score

    def is_sequence(self, spec: FieldSpec, table: TableSpec) -> bool:
        """True when a field numbers rows within something else."""
        meaning = self.meaning(table.name, spec.field_name)
        words = set(meaning.words)
        if words & _SEQUENCE_WORDS or meaning.concept.endswith("sequence"):
            return True
        item = self.items.get(self.of(table.name, spec.field_name))
        rare = item is None or len(item.tables) <= 3
        return rare and bool(words & {"number"}) and (spec.size or 9) <= 4

    def leads(self, items: tuple[str, ...]) -> int:
        """How many live tables begin with the same data items."""
        if not self._leads:
            for table in self.catalog.tables.values():
                if self.is_parent(table.name):
                    lead = [self.of(table.name, f.field_name) for f in table.fields]
                    for width in range(2, min(len(lead), MOST_KEY_FIELDS) + 1):
                        self._leads[tuple(lead[:width])] += 1
        return self._leads[items]


def _affixes(tables: Iterable[str]) -> tuple[str, str]:
    """The piece that most table names begin with, and the one that most end in; "" for none."""
    pieces = [tokens(table) for table in tables]
    most = [Counter(found[end] for found in pieces).most_common(1) for end in (0, -1)]
    sure = max(_FEWEST, _MOST * len(pieces))
    before, after = ("".join(name for name, count in top if count >= sure) for top in most)
    return before, after


def tokens(name: str) -> list[str]:
    """The pieces of a name in small letters: PatientId and patient_id are alike; at least one."""
    return [piece.lower() for piece in _TOKEN.findall(name)] or [name.lower()]


def bare(name: str) -> str:
    """A name's letters and digits in small letters."""
    return "".join(tokens(name))


def is_generic(name: str) -> bool:
    """True for a key called id, code or the like, which says nothing of its table."""
    return all(piece in _GENERIC or piece.isdigit() for piece in tokens(name))


def singular(word: str) -> str:
    """A table's bare name for one of its rows: patients to patient, allergies to allergy."""
    for end, instead in (("ies", "y"), ("sses", "ss"), ("xes", "x"), ("ches", "ch")):
        if word.endswith(end) and len(word) > len(end) + 1:
            return word[: -len(end)] + instead
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) else word
