"""A pass over a CSV file's bytes before the engine reads it, because its own reader is lax.

It accepts a trailing delimiter, takes a header in any order, cannot say on which line a row
began and reads only some encodings.  `scan_csv` checks every record's width with vectorised
arithmetic on the raw bytes; a file that passes is read as it stands, any other goes through
`caseload.engine.repair`.
"""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from caseload.model.errors import BadInput, EnvironmentTrouble
from caseload.model.progress import CancelToken

if TYPE_CHECKING:
    import numpy as np

    Bytes = np.ndarray[Any, np.dtype[np.uint8]]
    Flags = np.ndarray[Any, np.dtype[np.bool_]]

CHUNK = 1 << 18
HEADER_LIMIT = 1 << 20
COMMA, NEWLINE, QUOTE, SPACE, RETURN = 44, 10, 34, 32, 13


@dataclass(slots=True)
class CsvScan:
    """What the bytes of a file say.

    `records` counts data records (header apart); `line_starts` holds the line of each when
    records span lines, else None (record n, from 0, is line n + 2).  `padded`: some value
    begins or ends with a blank.  `fault` names what kept it from being plain CSV, or "".
    """

    path: Path
    header: tuple[str, ...]
    sha256: str
    records: int = 0
    line_starts: np.ndarray[Any, Any] | None = None
    padded: bool = False
    fault: str = ""


@dataclass(slots=True)
class _State:
    """What a chunk must know of those before it."""

    width: int
    inside: bool = False
    pending: int = 0
    lines: int = 0
    previous: int = NEWLINE
    ends: list[Any] = field(default_factory=list)
    records: int = 0
    spans: bool = False
    padded: bool = False
    returns: int = 0
    return_ends: int = 0


def scan_csv(path: Path, cancel: CancelToken | None = None) -> CsvScan:
    """Check `path` record by record against its header's width.

    Raises BadInput for a file that is missing, empty, or whose header has empty or doubled
    names; anything wrong further down is a `fault` of the answer.
    """
    import numpy as np

    header, encoding = read_header(path)
    digest = hashlib.sha256()
    state = _State(width=len(header))
    fault = "" if encoding == "utf-8" else f"written in {encoding}"
    decoder = codecs.getincrementaldecoder("utf-8")()
    buffer = np.empty(CHUNK, dtype=np.uint8)
    view = memoryview(buffer.data)
    last = NEWLINE
    with path.open("rb", buffering=0) as file:
        while size := file.readinto(view):
            if cancel is not None:
                cancel.raise_if_cancelled()
            digest.update(view[:size])
            if fault:
                continue
            chunk = buffer[:size]
            fault = _decode(decoder, chunk) or _read_chunk(state, chunk)
            last = int(chunk[-1])
    if not fault and last != NEWLINE:
        fault = _read_chunk(state, np.array([NEWLINE], dtype=np.uint8))
    if not fault:
        fault = _verdict(state)
    scan = CsvScan(path, header, digest.hexdigest(), fault=fault)
    if not fault:
        scan.records = state.records - 1
        scan.padded = state.padded
        if state.spans:
            ends = np.concatenate(state.ends)
            scan.line_starts = ends[:-1] + 2
    return scan


def read_header(path: Path) -> tuple[tuple[str, ...], str]:
    """The column names and the encoding that the first bytes declare.

    Raises BadInput when there is no file, nothing in it, or no sound header.
    """
    try:
        with path.open("rb") as file:
            head = file.read(HEADER_LIMIT)
    except FileNotFoundError:
        raise BadInput(
            f"There is no {path.name}", where=str(path.parent), remedy="Add the extract"
        ) from None
    except OSError as trouble:
        raise EnvironmentTrouble(
            f"{path.name} cannot be opened: {trouble.strerror}",
            where=str(path),
            remedy="Check its permissions",
        ) from None
    encoding = declared_encoding(head)
    text = head.decode("cp1252" if encoding == "utf-8" else encoding, errors="replace")
    if encoding == "utf-8":
        text = head.decode("utf-8", errors="replace").removeprefix("\ufeff")
    try:
        names = next(csv.reader(io.StringIO(text, newline=""), strict=True), [])
    except csv.Error as trouble:
        raise BadInput(f"{path.name} has no readable header: {trouble}", where="line 1") from None
    header = tuple(name.strip() for name in names)
    where = f"{path.name}, line 1"
    if not any(header):
        raise BadInput(
            f"{path.name} is empty", where=where, remedy="It needs a header with column names"
        )
    if "" in header:
        column = header.index("") + 1
        raise BadInput(
            "A column has no name", where=f"{where}, column {column}", remedy="Name it in line 1"
        )
    for position, name in enumerate(header):
        if name in header[:position]:
            raise BadInput(
                f"Two columns are called {name}",
                where=f"{where}, column {position + 1}",
                remedy="Give each column its own name",
            )
    return header, encoding


def declared_encoding(head: bytes) -> str:
    """utf-16 or utf-32 when the first bytes are its mark, else utf-8."""
    if head.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return "utf-32"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    return "utf-8"


def _decode(decoder: codecs.IncrementalDecoder, chunk: Bytes) -> str:
    """A fault when the chunk is not UTF-8 or holds a NUL."""
    if int(chunk.min()) == 0:
        return "holds NUL bytes"
    if int(chunk.max()) < 128 and not decoder.getstate()[0]:
        return ""
    try:
        decoder.decode(chunk.tobytes())
    except UnicodeDecodeError:
        return "not UTF-8"
    return ""


def _read_chunk(state: _State, chunk: Bytes) -> str:
    """Count the records that end in the chunk; a fault when one is not as wide as the header."""
    import numpy as np

    quotes = chunk == QUOTE
    newlines = chunk == NEWLINE
    state.returns += int(np.count_nonzero(chunk == RETURN))
    borders = (chunk == COMMA) | newlines
    structure = borders
    if state.inside or quotes.any():
        inside = np.bitwise_xor.accumulate(quotes)
        if state.inside:
            np.logical_not(inside, out=inside)
        structure = borders & ~inside
        if _misplaced(state, chunk, structure | quotes, quotes, inside):
            return "a quotation mark where none may stand"
        borders = structure | quotes
        state.inside = bool(inside[-1])
    fault = _note_blanks(state, chunk, borders, newlines)
    marks = chunk[structure]
    at = np.flatnonzero(marks == NEWLINE)
    if at.size:
        widths = np.diff(at, prepend=-1 - state.pending)
        if not (widths == state.width).all():
            return "records of another width than the header"
        state.pending = int(marks.size - 1 - at[-1])
        _note_ends(state, chunk, newlines, structure, at.size)
    else:
        state.pending += int(marks.size)
        state.lines += int(np.count_nonzero(newlines))
    state.previous = int(chunk[-1])
    return fault


def _misplaced(
    state: _State, chunk: Bytes, may_precede: Flags, quotes: Flags, inside: Flags
) -> bool:
    """True when a quote opens within a value, or text follows one that closed."""
    opening = quotes & inside
    if (opening[1:] & ~may_precede[:-1]).any():
        return True
    if bool(opening[0]) and state.previous not in (COMMA, NEWLINE, QUOTE):
        return True
    closing = quotes & ~inside
    may_follow = may_precede | (chunk == RETURN)
    return bool((closing[:-1] & ~may_follow[1:]).any())


def _note_blanks(state: _State, chunk: Bytes, borders: Flags, newlines: Flags) -> str:
    """Note blanks at the edge of a value; a fault for blank lines in a one-column file."""
    if not state.padded:
        blank = chunk == SPACE
        edges = borders | (chunk == RETURN) if state.returns else borders
        state.padded = bool(
            (edges[:-1] & blank[1:]).any()
            or (blank[:-1] & edges[1:]).any()
            or (blank[0] and state.previous in (COMMA, NEWLINE, QUOTE))
            or (edges[0] and state.previous == SPACE)
        )
    if state.width == 1 and (newlines[1:] & newlines[:-1]).any():
        return "blank lines"
    return ""


def _note_ends(
    state: _State, chunk: Bytes, newlines: Flags, structure: Flags, records: int
) -> None:
    """Count records and lines; from the first record that spans lines on, remember them."""
    import numpy as np

    total = int(np.count_nonzero(newlines))
    if state.returns or total != records or state.spans:
        record_ends = np.flatnonzero(structure & newlines)
        before = record_ends - 1
        state.return_ends += int(np.count_nonzero(chunk[before[before >= 0]] == RETURN))
        state.return_ends += int(before[0] < 0 and state.previous == RETURN)
        if not state.spans and total != records:
            state.spans = True
            state.ends.append(np.arange(state.records, dtype=np.int64))
        if state.spans:
            state.ends.append(np.cumsum(newlines, dtype=np.int64)[record_ends] - 1 + state.lines)
    state.lines += total
    state.records += records


def _verdict(state: _State) -> str:
    if state.inside or state.pending:
        return "ends inside a record"
    if state.returns and (state.returns != state.return_ends or state.returns != state.records):
        return "mixed line ends"
    return ""
