"""Names that carry markup, marks or commands stay plain words at the command line and in files."""

from __future__ import annotations

import csv
import io
import shutil
import zipfile

import pytest

from caseload.cli.app import run
from caseload.cli.progress import LiveStages
from caseload.cli.terminal import inert

NAMES = (
    "Robert'); DROP TABLE x;--",
    "<img src=x onerror=alert(1)>",
    "[bold red]x[/bold red]",
    "[/]",
    "[link=http://127.0.0.1:9]x[/link]",
    "=cmd|'/c calc'!A1",
    "+1+1",
    "@SUM(1)",
    "-2+3",
    "%s%n{0}",
    "${HOME}`id`",
    "../../x",
)
MARKS = ("A\x1b[31mB", "A\u202eB", "A\u200bB", "A\x07B", "A\u2066B")


@pytest.fixture(scope="module")
def hostile(template, tmp_path_factory):
    """A project whose source names mean harm; not to be changed."""
    folder = tmp_path_factory.mktemp("hostile")
    project = folder / "qvh"
    shutil.copytree(template, project)
    rows = [("Table", "Field", "Type", "Size", "Description")]
    rows += [(f"T{n}", name, "VARCHAR2", 10, name) for n, name in enumerate(NAMES)]
    rows += [(f"M{n}", name, "VARCHAR2", 10, name) for n, name in enumerate(MARKS)]
    rows += [("PLAIN", f"F{n}", "VARCHAR2", 10, "") for n in range(20)]
    with (folder / "names.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    target = folder / "guide.csv"
    target.write_text("Table,Field,Type,Size\nLOAD_P,NUMBER,NUMBER,10\nLOAD_P,N,VARCHAR2,40\n")
    given = ("--source-spec", str(folder / "names.csv"), "--target-spec", str(target))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CASELOAD_HOME", str(folder / "profile"))
        assert run(["-p", str(project), "extract-specs", *given]) == 0
    return project


def plain(text):
    return not any(mark in text for mark in ("\x1b", "\u202e", "\u200b", "\x07", "\u2066"))


@pytest.mark.parametrize(
    "command",
    [
        ("schema", "problems"),
        ("schema", "versions"),
        ("relationships", "list"),
        ("mappings", "list"),
        ("audit", "list"),
        ("runs",),
    ],
)
def test_commands_print_names_as_they_stand(caseload, hostile, command):
    said = caseload("-p", hostile, *command)
    assert said.code in (0, 1), said.err
    assert plain(said.out + said.err)


def test_an_error_repeats_names_without_their_marks(caseload, hostile):
    said = caseload("-p", hostile, "extract-specs", "--source-spec", "[/]\x1b[31m\u202eT.csv")
    assert said.code == 2
    assert plain(said.err)
    assert "[/]" in said.err


def test_catalog_files_hold_no_formula_and_no_marks(caseload, hostile):
    text = (hostile / "schemas/source_schema_catalog.csv").read_text(encoding="utf-8")
    assert plain(text)
    rows = list(csv.DictReader(io.StringIO(text)))
    shown = {row["field_name"].lstrip("'") for row in rows}
    assert {"AB"} <= shown
    for row in rows:
        for cell in row.values():
            assert not (cell or "").startswith(("=", "+", "@", "\t", "\r")), cell


def test_excel_holds_no_formula_and_no_marks(caseload, hostile, tmp_path):
    out = tmp_path / "catalogs.xlsx"
    said = caseload("-p", hostile, "schema", "export", out)
    assert said.code == 0, said.err
    with zipfile.ZipFile(out) as archive:
        for name in archive.namelist():
            text = archive.read(name).decode("utf-8")
            assert "<f>" not in text
            assert "<f " not in text
            assert "<hyperlink" not in text
            assert plain(text)
            if "sheet" in name or "shared" in name:
                assert "<img" not in text


def test_a_live_bar_takes_no_markup(capsys):
    from rich.console import Console
    from rich.progress import Progress, TextColumn

    out = io.StringIO()
    console = Console(file=out, force_terminal=True, width=100, highlight=False)
    columns = (TextColumn("{task.fields[message]}", markup=False),)
    with Progress(*columns, console=console, transient=False) as bar:
        live = LiveStages(bar, bar.add_task("x", total=1.0, message=""))
        live.report(0.5, "sheet [/] [red]x\x1b[31m")
        live.log("[/] [red]y\u202e", level="warning")
    assert "[/] [red]x\\x1b[31m" in out.getvalue()
    assert "[/] [red]y\\u202e" in out.getvalue()


def test_marks_show_as_their_escapes():
    assert inert("A\x1b[2J\u202eB\n\tC é 漢") == "A\\x1b[2J\\u202eB\n\tC é 漢"
