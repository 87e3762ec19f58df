"""Schemas: both catalogs, what is doubtful in them, where each field was read, corrections."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from pytestqt.qtbot import QtBot

from caseload.gui.pages.schemas_empty import SchemasEmpty
from caseload.gui.pages.schemas_presenter import PROBLEMS, Reading, SchemasPresenter
from caseload.gui.pages.schemas_words import (
    as_read_words,
    changes_of,
    field_card,
    format_words,
    type_words,
    where_words,
)
from caseload.model.catalog import Check, FieldSpec, Provenance, ReadProblem, Side
from caseload.model.views import FieldRow, TableSummary
from caseload.services import schemas

Open = Callable[..., Any]


def table(
    name: str, *, side: Side = Side.TARGET, fields: int = 10, doubtful: int = 0, mean: float = 0.99
) -> TableSummary:
    return TableSummary(side, name, "", fields, 1, doubtful, mean, 0)


def reading(*target: TableSummary, source: tuple[TableSummary, ...] = ()) -> Reading:
    return Reading(tables={Side.TARGET: target, Side.SOURCE: source})


def spec(**more: Any) -> FieldSpec:
    return FieldSpec(**{"table_name": "LOAD_PMI", "field_name": "SEX_CODE", "position": 3, **more})


class Session:
    read_only = False


def presenter(*target: TableSummary) -> SchemasPresenter:
    made = SchemasPresenter(Session())
    made.take(reading(*target))
    return made


# The presenter


def test_the_page_begins_with_the_table_that_has_most_doubt() -> None:
    made = presenter(table("A"), table("B", doubtful=2), table("C", doubtful=1))
    assert made.table == "B"


def test_without_doubt_it_begins_with_the_least_certain_table() -> None:
    assert presenter(table("A"), table("B", mean=0.95)).table == "B"


def test_a_side_without_tables_gives_way_to_the_other() -> None:
    made = SchemasPresenter(Session())
    made.take(reading(source=(table("PATDATA", side=Side.SOURCE),)))
    assert made.side is Side.SOURCE
    assert made.table == "PATDATA"


def test_a_search_looks_in_all_tables_and_comes_back_to_the_one_before() -> None:
    made = presenter(table("A"), table("B", doubtful=1))
    made.search("sex")
    assert made.query().table == ""
    made.search("")
    assert made.query().table == "B"


def test_a_table_chosen_within_a_search_stays_chosen() -> None:
    made = presenter(table("A"), table("B", doubtful=1))
    made.search("sex")
    made.choose_table("A")
    made.search("")
    assert made.query().table == "A"


def test_the_tree_of_a_search_holds_tables_with_the_words_in_name_or_fields() -> None:
    made = presenter(table("LOAD_SEX"), table("LOAD_PMI"), table("LOAD_WARD"))
    made.search("sex")
    made.matches = {"LOAD_PMI": 2}
    assert [t.name for t in made.tables()] == ["LOAD_SEX", "LOAD_PMI"]


def test_what_could_not_be_read_is_chosen_like_a_table_and_leaves_when_it_is_mended() -> None:
    made = presenter(table("A"))
    made.choose_table(PROBLEMS)
    tables = {Side.TARGET: (table("A"),)}
    made.take(Reading(tables, {Side.TARGET: (ReadProblem("Row 7 has no name"),)}))
    assert made.table == PROBLEMS
    assert made.query().table == ""
    made.take(Reading(tables))
    assert made.table == "A"


# Words


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"foreign_table": "LOAD_PMI", "foreign_field": "RECORD_NUMBER"}, "LOAD_PMI.RECORD_NUMBER"),
        ({"code_type": "12 Sex"}, "code type 12"),
        ({"format": "DD/MM/YYYY"}, "DD/MM/YYYY"),
        ({"allowed_values": ("Y", "N")}, "Y or N"),
        ({"unique": True}, "unique"),
        ({"upper": True}, "capitals"),
        ({}, ""),
    ],
)
def test_a_format_is_said_by_what_binds_most(more: dict[str, Any], words: str) -> None:
    assert format_words(spec(**more)) == words


def test_a_type_is_said_with_its_length() -> None:
    assert type_words(spec(data_type="VARCHAR2", length="4")) == "VARCHAR2(4)"
    assert type_words(spec(data_type="DATE")) == "DATE"


def test_a_name_joined_from_pieces_shows_where_it_was_broken() -> None:
    assert as_read_words(spec(raw_field_name="SEX_CO DE")) == "SEX_CO / DE"
    assert as_read_words(spec(raw_field_name="Sex code")) == "Sex code"


def test_failed_checks_are_shown_each_and_passed_ones_are_counted() -> None:
    checks = (
        *(Check(f"check {n}", passed=True) for n in range(5)),
        Check("name on one line", passed=False, note="joined from 2 lines"),
    )
    card = field_card(FieldRow(spec(checks=checks, confidence=0.8)))
    assert card.doubtful
    assert [line.words for line in card.checks] == [
        "Check 0", "Check 1", "Name on one line: joined from 2 lines",
    ]  # fmt: skip
    assert len(card.more_passed) == 3


def test_a_place_is_a_page_or_a_row_of_a_sheet() -> None:
    paged = spec(provenance=Provenance("g.pdf", page=59))
    rowed = spec(provenance=Provenance("d.xlsx", sheet="Columns", row=1234))
    assert where_words(paged, 104) == "page 59 of 104"
    assert where_words(rowed) == "sheet Columns, row 1,234"


def test_only_what_differs_is_a_change() -> None:
    field = spec(length="4", mandatory=True)
    assert changes_of(field, {"length": "4", "mandatory": False}) == {"mandatory": False}


# The page over a real project


def test_both_catalogs_are_shown_with_their_counts(desk: Open) -> None:
    page = desk().open("schemas")
    assert page.toolbar.sides.choice == "target"
    assert page.presenter.side_words(Side.SOURCE) == "Source 417"
    assert page.presenter.counts() == (sum(t.fields for t in page.presenter.tables()), 0)
    assert page.grid.fields.rowCount() > 5


def test_the_least_certain_field_is_first_and_inspected_beside_its_page(desk: Open) -> None:
    opened = desk()
    page = opened.open("schemas")
    rows = [page.grid.fields.row_at(i) for i in range(page.grid.fields.rowCount())]
    certain = [row.spec.confidence for row in rows]
    assert certain == sorted(certain)
    assert page.inspector.isVisible()
    assert page.inspector.page.isVisible()
    assert page.inspector.page.accessibleName().startswith(f"Page {rows[0].spec.provenance.page} ")


def test_a_field_of_a_spreadsheet_is_shown_in_its_row(desk: Open) -> None:
    opened = desk()
    page = opened.open("schemas", side="source", table="PATDATA", field="PtNhsNo")
    assert page._row.spec.field_name == "PtNhsNo"
    assert page.inspector.sheet.isVisible()
    row = page._row.spec.provenance.row
    assert page.inspector.sheet.accessibleName().endswith(f"row {row}")


def test_typing_in_the_filter_searches_every_table(desk: Open, qtbot: QtBot) -> None:
    opened = desk()
    page = opened.open("schemas")
    qtbot.keyClicks(page.filter_field(), "nhs number")
    qtbot.keyClick(page.filter_field(), Qt.Key.Key_Return)
    opened.settle()
    rows = [page.grid.fields.row_at(i).spec for i in range(page.grid.fields.rowCount())]
    assert rows
    assert len({row.table_name for row in rows}) > 1
    assert not page.grid.isColumnHidden(1)
    assert page.toolbar._count.text().startswith(f"{len(rows)} of ")
    qtbot.keyClick(page.filter_field(), Qt.Key.Key_Escape)
    opened.settle()
    assert page.grid.isColumnHidden(1)


def test_a_search_that_finds_nothing_says_so_and_can_be_undone(desk: Open) -> None:
    opened = desk()
    page = opened.open("schemas", text="no such field anywhere")
    assert page.fields.currentWidget() is page.fields.nothing
    page.fields.nothing.primary.click()
    opened.settle()
    assert page.fields.currentWidget() is page.grid


def test_only_mandatory_fields_can_be_shown(desk: Open) -> None:
    opened = desk()
    page = opened.open("schemas")
    page.toolbar.mandatory.set_keys(("yes",))
    page.toolbar.mandatory.changed.emit(("yes",))
    opened.settle()
    rows = [page.grid.fields.row_at(i).spec for i in range(page.grid.fields.rowCount())]
    assert rows
    assert all(row.mandatory for row in rows)


def test_looks_right_makes_a_field_certain_and_goes_to_the_next(desk: Open) -> None:
    opened = desk()
    page = opened.open("schemas")
    first, second = (page.grid.fields.row_at(i).spec for i in (0, 1))
    page.inspector.accept_button.click()
    opened.settle()
    found = schemas.fields(opened.session, query_of(first)).rows
    assert [r.spec.confidence for r in found if r.spec.qualified == first.qualified] == [1.0]
    assert page._row.spec.qualified == second.qualified


def query_of(field: FieldSpec) -> Any:
    from caseload.model.views import FieldQuery

    return FieldQuery(Side.TARGET, table=field.table_name, limit=500)


def test_a_correction_needs_a_change_and_a_reason(desk: Open, qtbot: QtBot) -> None:
    opened = desk()
    page = opened.open("schemas")
    page._start_correcting()
    form, save = page.inspector.form, page.inspector._save_button
    assert not save.isEnabled()
    form.field("length").setText("99")
    assert not save.isEnabled()
    form.field("why").setText("The guide's errata of May")
    assert save.isEnabled()
    before = page._row.spec
    qtbot.mouseClick(save, Qt.MouseButton.LeftButton)
    opened.settle()
    assert page._row.spec.qualified == before.qualified
    assert page._row.spec.length == "99"
    assert page._row.correction_reason == "The guide's errata of May"
    assert not page.inspector.correcting


def test_escape_leaves_a_correction_then_closes_the_inspector(desk: Open, qtbot: QtBot) -> None:
    opened = desk()
    page = opened.open("schemas")
    page._start_correcting()
    qtbot.keyClick(page.inspector.form.field("length"), Qt.Key.Key_Escape)
    assert not page.inspector.correcting
    qtbot.keyClick(page.grid, Qt.Key.Key_Escape)
    assert not page.inspector.isVisible()
    qtbot.keyClick(page.grid, Qt.Key.Key_Return)
    opened.settle()
    assert page.inspector.isVisible()


def test_the_keys_move_and_the_inspector_follows(desk: Open, qtbot: QtBot) -> None:
    opened = desk()
    page = opened.open("schemas")
    page.grid.setFocus()
    first = page._row.spec.qualified
    qtbot.keyClick(opened.window, Qt.Key.Key_J)
    opened.settle()
    assert page._row.spec.qualified != first
    qtbot.keyClick(opened.window, Qt.Key.Key_K)
    opened.settle()
    assert page._row.spec.qualified == first


def test_what_uses_a_field_is_one_press_away(desk: Open) -> None:
    opened = desk()
    page = opened.open("schemas", table="LOAD_PMI", field="NHS_NUMBER")
    asked: list[Any] = []
    opened.window.open_page = lambda *parts: asked.append(parts)
    page.inspector.facts.used_by.click()
    assert asked == [("mappings", {"table": "LOAD_PMI", "field": "NHS_NUMBER"})]


def test_what_could_not_be_read_stands_in_the_tree_with_its_place(desk: Open) -> None:
    opened = desk()
    page = opened.open("schemas")
    problem = ReadProblem("Row 7 has no name", Provenance("guide.pdf", page=12))
    old = page.presenter.reading
    page._take(Reading(old.tables, {Side.TARGET: (problem,)}, old.documents, old.paged))
    page.tree.chosen.emit(PROBLEMS)
    opened.settle()
    assert page.grid is page.fields.problems
    assert page.grid.problems.rows == [problem]
    assert page.inspector.accept_button.isHidden()


def test_a_read_only_project_offers_no_decision(desk: Open) -> None:
    page = desk(read_only=True).open("schemas")
    assert not page.inspector.accept_button.isEnabled()
    assert not page.inspector.correct_button.isEnabled()
    assert not page.read_button.isEnabled()


def test_without_catalogs_the_two_documents_are_asked_for_and_read(desk: Open) -> None:
    opened = desk("new")
    page = opened.open("schemas")
    assert page.state == "empty"
    empty = page.findChild(SchemasEmpty)
    empty.read_button.click()
    opened.settle()
    assert page.state == "full"
    assert page.presenter.counts()[0] > 800


def test_a_dropped_pdf_is_the_guide_and_a_workbook_the_dictionary(qtbot: QtBot) -> None:
    empty = SchemasEmpty()
    qtbot.addWidget(empty)
    empty.resize(1200, 800)
    empty.layout().activate()
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(f) for f in ("/a/guide.pdf", "/a/dict.xlsx", "/a/x.exe")])
    empty.dropEvent(
        QDropEvent(
            QPointF(2, 2),
            Qt.DropAction.CopyAction,
            data,
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )
    )
    assert empty.files == {Side.SOURCE: ("/a/dict.xlsx",), Side.TARGET: ("/a/guide.pdf",)}


def test_every_state_can_be_brought_about_for_a_picture(desk: Open) -> None:
    opened = desk()
    page = opened.open("schemas")
    reached = []
    for name, bring in page.states_for_screenshots():
        bring()
        if name != "loading":
            opened.settle()
        reached.append(page.state)
    assert reached == ["full", "full", "full", "loading", "empty", "error", "not permitted"]
