"""How documents are to be read where their columns do not tell: shown, said once, remembered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from caseload.model.document_preview import DocumentGrid, DocumentPreview, Trial
from caseload.model.errors import BadInput
from caseload.model.fingerprint import digest
from caseload.model.progress import CancelToken, Progress, SilentProgress
from caseload.model.reader_profile import Assignment, ReaderProfile
from caseload.model.views import ChangeKind, ChangeSet
from caseload.services import reader_roles
from caseload.services.permission import Permission
from caseload.services.undo import undoable
from caseload.specs import sandbox
from caseload.specs.readers.profile_match import plain, stem_of
from caseload.store.documents import SPEC
from caseload.store.records import Document, utc_text

if TYPE_CHECKING:
    from caseload.services.session import ProjectSession

_RUNS_LOOKED_AT = 10


@dataclass(frozen=True, slots=True)
class KnownDocument:
    """A document that can be assigned: what it is called and where it lies."""

    name: str
    path: Path


def documents(session: ProjectSession, given: Sequence[str] = ()) -> tuple[KnownDocument, ...]:
    """The documents that `given` paths name, or else those that the project reads now.

    Paths are absolute or relative to the project folder.
    """
    if given:
        paths = (session.folder / Path(text).expanduser() for text in given)
        return tuple(KnownDocument(path.name, path) for path in paths if path.is_file())
    every = session.project.documents.all()
    return tuple(_known(session, one) for one in every if one.active and one.kind == SPEC)


def _known(session: ProjectSession, document: Document) -> KnownDocument:
    return KnownDocument(document.name, session.folder / document.stored_path)


def find(session: ProjectSession, document: str | Path) -> KnownDocument:
    """A document by its path, by its name in the project, or as a run was last given it.

    Raises:
        BadInput: there is none.
    """
    path = Path(document).expanduser()
    path = path if path.is_absolute() else session.folder / path
    if path.is_file():
        return KnownDocument(path.name, path)
    wanted = PurePath(document).name.casefold()
    earlier = (_known(session, one) for one in reversed(session.project.documents.all()))
    for known in (*documents(session), *_given_to_runs(session), *earlier):
        if known.name.casefold() == wanted and known.path.is_file():
            return known
    raise BadInput(
        f"There is no document {document}",
        remedy="Name a document of the project, or the path of a file",
    )


def _given_to_runs(session: ProjectSession) -> Iterable[KnownDocument]:
    """Documents that the last runs were given, which a run that failed did not take in."""
    for run in session.project.runs.all(limit=_RUNS_LOOKED_AT):
        for key in ("source_specs", "target_specs"):
            for text in run.options.get(key) or ():
                path = session.folder / str(text)
                yield KnownDocument(path.name, path)


def preview(
    session: ProjectSession,
    document: str | Path,
    *,
    progress: Progress | None = None,
    cancel: CancelToken | None = None,
) -> DocumentPreview:
    """What a document holds, column by column, with the role that each seems to play.

    It is opened in a child process with limits.

    Raises:
        BadInput: there is no such document, or it cannot be opened.
        Cancelled: `cancel` was set.
    """
    known = find(session, document)
    return sandbox.preview_document(
        known.path,
        known.name,
        progress or SilentProgress(),
        cancel or CancelToken(),
        profiles=session.project.reader_profiles.all(),
    )


def under(grid: DocumentGrid, header_row: int | None) -> DocumentGrid:
    """A grid with its columns guessed anew, another row heading them (None: no row does)."""
    from caseload.specs.preview import under as guessed_under

    return guessed_under(grid, header_row)


def attempt(
    session: ProjectSession,
    document: str | Path,
    assignment: Assignment | None,
    *,
    progress: Progress | None = None,
    cancel: CancelToken | None = None,
) -> Trial:
    """What an assignment would make of a document; nothing is kept.

    `assignment` is as `reader_roles.settled` gives it; None tries the reader alone.

    Raises:
        BadInput: there is no such document, or it cannot be opened.
        Cancelled: `cancel` was set.
    """
    known = find(session, document)
    return sandbox.try_document(
        known.path,
        known.name,
        assignment,
        progress or SilentProgress(),
        cancel or CancelToken(),
    )


def assign(
    session: ProjectSession,
    document: str | Path,
    assignment: Assignment,
    *,
    seen: DocumentPreview | None = None,
    meant: DocumentGrid | None = None,
) -> ChangeSet:
    """Say how a document's columns are to be read, for it and for its next versions.

    Columns may be named by header, letter, number from 1 (text) or index from 0 (number).  It
    is tried on the document first.  `seen` spares another look at a document that was previewed,
    `meant` is the grid of it that was looked at.

    Raises:
        BadInput: there is no such document or column, or nothing can be read so.
        Refused: the person may not correct catalogs.
    """
    session.require(Permission.EDIT_CATALOG)
    shown = seen or preview(session, document)
    settled, grid = reader_roles.settled(assignment, shown, meant)
    trial = attempt(session, document, settled)
    if not trial.fields:
        raise BadInput(
            trial.refused or "With these columns no field can be read",
            where=shown.name,
            remedy="Choose other columns, or another header row",
        )
    profile = _profile(session, shown, settled, grid)
    label = f"columns of {shown.name}"
    with undoable(
        session, Permission.EDIT_CATALOG, "readers.assign", label, subject=profile.id
    ) as command:
        stamped = replace(profile, by=command.actor, at=utc_text(command.at))
        session.project.reader_profiles.put(stamped)
        command.detail["document"] = shown.name
    found = f"{trial.tables:,} tables, {trial.fields:,} fields"
    return ChangeSet(
        ((ChangeKind.SETTING, (profile.id,)),), label, f"{shown.name} is read so: {found}"
    )


def _profile(
    session: ProjectSession, shown: DocumentPreview, settled: Assignment, grid: DocumentGrid
) -> ReaderProfile:
    """The profile to keep, in the place of an earlier one for the same columns."""
    named = [column for column in settled.roles.values() if isinstance(column, str)]
    row = settled.header_row
    if row is None:
        row = next(
            (
                r.number
                for r in grid.rows
                if {plain(text) for text in named} <= {plain(cell) for cell in r.cells}
            ),
            grid.header_row,
        )
    headers = tuple(text for text in grid.headers(row) if text)
    stem = stem_of(shown.name)
    key = digest([shown.kind, stem, sorted(plain(text) for text in headers), settled.sheet])[:16]
    earlier = session.project.reader_profiles.find(key)
    return ReaderProfile(
        id=key,
        name=earlier.name if earlier else PurePath(shown.name).stem,
        kind=shown.kind,
        assignment=settled,
        headers=headers,
        document=shown.name,
    )


def assign_said(
    session: ProjectSession,
    texts: Sequence[str],
    given: Sequence[str] = (),
    *,
    progress: Progress | None = None,
    cancel: CancelToken | None = None,
) -> tuple[ChangeSet, ...]:
    """Assign what `--roles` said, each text for a document of `given` or of the project.

    Raises:
        BadInput: a text cannot be understood, or fits no document, or more than one.
    """
    candidates = documents(session, given) or documents(session)
    changes = []
    for text in texts:
        said = reader_roles.said_in(text)
        document = _meant(session, said.document, candidates)
        shown = preview(session, document.path, progress=progress, cancel=cancel)
        changes.append(assign(session, document.path, said.assignment, seen=shown))
    return tuple(changes)


def _meant(
    session: ProjectSession, name: str, candidates: Sequence[KnownDocument]
) -> KnownDocument:
    """The document that is named, or the only one there is.

    Raises:
        BadInput: there is none, or it is not said which of several is meant.
    """
    if name:
        wanted = PurePath(name).name.casefold()
        found = next((d for d in candidates if d.name.casefold() == wanted), None)
        return found or find(session, name)
    if len(candidates) == 1:
        return candidates[0]
    names = ", ".join(document.name for document in candidates)
    raise BadInput(
        "It is not said which document the roles are for" if names else "There is no document yet",
        where="--roles",
        remedy=f"Begin with one of {names}: --roles 'FILE:table=COLUMN,field=COLUMN'"
        if names
        else "Give the document too: --source-spec FILE",
    )


def profiles(session: ProjectSession) -> tuple[ReaderProfile, ...]:
    """Everything remembered of how documents are read, by name."""
    return tuple(session.project.reader_profiles.all())


def profile(session: ProjectSession, name: str) -> ReaderProfile:
    """The profile of that id, name, or document.

    Raises:
        BadInput: there is none, or there are several of that name.
    """
    every = profiles(session)
    wanted = name.casefold()
    found = [p for p in every if p.id == name] or [
        p for p in every if wanted in (p.name.casefold(), p.document.casefold())
    ]
    if len(found) == 1:
        return found[0]
    known = ", ".join(f"{p.name} ({p.id})" for p in found or every)
    raise BadInput(
        f"There are {len(found)} reader profiles {name}" if found else f"No reader profile {name}",
        where="reader profiles",
        remedy=f"Name one of {known}" if known else "None is remembered yet",
    )


def forget(session: ProjectSession, ids: Sequence[str]) -> ChangeSet:
    """Forget profiles: the next reading goes by the documents alone again.

    Raises:
        BadInput: there is no such profile.
    """
    found = [profile(session, one) for one in ids]
    names = ", ".join(one.name for one in found)
    label = f"the reader profile {names}" if len(found) == 1 else f"{len(found)} reader profiles"
    with undoable(session, Permission.EDIT_CATALOG, "readers.forget", label, subject=names):
        session.project.reader_profiles.forget(one.id for one in found)
    return ChangeSet(
        ((ChangeKind.SETTING, tuple(one.id for one in found)),), label, f"Forgot {names}"
    )


def rename(session: ProjectSession, profile_id: str, name: str) -> ChangeSet:
    """Call a profile otherwise.

    Raises:
        BadInput: there is no such profile, the name is empty, or another one has it.
    """
    found = profile(session, profile_id)
    name = " ".join(name.split())
    others = [one.name.casefold() for one in profiles(session) if one.id != found.id]
    if not name or name.casefold() in others:
        raise BadInput(
            f"Another reader profile is called {name}" if name else "A name cannot be empty",
            where="reader profiles",
            remedy="Choose another name",
        )
    label = f"{found.name} to {name}"
    with undoable(session, Permission.EDIT_CATALOG, "readers.rename", label, subject=found.id):
        session.project.reader_profiles.put(replace(found, name=name))
    return ChangeSet(((ChangeKind.SETTING, (found.id,)),), label, f"{found.name} is now {name}")
