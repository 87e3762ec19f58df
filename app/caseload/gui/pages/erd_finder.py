"""Finding a table or a field: every hit is marked, and one after the other is gone to."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from caseload.gui.components.states import EmptyState

if TYPE_CHECKING:
    from caseload.gui.pages.erd import ErdPage


class ErdFinder:
    """The search of the diagram's page and which of its hits is shown."""

    def __init__(self, page: ErdPage) -> None:
        self._page = page
        self._hit = -1

    def search(self, text: str) -> None:
        """Look for other words; the diagram goes to the first hit."""
        page = self._page
        page.presenter.text = text.strip()
        self._hit = -1
        if page.list is not None:
            page.list.search(page.presenter.text)
        self.show()
        if page.presenter.found() and not page.toolbar.as_list.isChecked():
            self.step(1)

    def show(self) -> None:
        """Mark the hits and say how many there are."""
        page = self._page
        found = page.presenter.found()
        page.canvas.scene.show_found(name for name, _ in found)
        page.toolbar.show_hits(self._hit, len(found), searching=bool(page.presenter.text))

    def step(self, by: int) -> None:
        """Go to the next hit, or the one before."""
        page = self._page
        found = page.presenter.found()
        if not found:
            return
        self._hit = (self._hit + by) % len(found)
        name, field = found[self._hit]
        page.toolbar.show_hits(self._hit, len(found), searching=True)
        self.go_to(name)
        page.inspector.columns.set_key(field)

    def go_to(self, name: str) -> None:
        """Bring a table into the middle and choose it, wherever it is."""
        page = self._page
        if page.presenter.focus and name not in page.canvas.scene.tables:
            page.presenter.focus = ""
            page.coming = name
            page.refresh(None)
            return
        self._unfold_for(name)
        page.canvas.scene.choose([name])
        page.canvas.view.go_to(name)
        page.canvas.view.announce()

    def _unfold_for(self, name: str) -> None:
        page = self._page
        diagram = page.presenter.diagram
        if diagram is not None and name in diagram.tables and name not in page.canvas.scene.tables:
            page.coming = name
            page.fold(diagram.tables[name].domain)


def nothing_to_draw(read: Callable[[], None]) -> EmptyState:
    """The page before any document is read."""
    return EmptyState(
        "No tables to draw yet",
        "The diagram shows both systems as tables in domains, with what the contract covers"
        " and how tables hang together. It draws itself once the documents are read.",
        icon="waypoints",
        button="Read documents",
        button_icon="file-plus-2",
        on_button=read,
    )
