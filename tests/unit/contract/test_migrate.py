"""The migration stage as a whole: its files, its verdict, its keys, and what it refuses."""

import csv
import json
from dataclasses import replace
from pathlib import Path

import pytest

from caseload.contract.files import write_contract
from caseload.contract.migrate import run
from caseload.model.catalog import FieldSpec
from caseload.model.contract import Contract, MappingClass, OnFailure, Route, Rule, SplitCase
from caseload.model.errors import BadInput, Cancelled
from caseload.model.progress import CancelToken, SilentProgress
from caseload.model.stage import StageJob, StageOptions, StageResult, Verdict

from .worlds import a_job, put, put_catalog

DIRECT, DERIVED = MappingClass.DIRECT_SOURCE, MappingClass.DERIVED


def spec(
    table: str, name: str, kind: str = "VARCHAR2", length: str = "20", **more: object
) -> FieldSpec:
    return FieldSpec(table, name, 1, kind, length, **more)  # type: ignore[arg-type]


def rule(table: str, name: str, expression: str, **more: object) -> Rule:
    return Rule(table, name, DERIVED, expression=expression, **more)  # type: ignore[arg-type]


PATIENTS = [
    spec("LOAD_PMI", "RECORD_NUMBER", "NUMBER", "10", mandatory=True, unique=True),
    spec("LOAD_PMI", "SURNAME", mandatory=True),
    spec("LOAD_PMI", "SEX", length="1"),
]
VISITS = [
    spec("LOAD_VISITS", "RECORD_NUMBER", "NUMBER", "10", mandatory=True, unique=True),
    spec("LOAD_VISITS", "PMI_RECORD_NUMBER", "NUMBER", "10", mandatory=True,
         foreign_table="LOAD_PMI", foreign_field="RECORD_NUMBER"),
    spec("LOAD_VISITS", "SEEN_ON", "DATE", "", format="DD/MM/YYYY"),
]  # fmt: skip


def contract() -> Contract:
    return Contract(
        [
            rule("LOAD_PMI", "RECORD_NUMBER", "record_key()"),
            Rule("LOAD_PMI", "SURNAME", DIRECT, "PAT", "Name"),
            rule("LOAD_PMI", "SEX", "PAT.Sex", crosswalk="sex"),
            rule("LOAD_VISITS", "RECORD_NUMBER", "record_key()"),
            rule("LOAD_VISITS", "PMI_RECORD_NUMBER", "parent_key('LOAD_PMI', VISIT.No)"),
            Rule("LOAD_VISITS", "SEEN_ON", DIRECT, "VISIT", "Day"),
        ],
        [
            Route("LOAD_PMI", "main", "PAT", ("PAT.No",)),
            Route("LOAD_VISITS", "main", "VISIT", ("VISIT.No", "VISIT.Seq")),
        ],
    )


PAT = "No,Name,Sex\n11,Hill,F\n12,Dale,M\n"
VISIT = "No,Seq,Day\n12,1,20240229\n11,1,01/02/2024\n11,2,\n"


class Project:
    """A small project in a folder, and the run of its contract."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.catalog = {"LOAD_PMI": PATIENTS, "LOAD_VISITS": VISITS}
        self.contract = contract()
        self.source("PAT", PAT)
        self.source("VISIT", VISIT)
        put(folder / "schemas/crosswalks/sex.csv", "source_value,target_value\nM,1\nF,2\n")

    def source(self, table: str, text: str | bytes) -> None:
        path = self.folder / f"mock_data/source/{table}.csv"
        put(path, "")
        path.write_bytes(text if isinstance(text, bytes) else text.encode())

    def job(self, **options: object) -> StageJob:
        put_catalog(self.folder / "schemas/target_schema_catalog.csv", self.catalog)
        reports = self.folder / "reports"
        write_contract(
            self.contract,
            reports / "mapping_contract.csv",
            reports / "mapping_contract_routes.csv",
        )
        return a_job(self.folder, StageOptions(**options))  # type: ignore[arg-type]

    def run(self, **options: object) -> StageResult:
        return run(self.job(**options), SilentProgress(), CancelToken())

    def rows(self, name: str) -> list[dict[str, str]]:
        with (self.folder / ".work/out" / name).open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def loaded(self, table: str) -> list[list[str]]:
        return [list(r.values()) for r in self.rows(f"mock_data/target_contract/{table}.csv")]

    def issues(self) -> list[tuple[str, str, str]]:
        rows = self.rows("reports/contract_migration_issues.csv")
        return [(r["severity"], r["category"], r["table_name"]) for r in rows]

    def report(self) -> dict[str, object]:
        text = (self.folder / ".work/out/reports/contract_migration_report.json").read_text()
        return dict(json.loads(text))

    def publish(self) -> None:
        for path in (self.folder / ".work/out").rglob("*.csv"):
            put(self.folder / path.relative_to(self.folder / ".work/out"), path.read_text())


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


def test_rows_are_converted_keyed_and_linked(project: Project) -> None:
    result = project.run()
    assert result.verdict is Verdict.PASS
    assert project.loaded("LOAD_PMI") == [["1", "Hill", "2"], ["2", "Dale", "1"]]
    assert project.loaded("LOAD_VISITS") == [
        ["1", "2", "29/02/2024"],
        ["2", "1", "01/02/2024"],
        ["3", "1", ""],
    ]


def test_the_files_have_the_columns_and_keys_that_others_read(project: Project) -> None:
    project.run()
    out = project.folder / ".work/out"
    heads = {p.name: p.read_text().splitlines()[0] for p in out.rglob("*.csv")}
    assert heads == {
        "LOAD_PMI.csv": "RECORD_NUMBER,SURNAME,SEX",
        "LOAD_VISITS.csv": "RECORD_NUMBER,PMI_RECORD_NUMBER,SEEN_ON",
        "contract_migration_issues.csv": "severity,category,table_name,field_name,record_id,"
        "message,rule_id,rows_affected",
        "contract_migration_ledger.csv": "target_table,route,source_table,rows_in,rows_loaded,"
        "rows_split,rows_merged,rows_rejected,rows_held,rows_filtered,difference",
        "contract_migration_rejects.csv": "severity,category,table_name,field_name,record_id,"
        "source_value,crosswalk_name,message,source_table,source_record,held_with",
        "contract_migration_table_stats.csv": "target_table,source_table,rows_written,"
        "columns_total,columns_populated,mapped_fields,column_population_ratio,columns_imputed,"
        "population_ratio_without_imputed",
        "key_registry.csv": "target_table,key_fields,natural_key,record_number",
    }
    report = project.report()
    assert report["status"] == "PASS"
    assert report["tables_written"] == 2
    assert report["rows_written_total"] == 5
    assert report["columns_total"] == report["columns_populated"] == 6
    assert report["overall_column_population_ratio"] == 1.0
    assert report["ledger_ties"] is True
    assert report["run_at_utc"] == "2026-01-02T03:04:05Z"
    assert report["engine"] == "duckdb"
    assert len(str(report["input_sha256"])) == len(str(report["output_sha256"])) == 64


def test_two_runs_of_the_same_input_are_the_same_bytes(project: Project, tmp_path: Path) -> None:
    def everything() -> dict[str, bytes]:
        out = project.folder / ".work/out"
        return {str(p.relative_to(out)): p.read_bytes() for p in out.rglob("*") if p.is_file()}

    project.run()
    first = everything()
    project.run()
    assert everything() == first


def test_a_patient_keeps_its_key_in_the_next_trial_and_none_is_used_again(
    project: Project,
) -> None:
    project.run()
    project.publish()
    project.source("PAT", "No,Name,Sex\n13,Moor,F\n12,Dale,M\n")
    project.source("VISIT", "No,Seq,Day\n12,1,\n13,1,\n")
    project.run()
    assert project.loaded("LOAD_PMI") == [["2", "Dale", "1"], ["3", "Moor", "2"]]
    assert project.loaded("LOAD_VISITS") == [["1", "2", ""], ["4", "3", ""]]
    project.publish()
    project.source("PAT", PAT)
    project.source("VISIT", VISIT)
    project.run()
    assert project.loaded("LOAD_PMI") == [["1", "Hill", "2"], ["2", "Dale", "1"]]
    keys = project.rows("data/key_registry.csv")
    assert [(k["natural_key"], k["record_number"]) for k in keys[:3]] == [
        ("11", "1"),
        ("12", "2"),
        ("13", "3"),
    ]


def test_the_registry_keeps_keys_whose_parts_hold_bars(project: Project) -> None:
    project.source("VISIT", "No,Seq,Day\n11,a|b\\,\n11,c,\n")
    project.run()
    project.publish()
    project.source("VISIT", "No,Seq,Day\n11,c,\n11,a|b\\,\n")
    project.run()
    assert [row[0] for row in project.loaded("LOAD_VISITS")] == ["1", "2"]
    keys = project.rows("data/key_registry.csv")
    assert [k["natural_key"] for k in keys[2:]] == ["11|a\\|b\\\\", "11|c"]


def test_a_rejected_row_has_every_reason_and_its_children_are_held_with_it(
    project: Project,
) -> None:
    project.source("PAT", "No,Name,Sex\n11,,X\n12,Dale,M\n")
    result = project.run()
    assert result.verdict is Verdict.FAIL
    rejects = project.rows("reports/contract_migration_rejects.csv")
    told = [
        (r["category"], r["field_name"], r["source_value"], r["source_record"], r["held_with"])
        for r in rejects
    ]
    assert told == [
        ("MANDATORY_EMPTY", "SURNAME", "", "2", ""),
        ("CROSSWALK_MISS", "SEX", "X", "2", ""),
        ("HELD", "PMI_RECORD_NUMBER", "11", "3", "LOAD_PMI:PAT:2"),
        ("HELD", "PMI_RECORD_NUMBER", "11", "4", "LOAD_PMI:PAT:2"),
    ]
    assert project.report()["crosswalk_reject_count"] == 1
    ledger = project.rows("reports/contract_migration_ledger.csv")
    assert [
        (r["rows_loaded"], r["rows_rejected"], r["rows_held"], r["difference"]) for r in ledger
    ] == [
        ("1", "1", "0", "0"),
        ("1", "0", "2", "0"),
    ]


def test_a_child_of_nobody_is_an_orphan(project: Project) -> None:
    project.source("VISIT", "No,Seq,Day\n99,1,\n11,1,\n12,1,\n")
    project.run()
    (reject,) = project.rows("reports/contract_migration_rejects.csv")
    assert (reject["category"], reject["record_id"]) == ("PARENT_MISSING", "VISIT:2")


def test_children_of_a_parent_out_of_scope_are_left_out_with_it(project: Project) -> None:
    project.contract.scope = (("PAT", "PAT.No <> '11'"),)
    result = project.run()
    assert result.verdict is Verdict.PASS
    ledger = project.rows("reports/contract_migration_ledger.csv")
    assert [(r["rows_in"], r["rows_loaded"], r["rows_filtered"]) for r in ledger] == [
        ("2", "1", "1"),
        ("3", "1", "2"),
    ]


def test_a_missing_source_file_fails_the_run_and_holds_the_children(project: Project) -> None:
    (project.folder / "mock_data/source/PAT.csv").unlink()
    put_catalog(
        project.folder / "schemas/source_schema_catalog.csv",
        {"PAT": [spec("PAT", n) for n in ("No", "Name", "Sex")]},
    )
    assert project.run().verdict is Verdict.FAIL
    assert ("ERROR", "SOURCE", "LOAD_PMI") in project.issues()
    assert not (project.folder / ".work/out/mock_data/target_contract/LOAD_PMI.csv").exists()
    assert {r["category"] for r in project.rows("reports/contract_migration_rejects.csv")} == {
        "HELD"
    }
    assert project.report()["ledger_ties"] is True


def test_a_source_file_without_a_column_of_its_catalog_fails_the_run(project: Project) -> None:
    put_catalog(
        project.folder / "schemas/source_schema_catalog.csv",
        {"PAT": [spec("PAT", n) for n in ("No", "Name", "Sex")]},
    )
    project.source("PAT", "No,Name\n11,Hill\n")
    assert project.run().verdict is Verdict.FAIL
    issues = project.rows("reports/contract_migration_issues.csv")
    assert "PAT.csv has no column Sex" in issues[0]["message"]


def test_ragged_records_are_quarantined_and_accounted_for(project: Project) -> None:
    project.source("PAT", "No,Name,Sex\n11,Hill,F\n12,Da,le,M\n")
    project.run()
    assert project.loaded("LOAD_PMI") == [["1", "Hill", "2"]]
    first = project.rows("reports/contract_migration_rejects.csv")[0]
    assert (first["category"], first["source_table"], first["source_record"]) == (
        "QUARANTINE",
        "PAT",
        "3",
    )
    ledger = project.rows("reports/contract_migration_ledger.csv")[0]
    assert (ledger["rows_in"], ledger["rows_rejected"], ledger["difference"]) == ("2", "1", "0")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_other_encodings_give_the_same_load_file(project: Project, encoding: str) -> None:
    project.source("PAT", "No,Name,Sex\n11,Zoë,F\n12,Dale,M\n".encode(encoding))
    project.run()
    assert project.loaded("LOAD_PMI")[0] == ["1", "Zoë", "2"]


def test_lines_are_those_of_the_file_though_values_span_lines(project: Project) -> None:
    project.source("PAT", 'No,Name,Sex\n11,"Hill\nof Dale",F\n12,,M\n')
    project.run()
    rejects = project.rows("reports/contract_migration_rejects.csv")
    assert rejects[0]["source_record"] == "4"
    assert project.loaded("LOAD_PMI")[0][1] == "Hill\nof Dale"


def test_imputed_values_are_counted_apart(project: Project) -> None:
    project.source("PAT", "No,Name,Sex\n11,,F\n12,,M\n")
    project.contract.rules[1] = replace(project.contract.rules[1], default_value="UNKNOWN")
    assert project.run().verdict is Verdict.FAIL
    assert project.run(impute_mode="pre_production").verdict is Verdict.PASS
    assert [row[1] for row in project.loaded("LOAD_PMI")] == ["UNKNOWN", "UNKNOWN"]
    (stats, _) = project.rows("reports/contract_migration_table_stats.csv")
    assert stats["columns_populated"] == "3"
    assert stats["columns_imputed"] == "1"
    assert stats["column_population_ratio"] == "1.0"
    assert stats["population_ratio_without_imputed"] == "0.6667"
    assert ("INFO", "IMPUTED", "LOAD_PMI") in project.issues()


def test_a_table_that_should_load_and_loads_nothing_is_an_error(project: Project) -> None:
    project.source("PAT", "No,Name,Sex\n11,,F\n12,,M\n")
    project.run()
    assert ("ERROR", "EMPTY_TABLE", "LOAD_PMI") in project.issues()


def test_doubled_natural_keys_are_merged_into_the_first(project: Project) -> None:
    project.source("PAT", "No,Name,Sex\n11,Hill,F\n11,Hull,F\n12,Dale,M\n")
    assert project.run().verdict is Verdict.PASS
    assert [row[1] for row in project.loaded("LOAD_PMI")] == ["Hill", "Dale"]
    assert ("WARN", "MERGED", "LOAD_PMI") in project.issues()


def test_tables_that_link_to_one_another_load_together(project: Project) -> None:
    link = spec("LOAD_PMI", "LAST_VISIT", "NUMBER", "10")
    project.catalog["LOAD_PMI"] = [*PATIENTS, link]
    project.contract.rules.append(
        rule("LOAD_PMI", "LAST_VISIT", "parent_key('LOAD_VISITS', PAT.No, PAT.Last)",
             on_failure=OnFailure.REJECT)
    )  # fmt: skip
    project.source("PAT", "No,Name,Sex,Last\n11,Hill,F,2\n12,Dale,M,7\n13,Moor,M,\n")
    project.run()
    assert project.loaded("LOAD_PMI") == [["1", "Hill", "2", "3"], ["3", "Moor", "1", ""]]
    assert project.loaded("LOAD_VISITS") == [["2", "1", "01/02/2024"], ["3", "1", ""]]
    told = [
        (r["category"], r["table_name"], r["record_id"], r["held_with"])
        for r in project.rows("reports/contract_migration_rejects.csv")
    ]
    assert told == [
        ("PARENT_MISSING", "LOAD_PMI", "PAT:3", ""),
        ("HELD", "LOAD_VISITS", "VISIT:2", "LOAD_PMI:PAT:3"),
    ]


def test_prefixes_of_a_crosswalk_apply_unless_a_longer_or_exact_value_does(
    project: Project,
) -> None:
    put(
        project.folder / "schemas/crosswalks/sex.csv",
        "source_value,target_value\nM*,1\nMX*,9\nMXF,2\nF,2\n",
    )
    project.source("PAT", "No,Name,Sex\n1,A,M\n2,A,M1\n3,A,MXZ\n4,A,MXF\n5,A,F\n")
    project.source("VISIT", "No,Seq,Day\n1,1,\n")
    project.run()
    assert [row[2] for row in project.loaded("LOAD_PMI")] == ["1", "1", "9", "2", "2"]


def test_a_key_can_be_part_of_a_constant_text(project: Project) -> None:
    project.catalog["LOAD_PMI"] = [*PATIENTS, spec("LOAD_PMI", "REF")]
    project.contract.rules.append(rule("LOAD_PMI", "REF", "concat('M-', record_key())"))
    project.run()
    assert [row[3] for row in project.loaded("LOAD_PMI")] == ["M-1", "M-2"]


def test_formulas_in_blamed_values_are_made_harmless(project: Project) -> None:
    project.source("PAT", "No,Name,Sex\n11,Hill,=1+1\n12,Dale,M\n")
    project.run()
    assert project.rows("reports/contract_migration_rejects.csv")[0]["source_value"] == "'=1+1"


def test_no_value_of_a_patient_stands_in_an_issue(project: Project) -> None:
    project.source("PAT", "No,Name,Sex\n11,Featherstonehaugh-Smythe,Quux\n12,,M\n")
    project.run()
    text = (project.folder / ".work/out/reports/contract_migration_issues.csv").read_text()
    assert "Featherstone" not in text
    assert "Quux" not in text


def test_one_split_case_is_one_row_and_the_ledger_says_so(project: Project) -> None:
    project.contract.routes[0] = replace(
        project.contract.routes[0],
        splits=(
            SplitCase("own", "", ()),
            SplitCase("other", "PAT.Sex = 'F'", (("SURNAME", "concat(PAT.Name, '*')"),)),
        ),
    )
    project.contract.rules[4] = replace(
        project.contract.rules[4], expression="parent_key('LOAD_PMI', VISIT.No, 'own')"
    )
    assert project.run().verdict is Verdict.PASS
    assert [row[1] for row in project.loaded("LOAD_PMI")] == ["Hill", "Dale", "Hill*"]
    ledger = project.rows("reports/contract_migration_ledger.csv")[0]
    assert (ledger["rows_in"], ledger["rows_split"], ledger["rows_loaded"]) == ("2", "1", "3")


def test_another_engine_is_refused(project: Project) -> None:
    with pytest.raises(BadInput, match="cannot run on spark"):
        project.run(engine="spark")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"expression": "PAT.Nme"}, "PAT has no field Nme"),
        ({"crosswalk": "sexx"}, "There is no crosswalk sexx"),
        ({"target_field": "SURNAM"}, "LOAD_PMI has no field SURNAM"),
        ({"target_table": "LOAD_PMY"}, "There is no target table LOAD_PMY"),
        ({"on_miss": "explode"}, "'explode' is not an on_miss"),
        ({"route": "other"}, "LOAD_PMI has no route other"),
        ({"expression": "parent_key('LOAD_X', PAT.No)"}, "LOAD_X is no target table with a route"),
        (
            {"expression": "concat(record_key(), PAT.No)"},
            "record_key() stands beside source fields",
        ),
        ({"expression": ""}, "The rule says nothing"),
    ],
)
def test_a_contract_with_a_mistake_is_refused_with_its_place(
    project: Project, change: dict[str, str], said: str
) -> None:
    project.contract.rules[2] = replace(project.contract.rules[2], **change)  # type: ignore[arg-type]
    with pytest.raises(BadInput) as caught:
        project.run()
    assert said in str(caught.value)
    assert "rule LOAD_PM" in str(caught.value)
    assert not (project.folder / ".work/out").exists()


def test_routes_with_mistakes_are_refused(project: Project) -> None:
    project.contract.routes[0] = replace(project.contract.routes[0], natural_key=())
    with pytest.raises(BadInput, match="The route has no natural key"):
        project.run()
    project.contract.routes[0] = replace(contract().routes[0], base_table="PATT")
    with pytest.raises(BadInput, match="There is no source table PATT"):
        project.run()
    project.contract.routes[0] = replace(contract().routes[0], row_filter="PAT.No")
    with pytest.raises(BadInput, match="where a condition is wanted"):
        project.run()


def test_a_crosswalk_with_doubled_values_is_refused(project: Project) -> None:
    put(project.folder / "schemas/crosswalks/sex.csv", "source_value,target_value\nM,1\nM,2\n")
    with pytest.raises(BadInput, match="has M twice"):
        project.run()


def test_missing_inputs_are_named(project: Project) -> None:
    job = project.job()
    (project.folder / "reports/mapping_contract.csv").unlink()
    with pytest.raises(BadInput, match=r"There is no mapping_contract\.csv"):
        run(job, SilentProgress(), CancelToken())
    with pytest.raises(BadInput, match="There is no folder nowhere"):
        project.run(source_dir="nowhere")
    with pytest.raises(BadInput, match="outside the project"):
        project.run(output_dir="../elsewhere")
    with pytest.raises(BadInput, match="is not an impute mode"):
        project.run(impute_mode="always")


def test_other_files_than_the_usual_can_be_named(project: Project) -> None:
    project.job()
    for old, new in (("mapping_contract", "mine"), ("mapping_contract_routes", "mine_routes")):
        (project.folder / f"reports/{old}.csv").rename(project.folder / f"{new}.csv")
    job = a_job(project.folder, StageOptions(contract_file="mine.csv", output_dir="trial/one"))
    assert run(job, SilentProgress(), CancelToken()).replaced_dirs == ("trial/one",)
    assert (project.folder / ".work/out/trial/one/LOAD_PMI.csv").is_file()


def test_a_cancelled_run_says_so(project: Project) -> None:
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        run(project.job(), SilentProgress(), cancel)


def test_names_that_differ_by_case_alone_are_told_apart(project: Project) -> None:
    project.source("PAT", "No,Name,NAME,Sex\n11,Hill,HULL,F\n12,Dale,DELL,M\n")
    project.catalog["LOAD_PMI"] = [*PATIENTS, spec("LOAD_PMI", "OTHER")]
    project.contract.rules.append(rule("LOAD_PMI", "OTHER", "PAT.NAME"))
    project.run()
    assert [row[1::2] for row in project.loaded("LOAD_PMI")] == [["Hill", "HULL"], ["Dale", "DELL"]]


def test_rows_keep_the_order_of_their_file_though_many_are_converted_at_once(
    project: Project,
) -> None:
    """More rows than one thread takes at a time, with lookups, which shuffle rows."""
    count = 400_000
    names = ["Name" + str(i) for i in range(count)]
    lines = [f"{i},{name},{'Q' if i % 1000 == 7 else 'M'}" for i, name in enumerate(names)]
    project.source("PAT", "No,Name,Sex\n" + "\n".join(lines) + "\n")
    project.source("VISIT", "No,Seq,Day\n5,1,20240229\n399999,1,20240229\n")
    project.run()
    path = project.folder / ".work/out/mock_data/target_contract/LOAD_PMI.csv"
    assert path.read_text().splitlines()[1:] == [
        f"{i + 1},{name},1" for i, name in enumerate(names) if i % 1000 != 7
    ]
    assert [row[1] for row in project.loaded("LOAD_VISITS")] == ["6", "400000"]
