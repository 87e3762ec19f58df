"""Names that the width of a cell broke in the middle of a comment, whole again."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from caseload.specs.readers.grid import Grid

_BROKEN = re.compile(r"([A-Za-z0-9_$#-]+)-?\n+(?=([A-Za-z0-9_$#-]+)(?:\n+([A-Za-z0-9_$#-]+))?)")
_LEAST = 6


def mend(grids: Sequence[Grid], names: Collection[str]) -> bool:
    """Join what a line's end parted in cells when it makes one of `names`; whether any did."""
    known = {name for name in names if len(name) >= _LEAST}
    changed = False
    for grid in grids:
        if not grid.wraps:
            continue
        for row in grid.rows:
            for column, cell in enumerate(row.cells):
                if "\n" in cell:
                    whole = _mended(cell, known)
                    changed = changed or whole != cell
                    row.cells[column] = whole
    return changed


def _mended(cell: str, known: set[str]) -> str:
    out, at = "", 0
    while match := _BROKEN.search(cell, at):
        head, middle, tail = match.group(1), match.group(2), match.group(3) or ""
        heads = (head, head.rstrip("-"))
        if any(h + m + tail in known for h in heads for m in (middle, middle.rstrip("-")) if tail):
            end = match.end() + len(middle)
        elif any(h + middle.strip("-") in known or h + middle in known for h in heads):
            end = match.end()
        else:
            out, at = out + cell[at : match.end()], match.end()
            continue
        joined = next((h for h in heads if any(n.startswith(h + middle[:1]) for n in known)), head)
        out += cell[at : match.start()] + joined
        at = match.end()
        if end > match.end():
            out += middle.rstrip("-")
            at = end + len(cell[end:]) - len(cell[end:].lstrip("\n"))
    return out + cell[at:]
