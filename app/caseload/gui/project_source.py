"""Answers the shell's own questions from the services of one open project."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from caseload.gui import fuzzy, words
from caseload.gui.source import Badge, Hit
from caseload.model.catalog import Side
from caseload.model.contract import MappingStatus
from caseload.model.issue import Severity
from caseload.model.views import (
    ChangeSet,
    FieldQuery,
    IssueQuery,
    MappingQuery,
    ProjectHeader,
)

if TYPE_CHECKING:
    from caseload.services.session import ProjectSession

_SIDES = {Side.SOURCE: "Source", Side.TARGET: "Target"}


class ProjectSource:
    """The shell's view of a session; every method is called on a worker thread."""

    def __init__(self, session: ProjectSession) -> None:
        self.session = session

    def header(self) -> ProjectHeader:
        """Where we are, who we are, the state of the project."""
        return self.session.header()

    def badges(self) -> dict[str, Badge]:
        """What waits for a decision, by page."""
        from caseload.services import mappings, quality

        found = {}
        lapsed = MappingQuery(statuses=(MappingStatus.RE_REVIEW,), limit=1)
        waiting = mappings.rows(self.session, lapsed).total
        if waiting:
            found["mappings"] = Badge(waiting, "warn", "approvals lapsed")
        errors = quality.issues(self.session, IssueQuery(severities=(Severity.ERROR,), limit=1))
        if errors.total:
            found["quality"] = Badge(errors.total, "error", "errors in the last run")
        return found

    def search(self, text: str, limit: int) -> Sequence[Hit]:
        """Tables whose names match, then mappings, then source fields."""
        wanted = text.strip()
        if not wanted:
            return []
        share = max(4, limit // 4)
        return [*self._tables(wanted, share), *self._mappings(wanted, share), *self._fields(wanted)]

    def undo(self) -> ChangeSet:
        """Take back the last command that can be taken back."""
        from caseload.services import undo

        return undo.undo(self.session)

    def problems(self) -> Sequence[tuple[str, str, str]]:
        """What stands in the way: interrupted run, errors, documents that could not be read."""
        from caseload.services import quality, schemas

        found = []
        for side, name in _SIDES.items():
            unread = len(schemas.problems(self.session, side))
            if unread:
                title = f"{words.plural(unread, 'place')} of the {name.lower()} documents unread"
                found.append(("warn", title, "Schemas lists them with their page"))
        errors = quality.issues(self.session, IssueQuery(severities=(Severity.ERROR,), limit=5))
        found += [
            ("error", issue.message, f"{issue.table_name} {issue.field_name}".strip())
            for issue in errors.rows
        ]
        return found

    def _tables(self, wanted: str, limit: int) -> list[Hit]:
        """The tables of both sides whose names match, the best first."""
        from caseload.services import schemas

        found: list[tuple[float, Hit]] = []
        for side, name in _SIDES.items():
            for table in schemas.tables(self.session, side):
                matched = fuzzy.match(wanted, table.name)
                if matched is None:
                    continue
                detail = words.plural(table.fields, "field")
                filters = {"side": side.value, "table": table.name}
                hit = Hit("Tables", "table-2", table.name, detail, name, "schemas", filters)
                found.append((-matched[0], hit))
        found.sort(key=_first)
        return [hit for _, hit in found[:limit]]

    def _mappings(self, wanted: str, limit: int) -> list[Hit]:
        from caseload.services import mappings

        rows = mappings.rows(self.session, MappingQuery(text=wanted, limit=limit)).rows
        return [
            Hit(
                "Mappings",
                "arrow-left-right",
                row.rule.target_field,
                row.rule.target_table,
                "Mapping",
                "mappings",
                {"table": row.rule.target_table, "field": row.rule.target_field},
            )
            for row in rows
        ]

    def _fields(self, wanted: str) -> list[Hit]:
        from caseload.services import schemas

        query = FieldQuery(Side.SOURCE, text=wanted, limit=12)
        return [
            Hit(
                "Source fields",
                "table-properties",
                row.spec.field_name,
                row.spec.table_name,
                "Source",
                "schemas",
                {
                    "side": Side.SOURCE.value,
                    "table": row.spec.table_name,
                    "field": row.spec.field_name,
                },
            )
            for row in schemas.fields(self.session, query).rows
        ]


def _first(scored: tuple[float, Hit]) -> float:
    return scored[0]
