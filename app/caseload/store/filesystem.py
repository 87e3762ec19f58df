"""Whether a folder lies on a network share, where SQLite's WAL must not be used."""

from __future__ import annotations

import sys
from pathlib import Path

NETWORK_TYPES = frozenset(
    {
        "9p", "afs", "afpfs", "beegfs", "ceph", "cifs", "coda", "davfs", "drvfs", "glusterfs",
        "gpfs", "lustre", "ncpfs", "nfs", "nfs4", "prl_fs", "smb2", "smb3", "smbfs", "vboxsf",
        "virtiofs", "vmhgfs", "webdav",
        "fuse.cephfs", "fuse.davfs", "fuse.glusterfs", "fuse.gvfsd-fuse", "fuse.rclone",
        "fuse.s3fs", "fuse.smbnetfs", "fuse.sshfs", "fuse.vmhgfs-fuse",
    }
)  # fmt: skip
"""File system types whose locks or shared memory another machine does not see."""

_DRIVE_REMOTE = 4


def on_network(path: Path) -> bool:
    """True when `path` (which may not exist yet) is on a network file system."""
    resolved = path.resolve()
    if sys.platform == "win32":
        return _windows_remote(resolved)
    mounts = Path("/proc/mounts")
    try:
        table = mounts.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return filesystem_type(resolved, table) in NETWORK_TYPES


def filesystem_type(path: Path, mounts: str) -> str:
    """The type of the file system that holds `path`, by a table as in /proc/mounts."""
    best, found = -1, ""
    for line in mounts.splitlines():
        fields = line.split()
        if len(fields) < 3:
            continue
        point = Path(_unescaped(fields[1]))
        depth = len(point.parts)
        if depth >= best and path.is_relative_to(point):
            best, found = depth, fields[2]
    return found


def _unescaped(text: str) -> str:
    for code, character in (("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")):
        text = text.replace(code, character)
    return text


def _windows_remote(path: Path) -> bool:
    if path.drive.startswith("\\\\"):
        return True
    if sys.platform == "win32":
        import ctypes

        return bool(ctypes.windll.kernel32.GetDriveTypeW(path.anchor) == _DRIVE_REMOTE)
    return False
