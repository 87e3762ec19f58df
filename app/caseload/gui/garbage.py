"""When Python's collector looks for cycles: on the main thread, a little at a time.

Left to itself it runs in whichever thread allocates, and may there destroy widgets, which only
the main thread may; and a collection holds the interpreter while it walks every object that it
looks at (inferring the relationships of 417 tables left so many that one held the event loop for
96 ms).  Here the young are looked at several times a second while they are few.  When a worker
has made very many at once they are set aside unseen, which takes no time, and looked at with all
others once nobody has touched the window for a while.
"""

from __future__ import annotations

import gc
import time

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtGui import QWindow

from caseload.gui.work import JobCentre

_TICK_MS = 200
_MIDDLE_EVERY = 10
_FULL_EVERY = 100
_WORTH_IT, _TOO_MANY = 2_000, 50_000
"""Objects made since the last look that make another worth its time, and too many for one."""
_REST_S = 15.0
_TOUCHES = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseMove,
        QEvent.Type.Wheel,
    }
)


class IdleCollector(QObject):
    """Collects on the main thread.  Make one when the window is made; close it after it."""

    def __init__(self, jobs: JobCentre, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._ticks = 0
        self._set_aside = False
        self._touched = time.monotonic()
        gc.collect()
        gc.freeze()
        gc.disable()
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self._tick)
        self._timer.start()

    def watch(self, window: QWindow | None) -> None:
        """Wait with what takes long until nobody has touched this window for a while."""
        if window is not None:
            window.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Note that somebody is at work."""
        if event.type() in _TOUCHES:
            self._touched = time.monotonic()
        return False

    def _tick(self) -> None:
        many = gc.get_count()[0]
        if many >= _TOO_MANY:
            gc.freeze()
            self._set_aside = True
        elif many >= _WORTH_IT:
            self._ticks += 1
            gc.collect(1 if self._ticks % _MIDDLE_EVERY == 0 else 0)
        elif (self._set_aside or self._ticks >= _FULL_EVERY) and self._at_rest:
            self._ticks, self._set_aside = 0, False
            gc.unfreeze()
            gc.collect()
            gc.freeze()

    @property
    def _at_rest(self) -> bool:
        return not self._jobs.busy and time.monotonic() - self._touched >= _REST_S

    def close(self) -> None:
        """Let the collector do as it did before."""
        self._timer.stop()
        gc.unfreeze()
        gc.enable()
