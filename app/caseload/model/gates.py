"""Release gates: thresholds, profiles, verdicts."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class GateProfile:
    """A named set of thresholds.

    `min_tables_written` of None means: as many as the target catalog has tables.
    `ratio_without_imputed` judges the population ratio without imputed values.
    """

    name: str
    max_errors: int
    max_warnings: int
    max_unresolved: int
    max_crosswalk_rejects: int
    min_population_ratio: float
    min_approved_ratio: float
    min_tables_written: int | None = None
    ratio_without_imputed: bool = False
    sign_offs_required: bool = False
    version: int = 1


PROFILES: dict[str, GateProfile] = {
    p.name: p
    for p in (
        GateProfile("development", 0, 60, 40, 5, 0.30, 0.0),
        GateProfile("pre_production", 0, 20, 10, 0, 0.55, 0.0),
        GateProfile(
            "cutover_ready",
            0,
            10,
            5,
            0,
            0.60,
            1.0,
            ratio_without_imputed=True,
            sign_offs_required=True,
        ),
    )
}


@dataclass(frozen=True, slots=True)
class GateCheck:
    """One gate's outcome: `actual` against `expected`, with a sentence."""

    gate: str
    passed: bool
    actual: float | int | str | bool
    expected: str
    message: str
