"""Documents are read in a child process that cannot hurt its parent."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from caseload.model.errors import BadInput, Cancelled
from caseload.model.progress import CancelToken, SilentProgress
from caseload.specs import confined
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
        ("print('{', flush=True)", "broke the process"),
        ("print('[1]', flush=True); import time; time.sleep(60)", "broke the process"),
        ("print('{\"progress\": 1}', flush=True); import time; time.sleep(60)", "broke the proc"),
        ("print('{\"reading\": 1}', flush=True); import time; time.sleep(60)", "broke the proc"),
        ("print('[' * 200_000, flush=True); import time; time.sleep(60)", "broke the process"),
        ("print('x' * 70_000_000, flush=True); import time; time.sleep(60)", "broke the process"),
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
            Limits(memory_mb=200, cpu_seconds=20, wall_seconds=1 if "1 seconds" in message else 50),
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
        "assert 7 <= resource.getrlimit(resource.RLIMIT_CPU)[0] <= 9\n"
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
    started = confined.subprocess.Popen

    def start(command: list[str], **options: object) -> object:
        return started([command[0], str(program)], **options)  # type: ignore[call-overload]

    monkeypatch.setattr(confined.subprocess, "Popen", start)


FORBIDDEN = {
    "a connection": "import socket; socket.create_connection(('127.0.0.1', 9))",
    "a listener": "import socket; socket.socket().bind(('127.0.0.1', 0))",
    "a name looked up": "import socket; socket.getaddrinfo('localhost', 80)",
    "a download": "import urllib.request; urllib.request.urlopen('http://127.0.0.1:9/')",
    "a program": "import subprocess; subprocess.run(['true'])",
    "a shell": "import os; os.system('true')",
    "a copy of itself": "import os; os.fork()",
    "a new file": "open('made', 'w')",
    "a new file by number": "import os; os.open('made', os.O_CREAT | os.O_WRONLY)",
    "a longer file": "open('here', 'a')",
    "a removed file": "import os; os.remove('here')",
    "a renamed file": "import os; os.rename('here', 'there')",
    "a new folder": "import os; os.mkdir('made')",
    "a temporary file": "import tempfile; tempfile.TemporaryFile(dir='.')",
}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_the_process_that_reads_foreign_files_may_do_nothing_else(
    tmp_path: Path, what: str
) -> None:
    (tmp_path / "here").write_text("here", encoding="utf-8")
    body = (
        "from caseload.specs.sandbox_guard import guard\n"
        "guard()\n"
        "assert open('here').read() == 'here'\n"
        f"try: exec({FORBIDDEN[what]!r})\n"
        "except OSError: print('refused')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", body], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr) == ("refused\n", "")
    assert [found.name for found in tmp_path.iterdir()] == ["here"]


@pytest.mark.skipif(sys.platform != "linux", reason="network namespaces are Linux's")
def test_a_library_beneath_python_finds_no_network(tmp_path: Path) -> None:
    body = (
        "import ctypes, os\n"
        "from caseload.specs.sandbox_guard import guard\n"
        "before = os.readlink('/proc/self/ns/net')\n"
        "guard()\n"
        "print(os.readlink('/proc/self/ns/net') != before)\n"
    )
    done = subprocess.run([sys.executable, "-c", body], capture_output=True, text=True, check=True)
    if "False" in done.stdout:
        pytest.skip("this kernel or container lets no process leave the network")
    assert done.stdout == "True\n"


def test_the_child_gets_no_secret_of_its_parents_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOSPITAL_DB_PASSWORD", "s3cret")
    monkeypatch.setenv("PGPASSWORD", "s3cret")
    body = (
        "import os, json\n"
        "assert 's3cret' not in os.environ.values()\n"
        "print(json.dumps({'done': True}), flush=True)\n"
    )
    script(monkeypatch, tmp_path, body)
    assert read_documents([], SilentProgress(), CancelToken()) == []


def test_the_parent_imports_no_library_that_opens_documents(tmp_path: Path) -> None:
    dictionary(tmp_path / "d.csv")
    body = (
        "import sys\n"
        "from pathlib import Path\n"
        "from caseload.model.progress import CancelToken, SilentProgress\n"
        "from caseload.specs import extract\n"
        "from caseload.specs.sandbox import preview_document, read_documents\n"
        "asked = (SilentProgress(), CancelToken())\n"
        "read_documents([(Path('d.csv'), 'd.csv')], *asked)\n"
        "preview_document(Path('d.csv'), 'd.csv', *asked)\n"
        "libraries = {'pypdfium2', 'python_calamine', 'lxml', 'openpyxl', 'docx', 'zipfile',"
        " 'sqlglot', 'xml.etree.ElementTree', 'sqlite3', 'psycopg', 'pymysql'}\n"
        "print(sorted(libraries & set(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", body], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr) == ("[]\n", "")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")
@pytest.mark.parametrize("kind", ["folder", "pipe", "device", "link to a device", "loop of links"])
def test_what_is_no_file_is_not_opened(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "d.csv"
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "device":
        path = Path("/dev/zero")
    elif kind == "link to a device":
        path.symlink_to("/dev/urandom")
    else:
        path.symlink_to(tmp_path / "other.csv")
        (tmp_path / "other.csv").symlink_to(path)
    with pytest.raises(BadInput, match=r"no file but|cannot be opened|no such document") as caught:
        read_documents([(path, "d.csv")], SilentProgress(), CancelToken())
    assert caught.value.where == "d.csv"


def test_a_document_that_changes_while_it_is_read_is_not_believed(tmp_path: Path) -> None:
    path = dictionary(tmp_path / "d.csv")

    class Writer(SilentProgress):
        def report(self, fraction: float, message: str = "", table: str = "") -> None:
            with path.open("a", encoding="utf-8") as file:
                file.write("T,Z,int,1\n")

    rows = "".join(f"T{n},F,int,1\n" for n in range(40_000))
    path.write_text(f"Table,Field,Type,Size\n{rows}", encoding="utf-8")
    with pytest.raises(BadInput, match="changed while it was read"):
        read_documents([(path, "d.csv")], Writer(), CancelToken())


@pytest.mark.skipif(sys.platform == "win32", reason="a job object ends it there")
def test_seconds_of_a_processor_are_bounded_for_each_document(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = (
        "from caseload.specs.sandbox_limits import Limits, limit_this_process\n"
        "limit_this_process(Limits(900, 1, 60))\n"
        "while True: pass\n"
    )
    script(monkeypatch, tmp_path, body)
    with pytest.raises(BadInput, match="more than 1 seconds and was stopped"):
        read_documents(
            [(dictionary(tmp_path / "d.csv"), "d.csv")],
            SilentProgress(),
            CancelToken(),
            Limits(memory_mb=900, cpu_seconds=1, wall_seconds=60),
        )
