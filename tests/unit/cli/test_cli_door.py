"""What every command line keeps to: project, `--json`, exit codes, one message."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from caseload.cli import app, projects
from caseload.model.errors import CaseloadError
from caseload.services import session as sessions

READ_ONLY = (
    ("runs",),
    ("mappings", "list"),
    ("quality", "kpis"),
    ("quality", "issues"),
    ("audit", "list"),
    ("audit", "verify"),
    ("version",),
)
WRITING = (
    ("mappings", "set", "LOAD_PMI.SURNAME", "--notes", "seen"),
    ("mappings", "approve", "LOAD_PMI.SEX"),
    ("mappings", "reject", "LOAD_PMI.SEX", "--why", "no"),
    ("audit", "export", "audit.jsonl"),
)
WRONG = (
    ("run", "show", "9"),
    ("run", "compare", "1", "2"),
    ("mappings", "set", "LOAD_PMI.SURNAME", "--class", "COPIED"),
    ("lifecycle", "--rows", "0"),
    ("lifecycle", "--rows", "999999999999"),
    ("lifecycle", "--from", "cooking"),
    ("nonsense",),
    ("mappings", "list", "--nonsense"),
    ("mappings", "list", "--limit", "none"),
    ("mappings",),
    ("explode",),
)


@pytest.mark.parametrize("command", [*READ_ONLY, *WRITING], ids=" ".join)
def test_json_is_one_object_and_nothing_else(caseload, project, command):
    said = caseload("-p", project, *command, "--json")
    assert said.code == 0
    assert said.json
    assert said.err == ""


@pytest.mark.parametrize("command", WRONG, ids=" ".join)
def test_a_mistake_is_exit_2_with_one_message_and_one_object(caseload, project, command):
    plain = caseload("-p", project, *command)
    assert plain.code == 2
    said = caseload("-p", project, *command, "--json")
    assert said.code == 2
    assert said.json["exit_code"] == 2
    if command == ("mappings",):  # without --json a group shows its help
        return
    assert plain.out == ""
    assert plain.err.startswith("caseload: ")
    assert "Traceback" not in plain.err
    assert said.json["what"] in said.err


@pytest.mark.parametrize("command", READ_ONLY[:-1], ids=" ".join)
def test_the_project_may_be_named_before_after_and_between(caseload, project, command):
    spellings = [
        ("-p", project, *command),
        (*command, "--project", project),
        (command[0], "-p", project, *command[1:]),
        (*command, f"--project={project}"),
    ]
    assert len({caseload(*spelling).out for spelling in spellings}) == 1


def test_json_may_stand_anywhere(caseload, project):
    spellings = [
        ("--json", "-p", project, "audit", "verify"),
        ("audit", "--json", "-p", project, "verify"),
        ("audit", "verify", "-p", project, "--json"),
    ]
    assert all(caseload(*spelling).json["ok"] for spelling in spellings)


def test_a_command_without_a_project_says_how_to_name_one(caseload):
    said = caseload("runs")
    assert said.code == 2
    assert "-p FOLDER" in said.err


def test_the_project_in_the_present_folder_is_meant(caseload, project, monkeypatch):
    monkeypatch.chdir(project)
    assert caseload("runs").code == 0


def test_the_program_alone_shows_its_help(caseload):
    said = caseload()
    assert "Usage" in said.out + said.err
    assert "lifecycle" in said.out + said.err


def test_a_held_project_is_exit_4_with_the_holder_named(caseload, project):
    with sessions.open_project(project, actor="amara"):
        said = caseload("-p", project, "mappings", "approve", "LOAD_PMI.SEX")
        assert caseload("-p", project, "mappings", "list").code == 0
    assert said.code == 4
    assert "amara" in said.err


def test_a_defect_is_exit_70_and_its_log_holds_no_value(caseload, project, monkeypatch):
    def broken(*arguments, **named):
        raise ValueError("could not convert SMITH, 9990001234")

    monkeypatch.setattr(sessions, "open_project", broken)
    said = caseload("-p", project, "runs", "--json")
    assert said.code == 70
    log = Path(said.json["log"]).read_text()
    assert "ValueError" in log
    assert "broken" in log
    assert "SMITH" not in log + said.out + said.err


def test_a_defect_that_a_stage_reported_names_a_log_too(caseload, project, monkeypatch):
    def broken(*arguments, **named):
        raise CaseloadError("The process of a stage crashed")

    monkeypatch.setattr(sessions, "open_project", broken)
    said = caseload("-p", project, "runs")
    assert said.code == 70
    assert "crash-" in said.err


def test_ctrl_c_is_exit_3(caseload, project, monkeypatch):
    def interrupted(*arguments, **named):
        raise KeyboardInterrupt

    monkeypatch.setattr(sessions, "open_project", interrupted)
    said = caseload("-p", project, "runs", "--json")
    assert (said.code, said.json["exit_code"]) == (3, 3)


def test_sigterm_is_exit_3(project):
    code = (
        "import sys, time\n"
        "from caseload.services import session\n"
        "def slow(*a, **k):\n"
        "    print('ready', flush=True)\n"
        "    time.sleep(30)\n"
        "session.open_project = slow\n"
        "from caseload.cli.app import run\n"
        "sys.exit(run(['-p', sys.argv[1], 'runs']))\n"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", code, str(project)], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    with child:
        assert child.stdout.readline().strip() == b"ready"
        child.send_signal(signal.SIGTERM)
        assert child.wait(timeout=20) == 3


def test_a_reader_that_goes_away_is_no_error(project):
    command = f"{sys.executable} -m caseload -p {project} audit list | head -c 1"
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command}"], capture_output=True, text=True, check=False
    )
    assert "Traceback" not in done.stderr


def test_version_starts_without_the_window_or_the_engine():
    code = (
        "import sys\n"
        "from caseload.cli.app import run\n"
        "run(['version'])\n"
        "heavy = {'PySide6', 'pandas', 'duckdb', 'numpy', 'sqlalchemy', 'sqlglot', 'scipy'}\n"
        "print(sorted(heavy & {name.split('.')[0] for name in sys.modules}))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_version_agrees_with_the_manifest(caseload):
    manifest = Path(app.__file__).parent.parent / "services/version_manifest.json"
    assert caseload("version", "--json").json == json.loads(manifest.read_text())


def test_the_window_is_opened_on_the_project(caseload, project, monkeypatch):
    opened = []

    def window(module, *arguments):
        opened.append((module, *arguments))
        return 0

    monkeypatch.setattr(projects, "_window", window)
    assert caseload("-p", project, "gui").code == 0
    assert opened == [("caseload.gui.app", project)]
    assert caseload("-p", project / "nowhere", "gui").code == 2


def test_completion_can_be_set_up(caseload):
    assert "--install-completion" in caseload("--help").out
