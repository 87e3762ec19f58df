"""Suggestions: which source field might fill a target field, and why."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class SemanticStatus(StrEnum):
    """What the best suggestion for a target field is worth."""

    HIGH_CONFIDENCE = "HIGH_CONFIDENCE"
    PROBABLE = "PROBABLE"
    LOW_CONFIDENCE = "LOW_CONFIDENCE"
    UNMAPPED = "UNMAPPED"
    SYSTEM_FIELD = "SYSTEM_FIELD"
    REFERENCE_REQUIRED = "REFERENCE_REQUIRED"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One kind of evidence: name, meaning, type, values, context, approvals; score 0..1."""

    kind: str
    score: float
    note: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A source field proposed for a target field; `score` is 0..1."""

    source_table: str
    source_field: str
    score: float
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Suggestion:
    """The ranked candidates (at most five) of one target field."""

    target_table: str
    target_field: str
    status: SemanticStatus
    candidates: tuple[Candidate, ...] = ()
    in_priority: bool = False
    in_hint_tables: bool = False
    notes: str = ""
