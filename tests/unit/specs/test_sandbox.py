"""Documents are read in a child process that cannot hurt its parent."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest

from caseload.model.errors import BadInput, Cancelled
from caseload.model.progress import CancelToken, SilentProgress
from caseload.specs import sandbox
from caseload.specs.sandbox import read_documents
from caseload.specs.sandbox_limits import Limits

from .guides import LAYOUTS, make_guide, truth


class Heard(SilentProgress):
    def __init__(self) -> None:
        self.shares: list[float] = []

    def report(self, fraction: float, message: str = "", table: str = "") -> None:
        self.shares.append(fraction)


def dictionary(path: Path) -> Path:
    path.write_text("Table,Field,Type,Size\nT,A,int,1\nT,B,int,2\n", encoding="utf-8")
    return path


def test_one_child_reads_all_documents_and_tells_how_far_it_is(tmp_path: Path) -> None:
    make_guide(tmp_path / "g.pdf", LAYOUTS[0], truth(3))
    heard = Heard()
    first, second = read_documents(
        [(dictionary(tmp_path / "d.csv"), "d.csv"), (tmp_path / "g.pdf", "g.pdf")],
        heard,
        CancelToken(),
    )
    assert [f.field_name for f in first.tables[0].fields] == ["A", "B"]
    assert [t.name for t in second.tables] == [t.name for t in truth(3)]
    assert first.document.reader == "csv"
    assert heard.shares == sorted(heard.shares)
    assert heard.shares[-1] <= 1


def test_a_bad_document_comes_back_as_its_message(tmp_path: Path) -> None:
    (tmp_path / "x.pdf").write_bytes(b"")
    with pytest.raises(BadInput, match="zero bytes"):
        read_documents([(tmp_path / "x.pdf", "x.pdf")], SilentProgress(), CancelToken())


def test_a_cancel_ends_the_child(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cancel = CancelToken()
    script(monkeypatch, tmp_path, "import time; time.sleep(60)")
    threading.Timer(0.3, cancel.cancel).start()
    with pytest.raises(Cancelled):
        read_documents([(dictionary(tmp_path / "d.csv"), "d.csv")], SilentProgress(), cancel)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("import os; os.abort()", "broke the process"),
        ("import time; time.sleep(60)", "more than 1 seconds"),
        ("x = bytearray(300_000_000); import time; time.sleep(60)", "more than 200 MB of memory"),
    ],
)
def test_a_child_that_misbehaves_is_one_clear_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: str, message: str
) -> None:
    script(monkeypatch, tmp_path, body)
    with pytest.raises(BadInput, match=message) as caught:
        read_documents(
            [(dictionary(tmp_path / "d.csv"), "d.csv")],
            SilentProgress(),
            CancelToken(),
            Limits(memory_mb=200, cpu_seconds=20, wall_seconds=1),
        )
    assert caught.value.where == "d.csv"


def test_the_child_bounds_its_own_memory_and_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = (
        "import resource, json, sys\n"
        "from caseload.specs.sandbox_limits import Limits, limit_this_process\n"
        "limit_this_process(Limits(100, 7, 9))\n"
        "try: bytearray(2_000_000_000)\n"
        "except MemoryError: pass\n"
        "else: sys.exit(5)\n"
        "assert resource.getrlimit(resource.RLIMIT_CPU)[0] == 7\n"
        "assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == 0\n"
        "print(json.dumps({'done': True}), flush=True)\n"
    )
    script(monkeypatch, tmp_path, body)
    assert read_documents([], SilentProgress(), CancelToken()) == []


def script(monkeypatch: pytest.MonkeyPatch, folder: Path, body: str) -> None:
    """Let another program stand where the reader's child would be started."""
    program = folder / "child.py"
    opening = json.dumps({"opening": "d.csv"})
    program.write_text(f"print({opening!r}, flush=True)\n{body}\n", encoding="utf-8")
    started = sandbox.subprocess.Popen

    def start(command: list[str], **options: object) -> object:
        return started([command[0], str(program)], **options)  # type: ignore[call-overload]

    monkeypatch.setattr(sandbox.subprocess, "Popen", start)
