"""What a run found, collected table by table: issues, ledger lines, statistics."""

from __future__ import annotations

from dataclasses import dataclass, field

from caseload.model.issue import Issue, Severity

LEDGER_COLUMNS = (
    "target_table",
    "route",
    "source_table",
    "rows_in",
    "rows_loaded",
    "rows_split",
    "rows_merged",
    "rows_rejected",
    "rows_held",
    "rows_filtered",
    "difference",
)
STATS_COLUMNS = (
    "target_table",
    "source_table",
    "rows_written",
    "columns_total",
    "columns_populated",
    "mapped_fields",
    "column_population_ratio",
    "columns_imputed",
    "population_ratio_without_imputed",
)
REJECT_COLUMNS = (
    "severity",
    "category",
    "table_name",
    "field_name",
    "record_id",
    "source_value",
    "crosswalk_name",
    "message",
    "source_table",
    "source_record",
    "held_with",
)


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """Where the rows of a route went.  Every count is taken on its own, none as a remainder.

    `rows_split` are the further rows that splits and joins made of one.
    """

    target_table: str
    route: str
    source_table: str
    rows_in: int = 0
    rows_loaded: int = 0
    rows_split: int = 0
    rows_merged: int = 0
    rows_rejected: int = 0
    rows_held: int = 0
    rows_filtered: int = 0

    @property
    def difference(self) -> int:
        """Rows that came in (or were made) and went nowhere; 0 when the line ties."""
        gone = self.rows_merged + self.rows_rejected + self.rows_held + self.rows_filtered
        return self.rows_in + self.rows_split - self.rows_loaded - gone

    def as_row(self) -> dict[str, object]:
        """The line of contract_migration_ledger.csv."""
        return {name: getattr(self, name) for name in LEDGER_COLUMNS}


@dataclass(frozen=True, slots=True)
class TableStats:
    """How full a written table is.  A column counts as populated by one filled cell.

    `columns_imputed` hold some imputed value, `only_imputed` no other.
    """

    target_table: str
    source_table: str
    rows_written: int
    columns_total: int
    columns_populated: int
    mapped_fields: int
    columns_imputed: int
    only_imputed: int

    def as_row(self) -> dict[str, object]:
        """The line of contract_migration_table_stats.csv."""
        return {
            "target_table": self.target_table,
            "source_table": self.source_table,
            "rows_written": self.rows_written,
            "columns_total": self.columns_total,
            "columns_populated": self.columns_populated,
            "mapped_fields": self.mapped_fields,
            "column_population_ratio": share(self.columns_populated, self.columns_total),
            "columns_imputed": self.columns_imputed,
            "population_ratio_without_imputed": share(
                self.columns_populated - self.only_imputed, self.columns_total
            ),
        }


@dataclass(slots=True)
class Results:
    """Everything that the reports tell; `crosswalk_rejects` counts rejected values."""

    issues: list[Issue] = field(default_factory=list)
    ledger: list[LedgerLine] = field(default_factory=list)
    stats: list[TableStats] = field(default_factory=list)
    crosswalk_rejects: int = 0

    def add(
        self,
        severity: Severity,
        category: str,
        message: str,
        *,
        table: str = "",
        field_name: str = "",
        records: str = "",
        rows: int = 1,
    ) -> None:
        """Add an issue; `records` names a few of its rows by source table and line."""
        rule = f"{table}.{field_name}" if field_name else table
        self.issues.append(
            Issue(severity, category, message, table, field_name, records, rule, rows)
        )

    def count(self, severity: Severity) -> int:
        """How many issues have that severity."""
        return sum(1 for issue in self.issues if issue.severity is severity)


def share(part: int, whole: int) -> float:
    """A ratio to four decimals; 0 of nothing."""
    return round(part / whole, 4) if whole else 0.0
