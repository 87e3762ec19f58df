"""The mapping contract as people decide it: rules, routes, scope and versions."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, delete, func, insert, or_, select
from sqlalchemy.dialects.sqlite import insert as upsert

from caseload.model.contract import (
    Confidence,
    Contract,
    Join,
    MappingClass,
    MappingStatus,
    OnFailure,
    Route,
    Rule,
    SplitCase,
)
from caseload.model.errors import BadInput
from caseload.store.database import Database
from caseload.store.records import ContractVersion, RuleFilter, RuleRecord
from caseload.store.schema import contract_version, mapping_rule, route

_ENUMS: dict[str, type[MappingClass | Confidence | MappingStatus | OnFailure]] = {
    "mapping_class": MappingClass,
    "confidence": Confidence,
    "status": MappingStatus,
    "on_failure": OnFailure,
}
_RULE_FIELDS = tuple(f.name for f in dataclasses.fields(Rule))

SORTABLE = frozenset(
    {
        "position", "target_table", "target_field", "mapping_class", "source_table",
        "source_field", "confidence", "status", "edited_by", "edited_at", "approved_by",
        "approved_at", "assigned_to",
    }
)  # fmt: skip
"""The columns a grid may be sorted by."""


def rule_id_of(rule: Rule) -> str:
    """The rule's stable id: TABLE.Field, with @route where it is one route's own."""
    own = f"{rule.target_table}.{rule.target_field}"
    return f"{own}@{rule.route}" if rule.route else own


class Contracts:
    """The project's one contract, as it stands."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def load(self) -> Contract:
        """Rules (without orphans), routes and scope, as a run takes them."""
        latest = self.latest_version()
        return Contract(
            rules=[r.rule for r in self.rules() if not r.orphan],
            routes=self.routes(),
            version=latest.version if latest else 0,
            scope=self.scope(),
        )

    def replace(self, records: Sequence[RuleRecord], routes: Sequence[Route]) -> None:
        """Put rules and routes in the place of all there are, within the open transaction."""
        connection = self._database.current
        connection.execute(delete(mapping_rule))
        connection.execute(delete(route))
        if records:
            connection.execute(insert(mapping_rule), [_rule_row(r) for r in records])
        bodies = [
            {
                "target_table": r.target_table,
                "name": r.name,
                "ordinal": ordinal,
                "body": dataclasses.asdict(r),
            }
            for ordinal, r in enumerate(routes)
        ]
        if bodies:
            connection.execute(insert(route), bodies)

    def put(self, records: Iterable[RuleRecord]) -> None:
        """Put single rules in the place of those with their ids, or beside the others."""
        for record in records:
            row = _rule_row(record)
            values = {k: v for k, v in row.items() if k != "rule_id"}
            self._database.current.execute(
                upsert(mapping_rule)
                .values(**row)
                .on_conflict_do_update(index_elements=["rule_id"], set_=values)
            )

    def rules(self, rule_ids: Sequence[str] | None = None) -> list[RuleRecord]:
        """Rules by position; or those of `rule_ids`, in that order.

        Raises:
            BadInput: there is no rule of one of these ids.
        """
        query = select(mapping_rule).order_by(mapping_rule.c.position)
        if rule_ids is not None:
            query = query.where(mapping_rule.c.rule_id.in_(rule_ids))
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        found = {row.rule_id: _record(row) for row in rows}
        if rule_ids is None:
            return list(found.values())
        missing = [rule_id for rule_id in rule_ids if rule_id not in found]
        if missing:
            raise BadInput(
                f"There is no mapping rule for {', '.join(missing[:3])}",
                remedy="Name target fields as TABLE.Field, as the mappings list shows them",
            )
        return [found[rule_id] for rule_id in rule_ids]

    def rule_ids(
        self, wanted: RuleFilter | None = None, *, sort: str = "position", descending: bool = False
    ) -> list[str]:
        """The ids of the rules a grid shows, in its order; fetch pages of them by `rules`.

        Raises:
            BadInput: `sort` is not one of `SORTABLE`.
        """
        if sort not in SORTABLE:
            raise BadInput(
                f"Rules cannot be sorted by {sort}",
                remedy=f"Sort by one of {', '.join(sorted(SORTABLE))}",
            )
        column = mapping_rule.c[sort]
        query = _filtered(select(mapping_rule.c.rule_id), wanted or RuleFilter()).order_by(
            column.desc() if descending else column, mapping_rule.c.position
        )
        with self._database.read() as connection:
            return [row.rule_id for row in connection.execute(query)]

    def counts(self, column: str = "status") -> dict[str, int]:
        """How many rules (without orphans) have each value of `column`, e.g. status."""
        kept = mapping_rule.c[column]
        query = (
            select(kept, func.count()).where(~mapping_rule.c.orphan).group_by(kept).order_by(kept)
        )
        with self._database.read() as connection:
            return {str(value): int(count) for value, count in connection.execute(query)}

    def routes(self) -> list[Route]:
        """Every route, in the contract's order."""
        with self._database.read() as connection:
            bodies = connection.execute(select(route.c.body).order_by(route.c.ordinal)).scalars()
            return [route_from(body) for body in bodies]

    def scope(self) -> tuple[tuple[str, str], ...]:
        """The scope of the newest version."""
        query = select(contract_version.c.scope).order_by(contract_version.c.version.desc())
        with self._database.read() as connection:
            value = connection.execute(query.limit(1)).scalar()
        return tuple((str(a), str(b)) for a, b in value or ())

    def add_version(self, version: ContractVersion, scope: Sequence[tuple[str, str]] = ()) -> None:
        """Record a version within the open transaction."""
        self._database.current.execute(
            insert(contract_version).values(
                **dataclasses.asdict(version), scope=[list(pair) for pair in scope]
            )
        )

    def versions(self) -> list[ContractVersion]:
        """Every version, newest first."""
        with self._database.read() as connection:
            rows = connection.execute(
                select(contract_version).order_by(contract_version.c.version.desc())
            ).all()
        return [
            ContractVersion(r.version, r.sha256, r.created_at, r.created_by, r.origin) for r in rows
        ]

    def latest_version(self) -> ContractVersion | None:
        """The newest version; None before the first contract is built."""
        found = self.versions()
        return found[0] if found else None


def rule_from(value: Mapping[str, Any]) -> Rule:
    """A rule from its JSON object; unknown keys are ignored, absent ones take defaults."""
    values = {k: value[k] for k in _RULE_FIELDS if k in value}
    for name, kind in _ENUMS.items():
        if name in values:
            values[name] = kind(values[name])
    return Rule(**values)


def route_from(value: Mapping[str, Any]) -> Route:
    """A route from its JSON object."""
    return Route(
        target_table=value["target_table"],
        name=value["name"],
        base_table=value["base_table"],
        natural_key=tuple(value["natural_key"]),
        joins=tuple(
            Join(
                j["table"],
                tuple((a, b) for a, b in j["on"]),
                j.get("pick", "first"),
                j.get("order_by", ""),
                j.get("required", False),
            )
            for j in value.get("joins", ())
        ),
        row_filter=value.get("row_filter", ""),
        splits=tuple(
            SplitCase(s["name"], s["where"], tuple((a, b) for a, b in s.get("values", ())))
            for s in value.get("splits", ())
        ),
        notes=value.get("notes", ""),
    )


def _rule_row(record: RuleRecord) -> dict[str, Any]:
    row = {name: getattr(record.rule, name) for name in _RULE_FIELDS}
    row = {k: v.value if k in _ENUMS else v for k, v in row.items()}
    row.update(
        rule_id=record.rule_id,
        position=record.position,
        rule_hash=record.rule_hash,
        edited_at=record.edited_at,
        assigned_to=record.assigned_to,
        orphan=record.orphan,
    )
    return row


def _record(row: Row[Any]) -> RuleRecord:
    return RuleRecord(
        row.rule_id,
        row.position,
        rule_from(row._asdict()),
        row.rule_hash,
        row.edited_at,
        row.assigned_to,
        row.orphan,
    )


def _filtered(query: Select[tuple[str]], wanted: RuleFilter) -> Select[tuple[str]]:
    columns = mapping_rule.c
    conditions: list[ColumnElement[bool]] = []
    for values, column in (
        (wanted.target_tables, columns.target_table),
        (wanted.classes, columns.mapping_class),
        (wanted.statuses, columns.status),
        (wanted.confidences, columns.confidence),
    ):
        if values:
            conditions.append(column.in_(values))
    if wanted.assigned_to:
        conditions.append(columns.assigned_to == wanted.assigned_to)
    if not wanted.include_orphans:
        conditions.append(~columns.orphan)
    searched = (
        columns.rule_id,
        columns.source_table,
        columns.source_field,
        columns.mapping_rule,
        columns.expression,
        columns.crosswalk,
        columns.notes,
    )
    conditions.extend(
        or_(*(column.icontains(word, autoescape=True) for column in searched))
        for word in wanted.text.split()
    )
    return query.where(*conditions)
