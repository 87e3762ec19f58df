"""Stage 7: hold the gates of a profile against the evidence of the last run."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from caseload.gates.evidence import Evidence, gather
from caseload.model.errors import BadInput
from caseload.model.gates import PROFILES, GateCheck, GateProfile
from caseload.model.progress import CancelToken, Progress
from caseload.model.stage import Stage, StageJob, StageResult, Verdict

REPORT = "reports/release_gate_report.json"


def checks(evidence: Evidence, profile: GateProfile) -> list[GateCheck]:
    """Every gate of the profile with its outcome, in a fixed order."""
    e, p = evidence, profile
    ratio = e.population_ratio_without_imputed if p.ratio_without_imputed else e.population_ratio
    tables = e.target_tables if p.min_tables_written is None else p.min_tables_written
    approved = e.approved / e.rules if e.rules else 0.0
    of_what = "without imputed values" if p.ratio_without_imputed else "imputed values included"
    found = [
        _at_most("NO_ERRORS", e.errors, p.max_errors, "ERROR issues"),
        _at_most("WARNINGS_THRESHOLD", e.warnings, p.max_warnings, "WARN issues"),
        _at_most(
            "UNRESOLVED_MAPPING_THRESHOLD",
            e.unresolved,
            p.max_unresolved,
            "target fields that need a decision",
        ),
        _at_most(
            "CROSSWALK_REJECT_THRESHOLD",
            e.crosswalk_rejects,
            p.max_crosswalk_rejects,
            "values that no crosswalk translates",
        ),
        GateCheck(
            "POPULATION_RATIO_MIN",
            ratio >= p.min_population_ratio,
            round(ratio, 4),
            f">= {p.min_population_ratio:.2f}",
            f"{ratio:.1%} of the columns hold a value, {of_what}",
        ),
        GateCheck(
            "TABLES_WRITTEN_MIN",
            e.tables_written >= tables,
            e.tables_written,
            f">= {tables}",
            f"{e.tables_written} of {e.target_tables} load tables were written",
        ),
        GateCheck(
            "LEDGER_TIES",
            e.ledger_ties and e.rows_written > 0,
            e.ledger_ties and e.rows_written > 0,
            "true",
            "Every source row is accounted for"
            if e.ledger_ties and e.rows_written > 0
            else ("The ledger does not tie" if e.rows_written else "The run loaded no rows"),
        ),
        _at_most("FK_COMPLETENESS", e.orphan_links, 0, "foreign key values without a parent"),
        GateCheck(
            "APPROVED_MAPPINGS",
            approved >= p.min_approved_ratio,
            round(approved, 4),
            f">= {p.min_approved_ratio:.2f}",
            f"{e.approved} of {e.rules} rules are approved",
        ),
    ]
    if p.sign_offs_required:
        message = "Every sign-off is given" if e.signed_off else "No sign-off has been given"
        found.append(GateCheck("SIGN_OFFS", e.signed_off, e.signed_off, "true", message))
    return found


def profile_from(inputs: dict[str, Any], name: str) -> GateProfile:
    """The profile of that name: the project's own version if it has one, else the shipped.

    Raises:
        BadInput: no profile has that name.
    """
    own = inputs.get("profile")
    if isinstance(own, dict) and own.get("name") == name:
        return GateProfile(**own)
    if name not in PROFILES:
        raise BadInput(
            f"There is no gate profile named {name!r}",
            where="--profile",
            remedy=f"Choose one of {', '.join(PROFILES)}",
        )
    return PROFILES[name]


def run(job: StageJob, progress: Progress, cancel: CancelToken) -> StageResult:
    """Judge the last run and write `reports/release_gate_report.json`.

    `job.inputs`: `profile` (a GateProfile as dict), `rules`, `approved` (counts of the
    contract's rules) and `signed_off`.
    """
    profile = profile_from(job.inputs, job.options.profile)
    progress.report(0.1, f"Holding the gates of {profile.name}")
    evidence = gather(
        job.project_dir,
        rules=int(job.inputs.get("rules", 0)),
        approved=int(job.inputs.get("approved", 0)),
        signed_off=bool(job.inputs.get("signed_off", False)),
    )
    cancel.raise_if_cancelled()
    gates = checks(evidence, profile)
    passed = sum(gate.passed for gate in gates)
    verdict = Verdict.PASS if passed == len(gates) else Verdict.FAIL
    thresholds = asdict(profile)
    thresholds["profile"] = thresholds.pop("name")
    thresholds["min_tables_written"] = (
        evidence.target_tables if profile.min_tables_written is None else profile.min_tables_written
    )
    report = {
        "run_id": job.run_id,
        "run_at_utc": job.run_at_utc,
        "status": verdict.value,
        "inputs": evidence.inputs,
        "thresholds": thresholds,
        "checks": [
            {
                "gate": gate.gate,
                "status": "PASS" if gate.passed else "FAIL",
                "actual": gate.actual,
                "expected": gate.expected,
                "message": gate.message,
            }
            for gate in gates
        ],
    }
    path = job.out_dir / REPORT
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8", newline="\n")
    for gate in gates:
        level = "info" if gate.passed else "error"
        progress.log(
            f"{'pass' if gate.passed else 'FAIL'} {gate.gate}: {gate.message}", level=level
        )
    progress.report(1.0, f"{passed} of {len(gates)} gates pass")
    return StageResult(
        Stage.RUN_RELEASE_GATES,
        verdict,
        f"{passed} of {len(gates)} gates pass ({profile.name})",
        {
            "gates_passed": passed,
            "gates_total": len(gates),
            "profile": profile.name,
            "checks": report["checks"],
        },
    )


def _at_most(gate: str, actual: int, limit: int, what: str) -> GateCheck:
    return GateCheck(gate, actual <= limit, actual, f"<= {limit}", f"{actual:,} {what}")
