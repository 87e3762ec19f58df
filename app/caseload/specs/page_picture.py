"""A page of a PDF as a picture, drawn in a child process with limits like every foreign file.

The child stays for as long as pages of one document are asked for, so that turning a page costs
a picture and no start; another document gets another child, which the first cannot have touched.
"""

from __future__ import annotations

import base64
import binascii
import json
import threading
import time
import weakref
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from caseload.model.errors import BadInput, CaseloadError, from_dict
from caseload.specs.confined import Confined
from caseload.specs.sandbox_limits import Limits

LIMITS = Limits(memory_mb=700, cpu_seconds=20, wall_seconds=20)
WIDEST = 4000
_CHILD = "caseload.specs.page_picture_child"
_WATCH_SECONDS = 0.1
_PNG = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True, slots=True)
class DrawnPage:
    """A drawn page: the PNG, how many pages there are, and the page's size in PDF points."""

    png: bytes
    pages: int
    width: float
    height: float


class PageDrawer:
    """Draws pages of documents, one at a time; from any thread.  Close it when done."""

    def __init__(self, limits: Limits = LIMITS) -> None:
        self._limits = limits
        self._lock = threading.Lock()
        self._held: list[Confined] = []
        self._document: tuple[str, int, int] | None = None
        self._finalizer = weakref.finalize(self, _close_all, self._held)

    def draw(self, path: Path, page: int, width_px: int) -> DrawnPage:
        """Draw a page (from 1) of a PDF, `width_px` wide.

        Raises:
            BadInput: there is no such page, or the document cannot be drawn within the limits.
            EnvironmentTrouble: no process could be started.
        """
        where = f"{path.name}, page {page}"
        with self._lock:
            child = self._child_for(path, where)
            child.send(
                {
                    "path": str(path.absolute()),
                    "page": page,
                    "width": max(16, min(width_px, WIDEST)),
                }
            )
            try:
                return _drawn(_answer(child, where), where)
            except CaseloadError:
                _close_all(self._held)
                raise

    def close(self) -> None:
        """End the child, if there is one.  Safe to call twice."""
        with self._lock:
            _close_all(self._held)

    def _child_for(self, path: Path, where: str) -> Confined:
        """The child that holds the document as it is now."""
        try:
            found = path.stat()
        except OSError as error:
            raise BadInput(f"The page cannot be drawn: {error.strerror}", where=where) from None
        document = (str(path.absolute()), found.st_size, found.st_mtime_ns)
        if document != self._document or not (self._held and self._held[0].alive):
            _close_all(self._held)
            self._held.append(Confined(_CHILD, self._limits, "draws pages"))
            self._document = document
        return self._held[0]


def _close_all(held: list[Confined]) -> None:
    while held:
        held.pop().close()


def _answer(child: Confined, where: str) -> dict[str, Any]:
    deadline = time.monotonic() + child.limits.wall_seconds
    while True:
        line = child.receive(_WATCH_SECONDS)
        if line:
            try:
                answer = json.loads(line)
            except (ValueError, RecursionError):
                answer = None
            return answer if isinstance(answer, dict) else {}
        if line == b"":
            return {}
        if time.monotonic() > deadline or child.memory_mb() > child.limits.memory_mb:
            raise BadInput("The page takes too much to draw", where=where)


def _drawn(answer: dict[str, Any], where: str) -> DrawnPage:
    if "error" in answer:
        raise from_dict(answer["error"])
    try:
        png = base64.b64decode(answer["png"], validate=True)
        drawn = DrawnPage(
            png, int(answer["pages"]), float(answer["width"]), float(answer["height"])
        )
    except (KeyError, TypeError, ValueError, binascii.Error):
        raise BadInput("The page cannot be drawn", where=where) from None
    if not png.startswith(_PNG):
        raise BadInput("The page cannot be drawn", where=where)
    return drawn
