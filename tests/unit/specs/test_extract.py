"""The stage: documents in, catalogs out, corrections kept, differences told."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from caseload.model.catalog import Side
from caseload.model.errors import BadInput
from caseload.model.progress import CancelToken, SilentProgress
from caseload.model.stage import Stage, StageJob, StageOptions
from caseload.specs.catalog_files import from_json, read_catalog
from caseload.specs.extract import run

HEAD = "Table,Field,Type,Size,Description\n"


def job(folder: Path, **inputs: Any) -> StageJob:
    given = {"source_documents": ["s.csv"], "target_documents": ["t.csv"], **inputs}
    return StageJob(
        Stage.EXTRACT_SPECS,
        folder,
        folder / "work",
        StageOptions(),
        datetime(2026, 1, 1, tzinfo=UTC),
        "run",
        given,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "s.csv").write_text(f"{HEAD}T,A,char,1,One\nT,B,char,2,\n", encoding="utf-8")
    (tmp_path / "t.csv").write_text(f"{HEAD}LOAD_T,A_CODE,VARCHAR2,1,\nLOAD_T,B_CODE,DATE,,\n",
                                    encoding="utf-8")  # fmt: skip
    return tmp_path


def test_catalogs_summary_and_payload_are_written_aside(folder: Path) -> None:
    result = run(job(folder), SilentProgress(), CancelToken())
    out = folder / "work" / "out" / "schemas"
    assert sorted(p.name for p in out.iterdir()) == [
        "schema_catalog_summary.json",
        "source_schema_catalog.csv",
        "target_schema_catalog.csv",
    ]
    source, target = from_json((folder / "work" / result.payload).read_text(encoding="utf-8"))
    assert read_catalog(out / "source_schema_catalog.csv", Side.SOURCE).tables == source.tables
    assert read_catalog(out / "target_schema_catalog.csv", Side.TARGET).tables == target.tables
    summary = json.loads((out / "schema_catalog_summary.json").read_text(encoding="utf-8"))
    assert summary["source_total_fields"] == 2
    assert [d["name"] for d in summary["documents"]] == ["s.csv", "t.csv"]
    assert result.figures["target_fields"] == 2


def test_two_readings_give_the_same_bytes(folder: Path) -> None:
    run(job(folder), SilentProgress(), CancelToken())
    first = {p.name: p.read_bytes() for p in (folder / "work" / "out" / "schemas").iterdir()}
    run(job(folder), SilentProgress(), CancelToken())
    assert first == {
        p.name: p.read_bytes() for p in (folder / "work" / "out" / "schemas").iterdir()
    }


def test_a_second_document_completes_and_is_held_against_the_first(folder: Path) -> None:
    (folder / "s2.csv").write_text(f"{HEAD}T,A,char,1,One\nT,B,char,3,Two\n", encoding="utf-8")
    (folder / "s.csv").write_text(
        f"{HEAD}T,A,char,1,One\nT,B,char,2,\nU,C,char,1,\n", encoding="utf-8"
    )
    result = run(job(folder, source_documents=["s2.csv", "s.csv"]), SilentProgress(), CancelToken())
    source, _ = from_json((folder / "work" / result.payload).read_text(encoding="utf-8"))
    same, other = source.tables["T"].fields
    assert (other.length, other.description) == ("2", "Two")
    assert same.confidence > other.confidence
    assert [p.message for p in source.problems] == ['T.B: length is "2" in s.csv but "3" in s2.csv']
    assert result.figures["problems"] == 1


def test_a_list_of_tables_gives_the_tables_their_descriptions(folder: Path) -> None:
    (folder / "l.csv").write_text("Table,Schema,Description\nT,X,What T is\n", encoding="utf-8")
    result = run(job(folder, source_documents=["l.csv", "s.csv"]), SilentProgress(), CancelToken())
    source, _ = from_json((folder / "work" / result.payload).read_text(encoding="utf-8"))
    assert source.tables["T"].description == "What T is"
    with pytest.raises(BadInput, match="list tables but no fields"):
        run(job(folder, source_documents=["l.csv"]), SilentProgress(), CancelToken())


def test_corrections_stand_in_the_files_and_apart_from_what_was_read(folder: Path) -> None:
    fix = {"side": "target", "table": "LOAD_T", "field": "A_CODE", "changes": {"length": "8"},
           "by": "ana", "why": "misprint"}  # fmt: skip
    gone = {**fix, "field": "C_CODE"}
    result = run(job(folder, corrections=[fix, gone]), SilentProgress(), CancelToken())
    path = folder / "work" / "out" / "schemas" / "target_schema_catalog.csv"
    field = read_catalog(path, Side.TARGET).tables["LOAD_T"].fields[0]
    assert (field.length, field.checks[-1].note) == ("8", "ana: misprint")
    _, target = from_json((folder / "work" / result.payload).read_text(encoding="utf-8"))
    assert target.tables["LOAD_T"].fields[0].length == "1"
    assert result.figures["problems"] == 1


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ({"target_documents": []}, "no target document"),
        ({"source_documents": ["../s.csv"]}, "must lie in the project folder"),
        ({"source_documents": ["gone.csv"]}, "no such document"),
    ],
)
def test_nothing_is_written_on_bad_input(
    folder: Path, inputs: dict[str, Any], message: str
) -> None:
    with pytest.raises(BadInput, match=message):
        run(job(folder, **inputs), SilentProgress(), CancelToken())
    assert not (folder / "work").exists()
