"""What columns look like where nothing tells them, and how a document is shown to a person."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from caseload.model.catalog import Provenance
from caseload.model.errors import UnsettledColumns
from caseload.model.reader_profile import FROM_SHEET, Assignment
from caseload.specs.preview import attempt, preview, under
from caseload.specs.readers.document import read_document
from caseload.specs.readers.grid import Grid, Row
from caseload.specs.readers.likely import letter, likely_header, likely_roles
from caseload.specs.readers.vocabulary import Role


def grid(*rows: list[str]) -> Grid:
    return Grid([Row(cells, Provenance("d.csv", row=n)) for n, cells in enumerate(rows, 1)])


def silent(_share: float, _text: str) -> None:
    return


def fields(*tables: str) -> list[list[str]]:
    return [
        [table, f"{table} {name}", f"up to {size}", f"What the {name} of the {table} is for"]
        for table in tables
        for name, size in (("number", 8), ("opened on", 9), ("remark", 10), ("held by", 11))
    ]


def test_the_header_is_the_first_full_row_of_texts_that_do_not_come_again():
    assert likely_header(grid(["A register"], ["Gribble", "Frotz"], ["W", "1"], ["W", "2"])) == 1
    assert likely_header(grid(["W", "1"], ["W", "2"], ["W", "3"])) is None


def test_a_header_said_again_on_the_next_page_is_still_the_header():
    head = ["Gribble", "Frotz"]
    assert likely_header(grid(head, ["a b", "1"], head, ["c d", "2"])) == 0


def test_tables_come_again_in_runs_and_fields_differ_within_them():
    roles = likely_roles(["P", "Q", "R", "S"], fields("Ward", "Bed", "Stay"))
    assert roles.columns[Role.TABLE] == 0
    assert roles.columns[Role.FIELD] == 1


def test_types_that_alternate_are_no_tables():
    body = [[kind, f"NAME_{n}_{kind}"] for n in range(10) for kind in ("KIN1", "KIN2", "KIN3")]
    assert Role.TABLE not in likely_roles(["P", "Q"], body).columns


@pytest.mark.parametrize(("index", "said"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ")])
def test_columns_have_the_letters_of_spreadsheets(index, said):
    assert letter(index) == said


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    """One sheet a table under headers that mean nothing, in turned order, and a cover."""
    book = openpyxl.Workbook()
    book.active.title = "Cover"
    book.active.append(["Register, issue 3"])
    for place, table in enumerate(("Ward", "Bed", "Stay")):
        sheet = book.create_sheet(table)
        for row in [["", "Frotz", "Zorp", "Blurb"], *fields(table)]:
            sheet.append(row[1:] if place % 2 else row[:0:-1])
    book.save(tmp_path / "register.xlsx")
    return tmp_path / "register.xlsx"


def test_sheets_with_the_same_columns_in_any_order_are_shown_once(workbook):
    shown = preview(workbook, "register.xlsx", silent)
    first, cover = shown.grids
    assert (first.alike, cover.sheet) == (2, "Cover")
    assert first.missing == ("table",)
    assert not first.settled


def test_the_remedy_names_the_sheets_for_the_tables(workbook):
    with pytest.raises(UnsettledColumns) as caught:
        read_document(workbook, "register.xlsx", silent)
    assert caught.value.remedy.endswith("--roles 'register.xlsx:table=@sheet,field=Frotz'")


def test_an_assignment_by_header_reads_every_sheet_that_has_it(workbook):
    said = Assignment({"field": "Frotz", "description": "Blurb"}, table=FROM_SHEET)
    trial = attempt(workbook, "register.xlsx", silent, said)
    assert (trial.tables, trial.fields) == (3, 12)
    assert trial.table_names == ("Ward", "Bed", "Stay")
    assert trial.sample[0].description == "What the number of the Ward is for"
    assert attempt(workbook, "register.xlsx", silent, None).refused


def test_another_header_row_is_taken_at_its_word(workbook):
    anew = under(preview(workbook, "register.xlsx", silent).grids[0], 2)
    assert anew.header_row == 2
    assert "Frotz" not in anew.headers(2)
