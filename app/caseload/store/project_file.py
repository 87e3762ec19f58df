"""The project file: the one door to everything a project remembers.

    with ProjectFile.open(folder, person="anna", now=now) as project:
        with project.command("anna", "mappings.approve", "LOAD_PMI.SEX", at=now) as command:
            before = project.contract.rules(["LOAD_PMI.SEX"])
            project.contract.approve(...)
            command.detail["rules"] = 1
            command.inverse["restore"] = ...

A command is one transaction: what it changes, its audit line and its inverse are kept together
or not at all.  Reading needs no command.  Every method may be called from any thread.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sqlalchemy import select

from caseload.model.errors import BadInput, EnvironmentTrouble
from caseload.store import finding, opening, schema
from caseload.store.anchor import Anchor
from caseload.store.audit import Audit, Undo
from caseload.store.catalogs import Catalogs
from caseload.store.contracts import Contracts
from caseload.store.database import Database
from caseload.store.documents import Documents
from caseload.store.erd import Diagrams
from caseload.store.files import named_trouble, sweep
from caseload.store.lock import ProjectLock, holder_of
from caseload.store.people import People, Settings
from caseload.store.publishing import Publisher
from caseload.store.reader_profiles import ReaderProfiles
from caseload.store.records import AuditLine, LockHolder, PendingPublish, ProjectInfo, utc_text
from caseload.store.relationships import Relationships
from caseload.store.runs import Runs
from caseload.store.spec_versions import SpecVersions
from caseload.store.suggestions import Suggestions

SYSTEM_ACTOR = "caseload"
"""The actor of what the program does by itself, such as finishing a swap after a crash."""


@dataclass(slots=True)
class Command:
    """A command under way: fill `detail` and `inverse`; `line` is there once it is kept."""

    actor: str
    action: str
    subject: str
    at: datetime
    detail: dict[str, Any] = field(default_factory=dict)
    inverse: dict[str, Any] = field(default_factory=dict)
    line: AuditLine | None = None


class ProjectFile:
    """An open project.  Use `create` and `open`; close it, or use it in a `with`.

    Attributes:
        folder: the project folder, absolute.
        read_only: true when nothing can be written.
        people, settings, documents, catalogs, relationships, spec_versions, diagrams,
            suggestions, contract, runs, published, audit, undo: what it remembers, by subject.
    """

    def __init__(self, path: Path, database: Database, lock: ProjectLock | None, anchor: Anchor):
        self.path = path
        self.folder = path.parent
        self.read_only = database.read_only
        self._database = database
        self._lock = lock
        self._anchor = anchor
        self.info = _read_info(database, path)
        self.people = People(database)
        self.settings = Settings(database)
        self.documents = Documents(database)
        self.catalogs = Catalogs(database)
        self.relationships = Relationships(database)
        self.spec_versions = SpecVersions(database)
        self.diagrams = Diagrams(database)
        self.suggestions = Suggestions(database)
        self.contract = Contracts(database)
        self.runs = Runs(database)
        self.reader_profiles = ReaderProfiles(database)
        self.published = Publisher(database, self.folder)
        self.audit = Audit(database, self.info.project_id, anchor)
        self.undo = Undo(database, self.audit)

    @classmethod
    def create(
        cls,
        folder: Path,
        *,
        name: str,
        person: str,
        now: datetime,
        project_id: str = "",
        anchor_dir: Path | None = None,
    ) -> Self:
        """Make a project in `folder` (made if missing) and open it for writing.

        `project_id` is drawn at random when empty.  Killed half-way, it leaves no project.

        Raises:
            BadInput: there is already a project in the folder.
            EnvironmentTrouble: the folder cannot be written to.
        """
        folder = folder.resolve()
        with named_trouble(folder):
            if folder.exists() and not folder.is_dir():
                raise BadInput(
                    "That is a file, not a folder",
                    where=str(folder),
                    remedy="Name a new or empty folder",
                )
            folder.mkdir(parents=True, exist_ok=True)
        if finding.project_files(folder):
            raise BadInput(
                "There is already a project here",
                where=str(folder),
                remedy="Name another folder, or open this project",
            )
        path = folder / f"{folder.name or 'project'}{finding.SUFFIX}"
        lock = ProjectLock(path, name=person, since=utc_text(now))
        try:
            info = ProjectInfo(project_id or uuid.uuid4().hex, name, utc_text(now), person)
            opening.build_new(path, info)
            project = cls(path, Database(path), lock, Anchor(anchor_dir, info.project_id, path))
        except BaseException:
            lock.release()
            raise
        with project.command(person, "project.create", info.project_id, at=now) as command:
            command.detail["name"] = name
            project.people.add(person, role="OWNER", at=now)
        return project

    @classmethod
    def open(
        cls,
        folder: Path,
        *,
        person: str,
        now: datetime,
        read_only: bool = False,
        anchor_dir: Path | None = None,
    ) -> Self:
        """Open the project in `folder` (or the project file itself).

        For writing: takes the lock, brings an older file up to date (a copy goes to backups/
        first), finishes a swap of outputs that a crash cut short, and marks what was running
        as interrupted (see `runs.latest_resumable`).  Read-only: writes nothing, ever.

        Raises:
            BadInput: no project there, not a project, damaged, or of a newer version.
            Refused: another process has it open for writing; read-only is always possible.
            EnvironmentTrouble: the folder or file cannot be read or written to.
        """
        path = finding.find(folder)
        opening.check_header(path)
        if read_only:
            database = opening.open_read_only(path)
            anchor = Anchor(anchor_dir, _read_info(database, path).project_id, path)
            return cls(path, database, None, anchor)
        lock = ProjectLock(path, name=person, since=utc_text(now))
        try:
            opening.bring_up_to_date(path)
            database = Database(path)
            try:
                anchor = Anchor(anchor_dir, _read_info(database, path).project_id, path)
                project = cls(path, database, lock, anchor)
                project._recover(now)
            except BaseException:
                database.close()
                raise
        except BaseException:
            lock.release()
            raise
        return project

    @contextmanager
    def command(
        self,
        actor: str,
        action: str,
        subject: str = "",
        *,
        at: datetime,
        detail: Mapping[str, Any] | None = None,
    ) -> Iterator[Command]:
        """One audited transaction; an exception inside undoes all of it.

        `action` is dotted (mappings.approve); `subject` names what it is done to.  A command
        that leaves an `inverse` can be undone.  Never put a patient's data into either.
        """
        command = Command(actor, action, subject, at, dict(detail or {}))
        with self._database.write():
            yield command
            command.line = self.audit.append(
                command.actor,
                command.action,
                command.subject,
                at=command.at,
                detail=command.detail,
                inverse=command.inverse,
            )
            if command.inverse:
                self.undo.remember(command.line.seq)
        self.audit.anchor_head(command.line)

    @contextmanager
    def unaudited(self) -> Iterator[None]:
        """A transaction for what is no one's decision: heartbeats, a window's layout."""
        with self._database.write():
            yield

    def holder(self) -> LockHolder | None:
        """Who has the project open for writing, as far as the lock file says."""
        return self._lock.holder if self._lock else holder_of(self.path)

    def backup_to(self, target: Path) -> None:
        """Copy the whole project file, consistent even while it is written to, to `target`.

        Raises:
            EnvironmentTrouble: the copy cannot be written; an older one stays as it was.
        """
        opening.backup(self.path, target)

    def problems(self) -> list[str]:
        """What SQLite's own checks find wrong with the file; empty when it is sound."""
        with self._database.read() as connection:
            found = [str(row[0]) for row in connection.exec_driver_sql("PRAGMA integrity_check")]
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        return [line for line in found if line != "ok"] + [
            f"{row[0]}: row {row[1]} points at no row of {row[2]}" for row in broken
        ]

    def _recover(self, now: datetime) -> None:
        """Settle what the last holder left: a swap half done, runs it was in."""
        # What stands in the way (a file open elsewhere) must not keep a person from the
        # project; the swap stays on record and is tried again before the next run.
        with suppress(EnvironmentTrouble):
            self.finish_publishing(now)
        sweep(self.folder)
        for run in self.runs.unfinished():
            with self.command(SYSTEM_ACTOR, "run.interrupted", run.run_id, at=now) as command:
                stage = self.runs.mark_interrupted(run.number, now)
                command.detail["stage"] = stage

    def publish(self, pending: PendingPublish) -> None:
        """Carry out a swap that was journalled in the transaction before.

        Raises:
            EnvironmentTrouble: a file cannot be put in its place; the swap stays on record.
        """
        lost = self.published.roll_forward(pending)
        with self._database.write():
            self.published.finish(pending, lost)
            self.runs.finish_published(pending, complete=not lost)

    def finish_publishing(self, now: datetime) -> None:
        """Roll a swap of outputs forward to its end, if a crash or a fault cut one short.

        Raises:
            EnvironmentTrouble: a file cannot be put in its place; try again later.
        """
        pending = self.published.pending()
        if pending is None:
            return
        lost = self.published.roll_forward(pending)
        with self.command(SYSTEM_ACTOR, "run.publish", pending.stage.value, at=now) as command:
            self.published.finish(pending, lost)
            self.runs.finish_published(pending, complete=not lost)
            command.detail.update(files=len(pending.files), lost=[f.path for f in lost])

    def close(self) -> None:
        """Close the file and give the lock back.  Safe to call twice."""
        self._database.close()
        if self._lock:
            self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _read_info(database: Database, path: Path) -> ProjectInfo:
    table = schema.project
    with database.read() as connection:
        row = connection.execute(select(table)).first()
    if row is None:
        raise BadInput(
            "The project file is damaged: it does not say which project it is",
            where=path.name,
            remedy="Restore the newest copy from its backups folder",
        )
    return ProjectInfo(row.project_id, row.name, row.created_at, row.created_by)
