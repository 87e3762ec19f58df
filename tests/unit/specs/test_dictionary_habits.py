"""Habits of hospitals' dictionaries that once were misread, one at a time."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from caseload.model.catalog import FieldSpec, Side
from caseload.model.errors import UnsettledColumns
from caseload.specs.merge import merged
from caseload.specs.readers.csv_text import decoded
from caseload.specs.readers.grid import Reading

Reader = Callable[[Path], Reading]
Rows = Sequence[Sequence[Any]]


def book(path: Path, name: str, rows: Rows) -> Path:
    made = Workbook()
    made.active.title = name
    for row in rows:
        made.active.append(list(row))
    made.save(path)
    return path


def fields(reading: Reading) -> dict[str, FieldSpec]:
    return {spec.qualified: spec for table in reading.tables for spec in table.fields}


def test_tables_below_each_other_outweigh_the_tab_s_name(tmp_path: Path, read: Reader) -> None:
    head = ["Field", "Datatype", "Null/Not Null", "Notes"]
    rows = [
        ["DATA WAREHOUSE EXTRACTS"], [],
        ["1. IPM_PATIENT"], ["People on the index"], head,
        ["PATIENT_ID", "NUMBER(10)", "NOT NULL", "a b"],
        ["NAME", "VARCHAR2 (35 CHAR)", "NULL", "c d"], ["Note: refreshed nightly."], [], [],
        ["2. IPM_STAFF"], ["Consultants"], head, ["STAFF_ID", "NUMBER(10)", "NOT NULL", "e f"],
        ["NAME", "VARCHAR2 (60 CHAR)", "NULL", "g h"],
    ]  # fmt: skip
    reading = read(book(tmp_path / "x.xlsx", "Extracts", rows))
    assert [table.name for table in reading.tables] == ["IPM_PATIENT", "IPM_STAFF"]
    assert [table.description for table in reading.tables] == ["People on the index", "Consultants"]
    assert fields(reading)["IPM_STAFF.NAME"].length == "60"


def test_rows_without_type_head_the_fields_of_their_tables(tmp_path: Path, read: Reader) -> None:
    rows = [["Name", "Type", "Size", "Mand.", "Description"],
            ["Patient", "", "", "", "People on the index"],
            ["PatientId", "Integer", 10, "*", "Key"],
            ["Surname", "Char", 35, "*", "Family name"], ["Sex", "Char", 1, "", "Sex"],
            ["Staff", "", "", "", "Consultants"], ["StaffId", "Integer", 10, "*", "Key"],
            ["Title", "Char", 10, "", "Form of address"]]  # fmt: skip
    reading = read(book(tmp_path / "x.xlsx", "Dictionary", rows))
    assert list(fields(reading)) == [
        "Patient.PatientId", "Patient.Surname", "Patient.Sex", "Staff.StaffId", "Staff.Title",
    ]  # fmt: skip
    assert reading.tables[0].description == "People on the index"


def test_one_column_of_constraints_says_key_link_and_obligation(
    tmp_path: Path, read: Reader
) -> None:
    rows = [["Table", "Column", "Type", "Constraint"],
            ["PAT", "ID", "NUMBER(9)", "PRIMARY KEY NOT NULL"], ["PAT", "DOB", "DATE", "NOT NULL"],
            ["OPA", "ID", "NUMBER(9)", "PRIMARY KEY NOT NULL"],
            ["OPA", "PAT_ID", "NUMBER(9)", "NOT NULL REFERENCES PAT(ID)"],
            ["OPA", "NOTE", "CLOB", ""]]  # fmt: skip
    found = fields(read(book(tmp_path / "x.xlsx", "cols", rows)))
    assert [name for name, spec in found.items() if spec.key] == ["PAT.ID", "OPA.ID"]
    assert [name for name, spec in found.items() if not spec.mandatory] == ["OPA.NOTE"]
    assert (found["OPA.PAT_ID"].foreign_table, found["OPA.PAT_ID"].foreign_field) == ("PAT", "ID")


def test_a_state_of_the_field_is_its_delete_flag(tmp_path: Path, read: Reader) -> None:
    rows = [["Table", "Field", "Data Type", "Status"], ["PAT", "ID", "INT", "Current"],
            ["PAT", "OLD", "INT", "Obsolete"], ["PAT", "DOB", "DATE", "Current"]]  # fmt: skip
    found = fields(read(book(tmp_path / "x.xlsx", "F", rows)))
    assert [spec.logical_delete_flag for spec in found.values()] == ["0", "1", "0"]


def test_a_format_of_letter_and_digits_is_type_and_length(tmp_path: Path, read: Reader) -> None:
    rows = [["Dataset", "Data item", "Item format", "Obligation"],
            ["APC", "NHSNO", "n10", "Mandatory"],
            ["APC", "SITE", "an5", "Required where held"],
            ["APC", "DOB", "date", "Mandatory"]]  # fmt: skip
    found = fields(read(book(tmp_path / "x.xlsx", "TOS", rows)))
    assert [(s.data_type, s.length) for s in found.values()] == [
        ("N", "10"), ("AN", "5"), ("DATE", ""),
    ]  # fmt: skip


def test_a_precision_for_every_type_is_the_length(tmp_path: Path, read: Reader) -> None:
    rows = [["Entity", "Attribute", "Type", "Precision", "Scale"], ["Spell", "Id", "INT", "", ""],
            ["Spell", "Method", "VARCHAR", 2.0, ""],
            ["Spell", "Tariff", "DECIMAL", 10.0, 2.0]]  # fmt: skip
    found = fields(read(book(tmp_path / "x.xlsx", "Model", rows)))
    assert [spec.length for spec in found.values()] == ["", "2", "10,2"]


def test_types_in_words_of_no_known_language_are_types_below_their_header(
    tmp_path: Path, read: Reader
) -> None:
    kinds = ["Texte", "Entier", "Horodatage"]
    rows = [["Entit\u00e9", "Rubrique", "Nature", "Taille"]]
    rows += [["PAT", f"CHAMP_{n}", kinds[n % 3], str(n + 1)] for n in range(15)]
    found = fields(read(book(tmp_path / "x.xlsx", "R", rows)))
    assert {spec.data_type for spec in found.values()} == {"TEXTE", "ENTIER", "HORODATAGE"}


@pytest.mark.parametrize(
    ("page", "text"),
    [
        ("cp1252", ("Tabelle;Feld;L\u00e4nge;Schl\u00fcssel\n"
                   "PAT;ID;9;gepr\u00fcft \u2013 \u201eja\u201c\n")),
        ("cp1250", "Tabela;Pole;D\u0142ugo\u015b\u0107;Opis\nPAT;ID;9;\u0142\u00f3\u017cko\n"),
        ("cp850", "Tabelle;Feld;L\u00e4nge;Schl\u00fcssel\nPAT;ID;9;gepr\u00fcft\n"),
        ("mac_roman", "Tabelle;Feld;L\u00e4nge\nPAT;ID;9\nPAT;X;gepr\u00fcft \u2013 ja\n"),
    ],
)  # fmt: skip
def test_a_code_page_is_told_by_letters_as_words_have_them(page: str, text: str) -> None:
    assert decoded(text.encode(page), "x.csv") == text


def test_a_list_in_json_keeps_what_its_tables_and_codes_are(tmp_path: Path, read: Reader) -> None:
    column = {"name": "Sex", "dataType": "Char", "maxLength": 1, "allowedValues": ["M", "F (n/a)"]}
    key = {"name": "Id", "dataType": "Integer", "required": True}
    root = {"tables": [{"name": "Pat", "description": "The index", "columns": [key, column]}]}
    path = tmp_path / "x.json"
    path.write_text(json.dumps(root), encoding="utf-8")
    reading = read(path)
    assert reading.tables[0].description == "The index"
    assert fields(reading)["Pat.Sex"].allowed_values == ("M", "F (n/a)")


def without_header(path: Path, flags: Sequence[tuple[str, str]]) -> Path:
    lines = []
    for table in ("PAT", "OPA"):
        for n, (flag, key) in enumerate(flags):
            size = f"VARCHAR({n + 1})" if n else "INT"
            lines.append(f"{table},{table}_F{n},{size},{flag},{key},What it is for number {n}\n")
    path.write_text("".join(lines), encoding="utf-8")
    return path


def test_without_a_header_clear_words_tell_obligation_and_key(tmp_path: Path, read: Reader) -> None:
    flags = [("NOT NULL", "PK"), ("NULL", ""), ("NOT NULL", "FK"), ("NULL", ""), ("NULL", "")]
    reading = read(without_header(tmp_path / "x.csv", flags))
    found = fields(reading)
    assert [name for name, spec in found.items() if spec.key] == ["PAT.PAT_F0", "OPA.OPA_F0"]
    assert [spec.mandatory for spec in found.values()] == [True, False, True, False, False] * 2
    assert not reading.problems


def test_without_a_header_yes_and_no_are_asked_about(tmp_path: Path, read: Reader) -> None:
    flags = [("Y", "PK"), ("N", ""), ("Y", "FK"), ("N", ""), ("N", "")]
    reading = read(without_header(tmp_path / "x.csv", flags))
    assert not any(spec.mandatory for spec in fields(reading).values())
    (problem,) = reading.problems
    assert problem.message.startswith("Column D says yes or no, but no header says of what")
    assert "table=A,field=B" in problem.message
    assert problem.message.endswith(",mandatory=D,header=none'")


def test_a_table_named_by_its_file_alone_is_told(tmp_path: Path, read: Reader) -> None:
    path = tmp_path / "2024_patients.csv"
    path.write_text("Field,Type,Length\nId,Integer,9\nName,Char,35\n", encoding="utf-8")
    reading = read(path)
    assert list(fields(reading)) == ["patients.Id", "patients.Name"]
    (problem,) = reading.problems
    assert "table-name=patients" in problem.message


def test_a_text_that_cannot_be_settled_is_called_no_sheet(tmp_path: Path, read: Reader) -> None:
    path = tmp_path / "x.csv"
    path.write_text("a,b\n1,2\n3,4\n", encoding="utf-8")
    with pytest.raises(UnsettledColumns) as caught:
        read(path)
    assert "sheet" not in caught.value.where
    assert "caseload readers preview 'x.csv'" in caught.value.remedy


def test_documents_agree_on_names_without_case(tmp_path: Path, read: Reader) -> None:
    one = book(tmp_path / "a.xlsx", "C", [["Table", "Column", "Type", "Length"],
               ["PAT", "PAT_ID", "INT", ""], ["PAT", "NAME", "VARCHAR", 35]])  # fmt: skip
    other = book(tmp_path / "b.xlsx", "C", [["Table", "Column", "Type", "Description"],
                 ["pat", "pat_id", "int", "The key of it"]])  # fmt: skip
    catalog = merged(Side.SOURCE, [read(one), read(other)])
    assert not catalog.problems
    spec = catalog.find("PAT", "PAT_ID")
    assert spec is not None
    assert spec.description == "The key of it"


def test_a_row_with_only_a_table_begins_its_fields(tmp_path: Path, read: Reader) -> None:
    rows = [["Table", "Column", "Data Type", "Description"],
            ["PAT", "", "", "People on the index"], ["", "PAT_ID", "INT", "The key of it"],
            ["", "NAME", "VARCHAR(35)", "The family name"], ["STAFF", "", "", "Consultants"],
            ["", "STAFF_ID", "INT", "The key of it"]]  # fmt: skip
    reading = read(book(tmp_path / "x.xlsx", "Model", rows))
    assert list(fields(reading)) == ["PAT.PAT_ID", "PAT.NAME", "STAFF.STAFF_ID"]
    assert [table.description for table in reading.tables] == ["People on the index", "Consultants"]


def test_phrases_below_a_header_of_unknown_words_describe(tmp_path: Path, read: Reader) -> None:
    rows = [["Table", "Column", "Data Type", "In plain words", "N\u00f8kkel"],
            ["PAT", "PAT_ID", "INT", "The key of the table", "Prim\u00e6r"],
            ["PAT", "NAME", "VARCHAR(35)", "The family name as stated", ""],
            ["PAT", "DOB", "DATE", "Day of birth as stated", ""],
            ["PAT", "SEX", "CHAR(1)", "Sex as registered at birth", ""]]  # fmt: skip
    found = fields(read(book(tmp_path / "x.xlsx", "Model", rows)))
    assert found["PAT.NAME"].description == "The family name as stated"
    assert [name for name, spec in found.items() if spec.key] == ["PAT.PAT_ID"]
