"""How rows of a base table become rows of a target table: natural keys, joins, parents."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field

from caseload.mapping.inputs import Systems
from caseload.mapping.profiles import SourceData
from caseload.model.catalog import FieldSpec
from caseload.model.contract import Join, Route
from caseload.model.relationship import Relationship, joined
from caseload.specs.meaning import FieldRole, Kind
from caseload.specs.meaning.concepts import context_words
from caseload.specs.meaning.lexicon import shipped_lexicon
from caseload.specs.meaning.names import CLASS_WORDS

ROUTE_NAME = "main"
_COLUMN = re.compile(r"\b([A-Za-z_][A-Za-z0-9_]*)\.([A-Za-z_][A-Za-z0-9_]*)")


@dataclass(slots=True)
class RoutePlan:
    """A route while it is being made: joins are added as rules ask for them."""

    target: str
    base: str
    key: tuple[str, ...]
    joins: dict[str, Join] = field(default_factory=dict)
    notes: str = ""

    def route(self) -> Route:
        """The finished route."""
        key = tuple(f"{self.base}.{name}" for name in self.key)
        return Route(
            self.target, ROUTE_NAME, self.base, key, tuple(self.joins.values()), notes=self.notes
        )


class Routes:
    """The routes of all target tables and the links between their base tables."""

    def __init__(self, systems: Systems, bases: dict[str, str], data: SourceData) -> None:
        self._systems = systems
        self._data = data
        self._links: dict[tuple[str, str], list[Relationship]] = defaultdict(list)
        for link in systems.source_meaning.relationships:
            self._links[link.child, link.parent].append(link)
        self.plans = {target: self._plan(target, base) for target, base in bases.items()}

    def _plan(self, target: str, base: str) -> RoutePlan:
        guessed = self._systems.source_meaning.keys.get(base)
        table = self._systems.source.tables[base]
        names = guessed.fields if guessed else tuple(f.field_name for f in table.fields[:1])
        note = guessed.evidence if guessed else "first field"
        share = self._data.distinct(base, names)
        if share is not None and share < 1.0:
            longer = self._longer_key(base, names)
            if longer is not None:
                return RoutePlan(target, base, longer, notes="key widened until it is unique")
            note = f"{note}; not unique in the data"
        return RoutePlan(target, base, names, notes=note)

    def _longer_key(self, base: str, names: tuple[str, ...]) -> tuple[str, ...] | None:
        """The key widened by the following fields until its values are unique."""
        following = [
            f.field_name
            for f in self._systems.source.tables[base].fields[:8]
            if f.field_name not in names
        ]
        for name in following:
            if self._data.distinct(base, (*names, name)) == 1.0:
                return (*names, name)
        wide = names
        for name in following:
            wide = (*wide, name)
            if self._data.distinct(base, wide) == 1.0:
                return wide
        return None

    def parent_columns(self, spec: FieldSpec) -> tuple[str, ...] | None:
        """The base table's columns that hold the parent route's natural key, in its order.

        None when the base does not hold the whole key.
        """
        plan, parent = self.plans[spec.table_name], self.plans.get(spec.foreign_table)
        if parent is None:
            return None
        best: tuple[float, tuple[str, ...]] | None = None
        for columns in self._readings(plan.base, parent, spec):
            share = self._data.included(plan.base, columns, parent.base, parent.key)
            score = self._words_shared(spec, plan.base, columns[-1])
            if share is not None:
                score += 4.0 * share - (6.0 if share < 0.5 else 0.0)
            if best is None or score > best[0]:
                best = (score, columns)
        return best[1] if best else None

    def _readings(self, base: str, parent: RoutePlan, spec: FieldSpec) -> list[tuple[str, ...]]:
        """Every way to find the parent's key among the base's columns."""
        found: dict[tuple[str, ...], None] = {}
        for link in self._links[base, parent.base]:
            pairs = dict(zip(link.parent_fields, link.child_fields, strict=True))
            columns = [
                pairs.get(k) or self._same_item(base, parent.base, k, spec) for k in parent.key
            ]
            if all(columns):
                found[tuple(c for c in columns if c)] = None
        columns = [self._same_item(base, parent.base, k, spec) for k in parent.key]
        if all(columns):
            found[tuple(c for c in columns if c)] = None
        if base == parent.base:
            found[parent.key] = None
        if len(parent.key) == 1:
            for name in self._named_alike(base, parent, spec):
                found[name,] = None
        return [c for c in found if not self._refused(base, c, parent)]

    def _refused(self, base: str, columns: tuple[str, ...], parent: RoutePlan) -> bool:
        """True when a person rejected that these columns hold the parent's key."""
        at = joined(base, columns, parent.base, parent.key)
        return at in self._systems.source_meaning.refused

    def _named_alike(self, base: str, parent: RoutePlan, spec: FieldSpec) -> list[str]:
        """Identifiers of the base with the form of the parent's key and words of the link."""
        key = self._systems.source.find(parent.base, parent.key[0])
        return [
            own.field_name
            for own in self._systems.source.tables[base].fields
            if key is not None
            and own.size == key.size
            and self._systems.source_meaning.fields[base, own.field_name].kind is Kind.IDENTIFIER
            and self._words_shared(spec, base, own.field_name) >= 1.0
        ]

    def _same_item(self, base: str, parent: str, key: str, spec: FieldSpec) -> str | None:
        """The base's field that is the same data item as the parent's key field."""
        key_spec = self._systems.source.find(parent, key)
        if key_spec is None:
            return None
        of_key = self._systems.source_meaning.fields[parent, key]
        best: tuple[float, str] | None = None
        for own in self._systems.source.tables[base].fields:
            meaning = self._systems.source_meaning.fields[base, own.field_name]
            same_element = bool(key_spec.data_element) and own.data_element == key_spec.data_element
            same_concept = meaning.known and meaning.concept == of_key.concept
            same_words = bool(of_key.words) and meaning.words[-len(of_key.words) :] == of_key.words
            if not (same_element or same_concept or same_words):
                continue
            score = 2.0 * same_element + same_concept + same_words
            score += self._words_shared(spec, base, own.field_name)
            score -= 0.01 * own.position
            if best is None or score > best[0]:
                best = (score, own.field_name)
        return best[1] if best else None

    def _words_shared(self, spec: FieldSpec, base: str, name: str) -> float:
        meaning = self._systems.target_meaning.fields[spec.table_name, spec.field_name]
        wanted = set(meaning.words) - CLASS_WORDS
        if spec.foreign_table in self._systems.target_meaning.tables:
            parent = self._systems.target_meaning.tables[spec.foreign_table]
            wanted -= context_words(parent, shipped_lexicon())
        return float(len(wanted & set(self._systems.source_meaning.fields[base, name].words)))

    def join(self, target: str, table: str) -> bool:
        """Make `table` available to the rules of `target`; False when the base has no link."""
        plan = self.plans[target]
        if table == plan.base or table in plan.joins:
            return True
        links = self._telling_links(plan.base, table)
        if not links:
            return False
        link = max(links, key=lambda r: (r.confidence, len(r.child_fields)))
        on = tuple(
            (f"{plan.base}.{child}", parent)
            for child, parent in zip(link.child_fields, link.parent_fields, strict=True)
        )
        plan.joins[table] = Join(table, on)
        return True

    def can_join(self, target: str, table: str) -> bool:
        """True when the base of `target` links to `table`."""
        plan = self.plans[target]
        return table == plan.base or bool(self._telling_links(plan.base, table))

    def _telling_links(self, base: str, table: str) -> list[Relationship]:
        """The links to a table, save those through who entered or changed the row."""
        return [
            link
            for link in self._links[base, table]
            if all(
                self._systems.source_meaning.fields[base, f].role is not FieldRole.SYSTEM
                for f in link.child_fields
            )
        ]

    def join_for(self, target: str, expression: str) -> bool:
        """Join every source table that an expression names; False when one can't be reached."""
        tables = {t for t, _ in _COLUMN.findall(expression) if t in self._systems.source.tables}
        return all(self.join(target, table) for table in sorted(tables))
