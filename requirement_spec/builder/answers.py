"""The CSV files: crosswalks for the program, and the answer key for the tests alone."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from builder.model import Pack, SourceField, TargetField
from builder.release import released_at

CROSSWALKS = "schemas/crosswalks"
ANSWERS = "tests/data/answer_key"


def build_csv_files(pack: Pack) -> dict[str, bytes]:
    """Every CSV file by its path from the repository's root."""
    files = {
        f"{CROSSWALKS}/{code.name}.csv": _csv(
            ("source_value", "target_value", "description"),
            ((value, row.target, row.description) for row in code.rows for value in row.sources),
        )
        for code in pack.codes
    }
    files[f"{ANSWERS}/source_tables.csv"] = _csv(
        ("table_name", "entity", "family"), ((t.name, t.entity, t.family) for t in pack.source)
    )
    files[f"{ANSWERS}/target_tables.csv"] = _csv(
        ("table_name", "base_table", "entity", "chapter"),
        ((t.name, t.base, t.entity, t.chapter) for t in pack.target),
    )
    files[f"{ANSWERS}/code_lists.csv"] = _csv(
        (
            "code_type",
            "code_list",
            "title",
            "standard",
            "source_value",
            "target_value",
            "description",
        ),
        (
            (code.number, code.name, code.title, code.standard, value, row.target, row.description)
            for code in pack.codes
            for row in code.rows
            for value in row.sources
        ),
    )
    files[f"{ANSWERS}/source_fields.csv"] = _csv(
        (
            "table_name",
            "field_name",
            "size",
            "data_element",
            "description",
            "logical_delete_flag",
            "released_at",
            "type",
            "concept",
            "key",
            "foreign_table",
            "foreign_field",
            "code_list",
        ),
        (_source_row(one) for table in pack.source for one in table.fields),
    )
    files[f"{ANSWERS}/target_fields.csv"] = _csv(
        (
            "table_name",
            "field_name",
            "data_type",
            "length",
            "position",
            "mandatory",
            "format",
            "allowed_values",
            "code_type",
            "foreign_table",
            "foreign_field",
            "upper",
            "unique",
            "condition",
        ),
        (
            _target_row(one, position)
            for table in pack.target
            for position, one in enumerate(table.fields, 1)
        ),
    )
    files[f"{ANSWERS}/target_mapping.csv"] = _csv(
        (
            "target_table",
            "target_field",
            "mapping_class",
            "source_table",
            "source_field",
            "crosswalk",
            "expression",
            "note",
        ),
        (_mapping_row(one) for table in pack.target for one in table.fields),
    )
    return files


def _csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue().encode("utf-8")


def _yes(value: bool) -> str:
    return "Y" if value else "N"


def _source_row(one: SourceField) -> Sequence[object]:
    """Several foreign keys of one field are joined by a semicolon, in the same order."""
    return (
        one.table, one.name, one.size, one.element, one.description, int(one.deleted),
        released_at(one), one.type, one.concept, _yes(one.key),
        ";".join(ref.table for ref in one.foreign),
        ";".join(ref.field for ref in one.foreign), one.code,
    )  # fmt: skip


def _target_row(one: TargetField, position: int) -> Sequence[object]:
    return (
        one.table, one.name, one.data_type, one.length, position, _yes(one.mandatory),
        one.format, ",".join(one.values), "" if one.code is None else one.code,
        one.foreign.table if one.foreign else "", one.foreign.field if one.foreign else "",
        _yes(one.upper), _yes(one.unique), one.condition,
    )  # fmt: skip


def _mapping_row(one: TargetField) -> Sequence[object]:
    """The first source is the primary one; the rest stand in the note."""
    mapping = one.mapping
    first = mapping.sources[0] if mapping.sources else None
    notes = list(mapping.notes)
    notes += [f"also={ref}" for ref in mapping.sources[1:]]
    notes += [f"alt={ref}" for ref in mapping.alternatives]
    return (
        one.table, one.name, mapping.kind, first.table if first else "",
        first.field if first else "", mapping.crosswalk, mapping.expression, "; ".join(notes),
    )  # fmt: skip
