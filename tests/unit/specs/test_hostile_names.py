"""Names that mean harm or mislead are cleaned, bounded and told of, whichever reader met them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from caseload.model.catalog import DocumentRead, FieldSpec, Provenance, TableSpec
from caseload.model.errors import BadInput
from caseload.specs.readers import bounds
from caseload.specs.readers.bounds import bounded
from caseload.specs.readers.grid import Reading

from .hostile import answer, names, problems, read


def reading(*tables: tuple[str, list[str]], **more: str) -> Reading:
    """What a reader that thinks of nothing might hand on."""
    specs = [
        TableSpec(
            name,
            tuple(
                FieldSpec(name, field, number, provenance=Provenance("x", row=number), **more)
                for number, field in enumerate(fields, 1)
            ),
        )
        for name, fields in tables
    ]
    return Reading(DocumentRead("x", "0" * 64, "csv"), specs)


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("A\x00B\x1b[31m", "AB[31m"),
        ("A\u202eB\u2066C\u200f", "ABC"),
        ("A\u200b\u200d\ufeff\u00adB", "AB"),
        ("  A \n\t B ", "A B"),
        ("e\u0301", "\u00e9"),
        ("A\ud800B", "AB"),
        ("Robert'); DROP TABLE x;--", "Robert'); DROP TABLE x;--"),
        ("<img src=x onerror=alert(1)>", "<img src=x onerror=alert(1)>"),
        ("漢字", "漢字"),
    ],
)
def test_a_name_is_what_can_be_seen(name: str, clean: str) -> None:
    made = bounded(reading((name, [name])))
    assert [(t.name, f.table_name, f.field_name) for t in made.tables for f in t.fields] == [
        (clean, clean, clean)
    ]


@pytest.mark.parametrize("name", ["", " ", "\u200b", "\x00\x01", "\u202e\u2069"])
def test_a_name_that_cannot_be_seen_is_left_out_and_told(name: str) -> None:
    made = bounded(reading(("T", ["A", name])))
    assert names(made) == ["T.A"]
    assert "nothing that can be seen" in problems(made)
    made = bounded(reading((name, ["A"]), ("T", ["A"])))
    assert names(made) == ["T.A"]


def test_a_very_long_name_is_no_name(tmp_path: Path) -> None:
    made = bounded(reading(("T", ["A", "B" * 300]), ("C" * 5_000, ["A"])))
    assert names(made) == ["T.A"]
    assert "name of 300 characters" in problems(made)
    assert max(map(len, problems(made).split("\n"))) < 200


def test_two_of_one_name_are_one_and_told() -> None:
    made = bounded(reading(("T", ["A", "A", "a", "B"]), ("t", ["B", "C"]), ("T", ["D"])))
    assert names(made) == ["T.A", "T.B", "T.C", "T.D"]
    said = problems(made)
    assert "T.A is listed a second time" in said
    assert "T.a differs from A in case only" in said
    assert "Tables T and t differ in case only" in said


def test_twins_that_only_differ_in_how_they_are_composed_are_one() -> None:
    made = bounded(reading(("T", ["Ae\u0301", "A\u00e9"])))
    assert names(made) == ["T.A\u00e9"]


def test_letters_that_look_alike_are_told() -> None:
    made = bounded(reading(("PATIENT", ["SEX", "S\u0415X"]), ("\uff30ATIENT", ["A"])))
    assert len(names(made)) == 3
    assert "S\u0415X of PATIENT mixes letters that look alike (CYRILLIC and LATIN)" in problems(
        made
    )
    assert "table \uff30ATIENT mixes" in problems(made)
    assert problems(bounded(reading(("Größe", ["naïve", "ΑΒΓ"])))) == ""


def test_texts_are_cut_where_nobody_reads_on_and_it_is_told() -> None:
    made = bounded(reading(("T", ["A"]), description="x" * 30_000 + "\u202e"))
    assert len(made.tables[0].fields[0].description) == 20_000
    assert "The description of T.A has 30,001 characters" in problems(made)


def test_lists_and_problems_are_bounded() -> None:
    made = reading(("T", ["A"] * 5_000))
    made.tables[0] = TableSpec(
        "T",
        (
            *made.tables[0].fields,
            FieldSpec("T", "B", 1, allowed_values=tuple(map(str, range(9_000)))),
        ),
    )
    out = bounded(made)
    assert len(out.tables[0].fields[-1].allowed_values) == 5_000
    assert len(out.problems) == 2_001
    assert "more problems are not listed" in out.problems[-1].message


@pytest.mark.parametrize("what", ["tables", "fields", "characters"])
def test_more_than_a_dictionary_holds_is_refused(
    what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounds, f"MOST_{what.upper()}", 3)
    with pytest.raises(BadInput, match=f"more than 3 {what}"):
        bounded(reading(*((f"T{n}", ["A", "B"]) for n in range(4)), description="long"))


def test_what_needs_no_care_is_handed_on_as_it_is() -> None:
    made = reading(("T", ["A", "B"]), description="One\nTwo", data_type="NUMBER")
    assert bounded(made).tables == made.tables


HOSTILE = {
    "Robert'); DROP TABLE x;--": "Robert'); DROP TABLE x;--",
    "A\u202eB": "AB",
    "A\u0007C": "AC",
    "<b>x</b>": "<b>x</b>",
}


def test_every_kind_of_document_gives_clean_names(tmp_path: Path) -> None:
    rows = "".join(f'T,"{name}",int,1\n' for name in HOSTILE)
    plain = "".join(f"T,F{n},int,1\n" for n in range(20))
    (tmp_path / "x.csv").write_text(f"Table,Field,Type,Size\n{plain}{rows}", encoding="utf-8")
    found = read(tmp_path / "x.csv")
    assert {f"T.{clean}" for clean in HOSTILE.values()} <= set(names(found))
    schema = {"$schema": "x", "$defs": {"T": {"type": "object", "properties": {
        name: {"type": "string"} for name in HOSTILE}}}}  # fmt: skip
    (tmp_path / "x.json").write_text(json.dumps(schema), encoding="utf-8")
    assert {f"T.{clean}" for clean in HOSTILE.values()} <= set(names(read(tmp_path / "x.json")))
    snapshot = {
        "caseload": "caseload database metadata 1", "engine": "sqlite", "version": "3",
        "database": "x", "notes": [], "tables": [{
            "schema": "", "name": "T\u202e", "comment": "\x1b[31m", "primary_key": [],
            "unique": [], "foreign_keys": [], "checks": [], "columns": [{
                "name": name, "data_type": "INT", "length": "", "nullable": True,
                "default": "", "comment": "", "values": ["\u202e"]} for name in HOSTILE]}],
    }  # fmt: skip
    (tmp_path / "y.json").write_text(json.dumps(snapshot), encoding="utf-8")
    found = read(tmp_path / "y.json")
    assert {f"T.{clean}" for clean in HOSTILE.values()} == set(names(found))
    assert found.tables[0].description == "[31m"


def test_tables_without_fields_are_told_or_refused(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("Table,Description\nT,All of it\nU,Other\n", encoding="utf-8")
    answer(tmp_path / "x.csv")
    (tmp_path / "x.sql").write_text("CREATE TABLE T ();CREATE TABLE U (A INT);", encoding="utf-8")
    assert names(read(tmp_path / "x.sql")) == ["U.A"]
