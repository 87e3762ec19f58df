"""One piece of long work as the window shows it: title, progress, log, cancel.

The worker thread reports into plain fields under a lock; the main thread reads them some
fifteen times a second, so that no report of a worker ever costs the event loop anything.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from PySide6.QtCore import QObject, Signal

from caseload.model.progress import CancelToken

_ETA_FROM = 0.03


class JobState(StrEnum):
    """Where a job stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class LogLine:
    """A line of a log: when, how bad (info, warning, error), of which table, what."""

    at: datetime
    level: str
    table: str
    message: str


class Job(QObject):
    """A job.  `report` and `log` may be called from any thread; all else is the main thread's.

    `changed` comes at most some fifteen times a second while it runs, `logged` with the new
    lines, `ended` once.
    """

    changed = Signal(object)
    logged = Signal(object)
    ended = Signal(object)

    def __init__(
        self, title: str, parent: QObject | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(parent)
        self.title = title
        self.state = JobState.WAITING
        self.cancel_token = CancelToken()
        self.result: object = None
        self.error: BaseException | None = None
        self._clock = clock
        self._lock = threading.Lock()
        self._fraction = 0.0
        self._message = ""
        self._table = ""
        self._dirty = False
        self._fresh: list[LogLine] = []
        self._lines: list[LogLine] = []
        self._started = 0.0
        self._stopped = 0.0

    def report(self, fraction: float, message: str = "", table: str = "") -> None:
        """Say how much is done, from any thread; never goes back."""
        with self._lock:
            self._fraction = max(self._fraction, min(1.0, fraction))
            self._message = message or self._message
            self._table = table or self._table
            self._dirty = True

    def log(self, message: str, *, level: str = "info", table: str = "") -> None:
        """Add a line to the log, from any thread."""
        line = LogLine(datetime.now(UTC), level, table, message)
        with self._lock:
            self._fresh.append(line)

    @property
    def fraction(self) -> float:
        """How much is done, 0..1."""
        return self._fraction

    @property
    def message(self) -> str:
        """What it is doing."""
        return self._message

    @property
    def table(self) -> str:
        """The table it is at, or ""."""
        return self._table

    @property
    def lines(self) -> list[LogLine]:
        """The log so far."""
        return self._lines

    @property
    def running(self) -> bool:
        """True while it waits or runs."""
        return self.state in (JobState.WAITING, JobState.RUNNING)

    @property
    def elapsed(self) -> float:
        """Seconds since it began."""
        if not self._started:
            return 0.0
        return (self._stopped or self._clock()) - self._started

    @property
    def time_left(self) -> float | None:
        """Seconds until done at the pace so far; None while that cannot be said."""
        if self.state is not JobState.RUNNING or self._fraction < _ETA_FROM or self.elapsed < 1:
            return None
        return self.elapsed * (1 - self._fraction) / self._fraction

    def cancel(self) -> None:
        """Ask it to stop."""
        self.cancel_token.cancel()

    def begin(self) -> None:
        """Mark it as running; called on the worker thread."""
        with self._lock:
            self._started = self._clock()
            self.state = JobState.RUNNING
            self._dirty = True

    def flush(self) -> None:
        """Tell what is new since the last time; called on the main thread."""
        with self._lock:
            fresh, self._fresh = self._fresh, []
            dirty, self._dirty = self._dirty, False
        if fresh:
            self._lines.extend(fresh)
            self.logged.emit(fresh)
        if dirty:
            self.changed.emit(self)

    def finish(self, state: JobState, result: object, error: BaseException | None) -> None:
        """Mark it as ended; called on the main thread."""
        self._stopped = self._clock()
        self.result = result
        self.error = error
        if state is JobState.DONE:
            self._fraction = 1.0
        self.state = state
        self._dirty = True
        self.flush()
        self.ended.emit(self)
