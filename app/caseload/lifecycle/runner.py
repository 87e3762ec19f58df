"""Runs: begun, stopped, resumed.  The one way in for every door.

    run = run_stages(project, [Stage.EXTRACT_SPECS, ...], options, clock=clock, actor="anna")

A run that was killed or cancelled is the project's newest (`interrupted`); `resume` goes on
after its last finished stage with the same options.
"""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from caseload.lifecycle import wire
from caseload.lifecycle.attempt import Circumstances, Clock, attempt_stage
from caseload.lifecycle.executors import ChildProcess, Executor
from caseload.lifecycle.paths import RUNS, within
from caseload.lifecycle.registry import Registry, standard_registry
from caseload.lifecycle.run_log import RunObserver, SilentObserver
from caseload.model.errors import BadInput, Cancelled, CaseloadError
from caseload.model.progress import CancelToken, PartOfProgress, Progress, SilentProgress
from caseload.model.stage import STAGES, RunState, Stage, StageOptions
from caseload.store.project_file import ProjectFile
from caseload.store.records import RunRecord


def run_stages(
    project: ProjectFile,
    stages: Sequence[Stage],
    options: StageOptions,
    *,
    clock: Clock,
    actor: str,
    progress: Progress | None = None,
    cancel: CancelToken | None = None,
    executor: Executor | None = None,
    observer: RunObserver | None = None,
    registry: Registry | None = None,
) -> RunRecord:
    """Run `stages` in their order as a new run, each published before the next begins.

    A stage whose verdict is FAIL does not stop the run; one that raises does.  Without an
    `executor`, stages run in a child process that ends with the run.  `progress` gets one
    fraction for the whole run, `observer` each stage's own.

    Returns:
        The run as recorded; its verdict is FAIL if any stage's is.

    Raises:
        Cancelled: cancelled; what was finished stays, the rest can be resumed.
        BadInput, EnvironmentTrouble: a stage could not do its work and published nothing.
        Refused: the project is open read-only.
    """
    ordered = tuple(s for s in STAGES if s in set(stages))
    if not ordered:
        raise BadInput("No stage was named", remedy="Name at least one of the seven stages")
    settled = _settled(project.folder, options)
    project.finish_publishing(clock())
    with project.command(actor, "run.start", at=clock()) as command:
        run = project.runs.begin(ordered, wire.options_to_dict(settled), actor=actor, at=clock())
        command.subject = run.run_id
        command.detail["stages"] = [s.value for s in ordered]
    return _carry_on(
        project, run, settled, clock, actor, progress, cancel, executor, observer, registry
    )


def interrupted(project: ProjectFile) -> RunRecord | None:
    """The newest run, if it was killed or cancelled and can be resumed.

    `latest(stage)` of it says how far each stage came, `remaining` what is still to do.
    """
    return project.runs.latest_resumable()


def resume(
    project: ProjectFile,
    *,
    clock: Clock,
    actor: str,
    progress: Progress | None = None,
    cancel: CancelToken | None = None,
    executor: Executor | None = None,
    observer: RunObserver | None = None,
    registry: Registry | None = None,
) -> RunRecord:
    """Go on with the interrupted run after its last finished stage, with the same options.

    Raises:
        BadInput: there is no run to resume.
        Further, as `run_stages`.
    """
    project.finish_publishing(clock())
    found = project.runs.latest_resumable()
    if found is None:
        raise BadInput(
            "There is no interrupted run to resume", remedy="Start a new one: caseload lifecycle"
        )
    with project.command(actor, "run.resume", found.run_id, at=clock()) as command:
        run = project.runs.reopen(found.number)
        command.detail["stages"] = [s.value for s in found.remaining]
    options = wire.options_from_dict(run.options)
    return _carry_on(
        project, run, options, clock, actor, progress, cancel, executor, observer, registry
    )


def _carry_on(
    project: ProjectFile,
    run: RunRecord,
    options: StageOptions,
    clock: Clock,
    actor: str,
    progress: Progress | None,
    cancel: CancelToken | None,
    executor: Executor | None,
    observer: RunObserver | None,
    registry: Registry | None,
) -> RunRecord:
    """Run what remains of a run, in the executor given or one of its own."""
    watcher = observer or SilentObserver()
    _sweep_work(project.folder)
    watcher.run_started(run)
    with ExitStack() as stack:
        circumstances = Circumstances(
            project=project,
            run=run,
            options=options,
            cancel=cancel or CancelToken(),
            clock=clock,
            executor=executor or stack.enter_context(ChildProcess()),
            observer=watcher,
            actor=actor,
        )
        try:
            stages = registry or standard_registry()
            _run_remaining(circumstances, stages, progress or SilentProgress())
        except BaseException as error:
            watcher.run_finished(_end(circumstances, error))
            if isinstance(error, KeyboardInterrupt):
                raise Cancelled(remedy="Run it again to go on") from error
            raise
    with project.command(actor, "run.finish", run.run_id, at=clock()) as command:
        ended = project.runs.end(run.number, RunState.DONE, at=clock())
        command.detail["verdict"] = ended.verdict.value if ended.verdict else ""
    watcher.run_finished(ended)
    return ended


def _run_remaining(c: Circumstances, registry: Registry, progress: Progress) -> None:
    stages = c.run.remaining
    for index, stage in enumerate(stages):
        share = PartOfProgress(progress, index / len(stages), (index + 1) / len(stages))
        c.observer.stage_finished(attempt_stage(c, registry[stage], share))


def _end(c: Circumstances, error: BaseException) -> RunRecord:
    """Record how a run ended that did not come to its end."""
    state = RunState.FAILED
    if isinstance(error, KeyboardInterrupt | Cancelled):
        state = RunState.CANCELLED
    elif c.project.published.pending() is not None:
        state = RunState.INTERRUPTED
    try:
        with c.project.command(c.actor, "run.stop", c.run.run_id, at=c.clock()) as command:
            command.detail["state"] = state.value
            command.detail["error"] = type(error).__name__
            return c.project.runs.end(c.run.number, state, at=c.clock())
    except CaseloadError:
        # The disk may be what failed: the next opening finds the run and settles it.
        return c.run


def _settled(folder: Path, options: StageOptions) -> StageOptions:
    """Options with the paths they name made plain, relative to the project where they can be.

    Raises:
        BadInput: outputs would go outside the project folder, or over what it keeps or reads.
    """
    changes: dict[str, Any] = {}
    if options.output_dir:
        changes["output_dir"] = within(
            folder,
            options.output_dir,
            option="--output-dir",
            inputs=(options.source_dir, options.crosswalk_dir),
        )
    for name in ("source_dir", "contract_file", "target_catalog_file", "crosswalk_dir"):
        given = getattr(options, name)
        if given:
            path = (folder / given).resolve()
            changes[name] = (
                path.relative_to(folder).as_posix() if path.is_relative_to(folder) else str(path)
            )
    return dataclasses.replace(options, **changes)


def _sweep_work(folder: Path) -> None:
    """Remove the work folders of attempts that were killed."""
    for left in (folder / RUNS).glob("*/*/work_*"):
        shutil.rmtree(left, ignore_errors=True)
