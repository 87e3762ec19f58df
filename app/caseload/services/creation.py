"""Making a project: checks first, then the folder, its documents and starters; or nothing."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from caseload.lifecycle.documents import take_specs
from caseload.lifecycle.paths import CROSSWALKS, SPECS
from caseload.model.catalog import Side
from caseload.model.errors import BadInput, EnvironmentTrouble
from caseload.model.shipped import shipped_root
from caseload.services import settings
from caseload.services.session import ProjectSession
from caseload.services.surroundings import Clock, anchor_folder
from caseload.store import finding
from caseload.store.files import copy_atomically, named_trouble
from caseload.store.project_file import ProjectFile

FOLDERS = (SPECS, CROSSWALKS, "mock_data", "reports", "analysis")
PACK_SETTINGS = "project_settings.json"


@dataclass(frozen=True, slots=True)
class Start:
    """What a new project begins with; settings by key (see `settings.SETTINGS`)."""

    name: str = ""
    source_specs: tuple[Path, ...] = ()
    target_specs: tuple[Path, ...] = ()
    settings: dict[str, Any] = field(default_factory=dict)


def shipped_start() -> Start:
    """The shipped pack: its documents and the settings beside them."""
    pack = shipped_root() / SPECS
    data = json.loads((pack / PACK_SETTINGS).read_text(encoding="utf-8"))
    return Start(
        name=data["name"],
        source_specs=tuple(pack / name for name in data["source_specs"]),
        target_specs=tuple(pack / name for name in data["target_specs"]),
        settings={
            key: data[short]
            for key in settings.SETTINGS
            if (short := key.rpartition(".")[2]) in data
        },
    )


def create(folder: Path, start: Start, *, actor: str, clock: Clock) -> ProjectSession:
    """Make a project in `folder`, which must be new or empty, and open it.

    Raises:
        BadInput: the folder holds something, or a spec document is missing or empty.
        EnvironmentTrouble: the folder cannot be written to.  Either way nothing is left behind.
    """
    folder = folder.expanduser().resolve()
    with named_trouble(folder):
        existed = _checked_folder(folder)
    specs = {
        Side.SOURCE: [_checked_spec(path) for path in start.source_specs],
        Side.TARGET: [_checked_spec(path) for path in start.target_specs],
    }
    _refuse_same_names([path for paths in specs.values() for path in paths])
    chosen = {key: settings.checked_value(key, value) for key, value in start.settings.items()}
    try:
        project = ProjectFile.create(
            folder,
            name=start.name.strip() or folder.name,
            person=actor,
            now=clock(),
            anchor_dir=anchor_folder(),
        )
        session = ProjectSession(project, actor=actor, clock=clock)
        try:
            _furnish(session, specs, chosen)
        except BaseException:
            session.close()
            raise
    except BaseException:
        _clear(folder, remove=not existed)
        raise
    return session


def _furnish(
    session: ProjectSession, specs: dict[Side, list[Path]], chosen: dict[str, Any]
) -> None:
    folder, at = session.folder, session.clock()
    for name in FOLDERS:
        with named_trouble(folder / name):
            (folder / name).mkdir(parents=True, exist_ok=True)
    for starter in sorted((shipped_root() / CROSSWALKS).glob("*.csv")):
        copy_atomically(starter, folder / CROSSWALKS / starter.name)
    for side, paths in specs.items():
        if paths:
            given = [str(path.resolve()) for path in paths]
            take_specs(session.project, side, given, by=session.actor, at=at)
    if chosen:
        settings.put(session, chosen)


def _checked_folder(folder: Path) -> bool:
    """Whether the folder exists already; it is new or empty when this returns."""
    if not folder.exists():
        parent = next(p for p in folder.parents if p.exists())
        if not parent.is_dir():
            raise BadInput(
                "A file is in the way of the new folder",
                where=str(parent),
                remedy="Name a folder somewhere else",
            )
        _refuse_unwritable(parent)
        return False
    if not folder.is_dir():
        raise BadInput(
            "That is a file, not a folder", where=str(folder), remedy="Name a new or empty folder"
        )
    if finding.project_files(folder):
        raise BadInput(
            "There is already a project here",
            where=str(folder),
            remedy="Name another folder, or open this project with -p",
        )
    if any(folder.iterdir()):
        raise BadInput(
            "The folder is not empty", where=str(folder), remedy="Name a new or empty folder"
        )
    _refuse_unwritable(folder)
    return True


def _refuse_unwritable(folder: Path) -> None:
    if not os.access(folder, os.W_OK | os.X_OK):
        raise EnvironmentTrouble(
            "The folder cannot be written to",
            where=str(folder),
            remedy="Ask for write permission, or name a folder somewhere else",
        )


def _checked_spec(path: Path) -> Path:
    path = path.expanduser()
    with named_trouble(path):
        exists = path.exists()
    if not exists:
        raise BadInput("There is no such spec document", where=str(path), remedy="Check the path")
    if not path.is_file():
        raise BadInput(
            "A spec document must be a file", where=str(path), remedy="Name the document itself"
        )
    with named_trouble(path):
        if path.stat().st_size == 0:
            raise BadInput(
                "The spec document is empty",
                where=str(path),
                remedy="Get the document again from whoever sent it",
            )
    return path


def _refuse_same_names(paths: list[Path]) -> None:
    seen: dict[str, Path] = {}
    for path in paths:
        key = path.name.casefold()
        if key in seen:
            raise BadInput(
                f"Two spec documents are called {path.name}",
                where=f"{seen[key]} and {path}",
                remedy="Rename one of them",
            )
        seen[key] = path


def _clear(folder: Path, *, remove: bool) -> None:
    """Take away what a failed creation left in a folder that was new or empty before."""
    if remove:
        shutil.rmtree(folder, ignore_errors=True)
        return
    for entry in folder.iterdir():
        if entry.is_dir():
            shutil.rmtree(entry, ignore_errors=True)
        else:
            entry.unlink(missing_ok=True)
