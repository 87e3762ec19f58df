"""JSON Schema of any draft, and plain JSON lists of columns, give tables and fields."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from caseload.model.catalog import FieldSpec
from caseload.model.errors import BadInput
from caseload.specs.readers.grid import Reading

Reader = Callable[[Path], Reading]
SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "PATDATA",
    "description": "Patients",
    "type": "object",
    "required": ["id", "sex"],
    "properties": {
        "id": {"type": "integer", "x-primary-key": True},
        "name": {"type": ["string", "null"], "maxLength": 30, "description": "As displayed"},
        "born": {"type": "string", "format": "date"},
        "postcode": {"type": "string", "pattern": "^[A-Z]+$"},
        "sex": {"$ref": "#/$defs/Sex"},
        "addresses": {"type": "array", "items": {"$ref": "#/$defs/Address"}},
        "ward": {"type": "string", "x-foreign-key": {"table": "WARDS", "field": "code"}},
        "outside": {"$ref": "https://example.org/elsewhere.json"},
        "old": {"type": "string", "deprecated": True},
    },
    "$defs": {
        "Sex": {"type": "string", "enum": ["M", "F", "N/A"]},
        "Address": {
            "type": "object",
            "properties": {"line1": {"type": "string", "maxLength": 40}},
        },
        "WARDS": {
            "type": "object",
            "required": ["code"],
            "properties": {"code": {"type": "string", "maxLength": 4}},
        },
    },
}


def write(path: Path, value: object) -> Path:
    path.write_text(json.dumps(value, indent=2), encoding="utf-8")
    return path


def fields(reading: Reading) -> dict[str, FieldSpec]:
    return {f.qualified: f for t in reading.tables for f in t.fields}


def test_objects_are_tables_and_properties_fields(tmp_path: Path, read: Reader) -> None:
    reading = read(write(tmp_path / "s.json", SCHEMA))
    found = fields(reading)
    assert [t.name for t in reading.tables] == ["PATDATA", "Address", "WARDS"]
    assert reading.tables[0].description == "Patients"
    assert found["PATDATA.id"].key
    assert found["PATDATA.id"].mandatory
    assert not found["PATDATA.name"].mandatory
    assert (found["PATDATA.name"].data_type, found["PATDATA.name"].length) == ("STRING", "30")
    assert found["PATDATA.born"].data_type == "DATE"
    assert found["PATDATA.postcode"].format == "^[A-Z]+$"
    assert found["PATDATA.sex"].allowed_values == ("M", "F", "N/A")
    assert found["PATDATA.ward"].foreign_table == "WARDS"
    assert found["PATDATA.old"].logical_delete_flag == "1"
    assert found["Address.line1"].length == "40"
    assert "PATDATA.addresses" not in found


def test_the_line_of_each_field_is_known(tmp_path: Path, read: Reader) -> None:
    path = write(tmp_path / "s.json", SCHEMA)
    row = fields(read(path))["PATDATA.born"].provenance.row
    assert row is not None
    assert '"born"' in path.read_text(encoding="utf-8").splitlines()[row - 1]


def test_nothing_outside_the_document_is_followed(tmp_path: Path, read: Reader) -> None:
    reading = read(write(tmp_path / "s.json", SCHEMA))
    assert "PATDATA.outside refers to what is not in this document" in [
        problem.message for problem in reading.problems
    ]


@pytest.mark.parametrize(
    ("pool", "draft"),
    [("definitions", "http://json-schema.org/draft-04/schema#"),
     ("definitions", "http://json-schema.org/draft-07/schema#"),
     ("$defs", "https://json-schema.org/draft/2019-09/schema")],
)  # fmt: skip
def test_definitions_of_older_drafts(tmp_path: Path, read: Reader, pool: str, draft: str) -> None:
    one = {"type": "object", "properties": {"x": {"type": "string", "maxLength": 3}}}
    two = {"allOf": [{"$ref": f"#/{pool}/A"}, {"properties": {"y": {"type": "integer"}}}]}
    found = fields(read(write(tmp_path / "s.json", {"$schema": draft, pool: {"A": one, "B": two}})))
    assert list(found) == ["A.x", "B.x", "B.y"]


def test_a_schema_that_holds_itself_ends(tmp_path: Path, read: Reader) -> None:
    node = {
        "type": "object",
        "properties": {"v": {"type": "string"}, "next": {"$ref": "#/$defs/Node"}},
    }
    loop = {"Node": node, "Round": {"$ref": "#/$defs/Round"}}
    found = fields(read(write(tmp_path / "s.json", {"$schema": "x", "$defs": loop})))
    assert list(found) == ["Node.v"]


def test_a_plain_list_of_columns(tmp_path: Path, read: Reader) -> None:
    columns = [
        {"table": "A", "column": "x", "type": "int", "nullable": False},
        {"table": "A", "column": "y", "type": "varchar(30)", "nullable": True},
        {"table": "B", "column": "x", "type": "int", "nullable": False},
    ]
    found = fields(read(write(tmp_path / "s.json", columns)))
    assert [(n, f.data_type, f.length, f.mandatory) for n, f in found.items()] == [
        ("A.x", "INT", "", True),
        ("A.y", "VARCHAR", "30", False),
        ("B.x", "INT", "", True),
    ]


def test_tables_that_hold_their_columns(tmp_path: Path, read: Reader) -> None:
    tables = {
        "tables": [
            {"name": "A", "columns": [{"name": "x", "type": "int"}, {"name": "y", "type": "date"}]},
            {"name": "B", "columns": [{"name": "x", "type": "int"}]},
        ]
    }
    assert list(fields(read(write(tmp_path / "s.json", tables)))) == ["A.x", "A.y", "B.x"]


def test_json_that_is_cut_short_is_told_with_its_line(tmp_path: Path, read: Reader) -> None:
    path = tmp_path / "s.json"
    path.write_text('{"$schema": "x",\n "properties": {', encoding="utf-8")
    with pytest.raises(BadInput) as caught:
        read(path)
    assert "The JSON cannot be read" in caught.value.what
    assert caught.value.where == "s.json, line 2"


def test_json_nested_without_end_is_refused(tmp_path: Path, read: Reader) -> None:
    path = tmp_path / "s.json"
    path.write_text("[" * 100_000, encoding="utf-8")
    with pytest.raises(BadInput):
        read(path)
