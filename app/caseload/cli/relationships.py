"""Links between tables: listed with what speaks for them, judged, drawn and measured."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from caseload.cli.door import Answer, Door, command, group, plain
from caseload.cli.progress import shown_progress, stop_on_signal
from caseload.model.catalog import Side
from caseload.model.relationship import Cardinality, LinkKind, LinkState

if TYPE_CHECKING:
    from caseload.model.relationship import RelationshipRow
    from caseload.model.views import ChangeSet
    from caseload.services.relationship_list import LinkFilter

PANEL = "Decisions"

Ids = Annotated[
    list[str],
    typer.Argument(
        metavar="ID...",
        help="As `relationships list` shows them, in quotes; the child's fields alone do "
        "where they have one link.",
    ),
]
Why = Annotated[str, typer.Option("--why", metavar="TEXT", help="Why; kept with the decision.")]
SideOption = Annotated[Side | None, typer.Option("--side", help="Only of this side.")]
TableOption = Annotated[
    str, typer.Option("--table", metavar="TABLE", help="Only links from or to this table.")
]
StateOption = Annotated[
    LinkState | None,
    typer.Option("--state", help="Only those that stand so; rejected ones are shown only then."),
]
KindOption = Annotated[LinkKind | None, typer.Option("--kind", help="Only links that came so.")]
BelowOption = Annotated[
    float | None,
    typer.Option(
        "--below", metavar="SHARE", min=0, max=1, help="Only those less sure than this, 0 to 1."
    ),
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    relationships = group("relationships", "Links between tables: what is proposed, what holds.")
    command(relationships, "list")(list_)
    command(relationships, "show")(show)
    command(relationships, "confirm")(confirm)
    command(relationships, "reject")(reject)
    command(relationships, "draw")(draw)
    command(relationships, "withdraw")(withdraw)
    command(relationships, "measure")(measure)
    command(relationships, "export")(export)
    app.add_typer(relationships, rich_help_panel=PANEL)


def list_(
    door: Door,
    side: SideOption = None,
    table: TableOption = "",
    state: StateOption = None,
    kind: KindOption = None,
    below: BelowOption = None,
) -> Answer:
    """List the links between tables, with how sure each is.

    Example: caseload -p qvh relationships list --table OPA --below 0.8
    """
    from caseload.services import relationship_list

    wanted = _filter(side, table, state, kind, below)
    with door.open(read_only=True) as session:
        found = relationship_list.selected(session, wanted)
    door.table(
        "",
        ["Id", "Cardinality", "Kind", "State", ">Confidence"],
        [
            [r.id, r.cardinality.value, r.kind.value, r.state.value, f"{r.confidence:.2f}"]
            for r in found
        ],
    )
    door.say("1 relationship" if len(found) == 1 else f"{len(found):,} relationships")
    return Answer({"relationships": plain(found)})


def _filter(
    side: Side | None,
    table: str,
    state: LinkState | None,
    kind: LinkKind | None,
    below: float | None,
) -> LinkFilter:
    from caseload.services.relationship_list import LinkFilter

    return LinkFilter(side, table, state, kind, below)


def show(door: Door, ids: Ids) -> Answer:
    """Show links with everything that speaks for and against them.

    Example: caseload -p qvh relationships show "OPA.ClinicCode"
    """
    from caseload.services import relationship_list

    with door.open(read_only=True) as session:
        found = relationship_list.named(session, ids)
    for row in found:
        door.say(_words(row))
        door.table(
            "",
            ["", "Evidence", "In words"],
            [["yes" if e.passed else "no", e.name, e.note] for e in row.evidence],
        )
    return Answer({"relationships": plain(found)})


def _words(row: RelationshipRow) -> str:
    said = f"; {row.state.value} by {row.by}, {row.at}" if row.by else ""
    why = f": {row.why}" if row.why else ""
    return f"{row.id}  {row.cardinality.value}, {row.kind.value}, {row.confidence:.2f}{said}{why}"


def confirm(door: Door, ids: Ids, why: Why = "") -> Answer:
    """Confirm links: they hold as if a document declared them.

    Example: caseload -p qvh relationships confirm "source:OPA.ClinicCode>CLINMAST.ClinicCode"
    """
    from caseload.services import relationship_list, relationships

    with door.open() as session:
        names = [row.id for row in relationship_list.named(session, ids)]
        done = relationships.confirm(session, names, why)
    return _done(door, done, names)


def reject(door: Door, ids: Ids, why: Why = "") -> Answer:
    """Reject links: they are used nowhere and not proposed again.

    Example: caseload -p qvh relationships reject "OPA.OpLoc" --why "free text"
    """
    from caseload.services import relationship_list, relationships

    with door.open() as session:
        names = [row.id for row in relationship_list.named(session, ids)]
        done = relationships.reject(session, names, why)
    return _done(door, done, names)


def draw(
    door: Door,
    child: Annotated[
        str, typer.Argument(metavar="CHILD.FIELD", help="Several fields with + between them.")
    ],
    parent: Annotated[
        str, typer.Argument(metavar="PARENT.FIELD", help="As many fields, in the same order.")
    ],
    side: Annotated[Side, typer.Option("--side", help="Of which catalog.")] = Side.SOURCE,
    cardinality: Annotated[
        Cardinality, typer.Option("--cardinality", help="Parents a child has : children a parent.")
    ] = Cardinality.ONE_TO_MANY,
    why: Why = "",
) -> Answer:
    """Draw a link that nothing proposes: it holds as if a document declared it.

    Example: caseload -p qvh relationships draw BEDSTATE.WardCode+BedNo BEDMAST.WardCode+BedNo
    """
    from caseload.services import relationships

    with door.open() as session:
        done = relationships.draw(
            session, side, *_end(child), *_end(parent), cardinality.value, why
        )
    return _done(door, done, done.changes[0][1])


def _end(text: str) -> tuple[str, list[str]]:
    """TABLE.FIELD+FIELD as table and fields."""
    table, _, fields = text.partition(".")
    return table.strip(), [name.strip() for name in fields.split("+") if name.strip()]


def withdraw(door: Door, ids: Ids) -> Answer:
    """Take decisions back: links are proposed again, drawn ones are gone.

    Example: caseload -p qvh relationships withdraw "OPA.OpLoc"
    """
    from caseload.services import relationship_list, relationships

    with door.open() as session:
        names = [row.id for row in relationship_list.named(session, ids)]
        done = relationships.withdraw(session, names)
    return _done(door, done, names)


def measure(
    door: Door,
    side: Annotated[Side, typer.Option("--side", help="Of which catalog.")] = Side.SOURCE,
    source: Annotated[
        Path | None,
        typer.Option(
            "--source",
            metavar="FOLDER",
            help="One TABLE.csv a table. Default: the project's mock data.",
        ),
    ] = None,
) -> Answer:
    """Measure links on rows: values the parent has, unique parents, orphans.

    Only figures are kept. Links that names do not tell, but values do, are proposed as well.

    Example: caseload -p qvh relationships measure --source extracts
    """
    from caseload.services import relationships

    with door.open() as session, shown_progress(door) as progress, stop_on_signal() as cancel:
        done = relationships.measure(session, side, progress, cancel, folder=source)
    door.say(done.message)
    return Answer({"message": done.message})


def export(
    door: Door,
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="An .xlsx, relative to the project folder.")
    ],
    side: SideOption = None,
    table: TableOption = "",
    state: StateOption = None,
    kind: KindOption = None,
    below: BelowOption = None,
) -> Answer:
    """Write links with their evidence to an Excel file.

    Example: caseload -p qvh relationships export documents/links.xlsx --below 0.8
    """
    from caseload.services import relationship_list

    with door.open() as session:
        wanted = _filter(side, table, state, kind, below)
        done = relationship_list.export(session, wanted, file)
    door.say(done.message)
    return Answer({"message": done.message})


def _done(door: Door, done: ChangeSet, ids: list[str] | tuple[str, ...]) -> Answer:
    door.say(done.message)
    return Answer({"message": done.message, "ids": list(ids)})
