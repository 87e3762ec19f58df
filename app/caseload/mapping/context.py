"""Similarity of fields seen in the context of their tables.

The base table decided for a target table counts most, then tables that the base links to;
links want fields that name the right thing; within the base no two facts should claim one
source field.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

import numpy as np
from scipy.optimize import linear_sum_assignment

from caseload.mapping.housekeeping import is_housekeeping
from caseload.mapping.inputs import Systems
from caseload.mapping.similarity import Matrix, Similarity
from caseload.mapping.tables import TableMatch
from caseload.model.catalog import FieldSpec
from caseload.model.relationship import Relationship, joined
from caseload.specs.meaning import FieldMeaning, FieldRole
from caseload.specs.meaning.concepts import context_words
from caseload.specs.meaning.lexicon import shipped_lexicon

_REACHABLE, _ELSEWHERE = 0.6, 0.44


def reachable(systems: Systems, tables: TableMatch) -> dict[str, list[str]]:
    """For each target table, the source tables that its base links to."""
    links: dict[str, list[str]] = defaultdict(list)
    for link in systems.source_meaning.relationships:
        if link.parent not in links[link.child] and link.parent != link.child:
            links[link.child].append(link.parent)
    return {target: links[base] for target, base in tables.bases.items()}


def in_context(systems: Systems, similarity: Similarity, tables: TableMatch) -> Matrix:
    """Similarity weighed by how close the source table is to the target table's base."""
    scores = similarity.combined.copy()
    linked = reachable(systems, tables)
    for target, (start, end) in similarity.target_span.items():
        weights = np.empty(len(similarity.source_fields), dtype=np.float32)
        row = tables.targets.index(target)
        top = max(1e-6, float(tables.scores[row].max()))
        for column, source in enumerate(tables.sources):
            first, last = similarity.source_span[source]
            near = float(tables.scores[row, column]) / top
            weights[first:last] = _ELSEWHERE * (0.55 + 0.45 * near)
        for source in linked[target]:
            first, last = similarity.source_span[source]
            weights[first:last] = np.maximum(weights[first:last], _REACHABLE)
        first, last = similarity.source_span[tables.bases[target]]
        weights[first:last] = 1.0
        scores[start:end] *= weights[None, :]
    _prefer_domains(systems, similarity, tables, scores)
    _prefer_links(systems, similarity, tables, scores)
    return scores


def _prefer_domains(
    systems: Systems, similarity: Similarity, tables: TableMatch, scores: Matrix
) -> None:
    """A foreign key wants a field that names the same sort of thing as its parent does."""
    concepts = shipped_lexicon().by_name
    domain: dict[tuple[str, str], str] = {}
    for link in systems.source_meaning.relationships:
        if len(link.parent_fields) == 1:
            key = systems.source_meaning.fields[link.parent, link.parent_fields[0]]
            domain.setdefault((link.child, link.child_fields[0]), _thing(key, concepts))
    columns = np.array(
        [
            domain.get((f.table_name, f.field_name))
            or _thing(systems.source_meaning.fields[f.table_name, f.field_name], concepts)
            for f in similarity.source_fields
        ]
    )
    for row, spec in enumerate(similarity.target_fields):
        if spec.foreign_table not in systems.target_meaning.tables:
            continue
        wanted = systems.target_meaning.tables[spec.foreign_table].entity
        if wanted == "other":
            continue
        scores[row] *= np.where(columns == wanted, 1.1, np.where(columns == "", 0.9, 0.7))
        first, last = similarity.source_span[tables.bases[spec.table_name]]
        same = columns[first:last] == wanted
        scores[row, first:last] += np.where(same, 0.25 if same.sum() > 1 else 0.45, 0.0)


def _prefer_links(
    systems: Systems, similarity: Similarity, tables: TableMatch, scores: Matrix
) -> None:
    """A link to another load table's number is filled through the base's link to its base."""
    for row, spec in enumerate(similarity.target_fields):
        meaning = systems.target_meaning.fields[spec.table_name, spec.field_name]
        if not spec.foreign_table or not is_housekeeping(systems, spec, meaning):
            continue
        scores[row] *= 0.4
        for place, column in enumerate(link_columns(systems, tables, spec)):
            scores[row, similarity.source_rows[column]] = 0.97 - 0.04 * place


def link_columns(systems: Systems, tables: TableMatch, spec: FieldSpec) -> list[tuple[str, str]]:
    """The base table's fields that hold the key of the parent's base, most telling first."""
    base, parent = tables.bases[spec.table_name], tables.bases.get(spec.foreign_table, "")
    links = [
        r for r in systems.source_meaning.relationships if r.child == base and r.parent == parent
    ]
    if not links:
        key = systems.source_meaning.keys.get(parent)
        own = {f.field_name for f in systems.source.tables[base].fields}
        if key is None or not set(key.fields) <= own:
            return []
        if joined(base, key.fields, parent, key.fields) in systems.source_meaning.refused:
            return []
        return [(base, f) for f in reversed(key.fields)]
    of_parent = systems.target_meaning.tables[spec.foreign_table]
    words = set(systems.target_meaning.fields[spec.table_name, spec.field_name].words)
    words -= context_words(of_parent, shipped_lexicon())

    def likely(link: Relationship) -> tuple[float, float]:
        of_link = set(systems.source_meaning.fields[base, link.child_fields[-1]].words)
        return len(words & of_link) + 0.1 * len(link.child_fields), link.confidence

    best = max(links, key=likely)
    return [(base, f) for f in reversed(best.child_fields)]


def _thing(meaning: FieldMeaning, concepts: Mapping[str, object]) -> str:
    concept = concepts.get(meaning.concept)
    return str(getattr(concept, "entity", "")) if meaning.known else ""


def settled(systems: Systems, similarity: Similarity, tables: TableMatch, scores: Matrix) -> Matrix:
    """Within each base give every target field its own source field, as far as that helps."""
    scores = scores.copy()
    for target, (start, end) in similarity.target_span.items():
        first, last = similarity.source_span[tables.bases[target]]
        if last == first:
            continue
        block = scores[start:end, first:last]
        facts = [
            row
            for row in range(end - start)
            if not similarity.target_fields[start + row].foreign_table
        ]
        if not facts:
            continue
        merged = _without_twins(systems, similarity, block[facts], first, last)
        rows, columns = linear_sum_assignment(-(merged**2))
        for row, column in zip(rows, columns, strict=True):
            if merged[row, column] > 0.25:
                scores[start + facts[row], first + column] += 0.05
        taken = {int(c): facts[int(r)] for r, c in zip(rows, columns, strict=True)}
        for column, owner in taken.items():
            if block[owner, column] < 0.5:
                continue
            for row in facts:
                if row != owner and block[row, column] < block[owner, column]:
                    scores[start + row, first + column] *= 0.93
    return np.clip(scores, 0.0, 1.0).astype(np.float32)


def _without_twins(
    systems: Systems, similarity: Similarity, block: Matrix, first: int, last: int
) -> Matrix:
    """The block with the weaker of each pair of twins silenced, so that a fact counts once."""
    block = block.copy()
    for column in range(first, last):
        spec = similarity.source_fields[column]
        meaning = systems.source_meaning.fields[spec.table_name, spec.field_name]
        if meaning.role is FieldRole.TWIN:
            other = similarity.source_rows.get((spec.table_name, meaning.twin_of))
            if other is not None:
                shown, twin = block[:, other - first], block[:, column - first]
                block[:, other - first] = np.maximum(shown, twin)
                block[:, column - first] = 0.0
    return block
