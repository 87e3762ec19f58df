"""What to check on load files: everything that the guide says of each field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from caseload.engine.dates import FORMATS, DateFormat, date_format
from caseload.engine.sql import text
from caseload.model.catalog import Catalog, FieldSpec
from caseload.model.contract import Contract, MappingClass
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
from caseload.quality.source_checks import ORDERED
from caseload.specs.meaning import CatalogMeaning


def target_checks(
    catalog: Catalog,
    meaning: CatalogMeaning,
    contract: Contract,
    crosswalk_targets: Mapping[str, frozenset[str]],
    present: Mapping[str, frozenset[str]],
) -> list[Check]:
    """The checks on the load files that are there.

    Args:
        catalog: the target catalog.
        meaning: what its fields mean.
        contract: says which fields went through which crosswalk.
        crosswalk_targets: the target values of each crosswalk by its name.
        present: the columns of each load file by table.
    """
    checks: list[Check] = []
    crosswalk_of = {
        (rule.target_table, rule.target_field): rule
        for rule in contract.rules
        if rule.mapping_class is MappingClass.LOOKUP_TRANSLATION and rule.crosswalk
    }
    for table in catalog.tables.values():
        columns = present.get(table.name, frozenset())
        for spec in table.fields:
            if spec.field_name not in columns:
                continue
            checks += _field_checks(spec)
            if spec.foreign_table and spec.foreign_field in present.get(
                spec.foreign_table, frozenset()
            ):
                checks.append(
                    OrphanCheck(
                        RULES["T16"],
                        table.name,
                        (spec.field_name,),
                        spec.foreign_table,
                        (spec.foreign_field,),
                    )
                )
            rule = crosswalk_of.get((table.name, spec.field_name))
            values = crosswalk_targets.get(rule.crosswalk) if rule else None
            if rule and values and rule.on_miss in ("", "reject", "null"):
                condition = not_one_of(value(spec.field_name), sorted(values))
                checks.append(
                    RowCheck(RULES["T18"], table.name, spec.field_name, condition, rule.crosswalk)
                )
        checks += _meaning_checks(table.name, catalog, meaning, columns)
    return checks


def _field_checks(spec: FieldSpec) -> Iterator[Check]:
    table, name = spec.table_name, spec.field_name
    if spec.mandatory:
        yield RowCheck(RULES["T10"], table, name, f"{value(name)} IS NULL")
    if spec.unique:
        yield DuplicateCheck(RULES["T15"], table, (name,))
    kind = spec.data_type.upper()
    if kind.startswith("NUMBER"):
        label = f"NUMBER({spec.length})" if spec.length else "NUMBER"
        yield RowCheck(RULES["T12"], table, name, _not_a_number(spec), label)
    elif kind == "DATE":
        form = form_of(spec)
        yield RowCheck(RULES["T13"], table, name, not_a_date(name, form), form.mask)
    elif spec.size:
        condition = f"length({value(name)}) > {spec.size}"
        yield RowCheck(RULES["T11"], table, name, condition, str(spec.size))
    if spec.allowed_values:
        condition = not_one_of(value(name), spec.allowed_values)
        yield RowCheck(RULES["T14"], table, name, condition, ", ".join(spec.allowed_values))


def form_of(spec: FieldSpec) -> DateFormat:
    """The date format of a target field: the guide's, else DD/MM/YYYY."""
    return date_format(spec.format or "DD/MM/YYYY") or FORMATS["DD/MM/YYYY"]


def _not_a_number(spec: FieldSpec) -> str:
    digits = (spec.size or 38) - spec.scale
    pattern = f"-?[0-9]{{1,{max(digits, 1)}}}"
    if spec.scale or not spec.length:
        pattern += f"([.][0-9]{{1,{spec.scale or 38}}})?"
    sql = value(spec.field_name)
    return f"({sql} IS NOT NULL AND NOT regexp_full_match({sql}, {text(pattern)}))"


def _meaning_checks(
    table: str, catalog: Catalog, meaning: CatalogMeaning, columns: frozenset[str]
) -> Iterator[Check]:
    by_concept: dict[str, FieldSpec] = {}
    for spec in catalog.tables[table].fields:
        told = meaning.fields.get((table, spec.field_name))
        if told and spec.field_name in columns:
            by_concept.setdefault(told.concept, spec)
    number = by_concept.get("nhs_number")
    if number:
        condition = fails_check(value(number.field_name))
        yield RowCheck(RULES["T17"], table, number.field_name, condition)
    for first_concept, after_concept in ORDERED:
        first, after = by_concept.get(first_concept), by_concept.get(after_concept)
        if first and after and first.data_type == after.data_type == "DATE":
            condition = f"{_day(after)} < {_day(first)}"
            yield RowCheck(RULES["T19"], table, after.field_name, condition, first.field_name)


def _day(spec: FieldSpec) -> str:
    return day(spec.field_name, form_of(spec))
