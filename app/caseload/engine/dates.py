"""The date formats of old systems, as strict SQL: the right length and a real calendar day.

The engine's own parser takes `2024021` for a date and `1/2/2024` for DD/MM/YYYY; here a text
is of a format only when it has its length and is a day that exists.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from caseload.engine.sql import text

TOKEN = re.compile(r"YYYY|CCYY|HH24|HH|MI|MM|MON|DD|SS|T|[-/.: ]")


@dataclass(frozen=True, slots=True)
class DateFormat:
    """A mask such as DD/MM/YYYY HH24:MI, understood.

    `length` is that of a text in it, `pattern` the engine's, `year_at` where the year starts
    (from 1), `marks` the characters, with their places, that tell it from others of that length.
    """

    mask: str
    length: int
    pattern: str
    has_time: bool
    year_at: int
    marks: tuple[tuple[int, str], ...]


@cache
def date_format(mask: str) -> DateFormat | None:
    """The format that a document or a person writes as `mask`; None if it is not understood.

    Known parts: DD, MM, MON, YYYY or CCYY, HH24 or HH, MI (MM after hours), SS and separators.
    """
    folded = " ".join(mask.upper().split())
    if folded == "ISO":
        folded = "YYYY-MM-DDTHH24:MI:SS"
    pattern, length, year_at, at = "", 0, 0, 0
    parts: list[str] = []
    marks: list[tuple[int, str]] = []
    for found in TOKEN.finditer(folded):
        if found.start() != at:
            return None
        at = found.end()
        part = found.group()
        if part in ("MM", "MI") and "HH24" in parts:
            part = "MI"
        part = {"CCYY": "YYYY", "HH": "HH24"}.get(part, part)
        if part in ENGINE and part in parts:
            return None
        parts.append(part)
        if part == "YYYY":
            year_at = length + 1
        elif part not in ENGINE and (not marks or part in " T"):
            marks.append((length + 1, part))
        pattern += ENGINE.get(part, part)
        length += WIDTH.get(part, len(part))
    if at != len(folded) or not {"YYYY", "DD"} <= set(parts) or not {"MM", "MON"} & set(parts):
        return None
    return DateFormat("".join(parts), length, pattern, "HH24" in parts, year_at, tuple(marks))


ENGINE = {
    "YYYY": "%Y", "MM": "%m", "MON": "%b", "DD": "%d", "HH24": "%H", "MI": "%M", "SS": "%S",
}  # fmt: skip
WIDTH = {"YYYY": 4, "MM": 2, "MON": 3, "DD": 2, "HH24": 2, "MI": 2, "SS": 2}


FORMATS: dict[str, DateFormat] = {
    mask: form
    for mask in (
        "DD/MM/YYYY",
        "YYYY-MM-DD",
        "CCYYMMDD",
        "DD/MM/YYYY HH24:MI",
        "DD/MM/YYYY HH24:MI:SS",
        "YYYY-MM-DD HH24:MI",
        "YYYY-MM-DD HH24:MI:SS",
        "YYYY-MM-DDTHH24:MI",
        "YYYY-MM-DDTHH24:MI:SS",
        "CCYYMMDDHHMM",
        "CCYYMMDDHHMMSS",
    )
    if (form := date_format(mask)) is not None
}


def parse(value: str, form: DateFormat) -> str:
    """SQL for the TIMESTAMP that the SQL expression `value` is in that format, else NULL."""
    return f"CASE WHEN {_shaped(value, form)} THEN try_strptime({value}, {text(form.pattern)}) END"


def parses(value: str, form: DateFormat) -> str:
    """SQL that is true when `value` is a real date in that format."""
    return f"({_shaped(value, form)} AND try_strptime({value}, {text(form.pattern)}) IS NOT NULL)"


def parse_any(value: str) -> str:
    """SQL for the TIMESTAMP that `value` is in whichever of FORMATS it has, else NULL.

    No text has two of them: length and marks tell them apart.
    """
    cases = " ".join(
        f"WHEN {_shaped(value, form)} THEN try_strptime({value}, {text(form.pattern)})"
        for form in FORMATS.values()
    )
    return f"CASE {cases} END"


def show(value: str, form: DateFormat) -> str:
    """SQL for the DATE or TIMESTAMP expression `value` as text in that format."""
    return f"strftime({value}, {text(form.pattern)})"


def _shaped(value: str, form: DateFormat) -> str:
    # Bytes, not characters: cheaper, and no date holds any but ASCII.
    shape = f"strlen({value}) = {form.length}"
    for place, character in form.marks:
        shape += f" AND {value}[{place}] = {text(character)}"
    return f"{shape} AND {value}[{form.year_at}:{form.year_at + 3}] <> '0000'"
