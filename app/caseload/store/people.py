"""The people of a project, and its settings."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects.sqlite import insert

from caseload.store.database import Database
from caseload.store.records import Person, utc_text
from caseload.store.schema import person, setting


class People:
    """Who acts on the project."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, name: str, *, at: datetime, display_name: str = "", role: str = "") -> None:
        """Add a person, or change the display name and role of one who is there."""
        values = {"display_name": display_name or name, "role": role}
        self._database.current.execute(
            insert(person)
            .values(name=name, created_at=utc_text(at), **values)
            .on_conflict_do_update(index_elements=["name"], set_=values)
        )

    def find(self, name: str) -> Person | None:
        """The person of that name."""
        return next((p for p in self.all() if p.name == name), None)

    def all(self) -> list[Person]:
        """Everybody, by name."""
        with self._database.read() as connection:
            rows = connection.execute(select(person).order_by(person.c.name)).all()
        return [Person(r.name, r.display_name, r.role, r.created_at) for r in rows]


class Settings:
    """Settings that travel with the project; values are JSON values."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, key: str, default: Any = None, *, scope: str = "project") -> Any:
        """The value of `key`, or `default` when it was never set."""
        with self._database.read() as connection:
            row = connection.execute(
                select(setting.c.value).where(setting.c.scope == scope, setting.c.key == key)
            ).first()
        return default if row is None else row.value

    def put(self, key: str, value: Any, *, by: str, at: datetime, scope: str = "project") -> None:
        """Set `key` within the open transaction; None takes the setting away."""
        connection = self._database.current
        if value is None:
            connection.execute(
                delete(setting).where(setting.c.scope == scope, setting.c.key == key)
            )
            return
        values = {"value": value, "changed_by": by, "changed_at": utc_text(at)}
        connection.execute(
            insert(setting)
            .values(scope=scope, key=key, **values)
            .on_conflict_do_update(index_elements=["scope", "key"], set_=values)
        )

    def all(self, *, scope: str = "project") -> dict[str, Any]:
        """Every setting of a scope that was set, by key."""
        with self._database.read() as connection:
            rows = connection.execute(
                select(setting.c.key, setting.c.value)
                .where(setting.c.scope == scope)
                .order_by(setting.c.key)
            ).all()
        return {row.key: row.value for row in rows}
