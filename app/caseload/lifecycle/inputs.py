"""The hash of what a stage works from: its options, what it is told, and the files it reads."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from caseload.lifecycle.wire import options_to_dict
from caseload.model.fingerprint import digest
from caseload.model.stage import StageOptions
from caseload.store.project_file import ProjectFile

_WITHOUT_EFFECT = ("memory_limit_mb",)


def input_hash(
    project: ProjectFile, options: StageOptions, inputs: dict[str, Any], reads: Iterable[str]
) -> str:
    """One hash for everything that may change a stage's outputs.

    Files that are as they were published are not read again.
    """
    given = {k: v for k, v in options_to_dict(options).items() if k not in _WITHOUT_EFFECT}
    known = {f.path: f for f in project.published.all()}
    files = {
        path: project.published.hash_on_disk(path, known.get(path))
        for path in _expanded(project.folder, reads)
    }
    return digest({"options": given, "inputs": inputs, "files": files})


def _expanded(folder: Path, reads: Iterable[str]) -> list[str]:
    found: set[str] = set()
    for read in reads:
        path = folder / read
        if path.is_dir():
            found.update(_named(folder, p) for p in path.rglob("*") if p.is_file())
        else:
            found.add(_named(folder, path))
    return sorted(found)


def _named(folder: Path, path: Path) -> str:
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else str(path)
