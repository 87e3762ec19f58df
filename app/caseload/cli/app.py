"""The commands put together, and the one place where errors become exit codes."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from types import FrameType
from typing import Any

import typer
from typer.exceptions import Abort, TyperException

from caseload.cli import (
    failure,
    inspection,
    mappings,
    projects,
    readers,
    relationships,
    run_history,
    schema,
    schema_export,
    stages,
)
from caseload.cli.door import JsonOption, ProjectOption, shared
from caseload.model.errors import CaseloadError

HELP = """Move a hospital's patient administration system into a new one.

Start with the shipped example:

  [bold]caseload demo qvh[/]             a project over the shipped spec documents
  [bold]caseload -p qvh lifecycle[/]     all seven stages, from documents to release gates
  [bold]caseload -p qvh runs[/]          what was run, and how it ended

Your own project begins with [bold]caseload new[/]. Every command explains itself with --help.
"""

EPILOG = (
    "Exit codes: 0 passed, 1 judged and not passed, 2 bad input, 3 interrupted, "
    "4 refused, 70 a defect of Caseload's own."
)


def build() -> typer.Typer:
    """The whole command line."""
    app = typer.Typer(
        name="caseload",
        help=HELP,
        epilog=EPILOG,
        no_args_is_help=True,
        rich_markup_mode="rich",
        context_settings={"help_option_names": ["-h", "--help"]},
        pretty_exceptions_enable=False,
    )

    @app.callback()
    def remember(
        ctx: typer.Context, project: ProjectOption = None, as_json: JsonOption = False
    ) -> None:
        shared(ctx, project, as_json)

    remember.__doc__ = HELP
    for module in (
        projects,
        stages,
        readers,
        run_history,
        mappings,
        inspection,
        schema_export,
        schema,
        relationships,
    ):
        module.register(app)
    return app


def run(arguments: list[str]) -> int:
    """Carry out one command line; never raises, except to leave on a completion request."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError, ValueError):
            stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    as_json = "--json" in arguments[: _end_of_options(arguments)]
    before = signal.signal(signal.SIGTERM, _stop) if _in_main_thread() else None
    try:
        door = typer.main.get_command(build())
        if as_json:  # a group without a command answers with an object, not with its help
            for group in (door, *getattr(door, "commands", {}).values()):
                group.no_args_is_help = False
        code = door.main(args=arguments, prog_name="caseload", standalone_mode=False)
        return failure.interrupted(as_json=as_json) if code == _TYPER_INTERRUPTED else code or 0
    except CaseloadError as error:
        return failure.report(error, as_json=as_json)
    except TyperException as error:
        return _usage(error, as_json=as_json)
    except (Abort, KeyboardInterrupt):
        return failure.interrupted(as_json=as_json)
    except BrokenPipeError:
        # Whoever read our output has gone, as `head` does: there is nobody to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:  # noqa: BLE001 - the outermost border: told, not hidden
        return failure.defect(error, as_json=as_json)
    finally:
        if before is not None:
            signal.signal(signal.SIGTERM, before)


_TYPER_INTERRUPTED = 130


def _usage(error: Any, *, as_json: bool) -> int:
    if not error.format_message():  # a group without a command: typer has shown its help
        return failure.USAGE
    context = getattr(error, "ctx", None)
    path = context.command_path if context else "caseload"
    return failure.usage(error.format_message(), remedy=f"See: {path} --help", as_json=as_json)


def _end_of_options(arguments: list[str]) -> int:
    return arguments.index("--") if "--" in arguments else len(arguments)


def _stop(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
    raise KeyboardInterrupt


def _in_main_thread() -> bool:
    import threading

    return threading.current_thread() is threading.main_thread()
