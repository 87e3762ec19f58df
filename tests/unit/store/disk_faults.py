"""A file system that says no at the Nth call, for tests of what must survive it."""

from __future__ import annotations

import builtins
import errno
import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

CODES = (errno.ENOSPC, errno.EIO, errno.EACCES)
KINDS = ("write", "fsync", "rename", "open")


class Faults:
    """Counts calls of one kind and fails the one numbered `fail_at` (from 1) with `code`."""

    def __init__(self, kind: str, fail_at: int, code: int) -> None:
        self.kind = kind
        self.fail_at = fail_at
        self.code = code
        self.calls = 0

    @property
    def fired(self) -> bool:
        return self.calls >= self.fail_at

    def check(self, kind: str) -> None:
        if kind == self.kind:
            self.calls += 1
            if self.calls == self.fail_at:
                raise OSError(self.code, os.strerror(self.code))


class _Failing(io.FileIO):
    faults: Faults

    def write(self, data: Any) -> int:
        self.faults.check("write")
        return super().write(data)


@contextmanager
def injected(faults: Faults) -> Iterator[Faults]:
    """Every opening for writing, write, fsync and rename of this process goes through `faults`."""
    real_open, real_fsync = io.open, os.fsync
    real_replace, real_path_replace = os.replace, Path.replace

    def opening(file: Any, mode: str = "r", *args: Any, **kwargs: Any) -> Any:
        if mode in {"wb", "xb"}:
            faults.check("open")
            raw = _Failing(file, mode)
            raw.faults = faults
            return io.BufferedWriter(raw)
        return real_open(file, mode, *args, **kwargs)

    def fsync(handle: int) -> None:
        faults.check("fsync")
        real_fsync(handle)

    def replace(source: Any, target: Any, **more: Any) -> None:
        faults.check("rename")
        real_replace(source, target, **more)

    def path_replace(self: Path, target: Any) -> Path:
        faults.check("rename")
        real_replace(self, target)
        return Path(target)

    assert real_path_replace is not None
    with (
        patch.object(io, "open", opening),
        patch.object(builtins, "open", opening),
        patch.object(os, "fsync", fsync),
        patch.object(os, "replace", replace),
        patch.object(Path, "replace", path_replace),
    ):
        yield faults
