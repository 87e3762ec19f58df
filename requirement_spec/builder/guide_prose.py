"""Says a target field's traits in words, the way a guide's several authors would."""

from __future__ import annotations

from collections.abc import Sequence

from builder.model import Pack, TargetField
from builder.release import pick

_MANDATORY = ("Mandatory field", "Mandatory field", "Mandatory field", "Mandatory",
              "This field is mandatory", "")  # fmt: skip
_FOREIGN = ("Foreign key to {t}.{f}", "Foreign key to {t}.{f}", "Foreign key to {t}.{f}",
            "Foreign key: {t}.{f}", "Foreign key to the {f} of {t}",
            "FK to {t}.{f}", "References {t}.{f}")  # fmt: skip
_CODE = ('Maps to: code type {n} "{c}"', 'Maps to: code type {n} "{c}"',
         "Maps to: code type {n} \u201c{c}\u201d", 'Maps to code type {n} "{c}"',
         "Code type {n} ({c})", "Mapped through code type {n} \u2013 {c}")  # fmt: skip
_FORMAT = ("Must be in format: {f}", "Must be in format: {f}", "Must be in the format {f}",
           "Format: {f}", "Date format {f}")  # fmt: skip
_TWO = ("Only two accepted values: {a} or {b}", "Only two accepted values: {a} or {b}",
        "Accepted values are {a} and {b}", "Must be {a} or {b}")  # fmt: skip
_MANY = ("Accepted values: {all}", "Only accepted values: {all}", "One of {all}")
_ONE = ("Only accepted value: {all}", "Must be {all}")
_UPPER = ("Uppercase", "Uppercase", "Must be uppercase", "In upper case")
_UNIQUE = ("Unique", "Must be unique within the file", "Unique key")


def comment_paragraphs(pack: Pack, one: TargetField) -> list[str]:
    """The COMMENTS cell: its paragraphs, traits and prose in one of three house styles."""
    traits = [f"{trait}." for trait in _traits(pack, one)]
    prose = [one.comment] if one.comment else []
    style = pick(f"{one.table} comment style", ("lines", "lines", "prose first", "joined"))
    if style == "joined":
        return [" ".join([*traits, *prose])] if traits or prose else []
    if style == "prose first":
        return [*prose, " ".join(traits)] if traits else prose
    return [*(trait.rstrip(".") for trait in traits), *prose]


def _traits(pack: Pack, one: TargetField) -> list[str]:
    """Each trait as a sentence without its full stop, in the order guides give them."""
    name = f"{one.table}.{one.name}"
    said: list[str] = []
    if one.mandatory:
        said.append(pick(f"{name} mandatory", _MANDATORY))
    if one.unique:
        said.append(pick(f"{name} unique", _UNIQUE))
    if one.foreign is not None:
        text = pick(f"{name} foreign", _FOREIGN)
        said.append(text.format(t=one.foreign.table, f=one.foreign.field))
    if one.code is not None:
        title = next(code.title for code in pack.codes if code.number == one.code)
        said.append(pick(f"{name} code", _CODE).format(n=one.code, c=title))
    if one.format:
        said.append(pick(f"{name} format", _FORMAT).format(f=one.format))
    if one.values:
        said.append(_closed_list(name, one.values))
    if one.upper:
        said.append(pick(f"{name} upper", _UPPER))
    if one.condition:
        said.append(one.condition.rstrip("."))
    return [text for text in said if text]


def _closed_list(name: str, values: Sequence[str]) -> str:
    if len(values) == 2:
        return pick(f"{name} values", _TWO).format(a=values[0], b=values[1])
    if len(values) == 1:
        return pick(f"{name} values", _ONE).format(all=values[0])
    return pick(f"{name} values", _MANY).format(all=f"{', '.join(values[:-1])} or {values[-1]}")
