"""What may leave a document's reading: names fit to be shown and used, and no more than a lot.

Every reader's result passes here, in the child process, so that no reader need think of it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from caseload.model.catalog import FieldSpec, Provenance, ReadProblem, TableSpec
from caseload.model.errors import BadInput
from caseload.specs.readers.grid import Reading
from caseload.specs.readers.names import clean_cell

MOST_TABLES = 50_000
MOST_FIELDS = 500_000
MOST_CHARACTERS = 100_000_000
MOST_PROBLEMS = 2_000
LONGEST_NAME = 256
LONGEST_TEXT = 20_000
MOST_VALUES = 5_000

_NAMES = ("raw_field_name", "foreign_table", "foreign_field")
_TEXTS = ("data_type", "length", "data_element", "logical_delete_flag", "released_at", "format",
          "code_type", "condition", "loaded_to", "description")  # fmt: skip


def bounded(reading: Reading) -> Reading:
    """The reading with clean names and bounded texts; what was cut or dropped is a problem.

    Tables whose names differ in case only are one table, as everything that takes a catalog
    compares names without case; of two such fields the first is kept.

    Raises:
        BadInput: there are more tables, fields or characters than a dictionary holds.
    """
    return _Bounds(reading).result()


@dataclass(slots=True)
class _Table:
    spec: TableSpec
    fields: list[FieldSpec] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)


class _Bounds:
    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._name = reading.document.name
        self._problems = list(reading.problems)
        self._tables: dict[str, _Table] = {}
        self._fields = 0
        self._characters = 0

    def result(self) -> Reading:
        for table in self._reading.tables:
            name = self._shown(table.name, "table", table.provenance)
            if name:
                self._take(name, table)
        tables = [replace(held.spec, fields=tuple(held.fields)) for held in self._tables.values()]
        descriptions = {
            name: self._text(said, f"The description of {name}", Provenance(self._name))
            for raw, said in self._reading.descriptions.items()
            if (name := _clean_name(raw)) and len(name) <= LONGEST_NAME
        }
        return Reading(self._reading.document, tables, self._kept_problems(), descriptions)

    def _take(self, name: str, table: TableSpec) -> None:
        held = self._tables.get(name.casefold())
        if held is None:
            if len(self._tables) >= MOST_TABLES:
                raise self._too_much("tables")
            self._look_alike(name, "table", "", table.provenance)
            said = self._text(table.description, f"The description of {name}", table.provenance)
            spec = replace(table, name=name, description=said, fields=())
            held = self._tables[name.casefold()] = _Table(spec)
        elif held.spec.name != name:
            message = f"Tables {held.spec.name} and {name} differ in case only; they count as one"
            self._problems.append(ReadProblem(message, table.provenance))
        for one in table.fields:
            self._add(held, one)

    def _add(self, held: _Table, spec: FieldSpec) -> None:
        name = self._shown(spec.field_name, f"field of {held.spec.name}", spec.provenance)
        if not name:
            return
        first = held.names.setdefault(name.casefold(), name)
        if first != name or len(held.names) == len(held.fields):
            message = f"{held.spec.name}.{name} is listed a second time; the first is kept"
            if first != name:
                message = (
                    f"{held.spec.name}.{name} differs from {first} in case only; the first is kept"
                )
            self._problems.append(ReadProblem(message, spec.provenance))
            return
        self._fields += 1
        if self._fields > MOST_FIELDS:
            raise self._too_much("fields")
        self._look_alike(name, "field", held.spec.name, spec.provenance)
        position = spec.position if held.spec.name == spec.table_name else len(held.fields) + 1
        changed: dict[str, Any] = {"table_name": held.spec.name, "field_name": name}
        if position != spec.position:
            changed["position"] = position
        changed |= {key: _clean_name(getattr(spec, key))[:LONGEST_NAME] for key in _NAMES}
        for key in _TEXTS:
            what = f"The {key.replace('_', ' ')} of {held.spec.name}.{name}"
            changed[key] = self._text(getattr(spec, key), what, spec.provenance)
        changed["allowed_values"] = self._values(spec, f"{held.spec.name}.{name}")
        changed = {key: value for key, value in changed.items() if value != getattr(spec, key)}
        held.fields.append(replace(spec, **changed) if changed else spec)

    def _values(self, spec: FieldSpec, qualified: str) -> tuple[str, ...]:
        values = spec.allowed_values
        if len(values) > MOST_VALUES:
            message = f"{qualified} allows {len(values):,} values; the first {MOST_VALUES:,} count"
            self._problems.append(ReadProblem(message, spec.provenance))
            values = values[:MOST_VALUES]
        kept = tuple(clean_cell(value)[:LONGEST_NAME] for value in values)
        self._count(kept)
        return kept

    def _text(self, text: str, what: str, place: Provenance) -> str:
        if len(text) > LONGEST_TEXT:
            message = f"{what} has {len(text):,} characters; the first {LONGEST_TEXT:,} are kept"
            self._problems.append(ReadProblem(message, place))
            text = text[:LONGEST_TEXT]
        self._count((text,))
        return text if text.isascii() and text.isprintable() else clean_cell(text)

    def _count(self, texts: Iterable[str]) -> None:
        self._characters += sum(map(len, texts))
        if self._characters > MOST_CHARACTERS:
            raise self._too_much("characters")

    def _shown(self, name: str, what: str, place: Provenance) -> str:
        """A name as it can be shown and used; "" and a problem when it is none."""
        clean = _clean_name(name)
        if not clean:
            message = f"The name of a {what} has nothing that can be seen; it was left out"
        elif len(clean) > LONGEST_NAME:
            message = (
                f"A {what} has a name of {len(clean):,} characters, {clean[:40]}…;"
                f" at most {LONGEST_NAME} are taken for a name"
            )
        else:
            return clean
        self._problems.append(ReadProblem(message, place))
        return ""

    def _look_alike(self, name: str, what: str, table: str, place: Provenance) -> None:
        """Say of a name that mixes alphabets, or looks like another, that eyes cannot tell."""
        if name.isascii():
            return
        scripts = {unicodedata.name(c, "?").split(" ", 1)[0] for c in name if c.isalpha()}
        if len(scripts & {"LATIN", "CYRILLIC", "GREEK", "FULLWIDTH"}) > 1:
            of = f" of {table}" if table else ""
            mixed = " and ".join(sorted(scripts))
            message = f"The name of {what} {name}{of} mixes letters that look alike ({mixed})"
            self._problems.append(ReadProblem(message, place))

    def _kept_problems(self) -> list[ReadProblem]:
        kept = [
            ReadProblem(
                clean_cell(p.message[:500]),
                replace(p.provenance, sheet=clean_cell(p.provenance.sheet[:200])),
            )
            for p in self._problems[:MOST_PROBLEMS]
        ]
        more = len(self._problems) - len(kept)
        if more > 0:
            kept.append(ReadProblem(f"{more:,} more problems are not listed",
                                    Provenance(self._name)))  # fmt: skip
        return kept

    def _too_much(self, what: str) -> BadInput:
        most = {"tables": MOST_TABLES, "fields": MOST_FIELDS, "characters": MOST_CHARACTERS}[what]
        return BadInput(
            f"The document has more than {most:,} {what}, far more than a dictionary holds",
            where=self._name,
            remedy="Check that it is a data dictionary and not data",
        )


def _clean_name(name: str) -> str:
    """A name on one line, composed, without control, direction and zero-width marks."""
    if name.isascii() and name.isprintable():
        return name.strip()
    composed = unicodedata.normalize("NFC", clean_cell(name))
    seen = "".join(c for c in composed if c.isspace() or unicodedata.category(c)[0] != "C")
    return " ".join(seen.split())
