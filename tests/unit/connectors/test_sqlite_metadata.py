"""What a SQLite file declares, read without leaving a trace beside it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from caseload.connectors.address import Address
from caseload.connectors.metadata import parted_type, read_metadata
from caseload.connectors.sqlite import check_clauses
from caseload.model.database import (
    DatabaseMetadata,
    TableMetadata,
    metadata_from_dict,
    metadata_to_dict,
)
from caseload.model.errors import BadInput

DDL = """
CREATE TABLE patient (
  id INTEGER PRIMARY KEY, nhs CHAR(10) NOT NULL UNIQUE, "odd ""name" NUMERIC(5, 2) DEFAULT 1.5,
  sex TEXT CHECK (sex IN ('M', 'F', ')')), -- CHECK (never)
  born TEXT CHECK (length(born) = 8 AND (born > '0')), shown TEXT AS (upper(nhs)));
CREATE TABLE stay (patient INT REFERENCES patient, no INT, PRIMARY KEY (patient, no)) WITHOUT ROWID;
CREATE TABLE move (id INT, a INT, b INT, FOREIGN KEY (a, b) REFERENCES stay (patient, no));
CREATE UNIQUE INDEX one ON move (id);
CREATE UNIQUE INDEX some ON move (a) WHERE b > 1;
CREATE UNIQUE INDEX made ON move (abs(a));
CREATE VIEW seen AS SELECT id FROM patient;
CREATE VIRTUAL TABLE words USING fts5(body);
"""


def made(path: Path, ddl: str = DDL, *, wal: bool = False) -> Path:
    connection = sqlite3.connect(path)
    if wal:
        connection.execute("PRAGMA journal_mode=WAL")
    connection.executescript(ddl)
    connection.close()
    return path


def asked(path: Path) -> DatabaseMetadata:
    return read_metadata(Address("sqlite", path=str(path)), None, lambda share, words: None)


def tables(metadata: DatabaseMetadata) -> dict[str, TableMetadata]:
    return {table.name: table for table in metadata.tables}


def test_tables_columns_keys_and_checks_are_read(tmp_path: Path) -> None:
    metadata = asked(made(tmp_path / "x.db"))
    found = tables(metadata)
    patient, stay, move = found["patient"], found["stay"], found["move"]
    assert [(c.name, c.data_type, c.length, c.nullable) for c in patient.columns] == [
        ("id", "INTEGER", "", False),
        ("nhs", "CHAR", "10", False),
        ('odd "name', "NUMERIC", "5,2", True),
        ("sex", "TEXT", "", True),
        ("born", "TEXT", "", True),
        ("shown", "TEXT", "", True),
    ]
    assert patient.columns[2].default == "1.5"
    assert patient.primary_key == ("id",)
    assert patient.unique == (("nhs",),)
    assert patient.checks == ("sex IN ('M', 'F', ')')", "length(born) = 8 AND (born > '0')")
    assert stay.primary_key == ("patient", "no")
    assert stay.foreign_keys[0].to == ()
    assert (move.foreign_keys[0].columns, move.foreign_keys[0].to) == (
        ("a", "b"),
        ("patient", "no"),
    )
    assert move.unique == (("id",),)
    assert metadata.notes == ("1 views were left out",)
    assert metadata_from_dict(metadata_to_dict(metadata)) == metadata


@pytest.mark.parametrize("wal", [False, True])
def test_nothing_is_written_into_the_file_or_beside_it(tmp_path: Path, wal: bool) -> None:
    path = made(tmp_path / "x ?#%.db", wal=wal)
    before = path.read_bytes()
    assert len(asked(path).tables) > 2
    assert path.read_bytes() == before
    assert [found.name for found in tmp_path.iterdir()] == [path.name]


def test_what_a_writer_just_logged_is_seen(tmp_path: Path) -> None:
    path = made(tmp_path / "x.db", wal=True)
    writer = sqlite3.connect(path)
    writer.execute("CREATE TABLE fresh (id INT)")
    writer.commit()
    assert "fresh" in tables(asked(path))
    writer.close()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "no such SQLite file"),
        (b"", "no SQLite database"),
        (b"Table,Field\n", "no SQLite database"),
        (b"SQLite format 3\x00" + b"\xff" * 4000, "damaged or encrypted"),
        (b"SQLite format 3\x00", "damaged or encrypted"),
    ],
)
def test_a_bad_file_is_one_clear_message(
    tmp_path: Path, content: bytes | None, message: str
) -> None:
    if content is not None:
        (tmp_path / "x.db").write_bytes(content)
    with pytest.raises(BadInput, match=message):
        asked(tmp_path / "x.db")


def test_a_database_without_tables_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="shows no table"):
        asked(made(tmp_path / "x.db", "CREATE VIEW v AS SELECT 1"))


@pytest.mark.parametrize(
    ("declared", "parts"),
    [
        ("varchar(20)", ("VARCHAR", "20")),
        ("numeric ( 10 , 2 )", ("NUMERIC", "10,2")),
        ("timestamp(6) without time zone", ("TIMESTAMP WITHOUT TIME ZONE", "6")),
        ("int unsigned", ("INT UNSIGNED", "")),
        ("nvarchar(max)", ("NVARCHAR", "max")),
        ("", ("", "")),
    ],
)
def test_a_declared_type_is_parted_from_its_length(declared: str, parts: tuple[str, str]) -> None:
    assert parted_type(declared) == parts


def test_an_unclosed_check_is_none() -> None:
    assert check_clauses("CREATE TABLE t (a INT CHECK (a > (1)") == []
