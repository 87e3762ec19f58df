"""The versions of the specs in the window: compared, filtered, renames settled, impact followed."""

from __future__ import annotations

from dataclasses import replace

import openpyxl
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from caseload.gui.components.states import EmptyState, ErrorState
from caseload.gui.pages.base import Context
from caseload.gui.pages.schemas_versions import VersionsView
from caseload.gui.pages.schemas_versions_presenter import CHANGES, IMPACT, RENAMES
from caseload.lifecycle.decisions import record_of
from caseload.lifecycle.refresh import archive_version, settle
from caseload.model.catalog import Catalog, DocumentRead, FieldSpec, Side, TableSpec
from caseload.model.contract import MappingClass, MappingStatus, Route, Rule
from caseload.model.schema_diff import DiffKind, Outcome, RenameState
from caseload.services import mappings
from caseload.services.session import create_project, open_project
from caseload.specs.archive import pack


class Shell:
    """Keeps what the view asks of the window."""

    def __init__(self):
        self.opened, self.toasts, self.changes = [], [], []

    def open_page(self, page_id, filters=None):
        self.opened.append((page_id, filters))

    def toast(self, message, kind="ok", **_more):
        self.toasts.append((kind, message))

    def changed(self, changes):
        self.changes.append(changes)


def catalog(side, document, **tables):
    made = {}
    for name, fields in tables.items():
        specs = [FieldSpec(name, f, i, length=str(n)) for i, (f, n) in enumerate(fields, 1)]
        made[name] = TableSpec(name, tuple(specs))
    return Catalog(side, made, (DocumentRead(document, document * 9, "xlsx"),))


FIRST = catalog(
    Side.SOURCE,
    "Dictionary 5.2.xlsx",
    PATDATA=[("IntPatNo", 9), ("PtSurname", 20), ("PtSex", 1), ("PtDoB", 8)],
)
SECOND = catalog(
    Side.SOURCE,
    "Dictionary 5.3.xlsx",
    PATDATA=[("IntPatNo", 9), ("PtSurname", 12), ("PtGender", 1), ("PtEmail", 60)],
)
THIRD = catalog(
    Side.SOURCE,
    "Dictionary 5.4.xlsx",
    PATDATA=[("InternalPatNo", 9), ("PtSurname", 12), ("PtGenderCode", 1), ("PtEmail", 60)],
)
GUIDE = catalog(
    Side.TARGET, "guide.pdf", LOAD_PMI=[("SURNAME", 35), ("SEX", 1), ("BORN", 10), ("CODE", 4)]
)


def take_in(session, read):
    project = session.project
    with project.command("anna", "schemas.test", at=session.clock()):
        if archive_version(project, pack(read), by="anna", at="2026-11-24T09:00:00Z"):
            before = project.catalogs.load(read.side)
            project.catalogs.replace(read)
            settle(project, before, project.catalogs.load(read.side))


def filled(folder, *, twice=True, more=()):
    session = create_project(folder, name="Versions", actor="anna")
    take_in(session, GUIDE)
    take_in(session, FIRST)
    rules = [
        Rule("LOAD_PMI", target, MappingClass.DIRECT_SOURCE, "PATDATA", source)
        for target, source in (("SURNAME", "PtSurname"), ("SEX", "PtSex"), ("BORN", "PtDoB"))
    ]
    rules.append(Rule("LOAD_PMI", "CODE", MappingClass.SURROGATE_ETL, expression="'X'"))
    with session.project.command("anna", "mappings.test", at=session.clock()):
        session.project.contract.replace(
            [record_of(rule, at) for at, rule in enumerate(rules)],
            [Route("LOAD_PMI", "main", "PATDATA", ("PATDATA.IntPatNo",))],
        )
    names = [f"LOAD_PMI.{n}" for n in ("SURNAME", "SEX", "BORN", "CODE")]
    mappings.approve(session, mappings.numbers_of(session, names))
    for release in (SECOND, *more) if twice else ():
        take_in(session, release)
    # as a run would leave it: what was read before is not held any more
    session.close()
    return open_project(folder, actor="anna")


class Look:
    def __init__(self, session, jobs):
        self.session, self.jobs, self.shell = session, jobs, Shell()
        self.window = QWidget()
        self.window.resize(1384, 780)
        self.view = VersionsView(Context(session, jobs, self.shell), self.window)
        self.view.resize(self.window.size())
        self.window.show()

    def settle(self, qapp):
        for _ in range(4):
            assert self.jobs.wait_idle(60_000)
            qapp.processEvents()

    def pills(self, key):
        model = self.view.models[key]
        return [model.text_at(row, 0) for row in model.rows]


@pytest.fixture
def look(jobs, qapp, tmp_path):
    made = []

    def make(*, twice=True, side="source", more=()):
        found = Look(filled(tmp_path / "p", twice=twice, more=more), jobs)
        made.append(found)
        found.view.show_side(side)
        found.settle(qapp)
        return found

    yield make
    for each in made:
        each.window.close()
        each.window.deleteLater()
        each.session.close()


def test_the_two_newest_versions_are_compared_and_every_change_is_listed(look):
    shown = look()
    view = shown.view
    assert view.state == "full"
    assert [c.version.label for c in view.list.cards] == [
        "v2 · Dictionary 5.3.xlsx",
        "v1 · Dictionary 5.2.xlsx",
    ]
    assert "the newer one compared" in view.list.cards[0].accessibleName()
    assert set(shown.pills(CHANGES)) == {"shorter", "field renamed", "field added", "field removed"}
    assert {chip.accessibleName() for chip in view.chips.chips} >= {"Shorter: 1"}


def test_a_chip_narrows_the_changes_to_its_kind_and_widens_them_again(look):
    shown = look()
    chip = next(c for c in shown.view.chips.chips if c.key is DiffKind.SHORTER)
    chip.click()
    assert shown.pills(CHANGES) == ["shorter"]
    chip.click()
    assert len(shown.pills(CHANGES)) == 4


def test_y_confirms_the_rename_on_show_and_its_mapping_goes_along(look, qapp):
    shown = look()
    view = shown.view
    view.show_tab(RENAMES)
    assert view.details.title.text() == "PATDATA.PtGender"
    assert view.details.first_button.isVisible()
    view.window().activateWindow()
    view.grids[RENAMES].setFocus()
    QTest.keyClick(view.grids[RENAMES], Qt.Key.Key_Y)
    shown.settle(qapp)
    (record,) = shown.session.project.contract.rules(["LOAD_PMI.SEX"])
    assert record.rule.source_field == "PtGender"
    assert record.rule.status is MappingStatus.APPROVED
    assert "1 mapping went along" in shown.shell.changes[0].message
    assert view.models[RENAMES].rows[0].state is RenameState.CONFIRMED
    assert not view.details.first_button.isVisible()


def test_n_keeps_two_names_apart_and_shows_who_said_so(look, qapp):
    shown = look()
    view = shown.view
    view.show_tab(RENAMES)
    view.refuse()
    shown.settle(qapp)
    (rename,) = view.models[RENAMES].rows
    assert rename.state is RenameState.REFUSED
    assert view.tabs.accessibleName().startswith("Show: Renames")


def test_the_surest_renames_are_offered_together(look, qapp):
    shown = look(more=(THIRD,))
    shown.view.show_tab(RENAMES)
    assert shown.view.all_button.text() == "Confirm the 2 surest"
    shown.view.all_button.click()
    shown.settle(qapp)
    assert {r.state for r in shown.view.models[RENAMES].rows} == {RenameState.CONFIRMED}
    assert not shown.view.all_button.isVisible()
    assert len(shown.shell.changes) == 1


def test_the_keys_are_bound_to_the_view(look):
    assert {s.keys for s in look().view.shortcuts()} == {"Y", "N"}


def test_the_impact_gives_reasons_and_leads_to_the_mapping(look):
    shown = look()
    view = shown.view
    view.show_tab(IMPACT)
    assert shown.pills(IMPACT) == ["orphan", "orphan", "re-review"]
    view.grids[IMPACT].choose(2)
    row = view.details.row
    assert row.reasons == ("PATDATA.PtSurname is 12 instead of 20 characters; SURNAME takes 35",)
    view.details.first_button.click()
    assert shown.shell.opened == [("mappings", {"table": "LOAD_PMI", "field": "SURNAME"})]
    keep = next(c for c in view.chips.chips if c.key is Outcome.KEEP)
    keep.click()
    assert set(shown.pills(IMPACT)) == {"keep"}


def test_a_link_in_the_details_leads_to_the_field(look):
    shown = look()
    wanted = []
    shown.view.field_wanted.connect(lambda *place: wanted.append(place))
    at = shown.pills(CHANGES).index("shorter")
    shown.view.grids[CHANGES].choose(at)
    shown.view.details.followed.emit()
    assert wanted == [("source", "PATDATA", "PtSurname")]


def test_choosing_a_version_compares_it_with_the_one_before(look, qapp):
    shown = look()
    take_in(shown.session, replace(FIRST, documents=(DocumentRead("5.4.xlsx", "4", "xlsx"),)))
    shown.view.refresh()
    shown.settle(qapp)
    assert len(shown.view.list.cards) == 3
    shown.view.list.cards[1].click()
    shown.settle(qapp)
    comparison = shown.view.presenter.comparison
    assert (comparison.old.number, comparison.new.number) == (1, 2)


def test_the_comparison_goes_to_excel(look, qapp, tmp_path):
    shown = look()
    shown.view.export_to(str(tmp_path / "out.xlsx"))
    shown.settle(qapp)
    assert "Impact" in openpyxl.load_workbook(tmp_path / "out.xlsx").sheetnames
    assert "out.xlsx" in shown.shell.changes[0].message


def test_one_version_says_what_to_do_next(look):
    shown = look(twice=False)
    assert shown.view.state == "empty"
    empty = shown.view.findChild(EmptyState)
    assert empty.accessibleName() == "One version so far"
    asked = []
    shown.view.take_in_wanted.connect(lambda: asked.append(True))
    empty.primary.click()
    assert asked == [True]


def test_trouble_is_shown_with_a_way_to_try_again(look, qapp):
    shown = look()
    shown.view.presenter.loader = lambda: _fails
    shown.view.refresh()
    shown.settle(qapp)
    assert shown.view.state == "error"
    assert shown.view.findChild(ErrorState) is not None


def _fails():
    raise ValueError("broken")


def test_the_whole_of_it_works_from_the_keyboard(look):
    shown = look()
    view = shown.view
    card = view.list.cards[0]
    card.setFocus()
    QTest.keyClick(card, Qt.Key.Key_Down)
    assert view.tabs.focusPolicy() & Qt.FocusPolicy.TabFocus
    for chip in view.chips.chips:
        assert chip.accessibleName()
        assert chip.focusPolicy() & Qt.FocusPolicy.TabFocus
    for grid in view.grids.values():
        assert grid.accessibleName()
