"""The registry of functions and operators: types, words and examples.

The editor's completion, the reference page and the tests read it; what each renders to in
an engine stands in that engine's module.  An example is an expression over literals and the
text it gives ("" for NULL, Y or N for a condition); every example is a test.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from caseload.contract.expression import NUMBERS, TIMES, Literal, Names, Node, Type, meant
from caseload.engine.dates import date_format

ANY = frozenset(Type)
TEXT = frozenset({Type.TEXT})
SHOWN = frozenset({Type.TEXT, Type.INTEGER, Type.DECIMAL})
INTEGER = frozenset({Type.INTEGER})
BOOLEAN = frozenset({Type.BOOLEAN})


@dataclass(frozen=True, slots=True)
class Param:
    """An argument: what it may be.  A `constant` must be written out, so it can be checked."""

    name: str
    kinds: frozenset[Type] = TEXT
    constant: bool = False
    optional: bool = False
    many: bool = False


@dataclass(frozen=True, slots=True)
class Function:
    """A function (or `operator`) of the language.

    `gives` is its type; None means the common type of its arguments.
    """

    name: str
    params: tuple[Param, ...]
    gives: Type | None
    about: str
    examples: tuple[tuple[str, str], ...] = ()
    operator: bool = False


PARTS = ("surname", "forename", "title")
X = Param("x")
VALUES = Param("x", ANY, many=True)
COUNT = Param("n", INTEGER, constant=True)
DAY = Param("d", TIMES)
MASK = Param("format", constant=True)
MOMENT = "combine_date_time(to_date('20240229', 'CCYYMMDD')"

_ALL = (
    Function("trim", (X,), Type.TEXT, "The text without blanks at its ends.",
             (("trim('  a b ')", "a b"), ("trim('  ')", ""))),
    Function("upper", (X,), Type.TEXT, "The text in capitals.", (("upper('Zoë')", "ZOË"),)),
    Function("lower", (X,), Type.TEXT, "The text in small letters.", (("lower('ABC')", "abc"),)),
    Function("substr", (X, Param("start", INTEGER, constant=True),
                        Param("n", INTEGER, constant=True, optional=True)), Type.TEXT,
             "The text from character `start` (the first is 1), at most `n` characters.",
             (("substr('ABCDE', 2, 3)", "BCD"), ("substr('ABCDE', 4)", "DE"),
              ("substr('AB', 5, 2)", ""))),
    Function("replace", (X, Param("old", constant=True), Param("new", constant=True)), Type.TEXT,
             "The text with every `old` replaced by `new`, which may be ''.",
             (("replace('A-B-C', '-', '')", "ABC"), ("replace('aXb', 'X', '--')", "a--b"))),
    Function("concat", (Param("x", SHOWN, many=True),), Type.TEXT,
             "The texts one after the other; empty ones are left out.",
             (("concat('a', '-', 'b')", "a-b"), ("concat('a', null, 1)", "a1"),
              ("concat(null, null)", ""))),
    Function("coalesce", (VALUES,), None, "The first value that is not empty.",
             (("coalesce(null, 'b', 'c')", "b"), ("coalesce(null, null)", ""))),
    Function("first_non_empty", (VALUES,), None,
             "The first value that is not empty; blanks count as empty.",
             (("first_non_empty(null, '  ', 'c')", "c"),)),
    Function("nullif", (Param("x", ANY), Param("y", ANY)), None,
             "Empty when both are equal, else x.",
             (("nullif('0', '0')", ""), ("nullif('1', '0')", "1"))),
    Function("lpad", (X, COUNT, Param("with", constant=True)), Type.TEXT,
             "The text filled up on the left to n characters; a longer one stays whole.",
             (("lpad('7', 3, '0')", "007"), ("lpad('12345', 3, '0')", "12345"))),
    Function("left", (X, COUNT), Type.TEXT, "The first n characters.",
             (("left('ABCDE', 2)", "AB"), ("left('A', 5)", "A"))),
    Function("right", (X, COUNT), Type.TEXT, "The last n characters.",
             (("right('ABCDE', 2)", "DE"), ("right('A', 5)", "A"))),
    Function("length", (X,), Type.INTEGER, "How many characters the text has.",
             (("length('Zoë')", "3"), ("length(null)", ""))),
    Function("starts_with", (X, Param("start", constant=True)), Type.BOOLEAN,
             "True when the text begins so.",
             (("starts_with('E11.9', 'E11')", "Y"), ("starts_with('F20', 'E11')", "N"))),
    Function("contains", (X, Param("part", constant=True)), Type.BOOLEAN,
             "True when the text holds the part.",
             (("contains('A%B', '%')", "Y"), ("contains('AB', 'x')", "N"))),
    Function("to_date", (X, MASK), Type.DATE,
             "The day that the text is in that format; a text that is none is a fault.",
             (("format_date(to_date('20240229', 'CCYYMMDD'), 'DD/MM/YYYY')", "29/02/2024"),
              ("format_date(to_date('01/02/2024', 'DD/MM/YYYY'), 'YYYY-MM-DD')", "2024-02-01"),
              ("to_date(null, 'CCYYMMDD')", ""))),
    Function("to_datetime", (X, MASK), Type.DATETIME,
             "The day and time that the text is in that format; a text that is none is a fault.",
             (("format_date(to_datetime('202402291305', 'CCYYMMDDHHMM'), 'DD/MM/YYYY HH24:MI')",
               "29/02/2024 13:05"),)),
    Function("format_date", (DAY, MASK), Type.TEXT, "The day as text in that format.",
             (("format_date(to_date('2024-02-29', 'YYYY-MM-DD'), 'CCYYMMDD')", "20240229"),)),
    Function("combine_date_time", (DAY, Param("t")), Type.DATETIME,
             "The day at the time of a text HH:MM or HHMM; midnight without one; another text "
             "is a fault.",
             ((f"format_date({MOMENT}, '13:05'), 'CCYYMMDDHHMM')", "202402291305"),
              (f"format_date({MOMENT}, null), 'CCYYMMDDHHMM')", "202402290000"))),
    Function("nhs_number", (X,), Type.TEXT, "Only the digits of an NHS number.",
             (("nhs_number('999 000 0018')", "9990000018"), ("nhs_number('none')", ""))),
    Function("nhs_number_valid", (X,), Type.BOOLEAN,
             "True for ten digits, blanks and hyphens apart, whose check digit holds.",
             (("nhs_number_valid('943 476 5919')", "Y"), ("nhs_number_valid('9434765918')", "N"),
              ("nhs_number_valid('0000000000')", "N"), ("nhs_number_valid('12')", "N"))),
    Function("postcode", (X,), Type.TEXT,
             "A postcode in capitals with its one blank; anything else in capitals, as it is.",
             (("postcode('sw1a1aa')", "SW1A 1AA"), ("postcode('M1  1ae')", "M1 1AE"),
              ("postcode('not known')", "NOT KNOWN"))),
    Function("clean_text", (X,), Type.TEXT,
             "The text with control characters and runs of blanks made one blank.",
             (("clean_text(' a   b ')", "a b"),)),
    Function("name_part", (X, Param("part", constant=True)), Type.TEXT,
             "The 'surname', 'forename' or 'title' of 'SURNAME, Title Forename', 'SURNAME, "
             "Forename (Title)' or 'Title Forename Surname'.",
             (("name_part('HILL, Mrs Ann Mary', 'surname')", "HILL"),
              ("name_part('HILL, Mrs Ann Mary', 'forename')", "Ann Mary"),
              ("name_part('HILL, Ann (Mrs)', 'title')", "Mrs"),
              ("name_part('Dr Ann Hill', 'forename')", "Ann"),
              ("name_part('Dr Ann Hill', 'surname')", "Hill"),
              ("name_part('Hill', 'surname')", "Hill"), ("name_part('Hill', 'title')", ""))),
    Function("crosswalk", (X, Param("name", constant=True)), Type.TEXT,
             "The target value of a source value in the named crosswalk; the rule's on_miss "
             "says what a value that is not in it does."),
    Function("record_key", (), Type.INTEGER,
             "The key allocated to this row; the same in every run for the same natural key."),
    Function("parent_key", (Param("table", constant=True), Param("key", SHOWN, many=True)),
             Type.INTEGER,
             "The key that the target table allocated to the row with that natural key."),
    Function("cast_integer", (Param("x", SHOWN),), Type.INTEGER,
             "cast(x as integer): a whole number; a text that is none is a fault.",
             (("cast('007' as integer)", "7"), ("cast('-3' as integer) + 1", "-2")), operator=True),
    Function("cast_decimal", (Param("x", SHOWN),), Type.DECIMAL,
             "cast(x as decimal): a number of at most six decimals; other text is a fault.",
             (("cast('1.50' as decimal)", "1.5"),), operator=True),
    Function("cast_text", (Param("x", SHOWN | TIMES),), Type.TEXT,
             "cast(x as varchar): as text; days as YYYY-MM-DD.",
             (("cast(7 as varchar)", "7"),
              ("cast(to_date('20240229', 'CCYYMMDD') as varchar)", "2024-02-29")), operator=True),
    Function("cast_date", (Param("x", TEXT | TIMES),), Type.DATE,
             "cast(x as date): a day in whichever known format; other text is a fault.",
             (("format_date(cast('29/02/2024' as date), 'CCYYMMDD')", "20240229"),), operator=True),
    Function("||", (Param("x", SHOWN), Param("y", SHOWN)), Type.TEXT,
             "Both texts together; empty when either is.",
             (("'a' || 'b'", "ab"), ("'a' || null", "")), operator=True),
    Function("+", (Param("x", NUMBERS), Param("y", NUMBERS)), None, "Sum.",
             (("1 + 2", "3"), ("1.5 + 2", "3.5")), operator=True),
    Function("-", (Param("x", NUMBERS), Param("y", NUMBERS)), None, "Difference.",
             (("1 - 2", "-1"),), operator=True),
    Function("*", (Param("x", NUMBERS), Param("y", NUMBERS)), None, "Product.",
             (("6 * 7", "42"), ("0.5 * 0.5", "0.25")), operator=True),
    Function("/", (Param("x", NUMBERS), Param("y", NUMBERS)), Type.DECIMAL,
             "Quotient to six decimals; empty when divided by nothing.",
             (("7 / 2", "3.5"), ("1 / 0", "")), operator=True),
    Function("negate", (Param("x", NUMBERS),), None, "The number below zero.",
             (("-(1 + 2)", "-3"),), operator=True),
    *(
        Function(name, (Param("x", ANY), Param("y", ANY)), Type.BOOLEAN, about, (example,),
                 operator=True)
        for name, about, example in (
            ("=", "Equal.", ("'a' = 'a'", "Y")),
            ("<>", "Not equal.", ("'a' <> 'a'", "N")),
            ("<", "Less.", ("1 < 2", "Y")),
            ("<=", "Less or equal.", ("'b' <= 'a'", "N")),
            (">", "Greater.", ("2 > 1", "Y")),
            (">=", "Greater or equal.", ("1 between 2 and 3", "N")),
        )
    ),
    Function("in", (Param("x", ANY), VALUES), Type.BOOLEAN, "One of the values.",
             (("'b' in ('a', 'b')", "Y"), ("'c' not in ('a', 'b')", "Y")), operator=True),
    Function("is null", (Param("x", ANY),), Type.BOOLEAN, "Empty.",
             (("null is null", "Y"), ("'a' is not null", "Y")), operator=True),
    Function("and", (Param("x", BOOLEAN), Param("y", BOOLEAN)), Type.BOOLEAN, "Both hold.",
             (("1 = 1 and 1 = 2", "N"),), operator=True),
    Function("or", (Param("x", BOOLEAN), Param("y", BOOLEAN)), Type.BOOLEAN, "One of both holds.",
             (("1 = 1 or 1 = 2", "Y"),), operator=True),
    Function("not", (Param("x", BOOLEAN),), Type.BOOLEAN, "The opposite.",
             (("not 1 = 2", "Y"),), operator=True),
)  # fmt: skip

FUNCTIONS: dict[str, Function] = {function.name: function for function in _ALL}

COMPARISONS = frozenset({"=", "<>", "<", "<=", ">", ">=", "in", "nullif"})


def result_type(function: Function, args: Sequence[Node], names: Names) -> Type:
    """The type of a call.

    Raises LookupError with a sentence (and a remedy) when an argument does not fit.
    """
    _count(function, args)
    title = function.name.replace("cast_", "cast to ")
    for place, arg in enumerate(args):
        param = function.params[min(place, len(function.params) - 1)]
        if arg.type not in param.kinds and arg.type is not Type.NULL:
            raise LookupError(
                f"{title} wants {_or(param.kinds)}, not {arg.type}", _conversion(param, arg.type)
            )
        if param.constant and not isinstance(arg, Literal):
            raise LookupError(f"The {param.name} of {title} must be written out as a constant")
    if function.name in COMPARISONS:
        _comparable(title, args)
    _constants(function.name, args, names)
    if function.gives is not None:
        return function.gives
    return common_type(args, title)


def common_type(values: Sequence[Node], title: str) -> Type:
    """The one type that all values have; raises LookupError when they differ."""
    kinds = {value.type for value in values} - {Type.NULL}
    if kinds == NUMBERS:
        return Type.DECIMAL
    if kinds == TIMES:
        return Type.DATETIME
    if len(kinds) > 1:
        raise LookupError(
            f"{title} mixes {' and '.join(sorted(kinds))}",
            "Bring them to one type, for example with cast(X as varchar) or format_date",
        )
    return next(iter(kinds), Type.NULL)


def signature(function: Function) -> str:
    """How the function is written, for completion and the reference."""
    words = []
    for param in function.params:
        word = f"{param.name}, ..." if param.many else param.name
        words.append(f"[{word}]" if param.optional else word)
    return f"{function.name}({', '.join(words)})"


def _count(function: Function, args: Sequence[Node]) -> None:
    least = sum(1 for p in function.params if not p.optional)
    most = None if any(p.many for p in function.params) else len(function.params)
    if len(args) < least or (most is not None and len(args) > most):
        if function.operator:
            wants = "another number of values"
        else:
            wants = f"{least}" if least == most else f"{least} or more"
        raise LookupError(
            f"{function.name} wants {wants} arguments, not {len(args)}",
            f"Write {signature(function)}",
        )


def _comparable(title: str, args: Sequence[Node]) -> None:
    common_type(args, title)
    if any(isinstance(a, Literal) and a.type is Type.TEXT and not a.value for a in args):
        raise LookupError("An empty text is never equal to anything", "Say X is null")
    if any(a.type is Type.NULL for a in args) and title != "nullif":
        raise LookupError("Nothing compares with null", "Say X is null or X is not null")


def _constants(name: str, args: Sequence[Node], names: Names) -> None:
    """Check what constants name: formats, crosswalks, target tables, places in a text."""
    constants = [a.value if isinstance(a, Literal) else "" for a in args]
    if name in ("to_date", "to_datetime", "format_date") and date_format(constants[1]) is None:
        raise LookupError(
            f"{constants[1]!r} is not a known date format",
            "Write it with DD, MM, YYYY or CCYY, HH24, MI, SS, as in DD/MM/YYYY HH24:MI",
        )
    if name == "name_part" and constants[1] not in PARTS:
        raise LookupError(f"A name has no part {constants[1]!r}", f"Use one of {', '.join(PARTS)}")
    if name == "substr" and constants[1] == "0":
        raise LookupError("The first character is number 1")
    if (
        name in ("lpad", "replace", "starts_with", "contains")
        and not constants[1 if name != "lpad" else 2]
    ):
        raise LookupError(f"{name} wants a text that is not empty")
    if (
        name == "crosswalk"
        and names.crosswalks is not None
        and constants[1] not in names.crosswalks
    ):
        raise LookupError(
            f"There is no crosswalk {constants[1]}", meant(constants[1], names.crosswalks)
        )
    if name == "parent_key" and names.targets is not None:
        sizes = names.targets.get(constants[0])
        if sizes is None:
            raise LookupError(
                f"{constants[0]} is no target table with a route",
                meant(constants[0], names.targets),
            )
        if len(args) - 1 not in sizes:
            wanted = " or ".join(str(size) for size in sorted(sizes))
            raise LookupError(
                f"The natural key of {constants[0]} has {wanted} parts, not {len(args) - 1}"
            )


def _conversion(param: Param, given: Type) -> str:
    if given is Type.TEXT and param.kinds & NUMBERS:
        return "Use cast(X as integer) or cast(X as decimal)"
    if given is Type.TEXT and param.kinds & TIMES:
        return "Use to_date(X, format)"
    if given in TIMES and Type.TEXT in param.kinds:
        return "Use format_date(X, format)"
    if given in NUMBERS and Type.TEXT in param.kinds:
        return "Use cast(X as varchar)"
    return ""


def _or(kinds: frozenset[Type]) -> str:
    return " or ".join(sorted(kind.value for kind in kinds if kind is not Type.NULL))
