"""Stage 4: a rule for every target field and a route for every target table."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from caseload.contract.files import (
    contract_hash,
    route_as_row,
    rule_as_row,
    rule_from_row,
    write_contract,
)
from caseload.mapping import reports
from caseload.mapping.analyse import MOCK_SOURCE
from caseload.mapping.inputs import CROSSWALKS, Systems, read_systems
from caseload.mapping.profiles import SourceData, open_source_data
from caseload.mapping.routes import Routes
from caseload.mapping.rules import UNRESOLVED, RuleMaker
from caseload.model.contract import Contract, Rule
from caseload.model.errors import BadInput
from caseload.model.mapping import Suggestion
from caseload.model.progress import CancelToken, Progress
from caseload.model.stage import StageJob, StageResult, Verdict

CONTRACT = "reports/mapping_contract.csv"
ROUTES = "reports/mapping_contract_routes.csv"


def run(job: StageJob, progress: Progress, cancel: CancelToken) -> StageResult:
    """Build the contract; see `caseload.mapping` for the files it writes."""
    matrix = job.project_dir / reports.MATRIX
    if not matrix.is_file():
        raise BadInput(
            "There is no semantic mapping yet",
            where=reports.MATRIX,
            remedy="Run analyze-semantic-mapping first.",
        )
    progress.report(0.05, "Reading the catalogs")
    systems = read_systems(job.project_dir, job.inputs.get("relationships", ()))
    suggestions, bases = reports.read_matrix(matrix)
    cancel.raise_if_cancelled()
    progress.report(0.4, "Looking at the values")
    folder = job.project_dir / (job.options.source_dir or MOCK_SOURCE)
    limit = job.options.memory_limit_mb
    with open_source_data(
        folder, job.work_dir / "engine", memory_limit_mb=limit, cancel=cancel
    ) as data:
        kept = [rule_from_row(row) for row in job.inputs.get("kept_rules", ())]
        code = str(job.inputs.get("system_code") or "")
        contract = build(systems, suggestions, bases, data, kept, progress, cancel, code=code)
    return _publish(job, systems, contract)


def build(
    systems: Systems,
    suggestions: Iterable[Suggestion],
    bases: Mapping[str, str],
    data: SourceData,
    kept: Iterable[Rule],
    progress: Progress,
    cancel: CancelToken,
    *,
    code: str = "",
) -> Contract:
    """The contract for two systems; `kept` rules of persons win over proposals.

    `code` is the sending system's; when empty, one is made from its dictionary's name.
    """
    known = {t: b for t, b in bases.items() if t in systems.target.tables}
    missing = [t for t in systems.target.tables if known.get(t) not in systems.source.tables]
    if missing:
        raise BadInput(
            f"No source table was found for {missing[0]}",
            where=reports.MATRIX,
            remedy="Run analyze-semantic-mapping again on the present catalogs.",
        )
    data.stage(known.values())
    routes = Routes(systems, {t: known[t] for t in systems.target.tables}, data)
    by_field = {(s.target_table, s.target_field): s for s in suggestions}
    maker = RuleMaker(systems, by_field, routes, data, code or system_code(systems))
    decided = {(r.target_table, r.target_field): r for r in kept}
    rules = []
    for at, (name, table) in enumerate(systems.target.tables.items()):
        cancel.raise_if_cancelled()
        progress.report(0.45 + 0.5 * at / len(systems.target.tables), "Writing rules", name)
        for spec in table.fields:
            rule = decided.get((name, spec.field_name))
            if rule is None:
                rule = maker.propose(spec)
            elif rule.expression:
                routes.join_for(name, rule.expression)
            rules.append(rule)
    return Contract(rules, [plan.route() for plan in routes.plans.values()])


def system_code(systems: Systems) -> str:
    """A code for the sending system: the first word of its dictionary's file name."""
    documents = [d.name for d in systems.source.documents]
    documents += [f.provenance.document for f in systems.source.all_fields()][:1]
    for name in documents:
        words = re.findall(r"[A-Za-z]+", Path(name).stem)
        if words:
            return str(words[0]).upper()
    return "SOURCE"


def _publish(job: StageJob, systems: Systems, contract: Contract) -> StageResult:
    hashes = {
        path.stem: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted((job.project_dir / CROSSWALKS).glob("*.csv"))
    }
    sha256 = contract_hash(contract, hashes)
    previous = int(job.inputs.get("previous_version") or 0)
    same = previous and job.inputs.get("previous_sha256") == sha256
    contract.version = previous if same else previous + 1
    out = job.out_dir
    (out / "reports").mkdir(parents=True, exist_ok=True)
    write_contract(contract, out / CONTRACT, out / ROUTES)
    summary = reports.contract_summary(systems, contract, sha256)
    reports.write_json(out / reports.CONTRACT_SUMMARY, summary)
    reports.write_text(out / reports.CONTRACT_ANALYSIS, reports.contract_text(contract, summary))
    payload: dict[str, Any] = {
        "version": contract.version,
        "sha256": sha256,
        "rules": [rule_as_row(r) for r in contract.rules],
        "routes": [route_as_row(r) for r in contract.routes],
    }
    text = json.dumps(payload, ensure_ascii=False)
    (job.work_dir / "contract.json").write_text(text, encoding="utf-8")
    open_ends = sum(1 for r in contract.rules if r.notes.startswith(UNRESOLVED))
    return StageResult(
        job.stage,
        Verdict.PASS,
        f"{len(contract.rules)} rules and {len(contract.routes)} routes,"
        f" {open_ends} mandatory fields unresolved",
        {
            "rules": len(contract.rules),
            "routes": len(contract.routes),
            "unresolved": open_ends,
            **{k.lower(): v for k, v in summary["mapping_class_counts"].items()},
        },
        "contract.json",
    )
