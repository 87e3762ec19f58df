"""Dictionaries in many layouts, languages and formats say what they were made from."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from caseload.specs.readers.grid import Reading

from .dictionaries import KINDS, WORDS, Holder, Layout, layout, truth
from .dictionary_files import as_paper, as_text, as_workbook

Reader = Callable[[Path], Reading]
SEEDS = {kind: [s for s in range(200) if layout(s).kind == kind][:4] for kind in KINDS}
LANGUAGES = {word: next(s for s in range(400) if layout(s).language == word) for word in WORDS}


def due(drawn: Layout, made: list[Holder]) -> list[tuple[str, ...]]:
    said = set(drawn.traits)
    return [
        (
            holder.name,
            item.name,
            item.type if "type" in said else "",
            item.length if "length" in said or drawn.typed_length else "",
            "Y" if item.mandatory and "mandatory" in said else "",
            item.element if "element" in said else "",
            item.deleted if "deleted" in said else "",
            item.description if "description" in said else "",
        )
        for holder in made
        for item in holder.items
    ]


def found(reading: Reading) -> list[tuple[str, ...]]:
    return [
        (
            f.table_name,
            f.field_name,
            f.data_type,
            f.length,
            "Y" if f.mandatory else "",
            f.data_element,
            f.logical_delete_flag,
            f.description,
        )
        for t in reading.tables
        for f in t.fields
    ]


@pytest.mark.parametrize("seed", [seed for seeds in SEEDS.values() for seed in seeds])
def test_workbooks_of_every_layout_are_read_exactly(
    tmp_path: Path, read: Reader, seed: int
) -> None:
    drawn = layout(seed)
    made = truth(seed, drawn.style, 4)
    reading = read(as_workbook(tmp_path / "d.xlsx", drawn, made))
    assert sorted(found(reading)) == sorted(due(drawn, made))


@pytest.mark.parametrize("seed", [seeds[0] for kind, seeds in SEEDS.items() if kind != "sheets"])
def test_text_of_every_layout_is_read_exactly(tmp_path: Path, read: Reader, seed: int) -> None:
    drawn = layout(seed)
    made = truth(seed, drawn.style, 4)
    path = as_text(tmp_path / "Dictionary.csv", drawn, made, ",;\t|"[seed % 4], "utf-8")
    assert sorted(found(read(path))) == sorted(due(drawn, made))


@pytest.mark.parametrize("seed", [SEEDS[kind][1] for kind in ("flat", "merged", "sheets")])
def test_word_documents_are_read_exactly(tmp_path: Path, read: Reader, seed: int) -> None:
    drawn = layout(seed)
    made = truth(seed, drawn.style, 4)
    reading = read(as_paper(tmp_path / "d.docx", drawn, made))
    assert sorted(found(reading)) == sorted(due(drawn, made))


@pytest.mark.parametrize("language", LANGUAGES)
def test_headers_are_known_in_every_language(tmp_path: Path, read: Reader, language: str) -> None:
    drawn = layout(LANGUAGES[language])
    made = truth(drawn.seed, drawn.style, 3)
    reading = read(as_workbook(tmp_path / "d.xlsx", drawn, made))
    assert sorted(found(reading)) == sorted(due(drawn, made))
