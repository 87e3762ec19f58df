"""A small project whose catalogs, suggestions and contract are put in by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from caseload.lifecycle.decisions import record_of
from caseload.model.catalog import Catalog, DocumentRead, FieldSpec, Provenance, Side, TableSpec
from caseload.model.contract import Confidence, MappingClass, Route, Rule
from caseload.model.mapping import Candidate, Evidence, SemanticStatus, Suggestion
from caseload.store.records import ContractVersion

GUIDE = "guide.pdf"


class Clock:
    """A clock that a test moves."""

    def __init__(self):
        self.moment = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)

    def __call__(self):
        self.moment += timedelta(seconds=1)
        return self.moment


def fill(session):
    with session.project.command("anna", "test.fill", at=session.clock()):
        session.project.catalogs.replace(source_catalog())
        session.project.catalogs.replace(target_catalog())
        session.project.suggestions.replace(suggestions())
        session.project.contract.replace(
            [record_of(rule, place) for place, rule in enumerate(rules())],
            [Route("LOAD_PMI", "main", "PATDATA", ("PATDATA.IntPatNo",))],
        )
        session.project.contract.add_version(
            ContractVersion(1, "0" * 64, "2026-11-23T09:00:00Z", "anna", "built"), ()
        )


def source_catalog():
    def table(name, *fields):
        specs = tuple(FieldSpec(name, field, i, length="10") for i, field in enumerate(fields, 1))
        return TableSpec(name, specs)

    tables = (
        table("PATDATA", "IntPatNo", "PtSex", "PtSurname", "PtPrevSurname", "PtDoB"),
        table("OPA", "IntPatNo", "ClinicCode"),
    )
    document = DocumentRead("dictionary.xlsx", "0" * 64, "xlsx")
    return Catalog(Side.SOURCE, {t.name: t for t in tables}, (document,))


def target_catalog():
    def field(name, position, **more):
        place = Provenance(GUIDE, page=2, box=(54.0, 100.0 + 20 * position, 540.0, 118.0))
        return FieldSpec("LOAD_PMI", name, position, provenance=place, **more)

    fields = (
        field("RECORD_NUMBER", 1, data_type="NUMBER", length="10", mandatory=True, unique=True),
        field("SYSTEM_CODE", 2, data_type="VARCHAR2", length="10", mandatory=True),
        field("SURNAME", 3, data_type="VARCHAR2", length="35", mandatory=True),
        field("SEX", 4, data_type="VARCHAR2", length="1", code_type="12 Sex", confidence=0.71),
        field("RELIGION", 5, data_type="VARCHAR2", length="2", mandatory=True),
        field("DATE_OF_BIRTH", 6, data_type="DATE", format="DD/MM/YYYY", description="As stated."),
    )
    document = DocumentRead(GUIDE, "0" * 64, "pdf")
    return Catalog(Side.TARGET, {"LOAD_PMI": TableSpec("LOAD_PMI", fields)}, (document,))


def rules():
    def rule(field, mapping_class, **more):
        return Rule("LOAD_PMI", field, mapping_class, **more)

    patient = {"source_table": "PATDATA", "confidence": Confidence.HIGH}
    return [
        rule("RECORD_NUMBER", MappingClass.SURROGATE_ETL, expression="record_key()"),
        rule("SYSTEM_CODE", MappingClass.SURROGATE_ETL, expression="'MERROW'"),
        rule(
            "SURNAME",
            MappingClass.DERIVED,
            source_field="PtSurname",
            expression="upper(PATDATA.PtSurname)",
            **patient,
        ),
        rule(
            "SEX",
            MappingClass.LOOKUP_TRANSLATION,
            source_field="PtSex",
            expression="PATDATA.PtSex",
            crosswalk="sex",
            on_miss="reject",
            **patient,
        ),
        rule("RELIGION", MappingClass.OUT_OF_SCOPE, notes="no source was found"),
        rule("DATE_OF_BIRTH", MappingClass.DIRECT_SOURCE, source_field="PtDoB", **patient),
    ]


def suggestions():
    def candidate(field, score):
        return Candidate("PATDATA", field, score, (Evidence("name", score, "alike"),))

    ranked = {
        "SURNAME": [candidate("PtSurname", 0.95), candidate("PtPrevSurname", 0.61)],
        "SEX": [candidate("PtSex", 0.92)],
        "RELIGION": [],
        "DATE_OF_BIRTH": [candidate("PtDoB", 0.97)],
    }
    best = {True: SemanticStatus.HIGH_CONFIDENCE, False: SemanticStatus.UNMAPPED}
    return [
        Suggestion("LOAD_PMI", name, best[bool(found)], tuple(found))
        for name, found in ranked.items()
    ]


def rule_of(session, field):
    """The rule of a field of LOAD_PMI as the project file has it now."""
    (record,) = session.project.contract.rules([f"LOAD_PMI.{field}"])
    return record.rule
