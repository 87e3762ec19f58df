"""What goes into the project file comes out as it was."""

from __future__ import annotations

import dataclasses

import pytest
from store_time import NOW

from caseload.model.catalog import (
    Catalog,
    Check,
    DocumentRead,
    FieldSpec,
    Provenance,
    ReadProblem,
    Side,
    TableSpec,
)
from caseload.model.contract import (
    Confidence,
    Join,
    MappingClass,
    MappingStatus,
    OnFailure,
    Route,
    Rule,
    SplitCase,
)
from caseload.model.errors import BadInput
from caseload.model.mapping import Candidate, Evidence, SemanticStatus, Suggestion
from caseload.store.contracts import SORTABLE, rule_id_of
from caseload.store.project_file import ProjectFile
from caseload.store.records import (
    ContractVersion,
    Correction,
    Document,
    MatchDecision,
    RuleFilter,
    RuleRecord,
    from_utc_text,
    run_number_of,
    utc_text,
)

PLACE = Provenance("guide.pdf", page=12, box=(1.5, 2.0, 3.0, 4.25))
FULL = FieldSpec(
    table_name="LOAD_PMI",
    field_name="nhs_number",
    position=3,
    data_type="VARCHAR2",
    length="10,2",
    raw_field_name="nhs_ number",
    description="The patient’s NHS number",
    mandatory=True,
    data_element="NHS NUMBER",
    logical_delete_flag="Y",
    released_at="5.1",
    format="DD/MM/YYYY",
    allowed_values=("A", "B|C", ""),
    code_type="12 Sex",
    foreign_table="LOAD_X",
    foreign_field="id",
    key=True,
    unique=True,
    upper=True,
    condition="if living",
    loaded_to="PATIENT.NHS_NO",
    provenance=PLACE,
    confidence=0.87,
    checks=(Check("type", passed=True), Check("length", passed=False, note="unclear")),
)


def catalog(*fields: FieldSpec, side: Side = Side.TARGET) -> Catalog:
    tables = {
        name: TableSpec(name, tuple(f for f in fields if f.table_name == name), "d", 1, PLACE)
        for name in dict.fromkeys(f.table_name for f in fields)
    }
    return Catalog(
        side,
        tables,
        (DocumentRead("guide.pdf", "ab" * 32, "pdf"),),
        (ReadProblem("No length", Provenance("x.xlsx", sheet="S", row=4)),),
    )


def put_catalog(project: ProjectFile, new: Catalog) -> None:
    with project.command("anna", "catalog", at=NOW):
        project.catalogs.replace(new)


def test_a_catalog_comes_back_with_every_attribute(project: ProjectFile) -> None:
    plain = FieldSpec("LOAD_A", "z", 1)
    assert all(getattr(FULL, f.name) != f.default for f in dataclasses.fields(FieldSpec)), (
        "the example has to fill every attribute, new ones too"
    )
    new = catalog(FULL, plain, dataclasses.replace(FULL, field_name="a", position=4))
    put_catalog(project, new)
    assert project.catalogs.load(Side.TARGET) == new
    assert project.catalogs.load(Side.SOURCE) == Catalog(Side.SOURCE)
    put_catalog(project, catalog(plain))
    assert project.catalogs.load(Side.TARGET) == catalog(plain)


def test_corrections_outlive_the_next_extraction(project: ProjectFile) -> None:
    put_catalog(project, catalog(FULL))
    fix = Correction(
        Side.TARGET,
        "LOAD_PMI",
        "nhs_number",
        {"length": "17", "allowed_values": ["X"]},
        "anna",
        "page 12",
        utc_text(NOW),
    )
    with project.command("anna", "correct", at=NOW):
        project.catalogs.correct(fix)
    put_catalog(project, catalog(dataclasses.replace(FULL, description="newer")))
    field = project.catalogs.load(Side.TARGET).find("LOAD_PMI", "nhs_number")
    assert field is not None
    assert (field.length, field.allowed_values, field.description) == ("17", ("X",), "newer")
    raw = project.catalogs.load(Side.TARGET, corrected=False).find("LOAD_PMI", "nhs_number")
    assert raw is not None
    assert raw.length == "10,2"
    assert project.catalogs.corrections() == [fix]
    with project.command("anna", "withdraw", at=NOW):
        project.catalogs.withdraw(Side.TARGET, "LOAD_PMI", "nhs_number")
    assert project.catalogs.corrections(Side.TARGET) == []


def test_only_what_a_field_has_can_be_corrected(project: ProjectFile) -> None:
    def correct(name: str) -> None:
        with project.command("anna", "correct", at=NOW):
            project.catalogs.correct(Correction(Side.TARGET, "A", "b", {name: 1}, "a", "", ""))

    for name in ("table_name", "provenance", "colour"):
        with pytest.raises(BadInput, match=name):
            correct(name)


RULE = Rule(
    target_table="LOAD_PMI",
    target_field="sex",
    mapping_class=MappingClass.LOOKUP_TRANSLATION,
    source_table="PATDATA",
    source_field="Sex",
    mapping_rule="Sex by crosswalk",
    confidence=Confidence.HIGH,
    notes="a note",
    expression="crosswalk(PATDATA.Sex, 'SEX')",
    crosswalk="SEX",
    on_miss="default:9",
    status=MappingStatus.APPROVED,
    edited_by="ben",
    approved_by="anna",
    approved_at="2026-03-31T09:30:00Z",
    route="main",
    on_failure=OnFailure.NULL,
    default_value="",
    approved_hash="ab" * 32,
)
ROUTE = Route(
    "LOAD_PMI",
    "main",
    "PATDATA",
    ("PATDATA.InternalPatientNumber",),
    (Join("OPA", (("PATDATA.X", "Y"),), "latest", "Date", required=True),),
    "PATDATA.Deleted is null",
    (SplitCase("one", "PATDATA.A is not null", (("alias", "PATDATA.A"),)),),
    "notes",
)


def record(rule: Rule, position: int, **more: object) -> RuleRecord:
    return RuleRecord(rule_id_of(rule), position, rule, "hash", **more)  # type: ignore[arg-type]


def put_rules(project: ProjectFile, *records: RuleRecord, routes: tuple[Route, ...] = ()) -> None:
    with project.command("anna", "rules", at=NOW):
        project.contract.replace(records, routes)


def test_rules_and_routes_come_back_with_every_attribute(project: ProjectFile) -> None:
    full = record(RULE, 0, edited_at="t", assigned_to="ben", orphan=True)
    plain = record(Rule("LOAD_PMI", "id", MappingClass.SURROGATE_ETL), 1)
    put_rules(project, full, plain, routes=(ROUTE, Route("LOAD_B", "main", "B", ())))
    assert project.contract.rules() == [full, plain]
    assert project.contract.rules([plain.rule_id, full.rule_id]) == [plain, full]
    assert (full.rule_id, plain.rule_id) == ("LOAD_PMI.sex@main", "LOAD_PMI.id")
    assert project.contract.routes()[0] == ROUTE
    loaded = project.contract.load()
    assert [r.target_field for r in loaded.rules] == ["id"], "orphans take no part in a run"
    with pytest.raises(BadInput, match=r"LOAD_PMI\.nothing"):
        project.contract.rules(["LOAD_PMI.nothing"])


def test_a_grid_filters_and_sorts_rules(project: ProjectFile) -> None:
    rules = [
        dataclasses.replace(
            RULE,
            target_field=f"f{i}",
            route="",
            status=list(MappingStatus)[i % 5],
            source_field=f"s{9 - i}",
            mapping_class=list(MappingClass)[i % 6],
        )
        for i in range(10)
    ]
    put_rules(project, *(record(r, i) for i, r in enumerate(rules)))
    ids = project.contract.rule_ids
    assert len(ids()) == 10
    assert ids(RuleFilter(statuses=("APPROVED",))) == ["LOAD_PMI.f2", "LOAD_PMI.f7"]
    assert ids(RuleFilter(classes=("DERIVED",), statuses=("APPROVED",))) == ["LOAD_PMI.f2"]
    assert ids(RuleFilter(text="pmi S3")) == ["LOAD_PMI.f6"]
    assert ids(RuleFilter(text="%")) == []
    assert ids(RuleFilter(target_tables=("LOAD_X",))) == []
    assert ids(sort="source_field")[0] == "LOAD_PMI.f9"
    assert ids(sort="position", descending=True)[0] == "LOAD_PMI.f9"
    assert all(len(ids(sort=column)) == 10 for column in SORTABLE)
    with pytest.raises(BadInput, match="cannot be sorted"):
        ids(sort="1; DROP TABLE run")
    assert sum(project.contract.counts("mapping_class").values()) == 10


def test_versions_of_the_contract_are_numbered_with_their_scope(project: ProjectFile) -> None:
    for number in (1, 2):
        with project.command("anna", "version", at=NOW):
            version = ContractVersion(number, f"{number}" * 64, "t", "anna", "built")
            project.contract.add_version(version, [("PATDATA", f"x = {number}")])
    assert [v.version for v in project.contract.versions()] == [2, 1]
    assert project.contract.scope() == (("PATDATA", "x = 2"),)


def test_suggestions_come_back_ranked_with_their_evidence(project: ProjectFile) -> None:
    found = [
        Suggestion(
            "LOAD_PMI",
            f"f{i}",
            SemanticStatus.PROBABLE,
            tuple(
                Candidate("PATDATA", f"s{rank}", 1 / rank, (Evidence("name", 0.5, "é"),))
                for rank in range(1, 6)
            ),
            in_priority=True,
            notes="n",
        )
        for i in (3, 1, 2)
    ]
    for suggestions in ([], found):
        with project.command("anna", "suggest", at=NOW):
            project.suggestions.replace(suggestions)
        assert project.suggestions.all() == suggestions
    assert project.suggestions.of("LOAD_PMI", "f1") == found[1]
    assert project.suggestions.of("LOAD_PMI", "f9") is None


def test_the_newest_decision_on_a_match_counts(project: ProjectFile) -> None:
    yes = MatchDecision("T", "f", "S", "g", True, "anna", "t1")
    no = dataclasses.replace(yes, approved=False, at="t2")
    for decision in (yes, no):
        with project.command("anna", "decide", at=NOW):
            project.suggestions.decide([decision])
    assert project.suggestions.decisions() == [no]
    with project.command("anna", "decide", at=NOW):
        project.suggestions.forget([no])
    assert project.suggestions.decisions() == []


def test_newer_specs_take_the_place_of_the_older_ones_of_their_side(project: ProjectFile) -> None:
    def document(name: str, side: Side) -> Document:
        path = f"requirement_spec/{name}"
        return Document(name, "ab" * 32, 5, "spec", side, path, "anna", "t")

    old, new = document("a.xlsx", Side.SOURCE), document("b.xlsx", Side.SOURCE)
    guide = document("g.pdf", Side.TARGET)
    for side, documents in ((Side.SOURCE, [old]), (Side.TARGET, [guide]), (Side.SOURCE, [new])):
        with project.command("anna", "take", at=NOW):
            project.documents.replace_specs(side, documents)
    assert project.documents.specs(Side.SOURCE) == [new]
    assert project.documents.specs(Side.TARGET) == [guide]
    assert [d.active for d in project.documents.all()] == [False, True, True]
    assert project.documents.find(old.stored_path) == dataclasses.replace(old, active=False)


def test_settings_and_people_can_be_changed_and_taken_away(project: ProjectFile) -> None:
    with project.command("anna", "settings", at=NOW):
        project.settings.put("a", {"b": [1, None, "é"]}, by="anna", at=NOW)
        project.settings.put("a", 2, by="anna", at=NOW, scope="ben")
        project.people.add("ben", at=NOW, role="REVIEWER")
        project.people.add("ben", at=NOW, role="ARCHITECT", display_name="Ben B")
    assert project.settings.all() == {"a": {"b": [1, None, "é"]}}
    assert project.settings.get("a", scope="ben") == 2
    ben = project.people.find("ben")
    assert ben is not None
    assert (ben.role, ben.display_name) == ("ARCHITECT", "Ben B")
    with project.command("anna", "settings", at=NOW):
        project.settings.put("a", None, by="anna", at=NOW)
    assert project.settings.get("a", "none") == "none"


def test_times_and_run_names_are_read_as_they_are_written() -> None:
    assert from_utc_text(utc_text(NOW)) == NOW
    assert utc_text(NOW) == "2026-03-31T09:30:00Z"
    exact = NOW.replace(microsecond=250_000)
    assert from_utc_text(utc_text(exact)) == exact
    assert [run_number_of(t) for t in ("run-0012", "12", "x")] == [12, 12, None]
