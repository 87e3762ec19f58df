"""What the values of a table look like, measured in the engine.

Used to suggest mappings, to choose conversions and to judge quality.  Everything is counted
on distinct values, so wide tables and long ones cost little.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from caseload.engine.connection import Engine
from caseload.engine.dates import FORMATS, parses
from caseload.engine.sql import ident, idents, text


@dataclass(frozen=True, slots=True)
class ColumnProfile:
    """One column: counts of rows, lengths in characters, shares of its non-empty values.

    `date_shares` maps a date format (see `engine.dates.FORMATS`) to the share of values that
    are real dates in it; formats that none has are left out.  `top` are the commonest values
    with their counts.  `unique` is True when no value occurs twice (and there is one).
    """

    name: str
    rows: int
    non_null: int
    distinct: int
    min_length: int
    max_length: int
    integer_share: float
    number_share: float
    upper_share: float
    top: tuple[tuple[str, int], ...] = ()
    date_shares: Mapping[str, float] = field(default_factory=dict)

    @property
    def non_null_share(self) -> float:
        """Filled rows over all rows; 0 for an empty table."""
        return self.non_null / self.rows if self.rows else 0.0

    @property
    def unique(self) -> bool:
        """True when every value occurs once."""
        return self.non_null > 0 and self.distinct == self.non_null


def profile_columns(
    engine: Engine,
    table: str,
    columns: Sequence[str] | None = None,
    *,
    top: int = 20,
    sample_rows: int = 100_000,
) -> dict[str, ColumnProfile]:
    """Profile a table of text columns, keyed by column name in the table's order.

    Looks at the first `sample_rows` rows: lengths and counts are of those.
    """
    names = list(columns) if columns is not None else table_columns(engine, table)
    if not names:
        return {}
    sample = f"(SELECT {idents(names)} FROM {ident(table)} LIMIT {sample_rows})"
    rows = engine.number(f"SELECT count(*) FROM {sample}")
    values = "profile#values"
    engine.run(
        f"CREATE OR REPLACE TEMP TABLE {ident(values)} AS SELECT c, v, count(*) AS n FROM "
        f"(UNPIVOT {sample} ON {idents(names)} INTO NAME c VALUE v) GROUP BY c, v"
    )
    shares = ", ".join(
        f"sum(n) FILTER (WHERE {parses('v', form)}) AS {ident(name)}"
        for name, form in FORMATS.items()
    )
    measured = engine.rows(
        "SELECT c, sum(n), count(*), min(length(v)), max(length(v)), "
        "sum(n) FILTER (WHERE regexp_full_match(v, '[+-]?[0-9]+')), "
        "sum(n) FILTER (WHERE regexp_full_match(v, '[+-]?[0-9]+([.][0-9]+)?')), "
        f"sum(n) FILTER (WHERE v = upper(v)), {shares} FROM {ident(values)} GROUP BY c"
    )
    common: dict[str, list[tuple[str, int]]] = {}
    for column, value, count in engine.rows(
        f"SELECT c, v, n FROM {ident(values)} "
        f"QUALIFY row_number() OVER (PARTITION BY c ORDER BY n DESC, v) <= {int(top)} "
        "ORDER BY c, n DESC, v"
    ):
        common.setdefault(column, []).append((value, int(count)))
    engine.run(f"DROP TABLE {ident(values)}")
    found = {row[0]: row[1:] for row in measured}
    return {name: _profile(name, rows, found.get(name), common.get(name, [])) for name in names}


def table_columns(engine: Engine, table: str) -> list[str]:
    """The columns of a table or view, in order."""
    return [
        str(row[0])
        for row in engine.rows(
            f"SELECT column_name FROM duckdb_columns() WHERE table_name = {text(table)} "
            "ORDER BY column_index"
        )
    ]


def inclusion(
    engine: Engine,
    child: str,
    child_columns: Sequence[str],
    parent: str,
    parent_columns: Sequence[str],
) -> float | None:
    """The share of the child's distinct filled keys that the parent has; None without any."""
    filled = " AND ".join(f"{ident(c)} IS NOT NULL" for c in child_columns)
    match = " AND ".join(
        f"p.{ident(b)} = c.{ident(a)}" for a, b in zip(child_columns, parent_columns, strict=True)
    )
    total, found = engine.row(
        f"SELECT count(*), count(*) FILTER (WHERE EXISTS (SELECT 1 FROM {ident(parent)} p "
        f"WHERE {match})) FROM (SELECT DISTINCT {idents(child_columns)} FROM {ident(child)} "
        f"WHERE {filled}) c"
    )
    return found / total if total else None


def distinct_share(engine: Engine, table: str, columns: Sequence[str]) -> float | None:
    """Distinct combinations over rows where all are filled: 1.0 is a key.  None without any."""
    filled = " AND ".join(f"{ident(c)} IS NOT NULL" for c in columns)
    rows, distinct = engine.row(
        f"SELECT sum(n), count(*) FROM (SELECT count(*) AS n FROM {ident(table)} WHERE {filled} "
        f"GROUP BY {idents(columns)})"
    )
    return float(distinct) / float(rows) if rows else None


@dataclass(frozen=True, slots=True)
class Found:
    """Rows that a condition holds for: how many, and the rowids of a few."""

    count: int
    rowids: tuple[int, ...]


def find_rows(engine: Engine, table: str, condition: str, *, samples: int = 5) -> Found:
    """Count the rows of `table` (alias t) where the SQL `condition` is true."""
    count, first = engine.row(
        f"SELECT count(*), list(t.rowid)[1:{int(samples)}] FROM {ident(table)} t WHERE {condition}"
    )
    return Found(int(count), tuple(first or ()))


def _profile(
    name: str, rows: int, found: Sequence[int | None] | None, top: list[tuple[str, int]]
) -> ColumnProfile:
    if found is None:
        return ColumnProfile(name, rows, 0, 0, 0, 0, 0.0, 0.0, 0.0)
    non_null, distinct, shortest, longest, integers, numbers, uppers, *dates = (
        int(value or 0) for value in found
    )
    return ColumnProfile(
        name,
        rows,
        non_null,
        distinct,
        shortest,
        longest,
        integers / non_null,
        numbers / non_null,
        uppers / non_null,
        tuple(top),
        {f: n / non_null for f, n in zip(FORMATS, dates, strict=True) if n},
    )
