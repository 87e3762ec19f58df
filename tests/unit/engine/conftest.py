"""An engine of its own for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from caseload.engine.connection import Engine, open_engine


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    with open_engine(tmp_path / "scratch", folders=[tmp_path], memory_limit_mb=512) as opened:
        yield opened
