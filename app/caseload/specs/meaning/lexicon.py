"""The concept and entity lexicons, read from schemas/ and prepared for matching."""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from caseload.model.shipped import shipped_root
from caseload.specs.meaning.names import CLASS_WORDS, KEPT_STOP, Words, read_abbreviations
from caseload.specs.meaning.types import Kind


@dataclass(frozen=True, slots=True)
class Concept:
    """One item of schemas/concepts.csv; `phrases` are in canonical words."""

    name: str
    kind: Kind
    entity: str
    phrases: tuple[tuple[str, ...], ...]
    nhs_item: str
    code_list: str


@dataclass(frozen=True, slots=True)
class Entity:
    """One item of schemas/entities.csv; `words` are typical words of its fields."""

    name: str
    phrases: tuple[tuple[str, ...], ...]
    words: frozenset[str]
    nhs_item: str
    parent: str


class Lexicon:
    """Words, concepts and entities with the numbers that weigh them."""

    def __init__(self, words: Words, concepts: list[Concept], entities: list[Entity]) -> None:
        self.words = words
        self.concepts = concepts
        self.entities = {e.name: e for e in entities}
        self.by_name = {c.name: c for c in concepts}
        self.index: dict[str, int] = {}
        seen: dict[str, set[int]] = {}
        for number, concept in enumerate(concepts):
            for phrase in concept.phrases:
                for word in phrase:
                    self.index.setdefault(word, len(self.index))
                    seen.setdefault(word, set()).add(number)
        self.idf = {w: _idf(w, len(s)) for w, s in seen.items()}
        self.phrase_concept: NDArray[np.intp] = np.array(
            [i for i, c in enumerate(concepts) for _ in c.phrases], dtype=np.intp
        )
        self.phrase_starts: NDArray[np.intp] = np.cumsum([0] + [len(c.phrases) for c in concepts])[
            :-1
        ]
        rows = len(self.phrase_concept)
        self.phrases: NDArray[np.float32] = np.zeros((rows, len(self.index)), dtype=np.float32)
        all_phrases = [p for c in concepts for p in c.phrases]
        for row, phrase in enumerate(all_phrases):
            for word in phrase:
                self.phrases[row, self.index[word]] = self.idf[word]
        self.phrase_totals: NDArray[np.float32] = self.phrases.sum(axis=1)

    def weight(self, word: str) -> float:
        """How telling a word is; an unknown word tells much."""
        return self.idf.get(word, 0.45 if word.isdigit() else 0.9)


def _idf(word: str, concepts: int) -> float:
    weight = 1.0 / (1.0 + 0.25 * math.log(concepts))
    if word in CLASS_WORDS:
        weight *= 0.55
    if word in KEPT_STOP:
        weight *= 0.6
    return weight


def read_lexicon(folder: Path) -> Lexicon:
    """Read abbreviations.csv, concepts.csv and entities.csv of `folder`."""
    concept_rows = _rows(folder / "concepts.csv")
    entity_rows = _rows(folder / "entities.csv")
    vocabulary: dict[str, int] = {}
    for row in concept_rows:
        for (
            word
        ) in f"{row['concept'].replace('_', ' ')} {row['phrases'].replace(';', ' ')}".split():
            vocabulary[word] = vocabulary.get(word, 0) + 1
    for row in entity_rows:
        for word in f"{row['names'].replace(';', ' ')} {row['words']}".split():
            vocabulary.setdefault(word, 1)
    words = Words(read_abbreviations(folder / "abbreviations.csv"), vocabulary)
    concepts = [
        Concept(
            row["concept"],
            Kind(row["kind"]),
            row["entity"],
            _phrases(words, [row["concept"].replace("_", " "), *row["phrases"].split(";")]),
            row["nhs_item"],
            row["code_list"],
        )
        for row in concept_rows
    ]
    entities = [
        Entity(
            row["entity"],
            _phrases(words, row["names"].split(";")),
            frozenset(words.canonical(row["words"])),
            row["nhs_item"],
            row["parent"],
        )
        for row in entity_rows
    ]
    return Lexicon(words, concepts, entities)


def _phrases(words: Words, phrases: list[str]) -> tuple[tuple[str, ...], ...]:
    found = dict.fromkeys(words.canonical(p) for p in phrases if p.strip())
    return tuple(p for p in found if p)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@lru_cache(maxsize=1)
def shipped_lexicon() -> Lexicon:
    """The lexicon that ships with the program."""
    return read_lexicon(shipped_root() / "schemas")
