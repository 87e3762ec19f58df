"""A field that a person gives another name keeps what was decided about it.

Rules, routes, matches and links name a field as it is shown; when a correction changes that name
they go along, within the same command, so that one undo takes all of it back.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING

from caseload.lifecycle.carry import carry
from caseload.lifecycle.decisions import ApprovalHashes
from caseload.model.catalog import Side
from caseload.model.contract import MappingStatus
from caseload.model.schema_diff import FieldPlace, Rename

if TYPE_CHECKING:
    from caseload.services.session import ProjectSession


class NamesKept:
    """The approvals that hold now; make it before a correction, then `carry` what is renamed."""

    def __init__(self, session: ProjectSession, side: Side) -> None:
        self._session, self._side = session, side
        records = session.project.contract.rules()
        approved = [r for r in records if r.rule.status is MappingStatus.APPROVED]
        hashes = ApprovalHashes.of(session.project) if approved else None
        self._hold = {
            r.rule_id
            for r in approved
            if hashes is not None and hashes.hash_of(r.rule) == r.rule.approved_hash
        }

    def carry(self, names: Sequence[tuple[str, str, str]], *, only_names: bool) -> str:
        """Take along what names a field: (table, name that was shown, name that is now).

        With `only_names` nothing but names was corrected, so that approvals hold.  Answers in
        words what went along, "" when nothing did.
        """
        project = self._session.project
        renames = [
            Rename(self._side, FieldPlace(table, old), FieldPlace(table, new), 1.0)
            for table, old, new in names
            if old != new
        ]
        if not renames:
            return ""
        carried = carry(project, renames, corrections=False)
        held = [new for old, new in carried.rules.items() if old in self._hold]
        if only_names and held:
            hashes = ApprovalHashes.of(project)
            project.contract.put(
                [
                    dataclasses.replace(
                        record,
                        rule=dataclasses.replace(
                            record.rule, approved_hash=hashes.hash_of(record.rule)
                        ),
                    )
                    for record in project.contract.rules(held)
                ]
            )
        return _told(len(carried.rules), len(carried.stayed))


def _told(moved: int, stayed: int) -> str:
    parts = []
    if moved:
        parts.append(f"{moved:,} mapping{'' if moved == 1 else 's'} went along")
    if stayed:
        parts.append(f"{stayed:,} stayed, as the new name has its own decision")
    return "; ".join(parts)
