"""A grid whose box with the table's name is printed again on every page, above its header."""

from __future__ import annotations

from pathlib import Path

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from caseload.specs.readers.document import read_document

_LONG = "The value is printed on letters and is kept as it was entered at the time. " * 6
_FIELDS = {
    "LOAD_PMI": [f"IDENTIFYING_FACT_{n:02d}" for n in range(40)],
    "LOAD_REFERRALS": [f"REFERRAL_FACT_{n:02d}" for n in range(30)],
}


def _guide(path: Path) -> None:
    style = getSampleStyleSheet()["BodyText"]
    story: list[object] = []
    for table, names in _FIELDS.items():
        rows: list[list[object]] = [
            [f"TABLE NAME: {table}", "", "", ""],
            ["DATATYPE", "LENGTH", "NAME", "COMMENTS"],
        ]
        for name in names:
            comment = f"{_LONG} Only two accepted values: Y or N."
            rows.append(["VARCHAR2", "1", name, Paragraph(comment, style)])
        grid = Table(rows, colWidths=[70, 50, 150, 200], repeatRows=2, splitInRow=1)
        grid.setStyle(
            TableStyle(
                [
                    ("GRID", (0, 0), (-1, -1), 0.5, colors.black),
                    ("SPAN", (0, 0), (-1, 0)),
                    ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ]
            )
        )
        story += [grid, Spacer(1, 30)]
    SimpleDocTemplate(str(path), pagesize=A4).build(story)


def test_a_row_goes_on_below_the_box_and_header_that_its_page_repeats(tmp_path: Path) -> None:
    _guide(tmp_path / "guide.pdf")
    reading = read_document(tmp_path / "guide.pdf", "guide.pdf", lambda *_: None)
    assert {t.name: [f.field_name for f in t.fields] for t in reading.tables} == _FIELDS
    wrong = [
        f.qualified for t in reading.tables for f in t.fields if f.allowed_values != ("Y", "N")
    ]
    assert wrong == []
    assert reading.problems == []
