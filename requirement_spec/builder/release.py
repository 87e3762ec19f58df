"""Facts that the description leaves open, settled by name so that they never move."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import TypeVar

from builder.model import SourceField

T = TypeVar("T")
_RELEASES = ("11.0", "12.2", "14.1", "14.1", "15.0", "16.3", "17.1", "18.0", "19.1", "19.1",
             "20.2", "21.0", "22.1", "23.1", "24.2")  # fmt: skip


def pick(name: str, choices: Sequence[T]) -> T:
    """One of *choices*, always the same for *name*."""
    return choices[zlib.crc32(name.encode()) % len(choices)]


def released_at(one: SourceField) -> str:
    """The dictionary release a field came with: its own, or else its table's."""
    return one.release or pick(one.table, _RELEASES)
