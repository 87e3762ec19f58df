"""Values of a route computed layer by layer, each SELECT adding columns to the one inside it.

What can fail, or is used more than once, becomes a column of its own, so that a value and
the condition under which it failed share one computation.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from caseload.contract.expression import Column
from caseload.engine.sql import ident


@dataclass(frozen=True, slots=True)
class Sql:
    """SQL text over the alias `s`, valid from layer `depth` on."""

    text: str
    depth: int = 0


@dataclass(slots=True)
class Layers:
    """Nested SELECTs, each adding columns to the one inside it.

    Layer 0 is the route's rows; `columns` collects which source fields are used, and what they
    are called there: TABLE.Field, with a number behind it where only the case would differ.
    """

    columns: dict[Column, str] = field(default_factory=dict)
    _taken: dict[str, int] = field(default_factory=dict)
    _shared: dict[tuple[int, str], Sql] = field(default_factory=dict)
    _selects: dict[int, list[str]] = field(default_factory=dict)
    _joins: dict[int, list[str]] = field(default_factory=dict)
    _names: int = 0

    def column(self, column: Column) -> Sql:
        """The value of a source field."""
        if column not in self.columns:
            folded = column.qualified.casefold()
            number = self._taken[folded] = self._taken.get(folded, 0) + 1
            name = column.qualified if number == 1 else f"{column.qualified}#{number}"
            self.columns[column] = name
        return Sql(f"s.{ident(self.columns[column])}")

    def share(self, sql: Sql) -> Sql:
        """The same value as a column of the next layer; once for the same SQL."""
        if sql.text.startswith('s."') and sql.text.count('"') == 2:
            return sql
        key = (sql.depth, sql.text)
        if key not in self._shared:
            name = self._name("h")
            self._selects.setdefault(sql.depth, []).append(f"{sql.text} AS {name}")
            self._shared[key] = Sql(f"s.{name}", sql.depth + 1)
        return self._shared[key]

    def lookup(self, table: str, key: Sql, value: str) -> tuple[Sql, Sql]:
        """Look `key` up in `table`(k, ...): the SQL `value` over alias t, and whether found."""
        shared = (key.depth, f"{table}\0{value}\0{key.text}")
        found = (key.depth, f"{table}\0found\0{key.text}")
        if shared not in self._shared:
            alias = self._name("t")
            at, has = self._name("v"), self._name("f")
            self._joins.setdefault(key.depth, []).append(
                f"LEFT JOIN {ident(table)} AS {alias} ON {alias}.k = {key.text}"
            )
            self._selects.setdefault(key.depth, []).append(
                f"{value.replace('t.', f'{alias}.')} AS {at}, {alias}.k IS NOT NULL AS {has}"
            )
            self._shared[shared] = Sql(f"s.{at}", key.depth + 1)
            self._shared[found] = Sql(f"s.{has}", key.depth + 1)
        return self._shared[shared], self._shared[found]

    @property
    def joined(self) -> bool:
        """True when some layer looks something up."""
        return bool(self._joins)

    def wrap(self, rows: str) -> str:
        """The layers around the SELECT `rows`."""
        for depth in sorted(self._selects):
            joins = " ".join(self._joins.get(depth, []))
            rows = f"SELECT s.*, {', '.join(self._selects[depth])} FROM ({rows}) s {joins}"
        return rows

    def _name(self, kind: str) -> str:
        self._names += 1
        return ident(f"#{kind}{self._names}")
