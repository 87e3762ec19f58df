"""What opening a project file does, refuses, and never touches."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pysqlite3.dbapi2 as sqlite
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from store_time import NOW

from caseload.model.catalog import Side
from caseload.model.contract import MappingStatus
from caseload.model.errors import BadInput, EnvironmentTrouble, Refused
from caseload.store import migrate
from caseload.store.database import Database
from caseload.store.opening import build_new
from caseload.store.project_file import ProjectFile
from caseload.store.records import ProjectInfo
from caseload.store.schema import metadata

OLD = Path(__file__).parents[2] / "data" / "old_projects" / "format_0001.caseload"


def contents(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def open_old(tmp_path: Path, old: Path = OLD) -> Path:
    folder = tmp_path / "old"
    folder.mkdir()
    shutil.copy(old, folder / "old.caseload")
    return folder


def run_elsewhere(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False
    )


def test_a_new_project_belongs_to_the_person_who_made_it(project: ProjectFile) -> None:
    assert [(p.name, p.role) for p in project.people.all()] == [("anna", "OWNER")]
    assert project.path.name == "qvh.caseload"
    assert [(line.action, line.actor) for line in project.audit.lines()] == [
        ("project.create", "anna")
    ]


def test_a_folder_holds_one_project(project: ProjectFile) -> None:
    with pytest.raises(BadInput, match="already a project"):
        ProjectFile.create(project.folder, name="again", person="anna", now=NOW)


def test_the_file_is_kept_in_wal_with_full_synchronisation(project: ProjectFile) -> None:
    with project._database.read() as connection:
        ask = connection.exec_driver_sql
        assert ask("PRAGMA journal_mode").scalar() == "wal"
        assert ask("PRAGMA synchronous").scalar() == 2
        assert ask("PRAGMA foreign_keys").scalar() == 1
        version = tuple(int(n) for n in str(ask("SELECT sqlite_version()").scalar()).split("."))
    assert version >= (3, 51, 3)


def test_on_a_network_share_the_journal_is_never_wal(
    project: ProjectFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.close()
    monkeypatch.setattr("caseload.store.database.on_network", lambda _: True)
    with (
        ProjectFile.open(project.folder, person="anna", now=NOW) as shared,
        shared._database.read() as connection,
    ):
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "delete"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 3


def test_a_second_writer_is_told_who_holds_the_project(project: ProjectFile) -> None:
    code = (
        "import sys, datetime, pathlib\n"
        "from caseload.store.project_file import ProjectFile\n"
        "try: ProjectFile.open(pathlib.Path(sys.argv[1]), person='ben',"
        " now=datetime.datetime(2026, 3, 31))\n"
        "except Exception as e: print(e.exit_code, e)\n"
    )
    answer = run_elsewhere(code, str(project.folder)).stdout
    assert answer.startswith("4 ")
    assert "anna" in answer
    assert str(os.getpid()) in answer
    assert "read-only" in answer


def test_the_lock_goes_with_a_holder_that_is_killed(folder: Path) -> None:
    code = (
        "import sys, datetime, pathlib, os, signal\n"
        "from caseload.store.project_file import ProjectFile\n"
        "p = ProjectFile.create(pathlib.Path(sys.argv[1]), name='Q', person='ben',"
        " now=datetime.datetime(2026, 3, 31))\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    assert run_elsewhere(code, str(folder)).returncode == -9
    with ProjectFile.open(folder, person="anna", now=NOW) as project:
        assert project.info.created_by == "ben"
        holder = project.holder()
        assert holder is not None
        assert holder.name == "anna"


def test_a_reader_sees_a_living_project_and_writes_nothing(project: ProjectFile) -> None:
    with ProjectFile.open(project.folder, person="ben", now=NOW, read_only=True) as reader:
        with project.command("anna", "settings.put", "x", at=NOW):
            project.settings.put("x", 1, by="anna", at=NOW)
        assert reader.settings.get("x") == 1
        holder = reader.holder()
        assert holder is not None
        assert holder.name == "anna"
        with pytest.raises(Refused, match="read-only"), reader.unaudited():
            pass
        with pytest.raises(Refused), reader.command("ben", "x", at=NOW):
            pass


def test_reading_a_closed_project_leaves_its_file_as_it_was(project: ProjectFile) -> None:
    project.close()
    before = project.path.read_bytes()
    with ProjectFile.open(project.folder, person="ben", now=NOW, read_only=True) as reader:
        assert reader.audit.verify().ok
    assert project.path.read_bytes() == before


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_project_in_a_folder_without_write_permission_can_be_read(project: ProjectFile) -> None:
    project.close()
    project.folder.chmod(stat.S_IRUSR | stat.S_IXUSR)
    try:
        with ProjectFile.open(project.folder, person="b", now=NOW, read_only=True) as reader:
            assert reader.info.name == "QVH"
    finally:
        project.folder.chmod(stat.S_IRWXU)


def test_what_cannot_be_written_can_still_be_read_as_it_lies(
    project: ProjectFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.close()
    before = contents(project.folder)
    monkeypatch.setattr("caseload.store.opening.os.access", lambda *_: False)
    with ProjectFile.open(project.folder, person="ben", now=NOW, read_only=True) as reader:
        assert reader.info.name == "QVH"
    assert contents(project.folder) == before
    (project.folder / "qvh.caseload-wal").write_bytes(b"left over")
    with pytest.raises(EnvironmentTrouble, match="not closed cleanly"):
        ProjectFile.open(project.folder, person="ben", now=NOW, read_only=True)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"PK\x03\x04 a zip, really" * 20, "not a Caseload project"),
        (b"SQLite format 3\x00", "not a Caseload project"),
    ],
)
@pytest.mark.parametrize("read_only", [False, True])
def test_what_is_not_a_project_is_refused_untouched(
    folder: Path, content: bytes, words: str, read_only: bool
) -> None:
    folder.mkdir()
    (folder / "x.caseload").write_bytes(content)
    with pytest.raises(BadInput, match=words):
        ProjectFile.open(folder, person="anna", now=NOW, read_only=read_only)
    assert contents(folder) == {"x.caseload": content}


def test_another_programs_database_is_refused_untouched(folder: Path) -> None:
    folder.mkdir()
    other = sqlite.connect(folder / "x.caseload")
    other.execute("CREATE TABLE t (a)")
    other.close()
    before = contents(folder)
    with pytest.raises(BadInput, match="not a Caseload project"):
        ProjectFile.open(folder, person="anna", now=NOW)
    assert contents(folder) == before


def test_a_project_cut_short_is_refused_and_its_file_untouched(project: ProjectFile) -> None:
    project.close()
    whole = project.path.read_bytes()
    for share in (0.1, 0.5, 0.9):
        cut = whole[: int(len(whole) * share) // 4096 * 4096]
        project.path.write_bytes(cut)
        for read_only in (True, False):
            with pytest.raises(BadInput, match="damaged"):
                ProjectFile.open(project.folder, person="a", now=NOW, read_only=read_only).close()
        assert project.path.read_bytes() == cut


@pytest.mark.parametrize("read_only", [False, True])
def test_a_project_of_a_newer_version_is_refused_and_nothing_touched(
    project: ProjectFile, read_only: bool
) -> None:
    project.close()
    raw = sqlite.connect(project.path)
    raw.execute("UPDATE alembic_version SET version_num = '0099'")
    raw.commit()
    raw.execute("PRAGMA user_version = 99")
    raw.close()
    before = contents(project.folder)
    with pytest.raises(BadInput, match="newer Caseload") as caught:
        ProjectFile.open(project.folder, person="anna", now=NOW, read_only=read_only)
    assert caught.value.exit_code == 2
    after = contents(project.folder)
    assert after["qvh.caseload"] == before["qvh.caseload"]
    assert set(after) == set(before)


def test_a_folder_with_no_project_or_with_two_says_so(folder: Path) -> None:
    with pytest.raises(BadInput, match="no Caseload project"):
        ProjectFile.open(folder, person="anna", now=NOW)
    folder.mkdir()
    for name in ("a", "b"):
        (folder / f"{name}.caseload").touch()
    with pytest.raises(BadInput, match="more than one"):
        ProjectFile.open(folder, person="anna", now=NOW)


def test_the_migrations_make_exactly_the_tables_of_the_schema(tmp_path: Path) -> None:
    path = tmp_path / "x.caseload"
    build_new(path, ProjectInfo("id", "n", "t", "anna"))
    database = Database(path)
    with database.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, metadata)
    database.close()
    assert differences == []


def test_an_old_project_is_brought_up_to_date_with_a_copy_kept(tmp_path: Path) -> None:
    folder = open_old(tmp_path)
    with ProjectFile.open(folder, person="anna", now=NOW) as project:
        assert project.problems() == []
        assert project.info.name == "Queen Victoria Hospital"
        field = project.catalogs.load(Side.TARGET).find("LOAD_PMI", "surname")
        assert field is not None
        assert (field.length, field.key) == ("35", False)
        statuses = {r.rule_id: r.rule.status for r in project.contract.rules()}
        assert statuses == {
            "LOAD_PMI.record_number": MappingStatus.DRAFT,
            "LOAD_PMI.surname": MappingStatus.APPROVED,
            "LOAD_PMI.sex": MappingStatus.REJECTED,
        }
        assert project.contract.routes()[0].natural_key == ("PATDATA.InternalPatientNumber",)
        assert project.suggestions.decisions() == []
        assert project.runs.get(1).run_id == "run-0001"
        assert project.audit.verify().ok
        entry = project.undo.next_undo()
        assert entry is not None
        assert entry.line.action == "mappings.approve"
    copy = folder / "backups" / "old-before-0002.caseload"
    raw = sqlite.connect(copy)
    assert raw.execute("SELECT version_num FROM alembic_version").fetchone() == ("0001",)
    assert raw.execute("SELECT COUNT(*) FROM audit_line").fetchone() == (3,)
    raw.close()


def test_a_project_of_the_second_format_keeps_its_decisions(tmp_path: Path) -> None:
    folder = open_old(tmp_path, OLD.with_name("format_0002.caseload"))
    with ProjectFile.open(folder, person="anna", now=NOW) as project:
        assert project.problems() == []
        assert [d.source_field for d in project.suggestions.decisions()] == ["Surname"]
    assert (folder / "backups" / "old-before-0003.caseload").is_file()


def test_an_old_project_is_not_migrated_by_a_reader(tmp_path: Path) -> None:
    folder = open_old(tmp_path)
    with pytest.raises(BadInput, match="older format"):
        ProjectFile.open(folder, person="anna", now=NOW, read_only=True)
    assert (folder / "old.caseload").read_bytes() == OLD.read_bytes()


def test_every_revision_has_its_number_and_follows_the_one_before() -> None:
    assert migrate.revisions() == tuple(f"{n + 1:04d}" for n in range(len(migrate.revisions())))
    assert migrate.pending("0001") == list(migrate.revisions()[1:])


def test_a_backup_of_a_living_project_is_a_whole_project(
    project: ProjectFile, tmp_path: Path
) -> None:
    with project.command("anna", "settings.put", "x", at=NOW):
        project.settings.put("x", 1, by="anna", at=NOW)
    target = tmp_path / "copy" / "copy.caseload"
    project.backup_to(target)
    assert sorted(p.name for p in target.parent.iterdir()) == ["copy.caseload"]
    with ProjectFile.open(target, person="ben", now=NOW) as copy:
        assert copy.settings.get("x") == 1
        assert copy.problems() == []


def test_temporary_files_of_a_killed_writer_are_swept_up(
    project: ProjectFile, reopen: Callable[..., ProjectFile]
) -> None:
    project.close()
    left = [project.folder / "x.csv.caseload-new", project.folder / "reports/y.csv.caseload-new"]
    for path in left:
        path.parent.mkdir(exist_ok=True)
        path.touch()
    reopen()
    assert not any(path.exists() for path in left)
