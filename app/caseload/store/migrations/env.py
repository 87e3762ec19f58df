"""What Alembic runs for each step: one transaction, checked before it is kept."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection

from caseload.store.schema import metadata


def _run() -> None:
    connection: Connection = context.config.attributes["connection"]
    context.configure(
        connection=connection,
        target_metadata=metadata,
        transactional_ddl=True,
        render_as_batch=True,
    )
    with connection.begin():
        with context.begin_transaction():
            context.run_migrations()
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        if broken:
            raise RuntimeError(f"a migration left {len(broken)} rows pointing nowhere")
        connection.exec_driver_sql(f"PRAGMA user_version = {context.config.attributes['version']}")


_run()
