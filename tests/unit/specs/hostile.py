"""Makes documents that mean harm, and reads them as the program does: in the bounded child."""

from __future__ import annotations

import random
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path

from caseload.model.errors import BadInput
from caseload.model.progress import CancelToken, SilentProgress
from caseload.specs.readers.grid import Reading
from caseload.specs.sandbox import Used, read_documents
from caseload.specs.sandbox_limits import Limits

TIGHT = Limits(memory_mb=700, cpu_seconds=25, wall_seconds=170)
"""What every hostile document must be answered within; breaking one of them is another message."""

HEADER = ("Table", "Field", "Type", "Length", "Description")
ROWS = (
    ("PATIENT", "ID", "NUMBER", "10", "Number of the record"),
    ("PATIENT", "SURNAME", "VARCHAR2", "40", "Name of the family"),
    ("STAY", "PATIENT_ID", "NUMBER", "10", "Whose stay it is"),
)
FIELDS = ["PATIENT.ID", "PATIENT.SURNAME", "STAY.PATIENT_ID"]


def answer(path: Path, limits: Limits = TIGHT, *, may_stop: bool = False) -> Reading | BadInput:
    """The reading, or the one message.

    That a limit had to stop the child fails the test, but for a bomb that `may_stop` so.
    """
    used = Used()
    said = _asked(path, limits, used)
    if isinstance(said, BadInput):
        assert path.name in said.where, said
        assert may_stop or "was stopped" not in said.what, said
    else:
        assert said.document.name == path.name
        assert used.memory_mb < limits.memory_mb
        assert used.cpu_seconds < limits.cpu_seconds
    return said


def _asked(path: Path, limits: Limits, used: Used) -> Reading | BadInput:
    asked = [(path, path.name)]
    try:
        return read_documents(asked, SilentProgress(), CancelToken(), limits, used=used)[0]
    except BadInput as error:
        return error


def refused(path: Path, words: str = "") -> BadInput:
    """The message, which must hold `words` and must not be that the child broke."""
    said = answer(path)
    assert isinstance(said, BadInput), [f.qualified for t in said.tables for f in t.fields][:5]
    assert "broke the process" not in said.what
    assert "could not be read (" not in said.what, said
    assert words in said.what, said
    return said


def read(path: Path) -> Reading:
    """The reading of a document that is strange but readable."""
    said = answer(path)
    assert isinstance(said, Reading), said
    return said


def names(reading: Reading) -> list[str]:
    """Every field, TABLE.FIELD."""
    return [spec.qualified for table in reading.tables for spec in table.fields]


def problems(reading: Reading) -> str:
    """All problems' messages."""
    return "\n".join(problem.message for problem in reading.problems)


def book() -> dict[str, bytes]:
    """The parts of a small workbook with the dictionary HEADER, ROWS, its texts shared."""
    texts: list[str] = list(dict.fromkeys(cell for row in (HEADER, *ROWS) for cell in row))
    rows = "".join(
        f'<row r="{number}">'
        + "".join(
            f'<c r="{"ABCDE"[at]}{number}" t="s"><v>{texts.index(cell)}</v></c>'
            for at, cell in enumerate(row)
        )
        + "</row>"
        for number, row in enumerate((HEADER, *ROWS), 1)
    )
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    kinds = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    shared = "".join(f"<si><t>{text}</t></si>" for text in texts)
    return {
        name: f'<?xml version="1.0" encoding="UTF-8"?>{text}'.encode()
        for name, text in {
            "[Content_Types].xml": CONTENT_TYPES.partition("?>")[2],
            "_rels/.rels": f'<Relationships xmlns="{package}"><Relationship Id="r1"'
            f' Type="{kinds}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
            "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{kinds}"><sheets>'
            '<sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}"><Relationship Id="r1"'
            f' Type="{kinds}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2"'
            f' Type="{kinds}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
            SHEET: f'<worksheet xmlns="{main}"><dimension ref="A1:E4"/><sheetData>{rows}'
            "</sheetData></worksheet>",
            STRINGS: f'<sst xmlns="{main}">{shared}</sst>',
        }.items()
    }


SHEET = "xl/worksheets/sheet1.xml"
STRINGS = "xl/sharedStrings.xml"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml"
CONTENT_TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/'
    'content-types"><Default Extension="xml" ContentType="application/xml"/><Default'
    ' Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_XLSX}.sheet.main+xml"/><Override'
    f' PartName="/xl/worksheets/sheet1.xml" ContentType="{_XLSX}.worksheet+xml"/><Override'
    f' PartName="/xl/sharedStrings.xml" ContentType="{_XLSX}.sharedStrings+xml"/></Types>'
)
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_OFFICE = "urn:oasis:names:tc:opendocument:xmlns"


def word_cells(rows: tuple[tuple[str, ...], ...] = (HEADER, *ROWS)) -> str:
    """A table of WordprocessingML."""
    body = "".join(
        "<w:tr>"
        + "".join(f"<w:tc><w:p><w:r><w:t>{c}</w:t></w:r></w:p></w:tc>" for c in row)
        + "</w:tr>"
        for row in rows
    )
    return f"<w:tbl>{body}</w:tbl>"


def word(body: str = "", prolog: str = "") -> dict[str, bytes]:
    """The parts of a Word document with this body; without one, with the dictionary."""
    text = f'<w:document xmlns:w="{_WORD}"><w:body>{body or word_cells()}</w:body></w:document>'
    return {
        "[Content_Types].xml": CONTENT_TYPES.encode(),
        "word/document.xml": f'<?xml version="1.0"?>{prolog}{text}'.encode(),
    }


def spread(rows: str = "", prolog: str = "") -> dict[str, bytes]:
    """The parts of an OpenDocument spreadsheet."""
    own = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p>'
            "</table:table-cell>"
            for cell in row
        )
        + "</table:table-row>"
        for row in (HEADER, *ROWS)
    )
    spaces = " ".join(f'xmlns:{n}="{_OFFICE}:{n}:1.0"' for n in ("office", "table", "text"))
    content = (
        f'<?xml version="1.0"?>{prolog}<office:document-content {spaces} office:version="1.2">'
        f'<office:body><office:spreadsheet><table:table table:name="S">{own}{rows}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        f'<manifest:manifest xmlns:manifest="{_OFFICE}:manifest:1.0"><manifest:file-entry '
        f'manifest:full-path="/" manifest:media-type="{kind}"/></manifest:manifest>'
    )
    return {
        "mimetype": kind.encode(),
        "content.xml": content.encode(),
        "META-INF/manifest.xml": manifest.encode(),
    }


PARTS = {"xlsx": (book, SHEET), "docx": (word, "word/document.xml"), "ods": (spread, "content.xml")}
"""By kind: how to make the parts, and the one that holds the text."""


def packed(path: Path, parts: Mapping[str, bytes], level: int = zipfile.ZIP_DEFLATED) -> Path:
    """The parts as an archive at `path`."""
    with zipfile.ZipFile(path, "w", level) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return path


def edited(kind: str, old: bytes, new: bytes) -> dict[str, bytes]:
    """The parts of a small document of a kind, with the first `old` of its text put otherwise."""
    make, main = PARTS[kind]
    parts = make()
    assert old in parts[main]
    parts[main] = parts[main].replace(old, new, 1)
    return parts


def noise(size: int, seed: int = 1) -> bytes:
    """Letters that do not pack well."""
    return random.Random(seed).randbytes(size).hex().encode()[:size]


def pdf(path: Path, objects: Mapping[int, bytes], root: int = 1, more: bytes = b"") -> Path:
    """A PDF of these objects with a proper cross-reference table; `more` joins the trailer."""
    out = bytearray(b"%PDF-1.7\n")
    places: dict[int, int] = {}
    for number, body in objects.items():
        places[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start, size = len(out), max(objects) + 1
    out += b"xref\n0 %d\n0000000000 65535 f \n" % size
    for number in range(1, size):
        out += b"%010d 00000 n \n" % places.get(number, 0)
    out += b"trailer\n<< /Size %d /Root %d 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (
        size, root, more, start
    )  # fmt: skip
    path.write_bytes(bytes(out))
    return path


def stream(body: bytes, keys: bytes = b"") -> bytes:
    """A stream object as it is."""
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(body), keys, body)


def zipped(body: bytes, keys: bytes = b"") -> bytes:
    """A stream object, packed."""
    return stream(zlib.compress(body, 9), b"/Filter /FlateDecode " + keys)


FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"


def one_page(content: bytes, *, page: bytes = b"", resources: bytes = b"") -> dict[int, bytes]:
    """The objects of a PDF of one page; `content` is its stream object, number 4."""
    box = b"" if b"/MediaBox" in page else b"/MediaBox [0 0 595 842]"
    return {
        1: b"<< /Type /Catalog /Pages 2 0 R >>",
        2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        3: b"<< /Type /Page /Parent 2 0 R /Contents 4 0 R %s %s /Resources << /Font << /F 5 0 R >>"
        b" %s >> >>" % (box, page, resources),
        4: content,
        5: FONT,
    }  # fmt: skip


def drawn_table(rows: tuple[tuple[str, ...], ...] = (HEADER, *ROWS)) -> bytes:
    """Content that draws a ruled grid of these rows."""
    out = [b"0.5 w"]
    width, height, left, top = 100, 20, 40, 780
    for number, row in enumerate(rows):
        y = top - number * height
        for column, cell in enumerate(row):
            x = left + column * width
            text = cell.replace("(", "\\(").replace(")", "\\)").encode("latin-1", "replace")
            out.append(b"%d %d %d %d re S" % (x, y - height, width, height))
            out.append(b"BT /F 8 Tf %d %d Td (%s) Tj ET" % (x + 3, y - 13, text))
    return b"\n".join(out)
