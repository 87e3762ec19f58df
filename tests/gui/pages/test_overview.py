"""The Overview: what it says of a project, and where its items lead."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from PySide6.QtCore import QPoint, Qt

from caseload.gui.pages import lifecycle_words
from caseload.gui.pages.overview_presenter import (
    OverviewPresenter,
    Reading,
    gate_line,
    ledger_figures,
)
from caseload.model.contract import MappingClass
from caseload.model.gates import GateCheck
from caseload.model.stage import STAGE_TITLES, STAGES, RunState, Stage, Verdict
from caseload.model.views import ClassCoverage, LedgerTotals, Overview, StageState

AT = datetime(2026, 11, 23, 14, 5, tzinfo=UTC)


def state(
    stage: Stage,
    run: RunState | None = RunState.DONE,
    verdict: Verdict | None = Verdict.PASS,
    figures: dict[str, object] | None = None,
    *,
    stale: bool = False,
) -> StageState:
    when = AT if run else None
    return StageState(
        stage, STAGE_TITLES[stage], run, verdict, "said", when, when, 1, figures or {}, stale
    )


def presenter(states: list[StageState], **more: object) -> OverviewPresenter:
    facts: dict[str, object] = {
        "stages": tuple(states), "coverage": (), "target_tables": 0, "target_fields": 0,
        "contract_version": None, "issues": (), "issue_total": 0, "gate_profile": "",
        "gates": (), "gate_verdict": None, "ledger": None, "next_steps": (),
    }  # fmt: skip
    found = Overview(**{**facts, **more})  # type: ignore[arg-type]
    made = OverviewPresenter(None)
    made.take(Reading(found, "OWNER", None, date(2026, 11, 23), may_run=True))
    return made


def test_running_begins_with_the_first_stage_that_is_not_up_to_date() -> None:
    states = [state(s) for s in STAGES]
    states[4] = state(STAGES[4], stale=True)
    states[5] = state(STAGES[5], RunState.FAILED, None)
    stage, words = presenter(states).next_run()
    assert stage is Stage.RUN_CONTRACT_MIGRATION
    assert words == "Run from contract migration"


def test_when_all_is_up_to_date_the_whole_lifecycle_is_offered() -> None:
    assert presenter([state(s) for s in STAGES]).next_run()[1] == "Run the lifecycle"


def test_a_project_that_never_ran_is_empty() -> None:
    assert presenter([state(s, None, None) for s in STAGES]).empty
    assert not presenter([state(s) for s in STAGES]).empty


def test_coverage_adds_up_to_all_fields() -> None:
    coverage = (
        ClassCoverage(MappingClass.DIRECT_SOURCE, 3, 1),
        ClassCoverage(MappingClass.DERIVED, 1, 1),
    )
    made = presenter([], coverage=coverage, target_fields=4, target_tables=1, contract_version=2)
    total = made.coverage_total()
    assert (total.fields, total.approved, total.share) == (4, 2, 1.0)
    assert [row.share for row in made.coverage()] == [0.75, 0.25]
    assert made.coverage_sub() == "4 target fields in 1 load table, contract v2"


def test_failed_gates_come_first_and_the_rest_is_a_count() -> None:
    gates = [GateCheck(f"GATE_{i}", i != 7, i, "<= 3", "") for i in range(9)]
    made = presenter([], gates=tuple(gates))
    lines = made.gate_lines()
    assert [line.passed for line in lines] == [False, *[True] * 6]
    assert made.gates_left() == "2 more pass"
    assert made.gate_pill().words == "8 of 9 pass"


@pytest.mark.parametrize(
    ("check", "actual", "expected"),
    [
        (GateCheck("NO_ERRORS", True, 0, "<= 0", ""), "0", "0"),
        (GateCheck("WARNINGS_THRESHOLD", True, 17, "<= 20", ""), "17", "20 or fewer"),
        (GateCheck("POPULATION_RATIO_MIN", True, 0.6789, ">= 0.55", ""), "0.68", "0.55 or more"),
        (GateCheck("LEDGER_TIES", False, False, "true", ""), "Does not tie", ""),
        (GateCheck("SOMETHING_NEW", True, "abc", "abc", ""), "abc", "abc"),
    ],
)
def test_a_gate_is_said_in_words(check: GateCheck, actual: str, expected: str) -> None:
    line = gate_line(check)
    assert (line.actual, line.expected) == (actual, expected)


def test_a_ledger_that_does_not_tie_is_red() -> None:
    ledger = LedgerTotals(3, 10, 7, 0, 1, 0, 1, 0, 1, ties=False)
    assert ledger_figures(ledger)[-1] == ("Difference", "1", "error")


def test_a_stage_says_what_it_did() -> None:
    words = lifecycle_words
    migration = state(
        Stage.RUN_CONTRACT_MIGRATION,
        verdict=Verdict.FAIL,
        figures={"issue_counts": {"ERROR": 3}, "ledger_ties": True, "rows_written_total": 1227},
    )
    assert words.stage_pill(migration).words == "3 errors"
    assert words.stage_fact(migration) == "1,227 rows loaded"
    assert words.stage_pill(state(Stage.EXTRACT_SPECS, stale=True)).words == "Out of date"
    assert words.stage_pill(state(Stage.EXTRACT_SPECS, None, None)).words == "Not run"
    assert words.stage_fact(state(Stage.EXTRACT_SPECS, RunState.FAILED, None)) == "said"


# The window


def test_the_page_shows_the_project_as_its_last_run_left_it(desk) -> None:
    page = desk().open("overview")
    assert page.state == "full"
    assert [cell.state.state for cell in page.stages.cells] == [RunState.DONE] * 7
    shown = page.presenter.reading.overview
    assert page.coverage.rows_model.rowCount() == 6
    assert sum(row.fields for row in page.coverage.rows_model.rows) == shown.target_fields
    assert page.ledger.isVisible()
    assert "Ledger of run 2: Ties" in page.ledger.accessibleName()
    assert page.gates.pill.spec.words.endswith("of 9 pass")


def test_a_stage_leads_to_its_card_on_the_lifecycle(desk, qtbot) -> None:
    table = desk()
    page = table.open("overview")
    qtbot.mouseClick(page.stages.cells[4], Qt.MouseButton.LeftButton)
    table.settle()
    lifecycle = table.window.pages.page
    assert lifecycle.page_id == "lifecycle"
    assert lifecycle.presenter.chosen is Stage.RUN_CONTRACT_MIGRATION
    assert lifecycle.track.cards[4].isChecked()


def test_an_issue_leads_to_quality_narrowed_to_its_table(desk, qtbot) -> None:
    table = desk()
    page = table.open("overview")
    issue = page.issues.rows_model.row_at(0)
    row = page.issues.visualRect(page.issues.rows_model.index(0, 1)).center()
    qtbot.mouseClick(page.issues.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(row))
    table.settle()
    quality = table.window.pages.page
    assert quality.page_id == "quality"
    assert quality.presenter.tables == (issue.table_name,)
    assert quality.explorer.model.rowCount() >= 1


def test_the_gates_lead_to_the_run_that_judged_them(desk, qtbot) -> None:
    table = desk()
    page = table.open("overview")
    page.gates.run_wanted.emit()
    table.settle()
    runs = table.window.pages.page
    assert (runs.page_id, runs.presenter.number) == ("runs", 2)
    assert runs.run_card.parts.choice == "gates"


def test_two_runs_can_be_compared_from_here(desk, qtbot) -> None:
    table = desk()
    page = table.open("overview")
    assert page._compare.text() == "Compare with run 1"
    qtbot.mouseClick(page._compare, Qt.MouseButton.LeftButton)
    table.settle()
    assert table.window.pages.page.presenter.pair == (1, 2)


def test_a_next_step_does_what_it_names(desk, qtbot) -> None:
    table = desk()
    page = table.open("overview")
    asked: list[str] = []
    table.window.run_action = lambda action, filters=None: asked.append(action)
    button, step = next(iter(page.next_steps._buttons.items()))
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert asked == [step.action]


def test_a_new_project_is_told_how_to_begin(desk) -> None:
    page = desk("new").open("overview")
    assert page.state == "empty"
    assert not page._run.isVisible()


def test_nothing_can_be_run_in_a_project_that_is_read_only(desk) -> None:
    page = desk(read_only=True).open("overview")
    assert page.state == "full"
    assert not page._run.isEnabled()


def test_every_state_can_be_drawn(desk) -> None:
    table = desk()
    page = table.open("overview")
    seen = []
    for name, bring_about in page.states_for_screenshots():
        bring_about()
        if name != "loading":
            table.settle()
        assert not page.grab().isNull()
        seen.append(page.state)
    assert seen == ["full", "loading", "empty", "error", "not permitted"]


def test_the_page_reads_again_when_a_mapping_changed(desk, monkeypatch) -> None:
    table = desk()
    page = table.open("overview")
    asked = []
    monkeypatch.setattr(page, "refresh", asked.append)
    from caseload.model.views import ChangeKind, ChangeSet

    table.window.changed(ChangeSet(((ChangeKind.MAPPING, ("x",)),)))
    table.window.changed(ChangeSet(((ChangeKind.AUDIT, ("x",)),)))
    assert len(asked) == 1
