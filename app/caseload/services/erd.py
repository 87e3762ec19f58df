"""The diagram of a side: its tables in domains with coverage and links, and its layouts."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from caseload.model.catalog import Catalog, FieldSpec, Side
from caseload.model.contract import MappingClass, MappingStatus
from caseload.model.erd import (
    WHOLE_SYSTEM,
    Density,
    Diagram,
    DomainLink,
    ErdColumn,
    ErdDomain,
    ErdTable,
    Part,
    Placement,
    Standing,
    StoredLayout,
)
from caseload.model.relationship import RelationshipRow
from caseload.services import erd_layout, mapping_view
from caseload.services.erd_links import Tie, degrees, ties

if TYPE_CHECKING:
    from caseload.services.session import ProjectSession

_MANY = 120

_Standings = dict[tuple[str, str], Standing]


def diagram(session: ProjectSession, side: Side, *, linked: bool = True) -> Diagram:
    """A side's tables, domains and relationships.

    Without `linked` it comes at once and shows no relationships: what a page paints first.
    Tables and domains are the same either way.
    """
    bare = session.cached(
        f"erd:{side.value}", mapping_view.token(session), lambda: _bare(session, side)
    )
    if not linked:
        return bare
    from caseload.services.relationships import relationships

    rows = relationships(session, side)
    return session.cached(
        f"erd.linked:{side.value}", (id(bare), id(rows)), lambda: _linked(bare, rows)
    )


def _bare(session: ProjectSession, side: Side) -> Diagram:
    catalog = mapping_view.catalog(session, side)
    tied = _ties(session, catalog)
    domain_of = _domains(session, catalog, tied)
    members: dict[str, list[str]] = defaultdict(list)
    for name in catalog.tables:
        members[domain_of[name]].append(name)
    degree = degrees(tied)
    chief = {t for own in members.values() for t in erd_layout.landmarks(own, degree)}
    standings = _standings(session, side)
    tables = {
        name: _table(catalog, name, domain_of[name], standings, landmark=name in chief)
        for name in catalog.tables
    }
    domains = tuple(
        ErdDomain(
            title,
            tuple(sorted(own, key=lambda n: n not in chief)),
            sum(len(tables[n].columns) for n in own),
            sum(tables[n].approved for n in own),
            sum(tables[n].decided for n in own),
        )
        for title, own in members.items()
    )
    return Diagram(side, tables, domains, ())


def _ties(session: ProjectSession, catalog: Catalog) -> list[Tie]:
    return session.cached(f"erd.ties:{catalog.side.value}", id(catalog), lambda: ties(catalog))


def _domains(session: ProjectSession, catalog: Catalog, tied: Sequence[Tie]) -> dict[str, str]:
    """The domain of every table: as kept, else found and kept."""
    stored = session.project.diagrams.domains(catalog.side)
    known = {name: domain for name, (domain, _) in stored.items() if name in catalog.tables}
    if len(known) == len(catalog.tables):
        return known
    from caseload.services.erd_domains import find_domains

    found = find_domains(catalog, tied, known)
    if not session.read_only:
        with session.project.unaudited():
            fresh = {name: domain for name, domain in found.items() if name not in known}
            session.project.diagrams.set_domains(catalog.side, fresh)
    return found


def _standings(session: ProjectSession, side: Side) -> _Standings:
    """How far the contract is with each field that it uses or fills."""
    found: _Standings = {}
    for record in mapping_view.records(session):
        rule = record.rule
        if side is Side.SOURCE:
            key = (rule.source_table, rule.source_field)
        elif mapping_view.is_undecided(rule):
            continue
        else:
            key = (rule.target_table, rule.target_field)
        unused = side is Side.SOURCE and rule.mapping_class is MappingClass.OUT_OF_SCOPE
        if not key[1] or unused:
            continue
        if rule.status is MappingStatus.APPROVED:
            found.setdefault(key, Standing.APPROVED)
        else:
            found[key] = Standing.DECIDED
    return found


def _table(
    catalog: Catalog, name: str, domain: str, standings: _Standings, *, landmark: bool
) -> ErdTable:
    spec = catalog.tables[name]
    columns = tuple(
        ErdColumn(
            field.field_name,
            form_words(field),
            _part(field, place),
            standings.get((name, field.field_name), Standing.UNUSED),
            field.mandatory,
        )
        for place, field in enumerate(spec.fields)
    )
    count = Counter(column.standing for column in columns)
    return ErdTable(
        name,
        domain,
        columns,
        spec.description,
        landmark,
        count[Standing.APPROVED],
        count[Standing.DECIDED],
    )


def _part(field: FieldSpec, place: int) -> Part:
    if field.key or field.unique or place == 0:
        return Part.KEY
    return Part.LINK if field.foreign_table else Part.FACT


def form_words(field: FieldSpec) -> str:
    """A field's type and length in short: "VARCHAR2 10", "10" or "DATE"."""
    return " ".join(part for part in (field.data_type, field.length) if part)


def _linked(bare: Diagram, rows: tuple[RelationshipRow, ...]) -> Diagram:
    """The diagram with its relationships, and the columns that they begin at marked."""
    pointing: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        pointing[row.child].update(row.child_fields)
    tables = {
        name: replace(
            table,
            columns=tuple(
                replace(c, part=Part.LINK)
                if c.part is Part.FACT and c.name in pointing[name]
                else c
                for c in table.columns
            ),
        )
        if name in pointing
        else table
        for name, table in bare.tables.items()
    }
    between: Counter[tuple[str, str]] = Counter()
    shown = tuple(r for r in rows if r.child in tables and r.parent in tables)
    for row in shown:
        one, other = sorted((tables[row.child].domain, tables[row.parent].domain))
        if one != other:
            between[one, other] += 1
    links = tuple(DomainLink(a, b, n) for (a, b), n in between.most_common())
    return replace(bare, tables=tables, relationships=shown, domain_links=links)


def usual_density(shown: Diagram) -> Density:
    """What suits the number of tables."""
    return Density.NAMES if len(shown.tables) > _MANY else Density.KEYS


def lay_out(session: ProjectSession) -> None:
    """Find domains and places of both sides and keep them, so that the page opens at once."""
    if session.read_only:
        return
    for side in Side:
        shown = diagram(session, side, linked=False)
        if shown.tables:
            placement(session, side, density=usual_density(shown))


def layouts(session: ProjectSession, side: Side) -> tuple[StoredLayout, ...]:
    """The layouts of a side by name, the whole system first."""
    found = {layout.name: layout for layout in session.project.diagrams.layouts(side)}
    whole = found.pop(WHOLE_SYSTEM, StoredLayout(side, WHOLE_SYSTEM))
    return (whole, *found.values())


def placement(
    session: ProjectSession,
    side: Side,
    name: str = WHOLE_SYSTEM,
    density: Density = Density.KEYS,
) -> Placement:
    """Where everything stands in a layout.

    Computed when it is first asked for, then kept: a table keeps its place when documents are
    read again, and new ones come near what they are tied to.  A layout that is gone is shown
    as the whole system.
    """
    shown = diagram(session, side, linked=False)
    diagrams = session.project.diagrams
    stored = diagrams.layout(side, name) or diagrams.layout(side, WHOLE_SYSTEM)
    stored = stored or StoredLayout(side, WHOLE_SYSTEM)
    tied = _ties(session, mapping_view.catalog(session, side))
    base = stored.base.get(density.value)
    pins = {t: p for t, p in stored.pins.get(density.value, {}).items() if t in shown.tables}
    if base:
        kept = {t: p for t, p in base.items() if t in shown.tables and t not in pins}
        places = erd_layout.complete({**kept, **pins}, shown.tables, shown.domains, tied, density)
    else:
        places = {
            **erd_layout.arrange(shown.tables, shown.domains, tied, density),
            **pins,
        }
    own = {t: p for t, p in places.items() if t not in pins}
    if not session.read_only and shown.tables and own != dict(base or {}):
        remembered = {**(base or {}), **own}
        fresh = {t: p for t, p in remembered.items() if t in shown.tables}
        keep_base(session, stored, density, fresh)
    return erd_layout.placement(places, shown.tables, shown.domains, density, stored.folded)


def keep_base(
    session: ProjectSession,
    layout: StoredLayout,
    density: Density,
    places: Mapping[str, tuple[float, float]],
) -> None:
    """Remember computed places; no one's decision, so not audited."""
    if layout.base.get(density.value) == places:
        return
    with session.project.unaudited():
        base = {**layout.base, density.value: dict(places)}
        session.project.diagrams.keep(replace(layout, base=base))


def fold(session: ProjectSession, side: Side, name: str, domains: Iterable[str]) -> None:
    """Remember which domains are shut in a layout; how a person looks at it, so not audited."""
    if session.read_only:
        return
    stored = session.project.diagrams.layout(side, name) or StoredLayout(side, name)
    with session.project.unaudited():
        session.project.diagrams.keep(replace(stored, folded=tuple(sorted(domains))))
