"""The store driven as a machine: whatever is done in whatever order, nothing is lost.

Commands succeed, fail half-way or meet a crash (the process's connections and lock are let go
without a close); the project is opened again at any time; a model in memory says what must be
there.
"""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from store_time import NOW

from caseload.store.project_file import ProjectFile

KEYS = st.sampled_from(["a", "b", "c"])
VALUES = st.integers(0, 99) | st.text(max_size=5)


class Fault(Exception):
    """What goes wrong inside a command."""


class StoreMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.top = Path(tempfile.mkdtemp())
        self.folder = self.top / "qvh"
        self.project = ProjectFile.create(
            self.folder, name="Q", person="anna", now=NOW, anchor_dir=self.top / "profile"
        )
        self.kept: dict[str, object] = {}
        self.lines = 1
        self.done: list[tuple[str, object]] = []
        self.undone: list[tuple[str, object]] = []

    def put(self, key: str, value: object) -> None:
        self.project.settings.put(key, value, by="anna", at=NOW)

    @rule(key=KEYS, value=VALUES)
    def command(self, key: str, value: object) -> None:
        with self.project.command("anna", "put", key, at=NOW) as command:
            command.inverse["value"] = self.kept.get(key)
            self.put(key, value)
        self.done.append((key, self.kept.get(key)))
        self.undone.clear()
        self.kept[key] = value
        self.lines += 1

    @rule(key=KEYS, value=VALUES)
    def command_that_fails(self, key: str, value: object) -> None:
        with contextlib.suppress(Fault), self.project.command("anna", "put", key, at=NOW) as c:
            c.inverse["value"] = 0
            self.put(key, value)
            raise Fault

    @precondition(lambda self: self.done)
    @rule()
    def undo(self) -> None:
        entry = self.project.undo.next_undo()
        assert entry is not None
        key, before = self.done.pop()
        assert (entry.line.subject, entry.line.inverse["value"]) == (key, before)
        with self.project.command("anna", "undo", key, at=NOW):
            self.put(key, before)
            self.project.undo.mark(entry.seq, undone=True)
        self.undone.append((key, self.kept.get(key)))
        if before is None:
            self.kept.pop(key, None)
        else:
            self.kept[key] = before
        self.lines += 1

    @rule()
    def open_again(self) -> None:
        self.project.close()
        self.project = self.reopened()

    @rule(key=KEYS)
    def crash_inside_a_command(self, key: str) -> None:
        with contextlib.suppress(Fault), self.project.command("anna", "put", key, at=NOW):
            self.put(key, "lost with the crash")
            copy = self.top / "crashed"
            shutil.rmtree(copy, ignore_errors=True)
            shutil.copytree(self.folder, copy)
            raise Fault
        self.project.close()
        shutil.rmtree(self.folder)
        copy.rename(self.folder)
        self.project = self.reopened()

    @rule()
    def read_beside(self) -> None:
        with ProjectFile.open(self.folder, person="ben", now=NOW, read_only=True) as reader:
            assert reader.settings.all() == self.kept

    def reopened(self) -> ProjectFile:
        return ProjectFile.open(
            self.folder, person="anna", now=NOW, anchor_dir=self.top / "profile"
        )

    @invariant()
    def everything_acknowledged_is_there(self) -> None:
        assert self.project.settings.all() == self.kept
        report = self.project.audit.verify()
        assert (report.ok, report.lines) == (True, self.lines)
        redo = self.project.undo.next_redo()
        assert (redo.line.subject if redo else None) == (
            self.undone[-1][0] if self.undone else None
        )

    def teardown(self) -> None:
        self.project.close()
        shutil.rmtree(self.top)


StoreMachine.TestCase.settings = settings(
    max_examples=12,
    stateful_step_count=20,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
TestStore = StoreMachine.TestCase
