"""A dictionary exported as delimited text, in whatever encoding the export chose."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from caseload.model.catalog import Provenance, ReadProblem
from caseload.model.errors import BadInput
from caseload.specs.readers.grid import Extracted, Grid, Row, Tell
from caseload.specs.readers.header_words import header_words
from caseload.specs.readers.lexicon import meaning
from caseload.specs.readers.names import clean_cell

_DELIMITERS = (",", ";", "\t", "|")
_FIELD_LIMIT = 1_000_000
_MOST_PROBLEMS = 50
_MOST_ROWS = 500_000
_MOST_CELLS = 20_000_000
_MOST_LINES = 3_000_000
_LONGEST_LINE = 10_000_000
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_HEAD_BYTES = 3_000
_TOLD_BY = 200_000
_AROUND = re.compile(rb"(?s)(?=(.[\x80-\xff].))")
_TYPOGRAPHIC = frozenset(
    "\u2013\u2014\u2018\u2019\u201a\u201c\u201d\u201e\u2026\u2022\u20ac\u00a0\u00a3\u00a7\u00b0"
    "\u00b1\u00b2\u00b3\u00b5\u00b7\u00ab\u00bb\u00bf\u00a1\u00bd\u00d7\u00a9\u00ae\u2122\u00ba\u00aa"
)
_CODE_PAGES = ("cp1252", "cp1250", "cp850", "mac_roman")


def extract(path: Path, name: str, tell: Tell) -> Extracted:
    """Read a delimited text; rows with too many or too few cells are listed by line.

    Raises:
        BadInput: the file is no text, or quoting never ends.
    """
    tell(0.0, "text")
    text = decoded(path.read_bytes(), name)
    delimiter = _delimiter(text)
    csv.field_size_limit(_FIELD_LIMIT)
    reader = csv.reader(_lines(text, name), delimiter=delimiter)
    out = Extracted([])
    rows: list[Row] = []
    widths: Counter[int] = Counter()
    line, held = 1, 0
    try:
        for cells in reader:
            held += len(cells)
            if len(rows) > _MOST_ROWS or held > _MOST_CELLS:
                many = len(rows) > _MOST_ROWS
                what = f"{_MOST_ROWS:,} rows" if many else f"{_MOST_CELLS:,} cells"
                raise _too_much(what, name)
            trimmed = [clean_cell(cell) for cell in cells]
            if any(trimmed):
                rows.append(Row(trimmed, Provenance(name, row=line)))
                widths[len(trimmed)] += 1
            line = reader.line_num + 1
    except csv.Error as error:
        raise BadInput(
            f"The text cannot be parted into columns: {error}",
            where=f"{name}, line {line}",
            remedy="Look for a quotation mark that is opened and not closed",
        ) from None
    width = widths.most_common(1)[0][0] if widths else 0
    out.grids.append(Grid([row for row in rows if _fits(row, width, out)], sheet=Path(name).stem))
    return out


def _lines(text: str, name: str) -> Iterator[str]:
    """The lines with their ends, without a copy of the whole; none may be boundless, nor they."""
    for number, found in enumerate(_LINE.finditer(text), 1):
        if found.end() - found.start() > _LONGEST_LINE:
            raise BadInput(
                f"A line has {(found.end() - found.start()) // 1_000_000} MB",
                where=f"{name}, line {number}",
                remedy="A dictionary has a row a field: check that it is the right file",
            )
        if number > _MOST_LINES:
            raise _too_much(f"{_MOST_LINES:,} lines", name)
        yield found.group()


def _too_much(what: str, name: str) -> BadInput:
    return BadInput(
        f"The text has more than {what}: that is data, and no dictionary of it",
        where=name,
        remedy="Give the document that lists the tables and their fields",
    )


def _fits(row: Row, width: int, out: Extracted) -> bool:
    """Whether a row's cells stand under their headers; what is ragged becomes a problem."""
    count = len(row.cells)
    ragged = count != width and sum(1 for cell in row.cells if cell) > 2
    surplus = count > width and any(row.cells[width:])
    if ragged and (surplus or count < width):
        tail = "it was not read" if surplus else "the missing ones count as empty"
        if len(out.problems) < _MOST_PROBLEMS:
            message = f"The row has {count} cells where {width} are expected; {tail}"
            out.problems.append(ReadProblem(message, row.place))
    row.cells = (row.cells + [""] * width)[: max(width, 1)]
    return not (ragged and surplus)


def decoded(data: bytes, name: str) -> str:
    """The text of a file in UTF-8 or UTF-16 (with or without a mark) or a code page.

    Raises:
        BadInput: the bytes are no text.
    """
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if data.startswith(mark):
            return _strictly(data, encoding, name)
    head = data[:4000]
    if head.count(0) > len(head) // 5:
        odd = head[1::2].count(0) > head[::2].count(0)
        return _strictly(data, "utf-16-le" if odd else "utf-16-be", name)
    if 0 in head:
        raise _no_text(name)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode(_code_page(data), errors="replace")


def _code_page(data: bytes) -> str:
    """The code page under which headers are known words and letters stand as words have them."""
    head = data[:_HEAD_BYTES]
    counts = Counter(_AROUND.findall(data[:_TOLD_BY]))

    def known(page: str) -> int:
        return sum(
            map(bool, map(meaning, header_words(head.decode(page, errors="replace")).split()))
        )

    def natural(page: str) -> int:
        return sum(
            count * _naturalness(piece.decode(page, errors="replace"))
            for piece, count in counts.items()
        )

    found = {page: (known(page), natural(page)) for page in _CODE_PAGES}
    best = max(number for number, _ in found.values())
    return max(_CODE_PAGES, key=lambda page: 3 * (found[page][0] - best) + found[page][1])


def _naturalness(text: str) -> int:
    """How well a character stands between its neighbours, the first and last of three."""
    before, char, after = text[:1], text[1:2], text[2:]
    if char.isalpha():
        joined = before.isalpha() or after.isalpha()
        odd = char.isupper() and before.islower()
        return -2 if odd else int(joined) - int(not joined)
    within = before.isalpha() and after.isalpha() and char != "\u2019"
    return -2 if within or char not in _TYPOGRAPHIC else 1


def _strictly(data: bytes, encoding: str, name: str) -> str:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        raise _no_text(name) from None
    if sum(c < " " and c not in "\t\r\n\f" for c in text[:4000]) > 20:
        raise _no_text(name)
    return text


def _no_text(name: str) -> BadInput:
    return BadInput(
        "The file is neither text nor a document of a known kind",
        where=name,
        remedy="Give a dictionary as xlsx, xls, ods, csv, docx, PDF, SQL or JSON Schema",
    )


def _delimiter(text: str) -> str:
    """The delimiter that gives the first records the most columns, most evenly."""
    sample = io.StringIO(text[:60_000], newline="")
    best, best_score = ",", 0.0
    for delimiter in _DELIMITERS:
        sample.seek(0)
        widths: Counter[int] = Counter()
        try:
            for number, cells in enumerate(csv.reader(sample, delimiter=delimiter)):
                widths[len(cells)] += bool(cells)
                if number > 200:
                    break
        except csv.Error:
            continue
        width, count = widths.most_common(1)[0] if widths else (0, 0)
        share = count / max(1, sum(widths.values()))
        value = share * share * min(width, 12) if width > 1 else 0.0
        if value > best_score:
            best, best_score = delimiter, value
    return best
