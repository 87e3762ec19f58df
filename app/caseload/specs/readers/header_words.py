"""From the words above a column to the roles that they speak for."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from caseload.specs.readers import lexicon
from caseload.specs.readers.lexicon import meaning
from caseload.specs.readers.vocabulary import Role

W = lexicon.Word
_LONGEST = 60
_MOST_UNKNOWN = 3
_PENALTY = 0.1
_LETTERS = str.maketrans({"ø": "o", "æ": "ae", "ł": "l", "đ": "d", "œ": "oe", "ı": "i"})
_CAMEL = re.compile(r"(?<=[a-z0-9à-ÿ])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")

_WHOLE_WORDS: tuple[tuple[str, Role, float], ...] = (
    ("m/o, o/m, m/o/c, m/c/o, m/r/o, r/o, r/o/c, m/o/r, nn, opt, man", Role.MANDATORY, 1.0),
    ("m, y/n, j/n, o/n, s/n, t/n", Role.MANDATORY, 0.6),
    ("text, texte, texto, tekst, testo", Role.DESCRIPTION, 0.6),
    ("del, del flag, del ind", Role.DELETED, 0.9),
    ("p k, k", Role.KEY, 0.8),
    ("pk fk, pk fk uk, fk pk, key constraint, constraint, constraints", Role.KEY, 1.0),
    ("f k", Role.FOREIGN, 0.8),
    ("uq", Role.UNIQUE, 0.9),
    ("status, state, field status, column status, life cycle", Role.DELETED, 0.6),
    ("presence, inclusion", Role.MANDATORY, 0.7),
    ("look up, look up list", Role.CODE_TYPE, 0.9),
    ("lov, lovs", Role.VALUES, 0.9),
    ("must exist in, exists in, checked against", Role.FOREIGN, 0.9),
    ("de, de no, de nr, de number, de code, de id, de ref, deid, dde", Role.ELEMENT, 0.8),
)
_WHOLE = {
    key.replace("/", " "): {role: worth}
    for keys, role, worth in _WHOLE_WORDS
    for key in keys.split(", ")
}
for _state in ("status", "state", "field status", "column status"):
    _WHOLE[_state][Role.MANDATORY] = 0.5
_WHOLE["usage"] = {Role.DESCRIPTION: 0.8, Role.MANDATORY: 0.5}
_NOISE = {W.COUNT, W.DEFAULT, W.EXAMPLE}
_NEUTRAL = {W.NAME, W.DATA, W.FILLER, W.SIDE, W.PHYSICAL, W.FLAG, W.IDENTIFIER, W.SCHEMA}


def header_words(text: str) -> str:
    """A header cell in lower-case words without accents: "cdmTableName" to "cdm table name"."""
    text = _CAMEL.sub(" ", text).casefold().translate(_LETTERS)
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join(re.findall(r"[^\W_]+|#", plain))


def words_say(text: str) -> dict[Role, float]:
    """The roles that a header cell's words speak for, each with its strength (0..1)."""
    if not text or len(text) > _LONGEST:
        return {}
    return dict(_said(text))


@lru_cache(maxsize=20_000)
def _said(text: str) -> tuple[tuple[Role, float], ...]:
    if "\n" in text:
        joined = [words_say(text.replace("\n", gap)) for gap in ("", " ")]
        return tuple(max(joined, key=lambda said: max(said.values(), default=0.0)).items())
    words = header_words(text)
    whole = _WHOLE.get(words)
    if whole:
        return tuple(whole.items())
    return tuple(_roles_of(words.split()).items())


def concepts(text: str) -> list[lexicon.Word]:
    """The concepts that a text's words stand for, unknown words left out."""
    return [concept for word in header_words(text).split() for concept in meaning(word)]


def _roles_of(words: list[str]) -> dict[Role, float]:
    found = [meaning(word) for word in words]
    unknown = sum(
        1
        for word, concepts in zip(words, found, strict=True)
        if not concepts and (len(word) > 1 and not word.isdigit())
    )
    said = {concept for concepts in found for concept in concepts} - {W.FILLER}
    counted = _counts(words) and W.LENGTH not in said
    noise = said & _NOISE or (W.CHANGE in said and W.DELETED not in said) or counted
    if not said or unknown > _MOST_UNKNOWN or noise:
        return {}
    lost = _PENALTY * unknown
    roles = _links(said, unknown) or _attributes(said, unknown) or _subjects(said)
    return {role: round(worth - lost, 3) for role, worth in roles.items() if worth > lost}


def _counts(words: list[str]) -> bool:
    """Whether the words say how many of something there are."""
    return len(words) > 2 and words[0] in ("no", "number", "nr", "numero") and words[1] in (
        "of", "de", "di", "van", "von"
    )  # fmt: skip


def _links(said: set[lexicon.Word], unknown: int) -> dict[Role, float]:
    """Headers that speak of keys, references, elements and codes: rarer, and more particular."""
    table, field = bool(said & {W.TABLE, W.ENTITY}), W.FIELD in said
    points = bool(said & {W.FK, W.PARENT}) or {W.FOREIGN, W.KEY} <= said or W.FOREIGN in said
    refers = points or W.REFERENCE in said
    if refers and said & {W.ELEMENT, W.ITEM, W.DICTIONARY} and not points:
        return {Role.ELEMENT: 1.0}
    if refers and said & {W.LIST, W.CODE, W.DATA, W.VALUE} and not points:
        return {Role.CODE_TYPE: 1.0}
    if refers and (table or field):
        if points and table and W.IDENTIFIER in said:
            return {Role.FOREIGN_FIELD: 0.8, Role.FOREIGN_TABLE: 0.7}
        if table and field:
            return {Role.FOREIGN: 0.9}
        return {Role.FOREIGN_TABLE if table else Role.FOREIGN_FIELD: 1.0}
    if refers and not unknown and not said - {*_NEUTRAL, W.FK, W.FOREIGN, W.KEY, W.REFERENCE,
                                              W.PARENT}:  # fmt: skip
        return {Role.FOREIGN: 0.9, **({Role.ELEMENT: 0.3} if said == {W.REFERENCE} else {})}
    if refers:
        return {}
    if W.LOOKUP in said:
        return {Role.FOREIGN_TABLE: 1.0} if table else {Role.CODE_TYPE: 0.9}
    if said & {W.KEY, W.PK, W.PRIMARY} and not said - {
        W.KEY, W.PK, W.PRIMARY, W.FLAG, W.FIELD, W.UNIQUE, W.TYPE, W.DATA, W.IDENTIFIER, W.POSITION,
    }:  # fmt: skip
        return {Role.KEY: 1.0}
    if W.UNIQUE in said and not unknown and not said - {W.UNIQUE, W.FLAG, W.VALUE, W.FIELD}:
        return {Role.UNIQUE: 0.9}
    return _elements(said)


def _elements(said: set[lexicon.Word]) -> dict[Role, float]:
    """Data elements and items, and the code lists that stand behind fields."""
    numbered = bool(said & {W.IDENTIFIER, W.CODE, W.POSITION, W.REFERENCE})
    described = bool(said & {W.DESCRIPTION, W.NOTE, W.LABEL, W.TYPE, W.LENGTH, W.FORMAT})
    if said & {W.ELEMENT, W.ITEM} and not described:
        if numbered:
            return {Role.ELEMENT: 1.0, **({Role.POSITION: 0.6} if W.POSITION in said else {})}
        if W.NAME in said:
            return {Role.FIELD: 0.75, Role.ELEMENT: 0.4}
        if W.ELEMENT in said and W.DATA in said:
            return {Role.ELEMENT: 1.0, Role.FIELD: 0.6}
        return {Role.FIELD: 0.7, Role.ELEMENT: 0.65 if W.ELEMENT in said else 0.5}
    if W.DICTIONARY in said and (numbered or W.ELEMENT in said):
        return {Role.ELEMENT: 1.0}
    if W.CODED in said or (W.CODE in said and said & {W.TYPE, W.LIST, W.TABLE, W.DOMAIN}):
        return {Role.CODE_TYPE: 1.0}
    if W.VALUE in said and said & {W.LIST, W.TABLE}:
        return {Role.CODE_TYPE: 1.0, Role.VALUES: 0.6}
    listed = W.VALUE in said and said & {W.ALLOWED, W.DOMAIN, W.CODE}
    if W.ENUMERATION in said or listed or said == {W.ALLOWED, W.CODE}:
        return {Role.VALUES: 1.0}
    if said == {W.DOMAIN}:
        return {Role.CODE_TYPE: 0.9}
    if said == {W.CODE}:
        return {Role.ELEMENT: 0.45, Role.VALUES: 0.4}
    if W.VALUE in said and not said - {W.VALUE, W.FIELD, W.DATA}:
        return {Role.VALUES: 0.9}
    return {}


def _attributes(said: set[lexicon.Word], unknown: int) -> dict[Role, float]:
    """Headers that name what is said of a field; they outweigh the word for field beside them."""
    roles: dict[Role, float] = {}
    if W.NULL in said:
        negated = W.NOT in said or W.POSITION in said
        roles[Role.MANDATORY if negated else Role.NULLABLE] = 1.0
    elif W.MANDATORY in said:
        roles[Role.MANDATORY] = 1.0
    elif W.OPTIONAL in said:
        roles[Role.NULLABLE] = 0.9
    if W.DELETED in said:
        roles[Role.DELETED] = 1.0
    elif W.RELEASED in said:
        roles[Role.RELEASED] = 1.0
    elif W.VERSION in said:
        roles[Role.RELEASED] = 0.9
    if W.TYPE in said and not roles:
        about_table = bool(said & {W.TABLE, W.ENTITY}) and W.FIELD not in said
        roles[Role.TYPE] = 0.3 if about_table else 1.0
    if W.FORMAT in said:
        roles[Role.FORMAT] = 0.9
        roles.setdefault(Role.TYPE, 0.5)
    if W.SCALE in said or W.PLACES in said:
        roles[Role.SCALE] = 0.9
    elif W.PRECISION in said and W.LENGTH not in said:
        roles |= {Role.PRECISION: 0.9, Role.LENGTH: 0.8}
    elif W.LENGTH in said:
        roles[Role.LENGTH] = 1.0
    if W.CONDITION in said and not roles:
        roles[Role.CONDITION] = 0.8
    return roles or _descriptions(said) or _positions(said, unknown)


def _descriptions(said: set[lexicon.Word]) -> dict[Role, float]:
    about_table = bool(said & {W.TABLE, W.ENTITY}) and W.FIELD not in said
    role = Role.TABLE_DESCRIPTION if about_table else Role.DESCRIPTION
    if W.DESCRIPTION in said:
        return {role: 1.0}
    if said & {W.NOTE, W.LABEL} or {W.LOGICAL, W.NAME} <= said:
        return {role: 0.8}
    return {}


def _positions(said: set[lexicon.Word], unknown: int) -> dict[Role, float]:
    if unknown or not said & {W.POSITION, W.IDENTIFIER}:
        return {}
    if W.POSITION in said and not said - {W.POSITION, W.FIELD, W.SIDE, W.IDENTIFIER, W.NAME}:
        return {Role.POSITION: 0.9}
    if said == {W.FIELD, W.IDENTIFIER}:
        return {Role.POSITION: 0.7, Role.FIELD: 0.6}
    if said == {W.IDENTIFIER}:
        return {Role.KEY: 0.6, Role.FIELD: 0.5, Role.POSITION: 0.5}
    return {}


def _subjects(said: set[lexicon.Word]) -> dict[Role, float]:
    """Headers that name the table or the field itself, or the column it is loaded to."""
    if W.DESTINATION in said:
        other = Role.FIELD if W.FIELD in said else Role.TABLE if W.TABLE in said else None
        return {Role.LOADED_TO: 0.9, **({other: 0.7} if other else {})}
    if said & {W.AUTHOR, W.INDEX} or {W.SCHEMA, W.TABLE} == said:
        return {}
    if W.FIELD in said:
        ends = {Role.LOADED_TO: 0.6} if W.SIDE in said else {}
        named = {Role.FIELD: 0.95, Role.TABLE: 0.3} if W.TABLE in said else {Role.FIELD: 1.0}
        return {**named, **ends}
    if W.TABLE in said:
        return {Role.TABLE: 1.0}
    if W.ENTITY in said:
        return {Role.TABLE: 0.8}
    if W.NAME in said and not said - _NEUTRAL:
        return {Role.FIELD: 0.9 if W.PHYSICAL in said else 0.7}
    return {}
