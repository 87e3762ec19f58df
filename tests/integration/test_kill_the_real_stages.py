"""The seven stages over the shipped pack, killed again and again, end where they always do.

CASELOAD_KILLS says how many kills; a release is judged by hundreds.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HARNESS = Path(__file__).with_name("kill_harness.py")
KILLS = int(os.environ.get("CASELOAD_KILLS", "12"))
PUBLISHED = ("schemas", "mock_data", "reports", "analysis")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="forks, and looks into /proc"),
]


def harness(folder: Path, count: int) -> list[dict[str, object]]:
    done = subprocess.run(
        [sys.executable, str(HARNESS), str(folder), "real", str(count)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120 + 60 * count,
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def published(folder: Path) -> dict[str, bytes]:
    """Every published file, whichever run it names."""
    return {
        p.relative_to(folder).as_posix(): re.sub(rb"run-\d{4}", b"run", p.read_bytes())
        for top in PUBLISHED
        for p in (folder / top).rglob("*")
        if p.is_file()
    }


def test_after_any_number_of_kills_the_outputs_are_those_of_a_quiet_run(
    tmp_path: Path, caseload
) -> None:
    assert caseload("demo", tmp_path / "quiet" / "qvh").code == 0
    shutil.copytree(tmp_path / "quiet", tmp_path / "killed")
    lives = harness(tmp_path / "killed", KILLS)
    quiet = harness(tmp_path / "quiet", 0)
    if lives[-1]["run"] != 1:  # the first run found no keys of an earlier one, the others did
        quiet += harness(tmp_path / "quiet", 0)
    assert [life for life in [*quiet, *lives] if life["wrong"]] == []
    assert sum(life["how"] == "killed" for life in lives) >= KILLS // 2
    assert lives[-1]["how"] == "done"
    after, before = published(tmp_path / "killed" / "qvh"), published(tmp_path / "quiet" / "qvh")
    assert set(after) == set(before)
    assert [path for path in after if after[path] != before[path]] == []
