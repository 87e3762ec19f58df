"""A person's word on a rename, and the decisions that go along with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from caseload.contract.expression import meant
from caseload.lifecycle.carry import Carried, carry
from caseload.lifecycle.refresh import approve_again, version_catalog
from caseload.lifecycle.spec_uses import Uses, places
from caseload.model.catalog import Catalog, FieldSpec, Side
from caseload.model.contract import MappingStatus
from caseload.model.errors import BadInput
from caseload.model.schema_diff import (
    FieldPlace,
    Rename,
    RenameDecision,
    RenameState,
    SchemaComparison,
    SpecVersion,
)
from caseload.model.views import ChangeKind, ChangeSet
from caseload.services import mapping_view
from caseload.services.permission import Permission
from caseload.services.undo import undoable
from caseload.specs.compare import compare
from caseload.store.project_file import ProjectFile
from caseload.store.records import RuleRecord, utc_text

if TYPE_CHECKING:
    from caseload.services.session import ProjectSession


def compared(
    session: ProjectSession, old: SpecVersion, new: SpecVersion, was: Catalog, now: Catalog
) -> SchemaComparison:
    """Two versions compared with what people said of renames in mind."""
    decided = session.project.spec_versions.renames(new.side)
    found = compare(was, now, decided=decided)
    return SchemaComparison(
        new.side, old, new, tuple(found.changes), tuple(found.renames), tuple(found.refused)
    )


def confirm(
    session: ProjectSession,
    side: Side,
    old: FieldPlace | str,
    new: FieldPlace | str,
    why: str,
) -> ChangeSet:
    """See `spec_versions.confirm_rename`."""
    proposal = _proposal(session, side, old, new)
    label = f"rename {proposal.old.words()} to {proposal.new.words()}"
    with undoable(
        session,
        Permission.EDIT_CATALOG,
        "schemas.confirm_rename",
        label,
        subject=proposal.old.words(),
    ) as command:
        project = session.project
        rename = _said(proposal, RenameState.CONFIRMED, command.actor, utc_text(command.at), why)
        refused = tuple(p for p in _refused(project, rename) if p != rename.new)
        touched = _resting_on(project, rename)
        project.spec_versions.decide(RenameDecision(rename, refused))
        carried = carry(project, rename)
        before = {carried.rules.get(i, i): record for i, record in touched.items()}
        approved = approve_again(project, side, before)
        command.detail.update(
            side=side.value, old=rename.old.words(), new=rename.new.words(), why=why
        )
    numbers = tuple(str(session.number_of(i)) for i in carried.rules.values())
    return ChangeSet(
        (
            (ChangeKind.CATALOG, (rename.new.words(),)),
            (ChangeKind.MAPPING, numbers),
            (ChangeKind.AUDIT, ()),
        ),
        label,
        _told(rename, carried, len(approved)),
    )


def refuse(
    session: ProjectSession,
    side: Side,
    old: FieldPlace | str,
    new: FieldPlace | str,
    why: str,
) -> ChangeSet:
    """See `spec_versions.refuse_rename`."""
    proposal = _proposal(session, side, old, new)
    label = f"keep {proposal.old.words()} and {proposal.new.words()} apart"
    with undoable(
        session,
        Permission.EDIT_CATALOG,
        "schemas.refuse_rename",
        label,
        subject=proposal.old.words(),
    ) as command:
        versions = session.project.spec_versions
        rename = _said(proposal, RenameState.REFUSED, command.actor, utc_text(command.at), why)
        refused = dict.fromkeys((*_refused(session.project, rename), rename.new))
        versions.decide(RenameDecision(rename, tuple(refused)))
        command.detail.update(
            side=side.value, old=rename.old.words(), new=rename.new.words(), why=why
        )
    message = f"{rename.old.words()} and {rename.new.words()} are two things"
    return ChangeSet(
        ((ChangeKind.CATALOG, (rename.new.words(),)), (ChangeKind.AUDIT, ())), label, message
    )


def _proposal(
    session: ProjectSession, side: Side, old: FieldPlace | str, new: FieldPlace | str
) -> Rename:
    """The rename with the machine's evidence for it, once it is sure that it can be one."""
    project, now = session.project, mapping_view.catalog(session, side)
    new_place = _place(new, now)
    if new_place is None:
        words = new if isinstance(new, str) else new.words()
        raise BadInput(
            f"The {side.value} specs have no {words}",
            where=f"{side.value} catalog",
            remedy=meant(words, _names(now)) or "Name it as the Schemas page shows it",
        )
    if _place(old, now) is not None:
        raise BadInput(
            f"{old if isinstance(old, str) else old.words()} is still in the {side.value} specs",
            remedy="Only what is gone can have another name",
        )
    then, old_place = _last_seen(project, side, old)
    if bool(old_place.field) != bool(new_place.field):
        raise BadInput("A table cannot become a field", remedy="Name two tables, or two fields")
    if _place(new_place, then) is not None:
        raise BadInput(
            f"{new_place.words()} was there beside {old_place.words()} already",
            remedy="It cannot be its new name",
        )
    for decision in project.spec_versions.renames(side):
        known = decision.rename
        if known.old == old_place and known.state is RenameState.CONFIRMED:
            raise BadInput(
                f"{old_place.words()} was already said to be {known.new.words()}",
                remedy="Take that back with Undo first",
            )
    decided = [d for d in project.spec_versions.renames(side) if d.rename.old != old_place]
    if old_place.field and old_place.table == new_place.table:
        then, now = _only(then, old_place.table), _only(now, old_place.table)
    for rename in compare(then, now, decided=decided).renames:
        if (rename.old, rename.new) == (old_place, new_place):
            return rename
    return Rename(side, old_place, new_place, 0.0)


def _only(catalog: Catalog, table: str) -> Catalog:
    """A catalog of one table: the evidence for a rename within it is there."""
    return Catalog(catalog.side, {table: catalog.tables[table]})


def _last_seen(
    project: ProjectFile, side: Side, old: FieldPlace | str
) -> tuple[Catalog, FieldPlace]:
    """The newest version that had the old name, and the name as it was spelt."""
    names: set[str] = set()
    for version in project.spec_versions.all(side):
        catalog = version_catalog(project, version)
        place = _place(old, catalog)
        if place is not None:
            return catalog, place
        names |= set(_names(catalog))
    words = old if isinstance(old, str) else old.words()
    raise BadInput(
        f"No version of the {side.value} specs had {words}",
        remedy=meant(words, names) or "See `caseload schema versions`",
    )


def _place(named: FieldPlace | str, catalog: Catalog) -> FieldPlace | None:
    """A field or table of a catalog by its name, however it is cut into table and field."""
    if isinstance(named, FieldPlace):
        table = catalog.tables.get(named.table)
        if table is None or (named.field and not _has(table.fields, named.field)):
            return None
        return named
    if named in catalog.tables:
        return FieldPlace(named)
    for at in (i for i, letter in enumerate(named) if letter == "."):
        table = catalog.tables.get(named[:at])
        if table is not None and _has(table.fields, named[at + 1 :]):
            return FieldPlace(named[:at], named[at + 1 :])
    return None


def _has(fields: Iterable[FieldSpec], name: str) -> bool:
    return any(spec.field_name == name for spec in fields)


def _names(catalog: Catalog) -> list[str]:
    return [*catalog.tables, *(spec.qualified for spec in catalog.all_fields())]


def _said(rename: Rename, state: RenameState, by: str, at: str, why: str) -> Rename:
    return Rename(
        rename.side,
        rename.old,
        rename.new,
        rename.confidence,
        rename.evidence,
        state,
        " ".join(why.split()),
        by,
        at,
    )


def _refused(project: ProjectFile, rename: Rename) -> tuple[FieldPlace, ...]:
    for decision in project.spec_versions.renames(rename.side):
        if decision.rename.old == rename.old:
            return decision.refused
    return ()


def _resting_on(project: ProjectFile, rename: Rename) -> Mapping[str, RuleRecord]:
    """The rules in doubt that use what is renamed, as they are before it is."""
    uses = Uses(project.contract.routes())
    doubted = (MappingStatus.APPROVED, MappingStatus.RE_REVIEW)

    def rests(record: RuleRecord) -> bool:
        found = places(uses.of_rule(record.rule, rename.side))
        if not rename.old.field:
            return any(p.table.casefold() == rename.old.table.casefold() for p in found)
        wanted = (rename.old.table.casefold(), rename.old.field.casefold())
        return any((p.table.casefold(), p.field.casefold()) == wanted for p in found)

    records = project.contract.rules()
    return {r.rule_id: r for r in records if r.rule.status in doubted and rests(r)}


def _told(rename: Rename, carried: Carried, approved: int) -> str:
    parts = [f"{rename.old.words()} is {rename.new.words()} now"]
    moved = len(carried.rules)
    if moved:
        parts.append(f"{moved:,} mapping{'' if moved == 1 else 's'} went along")
    if approved:
        parts.append(f"{approved:,} approval{'' if approved == 1 else 's'} hold again")
    if carried.stayed:
        count = len(carried.stayed)
        parts.append(f"{count:,} stayed, as the new name has its own decision")
    return "; ".join(parts)
