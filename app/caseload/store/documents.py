"""The documents taken into a project, each with its hash."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Row, select, update
from sqlalchemy.dialects.sqlite import insert

from caseload.model.catalog import Side
from caseload.store.database import Database
from caseload.store.records import Document
from caseload.store.schema import document

SPEC = "spec"
"""The kind of the documents that stage 1 reads."""


class Documents:
    """The record of documents; the files themselves lie in the project folder."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, documents: Iterable[Document]) -> None:
        """Record documents within the open transaction; a path recorded before is replaced."""
        for entry in documents:
            values = {
                "name": entry.name,
                "sha256": entry.sha256,
                "size": entry.size,
                "kind": entry.kind,
                "side": entry.side.value if entry.side else "",
                "added_by": entry.added_by,
                "added_at": entry.added_at,
                "active": entry.active,
            }
            self._database.current.execute(
                insert(document)
                .values(stored_path=entry.stored_path, **values)
                .on_conflict_do_update(index_elements=["stored_path"], set_=values)
            )

    def replace_specs(self, side: Side, documents: Iterable[Document]) -> None:
        """Make `documents` the specs of `side`; the earlier ones stay on record, inactive."""
        self._database.current.execute(
            update(document)
            .where(document.c.kind == SPEC, document.c.side == side.value)
            .values(active=False)
        )
        self.put(documents)

    def specs(self, side: Side) -> list[Document]:
        """The specs that describe `side` now, in the order they were taken in."""
        return [d for d in self.all() if d.active and d.kind == SPEC and d.side is side]

    def all(self) -> list[Document]:
        """Every document ever taken in, oldest first."""
        with self._database.read() as connection:
            rows = connection.exec_driver_sql("SELECT * FROM document ORDER BY rowid").all()
        return [_document(row) for row in rows]

    def find(self, stored_path: str) -> Document | None:
        """The document kept at that path."""
        with self._database.read() as connection:
            row = connection.execute(
                select(document).where(document.c.stored_path == stored_path)
            ).first()
        return _document(row) if row else None


def _document(row: Row[Any]) -> Document:
    return Document(
        name=row.name,
        sha256=row.sha256,
        size=row.size,
        kind=row.kind,
        side=Side(row.side) if row.side else None,
        stored_path=row.stored_path,
        added_by=row.added_by,
        added_at=row.added_at,
        active=bool(row.active),
    )
