"""What every command shares: the project it works on, `--json`, and what it prints where.

`-p` and `--json` are accepted before a command, after it, and between a group and its command.
"""

from __future__ import annotations

import functools
import inspect
import json
import sys
import typing
from collections.abc import Callable
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from caseload.cli.terminal import inert

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from caseload.services.session import ProjectSession

ProjectOption = Annotated[
    Path | None,
    typer.Option(
        "--project",
        "-p",
        metavar="FOLDER",
        help="The project folder. Default: the current folder if it holds a project, "
        "else $CASELOAD_PROJECT.",
        show_default=False,
        rich_help_panel="Every command",
    ),
]
JsonOption = Annotated[
    bool,
    typer.Option(
        "--json",
        help="Print one JSON object on standard output and nothing else.",
        rich_help_panel="Every command",
    ),
]

PIPE_WIDTH = 160
"""How wide tables are where there is no terminal to ask."""


@dataclass(slots=True)
class Shared:
    """What was said before the command's own name."""

    project: Path | None = None
    as_json: bool = False


@dataclass(slots=True)
class Answer:
    """What a command answers: the JSON object, and the exit code."""

    data: dict[str, Any] = field(default_factory=dict)
    code: int = 0


class Door:
    """One command's way to the project and to the terminal."""

    def __init__(self, project: Path | None, *, as_json: bool) -> None:
        self.project = project
        self.as_json = as_json

    @functools.cached_property
    def out(self) -> Console:
        """Standard output."""
        from rich.console import Console

        return Console(highlight=False, width=None if sys.stdout.isatty() else PIPE_WIDTH)

    @functools.cached_property
    def err(self) -> Console:
        """Standard error."""
        from rich.console import Console

        return Console(stderr=True, highlight=False)

    def open(self, *, read_only: bool = False) -> ProjectSession:
        """Open the project that is meant; `read_only` where nothing is written."""
        from caseload.services.session import find_project, open_project

        return open_project(find_project(self.project), read_only=read_only)

    def ask_secret(self, question: str) -> str | None:
        """Ask a person for a password, unseen; None when nobody sits at a terminal."""
        if self.as_json or not sys.stdin.isatty():
            return None
        from getpass import getpass

        return getpass(f"{question}: ")

    def say(self, text: RenderableType = "") -> None:
        """Print for a person; nothing with `--json`."""
        if not self.as_json:
            words = inert(text) if isinstance(text, str) else text
            self.out.print(words, soft_wrap=isinstance(text, str), markup=False)

    def table(self, title: str, columns: list[str], rows: list[list[Any]]) -> None:
        """Print a table; columns that begin with > are numbers, set to the right."""
        if self.as_json or not (rows or title):
            return
        if not rows:
            self.say(f"{title}: none")
            return
        from rich import box
        from rich.table import Table
        from rich.text import Text

        grid = Table(
            title=Text(inert(title), style="table.title") if title else None,
            title_justify="left",
            box=box.SIMPLE_HEAD,
            pad_edge=False,
        )
        for column in columns:
            number = column.startswith(">")
            grid.add_column(
                column.lstrip(">"), justify="right" if number else "left", overflow="fold"
            )
        for row in rows:
            grid.add_row(*(Text(shown(cell), style=_STYLES.get(shown(cell), "")) for cell in row))
        self.out.print(grid)

    def finish(self, answer: Answer) -> int:
        """Print the JSON object if it was asked for; the exit code."""
        if self.as_json:
            print_json(answer.data)
        return answer.code


_STYLES = {"PASS": "green", "FAIL": "bold red", "ERROR": "bold red", "WARN": "yellow"}


def shown(value: Any) -> str:
    """A value as a cell of a table shows it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.4g}"
    if isinstance(value, datetime):
        return value.strftime("%d %b %Y %H:%M:%S")
    return inert(str(value))


def plain(value: Any) -> Any:
    """A value as JSON has it: dataclasses as objects, times in ISO 8601, enums as their value."""
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, dict):
        return {str(plain(k)): plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(v) for v in value]
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Path):
        return str(value)
    return value


def print_json(data: dict[str, Any]) -> None:
    """One JSON object on standard output, in ASCII so that every terminal and pipe takes it."""
    sys.stdout.write(json.dumps(plain(data), indent=2) + "\n")
    sys.stdout.flush()


def group(name: str, words: str) -> typer.Typer:
    """A group of commands that takes `-p` and `--json` like the commands themselves."""
    made = typer.Typer(name=name, help=words, no_args_is_help=True, rich_markup_mode="rich")

    @made.callback()
    def remember(
        ctx: typer.Context, project: ProjectOption = None, as_json: JsonOption = False
    ) -> None:
        shared(ctx, project, as_json)

    remember.__doc__ = words
    return made


def shared(ctx: typer.Context, project: Path | None, as_json: bool) -> Shared:
    """What was said so far, with what is said here."""
    earlier = ctx.obj if isinstance(ctx.obj, Shared) else Shared()
    known = Shared(project or earlier.project, as_json or earlier.as_json)
    ctx.obj = known
    return known


def command(
    app: typer.Typer, name: str, *, panel: str = ""
) -> Callable[[Callable[..., Answer]], Callable[..., Answer]]:
    """Register a function as a command; its first parameter is the `Door`.

    The rest of its parameters are the command's, its docstring the help.
    """

    def register(function: Callable[..., Answer]) -> Callable[..., Answer]:
        hints = typing.get_type_hints(function, include_extras=True)
        own = [
            parameter.replace(annotation=hints[parameter.name])
            for parameter in list(inspect.signature(function).parameters.values())[1:]
        ]
        kind = inspect.Parameter.KEYWORD_ONLY
        parameters = [
            inspect.Parameter("ctx", kind, annotation=typer.Context),
            *(p.replace(kind=kind) for p in own),
            inspect.Parameter("project", kind, default=None, annotation=ProjectOption),
            inspect.Parameter("as_json", kind, default=False, annotation=JsonOption),
        ]

        def run(**given: Any) -> None:
            ctx: typer.Context = given.pop("ctx")
            known = shared(ctx, given.pop("project"), given.pop("as_json"))
            door = Door(known.project, as_json=known.as_json)
            raise typer.Exit(door.finish(function(door, **given)))

        run.__name__ = function.__name__
        run.__doc__ = function.__doc__
        run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        run.__annotations__ = {p.name: p.annotation for p in parameters}
        app.command(name, rich_help_panel=panel or None)(run)
        return function

    return register
