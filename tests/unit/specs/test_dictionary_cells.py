"""Types, lengths, flags, keys and references are understood however a cell writes them."""

from __future__ import annotations

import pytest

from caseload.specs.readers.cells import (
    condition_in,
    flags_of,
    key_facts,
    length_of,
    reference,
    table_and_field,
    type_and_length,
)


@pytest.mark.parametrize(
    ("text", "kind", "length"),
    [
        ("VARCHAR2(30)", "VARCHAR2", "30"),
        ("VARCHAR2 (30 CHAR)", "VARCHAR2", "30"),
        ("VARCHAR2", "VARCHAR2", ""),
        ("varchar(max)", "VARCHAR", "MAX"),
        ("nvarchar(4,000)", "NVARCHAR", "4000"),
        ("NUMBER(10, 2)", "NUMBER", "10,2"),
        ("timestamp(6) with time zone", "TIMESTAMP WITH TIME ZONE", "6"),
        ("double precision", "DOUBLE PRECISION", ""),
        ("int(11) unsigned", "INT UNSIGNED", "11"),
        ("CHAR 10", "CHAR", "10"),
        ("varchar[30]", "VARCHAR", "30"),
        ("an..35", "AN", "35"),
        ("max an10", "AN", "10"),
        ("X(20)", "X", "20"),
        ("9(5)V99", "9", "7,2"),
        ("INT8", "INT8", ""),
    ],
)
def test_a_type_is_parted_from_its_length(text: str, kind: str, length: str) -> None:
    assert type_and_length(text)[:2] == (kind, length)


def test_a_type_may_say_that_a_value_is_needed() -> None:
    assert type_and_length("CHAR(3) NOT NULL") == ("CHAR", "3", True)
    assert type_and_length("DATE NULL") == ("DATE", "", False)


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("30", "30"), ("30.0", "30"), ("10.2", "10,2"), ("10,2", "10,2"), ("(30)", "30"),
        ("30 chars", "30"), ("max 30", "30"), ("1..30", "30"), ("4,000", "4000"), ("-1", "MAX"),
        ("8 (CCYYMMDD)", "8"), ("10,0", "10"), ("see note", "see note"),
    ],
)  # fmt: skip
def test_a_length_is_a_number_however_it_is_written(text: str, length: str) -> None:
    assert length_of(text) == length


@pytest.mark.parametrize(
    ("column", "yes", "no"),
    [
        (("Y", "N"), "Y", "N"), (("M", "O", "C"), "M", "O"), (("O", "N"), "O", "N"),
        (("J", "N"), "J", "N"), (("1..1", "0..1"), "1..1", "0..1"), (("Sí", "No"), "Sí", "No"),
        (("K", "E"), "K", "E"), (("M", "K"), "M", "K"), (("NOT NULL", "NULL"), "NOT NULL", "NULL"),
        (("\u2713", "\u2717"), "\u2713", "\u2717"), (("Tak", "Nie"), "tak", "NIE"),
        (("Mandatory", "Optional"), "mandatory", "Optional"), (("Ie", "Na"), "Ie", "Na"),
    ],
)  # fmt: skip
def test_yes_and_no_are_told_from_the_whole_column(
    column: tuple[str, ...], yes: str, no: str
) -> None:
    flag = flags_of(column)
    assert flag(yes) is True
    assert flag(no) is False
    assert flag("") is None


def test_a_condition_is_neither_yes_nor_no() -> None:
    flag = flags_of(["M", "O", "Mandatory if discharged"])
    assert flag("Mandatory if discharged") is None
    assert condition_in("Mandatory if discharged") == "Mandatory if discharged"
    assert condition_in("M") == ""


def test_keys_are_primary_foreign_or_unique() -> None:
    assert key_facts("PK") == (True, False, False)
    assert key_facts("PK, FK") == (True, True, False)
    assert key_facts("2") == (True, False, False)
    assert key_facts("MUL") == (False, True, False)
    assert key_facts("UNI") == (False, False, True)
    assert key_facts("0") == key_facts("N") == key_facts("") == (False, False, False)


@pytest.mark.parametrize(
    "text",
    ["PATDATA.IntPatNo", "FK to PATDATA.IntPatNo", "PATDATA(IntPatNo)", "dbo.PATDATA.IntPatNo",
     "\u2192 PATDATA.IntPatNo", "[dbo].[PATDATA].[IntPatNo]", "references PATDATA (IntPatNo)"],
)  # fmt: skip
def test_a_reference_leads_to_a_table_and_a_field(text: str) -> None:
    assert reference(text) == ("PATDATA", "IntPatNo")


def test_a_reference_may_name_only_the_table() -> None:
    assert reference("PATDATA") == ("PATDATA", "")
    assert reference("Yes") is None


def test_a_name_may_hold_its_table() -> None:
    assert table_and_field("dbo.PATDATA.PtDoB") == ("PATDATA", "PtDoB")
    assert table_and_field("PtDoB") is None
