"""One SQLite file: how it is opened, read in snapshots and written in short transactions.

One writer at a time in this process (a lock) and over all processes (the project lock and
BEGIN IMMEDIATE); readers each see one consistent snapshot.  Journal modes follow where the
file lies: replayed power cuts lose acknowledged commits with DELETE/FULL and WAL/NORMAL, and
none with WAL/FULL and DELETE/EXTRA.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pysqlite3.dbapi2 as sqlite
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool

from caseload.model.errors import BadInput, CaseloadError, EnvironmentTrouble, Refused
from caseload.store.filesystem import on_network

BUSY_SECONDS = 15.0
"""How long a write waits for another connection's before it gives up."""

_TROUBLES: dict[str, tuple[type[CaseloadError], str, str]] = {
    "SQLITE_FULL": (EnvironmentTrouble, "The disk is full", "Free some space and try again"),
    "SQLITE_IOERR": (
        EnvironmentTrouble,
        "The disk reported an error",
        "Check the disk or the network share, then try again",
    ),
    "SQLITE_READONLY": (
        EnvironmentTrouble,
        "The project cannot be written to",
        "Check the permissions of the file and its folder, or open it read-only",
    ),
    "SQLITE_CANTOPEN": (
        EnvironmentTrouble,
        "The project file cannot be opened",
        "Check the permissions of the file and its folder",
    ),
    "SQLITE_PERM": (
        EnvironmentTrouble,
        "The project file cannot be opened",
        "Check the permissions of the file and its folder",
    ),
    "SQLITE_NOMEM": (EnvironmentTrouble, "Memory ran out", "Close other programs and try again"),
    "SQLITE_BUSY": (Refused, "Another program is writing to the project", "Try again in a moment"),
    "SQLITE_LOCKED": (
        Refused,
        "Another program is writing to the project",
        "Try again in a moment",
    ),
    "SQLITE_CORRUPT": (
        BadInput,
        "The project file is damaged",
        "Restore the newest copy from its backups folder",
    ),
    "SQLITE_NOTADB": (
        BadInput,
        "The file is not a Caseload project",
        "Name the folder of a project, or restore the file from its backups folder",
    ),
}


def translated(error: BaseException, path: Path) -> CaseloadError | None:
    """The person's or machine's trouble behind a SQLite error; None if it is a defect."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    name = str(getattr(cause, "sqlite_errorname", ""))
    for prefix, (kind, what, remedy) in _TROUBLES.items():
        if name == prefix or name.startswith(f"{prefix}_"):
            return kind(what, where=path.name, remedy=remedy)
    return None


def uri_of(path: Path, *, mode: str) -> str:
    """The SQLite URI of `path`; `mode` is ro, rw, rwc or immutable."""
    flags = "mode=ro&immutable=1" if mode == "immutable" else f"mode={mode}"
    return f"file:{quote(path.resolve().as_posix())}?{flags}"


class Database:
    """Connections to one project file.  Safe to use from any thread."""

    def __init__(self, path: Path, *, mode: str = "rw") -> None:
        self.path = path
        self.read_only = mode in {"ro", "immutable"}
        self._uri = uri_of(path, mode=mode)
        self._network = on_network(path)
        self._write_lock = threading.RLock()
        self._local = threading.local()
        self.engine = self._make_engine()
        if not self.read_only:
            self._set_journal_mode()

    def _connect(self) -> Any:
        connection = sqlite.connect(
            self._uri,
            uri=True,
            timeout=BUSY_SECONDS,
            isolation_level=None,
            check_same_thread=False,
        )
        connection.execute("PRAGMA foreign_keys = ON")
        if not self.read_only:
            connection.execute(f"PRAGMA synchronous = {'EXTRA' if self._network else 'FULL'}")
        return connection

    def _make_engine(self) -> Engine:
        engine = create_engine(
            "sqlite+pysqlite://", module=sqlite, creator=self._connect, poolclass=QueuePool
        )

        @event.listens_for(engine, "begin")
        def _begin(connection: Connection) -> None:
            writing = connection.get_execution_options().get("caseload_writes", False)
            connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

        return engine

    def _set_journal_mode(self) -> None:
        wanted = "delete" if self._network else "wal"
        raw: Any = None
        try:
            raw = self._connect()
            (mode,) = raw.execute(f"PRAGMA journal_mode = {wanted}").fetchone()
        except sqlite.Error as error:
            raise translated(error, self.path) or error from error
        finally:
            if raw is not None:
                raw.close()
        if mode != wanted:
            raise EnvironmentTrouble(
                f"The project's journal could not be set to {wanted} (it is {mode})",
                where=self.path.name,
                remedy="Close every other program that has the project open",
            )

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One consistent snapshot; inside a write of this thread, what it has written."""
        current: Connection | None = getattr(self._local, "connection", None)
        if current is not None:
            yield current
            return
        with self._named_errors(), self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One short transaction, all or nothing.  Does not nest: see `current`."""
        if self.read_only:
            raise Refused(
                "The project is open read-only",
                where=self.path.name,
                remedy="Open it for writing once nobody else has it open",
            )
        if getattr(self._local, "connection", None) is not None:
            raise RuntimeError("a write transaction is already open in this thread")
        with self._write_lock, self._named_errors(), self.engine.connect() as plain:
            connection = plain.execution_options(caseload_writes=True)
            with connection.begin():
                self._local.connection = connection
                try:
                    yield connection
                finally:
                    self._local.connection = None

    @property
    def current(self) -> Connection:
        """The open write transaction of this thread; writing outside one is a defect."""
        connection: Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            raise RuntimeError("the project file is written only inside a command")
        return connection

    @contextmanager
    def _named_errors(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            named = translated(error, self.path)
            if named is None:
                raise
            raise named from error

    def close(self) -> None:
        """Close every connection; the last one folds the journal into the file."""
        self.engine.dispose()
