"""A dictionary as a Word document: its tables, each with the heading it stands under."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from caseload.model.catalog import Provenance
from caseload.model.errors import BadInput
from caseload.specs.readers.archive import read_part
from caseload.specs.readers.grid import Colour, Extracted, Grid, Row, Tell
from caseload.specs.readers.names import clean

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_STRICT = b"http://purl.oclc.org/ooxml/wordprocessingml/main"
_LOOSE = b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_BLOCKS = (f"{_W}p", f"{_W}tbl")
_DAMAGE = (
    KeyError,
    ValueError,
    OSError,
    EOFError,
    zipfile.BadZipFile,
    zlib.error,
    NotImplementedError,
    etree.XMLSyntaxError,
)
_TITLE_LINES = 40


def extract(path: Path, name: str, tell: Tell) -> Extracted:
    """Read every table of the body with the paragraphs above it.

    Raises:
        BadInput: the document is damaged, or its XML declares entities.
    """
    tell(0.0, "document")
    body = _body(path, name)
    out = Extracted([])
    titles: list[str] = []
    heading = ""
    for block in _blocks(body):
        if block.tag == f"{_W}p":
            text = clean(_text(block))
            if text:
                titles += [line for line in text.split("\n") if line]
                out.prose.append((0, text))
                heading = text if _is_heading(block) else heading
        else:
            number = len(out.grids) + 1
            tell(min(0.99, number / (number + 20)), heading or f"table {number}")
            rows = _rows(block, name, f"table {number}")
            out.grids.append(Grid(rows, titles[-_TITLE_LINES:], heading=heading))
            titles = []
    return out


def _body(path: Path, name: str) -> etree._Element:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=False
    )
    try:
        with zipfile.ZipFile(path) as archive:
            data = read_part(archive, "word/document.xml").replace(_STRICT, _LOOSE)
        root = etree.fromstring(data, parser)
    except _DAMAGE as error:
        raise BadInput(
            "The Word document is damaged and cannot be read",
            where=name,
            remedy="Open it in a word processor and save it again",
        ) from error
    if root.getroottree().docinfo.doctype:
        raise BadInput("The Word document declares XML entities, which none does", where=name)
    body = root.find(f"{_W}body")
    if body is None:
        raise BadInput("The Word document has no body", where=name)
    return body


def _blocks(parent: etree._Element) -> Iterator[etree._Element]:
    """Paragraphs and tables in order, also those inside content controls."""
    for child in parent:
        if child.tag in _BLOCKS:
            yield child
        elif child.tag in (f"{_W}sdt", f"{_W}sdtContent", f"{_W}ins", f"{_W}customXml"):
            yield from _blocks(child)


def _text(item: etree._Element) -> str:
    """The text of runs below an element; what was deleted under change tracking is not."""
    parts: list[str] = []
    for node in item.iter():
        if node.tag == f"{_W}t":
            parts.append(node.text or "")
        elif node.tag == f"{_W}tab":
            parts.append(" ")
        elif node.tag in (f"{_W}br", f"{_W}cr"):
            parts.append("\n")
        elif node.tag == f"{_W}noBreakHyphen":
            parts.append("-")
        elif node.tag == f"{_W}p" and parts and node is not item:
            parts.append("\n")
    return "".join(parts)


def _is_heading(paragraph: etree._Element) -> bool:
    style = paragraph.find(f"{_W}pPr/{_W}pStyle")
    if paragraph.find(f"{_W}pPr/{_W}outlineLvl") is not None:
        return True
    value = "" if style is None else (style.get(f"{_W}val") or "")
    return value.lower().startswith(("heading", "title", "berschrift", "titre"))


def _shade(cell: etree._Element) -> Colour | None:
    """The background of a cell; None for white and for none."""
    shading = cell.find(f"{_W}tcPr/{_W}shd")
    fill = (shading.get(f"{_W}fill") or "") if shading is not None else ""
    if not re.fullmatch(r"[0-9A-Fa-f]{6}", fill) or fill.upper() == "FFFFFF":
        return None
    return int(fill[:2], 16), int(fill[2:4], 16), int(fill[4:], 16)


def _rows(table: etree._Element, name: str, sheet: str) -> list[Row]:
    rows: list[Row] = []
    above: dict[int, str] = {}
    for number, row in enumerate(table.iter(f"{_W}tr"), 1):
        if row.getparent() is not None and next(row.iterancestors(f"{_W}tbl")) is not table:
            continue
        cells: list[str] = []
        shades: list[Colour | None] = []
        for cell in row.iter(f"{_W}tc"):
            if next(cell.iterancestors(f"{_W}tr")) is not row:
                continue
            text = clean(_text(cell))
            shades.append(_shade(cell))
            merge = cell.find(f"{_W}tcPr/{_W}vMerge")
            if merge is not None and merge.get(f"{_W}val") != "restart":
                text = above.get(len(cells), "")
            above[len(cells)] = text
            span = cell.find(f"{_W}tcPr/{_W}gridSpan")
            wide = int(span.get(f"{_W}val") or 1) if span is not None else 1
            cells += [text, *[""] * (min(wide, 64) - 1)]
        colours = {shade for shade in shades if shade is not None}
        place = Provenance(name, sheet=sheet, row=number)
        rows.append(Row(cells, place, colours.pop() if len(colours) == 1 else None))
    width = max((len(row.cells) for row in rows), default=0)
    for row in rows:
        row.cells += [""] * (width - len(row.cells))
    return [row for row in rows if any(row.cells)]
