"""Makes migration guides in many layouts from known truth, so that no one layout is learnt."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from reportlab.lib.pagesizes import A4, landscape, letter
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

WORDS = """
    PATIENT EPISODE WARD CONSULTANT REFERRAL ADMISSION DISCHARGE CLINIC APPOINTMENT WAITING
    PATHWAY STATUS REASON METHOD SOURCE LOCATION PRACTICE SPECIALTY ENTERED RECORDED COUNTRY
""".split()  # noqa: SIM905
TAILS = ("CODE", "DATE", "NUMBER", "FLAG", "TYPE", "NAME", "TEXT", "DTTM", "REF", "IND", "ID2")
PROSE = (
    "As held in the previous system on the day of the extract.",
    "Leave empty when it is not known. Values are checked against the list in appendix A.",
    (
        "Shown on the summary page beside the name of the patient, and printed on letters; the "
        "local administrator can hide it for all users who have no need of it."
    ),
    "Required for the national returns.",
)


@dataclass(frozen=True)
class Layout:
    """How a guide looks.  `columns` are (role, header, share of the width)."""

    name: str
    columns: tuple[tuple[str, str, float], ...]
    page: tuple[float, float] = A4
    font: str = "Helvetica"
    size: float = 9
    rules: str = "rects"
    shading: str = "grey"
    title: str = "box"
    repeat_header: bool = True
    cut_rows: bool = True
    turned: bool = False
    type_with_length: bool = False
    say_mandatory: bool = True


@dataclass
class TrueField:
    """What a field is."""

    name: str
    data_type: str
    length: str
    mandatory: bool
    comment: str
    fk: tuple[str, str] = ("", "")
    code: str = ""
    format: str = ""
    values: tuple[str, ...] = ()


@dataclass
class TrueTable:
    """What a table is."""

    name: str
    purpose: str
    fields: list[TrueField] = field(default_factory=list)


FOUR = (
    ("type", "DATATYPE", 0.15),
    ("length", "LENGTH", 0.11),
    ("name", "NAME", 0.22),
    ("text", "COMMENTS", 0.52),
)
NOTES = (
    ("name", "Column name", 0.26),
    ("type", "Data type", 0.16),
    ("length", "Size", 0.1),
    ("required", "Required", 0.12),
    ("text", "Notes", 0.36),
)
FIELDS = (
    ("no", "No.", 0.06),
    ("name", "Field", 0.3),
    ("type", "Type", 0.22),
    ("text", "Description", 0.42),
)
ENDS = (
    ("text", "Comments", 0.5),
    ("name", "Field Name", 0.2),
    ("type", "Type", 0.18),
    ("length", "Max length", 0.12),
)

LAYOUTS = (
    Layout("as an office program prints it", FOUR),
    Layout("stroked lines, no repeated header", FOUR, rules="strokes", repeat_header=False),
    Layout(
        "one path for all lines", FOUR, rules="path", font="Times-Roman", size=10, title="heading"
    ),
    Layout(
        "flags in a column, no shading",
        NOTES,
        rules="strokes",
        shading="none",
        say_mandatory=False,
        title="label",
    ),
    Layout("lengths in the type", FIELDS, page=letter, type_with_length=True, title="two columns"),
    Layout("comments first, landscape", ENDS, page=landscape(A4), font="Times-Roman", title="row"),
    Layout("stripes that mean nothing", FOUR, shading="stripes", title="label"),
    Layout("a turned page", FOUR, turned=True, rules="strokes"),
    Layout("lines below rows only", FOUR, rules="below", title="label", cut_rows=False),
    Layout("no lines at all", FOUR, rules="none", title="label", cut_rows=False, size=8),
    Layout(
        "no lines, flags",
        NOTES,
        rules="none",
        shading="none",
        title="heading",
        cut_rows=False,
        say_mandatory=False,
        font="Courier",
        size=7,
    ),
    Layout(
        "no lines, pages without headers",
        ENDS,
        rules="none",
        title="label",
        repeat_header=False,
        cut_rows=False,
        page=letter,
    ),
)


def truth(seed: int, tables: int = 6, fields: int = 16) -> list[TrueTable]:
    """Tables with believable fields; the same for the same seed."""
    draw = random.Random(seed)
    made: list[TrueTable] = []
    for number in range(tables):
        name = (
            f"LOAD_{WORDS[(seed + number * 5) % len(WORDS)]}{'_HISTORY' if number % 3 == 2 else ''}"
        )
        table = TrueTable(name, "Holds one row for each of them. Loaded after its parents.")
        table.fields.append(
            TrueField("RECORD_NUMBER", "NUMBER", "10", True, "Unique number of the row.")
        )
        while len(table.fields) < fields:
            one = _field(draw, made)
            if all(one.name != other.name for other in table.fields):
                table.fields.append(one)
        made.append(table)
    return made


def _field(draw: random.Random, before: list[TrueTable]) -> TrueField:
    name = "_".join([*draw.sample(WORDS, draw.choice((1, 1, 2, 2, 3))), draw.choice(TAILS)])
    one = TrueField(
        name, "VARCHAR2", str(draw.choice((1, 2, 8, 35, 255))), draw.random() < 0.25, ""
    )
    said = []
    kind = draw.choice(("plain", "plain", "code", "date", "values", "fk", "number"))
    if kind == "code":
        number = draw.randint(1, 99)
        one.code = str(number)
        said.append(f'Maps to: code type {number} "{draw.choice(WORDS).title()} list"')
    elif kind == "date":
        one.data_type, one.length = "DATE", ""
        one.format = draw.choice(("DD/MM/YYYY", "DD/MM/YYYY HH24:MI"))
        said.append(f"Must be in format: {one.format}")
    elif kind == "values":
        one.values = draw.choice((("Y", "N"), ("A", "B", "C")))
        said.append(
            "Only two accepted values: Y or N"
            if len(one.values) == 2
            else "Accepted values: A, B or C"
        )
    elif kind == "fk" and before:
        one.data_type, one.length = "NUMBER", "10"
        one.fk = (draw.choice(before).name, "RECORD_NUMBER")
        said.append(f"Foreign key to {one.fk[0]}.{one.fk[1]}")
    elif kind == "number":
        one.data_type, one.length = "NUMBER", draw.choice(("", "5", "10,2"))
    if draw.random() < 0.7:
        said.append(draw.choice(PROSE).rstrip("."))
    one.comment = ". ".join(said) + ("." if said else "")
    return one


def make_guide(path: Path, layout: Layout, tables: list[TrueTable]) -> None:
    """Write the guide."""
    _Guide(path, layout).write(tables)


class _Guide:
    def __init__(self, path: Path, layout: Layout) -> None:
        self.layout = layout
        self.width, self.height = layout.page
        self.canvas = Canvas(str(path), pagesize=layout.page, invariant=1)
        self.page = 0
        self.left, self.right = 50.0, self.width - 45
        share = self.right - self.left
        self.edges = [self.left]
        for _, _, part in layout.columns:
            self.edges.append(self.edges[-1] + part * share)
        self.leading = layout.size * 1.25
        self._turn()

    def write(self, tables: list[TrueTable]) -> None:
        self._line("Contents", 14)
        for number, table in enumerate(tables, 1):
            self._line(f"{number}  {table.name} " + "." * 60 + f" {number + 2}")
        self._turn()
        self._line("How to read this guide", 14)
        for text in (
            "Rows with a grey background are mandatory. The load order follows the chapters,",
            "from staff to archives. DATATYPE is VARCHAR2, NUMBER or DATE.",
        ):
            self._line(text)
        self._grid(
            [["Issue", "Date", "Comments"], ["1", "1 May", "First issue"], ["2", "2 May", "Second"]]
        )
        for number, table in enumerate(tables, 1):
            self._table(number, table)
        self.canvas.showPage()
        self.canvas.save()

    def _turn(self) -> None:
        pen = self.canvas
        if self.page:
            pen.showPage()
        self.page += 1
        if self.layout.turned:
            pen.setPageRotation(90)
            pen.transform(0, 1, -1, 0, self.height, 0)
        pen.setFont(self.layout.font, 8)
        pen.drawString(self.left, self.height - 30, "Migration guide for the new system")
        pen.drawRightString(self.right, self.height - 30, "Issue 3")
        pen.drawString(self.left, 25, f"Page {self.page}")
        self.y = self.height - 60

    def _line(self, text: str, size: float = 0) -> None:
        size = size or self.layout.size
        if self.y < 80:
            self._turn()
        self.y -= size * 1.4
        self._text(self.left, self.y, text, size)

    def _text(self, x: float, y: float, text: str, size: float = 0) -> None:
        self.canvas.setFillGray(0)
        self.canvas.setFont(self.layout.font, size or self.layout.size)
        self.canvas.drawString(x, y, text)

    def _table(self, number: int, table: TrueTable) -> None:
        if self.y < 230:
            self._turn()
        self.y -= 20
        style = self.layout.title
        if style == "box":
            lines = [f"TABLE NAME: {table.name}", f"Purpose: {table.purpose}"]
            top = self.y
            for line in lines:
                self.y -= 13
                self._text(self.left + 5, self.y, line, 9)
            self.y -= 6
            self.canvas.rect(self.left, self.y, self.right - self.left, top - self.y, fill=0)
        elif style == "two columns":
            self._grid([["TABLE NAME", table.name], ["PURPOSE", table.purpose]])
        elif style == "heading":
            self._line(f"{number}.1  {table.name}", 12)
            self._line(table.purpose)
        elif style == "label":
            self._line(f"Table name: {table.name}", 11)
            self._line(table.purpose)
        self.y -= 8
        if style == "row":
            self._row(
                [[f"TABLE NAME: {table.name}"], *[[] for _ in self.layout.columns[1:]]], whole=True
            )
        self._header()
        for index, one in enumerate(table.fields):
            shade = {"grey": 0.85 if one.mandatory else 0, "stripes": 0.9 * (index % 2)}.get(
                self.layout.shading, 0
            )
            self._row(
                [self._cell(c, one, index) for c in range(len(self.layout.columns))],
                shade=shade,
                body=True,
            )
        self.y -= 10

    def _header(self) -> None:
        widths = [right - left - 8 for left, right in pairwise(self.edges)]
        headers = [header for _, header, _ in self.layout.columns]
        self._row([self._wrapped(h, w) for h, w in zip(headers, widths, strict=True)], shade=0.7)

    def _cell(self, column: int, one: TrueField, index: int) -> list[str]:
        width = self.edges[column + 1] - self.edges[column] - 8
        kind = one.data_type
        if self.layout.type_with_length and one.length:
            kind = f"{kind}({one.length})"
        comment = one.comment
        if one.mandatory and self.layout.say_mandatory:
            comment = f"Mandatory field. {comment}".strip()
        text = {
            "type": kind,
            "length": one.length,
            "name": one.name,
            "text": comment,
            "required": "Yes" if one.mandatory else "No",
            "no": str(index + 1),
        }[self.layout.columns[column][0]]
        return self._wrapped(text, width)

    def _wrapped(self, text: str, width: float) -> list[str]:
        def fits(part: str) -> bool:
            return stringWidth(part, self.layout.font, self.layout.size) <= width

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

    def _row(
        self, cells: list[list[str]], *, shade: float = 0, body: bool = False, whole: bool = False
    ) -> None:
        depth = max(1, *(len(cell) for cell in cells))
        room = int((self.y - 60) / self.leading)
        if depth > room:
            if body and self.layout.cut_rows and room >= 1 and depth > 1:
                self._row([cell[:room] for cell in cells], shade=shade)
                cells = [cell[room:] for cell in cells]
            self._turn()
            if self.layout.repeat_header:
                self._header()
            depth = max(1, *(len(cell) for cell in cells))
        height = depth * self.leading + 6
        bottom = self.y - height
        edges = [self.edges[0], self.edges[-1]] if whole else self.edges
        if shade:
            self.canvas.setFillGray(shade)
            self.canvas.rect(self.left, bottom, self.right - self.left, height, stroke=0, fill=1)
        for x, cell in zip(self.edges, cells, strict=False):
            for number, line in enumerate(cell):
                self._text(x + 4, self.y - 2 - (number + 0.85) * self.leading, line)
        self._rule(edges, bottom)
        self.y = bottom

    def _rule(self, edges: list[float], bottom: float) -> None:
        pen, top = self.canvas, self.y
        pen.setFillGray(0)
        match self.layout.rules:
            case "rects":
                for y in (bottom, top):
                    pen.rect(edges[0], y, edges[-1] - edges[0], 0.5, stroke=0, fill=1)
                for x in edges:
                    pen.rect(x, bottom, 0.5, top - bottom, stroke=0, fill=1)
            case "strokes":
                for y in (bottom, top):
                    pen.line(edges[0], y, edges[-1], y)
                for x in edges:
                    pen.line(x, bottom, x, top)
            case "path":
                path = pen.beginPath()
                for x, after in pairwise(edges):
                    path.rect(x, bottom, after - x, top - bottom)
                pen.drawPath(path, stroke=1, fill=0)
            case "below":
                pen.line(edges[0], bottom, edges[-1], bottom)

    def _grid(self, rows: list[list[str]]) -> None:
        """A small ruled grid of other things than fields."""
        self.y -= 10
        step = (self.right - self.left) / len(rows[0])
        for row in rows:
            for number, text in enumerate(row):
                x = self.left + number * step
                self._text(x + 4, self.y - 11, text)
                self.canvas.rect(x, self.y - 16, step, 16, fill=0)
            self.y -= 16
        self.y -= 6
