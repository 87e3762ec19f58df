"""Why a difference between two spec versions matters to a decision, in plain words."""

from __future__ import annotations

from caseload.model.schema_diff import DiffKind, SchemaChange

_SHOWN = 5


def reason(change: SchemaChange) -> str:
    """One sentence, without its full stop: "OPA.ClinicCode is 4 instead of 10 characters"."""
    place = change.place.words()
    was, now = change.was, change.now
    if change.kind in (DiffKind.SHORTER, DiffKind.LONGER, DiffKind.LENGTH):
        return _length(place, was, now)
    if change.kind is DiffKind.ALLOWED_VALUES:
        return _values(place, change)
    if change.kind in _FLAGS:
        return f"{place} {_FLAGS[change.kind] or f'is {now} now'}"
    if change.kind in _PAIRED:
        return _paired(place, *_PAIRED[change.kind], was, now)
    if change.kind is DiffKind.CONDITION:
        if now:
            return f'{place} is wanted under the condition "{_short(now)}" now'
        return f"{place} is no longer wanted under a condition"
    if change.kind in _GONE:
        return gone(change)
    return f"{place}: {change.kind.value} changed"


def gone(change: SchemaChange) -> str:
    """That what a decision rests on is no longer there."""
    old = change.old or change.place
    return f"{'' if old.field else 'the table '}{old.words()} is gone"


_FLAGS = {
    DiffKind.MANDATORY: "is mandatory now",
    DiffKind.OPTIONAL: "is no longer mandatory",
    DiffKind.KEY: "",
    DiffKind.UNIQUE: "",
    DiffKind.CASE: "",
    DiffKind.DESCRIPTION: "is described in other words",
    DiffKind.ORDER: "has its fields in another order",
}
_PAIRED = {
    DiffKind.TYPE: ("is", "of no stated type"),
    DiffKind.FORMAT: ("is written as", "in no stated format"),
    DiffKind.CODE_LIST: ("follows the code list", "no code list"),
    DiffKind.FOREIGN_KEY: ("leads to", "nowhere"),
    DiffKind.DATA_ELEMENT: ("is the data element", "none"),
    DiffKind.DELETED: ("has the deletion mark", "none"),
    DiffKind.RELEASE: ("is of the release", "none"),
    DiffKind.LOAD_ORDER: ("is loaded in place", "none"),
}
_GONE = (DiffKind.FIELD_REMOVED, DiffKind.TABLE_REMOVED)


def _length(place: str, was: str, now: str) -> str:
    unit = "characters" if (was + now).isdigit() else "in length"
    if was and now:
        return f"{place} is {now} instead of {was} {unit}"
    if now:
        return f"{place} is {now} {unit}, where no length was stated"
    return f"{place} states no length any more; it was {was} {unit}"


def _values(place: str, change: SchemaChange) -> str:
    parts = []
    if change.gained:
        parts.append(f"may now be {listed(change.gained)}")
    if change.lost:
        parts.append(f"may no longer be {listed(change.lost)}")
    return f"{place} {' and '.join(parts)}"


def _paired(place: str, verb: str, nothing: str, was: str, now: str) -> str:
    return f"{place} {verb} {_short(now) or nothing} instead of {_short(was) or nothing}"


def listed(values: tuple[str, ...]) -> str:
    """A few values, the rest counted."""
    shown = ", ".join(_short(v) for v in values[:_SHOWN])
    more = len(values) - _SHOWN
    return f"{shown} and {more:,} more" if more > 0 else shown


def _short(text: str) -> str:
    text = " ".join(text.split())
    return f"{text[:57]}…" if len(text) > 58 else text
