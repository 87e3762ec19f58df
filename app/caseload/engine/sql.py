"""Quoting for SQL text, so that no name or value is ever pasted bare into a statement."""

from __future__ import annotations

from collections.abc import Iterable


def ident(name: str) -> str:
    """`name` as a quoted identifier."""
    return '"' + name.replace('"', '""') + '"'


def idents(names: Iterable[str]) -> str:
    """Several quoted identifiers with commas between."""
    return ", ".join(ident(name) for name in names)


def text(value: str) -> str:
    """`value` as a string literal.  NUL, which SQL text cannot hold, is left out."""
    return "'" + value.replace("\0", "").replace("'", "''") + "'"


def texts(values: Iterable[str]) -> str:
    """Several string literals with commas between."""
    return ", ".join(text(value) for value in values)
