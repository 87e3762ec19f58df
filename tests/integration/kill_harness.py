"""Runs a small lifecycle again and again and kills it with SIGKILL: see test_kill_and_resume.

A script of its own, started fresh and without threads, so that each life of the program can be
a fork that needs no second for its imports.  Prints one JSON line a kill.

    python kill_harness.py FOLDER KIND COUNT

KIND is when to kill: before the 1st, 2nd … rename or commit, or at random moments, with the
stages in this process or in its child; `migration`, while an older project file is brought
up to date; or `real`, with the seven stages over a demo project that is there.  `control` is
rename with the journal taken away, and must be found out.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import shutil
import signal
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "unit" / "lifecycle"))

import pysqlite3.dbapi2 as sqlite
import tiny_stages
from sqlalchemy import Engine, event

from caseload.lifecycle.executors import InProcess
from caseload.lifecycle.runner import interrupted, resume, run_stages
from caseload.model.stage import STAGES, RunState, StageOptions
from caseload.store import opening
from caseload.store.files import TEMPORARY_MARK
from caseload.store.project_file import ProjectFile
from caseload.store.publishing import Publisher

OLD = Path(__file__).parents[1] / "data" / "old_projects" / "format_0001.caseload"
NOW = datetime(2026, 3, 31, 9, 30, tzinfo=UTC)
SETTLED = {"clock": lambda: NOW, "actor": "anna", "registry": tiny_stages.registry()}


def open_project(folder: Path) -> ProjectFile:
    return ProjectFile.open(folder / "qvh", person="anna", now=NOW, anchor_dir=folder / "profile")


def live(folder: Path, *, in_child: bool) -> None:
    """One life of the program: decide something, then finish a run or make a new one."""
    with open_project(folder) as project:
        number = project.settings.get("decision", 0) + 1
        with project.command("anna", "settings.put", "decision", at=NOW):
            project.settings.put("decision", number, by="anna", at=NOW)
        half = folder / "acknowledged.half"
        half.write_text(str(number))
        half.replace(folder / "acknowledged")
        settled: dict[str, Any] = {**SETTLED, "executor": None if in_child else InProcess()}
        if interrupted(project):
            resume(project, **settled)
        else:
            seed = len(project.runs.all()) + 1
            options = tiny_stages.options(seed, slow_ms=1)
            run_stages(project, tiny_stages.FIRST, options, **settled)


def kill_at_call(kind: str, number: int) -> None:
    """Have this process kill itself before its Nth rename, or before its Nth commit."""
    calls = 0

    def count(*_: object) -> None:
        nonlocal calls
        calls += 1
        if calls == number:
            os.kill(os.getpid(), signal.SIGKILL)

    if kind == "commit":
        event.listen(Engine, "commit", count)
        return
    real = Path.replace

    def replace(self: Path, target: Any) -> Path:
        count()
        return real(self, target)

    Path.replace = replace  # type: ignore[method-assign]


def take_the_journal_away() -> None:
    """Make the swap of outputs what it would be without its journal."""
    Publisher.journal = lambda *_: None  # type: ignore[method-assign]


def orphans(pid: int) -> list[str]:
    """Processes of stages whose parent was `pid` and that are still there."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            words = entry.read_bytes().split(b"\0")
            if b"caseload.lifecycle.worker" in words and str(pid).encode() in words:
                found.append(entry.parent.name)
    return found


def forked(work: Callable[[], None], *, after: float | None) -> tuple[str, float]:
    """Do `work` in a fork, killed `after` seconds if it is not done; how it ended, and when."""
    start = time.monotonic()
    pid = os.fork()
    if pid == 0:
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - a fork must not return to the loop
            sys.stderr.write(f"{type(error).__name__}: {error}\n")
            os._exit(1)
        os._exit(0)
    if after is not None:
        time.sleep(after)
        os.kill(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    patience = time.monotonic() + 2
    while orphans(pid):
        if time.monotonic() > patience:
            return "orphaned", 0.0
        time.sleep(0.02)
    return _how(status), time.monotonic() - start


def _how(status: int) -> str:
    if os.WIFSIGNALED(status):
        return "killed"
    return "done" if os.waitstatus_to_exitcode(status) == 0 else "failed"


def check(folder: Path) -> dict[str, Any]:
    """Open the project as the next start would, and say all that is wrong with it."""
    found = sound(folder)
    wrong = found["wrong"]
    with open_project(folder) as project:
        for stage in tiny_stages.FIRST:
            seed = project.settings.get(f"seed.{stage.value}", 0)
            names = tiny_stages.names(stage, seed) if seed else []
            top = project.folder / tiny_stages.PLACES[stage]
            on_disk = {
                p.relative_to(project.folder).as_posix(): p.read_text()
                for p in top.rglob("*")
                if p.is_file()
            }
            whole = {n: tiny_stages.content(stage, seed, i) for i, n in enumerate(names)}
            if on_disk != whole:
                wrong.append(f"{stage.value} is neither all old nor all new")
        acknowledged = folder / "acknowledged"
        promised = int(acknowledged.read_text()) if acknowledged.exists() else 0
        if project.settings.get("decision", 0) < promised:
            wrong.append("an acknowledged decision is lost")
    return found


def kill_migrations(folder: Path, count: int) -> None:
    """Kill the migration of a copy of an old project file at moments spread over all of it."""
    whole = 0.0
    for number in range(count + 1):
        path = folder / str(number) / "old.caseload"
        path.parent.mkdir()
        shutil.copy(OLD, path)
        after = whole * number / count if number else None
        how, lasted = forked(lambda path=path: opening.bring_up_to_date(path), after=after)
        whole = whole or lasted
        raw = sqlite.connect(path)
        (revision,) = raw.execute("SELECT version_num FROM alembic_version").fetchone()
        columns = {row[1] for row in raw.execute("PRAGMA table_info(mapping_rule)")}
        sound = raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        raw.close()
        with ProjectFile.open(path.parent, person="anna", now=NOW) as project:
            lines = project.audit.count()
        whole_step = ("orphan" in columns) == (revision != "0001")
        wrong = [] if sound and whole_step and lines == 3 else [f"{revision}, {lines} lines"]
        sys.stdout.write(json.dumps({"how": how, "wrong": wrong, "revision": revision}) + "\n")


def live_for_real(folder: Path, *, in_child: bool) -> None:
    """One life with the seven stages: finish the run, or make a new one."""
    executor = None if in_child else InProcess()
    with open_project(folder) as project:
        if interrupted(project):
            resume(project, clock=lambda: NOW, actor="anna", executor=executor)
        else:
            options = StageOptions(rows=20, seed=42)
            run_stages(project, STAGES, options, clock=lambda: NOW, actor="anna", executor=executor)


def kill_real_stages(folder: Path, count: int) -> None:
    """Kill the seven stages at random moments, and let them finish at last."""
    draw = random.Random(20260331)
    for number in range(count + 1):
        after = draw.uniform(0.0, 9.0) if number < count else None
        how, _ = forked(
            lambda number=number: live_for_real(folder, in_child=number % 2 == 0), after=after
        )
        found = {"how": how, **sound(folder)}
        sys.stdout.write(json.dumps(found) + "\n")
        sys.stdout.flush()


def sound(folder: Path) -> dict[str, Any]:
    """What must hold of any project at the next start, whatever its stages are."""
    wrong: list[str] = []
    start = time.monotonic()
    with open_project(folder) as project:
        opened = time.monotonic() - start
        if project.published.pending() is not None:
            wrong.append("a swap is still pending")
        if altered := project.published.altered(thorough=True):
            wrong.append(f"{altered[0].path} is not what was published")
        if not project.audit.verify().ok:
            wrong.append(project.audit.verify().problem)
        wrong.extend(project.problems())
        if left := list(project.folder.rglob(f"*{TEMPORARY_MARK}*")):
            wrong.append(f"{left[0].name} was left behind")
        latest = project.runs.latest()
        found = interrupted(project)
        if latest and latest.state not in {RunState.DONE, RunState.INTERRUPTED}:
            wrong.append(f"the run is {latest.state}")
        if latest and (latest.state is RunState.INTERRUPTED) != (found is not None):
            wrong.append("an interrupted run is not reported")
    return {
        "wrong": wrong,
        "opened": opened,
        "finished": len(found.finished) if found else None,
        "run": latest.number if latest else 0,
    }


def main() -> None:
    folder, kind, count = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    if kind == "real":
        kill_real_stages(folder, count)
        return
    if kind == "migration":
        kill_migrations(folder, count)
        return
    ProjectFile.create(
        folder / "qvh", name="QVH", person="anna", now=NOW, anchor_dir=folder / "profile"
    ).close()
    draw = random.Random(20260331)
    in_child = kind == "child"
    _, whole = forked(lambda: live(folder, in_child=in_child), after=None)
    for number in range(1, count + 1):

        def life(number: int = number) -> None:
            if kind == "control":
                take_the_journal_away()
            if kind in {"rename", "commit", "control"}:
                kill_at_call("commit" if kind == "commit" else "rename", 1 + (number - 1) % 30)
            live(folder, in_child=in_child)

        after = draw.uniform(0.0, whole) if kind in {"random", "child"} else None
        how, _ = forked(life, after=after)
        sys.stdout.write(json.dumps({"how": how, **check(folder)}) + "\n")
        sys.stdout.flush()
    how, _ = forked(lambda: live(folder, in_child=False), after=None)
    sys.stdout.write(json.dumps({"how": how, **check(folder)}) + "\n")


if __name__ == "__main__":
    main()
