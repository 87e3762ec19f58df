"""Guides as a word processor writes them, for an office program to print."""

from __future__ import annotations

import random
import struct
import zlib
from io import BytesIO
from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Pt, RGBColor

from .guides_content import Box, FieldGrid, Picture, Plain, Text, blocks
from .guides_look import Look
from .guides_truth import Load

_RULES = {
    "all": ("single", 4),
    "double": ("double", 4),
    "dotted": ("dotted", 4),
    "dashed": ("dashed", 4),
    "rows": ("single", 4),
    "cols": ("single", 4),
    "outer": ("single", 8),
}
_ALIGN = {"left": 0, "center": 1, "justify": 3}


def write_docx(path: Path, look: Look, loads: list[Load]) -> None:
    """Write the guide."""
    _Docx(look).write(path, loads)


class _Docx:
    def __init__(self, look: Look) -> None:
        self.look = look
        self.draw = random.Random(f"docx {look.family}/{look.seed}")
        self.doc: Any = Document()
        section = self.doc.sections[0]
        width, height = look.page
        if width > height:
            section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = Pt(width), Pt(height)
        section.left_margin = section.right_margin = Pt(50)
        section.top_margin = section.bottom_margin = Pt(60)
        self.room = width - 100
        style = self.doc.styles["Normal"]
        style.font.name, style.font.size = look.font, Pt(look.size)
        style.element.rPr.rFonts.set(qn("w:eastAsia"), look.font)
        style.paragraph_format.space_after = Pt(self.draw.choice((0, 2, 6)))
        self._furniture(section)

    def write(self, path: Path, loads: list[Load]) -> None:
        for block in blocks(self.look, loads):
            match block:
                case Text():
                    self._text(block)
                case Picture():
                    self._picture()
                case Plain():
                    self._plain(block)
                case Box():
                    self._box(block)
                case FieldGrid():
                    self._fields(block)
        self.doc.save(path)

    def _furniture(self, section: Any) -> None:
        header, footer = section.header, section.footer
        if self.look.furniture == "table":
            table = header.add_table(1, 3, Pt(self.room))
            table.style = "Table Grid"
            for cell, text in zip(table.rows[0].cells, ("Supplier", "Migration Guide", "v18.4"),
                                  strict=True):  # fmt: skip
                cell.text = text
            table = footer.add_table(1, 2, Pt(self.room))
            table.style = "Table Grid"
            table.cell(0, 0).text = "Commercial in confidence"
            self._page_number(table.cell(0, 1).paragraphs[0])
            return
        header.paragraphs[0].text = "Data Migration Technical Guide\tRelease 18.4"
        footer.paragraphs[0].text = "Commercial in confidence\t"
        self._page_number(footer.paragraphs[0])

    def _page_number(self, paragraph: Any) -> None:
        paragraph.add_run("Page ")
        for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
            run = paragraph.add_run()
            if kind:
                mark = OxmlElement("w:fldChar")
                mark.set(qn("w:fldCharType"), kind)
            else:
                mark = OxmlElement("w:instrText")
                mark.text = text
            run._r.append(mark)
        paragraph.add_run(" of 104")

    def _text(self, block: Text) -> None:
        if block.kind == "chapter":
            self._heading(block.text, 1)
        elif block.kind == "contents":
            paragraph = self.doc.add_paragraph(block.text)
            stops = paragraph.paragraph_format.tab_stops
            stops.add_tab_stop(Pt(40))
            stops.add_tab_stop(Pt(self.room - 20), 2, 1)
        elif block.kind == "columns":
            self._columns(2)
            self.doc.add_paragraph(block.text)
            self._columns(1)
        else:
            self.doc.add_paragraph(block.text)

    def _columns(self, count: int) -> None:
        """End the section so far; the one before the paragraph has one column."""
        section = self.doc.add_section(0)
        cols = self.doc.sections[-1]._sectPr.find(qn("w:cols"))
        cols.set(qn("w:num"), str(count))
        section.left_margin = section.right_margin = Pt(50)

    def _heading(self, text: str, level: int) -> None:
        paragraph = self.doc.add_heading(text, level)
        if self.look.spaced:
            for run in paragraph.runs:
                gap = OxmlElement("w:spacing")
                gap.set(qn("w:val"), "60")
                run._r.get_or_add_rPr().append(gap)

    def _picture(self) -> None:
        width, height = self.look.page
        self.doc.add_page_break()
        self.doc.add_picture(grey_picture(), width=Pt(width - 100), height=Pt(height - 170))
        self.doc.add_page_break()

    def _plain(self, block: Plain) -> None:
        table = self.doc.add_table(0, len(block.rows[0]))
        table.style = "Table Grid"
        for row in block.rows:
            for cell, text in zip(table.add_row().cells, row, strict=True):
                cell.text = text
        self.doc.add_paragraph()

    def _box(self, block: Box) -> None:
        name = block.name + (" (continued)" if block.continued else "")
        title = self.look.title
        lines = [f"TABLE NAME: {name}", *block.lines]
        if title in ("box", "frame"):
            for line in lines:
                self._framed(line, floating=title == "frame")
            self.doc.add_paragraph()
        elif title == "cell":
            self._one_cell("\n".join(lines))
        elif title == "pair":
            self._plain(Plain([["TABLE NAME", name], *[["Purpose", t] for t in block.lines]]))
        elif title == "heading":
            self._heading(f"{block.number + 2}.1 {name}", 2)
            for line in block.lines:
                self.doc.add_paragraph(line)
        elif title == "caption":
            for line in block.lines:
                self.doc.add_paragraph(line)
            self.doc.add_paragraph(f"Table {block.number}: {name}", style="Caption")
        elif title == "plain":
            for line in lines:
                self.doc.add_paragraph(line)
        else:
            for line in block.lines:
                self.doc.add_paragraph(line)

    def _framed(self, line: str, *, floating: bool) -> None:
        paragraph = self.doc.add_paragraph(line)
        props = paragraph._p.get_or_add_pPr()
        sides = "".join(
            f'<w:{side} w:val="single" w:sz="6" w:space="4" w:color="000000"/>'
            for side in ("top", "left", "bottom", "right")
        )
        border = parse_xml(f"<w:pBdr {nsdecls('w')}>{sides}</w:pBdr>")
        if floating:
            frame = parse_xml(
                f'<w:framePr {nsdecls("w")} w:w="{int(self.room * 20 - 400)}" w:hSpace="100"'
                ' w:wrap="notBeside" w:hAnchor="text" w:vAnchor="text" w:x="60" w:y="1"/>'
            )
            props.append(frame)
        props.append(border)

    def _one_cell(self, text: str) -> None:
        table = self.doc.add_table(1, 1)
        table.style = "Table Grid"
        table.cell(0, 0).text = text
        gap = self.doc.add_paragraph()
        gap.paragraph_format.space_after = Pt(0)

    def _fields(self, block: FieldGrid) -> None:
        look = self.look
        table = self.doc.add_table(0, len(look.columns))
        table.autofit = False
        self._borders(table)
        for title in block.titles:
            row = table.add_row()
            merged = row.cells[0].merge(row.cells[-1])
            self._fill(merged, [title], bold=title is block.titles[0])
        head = table.add_row()
        for cell, text in zip(head.cells, block.header, strict=True):
            self._fill(cell, [text], bold=True, light=look.header_colour[0] < "4")
            self._shade(cell, look.header_colour)
        if look.repeat_header:
            mark = OxmlElement("w:tblHeader")
            head._tr.get_or_add_trPr().append(mark)
        for index, (kind, cells, fact) in enumerate(block.rows):
            row = table.add_row()
            if not look.cut_rows:
                row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
            if kind == "note":
                self._fill(row.cells[0].merge(row.cells[-1]), cells[0])
                continue
            places = list(row.cells)
            texts = [list(cell) for cell in cells]
            if look.merged and fact is not None and not fact.length:
                self._merge(look, places, texts)
            for number, (cell, text) in enumerate(zip(places, texts, strict=True)):
                named = look.columns[number][0] == "name"
                self._fill(cell, [self._broken(t) for t in text] if named else text)
                grey = fact is not None and fact.mandatory and (
                    look.shading == "mandatory" or (look.shading == "cell" and named)
                )  # fmt: skip
                if grey or (look.shading == "zebra" and index % 2):
                    self._shade(cell, look.colour)
        for column, (_, share) in zip(table.columns, look.columns, strict=True):
            for cell in column.cells:
                cell.width = Pt(share * self.room)
        self.doc.add_paragraph()

    def _merge(self, look: Look, places: list[Any], texts: list[list[str]]) -> None:
        roles = [role for role, _ in look.columns]
        one, two = roles.index("type"), roles.index("length")
        if abs(one - two) == 1:
            both = places[min(one, two)].merge(places[max(one, two)])
            places[one] = places[two] = both
            texts[two] = texts[one]

    def _broken(self, name: str) -> str:
        """A name with the breaks that its author put in by hand."""
        if len(name) < 16:
            return name
        middle = len(name) // 2 + self.draw.randint(-2, 2)
        match self.look.wrap:
            case "underscore":
                return name.replace("_", "_\u200b")
            case "manual":
                return f"{name[:middle]}\n{name[middle:]}"
            case "soft":
                return f"{name[:middle]}\u00ad{name[middle:]}"
            case _:
                return name

    def _fill(
        self, cell: Any, texts: list[str], *, bold: bool = False, light: bool = False
    ) -> None:
        look = self.look
        cell.vertical_alignment = {"top": 0, "middle": 1, "bottom": 3}[look.valign]
        for number, text in enumerate(texts):
            paragraph = cell.paragraphs[0] if number == 0 else cell.add_paragraph()
            paragraph.text = ""
            paragraph.alignment = _ALIGN[look.align]
            for piece in self._pieces(text):
                run = paragraph.add_run(piece)
                run.bold = bold
                if light:
                    run.font.color.rgb = RGBColor(255, 255, 255)

    def _pieces(self, text: str) -> list[str]:
        if not self.look.ragged or len(text) < 6:
            return [text]
        cut = self.draw.randint(1, len(text) - 2)
        return [text[:cut], *self._pieces(text[cut:])]

    def _shade(self, cell: Any, colour: str) -> None:
        props = cell._tc.get_or_add_tcPr()
        for old in props.findall(qn("w:shd")):
            props.remove(old)
        props.append(
            parse_xml(f'<w:shd {nsdecls("w")} w:val="clear" w:color="auto" w:fill="{colour}"/>')
        )

    def _borders(self, table: Any) -> None:
        if self.look.rules == "none":
            return
        kind, size = _RULES[self.look.rules]
        sides = ["top", "left", "bottom", "right", "insideH", "insideV"]
        if self.look.rules == "cols":
            sides = ["top", "left", "bottom", "right", "insideV"]
        elif self.look.rules == "rows":
            sides = ["top", "bottom", "insideH"]
        elif self.look.rules == "outer":
            sides = sides[:4]
        inner = "".join(
            f'<w:{side} w:val="{kind}" w:sz="{size}" w:space="0" w:color="auto"/>' for side in sides
        )
        table._tbl.tblPr.append(parse_xml(f"<w:tblBorders {nsdecls('w')}>{inner}</w:tblBorders>"))


def grey_picture() -> BytesIO:
    """A small grey PNG, to stand for a scanned page."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", 8, 8, 8, 0, 0, 0, 0)
    rows = b"".join(b"\x00" + bytes([200] * 8) for _ in range(8))
    return BytesIO(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )  # fmt: skip
