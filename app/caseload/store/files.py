"""The one writer for every file that leaves the program, and the hashes of files.

A file is written under a temporary name beside its target, forced to disk, renamed over it,
and the folder forced too: whatever fails on the way, the old file is as it was.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from caseload.model.errors import BadInput, EnvironmentTrouble
from caseload.model.trouble import trouble as named
from caseload.store.records import OutputFile

TEMPORARY_MARK = ".caseload-new"
"""Every temporary file's name ends so; what a crash left behind is found by it."""

_CHUNK = 1 << 20


def trouble(error: OSError, path: Path) -> EnvironmentTrouble:
    """The machine's trouble behind an OSError at `path`, named for a person."""
    return named(error, str(path))


@contextmanager
def named_trouble(path: Path) -> Iterator[None]:
    """Turn an OSError inside into an `EnvironmentTrouble` that names `path`."""
    try:
        yield
    except OSError as error:
        raise trouble(error, path) from error


def sync_folder(folder: Path) -> None:
    """Force a folder's entries to disk; does nothing on Windows, which has no such call."""
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_file(path: Path) -> None:
    """Force a file's bytes to disk."""
    handle = os.open(path, os.O_RDWR if sys.platform == "win32" else os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_atomically(path: Path, write: Callable[[IO[bytes]], None]) -> None:
    """Let `write` fill a new file, then put it in the place of `path` in one step.

    Missing folders are made.  On any failure the old file is byte for byte as it was and the
    temporary one is gone.

    Raises:
        EnvironmentTrouble: the disk is full, broken, or may not be written to.
    """
    temporary = path.with_name(f"{path.name}{TEMPORARY_MARK}")
    with named_trouble(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with temporary.open("wb") as file:
                write(file)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
        except BaseException:
            _remove_quietly(temporary)
            raise
        sync_folder(path.parent)


def write_bytes(path: Path, content: bytes) -> None:
    """`write_atomically` for bytes at hand."""

    def fill(file: IO[bytes]) -> None:
        file.write(content)

    write_atomically(path, fill)


def write_text(path: Path, content: str) -> None:
    """`write_atomically` for text at hand, as UTF-8 with its newlines unchanged."""
    write_bytes(path, content.encode())


def copy_atomically(source: Path, target: Path) -> OutputFile:
    """Copy a file through `write_atomically`; the path in the answer is the target's name."""
    hasher = hashlib.sha256()
    size = 0

    def fill(file: IO[bytes]) -> None:
        nonlocal size
        with source.open("rb") as original:
            while chunk := original.read(_CHUNK):
                hasher.update(chunk)
                size += len(chunk)
                file.write(chunk)

    if not source.is_file():
        raise BadInput("There is no such file", where=str(source), remedy="Check the path")
    write_atomically(target, fill)
    return OutputFile(target.name, hasher.hexdigest(), size)


def sha256_of(path: Path) -> str:
    """SHA-256 hex of a file's bytes."""
    with named_trouble(path), path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sweep(folder: Path) -> None:
    """Remove the temporary files that a killed writer left in a project folder.

    Only while the project lock is held: a living writer's file is not to be removed.
    """
    for place in [folder, *(p for p in folder.iterdir() if p.is_dir() and p.name != "data")]:
        left = place.glob if place == folder else place.rglob
        for path in left(f"*{TEMPORARY_MARK}*"):
            _remove_quietly(path)


def _remove_quietly(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError:
        # The failure that brought us here is the one to report; the mark lets a later
        # opening find and remove this file.
        return
