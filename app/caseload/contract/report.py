"""The five files in which a run tells what it did."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from caseload.contract.duckdb.account import REJECTS
from caseload.contract.files import write_rows
from caseload.contract.results import LEDGER_COLUMNS, STATS_COLUMNS, Results, share
from caseload.engine.connection import Engine
from caseload.engine.csv_out import write_csv
from caseload.engine.sql import ident
from caseload.model.issue import ISSUE_COLUMNS, Severity
from caseload.model.stage import StageJob, Verdict

REPORT = "reports/contract_migration_report.json"
STATS = "reports/contract_migration_table_stats.csv"
ISSUES = "reports/contract_migration_issues.csv"
REJECTED = "reports/contract_migration_rejects.csv"
LEDGER = "reports/contract_migration_ledger.csv"


@dataclass(slots=True)
class Paths:
    """The files and folders of a run, relative to the project folder."""

    rules: str
    routes: str
    source_dir: str
    output_dir: str
    target_catalog: str
    crosswalks: str
    registry: str
    contract_sha256: str = ""


def write_reports(
    job: StageJob,
    paths: Paths,
    engine: Engine,
    results: Results,
    inputs: Mapping[str, str],
    outputs: Mapping[str, str],
) -> dict[str, Any]:
    """Write report, statistics, issues, rejects and ledger; gives the report."""
    out = job.out_dir
    rank = {Severity.ERROR: 0, Severity.WARN: 1, Severity.INFO: 2}
    issues = sorted(results.issues, key=lambda i: rank[i.severity])
    write_rows(out / ISSUES, ISSUE_COLUMNS, (asdict(issue) for issue in issues))
    write_rows(out / STATS, STATS_COLUMNS, (s.as_row() for s in results.stats))
    write_rows(out / LEDGER, LEDGER_COLUMNS, (line.as_row() for line in results.ledger))
    write_csv(engine, f"SELECT * FROM {ident(REJECTS)}", out / REJECTED)
    report = _report(job, paths, results, inputs, outputs)
    text = json.dumps(report, ensure_ascii=False, indent=2) + "\n"
    (out / REPORT).write_text(text, encoding="utf-8", newline="")
    return report


def _report(
    job: StageJob,
    paths: Paths,
    results: Results,
    inputs: Mapping[str, str],
    outputs: Mapping[str, str],
) -> dict[str, Any]:
    stats, ledger = results.stats, results.ledger
    columns = sum(s.columns_total for s in stats)
    populated = sum(s.columns_populated for s in stats)
    only_imputed = sum(s.only_imputed for s in stats)
    ties = all(line.difference == 0 for line in ledger)
    failed = results.count(Severity.ERROR) > 0 or not ties
    return {
        "run_id": job.run_id,
        "run_at_utc": job.run_at_utc,
        "status": (Verdict.FAIL if failed else Verdict.PASS).value,
        "source_dir": _posix(paths.source_dir),
        "output_dir": _posix(paths.output_dir),
        "contract_file": _posix(paths.rules),
        "routes_file": _posix(paths.routes),
        "target_catalog_file": _posix(paths.target_catalog),
        "crosswalk_dir": _posix(paths.crosswalks),
        "impute_mode": job.options.impute_mode,
        "tables_written": len(stats),
        "rows_written_total": sum(s.rows_written for s in stats),
        "columns_total": columns,
        "columns_populated": populated,
        "columns_imputed": sum(s.columns_imputed for s in stats),
        "overall_column_population_ratio": share(populated, columns),
        "population_ratio_without_imputed": share(populated - only_imputed, columns),
        "issue_counts": {severity.value: results.count(severity) for severity in Severity},
        "crosswalk_reject_count": results.crosswalk_rejects,
        "rows_in_total": sum(line.rows_in for line in ledger),
        "rows_rejected_total": sum(line.rows_rejected for line in ledger),
        "rows_held_total": sum(line.rows_held for line in ledger),
        "rows_filtered_total": sum(line.rows_filtered for line in ledger),
        "rows_merged_total": sum(line.rows_merged for line in ledger),
        "ledger_ties": ties,
        "engine": job.options.engine,
        "contract_sha256": paths.contract_sha256,
        "input_sha256": _together(inputs),
        "output_sha256": _together(outputs),
        "input_files": dict(sorted(inputs.items())),
        "output_files": dict(sorted(outputs.items())),
    }


def _together(hashes: Mapping[str, str]) -> str:
    """One SHA-256 over the names and hashes of several files."""
    lines = "".join(f"{sha}  {name}\n" for name, sha in sorted(hashes.items()))
    return hashlib.sha256(lines.encode()).hexdigest()


def _posix(path: str) -> str:
    return Path(path).as_posix()
