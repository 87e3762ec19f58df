"""Where the project stands: header, the seven stages, coverage, gates, and what to do next."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from caseload.model.contract import MappingClass, MappingStatus
from caseload.model.issue import Severity
from caseload.model.stage import STAGES, RunState, Stage, Verdict
from caseload.model.views import (
    ClassCoverage,
    NextStep,
    Overview,
    ProjectHeader,
    StageState,
)
from caseload.services import mapping_view, reports, settings
from caseload.services.next_steps import next_steps
from caseload.services.runs import moment, stage_state
from caseload.store.records import StageRecord

if TYPE_CHECKING:
    from caseload.services.session import ProjectSession

SHOWN_ISSUES = 5
_SHOWN_STATES = frozenset(RunState) - {RunState.PENDING}

_BUILT_ON: dict[Stage, tuple[Stage, ...]] = {
    Stage.EXTRACT_SPECS: (),
    Stage.GENERATE_MOCK_DATA: (Stage.EXTRACT_SPECS,),
    Stage.ANALYZE_SEMANTIC_MAPPING: (Stage.EXTRACT_SPECS, Stage.GENERATE_MOCK_DATA),
    Stage.BUILD_MAPPING_CONTRACT: (Stage.ANALYZE_SEMANTIC_MAPPING,),
    Stage.RUN_CONTRACT_MIGRATION: (Stage.BUILD_MAPPING_CONTRACT, Stage.GENERATE_MOCK_DATA),
    Stage.RUN_ENTERPRISE_PIPELINE: (Stage.RUN_CONTRACT_MIGRATION,),
    Stage.RUN_RELEASE_GATES: (Stage.RUN_ENTERPRISE_PIPELINE,),
}
"""Which stages' results each stage works from."""

_EDITS_THAT_AGE: dict[Stage, str] = {
    Stage.ANALYZE_SEMANTIC_MAPPING: "schemas.",
    Stage.RUN_CONTRACT_MIGRATION: "mappings.",
    Stage.RUN_RELEASE_GATES: "mappings.",
}
"""Which people's commands, by the beginning of their action, make a stage's result old."""


def header(session: ProjectSession) -> ProjectHeader:
    """What the header bar shows."""
    project = session.project
    holder = project.holder() if session.read_only else None
    last = project.runs.latest()
    version = project.contract.latest_version()
    migration = reports.json_report(session, reports.MIGRATION_REPORT)
    _, checks, _ = reports.gates(session)
    resumable = project.runs.latest_resumable()
    newest = project.audit.lines(limit=1)
    return ProjectHeader(
        organisation=settings.get(session, "project.organisation"),
        workspace=settings.get(session, "project.workspace"),
        name=project.info.name,
        folder=str(session.folder),
        actor=session.actor,
        role=session.role,
        read_only=session.read_only,
        holder=holder.words() if holder else "",
        contract_version=version.version if version else None,
        last_run=last.number if last else None,
        last_run_state=last.state if last else None,
        ledger_ties=migration.get("ledger_ties") is True if migration else None,
        gates_passed=sum(c.passed for c in checks) if checks else None,
        gates_total=len(checks) or None,
        interrupted_run=resumable.number if resumable else None,
        saved_at=moment(newest[0].at_utc) if newest else None,
    )


def stage_states(session: ProjectSession) -> tuple[StageState, ...]:
    """The latest try at every stage, in order; stale where what it works from is newer."""
    latest: dict[Stage, StageRecord] = {}
    done: dict[Stage, StageRecord] = {}
    for record in session.project.runs.all():
        for attempt in reversed(record.attempts):
            if attempt.state in _SHOWN_STATES:
                latest.setdefault(attempt.stage, attempt)
            if attempt.state is RunState.DONE:
                done.setdefault(attempt.stage, attempt)
        if len(done) == len(STAGES):
            break
    stale: set[Stage] = set()
    for stage in STAGES:
        own = done.get(stage)
        if own and (_overtaken(own, done, stale) or _edited_since(session, own)):
            stale.add(stage)
    return tuple(stage_state(s, latest.get(s), stale=s in stale) for s in STAGES)


def _overtaken(own: StageRecord, done: dict[Stage, StageRecord], stale: set[Stage]) -> bool:
    return any(
        below in stale or (below in done and done[below].run_number > own.run_number)
        for below in _BUILT_ON[own.stage]
    )


def _edited_since(session: ProjectSession, own: StageRecord) -> bool:
    action = _EDITS_THAT_AGE.get(own.stage)
    edits = session.project.audit.lines(action=action, limit=1) if action else []
    return bool(edits) and edits[0].at_utc > own.started_at


def coverage(session: ProjectSession) -> tuple[ClassCoverage, ...]:
    """Target fields by class, in the order of the classes, and how many are approved."""
    fields: Counter[MappingClass] = Counter()
    approved: Counter[MappingClass] = Counter()
    for record in mapping_view.records(session):
        fields[record.rule.mapping_class] += 1
        approved[record.rule.mapping_class] += record.rule.status is MappingStatus.APPROVED
    return tuple(ClassCoverage(c, fields[c], approved[c]) for c in MappingClass)


def overview(session: ProjectSession) -> Overview:
    """Everything the Overview page shows."""
    states = stage_states(session)
    records = mapping_view.records(session)
    targets = {(r.rule.target_table, r.rule.target_field) for r in records}
    issues = sorted(
        reports.current_issues(session),
        key=lambda i: (list(Severity).index(i.severity), -i.rows_affected),
    )
    profile, checks, verdict = reports.gates(session)
    version = session.project.contract.latest_version()
    return Overview(
        stages=states,
        coverage=coverage(session) if records else (),
        target_tables=len({table for table, _ in targets}),
        target_fields=len(targets),
        contract_version=version.version if version else None,
        issues=tuple(issues[:SHOWN_ISSUES]),
        issue_total=len(issues),
        gate_profile=profile,
        gates=checks,
        gate_verdict=verdict,
        ledger=reports.ledger(session),
        next_steps=_next_steps(session, states, verdict),
    )


def _next_steps(
    session: ProjectSession, states: tuple[StageState, ...], verdict: Verdict | None
) -> tuple[NextStep, ...]:
    return next_steps(
        states,
        has_specs=bool(session.project.documents.all()),
        interrupted=session.project.runs.latest_resumable() is not None,
        statuses=mapping_view.status_counts(session),
        unresolved=sum(row.unresolved for row in mapping_view.rows(session)),
        issues=reports.current_issues(session),
        gates=reports.gates(session)[1],
        verdict=verdict,
    )
