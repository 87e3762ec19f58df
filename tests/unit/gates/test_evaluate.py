"""Gates judge evidence, and never pass without it."""

import json
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from caseload.gates import evaluate
from caseload.gates.evidence import Evidence
from caseload.model.errors import BadInput
from caseload.model.gates import PROFILES
from caseload.model.progress import CancelToken, SilentProgress
from caseload.model.stage import Stage, StageJob, StageOptions, Verdict

GOOD = Evidence(
    errors=0,
    warnings=0,
    unresolved=0,
    crosswalk_rejects=0,
    population_ratio=0.9,
    population_ratio_without_imputed=0.8,
    tables_written=38,
    target_tables=38,
    rows_written=100,
    ledger_ties=True,
    orphan_links=0,
    rules=10,
    approved=10,
    signed_off=True,
    inputs={},
)

WORSE = {
    "NO_ERRORS": {"errors": 1},
    "WARNINGS_THRESHOLD": {"warnings": 1000},
    "UNRESOLVED_MAPPING_THRESHOLD": {"unresolved": 1000},
    "CROSSWALK_REJECT_THRESHOLD": {"crosswalk_rejects": 6},
    "POPULATION_RATIO_MIN": {"population_ratio": 0.1, "population_ratio_without_imputed": 0.1},
    "TABLES_WRITTEN_MIN": {"tables_written": 37},
    "LEDGER_TIES": {"ledger_ties": False},
    "FK_COMPLETENESS": {"orphan_links": 1},
}


@pytest.mark.parametrize("profile", PROFILES.values(), ids=lambda p: p.name)
def test_good_evidence_passes_every_gate(profile):
    assert all(gate.passed for gate in evaluate.checks(GOOD, profile))


@pytest.mark.parametrize("profile", PROFILES.values(), ids=lambda p: p.name)
@pytest.mark.parametrize("gate", WORSE)
def test_each_worse_figure_fails_exactly_its_gate(profile, gate):
    found = evaluate.checks(replace(GOOD, **WORSE[gate]), profile)
    assert [check.gate for check in found if not check.passed] == [gate]


def test_cutover_needs_every_approval_and_the_sign_offs():
    found = evaluate.checks(replace(GOOD, approved=9, signed_off=False), PROFILES["cutover_ready"])
    assert [c.gate for c in found if not c.passed] == ["APPROVED_MAPPINGS", "SIGN_OFFS"]


def test_imputed_values_do_not_count_towards_cutover():
    evidence = replace(GOOD, population_ratio=0.9, population_ratio_without_imputed=0.5)
    assert all(c.passed for c in evaluate.checks(evidence, PROFILES["pre_production"]))
    failed = [c.gate for c in evaluate.checks(evidence, PROFILES["cutover_ready"]) if not c.passed]
    assert failed == ["POPULATION_RATIO_MIN"]


def test_a_run_that_loads_nothing_is_red():
    found = evaluate.checks(replace(GOOD, rows_written=0), PROFILES["development"])
    assert "LEDGER_TIES" in [c.gate for c in found if not c.passed]


def job(project: Path, **options) -> StageJob:
    return StageJob(
        Stage.RUN_RELEASE_GATES,
        project,
        project / "work",
        StageOptions(**options),
        datetime(2026, 11, 23, tzinfo=UTC),
        "run-0001",
        {"rules": 10, "approved": 0},
    )


def write_reports(project: Path, **changes) -> None:
    reports = project / "reports"
    reports.mkdir()
    (project / "schemas").mkdir()
    (project / "schemas/target_schema_catalog.csv").write_text("table_name,field_name\nLOAD_A,X\n")
    migration = {
        "run_id": "run-0001",
        "issue_counts": {"ERROR": 0, "WARN": 1, "INFO": 0},
        "crosswalk_reject_count": 0,
        "overall_column_population_ratio": 0.7,
        "population_ratio_without_imputed": 0.6,
        "tables_written": 1,
        "rows_written_total": 20,
        "ledger_ties": True,
    } | changes
    pipeline = {"severity_counts": {"WARN": 2}, "unresolved_mappings": 0, "orphan_links": 0}
    (reports / "contract_migration_report.json").write_text(json.dumps(migration))
    (reports / "enterprise_pipeline_report.json").write_text(json.dumps(pipeline))


def test_the_report_has_every_gate_of_the_interface(tmp_path):
    write_reports(tmp_path)
    result = evaluate.run(job(tmp_path), SilentProgress(), CancelToken())
    report = json.loads((tmp_path / "work/out/reports/release_gate_report.json").read_text())
    assert result.verdict is Verdict.PASS
    assert report["status"] == "PASS"
    assert report["thresholds"]["profile"] == "pre_production"
    assert report["thresholds"]["min_tables_written"] == 1
    assert {*WORSE, "APPROVED_MAPPINGS"} == {check["gate"] for check in report["checks"]}
    assert report["checks"][1]["actual"] == 3


def test_a_missing_report_is_bad_input_naming_the_stage_to_run(tmp_path):
    with pytest.raises(BadInput, match="run_contract_migration"):
        evaluate.run(job(tmp_path), SilentProgress(), CancelToken())


def test_a_report_that_lacks_a_figure_is_bad_input(tmp_path):
    write_reports(tmp_path, overall_column_population_ratio=None)
    with pytest.raises(BadInput, match="lacks a figure"):
        evaluate.run(job(tmp_path), SilentProgress(), CancelToken())


def test_an_unknown_profile_names_those_there_are(tmp_path):
    with pytest.raises(BadInput, match="cutover_ready"):
        evaluate.run(job(tmp_path, profile="golive"), SilentProgress(), CancelToken())


def test_a_projects_own_version_of_a_profile_is_used(tmp_path):
    write_reports(tmp_path)
    stricter = asdict(replace(PROFILES["pre_production"], max_warnings=2, version=2))
    order = job(tmp_path)
    order.inputs["profile"] = stricter
    assert evaluate.run(order, SilentProgress(), CancelToken()).verdict is Verdict.FAIL
