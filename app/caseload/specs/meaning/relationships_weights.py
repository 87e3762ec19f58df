"""What speaks for and against a link, and how sure it is after all.

Each point of evidence has a weight in log-odds, set on half of the labelled links of
tests/perf/relationships.py, whose other half says how well the confidence is calibrated.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

from caseload.model.catalog import FieldSpec
from caseload.model.relationship import Cardinality, Evidence, Key, LinkKind, Relationship
from caseload.specs.meaning.concepts import context_words
from caseload.specs.meaning.lexicon import shipped_lexicon
from caseload.specs.meaning.relationships_candidates import ancestors
from caseload.specs.meaning.relationships_items import PARENTS, Items, bare, is_generic
from caseload.specs.meaning.relationships_told import Candidate, Found
from caseload.specs.meaning.types import DATES, FieldMeaning, Kind, TableMeaning

_START = -1.2
_FOUND = {
    Found.ELEMENT: 3.0,
    Found.CONCEPT: 2.0,
    Found.SAME_NAME: 3.4,
    Found.NAME_END: 3.0,
    Found.TABLE_NAME: 2.8,
    Found.TABLE_END: 1.5,
    Found.WORDS: 1.4,
    Found.WHOLE_KEY: 1.6,
    Found.DATA: 1.4,
}
_NAMES = {
    Found.COLUMN: "document",
    Found.PROSE: "description",
    Found.SPOKEN: "description",
    Found.ELEMENT: "data element",
    Found.CONCEPT: "concept",
    Found.WHOLE_KEY: "whole key",
    Found.DATA: "values",
}
_SPOKEN = 1.6
_ANSWERED = frozenset(("parent's key", "position in key", "same sort of thing"))
"""Doubts which parent is meant: little is left of them where a word names it."""

_REST = 0.2
_SURE_ENTITY, _NEAR = 0.35, 0.6
_SHARED = 3  # so many tables that begin with an item are no accident
_FRACTIONS = ("FLOAT", "DOUBLE", "REAL", "MONEY")
_NUMBERS = ("INT", "NUM", "DEC", "SERIAL")
_COUNTING = frozenset(("sequence", "line", "order", "slot"))
_TEXTS = ("CHAR", "TEXT", "STRING", "CLOB", "UUID", "VARYING")
_DATES = ("DATE", "TIME")


class Weights:
    """Weighs candidates over one catalog's items and keys."""

    def __init__(self, items: Items, keys: Mapping[str, Key]) -> None:
        self._items = items
        self._whole = items.whole
        self._catalog = items.catalog
        self._keys = keys
        self._stated = any(f.mandatory for f in items.catalog.all_fields())

    def weigh(self, candidate: Candidate) -> Relationship:
        """The candidate as a link with evidence, confidence and cardinality."""
        name = _NAMES.get(candidate.found, "names")
        evidence = [Evidence(name, passed=True, note=candidate.said)]
        points = [_START + _FOUND.get(candidate.found, 0.0)]
        spoken = self._words(candidate)
        by_name = spoken[1] >= _SPOKEN and len(candidate.child_fields) > 1
        for found, weight in (
            self._types(candidate),
            self._code_lists(candidate),
            self._parent_key(candidate),
            self._place_in_key(candidate),
            self._same_sort(candidate),
            spoken,
            self._own_identity(candidate),
            self._elements(candidate),
            self._last_field(candidate),
            self._standing(candidate),
        ):
            if found is not None:
                answered = by_name and not found.passed and found.name in _ANSWERED
                evidence.append(found)
                points.append(weight * _REST if answered else weight)
        confidence = 1.0 / (1.0 + math.exp(-sum(points)))
        if candidate.kind is LinkKind.DECLARED:
            confidence = 1.0
        elif candidate.kind is LinkKind.STATED:
            confidence = 0.97 if candidate.found is Found.PROSE else 0.93
        return Relationship(
            candidate.child,
            candidate.child_fields,
            candidate.parent,
            candidate.parent_fields,
            round(min(0.98, confidence) if confidence < 1.0 else 1.0, 2),
            candidate.kind in (LinkKind.DECLARED, LinkKind.STATED),
            candidate.kind,
            self._cardinality(candidate),
            tuple(evidence),
        )

    def _pairs(self, candidate: Candidate) -> list[tuple[FieldSpec, FieldSpec]]:
        child, parent = (self._catalog.tables[t] for t in (candidate.child, candidate.parent))
        ends = zip(candidate.child_fields, candidate.parent_fields, strict=True)
        pairs = [(child.field_named(own), parent.field_named(other)) for own, other in ends]
        return [(own, other) for own, other in pairs if own and other]

    def _types(self, candidate: Candidate) -> tuple[Evidence | None, float]:
        pairs = self._pairs(candidate)
        for own, other in pairs:
            one, two = family(own.data_type), family(other.data_type)
            if one and two and one != two:
                return _against("type", f"{own.data_type} and {other.data_type}"), -3.0
        for own, other in pairs:
            if own.size and other.size and own.size != other.size:
                note = f"{own.size} long, the parent's {other.size}"
                return _against("length", note), -2.5 if candidate.found is Found.ELEMENT else -1.0
        known = [own for own, other in pairs if (own.data_type or own.size)]
        if not known:
            return None, 0.0
        spec = known[0]
        shape = f"{spec.data_type}({spec.length})" if spec.data_type and spec.length else ""
        return _speaks("type and length", shape or spec.data_type or f"{spec.length} long"), 0.3

    def _code_lists(self, candidate: Candidate) -> tuple[Evidence | None, float]:
        if len(candidate.child_fields) > 1:
            return None, 0.0
        own, other = self._ends(candidate)
        if own.code_list and other.code_list:
            if own.code_list == other.code_list:
                return _speaks("code list", own.code_list), 0.5
            return _against("code list", f"{own.code_list} and {other.code_list}"), -2.0
        if own.code_list and self._items.of(own.table, own.field) != self._items.of(
            other.table, other.field
        ):
            return _against("code list", f"{own.field} is a code of {own.code_list}"), -1.0
        return None, 0.0

    def _parent_key(self, candidate: Candidate) -> tuple[Evidence | None, float]:
        """Whether the parent's fields are its own key, and nobody else's."""
        key = self._keys.get(candidate.parent)
        parent_specs = [other for _, other in self._pairs(candidate)]
        if len(parent_specs) == 1 and parent_specs[0].unique:
            return _speaks("parent's key", f"stated to be unique in {candidate.parent}"), 0.6
        if key is None or set(key.fields) != set(candidate.parent_fields):
            return _against("parent's key", f"not the key of {candidate.parent}"), -2.0
        if key.confidence == 1.0:
            return _speaks("parent's key", f"stated as the key of {candidate.parent}"), 0.6
        if len(key.fields) > 1:
            rivals = self._rivals(candidate)
            if rivals:
                note = f"{', '.join(rivals[:3])} begin with these fields too, and are no part of it"
                return _against("parent's key", note), -min(1.6, 0.5 * len(rivals))
            return _speaks("parent's key", f"the key that {candidate.parent} begins with"), 0.4
        return self._own_key(candidate, key)

    def _own_key(self, candidate: Candidate, key: Key) -> tuple[Evidence | None, float]:
        table, field = candidate.parent, key.fields[0]
        meaning = self._items.meaning(table, field)
        of_table = self._whole.tables[table]
        firsts = [t for t in self._items.firsts[self._items.of(table, field)] if t != table]
        spec = self._catalog.find(table, field)
        if spec and not spec.data_element and self._items.is_own_number(table, field):
            return _speaks("parent's key", f"{field} is called like {table}'s own number"), 0.5
        telling = self._items.telling(table, field)
        named = bool(telling & set(of_table.words)) or of_table.standing == "master"
        if meaning.kind in (Kind.TEXT, Kind.NAME) and not (
            named and telling == self._items.telling(candidate.child, candidate.child_fields[0])
        ):
            return _against("parent's key", f"{table}.{field} is a text, not an identifier"), -3.0
        of_entity = meaning.entity == of_table.entity and of_table.entity != "other"
        if named or (meaning.known and of_entity and len(firsts) < _SHARED):
            note = f"{field} names what {table} holds"
            return _speaks("parent's key", note), 0.8 if not firsts else 0.5
        if firsts:
            note = f"{', '.join(firsts[:3])} begin with it too"
            return _against("parent's key", note), -0.6 - 0.25 * min(8, len(firsts))
        return _speaks("parent's key", f"only {table} begins with it"), 0.3

    def _own_identity(self, candidate: Candidate) -> tuple[Evidence | None, float]:
        """Against a link from what only numbers the child's own rows."""
        key = self._keys.get(candidate.child)
        if candidate.kind is not LinkKind.INFERRED:
            return None, 0.0
        if key is None or key.fields != candidate.child_fields or len(key.fields) > 1:
            return None, 0.0
        name, table = key.fields[0], candidate.child
        own = self._items.telling(table, name) & set(self._whole.tables[table].words)
        own_name = bare(name).startswith(self._items.row_name(table))
        by_name = candidate.found in (Found.SAME_NAME, Found.NAME_END, Found.TABLE_NAME)
        if own_name or is_generic(name) or (own and not by_name):
            return _against("own key", f"{name} numbers the rows of {table} itself"), -3.5
        return None, 0.0

    def _elements(self, candidate: Candidate) -> tuple[Evidence | None, float]:
        """Against two items that the document tells apart."""
        for own, other in self._pairs(candidate):
            one, two = own.data_element, other.data_element
            if one and two and one != two:
                return _against("data element", f"{one} and {two}"), -2.5
        return None, 0.0

    def _rivals(self, candidate: Candidate) -> list[str]:
        """Tables of other things whose keys begin with the parent's key fields."""
        held = tuple(self._items.of(candidate.parent, f) for f in candidate.parent_fields)
        above = self._whole.tables[candidate.parent]
        found = []
        for table, key in self._keys.items():
            if len(key.fields) <= len(held) or not self._items.is_parent(table):
                continue
            lead = tuple(self._items.of(table, f) for f in key.fields[: len(held)])
            if lead == held and self._stranger(self._whole.tables[table], above):
                found.append(table)
        return found

    def _place_in_key(self, candidate: Candidate) -> tuple[Evidence | None, float]:
        key = self._keys.get(candidate.child)
        if key is None or len(candidate.child_fields) < 2:
            return None, 0.0
        width = len(candidate.child_fields)
        if set(candidate.child_fields) <= set(key.fields):
            leads = key.fields[:width] == candidate.child_fields
            note = f"the key of {candidate.child} {'begins with' if leads else 'holds'} it"
            return _speaks("position in key", note), 2.4 if leads else 1.6
        return _against("position in key", f"not part of the key of {candidate.child}"), -1.6

    def _same_sort(self, candidate: Candidate) -> tuple[Evidence | None, float]:
        """For several-field keys: whether the child's rows are part of what the parent holds."""
        if len(candidate.child_fields) < 2:
            return None, 0.0
        child, parent = (self._whole.tables[t] for t in (candidate.child, candidate.parent))
        if child.live_table == candidate.parent:
            return None, 0.0
        if child.entity == "other" and child.live_table:
            child = self._whole.tables[child.live_table]
        above = ancestors(child)
        if parent.entity != "other" and (
            parent.entity in above[:-1] or parent.entity == child.entity
        ):
            note = f"{_plain(child.entity)} belongs to {_plain(parent.entity)}"
            return _speaks("same sort of thing", note), 1.4
        if self._stranger(child, parent):
            note = f"{_plain(child.entity)} is no part of {_plain(parent.entity)}"
            return _against("same sort of thing", note), -3.2
        return None, 0.0

    def _stranger(self, child: TableMeaning, parent: TableMeaning) -> bool:
        """True when a thing is known, and known not to be part of the parent's thing."""
        if child.entity in ("other", "patient") or parent.entity == "other":
            return False
        top = child.scores[0][1] if child.scores else 0.0
        if top < _SURE_ENTITY:
            return False
        likely = [name for name, score in child.scores if score >= _NEAR * top]
        return not any(
            parent.entity in (name, *ancestors(replace(child, entity=name))) for name in likely
        )

    def _words(self, candidate: Candidate) -> tuple[Evidence | None, float]:
        """Whether a name or description speaks of the parent."""
        above = self._whole.tables[candidate.parent]
        context = context_words(above, shipped_lexicon())
        lexicon = shipped_lexicon().words
        last = self._catalog.find(candidate.child, candidate.child_fields[-1])
        if last is None:
            return None, 0.0
        several = len(candidate.child_fields) > 1
        entity = shipped_lexicon().entities.get(above.entity)
        if several and entity:
            context |= {phrase[0] for phrase in entity.phrases if len(phrase) == 1}
        context -= {"master", "table", "file", "patient", "number"}
        prose = set(lexicon.of_prose(last.description)) & context
        named = self._items.telling(candidate.child, last.field_name) & context
        apart = named - self._items.telling(candidate.parent, candidate.parent_fields[-1])
        if prose or named:
            where = "described with" if prose else "named with"
            weight = (_SPOKEN if prose or apart else 0.2) if several else 0.5
            return _speaks("names the parent", f"{where} “{min(prose or named)}”"), weight
        return None, 0.0

    def _last_field(self, candidate: Candidate) -> tuple[Evidence | None, float]:
        """What the field that numbers rows within the parent's parent is called on either side."""
        if len(candidate.child_fields) < 2:
            return None, 0.0
        own, other = candidate.child_fields[-1], candidate.parent_fields[-1]
        if self._items.meaning(candidate.parent, other).representation in DATES:
            return _against("numbering", f"{candidate.parent} is told apart by a date"), -3.0
        one = self._items.telling(candidate.child, own) - _COUNTING
        two = self._items.telling(candidate.parent, other) - _COUNTING
        if one and two and not one & two:
            return _against("numbering", f"{own} and {other} count different things"), -4.0
        return None, 0.0

    def _standing(self, candidate: Candidate) -> tuple[Evidence | None, float]:
        child, parent = (self._whole.tables[t] for t in (candidate.child, candidate.parent))
        if parent.standing not in PARENTS:
            return _against("standing", f"{candidate.parent} keeps {parent.standing}"), -5.0
        if child.live_table == candidate.parent:
            if child.standing == "archive" and self._is_twin_key(candidate):
                note = f"what {candidate.child} keeps has left {candidate.parent}"
                return _against("standing", note), -6.0
            return _speaks("standing", f"{child.standing} of {candidate.parent}"), 1.5
        return None, 0.0

    def _is_twin_key(self, candidate: Candidate) -> bool:
        own = self._catalog.tables[candidate.child].fields
        return bool(own) and own[0].field_name in candidate.child_fields

    def _ends(self, candidate: Candidate) -> tuple[FieldMeaning, FieldMeaning]:
        return (
            self._items.meaning(candidate.child, candidate.child_fields[0]),
            self._items.meaning(candidate.parent, candidate.parent_fields[0]),
        )

    def _cardinality(self, candidate: Candidate) -> Cardinality:
        return cardinality(candidate, self._keys, [own for own, _ in self._pairs(candidate)])


def cardinality(
    candidate: Candidate | Relationship, keys: Mapping[str, Key], fields: list[FieldSpec]
) -> Cardinality:
    """How many rows stand at either end, by the child's key and mandatory flags."""
    key = keys.get(candidate.child)
    sure = key is not None and key.confidence >= 0.6
    of_key = set(key.fields) if key is not None and key.confidence >= 0.5 else set()
    alone = sure and of_key == set(candidate.child_fields)
    alone = alone or any(f.unique for f in fields)
    needed = all(f.mandatory or f.key or f.field_name in of_key for f in fields)
    if needed:
        return Cardinality.ONE_TO_ONE if alone else Cardinality.ONE_TO_MANY
    return Cardinality.OPTIONAL_TO_ONE if alone else Cardinality.OPTIONAL_TO_MANY


def family(data_type: str) -> str:
    """number, fraction, text or date; empty for a type that says none of them."""
    name = data_type.upper()
    for words, answer in (
        (_DATES, "date"),
        (_TEXTS, "text"),
        (_FRACTIONS, "fraction"),
        (_NUMBERS, "number"),
    ):
        if any(word in name for word in words):
            return answer
    return ""


def _plain(entity: str) -> str:
    return entity.replace("_", " ")


def _speaks(name: str, note: str) -> Evidence:
    return Evidence(name, passed=True, note=note)


def _against(name: str, note: str) -> Evidence:
    return Evidence(name, passed=False, note=note)
