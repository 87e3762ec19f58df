"""Progress of stages on standard error, and a stop in good order on Ctrl-C or SIGTERM."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING

from caseload.cli.terminal import inert
from caseload.model.progress import CancelToken
from caseload.model.stage import STAGE_TITLES, STAGES, Stage, StageResult, Verdict

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress
    from rich.progress import TaskID

    from caseload.cli.door import Door


class SilentStages:
    """Shows nothing: `--json` into a pipe."""

    def report(self, fraction: float, message: str = "", table: str = "") -> None:
        """Nothing."""

    def log(self, message: str, *, level: str = "info", table: str = "") -> None:
        """Nothing."""

    def stage_started(self, stage: Stage) -> None:
        """Nothing."""

    def stage_finished(self, stage: Stage, result: StageResult) -> None:
        """Nothing."""


class PlainStages(SilentStages):
    """A line a stage, for logs and pipes; warnings and errors of the stages too."""

    def log(self, message: str, *, level: str = "info", table: str = "") -> None:
        """Print what is not mere information."""
        if level != "info":
            self._print(f"    {level}: {f'{table}: ' if table else ''}{message}")

    def stage_started(self, stage: Stage) -> None:
        """Say which stage begins."""
        self._print(f"{_place(stage)} {STAGE_TITLES[stage]} ...")

    def stage_finished(self, stage: Stage, result: StageResult) -> None:
        """Say what it found."""
        self._print(f"{_place(stage)} {result.verdict.value}: {result.summary}")

    @staticmethod
    def _print(line: str) -> None:
        sys.stderr.write(inert(line) + "\n")
        sys.stderr.flush()


class LiveStages(SilentStages):
    """A bar for the whole run with what it is doing, and a line for each stage that is done."""

    def __init__(self, bar: RichProgress, task: TaskID) -> None:
        self._bar = bar
        self._task = task

    def report(self, fraction: float, message: str = "", table: str = "") -> None:
        """Move the bar."""
        words = f"{table}: {message}" if table and message else message or table
        self._bar.update(self._task, completed=fraction, message=inert(words[:60]))

    def log(self, message: str, *, level: str = "info", table: str = "") -> None:
        """Print what is not mere information above the bar."""
        if level != "info":
            style = "red" if level == "error" else "yellow"
            words = f"    {f'{table}: ' if table else ''}{message}"
            self._bar.console.print(inert(words), style=style, markup=False)

    def stage_started(self, stage: Stage) -> None:
        """Name the stage beside the bar."""
        self._bar.update(self._task, description=STAGE_TITLES[stage], message="")

    def stage_finished(self, stage: Stage, result: StageResult) -> None:
        """Print its line above the bar."""
        passed = result.verdict is Verdict.PASS
        self._bar.console.print(
            f"{_place(stage)} {result.verdict.value}  {STAGE_TITLES[stage]}: {result.summary}",
            style="" if passed else "red",
            markup=False,
        )


def _place(stage: Stage) -> str:
    return f"[{STAGES.index(stage) + 1}/{len(STAGES)}]"


@contextmanager
def shown_progress(door: Door) -> Iterator[SilentStages]:
    """The progress that suits standard error: a live bar, plain lines, or nothing."""
    if not sys.stderr.isatty():
        yield SilentStages() if door.as_json else PlainStages()
        return
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=30),
        TaskProgressColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[message]}", style="dim", markup=False),
    )
    with Progress(*columns, console=door.err, transient=True) as bar:
        yield LiveStages(bar, bar.add_task("Starting", total=1.0, message=""))


@contextmanager
def stop_on_signal() -> Iterator[CancelToken]:
    """A token that Ctrl-C and SIGTERM set; a second signal no longer waits."""
    token = CancelToken()

    def stop(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
        if token.cancelled:
            raise KeyboardInterrupt
        sys.stderr.write("\nStopping in good order; press Ctrl-C again not to wait ...\n")
        # Not here: the interrupted code may hold the token's own lock.
        threading.Thread(target=token.cancel, daemon=True).start()

    kept = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield token
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)
