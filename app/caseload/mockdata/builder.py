"""Fills the tables of one catalog from the cohort: facts first, then keys and links that hold."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import numpy as np

from caseload.mockdata.frames import DAY, EMPTY, Bytes, Fact, FactKind, Frame
from caseload.mockdata.generic import Generic, Row
from caseload.mockdata.links import Linker
from caseload.mockdata.lists import CodeBook
from caseload.mockdata.plan import Planner, Table
from caseload.mockdata.spelling import Speller, fitted, integers
from caseload.mockdata.streams import Streams
from caseload.model.catalog import Catalog, FieldSpec, Side
from caseload.specs.meaning import CatalogMeaning, FieldMeaning

SYSTEM = b"MOCKPAS"

_ALSO = {
    "start_date": ("start",),
    "start_time": ("start",),
    "end_date": ("end",),
    "end_time": ("end",),
    "open_date": ("start",),
    "close_date": ("end",),
    "arrival_date": ("arrival_datetime",),
    "clinician": ("seen_by",),
    "audit_user": ("last_updated_by",),
    "specialty_name": ("name",),
    "description": ("name",),
    "name": ("description",),
    "short_name": ("name",),
    "discharge_reason": ("community_discharge_reason", "mh_end_reason"),
    "ward_code": ("admission_ward",),
    "main_specialty": ("specialty_code",),
    "secondary_specialty": ("specialty_code",),
    "treatment_function": ("specialty_code",),
    "location_name": ("name",),
    "sequence_number": ("coding_sequence",),
}
_NTH = {"first_forename": ("first_forename", "second_forename", "third_forename")}


class Builder:
    """Fills one catalog's tables and hands each to `sink` when it is complete."""

    def __init__(
        self,
        catalog: Catalog,
        meaning: CatalogMeaning,
        frames: dict[str, Frame],
        codes: CodeBook,
        streams: Streams,
        as_of: date,
    ) -> None:
        self._catalog, self._meaning, self._frames = catalog, meaning, frames
        self._today = (as_of - date(1970, 1, 1)).days * DAY
        self.planner = Planner(catalog, meaning, frames, codes, streams)
        self._speller = Speller(catalog.side, frames, codes)
        self._generic = Generic(streams, codes, self._today)
        self._linker = Linker(catalog, meaning, frames, self.planner, streams)
        self._rows: dict[str, Row] = {}

    def build(self, sink: Callable[[Table], None], before: Callable[[int, str], None]) -> None:
        """Build every table, parents first; `before(place, name)` is called before each."""
        built: dict[str, Table] = {}
        waiting: dict[str, Table] = {}
        for place, name in enumerate(self.planner.order()):
            before(place, name)
            table = self.planner.table(name, built)
            self._fill(table)
            late = self._linker.hold(table, built)
            self._mend_twins(table)
            built[name] = table
            if late:
                waiting[name] = table
            else:
                sink(table)
                self._linker.trim(table)
        for table in waiting.values():
            self._linker.hold_late(table, built)
            self._mend_twins(table)
            sink(table)

    def _fill(self, table: Table) -> None:
        key = set(self.planner.key(table.name))
        for spec in table.fields:
            meaning = self._meaning.fields[table.name, spec.field_name]
            values = self._own(table, spec, meaning, key)
            if values is None:
                values = self._known(table, spec, meaning)
            if spec.data_type.startswith(("NUM", "INT", "DEC")) and not _numeric(values):
                small = np.arange(table.rows) % min(9, 10 ** (spec.size or 1)) + 1
                values = fitted(integers(small), spec, meaning)
            table.columns[spec.field_name] = values
            if spec.unique:
                self._differ(table, spec, meaning)

    def _differ(self, table: Table, spec: FieldSpec, meaning: FieldMeaning) -> None:
        """Number a unique field through where its values repeat."""
        held = [v for v in table.columns[spec.field_name].tolist() if v]
        if len(set(held)) < len(held):
            numbers = integers(np.arange(1, table.rows + 1) + 10 ** min(6, (spec.size or 6) - 1))
            table.columns[spec.field_name] = fitted(numbers, spec, meaning)

    def _own(
        self, table: Table, spec: FieldSpec, meaning: FieldMeaning, key: set[str]
    ) -> Bytes | None:
        """Record numbers, parents' record numbers, constants, and what a live table holds."""
        if table.copied and (copied := self._copied(table, spec, meaning)) is not None:
            return copied
        link = self._linker.surrogate(table.name, spec.field_name)
        if link is not None:
            table.wanted[spec.field_name] = np.full(table.rows, spec.mandatory)
            self._mean(table, spec, meaning)
            return np.full(table.rows, b"", "S1")
        if meaning.concept == "record_number" and (spec.field_name in key or spec.unique):
            return fitted(integers(np.arange(1, table.rows + 1)), spec, meaning)
        if self._catalog.side is Side.TARGET and meaning.concept == "system_code":
            return fitted(np.full(table.rows, SYSTEM), spec, meaning)
        return None

    def _copied(self, table: Table, spec: FieldSpec, meaning: FieldMeaning) -> Bytes | None:
        assert table.copied is not None  # noqa: S101
        live, rows = table.copied
        if meaning.concept.startswith(("audit", "old_value", "new_value")):
            return None
        for other in live.fields:
            of = self._meaning.fields[live.name, other.field_name]
            same = other.field_name == spec.field_name or (
                of.concept == meaning.concept
                and of.known
                and of.ordinal == meaning.ordinal
                and of.representation is meaning.representation
            )
            if same and other.field_name in live.columns and (other.size or 0) <= (spec.size or 0):
                held = live.columns[other.field_name]
                return held[rows] if len(held) == live.rows else None
        return None

    def _known(self, table: Table, spec: FieldSpec, meaning: FieldMeaning) -> Bytes:
        fact = self._fact(table, meaning)
        if fact is not None:
            if fact.kind is FactKind.REFERENCE:
                table.meant[spec.field_name] = np.where(fact.values == EMPTY, -1, fact.values)
            spelled = self._speller.spell(fact, spec, meaning)
            if spelled is not None:
                if spec.allowed_values and not set(np.unique(spelled).tolist()) <= {
                    b"",
                    *(v.encode() for v in spec.allowed_values),
                }:
                    return self._made(table, spec, meaning)
                table.sure.add(spec.field_name)
                return self._complete(table, spec, meaning, spelled)
        return self._made(table, spec, meaning)

    def _complete(
        self, table: Table, spec: FieldSpec, meaning: FieldMeaning, values: Bytes
    ) -> Bytes:
        """A mandatory field of the target is never empty."""
        if not spec.mandatory or not (values == b"").any():
            return values
        return np.where(values == b"", self._made(table, spec, meaning, full=True), values)

    def _made(
        self, table: Table, spec: FieldSpec, meaning: FieldMeaning, *, full: bool = False
    ) -> Bytes:
        rows = self._row(table)
        full = full or spec.mandatory or spec.field_name in self.planner.key(table.name)
        if self._linker.is_child(table.name, spec.field_name):
            kept = self._generic.kept(spec, meaning, table.rows, rows, parent=True)
            table.wanted[spec.field_name] = kept | full
            return np.full(table.rows, b"", "S1")
        if full:
            fact = self._generic.full(spec, meaning, table.rows, rows)
        else:
            fact = self._generic.fact(spec, meaning, table.rows, rows)
        spelled = self._speller.spell(fact, spec, meaning)
        if spelled is None:
            numbers = Fact(FactKind.INTEGER, np.arange(1, table.rows + 1))
            spelled = self._speller.spell(numbers, spec, meaning)
        return spelled if spelled is not None else np.full(table.rows, b"", "S1")

    def _fact(self, table: Table, meaning: FieldMeaning) -> Fact | None:
        """What the cohort knows of the field: in its own frame, its entity's, then further off."""
        names = [meaning.concept, *_ALSO.get(meaning.concept, ())]
        if meaning.ordinal > 1 and meaning.concept in _NTH:
            names = list(_NTH[meaning.concept][meaning.ordinal - 1 :][:1]) or names
        elif meaning.ordinal > 1:
            return None
        if not meaning.known:
            words = meaning.concept.split("_")
            names += ["_".join(words[cut:]) for cut in range(1, len(words) - 1)]
        chain = list(table.context)
        if meaning.entity in table.context and meaning.entity != table.base:
            chain.remove(meaning.entity)
            chain.insert(1 if table.base else 0, meaning.entity)
        for frame in chain:
            facts = self._frames[frame].facts
            for name in names:
                if name in facts:
                    return facts[name].take(table.context[frame])
        return None

    def _mean(self, table: Table, spec: FieldSpec, meaning: FieldMeaning) -> None:
        fact = self._fact(table, meaning)
        if fact is not None and fact.kind is FactKind.REFERENCE:
            table.meant[spec.field_name] = np.where(fact.values == EMPTY, -1, fact.values)

    def _row(self, table: Table) -> Row:
        known = self._rows.get(table.name)
        if known is not None and len(known.start) == table.rows:
            return known
        start = np.full(table.rows, self._today - 400 * DAY, dtype=np.int64)
        until = np.full(table.rows, self._today - DAY, dtype=np.int64)
        ended, died = np.zeros(table.rows, dtype=bool), np.zeros(table.rows, dtype=bool)
        for name, rows in table.context.items():
            facts = self._frames[name].facts
            if "start" in facts:
                begin, end = facts["start"].take(rows).values, facts["end"].take(rows).values
                start = np.where(begin != EMPTY, begin, start)
                until = np.where(end != EMPTY, end, until)
                ended = end != EMPTY
                break
        if "patient" in table.context:
            own = self._frames["patient"].facts
            death = own["death_date"].take(table.context["patient"]).values
            died = death != EMPTY
            until = np.where(died, np.minimum(until, np.where(died, death, until)), until)
        found = Row(np.minimum(start, until), until, ended, died)
        self._rows = {table.name: found}
        return found

    def _mend_twins(self, table: Table) -> None:
        """Write the twin of a date that a key or link changed."""
        for spec in table.fields:
            meaning = self._meaning.fields[table.name, spec.field_name]
            other = meaning.twin_of
            if not other or other not in table.columns:
                continue
            if spec.field_name in table.changed:
                self._rewrite(table, spec.field_name, other)
            elif other in table.changed:
                self._rewrite(table, other, spec.field_name)
        table.changed.clear()

    def _rewrite(self, table: Table, changed: str, twin: str) -> None:
        forms = [self._meaning.fields[table.name, name].representation for name in (changed, twin)]
        values = [_turn(v, forms[0].value, forms[1].value) for v in table.columns[changed].tolist()]
        table.columns[twin] = np.array(values, dtype="S") if values else table.columns[twin]


def _numeric(values: Bytes) -> bool:
    """True when every value is a number or nothing."""
    bare = np.char.replace(values, b".", b"")
    return bool(((bare == b"") | np.char.isdigit(bare)).all())


def _turn(value: bytes, form: str, other: str) -> bytes:
    """A date in one form in another: date, dateint, datetime, datetimeint."""
    if not value or form == other:
        return value
    digits = (
        value
        if form.endswith("int")
        else value[6:10] + value[3:5] + value[:2] + value[11:].replace(b":", b"")
    )
    if other == "dateint":
        return digits[:8]
    if other == "datetimeint":
        return (digits + b"0000")[:12]
    shown = digits[6:8] + b"/" + digits[4:6] + b"/" + digits[:4]
    if other == "datetime":
        hours = (digits + b"0000")[8:12]
        return shown + b" " + hours[:2] + b":" + hours[2:]
    return shown if other == "date" else value
