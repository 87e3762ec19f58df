"""Rules and routes as flat rows: lines of the contract's CSV files, or objects of its JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, TypeVar

from caseload.model.contract import (
    Confidence,
    Join,
    MappingClass,
    MappingStatus,
    OnFailure,
    Route,
    Rule,
    SplitCase,
)
from caseload.model.errors import BadInput

Row = dict[str, str]
E = TypeVar("E", bound=StrEnum)
T = TypeVar("T")


def rule_as_row(rule: Rule) -> Row:
    """The rule as one line of mapping_contract.csv."""
    return {
        "target_table": rule.target_table,
        "target_field": rule.target_field,
        "mapping_class": rule.mapping_class.value,
        "primary_source_table": rule.source_table,
        "primary_source_field": rule.source_field,
        "mapping_rule": rule.mapping_rule,
        "confidence": rule.confidence.value,
        "notes": rule.notes,
        "expression": rule.expression,
        "crosswalk": rule.crosswalk,
        "on_miss": rule.on_miss,
        "status": rule.status.value,
        "edited_by": rule.edited_by,
        "approved_by": rule.approved_by,
        "approved_at": rule.approved_at,
        "route": rule.route,
        "on_failure": rule.on_failure.value,
        "default_value": rule.default_value or "",
        "approved_hash": rule.approved_hash,
    }


def rule_from_row(row: Mapping[str, str], where: str = "") -> Rule:
    """A rule from one line (or one JSON object with the same keys).

    Raises BadInput naming `where` and the column for a value that is not allowed.
    """

    def one_of(kind: type[E], column: str, otherwise: E) -> E:
        text = (row.get(column) or "").strip()
        if not text:
            return otherwise
        return _member(kind, text, column, where)

    mapping_class = (row.get("mapping_class") or "").strip()
    return Rule(
        target_table=(row.get("target_table") or "").strip(),
        target_field=(row.get("target_field") or "").strip(),
        mapping_class=_member(MappingClass, mapping_class, "mapping_class", where),
        source_table=(row.get("primary_source_table") or "").strip(),
        source_field=(row.get("primary_source_field") or "").strip(),
        mapping_rule=row.get("mapping_rule") or "",
        confidence=one_of(Confidence, "confidence", Confidence.LOW),
        notes=row.get("notes") or "",
        expression=(row.get("expression") or "").strip(),
        crosswalk=(row.get("crosswalk") or "").strip(),
        on_miss=(row.get("on_miss") or "").strip(),
        status=one_of(MappingStatus, "status", MappingStatus.DRAFT),
        edited_by=row.get("edited_by") or "",
        approved_by=row.get("approved_by") or "",
        approved_at=row.get("approved_at") or "",
        route=(row.get("route") or "").strip(),
        on_failure=one_of(OnFailure, "on_failure", OnFailure.BY_FIELD),
        default_value=row.get("default_value") or None,
        approved_hash=row.get("approved_hash") or "",
    )


def route_as_row(route: Route) -> Row:
    """The route as one line of mapping_contract_routes.csv."""
    joins = [
        {
            "table": j.table,
            "on": [list(pair) for pair in j.on],
            "pick": j.pick,
            "order_by": j.order_by,
            "required": j.required,
        }
        for j in route.joins
    ]
    splits = [
        {"name": s.name, "where": s.where, "values": [list(pair) for pair in s.values]}
        for s in route.splits
    ]
    return {
        "target_table": route.target_table,
        "route": route.name,
        "base_table": route.base_table,
        "joins": as_json(joins) if joins else "",
        "row_filter": route.row_filter,
        "splits": as_json(splits) if splits else "",
        "natural_key": as_json(list(route.natural_key)),
        "notes": route.notes,
    }


def route_from_row(row: Mapping[str, Any], where: str = "") -> Route:
    """A route from one line; structured cells may be JSON text or already lists.

    Raises BadInput naming `where` and the column for JSON of another shape.
    """
    table = str(row.get("target_table") or "").strip()
    return Route(
        target_table=table,
        name=str(row.get("route") or "").strip() or "main",
        base_table=str(row.get("base_table") or "").strip(),
        natural_key=_cell(row, "natural_key", where, lambda v: tuple(_text(x) for x in v)),
        joins=_cell(row, "joins", where, lambda v: tuple(_join(x) for x in v)),
        row_filter=str(row.get("row_filter") or "").strip(),
        splits=_cell(row, "splits", where, lambda v: tuple(_split(x) for x in v)),
        notes=str(row.get("notes") or ""),
    )


def as_json(value: object) -> str:
    """Canonical JSON: no blanks, keys in order."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def _member(kind: type[E], text: str, column: str, where: str) -> E:
    by_name = {member.value.casefold(): member for member in kind}
    found = by_name.get(text.casefold())
    if found is None:
        allowed = ", ".join(member.value for member in kind if member.value)
        raise BadInput(
            f"{text!r} is not a {column.replace('_', ' ')}",
            where=f"{where}, column {column}",
            remedy=f"Use one of: {allowed}",
        )
    return found


def _cell(
    row: Mapping[str, Any], column: str, where: str, build: Callable[[list[Any]], tuple[T, ...]]
) -> tuple[T, ...]:
    value = row.get(column) or []
    if isinstance(value, str) and not value.strip():
        return ()
    try:
        if isinstance(value, str):
            plain = column == "natural_key" and not value.lstrip().startswith("[")
            value = [p.strip() for p in value.split(";")] if plain else json.loads(value)
        return build(_listed(value))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as trouble:
        raise BadInput(
            f"The {column.replace('_', ' ')} cannot be read: {trouble}",
            where=f"{where}, column {column}",
            remedy="It is a JSON list, as the program writes it",
        ) from None


def _listed(value: object) -> list[Any]:
    if not isinstance(value, list | tuple):
        raise TypeError("not a list")
    return list(value)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} should be text")
    return value


def _pairs(value: Any) -> tuple[tuple[str, str], ...]:
    pairs = value.items() if isinstance(value, dict) else value
    return tuple((_text(a), _text(b)) for a, b in pairs)


def _join(value: dict[str, Any]) -> Join:
    pick = value.get("pick", "first")
    if pick not in {"first", "latest", "all"}:
        raise ValueError(f"pick is {pick!r}, not first, latest or all")
    return Join(
        table=_text(value["table"]),
        on=_pairs(value["on"]),
        pick=pick,
        order_by=_text(value.get("order_by", "")),
        required=bool(value.get("required", False)),
    )


def _split(value: dict[str, Any]) -> SplitCase:
    return SplitCase(
        name=_text(value["name"]),
        where=_text(value.get("where", "")),
        values=_pairs(value.get("values", [])),
    )
