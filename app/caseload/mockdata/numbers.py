"""NHS numbers of the range that is never given to a person, valid by their check digit."""

from __future__ import annotations

import numpy as np

from caseload.mockdata.frames import Ints

FIRST = 999_000_000
RANGE = 1_000_000


def nhs_numbers(count: int, rng: np.random.Generator) -> Ints:
    """`count` different valid ten-digit numbers beginning 999; fewer when the range is spent.

    The check digit is eleven less the weighted sum (10..2) modulo eleven; a number whose
    check digit would be ten does not exist.
    """
    step = 617_111  # coprime to the range, so that neighbours look unlike
    bases = FIRST + (int(rng.integers(RANGE)) + np.arange(RANGE, dtype=np.int64) * step) % RANGE
    if count < RANGE // 2:
        bases = bases[: count + count // 5 + 20]
    checks = check_digits(bases)
    good: Ints = (bases * 10 + checks)[checks < 10][:count]
    return good


def check_digits(bases: Ints) -> Ints:
    """The modulus-11 check digit of nine-digit numbers; 10 where there is none."""
    total = np.zeros(len(bases), dtype=np.int64)
    rest = bases.copy()
    for weight in range(2, 11):
        total += rest % 10 * weight
        rest //= 10
    digits: Ints = (11 - total % 11) % 11
    return digits
