"""A new version of the specs comes in: it is put away, and what rested on the old one is looked at.

Everything happens within the transaction that takes the catalogs in.
"""

from __future__ import annotations

from caseload.model.catalog import Side
from caseload.specs.archive import PackedVersion, pack
from caseload.store.project_file import ProjectFile


def archive_version(project: ProjectFile, packed: PackedVersion, *, by: str, at: str) -> bool:
    """Put a version away unless the newest one says the same; True when it was.

    Call it before the catalog is replaced: a project from before versions were kept has its
    present catalog put away first.
    """
    versions = project.spec_versions
    newest = versions.newest_fingerprint(packed.side)
    if not newest:
        newest = _archive_present(project, packed.side)
    if newest == packed.fingerprint:
        return False
    _add(project, packed, by=by, at=at)
    return True


def _archive_present(project: ProjectFile, side: Side) -> str:
    catalog = project.catalogs.load(side, corrected=False)
    if not catalog.tables:
        return ""
    packed = pack(catalog)
    taken = project.documents.specs(side)
    first = taken[0] if taken else None
    _add(
        project,
        packed,
        by=first.added_by if first else "",
        at=first.added_at if first else project.info.created_at,
    )
    return packed.fingerprint


def _add(project: ProjectFile, packed: PackedVersion, *, by: str, at: str) -> None:
    project.spec_versions.add(
        packed.side,
        packed.fingerprint,
        packed.documents,
        (packed.tables, packed.fields),
        packed.body,
        by=by,
        at=at,
    )
