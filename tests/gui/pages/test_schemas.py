"""Schemas: both catalogs, what is doubtful in them, where each field was read, corrections."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from pytestqt.qtbot import QtBot

from caseload.gui.components.label import Label
from caseload.gui.pages.schemas_empty import SchemasEmpty
from caseload.gui.pages.schemas_filter import Filter
from caseload.gui.pages.schemas_menus import facts_of
from caseload.gui.pages.schemas_presenter import Reading, SchemasPresenter
from caseload.gui.pages.schemas_words import (
    as_read_words,
    field_card,
    format_words,
    type_words,
    where_words,
)
from caseload.model.catalog import Check, FieldSpec, Provenance, ReadProblem, Side
from caseload.model.errors import UnsettledColumns
from caseload.model.schema_views import IntakeGuess, ProblemRow
from caseload.model.views import FieldQuery, FieldRow, TableSummary
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


def test_a_filter_looks_in_all_tables_and_says_itself_in_words() -> None:
    made = presenter(table("A"), table("B", doubtful=1))
    made.narrow(Filter(bands=("low", "doubtful"), more=("unmapped",), cells={"format": "="}))
    query = made.query()
    assert (query.table, query.bands, query.mapped) == ("", ("low", "doubtful"), False)
    assert made.found_words(6, {"format": "Format"}) == (
        "6 of 20 fields: below 0.90, unmapped, Format empty"
    )
    made.clear()
    assert made.query().table == "B"
    assert made.found_words(20, {}) == "20 fields"


def test_the_tree_is_put_in_the_order_that_is_wanted() -> None:
    made = presenter(table("B", doubtful=1), table("C", fields=30), table("A", doubtful=3))
    assert [t.name for t in made.tables()] == ["B", "C", "A"]
    for order, first in (("name", "A"), ("fields", "C"), ("doubtful", "A")):
        made.tree_order = order
        assert made.tables()[0].name == first


def test_tables_are_grouped_by_domain_when_there_are_any() -> None:
    one, other = table("A"), table("B")
    made = presenter(one, replace(other, domain="Waiting lists"))
    made.by_domain = True
    assert [title for title, _ in made.groups()] == ["No domain", "Waiting lists"]


def test_the_next_doubtful_table_is_found_round_the_end() -> None:
    made = presenter(table("A", doubtful=1), table("B"), table("C", doubtful=2))
    assert made.table == "C"
    assert made.next_doubtful_table() == "A"


def test_settled_problems_are_apart_from_open_ones() -> None:
    made = presenter(table("A"))
    rows = (
        ProblemRow("1", "Worth a look", ReadProblem("one")),
        ProblemRow("2", "Worth a look", ReadProblem("two"), settled_by="anna", settled_at="x"),
    )
    made.take(Reading({Side.TARGET: (table("A"),)}, {Side.TARGET: rows}))
    assert [p.key for p in made.problems()] == ["1"]
    assert [p.key for p in made.settled()] == ["2"]
    assert made.tab_words("problems") == "Problems 1"


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


# The page over a real project


def rows_of(page: Any) -> list[FieldRow]:
    return [page.view.grid.fields.row_at(i) for i in range(page.view.grid.fields.rowCount())]


def in_store(opened: Any, field: FieldSpec) -> FieldRow:
    query = FieldQuery(Side.TARGET, table=field.table_name, limit=500)
    rows = schemas.fields(opened.session, query).rows
    return next(row for row in rows if row.spec.position == field.position)


def test_both_catalogs_are_shown_with_their_counts(desk: Open) -> None:
    page = desk().open("schemas")
    assert page.view.toolbar.sides.choice == "target"
    assert page.presenter.side_words(Side.SOURCE) == "Source 417"
    assert page.presenter.counts() == (sum(t.fields for t in page.presenter.tables()), 0)
    assert page.view.grid.fields.rowCount() > 5


def test_the_least_certain_field_is_first_and_inspected_beside_its_page(desk: Open) -> None:
    opened = desk()
    page = opened.open("schemas")
    rows = rows_of(page)
    certain = [row.spec.confidence for row in rows]
    assert certain == sorted(certain)
    assert page.inspector.isVisible()
    assert page.inspector.page.isVisible()
    assert page.inspector.page.accessibleName().startswith(f"Page {rows[0].spec.provenance.page} ")


def test_a_field_of_a_spreadsheet_is_shown_among_the_rows_of_the_document(desk: Open) -> None:
    opened = desk()
    page = opened.open("schemas", side="source", table="PATDATA", field="PtNhsNo")
    assert page._row.spec.field_name == "PtNhsNo"
    sheet = page.inspector.sheet
    assert sheet.isVisible()
    row = page._row.spec.provenance.row
    assert sheet.accessibleName().endswith(f"row {row}")
    assert "PtNhsNo" in sheet.accessibleDescription()
    assert dict(sheet.shown)[row][:2] == ("PATDATA", "PtNhsNo")


def test_typing_in_the_filter_searches_every_table(desk: Open, qtbot: QtBot) -> None:
    opened = desk()
    page = opened.open("schemas")
    qtbot.keyClicks(page.filter_field(), "nhs number")
    qtbot.keyClick(page.filter_field(), Qt.Key.Key_Return)
    opened.settle()
    rows = [row.spec for row in rows_of(page)]
    assert rows
    assert len({row.table_name for row in rows}) > 1
    assert "table_name" in page.view.grid.shown_kinds()
    said = page.view.strip.count.text()
    assert said.startswith(f"{len(rows)} of ")
    assert said.endswith("with \u201cnhs number\u201d")
    assert len(page.presenter.tables()) < 38
    qtbot.keyClick(page.filter_field(), Qt.Key.Key_Escape)
    opened.settle()
    assert "table_name" not in page.view.grid.shown_kinds()


def test_a_search_that_finds_nothing_says_so_and_can_be_undone(desk: Open) -> None:
    opened = desk()
    page = opened.open("schemas", text="no such field anywhere")
    assert page.view.fields.currentWidget() is page.view.fields.nothing
    page.view.fields.nothing.primary.click()
    opened.settle()
    assert page.view.fields.currentWidget() is page.view.grid


def test_chips_and_column_filters_narrow_together_and_one_press_clears_them(desk: Open) -> None:
    opened = desk()
    page = opened.open("schemas")
    page.view.toolbar.mandatory.set_keys(("yes",))
    page.view.toolbar.mandatory.changed.emit(("yes",))
    page.view.column_filter.typed.emit("data_type", "=DATE")
    opened.settle()
    rows = rows_of(page)
    assert rows
    assert all(row.spec.mandatory and row.spec.data_type == "DATE" for row in rows)
    assert page.view.strip.count.text().endswith("mandatory, Type is \u201cDATE\u201d")
    page.view.strip.clear.click()
    opened.settle()
    assert not page.presenter.filter.narrow


def test_columns_are_chosen_and_remembered(desk: Open) -> None:
    opened = desk()
    page = opened.open("schemas")
    view = page.view
    view.toolbar.columns_wanted.emit(view.grid.shown_kinds() | {"description", "code_type"})
    opened.settle()
    assert {"description", "code_type"} <= view.grid.shown_kinds()
    assert "code_type" in page.context.values["schemas.columns.target"]


def test_looks_right_makes_a_field_certain_and_goes_on_without_moving_rows(
    desk: Open, qtbot: QtBot
) -> None:
    opened = desk()
    page = opened.open("schemas")
    before = [row.spec.qualified for row in rows_of(page)]
    first, second = (row.spec for row in rows_of(page)[:2])
    page.view.grid.setFocus()
    qtbot.keyClick(opened.window, Qt.Key.Key_A)
    opened.settle()
    assert in_store(opened, first).spec.confidence == 1.0
    assert page._row.spec.qualified == second.qualified
    assert [row.spec.qualified for row in rows_of(page)] == before
    assert rows_of(page)[0].spec.confidence == 1.0


def test_a_selection_is_confirmed_at_once_and_taken_back_at_once(desk: Open) -> None:
    opened = desk()
    page = opened.open("schemas")
    page.view.grid.set_ticked(0, 2, on=True)
    assert page.view.bulk._count.text() == "3 selected"
    names = [row.spec for row in rows_of(page)[:3]]
    page.view.bulk_accept.click()
    opened.settle()
    assert [in_store(opened, spec).spec.confidence for spec in names] == [1.0] * 3
    opened.window.undo()
    opened.settle()
    assert all(in_store(opened, spec).corrected_by == "" for spec in names)
    page.redo()
    opened.settle()
    assert all(in_store(opened, spec).corrected_by == "anna" for spec in names)


def test_all_that_match_are_confirmed_though_only_some_are_shown(desk: Open) -> None:
    opened = desk()
    page = opened.open("schemas", text="date of")
    count = page.view.grid.fields.rowCount()
    page.view.grid.tick_all_matching()
    page.accept_ticked(None)
    opened.settle()
    query = FieldQuery(Side.TARGET, corrected=True, limit=1)
    assert schemas.fields(opened.session, query).total == count


def test_the_form_corrects_every_trait_and_keeps_the_reason(desk: Open, qtbot: QtBot) -> None:
    opened = desk()
    page = opened.open("schemas")
    page.act("correct")
    form, save = page.inspector.form, page.inspector._save_button
    assert not save.isEnabled()
    form.field("length").setText("ten")
    assert not save.isEnabled()
    form.field("length").setText("99")
    form.field("why").setText("The guide's errata of May")
    assert save.isEnabled()
    before = page._row.spec
    qtbot.mouseClick(save, Qt.MouseButton.LeftButton)
    opened.settle()
    assert page._row.spec.qualified == before.qualified
    assert page._row.spec.length == "99"
    assert page._row.correction_reason == "The guide's errata of May"
    assert not page.inspector.correcting
    page.act("correct")
    assert page.inspector.form.field("why").text() == "The guide's errata of May"


def test_a_missed_field_is_added_beside_the_one_in_focus_and_a_spurious_one_removed(
    desk: Open,
) -> None:
    opened = desk()
    page = opened.open("schemas", table="LOAD_PMI", field="NHS_NUMBER")
    position = page._row.spec.position
    page.act("add")
    form = page.inspector.form
    assert form.field("table_name").text() == "LOAD_PMI"
    form.field("field_name").setText("NICKNAME")
    form.field("length").setText("40")
    page.inspector._save_button.click()
    opened.settle()
    assert (page._row.spec.field_name, page._row.spec.position) == ("NICKNAME", position + 1)
    page.act("remove")
    opened.settle()
    names = [row.spec.field_name for row in rows_of(page)]
    assert "NICKNAME" not in names
    assert "NHS_NUMBER" in names


def test_a_refused_form_says_why_and_keeps_what_was_typed(desk: Open) -> None:
    opened = desk()
    page = opened.open("schemas", table="LOAD_PMI", field="NHS_NUMBER")
    page.act("correct")
    form = page.inspector.form
    form.field("field_name").setText("SURNAME")
    page.inspector._save_button.click()
    opened.settle()
    assert "SURNAME already" in form._problem.text()
    assert form.field("field_name").text() == "SURNAME"


def test_escape_leaves_a_correction_then_closes_the_inspector(desk: Open, qtbot: QtBot) -> None:
    opened = desk()
    page = opened.open("schemas")
    page.act("correct")
    qtbot.keyClick(page.inspector.form.field("length"), Qt.Key.Key_Escape)
    assert not page.inspector.correcting
    page.close_inspector()
    assert not page.inspector.isVisible()
    qtbot.keyClick(opened.window, Qt.Key.Key_D)
    opened.settle()
    assert page.inspector.isVisible()


def test_the_keys_move_and_the_inspector_follows(desk: Open, qtbot: QtBot) -> None:
    opened = desk()
    page = opened.open("schemas")
    page.view.grid.setFocus()
    first = page._row.spec.qualified
    qtbot.keyClick(opened.window, Qt.Key.Key_J)
    opened.settle()
    assert page._row.spec.qualified != first
    qtbot.keyClick(opened.window, Qt.Key.Key_K)
    opened.settle()
    assert page._row.spec.qualified == first


def test_one_key_goes_to_the_next_doubtful_field_in_whatever_table(
    desk: Open, qtbot: QtBot
) -> None:
    opened = desk()
    for name in ("SURNAME", "SEX"):
        found = [r.spec for r in schemas.matching(opened.session, FieldQuery(Side.TARGET))
                 if r.spec.field_name.startswith(name)]  # fmt: skip
        spec = found[0]
        schemas.correct_field(
            opened.session, Side.TARGET, spec.table_name, spec.field_name, {"confidence": 0.5}, ""
        )
    page = opened.open("schemas")
    page.view.grid.setFocus()
    seen = [page._row.spec.qualified]
    qtbot.keyClick(opened.window, Qt.Key.Key_U)
    opened.settle()
    seen.append(page._row.spec.qualified)
    assert len(set(seen)) == 2
    assert page._row.spec.confidence == 0.5


def test_what_uses_a_field_is_one_press_away(desk: Open) -> None:
    opened = desk()
    page = opened.open("schemas", table="LOAD_PMI", field="NHS_NUMBER")
    asked: list[Any] = []
    opened.window.open_page = lambda *parts: asked.append(parts)
    page.inspector.facts.used_by.click()
    assert asked == [("mappings", {"table": "LOAD_PMI", "field": "NHS_NUMBER"})]


def test_the_inspector_tells_a_correction_with_its_history_and_takes_it_back(desk: Open) -> None:
    opened = desk()
    fix = ("LOAD_PMI", "SURNAME", {"length": "77"}, "errata of May")
    schemas.correct_field(opened.session, Side.TARGET, *fix)
    page = opened.open("schemas", table="LOAD_PMI", field="SURNAME")
    said = " ".join(label.text() for label in page.inspector.facts.findChildren(Label))
    assert "35 \u2192 77" in said
    assert "anna" in said
    assert "anna corrected length: errata of May" in said
    page.inspector.facts.take_back.click()
    opened.settle()
    assert page._row.spec.length == "35"
    assert page._row.corrected_by == ""


# Problems


def with_problem(page: Any) -> ProblemRow:
    """The page with one problem that the readers would have told."""
    place = page.view.grid.fields.row_at(0).spec.provenance
    table = page.view.grid.fields.row_at(0).spec.table_name
    problem = ReadProblem(f"A row of {table} has no field name", place)
    project = page.context.session.project
    catalog = project.catalogs.load(Side.TARGET, corrected=False)
    with project.command("anna", "schemas.read", at=page.context.session.clock()):
        project.catalogs.replace(replace(catalog, problems=(problem,)))
    page.context.session._cache.clear()
    page.refresh(None)
    page.context.jobs.wait_idle()
    return page.presenter.problems()[0]


def test_a_problem_is_shown_with_its_place_and_leads_to_its_table(desk: Open) -> None:
    opened = desk()
    page = opened.open("schemas")
    problem = with_problem(page)
    page.show_view("problems")
    opened.settle()
    assert page.problems_view.row.key == problem.key
    assert page.inspector.page.isVisible()
    assert page.inspector.accept_button.isHidden()
    kinds = [kind.words for kind in page.problems_view.kinds.rows]
    assert kinds == ["Everything open", "Rows that are no field"]
    page.inspector.go_button.click()
    opened.settle()
    assert page.views.currentWidget() is page.view
    assert page.presenter.table == problem.table


def test_a_problem_is_dismissed_with_a_reason_kept_and_reopened(desk: Open, qtbot: QtBot) -> None:
    opened = desk()
    page = opened.open("schemas")
    with_problem(page)
    page.show_view("problems")
    opened.settle()
    page.inspector.dismiss_button.click()
    reason = page.problems_view.reason
    assert not reason.button.isEnabled()
    qtbot.keyClicks(reason.field, "a blank line")
    qtbot.keyClick(reason.field, Qt.Key.Key_Return)
    opened.settle()
    assert page.presenter.problems() == ()
    (settled,) = page.presenter.settled()
    assert (settled.settled_by, settled.settled_why) == ("anna", "a blank line")
    page.act_on_problem("reopen")
    opened.settle()
    assert len(page.presenter.problems()) == 1


def test_a_field_is_added_from_the_place_of_a_problem(desk: Open) -> None:
    opened = desk()
    page = opened.open("schemas")
    problem = with_problem(page)
    page.show_view("problems")
    opened.settle()
    page.inspector.add_button.click()
    opened.settle()
    form = page.inspector.form
    assert form.field("table_name").text() == problem.table
    form.field("field_name").setText("LEFT_OUT")
    page.inspector._save_button.click()
    opened.settle()
    found = schemas.fields(opened.session, FieldQuery(Side.TARGET, text="LEFT_OUT")).rows
    assert [row.spec.provenance.page for row in found] == [problem.problem.provenance.page]


def test_without_problems_the_view_says_so(desk: Open) -> None:
    opened = desk()
    page = opened.open("schemas", view="problems")
    assert page.problems_view._stack.currentWidget() is page.problems_view.nothing
    assert not page.inspector.isVisible()


# Documents and states


def test_a_read_only_project_offers_no_decision(desk: Open, qtbot: QtBot) -> None:
    page = desk(read_only=True).open("schemas")
    assert not page.inspector.accept_button.isEnabled()
    assert not page.inspector.correct_button.isEnabled()
    assert not page.read_button.isEnabled()
    qtbot.keyClick(page.view.grid, Qt.Key.Key_F2)
    assert page.view.editing.editor is None


def test_without_catalogs_the_two_documents_are_asked_for_and_read(desk: Open) -> None:
    opened = desk("new")
    page = opened.open("schemas")
    assert page.state == "empty"
    empty = page.findChild(SchemasEmpty)
    empty.read_button.click()
    opened.settle()
    assert page.state == "full"
    assert page.presenter.counts()[0] > 800
    assert page.result.isVisible()


def test_dropped_documents_are_taken_for_the_side_they_seem_to_describe(qtbot: QtBot) -> None:
    empty = SchemasEmpty()
    qtbot.addWidget(empty)
    assert not empty.read_button.isEnabled()
    empty.resize(1200, 800)
    empty.layout().activate()
    asked: list[Any] = []
    empty.guess_wanted.connect(asked.append)
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
    assert asked == [["/a/guide.pdf", "/a/dict.xlsx"]]
    empty.take_guess(IntakeGuess("/a/guide.pdf", "guide.pdf", 9, Side.TARGET, "names load tables"))
    assert empty.files == {Side.SOURCE: (), Side.TARGET: ("/a/guide.pdf",)}
    assert not empty.read_button.isEnabled()
    empty.choose(Side.SOURCE, ["/a/dict.xlsx"])
    assert empty.read_button.isEnabled()


def test_a_new_version_is_taken_in_for_the_document_it_replaces(desk: Open) -> None:
    opened = desk()
    page = opened.open("schemas")
    page.take_in(
        [str(opened.session.folder / d.stored_path) for d in page.presenter.reading.documents]
    )
    opened.settle()
    panel = page._intake
    assert page.views.currentWidget() is panel
    sides = {guess.name: guess.side for guess in panel.guesses}
    assert Side.TARGET in sides.values()
    assert all(guess.replaces == guess.name for guess in panel.guesses)
    assert panel.read_button.isEnabled()
    panel.cancel_button.click()
    assert page.views.currentWidget() is page.view


def test_a_document_whose_columns_cannot_be_told_opens_the_assignment(desk: Open) -> None:
    opened = desk()
    page = opened.open("schemas")
    document = page.presenter.reading.documents[0]
    page._not_read(UnsettledColumns("Cannot be told", document=document.name))
    opened.settle()
    assert page.views.currentWidget() is page._assign
    page._assign.left.emit()
    assert page.views.currentWidget() is page.view


def test_the_documents_are_told_with_reader_and_hash(desk: Open) -> None:
    page = desk().open("schemas")
    lines = facts_of(next(d for d in page.presenter.reading.documents if d.side is Side.TARGET))
    assert lines[0].startswith("PDF, ")
    assert lines[-1].startswith("SHA-256 ")


def test_what_the_filter_leaves_is_written_to_excel(desk: Open, tmp_path: Path) -> None:
    opened = desk()
    page = opened.open("schemas", text="nhs number")
    page.export_to(tmp_path / "found.xlsx", narrowed=True)
    opened.settle()
    book = load_workbook(tmp_path / "found.xlsx")
    assert book["Fields"].max_row - 2 == page.view.grid.fields.rowCount()


def test_every_state_can_be_brought_about_for_a_picture(desk: Open) -> None:
    opened = desk()
    page = opened.open("schemas")
    reached = {}
    for name, bring in page.states_for_screenshots():
        bring()
        if name != "loading":
            opened.settle()
        reached[name] = page.state
    assert reached.pop("loading") == "loading"
    assert [reached.pop(name) for name in ("empty", "error", "not-permitted")] == [
        "empty", "error", "not permitted",
    ]  # fmt: skip
    assert set(reached.values()) == {"full"}
