"""The sqlglot dialect that reads the expression language, and nothing more.

Every function stays an unresolved name, so that our own registry decides what exists, and
no statement has a parser.
"""

from __future__ import annotations

from typing import Any, ClassVar

from sqlglot import Dialect, exp, parser, tokens
from sqlglot.errors import ParseError


class ExpressionLanguage(Dialect):
    """Plain SQL with everything switched off that an expression must not say."""

    class Tokenizer(tokens.Tokenizer):
        """No commands: their text would be taken without being parsed."""

        COMMANDS: ClassVar[set[Any]] = set()
        COMMAND_PREFIX_TOKENS: ClassVar[set[Any]] = set()

    class Parser(parser.Parser):
        """Functions are names; only CAST and CASE have a form of their own."""

        FUNCTIONS: ClassVar[dict[Any, Any]] = {}
        NO_PAREN_FUNCTIONS: ClassVar[dict[Any, Any]] = {}
        STATEMENT_PARSERS: ClassVar[dict[Any, Any]] = {}
        FUNCTION_PARSERS: ClassVar[dict[Any, Any]] = {
            name: read for name, read in parser.Parser.FUNCTION_PARSERS.items() if name == "CAST"
        }
        NO_PAREN_FUNCTION_PARSERS: ClassVar[dict[Any, Any]] = {
            name: read
            for name, read in parser.Parser.NO_PAREN_FUNCTION_PARSERS.items()
            if name == "CASE"
        }


BINARY: dict[type[exp.Expr], str] = {
    exp.EQ: "=",
    exp.NEQ: "<>",
    exp.LT: "<",
    exp.LTE: "<=",
    exp.GT: ">",
    exp.GTE: ">=",
    exp.And: "and",
    exp.Or: "or",
    exp.Add: "+",
    exp.Sub: "-",
    exp.Mul: "*",
    exp.Div: "/",
    exp.DPipe: "||",
}

CASTS = {
    exp.DataType.Type.INT: "cast_integer",
    exp.DataType.Type.BIGINT: "cast_integer",
    exp.DataType.Type.DECIMAL: "cast_decimal",
    exp.DataType.Type.VARCHAR: "cast_text",
    exp.DataType.Type.TEXT: "cast_text",
    exp.DataType.Type.DATE: "cast_date",
}


def tree_of(text: str) -> exp.Expr:
    """What sqlglot reads in `text`; raises its ParseError or TokenError."""
    trees = ExpressionLanguage().parse(text)
    if len(trees) != 1 or trees[0] is None:
        raise ParseError("more than one expression")
    return trees[0]


def cast_name(parsed: exp.Cast) -> str | None:
    """The registry's name of a cast, None when there is none to that type."""
    return CASTS.get(parsed.to.this)
