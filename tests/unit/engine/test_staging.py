"""Files are read as text, strictly: nothing guessed, dropped or shifted."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from caseload.engine.connection import Engine
from caseload.engine.scan import CHUNK, scan_csv
from caseload.engine.sql import ident
from caseload.engine.staging import Staged, stage_csv
from caseload.model.errors import BadInput


def put(folder: Path, content: bytes, name: str = "T.csv") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def contents(engine: Engine, staged: Staged) -> list[tuple[object, ...]]:
    table = ident(staged.table)
    return engine.rows(f"SELECT {staged.line_of('t.rowid')}, t.* FROM {table} t ORDER BY t.rowid")


def read(engine: Engine, folder: Path, content: bytes) -> tuple[Staged, list[tuple[object, ...]]]:
    staged = stage_csv(engine, put(folder, content), "T")
    return staged, contents(engine, staged)


def test_values_stay_text_and_empty_ones_are_null(engine: Engine, tmp_path: Path) -> None:
    staged, rows = read(engine, tmp_path, b'a,b,c\n007,"",x\n1e3,2024-01-01,"y, z"\n')
    assert rows == [(2, "007", None, "x"), (3, "1e3", "2024-01-01", "y, z")]
    assert (staged.header, staged.rows, staged.quarantined) == (("a", "b", "c"), 2, [])


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ("a,b\nZoë,1\n".encode("utf-8-sig"), "utf-8"),
        ("a,b\nZoë,1\n".encode(), "utf-8"),
        ("a,b\nZoë,1\n".encode("utf-16"), "utf-16"),
        ("a,b\nZoë,1\n".encode("cp1252"), "cp1252"),
        ("a,b\r\nZoë,1\r\n".encode(), "utf-8"),
        ("a,b\nZoë,1".encode(), "utf-8"),
    ],
)
def test_encodings_and_line_ends_are_found(
    engine: Engine, tmp_path: Path, content: bytes, encoding: str
) -> None:
    staged, rows = read(engine, tmp_path, content)
    assert rows == [(2, "Zoë", "1")]
    assert staged.encoding == encoding


def test_line_ends_inside_values_are_kept_and_lines_counted(engine: Engine, tmp_path: Path) -> None:
    _, rows = read(engine, tmp_path, b'a,b\n1,"two\nlines"\n2,x\n3,"\n\n"\n4,y\n')
    assert rows == [(2, "1", "two\nlines"), (4, "2", "x"), (5, "3", "\n\n"), (8, "4", "y")]


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (b"1,2,", "3 values where the header has 2"),
        (b"1,2,3", "3 values where the header has 2"),
        (b"1", "1 values where the header has 2"),
        (b"1,x\x00y", "holds a NUL byte"),
        (b"1,\x81\xff", "holds bytes that are no text in the file's encoding"),
        (b'1,"x"y', "not CSV: a quotation mark without its partner, or text after it"),
        (b'1,"open', "not CSV: a quotation mark without its partner, or text after it"),
    ],
)
def test_a_bad_record_is_set_aside_with_its_line_and_its_neighbours_are_read(
    engine: Engine, tmp_path: Path, bad: bytes, reason: str
) -> None:
    content = "a,b\nZoë,1\n".encode() + bad + b'\n"q ""x""","2\n3"\nlast,row\n'
    staged, rows = read(engine, tmp_path, content)
    assert rows == [(2, "Zoë", "1"), (4, 'q "x"', "2\n3"), (6, "last", "row")]
    assert [(q.line, q.reason) for q in staged.quarantined] == [(3, reason)]
    assert staged.records == 4


def test_blanks_around_values_are_not_part_of_them(engine: Engine, tmp_path: Path) -> None:
    for content in (b"a,b\nx , y\n", b'a,b\n"x ",y\n', b"a,b\n x,y\n", b"a,b\r\nx,y \r\n"):
        engine.run('DROP TABLE IF EXISTS "T"')
        _, rows = read(engine, tmp_path, content)
        assert rows == [(2, "x", "y")], content


def test_only_the_columns_asked_for_are_staged_whatever_their_order(
    engine: Engine, tmp_path: Path
) -> None:
    path = put(tmp_path, b"B,a,C\n1,2,3\n")
    staged = stage_csv(engine, path, "T", columns=["A", "b"])
    assert staged.columns == ("a", "B")
    assert contents(engine, staged) == [(2, "2", "1")]
    with pytest.raises(BadInput, match="has no column zz"):
        stage_csv(engine, path, "T2", columns=["zz"])


def test_columns_that_differ_by_case_alone_are_both_kept(engine: Engine, tmp_path: Path) -> None:
    path = put(tmp_path, b"EvEntDt,EventDt,x\n1,2,3\n")
    staged = stage_csv(engine, path, "T", columns=["EventDt", "EvEntDt", "X"])
    assert staged.columns == ("EventDt", "EvEntDt", "x")
    assert contents(engine, staged) == [(2, "2", "1", "3")]
    assert staged.column_in("EventDt") == "EventDt#2"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "T.csv is empty"),
        (b"a,b,a\n1,2,3\n", "Two columns are called a"),
        (b"a,,c\n1,2,3\n", "A column has no name"),
        (b'"a,b\n1,2\n', "T.csv has no readable header"),
    ],
)
def test_an_unsound_header_is_refused(
    engine: Engine, tmp_path: Path, content: bytes, said: str
) -> None:
    with pytest.raises(BadInput, match=said):
        stage_csv(engine, put(tmp_path, content), "T")


def test_a_missing_file_is_refused_by_name(engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="There is no"):
        stage_csv(engine, tmp_path / "T.csv", "T")


def test_a_file_with_only_a_header_has_no_rows(engine: Engine, tmp_path: Path) -> None:
    staged, rows = read(engine, tmp_path, b"a,b\n")
    assert (staged.rows, rows) == (0, [])


def test_one_column_keeps_its_rows(engine: Engine, tmp_path: Path) -> None:
    staged, rows = read(engine, tmp_path, b'a\nx\n""\ny\n\nz\n')
    assert rows == [(2, "x"), (3, None), (4, "y"), (6, "z")]
    assert staged.rows == 4


def test_text_after_a_quote_that_ends_a_chunk_is_found(engine: Engine, tmp_path: Path) -> None:
    head = b"a,b\n"
    filler = b"x" * (CHUNK - len(head) - 4) + b',"y"'
    staged, rows = read(engine, tmp_path, head + filler + b"z\n1,2\n")
    assert [q.line for q in staged.quarantined] == [2]
    assert rows == [(3, "1", "2")]


def test_records_that_cross_a_chunk_are_counted_once(engine: Engine, tmp_path: Path) -> None:
    rows = [
        (f"{n}", "x" * (n % 7), 'say "hi",\nthere' if n % 50 == 0 else "") for n in range(60_000)
    ]
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([("a", "b", "c"), *rows])
    content = text.getvalue().encode()
    assert len(content) > 2 * CHUNK
    staged, found = read(engine, tmp_path, content)
    assert not scan_csv(staged.path).fault
    assert [tuple(v or "" for v in row[1:]) for row in found] == rows
    starts = [2]
    for _, _, c in rows[:-1]:
        starts.append(starts[-1] + 1 + c.count("\n"))
    assert [row[0] for row in found] == starts


cell = st.text(alphabet='ab" ,\né\r', max_size=5)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.tuples(cell, cell), max_size=6), st.booleans())
def test_whatever_the_values_they_are_read_back(
    engine: Engine, tmp_path: Path, rows: list[tuple[str, str]], crlf: bool
) -> None:
    text = io.StringIO()
    end = "\r\n" if crlf else "\n"
    quoting = csv.QUOTE_ALL if any("\r" in v for row in rows for v in row) else csv.QUOTE_MINIMAL
    csv.writer(text, lineterminator=end, quoting=quoting).writerows([("a", "b"), *rows])
    engine.run('DROP TABLE IF EXISTS "T"')
    engine.run('DROP TABLE IF EXISTS "T#lines"')
    _, found = read(engine, tmp_path, text.getvalue().encode())
    assert [row[1:] for row in found] == [tuple(v.strip(" ") or None for v in row) for row in rows]


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.binary(max_size=60))
def test_any_bytes_after_the_header_are_read_or_set_aside(
    engine: Engine, tmp_path: Path, content: bytes
) -> None:
    engine.run('DROP TABLE IF EXISTS "T"')
    engine.run('DROP TABLE IF EXISTS "T#lines"')
    staged, found = read(engine, tmp_path, b"a,b\n1,2\n" + content)
    assert staged.rows == len(found) >= 0
    assert staged.records >= 1
