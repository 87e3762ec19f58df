"""How long from starting the program until its window is on screen.

    python tests/perf/window_start.py [TRIES]

Fresh processes of `caseload -p PROJECT gui` over a demo project of their own that has run once:
until the window is exposed, and until its first page is painted full.  The floor is a fresh
process that imports PySide6 and shows an empty widget.  On the display at hand, else offscreen.
The bar is one second.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

STARTED = "CASELOAD_PERF_STARTED"
BAR_S = 1.0

if sys.platform.startswith("linux") and not os.environ.get("DISPLAY"):
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


def main(tries: int) -> None:
    """Print medians of both, and their ratios to the floor and to the bar."""
    with tempfile.TemporaryDirectory() as top:
        os.environ["CASELOAD_HOME"] = str(Path(top) / "home")
        project = str(Path(top) / "qvh")
        for arguments in (["demo", project], ["-p", project, "lifecycle", "--rows", "20"]):
            program = [sys.executable, "-m", "caseload", *arguments]
            subprocess.run(program, capture_output=True, check=True)
        floor = [_fresh("--floor")[0] for _ in range(tries + 1)]
        starts = [_fresh("--start", project) for _ in range(tries + 1)]
    low = statistics.median(floor[1:])
    print(f"floor: an empty widget    {low:.3f} s   ({os.environ.get('QT_QPA_PLATFORM', 'xcb')})")
    for index, words in enumerate(("window on screen", "its first page painted")):
        took = statistics.median(start[index] for start in starts[1:])
        print(f"{words:<25} {took:.3f} s   {took / low:.2f} floors   {took / BAR_S:.2f} of the bar")


def _fresh(*arguments: str) -> tuple[float, ...]:
    env = {**os.environ, STARTED: str(time.clock_gettime(time.CLOCK_MONOTONIC))}
    program = [sys.executable, __file__, *arguments]
    done = subprocess.run(program, capture_output=True, text=True, env=env, check=True)
    return tuple(float(word) for word in done.stdout.split())


def _since() -> float:
    return time.clock_gettime(time.CLOCK_MONOTONIC) - float(os.environ[STARTED])


def floor() -> None:
    """Show an empty widget and print when it was exposed."""
    from PySide6.QtWidgets import QApplication, QWidget

    app = QApplication([])
    widget = QWidget()
    widget.show()
    while not widget.windowHandle().isExposed():
        app.processEvents()
    print(_since())


def start(project: str) -> None:
    """Run the program itself; print when its window was exposed and its first page painted."""
    from caseload.cli.app import run

    def watched(self: object, folder: Path | None) -> None:
        whole(self, folder)
        self.watch = Watch(self)  # type: ignore[attr-defined]

    import caseload.gui.app as door

    whole = door.Caseload.open_later
    door.Caseload.open_later = watched  # type: ignore[method-assign, assignment]
    run(["-p", project, "gui"])


class Watch:
    """Looks after every turn of the event loop, prints the two times and closes the window."""

    def __init__(self, caseload: object) -> None:
        from PySide6.QtCore import QTimer

        self._window = caseload.window  # type: ignore[attr-defined]
        self._exposed = 0.0
        self._timer = QTimer()
        self._timer.timeout.connect(self._look)
        self._timer.start(1)

    def _look(self) -> None:
        handle = self._window.windowHandle()
        if not self._exposed and handle is not None and handle.isExposed():
            self._exposed = _since()
        page = self._window.pages.page
        if self._exposed and page is not None and page.state == "full":
            self._timer.stop()
            self._window.repaint()
            print(self._exposed, _since())
            self._window.close()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--floor"]:
        floor()
    elif sys.argv[1:2] == ["--start"]:
        start(sys.argv[2])
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
