"""Excel files that may be opened anywhere: no live formula, and the same bytes for the same input.

Texts come from other people's documents, so a cell that begins like a formula is kept as the
text it is.  Everything in the file that would name the moment it was written names `created`.
"""

from __future__ import annotations

import io
import math
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import chain, islice
from pathlib import Path
from typing import IO, Any

from caseload.model.errors import BadInput
from caseload.store.files import write_atomically

LONGEST_CELL = 32_767
"""Characters that Excel takes in one cell; a longer text ends in an ellipsis."""

MOST_ROWS = 1_048_576
"""Rows that Excel takes in one sheet, the header among them."""

_LONGEST_TITLE = 31
_PRECISE = 10**15
"""Excel keeps fifteen digits; a longer number is written as text."""

_LOOKED_AT = 200
_NARROWEST, _WIDEST = 8, 60
_ACTIVE = ("=", "+", "-", "@", "\t", "\r")
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ESCAPE_LIKE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_NO_TITLE = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)
_CORE = "docProps/core.xml"
_MOMENT = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(</dcterms:)")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: a header and rows as wide as it.

    A cell is a text, number, truth value, date or None; dates are written in ISO form.
    `widths` are characters a column, by the content when not given.  `notes` is a line of
    plain words above the header.
    """

    title: str
    headers: Sequence[str]
    rows: Iterable[Sequence[object]]
    widths: Sequence[float] = ()
    notes: str = ""


def write_workbook(path: Path, sheets: Sequence[Sheet], *, created: datetime) -> None:
    """Write an .xlsx in the place of `path` in one step; on any failure the old file stays.

    Headers are styled, frozen and filterable; titles are made legal and distinct.

    Raises:
        BadInput: there is no sheet, or one has more rows than Excel takes.
        EnvironmentTrouble: the file cannot be written.
    """
    if not sheets:
        raise BadInput("There is nothing to write to Excel", where=path.name)
    plain = _workbook(sheets, created)

    def fill(file: IO[bytes]) -> None:
        _settled(plain, file, created)

    write_atomically(path, fill)


def legal_titles(titles: Iterable[str]) -> list[str]:
    """Titles that Excel takes, in the same order: short, without its signs, all different."""
    taken: set[str] = {"history"}
    found = []
    for title in titles:
        text = " ".join(_NO_TITLE.sub(" ", title).split()).strip("'") or "Sheet"
        base, number = text, 1
        text = base[:_LONGEST_TITLE]
        while text.casefold() in taken:
            number += 1
            mark = f" ({number})"
            text = base[: _LONGEST_TITLE - len(mark)] + mark
        taken.add(text.casefold())
        found.append(text)
    return found


def _workbook(sheets: Sequence[Sheet], created: datetime) -> io.BytesIO:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    book.properties.creator = "Caseload"
    book.properties.created = created.replace(tzinfo=None)
    for sheet, title in zip(sheets, legal_titles(s.title for s in sheets), strict=True):
        _write_sheet(book.create_sheet(title), sheet)
    plain = io.BytesIO()
    book.save(plain)
    return plain


def _write_sheet(page: Any, sheet: Sheet) -> None:
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
    from openpyxl.utils import get_column_letter

    rows = iter(sheet.rows)
    seen = list(islice(rows, _LOOKED_AT))
    for at, width in enumerate(sheet.widths or _widths(sheet.headers, seen), 1):
        page.column_dimensions[get_column_letter(at)].width = width
    top = 2 if sheet.notes else 1
    page.freeze_panes = f"A{top + 1}"
    write = _Cells(page)
    if sheet.notes:
        page.append([write.styled(sheet.notes, font=Font(italic=True, color="FF5B6472"))])
    look = {
        "font": Font(bold=True),
        "fill": PatternFill("solid", fgColor="FFE9EDF2"),
        "border": Border(bottom=Side("thin", color="FF9AA5B1")),
        "alignment": Alignment(vertical="center"),
    }
    page.append([write.styled(header, **look) for header in sheet.headers])
    count = top
    for row in chain(seen, rows):
        count += 1
        if count > MOST_ROWS:
            raise BadInput(
                f"{sheet.title} has more rows than an Excel sheet takes",
                where=f"{MOST_ROWS:,} rows",
                remedy="Filter what is exported",
            )
        page.append([write.cell(value) for value in row])
    if sheet.headers:
        page.auto_filter.ref = f"A{top}:{get_column_letter(len(sheet.headers))}{count}"


class _Cells:
    """Makes the cells of one sheet; text stays text whatever it looks like."""

    def __init__(self, page: Any) -> None:
        from openpyxl.cell import WriteOnlyCell

        self._page = page
        self._make = WriteOnlyCell

    def styled(self, text: str, **look: Any) -> Any:
        """A text cell of the given look."""
        cell = self._text(text)
        for name, value in look.items():
            setattr(cell, name, value)
        return cell

    def cell(self, value: object) -> Any:
        """A cell for one value."""
        known = _value(value)
        return self._text(known) if isinstance(known, str) else known

    def _text(self, value: str) -> Any:
        text = _writable(value)
        cell = self._make(self._page, text)
        cell.data_type = "s"
        if text.startswith(_ACTIVE):
            cell.quotePrefix = True
        return cell


def _value(value: object) -> str | int | float | bool | None:
    if value is None or value == "":
        return None
    if isinstance(value, str | bool):
        return value
    if isinstance(value, int):
        return value if abs(value) < _PRECISE else str(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, Decimal):
        return (
            float(value) if value.is_finite() and len(value.as_tuple().digits) < 16 else str(value)
        )
    if isinstance(value, datetime):
        moment = value.astimezone(UTC) if value.tzinfo else value
        return moment.isoformat(sep=" ", timespec="seconds").removesuffix("+00:00")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def _writable(text: str) -> str:
    """The text without what XML cannot hold, and shielded where Excel would decode it."""
    text = _UNWRITABLE.sub("", str(text))
    if len(text) > LONGEST_CELL:
        text = text[: LONGEST_CELL - 1] + "…"
    return _ESCAPE_LIKE.sub("_x005F_", text) if "_x" in text else text


def _widths(headers: Sequence[str], rows: Sequence[Sequence[object]]) -> Iterator[float]:
    for at, header in enumerate(headers):
        texts = (str(row[at]) for row in rows if at < len(row) and row[at] is not None)
        longest = max((len(text) for text in texts), default=0)
        yield float(min(_WIDEST, max(_NARROWEST, len(header) + 4, longest + 2)))


def _settled(plain: io.BytesIO, file: IO[bytes], created: datetime) -> None:
    """Copy the workbook with one time everywhere, so that equal content is equal bytes."""
    moment = created.astimezone(UTC) if created.tzinfo else created
    stamp = moment.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(file, "w") as new:
        for name in sorted(old.namelist(), key=lambda n: (n != "[Content_Types].xml", n)):
            content = old.read(name)
            if name == _CORE:
                content = _MOMENT.sub(rb"\g<1>" + stamp + rb"\g<3>", content)
            entry = zipfile.ZipInfo(name, _ZIP_EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            new.writestr(entry, content, compresslevel=6)
