"""One fact in the many wordings that vendors use for it, and prose that states none."""

from __future__ import annotations

import pytest

from caseload.specs.readers.prose import Traits, flow, overlooked, traits_of
from caseload.specs.readers.prose_values import closed_list

from . import guides_phrases as say

TWO = [pair for pair in say.VALUE_SETS if len(pair) == 2]
MORE = [triple for triple in say.VALUE_SETS if len(triple) == 3]


def tuned(bank: tuple[str, ...]) -> tuple[str, ...]:
    return say.kept(bank, unseen=False)


@pytest.mark.parametrize("text", tuned(say.MANDATORY))
def test_mandatory(text: str) -> None:
    assert traits_of(f"{text}. The patient.").mandatory is True


@pytest.mark.parametrize("text", tuned(say.OPTIONAL))
def test_optional(text: str) -> None:
    assert traits_of(f"{text}. The patient.").mandatory is False


@pytest.mark.parametrize("text", tuned(say.CONDITIONAL))
def test_conditions(text: str) -> None:
    said = text.format(other="WARD_CODE")
    found = traits_of(f"{said}. The patient.")
    assert (found.mandatory, found.condition) == (None, said)


@pytest.mark.parametrize("field", ["RECORD_NUMBER", "StaffCode", "NHS-POST_REF", "gp_ref"])
@pytest.mark.parametrize("text", tuned(say.FOREIGN))
def test_references(text: str, field: str) -> None:
    found = traits_of(text.format(table="LOAD_PMI", field=field) + ". In minutes.")
    assert ("LOAD_PMI", field) in found.foreign


@pytest.mark.parametrize("text", tuned(say.CODE))
def test_code_types(text: str) -> None:
    found = traits_of(text.format(number=12, title="Marital Status") + ". In minutes.")
    assert found.code_type == "12 Marital Status"


@pytest.mark.parametrize("mask", tuned(say.MASKS))
@pytest.mark.parametrize("text", tuned(say.FORMAT))
def test_formats(text: str, mask: str) -> None:
    found = traits_of(text.format(mask=mask) + ". In minutes.")
    assert (found.format, found.values, found.mandatory) == (mask, (), None)


@pytest.mark.parametrize("values", TWO)
@pytest.mark.parametrize("text", tuned(say.VALUES_TWO))
def test_two_values(text: str, values: tuple[str, str]) -> None:
    said = text.format(**dict(zip("abc", values, strict=False)))
    assert traits_of(f"{said}. In minutes.").values == values


@pytest.mark.parametrize("values", MORE)
@pytest.mark.parametrize("text", tuned(say.VALUES_MORE))
def test_more_values(text: str, values: tuple[str, ...]) -> None:
    said = text.format(**dict(zip("abc", values, strict=True)))
    assert traits_of(f"{said}. In minutes.").values == values


@pytest.mark.parametrize("text", [*say.NOISE, "HH:MI on the 24-hour clock."])
def test_prose_states_nothing(text: str) -> None:
    assert traits_of(text) == Traits()


@pytest.mark.parametrize(
    "text",
    [
        "Must be DD/MM/YYYY",
        "Must not be later than the end, e.g. 12/03/2010",
        "Accepted values: see appendix B",
        "The site or place",
        "Must be the NHS number or the hospital number",
    ],
)
def test_what_is_no_closed_list(text: str) -> None:
    assert closed_list(text) == ()


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("Accepted values: Y, N or blank", ("Y", "N")),
        ("Active flag (Y/N)", ("Y", "N")),
        ("Accepted values: 0 - No, 1 - Yes", ("0", "1")),
        ("Accepted values: 1-9", ()),
        ("Accepted values: 1 to 5", ()),
        ("Only two accepted values are \u2018Y\u2019 and \u2018N\u2019", ("Y", "N")),
    ],
)
def test_closed_lists_beside_other_words(text: str, due: tuple[str, ...]) -> None:
    assert traits_of(text).values == due


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("Format: VARCHAR2(10)", ""),
        ("Must be in format: NNN NNN NNNN", "NNN NNN NNNN"),
        ("Must be in format: DD/MM/YYYY[ HH24:MI]", "DD/MM/YYYY[ HH24:MI]"),
        ("Format: DDMMYYYY", "DDMMYYYY"),
    ],
)
def test_other_formats(text: str, due: str) -> None:
    assert traits_of(text).format == due


@pytest.mark.parametrize(
    "text",
    [
        "Foreign key to LOAD_PMI RECORD_NUMBER",
        "Foreign Key (LOAD_PMI.RECORD_NUMBER)",
        "FK: LOAD_PMI/RECORD_NUMBER",
        "Foreign key to the RECORD_NUMBER field in the LOAD_PMI table",
        "Foreign key to LOAD_PMI table, RECORD_NUMBER column",
        "LOAD_PMI.RECORD_NUMBER",
    ],
)
def test_further_references(text: str) -> None:
    assert ("LOAD_PMI", "RECORD_NUMBER") in traits_of(text).foreign


def test_a_code_type_may_have_only_a_name() -> None:
    assert traits_of('Maps to: code type "Sex"').code_type == "Sex"
    assert traits_of('Maps to code type "Sex" (12)').code_type == "12 Sex"


def test_a_link_from_elsewhere_is_no_reference_of_this_field() -> None:
    said = "Delivery and birth episodes must be linked from LOAD_MATERNITY and LOAD_BIRTHS."
    assert traits_of(said).foreign == []


def test_a_name_that_a_lines_end_cut_is_also_read_whole() -> None:
    found = traits_of("Foreign key to LOAD_PMI.RECORD_NUM BER. The patient.")
    assert ("LOAD_PMI", "RECORD_NUMBER") in found.foreign


def test_a_hyphen_at_a_lines_end_stays_without_a_space() -> None:
    assert flow("In the format DD-MON-\nYYYY.") == "In the format DD-MON-YYYY."
    assert flow("Foreign key to LOAD_PMI.\nRECORD_NUMBER.") == (
        "Foreign key to LOAD_PMI.RECORD_NUMBER."
    )
    assert flow("Foreign key to LOAD_PMI.RECORD_NUMBER.\nUppercase.").endswith("BER. Uppercase.")


def test_a_word_in_capitals_after_a_full_stop_is_no_name() -> None:
    assert flow("Foreign key to the CODE of LOAD_PMI.\nMANDATORY. x").endswith(". MANDATORY. x")
    assert flow("Foreign key to LOAD_PMI.CODE_OF_X.\nMANDATORY. x").endswith(". MANDATORY. x")


def test_a_line_that_goes_on_in_small_letters_is_no_new_paragraph() -> None:
    assert flow("If WARD is supplied\n\nthen it is mandatory") == (
        "If WARD is supplied then it is mandatory"
    )


def test_what_a_comment_names_without_being_understood_is_told() -> None:
    text = "Foreign key, see the chapter on patients. Code type 12. the rest of it is"
    assert overlooked(text, Traits()) == ("foreign key", "code type", "unfinished")
    assert overlooked("Mandatory field. The patient.", Traits()) == ()
