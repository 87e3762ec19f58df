"""Every link that something speaks for: a column, prose, a data item, or a name.

What speaks against it is weighed afterwards (`relationships_weights`).
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping

from caseload.model.catalog import FieldSpec
from caseload.model.relationship import Key, LinkKind
from caseload.specs.meaning.concepts import context_words
from caseload.specs.meaning.lexicon import shipped_lexicon
from caseload.specs.meaning.names import CLASS_WORDS
from caseload.specs.meaning.relationships_items import (
    KEY_ENDS,
    Items,
    Place,
    bare,
    is_generic,
    tokens,
)
from caseload.specs.meaning.relationships_told import Candidate, Found, Told, single
from caseload.specs.meaning.types import DATES, FieldRole, Kind, TableMeaning

_LEAST_FORM = 3


def candidates(items: Items, keys: Mapping[str, Key]) -> Iterator[Candidate]:
    """All candidates; one link may be found in several ways."""
    told = Told(items, keys)
    for table in items.catalog.tables.values():
        yield from told.declared(table)
        for spec in table.fields:
            yield from told.stated(spec)
    finder = _Finder(items, keys)
    yield from finder.same_item()
    yield from finder.same_concept()
    yield from finder.named()
    yield from finder.whole_keys()


class _Finder:
    def __init__(self, items: Items, keys: Mapping[str, Key]) -> None:
        self._items = items
        self._keys = keys
        self._tables = items.catalog.tables

    def same_item(self) -> Iterator[Candidate]:
        """Fields that hold the same item as another table's one-field key."""
        for name, (parent, parent_field) in self._items.homes.items():
            key = self._keys.get(parent)
            if key is None or key.fields != (parent_field,):
                continue
            for table, field, _ in self._items.items[name].fields:
                spec = self._items.catalog.find(table, field)
                if spec is None or (table, field) == (parent, parent_field):
                    continue
                if not spec.data_element and not self._ends_alike(spec, (parent, parent_field)):
                    continue
                if spec.data_element:
                    how, said = Found.ELEMENT, f"data element {name} is the key of {parent}"
                else:
                    how, said = Found.CONCEPT, f"means the same as the key of {parent}"
                yield single(spec, parent, parent_field, LinkKind.INFERRED, how, said)

    def same_concept(self) -> Iterator[Candidate]:
        """Identifiers that mean what another table's key means, under a data element of their own.

        The number that a merge takes a patient from is a patient's number, too.
        """
        for spec in self._items.catalog.all_fields():
            item = self._items.of(spec.table_name, spec.field_name)
            if not spec.data_element or item in self._items.homes or spec.foreign_table:
                continue
            meaning = self._items.meaning(spec.table_name, spec.field_name)
            if meaning.kind is not Kind.IDENTIFIER or not meaning.known:
                continue
            if meaning.role is FieldRole.FACT:
                hit = self._items.by_concept.get(meaning.concept)
                key = self._keys.get(hit[0]) if hit else None
                if hit and key and key.fields == (hit[1],) and self._ends_alike(spec, hit):
                    said = f"means the same as the key of {hit[0]}"
                    yield single(spec, *hit, LinkKind.INFERRED, Found.CONCEPT, said)

    def _ends_alike(self, spec: FieldSpec, key: Place) -> bool:
        """True when a field's name ends in the words of another table's key."""
        own, other = self._telling(spec.table_name, spec.field_name), self._telling(*key)
        return spec.table_name != key[0] and bool(other) and own[-len(other) :] == other

    def named(self) -> Iterator[Candidate]:
        """Fields without a data element that are named after a table or its key."""
        forms = self._forms()
        words = self._key_words()
        for spec in self._items.catalog.all_fields():
            if spec.data_element or spec.foreign_table or self._is_no_key(spec):
                continue
            found = (
                self._parent_row(spec) or self._by_form(spec, forms) or self._by_words(spec, words)
            )
            if found is not None:
                yield found

    def _forms(self) -> dict[str, tuple[str, str, bool]]:
        """Names that say a table's key: its own name, or the table's with an ending."""
        found: dict[str, tuple[str, str, bool]] = {}
        owners = [
            (table, self._keys[table].fields[0])
            for table in self._tables
            if table in self._keys
            and len(self._keys[table].fields) == 1
            and self._items.is_parent(table)
            and not self._is_no_key(self._spec(table, self._keys[table].fields[0]))
        ]
        for table, field in sorted(owners, key=lambda o: -self._nearness(*o)):
            if not is_generic(field) and self._nearness(table, field) > 0:
                found.setdefault(bare(field), (table, field, False))
        for table, field in owners:
            name = self._items.row_name(table)
            if len(name) >= _LEAST_FORM:
                for end in KEY_ENDS:
                    found.setdefault(name + end, (table, field, True))
        return found

    def _nearness(self, table: str, field: str) -> int:
        """How much of a key's name is its table's: CONCEPT_ID is CONCEPT's, not DEATH's."""
        of_table, of_key = self._items.row_name(table), bare(field)
        if of_key.startswith(of_table):
            return 2 * len(of_table)
        rows_first = self._items.homes.get(self._items.of(table, field), ("", ""))[0] == table
        return len(of_key) if rows_first else 0

    def _by_form(
        self, spec: FieldSpec, forms: Mapping[str, tuple[str, str, bool]]
    ) -> Candidate | None:
        pieces = tokens(spec.field_name)
        while len(pieces) > 1 and pieces[-1].isdigit():
            pieces.pop()
        whole = "".join(pieces)
        starts = {len("".join(pieces[:place])) for place in range(len(pieces))}
        for start in range(len(whole) - _LEAST_FORM + 1):
            hit = forms.get(whole[start:])
            at_word = start in starts
            if hit is None or not (at_word or (start >= 4 and len(whole) - start >= 7)):
                continue
            table, field, by_table = hit
            if (table, field) == (spec.table_name, spec.field_name):
                return None
            if table == spec.table_name and (by_table or not start):
                return None
            if by_table and start and whole[start:] == self._items.row_name(table):
                how, said = Found.TABLE_END, f"ends in the name of the table {table}"
            elif by_table:
                how, said = Found.TABLE_NAME, f"named after the table {table}"
            elif start == 0 and whole == bare(field):
                how, said = Found.SAME_NAME, f"named like the key of {table}"
            else:
                how, said = Found.NAME_END, f"ends in the name of the key of {table}"
            if by_table and is_generic(whole[start:]):
                return None
            return single(spec, table, field, LinkKind.INFERRED, how, said)
        return None

    def _parent_row(self, spec: FieldSpec) -> Candidate | None:
        """A parent_id beside a key called id: the row above in the same table."""
        key = self._keys.get(spec.table_name)
        first, *rest = tokens(spec.field_name)
        if key is None or len(key.fields) > 1 or first != "parent" or not is_generic("".join(rest)):
            return None
        if not is_generic(key.fields[0]) or spec.field_name in key.fields:
            return None
        said = f"the row above in {spec.table_name}"
        ends = (spec.table_name, key.fields[0])
        return single(spec, *ends, LinkKind.INFERRED, Found.TABLE_NAME, said)

    def _key_words(self) -> dict[tuple[str, ...], tuple[str, str]]:
        """The telling words of each own key."""
        found: dict[tuple[str, ...], tuple[str, str]] = {}
        for parent, field in self._items.homes.values():
            words = self._telling(parent, field)
            if words and self._items.is_parent(parent):
                found.setdefault(words, (parent, field))
        return found

    def _by_words(
        self, spec: FieldSpec, ends: Mapping[tuple[str, ...], tuple[str, str]]
    ) -> Candidate | None:
        words = self._telling(spec.table_name, spec.field_name)
        for start in range(len(words)):
            hit = ends.get(words[start:])
            if hit is not None and hit[0] != spec.table_name:
                said = f"ends in the words of the key of {hit[0]}"
                return single(spec, *hit, LinkKind.INFERRED, Found.WORDS, said)
        return None

    def _telling(self, table: str, field: str) -> tuple[str, ...]:
        meaning = self._items.meaning(table, field)
        if meaning.kind not in (Kind.IDENTIFIER, Kind.CODE):
            return ()
        return tuple(w for w in meaning.words if w not in CLASS_WORDS)

    def _is_no_key(self, spec: FieldSpec) -> bool:
        meaning = self._items.meaning(spec.table_name, spec.field_name)
        dated = meaning.representation in DATES
        return dated or meaning.kind is Kind.FLAG or meaning.role is FieldRole.TWIN

    def _spec(self, table: str, field: str) -> FieldSpec:
        spec = self._tables[table].field_named(field)
        assert spec is not None  # noqa: S101
        return spec

    def whole_keys(self) -> Iterator[Candidate]:
        """Children that hold all fields of a parent's several-field key."""
        by_items: dict[tuple[str, ...], list[str]] = defaultdict(list)
        for table, key in self._keys.items():
            if len(key.fields) > 1 and self._items.is_parent(table):
                held = tuple(self._item(table, f) for f in key.fields)
                if all(held):
                    by_items[held].append(table)
        for spec in self._tables.values():
            own: dict[str, str] = {}
            for field in spec.fields:
                own.setdefault(self._item(spec.name, field.field_name), field.field_name)
            for held, parents in by_items.items():
                if not all(item in own for item in held):
                    continue
                parent = self._likeliest(spec.name, parents, len(held))
                if parent is not None:
                    fields = tuple(own[item] for item in held)
                    yield Candidate(
                        spec.name,
                        fields,
                        parent,
                        self._keys[parent].fields,
                        LinkKind.INFERRED,
                        Found.WHOLE_KEY,
                        f"holds every field of the key of {parent}",
                    )

    def _item(self, table: str, field: str) -> str:
        """The data item of a field; where the document gives none, its name."""
        spec = self._spec(table, field)
        if spec.data_element:
            return spec.data_element
        return "" if is_generic(field) else f"name:{bare(field)}"

    def _likeliest(self, child: str, parents: list[str], width: int) -> str | None:
        """Of the tables with one and the same key, the one that a child of it belongs to."""
        of_child = self._items.whole.tables[child]
        if child in parents and len(self._keys[child].fields) == width:
            owner = max(parents, key=self._owns)
            return None if owner == child else owner
        above = ancestors(of_child)

        def score(name: str) -> tuple[float, str]:
            table: TableMeaning = self._items.whole.tables[name]
            points = self._owns(name)[0]
            if name == of_child.live_table:
                points += 4.0
            if table.entity in above:
                points += 2.0 - 0.5 * above.index(table.entity)
            points += 0.8 * len(set(table.words) & set(of_child.words))
            return points, name

        return max((p for p in parents if p != child), key=score, default=None)

    def _owns(self, name: str) -> tuple[float, str]:
        """How likely a table is the one that gives out its several-field key."""
        table: TableMeaning = self._items.whole.tables[name]
        key = self._keys[name]
        points = math.log(1 + len(self._tables[name].fields))
        points += 1.0 if table.standing == "master" else 0.0
        points += 0.3 if table.entity != "other" else 0.0
        context = context_words(table, shipped_lexicon())
        points += 1.5 if self._items.telling(name, key.fields[-1]) & context else 0.0
        return points, name


def ancestors(table: TableMeaning) -> list[str]:
    """What a table's entity belongs to, nearest first: a ward stay to an admission to a patient."""
    entities = shipped_lexicon().entities
    found: list[str] = []
    at = entities.get(table.entity)
    while at is not None and at.parent and at.parent not in found:
        found.append(at.parent)
        at = entities.get(at.parent)
    return found
