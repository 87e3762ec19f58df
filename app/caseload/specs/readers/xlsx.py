"""A data dictionary in a workbook (xlsx, xls, ods): every visible sheet as a grid of text."""

from __future__ import annotations

import datetime as dt
import re
import zipfile
import zlib
from pathlib import Path

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetVisibleEnum

from caseload.model.catalog import Provenance, ReadProblem
from caseload.model.errors import BadInput
from caseload.specs.readers.grid import Extracted, Grid, Row, Tell
from caseload.specs.readers.names import clean_cell

_FORMULA = re.compile(rb'<c\s[^>]*?r="([A-Z]+[0-9]+)"[^>]*>\s*<f[ >/]')
_DAMAGE = (CalamineError, ValueError, OSError, EOFError, KeyError, zipfile.BadZipFile, zlib.error)
_SCAN_LIMIT = 60_000_000
_MACROS = "xl/vbaProject.bin"


def extract(path: Path, name: str, tell: Tell) -> Extracted:
    """Read all sheets; a formula counts with the value stored beside it.

    Raises:
        BadInput: the workbook is damaged or cannot be understood.
    """
    out = Extracted([])
    try:
        out.problems += _remarks(path, name)
        book = CalamineWorkbook.from_path(str(path))
        for number, about in enumerate(book.sheets_metadata):
            tell(number / len(book.sheets_metadata), f"sheet {about.name}")
            sheet = book.get_sheet_by_index(number)
            grid = _grid(sheet, name)
            if about.visible is not SheetVisibleEnum.Visible:
                if grid.rows:
                    place = Provenance(name, sheet=about.name)
                    out.problems.append(ReadProblem("The sheet is hidden and was not read", place))
            elif grid.rows:
                out.grids.append(grid)
    except _DAMAGE as error:
        raise BadInput(
            "The workbook is damaged and cannot be read",
            where=name,
            remedy="Open it in a spreadsheet program and save it again",
        ) from error
    return out


def _grid(sheet: CalamineSheet, name: str) -> Grid:
    """The rows of a sheet that hold anything, upright merges filled."""
    merged = {
        (row, column): top
        for top, bottom in sheet.merged_cell_ranges or ()
        for row in range(top[0] + 1, min(bottom[0], top[0] + 10_000) + 1)
        for column in range(top[1], top[1] + 1)
    }
    rows: list[Row] = []
    kept: dict[tuple[int, int], str] = {}
    tops = set(merged.values())
    start_column = (sheet.start or (0, 0))[1]
    for index, values in enumerate(sheet.iter_rows()):
        if not any(value != "" for value in values) and not merged:
            continue
        cells = [_text(value) for value in values]
        if merged:
            _fill(cells, index, start_column, merged, kept, tops)
        if any(cells):
            place = Provenance(name, sheet=sheet.name, row=index + 1)
            rows.append(Row(cells, place))
    return Grid(rows, sheet=sheet.name)


def _fill(
    cells: list[str],
    row: int,
    first_column: int,
    merged: dict[tuple[int, int], tuple[int, int]],
    kept: dict[tuple[int, int], str],
    tops: set[tuple[int, int]],
) -> None:
    for index in range(len(cells)):
        place = (row, index + first_column)
        if place in tops:
            kept[place] = cells[index]
        elif place in merged and not cells[index]:
            cells[index] = kept.get(merged[place], "")


def _text(value: object) -> str:
    """A cell's value as it reads: whole numbers without a point, dates in ISO form."""
    if isinstance(value, str):
        return clean_cell(value)
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date().isoformat()
    return str(value)


def _remarks(path: Path, name: str) -> list[ReadProblem]:
    """What a person should know of the workbook: macros and formulas it holds."""
    problems: list[ReadProblem] = []
    if not zipfile.is_zipfile(path):
        return problems
    with zipfile.ZipFile(path) as archive:
        if _MACROS in archive.namelist():
            problems.append(
                ReadProblem("The workbook has macros; they were not run", Provenance(name))
            )
        scanned = 0
        for part in archive.infolist():
            if not part.filename.startswith("xl/worksheets/") or scanned > _SCAN_LIMIT:
                continue
            scanned += part.file_size
            if scanned > _SCAN_LIMIT:
                continue
            found = _FORMULA.findall(archive.read(part))
            if found:
                cells = ", ".join(cell.decode() for cell in found[:5])
                message = f"{len(found)} cells hold formulas ({cells}); their stored values count"
                problems.append(ReadProblem(message, Provenance(name)))
    return problems
