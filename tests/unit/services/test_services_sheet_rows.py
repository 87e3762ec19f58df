"""The rows that a field was read from, as they stand in the document."""

from __future__ import annotations

import pytest

from caseload.lifecycle.documents import take_specs
from caseload.model.catalog import Provenance, Side
from caseload.model.errors import BadInput
from caseload.services import sheet_rows


@pytest.fixture
def dictionary(session):
    lines = ["Our dictionary, edition 3", "", "Table,Column,Type,Length,Comments"]
    lines += [f"PATDATA,F{n},CHAR,{n % 40},  what F{n} holds" for n in range(1, 700)]
    path = session.folder / "dict.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    take_specs(session.project, Side.SOURCE, [str(path)], by="anna", at=session.clock())
    return "dict.csv"


def test_the_rows_around_a_place_come_with_the_row_that_heads_them(session, dictionary):
    shown = sheet_rows.around(session, Provenance(dictionary, row=500), rows=3)
    assert shown.header == 3
    assert [number for number, _ in shown.rows] == [3, 497, 498, 499, 500, 501, 502, 503]
    assert shown.rows[0][1][:3] == ("Table", "Column", "Type")
    assert shown.rows[4][1][1] == "F497"


def test_walking_on_reads_the_document_once_a_block(session, dictionary):
    for row in range(400, 600, 50):
        sheet_rows.around(session, Provenance(dictionary, row=row))
    assert len(session.sheet_blocks) == 1


def test_there_is_no_sheet_for_a_page_or_a_document_that_is_not_here(session, dictionary):
    assert sheet_rows.around(session, Provenance("guide.pdf", page=2)) is None
    assert sheet_rows.around(session, Provenance("other.csv", row=2)) is None
    assert sheet_rows.around(session, Provenance(dictionary)) is None


def test_a_document_that_was_spoilt_since_says_so(session, dictionary):
    (document,) = session.project.documents.specs(Side.SOURCE)
    (session.folder / document.stored_path).write_bytes(b"%PDF-1.7 no pages")
    with pytest.raises(BadInput):
        sheet_rows.around(session, Provenance(dictionary, row=2))
