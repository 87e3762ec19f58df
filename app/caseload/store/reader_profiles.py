"""What people said of documents' columns, kept for the next version of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Row, delete, select
from sqlalchemy.dialects.sqlite import insert

from caseload.model.reader_profile import ReaderProfile, profile_from_dict
from caseload.store.database import Database
from caseload.store.schema import reader_profile


class ReaderProfiles:
    """The reader profiles, by id."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[ReaderProfile]:
        """Every profile, by name."""
        query = select(reader_profile).order_by(reader_profile.c.name, reader_profile.c.id)
        with self._database.read() as connection:
            return [_profile(row) for row in connection.execute(query).all()]

    def find(self, profile_id: str) -> ReaderProfile | None:
        """The profile of that id, or None."""
        query = select(reader_profile).where(reader_profile.c.id == profile_id)
        with self._database.read() as connection:
            row = connection.execute(query).first()
        return _profile(row) if row else None

    def put(self, profile: ReaderProfile) -> None:
        """Keep a profile within the open transaction; an earlier one of its id is replaced."""
        said = profile.as_dict()
        values = {key: said.pop(key) for key in ("name", "kind", "by", "at")}
        del said["id"]
        values["body"] = said
        self._database.current.execute(
            insert(reader_profile)
            .values(id=profile.id, **values)
            .on_conflict_do_update(index_elements=["id"], set_=values)
        )

    def forget(self, ids: Iterable[str]) -> None:
        """Remove profiles within the open transaction."""
        for profile_id in ids:
            self._database.current.execute(
                delete(reader_profile).where(reader_profile.c.id == profile_id)
            )

    def kept(self) -> dict[str, dict[str, Any]]:
        """Every profile as JSON, by id: what undo compares and puts back."""
        return {profile.id: profile.as_dict() for profile in self.all()}

    def put_back(self, name: str, value: Mapping[str, Any] | None) -> None:
        """Make a profile what `kept` said of it; None: there was none."""
        if value is None:
            self.forget([name])
        else:
            self.put(profile_from_dict(value))


def _profile(row: Row[Any]) -> ReaderProfile:
    return profile_from_dict(
        {**row.body, "id": row.id, "name": row.name, "kind": row.kind, "by": row.by, "at": row.at}
    )
