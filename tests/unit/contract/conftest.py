"""An engine of its own for each module."""

from collections.abc import Iterator

import pytest

from caseload.engine.connection import Engine, open_engine


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    folder = tmp_path_factory.mktemp("engine")
    with open_engine(folder, folders=[folder], memory_limit_mb=512) as opened:
        yield opened
