"""The ranked candidates of every target field, and people's yes or no to them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Row, delete, insert, select
from sqlalchemy.dialects.sqlite import insert as upsert

from caseload.model.mapping import Candidate, Evidence, SemanticStatus, Suggestion
from caseload.store.database import Database
from caseload.store.records import MatchDecision
from caseload.store.schema import candidate, match_decision, suggestion


class Suggestions:
    """What stage 3 found, so that the mapping grid can show it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def replace(self, new: Sequence[Suggestion]) -> None:
        """Put `new` in the place of all suggestions, within the open transaction."""
        connection = self._database.current
        connection.execute(delete(suggestion))
        heads = [
            {
                "target_table": s.target_table,
                "target_field": s.target_field,
                "ordinal": ordinal,
                "status": s.status.value,
                "in_priority": s.in_priority,
                "in_hint_tables": s.in_hint_tables,
                "notes": s.notes,
            }
            for ordinal, s in enumerate(new)
        ]
        candidates = [
            {
                "target_table": s.target_table,
                "target_field": s.target_field,
                "rank": rank,
                "source_table": c.source_table,
                "source_field": c.source_field,
                "score": c.score,
                "evidence": [
                    {"kind": e.kind, "score": e.score, "note": e.note} for e in c.evidence
                ],
            }
            for s in new
            for rank, c in enumerate(s.candidates, start=1)
        ]
        if heads:
            connection.execute(insert(suggestion), heads)
        if candidates:
            connection.execute(insert(candidate), candidates)

    def all(self) -> list[Suggestion]:
        """Every suggestion, in the target catalog's order."""
        return self._load(None)

    def of(self, target_table: str, target_field: str) -> Suggestion | None:
        """The suggestion for one target field."""
        found = self._load((target_table, target_field))
        return found[0] if found else None

    def _load(self, only: tuple[str, str] | None) -> list[Suggestion]:
        heads = select(suggestion).order_by(suggestion.c.ordinal)
        ranked = select(candidate).order_by(
            candidate.c.target_table, candidate.c.target_field, candidate.c.rank
        )
        if only is not None:
            heads = heads.where(
                suggestion.c.target_table == only[0], suggestion.c.target_field == only[1]
            )
            ranked = ranked.where(
                candidate.c.target_table == only[0], candidate.c.target_field == only[1]
            )
        with self._database.read() as connection:
            head_rows = connection.execute(heads).all()
            candidate_rows = connection.execute(ranked).all()
        found: dict[tuple[str, str], list[Candidate]] = {}
        for row in candidate_rows:
            found.setdefault((row.target_table, row.target_field), []).append(_candidate(row))
        return [
            Suggestion(
                row.target_table,
                row.target_field,
                SemanticStatus(row.status),
                tuple(found.get((row.target_table, row.target_field), ())),
                row.in_priority,
                row.in_hint_tables,
                row.notes,
            )
            for row in head_rows
        ]

    def decide(self, decisions: Iterable[MatchDecision]) -> None:
        """Remember people's decisions within the open transaction; the newest counts."""
        for d in decisions:
            values = {"approved": d.approved, "by": d.by, "at": d.at}
            self._database.current.execute(
                upsert(match_decision)
                .values(
                    target_table=d.target_table,
                    target_field=d.target_field,
                    source_table=d.source_table,
                    source_field=d.source_field,
                    **values,
                )
                .on_conflict_do_update(index_elements=list(match_decision.primary_key), set_=values)
            )

    def forget(self, decisions: Iterable[MatchDecision]) -> None:
        """Take decisions back within the open transaction."""
        for d in decisions:
            self._database.current.execute(
                delete(match_decision).where(
                    match_decision.c.target_table == d.target_table,
                    match_decision.c.target_field == d.target_field,
                    match_decision.c.source_table == d.source_table,
                    match_decision.c.source_field == d.source_field,
                )
            )

    def decisions(self) -> list[MatchDecision]:
        """Every decision, by target and source."""
        with self._database.read() as connection:
            rows = connection.execute(
                select(match_decision).order_by(*match_decision.primary_key)
            ).all()
        return [
            MatchDecision(
                r.target_table,
                r.target_field,
                r.source_table,
                r.source_field,
                r.approved,
                r.by,
                r.at,
            )
            for r in rows
        ]


def _candidate(row: Row[Any]) -> Candidate:
    return Candidate(
        row.source_table,
        row.source_field,
        row.score,
        tuple(Evidence(**e) for e in row.evidence),
    )
