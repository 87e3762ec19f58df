"""Opening a project as a person would want it: to write, or else to read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from caseload.model.errors import CaseloadError, EnvironmentTrouble, Refused

if TYPE_CHECKING:
    from caseload.services.session import ProjectSession


class Opener:
    """Opens the project of `folder`; `open` runs on a worker thread."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def open(self) -> ProjectSession:
        """The session; read-only when another process or the folder forbids writing.

        Raises:
            CaseloadError: it can be opened neither way; the error of the first try.
        """
        from caseload.services.session import open_project

        try:
            return open_project(self._folder)
        except (Refused, EnvironmentTrouble) as error:
            try:
                return open_project(self._folder, read_only=True)
            except CaseloadError:
                raise error from None
