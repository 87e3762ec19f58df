"""Crosswalks are read with prefixes apart, and bad ones refused with their line."""

from pathlib import Path

import pytest

from caseload.contract.crosswalks import read_crosswalk, read_crosswalks
from caseload.model.errors import BadInput


def put(folder: Path, text: str, name: str = "sex") -> Path:
    path = folder / f"{name}.csv"
    path.write_text(text)
    return path


def test_exact_values_and_prefixes_are_told_apart(tmp_path: Path) -> None:
    path = put(
        tmp_path, "source_value,target_value,description\nM,1,Male\nE1*,d,\nE11*,t,\nX,,\n*,q,\n"
    )
    crosswalk = read_crosswalk(path)
    assert crosswalk.pairs == (("M", "1"), ("X", ""), ("*", "q"))
    assert crosswalk.prefixes == (("E11", "t"), ("E1", "d"))
    assert crosswalk.targets == {"1", "q", "t", "d"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("source_value,target_value\nM,1\nF,2\nM,3\n", "has M twice"),
        ("source_value,target\nM,1\n", "has no column target_value"),
        ("source_value,target_value\n,1\n", "without a source value"),
    ],
)
def test_bad_crosswalks_are_refused(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        read_crosswalk(put(tmp_path, text))


def test_a_folder_gives_those_asked_for(tmp_path: Path) -> None:
    put(tmp_path, "source_value,target_value\nM,1\n")
    put(tmp_path, "source_value,target_value\nM,1\nM,1\n", "bad")
    assert list(read_crosswalks(tmp_path, ["sex", "none"])) == ["sex"]
    assert read_crosswalks(tmp_path / "missing") == {}
