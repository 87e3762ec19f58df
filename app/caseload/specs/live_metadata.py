"""A live database asked for its metadata, in a child process that can be stopped at any time.

The password goes to the child through its standard input: never on a command line, into the
environment, a file or a message.
"""

from __future__ import annotations

import json
import time
from dataclasses import asdict

from caseload.connectors.address import Address
from caseload.model.errors import BadInput, CaseloadError, EnvironmentTrouble, from_dict
from caseload.model.progress import CancelToken, Progress
from caseload.specs.confined import Confined
from caseload.specs.sandbox_limits import Limits

_CHILD = "caseload.specs.live_metadata_child"
_QUESTIONS = 8
_WATCH_SECONDS = 0.1


def ask_database(
    address: Address, password: str | None, progress: Progress, cancel: CancelToken
) -> bytes:
    """The snapshot of a database's metadata: one JSON document, the same for the same tables.

    Raises:
        BadInput, EnvironmentTrouble: see `connectors.metadata.read_metadata`.
        Cancelled: `cancel` was set; the child and its connection are gone.
    """
    cancel.raise_if_cancelled()
    seconds = address.seconds * _QUESTIONS
    limits = Limits(memory_mb=900, cpu_seconds=120, wall_seconds=seconds)
    child = Confined(_CHILD, limits, "asks databases")
    forget = cancel.on_cancel(child.kill)
    try:
        child.send({"address": asdict(address), "password": password})
        return _answer(child, address, progress, cancel)
    finally:
        forget()
        child.close()


def _answer(child: Confined, address: Address, progress: Progress, cancel: CancelToken) -> bytes:
    deadline = time.monotonic() + child.limits.wall_seconds
    while True:
        line = child.receive(_WATCH_SECONDS)
        cancel.raise_if_cancelled()
        if line == b"":
            raise _lost(address)
        said = json.loads(line) if line else {}
        if "error" in said:
            raise from_dict(said["error"])
        if "progress" in said:
            progress.report(*said["progress"])
        if "metadata" in said:
            text = json.dumps(said["metadata"], ensure_ascii=False, indent=1)
            return f"{text}\n".encode()
        if time.monotonic() > deadline:
            raise EnvironmentTrouble(
                f"The database took more than {child.limits.wall_seconds} seconds and was left",
                where=address.where,
                remedy="Retry later, or name one schema: ?schema=NAME",
            )
        if child.memory_mb() > child.limits.memory_mb:
            raise BadInput(
                "The database declares more than memory can hold",
                where=address.where,
                remedy="Name one schema: ?schema=NAME",
            )


def _lost(address: Address) -> CaseloadError:
    return EnvironmentTrouble(
        "The process that asked the database broke", where=address.where, remedy="Retry"
    )
