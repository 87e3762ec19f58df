"""What to check on load files: everything that the guide says of each field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from caseload.model.catalog import Catalog, FieldSpec
from caseload.model.contract import Contract, MappingClass
from caseload.quality.checks import Check, DuplicateCheck, OrphanCheck, RowCheck, one_of
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
                column = spec.qualified
                expression = f"{column} IS NOT NULL AND NOT {one_of(column, tuple(sorted(values)))}"
                checks.append(
                    RowCheck(RULES["T18"], table.name, spec.field_name, expression, rule.crosswalk)
                )
        checks += _meaning_checks(table.name, catalog, meaning, columns)
    return checks


def _field_checks(spec: FieldSpec) -> Iterator[Check]:
    table, name, column = spec.table_name, spec.field_name, spec.qualified
    if spec.mandatory:
        yield RowCheck(RULES["T10"], table, name, f"{column} IS NULL")
    if spec.unique:
        yield DuplicateCheck(RULES["T15"], table, (name,))
    kind = spec.data_type.upper()
    if kind.startswith("NUMBER"):
        yield from _number_checks(spec)
    elif kind == "DATE":
        function = "to_datetime" if "HH" in mask_of(spec) else "to_date"
        parsed = f"{function}({column}, '{mask_of(spec)}')"
        expression = f"{column} IS NOT NULL AND {parsed} IS NULL"
        yield RowCheck(RULES["T13"], table, name, expression, mask_of(spec))
    elif spec.size:
        yield RowCheck(RULES["T11"], table, name, f"length({column}) > {spec.size}", str(spec.size))
    if spec.allowed_values:
        expression = f"{column} IS NOT NULL AND NOT {one_of(column, spec.allowed_values)}"
        yield RowCheck(RULES["T14"], table, name, expression, ", ".join(spec.allowed_values))


def mask_of(spec: FieldSpec) -> str:
    """The date mask of a target field: the guide's, else DD/MM/YYYY."""
    return spec.format or "DD/MM/YYYY"


def _number_checks(spec: FieldSpec) -> Iterator[Check]:
    column = spec.qualified
    kind = f"NUMBER({spec.length})" if spec.length else "NUMBER"
    precision = spec.size or 38
    number = f"CAST({column} AS DECIMAL({precision},{spec.scale}))"
    expression = f"{column} IS NOT NULL AND {number} IS NULL"
    yield RowCheck(RULES["T12"], spec.table_name, spec.field_name, expression, kind)


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
        expression = f"NOT nhs_number_valid({number.qualified})"
        yield RowCheck(RULES["T17"], table, number.field_name, expression)
    for first_concept, after_concept in ORDERED:
        first, after = by_concept.get(first_concept), by_concept.get(after_concept)
        if first and after and first.data_type == after.data_type == "DATE":
            expression = f"{_day(after)} < {_day(first)}"
            yield RowCheck(RULES["T19"], table, after.field_name, expression, first.field_name)


def _day(spec: FieldSpec) -> str:
    mask = mask_of(spec)
    if "HH" in mask:
        return f"CAST(to_datetime({spec.qualified}, '{mask}') AS DATE)"
    return f"to_date({spec.qualified}, '{mask}')"
