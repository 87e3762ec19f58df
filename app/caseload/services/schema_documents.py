"""The documents behind the catalogs, and what else is known around a field of theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from caseload.model.catalog import FieldSpec, Side
from caseload.model.schema_views import SpecDocument
from caseload.services import mapping_view

if TYPE_CHECKING:
    from caseload.services.session import ProjectSession


def documents(session: ProjectSession) -> tuple[SpecDocument, ...]:
    """The documents of both sides, in the order in which they are read."""
    found = []
    for side in Side:
        read = {d.name: d for d in mapping_view.catalog_as_read(session, side).documents}
        for each in session.project.documents.specs(side):
            how = read.get(each.name)
            found.append(
                SpecDocument(
                    side,
                    each.name,
                    each.sha256,
                    each.size,
                    each.stored_path,
                    each.added_by,
                    each.added_at,
                    how.reader if how else "",
                    how.profile if how else "",
                )
            )
    return tuple(found)


def version_counts(session: ProjectSession) -> dict[Side, int]:
    """How many versions of each side's documents were taken in."""
    from caseload.services import spec_versions

    return {side: len(spec_versions.versions(session, side)) for side in Side}


def changed_names(session: ProjectSession, side: Side) -> frozenset[tuple[str, str]]:
    """The fields that differ between the two newest versions, as (table, field)."""
    from caseload.services import spec_versions

    newest = spec_versions.versions(session, side)[:2]
    if len(newest) < 2:
        return frozenset()
    found = spec_versions.compare(session, newest[1], newest[0])
    places = {(change.table, change.field) for change in found.changes}
    places |= {(rename.new.table, rename.new.field) for rename in found.renames}
    return frozenset(place for place in places if place[1])


def relations_of(session: ProjectSession, side: Side, spec: FieldSpec) -> tuple[str, ...]:
    """What the documents join a field to, in words: its parent, and the fields that lead to it.

    Inferred links are for the diagram: to infer them takes seconds, and this is asked at every
    step from field to field.
    """
    said = []
    if spec.foreign_table:
        said.append(f"leads to {spec.foreign_table}.{spec.foreign_field}".rstrip("."))
    here = (spec.table_name, spec.field_name)
    said += [f"{child} leads here" for child in _children(session, side).get(here, ())]
    return tuple(said)


def _children(session: ProjectSession, side: Side) -> dict[tuple[str, str], list[str]]:
    def find() -> dict[tuple[str, str], list[str]]:
        found: dict[tuple[str, str], list[str]] = {}
        for spec in mapping_view.catalog(session, side).all_fields():
            if spec.foreign_table:
                key = (spec.foreign_table, spec.foreign_field)
                found.setdefault(key, []).append(spec.qualified)
        return found

    return session.cached(f"children:{side.value}", mapping_view.token(session), find)
