"""Feeds mutants to worker processes and counts how each reading ended."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from .mutate import mutant

ROOT = Path(__file__).resolve().parents[2]
WAIT_SECONDS = 45
_FRESH_AFTER = 400


@dataclass
class Tally:
    """How many readings ended how; `odd` are the ones to look at, each with its seed."""

    outcomes: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    odd: list[tuple[str, int, str]] = field(default_factory=list)
    slowest: tuple[float, str, int] = (0.0, "", 0)
    most_memory: tuple[float, str, int] = (0.0, "", 0)


class Worker:
    """One worker process, started again when a document broke it."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None
        self._done = 0
        self._lines: queue.SimpleQueue[str] = queue.SimpleQueue()

    def read(self, path: Path, name: str) -> dict[str, object]:
        """How reading a document ended: read, refused, unforeseen, crashed or stopped."""
        if self._process is None or self._done >= _FRESH_AFTER:
            self._start()
        process = self._process
        assert process is not None
        assert process.stdin is not None
        self._done += 1
        process.stdin.write(json.dumps([str(path), name]) + "\n")
        process.stdin.flush()
        try:
            line = self._lines.get(timeout=WAIT_SECONDS)
        except queue.Empty:
            self.close()
            return {"outcome": "stopped", "what": f"more than {WAIT_SECONDS} seconds"}
        if not line:
            code = process.wait()
            self.close()
            kind = "stopped" if code == -24 else "crashed"
            return {"outcome": kind, "what": f"exit code {code}"}
        answer: dict[str, object] = json.loads(line)
        return answer

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._listener.join()
            for stream in (self._process.stdin, self._process.stdout):
                if stream:
                    with contextlib.suppress(OSError):
                        stream.close()
            self._process = None

    def _start(self) -> None:
        self.close()
        environment = {**os.environ, "PYTHONPATH": str(ROOT / "app"), "OPENBLAS_NUM_THREADS": "1"}
        process = subprocess.Popen(
            [sys.executable, "-X", "utf8", str(Path(__file__).with_name("reading_worker.py"))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
            env=environment,
        )
        self._process, self._done, self._lines = process, 0, queue.SimpleQueue()
        self._listener = threading.Thread(
            target=_pump, args=(process, self._lines), daemon=True, name="fuzz listener"
        )
        self._listener.start()


def _pump(process: subprocess.Popen[str], lines: queue.SimpleQueue[str]) -> None:
    assert process.stdout is not None
    with contextlib.suppress(OSError, ValueError):
        for line in process.stdout:
            lines.put(line)
    lines.put("")


def run(
    pool: dict[str, bytes],
    seeds: range,
    folder: Path,
    *,
    until: float = float("inf"),
    tally: Tally | None = None,
) -> Tally:
    """Read a mutant of every sample for each seed, until the clock (monotonic) says `until`."""
    tally = tally or Tally()
    worker = Worker()
    try:
        for seed in seeds:
            for name, data in pool.items():
                if time.monotonic() > until:
                    return tally
                path = folder / f"mutant-{name}"
                path.write_bytes(mutant(data, name, pool, seed))
                before = time.monotonic()
                answer = worker.read(path, name)
                _note(tally, answer, name, seed, time.monotonic() - before)
    finally:
        worker.close()
    return tally


def _note(tally: Tally, answer: dict[str, object], name: str, seed: int, seconds: float) -> None:
    outcome, what = str(answer["outcome"]), str(answer["what"])
    tally.outcomes[outcome] += 1
    if outcome != "read":
        tally.reasons[f"{name}: {outcome}: {what[:90]}"] += 1
    if outcome in ("crashed", "stopped", "unforeseen") or (
        outcome == "refused" and not (answer["where"] and what)
    ):
        tally.odd.append((name, seed, f"{outcome}: {what}"))
    tally.slowest = max(tally.slowest, (seconds, name, seed))
    memory = float(str(answer.get("memory_mb", 0.0)))
    tally.most_memory = max(tally.most_memory, (memory, name, seed))
