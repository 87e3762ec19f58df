"""How quickly small things answer, each against a floor in the same run.

    python tests/perf/answers.py

`caseload version` against starting Python; understanding a catalog of 417 tables and verifying
100,000 audit lines against hashing the same number of lines.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import pysqlite3.dbapi2 as sqlite

from caseload.model.catalog import Side
from caseload.specs.meaning import understand
from caseload.specs.merge import merged
from caseload.specs.readers.document import read_document
from caseload.store.audit import line_hash
from caseload.store.project_file import ProjectFile

ROOT = Path(__file__).resolve().parents[2]
LINES = 100_000


def best_of(times: int, *command: str) -> float:
    """The shortest wall time of a command in seconds."""
    found = []
    for _ in range(times):
        started = time.perf_counter()
        subprocess.run([sys.executable, *command], check=True, capture_output=True)
        found.append(time.perf_counter() - started)
    return min(found)


def version() -> None:
    """Time `caseload version`."""
    floor = best_of(7, "-c", "pass")
    took = best_of(7, "-m", "caseload", "version")
    verdict = "met" if took < 0.3 else "MISSED"
    print(
        f"caseload version: {took:.3f} s, {took / floor:.1f} x starting Python; < 0.3 s {verdict}"
    )


def meaning() -> None:
    """Time understanding the shipped dictionary and inferring its keys and links."""
    path = ROOT / "requirement_spec/merrow_pas_data_dictionary.xlsx"
    catalog = merged(Side.SOURCE, [read_document(path, path.name, lambda *_: None)])
    started = time.process_time()
    found = understand(catalog)
    took = time.process_time() - started
    links = len(found.relationships)
    print(f"understand {len(catalog.tables)} tables, {links} links: {took:.2f} s; <= 5 s "
          f"{'met' if took <= 5 else 'MISSED'}")  # fmt: skip


def audit() -> None:
    """Time verifying the chain of a project with many lines."""
    now = datetime(2026, 3, 31, 9, 30, tzinfo=UTC)
    with tempfile.TemporaryDirectory() as top:
        folder = Path(top) / "big"
        project = ProjectFile.create(folder, name="big", person="anna", now=now, project_id="p")
        previous, path = project.audit.head().hash, project.path
        project.close()
        rows = []
        for seq in range(2, LINES + 1):
            line = (seq, "2026-03-31T09:30:00Z", "anna", "mappings.approve", f"LOAD_X.F{seq}")
            own = line_hash(*line, '{"rules":1}', "{}", previous)
            rows.append((*line, '{"rules":1}', "{}", previous, own))
            previous = own
        raw = sqlite.connect(path, isolation_level=None)
        raw.execute("BEGIN")
        raw.executemany("INSERT INTO audit_line VALUES (?,?,?,?,?,?,?,?,?)", rows)
        raw.execute("COMMIT")
        raw.close()
        started = time.perf_counter()
        for row in rows:
            hashlib.sha256(json.dumps(row).encode()).hexdigest()
        floor = time.perf_counter() - started
        with ProjectFile.open(folder, person="anna", now=now) as again:
            started = time.perf_counter()
            report = again.audit.verify()
            took = time.perf_counter() - started
    assert report.ok
    print(f"verify {report.lines:,} audit lines: {took:.2f} s, {took / floor:.1f} x hashing them; "
          f"<= 1 s {'met' if took <= 1 else 'MISSED'}")  # fmt: skip


if __name__ == "__main__":
    version()
    meaning()
    audit()
