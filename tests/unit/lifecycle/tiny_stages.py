"""Small stages that do real work on real files, for tests of what runs them.

Each of the first three writes ten files whose bytes follow from the seed, some of them in a
folder that is replaced; the others misbehave on purpose.
"""

from __future__ import annotations

import json
import os
import time
from datetime import UTC, datetime
from pathlib import Path

from caseload.lifecycle.registry import StageAdapter, StageContext
from caseload.model.errors import BadInput
from caseload.model.progress import CancelToken, Progress
from caseload.model.stage import Stage, StageJob, StageOptions, StageResult, Verdict

NOW = datetime(2026, 3, 31, 9, 30, tzinfo=UTC)
FILES = 10
FIRST = (Stage.EXTRACT_SPECS, Stage.GENERATE_MOCK_DATA, Stage.ANALYZE_SEMANTIC_MAPPING)
PLACES = {
    Stage.EXTRACT_SPECS: "schemas",
    Stage.GENERATE_MOCK_DATA: "mock_data/source",
    Stage.ANALYZE_SEMANTIC_MAPPING: "reports",
}


def clock() -> datetime:
    return NOW


def content(stage: Stage, seed: int, index: int) -> str:
    return f"{stage.value} {seed} {index}\n" * 50


def names(stage: Stage, seed: int) -> list[str]:
    """Files that a stage puts out; every seed gives some another name."""
    common = [f"{PLACES[stage]}/{stage.value}_{i}.csv" for i in range(FILES - 2)]
    return [*common, *(f"{PLACES[stage]}/own/{seed}_{i}.csv" for i in range(2))]


def write(job: StageJob, progress: Progress, cancel: CancelToken) -> StageResult:
    seed, stage = job.options.seed, job.stage
    for index, name in enumerate(names(stage, seed)):
        cancel.raise_if_cancelled()
        path = job.out_dir / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content(stage, seed, index), encoding="utf-8", newline="")
        progress.report((index + 1) / FILES, f"file {index}")
        time.sleep(job.options.faults / 1000)
    (job.work_dir / "payload.json").write_text(json.dumps({"stage": stage.value, "seed": seed}))
    progress.log("wrote the files")
    return StageResult(
        stage,
        Verdict.PASS if job.options.rows else Verdict.FAIL,
        f"{FILES} files",
        {"files": FILES},
        "payload.json",
        (f"{PLACES[stage]}/own",),
    )


def wait_for_cancel(job: StageJob, progress: Progress, cancel: CancelToken) -> StageResult:
    progress.report(0.5, "waiting")
    while True:
        cancel.raise_if_cancelled()
        time.sleep(0.01)


def ignore_cancel(job: StageJob, progress: Progress, cancel: CancelToken) -> StageResult:
    progress.report(0.5, "waiting")
    time.sleep(60)
    raise AssertionError


def crash(job: StageJob, progress: Progress, cancel: CancelToken) -> StageResult:
    job.out_dir.joinpath("half.csv").write_text("half")
    os.abort()


def killed(job: StageJob, progress: Progress, cancel: CancelToken) -> StageResult:
    os.kill(os.getpid(), 9)
    raise AssertionError


def defect(job: StageJob, progress: Progress, cancel: CancelToken) -> StageResult:
    job.out_dir.joinpath("half.csv").write_text("half")
    patient = "htimS nhoJ"[::-1]
    raise ValueError(patient)


def refuse(job: StageJob, progress: Progress, cancel: CancelToken) -> StageResult:
    print("something a library prints")
    job.out_dir.joinpath("half.csv").write_text("half")
    raise BadInput("The sheet is empty", where="spec.xlsx", remedy="Choose another")


def escape(job: StageJob, progress: Progress, cancel: CancelToken) -> StageResult:
    job.out_dir.joinpath("other.caseload").write_text("no")
    return StageResult(job.stage, Verdict.PASS, "escaped")


def touch(job: StageJob, progress: Progress, cancel: CancelToken) -> StageResult:
    """Says which process it ran in."""
    path = job.out_dir / "reports" / "pid.txt"
    path.parent.mkdir(parents=True)
    path.write_text(str(os.getpid()))
    return StageResult(job.stage, Verdict.PASS, str(os.getpid()))


def take_seed(context: StageContext, result: StageResult) -> None:
    data = json.loads((context.work_dir / result.payload).read_text())
    context.project.settings.put(f"seed.{data['stage']}", data["seed"], by="stage", at=context.now)


def adapter(stage: Stage, function: str = "write") -> StageAdapter:
    writes = function == "write"
    return StageAdapter(
        stage,
        f"{Path(__file__).stem}:{function}",
        **({"take_in": take_seed} if writes else {}),
    )


def registry(**functions: str) -> dict[Stage, StageAdapter]:
    """All three write, but for those named otherwise by keyword."""
    return {s: adapter(s, functions.get(s.value, "write")) for s in FIRST}


def options(seed: int = 1, *, slow_ms: float = 0, rows: int = 1) -> StageOptions:
    return StageOptions(seed=seed, faults=slow_ms, rows=rows)
