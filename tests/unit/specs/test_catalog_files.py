"""Catalog files: complete, stable, public columns first."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

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
from caseload.specs.catalog_files import (
    catalog_csv,
    columns_of,
    from_json,
    read_catalog,
    summary,
    to_json,
    write_catalog,
)

AWKWARD = 'a|b\\c:d, "e"\nf'


def full_catalog(side: Side) -> Catalog:
    place = Provenance("guide.pdf", 12, "Sheet|1", 7, (36.0, 100.5, 540.25, 120.1))
    every = FieldSpec(
        table_name="LOAD_PMI",
        field_name="SEX",
        position=1,
        data_type="VARCHAR2",
        length="10,2",
        raw_field_name="SE\nX",
        description=AWKWARD,
        mandatory=True,
        data_element="A0016",
        logical_delete_flag="1",
        released_at="-1.5",
        format="DD/MM/YYYY",
        allowed_values=("Y", "N|M", "\\"),
        code_type="12 Sex",
        foreign_table="LOAD_X",
        foreign_field="Y",
        key=True,
        unique=True,
        upper=True,
        condition="=when X is given",
        loaded_to="PATIENT.NHS_NO",
        provenance=place,
        confidence=0.87,
        checks=(Check("own cell", True), Check("a:b|c", False, "why \\ not: this")),
    )
    plain = FieldSpec("LOAD_PMI", "NAME", 2, description="'quoted'", confidence=0.5)
    other = FieldSpec("B", "=cmd()", 1, description="-", confidence=0.5)
    tables = {
        "LOAD_PMI": TableSpec("LOAD_PMI", (every, plain), AWKWARD, 3, place),
        "B": TableSpec("B", (other,)),
    }
    return Catalog(
        side,
        tables,
        (DocumentRead("guide.pdf", "ab" * 32, "pdf"),),
        (ReadProblem("A row has no name", place),),
    )


@pytest.mark.parametrize("side", list(Side))
def test_csv_gives_back_every_attribute(tmp_path: Path, side: Side) -> None:
    catalog = full_catalog(side)
    write_catalog(tmp_path / "deep" / "c.csv", catalog)
    assert read_catalog(tmp_path / "deep" / "c.csv", side).tables == catalog.tables


def test_json_gives_back_both_catalogs_with_documents_and_problems() -> None:
    source, target = full_catalog(Side.SOURCE), full_catalog(Side.TARGET)
    assert from_json(to_json(source, target)) == (source, target)


def test_public_columns_come_first_in_their_order() -> None:
    assert ",".join(columns_of(Side.SOURCE)).startswith(
        "table_name,field_name,size,data_element,description,logical_delete_flag,released_at,"
    )
    assert ",".join(columns_of(Side.TARGET)).startswith(
        "table_name,field_name,raw_field_name,data_type,length,mandatory_hint,parse_confidence,"
        "source_page,format,allowed_values,code_type,foreign_table,foreign_field,description,"
        "position,"
    )


def test_no_cell_starts_a_formula() -> None:
    text = catalog_csv(full_catalog(Side.TARGET))
    for row in csv.reader(text.splitlines(keepends=True)):
        assert not any(c.startswith(("=", "@", "+")) for c in row)


def test_a_catalog_with_only_the_public_columns_is_read(tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    path.write_text("table_name,field_name,size\nT,A,10\nT,B,\n", encoding="utf-8")
    fields = read_catalog(path, Side.SOURCE).tables["T"].fields
    assert [(f.field_name, f.position, f.length) for f in fields] == [("A", 1, "10"), ("B", 2, "")]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "no source catalog yet"),
        (b"", "no column table_name"),
        (b"table_name,field_name\n\xff\xfe,A\n", "not UTF-8"),
        (b"table_name,field_name\nT,\n", "no table or field name"),
        (b"table_name,field_name\nT,A\nT,A\n", "twice"),
        (b"table_name,field_name,position\nT,A,x\n", "must be a number"),
        (b'table_name,field_name\nT,"' + b"x" * 2_000_000, "no proper CSV"),
    ],
)
def test_a_bad_catalog_file_is_one_clear_message(
    tmp_path: Path, content: bytes | None, message: str
) -> None:
    path = tmp_path / "c.csv"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(BadInput, match=message):
        read_catalog(path, Side.SOURCE)


def test_summary_counts_both_sides() -> None:
    found = summary(full_catalog(Side.SOURCE), full_catalog(Side.TARGET))
    assert found["source_total_tables"] == 2
    assert found["target_total_fields"] == 3
    assert found["target_parse_confidence_avg"] == round((0.87 + 0.5 + 0.5) / 3, 4)
    assert found["target_top_tables"] == [["LOAD_PMI", 2], ["B", 1]]
    assert json.dumps(found["documents"]).count("guide.pdf") == 2
