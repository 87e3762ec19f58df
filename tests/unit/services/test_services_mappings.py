"""Mappings: what the grid shows, what a person decides, and what can be taken back."""

import csv
from dataclasses import replace

import pytest
from small_project import rule_of

from caseload.lifecycle.decisions import ApprovalHashes
from caseload.model.catalog import Side
from caseload.model.contract import MappingClass, MappingStatus
from caseload.model.errors import BadInput, Refused
from caseload.model.views import ChangeKind, MappingQuery
from caseload.services import mappings, schemas
from caseload.services.permission import READER
from caseload.services.session import open_project


def number(session, field):
    (found,) = mappings.numbers_of(session, [f"LOAD_PMI.{field}"])
    return found


def fields(page):
    return [row.rule.target_field for row in page.rows]


def test_the_grid_comes_in_pages_and_says_how_many_there_are(session):
    page = mappings.rows(session, MappingQuery(offset=2, limit=2))
    assert fields(page) == ["SURNAME", "SEX"]
    assert (page.offset, page.total, page.all_rows) == (2, 6, 6)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (MappingQuery(text="ptsex"), ["SEX"]),
        (MappingQuery(text="patdata upper"), ["SURNAME"]),
        (MappingQuery(classes=(MappingClass.SURROGATE_ETL,)), ["RECORD_NUMBER", "SYSTEM_CODE"]),
        (MappingQuery(statuses=(MappingStatus.APPROVED,)), []),
        (MappingQuery(confidences=("HIGH",)), ["SURNAME", "SEX", "DATE_OF_BIRTH"]),
        (MappingQuery(tables=("LOAD_OTHER",)), []),
        (MappingQuery(mandatory=False), ["SEX", "DATE_OF_BIRTH"]),
        (MappingQuery(min_score=0.93), ["SURNAME", "DATE_OF_BIRTH"]),
        (MappingQuery(unresolved=True), ["RELIGION"]),
        (
            MappingQuery(sort="score", descending=True, limit=3),
            ["DATE_OF_BIRTH", "SURNAME", "SEX"],
        ),
    ],
)
def test_filters_and_sorting_narrow_the_grid(session, query, expected):
    assert fields(mappings.rows(session, query)) == expected


def test_all_that_match_can_be_chosen_beyond_the_page(session):
    assert len(mappings.rule_ids(session, MappingQuery(confidences=("HIGH",), limit=1))) == 3


def test_sorting_by_an_unknown_column_is_refused(session):
    with pytest.raises(BadInput, match="cannot be sorted by colour"):
        mappings.rows(session, MappingQuery(sort="colour"))


def test_filters_are_counted(session):
    counted = mappings.filters(session)
    assert counted["table"] == {"LOAD_PMI": 6}
    assert counted["status"] == {"DRAFT": 6}


def test_the_inspector_shows_candidates_with_evidence_and_history(session):
    mappings.approve(session, [number(session, "SURNAME")])
    found = mappings.detail(session, number(session, "SURNAME"))
    assert [c.source_field for c in found.candidates] == ["PtSurname", "PtPrevSurname"]
    assert found.candidates[0].evidence[0].note == "alike"
    assert found.source is not None
    assert found.source.field_name == "PtSurname"
    assert [line.words for line in found.history] == ["Approved: approve 1 mapping"]


def test_an_approval_names_the_hash_of_what_it_approves(session):
    mappings.approve(session, [number(session, "SEX")])
    rule = rule_of(session, "SEX")
    assert (rule.status, rule.approved_by) == (MappingStatus.APPROVED, "anna")
    assert rule.approved_hash == ApprovalHashes.of(session.project).hash_of(rule)


def test_an_approval_lapses_when_its_rule_is_edited(session):
    mappings.approve(session, [number(session, "SURNAME")])
    mappings.set_rule(session, number(session, "SURNAME"), {"expression": "PATDATA.PtSurname"})
    assert rule_of(session, "SURNAME").status is MappingStatus.RE_REVIEW


def test_an_approval_stays_when_only_notes_change(session):
    mappings.approve(session, [number(session, "SURNAME")])
    mappings.set_rule(session, number(session, "SURNAME"), {"notes": "checked with the PAS team"})
    assert rule_of(session, "SURNAME").status is MappingStatus.APPROVED


def test_an_approval_lapses_when_the_target_field_is_corrected(session):
    mappings.approve(session, [number(session, "SURNAME")])
    schemas.correct_field(
        session, Side.TARGET, "LOAD_PMI", "SURNAME", {"length": "30"}, "guide 7.3 says so"
    )
    assert rule_of(session, "SURNAME").status is MappingStatus.RE_REVIEW
    mappings.undo(session)
    assert rule_of(session, "SURNAME").status is MappingStatus.APPROVED


def test_a_decision_rewrites_the_contract_file(session):
    mappings.approve(session, [number(session, "SEX")])
    with (session.folder / "reports/mapping_contract.csv").open(encoding="utf-8") as file:
        rows = {row["target_field"]: row for row in csv.DictReader(file)}
    assert rows["SEX"]["status"] == "APPROVED"
    assert rows["SEX"]["approved_by"] == "anna"
    assert rows["SURNAME"]["status"] == "DRAFT"


def test_undo_and_redo_survive_closing_the_project(session, clock):
    mappings.approve(session, [number(session, f) for f in ("SEX", "SURNAME")])
    session.close()
    with open_project(session.folder, actor="anna", clock=clock) as again:
        assert mappings.undo_label(again) == "approve 2 mappings"
        mappings.undo(again)
        assert rule_of(again, "SEX").status is MappingStatus.DRAFT
        assert again.project.suggestions.decisions() == []
    with open_project(session.folder, actor="anna", clock=clock) as again:
        assert (mappings.undo_label(again), mappings.redo_label(again)) == (
            "",
            "approve 2 mappings",
        )
        mappings.redo(again)
        assert rule_of(again, "SURNAME").status is MappingStatus.APPROVED
        assert len(again.project.suggestions.decisions()) == 2


def test_undo_leaves_alone_what_has_changed_since(session):
    mappings.approve(session, [number(session, f) for f in ("SEX", "SURNAME")])
    with session.project.command("bob", "test.other", at=session.clock()):
        (record,) = session.project.contract.rules(["LOAD_PMI.SEX"])
        session.project.contract.put(
            [replace(record, rule=replace(record.rule, status=MappingStatus.RE_REVIEW))]
        )
    done = mappings.undo(session)
    assert rule_of(session, "SEX").status is MappingStatus.RE_REVIEW
    assert rule_of(session, "SURNAME").status is MappingStatus.DRAFT
    assert "1 changed since" in done.message


def test_a_new_decision_forgets_what_had_been_undone(session):
    mappings.approve(session, [number(session, "SEX")])
    mappings.undo(session)
    mappings.reject(session, [number(session, "SURNAME")], "ask the PAS team")
    assert mappings.redo_label(session) == ""
    with pytest.raises(BadInput, match="nothing to redo"):
        mappings.redo(session)


def test_a_rejection_keeps_its_reason(session):
    mappings.reject(session, [number(session, "SURNAME")], "ask the PAS team")
    rule = rule_of(session, "SURNAME")
    assert (rule.status, rule.notes) == (MappingStatus.REJECTED, "ask the PAS team")


def test_out_of_scope_needs_a_reason_and_forgets_the_source(session):
    ids = [number(session, "SEX")]
    with pytest.raises(BadInput, match="only with a reason"):
        mappings.reclassify(session, ids, MappingClass.OUT_OF_SCOPE)
    mappings.reclassify(session, ids, MappingClass.OUT_OF_SCOPE, "not in the new system")
    rule = rule_of(session, "SEX")
    assert (rule.mapping_class, rule.source_field, rule.crosswalk) == (
        MappingClass.OUT_OF_SCOPE,
        "",
        "",
    )
    mappings.undo(session)
    assert rule_of(session, "SEX").crosswalk == "sex"


def test_a_translation_becomes_a_plain_copy(session):
    mappings.reclassify(session, [number(session, "SEX")], MappingClass.DIRECT_SOURCE)
    rule = rule_of(session, "SEX")
    assert (rule.expression, rule.crosswalk, rule.source_field) == ("", "", "PtSex")


def test_a_suggestion_takes_its_place_inside_the_expression(session):
    mappings.accept_candidate(session, number(session, "SURNAME"), 2)
    rule = rule_of(session, "SURNAME")
    assert rule.source_field == "PtPrevSurname"
    assert rule.expression == "upper(PATDATA.PtPrevSurname)"
    assert rule.edited_by == "anna"


def test_a_suggestion_that_there_is_not_is_refused(session):
    with pytest.raises(BadInput, match="no suggestion 3"):
        mappings.accept_candidate(session, number(session, "SURNAME"), 3)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"mapping_class": "COPIED"}, "no mapping class 'COPIED'"),
        ({"source_table": "PATDATA", "source_field": "PtSurnam"}, "no field PtSurnam"),
        ({"source_table": "PATDATE", "source_field": "PtSurname"}, "no source table PATDATE"),
        ({"source_table": "OPA", "source_field": "ClinicCode"}, "OPA"),
        ({"crosswalk": "surnames"}, "no crosswalk surnames"),
        ({"expression": "shout(PATDATA.PtSurname)"}, "no function shout"),
        ({"expression": "(select 1)"}, "query"),
        ({"expression": "upper(PATDATA.PtSurname"}, ""),
        ({"on_miss": "shrug"}, "shrug"),
        ({"on_failure": "shrug"}, "shrug"),
        ({"colour": "red"}, "no colour"),
        ({"mapping_class": "LOOKUP_TRANSLATION"}, "names no crosswalk"),
    ],
)
def test_an_edit_that_could_not_run_is_refused_and_changes_nothing(session, changes, message):
    before, lines = rule_of(session, "SURNAME"), session.project.audit.count()
    with pytest.raises(BadInput) as refused:
        mappings.set_rule(session, number(session, "SURNAME"), changes)
    assert message.casefold() in str(refused.value).casefold()
    assert rule_of(session, "SURNAME") == before
    assert session.project.audit.count() == lines


def test_a_mistake_in_an_expression_is_shown_with_its_place(session):
    with pytest.raises(BadInput) as refused:
        mappings.set_rule(
            session, number(session, "SURNAME"), {"expression": "upper(PATDATA.PtSurnam)"}
        )
    assert "column" in refused.value.where
    assert "PtSurname" in refused.value.remedy


def test_nothing_can_be_approved_before_it_is_decided(session):
    mappings.reclassify(session, [number(session, "SEX")], MappingClass.DIRECT_SOURCE)
    with session.project.command("anna", "test.empty", at=session.clock()):
        (record,) = session.project.contract.rules(["LOAD_PMI.SEX"])
        empty = replace(record.rule, source_table="", source_field="")
        session.project.contract.put([replace(record, rule=empty)])
    with pytest.raises(BadInput, match="cannot be approved"):
        mappings.approve(session, [number(session, "SEX")])


def test_each_command_is_one_audit_line_that_names_the_actor(session):
    lines = session.project.audit.count()
    mappings.approve(session, mappings.rule_ids(session, MappingQuery(confidences=("HIGH",))))
    assert session.project.audit.count() == lines + 1
    (line,) = session.project.audit.lines(limit=1)
    assert (line.actor, line.action) == ("anna", "mappings.approve")
    assert line.subject == "LOAD_PMI.SURNAME and 2 more"


def test_a_command_says_what_it_changed(session):
    done = mappings.approve(session, [number(session, "SEX")])
    assert done.touches(ChangeKind.MAPPING)
    assert (done.undo_label, done.message) == ("approve 1 mapping", "1 mapping approved")


def test_a_reader_may_look_but_not_decide(session):
    with session.project.command("anna", "test.role", at=session.clock()):
        session.project.people.add("anna", role=READER, at=session.clock())
    assert mappings.rows(session, MappingQuery()).total == 6
    with pytest.raises(Refused, match="may not approve mappings"):
        mappings.approve(session, [number(session, "SEX")])


def test_a_project_open_read_only_takes_no_decision(session, clock):
    with (
        open_project(session.folder, read_only=True, actor="bob", clock=clock) as reader,
        pytest.raises(Refused, match="read-only"),
    ):
        mappings.approve(reader, [number(reader, "SEX")])


def test_choosing_nothing_is_refused(session):
    with pytest.raises(BadInput, match="No mapping was chosen"):
        mappings.approve(session, [])


def test_rules_are_named_as_people_write_them(session):
    assert mappings.numbers_of(session, ["load_pmi.sex"]) == (number(session, "SEX"),)
    with pytest.raises(BadInput, match=r"no mapping rule for LOAD_PMI\.COLOUR"):
        mappings.numbers_of(session, ["LOAD_PMI.COLOUR"])
