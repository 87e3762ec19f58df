"""Reading the files that stages published; each is read again only when it changed."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from caseload.model.gates import GateCheck
from caseload.model.issue import Issue, Severity
from caseload.model.stage import Verdict
from caseload.model.views import LedgerTotals
from caseload.store.records import run_number_of

if TYPE_CHECKING:
    from caseload.services.session import ProjectSession

MIGRATION_REPORT = "reports/contract_migration_report.json"
PIPELINE_REPORT = "reports/enterprise_pipeline_report.json"
GATE_REPORT = "reports/release_gate_report.json"
MIGRATION_ISSUES = "reports/contract_migration_issues.csv"
PIPELINE_ISSUES = "reports/enterprise_pipeline_issues.csv"
LEDGER = "reports/contract_migration_ledger.csv"

T = TypeVar("T")


def read(session: ProjectSession, path: str, parse: Callable[[str], T], otherwise: T) -> T:
    """What `parse` makes of a file's text; `otherwise` when it is missing or unreadable."""
    target = session.folder / path
    try:
        found = target.stat()
    except OSError:
        return otherwise
    token = (found.st_mtime_ns, found.st_size)
    return session.cached(f"file:{path}", token, lambda: _parsed(target, parse, otherwise))


def _parsed(path: Path, parse: Callable[[str], T], otherwise: T) -> T:
    try:
        return parse(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, KeyError, TypeError, csv.Error):
        return otherwise


def json_report(session: ProjectSession, path: str) -> dict[str, Any]:
    """A JSON report; empty when there is none."""

    def parse(text: str) -> dict[str, Any]:
        data = json.loads(text)
        return data if isinstance(data, dict) else {}

    return read(session, path, parse, {})


def run_of(report: dict[str, Any]) -> int | None:
    """The number of the run that wrote a report."""
    return run_number_of(str(report.get("run_id", "")))


def issues_of(session: ProjectSession, path: str) -> tuple[Issue, ...]:
    """The issues of one of the two issue files, in its order."""
    nothing: tuple[Issue, ...] = ()
    return read(session, path, parse_issues, nothing)


def parse_issues(text: str) -> tuple[Issue, ...]:
    """Issues from the text of an issue file."""
    return tuple(
        Issue(
            Severity(row["severity"]),
            row["category"],
            row["message"],
            row["table_name"],
            row["field_name"],
            row["record_id"],
            row.get("rule_id") or "",
            int(row.get("rows_affected") or 1),
        )
        for row in csv.DictReader(io.StringIO(text, newline=""))
    )


def current_issues(session: ProjectSession) -> tuple[Issue, ...]:
    """Every issue of the last migration and of the last quality rules."""
    return (*issues_of(session, MIGRATION_ISSUES), *issues_of(session, PIPELINE_ISSUES))


def ledger(session: ProjectSession) -> LedgerTotals | None:
    """The ledger of the last migration added up; None before there is one."""
    report = json_report(session, MIGRATION_REPORT)
    run = run_of(report)
    nothing: dict[str, int] = {}
    sums = read(session, LEDGER, _column_sums, nothing)
    if run is None or not sums:
        return None
    return LedgerTotals(
        run=run,
        rows_in=sums["rows_in"],
        rows_loaded=sums["rows_loaded"],
        rows_split=sums["rows_split"],
        rows_filtered=sums["rows_filtered"],
        rows_merged=sums["rows_merged"],
        rows_rejected=sums["rows_rejected"],
        rows_held=sums["rows_held"],
        difference=sums["difference"],
        ties=report.get("ledger_ties") is True,
    )


def _column_sums(text: str) -> dict[str, int]:
    columns = (
        "rows_in", "rows_loaded", "rows_split", "rows_merged", "rows_rejected", "rows_held",
        "rows_filtered", "difference",
    )  # fmt: skip
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    return {column: sum(int(row[column]) for row in rows) for column in columns}


def gates(session: ProjectSession) -> tuple[str, tuple[GateCheck, ...], Verdict | None]:
    """Profile, checks and verdict of the last release gates; empty before there are any."""
    report = json_report(session, GATE_REPORT)
    if not report:
        return "", (), None
    profile = str(report.get("thresholds", {}).get("profile", ""))
    return profile, gate_checks(report.get("checks", [])), Verdict(report["status"])


def gate_checks(checks: list[dict[str, Any]]) -> tuple[GateCheck, ...]:
    """Gate checks from their JSON."""
    return tuple(
        GateCheck(c["gate"], c["status"] == "PASS", c["actual"], c["expected"], c["message"])
        for c in checks
    )
