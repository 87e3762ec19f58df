"""PDFs that mean harm end as one message or a clean reading, within their limits."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from caseload.model.errors import BadInput
from caseload.specs.page_picture import PageDrawer

from .hostile import (
    FIELDS,
    FONT,
    TIGHT,
    answer,
    drawn_table,
    names,
    one_page,
    pdf,
    read,
    refused,
    stream,
    zipped,
)

pytestmark = pytest.mark.slow

GRID = stream(drawn_table())


def tree(path: Path, pages: bytes, kids: dict[int, bytes] | None = None) -> Path:
    """A PDF whose page tree is `pages`; a page with the dictionary is object 3."""
    objects = {**one_page(GRID), 2: pages}
    return pdf(path, {**objects, **(kids or {})})


def form(number: int, content: bytes, inner: bytes = b"") -> dict[int, bytes]:
    """A form that draws `content`, with further forms it may call."""
    keys = b"/Type /XObject /Subtype /Form /BBox [0 0 600 900] /Resources << /XObject << %s >> >>"
    return {number: stream(content, keys % inner)}


def calls(depth: int, times: int) -> dict[int, bytes]:
    """Forms that each call the next so many times."""
    objects: dict[int, bytes] = {}
    for level in range(depth):
        number = 10 + level
        objects |= form(number, b"/N Do " * times, b"/N %d 0 R" % (number + 1))
    return objects | form(10 + depth, b"0 0 1 1 re f")


def with_forms(path: Path, forms: dict[int, bytes]) -> Path:
    content = stream(drawn_table() + b" /N Do")
    return pdf(path, {**one_page(content, resources=b"/XObject << /N 10 0 R >>"), **forms})


def prev_loop(path: Path) -> Path:
    made = pdf(path, one_page(GRID))
    data = made.read_bytes()
    start = data.rfind(b"startxref")
    place = data[start:].split()[1]
    made.write_bytes(data.replace(b"/Root 1 0 R", b"/Root 1 0 R /Prev " + place))
    return made


def object_stream_loop(path: Path) -> Path:
    body = b"10 0 11 40 << /Type /ObjStm /N 2 /First 12 /Length 10 0 R >> << /Extends 9 0 R >>"
    keys = b"/Type /ObjStm /N 2 /First 12 /Extends 9 0 R"
    return pdf(path, {**one_page(GRID), 9: zipped(body, keys)})


def active(path: Path) -> Path:
    script = b"<< /S /JavaScript /JS (app.launchURL\\('http://127.0.0.1:9/'\\)) >>"
    launch = b"<< /S /Launch /F (/bin/true) >>"
    objects = one_page(GRID, page=b"/AA << /O %s >> /Annots [8 0 R]" % launch)
    objects[1] = (
        b"<< /Type /Catalog /Pages 2 0 R /OpenAction %s /Names << /EmbeddedFiles << /Names"
        b" [(a.exe) 9 0 R] >> >> /AcroForm << /XFA 7 0 R >> >>" % script
    )
    objects[7] = stream(b"<xdp:xdp xmlns:xdp='x'><script>1</script></xdp:xdp>")
    objects[8] = b"<< /Type /Annot /Subtype /Link /Rect [0 0 9 9] /A %s >>" % launch
    objects[9] = b"<< /Type /Filespec /F (a.exe) /EF << /F 6 0 R >> >>"
    objects[6] = stream(b"MZ" + bytes(500), b"/Type /EmbeddedFile")
    return pdf(path, objects)


READABLE: dict[str, Callable[[Path], Path]] = {
    "as it should be": lambda p: pdf(p, one_page(GRID)),
    "scripts, launches and attachments": active,
    "a cross-reference that leads to itself": prev_loop,
    "a wrong start of the cross-reference": lambda p: wrong_start(p),
    "a form that calls itself": lambda p: with_forms(p, form(10, b"/N Do ", b"/N 10 0 R")),
    "forms within forms": lambda p: with_forms(p, calls(60, 1)),
    "an object stream that extends itself": object_stream_loop,
    "a page tree that leads back": lambda p: tree(
        p, b"<< /Type /Pages /Kids [3 0 R 2 0 R] /Count 2 >>"
    ),
    "a lying count of pages": lambda p: tree(p, b"<< /Type /Pages /Kids [3 0 R] /Count 9 >>"),
}


def wrong_start(path: Path) -> Path:
    made = pdf(path, one_page(GRID))
    data = made.read_bytes()
    start = data.rfind(b"startxref")
    made.write_bytes(data[:start] + b"startxref\n7\n%%EOF\n")
    return made


@pytest.mark.parametrize("what", READABLE)
def test_a_strange_document_is_still_read(tmp_path: Path, what: str) -> None:
    assert names(read(READABLE[what](tmp_path / "x.pdf"))) == FIELDS


def bomb(levels: int, size: int) -> bytes:
    body = bytes(size)
    for _ in range(levels):
        body = zlib.compress(body, 9)
    return stream(body, b"/Filter [" + b"/FlateDecode " * levels + b"]")


ODD: dict[str, Callable[[Path], Path]] = {
    "a stream that unpacks to a house": lambda p: pdf(p, one_page(bomb(2, 60_000_000))),
    "a stream of many packings": lambda p: pdf(p, one_page(bomb(30, 1_000_000))),
    "a tree of pages in a circle": lambda p: tree(
        p,
        b"<< /Type /Pages /Kids [6 0 R] /Count 1 >>",
        {
            6: b"<< /Type /Pages /Kids [7 0 R] /Count 1 >>",
            7: b"<< /Type /Pages /Kids [6 0 R] /Count 1 >>",
        },
    ),
    "two thousand million pages": lambda p: tree(
        p, b"<< /Type /Pages /Kids [3 0 R] /Count 2147483647 >>"
    ),
    "a page of a million points": lambda p: pdf(
        p, one_page(GRID, page=b"/MediaBox [0 0 1000000 100000000]")
    ),
    "a page without an area": lambda p: pdf(p, one_page(GRID, page=b"/MediaBox [0 0 0 0]")),
    "a page turned inside out": lambda p: pdf(
        p, one_page(GRID, page=b"/MediaBox [9e99 -1 -9e99 nan] /Rotate 91")
    ),
    "arrays within arrays": lambda p: pdf(p, one_page(stream(b"[" * 200_000 + b"]" * 200_000))),
    "dictionaries within dictionaries": lambda p: pdf(
        p, {**one_page(GRID), 6: b"<< /A " * 50_000 + b">>" * 50_000}
    ),
    "states within states": lambda p: pdf(p, one_page(zipped(b"q " * 2_000_000 + drawn_table()))),
    "very many lines": lambda p: pdf(
        p, one_page(zipped(b"".join(b"%d %d m %d %d l S\n" % (n % 600, n % 800, n % 601, n % 799)
                                    for n in range(60_000))))
    ),
    "very many letters on a page": lambda p: pdf(
        p, one_page(zipped(b"BT /F 1 Tf 10 700 Td " + b"(aaaaaaaaaa) Tj " * 10_000 + b"ET"))
    ),
    "a length that is itself": lambda p: pdf(
        p, {**one_page(b"<< /Length 4 0 R >>\nstream\nBT ET\nendstream")}
    ),
    "a picture of a trillion points": lambda p: pdf(
        p,
        {
            **one_page(stream(drawn_table() + b" /N Do"), resources=b"/XObject << /N 10 0 R >>"),
            10: stream(b"x", b"/Subtype /Image /Width 1000000 /Height 1000000 /BitsPerComponent 8"
                       b" /ColorSpace /DeviceRGB"),
        },
    ),
    "a font that is its own map": lambda p: pdf(
        p,
        {
            **one_page(GRID),
            5: b"<< /Type /Font /Subtype /Type0 /BaseFont /X /Encoding 5 0 R /ToUnicode 5 0 R"
            b" /DescendantFonts [5 0 R] >>",
        },
    ),
    "a font of drawings that use it": lambda p: pdf(
        p,
        {
            **one_page(GRID),
            5: b"<< /Type /Font /Subtype /Type3 /FontBBox [0 0 1 1] /FontMatrix [1 0 0 1 0 0]"
            b" /FirstChar 65 /LastChar 90 /Widths [1] /CharProcs << /A 6 0 R >> /Encoding <<"
            b" /Differences [65 /A] >> /Resources << /Font << /F 5 0 R >> >> >>",
            6: stream(b"1 0 0 0 1 1 d1 BT /F 1 Tf (A) Tj ET"),
        },
    ),
}  # fmt: skip


BOMBS: dict[str, Callable[[Path], Path]] = {
    "forms that multiply": lambda p: with_forms(p, calls(9, 10)),
    "a form that calls itself thrice": lambda p: with_forms(
        p, form(10, b"/N Do " * 3, b"/N 10 0 R")
    ),
    "a stream that unpacks to gigabytes": lambda p: pdf(p, one_page(bomb(3, 2_000_000_000))),
}


@pytest.mark.parametrize("what", ODD)
def test_a_hostile_document_is_one_message_or_a_reading(tmp_path: Path, what: str) -> None:
    answer(ODD[what](tmp_path / "x.pdf"))


@pytest.mark.parametrize("what", BOMBS)
def test_a_bomb_is_stopped_if_nothing_else_helps(tmp_path: Path, what: str) -> None:
    answer(BOMBS[what](tmp_path / "x.pdf"), may_stop=True)


def drawn(path: Path) -> bool:
    """Whether the first page can be drawn; the refusal must name the document."""
    drawer = PageDrawer()
    try:
        return drawer.draw(path, 1, 400).pages > 0
    except BadInput as error:
        return "x.pdf" not in str(error)
    finally:
        drawer.close()


@pytest.mark.parametrize("what", READABLE)
def test_a_strange_page_is_drawn(tmp_path: Path, what: str) -> None:
    assert drawn(READABLE[what](tmp_path / "x.pdf"))


@pytest.mark.parametrize("what", [*ODD, *BOMBS])
def test_a_hostile_page_is_drawn_or_refused_within_its_limits(tmp_path: Path, what: str) -> None:
    drawn({**ODD, **BOMBS}[what](tmp_path / "x.pdf"))


def test_a_hundred_thousand_pages_end_in_time(tmp_path: Path) -> None:
    kid = b"<< /Type /Page /Parent 2 0 R /Contents 4 0 R /MediaBox [0 0 595 842] >>"
    kids = dict.fromkeys(range(10, 100_010), kid)
    list_of = b" ".join(b"%d 0 R" % n for n in kids)
    pages = b"<< /Type /Pages /Kids [%s] /Count 100000 >>" % list_of
    objects = {1: b"<< /Type /Catalog /Pages 2 0 R >>", 2: pages, 4: stream(b"BT ET"), 5: FONT}
    answer(pdf(tmp_path / "x.pdf", objects | kids), TIGHT)


def test_what_is_cut_damaged_or_locked_is_named(tmp_path: Path) -> None:
    whole = pdf(tmp_path / "whole.pdf", one_page(GRID)).read_bytes()
    for share, words in ((0.2, "cut short"), (0.7, "cut short")):
        (tmp_path / "x.pdf").write_bytes(whole[: int(len(whole) * share)])
        refused(tmp_path / "x.pdf", words)
    (tmp_path / "x.pdf").write_bytes(b"%PDF-1.7\n" + bytes(5_000) + b"\n%%EOF\n")
    refused(tmp_path / "x.pdf", "damaged")
    canvas = Canvas(str(tmp_path / "x.pdf"), encrypt=StandardEncryption("secret", strength=128))
    canvas.drawString(40, 700, "TABLE NAME: LOAD_X")
    canvas.save()
    refused(tmp_path / "x.pdf", "encrypted")
