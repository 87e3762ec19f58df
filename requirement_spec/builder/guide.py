"""The target vendor's migration guide, from title page to appendices."""

from __future__ import annotations

from pathlib import Path

from reportlab.pdfbase.pdfmetrics import stringWidth

from builder.guide_grid import load_table, small_grid
from builder.guide_page import (
    BODY,
    BOLD,
    HEIGHT,
    ITALIC,
    LEFT,
    NAVY,
    RIGHT,
    Entry,
    Sheet,
    wrap,
)
from builder.model import Chapter, CodeType, Pack


def build_guide(pack: Pack, matter: Path) -> bytes:
    """The guide as PDF; *matter* holds the narrative before and after the load tables.

    The contents and the number of pages are known only when the guide has been
    set, so it is set again until both stand still.
    """
    entries: list[Entry] = []
    total = 0
    for _ in range(5):
        sheet = _set(pack, matter, entries, total)
        if (sheet.entries, sheet.page) == (entries, total):
            return sheet.finish()
        entries, total = sheet.entries, sheet.page
    raise RuntimeError("the table of contents does not settle")


def _set(pack: Pack, matter: Path, entries: list[Entry], total: int) -> Sheet:
    sheet = Sheet(total)
    _title_page(sheet)
    _contents(sheet, entries)
    number = _narrative(sheet, pack, matter / "front_matter.txt", 0)
    for chapter in pack.chapters:
        number += 1
        _chapter(sheet, pack, chapter, number)
    _narrative(sheet, pack, matter / "back_matter.txt", number)
    _appendix(sheet, pack)
    return sheet


def _title_page(sheet: Sheet) -> None:
    pen = sheet.canvas
    pen.setFillColorRGB(*NAVY)
    pen.rect(LEFT, HEIGHT - 330, 4, 150, stroke=0, fill=1)
    sheet.text(LEFT + 18, HEIGHT - 215, "Ardent EPR", BOLD, 34)
    sheet.text(LEFT + 18, HEIGHT - 258, "Data Migration Guide", BODY, 26)
    sheet.text(LEFT + 18, HEIGHT - 298, "Load tables, formats and code types", ITALIC, 14)
    pen.setFillColorRGB(0, 0, 0)
    for step, line in enumerate(
        (
            "Issue 7.2",
            "30 September 2024",
            "Applies to Ardent EPR 11 and later",
            "Prepared for Quarry Vale Hospitals",
        )
    ):
        sheet.text(LEFT + 18, HEIGHT - 400 - 18 * step, line, BODY, 12)
    notice = (
        "This document is confidential to Ardent Clinical and the customer named above. It may"
        " be copied only for the purpose of migrating data to Ardent EPR. Ardent Clinical may"
        " change the product and this guide without notice; check that you hold the current"
        " issue before each trial load."
    )
    for step, line in enumerate(wrap(notice, BODY, 9, RIGHT - LEFT - 18)):
        sheet.text(LEFT + 18, 130 - 12 * step, line, BODY, 9)


def _contents(sheet: Sheet, entries: list[Entry]) -> None:
    """Titles with dot leaders; drawn, not linked."""
    sheet.new_page()
    sheet.y -= 20
    sheet.canvas.setFillColorRGB(*NAVY)
    sheet.text(LEFT, sheet.y, "Contents", BOLD, 17)
    sheet.canvas.setFillColorRGB(0, 0, 0)
    sheet.y -= 12
    for entry in entries:
        indent, font, size = (0.0, BOLD, 10.0) if entry.level == 1 else (14.0, BODY, 9.5)
        sheet.room(size + 5)
        sheet.y -= size + (6 if entry.level == 1 else 3.5)
        number = str(entry.page)
        sheet.text(LEFT + indent, sheet.y, entry.text, font, size)
        start = LEFT + indent + stringWidth(entry.text, font, size) + 4
        dots = int((RIGHT - 24 - start) / stringWidth(".", BODY, size))
        sheet.text(start, sheet.y, "." * max(0, dots), BODY, size)
        sheet.canvas.drawRightString(RIGHT, sheet.y, number)


def _narrative(sheet: Sheet, pack: Pack, path: Path, number: int) -> int:
    """Set the lines of a text, each begun by its kind; gives the number of the last section."""
    rows: list[list[str]] = []
    widths: list[float] = []

    def flush() -> None:
        if rows:
            small_grid(sheet, widths, rows)
            rows.clear()

    for line in path.read_text(encoding="utf-8").splitlines():
        word, _, text = line.strip().partition(" ")
        if word != "ROW":
            flush()
        if word == "SECTION":
            number += 1
            sheet.new_page()
            sheet.heading(f"{number}  {text}", 1)
        elif word == "HEAD":
            sheet.heading(text, 2)
        elif word == "PROSE":
            sheet.paragraph(text)
        elif word == "BULLET":
            sheet.paragraph(text, 16, "\u2022")
        elif word == "GRID":
            widths = [float(part) for part in text.split()]
        elif word == "ROW":
            rows.append([cell.strip() for cell in text.split("|")])
        elif word == "MONO":
            sheet.room(12)
            sheet.y -= 12
            sheet.text(LEFT + 12, sheet.y, text, "Courier", 8.5)
        elif word == "LOADORDER":
            small_grid(sheet, (10, 45, 60), _load_order(pack))
        elif word == "FILENAMES":
            small_grid(sheet, (45, 55), _file_names(pack))
        elif word and not word.startswith("#"):
            raise ValueError(f"{path.name}: unknown line {line!r}")
    flush()
    return number


def _load_order(pack: Pack) -> list[list[str]]:
    """Every load table with the tables that must be loaded before it."""
    rows = [["Step", "Load table", "Load after"]]
    for step, table in enumerate(pack.target, 1):
        parents = {one.foreign.table for one in table.fields if one.foreign is not None}
        after = ", ".join(sorted(parents - {table.name})) or "\u2013"
        rows.append([str(step), table.name, after])
    return rows


def _file_names(pack: Pack) -> list[list[str]]:
    """Every load file with the columns that identify a row to its sender."""
    rows = [["File", "Recognised by"]]
    for table in pack.target:
        keys = [one.name for one in table.fields if one.unique and one.name != "RECORD_NUMBER"]
        rows.append([f"{table.name.lower()}.csv", ", ".join(keys) or "RECORD_NUMBER"])
    return rows


def _chapter(sheet: Sheet, pack: Pack, chapter: Chapter, number: int) -> None:
    sheet.new_page()
    sheet.heading(f"{number}  {chapter.title}", 1)
    for text in chapter.prose:
        sheet.paragraph(text)
    for part, table in enumerate(chapter.tables, 1):
        if part > 1:
            sheet.room(300)
        sheet.heading(f"{number}.{part}  {table.name}", 2)
        load_table(sheet, pack, table)


def _appendix(sheet: Sheet, pack: Pack) -> None:
    """Code types as two-column tables under plain headings."""
    sheet.new_page()
    sheet.heading("Appendix A  Code types", 1)
    sheet.paragraph(
        "The code types below are those that the load tables of this guide refer to by number"
        " and name. A value that is not listed is rejected. Where a national standard exists it"
        " is named, and the codes are those of the standard; the other lists are Ardent EPR's"
        " own and may be extended by the system administrator before the first trial load."
    )
    for code in pack.codes:
        _code_type(sheet, code)


def _code_type(sheet: Sheet, code: CodeType) -> None:
    sheet.room(100)
    sheet.y -= 16
    sheet.text(LEFT, sheet.y, f"Code type {code.number}: {code.title}", BOLD, 10)
    sheet.y -= 5
    if code.standard:
        sheet.y -= 9
        sheet.text(LEFT, sheet.y, f"Standard: {code.standard}", ITALIC, 8.5)
        sheet.y -= 5
    seen: dict[str, str] = {}
    for row in code.rows:
        seen.setdefault(row.target, row.description)
    small_grid(sheet, (18, 82), [["Code", "Description"], *([k, v] for k, v in seen.items())])
