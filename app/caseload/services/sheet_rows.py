"""The rows of a spreadsheet around a field or a problem, as the document itself has them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from caseload.model.catalog import Provenance
from caseload.model.schema_views import SheetRows
from caseload.specs.sheet_rows import BLOCK, read_rows

if TYPE_CHECKING:
    from caseload.services.session import ProjectSession

KEPT = 24
"""How many blocks of rows a session keeps."""


def around(session: ProjectSession, place: Provenance, rows: int = 40) -> SheetRows | None:
    """The rows around a place, at most `rows` before and after it, and the row that heads them.

    None where there is no sheet to show: the place has no row, or its document is not here.

    Raises:
        BadInput: the document cannot be read again.
    """
    if place.row is None or place.page is not None:
        return None
    document = next(
        (d for d in reversed(session.project.documents.all()) if d.name == place.document), None
    )
    if document is None:
        return None
    path = session.folder / document.stored_path
    if not path.is_file():
        return None
    key = (document.sha256, place.sheet, place.row // BLOCK)
    block = session.sheet_blocks.get(key)
    if block is None:
        block = read_rows(path, document.name, place.sheet, place.row // BLOCK)
        while len(session.sheet_blocks) >= KEPT:
            session.sheet_blocks.pop(next(iter(session.sheet_blocks)), None)
        session.sheet_blocks[key] = block
    near = tuple(
        row for row in block.rows if row[0] == block.header or abs(row[0] - place.row) <= rows
    )
    return replace(block, rows=near)
