"""Words above columns speak for roles, in thirteen languages and as compounds."""

from __future__ import annotations

import pytest

from caseload.specs.readers.header_words import header_words, words_say
from caseload.specs.readers.vocabulary import Role

from .dictionaries import WORDS

ROLES = {
    "table": Role.TABLE,
    "field": Role.FIELD,
    "type": Role.TYPE,
    "length": Role.LENGTH,
    "mandatory": Role.MANDATORY,
    "nullable": Role.NULLABLE,
    "key": Role.KEY,
    "foreign": Role.FOREIGN,
    "ftable": Role.FOREIGN_TABLE,
    "ffield": Role.FOREIGN_FIELD,
    "element": Role.ELEMENT,
    "deleted": Role.DELETED,
    "released": Role.RELEASED,
    "description": Role.DESCRIPTION,
    "position": Role.POSITION,
}
SAID = [
    (language, header, ROLES[trait])
    for language, words in WORDS.items()
    for trait, headers in words.items()
    if trait in ROLES
    for header in headers.split("|")
]


@pytest.mark.parametrize("language", WORDS)
def test_a_header_speaks_for_its_role_above_others(language: str) -> None:
    wrong = []
    for spoken, header, role in SAID:
        said = words_say(header)
        if spoken == language and (not said or max(said, key=lambda r: said[r]) is not role):
            wrong.append((header, said))
    assert wrong == []


@pytest.mark.parametrize(
    ("header", "role"),
    [
        ("TABLENAME", Role.TABLE),
        ("cdmFieldName", Role.FIELD),
        ("CHARACTER_MAXIMUM_LENGTH", Role.LENGTH),
        ("NUMERIC_PRECISION", Role.PRECISION),
        ("IS_NULLABLE", Role.NULLABLE),
        ("Feldbeschreibung", Role.DESCRIPTION),
        ("Field\ndescription", Role.DESCRIPTION),
        ("Table description", Role.TABLE_DESCRIPTION),
        ("Fremdschlüsseltabelle", Role.FOREIGN_TABLE),
        ("Code type", Role.CODE_TYPE),
        ("Allowed values", Role.VALUES),
        ("Not null", Role.MANDATORY),
        ("M/O/C", Role.MANDATORY),
        ("No. of characters", Role.LENGTH),
        ("DE number", Role.ELEMENT),
    ],
)
def test_compounds_and_several_words(header: str, role: Role) -> None:
    said = words_say(header)
    assert max(said, key=lambda one: said[one]) is role


@pytest.mark.parametrize(
    "header",
    ["Default value", "Number of fields", "Author", "Date of change", "Example", "fkDomain",
     "Owner", "This document lists the tables and fields of the system in order"],
)  # fmt: skip
def test_headers_of_other_things_speak_for_no_role(header: str) -> None:
    assert words_say(header) == {}


def test_words_are_compared_without_case_accents_and_camel_humps() -> None:
    assert header_words("LängeMax (Zeichen)") == "lange max zeichen"
    assert header_words("Długość_pola") == "dlugosc pola"
