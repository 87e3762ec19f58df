"""Writes a dictionary of known truth in a layout: as a workbook, as text, as a Word document."""

from __future__ import annotations

import csv
import random
from pathlib import Path
from typing import Any

from docx import Document
from openpyxl import Workbook

from .dictionaries import Holder, Item, Layout

Rows = list[list[Any]]


def sheets(layout: Layout, made: list[Holder]) -> dict[str, Rows]:
    """The sheets of a workbook in this layout, with their rows of cells."""
    dice = random.Random(f"sheets {layout.seed}")
    found: dict[str, Rows] = {}
    if "cover" in layout.noise:
        found["Cover"] = [["Hospital PAS"], [], ["Data dictionary", "release 24.2"],
                          ["Tables", len(made)], ["Author", "J. Bloggs"]]  # fmt: skip
    if "contents" in layout.noise:
        found["Contents"] = [["Table", "Description", "No of fields"],
                             *[[h.name, h.about, len(h.items)] for h in made]]  # fmt: skip
    if layout.kind == "sheets":
        for holder in made:
            found[holder.name[:31]] = _block(layout, [holder], dice)
    elif layout.kind == "beside":
        found["Dictionary"] = _beside(layout, made)
    elif layout.kind == "stacked":
        rows = _title(layout)
        for holder in made:
            rows += [_named(layout, holder, dice), *_block(layout, [holder], dice, bare=True), []]
        found["All tables"] = rows
    else:
        found["Columns"] = _block(layout, made, dice)
    if "log" in layout.noise:
        found["Change log"] = [
            ["Version", "Date", "Author", "Table", "Field", "Change"],
            ["1.1", "2024-03-01", "JB", made[0].name, "Removed_Field", "Removed"],
            ["1.2", "2024-04-01", "JB", made[1].name, "Old_Field", "Renamed"],
        ]
    if "empty" in layout.noise:
        found["Sheet9"] = []
    return found


def _title(layout: Layout) -> Rows:
    return [["Data dictionary of the PAS"], ["Printed", "4 May 2024"], []] if layout.title else []


def _named(layout: Layout, holder: Holder, dice: random.Random) -> list[Any]:
    shape = layout.seed % 4
    if shape == 0:
        return [f"Table: {holder.name}"]
    if shape == 1:
        return [f"{holder.name} - {holder.about}"]
    return ["Table name", holder.name] if shape == 2 else [holder.name]


def _header(layout: Layout) -> Rows:
    texts: list[Any] = [layout.headers[trait] for trait in layout.traits]
    if layout.kind == "dotted":
        texts[layout.traits.index("field")] = layout.headers["field"]
    if not layout.two_rows or len(texts) < 4:
        return [texts]
    groups: list[Any] = [None] * len(texts)
    groups[0], groups[2] = "General", "Details"
    return [groups, texts]


def _block(layout: Layout, made: list[Holder], dice: random.Random, *, bare: bool = False) -> Rows:
    """A header and the rows of some tables below it."""
    rows = [] if bare else _title(layout)
    header = _header(layout)
    rows += header
    width = len(layout.traits)
    if "numbered" in layout.noise and width > 2:
        rows.append([f"({number + 1})" for number in range(width)])
    for number, holder in enumerate(made):
        if layout.kind == "sections":
            rows.append([holder.name] if layout.seed % 2 else [f"Table: {holder.name}"])
        if "again" in layout.noise and number and not bare and layout.kind != "sections":
            rows.append(list(header[-1]))
        for index, item in enumerate(holder.items):
            rows.append(_cells(layout, holder, item, index, dice))
        if "gaps" in layout.noise and layout.kind != "merged":
            rows.append([])
    if "totals" in layout.noise:
        rows.append([f"Total: {sum(len(h.items) for h in made)} fields"])
    if "note" in layout.noise:
        rows += [[], ["Note: fields marked as deleted are no longer filled"]]
    if "trailing" in layout.noise:
        rows = [[*row, None, None] for row in rows]
    return rows


def _cells(
    layout: Layout, holder: Holder, item: Item, index: int, dice: random.Random
) -> list[Any]:
    said: dict[str, Any] = {
        "table": holder.name if layout.kind != "merged" or index == 0 else None,
        "field": f"{holder.name}.{item.name}" if layout.kind == "dotted" else item.name,
        "type": _type(layout, item),
        "length": _length(layout, item),
        "mandatory": layout.yes_no[0] if item.mandatory else layout.yes_no[1],
        "key": ("PK" if item.key else "FK" if item.foreign[0] else None),
        "foreign": f"{item.foreign[0]}.{item.foreign[1]}" if item.foreign[0] else None,
        "element": item.element,
        "deleted": int(item.deleted) if "text numbers" not in layout.noise else item.deleted,
        "released": item.released,
        "description": item.description or None,
        "position": index + 1,
    }
    if "nbsp" in layout.noise:
        said["field"] = f"{said['field']}\u00a0"
    return [said[trait] for trait in layout.traits]


def _type(layout: Layout, item: Item) -> str:
    return f"{item.type}({item.length})" if layout.typed_length and item.length else item.type


def _length(layout: Layout, item: Item) -> Any:
    if not item.length or "," in item.length or "text numbers" in layout.noise:
        return item.length or None
    return int(item.length)


def _beside(layout: Layout, made: list[Holder]) -> Rows:
    """Two tables at a time, side by side with a blank column between."""
    rows = _title(layout)
    dice = random.Random(layout.seed)
    for left, right in zip(made[::2], [*made[1::2], None], strict=False):
        blocks = [b for b in (left, right) if b is not None]
        width = len(layout.traits)
        rows.append(_across([[b.name, *[None] * (width - 1)] for b in blocks]))
        rows.append(_across([list(_header(layout)[-1]) for _ in blocks]))
        for index in range(max(len(b.items) for b in blocks)):
            rows.append(
                _across(
                    [
                        _cells(layout, b, b.items[index], index, dice)
                        if index < len(b.items)
                        else [None] * width
                        for b in blocks
                    ]
                )
            )
        rows.append([])
    return rows


def _across(parts: Rows) -> list[Any]:
    row: list[Any] = []
    for part in parts:
        row += [*part, None]
    return row


def as_workbook(path: Path, layout: Layout, made: list[Holder]) -> Path:
    """An xlsx file, with merged cells where the layout has them."""
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets(layout, made).items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
        if layout.two_rows and len(layout.traits) > 3:
            _merge_groups(sheet, rows)
        if layout.kind == "merged" and name == "Columns" and layout.seed % 2:
            _merge_tables(sheet, rows)
    if "hidden" in layout.noise:
        sheet = book.create_sheet("Old")
        sheet.append(["Table", "Field", "Type"])
        sheet.append([made[0].name, "Gone", "CHAR"])
        sheet.sheet_state = "hidden"
    book.save(path)
    return path


def _merge_groups(sheet: Any, rows: Rows) -> None:
    for number, row in enumerate(rows, 1):
        if row[:1] == ["General"]:
            sheet.merge_cells(start_row=number, end_row=number, start_column=1, end_column=2)
            width = len([*row]) - (2 if row[-1] is None and len(row) > len(rows[number]) else 0)
            sheet.merge_cells(start_row=number, end_row=number, start_column=3, end_column=width)


def _merge_tables(sheet: Any, rows: Rows) -> None:
    start = 0
    for number, row in enumerate([*rows, ["end"]], 1):
        begins = bool(row) and bool(row[0])
        if start and begins:
            if number - 1 > start:
                sheet.merge_cells(start_row=start, end_row=number - 1, start_column=1, end_column=1)
            start = 0
        if begins and len([cell for cell in row if cell is not None]) > 2:
            start = number


def as_text(path: Path, layout: Layout, made: list[Holder], delimiter: str, encoding: str) -> Path:
    """Delimited text of the sheet that holds the fields."""
    rows = next(
        r for n, r in sheets(layout, made).items() if n in ("Columns", "All tables", "Dictionary")
    )
    width = max(map(len, rows))
    with path.open("w", encoding=encoding, errors="replace", newline="") as file:
        writer = csv.writer(file, delimiter=delimiter)
        for row in rows:
            cells = ["" if cell is None else cell for cell in row]
            writer.writerow([*cells, *[""] * (width - len(cells))])
    return path


def as_paper(path: Path, layout: Layout, made: list[Holder]) -> Path:
    """A Word document: one table for each, or for each sheet one, under headings."""
    paper = Document()
    paper.add_heading("Data dictionary", 0)
    paper.add_paragraph("This document lists what the system stores.")
    for name, rows in sheets(layout, made).items():
        filled = [row for row in rows if any(cell is not None for cell in row)]
        if not filled or layout.kind in ("stacked", "beside"):
            continue
        paper.add_heading(name, 1)
        width = max(map(len, filled))
        grid = paper.add_table(rows=len(filled), cols=width)
        for index, row in enumerate(filled):
            cells = grid.rows[index].cells
            for column, value in enumerate(row):
                cells[column].text = "" if value is None else str(value)
    paper.save(str(path))
    return path
