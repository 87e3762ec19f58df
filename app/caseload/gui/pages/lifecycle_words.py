"""How stages, gates and run options are said: one wording for Overview, Lifecycle and Runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from caseload.gui import words
from caseload.gui.components.pill import STATE_PILLS, PillSpec
from caseload.model.gates import GateCheck
from caseload.model.stage import STAGES, RunState, Stage, Verdict
from caseload.model.views import RunSummary, StageState

NOT_RUN = PillSpec("Not run", "neutral", "circle-dashed")
STALE = PillSpec("Out of date", "warn", "refresh-cw")

GATE_TITLES: dict[str, str] = {
    "NO_ERRORS": "Errors",
    "WARNINGS_THRESHOLD": "Warnings",
    "UNRESOLVED_MAPPING_THRESHOLD": "Unresolved mappings",
    "CROSSWALK_REJECT_THRESHOLD": "Crosswalk rejects",
    "POPULATION_RATIO_MIN": "Population ratio",
    "TABLES_WRITTEN_MIN": "Tables written",
    "LEDGER_TIES": "Ledger",
    "FK_COMPLETENESS": "Links without a parent",
    "APPROVED_MAPPINGS": "Approved mappings",
    "SIGN_OFFS": "Sign-offs",
}

STAGE_VERBS: dict[Stage, str] = {
    Stage.EXTRACT_SPECS: "extract specs",
    Stage.GENERATE_MOCK_DATA: "mock data",
    Stage.ANALYZE_SEMANTIC_MAPPING: "semantic mapping",
    Stage.BUILD_MAPPING_CONTRACT: "mapping contract",
    Stage.RUN_CONTRACT_MIGRATION: "contract migration",
    Stage.RUN_ENTERPRISE_PIPELINE: "quality rules",
    Stage.RUN_RELEASE_GATES: "release gates",
}
"""A stage within a sentence."""

_BOOLEANS = {"LEDGER_TIES": ("Ties", "Does not tie"), "SIGN_OFFS": ("Given", "Not given")}
_RATIOS = ("POPULATION_RATIO_MIN", "APPROVED_MAPPINGS")


def stage_number(stage: Stage) -> int:
    """1 to 7."""
    return STAGES.index(stage) + 1


def count(figures: Mapping[str, Any], name: str) -> int:
    """A whole number among figures; 0 when it is not there."""
    value = figures.get(name, 0)
    return int(value) if isinstance(value, int | float) else 0


def stage_errors(state: StageState) -> int:
    """How many ERROR issues a stage's figures tell of."""
    counts = state.figures.get("issue_counts")
    if isinstance(counts, Mapping):
        return count(counts, "ERROR")
    return count(state.figures, "errors")


def stage_pill(state: StageState) -> PillSpec:
    """Where a stage stands, in one or two words."""
    if state.state is None:
        return NOT_RUN
    if state.state is not RunState.DONE:
        return STATE_PILLS[state.state]
    if state.verdict is Verdict.FAIL:
        errors = stage_errors(state)
        failed = words.plural(errors, "error") if errors else "Failed"
        if state.figures.get("ledger_ties") is False:
            failed = "Does not tie"
        return PillSpec(failed, "error", "circle-x")
    if state.stale:
        return STALE
    if state.figures.get("ledger_ties") is True:
        return PillSpec("Ledger ties", "ok", "circle-check")
    return STATE_PILLS[RunState.DONE]


def stage_tone(state: StageState) -> str:
    """The kind of colour of a stage's line; "" while there is nothing to tell."""
    return "" if state.state is None else stage_pill(state).kind


def stage_fact(state: StageState) -> str:
    """The one figure that says what a stage did; what went wrong when it did not."""
    figures = state.figures
    if state.state is None:
        return "not run yet"
    if not figures:
        return state.summary
    match state.stage:
        case Stage.EXTRACT_SPECS:
            fields = count(figures, "source_fields") + count(figures, "target_fields")
            return f"{words.plural(fields, 'field')} read"
        case Stage.GENERATE_MOCK_DATA:
            patients = words.plural(count(figures, "patients"), "patient")
            return f"{patients}, seed {figures.get('seed', '')}"
        case Stage.ANALYZE_SEMANTIC_MAPPING:
            kinds = ("high_confidence", "probable", "low_confidence")
            suggested = sum(count(figures, kind) for kind in kinds)
            return f"{words.plural(suggested, 'field')} suggested"
        case Stage.BUILD_MAPPING_CONTRACT:
            return words.plural(count(figures, "rules"), "rule")
        case Stage.RUN_CONTRACT_MIGRATION:
            return f"{words.plural(count(figures, 'rows_written_total'), 'row')} loaded"
        case Stage.RUN_ENTERPRISE_PIPELINE:
            return words.plural(count(figures, "issues"), "issue")
        case Stage.RUN_RELEASE_GATES:
            passed, total = count(figures, "gates_passed"), count(figures, "gates_total")
            return f"{passed} of {total} pass"


def stage_seconds(state: StageState) -> float | None:
    """How long a stage took; None while that is not known."""
    if state.started_at is None or state.ended_at is None:
        return None
    return (state.ended_at - state.started_at).total_seconds()


def took(seconds: float | None) -> str:
    """A duration known to the second: <1 s, 4 s, 2 min 5 s."""
    if seconds is None:
        return words.NONE
    if seconds < 1:
        return "<1 s"
    return f"{seconds:.0f} s" if seconds < 10 else words.duration(seconds)


def gate_title(gate: str) -> str:
    """A gate as people call it."""
    return GATE_TITLES.get(gate, gate.replace("_", " ").capitalize())


def gate_actual(check: GateCheck) -> str:
    """What a gate found."""
    if isinstance(check.actual, bool):
        yes, no = _BOOLEANS.get(check.gate, ("Yes", "No"))
        return yes if check.actual else no
    if isinstance(check.actual, int | float):
        return words.number(check.actual, 2 if check.gate in _RATIOS else 0)
    return str(check.actual)


def gate_expected(check: GateCheck) -> str:
    """What a gate asks for: 10 or fewer, 0.55 or more; "" where the word says it all."""
    sign, _, limit = check.expected.partition(" ")
    if sign == "<=":
        return limit if limit == "0" else f"{limit} or fewer"
    if sign == ">=":
        return f"{limit} or more"
    return "" if check.expected in ("true", "false") else check.expected


def gates_pill(checks: Sequence[GateCheck]) -> PillSpec:
    """How many gates pass."""
    passed = sum(check.passed for check in checks)
    if passed == len(checks):
        return PillSpec(f"{passed} of {len(checks)} pass", "ok", "circle-check")
    return PillSpec(f"{passed} of {len(checks)} pass", "error", "circle-x")


def run_gates(run: RunSummary) -> tuple[int, int] | None:
    """Gates passed and gates judged in a run; None when it judged none."""
    for state in run.stages:
        if state.stage is Stage.RUN_RELEASE_GATES and state.figures.get("gates_total"):
            return count(state.figures, "gates_passed"), count(state.figures, "gates_total")
    return None


def run_stages_done(run: RunSummary) -> int:
    """How many of a run's stages are done."""
    return sum(state.state is RunState.DONE for state in run.stages)


def run_pill(run: RunSummary) -> PillSpec:
    """How a run ended: its gates when it judged them, else its verdict or its state."""
    if run.state is not RunState.DONE:
        return STATE_PILLS[run.state]
    gates = run_gates(run)
    good = run.verdict is not Verdict.FAIL
    kind, icon = ("ok", "circle-check") if good else ("error", "circle-x")
    if gates is not None:
        return PillSpec(f"{gates[0]} of {gates[1]} gates", kind, icon)
    return PillSpec("Passed" if good else "Failed", kind, icon)


def run_scope(run: RunSummary) -> str:
    """Which stages a run was to do: all seven, one by name, or from … to …."""
    if len(run.stages) == len(STAGES):
        return "All seven stages"
    if len(run.stages) == 1:
        return run.stages[0].title
    if not run.stages:
        return ""
    return f"{run.stages[0].title} to {STAGE_VERBS[run.stages[-1].stage]}"
