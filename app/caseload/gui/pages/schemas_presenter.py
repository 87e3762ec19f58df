"""What the Schemas page shows and asks, without a window: views of two catalogs, in words.

The page keeps one `SchemasPresenter`.  Its state changes on the main thread; `loader`,
`fetcher` and the commands give calls that a worker thread makes, each bound to what was asked
for at that moment.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from caseload.gui import words
from caseload.gui.pages.lifecycle_run import RunWatch
from caseload.gui.pages.schemas_words import DOUBTFUL
from caseload.model.catalog import FieldSpec, ReadProblem, Side
from caseload.model.progress import CancelToken, Progress
from caseload.model.stage import Stage
from caseload.model.views import (
    ChangeKind,
    ChangeSet,
    FieldQuery,
    FieldRow,
    Page,
    PagePicture,
    TableSummary,
)

PROBLEMS = "\0problems"
"""The key of what could not be read, in the place of a table's name."""

_AROUND = 40
_ALL_FIELDS = 1_000_000


@dataclass(frozen=True, slots=True)
class Reading:
    """Both catalogs in outline: tables, what could not be read, from which document, when."""

    tables: Mapping[Side, tuple[TableSummary, ...]] = field(default_factory=dict)
    problems: Mapping[Side, tuple[ReadProblem, ...]] = field(default_factory=dict)
    documents: Mapping[Side, str] = field(default_factory=dict)
    paged: Mapping[Side, bool] = field(default_factory=dict)
    read_at: datetime | None = None

    @property
    def empty(self) -> bool:
        """True when neither side has a table or a problem."""
        return not any(self.tables.values()) and not any(self.problems.values())


class SchemasPresenter:
    """Which side, table and fields are shown, and in which order."""

    def __init__(self, session: Any) -> None:
        self._session = session
        self.reading = Reading()
        self.side = Side.TARGET
        self.text = ""
        self.mandatory: bool | None = None
        self.doubtful_only = False
        self.sort = "confidence"
        self.descending = False
        self.matches: Mapping[str, int] | None = None
        self._chosen: dict[Side, str | None] = {Side.SOURCE: None, Side.TARGET: None}
        self._before_search: str | None = None

    # What is there

    def loader(self) -> Callable[[], Reading]:
        """A call that reads both catalogs in outline."""
        session = self._session

        def load() -> Reading:
            from caseload.services import overview, schemas

            tables = {side: tuple(schemas.tables(session, side)) for side in Side}
            problems = {side: tuple(schemas.problems(session, side)) for side in Side}
            firsts = {side: _first_field(session, side) for side in Side if tables[side]}
            states = overview.stage_states(session)
            read = next((s for s in states if s.stage is Stage.EXTRACT_SPECS), None)
            return Reading(
                tables=tables,
                problems=problems,
                documents={s: f.provenance.document for s, f in firsts.items() if f is not None},
                paged={s: f.provenance.page is not None for s, f in firsts.items() if f},
                read_at=read.ended_at if read else None,
            )

        return load

    def take(self, reading: Reading) -> None:
        """Keep what was read; a side without tables gives way to the other."""
        self.reading = reading
        if not reading.tables.get(self.side) and reading.tables.get(self.other_side):
            self.side = self.other_side
        for side in Side:
            names = {table.name for table in reading.tables.get(side, ())}
            chosen = self._chosen[side]
            names |= {"", PROBLEMS} if reading.problems.get(side) else {""}
            if chosen is None or chosen not in names:
                self._chosen[side] = _first_table(reading.tables.get(side, ()))

    @property
    def other_side(self) -> Side:
        """The side that is not shown."""
        return Side.SOURCE if self.side is Side.TARGET else Side.TARGET

    @property
    def table(self) -> str:
        """The chosen table, "" for all, or PROBLEMS."""
        return self._chosen[self.side] or ""

    def choose_table(self, name: str) -> None:
        """Show a table's fields, all ("") or the problems."""
        self._chosen[self.side] = name

    def choose_side(self, side: Side) -> None:
        """Show the other system; a search goes on there."""
        self.side = side
        if self.text:
            self._chosen[side] = ""

    def search(self, text: str) -> None:
        """Search names, descriptions and formats: in all tables until one is chosen again."""
        if text and not self.text:
            self._before_search = self.table
            self._chosen[self.side] = ""
        if not text and self.text and self.table == "" and self._before_search is not None:
            self._chosen[self.side] = self._before_search
        self.text = text
        self.matches = None

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

    def narrowed(self) -> bool:
        """True when a filter hides fields."""
        return bool(self.text) or self.mandatory is not None or self.doubtful_only

    def clear(self) -> None:
        """Take all filters off."""
        self.search("")
        self.mandatory = None
        self.doubtful_only = False

    # What is asked

    def query(self) -> FieldQuery:
        """The fields that the table shows."""
        return FieldQuery(
            side=self.side,
            table="" if self.table == PROBLEMS else self.table,
            text=self.text,
            mandatory=self.mandatory,
            below_confidence=DOUBTFUL if self.doubtful_only else None,
            sort=self.sort,
            descending=self.descending,
        )

    def fetcher(self) -> Callable[[int, int], Page[FieldRow]]:
        """A call that gives rows of the present query."""
        session, query = self._session, self.query()

        def fetch(offset: int, limit: int) -> Page[FieldRow]:
            from caseload.services import schemas

            return schemas.fields(session, replace(query, offset=offset, limit=limit))

        return fetch

    def match_counter(self) -> Callable[[], Mapping[str, int]]:
        """A call that counts the fields that match, by table."""
        session, query = self._session, replace(self.query(), table="", limit=_ALL_FIELDS)

        def count() -> Mapping[str, int]:
            from caseload.services import schemas

            return Counter(row.spec.table_name for row in schemas.fields(session, query).rows)

        return count

    def neighbours(self, spec: FieldSpec) -> Callable[[], tuple[FieldSpec, ...]]:
        """A call that gives the fields around one, in the document's order."""
        session, side = self._session, self.side

        def ask() -> tuple[FieldSpec, ...]:
            from caseload.services import schemas

            query = FieldQuery(side=side, table=spec.table_name, limit=_ALL_FIELDS)
            found = [row.spec for row in schemas.fields(session, query).rows]
            at = next((i for i, f in enumerate(found) if f.position == spec.position), 0)
            return tuple(found[max(0, at - _AROUND) : at + _AROUND])

        return ask

    def picture(self, spec: FieldSpec, width: int) -> Callable[[], PagePicture | None]:
        """A call that draws the page a field stands on, or gives None without one."""
        session = self._session

        def draw() -> PagePicture | None:
            from caseload.services import schemas

            return schemas.page_picture(session, spec, width)

        return draw

    def accept(self, spec: FieldSpec) -> Callable[[], ChangeSet]:
        """A command that says a field was read right."""
        session, side = self._session, self.side

        def command() -> ChangeSet:
            from caseload.services import schemas

            return schemas.accept_field(session, side, spec.table_name, spec.field_name)

        return command

    def correct(
        self, spec: FieldSpec, changes: Mapping[str, Any], why: str
    ) -> Callable[[], ChangeSet]:
        """A command that corrects a field, with the reason."""
        session, side, wanted = self._session, self.side, dict(changes)

        def command() -> ChangeSet:
            from caseload.services import schemas

            return schemas.correct_field(
                session, side, spec.table_name, spec.field_name, wanted, why
            )

        return command

    def reader(self, documents: Mapping[Side, Sequence[str]]) -> Callable[..., ChangeSet]:
        """A long job that reads documents into the catalogs; without any, those it has."""
        session = self._session
        source, target = (tuple(documents.get(side, ())) for side in (Side.SOURCE, Side.TARGET))

        def read(progress: Progress, cancel: CancelToken) -> ChangeSet:
            from caseload.services import stages

            options = replace(
                stages.default_options(session), source_specs=source, target_specs=target
            )
            outcome = stages.run_lifecycle(
                session,
                options,
                first=Stage.EXTRACT_SPECS,
                last=Stage.EXTRACT_SPECS,
                progress=RunWatch(Stage.EXTRACT_SPECS).attach(progress),
                cancel=cancel,
                in_child=True,
            )
            said = outcome.results[-1].summary if outcome.results else "The documents are read"
            kinds = (ChangeKind.CATALOG, ChangeKind.RUN, ChangeKind.OUTPUT)
            return ChangeSet(tuple((kind, ()) for kind in kinds), message=said)

        return read

    @staticmethod
    def sample() -> Mapping[Side, Sequence[str]]:
        """The spec documents that ship with Caseload."""
        from caseload.services import creation

        start = creation.shipped_start()
        return {
            Side.SOURCE: [str(path) for path in start.source_specs],
            Side.TARGET: [str(path) for path in start.target_specs],
        }

    # What is said

    def sub(self) -> str:
        """The secondary words of the page."""
        document = self.reading.documents.get(self.side, "")
        if not document:
            return "No catalogs yet" if self.reading.empty else "No catalog on this side yet"
        read = self.reading.read_at
        return f"{document}, read {words.moment(read)}" if read else document

    def side_words(self, side: Side) -> str:
        """A side with its count of tables, for the switch."""
        name = "Source" if side is Side.SOURCE else "Target"
        return f"{name} {words.number(len(self.reading.tables.get(side, ())))}"

    def group_title(self) -> str:
        """What the tree calls the tables of the side."""
        return "Source tables" if self.side is Side.SOURCE else "Load tables"

    def tables(self) -> tuple[TableSummary, ...]:
        """The tables of the tree; in a search those with the words in their name or fields."""
        tables = self.reading.tables.get(self.side, ())
        if not self.text:
            return tables
        found = self.matches or {}
        wanted = self.text.casefold()
        return tuple(t for t in tables if t.name in found or wanted in t.name.casefold())

    def problems(self) -> tuple[ReadProblem, ...]:
        """What could not be read of the side."""
        return self.reading.problems.get(self.side, ())

    def counts(self) -> tuple[int, int]:
        """Fields and doubtful fields of the side."""
        tables = self.reading.tables.get(self.side, ())
        return sum(t.fields for t in tables), sum(t.doubtful for t in tables)


def _first_field(session: Any, side: Side) -> FieldSpec | None:
    from caseload.services import schemas

    rows = schemas.fields(session, FieldQuery(side=side, limit=1)).rows
    return rows[0].spec if rows else None


def _first_table(tables: Sequence[TableSummary]) -> str | None:
    """Where to begin: the table with most doubt, else the least certain one."""
    if not tables:
        return None
    return max(tables, key=lambda t: (t.doubtful, -t.mean_confidence)).name
