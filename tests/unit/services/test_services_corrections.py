"""Corrections: put right once, held through every reading, taken back whenever wanted."""

from __future__ import annotations

import csv
import dataclasses
import shutil

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_project import GUIDE, target_catalog

from caseload.lifecycle import decisions
from caseload.model.catalog import FieldSpec, Provenance, ReadProblem, Side
from caseload.model.contract import MappingStatus
from caseload.model.correction import Fix, Standing, corrected, standing
from caseload.model.errors import BadInput, Refused
from caseload.model.views import FieldQuery
from caseload.services import mapping_view, schemas, undo
from caseload.services.session import open_project
from caseload.specs import merge

TARGET = Side.TARGET


def shown(session, field, table="LOAD_PMI", side=TARGET):
    found = [
        row
        for row in schemas.fields(session, FieldQuery(side, table=table, limit=500)).rows
        if row.spec.field_name == field
    ]
    return found[0] if found else None


def take_in(session, catalog):
    """The documents are read again, or a new version of them is."""
    with session.project.command("anna", "schemas.read", at=session.clock()):
        session.project.catalogs.replace(catalog)
    session._cache.clear()


def target_with(change=None, *, drop=(), add=()):
    """The guide's next edition: `change` maps a field to traits that are printed anew."""
    catalog = target_catalog()
    fields = [
        dataclasses.replace(spec, **(change or {}).get(spec.field_name, {}))
        for spec in catalog.tables["LOAD_PMI"].fields
        if spec.field_name not in drop
    ]
    fields += [FieldSpec("LOAD_PMI", name, 90 + i) for i, name in enumerate(add)]
    table = dataclasses.replace(catalog.tables["LOAD_PMI"], fields=tuple(fields))
    return dataclasses.replace(catalog, tables={"LOAD_PMI": table})


def test_a_field_gets_the_name_it_should_have_and_keeps_what_was_read(session):
    schemas.correct_field(session, TARGET, "LOAD_PMI", "SEX", {"field_name": "SEX_CODE"}, "p. 2")
    row = shown(session, "SEX_CODE")
    assert (row.spec.raw_field_name, row.spec.code_type) == ("SEX", "12 Sex")
    assert row.changed == {"field_name"}
    assert row.read.field_name == "SEX"
    assert shown(session, "SEX") is None


def test_a_renamed_field_is_corrected_further_under_its_new_name(session):
    schemas.correct_field(session, TARGET, "LOAD_PMI", "SEX", {"field_name": "SEX_CODE"}, "p. 2")
    schemas.correct_field(session, TARGET, "LOAD_PMI", "SEX_CODE", {"length": "2"}, "")
    assert shown(session, "SEX_CODE").spec.length == "2"
    assert shown(session, "SEX_CODE").correction_reason == "p. 2"
    (fix,) = session.project.catalogs.corrections()
    assert (fix.field_name, fix.changes["was"]) == ("SEX", {"field_name": "SEX", "length": "1"})


def rule_of(session, field):
    found = session.project.contract.rules()
    return next((r.rule for r in found if r.rule.target_field == field and not r.orphan), None)


def approve(session, field):
    with session.project.command("ben", "mappings.approve", at=session.clock()) as command:
        decisions.approve_rules(session.project, [f"LOAD_PMI.{field}"], by="ben", at=command.at)


def test_the_mapping_of_a_field_goes_along_with_its_new_name_and_comes_back(session):
    approve(session, "SEX")
    before = rule_of(session, "SEX")
    rename = {"field_name": "SEX_CODE"}
    done = schemas.correct_field(session, TARGET, "LOAD_PMI", "SEX", rename, "")
    assert done.message == "LOAD_PMI.SEX is SEX_CODE now; 1 mapping went along"
    after = rule_of(session, "SEX_CODE")
    assert rule_of(session, "SEX") is None
    assert dataclasses.replace(after, target_field="SEX", approved_hash="") == (
        dataclasses.replace(before, approved_hash="")
    )
    assert after.status is MappingStatus.APPROVED
    assert decisions.lapse_approvals(session.project) == []
    assert shown(session, "SEX_CODE").mapped == (before.source_field != "")
    undo.undo(session)
    assert rule_of(session, "SEX") == before
    undo.redo(session)
    assert rule_of(session, "SEX_CODE") == after
    taken = schemas.withdraw(session, TARGET, [("LOAD_PMI", "SEX_CODE")])
    assert taken.message == "LOAD_PMI.SEX as read again; 1 mapping went along"
    assert rule_of(session, "SEX").source_field == before.source_field
    assert rule_of(session, "SEX_CODE") is None


def test_an_approval_lapses_when_more_than_the_name_is_put_right(session):
    approve(session, "SEX")
    changes = {"field_name": "SEX_CODE", "length": "4"}
    schemas.correct_field(session, TARGET, "LOAD_PMI", "SEX", changes, "")
    assert rule_of(session, "SEX_CODE").status is MappingStatus.RE_REVIEW


def test_what_reads_a_renamed_source_field_reads_it_by_its_new_name(session):
    used = next(r.rule for r in session.project.contract.rules() if r.rule.source_field)
    rename = {"field_name": "PUT_RIGHT"}
    schemas.correct_field(session, Side.SOURCE, used.source_table, used.source_field, rename, "")
    assert rule_of(session, used.target_field).source_field == "PUT_RIGHT"
    row = shown(session, "PUT_RIGHT", used.source_table, Side.SOURCE)
    assert f"{used.target_table}.{used.target_field}" in row.used_by


def test_mappings_of_fields_that_change_names_with_each_other_change_too(session):
    sex, religion = rule_of(session, "SEX"), rule_of(session, "RELIGION")
    pairs = (("SEX", "RELIGION"), ("RELIGION", "SEX"))
    edits = [("LOAD_PMI", old, {"field_name": new}) for old, new in pairs]
    schemas.correct_fields(session, TARGET, edits, "")
    assert rule_of(session, "RELIGION") == dataclasses.replace(sex, target_field="RELIGION")
    assert rule_of(session, "SEX") == dataclasses.replace(religion, target_field="SEX")


def test_two_fields_of_a_table_never_get_one_name(session):
    with pytest.raises(BadInput, match="has a field surname already"):
        schemas.correct_field(session, TARGET, "LOAD_PMI", "SEX", {"field_name": "surname"}, "")
    edits = [("LOAD_PMI", name, {"field_name": "NEW"}) for name in ("SEX", "RELIGION")]
    with pytest.raises(BadInput, match="NEW already"):
        schemas.correct_fields(session, TARGET, edits, "")
    assert session.project.catalogs.corrections() == []


def test_two_fields_may_change_names_with_each_other(session):
    edits = [
        ("LOAD_PMI", "SEX", {"field_name": "RELIGION"}),
        ("LOAD_PMI", "RELIGION", {"field_name": "SEX"}),
    ]
    schemas.correct_fields(session, TARGET, edits, "swapped in print")
    assert shown(session, "RELIGION").spec.length == "1"
    assert shown(session, "SEX").spec.length == "2"


def test_what_is_no_field_leaves_every_view_and_file(session):
    schemas.correct_field(session, TARGET, "LOAD_PMI", "RELIGION", {"removed": True}, "prose")
    assert shown(session, "RELIGION") is None
    assert schemas.tables(session, TARGET)[0].fields == 5
    path = session.folder / "schemas/target_schema_catalog.csv"
    with path.open(encoding="utf-8", newline="") as file:
        assert "RELIGION" not in {row["field_name"] for row in csv.DictReader(file)}


def test_a_missed_field_is_added_where_it_stands(session):
    place = {"document": GUIDE, "page": 2, "box": [54, 130, 540, 150]}
    changes = {"data_type": "VARCHAR2", "length": "30", "position": 3, "place": place}
    schemas.add_field(session, TARGET, "LOAD_PMI", "TITLE", changes, "on page 2")
    fields = [f.field_name for f in mapping_view.catalog(session, TARGET).tables["LOAD_PMI"].fields]
    assert fields[:4] == ["RECORD_NUMBER", "SYSTEM_CODE", "TITLE", "SURNAME"]
    positions = [f.position for f in mapping_view.catalog(session, TARGET).all_fields()]
    assert positions == list(range(1, 8))
    added = shown(session, "TITLE")
    assert added.spec.provenance == Provenance(GUIDE, page=2, box=(54, 130, 540, 150))
    assert added.read is None
    schemas.correct_field(session, TARGET, "LOAD_PMI", "TITLE", {"length": "35"}, "")
    assert shown(session, "TITLE").spec.length == "35"
    schemas.correct_field(session, TARGET, "LOAD_PMI", "TITLE", {"removed": True}, "")
    assert session.project.catalogs.corrections() == []


def test_a_missed_table_is_added_and_takes_fields(session):
    schemas.add_table(session, TARGET, "LOAD_GP", "Practices", "page 9 is a picture")
    assert [t.name for t in schemas.tables(session, TARGET)] == ["LOAD_PMI", "LOAD_GP"]
    schemas.add_field(session, TARGET, "LOAD_GP", "CODE", {"key": True}, "page 9")
    assert shown(session, "CODE", "LOAD_GP").spec.position == 1
    schemas.remove_table(session, TARGET, "LOAD_GP", "a heading only")
    assert [t.name for t in schemas.tables(session, TARGET)] == ["LOAD_PMI"]


@pytest.mark.parametrize(
    ("table", "field", "changes", "message"),
    [
        ("LOAD_PMI", "SEX", {}, "already"),
        ("LOAD_PMI", " ", {}, "needs a name"),
        ("", "SEX", {}, "needs a table"),
        ("LOAD_PMI", "NEW", {"colour": "red"}, "colour"),
        ("LOAD_PMI", "NEW", {"mandatory": "Y"}, "cannot be"),
        ("LOAD_PMI", "NEW\u202e", {}, "control character"),
    ],
)
def test_a_field_that_cannot_be_added_leaves_nothing_behind(
    session, table, field, changes, message
):
    with pytest.raises(BadInput, match=message):
        schemas.add_field(session, TARGET, table, field, changes, "")
    assert session.project.catalogs.corrections() == []


def test_typing_what_was_read_takes_the_correction_away(session):
    schemas.correct_field(session, TARGET, "LOAD_PMI", "SEX", {"length": "9"}, "misprint")
    schemas.correct_field(session, TARGET, "LOAD_PMI", "SEX", {"length": "1"}, "")
    assert session.project.catalogs.corrections() == []
    assert shown(session, "SEX").corrected_by == ""


def test_many_fields_are_confirmed_in_one_command_and_one_undo(session):
    names = schemas.names_matching(session, FieldQuery(TARGET, below_confidence=0.9))
    assert names == [("LOAD_PMI", "SEX")]
    names = schemas.names_matching(session, FieldQuery(TARGET))
    schemas.accept_fields(session, TARGET, names)
    assert {row.spec.confidence for row in schemas.matching(session, FieldQuery(TARGET))} == {1.0}
    undo.undo(session)
    assert session.project.catalogs.corrections() == []
    undo.redo(session)
    assert len(session.project.catalogs.corrections()) == 6


def test_a_confirmation_keeps_the_reason_of_the_correction_before_it(session):
    schemas.correct_field(session, TARGET, "LOAD_PMI", "SEX", {"length": "2"}, "errata of May")
    schemas.accept_field(session, TARGET, "LOAD_PMI", "SEX")
    assert shown(session, "SEX").correction_reason == "errata of May"


def test_what_was_done_to_a_field_is_told_newest_first(session):
    schemas.correct_field(session, TARGET, "LOAD_PMI", "SEX", {"length": "2"}, "errata")
    schemas.correct_field(session, TARGET, "LOAD_PMI", "SEX", {"field_name": "GENDER"}, "print")
    undo.undo(session)
    events = schemas.history(session, TARGET, "LOAD_PMI", "SEX")
    assert [(e.by, e.why) for e in events] == [("anna", "print"), ("anna", "errata")]


def test_a_correction_is_marked_once_the_document_says_the_same(session):
    schemas.correct_field(session, TARGET, "LOAD_PMI", "SEX", {"length": "2"}, "errata")
    assert shown(session, "SEX").standing == Standing.HOLDS
    take_in(session, target_with({"SEX": {"length": "2"}}))
    assert shown(session, "SEX").standing == Standing.NOT_NEEDED
    take_in(session, target_with({"SEX": {"length": "3"}}))
    assert shown(session, "SEX").standing == Standing.ALTERED
    assert shown(session, "SEX").spec.length == "2"


def test_a_correction_whose_field_is_gone_waits_and_is_listed(session):
    schemas.correct_field(session, TARGET, "LOAD_PMI", "SEX", {"length": "2"}, "errata")
    take_in(session, target_with(drop=("SEX",)))
    (row,) = schemas.problem_rows(session, TARGET)
    assert row.kind == "Corrections that wait"
    assert row.problem.message.startswith("LOAD_PMI.SEX was corrected")
    assert [c.standing for c in schemas.corrections(session, TARGET)] == [Standing.WAITING]
    take_in(session, target_with())
    assert schemas.problem_rows(session, TARGET) == ()
    assert shown(session, "SEX").spec.length == "2"
    take_in(session, target_with(drop=("SEX",)))
    schemas.withdraw(session, TARGET, [("LOAD_PMI", "SEX")])
    assert schemas.problem_rows(session, TARGET) == ()


def test_a_field_that_the_next_edition_renames_as_a_person_did_keeps_the_other_corrections(session):
    changes = {"field_name": "SEX_CODE", "mandatory": True}
    schemas.correct_field(session, TARGET, "LOAD_PMI", "SEX", changes, "")
    take_in(session, target_with({"SEX": {"field_name": "SEX_CODE"}}))
    row = shown(session, "SEX_CODE")
    assert row.spec.mandatory
    assert schemas.problem_rows(session, TARGET) == ()


def test_a_rename_waits_when_the_next_edition_has_both_names(session):
    schemas.correct_field(session, TARGET, "LOAD_PMI", "SEX", {"field_name": "SEX_CODE"}, "")
    take_in(session, target_with(add=("SEX_CODE",)))
    (row,) = schemas.problem_rows(session, TARGET)
    assert "documents have SEX_CODE too" in row.problem.message
    assert (row.table, row.field) == ("LOAD_PMI", "SEX")


def test_an_added_field_that_the_next_edition_has_is_read_from_it(session):
    schemas.add_field(session, TARGET, "LOAD_PMI", "TITLE", {"length": "30"}, "left out")
    take_in(session, target_with(add=("TITLE",)))
    row = shown(session, "TITLE")
    assert (row.spec.length, row.spec.position) == ("30", 90)
    assert mapping_view.catalog(session, TARGET).field_count == 7


def test_foreign_keys_follow_a_renamed_field(session):
    take_in(
        session, target_with({"SEX": {"foreign_table": "LOAD_PMI", "foreign_field": "SURNAME"}})
    )
    schemas.correct_field(session, TARGET, "LOAD_PMI", "SURNAME", {"field_name": "LAST_NAME"}, "")
    assert shown(session, "SEX").spec.foreign_field == "LAST_NAME"


def test_a_dismissed_problem_stays_dismissed_when_the_document_is_read_again(session):
    catalog = target_with()
    problem = ReadProblem("A row of LOAD_PMI has no field name", Provenance(GUIDE, page=2))
    troubled = dataclasses.replace(catalog, problems=(problem,))
    take_in(session, troubled)
    (row,) = schemas.problem_rows(session, TARGET)
    assert (row.table, schemas.tables(session, TARGET)[0].problems) == ("LOAD_PMI", 1)
    with pytest.raises(BadInput, match="Say why"):
        schemas.dismiss(session, TARGET, [row.key], " ")
    schemas.dismiss(session, TARGET, [row.key], "a blank line")
    take_in(session, troubled)
    assert schemas.problems(session, TARGET) == ()
    (row,) = schemas.problem_rows(session, TARGET)
    assert (row.settled_by, row.settled_why) == ("anna", "a blank line")
    schemas.reopen(session, TARGET, [row.key])
    assert schemas.problems(session, TARGET) == (problem,)
    undo.undo(session)
    assert schemas.problems(session, TARGET) == ()


def test_a_problem_without_a_name_belongs_to_the_table_it_stands_in(session):
    problem = ReadProblem("Something is odd", Provenance(GUIDE, page=2, box=(54, 150, 540, 160)))
    take_in(session, dataclasses.replace(target_with(), problems=(problem,)))
    assert [row.table for row in schemas.problem_rows(session, TARGET)] == ["LOAD_PMI"]


def test_the_stage_and_the_project_file_make_the_same_catalog_of_a_reading(session):
    schemas.correct_field(session, TARGET, "LOAD_PMI", "SEX", {"field_name": "GENDER"}, "print")
    schemas.add_field(session, TARGET, "LOAD_PMI", "TITLE", {"length": "30"}, "left out")
    schemas.correct_field(session, TARGET, "LOAD_PMI", "RELIGION", {"removed": True}, "")
    read = session.project.catalogs.load(TARGET, corrected=False)
    given = [
        {
            "side": c.side.value,
            "table": c.table_name,
            "field": c.field_name,
            "changes": dict(c.changes),
            "by": c.by,
            "why": c.why,
        }
        for c in session.project.catalogs.corrections()
    ]
    assert merge.corrected(read, given) == session.project.catalogs.load(TARGET)


def test_a_reader_may_look_but_not_correct(template, tmp_path, clock):
    shutil.copytree(template, tmp_path / "theirs")
    with open_project(tmp_path / "theirs", actor="rita", clock=clock) as session:
        with session.project.command("rita", "test.role", at=clock()):
            session.project.people.add("rita", at=clock(), role="READER")
        assert schemas.tables(session, TARGET)
        with pytest.raises(Refused):
            schemas.accept_field(session, TARGET, "LOAD_PMI", "SEX")


def test_fields_are_narrowed_by_band_mapping_correction_and_the_words_of_a_column(session):
    def names(**more):
        return [r.spec.field_name for r in schemas.matching(session, FieldQuery(TARGET, **more))]

    assert names(bands=("doubtful",)) == ["SEX"]
    assert names(mapped=False) == ["RELIGION"]
    assert names(cells=(("data_type", "=varchar2"), ("length", "35"))) == ["SURNAME"]
    assert names(cells=(("mandatory", "no"), ("format", "="))) == ["SEX"]
    assert names(among=frozenset({("LOAD_PMI", "SEX")})) == ["SEX"]
    schemas.correct_field(session, TARGET, "LOAD_PMI", "SURNAME", {"length": "36"}, "")
    assert names(corrected=True) == ["SURNAME"]


_TEXT = st.text("ABC_1 ", min_size=1, max_size=6).map(str.strip).filter(bool)
_NAMES = ("SURNAME", "SEX", "RELIGION", "DATE_OF_BIRTH")
_CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "length": st.sampled_from(["1", "2", "35"]),
        "mandatory": st.booleans(),
        "description": _TEXT,
        "field_name": st.sampled_from(["N_1", "N_2", "SEX"]),
        "allowed_values": st.lists(_TEXT, max_size=3),
    },
).filter(bool)
_STEP = st.tuples(st.sampled_from(_NAMES), st.one_of(_CHANGES, st.just({"removed": True})))


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    steps=st.lists(_STEP, min_size=1, max_size=4),
    dropped=st.sets(st.sampled_from(_NAMES), max_size=2),
)
def test_corrections_survive_any_reading_and_come_undone_to_the_start(
    template, tmp_path_factory, clock, steps, dropped
):
    folder = tmp_path_factory.mktemp("any") / "qvh"
    shutil.copytree(template, folder)
    with open_project(folder, actor="anna", clock=clock) as session:
        start = mapping_view.catalog(session, TARGET)
        done = 0
        for field, changes in steps:
            before = len(session.project.audit.lines())
            try:
                schemas.correct_field(session, TARGET, "LOAD_PMI", field, changes, "why")
            except BadInput:
                continue
            (line,) = session.project.audit.lines()[: len(session.project.audit.lines()) - before]
            done += bool(line.inverse)
        corrected_once = mapping_view.catalog(session, TARGET)
        take_in(session, target_catalog())
        assert mapping_view.catalog(session, TARGET) == corrected_once
        kept = session.project.catalogs.corrections()
        take_in(session, target_with(drop=tuple(dropped)))
        assert session.project.catalogs.corrections() == kept
        now = mapping_view.catalog(session, TARGET)
        waiting = [
            c for c in schemas.corrections(session, TARGET) if c.standing == "waits for its field"
        ]
        assert {c.field for c in waiting} <= dropped
        assert len(waiting) <= len(now.problems)
        names = [spec.field_name.casefold() for spec in now.all_fields()]
        assert len(names) == len(set(names))
        take_in(session, target_catalog())
        for _ in range(done):
            undo.undo(session)
        assert mapping_view.catalog(session, TARGET) == start


def test_a_removed_field_that_is_gone_needs_no_removal_any_more():
    fix = Fix("LOAD_PMI", "SEX", {"removed": True})
    catalog = target_with(drop=("SEX",))
    assert standing(catalog, fix) is Standing.NOT_NEEDED
    assert corrected(catalog, [fix]).problems == ()
