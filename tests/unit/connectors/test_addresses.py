"""A database's address says what is asked where, and never carries a password."""

from __future__ import annotations

import pytest

from caseload.connectors.address import is_address, parse_address
from caseload.model.errors import BadInput


@pytest.mark.parametrize(
    ("text", "where", "label"),
    [
        ("sqlite:pas.db", "sqlite:pas.db", "pas"),
        ("sqlite:///srv/x y/pas.v2.db", "sqlite:/srv/x y/pas.v2.db", "pas_v2"),
        (r"sqlite:C:\pas\live.db", r"sqlite:C:\pas\live.db", "live"),
        ("postgresql://u@h/pas?schema=a,b", "postgresql://h:5432/pas", "pas-a-b"),
        ("postgres://h:6543/pas", "postgresql://h:6543/pas", "pas"),
        ("mariadb://u@h/PAS%20live", "mysql://h:3306/PAS live", "PAS_live"),
        ("MySQL://u@[::1]/../x", "", ""),
        ("postgresql://u@[::1]:5432/pas", "postgresql://[::1]:5432/pas", "pas"),
    ],
)
def test_an_address_is_understood(text: str, where: str, label: str) -> None:
    assert is_address(text)
    if not where:
        with pytest.raises(BadInput):
            parse_address(text)
        return
    address = parse_address(text)
    assert (address.where, address.label) == (where, label)


@pytest.mark.parametrize("path", ["guide.pdf", "C:\\specs\\guide.pdf", "my/sql.csv", "http://x/y"])
def test_a_path_is_no_address(path: str) -> None:
    assert not is_address(path)


@pytest.mark.parametrize(
    "text",
    [
        "postgresql://u:s3cret@h/pas",
        "postgresql://u:@h/pas",
        "mariadb://u:s3cret@h:99999/pas",
        "mariadb://u@h/pas?password=s3cret",
        "mariadb://u@h/pas?passwd=s3cret",
        "postgresql://u@h/pas?s3cret",
        "postgresql://u@h/pas?sslmode=s3cret",
        "postgresql://u@h/pas?timeout=s3cret",
        "postgresql://s3cret@/pas",
        "postgresql://h/",
        "sqlite:",
        "postgresql://[s3cret/pas",
    ],
)
def test_what_is_wrong_is_said_without_repeating_it(text: str) -> None:
    with pytest.raises(BadInput) as caught:
        parse_address(text)
    assert "s3cret" not in str(caught.value.as_dict())
    assert caught.value.remedy
