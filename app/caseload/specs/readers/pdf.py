"""A migration guide in PDF: pages to grids, stitched where a page cut them."""

from __future__ import annotations

import ctypes
import re
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from caseload.model.catalog import Provenance, ReadProblem
from caseload.model.errors import BadInput
from caseload.specs.readers.grid import Extracted, Grid, Row, Tell
from caseload.specs.readers.names import CONTINUED, labelled_table
from caseload.specs.readers.pdf_blocks import Blocks, Fragment, blocks_of, without_running
from caseload.specs.readers.pdf_page import read_page
from caseload.specs.readers.pdf_rows import Alignment
from caseload.specs.readers.pdf_text import Line
from caseload.specs.readers.pdf_unruled import UnruledTables
from caseload.specs.readers.roles import Roles, header_strength, looks_like_type, settle
from caseload.specs.readers.vocabulary import Role

_MAX_PAGES = 5_000
_TITLE_LINES = 40
_HEADER_WITHIN = 12
_LEAST_EDGES = 3
_HEADER_STRENGTH = 2


def extract(path: Path, name: str, tell: Tell) -> Extracted:
    """Read all grids of a PDF; `tell` hears of each page.

    Raises:
        BadInput: encrypted, damaged or cut short, or pictures of pages without text.
    """
    document = _opened(path, name)
    try:
        pages, problems = _pages(document.raw, name, tell)
    finally:
        document.close()
    without_running(pages)
    unruled = UnruledTables(name)
    for page in pages:
        unruled.take(page)
    out = Extracted(_stitched(pages), problems)
    out.prose = [
        (page.number, item.text) for page in pages for item in page.items if isinstance(item, Line)
    ]
    return out


def _opened(path: Path, name: str) -> Any:
    with path.open("rb") as file:
        file.seek(0, 2)
        file.seek(max(0, file.tell() - 8192))
        ends = b"%%EOF" in file.read()
    if not ends:
        raise BadInput(
            "The PDF is cut short: its end is missing", where=name, remedy="Copy the file again"
        )
    try:
        return pdfium.PdfDocument(str(path))
    except pdfium.PdfiumError:
        if raw.FPDF_GetLastError() in (raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY):
            raise BadInput(
                "The PDF is encrypted with a password",
                where=name,
                remedy="Ask its author for a copy without one",
            ) from None
        raise BadInput(
            "The PDF is damaged and cannot be opened", where=name, remedy="Copy the file again"
        ) from None


def _pages(document: Any, name: str, tell: Tell) -> tuple[list[Blocks], list[ReadProblem]]:
    count = raw.FPDF_GetPageCount(document)
    if count > _MAX_PAGES:
        raise BadInput(f"The PDF has {count} pages; at most {_MAX_PAGES} are read", where=name)
    pages: list[Blocks] = []
    problems: list[ReadProblem] = []
    printed = scanned = 0
    alignment = Alignment()
    for index in range(count):
        tell(index / count, f"page {index + 1} of {count}")
        try:
            page = read_page(document, index)
        except (ValueError, ctypes.ArgumentError):
            place = Provenance(name, page=index + 1)
            problems.append(ReadProblem(f"Page {index + 1} is damaged and was not read", place))
            continue
        printed += len(page.codes)
        if page.images and len(page.codes) < 20:
            scanned += 1
            message = f"Page {index + 1} is a picture without text; it was not read"
            problems.append(ReadProblem(message, Provenance(name, page=index + 1)))
        pages.append(blocks_of(page, name, alignment))
    if printed < 20:
        what = "pictures of pages (a scan)" if scanned else "no text"
        raise BadInput(
            f"The PDF holds {what}, so there is nothing to read",
            where=name,
            remedy="Ask for the document as text, or run text recognition on it first",
        )
    return pages, problems


def _stitched(pages: list[Blocks]) -> list[Grid]:
    """Grids in document order; a fragment that goes on from the page before is joined to it."""
    grids: list[Grid] = []
    titles: list[str] = []
    last_page = 0
    for page in pages:
        for item in page.items:
            if isinstance(item, Line):
                titles.append(item.text)
                continue
            goes_on = bool(grids) and page.number > last_page and _goes_on(grids[-1], item, titles)
            box = None if goes_on and len(item.edges) > _LEAST_EDGES else _box_lines(item)
            if box is not None:
                titles += box
                continue
            if goes_on:
                _join(grids[-1], item.rows)
            else:
                grids.append(Grid(item.rows, titles[-_TITLE_LINES:], wraps=True, edges=item.edges))
            titles = []
            last_page = page.number
    return grids


def _box_lines(fragment: Fragment) -> list[str] | None:
    """The lines of a frame around text, or of a box that names a table; None for a grid."""
    columns = max(len(row.cells) for row in fragment.rows)
    filled = [[cell for cell in row.cells if cell] for row in fragment.rows]
    if columns == 1 or all(len(cells) <= 1 for cells in filled):
        text = "\n".join(cell for cells in filled for cell in cells)
        return [line for line in text.split("\n") if line]
    if any(header_strength(row.cells) >= 3 for row in fragment.rows) or columns > 3:
        return None
    lines = [": ".join([cells[0].rstrip(":"), " ".join(cells[1:])]) if len(cells) > 1 else cells[0]
             for cells in filled if cells]  # fmt: skip
    lines = [" ".join(line.split()) for line in lines]
    return lines if labelled_table(lines)[1] >= 0 else None


def _goes_on(grid: Grid, fragment: Fragment, titles: list[str]) -> bool:
    """Whether a fragment at the top of a page is the rest of the grid before it."""
    same = len(grid.edges) == len(fragment.edges) and all(
        abs(a - b) < 4 for a, b in zip(grid.edges, fragment.edges, strict=True)
    )
    if not same:
        return False
    again = _table_named(fragment.rows[0])
    if again and again != _last_named(grid):
        return False
    label, _ = labelled_table(titles)
    if label:
        return label == labelled_table(grid.titles)[0]
    return all(CONTINUED.search(line) or not re.search(r"\w", line) for line in titles)


def _table_named(row: Row) -> str:
    """The table that a row of one cell names with its label, as at the head of a grid; or ""."""
    filled = [cell for cell in row.cells if cell]
    lines = [CONTINUED.sub("", line) for line in filled[0].split("\n")] if len(filled) == 1 else []
    return labelled_table(lines)[0]


def _last_named(grid: Grid) -> str:
    return next((name for row in reversed(grid.rows) if (name := _table_named(row))), "")


def _join(grid: Grid, rows: list[Row]) -> None:
    roles, header = _header_of(grid)
    rows = list(rows)
    title = _last_named(grid)
    above = _above_header(grid)
    while rows and (
        (title and _table_named(rows[0]) == title)
        or (header is not None and [c.split() for c in rows[0].cells] == header)
        or _words_in(rows[0]) in above
    ):
        rows.pop(0)
    if rows and roles is not None and grid.rows and _is_rest(rows[0], grid.rows[-1], roles):
        first = rows.pop(0)
        last = grid.rows[-1]
        last.cells = [
            "\n".join(part for part in pair if part)
            for pair in zip(last.cells, first.cells, strict=True)
        ]
        last.pages += 1
        last.shade = last.shade or first.shade
    grid.rows += rows


def _above_header(grid: Grid) -> list[str]:
    """The rows that stand above a grid's header, which a page repeats together with it."""
    for index, row in enumerate(grid.rows[:_HEADER_WITHIN]):
        if header_strength(row.cells) >= _HEADER_STRENGTH:
            return [_words_in(above) for above in grid.rows[:index]]
    return []


def _words_in(row: Row) -> str:
    return " ".join(word for cell in row.cells for word in cell.split())


def _header_of(grid: Grid) -> tuple[Roles | None, list[list[str]] | None]:
    for index, row in enumerate(grid.rows[:_HEADER_WITHIN]):
        if header_strength(row.cells) >= _HEADER_STRENGTH:
            roles = settle(row.cells, [r.cells for r in grid.rows[index + 1 :]])
            return roles, [cell.split() for cell in row.cells]
    return None, None


def _is_rest(first: Row, last: Row, roles: Roles) -> bool:
    """Whether a page's first row is the rest of the row that ended the page before."""

    def cell(row: Row, role: Role) -> str:
        column = roles.columns.get(role)
        return row.cells[column] if column is not None and column < len(row.cells) else ""

    name = cell(first, Role.FIELD)
    if Role.TYPE not in roles.columns:
        return not name
    kind, length = cell(first, Role.TYPE), cell(first, Role.LENGTH)
    if not kind and not length:
        return True
    if not name and not looks_like_type(kind):
        whole = looks_like_type(cell(last, Role.TYPE)) and bool(cell(last, Role.FIELD))
        alone = sum(1 for text in first.cells if text) == 1
        return not (whole and alone and " " in kind)
    return not cell(last, Role.TYPE) and not cell(last, Role.FIELD)
