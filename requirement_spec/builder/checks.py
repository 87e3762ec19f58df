"""Finds what does not hold together in the description.

Errors stop the build; warnings are printed for the author to judge.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from builder.model import (
    MAPPING_CLASSES,
    MASTER_FEEDS,
    SOURCE_TYPES,
    CodeType,
    Pack,
    Ref,
    SourceField,
    TargetField,
)

SOURCE_TABLES, SOURCE_FIELDS = 417, 5387
TARGET_TABLES, TARGET_FIELDS = 38, range(876, 891)
WIDEST = {"PATDATA": 131, "OPA": 107, "HWSAPP": 90, "ADMITDISCH": 69, "AEA": 69}
_DATE_SIZES = {"date": 10, "dateint": 8, "datetime": 16, "datetimeint": 12, "time": 5, "flag": 1}
_FORMATS = {"DD/MM/YYYY", "DD/MM/YYYY HH24:MI"}


class _Known:
    """What the fields of the load tables may refer to."""

    def __init__(self, pack: Pack) -> None:
        self.sources = _source_fields(pack)
        self.targets = {Ref(t.name, f.name) for t in pack.target for f in t.fields}
        self.order = {table.name: order for order, table in enumerate(pack.target)}
        self.numbers = {code.number: code for code in pack.codes}
        self.lists = {code.name: code for code in pack.codes}


def find_errors(pack: Pack) -> list[str]:
    """Everything that makes the pack wrong, each with its place."""
    found = [*_counts(pack), *_twice("table", ((t.name, t.where) for t in pack.source))]
    found += _twice("load table", ((t.name, t.where) for t in pack.target))
    found += _twice("code type", ((str(c.number), c.where) for c in pack.codes))
    found += _twice("code list", ((c.name, c.where) for c in pack.codes))
    found += _source_errors(pack)
    found += _code_errors(pack)
    known = _Known(pack)
    bases = {table.name for table in pack.source} | MASTER_FEEDS.keys()
    for order, table in enumerate(pack.target):
        if table.base not in bases:
            found.append(f"{table.where}: {table.name} is based on unknown {table.base!r}")
        found += _twice(f"{table.name} field", ((f.name, f.where) for f in table.fields))
        for one in table.fields:
            found += _target_errors(known, order, one)
            found += _mapping_errors(known, one)
    return found


def find_warnings(pack: Pack) -> Iterator[str]:
    """What looks doubtful: one element with two concepts, values longer than their field."""
    meanings: dict[str, Counter[str]] = defaultdict(Counter)
    for table in pack.source:
        for one in table.fields:
            if one.concept and not one.foreign:
                meanings[one.element][one.concept] += 1
    for element, concepts in sorted(meanings.items()):
        if len(concepts) > 1:
            yield f"element {element} has several concepts: {dict(concepts)}"
    fields = _source_fields(pack)
    for target in (one for load in pack.target for one in load.fields):
        mapping = target.mapping
        source = fields.get(mapping.sources[0]) if mapping.sources else None
        if source is None:
            continue
        limit = int(target.length.split(",")[0] or 0) if target.data_type != "DATE" else 0
        if mapping.kind == "DIRECT_SOURCE" and limit and source.size > limit:
            yield f"{target.where}: {target.name} ({limit}) is shorter than {source.size}"
        if mapping.crosswalk and source.code not in {"", mapping.crosswalk}:
            yield f"{target.where}: {source.name} holds {source.code}, not {mapping.crosswalk}"


def _source_fields(pack: Pack) -> dict[Ref, SourceField]:
    return {Ref(t.name, f.name): f for t in pack.source for f in t.fields}


def _counts(pack: Pack) -> Iterator[str]:
    fields = sum(len(table.fields) for table in pack.source)
    if (len(pack.source), fields) != (SOURCE_TABLES, SOURCE_FIELDS):
        yield f"source: {len(pack.source)} tables and {fields} fields"
    targets = sum(len(table.fields) for table in pack.target)
    if len(pack.target) != TARGET_TABLES or targets not in TARGET_FIELDS:
        yield f"target: {len(pack.target)} tables and {targets} fields"
    for table in pack.source:
        few, many = (WIDEST[table.name],) * 2 if table.name in WIDEST else (2, 69)
        if not few <= len(table.fields) <= many:
            yield f"{table.where}: {table.name} has {len(table.fields)} fields"


def _twice(kind: str, names: Iterable[tuple[str, str]]) -> Iterator[str]:
    seen: dict[str, str] = {}
    for name, where in names:
        if name in seen:
            yield f"{where}: {kind} {name} is already at {seen[name]}"
        seen.setdefault(name, where)


def _source_errors(pack: Pack) -> Iterator[str]:
    fields = _source_fields(pack)
    lists = {code.name: code for code in pack.codes}
    for table in pack.source:
        if not table.entity:
            yield f"{table.where}: {table.name} has no entity"
        yield from _twice(f"{table.name} field", ((f.name, f.where) for f in table.fields))
        for one in table.fields:
            if one.type not in SOURCE_TYPES:
                yield f"{one.where}: type {one.type!r} unknown"
            if _DATE_SIZES.get(one.type, one.size) != one.size:
                yield f"{one.where}: {one.name} is a {one.type} of size {one.size}"
            if one.type == "code" and one.code and one.code not in lists:
                yield f"{one.where}: code list {one.code!r} unknown"
            elif one.code and _longest(lists[one.code]) > one.size:
                yield f"{one.where}: {one.name} is too short for a code of {one.code}"
            for ref in one.foreign:
                if ref not in fields:
                    yield f"{one.where}: foreign key to unknown {ref}"
                elif not fields[ref].key:
                    yield f"{one.where}: foreign key to {ref}, which is no key"


def _longest(code: CodeType) -> int:
    return max((len(value) for row in code.rows for value in row.sources), default=0)


def _code_errors(pack: Pack) -> Iterator[str]:
    for code in pack.codes:
        values = ((value, code.where) for row in code.rows for value in row.sources)
        yield from _twice(f"{code.name} source code", values)
        if not code.rows:
            yield f"{code.where}: code list {code.name} is empty"


def _target_errors(known: _Known, order: int, one: TargetField) -> Iterator[str]:
    """Errors in the traits of one load field; *order* is its table's place in the load."""
    if one.foreign is not None and one.foreign not in known.targets:
        yield f"{one.where}: foreign key to unknown {one.foreign}"
    elif one.foreign is not None and known.order[one.foreign.table] > order:
        yield f"{one.where}: foreign key to {one.foreign}, which is loaded later"
    if one.code is not None and one.code not in known.numbers:
        yield f"{one.where}: code type {one.code} unknown"
    elif one.code is not None and one.data_type != "DATE":
        widest = max(len(row.target) for row in known.numbers[one.code].rows)
        if one.length and widest > int(one.length.split(",")[0]):
            yield f"{one.where}: {one.name} is too short for code type {one.code}"
    if (one.data_type == "DATE") != (one.format in _FORMATS):
        yield f"{one.where}: {one.name} is {one.data_type} with format {one.format!r}"
    if one.data_type == "VARCHAR2" and not one.length:
        yield f"{one.where}: {one.name} has no length"


def _mapping_errors(known: _Known, one: TargetField) -> Iterator[str]:
    """Errors in the true mapping of one load field."""
    mapping = one.mapping
    if mapping.kind not in MAPPING_CLASSES:
        yield f"{one.where}: mapping class {mapping.kind!r} unknown"
    for ref in [*mapping.sources, *mapping.alternatives]:
        feed = MASTER_FEEDS.get(ref.table, ())
        if ref not in known.sources and ref.field not in feed:
            yield f"{one.where}: {one.table}.{one.name} from unknown {ref}"
    if mapping.crosswalk and mapping.crosswalk not in known.lists:
        yield f"{one.where}: crosswalk {mapping.crosswalk!r} unknown"
    elif mapping.crosswalk and one.code not in {None, known.lists[mapping.crosswalk].number}:
        yield f"{one.where}: crosswalk {mapping.crosswalk} is not code type {one.code}"
    if mapping.kind == "LOOKUP_TRANSLATION" and not (mapping.crosswalk and mapping.sources):
        yield f"{one.where}: a lookup without its source or crosswalk"
    if mapping.kind == "DIRECT_SOURCE" and not mapping.sources:
        yield f"{one.where}: a direct mapping without its source"
    if mapping.kind == "OUT_OF_SCOPE" and not any(n.startswith("reason=") for n in mapping.notes):
        yield f"{one.where}: out of scope without a reason"
