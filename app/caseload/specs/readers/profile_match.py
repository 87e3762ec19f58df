"""Which remembered reader profile fits a document: the next version of the one it was made for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import PurePath

from caseload.model.reader_profile import ReaderProfile
from caseload.specs.readers.grid import Grid
from caseload.specs.readers.vocabulary import Role

_MOST_HEADER_ROWS = 60
_ENOUGH_SHARED = 0.6
_VERSION = re.compile(
    r"[\W_]*(?:\b|(?<=_))(?:v(?:er(?:sion)?)?|rel(?:ease)?|rev(?:ision)?|r|final|draft|copy|new|old)?"
    r"[\W_]*\d[\d.\-_ ]*[a-z]?$|[\W_]*(?:\(\d+\)|\b(?:final|draft|copy|new|old))$",
    re.IGNORECASE,
)


def fitting(
    profiles: Sequence[ReaderProfile], kind: str, name: str, grids: Sequence[Grid]
) -> ReaderProfile | None:
    """The profile to read a document by; None when none fits.

    A profile fits a document of its kind that has a row with all of its headers, in whatever
    order.  When most of them are there (or it was made without a header row) the document must
    also be called as the one it was made for, but for a version or date.
    """
    stem = stem_of(name)
    ranked: list[tuple[float, str, ReaderProfile]] = []
    for profile in profiles:
        if profile.kind != kind:
            continue
        shared = _shared(profile, grids)
        same_name = bool(stem) and stem == stem_of(profile.document)
        if shared == 1.0 or (same_name and shared >= _ENOUGH_SHARED):
            ranked.append((shared + 0.5 * same_name, profile.at, profile))
    return max(ranked, key=lambda one: one[:2])[2] if ranked else None


def stem_of(name: str) -> str:
    """A document's name without ending, version and date: "guide" of "Guide_v7.3 2026-01.pdf"."""
    stem = PurePath(name).stem.strip()
    while True:
        shorter = _VERSION.sub("", stem)
        if shorter == stem or not shorter:
            return re.sub(r"[\W_]+", " ", stem).strip().casefold()
        stem = shorter


def in_words(profile: ReaderProfile) -> str:
    """The profile as a log and a record name it: profile Wards of anna, 24 Nov 2026."""
    try:
        day = datetime.fromisoformat(profile.at)
        when = f", {day.day} {day:%b %Y}"
    except ValueError:
        when = ""
    return f"profile {profile.name} of {profile.by}{when}"


def plain(text: str) -> str:
    """A header cell as it is compared: without case and white space."""
    return "".join(text.split()).casefold()


def _shared(profile: ReaderProfile, grids: Sequence[Grid]) -> float:
    """The share of a profile's headers that some row of the document holds; 0..1.

    The columns of field and table must be there.  A profile without headers says nothing of its
    own, so that a name must confirm it.
    """
    wanted = {plain(header) for header in profile.headers if header.strip()}
    if not wanted:
        return _ENOUGH_SHARED
    roles = profile.assignment.roles
    said = (roles.get(role) for role in (Role.FIELD.value, Role.TABLE.value))
    needed = {plain(column) for column in said if isinstance(column, str)}
    best = 0.0
    for grid in grids:
        for row in grid.rows[:_MOST_HEADER_ROWS]:
            cells = {plain(cell) for cell in row.cells if cell}
            if needed <= cells:
                best = max(best, len(wanted & cells) / len(wanted))
        if best == 1.0:
            break
    return best
