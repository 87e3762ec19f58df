"""What a run leaves behind: when it is done, fails, is cancelled, and is resumed."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
import tiny_stages
from tiny_stages import clock

from caseload.lifecycle.executors import ChildProcess, Executor, InProcess
from caseload.lifecycle.run_log import SilentObserver
from caseload.lifecycle.runner import interrupted, resume, run_stages
from caseload.model.errors import BadInput, Cancelled, CaseloadError, EnvironmentTrouble
from caseload.model.progress import CancelToken
from caseload.model.stage import RunState, Stage, StageOptions, Verdict
from caseload.store.project_file import ProjectFile
from caseload.store.records import RunRecord, StageRecord

FIRST, SECOND, THIRD = tiny_stages.FIRST


def run(project: ProjectFile, seed: int = 1, **more: object) -> RunRecord:
    arguments: dict[str, object] = {
        "clock": clock,
        "actor": "anna",
        "executor": InProcess(),
        "registry": tiny_stages.registry(),
        **more,
    }
    options = arguments.pop("options", tiny_stages.options(seed))
    return run_stages(project, tiny_stages.FIRST, options, **arguments)  # type: ignore[arg-type]


def files_in(folder: Path) -> dict[str, str]:
    return {
        p.relative_to(folder).as_posix(): p.read_text()
        for p in folder.rglob("*")
        if p.is_file() and p.relative_to(folder).parts[0] in {"schemas", "mock_data", "reports"}
    }


def expected(*seeds: int) -> dict[str, str]:
    """All files of a run with one seed, or of stages with one seed each."""
    by_stage = seeds if len(seeds) == 3 else seeds * 3
    return {
        name: tiny_stages.content(stage, seed, index)
        for stage, seed in zip(tiny_stages.FIRST, by_stage, strict=True)
        for index, name in enumerate(tiny_stages.names(stage, seed))
    }


def test_a_run_publishes_its_stages_and_records_what_they_put_out(project: ProjectFile) -> None:
    done = run(project, seed=1)
    assert (done.run_id, done.state, done.verdict) == ("run-0001", RunState.DONE, Verdict.PASS)
    assert files_in(project.folder) == expected(1)
    assert project.published.altered(thorough=True) == []
    assert len(project.runs.outputs(1)) == 30
    assert project.settings.get("seed.extract_specs") == 1
    assert [a.state for a in done.attempts] == [RunState.DONE] * 3
    assert all(a.input_hash and a.output_hash for a in done.attempts)
    assert project.audit.verify().ok


def test_files_of_an_earlier_run_go_when_their_folder_is_replaced(project: ProjectFile) -> None:
    run(project, seed=1)
    second = run(project, seed=2)
    assert second.run_id == "run-0002"
    assert files_in(project.folder) == expected(2)
    assert {f.path for f in project.published.all()} == set(expected(2))


def test_the_same_seed_gives_the_same_hashes_whoever_executes(project: ProjectFile) -> None:
    first = run(project, seed=7)
    with ChildProcess() as child:
        second = run(project, seed=7, executor=child)
    assert [a.output_hash for a in first.attempts] == [a.output_hash for a in second.attempts]
    assert [a.input_hash for a in first.attempts] == [a.input_hash for a in second.attempts]


def test_nothing_of_the_work_stays_behind_but_the_logs(project: ProjectFile) -> None:
    run(project)
    left = [p for p in (project.folder / "data").rglob("*") if p.is_file()]
    assert sorted(p.name for p in left) == ["log_1.txt"] * 3
    assert "INFO wrote the files" in left[0].read_text()


def test_a_failed_verdict_fails_the_run_without_stopping_it(project: ProjectFile) -> None:
    done = run(project, options=tiny_stages.options(rows=0))
    assert (done.state, done.verdict) == (RunState.DONE, Verdict.FAIL)
    assert files_in(project.folder) == expected(1)


@pytest.mark.parametrize("function", ["defect", "refuse", "crash", "killed"])
def test_a_stage_that_goes_wrong_publishes_nothing_and_fails_the_run(
    project: ProjectFile, function: str
) -> None:
    run(project, seed=1)
    kinds = {"refuse": BadInput, "killed": EnvironmentTrouble}
    with ChildProcess() as child, pytest.raises(kinds.get(function, CaseloadError)) as caught:
        run(
            project,
            seed=2,
            executor=child,
            registry=tiny_stages.registry(generate_mock_data=function),
        )
    assert caught.value.exit_code == (70 if function in {"defect", "crash"} else 2)
    assert files_in(project.folder) == expected(2, 1, 1)
    failed = project.runs.get(2)
    assert failed.state is RunState.FAILED
    stopped = failed.latest(SECOND)
    assert stopped is not None
    assert stopped.state is RunState.FAILED
    assert stopped.error["what"] == caught.value.what
    assert interrupted(project) is None
    assert project.published.altered(thorough=True) == []
    assert run(project, seed=3).state is RunState.DONE


def test_a_defects_words_are_kept_out_of_error_and_log(project: ProjectFile) -> None:
    with ChildProcess() as child, pytest.raises(CaseloadError) as caught:
        run(project, executor=child, registry=tiny_stages.registry(extract_specs="defect"))
    everything = str(caught.value) + "".join(
        p.read_text() for p in (project.folder / "data").rglob("*.txt")
    )
    assert "ValueError" in everything
    assert "Smith" not in everything


def test_an_output_may_not_take_the_project_files_place(project: ProjectFile) -> None:
    with pytest.raises(BadInput, match="own folders"):
        run(project, registry=tiny_stages.registry(extract_specs="escape"))
    assert project.published.all() == []


class CancelAt(SilentObserver):
    """Cancels as soon as a stage says that it is half done."""

    def __init__(self, token: CancelToken, stage: Stage) -> None:
        self.token = token
        self.stage = stage
        self.finished: list[StageRecord] = []

    def stage_progress(self, stage: Stage, fraction: float, message: str, table: str) -> None:
        if stage is self.stage and fraction >= 0.5:
            self.token.cancel()

    def stage_finished(self, attempt: StageRecord) -> None:
        self.finished.append(attempt)


@pytest.mark.parametrize("function", ["wait_for_cancel", "write", "ignore_cancel"])
def test_a_cancelled_run_publishes_nothing_more_and_can_be_resumed(
    project: ProjectFile, function: str
) -> None:
    run(project, seed=1)
    token = CancelToken()
    watcher = CancelAt(token, SECOND)
    with (
        ChildProcess(grace_seconds=0.3) as child,
        pytest.raises(Cancelled),
    ):
        run(
            project,
            seed=2,
            options=tiny_stages.options(2, slow_ms=20),
            executor=child,
            cancel=token,
            observer=watcher,
            registry=tiny_stages.registry(generate_mock_data=function),
        )
    assert files_in(project.folder) == expected(2, 1, 1)
    assert [a.state for a in watcher.finished] == [RunState.DONE, RunState.CANCELLED]
    found = interrupted(project)
    assert found is not None
    assert found.state is RunState.CANCELLED
    assert found.remaining == (SECOND, THIRD)
    done = resume(
        project,
        clock=clock,
        actor="anna",
        executor=InProcess(),
        registry=tiny_stages.registry(),
    )
    assert done.run_id == "run-0002"
    assert [(a.stage, a.attempt, a.state) for a in done.attempts] == [
        (FIRST, 1, RunState.DONE),
        (SECOND, 1, RunState.CANCELLED),
        (SECOND, 2, RunState.DONE),
        (THIRD, 1, RunState.DONE),
    ]
    assert files_in(project.folder) == expected(2)
    assert interrupted(project) is None


def test_there_is_nothing_to_resume_after_a_run_that_is_done(project: ProjectFile) -> None:
    run(project)
    with pytest.raises(BadInput, match="no interrupted run"):
        resume(project, clock=clock, actor="anna", executor=InProcess())


def test_a_run_left_running_is_interrupted_at_the_next_opening(project: ProjectFile) -> None:
    class Gone(BaseException):
        """As if the process ended here."""

    class Ending:
        def execute(self, *_: object) -> None:
            raise Gone

    # A stop that cannot be recorded is what a killed process looks like from outside.
    original = project.runs.stop
    project.runs.stop = lambda *_, **__: None  # type: ignore[method-assign]
    project.runs.end = lambda *_, **__: project.runs.get(1)  # type: ignore[method-assign]
    with pytest.raises(Gone):
        run(project, executor=Ending())
    del original
    folder = project.folder
    project.close()
    with ProjectFile.open(folder, person="anna", now=clock()) as again:
        found = interrupted(again)
        assert found is not None
        assert found.state is RunState.INTERRUPTED
        assert found.remaining == tiny_stages.FIRST
        assert again.audit.lines()[0].action == "run.interrupted"


def test_outputs_cannot_be_asked_for_outside_the_project(project: ProjectFile) -> None:
    for given in ("../elsewhere", "/tmp/elsewhere", "."):
        with pytest.raises(BadInput, match="below the project folder"):
            run(project, options=StageOptions(output_dir=given))
    assert project.runs.all() == []


def test_outputs_cannot_be_put_over_what_the_project_keeps_or_reads(project: ProjectFile) -> None:
    for given in ("reports", "reports/mine", "mock_data", "schemas", "data", "extracts/new"):
        with pytest.raises(BadInput, match="would replace"):
            run(project, options=StageOptions(output_dir=given, source_dir="extracts"))
    assert project.runs.all() == []


def test_a_child_serves_one_stage_after_another(project: ProjectFile) -> None:
    stages = {s: tiny_stages.adapter(s, "touch") for s in tiny_stages.FIRST}
    with ChildProcess() as child:
        done = run(project, executor=child, registry=stages)
    assert len({a.summary for a in done.attempts}) == 1


def test_the_heartbeat_goes_on_while_a_stage_works(project: ProjectFile) -> None:
    ticks = iter(range(1_000_000))

    def counting() -> object:
        from datetime import timedelta

        return clock() + timedelta(seconds=next(ticks))

    seen: set[str] = set()

    def watch() -> None:
        deadline = time.monotonic() + 2.6
        while time.monotonic() < deadline:
            latest = project.runs.latest()
            if latest and latest.attempts:
                seen.add(latest.attempts[-1].heartbeat)
            time.sleep(0.05)

    token = CancelToken()
    watcher = threading.Thread(target=watch)
    watcher.start()
    threading.Timer(2.4, token.cancel).start()
    with pytest.raises(Cancelled):
        run(
            project,
            clock=counting,
            cancel=token,
            registry=tiny_stages.registry(extract_specs="wait_for_cancel"),
        )
    watcher.join()
    assert len(seen) >= 3


def test_an_executor_is_anything_that_executes() -> None:
    kinds: list[Executor] = [InProcess(), ChildProcess()]
    assert len(kinds) == 2


def test_the_child_process_starts_without_the_project_file() -> None:
    code = (
        "import sys, caseload.lifecycle.worker\n"
        "print(sorted({'sqlalchemy', 'duckdb', 'numpy', 'PySide6'} & set(sys.modules)))"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"
