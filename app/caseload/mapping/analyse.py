"""Stage 3: five ranked source candidates with evidence for every target field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from caseload.mapping import reports
from caseload.mapping.conversions import convert
from caseload.mapping.inputs import Systems, read_systems
from caseload.mapping.profiles import SourceData, open_source_data
from caseload.mapping.similarity import Matrix, Similarity, compare
from caseload.mapping.suggest import Decision, suggest
from caseload.mapping.tables import TableMatch, match_tables
from caseload.model.mapping import SemanticStatus
from caseload.model.progress import CancelToken, Progress
from caseload.model.stage import StageJob, StageResult, Verdict

MOCK_SOURCE = "mock_data/source"
WORTH_PROFILING = 0.3
FILLED = 0.95  # a mandatory field's source has a value in this share of rows at least


def run(job: StageJob, progress: Progress, cancel: CancelToken) -> StageResult:
    """Analyse the project's catalogs; see `caseload.mapping` for the files it writes."""
    progress.report(0.02, "Reading the catalogs")
    systems = read_systems(job.project_dir, job.inputs.get("relationships", ()))
    cancel.raise_if_cancelled()
    progress.report(0.35, "Comparing fields")
    similarity = compare(systems)
    cancel.raise_if_cancelled()
    progress.report(0.5, "Matching tables")
    tables = match_tables(systems, similarity)
    cancel.raise_if_cancelled()
    progress.report(0.55, "Looking at the values")
    folder = job.project_dir / (job.options.source_dir or MOCK_SOURCE)
    limit = job.options.memory_limit_mb
    with open_source_data(
        folder, job.work_dir / "engine", memory_limit_mb=limit, cancel=cancel
    ) as data:
        fit = value_fit(systems, similarity, tables, data, cancel)
    progress.report(0.85, "Ranking candidates")
    wanted = [str(name) for name in job.inputs.get("priority_tables", ())]
    found = suggest(
        systems,
        similarity,
        tables,
        _decisions(job.inputs.get("decisions", ())),
        frozenset(wanted),
        fit,
    )
    cancel.raise_if_cancelled()
    summary = reports.summary_of(systems, found.items, wanted)
    evidence = reports.evidence_of(found)
    out = job.out_dir
    reports.write_text(out / reports.MATRIX, reports.matrix_text(found))
    reports.write_json(out / reports.SUMMARY, summary)
    reports.write_json(out / reports.EVIDENCE, evidence, compact=True)
    reports.write_text(out / reports.ANALYSIS, reports.analysis_text(found, summary))
    payload = {"suggestions": evidence["suggestions"]}
    reports.write_json(job.work_dir / "suggestions.json", payload, compact=True)
    progress.report(1.0, "Done")
    counts = summary["status_counts"]
    sure = counts[SemanticStatus.HIGH_CONFIDENCE.value]
    return StageResult(
        job.stage,
        Verdict.PASS,
        f"{len(found.items)} target fields ranked: {sure} with high confidence,"
        f" {counts[SemanticStatus.UNMAPPED.value]} without a likely source",
        {"target_fields": len(found.items), **{k.lower(): v for k, v in counts.items()}},
        "suggestions.json",
    )


def value_fit(
    systems: Systems,
    similarity: Similarity,
    tables: TableMatch,
    data: SourceData,
    cancel: CancelToken,
) -> Matrix | None:
    """How well the sampled values of each base table's fields suit its target's fields.

    1 where nothing is known or all values conform; None without data.
    """
    data.stage(tables.bases.values())
    if not any(data.has(base) for base in tables.bases.values()):
        return None
    fit = np.ones(similarity.combined.shape, dtype=np.float32)
    for target, base in tables.bases.items():
        cancel.raise_if_cancelled()
        if not data.has(base):
            continue
        start, end = similarity.target_span[target]
        first, last = similarity.source_span[base]
        block = similarity.combined[start:end, first:last]
        for row, column in zip(*np.nonzero(block > WORTH_PROFILING), strict=True):
            spec = similarity.target_fields[start + int(row)]
            source = similarity.source_fields[first + int(column)]
            made = convert(
                spec,
                systems.target_meaning.fields[spec.table_name, spec.field_name],
                source,
                systems.source_meaning.fields[base, source.field_name],
                data,
                systems.crosswalks_for(spec),
            )
            suits = 1.0 if made.fits is None else 0.55 + 0.45 * made.fits**2
            if spec.mandatory and made.filled is not None:
                suits *= 0.7 + 0.3 * (made.filled >= FILLED)
            fit[start + int(row), first + int(column)] = suits
    return fit


def _decisions(given: Iterable[Mapping[str, Any]]) -> list[Decision]:
    return [
        Decision(
            (str(d["target_table"]), str(d["target_field"])),
            (str(d["source_table"]), str(d["source_field"])),
            bool(d["approved"]),
        )
        for d in given
    ]
