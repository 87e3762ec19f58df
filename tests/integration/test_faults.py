"""Every fault put into the source is found in the very row it was put into, and nothing else."""

from __future__ import annotations

import csv
import shutil
from collections import defaultdict

import pytest

pytestmark = pytest.mark.slow

# Which quality rule finds which kind of fault; any one of them is enough.
FOUND_BY = {
    "duplicate_patient": {"S10"},
    "invalid_nhs_number": {"S11"},
    "duplicate_nhs_number": {"S12"},
    "future_birth_date": {"S21"},
    "unknown_code": {"S40"},
    "over_long_text": {"S41"},
    "orphan_row": {"S31"},
    "impossible_date": {"S20"},
    "discharge_before_admission": {"S22"},
    "missing_mandatory": {"S42"},
}


def rows_of(path):
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.fixture(scope="module")
def faulty(lived, tmp_path_factory, caseload):
    """A project whose source has faults in it, migrated by the contract built before."""
    folder = shutil.copytree(lived, tmp_path_factory.mktemp("faulty") / "qvh")
    made = caseload(
        "-p", folder, "generate-mock-data", "--rows", 200, "--seed", 7, "--faults", 3, "--json"
    )
    assert made.code == 0, made.err
    run = caseload("-p", folder, "lifecycle", "--from", "run_contract_migration", "--json")
    assert run.code == 1, run.err
    return folder


def found_rows(folder):
    """Rule → the (table, line) pairs it found in the source."""
    found = defaultdict(set)
    for row in rows_of(folder / "data/quality/issue_rows.csv"):
        found[row["rule_id"]].add((row["table_name"], row["line"]))
    return found


@pytest.mark.parametrize("kind", FOUND_BY)
def test_each_planted_fault_is_found_in_its_row(faulty, kind):
    faults = [f for f in rows_of(faulty / "mock_data/faults.csv") if f["fault"] == kind]
    found = found_rows(faulty)
    rows = set().union(*(found[rule] for rule in FOUND_BY[kind]))
    planted = {(fault["table_name"], fault["line"]) for fault in faults}
    assert planted
    assert planted - rows == set()


def test_no_row_without_a_fault_is_reported(faulty):
    planted = {(f["table_name"], f["line"]) for f in rows_of(faulty / "mock_data/faults.csv")}
    victims = {"S10", "S12"}  # The other record of a duplicate is as much a finding.
    for rule, rows in found_rows(faulty).items():
        if rule.startswith("S") and rule not in victims | {"S13"}:
            assert rows - planted == set(), rule


def test_rows_with_a_fault_that_would_do_harm_are_not_loaded(faulty):
    rejects = rows_of(faulty / "reports/contract_migration_rejects.csv")
    rejected = {(row["source_table"], row["source_record"]) for row in rejects}
    for fault in rows_of(faulty / "mock_data/faults.csv"):
        if fault["fault"] in ("unknown_code", "orphan_row", "missing_mandatory"):
            assert (fault["table_name"], fault["line"]) in rejected, fault


def test_the_ledger_ties_with_rejected_and_held_rows(faulty):
    ledger = rows_of(faulty / "reports/contract_migration_ledger.csv")
    assert {row["difference"] for row in ledger} == {"0"}
    assert sum(int(row["rows_rejected"]) for row in ledger) > 0
    assert sum(int(row["rows_held"]) for row in ledger) > 0


def test_a_clean_source_gives_no_error_and_no_warning(lived):
    for name in ("enterprise_pipeline_issues", "contract_migration_issues"):
        assert {row["severity"] for row in rows_of(lived / f"reports/{name}.csv")} <= {"INFO"}
