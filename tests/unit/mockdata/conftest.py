"""One run on the pack's catalogs and two small catalogs of another world."""

from __future__ import annotations

from pathlib import Path

import pytest
from mock_catalogs import HOSPITAL, OMOP, Made, from_words, make, pack_source, pack_target

from caseload.model.catalog import Catalog, Side


@pytest.fixture(scope="session")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """The shipped pack's catalogs, twenty patients."""
    return make(tmp_path_factory.mktemp("pack"), pack_source(), pack_target(), rows=20, seed=42)


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Catalog, Catalog]:
    """A folder and two catalogs that have nothing to do with the pack."""
    return (
        tmp_path_factory.mktemp("small"),
        from_words(HOSPITAL, Side.SOURCE),
        from_words(OMOP, Side.TARGET),
    )
