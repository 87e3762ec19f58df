"""What a target table is loaded by, as SQL to be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from caseload.contract.crosswalks import read_crosswalks
from caseload.contract.explain import Explained, explain
from caseload.lifecycle.paths import CROSSWALKS
from caseload.model.catalog import Side
from caseload.model.errors import BadInput
from caseload.services import mapping_view, rule_check

if TYPE_CHECKING:
    from caseload.services.session import ProjectSession


def explained(session: ProjectSession, target_table: str) -> tuple[Explained, ...]:
    """The statements that convert a target table's rows, one a route and case of its split.

    Raises:
        BadInput: there is no contract yet, no such table, or the contract cannot be run.
    """
    contract = session.project.contract.load()
    if not contract.rules:
        raise BadInput("There is no contract yet", remedy="Run build-mapping-contract first")
    return explain(
        contract,
        mapping_view.catalog(session, Side.TARGET),
        rule_check.source_columns(session),
        read_crosswalks(session.folder / CROSSWALKS),
        target_table,
    )
