"""The history of runs, and one of them: its stages, files, gates, log and options."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QSizePolicy, QStackedLayout, QVBoxLayout, QWidget

from caseload.gui import words
from caseload.gui.components.button import Button
from caseload.gui.components.card import Card, Rule
from caseload.gui.components.grid import GridView
from caseload.gui.components.gridmodel import Column, RowsModel
from caseload.gui.components.inspector import Facts
from caseload.gui.components.log import LogView
from caseload.gui.components.pill import Pill, PillSpec
from caseload.gui.components.segmented import Segmented
from caseload.gui.job import LogLine
from caseload.gui.pages.lifecycle_words import (
    gate_actual,
    gate_expected,
    gate_title,
    run_pill,
    run_scope,
    run_stages_done,
    stage_pill,
    stage_seconds,
    took,
)
from caseload.gui.pages.runs_presenter import options
from caseload.model.gates import GateCheck
from caseload.model.stage import STAGE_TITLES
from caseload.model.views import Artefact, RunDetail, RunSummary, StageState

HISTORY_COLUMNS: tuple[Column[RunSummary], ...] = (
    Column("number", "Run", lambda r: f"Run {r.number}", 90, "name"),
    Column("state", "Result", lambda r: run_pill(r).words, 128, "pill", run_pill),
    Column("scope", "Stages", run_scope, 230, "text", stretch=1),
    Column("done", "Done", lambda r: f"{run_stages_done(r)} of {len(r.stages)}", 76, "quiet"),
    Column("started", "Started", lambda r: words.moment(r.started_at), 150, "quiet"),
    Column("took", "Took", lambda r: took(r.duration), 96, "quiet", align="right"),
    Column("rows", "Patients", lambda r: _option(r, "rows"), 86, "number"),
    Column("faults", "Faults, %", lambda r: _option(r, "faults"), 86, "number"),
    Column("profile", "Gate profile", lambda r: str(r.options.get("profile", "")), 126, "quiet"),
    Column("actor", "By", lambda r: r.actor, 120, "quiet"),
)
_GATE_PASS = PillSpec("Pass", "ok", "circle-check")
_GATE_FAIL = PillSpec("Fail", "error", "circle-x")
STAGE_COLUMNS: tuple[Column[StageState], ...] = (
    Column("stage", "Stage", lambda s: s.title, 190, "name", sortable=False),
    Column("state", "Result", lambda s: stage_pill(s).words, 128, "pill", stage_pill,
           sortable=False),
    Column("summary", "What it found", lambda s: s.summary, 300, "quiet", sortable=False,
           stretch=1),
    Column("started", "Started", lambda s: words.moment(s.started_at), 150, "quiet",
           sortable=False),
    Column("took", "Took", lambda s: took(stage_seconds(s)), 100, "quiet", sortable=False,
           align="right"),
)  # fmt: skip
FILE_COLUMNS: tuple[Column[Artefact], ...] = (
    Column("path", "File", lambda a: a.path, 320, "name", stretch=1),
    Column("stage", "Stage", lambda a: STAGE_TITLES[a.stage], 170, "quiet"),
    Column("size", "Size", lambda a: words.size(a.size), 100, "quiet", align="right"),
    Column("sha256", "SHA-256", lambda a: a.sha256, 330, "mono"),
)
GATE_COLUMNS: tuple[Column[GateCheck], ...] = (
    Column("gate", "Gate", lambda g: gate_title(g.gate), 200, "name", sortable=False),
    Column("passed", "Result", lambda g: "Pass" if g.passed else "Fail", 100, "pill",
           lambda g: _GATE_PASS if g.passed else _GATE_FAIL, sortable=False),
    Column("actual", "Found", gate_actual, 100, "number", sortable=False),
    Column("expected", "Asked for", gate_expected, 130, "quiet", sortable=False, align="right"),
    Column("message", "In words", lambda g: g.message, 300, "quiet", sortable=False, stretch=1),
)  # fmt: skip
PARTS = ("stages", "files", "gates", "log", "options")


def _option(run: RunSummary, name: str) -> str:
    value = run.options.get(name)
    return f"{value:g}" if isinstance(value, float) else words.number(value)


class HistoryCard(Card):
    """Every run ever made, newest first; `chosen` gives the RunSummary."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("History", parent=parent)
        self.model: RowsModel[RunSummary] = RowsModel(HISTORY_COLUMNS, row_id=lambda r: r.number)
        self.grid = GridView(self.model, name="Runs", lead=15)
        self.grid.row_chosen.connect(self.chosen)
        self.grid.sort_wanted.connect(self._sort)
        self.body.addWidget(self.grid, 1)

    def show_runs(self, runs: Sequence[RunSummary], number: int | None) -> None:
        """Show the history with one run chosen."""
        self.sub.setText(words.plural(len(runs), "run"))
        self.model.set_rows(runs)
        place = next((i for i, run in enumerate(runs) if run.number == number), -1)
        if place >= 0 and self.grid.current_row != place:
            self.grid.choose(place)
        row = self.grid.verticalHeader().defaultSectionSize()
        self.setFixedHeight(46 + row + row * min(7, max(2, len(runs))))

    def _sort(self, key: str, descending: bool) -> None:
        column = next(c for c in HISTORY_COLUMNS if c.key == key)
        orders = {
            "number": lambda r: r.number,
            "started": lambda r: r.started_at,
            "took": lambda r: r.duration or 0.0,
            "rows": lambda r: r.options.get("rows") or 0,
            "faults": lambda r: r.options.get("faults") or 0.0,
        }
        order = orders.get(key, column.text)
        self.model.set_rows(sorted(self.model.rows, key=order, reverse=descending))


class RunCard(Card):
    """One run in parts.  `folder_wanted` with a path relative to the project, `log_wanted`."""

    folder_wanted = Signal(str)
    compare_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Run", parent=parent)
        self.pill = Pill(PillSpec(""))
        self.add_beside_title(self.pill)
        self.parts = Segmented(
            (("stages", "Stages"), ("files", "Files"), ("gates", "Gates"), ("log", "Log"),
             ("options", "Options")),
            name="Part of the run", small=True,
        )  # fmt: skip
        self.add_action(self.parts)
        self.folder = Button("Open folder", icon="folder-open", small=True)
        self.compare = Button("Compare", icon="git-compare-arrows", small=True)
        self.add_action(self.compare)
        self.add_action(self.folder)
        self._detail: RunDetail | None = None
        self.stages_model: RowsModel[StageState] = RowsModel(STAGE_COLUMNS)
        self.files_model: RowsModel[Artefact] = RowsModel(FILE_COLUMNS)
        self.gates_model: RowsModel[GateCheck] = RowsModel(GATE_COLUMNS)
        self.stages = GridView(self.stages_model, name="Stages of the run", frozen=0, lead=15)
        self.files = GridView(self.files_model, name="Files of the run", frozen=1, lead=15)
        self.gates = GridView(self.gates_model, name="Gates of the run", frozen=0, lead=15)
        self.log = LogView()
        self.options = Facts()
        options_page = QWidget()
        inset = QVBoxLayout(options_page)
        inset.setContentsMargins(15, 12, 15, 12)
        inset.addWidget(self.options)
        inset.addStretch(1)
        holder = QWidget()
        holder.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._stack = QStackedLayout(holder)
        self._stack.setContentsMargins(0, 0, 0, 0)
        for page in (self.stages, self.files, self.gates, self.log, options_page):
            self._stack.addWidget(page)
        self.body.addWidget(Rule())
        self.body.addWidget(holder, 1)
        self.body.addSpacing(6)
        self.parts.chosen.connect(self.show_part)
        self.folder.clicked.connect(self._open_folder)
        self.compare.clicked.connect(self.compare_wanted)
        self.files.row_opened.connect(self._open_file)
        self.files.sort_wanted.connect(self._sort_files)

    def show_part(self, part: str) -> None:
        """Show stages, files, gates, log or options."""
        if part in PARTS:
            self.parts.set_choice(part)
            self._stack.setCurrentIndex(PARTS.index(part))

    def show_run(self, detail: RunDetail) -> None:
        """Show another run."""
        self._detail = detail
        run = detail.summary
        self.title.setText(f"Run {run.number}")
        self.setAccessibleName(f"Run {run.number}")
        self.pill.set_spec(run_pill(run))
        self.sub.setText(f"{words.moment(run.started_at)}, {took(run.duration)}")
        self.stages_model.set_rows(run.stages)
        self.files_model.set_rows(detail.artefacts)
        self.gates_model.set_rows(detail.gates)
        self.log.set_lines([LogLine(datetime.fromisoformat(at), *rest) for at, *rest in detail.log])
        self.options.set_facts(options(run))
        self.parts.set_words("files", f"Files {words.number(len(detail.artefacts))}")
        passed = sum(gate.passed for gate in detail.gates)
        judged = f"Gates {passed} of {len(detail.gates)}" if detail.gates else "Gates"
        self.parts.set_words("gates", judged)
        self.parts.set_words("log", f"Log {words.number(len(detail.log))}")

    def _open_folder(self) -> None:
        files = self._detail.artefacts if self._detail else ()
        at = self.files.current_row if self._stack.currentWidget() is self.files else -1
        row = self.files_model.row_at(at)
        path = row.path if row is not None else ""
        self.folder_wanted.emit(path.rpartition("/")[0] if files else "")

    def _open_file(self, file: Artefact) -> None:
        self.folder_wanted.emit(file.path.rpartition("/")[0])

    def _sort_files(self, key: str, descending: bool) -> None:
        orders = {
            "size": lambda a: a.size,
            "stage": lambda a: list(STAGE_TITLES).index(a.stage),
            "path": lambda a: a.path,
            "sha256": lambda a: a.sha256,
        }
        rows = sorted(self.files_model.rows, key=orders[key], reverse=descending)
        self.files_model.set_rows(rows)
