"""A mapping in words: where its value comes from, by what rule, and how its source stands."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from caseload.gui import words
from caseload.gui.components.classmark import CLASS_WORDS
from caseload.model.catalog import FieldSpec
from caseload.model.contract import MappingClass, MappingStatus, Rule
from caseload.model.mapping import Candidate, SemanticStatus
from caseload.model.views import HistoryLine, MappingDetail, MappingRow

_FEED = "MASTER_"
_WEAK = 0.7
_AGAINST = {
    "context": "another table",
    "meaning": "another meaning",
    "type": "another type",
    "code list": "other codes",
    "values": "other values",
}

_MISS = {"reject": "reject", "null": "leave empty", "pass": "keep as it is"}
_PARENT = re.compile(r"^parent_key\(\s*'(\w+)'[^()]*\)$")
_LITERAL = re.compile(r"^(?:'(?:[^']|'')*'|-?\d+(?:\.\d+)?)$")


@dataclass(frozen=True, slots=True)
class FlowBox:
    """A step of Source → Rule → Target: a caption, words, and the class of the middle one."""

    caption: str
    words: str
    mapping_class: MappingClass | None = None


def undecided(rule: Rule) -> bool:
    """True when nothing says what fills the field, nor that nothing does."""
    if rule.mapping_class is MappingClass.OUT_OF_SCOPE or rule.expression:
        return False
    needs_expression = rule.mapping_class in (MappingClass.DERIVED, MappingClass.SURROGATE_ETL)
    return needs_expression or not rule.source_field


def source_words(rule: Rule) -> str:
    """The source column, or what stands in its place."""
    if rule.mapping_class is MappingClass.OUT_OF_SCOPE:
        return "No source"
    if rule.source_field:
        return f"{rule.source_table}.{rule.source_field}"
    if _LITERAL.match(rule.expression.strip()):
        return "Constant"
    if rule.mapping_class is MappingClass.SURROGATE_ETL:
        return "Key register" if "_key(" in rule.expression else "Made by the load"
    return "Not decided" if undecided(rule) else "Expression"


def miss_words(rule: Rule) -> str:
    """What a value that the crosswalk does not know does."""
    if not rule.on_miss:
        return ""
    kind, _, value = rule.on_miss.partition(":")
    return f"use {value}" if kind == "default" else _MISS.get(kind, rule.on_miss)


def rule_words(rule: Rule) -> str:
    """The rule, short enough for a cell."""
    if rule.mapping_class is MappingClass.LOOKUP_TRANSLATION and rule.crosswalk:
        miss = miss_words(rule)
        return f"{rule.crosswalk}, miss: {miss}" if miss else rule.crosswalk
    said = rule.mapping_rule
    parent = _PARENT.match(rule.expression.strip())
    if parent is not None:
        return f"parent key in {parent[1]}"
    if rule.expression.strip() == "record_key()":
        return "own key"
    if _LITERAL.match(rule.expression.strip()):
        return rule.expression.strip()
    own = f"{rule.source_table}.{rule.source_field}"
    if rule.source_field and said.startswith(own):
        said = said.removeprefix(own).lstrip(" ,") or own
    return said or rule.expression or rule.notes


def score_of(row: MappingRow) -> float | None:
    """The best suggestion's score; None where a suggestion means nothing."""
    if row.semantic_status is SemanticStatus.SYSTEM_FIELD:
        return None
    if row.rule.mapping_class is MappingClass.SURROGATE_ETL:
        return None
    return row.score


def score_words(row: MappingRow) -> str:
    """The score with two decimals, or a dash."""
    score = score_of(row)
    return words.NONE if score is None else f"{score:.2f}"


def sub_words(detail: MappingDetail) -> str:
    """The table, whether mandatory, the route if it is not for all."""
    rule = detail.row.rule
    parts = [rule.target_table, "mandatory" if detail.row.mandatory else "optional"]
    if rule.route:
        parts.append(f"route {rule.route}")
    return ", ".join(parts)


def guide_place(spec: FieldSpec) -> str:
    """Where the guide speaks of the field."""
    found = spec.provenance
    if found.page is not None:
        return f"guide, page {found.page}"
    return found.words() if found.document else ""


def flow(detail: MappingDetail) -> tuple[FlowBox, FlowBox, FlowBox]:
    """Source, rule and target of a mapping."""
    rule, source, target = detail.row.rule, detail.source, detail.target
    caption = "Source"
    if source is not None:
        kind = source.data_type.lower() or "text"
        caption = f"Source, {kind} {source.length}".rstrip()
    elif rule.source_table.startswith(_FEED):
        caption = "Source, master feed"
    said = rule.source_field or source_words(rule)
    return (
        FlowBox(caption, said),
        FlowBox("Rule", CLASS_WORDS[rule.mapping_class], rule.mapping_class),
        FlowBox("Target", detail.row.data_type or target.data_type),
    )


def chosen_candidate(rule: Rule, candidates: Sequence[Candidate]) -> int:
    """Which candidate the rule uses; -1 when none of them."""
    for index, candidate in enumerate(candidates):
        if (candidate.source_table, candidate.source_field) == (
            rule.source_table,
            rule.source_field,
        ):
            return index
    return -1


def candidate_note(candidate: Candidate) -> str:
    """What speaks most against a candidate beside its name, which can be seen."""
    seen = [item for item in candidate.evidence if item.kind in _AGAINST]
    weakest = min(seen, key=lambda item: item.score, default=None)
    return _AGAINST[weakest.kind] if weakest is not None and weakest.score < _WEAK else ""


def expression_of(rule: Rule) -> str:
    """The expression that runs, also where it is only implied."""
    if rule.expression or not rule.source_field:
        return rule.expression
    if rule.mapping_class is MappingClass.OUT_OF_SCOPE:
        return ""
    return f"{rule.source_table}.{rule.source_field}"


_OPENER = re.compile(r"\(|\)|,|'(?:[^']|'')*'|\s+|[^\s(),']+")


_TEXT = re.compile(r"('(?:[^']|'')*')")


def flat(code: str) -> str:
    """Code as a rule keeps it: one line, without the room that only helps the eye.

    What is between quotes stays as it is.
    """
    pieces = _TEXT.split(code)
    for place in range(0, len(pieces), 2):
        piece = re.sub(r"\s+", " ", pieces[place])
        pieces[place] = piece.replace("( ", "(").replace(" )", ")").replace(" ,", ",")
    return "".join(pieces).strip()


def laid_out(expression: str, width: int = 46) -> str:
    """An expression broken at its commas where it is too long for one line."""
    text = flat(expression)
    if len(text) <= width or "(" not in text:
        return _wrapped_case(text, width)
    head, _, rest = text.partition("(")
    if not rest.endswith(")") or not re.fullmatch(r"\w+", head.strip()):
        return _wrapped_case(text, width)
    parts = _arguments(rest[:-1])
    if parts is None:
        return _wrapped_case(text, width)
    inner = ",\n".join(
        "\n".join("  " + line for line in laid_out(part, width - 2).split("\n")) for part in parts
    )
    return f"{head}(\n{inner})"


def _wrapped_case(text: str, width: int) -> str:
    if len(text) <= width or not text.lower().startswith("case "):
        return text
    broken = re.sub(r"\s+(when|else)\s+", r"\n  \1 ", text, flags=re.IGNORECASE)
    return re.sub(r"\s+(end)$", r"\n\1", broken, flags=re.IGNORECASE)


def _arguments(text: str) -> list[str] | None:
    """The arguments of a call, or None when its brackets do not end where it does."""
    parts, depth, held = [], 0, ""
    for token in _OPENER.findall(text):
        depth += (token == "(") - (token == ")")
        if depth < 0:
            return None
        if token == "," and depth == 0:
            parts.append(held.strip())
            held = ""
        else:
            held += token
    return [*parts, held.strip()]


def history_line(line: HistoryLine) -> str:
    """What was done; that it was done to this mapping goes without saying."""
    head, _, _ = line.words.partition(": ")
    return line.words if line.action.rsplit(".", 1)[-1] not in _PLAIN else head


def history_words(line: HistoryLine) -> str:
    """Who and when."""
    return f"{line.actor}, {words.moment(line.at)}"


_PLAIN = frozenset({"approve", "reject", "set", "accept_candidate"})
_HISTORY_ICONS = {
    "approve": ("circle-check", "ok"),
    "reject": ("circle-x", "error"),
    "reclassify": ("arrow-left-right", "text_2"),
    "undo": ("undo-2", "text_2"),
    "accept_candidate": ("sparkles", "text_2"),
}


def history_icon(line: HistoryLine) -> tuple[str, str]:
    """An icon and its tone for a line of the history."""
    return _HISTORY_ICONS.get(line.action.rsplit(".", 1)[-1], ("pen-line", "text_2"))


def lapsed(rule: Rule) -> bool:
    """True when what was approved has changed since."""
    return rule.status is MappingStatus.RE_REVIEW
