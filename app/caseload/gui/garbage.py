"""When Python's collector may look for cycles, so that it never holds up the window.

A full collection walks every object there is and holds the interpreter while it does, whichever
thread set it off: a run that takes in a catalog cost the event loop 60 to 110 ms.  Here only the
young are looked at while anything runs; all are when the window has been idle for a while, and
what was there when it opened never is.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

from caseload.gui.work import JobCentre

_YOUNG = 10_000
_MIDDLE = 10
_NEVER = 1_000_000
_IDLE_MS = 20_000
_WORTH_IT = 50
"""Collections of the middle generation after which a full one is worth its time."""


class IdleCollector(QObject):
    """Collects when nothing runs.  Make one when the window is shown; close it with the window."""

    def __init__(self, jobs: JobCentre, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._before = gc.get_threshold()
        gc.collect()
        gc.freeze()
        gc.set_threshold(_YOUNG, _MIDDLE, _NEVER)
        self._timer = QTimer(self)
        self._timer.setInterval(_IDLE_MS)
        self._timer.timeout.connect(self._when_idle)
        self._timer.start()

    def _when_idle(self) -> None:
        if not self._jobs.busy and gc.get_count()[2] >= _WORTH_IT:
            gc.collect()

    def close(self) -> None:
        """Let the collector do as it did before."""
        self._timer.stop()
        gc.unfreeze()
        gc.set_threshold(*self._before)
