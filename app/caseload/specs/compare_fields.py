"""What differs between two accounts of one field, each difference in words a person would use."""

from __future__ import annotations

from collections.abc import Iterator

from caseload.model.catalog import FieldSpec
from caseload.model.schema_diff import DiffKind, FieldPlace, SchemaChange

_VALUES_SHOWN = 12


def differences(old: FieldSpec, new: FieldSpec) -> list[SchemaChange]:
    """Every difference between two fields that are the same one; names are not looked at."""
    place = FieldPlace(old.table_name, old.field_name)
    return [
        SchemaChange(
            kind, new.table_name, new.field_name, was, now, place, gained=gained, lost=lost
        )
        for kind, was, now, gained, lost in _found(old, new)
    ]


_Found = tuple[DiffKind, str, str, tuple[str, ...], tuple[str, ...]]


def _found(old: FieldSpec, new: FieldSpec) -> Iterator[_Found]:
    if _folded(old.data_type) != _folded(new.data_type):
        yield DiffKind.TYPE, type_words(old), type_words(new), (), ()
    elif _length(old) != _length(new):
        yield _length_kind(old, new), old.length, new.length, (), ()
    if old.mandatory != new.mandatory:
        kind = DiffKind.MANDATORY if new.mandatory else DiffKind.OPTIONAL
        yield kind, _must(old), _must(new), (), ()
    for kind, was, now in (
        (DiffKind.CONDITION, old.condition, new.condition),
        (DiffKind.FOREIGN_KEY, _foreign(old), _foreign(new)),
        (DiffKind.FORMAT, old.format, new.format),
        (DiffKind.CODE_LIST, old.code_type, new.code_type),
        (DiffKind.DELETED, old.logical_delete_flag, new.logical_delete_flag),
        (DiffKind.RELEASE, old.released_at, new.released_at),
        (DiffKind.DATA_ELEMENT, old.data_element, new.data_element),
        (DiffKind.DESCRIPTION, old.description, new.description),
    ):
        if was != now and _plain(was) != _plain(now):
            yield kind, was, now, (), ()
    for kind, before, after in (
        (DiffKind.KEY, old.key, new.key),
        (DiffKind.UNIQUE, old.unique, new.unique),
        (DiffKind.CASE, old.upper, new.upper),
    ):
        if before != after:
            yield kind, _flag(kind, before), _flag(kind, after), (), ()
    if old.allowed_values != new.allowed_values:
        yield from _values(old, new)


def _values(old: FieldSpec, new: FieldSpec) -> Iterator[_Found]:
    gained = tuple(v for v in new.allowed_values if v not in old.allowed_values)
    lost = tuple(v for v in old.allowed_values if v not in new.allowed_values)
    if gained or lost:
        was, now = value_words(old.allowed_values), value_words(new.allowed_values)
        yield DiffKind.ALLOWED_VALUES, was, now, gained, lost


def type_words(spec: FieldSpec) -> str:
    """VARCHAR2(10), or "10" where there is only a size."""
    if spec.data_type and spec.length:
        return f"{spec.data_type}({spec.length})"
    return spec.data_type or spec.length


def value_words(values: tuple[str, ...]) -> str:
    """The values one after the other, the later ones counted."""
    shown = ", ".join(values[:_VALUES_SHOWN])
    more = len(values) - _VALUES_SHOWN
    return f"{shown} and {more:,} more" if more > 0 else shown


def _length(spec: FieldSpec) -> tuple[int | None, int, str]:
    text = spec.length.replace(" ", "")
    return (spec.size, spec.scale, "") if spec.size is not None else (None, 0, text)


def _length_kind(old: FieldSpec, new: FieldSpec) -> DiffKind:
    if old.size is None or new.size is None:
        return DiffKind.LENGTH
    was, now = (old.size - old.scale, old.scale), (new.size - new.scale, new.scale)
    if now[0] >= was[0] and now[1] >= was[1]:
        return DiffKind.LONGER
    if now[0] <= was[0] and now[1] <= was[1]:
        return DiffKind.SHORTER
    return DiffKind.LENGTH


def _foreign(spec: FieldSpec) -> str:
    return f"{spec.foreign_table}.{spec.foreign_field}".rstrip(".")


def _must(spec: FieldSpec) -> str:
    return "mandatory" if spec.mandatory else "optional"


def _flag(kind: DiffKind, value: bool) -> str:
    words = {
        DiffKind.KEY: ("in the key", "not in the key"),
        DiffKind.UNIQUE: ("unique", "not unique"),
        DiffKind.CASE: ("capitals only", "any case"),
    }[kind]
    return words[0] if value else words[1]


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()


def _plain(text: str) -> str:
    return " ".join(text.split())
