"""Bringing a project file from one numbered version to the next, through Alembic.

The steps ship inside the package (`migrations/versions`), each a small module named by its
number.  Alembic itself is loaded only when a step is to be taken.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

_HERE = Path(__file__).resolve().parent / "migrations"
_NAME = re.compile(r"v(\d{4})_\w+\.py")


@cache
def revisions() -> tuple[str, ...]:
    """Every version there is a step to, oldest first, as four digits."""
    names = (_NAME.fullmatch(p.name) for p in (_HERE / "versions").iterdir())
    return tuple(sorted(m.group(1) for m in names if m))


def newest_revision() -> str:
    """The version that this program writes."""
    return revisions()[-1]


def newest_version() -> int:
    """The same as a number, as the file's header keeps it."""
    return int(newest_revision())


def pending(current: str) -> list[str]:
    """The versions after `current`, in order."""
    return [r for r in revisions() if r > current]


def upgrade(path: Path, revision: str) -> None:
    """Take the file at `path` to `revision` in one transaction; killed, it is as before.

    Raises:
        sqlalchemy.exc.DBAPIError, pysqlite3.Error: SQLite refused; nothing was changed.
    """
    import pysqlite3.dbapi2 as sqlite
    from alembic import command
    from alembic.config import Config
    from sqlalchemy import create_engine, event
    from sqlalchemy.pool import NullPool

    from caseload.store.database import uri_of

    def connect() -> object:
        connection = sqlite.connect(uri_of(path, mode="rw"), uri=True, isolation_level=None)
        connection.execute("PRAGMA synchronous = EXTRA")
        return connection

    engine = create_engine("sqlite+pysqlite://", module=sqlite, creator=connect, poolclass=NullPool)
    event.listen(engine, "begin", lambda c: c.exec_driver_sql("BEGIN IMMEDIATE"))
    config = Config()
    config.set_main_option("script_location", str(_HERE).replace("%", "%%"))
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        config.attributes["version"] = int(revision)
        command.upgrade(config, revision)
