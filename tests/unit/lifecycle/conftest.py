from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from caseload.store.project_file import ProjectFile

NOW = datetime(2026, 3, 31, 9, 30, tzinfo=UTC)


def clock() -> datetime:
    return NOW


@pytest.fixture
def project(tmp_path: Path) -> Iterator[ProjectFile]:
    made = ProjectFile.create(
        tmp_path / "qvh", name="QVH", person="anna", now=NOW, anchor_dir=tmp_path / "profile"
    )
    with made:
        yield made
