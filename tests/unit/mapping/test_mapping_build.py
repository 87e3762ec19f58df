"""Stage 4: a contract that can be executed as it stands."""

import csv
import json
from pathlib import Path

import pytest
from conftest import Workshop, source_rows, write_rows

from caseload.contract.check import check_contract
from caseload.contract.files import read_contract, rule_as_row
from caseload.model.catalog import Side
from caseload.model.contract import MappingClass, MappingStatus, Rule
from caseload.model.errors import BadInput
from caseload.model.stage import Stage
from caseload.specs.catalog_files import read_catalog

PEOPLE, STAYS = "LOAD_PATIENTS", "LOAD_ADMISSIONS"


def test_every_field_has_a_rule_of_the_right_class(with_rows: Workshop) -> None:
    rules = with_rows.both()
    classes = {name: rule["mapping_class"] for (_, name), rule in rules.items()}
    assert len(rules) == 15
    assert classes["RECORD_NUMBER"] == classes["SYSTEM_CODE"] == "SURROGATE_ETL"
    assert classes["SEX"] == classes["ADMISSION_METHOD"] == "LOOKUP_TRANSLATION"
    assert classes["FIRST_NAME"] == "DIRECT_SOURCE"
    assert classes["SHOE_MAKER"] == "OUT_OF_SCOPE"


def test_the_internal_form_of_a_date_is_read_explicitly(with_rows: Workshop) -> None:
    rule = with_rows.both()[PEOPLE, "DATE_OF_BIRTH"]
    assert rule["expression"] == "to_date(PERSONS.DateOfBirthInt, 'CCYYMMDD')"
    assert rule["mapping_class"] == "DERIVED"


def test_a_date_with_time_takes_the_time_beside_it(with_rows: Workshop) -> None:
    expression = with_rows.both()[STAYS, "ADMISSION_DTTM"]["expression"]
    date = "to_date(IPSTAYS.DateAdmitted, 'DD/MM/YYYY')"
    assert expression == f"combine_date_time({date}, IPSTAYS.TimeAdmitted)"


def test_children_find_their_parent_by_its_natural_key(with_rows: Workshop) -> None:
    rule = with_rows.both()[STAYS, "PATIENT_RECORD_NUMBER"]
    assert rule["expression"] == "parent_key('LOAD_PATIENTS', IPSTAYS.PersonNo)"


def test_routes_have_keys_that_are_unique_in_the_data(with_rows: Workshop) -> None:
    with_rows.both()
    routes = with_rows.read("reports/mapping_contract_routes.csv")
    keys = {r["target_table"]: json.loads(r["natural_key"]) for r in routes}
    assert keys[PEOPLE] == ["PERSONS.PersonNo"]
    assert "IPSTAYS.PersonNo" in keys[STAYS]


def test_a_mandatory_flag_left_empty_means_no(with_rows: Workshop) -> None:
    rule = with_rows.both()[PEOPLE, "DECEASED_FLAG"]
    assert rule["expression"] == "coalesce(PERSONS.DeceasedYN, 'N')"


def test_capitals_are_made_where_the_guide_wants_them(with_rows: Workshop) -> None:
    assert with_rows.both()[PEOPLE, "SURNAME"]["expression"] == "upper(PERSONS.FamilyName)"


def test_text_that_may_be_too_long_is_cut_rather_than_refused(with_rows: Workshop) -> None:
    rule = with_rows.both()[STAYS, "ADMISSION_NOTE"]
    assert (rule["primary_source_field"], rule["on_failure"]) == ("RemarkText", "truncate")


def test_the_contract_passes_the_engines_own_check(with_rows: Workshop) -> None:
    with_rows.both()
    project = with_rows.project
    contract = read_contract(
        project / "reports/mapping_contract.csv", project / "reports/mapping_contract_routes.csv"
    )
    target = read_catalog(project / "schemas/target_schema_catalog.csv", Side.TARGET)
    source = {}
    for path in (project / "mock_data/source").glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            source[path.stem] = next(csv.reader(file))
    assert check_contract(contract, target, source, ["sex", "admission_method"]) == []


def test_a_field_whose_values_do_not_conform_is_not_proposed(workshop: Workshop) -> None:
    rows = source_rows()
    for line in rows["IPSTAYS"]:
        line["AdmMeth"] = "??"
    write_rows(workshop.project / "mock_data" / "source", rows)
    rule = workshop.both()[STAYS, "ADMISSION_METHOD"]
    assert rule["mapping_class"] == "OUT_OF_SCOPE"
    assert rule["notes"].startswith("Unresolved")


def test_values_tell_the_date_format_when_the_name_is_wrong(workshop: Workshop) -> None:
    rows = source_rows()
    for line in rows["PERSONS"]:
        day, month, year = line["DateOfBirth"].split("/")
        line["DateOfBirth"], line["DateOfBirthInt"] = f"{year}-{month}-{day}", ""
    write_rows(workshop.project / "mock_data" / "source", rows)
    rule = workshop.both()[PEOPLE, "DATE_OF_BIRTH"]
    assert rule["expression"] == "to_date(PERSONS.DateOfBirth, 'YYYY-MM-DD')"


def test_without_data_the_documents_alone_give_a_contract(workshop: Workshop) -> None:
    rules = workshop.both()
    assert rules[PEOPLE, "SEX"]["expression"] == "crosswalk(PERSONS.Gender, 'sex')"
    assert rules[PEOPLE, "SEX"]["on_miss"] == "reject"


def test_the_rule_of_a_person_wins(with_rows: Workshop) -> None:
    kept = Rule(
        PEOPLE,
        "SHOE_MAKER",
        MappingClass.DERIVED,
        expression="'Clark'",
        status=MappingStatus.APPROVED,
        edited_by="ada",
    )
    rule = with_rows.both(kept_rules=[rule_as_row(kept)])[PEOPLE, "SHOE_MAKER"]
    assert (rule["expression"], rule["edited_by"]) == ("'Clark'", "ada")


def test_a_rule_of_a_person_that_names_a_parent_table_gets_its_join(with_rows: Workshop) -> None:
    kept = Rule(STAYS, "ADMISSION_NOTE", MappingClass.DERIVED, expression="WARDFILE.WardName")
    with_rows.both(kept_rules=[rule_as_row(kept)])
    routes = with_rows.read("reports/mapping_contract_routes.csv")
    joins = json.loads(next(r for r in routes if r["target_table"] == STAYS)["joins"])
    assert joins[0]["table"] == "WARDFILE"
    assert joins[0]["on"] == [["IPSTAYS.WardCd", "WardCd"]]


def test_the_summary_counts_all_six_classes(with_rows: Workshop) -> None:
    with_rows.both()
    path = with_rows.project / "reports" / "mapping_contract_summary.json"
    summary = json.loads(path.read_text(encoding="utf-8"))
    assert set(summary["mapping_class_counts"]) == {c.value for c in MappingClass}
    assert sum(summary["mapping_class_counts"].values()) == summary["target_field_count"] == 15


def test_an_unchanged_contract_keeps_its_version(with_rows: Workshop) -> None:
    with_rows.both()
    path = with_rows.project / "reports" / "mapping_contract_summary.json"
    first = json.loads(path.read_text(encoding="utf-8"))
    with_rows.run(
        Stage.BUILD_MAPPING_CONTRACT,
        previous_version=first["contract_version"],
        previous_sha256=first["contract_sha256"],
    )
    assert json.loads(path.read_text(encoding="utf-8")) == first


def test_without_a_matrix_the_remedy_is_named(workshop: Workshop) -> None:
    with pytest.raises(BadInput, match="analyze-semantic-mapping"):
        workshop.run(Stage.BUILD_MAPPING_CONTRACT)


def test_a_crosswalk_without_its_columns_is_named(workshop: Workshop) -> None:
    workshop.run(Stage.ANALYZE_SEMANTIC_MAPPING)
    bad = workshop.project / "schemas" / "crosswalks" / "sex.csv"
    bad.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(BadInput, match=r"sex\.csv"):
        workshop.run(Stage.BUILD_MAPPING_CONTRACT)


def test_no_file_outside_the_work_folder_is_touched(with_rows: Workshop) -> None:
    with_rows.run(Stage.ANALYZE_SEMANTIC_MAPPING)
    before = {p: p.read_bytes() for p in Path(with_rows.project).rglob("*") if p.is_file()}
    with_rows.run(Stage.ANALYZE_SEMANTIC_MAPPING)
    after = {p: p.read_bytes() for p in Path(with_rows.project).rglob("*") if p.is_file()}
    assert before == after


def test_one_bad_value_does_not_move_a_sound_rule(workshop: Workshop) -> None:
    rows = source_rows()
    rows["PERSONS"][4]["Gender"] = "?"
    write_rows(workshop.project / "mock_data" / "source", rows)
    rule = workshop.both()[PEOPLE, "SEX"]
    assert rule["expression"] == "crosswalk(PERSONS.Gender, 'sex')"
    assert "90.0% of profiled values conform" in rule["notes"]
