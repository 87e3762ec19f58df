"""What real dictionaries do besides listing fields, one trait at a time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from openpyxl import Workbook

from caseload.specs.readers.grid import Reading

Reader = Callable[[Path], Reading]
Rows = Sequence[Sequence[Any]]


def book(path: Path, sheets: dict[str, Rows], merges: Sequence[str] = ()) -> Path:
    made = Workbook()
    made.remove(made.active)
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    for place in merges:
        made[next(iter(sheets))].merge_cells(place)
    made.save(path)
    return path


def names(reading: Reading) -> list[str]:
    return [f.qualified for t in reading.tables for f in t.fields]


def test_two_header_rows_under_merged_groups(tmp_path: Path, read: Reader) -> None:
    rows = [
        ["Dictionary"],
        ["Field", None, None, "Data type", None, "Foreign key", None, "Remarks"],
        ["Table", "Name", "Label", "Type", "Length", "Table", "Column", None],
        ["PAT", "Id", "Identifier", "NUMBER", 9, None, None, "x y"],
        ["PAT", "Ward", "Ward code", "CHAR", 4, "WARD", "Code", "z w"],
        ["WARD", "Code", "Code of ward", "CHAR", 4, None, None, None],
    ]
    merges = ["A2:C2", "D2:E2", "F2:G2", "H2:H3"]
    reading = read(book(tmp_path / "d.xlsx", {"All": rows}, merges))
    assert names(reading) == ["PAT.Id", "PAT.Ward", "WARD.Code"]
    ward = reading.tables[0].fields[1]
    assert (ward.foreign_table, ward.foreign_field) == ("WARD", "Code")
    assert (ward.data_type, ward.length, ward.description) == ("CHAR", "4", "z w\nWard code")


def test_the_database_s_own_catalog_as_a_sheet(tmp_path: Path, read: Reader) -> None:
    rows = [
        ["TABLE_SCHEMA", "TABLE_NAME", "COLUMN_NAME", "ORDINAL_POSITION", "COLUMN_DEFAULT",
         "IS_NULLABLE", "DATA_TYPE", "CHARACTER_MAXIMUM_LENGTH", "NUMERIC_PRECISION",
         "NUMERIC_SCALE"],
        ["dbo", "Pat", "Id", 1, None, "NO", "int", None, 10, 0],
        ["dbo", "Pat", "Name", 2, "('x')", "YES", "nvarchar", -1, None, None],
        ["dbo", "Pat", "Amount", 3, None, "YES", "decimal", None, 12, 3],
    ]  # fmt: skip
    fields = read(book(tmp_path / "d.xlsx", {"Result": rows})).tables[0].fields
    assert [(f.field_name, f.data_type, f.length, f.mandatory) for f in fields] == [
        ("Id", "INT", "", True),
        ("Name", "NVARCHAR", "MAX", False),
        ("Amount", "DECIMAL", "12,3", False),
    ]


def test_numbers_dates_truths_and_stray_signs(tmp_path: Path, read: Reader) -> None:
    rows = [
        ["Table", "Field", "Type", "Length", "Mandatory", "Deleted", "Released"],
        ["PAT", "Id", "NUMBER", 9.0, True, False, dt.date(2020, 5, 1)],
        ["PAT", "Name\u00a0", "CHAR", "'30", False, True, 2.1],
        [12.0, "X", "CHAR", 1, True, False, 3],
    ]
    first, second, third = (
        f for t in read(book(tmp_path / "d.xlsx", {"D": rows})).tables for f in t.fields
    )
    assert (first.length, first.mandatory, first.logical_delete_flag) == ("9", True, "0")
    assert first.released_at == "2020-05-01"
    assert (second.field_name, second.length, second.logical_delete_flag) == ("Name", "30", "1")
    assert (second.released_at, third.table_name, third.released_at) == ("2.1", "12", "3")


def test_sheets_that_list_no_fields_are_left_alone(tmp_path: Path, read: Reader) -> None:
    sheets = {
        "Fields": [["Table", "Field", "Type", "Len"], ["PAT", "Sex", "CHAR", 1],
                   ["PAT", "Eth", "CHAR", 2], ["VIS", "PatId", "CHAR", 2]],
        "Codes": [["Table", "Field", "Value", "Meaning"], ["PAT", "Sex", "M", "Male"],
                  ["PAT", "Sex", "F", "Female"], ["PAT", "Eth", "A", "x"],
                  ["PAT", "Eth", "B", "y"]],
        "Changes": [["Date", "Author", "Table", "Field", "Change"],
                    ["2024-01-01", "JB", "PAT", "Gone", "Removed"]],
        "Indexes": [["Index name", "Table", "Columns", "Unique"], ["IX1", "PAT", "Ix", "Y"]],
        "Contents": [["Table", "Description", "No of fields"], ["PAT", "Patients", 2]],
    }  # fmt: skip
    reading = read(book(tmp_path / "d.xlsx", sheets))
    assert names(reading) == ["PAT.Sex", "PAT.Eth", "VIS.PatId"]
    assert reading.tables[0].description == "Patients"
    assert reading.problems == []


def test_a_sheet_of_relationships_completes_the_fields(tmp_path: Path, read: Reader) -> None:
    sheets = {
        "Fields": [["Table", "Field", "Type"], ["PAT", "Id", "CHAR"], ["VIS", "PatId", "CHAR"]],
        "Links": [["Child table", "Child column", "Parent table", "Parent column"],
                  ["VIS", "PatId", "PAT", "Id"]],
    }  # fmt: skip
    reading = read(book(tmp_path / "d.xlsx", sheets))
    assert names(reading) == ["PAT.Id", "VIS.PatId"]
    assert reading.tables[1].fields[0].foreign_table == "PAT"


def test_a_summary_beside_the_sheets_of_the_tables_adds_nothing_twice(
    tmp_path: Path, read: Reader
) -> None:
    sheets = {
        "All": [["Table", "Field"], ["PAT", "Id"], ["VIS", "Id"]],
        "PAT": [["Field", "Type", "Size", "Notes"], ["Id", "NUMBER", 9, "abc"]],
        "VIS": [["Field", "Type", "Size", "Notes"], ["Id", "NUMBER", 8, "def"]],
    }
    reading = read(book(tmp_path / "d.xlsx", sheets))
    assert [(f.qualified, f.length) for t in reading.tables for f in t.fields] == [
        ("PAT.Id", "9"),
        ("VIS.Id", "8"),
    ]
    assert reading.problems == []


def test_rows_about_tables_and_rest_of_descriptions(tmp_path: Path, read: Reader) -> None:
    rows = [
        ["Table", "Field", "Type", "Length", "Description"],
        ["PAT", None, None, None, "Patient master"],
        ["PAT", "Id", "NUMBER", 9, "first line"],
        [None, None, None, None, "second line"],
        [None, "Name", "CHAR", 9, "x"],
    ]
    (table,) = read(book(tmp_path / "d.xlsx", {"D": rows})).tables
    assert table.description == "Patient master"
    assert [f.description for f in table.fields] == ["first line\nsecond line", "x"]


def test_a_block_of_facts_above_the_fields(tmp_path: Path, read: Reader) -> None:
    rows = [
        ["Table name:", "PATDATA"],
        ["Description:", "All the patients"],
        [],
        ["Column", "Datatype", "Nulls", "Comment"],
        ["Id", "int", "N", "x"],
        ["Name", "varchar(3)", "Y", "y"],
    ]
    (table,) = read(book(tmp_path / "d.xlsx", {"Sheet1": rows})).tables
    assert (table.name, table.description) == ("PATDATA", "All the patients")
    assert [(f.data_type, f.length, f.mandatory) for f in table.fields] == [
        ("INT", "", True),
        ("VARCHAR", "3", False),
    ]


def test_a_tab_that_is_cut_gives_way_to_the_title(tmp_path: Path, read: Reader) -> None:
    name = "ADMISSION_DISCHARGE_TRANSFER_HISTORY"
    rows = [[name], ["Field", "Type"], ["Id", "INT"]]
    assert names(read(book(tmp_path / "d.xlsx", {name[:31]: rows}))) == [f"{name}.Id"]


def test_marks_in_names_say_what_is_a_key(tmp_path: Path, read: Reader) -> None:
    rows = [["Table", "Field", "Type"], ["PAT", "Id (PK)", "INT"], ["PAT", "Name *", "CHAR(3)"]]
    (table,) = read(book(tmp_path / "d.xlsx", {"D": rows})).tables
    assert [(f.field_name, f.key) for f in table.fields] == [("Id", True), ("Name", False)]


def test_schemas_before_table_names_are_left_out(tmp_path: Path, read: Reader) -> None:
    rows = [["Table", "Field", "Type"], ["dbo.PAT", "Id", "INT"], ["[dbo].[VIS]", "Id", "INT"]]
    assert names(read(book(tmp_path / "d.xlsx", {"D": rows}))) == ["PAT.Id", "VIS.Id"]


def test_all_mandatory_in_one_sheet_is_read_by_the_others(tmp_path: Path, read: Reader) -> None:
    sheets = {
        "PAT": [["Champ", "Type", "Obligatoire"], ["Id", "INT", "O"], ["Nom", "CHAR", "O"]],
        "VIS": [["Champ", "Type", "Obligatoire"], ["Id", "INT", "O"], ["Nom", "CHAR", "N"]],
    }
    reading = read(book(tmp_path / "d.xlsx", sheets))
    assert [f.mandatory for t in reading.tables for f in t.fields] == [True, True, True, False]


@pytest.mark.parametrize("headed", [True, False])
def test_an_unknown_language_or_no_header_is_read_by_content(
    tmp_path: Path, read: Reader, headed: bool
) -> None:
    rows = [
        (t, f"Field{n}", str(n + 3), f"A{n:04}") for t in ("PAT", "VIS", "OPA") for n in range(9)
    ]
    rows.sort(key=lambda row: (row[0], -int(row[2]) % 5))
    path = tmp_path / "d.csv"
    lines = [("Tábla", "Mező", "Hossz", "Jel")] * headed + rows
    path.write_text("\n".join(",".join(line) for line in lines) + "\n", encoding="utf-8")
    reading = read(path)
    found = [(f.table_name, f.field_name, f.length) for t in reading.tables for f in t.fields]
    assert sorted(found) == sorted(row[:3] for row in rows)
    assert all(f.confidence < 0.9 for t in reading.tables for f in t.fields)


def test_a_box_above_a_word_table_names_it(tmp_path: Path, read: Reader) -> None:
    paper = Document()
    for name in ("LOAD_PMI", "LOAD_OPA"):
        box = paper.add_table(rows=1, cols=1)
        box.rows[0].cells[0].text = f"TABLE NAME: {name}\nHolds one row a patient."
        paper.add_paragraph("")
        grid = paper.add_table(rows=2, cols=3)
        for row, texts in zip(grid.rows, (("Type", "Length", "Name"), ("CHAR", "3", "SEX")),
                              strict=True):  # fmt: skip
            for cell, text in zip(row.cells, texts, strict=True):
                cell.text = text
    path = tmp_path / "d.docx"
    paper.save(str(path))
    reading = read(path)
    assert names(reading) == ["LOAD_PMI.SEX", "LOAD_OPA.SEX"]
    assert reading.tables[0].description == "Holds one row a patient."


def test_polish_text_in_its_own_code_page(tmp_path: Path, read: Reader) -> None:
    path = tmp_path / "d.csv"
    text = "Nazwa tabeli;Nazwa pola;Długość;Obowiązkowe\nPAT;Imię;30;T\nPAT;Płeć;1;N\n"
    path.write_bytes(text.encode("cp1250"))
    assert names(read(path)) == ["PAT.Imię", "PAT.Płeć"]


def test_shaded_rows_of_a_word_table_are_mandatory_where_it_says_so(
    tmp_path: Path, read: Reader
) -> None:
    paper = Document()
    paper.add_paragraph("Rows with a grey background are mandatory.")
    paper.add_heading("LOAD_PMI", 1)
    grid = paper.add_table(rows=9, cols=3)
    for number, row in enumerate(grid.rows):
        texts = ("CHAR", "3", f"FIELD_{number}") if number else ("Type", "Length", "Name")
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
        if number in (1, 2, 5):
            shading = OxmlElement("w:shd")
            shading.set(qn("w:fill"), "D9D9D9")
            row.cells[2]._tc.get_or_add_tcPr().append(shading)
    path = tmp_path / "d.docx"
    paper.save(str(path))
    (table,) = read(path).tables
    assert [f.field_name for f in table.fields if f.mandatory] == ["FIELD_1", "FIELD_2", "FIELD_5"]
