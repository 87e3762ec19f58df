"""Fixtures over the small project of `small_project`."""

from __future__ import annotations

import shutil

import pytest
from small_project import Clock, fill

from caseload.services.session import create_project, open_project


@pytest.fixture(autouse=True)
def own_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("CASELOAD_HOME", str(tmp_path / "profile"))
    monkeypatch.delenv("CASELOAD_PROJECT", raising=False)
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    return tmp_path / "profile"


@pytest.fixture(scope="session")
def template(tmp_path_factory):
    """The small project, closed, to be copied."""
    folder = tmp_path_factory.mktemp("template") / "qvh"
    with create_project(folder, name="Trial load 1", actor="anna", clock=Clock()) as made:
        fill(made)
    return folder


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def session(template, tmp_path, clock):
    """An open project of anna's with two source tables and one load table of six fields."""
    shutil.copytree(template, tmp_path / "qvh")
    with open_project(tmp_path / "qvh", actor="anna", clock=clock) as opened:
        yield opened
