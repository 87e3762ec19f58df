"""Each fault put into a small migration is found, and a clean one has nothing to report."""

import csv
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from caseload.contract.files import write_contract
from caseload.model.catalog import Catalog, FieldSpec, Side, TableSpec
from caseload.model.contract import Contract, Join, MappingClass, MappingStatus, Route, Rule
from caseload.model.errors import BadInput
from caseload.model.progress import CancelToken, SilentProgress
from caseload.model.stage import Stage, StageJob, StageOptions, Verdict
from caseload.quality import pipeline
from caseload.specs.catalog_files import write_catalog

SOURCE = {
    "PATMAST": {
        "IntPatNo": "9",
        "NhsNo": "10",
        "Surname": "20",
        "Forename": "20",
        "DateOfBirth": "10",
        "Sex": "1",
        "Postcode": "8",
        "DateOfDeath": "10",
    },
    "ADMISSION": {
        "AdmissionNo": "9",
        "IntPatNo": "9",
        "AdmissionDate": "10",
        "DischargeDate": "10",
    },
}
PATIENTS = [
    ["1", "9990000018", "ABLE", "ANN", "01/02/1950", "F", "QV1 1AA", ""],
    ["2", "9990000026", "BAKER", "BOB", "03/04/1960", "M", "QV1 2BB", "01/01/2020"],
    ["3", "", "CARR", "CAL", "05/06/1970", "M", "QV1 3CC", ""],
]
ADMISSIONS = [
    ["11", "1", "01/05/2020", "03/05/2020"],
    ["12", "2", "01/06/2019", ""],
]


def nhs_number(first_nine: str) -> str:
    total = sum(int(d) * w for d, w in zip(first_nine, range(10, 1, -1), strict=True))
    return first_nine + str((11 - total % 11) % 11)


PATIENTS[0][1] = nhs_number("999000001")
PATIENTS[1][1] = nhs_number("999000002")


def target_field(table: str, name: str, position: int, kind: str, length: str, **more) -> FieldSpec:
    return FieldSpec(table, name, position, data_type=kind, length=length, **more)


def own_number(table: str) -> FieldSpec:
    return target_field(table, "RECORD_NUMBER", 1, "NUMBER", "10", mandatory=True, unique=True)


def own_key(table: str) -> Rule:
    return Rule(table, "RECORD_NUMBER", MappingClass.SURROGATE_ETL, expression="record_key()")


TARGET = {
    "LOAD_PATIENT": (
        own_number("LOAD_PATIENT"),
        target_field("LOAD_PATIENT", "SURNAME", 2, "VARCHAR2", "20", mandatory=True),
        target_field("LOAD_PATIENT", "SEX", 3, "VARCHAR2", "1", mandatory=True, code_type="12 Sex"),
        target_field("LOAD_PATIENT", "BIRTH_DATE", 4, "DATE", "", format="DD/MM/YYYY"),
        target_field("LOAD_PATIENT", "NHS_NUMBER", 5, "VARCHAR2", "10"),
        target_field("LOAD_PATIENT", "LIVE", 6, "VARCHAR2", "1", allowed_values=("Y", "N")),
    ),
    "LOAD_STAY": (
        own_number("LOAD_STAY"),
        target_field(
            "LOAD_STAY",
            "PATIENT_RECORD_NUMBER",
            2,
            "NUMBER",
            "10",
            mandatory=True,
            foreign_table="LOAD_PATIENT",
            foreign_field="RECORD_NUMBER",
        ),
    ),
}
LOADED = {
    "LOAD_PATIENT": [
        ["1", "ABLE", "2", "01/02/1950", PATIENTS[0][1], "Y"],
        ["2", "BAKER", "1", "03/04/1960", PATIENTS[1][1], "N"],
        ["3", "CARR", "1", "05/06/1970", "", "Y"],
    ],
    "LOAD_STAY": [["1", "1"], ["2", "2"]],
}


class Case:
    """A project folder with everything that stage 6 reads, before any fault."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.source = {
            name: [list(row) for row in rows]
            for name, rows in (("PATMAST", PATIENTS), ("ADMISSION", ADMISSIONS))
        }
        self.target = {name: [list(row) for row in rows] for name, rows in LOADED.items()}
        self.rules = [
            Rule(
                "LOAD_PATIENT",
                "RECORD_NUMBER",
                MappingClass.SURROGATE_ETL,
                expression="record_key()",
            ),
            Rule("LOAD_PATIENT", "SURNAME", MappingClass.DIRECT_SOURCE, "PATMAST", "Surname"),
            Rule(
                "LOAD_PATIENT",
                "SEX",
                MappingClass.LOOKUP_TRANSLATION,
                "PATMAST",
                "Sex",
                crosswalk="sex",
                on_miss="reject",
            ),
            Rule(
                "LOAD_STAY", "RECORD_NUMBER", MappingClass.SURROGATE_ETL, expression="record_key()"
            ),
            Rule(
                "LOAD_STAY",
                "PATIENT_RECORD_NUMBER",
                MappingClass.SURROGATE_ETL,
                expression="parent_key('LOAD_PATIENT', ADMISSION.IntPatNo)",
            ),
        ]

    def run(self, min_patients: int = 3):
        write = self.folder
        (write / "reports").mkdir(exist_ok=True)
        (write / "schemas/crosswalks").mkdir(parents=True, exist_ok=True)
        (write / "schemas/crosswalks/sex.csv").write_text(
            "source_value,target_value,description\nM,1,Male\nF,2,Female\n"
        )
        source = Catalog(Side.SOURCE)
        for name, fields in SOURCE.items():
            specs = tuple(
                FieldSpec(name, field, n, length=size)
                for n, (field, size) in enumerate(fields.items(), start=1)
            )
            source.tables[name] = TableSpec(name, specs)
            self.write(f"source/{name}.csv", list(fields), self.source.get(name))
        target = Catalog(Side.TARGET)
        for name, specs in TARGET.items():
            target.tables[name] = TableSpec(name, specs)
            self.write(f"load/{name}.csv", [s.field_name for s in specs], self.target.get(name))
        write_catalog(write / "schemas/source_schema_catalog.csv", source)
        write_catalog(write / "schemas/target_schema_catalog.csv", target)
        routes = [
            Route("LOAD_PATIENT", "patient", "PATMAST", ("PATMAST.IntPatNo",)),
            Route(
                "LOAD_STAY",
                "stay",
                "ADMISSION",
                ("ADMISSION.AdmissionNo",),
                joins=(Join("PATMAST", (("ADMISSION.IntPatNo", "IntPatNo"),)),),
            ),
        ]
        write_contract(
            Contract(self.rules, routes),
            write / "reports/mapping_contract.csv",
            write / "reports/mapping_contract_routes.csv",
        )
        (write / "reports/contract_migration_report.json").write_text(
            json.dumps(
                {
                    "source_dir": "source",
                    "output_dir": "load",
                    "crosswalk_dir": "schemas/crosswalks",
                    "contract_file": "reports/mapping_contract.csv",
                    "target_catalog_file": "schemas/target_schema_catalog.csv",
                }
            )
        )
        job = StageJob(
            Stage.RUN_ENTERPRISE_PIPELINE,
            write,
            write / "work",
            StageOptions(min_patients=min_patients),
            datetime(2026, 11, 23, tzinfo=UTC),
            "run-0001",
        )
        result = pipeline.run(job, SilentProgress(), CancelToken())
        with (write / "work/out/reports/enterprise_pipeline_issues.csv").open(newline="") as lines:
            issues = list(csv.DictReader(lines))
        report = json.loads(
            (write / "work/out/reports/enterprise_pipeline_report.json").read_text()
        )
        return result, issues, report

    def write(self, name: str, header: list[str], rows: list[list[str]] | None) -> None:
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        if rows is None:
            path.unlink(missing_ok=True)
            return
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(header)
            writer.writerows(rows)


@pytest.fixture
def case(tmp_path):
    return Case(tmp_path)


def test_a_clean_migration_has_nothing_to_report_but_the_patient_without_a_number(case):
    result, issues, report = case.run()
    assert [(i["rule_id"], i["severity"]) for i in issues] == [("S13", "INFO")]
    assert result.verdict is Verdict.PASS
    assert report["status"] == "PASS"
    assert report["orphan_links"] == 0


def set_cell(side: str, table: str, row: int, column: int, value: str):
    def put(case: Case) -> None:
        getattr(case, side)[table][row][column] = value

    return put


def copy_row(side: str, table: str, row: int, **changes):
    def put(case: Case) -> None:
        rows = getattr(case, side)[table]
        new = list(rows[row])
        for column, value in changes.items():
            new[int(column.removeprefix("c"))] = value
        rows.append(new)

    return put


def drop_table(side: str, table: str):
    return lambda case: getattr(case, side).pop(table)


FAULTS = {
    "missing source table": (drop_table("source", "ADMISSION"), {"S01"}),
    "empty source table": (lambda case: case.source["ADMISSION"].clear(), {"S02"}),
    "ragged row": (lambda case: case.source["ADMISSION"].append(["13", "1"]), {"S03"}),
    "duplicate patient": (copy_row("source", "PATMAST", 2, c0="9"), {"S10", "S13"}),
    "invalid NHS number": (set_cell("source", "PATMAST", 0, 1, "9990000000"), {"S11"}),
    "shared NHS number": (set_cell("source", "PATMAST", 2, 1, PATIENTS[0][1]), {"S12"}),
    "impossible date": (set_cell("source", "PATMAST", 0, 4, "30/02/1950"), {"S20"}),
    "date of seven digits": (set_cell("source", "ADMISSION", 0, 2, "1/5/2020"), {"S20"}),
    "birth in the future": (set_cell("source", "PATMAST", 0, 4, "01/02/2050"), {"S21"}),
    "discharge before admission": (set_cell("source", "ADMISSION", 0, 3, "01/04/2020"), {"S22"}),
    "orphan row": (set_cell("source", "ADMISSION", 0, 1, "77"), {"S31"}),
    "unknown code": (set_cell("source", "PATMAST", 0, 5, "Q"), {"S40"}),
    "over-long text": (set_cell("source", "PATMAST", 0, 3, "ANN" * 9), {"S41"}),
    "missing mandatory value": (set_cell("source", "PATMAST", 0, 2, ""), {"S42"}),
    "load file missing": (drop_table("target", "LOAD_STAY"), {"T01"}),
    "load file empty": (lambda case: case.target["LOAD_STAY"].clear(), {"T02"}),
    "mandatory field empty": (set_cell("target", "LOAD_PATIENT", 0, 1, ""), {"T10"}),
    "value too long": (set_cell("target", "LOAD_PATIENT", 0, 1, "A" * 21), {"T11"}),
    "number with letters": (set_cell("target", "LOAD_STAY", 1, 0, "2x"), {"T12"}),
    "date not of the format": (set_cell("target", "LOAD_PATIENT", 0, 3, "19500201"), {"T13"}),
    "value not allowed": (set_cell("target", "LOAD_PATIENT", 0, 5, "?"), {"T14"}),
    "record number twice": (set_cell("target", "LOAD_STAY", 1, 0, "1"), {"T15"}),
    "orphan in the load files": (set_cell("target", "LOAD_STAY", 1, 1, "9"), {"T16"}),
    "wrong NHS number loaded": (set_cell("target", "LOAD_PATIENT", 0, 4, "9990000000"), {"T17"}),
    "code not translated": (set_cell("target", "LOAD_PATIENT", 0, 2, "F"), {"T18"}),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_is_found_and_nothing_else(case, fault):
    put, expected = FAULTS[fault]
    put(case)
    result, issues, _ = case.run()
    assert {i["rule_id"] for i in issues} - {"S13"} == expected - {"S13"}
    worst = {i["severity"] for i in issues}
    assert (result.verdict is Verdict.FAIL) == ("ERROR" in worst)


def test_an_issue_names_the_line_and_the_rows_file_holds_every_row(case):
    for row in case.source["PATMAST"]:
        row[5] = "Q"
    _, issues, _ = case.run()
    (issue,) = [i for i in issues if i["rule_id"] == "S40"]
    assert issue["record_id"] == "line 2; line 3; line 4"
    assert issue["rows_affected"] == "3"
    with (case.folder / "work/out/data/quality/issue_rows.csv").open(newline="") as lines:
        rows = [r["line"] for r in csv.DictReader(lines) if r["rule_id"] == "S40"]
    assert rows == ["2", "3", "4"]


def test_no_issue_repeats_a_patients_value(case):
    set_cell("source", "PATMAST", 0, 3, "ZEBEDEE" * 9)(case)
    set_cell("source", "PATMAST", 1, 1, "1234567890")(case)
    _, issues, _ = case.run()
    text = json.dumps(issues)
    assert "ZEBEDEE" not in text
    assert "1234567890" not in text


def test_too_few_patients_is_an_error(case):
    result, issues, _ = case.run(min_patients=4)
    assert result.verdict is Verdict.FAIL
    assert "fewer than the 4 wanted" in next(i["message"] for i in issues if i["rule_id"] == "S02")


def test_a_mandatory_field_out_of_scope_is_unresolved_until_a_person_approves_it(case):
    case.rules[1] = Rule("LOAD_PATIENT", "SURNAME", MappingClass.OUT_OF_SCOPE, notes="no source")
    _, issues, report = case.run()
    assert report["unresolved_mappings"] == 1
    assert [i["rule_id"] for i in issues if i["severity"] == "WARN"] == ["C01"]
    case.rules[1] = Rule(
        "LOAD_PATIENT", "SURNAME", MappingClass.OUT_OF_SCOPE, status=MappingStatus.APPROVED
    )
    _, _, report = case.run()
    assert report["unresolved_mappings"] == 0


def test_without_a_migration_the_message_names_the_stage_to_run(tmp_path):
    job = StageJob(
        Stage.RUN_ENTERPRISE_PIPELINE,
        tmp_path,
        tmp_path / "work",
        StageOptions(),
        datetime(2026, 11, 23, tzinfo=UTC),
        "run-0001",
    )
    with pytest.raises(BadInput, match="run_contract_migration"):
        pipeline.run(job, SilentProgress(), CancelToken())
