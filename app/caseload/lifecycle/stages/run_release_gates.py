"""Stage 7 and the project file: the profile's thresholds, and what has been approved."""

from __future__ import annotations

import dataclasses
from typing import Any

from caseload.lifecycle.paths import CONTRACT, MATRIX, TARGET_CATALOG
from caseload.lifecycle.registry import StageAdapter, StageContext
from caseload.model.contract import MappingStatus
from caseload.model.errors import BadInput
from caseload.model.gates import PROFILES, GateProfile
from caseload.model.stage import Stage, StageOptions
from caseload.store.project_file import ProjectFile

PROFILE_SETTING = "gates.profile."
"""Settings of this prefix hold the project's own gate profiles, as JSON objects."""


def profile_named(project: ProjectFile, name: str) -> GateProfile:
    """The project's own profile of that name, or else the shipped one.

    Raises:
        BadInput: there is neither.
    """
    own = project.settings.get(PROFILE_SETTING + name)
    if own is not None:
        return GateProfile(**own)
    if name not in PROFILES:
        names = {*PROFILES, *_own_names(project)}
        raise BadInput(
            f"There is no gate profile called {name}",
            where="--profile",
            remedy=f"Choose one of {', '.join(sorted(names))}",
        )
    return PROFILES[name]


def _own_names(project: ProjectFile) -> list[str]:
    return [
        key.removeprefix(PROFILE_SETTING)
        for key in project.settings.all()
        if key.startswith(PROFILE_SETTING)
    ]


def _reads(options: StageOptions) -> tuple[str, ...]:  # noqa: ARG001
    return (
        TARGET_CATALOG,
        MATRIX,
        CONTRACT,
        "reports/contract_migration_report.json",
        "reports/contract_migration_issues.csv",
        "reports/contract_migration_table_stats.csv",
        "reports/enterprise_pipeline_report.json",
        "reports/enterprise_pipeline_issues.csv",
    )


def _gather(context: StageContext) -> dict[str, Any]:
    counts = context.project.contract.counts("status")
    return {
        "profile": dataclasses.asdict(profile_named(context.project, context.options.profile)),
        "approved": counts.get(MappingStatus.APPROVED.value, 0),
        "rules": sum(counts.values()),
        "signed_off": bool(context.project.settings.get("signoff.complete", False)),
    }


ADAPTER = StageAdapter(
    stage=Stage.RUN_RELEASE_GATES,
    function="caseload.gates.evaluate:run",
    reads=_reads,
    gather=_gather,
)
