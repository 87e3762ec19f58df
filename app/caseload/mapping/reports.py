"""The files in which suggestions and the contract are handed to people and scripts."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from caseload.mapping.inputs import Systems
from caseload.mapping.suggest import CANDIDATES, Suggestions
from caseload.mapping.tables import TableMatch
from caseload.model.contract import Contract, MappingClass
from caseload.model.errors import BadInput
from caseload.model.mapping import Candidate, SemanticStatus, Suggestion

MATRIX = "reports/semantic_mapping_matrix.csv"
SUMMARY = "reports/semantic_mapping_summary.json"
EVIDENCE = "reports/semantic_mapping_evidence.json"
ANALYSIS = "analysis/source_target_semantic_mapping.md"
CONTRACT_SUMMARY = "reports/mapping_contract_summary.json"
CONTRACT_ANALYSIS = "analysis/mapping_contract.md"

MATRIX_COLUMNS = (
    "target_table",
    "target_field",
    "best_source_table",
    "best_source_field",
    "score",
    "status",
    "source_in_13_priority",
    "source_in_target_hint_tables",
    "notes",
    *(
        f"candidate_{n}_{part}"
        for n in range(2, CANDIDATES + 1)
        for part in ("source_table", "source_field", "score")
    ),
    "base_table",
)


def write_text(path: Path, text: str) -> None:
    """Write a small file, making its folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="")


def write_json(path: Path, value: Any, *, compact: bool = False) -> None:
    """Write JSON that is the same for the same value; `compact` for what no person reads."""
    layout: dict[str, Any] = {"separators": (",", ":")} if compact else {"indent": 2}
    write_text(path, json.dumps(value, ensure_ascii=False, **layout) + "\n")


def matrix_text(suggestions: Suggestions) -> str:
    """semantic_mapping_matrix.csv."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(MATRIX_COLUMNS)
    for one in suggestions.items:
        cells: list[str] = []
        for candidate in one.candidates:
            cells += [candidate.source_table, candidate.source_field, f"{candidate.score:.3f}"]
        cells += [""] * (3 * CANDIDATES - len(cells))
        writer.writerow(
            [
                one.target_table,
                one.target_field,
                *cells[:3],
                one.status.value,
                "Y" if one.in_priority else "N",
                "Y" if one.in_hint_tables else "N",
                one.notes,
                *cells[3:],
                suggestions.tables.bases[one.target_table],
            ]
        )
    return text.getvalue()


def read_matrix(path: Path) -> tuple[list[Suggestion], dict[str, str]]:
    """Suggestions and base tables from semantic_mapping_matrix.csv.

    A matrix without the column base_table gives each target table the source table that
    most of its best candidates come from.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        missing = [c for c in MATRIX_COLUMNS[:9] if c not in (reader.fieldnames or ())]
        if missing:
            raise BadInput(
                f"The semantic mapping matrix lacks the column {missing[0]}",
                where=f"{MATRIX}, row 1",
                remedy="Run analyze-semantic-mapping again.",
            )
        rows = list(reader)
    found, votes = [], dict[str, Counter[str]]()
    bases: dict[str, str] = {}
    for row in rows:
        one = _suggestion(row)
        found.append(one)
        table = one.target_table
        if row.get("base_table"):
            bases[table] = row["base_table"]
        if one.candidates:
            votes.setdefault(table, Counter())[one.candidates[0].source_table] += 1
    for table, counts in votes.items():
        bases.setdefault(table, counts.most_common(1)[0][0])
    return found, bases


def _suggestion(row: Mapping[str, str]) -> Suggestion:
    heads = [("best_source_table", "best_source_field", "score")]
    heads += [
        (f"candidate_{n}_source_table", f"candidate_{n}_source_field", f"candidate_{n}_score")
        for n in range(2, CANDIDATES + 1)
    ]
    candidates = tuple(
        Candidate(row[table], row[field], float(row.get(score) or 0))
        for table, field, score in heads
        if row.get(table) and row.get(field)
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


def summary_of(
    systems: Systems, items: Sequence[Suggestion], priority: Sequence[str]
) -> dict[str, Any]:
    """semantic_mapping_summary.json."""
    counts = Counter(s.status.value for s in items)
    used: dict[str, set[str]] = {}
    for one in items:
        if one.candidates and one.status is not SemanticStatus.UNMAPPED:
            best = one.candidates[0]
            used.setdefault(best.source_table, set()).add(best.source_field)
    coverage = {}
    for table in priority:
        total = len(systems.source.tables[table].fields) if table in systems.source.tables else 0
        mapped = len(used.get(table, ()))
        coverage[table] = {
            "total_fields": total,
            "mapped_fields": mapped,
            "unmapped_fields": total - mapped,
            "coverage_pct": round(100.0 * mapped / total, 1) if total else 0.0,
        }
    own = [t for name, t in systems.source.tables.items() if name not in systems.feeds]
    return {
        "target_table_count": len(systems.target.tables),
        "target_field_count": systems.target.field_count,
        "source_table_count": len(own),
        "source_field_count": sum(len(t.fields) for t in own),
        "status_counts": {s.value: counts.get(s.value, 0) for s in SemanticStatus},
        "priority_source_coverage": coverage,
    }


def evidence_of(suggestions: Suggestions) -> dict[str, Any]:
    """semantic_mapping_evidence.json, also what the project file takes in."""
    tables = suggestions.tables
    return {
        "tables": [
            {
                "target_table": target,
                "base_table": tables.bases[target],
                "candidates": [
                    {"source_table": name, "score": round(score, 3)}
                    for name, score in tables.best(target)
                ],
                "evidence": [asdict(e) for e in tables.evidence[target]],
            }
            for target in tables.targets
        ],
        "suggestions": [asdict(s) for s in suggestions.items],
    }


def analysis_text(suggestions: Suggestions, summary: Mapping[str, Any]) -> str:
    """source_target_semantic_mapping.md: the outcome for a reader."""
    compared = (
        f"{summary['target_field_count']} fields of {summary['target_table_count']} target tables"
        f" compared with {summary['source_field_count']} fields of"
        f" {summary['source_table_count']} source tables."
    )
    lines = [
        "# Source to target: semantic mapping",
        "",
        compared,
        "",
        "| status | fields |",
        "|---|---|",
        *(f"| {name} | {count} |" for name, count in summary["status_counts"].items()),
        "",
        "## Tables",
        "",
        "| target table | filled from | next best |",
        "|---|---|---|",
    ]
    tables: TableMatch = suggestions.tables
    for target in tables.targets:
        base = tables.bases[target]
        others = [f"{n} ({s:.2f})" for n, s in tables.best(target) if n != base][:2]
        lines.append(
            f"| {target} | {base} ({tables.score(target, base):.2f}) | {', '.join(others)} |"
        )
    lines += ["", "## Fields", ""]
    for target in tables.targets:
        lines += [f"### {target}", "", "| field | best | chance | status |", "|---|---|---|---|"]
        for one in (s for s in suggestions.items if s.target_table == target):
            best = one.candidates[0] if one.candidates else None
            name = f"{best.source_table}.{best.source_field}" if best else ""
            chance = f"{best.score:.2f}" if best else ""
            lines.append(f"| {one.target_field} | {name} | {chance} | {one.status.value} |")
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def contract_summary(systems: Systems, contract: Contract, sha256: str) -> dict[str, Any]:
    """mapping_contract_summary.json."""
    counts = Counter(r.mapping_class.value for r in contract.rules)
    breakdown = {
        table: _classes(r.mapping_class for r in contract.rules if r.target_table == table)
        for table in systems.target.tables
    }
    return {
        "target_table_count": len(systems.target.tables),
        "target_field_count": len({(r.target_table, r.target_field) for r in contract.rules}),
        "mapping_class_counts": {c.value: counts.get(c.value, 0) for c in MappingClass},
        "policy_override_count": sum(
            1 for r in contract.rules if r.on_failure.value or r.default_value is not None
        ),
        "target_table_class_breakdown": breakdown,
        "contract_version": contract.version,
        "contract_sha256": sha256,
    }


def _classes(classes: Iterable[MappingClass]) -> dict[str, int]:
    counts = Counter(c.value for c in classes)
    return {c.value: counts.get(c.value, 0) for c in MappingClass}


def contract_text(contract: Contract, summary: Mapping[str, Any]) -> str:
    """mapping_contract.md: routes and rules for a reader."""
    lines = [
        "# Mapping contract",
        "",
        f"Version {summary['contract_version']}, SHA-256 `{summary['contract_sha256']}`.",
        "",
        "| class | fields |",
        "|---|---|",
        *(f"| {name} | {count} |" for name, count in summary["mapping_class_counts"].items()),
    ]
    for route in contract.routes:
        lines += [
            "",
            f"## {route.target_table}",
            "",
            f"From {route.base_table}; a row is known by ",
        ]
        lines[-1] += ", ".join(route.natural_key) + "."
        for join in route.joins:
            pairs = " and ".join(f"{a} = {join.table}.{b}" for a, b in join.on)
            lines += ["", f"Joined: {join.table} on {pairs} ({join.pick})."]
        lines += ["", "| field | class | rule | confidence |", "|---|---|---|---|"]
        for rule in contract.rules_of(route.target_table):
            words = rule.mapping_rule.replace("|", "\\|")
            lines.append(
                f"| {rule.target_field} | {rule.mapping_class.value} | {words} |"
                f" {rule.confidence.value} |"
            )
    return "\n".join(lines) + "\n"
