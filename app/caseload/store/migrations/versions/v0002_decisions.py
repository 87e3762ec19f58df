"""Decisions on suggestions, key fields, who a rule is for, and rules without a target field."""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add what a person's decisions need to outlive a new version of a spec."""
    op.execute(
        """
        CREATE TABLE match_decision (
            target_table TEXT NOT NULL,
            target_field TEXT NOT NULL,
            source_table TEXT NOT NULL,
            source_field TEXT NOT NULL,
            approved BOOLEAN DEFAULT 0 NOT NULL,
            "by" TEXT DEFAULT '' NOT NULL,
            at TEXT DEFAULT '' NOT NULL,
            PRIMARY KEY (target_table, target_field, source_table, source_field)
        )
        """
    )
    op.execute("ALTER TABLE catalog_field ADD COLUMN is_key BOOLEAN DEFAULT 0 NOT NULL")
    op.execute("ALTER TABLE mapping_rule ADD COLUMN assigned_to TEXT DEFAULT '' NOT NULL")
    op.execute("ALTER TABLE mapping_rule ADD COLUMN orphan BOOLEAN DEFAULT 0 NOT NULL")
