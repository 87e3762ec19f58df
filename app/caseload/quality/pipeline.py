"""Stage 6: quality rules over the source rows that were migrated and their load files."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from caseload.contract.crosswalks import Crosswalk, read_crosswalks
from caseload.contract.files import read_contract
from caseload.engine.connection import Engine, open_engine
from caseload.engine.csv_out import write_csv
from caseload.engine.sql import ident
from caseload.engine.staging import Staged, stage_csv
from caseload.model.catalog import Catalog, Side
from caseload.model.contract import Contract, MappingClass, MappingStatus
from caseload.model.errors import BadInput
from caseload.model.issue import ISSUE_COLUMNS, Issue, Severity
from caseload.model.progress import CancelToken, PartOfProgress, Progress
from caseload.model.relationship import heard, ruled
from caseload.model.stage import Stage, StageJob, StageResult, Verdict
from caseload.quality.findings import FOUND, Finder
from caseload.quality.rules import RULES
from caseload.quality.source_checks import source_checks, tables_read
from caseload.quality.target_checks import target_checks
from caseload.specs.catalog_files import read_catalog
from caseload.specs.meaning import CatalogMeaning, understand

REPORT = "reports/enterprise_pipeline_report.json"
ISSUES = "reports/enterprise_pipeline_issues.csv"
ISSUE_ROWS = "data/quality/issue_rows.csv"
MIGRATION_REPORT = "reports/contract_migration_report.json"
CONTRACT = "reports/mapping_contract.csv"
ROUTES = "reports/mapping_contract_routes.csv"


@dataclass(slots=True)
class Case:
    """Everything one run of the rules looks at."""

    source: Catalog
    target: Catalog
    source_meaning: CatalogMeaning
    target_meaning: CatalogMeaning
    contract: Contract
    crosswalks: Mapping[str, Crosswalk]
    source_dir: Path
    target_dir: Path


def run(job: StageJob, progress: Progress, cancel: CancelToken) -> StageResult:
    """Judge the last migration's source and load files.

    Writes the report, the issues (one a rule, table and field) and every row that they stand for.

    Raises:
        BadInput: a stage before has not run, or its files cannot be read.
    """
    if job.options.min_patients < 0:
        raise BadInput("A number of patients cannot be negative", where="--min-patients")
    case = _case(job)
    progress.report(0.05, "Reading source and load files")
    with open_engine(
        job.work_dir / "engine",
        folders=(case.source_dir, case.target_dir, job.out_dir),
        memory_limit_mb=job.options.memory_limit_mb,
        cancel=cancel,
    ) as engine:
        issues = _source_issues(engine, case, job, PartOfProgress(progress, 0.05, 0.5), cancel)
        issues += _target_issues(engine, case, PartOfProgress(progress, 0.5, 0.95), cancel)
        rows_file = job.out_dir / ISSUE_ROWS
        order = "rule_id, table_name, field_name, line, record_id"
        wanted = "rule_id, table_name, field_name, record_id, line"
        write_csv(engine, f"SELECT {wanted} FROM {ident(FOUND)} ORDER BY {order}", rows_file)
    issues += _unresolved(case)
    issues.sort(key=lambda issue: (list(Severity).index(issue.severity), issue.rule_id))
    return _report(job, issues, progress)


def _case(job: StageJob) -> Case:
    project = job.project_dir
    path = project / MIGRATION_REPORT
    if not path.is_file():
        raise BadInput(
            "There is no migration to judge",
            where=MIGRATION_REPORT,
            remedy="Run run_contract_migration first",
        )
    try:
        migration = json.loads(path.read_text(encoding="utf-8"))
        source_dir = project / str(migration["source_dir"])
        target_dir = project / str(migration["output_dir"])
        crosswalk_dir = project / str(migration["crosswalk_dir"])
        contract_file = project / str(migration["contract_file"])
        target_file = project / str(migration["target_catalog_file"])
    except (ValueError, KeyError, TypeError) as error:
        raise BadInput(
            "The migration's report cannot be read",
            where=MIGRATION_REPORT,
            remedy="Run run_contract_migration again",
        ) from error
    crosswalks = read_crosswalks(crosswalk_dir)
    routes = contract_file.with_name(f"{contract_file.stem}_routes.csv")
    links = job.inputs.get("relationships", ())
    of_source, of_target = heard(links, Side.SOURCE), heard(links, Side.TARGET)
    source = read_catalog(project / "schemas/source_schema_catalog.csv", Side.SOURCE)
    target = ruled(read_catalog(target_file, Side.TARGET), of_target)
    return Case(
        source,
        target,
        understand(ruled(source, of_source), code_lists=tuple(crosswalks), decisions=of_source),
        understand(target, code_lists=tuple(crosswalks), decisions=of_target),
        read_contract(contract_file, routes if routes.is_file() else project / ROUTES),
        crosswalks,
        source_dir,
        target_dir,
    )


def _source_issues(
    engine: Engine, case: Case, job: StageJob, progress: Progress, cancel: CancelToken
) -> list[Issue]:
    issues: list[Issue] = []
    tables: dict[str, Staged] = {}
    read = tables_read(case.contract)
    wanted = [*read, *_parents_of(case)]
    for name in dict.fromkeys(wanted):
        staged, found = _stage(engine, case.source_dir, name, f"source {name}")
        needed = name in read
        if staged is None:
            issues += [found] if found and needed else []
            continue
        tables[name] = staged
        issues += _shape_issues(case, name, staged) if needed else []
    issues += _row_counts(case, tables, job.options.min_patients)
    mandatory = frozenset(
        (spec.table_name, spec.field_name) for spec in case.target.all_fields() if spec.mandatory
    )
    checks = source_checks(
        case.source,
        case.source_meaning,
        case.contract,
        case.crosswalks,
        frozenset(tables),
        job.now.date(),
        mandatory,
    )
    found_rows = Finder(engine, tables, {}).find(checks, progress, cancel)
    return issues + [found.as_issue() for found in found_rows]


def _parents_of(case: Case) -> list[str]:
    read = set(tables_read(case.contract))
    return [link.parent for link in case.source_meaning.relationships if link.child in read]


def _stage(
    engine: Engine, folder: Path, name: str, table: str
) -> tuple[Staged | None, Issue | None]:
    path = folder / f"{name}.csv"
    if not path.is_file():
        return None, RULES["S01"].issue(name)
    try:
        return stage_csv(engine, path, table), None
    except BadInput as trouble:
        return None, RULES["S03"].issue(name, message=trouble.what)


def _shape_issues(case: Case, name: str, staged: Staged) -> list[Issue]:
    issues = []
    if staged.quarantined:
        lines = "; ".join(f"line {row.line}" for row in staged.quarantined[:5])
        issues.append(RULES["S03"].issue(name, record=lines, rows=len(staged.quarantined)))
    there = {column.casefold() for column in staged.header}
    spec = case.source.tables.get(name)
    names = [field.field_name for field in spec.fields] if spec else []
    issues += [RULES["S04"].issue(name, field) for field in names if field.casefold() not in there]
    return issues


def _row_counts(case: Case, tables: Mapping[str, Staged], minimum: int) -> list[Issue]:
    rule = RULES["S02"]
    issues = []
    for name in tables_read(case.contract):
        staged = tables.get(name)
        if staged is None:
            continue
        told = case.source_meaning.tables.get(name)
        patients = bool(told and told.entity == "patient" and told.standing in ("live", "master"))
        few = patients and staged.rows < minimum
        if few or staged.rows == 0:
            words = f"{staged.rows} rows" + (f", fewer than the {minimum} wanted" if few else "")
            message = rule.sentence.format(other=words)
            issues.append(rule.issue(name, message=message))
    return issues


def _target_issues(
    engine: Engine, case: Case, progress: Progress, cancel: CancelToken
) -> list[Issue]:
    issues: list[Issue] = []
    tables: dict[str, Staged] = {}
    record_fields: dict[str, str] = {}
    for name, table in case.target.tables.items():
        path = case.target_dir / f"{name}.csv"
        if not path.is_file():
            issues.append(RULES["T01"].issue(name))
            continue
        staged = tables[name] = stage_csv(engine, path, f"target {name}")
        key = next((spec.field_name for spec in table.fields if spec.unique), "")
        if key in staged.header:
            record_fields[name] = key
        if staged.rows == 0:
            issues.append(RULES["T02"].issue(name))
        names = [spec.field_name for spec in table.fields]
        issues += [RULES["T03"].issue(name, field) for field in names if field not in staged.header]
    columns = {name: frozenset(staged.header) for name, staged in tables.items()}
    checks = target_checks(
        case.target,
        case.target_meaning,
        case.contract,
        {name: crosswalk.targets for name, crosswalk in case.crosswalks.items()},
        columns,
    )
    found_rows = Finder(engine, tables, record_fields).find(checks, progress, cancel)
    return issues + [found.as_issue() for found in found_rows]


def _unresolved(case: Case) -> list[Issue]:
    """Mandatory fields without a value that nobody has settled, and rules without a crosswalk."""
    rule = RULES["C01"]
    issues = []
    for mapping in case.contract.rules:
        spec = case.target.find(mapping.target_table, mapping.target_field)
        if mapping.status is MappingStatus.APPROVED or spec is None:
            continue
        reason = ""
        nothing = not mapping.expression and not mapping.source_field
        if spec.mandatory and (mapping.mapping_class is MappingClass.OUT_OF_SCOPE or nothing):
            reason = mapping.notes or mapping.mapping_rule or "no source was found"
        elif mapping.crosswalk and mapping.crosswalk not in case.crosswalks:
            reason = f"there is no crosswalk {mapping.crosswalk}"
        if reason:
            message = rule.sentence.format(other=reason)
            place = (mapping.target_table, mapping.target_field)
            issues.append(rule.issue(*place, message=message))
    return issues


def _report(job: StageJob, issues: list[Issue], progress: Progress) -> StageResult:
    severities = Counter(issue.severity.value for issue in issues)
    categories = Counter(issue.category for issue in issues)
    failed = severities["ERROR"] > 0
    verdict = Verdict.FAIL if failed else Verdict.PASS
    orphans = sum(issue.rows_affected for issue in issues if issue.rule_id == "T16")
    report: dict[str, Any] = {
        "run_id": job.run_id,
        "run_at_utc": job.run_at_utc,
        "status": verdict.value,
        "min_patients_required": job.options.min_patients,
        "issue_count": len(issues),
        "severity_counts": {severity.value: severities[severity.value] for severity in Severity},
        "category_counts": dict(sorted(categories.items())),
        "issues_csv": ISSUES,
        "issue_rows_csv": ISSUE_ROWS,
        "unresolved_mappings": categories["UNRESOLVED_MAPPING"],
        "orphan_links": orphans,
        "rules": len(RULES),
    }
    reports = job.out_dir / "reports"
    reports.mkdir(parents=True, exist_ok=True)
    (job.out_dir / REPORT).write_text(
        json.dumps(report, indent=2) + "\n", encoding="utf-8", newline="\n"
    )
    with (job.out_dir / ISSUES).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(ISSUE_COLUMNS)
        for issue in issues:
            writer.writerow([getattr(issue, column) for column in ISSUE_COLUMNS])
    for issue in issues[:200]:
        level = {"ERROR": "error", "WARN": "warning"}.get(issue.severity.value, "info")
        place = f"{issue.field_name}: " if issue.field_name else ""
        progress.log(
            f"{place}{issue.message} ({issue.rows_affected:,} rows)",
            level=level,
            table=issue.table_name,
        )
    words = f"{severities['ERROR']} errors, {severities['WARN']} warnings"
    progress.report(1.0, words)
    return StageResult(
        Stage.RUN_ENTERPRISE_PIPELINE,
        verdict,
        words,
        {
            "issues": len(issues),
            "errors": severities["ERROR"],
            "warnings": severities["WARN"],
            "unresolved": categories["UNRESOLVED_MAPPING"],
            "rules": len(RULES),
        },
    )
