"""The columns of the mapping grid: what is filled, how, from where, how surely, and its status."""

from __future__ import annotations

from caseload.gui.components.classmark import CLASS_WORDS
from caseload.gui.components.gridmodel import Column
from caseload.gui.components.pill import STATUS_PILLS
from caseload.gui.pages.mappings_presenter import (
    is_open,
    row_score,
    rule_words,
    score_words,
    source_words,
)
from caseload.model.views import MappingRow


def mapping_columns() -> tuple[Column[MappingRow], ...]:
    """The columns; keys are those that the services sort by."""
    return (
        Column("target_field", "Target field", lambda r: r.rule.target_field, 214, "name",
               stretch=3),
        Column("target_table", "Table", lambda r: r.rule.target_table, 160, "path", stretch=1),
        Column("mapping_class", "Class", lambda r: CLASS_WORDS[r.rule.mapping_class], 112, "class",
               lambda r: r.rule.mapping_class),
        Column("source", "Source", source_words, 190, "path", stretch=3,
               tone=lambda r: "warn" if is_open(r) else ""),
        Column("mapping_rule", "Rule", rule_words, 196, "quiet", stretch=4),
        Column("score", "Score", score_words, 84, "score", row_score),
        Column("status", "Status", lambda r: STATUS_PILLS[r.rule.status].words, 104, "pill",
               lambda r: STATUS_PILLS[r.rule.status]),
    )  # fmt: skip
