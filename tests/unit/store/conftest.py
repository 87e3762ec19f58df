from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from store_time import NOW

from caseload.store.project_file import ProjectFile


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "qvh"


@pytest.fixture
def reopen(folder: Path, tmp_path: Path) -> Iterator[Callable[..., ProjectFile]]:
    """Opens the project again, closing what it opened before."""
    opened: list[ProjectFile] = []

    def again(**more: object) -> ProjectFile:
        for project in opened:
            project.close()
        arguments = {"person": "anna", "now": NOW, "anchor_dir": tmp_path / "profile", **more}
        opened.append(ProjectFile.open(folder, **arguments))  # type: ignore[arg-type]
        return opened[-1]

    yield again
    for project in opened:
        project.close()


@pytest.fixture
def project(folder: Path, tmp_path: Path) -> Iterator[ProjectFile]:
    made = ProjectFile.create(
        folder, name="QVH", person="anna", now=NOW, anchor_dir=tmp_path / "profile"
    )
    with made:
        yield made
