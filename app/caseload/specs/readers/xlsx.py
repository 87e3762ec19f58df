"""A data dictionary in a workbook (xlsx, xls, ods): every visible sheet as a grid of text."""

from __future__ import annotations

import datetime as dt
import re
import zipfile
import zlib
from itertools import islice
from pathlib import Path

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetVisibleEnum

from caseload.model.catalog import Provenance, ReadProblem
from caseload.model.errors import BadInput
from caseload.specs.readers.archive import read_part
from caseload.specs.readers.grid import Extracted, Grid, Row, Tell
from caseload.specs.readers.names import clean_cell

_FORMULA = re.compile(rb'<c\s[^<>]*?r="([A-Z]+[0-9]+)"[^<>]*>\s*<f[ >/]')
_DAMAGE = (CalamineError, ValueError, OSError, EOFError, KeyError, zipfile.BadZipFile, zlib.error,
           NotImplementedError)  # fmt: skip
_COLUMN = re.compile(rb'<c\s[^<>]*?r="([A-Z]+)[0-9]')
_FAR_ROW = re.compile(rb'<c\s[^<>]*?r="[A-Z]+([0-9]{5,})"')
_MOST_CELLS = 12_000_000
_LAST_ROW, _LAST_COLUMN = 1_048_576, 16_384
_WIDEST = 1_000
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
        if _sprawls(path):
            _sparse(path, name, out, tell)
            return out
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
    merges: dict[int, list[tuple[int, int]]] = {}
    for (top, column), (bottom, _) in sheet.merged_cell_ranges or ():
        if bottom > top:
            merges.setdefault(top, []).append((column, bottom))
    rows: list[Row] = []
    open_merges: dict[int, tuple[int, str]] = {}
    start_column = (sheet.start or (0, 0))[1]
    for index, values in enumerate(sheet.iter_rows()):
        if not (open_merges or index in merges or any(value != "" for value in values)):
            continue
        cells = [_text(value) for value in values]
        _fill(cells, index, start_column, merges, open_merges)
        if any(cells):
            place = Provenance(name, sheet=sheet.name, row=index + 1)
            rows.append(Row(cells, place))
    return Grid(rows, sheet=sheet.name)


def _fill(
    cells: list[str],
    row: int,
    first_column: int,
    merges: dict[int, list[tuple[int, int]]],
    open_merges: dict[int, tuple[int, str]],
) -> None:
    """Give the cells below a merge's first its text; `open_merges` are those by column."""
    for column, (bottom, text) in list(open_merges.items()):
        if row > bottom:
            del open_merges[column]
        elif not cells[column - first_column]:
            cells[column - first_column] = text
    for column, bottom in merges.get(row, ()):
        if first_column <= column < first_column + len(cells) and cells[column - first_column]:
            open_merges[column] = (bottom, cells[column - first_column])


def _sprawls(path: Path) -> bool:
    """Whether a sheet's cells span an area that could not be held whole.

    The reader holds a sheet as its full rectangle; one stray cell can make that boundless.

    Raises:
        ValueError: a cell lies where no sheet has one.
    """
    if not zipfile.is_zipfile(path):
        return False
    with zipfile.ZipFile(path) as archive:
        for part in archive.infolist():
            if part.filename.startswith("xl/worksheets/") and part.filename.endswith(".xml"):
                data = read_part(archive, part)
                columns = max(map(_column_number, set(_COLUMN.findall(data))), default=0)
                last_row = max((int(row) for row in set(_FAR_ROW.findall(data))), default=9_999)
                if columns > _LAST_COLUMN or last_row > _LAST_ROW:
                    raise ValueError("a cell beyond the edge of any sheet")
                if columns * last_row > _MOST_CELLS:
                    return True
    return False


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _sparse(path: Path, name: str, out: Extracted, tell: Tell) -> None:
    """Read the sheets row by row, which takes no more than their cells."""
    from openpyxl import load_workbook

    book = load_workbook(path, read_only=True, data_only=True, keep_links=False)
    for number, sheet in enumerate(book.worksheets):
        tell(number / len(book.worksheets), f"sheet {sheet.title}")
        sheet.reset_dimensions()
        rows = []
        for index, values in enumerate(islice(sheet.iter_rows(values_only=True), _LAST_ROW), 1):
            if any(value is not None for value in values):
                cells = ["" if value is None else _text(value) for value in values]
                rows.append(Row(cells, Provenance(name, sheet=sheet.title, row=index)))
        width = max((len(row.cells) for row in rows), default=0)
        for row in rows:
            row.cells += [""] * (min(width, _WIDEST) - len(row.cells))
            del row.cells[_WIDEST:]
        place = Provenance(name, sheet=sheet.title)
        if rows and sheet.sheet_state == "visible":
            out.grids.append(Grid(rows, sheet=sheet.title))
        elif rows:
            out.problems.append(ReadProblem("The sheet is hidden and was not read", place))
    book.close()


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
            found = _FORMULA.findall(read_part(archive, part))
            if found:
                cells = ", ".join(cell.decode() for cell in found[:5])
                message = f"{len(found)} cells hold formulas ({cells}); their stored values count"
                problems.append(ReadProblem(message, Provenance(name)))
    return problems
