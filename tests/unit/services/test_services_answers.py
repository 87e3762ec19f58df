"""Overview, schemas, runs, quality, audit, settings: what the doors are told."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace

import pytest
from small_project import GUIDE

from caseload.model.catalog import FieldSpec, Provenance, Side
from caseload.model.errors import BadInput
from caseload.model.issue import Issue, Severity
from caseload.model.stage import STAGES, RunState, Stage, Verdict
from caseload.model.views import FieldQuery, IssueQuery, MappingQuery, StageState
from caseload.services import (
    audit,
    explanation,
    mappings,
    overview,
    quality,
    reports,
    runs,
    schemas,
    settings,
    surroundings,
    undo,
    version,
)
from caseload.services.next_steps import next_steps
from caseload.services.session import open_project
from caseload.store.documents import SPEC
from caseload.store.records import Document


def ran(session, figures, *, stages=STAGES, verdict=Verdict.PASS):
    """Record a run whose stages all finished with these figures."""
    project, at = session.project, session.clock
    with project.command("anna", "run.start", at=at()):
        run = project.runs.begin(stages, {}, actor="anna", at=at())
    for stage in stages:
        with project.command("anna", "run.stage", stage.value, at=at()):
            attempt = project.runs.begin_attempt(
                run.number, stage, at=at(), input_hash="", log_path=""
            )
            project.runs.begin_publishing(
                attempt,
                at=at(),
                verdict=verdict,
                summary=f"{stage.value} ran",
                figures=figures.get(stage, {}),
                output_hash="",
            )
            project.runs._set_attempt(attempt, state=RunState.DONE.value)
    with project.command("anna", "run.finish", at=at()):
        project.runs.end(run.number, RunState.DONE, at=at())
    return run.number


ISSUE_HEAD = "severity,category,table_name,field_name,record_id,message,rule_id,rows_affected\n"


def write_issues(session, lines):
    folder = session.folder / "reports"
    folder.mkdir(exist_ok=True)
    (folder / "enterprise_pipeline_issues.csv").write_text(ISSUE_HEAD + "".join(lines))
    (folder / "contract_migration_issues.csv").write_text(ISSUE_HEAD)


# --- overview ---------------------------------------------------------------------------


def test_a_new_project_has_seven_stages_and_no_figures(session):
    found = overview.overview(session)
    assert [s.stage for s in found.stages] == list(STAGES)
    assert {s.state for s in found.stages} == {None}
    assert (found.gates, found.gate_verdict, found.ledger, found.issue_total) == ((), None, None, 0)


def test_coverage_counts_every_class_and_what_is_approved(session):
    mappings.approve(session, mappings.numbers_of(session, ["LOAD_PMI.SEX"]))
    found = {c.mapping_class.value: (c.fields, c.approved) for c in overview.coverage(session)}
    assert found["LOOKUP_TRANSLATION"] == (1, 1)
    assert found["SURROGATE_ETL"] == (2, 0)
    assert sum(fields for fields, _ in found.values()) == 6


def test_a_stage_is_stale_once_what_it_works_from_ran_again(session):
    ran(session, {})
    ran(session, {}, stages=(Stage.BUILD_MAPPING_CONTRACT,))
    stale = {s.stage for s in overview.stage_states(session) if s.stale}
    assert stale == {
        Stage.RUN_CONTRACT_MIGRATION,
        Stage.RUN_ENTERPRISE_PIPELINE,
        Stage.RUN_RELEASE_GATES,
    }


def test_a_migration_is_stale_once_a_mapping_was_edited(session):
    ran(session, {})
    assert not any(s.stale for s in overview.stage_states(session))
    mappings.set_rule(
        session,
        mappings.numbers_of(session, ["LOAD_PMI.SURNAME"])[0],
        {"expression": "PATDATA.PtSurname"},
    )
    stale = {s.stage for s in overview.stage_states(session) if s.stale}
    assert Stage.RUN_CONTRACT_MIGRATION in stale
    assert Stage.BUILD_MAPPING_CONTRACT not in stale


def test_the_header_says_where_who_and_how_things_stand(session):
    number = ran(session, {})
    header = session.header()
    assert (header.name, header.actor, header.contract_version) == ("Trial load 1", "anna", 1)
    assert (header.last_run, header.last_run_state) == (number, RunState.DONE)
    assert (header.ledger_ties, header.gates_total, header.interrupted_run) == (None, None, None)


def states(**states_by_stage):
    return [
        StageState(s, s.value, states_by_stage.get(s.value), None, "", None, None, None)
        for s in STAGES
    ]


DONE = {s.value: RunState.DONE for s in STAGES}
NOTHING = {
    "has_specs": True,
    "interrupted": False,
    "statuses": {},
    "unresolved": 0,
    "issues": (),
    "gates": (),
    "verdict": None,
}


@pytest.mark.parametrize(
    ("stages", "changes", "expected"),
    [
        ({}, {"has_specs": False}, "page:schemas"),
        ({}, {}, "run:extract_specs"),
        ({"extract_specs": RunState.DONE}, {}, "run:generate_mock_data"),
        (DONE, {"interrupted": True}, "run:resume"),
        ({**DONE, "run_release_gates": RunState.FAILED}, {}, "run:run_release_gates"),
        (DONE, {"unresolved": 3}, "page:mappings"),
        (DONE, {"issues": (Issue(Severity.ERROR, "X", "bad"),)}, "page:quality"),
        (DONE, {}, None),
        ({"extract_specs": RunState.RUNNING}, {}, None),
    ],
)
def test_the_next_step_is_what_the_project_needs_most(stages, changes, expected):
    steps = next_steps(states(**stages), **{**NOTHING, **changes})
    assert (steps[0].action if steps else None) == expected


# --- schemas ----------------------------------------------------------------------------


def test_tables_say_how_many_fields_are_doubtful_and_mapped(session):
    (table,) = schemas.tables(session, Side.TARGET)
    assert (table.fields, table.mandatory, table.doubtful, table.mapped) == (6, 4, 1, 5)
    patients = schemas.tables(session, Side.SOURCE)[0]
    assert (patients.name, patients.mapped) == ("PATDATA", 3)


def test_the_least_sure_field_comes_first_when_asked(session):
    page = schemas.fields(session, FieldQuery(Side.TARGET, sort="confidence", limit=2))
    assert page.rows[0].spec.field_name == "SEX"
    assert (page.total, page.all_rows) == (6, 6)


def test_a_source_field_says_what_uses_it(session):
    page = schemas.fields(session, FieldQuery(Side.SOURCE, text="ptsex"))
    assert page.rows[0].used_by == ("LOAD_PMI.SEX",)


def test_a_correction_shows_who_and_why_and_goes_to_the_catalog_file(session):
    schemas.correct_field(session, Side.TARGET, "LOAD_PMI", "SEX", {"length": "2"}, "page 12")
    row = schemas.fields(session, FieldQuery(Side.TARGET, text="sex")).rows[0]
    assert (row.spec.length, row.corrected_by, row.correction_reason) == ("2", "anna", "page 12")
    written = (session.folder / "schemas/target_schema_catalog.csv").read_text()
    line = next(x for x in written.splitlines() if x.startswith("LOAD_PMI,SEX,"))
    assert "VARCHAR2,2," in line
    undo.undo(session)
    assert schemas.fields(session, FieldQuery(Side.TARGET, text="sex")).rows[0].spec.length == "1"


def test_a_second_correction_keeps_the_first(session):
    schemas.correct_field(session, Side.TARGET, "LOAD_PMI", "SEX", {"length": "2"}, "")
    schemas.accept_field(session, Side.TARGET, "LOAD_PMI", "SEX")
    spec = schemas.fields(session, FieldQuery(Side.TARGET, text="sex")).rows[0].spec
    assert (spec.length, spec.confidence) == ("2", 1.0)


@pytest.mark.parametrize(
    "changes", [{"colour": "red"}, {"length": 3}, {"mandatory": "Y"}, {"confidence": 7.0}]
)
def test_a_correction_that_cannot_be_is_refused(session, changes):
    lines = session.project.audit.count()
    with pytest.raises(BadInput):
        schemas.correct_field(session, Side.TARGET, "LOAD_PMI", "SEX", changes, "")
    assert session.project.audit.count() == lines


def put_guide(session, path):
    with session.project.command("anna", "test.guide", at=session.clock()):
        session.project.documents.put(
            [
                Document(
                    GUIDE, "0" * 64, 1, SPEC, Side.TARGET, f"requirement_spec/{GUIDE}", "anna", ""
                )
            ]
        )
    target = session.folder / "requirement_spec" / GUIDE
    target.parent.mkdir(exist_ok=True)
    target.write_bytes(path.read_bytes())


def guide(path):
    from reportlab.pdfgen.canvas import Canvas

    canvas = Canvas(str(path), pagesize=(600, 800))
    for page in (1, 2):
        canvas.drawString(54, 700, f"Page {page}")
        canvas.showPage()
    canvas.save()
    return path


def test_the_page_a_field_was_read_from_is_drawn_with_its_place(session, tmp_path):
    put_guide(session, guide(tmp_path / "made.pdf"))
    spec = schemas.fields(session, FieldQuery(Side.TARGET, text="sex")).rows[0].spec
    found = schemas.page_picture(session, spec, 300)
    assert found.png.startswith(b"\x89PNG")
    assert (found.page, found.pages) == (2, 2)
    assert found.box_fraction == pytest.approx((54 / 600, 180 / 800, 540 / 600, 118 / 800))
    assert schemas.page_picture(session, spec, 300).png is found.png


def test_a_field_of_no_page_has_no_picture(session):
    spec = schemas.fields(session, FieldQuery(Side.SOURCE, limit=1)).rows[0].spec
    assert schemas.page_picture(session, spec, 300) is None
    missing = FieldSpec("T", "F", 1, provenance=Provenance("other.pdf", page=1))
    assert schemas.page_picture(session, missing, 300) is None


def test_a_damaged_document_is_told_not_drawn(session, tmp_path):
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(b"%PDF-1.7 nothing")
    put_guide(session, broken)
    spec = schemas.fields(session, FieldQuery(Side.TARGET, text="sex")).rows[0].spec
    with pytest.raises(BadInput, match="cannot be drawn"):
        schemas.page_picture(session, spec, 300)


# --- runs and quality -------------------------------------------------------------------


def test_kpis_come_from_real_runs_and_from_nothing_else(session):
    assert quality.summary(session).kpis == ()
    for errors in (3, 1):
        ran(session, {Stage.RUN_ENTERPRISE_PIPELINE: {"errors": errors, "warnings": 2}})
    found = {kpi.key: kpi for kpi in quality.summary(session).kpis}
    assert found["errors"].trend == ((1, 3.0), (2, 1.0))
    assert (found["errors"].value, found["errors"].passed) == (1.0, False)
    assert found["warnings"].passed
    assert "crosswalk_reject_count" not in found


def test_errors_of_migration_and_quality_rules_are_added(session):
    figures = {
        Stage.RUN_CONTRACT_MIGRATION: {"issue_counts": {"ERROR": 2, "WARN": 0}},
        Stage.RUN_ENTERPRISE_PIPELINE: {"errors": 1},
    }
    ran(session, figures)
    assert quality.summary(session).kpis[0].value == 3


def test_issues_are_filtered_sorted_and_counted_by_rows(session):
    write_issues(
        session,
        [
            "WARN,FORMAT,LOAD_PMI,POSTCODE,7,Not a postcode,T05,40\n",
            "ERROR,IDENTITY,LOAD_PMI,NHS_NUMBER,8,Shared by two,T02,2\n",
            "INFO,COMPLETENESS,LOAD_GPS,PHONE,,Empty,T09,9\n",
        ],
    )
    page = quality.issues(session, IssueQuery())
    assert [i.severity for i in page.rows] == [Severity.ERROR, Severity.WARN, Severity.INFO]
    narrowed = quality.issues(session, IssueQuery(severities=("WARN",), text="postcode"))
    assert (narrowed.total, narrowed.all_rows) == (1, 3)
    assert quality.summary(session).by_table == {"LOAD_PMI": 42, "LOAD_GPS": 9}


def test_two_runs_are_compared_as_new_fixed_and_persisting(session):
    figures = {Stage.RUN_ENTERPRISE_PIPELINE: {"errors": 1}}
    ran(session, figures)
    write_issues(session, ["ERROR,A,T,F,,One bad,R1,1\n", "WARN,B,T,G,,Two odd,R2,5\n"])
    from caseload.services import issue_archive

    issue_archive.keep(session)
    ran(session, {Stage.RUN_ENTERPRISE_PIPELINE: {"errors": 0}})
    write_issues(session, ["WARN,B,T,G,,Two odd,R2,3\n", "WARN,C,T,H,,Three new,R3,1\n"])
    found = runs.compare(session, 1, 2)
    assert [c.message for c in found.new] == ["Three new"]
    assert [c.message for c in found.fixed] == ["One bad"]
    assert [(c.before, c.after) for c in found.persisting] == [(5, 3)]
    assert [(f.figure, f.before, f.after) for f in found.figures] == [("errors", 1, 0)]


def test_issues_that_were_not_kept_are_said_to_be_unknown(session):
    ran(session, {})
    ran(session, {})
    write_issues(session, [])
    assert not runs.compare(session, 1, 2).issues_known


def test_a_run_that_there_is_not_is_refused(session):
    with pytest.raises(BadInput, match="no run 7"):
        runs.run(session, 7)


def test_a_runs_gates_are_those_it_had(session):
    check = {
        "gate": "NO_ERRORS",
        "status": "FAIL",
        "actual": 3,
        "expected": "<= 0",
        "message": "3 ERROR issues",
    }
    ran(session, {Stage.RUN_RELEASE_GATES: {"checks": [check]}}, verdict=Verdict.FAIL)
    found = runs.run(session, 1)
    assert found.summary.verdict is Verdict.FAIL
    assert [(g.gate, g.passed) for g in found.gates] == [("NO_ERRORS", False)]


def test_a_report_cut_short_is_no_report(session):
    (session.folder / "reports").mkdir(exist_ok=True)
    (session.folder / reports.GATE_REPORT).write_text('{"status": "PA')
    assert reports.gates(session) == ("", (), None)


def test_a_table_is_explained_by_the_sql_of_its_routes(session):
    (found,) = explanation.explained(session, "load_pmi")
    assert (found.route, found.base_table) == ("main", "PATDATA")
    assert "PtSurname" in found.sql
    assert found.sql.startswith("SELECT\n")
    with pytest.raises(BadInput, match="no route to a table LOAD_X"):
        explanation.explained(session, "LOAD_X")


# --- audit ------------------------------------------------------------------------------


def test_the_audit_is_exported_with_its_head(session, tmp_path):
    mappings.approve(session, mappings.rule_ids(session, MappingQuery(confidences=("HIGH",))))
    audit.export(session, tmp_path / "audit.jsonl")
    lines = [json.loads(x) for x in (tmp_path / "audit.jsonl").read_text().splitlines()]
    assert [x["seq"] for x in lines[:-1]] == list(range(1, len(lines)))
    assert lines[-2]["action"] == "audit.export"
    assert lines[-1]["head"] == {"seq": lines[-2]["seq"], "hash": lines[-2]["hash"]}


def test_the_audit_is_never_written_over_the_project(session):
    with pytest.raises(BadInput, match="cannot be written there"):
        audit.export(session, session.project.path)


def test_an_audit_holds_until_somebody_alters_the_file(session, clock):
    assert audit.verify(session).ok
    session.close()
    raw = sqlite3.connect(session.project.path)
    for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        raw.execute(f"DROP TRIGGER {name}")
    raw.execute("UPDATE audit_line SET actor = 'bob' WHERE seq = 2")
    raw.commit()
    raw.close()
    with open_project(session.folder, read_only=True, clock=clock) as again:
        found = audit.verify(again)
    assert (found.ok, found.first_broken) == (False, 2)


# --- settings, version, surroundings ----------------------------------------------------


def test_settings_have_defaults_and_keep_what_was_set(session):
    assert settings.get(session, "mock.rows") == 20
    settings.put(session, {"mock.rows": 50, "mapping.priority_tables": "PATDATA, OPA"})
    assert settings.get(session, "mock.rows") == 50
    assert settings.get(session, "mapping.priority_tables") == ("PATDATA", "OPA")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("mock.rows", 0),
        ("mock.rows", "many"),
        ("gates.profile", "lenient"),
        ("mock.as_of", "31/03/2026"),
        ("colour", "red"),
    ],
)
def test_a_setting_that_cannot_be_changes_nothing(session, key, value):
    before = settings.everything(session)
    with pytest.raises(BadInput):
        settings.put(session, {"mock.seed": 7, key: value})
    assert settings.everything(session) == before


def test_the_time_can_be_fixed_from_outside(monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1774915200")
    assert surroundings.now().isoformat() == "2026-03-31T00:00:00+00:00"
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "yesterday")
    with pytest.raises(BadInput, match="not a number of seconds"):
        surroundings.now()


def test_the_manifest_names_its_current_version_first():
    found = version.manifest()
    assert found.history[0].version == found.current_version
    assert replace(found, product_name="Caseload") == found
