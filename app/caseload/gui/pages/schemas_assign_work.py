"""What the assignment step asks of the services, on other threads than the window's."""

from __future__ import annotations

from typing import Any

from caseload.model.document_preview import DocumentGrid, DocumentPreview, Trial
from caseload.model.errors import BadInput
from caseload.model.progress import CancelToken, Progress
from caseload.model.reader_profile import Assignment, ReaderProfile
from caseload.model.views import ChangeSet

Seen = tuple[DocumentPreview, ReaderProfile | None]


def look(session: Any, document: str, progress: Progress, cancel: CancelToken) -> Seen | BadInput:
    """A document as it is, and what was said of it before; or why it cannot be opened.

    The page shows why, so that the job it is does not fail.
    """
    from caseload.services import readers

    try:
        preview = readers.preview(session, document, progress=progress, cancel=cancel)
    except BadInput as error:
        return error
    profiles = readers.profiles(session)
    return preview, next((p for p in profiles if p.id == preview.profile), None)


def forget(session: Any, profile: ReaderProfile) -> ChangeSet:
    """Forget what was said."""
    from caseload.services import readers

    return readers.forget(session, [profile.id])


def attempt(
    session: Any,
    document: str,
    said: Assignment | None,
    preview: DocumentPreview,
    grid: DocumentGrid,
    cancel: CancelToken,
) -> tuple[CancelToken, Trial]:
    """What was said, tried on the document, with the token that it was tried under."""
    from caseload.services import reader_roles, readers

    settled = reader_roles.settled(said, preview, grid)[0] if said else None
    return cancel, readers.attempt(session, document, settled, cancel=cancel)


def under(grid: DocumentGrid, row: int | None) -> DocumentGrid:
    """A grid guessed anew, another row heading it."""
    from caseload.services import readers

    return readers.under(grid, row)


def save(
    session: Any,
    document: str,
    said: Assignment,
    preview: DocumentPreview,
    grid: DocumentGrid,
) -> ChangeSet:
    """Keep what was said as a reader profile."""
    from caseload.services import readers

    return readers.assign(session, document, said, seen=preview, meant=grid)
