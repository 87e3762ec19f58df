"""The kinds of columns that the project file's tables are made of, and the tables' registry."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Boolean, Column, Dialect, Integer, MetaData, Text, TypeDecorator, text


def json_text(value: Any) -> str:
    """`value` as the one JSON text that stands for it."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


class Json(TypeDecorator[Any]):
    """A JSON value kept as text with sorted keys."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:  # noqa: ARG002
        """The text to keep."""
        return None if value is None else json_text(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:  # noqa: ARG002
        """The value that was kept."""
        return None if value is None else json.loads(value)


metadata = MetaData()


def text_column(name: str, *, key: bool = False) -> Column[Any]:
    """A text, empty unless said otherwise; or a part of the primary key."""
    default = None if key else text("''")
    return Column(name, Text, primary_key=key, nullable=False, server_default=default)


def flag_column(name: str) -> Column[Any]:
    """Yes or no, no unless said otherwise."""
    return Column(name, Boolean, nullable=False, server_default=text("0"))


def whole_column(name: str, *, key: bool = False) -> Column[Any]:
    """A whole number that must be given."""
    return Column(name, Integer, primary_key=key, nullable=False, autoincrement=False)


def json_column(name: str) -> Column[Any]:
    """A JSON value, {} unless said otherwise."""
    return Column(name, Json, nullable=False, server_default=text("'{}'"))
