"""The diagram's page: what is shown at which zoom, and what the pointer and the keys do there."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from caseload.gui.erd.canvas import Canvas
from caseload.gui.erd.export import Exporter, export_steps
from caseload.gui.erd.inspector import ErdInspector
from caseload.gui.erd.items import rect_of
from caseload.gui.erd.list_twin import rows_of
from caseload.gui.erd.rowlist import Row, RowList
from caseload.gui.erd.scene import EdgeMode
from caseload.gui.erd.telling import by_words, link_pill, sub
from caseload.gui.erd.walk import next_table
from caseload.gui.pages.erd_presenter import ErdPresenter, Loaded
from caseload.model.catalog import Side
from caseload.model.erd import (
    WHOLE_SYSTEM,
    Box,
    Density,
    Diagram,
    DomainLink,
    ErdColumn,
    ErdDomain,
    ErdTable,
    Part,
    Placement,
    Standing,
)
from caseload.model.errors import EnvironmentTrouble
from caseload.model.relationship import Cardinality, LinkKind, LinkState, RelationshipRow
from caseload.services.erd_focus import focused
from caseload.services.erd_layout import arrange, placement

Open = Callable[..., Any]


def link(child: str, parent: str, **more: Any) -> RelationshipRow:
    values: dict[str, Any] = {
        "id": f"{child}>{parent}",
        "side": Side.SOURCE,
        "child": child,
        "child_fields": ("Ref",),
        "parent": parent,
        "parent_fields": ("Id",),
        "cardinality": Cardinality.ONE_TO_MANY,
        "kind": LinkKind.INFERRED,
        "state": LinkState.PROPOSED,
        "confidence": 0.9,
    }
    return RelationshipRow(**{**values, **more})


def made_diagram() -> Diagram:
    """Two domains of six tables; in each the later ones point at the first."""
    tables, domains, links = {}, [], []
    for domain in ("Left", "Right"):
        names = [f"{domain.upper()}{i}" for i in range(6)]
        for place, name in enumerate(names):
            columns = (
                ErdColumn("Id", "10", Part.KEY, Standing.APPROVED),
                ErdColumn("Ref", "10", Part.LINK, Standing.DECIDED),
                *(ErdColumn(f"Fact{i}", "20") for i in range(6)),
            )
            tables[name] = ErdTable(name, domain, columns, "", place < 2, 1, 1)
            if place:
                links.append(link(name, names[0]))
        domains.append(ErdDomain(domain, tuple(names), 48, 6, 6))
    links.append(link("RIGHT0", "LEFT0"))
    between = (DomainLink("Left", "Right", 1),)
    return Diagram(Side.SOURCE, tables, tuple(domains), tuple(links), between)


def placed(diagram: Diagram, density: Density = Density.KEYS) -> Placement:
    places = arrange(diagram.tables, diagram.domains, (), density)
    return placement(places, diagram.tables, diagram.domains, density)


@pytest.fixture
def canvas(qtbot: QtBot, request: pytest.FixtureRequest) -> Canvas:
    window = QWidget()
    qtbot.addWidget(window)
    request.node.window = window
    window.resize(1000, 700)
    made = Canvas(window)
    made.resize(1000, 700)
    diagram = made_diagram()
    window.show()
    made.show_placement(diagram, placed(diagram), fit=True)
    return made


def middle_of(canvas: Canvas, name: str) -> QPoint:
    at = canvas.scene.tables[name].frame().center()
    return canvas.view.viewportTransform().map(at).toPoint()


def zoom_to(canvas: Canvas, zoom: float) -> None:
    canvas.view.zoom_at(QPointF(500, 350), zoom / canvas.view.zoom)


# Zoom and levels of detail


def test_all_is_in_sight_at_first_with_the_foot_left_free(canvas: Canvas) -> None:
    box = canvas.scene.placement.bounds
    shown = canvas.view.viewportTransform().mapRect(rect_of(box))
    assert shown.left() >= 0
    assert shown.right() <= canvas.view.viewport().width()
    assert shown.bottom() <= canvas.view.viewport().height() - 44


@pytest.mark.parametrize("factor", [1.7, 0.6])
def test_what_is_under_the_pointer_stays_there_while_zooming(canvas: Canvas, factor: float) -> None:
    at = QPointF(321, 234)
    before = canvas.view.to_scene(at)
    canvas.view.zoom_at(at, factor)
    after = canvas.view.viewportTransform().map(before)
    assert (after - at).manhattanLength() < 2


def test_tables_are_blocks_of_their_region_from_afar_and_themselves_near_by(
    canvas: Canvas,
) -> None:
    zoom_to(canvas, 0.2)
    assert not any(item.isVisible() for item in canvas.scene.tables.values())
    zoom_to(canvas, 0.5)
    assert all(item.isVisible() for item in canvas.scene.tables.values())


def test_lines_between_domains_are_counted_from_afar_and_gone_near_by(canvas: Canvas) -> None:
    zoom_to(canvas, 0.2)
    assert len(canvas.scene.shown_domain_edges(0.2)) <= 1
    canvas.scene.choose_domain("Left")
    assert [edge.count for edge, _ in canvas.scene.shown_domain_edges(0.2)] == [1]
    assert canvas.scene.shown_domain_edges(0.5) == []


def test_near_by_the_lines_within_domains_are_drawn(canvas: Canvas) -> None:
    drawn = {edge.row.id for edge in canvas.scene.quiet_edges(0.8, rows=True)}
    assert "LEFT3>LEFT0" in drawn
    assert "RIGHT0>LEFT0" not in drawn
    canvas.scene.set_edge_mode(EdgeMode.ALL)
    assert len(canvas.scene.quiet_edges(0.8, rows=True)) == 11
    canvas.scene.set_edge_mode(EdgeMode.NONE)
    assert not canvas.scene.quiet_edges(0.8, rows=True)


def test_the_lines_of_a_chosen_table_stand_out(canvas: Canvas) -> None:
    canvas.scene.choose(["RIGHT0"])
    lit = {edge.row.id for edge in canvas.scene.lit_edges(0.8, rows=True)}
    assert "RIGHT0>LEFT0" in lit
    assert len(lit) == 6


def test_a_table_at_rest_looks_as_it_did_when_it_was_drawn_anew(canvas: Canvas) -> None:
    zoom_to(canvas, 0.8)
    canvas.scene.moving = False
    drawn, keeping, copied = (canvas.view.grab().toImage() for _ in range(3))
    assert drawn == keeping == copied


# Pointer


def test_a_press_chooses_a_table_and_a_press_beside_it_its_domain(canvas: Canvas) -> None:
    zoom_to(canvas, 0.5)
    view = canvas.view.viewport()
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=middle_of(canvas, "LEFT2"))
    assert canvas.scene.chosen == ("LEFT2",)
    region = canvas.scene.regions["Left"].sceneBoundingRect()
    beside = QPointF(region.left() + 30, region.top() + 20)
    at = canvas.view.viewportTransform().map(beside).toPoint()
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=at)
    assert canvas.scene.chosen == ()
    assert canvas.scene.chosen_domain == "Left"


def test_ctrl_chooses_several(canvas: Canvas) -> None:
    zoom_to(canvas, 0.5)
    for name in ("LEFT2", "LEFT3"):
        QTest.mouseClick(
            canvas.view.viewport(),
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.ControlModifier,
            middle_of(canvas, name),
        )
    assert canvas.scene.chosen == ("LEFT2", "LEFT3")


def drag(canvas: Canvas, start: QPoint, by: QPoint) -> None:
    view = canvas.view.viewport()
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=start)
    for step in (1, 2, 3):
        QTest.mouseMove(view, start + by * step / 3)
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=start + by)


def test_a_dragged_table_is_dropped_where_it_was_let_go(canvas: Canvas, qtbot: QtBot) -> None:
    zoom_to(canvas, 0.5)
    before = canvas.scene.tables["LEFT2"].box
    with qtbot.waitSignal(canvas.view.dropped) as dropped:
        drag(canvas, middle_of(canvas, "LEFT2"), QPoint(60, 30))
    assert dropped.args[0] == ("LEFT2",)
    after = canvas.scene.tables["LEFT2"].box
    assert abs(after.x - before.x - 120) <= 8
    assert abs(after.y - before.y - 60) <= 8


def test_nothing_is_dragged_where_nothing_can_be_written(canvas: Canvas) -> None:
    zoom_to(canvas, 0.5)
    canvas.view.gestures.writable = False
    before = canvas.scene.tables["LEFT2"].box
    drag(canvas, middle_of(canvas, "LEFT2"), QPoint(60, 30))
    assert canvas.scene.tables["LEFT2"].box == before


def test_a_line_is_drawn_from_field_to_field(canvas: Canvas, qtbot: QtBot) -> None:
    zoom_to(canvas, 0.8)

    def row(name: str, place: int) -> QPoint:
        box = canvas.scene.tables[name].box
        at = QPointF(box.x + 60, box.y + 38 + 20 * (place + 0.5))
        return canvas.view.viewportTransform().map(at).toPoint()

    canvas.view.show_table("LEFT2")
    start, end = row("LEFT2", 1), row("LEFT3", 0)
    with qtbot.waitSignal(canvas.view.drawn) as drawn:
        drag(canvas, start, end - start)
    assert drawn.args == ["LEFT2", "Ref", "LEFT3", "Id"]


def test_dragging_beside_the_tables_pans(canvas: Canvas) -> None:
    seen = canvas.view.seen()
    drag(canvas, QPoint(5, 5), QPoint(-40, -20))
    assert canvas.view.seen().left() > seen.left()
    assert canvas.scene.chosen == ()


def test_a_hovered_line_explains_itself(canvas: Canvas) -> None:
    zoom_to(canvas, 0.8)
    edge = next(iter(canvas.scene.quiet_edges(0.8, rows=True)))
    canvas.scene.hover_edge(edge)
    canvas.view.set_hovered(edge.row.id, QPoint(100, 100))
    assert canvas.card.isVisible()
    assert edge.row.parent in canvas.card.accessibleName()
    canvas.view.set_hovered("", QPoint())
    assert not canvas.card.isVisible()


def test_an_edge_is_met_on_its_line_and_not_beside_it(canvas: Canvas) -> None:
    edge = next(iter(canvas.scene.quiet_edges(0.8, rows=True)))
    on = edge.path.pointAtPercent(0.4)
    assert edge.distance(on) < 3
    assert canvas.scene.edge_at(on, 0.8, 6) is not None
    assert canvas.scene.edge_at(on + QPointF(5000, 0), 0.8, 6) is None


# Keys


def test_arrows_walk_from_table_to_table(canvas: Canvas) -> None:
    canvas.view.setFocus()
    canvas.scene.choose(["LEFT0"])
    QTest.keyClick(canvas.view, Qt.Key.Key_Right)
    assert canvas.scene.current == "LEFT1"
    QTest.keyClick(canvas.view, Qt.Key.Key_Down)
    assert canvas.scene.current not in ("LEFT0", "LEFT1", "")
    assert canvas.scene.current in canvas.view.accessibleName()


def test_the_walk_prefers_a_related_table_to_a_nearer_one() -> None:
    boxes = {"A": Box(0, 0, 10, 10), "B": Box(20, 0, 10, 10), "C": Box(30, 5, 10, 10)}
    assert next_table(boxes, "A", (1, 0), (), QPointF()) == "B"
    assert next_table(boxes, "A", (1, 0), ("C",), QPointF()) in ("B", "C")
    assert next_table(boxes, "A", (-1, 0), (), QPointF()) == ""


def test_enter_opens_and_escape_leaves(canvas: Canvas, qtbot: QtBot) -> None:
    canvas.scene.choose(["LEFT0"])
    with qtbot.waitSignal(canvas.view.opened) as opened:
        QTest.keyClick(canvas.view, Qt.Key.Key_Return)
    assert opened.args == ["LEFT0"]
    with qtbot.waitSignal(canvas.view.left):
        QTest.keyClick(canvas.view, Qt.Key.Key_Escape)


# Focus


def test_focus_shows_all_near_tables_and_no_lines_of_others(canvas: Canvas) -> None:
    diagram = made_diagram()
    canvas.show_placement(diagram, focused(diagram, "RIGHT0", 1), fit=True)
    assert "LEFT0" in canvas.scene.tables
    shown = {edge.row.id for edge in canvas.scene.quiet_edges(0.8, rows=True)}
    assert all("RIGHT0" in name for name in shown)
    assert canvas.scene.shown_domain_edges(0.2) == []


# Export


@pytest.mark.parametrize("ending", ["svg", "png"])
def test_the_whole_diagram_is_written_as_a_file(
    canvas: Canvas, tmp_path: Path, ending: str
) -> None:
    path = tmp_path / f"erd.{ending}"
    area = rect_of(canvas.scene.placement.bounds)
    for _ in export_steps(canvas.scene, path, area, 1.0):
        assert not path.exists()
    assert path.stat().st_size > 2000
    if ending == "svg":
        text = path.read_text(encoding="utf-8")
        assert "LEFT0" in text
        assert "<image" not in text
    else:
        assert QImage(str(path)).width() >= round(area.width())
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


def test_a_diagram_is_written_while_the_window_goes_on(
    canvas: Canvas, tmp_path: Path, qtbot: QtBot
) -> None:
    path, written = tmp_path / "erd.png", []
    steps = export_steps(canvas.scene, path, rect_of(canvas.scene.placement.bounds), 0.2)
    Exporter(steps, partial(written.append, True), written.append, canvas)
    assert not path.exists()
    qtbot.waitUntil(lambda: bool(written), timeout=30_000)
    assert written == [True]
    assert path.exists()


@pytest.mark.parametrize("ending", ["svg", "png"])
def test_a_folder_that_is_not_there_is_a_clean_message(
    canvas: Canvas, tmp_path: Path, qtbot: QtBot, ending: str
) -> None:
    told: list[BaseException] = []
    path = tmp_path / "nowhere" / f"erd.{ending}"
    steps = export_steps(canvas.scene, path, rect_of(canvas.scene.placement.bounds), 0.2)
    Exporter(steps, list, told.append, canvas)
    qtbot.waitUntil(lambda: bool(told), timeout=30_000)
    assert isinstance(told[0], EnvironmentTrouble)


# Beside the diagram


def test_the_map_leads_to_the_place_that_is_pressed(canvas: Canvas) -> None:
    zoom_to(canvas, 1.0)
    assert canvas.map.isVisible()
    canvas.map.wanted.emit(QPointF(400, 300))
    middle = canvas.view.seen().center()
    assert (middle - QPointF(400, 300)).manhattanLength() < 5


def test_a_list_of_rows_is_walked_with_the_keyboard(qtbot: QtBot) -> None:
    rows = RowList("Relationships")
    qtbot.addWidget(rows)
    rows.set_rows([Row("a", "ADMITDISCH", "by PtIntNo"), Row("b", "OPA")])
    chosen: list[str] = []
    rows.chosen.connect(chosen.append)
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Up):
        QTest.keyClick(rows, key)
    assert chosen == ["a", "b", "a"]
    assert rows.accessibleName() == "Relationships, ADMITDISCH, by PtIntNo, 1 of 2"


def test_two_chosen_tables_offer_to_draw_a_relationship(qtbot: QtBot) -> None:
    inspector = ErdInspector()
    qtbot.addWidget(inspector)
    diagram = made_diagram()
    inspector.show_several(diagram, [diagram.tables["LEFT2"], diagram.tables["RIGHT0"]])
    with qtbot.waitSignal(inspector.drawn) as drawn:
        inspector.draw_button.click()
    assert drawn.args == ["LEFT2", "Id", "RIGHT0", "Id", "1:n"]


# Words and list


def test_the_list_says_what_the_diagram_shows() -> None:
    rows = {row.name: row for row in rows_of(made_diagram())}
    assert rows["LEFT0"].links == 6
    assert rows["LEFT3"].related == "LEFT0"
    assert rows["LEFT3"].covered == pytest.approx(0.25)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({}, "Inferred 0.90"),
        ({"confidence": 0.41}, "Weak 0.41"),
        ({"kind": LinkKind.DECLARED}, "Declared"),
        ({"state": LinkState.CONFIRMED}, "Confirmed"),
        ({"state": LinkState.REJECTED}, "Rejected"),
        ({"kind": LinkKind.DRAWN, "state": LinkState.CONFIRMED}, "Drawn"),
    ],
)
def test_a_pill_says_how_sure_a_relationship_is(more: dict[str, Any], words: str) -> None:
    assert link_pill(link("A", "B", **more)).words == words


def test_a_relationship_is_told_from_the_side_it_is_seen_from() -> None:
    row = link("A", "B")
    assert by_words(row, "A") == "by Ref, many to one"
    assert by_words(row, "B") == "by Ref, one to many"


def test_counts_are_said_under_the_title() -> None:
    assert sub(made_diagram(), linked=True) == "12 tables in 2 domains, 11 relationships"


def test_a_search_finds_tables_first_then_fields() -> None:
    class Session:
        read_only = False

    presenter = ErdPresenter(Session())
    diagram = made_diagram()
    presenter.loaded = Loaded(diagram, placed(diagram), (), {})
    presenter.text = "left"
    assert presenter.found()[0] == ("LEFT0", "")
    presenter.text = "fact5"
    assert len(presenter.found()) == 12
    assert presenter.found()[0] == ("LEFT0", "Fact5")


# The page


def test_the_page_draws_both_systems_and_says_their_counts(desk: Open) -> None:
    window = desk()
    page = window.open("erd")
    assert page.state == "full"
    assert page.header.sub.text().startswith("417 tables in ")
    assert "relationships" in page.header.sub.text()
    assert len(page.canvas.scene.tables) == 417
    page.toolbar.sides.chosen.emit("target")
    window.settle()
    assert len(page.canvas.scene.tables) == 38
    assert page.presenter.shown_density is Density.KEYS


def test_a_project_without_documents_read_says_what_comes_here(desk: Open) -> None:
    assert desk("new").open("erd").state == "empty"


def test_enter_arranges_the_diagram_about_a_table_and_escape_brings_it_back(desk: Open) -> None:
    window = desk()
    page = window.open("erd", side="target")
    name = next(iter(page.canvas.scene.tables))
    page.canvas.scene.choose([name])
    QTest.keyClick(page.canvas.view, Qt.Key.Key_Return)
    window.settle()
    assert page.canvas.scene.placement.focus == name
    assert page.toolbar.focus.isVisible()
    QTest.keyClick(page.canvas.view, Qt.Key.Key_Escape)
    window.settle()
    assert page.canvas.scene.placement.focus == ""
    assert page.canvas.scene.chosen == (name,)


def test_the_inspector_confirms_a_relationship_and_undo_takes_it_back(desk: Open) -> None:
    window = desk()
    page = window.open("erd", side="target")
    page.finder.go_to("LOAD_PMI")
    row = page.inspector.links.rows[0]
    page.inspector.choose_link(row.key)
    page.inspector.confirm_button.click()
    window.settle()
    assert page.presenter.link(row.key).state is LinkState.CONFIRMED
    window.window.undo()
    window.settle()
    assert page.presenter.link(row.key).state is LinkState.PROPOSED


def test_a_moved_table_keeps_its_place_and_undo_brings_it_back(desk: Open) -> None:
    window = desk()
    page = window.open("erd", side="target")
    scene = page.canvas.scene
    name = next(iter(scene.tables))
    before = scene.tables[name].box
    scene.choose([name])
    scene.drag([name], QPointF(0, -4000))
    page.canvas.view.dropped.emit((name,), QPointF(0, -4000))
    window.settle()
    assert scene.tables[name].box.y == before.y - 4000
    window.window.undo()
    window.settle()
    assert scene.tables[name].box == before


def test_a_table_dropped_on_another_steps_aside(desk: Open) -> None:
    page = desk().open("erd", side="target")
    boxes = page.canvas.scene.boxes()
    one, other = list(boxes)[:2]
    dropped = {
        **boxes,
        one: Box(boxes[other].x + 5, boxes[other].y + 5, boxes[one].w, boxes[one].h),
    }
    x, y = page.presenter.free_places([one], dropped)[one]
    assert not Box(x, y, boxes[one].w, boxes[one].h).meets(boxes[other])


def test_the_search_goes_from_hit_to_hit(desk: Open) -> None:
    window = desk()
    page = window.open("erd", side="target")
    page.finder.search("PMI_ADDR")
    assert page.canvas.scene.chosen == ("LOAD_PMI_ADDRESSES",)
    assert page.toolbar.hits.text().startswith("1 of ")
    page.finder.search("nothing is called so")
    assert page.toolbar.hits.text() == "none"


def test_the_list_holds_every_table_and_leads_back_to_the_diagram(desk: Open) -> None:
    window = desk()
    page = window.open("erd", side="target")
    page.toolbar.as_list.click()
    assert page.list.list_model.rowCount() == 38
    page.list.search("load_pmi patients")
    row = page.list.list_model.row_at(0)
    page.list.row_opened.emit(row)
    assert page.canvas.scene.chosen == (row.name,)
    assert not page.toolbar.as_list.isChecked()


def test_a_domain_folds_and_unfolds(desk: Open) -> None:
    window = desk()
    page = window.open("erd", side="target")
    name = page.presenter.diagram.domains[0].name
    page.fold(name)
    window.settle()
    assert page.canvas.scene.regions[name].placed.folded
    page.fold(name)
    window.settle()
    assert not page.canvas.scene.regions[name].placed.folded


def test_a_layout_is_saved_under_a_name(desk: Open) -> None:
    window = desk()
    page = window.open("erd", side="target")
    page.menus.save_layout()
    page.canvas.prompt.field.setText("Ward round")
    QTest.keyClick(page.canvas.prompt.field, Qt.Key.Key_Return)
    window.settle()
    assert page.layout_button.text() == "Ward round"
    names = [layout.name for layout in page.presenter.loaded.layouts]
    assert names == [WHOLE_SYSTEM, "Ward round"]


def test_who_only_reads_can_look_about_but_decide_nothing(desk: Open) -> None:
    page = desk(read_only=True).open("erd", side="target")
    page.finder.go_to(next(iter(page.canvas.scene.tables)))
    if page.inspector.links.rows:
        page.inspector.choose_link(page.inspector.links.rows[0].key)
    assert not page.inspector.confirm_button.isEnabled()
    assert not page.canvas.view.gestures.can_move
