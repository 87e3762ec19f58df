"""The process in which foreign documents are opened: `python -m caseload.specs.sandbox_child`.

It takes one JSON order from standard input (limits, documents, profiles) and answers with one JSON
object a line: progress, a reading for each document, or the error that ended it.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

from caseload.model.catalog import Catalog, Side
from caseload.model.errors import BadInput, CaseloadError
from caseload.model.reader_profile import (
    ReaderProfile,
    assignment_from_dict,
    profile_from_dict,
)
from caseload.specs.sandbox_limits import Limits, limit_this_process

_REPORTS_A_SECOND = 20


class _Answers:
    """Writes lines to the parent; progress no oftener than it can be looked at."""

    def __init__(self, descriptor: int) -> None:
        self._out = os.fdopen(descriptor, "wb")
        self._next = 0.0

    def send(self, message: dict[str, Any]) -> None:
        self._out.write(json.dumps(message).encode() + b"\n")
        self._out.flush()

    def progress(self, fraction: float, message: str) -> None:
        now = time.monotonic()
        if now >= self._next:
            self._next = now + 1 / _REPORTS_A_SECOND
            self.send({"progress": [fraction, message]})


def main() -> None:
    """Read the order, set the limits, read the documents."""
    order = json.loads(sys.stdin.buffer.readline())
    answers = _Answers(os.dup(1))
    os.dup2(2, 1)
    limits = Limits(**order["limits"])
    try:
        limit_this_process(limits)
        _read_all(order["documents"], order["profiles"], answers)
    except CaseloadError as error:
        answers.send({"error": error.as_dict()})
    answers.send({"done": True})


def _read_all(
    documents: list[dict[str, Any]], profiles: list[dict[str, Any]], answers: _Answers
) -> None:
    known = [profile_from_dict(profile) for profile in profiles]
    for number, asked in enumerate(documents):
        name = asked["name"]
        answers.send({"opening": name})

        def tell(share: float, text: str, number: int = number, name: str = name) -> None:
            answers.progress((number + share) / len(documents), f"{name}: {text}")

        answers.send({"reading": _read(asked, known, tell)})


def _read(asked: dict[str, Any], profiles: list[ReaderProfile], tell: Any) -> dict[str, Any]:
    from caseload.specs.catalog_files import catalog_to_dict
    from caseload.specs.readers.document import read_document

    name = asked["name"]
    said = asked["assignment"]
    assignment = assignment_from_dict(said) if said else None
    try:
        reading = read_document(Path(asked["path"]), name, tell, assignment, profiles)
    except CaseloadError:
        raise
    except MemoryError:
        raise BadInput("The document needs more memory than it may use", where=name) from None
    except Exception as error:
        # Whatever a hostile file provokes in a parser is the file's fault, not the person's day.
        raise BadInput(
            f"The document could not be read ({type(error).__name__})",
            where=name,
            remedy="Open it in its own program, save it again and retry",
        ) from error
    catalog = Catalog(
        Side.SOURCE,
        {table.name: table for table in reading.tables},
        (reading.document,),
        tuple(reading.problems),
    )
    return {"catalog": catalog_to_dict(catalog), "descriptions": reading.descriptions}


if __name__ == "__main__":
    main()
