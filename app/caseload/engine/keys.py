"""Whether the values of one table's fields are found in another's, and whether keys are unique.

Each file is read once, and only the fields asked for; what is kept of it are distinct values
with their counts.  Of a very long table the children's values are a sample, the parents' never.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from caseload.engine.connection import Engine
from caseload.engine.sql import ident, text
from caseload.engine.staging import Staged, find_column, stage_csv

Fields = tuple[str, tuple[str, ...]]
"""A table and fields of it."""

MOST_ROWS = 2_000_000
PROBES = 120
"""How many values of a field are sought everywhere; those that are found are then counted."""

_BETWEEN = "chr(31)"


@dataclass(frozen=True, slots=True)
class KeyFigures:
    """Of fields: all rows, those where every field is filled, and their distinct values.

    `shortest` and `longest` are the values' lengths in characters; `digits`: all of them are
    plain digits; `whole` is false for a sample.
    """

    rows: int
    filled: int
    distinct: int
    shortest: int
    longest: int
    digits: bool
    whole: bool

    @property
    def unique(self) -> bool:
        """True when no value occurs twice, and there are some."""
        return self.filled > 0 and self.distinct == self.filled


@dataclass(frozen=True, slots=True)
class LinkFigures:
    """Of a link: both ends, the child's distinct values and rows that the parent has and lacks.

    `included` counts distinct values that the parent has, `orphans` rows whose value it lacks.
    """

    child: KeyFigures
    parent: KeyFigures
    included: int
    orphans: int

    @property
    def share(self) -> float:
        """Included values over all of the child's; 0 without any."""
        return self.included / self.child.distinct if self.child.distinct else 0.0


class KeyValues:
    """The values of fields, kept small in the engine; read each table once, then compare."""

    def __init__(self, engine: Engine, folder: Path, *, most_rows: int = MOST_ROWS) -> None:
        self._engine = engine
        self._folder = folder
        self._most_rows = most_rows
        self._places: dict[tuple[Fields, bool], tuple[str, str]] = {}
        self._figures: dict[tuple[Fields, bool], KeyFigures] = {}
        self._probed: tuple[Fields, ...] | None = None

    def read(
        self, table: str, asked: Iterable[tuple[str, ...]], parents: Iterable[tuple[str, ...]] = ()
    ) -> int:
        """Keep the values of sets of fields of one table; says how many rows it has.

        `parents` are sets that others may point at: their values are kept whole.  Fields that
        the file lacks are left out, and so is a set with such a field.

        Raises:
            BadInput: there is no such file, or it cannot be read.
        """
        path = self._folder / f"{table}.csv"
        sets, whole = list(dict.fromkeys(asked)), set(parents)
        names = list(dict.fromkeys(name for fields in sets for name in fields))
        number = len(self._places)
        raw = f"keys#{number}#rows"
        staged = stage_csv(self._engine, path, raw, columns=names, allow_missing=True)
        try:
            columns = {name: _column(staged, name) for name in names}
            held = [fields for fields in sets if all(columns[name] for name in fields)]
            found = {n: c for n, c in columns.items() if c}
            short = staged.rows <= self._most_rows
            if short:
                self._keep(table, raw, held, found, staged.rows, whole=True)
            else:
                size = self._most_rows
                sample = f"keys#{number}#sample"
                self._engine.run(
                    f"CREATE TABLE {ident(sample)} AS SELECT * FROM {ident(raw)} "
                    f"USING SAMPLE reservoir({size} ROWS) REPEATABLE (1)"
                )
                self._keep(table, sample, held, found, size, whole=False)
                self._engine.run(f"DROP TABLE {ident(sample)}")
                of_parents = [fields for fields in held if fields in whole]
                self._keep(table, raw, of_parents, found, staged.rows, whole=True)
        finally:
            self._engine.run(f"DROP TABLE IF EXISTS {ident(raw)}")
        return staged.rows

    def _keep(
        self,
        table: str,
        raw: str,
        sets: Sequence[tuple[str, ...]],
        columns: Mapping[str, str],
        rows: int,
        *,
        whole: bool,
    ) -> None:
        """Distinct values of each set with their counts: those of one field in one pass."""
        if not sets:
            return
        kept = f"keys#{len(self._places)}"
        parts = []
        for place, fields in enumerate(sets):
            value = f" || {_BETWEEN} || ".join(ident(columns[name]) for name in fields)
            parts.append((str(place), value))
            self._places[(table, fields), whole] = (kept, str(place))
        listed = ", ".join(f"{value} AS {ident(place)}" for place, value in parts)
        # A set with an unfilled field is NULL as a whole, and NULLs are not unpivoted.
        self._engine.run(
            f"CREATE TABLE {ident(kept)} AS SELECT c, v, count(*) AS n FROM (UNPIVOT "
            f"(SELECT {listed} FROM {ident(raw)}) ON COLUMNS(*) INTO NAME c VALUE v) GROUP BY c, v"
        )
        counted = {
            row[0]: row[1:]
            for row in self._engine.rows(
                "SELECT c, sum(n), count(*), min(length(v)), max(length(v)), "
                "count(*) FILTER (WHERE regexp_full_match(v, '[0-9]+')) "
                f"FROM {ident(kept)} GROUP BY c"
            )
        }
        for place, fields in enumerate(sets):
            of_set = counted.get(str(place), (0, 0, 0, 0, 0))
            filled, distinct, shortest, longest, digits = (int(value) for value in of_set)
            self._figures[(table, fields), whole] = KeyFigures(
                rows, filled, distinct, shortest, longest, digits == distinct, whole
            )

    def figures(self, at: Fields, *, parent: bool = False) -> KeyFigures | None:
        """The figures of fields that were read; of a long table those of its sample."""
        whole = self._figures.get((at, True))
        return whole if parent else self._figures.get((at, False), whole)

    def compare(self, child: Fields, parent: Fields) -> LinkFigures | None:
        """How the child's values are found in the parent's; None where one was not read."""
        own, other = self.figures(child), self.figures(parent, parent=True)
        if own is None or other is None:
            return None
        table, place = self._places[child, own.whole]
        of_parent, parent_place = self._places[parent, True]
        included, matched = self._engine.row(
            f"SELECT count(*), sum(a.n) FROM {ident(table)} a "
            f"JOIN {ident(of_parent)} b ON a.v = b.v "
            f"WHERE a.c = {text(place)} AND b.c = {text(parent_place)}"
        )
        return LinkFigures(own, other, int(included or 0), own.filled - int(matched or 0))

    def found_in(
        self, parent: Fields, among: Sequence[Fields], *, least_share: float
    ) -> list[Fields]:
        """Of `among` those whose values, as far as a few of each tell, the parent has."""
        probes = self._probes(among)
        table, place = self._places[parent, True]
        rows = self._engine.rows(
            f"SELECT p.f, count(b.v), count(*) FROM {ident(probes)} p "
            f"LEFT JOIN (SELECT v FROM {ident(table)} WHERE c = {text(place)}) b ON b.v = p.v "
            "GROUP BY p.f"
        )
        return [among[f] for f, hits, all_of in rows if hits >= least_share * all_of]

    def _probes(self, among: Sequence[Fields]) -> str:
        name = "keys#probes"
        if self._probed == tuple(among):
            return name
        parts = []
        for number, at in enumerate(among):
            own = self.figures(at)
            if own is None:
                continue
            table, place = self._places[at, own.whole]
            parts.append(
                f"(SELECT {number} AS f, v FROM {ident(table)} WHERE c = {text(place)} "
                f"ORDER BY hash(v) LIMIT {PROBES})"
            )
        self._engine.run(f"CREATE OR REPLACE TABLE {ident(name)} (f INTEGER, v VARCHAR)")
        for start in range(0, len(parts), 200):
            chunk = " UNION ALL ".join(parts[start : start + 200])
            self._engine.run(f"INSERT INTO {ident(name)} {chunk}")
        self._probed = tuple(among)
        return name


def _column(staged: Staged, name: str) -> str:
    """What the engine calls a field's column; empty when the file lacks it."""
    found = find_column(staged.header, name)
    return staged.column_in(found) if found else ""
