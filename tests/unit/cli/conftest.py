"""The command line run in this process, over a copy of a small project."""

from __future__ import annotations

import importlib.util
import json
import shutil
from pathlib import Path

import pytest

from caseload.cli.app import run
from caseload.services.session import create_project

_SMALL = Path(__file__).parent.parent / "services" / "small_project.py"


def _small_project():
    spec = importlib.util.spec_from_file_location("small_project_of_the_services", _SMALL)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(autouse=True)
def surroundings(tmp_path, monkeypatch):
    monkeypatch.setenv("CASELOAD_HOME", str(tmp_path / "profile"))
    monkeypatch.delenv("CASELOAD_PROJECT", raising=False)
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="session")
def template(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cli") / "qvh"
    small = _small_project()
    with create_project(folder, name="Trial load 1", clock=small.Clock()) as made:
        small.fill(made)
    return folder


@pytest.fixture
def project(template, tmp_path):
    """The folder of a small project that was never run."""
    shutil.copytree(template, tmp_path / "qvh")
    return tmp_path / "qvh"


class Said:
    """What a command line answered: exit code, standard output, standard error."""

    def __init__(self, code, out, err):
        self.code = code
        self.out = out
        self.err = err

    @property
    def json(self):
        """Standard output as the one JSON object that it must be."""
        found = json.loads(self.out)
        assert isinstance(found, dict)
        return found


@pytest.fixture
def caseload(capfd):
    """Carry out a command line: caseload("-p", folder, "runs")."""

    def call(*arguments):
        capfd.readouterr()
        code = run([str(a) for a in arguments])
        out, err = capfd.readouterr()
        return Said(code, out, err)

    return call
