"""A guide of 100 pages: pages a second, memory, how soon a cancel is heard, page progress."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from specs.guides_content import truth_of
from specs.guides_drawn import write_drawn
from specs.guides_look import looks
from specs.guides_score import score

from caseload.model.errors import Cancelled
from caseload.model.progress import CancelToken, SilentProgress
from caseload.specs.readers.document import read_document
from caseload.specs.sandbox import read_documents

TABLES, FIELDS = 23, 95
_CHILD = """
import resource, sys
from pathlib import Path
from caseload.specs.readers.document import read_document
path = Path(sys.argv[1])
read_document(path, path.name, lambda share, text: None)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


class _CancelAt(SilentProgress):
    """Cancels at the first word of progress after a while and remembers when."""

    def __init__(self, token: CancelToken) -> None:
        self.token = token
        self.at = 0.0
        self.heard = 0

    def report(self, fraction: float, message: str = "", table: str = "") -> None:
        self.heard += 1
        if not self.at and " of " in message:
            self.at = time.perf_counter()
            self.token.cancel()


def large_guide() -> None:
    """Print the figures of a large guide, drawn as word processors write it."""
    look = replace(looks("drawn", 7)[0], size=9.0, font="Helvetica")
    loads = truth_of(look, tables=TABLES, fields=FIELDS)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "large.pdf"
        write_drawn(path, look, loads)
        heard: list[str] = []
        start = time.process_time()
        reading = read_document(path, path.name, lambda share, text: heard.append(text))
        took = time.process_time() - start
        pages = sum(text.startswith("page ") for text in heard)
        found = score(reading, loads)
        print(f"{pages} pages, {found.true['name']} fields: names precision "
              f"{found.precision('name'):.4f}, recall {found.recall('name'):.4f}")  # fmt: skip
        per = took * 100 / pages
        print(f"processor {took:.2f} s, {pages / took:.0f} pages/s, {per:.2f} s for 100 pages; "
              f"<= 3 s {'met' if per <= 3 else 'MISSED'}")  # fmt: skip
        child = subprocess.run(
            [sys.executable, "-c", _CHILD, str(path)], check=True, capture_output=True, text=True
        )
        memory = int(child.stdout) / 1024
        print(f"peak memory of a process that reads it {memory:.0f} MB; < 500 MB "
              f"{'met' if memory < 500 else 'MISSED'}")  # fmt: skip
        _cancel(path)


def _cancel(path: Path) -> None:
    token = CancelToken()
    progress = _CancelAt(token)
    try:
        read_documents([(path, path.name)], progress, token)
    except Cancelled:
        waited = time.perf_counter() - progress.at
        print(f"cancelled {waited:.2f} s after it was asked; < 1 s "
              f"{'met' if waited < 1 else 'MISSED'}")  # fmt: skip
    else:
        print(f"read before it could be cancelled ({progress.heard} words of progress)")
