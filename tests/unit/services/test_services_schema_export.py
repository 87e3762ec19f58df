"""The catalog in Excel: everything, or what a filter leaves, and never a live formula."""

from __future__ import annotations

from openpyxl import load_workbook

from caseload.model.catalog import Side
from caseload.model.views import FieldQuery
from caseload.services import schemas
from caseload.services.schema_export import export_schemas


def sheets(path):
    book = load_workbook(path)
    return {page.title: [list(row) for row in page.iter_rows(values_only=True)] for page in book}


def column(rows, title):
    head = next(row for row in rows if title in row)
    return [row[head.index(title)] for row in rows[rows.index(head) + 1 :]]


def test_the_catalog_with_its_corrections_is_written_to_four_sheets(session, tmp_path):
    schemas.correct_field(session, Side.TARGET, "LOAD_PMI", "SEX", {"length": "2"}, "errata")
    schemas.add_field(session, Side.TARGET, "LOAD_PMI", "TITLE", {}, "left out")
    export_schemas(session, tmp_path / "t.xlsx", [Side.TARGET])
    found = sheets(tmp_path / "t.xlsx")
    assert list(found) == ["Fields", "Tables", "Problems", "Corrections"]
    fields = found["Fields"]
    at = column(fields, "Field").index("SEX")
    assert column(fields, "Length")[at] == "2"
    assert column(fields, "Was read as")[at] == "Length: 1"
    assert column(fields, "Was read as")[-1] == "added by a person"
    assert column(found["Corrections"], "Read")[0] == "1"


def test_a_filter_narrows_the_fields_and_both_sides_get_their_own_sheets(session, tmp_path):
    query = FieldQuery(Side.TARGET, below_confidence=0.9)
    done = export_schemas(session, tmp_path / "t.xlsx", [Side.TARGET], query=query)
    assert done.message == "1 field written to t.xlsx"
    assert column(sheets(tmp_path / "t.xlsx")["Fields"], "Field") == ["SEX"]
    export_schemas(session, tmp_path / "b.xlsx", list(Side))
    assert "Source fields" in sheets(tmp_path / "b.xlsx")


def test_a_description_that_looks_like_a_formula_stays_a_text(session, tmp_path):
    changes = {"description": "=HYPERLINK(1)"}
    schemas.correct_field(session, Side.TARGET, "LOAD_PMI", "SEX", changes, "")
    export_schemas(session, tmp_path / "t.xlsx", [Side.TARGET])
    book = load_workbook(tmp_path / "t.xlsx")
    cells = [c for row in book["Fields"] for c in row if c.value == "=HYPERLINK(1)"]
    assert [c.data_type for c in cells] == ["s"]
