"""What goes into and comes out of the project file, as plain data.

Times are ISO 8601 texts in UTC ("2026-03-31T09:30:00Z"), hashes lower-case SHA-256 hex,
paths relative to the project folder with `/`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from caseload.model.catalog import Side
from caseload.model.contract import Rule
from caseload.model.stage import RunState, Stage, Verdict


def utc_text(moment: datetime) -> str:
    """`moment` as the project file keeps it; a time without a zone is taken as UTC."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    text = aware.astimezone(UTC).isoformat(timespec="microseconds")
    return text.replace(".000000", "").replace("+00:00", "Z")


def from_utc_text(text: str) -> datetime:
    """The moment that `utc_text` wrote."""
    return datetime.fromisoformat(text)


@dataclass(frozen=True, slots=True)
class ProjectInfo:
    """The project itself; `project_id` never changes and names its audit anchor."""

    project_id: str
    name: str
    created_at: str
    created_by: str


@dataclass(frozen=True, slots=True)
class Person:
    """Someone who acts on the project; `name` is the account's, `role` e.g. OWNER."""

    name: str
    display_name: str
    role: str
    created_at: str


@dataclass(frozen=True, slots=True)
class Document:
    """A document taken into the project; `kind` is spec for those stage 1 reads.

    `active` is false once a newer set of specs for its side took its place.
    """

    name: str
    sha256: str
    size: int
    kind: str
    side: Side | None
    stored_path: str
    added_by: str
    added_at: str
    active: bool = True


@dataclass(frozen=True, slots=True)
class Correction:
    """What a person put right about one field; `changes` pairs FieldSpec names with values."""

    side: Side
    table_name: str
    field_name: str
    changes: Mapping[str, Any]
    by: str
    why: str
    at: str


@dataclass(frozen=True, slots=True)
class LinkMeasure:
    """What was measured of a link or key on rows; `data` says which rows, as a hash."""

    id: str
    side: Side
    body: Mapping[str, Any]
    data: str
    at: str


@dataclass(frozen=True, slots=True)
class MatchDecision:
    """A person's yes or no to one source field as the source of one target field."""

    target_table: str
    target_field: str
    source_table: str
    source_field: str
    approved: bool
    by: str
    at: str


@dataclass(frozen=True, slots=True)
class RuleRecord:
    """A mapping rule as the project file keeps it.

    `rule_id` is stable: TABLE.Field, with @route where the rule is one route's own.
    `rule_hash` is `caseload.contract.files.rule_hash` of the rule as it stands.
    `orphan` rules are a person's decisions whose target field the catalog no longer has;
    they are kept and shown, and take no part in a run.
    """

    rule_id: str
    position: int
    rule: Rule
    rule_hash: str
    edited_at: str = ""
    assigned_to: str = ""
    orphan: bool = False


@dataclass(frozen=True, slots=True)
class RuleFilter:
    """Which rules a grid shows; empty means any.  `text` is sought in names and rules."""

    text: str = ""
    target_tables: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    confidences: tuple[str, ...] = ()
    assigned_to: str = ""
    include_orphans: bool = False


@dataclass(frozen=True, slots=True)
class ContractVersion:
    """One version of the contract: its number, hash, and who or what made it."""

    version: int
    sha256: str
    created_at: str
    created_by: str
    origin: str


@dataclass(frozen=True, slots=True)
class StageRecord:
    """One attempt at one stage of a run."""

    run_number: int
    stage: Stage
    position: int
    attempt: int
    state: RunState
    heartbeat: str = ""
    input_hash: str = ""
    output_hash: str = ""
    started_at: str = ""
    ended_at: str = ""
    verdict: Verdict | None = None
    figures: Mapping[str, Any] = field(default_factory=dict)
    summary: str = ""
    log_path: str = ""
    error: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RunRecord:
    """A run: the stages asked for, their options, and each stage's latest attempt."""

    number: int
    state: RunState
    stages: tuple[Stage, ...]
    options: Mapping[str, Any]
    actor: str
    started_at: str
    ended_at: str = ""
    verdict: Verdict | None = None
    attempts: tuple[StageRecord, ...] = ()

    @property
    def run_id(self) -> str:
        """The run's name: run-0001."""
        return run_id_of(self.number)

    def latest(self, stage: Stage) -> StageRecord | None:
        """The last attempt at `stage`, or None when it was not begun."""
        return next((a for a in reversed(self.attempts) if a.stage is stage), None)

    @property
    def finished(self) -> tuple[Stage, ...]:
        """The stages that are done, in order."""
        done = {a.stage for a in self.attempts if a.state is RunState.DONE}
        return tuple(s for s in self.stages if s in done)

    @property
    def remaining(self) -> tuple[Stage, ...]:
        """The stages still to do, in order."""
        done = set(self.finished)
        return tuple(s for s in self.stages if s not in done)


def run_id_of(number: int) -> str:
    """The name of run `number`: run-0001."""
    return f"run-{number:04d}"


def run_number_of(run_id: str) -> int | None:
    """The number in "run-0012", "12" or "0012"; None if it is neither."""
    digits = run_id.removeprefix("run-")
    return int(digits) if digits.isdigit() else None


@dataclass(frozen=True, slots=True)
class OutputFile:
    """A file that a stage put out: path in the project folder, hash, size in bytes."""

    path: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class PublishedFile:
    """The current good version of a file in the project folder, and who made it.

    `sha256` is empty when the file has yet to be written out again after a decision.
    """

    path: str
    sha256: str
    size: int
    mtime_ns: int
    run_number: int
    stage: Stage


@dataclass(frozen=True, slots=True)
class PendingPublish:
    """A swap of outputs that had begun: every file of the manifest goes in, or is in."""

    run_number: int
    stage: Stage
    attempt: int
    staged_dir: str
    files: tuple[OutputFile, ...]
    removals: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One line of the audit: who did what to what, chained to the line before."""

    seq: int
    at_utc: str
    actor: str
    action: str
    subject: str
    detail: Mapping[str, Any]
    inverse: Mapping[str, Any]
    previous_hash: str
    hash: str


@dataclass(frozen=True, slots=True)
class AuditHead:
    """The last line's number and hash; (0, genesis) before the first."""

    seq: int
    hash: str


@dataclass(frozen=True, slots=True)
class ChainReport:
    """What verifying the audit found; `first_broken` is None when all of it holds.

    `anchored` says whether a head kept outside the file was there to compare with.
    """

    lines: int
    head: AuditHead
    first_broken: int | None
    problem: str
    anchored: bool

    @property
    def ok(self) -> bool:
        """True when no line is broken and the anchor, if any, is in the chain."""
        return self.first_broken is None


@dataclass(frozen=True, slots=True)
class UndoEntry:
    """A command that can be undone (or, once undone, done again) by its audit line."""

    seq: int
    undone: bool
    line: AuditLine


@dataclass(frozen=True, slots=True)
class LockHolder:
    """Who has the project open for writing."""

    name: str
    host: str
    pid: int
    since: str

    def words(self) -> str:
        """The holder as a person would say it."""
        return f"{self.name} on {self.host}, process {self.pid}, since {self.since}"
