"""Work off the main thread: newest wins, progress in few steps, cancel, trouble, the end."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import ClassVar

import pytest
from PySide6.QtCore import QThread
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from caseload.gui.job import Job, JobState
from caseload.gui.work import JobCentre, explain
from caseload.model.errors import BadInput
from caseload.model.progress import CancelToken, Progress


class Board(QWidget):
    """A widget that shows answers."""

    heard: ClassVar[list[object]] = []

    def take(self, answer: object) -> None:
        self.heard.append(answer)


@pytest.fixture(autouse=True)
def nothing_heard() -> None:
    Board.heard.clear()


def until(jobs: JobCentre, true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not true():
        assert time.monotonic() < deadline
        QApplication.processEvents()
        time.sleep(0.002)


def test_an_answer_comes_on_the_main_thread_though_the_work_does_not(jobs: JobCentre) -> None:
    main = QThread.currentThread()
    found: list[bool] = []

    def answered(worked_on: QThread) -> None:
        found.append(worked_on is main)
        found.append(QThread.currentThread() is main)

    jobs.query(QThread.currentThread, answered)
    assert jobs.wait_idle()
    assert found == [False, True]


def test_of_several_questions_with_one_key_only_the_newest_is_answered(jobs: JobCentre) -> None:
    gate = threading.Event()
    asked: list[int] = []
    answers: list[int] = []

    def question(number: int) -> Callable[[], int]:
        def work() -> int:
            gate.wait(10)
            asked.append(number)
            return number

        return work

    for number in range(5):
        jobs.query(question(number), answers.append, key="filter")
    gate.set()
    assert jobs.wait_idle()
    assert answers == [4]
    assert set(asked) <= {0, 4}, "questions overtaken while they waited are not even asked"


def test_questions_with_other_keys_are_all_answered(jobs: JobCentre) -> None:
    answers: list[str] = []
    for key in ("a", "b", ""):
        jobs.query(lambda key=key: key, answers.append, key=key)
    assert jobs.wait_idle()
    assert sorted(answers) == ["", "a", "b"]


def test_commands_follow_one_another_in_order(jobs: JobCentre) -> None:
    done: list[int] = []
    for number in range(20):
        jobs.command(lambda number=number: done.append(number))
    assert jobs.wait_idle()
    assert done == list(range(20))


def test_the_answer_to_a_widget_that_is_gone_is_dropped(jobs: JobCentre) -> None:
    gate = threading.Event()
    board = Board()
    jobs.query(lambda: gate.wait(10), board.take)
    board.deleteLater()
    QApplication.sendPostedEvents(board, 52)
    gate.set()
    assert jobs.wait_idle()
    assert Board.heard == []


def test_the_answer_to_a_widget_that_nobody_holds_is_dropped(jobs: JobCentre) -> None:
    gate = threading.Event()
    board = Board()
    jobs.query(lambda: gate.wait(10), board.take)
    del board
    gate.set()
    assert jobs.wait_idle()
    assert Board.heard == []


def test_trouble_that_nobody_takes_is_told_to_the_window(jobs: JobCentre) -> None:
    told: list[BaseException] = []
    jobs.trouble.connect(told.append)

    def fail() -> None:
        raise BadInput("The file is empty")

    jobs.query(fail, Board.heard.append)
    assert jobs.wait_idle()
    assert [str(error) for error in told]
    assert Board.heard == []


def test_progress_of_a_job_reaches_the_window_in_few_steps(jobs: JobCentre) -> None:
    steps: list[float] = []

    def work(progress: Progress, _cancel: CancelToken) -> str:
        for number in range(20_000):
            progress.report(number / 20_000, "reading", "PATDATA")
        time.sleep(0.2)
        return "ready"

    job = jobs.start("Read", work)
    job.changed.connect(lambda job: steps.append(job.fraction))
    assert jobs.wait_idle()
    assert 1 <= len(steps) < 60
    assert steps == sorted(steps)
    assert (job.state, job.fraction, job.result) == (JobState.DONE, 1.0, "ready")


def test_the_log_of_a_job_comes_whole_and_in_order(jobs: JobCentre) -> None:
    lines: list[str] = []

    def work(progress: Progress, _cancel: CancelToken) -> None:
        for number in range(500):
            progress.log(f"line {number}", table="PATDATA")

    job = jobs.start("Read", work)
    job.logged.connect(lambda fresh: lines.extend(line.message for line in fresh))
    assert jobs.wait_idle()
    assert lines == [f"line {number}" for number in range(500)]
    assert [line.message for line in job.lines] == lines


def patient(progress: Progress, cancel: CancelToken) -> None:
    while True:
        cancel.raise_if_cancelled()
        time.sleep(0.002)


def test_a_job_can_be_cancelled_while_it_runs_and_while_it_waits(jobs: JobCentre) -> None:
    running, waiting = jobs.start("First", patient), jobs.start("Second", patient)
    until(jobs, lambda: running.state is JobState.RUNNING)
    assert waiting.state is JobState.WAITING
    waiting.cancel()
    running.cancel()
    assert jobs.wait_idle()
    assert [running.state, waiting.state] == [JobState.CANCELLED, JobState.CANCELLED]
    assert waiting.elapsed == 0, "it never began"


def test_a_failing_job_ends_as_failed_and_keeps_why(jobs: JobCentre) -> None:
    ended: list[Job] = []
    refused: list[BaseException] = []
    jobs.job_ended.connect(ended.append)

    def work(_progress: Progress, _cancel: CancelToken) -> None:
        raise BadInput("The guide has no tables", where="guide.pdf")

    job = jobs.start("Read", work, None, refused.append)
    assert jobs.wait_idle()
    assert ended == [job]
    assert job.state is JobState.FAILED
    assert refused == [job.error]


def test_closing_while_a_job_runs_cancels_it_and_leaves_no_thread() -> None:
    centre = JobCentre()
    job = centre.start("Long", patient)
    centre.query(lambda: time.sleep(0.05), Board.heard.append)
    until(centre, lambda: job.state is JobState.RUNNING)
    centre.close()
    assert job.cancel_token.cancelled
    assert not any(lane.isRunning() for lane in centre.findChildren(QThread))
    QApplication.processEvents()
    assert Board.heard == [], "nobody is told after the end"
    centre.query(lambda: 1, Board.heard.append)
    assert not any(lane.isRunning() for lane in centre.findChildren(QThread))
    centre.deleteLater()


def test_time_left_is_said_only_when_it_can_be_known() -> None:
    now = [0.5]
    job = Job("Read", clock=lambda: now[0])
    assert job.time_left is None
    job.begin()
    job.report(0.5)
    assert job.time_left is None, "too early to tell"
    now[0] = 10.5
    assert job.time_left == pytest.approx(10)
    job.report(0.2)
    assert job.fraction == 0.5, "progress never goes back"
    job.deleteLater()


def test_an_error_is_explained_without_a_traceback_and_a_fault_with_one_to_copy() -> None:
    error = BadInput("The file is empty", where="guide.pdf", remedy="Choose another")
    assert explain(error) == ("The file is empty", "guide.pdf. Choose another.", "")
    try:
        QLabel("").undefined  # type: ignore[attr-defined]  # noqa: B018
    except AttributeError as fault:
        what, why, details = explain(fault)
    assert "project is safe" in why
    assert "Traceback" in details
    assert "Traceback" not in what
