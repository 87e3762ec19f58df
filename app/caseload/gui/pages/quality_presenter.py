"""What the Quality page asks for and says; every figure is of a real run."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from caseload.gui import words
from caseload.model.issue import Issue, Severity
from caseload.model.stage import RunState, Stage
from caseload.model.views import IssueQuery, Kpi, Page, QualitySummary

_EVERYTHING = 1_000_000
TABLES_SHOWN = 5
CATEGORIES_SHOWN = 6
OTHERS = "\0others"
"""The key of the tables that are not shown one by one."""

Place = tuple[str, str, str, str, str]


@dataclass(frozen=True, slots=True)
class BarRow:
    """A bar: its key, its words, and its parts as (count, severity or None)."""

    key: str
    title: str
    parts: tuple[tuple[int, Severity | None], ...]

    @property
    def total(self) -> int:
        """All parts together."""
        return sum(count for count, _ in self.parts)


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """Errors and warnings of one run."""

    run: int
    errors: int
    warnings: int


@dataclass(frozen=True, slots=True)
class Reading:
    """The last run's figures and issues, and what changed since the run before."""

    summary: QualitySummary
    issues: tuple[Issue, ...] = ()
    judged_at: datetime | None = None
    before: int | None = None
    changes: Mapping[Place, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class IssueDetail:
    """An issue with what it rests on and the first rows behind it."""

    issue: Issue
    change: int | None
    rule: str
    basis: str
    matters_to: str
    rows: tuple[tuple[str, str], ...]
    mapped: bool


class QualityPresenter:
    """Which issues are shown, in which order."""

    def __init__(self, session: Any) -> None:
        self._session = session
        self.reading: Reading | None = None
        self.severity = "all"
        self.categories: tuple[str, ...] = ()
        self.tables: tuple[str, ...] = ()
        self.text = ""
        self.sort = "severity"
        self.descending = False

    # What is there

    def loader(self) -> Callable[[], Reading]:
        """A call that reads tiles, issues and the changes since the run before."""
        session = self._session

        def load() -> Reading:
            from caseload.services import quality, runs

            summary = quality.summary(session)
            if summary.run is None:
                return Reading(summary)
            found = quality.issues(session, IssueQuery(limit=_EVERYTHING)).rows
            history = runs.runs(session)
            judged = [r for r in history if _judged_by(r.stages)]
            at = next((_judged_by(r.stages) for r in judged), None)
            before = judged[1].number if len(judged) > 1 else None
            changes: dict[Place, int] = {}
            if before is not None:
                compared = runs.compare(session, before, judged[0].number)
                if compared.issues_known:
                    changes = {
                        _place_of_change(c): c.after - c.before
                        for c in (*compared.new, *compared.persisting)
                    }
                else:
                    before = None
            return Reading(summary, found, at, before, changes)

        return load

    def take(self, reading: Reading) -> None:
        """Keep what was read; filters that match nothing any more are taken off."""
        self.reading = reading
        there = {i.category for i in reading.issues}
        self.categories = tuple(c for c in self.categories if c in there)
        names = {i.table_name for i in reading.issues}
        self.tables = tuple(t for t in self.tables if t in names)

    @property
    def empty(self) -> bool:
        """True until a run was judged."""
        return self.reading is None or self.reading.summary.run is None

    # What is asked

    def query(self) -> IssueQuery:
        """The issues that the explorer shows."""
        return IssueQuery(
            text=self.text,
            severities=() if self.severity == "all" else (self.severity,),
            categories=self.categories,
            tables=self.tables,
            sort=self.sort,
            descending=self.descending,
        )

    def fetcher(self) -> Callable[[int, int], Page[Issue]]:
        """A call that gives rows of the present query."""
        session, query = self._session, self.query()

        def fetch(offset: int, limit: int) -> Page[Issue]:
            from caseload.services import quality

            return quality.issues(session, replace(query, offset=offset, limit=limit))

        return fetch

    def detail(self, issue: Issue) -> Callable[[], IssueDetail]:
        """A call that reads what an issue rests on and its first rows."""
        session, change = self._session, self.change_of(issue)

        def load() -> IssueDetail:
            from caseload.services import issue_basis

            ground = issue_basis.basis(issue)
            rows = issue_basis.affected_rows(session, issue, limit=12)
            return IssueDetail(
                issue,
                change,
                ground.rule,
                _sentence(ground.basis),
                ground.matters_to,
                tuple((row.record, _line_words(row.line, row.note)) for row in rows),
                mapped=ground.side.value == "target" and bool(issue.field_name),
            )

        return load

    def filter_for(self, kpi_key: str) -> bool:
        """Show the issues behind a tile; False for a tile that has none of its own."""
        severity = {"errors": Severity.ERROR, "warnings": Severity.WARN}.get(kpi_key)
        categories = {
            "unresolved": ("UNRESOLVED_MAPPING",),
            "crosswalk_reject_count": ("CROSSWALK_MISS",),
            "crosswalk_rejects": ("CROSSWALK_MISS",),
        }.get(kpi_key)
        if severity is None and categories is None:
            return False
        self.clear()
        self.severity = severity.value if severity else "all"
        there = {i.category for i in self.reading.issues} if self.reading else set()
        self.categories = tuple(c for c in categories or () if c in there)
        return bool(severity or self.categories)

    def clear(self) -> None:
        """Take all filters off."""
        self.severity, self.categories, self.tables, self.text = "all", (), (), ""

    @property
    def narrowed(self) -> bool:
        """True while a filter hides issues."""
        return bool(self.severity != "all" or self.categories or self.tables or self.text)

    # What is said

    def sub(self) -> str:
        """Run 31, 23 Nov 2026 11:49."""
        if self.reading is None or self.reading.summary.run is None:
            return ""
        at = self.reading.judged_at
        run = f"Run {self.reading.summary.run}"
        return f"{run}, {words.moment(at)}" if at is not None else run

    def counts(self) -> dict[str, int]:
        """Issues by severity, and all of them."""
        issues = self.reading.issues if self.reading else ()
        found = Counter(issue.severity.value for issue in issues)
        return {"all": len(issues), **{s.value: found[s.value] for s in Severity}}

    def by_category(self) -> list[BarRow]:
        """Categories with most issues first, each by severity."""
        return _bars(self.reading.issues if self.reading else (), CATEGORIES_SHOWN)

    def by_table(self) -> list[BarRow]:
        """Tables with most issues first; those beyond the fifth together."""
        issues = self.reading.issues if self.reading else ()
        found = Counter(issue.table_name for issue in issues if issue.table_name)
        ordered = sorted(found.items(), key=lambda item: (-item[1], item[0]))
        rows = [BarRow(name, name, ((n, None),)) for name, n in ordered[:TABLES_SHOWN]]
        rest = ordered[TABLES_SHOWN:]
        if len(rest) == 1:
            rows.append(BarRow(rest[0][0], rest[0][0], ((rest[0][1], None),)))
        elif rest:
            title = f"{words.number(len(rest))} other tables"
            rows.append(BarRow(OTHERS, title, ((sum(n for _, n in rest), None),)))
        return rows

    def trend(self) -> list[TrendPoint]:
        """Errors and warnings of every judged run, oldest first."""
        kpis = self._kpis()
        errors, warnings = kpis.get("errors"), kpis.get("warnings")
        if errors is None or warnings is None:
            return []
        other = dict(warnings.trend)
        return [TrendPoint(run, int(n), int(other.get(run, 0))) for run, n in errors.trend]

    def threshold(self) -> float | None:
        """Warnings that the gates allow."""
        kpi = self._kpis().get("warnings")
        return kpi.threshold if kpi else None

    def change_of(self, issue: Issue) -> int | None:
        """Rows more than in the run before; None without one."""
        if self.reading is None or self.reading.before is None:
            return None
        return self.reading.changes.get(_place_of_issue(issue))

    def choices(self, name: str) -> list[tuple[str, str]]:
        """The categories or tables there are, for a filter."""
        issues = self.reading.issues if self.reading else ()
        if name == "category":
            keys = {i.category for i in issues}
            return sorted(((key, category_words(key)) for key in keys), key=lambda c: c[1])
        return sorted((key, key) for key in {i.table_name for i in issues} if key)

    def _kpis(self) -> dict[str, Kpi]:
        return {k.key: k for k in self.reading.summary.kpis} if self.reading else {}


def _bars(issues: Sequence[Issue], most: int) -> list[BarRow]:
    found: dict[str, Counter[Severity]] = defaultdict(Counter)
    for issue in issues:
        found[issue.category][issue.severity] += 1
    ordered = sorted(found.items(), key=lambda item: (-item[1].total(), item[0]))
    return [
        BarRow(key, category_words(key), tuple((counts[s], s) for s in Severity if counts[s]))
        for key, counts in ordered[:most]
    ]


def category_words(category: str) -> str:
    """NHS_NUMBER as NHS number."""
    text = category.replace("_", " ").capitalize()
    return text.replace("Nhs", "NHS")


def place_words(issue: Issue) -> str:
    """Table and field."""
    return f"{issue.table_name}.{issue.field_name}".strip(".") or "The whole load"


def change_words(change: int | None) -> str:
    """+7, 0, −14; a dash without a run before."""
    return words.NONE if change is None else words.change(change)


def change_tone(change: int | None) -> str:
    """More rows are worse, fewer better."""
    return "text_3" if not change else "error" if change > 0 else "ok"


def _judged_by(stages: Sequence[Any]) -> datetime | None:
    for state in stages:
        if state.stage is Stage.RUN_ENTERPRISE_PIPELINE and state.state is RunState.DONE:
            ended: datetime | None = state.ended_at
            return ended
    return None


def _place_of_change(change: Any) -> Place:
    return (
        change.severity, change.category, change.table_name, change.field_name, change.message,
    )  # fmt: skip


def _place_of_issue(issue: Issue) -> Place:
    return (
        issue.severity.value, issue.category, issue.table_name, issue.field_name, issue.message,
    )  # fmt: skip


def _line_words(line: int | None, note: str) -> str:
    said = [f"line {words.number(line)}"] if line is not None else []
    return ", ".join([*said, note] if note else said)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
