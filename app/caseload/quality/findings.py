"""Runs checks in the engine: one scan of a table for all its row checks, then the rows found."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from caseload.engine.connection import Engine
from caseload.engine.sql import ident, text
from caseload.engine.staging import Staged
from caseload.model.issue import Issue
from caseload.model.progress import CancelToken, Progress
from caseload.quality.checks import Check, DuplicateCheck, OrphanCheck, RowCheck, message_of

FOUND = "quality#found"
CHECKS_A_SCAN = 200
SAMPLE = 5


@dataclass(frozen=True, slots=True)
class Found:
    """A check that found rows: how many, and the records of the first few."""

    check: Check
    rows: int
    sample: tuple[str, ...]

    def as_issue(self) -> Issue:
        """The finding as one issue with its first records."""
        more = " …" if self.rows > len(self.sample) else ""
        return self.check.rule.issue(
            self.check.table,
            self.check.field,
            record="; ".join(self.sample) + more,
            message=message_of(self.check),
            rows=self.rows,
        )


class Finder:
    """Finds offending rows and keeps all of them in the table `FOUND` of the engine.

    `tables` are the staged files by table name; `record_fields` names, for a table, the column
    that identifies its rows to a person; other tables' rows are named by their line.
    """

    def __init__(
        self, engine: Engine, tables: Mapping[str, Staged], record_fields: Mapping[str, str]
    ) -> None:
        self._engine = engine
        self._tables = tables
        self._record_fields = record_fields
        engine.run(
            f"CREATE TABLE IF NOT EXISTS {ident(FOUND)} (rule_id VARCHAR, table_name VARCHAR, "
            "field_name VARCHAR, record_id VARCHAR, line BIGINT)"
        )

    def find(self, checks: Iterable[Check], progress: Progress, cancel: CancelToken) -> list[Found]:
        """Every check that finds a row, in the checks' order within each table."""
        by_table: dict[str, list[Check]] = defaultdict(list)
        for check in checks:
            by_table[check.table].append(check)
        found: list[Found] = []
        for done, (table, of_table) in enumerate(by_table.items(), start=1):
            cancel.raise_if_cancelled()
            found += self._of_table(table, of_table)
            progress.report(done / len(by_table), f"{len(of_table)} checks", table)
        return found

    def _of_table(self, table: str, checks: list[Check]) -> list[Found]:
        usable = [check for check in checks if self._columns_there(check)]
        conditions = {id(check): self._condition(check) for check in usable}
        counts: dict[int, int] = {}
        for start in range(0, len(usable), CHECKS_A_SCAN):
            part = usable[start : start + CHECKS_A_SCAN]
            sums = ", ".join(f"count_if({conditions[id(check)]})" for check in part)
            row = self._engine.row(f"SELECT {sums} FROM {self._named(table)} t")
            counts.update((id(check), int(n or 0)) for check, n in zip(part, row, strict=True))
        return [
            Found(check, counts[id(check)], self._keep(check, conditions[id(check)]))
            for check in usable
            if counts[id(check)]
        ]

    def _columns_there(self, check: Check) -> bool:
        columns = {name.casefold() for name in self._tables[check.table].columns}
        fields: Sequence[str] = (check.field,) if isinstance(check, RowCheck) else check.fields
        there = all(name.casefold() in columns for name in fields)
        if there and isinstance(check, OrphanCheck):
            parent = {name.casefold() for name in self._tables[check.parent].columns}
            there = all(name.casefold() in parent for name in check.parent_fields)
        return there

    def _condition(self, check: Check) -> str:
        if isinstance(check, RowCheck):
            return check.condition
        filled = " AND ".join(f"t.{ident(name)} IS NOT NULL" for name in check.fields)
        if isinstance(check, DuplicateCheck):
            key = ", ".join(ident(name) for name in check.fields)
            mine = ", ".join(f"t.{ident(name)}" for name in check.fields)
            several = (
                f"SELECT {key} FROM {self._named(check.table)} GROUP BY {key} HAVING count(*) > 1"
            )
            return f"({filled} AND ({mine}) IN ({several}))"
        pairs = zip(check.fields, check.parent_fields, strict=True)
        same = " AND ".join(f"p.{ident(theirs)} = t.{ident(mine)}" for mine, theirs in pairs)
        parents = f"SELECT 1 FROM {self._named(check.parent)} p WHERE {same}"
        return f"({filled} AND NOT EXISTS ({parents}))"

    def _keep(self, check: Check, condition: str) -> tuple[str, ...]:
        line = self._tables[check.table].line_of("t.rowid")
        name = self._record_fields.get(check.table)
        record = f"t.{ident(name)}" if name else f"concat('line ', {line})"
        place = f"{text(check.rule.id)}, {text(check.table)}, {text(check.field)}"
        self._engine.run(
            f"INSERT INTO {ident(FOUND)} SELECT {place}, {record}, {line} "
            f"FROM {self._named(check.table)} t WHERE {condition}"
        )
        rows = self._engine.rows(
            f"SELECT {record} FROM {self._named(check.table)} t WHERE {condition} "
            f"ORDER BY t.rowid LIMIT {SAMPLE}"
        )
        return tuple(str(row[0]) for row in rows)

    def _named(self, table: str) -> str:
        return ident(self._tables[table].table)
