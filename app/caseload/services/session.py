"""An open project as the doors hold it: who acts, on what, at what time.

Every query and command of `services` takes a session.  Sessions may be used from any thread;
commands of one session follow one another.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar

from caseload.model.errors import BadInput
from caseload.model.views import ProjectHeader
from caseload.services import permission
from caseload.services.finding import find_project as find_project  # noqa: PLC0414 - doors ask here
from caseload.services.permission import Permission
from caseload.services.surroundings import (
    Clock,
    anchor_folder,
    now,
    operating_system_user,
)
from caseload.store.project_file import Command, ProjectFile

if TYPE_CHECKING:
    from caseload.model.schema_views import SheetRows
    from caseload.specs.page_picture import DrawnPage, PageDrawer

T = TypeVar("T")


class ProjectSession:
    """One person's work on one project.  Close it, or use it in a `with`.

    `project` and `cached` are for `services`; doors use the functions of its modules.
    """

    def __init__(self, project: ProjectFile, *, actor: str, clock: Clock) -> None:
        self.project = project
        self.actor = actor
        self.clock = clock
        self._cache: dict[str, tuple[object, Any]] = {}
        self._cache_lock = threading.RLock()
        self._numbers: dict[str, int] = {}
        self.drawn_pages: dict[tuple[str, int, int], DrawnPage] = {}
        self.sheet_blocks: dict[tuple[str, str, int], SheetRows] = {}

    @functools.cached_property
    def page_drawer(self) -> PageDrawer:
        """What draws pages of this project's documents."""
        from caseload.specs.page_picture import PageDrawer

        return PageDrawer()

    @property
    def folder(self) -> Path:
        """The project folder, absolute."""
        return self.project.folder

    @property
    def project_name(self) -> str:
        """The project's name."""
        return self.project.info.name

    @property
    def read_only(self) -> bool:
        """True when nothing can be written."""
        return self.project.read_only

    @property
    def role(self) -> str:
        """The role of the person who acts; a contributor when the project does not know them."""
        person = self.project.people.find(self.actor)
        return person.role if person and person.role else permission.CONTRIBUTOR

    def header(self) -> ProjectHeader:
        """What the header bar shows."""
        from caseload.services.overview import header

        return header(self)

    def require(self, needed: Permission) -> None:
        """Refuse unless the person has the permission.

        Raises:
            Refused: they do not.
        """
        permission.require(self.actor, self.role, needed)

    @contextmanager
    def command(self, needed: Permission, action: str, subject: str = "") -> Iterator[Command]:
        """A transaction that permission allows, with its audit line (see `ProjectFile.command`)."""
        self.require(needed)
        with self.project.command(self.actor, action, subject, at=self.clock()) as command:
            yield command

    def cached(self, name: str, token: object, load: Callable[[], T]) -> T:
        """What `load` gave when it was last called with this `token`, or a fresh answer."""
        with self._cache_lock:
            held = self._cache.get(name)
            if held is not None and held[0] == token:
                value: T = held[1]
                return value
            fresh = load()
            self._cache[name] = (token, fresh)
            return fresh

    def number_of(self, rule_id: str) -> int:
        """A small number for a rule, the same as long as the session lasts."""
        with self._cache_lock:
            return self._numbers.setdefault(rule_id, len(self._numbers) + 1)

    def rule_of(self, number: int) -> str:
        """The rule that `number_of` numbered.

        Raises:
            BadInput: no rule has that number.
        """
        with self._cache_lock:
            for rule_id, known in self._numbers.items():
                if known == number:
                    return rule_id
        raise BadInput("There is no such mapping", remedy="Refresh the list and try again")

    def close(self) -> None:
        """Close the project and let others write.  Safe to call twice."""
        drawer = self.__dict__.get("page_drawer")
        if drawer is not None:
            drawer.close()
        self.project.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def open_project(
    folder: Path,
    *,
    read_only: bool = False,
    actor: str | None = None,
    clock: Clock | None = None,
) -> ProjectSession:
    """Open the project in `folder`.

    Raises:
        BadInput: no project there, damaged, or of an unknown version.
        Refused: another process has it open for writing (reading is always possible).
        EnvironmentTrouble: the folder cannot be read or written.
    """
    who, clock = actor or operating_system_user(), clock or now
    project = ProjectFile.open(
        folder.expanduser(),
        person=who,
        now=clock(),
        read_only=read_only,
        anchor_dir=anchor_folder(),
    )
    return ProjectSession(project, actor=who, clock=clock)


def create_project(
    folder: Path,
    *,
    name: str = "",
    source_specs: tuple[Path, ...] = (),
    target_specs: tuple[Path, ...] = (),
    actor: str | None = None,
    clock: Clock | None = None,
) -> ProjectSession:
    """Make a project in a new or empty folder and open it; see `services.creation`."""
    from caseload.services import creation

    return creation.create(
        folder,
        creation.Start(name, tuple(source_specs), tuple(target_specs)),
        actor=actor or operating_system_user(),
        clock=clock or now,
    )


def create_demo(
    folder: Path, *, actor: str | None = None, clock: Clock | None = None
) -> ProjectSession:
    """Make a project over the spec documents that ship with Caseload and open it."""
    from caseload.services import creation

    return creation.create(
        folder,
        creation.shipped_start(),
        actor=actor or operating_system_user(),
        clock=clock or now,
    )
