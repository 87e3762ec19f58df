"""The Lifecycle: parameters, progress of stages, running and cancelling from the real window."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import Qt

from caseload.gui.pages.lifecycle_figures import figure_words, flat, stage_figures
from caseload.gui.pages.lifecycle_presenter import (
    Fields,
    LifecyclePresenter,
    Plan,
    Reading,
    ending,
    fields_of,
)
from caseload.gui.pages.lifecycle_run import RunWatch
from caseload.gui.pages.lifecycle_words import took
from caseload.model.stage import (
    STAGE_TITLES,
    STAGES,
    RunState,
    Stage,
    StageOptions,
    StageResult,
    Verdict,
)
from caseload.model.views import RunSummary, StageState

AT = datetime(2026, 11, 23, 14, 5, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def done(stage: Stage, seconds: int = 4, **figures: object) -> StageState:
    end = AT + timedelta(seconds=seconds)
    return StageState(
        stage, STAGE_TITLES[stage], RunState.DONE, Verdict.PASS, "said", AT, end, 1, dict(figures)
    )


def reading(**more: object) -> Reading:
    facts = {
        "states": tuple(done(s) for s in STAGES),
        "defaults": StageOptions(),
        "profiles": ("pre_production",),
        "latest": None,
        "log": (),
    }
    return Reading(**{**facts, **more})  # type: ignore[arg-type]


# Parameters


def test_parameters_become_the_options_of_the_run() -> None:
    fields = Fields("1,000", "7", "2.5 %", "0", "pre_production", "development")
    options = fields.options(StageOptions(memory_limit_mb=512))
    assert options is not None
    assert (options.rows, options.seed, options.faults) == (1000, 7, 2.5)
    assert (options.impute_mode, options.profile) == ("pre_production", "development")
    assert options.memory_limit_mb == 512


@pytest.mark.parametrize(
    ("name", "value"),
    [("rows", "0"), ("rows", ""), ("rows", "ten"), ("seed", "-1"), ("faults", "101"),
     ("faults", "x"), ("min_patients", "1.5")],
)  # fmt: skip
def test_a_parameter_that_cannot_be_is_named_with_its_reason(name: str, value: str) -> None:
    fields = Fields(**{name: value})  # type: ignore[arg-type]
    assert fields.options(StageOptions()) is None
    assert list(fields.problems) == [name]


def test_defaults_come_back_as_they_went_in() -> None:
    options = StageOptions(rows=12345, seed=7, faults=0.5, profile="cutover_ready")
    assert fields_of(options).options(StageOptions()) == options


# Progress


def test_each_stage_has_its_own_share_of_the_whole_run() -> None:
    watch = RunWatch(Stage.RUN_RELEASE_GATES, Clock())
    watch.stage_started(Stage.BUILD_MAPPING_CONTRACT)
    watch.report(0.125, "Writing rules", "LOAD_PMI")
    assert watch.view().share == pytest.approx(0.5)
    watch.stage_started(Stage.RUN_CONTRACT_MIGRATION)
    assert watch.view().share == 0.0
    watch.report(0.25 + 0.25 * 0.3)
    assert watch.view().share == pytest.approx(0.3)
    watch.report(0.26)
    assert watch.view().share == pytest.approx(0.3), "never goes back"


def test_the_tables_of_a_stage_are_listed_in_the_order_they_came() -> None:
    watch = RunWatch(clock=Clock())
    watch.stage_started(Stage.RUN_CONTRACT_MIGRATION)
    for name in ("LOAD_PMI", "LOAD_REFERRALS", "LOAD_PMI"):
        watch.report(0.1, f"Loading {name}", name)
    lines = watch.view().tables
    assert [(line.name, line.done) for line in lines] == [
        ("LOAD_REFERRALS", True),
        ("LOAD_PMI", False),
    ]
    watch.stage_finished(
        Stage.RUN_CONTRACT_MIGRATION,
        StageResult(Stage.RUN_CONTRACT_MIGRATION, Verdict.PASS, "done"),
    )
    assert all(line.done for line in watch.view().tables)


def test_cards_tell_done_running_and_waiting_apart() -> None:
    presenter = LifecyclePresenter(None)
    presenter.take(reading())
    watch = presenter.begin(Plan())
    watch.stage_started(Stage.EXTRACT_SPECS)
    fresh = StageResult(
        Stage.EXTRACT_SPECS, Verdict.PASS, "read", {"source_fields": 5, "target_fields": 2}
    )
    watch.stage_finished(Stage.EXTRACT_SPECS, fresh)
    watch.stage_started(Stage.GENERATE_MOCK_DATA)
    watch.report(1 / 7 + 0.63 / 7, "12 of 40 tables", "PATDATA")
    cards = presenter.cards()
    assert cards[0].pill.words == "Done"
    assert cards[0].fact == "7 fields read"
    assert cards[0].when.endswith("just now")
    assert cards[1].running
    assert cards[1].pill.words == "63%"
    assert [card.pill.words for card in cards[2:]] == ["Waiting"] * 5
    assert cards[2].when == "about 4 s"


def test_a_single_stage_leaves_the_others_as_they_are() -> None:
    presenter = LifecyclePresenter(None)
    presenter.take(reading())
    presenter.begin(Plan(Stage.BUILD_MAPPING_CONTRACT, Stage.BUILD_MAPPING_CONTRACT))
    words = [card.pill.words for card in presenter.cards()]
    assert words == ["Done", "Done", "Done", "Waiting", "Done", "Done", "Done"]


def test_the_stage_to_run_next_is_chosen_first() -> None:
    states = [done(s) for s in STAGES]
    states[3] = StageState(STAGES[3], "x", RunState.FAILED, None, "", AT, AT, 1)
    presenter = LifecyclePresenter(None)
    presenter.take(reading(states=tuple(states)))
    assert presenter.chosen is Stage.BUILD_MAPPING_CONTRACT


@pytest.mark.parametrize(
    ("plan", "title"),
    [
        (Plan(), "Lifecycle"),
        (Plan(Stage.RUN_RELEASE_GATES), "Lifecycle from release gates"),
        (Plan(Stage.EXTRACT_SPECS, Stage.EXTRACT_SPECS), "Extract specs"),
        (Plan(resume=True), "Resumed run"),
    ],
)
def test_the_tray_is_told_what_runs(plan: Plan, title: str) -> None:
    assert plan.title == title


def test_the_verdict_says_what_failed() -> None:
    gates = StageState(
        Stage.RUN_RELEASE_GATES, "Release gates", RunState.DONE, Verdict.FAIL,
        "8 of 9 gates pass", AT, AT, 3, {"gates_passed": 8, "gates_total": 9},
    )  # fmt: skip
    run = RunSummary(3, RunState.DONE, Verdict.FAIL, AT, AT, 24.0, "anna", (gates,), {})
    found = ending(run)
    assert (found.kind, found.lead) == ("error", "Run 3 did not pass.")
    assert found.words == "Release gates: 8 of 9 gates pass."


def test_figures_are_titled_and_nested_ones_flattened() -> None:
    figures = {"issue_counts": {"ERROR": 3}, "ledger_ties": True, "checks": [1], "seed": 1234}
    assert flat(figures) == {"issue_counts.ERROR": 3, "ledger_ties": True, "seed": 1234}
    shown = dict(stage_figures(Stage.RUN_CONTRACT_MIGRATION, figures))
    assert shown == {"Errors": "3", "Ledger ties": "Yes", "Seed": "1234"}
    assert figure_words("population_ratio_without_imputed", 0.9) == "0.90"


def test_short_times_are_not_said_more_exactly_than_known() -> None:
    assert [took(s) for s in (None, 0, 4, 125)] == ["–", "<1 s", "4 s", "2 min 5 s"]


# The window


def test_a_stage_runs_from_the_window_and_says_how_it_ended(desk, qtbot) -> None:
    table = desk("new")
    page = table.open("lifecycle")
    assert page.presenter.chosen is Stage.EXTRACT_SPECS
    qtbot.mouseClick(page.run_stage, Qt.MouseButton.LeftButton)
    assert page.cancel.isVisible()
    assert not page.run_all.isVisible()
    assert not page.parameters.numbers["rows"].isEnabled()
    qtbot.waitUntil(lambda: page.presenter.watch.view().stage is Stage.EXTRACT_SPECS, timeout=9000)
    qtbot.waitUntil(lambda: page.track.cards[0].view.running, timeout=9000)
    qtbot.waitUntil(lambda: not page.presenter.running, timeout=60_000)
    table.settle()
    assert page.bar.isVisible()
    assert page.bar.accessibleName().startswith("Run 1 passed.")
    cards = page.track.cards
    assert cards[0].view.pill.words == "Done"
    assert {card.view.pill.words for card in cards[1:]} == {"Not run"}
    assert page.run_all.isVisible()
    assert page.parameters.numbers["rows"].isEnabled()
    logged = [line.message for line in page.log.view.shown]
    assert logged[0] == "Extract specs begins"
    assert any("Reading" in line for line in logged)


def test_a_run_can_be_cancelled_and_goes_on_after_its_last_finished_stage(desk, qtbot) -> None:
    table = desk("new")
    page = table.open("lifecycle")
    qtbot.mouseClick(page.run_all, Qt.MouseButton.LeftButton)
    second = Stage.GENERATE_MOCK_DATA

    def at_second() -> bool:
        watch = page.presenter.watch
        return watch is not None and watch.view().stage is second

    qtbot.waitUntil(at_second, timeout=60_000)
    qtbot.mouseClick(page.cancel, Qt.MouseButton.LeftButton)
    assert page.cancel.text() == "Cancelling"
    qtbot.waitUntil(lambda: not page.presenter.running, timeout=60_000)
    table.settle()
    states = [card.view.pill.words for card in page.track.cards]
    assert states[:3] == ["Done", "Cancelled", "Not run"]
    assert table.window.banner.isVisible()
    assert "Run 1 was interrupted" in table.window.banner.accessibleName()
    qtbot.mouseClick(table.window.banner._buttons[0], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(at_second, timeout=60_000)
    assert page.presenter.watch.view().results == {}, "the first stage is not done again"
    page._cancel()
    qtbot.waitUntil(lambda: not page.presenter.running, timeout=60_000)
    table.settle()
    assert page.presenter.reading.latest.number == 1, "it is the same run"


def test_a_run_that_fails_its_gates_says_so_and_leads_to_its_record(desk, qtbot) -> None:
    table = desk()
    page = table.open("lifecycle", stage=Stage.RUN_RELEASE_GATES.value)
    qtbot.mouseClick(page.run_on, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not page.presenter.running, timeout=60_000)
    table.settle()
    assert page.bar.accessibleName().startswith("Run 3 did not pass.")
    qtbot.mouseClick(page._bar_open, Qt.MouseButton.LeftButton)
    table.settle()
    runs = table.window.pages.page
    assert (runs.page_id, runs.presenter.number) == ("runs", 3)


def test_a_stage_that_lacks_its_input_says_what_to_do(desk, qtbot) -> None:
    table = desk("new")
    page = table.open("lifecycle", stage=Stage.RUN_RELEASE_GATES.value)
    qtbot.mouseClick(page.run_stage, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not page.presenter.running, timeout=60_000)
    table.settle()
    assert page.bar.isVisible()
    assert page.bar.accessibleName().startswith("Release gates: ")
    assert page.track.cards[6].view.pill.words == "Failed"


def test_a_parameter_that_cannot_be_starts_nothing(desk, qtbot) -> None:
    table = desk("new")
    page = table.open("lifecycle")
    field = page.parameters.numbers["rows"]
    field.selectAll()
    qtbot.keyClicks(field, "0")
    qtbot.mouseClick(page.run_all, Qt.MouseButton.LeftButton)
    assert not page.presenter.running
    assert field.toolTip() == "A whole number, 1 or more"
    assert not table.jobs.jobs
    qtbot.keyClicks(field, "5")
    assert field.accessibleDescription() == ""


def test_a_read_only_project_says_why_nothing_can_be_run(desk) -> None:
    page = desk(read_only=True).open("lifecycle")
    assert not page.run_all.isEnabled()
    assert page.run_all.toolTip() == "The project is open read-only."


def test_the_log_of_the_last_run_is_there_and_can_be_filtered(desk, qtbot) -> None:
    table = desk()
    page = table.open("lifecycle")
    every = len(page.log.view.shown)
    assert every > 10
    page.log.view.set_filter("error", "")
    assert 0 < len(page.log.view.shown) < every
    assert {line.level for line in page.log.view.shown} == {"error"}


def test_the_arrow_keys_go_from_stage_to_stage(desk, qtbot) -> None:
    page = desk().open("lifecycle", stage=Stage.EXTRACT_SPECS.value)
    page.track.cards[0].setFocus()
    qtbot.keyClick(page.track.cards[0], Qt.Key.Key_Right)
    assert page.presenter.chosen is Stage.GENERATE_MOCK_DATA
    assert page.detail.title.text() == "Generate mock data"


def test_a_log_is_saved_whole(desk, tmp_path) -> None:
    from caseload.services import runs

    table = desk()
    page = table.open("lifecycle")
    text = page.log.view.text()
    assert runs.save_log(tmp_path / "log.txt", text).read_text(encoding="utf-8") == text + "\n"


def test_every_state_can_be_drawn(desk) -> None:
    table = desk()
    page = table.open("lifecycle")
    for name, bring_about in page.states_for_screenshots():
        bring_about()
        if name != "loading":
            table.settle()
        assert not page.grab().isNull(), name
