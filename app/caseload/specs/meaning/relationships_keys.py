"""The primary key of each table: stated, or the fields that it begins with.

A key begins a table: its first field, and as long as that only repeats another table's key,
the identifiers, dates and sequence numbers that follow.
"""

from __future__ import annotations

from caseload.model.catalog import FieldSpec, TableSpec
from caseload.model.relationship import Key
from caseload.specs.meaning.concepts import context_words
from caseload.specs.meaning.lexicon import shipped_lexicon
from caseload.specs.meaning.relationships_items import MOST_KEY_FIELDS, Items
from caseload.specs.meaning.types import DATES, FieldRole, Kind, Representation


class Keys:
    """Finds keys over the items of one catalog."""

    def __init__(self, items: Items) -> None:
        self._items = items
        self._whole = items.whole

    def key_of(self, table: TableSpec) -> Key | None:
        """The table's primary key as far as it can be told; None for a table without fields."""
        declared = tuple(f.field_name for f in table.fields if f.key)
        if declared:
            return Key(table.name, declared, 1.0, "stated to be the key")
        unique = tuple(f.field_name for f in table.fields if f.unique)
        if unique:
            return Key(table.name, unique[:1], 1.0, "stated to be unique")
        if not table.fields:
            return None
        first = table.fields[0]
        item = self._items.of(table.name, first.field_name)
        home = self._items.homes.get(item)
        if home is not None and home[0] == table.name:
            return Key(
                table.name, (first.field_name,), 0.9, "first field, and this table's own item"
            )
        if not first.data_element and self._items.is_own_number(table.name, first.field_name):
            words = "first field, and named as this table's own number"
            return Key(table.name, (first.field_name,), 0.8, words)
        shared = item and len(self._items.items[item].tables) > 1
        if not shared and not self._looks_like_part(first, table):
            sure = 0.4 if first.foreign_table else 0.6  # a parent's key seldom is one's own
            return Key(table.name, (first.field_name,), sure, "first field")
        return self._composite_key(table)

    def _composite_key(self, table: TableSpec) -> Key:
        """The first field with the parents' numbers that follow, up to the table's own number."""
        chosen = [table.fields[0].field_name]
        own = counted = False
        for spec in table.fields[1:MOST_KEY_FIELDS]:
            if self._items.is_sequence(spec, table):
                chosen.append(spec.field_name)
                counted = True
                own = self._belongs_here(spec, table)
                if own:
                    break
                continue
            item = self._items.of(table.name, spec.field_name)
            owned = self._items.homes.get(item, ("", ""))[0]
            if not self._looks_like_part(spec, table) or (owned and owned != table.name):
                break
            if not self._repeated_lead(table, [*chosen, spec.field_name]):
                break
            chosen.append(spec.field_name)
            own = self._names_rows_of(table, spec)
            if own:
                break
        words = "first field repeats a parent's key; with the numbers that follow it"
        dated = None if own or counted else self._day_after(table, len(chosen))
        if dated is not None:
            chosen.append(dated)
            words = "first field repeats a parent's key; with the day that follows it"
        return Key(table.name, tuple(chosen), 0.7 if len(chosen) > 1 else 0.5, words)

    def _names_rows_of(self, table: TableSpec, spec: FieldSpec) -> bool:
        """True for the bed number of a list of beds: nothing further tells its rows apart."""
        of_table = self._whole.tables[table.name]
        telling = self._items.telling(table.name, spec.field_name)
        return of_table.standing == "master" and bool(telling & set(of_table.words))

    def _day_after(self, table: TableSpec, width: int) -> str | None:
        """The date right behind repeated parents' numbers, which then tells rows apart."""
        if self._whole.tables[table.name].standing not in ("live", "master"):
            return None
        if len(table.fields) <= width or (width == 1 and not self._is_key_item(table)):
            return None
        spec = table.fields[width]
        meaning = self._items.meaning(table.name, spec.field_name)
        if meaning.role is FieldRole.SYSTEM or meaning.representation not in DATES:
            return None
        return spec.field_name

    def _is_key_item(self, table: TableSpec) -> bool:
        """True when the first field is another table's own key."""
        home = self._items.homes.get(self._items.of(table.name, table.fields[0].field_name))
        return home is not None and home[0] != table.name

    def _belongs_here(self, spec: FieldSpec, table: TableSpec) -> bool:
        """True when a sequence number counts this table's rows, not a parent's."""
        item = self._items.items.get(self._items.of(table.name, spec.field_name))
        if item is None:
            return True
        live = {t for t in item.tables if self._whole.tables[t].standing == "live"}
        if len(live) <= 1:
            return True
        telling = self._items.telling(table.name, spec.field_name) - {"sequence"}
        context = context_words(self._whole.tables[table.name], shipped_lexicon())
        return bool(telling & context)

    def _repeated_lead(self, table: TableSpec, fields: list[str]) -> bool:
        """True when other live tables begin with the same data items."""
        items = tuple(self._items.of(table.name, f) for f in fields)
        return all(items) and self._items.leads(items) >= 3

    def _looks_like_part(self, spec: FieldSpec, table: TableSpec) -> bool:
        meaning = self._items.meaning(table.name, spec.field_name)
        if meaning.kind is Kind.IDENTIFIER:
            return (spec.size or 9) <= 20
        if meaning.representation is Representation.DATE_INT and spec.position <= 2:
            return True
        return meaning.kind is Kind.NUMBER and (spec.size or 9) <= 10 and "number" in meaning.words
