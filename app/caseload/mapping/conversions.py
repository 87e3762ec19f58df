"""How one source field is converted for one target field, and whether real values bear it out.

A conversion is an expression in the contract's language together with the share of the
profiled values that it would turn into something the target field accepts.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from caseload.mapping.inputs import Crosswalk
from caseload.mapping.profiles import SourceData
from caseload.model.catalog import FieldSpec
from caseload.model.contract import MappingClass, OnFailure
from caseload.specs.meaning import FieldMeaning, FieldRole, Kind, Representation
from caseload.specs.meaning.types import DATES

_MASKS = {
    Representation.DATE: "DD/MM/YYYY",
    Representation.DATE_INT: "CCYYMMDD",
    Representation.DATETIME: "DD/MM/YYYY HH24:MI",
    Representation.DATETIME_INT: "CCYYMMDDHHMM",
}
_FLAG = frozenset("YN")
_TRUE = frozenset(("Y", "1", "T", "YES", "TRUE"))
_FALSE = frozenset(("N", "0", "F", "NO", "FALSE"))
_WITHOUT_STOP = re.compile(r"without (the |a |any )?(full stop|dot|point|decimal)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Conversion:
    """What a rule does with its source field.

    `fits` is the share of profiled non-empty values that conform, `filled` the share of rows
    with a value; both None without data.
    """

    mapping_class: MappingClass
    expression: str
    words: str
    crosswalk: str = ""
    on_miss: str = ""
    on_failure: OnFailure = OnFailure.BY_FIELD
    fits: float | None = None
    filled: float | None = None
    default: str | None = None


def column(table: str, field: str) -> str:
    """A column as the contract's language writes it."""
    return f"{table}.{field}"


def convert(
    target: FieldSpec,
    of_target: FieldMeaning,
    source: FieldSpec,
    of_source: FieldMeaning,
    data: SourceData,
    crosswalks: dict[str, Crosswalk],
) -> Conversion:
    """The conversion of `source` into `target`."""
    if wants_date(target, of_target):
        made = _dates(source, of_source, data)
    elif target.code_type or (of_target.code_list in crosswalks and not target.allowed_values):
        made = _codes(target, of_target, source, data, crosswalks)
    elif target.allowed_values:
        made = _listed(target, source, data)
    else:
        made = _plain(target, of_target, source, of_source, data)
    profile = data.profile(source.table_name, source.field_name)
    if profile is not None:
        made = replace(made, filled=profile.non_null_share)
    return _filled_flag(target, made)


def wants_date(target: FieldSpec, of_target: FieldMeaning) -> bool:
    """True when the target holds a date or a date with time."""
    return target.data_type.upper().startswith(("DATE", "TIMESTAMP")) or (
        of_target.representation in DATES and bool(target.format)
    )


def has_time(target: FieldSpec) -> bool:
    """True when the target's format carries a time of day."""
    return "HH" in target.format.upper() or target.data_type.upper().startswith("TIMESTAMP")


def source_mask(
    source: FieldSpec, of_source: FieldMeaning, data: SourceData
) -> tuple[str, float | None]:
    """The date mask of a source field, with the share of values that are real dates in it.

    What the values say wins over what the name says.
    """
    told = _MASKS.get(of_source.representation, "")
    profile = data.profile(source.table_name, source.field_name)
    if profile is None or not profile.non_null:
        return told, None
    best = max(
        profile.date_shares.items(), key=lambda pair: (pair[1], pair[0] == told), default=("", 0.0)
    )
    if best[1] > 0.5:
        return best
    return told, float(profile.date_shares.get(told, 0.0))


def date_expression(source: FieldSpec, mask: str) -> str:
    """The source column as a date or date with time."""
    call = "to_datetime" if "HH" in mask else "to_date"
    return f"{call}({column(source.table_name, source.field_name)}, '{mask}')"


def _dates(source: FieldSpec, of_source: FieldMeaning, data: SourceData) -> Conversion:
    mask, share = source_mask(source, of_source, data)
    if not mask:
        words = "holds no date that can be read"
        return Conversion(MappingClass.DERIVED, "", words, fits=0.0)
    internal = of_source.role is FieldRole.TWIN or "/" not in mask
    kind = MappingClass.DERIVED if internal else MappingClass.DIRECT_SOURCE
    words = f"{column(source.table_name, source.field_name)}, read as {mask}"
    return Conversion(kind, date_expression(source, mask), words, fits=share)


def _codes(
    target: FieldSpec,
    of_target: FieldMeaning,
    source: FieldSpec,
    data: SourceData,
    crosswalks: dict[str, Crosswalk],
) -> Conversion:
    name = of_target.code_list
    where = column(source.table_name, source.field_name)
    crosswalk = crosswalks.get(name)
    if crosswalk is None:
        return Conversion(
            MappingClass.LOOKUP_TRANSLATION, "", f"no crosswalk for code type {target.code_type}"
        )
    values = data.values(source.table_name, source.field_name)
    accepted = {value for value, to in crosswalk.values.items() if _room_for(target, to)}
    return Conversion(
        MappingClass.LOOKUP_TRANSLATION,
        f"crosswalk({where}, '{name}')",
        f"{where} through the crosswalk {name}",
        name,
        "reject" if target.mandatory else "null",
        fits=_share(values, lambda v: v in accepted),
    )


def _room_for(target: FieldSpec, value: str) -> bool:
    return target.size is None or len(value) <= target.size


def _listed(target: FieldSpec, source: FieldSpec, data: SourceData) -> Conversion:
    """A closed list of accepted values."""
    where = column(source.table_name, source.field_name)
    accepted = set(target.allowed_values)
    values = data.values(source.table_name, source.field_name)
    direct = Conversion(
        MappingClass.DIRECT_SOURCE,
        "",
        f"{where} as it stands",
        fits=_share(values, lambda v: v in accepted),
    )
    if not values or direct.fits == 1.0:
        return direct
    distinct = [v for v, _ in values]
    if accepted == _FLAG and {v.upper() for v in distinct} <= _TRUE | _FALSE:
        yes = ", ".join(f"'{v}'" for v in sorted(distinct) if v.upper() in _TRUE) or "'Y'"
        text = f"case when {where} is null then null when {where} in ({yes}) then 'Y' else 'N' end"
        return Conversion(MappingClass.DERIVED, text, f"{where} as Y or N", fits=1.0)
    by_initial = {
        v: [a for a in target.allowed_values if a.upper().startswith(v.upper())] for v in distinct
    }
    if accepted != _FLAG and all(len(found) == 1 for found in by_initial.values()):
        cases = " ".join(
            f"when {where} = '{v}' then '{found[0]}'" for v, found in sorted(by_initial.items())
        )
        words = f"{where}, whose values begin the accepted ones"
        return Conversion(MappingClass.DERIVED, f"case {cases} end", words, fits=1.0)
    return direct


def _plain(
    target: FieldSpec,
    of_target: FieldMeaning,
    source: FieldSpec,
    of_source: FieldMeaning,
    data: SourceData,
) -> Conversion:
    where = column(source.table_name, source.field_name)
    values = data.values(source.table_name, source.field_name)
    if target.data_type.upper().startswith(("NUM", "INT", "DECIMAL", "BIGINT")):
        fits = _share(values, lambda v: _is_number(v, target))
        return Conversion(MappingClass.DIRECT_SOURCE, "", f"{where} as a number", fits=fits)
    if of_target.concept == "nhs_number" and values and any(not v.isdigit() for v, _ in values):
        text = f"nhs_number({where})"
        return Conversion(MappingClass.DERIVED, text, f"the digits of {where}", fits=1.0)
    free = of_target.kind in (Kind.TEXT, Kind.NAME) or of_source.kind is Kind.TEXT
    room = target.size
    fits = _share(values, lambda v: room is None or len(v) <= room)
    wider = room is not None and (source.size or 0) > room
    on_failure = OnFailure.TRUNCATE if wider and free else OnFailure.BY_FIELD
    expression, words = where, f"{where} as it stands"
    if _WITHOUT_STOP.search(target.description):
        expression, words = f"replace({expression}, '.', '')", f"{where} without full stops"
    if target.upper:
        profile = data.profile(source.table_name, source.field_name)
        if expression != where or profile is None or profile.upper_share < 1.0:
            expression, words = f"upper({expression})", f"{words}, in capitals"
    if expression == where:
        return Conversion(MappingClass.DIRECT_SOURCE, "", words, on_failure=on_failure, fits=fits)
    return Conversion(MappingClass.DERIVED, expression, words, on_failure=on_failure, fits=fits)


def _is_number(value: str, target: FieldSpec) -> bool:
    match = re.fullmatch(r"[+-]?(\d+)(?:\.(\d+))?", value)
    if match is None:
        return False
    if target.size is None:
        return True
    return len(match[1].lstrip("0")) <= target.size - target.scale and (
        not match[2] or len(match[2].rstrip("0")) <= target.scale
    )


def _filled_flag(target: FieldSpec, made: Conversion) -> Conversion:
    """A mandatory yes-or-no that is left empty where nobody said yes means no."""
    short = made.filled is not None and made.filled < 1.0
    if not (target.mandatory and short and set(target.allowed_values) == _FLAG):
        return made
    inner = made.expression or made.words.split(" ", 1)[0]
    return replace(
        made,
        mapping_class=MappingClass.DERIVED,
        expression=f"coalesce({inner}, 'N')",
        words=f"{made.words}; empty means N",
        filled=1.0,
    )


def _share(values: list[tuple[str, int]] | None, accepts: Callable[[str], bool]) -> float | None:
    """The share of values (by count) that are accepted; None when there are none."""
    if not values:
        return None
    total = sum(count for _, count in values)
    return sum(count for value, count in values if accepts(value)) / total
