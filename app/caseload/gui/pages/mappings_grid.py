"""The grid of the Mappings page and the filters over it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from caseload.gui.components.chip import Chip
from caseload.gui.components.classmark import CLASS_WORDS
from caseload.gui.components.fields import SearchField
from caseload.gui.components.grid import GridView
from caseload.gui.components.gridmodel import Column, RowsModel
from caseload.gui.components.label import Link
from caseload.gui.components.pill import STATUS_PILLS
from caseload.gui.pages.base import Toolbar
from caseload.gui.pages.mappings_presenter import SCORES, MappingsPresenter
from caseload.gui.pages.mappings_words import (
    rule_words,
    score_of,
    score_words,
    source_words,
    undecided,
)
from caseload.model.contract import MappingClass, MappingStatus
from caseload.model.views import MappingRow

_COLUMNS: tuple[Column[MappingRow], ...] = (
    Column("target_field", "Target field", lambda r: r.rule.target_field, 190, "name", stretch=3),
    Column("target_table", "Table", lambda r: r.rule.target_table, 128, "path", stretch=2),
    Column(
        "mapping_class",
        "Class",
        lambda r: CLASS_WORDS[r.rule.mapping_class],
        120,
        "class",
        lambda r: r.rule.mapping_class,
    ),
    Column(
        "source",
        "Source",
        lambda r: source_words(r.rule),
        184,
        "path",
        tone=lambda r: "warn" if undecided(r.rule) else "text_2",
        stretch=3,
    ),
    Column("mapping_rule", "Rule", lambda r: rule_words(r.rule), 108, "quiet", stretch=5),
    Column("score", "Score", score_words, 82, "score", score_of),
    Column(
        "status",
        "Status",
        lambda r: STATUS_PILLS[r.rule.status].words,
        108,
        "pill",
        lambda r: STATUS_PILLS[r.rule.status],
    ),
)


def _rule_id(row: MappingRow) -> int:
    return row.rule_id


class MappingGrid(GridView):
    """One page of mappings with ticks; the column of tables shows only where there are several."""

    def __init__(self) -> None:
        self.mappings: RowsModel[MappingRow] = RowsModel(_COLUMNS, row_id=_rule_id, ticks=True)
        super().__init__(self.mappings, name="Mappings", frozen=1)

    def show_tables(self, *, on: bool) -> None:
        """Show or hide the column of tables."""
        self.show_column("target_table", on=on)


class MappingsToolbar(Toolbar):
    """Words and chips; `narrowed` gives the name of what changed."""

    narrowed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.search = SearchField("Filter fields")
        self.search.setMinimumWidth(96)
        self.search.setMaximumWidth(220)
        self.tables = Chip("Table", [("", "")])
        self.classes = Chip("Class", [("", "")], several=True)
        self.statuses = Chip("Status", [("", "")], several=True)
        self.score = Chip("Score", [(key, words) for key, (words, _, _) in SCORES.items()])
        self.mandatory = Chip("Mandatory", (("yes", "only"), ("no", "left out")))
        self.unresolved = Chip("Unresolved")
        self.clear = Link("Clear")
        self.clear.setAccessibleName("Clear all filters")
        self.add(self.search, 1)
        chips = {
            "tables": self.tables,
            "classes": self.classes,
            "statuses": self.statuses,
            "score": self.score,
            "mandatory": self.mandatory,
            "unresolved": self.unresolved,
        }
        for name, chip in chips.items():
            self.add(chip)
            chip.changed.connect(lambda _keys, name=name: self.narrowed.emit(name))
        self.add(self.clear)
        self.gap()
        self.search.searched.connect(lambda _text: self.narrowed.emit("text"))

    def narrow(self, presenter: MappingsPresenter, what: str) -> None:
        """Narrow the view by the field or chip of that name."""
        keys = {chip: next(iter(chip.keys), "") for chip in (self.score, self.mandatory)}
        if what == "text":
            presenter.narrow(text=self.search.text().strip())
        elif what == "tables":
            presenter.narrow(tables=self.tables.keys)
        elif what == "classes":
            presenter.narrow(classes=tuple(MappingClass(key) for key in self.classes.keys))
        elif what == "statuses":
            presenter.narrow(statuses=tuple(MappingStatus(key) for key in self.statuses.keys))
        elif what == "score":
            presenter.set_score(keys[self.score])
        elif what == "mandatory":
            presenter.narrow(mandatory={"yes": True, "no": False}.get(keys[self.mandatory]))
        else:
            presenter.narrow(unresolved=True if self.unresolved.keys else None)

    def show_view(self, presenter: MappingsPresenter) -> None:
        """Show how the presenter is set."""
        query = presenter.query
        for chip, choices in (
            (self.tables, presenter.table_choices()),
            (self.classes, presenter.class_choices()),
            (self.statuses, presenter.status_choices()),
        ):
            _offer(chip, choices)
        self.tables.set_keys(query.tables)
        self.classes.set_keys([c.value for c in query.classes])
        self.statuses.set_keys([s.value for s in query.statuses])
        self.score.set_keys([presenter.score_band] if presenter.score_band else [])
        keys = {None: (), True: ("yes",), False: ("no",)}
        self.mandatory.set_keys(keys[query.mandatory])
        self.unresolved.set_keys(("on",) if query.unresolved else ())
        self.clear.setVisible(presenter.narrowed)
        if self.search.text().strip() != query.text:
            self.search.setText(query.text)


def _offer(chip: Chip, choices: Sequence[tuple[str, str]]) -> None:
    """Offer choices, keeping those that are on even when no row has them any more."""
    known = {key for key, _ in choices}
    kept = [(key, key) for key in chip.keys if key not in known]
    chip.set_choices([*choices, *kept] or [("", "")])
