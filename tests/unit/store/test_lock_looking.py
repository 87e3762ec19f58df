"""Whether somebody writes to a project, asked by one who only reads."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from caseload.model.stage import RunState, Stage
from caseload.services.runs import runs
from caseload.services.session import create_project, open_project
from caseload.store.lock import ProjectLock, is_held

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def test_a_lock_is_seen_while_it_is_held_and_not_after(tmp_path: Path) -> None:
    file = tmp_path / "qvh.caseload"
    assert not is_held(file)
    lock = ProjectLock(file, name="anna", since="")
    assert is_held(file)
    lock.release()
    assert not is_held(file)


def test_a_run_whose_process_has_gone_is_not_shown_as_running(tmp_path: Path) -> None:
    folder = tmp_path / "qvh"
    with create_project(folder) as session:
        with session.project.command("anna", "runs.begin", "1", at=NOW):
            session.project.runs.begin([Stage.EXTRACT_SPECS], {}, actor="anna", at=NOW)
        with open_project(folder, read_only=True) as reader:
            assert [run.state for run in runs(reader)] == [RunState.RUNNING]
    with open_project(folder, read_only=True) as reader:
        assert [run.state for run in runs(reader)] == [RunState.INTERRUPTED]
