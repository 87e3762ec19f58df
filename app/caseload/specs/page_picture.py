"""A page of a PDF as a picture, drawn in a child process with limits like every foreign file.

The child is this module run as a program: one JSON order on standard input; on standard output
one JSON line (pages, size in points, or an error) and then the PNG.
"""

from __future__ import annotations

import contextlib
import json
import os
import struct
import subprocess
import sys
import zlib
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from caseload.model.errors import BadInput, EnvironmentTrouble, from_dict
from caseload.specs.sandbox_limits import Limits, confine, limit_this_process

LIMITS = Limits(memory_mb=700, cpu_seconds=20, wall_seconds=20)
WIDEST = 4000
_PNG = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True, slots=True)
class DrawnPage:
    """A drawn page: the PNG, how many pages there are, and the page's size in PDF points."""

    png: bytes
    pages: int
    width: float
    height: float


def draw_page(path: Path, page: int, width_px: int) -> DrawnPage:
    """Draw a page (from 1) of a PDF, `width_px` wide.

    Raises:
        BadInput: there is no such page, or the document cannot be drawn within the limits.
        EnvironmentTrouble: no process could be started.
    """
    order = {
        "path": str(path.resolve()),
        "page": page,
        "width": max(16, min(width_px, WIDEST)),
        "limits": asdict(LIMITS),
    }
    root = str(Path(__file__).resolve().parents[2])
    known = [root, *filter(None, [os.environ.get("PYTHONPATH", "")])]
    try:
        child = subprocess.Popen(
            [sys.executable, "-X", "utf8", "-m", "caseload.specs.page_picture"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(known)},
            start_new_session=True,
        )
    except OSError as error:
        raise EnvironmentTrouble(
            f"The process that draws pages could not be started: {error.strerror}",
            remedy="Close other programs and retry",
        ) from error
    job = confine(child, LIMITS)
    try:
        answer, _ = child.communicate(json.dumps(order).encode() + b"\n", LIMITS.wall_seconds)
    except subprocess.TimeoutExpired:
        answer = b""
    finally:
        if child.poll() is None:
            child.kill()
            child.communicate()
        del job
    head, _, png = answer.partition(b"\n")
    said = json.loads(head) if head else {}
    if "error" in said:
        raise from_dict(said["error"])
    if not png:
        raise BadInput("The page cannot be drawn", where=f"{path.name}, page {page}")
    return DrawnPage(png, said["pages"], said["width"], said["height"])


def main() -> None:
    """Draw the page that the order asks for."""
    order = json.loads(sys.stdin.buffer.readline())
    limit_this_process(Limits(**order["limits"]))
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    try:
        said, png = _drawn(Path(order["path"]), order["page"], order["width"])
    except BadInput as error:
        said, png = {"error": error.as_dict()}, b""
    with contextlib.suppress(OSError):
        out.write(json.dumps(said).encode() + b"\n" + png)
        out.flush()


def _drawn(path: Path, page: int, width_px: int) -> tuple[dict[str, Any], bytes]:
    import pypdfium2 as pdfium

    where = f"{path.name}, page {page}"
    try:
        document = pdfium.PdfDocument(str(path))
        pages = len(document)
        if not 1 <= page <= pages:
            raise BadInput(f"The document has {pages} pages", where=where)
        shown = document[page - 1]
        width, height = shown.get_size()
        bitmap = shown.render(scale=width_px / width, rev_byteorder=True)
        image = bitmap.to_numpy()
    except (pdfium.PdfiumError, OSError, ValueError, ZeroDivisionError) as error:
        raise BadInput(
            f"The page cannot be drawn ({type(error).__name__})",
            where=where,
            remedy="Open the document in its own program",
        ) from None
    return {"pages": pages, "width": width, "height": height}, _png(image)


def _png(image: Any) -> bytes:
    """An array of height x width x 3 bytes (RGB) as PNG."""
    rows = image[:, :, :3]
    height, width = rows.shape[:2]
    raw = b"".join(b"\x00" + row.tobytes() for row in rows)
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        _PNG + _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(raw, 1)) + _chunk(b"IEND", b"")
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


if __name__ == "__main__":
    main()
