"""How documents are read where their columns do not tell: looked at, said, remembered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from caseload.cli.door import Answer, Door, command, group, plain
from caseload.cli.progress import stop_on_signal

if TYPE_CHECKING:
    from caseload.model.document_preview import DocumentGrid, DocumentPreview
    from caseload.model.reader_profile import ReaderProfile

PANEL = "Stages, in their order"

File = Annotated[
    str, typer.Argument(metavar="FILE", help="A document of the project, or a path to one.")
]
Name = Annotated[
    str, typer.Argument(metavar="NAME", help="A profile's name, its id, or its document's name.")
]
Names = Annotated[
    list[str],
    typer.Argument(metavar="NAME", help="Names, ids, or documents of profiles; several are fine."),
]


def completed_roles(incomplete: str) -> list[str]:
    """What `--roles` could go on with: a role's name after the last comma or colon."""
    from caseload.specs.readers.vocabulary import Role

    at = max(incomplete.rfind(","), incomplete.rfind(":")) + 1
    head, begun = incomplete[:at], incomplete[at:]
    keys = [*(role.value for role in Role), "sheet", "header", "table-name", "ignore"]
    return [f"{head}{key}=" for key in keys if key.startswith(begun) and "=" not in begun]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    readers = group("readers", "How documents are read whose columns do not tell by themselves.")
    command(readers, "list")(list_)
    command(readers, "show")(show)
    command(readers, "preview")(preview)
    command(readers, "assign")(assign)
    command(readers, "rename")(rename)
    command(readers, "forget")(forget)
    app.add_typer(readers, rich_help_panel=PANEL)


def list_(door: Door) -> Answer:
    """List the reader profiles: what people said of documents' columns.

    Example: caseload -p qvh readers list
    """
    from caseload.services import readers

    with door.open(read_only=True) as session:
        found = readers.profiles(session)
    door.table(
        "",
        ["Name", "Kind", "Document", "Roles", "By", "When (UTC)", "Id"],
        [[p.name, p.kind, p.document, _roles(p), p.by, p.at, p.id] for p in found],
    )
    if not found:
        door.say("No document needed one yet. See a document's columns: caseload readers preview")
    return Answer({"profiles": [p.as_dict() for p in found]})


def show(door: Door, name: Name) -> Answer:
    """Show a reader profile, and the --roles that say the same.

    Example: caseload -p qvh readers show "Ward dictionary"
    """
    from caseload.services import reader_roles, readers

    with door.open(read_only=True) as session:
        found = readers.profile(session, name)
    option = reader_roles.as_option(found.document, found.assignment)
    door.say(f"{found.name}: made for {found.document} by {found.by}, {found.at}")
    door.table(
        "",
        ["Role", "Column"],
        [[role, _column(column)] for role, column in found.assignment.roles.items()],
    )
    door.say(f"Its columns: {', '.join(found.headers) or 'without headers'}")
    door.say(f"The same in words: --roles '{option}'")
    return Answer({**found.as_dict(), "option": option})


def preview(
    door: Door,
    document: File,
    rows: Annotated[
        int, typer.Option("--rows", metavar="N", min=1, max=200, help="How many rows to show.")
    ] = 5,
) -> Answer:
    """Show a document's columns, what is in them, and the role that each seems to play.

    Example: caseload -p qvh readers preview dictionary.xlsx
    """
    from caseload.services import readers

    with door.open(read_only=True) as session, stop_on_signal() as cancel:
        shown = readers.preview(session, document, cancel=cancel)
    for grid in shown.grids:
        _show_grid(door, grid, rows)
    _show_how(door, shown)
    return Answer(plain(shown))


def assign(
    door: Door,
    document: File,
    roles: Annotated[
        str,
        typer.Option(
            "--roles",
            metavar="ROLES",
            help="role=column, parted by commas; a column by header, letter or number.",
            autocompletion=completed_roles,
        ),
    ],
) -> Answer:
    """Say which column holds what, for this document and its next versions.

    It is tried on the document before it is kept. Read it then with extract-specs.

    Example: caseload -p qvh readers assign dictionary.xlsx --roles 'table=A,field=B,length=D'
    """
    from caseload.services import reader_roles, readers

    said = reader_roles.said_in(roles).assignment
    with door.open() as session:
        changes = readers.assign(session, document, said)
    door.say(f"{changes.message}. Next: caseload extract-specs")
    return Answer({"message": changes.message})


def rename(
    door: Door,
    name: Name,
    new_name: Annotated[str, typer.Argument(metavar="NEW", help="What to call it.")],
) -> Answer:
    """Call a reader profile otherwise.

    Example: caseload -p qvh readers rename dict-2026 "Ward dictionary"
    """
    from caseload.services import readers

    with door.open() as session:
        changes = readers.rename(session, name, new_name)
    door.say(changes.message)
    return Answer({"message": changes.message})


def forget(door: Door, names: Names) -> Answer:
    """Forget reader profiles: the next reading goes by the documents alone.

    Example: caseload -p qvh readers forget "Ward dictionary"
    """
    from caseload.services import readers

    with door.open() as session:
        changes = readers.forget(session, names)
    door.say(changes.message)
    return Answer({"message": changes.message})


def _roles(profile: ReaderProfile) -> str:
    from caseload.services.reader_roles import as_option

    return as_option("", profile.assignment).removeprefix(":").replace(",", ", ")


def _column(column: str | int) -> str:
    from caseload.services.reader_roles import letter

    return column if isinstance(column, str) else f"column {letter(column)}"


def _show_grid(door: Door, grid: DocumentGrid, rows: int) -> None:
    """A grid's columns as rows of a table: letter, header, samples, role and why."""
    from caseload.services.reader_roles import letter

    guesses = {guess.column: guess for guess in grid.guesses}
    headers = grid.headers(grid.header_row)
    after = grid.header_row or 0
    body = [row.cells for row in grid.rows if row.number > after][:rows]
    lines = []
    for column in range(grid.columns):
        guess = guesses.get(column)
        samples = [row[column] for row in body if column < len(row) and row[column]]
        lines.append(
            [
                letter(column),
                headers[column],
                " | ".join(" ".join(text.split())[:30] for text in samples),
                guess.role if guess else "",
                f"{guess.confidence:.0%}, {guess.why}" if guess else "",
            ]
        )
    alike = f", and {grid.alike:,} more like it" if grid.alike else ""
    header = f"header in row {grid.header_row}" if grid.header_row else "no header row found"
    door.table(
        f"{grid.place[:1].upper()}{grid.place[1:]}{alike}: {grid.total_rows:,} rows, {header}",
        ["", "Header", "Holds", "Seems to be", "Because"],
        lines,
    )


def _show_how(door: Door, shown: DocumentPreview) -> None:
    from caseload.services.reader_roles import letter

    if not shown.grids:
        door.say(f"{shown.name} has no columns that could be given roles.")
        return
    best = shown.grids[0]
    if best.missing:
        door.say(f"Nobody could tell which column holds: {', '.join(best.missing)}.")
    guessed = {guess.role: letter(guess.column) for guess in reversed(best.guesses)}
    named = "@sheet" if best.sheet and best.alike else "@title" if best.titles else "COLUMN"
    said = {"table": named, "field": "COLUMN", **guessed}
    roles = ",".join(f"{role}={column}" for role, column in said.items())
    door.say(f"To say it: caseload readers assign '{shown.name}' --roles '{roles}'")
