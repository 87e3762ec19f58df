"""The columns of changes, renames and impact."""

from __future__ import annotations

from caseload.gui import words
from caseload.gui.components.gridmodel import Column
from caseload.gui.pages.schemas_versions_presenter import (
    OUTCOME_PILLS,
    STATE_PILLS,
    VersionsPresenter,
    kind_pill,
    short,
    status_pill,
)
from caseload.model.schema_diff import Impact, Rename, SchemaChange

CHANGE_COLUMNS: tuple[Column[SchemaChange], ...] = (
    Column("kind", "What", lambda c: c.kind.value, 176, "pill", lambda c: kind_pill(c.kind),
           sortable=False),
    Column("table", "Table", lambda c: c.table, 120, "name", sortable=False, stretch=1),
    Column("field", "Field", lambda c: c.field, 130, "name", sortable=False, stretch=1),
    Column("was", "Was", lambda c: short(c, c.was), 120, "quiet", sortable=False, stretch=1),
    Column("now", "Is", lambda c: short(c, c.now), 120, "text", sortable=False, stretch=1),
)  # fmt: skip


def rename_columns(presenter: VersionsPresenter) -> tuple[Column[Rename], ...]:
    """The columns of the renames; the presenter knows how many mappings rest on one."""
    return (
        *_RENAME_COLUMNS,
        Column("mappings", "Mappings", lambda r: words.number(presenter.weight_of(r)), 96,
               "number", sortable=False),
    )  # fmt: skip


_RENAME_COLUMNS: tuple[Column[Rename], ...] = (
    Column("state", "State", lambda r: r.state.value, 116, "pill",
           lambda r: STATE_PILLS[r.state], sortable=False),
    Column("old", "Older name", lambda r: r.old.words(), 190, "name", sortable=False, stretch=1),
    Column("new", "Newer name", lambda r: r.new.words(), 190, "name", sortable=False, stretch=1),
    Column("sure", "Sure", lambda r: f"{r.confidence:.2f}", 96, "score",
           lambda r: r.confidence, sortable=False),
)  # fmt: skip
IMPACT_COLUMNS: tuple[Column[Impact], ...] = (
    Column("outcome", "Outcome", lambda i: i.outcome.value, 116, "pill",
           lambda i: OUTCOME_PILLS[i.outcome], sortable=False),
    Column("decision", "Decision", lambda i: i.id, 190, "name", sortable=False, stretch=1),
    Column("on", "On", lambda i: i.on.value, 84, "quiet", sortable=False),
    Column("status", "Status", lambda i: i.status, 110, "pill", status_pill, sortable=False),
    Column("why", "Why", lambda i: "; ".join(i.reasons), 220, "text", sortable=False, stretch=2),
)  # fmt: skip
