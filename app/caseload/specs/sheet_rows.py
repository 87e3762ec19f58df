"""Parts of a document as they stand in it, read in a child process with limits like all of it.

The rows of a sheet around a place, and a sample of its words to tell what it is by.

The child is this module run as a program: one JSON order on standard input, one JSON answer on
standard output.  Rows come in blocks, so that walking from field to field asks once.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from caseload.model.errors import BadInput, CaseloadError, EnvironmentTrouble, from_dict
from caseload.model.schema_views import SheetRows
from caseload.specs.sandbox_limits import Limits, confine, limit_this_process

LIMITS = Limits(memory_mb=900, cpu_seconds=30, wall_seconds=30)
BLOCK = 200
"""Rows of a block; a block is given with `AROUND` rows before and after it."""
AROUND = 60
_LONGEST_CELL = 2_000
_MOST_COLUMNS = 64
_HEADER_SEARCH = 40
_SAMPLE = 60_000
_WRITTEN = ("sql", "ddl", "json")
"""Kinds that are shown as the lines they are written in."""


def read_rows(path: Path, name: str, sheet: str, block: int) -> SheetRows:
    """Block number `block` (from 0) of a sheet's rows, with the row that heads them.

    Raises:
        BadInput: the document cannot be read within the limits, or has no such sheet.
        EnvironmentTrouble: no process could be started.
    """
    order = {
        "path": str(path.resolve()),
        "name": name,
        "sheet": sheet,
        "block": block,
        "limits": asdict(LIMITS),
    }
    answer = _asked(order)
    if "error" in answer:
        raise from_dict(answer["error"])
    if "rows" not in answer:
        raise BadInput("The rows cannot be shown", where=name)
    rows = tuple((int(number), tuple(cells)) for number, cells in answer["rows"])
    return SheetRows(name, sheet, rows, answer["header"], answer["more"])


def sample_words(path: Path, name: str) -> str:
    """Some of a document's words, from its beginning and here and there after it.

    Raises:
        BadInput: the document cannot be read within the limits.
        EnvironmentTrouble: no process could be started.
    """
    answer = _asked({"path": str(path.resolve()), "name": name, "limits": asdict(LIMITS)})
    if "error" in answer:
        raise from_dict(answer["error"])
    if "words" not in answer:
        raise BadInput("The document cannot be read", where=name)
    return str(answer["words"])


def _asked(order: dict[str, Any]) -> dict[str, Any]:
    root = str(Path(__file__).resolve().parents[2])
    known = [root, *filter(None, [os.environ.get("PYTHONPATH", "")])]
    try:
        child = subprocess.Popen(
            [sys.executable, "-X", "utf8", "-m", "caseload.specs.sheet_rows"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(known)},
            start_new_session=True,
        )
    except OSError as error:
        raise EnvironmentTrouble(
            f"The process that reads rows could not be started: {error.strerror}",
            remedy="Close other programs and retry",
        ) from error
    job = confine(child, LIMITS)
    try:
        said, _ = child.communicate(json.dumps(order).encode() + b"\n", LIMITS.wall_seconds)
    except subprocess.TimeoutExpired:
        said = b""
    finally:
        if child.poll() is None:
            child.kill()
            child.communicate()
        del job
    try:
        answer: dict[str, Any] = json.loads(said) if said else {}
    except ValueError:
        answer = {}
    return answer


def main() -> None:
    """Read the block that the order asks for."""
    order = json.loads(sys.stdin.buffer.readline())
    limit_this_process(Limits(**order["limits"]))
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    try:
        path, name = Path(order["path"]), order["name"]
        if "block" in order:
            said = _block(path, name, order["sheet"], order["block"])
        else:
            said = {"words": _sample(path, name)}
    except CaseloadError as error:
        said = {"error": error.as_dict()}
    except Exception as error:  # noqa: BLE001 - whatever a hostile file provokes is its fault
        what = BadInput(f"The rows cannot be read ({type(error).__name__})", where=order["name"])
        said = {"error": what.as_dict()}
    with contextlib.suppress(OSError):
        out.write(json.dumps(said).encode())
        out.flush()


def _block(path: Path, name: str, sheet: str, block: int) -> dict[str, Any]:
    from caseload.specs.readers.document import extract_document

    kind, extracted = extract_document(path, name, _silent)
    rows = [
        (row.place.row or 0, row.cells)
        for grid in extracted.grids
        if not sheet or sheet in (grid.sheet, *(r.place.sheet for r in grid.rows[:1]))
        for row in grid.rows
    ]
    if not rows and kind in _WRITTEN:
        text = path.read_text(encoding="utf-8", errors="replace")
        rows = [(number, [line]) for number, line in enumerate(text.splitlines(), 1)]
    if not rows:
        raise BadInput(f"The document has no sheet {sheet}", where=name)
    low, high = block * BLOCK - AROUND, (block + 1) * BLOCK + AROUND
    shown = [(number, cells) for number, cells in rows if low <= number < high]
    header = _header(rows)
    if header is not None and header < low:
        shown = [row for row in rows if row[0] == header] + shown
    return {
        "rows": [(number, _cut(cells)) for number, cells in shown],
        "header": header,
        "more": rows[-1][0] >= high,
    }


def _sample(path: Path, name: str) -> str:
    from caseload.specs.readers.document import extract_document, kind_of

    kind = kind_of(path, name)
    if kind == "pdf":
        return _pdf_words(path, name)[:_SAMPLE]
    if kind in _WRITTEN:
        with path.open(encoding="utf-8", errors="replace") as file:
            return file.read(_SAMPLE)
    _, extracted = extract_document(path, name, _silent)
    lines = [text for _, text in extracted.prose[:200]]
    for grid in extracted.grids[:20]:
        lines += [*grid.titles, grid.sheet]
        lines += [" ".join(row.cells) for row in grid.rows[:60]]
    return "\n".join(lines)[:_SAMPLE]


def _pdf_words(path: Path, name: str) -> str:
    import pypdfium2 as pdfium

    try:
        document = pdfium.PdfDocument(str(path))
        count = len(document)
        pages = sorted({*range(min(6, count)), *range(0, count, max(1, count // 6))})
        return "\n".join(document[page].get_textpage().get_text_bounded() for page in pages)
    except pdfium.PdfiumError as error:
        raise BadInput(f"The document cannot be read ({error})", where=name) from None


def _header(rows: list[tuple[int, list[str]]]) -> int | None:
    """The row that heads the columns: of the first, the one with most header words."""
    from caseload.specs.readers.roles import header_strength

    strengths = [(header_strength(cells), -number) for number, cells in rows[:_HEADER_SEARCH]]
    best, number = max(strengths, default=(0, 0))
    return -number if best > 1 else None


def _cut(cells: list[str]) -> list[str]:
    return [cell[:_LONGEST_CELL] for cell in cells[:_MOST_COLUMNS]]


def _silent(_share: float, _text: str) -> None:
    return


if __name__ == "__main__":
    main()
