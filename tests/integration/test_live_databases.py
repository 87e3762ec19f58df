"""Metadata of live databases, from real servers started for these tests."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pymysql
import pytest
from database_servers import PASSWORD, READER, NoServer, Server, free_port, mariadb, postgresql

from caseload.connectors.address import parse_address
from caseload.connectors.metadata import read_metadata
from caseload.model.database import DatabaseMetadata, TableMetadata
from caseload.model.errors import BadInput, Cancelled, CaseloadError, EnvironmentTrouble
from caseload.model.progress import CancelToken, SilentProgress
from caseload.specs.live_metadata import ask_database
from caseload.specs.sandbox import read_documents

pytestmark = pytest.mark.slow

POSTGRESQL = """
CREATE SCHEMA clinic;
CREATE TYPE clinic.sex AS ENUM ('M', 'F', 'U');
CREATE DOMAIN clinic.nhs AS char(10) NOT NULL;
CREATE TABLE clinic.patient (
  id integer PRIMARY KEY, nhs clinic.nhs UNIQUE, surname varchar(40) NOT NULL DEFAULT 'x',
  sex clinic.sex, weight numeric(5,2), born timestamp, status char(1),
  gone text, CHECK (status IN ('A', 'D')), CHECK (weight > 0 AND id > 0));
ALTER TABLE clinic.patient DROP COLUMN gone;
COMMENT ON TABLE clinic.patient IS 'Who was ever seen';
COMMENT ON COLUMN clinic.patient.nhs IS 'NHS number, ''checked''';
CREATE TABLE clinic.stay (
  patient integer REFERENCES clinic.patient, no smallint, "Ward ""odd"" bed" text,
  PRIMARY KEY (patient, no));
CREATE TABLE clinic.move (id bigint, patient integer, no smallint,
  FOREIGN KEY (patient, no) REFERENCES clinic.stay (patient, no));
CREATE UNIQUE INDEX ON clinic.move (id);
CREATE TABLE clinic.nothing ();
CREATE TABLE clinic.yearly (y int, v text) PARTITION BY LIST (y);
CREATE TABLE clinic.yearly_1 PARTITION OF clinic.yearly FOR VALUES IN (1);
CREATE VIEW clinic.shown AS SELECT id FROM clinic.patient;
CREATE SCHEMA other; CREATE TABLE other.patient (id integer);
CREATE ROLE reader LOGIN PASSWORD '{password}';
"""
MARIADB = """
CREATE DATABASE clinic;
CREATE TABLE clinic.patient (
  id int PRIMARY KEY, nhs char(10) NOT NULL UNIQUE COMMENT 'NHS number, ''checked''',
  surname varchar(40) NOT NULL DEFAULT 'x', sex enum('M','F','U'), weight decimal(5,2),
  born datetime, status char(1) CHECK (status IN ('A', 'D')), CHECK (weight > 0 AND id > 0)
) COMMENT 'Who was ever seen';
CREATE TABLE clinic.stay (patient int, no smallint, `Ward "odd" bed` text,
  PRIMARY KEY (patient, no), FOREIGN KEY (patient) REFERENCES clinic.patient (id));
CREATE TABLE clinic.move (id bigint UNIQUE, patient int, no smallint,
  FOREIGN KEY (patient, no) REFERENCES clinic.stay (patient, no));
CREATE VIEW clinic.shown AS SELECT id FROM clinic.patient;
CREATE DATABASE other;
CREATE USER reader@'127.0.0.1' IDENTIFIED BY '{password}';
GRANT SELECT ON clinic.* TO reader@'127.0.0.1'
"""


@pytest.fixture(scope="module")
def postgres() -> Iterator[Server]:
    with running(postgresql) as server:
        with psycopg.connect(
            host="127.0.0.1", port=server.port, user="owner", password=PASSWORD, dbname="postgres",
            autocommit=True,
        ) as owner:  # fmt: skip
            owner.execute("CREATE DATABASE pas")
        with psycopg.connect(
            host="127.0.0.1", port=server.port, user="owner", password=PASSWORD, dbname="pas"
        ) as owner:
            owner.execute(POSTGRESQL.format(password=PASSWORD))
        yield server


@pytest.fixture(scope="module")
def maria() -> Iterator[Server]:
    with running(mariadb) as server:
        with _maria_owner(server) as owner, owner.cursor() as cursor:
            for statement in MARIADB.format(password=PASSWORD).split(";\n"):
                cursor.execute(statement)
        yield server


@contextmanager
def running(start: Callable[[Path], Server]) -> Iterator[Server]:
    """A server for as long as the block lasts, or a skip that says why there is none.

    Its folder is none of pytest's: those are closed to the user that the server runs as.
    """
    with TemporaryDirectory(prefix="caseload-server-") as folder:
        try:
            server = start(Path(folder))
        except NoServer as why:
            pytest.skip(str(why))
        try:
            yield server
        finally:
            server.stop()


def _maria_owner(server: Server) -> pymysql.Connection:
    until = time.monotonic() + 60
    while True:
        try:
            return pymysql.connect(
                host="127.0.0.1", port=server.port, user="owner", password=PASSWORD.encode()
            )
        except pymysql.Error:
            if time.monotonic() > until:
                raise


def asked(address: str, password: str | None = PASSWORD) -> DatabaseMetadata:
    return read_metadata(parse_address(address), password, lambda share, words: None)


def pg(server: Server, rest: str = "pas?schema=clinic", user: str = READER) -> str:
    return f"postgresql://{user}@127.0.0.1:{server.port}/{rest}"


def my(server: Server, rest: str = "clinic", user: str = READER) -> str:
    return f"mariadb://{user}@127.0.0.1:{server.port}/{rest}"


def tables(metadata: DatabaseMetadata) -> dict[str, TableMetadata]:
    return {table.name: table for table in metadata.tables}


def held(table: TableMetadata) -> list[tuple[str, str, str, bool]]:
    return [(c.name, c.data_type, c.length, c.nullable) for c in table.columns]


def test_a_login_with_nothing_but_select_sees_all_that_postgresql_declares(
    postgres: Server,
) -> None:
    found = tables(asked(pg(postgres)))
    assert sorted(found) == ["move", "nothing", "patient", "stay", "yearly"]
    patient, stay, move = found["patient"], found["stay"], found["move"]
    assert held(patient) == [
        ("id", "INTEGER", "", False),
        ("nhs", "CHAR", "10", False),
        ("surname", "VARCHAR", "40", False),
        ("sex", "CLINIC.SEX", "", True),
        ("weight", "NUMERIC", "5,2", True),
        ("born", "TIMESTAMP", "", True),
        ("status", "CHAR", "1", True),
    ]
    assert patient.comment == "Who was ever seen"
    assert patient.columns[1].comment == "NHS number, 'checked'"
    assert patient.columns[3].values == ("M", "F", "U")
    assert patient.columns[2].default == "'x'::character varying"
    assert patient.primary_key == ("id",)
    assert patient.unique == (("nhs",),)
    assert len(patient.checks) == 2
    assert stay.primary_key == ("patient", "no")
    assert stay.columns[2].name == 'Ward "odd" bed'
    (key,) = move.foreign_keys
    assert (key.columns, key.table, key.to) == (("patient", "no"), "stay", ("patient", "no"))
    assert move.unique == (("id",),)


def test_a_login_with_nothing_but_select_sees_all_that_mariadb_declares(maria: Server) -> None:
    metadata = asked(my(maria))
    found = tables(metadata)
    assert metadata.engine == "mariadb"
    assert sorted(found) == ["move", "patient", "stay"]
    patient, stay, move = found["patient"], found["stay"], found["move"]
    assert held(patient) == [
        ("id", "INT", "11", False),
        ("nhs", "CHAR", "10", False),
        ("surname", "VARCHAR", "40", False),
        ("sex", "ENUM", "", True),
        ("weight", "DECIMAL", "5,2", True),
        ("born", "DATETIME", "", True),
        ("status", "CHAR", "1", True),
    ]
    assert patient.comment == "Who was ever seen"
    assert patient.columns[1].comment == "NHS number, 'checked'"
    assert patient.columns[3].values == ("M", "F", "U")
    assert patient.primary_key == ("id",)
    assert patient.unique == (("nhs",),)
    assert len(patient.checks) == 2
    assert stay.primary_key == ("patient", "no")
    (key,) = move.foreign_keys
    assert (key.columns, key.table, key.to) == (("patient", "no"), "stay", ("patient", "no"))


@pytest.mark.parametrize("engine", ["postgres", "maria"])
def test_a_snapshot_is_the_same_twice_and_reads_like_any_document(
    engine: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    server = request.getfixturevalue(engine)
    address = parse_address(pg(server) if engine == "postgres" else my(server))
    quiet = (SilentProgress(), CancelToken())
    snapshot = ask_database(address, PASSWORD, *quiet)
    assert snapshot == ask_database(address, PASSWORD, *quiet)
    assert PASSWORD.encode() not in snapshot
    path = tmp_path / "live.json"
    path.write_bytes(snapshot)
    (reading,) = read_documents([(path, "live.json")], *quiet)
    order = {table.name: table.load_order or 0 for table in reading.tables}
    assert order["patient"] < order["stay"] < order["move"]
    fields = {f.qualified: f for table in reading.tables for f in table.fields}
    assert fields["patient.status"].allowed_values == ("A", "D")
    assert fields["patient.sex"].allowed_values == ("M", "F", "U")
    assert "weight > 0" in fields["patient.weight"].condition.replace("`", "")
    assert fields["patient.surname"].mandatory
    assert not fields["patient.sex"].mandatory
    no = fields["move.no"]
    assert (no.foreign_table, no.foreign_field) == ("stay", "no")
    assert {f.key for f in reading.tables[0].fields} == {True, False}
    assert any("views were left out" in problem.message for problem in reading.problems)


def test_tables_of_one_name_in_two_schemas_carry_their_schema(
    postgres: Server, tmp_path: Path
) -> None:
    quiet = (SilentProgress(), CancelToken())
    path = tmp_path / "live.json"
    path.write_bytes(ask_database(parse_address(pg(postgres, "pas")), PASSWORD, *quiet))
    (reading,) = read_documents([(path, "live.json")], *quiet)
    names = {table.name for table in reading.tables}
    assert {"clinic.patient", "other.patient", "stay"} <= names


def test_no_session_can_write(postgres: Server, maria: Server) -> None:
    from caseload.connectors import mysql
    from caseload.connectors import postgresql as pg_connector

    owner = parse_address(pg(postgres, user="owner"))
    with (
        psycopg.connect(**pg_connector._settings(owner, PASSWORD)) as connection,
        pytest.raises(psycopg.errors.ReadOnlySqlTransaction),
    ):
        connection.execute("CREATE TABLE clinic.new (id int)")
    my_owner = parse_address(my(maria, user="owner"))
    with (
        pymysql.connect(**mysql._settings(my_owner, PASSWORD)) as session,
        session.cursor() as cursor,
        pytest.raises(pymysql.err.OperationalError, match="READ ONLY"),
    ):
        cursor.execute("INSERT INTO clinic.move VALUES (1, 1, 1)")


WRONG = {
    "password": ("", READER, "wrong-s3cret", BadInput, "refused the login"),
    "no password": ("", READER, None, BadInput, "refused the login"),
    "user": ("", "nobody-here", PASSWORD, BadInput, "refused the login"),
    "database": ("nosuch", READER, PASSWORD, BadInput, "There is no database nosuch"),
}


@pytest.mark.parametrize("engine", ["postgres", "maria"])
@pytest.mark.parametrize("wrong", WRONG)
def test_each_failure_is_one_clear_message_without_the_password(
    engine: str, wrong: str, request: pytest.FixtureRequest
) -> None:
    server = request.getfixturevalue(engine)
    database, user, password, kind, message = WRONG[wrong]
    usual = "pas" if engine == "postgres" else "clinic"
    build = pg if engine == "postgres" else my
    error = refused(build(server, database or usual, user), password)
    assert type(error) is kind
    assert message in error.what
    assert str(server.port) in error.where


def test_a_schema_that_is_not_there_is_named_with_those_that_are(
    postgres: Server, maria: Server
) -> None:
    assert "has no schema ward; it has: clinic, other" in str(
        refused(pg(postgres, "pas?schema=ward"))
    )
    assert "has no schema other; it has: clinic" in str(refused(my(maria, "clinic?schema=other")))


def test_a_login_without_tables_is_told_so(maria: Server, postgres: Server) -> None:
    with _maria_owner(maria) as owner, owner.cursor() as cursor:
        cursor.execute("CREATE DATABASE bare")
        cursor.execute("GRANT SELECT ON bare.* TO reader@'127.0.0.1'")
    assert "shows no table" in str(refused(my(maria, "bare")))
    assert "shows no table" in str(refused(pg(postgres, "postgres")))


def test_an_encrypted_connection_that_cannot_be_had_is_said(postgres: Server) -> None:
    assert "No encrypted connection" in str(refused(pg(postgres, "pas?sslmode=require")))


@pytest.mark.parametrize("scheme", ["postgresql", "mariadb"])
def test_a_host_that_does_not_answer_is_left_in_time(scheme: str) -> None:
    closed = refused(f"{scheme}://u@127.0.0.1:{free_port()}/x")
    assert isinstance(closed, EnvironmentTrouble)
    assert "cannot be reached" in closed.what
    assert "cannot be reached" in refused(f"{scheme}://u@no-such-host.invalid/x").what
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(1)
        port = silent.getsockname()[1]
        slow = refused(f"{scheme}://u@127.0.0.1:{port}/x?timeout=2")
    assert "did not answer within 2 seconds" in slow.what


@pytest.mark.parametrize("scheme", ["postgresql", "mariadb"])
def test_a_cancel_leaves_a_silent_server_at_once(scheme: str) -> None:
    cancel = CancelToken()
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(1)
        port = silent.getsockname()[1]

        def cancel_when_asked() -> None:
            connection, _ = silent.accept()
            with connection:
                cancel.cancel()
                connection.recv(1)

        listener = threading.Thread(target=cancel_when_asked)
        listener.start()
        address = parse_address(f"{scheme}://u@127.0.0.1:{port}/x?timeout=600")
        with pytest.raises(Cancelled):
            ask_database(address, PASSWORD, SilentProgress(), cancel)
        listener.join()


def test_a_locked_catalog_is_left_in_time(postgres: Server) -> None:
    with psycopg.connect(
        host="127.0.0.1", port=postgres.port, user="owner", password=PASSWORD, dbname="pas"
    ) as owner:
        owner.execute("LOCK TABLE pg_catalog.pg_constraint IN ACCESS EXCLUSIVE MODE")
        said = refused(pg(postgres, "pas?schema=clinic&timeout=2"))
    assert "did not answer within 2 seconds" in said.what


def refused(address: str, password: str | None = PASSWORD) -> CaseloadError:
    """The error of asking in the child, which must name neither password nor a driver's words."""
    with pytest.raises(CaseloadError) as caught:
        ask_database(parse_address(address), password, SilentProgress(), CancelToken())
    text = json.dumps(caught.value.as_dict())
    assert "s3cret" not in text
    assert caught.value.remedy
    return caught.value
