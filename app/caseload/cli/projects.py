"""Making a project, the window, and the version."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Annotated, Any

import typer

from caseload.cli.door import Answer, Door, command, plain

PANEL = "Projects"
Folder = Annotated[Path, typer.Argument(metavar="FOLDER", help="A new or empty folder.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    command(app, "new", panel=PANEL)(new)
    command(app, "demo", panel=PANEL)(demo)
    command(app, "gui", panel=PANEL)(gui)
    command(app, "screenshots", panel=PANEL)(screenshots)
    command(app, "version", panel=PANEL)(version)


def new(
    door: Door,
    folder: Folder,
    name: Annotated[
        str, typer.Option("--name", metavar="TEXT", help="The project's name.", show_default=False)
    ] = "",
    source_spec: Annotated[
        list[Path] | None,
        typer.Option(
            "--source-spec",
            metavar="FILE",
            help="A document of the old system (xlsx, csv, docx, pdf); repeat for more.",
        ),
    ] = None,
    target_spec: Annotated[
        list[Path] | None,
        typer.Option(
            "--target-spec",
            metavar="FILE",
            help="A document of the new system (xlsx, csv, docx, pdf); repeat for more.",
        ),
    ] = None,
) -> Answer:
    """Make a new project in FOLDER.

    The spec documents are copied into it and kept with their hash; they can also be given
    later, to extract-specs.

    Example: caseload new qvh --source-spec dictionary.xlsx --target-spec guide.pdf
    """
    from caseload.services.session import create_project

    with create_project(
        folder,
        name=name,
        source_specs=tuple(source_spec or ()),
        target_specs=tuple(target_spec or ()),
    ) as session:
        made = {"project": str(session.folder), "name": session.project_name}
        door.say(f"Project {session.project_name} is in {session.folder}")
    step = "lifecycle" if source_spec and target_spec else "extract-specs --help"
    door.say(f"Next: caseload -p {folder} {step}")
    return Answer(made)


def demo(door: Door, folder: Folder) -> Answer:
    """Make a project in FOLDER over the spec documents that ship with Caseload.

    They describe two invented systems at the scale of real ones: 417 source tables and 38
    load tables.

    Example: caseload demo qvh && caseload -p qvh lifecycle
    """
    from caseload.services.session import create_demo

    with create_demo(folder) as session:
        made = {"project": str(session.folder), "name": session.project_name}
        door.say(f"Project {session.project_name} is in {session.folder}")
    door.say(f"Next: caseload -p {folder} lifecycle")
    return Answer(made)


def gui(door: Door) -> Answer:
    """Open the window, on the project if one is meant."""
    from caseload.model.errors import BadInput
    from caseload.services.finding import find_project

    folder: Path | None
    try:
        folder = find_project(door.project)
    except BadInput:
        if door.project is not None:
            raise
        folder = None
    return Answer({"closed": True}, _window("caseload.gui.app", folder))


def screenshots(
    door: Door,
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="Where the pictures go; made if missing.")
    ],
) -> Answer:
    """Draw every page and its states in both themes as PNG files into FOLDER."""
    from caseload.services.finding import find_project

    code = _window("caseload.gui.screenshots", find_project(door.project), folder)
    pictures = sorted(path.name for path in folder.glob("*.png"))
    door.say(f"{len(pictures)} pictures are in {folder}")
    return Answer({"folder": str(folder), "pictures": pictures}, code)


def _window(module: str, *arguments: Any) -> int:
    """Call `main` of a module of the window, found by name: the doors are strangers."""
    code: int = importlib.import_module(module).main(*arguments)
    return code


def version(door: Door) -> Answer:
    """Say which version this is, and what came with it."""
    from caseload.services.version import manifest

    found = manifest()
    door.say(f"{found.product_name} {found.current_version} ({found.released_on})")
    door.say(found.history[0].summary)
    return Answer(plain(found))
