"""A made guide as a sequence of blocks, the same for every producer."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field

from . import guides_phrases as say
from .guides_look import Look
from .guides_truth import Fact, Load, guide_truth


@dataclass
class Text:
    """A paragraph; `kind` is heading, chapter, contents, body, item, columns or caption."""

    kind: str
    text: str


@dataclass
class Picture:
    """A page that is a picture without text."""


@dataclass
class Plain:
    """A grid of other things than fields."""

    rows: list[list[str]]


@dataclass
class Box:
    """What names a table; `lines` follow the name."""

    name: str
    lines: list[str]
    number: int
    continued: bool = False


@dataclass
class FieldGrid:
    """The grid of a table's fields: cells as lists of paragraphs, with each row's kind.

    `titles` are the lines that stand in the grid's first rows.
    """

    header: list[str]
    rows: list[tuple[str, list[list[str]], Fact | None]] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)


Block = Text | Picture | Plain | Box | FieldGrid


def truth_of(look: Look, *, tables: int = 4, fields: int = 14) -> list[Load]:
    """The truth that a layout is printed with: the same for the same layout and seed."""
    draw = random.Random(f"truth {look.producer}/{look.family}/{look.seed}")
    loads = guide_truth(
        draw,
        tables=tables,
        fields=fields,
        style=look.style,
        unseen=look.kept_back,
        dense=look.dense,
        shaded=look.shading in ("mandatory", "cell"),
    )
    if look.order != "none":
        for load, order in zip(loads, draw.sample(range(1, tables + 1), tables), strict=True):
            load.order = order
    return loads


def blocks(look: Look, loads: list[Load]) -> Iterator[Block]:
    """The guide from its title to its appendix."""
    draw = random.Random(f"blocks {look.producer}/{look.family}/{look.seed}")
    yield Text("chapter", "Data Migration Technical Guide")
    yield Text("body", "Release 18.4. This document is the property of the supplier.")
    yield Text("chapter", "Contents")
    for number, load in enumerate(loads, 1):
        yield Text("contents", f"{number + 2}.1\t{load.name}\t{number * 3 + 4}")
    yield from _opening(look, loads)
    for number, load in enumerate(loads, 1):
        if number % 2 == 1:
            yield Text("chapter", f"{number + 2} Loading chapter {number}")
            yield Text("body", draw.choice(say.NARRATIVE))
        if look.scans >= number:
            yield Picture()
        if look.two_columns:
            yield Text("columns", " ".join(say.NARRATIVE))
        yield from _table(look, load, number, draw)
        yield Text("body", draw.choice(say.NARRATIVE))
    yield Text("chapter", "Appendix A Code types")
    yield Plain([["Code", "Meaning", "Notes"], ["1", "Male", "As stated"], ["2", "Female", ""]])


def _opening(look: Look, loads: list[Load]) -> Iterator[Block]:
    yield Text("chapter", "1 How to read this guide")
    if look.shading in ("mandatory", "cell"):
        yield Text("body", "Fields that are shaded are mandatory and must be supplied.")
    yield Text("body", say.NARRATIVE[3])
    yield Plain(
        [
            ["Version", "Date", "Comments"],
            ["1.0", "1 May 2019", "First issue"],
            ["1.1", "2 May", ""],
        ]
    )
    if look.decoys:
        yield Text("body", "Each table of this guide has these columns:")
        headers = look.header or tuple(role for role, _ in look.columns)
        yield Plain([["Column", "Description"], *[[h, f"The {h.lower()} of the field"]
                                                  for h in headers]])  # fmt: skip
        yield Text("body", "The data types are:")
        yield Plain([["Data type", "Meaning"], ["VARCHAR2", "Text up to the length"],
                     ["NUMBER", "Digits"], ["DATE", "A date, with a time or without"]])  # fmt: skip
    yield Text("chapter", "2 Load order")
    if look.order == "grid":
        ranked = sorted(loads, key=lambda load: load.order)
        rows = [[str(load.order), load.name, load.about[0]] for load in ranked]
        yield Plain([["Order", "Table", "Description"], *rows])
    elif look.order == "list":
        yield Text("body", "The files must be loaded in this order:")
        for load in sorted(loads, key=lambda load: load.order):
            yield Text("item", f"{load.order}. {load.name}")
    else:
        yield Text("body", "Load the files in the order of the chapters, parents first.")


def _table(look: Look, load: Load, number: int, draw: random.Random) -> Iterator[Block]:
    yield Box(load.name, [] if look.title == "block" else load.about, number)
    header = list(look.header)
    inside = {"row": [], "block": load.about}.get(look.title)
    titles = [] if inside is None else [f"TABLE NAME: {load.name}", *inside]
    grid = FieldGrid(header, titles=titles)
    for index, fact in enumerate(load.facts, 1):
        if look.parts and index == len(load.facts) // 2:
            yield grid
            yield Box(load.name, [], number, continued=True)
            grid = FieldGrid(header)
        if look.notes and index in (4, 9):
            note = draw.choice(("Dates of the stay", "Note: the fields below are for staff only."))
            grid.rows.append(("note", [[note]], None))
        cells = [cell_of(look, fact, role, index) for role, _ in look.columns]
        grid.rows.append(("field", cells, fact))
    yield grid


def cell_of(look: Look, fact: Fact, role: str, index: int) -> list[str]:
    """The paragraphs of one cell."""
    match role:
        case "name":
            return [fact.name + ("*" if look.marks and fact.mandatory else "")]
        case "type":
            inner = f"({fact.length})" if fact.length and not look.has("length") else ""
            return [fact.data_type + inner]
        case "length":
            return [fact.length]
        case "required":
            return ["Y" if fact.mandatory else "N"]
        case "no":
            return [str(index)]
        case "key":
            return ["Y" if fact.key else ""]
        case "fk":
            return [".".join(fact.fk)] if fact.fk[0] else [""]
        case "format":
            return [fact.format]
        case _:
            return _comment(look, fact)


def _comment(look: Look, fact: Fact) -> list[str]:
    said = list(fact.said)
    if look.has("fk") and fact.fk[0]:
        said = said[1:]
    if look.lines == "sentences" or not said:
        return [Fact(fact.name, "", "", said=said).comment]
    if look.lines == "bullets":
        return [f"\u2022 {text}" for text in said]
    if look.lines == "lines":
        return said
    return [" ".join(said[:1]) + ".", Fact(fact.name, "", "", said=said[1:]).comment]
