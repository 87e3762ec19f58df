"""Layouts of the diagram by name, and the domains that its tables belong to.

What was computed is kept so that a diagram stays as a person knows it; what a person chose is
kept apart from it, and only that is a decision which undo compares and puts back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Row, delete, select
from sqlalchemy.dialects.sqlite import insert

from caseload.model.catalog import Side
from caseload.model.erd import StoredLayout
from caseload.store.database import Database
from caseload.store.schema import erd_domain, erd_layout

_DOMAIN, _LAYOUT = "domain", "layout"


class Diagrams:
    """Layouts and domains of both sides."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def layouts(self, side: Side) -> list[StoredLayout]:
        """Every layout of a side, by name."""
        query = (
            select(erd_layout).where(erd_layout.c.side == side.value).order_by(erd_layout.c.name)
        )
        with self._database.read() as connection:
            return [_layout(row) for row in connection.execute(query).all()]

    def layout(self, side: Side, name: str) -> StoredLayout | None:
        """The layout of that name."""
        query = select(erd_layout).where(erd_layout.c.side == side.value, erd_layout.c.name == name)
        with self._database.read() as connection:
            row = connection.execute(query).first()
        return _layout(row) if row else None

    def keep(self, layout: StoredLayout) -> None:
        """Keep a layout, in the place of an earlier one of its name."""
        values = {
            "body": {
                "base": _plain(layout.base),
                "pins": _plain(layout.pins),
                "folded": list(layout.folded),
            },
            "by": layout.by,
            "at": layout.at,
        }
        self._database.current.execute(
            insert(erd_layout)
            .values(side=layout.side.value, name=layout.name, **values)
            .on_conflict_do_update(index_elements=["side", "name"], set_=values)
        )

    def forget_layout(self, side: Side, name: str) -> None:
        """Drop a layout."""
        self._database.current.execute(
            delete(erd_layout).where(erd_layout.c.side == side.value, erd_layout.c.name == name)
        )

    def domains(self, side: Side) -> dict[str, tuple[str, str]]:
        """The domain of every table that has one kept, with who chose it; "" the program."""
        query = select(erd_domain).where(erd_domain.c.side == side.value)
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        return {row.table_name: (row.domain, row.by) for row in rows}

    def set_domains(
        self, side: Side, domains: Mapping[str, str], *, by: str = "", at: str = ""
    ) -> None:
        """Keep tables' domains, as the program found them or as a person chose them."""
        if not domains:
            return
        fresh = insert(erd_domain)
        own = ("domain", "by", "at")
        self._database.current.execute(
            fresh.on_conflict_do_update(
                index_elements=["side", "table_name"],
                set_={name: fresh.excluded[name] for name in own},
            ),
            [
                {"side": side.value, "table_name": table, "domain": domain, "by": by, "at": at}
                for table, domain in domains.items()
            ],
        )

    def forget_domains(self, side: Side, tables: Iterable[str]) -> None:
        """Let tables' domains be found anew."""
        for table in tables:
            self._database.current.execute(
                delete(erd_domain).where(
                    erd_domain.c.side == side.value, erd_domain.c.table_name == table
                )
            )

    def kept(self) -> dict[str, dict[str, Any]]:
        """What people chose, as JSON: a table's domain, a layout's own places."""
        with self._database.read() as connection:
            chosen = connection.execute(select(erd_domain).where(erd_domain.c.by != "")).all()
            layouts = connection.execute(select(erd_layout)).all()
        found: dict[str, dict[str, Any]] = {
            f"{_DOMAIN}/{row.side}/{row.table_name}": {
                "domain": row.domain,
                "by": row.by,
                "at": row.at,
            }
            for row in chosen
        }
        for row in layouts:
            found[f"{_LAYOUT}/{row.side}/{row.name}"] = {
                "pins": row.body.get("pins", {}),
                "by": row.by,
                "at": row.at,
            }
        return found

    def put_back(self, name: str, value: Mapping[str, Any] | None) -> None:
        """Make a choice what `kept` said of it; None: there was none."""
        part, _, rest = name.partition("/")
        side_name, _, own = rest.partition("/")
        side = Side(side_name)
        if part == _DOMAIN:
            self.forget_domains(side, [own])
            if value is not None:
                self.set_domains(side, {own: value["domain"]}, by=value["by"], at=value["at"])
        elif value is None:
            self.forget_layout(side, own)
        else:
            standing = self.layout(side, own)
            self.keep(
                StoredLayout(
                    side,
                    own,
                    standing.base if standing else {},
                    _places(value["pins"]),
                    standing.folded if standing else (),
                    value["by"],
                    value["at"],
                )
            )


def _plain(places: Mapping[str, Mapping[str, tuple[float, float]]]) -> dict[str, dict[str, Any]]:
    return {density: {t: list(p) for t, p in own.items()} for density, own in places.items()}


def _places(body: Mapping[str, Any]) -> dict[str, dict[str, tuple[float, float]]]:
    return {
        density: {table: (float(x), float(y)) for table, (x, y) in own.items()}
        for density, own in body.items()
    }


def _layout(row: Row[Any]) -> StoredLayout:
    body = row.body
    return StoredLayout(
        Side(row.side),
        row.name,
        _places(body.get("base", {})),
        _places(body.get("pins", {})),
        tuple(body.get("folded", ())),
        row.by,
        row.at,
    )
