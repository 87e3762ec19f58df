"""Two versions of a catalog compared: what was added, removed, renamed, moved and altered.

A rename is a proposal with its evidence (see `compare_names`) until a person says so; what a
person refused stands as removed and added.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from caseload.model.catalog import Catalog, FieldSpec, TableSpec
from caseload.model.schema_diff import (
    DiffKind,
    FieldPlace,
    Rename,
    RenameDecision,
    RenameState,
    SchemaChange,
)
from caseload.specs.compare_fields import differences, type_words

if TYPE_CHECKING:  # it loads numpy, which a comparison without renames does not need
    from caseload.specs.compare_names import Matcher


@dataclass(slots=True)
class Differences:
    """What differs, by the newer catalog's order, and the renames that explain it."""

    changes: list[SchemaChange] = field(default_factory=list)
    renames: list[Rename] = field(default_factory=list)
    refused: list[Rename] = field(default_factory=list)


def compare(
    old: Catalog,
    new: Catalog,
    *,
    decided: Iterable[RenameDecision] = (),
    seek_renames: bool = True,
) -> Differences:
    """Every difference from `old` to `new`; none between equal catalogs.

    `decided` are people's words on renames of this side.  Without `seek_renames` only what
    people confirmed counts as renamed, which is quick.
    """
    return _Comparison(old, new, decided, seek=seek_renames).run()


class _Comparison:
    """One comparison under way."""

    def __init__(
        self, old: Catalog, new: Catalog, decided: Iterable[RenameDecision], *, seek: bool
    ) -> None:
        self._old, self._new = old, new
        self._words = _Decided(decided)
        self._seek = seek
        self._found = Differences()
        self._tables: dict[str, str] = {}
        self._removed: dict[FieldPlace, FieldSpec] = {}
        self._added: dict[FieldPlace, FieldSpec] = {}
        self._pairs: dict[FieldPlace, tuple[FieldSpec, Rename | None]] = {}

    @cached_property
    def _matcher(self) -> Matcher:
        from caseload.specs.compare_names import Matcher

        return Matcher(self._old, self._words.refused)

    def run(self) -> Differences:
        """Match tables, then fields within them, then fields between them; then tell."""
        self._match_tables()
        back = {new: old for old, new in self._tables.items()}
        for name, table in self._new.tables.items():
            if name in back:
                self._match_fields(self._old.tables[back[name]], table)
        self._match_elsewhere(back)
        self._tell(back)
        self._found.renames.sort(key=lambda r: (-r.confidence, r.new.table, r.new.field))
        self._found.refused = self._words.standing(self._removed, self._old, self._tables)
        return self._found

    def _match_tables(self) -> None:
        old, new = self._old.tables, self._new.tables
        self._tables = {name: name for name in old if name in new}
        taken = set(self._tables)
        for name in old:
            known = self._words.confirmed(FieldPlace(name), lambda p: p.table in new)
            if name not in taken and known and known.new.table not in self._tables.values():
                self._tables[name] = known.new.table
                self._found.renames.append(known)
        gone = [t for n, t in old.items() if n not in self._tables]
        come = [t for n, t in new.items() if n not in set(self._tables.values())]
        if self._seek and gone and come:
            for rename in self._matcher.tables(gone, come):
                self._tables[rename.old.table] = rename.new.table
                self._found.renames.append(rename)

    def _match_fields(self, old: TableSpec, new: TableSpec) -> None:
        olds, news = _by_name(old), _by_name(new)
        pairs = {name: name for name in olds if name in news}
        taken = set(pairs.values())
        for name in olds:
            if name in pairs:
                continue
            place = FieldPlace(old.name, name)
            known = self._words.confirmed(
                place, lambda p: p.table == new.name and p.field in news and p.field not in taken
            )
            if known:
                pairs[name] = known.new.field
                taken.add(known.new.field)
                self._rename(olds[name], news[known.new.field], known)
        gone = [spec for name, spec in olds.items() if name not in pairs]
        come = [spec for name, spec in news.items() if name not in taken]
        if self._seek and gone and come:
            for rename in self._matcher.fields(old, new, gone, come, pairs):
                pairs[rename.old.field] = rename.new.field
                self._rename(olds[rename.old.field], news[rename.new.field], rename)
        matched = set(pairs.values())
        for name, new_name in pairs.items():
            if name == new_name:
                self._pairs[FieldPlace(new.name, new_name)] = (olds[name], None)
        self._removed |= {
            FieldPlace(old.name, name): spec for name, spec in olds.items() if name not in pairs
        }
        self._added |= {
            FieldPlace(new.name, name): spec for name, spec in news.items() if name not in matched
        }

    def _match_elsewhere(self, back: dict[str, str]) -> None:
        """Fields that went to another table, also from a removed or into an added one."""
        gone, come = dict(self._removed), dict(self._added)
        for name, table in self._old.tables.items():
            if name not in self._tables:
                gone |= {FieldPlace(name, n): spec for n, spec in _by_name(table).items()}
        for name, table in self._new.tables.items():
            if name not in back:
                come |= {FieldPlace(name, n): spec for n, spec in _by_name(table).items()}
        for place in list(gone):
            known = self._words.confirmed(place, come.__contains__)
            if known:
                self._rename(gone.pop(place), come.pop(known.new), known)
        if self._seek and gone and come:
            for rename in self._matcher.moves(gone, come):
                self._rename(gone[rename.old], come[rename.new], rename)
        for rename in self._found.renames:
            self._removed.pop(rename.old, None)
            self._added.pop(rename.new, None)

    def _rename(self, old: FieldSpec, new: FieldSpec, rename: Rename) -> None:
        self._pairs[FieldPlace(new.table_name, new.field_name)] = (old, rename)
        self._found.renames.append(rename)

    def _tell(self, back: dict[str, str]) -> None:
        tell = self._found.changes.append
        for name, table in self._new.tables.items():
            if name not in back:
                tell(_whole_table(DiffKind.TABLE_ADDED, table))
            else:
                self._found.changes += _table_changes(self._old.tables[back[name]], table)
            for spec in _by_name(table).values():
                place = FieldPlace(name, spec.field_name)
                pair = self._pairs.get(place)
                if pair:
                    self._found.changes += self._field_changes(*pair, spec)
                elif place in self._added:
                    tell(SchemaChange(DiffKind.FIELD_ADDED, *_at(place), now=type_words(spec)))
            if name in back:
                for place, gone in self._removed.items():
                    if place.table == back[name]:
                        was = type_words(gone)
                        tell(SchemaChange(DiffKind.FIELD_REMOVED, *_at(place), was, old=place))
        for name, table in self._old.tables.items():
            if name not in self._tables:
                tell(_whole_table(DiffKind.TABLE_REMOVED, table))

    def _field_changes(
        self, old: FieldSpec, rename: Rename | None, new: FieldSpec
    ) -> list[SchemaChange]:
        told = []
        if rename:
            own = self._tables.get(rename.old.table) == rename.new.table
            kind = DiffKind.FIELD_RENAMED if own else DiffKind.FIELD_MOVED
            told.append(
                SchemaChange(
                    kind, *_at(rename.new), rename.old.words(), rename.new.words(), rename.old
                )
            )
        foreign = FieldPlace(old.foreign_table, old.foreign_field)
        if foreign.table and self._same_link(foreign, new):
            old = replace(old, foreign_table=new.foreign_table, foreign_field=new.foreign_field)
        return told + differences(old, new)

    def _same_link(self, old: FieldPlace, new: FieldSpec) -> bool:
        """True when a foreign key leads where it did, under the name that has now."""
        now = FieldPlace(new.foreign_table, new.foreign_field)
        if old == now:
            return False
        if not old.field or not now.field:
            return old.field == now.field and self._tables.get(old.table) == now.table
        pair = self._pairs.get(now)
        return (
            bool(pair)
            and pair is not None
            and (FieldPlace(pair[0].table_name, pair[0].field_name) == old)
        )


class _Decided:
    """People's words on renames, followed over several versions."""

    def __init__(self, decisions: Iterable[RenameDecision]) -> None:
        known = list(decisions)
        self._confirmed = {
            d.rename.old: d.rename for d in known if d.rename.state is RenameState.CONFIRMED
        }
        self._said = [d.rename for d in known if d.rename.state is RenameState.REFUSED]
        self.refused = frozenset((d.rename.old, place) for d in known for place in d.refused)

    def confirmed(self, place: FieldPlace, is_there: Callable[[FieldPlace], bool]) -> Rename | None:
        """The rename of `place` into a name that is there, over several steps if need be."""
        seen = {place}
        first = step = self._confirmed.get(place)
        while step and step.new not in seen:
            if is_there(step.new):
                return first if step is first else replace(step, old=place)
            seen.add(step.new)
            step = self._confirmed.get(step.new)
        return None

    def standing(
        self, removed: Iterable[FieldPlace], old: Catalog, tables: dict[str, str]
    ) -> list[Rename]:
        """The refusals that are about what is removed here."""
        gone = set(removed) | {FieldPlace(name) for name in old.tables if name not in tables}
        return [rename for rename in self._said if rename.old in gone]


def _by_name(table: TableSpec) -> dict[str, FieldSpec]:
    """Fields by name; of two of one name the first counts."""
    found: dict[str, FieldSpec] = {}
    for spec in table.fields:
        found.setdefault(spec.field_name, spec)
    return found


def _at(place: FieldPlace) -> tuple[str, str]:
    return place.table, place.field


def _whole_table(kind: DiffKind, table: TableSpec) -> SchemaChange:
    names = tuple(spec.field_name for spec in table.fields)
    words = "1 field" if len(names) == 1 else f"{len(names):,} fields"
    if kind is DiffKind.TABLE_ADDED:
        return SchemaChange(kind, table.name, now=words, gained=names)
    return SchemaChange(kind, table.name, was=words, lost=names, old=FieldPlace(table.name))


def _table_changes(old: TableSpec, new: TableSpec) -> list[SchemaChange]:
    place = FieldPlace(old.name)
    found = []
    if old.name != new.name:
        found.append(SchemaChange(DiffKind.TABLE_RENAMED, new.name, "", old.name, new.name, place))
    if " ".join(old.description.split()) != " ".join(new.description.split()):
        found.append(
            SchemaChange(
                DiffKind.DESCRIPTION, new.name, "", old.description, new.description, place
            )
        )
    if old.load_order != new.load_order:
        was, now = (str(t.load_order or "") for t in (old, new))
        found.append(SchemaChange(DiffKind.LOAD_ORDER, new.name, "", was, now, place))
    moved = _out_of_order(old, new)
    if moved:
        words = "1 field stands elsewhere" if moved == 1 else f"{moved:,} fields stand elsewhere"
        found.append(SchemaChange(DiffKind.ORDER, new.name, "", "", words, place))
    return found


def _out_of_order(old: TableSpec, new: TableSpec) -> int:
    """How many fields that both have must be taken out for the rest to stand in one order."""
    places = {name: i for i, name in enumerate(_by_name(old))}
    order = [places[name] for name in _by_name(new) if name in places]
    return len(order) - _longest_rising(order)


def _longest_rising(numbers: Sequence[int]) -> int:
    ends: list[int] = []
    for number in numbers:
        at = bisect_left(ends, number)
        ends[at : at + 1] = [number]
    return len(ends)
