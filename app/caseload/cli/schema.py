"""Versions of the specs from the command line: list, compare, impact, renames."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from caseload.cli.door import Answer, Door, command, group, plain
from caseload.model.catalog import Side
from caseload.model.errors import BadInput
from caseload.model.schema_diff import (
    Impact,
    Outcome,
    Rename,
    SchemaChange,
    SchemaComparison,
    SpecVersion,
    Touched,
)

if TYPE_CHECKING:
    from caseload.services.session import ProjectSession
    from caseload.services.spec_versions import Named

PANEL = "Decisions"

SideOption = Annotated[
    Side | None, typer.Option("--side", metavar="SIDE", help="source or target.")
]
Older = Annotated[
    str,
    typer.Argument(
        metavar="A", help="The older one: a version's number, latest, previous, or a file."
    ),
]
Newer = Annotated[str, typer.Argument(metavar="B", help="The newer one, named the same ways.")]
Excel = Annotated[
    Path | None, typer.Option("--excel", metavar="FILE", help="Write it to this .xlsx too.")
]
Why = Annotated[str, typer.Option("--why", metavar="WORDS", help="The reason, kept with it.")]
OldName = Annotated[
    str, typer.Argument(metavar="OLD", help="TABLE.FIELD, or TABLE, as it was called.")
]
NewName = Annotated[str, typer.Argument(metavar="NEW", help="What it is called now.")]
OneSide = Annotated[
    Side, typer.Option("--side", metavar="SIDE", help="source or target. Default: source.")
]


def register(app: typer.Typer) -> None:
    """Add the commands to the group `schema`, which is made when nobody made it before."""
    found = (g.typer_instance for g in app.registered_groups)
    schema = next((g for g in found if g is not None and g.info.name == "schema"), None)
    if schema is None:
        schema = group("schema", "The catalogs: versions, corrections, problems, to Excel.")
        app.add_typer(schema, rich_help_panel=PANEL)
    command(schema, "versions")(versions)
    command(schema, "compare")(compare)
    command(schema, "impact")(impact)
    rename = group("rename", "Say whether a name that came is a name that went.")
    command(rename, "confirm")(confirm)
    command(rename, "refuse")(refuse)
    schema.add_typer(rename)


def versions(door: Door, side: SideOption = None) -> Answer:
    """List the versions of the specs that were taken in, newest first.

    Example: caseload -p qvh schema versions
    """
    from caseload.services import spec_versions

    with door.open(read_only=True) as session:
        found = {s: spec_versions.versions(session, s) for s in ([side] if side else Side)}
    for one, known in found.items():
        door.table(
            f"{one.value.capitalize()}",
            ["Version", ">Tables", ">Fields", "Taken in (UTC)", "By"],
            [[v.label, v.tables, v.fields, v.taken_at, v.taken_by] for v in known],
        )
    return Answer({s.value: [_version(v) for v in known] for s, known in found.items()})


def compare(door: Door, a: Older, b: Newer, side: SideOption = None, excel: Excel = None) -> Answer:
    """Show what differs from version A to version B of a side's specs.

    A and B are numbers of versions, latest, previous, or paths of documents or catalog CSV
    files; two paths need no project.

    Example: caseload -p qvh schema compare previous latest --side target --excel changes.xlsx
    """
    from caseload.services import spec_versions

    older, newer = _named(a), _named(b)
    impacts: tuple[Impact, ...] = ()
    if isinstance(older, Path) and isinstance(newer, Path):
        found = spec_versions.compare_files(older, newer, side)
        if excel:
            spec_versions.export_files(found, excel.expanduser())
    else:
        with door.open(read_only=True) as session:
            found = spec_versions.compare(session, older, newer, side)
            impacts = spec_versions.impact(session, found)
            if excel:
                spec_versions.export_comparison(session, found, excel.expanduser())
    _show_comparison(door, found)
    if impacts:
        _show_counts(door, impacts)
    if excel:
        door.say(f"Written to {excel}")
    return Answer(_comparison(found) | ({"impact": _counted(impacts)} if impacts else {}))


def impact(
    door: Door,
    a: Annotated[
        str, typer.Argument(metavar="[A]", help="The older version.", show_default=False)
    ] = "previous",
    b: Annotated[
        str, typer.Argument(metavar="[B]", help="The newer version.", show_default=False)
    ] = "latest",
    side: SideOption = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Show also what is kept as it is.")
    ] = False,
) -> Answer:
    """Show what a new version does to mappings, routes and corrections, and why.

    Without A and B it compares the previous version with the latest; without --side it looks
    at each side that has two versions.

    Example: caseload -p qvh schema impact --side source
    """
    from caseload.services import spec_versions

    shown: dict[str, Any] = {}
    with door.open(read_only=True) as session:
        for one in _sides(session, a, b, side):
            found = spec_versions.compare(session, _named(a), _named(b), one)
            impacts = spec_versions.impact(session, found)
            _show_impact(door, found, impacts, everything=everything)
            shown[found.side.value] = {
                "from": _version(found.old),
                "to": _version(found.new),
                "counts": _counted(impacts),
                "impacts": [
                    _impact(i) for i in impacts if everything or i.outcome is not Outcome.KEEP
                ],
            }
    if not shown:
        door.say("There is one version of each side so far. Take in the next with extract-specs.")
    return Answer(shown)


def confirm(
    door: Door,
    old: Annotated[
        str,
        typer.Argument(
            metavar="[OLD]", help="TABLE.FIELD, or TABLE, as it was called.", show_default=False
        ),
    ] = "",
    new: Annotated[
        str, typer.Argument(metavar="[NEW]", help="What it is called now.", show_default=False)
    ] = "",
    side: OneSide = Side.SOURCE,
    why: Why = "",
    sure: Annotated[
        float | None,
        typer.Option(
            "--sure", metavar="SHARE", min=0, max=1,
            help="Instead of names: every rename that is proposed and at least so sure.",
        ),
    ] = None,
) -> Answer:  # fmt: skip
    """Say that OLD is called NEW now; what was decided about it goes along.

    Example: caseload -p qvh schema rename confirm OPA.ClinicCode OPA.ClinCd
    """
    from caseload.services import spec_versions

    if bool(old and new) == (sure is not None):
        raise BadInput(
            "Name an older and a newer name, or say how sure renames must be, but not both",
            where="command line",
            remedy="For example: OPA.ClinicCode OPA.ClinCd, or --sure 0.95",
        )
    with door.open() as session:
        if sure is None:
            done = spec_versions.confirm_rename(session, side, old, new, why)
        else:
            found = spec_versions.compare(session, "previous", "latest", side)
            pairs = [(r.old, r.new) for r in spec_versions.surest(found, sure)]
            done = spec_versions.confirm_renames(session, side, pairs, why)
    door.say(done.message)
    return Answer({"message": done.message, "undo": done.undo_label})


def refuse(
    door: Door, old: OldName, new: NewName, side: OneSide = Side.SOURCE, why: Why = ""
) -> Answer:
    """Say that NEW is not what OLD was; it is not proposed again.

    Example: caseload -p qvh schema rename refuse OPA.ClinicCode OPA.Desk --why "another thing"
    """
    from caseload.services import spec_versions

    with door.open() as session:
        done = spec_versions.refuse_rename(session, side, old, new, why)
    door.say(done.message)
    return Answer({"message": done.message, "undo": done.undo_label})


def _named(text: str) -> Named:
    """A file when it looks like one or is one; else a version's number or word."""
    path = Path(text).expanduser()
    digits = text.casefold().removeprefix("v")
    if digits.isdigit() or text.casefold() in ("latest", "previous"):
        return text
    return path


def _sides(session: ProjectSession, a: str, b: str, side: Side | None) -> list[Side]:
    from caseload.services import spec_versions

    if side or (a, b) != ("previous", "latest"):
        return [side or Side.SOURCE]
    return [s for s in Side if len(spec_versions.versions(session, s)) > 1]


def _show_comparison(door: Door, found: SchemaComparison) -> None:
    door.say(f"{found.old.label} → {found.new.label} ({found.side.value})")
    if not found.changes:
        door.say("Nothing differs.")
        return
    door.table("", ["What", ">How many"], [[k.value, n] for k, n in found.counts().items()])
    door.table(
        "",
        ["What", "Where", "Was", "Is"],
        [[c.kind.value, c.place.words(), _short(c.was), _short(c.now)] for c in found.changes],
    )
    proposed = [r for r in found.renames if r.state.value == "proposed"]
    if proposed:
        door.table(
            "Renames to confirm or refuse",
            ["Old name", "New name", ">Sure", "Evidence"],
            [[r.old.words(), r.new.words(), f"{r.confidence:.2f}", _evidence(r)] for r in proposed],
        )


def _show_impact(
    door: Door, found: SchemaComparison, impacts: tuple[Impact, ...], *, everything: bool
) -> None:
    door.say(f"{found.old.label} → {found.new.label} ({found.side.value})")
    _show_counts(door, impacts)
    door.table(
        "",
        ["Outcome", "On", "Decision", "Status", "Why"],
        [
            [i.outcome.value, i.on.value, i.id, i.status, "; ".join(i.reasons)]
            for i in impacts
            if everything or i.outcome is not Outcome.KEEP
        ],
    )


def _show_counts(door: Door, impacts: tuple[Impact, ...]) -> None:
    counts = _counted(impacts)["mapping"]
    parts = [f"{count:,} {name}" for name, count in counts.items()]
    door.say(f"Mappings: {', '.join(parts)}")


def _counted(impacts: tuple[Impact, ...]) -> dict[str, dict[str, int]]:
    from caseload.services import spec_versions

    return {
        on.value: {o.value: n for o, n in spec_versions.counts(impacts, on).items()}
        for on in Touched
    }


def _comparison(found: SchemaComparison) -> dict[str, Any]:
    return {
        "side": found.side.value,
        "from": _version(found.old),
        "to": _version(found.new),
        "counts": {k.value: n for k, n in found.counts().items()},
        "changes": [_change(c) for c in found.changes],
        "renames": [_rename(r) for r in found.renames],
        "refused": [_rename(r) for r in found.refused],
    }


def _version(version: SpecVersion) -> dict[str, Any]:
    data: dict[str, Any] = plain(version)
    data.pop("id")
    return data


def _change(change: SchemaChange) -> dict[str, Any]:
    data: dict[str, Any] = plain(change)
    data["weight"] = change.weight.value
    data["old"] = change.old.words() if change.old else ""
    return data


def _rename(rename: Rename) -> dict[str, Any]:
    data: dict[str, Any] = plain(rename)
    return {**data, "old": rename.old.words(), "new": rename.new.words()}


def _impact(impact: Impact) -> dict[str, Any]:
    data: dict[str, Any] = plain(impact)
    return {**data, "uses": [place.words() for place in impact.uses]}


def _evidence(rename: Rename) -> str:
    return "; ".join(f"{c.name}: {c.note}" for c in rename.evidence if c.passed)


def _short(text: str) -> str:
    return f"{text[:59]}…" if len(text) > 60 else text
