"""What the gates judge: figures read from the reports of the stages before.

Each figure is looked up, never assumed: a report that is missing or cannot be read is bad
input, because a gate without evidence must not pass.
"""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from caseload.model.errors import BadInput

MIGRATION_REPORT = "reports/contract_migration_report.json"
PIPELINE_REPORT = "reports/enterprise_pipeline_report.json"
TARGET_CATALOG = "schemas/target_schema_catalog.csv"


@dataclass(frozen=True, slots=True)
class Evidence:
    """The figures of one migration and one quality run.

    Ratios are 0..1.  `errors` and `warnings` count issues of the migration and of the quality
    rules together; `unresolved` counts mappings nobody has settled; `orphan_links` counts
    foreign key values of the load files without a parent.
    """

    errors: int
    warnings: int
    unresolved: int
    crosswalk_rejects: int
    population_ratio: float
    population_ratio_without_imputed: float
    tables_written: int
    target_tables: int
    rows_written: int
    ledger_ties: bool
    orphan_links: int
    rules: int
    approved: int
    signed_off: bool
    inputs: dict[str, str]


def gather(project_dir: Path, *, rules: int, approved: int, signed_off: bool) -> Evidence:
    """Read the reports below `project_dir`.

    Raises:
        BadInput: a report or the target catalog is missing or is not what it should be.
    """
    migration = _report(project_dir, MIGRATION_REPORT, "run_contract_migration")
    pipeline = _report(project_dir, PIPELINE_REPORT, "run_enterprise_pipeline")
    try:
        counts = pipeline["severity_counts"]
        own = migration["issue_counts"]
        return Evidence(
            errors=int(counts.get("ERROR", 0)) + int(own.get("ERROR", 0)),
            warnings=int(counts.get("WARN", 0)) + int(own.get("WARN", 0)),
            unresolved=int(pipeline["unresolved_mappings"]),
            crosswalk_rejects=int(migration["crosswalk_reject_count"]),
            population_ratio=float(migration["overall_column_population_ratio"]),
            population_ratio_without_imputed=float(migration["population_ratio_without_imputed"]),
            tables_written=int(migration["tables_written"]),
            target_tables=_target_tables(project_dir),
            rows_written=int(migration["rows_written_total"]),
            ledger_ties=migration["ledger_ties"] is True,
            orphan_links=int(pipeline["orphan_links"]),
            rules=rules,
            approved=approved,
            signed_off=signed_off,
            inputs={
                "migration_report": MIGRATION_REPORT,
                "migration_run_id": str(migration["run_id"]),
                "pipeline_report": PIPELINE_REPORT,
                "target_catalog": TARGET_CATALOG,
            },
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadInput(
            f"A report lacks a figure that the gates judge: {error}",
            where=f"{MIGRATION_REPORT}, {PIPELINE_REPORT}",
            remedy="Run run_contract_migration and run_enterprise_pipeline again",
        ) from error


def _report(project_dir: Path, name: str, stage: str) -> dict[str, Any]:
    path = project_dir / name
    if not path.is_file():
        raise BadInput("There is no report to judge", where=name, remedy=f"Run {stage} first")
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, UnicodeDecodeError) as error:
        raise BadInput(
            "The report is not valid JSON", where=name, remedy=f"Run {stage} again"
        ) from error
    if not isinstance(data, dict):
        raise BadInput("The report is not a JSON object", where=name, remedy=f"Run {stage} again")
    return data


def _target_tables(project_dir: Path) -> int:
    path = project_dir / TARGET_CATALOG
    if not path.is_file():
        raise BadInput(
            "There is no target catalog", where=TARGET_CATALOG, remedy="Run extract_specs"
        )
    with path.open(encoding="utf-8", newline="") as lines:
        return len({row["table_name"] for row in csv.DictReader(lines) if row.get("table_name")})
