"""A dictionary whose headers mean nothing: refused, said once, read ever after."""

from __future__ import annotations

import csv
import shlex

import pytest

pytestmark = pytest.mark.slow

HEADERS = ("Gribble", "Frotz", "Zorp", "Quux")


def dictionary(path, order=(0, 1, 2, 3), fields=("number", "opened on", "remark")):
    with path.open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(["Wibble register"])
        out.writerow([HEADERS[place] for place in order])
        for table in ("Ward", "Bed"):
            for number, field in enumerate(fields):
                row = (table, f"{table} {field}", "kin one", f"up to {8 + number}")
                out.writerow([row[place] for place in order])
    return path


@pytest.fixture
def own_project(caseload, tmp_path):
    target = tmp_path / "guide.csv"
    target.write_text("Table,Field,Type,Length\nLOAD_WARD,WARD_NO,VARCHAR2,8\n", encoding="utf-8")
    source = dictionary(tmp_path / "wibble v1.csv")
    folder = tmp_path / "qvh"
    said = caseload("new", folder, "--source-spec", source, "--target-spec", target)
    assert said.code == 0, said.err
    return folder


def source_fields(folder):
    with (folder / "schemas" / "source_schema_catalog.csv").open(encoding="utf-8") as file:
        return [row["field_name"] for row in csv.DictReader(file)]


def test_what_is_said_once_reads_the_next_version_by_itself(caseload, own_project, tmp_path):
    refused = caseload("-p", own_project, "extract-specs", "--json")
    assert refused.code == 2
    error = refused.json
    assert error["error"] == "UnsettledColumns"
    assert error["document"] == "wibble v1.csv"
    assert error["columns"] == list(HEADERS)
    command = f"caseload -p {own_project} extract-specs --roles"
    assert f"{command} 'wibble v1.csv:table=Gribble,field=Frotz'" in error["remedy"]

    shown = caseload("-p", own_project, "readers", "preview", "wibble v1.csv")
    assert shown.code == 0
    assert "Frotz" in shown.out
    assert "Ward number" in shown.out

    roles = "wibble v1.csv:table=Gribble,field=B,length=4"
    read = caseload("-p", own_project, "extract-specs", "--roles", roles, "--json")
    assert read.code == 0, read.err
    assert read.json["stages"][0]["figures"]["source_fields"] == 6
    assert source_fields(own_project)[0] == "Ward number"

    fields = ("number", "opened on", "remark", "colour")
    newer = dictionary(tmp_path / "wibble v2.csv", (2, 1, 3, 0), fields)
    again = caseload("-p", own_project, "extract-specs", "--source-spec", newer, "--json")
    assert again.code == 0, again.err
    assert again.json["stages"][0]["figures"]["source_fields"] == 8
    logs = sorted((own_project / "data" / "runs").glob("run-*/01_extract_specs/log_1.txt"))
    assert "wibble v2.csv was read with profile wibble v1 of" in logs[-1].read_text("utf-8")

    known = caseload("-p", own_project, "readers", "list", "--json").json["profiles"]
    assert [profile["document"] for profile in known] == ["wibble v1.csv"]
    forgotten = caseload("-p", own_project, "readers", "forget", "wibble v1")
    assert forgotten.code == 0
    assert caseload("-p", own_project, "extract-specs").code == 2


def test_the_remedy_can_be_run_as_it_stands(caseload, own_project, tmp_path):
    newer = dictionary(tmp_path / "other register.csv")
    refused = caseload("-p", own_project, "extract-specs", "--source-spec", newer, "--json")
    command = refused.json["remedy"].partition("caseload ")[2]
    read = caseload(*shlex.split(command), "--json")
    assert read.code == 0, read.err
    assert read.json["stages"][0]["figures"]["source_fields"] == 6


def test_roles_that_do_not_fit_change_nothing(caseload, own_project):
    for roles, message in (
        ("wibble v1.csv:table=A,field=Nope", "no column Nope"),
        ("nowhere.csv:table=A,field=B", "no document nowhere.csv"),
        ("table=A,field=B", "not said which document"),
        ("wibble v1.csv:table=A", "field names"),
    ):
        said = caseload("-p", own_project, "extract-specs", "--roles", roles)
        assert said.code == 2
        assert message in said.err
        assert "Traceback" not in said.err
    assert caseload("-p", own_project, "readers", "list", "--json").json == {"profiles": []}
