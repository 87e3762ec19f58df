"""What the Runs page says of one run, and of what changed between two."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from caseload.gui import words
from caseload.gui.components.pill import PillSpec
from caseload.gui.pages.lifecycle_figures import (
    HIGHER,
    LOWER,
    figure,
    figure_words,
    flat,
)
from caseload.gui.pages.lifecycle_words import run_gates, run_pill, run_scope, took
from caseload.model.issue import Severity
from caseload.model.stage import RunState, Stage
from caseload.model.views import RunDetail, RunSummary

OPTION_TITLES: dict[str, str] = {
    "rows": "Patients",
    "seed": "Seed",
    "faults": "Faults, %",
    "min_patients": "At least",
    "impute_mode": "Impute mode",
    "profile": "Gate profile",
    "engine": "Engine",
    "memory_limit_mb": "Memory limit",
    "source_dir": "Source data",
    "output_dir": "Load files",
    "contract_file": "Contract",
    "target_catalog_file": "Target catalog",
    "crosswalk_dir": "Crosswalks",
    "source_specs": "Source documents",
    "target_specs": "Target documents",
}
GROUPS = ("new", "fixed", "persisting")
GROUP_PILLS: dict[str, PillSpec] = {
    "new": PillSpec("New", "error", "circle-plus"),
    "fixed": PillSpec("Fixed", "ok", "circle-check"),
    "persisting": PillSpec("Persisting", "neutral", "repeat"),
}


@dataclass(frozen=True, slots=True)
class FigureRow:
    """A figure that differs: both values in words, the change, and how to colour it."""

    title: str
    before: str
    after: str
    change: str
    tone: str


@dataclass(frozen=True, slots=True)
class IssueRow:
    """An issue in two runs: rows affected in both."""

    severity: Severity
    place: str
    message: str
    before: int
    after: int

    @property
    def change(self) -> int:
        """Rows more than before."""
        return self.after - self.before

    @property
    def tone(self) -> str:
        """More is worse, fewer is better."""
        return "error" if self.change > 0 else "ok" if self.change < 0 else "text_3"


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs beside each other.

    `same` figures do not differ; `apart` are stages that only one of them finished;
    `groups` are the issues by new, fixed and persisting; `issues_known` is false when the issues
    of one of them were not kept.
    """

    a: RunSummary
    b: RunSummary
    figures: tuple[FigureRow, ...]
    same: int
    issues_known: bool
    groups: Mapping[str, tuple[IssueRow, ...]]
    inputs: tuple[tuple[str, str], ...]
    apart: tuple[Stage, ...] = ()

    def count(self, group: str) -> int:
        """Issues in a group."""
        return len(self.groups.get(group, ()))

    def in_run(self, which: str) -> int:
        """Issues in the first ("a") or the second ("b") run."""
        return self.count("persisting") + self.count("fixed" if which == "a" else "new")


class RunsPresenter:
    """Which run is shown, which two are compared."""

    def __init__(self, session: Any) -> None:
        self._session = session
        self.runs: tuple[RunSummary, ...] = ()
        self.number: int | None = None
        self.pair: tuple[int, int] | None = None

    def loader(self) -> Callable[[], tuple[RunSummary, ...]]:
        """A call that reads the history, newest first."""
        session = self._session

        def load() -> tuple[RunSummary, ...]:
            from caseload.services import runs

            return runs.runs(session)

        return load

    def take(self, runs: tuple[RunSummary, ...]) -> None:
        """Keep the history; the newest run and the two newest judged ones are chosen first."""
        self.runs = runs
        numbers = [run.number for run in runs]
        if self.number not in numbers:
            self.number = numbers[0] if numbers else None
        if self.pair is None or not set(self.pair) <= set(numbers):
            judged = [run for run in runs if _is_judged(run)]
            alike = [r.number for r in judged if run_scope(r) == run_scope(judged[0])]
            wanted = alike if len(alike) > 1 else [run.number for run in judged]
            chosen = wanted if len(wanted) > 1 else numbers
            self.pair = (chosen[1], chosen[0]) if len(chosen) > 1 else None

    def find(self, number: int | None) -> RunSummary | None:
        """A run of the history."""
        return next((run for run in self.runs if run.number == number), None)

    def detail(self, number: int) -> Callable[[], RunDetail]:
        """A call that reads one run whole."""
        session = self._session

        def load() -> RunDetail:
            from caseload.services import runs

            return runs.run(session, number)

        return load

    def comparer(self, a: int, b: int) -> Callable[[], Comparison]:
        """A call that compares two runs."""
        session = self._session

        def compare() -> Comparison:
            from caseload.services import runs

            before, after = runs.run(session, a).summary, runs.run(session, b).summary
            return comparison(before, after, runs.compare(session, a, b))

        return compare

    def choose(self, which: str, number: int) -> None:
        """Compare another run on the left ("a") or the right ("b")."""
        a, b = self.pair or (number, number)
        self.pair = (number, b) if which == "a" else (a, number)


def _is_judged(run: RunSummary) -> bool:
    return {Stage.RUN_CONTRACT_MIGRATION, Stage.RUN_ENTERPRISE_PIPELINE} <= _stages_done(run)


def comparison(a: RunSummary, b: RunSummary, found: Any) -> Comparison:
    """What a comparison says, from what the services found."""
    both = _stages_done(a) & _stages_done(b)
    changed = _changed_figures([c for c in found.figures if c.stage in both])
    total = len({name for name in _figure_names(a) | _figure_names(b) if name[0] in both})
    rows = [_time_row(a, b)] if took(a.duration) != took(b.duration) else []
    groups = {
        name: tuple(sorted((_issue_row(i) for i in getattr(found, name)), key=_worst_first))
        for name in GROUPS
    }
    return Comparison(
        a=a,
        b=b,
        figures=(*changed, *rows),
        same=max(0, total - len(changed)),
        issues_known=found.issues_known,
        groups=groups,
        inputs=tuple(what_went_in(a, b)),
        apart=tuple(stage for stage in Stage if stage in _stages_done(a) ^ _stages_done(b)),
    )


def _changed_figures(changes: Sequence[Any]) -> list[FigureRow]:
    rows = []
    for change in changes:
        before = flat({change.figure: change.before} if change.before is not None else {})
        after = flat({change.figure: change.after} if change.after is not None else {})
        for name in dict.fromkeys((*before, *after)):
            one, other = before.get(name), after.get(name)
            if one != other:
                rows.append(figure_row(name, one, other, change.stage))
    return rows


def _stages_done(run: RunSummary) -> set[Stage]:
    return {state.stage for state in run.stages if state.state is RunState.DONE}


def _figure_names(run: RunSummary) -> set[tuple[Stage, str]]:
    done = (s for s in run.stages if s.state is RunState.DONE)
    return {(state.stage, name) for state in done for name in flat(state.figures)}


def figure_row(name: str, before: Any, after: Any, stage: Stage | None = None) -> FigureRow:
    """A figure that differs, its change coloured by whether it is better."""
    known = figure(name, stage)
    title = known.title
    if name.startswith("issue_counts."):
        title = f"{title}, migration"
    elif name in ("errors", "warnings", "issues"):
        title = f"{title}, quality rules"
    change, tone = "", "text_2"
    numbers = all(isinstance(v, int | float) and not isinstance(v, bool) for v in (before, after))
    if numbers and name != "seed":
        delta = after - before
        decimals = known.decimals or (0 if delta == int(delta) else 2)
        change = words.change(delta, decimals)
        if known.better in (LOWER, HIGHER):
            tone = "ok" if (delta < 0) == (known.better == LOWER) else "error"
    elif isinstance(after, bool) and known.better == HIGHER:
        change, tone = ("mended", "ok") if after else ("broken", "error")
    return FigureRow(title, figure_words(name, before), figure_words(name, after), change, tone)


def _time_row(a: RunSummary, b: RunSummary) -> FigureRow:
    change = ""
    if a.duration is not None and b.duration is not None:
        delta = b.duration - a.duration
        change = f"{'+' if delta > 0 else words.MINUS}{took(abs(delta))}"
    return FigureRow("Duration", took(a.duration), took(b.duration), change, "text_2")


def _issue_row(change: Any) -> IssueRow:
    place = f"{change.table_name}.{change.field_name}".strip(".") or "The whole load"
    return IssueRow(Severity(change.severity), place, change.message, change.before, change.after)


def _worst_first(row: IssueRow) -> tuple[int, int, str]:
    return list(Severity).index(row.severity), -max(row.before, row.after), row.place


def severity_words(rows: Sequence[IssueRow]) -> str:
    """1 error, 2 warnings, 2 for information."""
    counts = Counter(row.severity for row in rows)
    said = []
    if counts[Severity.ERROR]:
        said.append(words.plural(counts[Severity.ERROR], "error"))
    if counts[Severity.WARN]:
        said.append(words.plural(counts[Severity.WARN], "warning"))
    if counts[Severity.INFO]:
        said.append(f"{words.number(counts[Severity.INFO])} for information")
    return ", ".join(said) or "none"


def errors_words(rows: Sequence[IssueRow]) -> str:
    """9 of them errors."""
    errors = sum(row.severity is Severity.ERROR for row in rows)
    if not rows:
        return "none at all"
    if errors == len(rows):
        return "an error" if errors == 1 else "all of them errors"
    return f"{words.number(errors)} of them {'an error' if errors == 1 else 'errors'}"


def option_words(name: str, value: Any) -> str:
    """An option's value in words."""
    if value in ("", [], (), None):
        return "the project's own"
    if name == "memory_limit_mb":
        return f"{words.number(value)} MB"
    if isinstance(value, list | tuple):
        return ", ".join(str(v) for v in value)
    if isinstance(value, float):
        return f"{value:g}"
    return words.number(value) if isinstance(value, int) and name != "seed" else str(value)


def options(run: RunSummary) -> list[tuple[str, str]]:
    """What a run was asked for, in the order of the parameters."""
    ordered = [name for name in OPTION_TITLES if name in run.options]
    return [(OPTION_TITLES[name], option_words(name, run.options[name])) for name in ordered]


def what_went_in(a: RunSummary, b: RunSummary) -> list[tuple[str, str]]:
    """What differs in what two runs were asked for."""
    lines = []
    if run_scope(a) != run_scope(b):
        lines.append(("Stages", f"{run_scope(a)}, then {_lower(run_scope(b))}"))
    for name, title in OPTION_TITLES.items():
        before, after = a.options.get(name), b.options.get(name)
        if before != after:
            said = f"{option_words(name, before)}, then {option_words(name, after)}"
            lines.append((title, said))
    return lines or [("Options", "The same in both runs")]


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def run_facts(run: RunSummary) -> list[str]:
    """When, over how many patients, by which profile."""
    facts = [words.moment(run.started_at), run_scope(run)]
    if "rows" in run.options:
        facts.append(words.plural(int(run.options["rows"]), "patient"))
    if run.options.get("faults"):
        facts.append(f"{run.options['faults']:g}% faults")
    if run_gates(run) is not None:
        facts.append(str(run.options.get("profile", "")))
    return facts


def run_words(run: RunSummary) -> str:
    """A run in a menu: its number, when, how it ended."""
    return f"Run {run.number}, {words.moment(run.started_at)}, {run_pill(run).words.lower()}"
