"""What fields mean, on a system whose names are nobody's."""

from dataclasses import replace

import pytest

from caseload.model.catalog import Catalog, FieldSpec, Side, TableSpec
from caseload.specs.meaning import CatalogMeaning, FieldRole, Kind, Representation, understand

CODE_LISTS = ("sex", "yes_no", "admission_method", "marital_status", "ae_referral_source")


def table_of(name: str, *fields: tuple[str, int], description: str = "") -> TableSpec:
    specs = tuple(
        FieldSpec(name, field, position, length=str(size))
        for position, (field, size) in enumerate(fields, 1)
    )
    return TableSpec(name, specs, description)


@pytest.fixture(scope="module")
def meaning() -> CatalogMeaning:
    tables = (
        table_of(
            "PERSONS",
            ("PersonNo", 9),
            ("FamilyName", 35),
            ("GivenName1", 20),
            ("DateOfBirth", 10),
            ("DateOfBirthInt", 8),
            ("Gender", 1),
            ("NewNhsNo", 10),
            ("PostalCode", 8),
            ("DeceasedYN", 1),
        ),
        table_of(
            "IPSPELLS",
            ("PersonNo", 9),
            ("SpellNo", 9),
            ("DateAdmitted", 10),
            ("TimeAdmitted", 5),
            ("AdmMeth", 2),
            ("DischDtTm", 16),
            ("WardCd", 6),
        ),
        table_of("IPSPELLSAUD", ("PersonNo", 9), ("SpellNo", 9), ("AudUser", 8)),
    )
    return understand(Catalog(Side.SOURCE, {t.name: t for t in tables}), code_lists=CODE_LISTS)


@pytest.mark.parametrize(
    ("at", "concept", "representation"),
    [
        (("PERSONS", "FamilyName"), "surname", Representation.TEXT),
        (("PERSONS", "GivenName1"), "first_forename", Representation.TEXT),
        (("PERSONS", "DateOfBirth"), "birth_date", Representation.DATE),
        (("PERSONS", "DateOfBirthInt"), "birth_date", Representation.DATE_INT),
        (("PERSONS", "Gender"), "sex", Representation.CODE),
        (("PERSONS", "NewNhsNo"), "nhs_number", Representation.TEXT),
        (("PERSONS", "PostalCode"), "postcode", Representation.TEXT),
        (("IPSPELLS", "DateAdmitted"), "admission_date", Representation.DATE),
        (("IPSPELLS", "TimeAdmitted"), "admission_time", Representation.TIME),
        (("IPSPELLS", "AdmMeth"), "admission_method", Representation.CODE),
        (("IPSPELLS", "DischDtTm"), "discharge_datetime", Representation.DATETIME),
        (("IPSPELLS", "WardCd"), "ward_code", Representation.CODE),
    ],
)
def test_a_field_is_known_by_its_words_and_its_form(
    meaning: CatalogMeaning, at: tuple[str, str], concept: str, representation: Representation
) -> None:
    found = meaning.fields[at]
    if found.kind is Kind.IDENTIFIER:
        assert found.concept == concept
    else:
        assert (found.concept, found.representation) == (concept, representation)


def test_the_internal_form_is_the_twin_of_the_displayed_date(meaning: CatalogMeaning) -> None:
    twin = meaning.fields["PERSONS", "DateOfBirthInt"]
    assert (twin.role, twin.twin_of) == (FieldRole.TWIN, "DateOfBirth")


def test_coded_fields_name_a_list_that_is_at_hand(meaning: CatalogMeaning) -> None:
    assert meaning.fields["PERSONS", "Gender"].code_list == "sex"
    assert meaning.fields["IPSPELLS", "AdmMeth"].code_list == "admission_method"
    assert meaning.fields["PERSONS", "DeceasedYN"].code_list == "yes_no"


def test_tables_are_told_by_what_their_fields_speak_of(meaning: CatalogMeaning) -> None:
    assert meaning.tables["PERSONS"].entity == "patient"
    assert meaning.tables["IPSPELLS"].entity == "admission"


def test_an_audit_twin_is_told_from_its_live_table(meaning: CatalogMeaning) -> None:
    found = meaning.tables["IPSPELLSAUD"]
    assert (found.standing, found.live_table) == ("audit", "IPSPELLS")


def test_keys_and_links_are_inferred_from_names_alone(meaning: CatalogMeaning) -> None:
    assert meaning.keys["PERSONS"].fields == ("PersonNo",)
    links = {(r.child, r.child_fields, r.parent) for r in meaning.relationships}
    assert ("IPSPELLS", ("PersonNo",), "PERSONS") in links


def test_a_code_type_in_words_leads_to_its_list() -> None:
    spec = FieldSpec("LOAD_A", "SOURCE", 1, "VARCHAR2", "2")
    spec = replace(spec, code_type="64 Source of referral for A&E")
    catalog = Catalog(Side.TARGET, {"LOAD_A": TableSpec("LOAD_A", (spec,))})
    found = understand(catalog, code_lists=CODE_LISTS)
    assert found.fields["LOAD_A", "SOURCE"].code_list == "ae_referral_source"


def test_a_declared_link_to_nowhere_is_no_link() -> None:
    spec = FieldSpec("LOAD_A", "B_NO", 1, foreign_table="LOAD_B", foreign_field="NO")
    catalog = Catalog(Side.TARGET, {"LOAD_A": TableSpec("LOAD_A", (spec,))})
    assert understand(catalog).relationships == []


def test_an_empty_catalog_means_nothing() -> None:
    assert understand(Catalog(Side.SOURCE)).fields == {}
