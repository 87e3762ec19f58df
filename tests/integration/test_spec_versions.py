"""A second release of dictionary and guide, from file to settled mappings, by command line."""

from __future__ import annotations

import shutil

import openpyxl
import pytest

pytestmark = pytest.mark.slow

DICTIONARY = """TableName,Column,Size,DataElement,Description
PATDATA,IntPatNo,9,Internal patient number,Number that the system gives each patient
PATDATA,NHSNumber,10,NHS number,The NHS number of the patient
PATDATA,PtSurname,35,Surname,Family name of the patient
PATDATA,PtForename,35,Forename,First given name of the patient
PATDATA,PtSex,1,Sex,Sex of the patient as registered
PATDATA,PtDoB,8,Date of birth,Date on which the patient was born
PATDATA,PtReligion,2,Religion,Religion as stated by the patient
OPA,IntPatNo,9,Internal patient number,Patient who attends
OPA,ApptDate,8,Appointment date,Date of the appointment
OPA,ClinicCode,10,Clinic code,Clinic in which the patient is seen
OPA,ApptComment,60,Comment,Comment on the appointment
"""
GUIDE = """Table,Field,Data type,Length,Mandatory,Description
LOAD_PMI,RECORD_NUMBER,NUMBER,10,Y,Number of the record
LOAD_PMI,NHS_NUMBER,VARCHAR2,10,N,NHS number of the patient
LOAD_PMI,SURNAME,VARCHAR2,35,Y,Surname of the patient
LOAD_PMI,FORENAME,VARCHAR2,35,N,Forename of the patient
LOAD_PMI,SEX,VARCHAR2,1,Y,Sex of the patient
LOAD_PMI,DATE_OF_BIRTH,DATE,,Y,Date of birth of the patient
LOAD_PMI,RELIGION,VARCHAR2,4,N,Religion of the patient
LOAD_OPA,RECORD_NUMBER,NUMBER,10,Y,Number of the record
LOAD_OPA,CLINIC_CODE,VARCHAR2,10,Y,Clinic code of the appointment
LOAD_OPA,APPOINTMENT_DATE,DATE,,Y,Date of the appointment
LOAD_OPA,COMMENTS,VARCHAR2,60,N,Comment on the appointment
"""
NEXT_DICTIONARY = (
    DICTIONARY.replace("PtReligion,2", "PtFaith,2")
    .replace("ClinicCode,10", "ClinicCode,4")
    .replace("OPA,ApptComment,60,Comment,Comment on the appointment\n", "")
)
NEXT_GUIDE = GUIDE.replace("FORENAME,VARCHAR2,35,N", "GIVEN_NAME,VARCHAR2,35,N").replace(
    "NHS_NUMBER,VARCHAR2,10,N", "NHS_NUMBER,VARCHAR2,10,Y"
)
MAPPING_STAGES = ("generate-mock-data", "analyze-semantic-mapping", "build-mapping-contract")


@pytest.fixture(scope="module")
def decided(tmp_path_factory, caseload):
    """A project over the first release whose mappings are all approved."""
    folder = tmp_path_factory.mktemp("versions")
    (folder / "dictionary.csv").write_text(DICTIONARY)
    (folder / "guide.csv").write_text(GUIDE)
    project = folder / "p"
    said = caseload(
        "new", project, "--source-spec", folder / "dictionary.csv",
        "--target-spec", folder / "guide.csv",
    )  # fmt: skip
    assert said.code == 0, said.err
    for stage in ("extract-specs", *MAPPING_STAGES):
        said = caseload("-p", project, stage)
        assert said.code == 0, said.err
    approved = caseload("-p", project, "mappings", "approve", "--table", "LOAD_PMI", "--table",
                        "LOAD_OPA")  # fmt: skip
    assert approved.code == 0, approved.err
    return project


@pytest.fixture
def refreshed(decided, tmp_path, caseload):
    """The same project after the second release of both, under the same file names."""
    project = shutil.copytree(decided, tmp_path / "p")
    (tmp_path / "dictionary.csv").write_text(NEXT_DICTIONARY)
    (tmp_path / "guide.csv").write_text(NEXT_GUIDE)
    said = caseload(
        "-p", project, "extract-specs", "--source-spec", tmp_path / "dictionary.csv",
        "--target-spec", tmp_path / "guide.csv",
    )  # fmt: skip
    assert said.code == 0, said.err
    return project


def statuses(caseload, project):
    rows = caseload("-p", project, "mappings", "list", "--limit", 99, "--json").json["rows"]
    return {f"{r['target_table']}.{r['target_field']}": r for r in rows}


def impact(caseload, project, side):
    said = caseload("-p", project, "schema", "impact", "--side", side, "--all", "--json")
    assert said.code == 0, said.err
    return {i["id"]: i for i in said.json[side]["impacts"] if i["on"] == "mapping"}


def test_a_second_release_is_compared_judged_and_settled(refreshed, caseload):
    versions = caseload("-p", refreshed, "schema", "versions", "--json").json
    assert [v["label"] for v in versions["source"]] == [
        "v2 · dictionary.csv",
        "v1 · dictionary.csv",
    ]
    assert len(list((refreshed / "requirement_spec" / "earlier").iterdir())) == 2

    found = caseload("-p", refreshed, "schema", "compare", "previous", "latest", "--json").json
    assert found["counts"] == {"field removed": 1, "field renamed": 1, "shorter": 1}
    (rename,) = found["renames"]
    assert (rename["old"], rename["new"]) == ("PATDATA.PtReligion", "PATDATA.PtFaith")

    source = impact(caseload, refreshed, "source")
    assert source["LOAD_OPA.CLINIC_CODE"]["outcome"] == "re-review"
    assert source["LOAD_OPA.CLINIC_CODE"]["reasons"] == [
        "OPA.ClinicCode is 4 instead of 10 characters; CLINIC_CODE takes 10"
    ]
    assert source["LOAD_OPA.COMMENTS"]["outcome"] == "orphan"
    assert source["LOAD_PMI.SURNAME"]["outcome"] == "keep"
    target = impact(caseload, refreshed, "target")
    assert target["LOAD_PMI.FORENAME"]["outcome"] == "orphan"
    assert target["LOAD_PMI.NHS_NUMBER"]["outcome"] == "re-review"

    now = statuses(caseload, refreshed)
    lapsed = {n for n, row in now.items() if row["status"] == "RE_REVIEW"}
    assert lapsed == {
        "LOAD_OPA.CLINIC_CODE", "LOAD_OPA.COMMENTS", "LOAD_PMI.RELIGION", "LOAD_PMI.NHS_NUMBER",
    }  # fmt: skip
    assert "LOAD_PMI.FORENAME" not in now

    for side, old, new in (
        ("source", "PATDATA.PtReligion", "PATDATA.PtFaith"),
        ("target", "LOAD_PMI.FORENAME", "LOAD_PMI.GIVEN_NAME"),
    ):
        said = caseload("-p", refreshed, "schema", "rename", "confirm", old, new, "--side", side)
        assert said.code == 0, said.err
        assert "1 mapping went along; 1 approval hold" in said.out
    now = statuses(caseload, refreshed)
    assert now["LOAD_PMI.RELIGION"]["source_field"] == "PtFaith"
    assert now["LOAD_PMI.RELIGION"]["status"] == "APPROVED"
    assert now["LOAD_PMI.GIVEN_NAME"]["status"] == "APPROVED"
    contract = (refreshed / "reports/mapping_contract.csv").read_text()
    assert "PtFaith" in contract
    assert "PtReligion" not in contract


def test_what_went_along_stays_decided_when_the_contract_is_built_again(refreshed, caseload):
    for side, old, new in (
        ("source", "PATDATA.PtReligion", "PATDATA.PtFaith"),
        ("target", "LOAD_PMI.FORENAME", "LOAD_PMI.GIVEN_NAME"),
    ):
        caseload("-p", refreshed, "schema", "rename", "confirm", old, new, "--side", side)
    for stage in MAPPING_STAGES:
        said = caseload("-p", refreshed, stage)
        assert said.code == 0, said.err
    now = statuses(caseload, refreshed)
    assert now["LOAD_PMI.RELIGION"]["status"] == "APPROVED"
    assert now["LOAD_PMI.GIVEN_NAME"]["status"] == "APPROVED"
    assert now["LOAD_OPA.COMMENTS"]["status"] == "RE_REVIEW"
    assert now["LOAD_OPA.COMMENTS"]["source_field"] == "ApptComment"


def test_a_rename_confirmed_after_the_contract_was_built_again_still_carries_over(
    refreshed, caseload
):
    for stage in MAPPING_STAGES:
        said = caseload("-p", refreshed, stage)
        assert said.code == 0, said.err
    said = caseload(
        "-p", refreshed, "schema", "rename", "confirm", "LOAD_PMI.FORENAME",
        "LOAD_PMI.GIVEN_NAME", "--side", "target",
    )  # fmt: skip
    assert said.code == 0, said.err
    row = statuses(caseload, refreshed)["LOAD_PMI.GIVEN_NAME"]
    assert (row["status"], row["source_field"]) == ("APPROVED", "PtForename")


def test_two_files_are_compared_without_a_project_also_as_excel(tmp_path, caseload):
    (tmp_path / "a.csv").write_text(DICTIONARY)
    (tmp_path / "b.csv").write_text(NEXT_DICTIONARY)
    said = caseload(
        "schema", "compare", tmp_path / "a.csv", tmp_path / "b.csv", "--excel",
        tmp_path / "out.xlsx", "--json", cwd=tmp_path,
    )  # fmt: skip
    assert said.code == 0, said.err
    assert said.json["counts"] == {"field removed": 1, "field renamed": 1, "shorter": 1}
    assert openpyxl.load_workbook(tmp_path / "out.xlsx").sheetnames == [
        "Summary", "Changes", "Renames",
    ]  # fmt: skip
    first = (tmp_path / "out.xlsx").read_bytes()
    caseload("schema", "compare", tmp_path / "a.csv", tmp_path / "b.csv", "--excel",
             tmp_path / "out.xlsx", cwd=tmp_path)  # fmt: skip
    assert (tmp_path / "out.xlsx").read_bytes() == first


def test_a_version_is_compared_with_a_document_that_is_not_taken_in(decided, tmp_path, caseload):
    (tmp_path / "next.csv").write_text(NEXT_DICTIONARY)
    said = caseload("-p", decided, "schema", "compare", "latest", tmp_path / "next.csv", "--json")
    assert said.code == 0, said.err
    assert said.json["impact"]["mapping"]["orphan"] == 2
    catalog = caseload(
        "-p", decided, "schema", "compare", "latest",
        decided / "schemas/source_schema_catalog.csv", "--json",
    )  # fmt: skip
    assert catalog.json["changes"] == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("schema", "compare", "1", "9"), "no version 9"),
        (("schema", "compare", "previous", "latest"), "only one version"),
        (("schema", "compare", "1", "nothing.xlsx"), "no file nothing.xlsx"),
        (("schema", "rename", "confirm", "PATDATA.No", "PATDATA.PtSex"), "No earlier version"),
    ],
)
def test_bad_input_ends_with_one_message_and_exit_code_2(decided, caseload, arguments, words):
    said = caseload("-p", decided, *arguments)
    assert said.code == 2
    assert words in said.err
    assert "Traceback" not in said.err
