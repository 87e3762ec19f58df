"""What stands above grids: the table they are of, what it is for, and the order of loading."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from caseload.specs.readers.names import begins_with, heading_table, looks_like_table

_OPENS = re.compile(
    r"^(?:purpose|description|about|overview|this (?:table|file|load|extract|section)|the (?:table|"
    r"file)|holds|contains|stores|used (?:to|for)|records|loads|defines|lists)\b",
    re.IGNORECASE,
)
_ORDER_SAID = re.compile(
    r"\bload(?:ing|ed)?\b.*\b(?:order|sequence)\b|\b(?:order|sequence)\b.*\bload(?:ing|ed)?\b",
    re.IGNORECASE,
)
_ITEM = re.compile(r"^\W{0,3}(?:(\d{1,3})\s*[.):\u2013-]*\s+)?([A-Za-z_][\w$#]*)\b")
_LOOKED_BACK = 12
_LOOKED_ON = 3


def table_above(titles: Sequence[str]) -> tuple[str, str] | None:
    """The nearest title that names a table and the lines after it.

    Names in capitals, and those with an underscore that a line begins with, count before others.
    """
    named = [(index, heading_table(line)) for index, line in enumerate(titles)]
    named = [(index, name) for index, name in named if name]
    capitals = [
        (index, name)
        for index, name in named
        if looks_like_table(name) or ("_" in name and begins_with(titles[index], name))
    ]
    if not named:
        return None
    index, name = (capitals or named)[-1]
    return name, " ".join(titles[index + 1 :]) or described_above(titles[:index])


def description(lines: Sequence[str]) -> str:
    """The text of a table's box after its name; a label begins a new line."""
    text = ""
    for line in lines[1:]:
        starts = re.match(r"[A-Z][A-Za-z ]{2,24}:", line)
        text += ("\n" if starts and text else " " if text else "") + line
    return text


def described_above(lines: Sequence[str]) -> str:
    """What a table is for, when that stands above its name: from the line that begins to say it."""
    near = lines[-_LOOKED_BACK:]
    starts = [index for index, line in enumerate(near) if _OPENS.match(line)]
    return " ".join(near[starts[0] :]) if starts else ""


def stated_orders(prose: Sequence[tuple[int, str]], tables: Collection[str]) -> dict[str, int]:
    """The order of loading where lines after words on it list tables one by one."""
    known = {name.casefold(): name for name in tables}
    for start, (_, line) in enumerate(prose):
        if not _ORDER_SAID.search(line):
            continue
        found: dict[str, int] = {}
        missed = 0
        for _, item in prose[start + 1 :]:
            match = _ITEM.match(item)
            name = known.get(match.group(2).casefold()) if match and len(item) < 90 else None
            if match is None or name is None or name in found:
                missed += 1
                if missed > _LOOKED_ON:
                    break
                continue
            found[name] = int(match.group(1)) if match.group(1) else len(found) + 1
        if len(found) >= 2 and len(set(found.values())) == len(found):
            return found
    return {}
