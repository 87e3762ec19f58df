"""From raw match scores to the chance of being right.

A logistic curve over the score, its lead over the best rival that states another fact, whether
the field stands in the base table, and how well the tables match.  Fitted by
tests/perf/suggestions.py --fit on the labelled sets together, each set weighing the same.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

WEIGHTS = (-2.55, 1.51, 0.57, 0.13, 4.31)


@dataclass(frozen=True, slots=True)
class Lead:
    """What a chance is reckoned from: raw score, best rival's, in the base table, table score."""

    score: float
    rival: float
    in_base: bool
    tables: float


def features(lead: Lead) -> tuple[float, ...]:
    """What the curve looks at."""
    return 1.0, lead.score, lead.score - lead.rival, float(lead.in_base), lead.tables


def probability(lead: Lead) -> float:
    """The chance, 0..1, that a candidate is the right one."""
    total = sum(w * x for w, x in zip(WEIGHTS, features(lead), strict=True))
    return 1.0 / (1.0 + math.exp(-total))
