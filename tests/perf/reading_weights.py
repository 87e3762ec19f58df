"""Weights of the checks behind a field's confidence, and whether the scores mean what they say."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Sequence

import numpy as np
from scipy.optimize import minimize
from specs.guides_score import Score

from caseload.specs.readers.confidence import COSTS

BANDS = (0.0, 0.5, 0.7, 0.8, 0.85, 0.9, 0.95, 0.98, 1.01)


def calibration(title: str, scores: Sequence[Score]) -> None:
    """Print the share of fields wholly right in each band of confidence, and the mean error."""
    fields = [one for score in scores for one in score.fields]
    bands: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    for confidence, right, _ in fields:
        band = max(n for n, least in enumerate(BANDS) if confidence >= least)
        bands[band].append((confidence, right))
    print(f"\nconfidence, {title}: {len(fields)} fields")
    error = 0.0
    for band, members in sorted(bands.items()):
        mean = sum(c for c, _ in members) / len(members)
        share = sum(r for _, r in members) / len(members)
        error += len(members) * abs(mean - share)
        print(f"  {BANDS[band]:.2f} to {BANDS[band + 1]:.2f}: scored {mean:.3f}, wholly right "
              f"{share:.3f} of {len(members)}")  # fmt: skip
    print(f"  expected calibration error {error / max(1, len(fields)):.4f}")


def fit(scores: Sequence[Score]) -> None:
    """Print what each failed check costs, so that the product of shares left fits the truth.

    The probability that a field is wholly right is ceiling times the product of (1 - cost) over
    its failed checks; the costs are those of least log loss, held back a little towards those
    that the program has.
    """
    fields = [one for score in scores for one in score.fields]
    names = sorted({name for _, _, failed in fields for name in failed})
    groups = Counter((failed, right) for _, right, failed in fields)
    patterns = sorted({failed for failed, _ in groups})
    holds = np.array([[name in failed for name in names] for failed in patterns], dtype=float)
    good = np.array([groups[failed, True] for failed in patterns], dtype=float)
    bad = np.array([groups[failed, False] for failed in patterns], dtype=float)

    start = np.log([0.005, *(-math.log(1 - COSTS[name]) for name in names)])

    def loss(weights: np.ndarray) -> float:
        logs = -np.exp(weights[0]) - holds.reshape(len(patterns), -1) @ np.exp(weights[1:])
        chance = np.clip(np.exp(logs), 1e-9, 1 - 1e-9)
        prior = 0.5 * float(((weights - start) ** 2).sum())
        return float(-(good * np.log(chance) + bad * np.log(1 - chance)).sum()) + prior

    found = minimize(loss, start, method="L-BFGS-B").x
    print(f"\nfitted on {len(fields)} fields: ceiling {math.exp(-math.exp(found[0])):.4f}")
    for name, weight in zip(names, found[1:], strict=True):
        failed = [(f, r) for f, r in groups if name in f]
        count = sum(groups[pair] for pair in failed)
        right = sum(groups[pair] for pair in failed if pair[1])
        print(f"  {name:<34} {1 - math.exp(-math.exp(weight)):.3f} (now {COSTS[name]:.2f})"
              f"   (failed {count} times, {right} of them right)")  # fmt: skip
