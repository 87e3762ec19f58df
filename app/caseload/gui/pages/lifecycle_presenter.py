"""What the Lifecycle page asks for, offers and says; plain Python, without a window."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from caseload.gui import words
from caseload.gui.components.pill import STATE_PILLS, PillSpec
from caseload.gui.job import LogLine
from caseload.gui.pages.lifecycle_run import RunView, RunWatch
from caseload.gui.pages.lifecycle_words import (
    STAGE_VERBS,
    run_gates,
    stage_fact,
    stage_number,
    stage_pill,
    stage_seconds,
    took,
)
from caseload.model.progress import CancelToken, Progress
from caseload.model.stage import STAGES, RunState, Stage, StageOptions, Verdict
from caseload.model.views import ChangeKind, ChangeSet, RunSummary, StageState

WAITING = STATE_PILLS[RunState.PENDING]

TOUCHED: dict[Stage, tuple[ChangeKind, ...]] = {
    Stage.EXTRACT_SPECS: (ChangeKind.CATALOG,),
    Stage.BUILD_MAPPING_CONTRACT: (ChangeKind.MAPPING,),
    Stage.ANALYZE_SEMANTIC_MAPPING: (ChangeKind.MAPPING,),
}
"""What other pages show that a stage changes, beside runs and outputs."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What the page is filled from; `seconds` is how long each stage last took."""

    states: tuple[StageState, ...]
    defaults: StageOptions
    profiles: tuple[str, ...]
    latest: RunSummary | None
    log: tuple[LogLine, ...]
    refusal: str = ""
    has_documents: bool = True

    @property
    def may_run(self) -> bool:
        """True when nothing stands against running."""
        return not self.refusal


@dataclass(frozen=True, slots=True)
class CardView:
    """A stage card: pill, figure, when; `share` of its work while it runs, else None."""

    stage: Stage
    number: int
    title: str
    pill: PillSpec
    fact: str
    when: str
    share: float | None = None
    done: bool = False

    @property
    def running(self) -> bool:
        """True for the stage at work."""
        return self.share is not None


@dataclass(frozen=True, slots=True)
class Plan:
    """What to run: from `first` (None: the beginning) to `last`; `resume` the stopped run."""

    first: Stage | None = None
    last: Stage | None = None
    resume: bool = False

    @property
    def title(self) -> str:
        """What the tray calls it."""
        if self.resume:
            return "Resumed run"
        if self.first is not None and self.first is self.last:
            return _sentence(STAGE_VERBS[self.first])
        if self.first is None:
            return "Lifecycle"
        return f"Lifecycle from {STAGE_VERBS[self.first]}"


@dataclass(frozen=True, slots=True)
class Ending:
    """How a run ended, for the bar under the cards: kind, lead, words, the button it offers."""

    kind: str
    lead: str
    words: str
    run: int | None = None
    again: Stage | None = None


@dataclass(slots=True)
class Fields:
    """What is typed into the parameters, as typed; `problems` by field after `options`."""

    rows: str = "20"
    seed: str = "42"
    faults: str = "0"
    min_patients: str = "20"
    impute_mode: str = "strict"
    profile: str = "pre_production"
    problems: dict[str, str] = field(default_factory=dict)

    def options(self, base: StageOptions) -> StageOptions | None:
        """The options, or None with `problems` filled."""
        self.problems = {}
        rows = self._whole("rows", "A whole number, 1 or more", least=1)
        seed = self._whole("seed", "A whole number, 0 or more", least=0)
        least = self._whole("min_patients", "A whole number, 0 or more", least=0)
        faults = self._percent()
        if self.problems:
            return None
        return replace(
            base,
            rows=rows,
            seed=seed,
            faults=faults,
            min_patients=least,
            impute_mode=self.impute_mode,
            profile=self.profile,
        )

    def _whole(self, name: str, why: str, *, least: int) -> int:
        text = str(getattr(self, name)).replace(",", "").strip()
        if text.isascii() and text.isdigit() and int(text) >= least:
            return int(text)
        self.problems[name] = why
        return least

    def _percent(self) -> float:
        try:
            value = float(self.faults.strip().rstrip("%") or "0")
        except ValueError:
            value = -1.0
        if not 0 <= value <= 100:
            self.problems["faults"] = "A percentage from 0 to 100"
        return value


def fields_of(options: StageOptions) -> Fields:
    """Options as they stand in the fields."""
    return Fields(
        rows=words.number(options.rows),
        seed=str(options.seed),
        faults=f"{options.faults:g}",
        min_patients=words.number(options.min_patients),
        impute_mode=options.impute_mode,
        profile=options.profile,
    )


class LifecyclePresenter:
    """The page's state: what was read, the chosen stage, the run at work."""

    def __init__(self, session: Any) -> None:
        self._session = session
        self.reading: Reading | None = None
        self.chosen = STAGES[0]
        self.plan: Plan | None = None
        self.watch: RunWatch | None = None
        self._picked = False

    def choose(self, stage: Stage) -> None:
        """Show a stage, and run from it."""
        self.chosen = stage
        self._picked = True

    # What is there

    def loader(self) -> Callable[[], Reading]:
        """A call that reads stages, defaults and the last run with its log."""
        session = self._session

        def load() -> Reading:
            from caseload.model.gates import PROFILES
            from caseload.services import overview, runs, settings, stages
            from caseload.services.permission import Permission, allows

            found = runs.runs(session)
            refusal = "The project is open read-only." if session.read_only else ""
            if not allows(session.role, Permission.RUN):
                refusal = "Your role may not run stages. The owner of the project can grant it."
            return Reading(
                states=overview.stage_states(session),
                defaults=stages.default_options(session),
                profiles=(*PROFILES, *settings.own_profiles(session)),
                latest=found[0] if found else None,
                log=log_lines(runs.run(session, found[0].number).log) if found else (),
                refusal=refusal,
                has_documents=stages.has_documents(session),
            )

        return load

    def take(self, reading: Reading) -> None:
        """Keep what was read; the chosen stage is first the one to run next."""
        if self.reading is None and not self._picked:
            undone = (s.stage for s in reading.states if s.state is not RunState.DONE or s.stale)
            self.chosen = next(undone, self.chosen)
        self.reading = reading

    @property
    def running(self) -> bool:
        """True while a run of this window is at work."""
        return self.watch is not None

    def state_of(self, stage: Stage) -> StageState | None:
        """A stage as it was read."""
        states = self.reading.states if self.reading else ()
        return next((s for s in states if s.stage is stage), None)

    # Running

    def begin(self, plan: Plan) -> RunWatch:
        """Note that a run begins; its progress goes to the watch given back."""
        self.plan = plan
        self.watch = RunWatch(plan.last or STAGES[-1])
        if plan.first is not None:
            self.chosen = plan.first
        return self.watch

    def end(self) -> None:
        """Note that it is over."""
        self.watch = None
        self.plan = None

    def work(
        self, plan: Plan, options: StageOptions, watch: RunWatch
    ) -> Callable[[Progress, CancelToken], Any]:
        """A call that runs the stages, their work in a child process."""
        session = self._session

        def run(progress: Progress, cancel: CancelToken) -> Any:
            from caseload.services import stages

            last, chosen = plan.last, options
            if plan.resume:
                waiting = stages.interrupted(session)
                last = waiting.stages[-1].stage if waiting and waiting.stages else None
                chosen = stages.default_options(session)
            return stages.run_lifecycle(
                session,
                chosen,
                first=plan.first,
                last=last,
                progress=watch.attach(progress),
                cancel=cancel,
                in_child=True,
                resume=plan.resume,
            )

        return run

    # What is said

    def sub(self) -> str:
        """Who ran what when."""
        if self.running and self.plan is not None:
            return self._running_words(self.plan)
        latest = self.reading.latest if self.reading else None
        if latest is None:
            return "Seven stages, from the documents to the gates"
        return f"Run {latest.number}, {words.moment(latest.started_at)} by {latest.actor}"

    def _running_words(self, plan: Plan) -> str:
        latest = self.reading.latest if self.reading else None
        if latest is not None and latest.state is RunState.RUNNING:
            return (
                f"Run {latest.number}, started {words.moment(latest.started_at)} by {latest.actor}"
            )
        view = self._view()
        place = f", stage {stage_number(view.stage)} of 7" if view.stage else ""
        return f"{plan.title} is running{place}"

    def cards(self) -> list[CardView]:
        """The seven cards as they stand."""
        view = self._view() if self.running else None
        states = self.reading.states if self.reading else ()
        return [self._card(state, view) for state in states]

    def _card(self, state: StageState, view: RunView | None) -> CardView:
        number = stage_number(state.stage)
        base = CardView(
            state.stage,
            number,
            state.title,
            stage_pill(state),
            stage_fact(state),
            _when(state),
            done=state.state is RunState.DONE,
        )
        if view is None:
            return base
        if state.stage in view.results:
            result = view.results[state.stage]
            fresh = replace(
                state, state=RunState.DONE, verdict=result.verdict, figures=result.figures,
                stale=False,
            )  # fmt: skip
            when = f"{words.duration(view.seconds[state.stage])}, just now"
            return replace(
                base, pill=stage_pill(fresh), fact=stage_fact(fresh), when=when, done=True
            )
        if state.stage is view.stage:
            pill = PillSpec(words.percent(view.share, 0), "accent", "loader-circle")
            so_far = f"{words.duration(view.elapsed)} so far" if view.elapsed >= 1 else "just begun"
            fact = _at_work(view)
            return replace(base, pill=pill, fact=fact, when=so_far, share=view.share, done=False)
        if self._to_come(state.stage, view):
            before = stage_seconds(state)
            about = f"about {took(before)}" if before else "waits its turn"
            return replace(base, pill=WAITING, when=about, done=False)
        return base

    def _to_come(self, stage: Stage, view: RunView) -> bool:
        plan = self.plan or Plan()
        place = STAGES.index(stage)
        begin = STAGES.index(view.stage or plan.first or STAGES[0])
        return begin <= place <= STAGES.index(plan.last or STAGES[-1])

    def _view(self) -> RunView:
        return self.watch.view() if self.watch is not None else RunView()


def _at_work(view: RunView) -> str:
    """What a stage is doing: how many tables it has come to, else its own words."""
    if view.tables:
        return f"{words.plural(len(view.tables), 'table')} so far"
    return view.message or "Starting"


def _when(state: StageState) -> str:
    seconds = stage_seconds(state)
    if state.started_at is None:
        return ""
    local = (state.ended_at or state.started_at).astimezone()
    at = f"{local.day} {local:%b %H:%M}"
    return f"{took(seconds)}, {at}" if seconds is not None else at


def ending(run: RunSummary, *, seconds: float | None = None) -> Ending:
    """What to say of a run that came to its end, good or not."""
    time = f" in {took(seconds if seconds is not None else run.duration)}"
    done = words.plural(len(run.stages), "stage")
    gates = run_gates(run)
    if run.verdict is not Verdict.FAIL:
        judged = f", {gates[0]} of {gates[1]} gates pass" if gates else ""
        return Ending("ok", f"Run {run.number} passed.", f"{done}{time}{judged}.", run.number)
    failed = [s for s in run.stages if s.verdict is Verdict.FAIL]
    said = "; ".join(f"{s.title.lower()}: {s.summary}" for s in failed[:2])
    return Ending("error", f"Run {run.number} did not pass.", f"{_sentence(said)}.", run.number)


def log_lines(lines: Sequence[tuple[str, str, str, str]]) -> tuple[LogLine, ...]:
    """The lines of a run's log as the log shows them."""
    from datetime import datetime

    return tuple(
        LogLine(datetime.fromisoformat(at), level, table, message)
        for at, level, table, message in lines
    )


def changes_after(results: Mapping[Stage, Any] | Sequence[Stage]) -> ChangeSet:
    """What other pages should show anew after some stages."""
    kinds = {ChangeKind.RUN, ChangeKind.OUTPUT}
    for stage in results:
        kinds.update(TOUCHED.get(stage, ()))
    return ChangeSet(tuple((kind, ()) for kind in sorted(kinds)))


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
