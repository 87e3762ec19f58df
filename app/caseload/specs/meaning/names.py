"""Names in full words: PtDoB, NoKAddrLine1 and DATE_OF_BIRTH say the same to a person only.

Splitting is by case, underscores and digits first, then by the abbreviation list and the
vocabulary of the lexicon for what was run together; a word that neither knows is expanded
to the vocabulary word it most plausibly shortens.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from caseload.model.shipped import shipped_root

_PIECE = re.compile(r"[A-Z]+(?![a-z])|[A-Z][a-z]+|[a-z]+|\d+")
STOP = frozenset(
    (
        "of",
        "the",
        "a",
        "an",
        "and",
        "or",
        "for",
        "in",
        "on",
        "at",
        "by",
        "with",
        "to",
        "as",
        "is",
        "was",
        "be",
        "this",
        "that",
        "from",
    )
)
KEPT_STOP = frozenset(("to", "from", "by", "on"))  # they tell FromWard from ToWard
CLASS_WORDS = frozenset(
    (
        "date",
        "time",
        "code",
        "number",
        "identifier",
        "indicator",
        "flag",
        "text",
        "description",
        "type",
        "internal",
        "name",
    )
)


@dataclass(frozen=True, slots=True)
class Word:
    """One slot of a name: its likeliest full words first, then other readings."""

    raw: str
    readings: tuple[tuple[str, ...], ...]

    @property
    def first(self) -> tuple[str, ...]:
        """The likeliest reading."""
        return self.readings[0]


def pieces(name: str) -> list[str]:
    """The parts that case, underscores and digits mark off, in lower case.

    A lone capital between capitals stays with its word where the vocabulary of medicine
    writes it so: DoB, NoK, ToB, AandE, GpCode.
    """
    text = re.sub(r"A\s*&\s*E|AandE|A_AND_E|A_E(?=_|$)", "Ae", name)
    text = re.sub(r"(?<![A-Z])(Do[BD]|To[BD]|No[Kk])(?=[A-Z_\d]|$)", _joined, text)
    text = re.sub(r"N[oO]K(?=[A-Z][a-z])", "Nok", text)
    return [found.lower() for found in _PIECE.findall(text)]


def _joined(match: re.Match[str]) -> str:
    return match[0].capitalize()


class Words:
    """Turns names into words with an abbreviation list and a vocabulary.

    `vocabulary` maps each full word to how often the lexicon uses it.
    """

    def __init__(
        self, abbreviations: dict[str, tuple[tuple[str, ...], ...]], vocabulary: dict[str, int]
    ) -> None:
        self._short = abbreviations
        self._vocabulary = dict(vocabulary)
        for readings in abbreviations.values():
            for reading in readings:
                for word in reading:
                    self._vocabulary.setdefault(word, 1)
        self._by_letter: dict[str, list[str]] = {}
        for word in sorted(self._vocabulary):
            self._by_letter.setdefault(word[:1], []).append(word)
        self._cache: dict[str, tuple[Word, ...]] = {}

    def of_name(self, name: str) -> tuple[Word, ...]:
        """The words of one field or table name."""
        found: list[Word] = []
        for piece in pieces(name):
            found.extend(self._of_piece(piece))
        return tuple(found)

    def of_prose(self, text: str) -> tuple[str, ...]:
        """The canonical words of a description; none when it is only a release number."""
        if not re.search(r"[A-Za-z]{2}", text):
            return ()
        words: list[str] = []
        text = re.sub(r"\bA\s*(?:&|and)\s*E\b", "emergency", text)
        for piece in re.findall(r"[A-Za-z]+|\d+", text):
            low = piece.lower()
            if low in STOP:
                continue
            if piece.islower() or piece.istitle() or len(piece) <= 3:
                words.extend(self._plain(low))
            else:
                for word in self.of_name(piece):
                    words.extend(word.first)
        return tuple(words)

    def canonical(self, phrase: str) -> tuple[str, ...]:
        """A lexicon phrase in canonical words (synonyms resolved, stop words dropped)."""
        words: list[str] = []
        for piece in phrase.lower().split():
            if piece in STOP and piece not in KEPT_STOP:
                continue
            words.extend(self._plain(piece))
        return tuple(words)

    def _plain(self, low: str) -> tuple[str, ...]:
        readings = self._short.get(low)
        if readings and (len(low) > 3 or low not in self._vocabulary):
            return readings[0]
        if low not in self._vocabulary and low.endswith("s") and low[:-1] in self._vocabulary:
            return (low[:-1],)
        return (low,)

    def _of_piece(self, piece: str) -> tuple[Word, ...]:
        known = self._cache.get(piece)
        if known is None:
            known = self._cache[piece] = tuple(self._read(piece))
        return known

    def _read(self, piece: str) -> list[Word]:
        if piece.isdigit():
            return [Word(piece, ((str(int(piece)),),))]
        if piece in STOP and piece not in KEPT_STOP:
            return []
        direct = self._known(piece)
        if direct is not None:
            return [direct] if direct.readings[0] else []
        longer = self._lengthen(piece) if len(piece) >= 4 else ()
        if longer and longer[0][0].startswith(piece):
            return [Word(piece, longer)]
        split = self._segment(piece) if len(piece) >= 5 else None
        if split:
            return [word for part in split if (word := self._known(part)) and word.first]
        guess = longer or self._lengthen(piece)
        return [Word(piece, guess or ((piece,),))]

    def _known(self, piece: str) -> Word | None:
        readings = self._short.get(piece)
        if readings is not None:
            return Word(piece, readings)
        if piece in self._vocabulary:
            return Word(piece, ((piece,),))
        if piece.endswith("s") and len(piece) > 3 and piece[:-1] in self._vocabulary:
            return Word(piece, ((piece[:-1],),))
        return None

    def _segment(self, piece: str) -> list[str] | None:
        """Split a run-together word into known parts; None when it does not come out even."""
        best: list[tuple[float, list[str]] | None] = [None] * (len(piece) + 1)
        best[0] = (0.0, [])
        for end in range(2, len(piece) + 1):
            for start in range(max(0, end - 14), end - 1):
                before = best[start]
                if before is None:
                    continue
                part = piece[start:end]
                word = self._known(part)
                if word is None or not word.first:
                    continue
                cost = before[0] + 1.0 + (1.2 if len(part) == 2 else 0.4 if len(part) == 3 else 0.0)
                now = best[end]
                if now is None or cost < now[0]:
                    best[end] = (cost, [*before[1], part])
        found = best[len(piece)]
        if found is None or found[0] > 1.6 + len(piece) / 2.6:
            return None
        return found[1]

    def _lengthen(self, piece: str) -> tuple[tuple[str, ...], ...]:
        """Vocabulary words that `piece` may shorten: as their beginning, or vowels dropped."""
        if len(piece) < 3:
            return ()
        scored: list[tuple[float, str]] = []
        for word in self._by_letter.get(piece[0], ()):
            if len(word) <= len(piece):
                continue
            use = min(self._vocabulary[word], 20) / 100.0
            if word.startswith(piece):
                scored.append((1.0 + use - 0.02 * (len(word) - len(piece)), word))
            elif len(piece) >= 3 and _shortens(piece, word):
                scored.append((0.6 + use - 0.03 * (len(word) - len(piece)), word))
        scored.sort(key=lambda pair: (-pair[0], pair[1]))
        return tuple((word,) for score, word in scored[:2] if score > 0.5)


def first_sentence(prose: str) -> str:
    """The sentence that says what a field is; the rest says what to do with it."""
    return re.split(r"[.;:](?:\s|$)", prose, maxsplit=1)[0]


def _shortens(short: str, word: str) -> bool:
    """True when `short` is `word` with letters dropped, keeping its consonants in order."""
    position = 0
    for letter in short:
        position = word.find(letter, position)
        if position < 0:
            return False
        position += 1
    skipped = sum(1 for letter in word if letter not in "aeiou") - sum(
        1 for letter in short if letter not in "aeiou"
    )
    return skipped <= max(1, len(short) // 2)


def read_abbreviations(path: Path) -> dict[str, tuple[tuple[str, ...], ...]]:
    """schemas/abbreviations.csv: abbreviation → readings; an empty reading drops the word."""
    found: dict[str, tuple[tuple[str, ...], ...]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            readings = tuple(tuple(r.split()) for r in row["words"].split("/"))
            found[row["abbreviation"].casefold()] = readings
    return found


@lru_cache(maxsize=1)
def shipped_abbreviations() -> dict[str, tuple[tuple[str, ...], ...]]:
    """The shipped abbreviation list."""
    return read_abbreviations(shipped_root() / "schemas" / "abbreviations.csv")
