"""The filters over the catalogs: side, words, order, mandatory, and how many are doubtful."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from caseload.gui import words
from caseload.gui.components.chip import Chip
from caseload.gui.components.fields import SearchField
from caseload.gui.components.label import Label, Link
from caseload.gui.components.segmented import Segmented
from caseload.gui.pages.base import Toolbar
from caseload.gui.pages.schemas_presenter import SchemasPresenter
from caseload.model.catalog import Side


class SchemasToolbar(Toolbar):
    """What narrows the page; `doubtful` shows only what is below 0.90."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.sides = Segmented(
            [("source", "Source"), ("target", "Target")], name="Side", small=True
        )
        self.search = SearchField("Filter tables and fields")
        self.search.setFixedWidth(220)
        self.least = Chip("Least certain first", icon="arrow-down")
        self.mandatory = Chip("Mandatory", (("yes", "only"), ("no", "left out")))
        self._count = Label("", tone="text_2")
        self.doubtful = Link("", tone="status.warn.text")
        for widget in (self.sides, self.search, self.least, self.mandatory):
            self.add(widget)
        self._narrowed = False
        self._fields = 0
        self.gap()
        self.add(self._count)
        self.add(self.doubtful)

    def show_view(self, presenter: SchemasPresenter) -> None:
        """Show how the presenter is set."""
        for side in Side:
            self.sides.set_words(side.value, presenter.side_words(side))
        self.sides.set_choice(presenter.side.value)
        self.least.set_keys(("on",) if presenter.is_least_certain else ())
        keys = {None: (), True: ("yes",), False: ("no",)}
        self.mandatory.set_keys(keys[presenter.mandatory])
        self._narrowed = presenter.narrowed()
        fields, doubtful = presenter.counts()
        self._fields = fields
        offered = bool(doubtful) or presenter.doubtful_only
        self._count.setText(f"{words.plural(fields, 'field')}{',' if offered else ''}")
        said = f"{words.number(doubtful)} below 0.90"
        self.doubtful.setText("show all" if presenter.doubtful_only else said)
        self.doubtful.setAccessibleName(self.doubtful.text())
        self.doubtful.setVisible(offered)
        self.doubtful.updateGeometry()

    def show_found(self, found: int) -> None:
        """Say how many fields a filter leaves."""
        if self._narrowed:
            comma = "," if not self.doubtful.isHidden() else ""
            said = f"{words.number(found)} of {words.plural(self._fields, 'field')}{comma}"
            self._count.setText(said)
