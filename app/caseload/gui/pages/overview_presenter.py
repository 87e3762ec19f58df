"""What the Overview says, and where each of its items leads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from caseload.gui import words
from caseload.gui.components.pill import PillSpec
from caseload.gui.pages.lifecycle_words import (
    STAGE_VERBS,
    gate_actual,
    gate_expected,
    gate_title,
    gates_pill,
)
from caseload.model.contract import MappingClass
from caseload.model.gates import GateCheck
from caseload.model.issue import Issue
from caseload.model.stage import RunState, Stage
from caseload.model.views import LedgerTotals, Overview, StageState

GATE_LINES = 7
"""So many gates are listed; failed ones come first, the rest is a count."""


@dataclass(frozen=True, slots=True)
class CoverageRow:
    """A class of the contract, or all of them: fields, share of all fields, approved."""

    mapping_class: MappingClass | None
    fields: int
    share: float
    approved: int

    @property
    def approved_share(self) -> float:
        """Approved among its fields, 0..1."""
        return self.approved / self.fields if self.fields else 0.0


@dataclass(frozen=True, slots=True)
class GateLine:
    """A gate as a line: passed, its title, what it found, what it asks for."""

    passed: bool
    title: str
    actual: str
    expected: str
    message: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What the page is filled from: the overview, the role, two runs to compare, the day."""

    overview: Overview
    role: str
    comparable: tuple[int, int] | None
    today: date
    may_run: bool


class OverviewPresenter:
    """The words of the page over one reading."""

    def __init__(self, session: Any) -> None:
        self._session = session
        self.reading: Reading | None = None

    def loader(self) -> Callable[[], Reading]:
        """A call that reads everything the page shows."""
        session = self._session

        def load() -> Reading:
            from caseload.services import overview, permission, runs

            finished = [r.number for r in runs.runs(session) if _judged(r.stages)]
            may = permission.allows(session.role, permission.Permission.RUN)
            return Reading(
                overview=overview.overview(session),
                role=session.role,
                comparable=(finished[1], finished[0]) if len(finished) > 1 else None,
                today=session.clock().astimezone().date(),
                may_run=may and not session.read_only,
            )

        return load

    def take(self, reading: Reading) -> None:
        """Keep what was read."""
        self.reading = reading

    @property
    def empty(self) -> bool:
        """True while no stage was ever run."""
        return self.reading is None or not any(s.state for s in self.reading.overview.stages)

    def next_run(self) -> tuple[Stage, str]:
        """The stage that running should begin with, and the words of the button."""
        stages = self.reading.overview.stages if self.reading else ()
        for state in stages:
            if state.state is not RunState.DONE or state.stale:
                if state.stage is Stage.EXTRACT_SPECS:
                    break
                return state.stage, f"Run from {STAGE_VERBS[state.stage]}"
        return Stage.EXTRACT_SPECS, "Run the lifecycle"

    def coverage_sub(self) -> str:
        """884 target fields in 38 load tables, contract v14."""
        found = self._overview()
        fields = words.plural(found.target_fields, "target field")
        tables = words.plural(found.target_tables, "load table")
        version = f", contract v{found.contract_version}" if found.contract_version else ""
        return f"{fields} in {tables}{version}"

    def coverage(self) -> list[CoverageRow]:
        """The classes in their order."""
        rows = self._overview().coverage
        total = sum(row.fields for row in rows) or 1
        return [CoverageRow(r.mapping_class, r.fields, r.fields / total, r.approved) for r in rows]

    def coverage_total(self) -> CoverageRow:
        """All classes together."""
        rows = self._overview().coverage
        fields, approved = sum(r.fields for r in rows), sum(r.approved for r in rows)
        return CoverageRow(None, fields, 1.0 if fields else 0.0, approved)

    def issues_sub(self) -> str:
        """Run 31, 66 issues, errors first."""
        found = self._overview()
        run = found.ledger.run if found.ledger else None
        for state in found.stages:
            if state.stage is Stage.RUN_ENTERPRISE_PIPELINE and state.run is not None:
                run = state.run
        lead = f"run {run}, " if run is not None else ""
        return f"{lead}{words.plural(found.issue_total, 'issue')}, errors first"

    def issues(self) -> tuple[Issue, ...]:
        """The worst of them."""
        return self._overview().issues

    def judged(self) -> bool:
        """True once the quality rules or the migration said what is wrong, or that nothing is."""
        done = {s.stage for s in self._overview().stages if s.state is RunState.DONE}
        return Stage.RUN_ENTERPRISE_PIPELINE in done or Stage.RUN_CONTRACT_MIGRATION in done

    def gate_pill(self) -> PillSpec:
        """How many gates pass, in the colour of the verdict."""
        found = self._overview()
        if not found.gates:
            return PillSpec("Not judged", "neutral", "circle-dashed")
        return gates_pill(found.gates)

    def gate_lines(self) -> list[GateLine]:
        """Failed gates first, then as many of the passed as there is room for."""
        gates = self._overview().gates
        ordered = [*(g for g in gates if not g.passed), *(g for g in gates if g.passed)]
        return [gate_line(gate) for gate in ordered[:GATE_LINES]]

    def gates_left(self) -> str:
        """2 more pass; "" when all are listed."""
        gates = self._overview().gates
        failed = sum(not g.passed for g in gates)
        left = len(gates) - max(GATE_LINES, failed)
        return f"{left} more pass" if left > 0 else ""

    def gate_run(self) -> int | None:
        """The run that judged the gates."""
        for state in self._overview().stages:
            if state.stage is Stage.RUN_RELEASE_GATES:
                return state.run
        return None

    def _overview(self) -> Overview:
        if self.reading is None:
            raise LookupError("nothing was read yet")
        return self.reading.overview


def _judged(stages: tuple[StageState, ...]) -> bool:
    kinds = (Stage.RUN_CONTRACT_MIGRATION, Stage.RUN_ENTERPRISE_PIPELINE)
    return all(any(s.stage is kind and s.state is RunState.DONE for s in stages) for kind in kinds)


def gate_line(check: GateCheck) -> GateLine:
    """A gate in words."""
    return GateLine(
        check.passed,
        gate_title(check.gate),
        gate_actual(check),
        gate_expected(check),
        check.message,
    )


def ledger_figures(ledger: LedgerTotals) -> list[tuple[str, str, str]]:
    """The ledger as (name, number, tone); a difference is an error, none is good."""
    number = words.number
    return [
        ("Source rows in", number(ledger.rows_in), ""),
        ("Loaded", number(ledger.rows_loaded), ""),
        ("Extra from splits", number(ledger.rows_split), ""),
        ("Filtered", number(ledger.rows_filtered), ""),
        ("Merged", number(ledger.rows_merged), ""),
        ("Rejected", number(ledger.rows_rejected), ""),
        ("Held", number(ledger.rows_held), ""),
        ("Difference", number(ledger.difference), "error" if ledger.difference else "ok"),
    ]


def ledger_pill(ledger: LedgerTotals) -> PillSpec:
    """Ties, or does not."""
    if ledger.ties:
        return PillSpec("Ties", "ok", "scale")
    return PillSpec("Does not tie", "error", "scale")


def place_words(issue: Issue) -> str:
    """Table and field of an issue."""
    return f"{issue.table_name}.{issue.field_name}".strip(".") or "The whole load"
