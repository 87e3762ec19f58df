"""The catalogs to Excel, and putting them right, from the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from caseload.cli.door import Answer, Door, command, group, plain
from caseload.model.catalog import Side

PANEL = "Decisions"

SideOption = Annotated[
    Side | None,
    typer.Option("--side", metavar="SIDE", help="source or target. Default: both."),
]
OneSide = Annotated[Side, typer.Option("--side", metavar="SIDE", help="source or target.")]
WhyOption = Annotated[str, typer.Option("--why", metavar="WORDS", help="The reason, kept with it.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the group `schema`, which is made when nobody made it before."""
    found = (g.typer_instance for g in app.registered_groups)
    schema = next((g for g in found if g is not None and g.info.name == "schema"), None)
    if schema is None:
        schema = group("schema", "The catalogs: what was read, what was put right, to Excel.")
        app.add_typer(schema, rich_help_panel=PANEL)
    command(schema, "export")(schema_export)
    command(schema, "problems")(schema_problems)
    command(schema, "corrections")(schema_corrections)
    command(schema, "correct")(schema_correct)
    command(schema, "accept")(schema_accept)


def schema_export(
    door: Door,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The .xlsx to write.")],
    side: SideOption = None,
    below: Annotated[
        float | None,
        typer.Option(
            "--below", metavar="SHARE", min=0, max=1, help="Only fields of less confidence."
        ),
    ] = None,
) -> Answer:
    """Write the catalogs to Excel: fields, tables, problems and corrections.

    Example: caseload -p qvh schema export target.xlsx --side target
    """
    from caseload.model.views import FieldQuery
    from caseload.services.schema_export import export_schemas

    sides = [side] if side else list(Side)
    query = FieldQuery(sides[0], below_confidence=below) if below is not None and side else None
    if below is not None and side is None:
        from caseload.model.errors import BadInput

        raise BadInput("--below narrows one side", remedy="Add --side source or --side target")
    with door.open(read_only=True) as session:
        changes = export_schemas(session, file.expanduser(), sides, query=query)
    door.say(changes.message)
    return Answer({"file": str(file), "sides": [s.value for s in sides]})


def schema_correct(
    door: Door,
    field: Annotated[str, typer.Argument(metavar="TABLE.FIELD", help="The field.")],
    values: Annotated[
        list[str],
        typer.Argument(metavar="TRAIT=VALUE...", help="field_name, data_type, length, mandatory …"),
    ],
    why: WhyOption,
    side: OneSide = Side.TARGET,
) -> Answer:
    """Put a field of a catalog right; it holds when the documents are read again.

    Example: caseload -p qvh schema correct LOAD_PMI.SEX length=2 --why "errata of May"
    """
    from caseload.model.errors import BadInput
    from caseload.services import schemas
    from caseload.services.correction_values import TITLES, changes_for

    changes: dict[str, object] = {}
    for text in values:
        trait, equals, value = text.partition("=")
        if not equals or trait not in TITLES:
            raise BadInput(
                f"{text} is no TRAIT=VALUE", remedy=f"The traits are {', '.join(TITLES)}"
            )
        changes.update(changes_for(trait, value))
    table, _, name = field.partition(".")
    with door.open() as session:
        done = schemas.correct_field(session, side, table, name, changes, why)
    door.say(done.message)
    return Answer({"field": field, "side": side.value, "changes": changes})


def schema_accept(
    door: Door,
    fields: Annotated[
        list[str], typer.Argument(metavar="TABLE.FIELD...", help="The fields that were read right.")
    ],
    side: OneSide = Side.TARGET,
) -> Answer:
    """Confirm that fields were read right: their confidence becomes 1.

    Example: caseload -p qvh schema accept LOAD_PMI.SEX LOAD_PMI.SURNAME
    """
    from caseload.services import schemas

    names = [(table, name) for table, _, name in (f.partition(".") for f in fields)]
    with door.open() as session:
        done = schemas.accept_fields(session, side, names)
    door.say(done.message)
    return Answer({"fields": fields, "side": side.value})


def schema_corrections(door: Door, side: SideOption = None) -> Answer:
    """List what people put right, and how it stands to what the documents say now.

    Example: caseload -p qvh schema corrections --side target
    """
    from caseload.services import schemas

    with door.open(read_only=True) as session:
        found = {s.value: schemas.corrections(session, s) for s in ([side] if side else Side)}
    door.table(
        "Corrections",
        ["Field", "What", "Read", "Corrected", "How it stands", "By", "Why"],
        [
            [f"{c.table}.{c.field}".rstrip("."), what, before, after, c.standing, c.by, c.why]
            for rows in found.values()
            for c in rows
            for what, before, after in c.changes
        ],
    )
    return Answer({"corrections": plain(found)})


def schema_problems(door: Door, side: SideOption = None) -> Answer:
    """List what could not be read or settled; exit code 1 if anything is open.

    Example: caseload -p qvh schema problems
    """
    from caseload.services import schemas

    with door.open(read_only=True) as session:
        found = {s.value: schemas.problem_rows(session, s) for s in ([side] if side else Side)}
    rows = [row for each in found.values() for row in each]
    door.table(
        "Problems",
        ["Kind", "Problem", "Where", "Table", "Dismissed"],
        [
            [r.kind, r.problem.message, r.problem.provenance.words(), r.table, r.settled_why]
            for r in rows
        ],
    )
    return Answer({"problems": plain(found)}, 1 if any(not r.settled_at for r in rows) else 0)
