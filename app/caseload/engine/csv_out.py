"""Query results out as CSV in the house style: header, commas, quotes only where needed."""

from __future__ import annotations

import hashlib
from pathlib import Path

from caseload.engine.connection import Engine
from caseload.engine.sql import text


def write_csv(engine: Engine, query: str, path: Path) -> int:
    """Write the query's rows to `path`, in the query's order; says how many there were.

    Writes straight to `path`: for folders that are swapped in when everything is there.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    return engine.changed(
        f"COPY ({query}) TO {text(str(path.resolve()))} "
        "(FORMAT csv, HEADER true, DELIMITER ',', QUOTE '\"', ESCAPE '\"', NULLSTR '')"
    )


def file_sha256(path: Path) -> str:
    """Lower-case hex SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def guarded(value: str) -> str:
    """SQL for a text that a spreadsheet must not run: a leading `'` before = + - @ and controls.

    Reversible: a text that begins with `'` gets one more.  `value` is an SQL expression.
    """
    return (
        f"CASE WHEN regexp_matches({value}, '^[=+\\-@''\\t\\r\\n]') "
        f"THEN concat('''', {value}) ELSE {value} END"
    )
