"""One writer for a project, over all processes, named so that the second knows whom to ask.

The lock is the operating system's, on a file beside the project file: it goes with its holder,
however that ends.  The holder's name is written into it for the others to read.
"""

from __future__ import annotations

import json
import os
import socket
import sys
import time
from pathlib import Path
from typing import IO

from caseload.model.errors import EnvironmentTrouble, Refused
from caseload.store.records import LockHolder

_ASKED = 3
_BETWEEN_SECONDS = 0.01

if sys.platform == "win32":
    import msvcrt

    _FAR = 1 << 30  # beyond the text, which others must be able to read

    def _acquire(file: IO[bytes]) -> bool:
        file.seek(_FAR)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _release(file: IO[bytes]) -> None:
        file.seek(_FAR)
        msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _acquire(file: IO[bytes]) -> bool:
        try:
            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _release(file: IO[bytes]) -> None:
        fcntl.flock(file.fileno(), fcntl.LOCK_UN)


def lock_path(project_file: Path) -> Path:
    """The lock file of a project file: beside it, with .lock at the end."""
    return project_file.with_name(project_file.name + ".lock")


class ProjectLock:
    """The right to write to one project, held from construction until `release`."""

    def __init__(self, project_file: Path, *, name: str, since: str) -> None:
        """Take the lock.

        Raises:
            Refused: another process (or another opening in this one) holds it.
            EnvironmentTrouble: the folder cannot be written to.
        """
        self.path = lock_path(project_file)
        self.holder = LockHolder(name, socket.gethostname(), os.getpid(), since)
        try:
            self._file = os.fdopen(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o666), "r+b")
        except OSError as error:
            raise EnvironmentTrouble(
                f"The project folder cannot be written to: {error.strerror}",
                where=str(project_file.parent),
                remedy="Ask for write permission, or open the project read-only",
            ) from error
        if not self._acquired():
            self._file.close()
            raise refusal(project_file)
        self._write(
            json.dumps(
                {
                    "name": self.holder.name,
                    "host": self.holder.host,
                    "pid": self.holder.pid,
                    "since": self.holder.since,
                }
            )
        )

    def _acquired(self) -> bool:
        """Take it, asking again for a moment: somebody may only be looking (`is_held`)."""
        for _ in range(_ASKED):
            if _acquire(self._file):
                return True
            time.sleep(_BETWEEN_SECONDS)
        return _acquire(self._file)

    def _write(self, text: str) -> None:
        try:
            self._file.seek(0)
            self._file.truncate()
            self._file.write(text.encode())
            self._file.flush()
        except OSError:
            # A full disk: the lock holds all the same, only its holder goes unnamed.
            return

    def release(self) -> None:
        """Let the next one write.  Safe to call twice."""
        if self._file.closed:
            return
        self._write("")
        _release(self._file)
        self._file.close()


def is_held(project_file: Path) -> bool:
    """Whether a process has the project open for writing just now."""
    try:
        file = lock_path(project_file).open("r+b")
    except FileNotFoundError:
        return False
    except OSError:
        return True
    with file:
        if not _acquire(file):
            return True
        _release(file)
        return False


def holder_of(project_file: Path) -> LockHolder | None:
    """Who the lock file names; None when it names nobody (which does not mean it is free)."""
    try:
        data = json.loads(lock_path(project_file).read_bytes()[:4096])
        return LockHolder(
            str(data["name"]), str(data["host"]), int(data["pid"]), str(data["since"])
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def refusal(project_file: Path) -> Refused:
    """The refusal of a second writer, naming the holder and offering to read."""
    holder = holder_of(project_file)
    who = holder.words() if holder else "another process"
    return Refused(
        f"The project is open for writing by {who}",
        where=project_file.name,
        remedy="Ask them to close it, or open the project read-only",
    )
