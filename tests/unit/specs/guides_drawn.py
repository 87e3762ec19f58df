"""Guides drawn piece by piece, in the ways that word processors write PDF operators."""

from __future__ import annotations

import random
from itertools import pairwise
from pathlib import Path

from reportlab.lib.colors import HexColor
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from .guides_content import Box, FieldGrid, Picture, Plain, Text, blocks
from .guides_docx import grey_picture
from .guides_look import Look
from .guides_truth import Load

Cells = list[list[str]]


def write_drawn(path: Path, look: Look, loads: list[Load]) -> None:
    """Write the guide."""
    pen = Canvas(str(path), pagesize=look.page, invariant=1)
    guide = _Drawn(pen, look)
    for block in blocks(look, loads):
        guide.block(block)
    pen.showPage()
    pen.save()


class _Drawn:
    def __init__(self, pen: Canvas, look: Look) -> None:
        self.pen, self.look = pen, look
        self.draw = random.Random(f"drawn {look.family}/{look.seed}")
        self.strokes = self.draw.choice(("pieces", "pieces", "rows", "path"))
        self.width, self.height = look.page
        self.left, self.right = 50.0, self.width - 50
        self.leading = look.size * 1.2
        self.page = 0
        self._turn()

    def block(self, block: Text | Picture | Plain | Box | FieldGrid) -> None:
        """Draw one block below the one before."""
        match block:
            case Text("chapter"):
                self.y -= 10
                self._line(block.text, 15, spaced=self.look.spaced)
            case Text("contents"):
                number, name, page = block.text.split("\t")
                self._line(f"{number} {name} {'. ' * 40}{page}")
            case Text("columns"):
                self._two_columns(block.text)
            case Text():
                self._paragraph(block.text)
            case Picture():
                self._turn()
                self.pen.drawImage(ImageReader(grey_picture()), 50, 60, self.width - 100,
                                   self.height - 130)  # fmt: skip
                self._turn()
            case Plain():
                self._plain(block.rows)
            case Box():
                self._box(block)
            case FieldGrid():
                self._fields(block)

    def _turn(self) -> None:
        pen = self.pen
        if self.page:
            pen.showPage()
        self.page += 1
        if self.look.turned:
            pen.setPageRotation(90)
            pen.transform(0, 1, -1, 0, self.height, 0)
            pen.transform(self.height / self.width, 0, 0, self.width / self.height, 0, 0)
        pen.setFont(self.look.font, 8)
        pen.drawString(self.left, self.height - 30, "Data Migration Technical Guide")
        pen.drawRightString(self.right, self.height - 30, "Release 18.4")
        pen.drawString(self.left, 25, "Commercial in confidence")
        pen.drawRightString(self.right, 25, f"Page {self.page} of 104")
        if self.look.furniture == "table":
            pen.rect(self.left - 4, self.height - 36, self.right - self.left + 8, 18, fill=0)
        self.y = self.height - 60

    def _line(self, text: str, size: float = 0, *, spaced: bool = False) -> None:
        size = size or self.look.size
        if self.y < 75:
            self._turn()
        self.y -= size * 1.4
        self._show(self.left, self.y, text, size, spaced=spaced)

    def _paragraph(self, text: str) -> None:
        for line in self._wrapped(text, self.right - self.left):
            self._line(line)

    def _two_columns(self, text: str) -> None:
        half = (self.right - self.left) / 2 - 12
        lines = self._wrapped(text, half)
        middle = (len(lines) + 1) // 2
        if self.y - middle * self.leading < 75:
            self._turn()
        for number, line in enumerate(lines):
            column, row = divmod(number, middle)
            self._show(self.left + column * (half + 24), self.y - (row + 1) * self.leading, line)
        self.y -= (middle + 1) * self.leading

    def _show(
        self, x: float, y: float, text: str, size: float = 0, *, spaced: bool = False
    ) -> None:
        """Text at a place; runs are set one by one where they are broken oddly."""
        pen, font, size = self.pen, self.look.font, size or self.look.size
        pen.setFont(font, size)
        if spaced:
            pen.drawString(x, y, text, charSpace=size * 0.22)
            return
        while self.look.ragged and len(text) > 4:
            cut = self.draw.randint(1, len(text) - 1)
            pen.drawString(x, y, text[:cut])
            x, text = x + stringWidth(text[:cut], font, size), text[cut:]
        pen.drawString(x, y, text)

    def _wrapped(self, text: str, width: float) -> list[str]:
        def fits(part: str) -> bool:
            return stringWidth(part, self.look.font, self.look.size) <= width

        lines = [""]
        for word in text.split():
            if fits(f"{lines[-1]} {word}".strip()):
                lines[-1] = f"{lines[-1]} {word}".strip()
                continue
            if lines[-1]:
                lines.append("")
            for char in word:
                if not fits(lines[-1] + char):
                    lines.append("")
                lines[-1] += char
        return [line for line in lines if line]

    def _plain(self, rows: list[list[str]]) -> None:
        step = (self.right - self.left) / len(rows[0])
        edges = [self.left + step * n for n in range(len(rows[0]) + 1)]
        for row in rows:
            self._row(edges, [self._wrapped(c, step - 8) for c in row], rules="all")
        self.y -= 10

    def _box(self, block: Box) -> None:
        if self.y < 200:
            self._turn()
        self.y -= 8
        name = block.name + (" (continued)" if block.continued else "")
        title = self.look.title
        if title in ("box", "frame", "cell"):
            lines = [f"TABLE NAME: {name}"]
            for line in block.lines:
                lines += self._wrapped(line, self.right - self.left - 12)
            self._row([self.left, self.right], [lines], rules="all")
        elif title == "pair":
            self._plain([["TABLE NAME", name], *[["Purpose", t] for t in block.lines]])
        else:
            after = list(block.lines)
            if title == "heading":
                self._line(f"{block.number + 2}.1 {name}", 12, spaced=self.look.spaced)
            elif title == "plain":
                self._line(f"TABLE NAME: {name}")
            for line in after:
                self._paragraph(line)
            if title == "caption":
                self._line(f"Table {block.number}: {name}")
        self.y -= 6

    def _fields(self, block: FieldGrid) -> None:
        look = self.look
        edges = [self.left]
        for _, share in look.columns:
            edges.append(edges[-1] + share * (self.right - self.left))
        widths = [b - a - 8 for a, b in pairwise(edges)]
        for title in block.titles:
            lines = self._wrapped(title, edges[-1] - edges[0] - 8)
            self._row([edges[0], edges[-1]], [lines], rules=look.rules)
        head = [self._wrapped(h, w) for h, w in zip(block.header, widths, strict=True)]
        self._row(edges, head, shades=[f"#{look.header_colour}"] * len(widths))
        for index, (kind, cells, fact) in enumerate(block.rows):
            if kind == "note":
                self._row([edges[0], edges[-1]], [self._wrapped(cells[0][0], edges[-1] - edges[0])])
                continue
            texts = [self._cell(c, w, r) for (r, _), c, w in
                     zip(look.columns, cells, widths, strict=True)]  # fmt: skip
            shades = [""] * len(widths)
            grey = f"#{look.colour}"
            if (look.shading == "zebra" and index % 2) or (
                fact is not None and fact.mandatory and look.shading == "mandatory"
            ):
                shades = [grey] * len(widths)
            elif fact is not None and fact.mandatory and look.shading == "cell":
                shades = [grey if role == "name" else "" for role, _ in look.columns]
            self._body(edges, texts, shades, head)
        self.y -= 10

    def _cell(self, texts: list[str], width: float, role: str) -> list[str]:
        lines = []
        for text in texts:
            if role == "name" and self.look.wrap == "underscore":
                lines += self._at_underscores(text, width)
            else:
                lines += self._wrapped(text, width)
        return lines

    def _at_underscores(self, name: str, width: float) -> list[str]:
        lines = [""]
        for part in name.replace("_", "_ ").split():
            if stringWidth(lines[-1] + part, self.look.font, self.look.size) > width and lines[-1]:
                lines.append("")
            lines[-1] += part
        return [piece for line in lines for piece in self._wrapped(line, width)]

    def _body(self, edges: list[float], cells: Cells, shades: list[str], head: Cells) -> None:
        depth = max(1, *(len(cell) for cell in cells))
        room = int((self.y - 62) / self.leading)
        if depth > room:
            if self.look.cut_rows and room >= 1 and depth > 1 and self.look.valign == "top":
                self._row(edges, [cell[:room] for cell in cells], shades=shades)
                cells = [cell[room:] for cell in cells]
            self._turn()
            if self.look.repeat_header:
                self._row(edges, head, shades=[f"#{self.look.header_colour}"] * len(cells))
        self._row(edges, cells, shades=shades)

    def _row(
        self, edges: list[float], cells: Cells, *, shades: list[str] | None = None, rules: str = ""
    ) -> None:
        depth = max(1, *(len(cell) for cell in cells))
        height = depth * self.leading + 6
        if self.y - height < 50:
            self._turn()
        bottom = self.y - height
        for number, shade in enumerate(shades or []):
            if shade and number + 1 < len(edges):
                self._shade(edges[number], edges[number + 1], bottom, height, shade)
        light = bool(shades) and all(s[1:2] < "4" and s for s in shades or [])
        self.pen.setFillGray(1 if light else 0)
        for x, after, cell in zip(edges, edges[1:], cells, strict=False):
            spare = (depth - len(cell)) * self.leading
            drop = {"top": 0.0, "middle": spare / 2, "bottom": spare}[self.look.valign]
            for number, line in enumerate(cell):
                wide = stringWidth(line, self.look.font, self.look.size)
                shift = (after - x - 8 - wide) / 2 if self.look.align == "center" else 0
                self._show(x + 4 + shift, self.y - 2 - drop - (number + 0.85) * self.leading, line)
        self.pen.setFillGray(0)
        self._rule(edges, bottom, rules or self.look.rules)
        self.y = bottom

    def _shade(self, left: float, right: float, bottom: float, height: float, colour: str) -> None:
        """A cell's ground in pieces, line by line, as one word processor fills it."""
        pen = self.pen
        pen.setFillColor(HexColor(colour))
        if self.strokes != "pieces":
            pen.rect(left, bottom, right - left, height, stroke=0, fill=1)
            return
        pen.rect(left, bottom, 4, height, stroke=0, fill=1)
        pen.rect(right - 4, bottom, 4, height, stroke=0, fill=1)
        y = bottom
        while y < bottom + height - 0.1:
            step = min(self.leading, bottom + height - y)
            pen.rect(left + 4, y, right - left - 8, step - 0.4, stroke=0, fill=1)
            y += step

    def _rule(self, edges: list[float], bottom: float, rules: str) -> None:
        pen, top = self.pen, self.y
        if rules == "none":
            return
        if rules == "rows":
            pen.line(edges[0], bottom, edges[-1], bottom)
            return
        if rules in ("outer", "cols"):
            for x in (edges[0], edges[-1]) if rules == "outer" else edges:
                pen.line(x, bottom, x, top)
            return
        if rules in ("dotted", "dashed"):
            pen.setDash(*((1, 1.5) if rules == "dotted" else (4, 2)))
        for shift in (0, 1.4) if rules == "double" else (0,):
            self._rule_once(edges, bottom + shift, top + shift, shift)
        pen.setDash()

    def _rule_once(self, edges: list[float], bottom: float, top: float, shift: float) -> None:
        pen = self.pen
        if self.strokes == "path":
            path = pen.beginPath()
            for x, after in pairwise(edges):
                path.rect(x + shift, bottom, after - x, top - bottom)
            pen.drawPath(path, stroke=1, fill=0)
            return
        if self.strokes == "rows" or self.look.rules in ("dotted", "dashed"):
            for y in (bottom, top):
                pen.line(edges[0], y, edges[-1], y)
            for x in edges:
                pen.line(x + shift, bottom, x + shift, top)
            return
        for x in edges:
            for y in (bottom, top):
                pen.rect(x + shift, y, 0.48, 0.48, stroke=0, fill=1)
            pen.rect(x + shift, bottom + 0.48, 0.48, top - bottom - 0.48, stroke=0, fill=1)
        for x, after in pairwise(edges):
            for y in (bottom, top):
                pen.rect(x + 0.48, y, after - x - 0.48, 0.48, stroke=0, fill=1)
