"""A child process of our own: told in lines of JSON, bounded, stopped and lost without harm.

It is a fresh interpreter, so a parent with threads is no trouble, and it gets none of the
parent's environment but what an interpreter needs: secrets stay out of reach of what it opens.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import subprocess
import sys
import threading
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

from caseload.model.errors import EnvironmentTrouble
from caseload.specs.sandbox_limits import Limits, confine, resident_mb

MOST_LINE = 64_000_000
_AHEAD = 64
_NEEDED = ("PATH", "HOME", "LANG", "TZ", "TMPDIR", "TEMP", "TMP", "SYSTEMROOT", "WINDIR",
           "PATHEXT", "USERPROFILE", "LD_LIBRARY_PATH", "VIRTUAL_ENV")  # fmt: skip
_NEEDED_KINDS = ("LC_", "PYTHON", "COV")


class Confined:
    """A running child; close it whatever happens.

    Args:
        module: the module that the child runs; it reads an order a line from standard input.
        limits: what it may use; they are sent along with every order.
        task: what it is for, in messages: "reads documents".

    Raises:
        EnvironmentTrouble: no process could be started.
    """

    def __init__(self, module: str, limits: Limits, task: str) -> None:
        self.limits = limits
        try:
            self._child = subprocess.Popen(
                [sys.executable, "-X", "utf8", "-m", module],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=_environment(),
                start_new_session=True,
            )
        except OSError as error:
            raise EnvironmentTrouble(
                f"The process that {task} could not be started: {error.strerror}",
                remedy="Close other programs and retry",
            ) from error
        self._job = confine(self._child, limits)
        self._lines: queue.Queue[bytes] = queue.Queue(_AHEAD)
        self._closing = threading.Event()
        assert self._child.stdout is not None  # noqa: S101 - it was asked for
        self._pump = threading.Thread(
            target=self._listen, args=(self._child.stdout,), daemon=True, name=f"child {module}"
        )
        self._pump.start()

    def send(self, order: dict[str, Any]) -> None:
        """Give it an order; one that is gone says so by its end."""
        assert self._child.stdin is not None  # noqa: S101 - it was asked for
        text = json.dumps({**order, "limits": asdict(self.limits)})
        with contextlib.suppress(OSError, ValueError):
            self._child.stdin.write(text.encode() + b"\n")
            self._child.stdin.flush()

    def receive(self, seconds: float) -> bytes | None:
        """Its next line; None when none came in time, b"" when there are no more."""
        try:
            return self._lines.get(timeout=seconds)
        except queue.Empty:
            return None

    def memory_mb(self) -> float:
        """What it holds now, in MB; 0 when that cannot be told."""
        return resident_mb(self._child)

    def exit_code(self) -> int:
        """How it ended; waits for the end."""
        return self._child.wait()

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        return self._child.poll() is None

    def kill(self) -> None:
        """End it at once; from any thread."""
        if self._child.poll() is None:
            with contextlib.suppress(OSError):
                self._child.kill()

    def close(self) -> None:
        """End it and let go of all that belongs to it."""
        self._closing.set()
        self.kill()
        self._child.wait()
        self._pump.join()
        for stream in (self._child.stdin, self._child.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()
        self._job = None

    def _listen(self, stream: IO[bytes]) -> None:
        """Hand on whole lines; an empty one says that there are no more."""
        with contextlib.suppress(OSError, ValueError):
            while (line := stream.readline(MOST_LINE)).endswith(b"\n"):
                if not self._hand_on(line):
                    return
            if line:
                self.kill()
        self._hand_on(b"")

    def _hand_on(self, line: bytes) -> bool:
        while not self._closing.is_set():
            try:
                self._lines.put(line, timeout=0.2)
            except queue.Full:
                continue
            return True
        return False


def _environment() -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if name.upper() in _NEEDED or name.upper().startswith(_NEEDED_KINDS)
    }
    package_root = str(Path(__file__).resolve().parents[2])
    paths = [package_root, *filter(None, [os.environ.get("PYTHONPATH", "")])]
    return {
        **kept,
        "PYTHONPATH": os.pathsep.join(paths),
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
