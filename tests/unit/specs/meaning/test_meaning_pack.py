"""How well the shipped dictionary is understood, against the answer key."""

import csv
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from caseload.model.catalog import Catalog, FieldSpec, Side, TableSpec
from caseload.specs.meaning import CatalogMeaning, understand

KEY = Path(__file__).parents[3] / "data" / "answer_key"
Row = dict[str, str]


def rows(name: str) -> list[Row]:
    with (KEY / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def truth() -> list[Row]:
    return rows("source_fields.csv")


@pytest.fixture(scope="module")
def catalog(truth: list[Row]) -> Catalog:
    fields: dict[str, list[FieldSpec]] = defaultdict(list)
    for row in truth:
        of_table = fields[row["table_name"]]
        of_table.append(
            FieldSpec(
                row["table_name"],
                row["field_name"],
                len(of_table) + 1,
                length=row["size"],
                data_element=row["data_element"],
                description=row["description"],
            )
        )
    return Catalog(Side.SOURCE, {n: TableSpec(n, tuple(f)) for n, f in fields.items()})


@pytest.fixture(scope="module")
def meaning(catalog: Catalog) -> CatalogMeaning:
    return understand(catalog, code_lists={r["code_list"] for r in rows("code_lists.csv")})


def test_the_form_of_values_is_right_for_nearly_all_fields(
    truth: list[Row], meaning: CatalogMeaning
) -> None:
    same = {"int": "integer", "num": "decimal", "free": "text"}
    loose = {"text", "integer", "decimal", "code"}
    right = 0
    for row in truth:
        wanted = same.get(row["type"], row["type"])
        got = meaning.fields[row["table_name"], row["field_name"]].representation.value
        right += got == wanted or (wanted != "code" and {got, wanted} <= loose)
    assert right / len(truth) >= 0.96


def test_fields_of_one_truth_share_one_concept(truth: list[Row], meaning: CatalogMeaning) -> None:
    votes: dict[str, Counter[str]] = defaultdict(Counter)
    for row in truth:
        if row["concept"]:
            found = meaning.fields[row["table_name"], row["field_name"]]
            votes[row["concept"]][found.concept] += 1
    agreed = sum(counts.most_common(1)[0][1] for counts in votes.values())
    assert agreed / sum(counts.total() for counts in votes.values()) >= 0.93


def test_code_lists_are_found(truth: list[Row], meaning: CatalogMeaning) -> None:
    coded = [r for r in truth if r["code_list"]]
    right = sum(
        meaning.fields[r["table_name"], r["field_name"]].code_list == r["code_list"] for r in coded
    )
    assert right / len(coded) >= 0.93


def test_links_are_found_without_inventing_many(truth: list[Row], meaning: CatalogMeaning) -> None:
    true = {
        (r["table_name"], r["field_name"], parent, field)
        for r in truth
        for parent, field in zip(
            r["foreign_table"].split(";"), r["foreign_field"].split(";"), strict=True
        )
        if parent
    }
    found = {
        (link.child, child, link.parent, parent)
        for link in meaning.relationships
        for child, parent in zip(link.child_fields, link.parent_fields, strict=True)
    }
    assert len(true & found) / len(true) >= 0.93
    assert len(true & found) / len(found) >= 0.78
