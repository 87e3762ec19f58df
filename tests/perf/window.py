"""How the window feels once it is open: time to switch pages, longest block during a run.

    python tests/perf/window.py [ROWS]

Over a demo project of its own that has run once.  The window is drawn offscreen by the real
program; the lifecycle is started from its Lifecycle page.  A block is the time between two turns
of the event loop that wanted to be 2 ms apart, as far as this process (its threads, not the
stages' child) was at work in it: on a busy machine other programs hold the loop up too, and the
whole gap is printed beside.  Ratios are to the bars: block 50 ms, page switch 100 ms.  The time
until the window is on screen is `window_start.py`'s.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
BLOCK_MS, SWITCH_MS = 50.0, 100.0
TRIES = 5


def main(rows: str) -> None:
    """Print all figures."""
    with tempfile.TemporaryDirectory() as top:
        os.environ["CASELOAD_HOME"] = str(Path(top) / "home")
        project = Path(top) / "qvh"
        _caseload("demo", str(project))
        _caseload("-p", str(project), "lifecycle", "--rows", rows)
        _in_window(project, int(rows))


def _caseload(*arguments: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "caseload", *arguments, "--json"], capture_output=True, check=False
    )
    if done.returncode not in (0, 1):
        sys.exit(done.stderr.decode())


def _in_window(project: Path, rows: int) -> None:
    from PySide6.QtWidgets import QApplication

    from caseload.gui.app import Caseload, Opener, make_application
    from caseload.gui.memory import Memory
    from caseload.gui.theme import Mode

    make_application(Mode.LIGHT)
    caseload = Caseload(Memory())
    caseload.window.show()
    caseload.show_session(Opener(project).open())
    caseload.jobs.wait_idle(60_000)
    for entry in caseload.window.shown_entries:
        caseload.window.open_page(entry.page_id)
        caseload.jobs.wait_idle(60_000)
    try:
        _print_switches(caseload, QApplication.processEvents)
        _print_blocks(caseload, rows)
    finally:
        caseload.window.close()
        caseload.close()


def _print_switches(caseload: object, turn: Callable[[], None]) -> None:
    """Switch through the loaded pages; a switch ends when the page is painted."""
    window = caseload.window  # type: ignore[attr-defined]
    worst: dict[str, float] = {}
    for _ in range(TRIES):
        for entry in window.shown_entries:
            began = time.perf_counter()
            window.open_page(entry.page_id)
            window.pages.repaint()
            turn()
            took = (time.perf_counter() - began) * 1000
            worst[entry.page_id] = max(worst.get(entry.page_id, 0.0), took)
    _say("slowest page switch", max(worst.values()), SWITCH_MS, "ms")
    for page, took in sorted(worst.items(), key=lambda item: -item[1]):
        print(f"  {page:<12} {took:6.1f} ms")


class Pulse:
    """Beats every 2 ms in the event loop and keeps the gaps between two beats, by stage."""

    def __init__(self, stage: Callable[[], str]) -> None:
        from PySide6.QtCore import Qt, QTimer

        self._stage = stage
        self._last = time.perf_counter()
        self._worked = time.process_time()
        self.gaps: list[tuple[float, float, str]] = []
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(2)
        self._timer.timeout.connect(self._beat)
        self._timer.start()

    def _beat(self) -> None:
        now, worked = time.perf_counter(), time.process_time()
        gap, own = now - self._last, worked - self._worked
        self._last, self._worked = now, worked
        self.gaps.append((gap * 1000, min(gap, own) * 1000, self._stage()))

    def stop(self) -> None:
        self._timer.stop()


def _print_blocks(caseload: object, rows: int) -> None:
    """Run the lifecycle from its page and print the longest gaps of the event loop."""
    from PySide6.QtCore import QEventLoop, QTimer

    window = caseload.window  # type: ignore[attr-defined]
    page = window.pages.open_page("lifecycle")
    page.parameters.numbers["rows"].setText(str(rows))

    def stage() -> str:
        watch = page.presenter.watch
        view = watch.view() if watch is not None else None
        return view.stage.value if view is not None and view.stage is not None else "at rest"

    loop = QEventLoop()
    began = time.perf_counter()
    pulse = Pulse(stage)
    page.run_all.click()
    poll = QTimer()
    poll.setInterval(50)

    def over() -> None:
        if not page.presenter.running and not caseload.jobs.busy:  # type: ignore[attr-defined]
            loop.quit()

    poll.timeout.connect(over)
    poll.start()
    loop.exec()
    poll.stop()
    pulse.stop()
    gaps = pulse.gaps
    print(f"lifecycle over {rows} patients from the window: {time.perf_counter() - began:.1f} s")
    _say("longest block", max(g[1] for g in gaps), BLOCK_MS, "ms")
    print(f"  with the machine's other work {max(g[0] for g in gaps):.0f} ms")
    over_bar = sum(g[1] > BLOCK_MS for g in gaps)
    print(f"  {over_bar} of {len(gaps):,} turns over {BLOCK_MS:.0f} ms")
    worst: dict[str, float] = {}
    for _, own, name in gaps:
        worst[name] = max(worst.get(name, 0.0), own)
    for name, own in worst.items():
        print(f"  {name:<26} {own:6.1f} ms")


def _say(what: str, value: float, bar: float, unit: str) -> None:
    print(f"{what}: {value:.2f} {unit}, {value / bar:.2f} of the bar of {bar:g} {unit}")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "20")
