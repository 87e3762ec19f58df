"""The Overview: the stages as a line, the contract, what is wrong, the gates, what to do next."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from caseload.gui import words
from caseload.gui.components.bars import StackedBar
from caseload.gui.components.button import Button
from caseload.gui.components.card import Card, Rule
from caseload.gui.components.classmark import CLASS_WORDS
from caseload.gui.components.gridmodel import Column
from caseload.gui.components.label import Label, Link
from caseload.gui.components.pagearea import PageArea
from caseload.gui.components.pill import SEVERITY_PILLS
from caseload.gui.components.states import EmptyState, Offer
from caseload.gui.pages.base import Action, Page
from caseload.gui.pages.overview_cards import (
    GatesCard,
    LeadList,
    LedgerStrip,
    NextSteps,
    StageLine,
)
from caseload.gui.pages.overview_presenter import (
    CoverageRow,
    OverviewPresenter,
    Reading,
    place_words,
)
from caseload.gui.theme import current
from caseload.model.issue import Issue
from caseload.model.stage import Stage
from caseload.model.views import ChangeKind, ChangeSet, NextStep

_SIDE, _WIDE_SIDE, _WIDE_FROM = 372, 456, 1500


def _class_words(row: CoverageRow) -> str:
    return CLASS_WORDS[row.mapping_class] if row.mapping_class else "All fields"


def _approved_words(row: CoverageRow) -> str:
    return f"{words.number(row.approved)} of {words.number(row.fields)}"


def _coverage_columns(*, total: bool) -> tuple[Column[CoverageRow], ...]:
    """The columns of the classes, or those of the row that adds them up."""
    first = Column("class", "Class", _class_words, 174, "class", lambda r: r.mapping_class)
    if total:
        first = Column("class", "Class", _class_words, 174, "name")
    strong = "name" if total else "number"
    return (
        first,
        Column("fields", "Fields", lambda r: words.number(r.fields), 108, strong, align="right"),
        Column("share", "Share", lambda r: words.percent(r.share), 74, "quiet", align="right"),
        Column(
            "bar",
            "Approved",
            lambda r: words.percent(r.approved_share),
            120,
            "bar",
            lambda r: (r.approved_share, "ok"),
            stretch=1,
        ),
        Column("approved", "", _approved_words, 122, "name" if total else "quiet", align="right"),
    )


_ISSUE_COLUMNS: tuple[Column[Issue], ...] = (
    Column(
        "severity",
        "Severity",
        lambda i: SEVERITY_PILLS[i.severity].words,
        106,
        "pill",
        lambda i: SEVERITY_PILLS[i.severity],
    ),
    Column("field", "Field", place_words, 232, "name", stretch=1),
    Column("message", "What is wrong", lambda i: i.message, 240, "quiet", stretch=2),
    Column("category", "Category", lambda i: category_words(i.category), 128, "quiet"),
    Column("rows", "Rows", lambda i: words.number(i.rows_affected), 84, "number"),
)


def category_words(category: str) -> str:
    """NHS_NUMBER as NHS number."""
    text = category.replace("_", " ").capitalize()
    return text.replace("Nhs", "NHS")


class OverviewPage(Page):
    """The first page: where the project stands; every item leads to its page."""

    page_id = "overview"
    title = "Overview"
    interests = frozenset(
        {ChangeKind.PROJECT, ChangeKind.CATALOG, ChangeKind.MAPPING, ChangeKind.RUN,
         ChangeKind.OUTPUT, ChangeKind.SETTING}
    )  # fmt: skip
    skeleton = "cards"

    def build(self) -> QWidget:
        """Lay out the cards."""
        self.presenter = OverviewPresenter(self.context.session)
        self.stages = StageLine()
        self.next_steps = NextSteps()
        self.gates = GatesCard()
        self.ledger = LedgerStrip()
        self._compare = Button("Compare", icon="git-compare-arrows")
        self._run = Button("Run the lifecycle", "primary", icon="play")
        self.header.add_action(self._compare)
        self.header.add_action(self._run)
        page = QWidget()
        gutter = int(current().size("gutter"))
        pad = int(current().size("page_pad"))
        column = QVBoxLayout(page)
        column.setContentsMargins(pad, 0, pad, pad)
        column.setSpacing(gutter)
        column.addWidget(self.stages)
        split = QHBoxLayout()
        split.setSpacing(gutter)
        left = QVBoxLayout()
        left.setSpacing(gutter)
        for card in (self._coverage_card(), self._issues_card(), self.ledger):
            left.addWidget(card)
        left.addStretch(1)
        split.addLayout(left, 1)
        self._side = QWidget()
        right = QVBoxLayout(self._side)
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(gutter)
        right.addWidget(self.next_steps)
        right.addWidget(self.gates)
        right.addStretch(1)
        split.addWidget(self._side)
        column.addLayout(split, 1)
        self._connect()
        self._fit_side()
        return PageArea(page)

    def _connect(self) -> None:
        self._compare.clicked.connect(self._open_comparison)
        self._run.clicked.connect(self._start)
        self.stages.chosen.connect(self._open_stage)
        self.next_steps.wanted.connect(self._do_step)
        self.gates.run_wanted.connect(self._open_gate_run)

    def _coverage_card(self) -> Card:
        self.coverage_card = Card("Contract coverage")
        link = Link("Open mappings")
        link.clicked.connect(self._open_mappings)
        self.coverage_card.add_action(link)
        self.bar = StackedBar(name="Contract by class")
        inset = QHBoxLayout()
        inset.setContentsMargins(15, 0, 15, 8)
        inset.addWidget(self.bar)
        self.coverage_card.body.addLayout(inset)
        self.coverage = LeadList(_coverage_columns(total=False), name="Contract by class")
        self._total = LeadList(_coverage_columns(total=True), name="Whole contract", header=False)
        self.coverage.row_opened.connect(self._open_class)
        self._total.row_opened.connect(self._open_class)
        self.coverage_card.body.addWidget(self.coverage)
        self.coverage_card.body.addWidget(Rule())
        self.coverage_card.body.addWidget(self._total)
        return self.coverage_card

    def _issues_card(self) -> Card:
        self.issues_card = Card("Open issues")
        self._quality = Link("Open quality")
        self._quality.clicked.connect(self._open_quality)
        self.issues_card.add_action(self._quality)
        self.issues = LeadList(_ISSUE_COLUMNS, name="Open issues")
        self.issues.row_opened.connect(self._open_issue)
        self._no_issues = Label("", tone="text_2")
        self._no_issues.setContentsMargins(15, 2, 15, 14)
        self.issues_card.body.addWidget(self.issues)
        self.issues_card.body.addWidget(self._no_issues)
        return self.issues_card

    def refresh(self, changes: ChangeSet | None) -> None:  # noqa: ARG002
        """Read everything again."""
        _ = self.content
        self.ask(self.presenter.loader(), self._take)

    def _take(self, reading: Reading) -> None:
        self.presenter.take(reading)
        self.header.set_sub(words.day(reading.today))
        self._run.setEnabled(reading.may_run)
        self._run.set_words(self.presenter.next_run()[1])
        pair = reading.comparable
        self._compare.setVisible(pair is not None)
        if pair is not None:
            self._compare.set_words(f"Compare with run {pair[0]}")
        self._run.setVisible(not self.presenter.empty)
        if self.presenter.empty:
            self.show_empty()
            return
        self._fill(reading)
        self.show_full()

    def _fill(self, reading: Reading) -> None:
        shown, presenter = reading.overview, self.presenter
        self.stages.set_states(shown.stages)
        self.next_steps.set_steps(shown.next_steps, reading.role)
        profile = shown.gate_profile
        self.gates.set_gates(
            presenter.gate_lines(), presenter.gate_pill(), profile, presenter.gates_left(),
            presenter.gate_run(),
        )  # fmt: skip
        self.coverage_card.setVisible(bool(shown.coverage))
        if shown.coverage:
            rows = presenter.coverage()
            self.coverage_card.sub.setText(presenter.coverage_sub())
            self.bar.set_parts(
                [
                    (r.fields, f"mapping_class.{r.mapping_class.value}", _class_words(r))
                    for r in rows
                    if r.mapping_class is not None
                ]
            )
            self.coverage.show_rows(rows)
            self._total.show_rows([presenter.coverage_total()])
        judged = presenter.judged()
        self.issues_card.setVisible(judged)
        self.issues_card.sub.setText(presenter.issues_sub())
        found = presenter.issues()
        self.issues.show_rows(found)
        self.issues.setVisible(bool(found))
        self._no_issues.setVisible(not found)
        self._no_issues.setText("Nothing is wrong with the last load.")
        self.ledger.setVisible(shown.ledger is not None)
        if shown.ledger is not None:
            self.ledger.set_ledger(shown.ledger)

    def show_empty(self) -> None:
        """Leave the one next action to the page itself."""
        self._compare.hide()
        self._run.hide()
        super().show_empty()

    def empty_state(self) -> QWidget:
        """How to begin."""
        return EmptyState(
            "Nothing has run yet",
            "The lifecycle reads both spec documents, makes mock patients, maps every target "
            "field, runs the load and judges it. The first run takes under a minute.",
            icon="workflow",
            button="Run the lifecycle",
            button_icon="play",
            on_button=self._start,
            offers=(
                Offer(
                    "table-properties",
                    "One step at a time",
                    "See the stages and what each is asked before you run them.",
                    "Open lifecycle",
                    self._open_lifecycle,
                ),
                Offer(
                    "files",
                    "Documents first?",
                    "Add the old system's dictionary and the new one's guide.",
                    "Open schemas",
                    self._open_schemas,
                ),
            ),
        )

    def palette_actions(self) -> Sequence[Action]:
        """Running and comparing."""
        return (
            Action("Run what is out of date", "play", self._start),
            Action("Compare the last two runs", "git-compare-arrows", self._open_comparison),
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the right column its width."""
        super().resizeEvent(event)
        self._fit_side()

    def _fit_side(self) -> None:
        if hasattr(self, "_side"):
            self._side.setFixedWidth(_WIDE_SIDE if self.width() >= _WIDE_FROM else _SIDE)

    # Where items lead

    def _start(self) -> None:
        stage, _ = self.presenter.next_run()
        name = "all" if stage is Stage.EXTRACT_SPECS else f"from:{stage.value}"
        self.context.shell.open_page("lifecycle", {"run": name})

    def _do_step(self, step: NextStep) -> None:
        self.context.shell.run_action(step.action, step.filters)

    def _open_stage(self, stage: Stage) -> None:
        self.context.shell.open_page("lifecycle", {"stage": stage.value})

    def _open_lifecycle(self) -> None:
        self.context.shell.open_page("lifecycle")

    def _open_schemas(self) -> None:
        self.context.shell.open_page("schemas")

    def _open_comparison(self) -> None:
        reading = self.presenter.reading
        if reading is not None and reading.comparable is not None:
            a, b = reading.comparable
            self.context.shell.open_page("runs", {"tab": "compare", "a": str(a), "b": str(b)})

    def _open_gate_run(self) -> None:
        run = self.presenter.gate_run()
        if run is not None:
            self.context.shell.open_page("runs", {"run": str(run), "part": "gates"})

    def _open_mappings(self) -> None:
        self.context.shell.open_page("mappings")

    def _open_class(self, row: CoverageRow) -> None:
        named = row.mapping_class
        self.context.shell.open_page("mappings", {"class": named.value} if named else None)

    def _open_quality(self) -> None:
        self.context.shell.open_page("quality")

    def _open_issue(self, issue: Issue) -> None:
        filters = {"severity": issue.severity.value, "table": issue.table_name}
        self.context.shell.open_page("quality", {k: v for k, v in filters.items() if v})


PAGE = OverviewPage
