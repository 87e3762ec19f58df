"""Bad input at the command line: one clear message, its exit code, and nothing changed."""

from __future__ import annotations

import csv
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from program import environment

from caseload.cli.app import run
from caseload.services.session import open_project

pytestmark = pytest.mark.slow

DICTIONARY = "requirement_spec/merrow_pas_data_dictionary.xlsx"
GUIDE = "requirement_spec/ardent_epr_migration_guide.pdf"
OWN = (".caseload", ".caseload-wal", ".caseload-shm", ".lock")


HOLD = """
import sys
from pathlib import Path
from caseload.services.session import open_project

with open_project(Path(sys.argv[1]), actor="amara"):
    print("open", flush=True)
    sys.stdin.read()
"""


def state(folder):
    """Hash of every file but the project's own record and the logs of runs."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        and not path.name.endswith(OWN)
        and "data/runs" not in path.relative_to(folder).as_posix()
    }


def decisions(folder):
    with open_project(folder, read_only=True) as session:
        return session.project.contract.rules(), session.project.catalogs.corrections()


@pytest.fixture(scope="module")
def shared(lived, tmp_path_factory):
    """One copy of the project for all who must not be able to change it."""
    return shutil.copytree(lived, tmp_path_factory.mktemp("shared") / "qvh")


@pytest.fixture
def inside(home, monkeypatch, capfd):
    """Run the program in this process, which is quicker than a new one."""
    for name, value in environment(home).items():
        monkeypatch.setenv(name, value)

    def call(*arguments):
        capfd.readouterr()
        code = run([str(a) for a in arguments])
        return subprocess.CompletedProcess(arguments, code, *capfd.readouterr())

    return call


def refused(inside, folder, *command, code=2):
    """Carry out a command that must be refused and change nothing; its message."""
    files, decided = state(folder), decisions(folder)
    said = inside("-p", folder, *command)
    assert said.returncode == code, said.stderr
    assert said.stdout == ""
    assert "Traceback" not in said.stderr
    messages = [line for line in said.stderr.splitlines() if line.startswith("caseload: ")]
    assert len(messages) == 1, said.stderr
    assert state(folder) == files
    assert decisions(folder) == decided
    return said.stderr


def truncated(path, share=0.5):
    content = path.read_bytes()
    return content[: int(len(content) * share)]


def encrypted_pdf(path):
    from reportlab.lib.pdfencrypt import StandardEncryption
    from reportlab.pdfgen.canvas import Canvas

    canvas = Canvas(str(path), encrypt=StandardEncryption("secret", strength=128))
    canvas.drawString(50, 700, "LOAD_PMI")
    canvas.save()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504 + "EncryptedPackage".encode("utf-16-le")


@pytest.mark.parametrize(
    ("option", "name", "make", "says"),
    [
        ("--source-spec", "missing.xlsx", None, "missing.xlsx"),
        ("--source-spec", "empty.xlsx", lambda p, _: p.touch(), "empty"),
        (
            "--source-spec",
            "short.xlsx",
            lambda p, d: p.write_bytes(truncated(d / DICTIONARY)),
            "short.xlsx",
        ),
        ("--source-spec", "secret.xlsx", lambda p, _: p.write_bytes(OLE), "secret.xlsx"),
        (
            "--source-spec",
            "picture.xlsx",
            lambda p, _: p.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(500)),
            "picture.xlsx",
        ),
        (
            "--target-spec",
            "short.pdf",
            lambda p, d: p.write_bytes(truncated(d / GUIDE)),
            "short.pdf",
        ),
        ("--target-spec", "secret.pdf", lambda p, _: encrypted_pdf(p), "encrypted"),
        ("--target-spec", "letter.doc", lambda p, _: p.write_text("Dear all"), "letter.doc"),
    ],
)
def test_a_spec_that_cannot_be_read(shared, tmp_path, inside, option, name, make, says):
    path = tmp_path / name
    if make:
        make(path, shared)
    message = refused(inside, shared, "extract-specs", option, path)
    assert says in message
    assert name in message


@pytest.mark.parametrize(
    "command",
    [
        ("generate-mock-data", "--rows", 0),
        ("generate-mock-data", "--seed", -1),
        ("generate-mock-data", "--faults", 101),
        ("run-contract-migration", "--impute-mode", "lenient"),
        ("run-contract-migration", "--engine", "abacus"),
        ("run-contract-migration", "--source-dir", "nowhere"),
        ("run-contract-migration", "--output-dir", "/tmp/outside"),
        ("run-contract-migration", "--contract-file", "nowhere.csv"),
        ("run-contract-migration", "--crosswalk-dir", "nowhere"),
        ("run-contract-migration", "--target-catalog-file", "nowhere.csv"),
        ("run-release-gates", "--profile", "lenient"),
        ("lifecycle", "--from", "run_release_gates", "--to", "extract_specs"),
        ("mappings", "approve"),
        ("mappings", "approve", "LOAD_NOTHING.FIELD"),
        ("run", "show", "99"),
    ],
    ids=lambda c: " ".join(map(str, c)),
)
def test_an_option_that_cannot_be(shared, inside, command):
    refused(inside, shared, *command)


def edited_contract(project, path, **changes):
    """A copy of the contract with LOAD_PMI.SEX changed, and its routes beside it."""
    with (project / "reports/mapping_contract.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        if (row["target_table"], row["target_field"]) == ("LOAD_PMI", "SEX"):
            row.update(changes)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    routes = project / "reports/mapping_contract_routes.csv"
    shutil.copy(routes, path.with_name(f"{path.stem}_routes.csv"))


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"mapping_class": "COPIED"}, "COPIED"),
        ({"target_field": "SEXX"}, "SEXX"),
        ({"target_table": "LOAD_PMX"}, "LOAD_PMX"),
        ({"primary_source_field": "PtSexx", "expression": "PATDATA.PtSexx"}, "PtSexx"),
        ({"crosswalk": "sexes"}, "sexes"),
        ({"expression": "shout(PATDATA.PtSex)"}, "shout"),
        ({"expression": "(select 1)"}, "expression"),
        ({"on_miss": "shrug"}, "shrug"),
    ],
    ids=str,
)
def test_a_contract_file_that_cannot_run(shared, inside, changes, says):
    edited_contract(shared, shared / "mine.csv", **changes)
    message = refused(inside, shared, "run-contract-migration", "--contract-file", "mine.csv")
    assert says in message


def test_a_crosswalk_with_one_value_twice(shared, inside):
    folder = shared / "crosswalks"
    shutil.copytree(shared / "schemas/crosswalks", folder)
    with (folder / "sex.csv").open("a", encoding="utf-8") as file:
        file.write("M,2,Male again\n")
    message = refused(inside, shared, "run-contract-migration", "--crosswalk-dir", "crosswalks")
    assert "sex.csv" in message
    assert "line" in message


def test_a_project_of_an_unknown_version(project, inside):
    (path,) = project.glob("*.caseload")
    content = bytearray(path.read_bytes())
    content[60:64] = (9999).to_bytes(4, "big")
    path.write_bytes(content)
    said = inside("-p", project, "runs")
    assert said.returncode == 2
    assert "newer Caseload" in said.stderr
    assert path.read_bytes() == content


@pytest.mark.parametrize("content", [b"", b"not a database at all", b"SQLite format 3\0"])
def test_a_project_file_that_is_none(tmp_path, inside, content):
    (tmp_path / "qvh.caseload").write_bytes(content)
    said = inside("-p", tmp_path, "runs")
    assert said.returncode == 2
    assert "qvh.caseload" in said.stderr
    assert (tmp_path / "qvh.caseload").read_bytes() == content


def test_a_folder_that_is_not_empty_is_no_place_for_a_project(tmp_path, inside):
    (tmp_path / "notes.txt").write_text("mine")
    said = inside("demo", tmp_path)
    assert said.returncode == 2
    assert [p.name for p in tmp_path.iterdir()] == ["notes.txt"]


def test_two_processes_on_one_project(project, home, inside):
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            HOLD,
            str(project),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment(home),
    )
    with holder:
        assert holder.stdout.readline().strip() == "open"
        message = refused(inside, project, "generate-mock-data", code=4)
        assert "amara" in message
        assert str(holder.pid) in message
        holder.stdin.close()
    assert inside("-p", project, "mappings", "approve", "LOAD_PMI.SEX").returncode == 0


@pytest.mark.skipif(os.name == "nt" or os.getuid() != 0, reason="needs to act as someone else")
def test_a_folder_that_may_only_be_read(lived, project, home):
    code = (
        "import os, sys\n"
        "from caseload.cli.app import run\n"
        "def carry_out(folder):\n"
        "    commands = ('mappings approve LOAD_PMI.SEX', 'mappings list')\n"
        "    return [run(['-p', folder, *c.split()]) for c in commands]\n"
        "carry_out(sys.argv[1])  # what the commands import must be imported by its owner\n"
        "os.setuid(65534)\n"
        "print('codes', carry_out(sys.argv[2]))\n"
    )
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "qvh"
        shutil.copytree(lived, folder)
        Path(place).chmod(0o755)
        files = state(folder)
        done = subprocess.run(
            [sys.executable, "-c", code, str(project), str(folder)],
            capture_output=True,
            text=True,
            check=False,
            env=environment(home),
        )
        assert done.stdout.splitlines()[-1] == "codes [2, 0]", done.stderr
        assert "cannot be written to" in done.stderr
        assert state(folder) == files
