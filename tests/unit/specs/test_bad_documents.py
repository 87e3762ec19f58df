"""A bad document is one clear message that says what and where."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import Workbook
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from caseload.model.errors import BadInput
from caseload.specs.readers.grid import Reading

from .guides import LAYOUTS, make_guide, truth

Reader = Callable[[Path], Reading]


def pdf(path: Path, **options: object) -> Path:
    pen = Canvas(str(path), invariant=1, **options)
    pen.drawString(72, 700, "Nothing here describes any field of any table at all.")
    pen.showPage()
    pen.save()
    return path


def scan(path: Path) -> Path:
    picture = path.with_suffix(".ppm")
    picture.write_bytes(b"P6 8 8 255\n" + bytes(192))
    pen = Canvas(str(path), invariant=1)
    pen.drawImage(ImageReader(str(picture)), 0, 0, 595, 842)
    pen.showPage()
    pen.save()
    return path


def bomb(path: Path) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b" " * 60_000_000)
    return path


def entities(path: Path) -> Path:
    inner = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 9))
    body = f'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY e0 "x">{inner}]><d>&e8;</d>'
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", body)
    return path


def written(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def cut(path: Path, share: float = 0.6) -> Path:
    data = path.read_bytes()
    return written(path, data[: int(len(data) * share)])


def book(path: Path, rows: list[tuple[object, ...]]) -> Path:
    made = Workbook()
    for row in rows:
        made.active.append(row)
    made.save(path)
    return path


CASES: dict[str, tuple[Callable[[Path], Path], str]] = {
    "missing": (lambda d: d / "x.xlsx", "There is no such document"),
    "zero bytes": (lambda d: written(d / "x.pdf", b""), "empty"),
    "cut pdf": (lambda d: cut(pdf(d / "x.pdf")), "cut short"),
    "damaged pdf": (lambda d: written(d / "x.pdf", b"%PDF-1.7\nrubbish\n%%EOF"), "damaged"),
    "encrypted pdf": (
        lambda d: pdf(d / "x.pdf", encrypt=StandardEncryption("secret")),
        "encrypted",
    ),
    "pdf of pictures": (lambda d: scan(d / "x.pdf"), "pictures of pages"),
    "pdf without fields": (lambda d: pdf(d / "x.pdf"), "no table that could describe fields"),
    "cut workbook": (lambda d: cut(book(d / "x.xlsx", [("a",)])), "damaged or cut short"),
    "encrypted workbook": (
        lambda d: written(d / "x.xlsx", b"\xd0\xcf\x11\xe0" + bytes(600)),
        "encrypted",
    ),
    "zip bomb": (lambda d: bomb(d / "x.xlsx"), "unpacks to 60 MB"),
    "entity bomb": (lambda d: entities(d / "x.docx"), "Word document"),
    "another archive": (lambda d: cut_zip(d / "x.xlsx"), "neither a workbook"),
    "pdf called xlsx": (
        lambda d: pdf(d / "x.pdf").rename(d / "x.xlsx"),
        "says an Excel workbook, but the file is a PDF",
    ),
    "text called pdf": (lambda d: written(d / "x.pdf", b"Table,Field\n"), "not a PDF"),
    "unknown kind": (
        lambda d: written(d / "x.png", b"\x89PNG\r\n\x1a\n"),
        "kind .png are not read",
    ),
    "no text": (lambda d: written(d / "x.csv", bytes(range(256)) * 20), "neither text nor"),
    "open quote": (
        lambda d: written(d / "x.csv", b'Table,Field\nT,"' + b"x" * 1_100_000),
        "parted into columns",
    ),
    "no roles": (
        lambda d: written(d / "x.csv", b"Colour,Shape\nred,round one\nblue,square one\n"),
        'columns seen: "Colour", "Shape"',
    ),
    "empty workbook": (lambda d: book(d / "x.xlsx", []), "no table"),
}


def cut_zip(path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("hello.txt", "hello")
    return path


@pytest.mark.parametrize("case", CASES)
def test_one_clear_message(tmp_path: Path, read: Reader, case: str) -> None:
    make, message = CASES[case]
    path = make(tmp_path)
    with pytest.raises(BadInput) as caught:
        read(path)
    assert message in caught.value.what
    assert path.name in caught.value.where


def test_a_million_blank_rows_cost_nothing_much(tmp_path: Path, read: Reader) -> None:
    path = tmp_path / "x.xlsx"
    book(path, [("Table", "Field", "Type"), ("T", "A", "int"), ("T", "B", "int")])
    blank = "".join(f'<row r="{n}"/>' for n in range(10, 200_000))
    far = '<row r="1048576"><c r="A1048576" t="inlineStr"><is><t></t></is></c></row>'
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    parts[sheet] = parts[sheet].replace(b"</sheetData>", f"{blank}{far}</sheetData>".encode())
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    assert [f.field_name for f in read(path).tables[0].fields] == ["A", "B"]


def test_direction_marks_and_markup_do_not_get_into_names(tmp_path: Path, read: Reader) -> None:
    path = tmp_path / "x.csv"
    path.write_text(
        "Table,Field,Type,Size\nT,A\u202eB\u200b,int,1\nT,<b>x</b>,int,1\nT,C,int,1\n",
        encoding="utf-8",
    )
    first, second, _ = read(path).tables[0].fields
    assert first.field_name == "AB"
    assert second.confidence < 0.6


def test_a_cancelled_reading_stops_at_the_next_page(tmp_path: Path) -> None:
    from caseload.specs.readers.document import read_document

    path = tmp_path / "g.pdf"
    make_guide(path, LAYOUTS[0], truth(1))

    class StopError(Exception):
        pass

    def tell(share: float, text: str) -> None:
        if "page 3" in text:
            raise StopError

    with pytest.raises(StopError):
        read_document(path, "g.pdf", tell)
