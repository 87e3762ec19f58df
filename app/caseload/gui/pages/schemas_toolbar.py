"""The filters over the fields, and beneath them what they leave, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QPoint, Signal
from PySide6.QtGui import QAction, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from caseload.gui import paint, words
from caseload.gui.components.button import IconButton
from caseload.gui.components.chip import Chip
from caseload.gui.components.fields import SearchField
from caseload.gui.components.label import ElidedLabel, Label, Link
from caseload.gui.components.menu import Menu
from caseload.gui.components.segmented import Segmented
from caseload.gui.pages.base import Toolbar
from caseload.gui.pages.schemas_filter import BANDS, MORE, Filter, band_keys, bands_of
from caseload.gui.pages.schemas_presenter import SchemasPresenter
from caseload.gui.theme import current
from caseload.gui.words import tip
from caseload.model.catalog import Side

_STRIP = 32


class SchemasToolbar(Toolbar):
    """What narrows the page.

    `narrowed` gives another filter, `columns_wanted` the keys of the columns to show.
    """

    narrowed = Signal(object)
    columns_wanted = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._filter = Filter()
        self._columns: list[tuple[str, str, bool]] = []
        self.sides = Segmented(
            [("source", "Source"), ("target", "Target")], name="Side", small=True
        )
        self.search = SearchField("Filter", name="Filter tables and fields")
        self.search.setMinimumWidth(110)
        self.search.setMaximumWidth(230)
        self.search.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.least = Chip("Least certain first", icon="arrow-down")
        self.bands = Chip("Confidence", BANDS)
        self.mandatory = Chip("Mandatory", (("yes", "only"), ("no", "left out")))
        self.more = Chip("More", MORE, several=True, icon="filter")
        self.columns = IconButton("columns-3", "Choose columns")
        self.add(self.sides)
        self.add(self.search, 1)
        for widget in (self.least, self.bands, self.mandatory, self.more):
            self.add(widget)
        self.gap()
        self.add(self.columns)
        self.bands.changed.connect(lambda keys: self._narrow(bands=bands_of(keys)))
        self.more.changed.connect(lambda keys: self._narrow(more=tuple(keys)))
        self.mandatory.changed.connect(self._mandatory)
        self.columns.clicked.connect(self._choose_columns)

    def show_view(self, presenter: SchemasPresenter) -> None:
        """Show how the presenter is set."""
        self._filter = presenter.filter
        for side in Side:
            self.sides.set_words(side.value, presenter.side_words(side))
        self.sides.set_choice(presenter.side.value)
        self.least.set_keys(("on",) if presenter.is_least_certain else ())
        keys = {None: (), True: ("yes",), False: ("no",)}
        self.mandatory.set_keys(keys[self._filter.mandatory])
        self.bands.set_keys(band_keys(self._filter.bands))
        versions = presenter.reading.versions.get(presenter.side, 0)
        self.more.set_choices([c for c in MORE if c[0] != "changed" or versions > 1])
        self.more.set_keys(self._filter.more)
        if self.search.text().strip() != self._filter.text:
            self.search.setText(self._filter.text)

    def offer_columns(self, columns: Sequence[tuple[str, str, bool]]) -> None:
        """The columns there are: key, words, and whether each is shown."""
        self._columns = list(columns)

    def _narrow(self, **changes: object) -> None:
        self.narrowed.emit(replace(self._filter, **changes))  # type: ignore[arg-type]

    def _mandatory(self, keys: tuple[str, ...]) -> None:
        self._narrow(mandatory=None if not keys else keys[0] == "yes")

    def _choose_columns(self) -> None:
        menu = Menu(parent=self)
        for key, said, on in self._columns:
            action = menu.addAction(said)
            action.setData(key)
            action.setCheckable(True)
            action.setChecked(on)
        menu.triggered.connect(self._column_picked)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.columns.mapToGlobal(QPoint(0, self.columns.height() + 4)))

    def _column_picked(self, action: QAction) -> None:
        on = {key for key, _, shown in self._columns if shown} ^ {str(action.data())}
        self.columns_wanted.emit(on)


class FilterStrip(QWidget):
    """How many fields the filters leave, in words, how many are doubtful, and a way back."""

    cleared = Signal()
    doubtful_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(_STRIP)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 0, 16, 0)
        row.setSpacing(10)
        self.count = ElidedLabel("", "caption", "text_2")
        self.clear = Link("Clear", style="caption", weight=500)
        self.clear.setAccessibleName("Clear all filters")
        self.doubtful = Link("", style="caption", tone="status.warn.text", weight=500)
        self._sure = Label("", "caption", "text_3")
        row.addWidget(self.count)
        row.addWidget(self.clear)
        row.addStretch(1)
        row.addWidget(self._sure)
        row.addWidget(self.doubtful)
        self.clear.clicked.connect(self.cleared)
        self.doubtful.clicked.connect(self.doubtful_wanted)

    def say(self, presenter: SchemasPresenter, said: str) -> None:
        """Say what is on show."""
        self.count.setText(said)
        self.count.setToolTip(tip(said))
        self.count.updateGeometry()
        self.clear.setVisible(presenter.filter.narrow)
        _, doubtful = presenter.counts()
        offered = bool(doubtful) and not presenter.filter.doubtful_only
        self.doubtful.setText(f"{words.number(doubtful)} below 0.90")
        self.doubtful.setAccessibleName(f"Show the {words.number(doubtful)} below 0.90")
        self.doubtful.setVisible(offered)
        self.doubtful.updateGeometry()
        self._sure.setText("" if doubtful else "none below 0.90")
        self._sure.setVisible(not doubtful)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the line over the grid."""
        line = current().colour("border")
        paint.hline(QPainter(self), 0, self.width(), self.height() - 1, line)
