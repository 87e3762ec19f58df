"""Workbooks that leave the program are safe to open and the same every time."""

import zipfile
from datetime import UTC, date, datetime, timedelta, timezone

import openpyxl
import pytest

from caseload.model.errors import BadInput
from caseload.services.excel import LONGEST_CELL, Sheet, legal_titles, write_workbook

WHEN = datetime(2026, 11, 23, 14, 5, tzinfo=UTC)


def written(path, *sheets, created=WHEN):
    write_workbook(path, sheets, created=created)
    return openpyxl.load_workbook(path)


@pytest.mark.parametrize(
    "text", ["=1+1", "+44 20", "-3", "@SUM(A1)", "\t=1", "\r=1", "=cmd|' /C calc'!A0", "#N/A"]
)
def test_a_text_that_looks_like_a_formula_stays_a_text(tmp_path, text):
    cell = written(tmp_path / "a.xlsx", Sheet("S", ["Name"], [[text]]))["S"]["A2"]
    assert cell.data_type == "s"
    assert cell.value.strip() == text.strip()
    assert cell.quotePrefix is (text != "#N/A")
    sheet = zipfile.ZipFile(tmp_path / "a.xlsx").read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in sheet
    assert b"<f " not in sheet


def test_headers_and_titles_cannot_be_formulas_either(tmp_path):
    book = written(tmp_path / "a.xlsx", Sheet("=1+1", ["=A1"], [], notes="=B1"))
    page = book.worksheets[0]
    assert [page["A1"].data_type, page["A2"].data_type] == ["s", "s"]


def test_the_same_input_gives_the_same_bytes_whenever_it_is_written(tmp_path, monkeypatch):
    sheet = Sheet("S", ["Name", "Number"], [["a", 1], ["b", 2.5]])
    write_workbook(tmp_path / "a.xlsx", [sheet], created=WHEN)
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    write_workbook(
        tmp_path / "b.xlsx", [sheet], created=WHEN.astimezone(timezone(timedelta(hours=5)))
    )
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_the_file_says_the_moment_it_was_told(tmp_path):
    properties = written(tmp_path / "a.xlsx", Sheet("S", ["Name"], [])).properties
    assert properties.created == properties.modified == WHEN.replace(tzinfo=None)
    assert properties.creator == "Caseload"


def test_the_header_is_frozen_filterable_and_below_the_notes(tmp_path):
    rows = [["a", 1], ["b", 2]]
    book = written(
        tmp_path / "a.xlsx",
        Sheet("Plain", ["Name", "Number"], rows),
        Sheet("Noted", ["Name", "Number"], rows, notes="What this is"),
    )
    plain, noted = book["Plain"], book["Noted"]
    assert (plain.freeze_panes, plain.auto_filter.ref) == ("A2", "A1:B3")
    assert (noted.freeze_panes, noted.auto_filter.ref) == ("A3", "A2:B4")
    assert noted["A1"].value == "What this is"
    assert plain["A1"].font.bold


def test_numbers_dates_and_truths_are_kept_as_exactly_as_excel_can(tmp_path):
    row = [3, 2.5, True, date(2026, 3, 31), WHEN, None, 12345678901234567890, float("nan")]
    page = written(tmp_path / "a.xlsx", Sheet("S", list("ABCDEFGH"), [row]))["S"]
    assert [cell.value for cell in page[2]] == [
        3, 2.5, True, "2026-03-31", "2026-11-23 14:05:00", None, "12345678901234567890", "nan",
    ]  # fmt: skip


def test_what_xml_cannot_hold_is_dropped_and_what_is_too_long_is_cut(tmp_path):
    rows = [["a\x00b\x0bc\ud800d"], ["x" * 40_000], ["_x0041_"]]
    page = written(tmp_path / "a.xlsx", Sheet("S", ["Text"], rows))["S"]
    assert page["A2"].value == "abcd"
    assert len(page["A3"].value) == LONGEST_CELL
    sheet = zipfile.ZipFile(tmp_path / "a.xlsx").read("xl/worksheets/sheet1.xml")
    assert b"_x005F_x0041_" in sheet


def test_titles_are_made_legal_and_distinct():
    assert legal_titles(["a/b", "A b", "", "History", "x" * 40, "x" * 50]) == [
        "a b", "A b (2)", "Sheet", "History (2)", "x" * 31, "x" * 27 + " (2)",
    ]  # fmt: skip


def test_no_sheet_is_refused_and_a_failure_leaves_the_old_file(tmp_path):
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"old")
    with pytest.raises(BadInput):
        write_workbook(path, [], created=WHEN)

    def breaks():
        yield ["a"]
        raise RuntimeError("half-way")

    with pytest.raises(RuntimeError):
        write_workbook(path, [Sheet("S", ["Name"], breaks())], created=WHEN)
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["a.xlsx"]
