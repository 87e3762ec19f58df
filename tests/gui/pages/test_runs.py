"""Runs: the history, one run in parts, two runs side by side."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace

from PySide6.QtCore import Qt

from caseload.gui.pages.lifecycle_words import run_pill, run_scope
from caseload.gui.pages.runs_presenter import (
    RunsPresenter,
    comparison,
    errors_words,
    figure_row,
    severity_words,
    what_went_in,
)
from caseload.model.stage import STAGE_TITLES, STAGES, RunState, Stage, Verdict
from caseload.model.views import RunSummary, StageState
from caseload.services.runs import FigureChange, IssueChange, RunComparison

AT = datetime(2026, 11, 23, 14, 5, tzinfo=UTC)


def run(
    number: int, *stages: Stage, state: RunState = RunState.DONE, duration: float = 20.0,
    figures: dict[str, object] | None = None, **options: object,
) -> RunSummary:  # fmt: skip
    states = tuple(
        StageState(s, STAGE_TITLES[s], RunState.DONE, Verdict.PASS, "", AT, AT, number,
                   dict(figures or {}))
        for s in stages or STAGES
    )  # fmt: skip
    verdict = Verdict.PASS if state is RunState.DONE else None
    return RunSummary(number, state, verdict, AT, AT, duration, "anna", states, dict(options))


def issue(severity: str, table: str, before: int, after: int) -> IssueChange:
    return IssueChange(severity, "DATE", table, "F", "said", before=before, after=after)


def test_a_run_is_named_by_what_it_was_to_do() -> None:
    assert run_scope(run(1)) == "All seven stages"
    assert run_scope(run(1, Stage.EXTRACT_SPECS)) == "Extract specs"
    assert run_scope(run(1, *STAGES[4:])) == "Contract migration to release gates"


def test_a_run_shows_its_gates_or_how_it_ended() -> None:
    judged = run(1, Stage.RUN_RELEASE_GATES, figures={"gates_passed": 7, "gates_total": 9})
    assert run_pill(judged).words == "7 of 9 gates"
    assert run_pill(run(1, Stage.EXTRACT_SPECS)).words == "Passed"
    assert run_pill(run(1, state=RunState.CANCELLED)).words == "Cancelled"


def test_two_runs_of_the_same_stages_are_compared_first() -> None:
    presenter = RunsPresenter(None)
    presenter.take((run(4), run(3, *STAGES[4:]), run(2, Stage.EXTRACT_SPECS), run(1)))
    assert presenter.pair == (1, 4)
    presenter.choose("a", 3)
    assert presenter.pair == (3, 4)


def test_with_one_run_there_is_nothing_to_compare() -> None:
    presenter = RunsPresenter(None)
    presenter.take((run(1),))
    assert presenter.pair is None


def test_a_change_is_coloured_by_whether_it_is_better() -> None:
    loaded = figure_row("rows_written_total", 4791020, 4868311)
    assert (loaded.before, loaded.after, loaded.change, loaded.tone) == (
        "4,791,020", "4,868,311", "+77,291", "ok",
    )  # fmt: skip
    assert figure_row("crosswalk_reject_count", 0, 142).tone == "error"
    assert figure_row("source_rows", 5, 4).tone == "text_2", "neither better nor worse"
    assert figure_row("overall_column_population_ratio", 0.64, 0.68).change == "+0.04"
    assert figure_row("ledger_ties", False, True).change == "mended"
    assert figure_row("profile", "development", "cutover_ready").change == ""


def test_figures_of_a_stage_that_only_one_run_did_are_left_out() -> None:
    a = run(1, *STAGES[4:], figures={"rules": 3})
    b = run(2, *STAGES[5:], figures={"rules": 4})
    changes = [
        FigureChange(Stage.RUN_CONTRACT_MIGRATION, "rules", 3, None),
        FigureChange(Stage.RUN_ENTERPRISE_PIPELINE, "rules", 3, 4),
        FigureChange(Stage.RUN_RELEASE_GATES, "rules", 3, 4),
    ]
    found = comparison(a, b, RunComparison(1, 2, tuple(changes), True, (), (), ()))
    assert [row.title for row in found.figures] == ["Rules checked", "Rules"]
    assert found.apart == (Stage.RUN_CONTRACT_MIGRATION,)


def test_issues_are_worst_first_and_counted_in_words() -> None:
    new = (issue("INFO", "A", 0, 9), issue("ERROR", "B", 0, 1), issue("ERROR", "C", 0, 5))
    fixed = (issue("WARN", "D", 4, 0),)
    found = comparison(run(1), run(2), RunComparison(1, 2, (), True, new, fixed, ()))
    assert [row.place for row in found.groups["new"]] == ["C.F", "B.F", "A.F"]
    assert severity_words(found.groups["new"]) == "2 errors, 1 for information"
    assert errors_words(found.groups["new"]) == "2 of them errors"
    assert (found.in_run("a"), found.in_run("b")) == (1, 3)
    assert [row.tone for row in found.groups["fixed"]] == ["ok"]


def test_only_options_that_differ_are_told() -> None:
    same = what_went_in(run(1, rows=20, seed=42), run(2, rows=20, seed=42))
    assert same == [("Options", "The same in both runs")]
    more = what_went_in(run(1, rows=20, seed=42), run(2, rows=1000, seed=42))
    assert more == [("Patients", "20, then 1,000")]


# The window


def test_the_history_shows_every_run_and_opens_the_newest(desk) -> None:
    page = desk().open("runs")
    assert [r.number for r in page.history.model.rows] == [2, 1]
    assert page.run_card.title.text() == "Run 2"
    assert page.run_card.stages_model.rowCount() == 3


def test_another_run_shows_its_files_with_size_and_hash(desk, qtbot) -> None:
    table = desk()
    page = table.open("runs")
    page.history.grid.choose(1)
    table.settle()
    assert page.run_card.title.text() == "Run 1"
    page.run_card.show_part("files")
    files = page.run_card.files_model.rows
    assert len(files) > 400
    first = next(f for f in files if f.path == "reports/mapping_contract.csv")
    assert len(first.sha256) == 64
    assert first.size == (table.session.folder / first.path).stat().st_size
    page.run_card._sort_files("size", True)
    sizes = [f.size for f in page.run_card.files_model.rows]
    assert sizes == sorted(sizes, reverse=True)


def test_gates_log_and_options_of_a_run_are_there(desk) -> None:
    page = desk().open("runs", run="1", part="gates")
    assert page.run_card.gates_model.rowCount() == 9
    assert len(page.run_card.log.shown) > 10
    assert page.run_card.parts.choice == "gates"


def test_the_folder_of_a_file_can_be_opened(desk, monkeypatch) -> None:
    page = desk().open("runs")
    opened = []
    desktop = SimpleNamespace(openUrl=lambda url: opened.append(url.toLocalFile()))
    monkeypatch.setattr("caseload.gui.pages.runs.QDesktopServices", desktop)
    page.run_card._open_file(SimpleNamespace(path="reports/mapping_contract.csv"))
    assert opened == [str(page.context.session.folder / "reports")]


def test_two_runs_are_compared_by_figures_and_issues(desk) -> None:
    page = desk().open("runs", tab="compare")
    view = page.compare
    assert page.presenter.pair == (1, 2)
    assert view.isVisible()
    assert set(view.groups) == {"new", "fixed", "persisting"}
    assert view.inputs.isVisible()
    titles = [row.title for row in view.figures.grid_model.rows]
    assert "Duration" in titles or titles
    assert "Documents read" not in titles, "the second run did not read documents"


def test_choosing_other_runs_compares_them(desk) -> None:
    table = desk()
    page = table.open("runs", tab="compare")
    page.compare.picked.emit("a", 2)
    table.settle()
    assert page.presenter.pair == (2, 2)
    assert "0" in page.compare.tiles["new"].accessibleName()


def test_a_group_of_issues_can_be_shown_alone(desk, qtbot) -> None:
    page = desk().open("runs", tab="compare")
    group = page.compare.groups["persisting"]
    page.compare.filter._choose(3)
    assert page.compare.filter.choice == "persisting"
    assert group.isVisible()
    assert not page.compare.groups["new"].isVisible()
    assert group.model.rowCount() == len(group._rows)


def test_a_group_folds(desk, qtbot) -> None:
    page = desk().open("runs", tab="compare")
    group = page.compare.groups["persisting"]
    assert group.list.isVisible()
    qtbot.mouseClick(group.head, Qt.MouseButton.LeftButton)
    assert not group.list.isVisible()


def test_a_project_without_runs_says_what_will_be_here(desk) -> None:
    assert desk("new").open("runs").state == "empty"


def test_every_state_can_be_drawn(desk) -> None:
    table = desk()
    page = table.open("runs")
    for name, bring_about in page.states_for_screenshots():
        bring_about()
        if name != "loading":
            table.settle()
        assert not page.grab().isNull(), name
