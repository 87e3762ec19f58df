"""Keys and links are counted on rows: each file read once, nothing kept but figures."""

from __future__ import annotations

from pathlib import Path

import pytest

from caseload.engine.connection import Engine
from caseload.engine.keys import KeyValues
from caseload.model.errors import BadInput, Cancelled


def write(folder: Path, name: str, *rows: str) -> None:
    (folder / f"{name}.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")


@pytest.fixture
def values(engine: Engine, tmp_path: Path) -> KeyValues:
    write(tmp_path, "PARENT", "Id,Part,Name", "1,a,x", "2,b,y", "3,c,y")
    write(tmp_path, "CHILD", "ParentId,Part,Note", "1,a,", "1,b,", "9,c,", ",a,")
    return KeyValues(engine, tmp_path)


def test_values_of_a_child_are_sought_among_those_of_its_parent(values: KeyValues) -> None:
    assert values.read("PARENT", [("Id",), ("Name",)], [("Id",)]) == 3
    assert values.read("CHILD", [("ParentId",), ("Note",)]) == 4
    found = values.compare(("CHILD", ("ParentId",)), ("PARENT", ("Id",)))
    assert found is not None
    assert (found.child.rows, found.child.filled, found.child.distinct) == (4, 3, 2)
    assert (found.included, found.orphans, found.share) == (1, 1, 0.5)
    assert found.parent.unique
    assert found.parent.digits
    name = values.figures(("PARENT", ("Name",)))
    assert name is not None
    assert not name.unique
    note = values.compare(("CHILD", ("Note",)), ("PARENT", ("Id",)))
    assert note is not None
    assert (note.child.filled, note.share) == (0, 0.0)


def test_several_fields_count_together_and_only_where_all_are_filled(values: KeyValues) -> None:
    values.read("PARENT", [("Id", "Part")], [("Id", "Part")])
    values.read("CHILD", [("ParentId", "Part")])
    found = values.compare(("CHILD", ("ParentId", "Part")), ("PARENT", ("Id", "Part")))
    assert found is not None
    assert (found.child.filled, found.included, found.orphans) == (3, 1, 2)


def test_what_is_not_there_is_left_out(values: KeyValues) -> None:
    values.read("PARENT", [("Id",), ("Absent",), ("Id", "Absent")])
    assert values.figures(("PARENT", ("Absent",))) is None
    assert values.compare(("CHILD", ("ParentId",)), ("PARENT", ("Id",))) is None
    with pytest.raises(BadInput, match="no NOWHERE"):
        values.read("NOWHERE", [("Id",)])


def test_of_a_long_table_a_sample_tells_but_a_parent_is_whole(
    engine: Engine, tmp_path: Path
) -> None:
    write(tmp_path, "LONG", "Id,Of", *(f"{n},{n % 7}" for n in range(500)))
    values = KeyValues(engine, tmp_path, most_rows=100)
    assert values.read("LONG", [("Id",), ("Of",)], [("Id",)]) == 500
    parent = values.figures(("LONG", ("Id",)), parent=True)
    child = values.figures(("LONG", ("Of",)))
    assert parent is not None
    assert child is not None
    assert (parent.rows, parent.distinct, parent.whole) == (500, 500, True)
    assert (child.rows, child.whole) == (100, False)


def test_a_few_values_tell_where_a_field_may_point(engine: Engine, tmp_path: Path) -> None:
    write(tmp_path, "P", "Id", *(f"P{n:03}" for n in range(300)))
    write(tmp_path, "C", "Good,Bad,Empty", *(f"P{n:03},Q{n:03}," for n in range(200)))
    values = KeyValues(engine, tmp_path)
    values.read("P", [("Id",)], [("Id",)])
    values.read("C", [("Good",), ("Bad",), ("Empty",)])
    among = [("C", ("Good",)), ("C", ("Bad",)), ("C", ("Empty",)), ("X", ("Y",))]
    assert values.found_in(("P", ("Id",)), among, least_share=0.98) == [("C", ("Good",))]


def test_names_with_quotes_and_case_twins_are_only_names(engine: Engine, tmp_path: Path) -> None:
    write(tmp_path, 'T"1', 'id,ID,"a""b"', "1,x,5", "2,x,6")
    values = KeyValues(engine, tmp_path)
    values.read('T"1', [("id",), ("ID",), ('a"b',)])
    counts = [values.figures(('T"1', (name,))) for name in ("id", "ID", 'a"b')]
    assert [found.distinct for found in counts if found] == [2, 1, 2]


def test_it_stops_when_told_to(engine: Engine, values: KeyValues) -> None:
    engine.cancel.cancel()
    with pytest.raises(Cancelled):
        values.read("PARENT", [("Id",)])
