"""What a person would do next, told from the state of the project and nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from caseload.model.contract import MappingStatus
from caseload.model.gates import GateCheck
from caseload.model.issue import Issue, Severity
from caseload.model.stage import RunState, Verdict
from caseload.model.views import NextStep, StageState

MOST = 4
"""More than so many next steps are none."""

_TO_APPROVE = (MappingStatus.DRAFT, MappingStatus.IN_REVIEW)


def next_steps(
    states: Sequence[StageState],
    *,
    has_specs: bool,
    interrupted: bool,
    statuses: Mapping[MappingStatus, int],
    unresolved: int,
    issues: Sequence[Issue],
    gates: Sequence[GateCheck],
    verdict: Verdict | None,
) -> tuple[NextStep, ...]:
    """At most four steps, the most pressing first; each is true as it stands."""
    steps = [
        *_about_runs(states, has_specs=has_specs, interrupted=interrupted),
        *_about_errors(issues),
        *_about_mappings(statuses, unresolved),
        *_about_gates(gates, verdict),
        *_about_approvals(statuses),
    ]
    return tuple(steps[:MOST])


def _about_runs(
    states: Sequence[StageState], *, has_specs: bool, interrupted: bool
) -> list[NextStep]:
    if not has_specs:
        return [
            NextStep(
                "file-plus-2",
                "Add the spec documents",
                "The old system's data dictionary and the new one's migration guide.",
                "Add",
                "page:schemas",
            )
        ]
    if interrupted:
        return [
            NextStep(
                "rotate-ccw",
                "A run was interrupted",
                "Its outputs are the last good ones. It can go on after the last finished stage.",
                "Resume",
                "run:resume",
            )
        ]
    if any(s.state is RunState.RUNNING for s in states):
        return []
    for state in states:
        if state.state is RunState.FAILED:
            words = f"{state.title} failed"
            detail = state.summary or "See its log."
            return [NextStep("circle-x", words, detail, "Run again", f"run:{state.stage.value}")]
        if state.state is not RunState.DONE:
            words, detail = f"Run {state.title.lower()}", "It has not been run yet."
            return [NextStep("play", words, detail, "Run", f"run:{state.stage.value}")]
        if state.stale:
            words = f"{state.title} is out of date"
            detail = "Something that it works from has changed since it ran."
            return [NextStep("refresh-cw", words, detail, "Run", f"run:{state.stage.value}")]
    return []


def _about_mappings(statuses: Mapping[MappingStatus, int], unresolved: int) -> list[NextStep]:
    steps = []
    lapsed = statuses.get(MappingStatus.RE_REVIEW, 0)
    if lapsed:
        steps.append(
            NextStep(
                "rotate-ccw",
                _count(lapsed, "approval") + " lapsed",
                "What they approved has changed. Review each, or keep it.",
                "Review",
                "page:mappings",
                {"status": MappingStatus.RE_REVIEW.value},
            )
        )
    if unresolved:
        steps.append(
            NextStep(
                "circle-slash",
                _count(unresolved, "field") + " unresolved",
                "They are mandatory, and nothing fills them.",
                "Resolve",
                "page:mappings",
                {"unresolved": "yes"},
            )
        )
    return steps


def _about_errors(issues: Sequence[Issue]) -> list[NextStep]:
    errors = sum(issue.severity is Severity.ERROR for issue in issues)
    if not errors:
        return []
    return [
        NextStep(
            "circle-x",
            _count(errors, "error") + " to mend",
            "A load with an error fails its gates.",
            "Open",
            "page:quality",
            {"severity": Severity.ERROR.value},
        )
    ]


def _about_gates(gates: Sequence[GateCheck], verdict: Verdict | None) -> list[NextStep]:
    failed = [gate for gate in gates if not gate.passed]
    if verdict is not Verdict.FAIL or not failed:
        return []
    return [
        NextStep(
            "shield-alert",
            _count(len(failed), "gate") + " failed",
            failed[0].message,
            "Open",
            "page:quality",
        )
    ]


def _about_approvals(statuses: Mapping[MappingStatus, int]) -> list[NextStep]:
    waiting = sum(statuses.get(status, 0) for status in _TO_APPROVE)
    if not waiting:
        return []
    return [
        NextStep(
            "badge-check",
            _count(waiting, "mapping") + " to approve",
            "Start with those of high confidence: they can be approved together.",
            "Review",
            "page:mappings",
            {"status": MappingStatus.DRAFT.value},
        )
    ]


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}" + ("" if number == 1 else "s")
