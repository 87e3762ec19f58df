"""Stage 2 and the project file: a cohort as of the day the project says."""

from __future__ import annotations

from typing import Any

from caseload.lifecycle.links import link_inputs
from caseload.lifecycle.paths import CROSSWALKS, SOURCE_CATALOG, TARGET_CATALOG
from caseload.lifecycle.registry import StageAdapter, StageContext
from caseload.model.stage import Stage, StageOptions

AS_OF = "2026-03-31"
"""The day the mock hospital is seen on, unless the project's setting mock.as_of says another."""


def _reads(options: StageOptions) -> tuple[str, ...]:  # noqa: ARG001
    return (SOURCE_CATALOG, TARGET_CATALOG, CROSSWALKS)


def _gather(context: StageContext) -> dict[str, Any]:
    return {
        "as_of": context.project.settings.get("mock.as_of", AS_OF),
        "relationships": link_inputs(context.project),
    }


ADAPTER = StageAdapter(
    stage=Stage.GENERATE_MOCK_DATA,
    function="caseload.mockdata.generate:run",
    reads=_reads,
    gather=_gather,
)
