"""Stage 3 and the project file: people's decisions in, ranked candidates into the tables."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from caseload.lifecycle.links import link_inputs
from caseload.lifecycle.paths import CROSSWALKS, MATRIX, SOURCE_CATALOG, TARGET_CATALOG, source_dir
from caseload.lifecycle.registry import StageAdapter, StageContext
from caseload.model.mapping import Candidate, Evidence, SemanticStatus, Suggestion
from caseload.model.stage import Stage, StageOptions, StageResult

PRIORITY_TABLES = "mapping.priority_tables"
"""The setting with the project's priority source tables."""

_CANDIDATE = re.compile(r"candidate_(\d)_(?:source_)?(table|field|score)")


def _reads(options: StageOptions) -> tuple[str, ...]:
    return (SOURCE_CATALOG, TARGET_CATALOG, CROSSWALKS, source_dir(options))


def _gather(context: StageContext) -> dict[str, Any]:
    return {
        "relationships": link_inputs(context.project),
        "priority_tables": context.project.settings.get(PRIORITY_TABLES, []),
        "decisions": [
            {
                "target_table": d.target_table,
                "target_field": d.target_field,
                "source_table": d.source_table,
                "source_field": d.source_field,
                "approved": d.approved,
            }
            for d in context.project.suggestions.decisions()
        ],
    }


def _take_in(context: StageContext, result: StageResult) -> None:
    if result.payload:
        data = json.loads((context.work_dir / result.payload).read_text(encoding="utf-8"))
        found = [
            suggestion_from(value)
            for value in (data["suggestions"] if isinstance(data, dict) else data)
        ]
    else:
        found = read_matrix(context.out_dir / MATRIX)
    context.project.suggestions.replace(found)


def suggestion_from(value: Mapping[str, Any]) -> Suggestion:
    """A suggestion from its JSON object, candidates with their evidence."""
    return Suggestion(
        value["target_table"],
        value["target_field"],
        SemanticStatus(value["status"]),
        tuple(
            Candidate(
                c["source_table"],
                c["source_field"],
                float(c["score"]),
                tuple(
                    Evidence(e["kind"], float(e["score"]), e.get("note", ""))
                    for e in c.get("evidence", ())
                ),
            )
            for c in value.get("candidates", ())
        ),
        bool(value.get("in_priority", False)),
        bool(value.get("in_hint_tables", False)),
        value.get("notes", ""),
    )


def read_matrix(path: Path) -> list[Suggestion]:
    """Suggestions from semantic_mapping_matrix.csv, which has no evidence."""
    with path.open(encoding="utf-8", newline="") as file:
        return [_from_row(row) for row in csv.DictReader(file)]


def _from_row(row: Mapping[str, str]) -> Suggestion:
    ranked: dict[int, dict[str, str]] = {
        1: {
            "table": row["best_source_table"],
            "field": row["best_source_field"],
            "score": row["score"],
        }
    }
    for column, value in row.items():
        if match := _CANDIDATE.fullmatch(column):
            ranked.setdefault(int(match[1]), {})[match[2]] = value
    candidates = tuple(
        Candidate(c["table"], c["field"], float(c.get("score") or 0))
        for _, c in sorted(ranked.items())
        if c.get("table") and c.get("field")
    )
    return Suggestion(
        row["target_table"],
        row["target_field"],
        SemanticStatus(row["status"]),
        candidates,
        row["source_in_13_priority"] == "Y",
        row["source_in_target_hint_tables"] == "Y",
        row["notes"],
    )


ADAPTER = StageAdapter(
    stage=Stage.ANALYZE_SEMANTIC_MAPPING,
    function="caseload.mapping.analyse:run",
    reads=_reads,
    gather=_gather,
    take_in=_take_in,
)
