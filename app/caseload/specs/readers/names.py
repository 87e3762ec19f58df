"""Names of tables and fields: their shape, and putting together what a narrow cell broke."""

from __future__ import annotations

import re

IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_$#]*(?:-[A-Za-z0-9_]+)*")
_TABLE_LIKE = re.compile(r"\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b")
_SNAKE = re.compile(r"\b[A-Za-z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)+\b")
_UPPER_WORD = re.compile(r"\b[A-Z][A-Z0-9]{2,}\b")
_LABELS = (
    re.compile(
        r"\b(?:table|file|entity|view)[ _]*name\s*[:=\u2013\u2014-]\s*([A-Za-z_][A-Za-z0-9_$#.]*)",
        re.IGNORECASE,
    ),
    re.compile(r"\b(?i:table[ _]*name)\s+([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)\b"),
    re.compile(
        r"^\W*(?:[\d.]+\s+)?(?:load\s+|database\s+)?(?:table|file|entity|view|segment|record)\s*"
        r"[:=\u2013\u2014-]\s*([A-Za-z_][A-Za-z0-9_$#.]*)",
        re.IGNORECASE,
    ),
)
_LABEL_ONLY = re.compile(r"^(?:\w+\s+)?(?:table|file|entity|view)\s*name\s*:?$", re.IGNORECASE)
_MARKS = re.compile(
    r"\s*(?:\*+|\u2020|\u2021|[\[(](?P<word>pk|fk|m|o|c|r|key|mandatory|required|"
    r"optional|conditional)[\])])\s*$",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"([\"'`\[])(.+)[\"'`\]]")
_CONTROL = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
)
LONGEST_CELL = 40_000
"""Characters of a cell that are looked at: more than Excel allows in one."""

_LIGATURES = str.maketrans(
    {0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl", 0xFB05: "st"}
)
CONTINUED = re.compile(r"\(?\bcont(?:inued|'d|d)?\b\.?\)?", re.IGNORECASE)


def clean(text: str) -> str:
    """Text without control and direction marks, its spaces single, its newlines kept."""
    text = _CONTROL.sub("", text[:LONGEST_CELL].replace("\r\n", "\n").replace("\r", "\n"))
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return "\n".join(lines).strip("\n")


def clean_cell(text: str) -> str:
    """Text of a cell without control and direction marks, its inner spaces as they are."""
    text = text[:LONGEST_CELL]
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def is_identifier(text: str) -> bool:
    """Whether the text is one word that a database would take for a name."""
    return bool(IDENTIFIER.fullmatch(text))


def unwrapped_name(cell: str, *, wraps: bool, hyphens: bool) -> str:
    """The name in a cell, its lines joined.

    `wraps`: the cell broke its text at its width, so words of identifier shape belong
    together.  `hyphens`: names of this document hold real hyphens; without them a hyphen at
    a line's end is the break's own.
    """
    quoted = _QUOTED.fullmatch(cell)
    cell = quoted.group(2) if quoted else cell
    first = cell.split("\n\n")[0].replace("\n", "")
    if "\n\n" in cell and is_identifier(first) and not all(map(is_piece, cell.split())):
        return first
    lines = [line for line in cell.split("\n") if line]
    if len(lines) > 1 and not hyphens:
        lines = [line.rstrip("-\u00ad") if line[:-1] else line for line in lines[:-1]] + lines[-1:]
    words = [_MARKS.sub("", line) for line in lines]
    glued = "".join(word.replace(" ", "") for word in words)
    if wraps and all(is_piece(word) for line in words for word in line.split()):
        has_space = any(" " in word for word in words)
        if not has_space or "_" in glued:
            return glued
    return " ".join(word for word in words if word)


def mark_of(cell: str) -> str:
    """The mark behind a name, in lower case: "*", "m" of "(M)", "mandatory"; "" without one."""
    match = _MARKS.search(cell)
    return (match.group("word") or match.group().strip()[:1]).casefold() if match else ""


def is_piece(word: str) -> bool:
    """Whether a word can be part of a broken identifier (it may begin with a digit or _)."""
    return bool(re.fullmatch(r"[A-Za-z0-9_$#-]+", word))


def labelled_table(lines: list[str]) -> tuple[str, int]:
    """The name after "Table name:" nearest the end of lines, with its line; ("", -1) if none.

    "Table:" alone counts at the start of a line, and less than "Table name:".
    """
    for label in _LABELS:
        for index in range(len(lines) - 1, -1, -1):
            found = label.search(lines[index])
            if found and _plausible(found.group(1)):
                name = found.group(1).rstrip(".")
                if name.endswith("_") and index + 1 < len(lines) and is_piece(lines[index + 1]):
                    name += lines[index + 1]
                return name, index
    for index in range(len(lines) - 2, -1, -1):
        if _LABEL_ONLY.match(lines[index].strip()) and is_identifier(lines[index + 1]):
            return lines[index + 1], index
    return "", -1


def looks_like_table(name: str) -> bool:
    """Whether a name is in capitals, as tables of a database are."""
    return bool(_TABLE_LIKE.fullmatch(name) or _UPPER_WORD.fullmatch(name))


def _plausible(name: str) -> bool:
    if re.search(r"\.(?:xls[xm]?|doc[xm]?|csv|pdf|txt)$", name, re.IGNORECASE):
        return False
    return name.upper() == name or "_" in name or name[:1].isupper()


def heading_table(line: str) -> str:
    """The table name in a heading such as "5.1  LOAD_PMI" or "PATDATA - Patients", or ""."""
    line = CONTINUED.sub("", line).strip()
    bare = re.sub(
        r"^(?:(?:table|appendix|section|chapter)\b)?\s*[\d.]*\s*[:.)-]*\s*",
        "",
        line,
        flags=re.IGNORECASE,
    )
    if is_identifier(bare):
        return bare
    if len(line) > 90 or line.endswith((".", ";", ",")):
        return ""
    head = bare.split()[0] if bare.split() else ""
    headed = bool(re.match(r"\S+\s*[-:\u2013\u2014(]", bare)) and is_identifier(head)
    if headed and "_" in head:
        return head
    found = _TABLE_LIKE.findall(line) or _SNAKE.findall(line) or _UPPER_WORD.findall(bare)
    if len(set(found)) == 1:
        return str(found[0])
    return head if headed and head in found else ""


def begins_with(line: str, name: str) -> bool:
    """Whether a heading's first word, after its number, is the name."""
    return bool(re.match(rf"(?:\w+\s+)?[\d.]*\W*{re.escape(name)}(?![\w.])", line.strip()))
