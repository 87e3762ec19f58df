"""Finding a table or a field: every hit is marked, and one after the other is gone to."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
        page.go_to(name)
        page.inspector.columns.set_key(field)
