"""Quality: figures of real runs against their thresholds, and every issue behind them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from caseload.gui import words
from caseload.gui.components.card import Card
from caseload.gui.components.label import Label
from caseload.gui.components.pagearea import PageArea
from caseload.gui.components.states import EmptyState
from caseload.gui.components.tile import KpiTile
from caseload.gui.pages.base import Action, Page, Shortcut
from caseload.gui.pages.quality_charts import BarList, Legend, TrendChart
from caseload.gui.pages.quality_explorer import IssueExplorer, IssueInspector
from caseload.gui.pages.quality_presenter import OTHERS, QualityPresenter, Reading
from caseload.gui.theme import current
from caseload.model.issue import Issue, Severity
from caseload.model.views import ChangeKind, ChangeSet

_CARD_HEIGHT = 230
_EXPLORER_LEAST = 300
_NARROW = 900


class QualityPage(Page):
    """Dashboard and issues: one explorer, with or without the figures above it."""

    page_id = "quality"
    title = "Quality"
    interests = frozenset({ChangeKind.RUN, ChangeKind.OUTPUT, ChangeKind.SETTING})
    skeleton = "cards"
    tabs = (("dashboard", "Dashboard"), ("issues", "Issues"))

    def build(self) -> QWidget:
        """Lay out tiles, charts and the explorer."""
        self.presenter = QualityPresenter(self.context.session)
        gutter, pad = int(current().size("gutter")), int(current().size("page_pad"))
        self._run = Label("", tone="text_2")
        self.header.add_action(self._run)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(pad, gutter, pad, pad)
        column.setSpacing(gutter)
        self._dashboard = QWidget()
        top = QVBoxLayout(self._dashboard)
        top.setContentsMargins(0, 0, 0, 0)
        top.setSpacing(gutter)
        self._tile_row = QHBoxLayout()
        self._tile_row.setSpacing(12)
        self.tiles: list[KpiTile] = []
        top.addLayout(self._tile_row)
        charts = QHBoxLayout()
        charts.setSpacing(gutter)
        charts.addWidget(self._category_card(), 20)
        charts.addWidget(self._table_card(), 20)
        self._trend_box = self._trend_card()
        charts.addWidget(self._trend_box, 29)
        top.addLayout(charts)
        column.addWidget(self._dashboard)
        self.explorer = IssueExplorer(self.presenter, self.context.jobs)
        self.explorer.setMinimumHeight(_EXPLORER_LEAST)
        column.addWidget(self.explorer, 1)
        self.inspector: IssueInspector | None = None
        self._connect()
        return PageArea(page)

    def _connect(self) -> None:
        self.categories.pressed.connect(self._press_category)
        self.tables.pressed.connect(self._press_table)
        self.explorer.narrowed.connect(self._narrow)
        self.explorer.chosen.connect(self._inspect)
        self.explorer.model.failed.connect(self.show_error)
        if self.header.tabs is not None:
            self.header.tabs.opened.connect(self._open_tab)

    def _category_card(self) -> Card:
        card = Card("Issues by category", style="body")
        card.setFixedHeight(_CARD_HEIGHT)
        self.categories = BarList("Issues by category", label=116)
        self.legend = Legend()
        box = QVBoxLayout()
        box.setContentsMargins(15, 0, 15, 14)
        box.addWidget(self.categories)
        box.addStretch(1)
        box.addWidget(self.legend)
        card.body.addLayout(box)
        return card

    def _table_card(self) -> Card:
        card = Card("Issues by table", style="body")
        card.setFixedHeight(_CARD_HEIGHT)
        self.tables = BarList("Issues by table", label=152)
        box = QVBoxLayout()
        box.setContentsMargins(15, 0, 15, 14)
        box.addWidget(self.tables)
        box.addStretch(1)
        box.addWidget(Label("Press a bar for the issues behind it", "caption", "text_3"))
        card.body.addLayout(box)
        return card

    def _trend_card(self) -> Card:
        card = Card("Issues over real runs", style="body")
        card.setFixedHeight(_CARD_HEIGHT)
        legend = Legend()
        legend.set_items((("series:1", "Warnings"), ("series:0", "Errors")))
        card.add_action(legend)
        self.trend = TrendChart()
        box = QVBoxLayout()
        box.setContentsMargins(15, 0, 10, 8)
        box.addWidget(self.trend)
        card.body.addLayout(box)
        return card

    # What is there

    def refresh(self, changes: ChangeSet | None) -> None:  # noqa: ARG002
        """Read figures and issues again."""
        _ = self.content
        self.ask(self.presenter.loader(), self._take)

    def _take(self, reading: Reading) -> None:
        presenter = self.presenter
        presenter.take(reading)
        self._run.setText(presenter.sub())
        if presenter.empty:
            self.show_empty()
            return
        counts = presenter.counts()
        if self.header.tabs is not None:
            self.header.tabs.set_words("issues", f"Issues {words.number(counts['all'])}")
        self._show_tiles(reading)
        self.categories.set_rows(presenter.by_category())
        self.legend.set_items(
            (
                ("error", words.plural(counts[Severity.ERROR.value], "error")),
                ("warn", words.plural(counts[Severity.WARN.value], "warning")),
                ("neutral", f"{words.number(counts[Severity.INFO.value])} information"),
            )
        )
        self.tables.set_rows(presenter.by_table())
        self.trend.set_points(presenter.trend(), presenter.threshold())
        self.explorer.offer()
        self.explorer.reload()
        self.show_full()

    def _show_tiles(self, reading: Reading) -> None:
        kpis = reading.summary.kpis
        while len(self.tiles) > len(kpis):
            tile = self.tiles.pop()
            self._tile_row.removeWidget(tile)
            tile.deleteLater()
        for tile, kpi in zip(self.tiles, kpis, strict=False):
            tile.set_kpi(kpi)
        for kpi in kpis[len(self.tiles) :]:
            tile = KpiTile(kpi)
            tile.opened.connect(self._press_tile)
            self.tiles.append(tile)
            self._tile_row.addWidget(tile, 1)

    def open_with(self, filters: Mapping[str, str]) -> None:
        """Show issues by "severity", "category", "table" or "text"; "tab" opens a tab."""
        _ = self.content
        if "tab" in filters:
            self._show_tab(filters["tab"])
        narrowing = {k: v for k, v in filters.items() if k != "tab"}
        if not narrowing:
            return
        self.presenter.clear()
        self.presenter.severity = narrowing.get("severity", "all")
        self.presenter.categories = tuple(filter(None, (narrowing.get("category"),)))
        self.presenter.tables = tuple(filter(None, (narrowing.get("table"),)))
        self.presenter.text = narrowing.get("text", "")
        self.explorer.offer()
        self._narrow()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Beside the inspector there is no room for the trend."""
        super().resizeEvent(event)
        if self.state == "full":
            narrow = self.width() < _NARROW
            self._trend_box.setVisible(not narrow)
            self.explorer.set_narrow(narrow=narrow)

    # Narrowing

    def _narrow(self) -> None:
        if not self.presenter.empty:
            self.explorer.reload()

    def _press_tile(self, key: str) -> None:
        if self.presenter.filter_for(key):
            self._show_issues()

    def _press_category(self, key: str) -> None:
        self.presenter.clear()
        self.presenter.categories = (key,)
        self._show_issues()

    def _press_table(self, key: str) -> None:
        self.presenter.clear()
        if key == OTHERS:
            shown = {row.key for row in self.presenter.by_table()}
            every = [name for name, _ in self.presenter.choices("table")]
            self.presenter.tables = tuple(name for name in every if name not in shown)
        else:
            self.presenter.tables = (key,)
        self._show_issues()

    def _show_issues(self) -> None:
        self.explorer.offer()
        self._narrow()

    def _inspect(self, issue: Issue) -> None:
        if self.inspector is None:
            self.inspector = IssueInspector()
            self.inspector.closed.connect(self._close_inspector)
            self.inspector.mapping_wanted.connect(self._open_mapping)
        self.inspector.show_issue(issue)
        self.context.shell.inspect(self.inspector)
        self.ask(self.presenter.detail(issue), self.inspector.show_detail, key="issue")

    def _close_inspector(self) -> None:
        self.context.shell.inspect(None)

    def _open_mapping(self, issue: Issue) -> None:
        filters = {"table": issue.table_name, "text": issue.field_name}
        self.context.shell.open_page("mappings", filters)

    # Tabs

    def _show_tab(self, tab: str) -> None:
        if self.header.tabs is not None:
            self.header.tabs.set_tab(tab)
        self._open_tab(tab)

    def _open_tab(self, tab: str) -> None:
        self._dashboard.setVisible(tab == "dashboard")

    def _open_dashboard(self) -> None:
        self._show_tab("dashboard")

    def _open_issues(self) -> None:
        self._show_tab("issues")

    def _open_lifecycle(self) -> None:
        self.context.shell.open_page("lifecycle")

    def filter_field(self) -> QLineEdit | None:
        """The explorer's search."""
        return self.explorer.search if self.state == "full" else None

    def empty_state(self) -> QWidget:
        """How to get figures."""
        return EmptyState(
            "No run has been judged yet",
            "Run the migration and the quality rules: this page then shows their figures against "
            "the thresholds of the gates, and every issue with the rows behind it.",
            icon="gauge",
            button="Open lifecycle",
            button_icon="workflow",
            on_button=self._open_lifecycle,
        )

    def shortcuts(self) -> Sequence[Shortcut]:
        """Tabs and filters."""
        return (
            Shortcut("Alt+1", "Open the dashboard", self._open_dashboard),
            Shortcut("Alt+2", "Show the issues alone", self._open_issues),
            Shortcut("Alt+0", "Take the filters off", self.explorer.clear),
        )

    def palette_actions(self) -> Sequence[Action]:
        """Filters."""
        return (Action("Take the filters off", "filter", self.explorer.clear, "Alt+0"),)

    def states_for_screenshots(self) -> Sequence[tuple[str, Callable[[], None]]]:
        """The usual states, the issues alone, and an issue inspected."""
        return (
            *super().states_for_screenshots(),
            ("issues", self._picture_issues),
            ("inspector", self._picture_inspector),
        )

    def _picture_issues(self) -> None:
        self._open_issues()
        self.refresh(None)

    def _picture_inspector(self) -> None:
        self._open_dashboard()
        if self.presenter.reading is not None and self.presenter.reading.issues:
            self._inspect(self.presenter.reading.issues[0])


PAGE = QualityPage
