"""Which source table each target table is filled from, all target tables decided together.

A pair of tables is scored by what they are (entity, words of names and prose), by how well
the target's fields find partners in the source table, and by standing: live tables and
master feeds before histories, audits and archives.  Then one assignment gives every target
table a base, twice: the second time, tables that link to their parents' bases are favoured.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from caseload.mapping.inputs import Systems
from caseload.mapping.similarity import Matrix, Similarity
from caseload.model.mapping import Evidence
from caseload.specs.meaning import FieldRole, TableMeaning
from caseload.specs.meaning.lexicon import shipped_lexicon

_WORTH_SHARING = 0.8
FEED_ENTITIES = frozenset(("staff", "user", "site", "practice"))
_STANDING = {"live": 1.0, "master": 0.95, "history": 0.45, "audit": 0.3, "archive": 0.45}


@dataclass(slots=True)
class TableMatch:
    """Scores of every pair of tables and the base that each target table got."""

    targets: list[str]
    sources: list[str]
    scores: Matrix
    bases: dict[str, str]
    evidence: dict[str, tuple[Evidence, ...]]

    def score(self, target: str, source: str) -> float:
        """The score of one pair, 0..1."""
        return float(self.scores[self.targets.index(target), self.sources.index(source)])

    def best(self, target: str, count: int = 5) -> list[tuple[str, float]]:
        """The best source tables of a target table."""
        row = self.scores[self.targets.index(target)]
        order = np.argsort(-row, kind="stable")[:count]
        return [(self.sources[i], float(row[i])) for i in order]


def match_tables(systems: Systems, similarity: Similarity) -> TableMatch:
    """Decide a base table for every target table."""
    targets, sources = list(systems.target.tables), list(systems.source.tables)
    entity = _entities(systems, targets, sources)
    names = _names(systems, targets, sources)
    fields = _fields(systems, similarity, targets, sources)
    standing = _standing(systems, targets, sources)
    base_scores = (0.30 * entity + 0.25 * names + 0.45 * fields) * standing
    chosen = _assign(base_scores)
    links = _links(systems, targets, sources, chosen)
    scores = np.clip(base_scores * (0.92 + 0.10 * links), 0.0, 1.0).astype(np.float32)
    chosen = _assign(scores)
    evidence: dict[str, tuple[Evidence, ...]] = {
        target: (
            Evidence("entity", _two(entity[row, column]), "what a row of each table is"),
            Evidence("words", _two(names[row, column]), "names and prose of both tables"),
            Evidence("fields", _two(fields[row, column]), "share of fields that find a partner"),
            Evidence("keys", _two(links[row, column]), "links to the tables of its parents"),
        )
        for row, target in enumerate(targets)
        for column in (int(chosen[row]),)
    }
    bases = {target: sources[int(chosen[row])] for row, target in enumerate(targets)}
    return TableMatch(targets, sources, scores, bases, evidence)


def _two(value: float) -> float:
    return round(float(value), 2)


def _assign(scores: Matrix) -> NDArray[np.intp]:
    """The source column of every target row: its own where that costs little, else shared."""
    best = scores.argmax(axis=1)
    if scores.shape[1] < scores.shape[0]:
        return np.asarray(best, dtype=np.intp)
    rows, columns = linear_sum_assignment(-scores)
    costly = scores[rows, columns] < _WORTH_SHARING * scores[rows, best]
    return np.asarray(np.where(costly, best, columns), dtype=np.intp)


def _entities(systems: Systems, targets: list[str], sources: list[str]) -> Matrix:
    """Agreement of the entity scores of both tables."""
    names = sorted(shipped_lexicon().entities)
    place = {name: i for i, name in enumerate(names)}

    def vectors(tables: list[str], meanings: dict[str, TableMeaning]) -> NDArray[np.float64]:
        made = np.zeros((len(tables), len(names)))
        for row, table in enumerate(tables):
            for entity, score in meanings[table].scores:
                made[row, place[entity]] = max(0.0, score - 0.05) ** 1.5
        norm = np.linalg.norm(made, axis=1, keepdims=True)
        return np.asarray(made / np.maximum(norm, 1e-6))

    left = vectors(targets, systems.target_meaning.tables)
    right = vectors(sources, systems.source_meaning.tables)
    return np.asarray(left @ right.T, dtype=np.float32)


def _names(systems: Systems, targets: list[str], sources: list[str]) -> Matrix:
    """Cosine of the words of names, with the prose of the target's box."""
    lexicon = shipped_lexicon()
    bags: list[Counter[str]] = []
    for name in targets:
        bag: Counter[str] = Counter()
        for word in lexicon.words.of_prose(systems.target.tables[name].description):
            bag[word] = max(bag[word], 1)
        for word in systems.target_meaning.tables[name].words:
            bag[word] = 3
        bags.append(bag)
    for name in sources:
        bag = Counter()
        for word in lexicon.words.of_prose(systems.source.tables[name].description):
            bag[word] = max(bag[word], 1)
        for word in systems.source_meaning.tables[name].words:
            bag[word] = 3
        bags.append(bag)
    spread = Counter(word for bag in bags for word in bag)
    index = {word: i for i, word in enumerate(spread)}
    made = np.zeros((len(bags), len(index)))
    for row, bag in enumerate(bags):
        for word, count in bag.items():
            made[row, index[word]] = count * math.log(1.0 + len(bags) / (1.0 + spread[word]))
    made /= np.maximum(np.linalg.norm(made, axis=1, keepdims=True), 1e-6)
    cosine = made[: len(targets)] @ made[len(targets) :].T
    return np.asarray(np.sqrt(np.clip(cosine, 0.0, 1.0)), dtype=np.float32)


def _fields(
    systems: Systems, similarity: Similarity, targets: list[str], sources: list[str]
) -> Matrix:
    """How well the target's fields are served, counting each field by how rare its partner is.

    A field that half of the source tables could serve (a patient number, an entry date) says
    little about which table is meant.
    """
    starts = [similarity.source_span[name][0] for name in sources if _width(similarity, name)]
    per_table = np.zeros((len(similarity.target_fields), len(sources)), dtype=np.float32)
    filled = [i for i, name in enumerate(sources) if _width(similarity, name)]
    per_table[:, filled] = np.maximum.reduceat(similarity.combined, starts, axis=1)
    servable = (per_table > 0.6).sum(axis=1)
    weight = 1.0 / np.log2(3.0 + servable)
    system = np.array(
        [
            systems.target_meaning.fields[f.table_name, f.field_name].role is FieldRole.SYSTEM
            for f in similarity.target_fields
        ]
    )
    weight = np.where(system, 0.15 * weight, weight)
    shares = np.zeros((len(targets), len(sources)), dtype=np.float32)
    for row, name in enumerate(targets):
        start, end = similarity.target_span[name]
        if end > start:
            of_fields = weight[start:end, None]
            shares[row] = (per_table[start:end] ** 1.5 * of_fields).sum(axis=0) / of_fields.sum()
    # A wide table serves anything a little; what counts is its lead over the others.
    size = np.array([_width(similarity, n) for n in sources], dtype=np.float32)
    shares *= (1.0 - 0.03 * np.log1p(size))[None, :]
    top = np.maximum(shares.max(axis=1, keepdims=True), 1e-6)
    return np.asarray(shares / top, dtype=np.float32)


def _width(similarity: Similarity, table: str) -> int:
    start, end = similarity.source_span[table]
    return end - start


def _standing(systems: Systems, targets: list[str], sources: list[str]) -> Matrix:
    """Live tables first; a feed for what feeds give; a history only for a history."""
    made = np.ones((len(targets), len(sources)), dtype=np.float32)
    for column, name in enumerate(sources):
        meaning = systems.source_meaning.tables[name]
        made[:, column] = _STANDING.get(meaning.standing, 1.0)
    for row, target in enumerate(targets):
        of_target = systems.target_meaning.tables[target]
        for column, name in enumerate(sources):
            if name in systems.feeds:
                same = of_target.entity == systems.source_meaning.tables[name].entity
                wanted = same and of_target.entity in FEED_ENTITIES
                made[row, column] = 1.6 if wanted else 0.4
            elif of_target.standing in ("history", "audit", "archive"):
                meaning = systems.source_meaning.tables[name]
                made[row, column] = 1.0 if meaning.standing == of_target.standing else 0.8
    return made


def _links(
    systems: Systems, targets: list[str], sources: list[str], chosen: NDArray[np.intp]
) -> Matrix:
    """Share of a target's parents whose base the source table links to."""
    base = {target: sources[int(chosen[row])] for row, target in enumerate(targets)}
    parents: dict[str, set[str]] = defaultdict(set)
    for spec in systems.target.all_fields():
        if spec.foreign_table in base and spec.foreign_table != spec.table_name:
            parents[spec.table_name].add(base[spec.foreign_table])
    linked: dict[str, set[str]] = defaultdict(set)
    for link in systems.source_meaning.relationships:
        linked[link.child].add(link.parent)
    made = np.zeros((len(targets), len(sources)), dtype=np.float32)
    for row, target in enumerate(targets):
        wanted = parents[target]
        for column, source in enumerate(sources):
            if wanted:
                made[row, column] = len(wanted & (linked[source] | {source})) / len(wanted)
    return made
