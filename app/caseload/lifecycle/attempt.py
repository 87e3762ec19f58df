"""One attempt at one stage: prepared, carried out, and swapped in, or without any trace.

Nothing a stage does is seen until its answer is in the project file; from that moment on its
outputs go into their places whatever happens (see `caseload.store.publishing`).
"""

from __future__ import annotations

import contextlib
import shutil
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from caseload.lifecycle.executors import Executor
from caseload.lifecycle.exports import restore_inputs
from caseload.lifecycle.inputs import input_hash
from caseload.lifecycle.paths import RUNS
from caseload.lifecycle.registry import StageAdapter, StageContext
from caseload.lifecycle.run_log import RunObserver, StageLog
from caseload.model.errors import CaseloadError
from caseload.model.progress import CancelToken, Progress
from caseload.model.stage import RunState, StageJob, StageOptions, StageResult
from caseload.store.files import named_trouble
from caseload.store.project_file import ProjectFile
from caseload.store.publishing import output_hash
from caseload.store.records import PendingPublish, RunRecord, StageRecord

HEARTBEAT_SECONDS = 1.0

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What all stages of a run share."""

    project: ProjectFile
    run: RunRecord
    options: StageOptions
    cancel: CancelToken
    clock: Clock
    executor: Executor
    observer: RunObserver
    actor: str


class Heartbeat:
    """Says once a second, from a thread of its own, that an attempt is alive."""

    def __init__(self, project: ProjectFile, attempt: StageRecord, clock: Clock) -> None:
        self._project = project
        self._attempt = attempt
        self._clock = clock
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="heartbeat")

    def _beat(self) -> None:
        while not self._stop.wait(HEARTBEAT_SECONDS):
            # A beat that cannot be written is no reason to lose the stage: it says so itself
            # when its outputs cannot be written either.
            with contextlib.suppress(CaseloadError), self._project.unaudited():
                self._project.runs.beat(self._attempt, self._clock())

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop.set()
        self._thread.join()


def attempt_stage(
    circumstances: Circumstances, adapter: StageAdapter, progress: Progress
) -> StageRecord:
    """Run one stage and publish what it put out.

    Raises:
        Cancelled: nothing was published.
        BadInput, EnvironmentTrouble: nothing was published, or (only if a file could not be
            put in its place) the swap stays on record and goes on later.
    """
    c = circumstances
    folder = f"{RUNS}/{c.run.run_id}/{adapter.folder}"
    number = sum(a.stage is adapter.stage for a in c.project.runs.get(c.run.number).attempts) + 1
    log_path = f"{folder}/log_{number}.txt"
    with c.project.unaudited():
        attempt = c.project.runs.begin_attempt(
            c.run.number, adapter.stage, at=c.clock(), input_hash="", log_path=log_path
        )
    c.observer.stage_started(attempt)
    work_dir = c.project.folder / folder / f"work_{attempt.attempt}"
    try:
        with named_trouble(c.project.folder / log_path):
            log = StageLog(
                c.project.folder / log_path, adapter.stage, progress, c.observer, c.clock
            )
        with contextlib.closing(log), Heartbeat(c.project, attempt, c.clock):
            context, result, pending = _compute(c, adapter, attempt, work_dir, log)
    except BaseException as error:
        _record_stop(c, attempt, error)
        shutil.rmtree(work_dir, ignore_errors=True)
        raise
    _journal(c, adapter, attempt, context, result, pending)
    c.project.publish(pending)
    adapter.after(context)
    shutil.rmtree(work_dir, ignore_errors=True)
    return _as_it_stands(c, attempt)


def _compute(
    c: Circumstances,
    adapter: StageAdapter,
    attempt: StageRecord,
    work_dir: Path,
    log: StageLog,
) -> tuple[StageContext, StageResult, PendingPublish]:
    """Everything up to the point from which there is no way back."""
    c.cancel.raise_if_cancelled()
    now = c.clock()
    reads = adapter.reads(c.options)
    for path in restore_inputs(c.project, reads, by=c.actor, at=now):
        log.log(
            f"{path} was gone or altered; it was written again from the project file",
            level="warning",
        )
    out_dir = work_dir / "out"
    with named_trouble(work_dir):
        shutil.rmtree(work_dir, ignore_errors=True)
        out_dir.mkdir(parents=True)
    context = StageContext(c.project, c.options, work_dir, out_dir, c.actor, now, c.run.number)
    inputs = adapter.gather(context)
    told = [
        path
        for key in adapter.told_files
        for path in ([inputs[key]] if isinstance(inputs[key], str) else inputs[key])
        if path
    ]
    hashed = input_hash(c.project, c.options, inputs, [*reads, *told])
    with c.project.unaudited():
        c.project.runs.note_inputs(attempt, hashed)
    job = StageJob(adapter.stage, c.project.folder, work_dir, c.options, now, c.run.run_id, inputs)
    result = c.executor.execute(adapter.function, job, log, c.cancel)
    c.cancel.raise_if_cancelled()
    log.log(result.summary)
    pending = c.project.published.prepare(
        c.run.number,
        adapter.stage,
        attempt.attempt,
        out_dir,
        replaced_dirs=result.replaced_dirs,
    )
    c.cancel.raise_if_cancelled()
    return context, result, pending


def _journal(
    c: Circumstances,
    adapter: StageAdapter,
    attempt: StageRecord,
    context: StageContext,
    result: StageResult,
    pending: PendingPublish,
) -> None:
    """Take the answer into the project file: all of it in one transaction."""
    subject = f"{c.run.run_id}/{adapter.stage.value}"
    try:
        with c.project.command(c.actor, "run.stage", subject, at=c.clock()) as command:
            adapter.take_in(context, result)
            hashed = output_hash(pending.files)
            c.project.published.journal(pending)
            c.project.runs.begin_publishing(
                attempt,
                at=c.clock(),
                verdict=result.verdict,
                summary=result.summary,
                figures=result.figures,
                output_hash=hashed,
            )
            command.detail.update(
                verdict=result.verdict.value,
                summary=result.summary,
                attempt=attempt.attempt,
                files=len(pending.files),
                output_hash=hashed,
            )
    except BaseException as error:
        if c.project.published.pending() is None:
            _record_stop(c, attempt, error)
        raise


def _record_stop(c: Circumstances, attempt: StageRecord, error: BaseException) -> None:
    """Record why an attempt ended; the first error counts if even this cannot be written."""
    stopped = getattr(error, "exit_code", 70) == 3 or isinstance(error, KeyboardInterrupt)
    state = RunState.CANCELLED if stopped else RunState.FAILED
    said = (
        error.as_dict()
        if isinstance(error, CaseloadError)
        else {"error": "CaseloadError", "what": f"A defect: {type(error).__name__}"}
    )
    with contextlib.suppress(CaseloadError), c.project.unaudited():
        c.project.runs.stop(attempt, state, at=c.clock(), error=said)
    c.observer.stage_finished(_as_it_stands(c, attempt))


def _as_it_stands(c: Circumstances, attempt: StageRecord) -> StageRecord:
    found = c.project.runs.get(attempt.run_number).latest(attempt.stage)
    return found or attempt
