"""A database given as a spec document comes into the project as a snapshot of its metadata."""

from __future__ import annotations

import json
import shutil
import sqlite3

import pytest

from caseload.connectors.address import parse_address
from caseload.model.catalog import Side
from caseload.model.errors import BadInput, Cancelled, EnvironmentTrouble, Refused
from caseload.model.progress import CancelToken, SilentProgress
from caseload.model.stage import Stage, StageOptions
from caseload.services import databases, stages
from caseload.services.session import open_project

ROW = "GREENWOOD"


class Watched(SilentProgress):
    def stage_started(self, stage):
        """Nothing."""

    def stage_finished(self, stage, result):
        """Nothing."""


@pytest.fixture
def database(tmp_path):
    path = tmp_path / "live.db"
    connection = sqlite3.connect(path)
    connection.executescript(
        "CREATE TABLE PATIENT (RECORD_NUMBER INT PRIMARY KEY, SURNAME VARCHAR(40) NOT NULL);"
        f"INSERT INTO PATIENT VALUES (1, '{ROW}');"
        "CREATE TABLE STAY (PATIENT INT REFERENCES PATIENT (RECORD_NUMBER), WARD VARCHAR(10));"
    )
    connection.close()
    return path


@pytest.fixture
def other(tmp_path):
    path = tmp_path / "guide.csv"
    path.write_text("Table,Field,Type,Size\nLOAD_P,NUMBER,NUMBER,10\nLOAD_P,NAME,VARCHAR2,40\n")
    return path


def extracted(session, source, target):
    return stages.run_lifecycle(
        session,
        StageOptions(source_specs=(source,), target_specs=(target,)),
        first=Stage.EXTRACT_SPECS,
        last=Stage.EXTRACT_SPECS,
        progress=Watched(),
        cancel=CancelToken(),
    )


@pytest.mark.parametrize("by", ["address", "path"])
def test_a_sqlite_database_becomes_a_catalog_and_its_rows_stay_outside(
    session, database, other, by
):
    given = f"sqlite:{database}" if by == "address" else str(database)
    extracted(session, given, str(other))
    fields = [f.qualified for f in session.project.catalogs.load(Side.SOURCE).all_fields()]
    assert fields == ["PATIENT.RECORD_NUMBER", "PATIENT.SURNAME", "STAY.PATIENT", "STAY.WARD"]
    (document,) = session.project.documents.specs(Side.SOURCE)
    assert document.stored_path == "requirement_spec/live.json"
    held = [p for p in session.folder.rglob("*") if p.is_file() and ROW.encode() in p.read_bytes()]
    assert held == []


def test_the_snapshot_is_read_again_when_the_database_is_gone(session, database, other):
    extracted(session, f"sqlite:{database}", str(other))
    database.unlink()
    outcome = stages.run_lifecycle(
        session,
        StageOptions(),
        first=Stage.EXTRACT_SPECS,
        last=Stage.EXTRACT_SPECS,
        progress=Watched(),
        cancel=CancelToken(),
    )
    assert outcome.results[0].figures["source_fields"] == 4


def test_the_same_metadata_keeps_its_file_and_other_metadata_gets_its_own(session, database):
    def kept():
        (path,) = databases.with_snapshots(
            session,
            [f"sqlite:{database}"],
            databases.no_password,
            SilentProgress(),
            CancelToken(),
        )
        return path

    assert [kept(), kept()] == ["requirement_spec/live.json"] * 2
    with sqlite3.connect(database) as connection:
        connection.execute("ALTER TABLE STAY ADD COLUMN BED INT")
    connection.close()
    assert kept() == "requirement_spec/live-2.json"
    lines = [line for line in session.project.audit.lines() if line.action == "documents.snapshot"]
    assert {line.subject for line in lines} == {"live.json", "live-2.json"}


def test_a_document_goes_through_as_it_was_given(session, other):
    given = [str(other), "requirement_spec/nothing.pdf"]
    assert databases.with_snapshots(
        session, given, databases.no_password, SilentProgress(), CancelToken()
    ) == tuple(given)


def test_a_new_project_does_not_take_a_database_as_a_document(session, database):
    from caseload.lifecycle.documents import take_specs

    with pytest.raises(BadInput, match="would bring its rows"):
        take_specs(session.project, Side.SOURCE, [str(database)], by="anna", at=session.clock())


def test_the_password_comes_from_the_variable_or_the_person_and_is_kept_nowhere(
    session, monkeypatch
):
    asked = []

    def ask(question):
        asked.append(question)
        return "s3cret"

    def take(address, ask):
        databases.take_snapshot(
            session, parse_address(address), ask, SilentProgress(), CancelToken()
        )

    closed = "postgresql://anna@127.0.0.1:9/pas?timeout=5"
    monkeypatch.setenv("PAS_PASSWORD", "s3cret")
    with pytest.raises(EnvironmentTrouble) as caught:
        take(f"{closed}&password_env=PAS_PASSWORD", ask)
    assert asked == []
    with pytest.raises(EnvironmentTrouble):
        take(closed, ask)
    assert asked == ["Password of anna for postgresql://127.0.0.1:9/pas"]
    with pytest.raises(BadInput, match="PAS_OTHER is not set"):
        take(f"{closed}&password_env=PAS_OTHER", ask)
    assert "s3cret" not in json.dumps(caught.value.as_dict())
    for path in session.folder.rglob("*"):
        assert not path.is_file() or b"s3cret" not in path.read_bytes()


def test_a_reader_takes_no_snapshot(session, database, tmp_path):
    shutil.copytree(session.folder, tmp_path / "copy")
    with (
        open_project(tmp_path / "copy", actor="anna", clock=session.clock, read_only=True) as shown,
        pytest.raises(Refused),
    ):
        databases.with_snapshots(
            shown, [str(database)], databases.no_password, SilentProgress(), CancelToken()
        )


def test_a_cancel_keeps_nothing(session, database):
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        databases.with_snapshots(
            session, [str(database)], databases.no_password, SilentProgress(), cancel
        )
    assert not (session.folder / "requirement_spec/live.json").exists()
