"""Words for a terminal: what documents and file names carry must not steer it."""

from __future__ import annotations

import unicodedata

_KEPT = "\n\t"
_HIDDEN = ("Cc", "Cf", "Cs")


def inert(text: str) -> str:
    r"""Text without control, direction and zero-width marks; each shows as its escape (\x1b)."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        c
        if c in _KEPT or unicodedata.category(c) not in _HIDDEN
        else c.encode("unicode_escape").decode()
        for c in text
    )
