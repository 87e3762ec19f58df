"""One bounded connection to DuckDB: memory, folders, threads, progress and cancel.

The database lives in memory and spills below the stage's own folder, so nothing of it is
left behind.  Extensions are neither downloaded nor loaded, and only the folders named when
it is opened can be read or written.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from caseload.engine.sql import ident, text, texts
from caseload.model.errors import Cancelled, EnvironmentTrouble
from caseload.model.progress import CancelToken, Progress, SilentProgress

if TYPE_CHECKING:
    import duckdb
    import numpy as np

TICK_SECONDS = 0.1


class StatementFailed(Exception):
    """The engine refused a statement; the message is its own, without the data's values."""


class Engine:
    """An open connection.  Use `open_engine`; one thread at a time, except `interrupt`."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, scratch: Path) -> None:
        self._connection = connection
        self.scratch = scratch
        self.cancel = CancelToken()
        self._part: Progress = SilentProgress()
        self._reached = 0.0

    def run(self, statement: str) -> None:
        """Execute a statement whose rows are not wanted.

        This and its sisters raise Cancelled, EnvironmentTrouble for memory, disk and files,
        and StatementFailed for anything the statement itself is to blame for.
        """
        self._execute(statement)

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        """All rows of a statement that is known to give few."""
        return self._execute(statement).fetchall()

    def row(self, statement: str) -> tuple[Any, ...]:
        """The one row of a statement."""
        found = self._execute(statement).fetchone()
        if found is None:
            raise LookupError("the statement gave no row")
        return found

    def number(self, statement: str) -> int:
        """The one number of a statement; None counts as 0."""
        return int(self.row(statement)[0] or 0)

    def changed(self, statement: str) -> int:
        """Execute CREATE TABLE AS, INSERT, DELETE or COPY and say how many rows it touched."""
        found = self._execute(statement).fetchone()
        return int(found[0]) if found and isinstance(found[0], int) else 0

    def load_arrays(self, table: str, arrays: Mapping[str, np.ndarray[Any, Any]]) -> None:
        """Create `table` from equally long numpy arrays (column name to array)."""
        name = "arrays_handed_over"
        self._connection.register(name, dict(arrays))
        try:
            self.run(f"CREATE TABLE {ident(table)} AS SELECT * FROM {name}")
        finally:
            self._connection.unregister(name)

    def load_rows(
        self, table: str, columns: Mapping[str, str], rows: Sequence[Sequence[object]]
    ) -> None:
        """Create `table` (column name to SQL type) and fill it with a few prepared rows."""
        head = ", ".join(f"{ident(name)} {kind}" for name, kind in columns.items())
        self.run(f"CREATE TABLE {ident(table)} ({head})")
        size = max(1, 20_000 // max(1, len(columns)))
        for start in range(0, len(rows), size):
            values = ", ".join(
                "(" + ", ".join(_literal(cell) for cell in row) + ")"
                for row in rows[start : start + size]
            )
            self.run(f"INSERT INTO {ident(table)} VALUES {values}")

    @contextmanager
    def reporting(self, part: Progress) -> Iterator[None]:
        """While inside, long statements report their progress into `part`."""
        before, self._part, self._reached = self._part, part, 0.0
        try:
            yield
        finally:
            self._part = before

    def tick(self) -> None:
        """Report how far the running statement is; called by the watching thread."""
        share = self._connection.query_progress()
        if share is not None and share / 100 > self._reached:
            self._reached = min(1.0, share / 100)
            self._part.report(self._reached)

    def interrupt(self) -> None:
        """Stop the running statement; it raises `Cancelled`.  From any thread."""
        self._connection.interrupt()

    def _execute(self, statement: str) -> duckdb.DuckDBPyConnection:
        import duckdb

        self.cancel.raise_if_cancelled()
        try:
            return self._connection.execute(statement)
        except duckdb.InterruptException:
            raise Cancelled(
                "Cancelled", remedy="Run it again to go on from the last finished stage"
            ) from None
        except duckdb.OutOfMemoryException as trouble:
            raise EnvironmentTrouble(
                "The engine ran out of the memory or disk space it may use",
                where=_first_line(trouble),
                remedy="Raise the memory limit in the settings, or free disk space",
            ) from None
        except duckdb.IOException as trouble:
            raise EnvironmentTrouble(
                "The engine could not read or write a file",
                where=_first_line(trouble),
                remedy="Check the disk's free space and the folder's permissions",
            ) from None
        except duckdb.Error as trouble:
            raise StatementFailed(_without_values(trouble)) from None


@contextmanager
def open_engine(
    scratch: Path,
    *,
    folders: Sequence[Path] = (),
    memory_limit_mb: int = 2048,
    threads: int | None = None,
    cancel: CancelToken | None = None,
    progress: bool = False,
) -> Iterator[Engine]:
    """Open a connection that spills below `scratch` and reaches only `scratch` and `folders`.

    `memory_limit_mb` is what the whole process may use; the engine gets seven eighths of it.
    `cancel` interrupts a running statement; `progress` starts the thread that feeds
    `Engine.reporting`.
    """
    import duckdb

    spill = scratch / "spill"
    spill.mkdir(parents=True, exist_ok=True)
    reachable = [scratch, spill, *folders]
    connection = duckdb.connect(
        ":memory:",
        config={
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            # The rest is for what the engine does not count: its allocator's slack, and Python.
            "memory_limit": f"{max(64, memory_limit_mb * 7 // 8)}MB",
            "threads": str(threads or _cores()),
            "temp_directory": str(spill),
            "preserve_insertion_order": "true",
        },
    )
    # Sides of a join stay as written: the planner has no statistics to choose better by.
    for statement in (
        "SET disabled_optimizers = 'join_order,build_side_probe_side'",
        "SET enable_progress_bar = true",
        "SET enable_progress_bar_print = false",
        f"SET allowed_directories = [{texts(str(p.resolve()) for p in reachable)}]",
        f"SET secret_directory = {text(str(spill))}",
        "SET enable_external_access = false",
        "SET lock_configuration = true",
    ):
        connection.execute(statement)
    engine = Engine(connection, scratch)
    engine.cancel = cancel or engine.cancel
    forget = engine.cancel.on_cancel(connection.interrupt)
    stop = threading.Event()
    watcher = threading.Thread(target=_watch, args=(engine, stop), daemon=True)
    if progress:
        watcher.start()
    try:
        yield engine
    finally:
        stop.set()
        if progress:
            watcher.join()
        forget()
        connection.close()


def _cores() -> int:
    allowed = getattr(os, "sched_getaffinity", None)
    return len(allowed(0)) if allowed else os.cpu_count() or 1


def _watch(engine: Engine, stop: threading.Event) -> None:
    while not stop.wait(TICK_SECONDS):
        engine.tick()


def _without_values(trouble: Exception) -> str:
    """The engine's message; of an error about data only what kind it is."""
    kind = type(trouble).__name__
    about_data = ("Conversion", "OutOfRange", "InvalidInput", "Constraint", "Data", "Sequence")
    return kind if kind.startswith(about_data) else f"{kind}: {trouble}"


def _first_line(trouble: Exception) -> str:
    return str(trouble).splitlines()[0] if str(trouble) else type(trouble).__name__


def _literal(cell: object) -> str:
    if cell is None:
        return "NULL"
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return str(cell) if isinstance(cell, int | float) else text(str(cell))
