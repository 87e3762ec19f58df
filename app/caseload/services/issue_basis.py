"""Why an issue is one, and which rows it stands for; never a value that could name a patient."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from caseload.model.catalog import Side
from caseload.model.issue import Issue
from caseload.quality.pipeline import ISSUE_ROWS
from caseload.quality.rules import RULES

if TYPE_CHECKING:
    from caseload.services.session import ProjectSession

REJECTS = "reports/contract_migration_rejects.csv"
_LINES_READ = 500_000
_MIGRATION = "The mapping contract and the target migration guide"


@dataclass(frozen=True, slots=True)
class IssueBasis:
    """What an issue rests on.

    `rule` names the quality rule or the contract's rule; `basis` the standard or document it
    rests on; `matters_to` the person who should look; `side` is source or target.
    """

    rule: str
    basis: str
    matters_to: str
    side: Side


@dataclass(frozen=True, slots=True)
class AffectedRow:
    """A row behind an issue: its record, as the file names it, and its line where known."""

    record: str
    line: int | None
    note: str = ""


def basis(issue: Issue) -> IssueBasis:
    """What the rule behind an issue rests on."""
    rule = RULES.get(issue.rule_id)
    if rule is not None:
        return IssueBasis(f"{rule.id}, quality rule", rule.basis, rule.matters_to, rule.side)
    named = f"{issue.rule_id}, contract rule" if issue.rule_id else "Contract migration"
    return IssueBasis(named, _MIGRATION, "DM Engineer", Side.TARGET)


def affected_rows(
    session: ProjectSession, issue: Issue, limit: int = 20
) -> tuple[AffectedRow, ...]:
    """The first rows behind an issue of the last run, at most `limit`.

    They are read from what the run kept; where that is gone, from the sample that the issue
    itself carries.
    """
    kept = _kept_rows if issue.rule_id in RULES else _rejected_rows
    found: list[AffectedRow] = []
    for row in kept(session.folder, issue):
        found.append(row)
        if len(found) == limit:
            break
    return tuple(found) or _sampled(issue, limit)


def _kept_rows(folder: Path, issue: Issue) -> Iterator[AffectedRow]:
    wanted = (issue.rule_id, issue.table_name, issue.field_name)
    for row in _lines(folder / ISSUE_ROWS):
        if (row["rule_id"], row["table_name"], row["field_name"]) == wanted:
            line = row["line"]
            record = "" if row["record_id"] == f"line {line}" else row["record_id"]
            yield AffectedRow(record, int(line) if line.isdigit() else None)


def _rejected_rows(folder: Path, issue: Issue) -> Iterator[AffectedRow]:
    wanted = (issue.category, issue.table_name, issue.field_name)
    for row in _lines(folder / REJECTS):
        if (row["category"], row["table_name"], row["field_name"]) == wanted:
            line = row.get("source_record") or ""
            held = row.get("held_with") or ""
            yield AffectedRow(
                row.get("source_table") or row["record_id"],
                int(line) if line.isdigit() else None,
                f"held with {held}" if held else "",
            )


def _lines(path: Path) -> Iterator[dict[str, str]]:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            for number, row in enumerate(csv.DictReader(file)):
                if number >= _LINES_READ:
                    return
                yield row
    except (OSError, csv.Error, KeyError):
        return


def _sampled(issue: Issue, limit: int) -> tuple[AffectedRow, ...]:
    text = issue.record_id.removesuffix("…").strip()
    names = text.split("; ") if ";" in text or " " not in text else text.split()
    if text.startswith("line "):
        names = text.split("; ")
    return tuple(AffectedRow(name, None) for name in names[:limit] if name)
