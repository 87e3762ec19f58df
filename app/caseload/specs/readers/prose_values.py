"""Closed lists of values and formats, as comments state them."""

from __future__ import annotations

import re

_DATE_PART = (
    r"(?:CCYY|YYYY|RRRR|YY|MONTH|MON|MMM|MM|DD|HH24|HH12|HH|MI|SS(?:\.F+\d?)?|AM|PM|FF\d?|TZH|TZM)"
)
_MASK = re.compile(
    rf"\[?(?<![A-Za-z0-9_]){_DATE_PART}(?:[\s/.:\-T]{{0,2}}\[?[\s/.:\-]?{_DATE_PART}\]?){{1,7}}"
    r"(?![A-Za-z0-9_])",
    re.IGNORECASE,
)
_FORMAT_SAID = re.compile(
    r"\b(?:formats?|formatted|form|mask|pattern|layout|must|as|held|entered|given|supplied|provided|"
    r"date|time|expressed)\b",
    re.IGNORECASE,
)
_OTHER_FORMAT = re.compile(
    r"\b(?:[Ff]ormat(?:ted)?|FORMAT)\s*(?:is|of|as|must be|should be)?\s*[:=\u2013-]?\s*"
    r"[\"'\u201c\u2018]?([A-Z0-9#][A-Z0-9# /.:()\-]{1,30}?)[\"'\u201d\u2019]?(?=\s*[.;,\n]|\s*$)"
)

_TYPE = re.compile(r"(?:N?VARCHAR2?|N?CHAR|NUMBER|NUMERIC|INTEGER|DECIMAL|DATE)\b", re.IGNORECASE)
_NO_VALUE = re.compile(r"(?:left |may be )?(?:blank|null|empty|nothing|not set)", re.IGNORECASE)
_RANGE = re.compile(r"\d+\s*-\s*\d+|[A-Z]-[A-Z]")
_DATE = re.compile(r"\b(?!\d[/.-]\d[/.-]\d\b)\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}\b")

_ANNOUNCED = re.compile(
    r"\b(?:accepted|allowed|valid|permitted|possible|acceptable|available|allowable|expected)\s+"
    r"(?:values?|codes?|options?|entries|answers?|list|set|domain)\s*"
    r"(?:(?:are|is|can be|include|:|=|\u2013|\u2014|-)\s*)*"
    r"(?:either\b|one of\b:?|only\b)?\s*"
    r"|^(?:values?|options?)\s*(?:are|is)?\s*[:=\u2013-]+\s*",
    re.IGNORECASE,
)
_HEADED = re.compile(
    r"\b(?:values?|options?|choices|domain|codes|code list|list of values|value (?:list|set)|lov|"
    r"enum(?:eration)?)\s*(?:(?:are|is|of|used|held)\s*)?(?:[:=]|\u2013|(?=[\[{]))\s*"
    r"|\baccepts?\s+(?:only\s+)?|\b(?:restricted|limited|constrained) to\s+(?:the values?\s+)?",
    re.IGNORECASE,
)
_CASES = re.compile(
    r"(?<!\w)[\"'\u2018\u201c]?(?P<one>[A-Z0-9]{1,4})[\"'\u2019\u201d]?\s+(?:if|when|where)\b"
    r"[^.;=]*?[,;]\s*(?:(?:and|or|otherwise|else|set to|enter|use)\s+)*"
    r"[\"'\u2018\u201c]?(?P<other>[A-Z0-9]{1,4})[\"'\u2019\u201d]?"
    r"(?=\s*$|\s+(?:if|when|where|otherwise)\b)"
)
_STRICT = re.compile(
    r"\b(?:must|should|can|may|shall|has to|needs to|will)\s+(?:only\s+)?"
    r"(?:be|contain|have|hold)\s+"
    r"(?:only\s+|set to\s+|entered as\s+)?(?:either\s+|one of:?\s+)?(?:the (?:following )?"
    r"values?:?\s+(?:of\s+)?|a value of\s+)?"
    r"|\b(?:one of|either)(?: the following)?:?\s+|\b(?:enter|set to|set as|use|specify|"
    r"populate with|indicate)\s+(?:either\s+|one of:?\s+)?",
    re.IGNORECASE,
)
_WHOLE = re.compile(r"^\W{0,2}(?:only\s+)?(?:the\s+)?(?:values?\s+)?(?:either\s+)?", re.IGNORECASE)
_SHORT_PAIR = re.compile(r"\(\s*([A-Z0-9]{1,3}(?:\s*/\s*[A-Z0-9]{1,3})+)\s*\)")
_CUT = re.compile(r"\s*(?:,\s*(?:or|and)\b|[,/|;]|\bor\b|\band\b|&)\s*", re.IGNORECASE)
_TAIL = (
    r"(?:\s+(?:only|(?:(?:is|are|will be)\s+)?(?:the\s+only\s+)?"
    r"(?:accepted|allowed|permitted|valid|acceptable)(?:\s+values?)?))?"
)
_ENDS = re.compile(
    r"\s+(?=(?:if|when|unless|where|otherwise|which|this|defaults?|only if)\b)", re.IGNORECASE
)
_NEXT_SENTENCE = re.compile(r"(?P<code>[A-Z0-9]{1,4})\s+(?:[A-Z][a-z].*\s.*|N\.?B\b.*)", re.DOTALL)
_PART = re.compile(
    r"(?:[\"'\u201c\u2018](?P<quoted>[^\"'\u201c\u201d\u2018\u2019]{1,40})[\"'\u201d\u2019]"
    r"|(?P<bare>[A-Za-z0-9][\w+.-]{0,39}))"
    r"(?P<label>\s*(?:=|:|\u2013|\u2014|\s-\s)\s*\S.*|\s*\(.*\)|\s+-\s*\S.*"
    rf"|\s+(?:for|meaning|means|denotes|stands for|to (?:indicate|mean|show))\s+\S.*)?{_TAIL}",
    re.DOTALL,
)


def date_format(text: str, sentences: list[str]) -> str:
    """The date mask that the text demands, as printed; else another stated format; else "".

    A mask counts where a sentence says that it is a format, or consists of nothing else.
    """
    for sentence in sentences:
        for match in _MASK.finditer(sentence):
            mask = " ".join(match.group().split())
            if len(re.findall(_DATE_PART, mask, re.IGNORECASE)) < 2 or not _cased(mask):
                continue
            around = sentence[: match.start()] + sentence[match.end() :]
            if _FORMAT_SAID.search(around) or not re.search(r"\w", around):
                mask = re.sub(r"(?<=[/:.-])\s+|\s+(?=[/:.-])", "", mask)
                return mask + "]" if mask.count("[") > mask.count("]") else mask
    other = _OTHER_FORMAT.search(text)
    said = other.group(1).strip() if other else ""
    shaped = re.search(r"\d|^[A-Z]+$", said) or re.fullmatch(r"[NAXZ#\W]+", said)
    return said if shaped and not _TYPE.match(said) else ""


def _cased(mask: str) -> bool:
    """Whether a mask is written in one case, as no run of words is."""
    letters = re.sub(r"[^A-Za-z]", "", mask)
    plain = letters.replace("T", "")
    return (
        letters.isupper() or plain.islower() or re.fullmatch(r"[dy]+[MHms]+.*", letters) is not None
    )


def closed_list(text: str) -> tuple[str, ...]:
    """The values of "Only two accepted values: Y or N" and its like; () when none is closed."""
    if _MASK.search(text) or _DATE.search(text):
        return ()
    for match in _ANNOUNCED.finditer(text):
        values = _values(text[match.end() :], least=1)
        if values:
            return values
    for pattern in (_HEADED, _STRICT):
        for match in pattern.finditer(text):
            values = _values(text[match.end() :], least=2)
            if values and all(v == v.upper() for v in values):
                return values
    cases = _CASES.search(text)
    if cases and cases["one"] != cases["other"]:
        return cases["one"], cases["other"]
    opening = _WHOLE.match(text)
    values = _values(text[opening.end() if opening else 0 :], least=2)
    if values and all(v == v.upper() and len(v) <= 12 and "_" not in v for v in values):
        return values
    pair = _SHORT_PAIR.search(text)
    return tuple(re.split(r"\s*/\s*", pair.group(1))) if pair else ()


def listed_values(text: str) -> tuple[str, ...]:
    """The values that a cell of nothing else lists, without what each means; () when it cannot.

    A newline parts values as a comma does.
    """
    values = _values(re.sub(r"[,;]?\s*\n\s*", ", ", text.strip()), least=1)
    labelled = values and re.search(r"[A-Za-z0-9'\")]\s*(?:=|:|\u2013|\s-\s|\()", text)
    return values if labelled else ()


def _values(text: str, *, least: int) -> tuple[str, ...]:
    """The values that a stretch of a sentence lists, or () when it holds anything else."""
    whole = re.split(r"\.\s", text.strip().rstrip(".;:"), maxsplit=1)[0]
    braced = re.match(r"[\[{(]\s*([^\[\](){}]*?)\s*[)}\]]", whole)
    whole = braced.group(1) if braced else whole
    return _listed(whole, least=least) or _listed(whole.partition("; ")[0], least=least)


def _listed(text: str, *, least: int) -> tuple[str, ...]:
    text = _ENDS.split(text.strip(), maxsplit=1)[0].strip(" ,")
    values: dict[str, None] = {}
    labelled = 0
    for part in _without_next_sentence(_parts(text)):
        if values and _NO_VALUE.fullmatch(part):
            continue
        match = _PART.fullmatch(part)
        if match is None or _RANGE.fullmatch(part):
            return ()
        value = match.group("quoted") or match.group("bare").rstrip(".")
        labelled += match.group("label") is not None
        plain = bool(match.group("bare")) and not match.group("label")
        if plain and value.islower() and not value.isdigit():
            return ()
        values.setdefault(value)
    quoted = text[:1] in "\"'\u201c\u2018"
    first = next(iter(values), "")
    lone = len(values) == 1 and (labelled or quoted or first.isupper() or first.isdigit())
    return tuple(values) if len(values) >= max(2, least) or (least == 1 and lone) else ()


def _without_next_sentence(parts: list[str]) -> list[str]:
    """The parts without what follows the last code where no full stop ends it: "N Free text"."""
    codes = all(re.fullmatch(r"[A-Z0-9]{1,4}", part) for part in parts[:-1])
    last = _NEXT_SENTENCE.fullmatch(parts[-1]) if len(parts) > 1 and codes else None
    return [*parts[:-1], last.group("code")] if last else parts


def _parts(text: str) -> list[str]:
    """The text cut at commas, slashes, "or" and "and" that stand in no brackets."""
    shielded = re.sub(r"\([^()]*\)", lambda m: re.sub(r"\S", "\x00", m.group()), text)
    parts, start = [], 0
    for match in _CUT.finditer(shielded):
        parts.append(text[start : match.start()].strip())
        start = match.end()
    parts.append(text[start:].strip())
    return [part for part in parts if part]
