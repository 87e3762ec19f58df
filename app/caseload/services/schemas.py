"""Both schema catalogs as they stand, with corrections, page by page.

The commands that put them right are those of `services.corrections`; they are offered here too,
since the doors ask for everything about catalogs here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from caseload.model.catalog import Catalog, FieldSpec, ReadProblem, Side
from caseload.model.contract import MappingClass
from caseload.model.correction import standing
from caseload.model.errors import BadInput
from caseload.model.views import FieldQuery, FieldRow, Page, PagePicture, TableSummary
from caseload.services import mapping_view
from caseload.services.correction_values import text_of
from caseload.services.correction_views import (
    by_shown_name,
    corrections,
    history,
    read_field,
)
from caseload.services.corrections import (
    accept_field,
    accept_fields,
    add_field,
    add_table,
    correct_field,
    correct_fields,
    describe_table,
    remove_table,
    withdraw,
)
from caseload.services.schema_filters import BANDS, DOUBTFUL_BELOW, SORTS, matches
from caseload.services.schema_problems import (
    dismiss,
    open_problems,
    problem_counts,
    problem_rows,
    reopen,
)
from caseload.store.catalogs import fix_of
from caseload.store.records import Correction

if TYPE_CHECKING:
    from caseload.services.session import ProjectSession

__all__ = [
    "BANDS",
    "DOUBTFUL_BELOW",
    "accept_field",
    "accept_fields",
    "add_field",
    "add_table",
    "correct_field",
    "correct_fields",
    "corrections",
    "counts_by_table",
    "describe_table",
    "dismiss",
    "fields",
    "history",
    "matching",
    "names_matching",
    "page_picture",
    "problem_rows",
    "problems",
    "remove_table",
    "reopen",
    "tables",
    "withdraw",
]


def tables(session: ProjectSession, side: Side) -> tuple[TableSummary, ...]:
    """Every table of a side, in load or document order."""
    return session.cached(
        f"tables:{side.value}", mapping_view.token(session), lambda: _tables(session, side)
    )


def _tables(session: ProjectSession, side: Side) -> tuple[TableSummary, ...]:
    catalog = mapping_view.catalog(session, side)
    mapped = _mapped(session, side)
    fixed = Counter(table for table, _ in by_shown_name(session, side))
    troubled: Counter[str] = Counter()
    for (table, _field), count in problem_counts(session, side).items():
        troubled[table] += count
    domains = session.project.diagrams.domains(side)
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
            problems=troubled[table.name],
            corrected=fixed[table.name],
            domain=domains.get(table.name, ("", ""))[0],
        )
        for table in catalog.tables.values()
    )


def fields(session: ProjectSession, query: FieldQuery) -> Page[FieldRow]:
    """One page of a side's fields.

    Raises:
        BadInput: they are to be sorted by a column that there is not.
    """
    found = matching(session, query)
    rows = tuple(found[query.offset : query.offset + query.limit])
    return Page(
        rows, query.offset, len(found), mapping_view.catalog(session, query.side).field_count
    )


def matching(session: ProjectSession, query: FieldQuery) -> list[FieldRow]:
    """All fields that match, sorted, whatever the page.

    Raises:
        BadInput: they are to be sorted by a column that there is not.
    """
    key = SORTS.get(query.sort)
    if key is None:
        raise BadInput(
            f"Fields cannot be sorted by {query.sort}", remedy=f"Sort by {', '.join(SORTS)}"
        )
    found = [row for row in _rows(session, query.side) if matches(row, query)]
    if query.sort != "position" or query.descending:
        found.sort(key=key, reverse=query.descending)
    return found


def counts_by_table(session: ProjectSession, query: FieldQuery) -> Mapping[str, int]:
    """How many fields of each table match."""
    return Counter(row.spec.table_name for row in _rows(session, query.side) if matches(row, query))


def names_matching(session: ProjectSession, query: FieldQuery) -> list[tuple[str, str]]:
    """The names of all fields that match, for commands on "all that match"."""
    return [(row.spec.table_name, row.spec.field_name) for row in matching(session, query)]


def _rows(session: ProjectSession, side: Side) -> tuple[FieldRow, ...]:
    """Every field of a side with what is known about it, table by table."""
    return session.cached(
        f"field rows:{side.value}", mapping_view.token(session), lambda: _made_rows(session, side)
    )


def _made_rows(session: ProjectSession, side: Side) -> tuple[FieldRow, ...]:
    fixes = by_shown_name(session, side)
    uses = _uses(session, side)
    troubled = problem_counts(session, side)
    filled = _decided(session) if side is Side.TARGET else frozenset(uses)
    read = mapping_view.catalog_as_read(session, side)
    rows = []
    for spec in mapping_view.catalog(session, side).all_fields():
        name = (spec.table_name, spec.field_name)
        fix = fixes.get(name)
        used, troubles = uses.get(name, ()), troubled.get(name, 0)
        row = FieldRow(spec, used_by=used, mapped=name in filled, problems=troubles)
        rows.append(row if fix is None else _with_correction(read, row, fix))
    return tuple(rows)


def _with_correction(catalog: Catalog, row: FieldRow, fix: Correction) -> FieldRow:
    read = read_field(catalog, fix)
    silent = ("was", "place", "removed", "added", "confidence")
    return replace(
        row,
        corrected_by=fix.by,
        correction_reason=fix.why,
        corrected_at=fix.at,
        read=read,
        standing=standing(catalog, fix_of(fix)).value,
        changed=frozenset(
            name
            for name in fix.changes
            if name not in silent and (not read or text_of(read, name) != text_of(row.spec, name))
        ),
    )


def problems(session: ProjectSession, side: Side) -> tuple[ReadProblem, ...]:
    """What the readers could not settle in a side's documents and no person has settled."""
    return open_problems(session, side)


def page_picture(session: ProjectSession, spec: FieldSpec, width_px: int) -> PagePicture | None:
    """The page of the document where a field was read; None where there is no page to show."""
    from caseload.services import pages

    return pages.picture(session, spec, width_px)


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


def _decided(session: ProjectSession) -> frozenset[tuple[str, str]]:
    """Target fields that a rule fills."""
    return frozenset(
        (r.rule.target_table, r.rule.target_field)
        for r in mapping_view.records(session)
        if r.rule.mapping_class is not MappingClass.OUT_OF_SCOPE
        and not mapping_view.is_undecided(r.rule)
    )


def _mapped(session: ProjectSession, side: Side) -> Counter[str]:
    """Fields by table that the contract fills, or fills others from."""
    if side is Side.SOURCE:
        return Counter(table for table, _ in _uses(session, side))
    return Counter(table for table, _ in _decided(session))
