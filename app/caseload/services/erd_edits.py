"""What people change about a diagram: places, named layouts and domains.  All can be undone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from caseload.model.catalog import Side
from caseload.model.erd import WHOLE_SYSTEM, Density, StoredLayout
from caseload.model.errors import BadInput
from caseload.model.views import ChangeKind, ChangeSet
from caseload.services import mapping_view
from caseload.services.permission import Permission
from caseload.services.undo import undoable
from caseload.store.records import utc_text

if TYPE_CHECKING:
    from caseload.services.session import ProjectSession

_LONGEST_NAME = 60


def move_tables(
    session: ProjectSession,
    side: Side,
    layout: str,
    density: Density,
    places: Mapping[str, tuple[float, float]],
) -> ChangeSet:
    """Put tables at places of their own; they stay there when anything else changes.

    Raises:
        BadInput: there is no such table, or none was named.
    """
    _known_tables(session, side, places)
    label = f"move {_count(places, 'table')}"
    with undoable(session, Permission.EDIT_CATALOG, "erd.move", label, subject=layout) as command:
        stored = session.project.diagrams.layout(side, layout) or StoredLayout(side, layout)
        own = {**stored.pins.get(density.value, {}), **places}
        session.project.diagrams.keep(
            replace(
                stored,
                pins={**stored.pins, density.value: own},
                by=command.actor,
                at=utc_text(command.at),
            )
        )
    return _changed(label, places)


def save_layout(session: ProjectSession, side: Side, name: str, like: str) -> ChangeSet:
    """Keep a layout under another name; the one it began as stays.

    Raises:
        BadInput: the name is empty, too long or taken.
    """
    name = _free_name(session, side, name)
    label = f"save layout {name}"
    with undoable(session, Permission.EDIT_CATALOG, "erd.save", label, subject=name) as command:
        stored = session.project.diagrams.layout(side, like) or StoredLayout(side, like)
        session.project.diagrams.keep(
            replace(stored, name=name, by=command.actor, at=utc_text(command.at))
        )
    return _changed(label, (), f"Layout {name} saved")


def rename_layout(session: ProjectSession, side: Side, name: str, new: str) -> ChangeSet:
    """Call a layout something else.

    Raises:
        BadInput: there is no such layout, it is the whole system's, or the new name is taken.
    """
    stored = _own_layout(session, side, name)
    new = _free_name(session, side, new)
    label = f"rename layout {name}"
    with undoable(session, Permission.EDIT_CATALOG, "erd.rename", label, subject=name) as command:
        session.project.diagrams.forget_layout(side, name)
        session.project.diagrams.keep(
            replace(stored, name=new, by=command.actor, at=utc_text(command.at))
        )
    return _changed(label, (), f"Layout {name} is now {new}")


def delete_layout(session: ProjectSession, side: Side, name: str) -> ChangeSet:
    """Drop a layout; the whole system's is always there.

    Raises:
        BadInput: there is no such layout, or it is the whole system's.
    """
    _own_layout(session, side, name)
    label = f"delete layout {name}"
    with undoable(session, Permission.EDIT_CATALOG, "erd.delete", label, subject=name):
        session.project.diagrams.forget_layout(side, name)
    return _changed(label, (), f"Layout {name} deleted")


def reset_layout(session: ProjectSession, side: Side, name: str) -> ChangeSet:
    """Let every table of a layout go back to the place that is computed for it."""
    label = f"reset layout {name}"
    with undoable(session, Permission.EDIT_CATALOG, "erd.reset", label, subject=name) as command:
        session.project.diagrams.keep(
            StoredLayout(side, name, by=command.actor, at=utc_text(command.at))
        )
    return _changed(label, (), f"Layout {name} reset")


def rename_domain(session: ProjectSession, side: Side, name: str, new: str) -> ChangeSet:
    """Call a domain something else.

    Raises:
        BadInput: there is no such domain, or another one has the name (then merge them).
    """
    new = _clean(new)
    own = _domain(session, side, name)
    if new != name and new in _all_domains(session, side):
        raise BadInput(
            f"There is a domain {new} already", remedy=f"Merge {name} into {new} instead"
        )
    label = f"rename domain {name}"
    return _set_domains(session, side, dict.fromkeys(own, new), label, f"{name} is now {new}")


def merge_domains(session: ProjectSession, side: Side, name: str, into: str) -> ChangeSet:
    """Put all tables of one domain into another.

    Raises:
        BadInput: one of them is no domain, or both are the same.
    """
    own = _domain(session, side, name)
    _domain(session, side, into)
    if name == into:
        raise BadInput(f"{name} cannot be merged into itself", remedy="Name another domain")
    label = f"merge domain {name} into {into}"
    message = f"{_count(own, 'table')} of {name} are now in {into}"
    return _set_domains(session, side, dict.fromkeys(own, into), label, message, anew=True)


def move_to_domain(
    session: ProjectSession, side: Side, tables: Sequence[str], domain: str
) -> ChangeSet:
    """Put tables into a domain, which is made when there is none of the name.

    Raises:
        BadInput: there is no such table, or the name is empty or too long.
    """
    _known_tables(session, side, tables)
    domain = _clean(domain)
    label = f"move {_count(tables, 'table')} to {domain}"
    message = f"{_count(tables, 'table')} moved to {domain}"
    return _set_domains(
        session, side, dict.fromkeys(tables, domain), label, message, elsewhere=True
    )


def _set_domains(
    session: ProjectSession,
    side: Side,
    domains: Mapping[str, str],
    label: str,
    message: str,
    *,
    anew: bool = False,
    elsewhere: bool = False,
) -> ChangeSet:
    """Keep domains; computed places go, of these tables or (`anew`) of all."""
    diagrams = session.project.diagrams
    with undoable(session, Permission.EDIT_CATALOG, "erd.domain", label) as command:
        diagrams.set_domains(side, domains, by=command.actor, at=utc_text(command.at))
        for stored in diagrams.layouts(side) if anew or elsewhere else ():
            gone = frozenset() if anew else frozenset(domains)
            kept = {
                d: {t: p for t, p in places.items() if t not in gone}
                for d, places in stored.base.items()
            }
            pins = {
                d: {t: p for t, p in places.items() if t not in gone}
                for d, places in stored.pins.items()
            }
            diagrams.keep(replace(stored, base={} if anew else kept, pins=pins))
        command.detail["tables"] = sorted(domains)
    return _changed(label, domains, message)


def _domain(session: ProjectSession, side: Side, name: str) -> tuple[str, ...]:
    own = _all_domains(session, side).get(name)
    if own is None:
        raise BadInput(f"There is no domain {name}", remedy="Name a domain as the diagram shows it")
    return own


def _all_domains(session: ProjectSession, side: Side) -> dict[str, tuple[str, ...]]:
    from caseload.services.erd import diagram

    return {d.name: d.tables for d in diagram(session, side, linked=False).domains}


def _known_tables(session: ProjectSession, side: Side, names: Iterable[str]) -> None:
    catalog = mapping_view.catalog(session, side)
    names = tuple(names)
    if not names:
        raise BadInput("No table was chosen", remedy="Choose at least one")
    for name in names:
        if name not in catalog.tables:
            raise BadInput(
                f"There is no table {name}",
                where=f"{side.value} catalog",
                remedy="Name a table as the diagram shows it",
            )


def _own_layout(session: ProjectSession, side: Side, name: str) -> StoredLayout:
    stored = session.project.diagrams.layout(side, name)
    if name == WHOLE_SYSTEM or stored is None:
        what = f"{WHOLE_SYSTEM} cannot be renamed or deleted"
        raise BadInput(
            what if name == WHOLE_SYSTEM else f"There is no layout {name}",
            remedy="Name a layout that somebody saved",
        )
    return stored


def _free_name(session: ProjectSession, side: Side, name: str) -> str:
    name = _clean(name)
    taken = {layout.name.casefold() for layout in session.project.diagrams.layouts(side)}
    if name.casefold() in taken | {WHOLE_SYSTEM.casefold()}:
        raise BadInput(f"There is a layout {name} already", remedy="Choose another name")
    return name


def _clean(name: str) -> str:
    name = " ".join("".join(c if c.isprintable() else " " for c in name).split())
    if not name:
        raise BadInput("A name is missing", remedy="Type one")
    if len(name) > _LONGEST_NAME:
        raise BadInput("The name is too long", remedy=f"Use {_LONGEST_NAME} characters at most")
    return name


def _changed(label: str, names: Iterable[str], message: str = "") -> ChangeSet:
    kinds = ((ChangeKind.DIAGRAM, tuple(names)), (ChangeKind.AUDIT, ()))
    return ChangeSet(kinds, label, message or f"{label[:1].upper()}{label[1:]}")


def _count(items: Sequence[str] | Mapping[str, object], what: str) -> str:
    return f"1 {what}" if len(items) == 1 else f"{len(items):,} {what}s"
