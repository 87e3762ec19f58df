"""Links between tables: what is proposed and why, and what people say about it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import TYPE_CHECKING

from caseload.lifecycle.paths import CROSSWALKS
from caseload.model.catalog import Catalog, Side
from caseload.model.errors import BadInput
from caseload.model.relationship import (
    Cardinality,
    Evidence,
    LinkDecision,
    LinkKind,
    LinkState,
    Relationship,
    RelationshipRow,
    joined,
    link_id,
)
from caseload.model.views import ChangeKind, ChangeSet
from caseload.services import mapping_view
from caseload.services.permission import Permission
from caseload.services.relationship_measure import measure
from caseload.services.undo import undoable
from caseload.store.project_file import Command
from caseload.store.records import utc_text

if TYPE_CHECKING:
    from caseload.services.session import ProjectSession
    from caseload.specs.meaning import CatalogMeaning

__all__ = [
    "confirm",
    "draw",
    "measure",
    "reject",
    "relationships",
    "understood",
    "withdraw",
]

_DECIDED_IN = ("relationships.", "schemas.")
"""The areas of commands that change what people decided about links; a rename carries it over."""

DRAWN = "drawn"
"""The state of a decision by which a person drew a link; of others it is a `LinkState`."""


def relationships(
    session: ProjectSession, side: Side, *, include_rejected: bool = False
) -> tuple[RelationshipRow, ...]:
    """Every link between a side's tables, in the catalog's order of children.

    The first call after a change works for a second or so on a large catalog: not for the
    thread that draws the window.
    """
    catalog = mapping_view.catalog(session, side)
    lines = (session.project.audit.lines(action=area, limit=1) for area in _DECIDED_IN)
    decided = tuple(found[0].seq if found else 0 for found in lines)
    rows = session.cached(
        f"relationships:{side.value}",
        (catalog, decided, _code_lists(session)),
        lambda: _rows(session, catalog),
    )
    if include_rejected:
        return rows
    return tuple(row for row in rows if row.state is not LinkState.REJECTED)


def understood(session: ProjectSession, catalog: Catalog) -> CatalogMeaning:
    """The catalog's meaning with the project's code lists, before anybody's decisions."""
    from caseload.specs.meaning import understand

    return understand(catalog, code_lists=_code_lists(session) or None)


def _code_lists(session: ProjectSession) -> tuple[str, ...]:
    folder = session.folder / CROSSWALKS
    return tuple(sorted(path.stem for path in folder.glob("*.csv"))) if folder.is_dir() else ()


def _rows(session: ProjectSession, catalog: Catalog) -> tuple[RelationshipRow, ...]:
    links = _measured(session, catalog, understood(session, catalog))
    found = {row.id: row for row in (_row(catalog, link) for link in links)}
    same = {link.at: name for link, name in zip(links, found, strict=True)}
    for decision in session.project.relationships.decisions(catalog.side):
        name = same.get(decision.at, decision.id)
        found[name] = _decided(found.get(name), decision, stands=_stands(catalog, decision))
    order = {name: place for place, name in enumerate(catalog.tables)}
    last = len(order)
    return tuple(
        sorted(found.values(), key=lambda r: (order.get(r.child, last), r.child_fields, r.parent))
    )


def _measured(
    session: ProjectSession, catalog: Catalog, whole: CatalogMeaning
) -> list[Relationship]:
    """Links with what was measured of them, and those that only rows speak for."""
    from caseload.specs.meaning.relationships import PROPOSED_FROM
    from caseload.specs.meaning.relationships_measured import Measured, from_data, with_measure

    measures = {m.id: m.body for m in session.project.relationships.measures(catalog.side)}
    if not measures:
        return whole.relationships
    told = {_id_of(catalog.side, link) for link in (*whole.relationships, *whole.doubtful)}
    ends = [
        (
            (body["child"], tuple(body["child_fields"])),
            (body["parent"], tuple(body["parent_fields"])),
        )
        for name, body in measures.items()
        if body["found"] and name not in told
    ]
    there = [(own, other) for own, other in ends if all(_there(catalog, *e) for e in (own, other))]
    links, taken = [], set()
    for link in (*whole.relationships, *whole.doubtful, *from_data(catalog, whole, there)):
        body = measures.get(_id_of(catalog.side, link))
        now = with_measure(link, Measured.of(body)) if body else link
        from_rows = body is not None and body["found"]
        if from_rows and (link.child, link.child_fields) in taken:
            continue
        if now.confidence >= PROPOSED_FROM or link.confidence >= PROPOSED_FROM:
            links.append(now)
            taken.add((link.child, link.child_fields))
    return links


def _there(catalog: Catalog, table: str, fields: tuple[str, ...]) -> bool:
    return all(catalog.find(table, name) for name in fields)


def _stands(catalog: Catalog, decision: LinkDecision) -> bool:
    own = _there(catalog, decision.child, decision.child_fields)
    return own and _there(catalog, decision.parent, decision.parent_fields)


def _id_of(side: Side, link: Relationship) -> str:
    return link_id(side, link.child, link.child_fields, link.parent, link.parent_fields)


def _row(catalog: Catalog, link: Relationship) -> RelationshipRow:
    ends = (link.child, link.child_fields, link.parent, link.parent_fields)
    return RelationshipRow(
        _id_of(catalog.side, link),
        catalog.side,
        *ends,
        link.cardinality,
        link.kind,
        LinkState.PROPOSED,
        link.confidence,
        link.evidence,
    )


def _decided(
    row: RelationshipRow | None, decision: LinkDecision, *, stands: bool
) -> RelationshipRow:
    """A proposed link with what was decided about it; a drawn one if nothing proposes it.

    A decision about fields that the catalog no longer has waits for them, and holds nothing.
    """
    drawn = row is None
    row = row or RelationshipRow(
        decision.id,
        decision.side,
        decision.child,
        decision.child_fields,
        decision.parent,
        decision.parent_fields,
        Cardinality.ONE_TO_MANY,
        LinkKind.DRAWN,
        LinkState.CONFIRMED,
        1.0,
    )
    rejected = decision.state == LinkState.REJECTED.value
    if not stands:
        gone = Evidence("fields", passed=False, note="no longer in the catalog: the decision waits")
        row = replace(row, evidence=(*row.evidence, gone))
    return replace(
        row,
        kind=LinkKind.DRAWN if drawn else row.kind,
        state=LinkState.REJECTED if rejected else LinkState.CONFIRMED,
        confidence=(row.confidence if rejected else 1.0) if stands else 0.0,
        cardinality=Cardinality(decision.cardinality) if decision.cardinality else row.cardinality,
        by=decision.by,
        at=decision.at_utc,
        why=decision.why,
    )


def confirm(session: ProjectSession, ids: Sequence[str], why: str = "") -> ChangeSet:
    """Say that links are right; they hold as declared ones do.

    Raises:
        BadInput: there is no such link.
    """
    return _judge(session, ids, LinkState.CONFIRMED, why)


def reject(session: ProjectSession, ids: Sequence[str], why: str = "") -> ChangeSet:
    """Say that links are wrong; they are used nowhere and not proposed again.

    Raises:
        BadInput: there is no such link.
    """
    return _judge(session, ids, LinkState.REJECTED, why)


def draw(
    session: ProjectSession,
    side: Side,
    child: str,
    child_fields: Sequence[str],
    parent: str,
    parent_fields: Sequence[str],
    cardinality: str = "1:n",
    why: str = "",
) -> ChangeSet:
    """Draw a link by hand; it holds as declared ones do.

    Raises:
        BadInput: there is no such table or field, the fields do not pair, the link is to
            itself, or the cardinality is none.
    """
    catalog = mapping_view.catalog(session, side)
    own, other = tuple(child_fields), tuple(parent_fields)
    child, own = _end(catalog, child, own)
    parent, other = _end(catalog, parent, other)
    if len(own) != len(other):
        raise BadInput(
            f"{len(own)} fields cannot point at {len(other)}",
            where=f"{child} to {parent}",
            remedy="Name as many fields of the one as of the other, in the same order",
        )
    if (child, own) == (parent, other):
        raise BadInput("A field cannot point at itself", where=f"{child}.{', '.join(own)}")
    if cardinality not in tuple(Cardinality):
        raise BadInput(
            f"There is no cardinality {cardinality}",
            remedy=f"Choose one of {', '.join(Cardinality)}",
        )
    same = joined(child, own, parent, other)
    known = (r for r in relationships(session, side, include_rejected=True) if r.joins == same)
    row = next(known, None)
    ends = (child, own, parent, other)
    link = row.id if row else link_id(side, *ends)
    if row:  # the same fields in another order are the same link
        ends = (row.child, row.child_fields, row.parent, row.parent_fields)
    label = f"draw {_words(*ends)}"
    with _command(session, "draw", label, link) as command:
        session.project.relationships.decide(
            LinkDecision(
                link,
                side,
                *ends,
                DRAWN,
                cardinality,
                why.strip(),
                command.actor,
                utc_text(command.at),
            )
        )
        command.detail["why"] = why.strip()
    return _changed([link], label, f"{_words(*ends)} drawn")


def withdraw(session: ProjectSession, ids: Sequence[str]) -> ChangeSet:
    """Take decisions back: links are proposed again, drawn ones are gone.

    Raises:
        BadInput: nobody has decided about such a link.
    """
    decided = {d.id for d in session.project.relationships.decisions()}
    names = _known(ids, decided.__contains__, "Nobody has decided about")
    label = f"withdraw {_count(names, 'decision')}"
    with _command(session, "withdraw", label, _subject(names)):
        session.project.relationships.forget(names)
    return _changed(names, label, f"{_count(names, 'decision')} withdrawn")


def _judge(session: ProjectSession, ids: Sequence[str], state: LinkState, why: str) -> ChangeSet:
    rows = {r.id: r for side in Side for r in relationships(session, side, include_rejected=True)}
    names = _known(ids, rows.__contains__, "There is no relationship")
    verb = "confirm" if state is LinkState.CONFIRMED else "reject"
    label = f"{verb} {_count(names, 'relationship')}"
    with _command(session, verb, label, _subject(names)) as command:
        for name in names:
            row = rows[name]
            keeps = row.kind is LinkKind.DRAWN and state is LinkState.CONFIRMED
            session.project.relationships.decide(
                LinkDecision(
                    name,
                    row.side,
                    row.child,
                    row.child_fields,
                    row.parent,
                    row.parent_fields,
                    DRAWN if keeps else state.value,
                    row.cardinality.value,
                    why.strip(),
                    command.actor,
                    utc_text(command.at),
                )
            )
        command.detail["why"] = why.strip()
    return _changed(names, label, f"{_count(names, 'relationship')} {state.value}")


def _command(
    session: ProjectSession, verb: str, label: str, subject: str
) -> AbstractContextManager[Command]:
    return undoable(
        session, Permission.EDIT_CATALOG, f"relationships.{verb}", label, subject=subject
    )


def _end(catalog: Catalog, table: str, fields: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """A table and fields of it as the catalog spells them.

    Raises:
        BadInput: there is no such table or field, or no field was named.
    """
    found = next((t for n, t in catalog.tables.items() if n.casefold() == table.casefold()), None)
    where = f"{catalog.side.value} catalog"
    if found is None:
        raise BadInput(
            f"There is no table {table}",
            where=where,
            remedy="Name a table as the Schemas page shows it",
        )
    if not fields:
        raise BadInput(f"No field of {table} was named", where=where)
    specs = [found.field_named(name) for name in fields]
    missing = [name for name, spec in zip(fields, specs, strict=True) if spec is None]
    if missing:
        raise BadInput(
            f"There is no field {found.name}.{missing[0]}",
            where=where,
            remedy="Name a field as the Schemas page shows it",
        )
    return found.name, tuple(spec.field_name for spec in specs if spec)


def _known(ids: Sequence[str], knows: Callable[[str], bool], refusal: str) -> list[str]:
    if not ids:
        raise BadInput("No relationship was chosen", remedy="Choose at least one")
    for name in ids:
        if not knows(name):
            raise BadInput(
                f"{refusal} {name}",
                remedy="Name relationships as `caseload relationships list` shows them",
            )
    return list(dict.fromkeys(ids))


def _changed(ids: Sequence[str], label: str, message: str) -> ChangeSet:
    return ChangeSet(((ChangeKind.CATALOG, tuple(ids)), (ChangeKind.AUDIT, ())), label, message)


def _words(child: str, own: tuple[str, ...], parent: str, other: tuple[str, ...]) -> str:
    return f"{child}.{', '.join(own)} to {parent}.{', '.join(other)}"


def _subject(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1:,} more"


def _count(items: Sequence[object], what: str) -> str:
    return f"1 {what}" if len(items) == 1 else f"{len(items):,} {what}s"
