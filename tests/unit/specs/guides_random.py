"""Layouts of guides drawn at random from all the ways that they differ."""

from __future__ import annotations

import random

from reportlab.lib.pagesizes import A4, landscape, letter

from .guides import Layout

HEADERS = {
    "name": ("NAME", "Column", "Field name", "COLUMN NAME", "Attribute", "FIELD"),
    "type": ("DATATYPE", "Data type", "Type", "Data Type"),
    "length": ("LENGTH", "Size", "Len", "Max length"),
    "text": ("COMMENTS", "Notes", "Description", "Comments / rules", "Remarks"),
    "required": ("Mandatory", "Required", "M/O", "Req'd"),
    "no": ("No.", "#", "Seq"),
}
SHARES = {
    "name": (0.2, 0.3),
    "type": (0.12, 0.18),
    "length": (0.09, 0.13),
    "required": (0.1, 0.13),
    "no": (0.05, 0.07),
}


def random_layout(seed: int) -> Layout:
    """A layout drawn from all the ways that guides differ."""
    draw = random.Random(seed)
    inner = draw.random() < 0.2
    roles = ["name", "type", *([] if inner else ["length"])]
    flags = draw.random() < 0.3
    roles += ["required"] if flags else []
    draw.shuffle(roles)
    roles.insert(draw.choice((0, len(roles), len(roles), len(roles))), "text")
    if draw.random() < 0.3:
        roles.insert(0, "no")
    shares = {role: draw.uniform(*SHARES[role]) for role in roles if role != "text"}
    if inner:
        shares["type"] += 0.08
    shares["text"] = 1 - sum(shares.values())
    rules = draw.choice(("rects", "rects", "strokes", "path", "below", "none"))
    ruled = rules in ("rects", "strokes", "path")
    return Layout(
        f"random {seed}",
        tuple((role, draw.choice(HEADERS[role]), shares[role]) for role in roles),
        page=draw.choice((A4, A4, letter, landscape(A4))),
        font=draw.choice(("Helvetica", "Times-Roman", "Courier")),
        size=draw.choice((7, 8, 9)),
        rules=rules,
        shading="none" if flags else draw.choice(("grey", "grey", "stripes", "none")),
        title=draw.choice(("box", "label", "two columns", "heading", *(("row",) if ruled else ()))),
        repeat_header=draw.random() < 0.6,
        cut_rows=ruled and draw.random() < 0.7,
        turned=draw.random() < 0.1,
        type_with_length=inner,
        say_mandatory=not flags,
    )
