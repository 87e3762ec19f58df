"""Which concept of the lexicon each field of a catalog is, for all fields at once.

A phrase of the lexicon fits a field when the field's words, its description and its context
(the table's entity, the form of the value) cover the phrase, and the phrase covers the
field's own words; telling words weigh more.  Fields of one data element lend each other
evidence.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from caseload.model.catalog import FieldSpec
from caseload.specs.meaning.lexicon import Lexicon
from caseload.specs.meaning.names import Word
from caseload.specs.meaning.representation import Shape
from caseload.specs.meaning.types import DATES, WITH_TIME, Kind, Representation, TableMeaning

_READING_WEIGHTS = (1.0, 0.85, 0.7)
_KINDS = tuple(Kind)


@dataclass(slots=True)
class FieldText:
    """What is said of one field: its name's slots, its description, its shape."""

    spec: FieldSpec
    slots: tuple[Word, ...]
    prose: tuple[str, ...]
    shape: Shape

    @property
    def words(self) -> tuple[str, ...]:
        """The name in full words, likeliest reading."""
        return tuple(w for slot in self.slots for w in slot.first)


def concept_scores(
    texts: Sequence[FieldText], tables: dict[str, TableMeaning], lexicon: Lexicon
) -> NDArray[np.float32]:
    """Scores 0..1 of every concept (columns) for every field (rows), in the order given."""
    own, whole, totals = _vectors(texts, tables, lexicon)
    phrases = sparse.csr_matrix(lexicon.phrases)
    marks = sparse.csr_matrix((lexicon.phrases > 0).astype(np.float32))
    overlap = (own @ marks.T).toarray()
    of_field = np.minimum(1.0, overlap / np.maximum(totals[:, None], 0.2))
    of_phrase = (whole @ phrases.T).toarray() / lexicon.phrase_totals[None, :]
    fit = of_phrase * np.sqrt(of_phrase) * (0.25 + 0.75 * of_field)
    scores = np.where(overlap > 0.02, fit, 0.0)
    best = np.maximum.reduceat(scores, lexicon.phrase_starts, axis=1).astype(np.float32)
    best *= _kind_fit(texts, lexicon)
    best *= _entity_fit(texts, tables, lexicon)
    return _pooled(texts, best)


def _vectors(
    texts: Sequence[FieldText], tables: dict[str, TableMeaning], lexicon: Lexicon
) -> tuple[sparse.csr_matrix, sparse.csr_matrix, NDArray[np.float32]]:
    """Own words weighted by how telling they are; own + context words; own total weight."""
    common = _common_prefixes(texts)
    own_cells: dict[tuple[int, int], float] = {}
    all_cells: dict[tuple[int, int], float] = {}
    totals = np.zeros(len(texts), dtype=np.float32)
    contexts: dict[str, set[str]] = {}
    for row, text in enumerate(texts):
        table = text.spec.table_name
        if table not in contexts:
            contexts[table] = context_words(tables[table], lexicon)
        context = contexts[table]
        for word, weight in _implied(text, context):
            _raise(all_cells, row, lexicon.index.get(word), weight)
        for word in text.prose:
            share = min(1.0, 6.0 / len(text.prose))
            _raise(all_cells, row, lexicon.index.get(word), 0.9 * share)
            own_weight = 0.3 * share * lexicon.weight(word)
            _raise(own_cells, row, lexicon.index.get(word), own_weight)
        for place, slot in enumerate(text.slots):
            if not slot.first:
                continue
            weight = max(lexicon.weight(w) for w in slot.first)
            weight += 0.5 * sum(lexicon.weight(w) for w in slot.first[1:])
            if place == 0 and slot.raw in common[table]:
                weight *= 0.3
            elif set(slot.first) <= context:
                weight *= 0.4
            totals[row] += weight
            for rank, reading in enumerate(slot.readings[:3]):
                share = _READING_WEIGHTS[rank] / len(reading) if reading else 0.0
                for word in reading:
                    column = lexicon.index.get(word)
                    _raise(own_cells, row, column, weight * share)
                    _raise(all_cells, row, column, _READING_WEIGHTS[rank])
    shape = (len(texts), len(lexicon.index))
    return _matrix(own_cells, shape), _matrix(all_cells, shape), totals


def context_words(table: TableMeaning, lexicon: Lexicon) -> set[str]:
    """Words that a field of this table need not say: the table's and its entity's names."""
    words = set(table.words)
    entity = lexicon.entities.get(table.entity)
    if entity:
        words.update(w for phrase in entity.phrases[:3] for w in phrase)
    return words


def _implied(text: FieldText, context: set[str]) -> list[tuple[str, float]]:
    """Context words and the class words that the form of the value stands for."""
    implied = [(word, 0.8) for word in context]
    sure = text.shape.sure
    if sure in DATES:
        implied.append(("date", 0.95))
        if sure in WITH_TIME:
            implied.append(("time", 0.9))
    elif sure is Representation.TIME:
        implied.append(("time", 0.95))
    else:
        implied += [("code", 0.6), ("indicator", 0.6), ("number", 0.5), ("identifier", 0.6)]
        implied += [("type", 0.3), ("name", 0.4), ("text", 0.4), ("date", 0.4)]
    return implied


def _raise(cells: dict[tuple[int, int], float], row: int, column: int | None, to: float) -> None:
    if column is not None and cells.get((row, column), 0.0) < to:
        cells[row, column] = to


def _matrix(cells: dict[tuple[int, int], float], shape: tuple[int, int]) -> sparse.csr_matrix:
    rows = np.fromiter((r for r, _ in cells), dtype=np.intp, count=len(cells))
    columns = np.fromiter((c for _, c in cells), dtype=np.intp, count=len(cells))
    values = np.fromiter(cells.values(), dtype=np.float32, count=len(cells))
    return sparse.csr_matrix((values, (rows, columns)), shape=shape)


def _common_prefixes(texts: Sequence[FieldText]) -> dict[str, set[str]]:
    """First slots that so many fields of a table share that they only name the table."""
    firsts: dict[str, Counter[str]] = defaultdict(Counter)
    for text in texts:
        if len(text.slots) > 1:
            firsts[text.spec.table_name][text.slots[0].raw] += 1
        else:
            firsts[text.spec.table_name][""] += 1
    return {
        table: {raw for raw, n in counts.items() if raw and n >= max(4, 0.35 * counts.total())}
        for table, counts in firsts.items()
    }


def _kind_fit(texts: Sequence[FieldText], lexicon: Lexicon) -> NDArray[np.float32]:
    by_field = np.array([[t.shape.kinds[k] for k in _KINDS] for t in texts], dtype=np.float32)
    column = np.array([_KINDS.index(c.kind) for c in lexicon.concepts], dtype=np.intp)
    return by_field[:, column]


def _entity_fit(
    texts: Sequence[FieldText], tables: dict[str, TableMeaning], lexicon: Lexicon
) -> NDArray[np.float32]:
    """A concept of the table's own entity is preferred, one of a stranger's disfavoured."""
    names = sorted(lexicon.entities)
    place = {name: i for i, name in enumerate(names)}
    concept_entity = np.array([place.get(c.entity, -1) for c in lexicon.concepts], dtype=np.intp)
    fits: dict[str, NDArray[np.float32]] = {}
    rows = []
    for text in texts:
        table = text.spec.table_name
        if table not in fits:
            near = np.full(len(names) + 1, 0.82, dtype=np.float32)
            near[-1] = 0.95
            entity = tables[table].entity
            if entity in place:
                near[place[entity]] = 1.0
                parent = lexicon.entities[entity].parent
                if parent in place:
                    near[place[parent]] = 0.93
            fits[table] = near[concept_entity]
        rows.append(fits[table])
    return np.array(rows, dtype=np.float32)


def _pooled(texts: Sequence[FieldText], scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """Blend a quarter of the mean over the fields of the same data element and shape."""
    groups: dict[str, list[int]] = defaultdict(list)
    for row, text in enumerate(texts):
        if text.spec.data_element:
            groups[text.spec.data_element].append(row)
    for rows in groups.values():
        if len(rows) > 1:
            scores[rows] = 0.75 * scores[rows] + 0.25 * scores[rows].mean(axis=0)
    return scores
