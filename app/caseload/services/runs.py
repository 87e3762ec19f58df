"""Every run ever made, and what changed between two of them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from caseload.model.errors import BadInput
from caseload.model.stage import STAGE_TITLES, RunState, Stage
from caseload.model.views import Artefact, RunDetail, RunSummary, StageState
from caseload.services import issue_archive, reports
from caseload.store.files import named_trouble, write_text
from caseload.store.lock import is_held
from caseload.store.records import RunRecord, StageRecord, from_utc_text

if TYPE_CHECKING:
    from caseload.services.session import ProjectSession

LogLine = tuple[str, str, str, str]
"""Time, level, table and message."""

_LOG_LINE = re.compile(
    r"(?P<at>\S+Z) (?P<level>INFO|WARNING|ERROR)(?: (?P<table>\w+):)? (?P<said>.*)"
)


@dataclass(frozen=True, slots=True)
class FigureChange:
    """A figure of a stage that differs between two runs."""

    stage: Stage
    figure: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class IssueChange:
    """One kind of issue at one place: rows affected in both runs."""

    severity: str
    category: str
    table_name: str
    field_name: str
    message: str
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class RunComparison:
    """What changed from run `a` to run `b`.

    `issues_known` is false when the issues of one of them were not kept; the three lists are
    empty then.
    """

    a: int
    b: int
    figures: tuple[FigureChange, ...]
    issues_known: bool
    new: tuple[IssueChange, ...]
    fixed: tuple[IssueChange, ...]
    persisting: tuple[IssueChange, ...]


def moment(text: str) -> datetime | None:
    """A time of the project file; None for an empty text."""
    return from_utc_text(text) if text else None


def stage_state(stage: Stage, attempt: StageRecord | None, *, stale: bool = False) -> StageState:
    """A stage as the doors show it, from one attempt at it."""
    if attempt is None:
        return StageState(stage, STAGE_TITLES[stage], None, None, "", None, None, None)
    return StageState(
        stage=stage,
        title=STAGE_TITLES[stage],
        state=attempt.state,
        verdict=attempt.verdict,
        summary=attempt.summary or str(attempt.error.get("what", "")),
        started_at=moment(attempt.started_at),
        ended_at=moment(attempt.ended_at),
        run=attempt.run_number,
        figures=dict(attempt.figures),
        stale=stale,
    )


def summary_of(record: RunRecord) -> RunSummary:
    """A run as a line of the history."""
    started, ended = from_utc_text(record.started_at), moment(record.ended_at)
    return RunSummary(
        number=record.number,
        state=record.state,
        verdict=record.verdict,
        started_at=started,
        ended_at=ended,
        duration=(ended - started).total_seconds() if ended else None,
        actor=record.actor,
        stages=tuple(stage_state(stage, record.latest(stage)) for stage in record.stages),
        options=dict(record.options),
    )


def runs(session: ProjectSession) -> tuple[RunSummary, ...]:
    """Every run, newest first; one whose process has gone without a word is INTERRUPTED.

    The record itself says so once the project is next opened for writing.
    """
    found = tuple(summary_of(record) for record in session.project.runs.all())
    running = any(run.state is RunState.RUNNING for run in found)
    if not running or not session.read_only or is_held(session.project.path):
        return found
    return tuple(
        replace(run, state=RunState.INTERRUPTED) if run.state is RunState.RUNNING else run
        for run in found
    )


def record_of(session: ProjectSession, number: int) -> RunRecord:
    """The run of that number.

    Raises:
        BadInput: there is none.
    """
    try:
        return session.project.runs.get(number)
    except KeyError:
        raise BadInput(
            f"There is no run {number}", remedy="List the runs with: caseload runs"
        ) from None


def run(session: ProjectSession, number: int) -> RunDetail:
    """One run with its artefacts, gates and log.

    Raises:
        BadInput: there is no run of that number.
    """
    record = record_of(session, number)
    artefacts = tuple(
        Artefact(output.path, output.size, output.sha256, stage)
        for stage in record.stages
        for output in session.project.runs.outputs(number, stage)
    )
    gates = record.latest(Stage.RUN_RELEASE_GATES)
    checks = gates.figures.get("checks", []) if gates else []
    return RunDetail(
        summary_of(record), artefacts, reports.gate_checks(checks), _log(session, record)
    )


def _log(session: ProjectSession, record: RunRecord) -> tuple[LogLine, ...]:
    """Log lines of every attempt; a line that goes on belongs to the one before."""
    lines: list[LogLine] = []
    for attempt in record.attempts:
        path = session.folder / attempt.log_path if attempt.log_path else None
        if path is None or not path.is_file():
            continue
        for text in path.read_text(encoding="utf-8", errors="replace").splitlines():
            if found := _LOG_LINE.fullmatch(text):
                lines.append(
                    (found["at"], found["level"].lower(), found["table"] or "", found["said"])
                )
            elif lines:
                at, level, table, said = lines[-1]
                lines[-1] = (at, level, table, f"{said}\n{text}")
    return tuple(lines)


def save_log(path: Path, text: str) -> Path:
    """Write a log that a person looks at to a file of their choice, whole or not at all.

    Raises:
        EnvironmentTrouble: the file cannot be written there.
    """
    with named_trouble(path):
        write_text(path, text.rstrip("\n") + "\n")
    return path


def compare(session: ProjectSession, a: int, b: int) -> RunComparison:
    """What changed from run `a` to run `b`: figures, and issues as new, fixed, persisting.

    Raises:
        BadInput: one of the runs does not exist.
    """
    before, after = record_of(session, a), record_of(session, b)
    issue_archive.keep(session)
    old, new = issue_archive.load(session, a), issue_archive.load(session, b)
    known = old is not None and new is not None
    changes = _issue_changes(old, new) if old is not None and new is not None else []
    return RunComparison(
        a,
        b,
        tuple(_figure_changes(before, after)),
        known,
        new=tuple(c for c in changes if not c.before),
        fixed=tuple(c for c in changes if not c.after),
        persisting=tuple(c for c in changes if c.before and c.after),
    )


def _issue_changes(old: issue_archive.Issues, new: issue_archive.Issues) -> list[IssueChange]:
    changes = []
    for place in sorted({*old, *new}):
        before, after = old.get(place, (0, "")), new.get(place, (0, ""))
        message = after[1] or before[1]
        changes.append(IssueChange(*place[:4], message, before=before[0], after=after[0]))
    return changes


def _figure_changes(before: RunRecord, after: RunRecord) -> list[FigureChange]:
    changes = []
    for stage in Stage:
        one, other = before.latest(stage), after.latest(stage)
        figures_before = dict(one.figures) if one and one.state is RunState.DONE else {}
        figures_after = dict(other.figures) if other and other.state is RunState.DONE else {}
        changes += [
            FigureChange(stage, name, figures_before.get(name), figures_after.get(name))
            for name in sorted({*figures_before, *figures_after})
            if name != "checks" and figures_before.get(name) != figures_after.get(name)
        ]
    return changes
