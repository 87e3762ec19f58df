"""One rule for every target field: its class, its expression, and what happens on failure.

The candidates of a field are tried in their order; the first whose profiled values conform
wins.  What a load file makes itself (keys, links, constants) is decided before candidates
are looked at.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from caseload.mapping.composed import Composer
from caseload.mapping.conversions import Conversion, column, convert, has_time, wants_date
from caseload.mapping.housekeeping import is_housekeeping, is_load_key
from caseload.mapping.inputs import Systems
from caseload.mapping.profiles import SourceData
from caseload.mapping.routes import Routes
from caseload.model.catalog import FieldSpec
from caseload.model.contract import Confidence, MappingClass, OnFailure, Rule
from caseload.model.mapping import Candidate, Suggestion
from caseload.specs.meaning import FieldMeaning, FieldRole, Kind

ACCEPT, ACCEPT_MANDATORY, ACCEPT_JOINED = 0.4, 0.05, 0.45
JOIN_COST = 0.3
SURE, LIKELY = 0.9, 0.75
CONFORMS, MOSTLY = 1.0, 0.9
FILLED = 0.95
UNRESOLVED = "Unresolved"


@dataclass(frozen=True, slots=True)
class _Trial:
    """A candidate with its conversion; `worth` orders trials, best first."""

    candidate: Candidate
    conversion: Conversion
    worth: float


class RuleMaker:
    """Proposes the rules of all target tables."""

    def __init__(
        self,
        systems: Systems,
        suggestions: Mapping[tuple[str, str], Suggestion],
        routes: Routes,
        data: SourceData,
        system_code: str,
    ) -> None:
        self._systems = systems
        self._suggestions = suggestions
        self._routes = routes
        self._data = data
        self._system_code = system_code
        self._composer = Composer(systems, routes, data)

    def propose(self, spec: FieldSpec) -> Rule:
        """The rule for one target field."""
        meaning = self._systems.target_meaning.fields[spec.table_name, spec.field_name]
        if is_housekeeping(self._systems, spec, meaning):
            return self._housekeeping(spec, meaning)
        trials = self._trials(spec, meaning)
        if spec.mandatory and not any(_serves(t) for t in trials):
            trials = [*self._rescued(spec, meaning), *trials]
        composed = self._composer.compose(spec, meaning, bool(trials))
        if composed is not None:
            return self._from_conversion(spec, None, composed, Confidence.MEDIUM)
        if trials:
            return self._from_trial(spec, meaning, trials[0])
        return self._nothing(spec)

    def _housekeeping(self, spec: FieldSpec, meaning: FieldMeaning) -> Rule:
        if is_load_key(spec, meaning) and not spec.foreign_table:
            return _rule(
                spec,
                MappingClass.SURROGATE_ETL,
                "record_key()",
                "A number allocated for the row's natural key, kept from run to run",
                Confidence.HIGH,
            )
        if spec.foreign_table:
            return self._link(spec)
        room = spec.size or 10
        constant = self._system_code[:room]
        return _rule(
            spec,
            MappingClass.SURROGATE_ETL,
            f"'{constant}'",
            f"The constant {constant}: the sending system, from its dictionary's name",
            Confidence.HIGH,
        )

    def _link(self, spec: FieldSpec) -> Rule:
        columns = self._routes.parent_columns(spec)
        base = self._routes.plans[spec.table_name].base
        if columns is None:
            return self._nothing(spec, f"{base} does not hold the key of {spec.foreign_table}")
        names = ", ".join(column(base, c) for c in columns)
        rule = _rule(
            spec,
            MappingClass.SURROGATE_ETL,
            f"parent_key('{spec.foreign_table}', {names})",
            f"The number given to the row of {spec.foreign_table} with the key {names}",
            Confidence.HIGH,
        )
        own = self._most_telling(spec, base, columns)
        return replace(rule, source_table=base, source_field=own)

    def _most_telling(self, spec: FieldSpec, base: str, columns: Sequence[str]) -> str:
        """Of several key columns the one that names this parent: the last."""
        del spec, base
        return columns[-1]

    def _trials(self, spec: FieldSpec, meaning: FieldMeaning) -> list[_Trial]:
        """The usable candidates, best first."""
        suggestion = self._suggestions.get((spec.table_name, spec.field_name))
        plan = self._routes.plans[spec.table_name]
        found: list[_Trial] = []
        for candidate in suggestion.candidates if suggestion else ():
            in_base = candidate.source_table == plan.base
            limit = ACCEPT if in_base else ACCEPT_JOINED
            if spec.mandatory and in_base:
                limit = ACCEPT_MANDATORY
            if candidate.score < limit:
                continue
            for name in self._with_twin(candidate):
                one = replace(candidate, source_field=name)
                conversion = self._convert(spec, meaning, one)
                if conversion is not None and (in_base or self._reachable(spec, candidate)):
                    found.append(_Trial(one, conversion, self._worth(spec, one, conversion)))
        found = [t for t in found if _conforms(t)]
        found.sort(key=lambda t: -t.worth)
        return found

    def _rescued(self, spec: FieldSpec, meaning: FieldMeaning) -> list[_Trial]:
        """For a mandatory field without a source: base fields whose every row holds a fit value.

        Only where values tell one field from another: a closed list, a code list, a link, or
        words in common.
        """
        base = self._routes.plans[spec.table_name].base
        if not self._data.has(base):
            return []
        telling = bool(spec.allowed_values or spec.code_type or spec.foreign_table)
        found = []
        for source in self._systems.source.tables[base].fields:
            of_source = self._systems.source_meaning.fields[base, source.field_name]
            if of_source.role in (FieldRole.TWIN, FieldRole.SYSTEM):
                continue
            shared = len(set(meaning.words) & {*of_source.words, *of_source.concept.split("_")})
            conversion = self._convert(spec, meaning, Candidate(base, source.field_name, 0.0))
            if conversion is None or not (telling or shared) or conversion.fits != CONFORMS:
                continue
            if conversion.filled != 1.0 or not self._varies(base, source.field_name):
                continue
            worth = 0.1 * shared + 0.1 * (of_source.kind is meaning.kind)
            worth += 0.1 * (of_source.entity == meaning.entity)
            candidate = Candidate(base, source.field_name, min(0.3, worth))
            found.append(_Trial(candidate, conversion, worth))
        found.sort(key=lambda t: -t.worth)
        return found[:1]

    def _varies(self, table: str, field: str) -> bool:
        profile = self._data.profile(table, field)
        return profile is not None and profile.distinct > 1

    def _reachable(self, spec: FieldSpec, candidate: Candidate) -> bool:
        return self._routes.can_join(spec.table_name, candidate.source_table)

    def _with_twin(self, candidate: Candidate) -> list[str]:
        """The field and its twin, the internal form first: it says the same and reads safely."""
        table, name = candidate.source_table, candidate.source_field
        meaning = self._systems.source_meaning.fields.get((table, name))
        if meaning is None:
            return []
        if meaning.role is FieldRole.TWIN:
            return self._in_order(table, name, meaning.twin_of)
        twins = [
            f.field_name
            for f in self._systems.source.tables[table].fields
            if self._systems.source_meaning.fields[table, f.field_name].twin_of == name
        ]
        return self._in_order(table, twins[0], name) if twins else [name]

    def _in_order(self, table: str, twin: str, shown: str) -> list[str]:
        dated = self._systems.source_meaning.fields[table, twin].kind is Kind.DATE
        return [twin, shown] if dated else [shown]

    def _convert(
        self, spec: FieldSpec, meaning: FieldMeaning, candidate: Candidate
    ) -> Conversion | None:
        source = self._systems.source.find(candidate.source_table, candidate.source_field)
        if source is None:
            return None
        of_source = self._systems.source_meaning.fields[source.table_name, source.field_name]
        crosswalks = self._systems.crosswalks_for(spec)
        made = convert(spec, meaning, source, of_source, self._data, crosswalks)
        if wants_date(spec, meaning) and has_time(spec):
            made = self._composer.with_time(source, made)
        if made.mapping_class is MappingClass.LOOKUP_TRANSLATION and not made.expression:
            return None
        if wants_date(spec, meaning) and not made.expression:
            return None
        if spec.foreign_table:
            made = self._with_parent(spec, source, made)
        if spec.unique and self._data.has(source.table_name):
            profile = self._data.profile(source.table_name, source.field_name)
            if profile is not None and profile.non_null and not profile.unique:
                made = replace(made, fits=profile.distinct / profile.non_null)
        return made

    def _with_parent(self, spec: FieldSpec, source: FieldSpec, made: Conversion) -> Conversion:
        """A code that names a row of another load table must be among those that are loaded."""
        suggestion = self._suggestions.get((spec.foreign_table, spec.foreign_field))
        plan = self._routes.plans.get(spec.foreign_table)
        if suggestion is None or plan is None:
            return made
        keys = [c.source_field for c in suggestion.candidates if c.source_table == plan.base]
        if not keys:
            return made
        share = self._data.included(source.table_name, (source.field_name,), plan.base, (keys[0],))
        if share is None:
            return made
        return replace(made, fits=min(share, made.fits if made.fits is not None else 1.0))

    def _worth(self, spec: FieldSpec, candidate: Candidate, made: Conversion) -> float:
        """How good a trial is; a few bad rows in good data cost little: they are rejected."""
        worth = candidate.score
        if candidate.source_table != self._routes.plans[spec.table_name].base:
            worth -= JOIN_COST
        elif made.crosswalk and made.fits is not None and made.fits >= MOSTLY:
            worth += 0.2
        if made.fits is not None:
            worth -= 0.5 * (1.0 - made.fits) + (0.15 if made.fits < MOSTLY else 0.0)
        if made.filled is not None:
            if spec.mandatory and made.filled < FILLED:
                worth -= 0.4 + 0.5 * (1.0 - made.filled)
            elif made.filled == 0.0:
                worth -= 0.1
        if wants_date(spec, self._systems.target_meaning.fields[spec.table_name, spec.field_name]):
            worth += 0.02 if made.mapping_class is MappingClass.DERIVED else 0.0
            worth += 0.06 if has_time(spec) and "time" in made.expression else 0.0
        return worth

    def _from_trial(self, spec: FieldSpec, meaning: FieldMeaning, trial: _Trial) -> Rule:
        score = trial.candidate.score
        sure = Confidence.HIGH if score >= SURE else Confidence.MEDIUM
        confidence = sure if score >= LIKELY else Confidence.LOW
        if trial.candidate.source_table != self._routes.plans[spec.table_name].base:
            self._routes.join(spec.table_name, trial.candidate.source_table)
        rule = self._from_conversion(spec, trial.candidate, trial.conversion, confidence)
        notes = [rule.notes] if rule.notes else []
        made = trial.conversion
        if made.fits is not None and made.fits < CONFORMS:
            notes.append(f"{made.fits:.1%} of profiled values conform")
        if spec.mandatory and made.filled is not None and made.filled < 1.0:
            notes.append(f"mandatory, but filled in {made.filled:.1%} of source rows")
            rule = replace(rule, default_value=self._default(spec, meaning, made))
        return replace(rule, notes="; ".join(notes))

    def _default(self, spec: FieldSpec, meaning: FieldMeaning, made: Conversion) -> str | None:
        """The declared default of a mandatory field whose source has gaps; None without one."""
        if made.default is not None:
            return made.default
        if set(spec.allowed_values) == {"Y", "N"}:
            return "N"
        crosswalk = self._systems.crosswalks.get(meaning.code_list)
        if crosswalk is not None:
            return crosswalk.not_known
        return None

    def _from_conversion(
        self,
        spec: FieldSpec,
        candidate: Candidate | None,
        made: Conversion,
        confidence: Confidence,
    ) -> Rule:
        table = candidate.source_table if candidate else self._composer.table_of(made.expression)
        field = candidate.source_field if candidate else self._composer.field_of(made.expression)
        mapping_class, notes = made.mapping_class, ""
        if table in self._systems.feeds:
            notes = f"needs the master feed {table}"
            if mapping_class is MappingClass.DIRECT_SOURCE or (
                candidate is not None and (mapping_class is MappingClass.DERIVED)
            ):
                mapping_class = MappingClass.REFERENCE_MASTER_FEED
        return Rule(
            spec.table_name,
            spec.field_name,
            mapping_class,
            table,
            field,
            made.words,
            confidence,
            notes,
            made.expression or column(table, field),
            made.crosswalk,
            made.on_miss,
            on_failure=made.on_failure,
        )

    def _nothing(self, spec: FieldSpec, reason: str = "") -> Rule:
        """No source: a constant where the guide allows only one answer, else out of scope."""
        if spec.mandatory and spec.allowed_values:
            value = "N" if set(spec.allowed_values) == {"Y", "N"} else spec.allowed_values[0]
            return replace(
                _rule(
                    spec,
                    MappingClass.SURROGATE_ETL,
                    f"'{value}'",
                    f"The constant {value}, the first accepted value; no source field holds this",
                    Confidence.LOW,
                ),
                notes="a person should confirm the constant",
            )
        reason = reason or "No field of the source is likely to hold this"
        if spec.mandatory:
            reason = f"{UNRESOLVED}: {_continued(reason)}, and the field is mandatory"
        return replace(
            _rule(spec, MappingClass.OUT_OF_SCOPE, "", reason, Confidence.LOW), notes=reason
        )


def _conforms(trial: _Trial) -> bool:
    """A likely source may hold a few bad values, an unlikely one must fit entirely."""
    fits = trial.conversion.fits
    return fits is None or fits >= (MOSTLY if trial.candidate.score >= LIKELY else CONFORMS)


def _serves(trial: _Trial) -> bool:
    """True when nothing measured speaks against the trial for a mandatory field."""
    made = trial.conversion
    whole = made.filled is None or made.filled >= FILLED
    return whole and (made.fits is None or made.fits >= MOSTLY)


def _rule(
    spec: FieldSpec, kind: MappingClass, expression: str, words: str, confidence: Confidence
) -> Rule:
    return Rule(
        spec.table_name,
        spec.field_name,
        kind,
        mapping_rule=words,
        confidence=confidence,
        expression=expression,
        on_failure=OnFailure.BY_FIELD,
    )


def _continued(reason: str) -> str:
    """A reason after a colon: its first word small, unless it is a table's own name."""
    first = reason.split(maxsplit=1)[0]
    return reason if first != first.capitalize() else f"{reason[0].lower()}{reason[1:]}"
