"""Closes the window when the system, or Ctrl+C in a terminal, asks the process to stop.

Python notes a signal when it next runs, and while Qt waits for events it does not run; so the
signal is made an event too.
"""

from __future__ import annotations

import signal
import socket
from types import FrameType

from PySide6.QtCore import QObject, QSocketNotifier
from PySide6.QtWidgets import QWidget


class StopSignals(QObject):
    """Turns SIGINT and SIGTERM into closing `window`.  Make and close it on the main thread."""

    def __init__(self, window: QWidget) -> None:
        super().__init__()
        self._window = window
        self._reads, self._writes = socket.socketpair()
        for end in (self._reads, self._writes):
            end.setblocking(False)
        self._wake_before = signal.set_wakeup_fd(self._writes.fileno(), warn_on_full_buffer=False)
        self._before = {
            number: signal.signal(number, _noted) for number in (signal.SIGINT, signal.SIGTERM)
        }
        self._notifier = QSocketNotifier(self._reads.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._asked)

    def _asked(self) -> None:
        if self._reads.recv(64):
            self._window.close()

    def close(self) -> None:
        """Let signals do what they did before."""
        self._notifier.setEnabled(False)
        signal.set_wakeup_fd(self._wake_before)
        for number, handler in self._before.items():
            signal.signal(number, handler)
        self._reads.close()
        self._writes.close()


def _noted(_number: int, _frame: FrameType | None) -> None:
    """The byte in the socket says it all."""
