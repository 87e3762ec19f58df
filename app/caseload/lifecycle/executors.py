"""Where a stage's work is done: in this process, or in a child that may crash alone.

The child gets work orders as JSON lines on its standard input and answers the same way; it
never touches the project file.  It goes with its parent: the kernel sees to it on Linux, the
end of its standard input everywhere.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Protocol, Self

from caseload.lifecycle import wire
from caseload.lifecycle.registry import resolve
from caseload.model import errors
from caseload.model.errors import Cancelled, CaseloadError, EnvironmentTrouble
from caseload.model.progress import CancelToken, Progress
from caseload.model.stage import StageJob, StageResult
from caseload.model.trouble import is_of_the_machine, trouble

GRACE_SECONDS = 10.0
"""How long a cancelled stage may take to stop before its process is ended."""


class Executor(Protocol):
    """Carries out one stage's work order."""

    def execute(
        self, function: str, job: StageJob, progress: Progress, cancel: CancelToken
    ) -> StageResult:
        """Run "module:name" on `job`.

        Raises:
            Cancelled: it was cancelled, and has stopped.
            CaseloadError: what the stage raised, or that its process crashed.
        """


class InProcess:
    """Runs stages right here; for tests and for work that is over at once."""

    def execute(
        self, function: str, job: StageJob, progress: Progress, cancel: CancelToken
    ) -> StageResult:
        """Call the function; a full disk and its like come out as the machine's trouble."""
        try:
            return resolve(function)(job, progress, cancel)
        except OSError as error:
            if is_of_the_machine(error):
                raise trouble(error, str(job.work_dir)) from error
            raise


class ChildProcess:
    """Runs stages in one child process, started when first needed and kept for the next stage.

    Use it in a `with`, in one thread: on Linux the child goes when that thread ends.
    """

    def __init__(self, *, grace_seconds: float = GRACE_SECONDS) -> None:
        self._grace = grace_seconds
        self._child: subprocess.Popen[bytes] | None = None
        self._errors: IO[bytes] | None = None
        self._write_lock = threading.Lock()

    @property
    def pid(self) -> int | None:
        """The child's process number, while there is one."""
        return self._child.pid if self._child and self._child.poll() is None else None

    def execute(
        self, function: str, job: StageJob, progress: Progress, cancel: CancelToken
    ) -> StageResult:
        """Send the work order and pass on what comes back until the answer."""
        cancel.raise_if_cancelled()
        child = self._running_child(job.work_dir.parent / "child.txt")
        killer = threading.Timer(self._grace, child.kill)
        killer.daemon = True

        def ask_to_stop() -> None:
            self._send({"cancel": True})
            killer.start()

        self._send({"function": function, "job": wire.job_to_dict(job), "sys_path": sys.path})
        forget = cancel.on_cancel(ask_to_stop)
        try:
            answer = self._answer(child, progress)
        finally:
            forget()
            killer.cancel()
        if answer is None:
            raise self._ended(child, job, cancel)
        if "result" in answer:
            return wire.result_from_dict(answer["result"])
        raise errors.from_dict(answer["error"])

    def _running_child(self, errors_path: Path) -> subprocess.Popen[bytes]:
        if self._child is not None and self._child.poll() is None:
            return self._child
        self.close()
        errors_path.parent.mkdir(parents=True, exist_ok=True)
        self._errors = errors_path.open("w+b")
        try:
            self._child = subprocess.Popen(
                [sys.executable, "-m", "caseload.lifecycle.worker", str(os.getpid())],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._errors,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)},
                # Ctrl+C at the terminal is for the parent, which cancels in good order.
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0)
                | getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
                start_new_session=True,
            )
        except OSError as error:
            raise EnvironmentTrouble(
                "The stage's process could not be started",
                where=str(error),
                remedy="Close other programs and try again",
            ) from error
        return self._child

    def _send(self, message: dict[str, Any]) -> None:
        child = self._child
        if child is None or child.stdin is None:
            return
        # A child that has gone is noticed by its silence, with the reason.
        with self._write_lock, contextlib.suppress(OSError, ValueError):
            child.stdin.write(json.dumps(message).encode() + b"\n")
            child.stdin.flush()

    @staticmethod
    def _answer(child: subprocess.Popen[bytes], progress: Progress) -> dict[str, Any] | None:
        """Pass progress on until the answer comes; None when the child ends without one."""
        if child.stdout is None:
            return None
        for line in child.stdout:
            try:
                message: dict[str, Any] = json.loads(line)
            except ValueError:
                return None
            if "progress" in message:
                progress.report(*message["progress"])
            elif "log" in message:
                text, level, table = message["log"]
                progress.log(text, level=level, table=table)
            else:
                return message
        return None

    def _ended(
        self, child: subprocess.Popen[bytes], job: StageJob, cancel: CancelToken
    ) -> CaseloadError:
        code = child.wait()
        tail = self._last_words()
        self.close()
        if cancel.cancelled:
            return Cancelled(remedy="Run it again to go on from the last finished stage")
        if sys.platform != "win32" and code == -signal.SIGKILL:
            return EnvironmentTrouble(
                f"The process of {job.stage.value} was ended from outside",
                where=tail,
                remedy="Memory may have run out: close other programs and run it again",
            )
        return CaseloadError(
            f"The process of {job.stage.value} crashed ({_how(code)})",
            where=tail,
            remedy="Nothing was published; the log of the run has the details",
        )

    def _last_words(self) -> str:
        if self._errors is None:
            return ""
        self._errors.seek(0)
        lines = self._errors.read().decode(errors="replace").strip().splitlines()
        return lines[-1].strip() if lines else ""

    def close(self) -> None:
        """End the child, if there is one."""
        if self._child is not None:
            for pipe in (self._child.stdin, self._child.stdout):
                if pipe is not None:
                    with contextlib.suppress(OSError):
                        pipe.close()
            try:
                self._child.wait(timeout=2)
            except subprocess.TimeoutExpired:
                self._child.kill()
                self._child.wait()
            self._child = None
        if self._errors is not None:
            self._errors.close()
            self._errors = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _how(code: int) -> str:
    if code >= 0:
        return f"exit code {code}"
    try:
        return f"signal {signal.Signals(-code).name}"
    except ValueError:
        return f"signal {-code}"
