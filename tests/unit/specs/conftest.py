"""Small dictionaries for the reader's tests."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from caseload.specs.readers.document import read_document
from caseload.specs.readers.grid import Reading


@pytest.fixture
def read() -> Callable[[Path], Reading]:
    """Reads a document in this process."""
    return lambda path: read_document(path, path.name, lambda share, text: None)
