"""Several documents of one side to one catalog, and people's corrections on top of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from caseload.model import correction
from caseload.model.catalog import Catalog, Check, FieldSpec, ReadProblem, Side, TableSpec
from caseload.model.correction import Fix
from caseload.model.errors import BadInput
from caseload.specs.readers.confidence import score
from caseload.specs.readers.grid import Reading

_COMPARED = (
    "data_type",
    "length",
    "data_element",
    "logical_delete_flag",
    "released_at",
    "description",
    "format",
    "code_type",
    "foreign_table",
    "foreign_field",
)
_NAMES = ("foreign_table", "foreign_field", "data_type")
_IN_WORDS = {"length": "length", "data_type": "data type", "data_element": "data element"}


def merged(side: Side, readings: Sequence[Reading]) -> Catalog:
    """One catalog; the document with the most fields leads, the others complete it.

    Where two documents say different things of a field the leading one's word stands and
    the difference is a problem.

    Raises:
        BadInput: the documents of this side hold no field.
    """
    ranked = sorted(readings, key=lambda r: -sum(len(t.fields) for t in r.tables))
    tables: dict[str, TableSpec] = {}
    problems: list[ReadProblem] = []
    for reading in ranked:
        problems += reading.problems
        for table in reading.tables:
            known = _known(tables, table.name)
            tables[known or table.name] = (
                _united(tables[known], table, problems) if known else table
            )
    if not any(table.fields for table in tables.values()):
        names = ", ".join(reading.document.name for reading in readings)
        raise BadInput(
            f"The {side.value} documents list tables but no fields",
            where=names,
            remedy="Add the document that lists the fields",
        )
    for reading in ranked:
        for name, description in reading.descriptions.items():
            known = _known(tables, name)
            if known and not tables[known].description:
                tables[known] = replace(tables[known], description=description)
    return Catalog(side, tables, tuple(r.document for r in readings), tuple(problems))


def _known(tables: Mapping[str, TableSpec], name: str) -> str:
    if name in tables:
        return name
    return next((known for known in tables if known.casefold() == name.casefold()), "")


def _united(lead: TableSpec, other: TableSpec, problems: list[ReadProblem]) -> TableSpec:
    """The leading table, completed and checked by another document's account of it."""
    others = {spec.field_name.casefold(): spec for spec in other.fields}
    specs = []
    for spec in lead.fields:
        twin = others.pop(spec.field_name.casefold(), None)
        specs.append(spec if twin is None else _checked(spec, twin, problems))
    for spec in others.values():
        message = f"{spec.qualified} stands only in {spec.provenance.document}; it was added"
        problems.append(ReadProblem(message, spec.provenance))
        specs.append(replace(spec, table_name=lead.name, position=len(specs) + 1))
    described = lead.description or other.description
    return replace(lead, fields=tuple(specs), description=described)


def _checked(spec: FieldSpec, twin: FieldSpec, problems: list[ReadProblem]) -> FieldSpec:
    differing = []
    filled: dict[str, Any] = {}
    for name in _COMPARED:
        ours, theirs = getattr(spec, name), getattr(twin, name)
        if theirs and not ours:
            filled[name] = theirs
        elif theirs and _compared(name, ours) != _compared(name, theirs):
            differing.append(name)
            said = _IN_WORDS.get(name, name.replace("_", " "))
            problems.append(
                ReadProblem(
                    f"{spec.qualified}: {said} is {_short(ours)} in {spec.provenance.document}"
                    f" but {_short(theirs)} in {twin.provenance.document}",
                    twin.provenance,
                )
            )
    note = ", ".join(differing) or twin.provenance.document
    checks = (*spec.checks, Check("documents agree", not differing, note))
    return replace(spec, **filled, checks=checks, confidence=score(checks))


def _compared(name: str, text: str) -> str:
    """What a fact says, without white space; names also without case, as databases have them."""
    said = " ".join(text.split())
    return said.casefold() if name in _NAMES else said


def _short(text: str) -> str:
    text = " ".join(text.split())
    return f'"{text[:40]}\u2026"' if len(text) > 40 else f'"{text}"'


def corrected(catalog: Catalog, corrections: Iterable[Mapping[str, Any]]) -> Catalog:
    """The catalog with people's corrections; one whose field is gone becomes a problem.

    A correction is {side, table, field, changes, by, why}; see `caseload.model.correction`.

    Raises:
        BadInput: a correction changes what a field does not have.
    """
    fixes = [
        Fix(
            str(given["table"]),
            str(given["field"]),
            dict(given.get("changes", {})),
            str(given.get("by", "")),
            str(given.get("why", "")),
        )
        for given in corrections
        if given.get("side") == catalog.side.value
    ]
    return correction.corrected(catalog, fixes)
