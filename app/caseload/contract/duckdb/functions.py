"""What each plain function of the language is in DuckDB.

A function gets the SQL of its arguments and gives SQL; an empty text always comes out NULL.
"""

from __future__ import annotations

from collections.abc import Callable

from caseload.engine.sql import text

TITLES = "mr|mrs|miss|ms|mx|dr|prof|professor|rev|revd|sir|dame|lady|lord|master|mstr"


def whole_number(value: str) -> str:
    """SQL for a BIGINT of at most 18 digits, else NULL."""
    matched = f"regexp_full_match(CAST({value} AS VARCHAR), '[+-]?[0-9]{{1,18}}([.]0*)?')"
    return f"CASE WHEN {matched} THEN TRY_CAST({value} AS BIGINT) END"


def decimal_number(value: str) -> str:
    """SQL for a DECIMAL of at most 12 digits and 6 decimals, else NULL."""
    matched = f"regexp_full_match({value}, '[+-]?[0-9]{{1,12}}([.][0-9]{{1,6}}0*)?')"
    return f"CASE WHEN {matched} THEN TRY_CAST({value} AS DECIMAL(18,6)) END"


def time_of_day(value: str) -> str:
    """SQL for the TIME of a text HH:MM, HHMM or HH:MM:SS, else NULL."""
    parted = f"concat({value}[1:2], ':', {value}[3:4])"
    return (
        f"CASE WHEN strlen({value}) IN (5, 8) AND {value}[3] = ':' AND {value} < '24' "
        f"THEN TRY_CAST({value} AS TIME) WHEN regexp_full_match({value}, '[0-9]{{4}}') "
        f"AND {value} < '24' THEN TRY_CAST({parted} AS TIME) END"
    )


def _substr(value: str, start: str, count: str = "") -> str:
    return f"nullif(substr({value}, {start}{', ' + count if count else ''}), '')"


def _nhs_number(value: str) -> str:
    plain = f"regexp_full_match({value}, '[0-9]{{10}}')"
    return (
        f"CASE WHEN {plain} THEN {value} "
        f"ELSE nullif(regexp_replace({value}, '[^0-9]', '', 'g'), '') END"
    )


def _nhs_number_valid(value: str) -> str:
    digits = f"regexp_replace({value}, '[ -]', '', 'g')"
    weighed = " + ".join(f"CAST({digits}[{n}] AS INTEGER) * {11 - n}" for n in range(1, 10))
    holds = f"(11 - ({weighed}) % 11) % 11 = CAST({digits}[10] AS INTEGER)"
    ten = f"regexp_full_match({digits}, '[0-9]{{10}}') AND {digits} <> '0000000000'"
    return f"CASE WHEN {value} IS NULL THEN NULL WHEN {ten} THEN {holds} ELSE false END"


def _postcode(value: str) -> str:
    tight = f"regexp_replace(upper({value}), '[^A-Z0-9]', '', 'g')"
    shape = f"regexp_full_match({tight}, '([A-Z]{{1,2}}[0-9][A-Z0-9]?|GIR)[0-9][A-Z]{{2}}')"
    parted = f"concat(left({tight}, length({tight}) - 3), ' ', right({tight}, 3))"
    plain = f"regexp_full_match({value}, '[A-Z]{{1,2}}[0-9][A-Z0-9]? [0-9][A-Z]{{2}}')"
    return (
        f"CASE WHEN {plain} THEN {value} WHEN {shape} THEN {parted} "
        f"ELSE nullif(trim(upper({value})), '') END"
    )


def _clean_text(value: str) -> str:
    return f"nullif(trim(regexp_replace({value}, '[\\s\\x00-\\x1F\\x7F]+', ' ', 'g')), '')"


def _name_part(value: str, part: str) -> str:
    title = f"(?i)(?:^|[ (])((?:{TITLES})\\.?)(?:$|[ )])"
    with_comma = f"contains({value}, ',')"
    given = f"substr({value}, instr({value}, ',') + 1)"
    untitled = f"trim(regexp_replace({given}, {text(title)}, ' '))"
    spoken = f"trim(regexp_replace({value}, {text('(?i)^(?:' + TITLES + ')[.]? ')}, ''))"
    if part == text("title"):
        where = f"CASE WHEN {with_comma} THEN {given} ELSE regexp_extract({value}, '^[^ ]+ ') END"
        return f"nullif(rtrim(regexp_extract({where}, {text(title)}, 1), '.'), '')"
    if part == text("surname"):
        last = f"regexp_extract({spoken}, '[^ ]+$')"
        first = f"trim(split_part({value}, ',', 1))"
        return f"nullif(CASE WHEN {with_comma} THEN {first} ELSE {last} END, '')"
    front = f"trim(regexp_replace({spoken}, ' ?[^ ]+$', ''))"
    return f"nullif(CASE WHEN {with_comma} THEN {untitled} ELSE {front} END, '')"


def _lpad(value: str, count: str, fill: str) -> str:
    longer = f"length({value}) >= {count}"
    return (
        f"CASE WHEN {longer} THEN {value} ELSE lpad({value}, CAST({count} AS INTEGER), {fill}) END"
    )


def _operator(sign: str) -> Callable[[str, str], str]:
    return lambda a, b: f"({a} {sign} {b})"


PLAIN: dict[str, Callable[..., str]] = {
    "trim": lambda x: f"nullif(trim({x}), '')",
    "upper": lambda x: f"upper({x})",
    "lower": lambda x: f"lower({x})",
    "substr": _substr,
    "replace": lambda x, old, new: f"nullif(replace({x}, {old}, {new}), '')",
    "nullif": lambda x, y: f"nullif({x}, {y})",
    "lpad": _lpad,
    "left": lambda x, n: f"nullif(left({x}, {n}), '')",
    "right": lambda x, n: f"nullif(right({x}, {n}), '')",
    "length": lambda x: f"CAST(length({x}) AS BIGINT)",
    "starts_with": lambda x, start: f"starts_with({x}, {start})",
    "contains": lambda x, part: f"contains({x}, {part})",
    "nhs_number": _nhs_number,
    "nhs_number_valid": _nhs_number_valid,
    "postcode": _postcode,
    "clean_text": _clean_text,
    "name_part": _name_part,
    **{sign: _operator(sign) for sign in ("=", "<>", "<", "<=", ">", ">=", "and", "or", "||")},
    "in": lambda x, *values: f"({x} IN ({', '.join(values)}))",
    "is null": lambda x: f"({x} IS NULL)",
    "not": lambda x: f"(NOT {x})",
}
