"""What the values of a table look like is measured, not guessed."""

from pathlib import Path

import pytest

from caseload.engine.connection import Engine
from caseload.engine.csv_out import guarded, write_csv
from caseload.engine.dates import FORMATS, date_format, parse_any, parses, show
from caseload.engine.profile import distinct_share, find_rows, inclusion, profile_columns
from caseload.engine.sql import text


@pytest.fixture
def staff(engine: Engine) -> str:
    rows = [
        ("1", "A", "20240101", "x"),
        ("2", "B", "20240230", None),
        ("3", "A", "2024013", None),
        ("4", None, None, None),
    ]
    engine.load_rows("staff", dict.fromkeys(("Id", "Code", "Day", "Note"), "VARCHAR"), rows)
    engine.load_rows("codes", {"Code": "VARCHAR"}, [("A",), ("C",)])
    return "staff"


def test_a_profile_counts_fills_lengths_dates_and_common_values(engine: Engine, staff: str) -> None:
    found = profile_columns(engine, staff)
    assert list(found) == ["Id", "Code", "Day", "Note"]
    code, day, key = found["Code"], found["Day"], found["Id"]
    assert (code.rows, code.non_null, code.distinct, code.non_null_share) == (4, 3, 2, 0.75)
    assert code.top == (("A", 2), ("B", 1))
    assert not code.unique
    assert key.unique
    assert key.integer_share == 1.0
    assert (day.min_length, day.max_length) == (7, 8)
    assert day.date_shares == {"CCYYMMDD": pytest.approx(1 / 3)}


def test_a_column_without_values_and_a_table_without_rows_have_a_profile(engine: Engine) -> None:
    engine.run('CREATE TABLE "empty" (a VARCHAR, b VARCHAR)')
    assert profile_columns(engine, "empty", ["b"])["b"].non_null_share == 0
    assert distinct_share(engine, "empty", ["a"]) is None


def test_inclusion_and_keys_are_shares(engine: Engine, staff: str) -> None:
    assert inclusion(engine, staff, ["Code"], "codes", ["Code"]) == 0.5
    assert distinct_share(engine, staff, ["Code"]) == pytest.approx(2 / 3)
    assert distinct_share(engine, staff, ["Id", "Code"]) == 1.0
    assert find_rows(engine, staff, "t.Code = 'A'").rowids == (0, 2)


@pytest.mark.parametrize("name", list(FORMATS))
def test_a_date_is_of_one_format_and_reads_back(engine: Engine, name: str) -> None:
    form = FORMATS[name]
    shown = engine.row(f"SELECT {show('TIMESTAMP ' + text('2024-02-29 13:05:00'), form)}")[0]
    assert len(shown) == form.length
    value = text(shown)
    of = [n for n, f in FORMATS.items() if engine.row(f"SELECT {parses(value, f)}")[0]]
    assert of == [name]
    again = engine.row(f"SELECT {show(parse_any(value), form)}")[0]
    assert again == shown


@pytest.mark.parametrize("mask", ["DD/MM/YY", "HH24:MI", "DD/MM", "nonsense", "", "YYYYMMDDYYYY"])
def test_masks_that_are_no_date_are_not_understood(mask: str) -> None:
    assert date_format(mask) is None


def test_masks_are_read_however_they_are_written() -> None:
    assert date_format("dd/mm/ccyy") == FORMATS["DD/MM/YYYY"]
    assert date_format("YYYYMMDDHH24MI") == FORMATS["CCYYMMDDHHMM"]
    assert date_format("DD-MON-YYYY") is not None


def test_csv_is_written_in_the_house_style(engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "out" / "t.csv"
    query = "SELECT * FROM (VALUES ('a,b', NULL, 'x'), ('say \"hi\"', 'two\nlines', '')) t(a, b, c)"
    assert write_csv(engine, query, path) == 2
    assert path.read_bytes() == b'a,b,c\n"a,b",,x\n"say ""hi""","two\nlines",""\n'


def test_texts_that_a_spreadsheet_would_run_are_guarded(engine: Engine) -> None:
    for value, shown in (("=1", "'=1"), ("-x", "'-x"), ("'x", "''x"), ("x=1", "x=1")):
        assert engine.row(f"SELECT {guarded(text(value))}")[0] == shown
