"""A SQL script cut into statements and these into their parts, quotes and comments respected."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_DECLARES = (
    r"(?:CREATE\s+(?:\w+\s+){0,3}TABLE|ALTER\s+TABLE|COMMENT\s+ON\s+(?:TABLE|COLUMN)"
    r"|EXEC(?:UTE)?\s+\S*sp_addextendedproperty)\b"
)
_QUOTES = {"mysql": r"'(?:[^'\\]|''|\\.)*'", "": r"\b[eE]'(?:[^'\\]|''|\\.)*'|'(?:[^']|'')*'"}


def _pieces(dialect: str) -> re.Pattern[str]:
    """What parts a script: only in MySQL does a backslash in quotes guard the next character."""
    return re.compile(
        r"(?P<comment>--[^\n]*|/\*.*?(?:\*/|\Z)|^COPY\b[^;\n]*\bFROM\s+stdin\b.*?^\\\.)"
        r"|(?P<command>^[ \t]*(?:(?:PROMPT|REM|REMARK|SPOOL|WHENEVER)\b|@|\\[a-z])[^\n]*)"
        rf"|(?P<quoted>{_QUOTES.get(dialect, _QUOTES[''])}|\"[^\"]*\"|`[^`]*`"
        r"|\$(?P<tag>\w*)\$.*?\$(?P=tag)\$)"
        r"|(?P<end>;|^[ \t]*GO(?:[ \t]+\d+)?[ \t]*\r?$|^[ \t]*/[ \t]*\r?$)"
        rf"|(?P<again>^[ \t]*(?={_DECLARES}))",
        re.DOTALL | re.MULTILINE | re.IGNORECASE,
    )


_SWALLOWED = re.compile(rf"^[ \t]*{_DECLARES}", re.MULTILINE | re.IGNORECASE)
_INSIDE = re.compile(r"'(?:[^'\\]|''|\\.)*'|\"[^\"]*\"|`[^`]*`|\[[^\]\n]*\]|[(),]", re.DOTALL)
_PART = r"(?:\"[^\"]+\"|`[^`]+`|\[[^\]]+\]|[\w$#@]+)"
NAME = rf"{_PART}(?:\s*\.\s*{_PART})*"
"""A name with the schemas before it, quoted or not."""

_DIALECTS: dict[str, str] = {
    "mysql": r"`\w+`|\bENGINE\s*=|\bAUTO_INCREMENT\b|\bUNSIGNED\b|\bCOMMENT\s+'|\bTINYINT\(1\)",
    "tsql": r"\[\w+\]|^[ \t]*GO[ \t]*\r?$|\bNVARCHAR\s*\(|\bIDENTITY\s*\(|\bDATETIME2\b|\bdbo\.|"
    r"\bCLUSTERED\b|\bUNIQUEIDENTIFIER\b|sp_addextendedproperty",
    "oracle": r"\bN?VARCHAR2\b|\bNUMBER\b|\bTABLESPACE\b|\bPCTFREE\b|\bCLOB\b|\bSYSDATE\b|"
    r"\bENABLE\b",
    "postgres": r"\bcharacter varying\b|\bSERIAL\b|\bBIGSERIAL\b|::\w+|\bTIMESTAMPTZ\b|\bBYTEA\b|"
    r"\bALTER TABLE ONLY\b|\bJSONB\b|\bUUID\b|\btimestamp with(?:out)? time zone\b|\bOWNER TO\b",
    "sqlite": r"\bAUTOINCREMENT\b|\bPRAGMA\b|\bWITHOUT ROWID\b|\bsqlite_",
}
_DIALECT_SAMPLE = 400_000
_LONGEST = 3_000_000
_DEEPEST = 100


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement without its comments; `line` is where it begins, counted from 1.

    `notes` are the comments that end a line, by that line's number.
    """

    text: str
    line: int
    notes: dict[int, str]

    def line_at(self, offset: int) -> int:
        """The line of the script on which a place of the text stands."""
        return self.line + self.text.count("\n", 0, offset)


def statements(script: str, dialect: str = "") -> Iterator[Statement]:
    """The statements of a script in order; GO and / on lines of their own end them, as ; does.

    One that is never ended, or whose quotes are not, ends where a line declares the next table.
    """
    pieces = _pieces(dialect)
    parts: list[str] = []
    notes: dict[int, str] = {}
    at = begins = 0
    line, lines, blank = 1, 0, True
    while piece := pieces.search(script, begins):
        text, start = piece.group(), piece.start()
        blank = blank and not script[at:start].strip()
        if (piece["command"] and not blank) or (piece["quoted"] and _SWALLOWED.search(text)):
            begins = start + len(text) - len(text.lstrip()) + 1
            blank = False
            continue
        parts.append(script[at:start])
        lines += script.count("\n", at, start)
        at = piece.end()
        begins = at + (start == at)
        if piece["comment"] or piece["command"]:
            _note(script, piece, line + lines, notes)
            parts.append("\n" * text.count("\n") or " ")
            lines += text.count("\n")
        elif piece["quoted"]:
            parts.append(text)
            lines += text.count("\n")
            blank = False
        elif not (piece["again"] is not None and blank):
            parts.append("\n" * text.count("\n"))
            statement, line = _made("".join(parts), line, notes)
            parts, notes, lines, blank = [], {}, 0, True
            if statement:
                yield statement
    parts.append(script[at:])
    statement, _ = _made("".join(parts), line, notes)
    if statement:
        yield statement


def _note(script: str, piece: re.Match[str], line: int, notes: dict[int, str]) -> None:
    """Remember a comment that ends a line on which something stands."""
    start = script.rfind("\n", 0, piece.start()) + 1
    own = script[start : piece.start()].strip()
    end = script.find("\n", piece.end())
    rest = script[piece.end() : end if end >= 0 else len(script)].strip()
    if own and not rest:
        said = piece.group().strip("-/* \t\r\n")
        notes[line] = " ".join(said.split())


def _made(text: str, line: int, notes: dict[int, str]) -> tuple[Statement | None, int]:
    after = line + text.count("\n")
    bare = text.lstrip()
    if not bare:
        return None, after
    begins = line + text[: len(text) - len(bare)].count("\n")
    return Statement(bare.rstrip(), begins, notes), after


def is_boundless(text: str) -> bool:
    """Whether a statement is longer or deeper than any that declares a table."""
    if len(text) > _LONGEST:
        return True
    depth = deepest = 0
    if text.count("(") > _DEEPEST:
        for mark in _INSIDE.finditer(text):
            depth += (mark.group() == "(") - (mark.group() == ")")
            deepest = max(deepest, depth)
    return deepest > _DEEPEST


def items(text: str, start: int) -> tuple[list[tuple[int, str]], int]:
    """The parts between commas of the bracket that opens at `start`, and where it closes.

    Each part comes with its place in the text; a bracket that never closes ends with the text.
    """
    found: list[tuple[int, str]] = []
    depth, begins = 0, start + 1
    for mark in _INSIDE.finditer(text, start):
        sign = mark.group()
        if sign == "(":
            depth += 1
        elif sign == ")":
            depth -= 1
            if depth == 0:
                found.append((begins, text[begins : mark.start()]))
                return [_stripped(*one) for one in found if one[1].strip()], mark.end()
        elif sign == "," and depth == 1:
            found.append((begins, text[begins : mark.start()]))
            begins = mark.end()
    found.append((begins, text[begins:]))
    return [_stripped(*one) for one in found if one[1].strip()], len(text)


def _stripped(at: int, text: str) -> tuple[int, str]:
    bare = text.lstrip()
    return at + len(text) - len(bare), bare.rstrip()


def unquoted(name: str) -> list[str]:
    """The parts of a name with its schemas, without quotes: ["dbo", "Patients"]."""
    parts = re.findall(_PART, name) or [name]
    return [part[1:-1] if part[0] in '"`[' else part for part in parts]


def dialect_of(script: str) -> str:
    """The SQL dialect whose own words a script uses most; "" when it uses none."""
    sample = script[:_DIALECT_SAMPLE]
    counts = {
        dialect: len(re.findall(words, sample, re.IGNORECASE | re.MULTILINE))
        for dialect, words in _DIALECTS.items()
    }
    best = max(counts, key=lambda dialect: counts[dialect])
    return best if counts[best] else ""
