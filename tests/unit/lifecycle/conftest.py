from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tiny_stages import NOW

from caseload.store.project_file import ProjectFile


@pytest.fixture
def project(tmp_path: Path) -> Iterator[ProjectFile]:
    made = ProjectFile.create(
        tmp_path / "qvh", name="QVH", person="anna", now=NOW, anchor_dir=tmp_path / "profile"
    )
    with made:
        yield made
