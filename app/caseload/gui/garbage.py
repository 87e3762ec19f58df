"""When Python's collector looks for cycles: on the main thread, a little at a time.

Left to itself it runs in whichever thread allocates, and may there destroy widgets, which only
the main thread may; and a full collection holds the interpreter while it walks every object
there is (a run that took in a catalog cost the event loop 60 to 110 ms).  Here the young are
looked at several times a second, all when the window has been idle, and what was there when it
opened never is.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

from caseload.gui.work import JobCentre

_TICK_MS = 200
_MIDDLE_EVERY = 10
_FULL_EVERY = 100
_WORTH_IT, _TOO_MANY = 2_000, 400_000
"""Objects made since the last look that make another worth its time, at rest and in a run."""


class IdleCollector(QObject):
    """Collects on the main thread.  Make one when the window is made; close it after it."""

    def __init__(self, jobs: JobCentre, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._ticks = 0
        gc.collect()
        gc.freeze()
        gc.disable()
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self._tick)
        self._timer.start()

    def _tick(self) -> None:
        running = any(job.running for job in self._jobs.jobs)
        if gc.get_count()[0] >= (_TOO_MANY if running else _WORTH_IT):
            self._ticks += 1
            gc.collect(1 if self._ticks % _MIDDLE_EVERY == 0 else 0)
        elif self._ticks >= _FULL_EVERY and not self._jobs.busy:
            self._ticks = 0
            gc.collect()

    def close(self) -> None:
        """Let the collector do as it did before."""
        self._timer.stop()
        gc.unfreeze()
        gc.enable()
