"""Which source fields an expression names, and the expression with other names in it.

Nothing is checked against a catalog here: an expression may name what a catalog no longer has,
and that is what is asked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from caseload.model.schema_diff import FieldPlace

if TYPE_CHECKING:
    from sqlglot import exp

_COLUMN = re.compile(r"\b([A-Za-z_]\w*)\.([A-Za-z_]\w*)")
_PARENT = re.compile(r"(\bparent_key\s*\(\s*')((?:[^']|'')*)(')", re.IGNORECASE)

Renamed = Callable[[FieldPlace], FieldPlace | None]


@lru_cache(maxsize=20_000)
def columns_in(text: str) -> tuple[FieldPlace, ...]:
    """The TABLE.Field columns of an expression as it spells them, each once."""
    found = sorted(_columns(text), key=lambda column: column[2])
    return tuple(dict.fromkeys(place for place, _, _ in found))


def parents_in(text: str) -> tuple[str, ...]:
    """The target tables whose keys an expression asks for with `parent_key`."""
    return tuple(dict.fromkeys(match[2] for match in _PARENT.finditer(text)))


def renamed_in(text: str, renamed: Renamed) -> str:
    """The expression with the columns that `renamed` has a new name for."""
    for place, table, name in sorted(_columns(text), key=lambda c: -c[2][0]):
        new = renamed(place)
        if new is not None:
            text = _put(text, name, new.field)
            text = _put(text, table, new.table)
    return text


def parents_renamed_in(text: str, renamed: Callable[[str], str]) -> str:
    """The expression with other names for the tables that `parent_key` asks."""
    return _PARENT.sub(lambda m: f"{m[1]}{renamed(m[2])}{m[3]}", text)


_Span = tuple[int, int]


def _columns(text: str) -> list[tuple[FieldPlace, _Span, _Span]]:
    """Every column with where its table's and its own name stand, quotes included."""
    if "." not in text:
        return []
    from sqlglot.errors import SqlglotError

    from caseload.contract.grammar import tree_of

    try:
        return list(_parsed(tree_of(text)))
    except (SqlglotError, RecursionError):
        return [
            (FieldPlace(m[1], m[2]), (m.start(1), m.end(1)), (m.start(2), m.end(2)))
            for m in _COLUMN.finditer(text)
        ]


def _parsed(tree: exp.Expr) -> Iterator[tuple[FieldPlace, _Span, _Span]]:
    from sqlglot import exp

    for column in tree.find_all(exp.Column):
        table, name = column.args.get("table"), column.this
        if isinstance(table, exp.Identifier) and isinstance(name, exp.Identifier):
            place = FieldPlace(str(table.this), str(name.this))
            yield place, _span(table), _span(name)


def _span(name: exp.Identifier) -> _Span:
    return int(name.meta["start"]), int(name.meta["end"]) + 1


def _put(text: str, span: _Span, name: str) -> str:
    start, end = span
    plain = re.fullmatch(r"[A-Za-z_]\w*", name) and not text[start:end].startswith('"')
    written = name if plain else '"' + name.replace('"', '""') + '"'
    return text[:start] + written + text[end:]
