"""Stage 5 and the project file: the contract as decided, and the keys of earlier runs."""

from __future__ import annotations

from typing import Any

from caseload.lifecycle.links import link_inputs
from caseload.lifecycle.paths import contract_files, crosswalk_dir, source_dir, target_catalog
from caseload.lifecycle.registry import StageAdapter, StageContext
from caseload.model.stage import Stage, StageOptions

_KEY_REGISTRY = "key_registry"
"""How the name begins of the published file, below data/, that holds allocated keys."""


def _reads(options: StageOptions) -> tuple[str, ...]:
    return (
        *contract_files(options),
        target_catalog(options),
        crosswalk_dir(options),
        source_dir(options),
    )


def _gather(context: StageContext) -> dict[str, Any]:
    published = context.project.published.all(stage=Stage.RUN_CONTRACT_MIGRATION)
    kept = [
        f.path
        for f in published
        if f.path.startswith("data/") and f.path.rpartition("/")[2].startswith(_KEY_REGISTRY)
    ]
    return {
        "key_registry": kept[0] if kept else "",
        "relationships": link_inputs(context.project),
    }


ADAPTER = StageAdapter(
    stage=Stage.RUN_CONTRACT_MIGRATION,
    function="caseload.contract.migrate:run",
    reads=_reads,
    gather=_gather,
    told_files=("key_registry",),
)
