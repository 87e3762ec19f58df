"""Reads a CSV file that is not plain: other encodings, ragged or undecodable records.

Slow and careful, for the few files that need it.  Sound records go to a clean copy that the
engine reads; the others are quarantined with their line, never dropped and never shifted.
When a record cannot be read and spans lines, only its first line is set aside and reading
goes on with the next, so that one stray quotation mark cannot swallow its followers.
"""

from __future__ import annotations

import codecs
import csv
from array import array
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from caseload.engine.scan import declared_encoding, read_header
from caseload.model.progress import CancelToken

CHECK_EVERY = 10_000
SAMPLE = 1 << 20


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A record that could not be read: its first line in the file, and why."""

    line: int
    reason: str


@dataclass(slots=True)
class Repaired:
    """What a repair found: the encoding read, the line of every sound record, the others."""

    encoding: str
    line_starts: array[int] = field(default_factory=lambda: array("q"))
    quarantined: list[Quarantined] = field(default_factory=list)


class _Lines:
    """Physical lines of a file, with those of a failed record given back."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self._back: deque[str] = deque()
        self._taken: list[str] = []
        self.start = 1

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._back.popleft() if self._back else next(self._lines)
        self._taken.append(line)
        return line

    @property
    def taken(self) -> list[str]:
        """The lines of the record being read."""
        return self._taken

    def keep(self) -> None:
        """The record is done with; the next begins after it."""
        self.start += len(self._taken)
        self._taken = []

    def give_back_all_but_first(self) -> None:
        """Only the first line is done with."""
        self._back.extendleft(reversed(self._taken[1:]))
        self.start += 1
        self._taken = []


def repair_csv(path: Path, clean: Path, cancel: CancelToken | None = None) -> Repaired:
    """Write the sound records of `path` to `clean` as plain UTF-8 CSV, header included.

    Raises BadInput for a missing file or an unsound header (see `scan.read_header`).
    """
    header, _ = read_header(path)
    encoding = find_encoding(path)
    done = Repaired(encoding)
    clean.parent.mkdir(parents=True, exist_ok=True)
    with (
        path.open(encoding=encoding, errors="surrogateescape", newline="\n") as file,
        clean.open("w", encoding="utf-8", newline="") as out,
    ):
        writer = csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL)
        writer.writerow(header)
        lines = _Lines(file)
        reader = csv.reader(lines, strict=True)
        next(reader)
        lines.keep()
        while True:
            if cancel is not None and len(done.line_starts) % CHECK_EVERY == 0:
                cancel.raise_if_cancelled()
            try:
                cells = next(reader, None)
            except csv.Error:
                cells, reason = (
                    [],
                    "not CSV: a quotation mark without its partner, or text after it",
                )
                if not lines.taken:
                    break
                reader = csv.reader(lines, strict=True)
            else:
                if cells is None:
                    break
                reason = _reason(cells, len(header))
            if reason:
                done.quarantined.append(Quarantined(lines.start, reason))
                lines.give_back_all_but_first()
                continue
            if cells:
                writer.writerow(cells)
                done.line_starts.append(lines.start)
            lines.keep()
    return done


def find_encoding(path: Path) -> str:
    """utf-16, utf-32, utf-8-sig or cp1252: the one that reads the file with least loss.

    Without a mark, a file with bytes above 127 that never form UTF-8 is taken as
    Windows-1252; one that has both keeps UTF-8, and the broken records are set aside.
    """
    with path.open("rb") as file:
        declared = declared_encoding(file.read(4))
        if declared != "utf-8":
            return declared
        file.seek(0)
        decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
        sound = broken = 0
        while chunk := file.read(SAMPLE):
            text = decoder.decode(chunk)
            if not text.isascii():
                broken += sum(1 for c in text if "\udc80" <= c <= "\udcff")
            sound += len(chunk) - len(text)
        return "cp1252" if sound * 10 < broken else "utf-8-sig"


def _reason(cells: list[str], width: int) -> str:
    if not cells:
        return ""
    if len(cells) != width:
        return f"{len(cells)} values where the header has {width}"
    whole = "".join(cells)
    if "\0" in whole:
        return "holds a NUL byte"
    if not whole.isascii() and any("\udc80" <= c <= "\udcff" for c in whole):
        return "holds bytes that are no text in the file's encoding"
    return ""
