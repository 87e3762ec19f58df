"""What people decided about links between tables, and what was measured on rows.

Kept apart from what documents say: reading them again leaves decisions as they are.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Row, delete, insert, select
from sqlalchemy.dialects.sqlite import insert as upsert

from caseload.model.catalog import Side
from caseload.model.relationship import LinkDecision
from caseload.store.database import Database
from caseload.store.records import LinkMeasure
from caseload.store.schema import relationship_decision, relationship_measure


class Relationships:
    """Decisions about links and measurements of them, by the link's id."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def decisions(self, side: Side | None = None) -> list[LinkDecision]:
        """Every decision, by id."""
        query = select(relationship_decision).order_by(relationship_decision.c.id)
        if side is not None:
            query = query.where(relationship_decision.c.side == side.value)
        with self._database.read() as connection:
            return [_decision(row) for row in connection.execute(query).all()]

    def decide(self, decision: LinkDecision) -> None:
        """Keep a decision, in the place of an earlier one about the same link."""
        values = _plain(decision)
        self._database.current.execute(
            upsert(relationship_decision)
            .values(**values)
            .on_conflict_do_update(
                index_elements=["id"], set_={k: v for k, v in values.items() if k != "id"}
            )
        )

    def forget(self, ids: Iterable[str]) -> None:
        """Take decisions back, as if they had not been made."""
        for link in ids:
            self._database.current.execute(
                delete(relationship_decision).where(relationship_decision.c.id == link)
            )

    def kept(self) -> dict[str, dict[str, Any]]:
        """Every decision as JSON, by id: what undo compares and puts back."""
        return {decision.id: _plain(decision) for decision in self.decisions()}

    def put_back(self, name: str, value: Mapping[str, Any] | None) -> None:
        """Make a decision what `kept` said of it; None: there was none."""
        if value is None:
            self.forget([name])
        else:
            self.decide(_decision_from(value))

    def replace_measures(self, side: Side, measures: Iterable[LinkMeasure]) -> None:
        """Put what was measured in the place of a side's earlier measurements."""
        connection = self._database.current
        connection.execute(
            delete(relationship_measure).where(relationship_measure.c.side == side.value)
        )
        rows = [
            {"id": m.id, "side": m.side.value, "body": dict(m.body), "data": m.data, "at": m.at}
            for m in measures
        ]
        if rows:
            connection.execute(insert(relationship_measure), rows)

    def measures(self, side: Side) -> list[LinkMeasure]:
        """What was measured of a side, by id."""
        query = (
            select(relationship_measure)
            .where(relationship_measure.c.side == side.value)
            .order_by(relationship_measure.c.id)
        )
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        return [LinkMeasure(r.id, Side(r.side), r.body, r.data, r.at) for r in rows]


def _plain(decision: LinkDecision) -> dict[str, Any]:
    """A decision as its row, and as JSON."""
    values = dataclasses.asdict(decision)
    lists = {name: list(values[name]) for name in ("child_fields", "parent_fields")}
    at = values.pop("at_utc")
    return {**values, **lists, "side": decision.side.value, "at": at}


def _decision(row: Row[Any]) -> LinkDecision:
    return _decision_from(row._asdict())


def _decision_from(value: Mapping[str, Any]) -> LinkDecision:
    values = {**value, "side": Side(value["side"]), "at_utc": value["at"]}
    del values["at"]
    lists = {name: tuple(value[name]) for name in ("child_fields", "parent_fields")}
    return LinkDecision(**{**values, **lists})
