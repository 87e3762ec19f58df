"""Whether edited rules can run: class, source, crosswalk, expression, and the route they are in.

The contract is planned with the edit and without it, as a run would; what the edit breaks is
refused.  What was wrong before is not the edit's fault.
"""

from __future__ import annotations

import csv
import dataclasses
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from caseload.contract.check import check_contract
from caseload.contract.expression import Names
from caseload.contract.plan import Problem
from caseload.lifecycle.paths import CROSSWALKS
from caseload.model.catalog import Side
from caseload.model.contract import Contract, MappingClass, Rule
from caseload.model.errors import BadInput
from caseload.model.mapping import Candidate
from caseload.model.shipped import shipped_root
from caseload.services import mapping_view
from caseload.store.contracts import rule_id_of

if TYPE_CHECKING:
    from caseload.services.session import ProjectSession

_MASTER_FEEDS = "schemas/master_feeds.csv"


class Checker:
    """Checks edits against a project's catalogs, master feeds, crosswalks and routes."""

    def __init__(self, session: ProjectSession) -> None:
        self._source = source_columns(session)
        self._target = mapping_view.catalog(session, Side.TARGET)
        folder = session.folder / CROSSWALKS
        self._crosswalks = {path.stem for path in folder.glob("*.csv")}
        self._rules = [record.rule for record in mapping_view.records(session)]
        self._routes = session.project.contract.routes()

    def check(self, planned: Mapping[str, Mapping[str, Any]]) -> None:
        """Refuse changes, by rule id, that could not run.

        Raises:
            BadInput: an unknown class, source field, crosswalk or function, a source table
                that the route does not join, a class without what it needs.
        """
        edited = {
            rule_id_of(rule): self._edited(rule, planned[rule_id_of(rule)])
            for rule in self._rules
            if rule_id_of(rule) in planned
        }
        tables = {rule.target_table for rule in edited.values()}
        before = [rule for rule in self._rules if rule.target_table in tables]
        after = [edited.get(rule_id_of(rule), rule) for rule in before]
        known = set(self._problems(before))
        for problem in self._problems(after):
            if problem not in known:
                raise BadInput(problem.what, where=problem.where, remedy=problem.remedy)

    def _problems(self, rules: list[Rule]) -> list[Problem]:
        contract = Contract(rules, self._routes)
        return check_contract(contract, self._target, self._source, self._crosswalks)

    def _edited(self, rule: Rule, changes: Mapping[str, Any]) -> Rule:
        """The rule with its changes, as far as `dataclasses` can tell; a source must exist."""
        where = f"{rule.target_table}.{rule.target_field}"
        mapping_class = _class(changes.get("mapping_class", rule.mapping_class), where)
        known = {f.name for f in dataclasses.fields(Rule)}
        values = {k: v for k, v in changes.items() if k in known}
        new = dataclasses.replace(rule, **{**values, "mapping_class": mapping_class})
        if new.source_table != rule.source_table or new.source_field != rule.source_field:
            self._check_source(new, where)
        return new

    def _check_source(self, rule: Rule, where: str) -> None:
        if not (rule.source_table or rule.source_field):
            return
        try:
            Names(self._source).column(rule.source_table, rule.source_field)
        except LookupError as trouble:
            what, remedy = trouble.args
            raise BadInput(what, where=where, remedy=remedy) from None


def _class(value: Any, where: str) -> MappingClass:
    try:
        return MappingClass(value)
    except ValueError:
        raise BadInput(
            f"There is no mapping class {value!r}",
            where=where,
            remedy=f"Choose one of {', '.join(MappingClass)}",
        ) from None


def with_source(rule: Rule, table: str, field: str) -> dict[str, Any]:
    """The changes that make TABLE.field the rule's source; its expression follows the field."""
    mapping_class = rule.mapping_class
    if mapping_class is MappingClass.OUT_OF_SCOPE or not (rule.source_field or rule.expression):
        mapping_class = MappingClass.DIRECT_SOURCE
    expression = rule.expression
    if mapping_class is not rule.mapping_class:
        expression = ""
    elif expression and rule.source_field:
        old = rf"\b{re.escape(rule.source_table)}\.{re.escape(rule.source_field)}\b"
        expression = re.sub(old, f"{table}.{field}", expression, flags=re.IGNORECASE)
    return {
        "mapping_class": mapping_class,
        "source_table": table,
        "source_field": field,
        "expression": expression,
        "mapping_rule": f"{table}.{field}",
    }


def with_candidate(rule: Rule, candidate: Candidate) -> dict[str, Any]:
    """The changes that take a suggestion as the rule's source."""
    changes = with_source(rule, candidate.source_table, candidate.source_field)
    changes["mapping_rule"] += ", chosen from the suggestions"
    return changes


def completed(rule: Rule, changes: Mapping[str, Any]) -> dict[str, Any]:
    """A person's changes, with what follows from a new source where they did not say it."""
    if not {"source_table", "source_field"} & set(changes):
        return dict(changes)
    table = str(changes.get("source_table", rule.source_table))
    field = str(changes.get("source_field", rule.source_field))
    if not (table and field):
        return dict(changes)
    return {**with_source(rule, table, field), **changes}


def reclassified(rule: Rule, mapping_class: MappingClass, reason: str) -> dict[str, Any]:
    """The changes that give a rule another class; what the class does not use is forgotten."""
    changes: dict[str, Any] = {"mapping_class": mapping_class}
    if reason:
        changes["notes"] = reason
    column = f"{rule.source_table}.{rule.source_field}" if rule.source_field else ""
    if mapping_class is MappingClass.OUT_OF_SCOPE:
        changes.update(
            source_table="", source_field="", expression="", crosswalk="", on_miss="",
            default_value=None, mapping_rule=f"Out of scope: {reason}",
        )  # fmt: skip
    elif mapping_class in (MappingClass.DIRECT_SOURCE, MappingClass.REFERENCE_MASTER_FEED):
        if column:
            changes.update(expression="", crosswalk="", on_miss="", mapping_rule=column)
    elif mapping_class is MappingClass.DERIVED:
        changes.update(crosswalk="", on_miss="")
        if rule.mapping_class is MappingClass.LOOKUP_TRANSLATION or not rule.expression:
            changes.update(expression=column, mapping_rule=column)
    return changes


def source_columns(session: ProjectSession) -> dict[str, tuple[str, ...]]:
    """The fields of every source table and master feed, by table."""
    catalog = mapping_view.catalog(session, Side.SOURCE)
    columns = {t.name: tuple(f.field_name for f in t.fields) for t in catalog.tables.values()}
    with (shipped_root() / _MASTER_FEEDS).open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            name = row["table_name"]
            columns[name] = (*columns.get(name, ()), row["field_name"])
    return columns
