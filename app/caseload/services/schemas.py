"""Both schema catalogs as read, page by page, and what people put right about them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from caseload.model.catalog import FieldSpec, ReadProblem, Side
from caseload.model.contract import MappingClass
from caseload.model.errors import BadInput
from caseload.model.views import (
    ChangeKind,
    ChangeSet,
    FieldQuery,
    FieldRow,
    Page,
    PagePicture,
    TableSummary,
)
from caseload.services import mapping_view
from caseload.services.permission import Permission
from caseload.services.undo import undoable
from caseload.store.records import Correction, utc_text

if TYPE_CHECKING:
    from caseload.services.session import ProjectSession

DOUBTFUL_BELOW = 0.90

_SORTS: dict[str, Callable[[FieldSpec], Any]] = {
    "position": lambda f: f.position,
    "table_name": lambda f: f.table_name,
    "field_name": lambda f: f.field_name,
    "data_type": lambda f: f.data_type,
    "length": lambda f: (f.size or 0, f.scale),
    "mandatory": lambda f: f.mandatory,
    "data_element": lambda f: f.data_element,
    "format": lambda f: f.format,
    "code_type": lambda f: f.code_type,
    "foreign_table": lambda f: (f.foreign_table, f.foreign_field),
    "description": lambda f: f.description,
    "confidence": lambda f: f.confidence,
    "key": lambda f: f.key,
    "unique": lambda f: f.unique,
    "released_at": lambda f: f.released_at,
}


def tables(session: ProjectSession, side: Side) -> tuple[TableSummary, ...]:
    """Every table of a side, in load or document order."""
    catalog = mapping_view.catalog(session, side)
    mapped = _mapped(session, side)
    return tuple(
        TableSummary(
            side=side,
            name=table.name,
            description=table.description,
            fields=len(table.fields),
            mandatory=sum(f.mandatory for f in table.fields),
            doubtful=sum(f.confidence < DOUBTFUL_BELOW for f in table.fields),
            mean_confidence=(
                sum(f.confidence for f in table.fields) / len(table.fields) if table.fields else 0.0
            ),
            mapped=mapped[table.name],
        )
        for table in catalog.tables.values()
    )


def fields(session: ProjectSession, query: FieldQuery) -> Page[FieldRow]:
    """One page of a side's fields.

    Raises:
        BadInput: they are to be sorted by a column that there is not.
    """
    key = _SORTS.get(query.sort)
    if key is None:
        raise BadInput(
            f"Fields cannot be sorted by {query.sort}", remedy=f"Sort by {', '.join(_SORTS)}"
        )
    catalog = mapping_view.catalog(session, query.side)
    words = query.text.casefold().split()
    found = [f for f in catalog.all_fields() if _matches(f, query) and _speaks_of(f, words)]
    if query.sort == "position" and not query.descending:
        order = {name: place for place, name in enumerate(catalog.tables)}
        found.sort(key=lambda f: (order[f.table_name], f.position))
    else:
        found.sort(key=key, reverse=query.descending)
    corrections = {
        (c.table_name, c.field_name): c for c in session.project.catalogs.corrections(query.side)
    }
    uses = _uses(session, query.side)
    rows = []
    for spec in found[query.offset : query.offset + query.limit]:
        correction = corrections.get((spec.table_name, spec.field_name))
        rows.append(
            FieldRow(
                spec,
                correction.by if correction else "",
                correction.why if correction else "",
                uses.get((spec.table_name, spec.field_name), ()),
            )
        )
    return Page(tuple(rows), query.offset, len(found), catalog.field_count)


def problems(session: ProjectSession, side: Side) -> tuple[ReadProblem, ...]:
    """What the readers could not settle in a side's documents."""
    return mapping_view.catalog(session, side).problems


def page_picture(session: ProjectSession, spec: FieldSpec, width_px: int) -> PagePicture | None:
    """The page of the document where a field was read; None where there is no page to show."""
    from caseload.services import pages

    return pages.picture(session, spec, width_px)


def correct_field(
    session: ProjectSession,
    side: Side,
    table: str,
    field: str,
    changes: Mapping[str, Any],
    why: str,
) -> ChangeSet:
    """Put something right about a field; it holds when the documents are read again.

    Approvals of mappings that the correction changes lapse.

    Raises:
        BadInput: there is no such field, or nothing of it may be corrected so.
    """
    spec = mapping_view.catalog(session, side).find(table, field)
    if spec is None:
        raise BadInput(
            f"There is no field {table}.{field}",
            where=f"{side.value} catalog",
            remedy="Name a field as the Schemas page shows it",
        )
    earlier = next(
        (
            c
            for c in session.project.catalogs.corrections(side)
            if (c.table_name, c.field_name) == (spec.table_name, spec.field_name)
        ),
        None,
    )
    merged = {**(earlier.changes if earlier else {}), **_checked(spec, changes)}
    label = f"correct {spec.qualified}"
    with undoable(
        session, Permission.EDIT_CATALOG, "schemas.correct", label, subject=spec.qualified
    ) as command:
        session.project.catalogs.correct(
            Correction(
                side,
                spec.table_name,
                spec.field_name,
                merged,
                command.actor,
                why.strip(),
                utc_text(command.at),
            )
        )
        command.detail["side"] = side.value
        command.detail["changed"] = ", ".join(sorted(changes))
    kinds = ((ChangeKind.CATALOG, (spec.qualified,)), (ChangeKind.MAPPING, ()))
    return ChangeSet(kinds, label, f"{spec.qualified} corrected")


def accept_field(session: ProjectSession, side: Side, table: str, field: str) -> ChangeSet:
    """Confirm that a field was read rightly: its confidence becomes 1.

    Raises:
        BadInput: there is no such field.
    """
    return correct_field(session, side, table, field, {"confidence": 1.0}, "confirmed as read")


def _checked(spec: FieldSpec, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Changes with values of the kind that the field has.

    Raises:
        BadInput: a value is of another kind; `Catalogs.correct` refuses unknown names.
    """
    checked: dict[str, Any] = {}
    for name, value in changes.items():
        now = getattr(spec, name, None)
        if isinstance(now, tuple):
            value = value.split(",") if isinstance(value, str) else value
            value = [str(part).strip() for part in value if str(part).strip()]
        elif isinstance(now, bool) != isinstance(value, bool) or (
            isinstance(now, str) and not isinstance(value, str)
        ):
            raise BadInput(
                f"{name} of a field cannot be {value!r}",
                where=spec.qualified,
                remedy="Give a value of the same kind as the one it has",
            )
        elif name == "confidence" and not 0 <= value <= 1:
            raise BadInput("A confidence is between 0 and 1", where=spec.qualified)
        checked[name] = value
    return checked


def _matches(spec: FieldSpec, query: FieldQuery) -> bool:
    return (
        (not query.table or spec.table_name == query.table)
        and query.mandatory in (None, spec.mandatory)
        and (query.below_confidence is None or spec.confidence < query.below_confidence)
    )


def _speaks_of(spec: FieldSpec, words: list[str]) -> bool:
    if not words:
        return True
    text = f"{spec.qualified} {spec.description} {spec.format} {spec.code_type}".casefold()
    return all(word in text for word in words)


def _uses(session: ProjectSession, side: Side) -> dict[tuple[str, str], tuple[str, ...]]:
    """The other side's fields that the contract joins a field to."""
    return session.cached(
        f"uses:{side.value}", mapping_view.token(session), lambda: _read_uses(session, side)
    )


def _read_uses(session: ProjectSession, side: Side) -> dict[tuple[str, str], tuple[str, ...]]:
    found: dict[tuple[str, str], list[str]] = {}
    for record in mapping_view.records(session):
        rule = record.rule
        if not rule.source_field:
            continue
        ends = (
            (rule.source_table, rule.source_field),
            (rule.target_table, rule.target_field),
        )
        here, there = ends if side is Side.SOURCE else ends[::-1]
        found.setdefault(here, []).append(".".join(there))
    return {key: tuple(dict.fromkeys(names)) for key, names in found.items()}


def _mapped(session: ProjectSession, side: Side) -> Counter[str]:
    """Fields by table that the contract fills, or fills others from."""
    if side is Side.SOURCE:
        return Counter(table for table, _ in _uses(session, side))
    decided = {
        (r.rule.target_table, r.rule.target_field)
        for r in mapping_view.records(session)
        if r.rule.mapping_class is not MappingClass.OUT_OF_SCOPE
        and not mapping_view.is_undecided(r.rule)
    }
    return Counter(table for table, _ in decided)
