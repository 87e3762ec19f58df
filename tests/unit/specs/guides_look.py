"""How a made guide looks: families of layouts by name, and which of them are kept back."""

from __future__ import annotations

import hashlib
import random
from dataclasses import dataclass, replace

PAGES = {
    "A4": (595.3, 841.9),
    "letter": (612.0, 792.0),
    "A4 landscape": (841.9, 595.3),
}
HEADERS = {
    "name": ("NAME", "Column name", "Field", "FIELD NAME", "Attribute", "Item"),
    "type": ("DATATYPE", "Data type", "Type", "DATA TYPE", "Format / type"),
    "length": ("LENGTH", "Size", "Len", "Max length", "Width"),
    "text": ("COMMENTS", "Notes", "Description", "Comments / rules", "Remarks"),
    "required": ("Mandatory", "Required", "M/O", "Req'd", "Mandatory?"),
    "no": ("No.", "#", "Seq"),
    "key": ("Key", "PK", "Primary key"),
    "fk": ("Foreign key", "References", "FK"),
    "format": ("Format", "Mask", "Input format"),
    "values": ("Valid values", "Allowed values", "Values"),
}
VENDOR = (("type", 0.16), ("length", 0.12), ("name", 0.25), ("text", 0.47))
NARROW = (("type", 0.15), ("length", 0.12), ("name", 0.17), ("text", 0.56))
FLAGGED = (("no", 0.07), ("name", 0.26), ("type", 0.15), ("length", 0.1), ("required", 0.12),
           ("text", 0.3))  # fmt: skip
INNER = (("name", 0.28), ("type", 0.24), ("text", 0.48))
LAST = (("text", 0.46), ("name", 0.26), ("type", 0.16), ("length", 0.12))
MANY = (("name", 0.2), ("type", 0.11), ("length", 0.07), ("key", 0.06), ("required", 0.1),
        ("fk", 0.16), ("format", 0.12), ("text", 0.18))  # fmt: skip


@dataclass(frozen=True)
class Look:
    """One layout.  `columns` are (role, share); `header` holds the words above them.

    rules: all, rows, cols, outer, none, double, dotted,
    dashed.  shading: mandatory, cell, zebra, none.
    title: box, cell, pair, row, block, heading, caption, frame, plain.  wrap: how long names break
    beside the cell's width: natural, underscore, manual, soft.
    """

    family: str
    producer: str = "office"
    seed: int = 0
    columns: tuple[tuple[str, float], ...] = VENDOR
    header: tuple[str, ...] = ()
    page: tuple[float, float] = PAGES["A4"]
    font: str = "Liberation Sans"
    size: float = 9.0
    rules: str = "all"
    shading: str = "mandatory"
    colour: str = "D9D9D9"
    header_colour: str = "BFBFBF"
    title: str = "box"
    repeat_header: bool = False
    cut_rows: bool = True
    valign: str = "top"
    align: str = "left"
    style: str = "upper"
    wrap: str = "natural"
    notes: bool = False
    merged: bool = False
    furniture: str = "text"
    lines: str = "sentences"
    spaced: bool = False
    turned: bool = False
    two_columns: bool = False
    scans: int = 0
    parts: bool = False
    marks: bool = False
    ragged: bool = False
    decoys: bool = False
    order: str = "none"

    @property
    def kept_back(self) -> bool:
        """A third of the families of each producer, the same for ever."""
        digest = hashlib.sha256(f"{self.producer}/{self.family}".encode()).digest()
        return digest[0] % 3 == 0

    @property
    def dense(self) -> bool:
        """Whether comments carry all, for want of columns."""
        return self.has("text") and not self.has("fk", "required")

    def has(self, *roles: str) -> bool:
        """Whether there is a column for any of the roles."""
        return any(role in roles for role, _ in self.columns)


_BASE = Look("as the vendor prints it")
FAMILIES: tuple[Look, ...] = (
    _BASE,
    replace(_BASE, family="header repeated", repeat_header=True, decoys=True),
    replace(_BASE, family="box in a cell above", title="cell", repeat_header=True),
    replace(_BASE, family="box of name and purpose", title="pair"),
    replace(_BASE, family="name in the grid's first row", title="row"),
    replace(_BASE, family="name as heading", title="heading", decoys=True, order="grid"),
    replace(_BASE, family="name as caption", title="caption", repeat_header=True),
    replace(_BASE, family="name in a text box", title="frame"),
    replace(_BASE, family="plain name", title="plain", furniture="table"),
    replace(_BASE, family="rules under rows", rules="rows", repeat_header=True),
    replace(_BASE, family="rules under rows, no repeat", rules="rows", shading="none"),
    replace(_BASE, family="no rules", rules="none", repeat_header=True),
    replace(_BASE, family="no rules, no repeat", rules="none", title="heading"),
    replace(_BASE, family="outer frame only", rules="outer", repeat_header=True),
    replace(_BASE, family="doubled rules", rules="double"),
    replace(_BASE, family="dotted rules", rules="dotted", repeat_header=True),
    replace(_BASE, family="zebra", shading="zebra", repeat_header=True),
    replace(_BASE, family="name cell shaded", shading="cell"),
    replace(_BASE, family="blue shading", colour="DEEAF6", header_colour="1F3864"),
    replace(_BASE, family="middle of the row", valign="middle"),
    replace(_BASE, family="bottom of the row", valign="bottom", repeat_header=True),
    replace(_BASE, family="middle, no rules", valign="middle", rules="none", repeat_header=True),
    replace(_BASE, family="middle, rules under rows", valign="middle", rules="rows"),
    replace(_BASE, family="justified", align="justify", lines="paragraphs"),
    replace(_BASE, family="centred", align="center", repeat_header=True),
    replace(_BASE, family="lines for facts", lines="lines", order="list"),
    replace(_BASE, family="bullets for facts", lines="bullets", repeat_header=True),
    replace(_BASE, family="small print", size=6.5, page=PAGES["letter"]),
    replace(_BASE, family="large print", size=11.0, cut_rows=False),
    replace(_BASE, family="flags in columns", columns=FLAGGED, shading="none"),
    replace(_BASE, family="length in the type", columns=INNER, repeat_header=True),
    replace(_BASE, family="comments first", columns=LAST, page=PAGES["A4 landscape"]),
    replace(
        _BASE,
        family="many columns",
        columns=MANY,
        page=PAGES["A4 landscape"],
        shading="none",
        repeat_header=True,
    ),
    replace(_BASE, family="notes among the rows", notes=True, repeat_header=True),
    replace(_BASE, family="merged type and length", merged=True),
    replace(_BASE, family="camel case", style="camel", repeat_header=True),
    replace(_BASE, family="lower case", style="lower"),
    replace(_BASE, family="real hyphens", style="hyphen", repeat_header=True),
    replace(_BASE, family="breaks at underscores", wrap="underscore"),
    replace(_BASE, family="breaks made by hand", wrap="manual", repeat_header=True),
    replace(_BASE, family="soft hyphens", wrap="soft"),
    replace(_BASE, family="marks on names", marks=True, repeat_header=True),
    replace(_BASE, family="letter-spaced headings", spaced=True, title="heading"),
    replace(_BASE, family="tables in parts", parts=True, title="heading"),
    replace(_BASE, family="text in two columns", two_columns=True, decoys=True),
    replace(_BASE, family="scans mixed in", scans=2, furniture="table"),
    replace(_BASE, family="turned pages", turned=True, repeat_header=True),
    replace(_BASE, family="runs broken oddly", ragged=True, wrap="underscore"),
    replace(_BASE, family="box in the grid's first rows", title="block"),
    replace(_BASE, family="box in the grid, header repeated", title="block", repeat_header=True),
    replace(_BASE, family="box in the grid, heading too", title="block", order="grid"),
    replace(_BASE, family="narrow names", columns=NARROW),
    replace(_BASE, family="narrow names, justified", columns=NARROW, align="justify"),
    replace(_BASE, family="rules between columns", rules="cols", repeat_header=True),
    replace(_BASE, family="rules between columns, no repeat", rules="cols"),
    replace(_BASE, family="no rules, comments first", columns=LAST, rules="none"),
    replace(_BASE, family="no rules, name first", columns=INNER, rules="none", title="plain"),
    replace(_BASE, family="no rules, flags", columns=FLAGGED, rules="none", shading="none"),
    replace(_BASE, family="no rules, by lines", rules="none", lines="lines", repeat_header=True),
    replace(_BASE, family="no rules, landscape", rules="none", page=PAGES["A4 landscape"]),
    replace(_BASE, family="rules under rows, bottom", rules="rows", valign="bottom"),
    replace(_BASE, family="dashed rules", rules="dashed"),
    replace(_BASE, family="dashed rules, repeated", rules="dashed", repeat_header=True),
    replace(_BASE, family="two columns, repeated", two_columns=True, repeat_header=True),
    replace(_BASE, family="scans, name as heading", scans=2, title="heading"),
    replace(_BASE, family="parts, header repeated", parts=True, title="plain", repeat_header=True),
    replace(_BASE, family="flags, repeated", columns=FLAGGED, shading="none", repeat_header=True),
    replace(_BASE, family="no rules, heading", rules="none", title="heading", shading="none"),
    replace(_BASE, family="centred, no repeat", align="center", title="heading"),
    replace(_BASE, family="page header in a box", furniture="table"),
    replace(_BASE, family="page header in a box, repeated", furniture="table", repeat_header=True),
    replace(_BASE, family="page header in a box, no rules", furniture="table", rules="none"),
    replace(_BASE, family="vendor, landscape", page=PAGES["A4 landscape"], title="cell"),
    replace(_BASE, family="vendor, tables in boxes", title="cell", furniture="table"),
)
FONTS = {
    "office": ("Liberation Sans", "Liberation Serif", "DejaVu Sans", "Liberation Sans Narrow",
               "Inter", "P052"),
    "browser": ("Liberation Sans", "Liberation Serif", "DejaVu Sans", "Inter", "C059"),
    "drawn": ("Helvetica", "Times-Roman", "Helvetica", "Courier"),
}  # fmt: skip


def looks(producer: str, seed: int) -> list[Look]:
    """Every family once as this producer prints it, what a family leaves open drawn by seed."""
    made = []
    for family in FAMILIES:
        draw = random.Random(f"{producer}/{family.family}/{seed}")
        plain = family.columns is VENDOR and draw.random() < 0.6
        header = tuple(
            HEADERS[role][0] if plain else draw.choice(HEADERS[role]) for role, _ in family.columns
        )
        shares = [share * draw.uniform(0.88, 1.12) for _, share in family.columns]
        columns = tuple(
            (role, share / sum(shares))
            for (role, _), share in zip(family.columns, shares, strict=True)
        )
        size = family.size if family.size != 9.0 else draw.choice((7.5, 8, 9, 9, 10))
        page = family.page if family.page != PAGES["A4"] else draw.choice(
            (PAGES["A4"], PAGES["A4"], PAGES["letter"]))  # fmt: skip
        made.append(
            replace(family, producer=producer, seed=seed, header=header, columns=columns,
                    size=size, page=page, font=draw.choice(FONTS[producer]))
        )  # fmt: skip
    return made
