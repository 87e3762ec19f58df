"""The language says what the registry says, and nothing else can be said in it."""

import pytest

from caseload.contract.duckdb.layers import Layers
from caseload.contract.duckdb.render import Renderer, shown
from caseload.contract.expression import (
    Column,
    ExpressionError,
    Names,
    Type,
    columns_of,
    parse_condition,
    parse_expression,
)
from caseload.contract.functions import FUNCTIONS, signature
from caseload.engine.connection import Engine

NAMES = Names(
    {"PATDATA": ["PtNo", "PtDoB", "Order"], "OPA": ["PtNo", "ApptDate"]},
    crosswalks=frozenset({"sex", "title"}),
    targets={"LOAD_PMI": frozenset({1})},
)


def value(engine: Engine, text: str) -> tuple[str, bool]:
    """What the expression gives as text, and whether it counts as a fault."""
    layers = Layers()
    renderer = Renderer(layers, {}, {})
    node = parse_expression(text, NAMES)
    sql = shown(renderer.render(node), node.type)
    faults = " OR ".join(f"({f.when})" for f in renderer.faults) or "false"
    inner = layers.wrap("SELECT 1 AS nothing")
    shows, failed = engine.row(f"SELECT {sql.text}, {faults} FROM ({inner}) s")
    return shows or "", bool(failed)


@pytest.mark.parametrize(
    ("text", "expected"),
    [(text, gives) for f in FUNCTIONS.values() for text, gives in f.examples],
)
def test_every_example_of_the_registry_is_true(engine: Engine, text: str, expected: str) -> None:
    assert value(engine, text) == (expected, False)


def test_every_function_has_words_and_every_one_that_can_an_example() -> None:
    need_data = {"crosswalk", "record_key", "parent_key"}
    for function in FUNCTIONS.values():
        assert function.about.endswith(".")
        assert function.examples or function.name in need_data, function.name
    assert signature(FUNCTIONS["substr"]) == "substr(x, start, [n])"


@pytest.mark.parametrize(
    "text",
    [
        "to_date('2024021', 'CCYYMMDD')",
        "to_date('20240230', 'CCYYMMDD')",
        "to_date('1/2/2024', 'DD/MM/YYYY')",
        "to_date('29/02/2023', 'DD/MM/YYYY')",
        "to_date('00000101', 'CCYYMMDD')",
        "to_datetime('01/02/2024 24:00', 'DD/MM/YYYY HH24:MI')",
        "cast('12x' as integer)",
        "cast('1.5' as integer)",
        "cast('1e3' as decimal)",
        "cast('31/04/2024' as date)",
        "combine_date_time(to_date('20240229', 'CCYYMMDD'), '25:00')",
        "case when 1 = 1 then to_date('x', 'CCYYMMDD') else null end",
        "coalesce(null, to_date('x', 'CCYYMMDD'))",
    ],
)
def test_a_value_that_cannot_be_read_is_a_fault_and_not_just_empty(
    engine: Engine, text: str
) -> None:
    # A literal cannot be blamed, so the text goes through a function that hides it.
    hidden = text.replace("('", "(trim('", 1).replace("',", "'),", 1)
    hidden = text if "'x'" in text or "cast(" in text or "'25" in text else hidden
    hidden = hidden.replace("cast('", "cast(trim('").replace("' as", "') as")
    hidden = hidden.replace("'x'", "trim('x')").replace("'25:00'", "trim('25:00')")
    assert value(engine, hidden) == ("", True)


def test_a_fault_in_a_branch_not_taken_does_not_count(engine: Engine) -> None:
    text = "case when 1 = 2 then to_date(trim('x'), 'CCYYMMDD') else null end"
    assert value(engine, text) == ("", False)
    text = "coalesce(to_date(trim('20240101'), 'CCYYMMDD'), to_date(trim('x'), 'CCYYMMDD'))"
    assert value(engine, text) == ("2024-01-01", False)


def test_columns_are_found_whatever_their_case_and_keep_their_spelling() -> None:
    node = parse_expression('concat(patdata.PTNO, PATDATA.Order, "PATDATA".PtNo)', NAMES)
    assert columns_of(node) == (Column("PATDATA", "PtNo"), Column("PATDATA", "Order"))


@pytest.mark.parametrize(
    ("text", "what", "line", "column", "remedy"),
    [
        ("upper(PATDATA.PtNum)", "PATDATA has no field PtNum", 1, 15, "Did you mean PtNo?"),
        ("trim(PATDTA.PtNo)", "There is no source table PATDTA", 1, 6, "Did you mean PATDATA?"),
        ("ApptDate", "ApptDate has no table", 1, 1, "Write it as TABLE.Field: OPA.ApptDate"),
        ("uper(PATDATA.PtNo)", "There is no function uper", 1, 1, "Did you mean upper?"),
        (
            "concat(PATDATA.PtNo,\n  crosswalk(PATDATA.PtNo, 'sexx'))",
            "There is no crosswalk sexx",
            2,
            3,
            "Did you mean sex?",
        ),
        ("PATDATA.PtNo + 1", "+ wants decimal or integer, not text",
         1, 1, "Use cast(X as integer) or cast(X as decimal)"),
        ("length(PATDATA.PtNo) = '1'", "= mixes integer and text", 1, 1, None),
        ("PATDATA.PtNo = ''", "An empty text is never equal to anything", 1, 1, "Say X is null"),
        ("PATDATA.PtNo = null", "Nothing compares with null", 1, 1, None),
        ("to_date(PATDATA.PtDoB, 'DD/MM')", "'DD/MM' is not a known date format", 1, 1, None),
        ("to_date(PATDATA.PtDoB, PATDATA.PtNo)",
         "The format of to_date must be written out as a constant", 1, 1, None),
        ("parent_key('LOAD_PMY', OPA.PtNo)",
         "LOAD_PMY is no target table with a route", 1, 1, "Did you mean LOAD_PMI?"),
        ("parent_key('LOAD_PMI', OPA.PtNo, '1')",
         "The natural key of LOAD_PMI has 1 parts, not 2", 1, 1, None),
        ("substr(PATDATA.PtNo)", "substr wants 2 or more arguments, not 1", 1, 1, None),
        ("upper(PATDATA.PtNo", "Expecting ) near 'PtNo'", 1, 15, None),
        ("case when PATDATA.PtNo then 1 end", "WHEN wants a condition", 1, 11, None),
        ("1e3", "1e3 is not a number in plain notation", 1, 1, None),
    ],
)  # fmt: skip
def test_mistakes_are_refused_with_their_place_and_a_suggestion(
    text: str, what: str, line: int, column: int, remedy: str | None
) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse_expression(text, NAMES)
    assert caught.value.what == what
    assert (caught.value.line, caught.value.column) == (line, column)
    if remedy is not None:
        assert caught.value.remedy == remedy


@pytest.mark.parametrize(
    "text",
    [
        "select 1",
        "(select 1)",
        "PATDATA.PtNo = (select 1)",
        "PATDATA.PtNo in (select 1)",
        "exists(select 1)",
        "with x as (select 1) select 1",
        "values (1)",
        "1; drop table x",
        "drop table x",
        "insert into x values (1)",
        "copy x to 'y'",
        "attach 'x'",
        "set x = 1",
        "pragma version",
        "load 'x'",
        "read_csv('/etc/passwd')",
        "read_text('/etc/passwd')",
        "getenv('HOME')",
        "current_setting('x')",
        "query('select 1')",
        "getvariable('x')",
        "'/etc/passwd'::blob",
        "PATDATA.PtNo::int[]",
        "cast(PATDATA.PtNo as json)",
        "try_cast(PATDATA.PtNo as int)",
        "sum(PATDATA.PtNo) over ()",
        "count(*)",
        "count(distinct PATDATA.PtNo)",
        "*",
        "PATDATA.*",
        "a.PATDATA.PtNo",
        "PATDATA.PtNo[1]",
        "[PATDATA.PtNo]",
        "{'a': 1}",
        "PATDATA.PtNo as x",
        "PATDATA.PtNo like 'x%'",
        "PATDATA.PtNo collate nocase",
        "x -> x",
        "lambda x: x",
        "$1",
        "?",
        ":name",
        "@v",
        "current_date",
        "interval '1' day",
        "PATDATA.PtNo is true",
        "if(1 = 1, 2, 3)",
        "PATDATA.PtNo -- then\n; select 1",
        "",
        "   ",
        "'unfinished",
        '"unfinished',
        "/* unfinished",
        "((((",
        "(" * 3000 + "1" + ")" * 3000,
        "'" + "x" * 30_000 + "'",
    ],
)
def test_whatever_is_not_a_scalar_expression_is_refused(text: str) -> None:
    with pytest.raises(ExpressionError):
        parse_expression(text, NAMES)


def test_text_is_never_pasted(engine: Engine) -> None:
    assert value(engine, "concat('a''; drop table x; --', 'b')") == ("a'; drop table x; --b", False)
    odd = Names({'T"; drop': ['F" x']})
    node = parse_expression('"T""; drop"."F"" x"', odd)
    assert Layers().column(columns_of(node)[0]).text == 's."T""; drop.F"" x"'


def test_a_filter_must_be_a_condition() -> None:
    assert parse_condition("PATDATA.PtNo is not null", NAMES).type is Type.BOOLEAN
    with pytest.raises(ExpressionError, match="where a condition is wanted"):
        parse_condition("PATDATA.PtNo", NAMES)
