"""Catalogs as files: the CSVs other people's scripts read, the summary, and JSON.

The first columns of each CSV are a public interface; those after them make the file
complete, so that `read_catalog` gives back what `write_catalog` was given.  A table's own
facts (description, load order, place) stand on the first row of the table.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping
from dataclasses import fields as attributes_of
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

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
from caseload.model.errors import BadInput
from caseload.specs.catalog_cells import (
    EMPTY_FIELD,
    field_cells,
    field_of,
    inert,
    live,
    place_text,
    table_of,
)

SOURCE_CATALOG = "schemas/source_schema_catalog.csv"
TARGET_CATALOG = "schemas/target_schema_catalog.csv"
CATALOG_SUMMARY = "schemas/schema_catalog_summary.json"

_SOURCE_FIRST = (
    "table_name",
    "field_name",
    "size",
    "data_element",
    "description",
    "logical_delete_flag",
    "released_at",
)
_TARGET_FIRST = (
    "table_name",
    "field_name",
    "raw_field_name",
    "data_type",
    "length",
    "mandatory_hint",
    "parse_confidence",
    "source_page",
    "format",
    "allowed_values",
    "code_type",
    "foreign_table",
    "foreign_field",
    "description",
    "position",
)
_TABLE_COLUMNS = ("table_description", "load_order", "table_place")
_TOP_TABLES = 10


def columns_of(side: Side) -> tuple[str, ...]:
    """The header of a side's catalog file, the public columns first."""
    first = _SOURCE_FIRST if side is Side.SOURCE else _TARGET_FIRST
    further = [name for name in field_cells(EMPTY_FIELD, side) if name not in first]
    return (*first, *further, *_TABLE_COLUMNS)


def write_catalog(path: Path, catalog: Catalog) -> None:
    """Write a catalog as CSV (UTF-8, comma, newline, minimal quoting) in its own order."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(catalog_csv(catalog), encoding="utf-8", newline="")


def catalog_csv(catalog: Catalog) -> str:
    """The text of a catalog's CSV file."""
    columns = columns_of(catalog.side)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    for table in catalog.tables.values():
        own = {
            "table_description": table.description,
            "load_order": str(table.load_order or ""),
            "table_place": place_text(table.provenance),
        }
        for spec in table.fields:
            cells = {**field_cells(spec, catalog.side), **own}
            writer.writerow([inert(cells.get(name, "")) for name in columns])
            own = {}
    return text.getvalue()


def read_catalog(path: Path, side: Side) -> Catalog:
    """Read a catalog's CSV; only the public columns are required.

    Raises:
        BadInput: the file is missing, not UTF-8, or lacks a required column; a row has no
            table or field name; or a table has two fields of one name.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise BadInput(
            f"There is no {side.value} catalog yet", where=path.name, remedy="Run extract-specs"
        ) from None
    except UnicodeDecodeError:
        raise BadInput("The catalog is not UTF-8 text", where=path.name) from None
    return Catalog(side, dict(_tables_in(text, path.name, side)))


@lru_cache(maxsize=4)
def _tables_in(text: str, name: str, side: Side) -> Mapping[str, TableSpec]:
    rows = _rows(text, name, side)
    table_facts: dict[str, TableSpec] = {}
    grouped: dict[str, list[FieldSpec]] = {}
    seen: set[tuple[str, str]] = set()
    for line, row in rows:
        spec = field_of(row, side, len(grouped.get(row.get("table_name", ""), ())) + 1)
        where = f"{name}, line {line}"
        if not spec.table_name or not spec.field_name:
            raise BadInput(
                "A row of the catalog has no table or field name",
                where=where,
                remedy="Extract the specs again, or complete the row",
            )
        field = (spec.table_name, spec.field_name)
        if field in seen:
            raise BadInput(f"{spec.qualified} is in the catalog twice", where=where)
        seen.add(field)
        grouped.setdefault(spec.table_name, []).append(spec)
        if any(row.get(column) for column in _TABLE_COLUMNS):
            table_facts[spec.table_name] = table_of(row)
    return {
        table: replace(
            table_facts.get(table, TableSpec(table, ())), name=table, fields=tuple(specs)
        )
        for table, specs in grouped.items()
    }


def summary(source: Catalog, target: Catalog) -> dict[str, Any]:
    """The counts, averages and documents that schema_catalog_summary.json holds."""
    confidences = [spec.confidence for spec in target.all_fields()]
    average = round(sum(confidences) / len(confidences), 4) if confidences else 0.0
    return {
        "source_total_tables": len(source.tables),
        "source_total_fields": source.field_count,
        "target_total_tables": len(target.tables),
        "target_total_fields": target.field_count,
        "target_parse_confidence_avg": average,
        "source_top_tables": _top(source),
        "target_top_tables": _top(target),
        "source_problems": len(source.problems),
        "target_problems": len(target.problems),
        "documents": [
            {"name": d.name, "sha256": d.sha256, "reader": d.reader, "side": catalog.side.value}
            for catalog in (source, target)
            for d in catalog.documents
        ],
    }


def to_json(source: Catalog, target: Catalog) -> str:
    """Both catalogs, complete, as lines of JSON (the payload of extract_specs).

    A line opens a side with its documents and problems, and each of its tables has one: whoever
    reads it in a thread beside the window must not hold the interpreter for the whole text.
    """
    lines = [
        line
        for catalog in (source, target)
        for data in (catalog_to_dict(catalog),)
        for tables in (data.pop("tables"),)
        for line in (data, *tables)
    ]
    return "".join(
        json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n" for line in lines
    )


def from_json(text: str) -> tuple[Catalog, Catalog]:
    """Source and target catalog from `to_json`'s text."""
    sides: list[dict[str, Any]] = []
    for line in filter(None, text.split("\n")):
        value = json.loads(line)
        if "side" in value:
            sides.append({**value, "tables": []})
        else:
            sides[-1]["tables"].append(value)
    source, target = (catalog_from_dict(side) for side in sides)
    return source, target


def catalog_to_dict(catalog: Catalog) -> dict[str, Any]:
    """A catalog as JSON values; attributes at their default are left out."""
    return {
        "side": catalog.side.value,
        "tables": [
            {
                "name": table.name,
                "description": table.description,
                "load_order": table.load_order,
                "place": _set_values(table.provenance),
                "fields": [field_to_dict(spec) for spec in table.fields],
            }
            for table in catalog.tables.values()
        ],
        "documents": [_set_values(d) for d in catalog.documents],
        "problems": [
            {"message": p.message, "place": _set_values(p.provenance)} for p in catalog.problems
        ],
    }


def catalog_from_dict(data: Mapping[str, Any]) -> Catalog:
    """The catalog that `catalog_to_dict` described."""
    tables = [
        TableSpec(
            name=t["name"],
            fields=tuple(field_from_dict({**f, "table_name": t["name"]}) for f in t["fields"]),
            description=t.get("description", ""),
            load_order=t.get("load_order"),
            provenance=_provenance(t.get("place", {})),
        )
        for t in data["tables"]
    ]
    return Catalog(
        Side(data["side"]),
        {table.name: table for table in tables},
        tuple(DocumentRead(**d) for d in data.get("documents", ())),
        tuple(
            ReadProblem(p["message"], _provenance(p.get("place", {})))
            for p in data.get("problems", ())
        ),
    )


def field_to_dict(spec: FieldSpec) -> dict[str, Any]:
    """A field as JSON values, without its table's name and without defaults."""
    data = _set_values(spec)
    data.pop("table_name")
    if spec.provenance != Provenance():
        data["provenance"] = _set_values(spec.provenance)
    if spec.checks:
        data["checks"] = [[c.name, c.passed, c.note] for c in spec.checks]
    return data


def field_from_dict(data: Mapping[str, Any]) -> FieldSpec:
    """The field that `field_to_dict` described, given its `table_name` again."""
    values = dict(data)
    values["allowed_values"] = tuple(values.get("allowed_values", ()))
    values["provenance"] = _provenance(values.get("provenance", {}))
    values["checks"] = tuple(Check(*check) for check in values.get("checks", ()))
    return FieldSpec(**values)


def _set_values(item: Any) -> dict[str, Any]:
    """The attributes of a dataclass that have no default or differ from it."""
    return {
        a.name: getattr(item, a.name)
        for a in attributes_of(item)
        if getattr(item, a.name) != a.default
    }


def _provenance(data: Mapping[str, Any]) -> Provenance:
    values = dict(data)
    box = values.get("box")
    if box:
        values["box"] = (float(box[0]), float(box[1]), float(box[2]), float(box[3]))
    return Provenance(**values)


def _top(catalog: Catalog) -> list[list[str | int]]:
    counted = sorted(catalog.tables.values(), key=lambda t: (-len(t.fields), t.name))
    return [[t.name, len(t.fields)] for t in counted[:_TOP_TABLES]]


def _rows(text: str, name: str, side: Side) -> list[tuple[int, dict[str, str]]]:
    reader = csv.DictReader(io.StringIO(text, newline=""))
    missing = [c for c in ("table_name", "field_name") if c not in (reader.fieldnames or ())]
    if missing:
        raise BadInput(
            f"The {side.value} catalog has no column {', '.join(missing)}",
            where=name,
            remedy="Run extract-specs to write it again",
        )
    out = []
    try:
        for row in reader:
            cells = {str(k): live(v) for k, v in row.items() if isinstance(v, str)}
            _numbers_are_numbers(cells, f"{name}, line {reader.line_num}")
            out.append((reader.line_num, cells))
    except csv.Error as error:
        where = f"{name}, line {reader.line_num}"
        raise BadInput(f"The catalog is no proper CSV: {error}", where=where) from None
    return out


def _numbers_are_numbers(cells: Mapping[str, str], where: str) -> None:
    kinds: dict[str, Callable[[str], object]] = {
        "position": int,
        "source_page": int,
        "source_row": int,
        "load_order": int,
        "parse_confidence": float,
    }
    for name, kind in kinds.items():
        try:
            kind(cells.get(name) or "0")
        except ValueError:
            raise BadInput(f"{name} of the catalog must be a number", where=where) from None
