"""The diagram: both systems as tables in domains, what is covered, and how they hang together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QLineEdit, QStackedWidget, QVBoxLayout, QWidget

from caseload.gui.components.button import Button
from caseload.gui.erd import telling
from caseload.gui.erd.canvas import Canvas
from caseload.gui.erd.scene import EdgeMode
from caseload.gui.pages.base import Action, Page, Shortcut
from caseload.gui.pages.erd_finder import ErdFinder, nothing_to_draw
from caseload.gui.pages.erd_menus import ErdMenus
from caseload.gui.pages.erd_presenter import ErdPresenter, Loaded
from caseload.gui.pages.erd_toolbar import ErdToolbar
from caseload.model.catalog import Side
from caseload.model.erd import Density, Diagram, Placement
from caseload.model.views import ChangeKind, ChangeSet

if TYPE_CHECKING:
    from caseload.gui.erd.inspector import ErdInspector
    from caseload.gui.erd.list_twin import ErdList, ListRow


class ErdPage(Page):
    """Tables, domains and relationships of one side."""

    page_id = "erd"
    title = "ERD"
    interests = frozenset(
        {ChangeKind.DIAGRAM, ChangeKind.CATALOG, ChangeKind.MAPPING, ChangeKind.RUN}
    )
    flush = True
    skeleton = "regions"

    def build(self) -> QWidget:
        """Lay out toolbar, canvas and list."""
        self.presenter = ErdPresenter(self.context.session)
        self._inspecting = True
        self._fit_next = True
        self.coming = ""
        self.toolbar = ErdToolbar()
        self.canvas = Canvas()
        self.list: ErdList | None = None
        self.stack = QStackedWidget()
        self.stack.addWidget(self.canvas)
        self._inspector: ErdInspector | None = None
        self.canvas.view.gestures.writable = self.presenter.writable
        self.layout_button = Button("", icon="bookmark", name="Layout")
        self.export_button = Button("Export", icon="download")
        for button in (self.layout_button, self.export_button):
            self.header.add_action(button)
        self.menus = ErdMenus(self)
        self.finder = ErdFinder(self)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.toolbar)
        column.addWidget(self.stack, 1)
        self._connect()
        return page

    def _connect(self) -> None:
        bar, view = self.toolbar, self.canvas.view
        bar.sides.chosen.connect(self._side_chosen)
        bar.search.searched.connect(self.finder.search)
        bar.search.stepped.connect(self.finder.step)
        bar.density.chosen.connect(self._density_chosen)
        bar.edges.changed.connect(self._edges_changed)
        bar.hops_wanted.connect(self.focus_on)
        bar.as_list.clicked.connect(self._show_view)
        self.canvas.scene.chosen_changed.connect(self._chosen)
        self.canvas.link_pressed.connect(self._link_pressed)
        view.opened.connect(self._opened)
        view.left.connect(self._left)
        view.dropped.connect(self._dropped)
        view.drawn.connect(self.menus.offer_drawing)
        view.menu_wanted.connect(self.menus.open_context)
        self.menus.on_buttons()

    @property
    def inspector(self) -> ErdInspector:
        """The panel at the right, made when it is first filled: the diagram comes before it."""
        if self._inspector is None:
            from caseload.gui.erd import inspector as panel

            inspector = self._inspector = panel.ErdInspector()
            inspector.set_writable(on=self.presenter.writable)
            inspector.hide()
            inspector.closed.connect(self.close_inspector)
            inspector.table_wanted.connect(self.finder.go_to)
            inspector.link_chosen.connect(self.canvas.scene.light_link)
            inspector.judged.connect(self._judge)
            inspector.drawn.connect(self.draw_link)
            inspector.focus_wanted.connect(self.focus_on)
            inspector.domain_wanted.connect(self._domain_wanted)
            inspector.domain_opened.connect(self.open_domain)
            inspector.folded.connect(self.fold)
            inspector.menu_pressed.connect(self.menus.open_at)
            inspector.schemas_wanted.connect(self._open_schemas)
            inspector.list_wanted.connect(self._toggle_list)
        return self._inspector

    # Reading

    def refresh(self, changes: ChangeSet | None) -> None:  # noqa: ARG002
        """Read the diagram, then what of it takes longer."""
        _ = self.content
        self.ask(self.presenter.loader(), self._take)

    def _take(self, loaded: Loaded) -> None:
        presenter = self.presenter
        if not loaded.diagram.tables and loaded.tables[presenter.other_side]:
            presenter.choose_side(presenter.other_side)
            self.refresh(None)
            return
        presenter.loaded = loaded
        self._buttons(on=bool(loaded.diagram.tables))
        if not loaded.diagram.tables:
            self.header.set_sub("")
            self.context.shell.inspect(None)
            self.show_empty()
            return
        fresh = self.state != "full"
        self.show_full()
        self.toolbar.show_view(presenter)
        self.layout_button.set_words(presenter.layout)
        if not presenter.focus:
            self._place(loaded.diagram, loaded.placement)
        self.header.set_sub(telling.sub(loaded.diagram, linked=False))
        if fresh and not isinstance(self.window().focusWidget(), QLineEdit):
            self.canvas.view.setFocus(Qt.FocusReason.OtherFocusReason)
        if presenter.focus:
            self.ask(presenter.focus_loader(), self._take_focus, key="focus")
        else:
            self.ask(presenter.link_loader(), self._take_links, key="links")

    def _place(self, diagram: Diagram, placement: Placement) -> None:
        self.canvas.show_placement(diagram, placement, fit=self._fit_next)
        self._fit_next = False
        if self.coming in self.canvas.scene.tables:
            name, self.coming = self.coming, ""
            self.canvas.view.go_to(name)
            self.canvas.scene.choose([name])
        self._fill_list()
        self.finder.show()
        QTimer.singleShot(0, self, self._chosen)

    def _take_links(self, diagram: Diagram) -> None:
        loaded = self.presenter.loaded
        if loaded is None or diagram.side is not self.presenter.side:
            return
        if diagram.tables.keys() != loaded.diagram.tables.keys():
            return
        self._keep_diagram(loaded, diagram)
        self.canvas.show_links(diagram)
        self._fill_list()
        QTimer.singleShot(0, self, self._chosen)

    def _keep_diagram(self, loaded: Loaded, diagram: Diagram) -> None:
        self.presenter.loaded = Loaded(diagram, loaded.placement, loaded.layouts, loaded.tables)
        self.presenter.linked = True
        self.header.set_sub(telling.sub(diagram, linked=True))

    def _take_focus(self, answer: tuple[Diagram, Placement]) -> None:
        diagram, placement = answer
        loaded = self.presenter.loaded
        if loaded is None or placement.focus != self.presenter.focus:
            return
        self._keep_diagram(loaded, diagram)
        self.canvas.scene.chosen = (placement.focus,)
        self.canvas.scene.current = placement.focus
        self._place(diagram, placement)
        self.canvas.view.announce()

    def _buttons(self, *, on: bool) -> None:
        for button in (self.layout_button, self.export_button):
            button.setVisible(on)

    def empty_state(self) -> QWidget:
        """Say what will be here."""
        return nothing_to_draw(partial(self.context.shell.open_page, "schemas"))

    # What is shown

    def _side_chosen(self, key: str) -> None:
        self.presenter.choose_side(Side(key))
        self.canvas.scene.choose([])
        self._fit_next = True
        self.refresh(None)

    def _density_chosen(self, key: str) -> None:
        self.presenter.density = Density(key)
        self._fit_next = True
        self.refresh(None)

    def _edges_changed(self, keys: tuple[str, ...]) -> None:
        self.canvas.scene.set_edge_mode(EdgeMode(keys[0]) if keys else EdgeMode.AUTO)

    def show_layout(self, name: str) -> None:
        """Show another layout."""
        self.presenter.layout = name
        self.presenter.focus = ""
        self._fit_next = True
        self.refresh(None)

    def focus_on(self, hops: int) -> None:
        """Arrange the diagram about the chosen table; 0 goes back to the whole."""
        presenter, scene = self.presenter, self.canvas.scene
        if hops == 0:
            self._leave_focus()
            return
        table = scene.chosen[0] if scene.chosen else presenter.focus
        if table:
            presenter.focus, presenter.hops = table, hops
            self._fit_next = True
            self.toolbar.show_view(presenter)
            self.ask(presenter.focus_loader(), self._take_focus, key="focus")

    def _leave_focus(self) -> None:
        if self.presenter.focus:
            self.coming = self.presenter.focus
            self.presenter.focus = ""
            self._fit_next = True
            self.refresh(None)

    def _opened(self, name: str) -> None:
        self.canvas.scene.choose([name])
        self.focus_on(self.presenter.hops)

    def _left(self) -> None:
        if self.presenter.focus:
            self._leave_focus()
        elif self.canvas.scene.chosen or self.canvas.scene.chosen_domain:
            self.canvas.scene.choose_domain("")
        else:
            self.close_inspector()

    def fold(self, name: str) -> None:
        """Fold or unfold a domain."""
        loaded = self.presenter.loaded
        if loaded is None:
            return
        shut = {d.name for d in loaded.placement.domains if d.folded} ^ {name}
        work = self.presenter.folder(sorted(shut))
        self.ask(work, self._folded, key="fold")

    def _folded(self, _answer: None) -> None:
        self.refresh(None)

    def open_domain(self, name: str) -> None:
        """Come closer to a domain."""
        region = self.canvas.scene.regions.get(name)
        if region is not None:
            self._show_canvas()
            self.canvas.scene.choose_domain(name)
            self.canvas.view.fit(region.sceneBoundingRect())

    def _show_view(self) -> None:
        listed = self.toolbar.as_list.isChecked()
        if listed and self.list is None:
            self.list = self._make_list()
            self._fill_list()
        shown = self.list if listed and self.list is not None else self.canvas
        self.stack.setCurrentWidget(shown)
        shown.setFocus(Qt.FocusReason.OtherFocusReason)

    def _make_list(self) -> ErdList:
        from caseload.gui.erd.list_twin import ErdList

        made = ErdList()
        made.row_chosen.connect(self._row_chosen)
        made.row_opened.connect(self._row_opened)
        self.stack.addWidget(made)
        return made

    def _fill_list(self) -> None:
        if self.list is not None and self.presenter.diagram is not None:
            self.list.show_diagram(self.presenter.diagram)
            self.list.search(self.presenter.text)

    def _toggle_list(self) -> None:
        self.toolbar.as_list.setChecked(not self.toolbar.as_list.isChecked())
        self._show_view()

    def _show_canvas(self) -> None:
        if self.toolbar.as_list.isChecked():
            self._toggle_list()

    # Inspector

    def _chosen(self) -> None:
        """Show what is chosen."""
        diagram, scene = self.presenter.diagram, self.canvas.scene
        if diagram is None:
            return
        if len(scene.chosen) == 1 and scene.chosen[0] in diagram.tables:
            name = scene.chosen[0]
            hops = self.presenter.hops if self.presenter.focus == name else 0
            self.inspector.show_table(diagram, diagram.tables[name], hops, self.inspector.link)
        elif scene.chosen:
            tables = [diagram.tables[n] for n in scene.chosen if n in diagram.tables]
            self.inspector.show_several(diagram, tables)
        else:
            region = scene.regions.get(scene.chosen_domain)
            folded = region is not None and region.placed.folded
            self.inspector.show_domain(diagram, scene.chosen_domain, folded=folded)
        self._inspect()

    def _inspect(self) -> None:
        if self._inspecting and self.isVisible() and self.state == "full":
            self.context.shell.inspect(self.inspector)

    def _domain_wanted(self, name: str) -> None:
        self.canvas.scene.choose_domain(name)

    def _link_pressed(self, link: str) -> None:
        row = self.presenter.link(link)
        if row is not None:
            self._inspecting = True
            if self.canvas.scene.chosen not in ((row.child,), (row.parent,)):
                self.canvas.scene.choose([row.child])
            self.inspector.choose_link(link)

    def _row_chosen(self, row: ListRow) -> None:
        self.canvas.scene.choose([row.name])

    def _row_opened(self, row: ListRow) -> None:
        self._show_canvas()
        self.finder.go_to(row.name)

    def close_inspector(self) -> None:
        """Give the diagram the whole width."""
        self._inspecting = False
        self.context.shell.inspect(None)
        self.canvas.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def open_inspector(self) -> None:
        """Bring it back."""
        self._inspecting = True
        self._inspect()

    def showEvent(self, event: QShowEvent) -> None:
        """Bring the inspector back with the page."""
        super().showEvent(event)
        QTimer.singleShot(0, self, self._come_back)

    def _come_back(self) -> None:
        if self._content is not None and self.presenter.loaded is not None:
            self._inspect()

    def _open_schemas(self, table: str) -> None:
        self.context.shell.open_page("schemas", {"side": self.presenter.side.value, "table": table})

    # Changing

    def _dropped(self, names: tuple[str, ...], _by: QPointF) -> None:
        places = self.presenter.free_places(names, self.canvas.scene.boxes())
        work = self.presenter.move(places)
        self.context.jobs.command(work, self.context.shell.changed, self._not_changed)

    def _not_changed(self, error: BaseException) -> None:
        self.refused(error)
        self.refresh(None)

    def draw_link(self, child: str, own: str, parent: str, other: str, cardinality: str) -> None:
        """Draw a relationship."""
        self.do(self.presenter.draw(child, own, parent, other, cardinality))

    def _judge(self, link: str, verb: str) -> None:
        if link and self.presenter.writable:
            self.do(self.presenter.judge(link, verb))

    def open_with(self, filters: Mapping[str, str]) -> None:
        """Show a side ("side"), a table ("table"), perhaps with its neighbours ("focus" hops)."""
        _ = self.content
        presenter = self.presenter
        if "side" in filters:
            self.presenter.choose_side(Side(filters["side"]))
        table = filters.get("table", "")
        presenter.focus = table if "focus" in filters else ""
        presenter.hops = int(filters.get("focus", presenter.hops))
        self.coming = "" if presenter.focus else table
        self._fit_next = True
        if self.state == "full":
            self.refresh(None)

    def filter_field(self) -> QLineEdit | None:
        """The search of the toolbar."""
        return self.toolbar.search if self._content is not None else None

    def shortcuts(self) -> Sequence[Shortcut]:
        """Looking about without the mouse."""
        return (
            Shortcut("F", "Focus with one hop", partial(self.focus_on, 1)),
            Shortcut("Shift+F", "Focus with two hops", partial(self.focus_on, 2)),
            Shortcut("L", "Diagram or list", self._toggle_list),
            Shortcut("I", "Show the inspector", self.open_inspector),
            Shortcut("Ctrl+0", "Fit the window", self.canvas.fit),
            Shortcut("Ctrl+Shift+S", "Source or target", self._other_side),
        )

    def _other_side(self) -> None:
        self._side_chosen(self.presenter.other_side.value)

    def palette_actions(self) -> Sequence[Action]:
        """What the palette offers here."""
        return (
            Action("Source or target", "arrow-left-right", self._other_side, "Ctrl+Shift+S"),
            Action("Show the diagram as a list", "list", self._toggle_list, "L"),
            Action("Save this layout under another name", "bookmark", self.menus.save_layout),
        )

    def states_for_screenshots(self) -> Sequence[tuple[str, Callable[[], None]]]:
        """The ways of looking beside the five states, once there are tables."""
        if self.state != "full":
            return super().states_for_screenshots()
        from caseload.gui.pages.erd_pictures import pictures

        return (*pictures(self), *super().states_for_screenshots()[1:])


PAGE = ErdPage
