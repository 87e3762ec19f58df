"""What the grids of a document gave, table by table, before it is judged."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from caseload.model.catalog import FieldSpec, Provenance, ReadProblem
from caseload.specs.readers.confidence import RowFacts
from caseload.specs.readers.grid import Colour
from caseload.specs.readers.prose import Traits

_SINGLY = 2
_SHOWN = 5


@dataclass(slots=True)
class ReadField:
    """A field before judgement: as read, with the facts its confidence is reasoned from."""

    spec: FieldSpec
    facts: RowFacts
    traits: Traits
    shade: Colour | None


@dataclass(slots=True)
class ReadTable:
    """A table being put together."""

    name: str
    description: str
    place: Provenance
    fields: list[ReadField] = field(default_factory=list)
    named: dict[str, ReadField] = field(default_factory=dict)


@dataclass(slots=True)
class Assembled:
    """What all grids of a document gave; `orders` are tables with their stated load order."""

    tables: dict[str, ReadTable] = field(default_factory=dict)
    problems: list[ReadProblem] = field(default_factory=list)
    descriptions: dict[str, str] = field(default_factory=dict)
    orders: dict[str, int] = field(default_factory=dict)
    unsettled: list[tuple[int, tuple[str, ...]]] = field(default_factory=list)
    repeats: dict[str, list[tuple[FieldSpec, FieldSpec]]] = field(default_factory=dict)
    spelt: dict[str, str] = field(default_factory=dict)

    def add(self, read: ReadField, described: str) -> None:
        """Take a field; one that its table has already, whatever its case, is kept as a repeat."""
        spec = read.spec
        name = self._table_named(spec)
        table = self.tables.get(name)
        if table is None:
            table = self.tables[name] = ReadTable(name, described, spec.provenance)
        read.spec = spec = replace(spec, table_name=name)
        folded = spec.field_name.casefold()
        known = table.named.setdefault(folded, read)
        if known is not read:
            self.repeats.setdefault(name, []).append((known.spec, spec))
            return
        read.spec = replace(spec, position=len(table.fields) + 1)
        table.fields.append(read)

    def _table_named(self, spec: FieldSpec) -> str:
        """The table as it was first written; another case of it is told once."""
        name = self.spelt.setdefault(spec.table_name.casefold(), spec.table_name)
        if spec.table_name != name and spec.table_name not in self.spelt:
            self.spelt[spec.table_name] = name
            message = (
                f"Table {spec.table_name} differs from {name} by case only; they are taken as one"
            )
            self.problems.append(ReadProblem(message, spec.provenance))
        return name

    def tell_repeats(self) -> None:
        """Make problems of the fields listed again: one for a table that is described twice."""
        for table, pairs in self.repeats.items():
            if len(pairs) <= _SINGLY:
                self.problems += [_repeat(first, second) for first, second in pairs]
                continue
            names = ", ".join(second.field_name for _, second in pairs[:_SHOWN])
            more = f" and {len(pairs) - _SHOWN} more" if len(pairs) > _SHOWN else ""
            message = (
                f"Table {table} lists {len(pairs)} fields a second time; the first of each is kept:"
                f" {names}{more}"
            )
            self.problems.append(ReadProblem(message, pairs[0][1].provenance))


def _repeat(first: FieldSpec, second: FieldSpec) -> ReadProblem:
    if first.field_name != second.field_name:
        message = (
            f"{second.qualified} differs from {first.field_name} by case only; the first is kept"
        )
    else:
        message = f"{second.qualified} is listed a second time; the first is kept"
    one, other = _typed(first), _typed(second)
    if one != other:
        message += f" ({one} against {other})"
    return ReadProblem(message, second.provenance)


def _typed(spec: FieldSpec) -> str:
    return f"{spec.data_type} {spec.length}".strip() or "no type"
