"""Finding a project file without loading what opens one, so that a window can show at once."""

from __future__ import annotations

from pathlib import Path

from caseload.model.errors import BadInput
from caseload.store.files import named_trouble

SUFFIX = ".caseload"
"""How the name of a project file ends."""


def project_files(folder: Path) -> list[Path]:
    """The project files in `folder`; normally one."""
    return sorted(p for p in folder.glob(f"*{SUFFIX}") if p.is_file())


def find(folder: Path) -> Path:
    """The project file of `folder`, which may also be named itself.

    Raises:
        BadInput: there is none, or more than one.
    """
    if folder.is_file():
        return folder.resolve()
    with named_trouble(folder):
        found = project_files(folder) if folder.is_dir() else []
    if not found:
        raise BadInput(
            "There is no Caseload project here",
            where=str(folder),
            remedy="Name a project folder with -p, or make one with: caseload new FOLDER",
        )
    if len(found) > 1:
        raise BadInput(
            f"There is more than one project file here: {', '.join(p.name for p in found)}",
            where=str(folder),
            remedy="Move all but one to folders of their own, or name the file itself",
        )
    return found[0].resolve()
