"""What the columns of a grid hold, told from the words above them and from what is in them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from caseload.specs.readers.header_words import concepts, header_words, words_say
from caseload.specs.readers.lexicon import Word
from caseload.specs.readers.names import is_identifier
from caseload.specs.readers.vocabulary import TYPE_WORDS, YES_NO_WORDS, Role

__all__ = [
    "NOTHING",
    "Roles",
    "content_fit",
    "header_strength",
    "header_words",
    "looks_like_type",
    "settle",
    "words_say",
]
_TYPES = re.compile("|".join(TYPE_WORDS), re.IGNORECASE)
_WITH_SCHEMA = re.compile(r"[\[\"`]?[A-Za-z]\w*[\]\"`]?\.[\[\"`]?[A-Za-z_][\w$#]*[\]\"`]?")
_NUMBERED = re.compile(r"[A-Za-z]{0,5}[ -]?\d+")
_PLAIN_FLAGS = {"y", "n", "yes", "no", "true", "false", "0", "1"}
_KEYED = re.compile(r"\b(?:pk|fk|prim\w+|foreign|unique|references|not null|null)\b", re.IGNORECASE)
_NHS_FORMAT = re.compile(r"(?:max(?:imum)?\s+)?(?:an|a|n|x)\s?\d{1,4}", re.IGNORECASE)
IN_USE = re.compile(
    r"(?:current|active|live|in use|new|valid|published|used|open|aktiv|actif|activo)(?: .*)?",
    re.IGNORECASE,
)
"""States of a field that is not withdrawn."""
_OBLIGATIONS = frozenset(
    ("m", "o", "r", "c", "p", "mandatory", "optional", "required", "conditional")
)
NOTHING = frozenset({"na", "n/a", "-", "\u2013", "\u2014", "none", "null", "nil"})
"""Words that stand in a cell for no value."""

_LENGTH = re.compile(
    r"-1|\(?\d+(?:\s*[,.]\s*\d+)?\)?(?:\s*(?:chars?|bytes|digits|max))?", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Roles:
    """Columns by role; `more` are further columns of description; `by_content` were guessed."""

    columns: dict[Role, int]
    headers: tuple[str, ...]
    more: tuple[int, ...] = ()
    by_content: frozenset[Role] = frozenset()

    def has(self, *roles: Role) -> bool:
        """Whether any of the roles has a column."""
        return any(role in self.columns for role in roles)


def header_strength(cells: Sequence[str]) -> int:
    """How many different roles the cells of a row name, were it a header; 0 if it is none."""
    filled = [cell for cell in cells if cell]
    if any(cell.replace(",", "").isdigit() for cell in filled):
        return 0
    named: set[Role] = set()
    known = 0
    for cell in filled:
        said = words_say(cell)
        if said:
            known += 1
            named.add(max(said, key=lambda role: said[role]))
    enough = known * 2 >= len(filled) and known >= 2
    return len(named) if enough and len(filled) == len({c.casefold() for c in filled}) else 0


def settle(headers: Sequence[str], body: Sequence[Sequence[str]]) -> Roles:
    """Give each role its column: header words first, held against the content below them."""
    samples = [_sample(body, column) for column in range(len(headers))]
    bids: list[tuple[float, int, Role]] = []
    for column, header in enumerate(headers):
        for role, said in words_say(header).items():
            fit = content_fit(role, samples[column])
            if fit > 0.2 or not samples[column]:
                bids.append((said * (0.5 + 0.5 * fit), column, role))
    taken: dict[Role, int] = {}
    used: set[int] = set()
    more: list[int] = []
    for _, column, role in sorted(bids, key=lambda bid: (-bid[0], bid[1])):
        if column in used:
            continue
        if role is Role.DESCRIPTION and role in taken:
            more.append(column)
        elif role in taken:
            continue
        taken.setdefault(role, column)
        used.add(column)
    guessed = _guess(headers, samples, taken, used)
    prose = [c for c in range(len(headers)) if c not in used and headers[c] and _prose(samples[c])]
    if len(prose) == 1:
        taken.setdefault(Role.DESCRIPTION, prose[0])
    return Roles(taken, tuple(headers), tuple(sorted(more)), frozenset(guessed))


def _guess(
    headers: Sequence[str], samples: Sequence[list[str]], taken: dict[Role, int], used: set[int]
) -> set[Role]:
    """Name field, table, type and length by content where no header word did."""
    guessed: set[Role] = set()
    most = max(2, 0.9 * max(map(len, samples), default=0))
    for role in (Role.TYPE, Role.FIELD, Role.TABLE, Role.LENGTH):
        if role in taken:
            continue
        least = 2 if role is Role.LENGTH else most
        free = [c for c in range(len(headers)) if c not in used and len(samples[c]) >= least]
        if role is Role.LENGTH:
            free = [c for c in free if not _counts(samples[c])]
        fits = {c: content_fit(role, samples[c]) for c in free}
        best = max(free, key=lambda c: fits[c], default=None)
        if best is not None and fits[best] >= 0.9:
            taken[role] = best
            used.add(best)
            guessed.add(role)
    return guessed


def _prose(values: Sequence[str]) -> bool:
    """Whether values are mostly phrases of several words that differ."""
    phrases = sum(1 for value in values if value.count(" ") > 1)
    return len(values) > 3 and phrases > 0.6 * len(values) and len(set(values)) > 0.6 * len(values)


def _counts(values: Sequence[str]) -> bool:
    """Whether numbers only count the rows."""
    steps = [int(b) - int(a) for a, b in pairwise(values) if a.isdecimal() and b.isdecimal()]
    return len(steps) > 2 and sum(step == 1 for step in steps) > 0.6 * len(steps)


def _sample(body: Sequence[Sequence[str]], column: int) -> list[str]:
    cells = (row[column].replace("\n", "") for row in body[:400] if column < len(row))
    return [cell for cell in cells if cell and cell.casefold() not in NOTHING]


def _share(values: list[str], test: Callable[[str], bool]) -> float:
    if not values:
        return 0.5
    return sum(count for value, count in Counter(values).items() if test(value)) / len(values)


def _is_flag_word(text: str) -> bool:
    """Whether a text says yes or no in a word, as no description does."""
    return len(text) > 2 and text.casefold() in YES_NO_WORDS


@lru_cache(maxsize=20_000)
def looks_like_type(text: str) -> bool:
    """Whether the text is a data type, with or without a length in brackets."""
    head = re.split(r"[\s(]", text.strip(), maxsplit=1)[0]
    return bool(_TYPES.fullmatch(head))


def _says_type(text: str) -> bool:
    return looks_like_type(text) or bool(_NHS_FORMAT.fullmatch(text))


def _share_of_kinds(values: list[str]) -> float:
    """How well values suit a type in words that are not known: few different short ones."""
    kinds = {value.casefold() for value in values}
    words = all(len(kind) <= 20 and kind.replace(" ", "").isalpha() for kind in kinds)
    few = 1 < len(kinds) <= max(3, len(values) // 5) and not kinds & YES_NO_WORDS
    return 0.5 if words and few else 0.0


def _is_state(text: str) -> bool:
    """Whether a cell says that a field is withdrawn, or that it is not."""
    if text.casefold() in _OBLIGATIONS:
        return False
    gone = Word.DELETED in concepts(text)
    return gone or bool(IN_USE.fullmatch(text)) or text.casefold() in YES_NO_WORDS or len(text) <= 4


def content_fit(role: Role, values: list[str]) -> float:
    """How well a column's values suit a role: 0..1, and 0.5 when there is nothing to judge."""
    if not values:
        return 0.5
    distinct = len(set(values)) / len(values)
    match role:
        case Role.FIELD:
            many_words = _share(values, lambda v: len(v.split()) > 5)
            return (_share(values, is_identifier) * 0.7 + distinct * 0.3) * (1 - many_words)
        case Role.TABLE if _share(values, lambda v: v.casefold() in _PLAIN_FLAGS) > 0.5:
            return 0.0
        case Role.TABLE:
            with_schema = 0.85 * _share(values, lambda v: bool(_WITH_SCHEMA.fullmatch(v)))
            return max(_share(values, is_identifier), with_schema) * (
                1.0 if distinct < 0.7 or len(values) < 8 else 0.6
            )
        case Role.TYPE:
            return max(_share(values, _says_type), _share_of_kinds(values))
        case Role.LENGTH | Role.SCALE:
            return _share(values, lambda v: bool(_LENGTH.fullmatch(v)) or v.casefold() == "max")
        case Role.POSITION:
            return _share(values, lambda v: v.rstrip(".").isdigit()) * (
                0.4 + 0.6 * min(1, distinct * 2)
            )
        case Role.DELETED:
            return _share(values, _is_state)
        case Role.KEY:
            return _share(values, lambda v: v.casefold() in YES_NO_WORDS or len(v) <= 4
                          or bool(_KEYED.search(v)))  # fmt: skip
        case Role.MANDATORY | Role.NULLABLE | Role.UNIQUE:
            return _share(values, lambda v: v.casefold() in YES_NO_WORDS or len(v) <= 4)
        case Role.DESCRIPTION if _share(values, _is_flag_word) > 0.9:
            return 0.0
        case Role.DESCRIPTION:
            return 0.6 + 0.4 * _share(values, lambda v: " " in v)
        case Role.ELEMENT:
            return 0.4 + 0.6 * _share(
                values, lambda v: len(v) <= 30 and any(c.isdigit() for c in v)
            )
        case Role.FOREIGN:
            numbered = _share(values, lambda v: bool(_NUMBERED.fullmatch(v)))
            return 0.0 if numbered > 0.8 else 0.8
        case Role.LOADED_TO:
            return _share(values, lambda v: bool(_WITH_SCHEMA.fullmatch(v)))
        case Role.FORMAT:
            return 0.0 if _share(values, _says_type) > 0.8 else 0.8
        case _:
            return 0.8
