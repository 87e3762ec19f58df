"""The program as a person runs it: processes, over a demo project that ran once."""

from __future__ import annotations

import shutil
import subprocess

import pytest
from program import Said, command_line, environment


@pytest.fixture(scope="session")
def home(tmp_path_factory):
    """The program's own folder, for the whole session."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="session")
def caseload(home):
    """Run the program: caseload("-p", folder, "runs"); the exit code is the test's to judge."""

    def call(*arguments, **more):
        done = subprocess.run(
            command_line(*arguments),
            capture_output=True,
            text=True,
            check=False,
            env=environment(home),
            timeout=300,
            **more,
        )
        return Said(done)

    return call


@pytest.fixture(scope="session")
def lived(tmp_path_factory, caseload):
    """The folder of a demo project after `lifecycle --rows 20 --seed 42`; not to be changed."""
    folder = tmp_path_factory.mktemp("lived") / "qvh"
    assert caseload("demo", folder).code == 0
    said = caseload("-p", folder, "lifecycle", "--rows", 20, "--seed", 42, "--json")
    assert said.code in (0, 1), said.err
    return folder


@pytest.fixture
def project(lived, tmp_path):
    """A copy of the project that a test may change."""
    return shutil.copytree(lived, tmp_path / "qvh")
