"""Taking spec documents into the project, each kept with its hash."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path, PurePosixPath

from caseload.lifecycle.paths import SPECS
from caseload.model.catalog import Side
from caseload.model.database import SQLITE_MARK
from caseload.model.errors import BadInput
from caseload.store.documents import SPEC
from caseload.store.files import copy_atomically, named_trouble, sha256_of
from caseload.store.project_file import ProjectFile
from caseload.store.records import Document, utc_text

EARLIER = "earlier"
"""The folder within the specs' for documents that others of their name replaced."""


def copy_specs(
    project: ProjectFile,
    side: Side,
    given: Sequence[str],
    into: Path,
    *,
    by: str,
    at: datetime,
) -> list[tuple[Document, Path]]:
    """Copy documents to `into`/requirement_spec/; each with its record and where it lies now.

    `given` are paths, relative to the project folder or absolute.  One that is already in
    the project's requirement_spec/ stays where it is.  Nothing is recorded yet.

    Raises:
        BadInput: a document is missing, or two of them share a name.
    """
    taken: list[tuple[Document, Path]] = []
    names: dict[str, str] = {}
    for text in given:
        original = Path(os.path.realpath(project.folder / text))
        if not original.is_file():
            raise BadInput(
                f"There is no spec document {original.name}",
                where=text,
                remedy="Check the path; it is relative to the project folder",
            )
        _refuse_rows(original, text)
        own = original.is_relative_to(project.folder / SPECS)
        stored = (
            original.relative_to(project.folder).as_posix() if own else f"{SPECS}/{original.name}"
        )
        sha256 = sha256_of(original)
        if names.setdefault(stored.casefold(), sha256) != sha256:
            raise BadInput(
                f"Two different documents are called {original.name}",
                where=text,
                remedy="Give one of them another name",
            )
        place = original
        if not own:
            _keep_earlier(project, stored, sha256, into)
            place = into / stored
            copy_atomically(original, place)
        document = Document(
            name=original.name,
            sha256=sha256,
            size=original.stat().st_size,
            kind=SPEC,
            side=side,
            stored_path=stored,
            added_by=by,
            added_at=utc_text(at),
        )
        taken.append((document, place))
    return taken


def _refuse_rows(path: Path, text: str) -> None:
    """A database of patients does not come into the project as a document."""
    with named_trouble(path), path.open("rb") as file:
        if file.read(len(SQLITE_MARK)) == SQLITE_MARK:
            raise BadInput(
                "A SQLite database would bring its rows into the project",
                where=text,
                remedy="Give it to extract-specs, which keeps only what it says of its tables",
            )


def earlier_place(document: Document) -> str:
    """Where a document lies once another of its name took its place."""
    path = PurePosixPath(document.stored_path)
    return f"{SPECS}/{EARLIER}/{path.stem}-{document.sha256[:8]}{path.suffix}"


def kept_earlier(project: ProjectFile, taken: Iterable[Document]) -> list[Document]:
    """The records of documents whose place others of their name take; see `earlier_place`."""
    found = []
    for new in taken:
        old = project.documents.find(new.stored_path)
        if old is not None and old.sha256 != new.sha256:
            found.append(replace(old, stored_path=earlier_place(old), active=False))
    return found


def _keep_earlier(project: ProjectFile, stored: str, sha256: str, into: Path) -> None:
    """Copy a document aside before another of its name is put in its place."""
    old = project.documents.find(stored)
    present = project.folder / stored
    if old is None or old.sha256 == sha256 or not present.is_file():
        return
    if sha256_of(present) == old.sha256:
        copy_atomically(present, into / earlier_place(old))


def take_specs(
    project: ProjectFile, side: Side, given: Sequence[str], *, by: str, at: datetime
) -> list[Document]:
    """Copy documents into the project and make them the specs of `side`, in one command.

    Raises:
        BadInput: a document is missing, or two of them share a name.
        EnvironmentTrouble: the copy cannot be written.
    """
    documents = [
        document for document, _ in copy_specs(project, side, given, project.folder, by=by, at=at)
    ]
    with project.command(by, "documents.take_specs", side.value, at=at) as command:
        earlier = kept_earlier(project, documents)
        project.documents.replace_specs(side, documents)
        project.documents.put(earlier)
        command.detail["documents"] = {d.stored_path: d.sha256 for d in documents}
    return documents
