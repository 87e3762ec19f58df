"""What the Mappings page shows and does, without a window: a view, a selection, commands.

State changes on the main thread; what is asked and done is bound to the state of that moment
and runs on a worker.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from caseload.gui import words
from caseload.gui.components.classmark import CLASS_WORDS
from caseload.gui.pages.mappings_words import undecided
from caseload.model.contract import MappingClass, MappingStatus
from caseload.model.views import ChangeSet, MappingDetail, MappingQuery, MappingRow, Page

STATUS_WORDS: dict[MappingStatus, str] = {
    MappingStatus.DRAFT: "Draft",
    MappingStatus.IN_REVIEW: "In review",
    MappingStatus.APPROVED: "Approved",
    MappingStatus.REJECTED: "Rejected",
    MappingStatus.RE_REVIEW: "Re-review",
}

SCORES: dict[str, tuple[str, float | None, float | None]] = {
    "low": ("below 0.70", None, 0.69999),
    "fair": ("0.70 to 0.90", 0.70, 0.89999),
    "high": ("0.90 and above", 0.90, None),
}
"""Bands of the score: words, least and most."""

_ALL = 1_000_000
Ids = Callable[[], tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class MappingsReading:
    """One page of the grid with what stands around it."""

    page: Page[MappingRow]
    filters: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    contract_version: int | None = None
    undo_label: str = ""
    redo_label: str = ""


class MappingsPresenter:
    """The view of the grid: filters, sort and page; and the commands on what is ticked."""

    def __init__(self, session: Any) -> None:
        self._session = session
        self.query = MappingQuery()
        self.reading: MappingsReading | None = None

    @property
    def writable(self) -> bool:
        """True when decisions can be kept."""
        return not self._session.read_only

    # The view

    @property
    def matching(self) -> int:
        """How many rules match the filters."""
        return self.reading.page.total if self.reading is not None else 0

    def narrow(self, **changes: Any) -> None:
        """Change the filters; the view goes back to its first page."""
        self.query = replace(self.query, **changes, offset=0)

    def set_score(self, band: str) -> None:
        """Show one band of scores, or all with ""."""
        _, least, most = SCORES.get(band, ("", None, None))
        self.narrow(min_score=least, max_score=most)

    @property
    def score_band(self) -> str:
        """The band of scores that is shown, or ""."""
        limits = (self.query.min_score, self.query.max_score)
        found = (key for key, (_, low, high) in SCORES.items() if (low, high) == limits)
        return next(found, "")

    def clear(self) -> None:
        """Take all filters off; sort and page size stay."""
        old = self.query
        self.query = MappingQuery(sort=old.sort, descending=old.descending, limit=old.limit)

    @property
    def narrowed(self) -> bool:
        """True when a filter is on."""
        old = self.query
        bare = MappingQuery(
            sort=old.sort, descending=old.descending, offset=old.offset, limit=old.limit
        )
        return old != bare

    def go_to_page(self, offset: int, limit: int) -> None:
        """Show another page, or pages of another size."""
        self.query = replace(self.query, offset=offset, limit=limit)

    def sort_by(self, key: str, *, descending: bool) -> None:
        """Sort by a column."""
        self.query = replace(self.query, sort=key, descending=descending, offset=0)

    def open_with(self, filters: Mapping[str, str]) -> None:
        """Narrow as another page asks; a class, state or band that there is not is left out.

        By table, class, status, confidence, text, unresolved, mandatory, score (of `SCORES`).
        """
        self.clear()
        classes = [c for c in MappingClass if c.value in _values(filters.get("class", ""))]
        statuses = [s for s in MappingStatus if s.value in _values(filters.get("status", ""))]
        self.narrow(
            text=filters.get("text", ""),
            tables=tuple(_values(filters.get("table", ""))),
            classes=tuple(classes),
            statuses=tuple(statuses),
            unresolved=True if filters.get("unresolved", "no") != "no" else None,
            mandatory={"yes": True, "no": False}.get(filters.get("mandatory", "")),
            confidences=tuple(_values(filters.get("confidence", ""))),
        )
        if filters.get("score"):
            self.set_score(filters["score"])

    @property
    def busiest_table(self) -> str:
        """The target table with the most rules; the first of several."""
        counts = self._counts("table")
        return max(counts, key=lambda name: counts[name], default="")

    # What is asked

    def loader(self, find: str = "") -> Callable[[], MappingsReading]:
        """A call that reads the page on show, or the one that a target field is on.

        A page that is gone gives way to the last.
        """
        session, query = self._session, self.query

        def load() -> MappingsReading:
            from caseload.services import mappings

            page = mappings.rows(session, query)
            if find:
                every = mappings.rows(session, replace(query, offset=0, limit=_ALL)).rows
                names = [row.rule.target_field for row in every]
                at = names.index(find) if find in names else 0
                page = mappings.rows(
                    session, replace(query, offset=at // query.limit * query.limit)
                )
            if not page.rows and page.total:
                last = (page.total - 1) // query.limit * query.limit
                page = mappings.rows(session, replace(query, offset=last))
            return MappingsReading(
                page=page,
                filters=mappings.filters(session),
                contract_version=session.header().contract_version,
                undo_label=mappings.undo_label(session),
                redo_label=mappings.redo_label(session),
            )

        return load

    def take(self, reading: MappingsReading) -> None:
        """Keep what was read."""
        self.reading = reading
        self.query = replace(self.query, offset=reading.page.offset)

    def detail(self, rule_id: int) -> Callable[[], MappingDetail]:
        """A call that reads all of one mapping."""
        session = self._session

        def read() -> MappingDetail:
            from caseload.services import mappings

            return mappings.detail(session, rule_id)

        return read

    # What is ticked

    def chosen(self, *, every: bool, ids: Iterable[int]) -> Ids:
        """The ticked rules: those of `ids`, or all that match but `ids`."""
        session, query, named = self._session, self.query, tuple(ids)
        if not every:
            return lambda: named

        def resolve() -> tuple[int, ...]:
            from caseload.services import mappings

            left_out = set(named)
            return tuple(i for i in mappings.rule_ids(session, query) if i not in left_out)

        return resolve

    # What is done

    def approve(self, ids: Ids) -> Callable[[], ChangeSet]:
        """Approve; of several, those that nobody has decided yet are left and said so."""
        session = self._session

        def command() -> ChangeSet:
            from caseload.services import mappings

            wanted = ids()
            everything = mappings.rows(session, MappingQuery(limit=_ALL)).rows
            chosen = set(wanted)
            open_ = {r.rule_id for r in everything if r.rule_id in chosen and undecided(r.rule)}
            ready = [i for i in wanted if i not in open_]
            if not ready:
                return mappings.approve(session, wanted)
            done = mappings.approve(session, ready)
            if open_:
                left = f"{words.number(len(open_))} without a decision left as they are"
                done = replace(done, message=f"{done.message}; {left}")
            return done

        return command

    def reject(self, ids: Ids, why: str = "") -> Callable[[], ChangeSet]:
        """Reject, perhaps with a reason."""
        session = self._session

        def command() -> ChangeSet:
            from caseload.services import mappings

            return mappings.reject(session, ids(), why)

        return command

    def reclassify(
        self, ids: Ids, mapping_class: MappingClass, reason: str = ""
    ) -> Callable[[], ChangeSet]:
        """Give another class; out of scope wants a reason."""
        session = self._session

        def command() -> ChangeSet:
            from caseload.services import mappings

            return mappings.reclassify(session, ids(), mapping_class, reason)

        return command

    def set_rule(self, rule_id: int, changes: Mapping[str, Any]) -> Callable[[], ChangeSet]:
        """Edit one rule; BadInput says what is wrong with it."""
        session, wanted = self._session, dict(changes)

        def command() -> ChangeSet:
            from caseload.services import mappings

            return mappings.set_rule(session, rule_id, wanted)

        return command

    def accept_candidate(self, rule_id: int, rank: int) -> Callable[[], ChangeSet]:
        """Take the suggestion of a rank, from 1."""
        session = self._session

        def command() -> ChangeSet:
            from caseload.services import mappings

            return mappings.accept_candidate(session, rule_id, rank)

        return command

    def undo(self) -> ChangeSet:
        """Take back the last change; runs on a worker."""
        from caseload.services import mappings

        return mappings.undo(self._session)

    def redo(self) -> ChangeSet:
        """Do again what was taken back last; runs on a worker."""
        from caseload.services import mappings

        return mappings.redo(self._session)

    # What is said

    def sub(self) -> str:
        """The secondary words of the page."""
        reading = self.reading
        if reading is None or not reading.page.all_rows:
            return "No contract yet"
        said = words.plural(reading.page.all_rows, "field")
        version = reading.contract_version
        return f"{said}, contract v{version}" if version else said

    def table_choices(self) -> list[tuple[str, str]]:
        """The tables to filter by, each with its count after a tab."""
        return [(name, _counted(name, count)) for name, count in self._counts("table").items()]

    def class_choices(self) -> list[tuple[str, str]]:
        """The classes to filter by."""
        counts = self._counts("class")
        return [
            (c.value, _counted(CLASS_WORDS[c], counts.get(c.value, 0)))
            for c in MappingClass
            if counts.get(c.value)
        ]

    def status_choices(self) -> list[tuple[str, str]]:
        """The states to filter by."""
        counts = self._counts("status")
        return [
            (s.value, _counted(STATUS_WORDS[s], counts.get(s.value, 0)))
            for s in MappingStatus
            if counts.get(s.value)
        ]

    def _counts(self, name: str) -> Mapping[str, int]:
        return self.reading.filters.get(name, {}) if self.reading else {}


def _counted(title: str, count: int) -> str:
    return f"{title}\t{words.number(count)}"


def _values(text: str) -> list[str]:
    return [part for part in text.split(",") if part]
