"""Mappings: filters, pages, selections as a predicate, decisions with undo, and the inspector."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from caseload.gui.pages.mappings_presenter import MappingsPresenter
from caseload.gui.pages.mappings_words import flat, laid_out, rule_words, source_words
from caseload.model.contract import MappingClass, MappingStatus, Rule
from caseload.model.errors import BadInput
from caseload.model.views import MappingQuery
from caseload.services import mappings
from caseload.services.session import open_project

TABLE = "LOAD_PMI"
DIRECT, LOOKUP = MappingClass.DIRECT_SOURCE, MappingClass.LOOKUP_TRANSLATION


def rule(**more: Any) -> Rule:
    values = {"target_table": "T", "target_field": "F", "mapping_class": DIRECT, **more}
    return Rule(**values)


def statuses(session: Any, **query: Any) -> set[MappingStatus]:
    found = mappings.rows(session, MappingQuery(limit=100_000, **query))
    return {row.rule.status for row in found.rows}


# In words


def test_a_rule_is_said_without_its_source_once_more() -> None:
    said = rule(source_table="A", source_field="B", mapping_rule="A.B, read as CCYYMMDD")
    assert (source_words(said), rule_words(said)) == ("A.B", "read as CCYYMMDD")
    other = rule(source_table="A", source_field="B", mapping_class=LOOKUP, crosswalk="sex")
    assert rule_words(other) == "sex"


def test_keys_constants_and_open_rules_say_what_stands_for_a_source() -> None:
    surrogate = MappingClass.SURROGATE_ETL
    parent = rule(mapping_class=surrogate, expression="parent_key('LOAD_PMI', A.B)")
    assert (source_words(parent), rule_words(parent)) == ("Key register", "parent key in LOAD_PMI")
    assert source_words(rule(mapping_class=surrogate, expression="'QVH'")) == "Constant"
    assert source_words(rule(mapping_class=MappingClass.OUT_OF_SCOPE)) == "No source"
    assert source_words(rule()) == "Not decided"


@pytest.mark.parametrize(
    "code",
    [
        "crosswalk(A.B, 'two  spaces, and a comma')",
        "case when A.Fore is null then upper(A.Sur) else concat(upper(A.Sur), ', ', A.Fore) end",
        "coalesce(nullif(trim(A.B), ''), concat(A.C, ' ( ', A.D, ' )'), 'a very long literal')",
    ],
)
def test_laying_out_an_expression_does_not_change_it(code: str) -> None:
    assert flat(laid_out(code)) == code


# Without a window


@pytest.fixture
def session(project) -> Iterator[Any]:
    with open_project(project, actor="anna") as opened:
        yield opened


def test_a_selection_is_a_predicate_with_exceptions(session) -> None:
    presenter = MappingsPresenter(session)
    presenter.narrow(tables=(TABLE,))
    every = mappings.rule_ids(session, presenter.query)
    assert len(every) > presenter.query.limit
    resolve = presenter.chosen(every=True, ids=every[:2])
    presenter.clear()
    assert resolve() == every[2:], "the filter of the moment it was chosen"


def test_the_page_of_a_field_is_found(session) -> None:
    presenter = MappingsPresenter(session)
    last = mappings.rows(session, MappingQuery(tables=(TABLE,), limit=1000)).rows[-1]
    presenter.open_with({"table": TABLE, "field": last.rule.target_field})
    reading = presenter.loader(last.rule.target_field)()
    assert reading.page.offset > 0
    assert last in reading.page.rows


def test_what_other_pages_ask_for_becomes_filters(session) -> None:
    presenter = MappingsPresenter(session)
    presenter.open_with({"class": "DERIVED,NO_SUCH", "status": "RE_REVIEW"})
    assert presenter.query.classes == (MappingClass.DERIVED,)
    assert presenter.query.statuses == (MappingStatus.RE_REVIEW,)
    presenter.open_with({"unresolved": "yes"})
    assert presenter.query.unresolved is True
    assert presenter.query.classes == ()
    presenter.open_with({"score": "low"})
    assert presenter.score_band == "low"
    presenter.open_with({})
    assert not presenter.narrowed


def test_approving_many_leaves_those_that_nobody_decided(session) -> None:
    presenter = MappingsPresenter(session)
    first = mappings.rows(session, MappingQuery(classes=(DIRECT,), limit=2)).rows
    ids = tuple(row.rule_id for row in first)
    name = session.rule_of(ids[0])
    kept = {"source_table": "", "source_field": "", "expression": ""}
    from caseload.lifecycle import decisions
    from caseload.services.permission import Permission
    from caseload.services.undo import undoable

    with undoable(session, Permission.EDIT_MAPPINGS, "mappings.set", "empty it") as command:
        decisions.edit_rules(session.project, [name], kept, by="anna", at=command.at)
    done = presenter.approve(lambda: ids)()
    assert done.message == "1 mapping approved; 1 without a decision left as they are"
    with pytest.raises(BadInput, match="no source and no expression"):
        presenter.approve(lambda: ids[:1])()


# The window


def test_the_first_page_says_where_it_stands(desk) -> None:
    page = desk().open("mappings")
    every = page.presenter.reading.page.all_rows
    assert page.model.rowCount() == 25
    assert page.pager._span.text() == "1-25"
    assert page.pager._of.text() == f"of {every:,}"
    assert not page.bulk.isVisible()
    assert not page.grid.isColumnHidden(2), "tables differ, so each row says its own"


@pytest.mark.parametrize("size", [10, 50, 100, 250])
def test_a_page_has_as_many_rows_as_asked(desk, size) -> None:
    table = desk()
    page = table.open("mappings")
    page.pager.forward()
    table.settle()
    page.pager._resize(str(size))
    table.settle()
    assert page.model.rowCount() == size
    assert page.presenter.query.offset == page.pager.offset


def test_words_narrow_the_grid_and_can_be_taken_off(desk, qtbot) -> None:
    table = desk()
    page = table.open("mappings")
    every = page.presenter.matching
    table.window._focus_filter()
    assert QApplication.focusWidget() is page.filters.search or not table.window.isActiveWindow()
    qtbot.keyClicks(page.filters.search, "postcode")
    qtbot.waitUntil(lambda: page.presenter.query.text == "postcode", timeout=3000)
    table.settle()
    assert 0 < page.presenter.matching < every
    page.presenter.narrow(text="no such words")
    page._start_over()
    table.settle()
    assert page._middle.currentIndex() == 1, "it says that nothing matches"
    page.clear_filters()
    table.settle()
    assert page.presenter.matching == every
    assert page.filters.search.text() == ""


def test_one_table_alone_needs_no_column_for_it(desk) -> None:
    page = desk().open("mappings", table=TABLE)
    assert page.grid.isColumnHidden(2)
    assert {row.rule.target_table for row in page.model.rows} == {TABLE}
    assert page.filters.tables.keys == (TABLE,)


def test_a_column_sorts_all_rows_not_the_page(desk) -> None:
    table = desk()
    page = table.open("mappings")
    page.grid.sort_wanted.emit("score", True)
    table.settle()
    best = max(r.score for r in mappings.rows(table.session, MappingQuery(limit=9999)).rows)
    assert page.model.rows[0].score == best


def test_all_that_match_are_approved_and_undone_and_redone(desk, qtbot) -> None:
    table = desk()
    page = table.open("mappings", table=TABLE)
    matching = page.presenter.matching
    page.grid.set_ticked(0, 0, on=True)
    assert page.bulk._all.text() == f"select all {matching} that match"
    page.bulk._all.click()
    assert page.bulk._count.text() == f"All {matching} that match are selected"
    page._approve.click()
    table.settle()
    assert statuses(table.session, tables=(TABLE,)) == {MappingStatus.APPROVED}
    assert MappingStatus.APPROVED not in statuses(table.session, tables=("LOAD_STAFF",))
    assert not page.bulk.isVisible()
    toast = table.window._toasts.toasts[-1]
    assert toast.accessibleName() == f"{matching} mappings approved"
    assert page.history.undo.isEnabled()
    table.window.undo()
    table.settle()
    assert MappingStatus.APPROVED not in statuses(table.session, tables=(TABLE,))
    page.decisions.redo()
    table.settle()
    assert statuses(table.session, tables=(TABLE,)) == {MappingStatus.APPROVED}


def test_ticks_stay_over_pages_and_leave_with_the_filter(desk) -> None:
    table = desk()
    page = table.open("mappings")
    page.grid.set_ticked(0, 2, on=True)
    page.pager.forward()
    table.settle()
    page.grid.set_ticked(0, 0, on=True)
    assert page.ticks.count(page.presenter.matching) == 4
    page.reject()
    table.settle()
    query = MappingQuery(statuses=(MappingStatus.REJECTED,))
    assert mappings.rows(table.session, query).total == 4
    page.grid.set_ticked(0, 0, on=True)
    page.presenter.narrow(classes=(DIRECT,))
    page._start_over()
    table.settle()
    assert page.ticks.count(page.presenter.matching) == 0


def test_keys_move_open_decide_and_close(desk, qtbot) -> None:
    table = desk()
    page = table.open("mappings", table=TABLE)
    qtbot.keyClick(table.window, Qt.Key.Key_J)
    qtbot.keyClick(table.window, Qt.Key.Key_J)
    assert page.grid.current_row == 1
    qtbot.keyClick(page.grid, Qt.Key.Key_Return)
    table.settle()
    assert page.inspector.isVisible()
    assert page.inspector.detail.row.rule_id == page.model.rows[1].rule_id
    qtbot.keyClick(page.grid, Qt.Key.Key_A)
    table.settle()
    assert page.model.rows[1].rule.status is MappingStatus.APPROVED
    assert page.grid.current_row == 1
    assert page.inspector.detail.row.rule.status is MappingStatus.APPROVED
    assert not page.inspector.approve.isEnabled()
    qtbot.keyClick(page.grid, Qt.Key.Key_Escape)
    assert not page.inspector.isVisible()


def test_the_step_past_the_last_row_turns_the_page(desk) -> None:
    table = desk()
    page = table.open("mappings")
    page.grid.choose(24)
    page.step(1)
    table.settle()
    assert (page.presenter.query.offset, page.grid.current_row) == (25, 0)
    page.step(-1)
    table.settle()
    assert (page.presenter.query.offset, page.grid.current_row) == (0, 24)


def test_a_candidate_is_taken_by_its_number_and_given_back(desk) -> None:
    table = desk()
    page = table.open("mappings", table=TABLE, field="SURNAME_AT_BIRTH")
    detail = page.inspector.detail
    assert detail.row.rule.target_field == "SURNAME_AT_BIRTH"
    usable = [
        rank
        for rank, c in enumerate(detail.candidates, 1)
        if c.source_table == detail.row.rule.source_table
        and c.source_field != detail.row.rule.source_field
    ]
    wanted = detail.candidates[usable[0] - 1]
    next(s for s in page.shortcuts() if s.keys == str(usable[0])).slot()
    table.settle()
    taken = page.inspector.detail.row.rule
    assert (taken.source_table, taken.source_field) == (wanted.source_table, wanted.source_field)
    assert page.inspector._shown[1] == usable[0] - 1
    table.window.undo()
    table.settle()
    assert page.inspector.detail.row.rule.source_field == detail.row.rule.source_field


def test_a_candidate_of_a_table_that_is_not_joined_says_so_in_place(desk) -> None:
    table = desk()
    page = table.open("mappings", table=TABLE, field="NAME_PREFIX")
    before = page.inspector.detail
    foreign = next(
        rank
        for rank, c in enumerate(before.candidates, 1)
        if c.source_table != before.row.rule.source_table
    )
    page.accept(foreign)
    table.settle()
    assert page.inspector.refused.isVisible()
    assert "not joined" in page.inspector.refused.accessibleName()
    assert mappings.detail(table.session, before.row.rule_id).row.rule == before.row.rule
    page.step(1)
    table.settle()
    assert not page.inspector.refused.isVisible()


def test_a_bad_expression_shows_its_error_and_changes_nothing(desk) -> None:
    table = desk()
    page = table.open("mappings", table=TABLE, field="SURNAME")
    before = page.inspector.detail.row.rule
    page.edit_expression()
    editor = page.inspector.expression
    assert editor.editing
    editor.well.edit.setPlainText("uper(PATDATA.PtSurname)")
    editor.save.click()
    table.settle()
    assert editor.problem.isVisible()
    assert "uper" in editor.problem.accessibleName()
    assert editor.well.code == "uper(PATDATA.PtSurname)", "what was typed stays"
    rule_id = page.inspector.detail.row.rule_id
    assert mappings.detail(table.session, rule_id).row.rule == before
    editor.well.edit.setPlainText("upper(PATDATA.PtSurname)")
    assert not editor.problem.isVisible()
    editor.save.click()
    table.settle()
    assert not editor.editing
    assert mappings.detail(table.session, rule_id).row.rule.expression == "upper(PATDATA.PtSurname)"
    assert page.inspector.history.isVisible()


def test_what_was_typed_waits_for_its_rule(desk) -> None:
    table = desk()
    page = table.open("mappings", table=TABLE, field="SURNAME")
    page.edit_expression()
    page.inspector.expression.well.edit.setPlainText("upper(")
    page.step(1)
    table.settle()
    assert not page.inspector.expression.editing
    page.step(-1)
    table.settle()
    assert page.inspector.expression.editing
    assert page.inspector.expression.well.code == "upper("
    page.inspector.expression.give_up()
    assert page.inspector.expression.well.code == "PATDATA.PtSurname"


def test_out_of_scope_wants_a_reason(desk, qtbot) -> None:
    table = desk()
    page = table.open("mappings", table=TABLE, field="MOTHERS_BIRTH_SURNAME")
    page.reclassify(MappingClass.OUT_OF_SCOPE)
    assert page.reason.isVisible()
    assert not page.reason.button.isEnabled()
    qtbot.keyClicks(page.reason.field, "Not held any more")
    page.reason.button.click()
    table.settle()
    now = page.inspector.detail.row.rule
    assert now.mapping_class is MappingClass.OUT_OF_SCOPE
    assert "Not held any more" in now.mapping_rule
    assert not page.reason.isVisible()


def test_letters_typed_into_the_filter_decide_nothing(desk, qtbot) -> None:
    table = desk()
    page = table.open("mappings")
    page.grid.choose(0)
    page.filters.search.setFocus()
    qtbot.keyClicks(page.filters.search, "aar1")
    table.settle()
    assert page.filters.search.text() == "aar1"
    assert statuses(table.session) == {MappingStatus.DRAFT}


def test_a_project_without_a_contract_says_how_to_get_one(desk) -> None:
    page = desk("new").open("mappings")
    assert page.state == "empty"


def test_a_read_only_project_shows_all_and_decides_nothing(desk) -> None:
    table = desk(read_only=True)
    page = table.open("mappings", table=TABLE, field="SURNAME")
    inspector = page.inspector
    page.grid.set_ticked(0, 0, on=True)
    assert page.bulk.isVisible()
    for button in (page._approve, inspector.approve, inspector.reject, inspector.reclassify):
        assert not button.isEnabled()
    page.edit_expression()
    assert not inspector.expression.editing
    page.approve()
    table.settle()
    assert statuses(table.session) == {MappingStatus.DRAFT}


def test_every_picture_can_be_brought_about(desk) -> None:
    table = desk()
    page = table.open("mappings")
    seen = []
    for name, bring_about in page.states_for_screenshots():
        table.window.inspect(None)
        bring_about()
        table.settle()
        seen.append(name)
    assert {"full", "inspector", "selection", "filtered", "empty", "error"} <= set(seen)
