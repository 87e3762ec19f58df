"""The log of one attempt at a stage: lines in a file, beside what the observer is told."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Protocol

from caseload.model.progress import Progress
from caseload.model.stage import Stage
from caseload.store.records import RunRecord, StageRecord, utc_text


class RunObserver(Protocol):
    """Who watches a run.  Calls come from the thread that runs it, and are to be quick."""

    def run_started(self, run: RunRecord) -> None:
        """A run began, or goes on."""

    def stage_started(self, attempt: StageRecord) -> None:
        """A stage began."""

    def stage_progress(self, stage: Stage, fraction: float, message: str, table: str) -> None:
        """A stage has done `fraction` (0..1) of its work."""

    def stage_log(self, stage: Stage, message: str, level: str, table: str) -> None:
        """A stage has something to say."""

    def stage_finished(self, attempt: StageRecord) -> None:
        """A stage ended, in whatever state."""

    def run_finished(self, run: RunRecord) -> None:
        """The run ended, in whatever state."""


class SilentObserver:
    """Watches nothing; a base for observers that care for some events only."""

    def run_started(self, run: RunRecord) -> None:
        """Nothing."""

    def stage_started(self, attempt: StageRecord) -> None:
        """Nothing."""

    def stage_progress(self, stage: Stage, fraction: float, message: str, table: str) -> None:
        """Nothing."""

    def stage_log(self, stage: Stage, message: str, level: str, table: str) -> None:
        """Nothing."""

    def stage_finished(self, attempt: StageRecord) -> None:
        """Nothing."""

    def run_finished(self, run: RunRecord) -> None:
        """Nothing."""


class StageLog:
    """A stage's progress: into its log file, to the run's progress, and to the observer."""

    def __init__(
        self,
        path: Path,
        stage: Stage,
        progress: Progress,
        observer: RunObserver,
        clock: Callable[[], datetime],
    ) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("w", encoding="utf-8", newline="\n")
        self._lock = threading.Lock()
        self._stage = stage
        self._progress = progress
        self._observer = observer
        self._clock = clock

    def report(self, fraction: float, message: str = "", table: str = "") -> None:
        """Pass it on."""
        share = min(1.0, max(0.0, fraction))
        self._progress.report(share, message, table)
        self._observer.stage_progress(self._stage, share, message, table)

    def log(self, message: str, *, level: str = "info", table: str = "") -> None:
        """Write the line, and pass it on."""
        where = f" {table}:" if table else ""
        with self._lock:
            self._file.write(f"{utc_text(self._clock())} {level.upper()}{where} {message}\n")
            self._file.flush()
        self._progress.log(message, level=level, table=table)
        self._observer.stage_log(self._stage, message, level, table)

    def close(self) -> None:
        """Close the file."""
        self._file.close()
