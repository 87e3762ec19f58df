"""Codes listed apart from the fields come to the fields that use them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from caseload.specs.readers.grid import Reading

Reader = Callable[[Path], Reading]
Rows = Sequence[Sequence[Any]]

FIELDS = [
    ["Table", "Column", "Data type", "Code type", "Description"],
    ["PATIENT", "PATIENT_ID", "NUMBER(9)", None, "Key"],
    ["PATIENT", "SEX_CODE", "CHAR(1)", "12 Sex", "Sex as registered"],
    ["PATIENT", "DEAD_FLAG", "CHAR(1)", None, "Has died"],
    ["SPELL", "SPELL_ID", "NUMBER(9)", None, "Key"],
    ["SPELL", "METHOD", "CHAR(2)", "19 Method", "How admitted"],
]
SEX = {"PATIENT.SEX_CODE": ("M", "F")}
METHOD = {"SPELL.METHOD": ("11", "21")}
DEAD = {"PATIENT.DEAD_FLAG": ("Y", "N")}


def values(read: Reader, path: Path, lists: dict[str, Rows]) -> dict[str, tuple[str, ...]]:
    made = Workbook()
    made.remove(made.active)
    for name, rows in {"Columns": FIELDS, **lists}.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    made.save(path)
    reading = read(path)
    assert sum(len(table.fields) for table in reading.tables) == len(FIELDS) - 1
    assert not reading.problems
    every = (spec for table in reading.tables for spec in table.fields)
    return {spec.qualified: spec.allowed_values for spec in every if spec.allowed_values}


@pytest.mark.parametrize(
    ("lists", "expected"),
    [
        pytest.param(
            {"Codes": [["Table", "Column", "Value", "Meaning"],
                       ["PATIENT", "SEX_CODE", "M", "Male"], ["PATIENT", "SEX_CODE", "F", "Female"],
                       ["PATIENT", "DEAD_FLAG", "Y", "Yes"], ["PATIENT", "DEAD_FLAG", "N", "No"]]},
            SEX | DEAD, id="by table and field",
        ),
        pytest.param(
            {"Reference data": [["Field", "Code", "Description"], ["Sex code", "M", "Male"],
                                [None, "F", "Female"], ["Dead flag", "Y", "Yes"],
                                [None, "N", "No"]]},
            SEX | DEAD, id="by field, named in the first row of each list",
        ),
        pytest.param(
            {"Code types": [["No.", "Code type", "Code", "Text"], [12, "Sex", "M", "Male"],
                            [12, "Sex", "F", "Female"], [19, "Method", 11, "Waiting list"],
                            [19, "Method", 21, "Emergency"], [20, "Unused", 1, "Nothing"]]},
            SEX | METHOD, id="by the number of the code type",
        ),
        pytest.param(
            {"Lists": [["SEX_CODE", "DEAD_FLAG", "METHOD"], ["M", "Y", 11], ["F", "N", 21],
                       [None, None, 22]]},
            SEX | DEAD | {"SPELL.METHOD": ("11", "21", "22")}, id="a column a list",
        ),
        pytest.param(
            {"Lookups": [["12 Sex"], ["Code", "Meaning"], ["M", "Male"], ["F", "Female"], [],
                         ["19 Method"], ["Code", "Meaning"], [11, "Waiting list"],
                         [21, "Emergency"]]},
            SEX | METHOD, id="a block of rows a list",
        ),
        pytest.param(
            {"SEX_CODE": [["Code", "Meaning"], ["M", "Male"], ["F", "Female"]]},
            SEX, id="a sheet a list",
        ),
        pytest.param(
            {"Example": [["PATIENT_ID", "SEX_CODE", "DEAD_FLAG"], [1, "M", "N"], [2, "F", "Y"]]},
            {}, id="rows of examples are no lists",
        ),
    ],
)  # fmt: skip
def test_listed_codes_are_the_allowed_values(
    tmp_path: Path, read: Reader, lists: dict[str, Rows], expected: dict[str, tuple[str, ...]]
) -> None:
    assert values(read, tmp_path / "d.xlsx", lists) == expected
