"""From raw match scores to the chance of being right.

A logistic curve over the score, its lead over the best rival that states another fact, whether
the field stands in the base table, and how well the tables match.  The weights lie near the
fit that tests/perf/suggestions.py --fit prints, with more on the score, so that a field that
nothing speaks for stays unlikely in however good a table.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

WEIGHTS = (-3.2, 1.6, 0.9, 0.6, 1.6, 3.4)


@dataclass(frozen=True, slots=True)
class Lead:
    """What a chance is reckoned from: raw score, best rival's, in the base table, table score."""

    score: float
    rival: float
    in_base: bool
    tables: float


def features(lead: Lead) -> tuple[float, ...]:
    """What the curve looks at."""
    lead_over = lead.score - lead.rival
    return 1.0, lead.score, lead_over, float(lead.in_base), lead.tables, lead.score * lead.tables


def probability(lead: Lead) -> float:
    """The chance, 0..1, that a candidate is the right one."""
    total = sum(w * x for w, x in zip(WEIGHTS, features(lead), strict=True))
    return 1.0 / (1.0 + math.exp(-total))
