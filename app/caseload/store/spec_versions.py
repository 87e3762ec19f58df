"""Every version of both sides' specs that was taken in, and what people said of renames.

A version's body is opaque here and fetched only when it is asked for: a list of versions does
not decode a catalog.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Row, delete, func, insert, select
from sqlalchemy.dialects.sqlite import insert as upsert

from caseload.model.catalog import Check, DocumentRead, Side
from caseload.model.errors import BadInput
from caseload.model.schema_diff import (
    FieldPlace,
    Rename,
    RenameDecision,
    RenameState,
    SpecVersion,
)
from caseload.store.database import Database
from caseload.store.schema import field_rename, json_text, spec_version

_HEAD = tuple(c for c in spec_version.c if c.name != "body")


class SpecVersions:
    """The versions of both sides, and decisions on renames between them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(
        self,
        side: Side,
        fingerprint: str,
        documents: Iterable[DocumentRead],
        size: tuple[int, int],
        body: bytes,
        *,
        by: str,
        at: str,
    ) -> None:
        """Keep a version within the open transaction; `size` is tables and fields."""
        read = list(documents)
        earlier = self.all(side)
        names = ", ".join(d.name for d in read) or "documents unknown"
        again = earlier and {d.sha256 for d in earlier[0].documents} == {d.sha256 for d in read}
        self._database.current.execute(
            insert(spec_version).values(
                side=side.value,
                label=f"v{len(earlier) + 1} · {names}{' (read again)' if again else ''}",
                fingerprint=fingerprint,
                documents=[dataclasses.asdict(d) for d in read],
                tables=size[0],
                fields=size[1],
                body=body,
                taken_by=by,
                taken_at=at,
            )
        )

    def all(self, side: Side) -> list[SpecVersion]:
        """A side's versions, newest first."""
        query = select(*_HEAD).where(spec_version.c.side == side.value).order_by(spec_version.c.id)
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        return [_version(row, number) for number, row in enumerate(rows, 1)][::-1]

    def newest_fingerprint(self, side: Side) -> str:
        """What tells a side's newest version apart; "" when there is none."""
        query = (
            select(spec_version.c.fingerprint)
            .where(spec_version.c.side == side.value)
            .order_by(spec_version.c.id.desc())
        )
        with self._database.read() as connection:
            return str(connection.execute(query.limit(1)).scalar() or "")

    def count(self) -> int:
        """How many versions of both sides there are; it never falls."""
        with self._database.read() as connection:
            query = select(func.count()).select_from(spec_version)
            return int(connection.execute(query).scalar() or 0)

    def body(self, version_id: int) -> bytes:
        """A version's catalog as it was packed.

        Raises:
            BadInput: there is no such version.
        """
        query = select(spec_version.c.body).where(spec_version.c.id == version_id)
        with self._database.read() as connection:
            found = connection.execute(query).scalar()
        if found is None:
            raise BadInput("There is no such version of the specs", remedy="Refresh the list")
        return bytes(found)

    def renames(self, side: Side | None = None) -> list[RenameDecision]:
        """What people said of renames, oldest first."""
        query = select(field_rename).order_by(field_rename.c.at, field_rename.c.old_table)
        if side is not None:
            query = query.where(field_rename.c.side == side.value)
        with self._database.read() as connection:
            return [_rename(row) for row in connection.execute(query).all()]

    def decide(self, decision: RenameDecision) -> None:
        """Keep a decision, in the place of an earlier one about the same old name."""
        rename = decision.rename
        key = {
            "side": rename.side.value,
            "old_table": rename.old.table,
            "old_field": rename.old.field,
        }
        values = {
            "new_table": rename.new.table,
            "new_field": rename.new.field,
            "state": rename.state.value,
            "evidence": {
                "confidence": rename.confidence,
                "checks": [[c.name, c.passed, c.note] for c in rename.evidence],
                "refused": [[p.table, p.field] for p in decision.refused],
            },
            "why": rename.why,
            "by": rename.by,
            "at": rename.at,
        }
        self._database.current.execute(
            upsert(field_rename)
            .values(**key, **values)
            .on_conflict_do_update(index_elements=list(key), set_=values)
        )

    def kept(self) -> dict[str, dict[str, Any]]:
        """Every decision on a rename as JSON, by its old place: what undo compares."""
        return {
            json_text([d.rename.side.value, d.rename.old.table, d.rename.old.field]): {
                **dataclasses.asdict(d.rename),
                "evidence": [[c.name, c.passed, c.note] for c in d.rename.evidence],
                "refused": [[p.table, p.field] for p in d.refused],
            }
            for d in self.renames()
        }

    def put_back(self, name: str, value: Mapping[str, Any] | None) -> None:
        """Make a decision what `kept` said of it; None: there was none."""
        side, table, field = json.loads(name)
        if value is None:
            self._database.current.execute(
                delete(field_rename).where(
                    field_rename.c.side == side,
                    field_rename.c.old_table == table,
                    field_rename.c.old_field == field,
                )
            )
            return
        self.decide(
            RenameDecision(
                Rename(
                    Side(side),
                    FieldPlace(table, field),
                    FieldPlace(**value["new"]),
                    float(value["confidence"]),
                    tuple(Check(*check) for check in value["evidence"]),
                    RenameState(value["state"]),
                    value["why"],
                    value["by"],
                    value["at"],
                ),
                tuple(FieldPlace(*place) for place in value["refused"]),
            )
        )


def _version(row: Row[Any], number: int) -> SpecVersion:
    return SpecVersion(
        row.id,
        Side(row.side),
        number,
        row.label,
        row.fingerprint,
        tuple(DocumentRead(**d) for d in row.documents),
        row.tables,
        row.fields,
        row.taken_by,
        row.taken_at,
    )


def _rename(row: Row[Any]) -> RenameDecision:
    known = row.evidence
    return RenameDecision(
        Rename(
            Side(row.side),
            FieldPlace(row.old_table, row.old_field),
            FieldPlace(row.new_table, row.new_field),
            float(known.get("confidence", 0.0)),
            tuple(Check(*check) for check in known.get("checks", ())),
            RenameState(row.state),
            row.why,
            row.by,
            row.at,
        ),
        tuple(FieldPlace(*place) for place in known.get("refused", ())),
    )
