"""The source vendor's data dictionary: a workbook, and an extract as a document."""

from __future__ import annotations

import io

from docx import Document
from docx.shared import Cm, Pt
from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.worksheet import Worksheet

from builder.model import Pack, SourceField, SourceTable
from builder.release import pick, released_at
from builder.zips import RELEASED, settle_zip

HEADERS = (
    "TableName",
    "Column",
    "Size",
    "DataElement",
    "Description",
    "LogicalDeleteFlag",
    "ReleasedAt",
)
EXTRACT = (
    "PATDATA", "PATALIAS", "REFERRAL", "RTTPATH", "OPA", "HWSAPP", "ADMITDISCH", "CONSEPIS",
    "WARDSTAY", "AEA", "CONSMAST", "KH03RET",
)  # fmt: skip
_WIDTHS = (16, 22, 8, 13, 44, 18, 12)


def build_workbook(pack: Pack) -> bytes:
    """The dictionary as xlsx: a cover, the columns, and the empty sheet every export has."""
    book = Workbook()
    cover = book.active
    assert isinstance(cover, Worksheet)
    _cover(cover, pack)
    sheet = book.create_sheet("Columns")
    sheet.append(HEADERS)
    for cell in sheet[1]:
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", fgColor="D9E1F2")
        cell.border = Border(bottom=Side(style="thin"))
    for table in pack.source:
        for one in table.fields:
            sheet.append(_row(one))
    for column, width in zip("ABCDEFG", _WIDTHS, strict=True):
        sheet.column_dimensions[column].width = width
    sheet.freeze_panes = "A2"
    book.create_sheet("Sheet3")
    book.properties.creator = "Merrow Health Systems"
    book.properties.title = "Merrow PAS Data Dictionary 24.2"
    book.properties.created = RELEASED
    out = io.BytesIO()
    book.save(out)
    return settle_zip(out.getvalue())


def _row(one: SourceField) -> list[str | int | None]:
    """One line of the sheet; sizes come as numbers or as text, as the export left them."""
    as_text = pick(f"{one.table}.{one.name} size", (True, False, False))
    return [
        one.table,
        one.name,
        str(one.size) if as_text else one.size,
        one.element or None,
        one.description or None,
        int(one.deleted),
        released_at(one),
    ]


def _cover(sheet: Worksheet, pack: Pack) -> None:
    sheet.title = "Cover"
    fields = sum(len(table.fields) for table in pack.source)
    lines = [
        (2, "Merrow Health Systems", 12, False),
        (4, "Merrow PAS", 22, True),
        (5, "Data Dictionary", 18, True),
        (7, "Dictionary release 24.2", 12, False),
        (8, "Exported 4 November 2024 for Quarry Vale Hospitals", 12, False),
        (10, f"{len(pack.source)} tables, {fields} columns (see sheet Columns)", 11, False),
        (12, "DataElement: items with the same element code hold the same item of data.", 10,
         False),
        (13, "LogicalDeleteFlag 1: the column is kept for old records and no longer written.",
         10, False),
        (14, "Columns ending in Int hold a date in internal form (CCYYMMDD or CCYYMMDDHHMM).",
         10, False),
        (16, "In confidence. Supplied for data migration only.", 10, False),
    ]  # fmt: skip
    for row, text, size, bold in lines:
        cell = sheet.cell(row=row, column=2, value=text)
        cell.font = Font(size=size, bold=bold)
        cell.alignment = Alignment(vertical="center")
    sheet.column_dimensions["A"].width = 4
    sheet.column_dimensions["B"].width = 90
    sheet.sheet_view.showGridLines = False


def build_extract(pack: Pack) -> bytes:
    """A dozen tables of the dictionary as docx, a heading and a grid for each."""
    tables = {table.name: table for table in pack.source}
    paper = Document()
    section = paper.sections[0]
    section.page_width, section.page_height = Cm(21.0), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.0)
    section.header.paragraphs[0].text = "Merrow PAS Data Dictionary, release 24.2 (extract)"
    paper.styles["Normal"].font.name = "Arial"
    paper.styles["Normal"].font.size = Pt(9)
    paper.add_heading("Merrow PAS Data Dictionary: extract", 0)
    paper.add_paragraph(
        "The most used tables of dictionary release 24.2, as supplied to Quarry Vale"
        " Hospitals. The workbook of the same release is the full record."
    )
    for table in (tables[name] for name in EXTRACT):
        paper.add_heading(table.name, 1)
        if table.purpose:
            paper.add_paragraph(table.purpose + ".")
        _grid(paper, table)
    core = paper.core_properties
    core.author, core.title = "Merrow Health Systems", "Merrow PAS Data Dictionary (extract)"
    core.last_modified_by, core.comments, core.revision = "Merrow Health Systems", "", 1
    core.created = core.modified = RELEASED
    out = io.BytesIO()
    paper.save(out)
    return settle_zip(out.getvalue())


def _grid(paper: Document, table: SourceTable) -> None:  # type: ignore[valid-type]
    """The table's columns; the table name is in the heading, not repeated in the grid."""
    headers = HEADERS[1:]
    grid = paper.add_table(rows=1, cols=len(headers))  # type: ignore[attr-defined]
    grid.style = "Table Grid"
    for cell, text in zip(grid.rows[0].cells, headers, strict=True):
        cell.text = ""
        cell.paragraphs[0].add_run(text).bold = True
    for one in table.fields:
        row = grid.add_row()
        for cell, value in zip(row.cells, _row(one)[1:], strict=True):
            cell.text = "" if value is None else str(value)
