"""What the Schemas page shows and asks, without a window: views of two catalogs, in words.

The page keeps one `SchemasPresenter`.  Its state changes on the main thread; `loader`,
`fetcher` and the others give calls that a worker thread makes, each bound to what was asked
for at that moment.  Commands are in `schemas_commands`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from caseload.gui import words
from caseload.gui.pages.schemas_filter import Filter
from caseload.gui.pages.schemas_words import DOUBTFUL, TREE_ORDERS
from caseload.model.catalog import FieldSpec, Provenance, Side
from caseload.model.schema_views import CorrectionEvent, ProblemRow, SheetRows, SpecDocument
from caseload.model.stage import Stage
from caseload.model.views import FieldQuery, FieldRow, Page, PagePicture, TableSummary

_EVERY = 1_000_000


@dataclass(frozen=True, slots=True)
class Reading:
    """Both catalogs in outline: tables, what could not be read, from which documents, when."""

    tables: Mapping[Side, tuple[TableSummary, ...]] = field(default_factory=dict)
    problems: Mapping[Side, tuple[ProblemRow, ...]] = field(default_factory=dict)
    documents: tuple[SpecDocument, ...] = ()
    paged: Mapping[Side, bool] = field(default_factory=dict)
    read_at: datetime | None = None
    redo: str = ""
    versions: Mapping[Side, int] = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        """True when neither side has a table or a problem."""
        return not any(self.tables.values()) and not any(self.problems.values())


@dataclass(frozen=True, slots=True)
class Around:
    """What the inspector tells of a field beside itself."""

    events: tuple[CorrectionEvent, ...] = ()
    problems: tuple[ProblemRow, ...] = ()
    relations: tuple[str, ...] = ()


class SchemasPresenter:
    """Which side, table and fields are shown, and in which order."""

    def __init__(self, session: Any) -> None:
        self._session = session
        self.reading = Reading()
        self.side = Side.TARGET
        self.filter = Filter()
        self.sort = "confidence"
        self.descending = False
        self.matches: Mapping[str, int] | None = None
        self.tree_order = "document"
        self.by_domain = False
        self.why = ""
        self._chosen: dict[Side, str | None] = {Side.SOURCE: None, Side.TARGET: None}
        self._before_search: str | None = None

    # What is there

    def loader(self) -> Callable[[], Reading]:
        """A call that reads both catalogs in outline."""
        session = self._session

        def load() -> Reading:
            from caseload.services import overview, schema_documents, schemas, undo

            tables = {side: tuple(schemas.tables(session, side)) for side in Side}
            firsts = {side: _first_field(session, side) for side in Side if tables[side]}
            states = overview.stage_states(session)
            read = next((s for s in states if s.stage is Stage.EXTRACT_SPECS), None)
            return Reading(
                tables=tables,
                problems={side: schemas.problem_rows(session, side) for side in Side},
                documents=schema_documents.documents(session),
                paged={s: f.provenance.page is not None for s, f in firsts.items() if f},
                read_at=read.ended_at if read else None,
                redo=undo.redo_label(session),
                versions=schema_documents.version_counts(session),
            )

        return load

    def take(self, reading: Reading) -> None:
        """Keep what was read; a side without tables gives way to the other."""
        self.reading = reading
        if not reading.tables.get(self.side) and reading.tables.get(self.other_side):
            self.side = self.other_side
        for side in Side:
            names = {"", *(table.name for table in reading.tables.get(side, ()))}
            chosen = self._chosen[side]
            if chosen is None or chosen not in names:
                self._chosen[side] = _first_table(reading.tables.get(side, ()))

    @property
    def other_side(self) -> Side:
        """The side that is not shown."""
        return Side.SOURCE if self.side is Side.TARGET else Side.TARGET

    @property
    def table(self) -> str:
        """The chosen table, or "" for all."""
        return self._chosen[self.side] or ""

    @property
    def text(self) -> str:
        """The words that are searched."""
        return self.filter.text

    def choose_table(self, name: str) -> None:
        """Show a table's fields, or all ("")."""
        self._chosen[self.side] = name

    def choose_side(self, side: Side) -> None:
        """Show the other system; a filter goes on there."""
        self.side = side
        if self.filter.narrow:
            self._chosen[side] = ""
        self.matches = None

    def search(self, text: str) -> None:
        """Search names, descriptions and formats: in all tables until one is chosen again."""
        self.narrow(replace(self.filter, text=text))

    def narrow(self, wanted: Filter) -> None:
        """Filter otherwise; the first filter looks in all tables, the last comes back."""
        before, self.filter = self.filter, wanted
        if wanted.narrow and not before.narrow:
            self._before_search = self.table
            self._chosen[self.side] = ""
        if before.narrow and not wanted.narrow and self.table == "" and self._before_search:
            self._chosen[self.side] = self._before_search
        self.matches = None

    def clear(self) -> None:
        """Take all filters off."""
        self.narrow(Filter())

    def least_certain(self, *, on: bool) -> None:
        """Sort by certainty, or as the document has it."""
        self.sort, self.descending = ("confidence", False) if on else ("position", False)

    @property
    def is_least_certain(self) -> bool:
        """True while the least certain fields come first."""
        return self.sort == "confidence" and not self.descending

    @property
    def writable(self) -> bool:
        """True when corrections can be kept."""
        return not self._session.read_only

    @property
    def actor(self) -> str:
        """Whose corrections they are."""
        return str(getattr(self._session, "actor", ""))

    # What is asked

    def query(self) -> FieldQuery:
        """The fields that the table shows."""
        return self.filter.query(self.side, self.table, self.sort, descending=self.descending)

    def fetcher(self) -> Callable[[int, int], Page[FieldRow]]:
        """A call that gives rows of the present query."""
        session, query = self._session, self.query()

        def fetch(offset: int, limit: int) -> Page[FieldRow]:
            from caseload.services import schemas

            return schemas.fields(session, replace(query, offset=offset, limit=limit))

        return fetch

    def rows_of(self, names: Sequence[str]) -> Callable[[], tuple[FieldRow, ...]]:
        """A call that gives the rows of fields by their qualified names."""
        session, side = self._session, self.side
        among = frozenset((t, f) for t, _, f in (name.partition(".") for name in names))

        def ask() -> tuple[FieldRow, ...]:
            from caseload.services import schemas

            return tuple(schemas.matching(session, FieldQuery(side, among=among)))

        return ask

    def match_counter(self) -> Callable[[], Mapping[str, int]]:
        """A call that counts the fields that match, by table."""
        session, query = self._session, replace(self.query(), table="", limit=_EVERY)

        def count() -> Mapping[str, int]:
            from caseload.services import schemas

            return schemas.counts_by_table(session, query)

        return count

    def changed_names(self) -> Callable[[], frozenset[tuple[str, str]]]:
        """A call that gives the fields which the newest version changed."""
        session, side = self._session, self.side

        def ask() -> frozenset[tuple[str, str]]:
            from caseload.services import schema_documents

            return schema_documents.changed_names(session, side)

        return ask

    def picture(self, place: Provenance, width: int) -> Callable[[], PagePicture | None]:
        """A call that draws the page of a place, or gives None without one."""
        session = self._session
        spec = FieldSpec("", "", 0, provenance=place)

        def draw() -> PagePicture | None:
            from caseload.services import schemas

            return schemas.page_picture(session, spec, width)

        return draw

    def rows_around(self, place: Provenance) -> Callable[[], SheetRows | None]:
        """A call that gives the rows of the sheet around a place, or None without any."""
        session = self._session

        def ask() -> SheetRows | None:
            from caseload.services import sheet_rows

            return sheet_rows.around(session, place)

        return ask

    def around(self, row: FieldRow) -> Callable[[], Around]:
        """A call that gives what else there is to tell of a field."""
        session, side, spec = self._session, self.side, row.spec

        def ask() -> Around:
            from caseload.services import schema_documents, schemas

            found = schemas.problem_rows(session, side)
            return Around(
                schemas.history(session, side, spec.table_name, spec.field_name),
                tuple(
                    p
                    for p in found
                    if (p.table, p.field) == (spec.table_name, spec.field_name) and not p.settled_at
                ),
                schema_documents.relations_of(session, side, spec),
            )

        return ask

    # What is said

    def sub(self) -> str:
        """The secondary words of the page."""
        names = [d.name for d in self.reading.documents if d.side is self.side]
        if self.reading.empty:
            return "No catalogs yet"
        if not self.reading.tables.get(self.side):
            return "No catalog on this side yet"
        said = names[0] if names else "as read"
        if len(names) > 1:
            said = f"{said} and {len(names) - 1} more"
        read = self.reading.read_at
        return f"{said}, read {words.moment(read)}" if read else said

    def side_words(self, side: Side) -> str:
        """A side with its count of tables, for the switch."""
        name = "Source" if side is Side.SOURCE else "Target"
        return f"{name} {words.number(len(self.reading.tables.get(side, ())))}"

    def tab_words(self, key: str) -> str:
        """A tab with its count."""
        if key == "fields":
            return f"Fields {words.number(self.counts()[0])}"
        if key == "problems":
            count = len(self.problems())
            return f"Problems {words.number(count)}" if count else "Problems"
        count = self.reading.versions.get(self.side, 0)
        return f"Versions {words.number(count)}" if count else "Versions"

    def group_title(self) -> str:
        """What the tree calls the tables of the side."""
        return "Source tables" if self.side is Side.SOURCE else "Load tables"

    def tables(self) -> tuple[TableSummary, ...]:
        """The tables of the tree in its order; under a filter those in which something matches."""
        tables = self.reading.tables.get(self.side, ())
        if self.filter.narrow:
            found = self.matches or {}
            wanted = self.filter.text.casefold()
            only_text = self.filter == Filter(text=self.filter.text)
            tables = tuple(
                t for t in tables if t.name in found or (only_text and wanted in t.name.casefold())
            )
        key = TREE_ORDERS[self.tree_order][1]
        return tuple(sorted(tables, key=key)) if key else tables

    @property
    def has_domains(self) -> bool:
        """True when tables are known to belong to domains."""
        return any(t.domain for t in self.reading.tables.get(self.side, ()))

    def groups(self) -> tuple[tuple[str, tuple[TableSummary, ...]], ...]:
        """The tables of the tree in groups: all in one, or one a domain."""
        tables = self.tables()
        if not (self.by_domain and self.has_domains):
            return ((self.group_title(), tables),)
        groups: dict[str, list[TableSummary]] = {}
        for table in tables:
            groups.setdefault(table.domain or "No domain", []).append(table)
        return tuple((name, tuple(groups[name])) for name in sorted(groups, key=str.casefold))

    def problems(self) -> tuple[ProblemRow, ...]:
        """What could not be read of the side and nobody settled."""
        return tuple(p for p in self.reading.problems.get(self.side, ()) if not p.settled_at)

    def settled(self) -> tuple[ProblemRow, ...]:
        """What a person said is no problem."""
        return tuple(p for p in self.reading.problems.get(self.side, ()) if p.settled_at)

    def counts(self) -> tuple[int, int]:
        """Fields and doubtful fields of the side."""
        tables = self.reading.tables.get(self.side, ())
        return sum(t.fields for t in tables), sum(t.doubtful for t in tables)

    def found_words(self, found: int, titles: Mapping[str, str]) -> str:
        """How many fields a filter leaves, and which: "26 of 881 fields: below 0.90"."""
        every = words.plural(self.counts()[0], "field")
        if not self.filter.narrow:
            return every
        here = f" in {self.table}" if self.table else ""
        return f"{words.number(found)} of {every}{here}: {self.filter.words(titles)}"

    def next_doubtful_table(self) -> str:
        """The first table after the chosen one, round the end, that has a doubtful field."""
        tables = self.tables()
        names = [t.name for t in tables]
        start = names.index(self.table) + 1 if self.table in names else 0
        for table in (*tables[start:], *tables[:start]):
            if table.doubtful and table.name != self.table:
                return table.name
        return ""

    @staticmethod
    def is_doubtful(row: FieldRow) -> bool:
        """True for what is worth a look."""
        return row.spec.confidence < DOUBTFUL


def _first_field(session: Any, side: Side) -> FieldSpec | None:
    from caseload.services import schemas

    rows = schemas.fields(session, FieldQuery(side=side, limit=1)).rows
    return rows[0].spec if rows else None


def _first_table(tables: Sequence[TableSummary]) -> str | None:
    """Where to begin: the table with most doubt, else the least certain one."""
    if not tables:
        return None
    return max(tables, key=lambda t: (t.doubtful, -t.mean_confidence)).name
