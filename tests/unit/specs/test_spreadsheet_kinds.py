"""Workbooks of before Excel 2007 and of OpenDocument are read as xlsx are."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from caseload.model.errors import BadInput
from caseload.specs.readers.grid import Reading

Reader = Callable[[Path], Reading]
SAMPLES = Path(__file__).resolve().parents[2] / "data" / "dictionaries"
KINDS = ("xls", "ods")


@pytest.mark.parametrize("kind", KINDS)
def test_merged_cells_two_header_rows_and_formulas(read: Reader, kind: str) -> None:
    reading = read(SAMPLES / f"small.{kind}")
    assert reading.document.reader == kind
    assert [
        (f.qualified, f.data_type, f.length, f.description)
        for t in reading.tables
        for f in t.fields
    ] == [
        ("PATDATA.IntPatNo", "NUMBER", "9", "Internal number"),
        ("PATDATA.PtDoB", "DATE", "", "Date of birth"),
        ("PATDATA.Weight", "NUMBER", "10,2", ""),
        ("OPA.ApptNo", "NUMBER", "12", ""),
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_the_sheet_and_row_are_known_and_hidden_sheets_told(read: Reader, kind: str) -> None:
    reading = read(SAMPLES / f"small.{kind}")
    place = reading.tables[1].fields[0].provenance
    assert (place.sheet, place.row) == ("Columns", 8)
    assert [p.message for p in reading.problems if p.provenance.sheet == "Old"] == [
        "The sheet is hidden and was not read"
    ]


def test_a_kind_under_another_name_is_told(tmp_path: Path, read: Reader) -> None:
    for kind, other in (("xls", "xlsx"), ("ods", "xlsx"), ("xls", "csv")):
        path = tmp_path / f"d.{other}"
        shutil.copy(SAMPLES / f"small.{kind}", path)
        with pytest.raises(BadInput, match="The name says"):
            read(path)


@pytest.mark.parametrize("kind", KINDS)
def test_a_cut_workbook_is_told(tmp_path: Path, read: Reader, kind: str) -> None:
    data = (SAMPLES / f"small.{kind}").read_bytes()
    path = tmp_path / f"d.{kind}"
    path.write_bytes(data[: len(data) // 2])
    with pytest.raises(BadInput) as caught:
        read(path)
    assert "d." in caught.value.where


def test_an_opendocument_text_is_no_dictionary(tmp_path: Path, read: Reader) -> None:
    path = tmp_path / "d.ods"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr("content.xml", "<x/>")
    with pytest.raises(BadInput, match="neither a workbook nor"):
        read(path)
