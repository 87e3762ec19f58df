"""The process in which foreign documents are opened: `python -m caseload.specs.sandbox_child`.

It takes one JSON order from standard input (limits, task, documents, profiles) and answers with
one JSON object a line: progress, what the task made of each document, or the error that ended it.
"""

from __future__ import annotations

import json
import os
import stat
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from caseload.model.catalog import Catalog, Side
from caseload.model.errors import BadInput, CaseloadError
from caseload.model.reader_profile import (
    Assignment,
    ReaderProfile,
    assignment_from_dict,
    profile_from_dict,
)
from caseload.specs.sandbox_guard import guard
from caseload.specs.sandbox_limits import Limits, another_document, limit_this_process, used

_REPORTS_A_SECOND = 20

Tell = Callable[[float, str], None]
Task = Callable[
    [Path, str, Tell, Assignment | None, Sequence[ReaderProfile]],
    dict[str, Any],
]


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
        guard()
        _take_all(order, limits, answers)
    except CaseloadError as error:
        answers.send({"used": used()})
        answers.send({"error": error.as_dict()})
    answers.send({"used": used()})
    answers.send({"done": True})


def _take_all(order: dict[str, Any], limits: Limits, answers: _Answers) -> None:
    """Do the order's task for each of its documents."""
    task: Task = {"read": _read, "preview": _preview, "try": _try}[order["task"]]
    profiles = [profile_from_dict(profile) for profile in order["profiles"]]
    documents = order["documents"]
    for number, asked in enumerate(documents):
        name, said = asked["name"], asked["assignment"]
        answers.send({"opening": name})
        another_document(limits)

        def tell(share: float, text: str, number: int = number, name: str = name) -> None:
            answers.progress((number + share) / len(documents), f"{name}: {text}")

        assignment = assignment_from_dict(said) if said else None
        with _as_bad_input(name), _unchanged(Path(asked["path"]), name):
            answer = task(Path(asked["path"]), name, tell, assignment, profiles)
        for table in answer.get("catalog", {}).pop("tables", ()):
            answers.send({"table": table})
        answers.send({"reading": answer})


@contextmanager
def _unchanged(path: Path, name: str) -> Iterator[None]:
    """Open nothing but files, and believe nothing of one that is being written."""
    before = _state(path, name)
    yield
    if _state(path, name) != before:
        raise BadInput(
            "The document changed while it was read",
            where=name,
            remedy="Wait until it is written, then retry",
        )


def _state(path: Path, name: str) -> tuple[int, int, int]:
    try:
        found = path.stat()
    except FileNotFoundError:
        raise BadInput("There is no such document", where=name) from None
    except (OSError, ValueError) as error:
        said = error.strerror if isinstance(error, OSError) else "not a path"
        raise BadInput(f"The document cannot be opened: {said}", where=name) from None
    if not stat.S_ISREG(found.st_mode):
        raise BadInput(
            "The document is no file but a folder, a device or a pipe",
            where=name,
            remedy="Give the file itself",
        )
    return found.st_ino, found.st_size, found.st_mtime_ns


@contextmanager
def _as_bad_input(name: str) -> Iterator[None]:
    """Whatever a hostile file provokes in a parser is the file's fault, not the person's day."""
    try:
        yield
    except CaseloadError:
        raise
    except MemoryError:
        raise BadInput("The document needs more memory than it may use", where=name) from None
    except Exception as error:
        raise BadInput(
            f"The document could not be read ({type(error).__name__})",
            where=name,
            remedy="Open it in its own program, save it again and retry",
        ) from error


def _read(
    path: Path,
    name: str,
    tell: Tell,
    assignment: Assignment | None,
    profiles: Sequence[ReaderProfile],
) -> dict[str, Any]:
    from caseload.specs.catalog_files import catalog_to_dict
    from caseload.specs.readers.bounds import bounded
    from caseload.specs.readers.document import read_document

    reading = bounded(read_document(path, name, tell, assignment, profiles))
    catalog = Catalog(
        Side.SOURCE,
        {table.name: table for table in reading.tables},
        (reading.document,),
        tuple(reading.problems),
    )
    return {"catalog": catalog_to_dict(catalog), "descriptions": reading.descriptions}


def _preview(
    path: Path,
    name: str,
    tell: Tell,
    assignment: Assignment | None,  # noqa: ARG001 - a preview shows what stands there
    profiles: Sequence[ReaderProfile],
) -> dict[str, Any]:
    from caseload.specs.preview import preview

    return asdict(preview(path, name, tell, profiles))


def _try(
    path: Path,
    name: str,
    tell: Tell,
    assignment: Assignment | None,
    profiles: Sequence[ReaderProfile],  # noqa: ARG001 - nothing but the assignment counts
) -> dict[str, Any]:
    from caseload.specs.preview import attempt

    return asdict(attempt(path, name, tell, assignment))


if __name__ == "__main__":
    main()
