"""Five ranked source candidates for every target field, each with its evidence.

What people approved goes first, what they refused goes out, and both re-rank what remains.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from caseload.mapping.calibrate import Lead, probability
from caseload.mapping.context import in_context, reachable, settled
from caseload.mapping.housekeeping import is_housekeeping
from caseload.mapping.inputs import Systems
from caseload.mapping.similarity import Matrix, Similarity
from caseload.mapping.tables import TableMatch
from caseload.model.catalog import FieldSpec
from caseload.model.mapping import Candidate, Evidence, SemanticStatus, Suggestion

CANDIDATES = 5
HIGH, PROBABLE, LOW = 0.9, 0.6, 0.3
_OF_BASE, _WORTH_NAMING = 2, 0.12
_LOOKED_AT = 24
_LINKED = 0.75  # what a table that the base links to inherits of the base's match


@dataclass(frozen=True, slots=True)
class Decision:
    """A person's earlier word on one pair of fields."""

    target: tuple[str, str]
    source: tuple[str, str]
    approved: bool


@dataclass(slots=True)
class Suggestions:
    """All suggestions in the target catalog's order, and what they rest on.

    `leads` are those of each item's best candidate, None without one.
    """

    items: list[Suggestion]
    tables: TableMatch
    similarity: Similarity
    leads: list[Lead | None] = field(default_factory=list)

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
    ranker = _Ranker(systems, similarity, tables, list(decisions), priority, value_fit)
    items, leads = [], []
    for row, spec in enumerate(similarity.target_fields):
        item, lead = ranker.rank(row, spec)
        items.append(item)
        leads.append(lead)
    return Suggestions(items, tables, similarity, leads)


class _Ranker:
    def __init__(
        self,
        systems: Systems,
        similarity: Similarity,
        tables: TableMatch,
        decisions: list[Decision],
        priority: frozenset[str],
        value_fit: Matrix | None,
    ) -> None:
        self._systems = systems
        self._similarity = similarity
        self._tables = tables
        self._priority = priority
        self._decided: dict[tuple[str, str], list[Decision]] = defaultdict(list)
        scores = in_context(systems, similarity, tables)
        if value_fit is not None:
            scores = scores * value_fit
        for decision in decisions:
            self._decided[decision.target].append(decision)
            row = similarity.target_rows.get(decision.target)
            column = similarity.source_rows.get(decision.source)
            if row is not None and column is not None:
                scores[row, column] = float(decision.approved)
        self._scores = settled(systems, similarity, tables, scores)
        self._linked = reachable(systems, tables)

    def rank(self, row: int, spec: FieldSpec) -> tuple[Suggestion, Lead | None]:
        """The suggestion of one target field and what its best chance was reckoned from."""
        decided = self._decided[spec.table_name, spec.field_name]
        approved = {d.source for d in decided if d.approved}
        refused = {d.source for d in decided if not d.approved}
        base = self._tables.bases[spec.table_name]
        columns = self._ordered(row, base, approved, refused)
        line = self._scores[row]
        candidates, leads = [], []
        for column in columns[:CANDIDATES]:
            source = self._similarity.source_fields[column]
            rivals = (float(line[c]) for c in columns if not self._same_fact(c, column))
            in_base = source.table_name == base
            fit = self._tables.score(spec.table_name, source.table_name)
            if source.table_name in self._linked[spec.table_name]:
                fit = max(fit, _LINKED * self._tables.score(spec.table_name, base))
            lead = Lead(float(line[column]), max(rivals, default=0.0), in_base, fit)
            chance = probability(lead)
            evidence = self._evidence(row, column, spec, base)
            if (source.table_name, source.field_name) in approved:
                chance = 1.0
                evidence = (Evidence("approvals", 1.0, "approved by a person"), *evidence)
            leads.append(lead)
            candidates.append(
                Candidate(source.table_name, source.field_name, round(chance, 3), evidence)
            )
        ranked = sorted(zip(candidates, leads, strict=True), key=lambda pair: -pair[0].score)
        candidates = [candidate for candidate, _ in ranked]
        leads = [lead for _, lead in ranked]
        status, notes = self._status(spec, candidates)
        if refused:
            notes = "; ".join(filter(None, (notes, f"{len(refused)} refused earlier")))
        best = candidates[0].source_table if candidates else ""
        hinted = best == base or best in self._linked[spec.table_name]
        item = Suggestion(
            spec.table_name,
            spec.field_name,
            status,
            tuple(candidates),
            best in self._priority,
            hinted,
            notes,
        )
        return item, leads[0] if leads else None

    def _ordered(
        self,
        row: int,
        base: str,
        approved: set[tuple[str, str]],
        refused: set[tuple[str, str]],
    ) -> list[int]:
        """Source rows, best first; of the five first, two are the base's if it has any."""
        line: NDArray[np.float32] = self._scores[row]
        count = min(_LOOKED_AT + len(refused), len(line) - 1)
        top = np.argpartition(-line, count)[: count + 1]
        order = sorted((int(i) for i in top), key=lambda i: (-float(line[i]), i))
        order = [i for i in order if self._name(i) not in refused]
        order.sort(key=lambda i: self._name(i) not in approved)
        head = order[:CANDIDATES]
        lacking = _OF_BASE - sum(self._name(i)[0] == base for i in head)
        if lacking > 0:
            first, last = self._similarity.source_span[base]
            own = sorted(range(first, last), key=lambda i: (-float(line[i]), i))
            own = [i for i in own if line[i] >= _WORTH_NAMING and self._name(i) not in refused]
            added = [i for i in own if i not in head][:lacking]
            head = [*head[: CANDIDATES - len(added)], *added]
        return [*head, *(i for i in order if i not in head)]

    def _name(self, row: int) -> tuple[str, str]:
        spec = self._similarity.source_fields[row]
        return spec.table_name, spec.field_name

    def _same_fact(self, one: int, other: int) -> bool:
        """True for a field and its internal-form twin: they do not compete."""
        left, right = self._name(one), self._name(other)
        if left[0] != right[0]:
            return False
        a = self._systems.source_meaning.fields[left]
        b = self._systems.source_meaning.fields[right]
        return (a.twin_of or a.field) == (b.twin_of or b.field)

    def _evidence(self, row: int, column: int, spec: FieldSpec, base: str) -> tuple[Evidence, ...]:
        similarity, systems = self._similarity, self._systems
        source = similarity.source_fields[column]
        of_source = systems.source_meaning.fields[source.table_name, source.field_name]
        of_target = systems.target_meaning.fields[spec.table_name, spec.field_name]
        where = (
            "the base table" if source.table_name == base else f"{source.table_name}, not {base}"
        )
        context = self._tables.score(spec.table_name, source.table_name)
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
            Evidence("context", _two(context), where),
        ]
        if similarity.codes[row, column] > 0:
            shared = _two(similarity.codes[row, column])
            found.append(Evidence("code list", shared, of_source.code_list))
        return tuple(found)

    def _status(self, spec: FieldSpec, candidates: list[Candidate]) -> tuple[SemanticStatus, str]:
        meaning = self._systems.target_meaning.fields[spec.table_name, spec.field_name]
        if is_housekeeping(self._systems, spec, meaning):
            return SemanticStatus.SYSTEM_FIELD, "made by the migration, not taken from a source"
        if not candidates or candidates[0].score < LOW:
            return SemanticStatus.UNMAPPED, "no source field is likely"
        best = candidates[0]
        if best.source_table in self._systems.feeds:
            return SemanticStatus.REFERENCE_REQUIRED, f"needs the master feed {best.source_table}"
        if best.score >= HIGH:
            return SemanticStatus.HIGH_CONFIDENCE, ""
        if best.score >= PROBABLE:
            return SemanticStatus.PROBABLE, ""
        return SemanticStatus.LOW_CONFIDENCE, ""


def _two(value: float) -> float:
    return round(float(value), 2)
