"""Values made of several source fields: date with time, display names, references."""

from __future__ import annotations

import re
from dataclasses import replace

from caseload.mapping.conversions import Conversion, column
from caseload.mapping.inputs import Systems
from caseload.mapping.profiles import SourceData
from caseload.mapping.routes import Routes
from caseload.model.catalog import FieldSpec
from caseload.model.contract import MappingClass
from caseload.specs.meaning import FieldMeaning, FieldRole, Representation
from caseload.specs.meaning.names import CLASS_WORDS

_COLUMN = re.compile(r"\b([A-Za-z_][A-Za-z0-9_]*)\.([A-Za-z_][A-Za-z0-9_]*)")
_SHOWN_NAME = frozenset(("display", "printed", "full", "formatted", "unstructured"))
_OPEN_WORDS = frozenset(("open", "active", "current"))
_END_CONCEPTS = ("close_date", "end_date", "job_end_date")


class Composer:
    """Finds the partners of a field in its table and writes the expression."""

    def __init__(self, systems: Systems, routes: Routes, data: SourceData) -> None:
        self._systems = systems
        self._routes = routes
        self._data = data

    def compose(
        self, spec: FieldSpec, meaning: FieldMeaning, has_candidate: bool
    ) -> Conversion | None:
        """A value made of several fields for `spec`, or None when nothing is to be composed."""
        if set(meaning.words) & _SHOWN_NAME and "name" in meaning.words:
            return self._shown_name(spec)
        if has_candidate:
            return None
        if set(spec.allowed_values) == {"Y", "N"} and set(meaning.words) & _OPEN_WORDS:
            return self._open_flag(spec)
        if spec.unique and not spec.data_type.upper().startswith("NUM"):
            return self._reference(spec)
        return None

    def with_time(self, source: FieldSpec, made: Conversion) -> Conversion:
        """Add the time of day that stands in a field beside a date without time."""
        if not made.expression.startswith("to_date("):
            return made
        partner = self._time_beside(source)
        if partner is None:
            return made
        time = column(source.table_name, partner)
        return replace(
            made,
            mapping_class=MappingClass.DERIVED,
            expression=f"combine_date_time({made.expression}, {time})",
            words=f"{made.words}, with the time in {column(source.table_name, partner)}",
        )

    def _time_beside(self, source: FieldSpec) -> str | None:
        """The time field of the same table whose name says the same otherwise."""
        own = self._facts(source.table_name, source.field_name)
        best: tuple[float, str] | None = None
        for field in self._systems.source.tables[source.table_name].fields:
            meaning = self._systems.source_meaning.fields[source.table_name, field.field_name]
            if meaning.representation is not Representation.TIME:
                continue
            other = self._facts(source.table_name, field.field_name)
            near = abs(field.position - source.position) <= 3
            shared = len(own & other) / max(1, len(own | other))
            if shared >= 0.6 or (near and shared >= 0.34):
                score = shared + 0.1 * near
                if best is None or score > best[0]:
                    best = (score, field.field_name)
        return best[1] if best else None

    def _facts(self, table: str, name: str) -> set[str]:
        words = self._systems.source_meaning.fields[table, name].words
        return {w for w in words if w not in CLASS_WORDS}

    def _by_concept(self, table: str, *concepts: str) -> str | None:
        for concept in concepts:
            for field in self._systems.source.tables[table].fields:
                meaning = self._systems.source_meaning.fields[table, field.field_name]
                if meaning.concept == concept and meaning.role is not FieldRole.TWIN:
                    return field.field_name
        return None

    def _shown_name(self, spec: FieldSpec) -> Conversion | None:
        base = self._routes.plans[spec.table_name].base
        surname = self._by_concept(base, "surname", "gp_surname", "alias_surname")
        forename = self._by_concept(base, "first_forename", "alias_forename", "initials")
        if surname is None or forename is None:
            return None
        last, first = column(base, surname), column(base, forename)
        if "comma" in spec.description.lower():
            both = f"concat(upper({last}), ', ', {first})"
            text = f"case when {first} is null then upper({last}) else {both} end"
            return Conversion(MappingClass.DERIVED, text, f"{last} in capitals, a comma, {first}")
        text = f"trim(concat({first}, ' ', {last}))"
        return Conversion(MappingClass.DERIVED, text, f"{first} and {last}")

    def _open_flag(self, spec: FieldSpec) -> Conversion | None:
        base = self._routes.plans[spec.table_name].base
        end = self._by_concept(base, *_END_CONCEPTS)
        if end is None:
            return None
        where = column(base, end)
        text = f"case when {where} is null then 'Y' else 'N' end"
        return Conversion(MappingClass.DERIVED, text, f"Y while {where} is empty")

    def _reference(self, spec: FieldSpec) -> Conversion | None:
        """A unique reference of its own: the natural key, written out."""
        plan = self._routes.plans[spec.table_name]
        if not plan.key:
            return None
        parts = [column(plan.base, name) for name in plan.key]
        words = "the natural key, " + " and ".join(parts)
        if len(parts) == 1:
            return Conversion(MappingClass.DIRECT_SOURCE, parts[0], words)
        return Conversion(MappingClass.DERIVED, "concat(" + ", '-', ".join(parts) + ")", words)

    def table_of(self, expression: str) -> str:
        """The table of the first column in an expression; empty without one."""
        found = _COLUMN.search(expression)
        return found[1] if found else ""

    def field_of(self, expression: str) -> str:
        """The field of the first column in an expression; empty without one."""
        found = _COLUMN.search(expression)
        return found[2] if found else ""
