"""The tray at the foot: what runs, how far it is, what is wrong; never a dialog."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from caseload.gui import icons, paint, words
from caseload.gui.components.bars import Bar
from caseload.gui.components.button import Button, IconButton
from caseload.gui.components.card import Surface
from caseload.gui.components.label import ElidedLabel, Label
from caseload.gui.components.scroll import ScrollArea
from caseload.gui.components.segmented import Segmented
from caseload.gui.components.states import Icon
from caseload.gui.job import Job, JobState
from caseload.gui.theme import current
from caseload.gui.work import JobCentre

Problem = tuple[str, str, str]
_MOST_ROWS = 6
_JOB_ICONS = {
    JobState.WAITING: ("clock", "info"),
    JobState.RUNNING: ("loader-circle", "info"),
    JobState.DONE: ("circle-check", "ok"),
    JobState.FAILED: ("circle-x", "error"),
    JobState.CANCELLED: ("ban", "text_3"),
}


def left_words(job: Job) -> str:
    """How far a job is and how long it will still take."""
    if job.state is JobState.WAITING:
        return "waiting"
    if job.state is JobState.RUNNING:
        left = job.time_left
        share = words.percent(job.fraction, 0)
        return f"{share}, about {words.duration(max(1, round(left)))} left" if left else share
    ended = {JobState.DONE: "finished", JobState.FAILED: "failed", JobState.CANCELLED: "cancelled"}
    return f"{ended[job.state]} after {words.duration(job.elapsed)}"


class _Note(QAbstractButton):
    """An icon and words in the bar."""

    def __init__(self, icon: str, said: str, *, press: bool = False) -> None:
        super().__init__()
        self._icon = icon
        self._press = press
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus if press else Qt.FocusPolicy.NoFocus)
        self.say(icon, said)

    def say(self, icon: str, said: str) -> None:
        """Say something else."""
        self._icon = icon
        self.setText(said)
        self.setAccessibleName(said)
        self.setFixedWidth(round(paint.width_of(said, current().font("caption"))) + 21)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint both."""
        painter = QPainter(self)
        theme = current()
        lit = self._press and self.underMouse()
        colour = theme.colour("text_1" if lit else "text_2")
        icons.paint(painter, self._icon, 0, (self.height() - 14) / 2, 14, colour)
        area = QRectF(20, 0, self.width() - 20, self.height())
        paint.text(painter, area, self.text(), theme.font("caption"), colour)


class JobRow(QWidget):
    """A job in the open tray: what, where, how far, cancel."""

    dismissed = Signal(object)

    def __init__(self, job: Job, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._job = job
        self.setFixedHeight(44)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 0, 16, 1)
        row.setSpacing(14)
        self._icon = Icon("clock", 16, "info")
        row.addWidget(self._icon)
        said = QVBoxLayout()
        said.setSpacing(0)
        self._where = ElidedLabel("", "caption", "text_3")
        said.addStretch(1)
        said.addWidget(ElidedLabel(job.title, weight=500))
        said.addWidget(self._where)
        said.addStretch(1)
        row.addLayout(said, 3)
        self._bar = Bar(name=job.title)
        row.addWidget(self._bar, 4)
        self._left = Label("", "caption", "text_2")
        self._left.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self._left, 2)
        self._button = Button("Cancel", icon="square", small=True)
        self._button.clicked.connect(self._press)
        row.addWidget(self._button)
        job.changed.connect(self._show)
        job.ended.connect(self._show)
        self._show(job)

    def _show(self, job: Job) -> None:
        icon, tone = _JOB_ICONS[job.state]
        self._icon.set_icon(icon, tone)
        where = ", ".join(part for part in (job.table, job.message) if part)
        waiting = "waits for its turn" if job.state is JobState.WAITING else ""
        self._where.setText(where or waiting)
        self._bar.set_share(job.fraction, "ok" if job.state is JobState.DONE else "accent")
        self._left.setText(left_words(job))
        if not job.running:
            self._button.setEnabled(True)
            self._button.set_words("Remove")
            self._button.set_icon_name("x")
        elif job.cancel_token.cancelled:
            self._button.setEnabled(False)
        self.update()

    def _press(self) -> None:
        if self._job.running:
            self._job.cancel()
            self._button.setEnabled(False)
        else:
            self.dismissed.emit(self._job)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the line under it."""
        line = current().colour("border")
        paint.hline(QPainter(self), 0, self.width(), self.height() - 1, line)


class ProblemRow(QWidget):
    """A problem in the open tray."""

    def __init__(self, problem: Problem, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        kind, title, detail = problem
        self.setFixedHeight(44)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 0, 16, 1)
        row.setSpacing(14)
        icon = {"error": "circle-x", "warn": "triangle-alert"}.get(kind, "info")
        row.addWidget(Icon(icon, 16, kind))
        row.addWidget(Label(title, weight=500))
        row.addWidget(ElidedLabel(detail, tone="text_2", mode=paint.END), 1)
        self.setAccessibleName(f"{title} {detail}")

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the line under it."""
        line = current().colour("border")
        paint.hline(QPainter(self), 0, self.width(), self.height() - 1, line)


class Tray(Surface):
    """The bar of 28 and, when open, the rows over it."""

    def __init__(self, jobs: JobCentre, parent: QWidget | None = None) -> None:
        super().__init__("surface", edges="t", parent=parent)
        self._jobs = jobs
        self._problems: list[Problem] = []
        self._open = False
        self.setAccessibleName("Jobs and problems")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 1, 0, 0)
        column.setSpacing(0)
        self._panel = self._make_panel()
        self._panel.hide()
        column.addWidget(self._panel)
        column.addWidget(self._make_bar())
        jobs.job_added.connect(self._job_added)
        jobs.job_ended.connect(self._job_ended)
        self._say()

    def _make_panel(self) -> QWidget:
        panel = QWidget()
        column = QVBoxLayout(panel)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        head = Surface("surface", edges="b")
        head.setFixedHeight(36)
        row = QHBoxLayout(head)
        row.setContentsMargins(16, 0, 12, 0)
        self._tabs = Segmented(
            (("jobs", "Jobs"), ("problems", "Problems")), name="Show", small=True
        )
        self._tabs.chosen.connect(self._fill)
        row.addWidget(self._tabs)
        row.addStretch(1)
        fold = IconButton("chevron-down", "Close the tray")
        fold.clicked.connect(self.toggle)
        row.addWidget(fold)
        column.addWidget(head)
        self._rows = QWidget()
        self._list = QVBoxLayout(self._rows)
        self._list.setContentsMargins(0, 0, 0, 0)
        self._list.setSpacing(0)
        self._area = ScrollArea(self._rows, fill="surface")
        column.addWidget(self._area)
        return panel

    def _make_bar(self) -> QWidget:
        bar = QWidget()
        bar.setFixedHeight(int(current().size("tray_bar")) - 1)
        row = QHBoxLayout(bar)
        row.setContentsMargins(16, 0, 16, 0)
        row.setSpacing(20)
        self._state = _Note("circle-check", "No jobs running", press=True)
        self._state.clicked.connect(self.show_jobs)
        self._progress = Bar(name="Progress")
        self._progress.setFixedWidth(120)
        self._rest = Label("", "caption", "text_2")
        self._problem_note = _Note("triangle-alert", "No problems", press=True)
        self._problem_note.clicked.connect(self.show_problems)
        inner = QHBoxLayout()
        inner.setSpacing(8)
        for widget in (self._state, self._progress, self._rest):
            inner.addWidget(widget)
        row.addLayout(inner)
        row.addWidget(self._problem_note)
        row.addStretch(1)
        self._masked = _Note("eye-off", "Identifiers masked")
        self._saved = _Note("hard-drive", "Saved")
        self._project = _Note("lock", "Offline project")
        for widget in (self._masked, self._saved, self._project):
            row.addWidget(widget)
            widget.hide()
        return bar

    def set_project(self, saved: str, folder: str, *, read_only: bool) -> None:
        """Say when the project was saved and where it is."""
        for widget in (self._masked, self._saved, self._project):
            widget.show()
        self._saved.say("hard-drive", "Read only" if read_only else saved)
        self._project.say("lock", f"Offline project, {folder}" if folder else "Offline project")

    def set_problems(self, problems: Sequence[Problem]) -> None:
        """List other problems."""
        if self._problems == list(problems):
            return
        self._problems = list(problems)
        self._say()
        if self._open and self._tabs.choice == "problems":
            self._fill()

    @property
    def is_open(self) -> bool:
        """True while the rows are shown."""
        return self._open

    def toggle(self) -> None:
        """Open or close the rows."""
        self._open = not self._open
        self._panel.setVisible(self._open)
        if self._open:
            self._fill()

    def show_jobs(self) -> None:
        """Open at the jobs, or close."""
        self._show_tab("jobs")

    def show_problems(self) -> None:
        """Open at the problems, or close."""
        self._show_tab("problems")

    def _show_tab(self, key: str) -> None:
        if self._open and self._tabs.choice == key:
            self.toggle()
            return
        self._tabs.set_choice(key)
        if self._open:
            self._fill()
        else:
            self.toggle()

    def _fill(self, _key: str = "") -> None:
        while self._list.count():
            item = self._list.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        if self._tabs.choice == "jobs":
            for job in reversed(self._jobs.jobs):
                row = JobRow(job)
                row.dismissed.connect(self._dismiss)
                self._list.addWidget(row)
            count = len(self._jobs.jobs)
            nothing = "Nothing has run since the window opened."
        else:
            for problem in self._problems:
                self._list.addWidget(ProblemRow(problem))
            count = len(self._problems)
            nothing = "No problems."
        if not count:
            empty = Label(nothing, tone="text_3")
            empty.setContentsMargins(16, 12, 16, 12)
            self._list.addWidget(empty)
        self._list.addStretch(1)
        whole = int(current().size("tray_open"))
        room = max(whole - 36 - 28, 44 * min(_MOST_ROWS, count))
        self._area.setFixedHeight(room)

    def _dismiss(self, job: Job) -> None:
        self._jobs.forget(job)
        self._fill()
        self._say()

    def _job_added(self, job: Job) -> None:
        job.changed.connect(self._job_changed)
        self._say()
        if self._open:
            self._fill()

    def _job_changed(self, _job: Job) -> None:
        self._say()

    def _job_ended(self, _job: Job) -> None:
        self._say()

    def _say(self) -> None:
        running = [job for job in self._jobs.jobs if job.running]
        self._progress.setVisible(bool(running))
        self._rest.setVisible(bool(running))
        if running:
            job = next((j for j in running if j.state is JobState.RUNNING), running[0])
            title = job.title if len(running) == 1 else f"{len(running)} jobs running"
            self._state.say("loader-circle", title)
            self._progress.set_share(job.fraction)
            self._rest.setText(left_words(job))
        else:
            self._state.say("circle-check", "No jobs running")
        count = len(self._problems)
        self._problem_note.say(
            "triangle-alert", f"Problems {words.number(count)}" if count else "No problems"
        )
        self._tabs.set_words("jobs", f"Jobs {len(self._jobs.jobs)}")
        self._tabs.set_words("problems", f"Problems {count}")
