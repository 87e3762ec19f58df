"""References to other tables and to code types, as comments state them."""

from __future__ import annotations

import re

_NAME = r"[A-Za-z_][A-Za-z0-9_$#]*(?:-[A-Za-z0-9_$#]+)*"
_CUE = re.compile(
    r"foreign[ -]keys?|\bfk\b|\breferenc(?:es?|ing)\b|\brefer(?:s|ring)? to\b|"
    r"\blink(?:s|ed|ing)? (?:back )?(?:to|with)\b|"
    r"\bpoints? (?:to|at)\b|\bjoin(?:s|ed|ing)?\b|\bparent\b|\blook(?:s|ed)?[ -]?up\b|"
    r"\bmust (?:already |first |also )?(?:exist|match|correspond|be (?:an? )?(?:valid|existing)|"
    r"have (?:already )?been loaded|be (?:present|loaded|found|defined))|"
    r"\b(?:value|code|number|key|id|record|row)s? (?:must|should|has to|needs to) "
    r"(?:already )?(?:exist|match|be (?:present|loaded|found|defined|valid))|"
    r"\b(?:loaded|held|present) (?:in|on|within)\b|"
    r"\bmatch(?:es|ing)?\b|\bcorrespond(?:s|ing)?\b|\bexisting\b|\bexists? (?:in|as|on|within)\b|"
    r"\bbelongs? to\b|\bchild of\b|\bvalidated against\b|\brelates? to\b|\bdrawn from\b|"
    r"\btaken from\b",
    re.IGNORECASE,
)
_STRONG = re.compile(r"foreign[ -]keys?|\bfk\b|\breferences?\b", re.IGNORECASE)
_NEAR = 25
_OF = r"(?:of|in|on|from|within|at)"
_THE = r"(?:the\s+|an?\s+)?"
_TABLE_WORD = r"(?:table|file|entity|extract|load)"
_FIELD_WORD = r"(?:field|column|attribute)"
_LOADED = (
    r"(?:(?:that (?:is|was|has been) )?(?:already |previously )?"
    r"(?:loaded|held|present|found|defined|given|supplied|recorded)\s+)?"
)
_AT_WORD = r"(?<![\w.])(?<!\w-)"
_MENTIONS = (
    re.compile(rf"{_AT_WORD}(?P<table>{_NAME})\s?\.\s?(?P<field>{_NAME})"),
    re.compile(
        rf"{_AT_WORD}(?P<field>{_NAME})\s+(?:{_FIELD_WORD}\s+)?{_LOADED}{_OF}\s+{_THE}"
        rf"(?:{_TABLE_WORD}\s+)?(?P<table>{_NAME})"
    ),
    re.compile(
        rf"{_AT_WORD}(?P<table>{_NAME})\s*(?:{_TABLE_WORD}\s*)?[(\[]\s*(?P<field>{_NAME})\s*[)\]]"
    ),
    re.compile(
        rf"{_AT_WORD}(?P<table>{_NAME})\s*(?:{_TABLE_WORD})?\s*(?:,|:|-|->|\u2192|using|by|on|via|/)\s*{_THE}"
        rf"(?:{_FIELD_WORD}\s+)?(?P<field>{_NAME})"
    ),
    re.compile(rf"{_AT_WORD}(?P<table>{_NAME})\s+{_FIELD_WORD}\s+(?P<field>{_NAME})"),
    re.compile(rf"{_AT_WORD}(?P<table>{_NAME})\s+(?P<field>{_NAME})"),
    re.compile(rf"{_AT_WORD}(?:{_TABLE_WORD}\s+)?(?P<table>{_NAME})"),
)
_CODE = re.compile(
    r"\bcode[ _-]?(?:type|list|set|table)s?\s*(?:(?:no\.?|number|num|id|ref|is|of|#|:|=)\s*)*"
    r"(?:(?:[\"\u201c'\u2018](?P<before>[^\"\u201c\u201d'\u2019\n]{2,60})[\"\u201d'\u2019])\s*"
    r"[(\[,:-]\s*)?(?P<number>\d+)\b"
    r"(?:\s*[:,=\u2013\u2014-]?\s*(?:"
    r"[\"\u201c\u201d\u201e\u00ab]\s*([^\"\u201c\u201d\u00bb]+?)\s*[\"\u201c\u201d\u00bb]"
    r"|['\u2018]([^'\u2019\n]+)['\u2019]"
    r"|\(((?:[^()]|\([^()]*\))+)\))"
    r"|\s*[:\u2013\u2014-]\s+([^.;\n]+))?",
    re.IGNORECASE,
)

_CODE_NAMED = re.compile(
    r"\bcode[ _-]?(?:type|list|set)\s*[:=]?\s*[\"\u201c]([^\"\u201c\u201d\n]{2,60})[\"\u201d]",
    re.IGNORECASE,
)


def references(sentences: list[str]) -> tuple[list[tuple[str, str]], bool]:
    """Every reading of a reference as (table, field), likeliest first; "" for a field not named.

    A word counts as a name when it is written as one; a name that a line's end cut is also
    given put together with the word after it.  The second of the two tells whether a sentence
    calls it a foreign key or reference outright, so that it is one wherever it may lead.
    """
    found: list[tuple[str, str]] = []
    sure = False
    for sentence in sentences:
        cue = _CUE.search(sentence)
        alone = re.fullmatch(rf"\W*{_NAME}\.{_NAME}\W*", sentence)
        if cue is None and alone is None:
            continue
        strong = _STRONG.search(sentence) is not None
        start = 0 if alone or cue is None else cue.end()
        for pattern in _MENTIONS:
            reach = len(sentence) if strong or "field" in pattern.groupindex else start + _NEAR
            pairs = _mentions(pattern, sentence[:reach], start)
            found += [pair for pair in dict.fromkeys(pairs) if pair not in found]
            sure = sure or (strong and bool(pairs))
    return found, sure


def _mentions(pattern: re.Pattern[str], text: str, start: int) -> list[tuple[str, str]]:
    found = []
    at = start
    while match := pattern.search(text, at):
        at = match.start() + 1
        groups = match.groupdict()
        table, field = groups["table"], groups.get("field") or ""
        if not _named(table) or (field and not _named(field)):
            continue
        if field:
            after = re.match(r"[ -]{1,2}([A-Za-z0-9_]+)", text[match.end("field") :])
            if (
                after
                and match.end("field") > match.end("table")
                and _goes_on(field, after.group(1))
            ):
                found.append((table, field + after.group(1)))
            before = re.search(r"([A-Za-z0-9_]+) $", text[: match.start("table")])
            if before and "_" in before.group(1):
                found.append((before.group(1) + table, field))
        found.append((table, field))
    return found


def _goes_on(head: str, tail: str) -> bool:
    """Whether the next word can be the rest of a name that is written in capitals."""
    return tail == tail.upper() if head == head.upper() else True


def _named(word: str) -> bool:
    """Whether a word is written as a name: capitals, an underscore, or CamelCase."""
    return "_" in word or (word.isupper() and len(word) > 1) or bool(re.search(r"[a-z][A-Z]", word))


def code_type(text: str) -> str:
    """Give "12 Sex" from 'Maps to: code type 12 "Sex"'; "12" without a name.

    A code type that has only a name, in quotes, gives that; "" without one.
    """
    match = _CODE.search(text)
    if not match:
        named = _CODE_NAMED.search(text)
        return " ".join(named.group(1).split()) if named else ""
    name = match.group("before") or next((group for group in match.groups()[2:] if group), "")
    return " ".join(f"{match.group('number')} {name}".split())
