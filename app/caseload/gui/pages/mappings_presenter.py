"""What the Mappings page shows and asks for, without a widget: filters, words, selections.

A selection is a predicate, "all that match but these", or a set of rules; it becomes rule
numbers only when a command runs, on the worker's thread.
"""

from __future__ import annotations

from caseload.model.contract import MappingClass, Rule
from caseload.model.views import MappingRow


def is_open(row: MappingRow) -> bool:
    """True while nothing says what fills the field."""
    rule = row.rule
    out = rule.mapping_class is MappingClass.OUT_OF_SCOPE
    return not (out or rule.expression or rule.source_field)


def source_words(row: MappingRow) -> str:
    """Where the value comes from: a column, the key register, a constant."""
    rule = row.rule
    if rule.source_table and rule.source_field:
        return f"{rule.source_table}.{rule.source_field}"
    if rule.mapping_class is MappingClass.OUT_OF_SCOPE:
        return "No source"
    if is_open(row):
        return "Not decided"
    expression = rule.expression.strip()
    if expression.startswith(("record_key(", "parent_key(")):
        return "Key register"
    return "Constant" if _is_constant(expression) else "Expression"


def rule_words(row: MappingRow) -> str:
    """What is done to the value, without saying its source once more."""
    rule = row.rule
    if rule.crosswalk and rule.mapping_class is MappingClass.LOOKUP_TRANSLATION:
        return f"{rule.crosswalk}, miss: {rule.on_miss or 'reject'}"
    return _without_source(rule) or rule.expression


def row_score(row: MappingRow) -> float | None:
    """The best suggestion's score; none for a value that no source field holds."""
    return None if row.rule.mapping_class is MappingClass.SURROGATE_ETL else row.score


def score_words(row: MappingRow) -> str:
    """The score with two decimals."""
    score = row_score(row)
    return "–" if score is None else f"{score:.2f}"


def _without_source(rule: Rule) -> str:
    words, source = rule.mapping_rule.strip(), f"{rule.source_table}.{rule.source_field}"
    if rule.source_field and words.startswith((f"{source} ", f"{source}, ")):
        words = words[len(source) :].lstrip(" ,")
    return words


def _is_constant(expression: str) -> bool:
    quoted = len(expression) > 1 and expression[0] == expression[-1] == "'"
    return (quoted and "'" not in expression[1:-1]) or expression.replace(".", "", 1).isdigit()
