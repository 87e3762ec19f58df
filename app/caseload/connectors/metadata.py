"""One question to every kind of database: which tables, columns, keys and checks it declares."""

from __future__ import annotations

import re
from collections.abc import Callable

from caseload.connectors import failure
from caseload.connectors.address import Address
from caseload.model.database import DatabaseMetadata

Tell = Callable[[float, str], None]
"""Receives the fraction done (0..1) and a few words."""

_LENGTH = re.compile(r"^([^()]*?)\s*\(\s*([^)]*?)\s*\)\s*(.*)$", re.DOTALL)
_MOST_TEXT = 4_000


def read_metadata(address: Address, password: str | None, tell: Tell) -> DatabaseMetadata:
    """Ask a database for its metadata, in one session that cannot write.

    Raises:
        BadInput: login, name, schema or permission is wrong, or there is no table.
        EnvironmentTrouble: the host does not answer, in time or at all.
    """
    tell(0.0, "connecting")
    if address.engine == "sqlite":
        from caseload.connectors import sqlite

        found = sqlite.read(address, tell)
    elif address.engine == "postgresql":
        from caseload.connectors import postgresql

        found = postgresql.read(address, password, tell)
    else:
        from caseload.connectors import mysql

        found = mysql.read(address, password, tell)
    if not found.tables:
        raise failure.no_tables(address)
    return found


def parted_type(text: str) -> tuple[str, str]:
    """A declared type in capitals and its length: "varchar(20)" to VARCHAR and "20"."""
    match = _LENGTH.match(text.strip())
    if not match:
        return " ".join(text.upper().split())[:200], ""
    head, length, tail = match.groups()
    name = " ".join(f"{head} {tail}".upper().split())
    digits = length.replace(" ", "")
    return name[:200], digits if re.fullmatch(r"\d+(,\d+)?|max", digits, re.IGNORECASE) else ""


def shortened(text: object) -> str:
    """A comment, default or check as text, cut where no person would read on."""
    return "" if text is None else str(text)[:_MOST_TEXT]
