"""Links that a document itself tells: in columns of its own, or in the prose of a description."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, auto

from caseload.model.catalog import FieldSpec, TableSpec
from caseload.model.relationship import Joined, Key, LinkKind, joined
from caseload.specs.meaning.relationships_items import Items, bare, singular

_STATED = re.compile(
    r"(?:foreign key|\bfk\b|refers?|references?|points?|links?|joins?)"
    r"(?:\s+(?:to|of|on|into|from|in|the|a|an|table|entity|record|primary|secondary))*\s+"
    r"(?P<named>[A-Za-z_][\w.]*(?:\s+[A-Za-z_]\w*){0,3})",
    re.IGNORECASE,
)


class Found(Enum):
    """How a link was found."""

    COLUMN = auto()
    PROSE = auto()
    ELEMENT = auto()
    CONCEPT = auto()
    SAME_NAME = auto()
    NAME_END = auto()
    TABLE_NAME = auto()
    TABLE_END = auto()
    WORDS = auto()
    WHOLE_KEY = auto()
    DATA = auto()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A link that may be; `said` is how it was found, in words."""

    child: str
    child_fields: tuple[str, ...]
    parent: str
    parent_fields: tuple[str, ...]
    kind: LinkKind
    found: Found
    said: str

    @property
    def at(self) -> Joined:
        """What the link joins."""
        return joined(self.child, self.child_fields, self.parent, self.parent_fields)


class Told:
    """Finds the links that the documents of one catalog tell."""

    def __init__(self, items: Items, keys: Mapping[str, Key]) -> None:
        self._keys = keys
        self._tables = items.catalog.tables
        self._by_name = {bare(name): name for name in reversed(self._tables)}
        self._by_row = {items.row_name(name): name for name in reversed(self._tables)}

    def declared(self, table: TableSpec) -> Iterator[Candidate]:
        """Links of the document's own columns, to tables that there are.

        Fields that together point at all of a parent's key are one link.
        """
        open_links: dict[str, list[Candidate]] = defaultdict(list)
        for link in (found for spec in table.fields for found in self._declared(spec)):
            key = self._keys.get(link.parent)
            width = len(key.fields) if key is not None and key.confidence == 1.0 else 1
            if width == 1 or key is None or link.parent_fields[0] not in key.fields:
                yield link
                continue
            held = open_links[link.parent]
            if any(other.parent_fields == link.parent_fields for other in held):
                yield from held
                held.clear()
            held.append(link)
            if len(held) == width:
                yield _together(held, key.fields)
                held.clear()
        for held in open_links.values():
            yield from held

    def _declared(self, spec: FieldSpec) -> Iterator[Candidate]:
        if not spec.foreign_table:
            return
        parent = self._tables.get(spec.foreign_table) or self._tables.get(
            self._by_name.get(bare(spec.foreign_table), "")
        )
        if parent is None:
            return
        field = parent.field_named(spec.foreign_field) or self._end_of(spec, parent)
        if field is None:
            return
        told = spec.foreign_table.casefold() in spec.description.casefold()
        kind, said = (
            (LinkKind.STATED, "the description says so")
            if told
            else (LinkKind.DECLARED, "the document names it as a foreign key")
        )
        found = Found.PROSE if told else Found.COLUMN
        yield single(spec, parent.name, field.field_name, kind, found, said)

    def _end_of(self, spec: FieldSpec, parent: TableSpec) -> FieldSpec | None:
        """The field that a link to a table alone means: its key, or the one of that name."""
        key = self._keys.get(parent.name)
        if key is not None and len(key.fields) == 1:
            return parent.field_named(key.fields[0])
        ends = [f for f in parent.fields if spec.field_name.endswith(f.field_name)]
        return max(ends, key=lambda f: len(f.field_name), default=None)

    def stated(self, spec: FieldSpec) -> Iterator[Candidate]:
        """A table or TABLE.FIELD that the description calls the parent."""
        if spec.foreign_table or not spec.description:
            return
        for match in _STATED.finditer(spec.description):
            parent, field = self._named_in(match["named"])
            if not parent:
                continue
            key = self._keys.get(parent)
            if not field and key is not None and len(key.fields) == 1:
                field = key.fields[0]
            if field and (parent, field) != (spec.table_name, spec.field_name):
                said = f"the description says “{match.group().strip()}”"
                yield single(spec, parent, field, LinkKind.STATED, Found.PROSE, said)
                return

    def _named_in(self, words: str) -> tuple[str, str]:
        """The table and field that a few words of prose begin with; empty where none."""
        head, _, tail = words.split(maxsplit=1)[0].rstrip(".").partition(".")
        table = self._tables.get(head) or self._tables.get(self._by_name.get(bare(head), ""))
        if table is not None and tail:
            field = table.field_named(tail)
            return table.name, field.field_name if field else ""
        pieces = words.replace(".", " ").split()
        for width in (3, 2, 1):
            for start in range(len(pieces) - width + 1):
                name = bare("".join(pieces[start : start + width]))
                found = self._by_name.get(name) or self._by_row.get(singular(name))
                if found:
                    return found, ""
        return "", ""


def _together(links: list[Candidate], key: tuple[str, ...]) -> Candidate:
    """Links of one field each as one link of all of them, in the order of the parent's key."""
    ordered = sorted(links, key=lambda link: key.index(link.parent_fields[0]))
    first = ordered[0]
    return Candidate(
        first.child,
        tuple(link.child_fields[0] for link in ordered),
        first.parent,
        key,
        first.kind,
        first.found,
        first.said,
    )


def single(
    spec: FieldSpec, parent: str, field: str, kind: LinkKind, found: Found, said: str
) -> Candidate:
    """A candidate of one field."""
    return Candidate(spec.table_name, (spec.field_name,), parent, (field,), kind, found, said)
