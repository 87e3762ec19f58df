"""The issue explorer, and the inspector of one issue: its rule's basis and its first rows."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from caseload.gui import words
from caseload.gui.components.card import Card
from caseload.gui.components.chip import Chip
from caseload.gui.components.fields import SearchField
from caseload.gui.components.grid import GridView, card_list
from caseload.gui.components.gridmodel import Column, WindowModel
from caseload.gui.components.inspector import Facts, InspectorBody
from caseload.gui.components.label import Label, Link
from caseload.gui.components.pill import SEVERITY_PILLS
from caseload.gui.components.segmented import Segmented
from caseload.gui.pages.quality_presenter import (
    IssueDetail,
    QualityPresenter,
    category_words,
    change_tone,
    change_words,
    place_words,
)
from caseload.gui.work import JobCentre
from caseload.model.issue import Issue, Severity

_SEVERITIES = (
    ("all", "All"),
    (Severity.ERROR.value, "Errors"),
    (Severity.WARN.value, "Warnings"),
    (Severity.INFO.value, "Information"),
)


def issue_columns(presenter: QualityPresenter) -> tuple[Column[Issue], ...]:
    """The columns of the explorer; keys are those that the services sort by."""
    return (
        Column("severity", "Severity", lambda i: SEVERITY_PILLS[i.severity].words, 106, "pill",
               lambda i: SEVERITY_PILLS[i.severity]),
        Column("table_name", "Field", place_words, 250, "name", stretch=2),
        Column("message", "What is wrong", lambda i: i.message, 260, "quiet", stretch=3),
        Column("category", "Category", lambda i: category_words(i.category), 150, "quiet"),
        Column("rows_affected", "Rows", lambda i: words.number(i.rows_affected), 80, "link",
               align="right"),
        Column("change", "Change", lambda i: change_words(presenter.change_of(i)), 84, "number",
               sortable=False, tone=lambda i: change_tone(presenter.change_of(i))),
        Column("rule_id", "Rule", lambda i: i.rule_id, 150, "path"),
    )  # fmt: skip


class IssueExplorer(Card):
    """The grid of issues under its filters.

    `narrowed` after a filter or sort changed; `chosen` gives the Issue.
    """

    narrowed = Signal()
    chosen = Signal(object)

    def __init__(
        self, presenter: QualityPresenter, jobs: JobCentre, parent: QWidget | None = None
    ) -> None:
        super().__init__("Issue explorer", style="body", parent=parent)
        self._presenter = presenter
        self.severities = Segmented(_SEVERITIES, name="Severity", small=True)
        self.add_beside_title(self.severities)
        self.sub.hide()
        self.category = Chip("Category", several=True)
        self.table = Chip("Table", several=True)
        self.search = SearchField("Filter issues")
        self.search.setMaximumWidth(180)
        for widget in (self.category, self.table, self.search):
            self.add_action(widget)
        self.model: WindowModel[Issue] = WindowModel(issue_columns(presenter), jobs, row_id=hash)
        self.grid = GridView(self.model, name="Issues", lead=15)
        self.grid.set_sort(presenter.sort)
        self.nothing = Label("", tone="text_2")
        self.nothing.setContentsMargins(15, 14, 15, 14)
        self._clear = Link("Take the filters off")
        self._clear.clicked.connect(self.clear)
        self._bottom = QWidget()
        row = QHBoxLayout(self._bottom)
        row.setContentsMargins(0, 0, 15, 0)
        row.setSpacing(0)
        row.addWidget(self.nothing)
        row.addWidget(self._clear)
        row.addStretch(1)
        self._bottom.hide()
        self.body.addWidget(self.grid, 1)
        self.body.addWidget(self._bottom)
        self.severities.chosen.connect(self._filter)
        self.category.changed.connect(self._filter)
        self.table.changed.connect(self._filter)
        self.search.searched.connect(self._filter)
        self.grid.sort_wanted.connect(self._sort)
        self.grid.row_chosen.connect(self.chosen)
        self.grid.link_pressed.connect(self._linked)
        self.model.counted.connect(self._counted)

    def offer(self) -> None:
        """Show the filters as the presenter has them, with fresh counts."""
        presenter = self._presenter
        counts = presenter.counts()
        for key, label in _SEVERITIES:
            self.severities.set_words(key, f"{label} {words.number(counts[key])}")
        self.severities.set_choice(presenter.severity)
        self.category.set_choices(presenter.choices("category"))
        self.category.set_keys(presenter.categories)
        self.table.set_choices(presenter.choices("table"))
        self.table.set_keys(presenter.tables)
        if self.search.text() != presenter.text:
            self.search.setText(presenter.text)

    def set_narrow(self, *, narrow: bool) -> None:
        """Make do with less room: what the inspector shows need not stand in the grid."""
        self.title.setVisible(not narrow)
        for key in ("category", "change", "rule_id"):
            self.grid.show_column(key, on=not narrow)

    def reload(self) -> None:
        """Ask for the rows of the present filters."""
        self.model.show_rows(self._presenter.fetcher())

    def clear(self) -> None:
        """Take all filters off."""
        self._presenter.clear()
        self.offer()
        self.reload()

    def _filter(self, _said: object = None) -> None:
        presenter = self._presenter
        presenter.severity = self.severities.choice
        presenter.categories = self.category.keys
        presenter.tables = self.table.keys
        presenter.text = self.search.text()
        self.narrowed.emit()

    def _sort(self, key: str, descending: bool) -> None:
        self._presenter.sort, self._presenter.descending = key, descending
        self.narrowed.emit()

    def _linked(self, issue: Issue, _key: str) -> None:
        self.chosen.emit(issue)

    def _counted(self, total: int, every: int) -> None:
        self._bottom.setVisible(total == 0)
        self._clear.setVisible(every > 0)
        said = "No issue matches the filters." if every else "Nothing is wrong with the last run."
        self.nothing.setText(said)
        self.sub.setText("" if total == every else f"{words.number(total)} match")
        self.sub.setVisible(total != every)


_ROW_COLUMNS: tuple[Column[tuple[str, str]], ...] = (
    Column("record", "Record", lambda r: r[0] or "–", 150, "mono", sortable=False, stretch=1),
    Column("where", "Where", lambda r: r[1], 170, "quiet", sortable=False),
)


class IssueInspector(InspectorBody):
    """One issue; `mapping_wanted` gives it when its mapping is to be opened."""

    mapping_wanted = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._issue: Issue | None = None
        self.message = Label("", wrap=True, selectable=True)
        self.add_section(self.message, ruled=False)
        self.facts = Facts()
        self.add_section(self.facts, "Rule")
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        self.rows, self._rows_model = card_list(_ROW_COLUMNS, name="Rows behind the issue", lead=8)
        self.more = Label("", "caption", "text_3", wrap=True)
        column.addWidget(self.rows)
        column.addWidget(self.more)
        self.add_section(holder, "Rows behind it")
        self._mapping = Link("Open mapping", tone="text_2", icon="arrow-left-right")
        self._mapping.clicked.connect(self._open_mapping)
        self.add_to_foot(self._mapping)

    @property
    def shown_rows(self) -> Sequence[tuple[str, str]]:
        """The rows it lists."""
        return self._rows_model.rows

    def show_issue(self, issue: Issue) -> None:
        """Show what is known at once, while the rest is read."""
        self._issue = issue
        self.set_title(place_words(issue), category_words(issue.category),
                       SEVERITY_PILLS[issue.severity])  # fmt: skip
        self.message.setText(issue.message)

    def show_detail(self, detail: IssueDetail) -> None:
        """Show basis and rows, unless another issue was chosen meanwhile."""
        issue = detail.issue
        if issue != self._issue:
            return
        self.facts.set_facts(
            [
                ("Rule", detail.rule),
                ("Rests on", detail.basis),
                ("Matters to", detail.matters_to),
                ("Rows", words.number(issue.rows_affected)),
                ("Change", change_words(detail.change)),
            ]
        )
        self._rows_model.set_rows(detail.rows)
        self.rows.fit_height()
        self.rows.setVisible(bool(detail.rows))
        left = issue.rows_affected - len(detail.rows)
        said = f"{words.number(left)} more in the run's files. " if left > 0 and detail.rows else ""
        if not detail.rows:
            said = "It stands for the table as a whole. "
        self.more.setText(f"{said}Values are not shown here.")
        self.foot.setVisible(detail.mapped)

    def _open_mapping(self) -> None:
        if self._issue is not None:
            self.mapping_wanted.emit(self._issue)
