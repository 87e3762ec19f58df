"""Killed at any moment, the program loses no decision, leaves no half output, and goes on.

Each case kills a whole small lifecycle with SIGKILL many times over one project; after each
kill the next start must find outputs all old or all new, every acknowledged decision, an audit
that holds, nothing left behind, and the interrupted run reported.  The next life resumes it.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

HARNESS = Path(__file__).with_name("kill_harness.py")

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="forks, and looks into /proc"
)


def kills(folder: Path, kind: str, count: int) -> list[dict[str, Any]]:
    done = subprocess.run(
        [sys.executable, str(HARNESS), str(folder), kind, str(count)],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.parametrize(
    ("kind", "count"), [("rename", 36), ("commit", 45), ("random", 60), ("child", 20)]
)
def test_a_lifecycle_killed_again_and_again_is_whole_and_goes_on(
    tmp_path: Path, kind: str, count: int
) -> None:
    lives = kills(tmp_path, kind, count)
    assert len(lives) == count + 1
    assert [life for life in lives if life["wrong"]] == []
    assert {life["how"] for life in lives} <= {"killed", "done"}
    assert sum(life["how"] == "killed" for life in lives) >= count // 3
    assert max(life["opened"] for life in lives) < 2.0
    if kind in {"rename", "commit"}:
        assert {0, 1, 2} <= {life["finished"] for life in lives}, "kills fell into every stage"
    assert lives[-1]["how"] == "done"


def test_without_the_journal_a_kill_is_seen_to_do_harm(tmp_path: Path) -> None:
    lives = kills(tmp_path, "control", 6)
    assert any("neither all old nor all new" in w for life in lives for w in life["wrong"])


def test_a_migration_killed_at_any_moment_leaves_old_or_new(tmp_path: Path) -> None:
    lives = kills(tmp_path, "migration", 40)
    assert [life for life in lives if life["wrong"]] == []
    assert {"0001", "0003"} <= {life["revision"] for life in lives}
