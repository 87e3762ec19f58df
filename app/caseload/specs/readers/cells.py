"""What a single cell of a dictionary says, however it is written: types, lengths, flags, keys."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from functools import lru_cache

from caseload.specs.readers.names import is_identifier
from caseload.specs.readers.roles import looks_like_type
from caseload.specs.readers.vocabulary import NO_WORDS, YES_WORDS

_LONGEST = 200
_TYPE = re.compile(
    r"(?P<head>[A-Za-z][A-Za-z0-9_]*(?: [A-Za-z]\w*)*?)\s*"
    r"(?:[(\[{<]\s*(?P<inner>[^)\]}>]*?)\s*[)\]}>]|[:,/ ]\s*(?P<bare>\d+(?:[.,]\d+)?))"
    r"\s*(?P<tail>[A-Za-z][A-Za-z ]*|\[\])?",
)
_GLUED = re.compile(r"(?P<head>[A-Za-z]+?)\s*(?:\.\.)?\s*(?P<length>\d+(?:[.,]\d+)?)")
_PICTURE = re.compile(r"(?P<head>[XA9])\((?P<whole>\d+)\)(?:V(?P<nines>9+)|V9\((?P<part>\d+)\))?")
_SHORT_TYPES = {"an", "a", "n", "x", "c", "d", "t", "char", "varchar", "num", "string", "text"}
_NOT_NULL = re.compile(r"\s*\bnot null\b", re.IGNORECASE)
_NULL = re.compile(r"\s*\bnull\b", re.IGNORECASE)
_UNITS = re.compile(
    r"\s*(?:bytes?|chars?|characters?|digits?|max(?:imum)?\.?|zeichen|stellen|caract[eè]res?|"
    r"caracteres|octets?|tekens|tecken|tegn|znak[oó]w)\s*",
    re.IGNORECASE,
)
_RANGE = re.compile(r"(?:\d+|[<\u2264]=?)\s*(?:\.\.+|-|\u2013|\bto\b)?\s*(\d+)")
_THOUSANDS = re.compile(r"[1-9]\d{0,2}(?:[, '\u2019\u00a0\u202f.]\d{3})+")
_WHOLE_FLOAT = re.compile(r"(\d+)[.,]0+")
_CONDITIONAL = re.compile(
    r"\b(?:if|when|unless|where|wenn|falls|si|se|als|indien|om|hvis|je[sś]li|os)\b", re.IGNORECASE
)
_NAME = r"[\"'`\[]?([A-Za-z_][\w$#]*)[\"'`\]]?"
_DOTTED = re.compile(
    rf"(?:{_NAME}\s*\.\s*)?{_NAME}\s*(?:\.|::|->|\u2192|/|\\)\s*{_NAME}"
    rf"|(?:{_NAME}\.)?{_NAME}\s*[(\[]\s*{_NAME}\s*[)\]]"
)
_LINK_WORDS = re.compile(
    r"^\W*(?:(?:fk|foreign key|primary key|pk|references?|refers? to|ref|to|table|see|links? to)"
    r"\b[\s:=>\u2192-]*)+",
    re.IGNORECASE,
)
_KEY_WORD = re.compile(
    r"\b(?:pk\d*|pri|primary(?: key)?|p|key|ps|cp|primar(?:schlussel)?|primaer|"
    r"cle primaire|clave primaria)\b"
)
_FOREIGN_WORD = re.compile(r"\b(?:fk\d*|foreign|references|mul|r|f|fs|ce|fremdschlussel)\b")
_UNIQUE_WORD = re.compile(r"\b(?:uk\d*|uq|uni|unique|ak\d*|u)\b")


_LETTERS = str.maketrans({"ł": "l", "ø": "o", "æ": "ae", "œ": "oe"})


def folded(text: str) -> str:
    """Text in lower case, without accents, its spaces single."""
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).split())


def flags_of(values: Iterable[str]) -> Callable[[str], bool | None]:
    """How a column writes yes and no, told from all its values; None for what says neither.

    Letters mean what they do beside each other: O is optional beside M, and yes (oui,
    obligatoire) where it stands beside N or F without any M or Y; R, beside M, is asked for where
    it applies, as data sets of the NHS have it.  A column of nothing but
    question marks held ticks before an export lost them.
    """
    seen = {folded(value) for value in values}
    no, yes = set(NO_WORDS), set(YES_WORDS)
    if "o" in seen and seen & {"n", "f", "non"} and not seen & {"m", "y", "r"}:
        no.discard("o")
        yes.add("o")
    if "i" in seen and seen & {"n", "na"}:
        yes.add("i")
    if seen <= {"?", ""}:
        yes.add("?")
    if seen & {"k", "kylla"} and seen & {"e", "ei"}:
        yes.add("k")
        no = no - {"k"} | {"e"}
    if "f" in seen and "t" not in seen and "y" in seen:
        no.discard("f")
    if {"m", "r"} <= seen:
        yes, no = yes - {"r"}, no | {"r"}

    def flag(text: str) -> bool | None:
        word = folded(text).strip(" .()[]")
        if word in yes:
            return True
        if word in no or not word:
            return False if word else None
        if _CONDITIONAL.search(word):
            return None
        return _first_word(word, yes, no)

    return flag


def _first_word(word: str, yes: set[str], no: set[str]) -> bool | None:
    if word.startswith(("not null", "non null")):
        return True
    if word.startswith(("not ", "non ", "nicht ")):
        return False
    first = re.split(r"[\s,;:(/-]", word, maxsplit=1)[0]
    return True if first in yes else False if first in no and len(first) > 1 else None


def condition_in(text: str) -> str:
    """What a cell of obligations says of when a value is needed; "" when it says no condition."""
    return " ".join(text.split()) if _CONDITIONAL.search(text) and " " in text.strip() else ""


@lru_cache(maxsize=4_000)
def type_and_length(text: str) -> tuple[str, str, bool | None]:
    """Type in capitals, length, and whether NOT NULL (True) or NULL (False) stood beside it."""
    text = " ".join(text[:_LONGEST].split()).strip(" ,;")
    needed = True if _NOT_NULL.search(text) else False if _NULL.search(text) else None
    text = _NULL.sub("", _NOT_NULL.sub("", text)).strip()
    picture = _PICTURE.fullmatch(text.upper())
    if picture:
        part = len(picture["nines"] or "") or int(picture["part"] or 0)
        whole = int(picture["whole"])
        return picture["head"], f"{whole + part},{part}" if part else str(whole), needed
    match = _TYPE.fullmatch(text)
    if match and looks_like_type(match["head"]):
        tail = f" {match['tail']}" if match["tail"] else ""
        length = length_of(match["inner"] or match["bare"] or "")
        return f"{match['head']}{tail}".upper(), length, needed
    glued = _GLUED.fullmatch(re.sub(r"(?i)^max\s+", "", text))
    if glued and not looks_like_type(text) and glued["head"].casefold() in _SHORT_TYPES:
        return glued["head"].upper(), length_of(glued["length"]), needed
    return text.upper(), "", needed


@lru_cache(maxsize=4_000)
def length_of(text: str) -> str:
    """A length as "30", "10,2" or "MAX"; text that is none as it stands."""
    text = text[:_LONGEST]
    text = re.sub(r"(?<=\d) ?\([^()]*\)?$", "", " ".join(text.split())).strip("() ")
    if text == "-1" or text.casefold() in ("max", "maximum"):
        return "MAX"
    bare = _UNITS.sub(" ", text).strip(" .:\u2264<=")
    if _THOUSANDS.fullmatch(bare):
        return re.sub(r"\D", "", bare)
    whole = _WHOLE_FLOAT.fullmatch(bare)
    if whole:
        return whole.group(1)
    ranged = _RANGE.fullmatch(bare)
    if ranged and not bare.isdecimal():
        return ranged.group(1)
    parts = re.fullmatch(r"(\d+)\s*[,.;/]\s*(\d+)", bare)
    if parts:
        return f"{parts.group(1)},{parts.group(2)}" if int(parts.group(2)) else parts.group(1)
    return bare if bare[:1].isdecimal() and " " not in bare else text


def key_facts(text: str) -> tuple[bool, bool, bool]:
    """Whether a cell of keys says primary, foreign, unique."""
    word = _NULL.sub("", _NOT_NULL.sub("", folded(text))).strip(" ,;")
    if not word:
        return False, False, False
    foreign, unique = bool(_FOREIGN_WORD.search(word)), bool(_UNIQUE_WORD.search(word))
    primary = bool(_KEY_WORD.search(re.sub(r"foreign key|unique key|references.*", "", word)))
    if not (primary or foreign or unique):
        number = word.rstrip(".")
        primary = bool(number.strip("0")) if number.isdecimal() else word in YES_WORDS
    return primary, foreign, unique


def needed_by(text: str) -> bool | None:
    """Whether a cell of keys and constraints says NOT NULL or NULL beside them; None: neither."""
    return True if _NOT_NULL.search(text) else False if _NULL.search(text) else None


def reference(text: str) -> tuple[str, str] | None:
    """The table and field that a cell points to; the field is "" when only a table is named."""
    bare = _LINK_WORDS.sub("", " ".join(text[:_LONGEST].split())).strip(" .;")
    match = _DOTTED.search(bare)
    if match:
        groups = match.groups()
        return (groups[1], groups[2]) if groups[1] else (groups[4], groups[5])
    if is_identifier(bare) and folded(bare) not in YES_WORDS | NO_WORDS | {"na", "none"}:
        return bare, ""
    return None


def table_and_field(text: str) -> tuple[str, str] | None:
    """Both names out of "PATDATA.PtDoB", with or without a schema before them."""
    match = _DOTTED.fullmatch(text.strip()) if len(text) <= _LONGEST else None
    if not match or not match.group(2):
        return None
    return match.group(2), match.group(3)
