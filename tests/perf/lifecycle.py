"""How long the seven stages take on the shipped pack, and each stage's share.

    python tests/perf/lifecycle.py [ROWS]

A warm start: the lifecycle has run once before, so that the files are in the machine's cache.
Prints wall and processor seconds, each stage's share, and the ratio to starting Python with the
program's libraries alone (the floor that no lifecycle can go under).
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path

LIBRARIES = "import numpy, scipy.sparse, scipy.optimize, sqlalchemy, duckdb, rich, typer, sqlglot"


def caseload(*arguments: str) -> dict[str, object]:
    """Run the program with --json; its answer."""
    command = [sys.executable, "-m", "caseload", *arguments, "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1):
        sys.exit(done.stderr)
    return json.loads(done.stdout)


def timed(command: list[str]) -> tuple[float, float]:
    """Wall and processor seconds of a command and its children."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    subprocess.run(command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wall = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def seconds(stage: dict[str, str]) -> float:
    """How long a stage took, by the run's own record."""
    started, ended = (datetime.fromisoformat(stage[key]) for key in ("started_at", "ended_at"))
    return (ended - started).total_seconds()


def main(rows: str) -> None:
    """Time one warm lifecycle and print it."""
    os.environ.pop("SOURCE_DATE_EPOCH", None)
    with tempfile.TemporaryDirectory() as top:
        os.environ["CASELOAD_HOME"] = str(Path(top) / "home")
        project = str(Path(top) / "qvh")
        caseload("demo", project)
        lifecycle = ["-p", project, "lifecycle", "--rows", rows, "--seed", "42"]
        caseload(*lifecycle)
        wall, cpu = timed([sys.executable, "-m", "caseload", *lifecycle])
        floor, _ = timed([sys.executable, "-c", LIBRARIES])
        stages = stages_of(caseload("-p", project, "run", "show", "2"))
    print(f"lifecycle at {rows} rows, warm: {wall:.1f} s wall, {cpu:.1f} s processor")
    print(f"ratio to loading the libraries alone ({floor:.2f} s): {wall / floor:.1f}")
    total = sum(seconds(stage) for stage in stages) or 1.0
    for stage in stages:
        print(f"  {stage['stage']:26} {seconds(stage):6.2f} s  {seconds(stage) / total:6.1%}")
    print(f"target: <= 20 s on two cores: {'met' if wall <= 20 else 'MISSED'}")


def stages_of(answer: object) -> list[dict[str, str]]:
    """The stages with their times, wherever the answer keeps them."""
    if isinstance(answer, dict):
        if "stage" in answer and answer.get("started_at") and "ended_at" in answer:
            return [answer]
        return [stage for value in answer.values() for stage in stages_of(value)]
    if isinstance(answer, list):
        return [stage for value in answer for stage in stages_of(value)]
    return []


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "20")
