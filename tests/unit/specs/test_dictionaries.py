"""Dictionaries in workbooks, text and Word, whatever their columns are called and ordered."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from openpyxl import Workbook

from caseload.specs.readers.grid import Reading

Reader = Callable[[Path], Reading]
ROWS = (
    ("PATDATA", "IntPatNo", 9, "A0001", "", 0, "19.1"),
    ("PATDATA", "PtDoB", "10", "A0014", "Date of birth, as displayed", 0, "19.1"),
    ("PATDATA", "Allergies_1", 40, "A0200", "", 1, "21.2"),
    ("OPA", "IntPatNo", 9, "A0001", "", 0, "19.1"),
    ("OPA", "ApptDateInt", 8, "A0500", "CCYYMMDD", 0, "19.1"),
)
HEADERS = (
    "TableName",
    "Column",
    "Size",
    "DataElement",
    "Description",
    "LogicalDeleteFlag",
    "ReleasedAt",
)


def facts(reading: Reading) -> list[tuple[str, ...]]:
    return [
        (f.table_name, f.field_name, f.length, f.data_element, f.description, f.logical_delete_flag)
        for t in reading.tables
        for f in t.fields
    ]


DUE = [tuple(str(cell) for cell in row[:6]) for row in ROWS]


def workbook(path: Path, sheets: dict[str, list[tuple[Any, ...]]]) -> Path:
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def test_a_workbook_with_cover_and_empty_sheet_is_read(tmp_path: Path, read: Reader) -> None:
    cover = [("Some PAS",), (), ("Data dictionary, release 24.2",), ("2 tables, 5 columns",)]
    path = workbook(
        tmp_path / "d.xlsx", {"Cover": cover, "Columns": [HEADERS, *ROWS], "Sheet3": []}
    )
    reading = read(path)
    assert facts(reading) == DUE
    place = reading.tables[0].fields[1].provenance
    assert (place.sheet, place.row) == ("Columns", 3)


def test_other_headers_in_another_order_below_a_title_block(tmp_path: Path, read: Reader) -> None:
    order = (3, 4, 1, 0, 2, 5, 6)
    headers = ("Data Item No", "Notes", "Field Name", "Entity", "Max Length", "Obsolete?", "Since")
    rows = [tuple(row[i] for i in order) for row in ROWS]
    block = [("Dictionary of the PAS",), ("Printed", "4 May"), ()]
    reading = read(workbook(tmp_path / "d.xlsx", {"All": [*block, headers, *rows]}))
    assert facts(reading) == DUE


def test_one_sheet_a_table_takes_the_sheets_name(tmp_path: Path, read: Reader) -> None:
    sheets = {
        name: [HEADERS[1:], *[row[1:] for row in ROWS if row[0] == name]]
        for name in ("PATDATA", "OPA")
    }
    assert facts(read(workbook(tmp_path / "d.xlsx", sheets))) == DUE


def test_a_merged_table_name_counts_for_all_its_rows(tmp_path: Path, read: Reader) -> None:
    path = workbook(tmp_path / "d.xlsx", {"Columns": [HEADERS, *ROWS]})
    from openpyxl import load_workbook

    book = load_workbook(path)
    book["Columns"].merge_cells("A2:A4")
    book["Columns"].merge_cells("A5:A6")
    book.save(path)
    assert facts(read(path)) == DUE


def test_stacked_tables_under_their_names_in_one_sheet(tmp_path: Path, read: Reader) -> None:
    rows: list[tuple[Any, ...]] = []
    for name in ("PATDATA", "OPA"):
        rows += [(f"Table: {name}",), HEADERS[1:], *[r[1:] for r in ROWS if r[0] == name], ()]
    assert facts(read(workbook(tmp_path / "d.xlsx", {"All": rows}))) == DUE


def test_formulas_hidden_sheets_and_duplicates_are_told(tmp_path: Path, read: Reader) -> None:
    rows = [HEADERS, *ROWS, ROWS[1], ("OPA", "=1+1", 3, "A1", "", 0, "19.1")]
    path = workbook(tmp_path / "d.xlsx", {"Columns": rows, "Old": [HEADERS, *ROWS]})
    from openpyxl import load_workbook

    book = load_workbook(path)
    book["Old"].sheet_state = "hidden"
    book.save(path)
    reading = read(path)
    said = " ".join(problem.message for problem in reading.problems)
    assert facts(reading) == DUE
    assert "PATDATA.PtDoB is listed a second time" in said
    assert "hidden" in said
    assert "1 cells hold formulas (B8)" in said
    assert "no field name" in said


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"]
)
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_text_in_any_encoding_and_delimiter(
    tmp_path: Path, read: Reader, encoding: str, delimiter: str
) -> None:
    rows = [
        *ROWS,
        ("OPA", "Note", 50, "A9", 'Café,\nline two; \u201cquoted\u201d | "x"', 0, "19.1"),
    ]
    path = tmp_path / "d.csv"
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows([HEADERS, *rows])
    assert facts(read(path)) == [tuple(str(cell) for cell in row[:6]) for row in rows]


def test_ragged_rows_are_told_with_their_line(tmp_path: Path, read: Reader) -> None:
    path = tmp_path / "d.csv"
    path.write_text(
        "Table,Field,Type,Size\nT,A,int,1\nT,B,int,2,surplus,more\nT,C,int\n\n\nT,D,int,4\n"
        "T,E,int,4\nT,F,int,4\n",
        encoding="utf-8",
    )
    reading = read(path)
    assert [f.field_name for f in reading.tables[0].fields] == ["A", "C", "D", "E", "F"]
    assert [(p.provenance.row, p.message[:20]) for p in reading.problems] == [
        (3, "The row has 6 cells "),
        (4, "The row has 3 cells "),
    ]


def test_a_word_document_with_tables_under_headings(tmp_path: Path, read: Reader) -> None:
    paper = Document()
    paper.add_heading("Data dictionary", 0)
    for name in ("PATDATA", "OPA"):
        paper.add_heading(f"1.{len(name)} {name}", 1)
        paper.add_paragraph("What it is for.")
        rows = [HEADERS[1:], *[row[1:] for row in ROWS if row[0] == name]]
        grid = paper.add_table(rows=len(rows), cols=len(rows[0]))
        for index, row in enumerate(rows):
            for column, value in enumerate(row):
                grid.cell(index, column).text = str(value)
    path = tmp_path / "d.docx"
    paper.save(str(path))
    reading = read(path)
    assert facts(reading) == DUE
    assert [t.description for t in reading.tables] == ["What it is for."] * 2


def test_a_catalog_of_another_kind_loads_by_its_headers(tmp_path: Path, read: Reader) -> None:
    path = tmp_path / "fields.csv"
    path.write_text(
        "cdmTableName,cdmFieldName,isRequired,cdmDatatype,userGuidance,isPrimaryKey,isForeignKey,"
        "fkTableName,fkFieldName,fkDomain\n"
        "person,person_id,Yes,integer,Every person is one.,Yes,No,NA,NA,NA\n"
        "person,gender_concept_id,Yes,integer,Sex at birth.,No,Yes,CONCEPT,CONCEPT_ID,Gender\n"
        "concept,concept_id,Yes,integer,,Yes,No,NA,NA,NA\n"
        "concept,concept_name,No,varchar(255),,No,No,NA,NA,NA\n",
        encoding="utf-8",
    )
    fields = [f for t in read(path).tables for f in t.fields]
    assert [(f.field_name, f.key, f.mandatory) for f in fields] == [
        ("person_id", True, True),
        ("gender_concept_id", False, True),
        ("concept_id", True, True),
        ("concept_name", False, False),
    ]
    assert (fields[1].foreign_table, fields[1].foreign_field) == ("concept", "concept_id")
    assert (fields[3].data_type, fields[3].length) == ("VARCHAR", "255")


def test_confidence_falls_with_the_checks_that_fail(tmp_path: Path, read: Reader) -> None:
    path = tmp_path / "d.csv"
    path.write_text(
        "Table,Field,Type,Size\nT,GOOD,varchar,1\nT,NOTYPE,,2\nT,ODD NAME,varchar,x\n",
        encoding="utf-8",
    )
    good, untyped, odd = read(path).tables[0].fields
    assert good.confidence > untyped.confidence > odd.confidence
    assert [c.name for c in untyped.checks if not c.passed] == ["data type known"]
    assert {c.name for c in odd.checks if not c.passed} == {
        "name is one word",
        "length fits the type",
    }
