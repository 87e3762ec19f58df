"""Corrections as they are shown: whose, of what, how they stand to the documents, since when."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from caseload.model.catalog import Catalog, FieldSpec, Side
from caseload.model.correction import Standing, standing
from caseload.model.schema_views import CorrectionEvent, CorrectionRow
from caseload.services import correction_values, mapping_view
from caseload.store.catalogs import fix_of
from caseload.store.records import Correction

if TYPE_CHECKING:
    from caseload.services.session import ProjectSession


def by_shown_name(session: ProjectSession, side: Side) -> Mapping[tuple[str, str], Correction]:
    """Corrections of fields by the name that the field has now."""
    return session.cached(
        f"corrections:{side.value}", mapping_view.token(session), lambda: _by_name(session, side)
    )


def _by_name(session: ProjectSession, side: Side) -> Mapping[tuple[str, str], Correction]:
    found = {}
    shown = mapping_view.catalog(session, side)
    for each in session.project.catalogs.corrections(side):
        if not each.table_name or not each.field_name:
            continue
        renamed = str(each.changes.get("field_name", each.field_name))
        here = shown.find(each.table_name, renamed) is not None
        found[each.table_name, renamed if here else each.field_name] = each
    return found


def read_field(read: Catalog, fix: Correction) -> FieldSpec | None:
    """The field as the documents have it; None where a person added it."""
    found = read.find(fix.table_name, fix.field_name)
    return found or read.find(fix.table_name, str(fix.changes.get("field_name", "")))


def corrections(session: ProjectSession, side: Side) -> tuple[CorrectionRow, ...]:
    """Every correction of a side in words, those that need a look first."""
    read = mapping_view.catalog_as_read(session, side)
    rows = []
    for each in session.project.catalogs.corrections(side):
        if not each.table_name:
            continue
        state = standing(read, fix_of(each))
        changes = _in_words(read_field(read, each), each)
        rows.append(
            CorrectionRow(
                each.table_name,
                each.field_name,
                changes,
                state.value,
                each.by,
                each.why,
                each.at,
            )
        )
    order = [Standing.WAITING, Standing.ALTERED, Standing.NOT_NEEDED, Standing.HOLDS]
    return tuple(sorted(rows, key=lambda r: (order.index(Standing(r.standing)), r.table, r.field)))


def history(
    session: ProjectSession, side: Side, table: str, field: str
) -> tuple[CorrectionEvent, ...]:
    """What was put right about a field: when, who, what and why, newest first."""
    fix = by_shown_name(session, side).get((table, field))
    key = (side.value, table, fix.field_name if fix else field)
    lines = session.cached(
        "correction lines", mapping_view.token(session), lambda: _correction_lines(session)
    )
    return tuple(lines.get(key, ()))


def _correction_lines(
    session: ProjectSession,
) -> Mapping[tuple[str, ...], list[CorrectionEvent]]:
    found: dict[tuple[str, ...], list[CorrectionEvent]] = {}
    for line in session.project.audit.lines(action="schemas."):
        for change in line.inverse.get("corrections", ()):
            after = change.get("after") or {}
            found.setdefault(tuple(change["field"]), []).append(
                CorrectionEvent(
                    line.at_utc,
                    line.actor,
                    str(line.detail.get("what", "")),
                    str(line.detail.get("changed", "")),
                    str(after.get("why", "")),
                )
            )
    return found


def _in_words(read: FieldSpec | None, fix: Correction) -> tuple[tuple[str, str, str], ...]:
    said: list[tuple[str, str, str]] = []
    for name, value in fix.changes.items():
        if name in ("was", "place"):
            continue
        title = correction_values.TITLES.get(name, name.capitalize())
        before = correction_values.text_of(read, name) if read and hasattr(read, name) else ""
        text = ", ".join(value) if isinstance(value, list) else value
        text = {True: "yes", False: "no"}.get(text, text) if isinstance(text, bool) else text
        said.append((title, before, str(text)))
    return tuple(said)
