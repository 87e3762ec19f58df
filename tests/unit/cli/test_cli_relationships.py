"""Links are listed, judged and drawn from the command line, by names that people type."""

import json

PATIENT = "source:OPA.IntPatNo>PATDATA.IntPatNo"


def test_a_link_is_shown_with_its_evidence(caseload, project):
    said = caseload("-p", project, "relationships", "show", "OPA.IntPatNo")
    assert said.code == 0
    assert PATIENT in said.out
    assert "parent's key" in said.out


def test_a_link_is_rejected_listed_as_such_and_withdrawn(caseload, project):
    caseload("-p", project, "relationships", "reject", PATIENT, "--why", "not theirs")
    assert PATIENT not in caseload("-p", project, "relationships", "list").out
    listed = caseload("-p", project, "relationships", "list", "--state", "rejected", "--json")
    (row,) = listed.json["relationships"]
    assert (row["id"], row["state"], row["why"]) == (PATIENT, "rejected", "not theirs")
    caseload("-p", project, "relationships", "withdraw", "OPA.IntPatNo")
    said = caseload("-p", project, "relationships", "list", "--table", "OPA", "--json")
    assert [r["state"] for r in said.json["relationships"]] == ["proposed"]


def test_a_link_of_several_fields_is_drawn(caseload, project):
    ends = ("OPA.IntPatNo+ClinicCode", "PATDATA.IntPatNo+PtSex")
    said = caseload("-p", project, "relationships", "draw", *ends, "--cardinality", "0..1:n")
    assert said.code == 0
    shown = caseload("-p", project, "relationships", "show", "OPA.IntPatNo+ClinicCode", "--json")
    (row,) = shown.json["relationships"]
    assert (row["kind"], row["cardinality"]) == ("drawn", "0..1:n")


def test_measuring_and_exporting_answer_in_words_and_as_an_object(caseload, project):
    folder = project / "rows"
    folder.mkdir()
    lines = [f"P{n}" for n in range(30)]
    (folder / "PATDATA.csv").write_text("\n".join(["IntPatNo", *lines]) + "\n")
    (folder / "OPA.csv").write_text("\n".join(["IntPatNo", *lines, *lines]) + "\n")
    said = caseload("-p", project, "relationships", "measure", "--source", "rows", "--json")
    assert json.loads(said.out)["message"].startswith("1 relationship")
    assert caseload("-p", project, "relationships", "export", "links.xlsx").code == 0
    assert (project / "links.xlsx").is_file()


def test_mistakes_are_told_with_what_to_do(caseload, project):
    for command in (
        ("reject", "OPA.Nothing"),
        ("draw", "OPA.IntPatNo", "PATDATA.Nothing"),
        ("draw", "OPA", "PATDATA"),
        ("measure",),
        ("measure", "--side", "neither"),
        ("list", "--table", "NOWHERE"),
        ("export", "links.txt"),
    ):
        said = caseload("-p", project, "relationships", *command)
        assert said.code == 2, command
        assert "Traceback" not in said.err
