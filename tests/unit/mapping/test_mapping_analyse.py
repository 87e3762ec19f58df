"""Stage 3: candidates with evidence."""

import json

import pytest
from conftest import Workshop

from caseload.model.errors import BadInput
from caseload.model.stage import Stage

MATRIX = "reports/semantic_mapping_matrix.csv"


def best(workshop: Workshop, table: str, field: str) -> tuple[str, str]:
    row = next(
        r for r in workshop.read(MATRIX) if (r["target_table"], r["target_field"]) == (table, field)
    )
    return row["best_source_table"], row["best_source_field"]


def test_every_target_field_has_a_line_with_the_public_columns_first(workshop: Workshop) -> None:
    workshop.run(Stage.ANALYZE_SEMANTIC_MAPPING)
    rows = workshop.read(MATRIX)
    assert len(rows) == 15
    assert list(rows[0])[:12] == [
        "target_table",
        "target_field",
        "best_source_table",
        "best_source_field",
        "score",
        "status",
        "source_in_13_priority",
        "source_in_target_hint_tables",
        "notes",
        "candidate_2_source_table",
        "candidate_2_source_field",
        "candidate_2_score",
    ]


def test_the_same_fact_under_another_name_comes_first(workshop: Workshop) -> None:
    workshop.run(Stage.ANALYZE_SEMANTIC_MAPPING)
    assert best(workshop, "LOAD_PATIENTS", "SURNAME") == ("PERSONS", "FamilyName")
    assert best(workshop, "LOAD_PATIENTS", "SEX") == ("PERSONS", "Gender")
    assert best(workshop, "LOAD_ADMISSIONS", "ADMISSION_METHOD") == ("IPSTAYS", "AdmMeth")
    assert best(workshop, "LOAD_ADMISSIONS", "ADMISSION_WARD") == ("IPSTAYS", "WardCd")


def test_live_tables_are_chosen_before_their_audit_twins(workshop: Workshop) -> None:
    workshop.run(Stage.ANALYZE_SEMANTIC_MAPPING)
    bases = {r["target_table"]: r["base_table"] for r in workshop.read(MATRIX)}
    assert bases == {"LOAD_PATIENTS": "PERSONS", "LOAD_ADMISSIONS": "IPSTAYS"}


def test_keys_links_and_the_system_code_are_system_fields(workshop: Workshop) -> None:
    workshop.run(Stage.ANALYZE_SEMANTIC_MAPPING)
    status = {(r["target_table"], r["target_field"]): r["status"] for r in workshop.read(MATRIX)}
    for name in ("RECORD_NUMBER", "SYSTEM_CODE", "PATIENT_RECORD_NUMBER"):
        assert status["LOAD_ADMISSIONS", name] == "SYSTEM_FIELD"
    assert status["LOAD_PATIENTS", "SHOE_MAKER"] in ("UNMAPPED", "LOW_CONFIDENCE")


def test_the_payload_carries_the_evidence_of_each_candidate(workshop: Workshop) -> None:
    workshop.run(Stage.ANALYZE_SEMANTIC_MAPPING)
    path = workshop.project / "reports" / "semantic_mapping_evidence.json"
    data = json.loads(path.read_text(encoding="utf-8"))
    one = next(s for s in data["suggestions"] if s["target_field"] == "SEX")
    kinds = {e["kind"] for e in one["candidates"][0]["evidence"]}
    assert kinds >= {"name", "meaning", "type", "context", "code list"}


def test_the_summary_counts_every_status(workshop: Workshop) -> None:
    workshop.run(Stage.ANALYZE_SEMANTIC_MAPPING, priority_tables=["PERSONS"])
    path = workshop.project / "reports" / "semantic_mapping_summary.json"
    summary = json.loads(path.read_text(encoding="utf-8"))
    assert sum(summary["status_counts"].values()) == summary["target_field_count"] == 15
    covered = summary["priority_source_coverage"]["PERSONS"]
    assert covered["total_fields"] == 8
    assert covered["mapped_fields"] + covered["unmapped_fields"] == 8


def test_an_approval_comes_first_and_a_refusal_never_again(workshop: Workshop) -> None:
    def decision(source: str, *, approved: bool) -> dict[str, object]:
        return {
            "target_table": "LOAD_PATIENTS",
            "target_field": "SURNAME",
            "source_table": "PERSONS",
            "source_field": source,
            "approved": approved,
        }

    refused = decision("FamilyName", approved=False)
    approved = decision("HospNo", approved=True)
    workshop.run(Stage.ANALYZE_SEMANTIC_MAPPING, decisions=[refused, approved])
    row = next(r for r in workshop.read(MATRIX) if r["target_field"] == "SURNAME")
    assert (row["best_source_field"], row["score"]) == ("HospNo", "1.000")
    named = {v for k, v in row.items() if k.endswith("source_field")}
    assert "FamilyName" not in named


def test_two_runs_give_the_same_bytes(with_rows: Workshop) -> None:
    with_rows.run(Stage.ANALYZE_SEMANTIC_MAPPING)
    first = (with_rows.project / MATRIX).read_bytes()
    with_rows.run(Stage.ANALYZE_SEMANTIC_MAPPING)
    assert (with_rows.project / MATRIX).read_bytes() == first


def test_without_catalogs_the_remedy_is_named(workshop: Workshop) -> None:
    (workshop.project / "schemas" / "source_schema_catalog.csv").unlink()
    with pytest.raises(BadInput, match="extract-specs"):
        workshop.run(Stage.ANALYZE_SEMANTIC_MAPPING)
