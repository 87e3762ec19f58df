"""What a run does with a mapping and what the guide asks of its field, as facts in words."""

from __future__ import annotations

from collections.abc import Sequence

from caseload.gui.pages.mappings_words import lapsed, undecided
from caseload.model.catalog import FieldSpec
from caseload.model.contract import MappingStatus, OnFailure, Rule
from caseload.model.views import MappingDetail, MappingRow

_MISS = {
    "reject": "The row is rejected",
    "null": "The field is left empty",
    "pass": "The value is kept as it is",
}
_FAILURE = {
    OnFailure.REJECT: "The row is rejected",
    OnFailure.NULL: "The field is left empty",
    OnFailure.TRUNCATE: "Cut to length, with a warning",
}


def rule_facts(detail: MappingDetail) -> list[tuple[str, str]]:
    """What a run does beside the expression."""
    rule = detail.row.rule
    facts = []
    if rule.crosswalk:
        facts += [("Crosswalk", rule.crosswalk), ("No match", _no_match(rule.on_miss))]
    if rule.on_failure in _FAILURE:
        facts.append(("Bad value", _FAILURE[rule.on_failure]))
    if rule.default_value is not None:
        facts.append(("Default", rule.default_value or "empty"))
    facts.append(("Confidence", rule.confidence.value.capitalize()))
    if rule.notes and rule.notes.casefold() != rule.mapping_rule.casefold():
        facts.append(("Notes", _sentence(rule.notes)))
    return facts + _by(rule)


def target_facts(spec: FieldSpec) -> list[tuple[str, str]]:
    """What the guide says of the field, beside its words."""
    facts = (
        ("Format", spec.format),
        ("Code type", spec.code_type),
        ("Values", ", ".join(spec.allowed_values)),
        ("Parent", f"{spec.foreign_table}.{spec.foreign_field}".strip(".")),
        ("When", _sentence(spec.condition)),
    )
    return [(name, said) for name, said in facts if said]


def notice_of(row: MappingRow, doubts: Sequence[str] = ()) -> tuple[str, str, str, str] | None:
    """What needs a decision: lead, words, kind and icon; None when nothing does.

    `doubts` are the reasons for which an approval lapsed, as far as they are known.
    """
    if lapsed(row.rule):
        why = "; ".join(doubts) or "What was approved has changed since"
        why = f"{why}."
        return "Approval lapsed.", why, "warn", "rotate-ccw"
    if row.unresolved:
        lead = "Nothing fills this mandatory field."
        return lead, "Choose a candidate or write an expression.", "warn", "circle-slash"
    if undecided(row.rule):
        return "Not decided.", "Choose a candidate or write an expression.", "info", ""
    return None


def _by(rule: Rule) -> list[tuple[str, str]]:
    if rule.approved_by and rule.status is MappingStatus.APPROVED:
        return [("Approved by", rule.approved_by)]
    return [("Edited by", rule.edited_by)] if rule.edited_by else []


def _no_match(on_miss: str) -> str:
    kind, _, value = (on_miss or "reject").partition(":")
    return f"Becomes {value}" if kind == "default" else _MISS.get(kind, on_miss)


def _sentence(said: str) -> str:
    return said[:1].upper() + said[1:]
