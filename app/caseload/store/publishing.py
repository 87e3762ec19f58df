"""Swapping a stage's outputs into the project folder: all of them, or none.

The project file first takes a journal of what is to be moved, in one transaction with what the
stage decided; then each file is renamed into its place; then the journal is closed.  Killed at
any point, the next opening finds the journal and moves the rest: nobody ever starts from a
mixture of old and new.
"""

from __future__ import annotations

import dataclasses
import os
import stat
import sys
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path, PurePosixPath

from sqlalchemy import delete, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from caseload.model.errors import BadInput, EnvironmentTrouble
from caseload.model.fingerprint import digest
from caseload.model.stage import Stage
from caseload.store.database import Database
from caseload.store.files import named_trouble, sha256_of, sync_file, sync_folder
from caseload.store.finding import SUFFIX
from caseload.store.records import OutputFile, PendingPublish, PublishedFile
from caseload.store.schema import publish_journal, published_file, run_output

_PROTECTED = ("backups",)
_WORKERS = 4


class Publisher:
    """The project folder's current good files, and the swap that changes them."""

    def __init__(self, database: Database, folder: Path) -> None:
        self._database = database
        self._folder = folder

    def prepare(
        self,
        run_number: int,
        stage: Stage,
        attempt: int,
        staged_dir: Path,
        *,
        replaced_dirs: Sequence[str] = (),
    ) -> PendingPublish:
        """Force the staged files to disk, hash them, and see that every target can be written.

        `staged_dir` lies in the project folder and holds files at the paths they will have
        there.  Nothing in the project changes but folders that are made.  Of `replaced_dirs`
        go the files that an earlier run put there and this one does not; a person's own stay.

        Raises:
            BadInput: a path leads out of the project or to the project file itself.
            EnvironmentTrouble: a file or a target folder cannot be written.
        """
        staged = _files_below(staged_dir)
        for path in staged:
            _refuse_escape(path)
        kept = set(staged)
        own = {file.path for file in self.all()}
        removals = sorted(
            path
            for replaced in replaced_dirs
            for path in _files_below(self._folder / _refuse_escape(replaced), prefix=replaced)
            if path not in kept and path in own
        )
        with ThreadPoolExecutor(_WORKERS) as pool:
            files = list(pool.map(lambda path: _sealed(staged_dir, path), staged))
        for folder in sorted({staged_dir.joinpath(path).parent for path in staged}):
            with named_trouble(folder):
                sync_folder(folder)
        self._check_targets([f.path for f in files], removals)
        return PendingPublish(
            run_number,
            stage,
            attempt,
            staged_dir.relative_to(self._folder).as_posix(),
            tuple(files),
            tuple(removals),
        )

    def _check_targets(self, paths: Sequence[str], removals: Sequence[str]) -> None:
        for folder in sorted({self._folder.joinpath(p).parent for p in [*paths, *removals]}):
            with named_trouble(folder):
                folder.mkdir(parents=True, exist_ok=True)
                if not os.access(folder, os.W_OK | os.X_OK):
                    raise EnvironmentTrouble(
                        "Permission was denied",
                        where=str(folder),
                        remedy="Ask for write permission to the folder",
                    )
        for path in [*paths, *removals]:
            target = self._folder / path
            if target.is_dir():
                raise EnvironmentTrouble(
                    "A folder is in the place of a file",
                    where=path,
                    remedy="Move the folder away and try again",
                )
            if sys.platform == "win32" and target.exists():
                with named_trouble(target):  # refused while another program has it open
                    target.rename(target)

    def journal(self, pending: PendingPublish) -> None:
        """Record within the open transaction that `pending` is to happen, come what may."""
        self._database.current.execute(
            insert(publish_journal).values(
                run_number=pending.run_number,
                stage=pending.stage.value,
                attempt=pending.attempt,
                staged_dir=pending.staged_dir,
                files=[dataclasses.asdict(f) for f in pending.files],
                removals=list(pending.removals),
            )
        )

    def pending(self) -> PendingPublish | None:
        """The swap that was begun and not finished, if there is one."""
        with self._database.read() as connection:
            row = connection.execute(select(publish_journal)).first()
        if row is None:
            return None
        return PendingPublish(
            row.run_number,
            Stage(row.stage),
            row.attempt,
            row.staged_dir,
            tuple(OutputFile(**f) for f in row.files),
            tuple(row.removals),
        )

    def roll_forward(self, pending: PendingPublish) -> list[OutputFile]:
        """Move every file into its place and remove what goes; what cannot be had is answered.

        May be repeated: a file that is already in its place stays.

        Raises:
            EnvironmentTrouble: a rename was refused; call again when the cause is gone.
        """
        staged_dir = self._folder / pending.staged_dir
        lost: list[OutputFile] = []
        for file in pending.files:
            source, target = staged_dir / file.path, self._folder / file.path
            with named_trouble(target):
                if source.exists():
                    target.parent.mkdir(parents=True, exist_ok=True)
                    source.replace(target)
                elif not target.is_file() or sha256_of(target) != file.sha256:
                    lost.append(file)
        for path in pending.removals:
            with named_trouble(self._folder / path):
                (self._folder / path).unlink(missing_ok=True)
        touched = [*(f.path for f in pending.files), *pending.removals]
        for folder in sorted({self._folder.joinpath(path).parent for path in touched}):
            if folder.is_dir():
                with named_trouble(folder):
                    sync_folder(folder)
        return lost

    def finish(self, pending: PendingPublish, lost: Iterable[OutputFile] = ()) -> None:
        """Close the journal within the open transaction: the new files are the good ones."""
        connection = self._database.current
        missing = {f.path for f in lost}
        gone = [*pending.removals, *missing]
        if gone:
            connection.execute(delete(published_file).where(published_file.c.path.in_(gone)))
        outputs = [f for f in pending.files if f.path not in missing]
        connection.execute(
            delete(run_output).where(
                run_output.c.run_number == pending.run_number,
                run_output.c.stage == pending.stage.value,
            )
        )
        if outputs:
            connection.execute(
                insert(run_output),
                [
                    {
                        "run_number": pending.run_number,
                        "stage": pending.stage.value,
                        **dataclasses.asdict(f),
                    }
                    for f in outputs
                ],
            )
        for file in outputs:
            self.record(file, pending.run_number, pending.stage)
        connection.execute(
            delete(publish_journal).where(
                publish_journal.c.run_number == pending.run_number,
                publish_journal.c.stage == pending.stage.value,
            )
        )

    def record(self, file: OutputFile, run_number: int, stage: Stage) -> None:
        """Record within the open transaction that `file` is the good one at its path."""
        values = {
            "sha256": file.sha256,
            "size": file.size,
            "mtime_ns": _mtime_ns(self._folder / file.path),
            "run_number": run_number,
            "stage": stage.value,
        }
        self._database.current.execute(
            upsert(published_file)
            .values(path=file.path, **values)
            .on_conflict_do_update(index_elements=["path"], set_=values)
        )

    def mark_stale(self, paths: Sequence[str]) -> None:
        """Note within the open transaction that these files no longer say what is decided.

        They count as altered until they are written out again and recorded.
        """
        self._database.current.execute(
            update(published_file).where(published_file.c.path.in_(paths)).values(sha256="")
        )

    def all(self, *, stage: Stage | None = None) -> list[PublishedFile]:
        """The current good files, by path."""
        query = select(published_file).order_by(published_file.c.path)
        if stage is not None:
            query = query.where(published_file.c.stage == stage.value)
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        return [
            PublishedFile(r.path, r.sha256, r.size, r.mtime_ns, r.run_number, Stage(r.stage))
            for r in rows
        ]

    def find(self, path: str) -> PublishedFile | None:
        """The current good version of the file at `path`."""
        return next((f for f in self.all() if f.path == path), None)

    def hash_on_disk(self, path: str, known: PublishedFile | None = None) -> str:
        """SHA-256 of the file at `path` now, "" if there is none.

        With `known` given, a file of the same size and time as when it was published is taken
        to be that one, unread.
        """
        target = self._folder / path
        try:
            found = target.stat()
        except OSError:
            return ""
        stamp = (found.st_size, found.st_mtime_ns)
        if known and known.sha256 and stamp == (known.size, known.mtime_ns):
            return known.sha256
        return sha256_of(target)

    def altered(self, *, thorough: bool = False) -> list[PublishedFile]:
        """Published files that are gone or not as published; `thorough` reads every byte."""
        return [
            file
            for file in self.all()
            if self.hash_on_disk(file.path, None if thorough else file) != file.sha256
        ]


def output_hash(files: Iterable[OutputFile]) -> str:
    """One hash for a set of outputs, whatever their order."""
    return digest(sorted([f.path, f.sha256] for f in files))


def _sealed(folder: Path, path: str) -> OutputFile:
    target = folder / path
    with named_trouble(target):
        sync_file(target)
        return OutputFile(path, sha256_of(target), target.stat().st_size)


def _mtime_ns(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


def _files_below(folder: Path, *, prefix: str = "") -> list[str]:
    """Paths of the regular files below `folder`, relative to it (or under `prefix`), sorted.

    Raises:
        BadInput: a link or a device is among them.
    """
    if not folder.is_dir():
        return []
    found = []
    for path in folder.rglob("*"):
        mode = path.lstat().st_mode
        if stat.S_ISDIR(mode):
            continue
        if not stat.S_ISREG(mode):
            raise BadInput(
                "Only plain files can be put into the project folder",
                where=str(path),
                remedy="Remove the link or device",
            )
        found.append((PurePosixPath(prefix) / path.relative_to(folder).as_posix()).as_posix())
    return sorted(found)


def _refuse_escape(path: str) -> str:
    """`path` if it stays within the project folder and off the project's own files."""
    pure = PurePosixPath(path)
    outside = pure.is_absolute() or ".." in pure.parts or not pure.parts or "\\" in path
    own = pure.parts and (
        pure.parts[0] in _PROTECTED or (len(pure.parts) == 1 and SUFFIX in pure.name)
    )
    if outside or own:
        raise BadInput(
            "Outputs can only go into the project's own folders",
            where=path,
            remedy="Name a folder below the project folder",
        )
    return path
