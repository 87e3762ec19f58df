"""The engine stays within its folders and its memory, and stops when told."""

import threading
from pathlib import Path

import pytest

from caseload.engine.connection import Engine, StatementFailed, open_engine
from caseload.engine.sql import text
from caseload.model.errors import Cancelled, EnvironmentTrouble
from caseload.model.progress import CancelToken

LONG = "SELECT count(*) FROM range(20000000000) t(i) WHERE hash(i) % 7 = 3"


def test_files_outside_the_named_folders_cannot_be_reached(
    engine: Engine, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = tmp_path_factory.mktemp("outside") / "secret.csv"
    outside.write_text("a\n1\n")
    with pytest.raises(StatementFailed):
        engine.rows(f"SELECT * FROM read_csv({text(str(outside))})")
    with pytest.raises(StatementFailed):
        engine.run("INSTALL httpfs")
    with pytest.raises(StatementFailed):
        engine.run("SET enable_external_access = true")


def test_a_running_statement_stops_on_cancel(tmp_path: Path) -> None:
    cancel = CancelToken()
    with open_engine(tmp_path, cancel=cancel, progress=True) as engine:
        timer = threading.Timer(0.2, cancel.cancel)
        timer.start()
        with pytest.raises(Cancelled):
            engine.rows(LONG)
        timer.join()


def test_nothing_starts_after_cancel(tmp_path: Path) -> None:
    cancel = CancelToken()
    with open_engine(tmp_path, cancel=cancel) as engine:
        cancel.cancel()
        with pytest.raises(Cancelled):
            engine.rows("SELECT 1")


def test_a_statement_reports_how_far_it_is(tmp_path: Path) -> None:
    seen: list[float] = []

    class Ear:
        def report(self, fraction: float, message: str = "", table: str = "") -> None:
            seen.append(fraction)
            if len(seen) > 3:
                cancel.cancel()

        def log(self, message: str, *, level: str = "info", table: str = "") -> None:
            raise AssertionError(message)

    cancel = CancelToken()
    with (
        open_engine(tmp_path, cancel=cancel, progress=True) as engine,
        engine.reporting(Ear()),
        pytest.raises(Cancelled),
    ):
        engine.rows(LONG)
    assert seen == sorted(seen)
    assert all(0 < share <= 1 for share in seen)


def test_more_than_the_memory_limit_spills_and_then_is_a_plain_error(tmp_path: Path) -> None:
    with open_engine(tmp_path, memory_limit_mb=64, threads=1) as engine:
        engine.run("CREATE TABLE t AS SELECT i, md5(i::VARCHAR) m FROM range(1500000) t(i)")
        assert engine.number("SELECT count(*) FROM t") == 1_500_000
        with pytest.raises(EnvironmentTrouble, match="memory"):
            engine.rows("SELECT list(m) FROM t, range(20) r")
