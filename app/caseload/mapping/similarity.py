"""How alike every target field is to every source field, in one matrix per kind of evidence.

Words, concepts, form and code lists each give a matrix (target fields × source fields) with
values 0..1; `combined` weighs them.  Nothing loops over pairs of fields in Python.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from caseload.mapping.inputs import Systems
from caseload.model.catalog import Catalog, FieldSpec
from caseload.specs.meaning import CatalogMeaning, FieldMeaning, Kind, Representation
from caseload.specs.meaning.concepts import context_words
from caseload.specs.meaning.lexicon import Lexicon, shipped_lexicon
from caseload.specs.meaning.names import CLASS_WORDS, KEPT_STOP, first_sentence
from caseload.specs.meaning.types import DATES, WITH_TIME

Matrix = NDArray[np.float32]
_READING_WEIGHTS = (1.0, 0.6, 0.4)
_REPRESENTATIONS = tuple(Representation)
_KINDS = tuple(Kind)


@dataclass(slots=True)
class Similarity:
    """Evidence matrices, target fields × source fields, with the fields' order."""

    target_fields: list[FieldSpec]
    source_fields: list[FieldSpec]
    words: Matrix
    meaning: Matrix
    form: Matrix
    codes: Matrix
    combined: Matrix
    source_rows: dict[tuple[str, str], int]
    target_rows: dict[tuple[str, str], int]
    source_span: dict[str, tuple[int, int]]
    target_span: dict[str, tuple[int, int]]


def compare(systems: Systems) -> Similarity:
    """Compare every target field with every source field."""
    lexicon = shipped_lexicon()
    targets = list(systems.target.all_fields())
    sources = list(systems.source.all_fields())
    of_targets = [systems.target_meaning.fields[f.table_name, f.field_name] for f in targets]
    of_sources = [systems.source_meaning.fields[f.table_name, f.field_name] for f in sources]
    words = _words(systems, targets, sources, lexicon)
    meaning = _meanings(systems.target_meaning, systems.source_meaning, len(targets), len(sources))
    form = _form(targets, of_targets, sources, of_sources)
    codes = _codes(of_targets, of_sources)
    combined = (0.5 * words + 0.5 * meaning) * form
    combined = np.minimum(1.0, combined + 0.25 * codes).astype(np.float32)
    return Similarity(
        targets,
        sources,
        words,
        meaning,
        form,
        codes,
        combined,
        {(f.table_name, f.field_name): i for i, f in enumerate(sources)},
        {(f.table_name, f.field_name): i for i, f in enumerate(targets)},
        spans(systems.source),
        spans(systems.target),
    )


def spans(catalog: Catalog) -> dict[str, tuple[int, int]]:
    """The rows of each table's fields: first and one past the last."""
    found, at = {}, 0
    for name, table in catalog.tables.items():
        found[name] = (at, at + len(table.fields))
        at += len(table.fields)
    return found


def _words(
    systems: Systems, targets: list[FieldSpec], sources: list[FieldSpec], lexicon: Lexicon
) -> Matrix:
    """Cosine of the names' words, rare words weighing more, words of the table less."""
    index: dict[str, int] = {}
    rows = [
        _bag(systems.target, systems.target_meaning, targets, lexicon, prose=0.35),
        _bag(systems.source, systems.source_meaning, sources, lexicon, prose=0.6),
    ]
    spread = Counter(w for side in rows for bag in side for w in bag)
    total = sum(len(side) for side in rows)
    weight = {w: _rarity(w, n, total) for w, n in spread.items()}
    matrices = []
    for side in rows:
        data, columns, starts = [], [], [0]
        for bag in side:
            for word, value in bag.items():
                columns.append(index.setdefault(word, len(index)))
                data.append(value * weight[word])
            starts.append(len(columns))
        matrices.append((data, columns, starts))
    made = []
    for data, columns, starts in matrices:
        matrix = sparse.csr_matrix(
            (np.array(data, dtype=np.float32), columns, starts), shape=(len(starts) - 1, len(index))
        )
        norm = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
        made.append(sparse.diags_array(1.0 / np.maximum(norm, 1e-6)).astype(np.float32) @ matrix)
    return np.asarray((made[0] @ made[1].T).todense(), dtype=np.float32)


def _bag(
    catalog: Catalog,
    meaning: CatalogMeaning,
    fields: list[FieldSpec],
    lexicon: Lexicon,
    prose: float,
) -> list[dict[str, float]]:
    contexts = {name: context_words(meaning.tables[name], lexicon) for name in catalog.tables}
    bags = []
    for spec in fields:
        context = contexts[spec.table_name]
        bag: dict[str, float] = {}
        slots = lexicon.words.of_name(spec.field_name)
        of_field = meaning.fields[spec.table_name, spec.field_name]
        for slot in slots:
            if slot.raw in ("int", "ccyy", "fmt") and slot is slots[-1] and len(slots) > 1:
                continue
            for rank, reading in enumerate(slot.readings[:3]):
                for word in reading:
                    value = _READING_WEIGHTS[rank] * (0.35 if word in context else 1.0)
                    bag[word] = max(bag.get(word, 0.0), value)
        told = tuple(dict.fromkeys(lexicon.words.of_prose(first_sentence(spec.description))))
        share = prose * min(1.0, 5.0 / max(1, len(told)))
        for word in told:
            bag.setdefault(word, share * (0.35 if word in context else 1.0))
        if of_field.known:
            for word in of_field.concept.split("_"):
                value = 0.4 * of_field.confidence * (0.35 if word in context else 1.0)
                bag.setdefault(word, value)
        bags.append(bag)
    return bags


def _rarity(word: str, count: int, total: int) -> float:
    weight = math.log(1.0 + total / (5.0 + count)) / math.log(1.0 + total / 6.0)
    if word in CLASS_WORDS:
        weight *= 0.5
    if word in KEPT_STOP:
        weight *= 0.6
    return weight


def _meanings(target: CatalogMeaning, source: CatalogMeaning, rows: int, columns: int) -> Matrix:
    """Cosine of the best concepts of both fields."""
    if target.vectors is None or source.vectors is None:
        return np.zeros((rows, columns), dtype=np.float32)
    left, right = _sharpened(target.vectors), _sharpened(source.vectors)
    return np.asarray((left @ right.T).todense(), dtype=np.float32)


def _sharpened(vectors: Matrix, keep: int = 6) -> sparse.csr_matrix:
    """Each row's best concepts, raised to a power so that the best tell most."""
    cut = np.partition(vectors, -keep, axis=1)[:, -keep][:, None]
    best = np.where((vectors >= cut) & (vectors > 0.2), vectors**4, 0.0)
    norm = np.sqrt((best**2).sum(axis=1, keepdims=True))
    strength = np.minimum(1.0, vectors.max(axis=1, keepdims=True) + 0.2)
    return sparse.csr_matrix(best / np.maximum(norm, 1e-6) * strength)


def _form(
    targets: list[FieldSpec],
    of_targets: list[FieldMeaning],
    sources: list[FieldSpec],
    of_sources: list[FieldMeaning],
) -> Matrix:
    """How well the form fits, 0..1: kind of value, then room for it."""
    table = np.array(
        [[_fit(t, s) for s in _REPRESENTATIONS] for t in _REPRESENTATIONS], dtype=np.float32
    )
    rows = np.array([_REPRESENTATIONS.index(m.representation) for m in of_targets])
    columns = np.array([_REPRESENTATIONS.index(m.representation) for m in of_sources])
    fit = table[rows[:, None], columns[None, :]]
    kinds = np.array([[_kind_fit(t, s) for s in _KINDS] for t in _KINDS], dtype=np.float32)
    fit = (
        fit
        * kinds[
            np.array([_KINDS.index(m.kind) for m in of_targets])[:, None],
            np.array([_KINDS.index(m.kind) for m in of_sources])[None, :],
        ]
    )
    room = np.array(
        [_room(f, m) for f, m in zip(targets, of_targets, strict=True)], dtype=np.float32
    )
    size = np.array([f.size or 0 for f in sources], dtype=np.float32)
    coded = np.array([bool(f.code_type) for f in targets])
    tight = (size[None, :] > room[:, None]) & (room[:, None] > 0) & (size[None, :] > 0)
    shrink = np.where(
        tight & ~coded[:, None], np.maximum(0.7, room[:, None] / np.maximum(size, 1.0)), 1.0
    )
    return np.asarray(fit * shrink, dtype=np.float32)


def _room(spec: FieldSpec, meaning: FieldMeaning) -> float:
    if meaning.representation in DATES:
        return 0.0
    return float(spec.size or 0)


def _fit(target: Representation, source: Representation) -> float:
    """How well a value so written serves a field so written."""
    if target == source:
        return 1.0
    if target in DATES and source in DATES:
        return 0.97 if (target in WITH_TIME) == (source in WITH_TIME) else 0.85
    if (target in DATES) != (source in DATES):
        return 0.45 if Representation.TIME in (target, source) else 0.25
    if Representation.TIME in (target, source):
        return 0.7 if Representation.TEXT in (target, source) else 0.35
    pair = {target, source}
    if pair <= {Representation.CODE, Representation.FLAG}:
        return 0.9
    if pair <= {Representation.CODE, Representation.TEXT, Representation.INTEGER}:
        return 0.92
    if Representation.FLAG in pair:
        return 0.6
    return 0.85


def _kind_fit(target: Kind, source: Kind) -> float:
    if target == source:
        return 1.0
    pair = {target, source}
    if pair & {Kind.DATE, Kind.TIME}:
        return 0.9
    if pair in ({Kind.NAME, Kind.TEXT}, {Kind.IDENTIFIER, Kind.CODE}, {Kind.CODE, Kind.FLAG}):
        return 0.98
    return 0.93


def _codes(of_targets: list[FieldMeaning], of_sources: list[FieldMeaning]) -> Matrix:
    """1 where both use the same code list (yes/no counts for little)."""
    names = sorted({m.code_list for m in (*of_targets, *of_sources) if m.code_list})
    place = {name: i + 1 for i, name in enumerate(names)}
    left = np.array([place.get(m.code_list, 0) for m in of_targets])
    right = np.array([place.get(m.code_list, 0) for m in of_sources])
    same = (left[:, None] == right[None, :]) & (left[:, None] > 0)
    worth = np.where(left == place.get("yes_no", -1), 0.15, 1.0)
    return np.asarray(same * worth[:, None], dtype=np.float32)
