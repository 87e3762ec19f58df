"""Hashes of decisions: what an approval approves, and when it no longer does.

A hash covers what changes the outcome of a run, and nothing a person may reword freely.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from caseload.model.catalog import FieldSpec
from caseload.model.contract import Route, Rule


def digest(value: Any) -> str:
    """SHA-256 hex of a JSON value, independent of the order of its keys."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def rule_hash(rule: Rule, *, target: FieldSpec | None = None, crosswalk_sha256: str = "") -> str:
    """The hash of what `rule` does; with its target field's spec and crosswalk when given.

    Words, confidence, notes and the approval itself are left out.
    """
    parts: list[Any] = [
        rule.target_table,
        rule.target_field,
        rule.route,
        rule.mapping_class.value,
        rule.source_table,
        rule.source_field,
        rule.expression,
        rule.crosswalk,
        rule.on_miss,
        rule.on_failure.value,
        rule.default_value,
    ]
    if target is not None:
        parts.append(
            [
                target.data_type,
                target.length,
                target.mandatory,
                target.format,
                list(target.allowed_values),
                target.code_type,
                target.foreign_table,
                target.foreign_field,
                target.unique,
                target.upper,
                target.condition,
            ]
        )
    if crosswalk_sha256:
        parts.append({"crosswalk": crosswalk_sha256})
    return digest(parts)


def contract_hash(rules: Iterable[Rule], routes: Iterable[Route]) -> str:
    """The hash of a whole contract: its rules' hashes and its routes, in order."""
    return digest(
        {
            "rules": [rule_hash(rule) for rule in rules],
            "routes": [
                [
                    route.target_table,
                    route.name,
                    route.base_table,
                    list(route.natural_key),
                    [
                        [j.table, [list(p) for p in j.on], j.pick, j.order_by, j.required]
                        for j in route.joins
                    ],
                    route.row_filter,
                    [[s.name, s.where, [list(v) for v in s.values]] for s in route.splits],
                ]
                for route in routes
            ],
        }
    )
