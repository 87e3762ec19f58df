"""Five ranked source candidates for every target field, each with its evidence.

The base table decided for a target table counts most, then tables that the base links to;
within the base no two facts should claim one source field.  What people approved goes first,
what they refused goes out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from caseload.mapping.calibrate import probability
from caseload.mapping.inputs import Systems
from caseload.mapping.similarity import Matrix, Similarity
from caseload.mapping.tables import TableMatch
from caseload.model.catalog import FieldSpec
from caseload.model.mapping import Candidate, Evidence, SemanticStatus, Suggestion
from caseload.model.relationship import Relationship
from caseload.specs.meaning import FieldMeaning, FieldRole
from caseload.specs.meaning.concepts import context_words
from caseload.specs.meaning.lexicon import shipped_lexicon

CANDIDATES = 5
HIGH, PROBABLE, LOW = 0.85, 0.6, 0.3
_OF_BASE, _WORTH_NAMING = 2, 0.12
_REACHABLE, _ELSEWHERE = 0.6, 0.44


@dataclass(frozen=True, slots=True)
class Decision:
    """A person's earlier word on one pair of fields."""

    target: tuple[str, str]
    source: tuple[str, str]
    approved: bool


@dataclass(slots=True)
class Suggestions:
    """All suggestions in the target catalog's order, and what they rest on."""

    items: list[Suggestion]
    tables: TableMatch
    similarity: Similarity
    parents: dict[str, list[str]] = field(default_factory=dict)

    def of(self, table: str, name: str) -> Suggestion:
        """The suggestion of one target field."""
        return self.items[self.similarity.target_rows[table, name]]


def suggest(
    systems: Systems,
    similarity: Similarity,
    tables: TableMatch,
    decisions: Iterable[Decision] = (),
    priority: frozenset[str] = frozenset(),
    value_fit: Matrix | None = None,
) -> Suggestions:
    """Rank the candidates of every target field.

    `value_fit` (target × source fields, 0..1) says how well sampled values suit; 1 where
    nothing is known.
    """
    scores = _in_context(systems, similarity, tables)
    if value_fit is not None:
        scores = scores * value_fit
    scores = _settled(systems, similarity, tables, scores)
    by_target: dict[tuple[str, str], list[Decision]] = defaultdict(list)
    for decision in decisions:
        by_target[decision.target].append(decision)
    parents = reachable(systems, tables)
    items = []
    for row, spec in enumerate(similarity.target_fields):
        decided = by_target.get((spec.table_name, spec.field_name), [])
        items.append(
            _one(systems, similarity, tables, scores, row, spec, decided, priority, parents)
        )
    return Suggestions(items, tables, similarity, parents)


def reachable(systems: Systems, tables: TableMatch) -> dict[str, list[str]]:
    """For each target table, the source tables that its base links to."""
    links: dict[str, list[str]] = defaultdict(list)
    for link in systems.source_meaning.relationships:
        if link.parent not in links[link.child] and link.parent != link.child:
            links[link.child].append(link.parent)
    return {target: links[base] for target, base in tables.bases.items()}


def _in_context(systems: Systems, similarity: Similarity, tables: TableMatch) -> Matrix:
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


def _settled(
    systems: Systems, similarity: Similarity, tables: TableMatch, scores: Matrix
) -> Matrix:
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


def _one(
    systems: Systems,
    similarity: Similarity,
    tables: TableMatch,
    scores: Matrix,
    row: int,
    spec: FieldSpec,
    decided: list[Decision],
    priority: frozenset[str],
    parents: dict[str, list[str]],
) -> Suggestion:
    line = scores[row]
    refused = {d.source for d in decided if not d.approved}
    approved = [d.source for d in decided if d.approved]
    top = np.argpartition(-line, min(24, len(line) - 1))[:24]
    order = sorted((int(i) for i in top), key=lambda i: (-float(line[i]), i))
    ranked = [
        (similarity.source_fields[i].table_name, similarity.source_fields[i].field_name, i)
        for i in order
    ]
    ranked = [r for r in ranked if r[:2] not in refused]
    for source in reversed(approved):
        at = similarity.source_rows.get(source)
        if at is not None:
            ranked = [(*source, at), *(r for r in ranked if r[:2] != source)]
    base = tables.bases[spec.table_name]
    ranked = _with_base(similarity, ranked, line, base, refused)
    raw = [float(line[i]) for _, _, i in ranked]
    candidates = []
    for place, (table, name, column) in enumerate(ranked[:CANDIDATES]):
        rivals = [
            s for k, s in enumerate(raw) if k != place and not _same_fact(systems, ranked, place, k)
        ]
        score = probability(raw[place], max(rivals, default=0.0), table == base)
        evidence = _evidence(systems, similarity, tables, row, column, spec, base)
        if (table, name) in approved:
            score, evidence = 1.0, (Evidence("approvals", 1.0, "approved by a person"), *evidence)
        candidates.append(Candidate(table, name, round(score, 3), evidence))
    status, notes = _status(systems, spec, candidates)
    if refused:
        notes = (
            f"{notes}; {len(refused)} refused earlier"
            if notes
            else f"{len(refused)} refused earlier"
        )
    best = candidates[0].source_table if candidates else ""
    return Suggestion(
        spec.table_name,
        spec.field_name,
        status,
        tuple(candidates),
        best in priority,
        best == base or best in parents[spec.table_name],
        notes,
    )


def _with_base(
    similarity: Similarity,
    ranked: list[tuple[str, str, int]],
    line: NDArray[np.float32],
    base: str,
    refused: set[tuple[str, str]],
) -> list[tuple[str, str, int]]:
    """The ranking with the last two of the five places kept for the base table's own fields."""
    head = ranked[:CANDIDATES]
    if sum(table == base for table, _, _ in head) >= _OF_BASE:
        return ranked
    first, last = similarity.source_span[base]
    own = sorted(range(first, last), key=lambda i: (-float(line[i]), i))
    named = {column for _, _, column in head}
    missing = [
        (base, similarity.source_fields[i].field_name, i)
        for i in own[: _OF_BASE + len(refused)]
        if i not in named and line[i] >= _WORTH_NAMING
    ]
    missing = [m for m in missing if m[:2] not in refused]
    missing = missing[: _OF_BASE - sum(table == base for table, _, _ in head)]
    kept = head[: CANDIDATES - len(missing)]
    return [*kept, *missing, *(r for r in ranked if r not in kept and r not in missing)]


def _same_fact(systems: Systems, ranked: list[tuple[str, str, int]], one: int, other: int) -> bool:
    """True for a field and its internal-form twin: they do not compete."""
    left, right = ranked[one], ranked[other]
    if left[0] != right[0]:
        return False
    a = systems.source_meaning.fields[left[0], left[1]]
    b = systems.source_meaning.fields[right[0], right[1]]
    return bool((a.twin_of or a.field) == (b.twin_of or b.field))


def _evidence(
    systems: Systems,
    similarity: Similarity,
    tables: TableMatch,
    row: int,
    column: int,
    spec: FieldSpec,
    base: str,
) -> tuple[Evidence, ...]:
    source = similarity.source_fields[column]
    of_source = systems.source_meaning.fields[source.table_name, source.field_name]
    of_target = systems.target_meaning.fields[spec.table_name, spec.field_name]
    found = [
        Evidence(
            "name",
            _two(similarity.words[row, column]),
            f"“{' '.join(of_target.words)}” and “{' '.join(of_source.words)}”",
        ),
        Evidence(
            "meaning",
            _two(similarity.meaning[row, column]),
            f"{of_target.concept} and {of_source.concept}",
        ),
        Evidence(
            "type",
            _two(similarity.form[row, column]),
            f"{of_source.representation} to {of_target.representation}",
        ),
        Evidence(
            "context",
            _two(tables.score(spec.table_name, source.table_name)),
            "the base table" if source.table_name == base else f"{source.table_name} beside {base}",
        ),
    ]
    if similarity.codes[row, column] > 0:
        found.append(
            Evidence("code list", _two(similarity.codes[row, column]), of_source.code_list)
        )
    return tuple(found)


def _status(
    systems: Systems, spec: FieldSpec, candidates: list[Candidate]
) -> tuple[SemanticStatus, str]:
    meaning = systems.target_meaning.fields[spec.table_name, spec.field_name]
    if is_housekeeping(systems, spec, meaning):
        return SemanticStatus.SYSTEM_FIELD, "made by the migration, not taken from a source field"
    if not candidates or candidates[0].score < LOW:
        return SemanticStatus.UNMAPPED, "no source field is likely"
    best = candidates[0]
    if best.source_table in systems.feeds:
        return SemanticStatus.REFERENCE_REQUIRED, f"needs the master feed {best.source_table}"
    if best.score >= HIGH:
        return SemanticStatus.HIGH_CONFIDENCE, ""
    if best.score >= PROBABLE:
        return SemanticStatus.PROBABLE, ""
    return SemanticStatus.LOW_CONFIDENCE, ""


def is_housekeeping(systems: Systems, spec: FieldSpec, meaning: FieldMeaning) -> bool:
    """Load keys, links to them, and the sending system's code."""
    if is_load_key(spec, meaning) or is_system_code(systems, spec):
        return True
    parent = systems.target.find(spec.foreign_table, spec.foreign_field)
    if parent is None:
        return False
    of_parent = systems.target_meaning.fields[parent.table_name, parent.field_name]
    return is_load_key(parent, of_parent)


def is_load_key(spec: FieldSpec, meaning: FieldMeaning) -> bool:
    """A number that only the load file knows: unique, and called a record number."""
    numeric = spec.data_type.upper().startswith(("NUM", "INT", "BIGINT"))
    called = meaning.concept == "record_number" or "record" in meaning.words
    return numeric and spec.unique and called


def is_system_code(systems: Systems, spec: FieldSpec) -> bool:
    """A mandatory text that most load tables begin with and that names the sending system."""
    if spec.unique or spec.foreign_table or spec.position > 3:
        return False
    return spec.field_name in systems.system_fields


def _two(value: float) -> float:
    return round(float(value), 2)
