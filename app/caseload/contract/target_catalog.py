"""Reads the target catalog's CSV: only what a run must know of each field.

Its first columns are a public interface, so a catalog written by hand or by another program
does as well.
"""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections.abc import Iterator
from pathlib import Path

from caseload.model.catalog import Catalog, FieldSpec, Side, TableSpec
from caseload.model.errors import BadInput

NEEDED = ("table_name", "field_name")
READ = frozenset(
    (
        *NEEDED,
        "position",
        "data_type",
        "length",
        "size",
        "mandatory_hint",
        "format",
        "allowed_values",
        "code_type",
        "foreign_table",
        "foreign_field",
        "unique",
        "upper",
    )
)
BAR = re.compile(r"(?<!\\)(?:\\\\)*\|")
GUARDED = re.compile(r"'(?=[=+\-@\t\n\0'])")


def read_fields(path: Path, side: Side) -> Catalog:
    """The tables of a catalog CSV, fields in the order of `position` where it is given.

    Raises BadInput with file and line for a missing file or column, a field without a name,
    a field twice, or a table with none.
    """
    reader = _reader(path, side.value)
    header = next(reader)
    wanted = [(n, at) for at, n in enumerate(header) if n in READ]
    tables: dict[str, list[FieldSpec]] = {}
    for row_number, row in enumerate(reader, 2):
        cells = {n: _plain(row[at]) for n, at in wanted if at < len(row)}
        where = f"{path.name}, row {row_number}"
        spec = _field(cells, len(tables.get(cells.get("table_name", ""), ())) + 1, where)
        fields = tables.setdefault(spec.table_name, [])
        if any(_same(f.field_name, spec.field_name, side) for f in fields):
            raise BadInput(f"{spec.qualified} is in the catalog twice", where=where)
        fields.append(spec)
    if not tables:
        raise BadInput(f"The {side.value} catalog has no fields", where=path.name)
    ordered = {
        n: TableSpec(n, tuple(sorted(f, key=lambda s: s.position))) for n, f in tables.items()
    }
    return Catalog(side, ordered)


def _reader(path: Path, side: str) -> Iterator[list[str]]:
    """The rows of a catalog, the header first, checked for the columns it must have."""
    try:
        content = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise BadInput(
            f"There is no {side} catalog", where=path.name, remedy="Run extract-specs first"
        ) from None
    except (OSError, UnicodeDecodeError) as trouble:
        raise BadInput(
            f"The {side} catalog cannot be read: {type(trouble).__name__}",
            where=path.name,
            remedy="Save it as CSV in UTF-8",
        ) from None
    rows = csv.reader(io.StringIO(content, newline=""))
    header = [name.strip() for name in next(rows, [])]
    missing = [name for name in NEEDED if name not in header]
    if missing:
        raise BadInput(
            f"The {side} catalog has no column {missing[0]}", where=f"{path.name}, line 1"
        )
    return itertools.chain([header], rows)


def read_names(path: Path) -> dict[str, list[str]]:
    """Only the field names of a catalog, by table.  Raises BadInput as `read_fields` does."""
    names: dict[str, list[str]] = {}
    reader = _reader(path, "source")
    header = next(reader)
    table, name = (header.index(column) for column in NEEDED)
    for row in reader:
        if len(row) > max(table, name):
            names.setdefault(_plain(row[table].strip()), []).append(_plain(row[name].strip()))
    return names


def _field(cells: dict[str, str], position: int, where: str) -> FieldSpec:
    def cell(name: str) -> str:
        return cells.get(name, "").strip()

    if not cell("table_name") or not cell("field_name"):
        raise BadInput("A field of the catalog has no name", where=where)
    at = cell("position")
    return FieldSpec(
        cell("table_name"),
        cell("field_name"),
        int(at) if at.isdigit() else position,
        data_type=cell("data_type").upper(),
        length=cell("length") or cell("size"),
        mandatory=cell("mandatory_hint").upper() == "Y",
        format=cell("format"),
        allowed_values=_listed(cell("allowed_values")),
        code_type=cell("code_type"),
        foreign_table=cell("foreign_table"),
        foreign_field=cell("foreign_field"),
        unique=cell("unique").upper() == "Y",
        upper=cell("upper").upper() == "Y",
    )


def _same(one: str, other: str, side: Side) -> bool:
    """Old source systems tell names apart by case; a load file's columns must not."""
    return one == other or (side is Side.TARGET and one.casefold() == other.casefold())


def _plain(value: str) -> str:
    """The cell without the apostrophe that keeps a spreadsheet from running it."""
    return value[1:] if GUARDED.match(value) else value


def _listed(value: str) -> tuple[str, ...]:
    """Values between bars; a bar or a backslash of a value has a backslash before it."""
    if not value:
        return ()
    parts, start = [], 0
    for bar in BAR.finditer(value):
        parts.append(value[start : bar.end() - 1])
        start = bar.end()
    parts.append(value[start:])
    return tuple(re.sub(r"\\(.)", r"\1", part) for part in parts)
