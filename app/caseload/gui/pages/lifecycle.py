"""The Lifecycle: the seven stages, their parameters, running them, and the log as it comes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from caseload.gui import words
from caseload.gui.components.button import Button
from caseload.gui.components.log import LogPanel
from caseload.gui.components.notice import InlineBar
from caseload.gui.components.states import EmptyState
from caseload.gui.job import Job
from caseload.gui.pages.base import Action, Page, Shortcut
from caseload.gui.pages.lifecycle_cards import RING, StageTrack
from caseload.gui.pages.lifecycle_figures import stage_figures
from caseload.gui.pages.lifecycle_panels import Parameters, StageDetail
from caseload.gui.pages.lifecycle_presenter import (
    LifecyclePresenter,
    Plan,
    Reading,
    changes_after,
    ending,
    fields_of,
)
from caseload.gui.pages.lifecycle_words import stage_pill
from caseload.gui.theme import current
from caseload.gui.words import tip
from caseload.gui.work import explain
from caseload.model.errors import Cancelled
from caseload.model.stage import STAGE_TITLES, Stage, Verdict
from caseload.model.views import ChangeKind, ChangeSet, RunSummary

_TICK_MS = 500


class LifecyclePage(Page):
    """Runs stages on the job lane; their work is done in a child process."""

    page_id = "lifecycle"
    title = "Lifecycle"
    interests = frozenset(
        {ChangeKind.RUN, ChangeKind.MAPPING, ChangeKind.CATALOG, ChangeKind.SETTING}
    )
    skeleton = "stages"

    def build(self) -> QWidget:
        """Lay out cards, parameters, detail and log."""
        self.presenter = LifecyclePresenter(self.context.session)
        self._job: Job | None = None
        self._told: set[Stage] = set()
        self._live = False
        self._shown_stage: Stage | None = None
        self._wanted: str | None = None
        self._tick = QTimer(self)
        self._tick.setInterval(_TICK_MS)
        self._tick.timeout.connect(self._show_progress)
        self.track = StageTrack()
        self.parameters = Parameters()
        self.detail = StageDetail()
        self.log = LogPanel()
        self.bar = InlineBar()
        self._bar_open = self.bar.add_button("Open run", icon="history")
        self._bar_again = self.bar.add_button("Run from there", icon="play")
        self.bar.hide()
        self._buttons()
        pad, gutter = int(current().size("page_pad")), int(current().size("gutter"))
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(pad - RING, 0, pad - RING, pad)
        column.setSpacing(gutter - RING)
        column.addWidget(self.track)
        inner = QVBoxLayout()
        inner.setContentsMargins(RING, 0, RING, 0)
        inner.setSpacing(gutter)
        inner.addWidget(self.bar)
        middle = QHBoxLayout()
        middle.setSpacing(gutter)
        middle.addWidget(self.parameters)
        middle.addWidget(self.detail, 1)
        inner.addLayout(middle)
        inner.addWidget(self.log, 1)
        column.addLayout(inner, 1)
        self._connect()
        return page

    def _buttons(self) -> None:
        self.run_stage = Button("Run this stage", icon="play")
        self.run_on = Button("Run from here", icon="play")
        self.run_all = Button("Run all", "primary", icon="play")
        self.cancel = Button("Cancel run", "warning", icon="square")
        self.cancel.hide()
        for button in (self.run_stage, self.run_on, self.run_all, self.cancel):
            self.header.add_action(button)

    def _connect(self) -> None:
        self.track.chosen.connect(self._choose)
        self.run_stage.clicked.connect(self._run_stage)
        self.run_on.clicked.connect(self._run_on)
        self.run_all.clicked.connect(self._run_all)
        self.cancel.clicked.connect(self._cancel)
        self.detail.run_wanted.connect(self._open_run)
        self._bar_open.clicked.connect(self._open_last_run)
        self._bar_again.clicked.connect(self._run_on)
        self.log.saved.connect(self._save_log)

    # What is there

    def refresh(self, changes: ChangeSet | None) -> None:
        """Read the stages again."""
        _ = self.content
        if changes is None or not self.presenter.running:
            self.ask(self.presenter.loader(), self._take)

    def _take(self, reading: Reading) -> None:
        first = self.presenter.reading is None
        self.presenter.take(reading)
        if first:
            engine = (
                f"{reading.defaults.engine}, {words.number(reading.defaults.memory_limit_mb)} MB"
            )
            self.parameters.set_fields(fields_of(reading.defaults), reading.profiles, engine)
        if not self._live:
            self.log.set_lines(reading.log)
        for button in (self.run_stage, self.run_on, self.run_all):
            button.setVisible(reading.has_documents)
        if not reading.has_documents and reading.latest is None:
            self.show_empty()
            return
        self.show_full()
        self._display()
        wanted, self._wanted = self._wanted, None
        if wanted:
            self._run_named(wanted)

    def empty_state(self) -> QWidget:
        """What the stages need first."""
        return EmptyState(
            "The stages need the two documents",
            "The old system's data dictionary and the new one's migration guide: the first stage "
            "reads both into catalogs, and the other six work from these.",
            icon="workflow",
            button="Add documents",
            button_icon="file-plus-2",
            on_button=self._open_schemas,
        )

    def _open_schemas(self) -> None:
        self.context.shell.open_page("schemas")

    def open_with(self, filters: Mapping[str, str]) -> None:
        """Choose a stage, or run: "all", "resume", a stage's name, or "from:" and its name."""
        _ = self.content
        if "stage" in filters:
            self._choose(Stage(filters["stage"]))
        wanted = filters.get("run", "")
        if not wanted:
            return
        if self.presenter.reading is None:
            self._wanted = wanted
        else:
            self._run_named(wanted)

    def _choose(self, stage: Stage) -> None:
        self.presenter.choose(stage)
        self._display()

    def _display(self) -> None:
        """Fill cards, detail, header and buttons from what is known."""
        presenter = self.presenter
        reading = presenter.reading
        if reading is None:
            return
        running = presenter.running
        self.header.set_sub(presenter.sub())
        self.track.set_views(presenter.cards())
        self.track.choose(presenter.chosen)
        self.parameters.set_locked(locked=running)
        for button in (self.run_stage, self.run_on, self.run_all):
            button.setEnabled(reading.may_run and not running)
            button.setToolTip(tip(reading.refusal))
        self.run_all.setVisible(not running)
        self.cancel.setVisible(running)
        self._show_detail()

    def _show_detail(self) -> None:
        presenter = self.presenter
        view = presenter.watch.view() if presenter.watch is not None else None
        if view is not None and view.stage is not None:
            title = STAGE_TITLES[view.stage]
            self.detail.show_work(title, view.share, view.message, view.tables)
            return
        state = presenter.state_of(presenter.chosen)
        if state is None:
            return
        figures = stage_figures(state.stage, state.figures)
        summary = state.summary or "It has not been run yet."
        self.detail.show_rest(state.title, stage_pill(state), summary, figures, state.run)

    # Running

    def _run_all(self) -> None:
        self._start(Plan())

    def _run_on(self) -> None:
        self._start(Plan(first=self.presenter.chosen))

    def _run_stage(self) -> None:
        self._start(Plan(self.presenter.chosen, self.presenter.chosen))

    def _run_named(self, name: str) -> None:
        verb, _, stage = name.partition(":")
        if verb == "all":
            self._start(Plan())
        elif verb == "resume":
            self._start(Plan(resume=True))
        elif verb == "from":
            self._start(Plan(first=Stage(stage)))
        else:
            self._start(Plan(Stage(verb), Stage(verb)))

    def _start(self, plan: Plan) -> None:
        presenter = self.presenter
        reading = presenter.reading
        if reading is None or presenter.running:
            return
        if not reading.may_run:
            self.context.shell.toast(reading.refusal, "error")
            return
        fields = self.parameters.fields()
        options = fields.options(reading.defaults)
        self.parameters.show_problems(fields.problems)
        if options is None:
            self.context.shell.toast("A parameter cannot be: its field says why.", "error")
            return
        watch = presenter.begin(plan)
        self._told = set()
        self._shown_stage = None
        self.bar.hide()
        self._live = True
        self.log.set_lines(())
        work = presenter.work(plan, options, watch)
        job = self.context.jobs.start(plan.title, work, self._finished, self._failed)
        self._job = job
        job.changed.connect(self._show_progress)
        job.logged.connect(self.log.add_lines)
        self._tick.start()
        self._display()

    def _show_progress(self, _job: object = None) -> None:
        presenter = self.presenter
        watch = presenter.watch
        if watch is None:
            return
        self.header.set_sub(presenter.sub())
        self.track.set_views(presenter.cards())
        view = watch.view()
        if view.stage is not None and view.stage is not self._shown_stage:
            if self._shown_stage is None:
                self.ask(presenter.loader(), self._take)
            self._shown_stage = presenter.chosen = view.stage
            self.track.choose(view.stage)
        self._show_detail()
        fresh = set(view.results) - self._told
        if fresh:
            self._told |= fresh
            self.context.shell.changed(changes_after(list(fresh)))

    def _cancel(self) -> None:
        if self._job is not None and self._job.running:
            self._job.cancel()
            self.cancel.setEnabled(False)
            self.cancel.set_words("Cancelling")

    def _finished(self, outcome: Any) -> None:
        self._after()
        good = outcome.verdict is not Verdict.FAIL
        said = f"Run {outcome.run} {'passed' if good else 'did not pass'}"
        self.context.shell.toast(
            said, "ok" if good else "error", action="Open", on_action=self._open_last_run
        )
        self.ask(self._run_reader(outcome.run), self._show_ending, key="ending")

    def _run_reader(self, number: int) -> Callable[[], RunSummary]:
        session = self.context.session

        def read() -> RunSummary:
            from caseload.services import runs

            return runs.run(session, number).summary

        return read

    def _show_ending(self, run: RunSummary) -> None:
        found = ending(run)
        self.bar.say(found.lead, found.words, found.kind)
        self._bar_open.setVisible(True)
        self._bar_again.setVisible(False)
        self.bar.show()

    def _failed(self, error: BaseException) -> None:
        stopped = self.presenter.watch.view().stage if self.presenter.watch else None
        self._after()
        if isinstance(error, Cancelled):
            self.context.shell.toast("The run was cancelled. What was finished stays.", "info")
            return
        what, why, _details = explain(error)
        where = f"{STAGE_TITLES[stopped]}: " if stopped is not None else ""
        self.bar.say(f"{where}{what}", why, "error")
        self._bar_open.setVisible(True)
        self._bar_again.setVisible(stopped is not None)
        self.bar.show()

    def _after(self) -> None:
        self._tick.stop()
        self.presenter.end()
        self.cancel.setEnabled(True)
        self.cancel.set_words("Cancel run")
        self._display()
        self.context.shell.changed(changes_after(list(Stage)))
        self._job = None

    # Where things lead

    def _open_run(self, number: int) -> None:
        self.context.shell.open_page("runs", {"run": str(number)})

    def _open_last_run(self) -> None:
        latest = self.presenter.reading.latest if self.presenter.reading else None
        if latest is not None:
            self._open_run(latest.number)

    def _save_log(self, text: str) -> None:
        dialog = QFileDialog(self, "Save the log", str(self.context.session.folder), "Text (*.txt)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("txt")
        dialog.setProperty("text", text)
        dialog.fileSelected.connect(self._write_log)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _write_log(self, path: str) -> None:
        dialog = self.sender()
        text = str(dialog.property("text")) if dialog is not None else ""

        def write() -> Path:
            from caseload.services import runs

            return runs.save_log(Path(path), text)

        self.context.jobs.command(write, self._log_saved, self.refused)

    def _log_saved(self, path: Path) -> None:
        self.context.shell.toast(f"Log saved as {path.name}")

    def filter_field(self) -> QLineEdit | None:
        """The log's filter."""
        return self.log.search if self.state == "full" else None

    def shortcuts(self) -> Sequence[Shortcut]:
        """Running and cancelling."""
        return (
            Shortcut("Ctrl+Return", "Run all stages", self._run_all),
            Shortcut("Ctrl+Shift+Return", "Run from the chosen stage", self._run_on),
            Shortcut("Ctrl+.", "Cancel the run", self._cancel),
        )

    def palette_actions(self) -> Sequence[Action]:
        """Running and cancelling."""
        return (
            Action("Run all stages", "play", self._run_all, "Ctrl+Return"),
            Action("Run from the chosen stage", "play", self._run_on, "Ctrl+Shift+Return"),
            Action("Run the chosen stage", "play", self._run_stage),
            Action("Cancel the run", "square", self._cancel, "Ctrl+."),
        )


PAGE = LifecyclePage
