"""Office files that mean harm end as one message or a clean reading, within their limits."""

from __future__ import annotations

import socket
import struct
import zipfile
from pathlib import Path

import pytest

from .hostile import (
    CONTENT_TYPES,
    FIELDS,
    PARTS,
    SHEET,
    STRINGS,
    answer,
    book,
    edited,
    names,
    noise,
    packed,
    problems,
    read,
    refused,
    spread,
    word,
    word_cells,
)

pytestmark = pytest.mark.slow

KINDS = tuple(PARTS)


@pytest.mark.parametrize("kind", KINDS)
def test_a_bomb_is_not_opened(tmp_path: Path, kind: str) -> None:
    make, main = PARTS[kind]
    parts = {**make(), main: make()[main] + b" " * 80_000_000}
    refused(packed(tmp_path / f"x.{kind}", parts), "unpacks to 80 MB")


@pytest.mark.parametrize("kind", KINDS)
def test_a_bomb_within_an_archive_stays_packed(tmp_path: Path, kind: str) -> None:
    inner = packed(tmp_path / "inner.zip", {"a": b" " * 50_000_000})
    make, _ = PARTS[kind]
    parts = {**make(), "xl/embeddings/inner.zip": inner.read_bytes()}
    assert names(read(packed(tmp_path / f"x.{kind}", parts))) == FIELDS


@pytest.mark.parametrize("kind", KINDS)
def test_an_archive_of_very_many_parts_is_not_opened(tmp_path: Path, kind: str) -> None:
    make, _ = PARTS[kind]
    parts = {**make(), **{f"p/{n}": b"" for n in range(20_000)}}
    refused(packed(tmp_path / f"x.{kind}", parts, zipfile.ZIP_STORED), "parts; it was not opened")


@pytest.mark.parametrize("kind", KINDS)
def test_parts_that_lie_of_their_size_do_not_fill_memory(tmp_path: Path, kind: str) -> None:
    make, main = PARTS[kind]
    parts = {**make(), main: make()[main] + b" " * 700_000_000}
    path = packed(tmp_path / f"x.{kind}", parts)
    data = bytearray(path.read_bytes())
    for signature, at in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        start = data.find(signature)
        while start >= 0:
            if struct.unpack_from("<I", data, start + at)[0] > 100_000_000:
                struct.pack_into("<I", data, start + at, 5_000)
            start = data.find(signature, start + 4)
    path.write_bytes(bytes(data))
    answer(path)


@pytest.mark.parametrize("kind", KINDS)
def test_parts_that_share_their_bytes_do_not_multiply(tmp_path: Path, kind: str) -> None:
    """Many names in the directory for one and the same packed part."""
    make, _ = PARTS[kind]
    parts = {**make(), "filler": b" " * 20_000_000}
    path = packed(tmp_path / f"x.{kind}", parts)
    data = path.read_bytes()
    end = data.rfind(b"PK\x05\x06")
    count, _, size, start = struct.unpack_from("<HHII", data, end + 8)[0:1] + struct.unpack_from(
        "<HII", data, end + 10
    )
    directory = data[start : start + size]
    filler = directory[directory.rfind(b"PK\x01\x02") :]
    copies = [filler.replace(b"filler", b"f%05d" % n) for n in range(200)]
    grown = directory + b"".join(copies)
    tail = struct.pack(
        "<4sHHHHIIH", b"PK\x05\x06", 0, 0, count + 200, count + 200, len(grown), start, 0
    )
    path.write_bytes(data[:start] + grown + tail)
    refused(path, "unpacks to")


LAUGHS = '<!DOCTYPE x [<!ENTITY a0 "PATIENT">{}]>'.format(
    "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
)
QUADRATIC = f'<!DOCTYPE x [<!ENTITY a9 "{"A" * 100_000}">]>'
OUTSIDE = '<!DOCTYPE x [<!ENTITY a9 SYSTEM "file://{}">]>'


def with_entity(kind: str, prolog: str, use: str) -> dict[str, bytes]:
    """A document whose text uses an entity that its prolog declares."""
    make, main = PARTS[kind]
    parts = make()
    main = STRINGS if kind == "xlsx" else main
    text = parts[main].replace(b">PATIENT<", f">{use}<".encode(), 1)
    parts[main] = text.replace(b"?>", b"?>" + prolog.encode(), 1)
    return parts


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("prolog", [LAUGHS, QUADRATIC], ids=["laughs", "quadratic"])
def test_entities_do_not_grow(tmp_path: Path, kind: str, prolog: str) -> None:
    use = "&a9;" * (10_000 if prolog is QUADRATIC else 1)
    said = answer(packed(tmp_path / f"x.{kind}", with_entity(kind, prolog, use)))
    if not isinstance(said, Exception):
        assert max(map(len, names(said)), default=0) < 100


@pytest.mark.parametrize("kind", KINDS)
def test_entities_bring_in_no_file(tmp_path: Path, kind: str) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("STOLENWORDS", encoding="utf-8")
    parts = with_entity(kind, OUTSIDE.format(secret), "&a9;")
    said = answer(packed(tmp_path / f"x.{kind}", parts))
    assert "STOLENWORDS" not in repr(said)


@pytest.mark.parametrize("kind", KINDS)
def test_entities_and_links_call_nobody(tmp_path: Path, kind: str) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(1)
        listener.setblocking(False)
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/x"
        parts = with_entity(kind, f'<!DOCTYPE x SYSTEM "{url}.dtd">', "PATIENT")
        relation = (
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            f'<Relationship Id="r99" Type="http://x/image" Target="{url}" TargetMode="External"/>'
            "</Relationships>"
        )
        parts["word/_rels/document.xml.rels"] = relation.encode()
        parts["xl/worksheets/_rels/sheet1.xml.rels"] = relation.encode()
        parts["xl/externalLinks/_rels/externalLink1.xml.rels"] = relation.encode()
        answer(packed(tmp_path / f"x.{kind}", parts))
        with pytest.raises(BlockingIOError):
            listener.accept()


@pytest.mark.parametrize("dimension", [b'<dimension ref="A1:E1048576"/>', b""])
def test_a_million_empty_rows_cost_little(tmp_path: Path, dimension: bytes) -> None:
    parts = book()
    text = parts[SHEET]
    start, end = text.index(b"<dimension"), text.index(b"/>", text.index(b"<dimension")) + 2
    text = text[:start] + dimension + text[end:]
    empty = b"".join(b'<row r="%d"><c r="A%d"/></row>' % (n, n) for n in range(10, 1_000_000))
    parts[SHEET] = text.replace(b"</sheetData>", empty + b"</sheetData>")
    path = packed(tmp_path / "x.xlsx", parts)
    said = answer(path)
    if isinstance(said, Exception):
        assert "unpacks to" in said.what
    else:
        assert names(said) == FIELDS


def test_a_cell_at_the_far_corner_costs_little(tmp_path: Path) -> None:
    far = b'<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row>'
    path = packed(tmp_path / "x.xlsx", edited("xlsx", b"</sheetData>", far + b"</sheetData>"))
    assert names(read(path)) == FIELDS


def test_a_cell_beyond_every_sheet_is_damage(tmp_path: Path) -> None:
    for place in ("A4294967295", "XFE1", "A" * 300 + "1", "A" + "9" * 5_000):
        cell = f'<row r="9"><c r="{place}"><v>1</v></c></row></sheetData>'.encode()
        refused(packed(tmp_path / "x.xlsx", edited("xlsx", b"</sheetData>", cell)), "damaged")
    far = b'<row r="4000000000"><c r="XFD9"><v>1</v></c></row></sheetData>'
    answer(packed(tmp_path / "x.xlsx", edited("xlsx", b"</sheetData>", far)))


def test_a_sheet_of_cells_that_never_end_is_damage(tmp_path: Path) -> None:
    cells = noise(2_000_000).replace(b"0", b"<c ") + b"<c " * 1_000_000
    refused(packed(tmp_path / "x.xlsx", edited("xlsx", b"</sheetData>", cells)), "damaged")


def test_a_row_of_all_columns_is_read(tmp_path: Path) -> None:
    far = b'<row r="9"><c r="XFD9" t="inlineStr"><is><t>x</t></is></c></row>'
    path = packed(tmp_path / "x.xlsx", edited("xlsx", b"</sheetData>", far + b"</sheetData>"))
    assert names(read(path)) == FIELDS


def test_repeated_cells_and_rows_of_a_spreadsheet_cost_little(tmp_path: Path) -> None:
    far = (
        '<table:table-row table:number-rows-repeated="1048576"><table:table-cell'
        ' table:number-columns-repeated="16384"/></table:table-row>'
        '<table:table-row table:number-rows-repeated="1000000000"><table:table-cell'
        ' table:number-columns-repeated="1000000000" office:value-type="string">'
        "<text:p>x</text:p></table:table-cell></table:table-row>"
    )
    answer(packed(tmp_path / "x.ods", spread(rows=far)))


def test_merged_cells_over_the_whole_sheet_cost_little(tmp_path: Path) -> None:
    merged = b"".join(b'<mergeCell ref="A%d:XFD1048576"/>' % n for n in range(1, 20_000))
    new = b"</sheetData><mergeCells>" + merged + b"</mergeCells>"
    answer(packed(tmp_path / "x.xlsx", edited("xlsx", b"</sheetData>", new)))


@pytest.mark.parametrize("kind", KINDS)
def test_a_cell_of_a_hundred_megabytes_does_not_fill_memory(tmp_path: Path, kind: str) -> None:
    long = noise(100_000_000)
    if kind == "xlsx":
        parts = edited("xlsx", b"</row></sheetData>", b'<c r="F4" t="inlineStr"><is><t>' + long
                       + b"</t></is></c></row></sheetData>")  # fmt: skip
    else:
        parts = edited(kind, b"Whose stay it is", long)
    said = answer(packed(tmp_path / f"x.{kind}", parts))
    if not isinstance(said, Exception):
        assert max(len(f.description) for t in said.tables for f in t.fields) <= 20_000


@pytest.mark.parametrize(
    "formula",
    [
        "cmd|'/c touch FILE'!A1",
        "WEBSERVICE(&quot;http://127.0.0.1:9/&quot;)",
        "[1]Sheet1!A1",
        "INDIRECT(&quot;'/etc/[passwd]x'!A1&quot;)",
        "A2",
    ],
)
def test_formulas_count_with_the_value_beside_them(tmp_path: Path, formula: str) -> None:
    made = tmp_path / "made"
    cell = f'<c r="B9" t="str"><f>{formula.replace("FILE", str(made))}</f><v>CACHED</v></c>'
    row = f'<row r="9"><c r="A9" t="inlineStr"><is><t>STAY</t></is></c>{cell}</row></sheetData>'
    path = packed(tmp_path / "x.xlsx", edited("xlsx", b"</sheetData>", row.encode()))
    reading = read(path)
    assert names(reading) == [*FIELDS, "STAY.CACHED"]
    assert "formula" in problems(reading)
    assert not made.exists()


def test_macros_and_objects_are_left_alone(tmp_path: Path) -> None:
    parts = {
        **book(),
        "xl/vbaProject.bin": b"Sub AutoOpen()" + bytes(2000),
        "xl/embeddings/oleObject1.bin": b"\xd0\xcf\x11\xe0" + bytes(2000),
        "xl/media/image1.png": b"\x89PNG" + bytes(2000),
        "xl/activeX/activeX1.bin": bytes(2000),
    }
    for name in ("x.xlsx", "x.xlsm"):
        reading = read(packed(tmp_path / name, parts))
        assert names(reading) == FIELDS
        assert "macros; they were not run" in problems(reading)


@pytest.mark.parametrize("tag", ["tbl", "sdt", "tc", "ins"])
def test_a_word_document_within_itself_is_one_message_or_a_reading(
    tmp_path: Path, tag: str
) -> None:
    for depth in (200, 30_000):
        inner = {
            "tbl": "<w:tbl><w:tr><w:tc>",
            "sdt": "<w:sdt><w:sdtContent>",
            "tc": "<w:tc>",
            "ins": "<w:ins>",
        }[tag]
        closing = "".join(f"</{one}" for one in reversed(inner.split("<")[1:]))
        body = inner * depth + word_cells() + closing.replace("</w:", "</w:") * depth
        answer(packed(tmp_path / "x.docx", word(body)))


def test_a_word_table_of_boundless_width_is_bounded(tmp_path: Path) -> None:
    wide = word_cells().replace(
        "<w:tc>", '<w:tc><w:tcPr><w:gridSpan w:val="2147483647"/></w:tcPr>', 3
    )
    answer(packed(tmp_path / "x.docx", word(wide)))
    odd = word_cells().replace("<w:tc>", '<w:tc><w:tcPr><w:gridSpan w:val="many"/></w:tcPr>', 1)
    answer(packed(tmp_path / "x.docx", word(odd)))


@pytest.mark.parametrize("count", [b"4294967295", b"-1", b"99999999999999999999"])
def test_numbers_that_lie_are_not_believed(tmp_path: Path, count: bytes) -> None:
    parts = book()
    parts[STRINGS] = parts[STRINGS].replace(b"<sst ", b'<sst count="%s" uniqueCount="%s" ' % (
        count, count), 1)  # fmt: skip
    answer(packed(tmp_path / "x.xlsx", parts))
    parts = edited("xlsx", b't="s"><v>', b't="s"><v>' + count)
    answer(packed(tmp_path / "x.xlsx", parts))
    far = b'<row r="%s"><c r="A%s"><v>1</v></c></row></sheetData>' % (count, count)
    answer(packed(tmp_path / "x.xlsx", edited("xlsx", b"</sheetData>", far)))


@pytest.mark.parametrize("name", ["x.xlsx", "x.docx", "x.ods", "x.xls"])
def test_a_password_is_named(tmp_path: Path, name: str) -> None:
    stream = "EncryptedPackage".encode("utf-16-le")
    (tmp_path / name).write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + stream * 3)
    refused(tmp_path / name, "password")


def test_an_archive_of_something_else_says_so(tmp_path: Path) -> None:
    parts = {"[Content_Types].xml": CONTENT_TYPES.encode(), "ppt/presentation.xml": b"<p/>"}
    for name in ("x.xlsx", "x.docx", "x.ods"):
        refused(packed(tmp_path / name, parts))
