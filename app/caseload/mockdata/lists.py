"""The invented names, places and phrases that ship in schemas/mock/, and the code lists."""

from __future__ import annotations

import csv
from functools import lru_cache
from pathlib import Path

import numpy as np

from caseload.mockdata.frames import Bytes, Ints
from caseload.model.errors import BadInput
from caseload.model.shipped import shipped_root


@lru_cache(maxsize=64)
def rows(name: str) -> tuple[dict[str, str], ...]:
    """The rows of schemas/mock/NAME.csv."""
    path = shipped_root() / "schemas" / "mock" / f"{name}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def column(name: str, column_name: str, **only: str) -> Bytes:
    """One column of a shipped list as bytes, of the rows whose cells equal `only`."""
    found = [
        row[column_name]
        for row in rows(name)
        if all(row[k] == wanted for k, wanted in only.items())
    ]
    return np.array([text.encode() for text in found], dtype="S")


def phrases(topic: str) -> Bytes:
    """The phrases of one topic."""
    return column("phrases", "text", topic=topic)


class CodeList:
    """One crosswalk: its source codes, and its meanings (the distinct target codes)."""

    def __init__(self, name: str, entries: list[tuple[str, str, str]]) -> None:
        self.name = name
        self.sources = [source for source, _, _ in entries]
        order: dict[str, int] = {}
        for _, target, _ in entries:
            order.setdefault(target, len(order))
        self.targets = list(order)
        self.meaning_of = np.array([order[target] for _, target, _ in entries], dtype=np.int64)
        self.words = ["" for _ in self.targets]
        self.descriptions = [description for _, _, description in entries]
        for _, target, description in entries:
            self.words[order[target]] += " " + description.casefold()
        self.first_source = [
            self.sources[int(np.argmax(self.meaning_of == m))] for m in range(len(order))
        ]

    def meanings(self, *words: str, but: str = "") -> list[int]:
        """The meanings whose description holds one of `words` and not `but`."""
        return [
            place
            for place, text in enumerate(self.words)
            if any(word in text for word in words) and not (but and but in text)
        ]

    def one(self, *words: str, but: str = "", otherwise: int = 0) -> int:
        """The first such meaning, or `otherwise` (kept inside the list)."""
        found = self.meanings(*words, but=but)
        return found[0] if found else min(otherwise, len(self.targets) - 1)

    def closest(self, kind: str, otherwise: int = 0) -> int:
        """The meaning described by `kind`, else by its first word, else `otherwise`."""
        found = self.meanings(kind) or self.meanings(kind.split(maxsplit=1)[0])
        return found[0] if found else otherwise % len(self.targets)

    def with_targets(self, *starts: str) -> list[int]:
        """The meanings whose target code begins with one of `starts`."""
        return [place for place, code in enumerate(self.targets) if code.startswith(starts)]


class CodeBook:
    """The project's crosswalks, and the shipped ones for lists the project lacks."""

    def __init__(self, folder: Path) -> None:
        self._lists: dict[str, CodeList] = {}
        self.own: tuple[str, ...] = ()
        self._cursor: dict[str, int] = {}
        for path in sorted((shipped_root() / "schemas" / "crosswalks").glob("*.csv")):
            self._lists[path.stem] = _read(path)
        if folder.is_dir():
            own = sorted(folder.glob("*.csv"))
            self.own = tuple(path.stem for path in own)
            for path in own:
                self._lists[path.stem] = _read(path)

    def get(self, name: str) -> CodeList | None:
        """The list of that name, if there is one with entries."""
        found = self._lists.get(name)
        return found if found is not None and found.sources else None

    def named(self, name: str) -> CodeList:
        """The list of that name; a list of one when there is none."""
        return self.get(name) or CodeList(name, [("1", "1", "Not stated")])

    def cover(self, rng: np.random.Generator, name: str, count: int) -> Ints:
        """`count` meanings of a list: each code once before any is favoured."""
        found = self.named(name)
        size = len(found.sources)
        begin = self._cursor.get(name, 0)
        self._cursor[name] = begin + min(count, size)
        chosen = np.empty(count, dtype=np.int64)
        cycle = min(count, size)
        chosen[:cycle] = found.meaning_of[(begin + np.arange(cycle)) % size]
        if count > cycle:
            weights = 1.0 / (1.0 + np.arange(size))
            chosen[cycle:] = found.meaning_of[
                rng.choice(size, count - cycle, p=weights / weights.sum())
            ]
        return chosen


def _read(path: Path) -> CodeList:
    entries: list[tuple[str, str, str]] = []
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            for row in reader:
                source = (row.get("source_value") or "").strip()
                if source:
                    target = (row.get("target_value") or "").strip()
                    entries.append((source, target, row.get("description") or ""))
    except UnicodeDecodeError as error:
        raise BadInput(
            "A crosswalk is not UTF-8 text", where=path.name, remedy="Save it as UTF-8"
        ) from error
    return CodeList(path.stem, entries)
