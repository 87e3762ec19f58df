"""What the rows of a table are: its entity, and whether it is live, history, audit or a list."""

from __future__ import annotations

import math
import re
from collections import Counter

from caseload.model.catalog import Catalog, TableSpec
from caseload.specs.meaning.lexicon import Entity, Lexicon
from caseload.specs.meaning.names import CLASS_WORDS, STOP
from caseload.specs.meaning.types import TableMeaning

_STANDINGS = (
    ("audit", ("audit", "log", "journal")),
    ("history", ("history", "prior", "old", "snapshot", "superseded")),
    ("archive", ("archive", "purged")),
)
_TWIN_END = re.compile(r"(HISTORY|HISTRY|HIST|AUDIT|AUDT|AUD|ARCHIVE|ARCH|ARC|LOG|SNAP|OLD)$")
_MASTER_WORDS = frozenset(
    ("master", "lookup", "code", "codes", "reference", "file", "table", "list", "type", "directory")
)
_LOAD_WORDS = frozenset(("load", "stage", "staging", "stg", "import"))


def table_meanings(catalog: Catalog, lexicon: Lexicon) -> dict[str, TableMeaning]:
    """The meaning of every table, by its name."""
    bodies = {name: _body(table, lexicon) for name, table in catalog.tables.items()}
    spread = Counter(word for body in bodies.values() for word in body)
    rare = {
        word: math.log(1.0 + len(bodies) / (1.0 + count)) / math.log(2.0 + len(bodies))
        for word, count in spread.items()
    }
    found = {}
    for name, table in catalog.tables.items():
        found[name] = _one(catalog, table, bodies[name], rare, lexicon)
    return found


def table_words(table: TableSpec, lexicon: Lexicon) -> tuple[str, ...]:
    """The words of a table's name, without the words that mark a load file."""
    words = [w for word in lexicon.words.of_name(table.name) for w in word.first]
    kept = tuple(w for w in words if w not in _LOAD_WORDS)
    return kept or tuple(words)


def _body(table: TableSpec, lexicon: Lexicon) -> Counter[str]:
    counts: Counter[str] = Counter()
    for spec in table.fields:
        words = {w for word in lexicon.words.of_name(spec.field_name) for w in word.first}
        counts.update(w for w in words if w not in CLASS_WORDS and w not in STOP)
    return counts


def _one(
    catalog: Catalog,
    table: TableSpec,
    body: Counter[str],
    rare: dict[str, float],
    lexicon: Lexicon,
) -> TableMeaning:
    words = table_words(table, lexicon)
    slots = lexicon.words.of_name(table.name)
    readings = {w for word in slots for reading in word.readings for w in reading}
    prose = Counter(lexicon.words.of_prose(table.description))
    scores = []
    for entity in lexicon.entities.values():
        score = _entity_score(entity, words, readings, prose, body, rare, len(table.fields))
        scores.append((entity.name, round(score, 4)))
    scores.sort(key=lambda pair: (-pair[1], pair[0]))
    standing, live = _standing(catalog, table, words)
    best, top = scores[0]
    if standing == "live" and _is_list(table, words, body):
        standing = "master"
    entity_name = best if top >= 0.16 and top - scores[1][1] >= 0.03 else "other"
    confidence = top - 0.5 * scores[1][1] if top else 0.0
    return TableMeaning(
        table.name,
        entity_name,
        standing,
        live,
        round(min(1.0, max(0.05, confidence + 0.3)), 3),
        words,
        tuple(scores[:5]),
    )


def _entity_score(
    entity: Entity,
    words: tuple[str, ...],
    readings: set[str],
    prose: Counter[str],
    body: Counter[str],
    rare: dict[str, float],
    fields: int,
) -> float:
    own = set(words)
    name = 0.0
    for phrase in entity.phrases:
        covered = sum(1.0 for w in phrase if w in own) + sum(
            0.7 for w in phrase if w not in own and w in readings
        )
        of_phrase = covered / len(phrase)
        of_name = sum(1 for w in own if w in phrase) / max(1, len(own))
        name = max(name, of_phrase * (0.55 + 0.45 * of_name))
    told = 0.0
    if prose:
        for phrase in entity.phrases:
            told = max(
                told, sum(1 for w in phrase if w in prose) / len(phrase) * min(1.0, len(phrase) / 2)
            )
    shared = sum(
        rare.get(w, 1.0) * min(1.0, 4.0 * body[w] / max(6, fields))
        for w in entity.words
        if w in body
    )
    content = min(1.0, shared / max(1.5, 0.42 * len(entity.words)))
    return 0.55 * name + 0.35 * content + 0.10 * told


def _standing(catalog: Catalog, table: TableSpec, words: tuple[str, ...]) -> tuple[str, str]:
    """history/audit/archive and the live table it is a twin of, else live."""
    upper = table.name.upper().replace("_", "")
    match = _TWIN_END.search(upper)
    if match:
        stem = upper[: match.start()]
        tail = match[1]
        live = _longest_match(catalog, table.name, stem)
        kind = (
            "audit"
            if tail.startswith(("AUD", "LOG"))
            else ("archive" if tail.startswith("ARC") else "history")
        )
        if live or kind != "history":
            return kind, live
    for standing, marks in _STANDINGS:
        if any(mark in words[-2:] for mark in marks) and len(words) > 1:
            return standing, ""
    return "live", ""


def _longest_match(catalog: Catalog, own: str, stem: str) -> str:
    """The table that `stem` names or begins; empty when there is none."""
    if len(stem) < 3:
        return ""
    found = [
        name
        for name in catalog.tables
        if name != own
        and (name.upper().replace("_", "") == stem or name.upper().startswith(stem))
        and not _TWIN_END.search(name.upper())
    ]
    return min(found, key=lambda name: (len(name), name)) if found else ""


def _is_list(table: TableSpec, words: tuple[str, ...], body: Counter[str]) -> bool:
    """A master file: its name says so, or it is a code with a name and no patient."""
    if "patient" in body and body["patient"] >= 1 and "master" not in words[-1:]:
        return False
    return bool(_MASTER_WORDS & set(words[-1:])) and len(table.fields) < 60
