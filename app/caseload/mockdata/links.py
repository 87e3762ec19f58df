"""Keys that are unique and links that hold, whatever the facts said."""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from caseload.mockdata.frames import Bytes, Frame, Ints, Mask
from caseload.mockdata.plan import Planner, Table
from caseload.mockdata.spelling import fitted, integers, occurrence
from caseload.mockdata.streams import Streams
from caseload.model.catalog import Catalog
from caseload.model.relationship import Relationship
from caseload.specs.meaning import CatalogMeaning, Representation

SURE = 0.75  # links below this are guesses that the cohort may contradict


class Linker:
    """Makes the declared and inferred links of one catalog hold."""

    def __init__(
        self,
        catalog: Catalog,
        meaning: CatalogMeaning,
        frames: dict[str, Frame],
        planner: Planner,
        streams: Streams,
    ) -> None:
        self._catalog, self._meaning, self._frames = catalog, meaning, frames
        self._planner, self._streams = planner, streams
        self._children: set[tuple[str, str]] = set()
        self._kept: dict[str, set[str]] = defaultdict(set)
        self._seen: dict[tuple[str, tuple[str, ...]], dict[object, int]] = {}
        twins = {m.live_table for m in meaning.tables.values() if m.live_table}
        self._has_twins = twins
        self._sizes = {(f.table_name, f.field_name): f.size for f in catalog.all_fields()}
        for links in planner.links.values():
            for link in links:
                self._kept[link.parent].update(link.parent_fields)
                self._children.update((link.child, name) for name in link.child_fields)

    def is_child(self, table: str, name: str) -> bool:
        """True when the field points at another table."""
        return (table, name) in self._children

    def surrogate(self, table: str, name: str) -> Relationship | None:
        """The link by which a field holds another table's record number, if it does."""
        for link in self._planner.links[table]:
            if link.child_fields == (name,):
                of = self._meaning.fields[link.parent, link.parent_fields[0]]
                if of.concept == "record_number":
                    return link
        return None

    def hold(self, table: Table, built: dict[str, Table]) -> list[Relationship]:
        """Make the table's links and key hold; returns the links to tables not yet built."""
        key = set(self._planner.key(table.name))
        links = sorted(
            self._planner.links[table.name],
            key=lambda r: (not set(r.child_fields) <= key, -len(r.child_fields), r.child_fields),
        )
        fixed: set[str] = set()
        late, rest = [], []
        for link in links:
            if link.parent not in built and link.parent != table.name:
                late.append(link)
            elif set(link.child_fields) <= key and link.parent != table.name:
                self._one(table, link, built[link.parent], fixed)
            else:
                rest.append(link)
        self._unique(table, fixed)
        self._fields_apart(table, rest, built, fixed | key)
        return late

    def _fields_apart(
        self, table: Table, links: list[Relationship], built: dict[str, Table], fixed: set[str]
    ) -> None:
        """Links of one field first: those of several must then agree with what they hold."""
        alone = {
            link.child_fields[0]
            for link in self._planner.links[table.name]
            if len(link.child_fields) == 1
        }
        for link in sorted(links, key=lambda r: (len(r.child_fields), r.child_fields)):
            parent = table if link.parent == table.name else built[link.parent]
            settled = fixed | alone if len(link.child_fields) > 1 else set(fixed)
            self._one(table, link, parent, settled)

    def hold_late(self, table: Table, built: dict[str, Table]) -> None:
        """Make the links hold whose parents were built after the table."""
        links = [r for r in self._planner.links[table.name] if r.parent != table.name]
        self._fields_apart(table, links, built, set(self._planner.key(table.name)))

    def trim(self, table: Table) -> None:
        """Forget the columns that no other table needs."""
        if table.name in self._has_twins and table.rows <= 5000:
            return
        kept = self._kept[table.name]
        if table.name in self._has_twins:
            return
        table.columns = {name: values for name, values in table.columns.items() if name in kept}

    def _rows_of(self, table: Table, fields: tuple[str, ...]) -> dict[object, int]:
        """Value (or tuple of values) → row, of the fields of a finished table."""
        found = self._seen.get((table.name, fields))
        if found is None:
            found = dict(zip(_tuples(table, fields), range(table.rows), strict=True))
            self._seen[table.name, fields] = found
        return found

    def _one(self, table: Table, link: Relationship, parent: Table, fixed: set[str]) -> None:
        if not parent.rows or any(f not in parent.columns for f in link.parent_fields):
            return
        if self._contradicted(table, link, parent):
            return
        if parent is table:
            self._seen.pop((table.name, link.parent_fields), None)
        rows_of = self._rows_of(parent, link.parent_fields)
        if parent is table:
            self._seen.pop((table.name, link.parent_fields), None)
        own = _tuples(table, link.child_fields)
        nothing: object = b"" if len(link.child_fields) == 1 else (b"",) * len(link.child_fields)
        wanted = np.zeros(table.rows, dtype=bool)
        for name in link.child_fields:
            if name in table.wanted:
                wanted |= table.wanted[name]
        if set(link.child_fields) <= set(self._planner.key(table.name)):
            wanted[:] = True
        meant = self._meant(table, link, parent)
        wanted |= np.asarray([m >= 0 for m in meant]) if self._is_surrogate(parent, link) else False
        wrong = np.array(
            [
                v not in rows_of
                if v != nothing and not _blank(v)
                else bool(wanted[i]) or v != nothing
                for i, v in enumerate(own)
            ],
            dtype=bool,
        )
        if wrong.any():
            self._mend(table, link, parent, fixed, np.flatnonzero(wrong), meant)
        fixed.update(link.child_fields)

    def _contradicted(self, table: Table, link: Relationship, parent: Table) -> bool:
        """True for a doubtful link to things that, in the cohort, these rows have none of."""
        doubtful = not link.declared and link.confidence < SURE and len(link.child_fields) > 1
        foreign = bool(parent.base) and parent.base not in table.context
        return doubtful and foreign and set(link.child_fields) <= table.sure

    def _is_surrogate(self, parent: Table, link: Relationship) -> bool:
        of = self._meaning.fields[parent.name, link.parent_fields[0]]
        return of.concept == "record_number"

    def _meant(self, table: Table, link: Relationship, parent: Table) -> Ints:
        """The parent's row that each row should point at, or -1."""
        found = np.full(table.rows, -1, dtype=np.int64)
        if not parent.base:
            return found
        for name in link.child_fields:
            rows = table.meant.get(name)
            concept = self._meaning.fields[table.name, name].concept
            fact = next(
                (
                    f.facts[concept]
                    for n in table.context
                    if concept in (f := self._frames[n]).facts
                ),
                None,
            )
            if rows is not None and fact is not None and fact.domain == parent.base:
                places = parent.places(self._frames)
                return np.where(rows >= 0, places[np.maximum(rows, 0)], -1)
        rows = table.context.get(parent.base)
        if rows is None:
            return found
        places = parent.places(self._frames)
        return np.where(rows >= 0, places[np.maximum(rows, 0)], -1)

    def _mend(
        self,
        table: Table,
        link: Relationship,
        parent: Table,
        fixed: set[str],
        wrong: Ints,
        meant: Ints,
    ) -> None:
        rng = self._streams.rng("link", table.name, *link.child_fields, link.parent)
        free = [n for n in link.child_fields if n not in fixed]
        if not free:
            return
        place = meant[wrong]
        lost = place < 0
        if len(free) == len(link.child_fields):
            place = np.where(lost, rng.integers(0, parent.rows, len(wrong)), place)
            lost = np.zeros(len(wrong), dtype=bool)
        else:
            self._near(table, link, parent, fixed, wrong, place)
            lost = place < 0
        place, lost = self._short_enough(table, link, parent, place, lost)
        key = set(self._planner.key(table.name))
        for child, held in zip(link.child_fields, link.parent_fields, strict=True):
            if child in fixed:
                continue
            values = parent.columns[held][np.maximum(place, 0)]
            if child not in key:
                values = np.where(lost, b"", values)
            column = table.columns[child]
            width = max(column.dtype.itemsize, values.dtype.itemsize)
            column = column.astype(f"S{width}")
            column[wrong] = values
            table.columns[child] = column
            table.changed.add(child)

    def _short_enough(
        self, table: Table, link: Relationship, parent: Table, place: Ints, lost: Mask
    ) -> tuple[Ints, Mask]:
        """Turn away from parents whose values the child's fields cannot hold."""
        for child, held in zip(link.child_fields, link.parent_fields, strict=True):
            size = self._sizes[table.name, child]
            values = parent.columns[held]
            if size is None or values.dtype.itemsize <= size:
                continue
            short = np.char.str_len(values) <= size
            fits = np.flatnonzero(short)
            bad = ~short[np.maximum(place, 0)]
            if len(fits):
                place = np.where(bad, fits[place % len(fits)], place)
            else:
                lost = lost | bad
        return place, lost

    def _near(
        self,
        table: Table,
        link: Relationship,
        parent: Table,
        fixed: set[str],
        wrong: Ints,
        place: Ints,
    ) -> None:
        """Parents that agree in the fields that are already fixed."""
        pairs = [
            (c, p) for c, p in zip(link.child_fields, link.parent_fields, strict=True) if c in fixed
        ]
        of = self._rows_of(parent, tuple(p for _, p in pairs))
        own = _tuples(table, tuple(c for c, _ in pairs))
        for at, row in enumerate(wrong.tolist()):
            right = place[at]
            if right >= 0 and of.get(own[row]) is not None:
                same = all(parent.columns[p][right] == table.columns[c][row] for c, p in pairs)
                if same:
                    continue
            place[at] = of.get(own[row], -1)

    def _unique(self, table: Table, fixed: set[str]) -> None:
        """Make the key unique: number within the rest of the key, or drop what cannot be."""
        key = self._planner.key(table.name)
        if not key or not table.rows:
            return
        tuples = _tuples(table, key)
        if len(set(tuples)) == table.rows and not any(_blank(t) for t in tuples):
            return
        free = [n for n in key if n not in fixed]
        if not free:
            seen: set[object] = set()
            keep = np.array([not (t in seen or seen.add(t)) for t in tuples])  # type: ignore[func-returns-value]
            table.keep(keep)
            return
        whole = [n for n in free if self._form(table, n) is Representation.INTEGER]
        plain = [
            n for n in free if self._form(table, n) in (Representation.TEXT, Representation.CODE)
        ]
        chosen = (whole or plain or free)[-1]
        rest = tuple(n for n in key if n != chosen)
        number: Ints = np.arange(table.rows, dtype=np.int64)
        if rest:
            groups = _tuples(table, rest)
            ids = {g: i for i, g in enumerate(dict.fromkeys(groups))}
            number = occurrence(np.array([ids[g] for g in groups], dtype=np.int64))
        self._renumber(table, chosen, number)

    def _form(self, table: Table, name: str) -> Representation:
        return self._meaning.fields[table.name, name].representation

    def _renumber(self, table: Table, name: str, number: Ints) -> None:
        meaning = self._meaning.fields[table.name, name]
        spec = next(f for f in table.fields if f.field_name == name)
        size = spec.size or 10
        if size < 9 and 10**size <= number.max(initial=0) + 1:
            table.keep(number + 1 < 10**size)
            number = number[number + 1 < 10**size]
        if meaning.representation in (Representation.DATE_INT, Representation.DATE):
            days = np.datetime64("2024-01-01") + number
            text = np.datetime_as_string(days, unit="D").astype("S")
            if meaning.representation is Representation.DATE_INT:
                values: Bytes = np.char.replace(text, b"-", b"")
            else:
                values = np.array(
                    [t[8:] + b"/" + t[5:7] + b"/" + t[:4] for t in text.tolist()], dtype="S"
                )
        else:
            values = fitted(integers(number + 1), spec, meaning)
        table.columns[name] = values
        table.changed.add(name)


def _tuples(table: Table, fields: tuple[str, ...]) -> list[object]:
    if len(fields) == 1:
        plain: list[object] = table.columns[fields[0]].tolist()
        return plain
    return list(zip(*(table.columns[name].tolist() for name in fields), strict=True))


def _blank(value: object) -> bool:
    """True when a key value, or a part of it, is empty."""
    return value == b"" or (isinstance(value, tuple) and b"" in value)
