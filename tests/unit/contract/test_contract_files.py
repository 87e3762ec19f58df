"""The contract survives its two CSV files, and bad files are refused with their place."""

from pathlib import Path

import pytest

from caseload.contract.files import (
    ROUTE_COLUMNS,
    RULE_COLUMNS,
    contract_hash,
    read_contract,
    rule_hash,
    write_contract,
)
from caseload.model.catalog import FieldSpec
from caseload.model.contract import (
    Contract,
    Join,
    MappingClass,
    OnFailure,
    Route,
    Rule,
    SplitCase,
)
from caseload.model.errors import BadInput


def example() -> Contract:
    return Contract(
        rules=[
            Rule("LOAD_A", "CODE", MappingClass.DIRECT_SOURCE, "TABA", "Code"),
            Rule(
                "LOAD_A",
                "NAME",
                MappingClass.DERIVED,
                expression="concat(TABA.Forename, ' ', TABA.Surname)",
                notes='says "hello",\nand more',
                on_failure=OnFailure.TRUNCATE,
                default_value="UNKNOWN",
                route="main",
            ),
        ],
        routes=[
            Route(
                "LOAD_A",
                "main",
                "TABA",
                ("TABA.Code",),
                joins=(Join("TABB", (("TABA.Code", "Code"),), "latest", "Changed", required=True),),
                row_filter="TABA.Deleted is null",
                splits=(SplitCase("one", "TABA.X = 'Y'", (("NAME", "TABA.Other"),)),),
            )
        ],
        scope=(("TABA", "TABA.Year >= '2015'"),),
    )


def test_a_contract_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    rules, routes = tmp_path / "r.csv", tmp_path / "t.csv"
    write_contract(example(), rules, routes)
    assert read_contract(rules, routes) == example()
    assert rules.read_text().splitlines()[0] == ",".join(RULE_COLUMNS)
    assert routes.read_text().splitlines()[0] == ",".join(ROUTE_COLUMNS)


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("mapping_class", "GUESS", "'GUESS' is not a mapping class"),
        ("status", "FINE", "'FINE' is not a status"),
        ("on_failure", "explode", "'explode' is not a on failure"),
    ],
)
def test_an_unknown_word_is_refused_with_line_and_column(
    tmp_path: Path, column: str, value: str, said: str
) -> None:
    rules, routes = tmp_path / "r.csv", tmp_path / "t.csv"
    write_contract(example(), rules, routes)
    header, first = rules.read_text().splitlines()[:2]
    cells = first.split(",")
    cells[RULE_COLUMNS.index(column)] = value
    rules.write_text(f"{header}\n{','.join(cells)}\n")
    with pytest.raises(BadInput) as caught:
        read_contract(rules, routes)
    assert caught.value.what == said
    assert caught.value.where == f"r.csv, line 2, column {column}"


def test_two_rules_for_one_field_are_refused(tmp_path: Path) -> None:
    rules, routes = tmp_path / "r.csv", tmp_path / "t.csv"
    twice = example()
    twice.rules.append(twice.rules[0])
    write_contract(twice, rules, routes)
    with pytest.raises(BadInput, match=r"LOAD_A\.CODE has a second rule"):
        read_contract(rules, routes)


def test_broken_json_in_a_route_is_refused_with_its_place(tmp_path: Path) -> None:
    rules, routes = tmp_path / "r.csv", tmp_path / "t.csv"
    write_contract(example(), rules, routes)
    routes.write_text("target_table,base_table,natural_key\nLOAD_A,TABA,[1\n")
    with pytest.raises(BadInput) as caught:
        read_contract(rules, routes)
    assert caught.value.where == "t.csv, line 2, column natural_key"


def test_the_hash_of_a_rule_follows_what_it_does_and_not_what_is_said_of_it() -> None:
    from dataclasses import replace

    rule = example().rules[1]
    assert rule_hash(rule) == rule_hash(replace(rule, notes="other", mapping_rule="words"))
    assert rule_hash(rule) != rule_hash(replace(rule, expression="TABA.Surname"))
    assert rule_hash(rule) != rule_hash(rule, crosswalk_sha256="ab")
    spec = FieldSpec("LOAD_A", "NAME", 2, "VARCHAR2", "35")
    assert rule_hash(rule, spec=spec) != rule_hash(rule, spec=replace(spec, length="30"))


def test_the_hash_of_a_contract_follows_routes_scope_and_crosswalks() -> None:
    base = contract_hash(example())
    other = example()
    other.scope = ()
    assert contract_hash(other) != base
    assert contract_hash(example(), {"sex": "00"}) != base
    assert contract_hash(example()) == base
