"""Finding, making, checking and bringing up to date a project file before it is used."""

from __future__ import annotations

import os
import struct
from pathlib import Path
from typing import Any

import pysqlite3.dbapi2 as sqlite

from caseload.model.errors import BadInput, EnvironmentTrouble
from caseload.store import migrate
from caseload.store.database import Database, translated, uri_of
from caseload.store.files import TEMPORARY_MARK, named_trouble, sync_file, sync_folder
from caseload.store.finding import SUFFIX
from caseload.store.records import ProjectInfo
from caseload.store.schema import APPLICATION_ID, project

BACKUPS = "backups"
"""The folder for copies of the project file, below the project folder."""

_MAGIC = b"SQLite format 3\x00"


def check_header(path: Path) -> None:
    """See from its first bytes, without opening it in SQLite, that the file is for us.

    Raises:
        BadInput: not a project, cut short, or of a newer version of Caseload.
        EnvironmentTrouble: it cannot be read.
    """
    with named_trouble(path), path.open("rb") as file:
        header = file.read(100)
    if len(header) < 100 or not header.startswith(_MAGIC):
        raise BadInput(
            "The file is not a Caseload project" if header else "The project file is empty",
            where=path.name,
            remedy="Name the folder of a project, or restore the file from its backups folder",
        )
    version, application = struct.unpack(">I", header[60:64])[0], header[68:72]
    if application != struct.pack(">I", APPLICATION_ID):
        raise BadInput(
            "The file is a database, but not a Caseload project",
            where=path.name,
            remedy="Name the folder of a Caseload project",
        )
    if version > migrate.newest_version():
        raise newer(path, str(version))


def newer(path: Path, version: str) -> BadInput:
    """The refusal of a file that a newer Caseload wrote."""
    return BadInput(
        f"The project was written by a newer Caseload (its format is {version}, "
        f"this one knows up to {migrate.newest_version()})",
        where=path.name,
        remedy="Install the newer Caseload; nothing in the project was changed",
    )


def build_new(path: Path, info: ProjectInfo) -> None:
    """Make the project file at `path` in one step: it is whole, or not there."""
    temporary = path.with_name(path.name + TEMPORARY_MARK)
    with named_trouble(path):
        temporary.unlink(missing_ok=True)
        try:
            _fill(temporary, info)
            sync_file(temporary)
            temporary.replace(path)
        except sqlite.Error as error:
            raise translated(error, path) or error from error
        finally:
            _remove(temporary)
        sync_folder(path.parent)


def _fill(path: Path, info: ProjectInfo) -> None:
    raw = sqlite.connect(uri_of(path, mode="rwc"), uri=True, isolation_level=None)
    try:
        raw.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    finally:
        raw.close()
    migrate.upgrade(path, migrate.newest_revision())
    raw = sqlite.connect(uri_of(path, mode="rw"), uri=True, isolation_level=None)
    try:
        raw.execute(
            f"INSERT INTO {project.name} (project_id, name, created_at, created_by)"
            " VALUES (?, ?, ?, ?)",
            (info.project_id, info.name, info.created_at, info.created_by),
        )
    finally:
        raw.close()


def _remove(temporary: Path) -> None:
    for suffix in ("", "-journal", "-wal", "-shm"):
        temporary.with_name(temporary.name + suffix).unlink(missing_ok=True)


def bring_up_to_date(path: Path) -> list[str]:
    """Migrate the file to the newest version, one numbered step at a time.

    Before each step a copy goes to backups/; each step is one transaction.  The caller holds
    the project lock.  The answer names the steps taken.

    Raises:
        BadInput: the file is of a newer version, or damaged.
        EnvironmentTrouble: the disk refused the copy or the change; the file is as before.
    """
    _refuse_unknown(path)
    steps = migrate.pending(_revision(path))
    for revision in steps:
        backup(path, path.parent / BACKUPS / f"{path.stem}-before-{revision}{SUFFIX}")
        try:
            migrate.upgrade(path, revision)
        except sqlite.Error as error:
            raise translated(error, path) or error from error
    return steps


def _revision(path: Path) -> str:
    """The file's revision, read without changing anything."""
    raw: Any = None
    try:
        raw = sqlite.connect(uri_of(path, mode="ro"), uri=True, isolation_level=None)
        row = raw.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite.Error as error:
        if str(error).startswith("no such table"):
            return ""
        raise translated(error, path) or error from error
    finally:
        if raw is not None:
            raw.close()
    return str(row[0]) if row else ""


def _refuse_unknown(path: Path) -> None:
    revision = _revision(path)
    if revision not in migrate.revisions():
        if revision.isdigit():
            raise newer(path, revision)
        raise BadInput(
            "The project file is damaged: its version cannot be told",
            where=path.name,
            remedy="Restore the newest copy from its backups folder",
        )


def open_read_only(path: Path) -> Database:
    """The file for reading alone.

    In a folder that cannot be written to, SQLite cannot share a journal with a writer; with no
    journal left over the file is read as it lies.

    Raises:
        BadInput: the version is newer, or older and needs one opening for writing.
        EnvironmentTrouble: it was not closed cleanly and lies where nothing can be written.
    """
    journal = path.with_name(path.name + "-wal")
    frozen = not os.access(path.parent, os.W_OK)
    if frozen:
        if journal.exists() and journal.stat().st_size:
            raise EnvironmentTrouble(
                "The project was not closed cleanly, and its folder cannot be written to",
                where=path.name,
                remedy="Copy the whole folder to a place you can write to, and open the copy",
            )
        mode = "immutable"
    else:
        _refuse_unknown(path)
        mode = "ro"
    database = Database(path, mode=mode)
    with database.read() as connection:
        revision = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    if revision != migrate.newest_revision():
        database.close()
        if str(revision) not in migrate.revisions():
            raise newer(path, str(revision))
        raise BadInput(
            f"The project is of an older format ({revision})",
            where=path.name,
            remedy="Open it once for writing; that brings it up to date and keeps a copy",
        )
    return database


def backup(path: Path, target: Path) -> None:
    """Copy a live project file with SQLite's backup; never by copying the file's bytes.

    Raises:
        EnvironmentTrouble: the copy cannot be written; an older one stays as it was.
    """
    temporary = target.with_name(target.name + TEMPORARY_MARK)
    with named_trouble(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            _remove(temporary)
            _copy(path, temporary)
            sync_file(temporary)
            temporary.replace(target)
        except sqlite.Error as error:
            raise translated(error, target) or error from error
        finally:
            _remove(temporary)
        sync_folder(target.parent)


def _copy(path: Path, temporary: Path) -> None:
    source = sqlite.connect(uri_of(path, mode="ro"), uri=True)
    try:
        copy = sqlite.connect(uri_of(temporary, mode="rwc"), uri=True)
        try:
            source.backup(copy)
            copy.execute("PRAGMA journal_mode = delete")
        finally:
            copy.close()
    finally:
        source.close()
