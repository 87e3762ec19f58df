"""What people put right about a reading, and the catalog that comes of it.

A fix names a field as the documents have it and says what it should be.  It may also rename
the field, say that it is none, or add one that was not read; with an empty field name it is
about the table, and with an empty table name it is a note that a problem is settled.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import Any

from caseload.model.catalog import (
    Catalog,
    Check,
    FieldSpec,
    Provenance,
    ReadProblem,
    TableSpec,
)
from caseload.model.errors import BadInput

_FIXED = {"table_name", "field_name", "provenance", "checks"}
TRAITS = frozenset(f.name for f in fields(FieldSpec)) - _FIXED
"""What of a field may be put right by a value."""

MARKS = frozenset({"field_name", "removed", "added", "place", "was"})
"""What a fix may say beside traits: a new name, that a field is none or was missed, where it
stands, and what the documents said when it was put right."""

TABLE_CHANGES = frozenset({"added", "removed", "description"})
"""What a fix may say of a table."""

_CORRECTED = "corrected by a person"
_CONFIRMED = "confirmed by a person"


class Standing(StrEnum):
    """How a fix stands to what the documents say now."""

    HOLDS = "holds"
    NOT_NEEDED = "no longer needed"
    ALTERED = "the document says something else now"
    WAITING = "waits for its field"


@dataclass(frozen=True, slots=True)
class Fix:
    """A correction as it is applied; `table` and `field` are names as read."""

    table: str
    field: str
    changes: Mapping[str, Any]
    by: str = ""
    why: str = ""
    at: str = ""

    @property
    def qualified(self) -> str:
        """TABLE.Field, or the table alone."""
        return f"{self.table}.{self.field}" if self.field else self.table

    @property
    def traits(self) -> dict[str, Any]:
        """The values it gives to a field, as the field holds them."""
        return {k: _held(v) for k, v in self.changes.items() if k in TRAITS}

    @property
    def confirms_only(self) -> bool:
        """True when it says no more than that the field was read right."""
        return set(self.changes) - {"was"} == {"confidence"}


def problem_key(problem: ReadProblem) -> str:
    """What a settled problem is known by, also after the document was read again."""
    place = problem.provenance
    said = f"{problem.message}\x00{place.document}\x00{place.sheet}"
    return f"problem:{hashlib.sha256(said.encode()).hexdigest()[:16]}"


def refuse_unknown(table: str, field: str, changes: Mapping[str, Any]) -> None:
    """Refuse what cannot be put right.

    Raises:
        BadInput: the changes name something that a field or a table does not have.
    """
    if not table:
        return
    known = TRAITS | MARKS if field else TABLE_CHANGES
    unknown = sorted(set(changes) - known)
    if unknown:
        kind = "field" if field else "table"
        raise BadInput(
            f"A {kind} has no {', '.join(unknown)} to correct",
            where=f"{table}.{field}".rstrip("."),
            remedy=f"Correct one of {', '.join(sorted(known - {'was', 'place'}))}",
        )


def corrected(catalog: Catalog, fixes: Iterable[Fix]) -> Catalog:
    """The catalog with fixes; one whose field the documents no longer have becomes a problem.

    Raises:
        BadInput: a fix changes what a field does not have.
    """
    fixes = list(fixes)
    if not fixes:
        return catalog
    tables = _tables(catalog, [f for f in fixes if f.table and not f.field])
    waiting: list[ReadProblem] = []
    renames: dict[tuple[str, str], str] = {}
    by_table: dict[str, list[Fix]] = {}
    for fix in fixes:
        if fix.table and fix.field:
            by_table.setdefault(fix.table, []).append(fix)
    for name, own in by_table.items():
        table = tables.get(name)
        if table is None:
            if any(fix.changes.get("added") for fix in own):
                table = TableSpec(name, ())
            elif name in catalog.tables:
                continue
            else:
                waiting += [p for p in map(_gone, own) if p is not None]
                continue
        specs, missing = _fields(table, own, renames)
        waiting += missing
        tables[name] = replace(table, fields=tuple(specs))
    if renames:
        tables = {name: _pointed_anew(table, renames) for name, table in tables.items()}
    settled = {fix.field for fix in fixes if not fix.table}
    problems = tuple(
        p for p in (*catalog.problems, *waiting) if not settled or problem_key(p) not in settled
    )
    return Catalog(catalog.side, tables, catalog.documents, problems)


def standing(read: Catalog, fix: Fix) -> Standing:
    """How a fix stands to the catalog as read."""
    table = read.tables.get(fix.table)
    if not fix.field:
        return _table_standing(table, fix)
    spec = _read_field(table, fix)
    if spec is None:
        if fix.changes.get("removed"):
            return Standing.NOT_NEEDED
        return Standing.HOLDS if fix.changes.get("added") else Standing.WAITING
    if fix.changes.get("removed"):
        return Standing.HOLDS
    wanted: dict[str, Any] = {k: v for k, v in fix.traits.items() if k != "confidence"}
    if "field_name" in fix.changes:
        wanted["field_name"] = fix.changes["field_name"]
    now = {name: getattr(spec, name) for name in wanted}
    if (wanted or fix.changes.get("added")) and now == wanted:
        return Standing.NOT_NEEDED
    was = {k: _held(v) for k, v in fix.changes.get("was", {}).items() if k in wanted}
    moved = any(now[k] not in (was[k], wanted[k]) for k in was)
    return Standing.ALTERED if moved else Standing.HOLDS


def _table_standing(table: TableSpec | None, fix: Fix) -> Standing:
    if fix.changes.get("removed"):
        return Standing.NOT_NEEDED if table is None else Standing.HOLDS
    if fix.changes.get("added"):
        return Standing.HOLDS if table is None else Standing.NOT_NEEDED
    if table is None:
        return Standing.WAITING
    same = table.description == fix.changes.get("description", "")
    return Standing.NOT_NEEDED if same else Standing.HOLDS


def _held(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _tables(catalog: Catalog, fixes: Sequence[Fix]) -> dict[str, TableSpec]:
    tables = dict(catalog.tables)
    for fix in fixes:
        refuse_unknown(fix.table, fix.field, fix.changes)
        if fix.changes.get("removed"):
            tables.pop(fix.table, None)
            continue
        if fix.changes.get("added"):
            tables.setdefault(fix.table, TableSpec(fix.table, ()))
        if fix.table in tables and "description" in fix.changes:
            said = str(fix.changes["description"])
            tables[fix.table] = replace(tables[fix.table], description=said)
    return tables


def _read_field(table: TableSpec | None, fix: Fix) -> FieldSpec | None:
    """The field a fix is about: by its name as read, else by the name it was given."""
    if table is None:
        return None
    named = {spec.field_name: spec for spec in table.fields}
    return named.get(fix.field) or named.get(str(fix.changes.get("field_name", "")))


def _fields(
    table: TableSpec, fixes: Sequence[Fix], renames: dict[tuple[str, str], str]
) -> tuple[list[FieldSpec], list[ReadProblem]]:
    found: dict[str, Fix] = {}
    added: list[Fix] = []
    waiting: list[ReadProblem] = []
    for fix in fixes:
        refuse_unknown(fix.table, fix.field, fix.changes)
        spec = _read_field(table, fix)
        if spec is not None:
            found[spec.field_name] = fix
        elif fix.changes.get("added"):
            added.append(fix)
        else:
            problem = _gone(fix)
            waiting += [problem] if problem else []
    specs: list[FieldSpec] = []
    names = _names(table.fields, found)
    for spec in table.fields:
        fix_of = found.get(spec.field_name)
        if fix_of is None:
            specs.append(spec)
        elif not fix_of.changes.get("removed"):
            name = names[spec.field_name]
            specs.append(_applied(spec, fix_of, name))
            wanted = str(fix_of.changes.get("field_name", name))
            if name != spec.field_name:
                renames[spec.table_name, spec.field_name] = name
            elif wanted != name:
                said = f"{spec.qualified} was renamed {wanted}, but the documents have {wanted} too"
                waiting.append(ReadProblem(said, spec.provenance))
    for fix in added:
        _insert(specs, _made(table.name, fix, specs))
    return _in_order(specs) if added else specs, waiting


def _names(specs: Sequence[FieldSpec], found: Mapping[str, Fix]) -> dict[str, str]:
    """The name of each field by that as read; a rename to a name that is taken waits."""
    names = {
        spec.field_name: str(found[spec.field_name].changes.get("field_name", spec.field_name))
        if spec.field_name in found
        else spec.field_name
        for spec in specs
        if spec.field_name not in found or not found[spec.field_name].changes.get("removed")
    }
    while True:
        counts = Counter(name.casefold() for name in names.values())
        clashing = [
            read for read, name in names.items() if name != read and counts[name.casefold()] > 1
        ]
        if not clashing:
            return names
        names.update((read, read) for read in clashing)


def _applied(spec: FieldSpec, fix: Fix, name: str) -> FieldSpec:
    values = fix.traits
    values.setdefault("confidence", 1.0)
    if name != spec.field_name:
        values["field_name"] = name
        values.setdefault("raw_field_name", spec.raw_field_name or spec.field_name)
    return replace(spec, **values, checks=(*spec.checks, _check(fix)))


def _check(fix: Fix) -> Check:
    who, why = (" ".join(text.split()) for text in (fix.by, fix.why))
    name = _CONFIRMED if fix.confirms_only else _CORRECTED
    return Check(name, True, f"{who}: {why}" if why else who)


def _made(table: str, fix: Fix, beside: Sequence[FieldSpec]) -> FieldSpec:
    """The field that a person added, after the others unless it says its place."""
    values = fix.traits
    values.setdefault("confidence", 1.0)
    values.setdefault("position", max((s.position for s in beside), default=0) + 1)
    place = dict(fix.changes.get("place", {}))
    box = place.get("box")
    provenance = Provenance(**{**place, "box": tuple(box) if box else None})
    name = str(fix.changes.get("field_name", fix.field))
    return FieldSpec(table, name, **values, provenance=provenance, checks=(_check(fix),))


def _insert(specs: list[FieldSpec], spec: FieldSpec) -> None:
    later = (i for i, other in enumerate(specs) if other.position >= spec.position)
    specs.insert(next(later, len(specs)), spec)


def _in_order(specs: Iterable[FieldSpec]) -> list[FieldSpec]:
    """Positions that rise, so that a field that was put between others has its own."""
    last, ordered = 0, []
    for spec in specs:
        last = max(spec.position, last + 1)
        ordered.append(spec if spec.position == last else replace(spec, position=last))
    return ordered


def _gone(fix: Fix) -> ReadProblem | None:
    if fix.changes.get("removed"):
        return None
    did = "confirmed" if fix.confirms_only else "corrected"
    return ReadProblem(f"{fix.qualified} was {did}, but the documents no longer have it")


def _pointed_anew(table: TableSpec, renames: Mapping[tuple[str, str], str]) -> TableSpec:
    """Foreign keys that lead to a renamed field lead to its new name."""
    specs = tuple(
        replace(s, foreign_field=renames[s.foreign_table, s.foreign_field])
        if (s.foreign_table, s.foreign_field) in renames
        else s
        for s in table.fields
    )
    return replace(table, fields=specs)
