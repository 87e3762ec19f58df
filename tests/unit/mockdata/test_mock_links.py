"""Mock rows hold the links that people drew, and none that they refused."""

from pathlib import Path

from mock_catalogs import HOSPITAL, OMOP, from_words, make

from caseload.model.catalog import Side
from caseload.model.relationship import LinkDecision, link_id


def test_a_drawn_link_holds_in_the_rows_and_a_refused_one_need_not(tmp_path: Path) -> None:
    ends = ("STAY", ("Zorp",), "WARD", ("WardCode",))
    name = link_id(Side.SOURCE, *ends)
    held = {}
    for state in ("drawn", "rejected"):
        links = [LinkDecision(name, Side.SOURCE, *ends, state)]
        source, target = from_words(HOSPITAL, Side.SOURCE), from_words(OMOP, Side.TARGET)
        made = make(tmp_path / state, source, target, links, rows=30, seed=7)
        wards = {row["WardCode"] for row in made.table("WARD")}
        filled = [row["Zorp"] for row in made.table("STAY") if row["Zorp"]]
        held[state] = bool(filled) and all(value in wards for value in filled)
    assert held == {"drawn": True, "rejected": False}
