"""From raw match scores to the chance of being right.

A logistic curve over the score, its lead over the best rival that states another fact, and
whether the field stands in the base table.  Fitted by tests/perf/suggestions.py --fit on
labelled sets, each kept out in turn; the numbers are the mean of those fits.
"""

from __future__ import annotations

import math

WEIGHTS = (-3.2, 4.6, 6.0, 0.8)


def features(score: float, rival: float, in_base: bool) -> tuple[float, float, float, float]:
    """What the curve looks at: 1, the score, the lead over the rival, in the base table."""
    return 1.0, score, score - rival, float(in_base)


def probability(score: float, rival: float, in_base: bool) -> float:
    """The chance, 0..1, that a candidate with this raw score is the right one."""
    total = sum(w * x for w, x in zip(WEIGHTS, features(score, rival, in_base), strict=True))
    return 1.0 / (1.0 + math.exp(-total))
