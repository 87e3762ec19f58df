"""Quality: tiles, bars and trend of real runs, and every issue with its basis and rows."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt

from caseload.gui.pages.quality_charts import bar_words
from caseload.gui.pages.quality_presenter import (
    OTHERS,
    BarRow,
    QualityPresenter,
    Reading,
    category_words,
    change_tone,
)
from caseload.model.issue import Issue, Severity
from caseload.model.views import Kpi, QualitySummary


def issue(severity: Severity, category: str, table: str, rows: int = 1) -> Issue:
    return Issue(severity, category, "said", table, "F", "", "R", rows)


def kpi(key: str, *trend: tuple[int, float], threshold: float | None = 0) -> Kpi:
    return Kpi(key, key, trend[-1][1], "issues", threshold, True, "lower", trend, "")


def presenter(*issues: Issue, kpis: tuple[Kpi, ...] = (), **more: object) -> QualityPresenter:
    made = QualityPresenter(None)
    made.take(Reading(QualitySummary(3, kpis, {}, {}, {}), tuple(issues), **more))
    return made


def test_categories_are_bars_by_severity_with_most_first() -> None:
    made = presenter(
        issue(Severity.WARN, "DATE", "A"),
        issue(Severity.ERROR, "NHS_NUMBER", "A"),
        issue(Severity.WARN, "NHS_NUMBER", "B"),
    )
    first, second = made.by_category()
    assert (first.title, first.parts) == (
        "NHS number",
        ((1, Severity.ERROR), (1, Severity.WARN)),
    )
    assert second.total == 1


def test_tables_beyond_the_fifth_stand_together() -> None:
    issues = [issue(Severity.WARN, "DATE", f"T{i}") for i in range(8)]
    rows = presenter(*issues).by_table()
    assert len(rows) == 6
    assert (rows[-1].key, rows[-1].title, rows[-1].total) == (OTHERS, "3 other tables", 3)


def test_a_sixth_table_alone_keeps_its_name() -> None:
    issues = [issue(Severity.WARN, "DATE", f"T{i}") for i in range(6)]
    assert [row.title for row in presenter(*issues).by_table()] == [f"T{i}" for i in range(6)]


def test_the_trend_pairs_errors_and_warnings_of_the_same_run() -> None:
    kpis = (kpi("errors", (1, 4), (3, 0)), kpi("warnings", (1, 9), (3, 2), threshold=20))
    made = presenter(kpis=kpis)
    assert [(p.run, p.errors, p.warnings) for p in made.trend()] == [(1, 4, 9), (3, 0, 2)]
    assert made.threshold() == 20


def test_a_tile_narrows_to_the_issues_behind_it() -> None:
    made = presenter(issue(Severity.WARN, "CROSSWALK_MISS", "A"))
    assert made.filter_for("errors")
    assert made.query().severities == ("ERROR",)
    assert made.filter_for("crosswalk_reject_count")
    assert (made.query().severities, made.query().categories) == ((), ("CROSSWALK_MISS",))
    assert not made.filter_for("rows_written_total"), "a tile without issues of its own"


def test_filters_that_match_nothing_any_more_are_taken_off() -> None:
    made = presenter(issue(Severity.WARN, "DATE", "A"))
    made.categories, made.tables = ("DATE",), ("A",)
    made.take(Reading(QualitySummary(4, (), {}, {}, {}), (issue(Severity.WARN, "DATE", "B"),)))
    assert (made.categories, made.tables) == (("DATE",), ())


def test_more_rows_are_worse_and_no_run_before_is_no_change() -> None:
    found = issue(Severity.WARN, "DATE", "A")
    assert presenter(found).change_of(found) is None
    place = ("WARN", "DATE", "A", "F", "said")
    assert presenter(found, before=2, changes={place: 7}).change_of(found) == 7
    assert (change_tone(7), change_tone(-7), change_tone(0)) == ("error", "ok", "text_3")


def test_categories_and_bars_are_said_in_plain_words() -> None:
    assert category_words("NHS_NUMBER") == "NHS number"
    row = BarRow("DATE", "Date", ((1, Severity.ERROR), (2, Severity.INFO)))
    assert bar_words(row) == "Date: 1 error, 2 for information"


# The window


def test_figures_and_issues_are_those_of_the_last_run(desk) -> None:
    page = desk().open("quality")
    reading = page.presenter.reading
    assert len(page.tiles) == len(reading.summary.kpis) == 6
    assert page.explorer.model.rowCount() == len(reading.issues) > 10
    assert page.presenter.sub().startswith("Run 2, ")
    errors = next(k for k in reading.summary.kpis if k.key == "errors")
    assert errors.value == page.presenter.counts()["ERROR"]
    assert [point.run for point in page.presenter.trend()] == [1, 2]
    assert sum(row.total for row in page.tables.rows) == sum(
        1 for i in reading.issues if i.table_name
    )


def test_a_bar_shows_the_issues_behind_it(desk, qtbot) -> None:
    table = desk()
    page = table.open("quality")
    first = page.categories.rows[0]
    qtbot.mouseClick(page.categories, Qt.MouseButton.LeftButton, pos=QPoint(20, 10))
    table.settle()
    assert page.explorer.category.keys == (first.key,)
    assert page.explorer.model.rowCount() == first.total


def test_severity_and_words_narrow_the_explorer(desk, qtbot) -> None:
    table = desk()
    page = table.open("quality")
    every = page.explorer.model.rowCount()
    page.explorer.severities._choose(1)
    table.settle()
    errors = page.explorer.model.rowCount()
    assert errors == page.presenter.counts()["ERROR"] < every
    qtbot.keyClicks(page.explorer.search, "no such words")
    qtbot.waitUntil(lambda: page.presenter.text != "", timeout=3000)
    table.settle()
    assert page.explorer.model.rowCount() == 0
    assert page.explorer.nothing.isVisible()
    page.explorer.clear()
    table.settle()
    assert page.explorer.model.rowCount() == every


def test_sorting_by_rows_puts_the_largest_first(desk) -> None:
    table = desk()
    page = table.open("quality")
    page.explorer.grid.sort_wanted.emit("rows_affected", True)
    table.settle()
    rows = [page.explorer.model.row_at(i).rows_affected for i in range(5)]
    assert rows == sorted(rows, reverse=True)


def test_an_issue_shows_what_its_rule_rests_on_and_its_rows(desk) -> None:
    table = desk()
    page = table.open("quality", category="NHS_NUMBER")
    at = next(
        i for i in range(page.explorer.model.rowCount())
        if page.explorer.model.row_at(i).rule_id == "S12"
    )  # fmt: skip
    page.explorer.grid.choose(at)
    table.settle()
    inspector = page.inspector
    assert inspector.isVisible()
    chosen = page.explorer.model.row_at(at)
    assert len(inspector.shown_rows) == min(12, chosen.rows_affected)
    assert all(where.startswith("line ") for _, where in inspector.shown_rows)
    read = [label.text() for label in inspector.facts.findChildren(type(inspector.message))]
    assert any("NHS Data Dictionary" in text for text in read)


def test_rejected_rows_are_named_by_file_and_line_but_never_by_value(desk) -> None:
    from caseload.services import issue_basis, reports

    session = desk().session
    issues = reports.issues_of(session, reports.MIGRATION_ISSUES)
    rejected = [i for i in issues if i.severity is Severity.ERROR and "rejected" in i.message]
    assert rejected
    for found in rejected:
        rows = issue_basis.affected_rows(session, found)
        assert len(rows) == min(20, found.rows_affected)
        assert all(row.line is not None and row.record.isupper() for row in rows)


def test_the_issues_tab_leaves_the_room_to_the_explorer(desk) -> None:
    page = desk().open("quality", tab="issues")
    assert not page.tiles[0].isVisible()
    page._open_dashboard()
    assert page.tiles[0].isVisible()


def test_a_project_without_judged_runs_says_how_to_get_figures(desk) -> None:
    assert desk("new").open("quality").state == "empty"


def test_every_state_can_be_drawn(desk) -> None:
    table = desk()
    page = table.open("quality")
    for name, bring_about in page.states_for_screenshots():
        bring_about()
        if name != "loading":
            table.settle()
        assert not page.grab().isNull(), name
