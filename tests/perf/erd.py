"""How the diagram feels: opening its page, panning, zooming, and how long it holds the window.

    python tests/perf/erd.py

Over a demo project of its own (417 tables with 5,387 fields) and over a made system of 500
tables with 12,000 fields.  Drawn by the real page and view, offscreen or on the display at hand
(`xvfb-run -a python tests/perf/erd.py`), in software.  A frame is one step of the view and the
repaint that follows; beside the wall's clock stands what this process worked in it, for on a
busy machine other programs hold it up too, and that is what is held against the bars: median
16 ms, worst 33 ms, opening 1 s, longest block of the event loop 50 ms.  Modules are compiled
beforehand, as they are where the program is installed.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

if sys.platform.startswith("linux") and not os.environ.get("DISPLAY"):
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

MEDIAN_MS, WORST_MS, OPEN_MS, BLOCK_MS = 16.0, 33.0, 1000.0, 50.0
SIZE = (1440, 900)
STEPS = 40


def main() -> None:
    """Print all figures."""
    from caseload.gui.app import make_application
    from caseload.gui.theme import Mode

    with tempfile.TemporaryDirectory() as top:
        os.environ["CASELOAD_HOME"] = str(Path(top) / "home")
        project = Path(top) / "qvh"
        for arguments in (
            ["demo", str(project)],
            ["-p", str(project), "lifecycle", "--rows", "20"],
        ):
            program = [sys.executable, "-m", "caseload", *arguments, "--json"]
            subprocess.run(program, capture_output=True, check=False)
        written = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
        modules = "gui.pages.erd", "gui.erd.inspector", "services.erd_domains", "specs.meaning"
        imports = "; ".join(f"import caseload.{module}" for module in modules)
        program = [sys.executable, "-c", imports]
        subprocess.run(program, env=written, check=True)
        make_application(Mode.LIGHT)
        older = _without_layouts(project, Path(top) / "older")
        print("opening the page for the first time, of a project of an older version")
        _open(older, frames=False)
        print("opening the page after a lifecycle")
        _open(project, frames=True)
        print("a made system, 500 tables with 12,000 fields, 1,500 relationships")
        _made()


def _without_layouts(project: Path, copy: Path) -> Path:
    """A copy in which nothing of the diagram is stored, as before there was one."""
    shutil.copytree(project, copy)
    (file,) = copy.glob("*.caseload")
    with contextlib.closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("DELETE FROM erd_layout")
        connection.execute("DELETE FROM erd_domain")
    return copy


def _say(words: str, own: float, wall: float, bar: float) -> None:
    print(f"  {words:<34} {own:7.1f} ms   {own / bar:5.2f} of the bar   (wall {wall:7.1f} ms)")


class Pulse:
    """Beats every millisecond in the event loop and keeps the longest gap."""

    def __init__(self) -> None:
        from PySide6.QtCore import Qt, QTimer

        self._last = time.perf_counter()
        self._worked = time.thread_time()
        self.worst = self.wall = 0.0
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)
        self._timer.start(1)

    def _beat(self) -> None:
        now, worked = time.perf_counter(), time.thread_time()
        self.worst = max(self.worst, (worked - self._worked) * 1000)
        self.wall = max(self.wall, (now - self._last) * 1000)
        self._last, self._worked = now, worked

    def stop(self) -> None:
        self._timer.stop()


def _open(project: Path, *, frames: bool) -> None:
    """Open the page in the real window as a person does, then move about in it."""
    from PySide6.QtCore import QEventLoop
    from PySide6.QtWidgets import QApplication

    from caseload.gui.app import Caseload
    from caseload.gui.memory import Memory
    from caseload.gui.opener import Opener

    caseload = Caseload(Memory())
    caseload.window.resize(*SIZE)
    caseload.window.show()
    caseload.show_session(Opener(project).open())
    caseload.jobs.wait_idle(60_000)
    pulse = Pulse()
    began, worked = time.perf_counter(), time.process_time()
    caseload.window.open_page("erd")
    page: Any = caseload.window.pages.page
    while page.state != "full":
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 5)
        page = caseload.window.pages.page
    page.canvas.view.viewport().repaint()
    own, wall = (time.process_time() - worked) * 1000, (time.perf_counter() - began) * 1000
    _say("from the click to painted", own, wall, OPEN_MS)
    while caseload.jobs.busy:
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 5)
    pulse.stop()
    linked = (time.perf_counter() - began) * 1000
    print(f"  {'until its relationships are there':<34} {linked:7.1f} ms   (wall)")
    _say("longest block of the event loop", pulse.worst, pulse.wall, BLOCK_MS)
    if frames:
        _frames_of_page(page, caseload)
    caseload.window.close()
    caseload.close()
    QApplication.processEvents()


def _frames_of_page(page: Any, caseload: Any) -> None:
    from caseload.model.erd import Density

    for density in Density:
        if density is Density.FOCUS:
            continue
        page.toolbar.density.chosen.emit(density.value)
        caseload.jobs.wait_idle(60_000)
        print(f"{density.value}, {len(page.canvas.scene.tables)} tables")
        _drive(page.canvas.view)


def _made() -> None:
    """The same moves over a made system, in a view of its own."""
    from caseload.gui.erd.scene import DiagramScene
    from caseload.gui.erd.view import DiagramView
    from caseload.model.erd import Density
    from caseload.services.erd_layout import arrange, placement

    diagram = made_diagram()
    scene = DiagramScene()
    view = DiagramView(scene)
    view.resize(1388, 724)
    view.show()
    for density in (Density.NAMES, Density.KEYS, Density.COLUMNS):
        began = time.process_time()
        places = arrange(diagram.tables, diagram.domains, (), density)
        placed = placement(places, diagram.tables, diagram.domains, density)
        own = (time.process_time() - began) * 1000
        began = time.process_time()
        scene.show_diagram(diagram, placed)
        view.fit()
        shown = (time.process_time() - began) * 1000
        print(f"{density.value}: laid out in {own:.0f} ms, put up in {shown:.0f} ms")
        _drive(view)
    view.close()


def made_diagram() -> Any:
    """500 tables of 24 columns in 14 domains, each pointing at three before it."""
    from caseload.model.catalog import Side
    from caseload.model.erd import (
        Diagram,
        DomainLink,
        ErdColumn,
        ErdDomain,
        ErdTable,
        Part,
        Standing,
    )
    from caseload.model.relationship import Cardinality, LinkKind, LinkState, RelationshipRow

    standings = (Standing.APPROVED, Standing.DECIDED, Standing.UNUSED)
    names = [f"TABLE{number:03}" for number in range(500)]
    tables, members = {}, [names[start::14] for start in range(14)]
    for domain, own in enumerate(members):
        for place, name in enumerate(own):
            columns = tuple(
                ErdColumn(
                    f"Column{n:02}",
                    "VARCHAR2 10",
                    Part.KEY if n == 0 else Part.LINK if n < 4 else Part.FACT,
                    standings[(n + place) % 3],
                )
                for n in range(24)
            )
            landmark = place < 2
            tables[name] = ErdTable(name, f"Domain {domain}", columns, "", landmark, 8, 8)
    domains = tuple(
        ErdDomain(f"Domain {i}", tuple(own), 24 * len(own)) for i, own in enumerate(members)
    )
    links = tuple(
        RelationshipRow(
            f"{child}-{n}",
            Side.SOURCE,
            child,
            (f"Column{n + 1:02}",),
            names[(index * 7 + n * 31) % len(names)],
            ("Column00",),
            Cardinality.ONE_TO_MANY,
            LinkKind.INFERRED,
            LinkState.PROPOSED,
            0.7 if n else 0.9,
        )
        for index, child in enumerate(names)
        for n in range(3)
    )
    pairs = tuple(
        DomainLink(f"Domain {a}", f"Domain {b}", 3 * (a + b)) for a in range(14) for b in range(a)
    )
    return Diagram(Side.SOURCE, {n: tables[n] for n in sorted(tables)}, domains, links, pairs)


def _drive(view: Any) -> None:
    """Pan at several zooms and zoom from far to near and back; print median and worst."""
    from PySide6.QtCore import QPointF

    for zoom in (0.0, 0.4, 0.7, 1.0):
        view.fit()
        if zoom:
            view.zoom_at(QPointF(view.rect().center()), zoom / view.zoom)
        _print_frames(f"pan at {view.zoom:.0%}", view, _pans(view))
    view.fit()
    _print_frames("zoom in and out", view, _zooms(view))


def _pans(view: Any) -> Iterator[Callable[[], None]]:
    from PySide6.QtCore import QPointF

    for step in range(STEPS):
        by = QPointF(-24, -11) if step < STEPS / 2 else QPointF(24, 11)
        yield lambda by=by: view.pan(by)  # type: ignore[misc]


def _zooms(view: Any) -> Iterator[Callable[[], None]]:
    from PySide6.QtCore import QPointF

    at = QPointF(500, 300)
    for step in range(2 * STEPS):
        factor = 1.05 if step < STEPS else 1 / 1.05
        yield lambda factor=factor: view.zoom_at(at, factor)  # type: ignore[misc]


def _print_frames(words: str, view: Any, steps: Iterator[Callable[[], None]]) -> None:
    from PySide6.QtWidgets import QApplication

    view.viewport().repaint()
    QApplication.processEvents()
    own, wall = [], []
    for step in steps:
        began, worked = time.perf_counter(), time.thread_time()
        step()
        QApplication.processEvents()
        own.append((time.thread_time() - worked) * 1000)
        wall.append((time.perf_counter() - began) * 1000)
    median, worst = statistics.median(own), max(own)
    print(
        f"  {words:<18} median {median:5.1f} ms ({median / MEDIAN_MS:4.2f} of the bar)"
        f"   worst {worst:5.1f} ms ({worst / WORST_MS:4.2f})   wall {statistics.median(wall):.1f}"
        f" and {max(wall):.1f} ms"
    )


if __name__ == "__main__":
    main()
