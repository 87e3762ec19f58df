"""A field's trait as a person types it: in words, and back to the value, or why it cannot be."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from caseload.model.catalog import FieldSpec
from caseload.model.correction import refuse_unknown
from caseload.model.errors import BadInput

TITLES: Mapping[str, str] = {
    "field_name": "Field",
    "type": "Type and length",
    "data_type": "Type",
    "length": "Length",
    "mandatory": "Mandatory",
    "key": "Key",
    "unique": "Unique",
    "upper": "Capitals",
    "format": "Format",
    "code_type": "Code type",
    "foreign_key": "Foreign key",
    "foreign_table": "Parent table",
    "foreign_field": "Parent field",
    "allowed_values": "Values",
    "condition": "Condition",
    "loaded_to": "Loaded to",
    "description": "Description",
    "data_element": "Data element",
    "released_at": "Release",
    "logical_delete_flag": "Delete flag",
    "raw_field_name": "As read",
    "position": "Position",
    "confidence": "Confidence",
}
"""What each trait is called."""

FLAGS = ("mandatory", "key", "unique", "upper")
_YES = {"y", "yes", "true", "1", "x", "\u2713", "m", "mandatory"}
_NO = {"", "n", "no", "false", "0", "-", "o", "optional"}
_LENGTH = re.compile(r"\d{1,6}(,\d{1,3})?|max", re.IGNORECASE)
_TYPE = re.compile(r"([^()]*)(?:\(([^()]*)\)\s*)?")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
_LONGEST = {"field_name": 128, "data_type": 60, "format": 120, "code_type": 200}
_MOST = 20_000


def text_of(spec: FieldSpec, trait: str) -> str:
    """A trait as a person edits it."""
    if trait == "foreign_key":
        return f"{spec.foreign_table}.{spec.foreign_field}".strip(".")
    if trait == "type":
        return f"{spec.data_type}({spec.length})" if spec.length else spec.data_type
    value = getattr(spec, trait)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ", ".join(value)
    return f"{value:.2f}" if isinstance(value, float) else str(value)


def changes_for(trait: str, text: str) -> dict[str, Any]:
    """The changes that typing `text` into a trait means.

    Raises:
        BadInput: the text is no such value; the message says what would be.
    """
    text = text.strip()
    _sound(trait, text)
    if trait in FLAGS:
        return {trait: _flag(trait, text)}
    if trait == "foreign_key":
        table, _, field = text.partition(".")
        if text and not (table.strip() and field.strip()):
            raise BadInput("A foreign key is TABLE.FIELD", remedy="Or empty for none")
        return {"foreign_table": table.strip(), "foreign_field": field.strip()}
    if trait == "type":
        return _type_and_length(text)
    if trait == "allowed_values":
        parts = (part.strip() for part in re.split(r"[,;\n]", text))
        return {trait: list(dict.fromkeys(filter(None, parts)))}
    if trait == "length":
        return {trait: _length(text)}
    if trait == "confidence":
        return {trait: _confidence(text)}
    if trait == "position":
        if not text.isdecimal() or not 0 < int(text) < 100_000:
            raise BadInput("A position is a whole number from 1")
        return {trait: int(text)}
    if trait == "field_name":
        _name(text)
    if trait == "data_type":
        text = text.upper()
        if text and not text[0].isalpha():
            raise BadInput("A type begins with a letter", remedy="For example VARCHAR2 or DATE")
    return {trait: text if trait == "description" else " ".join(text.split())}


def checked(spec: FieldSpec, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Changes held to the kinds that a field has.

    Raises:
        BadInput: a value is of another kind or out of bounds.
    """
    refuse_unknown(spec.table_name, spec.field_name or "?", changes)
    held: dict[str, Any] = {}
    for name, value in changes.items():
        now = getattr(spec, name, None)
        if name in ("removed", "added"):
            if value is not True:
                raise BadInput(f"{name} is true or left out", where=spec.qualified)
        elif name in ("place", "was"):
            value = dict(value)
        elif isinstance(now, tuple):
            value = value.split(",") if isinstance(value, str) else value
            value = [str(part).strip() for part in value if str(part).strip()]
        elif isinstance(now, bool) != isinstance(value, bool) or (
            isinstance(now, str) and not isinstance(value, str)
        ):
            raise BadInput(
                f"{name} of a field cannot be {value!r}",
                where=spec.qualified,
                remedy="Give a value of the same kind as the one it has",
            )
        elif name == "confidence":
            _confidence(str(value))
        elif name == "field_name":
            _name(value)
        if isinstance(value, str):
            _sound(name, value)
        held[name] = value
    return held


def _flag(trait: str, text: str) -> bool:
    said = text.casefold()
    if said in _YES:
        return True
    if said in _NO:
        return False
    raise BadInput(f"{TITLES[trait]} is yes or no")


def _type_and_length(text: str) -> dict[str, Any]:
    parts = _TYPE.fullmatch(text)
    if parts is None:
        raise BadInput(
            "A type is a word, with its length in brackets", remedy="For example VARCHAR2(10)"
        )
    return {**changes_for("data_type", parts[1]), "length": _length(parts[2] or "")}


def _length(text: str) -> str:
    text = re.sub(r"\s+", "", text).strip("()")
    if text and not _LENGTH.fullmatch(text):
        raise BadInput("A length is a number such as 10 or 10,2", remedy="Or empty for none")
    return text


def _confidence(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise BadInput("A confidence is between 0 and 1")
    return round(value, 2)


def _name(text: str) -> None:
    if not text.strip():
        raise BadInput("A field needs a name", remedy="To take it out, remove the field")
    if "." in text or "\n" in text:
        raise BadInput("A field's name has no full stop and no second line")


def _sound(trait: str, text: str) -> None:
    """Refuse what no document should have brought in and no person means to type."""
    if _CONTROL.search(text):
        raise BadInput(f"{TITLES.get(trait, trait)} has a control character in it")
    most = _LONGEST.get(trait, _MOST)
    if len(text) > most:
        raise BadInput(f"{TITLES.get(trait, trait)} is at most {most:,} characters long")
