"""Stage 6 and the project file: quality rules over source, target and the last migration."""

from __future__ import annotations

from typing import Any

from caseload.lifecycle.links import link_inputs
from caseload.lifecycle.paths import (
    CONTRACT,
    MATRIX,
    MOCK_TARGET,
    SOURCE_CATALOG,
    TARGET_CATALOG,
    output_dir,
    source_dir,
)
from caseload.lifecycle.registry import StageAdapter, StageContext
from caseload.model.stage import Stage, StageOptions


def _reads(options: StageOptions) -> tuple[str, ...]:
    return (
        SOURCE_CATALOG,
        TARGET_CATALOG,
        MATRIX,
        CONTRACT,
        "reports/contract_migration_report.json",
        "reports/contract_migration_issues.csv",
        source_dir(options),
        output_dir(options),
    )


def _gather(context: StageContext) -> dict[str, Any]:
    return {"mock_output": MOCK_TARGET, "relationships": link_inputs(context.project)}


ADAPTER = StageAdapter(
    stage=Stage.RUN_ENTERPRISE_PIPELINE,
    function="caseload.quality.pipeline:run",
    reads=_reads,
    gather=_gather,
)
