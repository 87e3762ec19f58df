"""Whether an edited rule can be: its class, source field, crosswalk and expression."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from caseload.contract.expression import Names, parse_expression
from caseload.lifecycle.paths import CROSSWALKS
from caseload.model.catalog import Side
from caseload.model.contract import MappingClass, OnMiss, Rule
from caseload.model.errors import BadInput
from caseload.model.mapping import Candidate
from caseload.model.shipped import shipped_root
from caseload.services import mapping_view

if TYPE_CHECKING:
    from caseload.services.session import ProjectSession

_MASTER_FEEDS = "schemas/master_feeds.csv"
_SOURCES = frozenset({MappingClass.DIRECT_SOURCE, MappingClass.REFERENCE_MASTER_FEED})


class Checker:
    """Checks edits against a project's catalogs, master feeds and crosswalks."""

    def __init__(self, session: ProjectSession) -> None:
        source = mapping_view.catalog(session, Side.SOURCE)
        columns = {t.name: [f.field_name for f in t.fields] for t in source.tables.values()}
        columns.update(_master_feeds())
        folder = session.folder / CROSSWALKS
        self.names = Names(columns, frozenset(path.stem for path in folder.glob("*.csv")))

    def check(self, rule: Rule, changes: Mapping[str, Any]) -> None:
        """Refuse a change that could not run.

        Raises:
            BadInput: an unknown class, source table or field, crosswalk, function or on-miss.
        """
        where = f"{rule.target_table}.{rule.target_field}"
        mapping_class = _class(changes.get("mapping_class", rule.mapping_class), where)
        self._check_source(rule, changes, where)
        crosswalk = str(changes.get("crosswalk", rule.crosswalk))
        known = self.names.crosswalks or frozenset()
        if crosswalk and crosswalk not in known and "crosswalk" in changes:
            raise BadInput(
                f"There is no crosswalk {crosswalk!r}",
                where=where,
                remedy=f"Add {CROSSWALKS}/{crosswalk}.csv, or name one of its files",
            )
        on_miss = str(changes.get("on_miss", rule.on_miss))
        if on_miss and on_miss.partition(":")[0] not in list(OnMiss):
            raise BadInput(
                f"on_miss cannot be {on_miss!r}",
                where=where,
                remedy="Use reject, null, pass or default:VALUE",
            )
        expression = str(changes.get("expression", rule.expression))
        if expression and mapping_class is not MappingClass.OUT_OF_SCOPE:
            self._check_expression(expression, where)
        source = str(changes.get("source_field", rule.source_field))
        _check_needs(mapping_class, source, expression, crosswalk, where)

    def _check_source(self, rule: Rule, changes: Mapping[str, Any], where: str) -> None:
        table = str(changes.get("source_table", rule.source_table))
        field = str(changes.get("source_field", rule.source_field))
        if not {"source_table", "source_field"} & set(changes) or not (table or field):
            return
        try:
            self.names.column(table, field)
        except LookupError as trouble:
            what, remedy = trouble.args
            raise BadInput(what, where=where, remedy=remedy) from None

    def _check_expression(self, expression: str, where: str) -> None:
        try:
            parse_expression(expression, self.names)
        except BadInput as trouble:
            raise BadInput(
                trouble.what, where=f"expression of {where}, {trouble.where}", remedy=trouble.remedy
            ) from None


def _class(value: Any, where: str) -> MappingClass:
    try:
        return MappingClass(value)
    except ValueError:
        raise BadInput(
            f"There is no mapping class {value!r}",
            where=where,
            remedy=f"Choose one of {', '.join(MappingClass)}",
        ) from None


def _check_needs(
    mapping_class: MappingClass, source: str, expression: str, crosswalk: str, where: str
) -> None:
    lacking = ""
    if mapping_class in _SOURCES and not (source or expression):
        lacking = "a source field or an expression"
    elif mapping_class is MappingClass.LOOKUP_TRANSLATION:
        if not (source or expression):
            lacking = "a source field or an expression"
        elif not (crosswalk or "crosswalk(" in expression.replace(" ", "").lower()):
            lacking = "a crosswalk"
    elif mapping_class in (MappingClass.DERIVED, MappingClass.SURROGATE_ETL) and not expression:
        lacking = "an expression"
    if lacking:
        raise BadInput(
            f"A {mapping_class.value} rule needs {lacking}",
            where=where,
            remedy="Edit the rule and give it one, or choose another class",
        )


def with_source(rule: Rule, candidate: Candidate) -> dict[str, Any]:
    """The changes that make a candidate the rule's source; its expression follows the field."""
    table, field = candidate.source_table, candidate.source_field
    mapping_class = rule.mapping_class
    if mapping_class is MappingClass.OUT_OF_SCOPE or not (rule.source_field or rule.expression):
        mapping_class = MappingClass.DIRECT_SOURCE
    expression = rule.expression
    if mapping_class is not rule.mapping_class:
        expression = ""
    elif expression and rule.source_field:
        old = re.compile(
            rf"\b{re.escape(rule.source_table)}\.{re.escape(rule.source_field)}\b", re.IGNORECASE
        )
        expression = old.sub(f"{table}.{field}", expression)
    return {
        "mapping_class": mapping_class,
        "source_table": table,
        "source_field": field,
        "expression": expression,
        "mapping_rule": f"{table}.{field}, chosen from the suggestions",
    }


def reclassified(rule: Rule, mapping_class: MappingClass, reason: str) -> dict[str, Any]:
    """The changes that give a rule another class; what the class does not use is forgotten."""
    changes: dict[str, Any] = {"mapping_class": mapping_class}
    if reason:
        changes["notes"] = reason
    if mapping_class is MappingClass.OUT_OF_SCOPE:
        changes.update(
            source_table="", source_field="", expression="", crosswalk="", on_miss="",
            default_value=None, mapping_rule=f"Out of scope: {reason}",
        )  # fmt: skip
    elif mapping_class in _SOURCES and rule.mapping_class is MappingClass.LOOKUP_TRANSLATION:
        changes.update(expression="", crosswalk="", on_miss="")
    elif mapping_class is MappingClass.DERIVED and not rule.expression and rule.source_field:
        changes["expression"] = f"{rule.source_table}.{rule.source_field}"
    return changes


def _master_feeds() -> dict[str, list[str]]:
    feeds: dict[str, list[str]] = {}
    with (shipped_root() / _MASTER_FEEDS).open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            feeds.setdefault(row["table_name"], []).append(row["field_name"])
    return feeds
