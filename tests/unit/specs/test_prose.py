"""What comments say of a field, in the words that guides use."""

from __future__ import annotations

import pytest

from caseload.specs.readers.names import heading_table, labelled_table, unwrapped_name
from caseload.specs.readers.prose import flow, sentences, traits_of
from caseload.specs.readers.prose_links import code_type
from caseload.specs.readers.prose_values import closed_list, date_format


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("Foreign key to LOAD_PMI.RECORD_NUMBER", ("LOAD_PMI", "RECORD_NUMBER")),
        ("Foreign key: LOAD_PMI.RECORD_NUMBER. The patient.", ("LOAD_PMI", "RECORD_NUMBER")),
        ("Foreign key to the RECORD_NUMBER of LOAD_PMI", ("LOAD_PMI", "RECORD_NUMBER")),
        ("FK to LOAD_STAFF.STAFF_CODE", ("LOAD_STAFF", "STAFF_CODE")),
        ("References LOAD_STAFF (STAFF_CODE)", ("LOAD_STAFF", "STAFF_CODE")),
        ("Must exist in table LOAD_STAFF", ("LOAD_STAFF", "")),
    ],
)
def test_references(text: str, due: tuple[str, str]) -> None:
    assert due in traits_of(text).foreign


def test_prose_is_no_reference() -> None:
    assert traits_of("The record refers to the patient. See Appendix.").foreign == []


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ('Maps to: code type 12 "Sex"', "12 Sex"),
        ("Maps to: code type 12 \u201cSex (stated)\u201d. Uppercase", "12 Sex (stated)"),
        ("Code type 7 (Title (person))", "7 Title (person)"),
        (
            "Mapped through code type 30 \u2013 Reason for removal. Uppercase.",
            "30 Reason for removal",
        ),
        ("See code type 4", "4"),
        ("A code of four digits", ""),
    ],
)
def test_code_types(text: str, due: str) -> None:
    assert code_type(text) == due


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("Must be in format: DD/MM/YYYY", "DD/MM/YYYY"),
        ("Must be in format: DD/MM/YYYY [HH24:MI]. Local time.", "DD/MM/YYYY [HH24:MI]"),
        ("Date format DD/MM/YYYY HH24:MI", "DD/MM/YYYY HH24:MI"),
        ("Held as CCYYMMDD", "CCYYMMDD"),
        ("Format: yyyy-mm-dd", "yyyy-mm-dd"),
        ("Format: 999 999 9999", "999 999 9999"),
        ("The format of the letter", ""),
    ],
)
def test_formats(text: str, due: str) -> None:
    assert date_format(text, sentences(text)) == due


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("Only two accepted values: Y or N", ("Y", "N")),
        ("Accepted values are Y and N. Leave empty otherwise", ("Y", "N")),
        ("Must be Y or N", ("Y", "N")),
        ("Accepted values: A, B or C", ("A", "B", "C")),
        ("Accepted values: Y = Yes, N = No", ("Y", "N")),
        ("Allowed values: 'I' (inpatient), 'O' (outpatient)", ("I", "O")),
        ("One of GP, CONS or OTHER", ("GP", "CONS", "OTHER")),
        ("Must be unique within the file", ()),
        ("Must be NHS number of the patient", ()),
    ],
)
def test_closed_lists(text: str, due: tuple[str, ...]) -> None:
    assert closed_list(text) == due


@pytest.mark.parametrize(
    ("text", "mandatory", "condition"),
    [
        ("Mandatory field", True, ""),
        ("This field is mandatory. The patient.", True, ""),
        ("Not mandatory", False, ""),
        ("Optional", False, ""),
        ("Mandatory when DISCHARGE_DATE is given", None, "Mandatory when DISCHARGE_DATE is given"),
        ("Required for the national returns.", None, ""),
        ("Shown with the mandatory fields of the patient.", None, ""),
    ],
)
def test_demands(text: str, mandatory: bool | None, condition: str) -> None:
    found = traits_of(text)
    assert (found.mandatory, found.condition) == (mandatory, condition)


def test_case_and_uniqueness() -> None:
    assert traits_of("Uppercase").upper
    assert traits_of("Must be uppercase").upper
    assert not traits_of("Surname in capitals, a comma, then the first name").upper
    assert traits_of("Must be unique within the file").unique
    assert not traits_of("Unique booking reference of a referral").unique
    assert traits_of("Primary key of the table").key


def test_a_word_broken_at_the_cells_width_is_whole_again() -> None:
    assert flow("Foreign key to\nLOAD_GP_PRACTICES.PRACTICE_CO\nDE\nThe practice") == (
        "Foreign key to LOAD_GP_PRACTICES.PRACTICE_CODE The practice"
    )


@pytest.mark.parametrize(
    ("cell", "hyphens", "due"),
    [
        ("DATE_ENTERED_COUN\nTRY", False, "DATE_ENTERED_COUNTRY"),
        ("DATE_ENTERED_\nCOUNTRY", False, "DATE_ENTERED_COUNTRY"),
        ("ADDRESS_LINE_\n2", False, "ADDRESS_LINE_2"),
        ("DATE_ENT-\nERED", False, "DATE_ENTERED"),
        ("X-RAY-\nCODE_OF", True, "X-RAY-CODE_OF"),
        ("SEX*", False, "SEX"),
        ("RECORD_NUMBER (PK)", False, "RECORD_NUMBER"),
        ("NAME\n\n(see the note)", False, "NAME"),
        ('"offset"', False, "offset"),
        ("Date of\nbirth", False, "Date of birth"),
    ],
)
def test_names(cell: str, hyphens: bool, due: str) -> None:
    assert unwrapped_name(cell, wraps=True, hyphens=hyphens) == due


def test_names_of_tables_in_titles() -> None:
    assert labelled_table(["Some words", "TABLE NAME: LOAD_X (continued)"]) == ("LOAD_X", 1)
    assert labelled_table(["Table name", "LOAD_X"])[0] == "LOAD_X"
    assert labelled_table(["File name: dictionary.xlsx"])[0] == ""
    assert labelled_table(["TABLE NAME: LOAD_X", "PARENT TABLE: LOAD_Y"]) == ("LOAD_X", 0)
    assert labelled_table(["TABLE NAME  LOAD_X"])[0] == "LOAD_X"
    assert heading_table("5.1  LOAD_PMI") == "LOAD_PMI"
    assert heading_table("Table 12: LOAD_PMI \u2013 Patients") == "LOAD_PMI"
    assert heading_table("PATDATA - Patient master index") == "PATDATA"
    assert heading_table("The rows of the table are loaded after LOAD_PMI.") == ""


@pytest.mark.parametrize(
    ("cell", "running"),
    [
        ("Foreign key to LOAD_PMI.RECORD_NUM\nBER", "Foreign key to LOAD_PMI.RECORD_NUMBER"),
        (
            "Foreign key to LOAD_PMI.RECORD_NUMBER\nThe patient.",
            "Foreign key to LOAD_PMI.RECORD_NUMBER The patient.",
        ),
        (
            "Foreign key: LOAD_LOCATIONS.LOCATION_CODE\nA ward.",
            "Foreign key: LOAD_LOCATIONS.LOCATION_CODE A ward.",
        ),
    ],
)
def test_a_name_broken_by_the_line_is_joined_and_a_new_sentence_is_not(cell, running):
    assert flow(cell) == running


@pytest.mark.parametrize(
    "text",
    [
        "Only two accepted values: Y or N Leave blank if not known.",
        "Only two accepted values: Y or N N.B. Times are local times.",
    ],
)
def test_a_list_of_codes_ends_where_a_sentence_begins_without_a_full_stop(text: str) -> None:
    assert traits_of(text).values == ("Y", "N")
