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

_NAME = r"[A-Za-z_]\w*"
_KEY_TO = re.compile(
    r"(?:foreign key|\bfk\b)\s+(?:to|of|on|into|in|references|referencing|for)\s+"
    rf"(?P<named>{_NAME}(?:[.\s]+{_NAME}){{0,6}})",
    re.IGNORECASE,
)
_LEADS_TO = re.compile(
    r"\b(?:(?:refers?|points?|links?|joins?) to|references?)"
    rf"\s+(?:the\s+)?(?:table\s+)?(?P<named>{_NAME}(?:\.{_NAME})?)",
    re.IGNORECASE,
)
_ENDS_PHRASE = frozenset(
    (
        *("that", "which", "who", "whom", "whose", "where", "when", "if", "for", "in", "by"),
        *("with", "and", "or", "is", "are", "was", "table", "record", "entity", "row", "id"),
        *("number", "code", "key", "file"),
    )
)
_LEADS_PHRASE = frozenset(("the", "a", "an", "table"))


class Found(Enum):
    """How a link was found."""

    COLUMN = auto()
    PROSE = auto()
    SPOKEN = auto()
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
        """A table, TABLE.FIELD or FIELD of TABLE that the description calls the parent."""
        if spec.foreign_table or not spec.description:
            return
        for pattern, loosely in ((_KEY_TO, True), (_LEADS_TO, False)):
            for match in pattern.finditer(spec.description):
                parent, field, found = self._named_in(match["named"], loosely=loosely)
                key = self._keys.get(parent)
                if parent and not field and key is not None and len(key.fields) == 1:
                    field = key.fields[0]
                if field and (parent, field) != (spec.table_name, spec.field_name):
                    told = " ".join(match.group().split())
                    said = f"the description says “{told}”"
                    yield single(spec, parent, field, LinkKind.STATED, found, said)
                    return

    def _named_in(self, words: str, *, loosely: bool) -> tuple[str, str, Found]:
        """The table and field that a few words of prose name; empty where they name none.

        `loosely`: the words may also say what one row is called, as in "the second Payer".
        """
        pieces = words.replace(".", " ").split()
        while pieces and pieces[0].lower() in _LEADS_PHRASE:
            pieces.pop(0)
        if len(pieces) >= 3 and pieces[1].lower() in ("of", "in"):
            pieces = [pieces[2], pieces[0]]
        table = self._tables.get(pieces[0]) if pieces else None
        if table is not None:
            field = table.field_named(pieces[1]) if len(pieces) > 1 else None
            return table.name, field.field_name if field else "", Found.PROSE
        if not loosely:
            return "", "", Found.PROSE
        phrase: list[str] = []
        for word in pieces:
            if word.lower() in _ENDS_PHRASE:
                break
            phrase.append(word)
        for start in range(len(phrase)):
            name = bare("".join(phrase[start:]))
            found = self._by_name.get(name) or self._by_row.get(singular(name))
            if found:
                return found, "", Found.SPOKEN
        return "", "", Found.PROSE


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
