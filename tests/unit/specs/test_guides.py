"""Guides in many layouts are read to the last field."""

from __future__ import annotations

from pathlib import Path

import pytest

from caseload.model.catalog import FieldSpec
from caseload.specs.readers.document import read_document

from .guides import LAYOUTS, Layout, TrueField, make_guide, truth


def wrong(spec: FieldSpec, one: TrueField) -> list[str]:
    pairs = {
        "data_type": (spec.data_type, one.data_type),
        "length": (spec.length, one.length),
        "mandatory": (spec.mandatory, one.mandatory),
        "foreign": ((spec.foreign_table, spec.foreign_field), one.fk),
        "code_type": (spec.code_type.split(" ")[0], one.code),
        "format": (spec.format, one.format),
        "values": (spec.allowed_values, one.values),
    }
    return [
        f"{spec.qualified} {k}: {got!r} for {due!r}"
        for k, (got, due) in pairs.items()
        if got != due
    ]


@pytest.mark.parametrize("layout", LAYOUTS, ids=[layout.name for layout in LAYOUTS])
def test_every_layout_is_read_as_it_is(tmp_path: Path, layout: Layout) -> None:
    tables = truth(seed=len(layout.name))
    path = tmp_path / "guide.pdf"
    make_guide(path, layout, tables)
    reading = read_document(path, "guide.pdf", lambda share, text: None)
    found = {(t.name, f.field_name): f for t in reading.tables for f in t.fields}
    due = {(t.name, f.name): f for t in tables for f in t.fields}
    assert sorted(due.keys() - found.keys()) == []
    assert sorted(found.keys() - due.keys()) == []
    assert [w for key, one in due.items() for w in wrong(found[key], one)] == []
    assert [t.name for t in reading.tables] == [t.name for t in tables]
