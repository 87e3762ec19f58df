"""Text, SQL and JSON that mean harm end as one message or a clean reading, within their limits."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .hostile import FIELDS, HEADER, ROWS, answer, names, problems, read, refused

pytestmark = pytest.mark.slow

TEXT = "\n".join(",".join(row) for row in (HEADER, *ROWS))


def written(path: Path, text: str | bytes) -> Path:
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def sparse(path: Path, size: int, start: bytes = TEXT.encode() + b"\n") -> Path:
    """A file that is mostly a hole: of any size, made at once."""
    with path.open("wb") as file:
        file.write(start)
        file.truncate(size)
    return path


@pytest.mark.parametrize("name", ["x.csv", "x.xlsx", "x.pdf", "x.docx", "x.sql", "x.json", "x.ods"])
def test_a_gigabyte_is_refused_at_once(tmp_path: Path, name: str) -> None:
    refused(sparse(tmp_path / name, 1_000_000_000))


def test_a_gigabyte_of_text_says_how_much_is_read(tmp_path: Path) -> None:
    said = refused(sparse(tmp_path / "x.csv", 1_000_000_000), "1000 MB; at most 60 are read")
    assert "right file" in said.remedy


@pytest.mark.parametrize("fill", [b"\0", b"a", b'"', b"\n", b",", b";\n", b'","'])
def test_as_much_text_as_is_read_stays_within_limits(tmp_path: Path, fill: bytes) -> None:
    path = tmp_path / "x.csv"
    with path.open("wb") as file:
        file.write(TEXT.encode() + b"\n")
        for _ in range(5):
            file.write(fill * (11_000_000 // len(fill)))
    answer(path)


def test_data_offered_as_a_dictionary_says_so(tmp_path: Path) -> None:
    path = tmp_path / "patients.csv"
    row = "100{0},M,1950-01-{1:02},High Street {0},AB{0} 1CD,07700 9{0:05}\n"
    with path.open("w", encoding="utf-8") as file:
        file.write("PatNo,Sex,Born,Street,Postcode,Phone\n")
        for number in range(800_000):
            file.write(row.format(number, number % 28 + 1))
    said = refused(path, "that is data")
    assert "High Street" not in str(said)


def test_a_million_empty_lines_cost_nothing_much(tmp_path: Path) -> None:
    first, _, rest = TEXT.partition("\n")
    text = f"{first}\n{chr(10) * 500_000}{rest}\n,,,,\n{chr(10) * 500_000}"
    assert names(read(written(tmp_path / "x.csv", text))) == FIELDS


def test_a_line_of_many_megabytes_is_one_message(tmp_path: Path) -> None:
    refused(written(tmp_path / "x.csv", TEXT + '\nT,"' + "x" * 30_000_000))
    answer(written(tmp_path / "y.csv", TEXT + "\nT," + "x" * 900_000))


def test_a_row_of_a_million_cells_is_a_problem_of_its_row(tmp_path: Path) -> None:
    reading = read(written(tmp_path / "x.csv", TEXT + "\n" + "a," * 1_000_000))
    assert names(reading) == FIELDS
    assert "cells where 5 are expected" in problems(reading)


def test_a_header_of_a_million_cells_is_answered(tmp_path: Path) -> None:
    answer(written(tmp_path / "x.csv", "Table,Field," + "C," * 300_000 + "\nT,F,\n"))


@pytest.mark.parametrize(
    "text",
    [
        TEXT.replace("STAY", "ST\0AY"),
        TEXT.replace("SURNAME", '"SURNAME'),
        TEXT.replace("SURNAME", 'SUR"NAME'),
        TEXT.replace("\n", "\r"),
        TEXT.replace("\n", "\r\r\n"),
        TEXT.replace("\n", "\x0b"),
        TEXT.replace(",", "\x1f"),
        "\ufeff" * 3 + TEXT,
        TEXT + "\x1a",
    ],
)
def test_odd_marks_in_text_break_nothing(tmp_path: Path, text: str) -> None:
    answer(written(tmp_path / "x.csv", text))


def test_bytes_that_are_no_text_are_named(tmp_path: Path) -> None:
    refused(written(tmp_path / "x.csv", bytes(range(256)) * 40), "neither text nor")
    answer(written(tmp_path / "y.csv", b"\xff\xfe" + TEXT.encode("utf-16-le") + b"\x00"))
    answer(written(tmp_path / "z.csv", TEXT.encode() + b"\nT,\xff\xfe\xfd,int"))


DDL = "CREATE TABLE PATIENT (ID NUMBER(10), SURNAME VARCHAR2(40));\n"


@pytest.mark.parametrize("depth", [500, 50_000, 2_000_000])
@pytest.mark.parametrize("pair", ["()", "[]", "''"])
def test_sql_within_itself_is_one_message_or_a_reading(
    tmp_path: Path, depth: int, pair: str
) -> None:
    nest = f"CREATE TABLE T (A INT CHECK (A > {pair[0] * depth}1{pair[1] * depth}));\n"
    answer(written(tmp_path / "x.sql", DDL + nest))


@pytest.mark.parametrize(
    "bomb",
    [
        "CREATE TABLE T (A INT DEFAULT " + "NOT " * 30_000 + "1);",
        "CREATE TABLE T (A INT DEFAULT " + "- " * 30_000 + "1);",
        "CREATE TABLE T (A INT DEFAULT 1" + " + 1" * 30_000 + ");",
        "CREATE TABLE T (A INT DEFAULT "
        + "CASE WHEN 1 THEN " * 5_000
        + "1"
        + " END" * 5_000
        + ");",
        "CREATE TABLE T (" + ",".join(f"C{n} INT" for n in range(20_000)) + ");",
        "CREATE TABLE T (A VARCHAR2(" + "9" * 5_000 + "));",
        "/*" * 100_000,
        "--" + "x" * 3_000_000,
        "CREATE TABLE " + "x" * 1_000_000 + " (A INT);",
        "CREATE TABLE T (A INT",
        "SELECT load_extension('x'); ATTACH 'y' AS z; COPY t TO PROGRAM 'id'; DROP TABLE PATIENT;",
        "$$" * 50_000 + "DELIMITER //",
    ],
    ids=range(12),
)
def test_a_bomb_of_sql_is_one_message_or_a_reading(tmp_path: Path, bomb: str) -> None:
    answer(written(tmp_path / "x.sql", DDL + bomb))


def test_very_much_sql_stays_within_limits(tmp_path: Path) -> None:
    table = "CREATE TABLE T{} (ID INTEGER NOT NULL, NAME VARCHAR(40), PRIMARY KEY (ID));\n"
    text = "".join(table.format(number) for number in range(600_000))
    answer(written(tmp_path / "x.sql", text), may_stop=True)


def schema(**defs: object) -> str:
    own = {
        "PATIENT": {
            "type": "object",
            "properties": {"ID": {"type": "integer"}, "SURNAME": {"type": "string"}},
        }
    }
    return json.dumps({"$schema": "https://json-schema.org/draft/2020-12/schema",
                       "$defs": {**own, **defs}})  # fmt: skip


@pytest.mark.parametrize(
    "odd",
    [
        {"$ref": "#/$defs/ODD"},
        {"$ref": "#"},
        {"allOf": [{"$ref": "#/$defs/ODD"}, {"$ref": "#/$defs/ODD"}]},
        {"properties": {"A": {"$ref": "#/$defs/ODD"}, "B": {"items": {"$ref": "#/$defs/ODD"}}}},
        {"$ref": "file:///etc/passwd"},
        {"$ref": "http://127.0.0.1:9/x"},
        {"$ref": "#/$defs/" + "x/" * 100_000},
        {"properties": {"A": {"maxLength": 10**400, "type": ["string"] * 10_000}}},
        {"properties": {"A": {"enum": list(range(200_000))}}},
        {"properties": {"A": {"maxLength": -1, "description": 7, "type": {"a": 1}}}},
        {"properties": [1, 2], "required": "A"},
        {"properties": {"": {"type": "string"}, "\u202e\x00": {"type": "string"}}},
        True,
        None,
        "x",
    ],
    ids=range(15),
)
def test_a_schema_that_means_harm_is_one_message_or_a_reading(tmp_path: Path, odd: object) -> None:
    answer(written(tmp_path / "x.json", schema(ODD=odd)))


@pytest.mark.parametrize(
    "text",
    [
        "[" * 2_000_000,
        '{"a":' * 100_000 + "1" + "}" * 100_000,
        '{"properties":{"a":' * 3_000 + "{}" + "}}" * 3_000,
        '{"properties": {"a": {"maxLength": ' + "9" * 100_000 + "}}}",
        '{"properties": {"a": {"maxLength": 1e999999}}}',
        '{"properties": {"a": {"maxLength": NaN}}}',
        '{"properties": {"a": {"description": "\\ud800"}}}',
        '{"caseload": "caseload database metadata 1"}',
        '{"caseload": "caseload database metadata 1", "tables": [{"columns": 1}]}',
        '{"caseload": "caseload database metadata 1", "x": ' + "[" * 100_000,
        "{" + ",".join(f'"k{n}":{{"properties":{{}}}}' for n in range(50_000)) + "}",
    ],
    ids=range(11),
)
def test_json_that_means_harm_is_one_message_or_a_reading(tmp_path: Path, text: str) -> None:
    answer(written(tmp_path / "x.json", text))


@pytest.mark.parametrize("name", ["x.pdf", "x.xlsx", "x.docx", "x.ods", "x.xls", "x.db", "x.csv"])
def test_a_wrong_ending_and_no_bytes_are_named(tmp_path: Path, name: str) -> None:
    refused(written(tmp_path / name, b""), "zero bytes")
    if name != "x.csv":
        refused(written(tmp_path / name, TEXT))
    refused(written(tmp_path / "x.exe", b"MZ" + bytes(900)))
