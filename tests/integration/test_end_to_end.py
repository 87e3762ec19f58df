"""From documents to release gates, as the README says, with the files that scripts rely on."""

from __future__ import annotations

import csv
import hashlib
import json
import re
import signal
import subprocess

import pytest
from program import command_line, environment

pytestmark = pytest.mark.slow

HEADERS = {
    "schemas/source_schema_catalog.csv": "table_name,field_name,size,data_element,description,"
    "logical_delete_flag,released_at",
    "schemas/target_schema_catalog.csv": "table_name,field_name,raw_field_name,data_type,length,"
    "mandatory_hint,parse_confidence,source_page,format,allowed_values,code_type,foreign_table,"
    "foreign_field,description,position",
    "reports/semantic_mapping_matrix.csv": "target_table,target_field,best_source_table,"
    "best_source_field,score,status,source_in_13_priority,source_in_target_hint_tables,notes",
    "reports/mapping_contract.csv": "target_table,target_field,mapping_class,"
    "primary_source_table,primary_source_field,mapping_rule,confidence,notes,expression,"
    "crosswalk,on_miss,status,edited_by,approved_by,approved_at",
    "reports/contract_migration_table_stats.csv": "target_table,source_table,rows_written,"
    "columns_total,columns_populated,mapped_fields,column_population_ratio,columns_imputed,"
    "population_ratio_without_imputed",
    "reports/contract_migration_issues.csv": "severity,category,table_name,field_name,record_id,"
    "message,rule_id,rows_affected",
    "reports/enterprise_pipeline_issues.csv": "severity,category,table_name,field_name,record_id,"
    "message,rule_id,rows_affected",
    "reports/contract_migration_rejects.csv": "severity,category,table_name,field_name,record_id,"
    "source_value,crosswalk_name,message,source_table,source_record,held_with",
    "reports/contract_migration_ledger.csv": "target_table,route,source_table,rows_in,rows_loaded,"
    "rows_split,rows_merged,rows_rejected,rows_held,rows_filtered,difference",
}
KEYS = {
    "schemas/schema_catalog_summary.json": "source_total_tables source_total_fields "
    "target_total_tables target_total_fields target_parse_confidence_avg source_top_tables "
    "target_top_tables documents",
    "reports/semantic_mapping_summary.json": "target_table_count target_field_count "
    "source_table_count source_field_count status_counts priority_source_coverage",
    "reports/mapping_contract_summary.json": "target_table_count target_field_count "
    "mapping_class_counts policy_override_count target_table_class_breakdown contract_version "
    "contract_sha256",
    "reports/contract_migration_report.json": "run_id run_at_utc status source_dir output_dir "
    "contract_file target_catalog_file crosswalk_dir impute_mode tables_written "
    "rows_written_total columns_total columns_populated columns_imputed "
    "overall_column_population_ratio population_ratio_without_imputed issue_counts "
    "crosswalk_reject_count ledger_ties engine input_sha256 output_sha256",
    "reports/enterprise_pipeline_report.json": "run_at_utc status min_patients_required "
    "issue_count severity_counts category_counts issues_csv",
    "reports/release_gate_report.json": "run_at_utc status inputs thresholds checks",
}
TEXTS = ("analysis/source_target_semantic_mapping.md", "analysis/mapping_contract.md")
COMMANDS = (
    ("extract-specs",),
    ("generate-mock-data", "--rows", 20, "--seed", 42),
    ("analyze-semantic-mapping",),
    ("build-mapping-contract",),
    ("run-contract-migration", "--impute-mode", "strict", "--engine", "duckdb"),
    ("run-enterprise-pipeline", "--min-patients", 20),
    ("run-release-gates", "--profile", "pre_production"),
)


def outputs(folder):
    """Path to hash of everything that stages put out."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for top in ("schemas", "mock_data", "reports", "analysis")
        for path in sorted((folder / top).rglob("*"))
        if path.is_file()
    }


def same_but_for_the_run(one, other, name):
    """Whether two JSON reports differ in nothing but the number of their run."""
    texts = [re.sub(r"run-\d{4}", "run", (f / name).read_text("utf-8")) for f in (one, other)]
    return name.endswith(".json") and texts[0] == texts[1]


@pytest.mark.parametrize("name", HEADERS)
def test_a_csv_has_its_columns_first_and_in_order(lived, name):
    assert (lived / name).read_text(encoding="utf-8").startswith(HEADERS[name])
    assert b"\r" not in (lived / name).read_bytes()


@pytest.mark.parametrize("name", KEYS)
def test_a_report_has_its_keys(lived, name):
    assert set(KEYS[name].split()) <= set(json.loads((lived / name).read_text(encoding="utf-8")))


@pytest.mark.parametrize("name", TEXTS)
def test_an_analysis_is_written_for_people(lived, name):
    assert (lived / name).read_text(encoding="utf-8").startswith("#")


def test_the_shipped_pack_loads_every_table_ties_and_passes(lived):
    report = json.loads((lived / "reports/contract_migration_report.json").read_text())
    assert (report["status"], report["tables_written"], report["ledger_ties"]) == ("PASS", 38, True)
    assert report["issue_counts"]["ERROR"] == 0
    loaded = sorted((lived / "mock_data/target_contract").glob("*.csv"))
    assert len(loaded) == 38
    for path in loaded:
        with path.open(encoding="utf-8", newline="") as file:
            assert len(list(csv.DictReader(file))) > 0, path.name
    gates = json.loads((lived / "reports/release_gate_report.json").read_text())
    assert gates["status"] == "PASS"


def test_the_seven_commands_give_the_same_bytes_as_a_lifecycle_of_the_same_seed(
    lived, tmp_path, caseload
):
    folder = tmp_path / "qvh"
    assert caseload("demo", folder).code == 0
    for number, command in enumerate(COMMANDS, 1):
        said = caseload("-p", folder, *command, "--json")
        assert said.code == 0, said.err
        assert said.json["run"] == number
        assert said.err == ""
    one, other = outputs(lived), outputs(folder)
    assert one.keys() == other.keys()
    assert [
        n for n in one if one[n] != other[n] and not same_but_for_the_run(lived, folder, n)
    ] == []


def test_every_command_left_a_line_in_the_audit(lived, caseload):
    said = caseload("-p", lived, "audit", "list", "--limit", 1000, "--json").json["lines"]
    actions = [line["action"] for line in reversed(said)]
    assert actions[0] == "project.create"
    assert actions.count("run.stage") == 7
    assert actions[-1] == "run.finish"
    assert len({line["actor"] for line in said}) == 1
    assert caseload("-p", lived, "audit", "verify").code == 0


def test_gates_that_fail_are_exit_1(project, caseload):
    said = caseload("-p", project, "run-release-gates", "--profile", "cutover_ready", "--json")
    assert said.code == 1
    assert said.json["verdict"] == "FAIL"
    again = caseload("-p", project, "run", "show", said.json["run"], "--json").json
    assert {g["gate"] for g in again["gates"] if not g["passed"]} == {
        "APPROVED_MAPPINGS",
        "SIGN_OFFS",
    }


def test_a_stage_stopped_by_sigterm_leaves_the_old_outputs_and_is_resumed(project, home, caseload):
    before = outputs(project)
    child = subprocess.Popen(
        command_line("-p", project, "lifecycle", "--rows", 40),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(home),
    )
    with child:
        for line in child.stderr:
            if line.startswith("[3/7]"):
                child.send_signal(signal.SIGTERM)
                break
        rest = child.stderr.read()
        assert child.wait(timeout=120) == 3
    assert "caseload lifecycle" in rest
    stopped = outputs(project)
    unread = ("reports/", "analysis/", "mock_data/target_contract/")
    assert {n: h for n, h in stopped.items() if n.startswith(unread)} == {
        n: h for n, h in before.items() if n.startswith(unread)
    }
    runs = caseload("-p", project, "runs", "--json").json["runs"]
    assert runs[0]["state"] == "CANCELLED"
    said = caseload("-p", project, "lifecycle", "--json")
    assert said.code == 0, said.err
    assert (said.json["run"], said.json["resumed_from"]) == (2, "analyze_semantic_mapping")
    changed = caseload("-p", project, "run", "compare", 1, 2, "--json").json
    assert any(f["figure"] == "rows_written_total" for f in changed["figures"])


def test_a_table_of_the_pack_is_explained(lived, caseload):
    said = caseload("-p", lived, "explain", "LOAD_PMI")
    assert said.code == 0
    assert "PATDATA" in said.out


def test_decisions_hold_when_the_contract_is_built_again(project, caseload):
    field = "LOAD_PMI.SEX"
    assert caseload("-p", project, "mappings", "approve", field).code == 0
    assert caseload("-p", project, "build-mapping-contract").code == 0
    said = caseload("-p", project, "mappings", "list", "--status", "APPROVED", "--json").json
    assert [row["target_field"] for row in said["rows"]] == ["SEX"]
