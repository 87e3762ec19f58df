"""The mapping contract as data: routes, joins, splits and one rule per target field."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class MappingClass(StrEnum):
    """The six decisions a target field can have."""

    DIRECT_SOURCE = "DIRECT_SOURCE"
    LOOKUP_TRANSLATION = "LOOKUP_TRANSLATION"
    DERIVED = "DERIVED"
    SURROGATE_ETL = "SURROGATE_ETL"
    REFERENCE_MASTER_FEED = "REFERENCE_MASTER_FEED"
    OUT_OF_SCOPE = "OUT_OF_SCOPE"


class MappingStatus(StrEnum):
    """Where a rule stands; RE_REVIEW is an approval that lapsed."""

    DRAFT = "DRAFT"
    IN_REVIEW = "IN_REVIEW"
    APPROVED = "APPROVED"
    REJECTED = "REJECTED"
    RE_REVIEW = "RE_REVIEW"


class Confidence(StrEnum):
    """How sure the machine is of a rule it proposed."""

    HIGH = "HIGH"
    MEDIUM = "MEDIUM"
    LOW = "LOW"


class OnMiss(StrEnum):
    """What a value missing from its crosswalk does: see `Rule.on_miss`."""

    REJECT = "reject"
    NULL = "null"
    PASS = "pass"
    DEFAULT = "default"


class OnFailure(StrEnum):
    """What a value that does not conform to its target field does.

    BY_FIELD leaves it to the field: an optional foreign key whose parent is not there is
    emptied with a warning, anything else rejects the row.
    """

    BY_FIELD = ""
    REJECT = "reject"
    NULL = "null"
    TRUNCATE = "truncate"


@dataclass(frozen=True, slots=True)
class Rule:
    """The decision for one target field.

    `expression` is in the expression language of `caseload.contract.expression` (columns
    written TABLE.Field); it is what runs.  `mapping_rule` says the same in words.
    `on_miss` is reject, null, pass or default:VALUE.  `default_value` is the declared
    default that `pre_production` imputes into an empty mandatory field; None declares none.
    `route` names the route the rule is for; empty means every route of the table.
    `approved_hash` is the rule's hash when it was approved.
    """

    target_table: str
    target_field: str
    mapping_class: MappingClass
    source_table: str = ""
    source_field: str = ""
    mapping_rule: str = ""
    confidence: Confidence = Confidence.LOW
    notes: str = ""
    expression: str = ""
    crosswalk: str = ""
    on_miss: str = ""
    status: MappingStatus = MappingStatus.DRAFT
    edited_by: str = ""
    approved_by: str = ""
    approved_at: str = ""
    route: str = ""
    on_failure: OnFailure = OnFailure.BY_FIELD
    default_value: str | None = None
    approved_hash: str = ""


@dataclass(frozen=True, slots=True)
class Join:
    """A table joined to a route's base table.

    `on` pairs an expression column already in the route ("TABLE.Field") with a field of
    `table`.  `pick` says which of several matches is taken: first, latest (by `order_by`)
    or all.  `required` makes a base row without a match a filtered row.
    """

    table: str
    on: tuple[tuple[str, str], ...]
    pick: str = "first"
    order_by: str = ""
    required: bool = False


@dataclass(frozen=True, slots=True)
class SplitCase:
    """One of the target rows a source row splits into; made when `where` holds.

    `values` pairs target fields with the expressions that replace their rules.
    """

    name: str
    where: str
    values: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Route:
    """How rows of one source table become rows of one target table.

    `natural_key` are the source columns ("TABLE.Field") that identify a target row.
    `row_filter` is an expression; rows where it is not true are counted as filtered.
    """

    target_table: str
    name: str
    base_table: str
    natural_key: tuple[str, ...]
    joins: tuple[Join, ...] = ()
    row_filter: str = ""
    splits: tuple[SplitCase, ...] = ()
    notes: str = ""


@dataclass(slots=True)
class Contract:
    """Everything a run needs to know: rules, routes and scope, versioned together."""

    rules: list[Rule]
    routes: list[Route]
    version: int = 1
    scope: tuple[tuple[str, str], ...] = ()

    def rules_of(self, target_table: str) -> list[Rule]:
        """The rules of one target table, in the catalog's order."""
        return [r for r in self.rules if r.target_table == target_table]

    def routes_of(self, target_table: str) -> list[Route]:
        """The routes of one target table."""
        return [r for r in self.routes if r.target_table == target_table]
