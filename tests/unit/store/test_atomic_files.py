"""Whatever the disk refuses, at whatever moment, no file is ever half written."""

from __future__ import annotations

import contextlib
import errno
from pathlib import Path

import pytest
from disk_faults import CODES, KINDS, Faults, injected
from store_time import NOW

from caseload.model.errors import BadInput, EnvironmentTrouble
from caseload.model.stage import RunState, Stage, Verdict
from caseload.store.files import copy_atomically, sha256_of, write_bytes, write_text
from caseload.store.filesystem import filesystem_type, on_network
from caseload.store.project_file import ProjectFile
from caseload.store.publishing import output_hash
from caseload.store.records import PendingPublish

STAGE = Stage.EXTRACT_SPECS


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("kind", KINDS)
def test_a_failed_write_leaves_the_old_file_and_no_other(
    tmp_path: Path, kind: str, code: int
) -> None:
    path = tmp_path / "contract.csv"
    write_bytes(path, b"old" * 100_000)
    fail_at = 0
    while True:
        fail_at += 1
        said: EnvironmentTrouble | None = None
        with injected(Faults(kind, fail_at, code)) as faults:
            try:
                write_bytes(path, b"new" * 100_000)
            except EnvironmentTrouble as error:
                said = error
        if not faults.fired:
            break
        assert said is not None
        assert str(path) in said.where
        assert said.remedy
        # Only the last step of all, forcing the folder, comes after the rename.
        late = kind == "fsync" and fail_at == 2
        assert path.read_bytes() == (b"new" if late else b"old") * 100_000
        assert [p.name for p in tmp_path.iterdir()] == ["contract.csv"]
        path.write_bytes(b"old" * 100_000)
    assert fail_at > 1
    write_bytes(path, b"retry")
    assert path.read_bytes() == b"retry"


def test_the_trouble_says_what_the_disk_said(tmp_path: Path) -> None:
    for code, words in zip(CODES, ("full", "reported an error", "denied"), strict=True):
        with (
            injected(Faults("write", 1, code)),
            pytest.raises(EnvironmentTrouble, match=words) as caught,
        ):
            write_text(tmp_path / "x.csv", "text")
        assert caught.value.exit_code == 2


def test_an_exception_while_writing_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    write_text(path, "old")
    with pytest.raises(TypeError):
        write_bytes(path, None)  # type: ignore[arg-type]
    assert [p.read_text() for p in tmp_path.iterdir()] == ["old"]


def test_a_copy_answers_with_the_hash_of_what_was_copied(tmp_path: Path) -> None:
    source = tmp_path / "a.xlsx"
    source.write_bytes(bytes(range(256)) * 10_000)
    copied = copy_atomically(source, tmp_path / "deep" / "b.xlsx")
    assert (copied.path, copied.size) == ("b.xlsx", 2_560_000)
    assert copied.sha256 == sha256_of(source) == sha256_of(tmp_path / "deep" / "b.xlsx")
    with pytest.raises(BadInput, match="no such file"):
        copy_atomically(tmp_path / "missing", tmp_path / "c")


# --- swapping outputs in ----------------------------------------------------------------


def begin(project: ProjectFile, files: dict[str, str], number: int) -> PendingPublish:
    """Stage `files` as the answer of a run's first stage, up to the point of no return."""
    staged = project.folder / "data" / "runs" / str(number) / "out"
    for path, text in files.items():
        target = staged / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
    with project.unaudited():
        run = project.runs.begin([STAGE], {}, actor="anna", at=NOW)
        attempt = project.runs.begin_attempt(run.number, STAGE, at=NOW, input_hash="", log_path="")
    pending = project.published.prepare(
        run.number, STAGE, attempt.attempt, staged, replaced_dirs=["reports/own"]
    )
    with project.command("anna", "run.stage", run.run_id, at=NOW):
        project.settings.put("published", number, by="anna", at=NOW)
        project.published.journal(pending)
        project.runs.begin_publishing(
            attempt,
            at=NOW,
            verdict=Verdict.PASS,
            summary="",
            figures={},
            output_hash=output_hash(pending.files),
        )
    return pending


def outputs(number: int) -> dict[str, str]:
    common = {f"reports/{i}.csv": f"{number}" * 1000 for i in range(4)}
    return {**common, f"reports/own/{number}.csv": "x", f"schemas/deep/{number % 2}.csv": "y"}


def on_disk(project: ProjectFile) -> dict[str, str]:
    return {
        p.relative_to(project.folder).as_posix(): p.read_text()
        for top in ("reports", "schemas")
        for p in (project.folder / top).rglob("*")
        if p.is_file()
    }


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("kind", KINDS)
def test_a_swap_that_the_disk_stops_goes_on_at_the_next_opening(
    project: ProjectFile, kind: str, code: int
) -> None:
    for fail_at in (1, 3, 5, 6, 9):
        number = project.settings.get("published", 0) + 1
        before = on_disk(project)
        with (
            injected(Faults(kind, fail_at, code)) as faults,
            contextlib.suppress(EnvironmentTrouble),
        ):
            project.publish(begin(project, outputs(number), number))
        if project.settings.get("published", 0) < number:
            assert on_disk(project) == before, "stopped before the point of no return: all old"
            for run in project.runs.unfinished():
                with project.unaudited():
                    project.runs.mark_interrupted(run.number, NOW)
            continue
        project.close()
        project = ProjectFile.open(project.folder, person="anna", now=NOW)
        assert project.published.pending() is None
        now = on_disk(project)
        assert {k: v for k, v in outputs(number).items() if now.get(k) != v} == {}
        assert [k for k in now if k.startswith("reports/own/")] == [f"reports/own/{number}.csv"]
        assert project.published.altered(thorough=True) == []
        assert project.runs.latest_done(STAGE) is not None
        assert faults.fired or fail_at > faults.calls
    project.close()


def test_outputs_that_are_gone_before_the_swap_fail_the_stage_and_do_not_block(
    project: ProjectFile,
) -> None:
    pending = begin(project, outputs(1), 1)
    (project.folder / pending.staged_dir / "reports/2.csv").unlink()
    project.finish_publishing(NOW)
    assert project.published.pending() is None
    attempt = project.runs.get(1).latest(STAGE)
    assert attempt is not None
    assert attempt.state is RunState.FAILED
    assert "reports/2.csv" not in {f.path for f in project.published.all()}
    assert project.published.altered(thorough=True) == []


def test_a_folder_in_the_place_of_an_output_stops_it_before_anything_moves(
    project: ProjectFile,
) -> None:
    (project.folder / "reports/2.csv/inside").mkdir(parents=True)
    with pytest.raises(EnvironmentTrouble, match="folder is in the place"):
        begin(project, outputs(1), 1)
    assert on_disk(project) == {}


def test_a_link_among_the_outputs_is_refused(project: ProjectFile, tmp_path: Path) -> None:
    staged = project.folder / "data" / "out"
    staged.mkdir(parents=True)
    (staged / "x.csv").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(BadInput, match="plain files"):
        project.published.prepare(1, STAGE, 1, staged)


@pytest.mark.parametrize("replaced", ["..", "/etc", "backups", "a/../../b", ""])
def test_only_the_projects_own_folders_are_replaced(project: ProjectFile, replaced: str) -> None:
    with pytest.raises(BadInput, match="own folders"):
        project.published.prepare(1, STAGE, 1, project.folder / "x", replaced_dirs=[replaced])


def test_an_altered_file_is_noticed_and_an_untouched_one_not_read(project: ProjectFile) -> None:
    project.publish(begin(project, outputs(1), 1))
    assert project.published.altered() == []
    (project.folder / "reports/1.csv").write_text("other")
    (project.folder / "reports/2.csv").unlink()
    assert [f.path for f in project.published.altered()] == ["reports/1.csv", "reports/2.csv"]


def test_a_network_share_is_told_by_the_longest_mount() -> None:
    table = (
        "/dev/sda1 / ext4 rw 0 0\nserver:/x /mnt/share nfs4 rw 0 0\n"
        "/dev/sdb1 /mnt/share/local\\040disk xfs rw 0 0\n//nas/x /mnt/win cifs rw 0 0\n"
    )
    kinds = {
        "/home/anna": "ext4",
        "/mnt/share": "nfs4",
        "/mnt/share/deep/er": "nfs4",
        "/mnt/share/local disk/x": "xfs",
        "/mnt/shared": "ext4",
        "/mnt/win/x": "cifs",
    }
    assert {p: filesystem_type(Path(p), table) for p in kinds} == kinds
    assert filesystem_type(Path("/x"), "") == ""


def test_a_temporary_folder_here_is_local(tmp_path: Path) -> None:
    assert on_network(tmp_path) is False


def test_the_database_says_which_trouble_it_met(project: ProjectFile) -> None:
    with project._database.read() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()

    def fill() -> None:
        with project.command("anna", "settings.put", at=NOW):
            project._database.current.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
            project.settings.put("x", "y" * 10_000_000, by="anna", at=NOW)

    with pytest.raises(EnvironmentTrouble, match="disk is full"):
        fill()
    assert project.settings.get("x") is None
    assert project.audit.verify().ok
    assert errno.ENOSPC in CODES


def test_a_persons_own_file_in_a_replaced_folder_stays(project: ProjectFile) -> None:
    begin(project, outputs(1), 1)
    project.finish_publishing(NOW)
    mine = project.folder / "reports/own/mine.csv"
    mine.write_text("kept by hand")
    begin(project, outputs(2), 2)
    project.finish_publishing(NOW)
    found = on_disk(project)
    assert found["reports/own/mine.csv"] == "kept by hand"
    assert "reports/own/2.csv" in found
    assert "reports/own/1.csv" not in found
