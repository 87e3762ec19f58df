"""Reads one document after the other as the sandbox's child does, and says how each ended.

A program of its own, so that what breaks it breaks nobody else: one JSON list [path, name] a
line in, one JSON object a line out.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from pathlib import Path

from caseload.model.errors import CaseloadError
from caseload.specs.readers.bounds import bounded
from caseload.specs.readers.document import read_document
from caseload.specs.sandbox_guard import guard
from caseload.specs.sandbox_limits import Limits, another_document, limit_this_process, used


def main() -> None:
    """Answer each line until there are no more."""
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    limits = Limits(memory_mb=900, cpu_seconds=20, wall_seconds=60)
    limit_this_process(limits)
    guard()
    for line in sys.stdin:
        path, name = json.loads(line)
        another_document(limits)
        out.write(json.dumps({**_ended(Path(path), name), "memory_mb": used()[0]}) + "\n")
        out.flush()


def _ended(path: Path, name: str) -> dict[str, object]:
    try:
        reading = bounded(read_document(path, name, lambda share, text: None))
    except CaseloadError as error:
        return {"outcome": "refused", "what": error.what, "where": error.where}
    except MemoryError:
        return {"outcome": "refused", "what": "memory", "where": name}
    except Exception as error:  # noqa: BLE001 - which ones come is what is asked
        place = traceback.extract_tb(error.__traceback__)[-1]
        ours = [f for f in traceback.extract_tb(error.__traceback__) if "caseload" in f.filename]
        at = ours[-1] if ours else place
        where = f"{Path(at.filename).name}:{at.lineno}"
        return {"outcome": "unforeseen", "what": f"{type(error).__name__} at {where}"}
    return {"outcome": "read", "what": f"{len(reading.tables)} tables"}


if __name__ == "__main__":
    main()
