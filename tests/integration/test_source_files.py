"""Source files as hospitals send them, in other encodings and ragged; and a full disk."""

from __future__ import annotations

import csv
import hashlib
import io
import shutil
import subprocess
import sys

import pytest

pytestmark = pytest.mark.slow

LOADED = "mock_data/target_contract"
PATIENTS = "mock_data/source/PATDATA.csv"


def hashes(folder, *tops):
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for top in tops
        for path in sorted((folder / top).rglob("*"))
        if path.is_file()
    }


def rows_of(path):
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"), newline="")))


def changed_patients(project, change):
    """Rewrite the patients' file by `change(rows)`; the header stays."""
    path = project / PATIENTS
    rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"), newline="")))
    change(rows)
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(rows)
    return path, text.getvalue()


def rename_first(rows):
    rows[1][rows[0].index("PtSurname")] = "ÅNGSTRÖM"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_a_source_file_in_another_encoding_loads_the_same_rows(project, caseload, encoding):
    path, text = changed_patients(project, rename_first)
    path.write_text(text, encoding="utf-8")
    assert caseload("-p", project, "run-contract-migration").code == 0
    plain = hashes(project, LOADED)
    path.write_text(text, encoding=encoding)
    assert caseload("-p", project, "run-contract-migration").code == 0
    assert hashes(project, LOADED) == plain
    assert "ÅNGSTRÖM" in (project / LOADED / "LOAD_PMI.csv").read_text(encoding="utf-8")


def test_a_line_break_inside_a_value_moves_no_row(project, caseload):
    def break_an_address(rows):
        rows[1][rows[0].index("PtAddr1")] = "FLAT 1\nTHE MEWS"

    path, text = changed_patients(project, break_an_address)
    path.write_text(text, encoding="utf-8", newline="")
    said = caseload("-p", project, "run-contract-migration", "--json")
    assert said.code in (0, 1)
    ledger = rows_of(project / "reports/contract_migration_ledger.csv")
    patients = next(row for row in ledger if row["source_table"] == "PATDATA")
    assert (patients["rows_in"], patients["difference"]) == ("20", "0")


def test_a_ragged_row_is_set_aside_with_its_line_and_the_ledger_still_ties(project, caseload):
    path, text = changed_patients(project, lambda rows: rows[3].pop())
    path.write_text(text, encoding="utf-8")
    assert caseload("-p", project, "run-contract-migration").code == 1
    issues = rows_of(project / "reports/contract_migration_issues.csv")
    named = [i for i in issues if "PATDATA" in i["table_name"] + i["record_id"] + i["message"]]
    assert any(i["severity"] == "ERROR" and "4" in i["record_id"] for i in named), issues
    ledger = rows_of(project / "reports/contract_migration_ledger.csv")
    assert {row["difference"] for row in ledger} == {"0"}


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="a disk of its own needs tmpfs")
def test_a_full_disk_is_one_clear_message_and_the_outputs_stay_whole(lived, tmp_path, caseload):
    disk = tmp_path / "disk"
    disk.mkdir()
    blocks = sum(-(-p.stat().st_size // 4096) * 4 for p in lived.rglob("*"))
    mount = ["mount", "-t", "tmpfs", "-o", f"size={blocks + 600}k", "tmpfs", str(disk)]
    done = subprocess.run(mount, check=False, capture_output=True, text=True)
    if done.returncode != 0:
        pytest.skip(f"a small disk cannot be mounted here: {done.stderr.strip()}")
    try:
        project = shutil.copytree(lived, disk / "qvh")
        outputs = ("schemas", "mock_data", "reports", "analysis")
        before = hashes(project, *outputs)
        said = caseload("-p", project, "lifecycle", "--rows", 60, "--seed", 3)
        assert said.code == 2, said.err
        assert "disk" in said.err.lower() or "space" in said.err.lower(), said.err
        assert "Traceback" not in said.err
        assert hashes(project, *outputs) == before
        grow = ["mount", "-o", "remount,size=400m", str(disk)]
        subprocess.run(grow, check=True, capture_output=True)
        assert caseload("-p", project, "audit", "verify").code == 0
        again = caseload("-p", project, "lifecycle", "--rows", 20, "--seed", 42)
        assert again.code == 0, again.err
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=False, capture_output=True)
