"""What to check on source rows, from what the catalog's fields mean and what the contract reads.

Only tables that the contract reads are checked: a fault anywhere else moves nobody.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date

from caseload.contract.crosswalks import Crosswalk
from caseload.engine.dates import FORMATS, DateFormat
from caseload.engine.sql import text
from caseload.model.catalog import Catalog, FieldSpec
from caseload.model.contract import Contract, MappingClass
from caseload.model.relationship import Key, Relationship
from caseload.quality.checks import (
    Check,
    DuplicateCheck,
    OrphanCheck,
    RowCheck,
    day,
    not_a_date,
    not_one_of,
    value,
)
from caseload.quality.nhs_number import fails_check
from caseload.quality.rules import RULES
from caseload.specs.meaning import CatalogMeaning, FieldMeaning, FieldRole, Representation

DATE_FORMATS = {
    Representation.DATE: FORMATS["DD/MM/YYYY"],
    Representation.DATE_INT: FORMATS["CCYYMMDD"],
    Representation.DATETIME: FORMATS["DD/MM/YYYY HH24:MI"],
    Representation.DATETIME_INT: FORMATS["CCYYMMDDHHMM"],
}

# Pairs that no naming pattern gives away: what comes first, what comes after.
ORDERED = (
    ("birth_date", "death_date"),
    ("admission_date", "discharge_date"),
    ("admission_datetime", "discharge_datetime"),
    ("referral_date", "referral_closed_date"),
    ("rtt_clock_start_date", "rtt_clock_stop_date"),
    ("waiting_list_date", "removal_date"),
    ("ae_arrival_date", "ae_departure_date"),
    ("leave_start", "leave_return"),
    ("ward_stay_start", "ward_stay_end"),
    ("open_date", "close_date"),
    ("gp_registration_date", "gp_registration_end_date"),
)
NOT_IN_FUTURE = ("birth_date", "death_date")
LINK_CONFIDENCE = 0.75


def source_checks(
    catalog: Catalog,
    meaning: CatalogMeaning,
    contract: Contract,
    crosswalks: Mapping[str, Crosswalk],
    present: frozenset[str],
    as_of: date,
    mandatory: frozenset[tuple[str, str]],
) -> list[Check]:
    """The checks on the source tables that are there.

    Args:
        catalog: the source catalog.
        meaning: what its fields mean.
        contract: says which tables and fields are read.
        crosswalks: the project's crosswalks by name.
        present: the tables that have a file.
        as_of: the day of the extract; later birth and death dates are impossible.
        mandatory: (target table, target field) pairs that the guide demands.
    """
    tables = [name for name in tables_read(contract) if name in present and name in catalog.tables]
    checks: list[Check] = []
    for name in tables:
        fields = [
            (spec, meaning.fields[name, spec.field_name]) for spec in catalog.tables[name].fields
        ]
        checks += _patient_checks(name, meaning)
        checks += _dates(name, fields, as_of)
        checks += _lengths(name, fields)
    checks += _keys(tables, meaning.keys)
    checks += _links(tables, present, meaning.relationships)
    checks += _codes(contract, crosswalks, set(tables))
    checks += _needed(contract, mandatory, set(tables))
    return checks


def tables_read(contract: Contract) -> list[str]:
    """Every source table that a route starts from or joins, in the contract's order."""
    names: dict[str, None] = {}
    for route in contract.routes:
        names[route.base_table] = None
        names.update((join.table, None) for join in route.joins)
    return list(names)


def _patient_checks(table: str, meaning: CatalogMeaning) -> Iterator[Check]:
    told = meaning.tables[table]
    if told.entity != "patient" or told.standing not in ("live", "master"):
        return
    fields: dict[str, str] = {}
    for told_field in meaning.of_table(table):
        if told_field.role is not FieldRole.TWIN:
            fields.setdefault(told_field.concept, told_field.field)
    number = fields.get("nhs_number")
    if number:
        yield RowCheck(RULES["S11"], table, number, fails_check(value(number)))
        yield DuplicateCheck(RULES["S12"], table, (number,))
        yield RowCheck(RULES["S13"], table, number, f"{value(number)} IS NULL")
    identity = [fields.get(c) for c in ("surname", "first_forename", "birth_date", "postcode")]
    known = tuple(name for name in identity if name)
    if len(known) >= 3:
        yield DuplicateCheck(RULES["S10"], table, known)


def _dates(
    table: str, fields: list[tuple[FieldSpec, FieldMeaning]], as_of: date
) -> Iterator[Check]:
    dated = [told for _, told in fields if told.representation in DATE_FORMATS]
    for told in dated:
        form = _form(told)
        yield RowCheck(RULES["S20"], table, told.field, not_a_date(told.field, form), form.mask)
        if told.concept in NOT_IN_FUTURE:
            condition = f"{day(told.field, form)} > DATE '{as_of.isoformat()}'"
            yield RowCheck(RULES["S21"], table, told.field, condition)
    for first, after in ordered_pairs(dated):
        condition = f"{day(after.field, _form(after))} < {day(first.field, _form(first))}"
        yield RowCheck(RULES["S22"], table, after.field, condition, first.field)


def _form(told: FieldMeaning) -> DateFormat:
    return DATE_FORMATS[told.representation]


def ordered_pairs(dated: list[FieldMeaning]) -> list[tuple[FieldMeaning, FieldMeaning]]:
    """Pairs of date fields of one table whose first must not come after the second."""
    by_concept: dict[str, FieldMeaning] = {}
    for told in dated:
        if told.role is not FieldRole.TWIN:
            by_concept.setdefault(told.concept, told)
    pairs = {pair: None for pair in ORDERED if pair[0] in by_concept and pair[1] in by_concept}
    for concept in by_concept:
        after = re.sub(r"(^|_)start(_|$)", r"\1end\2", concept)
        if after != concept and after in by_concept:
            pairs[concept, after] = None
    return [(by_concept[first], by_concept[after]) for first, after in pairs]


def _lengths(table: str, fields: list[tuple[FieldSpec, FieldMeaning]]) -> Iterator[Check]:
    for spec, told in fields:
        if spec.size and told.representation not in DATE_FORMATS:
            condition = f"length({value(spec.field_name)}) > {spec.size}"
            yield RowCheck(RULES["S41"], table, spec.field_name, condition, str(spec.size))


def _keys(tables: list[str], keys: Mapping[str, Key]) -> Iterator[Check]:
    for table in tables:
        key = keys.get(table)
        if key and key.confidence >= LINK_CONFIDENCE:
            yield DuplicateCheck(RULES["S30"], table, key.fields, ", ".join(key.fields))


def _links(
    tables: list[str], present: frozenset[str], relationships: list[Relationship]
) -> Iterator[Check]:
    wanted = set(tables)
    for link in relationships:
        sure = link.declared or link.confidence >= LINK_CONFIDENCE
        if sure and link.child in wanted and link.parent in present:
            yield OrphanCheck(
                RULES["S31"], link.child, link.child_fields, link.parent, link.parent_fields
            )


def _codes(
    contract: Contract, crosswalks: Mapping[str, Crosswalk], tables: set[str]
) -> Iterator[Check]:
    seen: set[tuple[str, str, str]] = set()
    for rule in contract.rules:
        place = (rule.source_table, rule.source_field, rule.crosswalk)
        looked_up = rule.mapping_class is MappingClass.LOOKUP_TRANSLATION and rule.source_field
        if not looked_up or rule.source_table not in tables or place in seen:
            continue
        seen.add(place)
        crosswalk = crosswalks.get(rule.crosswalk)
        if crosswalk:
            yield RowCheck(
                RULES["S40"],
                rule.source_table,
                rule.source_field,
                _unknown(value(rule.source_field), crosswalk),
                rule.crosswalk,
            )


def _unknown(sql: str, crosswalk: Crosswalk) -> str:
    condition = not_one_of(sql, [source for source, _ in crosswalk.pairs])
    for prefix, _ in crosswalk.prefixes:
        condition += f" AND NOT starts_with({sql}, {text(prefix)})"
    return condition


def _needed(
    contract: Contract, mandatory: frozenset[tuple[str, str]], tables: set[str]
) -> Iterator[Check]:
    bases = {(route.target_table, route.base_table) for route in contract.routes}
    for rule in contract.rules:
        target = (rule.target_table, rule.target_field)
        direct = rule.mapping_class in (
            MappingClass.DIRECT_SOURCE,
            MappingClass.LOOKUP_TRANSLATION,
        )
        based = (rule.target_table, rule.source_table) in bases
        if target in mandatory and direct and based and rule.source_table in tables:
            column = f"{rule.source_table}.{rule.source_field}"
            if _reads_only(rule.expression, column):
                yield RowCheck(
                    RULES["S42"],
                    rule.source_table,
                    rule.source_field,
                    f"{value(rule.source_field)} IS NULL",
                    ".".join(target),
                )


def _reads_only(expression: str, column: str) -> bool:
    columns = set(re.findall(r"\b[A-Z][A-Z0-9_]*\.[A-Za-z_]\w*", expression)) or {column}
    return columns == {column}
