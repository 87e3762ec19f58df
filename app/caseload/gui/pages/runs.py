"""Runs: every run ever made with what it put out, and what changed between two of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QStackedLayout, QVBoxLayout, QWidget

from caseload.gui.components.pagearea import PageArea
from caseload.gui.components.states import EmptyState
from caseload.gui.pages.base import Action, Page, Shortcut
from caseload.gui.pages.runs_compare import CompareView
from caseload.gui.pages.runs_history import HistoryCard, RunCard
from caseload.gui.pages.runs_presenter import Comparison, RunsPresenter
from caseload.gui.theme import current
from caseload.model.views import ChangeKind, ChangeSet, RunDetail, RunSummary

_WHY_COMPARE = (
    "Run the lifecycle again, perhaps with other parameters: this tab then says which issues "
    "are new, fixed and persisting, and which figures changed."
)


class RunsPage(Page):
    """History and comparison."""

    page_id = "runs"
    title = "Runs"
    interests = frozenset({ChangeKind.RUN})
    skeleton = "cards"
    tabs = (("history", "History"), ("compare", "Compare"))

    def build(self) -> QWidget:
        """Lay out both tabs."""
        self.presenter = RunsPresenter(self.context.session)
        self._tab = "history"
        gutter, pad = int(current().size("gutter")), int(current().size("page_pad"))
        self.history, self.run_card = HistoryCard(), RunCard()
        history = QWidget()
        column = QVBoxLayout(history)
        column.setContentsMargins(pad, gutter, pad, pad)
        column.setSpacing(gutter)
        column.addWidget(self.history)
        column.addWidget(self.run_card, 1)
        self.compare = CompareView()
        holder = QWidget()
        self._pages = QStackedLayout(holder)
        self._pages.setContentsMargins(0, 0, 0, 0)
        self._pages.addWidget(history)
        self._pages.addWidget(PageArea(self.compare))
        self._alone = EmptyState(
            "A comparison needs two runs",
            _WHY_COMPARE,
            icon="git-compare-arrows",
            button="Open lifecycle",
            button_icon="workflow",
            on_button=self._open_lifecycle,
        )
        self._pages.addWidget(self._alone)
        self.history.chosen.connect(self._choose)
        self.run_card.folder_wanted.connect(self._open_folder)
        self.run_card.compare_wanted.connect(self._compare_chosen)
        self.compare.picked.connect(self._pick)
        if self.header.tabs is not None:
            self.header.tabs.opened.connect(self._open_tab)
        return holder

    def refresh(self, changes: ChangeSet | None) -> None:  # noqa: ARG002
        """Read the history again."""
        _ = self.content
        self.ask(self.presenter.loader(), self._take)

    def _take(self, runs: tuple[RunSummary, ...]) -> None:
        self.presenter.take(runs)
        if not runs:
            self.show_empty()
            return
        self.history.show_runs(runs, self.presenter.number)
        self._open_tab(self._tab)
        self.show_full()
        self._read_run()
        self._read_comparison()

    def open_with(self, filters: Mapping[str, str]) -> None:
        """Show a run ("run", "part"), or compare two ("tab", "a", "b")."""
        _ = self.content
        if "run" in filters:
            self.presenter.number = int(filters["run"])
            self._show_tab("history")
            self.run_card.show_part(filters.get("part", "stages"))
            if self.presenter.runs:
                self.history.show_runs(self.presenter.runs, self.presenter.number)
                self._read_run()
        if "a" in filters and "b" in filters:
            self.presenter.pair = int(filters["a"]), int(filters["b"])
            self._read_comparison()
        if "tab" in filters:
            self._show_tab(filters["tab"])

    # History

    def _choose(self, run: RunSummary) -> None:
        if run.number != self.presenter.number:
            self.presenter.number = run.number
            self._read_run()

    def _read_run(self) -> None:
        number = self.presenter.number
        if number is not None and self.presenter.find(number) is not None:
            self.ask(self.presenter.detail(number), self._show_run, key="run")

    def _show_run(self, detail: RunDetail) -> None:
        self.run_card.show_run(detail)
        self.run_card.compare.setVisible(len(self.presenter.runs) > 1)

    def _open_folder(self, path: str) -> None:
        folder = self.context.session.folder / path
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))

    # Comparison

    def _compare_chosen(self) -> None:
        number = self.presenter.number
        numbers = [run.number for run in self.presenter.runs]
        if number is None or len(numbers) < 2:
            return
        older = [n for n in numbers if n < number]
        self.presenter.pair = (older[0], number) if older else (number, numbers[0])
        self._read_comparison()
        self._show_tab("compare")

    def _pick(self, which: str, number: int) -> None:
        self.presenter.choose(which, number)
        self._read_comparison()

    def _read_comparison(self) -> None:
        pair = self.presenter.pair
        if pair is not None and self.presenter.runs:
            self.ask(self.presenter.comparer(*pair), self._show_comparison, key="compare")

    def _show_comparison(self, found: Comparison) -> None:
        self.compare.show_comparison(found, self.presenter.runs)

    # Tabs

    def _show_tab(self, tab: str) -> None:
        if self.header.tabs is not None:
            self.header.tabs.set_tab(tab)
        self._open_tab(tab)

    def _open_tab(self, tab: str) -> None:
        self._tab = tab
        alone = self.presenter.pair is None and len(self.presenter.runs) < 2
        index = 0 if tab == "history" else 2 if alone else 1
        self._pages.setCurrentIndex(index)

    def _open_history(self) -> None:
        self._show_tab("history")

    def _open_compare(self) -> None:
        self._show_tab("compare")

    def _open_lifecycle(self) -> None:
        self.context.shell.open_page("lifecycle")

    def empty_state(self) -> QWidget:
        """How to make the first run."""
        return EmptyState(
            "No runs yet",
            "Every run stays here for good: its stages, the files it put out with their hashes, "
            "its gates and its log. Two of them can be compared.",
            icon="history",
            button="Open lifecycle",
            button_icon="workflow",
            on_button=self._open_lifecycle,
        )

    def shortcuts(self) -> Sequence[Shortcut]:
        """The tabs."""
        return (
            Shortcut("Alt+1", "Open the history", self._open_history),
            Shortcut("Alt+2", "Compare two runs", self._open_compare),
        )

    def palette_actions(self) -> Sequence[Action]:
        """Comparing the chosen run."""
        return (
            Action("Compare this run with the one before", "git-compare-arrows",
                   self._compare_chosen),
        )  # fmt: skip

    def states_for_screenshots(self) -> Sequence[tuple[str, Callable[[], None]]]:
        """The usual states and the comparison."""
        return (*super().states_for_screenshots(), ("compare", self._picture_compare))

    def _picture_compare(self) -> None:
        self._open_compare()
        self.refresh(None)


PAGE = RunsPage
