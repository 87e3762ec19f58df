"""The child process in which stages run: `python -m caseload.lifecycle.worker PARENT`.

Reads work orders and cancellations from standard input, writes progress and answers to
standard output, one JSON object a line.  What libraries print goes to standard error.
"""

from __future__ import annotations

import faulthandler
import json
import os
import queue
import signal
import sys
import threading
import time
import traceback
from typing import IO, Any

from caseload.lifecycle import wire
from caseload.lifecycle.executors import InProcess
from caseload.model.errors import CaseloadError
from caseload.model.progress import CancelToken

_PR_SET_PDEATHSIG = 1
_REPORTS_A_SECOND = 20


class WireProgress:
    """Sends progress to the parent, no oftener than it can be looked at.

    Of several reports in one twentieth of a second the last is sent; none is held back longer.
    """

    def __init__(self, out: IO[bytes]) -> None:
        self._out = out
        self._lock = threading.Lock()
        self._latest: list[Any] | None = None
        self._news = threading.Event()
        threading.Thread(target=self._pass_on, daemon=True).start()

    def _pass_on(self) -> None:
        while self._news.wait():
            self._news.clear()
            with self._lock:
                self._send_latest()
            time.sleep(1 / _REPORTS_A_SECOND)

    def report(self, fraction: float, message: str = "", table: str = "") -> None:
        """Have it sent soon, in the place of one that was not yet."""
        self._latest = [fraction, message, table]
        self._news.set()

    def log(self, message: str, *, level: str = "info", table: str = "") -> None:
        """Send the line."""
        self.send({"log": [message, level, table]})

    def send(self, message: dict[str, Any]) -> None:
        """Send a message, after the progress that came before it."""
        with self._lock:
            self._send_latest()
            self._write(message)

    def _send_latest(self) -> None:
        latest, self._latest = self._latest, None
        if latest is not None:
            self._write({"progress": latest})

    def _write(self, message: dict[str, Any]) -> None:
        try:
            self._out.write(json.dumps(message).encode() + b"\n")
            self._out.flush()
        except OSError:
            os._exit(3)  # the parent has gone


def _die_with(parent: int) -> None:
    """Have the kernel end this process with its parent, where it can."""
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it had gone before the kernel was told
            os._exit(3)


class _Orders:
    """Standard input, read by a thread of its own so that a cancellation gets through."""

    def __init__(self) -> None:
        self.jobs: queue.Queue[tuple[dict[str, Any], CancelToken]] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        cancel = CancelToken()
        for line in sys.stdin.buffer:
            message = json.loads(line)
            if "cancel" in message:
                cancel.cancel()
            else:
                cancel = CancelToken()
                self.jobs.put((message, cancel))
        os._exit(3 if self.jobs.unfinished_tasks else 0)  # the parent has gone, or is done


def _carry_out(order: dict[str, Any], progress: WireProgress, cancel: CancelToken) -> None:
    try:
        job = wire.job_from_dict(order["job"])
        result = InProcess().execute(order["function"], job, progress, cancel)
        progress.send({"result": wire.result_to_dict(result)})
    except CaseloadError as error:
        progress.send({"error": error.as_dict()})
    except MemoryError:
        progress.send(
            {
                "error": {
                    "error": "EnvironmentTrouble",
                    "what": "Memory ran out",
                    "where": order["job"]["stage"],
                    "remedy": "Close other programs and run it again",
                }
            }
        )
    except Exception as error:  # noqa: BLE001 - the border of the process: told, not hidden
        # The message of a foreign exception may quote a patient's data: only places are kept.
        frames = traceback.format_tb(error.__traceback__)
        progress.log("".join([*frames, type(error).__name__]), level="error")
        where = traceback.extract_tb(error.__traceback__)[-1]
        progress.send(
            {
                "error": CaseloadError(
                    f"A defect in {order['job']['stage']}: {type(error).__name__}",
                    where=f"{os.path.basename(where.filename)}, line {where.lineno}",  # noqa: PTH119
                    remedy="Nothing was published; the log of the run has the details",
                ).as_dict()
            }
        )


def main() -> None:
    """Carry out orders until the parent closes standard input; the window goes first."""
    _die_with(int(sys.argv[1]))
    if hasattr(os, "nice"):
        os.nice(5)
    faulthandler.enable()
    out = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    progress = WireProgress(out)
    orders = _Orders()
    while True:
        order, cancel = orders.jobs.get()
        for entry in order["sys_path"]:
            if entry not in sys.path:
                sys.path.append(entry)
        _carry_out(order, progress, cancel)
        orders.jobs.task_done()


if __name__ == "__main__":
    main()
