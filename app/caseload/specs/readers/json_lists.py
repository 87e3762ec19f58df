"""Lists of columns as JSON, in no schema language: objects with keys such as table and name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from caseload.model.catalog import Provenance
from caseload.specs.readers.grid import Grid, Row
from caseload.specs.readers.names import clean_cell

_DEEPEST = 40
Json = Mapping[str, Any]


def text_of(value: object) -> str:
    """A plain value as a cell; "" for what is none."""
    if value is None or isinstance(value, Mapping | list):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return clean_cell(str(value))


def plain_grids(root: object, name: str) -> list[Grid]:
    """Lists of objects as grids headed by their keys, wherever in the document they stand."""
    found: list[_Records] = []
    _lists(root, ("", ""), found, 0)
    grids = []
    for (title, about), records in found:
        keys = list(dict.fromkeys(str(key) for record in records for key in record))
        rows = [Row(keys, Provenance(name))]
        for number, record in enumerate(records, 1):
            cells = [_cell(record.get(key)) for key in keys]
            rows.append(Row(cells, Provenance(name, sheet=title, row=number)))
        grids.append(Grid(rows, titles=[line for line in (title, about) if line]))
    return grids


def _cell(value: object) -> str:
    """A value as a cell; a list of plain values has a line each."""
    if isinstance(value, list):
        return "".join(f"{text}\n" for text in map(text_of, value) if text)
    return clean_cell(text_of(value))


_Records = tuple[tuple[str, str], list[Json]]
"""What names a list's table and what it says of it, and the list."""


def _lists(node: object, title: tuple[str, str], found: list[_Records], depth: int) -> None:
    """Collect lists of objects; a list within a named object is of that object's name."""
    if depth > _DEEPEST:
        return
    if isinstance(node, list):
        records = [one for one in node if isinstance(one, Mapping)]
        inner = [r for r in records if any(_is_records(value) for value in r.values())]
        if inner:
            for record in inner:
                _lists(record, title, found, depth + 1)
        elif records:
            found.append((title, records))
    elif isinstance(node, Mapping):
        own = node.get("name") or node.get("table") or node.get("tableName")
        said = clean_cell(text_of(node.get("description") or node.get("comment")))
        about = f"Description: {said}" if said and isinstance(own, str) else ""
        for key, value in node.items():
            named = f"Table: {own}" if isinstance(own, str) else f"Table: {key}"
            if isinstance(value, Mapping | list):
                below = (named, about) if _is_records(value) else title
                _lists(value, below, found, depth + 1)


def _is_records(value: object) -> bool:
    return isinstance(value, list) and any(isinstance(one, Mapping) for one in value)
