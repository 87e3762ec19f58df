"""Which profile fits a document, and what of it crosses to the child that reads."""

from __future__ import annotations

import pytest

from caseload.model.catalog import Provenance
from caseload.model.errors import UnsettledColumns, from_dict
from caseload.model.reader_profile import (
    FROM_SHEET,
    Assignment,
    ReaderProfile,
    profile_from_dict,
)
from caseload.specs.readers.grid import Grid, Row
from caseload.specs.readers.profile_match import fitting, in_words, stem_of


def grid(*rows: list[str]) -> Grid:
    return Grid([Row(list(cells), Provenance("d.csv", row=n)) for n, cells in enumerate(rows, 1)])


def profile(*headers: str, document: str = "Wards v1.csv", **given: object) -> ReaderProfile:
    assignment = Assignment({"table": headers[0], "field": headers[1]} if headers else {"field": 1})
    values = {"id": "p1", "name": "Wards", "kind": "csv", "by": "anna", "at": "2026-11-24T09:00:00"}
    values |= given
    return ReaderProfile(assignment=assignment, headers=headers, document=document, **values)


def test_unsettled_columns_survive_a_process_boundary():
    said = UnsettledColumns(
        "The columns cannot be told",
        document="d.csv",
        columns=("Wibble", ""),
        sheet="One",
        guessed={"field": "Wibble"},
    )
    again = from_dict(said.as_dict())
    assert isinstance(again, UnsettledColumns)
    assert again.as_dict() == said.as_dict()
    assert again.columns == ("Wibble", "")
    assert again.remedy.endswith("--roles 'd.csv:table=COLUMN,field=Wibble'")


def test_the_remedy_is_a_command_that_the_shell_and_the_program_understand():
    said = UnsettledColumns("x", document="d.csv", sheet="One, two", guessed={"type": 'A "b"'})
    assert said.remedy.endswith(
        """--roles 'd.csv:table=COLUMN,field=COLUMN,type="A ""b""\",sheet="One, two"'"""
    )


def test_a_profile_survives_a_process_boundary():
    given = ReaderProfile(
        "p1", "Wards", "xlsx", Assignment({"field": 2}, "One", 3, FROM_SHEET, (0, "Old")), ("A",)
    )
    assert profile_from_dict(given.as_dict()) == given


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("Guide_v7.3 2026-01.pdf", "guide"),
        ("guide-7.2.pdf", "guide"),
        ("Ward dictionary (2).xlsx", "ward dictionary"),
        ("Ward dictionary FINAL.xlsx", "ward dictionary"),
        ("ward_dictionary_rev3a.xlsx", "ward dictionary"),
        ("2026.csv", "2026"),
    ],
)
def test_a_document_keeps_its_name_from_version_to_version(name, stem):
    assert stem_of(name) == stem


def test_a_profile_fits_whatever_has_its_headers_in_any_order():
    known = profile("Wibble", "Wobble", "Wub")
    turned = grid(["A title"], ["WUB", "wob ble", "Wibble", "New"], ["1", "X", "T", ""])
    assert fitting([known], "csv", "anything.csv", [turned]) is known
    assert fitting([known], "xlsx", "anything.xlsx", [turned]) is None


def test_most_of_the_headers_are_enough_under_the_same_name():
    known = profile("Wibble", "Wobble", "Wub", "Wab")
    fewer = grid(["Wibble", "Wobble", "Wub"], ["T", "X", "1"])
    assert fitting([known], "csv", "wards-v2.csv", [fewer]) is known
    assert fitting([known], "csv", "other.csv", [fewer]) is None


def test_a_column_that_was_given_a_role_must_be_there():
    known = profile("Wibble", "Wobble", "Wub", "Wab", "Web")
    without = grid(["Wibble", "Wub", "Wab", "Web"], ["T", "1", "2", "3"])
    assert fitting([known], "csv", "Wards v2.csv", [without]) is None


def test_a_profile_without_headers_fits_by_name_alone():
    known = profile()
    assert fitting([known], "csv", "wards 2.csv", [grid(["T", "X"])]) is known
    assert fitting([known], "csv", "beds.csv", [grid(["T", "X"])]) is None


def test_the_closest_then_the_newest_profile_is_taken():
    older = profile("Wibble", "Wobble")
    newer = profile("Wibble", "Wobble", id="p2", at="2026-11-25T09:00:00")
    other = profile("Wibble", "Wobble", id="p3", at="2026-11-26T09:00:00", document="beds.csv")
    page = grid(["Wibble", "Wobble"])
    assert fitting([newer, older, other], "csv", "wards.csv", [page]) is newer


def test_a_profile_says_whose_it_is():
    assert in_words(profile("A", "B")) == "profile Wards of anna, 24 Nov 2026"
