"""The contract as two CSV files, so that people and scripts can read and send it.

`mapping_contract.csv` holds one rule a line, `mapping_contract_routes.csv` one route a
line; what is structured stands as JSON inside its cell.  A line of the routes file whose
target table is `*` is a rule of scope: rows of `base_table` migrate when `row_filter` holds.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable, Mapping
from pathlib import Path

from caseload.contract.rows import (
    Row,
    as_json,
    route_as_row,
    route_from_row,
    rule_as_row,
    rule_from_row,
)
from caseload.model.catalog import FieldSpec
from caseload.model.contract import Contract, Route, Rule
from caseload.model.errors import BadInput

__all__ = [
    "ROUTE_COLUMNS",
    "RULE_COLUMNS",
    "contract_hash",
    "read_contract",
    "route_as_row",
    "route_from_row",
    "rule_as_row",
    "rule_from_row",
    "rule_hash",
    "write_contract",
    "write_rows",
]

RULE_COLUMNS = (
    "target_table",
    "target_field",
    "mapping_class",
    "primary_source_table",
    "primary_source_field",
    "mapping_rule",
    "confidence",
    "notes",
    "expression",
    "crosswalk",
    "on_miss",
    "status",
    "edited_by",
    "approved_by",
    "approved_at",
    "route",
    "on_failure",
    "default_value",
    "approved_hash",
)
RULE_COLUMNS_NEEDED = RULE_COLUMNS[:8]

ROUTE_COLUMNS = (
    "target_table",
    "route",
    "base_table",
    "joins",
    "row_filter",
    "splits",
    "natural_key",
    "notes",
)
ROUTE_COLUMNS_NEEDED = ("target_table", "base_table", "natural_key")

SCOPE = "*"


def read_contract(rules_csv: Path, routes_csv: Path, *, version: int = 1) -> Contract:
    """Read a contract from its two files.

    Raises BadInput with file, line and column for a missing file, a missing or doubled
    column, an unknown class or status, broken JSON, or two rules for one field of a route.
    """
    rules: list[Rule] = []
    seen: dict[tuple[str, str, str], int] = {}
    for line, row in _lines(rules_csv, RULE_COLUMNS_NEEDED):
        where = f"{rules_csv.name}, line {line}"
        rule = rule_from_row(row, where)
        if not rule.target_table or not rule.target_field:
            raise BadInput("A rule names no target table or field", where=where)
        key = (rule.target_table, rule.target_field, rule.route)
        if key in seen:
            raise BadInput(
                f"{rule.target_table}.{rule.target_field} has a second rule"
                + (f" for the route {rule.route}" if rule.route else ""),
                where=f"{where}; the first is on line {seen[key]}",
                remedy="Keep one of them",
            )
        seen[key] = line
        rules.append(rule)
    routes: list[Route] = []
    scope: list[tuple[str, str]] = []
    named: dict[tuple[str, str], int] = {}
    for line, row in _lines(routes_csv, ROUTE_COLUMNS_NEEDED):
        where = f"{routes_csv.name}, line {line}"
        if (row.get("target_table") or "").strip() == SCOPE:
            scope.append((row["base_table"].strip(), (row.get("row_filter") or "").strip()))
            continue
        route = route_from_row(row, where)
        if not route.target_table or not route.base_table:
            raise BadInput("A route names no target table or no base table", where=where)
        name = (route.target_table, route.name)
        if name in named:
            raise BadInput(
                f"{route.target_table} has two routes called {route.name}",
                where=f"{where}; the first is on line {named[name]}",
                remedy="Give each route of a table its own name",
            )
        named[name] = line
        routes.append(route)
    return Contract(rules=rules, routes=routes, version=version, scope=tuple(scope))


def write_contract(contract: Contract, rules_path: Path, routes_path: Path) -> None:
    """Write both files, each aside and then renamed."""
    write_rows(rules_path, RULE_COLUMNS, (rule_as_row(r) for r in contract.rules))
    scope = (
        {"target_table": SCOPE, "route": "scope", "base_table": table, "row_filter": condition}
        for table, condition in contract.scope
    )
    routes = (route_as_row(r) for r in contract.routes)
    write_rows(routes_path, ROUTE_COLUMNS, [*scope, *routes])


def write_rows(path: Path, columns: tuple[str, ...], rows: Iterable[Mapping[str, object]]) -> None:
    """A small CSV in the house style, written aside and renamed."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n", restval="", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.part")
    aside.write_text(text.getvalue(), encoding="utf-8", newline="")
    aside.replace(path)


def rule_hash(rule: Rule, *, spec: FieldSpec | None = None, crosswalk_sha256: str = "") -> str:
    """What an approval of the rule names: lower-case hex SHA-256.

    Changes with anything that changes what the rule does: its content, the crosswalk's
    content and the target field's own specification; not with notes, wording or status.
    """
    said: dict[str, object] = {
        "rule": [
            rule.target_table,
            rule.target_field,
            rule.mapping_class.value,
            rule.source_table,
            rule.source_field,
            rule.expression,
            rule.crosswalk,
            rule.on_miss,
            rule.route,
            rule.on_failure.value,
            rule.default_value,
        ],
        "crosswalk": crosswalk_sha256,
    }
    if spec is not None:
        said["field"] = [
            spec.data_type,
            spec.length,
            spec.mandatory,
            spec.format,
            list(spec.allowed_values),
            spec.code_type,
            spec.foreign_table,
            spec.foreign_field,
            spec.unique,
            spec.upper,
        ]
    return _sha(said)


def contract_hash(contract: Contract, crosswalks: Mapping[str, str] | None = None) -> str:
    """The hash of everything that runs: rules, routes, scope, crosswalks (name to SHA-256)."""
    return _sha(
        {
            "rules": sorted(rule_hash(r) for r in contract.rules),
            "routes": [
                {k: v for k, v in route_as_row(r).items() if k != "notes"} for r in contract.routes
            ],
            "scope": [list(pair) for pair in contract.scope],
            "crosswalks": dict(sorted((crosswalks or {}).items())),
        }
    )


def _sha(value: object) -> str:
    return hashlib.sha256(as_json(value).encode()).hexdigest()


def _lines(path: Path, needed: tuple[str, ...]) -> Iterable[tuple[int, Row]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise BadInput(
            f"There is no {path.name}",
            where=str(path.parent),
            remedy="Build the mapping contract first, or name its file",
        ) from None
    except (UnicodeDecodeError, OSError) as trouble:
        raise BadInput(
            f"{path.name} cannot be read: {type(trouble).__name__}",
            where=str(path),
            remedy="Save it as CSV in UTF-8",
        ) from None
    reader = csv.reader(io.StringIO(text, newline=""))
    header = [name.strip() for name in next(reader, [])]
    missing = [name for name in needed if name not in header]
    doubled = sorted({name for name in header if name and header.count(name) > 1})
    if missing or doubled:
        what = f"has no column {missing[0]}" if missing else f"has two columns {doubled[0]}"
        raise BadInput(f"{path.name} {what}", where="line 1", remedy="Restore its header")
    line = reader.line_num
    try:
        for cells in reader:
            start, line = line + 1, reader.line_num
            if not any(cells):
                continue
            if len(cells) != len(header):
                raise BadInput(
                    f"{len(cells)} cells where the header has {len(header)}",
                    where=f"{path.name}, line {start}",
                    remedy="Quote cells that hold commas or line ends",
                )
            yield start, dict(zip(header, cells, strict=True))
    except csv.Error as trouble:
        raise BadInput(f"Not CSV: {trouble}", where=f"{path.name}, line {line + 1}") from None
