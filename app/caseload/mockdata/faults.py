"""Named faults put into the source after it was made, and the list of exactly those."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np

from caseload.mockdata.frames import Bytes, Ints, Mask
from caseload.mockdata.lists import CodeBook
from caseload.mockdata.plan import Planner, Table
from caseload.mockdata.streams import Streams
from caseload.model.catalog import Catalog, FieldSpec
from caseload.specs.meaning import CatalogMeaning, FieldMeaning, Kind, Representation
from caseload.specs.meaning.types import DATES

HEADER = ["fault", "table_name", "field_name", "record", "line", "value_kind", "detail"]
KINDS = (
    "duplicate_patient",
    "invalid_nhs_number",
    "duplicate_nhs_number",
    "future_birth_date",
    "unknown_code",
    "over_long_text",
    "orphan_row",
    "impossible_date",
    "discharge_before_admission",
    "missing_mandatory",
)
_CODED = ("sex", "marital_status", "ethnic_category", "admission_method", "referral_source")
_DATED = ("referral_date", "appointment_datetime", "waiting_list_date", "admission_date")
_WORDED = ("address_line_1", "occupation", "surname", "name", "description")
_ORPHANS = (
    "allergy",
    "alert",
    "patient_alias",
    "patient_identifier",
    "patient_contact",
    "referral",
)
_NEEDED = ("patient_alias", "patient_contact", "allergy", "patient_identifier", "alert", "referral")
_SHOWN = {
    Representation.DATE: b"30/02/2019",
    Representation.DATE_INT: b"20190230",
    Representation.DATETIME: b"30/02/2019 10:30",
    Representation.DATETIME_INT: b"201902301030",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One planted fault: `line` counts the file's lines from 1, the header being the first."""

    fault: str
    table: str
    field: str
    record: str
    line: int
    value_kind: str
    detail: str = ""

    @property
    def order(self) -> tuple[int, str, int, str]:
        """Where it stands in the list: by kind, table, line, field."""
        return (KINDS.index(self.fault), self.table, self.line, self.field)

    def cells(self) -> list[str]:
        """The line of faults.csv."""
        return [
            self.fault,
            self.table,
            self.field,
            self.record,
            str(self.line),
            self.value_kind,
            self.detail,
        ]


@dataclass(slots=True)
class _Place:
    """A kind of fault and the field it goes into; `put` gives the new value of some rows."""

    kind: str
    specs: list[FieldSpec]
    put: Callable[[Table, FieldSpec, Ints], Bytes]
    usable: Callable[[Table], Mask] | None = None
    detail: str = ""


@dataclass(slots=True)
class FaultPlanter:
    """Chooses where faults go by what tables and fields mean, and puts them in.

    `needed` are (entity, concept) pairs that the target demands.
    """

    catalog: Catalog
    meaning: CatalogMeaning
    planner: Planner
    codes: CodeBook
    streams: Streams
    percent: float
    next_year: int
    needed: frozenset[tuple[str, str]]
    found: list[Fault] = field(default_factory=list)
    _places: dict[str, list[_Place]] = field(default_factory=dict)
    _free: Ints = field(default_factory=lambda: np.empty(0, np.int64))

    def __post_init__(self) -> None:
        for table, place in self._choose():
            self._places.setdefault(table, []).append(place)

    def plant(self, table: Table) -> list[Bytes]:
        """The table's columns in catalog order with its faults in them."""
        columns = dict(table.columns)
        places = self._places.get(table.name, [])
        if places and table.rows:
            rng = self.streams.rng("faults", table.name)
            self._free = rng.permutation(table.rows).astype(np.int64)
            each = max(1, min(round(table.rows * self.percent / 100), table.rows // len(places)))
            for place in places:
                usable = place.usable(table) if place.usable else np.ones(table.rows, dtype=bool)
                rows = np.sort(self._free[usable[self._free]][:each])
                if len(rows):
                    self._spend(rows)
                    self._put(table, columns, place, rows)
        return [columns[spec.field_name] for spec in table.fields]

    def _spend(self, rows: Ints) -> None:
        """No row carries two faults, or lends its value to one."""
        self._free = self._free[~np.isin(self._free, rows)]

    def _put(self, table: Table, columns: dict[str, Bytes], place: _Place, rows: Ints) -> None:
        if place.kind == "duplicate_patient":
            self._duplicate(table, columns, place, rows)
            return
        for spec in place.specs:
            values = place.put(table, spec, rows)
            self._write(columns, spec.field_name, rows, values)
            for row in rows.tolist():
                self._note(place, table, spec.field_name, row, row)

    def _write(self, columns: dict[str, Bytes], name: str, rows: Ints, values: Bytes) -> None:
        width = max(columns[name].dtype.itemsize, values.dtype.itemsize)
        column = columns[name].astype(f"S{width}")
        column[rows] = values
        columns[name] = column

    def _note(self, place: _Place, table: Table, name: str, row: int, line: int) -> None:
        key = self.planner.key(table.name)
        record = "|".join(table.columns[k][row].decode() for k in key)
        kind = self.meaning.fields[table.name, name].representation.value if name else ""
        self.found.append(Fault(place.kind, table.name, name, record, line + 2, kind, place.detail))

    def _duplicate(
        self, table: Table, columns: dict[str, Bytes], place: _Place, rows: Ints
    ) -> None:
        """The same people once more under new numbers, at the end of the table."""
        told = {s.field_name: self._of(table.name, s) for s in table.fields}
        last = len(next(iter(columns.values())))
        for name, column in columns.items():
            copied = column[rows]
            if told[name].concept in ("patient_number", "hospital_number") or name in (
                s.field_name for s in place.specs
            ):
                copied = _next(column, len(rows))
            elif told[name].concept in ("nhs_number", "old_nhs_number", "casenote_number"):
                copied = np.full(len(rows), b"", "S1")
            columns[name] = np.concatenate([column, copied])
        for at, row in enumerate(rows.tolist()):
            self._note(place, table, place.specs[0].field_name, row, last + at)

    def _choose(self) -> Iterator[tuple[str, _Place]]:
        patient = self.planner.primary("patient")
        if patient:
            yield from self._patient(patient)
        for table, place in (
            self._orphan(patient),
            self._unread_date(),
            self._early_discharge(),
            self._missing(),
        ):
            if table and place is not None:
                yield table, place

    def _of(self, table: str, spec: FieldSpec) -> FieldMeaning:
        return self.meaning.fields[table, spec.field_name]

    def _fields(self, table: str, *concepts: str) -> list[FieldSpec]:
        return [
            spec
            for concept in concepts
            for spec in self.catalog.tables[table].fields
            if self._of(table, spec).concept == concept
        ]

    def _one(self, table: str, *concepts: str) -> list[FieldSpec]:
        """The first dated field of each concept with its twins."""
        found: list[FieldSpec] = []
        for concept in concepts:
            dated = [s for s in self._fields(table, concept) if self._dated(table, s)]
            first = dated[0].field_name if dated else ""
            same = [s for s in dated if first in (s.field_name, self._of(table, s).twin_of)]
            found += same
        return found

    def _patient(self, table: str) -> Iterator[tuple[str, _Place]]:
        key = self.planner.key(table)
        keyed = [s for s in self.catalog.tables[table].fields if s.field_name in key]
        if keyed:
            yield table, _Place("duplicate_patient", keyed[:1], _same, detail="as another record")
        numbers = self._fields(table, "nhs_number")
        if numbers:
            first = numbers[0].field_name

            def known(built: Table) -> Mask:
                held: Mask = np.char.str_len(built.columns[first]) >= 10
                return held

            yield table, _Place("invalid_nhs_number", numbers, _wrong_digit, known)
            yield table, _Place("duplicate_nhs_number", numbers, self._other_number, known)
        born = self._one(table, "birth_date")
        if born:
            ends = [s.field_name for s in self._fields(table, "death_date")]

            def living(built: Table) -> Mask:
                alive: Mask = np.ones(built.rows, dtype=bool)
                for name in ends:
                    alive = alive & (built.columns[name] == b"")
                return alive

            yield table, _Place("future_birth_date", born, self._future, living)
        coded = [
            s
            for s in self._fields(table, *_CODED)
            if self.codes.get(self._of(table, s).code_list) is not None
            and self._of(table, s).representation is Representation.CODE
        ]
        if coded:
            yield table, _Place("unknown_code", coded[:1], self._unknown)
        worded = [s for s in self._fields(table, *_WORDED) if s.size and s.field_name not in key]
        if worded:
            yield table, _Place("over_long_text", worded[:1], _too_long)

    def _orphan(self, patient: str) -> tuple[str, _Place | None]:
        for entity in _ORPHANS:
            table = self.planner.primary(entity)
            for link in self.planner.links.get(table, []):
                if link.parent == patient and len(link.child_fields) == 1:
                    spec = self.catalog.tables[table].field_named(link.child_fields[0])
                    if spec is not None:
                        return table, _Place("orphan_row", [spec], _nobody, detail=link.parent)
        return "", None

    def _unread_date(self) -> tuple[str, _Place | None]:
        for entity in ("referral", "op_appointment", "waiting_list", "admission", "patient"):
            table = self.planner.primary(entity)
            for concept in _DATED if table else ():
                specs = self._one(table, concept)
                if specs:
                    return table, _Place("impossible_date", specs, self._no_day)
        return "", None

    def _early_discharge(self) -> tuple[str, _Place | None]:
        table = self.planner.primary("admission")
        if not table:
            return "", None
        after = self._one(table, "discharge_date", "discharge_datetime")
        if not after or not self._fields(table, "admission_date", "admission_datetime"):
            return "", None
        first = after[0].field_name

        def gone(built: Table) -> Mask:
            held: Mask = built.columns[first] != b""
            return held

        return table, _Place("discharge_before_admission", after, self._long_ago, gone)

    def _missing(self) -> tuple[str, _Place | None]:
        for entity in _NEEDED:
            table = self.planner.primary(entity)
            key = self.planner.key(table) if table else ()
            for spec in self.catalog.tables[table].fields if table else ():
                told = self._of(table, spec)
                plain = told.kind in (Kind.NAME, Kind.TEXT, Kind.IDENTIFIER)
                if (entity, told.concept) in self.needed and plain and spec.field_name not in key:
                    if any(spec.field_name in r.child_fields for r in self.planner.links[table]):
                        continue
                    return table, _Place("missing_mandatory", [spec], _nothing)
        return "", None

    def _dated(self, table: str, spec: FieldSpec) -> bool:
        return self._of(table, spec).representation in DATES

    def _future(self, table: Table, spec: FieldSpec, rows: Ints) -> Bytes:
        return self._day(table, spec, rows, b"%04d" % self.next_year, b"03", b"14")

    def _long_ago(self, table: Table, spec: FieldSpec, rows: Ints) -> Bytes:
        return self._day(table, spec, rows, b"1988", b"01", b"05")

    def _no_day(self, table: Table, spec: FieldSpec, rows: Ints) -> Bytes:
        return np.full(len(rows), _SHOWN[self._of(table.name, spec).representation])

    def _day(
        self, table: Table, spec: FieldSpec, rows: Ints, year: bytes, month: bytes, day: bytes
    ) -> Bytes:
        form = self._of(table.name, spec).representation
        shown = {
            Representation.DATE_INT: year + month + day,
            Representation.DATETIME_INT: year + month + day + b"1030",
            Representation.DATETIME: day + b"/" + month + b"/" + year + b" 10:30",
        }
        return np.full(len(rows), shown.get(form, day + b"/" + month + b"/" + year))

    def _other_number(self, table: Table, spec: FieldSpec, rows: Ints) -> Bytes:
        """The numbers of patients without a fault; the same ones for each field of a number."""
        column = table.columns[spec.field_name]
        donors = np.sort(self._free)[: 2 * len(rows) + 8]
        donors = donors[column[donors] != b""][: len(rows)]
        return column[np.resize(donors, len(rows))] if len(donors) else column[rows]

    def _unknown(self, table: Table, spec: FieldSpec, rows: Ints) -> Bytes:
        held = self.codes.named(self._of(table.name, spec).code_list)
        size = spec.size or 4
        made = next(c * min(size, 2) for c in "QJK7$" if c * min(size, 2) not in held.sources)
        return np.full(len(rows), made.encode())


def _same(table: Table, spec: FieldSpec, rows: Ints) -> Bytes:
    return table.columns[spec.field_name][rows]


def _nothing(_table: Table, _spec: FieldSpec, rows: Ints) -> Bytes:
    return np.full(len(rows), b"", "S1")


def _too_long(_table: Table, spec: FieldSpec, rows: Ints) -> Bytes:
    long = (b"OVERLONG TEXT " * ((spec.size or 10) // 14 + 2))[: (spec.size or 10) + 7]
    return np.full(len(rows), long.rstrip() + b"X" * 7)


def _wrong_digit(table: Table, spec: FieldSpec, rows: Ints) -> Bytes:
    """The same number with another check digit, written as the field writes it."""
    made = []
    for value in table.columns[spec.field_name][rows].tolist():
        digit = (int(value[-1:] or b"0") + 1) % 10
        made.append(value[:-1] + b"%d" % digit)
    return np.array(made, dtype="S")


def _nobody(_table: Table, spec: FieldSpec, rows: Ints) -> Bytes:
    """Numbers that no parent has."""
    size = min(spec.size or 9, 9)
    return np.array([b"9" * (size - 3) + b"%03d" % (i % 1000) for i in range(len(rows))], dtype="S")


def _next(column: Bytes, count: int) -> Bytes:
    """The `count` numbers after the highest, written as the column writes them."""
    highest = max(column.tolist(), key=lambda v: (len(v), v))
    digits = len(highest) - len(highest.rstrip(b"0123456789"))
    head, tail = highest[: len(highest) - digits], highest[len(highest) - digits :]
    start = int(tail or b"0")
    width = max(digits, 1)
    return np.array([head + b"%0*d" % (width, start + i + 1) for i in range(count)], dtype="S")
