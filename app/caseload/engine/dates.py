"""The date formats of old systems, as strict SQL: the right length and a real calendar day.

The engine's own parser takes `2024021` for a date and `1/2/2024` for DD/MM/YYYY; here a text
is of a format only when it has its length and is a day that exists.
"""

from __future__ import annotations

from dataclasses import dataclass

from caseload.engine.sql import text


@dataclass(frozen=True, slots=True)
class DateFormat:
    """A format: its length in characters, the engine's pattern, and whether it has a time.

    `mark` is a character and its place (from 1) that tell it from another of that length.
    """

    length: int
    pattern: str
    has_time: bool
    mark: tuple[int, str] | None = None


FORMATS: dict[str, DateFormat] = {
    "DD/MM/YYYY": DateFormat(10, "%d/%m/%Y", has_time=False, mark=(3, "/")),
    "YYYY-MM-DD": DateFormat(10, "%Y-%m-%d", has_time=False, mark=(5, "-")),
    "CCYYMMDD": DateFormat(8, "%Y%m%d", has_time=False),
    "DD/MM/YYYY HH24:MI": DateFormat(16, "%d/%m/%Y %H:%M", has_time=True, mark=(3, "/")),
    "DD/MM/YYYY HH24:MI:SS": DateFormat(19, "%d/%m/%Y %H:%M:%S", has_time=True, mark=(3, "/")),
    "YYYY-MM-DD HH24:MI": DateFormat(16, "%Y-%m-%d %H:%M", has_time=True, mark=(11, " ")),
    "YYYY-MM-DD HH24:MI:SS": DateFormat(19, "%Y-%m-%d %H:%M:%S", has_time=True, mark=(11, " ")),
    "YYYY-MM-DDTHH24:MI": DateFormat(16, "%Y-%m-%dT%H:%M", has_time=True, mark=(11, "T")),
    "YYYY-MM-DDTHH24:MI:SS": DateFormat(19, "%Y-%m-%dT%H:%M:%S", has_time=True, mark=(11, "T")),
    "CCYYMMDDHHMM": DateFormat(12, "%Y%m%d%H%M", has_time=True),
    "CCYYMMDDHHMMSS": DateFormat(14, "%Y%m%d%H%M%S", has_time=True),
}

ALIASES = {
    "YYYYMMDD": "CCYYMMDD",
    "YYYYMMDDHH24MI": "CCYYMMDDHHMM",
    "CCYYMMDDHH24MI": "CCYYMMDDHHMM",
    "YYYYMMDDHHMM": "CCYYMMDDHHMM",
    "YYYYMMDDHH24MISS": "CCYYMMDDHHMMSS",
    "DD/MM/CCYY": "DD/MM/YYYY",
    "CCYY-MM-DD": "YYYY-MM-DD",
    "DD/MM/YYYY HH:MM": "DD/MM/YYYY HH24:MI",
    "DD/MM/YYYY HH:MI": "DD/MM/YYYY HH24:MI",
    "DD/MM/YYYY HH:MM:SS": "DD/MM/YYYY HH24:MI:SS",
    "YYYY-MM-DD HH:MM": "YYYY-MM-DD HH24:MI",
    "ISO": "YYYY-MM-DDTHH24:MI:SS",
}


def canonical(name: str) -> str | None:
    """The format's name in FORMATS for what a document or a person writes; None if unknown."""
    folded = " ".join(name.upper().split())
    found = ALIASES.get(folded, folded)
    return found if found in FORMATS else None


def parse(value: str, name: str) -> str:
    """SQL for the TIMESTAMP that the SQL expression `value` is in format `name`, else NULL."""
    form = FORMATS[name]
    return f"CASE WHEN {_shaped(value, form)} THEN try_strptime({value}, {text(form.pattern)}) END"


def parses(value: str, name: str) -> str:
    """SQL that is true when `value` is a real date in format `name`."""
    form = FORMATS[name]
    return f"({_shaped(value, form)} AND try_strptime({value}, {text(form.pattern)}) IS NOT NULL)"


def parse_any(value: str) -> str:
    """SQL for the TIMESTAMP that `value` is in whichever format of FORMATS it has, else NULL.

    No text has two of them: length and mark tell them apart.
    """
    cases = " ".join(
        f"WHEN {_shaped(value, form)} THEN try_strptime({value}, {text(form.pattern)})"
        for form in FORMATS.values()
    )
    return f"CASE {cases} END"


def show(value: str, name: str) -> str:
    """SQL for the DATE or TIMESTAMP expression `value` as text in format `name`."""
    return f"strftime({value}, {text(FORMATS[name].pattern)})"


def _shaped(value: str, form: DateFormat) -> str:
    # Bytes, not characters: cheaper, and no date holds any but ASCII.
    shape = f"strlen({value}) = {form.length}"
    if form.mark is None:
        return shape
    place, character = form.mark
    return f"{shape} AND {value}[{place}] = {text(character)}"
