"""docs/commands.md describes every command and every option that there is, and no other."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import typer

from caseload.cli.app import build

TEXT = (Path(__file__).parents[3] / "docs" / "commands.md").read_text(encoding="utf-8")
SECTIONS = {
    match[1]: match[2]
    for match in re.finditer(
        r"^### caseload ([^\n]+)\n(.*?)(?=^##|\Z)", TEXT, re.MULTILINE | re.DOTALL
    )
}
EVERYWHERE = {"--project", "-p", "--json", "--help", "-h"}


def commands(node, path=()):
    for name, found in node.commands.items():
        if hasattr(found, "commands"):
            yield from commands(found, (*path, name))
        else:
            yield (*path, name), found


ALL = dict(commands(typer.main.get_command(build())))


def section(path):
    name = " ".join(path)
    return next(
        (body for title, body in SECTIONS.items() if re.match(rf"{name}($| [A-Z\[])", title)), None
    )


@pytest.mark.parametrize("path", ALL, ids=" ".join)
def test_a_command_and_its_options_are_documented(path):
    body = section(path)
    assert body is not None
    options = {flag for p in ALL[path].params for flag in p.opts if flag.startswith("-")}
    assert {flag for flag in options - EVERYWHERE if f"`{flag}" not in body} == set()


@pytest.mark.parametrize("path", ALL, ids=" ".join)
def test_nothing_is_documented_that_there_is_not(path):
    known = {flag for p in ALL[path].params for flag in p.opts} | EVERYWHERE
    assert set(re.findall(r"`(--[a-z-]+)", section(path))) - known - {"--from"} <= set()


def test_no_section_is_about_a_command_that_there_is_not():
    known = {" ".join(path) for path in ALL}
    titles = {re.split(r" [A-Z\[]", title)[0] for title in SECTIONS}
    assert titles == known


@pytest.mark.parametrize("path", ALL, ids=" ".join)
def test_a_command_helps_with_words_and_an_example(path):
    words = ALL[path].help
    assert words
    assert words.strip().splitlines()[0].endswith(".")
    own = [p for p in ALL[path].params if p.name not in ("project", "as_json", "help")]
    assert "Example: caseload" in words or not own or path == ("screenshots",)
    assert all(p.help for p in own)
