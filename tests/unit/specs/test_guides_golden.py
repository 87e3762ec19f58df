"""Guides that an office program and a browser printed are read to the last field."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from caseload.specs.readers.document import read_document

from .guides_golden import kept_guides, truth_beside
from .guides_look import looks
from .guides_print import can_print, print_all
from .guides_score import score


@pytest.mark.parametrize("path", kept_guides(), ids=lambda path: path.stem)
def test_a_kept_guide_is_read_as_it_is(path: Path) -> None:
    reading = read_document(path, path.name, lambda share, text: None)
    found = score(reading, truth_beside(path))
    assert found.wrong == []
    assert reading.problems == []


def test_the_kept_guides_are_small() -> None:
    sizes = [path.stat().st_size for path in kept_guides()]
    assert len(sizes) >= 6
    assert sum(sizes) < 1_000_000


@pytest.mark.parametrize(
    "family",
    [
        "header repeated",
        "doubled rules",
        "real hyphens",
        "box in the grid's first rows",
        "tables in parts",
        "notes among the rows",
        "letter-spaced headings",
        "outer frame only",
        "length in the type",
    ],
)
def test_a_drawn_layout_is_read_as_it_is(tmp_path: Path, family: str) -> None:
    look = next(look for look in looks("drawn", 5) if look.family == family)
    for _, path, loads in print_all(tmp_path, [look], tables=3, fields=10):
        found = score(read_document(path, path.name, lambda share, text: None), loads)
        assert [text for text in found.wrong if " condition" not in text] == []


@pytest.mark.slow
@pytest.mark.parametrize("producer", ["office", "browser"])
def test_what_is_printed_here_is_read_as_it_is(tmp_path: Path, producer: str) -> None:
    if not can_print(producer):
        pytest.skip(f"no program of the {producer} is installed ({shutil.which('soffice')})")
    chosen = [look for look in looks(producer, 5) if look.family == "header repeated"]
    for _, path, loads in print_all(tmp_path, chosen, tables=2, fields=8):
        found = score(read_document(path, path.name, lambda share, text: None), loads)
        assert found.wrong == []
