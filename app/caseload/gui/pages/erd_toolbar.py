"""Over the diagram: side, find, density, which lines, the focus, and the list."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from caseload.gui import words
from caseload.gui.components.button import Button
from caseload.gui.components.chip import Chip
from caseload.gui.components.fields import SearchField
from caseload.gui.components.label import Label
from caseload.gui.components.segmented import Segmented
from caseload.gui.erd import telling
from caseload.gui.pages.base import Toolbar
from caseload.gui.pages.erd_presenter import ErdPresenter
from caseload.model.catalog import Side

_EDGES = (
    ("auto", "as fits"),
    ("chosen", "of the chosen table"),
    ("all", "all"),
    ("none", "none"),
)


class FindField(SearchField):
    """The search; Enter and Shift+Enter go from hit to hit."""

    stepped = Signal(int)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go on with Enter, back with Shift."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            back = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            self.stepped.emit(-1 if back else 1)
        else:
            super().keyPressEvent(event)


class ErdToolbar(Toolbar):
    """The row of controls.  `hops_wanted` of the focus, 0 to leave it."""

    hops_wanted = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.sides = Segmented(
            [(side.value, title) for side, title in telling.SIDES.items()], name="Side", small=True
        )
        self.search = FindField("Find a table or field", small=True)
        self.search.setFixedWidth(168)
        self.hits = Label("", "caption", "text_3")
        self.density = Segmented(telling.DENSITIES, name="Show", small=True)
        self.edges = Chip("Lines", _EDGES)
        self.focus = Chip("About", icon="focus")
        self.as_list = Button("", icon="list", small=True, name="As list")
        self.as_list.setCheckable(True)
        for widget in (self.sides, self.search, self.hits, self.density, self.edges, self.focus):
            self.add(widget)
        self.gap()
        self.add(self.as_list)
        self.focus.changed.connect(self._focus_changed)
        self.hits.hide()
        self.focus.hide()

    def show_view(self, presenter: ErdPresenter) -> None:
        """Bring the controls to what is shown."""
        self.sides.set_choice(presenter.side.value)
        counts = presenter.loaded.tables if presenter.loaded else {}
        for side in Side:
            count = f" {words.number(counts[side])}" if side in counts else ""
            self.sides.set_words(side.value, f"{telling.SIDES[side]}{count}")
        self.density.set_choice(presenter.shown_density.value)
        self.density.setVisible(not presenter.focus)
        self.focus.setVisible(bool(presenter.focus))
        if presenter.focus:
            name = presenter.focus
            self.focus.set_choices([("1", f"{name}, one hop"), ("2", f"{name}, two hops")])
            self.focus.set_keys((str(presenter.hops),))

    def show_hits(self, at: int, count: int, *, searching: bool) -> None:
        """Say which of how many hits is shown."""
        self.hits.setVisible(searching)
        self.hits.setText(f"{at + 1:,} of {count:,}" if count else "none")

    def _focus_changed(self, keys: tuple[str, ...]) -> None:
        self.hops_wanted.emit(int(keys[0]) if keys else 0)
