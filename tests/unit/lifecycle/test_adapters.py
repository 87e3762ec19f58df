"""What stages are told from the project file, and what of their answers goes into it."""

from __future__ import annotations

import csv
import dataclasses
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from tiny_stages import NOW

from caseload.contract.files import read_contract, rule_as_row
from caseload.lifecycle import decisions
from caseload.lifecycle.decisions import (
    approve_rules,
    assign_rules,
    edit_rules,
    record_from_json,
    record_of,
    record_to_json,
    reject_rules,
    restore_rules,
    review_rules,
)
from caseload.lifecycle.documents import take_specs
from caseload.lifecycle.exports import export_catalogs, export_contract, restore_inputs
from caseload.lifecycle.paths import CONTRACT, CONTRACT_SUMMARY, ROUTES, SOURCE_CATALOG
from caseload.lifecycle.registry import StageContext, resolve, standard_registry
from caseload.lifecycle.stages.analyze_semantic_mapping import read_matrix
from caseload.lifecycle.stages.build_mapping_contract import merged
from caseload.lifecycle.stages.run_release_gates import PROFILE_SETTING, profile_named
from caseload.model.catalog import Catalog, FieldSpec, Side, TableSpec
from caseload.model.contract import MappingClass, MappingStatus, Route, Rule
from caseload.model.errors import BadInput, CaseloadError
from caseload.model.stage import STAGES, Stage, StageOptions, StageResult, Verdict
from caseload.specs.catalog_files import to_json
from caseload.store.project_file import ProjectFile
from caseload.store.records import Correction, OutputFile, RuleRecord, utc_text

DECISIONS: dict[str, Callable[..., list[RuleRecord]]] = {
    "edit": edit_rules,
    "approve": approve_rules,
    "reject": reject_rules,
    "review": review_rules,
    "assign": assign_rules,
}
A, B, C = "LOAD_PMI.a", "LOAD_PMI.b", "LOAD_PMI.c"


def rule(name: str, **more: object) -> Rule:
    values: dict[str, object] = {"source_table": "PATDATA", "source_field": name.upper(), **more}
    return Rule("LOAD_PMI", name, MappingClass.DIRECT_SOURCE, **values)  # type: ignore[arg-type]


def catalogs() -> tuple[Catalog, Catalog]:
    def side(which: Side, table: str, *names: str) -> Catalog:
        fields = tuple(
            FieldSpec(table, n, i, data_type="VARCHAR2", length="10")
            for i, n in enumerate(names, start=1)
        )
        return Catalog(which, {table: TableSpec(table, fields)})

    return side(Side.SOURCE, "PATDATA", "A", "B", "C"), side(Side.TARGET, "LOAD_PMI", "a", "b", "c")


@pytest.fixture
def filled(project: ProjectFile) -> ProjectFile:
    """A project with both catalogs and a contract of three rules, published by a run."""
    with project.command("anna", "fill", at=NOW):
        for catalog in catalogs():
            project.catalogs.replace(catalog)
        records = [record_of(rule(n), i) for i, n in enumerate("abc")]
        project.contract.replace(records, [Route("LOAD_PMI", "main", "PATDATA", ("PATDATA.A",))])
        project.runs.begin([Stage.BUILD_MAPPING_CONTRACT], {}, actor="anna", at=NOW)
        for path in (CONTRACT, ROUTES, SOURCE_CATALOG):
            project.published.record(OutputFile(path, "", 0), 1, Stage.BUILD_MAPPING_CONTRACT)
    export_catalogs(project)
    export_contract(project, by="anna", at=NOW)
    return project


def status(project: ProjectFile) -> list[str]:
    return [r.rule.status.value for r in project.contract.rules()]


def on_disk(project: ProjectFile) -> list[Rule]:
    return read_contract(project.folder / CONTRACT, project.folder / ROUTES).rules


def decide(project: ProjectFile, *, what: str, ids: list[str], **more: object) -> list[RuleRecord]:
    with project.command("anna", f"mappings.{what}", at=NOW):
        return DECISIONS[what](project, ids, **more)


def test_every_stage_has_an_adapter_and_its_function_is_there() -> None:
    registry = standard_registry()
    assert list(registry) == list(STAGES)
    assert [registry[s].folder[:3] for s in STAGES] == [f"{n:02d}_" for n in range(1, 8)]
    assert all(callable(resolve(adapter.function)) for adapter in registry.values())
    with pytest.raises(CaseloadError, match="part of the program is missing"):
        resolve("caseload.nowhere:run")


def test_an_approval_names_what_it_approved_and_teaches_suggestions(filled: ProjectFile) -> None:
    before = decide(filled, what="approve", ids=[A, B], by="ben", at=NOW)
    assert [r.rule.status.value for r in before] == ["DRAFT", "DRAFT"]
    assert status(filled) == ["APPROVED", "APPROVED", "DRAFT"]
    approved = filled.contract.rules([A])[0].rule
    assert (approved.approved_by, approved.approved_at) == ("ben", utc_text(NOW))
    assert len(approved.approved_hash) == 64
    assert [(d.target_field, d.approved) for d in filled.suggestions.decisions()] == [
        ("a", True),
        ("b", True),
    ]
    assert decisions.lapse_approvals(filled) == []


def test_an_edit_lapses_an_approval_unless_it_only_rewords(filled: ProjectFile) -> None:
    decide(filled, what="approve", ids=[A, B], by="ben", at=NOW)
    decide(filled, what="edit", ids=[A], changes={"notes": "clearer"}, by="anna", at=NOW)
    decide(filled, what="edit", ids=[B, C], changes={"source_field": "A"}, by="anna", at=NOW)
    assert status(filled) == ["APPROVED", "RE_REVIEW", "IN_REVIEW"]
    assert filled.contract.rules([C])[0].rule.edited_by == "anna"


@pytest.mark.parametrize(
    ("changes", "words"), [({"target_table": "X"}, "target_table"), ({"on_failure": "x"}, "x")]
)
def test_what_cannot_be_edited_is_refused_and_nothing_changed(
    filled: ProjectFile, changes: dict[str, str], words: str
) -> None:
    before = filled.contract.rules()
    with pytest.raises(BadInput, match=words):
        decide(filled, what="edit", ids=[A], changes=changes, by="anna", at=NOW)
    assert filled.contract.rules() == before


def test_every_decision_can_be_put_back(filled: ProjectFile) -> None:
    start = filled.contract.rules()
    for what, more in (
        ("edit", {"changes": {"expression": "upper(PATDATA.A)"}, "by": "anna", "at": NOW}),
        ("approve", {"by": "anna", "at": NOW}),
        ("reject", {"by": "anna", "at": NOW, "why": "wrong table"}),
        ("review", {}),
        ("assign", {"to": "ben"}),
    ):
        before = decide(filled, what=what, ids=[A, C], **more)
        assert filled.contract.rules() != start
        kept = json.loads(json.dumps([record_to_json(r) for r in before]))
        with filled.command("anna", "undo", at=NOW):
            restore_rules(filled, [record_from_json(k) for k in kept])
        assert filled.contract.rules() == start
        assert filled.suggestions.decisions() == []


@pytest.mark.parametrize("change", ["field", "crosswalk"])
def test_an_approval_lapses_when_what_is_behind_the_rule_changes(
    filled: ProjectFile, change: str
) -> None:
    crosswalk = filled.folder / "schemas/crosswalks/SEX.csv"
    crosswalk.parent.mkdir(parents=True)
    crosswalk.write_text("source_value,target_value,description\nM,1,\n")
    decide(filled, what="edit", ids=[A], changes={"crosswalk": "SEX"}, by="anna", at=NOW)
    decide(filled, what="approve", ids=[A, B], by="ben", at=NOW)
    if change == "crosswalk":
        crosswalk.write_text("source_value,target_value,description\nM,2,\n")
    else:
        fix = Correction(Side.TARGET, "LOAD_PMI", "a", {"length": "3"}, "anna", "", "")
        with filled.command("anna", "correct", at=NOW):
            filled.catalogs.correct(fix)
    with filled.command("anna", "lapse", at=NOW):
        assert decisions.lapse_approvals(filled) == [A]
    assert status(filled) == ["RE_REVIEW", "APPROVED", "DRAFT"]


def test_a_decision_is_in_the_contract_file_once_it_is_exported(filled: ProjectFile) -> None:
    assert [v.version for v in filled.contract.versions()] == [1]
    decide(filled, what="approve", ids=[A], by="ben", at=NOW)
    assert filled.published.altered() != [], "the file is behind the decision"
    assert export_contract(filled, by="ben", at=NOW) == [CONTRACT]
    assert [r.status.value for r in on_disk(filled)] == ["APPROVED", "DRAFT", "DRAFT"]
    assert [v.version for v in filled.contract.versions()] == [1], "an approval changes no rule"
    decide(filled, what="edit", ids=[A], changes={"source_field": "B"}, by="ben", at=NOW)
    export_contract(filled, by="ben", at=NOW)
    assert [v.version for v in filled.contract.versions()] == [2, 1]
    assert export_contract(filled, by="ben", at=NOW) == []
    assert filled.published.altered(thorough=True) == []


def test_the_summary_of_the_contract_follows_a_decision(filled: ProjectFile) -> None:
    path = filled.folder / CONTRACT_SUMMARY
    path.write_text(json.dumps({"policy_override_count": 4, "note": "kept"}))
    changes = {"mapping_class": "OUT_OF_SCOPE"}
    decide(filled, what="edit", ids=[A], changes=changes, by="ben", at=NOW)
    export_contract(filled, by="ben", at=NOW)
    summary = json.loads(path.read_text())
    assert summary["mapping_class_counts"]["OUT_OF_SCOPE"] == 1
    assert len(summary["mapping_class_counts"]) == 6
    assert (summary["policy_override_count"], summary["note"]) == (4, "kept")
    assert summary["contract_version"] == 2


@pytest.mark.parametrize("harm", ["gone", "altered"])
def test_a_file_gone_or_altered_is_written_again_and_a_copy_kept(
    filled: ProjectFile, harm: str
) -> None:
    contents = {p: (filled.folder / p).read_bytes() for p in (CONTRACT, SOURCE_CATALOG)}
    for path in contents:
        if harm == "gone":
            (filled.folder / path).unlink()
        else:
            (filled.folder / path).write_text("mine,now\n")
    restored = restore_inputs(filled, list(contents), by="anna", at=NOW)
    assert set(restored) == set(contents)
    assert {p: (filled.folder / p).read_bytes() for p in contents} == contents
    kept = [p.read_text() for p in (filled.folder / "backups/altered").glob("*.csv")]
    assert kept == ([] if harm == "gone" else ["mine,now\n"] * 2)
    assert restore_inputs(filled, list(contents), by="anna", at=NOW) == []


# --- stage 4: what people decided is kept ------------------------------------------------


def test_a_new_contract_keeps_what_people_decided() -> None:
    old = [
        record_of(rule("a", edited_by="anna", expression="upper(PATDATA.A)"), 0),
        record_of(rule("b", status=MappingStatus.APPROVED), 1),
        record_of(rule("c", status=MappingStatus.REJECTED, notes="no"), 2, assigned_to="ben"),
        record_of(rule("d", status=MappingStatus.REJECTED), 3),
        record_of(rule("e"), 4),
        record_of(rule("gone", status=MappingStatus.RE_REVIEW), 5),
        record_of(rule("dropped"), 6),
    ]
    proposed = [
        rule("new"),
        rule("a"),
        rule("b", source_field="OTHER"),
        rule("c"),
        rule("d", source_field="OTHER"),
        rule("e", source_field="OTHER"),
    ]
    records = {r.rule.target_field: r for r in merged(old, proposed)}
    assert list(records) == ["new", "a", "b", "c", "d", "e", "gone"]
    assert [r.position for r in records.values()] == list(range(7))
    assert records["a"].rule == old[0].rule, "edited"
    assert records["b"].rule == old[1].rule, "approved"
    assert records["c"].rule.status is MappingStatus.REJECTED, "a refusal of the very same"
    assert (records["c"].rule.notes, records["c"].assigned_to) == ("no", "ben")
    assert records["d"].rule.status is MappingStatus.DRAFT, "another proposal"
    assert records["e"].rule.source_field == "OTHER"
    assert (records["gone"].orphan, records["e"].orphan) == (True, False)
    back = {r.rule.target_field: r for r in merged(list(records.values()), [rule("gone")])}
    assert back["gone"].orphan is False


def context(project: ProjectFile, tmp_path: Path, **options: object) -> StageContext:
    work = project.folder / "data" / "work"
    (work / "out").mkdir(parents=True, exist_ok=True)
    return StageContext(
        project,
        StageOptions(**options),  # type: ignore[arg-type]
        work,
        work / "out",
        "anna",
        NOW,
        1,
    )


def test_stage_four_is_told_the_kept_rules_and_the_version(
    filled: ProjectFile, tmp_path: Path
) -> None:
    decide(filled, what="approve", ids=[B], by="ben", at=NOW)
    adapter = standard_registry()[Stage.BUILD_MAPPING_CONTRACT]
    told = adapter.gather(context(filled, tmp_path))
    assert [r["target_field"] for r in told["kept_rules"]] == ["b"]
    assert told["previous_version"] == 1
    assert json.loads(json.dumps(told)) == told


@pytest.mark.parametrize("as_rows", [True, False])
def test_stage_fours_contract_is_taken_in(
    filled: ProjectFile, tmp_path: Path, as_rows: bool
) -> None:
    adapter = standard_registry()[Stage.BUILD_MAPPING_CONTRACT]
    here = context(filled, tmp_path)
    proposed = [rule("a"), rule("z", source_field="C")]
    as_dict = rule_as_row if as_rows else dataclasses.asdict
    payload = {"version": 2, "sha256": "f" * 64, "routes": [], "scope": [["PATDATA", "x"]]}
    payload["rules"] = [as_dict(r) for r in proposed]
    (here.work_dir / "contract.json").write_text(json.dumps(payload))
    result = StageResult(Stage.BUILD_MAPPING_CONTRACT, Verdict.PASS, "", payload="contract.json")
    for _ in range(2):
        with filled.command("anna", "run.stage", at=NOW):
            adapter.take_in(here, result)
    assert [r.rule for r in filled.contract.rules()] == proposed
    versions = [(v.version, v.origin) for v in filled.contract.versions()]
    assert versions == [(2, "built"), (1, "edited")]
    assert filled.contract.scope() == (("PATDATA", "x"),)


# --- stage 1 ---------------------------------------------------------------------------


def test_stage_one_takes_documents_in_only_with_its_answer(
    project: ProjectFile, tmp_path: Path
) -> None:
    given = [tmp_path / "spec.csv", tmp_path / "guide.csv"]
    for path in given:
        path.write_text(f"table_name,field_name\nT,{path.stem}\n")
    adapter = standard_registry()[Stage.EXTRACT_SPECS]
    here = context(project, tmp_path, source_specs=(str(given[0]),), target_specs=(str(given[1]),))
    told = adapter.gather(here)
    place = project.folder / told["source_documents"][0]
    assert place.read_bytes() == given[0].read_bytes()
    assert place.is_relative_to(here.out_dir)
    assert project.documents.all() == []
    (here.work_dir / "catalogs.json").write_text(to_json(*catalogs()))
    result = StageResult(Stage.EXTRACT_SPECS, Verdict.PASS, "", payload="catalogs.json")
    with project.command("anna", "run.stage", at=NOW):
        adapter.take_in(here, result)
    assert [d.stored_path for d in project.documents.specs(Side.SOURCE)] == [
        "requirement_spec/spec.csv"
    ]
    assert project.catalogs.load(Side.TARGET) == catalogs()[1]


def test_documents_are_taken_in_once_and_read_from_the_project(
    project: ProjectFile, tmp_path: Path
) -> None:
    for side in Side:
        given = tmp_path / f"{side.value}.csv"
        given.write_text("x")
        take_specs(project, side, [str(given)], by="anna", at=NOW)
        given.unlink()
    adapter = standard_registry()[Stage.EXTRACT_SPECS]
    told = adapter.gather(context(project, tmp_path))
    assert told["target_documents"] == ["requirement_spec/target.csv"]
    own = take_specs(project, Side.SOURCE, ["requirement_spec/source.csv"], by="a", at=NOW)
    assert own[0].stored_path == "requirement_spec/source.csv"


def test_a_missing_or_doubled_document_is_refused_with_nothing_taken_in(
    project: ProjectFile, tmp_path: Path
) -> None:
    for name, text in (("a/x.csv", "1"), ("b/x.csv", "2"), ("c/x.csv", "1")):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text(text)
    with pytest.raises(BadInput, match=r"no spec document nothing\.xlsx"):
        take_specs(project, Side.SOURCE, ["nothing.xlsx"], by="anna", at=NOW)
    doubled = [str(tmp_path / n) for n in ("a/x.csv", "b/x.csv")]
    with pytest.raises(BadInput, match="Two different documents"):
        take_specs(project, Side.SOURCE, doubled, by="anna", at=NOW)
    assert project.documents.all() == []
    with pytest.raises(BadInput, match="no source spec document"):
        standard_registry()[Stage.EXTRACT_SPECS].gather(context(project, tmp_path))


# --- stages 3, 5 and 7 -------------------------------------------------------------------


def test_a_matrix_without_evidence_is_read_with_all_its_candidates(tmp_path: Path) -> None:
    path = tmp_path / "m.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        head = "target_table target_field best_source_table best_source_field score status"
        tail = "source_in_13_priority source_in_target_hint_tables notes"
        more = "candidate_2_source_table candidate_2_source_field candidate_2_score"
        writer.writerow(f"{head} {tail} {more}".split())
        writer.writerow(["T", "f", "S", "a", "0.9", "PROBABLE", "Y", "N", "n", "S", "b", "0.4"])
        writer.writerow(["T", "g", "", "", "", "UNMAPPED", "N", "N", "", "", "", ""])
    first, second = read_matrix(path)
    assert [(c.source_field, c.score) for c in first.candidates] == [("a", 0.9), ("b", 0.4)]
    assert (first.in_priority, second.candidates) == (True, ())


def test_keys_of_the_last_migration_are_handed_to_the_next(
    filled: ProjectFile, tmp_path: Path
) -> None:
    adapter = standard_registry()[Stage.RUN_CONTRACT_MIGRATION]
    assert adapter.gather(context(filled, tmp_path)) == {"key_registry": "", "relationships": []}
    with filled.unaudited():
        file = OutputFile("data/key_registry.csv", "ab" * 32, 3)
        filled.published.record(file, 1, Stage.RUN_CONTRACT_MIGRATION)
    told = adapter.gather(context(filled, tmp_path))
    assert told == {"key_registry": "data/key_registry.csv", "relationships": []}


def test_a_projects_own_gate_profile_goes_before_the_shipped_one(filled: ProjectFile) -> None:
    shipped = profile_named(filled, "development")
    own = dataclasses.asdict(dataclasses.replace(shipped, max_warnings=3, version=2))
    with filled.command("anna", "settings", at=NOW):
        filled.settings.put(PROFILE_SETTING + "development", own, by="anna", at=NOW)
    assert profile_named(filled, "development").max_warnings == 3
    with pytest.raises(BadInput, match="no gate profile called mine"):
        profile_named(filled, "mine")
