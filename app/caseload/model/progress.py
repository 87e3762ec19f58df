"""How long work tells where it is, and how it is told to stop."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Protocol

from caseload.model.errors import Cancelled


class Progress(Protocol):
    """Where a stage reports to.  Calls are cheap; the receiver coalesces them."""

    def report(self, fraction: float, message: str = "", table: str = "") -> None:
        """Say how much of the work is done: `fraction` in 0..1, never going back."""

    def log(self, message: str, *, level: str = "info", table: str = "") -> None:
        """Add a line to the log of the run; `level` is info, warning or error."""


class SilentProgress:
    """A receiver that drops everything; for tests and nested calls."""

    def report(self, fraction: float, message: str = "", table: str = "") -> None:
        """Drop it."""

    def log(self, message: str, *, level: str = "info", table: str = "") -> None:
        """Drop it."""


class PartOfProgress:
    """A slice of another progress: 0..1 here is start..end there."""

    def __init__(self, parent: Progress, start: float, end: float) -> None:
        self._parent = parent
        self._start = start
        self._end = end

    def report(self, fraction: float, message: str = "", table: str = "") -> None:
        """Report into the parent's slice."""
        share = min(1.0, max(0.0, fraction))
        self._parent.report(self._start + (self._end - self._start) * share, message, table)

    def log(self, message: str, *, level: str = "info", table: str = "") -> None:
        """Pass the line on."""
        self._parent.log(message, level=level, table=table)


class CancelToken:
    """Set from any thread; watched by the work, or told through `on_cancel`."""

    def __init__(self) -> None:
        self._event = threading.Event()
        self._callbacks: list[Callable[[], None]] = []
        self._lock = threading.Lock()

    @property
    def cancelled(self) -> bool:
        """True once `cancel` was called."""
        return self._event.is_set()

    def cancel(self) -> None:
        """Ask the work to stop and run what was registered with `on_cancel`; once is enough."""
        with self._lock:
            if self._event.is_set():
                return
            self._event.set()
            callbacks = list(self._callbacks)
        for callback in callbacks:
            callback()

    def on_cancel(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call `callback` when cancelled (at once if it already is); returns its remover."""
        with self._lock:
            self._callbacks.append(callback)
            already = self._event.is_set()
        if already:
            callback()

        def remove() -> None:
            with self._lock:
                if callback in self._callbacks:
                    self._callbacks.remove(callback)

        return remove

    def raise_if_cancelled(self) -> None:
        """Raise `Cancelled` when the work should stop here."""
        if self._event.is_set():
            raise Cancelled(
                "Cancelled", remedy="Run it again to go on from the last finished stage"
            )
