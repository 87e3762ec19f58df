"""What the program takes from outside itself: the time, the person, and its own folder."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from caseload.model.errors import BadInput

Clock = Callable[[], datetime]

HOME_VARIABLE = "CASELOAD_HOME"
EPOCH_VARIABLE = "SOURCE_DATE_EPOCH"
PROJECT_VARIABLE = "CASELOAD_PROJECT"


def now() -> datetime:
    """The time in UTC, to the second; fixed by SOURCE_DATE_EPOCH for reproducible runs.

    Raises:
        BadInput: the variable is set to something that is no number of seconds.
    """
    fixed = os.environ.get(EPOCH_VARIABLE)
    if not fixed:
        return datetime.now(UTC).replace(microsecond=0)
    try:
        return datetime.fromtimestamp(int(fixed), UTC)
    except (ValueError, OverflowError, OSError):
        raise BadInput(
            f"{EPOCH_VARIABLE} is not a number of seconds",
            where=f"environment variable {EPOCH_VARIABLE}",
            remedy="Unset it, or set it to seconds since 1970, such as 1774915200",
        ) from None


def operating_system_user() -> str:
    """The name of the account this process runs as."""
    if sys.platform == "win32":
        return os.environ.get("USERNAME") or "unknown"
    import pwd

    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"user {os.getuid()}"


def own_folder() -> Path:
    """The program's folder in the person's profile; it may not exist yet."""
    named = os.environ.get(HOME_VARIABLE)
    if named:
        return Path(named)
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA")
        return Path(base) / "Caseload" if base else Path.home() / "AppData/Local/Caseload"
    state = os.environ.get("XDG_STATE_HOME")
    return (Path(state) if state else Path.home() / ".local" / "state") / "caseload"


def anchor_folder() -> Path | None:
    """Where heads of audits are kept outside their projects; None where nothing can be kept."""
    try:
        folder = own_folder() / "anchors"
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, RuntimeError):
        return None
    return folder if os.access(folder, os.W_OK | os.X_OK) else None
