"""The expression language of the contract: a scalar subset of SQL, parsed and never pasted.

sqlglot reads the text; what it gives is turned into the small typed tree below, and only
that tree is ever rendered.  Whatever the tree has no word for (statements, sub-queries,
files, settings, unknown functions or columns) is refused with its line and column.

Source values are text and an empty text is NULL, so `X = ''` is refused: say `X is null`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from caseload.model.errors import BadInput

if TYPE_CHECKING:
    from sqlglot import exp

LONGEST = 20_000


class Type(StrEnum):
    """What an expression gives.  NULL is the empty value, which fits everywhere."""

    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    DATE = "date"
    DATETIME = "date and time"
    BOOLEAN = "condition"
    NULL = "nothing"


NUMBERS = frozenset({Type.INTEGER, Type.DECIMAL})
TIMES = frozenset({Type.DATE, Type.DATETIME})


@dataclass(frozen=True, slots=True)
class Column:
    """A source field, spelt as its table spells it."""

    table: str
    field: str
    type: Type = Type.TEXT

    @property
    def qualified(self) -> str:
        """TABLE.Field."""
        return f"{self.table}.{self.field}"


@dataclass(frozen=True, slots=True)
class Literal:
    """A constant; `value` is its text ("" for NULL), numbers in plain decimal notation."""

    value: str
    type: Type


@dataclass(frozen=True, slots=True)
class Call:
    """A function or an operator by its name in the registry."""

    name: str
    args: tuple[Node, ...]
    type: Type


@dataclass(frozen=True, slots=True)
class Case:
    """Pairs of condition and value, and the value when none holds."""

    whens: tuple[tuple[Node, Node], ...]
    otherwise: Node
    type: Type


Node = Column | Literal | Call | Case


class ExpressionError(BadInput):
    """An expression that is refused; `line` and `column` count from 1."""

    def __init__(self, what: str, *, line: int = 1, column: int = 1, remedy: str = "") -> None:
        super().__init__(what, where=f"line {line}, column {column}", remedy=remedy)
        self.line = line
        self.column = column


@dataclass(frozen=True)
class Names:
    """What an expression may name.

    `columns` maps source tables to their fields; `crosswalks` holds crosswalk names and
    `targets` the target tables that `parent_key` may name with the lengths their natural
    keys may have (both unchecked when None).  `elsewhere` are source tables that exist, but
    not here: a better message is all they give.
    """

    columns: Mapping[str, Sequence[str]]
    crosswalks: frozenset[str] | None = None
    targets: Mapping[str, frozenset[int]] | None = None
    elsewhere: frozenset[str] = frozenset()

    @cached_property
    def folded(self) -> dict[str, str]:
        """Tables by their case-folded names."""
        return {table.casefold(): table for table in self.columns}

    def column(self, table: str, field: str) -> Column:
        """The column of that name, exactly or else whatever its case.

        Raises LookupError with a sentence and a remedy.
        """
        if not table:
            holders = [t for t in self.columns if _spelt(field, self.columns[t])]
            hint = f": {holders[0]}.{field}" if len(holders) == 1 else ""
            raise LookupError(f"{field} has no table", f"Write it as TABLE.Field{hint}")
        name = self.folded.get(table.casefold())
        if name is None and table in self.elsewhere:
            raise LookupError(f"{table} is not joined in this route", "Join it in the route first")
        if name is None:
            raise LookupError(f"There is no source table {table}", meant(table, self.columns))
        spelt = _spelt(field, self.columns[name])
        if not spelt:
            raise LookupError(f"{name} has no field {field}", meant(field, self.columns[name]))
        if len(spelt) > 1:
            known = " and ".join(spelt)
            raise LookupError(f"{name} has {known}", "Write the one that is meant, with its case")
        return Column(name, spelt[0])


def _spelt(field: str, fields: Sequence[str]) -> list[str]:
    if field in fields:
        return [field]
    folded = field.casefold()
    return [name for name in fields if name.casefold() == folded]


def meant(word: str, known: Iterable[str]) -> str:
    """'Did you mean X?' for a misspelt word, or "" when nothing is near."""
    folded = {choice.casefold(): choice for choice in known}
    best = process.extractOne(
        word.casefold(),
        list(folded),
        scorer=DamerauLevenshtein.normalized_similarity,
        score_cutoff=0.5,
    )
    return f"Did you mean {folded[best[0]]}?" if best else ""


def walk(node: Node) -> Iterator[Node]:
    """The node and everything below it."""
    yield node
    if isinstance(node, Call):
        for arg in node.args:
            yield from walk(arg)
    elif isinstance(node, Case):
        for condition, value in node.whens:
            yield from walk(condition)
            yield from walk(value)
        yield from walk(node.otherwise)


def columns_of(node: Node) -> tuple[Column, ...]:
    """The source fields an expression reads, each once, in order of appearance."""
    return tuple(dict.fromkeys(n for n in walk(node) if isinstance(n, Column)))


def calls_of(node: Node, name: str) -> tuple[Call, ...]:
    """Every call of one function in the expression."""
    return tuple(n for n in walk(node) if isinstance(n, Call) and n.name == name)


def parse_expression(text: str, names: Names) -> Node:
    """The typed tree of `text`.

    Raises ExpressionError with line, column and a remedy for anything outside the language.
    """
    from sqlglot.errors import SqlglotError

    from caseload.contract.grammar import tree_of

    if not text.strip():
        raise ExpressionError("The expression is empty")
    if len(text) > LONGEST:
        raise ExpressionError(f"The expression is longer than {LONGEST} characters")
    try:
        return _Builder(text, names).node(tree_of(text))
    except SqlglotError as trouble:
        raise _as_error(text, trouble) from None
    except RecursionError:
        raise ExpressionError("The expression is nested too deeply") from None


def parse_condition(text: str, names: Names) -> Node:
    """Like `parse_expression`, for a condition such as a row filter."""
    node = parse_expression(text, names)
    if node.type is not Type.BOOLEAN:
        raise ExpressionError(
            f"This gives {node.type}, where a condition is wanted",
            remedy="Compare it with something, for example: TABLE.Field is not null",
        )
    return node


class _Builder:
    """Turns what sqlglot parsed into the typed tree, or refuses it."""

    def __init__(self, text: str, names: Names) -> None:
        self._text = text
        self._names = names

    def node(self, parsed: exp.Expr) -> Node:
        from sqlglot import exp

        if isinstance(parsed, exp.Paren):
            return self.node(parsed.this)
        if isinstance(parsed, exp.Column):
            return self._column(parsed)
        if isinstance(parsed, exp.Literal):
            return self._literal(parsed)
        if isinstance(parsed, exp.Null):
            return Literal("", Type.NULL)
        if isinstance(parsed, exp.Case):
            return self._case(parsed)
        if isinstance(parsed, exp.Cast):
            return self._cast(parsed)
        if isinstance(parsed, exp.Anonymous):
            args = [self.node(a) for a in parsed.expressions]
            return self.call(str(parsed.this).lower(), args, parsed)
        return self._operator(parsed)

    def call(self, name: str, args: list[Node], parsed: exp.Expr) -> Node:
        """A call after its arguments were checked against the registry."""
        from caseload.contract.functions import FUNCTIONS, result_type

        function = FUNCTIONS.get(name)
        if function is None:
            public = [n for n, f in FUNCTIONS.items() if not f.operator]
            remedy = meant(name, public) or f"The functions are: {', '.join(public)}"
            raise self._refuse(parsed, f"There is no function {name}", remedy)
        try:
            return Call(name, tuple(args), result_type(function, args, self._names))
        except LookupError as trouble:
            what, remedy = (*trouble.args, "")[:2]
            raise self._refuse(parsed, what, remedy) from None

    def _column(self, parsed: exp.Column) -> Node:
        from sqlglot import exp

        name = parsed.this
        if not isinstance(name, exp.Identifier) or parsed.args.get("db"):
            raise self._refuse(parsed, "Only TABLE.Field names a column")
        table = parsed.args.get("table")
        try:
            return self._names.column(str(table.this) if table else "", str(name.this))
        except LookupError as trouble:
            what, remedy = trouble.args
            at = name if table and what.startswith(f"{table.this} has") else (table or name)
            raise self._refuse(at, what, remedy) from None

    def _literal(self, parsed: exp.Literal) -> Node:
        value = str(parsed.this)
        if parsed.is_string:
            return Literal(value, Type.TEXT)
        if re.fullmatch(r"\d{1,18}", value):
            return Literal(value, Type.INTEGER)
        if re.fullmatch(r"\d{0,12}\.\d{1,6}", value):
            return Literal(value, Type.DECIMAL)
        raise self._refuse(parsed, f"{value} is not a number in plain notation")

    def _case(self, parsed: exp.Case) -> Node:
        from caseload.contract.functions import common_type

        whens = []
        for branch in parsed.args["ifs"]:
            condition = self.node(branch.this)
            if parsed.this is not None:
                condition = self.call("=", [self.node(parsed.this), condition], branch)
            if condition.type is not Type.BOOLEAN:
                raise self._refuse(branch, "WHEN wants a condition")
            whens.append((condition, self.node(branch.args["true"])))
        default = parsed.args.get("default")
        otherwise = self.node(default) if default else Literal("", Type.NULL)
        try:
            kind = common_type([v for _, v in whens] + [otherwise], "CASE")
        except LookupError as trouble:
            raise self._refuse(parsed, str(trouble.args[0]), *trouble.args[1:]) from None
        return Case(tuple(whens), otherwise, kind)

    def _cast(self, parsed: exp.Cast) -> Node:
        from caseload.contract.grammar import cast_name

        name = cast_name(parsed)
        if name is None:
            raise self._refuse(
                parsed,
                "There is no such cast",
                "Write cast(X as integer), decimal, varchar or date",
            )
        return self.call(name, [self.node(parsed.this)], parsed)

    def _operator(self, parsed: exp.Expr) -> Node:
        from sqlglot import exp

        from caseload.contract.grammar import BINARY

        if isinstance(parsed, exp.Is) and isinstance(parsed.expression, exp.Null):
            return self.call("is null", [self.node(parsed.this)], parsed)
        if isinstance(parsed, exp.Not):
            return self.call("not", [self.node(parsed.this)], parsed)
        if isinstance(parsed, exp.Neg):
            return self.call("negate", [self.node(parsed.this)], parsed)
        if isinstance(parsed, exp.Between) and not parsed.args.get("symmetric"):
            value = self.node(parsed.this)
            low = self.call(">=", [value, self.node(parsed.args["low"])], parsed)
            high = self.call("<=", [value, self.node(parsed.args["high"])], parsed)
            return self.call("and", [low, high], parsed)
        if isinstance(parsed, exp.In) and parsed.expressions and not parsed.args.get("query"):
            values = [self.node(v) for v in parsed.expressions]
            return self.call("in", [self.node(parsed.this), *values], parsed)
        name = BINARY.get(type(parsed))
        if name is None:
            raise self._refuse(parsed, f"{_title(parsed)} cannot stand in an expression")
        return self.call(name, [self.node(parsed.this), self.node(parsed.expression)], parsed)

    def _refuse(self, parsed: exp.Expr, what: str, remedy: str = "") -> ExpressionError:
        starts = [n.meta["start"] for n in parsed.walk() if "start" in n.meta]
        line, column = _place(self._text, min(starts, default=0))
        return ExpressionError(what, line=line, column=column, remedy=remedy)


def _title(parsed: exp.Expr) -> str:
    from sqlglot import exp

    if isinstance(parsed, exp.Query) or parsed.find(exp.Query):
        return "A query"
    return {"DDL": "A statement"}.get(type(parsed).__name__, f"{type(parsed).__name__.upper()}")


def _place(text: str, offset: int) -> tuple[int, int]:
    before = text[:offset]
    return before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1


def _as_error(text: str, trouble: Exception) -> ExpressionError:
    details = getattr(trouble, "errors", None) or [{}]
    first = details[0]
    word = str(first.get("highlight") or "")
    line = int(first.get("line") or 1)
    column = max(1, int(first.get("col") or 1) - len(word) + 1)
    said = str(first.get("description") or "This cannot be read").rstrip(".")
    what = f"{said} near {word!r}" if word else said
    if not first:
        line, column = _place(text, 0)
    return ExpressionError(what, line=line, column=column, remedy="Check quotes and brackets")
