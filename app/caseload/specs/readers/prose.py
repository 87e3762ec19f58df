"""The part of a schema that a guide tells in prose: its comments, sentence by sentence."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_NAME = r"[A-Za-z_][A-Za-z0-9_$#]*"
_OPENER = (
    r"(?:Mandatory|Must be|Foreign key|FK to|FK:|References|Maps to|"
    r"Mapped (?:to|through)|Code type|"
    r"Only (?:\w+ )?accepted|Accepted values?|Allowed values?|Valid values?|"
    r"Upper ?case|In upper ?case|"
    r"Unique|Date format|Format:|Optional|Conditional|Required|Primary key)\b"
)
_SENTENCE_END = re.compile(
    rf"\n{{2,}}|(?<=[.;!?])\s+(?=[A-Z\"\u201c])|(?<=[\w\])\"\u201d'\u2019])\s+(?={_OPENER})"
)

_NOT_MANDATORY = re.compile(
    r"\b(?:not|non)[ -]?(?:be )?(?:mandatory|required)\b|\boptional\b", re.IGNORECASE
)
_DEMAND = (
    r"(?:mandatory|required|compulsory|(?<![A-Z]{3} )must (?:not )?be (?:given|supplied|populated|"
    r"completed|present|entered|provided|filled|empty|blank|null|left))"
)
_IF = r"(?:when|if|unless|where|whenever|once|except|only for|in case)"
_CONDITIONAL = re.compile(
    rf"\b{_DEMAND}\b.*\b{_IF}\b|^\s*{_IF}\b.*\b{_DEMAND}\b", re.IGNORECASE | re.DOTALL
)
_MANDATORY_IF = re.compile(
    rf"^\W*(?:\w+ ){{0,4}}(?:mandatory|required|compulsory)\b[\w ,-]*?\b{_IF}\b", re.IGNORECASE
)
_RUN_ON = re.compile(r"(?<=[A-Z0-9]{3}) (?=[A-Z][a-z]+ [a-z])")
_MANDATORY = re.compile(
    r"^\W*(?:this |the )?(?:field |column |item |value |it )?(?:is )?(?:an? |always )?"
    r"(?:mandatory|compulsory|required|not null)\b(?! for\b| by\b| to\b| in\b)",
    re.IGNORECASE,
)

_KEYWORD = (
    r"(?:foreign[ -]key|\bfk\b|\breferences?\b|\brefers? to\b|\blinks? to\b|\bpoints? (?:to|at)\b|"
    r"\bmust (?:already )?exist (?:in|as)\b|\bjoins? to\b|\bparent record\b|\blook(?:ed)? ?up in\b)"
)
_FOREIGN = (
    re.compile(rf"{_KEYWORD}[^.;\n]{{0,60}}?\b({_NAME})\s?\.\s?({_NAME})", re.IGNORECASE),
    re.compile(
        rf"{_KEYWORD}[:\s]*(?:to|of|into|on)?\s*(?:the\s+)?(?:field\s+|column\s+)?"
        rf"(?P<field>{_NAME})\s+(?:of|in|on|from)\s+(?:the\s+)?(?:table\s+)?(?P<table>{_NAME})",
        re.IGNORECASE,
    ),
    re.compile(
        rf"{_KEYWORD}[^.;\n]{{0,30}}?\b({_NAME})\s*[(\[]\s*({_NAME})\s*[)\]]", re.IGNORECASE
    ),
    re.compile(
        rf"{_KEYWORD}[:\s]*(?:to|of|into|on)?\s*(?:the\s+)?(?:table\s+)?({_NAME})", re.IGNORECASE
    ),
)
_CODE = re.compile(
    r"\bcode[ -]?(?:type|list|set)\s*(?:no\.?|number|id)?\s*[:#]?\s*(\d+)\b"
    r"(?:\s*[:,\u2013\u2014-]?\s*(?:"
    r"[\"\u201c\u201d\u201e\u00ab]\s*([^\"\u201c\u201d\u00bb]+?)\s*[\"\u201c\u201d\u00bb]"
    r"|['\u2018]([^'\u2019\n]+)['\u2019]"
    r"|\(((?:[^()]|\([^()]*\))+)\))"
    r"|\s*[:\u2013\u2014-]\s+([^.;\n]+))?",
    re.IGNORECASE,
)
_DATE_PART = r"(?:CCYY|YYYY|RRRR|YY|MONTH|MON|MMM|MM|DD|HH24|HH12|HH|MI|SS|AM|PM)"
_MASK = re.compile(
    rf"\[?\b{_DATE_PART}(?:[\s/.:\-T]{{0,2}}\[?[\s/.:\-]?{_DATE_PART}\]?){{1,7}}(?![A-Za-z0-9])",
    re.IGNORECASE,
)
_OTHER_FORMAT = re.compile(
    r"\b[Ff]ormat\s*(?:is|of)?\s*:\s*([A-Z0-9][A-Z0-9 /.:()\-]{1,30}?)(?=[.;\n]|$)"
)

_VALUE = r"(?:[\"'\u201c\u2018]?[A-Za-z0-9][\w+-]*[\"'\u201d\u2019]?)"
_LABEL = r"(?:\s*(?:=|\u2013|-|:)\s*[A-Za-z][A-Za-z ]*?|\s*\([^)]*\))?"
_LIST = (
    rf"({_VALUE}{_LABEL}(?:\s*(?:,\s*(?:or|and)\b|,|/|\||;|\bor\b|\band\b)\s*{_VALUE}{_LABEL})*)"
)
_LIST_END = r"(?=\s*(?:[.;\n]|$|\bonly\b|\bif\b|\bwhen\b|\bunless\b))"
_VALUES_SAID = re.compile(
    r"\b(?:accepted|allowed|valid|permitted|possible|"
    r"acceptable)\s+values?\s*(?:are|is)?\s*[:=-]?\s*"
    r"(?:either\s+|one of:?\s+)?" + _LIST + _LIST_END,
    re.IGNORECASE,
)
_VALUES_STRICT = re.compile(
    r"(?:\b[Mm]ust be (?:either |one of:? )?|\b[Oo]ne of:?\s+|\b[Ee]ither\s+|\b[Ee]nter\s+)"
    + _LIST.replace("A-Za-z0-9]", "A-Z0-9]", 1)
    + _LIST_END
)
_VALUE_CUT = re.compile(r"\s*(?:,\s*(?:or|and)\b|,|/|\||;|\bor\b|\band\b)\s*")
_CASE = r"(?:upper[ -]?case|capitals\b|capital letters)"
_UPPER = re.compile(
    rf"^\W*(?:all |always |only )?(?:in )?{_CASE}|\b(?:must be|should be|is|"
    rf"are|be|always|converted to|entered) "
    rf"(?:all |always )?(?:in )?{_CASE}",
    re.IGNORECASE,
)
_UNIQUE = re.compile(
    r"^\W*(?:(?:this|field|column|value|it|is|must be|a) )*unique"
    r"(?:\W*$|[,;:(]|\s+(?:key|identifier|(?:within|in|across) (?:the |"
    r"this |a |each )?(?:load )?(?:file|table|extract|system)))"
    r"|\bmust be unique\b(?! within the (?!file|table|load))|\bprimary key\b",
    re.IGNORECASE,
)
_KEY = re.compile(r"\bprimary key\b|^\W*pk\b", re.IGNORECASE)


@dataclass(slots=True)
class Traits:
    """What comments say of a field; `mandatory` None when they say nothing of it.

    `foreign` are readings of a reference as (table, field), the likeliest first; a field of
    "" was not named.  `code_type` is "12 Sex" or "12".
    """

    mandatory: bool | None = None
    condition: str = ""
    foreign: list[tuple[str, str]] = field(default_factory=list)
    code_type: str = ""
    format: str = ""
    values: tuple[str, ...] = ()
    upper: bool = False
    unique: bool = False
    key: bool = False


def flow(cell: str) -> str:
    """A wrapped cell as running text: lines joined, paragraphs (empty lines) kept.

    A line that is one long broken word is joined to the next without a space.
    """
    paragraphs = []
    for paragraph in re.split(r"\n{2,}", cell):
        text, before = "", ""
        for line in paragraph.split("\n"):
            gap = "" if not text or _broken_word(before, line) else " "
            text, before = f"{text}{gap}{line}", line
        paragraphs.append(text.strip())
    return "\n\n".join(p for p in paragraphs if p)


def _broken_word(text: str, following: str) -> bool:
    last, first = text.rsplit(" ", maxsplit=1)[-1], following.split(" ", maxsplit=1)[0]
    if len(last) < 12 or not re.search(r"[_.]", last) or not re.fullmatch(r"[A-Za-z0-9_.]+", last):
        return False
    if last.isupper():
        return bool(re.fullmatch(r"[A-Z0-9_.]+[,;:)]?", first)) and first not in ("A", "I")
    return bool(re.match(r"[A-Z0-9_.]", first))


def sentences(text: str) -> list[str]:
    """The sentences of running text, without their full stops."""
    return [part.strip().rstrip(".;").strip() for part in _SENTENCE_END.split(text) if part.strip()]


def traits_of(text: str) -> Traits:
    """Everything that comments, as running text, say of the field they stand beside."""
    found = Traits()
    for sentence in sentences(text):
        _demands(sentence, found)
        found.unique = found.unique or bool(_UNIQUE.search(sentence))
        found.upper = found.upper or bool(_UPPER.search(sentence))
        found.key = found.key or bool(_KEY.search(sentence))
    found.foreign = _references(text)
    found.code_type = code_type(text)
    found.format = date_format(text)
    found.values = next((v for v in map(closed_list, sentences(text)) if v), ())
    return found


def _demands(sentence: str, found: Traits) -> None:
    if _NOT_MANDATORY.search(sentence):
        found.mandatory = found.mandatory or False
    elif _MANDATORY_IF.search(sentence):
        if not _MANDATORY_IF.search(found.condition):
            found.condition = _RUN_ON.split(" ".join(sentence.split()))[0]
    elif _MANDATORY.search(sentence):
        found.mandatory = True
    elif _CONDITIONAL.search(sentence) and not found.condition:
        found.condition = " ".join(sentence.split())


def _references(text: str) -> list[tuple[str, str]]:
    """Every reading of a reference; plain words are kept out by needing a name's shape."""
    found: list[tuple[str, str]] = []
    for pattern in _FOREIGN:
        for match in pattern.finditer(text):
            groups = match.groupdict()
            if groups:
                pair = (groups["table"], groups["field"])
            else:
                pair = (match.group(1), match.group(2) if match.re.groups > 1 else "")
            if _named(pair[0]) and (not pair[1] or _named(pair[1])) and pair not in found:
                found.append(pair)
    return found


def _named(word: str) -> bool:
    """Whether a word is written as a name: capitals, an underscore, or CamelCase."""
    return "_" in word or word.isupper() or bool(re.search(r"[a-z][A-Z]", word))


def code_type(text: str) -> str:
    """Give "12 Sex" from 'Maps to: code type 12 "Sex"'; "12" without a name; "" without one."""
    match = _CODE.search(text)
    if not match:
        return ""
    name = next((group for group in match.groups()[1:] if group), "")
    return " ".join(f"{match.group(1)} {name}".split())


def date_format(text: str) -> str:
    """The date mask that the text demands, as printed; else another stated format; else ""."""
    masks = [m.group().strip() for m in _MASK.finditer(text)]
    masks = [m for m in masks if len(re.findall(_DATE_PART, m, re.IGNORECASE)) >= 2]
    if masks:
        mask = " ".join(masks[0].split())
        return mask + "]" if mask.count("[") > mask.count("]") else mask
    other = _OTHER_FORMAT.search(text)
    return other.group(1).strip() if other else ""


def closed_list(text: str) -> tuple[str, ...]:
    """The values of "Only two accepted values: Y or N" and its like; () when none is closed."""
    for pattern in (_VALUES_SAID, _VALUES_STRICT):
        match = pattern.search(text)
        if match:
            return _values_in(match.group(1), strict=pattern is _VALUES_STRICT)
    return ()


def _values_in(text: str, *, strict: bool) -> tuple[str, ...]:
    values: list[str] = []
    for part in _VALUE_CUT.split(text):
        value = re.split(r"\s*(?:=|\u2013|:|\s-\s|\()", part, maxsplit=1)[0]
        value = value.strip(" \"'\u201c\u201d\u2018\u2019")
        if value and value not in values:
            values.append(value)
    if strict and not all(v == v.upper() for v in values):
        return ()
    return tuple(values)
