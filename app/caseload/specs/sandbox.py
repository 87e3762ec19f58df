"""Foreign documents are opened in a child process that can be bounded, stopped and lost.

One child reads all documents of a stage.  It is a fresh interpreter, so a parent with threads
is no trouble; it bounds itself (see `sandbox_limits`), and the parent watches its memory and
its time.  Whatever becomes of it, the caller gets readings or one clear error.
"""

from __future__ import annotations

import json
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from caseload.model.document_preview import (
    DocumentPreview,
    Trial,
    preview_from_dict,
    trial_from_dict,
)
from caseload.model.errors import BadInput, from_dict
from caseload.model.progress import CancelToken, Progress
from caseload.model.reader_profile import Assignment, ReaderProfile
from caseload.specs.catalog_files import catalog_from_dict
from caseload.specs.confined import Confined
from caseload.specs.readers.grid import Reading
from caseload.specs.sandbox_limits import Limits

_CHILD = "caseload.specs.sandbox_child"
_WATCH_SECONDS = 0.1
_MOST_ANSWER_BYTES = 300_000_000
_ILL_FORMED = (KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError)
_REMEDY = "Open it in its own program, save it again and retry"
Built = TypeVar("Built")


@dataclass(slots=True)
class Used:
    """What a child used when it was done: its most memory in MB, and seconds of a processor."""

    memory_mb: float = 0.0
    cpu_seconds: float = 0.0


def read_documents(
    documents: Sequence[tuple[Path, str]],
    progress: Progress,
    cancel: CancelToken,
    limits: Limits | None = None,
    *,
    assignments: Mapping[str, Assignment] | None = None,
    profiles: Sequence[ReaderProfile] = (),
    used: Used | None = None,
) -> list[Reading]:
    """Read documents, given as (path, name in messages), in a child process, in order.

    `assignments` are what a person said of the columns, by the document's name; `profiles` are
    used where they fit a document of which nothing was said.  `used` is told what it took.

    Raises:
        BadInput: a document cannot be read, or reading it broke a limit or the child.
        Cancelled: `cancel` was set; the child is gone within a second.
        EnvironmentTrouble: no process could be started.
    """
    order = _order("read", documents, assignments or {}, profiles)
    answers = _answers(order, progress, cancel, limits or Limits(), used)
    return [
        _built(_reading, answer, name) for answer, (_, name) in zip(answers, documents, strict=True)
    ]


def preview_document(
    path: Path,
    name: str,
    progress: Progress,
    cancel: CancelToken,
    *,
    profiles: Sequence[ReaderProfile] = (),
) -> DocumentPreview:
    """What a document holds (see `specs.preview`), found in a child process.

    Raises:
        BadInput, Cancelled, EnvironmentTrouble: as `read_documents`.
    """
    order = _order("preview", [(path, name)], {}, profiles)
    return _built(preview_from_dict, _answers(order, progress, cancel, Limits())[0], name)


def try_document(
    path: Path,
    name: str,
    assignment: Assignment | None,
    progress: Progress,
    cancel: CancelToken,
) -> Trial:
    """What an assignment makes of a document, tried in a child process.

    Raises:
        BadInput, Cancelled, EnvironmentTrouble: as `read_documents`.
    """
    said = {name: assignment} if assignment else {}
    order = _order("try", [(path, name)], said, ())
    return _built(trial_from_dict, _answers(order, progress, cancel, Limits())[0], name)


def _order(
    task: str,
    documents: Sequence[tuple[Path, str]],
    assignments: Mapping[str, Assignment],
    profiles: Sequence[ReaderProfile],
) -> dict[str, Any]:
    return {
        "task": task,
        "documents": [
            {
                "path": str(path.absolute()),
                "name": name,
                "assignment": assignments[name].as_dict() if name in assignments else None,
            }
            for path, name in documents
        ],
        "profiles": [profile.as_dict() for profile in profiles],
    }


def _answers(
    order: dict[str, Any],
    progress: Progress,
    cancel: CancelToken,
    limits: Limits,
    used: Used | None = None,
) -> list[dict[str, Any]]:
    """What a child makes of an order, document by document."""
    cancel.raise_if_cancelled()
    child = Confined(_CHILD, limits, "reads documents")
    forget = cancel.on_cancel(child.kill)
    try:
        child.send(order)
        return _Watch(child, progress, used).listen(cancel)
    finally:
        forget()
        child.close()


def _built(build: Callable[[dict[str, Any]], Built], answer: dict[str, Any], name: str) -> Built:
    """What an answer describes; a child that a document took over may send anything."""
    try:
        return build(answer)
    except _ILL_FORMED:
        raise _broken(name) from None


def _broken(name: str) -> BadInput:
    what = "The document broke the process that read it; nothing was taken from it"
    return BadInput(what, where=name, remedy=_REMEDY)


def _reading(answer: dict[str, Any]) -> Reading:
    catalog = catalog_from_dict(answer["catalog"])
    return Reading(
        catalog.documents[0],
        list(catalog.tables.values()),
        list(catalog.problems),
        answer["descriptions"],
    )


class _Watch:
    """Listens to the child, and ends it when it takes too much."""

    def __init__(self, child: Confined, progress: Progress, used: Used | None) -> None:
        self._child = child
        self._limits = child.limits
        self._progress = progress
        self._used = used
        self._opening = ""
        self._deadline = time.monotonic() + self._limits.wall_seconds
        self._tables: list[dict[str, Any]] = []
        self._answers: list[dict[str, Any]] = []

    def listen(self, cancel: CancelToken) -> list[dict[str, Any]]:
        """Take the child's answers until it is done."""
        taken = 0
        while True:
            line = self._child.receive(_WATCH_SECONDS)
            cancel.raise_if_cancelled()
            if line is not None:
                taken += len(line)
                if taken > _MOST_ANSWER_BYTES:
                    raise self._too_much("The document holds far more than a dictionary does")
                if not line:
                    raise self._lost()
                if self._took(self._understood(line)):
                    return self._answers
            self._within_limits()

    def _understood(self, line: bytes) -> dict[str, Any]:
        try:
            answer = json.loads(line)
        except (ValueError, RecursionError):
            answer = None
        if not isinstance(answer, dict):
            raise _broken(self._opening)
        return answer

    def _took(self, answer: dict[str, Any]) -> bool:
        """Take one answer in; whether it was the last."""
        try:
            return self._taken(answer)
        except _ILL_FORMED:
            raise _broken(self._opening) from None

    def _taken(self, answer: dict[str, Any]) -> bool:
        if "error" in answer:
            raise from_dict(answer["error"])
        if "progress" in answer:
            fraction, message = answer["progress"]
            self._progress.report(fraction, message)
        elif "opening" in answer:
            self._opening = answer["opening"]
            self._deadline = time.monotonic() + self._limits.wall_seconds
            self._progress.log(f"Reading {self._opening}")
        elif "table" in answer:
            self._tables.append(answer["table"])
        elif "reading" in answer:
            reading = answer["reading"]
            if "catalog" in reading:
                reading["catalog"]["tables"] = self._tables
            self._answers.append(reading)
            self._tables = []
        elif "used" in answer and self._used is not None:
            self._used.memory_mb, self._used.cpu_seconds = answer["used"]
        return "done" in answer

    def _within_limits(self) -> None:
        if time.monotonic() > self._deadline:
            seconds = self._limits.wall_seconds
            raise self._too_much(f"Reading the document took more than {seconds} seconds")
        if self._child.memory_mb() > self._limits.memory_mb:
            raise self._too_much(
                f"Reading the document took more than {self._limits.memory_mb} MB of memory"
            )

    def _too_much(self, what: str) -> BadInput:
        return BadInput(f"{what} and was stopped", where=self._opening, remedy=_REMEDY)

    def _lost(self) -> BadInput:
        code = self._child.exit_code()
        if sys.platform != "win32" and code == -signal.SIGXCPU:
            seconds = self._limits.cpu_seconds
            return self._too_much(f"Reading the document took more than {seconds} seconds")
        return _broken(self._opening)
