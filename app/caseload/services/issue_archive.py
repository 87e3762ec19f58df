"""The issues of past runs, so that two runs can be compared after the second wrote over the first.

Kept in `data/issues/RUN.json`: rows affected by place, and the message last seen there.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from caseload.model.stage import Stage
from caseload.services import reports
from caseload.store.files import write_text
from caseload.store.records import run_id_of

if TYPE_CHECKING:
    from caseload.services.session import ProjectSession

FOLDER = "data/issues"

Place = tuple[str, str, str, str, str]
"""Severity, category, table, field, and the rule's id (or the message where no rule is named)."""

Issues = dict[Place, tuple[int, str]]
"""Rows affected and message by place."""


def keep(session: ProjectSession) -> None:
    """Keep the issues that the project folder holds now, unless they are kept already.

    Both issue files must be of one run; a read-only session keeps nothing.
    """
    number = _run_of_both(session)
    if number is None or session.read_only:
        return
    path = session.folder / FOLDER / f"{run_id_of(number)}.json"
    lines = [[*place, *found] for place, found in sorted(_current(session).items())]
    text = json.dumps({"run": number, "issues": lines}, ensure_ascii=False) + "\n"
    if not path.is_file() or path.read_text(encoding="utf-8") != text:
        write_text(path, text)


def load(session: ProjectSession, number: int) -> Issues | None:
    """The issues of a run; None when they were not kept."""
    if number == _run_of_both(session):
        return _current(session)
    path = session.folder / FOLDER / f"{run_id_of(number)}.json"
    if not path.is_file():
        return None
    kept: Issues = {}
    for line in json.loads(path.read_text(encoding="utf-8"))["issues"]:
        severity, category, table, field, rule, rows, message = line
        kept[severity, category, table, field, rule] = (rows, message)
    return kept


def _run_of_both(session: ProjectSession) -> int | None:
    runs = session.project.runs
    migration = runs.latest_done(Stage.RUN_CONTRACT_MIGRATION)
    pipeline = runs.latest_done(Stage.RUN_ENTERPRISE_PIPELINE)
    if migration is None or pipeline is None or migration.run_number != pipeline.run_number:
        return None
    return pipeline.run_number


def _current(session: ProjectSession) -> Issues:
    found: Issues = {}
    for issue in reports.current_issues(session):
        place = (
            issue.severity.value,
            issue.category,
            issue.table_name,
            issue.field_name,
            issue.rule_id or issue.message,
        )
        rows, _ = found.get(place, (0, ""))
        found[place] = (rows + issue.rows_affected, issue.message)
    return found
