"""The check digit of an NHS number, as a condition of the engine."""

from __future__ import annotations

WEIGHTS = range(10, 1, -1)


def fails_check(sql: str) -> str:
    """SQL that is true where a filled value is no valid NHS number.

    Blanks between digits are allowed.  The tenth digit must be 11 less the remainder by 11 of
    the first nine weighted 10 to 2, where 11 counts as 0 and 10 is never valid.
    Source: NHS Data Dictionary, NHS NUMBER.
    """
    digits = f"replace({sql}, ' ', '')"
    weighted = " + ".join(
        f"{weight} * CAST({digits}[{place}] AS INTEGER)"
        for place, weight in enumerate(WEIGHTS, start=1)
    )
    check = f"(11 - ({weighted}) % 11) % 11"
    return (
        f"({sql} IS NOT NULL AND CASE WHEN regexp_full_match({digits}, '[0-9]{{10}}') "
        f"THEN {check} <> CAST({digits}[10] AS INTEGER) ELSE true END)"
    )
