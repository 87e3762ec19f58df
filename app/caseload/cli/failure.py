"""Errors as the command line tells them: one message, one exit code, one JSON object."""

from __future__ import annotations

import sys
import traceback
from datetime import UTC, datetime
from typing import Any

from caseload.cli.door import print_json
from caseload.cli.terminal import inert
from caseload.model.errors import CaseloadError

USAGE = 2
INTERRUPTED = 3
DEFECT = 70


def report(error: CaseloadError, *, as_json: bool) -> int:
    """Tell a person's or the machine's trouble, or a defect that names itself."""
    said = error.as_dict()
    if error.exit_code == DEFECT:
        said["log"] = crash_log(error)
    return tell(said, as_json=as_json)


def usage(message: str, *, remedy: str, as_json: bool) -> int:
    """Tell that the command line itself was wrong."""
    return tell(
        {
            "error": "BadInput",
            "what": message.rstrip(".").replace("Value error, ", ""),
            "where": "command line",
            "remedy": remedy,
            "exit_code": USAGE,
        },
        as_json=as_json,
    )


def interrupted(*, as_json: bool) -> int:
    """Tell that the command was stopped before it had anything to resume."""
    return tell(
        {
            "error": "Cancelled",
            "what": "Stopped",
            "where": "",
            "remedy": "Run the command again",
            "exit_code": INTERRUPTED,
        },
        as_json=as_json,
    )


def defect(error: BaseException, *, as_json: bool) -> int:
    """Tell a defect of our own, with the log that has the details."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{frames[-1].filename}, line {frames[-1].lineno}" if frames else ""
    return tell(
        {
            "error": "Defect",
            "what": f"A defect in Caseload: {type(error).__name__}",
            "where": place,
            "remedy": "Nothing that was decided is lost; please report it with the log",
            "exit_code": DEFECT,
            "log": crash_log(error),
        },
        as_json=as_json,
    )


def tell(said: dict[str, Any], *, as_json: bool) -> int:
    """The message on standard error (and the JSON object on standard output); its exit code."""
    lines = [f"caseload: {said['what']}"]
    lines += [
        f"  {title}: {said[key]}"
        for key, title in (("where", "where"), ("remedy", "what to do"), ("log", "log"))
        if said.get(key)
    ]
    sys.stderr.write("\n".join(map(inert, lines)) + "\n")
    if as_json:
        print_json(said)
    return int(said["exit_code"])


def crash_log(error: BaseException) -> str:
    """Write a defect's log and answer with its path, or why there is none.

    It holds kinds of errors and places in the program; never a message or a value, which may
    be a patient's.
    """
    from caseload.services.surroundings import own_folder
    from caseload.services.version import manifest

    lines = [f"Caseload {manifest().current_version}, Python {sys.version.split()[0]}"]
    current: BaseException | None = error
    while current is not None:
        lines.append(f"{type(current).__module__}.{type(current).__qualname__}")
        lines += [
            f"  {frame.filename}, line {frame.lineno}, in {frame.name}"
            for frame in traceback.extract_tb(current.__traceback__)
        ]
        current = current.__cause__ or current.__context__
    try:
        folder = own_folder() / "logs"
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"crash-{datetime.now(UTC):%Y%m%d-%H%M%S-%f}.log"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    except OSError as trouble:
        return f"none: {trouble.strerror}"
    return str(path)
