"""What a process that opens foreign files may not do: no network, no programs, nothing written.

Python's own calls are refused by an audit hook, which cannot be taken away again.  On Linux the
kernel takes the network away as well, so that a library beneath Python has none either.
"""

from __future__ import annotations

import contextlib
import os
import sys
from typing import Any

_NETWORK = ("socket.",)
_NEVER = (
    "subprocess.",
    "shutil.",
    "tempfile.",
    "urllib.",
    "http.",
    "ftplib.",
    "smtplib.",
    "webbrowser.",
    "os.chmod",
    "os.chown",
    "os.exec",
    "os.fork",
    "os.kill",
    "os.link",
    "os.mkdir",
    "os.posix_spawn",
    "os.remove",
    "os.removexattr",
    "os.rename",
    "os.rmdir",
    "os.setxattr",
    "os.spawn",
    "os.startfile",
    "os.symlink",
    "os.system",
    "os.truncate",
    "os.utime",
    "pty.spawn",
    "winreg.CreateKey",
    "winreg.DeleteKey",
    "winreg.DeleteValue",
    "winreg.SetValue",
)
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_NEW_USERS, _NEW_NETWORK = 0x10000000, 0x40000000
_NO_NEW_PRIVILEGES, _PARENT_DEATH, _KILL = 38, 1, 9


def guard(*, die_with_parent: bool = True, network: bool = False) -> None:
    """Refuse network, programs and writing to this process for the rest of its life.

    `die_with_parent` ends it (Linux) with the thread that started it; `network` leaves it that.
    """
    never = _NEVER if network else (*_NETWORK, *_NEVER)

    def refuse(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            path, _, flags = arguments
            if flags & _WRITING and path != os.devnull:
                raise PermissionError("a process that reads foreign files writes none")
        elif event.startswith(never):
            raise PermissionError(f"a process that reads foreign files may not: {event}")

    if sys.platform == "linux":
        _cut_off(die_with_parent=die_with_parent, network=network)
    sys.addaudithook(refuse)


def _cut_off(*, die_with_parent: bool, network: bool) -> None:
    """Leave the network and give up ways to gain privileges, where the system lets us."""
    import ctypes

    with contextlib.suppress(OSError, AttributeError):
        system = ctypes.CDLL(None)
        if die_with_parent:
            system.prctl(_PARENT_DEATH, _KILL, 0, 0, 0)
        system.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
        if not network and system.unshare(_NEW_NETWORK) != 0:
            system.unshare(_NEW_USERS | _NEW_NETWORK)
