"""Names in full words."""

import pytest

from caseload.specs.meaning.lexicon import shipped_lexicon
from caseload.specs.meaning.names import first_sentence, pieces


def words(name: str) -> str:
    return " ".join(w for word in shipped_lexicon().words.of_name(name) for w in word.first)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("PtDoB", "patient birth date"),
        ("DATE_OF_BIRTH", "date birth"),
        ("NoKAddrLine1", "next kin address line 1"),
        ("InternalPatNo", "internal patient number"),
        ("GP_PRACTICE_CODE", "gp practice code"),
        ("AEArrivalTime", "emergency arrival time"),
        ("wl_entry_no", "waiting list entry number"),
        ("CASENOTENO", "casenote number"),
    ],
)
def test_names_of_every_style_come_out_in_the_same_words(name: str, expected: str) -> None:
    assert words(name) == expected


def test_an_unknown_abbreviation_is_read_as_the_word_it_begins() -> None:
    assert words("Anaestheti") == "anaesthetic"


def test_a_word_no_list_knows_stays_as_it_is() -> None:
    assert words("Zyxqw") == "zyxqw"


def test_case_underscores_and_digits_mark_the_pieces() -> None:
    assert pieces("Apgar5Min_2") == ["apgar", "5", "min", "2"]


def test_a_release_number_is_no_description() -> None:
    assert shipped_lexicon().words.of_prose("19.1") == ()


def test_only_the_first_sentence_says_what_a_field_is() -> None:
    assert first_sentence("The ward. Leave empty for day cases.") == "The ward"
