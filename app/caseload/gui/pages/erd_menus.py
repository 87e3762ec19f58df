"""The menus of the diagram's page: layouts, export, tables and domains."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRectF
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QFileDialog, QWidget

from caseload.gui import icons
from caseload.gui.components.menu import Menu
from caseload.gui.erd.items import rect_of
from caseload.gui.work import told
from caseload.model.erd import WHOLE_SYSTEM
from caseload.model.relationship import Cardinality

if TYPE_CHECKING:
    from caseload.gui.pages.erd import ErdPage

_KINDS = {"svg": "Vector drawing (*.svg)", "png": "Picture (*.png)"}
_WHOLE_ZOOM = 1.0


class ErdMenus:
    """What the page offers in menus, and what comes of it."""

    def __init__(self, page: ErdPage) -> None:
        self._page = page

    def _menu(self) -> Menu:
        menu = Menu(parent=self._page)
        menu.aboutToHide.connect(menu.deleteLater)
        return menu

    # Layouts

    def on_buttons(self) -> None:
        """Hang the menus of layouts and export on their buttons."""
        self._layouts = Menu(parent=self._page)
        self._layouts.aboutToShow.connect(self._fill_layouts)
        self._page.layout_button.setMenu(self._layouts)
        export = Menu(parent=self._page)
        for words, whole, kind in (
            ("Whole diagram as SVG…", True, "svg"),
            ("Whole diagram as PNG…", True, "png"),
            ("What is in sight as SVG…", False, "svg"),
            ("What is in sight as PNG…", False, "png"),
        ):
            export.addAction(words, partial(self._choose_file, kind, whole=whole))
        self._page.export_button.setMenu(export)

    def _fill_layouts(self) -> None:
        """Layouts by name, and what can be done with the one on show."""
        page, presenter, menu = self._page, self._page.presenter, self._layouts
        menu.clear()
        for layout in presenter.loaded.layouts if presenter.loaded else ():
            action = menu.addAction(layout.name, partial(page.show_layout, layout.name))
            action.setCheckable(True)
            action.setChecked(layout.name == presenter.layout and not presenter.focus)
        menu.addSeparator()
        own = presenter.layout != WHOLE_SYSTEM
        for words, work, on in (
            ("Save as…", self.save_layout, True),
            ("Rename…", self._rename_layout, own),
            ("Delete", self._delete_layout, own),
            ("Reset places", self._reset_layout, True),
        ):
            menu.addAction(words, work).setEnabled(on and presenter.writable)

    def save_layout(self) -> None:
        """Ask for the name of a copy."""
        page = self._page
        title = f"Save {page.presenter.layout} as"
        page.canvas.prompt.ask(title, "Save", "", self._save_as)

    def _save_as(self, name: str) -> None:
        page = self._page
        page.do(page.presenter.edit("save_layout", name, page.presenter.layout))
        page.presenter.layout = name

    def _rename_layout(self) -> None:
        page = self._page
        name = page.presenter.layout
        page.canvas.prompt.ask(f"Rename {name}", "Rename", name, self._rename_to)

    def _rename_to(self, name: str) -> None:
        page = self._page
        page.do(page.presenter.edit("rename_layout", page.presenter.layout, name))
        page.presenter.layout = name

    def _delete_layout(self) -> None:
        page = self._page
        name, page.presenter.layout = page.presenter.layout, WHOLE_SYSTEM
        page.do(page.presenter.edit("delete_layout", name))

    def _reset_layout(self) -> None:
        page = self._page
        page.do(page.presenter.edit("reset_layout", page.presenter.layout))

    # Export

    def _choose_file(self, kind: str, *, whole: bool) -> None:
        page = self._page
        name = f"erd-{page.presenter.side.value}.{kind}"
        start = str(Path(page.context.session.folder) / name)
        chosen, _ = QFileDialog.getSaveFileName(page, "Export the diagram", start, _KINDS[kind])
        if chosen:
            path = Path(chosen)
            self.export(path if path.suffix else path.with_suffix(f".{kind}"), whole=whole)

    def export(self, path: Path, *, whole: bool) -> None:
        """Write the diagram; a toast says when it is done."""
        from caseload.gui.erd.export import Exporter, export_steps

        canvas = self._page.canvas
        placement = canvas.scene.placement
        if placement is None:
            return
        area = rect_of(placement.bounds) if whole else canvas.view.seen()
        zoom = _WHOLE_ZOOM if whole else max(canvas.view.zoom, 0.05) * 2
        if not whole and path.suffix.lower() == ".svg":
            zoom = canvas.view.zoom
        steps = export_steps(canvas.scene, path, QRectF(area), zoom)
        Exporter(steps, partial(self._exported, path), self._not_exported, canvas)

    def _exported(self, path: Path) -> None:
        self._page.context.shell.toast(f"Diagram written to {path.name}")

    def _not_exported(self, error: BaseException) -> None:
        self._page.context.shell.toast(told(error), "error")

    # What is chosen

    def open_at(self, widget: QWidget) -> None:
        """Offer what can be done with what is chosen, under a button."""
        self._fill().popup(widget.mapToGlobal(QPoint(0, widget.height() + 4)))

    def open_context(self, at: QPoint) -> None:
        """Offer it at a place of the screen."""
        menu = self._fill()
        if menu.isEmpty():
            menu.deleteLater()
        else:
            menu.popup(at)

    def _fill(self) -> Menu:
        menu = self._menu()
        scene = self._page.canvas.scene
        if scene.chosen:
            self._fill_tables(menu)
        elif scene.chosen_domain:
            self._fill_domain(menu)
        return menu

    def _fill_tables(self, menu: Menu) -> None:
        page, scene = self._page, self._page.canvas.scene
        tables, on = scene.chosen, page.presenter.writable
        if len(tables) == 1:
            focus = icons.icon("focus")
            menu.addAction(focus, "Focus with one hop", partial(page.focus_on, 1))
            menu.addAction(focus, "Focus with two hops", partial(page.focus_on, 2))
            schemas = icons.icon("table-properties")
            open_schemas = partial(page.inspector.schemas_wanted.emit, tables[0])
            menu.addAction(schemas, "Show in Schemas", open_schemas)
            link = page.inspector.link
            row = page.presenter.link(link)
            if row is not None and row.by:
                take_back = partial(page.inspector.judged.emit, link, "withdraw")
                menu.addAction("Withdraw what was decided", take_back).setEnabled(on)
            menu.addSeparator()
        others = Menu("Move to domain", menu)
        for name in self._domain_names():
            others.addAction(name, partial(self._move_to, tables, name))
        others.addSeparator()
        others.addAction("New domain…", partial(self._move_to_new, tables))
        others.setEnabled(on)
        menu.addMenu(others)
        if len(tables) == 1:
            menu.addAction("Choose its neighbours", self._choose_near)

    def _choose_near(self) -> None:
        scene = self._page.canvas.scene
        if scene.chosen:
            scene.choose([scene.chosen[0], *sorted(scene.related(scene.chosen[0]))])

    def _domain_names(self) -> list[str]:
        diagram = self._page.presenter.diagram
        return sorted(d.name for d in diagram.domains) if diagram else []

    def _fill_domain(self, menu: Menu) -> None:
        page = self._page
        name, on = page.canvas.scene.chosen_domain, page.presenter.writable
        menu.addAction(icons.icon("maximize"), "Open domain", partial(page.open_domain, name))
        menu.addAction(icons.icon("minus"), "Fold or unfold", partial(page.fold, name))
        menu.addSeparator()
        menu.addAction("Rename…", partial(self._ask_domain_name, name)).setEnabled(on)
        others = Menu("Merge into", menu)
        for other in self._domain_names():
            if other != name:
                others.addAction(other, partial(self._merge, name, other))
        others.setEnabled(on)
        menu.addMenu(others)

    def _ask_domain_name(self, name: str) -> None:
        take: Callable[[str], None] = partial(self._rename_domain, name)
        self._page.canvas.prompt.ask(f"Rename {name}", "Rename", name, take)

    def _rename_domain(self, name: str, new: str) -> None:
        page = self._page
        page.canvas.scene.choose_domain("")
        page.do(page.presenter.edit("rename_domain", name, new))

    def _merge(self, name: str, into: str) -> None:
        page = self._page
        page.do(page.presenter.edit("merge_domains", name, into))

    def _move_to(self, tables: tuple[str, ...], domain: str) -> None:
        page = self._page
        page.do(page.presenter.edit("move_to_domain", tables, domain))

    def _move_to_new(self, tables: tuple[str, ...]) -> None:
        take: Callable[[str], None] = partial(self._move_to, tables)
        self._page.canvas.prompt.ask("New domain", "Move", "", take)

    # Drawing

    def offer_drawing(self, child: str, own: str, parent: str, other: str) -> None:
        """Ask how many, where a line between two fields was drawn."""
        menu = self._menu()
        menu.addSection(f"{child}.{own} to {parent}.{other}")
        for words, cardinality in (
            ("Many to one", Cardinality.ONE_TO_MANY),
            ("Many to one, optional", Cardinality.OPTIONAL_TO_MANY),
            ("One to one", Cardinality.ONE_TO_ONE),
            ("One to one, optional", Cardinality.OPTIONAL_TO_ONE),
        ):
            ends = (child, own, parent, other, cardinality.value)
            menu.addAction(words, partial(self._page.draw_link, *ends))
        menu.popup(QCursor.pos())
