"""A slow and obvious run of a contract, row by row, to hold the engine against.

It shares nothing with the engine: expressions are Python functions given beside their text,
and every rule of the run is written out as a loop.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from caseload.model.catalog import FieldSpec
from caseload.model.contract import Contract, OnFailure, Route, Rule

Row = dict[str, str | None]
Meaning = Callable[[Row], str | None]


class Unreadable(Exception):
    """A value that the rule cannot read."""


def day(text: str | None, mask: str) -> str | None:
    """A date text in ISO form, or Unreadable."""
    if text is None:
        return None
    patterns = {
        "DD/MM/YYYY": ("%d/%m/%Y", r"\d\d/\d\d/\d{4}"),
        "CCYYMMDD": ("%Y%m%d", r"\d{8}"),
        "YYYY-MM-DD": ("%Y-%m-%d", r"\d{4}-\d\d-\d\d"),
    }
    pattern, shape = patterns[mask]
    if not re.fullmatch(shape, text, re.ASCII):
        raise Unreadable(text)
    try:
        return datetime.strptime(text, pattern).replace(tzinfo=UTC).strftime("%Y-%m-%d")
    except ValueError:
        raise Unreadable(text) from None


def any_day(text: str | None) -> str | None:
    """A date text in any known mask."""
    for mask in ("DD/MM/YYYY", "CCYYMMDD", "YYYY-MM-DD"):
        try:
            return day(text, mask)
        except Unreadable:
            continue
    raise Unreadable(text)


@dataclass
class Made:
    """A target row on its way: where it came from, its key, values, and its failures."""

    route: Route
    line: int
    key: tuple[str, ...] | None
    values: dict[str, str | None] = field(default_factory=dict)
    links: dict[str, tuple[str, ...] | None] = field(default_factory=dict)
    failures: list[tuple[str, str, str]] = field(default_factory=list)
    state: str = "loaded"
    number: int = 0


@dataclass
class Reference:
    """The run: `meanings` gives the Python of every expression text."""

    contract: Contract
    catalog: dict[str, list[FieldSpec]]
    source: dict[str, list[Row]]
    meanings: dict[str, Meaning]
    crosswalks: dict[str, dict[str, str]]
    order: list[str]
    impute: bool
    made: dict[str, list[Made]] = field(default_factory=dict)
    ledger: dict[tuple[str, str], Counter[str]] = field(default_factory=dict)
    gone: dict[str, set[tuple[str, ...]]] = field(default_factory=dict)

    def run(self) -> None:
        for table in self.order:
            self.made[table] = []
            self.gone[table] = set()
            for route in self.contract.routes_of(table):
                self.one_route(table, route)
            self.fail(table)
            self.merge(table)
            self.only_one(table)
            self.own_links(table)
            for number, row in enumerate(self.made[table], 1):
                row.number = number
            for row in self.made[table]:
                self.ledger[table, row.route.name][row.state] += 1

    def one_route(self, table: str, route: Route) -> None:
        count = self.ledger[table, route.name] = Counter()
        for index, base in enumerate(self.source[route.base_table]):
            count["in"] += 1
            start = {f"{route.base_table}.{k}": v for k, v in base.items()}
            outputs = 0
            rows = [start]
            for join in route.joins:
                rows = [joined for row in rows for joined in self.join(row, join)]
            for row in rows:
                if join_missing(route, row) or (
                    route.row_filter and self.meanings[route.row_filter](row) != "Y"
                ):
                    continue
                for name, where, values in [
                    (s.name, s.where, dict(s.values)) for s in route.splits
                ] or [("", "", {})]:
                    if where and self.meanings[where](row) != "Y":
                        continue
                    outputs += 1
                    self.made[table].append(
                        self.one_row(table, route, row, index + 2, name, values)
                    )
            if not outputs:
                count["filtered"] += 1
                key = self.key(route, start, "")
                if key is not None and not route.splits:
                    self.gone[table].add(key)
            count["split"] += max(0, outputs - 1)
        if route.splits:
            cases = [s.name for s in route.splits]
            mine = [m for m in self.made[table] if m.route is route]
            others = [m for m in self.made[table] if m.route is not route]
            mine.sort(key=lambda m: cases.index((m.key or m.links["#key"] or ("",))[-1]))
            self.made[table] = others + mine

    def join(self, row: Row, join: object) -> list[Row]:
        table, on = join.table, join.on  # type: ignore[attr-defined]
        found = [
            other
            for other in self.source[table]
            if all(row[a] is not None and row[a] == other[b] for a, b in on)
        ]
        if not found:
            blank: Row = {f"{table}.{k}": None for k in self.source_fields(table)}
            return [{**row, **blank, f"#{table}": None}]
        pick = join.pick  # type: ignore[attr-defined]
        if pick == "latest":
            order = join.order_by  # type: ignore[attr-defined]
            best = max(found, key=lambda r: (latest(r[order]), -found.index(r)))
            found = [best]
        elif pick == "first":
            found = found[:1]
        return [
            {**row, **{f"{table}.{k}": v for k, v in r.items()}, f"#{table}": "Y"} for r in found
        ]

    def source_fields(self, table: str) -> list[str]:
        return FIELDS[table]

    def key(self, route: Route, row: Row, split: str) -> tuple[str, ...] | None:
        parts = [row[name] for name in route.natural_key]
        if any(part is None for part in parts):
            return None
        return tuple(p for p in parts if p is not None) + ((split,) if split else ())

    def one_row(
        self, table: str, route: Route, row: Row, line: int, split: str, values: dict[str, str]
    ) -> Made:
        made = Made(route, line, self.key(route, row, split))
        made.links["#key"] = (split,)
        if made.key is None:
            made.failures.append(("KEY_EMPTY", "", "rejected"))
        for spec in self.catalog[table]:
            rule = self.rule(table, spec.field_name, route.name)
            self.one_field(made, spec, rule, values.get(spec.field_name, rule.expression), row)
        return made

    def rule(self, table: str, name: str, route: str) -> Rule:
        rules = [r for r in self.contract.rules_of(table) if r.target_field == name]
        own = [r for r in rules if r.route == route]
        return (own or [r for r in rules if not r.route])[0]

    def one_field(self, made: Made, spec: FieldSpec, rule: Rule, text: str, row: Row) -> None:
        name = spec.field_name
        reject = rule.on_failure is OnFailure.REJECT or spec.mandatory
        failed: list[str] = []
        null = rule.on_failure is OnFailure.NULL
        if text == "record_key()":
            made.values[name] = "#key"
            return
        if text.startswith("parent_key"):
            parent = text.split("'")[1]
            parts = [self.meanings[p](row) for p in link_parts(text)]
            key = None if any(p is None for p in parts) else tuple(str(p) for p in parts)
            if parent == spec.table_name:
                made.links[name] = key
                return
            found = self.find(parent, key)
            if key is not None and found is None and reject:
                made.failures.append(("PARENT_MISSING", name, self.fate(parent, key)))
                failed.append("parent")
            value = found and str(found.number)
        else:
            try:
                value = self.meanings[text](row) if text else None
            except Unreadable:
                value = None
                if not null:
                    failed.append("UNREADABLE")
            if rule.crosswalk and value is not None:
                known = self.crosswalks[rule.crosswalk]
                action, _, default = rule.on_miss.partition(":")
                if value in known:
                    value = known[value] or None
                elif action in ("", "reject"):
                    value = None
                    failed.append("CROSSWALK_MISS")
                else:
                    value = {"null": None, "pass": value, "default": default}[action]
            value, more = self.conform(spec, rule, value)
            failed += more
            made.failures += [(reason, name, "rejected") for reason in failed]
            if spec.foreign_table and value is not None:
                known_values = {
                    m.values[spec.foreign_field]
                    for m in self.made[spec.foreign_table]
                    if m.state == "loaded"
                }
                if value not in known_values:
                    if reject:
                        lost = [
                            m
                            for m in self.made[spec.foreign_table]
                            if m.state in ("rejected", "held", "filtered")
                            and m.values[spec.foreign_field] == value
                        ]
                        state = "rejected"
                        if lost:
                            held = any(m.state != "filtered" for m in lost)
                            state = "held" if held else "filtered"
                        made.failures.append(("PARENT_MISSING", name, state))
                        failed.append("parent")
                    else:
                        value = None
        if value is None and spec.mandatory and not failed:
            if rule.default_value is not None and self.impute:
                value = rule.default_value
            else:
                made.failures.append(("MANDATORY_EMPTY", name, "rejected"))
        made.values[name] = value

    def conform(
        self, spec: FieldSpec, rule: Rule, value: str | None
    ) -> tuple[str | None, list[str]]:
        failed: list[str] = []
        if value is None:
            return None, failed
        null = rule.on_failure is OnFailure.NULL
        if spec.data_type == "DATE":
            try:
                iso = any_day(value)
            except Unreadable:
                return None, [] if null else ["UNREADABLE"]
            return f"{iso[8:]}/{iso[5:7]}/{iso[:4]}" if iso else None, failed
        if spec.data_type == "NUMBER":
            if not re.fullmatch(r"[+-]?\d+(\.0*)?", value, re.ASCII):
                return None, [] if null else ["UNREADABLE"]
            value = str(int(float(value)))
            if spec.size and len(value.lstrip("-")) > spec.size and value != "0":
                return (None, []) if null else (value, ["TOO_LONG"])
            return value, failed
        value = value.strip(" ") or None
        if value is not None and spec.size and len(value) > spec.size:
            if rule.on_failure is OnFailure.TRUNCATE:
                value = value[: spec.size]
            elif null:
                value = None
            else:
                failed.append("TOO_LONG")
        if value is not None and spec.allowed_values and value not in spec.allowed_values:
            if null:
                value = None
            else:
                failed.append("NOT_ALLOWED")
        return value, failed

    def find(self, parent: str, key: tuple[str, ...] | None) -> Made | None:
        return next(
            (m for m in self.made[parent] if m.state == "loaded" and m.key == key and key), None
        )

    def fate(self, parent: str, key: tuple[str, ...]) -> str:
        if any(m.key == key and m.state in ("rejected", "held") for m in self.made[parent]):
            return "held"
        if key in self.gone[parent] or any(
            m.key == key and m.state == "filtered" for m in self.made[parent]
        ):
            return "filtered"
        return "rejected"

    def settle_row(self, row: Made) -> None:
        states = {state for _, _, state in row.failures}
        for state in ("filtered", "rejected", "held"):
            if state in states:
                row.state = state
                return

    def fail(self, table: str) -> None:
        for row in self.made[table]:
            self.settle_row(row)

    def merge(self, table: str) -> None:
        seen: set[tuple[str, ...]] = set()
        for row in self.made[table]:
            if row.state == "loaded" and row.key is not None:
                if row.key in seen:
                    row.state = "merged"
                seen.add(row.key)

    def only_one(self, table: str) -> None:
        doubled = []
        for spec in self.catalog[table]:
            values = [
                m.values[spec.field_name]
                for m in self.made[table]
                if m.state == "loaded" and spec.unique and m.values.get(spec.field_name) is not None
            ]
            if len(set(values)) < len(values):
                doubled.append(spec)
        for spec in doubled:
            name, seen = spec.field_name, set()
            for row in self.made[table]:
                value = row.values.get(name)
                if row.state != "loaded" or value is None or value == "#key":
                    continue
                if value in seen:
                    rule = self.rule(table, name, row.route.name)
                    if rule.on_failure is OnFailure.NULL and not spec.mandatory:
                        row.values[name] = None
                    else:
                        row.failures.append(("NOT_UNIQUE", name, "rejected"))
                        row.state = "rejected"
                seen.add(value)

    def own_links(self, table: str) -> None:
        falling = True
        while falling:
            falling = False
            for spec in self.catalog[table]:
                for row in self.made[table]:
                    name = spec.field_name
                    if name not in row.links or row.state != "loaded":
                        continue
                    key = row.links[name]
                    if key is None and spec.mandatory:
                        row.failures.append(("MANDATORY_EMPTY", name, "rejected"))
                        row.state = "rejected"
                        falling = True
            for spec in self.catalog[table]:
                name = spec.field_name
                alive = {m.key for m in self.made[table] if m.state == "loaded"}
                fallen = [
                    m
                    for m in self.made[table]
                    if m.state == "loaded" and m.links.get(name) and m.links[name] not in alive
                ]
                rule = self.rule(table, name, "")
                fates = [self.fate(table, m.links[name] or ()) for m in fallen]
                for row, fate in zip(fallen, fates, strict=True):
                    falling = True
                    if rule.on_failure is not OnFailure.REJECT and not spec.mandatory:
                        row.links[name] = None
                        continue
                    row.failures.append(("PARENT_MISSING", name, fate))
                    row.state = fate
        for row in self.made[table]:
            for name, key in row.links.items():
                if name != "#key":
                    row.values[name] = "#link" if key else None

    def rows_of(self, table: str) -> list[list[str]]:
        """The load file's rows, in order."""
        out = []
        for row in self.made[table]:
            if row.state != "loaded":
                continue
            cells = []
            for spec in self.catalog[table]:
                value = row.values[spec.field_name]
                if value == "#key":
                    value = str(row.number)
                elif value == "#link":
                    parent = self.find(table, row.links[spec.field_name])
                    value = str(parent.number) if parent else None
                cells.append(value or "")
            out.append(cells)
        return out

    def rejects_of(self, table: str) -> Counter[tuple[str, str, str, str]]:
        """Reject lines: category, field, source table and line."""
        found: Counter[tuple[str, str, str, str]] = Counter()
        for row in self.made[table]:
            if row.state in ("rejected", "held"):
                for reason, name, state in row.failures:
                    if state != "filtered":
                        title = "HELD" if state == "held" else reason
                        found[title, name, row.route.base_table, str(row.line)] += 1
        return found


def join_missing(route: Route, row: Row) -> bool:
    return any(j.required and row[f"#{j.table}"] is None for j in route.joins)


def link_parts(text: str) -> list[str]:
    inside = text[text.index("(") + 1 : -1]
    return [part.strip() for part in inside.split(",")[1:]]


def latest(text: str | None) -> tuple[str, float, str]:
    try:
        iso = any_day(text) if text else None
    except Unreadable:
        iso = None
    try:
        number = float(text or "")
    except ValueError:
        number = float("-inf")
    return (iso or "", number, text or "")


FIELDS: dict[str, list[str]] = {}
