"""Both schema catalogs as read, and what people put right about them.

Corrections are kept apart from what was read: re-reading a document replaces the one and
leaves the other.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Row, bindparam, delete, insert, select
from sqlalchemy.dialects.sqlite import insert as upsert

from caseload.model.catalog import (
    Catalog,
    Check,
    DocumentRead,
    FieldSpec,
    Provenance,
    ReadProblem,
    Side,
    TableSpec,
)
from caseload.model.correction import Fix, refuse_unknown
from caseload.model.correction import corrected as fixed
from caseload.store.database import Database
from caseload.store.records import Correction
from caseload.store.schema import catalog, catalog_field, catalog_table, field_correction

_PLAIN = (
    "table_name", "field_name", "position", "data_type", "length", "raw_field_name",
    "description", "mandatory", "data_element", "logical_delete_flag", "released_at", "format",
    "code_type", "foreign_table", "foreign_field", "upper", "condition", "loaded_to",
    "confidence",
)  # fmt: skip
"""FieldSpec attributes that are columns of the same name."""

_ROWS_AT_ONCE = 400


class Catalogs:
    """The catalogs of both sides."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def replace(self, new: Catalog) -> None:
        """Put a catalog as read in the place of its side's, within the open transaction."""
        connection = self._database.current
        side = new.side.value
        connection.execute(delete(catalog).where(catalog.c.side == side))
        connection.execute(
            insert(catalog).values(
                side=side,
                documents=[dataclasses.asdict(d) for d in new.documents],
                problems=[
                    {"message": p.message, "provenance": _provenance_json(p.provenance)}
                    for p in new.problems
                ],
            )
        )
        tables = [
            {
                "side": side,
                "name": name,
                "ordinal": ordinal,
                "description": table.description,
                "load_order": table.load_order,
                "provenance": _provenance_json(table.provenance),
            }
            for ordinal, (name, table) in enumerate(new.tables.items())
        ]
        fields = [
            _field_row(side, name, ordinal, spec)
            for name, table in new.tables.items()
            for ordinal, spec in enumerate(table.fields)
        ]
        if tables:
            connection.execute(insert(catalog_table), tables)
        for start in range(0, len(fields), _ROWS_AT_ONCE):
            connection.execute(insert(catalog_field), fields[start : start + _ROWS_AT_ONCE])

    def load(self, side: Side, *, corrected: bool = True) -> Catalog:
        """The catalog of `side`, with people's corrections unless told not to; may be empty."""
        with self._database.read() as connection:
            head = connection.execute(select(catalog).where(catalog.c.side == side.value)).first()
            tables = connection.execute(
                select(catalog_table)
                .where(catalog_table.c.side == side.value)
                .order_by(catalog_table.c.ordinal)
            ).all()
            rows = connection.execute(
                select(catalog_field)
                .where(catalog_field.c.side == side.value)
                .order_by(catalog_field.c.table_name, catalog_field.c.ordinal)
            ).all()
        fields: dict[str, list[FieldSpec]] = {}
        for row in rows:
            fields.setdefault(row.table_name, []).append(_field(row))
        read = Catalog(
            side,
            {
                row.name: TableSpec(
                    row.name,
                    tuple(fields.get(row.name, ())),
                    row.description,
                    row.load_order,
                    _provenance(row.provenance),
                )
                for row in tables
            },
            tuple(DocumentRead(**d) for d in head.documents) if head else (),
            tuple(ReadProblem(p["message"], _provenance(p["provenance"])) for p in head.problems)
            if head
            else (),
        )
        return fixed(read, map(fix_of, self.corrections(side))) if corrected else read

    def correct(self, *corrections: Correction) -> None:
        """Keep corrections, each in the place of an earlier one of that field.

        Raises:
            BadInput: one names something about a field that cannot be put right.
        """
        for each in corrections:
            refuse_unknown(each.table_name, each.field_name, each.changes)
        rows = [
            {
                "side": each.side.value,
                "table_name": each.table_name,
                "field_name": each.field_name,
                "changes": dict(each.changes),
                "by": each.by,
                "why": each.why,
                "at": each.at,
            }
            for each in corrections
        ]
        adding = upsert(field_correction)
        replaced = {name: adding.excluded[name] for name in ("changes", "by", "why", "at")}
        names = ["side", "table_name", "field_name"]
        if rows:
            self._database.current.execute(
                adding.on_conflict_do_update(index_elements=names, set_=replaced), rows
            )

    def withdraw(self, side: Side, table_name: str, field_name: str) -> None:
        """Take a correction back: the field is again as read."""
        self.withdraw_all([(side, table_name, field_name)])

    def withdraw_all(self, names: Iterable[tuple[Side, str, str]]) -> None:
        """Take the corrections of several fields (side, table, field) back."""
        columns = (
            field_correction.c.side,
            field_correction.c.table_name,
            field_correction.c.field_name,
        )
        wanted = [column == bindparam(f"is_{column.name}") for column in columns]
        rows = [
            {"is_side": side.value, "is_table_name": table, "is_field_name": field}
            for side, table, field in names
        ]
        if rows:
            self._database.current.execute(delete(field_correction).where(*wanted), rows)

    def corrections(self, side: Side | None = None) -> list[Correction]:
        """Every correction, by side, table and field."""
        query = select(field_correction).order_by(
            field_correction.c.side, field_correction.c.table_name, field_correction.c.field_name
        )
        if side is not None:
            query = query.where(field_correction.c.side == side.value)
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        return [
            Correction(Side(r.side), r.table_name, r.field_name, r.changes, r.by, r.why, r.at)
            for r in rows
        ]


def fix_of(correction: Correction) -> Fix:
    """A kept correction as it is applied."""
    return Fix(
        correction.table_name,
        correction.field_name,
        correction.changes,
        correction.by,
        correction.why,
        correction.at,
    )


def _field_row(side: str, table_name: str, ordinal: int, spec: FieldSpec) -> dict[str, Any]:
    row = {name: getattr(spec, name) for name in _PLAIN}
    row.update(
        side=side,
        table_name=table_name,
        ordinal=ordinal,
        is_key=spec.key,
        is_unique=spec.unique,
        allowed_values=list(spec.allowed_values),
        provenance=_provenance_json(spec.provenance),
        checks=[{"name": c.name, "passed": c.passed, "note": c.note} for c in spec.checks],
    )
    return row


def _field(row: Row[Any]) -> FieldSpec:
    values = {name: getattr(row, name) for name in _PLAIN}
    return FieldSpec(
        **values,
        key=row.is_key,
        unique=row.is_unique,
        allowed_values=tuple(row.allowed_values),
        provenance=_provenance(row.provenance),
        checks=_checks(row.checks),
    )


def _checks(values: Iterable[Mapping[str, Any]]) -> tuple[Check, ...]:
    return tuple(Check(**value) for value in values)


def _provenance_json(place: Provenance) -> dict[str, Any]:
    """What is known of a place; spelt out, as there are thousands of them in a catalog."""
    known = {
        "document": place.document,
        "page": place.page,
        "sheet": place.sheet,
        "row": place.row,
        "box": place.box,
    }
    return {k: v for k, v in known.items() if v not in (None, "")}


def _provenance(value: Mapping[str, Any]) -> Provenance:
    box = value.get("box")
    return Provenance(**{**value, "box": tuple(box) if box else None})
