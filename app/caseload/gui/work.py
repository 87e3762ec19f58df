"""Everything that must not happen on the main thread: queries, commands and long jobs.

Three lanes, each a QThread with a queue: queries (newest request of a key wins), commands
(one after the other), and long jobs such as a lifecycle run, which are supervised on their
thread while their heavy work is done in a child process by the services below.
"""

from __future__ import annotations

import queue
import traceback
import weakref
from collections.abc import Callable
from types import MethodType
from typing import Any, TypeVar

import shiboken6
from PySide6.QtCore import (
    QCoreApplication,
    QElapsedTimer,
    QEventLoop,
    QObject,
    QThread,
    QTimer,
    Signal,
)

from caseload.gui.job import Job, JobState
from caseload.model.errors import Cancelled, CaseloadError
from caseload.model.progress import CancelToken, Progress

T = TypeVar("T")
FLUSH_MS = 66


class _Callback:
    """A callback that does not keep its widget alive, and is not called once that is gone."""

    def __init__(self, call: Callable[[Any], None] | None) -> None:
        bound = isinstance(call, MethodType)
        self._weak = weakref.WeakMethod(call) if isinstance(call, MethodType) else None
        self._strong = None if bound else call

    def __call__(self, value: object) -> bool:
        """Call it; False when there is nobody to call."""
        call = self._weak() if self._weak is not None else self._strong
        if call is None:
            return False
        owner = getattr(call, "__self__", None)
        if isinstance(owner, QObject) and not shiboken6.isValid(owner):
            return False
        call(value)
        return True


class Task:
    """One piece of work of a lane and whom to tell."""

    def __init__(
        self,
        work: Callable[[], object],
        done: Callable[[Any], None] | None,
        failed: Callable[[Any], None] | None,
        *,
        key: str = "",
        job: Job | None = None,
    ) -> None:
        self.work = work
        self.done = _Callback(done)
        self.failed = _Callback(failed)
        self.key = key
        self.job = job
        self.stale = False
        self.result: object = None
        self.error: BaseException | None = None

    def run(self) -> None:
        """Do the work on the lane's thread, keeping what it gives or raises."""
        if self.stale:
            return
        if self.job is not None:
            if self.job.cancel_token.cancelled:
                self.error = Cancelled()
                return
            self.job.begin()
        try:
            self.result = self.work()
        except Exception as error:  # noqa: BLE001
            self.error = error


class Lane(QThread):
    """A thread that does tasks one after the other."""

    answered = Signal(object)

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._tasks: queue.SimpleQueue[Task | None] = queue.SimpleQueue()

    def put(self, task: Task) -> None:
        """Queue a task; the thread starts with the first one."""
        self._tasks.put(task)
        if not self.isRunning():
            self.start()

    def run(self) -> None:
        """Do what is queued until told to stop."""
        while (task := self._tasks.get()) is not None:
            task.run()
            self.answered.emit(task)

    def stop(self) -> None:
        """Stop after the task at hand."""
        self._tasks.put(None)


class JobCentre(QObject):
    """Where the window hands in work; results come back on the main thread.

    `job_added` and `job_ended` carry a Job; `trouble` an exception nobody else took (a job
    keeps its own).
    """

    job_added = Signal(object)
    job_ended = Signal(object)
    trouble = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lanes = {name: Lane(name, self) for name in ("queries", "commands", "jobs")}
        for lane in self._lanes.values():
            lane.answered.connect(self._answer)
        self._newest: dict[str, Task] = {}
        self._open = 0
        self._closed = False
        self.jobs: list[Job] = []
        self._timer = QTimer(self)
        self._timer.setInterval(FLUSH_MS)
        self._timer.timeout.connect(self._flush)

    def query(
        self,
        work: Callable[[], T],
        done: Callable[[T], None],
        failed: Callable[[BaseException], None] | None = None,
        *,
        key: str = "",
    ) -> None:
        """Ask for something.  Of several requests with one `key` only the newest answers."""
        task = Task(work, done, failed, key=key)
        if key:
            before = self._newest.get(key)
            if before is not None:
                before.stale = True
            self._newest[key] = task
        self._put("queries", task)

    def command(
        self,
        work: Callable[[], T],
        done: Callable[[T], None] | None = None,
        failed: Callable[[BaseException], None] | None = None,
    ) -> None:
        """Change something: short, and one after the other."""
        self._put("commands", Task(work, done, failed))

    def start(
        self,
        title: str,
        work: Callable[[Progress, CancelToken], T],
        done: Callable[[T], None] | None = None,
        failed: Callable[[BaseException], None] | None = None,
    ) -> Job:
        """Begin a long job with progress, log and cancel; it shows in the tray."""
        job = Job(title, self)
        self.jobs.append(job)

        def supervised() -> T:
            return work(job, job.cancel_token)

        self._put("jobs", Task(supervised, done, failed, job=job))
        self._timer.start()
        self.job_added.emit(job)
        return job

    def forget(self, job: Job) -> None:
        """Take an ended job off the list."""
        if not job.running and job in self.jobs:
            self.jobs.remove(job)
            job.deleteLater()

    @property
    def busy(self) -> bool:
        """True while anything waits or runs."""
        return self._open > 0

    def wait_idle(self, timeout_ms: int = 10_000) -> bool:
        """Let events run until nothing waits or runs; for tests and pictures."""
        timer = QElapsedTimer()
        timer.start()
        while self._open > 0:
            if timer.elapsed() > timeout_ms:
                return False
            QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 20)
        return True

    def close(self) -> None:
        """Cancel what runs, stop the threads and wait for them."""
        self._closed = True
        self._timer.stop()
        for job in self.jobs:
            if job.running:
                job.cancel()
        for lane in self._lanes.values():
            if lane.isRunning():
                lane.stop()
                lane.wait()

    def _put(self, lane: str, task: Task) -> None:
        if self._closed:
            return
        self._open += 1
        self._lanes[lane].put(task)

    def _flush(self) -> None:
        running = False
        for job in list(self.jobs):
            job.flush()
            running = running or job.running
        if not running:
            self._timer.stop()

    def _answer(self, task: Task) -> None:
        self._open -= 1
        if self._closed:
            return
        if task.key and self._newest.get(task.key) is task:
            del self._newest[task.key]
        if task.job is not None:
            self._end_job(task)
        if task.stale:
            return
        if task.error is None:
            task.done(task.result)
        elif not task.failed(task.error) and task.job is None:
            self.trouble.emit(task.error)

    def _end_job(self, task: Task) -> None:
        job = task.job
        if job is None:
            return
        state = JobState.DONE
        if task.error is not None:
            cancelled = isinstance(task.error, Cancelled)
            state = JobState.CANCELLED if cancelled else JobState.FAILED
        job.finish(state, task.result, task.error)
        self.job_ended.emit(job)


def told(error: BaseException) -> str:
    """What happened and what to do, in one line for a toast."""
    what, why, _details = explain(error)
    return f"{what.rstrip('.')}. {why}" if why else what


def _sentence(words: str) -> str:
    """Words with a capital, unless they begin with a name such as guide.pdf."""
    first = words.partition(" ")[0]
    return words[:1].upper() + words[1:] if first.isalpha() else words


def explain(error: BaseException) -> tuple[str, str, str]:
    """What happened, why and what to do, and details to copy, of any exception."""
    if isinstance(error, CaseloadError):
        parts = (part.rstrip(".") for part in (error.where, error.remedy) if part)
        why = ". ".join(map(_sentence, parts))
        return error.what, f"{why}." if why else "", ""
    details = "".join(traceback.format_exception(error))
    return (
        "Something went wrong inside Caseload.",
        "Your project is safe. Copy the details for whoever looks after Caseload.",
        details.rstrip(),
    )
