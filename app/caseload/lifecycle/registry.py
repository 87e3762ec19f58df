"""What the runner knows of each stage: where its function is and how it meets the project file.

Stages are found by dotted name when they run, so one that cannot be imported fails alone.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from caseload.model.errors import CaseloadError
from caseload.model.progress import CancelToken, Progress
from caseload.model.stage import STAGES, Stage, StageJob, StageOptions, StageResult

if TYPE_CHECKING:  # the child process that runs stages needs no project file
    from caseload.store.project_file import ProjectFile

StageFunction = Callable[[StageJob, Progress, CancelToken], StageResult]


@dataclass(frozen=True, slots=True)
class StageContext:
    """What an adapter works with, before a stage runs and after.

    `out_dir` is where the stage's outputs are put aside; an adapter may put files there too.
    `scratch` carries what `gather` found on to `take_in`.
    """

    project: ProjectFile
    options: StageOptions
    work_dir: Path
    out_dir: Path
    actor: str
    now: datetime
    run_number: int
    scratch: dict[Any, Any] = field(default_factory=dict)


def _nothing(context: StageContext) -> dict[str, Any]:  # noqa: ARG001
    return {}


def _no_paths(options: StageOptions) -> tuple[str, ...]:  # noqa: ARG001
    return ()


def _take_nothing(context: StageContext, result: StageResult) -> None:  # noqa: ARG001
    return


def _no_follow_up(context: StageContext) -> None:  # noqa: ARG001
    return


@dataclass(frozen=True, slots=True)
class StageAdapter:
    """One stage as the runner sees it.

    Attributes:
        function: "module:name" of the stage's run function.
        reads: files and folders of the project whose bytes the stage works from.
        gather: `StageJob.inputs` from the project file.
        told_files: keys of those inputs that name files or lists of files it reads too.
        take_in: puts the answer's payload into the project file, in an open transaction.
        after: what is to be written out once the outputs are in place.
    """

    stage: Stage
    function: str
    reads: Callable[[StageOptions], tuple[str, ...]] = _no_paths
    gather: Callable[[StageContext], dict[str, Any]] = _nothing
    told_files: tuple[str, ...] = ()
    take_in: Callable[[StageContext, StageResult], None] = _take_nothing
    after: Callable[[StageContext], None] = _no_follow_up

    @property
    def folder(self) -> str:
        """The stage's folder within a run's: 01_extract_specs."""
        return f"{STAGES.index(self.stage) + 1:02d}_{self.stage.value}"


Registry = Mapping[Stage, StageAdapter]


def standard_registry() -> Registry:
    """The seven stages."""
    modules = (importlib.import_module(f"caseload.lifecycle.stages.{s.value}") for s in STAGES)
    return {m.ADAPTER.stage: m.ADAPTER for m in modules}


def resolve(function: str) -> StageFunction:
    """The stage function of a dotted "module:name".

    Raises:
        CaseloadError: it is not there; a defect of the installation.
    """
    module_name, _, name = function.partition(":")
    try:
        return cast("StageFunction", getattr(importlib.import_module(module_name), name))
    except (ImportError, AttributeError) as error:
        raise CaseloadError(
            f"A part of the program is missing: {function}",
            where=str(error),
            remedy="Install Caseload again",
        ) from error
