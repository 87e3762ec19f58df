"""What the three doors show: the answers of `services`, as plain frozen data.

The window, the command line and the local API get the very same objects, so that they
cannot disagree.  All times are timezone-aware UTC; the doors format them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Generic, TypeVar

from caseload.model.catalog import FieldSpec, Side
from caseload.model.contract import MappingClass, MappingStatus, Rule
from caseload.model.gates import GateCheck
from caseload.model.issue import Issue
from caseload.model.mapping import Candidate, SemanticStatus
from caseload.model.stage import RunState, Stage, Verdict

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of a longer list: `total` match the filter, `all_rows` exist at all."""

    rows: tuple[T, ...]
    offset: int
    total: int
    all_rows: int


class ChangeKind(StrEnum):
    """What sort of thing a command changed; pages refresh by it."""

    PROJECT = "project"
    CATALOG = "catalog"
    DIAGRAM = "diagram"
    MAPPING = "mapping"
    RUN = "run"
    OUTPUT = "output"
    SETTING = "setting"
    AUDIT = "audit"


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """What a command changed.  `undo_label` is empty when it cannot be undone."""

    changes: tuple[tuple[ChangeKind, tuple[str, ...]], ...] = ()
    undo_label: str = ""
    message: str = ""

    def touches(self, *kinds: ChangeKind) -> bool:
        """True when something of one of these kinds changed."""
        return any(kind in kinds for kind, _ in self.changes)


@dataclass(frozen=True, slots=True)
class ProjectHeader:
    """The header bar: where we are, who we are, and the state in three pills."""

    organisation: str
    workspace: str
    name: str
    folder: str
    actor: str
    role: str
    read_only: bool
    holder: str
    contract_version: int | None
    last_run: int | None
    last_run_state: RunState | None
    ledger_ties: bool | None
    gates_passed: int | None
    gates_total: int | None
    interrupted_run: int | None
    saved_at: datetime | None


@dataclass(frozen=True, slots=True)
class StageState:
    """One stage as the Overview and Lifecycle show it: its latest finished or running try."""

    stage: Stage
    title: str
    state: RunState | None
    verdict: Verdict | None
    summary: str
    started_at: datetime | None
    ended_at: datetime | None
    run: int | None
    figures: dict[str, Any] = field(default_factory=dict)
    stale: bool = False


@dataclass(frozen=True, slots=True)
class ClassCoverage:
    """How many target fields have a class and how many of them are approved."""

    mapping_class: MappingClass
    fields: int
    approved: int


@dataclass(frozen=True, slots=True)
class LedgerTotals:
    """The ledger of the last migration added up over all routes."""

    run: int
    rows_in: int
    rows_loaded: int
    rows_split: int
    rows_filtered: int
    rows_merged: int
    rows_rejected: int
    rows_held: int
    difference: int
    ties: bool


@dataclass(frozen=True, slots=True)
class NextStep:
    """One thing to do next: an icon name, words, and the action that does it.

    `action` is "page:mappings" or "run:extract_specs"; `filters` narrows the page.
    """

    icon: str
    title: str
    detail: str
    button: str
    action: str
    filters: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything the Overview page shows."""

    stages: tuple[StageState, ...]
    coverage: tuple[ClassCoverage, ...]
    target_tables: int
    target_fields: int
    contract_version: int | None
    issues: tuple[Issue, ...]
    issue_total: int
    gate_profile: str
    gates: tuple[GateCheck, ...]
    gate_verdict: Verdict | None
    ledger: LedgerTotals | None
    next_steps: tuple[NextStep, ...]


@dataclass(frozen=True, slots=True)
class TableSummary:
    """A table in the Schemas tree; `mean_confidence` 0..1, `doubtful` fields below 0.90."""

    side: Side
    name: str
    description: str
    fields: int
    mandatory: int
    doubtful: int
    mean_confidence: float
    mapped: int
    problems: int = 0
    corrected: int = 0
    domain: str = ""


@dataclass(frozen=True, slots=True)
class FieldQuery:
    """A view of one side's fields.

    `sort` is a FieldSpec attribute; `text` is searched in names, descriptions and formats.
    `bands` are keys of `services.schemas.BANDS`; `cells` pairs a column with words its cell has;
    `among` are (table, field) names, None for all.
    """

    side: Side
    table: str = ""
    text: str = ""
    mandatory: bool | None = None
    below_confidence: float | None = None
    bands: tuple[str, ...] = ()
    mapped: bool | None = None
    corrected: bool | None = None
    key: bool | None = None
    problems: bool | None = None
    cells: tuple[tuple[str, str], ...] = ()
    among: frozenset[tuple[str, str]] | None = None
    sort: str = "position"
    descending: bool = False
    offset: int = 0
    limit: int = 100


@dataclass(frozen=True, slots=True)
class FieldRow:
    """A field in the Schemas page with who corrected it and where it is used.

    `read` is the field as the documents have it, where a correction holds (None for one that a
    person added); `standing` says how that correction stands to them, `changed` which columns
    it changed; `problems` counts what could not be settled about the field.
    """

    spec: FieldSpec
    corrected_by: str = ""
    correction_reason: str = ""
    used_by: tuple[str, ...] = ()
    mapped: bool = False
    corrected_at: str = ""
    read: FieldSpec | None = None
    standing: str = ""
    changed: frozenset[str] = frozenset()
    problems: int = 0


@dataclass(frozen=True, slots=True)
class PagePicture:
    """A page of a document with a field on it.

    `png` is the picture; `box_fraction` left, top, right, bottom of the field as shares of the
    page, None where its place is not known; `page` of `pages`, from 1.
    """

    png: bytes
    box_fraction: tuple[float, float, float, float] | None
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class MappingQuery:
    """A view of the mapping grid; empty tuples mean no filter.  `sort` is a MappingRow column."""

    text: str = ""
    tables: tuple[str, ...] = ()
    classes: tuple[MappingClass, ...] = ()
    statuses: tuple[MappingStatus, ...] = ()
    confidences: tuple[str, ...] = ()
    mandatory: bool | None = None
    min_score: float | None = None
    max_score: float | None = None
    unresolved: bool | None = None
    sort: str = "position"
    descending: bool = False
    offset: int = 0
    limit: int = 25


@dataclass(frozen=True, slots=True)
class MappingRow:
    """One row of the mapping grid: the rule, its target field's spec, the best score."""

    rule_id: int
    rule: Rule
    position: int
    data_type: str
    mandatory: bool
    score: float
    semantic_status: SemanticStatus | None
    unresolved: bool


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One audit line, as a page shows it."""

    seq: int
    at: datetime
    actor: str
    action: str
    subject: str
    words: str


@dataclass(frozen=True, slots=True)
class MappingDetail:
    """What the inspector shows for one rule; `guide_words` is the guide's own comment.

    `doubts` says what a newer version of the specs did to an approval that lapsed.
    """

    row: MappingRow
    target: FieldSpec
    source: FieldSpec | None
    candidates: tuple[Candidate, ...]
    history: tuple[HistoryLine, ...]
    guide_words: str
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Artefact:
    """A file that a run wrote; `path` is relative to the project folder."""

    path: str
    size: int
    sha256: str
    stage: Stage


@dataclass(frozen=True, slots=True)
class RunSummary:
    """A line of the run history.  `duration` in seconds, None while it runs."""

    number: int
    state: RunState
    verdict: Verdict | None
    started_at: datetime
    ended_at: datetime | None
    duration: float | None
    actor: str
    stages: tuple[StageState, ...]
    options: dict[str, Any]


@dataclass(frozen=True, slots=True)
class RunDetail:
    """One run with its artefacts, gates and log lines (time, level, table, message)."""

    summary: RunSummary
    artefacts: tuple[Artefact, ...]
    gates: tuple[GateCheck, ...]
    log: tuple[tuple[str, str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Kpi:
    """A quality figure of real runs.

    `trend` pairs run number and value, oldest first; `better` says which way is good:
    "lower" or "higher".
    """

    key: str
    title: str
    value: float
    unit: str
    threshold: float | None
    passed: bool | None
    better: str
    trend: tuple[tuple[int, float], ...]
    explanation: str


@dataclass(frozen=True, slots=True)
class IssueQuery:
    """A view of the issues of the latest pipeline and migration runs."""

    text: str = ""
    severities: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    sort: str = "severity"
    descending: bool = False
    offset: int = 0
    limit: int = 25


@dataclass(frozen=True, slots=True)
class QualitySummary:
    """Tiles and bars of the Quality page; counts of rows affected by severity, category, table."""

    run: int | None
    kpis: tuple[Kpi, ...]
    by_severity: dict[str, int]
    by_category: dict[str, int]
    by_table: dict[str, int]
