"""The new system's own column that a load field ends in, as comments state it."""

from __future__ import annotations

import re

_COLUMN = r"(?P<to>[A-Za-z][\w$#]*(?:\.[A-Za-z][\w$#]*){1,2})"
_THE = r"(?:the\s+)?(?:(?:target|destination|database|live|system)\s+)?(?:(?:column|field)\s+)?"
_SAID = re.compile(
    r"\b(?:(?:is\s+|are\s+|will\s+be\s+|gets?\s+)?"
    r"(?:loaded|loads|written|writes|stored|saved|copied|migrated|migrates|inserted|imported)\s+"
    rf"(?:in)?to|populates|updates|fills)\s+{_THE}{_COLUMN}"
    r"|\b(?:target|destination)\s+(?:column|field|table)\s*(?:loaded)?\s*(?:is|:|=|\u2013|-)\s*"
    rf"{_COLUMN.replace('<to>', '<named>')}",
    re.IGNORECASE,
)


def destination(text: str) -> str:
    """TABLE.COLUMN (or SCHEMA.TABLE.COLUMN) that "Loaded to ..." names; "" when nothing does."""
    match = _SAID.search(" ".join(text.split()))
    return (match.group("to") or match.group("named")).rstrip(".") if match else ""
