"""The NHS number condition agrees with an obvious reckoning of the check digit."""

from hypothesis import given, settings
from hypothesis import strategies as st

from caseload.engine.connection import open_engine
from caseload.quality.nhs_number import fails_check


def is_valid(number: str) -> bool:
    digits = number.replace(" ", "")
    if len(digits) != 10 or not (digits.isascii() and digits.isdigit()):
        return False
    total = sum(int(d) * w for d, w in zip(digits, range(10, 1, -1), strict=False))
    check = 11 - total % 11
    return check != 10 and check % 11 == int(digits[9])


@settings(deadline=None, max_examples=25)
@given(st.lists(st.text("0123456789 X", min_size=1, max_size=12).map(str.strip), max_size=30))
def test_the_engine_and_the_reckoning_agree(tmp_path_factory, numbers):
    # 999 numbers with each possible check digit are always among them, one valid in ten.
    numbers = [n for n in numbers if n] + [f"999123456{digit}" for digit in range(10)]
    with open_engine(tmp_path_factory.mktemp("engine")) as engine:
        engine.load_rows("numbers", {"n": "VARCHAR"}, [[n] for n in numbers])
        failing = {row[0] for row in engine.rows(f"SELECT n FROM numbers WHERE {fails_check('n')}")}
    assert failing == {n for n in numbers if not is_valid(n)}


def test_an_empty_number_does_not_fail_its_check(tmp_path):
    with open_engine(tmp_path) as engine:
        engine.load_rows("numbers", {"n": "VARCHAR"}, [[None]])
        assert engine.number(f"SELECT count_if({fails_check('n')}) FROM numbers") == 0
