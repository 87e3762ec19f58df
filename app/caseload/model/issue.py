"""One type for everything that a check finds, in all three doors."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How bad: an ERROR makes what is judged fail, a WARN counts towards a threshold."""

    ERROR = "ERROR"
    WARN = "WARN"
    INFO = "INFO"


@dataclass(frozen=True, slots=True)
class Issue:
    """A finding of a check.  `record_id` is a row's key or line, never a patient's name."""

    severity: Severity
    category: str
    message: str
    table_name: str = ""
    field_name: str = ""
    record_id: str = ""
    rule_id: str = ""
    rows_affected: int = 1


ISSUE_COLUMNS = (
    "severity",
    "category",
    "table_name",
    "field_name",
    "record_id",
    "message",
    "rule_id",
    "rows_affected",
)
