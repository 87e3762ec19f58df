"""Which rows a table has: a frame's, a parent table's, a live table's, or a few of its own."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field

import numpy as np

from caseload.mockdata.frames import Bytes, Frame, Ints
from caseload.mockdata.lists import CodeBook
from caseload.mockdata.maker import spread
from caseload.mockdata.streams import Streams
from caseload.model.catalog import Catalog, FieldSpec, Side
from caseload.model.relationship import Relationship
from caseload.specs.meaning import CatalogMeaning, FieldMeaning
from caseload.specs.meaning.types import DATES

SECOND_TABLES = 2000  # most rows of a table that is not its entity's own
OTHER_TABLES = 400  # most rows of a table of no entity
OWN_ROWS = 8  # rows of a table that hangs on nothing


@dataclass(slots=True)
class Table:
    """One table being filled.

    `context` gives for each row its row in each frame it belongs to (-1: none); `base` is
    the frame whose rows these are, or "".  `copied` is the live table and its rows; `sure`
    the fields whose values are facts of the cohort.
    """

    name: str
    fields: tuple[FieldSpec, ...]
    rows: int
    base: str = ""
    context: dict[str, Ints] = field(default_factory=dict)
    copied: tuple[Table, Ints] | None = None
    columns: dict[str, Bytes] = field(default_factory=dict)
    wanted: dict[str, np.ndarray] = field(default_factory=dict)
    meant: dict[str, Ints] = field(default_factory=dict)
    changed: set[str] = field(default_factory=set)
    sure: set[str] = field(default_factory=set)
    _places: Ints | None = None

    def places(self, frames: dict[str, Frame]) -> Ints:
        """For each row of the base frame its row in this table, or -1."""
        if self._places is None:
            self._places = np.full(frames[self.base].rows, -1, dtype=np.int64)
            self._places[self.context[self.base]] = np.arange(self.rows)
        return self._places

    def keep(self, mask: np.ndarray) -> None:
        """Drop the rows outside `mask`."""
        self.rows = int(mask.sum())
        self.context = {name: rows[mask] for name, rows in self.context.items()}
        self.columns = {name: values[mask] for name, values in self.columns.items()}
        self.wanted = {name: values[mask] for name, values in self.wanted.items()}
        self.meant = {name: values[mask] for name, values in self.meant.items()}
        if self.copied:
            self.copied = (self.copied[0], self.copied[1][mask])
        self._places = None


class Planner:
    """Says which rows each table of one catalog has."""

    def __init__(
        self,
        catalog: Catalog,
        meaning: CatalogMeaning,
        frames: dict[str, Frame],
        codes: CodeBook,
        streams: Streams,
    ) -> None:
        self._catalog, self._meaning = catalog, meaning
        self._frames, self._codes, self._streams = frames, codes, streams
        self.links: dict[str, list[Relationship]] = defaultdict(list)
        for link in meaning.relationships:
            if link.child in catalog.tables and link.parent in catalog.tables and self._alike(link):
                self.links[link.child].append(link)
        self._alone = {
            concept: frame.name
            for frame in frames.values()
            if "code" in frame.facts or len(frame.keys) == 1
            for concept in frame.keys
        }
        self._needed: dict[str, set[str]] = {}
        self._primary = self._primaries()
        self._asked = self._what_children_hold()

    def _alike(self, link: Relationship) -> bool:
        """False for a link between a date in one form and a date in another."""
        forms = [
            (
                self._of(link.child, child).representation,
                self._of(link.parent, parent).representation,
            )
            for child, parent in zip(link.child_fields, link.parent_fields, strict=True)
        ]
        return all(a is b or not {a, b} & DATES for a, b in forms)

    def key(self, table: str) -> tuple[str, ...]:
        """The key fields of a table."""
        found = self._meaning.keys.get(table)
        return found.fields if found else ()

    def order(self) -> list[str]:
        """Tables, parents before children, live tables before their twins.

        Where links go round in a circle, a table never goes before what its key needs.
        """
        done: dict[str, None] = {}
        open_: set[str] = set()
        for table in self._catalog.tables:
            stack = [table]
            while stack:
                name = stack[-1]
                if name in done:
                    stack.pop()
                    continue
                open_.add(name)
                following = next(
                    (
                        w
                        for w in self._before(name)
                        if w not in done and w not in open_ and not self._needs(w) & open_
                    ),
                    None,
                )
                if following is None:
                    done[name] = None
                    open_.discard(name)
                    stack.pop()
                else:
                    stack.append(following)
        return list(done)

    def _before(self, table: str) -> list[str]:
        """What a table waits for, what its key needs first."""
        found = self._key_parents(table)
        return found + [r.parent for r in self.links[table] if r.parent not in (table, *found)]

    def _key_parents(self, table: str) -> list[str]:
        live = self._meaning.tables[table].live_table
        own = [live] if live in self._catalog.tables and live != table else []
        key = set(self.key(table))
        links = sorted(self.links[table], key=lambda r: r.parent)
        return own + [
            r.parent for r in links if set(r.child_fields) <= key and r.parent not in (table, live)
        ]

    def _needs(self, table: str) -> set[str]:
        """Every table that the key of `table` rests on, directly or not."""
        found = self._needed.get(table)
        if found is None:
            found = self._needed[table] = set()
            for parent in self._key_parents(table):
                found |= {parent} | self._needs(parent)
        return found

    def _primaries(self) -> dict[str, str]:
        best: dict[str, tuple[float, str]] = {}
        for name, table in self._catalog.tables.items():
            meaning = self._meaning.tables[name]
            if meaning.live_table in self._catalog.tables:
                continue
            score = meaning.confidence * (5 + len(table.fields))
            if score > best.get(meaning.entity, (0.0, ""))[0]:
                best[meaning.entity] = (score, name)
        return {entity: name for entity, (_, name) in best.items()}

    def primary(self, entity: str) -> str:
        """The table that is the entity's own, or ""."""
        return self._primary.get(entity, "")

    def _what_children_hold(self) -> dict[str, str]:
        """For tables with a key of one field: the code list or frame most children draw on."""
        votes: dict[str, Counter[str]] = defaultdict(Counter)
        for links in self.links.values():
            for link in links:
                if len(link.child_fields) != 1 or self.key(link.parent) != link.parent_fields:
                    continue
                held = self._meaning.fields[link.child, link.child_fields[0]]
                if held.code_list and self._codes.get(held.code_list) is not None:
                    votes[link.parent][f"list:{held.code_list}"] += 1
                elif held.known and held.concept in self._alone:
                    votes[link.parent][self._alone[held.concept]] += 1
        return {table: count.most_common(1)[0][0] for table, count in votes.items()}

    def table(self, name: str, built: dict[str, Table]) -> Table:
        """The table with its rows and context, without values yet."""
        fields = self._catalog.tables[name].fields
        meaning = self._meaning.tables[name]
        rng = self._streams.rng("plan", self._catalog.side.value, name)
        live = built.get(meaning.live_table) if meaning.live_table != name else None
        if live is not None and live.rows and self._catalog.side is Side.SOURCE:
            return self._twin(name, fields, live, rng)
        base = self._base(name)
        if base:
            frame = self._frames[base]
            most = frame.rows
            if "code" not in frame.facts and self._primary.get(base) != name:
                most = SECOND_TABLES
            rows = spread(min(most, frame.rows), frame.rows, rng)
            return Table(name, fields, len(rows), base, self._context(base, rows))
        anchor = self._anchor(name, built)
        if anchor is not None:
            return self._hanging(name, fields, anchor, built[anchor.parent], rng)
        return Table(name, fields, OWN_ROWS)

    def _twin(
        self, name: str, fields: tuple[FieldSpec, ...], live: Table, rng: np.random.Generator
    ) -> Table:
        rows = spread(min(OTHER_TABLES, live.rows), live.rows, rng)
        context = {frame: held[rows] for frame, held in live.context.items()}
        return Table(name, fields, len(rows), "", context, (live, rows))

    def _base(self, name: str) -> str:
        """The frame whose rows the table has: by its key where that says it, else its entity."""
        key = self.key(name)
        meaning = self._meaning.tables[name]
        entity = meaning.entity if meaning.entity in self._frames else ""
        listed = "code" in self._frames[entity].facts if entity else False
        first = self._of(name, key[0]) if len(key) == 1 else None
        if first is not None and not (entity and first.concept in self._frames[entity].keys):
            if first.known and self._codes.get(first.code_list) is not None:
                return self._list_frame(first.code_list, first.concept)
            alone = self._alone.get(first.concept, "") if first.known else ""
            asked = self._asked.get(name, "")
            if alone and ("code" in self._frames[alone].facts or not entity):
                return alone
            if asked.startswith("list:"):
                return self._list_frame(asked[5:], first.concept)
            if asked and "code" in self._frames[asked].facts and (not entity or listed):
                return asked
        return entity if listed or meaning.standing != "master" else ""

    def _of(self, table: str, name: str) -> FieldMeaning:
        return self._meaning.fields[table, name]

    def _list_frame(self, code_list: str, concept: str) -> str:
        """A frame of the codes of one list, for the table that lists them."""
        name = f"list:{code_list}"
        if name not in self._frames:
            held = self._codes.named(code_list)
            frame = Frame(name, len(held.sources), keys=(concept,))
            codes = np.array([s.encode() for s in held.sources], dtype="S")
            words = np.array([d.encode() for d in held.descriptions], dtype="S")
            targets = np.array([held.targets[m].encode() for m in held.meaning_of], dtype="S")
            frame.text("code", codes)
            frame.text(concept, codes)
            frame.text("national_code", targets)
            for fact in ("description", "name", "short_name"):
                frame.text(fact, words)
            self._frames[name] = frame
        return name

    def _context(self, base: str, rows: Ints) -> dict[str, Ints]:
        """The rows of every frame that these rows of `base` belong to, nearest link first."""
        found = {base: rows}
        queue = [base]
        while queue:
            name = queue.pop(0)
            for other, link in self._frames[name].links.items():
                if other in found or other not in self._frames:
                    continue
                mine = found[name]
                followed = np.where(mine >= 0, link[np.maximum(mine, 0)], -1) if len(link) else mine
                found[other] = followed.astype(np.int64)
                queue.append(other)
        return found

    def _anchor(self, name: str, built: dict[str, Table]) -> Relationship | None:
        """The link to the table whose rows this one's belong to."""
        key = set(self.key(name))
        best: tuple[float, Relationship] | None = None
        for link in self.links[name]:
            parent = built.get(link.parent)
            if parent is None or parent.name == name or not parent.rows:
                continue
            activity = "patient" in parent.context
            inside = bool(key) and set(link.child_fields) <= key
            if not activity and not inside:
                continue
            score = 10.0 * inside + 3.0 * activity + len(link.child_fields)
            score += 0.5 * (activity and parent.base != "patient") + 0.1 * link.confidence
            if best is None or score > best[0]:
                best = (score, link)
        return best[1] if best else None

    def _hanging(
        self,
        name: str,
        fields: tuple[FieldSpec, ...],
        link: Relationship,
        parent: Table,
        rng: np.random.Generator,
    ) -> Table:
        chosen = spread(min(OTHER_TABLES, parent.rows), parent.rows, rng)
        more = set(self.key(name)) - set(link.child_fields)
        if more:
            chosen = np.repeat(chosen, 1 + (rng.random(len(chosen)) < 0.25))
        context = {frame: held[chosen] for frame, held in parent.context.items()}
        table = Table(name, fields, len(chosen), "", context)
        table.meant.update(dict.fromkeys(link.child_fields, chosen))
        return table
