"""The stages' figures as people read them: title, unit, and which way is better."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from caseload.gui import words
from caseload.gui.components.classmark import CLASS_WORDS
from caseload.gui.pages.lifecycle_words import gate_actual, gate_expected, gate_title
from caseload.model.contract import MappingClass
from caseload.model.gates import GateCheck
from caseload.model.stage import Stage

LOWER, HIGHER = "lower", "higher"


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure's title; `better` is lower, higher or ""; `decimals` shown."""

    title: str
    better: str = ""
    decimals: int = 0


FIGURES: dict[str, Figure] = {
    "documents": Figure("Documents read"),
    "source_tables": Figure("Source tables"),
    "source_fields": Figure("Source fields"),
    "target_tables": Figure("Load tables"),
    "target_fields": Figure("Target fields"),
    "low_confidence": Figure("Low confidence", LOWER),
    "problems": Figure("Could not be read", LOWER),
    "target_parse_confidence_avg": Figure("Mean certainty", HIGHER, 2),
    "patients": Figure("Patients"),
    "seed": Figure("Seed"),
    "faults": Figure("Faults"),
    "as_of": Figure("Written for"),
    "source_rows": Figure("Source rows"),
    "target_rows": Figure("Target rows"),
    "high_confidence": Figure("High confidence", HIGHER),
    "probable": Figure("Probable"),
    "reference_required": Figure("Needs a master feed"),
    "system_field": Figure("Made by the load"),
    "unmapped": Figure("Without a source", LOWER),
    "routes": Figure("Routes"),
    "rules": Figure("Rules"),
    "unresolved": Figure("Unresolved", LOWER),
    "tables_written": Figure("Tables written", HIGHER),
    "rows_written_total": Figure("Rows loaded", HIGHER),
    "rows_rejected": Figure("Rows rejected", LOWER),
    "rows_held": Figure("Held with a parent", LOWER),
    "overall_column_population_ratio": Figure("Population ratio", HIGHER, 2),
    "population_ratio_without_imputed": Figure("Ratio, not imputed", HIGHER, 2),
    "crosswalk_reject_count": Figure("Crosswalk rejects", LOWER),
    "ledger_ties": Figure("Ledger ties", HIGHER),
    "issue_counts.ERROR": Figure("Errors", LOWER),
    "issue_counts.WARN": Figure("Warnings", LOWER),
    "issue_counts.INFO": Figure("For information"),
    "issues": Figure("Issues", LOWER),
    "errors": Figure("Errors", LOWER),
    "warnings": Figure("Warnings", LOWER),
    "gates_passed": Figure("Gates passed", HIGHER),
    "gates_total": Figure("Gates judged"),
    "profile": Figure("Profile"),
    **{c.value.lower(): Figure(CLASS_WORDS[c]) for c in MappingClass},
}
_NOT_FIGURES = frozenset({"checks"})
_RULES_CHECKED = Figure("Rules checked")


def figure(name: str, stage: Stage | None = None) -> Figure:
    """A figure by its name; one nobody described is told by its name."""
    if name == "rules" and stage is Stage.RUN_ENTERPRISE_PIPELINE:
        return _RULES_CHECKED
    known = FIGURES.get(name)
    return known or Figure(name.replace("_", " ").replace(".", ", ").capitalize())


def flat(figures: Mapping[str, Any]) -> dict[str, Any]:
    """Figures with those of a group beside the others as "group.name"; lists are left out."""
    found: dict[str, Any] = {}
    for name, value in figures.items():
        if name in _NOT_FIGURES or isinstance(value, list | tuple):
            continue
        if isinstance(value, Mapping):
            found |= {f"{name}.{key}": inner for key, inner in flat(value).items()}
        else:
            found[name] = value
    return found


def figure_words(name: str, value: Any) -> str:
    """A figure's value: thousands separated, ratios with two decimals, yes or no."""
    if value is None:
        return words.NONE
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, int | float):
        if name == "seed":
            return str(value)
        decimals = figure(name).decimals or (0 if value == int(value) else 2)
        return words.number(value, decimals)
    return str(value)


def _gate_figure(found: Mapping[str, Any]) -> tuple[str, str]:
    passed = found["status"] == "PASS"
    check = GateCheck(found["gate"], passed, found["actual"], found["expected"], found["message"])
    said = f"{gate_actual(check)} / {gate_expected(check)}".removesuffix(" / ")
    return gate_title(check.gate), said if passed else f"{said}, fails"


def stage_figures(stage: Stage, figures: Mapping[str, Any]) -> list[tuple[str, str]]:
    """A stage's figures as (title, value), in the order of the table above; gates as they are."""
    if stage is Stage.RUN_RELEASE_GATES and figures.get("checks"):
        return [_gate_figure(check) for check in figures["checks"]]
    found = flat(figures)
    order = list(FIGURES)
    names = sorted(found, key=lambda n: order.index(n) if n in order else len(order))
    return [(figure(name, stage).title, figure_words(name, found[name])) for name in names]
