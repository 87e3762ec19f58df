"""Foreign documents are opened in a child process that can be bounded, stopped and lost.

One child reads all documents of a stage.  It is a fresh interpreter, so a parent with threads
is no trouble; it bounds itself (see `sandbox_limits`), and the parent watches its memory and
its time.  Whatever becomes of it, the caller gets readings or one clear error.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

from caseload.model.document_preview import (
    DocumentPreview,
    Trial,
    preview_from_dict,
    trial_from_dict,
)
from caseload.model.errors import BadInput, EnvironmentTrouble, from_dict
from caseload.model.progress import CancelToken, Progress
from caseload.model.reader_profile import Assignment, ReaderProfile
from caseload.specs.catalog_files import catalog_from_dict
from caseload.specs.readers.grid import Reading
from caseload.specs.sandbox_limits import Limits, confine, resident_mb

_WATCH_SECONDS = 0.1
_MOST_ANSWER_BYTES = 300_000_000
_REMEDY = "Open it in its own program, save it again and retry"


def read_documents(
    documents: Sequence[tuple[Path, str]],
    progress: Progress,
    cancel: CancelToken,
    limits: Limits | None = None,
    *,
    assignments: Mapping[str, Assignment] | None = None,
    profiles: Sequence[ReaderProfile] = (),
) -> list[Reading]:
    """Read documents, given as (path, name in messages), in a child process, in order.

    `assignments` are what a person said of the columns, by the document's name; `profiles` are
    used where they fit a document of which nothing was said.

    Raises:
        BadInput: a document cannot be read, or reading it broke a limit or the child.
        Cancelled: `cancel` was set; the child is gone within a second.
        EnvironmentTrouble: no process could be started.
    """
    order = _order("read", documents, assignments or {}, profiles)
    return [_reading(answer) for answer in _answers(order, progress, cancel, limits or Limits())]


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
    return preview_from_dict(_answers(order, progress, cancel, Limits())[0])


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
    return trial_from_dict(
        _answers(_order("try", [(path, name)], said, ()), progress, cancel, Limits())[0]
    )


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
                "path": str(path.resolve()),
                "name": name,
                "assignment": assignments[name].as_dict() if name in assignments else None,
            }
            for path, name in documents
        ],
        "profiles": [profile.as_dict() for profile in profiles],
    }


def _answers(
    order: dict[str, Any], progress: Progress, cancel: CancelToken, limits: Limits
) -> list[dict[str, Any]]:
    """What a child makes of an order, document by document."""
    cancel.raise_if_cancelled()
    watch = _Watch(limits, progress)
    child = _started()
    job = confine(child, limits)
    forget = cancel.on_cancel(lambda: _kill(child))
    try:
        _give(child, {**order, "limits": asdict(limits)})
        answers = watch.listen(child, cancel)
    finally:
        forget()
        _kill(child)
        child.wait()
        _close(child)
        del job
    return answers


def _reading(answer: dict[str, Any]) -> Reading:
    catalog = catalog_from_dict(answer["catalog"])
    return Reading(
        catalog.documents[0],
        list(catalog.tables.values()),
        list(catalog.problems),
        answer["descriptions"],
    )


def _started() -> subprocess.Popen[bytes]:
    package_root = str(Path(__file__).resolve().parents[2])
    paths = [package_root, *filter(None, [os.environ.get("PYTHONPATH", "")])]
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(paths),
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    try:
        return subprocess.Popen(
            [sys.executable, "-X", "utf8", "-m", "caseload.specs.sandbox_child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            start_new_session=True,
        )
    except OSError as error:
        raise EnvironmentTrouble(
            f"The process that reads documents could not be started: {error.strerror}",
            remedy="Close other programs and retry",
        ) from error


def _give(child: subprocess.Popen[bytes], order: dict[str, Any]) -> None:
    assert child.stdin is not None  # noqa: S101 - it was asked for
    with contextlib.suppress(OSError):
        child.stdin.write(json.dumps(order).encode() + b"\n")
        child.stdin.flush()


def _kill(child: subprocess.Popen[bytes]) -> None:
    if child.poll() is None:
        with contextlib.suppress(OSError):
            child.kill()


def _close(child: subprocess.Popen[bytes]) -> None:
    for stream in (child.stdin, child.stdout):
        if stream is not None:
            with contextlib.suppress(OSError):
                stream.close()


class _Watch:
    """Listens to the child, and ends it when it takes too much."""

    def __init__(self, limits: Limits, progress: Progress) -> None:
        self.limits = limits
        self._progress = progress
        self._opening = ""
        self._answers: list[dict[str, Any]] = []

    def listen(self, child: subprocess.Popen[bytes], cancel: CancelToken) -> list[dict[str, Any]]:
        """Take the child's answers until it is done."""
        lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        assert child.stdout is not None  # noqa: S101 - it was asked for
        listener = threading.Thread(target=_pump, args=(child.stdout, lines), daemon=True)
        listener.start()
        deadline = time.monotonic() + self.limits.wall_seconds
        taken = 0
        try:
            while True:
                try:
                    line = lines.get(timeout=_WATCH_SECONDS)
                except queue.Empty:
                    line = None
                cancel.raise_if_cancelled()
                if line is None:
                    self._within_limits(child, deadline)
                    continue
                taken += len(line)
                if taken > _MOST_ANSWER_BYTES:
                    raise self._too_much("The document holds far more than a dictionary does")
                if not line:
                    raise self._lost(child)
                if self._took(json.loads(line)):
                    return self._answers
                self._within_limits(child, deadline)
        finally:
            _kill(child)
            listener.join()

    def _took(self, answer: dict[str, Any]) -> bool:
        if "error" in answer:
            raise from_dict(answer["error"])
        if "progress" in answer:
            fraction, message = answer["progress"]
            self._progress.report(fraction, message)
        elif "opening" in answer:
            self._opening = answer["opening"]
            self._progress.log(f"Reading {self._opening}")
        elif "reading" in answer:
            self._answers.append(answer["reading"])
        return "done" in answer

    def _within_limits(self, child: subprocess.Popen[bytes], deadline: float) -> None:
        if time.monotonic() > deadline:
            seconds = self.limits.wall_seconds
            raise self._too_much(f"Reading the document took more than {seconds} seconds")
        if resident_mb(child) > self.limits.memory_mb:
            raise self._too_much(
                f"Reading the document took more than {self.limits.memory_mb} MB of memory"
            )

    def _too_much(self, what: str) -> BadInput:
        return BadInput(f"{what} and was stopped", where=self._opening, remedy=_REMEDY)

    def _lost(self, child: subprocess.Popen[bytes]) -> BadInput:
        code = child.wait()
        if sys.platform != "win32" and code == -signal.SIGXCPU:
            seconds = self.limits.cpu_seconds
            return self._too_much(f"Reading the document took more than {seconds} seconds")
        what = "The document broke the process that read it; nothing was taken from it"
        return BadInput(what, where=self._opening, remedy=_REMEDY)


def _pump(stream: IO[bytes], lines: queue.SimpleQueue[bytes]) -> None:
    """Hand on lines; an empty one says that there are no more."""
    with contextlib.suppress(OSError, ValueError):
        for line in stream:
            lines.put(line)
    lines.put(b"")
