"""Names, rows and running lines where no drawn line says what belongs together."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from caseload.model.catalog import FieldSpec, Provenance
from caseload.specs.readers.assembled import Assembled, ReadField
from caseload.specs.readers.confidence import RowFacts
from caseload.specs.readers.document import read_document
from caseload.specs.readers.grid import Grid, Reading, Row
from caseload.specs.readers.mended import mend
from caseload.specs.readers.pdf_grid import shade_at
from caseload.specs.readers.pdf_rows import Alignment, Piece, rows_of
from caseload.specs.readers.pdf_text import Line
from caseload.specs.readers.prose import Traits
from caseload.specs.readers.titles import described_above, stated_orders

HEIGHT = 10.0


def line(text: str, left: float, top: float) -> Line:
    width = 5.0 * len(text)
    head = 5.0 * len(text.split(maxsplit=1)[0])
    return Line(-1, text, left, top, left + width, top + HEIGHT, head)


def table(rows: list[tuple[str, list[str], list[str]]], way: str) -> list[Piece]:
    """Pieces of rows of a type, a name and a comment that stand the given way."""
    pieces, top = [], 0.0
    for kind, name, comment in rows:
        depth = max(1, len(name), len(comment))
        for column, left, lines in ((0, 0.0, [kind]), (1, 100.0, name), (2, 250.0, comment)):
            spare = (depth - len(lines)) * HEIGHT
            drop = {"top": 0.0, "middle": spare / 2, "bottom": spare}[way]
            for number, text in enumerate(lines):
                piece = line(text, left, top + drop + number * HEIGHT)
                pieces.append(Piece(column, piece, anchor=column == 0))
        top += depth * HEIGHT
    return pieces


ROWS = [
    ("NUMBER", ["RECORD_NUMBER"], ["Mandatory field. The number of", "the row in its file."]),
    ("VARCHAR2", ["DATE_ENTERED_COUNTRY", "_CODE"], ["Uppercase."]),
    (
        "DATE",
        ["BIRTH_DATE"],
        ["Must be in format DD/MM/YYYY", "and before the last", "x."],
    ),
    ("VARCHAR2", ["SEX"], []),
    (
        "VARCHAR2",
        ["WARD_OF_THE_PATIENT_"],
        ["Foreign key to", "LOAD_WARDS.WARD_CODE, an", "id."],
    ),
]


def test_rows_are_told_apart_however_their_cells_stand() -> None:
    for way in ("top", "middle", "bottom"):
        found, _ = rows_of(table(ROWS, way), [], 0.0, Alignment(), headed=True)
        said = [[p.line.text for p in row if p.column == 1] for row in found]
        assert said == [name for _, name, _ in ROWS], way


def test_drawn_lines_between_rows_outweigh_how_cells_stand() -> None:
    found, guessed = rows_of(
        table(ROWS, "top"), [0.0, 20.0, 40.0, 70.0, 80.0], 0.0, Alignment(), headed=True
    )
    assert [len(row) for row in found] == [4, 4, 5, 2, 5]
    assert not guessed


def test_shading_laid_down_line_by_line_is_seen() -> None:
    grey = [[0, y, 100, y + 8, 217, 217, 217] for y in (0, 9, 18, 27)]
    fills = np.array(grey, dtype=np.float64)
    assert shade_at(fills, 0, 0, 100, 35) == (217, 217, 217)
    assert shade_at(fills, 0, 50, 100, 80) is None


def test_names_broken_in_comments_are_whole_again() -> None:
    cells = ["Foreign key to LOAD_PMI.RECORD_NUM\nBER\n\nThe RECORD_\nNUMBER and\nmore"]
    grid = Grid([Row(cells, Provenance())], wraps=True)
    assert mend([grid], {"RECORD_NUMBER", "LOAD_PMI"})
    assert grid.rows[0].cells == [
        "Foreign key to LOAD_PMI.RECORD_NUMBER\n\nThe RECORD_NUMBER and\nmore"
    ]


def test_the_order_of_loading_is_read_from_a_list() -> None:
    prose = [(1, "The files must be loaded in this order:"), (1, "1. LOAD_B"), (1, "2) LOAD_A")]
    assert stated_orders(prose, {"LOAD_A", "LOAD_B"}) == {"LOAD_B": 1, "LOAD_A": 2}
    assert stated_orders([(1, "LOAD_A"), (1, "LOAD_B")], {"LOAD_A", "LOAD_B"}) == {}


def test_what_a_table_is_for_may_stand_above_its_name() -> None:
    assert described_above(["Other words.", "Purpose: one row a ward.", "Loaded last."]) == (
        "Purpose: one row a ward. Loaded last."
    )


def taken(*specs: FieldSpec) -> Assembled:
    out = Assembled()
    for spec in specs:
        out.add(ReadField(spec, RowFacts(), Traits(), None), "")
    out.tell_repeats()
    return out


def test_names_that_differ_by_case_only_are_one_field_with_a_problem() -> None:
    place = Provenance("g.pdf", page=3, box=(1.0, 2.0, 3.0, 4.0))
    out = taken(
        FieldSpec("LOAD_A", "SEX", 0, "VARCHAR2", "1"),
        FieldSpec("Load_A", "Sex", 0, "NUMBER", "1", provenance=place),
    )
    assert [one.spec.field_name for one in out.tables["LOAD_A"].fields] == ["SEX"]
    assert [p.message for p in out.problems] == [
        "Table Load_A differs from LOAD_A by case only; they are taken as one",
        "LOAD_A.Sex differs from SEX by case only; the first is kept (VARCHAR2 1 against NUMBER 1)",
    ]
    assert [p.provenance for p in out.problems] == [place, place]


def test_a_table_told_twice_is_one_problem() -> None:
    names = ("A1", "B1", "C1", "D1")
    twice = [FieldSpec("LOAD_A", name, 0) for name in (*names, *names, "E1")]
    out = taken(*twice)
    assert len(out.tables["LOAD_A"].fields) == 5
    assert [p.message for p in out.problems] == [
        "Table LOAD_A lists 4 fields a second time; the first of each is kept: A1, B1, C1, D1"
    ]


def read(path: Path) -> Reading:
    return read_document(path, path.name, lambda share, text: None)


def guide(path: Path, pages: int, scanned: int = 0) -> Path:
    """A guide without rules whose pages share a line at one height in the body."""
    pen = Canvas(str(path), pagesize=A4, invariant=1)
    for page in range(1, pages + 1):
        pen.setFont("Helvetica", 9)
        pen.drawString(50, 810, "Migration guide")
        pen.drawString(50, 20, f"Page {page}")
        pen.drawString(50, 780, f"TABLE NAME: LOAD_T{page}")
        for x, text in ((50, "DATATYPE"), (130, "LENGTH"), (200, "NAME"), (350, "COMMENTS")):
            pen.drawString(x, 760, text)
        for row in range(4):
            y = 740 - row * 24
            told = ("VARCHAR2", "10", f"FIELD_{page}_{row}", "Mandatory field. Given to")
            for x, text in zip((50, 130, 200, 350), told, strict=True):
                pen.drawString(x, y, text)
            pen.drawString(350, y - 11, "every patient.")
        pen.showPage()
    for _ in range(scanned):
        from reportlab.lib.utils import ImageReader

        from .guides_docx import grey_picture

        pen.drawImage(ImageReader(grey_picture()), 0, 0, *A4)
        pen.showPage()
    pen.save()
    return path


def test_a_line_that_recurs_in_the_body_is_no_running_header(tmp_path: Path) -> None:
    reading = read(guide(tmp_path / "g.pdf", pages=6))
    said = {f.description for t in reading.tables for f in t.fields}
    assert said == {"Mandatory field. Given to every patient."}
    assert sum(len(t.fields) for t in reading.tables) == 24


def test_a_scanned_page_is_named_with_its_page(tmp_path: Path) -> None:
    reading = read(guide(tmp_path / "g.pdf", pages=2, scanned=1))
    assert [p.message for p in reading.problems] == [
        "Page 3 is a picture without text; it was not read"
    ]
    assert [p.provenance.page for p in reading.problems] == [3]


def test_a_box_of_two_columns_inside_the_grid_names_the_table_that_follows(tmp_path: Path) -> None:
    path = tmp_path / "g.pdf"
    pen = Canvas(str(path), pagesize=A4, invariant=1)
    pen.setFont("Helvetica", 9)
    y = 780
    for name in ("LOAD_A", "LOAD_B"):
        for cells in (
            ("TABLE NAME", "", name, ""),
            ("PURPOSE", "", f"What {name} is for.", ""),
            ("DATATYPE", "LENGTH", "NAME", "COMMENTS"),
            ("VARCHAR2", "10", "SYSTEM_CODE", "Mandatory field"),
            ("DATE", "", f"{name}_DATE", ""),
        ):
            for x, width, text in zip((50, 130, 190, 350), (80, 60, 160, 190), cells, strict=True):
                pen.rect(x, y - 6, width, 18, fill=0)
                pen.drawString(x + 4, y, text)
            y -= 18
        y -= 30
    pen.showPage()
    pen.save()
    reading = read(path)
    assert [(t.name, t.description) for t in reading.tables] == [
        ("LOAD_A", "PURPOSE: What LOAD_A is for."),
        ("LOAD_B", "PURPOSE: What LOAD_B is for."),
    ]
    assert [[f.field_name for f in t.fields] for t in reading.tables] == [
        ["SYSTEM_CODE", "LOAD_A_DATE"],
        ["SYSTEM_CODE", "LOAD_B_DATE"],
    ]
    assert reading.problems == []
