"""Work orders, answers and progress as JSON, to cross to a child process and back."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from caseload.model.stage import Stage, StageJob, StageOptions, StageResult, Verdict


def options_to_dict(options: StageOptions) -> dict[str, Any]:
    """Options as JSON values, as a run keeps them."""
    return {
        k: list(v) if isinstance(v, tuple) else v for k, v in dataclasses.asdict(options).items()
    }


def options_from_dict(value: Mapping[str, Any]) -> StageOptions:
    """The options that `options_to_dict` described; unknown keys are ignored."""
    known = {f.name for f in dataclasses.fields(StageOptions)}
    values: dict[str, Any] = {
        k: tuple(v) if isinstance(v, list) else v for k, v in value.items() if k in known
    }
    return StageOptions(**values)


def job_to_dict(job: StageJob) -> dict[str, Any]:
    """A work order as JSON values."""
    return {
        "stage": job.stage.value,
        "project_dir": str(job.project_dir),
        "work_dir": str(job.work_dir),
        "options": options_to_dict(job.options),
        "now": job.now.isoformat(),
        "run_id": job.run_id,
        "inputs": job.inputs,
    }


def job_from_dict(value: Mapping[str, Any]) -> StageJob:
    """The work order that `job_to_dict` described."""
    return StageJob(
        stage=Stage(value["stage"]),
        project_dir=Path(value["project_dir"]),
        work_dir=Path(value["work_dir"]),
        options=options_from_dict(value["options"]),
        now=datetime.fromisoformat(value["now"]),
        run_id=value["run_id"],
        inputs=value["inputs"],
    )


def result_to_dict(result: StageResult) -> dict[str, Any]:
    """A stage's answer as JSON values."""
    return {
        "stage": result.stage.value,
        "verdict": result.verdict.value,
        "summary": result.summary,
        "figures": result.figures,
        "payload": result.payload,
        "replaced_dirs": list(result.replaced_dirs),
    }


def result_from_dict(value: Mapping[str, Any]) -> StageResult:
    """The answer that `result_to_dict` described."""
    return StageResult(
        stage=Stage(value["stage"]),
        verdict=Verdict(value["verdict"]),
        summary=value["summary"],
        figures=dict(value["figures"]),
        payload=value["payload"],
        replaced_dirs=tuple(value["replaced_dirs"]),
    )
