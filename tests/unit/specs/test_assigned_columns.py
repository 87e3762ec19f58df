"""What a person says of columns counts before any guess; what cannot be told is asked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from reportlab.pdfgen.canvas import Canvas

from caseload.model.errors import UnsettledColumns
from caseload.model.reader_profile import FROM_SHEET, FROM_TITLE, NO_HEADER, Assignment
from caseload.specs.readers.document import read_document
from caseload.specs.readers.grid import Reading

Reader = Callable[[Path], Reading]
ODD = (
    ("Wut", "Wat", "Wot", "Wit"),
    ("PATDATA", "IntPatNo", "alpha beta gamma", "9"),
    ("PATDATA", "PtDoB", "delta epsilon", "10"),
    ("OPA", "ApptNo", "zeta eta theta", "9"),
)


def workbook(path: Path, sheets: dict[str, Any]) -> Path:
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def text(path: Path, rows: Any) -> Path:
    path.write_text("\n".join(",".join(row) for row in rows) + "\n", encoding="utf-8")
    return path


def assigned(path: Path, assignment: Assignment) -> list[tuple[str, str, str, str]]:
    reading = read_document(path, path.name, lambda share, words: None, assignment)
    return [
        (f.table_name, f.field_name, f.length, f.description)
        for t in reading.tables
        for f in t.fields
    ]


DUE = [
    ("PATDATA", "IntPatNo", "9", "alpha beta gamma"),
    ("PATDATA", "PtDoB", "10", "delta epsilon"),
    ("OPA", "ApptNo", "9", "zeta eta theta"),
]


def test_columns_that_cannot_be_told_are_asked_for(tmp_path: Path, read: Reader) -> None:
    path = text(tmp_path / "odd.csv", ODD)
    with pytest.raises(UnsettledColumns) as caught:
        read(path)
    assert caught.value.document == "odd.csv"
    assert caught.value.columns == ODD[0]
    assert "--roles" in caught.value.remedy


def test_a_table_that_no_column_or_sheet_names_is_asked_for(tmp_path: Path, read: Reader) -> None:
    rows = [("Field", "Type", "Length"), ("PtDoB", "DATE", ""), ("Sex", "CHAR", 1)]
    path = workbook(tmp_path / "d.xlsx", {"Sheet1": rows})
    with pytest.raises(UnsettledColumns) as caught:
        read(path)
    assert caught.value.sheet == "Sheet1"
    assert caught.value.guessed["field"] == "Field"
    named = Assignment({"field": "Field"}, table="PATDATA")
    assert [t for t, *_ in assigned(path, named)] == ["PATDATA", "PATDATA"]


@pytest.mark.parametrize(
    "roles",
    [{"table": "wut", "field": " WAT", "length": "Wit", "description": "Wot"},
     {"table": 0, "field": 1, "length": 3, "description": 2}],
)  # fmt: skip
def test_columns_by_header_or_by_number(tmp_path: Path, roles: dict[str, Any]) -> None:
    path = text(tmp_path / "odd.csv", ODD)
    header = {"header_row": 1} if 0 in roles.values() else {}
    assert assigned(path, Assignment(roles, **header)) == DUE


def test_a_document_without_a_header_row(tmp_path: Path) -> None:
    path = text(tmp_path / "odd.csv", ODD[1:])
    roles = {"table": 0, "field": 1, "description": 2, "length": 3}
    assert assigned(path, Assignment(roles, header_row=NO_HEADER)) == DUE


def test_the_header_row_may_be_far_down(tmp_path: Path) -> None:
    rows = [("A title",), ("Wut", "here"), *ODD]
    path = workbook(tmp_path / "d.xlsx", {"All": rows})
    roles = {"table": "Wut", "field": "Wat", "length": "Wit", "description": "Wot"}
    assert assigned(path, Assignment(roles, header_row=3)) == DUE


def test_an_assignment_beats_what_the_words_say(tmp_path: Path) -> None:
    rows = [("Table", "Column", "Description", "Size", "Real name"),
            ("PATDATA", "Patient number", "x y", "9", "IntPatNo"),
            ("PATDATA", "Date of birth", "x z", "10", "PtDoB")]  # fmt: skip
    path = text(tmp_path / "d.csv", rows)
    found = assigned(path, Assignment({"field": "Real name"}, ignored=("Description",)))
    assert found == [("PATDATA", "IntPatNo", "9", ""), ("PATDATA", "PtDoB", "10", "")]


def test_it_holds_for_its_own_sheet_only(tmp_path: Path) -> None:
    usual = [("Table", "Field", "Length", "Description"), ("OPA", "ApptNo", 9, "zeta eta theta")]
    path = workbook(tmp_path / "d.xlsx", {"Odd": ODD[:3], "Usual": usual})
    roles = {"table": "Wut", "field": "Wat", "length": "Wit", "description": "Wot"}
    assert assigned(path, Assignment(roles, sheet="Odd")) == DUE


def test_the_table_may_come_from_the_sheet_or_the_title(tmp_path: Path) -> None:
    rows = [["OPA - outpatients"], [], [*ODD[0][1:]], ["PtDoB", "delta epsilon", "10"]]
    path = workbook(tmp_path / "d.xlsx", {"PATDATA": rows})
    roles = {"field": "Wat", "length": "Wit", "description": "Wot"}
    by_sheet = assigned(path, Assignment(roles, table=FROM_SHEET))
    by_title = assigned(path, Assignment(roles, table=FROM_TITLE))
    assert by_sheet == [("PATDATA", "PtDoB", "10", "delta epsilon")]
    assert by_title == [("OPA", "PtDoB", "10", "delta epsilon")]


def test_a_sheet_left_out_beside_others_is_told(tmp_path: Path, read: Reader) -> None:
    usual = [("Table", "Field", "Length"), ("OPA", "ApptNo", 9), ("OPA", "Ward", 4)]
    odd = [ODD[0], *[("some text", f"value {n}", "more words", "and more") for n in range(20)]]
    path = workbook(tmp_path / "d.xlsx", {"Usual": usual, "Odd": odd})
    problems = read(path).problems
    assert [p.provenance.sheet for p in problems if "cannot be told" in p.message] == ["Odd"]


def test_columns_of_a_pdf_can_be_assigned(tmp_path: Path) -> None:
    path = tmp_path / "g.pdf"
    pen = Canvas(str(path), invariant=1)
    pen.drawString(60, 780, "Table name: LOAD_PMI")
    for number, row in enumerate(["Wut Wat Wot", "NUMBER 10 PAT_ID", "DATE 0 DOB", "CHAR 3 SEX"]):
        top = 740 - 20 * number
        for column, cell in enumerate(row.split()):
            pen.rect(60 + 120 * column, top, 120, 20)
            pen.drawString(66 + 120 * column, top + 6, cell)
    pen.save()
    roles = {"type": "Wut", "length": "Wat", "field": "Wot"}
    found = assigned(path, Assignment(roles, table="LOAD_PMI"))
    assert [(t, n, length) for t, n, length, _ in found] == [
        ("LOAD_PMI", "PAT_ID", "10"),
        ("LOAD_PMI", "DOB", "0"),
        ("LOAD_PMI", "SEX", "3"),
    ]
