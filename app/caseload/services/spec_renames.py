"""A person's word on a rename, and the decisions that go along with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from caseload.contract.expression import meant
from caseload.lifecycle.carry import Carried, NewNames, carry, confirmed_tables
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


Named = FieldPlace | str


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
    session: ProjectSession, side: Side, pairs: Sequence[tuple[Named, Named]], why: str
) -> ChangeSet:
    """See `spec_versions.confirm_rename`; several are one command, taken back at once."""
    proposals = _proposals(session, side, pairs)
    first, many = proposals[0], len(proposals)
    label = f"rename {first.old.words()} to {first.new.words()}"
    if many > 1:
        label = f"confirm {many:,} renames"
    with undoable(
        session,
        Permission.EDIT_CATALOG,
        "schemas.confirm_rename",
        label,
        subject=first.old.words() if many == 1 else f"{many:,} names",
    ) as command:
        project = session.project
        at = utc_text(command.at)
        renames = [_said(p, RenameState.CONFIRMED, command.actor, at, why) for p in proposals]
        touched = _resting_on(project, renames)
        for rename in renames:
            refused = tuple(p for p in _refused(project, rename) if p != rename.new)
            project.spec_versions.decide(RenameDecision(rename, refused))
        carried = carry(project, renames)
        before = {carried.rules.get(i, i): record for i, record in touched.items()}
        approved = approve_again(project, side, before)
        command.detail.update(
            side=side.value,
            renames=[[r.old.words(), r.new.words()] for r in renames],
            why=why,
        )
    numbers = tuple(str(session.number_of(i)) for i in carried.rules.values())
    return ChangeSet(
        (
            (ChangeKind.CATALOG, tuple(r.new.words() for r in renames)),
            (ChangeKind.MAPPING, numbers),
            (ChangeKind.AUDIT, ()),
        ),
        label,
        _told(renames, carried, len(approved)),
    )


def refuse(
    session: ProjectSession,
    side: Side,
    old: FieldPlace | str,
    new: FieldPlace | str,
    why: str,
) -> ChangeSet:
    """See `spec_versions.refuse_rename`."""
    (proposal,) = _proposals(session, side, [(old, new)])
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


def _proposals(
    session: ProjectSession, side: Side, pairs: Sequence[tuple[Named, Named]]
) -> list[Rename]:
    """The renames with the machine's evidence, once it is sure that they can be renames."""
    if not pairs:
        raise BadInput("There is no rename to decide", remedy="Name an older and a newer name")
    project, now = session.project, mapping_view.catalog(session, side)
    decided = project.spec_versions.renames(side)
    seen = _Seen(project, side)
    found = [_checked(side, now, seen, decided, old, new) for old, new in pairs]
    olds = {rename.old for rename in found}
    if len(olds) < len(found) or len({rename.new for rename in found}) < len(found):
        raise BadInput("One name cannot become two, nor two names one")
    others = [d for d in decided if d.rename.old not in olds]
    proposed: dict[tuple[FieldPlace, FieldPlace], Rename] = {}
    for then in {id(c): c for c in (seen.where(r.old)[0] for r in found)}.values():
        was, is_ = then, now
        if len(found) == 1 and found[0].old.field and found[0].old.table == found[0].new.table:
            was, is_ = _only(then, found[0].old.table), _only(now, found[0].old.table)
        proposed |= {(r.old, r.new): r for r in compare(was, is_, decided=others).renames}
    return [proposed.get((rename.old, rename.new), rename) for rename in found]


def _checked(
    side: Side,
    now: Catalog,
    seen: _Seen,
    decided: Sequence[RenameDecision],
    old: Named,
    new: Named,
) -> Rename:
    """One rename that can be; refused with the reason otherwise."""
    new_place = _place(new, now)
    if new_place is None:
        raise BadInput(
            f"The {side.value} specs have no {_words(new)}",
            where=f"{side.value} catalog",
            remedy=meant(_words(new), _names(now)) or "Name it as the Schemas page shows it",
        )
    if _place(old, now) is not None:
        raise BadInput(
            f"{_words(old)} is still in the {side.value} specs",
            remedy="Only what is gone can have another name",
        )
    then, old_place = seen.where(old)
    if bool(old_place.field) != bool(new_place.field):
        raise BadInput("A table cannot become a field", remedy="Name two tables, or two fields")
    if _place(new_place, then) is not None:
        raise BadInput(
            f"{new_place.words()} was there beside {old_place.words()} already",
            remedy="It cannot be its new name",
        )
    for known in (d.rename for d in decided if d.rename.state is RenameState.CONFIRMED):
        if known.old == old_place:
            raise BadInput(
                f"{old_place.words()} was already said to be {known.new.words()}",
                remedy="Take that back with Undo first",
            )
    return Rename(side, old_place, new_place, 0.0)


class _Seen:
    """The earlier versions of a side, to ask which had a name last; each is read once."""

    def __init__(self, project: ProjectFile, side: Side) -> None:
        self._project, self._side = project, side
        self._versions = project.spec_versions.all(side)[1:]
        self._catalogs: dict[int, Catalog] = {}

    def where(self, old: Named) -> tuple[Catalog, FieldPlace]:
        """The newest version that had a name, and the name as it was spelt."""
        names: set[str] = set()
        for version in self._versions:
            if version.id not in self._catalogs:
                self._catalogs[version.id] = version_catalog(self._project, version)
            catalog = self._catalogs[version.id]
            place = _place(old, catalog)
            if place is not None:
                return catalog, place
            names |= set(_names(catalog))
        raise BadInput(
            f"No earlier version of the {self._side.value} specs had {_words(old)}",
            remedy=meant(_words(old), names) or "See `caseload schema versions`",
        )


def _words(named: Named) -> str:
    return named if isinstance(named, str) else named.words()


def _only(catalog: Catalog, table: str) -> Catalog:
    """A catalog of one table: the evidence for a rename within it is there."""
    return Catalog(catalog.side, {table: catalog.tables[table]})


def _place(named: Named, catalog: Catalog) -> FieldPlace | None:
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


def _resting_on(project: ProjectFile, renames: Sequence[Rename]) -> Mapping[str, RuleRecord]:
    """The rules in doubt that use what is renamed, as they are before it is."""
    side = renames[0].side
    uses = Uses(project.contract.routes())
    names = NewNames(renames, confirmed_tables(project, side))
    doubted = (MappingStatus.APPROVED, MappingStatus.RE_REVIEW)

    def rests(record: RuleRecord) -> bool:
        found = places(uses.of_rule(record.rule, side))
        return any(names.place(place) is not None for place in found)

    records = project.contract.rules()
    return {r.rule_id: r for r in records if r.rule.status in doubted and rests(r)}


def _told(renames: Sequence[Rename], carried: Carried, approved: int) -> str:
    first = renames[0]
    parts = [f"{first.old.words()} is {first.new.words()} now"]
    if len(renames) > 1:
        parts = [f"{len(renames):,} renames confirmed"]
    moved = len(carried.rules)
    if moved:
        parts.append(f"{moved:,} mapping{'' if moved == 1 else 's'} went along")
    if approved:
        parts.append(f"{approved:,} approval{'' if approved == 1 else 's'} hold again")
    if carried.stayed:
        count = len(carried.stayed)
        parts.append(f"{count:,} stayed, as the new name has its own decision")
    return "; ".join(parts)
