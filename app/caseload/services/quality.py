"""The Quality page: figures of real runs against the thresholds of a profile, and the issues."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from caseload.lifecycle.stages.run_release_gates import profile_named
from caseload.model.errors import BadInput
from caseload.model.gates import GateProfile
from caseload.model.issue import Issue, Severity
from caseload.model.stage import RunState, Stage
from caseload.model.views import IssueQuery, Kpi, Page, QualitySummary
from caseload.services import reports, settings

if TYPE_CHECKING:
    from caseload.services.session import ProjectSession

Figures = Mapping[str, Any]
"""What the stages of one run said, all in one."""

_JUDGED = (Stage.RUN_CONTRACT_MIGRATION, Stage.RUN_ENTERPRISE_PIPELINE)


@dataclass(frozen=True, slots=True)
class _Measure:
    key: str
    title: str
    unit: str
    better: str
    explanation: str
    threshold: Callable[[GateProfile], float | None]


def _population(profile: GateProfile) -> float:
    return profile.min_population_ratio


MEASURES: tuple[_Measure, ...] = (
    _Measure(
        "errors", "Errors", "issues", "lower",
        "ERROR issues of the migration and of the quality rules", lambda p: p.max_errors,
    ),
    _Measure(
        "warnings", "Warnings", "issues", "lower",
        "WARN issues of the migration and of the quality rules", lambda p: p.max_warnings,
    ),
    _Measure(
        "unresolved", "Unresolved mappings", "fields", "lower",
        "Mandatory target fields that nothing fills", lambda p: p.max_unresolved,
    ),
    _Measure(
        "crosswalk_reject_count", "Crosswalk rejects", "values", "lower",
        "Values that no crosswalk translates", lambda p: p.max_crosswalk_rejects,
    ),
    _Measure(
        "population_ratio_without_imputed", "Population, not imputed", "ratio", "higher",
        "Share of target columns that hold a value, imputed values left out", _population,
    ),
    _Measure(
        "rows_written_total", "Rows loaded", "rows", "higher",
        "Rows in the load files of the migration", lambda _: None,
    ),
)  # fmt: skip
"""The figures that have a tile, in the page's order."""

_SORTS: dict[str, Callable[[Issue], Any]] = {
    "severity": lambda i: list(Severity).index(i.severity),
    "category": lambda i: i.category,
    "table_name": lambda i: i.table_name,
    "field_name": lambda i: i.field_name,
    "message": lambda i: i.message,
    "rows_affected": lambda i: i.rows_affected,
    "record_id": lambda i: i.record_id,
    "rule_id": lambda i: i.rule_id,
}


def summary(session: ProjectSession) -> QualitySummary:
    """Tiles and bars; a tile is there only if the last run measured its figure."""
    history = _history(session)
    found = reports.current_issues(session)
    profile = profile_named(session.project, settings.get(session, "gates.profile"))
    kpis = [kpi for m in MEASURES if (kpi := _kpi(m, history, m.threshold(profile)))]
    return QualitySummary(
        run=history[-1][0] if history else None,
        kpis=tuple(kpis),
        by_severity=_rows_by(found, lambda i: i.severity.value),
        by_category=_rows_by(found, lambda i: i.category),
        by_table=_rows_by(found, lambda i: i.table_name),
    )


def issues(session: ProjectSession, query: IssueQuery) -> Page[Issue]:
    """One page of the issues of the last migration and the last quality rules.

    Raises:
        BadInput: they are to be sorted by a column that there is not.
    """
    key = _SORTS.get(query.sort)
    if key is None:
        raise BadInput(
            f"Issues cannot be sorted by {query.sort}", remedy=f"Sort by {', '.join(_SORTS)}"
        )
    everything = reports.current_issues(session)
    words = query.text.casefold().split()
    found = [i for i in everything if _matches(i, query) and _speaks_of(i, words)]
    found.sort(key=key, reverse=query.descending)
    page = tuple(found[query.offset : query.offset + query.limit])
    return Page(page, query.offset, len(found), len(everything))


def _history(session: ProjectSession) -> list[tuple[int, dict[str, float]]]:
    """What each run measured, oldest first."""
    measured = []
    for record in reversed(session.project.runs.all()):
        done = [a for s in _JUDGED if (a := record.latest(s)) and a.state is RunState.DONE]
        if done:
            measured.append((record.number, _added_up([_numbers(a.figures) for a in done])))
    return measured


def _numbers(figures: Figures) -> dict[str, float]:
    """The numbers among a stage's figures; counts by severity under the names of the tiles."""
    counts = figures.get("issue_counts") or {}
    named = {"errors": counts.get("ERROR"), "warnings": counts.get("WARN")}
    return {
        key: float(value)
        for key, value in {**named, **figures}.items()
        if isinstance(value, int | float) and not isinstance(value, bool)
    }


def _added_up(stages: list[dict[str, float]]) -> dict[str, float]:
    values: dict[str, float] = {}
    for stage in stages:
        for key, value in stage.items():
            values[key] = values.get(key, 0.0) + value if key in _ADDED else value
    return values


_ADDED = frozenset({"errors", "warnings"})
"""Figures that both stages have a share of."""


def _kpi(
    measure: _Measure, history: list[tuple[int, dict[str, float]]], threshold: float | None
) -> Kpi | None:
    trend = tuple((run, values[measure.key]) for run, values in history if measure.key in values)
    if not trend:
        return None
    value = trend[-1][1]
    passed = None
    if threshold is not None:
        passed = value <= threshold if measure.better == "lower" else value >= threshold
    return Kpi(
        key=measure.key,
        title=measure.title,
        value=value,
        unit=measure.unit,
        threshold=threshold,
        passed=passed,
        better=measure.better,
        trend=trend,
        explanation=measure.explanation,
    )


def _rows_by(found: tuple[Issue, ...], of: Callable[[Issue], str]) -> dict[str, int]:
    counted: Counter[str] = Counter()
    for issue in found:
        counted[of(issue)] += issue.rows_affected
    return dict(counted.most_common())


def _matches(issue: Issue, query: IssueQuery) -> bool:
    return (
        (not query.severities or issue.severity.value in query.severities)
        and (not query.categories or issue.category in query.categories)
        and (not query.tables or issue.table_name in query.tables)
    )


def _speaks_of(issue: Issue, words: list[str]) -> bool:
    text = f"{issue.table_name}.{issue.field_name} {issue.category} {issue.message}".casefold()
    return all(word in text for word in words)
