"""A page as an office program prints it: margins, running lines, flowing text.

Everything is drawn straight onto the page, without tags or bookmarks; rules are
thin filled rectangles and shading is laid cell by cell, as word processors export
them.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

from reportlab.lib.pagesizes import A4
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

WIDTH, HEIGHT = A4
LEFT, RIGHT = 54.0, WIDTH - 54.0
TOP, BOTTOM = HEIGHT - 78.0, 66.0
BODY, BOLD, ITALIC = "Helvetica", "Helvetica-Bold", "Helvetica-Oblique"
RULE = 0.5
NAVY = (0.10, 0.20, 0.36)

TITLE = "Ardent EPR Data Migration Guide"


@dataclass(frozen=True)
class Entry:
    """A line of the table of contents."""

    level: int
    text: str
    page: int


def wrap(text: str, font: str, size: float, width: float) -> list[str]:
    """Break *text* at spaces to fit *width* points; a longer word is cut hard."""
    lines: list[str] = [""]
    for word in text.split():
        trial = f"{lines[-1]} {word}".strip()
        if stringWidth(trial, font, size) <= width:
            lines[-1] = trial
            continue
        pieces = cut(word, font, size, width)
        lines += pieces if lines[-1] else []
        if not lines[0]:
            lines = pieces
    return lines


def cut(word: str, font: str, size: float, width: float) -> list[str]:
    """Cut a word that is wider than *width* in mid-word, wherever it happens to end."""
    pieces = [""]
    for char in word:
        if stringWidth(pieces[-1] + char, font, size) > width and pieces[-1]:
            pieces.append("")
        pieces[-1] += char
    return pieces


class Sheet:
    """The document being written: a canvas, the page number and the height left."""

    def __init__(self, total: int) -> None:
        self._out = io.BytesIO()
        self.canvas = Canvas(self._out, pagesize=A4, pageCompression=1, invariant=1)
        self.canvas.setTitle(TITLE)
        self.canvas.setAuthor("Ardent Clinical")
        self.canvas.setSubject("Issue 7.2")
        self.canvas.setCreator("Ardent Clinical Technical Publications")
        self.page = 1
        self.y = TOP
        self.entries: list[Entry] = []
        self._total = total

    def finish(self) -> bytes:
        """Close the last page and give the file."""
        self.canvas.showPage()
        self.canvas.save()
        return self._out.getvalue()

    def new_page(self) -> None:
        """Start a page with its running header and footer."""
        self.canvas.showPage()
        self.page += 1
        self.y = TOP
        self._running_lines()

    def _running_lines(self) -> None:
        pen = self.canvas
        pen.setFillColorRGB(0.25, 0.25, 0.25)
        pen.setFont(BODY, 8)
        pen.drawString(LEFT, HEIGHT - 46, TITLE)
        pen.drawRightString(RIGHT, HEIGHT - 46, "Issue 7.2")
        pen.drawString(LEFT, 38, "\u00a9 Ardent Clinical 2024. Commercial in confidence.")
        pen.drawRightString(RIGHT, 38, f"Page {self.page} of {self._total}")
        self.rule(LEFT, HEIGHT - 52, RIGHT - LEFT)
        self.rule(LEFT, 50, RIGHT - LEFT)
        pen.setFillColorRGB(0, 0, 0)

    def room(self, height: float) -> None:
        """Go to the next page unless *height* points are left on this one."""
        if self.y - height < BOTTOM:
            self.new_page()

    def rule(self, x: float, y: float, length: float) -> None:
        """A horizontal rule as a thin filled rectangle."""
        self.canvas.rect(x, y, length, RULE, stroke=0, fill=1)

    def bar(self, x: float, y: float, length: float) -> None:
        """A vertical rule upwards from *y*."""
        self.canvas.rect(x, y, RULE, length, stroke=0, fill=1)

    def shade(self, x: float, y: float, w: float, h: float, colour: Sequence[float]) -> None:
        """Lay a background colour."""
        self.canvas.setFillColorRGB(*colour)
        self.canvas.rect(x, y, w, h, stroke=0, fill=1)
        self.canvas.setFillColorRGB(0, 0, 0)

    def text(self, x: float, y: float, line: str, font: str, size: float) -> None:
        """One line of text; a character outside the printer's set is an error."""
        line.encode("cp1252")
        self.canvas.setFont(font, size)
        self.canvas.drawString(x, y, line)

    def heading(self, text: str, level: int) -> None:
        """A heading, entered in the table of contents at *level* (1 or 2)."""
        size, after = {1: (17, 14), 2: (12.5, 7)}[level]
        self.room(90)
        self.y -= size + (0 if level == 1 else 8)
        self.canvas.setFillColorRGB(*NAVY)
        for line in wrap(text, BOLD, size, RIGHT - LEFT):
            self.text(LEFT, self.y, line, BOLD, size)
            self.y -= size * 1.25
        self.canvas.setFillColorRGB(0, 0, 0)
        self.y += size * 1.25 - after
        self.entries.append(Entry(level, text, self.page))

    def paragraph(self, text: str, indent: float = 0.0, mark: str = "") -> None:
        """Body text, flowing over the page end."""
        lines = wrap(text, BODY, 10, RIGHT - LEFT - indent)
        for number, line in enumerate(lines):
            self.room(13.5)
            self.y -= 13.5
            if mark and number == 0:
                self.text(LEFT + indent - 11, self.y, mark, BODY, 10)
            self.text(LEFT + indent, self.y, line, BODY, 10)
        self.y -= 4 if mark else 7
