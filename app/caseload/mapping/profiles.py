"""What the source data look like, measured only where a question is asked.

Without data every answer is None: suggestions and rules then rest on the documents alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from caseload.engine.connection import Engine, open_engine
from caseload.engine.profile import (
    ColumnProfile,
    distinct_share,
    inclusion,
    profile_columns,
    table_columns,
)
from caseload.engine.staging import stage_folder
from caseload.model.progress import CancelToken

VALUES = 400


class SourceData:
    """Profiles of source columns; tables are staged and profiled on first use."""

    def __init__(self, engine: Engine | None, folder: Path) -> None:
        self._engine = engine
        self._folder = folder
        self._columns: dict[str, list[str]] = {}
        self._profiles: dict[str, dict[str, ColumnProfile]] = {}
        self._inclusions: dict[tuple[str, ...], float | None] = {}

    def stage(self, tables: Iterable[str]) -> None:
        """Read the files of these tables, those that there are."""
        if self._engine is None:
            return
        wanted = [
            t for t in dict.fromkeys(tables) if t not in self._columns and self._file(t).is_file()
        ]
        staged, _ = stage_folder(self._engine, self._folder, wanted)
        for name in wanted:
            self._columns[name] = table_columns(self._engine, name) if name in staged else []

    def _file(self, table: str) -> Path:
        return self._folder / f"{table}.csv"

    def has(self, table: str) -> bool:
        """True when the table's file is there, readable, and has rows."""
        self.stage([table])
        found = self._columns.get(table)
        return bool(found) and any(p.rows for p in self._of(table).values())

    def _of(self, table: str) -> dict[str, ColumnProfile]:
        if self._engine is None or not self._columns.get(table):
            return {}
        if table not in self._profiles:
            self._profiles[table] = profile_columns(self._engine, table, top=VALUES)
        return self._profiles[table]

    def profile(self, table: str, field: str) -> ColumnProfile | None:
        """The profile of one column; None without rows."""
        if not self.has(table):
            return None
        return self._of(table).get(field)

    def values(self, table: str, field: str) -> list[tuple[str, int]] | None:
        """The commonest values with their counts (at most VALUES); None without rows."""
        profile = self.profile(table, field)
        return None if profile is None else list(profile.top)

    def included(
        self, child: str, child_fields: tuple[str, ...], parent: str, parent_fields: tuple[str, ...]
    ) -> float | None:
        """The share of the child's distinct keys that the parent has; None when unknown."""
        if self._engine is None or not (self.has(child) and self.has(parent)):
            return None
        if not set(child_fields) <= set(self._columns[child]):
            return None
        if not set(parent_fields) <= set(self._columns[parent]):
            return None
        at = (child, *child_fields, parent, *parent_fields)
        if at not in self._inclusions:
            self._inclusions[at] = inclusion(
                self._engine, child, child_fields, parent, parent_fields
            )
        return self._inclusions[at]

    def distinct(self, table: str, fields: tuple[str, ...]) -> float | None:
        """Distinct combinations over rows: 1.0 is a key; None when unknown."""
        if self._engine is None or not self.has(table):
            return None
        if not set(fields) <= set(self._columns[table]):
            return None
        return distinct_share(self._engine, table, fields)


@contextmanager
def open_source_data(
    folder: Path, scratch: Path, *, memory_limit_mb: int = 2048, cancel: CancelToken | None = None
) -> Iterator[SourceData]:
    """Source data of `folder`; an absent or empty folder answers None to everything."""
    if not folder.is_dir() or not any(folder.glob("*.csv")):
        yield SourceData(None, folder)
        return
    scratch.mkdir(parents=True, exist_ok=True)
    with open_engine(
        scratch, folders=[folder], memory_limit_mb=memory_limit_mb, cancel=cancel
    ) as engine:
        yield SourceData(engine, folder)
