"""The machine's troubles behind an OSError, named for a person."""

from __future__ import annotations

import errno

from caseload.model.errors import EnvironmentTrouble

_PERMISSION = (
    "Permission was denied",
    "Check the permissions, and close the file in other programs",
)
_OF_THE_MACHINE: dict[int, tuple[str, str]] = {
    errno.ENOSPC: ("The disk is full", "Free some space and try again"),
    errno.EDQUOT: ("The disk quota is used up", "Free some space and try again"),
    errno.EIO: ("The disk reported an error", "Check the disk or the network share"),
    errno.EACCES: _PERMISSION,
    errno.EPERM: _PERMISSION,
    errno.EROFS: ("The disk is read-only", "Choose a folder that can be written to"),
    errno.EMFILE: ("Too many files are open", "Close other programs and try again"),
}
_MISSING = ("A file or folder is missing", "Check that the path exists")


def is_of_the_machine(error: OSError) -> bool:
    """True where only the machine can be the cause: a full disk, no permission and the like."""
    return error.errno in _OF_THE_MACHINE


def trouble(error: OSError, where: str) -> EnvironmentTrouble:
    """The trouble at `where` in a person's words, with what to do."""
    otherwise = (f"The system said no: {error.strerror or error}", "Try again")
    if error.errno == errno.ENOENT:
        otherwise = _MISSING
    what, remedy = _OF_THE_MACHINE.get(error.errno or 0, otherwise)
    return EnvironmentTrouble(what, where=where, remedy=remedy)
