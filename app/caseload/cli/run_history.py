"""Runs: the list, one of them, and what changed between two."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from caseload.cli.door import Answer, Door, command, group, plain
from caseload.model.views import Artefact, RunSummary

PANEL = "What happened"
SHOWN_FILES = 10
"""A folder with more files than this is shown as one line; `--json` has every file."""
Number = Annotated[
    str, typer.Argument(metavar="ID", help="The run's number, such as 3 or run-0003.")
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    command(app, "runs", panel=PANEL)(runs)
    run = group("run", "One run, or two compared.")
    command(run, "show")(show)
    command(run, "compare")(compare)
    app.add_typer(run, rich_help_panel=PANEL)


def runs(door: Door) -> Answer:
    """List every run ever made, newest first.

    Example: caseload -p qvh runs
    """
    from caseload.services import runs as service

    with door.open(read_only=True) as session:
        found = service.runs(session)
    door.table(
        "", [">Run", "State", "Verdict", "Started (UTC)", ">Seconds", "By", "Stages"],
        [
            [r.number, r.state, r.verdict, r.started_at, r.duration, r.actor, _stages(r)]
            for r in found
        ],
    )  # fmt: skip
    if not found:
        door.say("No run yet. Next: caseload lifecycle")
    return Answer({"runs": plain(found)})


def show(door: Door, run: Number) -> Answer:
    """Show one run: its stages, gates, files, and where its log is.

    Example: caseload -p qvh run show 3
    """
    from caseload.services import runs as service

    with door.open(read_only=True) as session:
        found = service.run(session, _number(run))
    summary = found.summary
    door.say(
        f"Run {summary.number} by {summary.actor}: {summary.state.value}"
        + (f", {summary.verdict.value}" if summary.verdict else "")
    )
    door.table(
        "Stages", ["Stage", "State", "Verdict", "What it found"],
        [[s.title, s.state, s.verdict, s.summary] for s in summary.stages],
    )  # fmt: skip
    if found.gates:
        door.table(
            "Gates", ["Gate", "Verdict", ">Actual", "Expected"],
            [[g.gate, "PASS" if g.passed else "FAIL", g.actual, g.expected] for g in found.gates],
        )  # fmt: skip
    door.table(
        "Files", ["Path", ">Bytes", "SHA-256"],
        _files(found.artefacts),
    )  # fmt: skip
    troubles = [line for line in found.log if line[1] != "info"]
    if troubles:
        door.table(
            "Warnings and errors of the log", ["When", "Level", "Table", "Message"],
            [list(line) for line in troubles[:50]],
        )  # fmt: skip
    return Answer(plain(found))


def compare(
    door: Door,
    a: Annotated[str, typer.Argument(metavar="A", help="The earlier run.")],
    b: Annotated[str, typer.Argument(metavar="B", help="The later run.")],
) -> Answer:
    """Show what changed from run A to run B: figures, and issues new, fixed and persisting.

    Example: caseload -p qvh run compare 2 3
    """
    from caseload.services import runs as service

    with door.open(read_only=True) as session:
        found = service.compare(session, _number(a), _number(b))
    door.table(
        f"Figures that changed from run {found.a} to run {found.b}",
        ["Stage", "Figure", f">Run {found.a}", f">Run {found.b}"],
        [[f.stage, f.figure, f.before, f.after] for f in found.figures],
    )
    for title, changes in (
        ("New issues", found.new),
        ("Fixed issues", found.fixed),
        ("Persisting issues", found.persisting),
    ):
        door.table(
            f"{title}: {len(changes)}",
            ["Severity", "Category", "Field", ">Before", ">After", "Message"],
            [
                [
                    c.severity,
                    c.category,
                    f"{c.table_name}.{c.field_name}",
                    c.before,
                    c.after,
                    c.message,
                ]
                for c in changes
            ],
        )
    if not found.issues_known:
        door.say("The issues of one of these runs were not kept, so they are not compared.")
    return Answer(plain(found))


def _files(artefacts: tuple[Artefact, ...]) -> list[list[Any]]:
    """A line a file; a folder of many is one line."""
    folders: dict[str, list[Artefact]] = {}
    for artefact in artefacts:
        folders.setdefault(artefact.path.rpartition("/")[0], []).append(artefact)
    lines: list[list[Any]] = []
    for folder, inside in folders.items():
        if len(inside) > SHOWN_FILES:
            lines.append([f"{folder}/: {len(inside)} files", sum(a.size for a in inside), ""])
        else:
            lines += [[a.path, a.size, a.sha256[:16]] for a in inside]
    return lines


def _number(text: str) -> int:
    digits = text.strip().removeprefix("run-")
    if not digits.isdigit():
        raise typer.BadParameter(f"{text!r} is no run; use its number, such as 3")
    return int(digits)


def _stages(run: RunSummary) -> str:
    done = sum(s.verdict is not None for s in run.stages)
    first, last = run.stages[0].stage.value, run.stages[-1].stage.value
    span = first if first == last else f"{first} to {last}"
    return f"{span} ({done} of {len(run.stages)})"
