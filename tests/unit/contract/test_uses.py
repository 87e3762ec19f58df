"""What an expression names, and the same expression with other names in it."""

import pytest

from caseload.contract.uses import columns_in, parents_in, parents_renamed_in, renamed_in
from caseload.model.schema_diff import FieldPlace

RENAMES = {
    ("opa", "cliniccode"): FieldPlace("OPA", "ClinCd"),
    ("opa", "odd"): FieldPlace("OPA", "Odd name"),
    ("old", "a"): FieldPlace("NEW", "A"),
}


def new_name(place):
    return RENAMES.get((place.table.casefold(), place.field.casefold()))


def test_columns_are_told_once_in_their_order_whatever_else_is_said():
    text = "case when OPA.A is null then 'OPA.Quoted' else trim(OPA.B) || OPA.A end"
    assert columns_in(text) == (FieldPlace("OPA", "A"), FieldPlace("OPA", "B"))
    assert columns_in("cast(1.5 as integer)") == ()
    assert columns_in("") == ()


@pytest.mark.parametrize(
    ("text", "renamed"),
    [
        ("OPA.ClinicCode", "OPA.ClinCd"),
        ("upper( opa.cliniccode )", "upper( OPA.ClinCd )"),
        ("OPA.ClinicCode || 'OPA.ClinicCode'", "OPA.ClinCd || 'OPA.ClinicCode'"),
        ('"OPA"."ClinicCode"', '"OPA"."ClinCd"'),
        ("OPA.Odd", 'OPA."Odd name"'),
        ("OLD.A + OLD.A", "NEW.A + NEW.A"),
        ("OPA.ClinicCodeX", "OPA.ClinicCodeX"),
        ("this is not (an expression OPA.ClinicCode", "this is not (an expression OPA.ClinCd"),
    ],
)
def test_only_columns_are_renamed_and_the_rest_stays_to_the_letter(text, renamed):
    assert renamed_in(text, new_name) == renamed


def test_the_target_tables_that_keys_are_asked_of_are_told_and_renamed():
    text = "coalesce(parent_key('LOAD_A', OPA.X), PARENT_KEY( 'LOAD_B', OPA.Y))"
    assert parents_in(text) == ("LOAD_A", "LOAD_B")
    assert parents_renamed_in(text, lambda t: {"LOAD_A": "LOAD_C"}.get(t, t)) == text.replace(
        "LOAD_A", "LOAD_C"
    )
