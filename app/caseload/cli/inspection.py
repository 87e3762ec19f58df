"""Looking closer: quality, the audit, and the SQL that a table is loaded by."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from caseload.cli.door import Answer, Door, command, group, plain
from caseload.model.issue import Severity
from caseload.model.views import IssueQuery

PANEL = "What happened"


def register(app: typer.Typer) -> None:
    """Add the commands."""
    quality = group("quality", "Figures of real runs, and the issues behind them.")
    command(quality, "kpis")(kpis)
    command(quality, "issues")(issues)
    app.add_typer(quality, rich_help_panel=PANEL)
    audit = group("audit", "Who did what, and whether the record of it holds.")
    command(audit, "list")(audit_list)
    command(audit, "verify")(audit_verify)
    command(audit, "export")(audit_export)
    app.add_typer(audit, rich_help_panel=PANEL)
    command(app, "explain", panel=PANEL)(explain)


def kpis(door: Door) -> Answer:
    """Show the figures of the last run against their thresholds; exit code 1 if one is not met.

    Example: caseload -p qvh quality kpis
    """
    from caseload.services import quality

    with door.open(read_only=True) as session:
        found = quality.summary(session)
    door.table(
        f"Run {found.run}" if found.run else "",
        ["Figure", ">Value", "Unit", ">Threshold", "Met", "What it is"],
        [
            [
                kpi.title,
                f"{kpi.value:,.4g}",
                kpi.unit,
                "" if kpi.threshold is None else f"{kpi.threshold:,.4g}",
                "" if kpi.passed is None else "PASS" if kpi.passed else "FAIL",
                kpi.explanation,
            ]
            for kpi in found.kpis
        ],
    )
    if not found.kpis:
        door.say("Nothing has been measured yet. Next: caseload lifecycle")
    return Answer(plain(found), 1 if any(kpi.passed is False for kpi in found.kpis) else 0)


def issues(
    door: Door,
    severity: Annotated[
        list[Severity] | None,
        typer.Option(
            "--severity", metavar="LEVEL", help="Only ERROR, WARN or INFO; repeat for more."
        ),
    ] = None,
    category: Annotated[
        list[str] | None,
        typer.Option("--category", metavar="NAME", help="Only this category; repeat for more."),
    ] = None,
    table: Annotated[
        list[str] | None,
        typer.Option("--table", metavar="TABLE", help="Only this table; repeat for more."),
    ] = None,
    text: Annotated[
        str, typer.Option("--text", metavar="WORDS", help="Only those that speak of these words.")
    ] = "",
    limit: Annotated[
        int, typer.Option("--limit", metavar="N", min=1, help="At most so many.")
    ] = 50,
    offset: Annotated[
        int, typer.Option("--offset", metavar="N", min=0, help="Leave out the first so many.")
    ] = 0,
) -> Answer:
    """List the issues of the last migration and quality run; exit code 1 if an ERROR is among them.

    Example: caseload -p qvh quality issues --severity ERROR
    """
    from caseload.services import quality

    query = IssueQuery(
        text=text,
        severities=tuple(s.value for s in severity or ()),
        categories=tuple(category or ()),
        tables=tuple(table or ()),
        offset=offset,
        limit=limit,
    )
    with door.open(read_only=True) as session:
        page = quality.issues(session, query)
        errors = any(
            i.severity is Severity.ERROR for i in quality.issues(session, IssueQuery(limit=1)).rows
        )
    door.table(
        "",
        ["Severity", "Category", "Field", ">Rows", "Message"],
        [
            [
                i.severity,
                i.category,
                f"{i.table_name}.{i.field_name}".strip("."),
                i.rows_affected,
                i.message,
            ]
            for i in page.rows
        ],
    )
    door.say(f"{len(page.rows)} of {page.total:,} that match; {page.all_rows:,} issues in all")
    return Answer(
        {"issues": plain(page.rows), "total": page.total, "all_rows": page.all_rows},
        1 if errors else 0,
    )


def audit_list(
    door: Door,
    limit: Annotated[
        int, typer.Option("--limit", metavar="N", min=1, help="At most so many.")
    ] = 50,
    offset: Annotated[
        int, typer.Option("--offset", metavar="N", min=0, help="Leave out the newest so many.")
    ] = 0,
) -> Answer:
    """List what was done in the project and by whom, newest first.

    Example: caseload -p qvh audit list --limit 20
    """
    from caseload.services import audit

    with door.open(read_only=True) as session:
        found = audit.lines(session, offset, limit)
    door.table(
        "",
        [">Line", "When (UTC)", "Who", "Action", "Subject", "In words"],
        [[line.seq, line.at, line.actor, line.action, line.subject, line.words] for line in found],
    )
    return Answer({"lines": plain(found)})


def audit_verify(door: Door) -> Answer:
    """Check that no line of the audit was changed, removed, added or moved; exit code 1 if one was.

    Example: caseload -p qvh audit verify
    """
    from caseload.services import audit

    with door.open(read_only=True) as session:
        found = audit.verify(session)
    door.say(f"{'PASS' if found.ok else 'FAIL'}: {found.words}")
    if found.first_broken is not None:
        door.say(f"The first line that does not hold: {found.first_broken}")
    return Answer(plain(found), 0 if found.ok else 1)


def audit_export(
    door: Door,
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="A new file, one JSON object a line.")
    ],
) -> Answer:
    """Write the whole audit to FILE (relative to the project folder), with its head's hash.

    Example: caseload -p qvh audit export documents/audit.jsonl
    """
    from caseload.services import audit

    with door.open() as session:
        done = audit.export(session, file)
    door.say(done.message)
    return Answer({"message": done.message})


def explain(
    door: Door,
    target_table: Annotated[
        str, typer.Argument(metavar="TARGET_TABLE", help="The load table, such as LOAD_PMI.")
    ],
) -> Answer:
    """Print the SQL that a load table's rows are made by; nothing is run.

    Example: caseload -p qvh explain LOAD_PMI
    """
    from caseload.services import explanation

    with door.open(read_only=True) as session:
        found = explanation.explained(session, target_table)
    for part in found:
        split = f", split {part.split}" if part.split else ""
        door.say(f"-- route {part.route} from {part.base_table}{split}")
        door.say(f"{part.sql};")
    return Answer({"target_table": target_table, "routes": plain(found)})
