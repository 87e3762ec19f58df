"""Which project is meant; loads nothing that opening one needs."""

from __future__ import annotations

import os
from pathlib import Path

from caseload.model.errors import BadInput
from caseload.services.surroundings import PROJECT_VARIABLE
from caseload.store import finding


def find_project(path: Path | None = None) -> Path:
    """The project folder meant: `path`, else the current folder, else $CASELOAD_PROJECT.

    Raises:
        BadInput: none of them holds a project.
    """
    if path is not None:
        return finding.find(path.expanduser()).parent
    here = Path.cwd()
    if finding.project_files(here):
        return finding.find(here).parent
    named = os.environ.get(PROJECT_VARIABLE)
    if named:
        return finding.find(Path(named).expanduser()).parent
    raise BadInput(
        "No project was named, and the current folder holds none",
        where=str(here),
        remedy=(
            "Name one with -p FOLDER, set CASELOAD_PROJECT, or make one with: caseload demo FOLDER"
        ),
    )
