"""Live databases as spec documents: asked once, kept as a snapshot in the project, read from there.

The snapshot is a document like any other: it has its hash, can be read again offline, and holds
no password, user or host.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from caseload.connectors.address import Address, is_address, parse_address
from caseload.lifecycle.paths import SPECS
from caseload.model.database import SQLITE_MARK
from caseload.model.errors import BadInput, Refused
from caseload.services.permission import Permission
from caseload.specs.live_metadata import ask_database
from caseload.store.files import write_bytes

if TYPE_CHECKING:
    from caseload.model.progress import CancelToken, Progress
    from caseload.services.session import ProjectSession

AskPassword = Callable[[str], str | None]
"""Given the words to ask with; the password, or None when there is nobody to ask."""

_MOST_TWINS = 1_000


def no_password(question: str) -> str | None:  # noqa: ARG001 - there is nobody to ask it
    """For callers who cannot ask."""
    return None


def with_snapshots(
    session: ProjectSession,
    given: Sequence[str],
    ask: AskPassword,
    progress: Progress,
    cancel: CancelToken,
) -> tuple[str, ...]:
    """The documents given, with a snapshot's path in the place of each database.

    A SQLite file counts as a database: its rows do not come into the project.  Paths in the
    answer are relative to the project folder, or as they were given.

    Raises:
        BadInput: an address, a login or a name is wrong.
        EnvironmentTrouble: a database does not answer, or the snapshot cannot be written.
        Refused: the person may not run stages, or the project is open read-only.
        Cancelled: `cancel` was set; nothing was kept of the database that was being asked.
    """
    return tuple(
        text if address is None else take_snapshot(session, address, ask, progress, cancel)
        for text, address in [(text, _address(session, text)) for text in given]
    )


def take_snapshot(
    session: ProjectSession,
    address: Address,
    ask: AskPassword,
    progress: Progress,
    cancel: CancelToken,
) -> str:
    """Ask a database for its metadata and keep the answer below the project's documents.

    The path in the answer is relative to the project folder; the same metadata keeps its file.

    Raises:
        BadInput, EnvironmentTrouble, Refused, Cancelled: see `with_snapshots`.
    """
    session.require(Permission.RUN)
    if session.read_only:
        raise Refused("The project is open read-only, so no snapshot can be kept in it")
    progress.log(f"Asking {address.where}")
    content = ask_database(address, _password(address, ask), progress, cancel)
    path = _place(session.folder / SPECS, address.label, content)
    if not path.is_file():
        write_bytes(path, content)
        with session.command(Permission.RUN, "documents.snapshot", path.name) as command:
            command.detail.update(engine=address.engine, sha256=hashlib.sha256(content).hexdigest())
    return path.relative_to(session.folder).as_posix()


def _address(session: ProjectSession, text: str) -> Address | None:
    if is_address(text):
        address = parse_address(text)
        if address.engine != "sqlite":
            return address
        return Address("sqlite", path=str(session.folder / Path(address.path).expanduser()))
    path = session.folder / text
    try:
        with path.open("rb") as file:
            holds_tables = file.read(len(SQLITE_MARK)) == SQLITE_MARK
    except (OSError, ValueError):
        return None
    return Address("sqlite", path=str(path)) if holds_tables else None


def _password(address: Address, ask: AskPassword) -> str | None:
    """The password from where the address says, or from the person; none for a file."""
    if address.engine == "sqlite":
        return None
    if address.password_env:
        password = os.environ.get(address.password_env)
        if password is None:
            raise BadInput(
                f"The environment variable {address.password_env} is not set",
                where=address.where,
                remedy="Set it to the password, or leave password_env out and type it when asked",
            )
        return password
    who = f" of {address.user}" if address.user else ""
    return ask(f"Password{who} for {address.where}")


def _place(folder: Path, label: str, content: bytes) -> Path:
    """Where a snapshot goes: a free name, or the file that already holds the same."""
    for number in range(1, _MOST_TWINS):
        path = folder / f"{label}{f'-{number}' if number > 1 else ''}.json"
        if not path.exists() or path.read_bytes() == content:
            return path
    raise BadInput("There are too many snapshots of this database", where=f"{SPECS}/{label}.json")
