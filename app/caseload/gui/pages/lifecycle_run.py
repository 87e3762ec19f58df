"""A run as the window follows it: which stage, how far, which tables, what came out.

The worker thread reports here; the main thread takes a `RunView` some fifteen times a second.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from caseload.model.progress import Progress
from caseload.model.stage import STAGE_TITLES, STAGES, Stage, StageResult, Verdict

_TABLES_KEPT = 400


@dataclass(frozen=True, slots=True)
class TableLine:
    """A table that a stage is at, or has done, with what it said of it."""

    name: str
    message: str
    done: bool


@dataclass(frozen=True, slots=True)
class RunView:
    """A run at one moment.  `share` of the current stage in 0..1; `elapsed` its seconds so far.

    `seconds` tells how long each finished stage took.
    """

    stage: Stage | None = None
    share: float = 0.0
    elapsed: float = 0.0
    message: str = ""
    tables: tuple[TableLine, ...] = ()
    results: dict[Stage, StageResult] = field(default_factory=dict)
    seconds: dict[Stage, float] = field(default_factory=dict)


class RunWatch:
    """The stages' progress: passes it on to a job, and keeps what the page shows.

    `report`, `log`, `stage_started` and `stage_finished` are the worker's; `view` anybody's.
    `stages` are those that the run is to do, at the most.
    """

    def __init__(self, last: Stage = STAGES[-1], clock: Callable[[], float] = time.monotonic):
        self._last = last
        self._clock = clock
        self._lock = threading.Lock()
        self._job: Progress | None = None
        self._first: Stage | None = None
        self._stage: Stage | None = None
        self._share = 0.0
        self._message = ""
        self._since = 0.0
        self._tables: dict[str, str] = {}
        self._at_table = ""
        self._results: dict[Stage, StageResult] = {}
        self._seconds: dict[Stage, float] = {}

    def attach(self, job: Progress) -> RunWatch:
        """Pass everything on to a job from now on."""
        self._job = job
        return self

    def report(self, fraction: float, message: str = "", table: str = "") -> None:
        """Take the fraction of the whole run and pass it on."""
        with self._lock:
            self._share = max(self._share, self._share_of_stage(fraction))
            self._message = message or self._message
            if table:
                self._tables.pop(table, None)
                self._tables[table] = message.replace(table, "").strip(" :,")
                self._at_table = table
                if len(self._tables) > _TABLES_KEPT:
                    del self._tables[next(iter(self._tables))]
        if self._job is not None:
            self._job.report(fraction, message, table)

    def log(self, message: str, *, level: str = "info", table: str = "") -> None:
        """Pass a line on."""
        if self._job is not None:
            self._job.log(message, level=level, table=table)

    def stage_started(self, stage: Stage) -> None:
        """A stage begins."""
        with self._lock:
            self._first = self._first or stage
            self._stage = stage
            self._share = 0.0
            self._message = ""
            self._tables = {}
            self._at_table = ""
            self._since = self._clock()
        self.log(f"{STAGE_TITLES[stage]} begins")

    def stage_finished(self, stage: Stage, result: StageResult) -> None:
        """A stage is done."""
        with self._lock:
            self._results[stage] = result
            self._seconds[stage] = self._clock() - self._since
            self._share = 1.0
        if result.verdict is Verdict.FAIL:
            self.log(f"{STAGE_TITLES[stage]} did not pass", level="error")

    def view(self) -> RunView:
        """How it stands now."""
        with self._lock:
            stage = self._stage
            over = stage in self._results
            tables = tuple(
                TableLine(name, message, done=over or name != self._at_table)
                for name, message in self._tables.items()
            )
            return RunView(
                stage=stage,
                share=self._share,
                elapsed=self._clock() - self._since if stage is not None else 0.0,
                message=self._message,
                tables=tables,
                results=dict(self._results),
                seconds=dict(self._seconds),
            )

    def _share_of_stage(self, fraction: float) -> float:
        """What of the current stage is done when `fraction` of the run is."""
        if self._stage is None or self._first is None:
            return 0.0
        begin = STAGES.index(self._first)
        count = max(1, STAGES.index(self._last) - begin + 1)
        place = STAGES.index(self._stage) - begin
        return min(1.0, max(0.0, fraction * count - place))
