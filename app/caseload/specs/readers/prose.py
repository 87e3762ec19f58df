"""The part of a schema that a guide tells in prose: its comments, sentence by sentence."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import lru_cache

from caseload.specs.readers.prose_destinations import destination
from caseload.specs.readers.prose_links import code_type, references
from caseload.specs.readers.prose_values import closed_list, date_format

_OPENER = (
    r"(?:Mandatory|MANDATORY|Compulsory|Conditional(?:ly)?|Optional|Required|Not mandatory|Must|"
    r"Cannot be|May be|This (?:field|is|column)|Foreign key|FK to|FK:|References [A-Z]|"
    r"Links? to|Joins? to|Refers? to|Look ?up|Parent record|Maps? to|Mapped (?:to|through)|"
    r"Code (?:type|list)|Uses code|See code|Refer to code|Validated against|"
    r"Only (?:\w+ ){0,2}(?:accepted|allowed|valid)|Accepted values?|Allowed values?|Valid values?|"
    r"Possible values|Permitted values|Value must|One of:? [A-Z0-9\"']|Either [A-Z0-9\"']|"
    r"Upper[ -]?case|UPPERCASE|In upper ?case|All upper ?case|Always (?:upper|required)|"
    r"Unique|Date format|Expected format|Formatted|Format:|Format must|In the format|Primary key)\b"
)
_STARTS = (
    r"(?:If|When|Where|Unless|The|This|These|In|As|Leave|Used|Shown|See|Note|Values?|Free text|"
    r"Maximum|Date and) [a-z]"
)
_SENTENCE_END = re.compile(
    r"\n{2,}|\s*[\u2022\u25cf\u25aa\uf0b7\u2023\u00b7]\s+"
    r"|(?<=[.;!?])(?<!\b[eE]\.[gG]\.)(?<!\b[iI]\.[eE]\.)"
    r"\s+(?!(?<=\bno\.\s)\d)(?=[A-Z0-9\"'\u2018\u201c(\[])"
    r"(?!(?<=;\s)[\"'\u2018\u201c]?[A-Z0-9]{1,12}[\"'\u2019\u201d]?"
    r"\s*(?:[=:;,.(\u2013\u2014]|-\s|for\b|means\b|$))"
    r"|(?<=[a-z]{3}[.])(?<!\betc\.)(?<!approx\.)\s+(?=formatted\b)"
    r"|(?<=[.;!?])(?<=[a-z][.;!?])(?=[A-Z][a-z])"
    rf"|(?<=[\w\])\"\u201d'\u2019])\s+(?={_OPENER})"
    rf"|(?<=[A-Za-z0-9])(?<!\b[A-Z]{{3}} )\s+(?={_STARTS})"
    rf"|(?<=\))\s+(?=[A-Z][a-z]+ [a-z])"
)
_SHOUTED = re.compile(r"(?:MANDATORY|REQUIRED|OPTIONAL|UPPERCASE|UNIQUE|NOTE|NB)\b")
_LEADS = re.compile(r"\bforeign key\b|\bFK\b", re.IGNORECASE)
_CODED = re.compile(r"\bcode (?:type|list|set)s?\b\W*\d", re.IGNORECASE)
_FORMATTED = re.compile(r"\bformat\s*[:=]|\bin (?:the )?format\b|\bdate format\b", re.IGNORECASE)
_LISTED = re.compile(
    r"\b(?:accepted|allowed|valid|permitted|possible) values?\b(?! (?:see|in|from)\b)",
    re.IGNORECASE,
)
_UNFINISHED = re.compile(
    r"^\s*[a-z,;:)\]]|\b(?:to|of|the|a|is|and|or|be|in|for|with|code|type|values?)\s*$|[,(:=-]\s*$"
)
_HANGING = re.compile(
    r"(\b(?:of|to|in|the|an?|is|are|and|or|field|column|table|with|for|by|from|be|than|"
    r"code type)|[,=(\u2013-])\n{2,}"
)
_MASK_CUT = re.compile(r"(?<=[YMD])\n{2,}(?=\[?HH)")
_RUN_ON = re.compile(r"(?<=[A-Z0-9]{3}) (?=[A-Z][a-z]+ [a-z])")

_NOT_MANDATORY = re.compile(
    r"\b(?:not|non)[ -]?(?:be )?(?:an? )?(?:mandatory|required|compulsory)\b|\boptional\b"
    r"|\bnullable\b|\b(?:may|can) be (?:left )?(?:blank|null|empty|omitted)\b",
    re.IGNORECASE,
)
_GIVEN = (
    r"(?:given|supplied|populated|completed|present|entered|provided|filled(?: in)?|specified|set|"
    r"recorded)"
)
_EMPTY = r"(?:null|blank|empty|left (?:blank|empty)|omitted)"
_DEMAND = (
    r"(?:mandatory|required|compulsory|obligatory|needed|"
    r"(?<![A-Z]{3} )must (?:always )?(?:not )?be "
    rf"(?:{_GIVEN}|{_EMPTY}|left)|(?:can ?not|must not|may not) be {_EMPTY})"
)
_IF = (
    r"(?:when|if|unless|where|whenever|once|except|only for|in case|"
    r"for (?:any |those )?(?:records?|rows?|patients?|entries) (?:with|where|of|which|that))"
)
_CONDITIONAL = re.compile(
    rf"\b{_DEMAND}\b.*\b{_IF}\b|^\W*{_IF}\b.*\b{_DEMAND}\b", re.IGNORECASE | re.DOTALL
)
_MANDATORY = re.compile(
    r"^\W*(?:this |the |it |an? )?(?:data )?(?:field |column |item |value |entry |it )?"
    r"(?:is |are |must be |= ?)?(?:an? |always |strictly )*"
    r"(?:mandatory|compulsory|obligatory|required|not null)\b"
    r"(?! (?:fields|columns|items|data|values)\b)"
    r"(?! (?:for|by|to|in|as)\b(?! (?:all|every|each|any) "
    r"(?:records?|rows?|loads?|cases|entries|patients?)\b))"
    r"|^\W*(?:(?:an?|this|the|it|field|column|value|and) )*"
    rf"(?:must|has to|should) always be {_GIVEN}\b"
    rf"|^\W*(?:(?:an?|this|the|it|field|column|value) )*must be {_GIVEN}"
    r"\b(?! (?:as|in|with|by|using|from|to)\b)"
    r"|^\W*(?:(?:this|the|it|field|column|value) )*"
    rf"(?:can ?not|must not|may not|can't) be {_EMPTY}\b"
    rf"|^\W*(?:(?:an?|this|the|it|field|column|value|is) )*(?:needs to be|is to be|always) {_GIVEN}"
    r"\b(?! (?:as|in|with|by|using|from|to)\b)"
    rf"|^\W*(?:(?:a|the|this|field|column) )*(?:must|has to|needs to|should) (?:always )?"
    r"(?:have|contain|hold) a value\b"
    rf"|^\W*(?:(?:is|field|column|this|value) )*never {_EMPTY}\b"
    r"|^\W*(?:do not|never|don't) (?:leave|be left) (?:this |it |the field )?(?:blank|empty|null)\b"
    r"|\((?:always )?(?:mandatory|required|compulsory)\)$",
    re.IGNORECASE,
)
_CASE = r"(?:upper[ -]?case|(?:block )?capitals\b|capital letters)"
_UPPER = re.compile(
    rf"^\W*(?:all |always |only )?(?:letters |characters |text )?(?:in )?{_CASE}"
    rf"|\b(?:must be|should be|is|are|be|always|converted to|entered|held|stored|supplied|given) "
    rf"(?:all |always )?(?:in )?{_CASE}",
    re.IGNORECASE,
)
_UNIQUE = re.compile(
    r"^\W*(?:(?:this|field|column|value|it|is|must be|a|the) )*unique"
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
    "" was not named; `sure` says that they are references even where they lead to nothing here.
    `code_type` is "12 Sex" or "12".
    """

    mandatory: bool | None = None
    condition: str = ""
    loaded_to: str = ""
    foreign: list[tuple[str, str]] = field(default_factory=list)
    sure: bool = False
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
    cell = _HANGING.sub(r"\1\n", _MASK_CUT.sub(" ", cell))
    for paragraph in re.split(r"\n{2,}(?![a-z(),;.])", cell):
        text, before = "", ""
        for line in re.split(r"\n+", paragraph):
            gap = "" if not text or _broken_word(before, line) else " "
            text, before = f"{text}{gap}{line}", line
        paragraphs.append(text.strip())
    return "\n\n".join(p for p in paragraphs if p)


def _broken_word(text: str, following: str) -> bool:
    last, first = text.rsplit(" ", maxsplit=1)[-1], following.split(" ", maxsplit=1)[0]
    if _SHOUTED.match(first) or (last.endswith(".") and "." in last[:-1]):
        return False
    if re.search(r"[A-Za-z0-9]-$", last) and re.match(r"[A-Za-z0-9]", first):
        return True
    if last.endswith(("/", "_", ".")) and re.fullmatch(r"[A-Z0-9_]+[/_.]", last[-20:]):
        whole = re.fullmatch(r"[A-Z0-9_]+\W*", first) is not None
        return whole and (last[-1] != "." or "_" in last)
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
    found = _traits(text)
    return replace(found, foreign=list(found.foreign))


@lru_cache(maxsize=8192)
def _traits(text: str) -> Traits:
    found = Traits()
    said = sentences(text)
    for sentence in said:
        _demands(sentence, found)
        found.unique = found.unique or bool(_UNIQUE.search(sentence))
        found.upper = found.upper or bool(_UPPER.search(sentence))
        found.key = found.key or bool(_KEY.search(sentence))
    found.foreign, found.sure = references(said)
    found.code_type = code_type(text)
    found.format = date_format(text, said)
    found.loaded_to = destination(text)
    found.values = next((v for v in map(closed_list, said) if v), ())
    return found


def _demands(sentence: str, found: Traits) -> None:
    if _CONDITIONAL.search(sentence):
        if not found.condition:
            found.condition = _RUN_ON.split(" ".join(sentence.split()))[0]
    elif _NOT_MANDATORY.search(sentence):
        found.mandatory = found.mandatory or False
    elif _MANDATORY.search(sentence):
        found.mandatory = True


def overlooked(text: str, found: Traits) -> tuple[str, ...]:
    """What a comment names without that anything of it was understood."""
    cues = (
        ("foreign key", _LEADS, bool(found.foreign)),
        ("code type", _CODED, bool(found.code_type)),
        ("format", _FORMATTED, bool(found.format)),
        ("values", _LISTED, bool(found.values)),
        ("unfinished", _UNFINISHED, False),
    )
    return tuple(name for name, cue, read in cues if not read and cue.search(text))
