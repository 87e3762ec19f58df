"""The process that draws pages: `python -m caseload.specs.page_picture_child`.

It takes one JSON order a line (path, page, width in pixels, limits) and answers each with one
JSON line: the PNG, how many pages there are and the page's size, or an error.
"""

from __future__ import annotations

import base64
import json
import math
import os
import struct
import sys
import zlib
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium

from caseload.model.errors import BadInput, CaseloadError
from caseload.specs.sandbox_guard import guard
from caseload.specs.sandbox_limits import Limits, another_document, limit_this_process

_MOST_PIXELS = 12_000_000
_LONGEST = 20_000
_PNG = b"\x89PNG\r\n\x1a\n"
_COLOURS = {1: 0, 3: 2, 4: 6}


def main() -> None:
    """Draw what the orders ask for until there are no more."""
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    opened: dict[str, pdfium.PdfDocument] = {}
    limited = False
    for line in sys.stdin.buffer:
        order = json.loads(line)
        limits = Limits(**order["limits"])
        if not limited:
            limit_this_process(limits)
            guard(die_with_parent=False)
            limited = True
        another_document(limits)
        out.write(json.dumps(_answer(order, opened)).encode() + b"\n")
        out.flush()


def _answer(order: dict[str, Any], opened: dict[str, pdfium.PdfDocument]) -> dict[str, Any]:
    path, page = Path(order["path"]), order["page"]
    try:
        return _drawn(path, page, order["width"], opened)
    except CaseloadError as error:
        return {"error": error.as_dict()}
    except Exception as error:  # noqa: BLE001 - a hostile file may provoke any
        trouble = BadInput(
            f"The page cannot be drawn ({type(error).__name__})",
            where=f"{path.name}, page {page}",
            remedy="Open the document in its own program",
        )
        return {"error": trouble.as_dict()}


def _drawn(
    path: Path, page: int, width_px: int, opened: dict[str, pdfium.PdfDocument]
) -> dict[str, Any]:
    if str(path) not in opened:
        opened[str(path)] = pdfium.PdfDocument(str(path))
    document = opened[str(path)]
    pages = len(document)
    where = f"{path.name}, page {page}"
    if not 1 <= page <= pages:
        raise BadInput(f"The document has {pages} pages", where=where)
    shown = document[page - 1]
    try:
        width, height = shown.get_size()
        if not (math.isfinite(width) and math.isfinite(height) and width > 0 and height > 0):
            raise BadInput("The page has no size", where=where)
        scale = min(
            width_px / width,
            _LONGEST / max(width, height),
            math.sqrt(_MOST_PIXELS / (width * height)),
        )
        if min(width, height) * scale < 1:
            raise BadInput("The page is far too long to be drawn", where=where)
        bitmap = shown.render(scale=scale, rev_byteorder=True, may_draw_forms=False)
        png = base64.b64encode(_png(bitmap)).decode()
        bitmap.close()
    finally:
        shown.close()
    return {"png": png, "pages": pages, "width": width, "height": height}


def _png(bitmap: pdfium.PdfBitmap) -> bytes:
    """A bitmap of grey, RGB, RGBx or RGBA rows as PNG."""
    channels = bitmap.n_channels
    pixels = memoryview(bitmap.buffer).cast("B")
    length = bitmap.width * channels
    rows = (
        pixels[start : start + length]
        for start in range(0, bitmap.height * bitmap.stride, bitmap.stride)
    )
    raw = b"".join(b"\x00" + bytes(row) for row in rows)
    head = struct.pack(">IIBBBBB", bitmap.width, bitmap.height, 8, _COLOURS[channels], 0, 0, 0)
    packed = zlib.compress(raw, 1)
    return _PNG + _chunk(b"IHDR", head) + _chunk(b"IDAT", packed) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


if __name__ == "__main__":
    main()
