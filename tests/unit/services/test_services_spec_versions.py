"""A new version of the specs: what differs, what it does to decisions, and renames."""

from dataclasses import replace

import openpyxl
import pytest
from small_project import rule_of, source_catalog, target_catalog

from caseload.lifecycle.refresh import archive_version, settle
from caseload.model.catalog import Catalog, DocumentRead, Side
from caseload.model.contract import Join, MappingStatus, Route, SplitCase
from caseload.model.errors import BadInput, Refused
from caseload.model.relationship import LinkDecision, link_id
from caseload.model.schema_diff import DiffKind, FieldPlace, Outcome, RenameState, Touched
from caseload.model.views import ChangeKind, MappingQuery
from caseload.services import mappings, schemas, spec_versions, undo
from caseload.specs.archive import pack
from caseload.specs.catalog_files import write_catalog
from caseload.store.records import MatchDecision, utc_text


def edited(catalog, document, **fields):
    """A catalog as the next release has it: TABLE__Field=None removes, a dict alters."""
    tables = dict(catalog.tables)
    for name, changes in fields.items():
        table, _, field = name.partition("__")
        specs = []
        for spec in tables[table].fields:
            if spec.field_name != field:
                specs.append(spec)
            elif changes is not None:
                specs.append(replace(spec, **changes))
        tables[table] = replace(tables[table], fields=tuple(specs))
    return Catalog(catalog.side, tables, (DocumentRead(document, document * 8, "xlsx"),))


def take_in(session, catalog):
    """What stage 1 does with a catalog, in one transaction."""
    project = session.project
    at = utc_text(session.clock())
    with project.command(session.actor, "schemas.test", at=session.clock()):
        if archive_version(project, pack(catalog), by=session.actor, at=at):
            before = project.catalogs.load(catalog.side)
            project.catalogs.replace(catalog)
            settle(project, before, project.catalogs.load(catalog.side))
    session.cached(f"as read:{catalog.side.value}", object(), lambda: catalog)
    session.cached(f"as read:{catalog.side.value}", None, lambda: catalog)


def approve(session, *fields):
    ids = mappings.numbers_of(session, [f"LOAD_PMI.{name}" for name in fields])
    mappings.approve(session, ids)


def impacts(session, side=Side.SOURCE):
    found = spec_versions.impact(
        session, spec_versions.compare(session, "previous", "latest", side)
    )
    return {i.id: i for i in found if i.on is Touched.MAPPING}


@pytest.fixture
def ready(session):
    """The small project with its first versions put away and four rules approved."""
    take_in(session, source_catalog())
    take_in(session, target_catalog())
    approve(session, "SURNAME", "SEX", "DATE_OF_BIRTH", "SYSTEM_CODE")
    return session


NEXT = {
    "PATDATA__PtSex": {"field_name": "PtGender", "description": ""},
    "PATDATA__PtSurname": {"length": "4"},
    "PATDATA__PtDoB": None,
}


def next_source(**more):
    return edited(source_catalog(), "v2.xlsx", **{**NEXT, **more})


def test_a_project_from_before_versions_has_its_present_catalog_put_away_first(session):
    take_in(session, next_source())
    labels = [v.label for v in spec_versions.versions(session, Side.SOURCE)]
    assert labels == ["v2 · v2.xlsx", "v1 · dictionary.xlsx"]
    found = spec_versions.compare(session, "previous", "latest")
    assert found.old.label.startswith("v1")
    assert DiffKind.FIELD_REMOVED in found.counts()


def test_reading_the_same_again_makes_no_version(ready):
    take_in(ready, source_catalog())
    assert len(spec_versions.versions(ready, Side.SOURCE)) == 1


def test_a_version_read_otherwise_from_the_same_document_says_so(ready):
    again = replace(source_catalog(), tables=next_source().tables)
    take_in(ready, again)
    assert spec_versions.versions(ready, Side.SOURCE)[0].label == (
        "v2 · dictionary.xlsx (read again)"
    )


def test_versions_are_named_by_number_and_word_and_a_wrong_name_is_refused(ready):
    take_in(ready, next_source())
    by_number = spec_versions.compare(ready, 1, "v2", Side.SOURCE)
    assert by_number.changes == spec_versions.compare(ready, "previous", "latest").changes
    assert spec_versions.compare(ready, "2", "1", Side.SOURCE).changes
    with pytest.raises(BadInput, match="no version 7"):
        spec_versions.compare(ready, "1", "7", Side.SOURCE)
    with pytest.raises(BadInput, match="only one version"):
        spec_versions.compare(ready, "previous", "latest", Side.TARGET)
    source, target = (spec_versions.versions(ready, side)[0] for side in Side)
    with pytest.raises(BadInput, match="is of the"):
        spec_versions.compare(ready, source, target)


def test_a_file_is_compared_with_the_side_whose_tables_it_has(ready, tmp_path):
    path = tmp_path / "next.csv"
    write_catalog(path, edited(target_catalog(), "g2", LOAD_PMI__SEX={"length": "2"}))
    found = spec_versions.compare(ready, "latest", path)
    assert found.side is Side.TARGET
    assert [(c.kind, c.field) for c in found.changes] == [(DiffKind.LONGER, "SEX")]
    assert spec_versions.impact(ready, found)[0].outcome is Outcome.RE_REVIEW
    backwards = spec_versions.compare(ready, path, "latest", Side.TARGET)
    assert [c.kind for c in backwards.changes] == [DiffKind.SHORTER]


def test_a_new_version_says_of_every_mapping_keep_re_review_or_orphan_and_why(ready):
    take_in(ready, next_source())
    found = impacts(ready)
    surname, sex, born = (found[f"LOAD_PMI.{n}"] for n in ("SURNAME", "SEX", "DATE_OF_BIRTH"))
    assert (surname.outcome, surname.reasons) == (
        Outcome.RE_REVIEW,
        ("PATDATA.PtSurname is 4 instead of 10 characters; SURNAME takes 35",),
    )
    assert (sex.outcome, sex.reasons) == (
        Outcome.ORPHAN,
        ("PATDATA.PtSex is gone; it may be PATDATA.PtGender now, confirm or refuse that rename",),
    )
    assert (born.outcome, born.reasons) == (Outcome.ORPHAN, ("PATDATA.PtDoB is gone",))
    assert found["LOAD_PMI.SYSTEM_CODE"].outcome is Outcome.KEEP
    assert len(found) == 6


def test_approvals_of_what_changed_lapse_and_the_others_stay(ready):
    take_in(ready, next_source())
    statuses = {n: rule_of(ready, n).status for n in ("SURNAME", "SEX", "DATE_OF_BIRTH")}
    assert set(statuses.values()) == {MappingStatus.RE_REVIEW}
    assert rule_of(ready, "SYSTEM_CODE").status is MappingStatus.APPROVED


def test_a_mapping_says_why_its_approval_lapsed_also_two_versions_later(ready):
    take_in(ready, next_source())
    later = next_source(OPA__ClinicCode={"length": "3"})
    take_in(ready, replace(later, documents=(DocumentRead("v3.xlsx", "3" * 64, "xlsx"),)))
    (number,) = mappings.numbers_of(ready, ["LOAD_PMI.SURNAME"])
    assert mappings.detail(ready, number).doubts == (
        "PATDATA.PtSurname is 4 instead of 10 characters; SURNAME takes 35",
    )
    (number,) = mappings.numbers_of(ready, ["LOAD_PMI.SYSTEM_CODE"])
    assert mappings.detail(ready, number).doubts == ()


def test_a_lapsed_mapping_that_is_approved_again_is_kept(ready):
    take_in(ready, next_source())
    approve(ready, "SURNAME")
    impact = impacts(ready)["LOAD_PMI.SURNAME"]
    assert impact.outcome is Outcome.KEEP
    assert impact.reasons[-1] == "approved as it is now by anna"


def test_a_rule_without_its_target_field_is_an_orphan_until_the_field_is_back(ready):
    take_in(ready, edited(target_catalog(), "g2.pdf", LOAD_PMI__SEX=None))
    (record,) = ready.project.contract.rules(["LOAD_PMI.SEX"])
    assert record.orphan
    assert record.rule.status is MappingStatus.RE_REVIEW
    assert impacts(ready, Side.TARGET)["LOAD_PMI.SEX"].outcome is Outcome.ORPHAN
    take_in(ready, edited(target_catalog(), "g3.pdf", LOAD_PMI__RELIGION={"length": "4"}))
    assert impacts(ready, Side.TARGET)["LOAD_PMI.RELIGION"].outcome is Outcome.RE_REVIEW
    (record,) = ready.project.contract.rules(["LOAD_PMI.SEX"])
    assert not record.orphan


def test_what_the_target_asks_now_is_said_with_what_the_source_has(ready):
    take_in(
        ready,
        edited(
            target_catalog(),
            "g2.pdf",
            LOAD_PMI__SURNAME={"length": "8"},
            LOAD_PMI__DATE_OF_BIRTH={"mandatory": True, "format": "CCYYMMDD"},
        ),
    )
    found = impacts(ready, Side.TARGET)
    assert found["LOAD_PMI.SURNAME"].reasons == (
        "LOAD_PMI.SURNAME is 8 instead of 35 characters; PATDATA.PtSurname has 10",
    )
    assert found["LOAD_PMI.DATE_OF_BIRTH"].reasons == (
        "LOAD_PMI.DATE_OF_BIRTH is mandatory now",
        "LOAD_PMI.DATE_OF_BIRTH is written as CCYYMMDD instead of DD/MM/YYYY",
    )


def test_values_that_a_crosswalk_does_not_know_are_named(ready):
    folder = ready.folder / "schemas/crosswalks"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "sex.csv").write_text("source_value,target_value,description\nM,1,\nF,2,\n")
    take_in(ready, next_source(PATDATA__PtSex={"allowed_values": ("M", "X")}))
    (reason,) = impacts(ready)["LOAD_PMI.SEX"].reasons
    assert reason == "PATDATA.PtSex may now be M, X; the crosswalk sex does not know X"


def with_routes(session):
    """Adds a join, a split and a filter that name the field to be renamed."""
    route = Route(
        "LOAD_PMI",
        "main",
        "PATDATA",
        ("PATDATA.IntPatNo",),
        (Join("OPA", (("PATDATA.PtSex", "ClinicCode"),), "latest", "OPA.ClinicCode"),),
        "PATDATA.PtSex is not null",
        (SplitCase("one", "PATDATA.PtSex = '1'", (("RELIGION", "trim(PATDATA.PtSex)"),)),),
    )
    with session.project.command("anna", "schemas.test", at=session.clock()):
        session.project.contract.replace(session.project.contract.rules(), [route])
        session.project.suggestions.decide(
            [MatchDecision("LOAD_PMI", "SEX", "PATDATA", "PtSex", True, "anna", "2026")]
        )
        session.project.relationships.decide(
            LinkDecision(
                link_id(Side.SOURCE, "PATDATA", ("PtSex",), "OPA", ("ClinicCode",)),
                Side.SOURCE,
                "PATDATA",
                ("PtSex",),
                "OPA",
                ("ClinicCode",),
                "confirmed",
                "1:n",
                "",
                "anna",
                "2026",
            )
        )


def everything(session):
    """What a rename may touch, to be compared before and after undo."""
    project = session.project
    return (
        project.contract.rules(),
        project.contract.routes(),
        project.suggestions.decisions(),
        project.catalogs.corrections(),
        project.relationships.decisions(),
        project.spec_versions.renames(),
    )


def test_a_confirmed_rename_carries_every_decision_and_undo_brings_all_of_it_back(ready):
    schemas.correct_field(ready, Side.SOURCE, "PATDATA", "PtSex", {"length": "1"}, "as in the data")
    with_routes(ready)
    approve(ready, "SEX")
    take_in(ready, next_source())
    before = everything(ready)
    changed = spec_versions.confirm_rename(
        ready, Side.SOURCE, "PATDATA.PtSex", "PATDATA.PtGender", "the vendor says so"
    )
    assert changed.touches(ChangeKind.CATALOG)
    assert "1 mapping went along" in changed.message
    rule = rule_of(ready, "SEX")
    assert (rule.source_field, rule.expression) == ("PtGender", "PATDATA.PtGender")
    (route,) = ready.project.contract.routes()
    assert route.joins[0].on == (("PATDATA.PtGender", "ClinicCode"),)
    assert route.row_filter == "PATDATA.PtGender is not null"
    assert route.splits[0].where == "PATDATA.PtGender = '1'"
    assert route.splits[0].values == (("RELIGION", "trim(PATDATA.PtGender)"),)
    assert {d.source_field for d in ready.project.suggestions.decisions()} >= {"PtGender"}
    assert "PtSex" not in {d.source_field for d in ready.project.suggestions.decisions()}
    (correction,) = ready.project.catalogs.corrections()
    assert correction.field_name == "PtGender"
    (link,) = ready.project.relationships.decisions()
    assert link.child_fields == ("PtGender",)
    assert link.id == link_id(Side.SOURCE, "PATDATA", ("PtGender",), "OPA", ("ClinicCode",))
    (rename,) = spec_versions.renames(ready, Side.SOURCE)
    assert (rename.state, rename.by, rename.why) == (
        RenameState.CONFIRMED,
        "anna",
        "the vendor says so",
    )
    after = everything(ready)
    undo.undo(ready)
    assert everything(ready) == before
    undo.redo(ready)
    assert everything(ready) == after


def test_an_approval_that_only_the_rename_had_put_in_doubt_holds_again(ready):
    take_in(ready, next_source())
    changed = spec_versions.confirm_rename(ready, Side.SOURCE, "PATDATA.PtSex", "PATDATA.PtGender")
    rule = rule_of(ready, "SEX")
    assert rule.status is MappingStatus.APPROVED
    assert rule.approved_by == "anna"
    assert "1 approval hold" in changed.message
    assert impacts(ready)["LOAD_PMI.SEX"].outcome is Outcome.KEEP
    assert impacts(ready)["LOAD_PMI.SEX"].reasons[0] == (
        "PATDATA.PtSex is PATDATA.PtGender now, as anna confirmed"
    )


def test_an_approval_stays_in_doubt_when_more_than_the_name_changed(ready):
    take_in(
        ready, next_source(PATDATA__PtSex={"field_name": "PtGender", "allowed_values": ("1", "2")})
    )
    spec_versions.confirm_rename(ready, Side.SOURCE, "PATDATA.PtSex", "PATDATA.PtGender")
    rule = rule_of(ready, "SEX")
    assert (rule.source_field, rule.status) == ("PtGender", MappingStatus.RE_REVIEW)


def renamed_target(**more):
    return edited(target_catalog(), "g2.pdf", LOAD_PMI__SEX={"field_name": "GENDER_CODE"}, **more)


def test_a_renamed_target_field_takes_its_orphaned_rule_along(ready):
    take_in(ready, renamed_target())
    (record,) = ready.project.contract.rules(["LOAD_PMI.SEX"])
    assert record.orphan
    before = everything(ready)
    spec_versions.confirm_rename(ready, Side.TARGET, "LOAD_PMI.SEX", "LOAD_PMI.GENDER_CODE")
    (record,) = ready.project.contract.rules(["LOAD_PMI.GENDER_CODE"])
    assert not record.orphan
    assert record.rule.status is MappingStatus.APPROVED
    rows = mappings.rows(ready, MappingQuery(tables=("LOAD_PMI",), limit=50)).rows
    assert [r.rule.target_field for r in rows].count("GENDER_CODE") == 1
    undo.undo(ready)
    assert everything(ready) == before


def test_a_decision_already_made_about_the_new_name_stands(ready):
    take_in(ready, renamed_target())
    project = ready.project
    (old,) = project.contract.rules(["LOAD_PMI.SEX"])
    own = replace(
        old,
        rule_id="LOAD_PMI.GENDER_CODE",
        rule=replace(old.rule, target_field="GENDER_CODE", edited_by="ben"),
        orphan=False,
    )
    with project.command("ben", "mappings.test", at=ready.clock()):
        project.contract.put([own])
    changed = spec_versions.confirm_rename(
        ready, Side.TARGET, "LOAD_PMI.SEX", "LOAD_PMI.GENDER_CODE"
    )
    assert "1 stayed" in changed.message
    (kept,) = project.contract.rules(["LOAD_PMI.GENDER_CODE"])
    assert kept.rule.edited_by == "ben"
    assert project.contract.rules(["LOAD_PMI.SEX"])[0].orphan


def test_a_renamed_table_takes_its_rules_routes_and_diagram_along(ready):
    with ready.project.command("anna", "diagrams.test", at=ready.clock()):
        ready.project.diagrams.set_domains(Side.SOURCE, {"PATDATA": "People"}, by="anna", at="2026")
    take_in(ready, renamed_table())
    assert impacts(ready)["LOAD_PMI.SEX"].outcome is Outcome.ORPHAN
    before = everything(ready)
    spec_versions.confirm_rename(ready, Side.SOURCE, "PATDATA", "PATIENT")
    assert rule_of(ready, "SEX").source_table == "PATIENT"
    assert rule_of(ready, "SURNAME").expression == "upper(PATIENT.PtSurname)"
    assert rule_of(ready, "SURNAME").status is MappingStatus.APPROVED
    (route,) = ready.project.contract.routes()
    assert (route.base_table, route.natural_key) == ("PATIENT", ("PATIENT.IntPatNo",))
    assert ready.project.diagrams.domains(Side.SOURCE)["PATIENT"] == ("People", "anna")
    undo.undo(ready)
    assert everything(ready) == before
    assert ready.project.diagrams.domains(Side.SOURCE)["PATDATA"] == ("People", "anna")


def renamed_table(**more):
    """The next release: PATDATA is PATIENT, and fields of it may differ too."""
    old = source_catalog()
    specs = tuple(
        replace(f, table_name="PATIENT", **more.get(f.field_name, {}))
        for f in old.tables["PATDATA"].fields
    )
    tables = {"PATIENT": replace(old.tables["PATDATA"], name="PATIENT", fields=specs)}
    tables["OPA"] = old.tables["OPA"]
    return Catalog(Side.SOURCE, tables, (DocumentRead("v2.xlsx", "2" * 64, "xlsx"),))


def test_a_field_renamed_within_a_renamed_table_follows_in_a_second_step(ready):
    take_in(ready, renamed_table(PtSex={"field_name": "PtGender"}))
    spec_versions.confirm_rename(ready, Side.SOURCE, "PATDATA", "PATIENT")
    assert rule_of(ready, "SEX").source_table == "PATIENT"
    impact = impacts(ready)["LOAD_PMI.SEX"]
    assert impact.outcome is Outcome.ORPHAN
    assert "it may be PATIENT.PtGender now" in impact.reasons[0]
    spec_versions.confirm_rename(ready, Side.SOURCE, "PATDATA.PtSex", "PATIENT.PtGender")
    rule = rule_of(ready, "SEX")
    assert (rule.source_field, rule.expression) == ("PtGender", "PATIENT.PtGender")
    assert rule.status is MappingStatus.APPROVED


def test_several_renames_are_one_command_and_are_taken_back_at_once(ready):
    take_in(ready, renamed_table(PtSex={"field_name": "PtGender"}, PtDoB={"field_name": "PtBorn"}))
    found = spec_versions.compare(ready, "previous", "latest")
    pairs = [(r.old, r.new) for r in spec_versions.surest(found, 0.5)]
    assert len(pairs) == 3
    before = everything(ready)
    changed = spec_versions.confirm_renames(ready, Side.SOURCE, pairs)
    assert changed.message.startswith("3 renames confirmed; 3 mappings went along")
    assert rule_of(ready, "SEX").expression == "PATIENT.PtGender"
    assert rule_of(ready, "DATE_OF_BIRTH").source_field == "PtBorn"
    statuses = {rule_of(ready, n).status for n in ("SEX", "DATE_OF_BIRTH", "SURNAME")}
    assert statuses == {MappingStatus.APPROVED}
    undo.undo(ready)
    assert everything(ready) == before


def test_one_name_cannot_become_two(ready):
    take_in(ready, next_source(OPA__ClinicCode={"field_name": "ClinCd"}))
    pairs = [("PATDATA.PtSex", "PATDATA.PtGender"), ("PATDATA.PtSex", "OPA.ClinCd")]
    with pytest.raises(BadInput, match="cannot become two"):
        spec_versions.confirm_renames(ready, Side.SOURCE, pairs)
    with pytest.raises(BadInput, match="no rename to decide"):
        spec_versions.confirm_renames(ready, Side.SOURCE, [])


def test_a_refused_rename_is_remembered_and_can_be_taken_back(ready):
    take_in(ready, next_source())
    assert spec_versions.compare(ready, 1, 2, Side.SOURCE).renames
    spec_versions.refuse_rename(ready, Side.SOURCE, "PATDATA.PtSex", "PATDATA.PtGender", "no")
    found = spec_versions.compare(ready, 1, 2, Side.SOURCE)
    assert found.renames == ()
    assert [r.why for r in found.refused] == ["no"]
    assert impacts(ready)["LOAD_PMI.SEX"].reasons == ("PATDATA.PtSex is gone",)
    undo.undo(ready)
    assert spec_versions.compare(ready, 1, 2, Side.SOURCE).renames


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("PATDATA.PtSex", "PATDATA.Nothing", "have no PATDATA.Nothing"),
        ("PATDATA.IntPatNo", "PATDATA.PtGender", "still in the source specs"),
        ("PATDATA.PtSexx", "PATDATA.PtGender", "No earlier version of the source specs had"),
        ("PATDATA.PtSex", "PATDATA.PtSurname", "was there beside"),
        ("PATDATA.PtSex", "OPA", "cannot become a field"),
    ],
)
def test_a_rename_that_cannot_be_is_refused_with_the_reason(ready, old, new, words):
    take_in(ready, next_source())
    before = everything(ready)
    with pytest.raises(BadInput) as caught:
        spec_versions.confirm_rename(ready, Side.SOURCE, old, new)
    assert words in str(caught.value)
    assert everything(ready) == before


def test_a_confirmed_rename_is_not_confirmed_to_another_name(ready):
    take_in(ready, next_source(OPA__ClinicCode={"field_name": "ClinCd"}))
    spec_versions.confirm_rename(ready, Side.SOURCE, "PATDATA.PtSex", "PATDATA.PtGender")
    with pytest.raises(BadInput, match="already said to be"):
        spec_versions.confirm_rename(ready, Side.SOURCE, "PATDATA.PtSex", "OPA.ClinCd")


def test_a_comparison_goes_to_excel_with_its_impact_and_the_same_every_time(ready, tmp_path):
    take_in(ready, next_source())
    found = spec_versions.compare(ready, "previous", "latest")
    spec_versions.export_comparison(ready, found, tmp_path / "a.xlsx")
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert book.sheetnames == ["Summary", "Changes", "Renames", "Impact"]
    kinds = {row[0].value for row in book["Changes"].iter_rows(min_row=2)}
    assert {"shorter", "field removed", "field renamed"} <= kinds
    outcomes = [row[0].value for row in book["Impact"].iter_rows(min_row=2)]
    assert outcomes == sorted(outcomes, key=["orphan", "re-review", "keep"].index)


def test_a_reader_may_compare_but_neither_export_nor_confirm(ready, tmp_path):
    take_in(ready, next_source())
    with ready.project.command("anna", "people.test", at=ready.clock()):
        ready.project.people.add("rita", role="READER", at=ready.clock())
    ready.actor = "rita"
    found = spec_versions.compare(ready, "previous", "latest")
    assert spec_versions.impact(ready, found)
    with pytest.raises(Refused):
        spec_versions.export_comparison(ready, found, tmp_path / "a.xlsx")
    with pytest.raises(Refused):
        spec_versions.confirm_rename(ready, Side.SOURCE, "PATDATA.PtSex", "PATDATA.PtGender")


def test_a_correction_whose_field_went_waits_in_the_impact(ready):
    schemas.correct_field(ready, Side.SOURCE, "PATDATA", "PtDoB", {"length": "8"}, "measured")
    take_in(ready, next_source())
    found = spec_versions.impact(ready, spec_versions.compare(ready, "previous", "latest"))
    (impact,) = [i for i in found if i.on is Touched.CORRECTION]
    assert (impact.outcome, impact.id) == (Outcome.ORPHAN, "PATDATA.PtDoB")


def test_fields_of_rules_are_listed_by_their_older_names(ready):
    take_in(ready, next_source())
    assert impacts(ready)["LOAD_PMI.SURNAME"].uses == (FieldPlace("PATDATA", "PtSurname"),)
