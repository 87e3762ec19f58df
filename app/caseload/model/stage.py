"""The seven stages, what they are asked and what they answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any


class Stage(StrEnum):
    """The stages in the order they run."""

    EXTRACT_SPECS = "extract_specs"
    GENERATE_MOCK_DATA = "generate_mock_data"
    ANALYZE_SEMANTIC_MAPPING = "analyze_semantic_mapping"
    BUILD_MAPPING_CONTRACT = "build_mapping_contract"
    RUN_CONTRACT_MIGRATION = "run_contract_migration"
    RUN_ENTERPRISE_PIPELINE = "run_enterprise_pipeline"
    RUN_RELEASE_GATES = "run_release_gates"


STAGES: tuple[Stage, ...] = tuple(Stage)

STAGE_TITLES: dict[Stage, str] = {
    Stage.EXTRACT_SPECS: "Extract specs",
    Stage.GENERATE_MOCK_DATA: "Generate mock data",
    Stage.ANALYZE_SEMANTIC_MAPPING: "Semantic mapping",
    Stage.BUILD_MAPPING_CONTRACT: "Mapping contract",
    Stage.RUN_CONTRACT_MIGRATION: "Contract migration",
    Stage.RUN_ENTERPRISE_PIPELINE: "Quality rules",
    Stage.RUN_RELEASE_GATES: "Release gates",
}


class Verdict(StrEnum):
    """What a finished stage says of what it judged."""

    PASS = "PASS"
    FAIL = "FAIL"


class RunState(StrEnum):
    """Where a run, or a stage of it, stands."""

    PENDING = "PENDING"
    RUNNING = "RUNNING"
    PUBLISHING = "PUBLISHING"
    DONE = "DONE"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"
    INTERRUPTED = "INTERRUPTED"


@dataclass(frozen=True, slots=True)
class StageOptions:
    """The options of all stages (formats.md); paths relative to the project folder.

    `source_specs` / `target_specs` empty: the documents already taken into the project.
    `faults` is a percentage of rows, 0..100.  `memory_limit_mb` bounds the engine.
    """

    source_specs: tuple[str, ...] = ()
    target_specs: tuple[str, ...] = ()
    rows: int = 20
    seed: int = 42
    faults: float = 0.0
    source_dir: str = ""
    output_dir: str = ""
    contract_file: str = ""
    target_catalog_file: str = ""
    crosswalk_dir: str = ""
    impute_mode: str = "strict"
    engine: str = "duckdb"
    min_patients: int = 20
    profile: str = "pre_production"
    memory_limit_mb: int = 2048


@dataclass(frozen=True, slots=True)
class StageJob:
    """One stage's work order.

    A stage reads the project folder, writes only below `work_dir`, and puts what is to be
    published under `work_dir/out/` at the path it will have in the project folder.
    `inputs` holds what only the project file knows (decisions, corrections, settings),
    JSON-serialisable.  `now` and `run_id` are injected.
    """

    stage: Stage
    project_dir: Path
    work_dir: Path
    options: StageOptions
    now: datetime
    run_id: str
    inputs: dict[str, Any] = field(default_factory=dict)

    @property
    def out_dir(self) -> Path:
        """Where outputs are put aside until they are swapped in."""
        return self.work_dir / "out"

    @property
    def run_at_utc(self) -> str:
        """`now` as reports state it: ISO 8601, whole seconds, Z."""
        return self.now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(slots=True)
class StageResult:
    """The one result type of every stage.

    `summary` is one sentence for a person; `figures` the numbers it shows (JSON values);
    `payload` names a file below `work_dir` with what the project file must take in, or "".
    `replaced_dirs` are project folders (relative) whose files not in the output go away.
    """

    stage: Stage
    verdict: Verdict
    summary: str
    figures: dict[str, Any] = field(default_factory=dict)
    payload: str = ""
    replaced_dirs: tuple[str, ...] = ()
