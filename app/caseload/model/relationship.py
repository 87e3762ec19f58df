"""Keys and links between tables, declared or inferred, with their evidence."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Key:
    """A table's primary key: its fields in order."""

    table: str
    fields: tuple[str, ...]
    confidence: float = 1.0
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Relationship:
    """`child_fields` of `child` point at `parent_fields` of `parent`, pair by pair."""

    child: str
    child_fields: tuple[str, ...]
    parent: str
    parent_fields: tuple[str, ...]
    confidence: float = 1.0
    declared: bool = False
    evidence: str = ""
