"""How a field writes its fact down, told from type, size, format and the name's last word."""

from __future__ import annotations

from dataclasses import dataclass

from caseload.model.catalog import FieldSpec
from caseload.specs.meaning.names import Word
from caseload.specs.meaning.types import Kind, Representation

_INTERNAL = frozenset(("int", "ccyy", "ccyymmdd", "yyyymmdd", "intern", "internal"))
_INTERNAL_SIZES = {
    8: Representation.DATE_INT,
    12: Representation.DATETIME_INT,
    14: Representation.DATETIME_INT,
}
_DATE_SIZES = {
    8: Representation.DATE_INT,
    10: Representation.DATE,
    11: Representation.DATE,
    12: Representation.DATETIME_INT,
    14: Representation.DATETIME_INT,
    16: Representation.DATETIME,
    17: Representation.DATETIME,
    19: Representation.DATETIME,
}
_NOT_DATES = frozenset(
    ("number", "identifier", "code", "name", "text", "reference", "telephone", "value")
)
_DATE_ENDS = frozenset(
    (
        "from",
        "to",
        "start",
        "end",
        "due",
        "onset",
        "expiry",
        "until",
        "since",
        "opened",
        "closed",
        "received",
        "sent",
        "seen",
        "resolved",
        "reviewed",
        "returned",
        "acknowledged",
        "completed",
        "issued",
    )
)
_FLAGS = frozenset(("flag", "indicator"))


@dataclass(frozen=True, slots=True)
class Shape:
    """What can be said of a field before its meaning is known.

    `sure` is the representation that the field's form alone proves, or None; `kinds` says how
    well each kind fits, 0..1; `internal` is the length of the internal-form mark in slots.
    """

    sure: Representation | None
    kinds: dict[Kind, float]
    internal: bool = False


def shape_of(spec: FieldSpec, words: tuple[Word, ...], has_internal_twin: bool) -> Shape:
    """The shape of a field.  `words` are its name's; sizes are characters."""
    size = spec.size
    internal = is_internal(spec, words)
    sure = _by_type(spec)
    last = words[-1].first[-1] if words and words[-1].first else ""
    before = words[-2].first[-1] if len(words) > 1 and words[-2].first else ""
    text_type = sure is None and not _numeric(spec)
    if sure is None and internal:
        sure = _INTERNAL_SIZES.get(size or 8)
    if sure is None and has_internal_twin and size in _DATE_SIZES:
        sure = _DATE_SIZES[size]
    if sure is None and text_type:
        if (last in ("date", "time") and size in (16, 17, 19, 12, 14)) or (
            last == "date" and size in _DATE_SIZES
        ):
            sure = _DATE_SIZES[size]
        elif last == "time" and (size in (4, 5, 6) or (size == 8 and before != "date")):
            sure = Representation.TIME
        elif (size == 16 and last not in _NOT_DATES) or (size == 10 and last in _DATE_ENDS):
            sure = _DATE_SIZES[size]
        elif last in _FLAGS and size == 1:
            sure = Representation.FLAG
    if spec.allowed_values and {v.upper() for v in spec.allowed_values} <= {"Y", "N"}:
        sure = Representation.FLAG
    return Shape(sure, _kinds(spec, sure, last, size), internal)


def is_internal(spec: FieldSpec, words: tuple[Word, ...]) -> bool:
    """True when the name marks the internal form of a date (…Int, …Ccyy) and the size fits."""
    if len(words) < 2 or not (spec.size is None or spec.size in _INTERNAL_SIZES):
        return False
    return words[-1].raw in _INTERNAL or (
        words[0].raw in ("internal", "intern", "int") and spec.size in _INTERNAL_SIZES
    )


def final_representation(
    spec: FieldSpec, shape: Shape, kind: Kind, last: str = ""
) -> Representation:
    """The representation once the kind is known; `last` is the name's last word."""
    if shape.sure is not None:
        return shape.sure
    size = spec.size
    if kind is Kind.DATE and not _numeric(spec):
        return _DATE_SIZES.get(size or 10, Representation.DATE)
    if kind is Kind.TIME and (size or 5) <= 8:
        return Representation.TIME
    if _numeric(spec):
        return Representation.DECIMAL if spec.scale else Representation.INTEGER
    if kind is Kind.FLAG and (size or 1) <= 1:
        return Representation.FLAG
    if kind in (Kind.CODE, Kind.FLAG):
        return Representation.CODE if (size or 4) <= 10 else Representation.TEXT
    if kind is Kind.NUMBER and (size or 4) <= 10:
        return Representation.INTEGER
    if kind is Kind.IDENTIFIER and last == "number" and (size or 99) <= 10:
        return Representation.INTEGER
    return Representation.TEXT


def _numeric(spec: FieldSpec) -> bool:
    kind = spec.data_type.upper()
    return kind.startswith(
        ("NUM", "INT", "BIGINT", "SMALLINT", "DECIMAL", "FLOAT", "DOUBLE", "REAL")
    )


def _by_type(spec: FieldSpec) -> Representation | None:
    kind = spec.data_type.upper()
    if kind.startswith(("DATETIME", "TIMESTAMP")):
        return Representation.DATETIME
    if kind == "DATE":
        timed = "HH" in spec.format.upper()
        return Representation.DATETIME if timed else Representation.DATE
    if kind == "TIME":
        return Representation.TIME
    if spec.format.upper().startswith("HH"):
        return Representation.TIME
    if spec.format.upper().startswith("DD/MM") or spec.format.upper().startswith("YYYY"):
        timed = "HH" in spec.format.upper()
        return Representation.DATETIME if timed else Representation.DATE
    return None


def _kinds(
    spec: FieldSpec, sure: Representation | None, last: str, size: int | None
) -> dict[Kind, float]:
    """How well each kind of fact fits the field's form."""
    fits = dict.fromkeys(Kind, 1.0)
    if sure in (
        Representation.DATE,
        Representation.DATE_INT,
        Representation.DATETIME,
        Representation.DATETIME_INT,
    ):
        fits = dict.fromkeys(Kind, 0.2)
        fits[Kind.DATE] = 1.0
        fits[Kind.TIME] = (
            0.45 if sure not in (Representation.DATE, Representation.DATE_INT) else 0.2
        )
        return fits
    if sure is Representation.TIME:
        fits = dict.fromkeys(Kind, 0.2)
        fits[Kind.TIME], fits[Kind.DATE] = 1.0, 0.5
        return fits
    if sure is Representation.FLAG:
        fits = dict.fromkeys(Kind, 0.3)
        fits[Kind.FLAG], fits[Kind.CODE] = 1.0, 0.7
        return fits
    if size is not None and size not in _DATE_SIZES:
        fits[Kind.DATE] = 0.15
    elif size is not None and last not in ("date", "time"):
        fits[Kind.DATE] = 0.85
    if size is not None and size not in (4, 5, 6, 8):
        fits[Kind.TIME] = 0.15
    _by_size(fits, size)
    if spec.data_type and not _numeric(spec):
        fits[Kind.NUMBER] *= 0.7
        fits[Kind.DATE] *= 0.5
    if _numeric(spec):
        fits.update({Kind.DATE: 0.2, Kind.TIME: 0.2, Kind.TEXT: 0.3, Kind.NAME: 0.3})
    if last in _FLAGS:
        fits[Kind.FLAG] = 1.1
    if last == "code":
        fits[Kind.CODE], fits[Kind.IDENTIFIER] = 1.1, 1.05
    if spec.code_type:
        fits[Kind.CODE] = 1.15
    return fits


def _by_size(fits: dict[Kind, float], size: int | None) -> None:
    if size is None:
        return
    if size == 1:
        fits.update({Kind.NAME: 0.3, Kind.TEXT: 0.4, Kind.IDENTIFIER: 0.4, Kind.NUMBER: 0.8})
    elif size <= 4:
        fits.update({Kind.FLAG: 0.5, Kind.NAME: 0.5, Kind.TEXT: 0.6})
    elif size <= 12:
        fits.update({Kind.FLAG: 0.3, Kind.TEXT: 0.85})
    if size > 12:
        fits.update({Kind.FLAG: 0.15, Kind.NUMBER: 0.3, Kind.CODE: 0.7})
    if size > 24:
        fits.update({Kind.CODE: 0.4, Kind.IDENTIFIER: 0.6})
