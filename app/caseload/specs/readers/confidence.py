"""Why a field is believed: named checks, each with what failing it costs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from caseload.model.catalog import Check, FieldSpec
from caseload.specs.readers.names import is_identifier
from caseload.specs.readers.roles import looks_like_type

CEILING = 0.99
"""Kept below what is measured (0.999), for no unseen document is quite like those made."""
COSTS = {
    "name is one word": 0.45,
    "name written like the others": 0.15,
    "name on one line": 0.02,
    "name is whole": 0.3,
    "columns named by a header": 0.2,
    "cells parted by lines": 0.01,
    "rows parted by lines": 0.02,
    "row on one page": 0.01,
    "data type known": 0.3,
    "length fits the type": 0.12,
    "comment understood": 0.08,
    "shading and comments agree": 0.05,
    "foreign key leads to a field": 0.15,
    "code type is listed": 0.06,
    "documents agree": 0.25,
    "corrected by a person": 0.0,
}
"""What a failed check takes away.

Fitted by `tests/perf/reading_layouts.py --fit` on 12,296 fields of 240 made guides whose layouts
are not kept back; where fewer than twenty fields failed a check, set by hand, and so for the
checks that only dictionaries have.
"""
_TEXT = re.compile(r"(?:N?VAR)?CHAR|STRING|ALPHA", re.IGNORECASE)


@dataclass(slots=True)
class RowFacts:
    """How a field's row was found: the ground for the checks that its values cannot tell.

    `overlooked` names what the comment speaks of without that it was understood, `guessed_rows`
    that nothing drawn parts the row from its neighbours; `starred` that a star or dagger stands
    behind the name.
    """

    ruled: bool = True
    pages: int = 1
    lines: int = 1
    by_content: tuple[str, ...] = ()
    has_type_column: bool = False
    has_length_column: bool = False
    guessed_rows: bool = False
    overlooked: tuple[str, ...] = ()
    said_mandatory: bool | None = None
    shaded: bool | None = None
    seen_whole: bool = False
    starred: bool = False


def score(checks: Sequence[Check]) -> float:
    """What is left of near-certainty after the failed checks, two decimals."""
    left = CEILING
    for check in checks:
        if not check.passed:
            left *= 1 - COSTS[check.name]
    return round(left, 2)


def row_checks(spec: FieldSpec, facts: RowFacts, style: re.Pattern[str] | None) -> list[Check]:
    """The checks on a field's name, row, type and length; `style` is how names here look."""
    checks = [Check("name is one word", is_identifier(spec.field_name))]
    if style is not None:
        checks.append(Check("name written like the others", bool(style.fullmatch(spec.field_name))))
    if facts.lines > 1:
        note = "seen whole elsewhere" if facts.seen_whole else f"joined from {facts.lines} lines"
        checks.append(Check("name on one line", facts.seen_whole, note))
    else:
        checks.append(Check("name on one line", True))
    guessed = ", ".join(facts.by_content)
    checks.append(Check("columns named by a header", not guessed, guessed))
    if spec.provenance.page is not None:
        checks += _page_checks(spec, facts)
    if facts.has_type_column:
        known = looks_like_type(spec.data_type)
        checks.append(Check("data type known", known, "" if known else spec.data_type or "empty"))
        checks.append(_length_check(spec, facts))
    elif facts.has_length_column:
        fits = spec.size is not None
        checks.append(Check("length fits the type", fits, "" if fits else spec.length or "empty"))
    if facts.shaded is not None:
        checks.append(_shading_check(facts))
    return checks


def _page_checks(spec: FieldSpec, facts: RowFacts) -> list[Check]:
    """The checks on how a row stands on its page."""
    cut = facts.pages > 1
    name = spec.field_name
    whole = not name.endswith(("_", "-")) and not name[:1].isdigit() and not name.startswith("_")
    return [
        Check("name is whole", whole),
        Check("cells parted by lines", facts.ruled),
        Check("rows parted by lines", not facts.guessed_rows),
        Check("row on one page", not cut, "cut by the page" if cut else ""),
        Check("comment understood", not facts.overlooked, ", ".join(facts.overlooked)),
    ]


def _length_check(spec: FieldSpec, facts: RowFacts) -> Check:
    fits, note = True, ""
    if spec.length and spec.size is None and spec.length.casefold() != "max":
        fits, note = False, f"{spec.length} is no length"
    elif facts.has_length_column and _TEXT.match(spec.data_type) and not spec.length:
        fits, note = False, "text without a length"
    elif spec.data_type == "DATE" and spec.length:
        fits, note = False, "a date with a length"
    return Check("length fits the type", fits, note)


def _shading_check(facts: RowFacts) -> Check:
    name = "shading and comments agree"
    if facts.shaded and facts.said_mandatory is False:
        return Check(name, False, "shaded, but comments say it is not mandatory")
    if not facts.shaded and facts.said_mandatory:
        return Check(name, False, "comments say mandatory, but the row is not shaded")
    return Check(name, True)
