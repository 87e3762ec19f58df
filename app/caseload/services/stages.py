"""Running stages: a new run, or the interrupted one where it stopped."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

from caseload.lifecycle import runner, wire
from caseload.lifecycle.executors import ChildProcess, InProcess
from caseload.lifecycle.run_log import SilentObserver
from caseload.model.errors import BadInput, Cancelled
from caseload.model.gates import PROFILES
from caseload.model.progress import CancelToken, Progress, SilentProgress
from caseload.model.stage import STAGES, RunState, Stage, StageOptions, StageResult, Verdict
from caseload.model.views import RunSummary
from caseload.services import databases, erd, issue_archive, settings
from caseload.services.permission import Permission
from caseload.services.runs import summary_of
from caseload.store.records import RunRecord, StageRecord

if TYPE_CHECKING:
    from caseload.services.session import ProjectSession


class StageProgress(Progress, Protocol):
    """A progress that is also told of each stage; fractions are of the whole run."""

    def stage_started(self, stage: Stage) -> None:
        """A stage begins."""

    def stage_finished(self, stage: Stage, result: StageResult) -> None:
        """A stage is done and its outputs are in place."""


@dataclass(frozen=True, slots=True)
class LifecycleOutcome:
    """How a run ended: its number, what each stage answered, and the worst verdict.

    `resumed_from` is the stage that an interrupted run went on with; None for a new run.
    """

    run: int
    results: tuple[StageResult, ...]
    verdict: Verdict
    resumed_from: Stage | None = None


class _Watcher(SilentObserver):
    """Tells a `StageProgress` of stages as the runner sees them."""

    def __init__(self, progress: StageProgress) -> None:
        self._progress = progress

    def stage_started(self, attempt: StageRecord) -> None:
        self._progress.stage_started(attempt.stage)

    def stage_finished(self, attempt: StageRecord) -> None:
        if attempt.state is RunState.DONE:
            self._progress.stage_finished(attempt.stage, _result_of(attempt))


def default_options(session: ProjectSession) -> StageOptions:
    """The options that the project's settings give."""
    values = {key: settings.get(session, name) for key, name in settings.STAGE_DEFAULTS.items()}
    return StageOptions(**values)


def has_documents(session: ProjectSession) -> bool:
    """True when the project holds a spec document that the first stage can read."""
    return bool(session.project.documents.all())


def interrupted(session: ProjectSession) -> RunSummary | None:
    """The newest run, if it was killed or cancelled and can go on."""
    found = runner.interrupted(session.project)
    return summary_of(found) if found else None


def run_lifecycle(
    session: ProjectSession,
    options: StageOptions,
    *,
    first: Stage | None = None,
    last: Stage | None = None,
    progress: StageProgress,
    cancel: CancelToken,
    in_child: bool = False,
    resume: bool = True,
) -> LifecycleOutcome:
    """Run the stages from `first` to `last`, all seven by default.

    With `resume`, no `first`, and an interrupted run to the same end with the same options (or
    when `options` are but the project's defaults), that run goes on after its last finished
    stage instead.  `in_child` runs stages in a process of their own, for callers whose
    interpreter must stay free.  Databases among the spec documents are asked first (see
    `with_snapshots`, which callers who can ask for a password call themselves).

    Raises:
        BadInput: an option cannot be, or a stage refused its input; nothing was changed by it.
        Cancelled: `cancel` was set; what was finished stays, the rest can be resumed.
        Refused: the person may not run stages, or the project is open read-only.
    """
    session.require(Permission.RUN)
    check_options(session, options)
    begin, end = first or STAGES[0], last or STAGES[-1]
    stages = STAGES[STAGES.index(begin) : STAGES.index(end) + 1]
    if not stages:
        raise BadInput(
            f"{end.value} comes before {begin.value}",
            where="--from, --to",
            remedy=f"The order is {', '.join(STAGES)}",
        )
    if not session.read_only:
        issue_archive.keep(session)
    options = with_snapshots(session, options, progress=progress, cancel=cancel)
    waiting = runner.interrupted(session.project) if resume and first is None else None
    if waiting and len(waiting.stages) == 1 and last is None:
        waiting = None  # one stage that was stopped is not the lifecycle that is asked for
    if waiting and not _same_work(session, waiting, stages, options):
        waiting = None
    executor = ChildProcess() if in_child else InProcess()
    shared: dict[str, Any] = {
        "clock": session.clock,
        "actor": session.actor,
        "progress": progress,
        "cancel": cancel,
        "executor": executor,
        "observer": _Watcher(progress),
    }
    try:
        if waiting:
            run = runner.resume(session.project, **shared)
        else:
            run = runner.run_stages(session.project, stages, options, **shared)
    except Cancelled as stop:
        remedy = "Go on after the last finished stage with: caseload lifecycle"
        raise Cancelled(stop.what, where=stop.where, remedy=remedy) from None
    finally:
        if isinstance(executor, ChildProcess):
            executor.close()
    issue_archive.keep(session)
    if Stage.EXTRACT_SPECS in run.stages:
        erd.lay_out(session)
    return LifecycleOutcome(
        run=run.number,
        results=tuple(_result_of(a) for s in run.stages if (a := run.latest(s))),
        verdict=run.verdict or Verdict.PASS,
        resumed_from=waiting.remaining[0] if waiting else None,
    )


def with_snapshots(
    session: ProjectSession,
    options: StageOptions,
    ask: databases.AskPassword = databases.no_password,
    *,
    progress: Progress | None = None,
    cancel: CancelToken,
) -> StageOptions:
    """The options with snapshots in the place of databases (see `databases.with_snapshots`).

    Raises:
        BadInput, EnvironmentTrouble, Refused, Cancelled: see there.
    """
    if not (options.source_specs or options.target_specs):
        return options
    source, target = (
        databases.with_snapshots(session, given, ask, progress or SilentProgress(), cancel)
        for given in (options.source_specs, options.target_specs)
    )
    return replace(options, source_specs=source, target_specs=target)


MOST_ROWS = 1_000_000
"""Patients that mock data is made for at most: it is made in memory."""


def check_options(session: ProjectSession, options: StageOptions) -> None:
    """Refuse options that cannot be, before anything begins.

    Raises:
        BadInput: one of them is out of its range or names something unknown.
    """
    profiles = {*PROFILES, *settings.own_profiles(session)}
    for passed, what, where, remedy in (
        (options.rows >= 1, f"{options.rows} rows are too few", "--rows", "Ask for 1 or more"),
        (
            options.rows <= MOST_ROWS,
            f"{options.rows} rows are more than this machine could hold",
            "--rows",
            f"Ask for {MOST_ROWS} or fewer",
        ),
        (options.seed >= 0, "A seed cannot be negative", "--seed", "Use 0 or more"),
        (
            0 <= options.faults <= 100,
            f"{options.faults:g} is not a percentage",
            "--faults",
            "Use a number from 0 to 100",
        ),
        (
            options.impute_mode in ("strict", "pre_production"),
            f"There is no impute mode {options.impute_mode!r}",
            "--impute-mode",
            "Choose strict or pre_production",
        ),
        (
            options.engine == "duckdb",
            f"This version has no engine {options.engine!r}",
            "--engine",
            "Choose duckdb",
        ),
        (
            options.min_patients >= 0,
            "A number of patients cannot be negative",
            "--min-patients",
            "Use 0 or more",
        ),
        (
            options.profile in profiles,
            f"There is no gate profile {options.profile!r}",
            "--profile",
            f"Choose one of {', '.join(sorted(profiles))}",
        ),
    ):
        if not passed:
            raise BadInput(what, where=where, remedy=remedy)


def _same_work(
    session: ProjectSession,
    waiting: RunRecord,
    stages: tuple[Stage, ...],
    options: StageOptions,
) -> bool:
    if waiting.stages[-1] is not stages[-1]:
        return False
    usual = default_options(session)
    if options == usual:
        return True
    given, kept = wire.options_to_dict(options), dict(waiting.options)
    paths = ("source_dir", "output_dir", "contract_file", "target_catalog_file", "crosswalk_dir")
    return all(given[k] == kept.get(k) for k in given if k not in paths) and all(
        bool(given[k]) == bool(kept.get(k)) for k in paths
    )


def _result_of(attempt: StageRecord) -> StageResult:
    return StageResult(
        attempt.stage,
        attempt.verdict or Verdict.PASS,
        attempt.summary,
        dict(attempt.figures),
    )
